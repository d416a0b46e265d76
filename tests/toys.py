"""A tiny paper whose evidence says what it is told to, from a random draw, and counts how often it really works.

The text of this file is the head of the claims files that tests write.
"""

# ruff: noqa: F401
from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from w2s_sym import (
    Claim,
    ClaimError,
    Compare,
    Condition,
    Domain,
    DomainError,
    Evidence,
    Finding,
    Source,
    Verdict,
    symbol,
)

x = symbol("x", "a number", positive=True)
TOY = Source("toy", "Ann Author", "A toy paper", 2024)
COUNT = Path(__file__).parent / "count"


def note(text):
    with COUNT.open("a") as stream:
        stream.write(text + "\n")


@dataclass(frozen=True)
class Fake(Evidence):
    kind: str = "precision"
    verdict: Verdict = Verdict.AGREES
    seconds: float = 0.0
    refuted: tuple = ()
    failure: object = None

    def check(self, claim, run):
        note(f"{claim.name} {self.kind}")
        if callable(self.failure):
            self.failure()
        elif self.failure is not None:
            raise self.failure
        run.tell("working")
        time.sleep(self.seconds)
        draw = run.rng("draw").random()
        return Finding(self.kind, self.verdict, f"drew {draw:.6f}", {"draw": draw}, self.refuted)


def claim(name, *evidence, rhs=x**2 + 2 * x + 1, **more):
    domain = Domain((x,), (Condition(x, "<", 100, "choose a smaller x"),))
    return Claim(
        name,
        "The square of x + 1 has three terms.",
        Compare((x + 1) ** 2, "=", rhs),
        domain,
        TOY,
        evidence or (Fake(),),
        **more,
    )
