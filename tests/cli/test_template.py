"""The file that ``w2s-sym new`` writes verifies as it stands, is a test file of its own, and is formatted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran

from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.results import verify
from w2s_sym.claims.statement import Asymptotic, Iff
from w2s_sym.cli import template
from w2s_sym.papers import loading

ROOT = Path(__file__).resolve().parents[2]


def test_every_claim_holds_and_no_evidence_is_undecided(w2s: Callable[..., Ran], tmp_path: Path) -> None:
    made = w2s("new", "my_paper.py")
    assert made.code == 0
    assert made.out == "my_paper.py is written; next: w2s-sym verify my_paper.py\n"
    claims = loading.load(str(tmp_path / "my_paper.py")).claims
    assert {type(c.statement) for c in claims} >= {Iff, Asymptotic}
    assert any(c.witness for c in claims)
    for claim in claims:
        result = verify(claim)
        assert result.holds, str(result)
        assert all(f.verdict in (Verdict.PROVED, Verdict.AGREES) for f in result.findings), str(result)
    assert w2s("verify", "my_paper.py").code == 0


def test_a_wrong_sign_in_it_is_refuted(w2s: Callable[..., Ran], tmp_path: Path) -> None:
    path = tmp_path / "wrong.py"
    text = template.claims_file("wrong.py")
    path.write_text(text.replace("one_teacher = s2 * d / (n - d - 1)", "one_teacher = s2 * d / (n - d + 1)"))
    ran = w2s("verify", "wrong.py::one_teacher_variance")
    assert ran.code == 1
    assert ran.out.count("REFUTED") >= 3


def test_it_runs_under_pytest(tmp_path: Path) -> None:
    (tmp_path / "my_paper.py").write_text(template.claims_file("my_paper.py"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "my_paper.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout


def test_it_is_formatted_and_clean(tmp_path: Path) -> None:
    pytest.importorskip("ruff", reason="ruff is not installed (pip install ruff)")
    path = tmp_path / "my_paper.py"
    path.write_text(template.claims_file("my_paper.py"), encoding="utf-8")
    for command in (("format", "--check"), ("check",)):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--config", str(ROOT / "pyproject.toml"), str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "key"),
    [("my_paper.py", "my_paper"), ("Two Words.py", "two_words"), ("2026.py", "paper_2026"), ("é.py", "paper")],
)
def test_the_key_follows_the_name(name: str, key: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(template.claims_file(name), encoding="utf-8")
    assert {c.source.key for c in loading.load(str(path)).claims} == {key}


def test_refusals(w2s: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("mine")
    (tmp_path / "dangling.py").symlink_to(tmp_path / "nowhere")
    assert "exists already" in w2s("new", "mine.py").error
    assert "exists already" in w2s("new", "dangling.py").error
    assert (tmp_path / "mine.py").read_text() == "mine"
    for name in ("mine.txt", "mine", ".py"):
        assert "does not end in .py" in w2s("new", name).error
    assert "FILE is empty; give a name" in w2s("new", "").error
    assert "no directory" in w2s("new", "none/mine.py").error


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Two Words.py", "no name that Python can import"),
        ("2026.py", "no name that Python can import"),
        ("my-paper.py", "no name that Python can import"),
        ("class.py", "a word of Python's own"),
        ("json.py", "the module json of Python's standard library"),
        ("sys.py", "the module sys of Python's standard library"),
        ("numpy.py", "hide the installed package numpy"),
        ("sympy.py", "hide the installed package sympy"),
        ("w2s_sym.py", "hide the installed package w2s_sym"),
    ],
)
def test_a_name_that_hides_a_module_or_is_none_is_refused(
    w2s: Callable[..., Ran], tmp_path: Path, name: str, words: str
) -> None:
    (tmp_path / "sub").mkdir()
    for path in (name, f"sub/{name}"):
        error = w2s("new", path).error
        assert words in error
        assert "choose another name" in error
    assert [p.name for p in tmp_path.rglob("*")] == ["sub"]


def test_what_lies_beside_the_file_is_no_obstacle(
    w2s: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "mine").mkdir()
    assert w2s("new", "mine.py").code == 0


def test_a_path_with_a_space_is_quoted_in_the_hint(w2s: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "two words").mkdir()
    ran = w2s("new", "two words/mine.py")
    assert ran.out == "two words/mine.py is written; next: w2s-sym verify 'two words/mine.py'\n"
