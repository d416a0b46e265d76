"""Evidence that goes on for ever, takes all memory or waits ends with a finding that says what ran out.

No test looks at a clock: the budgets are put in, and what is asked is what was said.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sympy as sp
from flint import fmpz_poly

from w2s_sym.claims import budget as budgets
from w2s_sym.claims import confined
from w2s_sym.claims.budget import BUDGETS, Budget, ran_out
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.results import verify
from w2s_sym.claims.run import Run
from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import ClaimError, Compare
from w2s_sym.formula.domain import Domain
from w2s_sym.papers.ledger import verify_all
from w2s_sym.papers.loading import resolve
from w2s_sym.store.disk import Store

x = sp.Symbol("x", positive=True)
SMALL = Budget(1, 200, patience=1000)
IMPATIENT = Budget(1, 200, patience=0.5)

pytestmark = pytest.mark.skipif(not confined.CAN_COPY, reason="evidence has a process of its own on Linux only")


@dataclass(frozen=True)
class Does(Evidence):
    """Evidence that does something first."""

    act: Callable[[Run], Any]
    kind = "toy"

    def check(self, claim: Claim, run: Run) -> Finding:
        self.act(run)
        return Finding(self.kind, Verdict.AGREES, "agrees")


def claim(*acts: Callable[[Run], Any]) -> Claim:
    evidence = tuple(map(Does, acts))
    return Claim("a_sum", "A sum.", Compare(x + 1, ">", x), Domain((x,)), Source("toy", "A", "T", 2026), evidence)


def goes_on(run: Run) -> None:
    while True:
        pass


def loops_in_c(run: Run) -> None:
    sum(fmpz_poly([1, 1, 1]) ** 3000 != 0 for _ in iter(int, 1))


def takes_memory(run: Run) -> None:
    taken = []
    while True:
        taken.append(bytearray(10**7))


def takes_memory_in_c(run: Run) -> None:
    fmpz_poly([1] * 1000) ** (10**9)


def waits(run: Run) -> None:
    # In the end it agrees: where no clock ends it before, the test fails and does not hang.
    threading.Event().wait(20)


def aborts(run: Run) -> None:
    os.abort()


# Of an abort nobody can tell whether it was for want of memory: both are told alike, and the signal is named.
ABORTED = "was ended by signal 6, SIGABRT: it aborted, as libraries do that get no more than 200 MB of memory"


def nothing(run: Run) -> None:
    pass


@pytest.mark.parametrize(
    ("act", "budget", "what"),
    [
        (goes_on, SMALL, "ran out of its 1 s of processor time"),
        (loops_in_c, SMALL, "ran out of its 1 s of processor time"),
        (takes_memory, SMALL, "ran out of its 200 MB of memory"),
        (takes_memory_in_c, SMALL, ABORTED),
        (aborts, SMALL, ABORTED),
        (waits, IMPATIENT, "ran out of its 0.5 s by the clock"),
    ],
    ids=lambda v: getattr(v, "__name__", str(v)),
)
def test_what_runs_out_is_named_and_the_next_evidence_is_checked(
    act: Callable[[Run], None], budget: Budget, what: str
) -> None:
    first, second = verify(claim(act, nothing), budget=budget).findings
    assert first.verdict is Verdict.INCONCLUSIVE
    assert first.summary == what
    assert first.next_move.startswith("verify it at standard effort")
    assert second.verdict is Verdict.AGREES


def test_budgets_grow_with_the_effort() -> None:
    assert Run("quick").allowed == BUDGETS["quick"]
    assert Run("deep", budget=SMALL).allowed == SMALL
    seconds, megabytes = zip(*((b.seconds, b.megabytes) for b in BUDGETS.values()), strict=True)
    assert list(seconds) == sorted(seconds)
    assert list(megabytes) == sorted(megabytes)
    assert "standard" not in ran_out("toy", "time", SMALL, "deep").next_move


@pytest.mark.parametrize("fields", [{"seconds": 0}, {"seconds": 1.5}, {"megabytes": True}, {"patience": 0}])
def test_senseless_budgets_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="needs a"):
        Budget(**{"seconds": 1, "megabytes": 1, **fields})
    with pytest.raises(ValueError, match="needs a Budget"):
        Run(budget=60)  # type: ignore[arg-type]


def test_progress_and_finished_pieces_come_back() -> None:
    class Kept(dict[str, Any]):
        def put(self, key: str, value: Any) -> None:
            self[key] = value

    kept, told = Kept(), list[str]()

    def works(run: Run) -> None:
        run.memory.put("piece", (run.memory.get("piece") or 0) + 7)
        run.tell("halfway")

    working = claim(works)
    for total in (7, 14):  # the second time finds what the first one kept
        assert verify(working, memory=kept, progress=told.append).holds
        assert list(kept.values()) == [total]
    assert told == ["halfway", "halfway"]


class OwnError(Exception):
    """An exception that takes two arguments and does not survive being sent."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} and {two}")


