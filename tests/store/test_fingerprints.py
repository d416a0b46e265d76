"""A fingerprint is the same in every process for the same inputs, and changes with each of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from w2s_sym import Claim, Compare, Domain, Evidence, Finding, Source
from w2s_sym.claims.description import IndescribableError, stable_text
from w2s_sym.formula.notation import symbol
from w2s_sym.papers.loading import load, paper_names
from w2s_sym.store.fingerprints import fingerprint, package_digest, source_digest, versions

ROOT = Path(__file__).resolve().parents[2]
x = symbol("x", "a number", positive=True)


@dataclass(frozen=True)
class Fake(Evidence):
    digits: int = 20
    sampler: Any = None
    kind = "precision"

    def check(self, claim: Claim, run: object) -> Finding:
        raise NotImplementedError


def make(**changes: Any) -> Claim:
    base: dict[str, Any] = {
        "name": "square",
        "sentence": "The square of x + 1 has three terms.",
        "statement": Compare((x + 1) ** 2, "=", x**2 + 2 * x + 1),
        "domain": Domain((x,)),
        "source": Source("toy", "A", "T", 2024),
        "evidence": (Fake(),),
    }
    return Claim(**{**base, **changes})


def key(claim: Claim, index: int = 0, effort: str = "quick", seed: int = 0, sources: str = "s") -> str | None:
    return fingerprint(claim, index, effort, seed, sources)


def test_equal_claims_have_one_key_and_every_difference_another() -> None:
    here = key(make())
    assert here is not None
    assert here == key(make())
    others = [
        key(make(statement=Compare((x + 1) ** 2, "=", x**2 + 2 * x + 2))),
        key(make(statement=Compare((x + 1) ** 2, "<=", x**2 + 2 * x + 1))),
        key(make(domain=Domain((x,), points=({x: sp.Integer(1)},)))),
        key(make(evidence=(Fake(21),))),
        key(make(evidence=(Fake(sampler=lambda: 1),))),
        key(make(evidence=(Fake(sampler=lambda: 2),))),
        key(make(evidence=(Fake(), Fake()))),
        key(make(rivals=(x**2,))),
        key(make(rests_on=(make(name="other"),))),
        key(make(rests_on=(make(name="other", rivals=(x,)),))),
        key(make(witness={x: 1})),
        key(make(kind="observation")),
        key(make(name="other")),
        key(make(source=Source("tux", "A", "T", 2024))),
        key(make(), index=1),
        key(make(), effort="deep"),
        key(make(), seed=1),
        key(make(), sources="t"),
    ]
    assert None not in others
    assert len({here, *others}) == len(others) + 1


def test_versions_of_what_computes_enter(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(versions()) == {"python", "sympy", "mpmath", "numpy", "python-flint"}
    before = key(make())
    monkeypatch.setattr("w2s_sym.store.fingerprints.versions", lambda: {**versions(), "sympy": "0.0"})
    assert key(make()) != before


def test_functions_count_by_what_they_do_and_close_over() -> None:
    def scaled(factor: int) -> Callable[[int], int]:
        return lambda v: v * factor

    assert stable_text(scaled(2)) == stable_text(scaled(2))
    assert stable_text(scaled(2)) != stable_text(scaled(3))
    assert stable_text([scaled(i) for i in range(50)]) == stable_text([scaled(i) for i in range(50)])


def test_what_has_no_stable_description_has_no_key() -> None:
    with pytest.raises(IndescribableError):
        stable_text(iter(()))
    with Path(__file__).open() as file, pytest.raises(IndescribableError, match="is an open file"):
        stable_text([file])
    assert key(make(evidence=(Fake(sampler=iter(())),))) is None


def test_a_cycle_ends() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert stable_text(loop) == "list[<0>]"
    table: dict[str, Any] = {}
    table["me"] = [table]
    assert "<0>" in stable_text(table)


def test_the_same_in_every_process() -> None:
    program = (
        "import sympy as sp; from w2s_sym.claims.description import stable_text;"
        "a, b = sp.symbols('a b'); f = lambda v: v in {'p', 'q', 'r'};"
        "print(stable_text([{a, b, 'c', 'd'}, {'k': a*b + sp.sin(b), 'l': 2}, f, sp.Dummy('z'), a**2 + b + a*b/3]))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_the_claims_of_a_paper_have_the_same_digests_in_every_process() -> None:
    """An estimator's equivalent, among others, keeps tables by the samples that it met."""
    program = (
        "from w2s_sym.papers.loading import load; from w2s_sym.claims.description import claim_digest;"
        "print([(c.id, claim_digest(c)) for c in load('dong2025').claims])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert "dong2025/ridge_teacher_variance" in said.pop()


def test_the_digest_of_the_package_covers_every_file_of_it(tmp_path: Path) -> None:
    """In a copy, each file is changed in turn, and each change is seen."""
    shutil.copytree(ROOT / "w2s_sym", tmp_path / "w2s_sym", ignore=shutil.ignore_patterns("__pycache__"))
    program = f"""
import sys
from pathlib import Path
from {package_digest.__module__} import package_digest

home = Path({str(tmp_path)!r}) / "w2s_sym"
assert Path(sys.modules["w2s_sym"].__file__).parent == home
last = package_digest()
files = sorted(home.rglob("*.py"))
for file in files:
    file.write_text(file.read_text(encoding="utf-8") + "# changed", encoding="utf-8")
    package_digest.cache_clear()
    new = package_digest()
    if new == last:
        print("not covered:", file.relative_to(home))
    last = new
print(len(files), "files")
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{len(list((ROOT / 'w2s_sym').rglob('*.py')))} files\n"


def test_the_digest_of_a_paper_covers_every_file_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """All files of the installed papers are hashed, by the one paper or the other, and no program beside them."""
    hashed: set[Path] = set()
    inside = ROOT / "derivations"

    def note(path: Path) -> str:
        hashed.add(path)
        return ""

    package_digest()  # it is worked out once, and not from what the next line puts in its place
    monkeypatch.setattr(f"{source_digest.__module__}._file_sha", note)
    for name in paper_names():
        paper = load(name)
        assert paper.file is not None
        source_digest(paper.module, paper.file, paper.own)
    programs = {inside / "real_networks" / "record.py"}
    assert {p for p in hashed if p.is_relative_to(inside)} == set(inside.rglob("*.py")) - programs


def test_sources_follow_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    paper = tmp_path / "a_paper.py"
    paper.write_text("import json, sympy\nfrom first_part import f\ndef late():\n    import pack.inner\n")
    (tmp_path / "first_part.py").write_text("import second_part\nf = 1\n")
    (tmp_path / "second_part.py").write_text("")
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("from . import sister\n")
    (tmp_path / "pack" / "inner.py").write_text("")
    (tmp_path / "pack" / "sister.py").write_text("")
    (tmp_path / "unrelated.py").write_text("")

    def digest() -> str:
        return source_digest("a_paper", paper)

    before = digest()
    (tmp_path / "unrelated.py").write_text("changed = 1\n")
    assert digest() == before
    for name in ("a_paper.py", "first_part.py", "second_part.py", "pack/inner.py", "pack/sister.py"):
        last = digest()
        with (tmp_path / name).open("a") as stream:
            stream.write("# changed\n")
        assert digest() != last, name


def test_a_replaced_field_is_a_new_claim() -> None:
    claim = make()
    assert key(replace(claim, sentence="Another sentence.")) != key(claim)


def test_a_library_counts_by_its_release_whether_it_is_loaded_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes agree on a paper's text, whatever else each has loaded; another release is another digest."""
    paper = tmp_path / "late_paper.py"
    paper.write_text("def late():\n    import hypothesis\n")
    import hypothesis

    loaded = source_digest("late_paper", paper)
    with monkeypatch.context() as patch:
        patch.delitem(sys.modules, "hypothesis")
        assert source_digest("late_paper", paper) == loaded
    assert sys.modules["hypothesis"] is hypothesis
    monkeypatch.setattr(f"{source_digest.__module__}._release", lambda top: "another")
    assert source_digest("late_paper", paper) != loaded
