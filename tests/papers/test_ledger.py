"""Many claims at once: no digit depends on the workers, no failure becomes a verdict, nothing finished is lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from ledger_runs import check, count, findings

from w2s_sym.executors.running import Local
from w2s_sym.papers.ledger import verify_all
from w2s_sym.papers.loading import UsageError, load, paper_names, resolve
from w2s_sym.report.ledger_text import ledger_json

ROOT = Path(__file__).resolve().parents[2]

HOUR = 3600  # guards against a process that hangs
SIX = "CLAIMS = tuple(claim(f'c{i}', Fake(), Fake('simulation', seconds=0.01 * (6 - i))) for i in range(6))"


# -- determinism ----------------------------------------------------------------------------------------------


def test_workers_never_change_a_digit(claims_file: Callable[..., Path]) -> None:
    path = claims_file(SIX)
    one = check(path, jobs=1, fresh=True)
    assert one.ok
    assert [r.claim.id for r in one.results] == [f"toy/c{i}" for i in range(6)]
    assert {findings(check(path, jobs=k, fresh=True)) for k in (2, 5)} == {findings(one)}
    assert findings(check(path, jobs=2, fresh=True, executor=Local(2, "spawn"))) == findings(one)
    assert findings(check(path, jobs=3, fresh=True, seed=1)) != findings(one)


def test_one_claim_alone_has_the_digits_it_has_among_others(claims_file: Callable[..., Path]) -> None:
    path = claims_file(SIX)
    alone = verify_all(resolve([f"{path}::c3"]))
    assert alone.results[0].findings == check(path).results[3].findings


def test_progress_reports_every_finding_and_what_evidence_says(claims_file: Callable[..., Path]) -> None:
    events: list[object] = []
    check(claims_file(SIX), jobs=2, progress=events.append)
    finished = [e for e in events if e.finding is not None]  # type: ignore[attr-defined]
    assert [e.done for e in finished] == list(range(1, 13))  # type: ignore[attr-defined]
    assert {e.total for e in events} == {12}  # type: ignore[attr-defined]
    assert any(e.message == "working" for e in events)  # type: ignore[attr-defined]


# -- failures -------------------------------------------------------------------------------------------------


def test_an_exception_is_never_a_verdict(claims_file: Callable[..., Path]) -> None:
    outcome = check(
        claims_file("CLAIMS = (claim('bad', Fake(), Fake('simulation', failure=KeyError('k'))), claim('good'))")
    )
    bad, good = outcome.results
    assert bad.findings_suffice  # by its other evidence alone it would
    assert not bad.holds
    assert good.holds
    (failure,) = outcome.failures
    assert str(failure) == "toy/bad: its simulation gave no finding: KeyError: 'k'"
    assert outcome.exit_code == 1
    assert [e["claim"] for e in ledger_json(outcome)["errors"]] == ["toy/bad"]


@pytest.mark.parametrize(
    ("evidence", "code"),
    [
        ("Fake()", 0),
        ("Fake(verdict=Verdict.PROVED)", 0),
        ("Fake(verdict=Verdict.REFUTED)", 1),
        ("Fake(verdict=Verdict.INCONCLUSIVE)", 1),
        ("Fake(verdict=Verdict.SKIPPED)", 1),
        ("Fake(), Fake(verdict=Verdict.REFUTED)", 1),
        ("Fake(), Fake(failure=DomainError('x=3: needs x < 2; choose a smaller x'))", 2),
        ("Fake(), Fake(failure=ClaimError('no chain'))", 2),
        ("Fake(), Fake(failure=ZeroDivisionError())", 1),
        ("Fake(), Fake(failure=ExperimentError('no numbers'))", 1),
        ("Fake(), Fake(failure=SystemExit(0))", 1),
        ("Fake(failure=ClaimError('no chain')), Fake(verdict=Verdict.REFUTED)", 1),
        ("Fake(failure=ClaimError('no chain')), Fake(failure=ZeroDivisionError())", 2),
    ],
)
def test_exit_codes(claims_file: Callable[..., Path], evidence: str, code: int) -> None:
    text = f"from w2s_sym.claims.statement import ExperimentError\nCLAIMS = (claim('c', {evidence}),)"
    assert check(claims_file(text), jobs=1).exit_code == code


def test_a_rival_that_survives_is_a_claim_that_does_not_hold(claims_file: Callable[..., Path]) -> None:
    path = claims_file("CLAIMS = (claim('c', Fake(refuted=(1,)), Fake(refuted=(1,)), rivals=(x, x + 1)),)")
    outcome = check(path)
    assert outcome.exit_code == 1
    assert outcome.results[0].surviving_rivals == (0,)


def test_a_worker_that_dies_fails_its_evidence_and_no_other(claims_file: Callable[..., Path]) -> None:
    die = "lambda: os.kill(os.getpid(), signal.SIGKILL)"
    path = claims_file(
        f"CLAIMS = (claim('a', Fake(failure={die})), claim('b'), claim('c', Fake(failure={die})), claim('d'))"
    )
    for jobs in (1, 2):
        outcome = check(path, jobs=jobs, fresh=True)
        assert [c.holds for c in outcome.results] == [False, True, False, True]
        assert "signal 9" in outcome.failures[0].message
        assert "--jobs" in outcome.failures[0].message


def test_what_is_no_finding_is_a_failure(claims_file: Callable[..., Path]) -> None:
    path = claims_file(
        "@dataclass(frozen=True)\nclass Odd(Evidence):\n    kind = 'precision'\n    value: object\n"
        "    def check(self, claim, run): return self.value\n"
        "CLAIMS = (claim('a', Odd(None)), claim('b', Odd(Finding('precision', Verdict.AGREES, '', {'a': {1, 2}}))))"
    )
    first, second = check(path).failures
    assert "Finding" in first.message or "verdict" in first.message
    assert "no plain JSON value" in second.message


# -- the store ------------------------------------------------------------------------------------------------


def test_finished_findings_come_from_the_store(claims_file: Callable[..., Path]) -> None:
    path = claims_file(SIX)
    first = check(path)
    assert count(path) == 12
    second = check(path)
    assert count(path) == 12
    assert findings(first) == findings(second)
    assert all(r for c in second.results for r in c.recalled)
    for change in ({"seed": 1}, {"effort": "standard"}, {"fresh": True}):
        before = count(path)
        check(path, **change)
        assert count(path) == before + 12, change


def test_failures_and_skips_are_not_kept(claims_file: Callable[..., Path]) -> None:
    path = claims_file(
        "skipped = claim('b', Fake(verdict=Verdict.SKIPPED), kind='observation')\n"
        "CLAIMS = (claim('a', Fake(failure=KeyError('k'))), skipped)"
    )
    check(path)
    check(path)
    assert count(path) == 4


@pytest.mark.parametrize("change", ["Fake(seconds=0.001)", "Fake(), Fake()", "Fake(), rivals=(x,)", "Fake(), rhs=x"])
def test_a_changed_claim_is_checked_again(claims_file: Callable[..., Path], change: str) -> None:
    # The text of the file enters by itself; here only the objects differ, as when a claim reads its environment.
    path = claims_file("CLAIMS = (claim('c', Fake()) if 'W2S_OLD' in os.environ else claim('c', " + change + "),)")
    os.environ["W2S_OLD"] = "1"
    try:
        check(path)
    finally:
        del os.environ["W2S_OLD"]
    before = count(path)
    check(path)
    assert count(path) > before


def test_a_changed_import_is_checked_again(
    claims_file: Callable[..., Path], command: Callable[..., subprocess.Popen[str]]
) -> None:
    path = claims_file("import my_rule\nCLAIMS = (claim('c', Fake(verdict=Verdict(my_rule.VERDICT))),)")
    rule = path.parent / "my_rule.py"
    rule.write_text("VERDICT = str('AGREES')\n")

    def code() -> int:
        process = command("verify", path, PYTHONDONTWRITEBYTECODE="1")
        process.communicate(timeout=HOUR)
        return process.returncode

    assert (code(), code(), count(path)) == (0, 0, 1)
    rule.write_text("VERDICT = str('REFUTED')\n")
    assert (code(), count(path)) == (1, 2)


def test_an_edited_rule_does_not_bring_the_old_verdict_back(
    tmp_path: Path, claims_file: Callable[..., Path], command: Callable[..., subprocess.Popen[str]]
) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(ROOT / "w2s_sym", tree / "w2s_sym", ignore=shutil.ignore_patterns("__pycache__"))
    rule = tree / "w2s_sym" / "a_rule.py"
    rule.write_text("def allows() -> bool:\n    return True\n")
    path = claims_file(
        "@dataclass(frozen=True)\nclass Ruled(Evidence):\n    kind = 'derivation'\n"
        "    def check(self, claim, run):\n"
        "        from w2s_sym.a_rule import allows\n"
        "        note('ruled')\n"
        "        return Finding(self.kind, Verdict.PROVED if allows() else Verdict.REFUTED, 'by the rule')\n"
        "CLAIMS = (claim('c', Ruled()),)"
    )

    def code() -> int:
        process = command("verify", path, package=tree, PYTHONDONTWRITEBYTECODE="1")
        _, err = process.communicate(timeout=HOUR)
        assert "Traceback" not in err, err
        return process.returncode

    assert (code(), code()) == (0, 0)
    assert count(path) == 1  # the second verdict came from the store
    rule.write_text(rule.read_text().replace("True", "False"))
    assert code() == 1
    rule.write_text(rule.read_text().replace("False", "True"))
    assert code() == 0
    assert count(path) == 2  # the first rule's verdict is still good for the first rule


def test_a_damaged_finding_is_made_again(claims_file: Callable[..., Path], store: Path) -> None:
    path = claims_file(SIX)
    first = check(path)
    for file in store.rglob("*.json"):
        file.write_bytes(file.read_bytes()[:-7])
    assert findings(check(path)) == findings(first)
    assert count(path) == 24


def test_batches_are_kept_under_the_fingerprint(claims_file: Callable[..., Path]) -> None:
    text = (
        "@dataclass(frozen=True)\nclass Batched(Evidence):\n    kind = 'simulation'\n    fail: bool = False\n"
        "    def check(self, claim, run):\n"
        "        for b in range(3):\n"
        "            if run.memory.get(f'batch/{b}') is None:\n"
        "                note(f'batch {b}')\n"
        "                run.memory.put(f'batch/{b}', float(run.rng(b).random()))\n"
        "            if b == 1 and STOP.exists(): raise KeyError('stopped')\n"
        "        values = [run.memory.get(f'batch/{b}') for b in range(3)]\n"
        "        return Finding(self.kind, Verdict.AGREES, 'sampled', {'values': values})\n"
        "STOP = COUNT.with_name('stop')\nCLAIMS = (claim('c', Batched()),)"
    )
    path = claims_file(text)
    stop = path.parent / "stop"
    stop.touch()
    assert check(path).exit_code == 1
    assert count(path) == 2
    stop.unlink()
    assert check(path).ok
    assert count(path) == 3  # two batches were there already


# -- interruptions --------------------------------------------------------------------------------------------

SLOW = "CLAIMS = tuple(claim(f'c{i}', Fake(seconds=0 if i < 3 else 3600)) for i in range(6))"


def running(marker: str) -> list[int]:
    """Processes that have the marker in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def stored_findings(store: Path) -> int:
    return sum('/finding", "sha256"' in file.read_text() for file in store.rglob("*.json"))


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + HOUR
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_what_was_finished_before_the_end_comes_back(
    claims_file: Callable[..., Path], store: Path, command: Callable[..., subprocess.Popen[str]], how: signal.Signals
) -> None:
    path = claims_file(SLOW)
    marker = f"W2S_TEST_MARK={os.getpid()}.{int(how)}.{store}"
    process = command("verify", path, "--jobs", "2", **dict([marker.split("=", 1)]))
    wait_until(lambda: stored_findings(store) == 3 and count(path) == 5)
    process.send_signal(how)
    out, err = process.communicate(timeout=HOUR)
    assert process.returncode == (130 if how == signal.SIGINT else -how)
    assert "Traceback" not in err
    assert out == ""
    if how == signal.SIGINT:
        assert err.splitlines()[-1].endswith("the same command goes on from there")
    wait_until(lambda: not running(marker))  # no worker outlives the command

    events: list[object] = []
    with pytest.raises(KeyboardInterrupt):  # the rest is slow: stop at the first sign of it
        check(path, jobs=1, progress=lambda e: events.append(e) if e.recalled else _interrupt())
    assert [e.claim for e in events] == ["toy/c0", "toy/c1", "toy/c2"]  # type: ignore[attr-defined]


