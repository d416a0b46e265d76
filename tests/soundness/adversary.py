"""The frame in which generators look for false claims that hold.

A generator makes cases: claims written as a user would write them, each known to be true or false by an argument that
does not use the package. ``outcome`` says what becomes of one, ``measure`` counts. A *wrong verdict* is a false claim
that holds. A *lost claim* is a true one that does not; the tool may say less than it could, but it must not lose what
it proved before, so that true cases are counted too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from w2s_sym import Claim, verify
from w2s_sym.claims.statement import ClaimError
from w2s_sym.formula.conditions import DomainError
from w2s_sym.matrices.words import TraceError


class Outcome(StrEnum):
    """What becomes of a case."""

    HOLDS = "holds"
    REFUSED = "refused"  # the claim is not well formed, and the message says why
    UNDECIDED = "undecided"
    REFUTED = "refuted"


@dataclass(frozen=True)
class Case:
    """One claim; ``make`` builds it, and may be refused. ``rule`` names what it attacks, such as "A1"."""

    rule: str
    make: Callable[[], Claim]
    true: bool


@dataclass
class Measured:
    """Counts of (rule, whether true, outcome), and the false cases that hold."""

    counts: Counter[tuple[str, bool, Outcome]] = field(default_factory=Counter)
    wrong: list[Case] = field(default_factory=list)

    @property
    def tried(self) -> int:
        """How many cases were tried."""
        return sum(self.counts.values())


def outcome(case: Case) -> Outcome:
    """Builds and verifies one case at quick effort. Any other exception than a refusal is an error of the program."""
    try:
        result = verify(case.make())
    except (ClaimError, DomainError, TraceError):
        return Outcome.REFUSED
    if result.holds:
        return Outcome.HOLDS
    return Outcome.REFUTED if any(f.verdict == "REFUTED" for f in result.findings) else Outcome.UNDECIDED


def measure(cases: Callable[[np.random.Generator], Iterator[Case]], seed: int, count: int) -> Measured:
    """What becomes of ``count`` cases of a generator."""
    found, stream = Measured(), cases(np.random.Generator(np.random.PCG64(seed)))
    for _ in range(count):
        case = next(stream)
        became = outcome(case)
        found.counts[case.rule, case.true, became] += 1
        if became is Outcome.HOLDS and not case.true:
            found.wrong.append(case)
    return found
