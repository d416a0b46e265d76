"""The command line: what it prints, what it writes, how it exits, and how it refuses."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUR = 3600  # guards against a process that hangs

GOOD = (
    "a = claim('a', Fake('derivation', Verdict.PROVED), Fake('simulation', refuted=(0,)), rivals=(x**2,))\n"
    "CLAIMS = (a, claim('b'))"
)
WRONG = "CLAIMS = (claim('a'), claim('b', Fake(verdict=Verdict.REFUTED)))"


full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no /dev/full")


# -- cost of starting -----------------------------------------------------------------------------------------


def names(folder: Path) -> list[str]:
    """The files that are there, but for what Python keeps of modules."""
    return sorted(p.name for p in folder.iterdir() if p.name != "__pycache__")


def test_help_loads_the_command_line_and_nothing_else() -> None:
    program = (
        "import sys; before = set(sys.modules); from w2s_sym.cli.command_line import main;"
        "[main(a) for a in (['--help'], ['verify', '--help'], ['verify', '--jobs', '0'], ['figure', '--help'])];"
        "print(*sorted(m for m in set(sys.modules) - before if m.partition('.')[0] not in sys.stdlib_module_names));"
        "print('multiprocessing' in sys.modules, len(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    foreign, (parallel, count) = (line.split() for line in done.stdout.splitlines()[-2:])
    own = [m for m in foreign if m.startswith("w2s_sym")]
    assert set(foreign) - set(own) == {"lazy_loader"}
    light = {
        "w2s_sym",
        "w2s_sym.claims",
        "w2s_sym.claims.budget",
        "w2s_sym.claims.run",
        "w2s_sym.store",
        "w2s_sym.store.marks",
    }
    assert [m for m in own if not m.startswith("w2s_sym.cli")] == sorted(light)
    assert parallel == "False"
    assert int(count) < 100  # SymPy alone is some 500


@pytest.mark.parametrize("command", [[], ["list"], ["show"], ["verify"], ["figure"]])
def test_help_says_that_a_file_is_run(w2s: Callable[..., object], command: list[str]) -> None:
    ran = w2s(*command, "--help")
    assert ran.code == 0  # type: ignore[attr-defined]
    assert "is run as Python" in " ".join(ran.out.split())  # type: ignore[attr-defined]


# -- list and show --------------------------------------------------------------------------------------------


def test_list_prints_sections_and_marks_headlines(w2s, claims_file) -> None:
    text = (
        "CLAIMS = (claim('a'), claim('b'))\n"
        "SECTIONS = (('The first', CLAIMS[:1]), ('The second', CLAIMS[1:]))\nHEADLINES = (CLAIMS[1],)\n"
    )
    out = w2s("list", claims_file(text)).out.splitlines()
    heads = [line for line in out if line.startswith("  ") and not line.startswith("   ")]
    assert heads == ["  The first", "  toy/a", "  The second", "  toy/b  [headline]"]


def test_list_names_every_claim(w2s, claims_file) -> None:
    ran = w2s("list", claims_file(GOOD))
    assert ran.code == 0
    assert "2 claims" in " ".join(ran.out.split())
    assert [line for line in ran.out.splitlines() if line.startswith("  ")][:3] == [
        "  toy/a",
        "      The square of x + 1 has three terms.",
        "  toy/b",
    ]


def test_show_says_all_that_a_claim_says(w2s, claims_file) -> None:
    path = claims_file(
        "from w2s_sym import Line\n"
        "@dataclass(frozen=True)\nclass Chain(Fake):\n"
        "    def lines(self, claim, proved=False):\n"
        "        return [Line(text='(x + 1)**2', relation='', reason='', latex='(x+1)^2'),\n"
        "                Line(text='x**2 + 2*x + 1', relation='=', reason='expand', latex='x^2+2x+1')]\n"
        "base = claim('base')\n"
        "CLAIMS = (claim('a', Chain('derivation'), rivals=(x**2,), rests_on=(base,), remark='Elementary.'),)"
    )
    ran = w2s("show", f"{path}::a")
    assert ran.code == 0
    for text in (
        "toy/a  [theorem]",
        "The square of x + 1 has three terms.",
        "(x + 1)**2 = x**2 + 2*x + 1",
        r"(x + 1)^{2} = x^{2} + 2 x + 1",
        "x > 0, real number: a number",
        "x < 100 (else: choose a smaller x)",
        "Ann Author (2024). A toy paper. (derived here)",
        "toy/base",
        "derivation",
        "x**2\n",
        "Elementary.",
        "   0     (x + 1)**2",
        "   1  =  x**2 + 2*x + 1    [expand]",
    ):
        assert text in ran.out, text
    assert "x^2+2x+1" not in ran.out
    assert "x^2+2x+1" in w2s("show", path, "--latex").out


def test_show_survives_a_step_that_fails(w2s, claims_file) -> None:
    path = claims_file(
        "@dataclass(frozen=True)\nclass Chain(Fake):\n"
        "    def lines(self, claim, proved=False): raise ValueError('x + 1 is not x + 2')\n"
        "CLAIMS = (claim('a', Chain('derivation')),)"
    )
    ran = w2s("show", path)
    assert ran.code == 0
    assert "a step fails: x + 1 is not x + 2" in ran.out


def test_show_why_names_what_would_decide(w2s, claims_file) -> None:
    path = claims_file(
        "@dataclass(frozen=True)\nclass Unsure(Evidence):\n    kind = 'simulation'\n"
        "    def check(self, claim, run):\n"
        "        note('unsure')\n"
        "        return Finding('simulation', Verdict.INCONCLUSIVE, '2.1 standard errors, ' + run.effort,"
        " next_move='n=40, N=900')\n"
        "CLAIMS = (claim('a', Unsure(), rivals=(x,)),)"
    )
    ran = w2s("show", "--why", path)
    assert ran.code == 0
    assert "DOES NOT HOLD" in ran.out
    assert "2.1 standard errors, quick" in ran.out
    assert "would decide it: n=40, N=900" in ran.out
    assert "no evidence refutes the rival x" in ran.out
    assert w2s("verify", path, "--effort", "standard").code == 1
    assert "standard errors, standard" in w2s("show", "--why", path).out
    assert (path.parent / "count").read_text() == "unsure\n" * 2  # the second page came from the store


# -- verify ---------------------------------------------------------------------------------------------------


def test_verify_prints_a_table_and_exits_0(w2s, claims_file) -> None:
    ran = w2s("verify", claims_file(GOOD))
    assert ran.code == 0
    header, _, first, second, _, closing = ran.out.splitlines()
    assert header.split() == ["claim", "derivation", "precision", "simulation", "holds", "telling", "number"]
    assert first.split()[:5] == ["toy/a", "PROVED", "-", "AGREES", "yes"]
    assert "simulation: drew 0." in first
    assert second.split()[:5] == ["toy/b", "-", "AGREES", "-", "yes"]
    assert closing == "2 claims: all hold (quick effort, seed 0)"
    assert "[3/3]" in ran.err


def test_verify_exits_1_when_a_claim_does_not_hold(w2s, claims_file) -> None:
    path = claims_file(WRONG)
    ran = w2s("verify", path)
    assert ran.code == 1
    assert "precision refutes it: drew" in ran.out
    assert "2 claims: 1 hold, 1 do not" in ran.out
    assert f"w2s-sym show --why {path}::b" in ran.err


def test_the_json_has_the_promised_shape(w2s, claims_file, tmp_path) -> None:
    path = claims_file(GOOD)
    assert w2s("verify", path, "--json", "out.json", "--seed", 7).code == 0
    found = json.loads((tmp_path / "out.json").read_text())
    assert found["ok"] is True
    assert (found["seed"], found["effort"]) == (7, "quick")
    assert set(found["versions"]) == {"w2s-sym", "python", "sympy", "mpmath", "numpy", "python-flint"}
    assert "commit" in found
    first, second = found["claims"]
    assert (first["id"], first["holds"], second["id"]) == ("toy/a", True, "toy/b")
    assert [(e["kind"], e["verdict"]) for e in first["evidence"]] == [
        ("derivation", "PROVED"),
        ("simulation", "AGREES"),
    ]
    assert isinstance(first["evidence"][0]["detail"]["draw"], float)
    assert first["rivals"] == [{"latex": "x^{2}", "refuted": True}]
    assert first["rests_on"] == []
    times = json.loads((tmp_path / "out.timings.json").read_text())
    assert [t["kind"] for t in times["toy/a"]] == ["derivation", "simulation"]


def test_the_json_is_the_same_byte_for_byte(w2s, claims_file, tmp_path) -> None:
    path = claims_file(GOOD)
    texts = set()
    for options in (["--jobs", 1, "--fresh"], ["--jobs", 3, "--fresh"], []):
        assert w2s("verify", path, "--json", "out.json", *options).code == 0
        texts.add((tmp_path / "out.json").read_text())
    assert len(texts) == 1


def test_the_json_can_go_to_standard_output(w2s, claims_file, tmp_path) -> None:
    ran = w2s("verify", claims_file(GOOD), "--json", "-")
    assert json.loads(ran.out)["ok"] is True
    assert "2 claims: all hold" in ran.err
    assert not (tmp_path / "-").exists()


def test_a_device_is_written_in_place(w2s, claims_file) -> None:
    assert w2s("verify", claims_file(GOOD), "--json", os.devnull).code == 0
    assert not Path(os.devnull).is_file()
    assert not list(Path("/dev").glob("null.timings*"))


def test_an_old_output_keeps_its_link_and_a_new_one_its_usual_mode(w2s, claims_file, tmp_path) -> None:
    path = claims_file(GOOD)
    (tmp_path / "real.json").write_text('{"made_by": "w2s-sym"}')
    (tmp_path / "link.json").symlink_to("real.json")
    assert w2s("verify", path, "--json", "link.json", "--table", "t.md").code == 0
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text())["ok"] is True
    (tmp_path / "plain").write_text("")
    assert (tmp_path / "t.md").stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert (tmp_path / "t.md").read_text().startswith("# The ledger\n\n2 claims: all hold")


LOUD = (
    "import os, sys\n"
    "print('loud import')\n"
    "@dataclass(frozen=True)\nclass Loud(Fake):\n"
    "    def check(self, claim, run):\n"
    "        print('loud check', flush=True)\n"
    "        os.write(1, b'loud write\\n')\n"
    "        return super().check(claim, run)\n"
    "CLAIMS = (claim('a', Loud()),)"
)


def test_what_a_claims_file_prints_is_no_result(w2s, claims_file) -> None:
    ran = w2s("verify", claims_file(LOUD), "--json", "-")
    assert json.loads(ran.out)["ok"] is True
    for text in ("loud import", "loud check", "loud write"):
        assert text in ran.err


def test_show_why_advises_more_effort_when_the_evidence_names_nothing(w2s, claims_file) -> None:
    path = claims_file("CLAIMS = (claim('a', Fake('simulation', Verdict.INCONCLUSIVE)),)")
    assert "would decide it: nothing named; a larger --effort looks harder" in w2s("show", "--why", path).out


def test_help_says_where_findings_are_stored(w2s) -> None:
    text = " ".join(w2s("verify", "--help").out.split())
    assert "stored in the folder $W2S_SYM_STORE" in text
    assert "--fresh ignores them" in text
    assert "how hard to look (default: quick)" in text
    assert "--fresh" not in w2s("export", "--help").out


# -- bad input ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "required: COMMAND"),
        (["prove"], "invalid choice: 'prove'"),
        (["verify", "--jobs", "-2"], "--jobs: -2 is below 1; leave it out to use all processors"),
        (["verify", "--jobs", "0"], "--jobs: 0 is below 1"),
        (["verify", "--jobs", "two"], "--jobs: 'two' is no integer"),
        (["verify", "--seed", "-1"], "--seed: -1 is below 0; give a nonnegative integer"),
        (["verify", "--seed", "1.5"], "--seed: '1.5' is no integer"),
        (["verify", "--effort", "heroic"], "--effort: invalid choice: 'heroic'"),
        (["verify", "--colour"], "unrecognized arguments: --colour"),
        (["verify", "no_such_paper"], "unknown paper no_such_paper"),
        (["verify", "no_such_paper/claim"], "unknown claim no_such_paper/claim"),
        (["verify", "a\nb"], "unknown paper a b"),
        (["verify", "__import__('os').abort()"], "unknown paper __import__('os').abort()"),
        (["verify", ""], "unknown paper"),
        (["verify", "no_such_file.py"], "no file no_such_file.py"),
        (["verify", "folder.py"], "folder.py is no file"),
        (["show", "no_such_file.py::a"], "no file no_such_file.py"),
        (["show", "no_such_paper"], "unknown paper no_such_paper"),
        (["list", "no_such_paper"], "unknown paper no_such_paper"),
        (["list", "a/b"], "a/b is no paper; for one claim: w2s-sym show a/b"),
    ],
)
def test_bad_input_is_refused_in_one_line(w2s, tmp_path, arguments, message) -> None:
    (tmp_path / "folder.py").mkdir()
    assert message in w2s(*arguments).error


def test_an_unknown_claim_of_a_file_names_the_nearest(w2s, claims_file) -> None:
    path = claims_file("CLAIMS = (claim('variance'), claim('bias'))")
    assert "(did you mean variance?)" in w2s("verify", f"{path}::varianc").error


@pytest.mark.parametrize(
    "text", ["", "CLAIMS = ()", "CLAIMS = (claim('a', 3),)", "import nowhere_at_all", "CLAIMS = ("]
)
def test_a_file_that_is_no_paper_is_refused_everywhere(w2s, claims_file, tmp_path, text) -> None:
    path = claims_file(text)
    for command in (["list"], ["show"], ["show", "--why"], ["verify", "--json", "out.json"]):
        assert str(path) in w2s(*command, path).error
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize("option", ["--json", "--table"])
@pytest.mark.parametrize("place", ["no/such/folder/out", ".", "my_claims.py/out", ""])
def test_an_unwritable_output_is_refused_before_any_work(w2s, claims_file, tmp_path, option, place) -> None:
    path = claims_file(GOOD)
    message = w2s("verify", path, option, place).error
    assert f"cannot write {option} {place}" in message
    assert "choose a file that can be written" in message
    assert not (tmp_path / "count").exists()
    assert names(tmp_path) == ["my_claims.py"]


@pytest.mark.parametrize("option", ["--json", "--table"])
@pytest.mark.parametrize("place", ["my_claims.py", "./my_claims.py", "soft", "hard"])
def test_an_output_never_replaces_the_claims(w2s, claims_file, tmp_path, option, place) -> None:
    path = claims_file(GOOD)
    (tmp_path / "soft").symlink_to(path)
    (tmp_path / "hard").hardlink_to(path)
    before = path.read_text()
    assert f"{option} {place} is a file that is read" in w2s("verify", f"{path}::a", option, place).error
    assert path.read_text() == before
    assert not (tmp_path / "count").exists()


@pytest.mark.parametrize(("one", "other"), [("a.json", "./a.json"), ("a.json", "a.timings.json"), ("-", "-")])
def test_two_outputs_are_two_files(w2s, claims_file, tmp_path, one, other) -> None:
    error = w2s("verify", claims_file(GOOD), "--json", one, "--table", other).error
    assert "are one file; choose two" in error
    assert names(tmp_path) == ["my_claims.py"]


def test_two_outputs_may_both_be_discarded(w2s, claims_file) -> None:
    assert w2s("verify", claims_file(GOOD), "--json", os.devnull, "--table", os.devnull).code == 0


@full
def test_an_output_that_fails_leaves_no_other(w2s, claims_file, tmp_path) -> None:
    path = claims_file(GOOD)
    old = '{"made_by": "w2s-sym"}'
    (tmp_path / "half.json").write_text(old)
    ran = w2s("verify", path, "--json", "half.json", "--table", "/dev/full")
    assert (ran.code, ran.out) == (2, "")
    assert "cannot write --table /dev/full: no space left on device" in ran.err
    assert (tmp_path / "half.json").read_text() == old
    assert names(tmp_path) == ["count", "half.json", "my_claims.py"]


def test_a_file_name_that_is_too_long_is_refused(w2s, claims_file, tmp_path) -> None:
    path = claims_file(GOOD)
    assert "file name too long" in w2s("verify", path, "--table", "a" * 300).error
    assert "no file aaa" in w2s("verify", "a" * 5000 + ".py").error
    assert not (tmp_path / "count").exists()


def test_long_arguments_are_cut_short(w2s) -> None:
    for arguments in (["verify", "a" * 5000], ["verify", "a " * 5000], ["verify", "--jobs", "a" * 5000]):
        assert len(w2s(*arguments).error) < 1600


def test_a_name_after_colons_is_not_empty(w2s, claims_file) -> None:
    path = claims_file(GOOD)
    assert f"no claim is named after {path}::" in w2s("verify", f"{path}::").error


@pytest.mark.parametrize("target", ["my_claims", "./my_claims", "my_claims::a"])
def test_a_file_without_its_ending_is_suggested(w2s, claims_file, target) -> None:
    claims_file(GOOD)
    path, colons, member = target.partition("::")
    assert f"(did you mean {path}.py{colons}{member}?)" in w2s("verify", target).error


def test_a_check_that_returns_no_finding_is_bad_input(w2s, claims_file) -> None:
    path = claims_file(
        "@dataclass(frozen=True)\nclass Odd(Evidence):\n    kind = 'odd'\n"
        "    def check(self, claim, run): return True\n"
        "CLAIMS = (claim('a', Odd()),)"
    )
    expected = "toy/a: its odd gave no finding: the check of its odd returned a bool, not a Finding"
    assert w2s("verify", path).error == f"w2s-sym: error: {expected}"


def test_evidence_that_was_not_made_is_bad_input(w2s, claims_file) -> None:
    assert "write Fake(), not Fake" in w2s("verify", claims_file("CLAIMS = (claim('a', Fake),)")).error


def test_a_point_outside_the_domain_writes_nothing(w2s, claims_file, tmp_path) -> None:
    path = claims_file("CLAIMS = (claim('a', Fake(failure=DomainError('n=5, d_w=9: needs n >= d_w + 2; raise n'))),)")
    ran = w2s("verify", path, "--json", "out.json")
    assert ran.error == "w2s-sym: error: toy/a: its precision gave no finding: n=5, d_w=9: needs n >= d_w + 2; raise n"
    assert not list(tmp_path.glob("out*"))


# -- rough company --------------------------------------------------------------------------------------------


def test_a_reader_that_goes_away_is_no_error(claims_file, command) -> None:
    path = claims_file("CLAIMS = tuple(claim(f'c{i}') for i in range(400))")
    process = command("list", path)
    process.stdout.close()
    assert process.wait(HOUR) == 0
    assert process.stderr.read() == ""


def test_a_terminal_without_accents_is_no_error(claims_file, command) -> None:
    path = claims_file("CLAIMS = (claim('a', remark='Fréchet'),)")
    out, err = command("show", path, PYTHONIOENCODING="ascii").communicate(timeout=HOUR)
    assert r"Fr\xe9chet" in out
    assert err == ""


def test_a_store_that_cannot_be_written_is_a_warning(claims_file, command) -> None:
    path = claims_file(GOOD)
    out, err = command("verify", path, W2S_SYM_STORE=str(path / "store")).communicate(timeout=HOUR)
    assert "2 claims: all hold" in out
    assert err.count("w2s-sym: warning: finished findings are not kept") == 1


def run(redirection: str, *arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a shell that redirects a stream of it."""
    return subprocess.run(
        ["sh", "-c", f'"$@" {redirection}', "sh", sys.executable, "-m", "w2s_sym", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=HOUR,
    )


@full
@pytest.mark.parametrize("redirection", [">/dev/full", ">&-"])
@pytest.mark.parametrize("arguments", [["list"], ["--help"], ["verify", "my_claims.py::a", "--json", "out.json"]])
def test_an_output_stream_that_cannot_be_written_is_one_line(claims_file, tmp_path, redirection, arguments) -> None:
    claims_file(GOOD)
    done = run(redirection, *arguments, cwd=tmp_path)
    assert done.returncode == 2
    *others, last = done.stderr.splitlines()
    assert last.startswith("w2s-sym: error: ")
    assert "standard output" in last
    assert all(line.startswith("[") for line in others)  # progress
    assert not list(tmp_path.glob("out*"))


@full
@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-"])
def test_an_error_stream_that_cannot_be_written_changes_nothing(claims_file, tmp_path, redirection) -> None:
    done = run(redirection, "verify", claims_file(GOOD), cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "2 claims: all hold (quick effort, seed 0)"


def test_a_path_with_accents_needs_no_locale(claims_file, tmp_path) -> None:
    claims_file(GOOD, "m\xe9 claims.py")
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    done = run("", "verify", "m\xe9 claims.py", "--json", "\xe9.json", cwd=tmp_path, **plain)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert json.loads((tmp_path / "\xe9.json").read_text())["ok"] is True
    done = run("", "verify", "m\xe9 claims.py::c", cwd=tmp_path, **plain)
    assert done.returncode == 2
    assert done.stderr.startswith("w2s-sym: error: unknown claim m")


# -- the report -----------------------------------------------------------------------------------------------


def test_verify_writes_a_report_in_a_new_folder(w2s, claims_file, tmp_path) -> None:
    ran = w2s("verify", claims_file(GOOD), "--jobs", 1, "--report", tmp_path / "new" / "report")
    assert ran.code == 0
    page = tmp_path / "new" / "report" / "index.html"
    claim = page.parent / "claims" / "toy" / "a.html"
    assert "toy/a" in page.read_text(encoding="utf-8")
    assert "drew 0." in claim.read_text(encoding="utf-8")
    before = {p: p.read_bytes() for p in page.parent.rglob("*") if p.is_file()}
    w2s("verify", claims_file(GOOD), "--jobs", 1, "--report", tmp_path / "new" / "report")
    assert {p: p.read_bytes() for p in page.parent.rglob("*") if p.is_file()} == before


def test_report_writes_the_site_and_takes_away_pages_that_it_no_longer_has(w2s, claims_file, tmp_path) -> None:
    ran = w2s("report", claims_file("CLAIMS = (claim('a'), claim('b'))"), "--jobs", 1, "-o", tmp_path / "site")
    assert ran.code == 0
    assert ran.out == f"{tmp_path / 'site' / 'index.html'}: 2 of 2 claims hold\n"
    kept = tmp_path / "site" / "claims" / "toy" / "notes.html"
    kept.write_text("mine")
    assert w2s("report", claims_file("CLAIMS = (claim('a'),)"), "--jobs", 1, "-o", tmp_path / "site").code == 0
    assert sorted(p.name for p in kept.parent.iterdir()) == ["a.html", "notes.html"]
    assert kept.read_text() == "mine"


def test_a_page_of_somebody_else_is_not_written_over(w2s, claims_file, tmp_path) -> None:
    page = tmp_path / "site" / "claims" / "toy" / "a.html"
    page.parent.mkdir(parents=True)
    page.write_text("mine")
    ran = w2s("report", claims_file("CLAIMS = (claim('a'),)"), "--jobs", 1, "-o", tmp_path / "site")
    assert ran.code == 2
    assert "w2s-sym did not write it; choose another folder" in ran.err
    assert page.read_text() == "mine"
    assert not (tmp_path / "site" / "index.html").exists()


def test_the_report_holds_the_figures_of_the_paper(w2s, claims_file, tmp_path) -> None:
    path = claims_file(
        "from w2s_sym import Figure\n"
        "def numbers(run):\n    note(f'drawn {run.effort} {run.seed}')\n    return {'x': [1.0, 2.0]}\n"
        "def fail(run): raise ImportError(\"pip install 'w2s-sym[plots]'\")\n"
        "def draw(found, canvas): canvas.subplots().plot(found['x'])\n"
        "FIGURES = (Figure('good', 'Good', 'seen', numbers, draw), Figure('bad', 'Bad', 'unseen', fail, draw))\n" + GOOD
    )
    ran = w2s("verify", path, "--jobs", 1, "--seed", 7, "--report", tmp_path / "out")
    assert ran.code == 0
    text = (tmp_path / "out" / "papers" / "toy.html").read_text(encoding="utf-8")
    assert [p.name for p in (tmp_path / "out" / "figures").iterdir()] == ["my_claims-good.svg"]
    assert 'src="../figures/my_claims-good.svg"' in text
    assert "no figure: figure bad: its data failed: ImportError: pip install &#x27;w2s-sym[plots]&#x27;" in text
    assert "drawn quick 7" in (tmp_path / "count").read_text()


def test_a_report_that_cannot_be_written_is_refused_before_any_work(w2s, claims_file, tmp_path) -> None:
    path = claims_file(GOOD)
    (tmp_path / "file").write_text("mine")
    for folder in ("file", "file/below", "x" * 300, ""):
        error = w2s("verify", path, "--jobs", 1, "--report", folder).error
        assert "cannot write --report" in error
        assert "choose a" in error
    assert not (tmp_path / "count").exists()
    assert (tmp_path / "file").read_text() == "mine"


def test_a_claim_that_is_bad_input_makes_no_folder(w2s, claims_file, tmp_path) -> None:
    path = claims_file("CLAIMS = (claim('a', Fake(failure=ClaimError('ill-formed'))),)")
    assert w2s("verify", path, "--jobs", 1, "--report", tmp_path / "out").code == 2
    assert not (tmp_path / "out").exists()


def test_a_report_without_the_converter_is_written_and_says_what_to_install(
    w2s, claims_file, tmp_path, monkeypatch
) -> None:
    from w2s_sym.report.html import mathml

    monkeypatch.setitem(sys.modules, "latex2mathml.converter", None)
    mathml.has_mathml.cache_clear()
    try:
        ran = w2s("verify", claims_file(GOOD), "--jobs", 1, "--report", tmp_path / "out")
    finally:
        mathml.has_mathml.cache_clear()
    assert ran.code == 0
    said = [line for line in ran.err.splitlines() if "pip install 'w2s-sym[report]'" in line]
    assert len(said) == 1
    text = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "pip install &#x27;w2s-sym[report]&#x27;" in text
    assert "<math" not in text


def test_the_table_shows_all_of_what_refutes(w2s, claims_file) -> None:
    number = "7" * 150 + "/" + "3" * 40
    text = f"the left side is {number} and the right side is 1/2 at x=1"
    path = claims_file(
        "@dataclass(frozen=True)\nclass Long(Evidence):\n    kind = 'precision'\n"
        "    verdict: Verdict = Verdict.REFUTED\n"
        f"    def check(self, claim, run): return Finding('precision', self.verdict, {text!r})\n"
        "CLAIMS = (claim('a', Long()), claim('b', Long(Verdict.AGREES)))"
    )
    ran = w2s("verify", path, "--jobs", 1)
    refuted, holding = (line for line in ran.out.splitlines() if line.startswith("toy/"))
    assert refuted.endswith(f"precision refutes it: {text}")
    assert number not in holding
    assert holding.endswith(" ...")


def test_a_hint_can_be_pasted(w2s, claims_file) -> None:
    path = claims_file(WRONG, "two words.py")
    assert f"w2s-sym show --why '{path}::b'" in w2s("verify", path, "--jobs", 1).err


class Terminal(io.StringIO):
    """A standard error that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("arguments", [("export", "-o"), ("verify", "--report")])
def test_what_comes_after_the_findings_is_told_on_a_terminal(
    w2s, claims_file, tmp_path, monkeypatch, arguments
) -> None:
    path = claims_file(
        "from w2s_sym import Figure\n"
        "def numbers(run):\n    run.tell('half done')\n    return {'x': [1.0]}\n"
        "def draw(found, canvas): canvas.subplots().plot(found['x'])\n"
        "FIGURES = (Figure('line', 'A line', 'seen', numbers, draw),)\nCLAIMS = (claim('a'), claim('b'))"
    )
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    command, option = arguments
    assert w2s(command, path, "--jobs", 1, option, "out").code == 0
    said = terminal.getvalue()
    if command == "verify":
        assert f"[0/3] {path.name} figures: line: half done" in said
        assert "[0/5] the site pages: 6 pages" in said
        assert "[5/5] the site pages: 6 pages" in said
    else:
        assert "[0/2] toy/a derivation: its lines are written" in said
        assert "[1/2] toy/b derivation: its lines are written" in said


def test_evidence_that_decided_nothing_is_named(w2s: Callable[..., Any], claims_file: Callable[..., Path]) -> None:
    path = claims_file("CLAIMS = (claim('carried', Fake(), Fake('simulation', Verdict.INCONCLUSIVE)),)")
    ran = w2s("verify", path)
    assert ran.code == 0
    assert "evidence that decided nothing: simulation of toy/carried" in ran.out
