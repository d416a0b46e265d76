"""An experiment that forks: its copies do none of our work."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from w2s_sym import Claim, Compare, Domain, Evidence, Finding, Mean, Simulation, Source, Verdict, symbol, verify

a = symbol("a", "a number", positive=True)
MEAN = Mean(symbol("M", "the mean", real=True), "the mean of a thing")
SOURCE = Source("toy2026", "A. Theorist", "On toys", 2026)
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux alone")


class Forking:
    """Draws of mean ``a``; the first calls fork, few enough that copies which went on would be counted and no more."""

    def __init__(self, log: Path) -> None:
        self.log = log

    def __call__(self, rng: np.random.Generator, point: dict[str, Any], *sizes: int) -> np.ndarray:
        self.fork()
        return float(point["a"]) * rng.exponential(size=sizes[-1])

    def fork(self) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"{os.getpid()}\n")
        if len(self.log.read_text(encoding="utf-8").split()) <= 3:
            os.fork()


class ForkingEvidence(Evidence):
    """Evidence of a user's own that forks once, and says which process it is."""

    kind = "precision"

    def __init__(self, log: Path) -> None:
        self.forking = Forking(log)

    def check(self, claim: Claim, run: Any) -> Finding:
        self.forking.fork()
        return Finding(self.kind, Verdict.AGREES, "agrees")


def stated(*evidence: Evidence, **more: Any) -> Claim:
    return Claim("forks", "A toy.", Compare(MEAN, "=", a), Domain((a,)), SOURCE, evidence, rivals=(2 * a,), **more)


@pytest.mark.parametrize("kind", ["point", "limit", "own"])
def test_a_copy_that_an_experiment_makes_ends_with_the_call(kind: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    if kind == "own":
        both = stated(ForkingEvidence(log), ForkingEvidence(log))
        assert len(verify(both).findings) == 2
    elif kind == "point":
        assert verify(stated(Simulation(Forking(log)))).holds
    else:
        verify(stated(Simulation(Forking(log), sizes=(10, 20, 40)), kind="equivalent"))
    calls = log.read_text(encoding="utf-8").split()
    assert len(calls) >= 2
    assert len(set(calls)) == 1