def _interrupt() -> None:
    raise KeyboardInterrupt


# -- papers and targets ---------------------------------------------------------------------------------------


def test_targets(claims_file: Callable[..., Path]) -> None:
    path = claims_file(SIX)
    ids = [e.claim.name for e in resolve([f"{path}::c4", str(path), f"{path}::c4", f"{path}::toy/c1"])]
    assert ids == ["c4", "c0", "c1", "c2", "c3", "c5"]


def test_sections_and_headlines_are_loaded(claims_file: Callable[..., Path]) -> None:
    path = claims_file(
        "CLAIMS = (claim('a'), claim('b'), claim('c'))\n"
        "SECTIONS = (('First', CLAIMS[:1]), ('Second', CLAIMS[1:]))\nHEADLINES = (CLAIMS[2],)"
    )
    paper = load(str(path))
    assert [(title, [c.name for c in part]) for title, part in paper.sections] == [
        ("First", ["a"]),
        ("Second", ["b", "c"]),
    ]
    assert [c.name for c in paper.headlines] == ["c"]


def test_the_installed_papers_have_tables_of_contents() -> None:
    papers = {name: load(name) for name in paper_names()}
    assert {name for name, paper in papers.items() if not paper.sections} == {"equivalents"}
    for name, paper in papers.items():
        assert name == "equivalents" or 3 <= len(paper.headlines) <= 5, name
        titles = [title for title, _ in paper.sections]
        assert len(titles) == len(set(titles)), name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "defines no CLAIMS; write CLAIMS = (Claim(...),)"),
        ("CLAIMS = ()", "CLAIMS is empty"),
        ("CLAIMS = 3", "CLAIMS is a int, not a tuple of claims"),
        ("CLAIMS = (claim('a'), 3)", "CLAIMS[1] is a int, not a Claim"),
        ("CLAIMS = (claim('a'), claim('a'))", "CLAIMS[1] repeats the id toy/a"),
        ("CLAIMS = (claim('a'),)\nHEADLINES = (claim('b'),)", "HEADLINES has toy/b, which is none of CLAIMS"),
        ("CLAIMS = (claim('a'),)\nHEADLINES = 3", "HEADLINES is a int, not a tuple of claims"),
        ("CLAIMS = (claim('a'),)\nHEADLINES = CLAIMS * 2", "HEADLINES[1] repeats the id toy/a"),
        ("CLAIMS = (claim('a'),)\nPREDICTIONS = 3", "PREDICTIONS is a int, not a mapping"),
        ("CLAIMS = (claim('a'),)\nPREDICTIONS = {'student': 3}", "PREDICTIONS['student'] is a int, not a Claim"),
        ("CLAIMS = (claim('a'), claim('b'))\nSECTIONS = (('One', CLAIMS[:1]),)", "toy/b of CLAIMS is in no section"),
        ("CLAIMS = (claim('a'), claim('b'))\nSECTIONS = (('One', CLAIMS[::-1]),)", "SECTIONS and CLAIMS differ"),
        ("CLAIMS = (claim('a'),)\nSECTIONS = (('One', CLAIMS), ('Two', CLAIMS))", "SECTIONS and CLAIMS differ"),
        ("CLAIMS = (claim('a'),)\nSECTIONS = 3", "SECTIONS is no tuple of pairs (title, claims)"),
        ("CLAIMS = (claim('a'),)\nSECTIONS = CLAIMS", "SECTIONS is no tuple of pairs (title, claims)"),
        ("CLAIMS = (Claim('a', 'S.', Compare(x + 1, '=', x), Domain((x,)), TOY, ()),)", "no evidence; give it a"),
        ("import nowhere_at_all", "ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("CLAIMS = (", "SyntaxError"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("raise SystemExit(0)", "SystemExit"),
        ("Domain((x,)).check({x: -1})", "DomainError: x=-1: needs x > 0"),
    ],
)
def test_a_file_that_is_no_paper_is_refused_in_one_line(
    claims_file: Callable[..., Path], text: str, message: str
) -> None:
    path = claims_file(text)
    with pytest.raises(UsageError) as caught:
        load(str(path))
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_error_names_the_line_of_the_file(claims_file: Callable[..., Path]) -> None:
    path = claims_file("\n\n1 / 0")
    number = path.read_text().splitlines().index("1 / 0") + 1
    with pytest.raises(UsageError, match=f"my_claims.py, line {number}: ZeroDivisionError"):
        load(str(path))


