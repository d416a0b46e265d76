"""Whether a z-test is fit for the draws of an experiment of which nothing else is known.

The rule: a mean is compared with a formula only if the draws vary, are independent as far as they show, and are many
enough for their own skewness and kurtosis that a true formula is rejected at most EXCUSE times as often as the level
says. All else is INCONCLUSIVE, however far the mean seems to be from the formula or how near.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from w2s_sym.evidence.simulation.moments_of_draws import EXCUSE, LEVEL, Tally

# The moderate deviations of a studentised mean of m draws of skewness g: its tail is exp(g z^3/(3 sqrt m)) times that
# of the normal law. At LEVEL this bounds |g|/sqrt(m); a rare event must be seen about 600 times.
MOST_SKEWNESS = 3 * math.log(EXCUSE) / LEVEL**3
# The relative variance of the variance, kurtosis/m: the standard error is known to 5 per cent.
MOST_KURTOSIS = 0.01
# Draws whose deviations are below this share of the largest do not vary but by rounding.
STILL = 1e-9
# Batches at the least, since the means of few say little of independence; and how unlikely their spread may be.
LEAST_BATCHES = 8
DEVIATIONS = 4.0


def still(tally: Tally) -> bool:
    """Whether the draws are all the same number, up to rounding."""
    return not tally.m2 > tally.count * (STILL * tally.top) ** 2


def too_few(tally: Tally) -> str | None:
    """Why these varying draws are too few for their skewness and kurtosis, or None."""
    skewness, kurtosis = tally.skewness, tally.kurtosis
    shares = (
        ("skewness", skewness, (skewness / MOST_SKEWNESS) ** 2, abs(skewness) <= MOST_SKEWNESS * tally.count**0.5),
        ("kurtosis", kurtosis, kurtosis / MOST_KURTOSIS, kurtosis <= MOST_KURTOSIS * tally.count),
    )
    for name, value, needed, enough in shares:
        if not enough:
            return f"{tally.count} draws of {name} {value:.3g} are too few: at least {needed:.2g} are needed"
    return None


def dependent(batches: Sequence[Tally], marks: Sequence[str]) -> str | None:
    """Why the draws are not independent, or None: batches repeat, or their means vary more than draws imply."""
    varying = [mark for one, mark in zip(batches, marks, strict=True) if one.m2 > 0]
    if len(varying) > 1 and len(set(varying)) <= len(varying) // 2:
        return "batches repeat the same draws"
    freedom = len(batches) - 1
    if freedom + 1 < LEAST_BATCHES:
        return None
    whole = sum(batches, Tally())
    within = sum(b.m2 for b in batches)
    between, share = whole.m2 - within, within / (whole.count - len(batches))
    if between > _chi_square(freedom) * share:
        times = between / max(share * freedom, 1e-300)
        return f"the means of {len(batches)} batches vary {times:.2g} times as much as independent draws imply"
    return None


def _chi_square(freedom: int) -> float:
    """The quantile of chi^2 at DEVIATIONS standard deviations, after Wilson and Hilferty."""
    small = 2 / (9 * freedom)
    return freedom * (1 - small + DEVIATIONS * math.sqrt(small)) ** 3


__all__ = ["LEAST_BATCHES", "dependent", "still", "too_few"]
