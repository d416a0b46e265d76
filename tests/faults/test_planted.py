"""Every planted fault is caught by a claim or a test that does not know of it; without a fault all of them pass."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import planted
from planted import FAULTS, Fault
from server import ROOT, Server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A copy of the checkout, in which one fault after another is planted."""
    made = Server(tmp_path_factory.mktemp("copy"))
    yield made
    made.close()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_a_fault_still_applies(fault: Fault) -> None:
    text = (ROOT / fault.file).read_text(encoding="utf-8")
    assert text.count(fault.old) == 1
    assert fault.new != fault.old
    compile(text.replace(fault.old, fault.new), fault.file, "exec")


def test_there_are_enough_of_each_sort() -> None:
    assert len({f.name for f in FAULTS}) == len(FAULTS) >= 20
    count = Counter(f.area for f in FAULTS)
    least = {
        "rules": 5,
        "sampler": 4,
        "solver": 3,
        "verdict": 4,
        "store": 2,
        "paper": 2,
        "features": 3,
        "risks": 6,
        "fixed points": 8,
        "integrals": 6,
        "limits": 4,
        "certificates": 5,
        "lemmas": 5,
        "definitions": 4,
        "simulation": 3,
        "equivalents": 6,
        "precision": 2,
        "engine": 12,
        "names": 2,
        "read": 2,
        "files": 2,
        "sweeps": 4,
        "jobs": 4,
        "exact_values": 1,
    }
    assert set(count) == set(least)
    assert all(count[area] >= wanted for area, wanted in least.items())


def test_a_command_is_one_test_or_one_claim() -> None:
    """A whole file would run for minutes, and nobody would know what in it catches the fault."""
    assert all("::" in c for c in planted.commands() if planted.is_test(c))
    with pytest.raises(ValueError, match=r"late: tests/test_x\.py is a whole file; name one test of it"):
        Fault("late", "rules", "w2s_sym/matrices/gaussian_rules.py", "a", "b", ("dong2025/a_claim", "tests/test_x.py"))


def test_no_command_names_a_fault() -> None:
    files = {c.partition("::")[0] for c in planted.commands() if planted.is_test(c)}
    papers = sorted((ROOT / "derivations").rglob("*.py"))
    texts = [p.read_text(encoding="utf-8") for p in (*papers, *(ROOT / f for f in sorted(files)))]
    assert not [f.name for f in FAULTS for text in texts if f.name in text]


@pytest.mark.parametrize("tests", [True, False], ids=["tests", "claims"])
def test_without_a_fault_every_command_passes(tests: bool, server: Server) -> None:
    asked = [c for c in planted.commands() if planted.is_test(c) == tests]
    outcome = planted.run(server, *asked)
    assert outcome.code == 0, outcome.said


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_a_fault_is_caught(fault: Fault, server: Server) -> None:
    last = planted.catch(server, fault)
    # 1 is a claim that does not hold or a test that fails; 2 and more is a command that could not do its work.
    assert last.code == 1, f"{last.command} ended with code {last.code}\n{last.said}"