def test_exceptions_of_evidence_are_raised_here() -> None:
    def fails(problem: BaseException) -> Callable[[Run], None]:
        def act(run: Run) -> None:
            raise problem

        return act

    with pytest.raises(ClaimError, match="nothing can be said"):
        verify(claim(fails(ClaimError("nothing can be said"))))
    with pytest.raises(KeyError, match="missing") as caught:
        verify(claim(fails(KeyError("missing"))))
    assert "in the process that checked it" in caught.value.__notes__[0]
    # What pickle cannot rebuild comes as its words; where Dask was loaded, which teaches pickle to, as itself.
    with pytest.raises((RuntimeError, OwnError), match="one and two"):
        verify(claim(fails(OwnError("one", "two"))))
    with pytest.raises(TypeError, match="cannot be passed on"):
        verify(Claim(**{**vars(claim(nothing)), "evidence": (Unsent(),)}))


def leaves(run: Run) -> None:
    sys.exit(0)


def interrupts(run: Run) -> None:
    raise KeyboardInterrupt


def closes(run: Run) -> None:
    raise GeneratorExit


@pytest.mark.parametrize("copied", [True, False], ids=["confined", "here"])
@pytest.mark.parametrize(
    ("act", "told"), [(leaves, "SystemExit: 0"), (interrupts, "KeyboardInterrupt"), (closes, "GeneratorExit")]
)
def test_evidence_does_not_end_the_program(
    act: Callable[[Run], None], told: str, copied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confined, "CAN_COPY", copied)
    # Where nothing is copied, an interrupt may be the user's own, and goes on.
    expected = RuntimeError if copied or act is not interrupts else KeyboardInterrupt
    with pytest.raises(expected) as caught:
        verify(claim(act))
    assert str(caught.value) in (told, "")


def test_what_ends_programs_is_told_of_the_evidence_that_raised_it(
    claims_file: Callable[..., Path], capfd: pytest.CaptureFixture[str]
) -> None:
    text = "CLAIMS = (claim('a', *(Fake(kind, failure=problem) for kind, problem in ("
    text += "('precision', KeyboardInterrupt()), ('simulation', GeneratorExit()), ('certificate', SystemExit(0))))),)"
    found = verify_all(resolve([str(claims_file(text))]), jobs=1)
    assert [f.message.split(":")[0] for f in found.failures] == ["KeyboardInterrupt", "GeneratorExit", "SystemExit"]
    assert found.exit_code == 1
    assert "Traceback" not in capfd.readouterr().err


class Unsent(Evidence):
    """Evidence whose finding holds a function."""

    kind = "toy"

    def check(self, claim: Claim, run: Run) -> Finding:
        return Finding(self.kind, Verdict.AGREES, "agrees", {"function": lambda: None})


def test_workers_have_budgets_and_store_nothing_that_ran_out(
    claims_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = "def endless():\n    while True:\n        pass\n"
    text += "def memory():\n    taken = []\n    while True:\n        taken.append(bytearray(10**7))\n"
    text += "CLAIMS = (claim('a', Fake(failure=endless), Fake('simulation', failure=memory), Fake('certificate')),)"
    entries, store = resolve([str(claims_file(text))]), Store(tmp_path / "store")
    monkeypatch.setitem(budgets.BUDGETS, "quick", SMALL)
    outcome = verify_all(entries, memory=store, jobs=2)
    found = outcome.results[0].findings
    assert [f.summary.split(":")[0] for f in found[:2]] == [
        "ran out of its 1 s of processor time",
        "ran out of its 200 MB of memory",
    ]
    assert found[2].verdict is Verdict.AGREES
    assert not outcome.failures
    again = verify_all(entries, memory=store, jobs=1).results[0]
    assert again.recalled == (False, False, True)


def test_a_worker_that_waits_is_ended(claims_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        "import threading\nCLAIMS = (claim('a', Fake(failure=lambda: threading.Event().wait()), Fake('simulation')),)"
    )
    monkeypatch.setitem(budgets.BUDGETS, "quick", IMPATIENT)
    first, second = verify_all(resolve([str(claims_file(text))]), jobs=1).results[0].findings
    assert first.summary == "ran out of its 0.5 s by the clock"
    assert second.verdict is Verdict.AGREES