def test_two_papers_with_one_id_are_refused(claims_file: Callable[..., Path]) -> None:
    first, second = claims_file("CLAIMS = (claim('a'),)", "one.py"), claims_file("CLAIMS = (claim('a'),)", "two.py")
    with pytest.raises(UsageError, match="two claims have the id toy/a"):
        resolve([str(first), str(second)])


def test_a_file_named_like_a_module_hides_none(claims_file: Callable[..., Path]) -> None:
    assert load(str(claims_file("CLAIMS = (claim('a'),)", "json.py"))).claims[0].name == "a"
    import json as again

    assert again is json


def test_nothing_holds_on_the_strength_of_what_does_not(tmp_path: Path) -> None:
    """A lemma that falls brings down all that rests on it; one that is not listed is checked all the same."""
    path = tmp_path / "resting_claims.py"
    path.write_text(
        "import sympy as sp\n"
        "from w2s_sym import Claim, Compare, Derivation, Domain, Precision, Source\n"
        "x, y = sp.symbols('x y', positive=True)\n"
        "S, D = Source('resting', 'A', 'T', 2026), Domain((x, y))\n"
        "base = Claim('base', 'False.', Compare(x + y, '=', x), D, S, (Precision(),))\n"
        "lone = Claim('lone', 'True.', Compare((x + y)**2, '=', x**2 + 2*x*y + y**2), D, S, (Precision(),))\n"
        "user = Claim('user', 'Uses it.', Compare(x + y, '=', x), D, S, (Derivation(x + y).apply(base),))\n"
        "far = Claim('far', 'Rests on it.', Compare(2*x, '<', 3*x), D, S, (Derivation(2*x).bound('<', 3*x),),"
        " rests_on=(user, lone))\n"
        "CLAIMS = (base, user, far)\n"
    )
    outcome = verify_all(resolve((str(path),)), jobs=1)
    base, user, far = outcome.results
    assert [c.holds for c in outcome.results] == [False, False, False]
    assert user.findings_suffice
    assert far.findings_suffice
    assert (base.fallen, user.fallen, far.fallen) == ((), ("resting/base",), ("resting/user",))
    (lone,) = outcome.cited
    assert lone.claim.name == "lone"
    assert lone.holds
    assert far.unchecked == ()
    assert outcome.exit_code == 1
