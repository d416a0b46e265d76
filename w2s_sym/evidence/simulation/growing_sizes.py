"""Draws at growing sizes: how many, the law of the error that they fit, and what it says of a limit.

A batch has more draws at smaller sizes, where a draw costs less: an order is as uncertain as the errors at both ends of
the sizes. Drawing stops on standard errors alone. A course at a point of no author's choice is given up early where
all batches of the effort would leave it as noisy as it is; whatever contradicts the claim is drawn to the end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.run import Run
from w2s_sym.evidence.simulation import fitness
from w2s_sym.evidence.simulation.batches import STILL_DRAWS, Bench
from w2s_sym.evidence.simulation.moments_of_draws import LEVEL, Law, fit_law

BATCHES = {"quick": 16, "standard": 64, "deep": 256}
LEAST_DRAWS_PER_SIZE = 400
# How many times as many batches are drawn at most, at sizes where draws contradict and are too few for a verdict.
FURTHER = 5
# A batch at a small size has at most so many times the draws of one at the largest.
MOST_DRAWS_TIMES = 8
# A course is given up after this share of its batches at the earliest, and only if standard errors that are this many
# times smaller than those of all batches would not tell either: errors in the errors are no reason to give up.
EARLIEST = 1 / 4
ROOM = 2.0


@dataclass(frozen=True, eq=False)
class LimitQuestion:
    """What is asked of draws: does the error ``mean - rhs`` fall at the order ``wanted``, with ``left`` as the mean?

    ``rhs`` and ``left`` have a value for each size; ``left`` is None when no formula stands for the mean. ``strict``:
    the order must be the one that is wanted, not only one that falls. ``drawn``: no author chose the point, and another
    can take its place.
    """

    sizes: tuple[int, ...]
    rhs: np.ndarray
    left: np.ndarray | None
    wanted: float
    strict: bool = True
    drawn: bool = False


def draws_per_batch(batch: int, size: int, largest: int) -> int:
    """Draws of a batch at one size, where the largest has ``batch``: as many times more as the size is smaller."""
    return batch * min(MOST_DRAWS_TIMES, max(1, largest // size))


def drawn_law(run: Run, benches: Sequence[Bench], question: LimitQuestion, share: float = 1.0) -> Law:
    """Batches at all sizes in turn until the interval is narrow, where it lies does not matter, or tells enough.

    A first ``share`` of the effort's batches, those counted that were drawn before, is all unless it may contradict.
    """
    batches, wanted = BATCHES[run.effort], question.wanted
    last, begun = max(1, round(share * batches)), max(b.batches for b in benches)
    for number in range(begun + 1, FURTHER * batches + 1):
        for bench in benches:
            if number <= batches or fitness.too_few(bench.tally) is not None:
                bench.step(run)
        law = fitted_law(benches, question)
        told = law.high - law.low <= wanted / 2 or (not question.strict and law.low > wanted / 2)
        # A wrong formula is refuted by draws that are many enough for it, and by no others: for it more are drawn.
        many = contradiction(law, benches, question) is None or too_few_at(benches) is None
        enough = told and min(b.tally.count for b in benches) >= LEAST_DRAWS_PER_SIZE
        done = enough or number >= batches or _hopeless(benches, question, number / batches)
        if many and (done or (number >= last and not _may_contradict(benches, question, number / batches))):
            break
    return law


def _hopeless(benches: Sequence[Bench], question: LimitQuestion, share: float) -> bool:
    """Whether a drawn course after this share of its batches would be as noisy after all of them."""
    if not question.drawn or share < EARLIEST or any(fitness.still(b.tally) for b in benches):
        return False
    law = fitted_law(benches, question, ahead=math.sqrt(share) / ROOM)
    verdict, _ = judged_law(law, question)
    noisy = verdict is Verdict.INCONCLUSIVE and law.low <= question.wanted <= law.high
    return noisy and not _may_contradict(benches, question, share)


def _may_contradict(benches: Sequence[Bench], question: LimitQuestion, share: float) -> bool:
    """Whether draws that contradict nothing after this share of the batches might after all of them."""
    ahead = math.sqrt(share) / ROOM
    law = fitted_law(benches, question, ahead=ahead)
    return contradiction(law, benches, question, ahead=ahead) is not None


def fitted_law(
    benches: Sequence[Bench], question: LimitQuestion, rhs: np.ndarray | None = None, *, ahead: float = 1.0
) -> Law:
    """The law of the error of the right side, or of another; ``ahead`` is that of :func:`fit_law`."""
    if any(fitness.still(b.tally) for b in benches):
        # What does not vary has no standard error, and fits every law.
        return Law(question.wanted, -math.inf, math.inf, 0.0, math.inf)
    values = question.rhs if rhs is None else rhs
    errors = [b.tally.mean - v for b, v in zip(benches, values, strict=True)]
    return fit_law(question.sizes, errors, [b.spread for b in benches], question.wanted, ahead=ahead)


def contradiction(law: Law, benches: Sequence[Bench], question: LimitQuestion, *, ahead: float = 1.0) -> str | None:
    """What draws contradict, in words: the left side of a limit at a size, or else the limit; None when neither."""
    if question.left is not None:
        worst, value = max(zip(benches, question.left, strict=True), key=lambda t: abs(t[0].z(float(t[1]))))
        if abs(worst.z(float(value))) > LEVEL * ahead:
            return f"the experiment's mean is not the left side: {worst.off(float(value))}"
    return "the limit is not the right side" if abs(law.limit) > LEVEL * law.limit_error else None


def unvarying(bench: Bench) -> str | None:
    """Why draws that do not vary say nothing, or None: rare events that were not seen look like a certain value."""
    if not fitness.still(bench.tally):
        return None
    return f"all {bench.tally.count} draws are {bench.tally.mean:.6g} at {bench.trial}: {STILL_DRAWS}"


def too_few_at(benches: Sequence[Bench]) -> str | None:
    """Why a z-test is not fit for draws of an unknown law at one of the sizes, or None."""
    for bench in benches:
        few = fitness.too_few(bench.tally)
        if few is not None:
            return f"no z-test for rare events or heavy tails at {bench.trial}: {few}"
    return None


def judged_law(law: Law, question: LimitQuestion) -> tuple[Verdict, str]:
    """The verdict on a fitted law and its words; unless ``strict``, an error that falls faster agrees too."""
    wanted, rhs = question.wanted, float(question.rhs[-1])
    z = law.limit / law.limit_error
    if abs(z) > LEVEL:
        away = f"{law.limit / abs(rhs):+.2%} of the right side" if rhs != 0 else f"{law.limit:+.3g}"
        return Verdict.REFUTED, f"extrapolated at order {wanted:g}, the limit is {away} away (z = {z:+.1f})"
    sizes = ", ".join(map(str, question.sizes))
    fitted = f"error falls at order {law.order:.2f} [{law.low:.2f}, {law.high:.2f}] over sizes {sizes}"
    if not question.strict and law.low > wanted / 2:
        return Verdict.AGREES, fitted
    if not law.low <= wanted <= law.high:
        return Verdict.INCONCLUSIVE, f"{fitted}; the claim says {wanted:g}"
    if not (law.low > wanted / 2 and law.high < 2 * wanted):
        rivals = f"0, {wanted / 2:g} and {2 * wanted:g}"
        return Verdict.INCONCLUSIVE, f"{fitted}; does not exclude the orders {rivals}: take smaller sizes or more draws"
    return Verdict.AGREES, fitted


__all__ = [
    "EARLIEST",
    "LEAST_DRAWS_PER_SIZE",
    "LimitQuestion",
    "contradiction",
    "drawn_law",
    "draws_per_batch",
    "fitted_law",
    "judged_law",
    "too_few_at",
    "unvarying",
]
