"""The mutation run itself: what it changes, what it leaves alone, and that a test that sees nothing kills nothing."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import mutants
from mutants import Fate, Mutant
from server import HOUR, LATE, ROOT

FOLDER = "evidence/simulation"
TALLY = f"{FOLDER}/moments_of_draws"

SOURCE = '''"""A docstring of 1 module."""
from __future__ import annotations

__all__ = ["f"]
LIMIT: dict[int, "list[1]"] = 3


def f(x: int = 2, *more: tuple[int, 4], table=(), flag: bool = True) -> list[5]:
    """A docstring that says 1 + 1."""
    if x < LIMIT and not flag:
        return "text 1" + "more"
    while x:
        x -= 1
    return [v for v in more[x:] if v is not None]
'''


def changes(source: str) -> set[tuple[int, str]]:
    """(line, changed statement) of all mutants, the statement in full."""
    found = set()
    for m in mutants.mutants_of("m", source):
        old, new = ast.unparse(ast.parse(source)).splitlines(), mutants.mutated(source, m).splitlines()
        (line,) = (n.strip() for o, n in zip(old, new, strict=True) if o != n)
        found.add((m.line, line))
    return found


def test_every_kind_of_node_is_mutated_and_nothing_else() -> None:
    assert changes(SOURCE) == {
        (5, "LIMIT: dict[int, 'list[1]'] = 4"),
        (5, "LIMIT: dict[int, 'list[1]'] = 2"),
        (8, "def f(x: int=3, *more: tuple[int, 4], table=(), flag: bool=True) -> list[5]:"),
        (8, "def f(x: int=1, *more: tuple[int, 4], table=(), flag: bool=True) -> list[5]:"),
        (8, "def f(x: int=2, *more: tuple[int, 4], table=None, flag: bool=True) -> list[5]:"),
        (8, "def f(x: int=2, *more: tuple[int, 4], table=(), flag: bool=False) -> list[5]:"),
        (10, "if not (x < LIMIT and (not flag)):"),
        (10, "if x < LIMIT or not flag:"),
        (10, "if x <= LIMIT and (not flag):"),
        (10, "if x >= LIMIT and (not flag):"),
        (10, "if x < LIMIT and flag:"),
        (11, "return None"),
        (11, "return 'text 1' - 'more'"),
        (12, "while not x:"),
        (13, "x -= 2"),
        (13, "x -= 0"),
        (13, "x += 1"),
        (14, "return None"),
        (14, "return [v for v in more[x + 1:] if v is not None]"),
        (14, "return [v for v in more[x:] if not v is not None]"),
        (14, "return [v for v in more[x:] if v is None]"),
    }


def test_mutants_are_python_and_differ_from_their_source() -> None:
    for mutant in mutants.sample(20, 5, (TALLY, "claims/claim", "matrices/traces", "kernel/boxes")):
        source = (ROOT / "w2s_sym" / f"{mutant.module}.py").read_text(encoding="utf-8")
        text = mutants.mutated(source, mutant)
        compile(text, mutant.module, "exec")
        assert text != ast.unparse(ast.parse(source)) + "\n"
        assert mutant.before != mutant.after


def test_a_sample_is_that_of_its_seed() -> None:
    one, other = mutants.sample(50, 0, ("claims/claim",)), mutants.sample(50, 1, ("claims/claim",))
    assert one == mutants.sample(50, 0, ("claims/claim",))
    assert one != other
    assert len(set(one)) == len(set(other)) == 50


def test_every_module_has_tests_of_its_own() -> None:
    for module in mutants.TESTS:
        assert (ROOT / "w2s_sym" / f"{module}.py").exists()
        assert mutants.test_files(module)


def test_a_test_file_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(mutants.TESTS, TALLY, (f"{FOLDER}/test_moments_of_draws", f"{FOLDER}/test_of_nobody"))
    with pytest.raises(FileNotFoundError, match=rf"TESTS\['{TALLY}'\] names tests/{FOLDER}/test_of_nobody\.py"):
        mutants.test_files(TALLY)


def test_the_report_counts_and_explains(monkeypatch: pytest.MonkeyPatch) -> None:
    def mutant(line: int) -> Mutant:
        return Mutant(TALLY, 0, 0, line, "a", f"b{line}")

    monkeypatch.setattr(mutants, "explanations", lambda: {f"{TALLY}: a -> b2": "It cannot matter."})
    fates = [
        Fate(mutant(1), "killed", "t", 1.0),
        Fate(mutant(2), "survived", "", 1.0),
        Fate(mutant(3), "survived", "", 1.0),
        Fate(mutant(4), "late", "", 1.0),
    ]
    text = mutants.report(fates, 99, 4, 0)
    assert "drew 4 of 99 one-node mutants; 2 are killed (50.0%), 1 of them by the clock." in text
    assert f"| {TALLY} | 4 | 2 |" in text
    assert f"- `{TALLY}.py:2`: `a` becomes `b2`.\n  It cannot matter.\n" in text
    assert f"- `{TALLY}.py:3`: `a` becomes `b3`.\n  NOT EXPLAINED\n" in text


@pytest.mark.slow
def test_a_mutant_is_killed_by_a_test_that_sees_it_and_by_no_other(tmp_path: Path) -> None:
    worker = mutants.Worker(tmp_path)
    try:
        tests = worker.tree / "tests"
        (tests / "test_blind.py").write_text(
            "import w2s_sym.evidence.simulation.moments_of_draws\n\ndef test_nothing():\n    pass\n"
        )
        (tests / "test_stuck.py").write_text("import time\n\ndef test_late():\n    time.sleep(3600)\n")
        aim = next(m for m in mutants.mutants_of(TALLY, mutants._source(TALLY)) if "AIM = 2" in m.before)
        assert worker.kill(aim, ["tests/test_blind.py"], HOUR)[0] == 0
        code, said, _ = worker.kill(aim, ["tests/test_blind.py", f"tests/{FOLDER}/test_moments_of_draws.py"], HOUR)
        assert code == 1
        assert f"tests/{FOLDER}/test_moments_of_draws.py::" in said
        assert worker.kill(aim, ["tests/test_stuck.py"], 5)[0] == LATE
        # The sound source is back in place.
        assert worker.run([f"tests/{FOLDER}/test_moments_of_draws.py"], HOUR)[0] == 0
    finally:
        worker.close()
