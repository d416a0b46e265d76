"""What draws add up to: sums that merge, the fixed test level, and the law of an error in the size.

Numpy only. Nothing here knows what was drawn.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

# The false-alarm level of every single test, two-sided; a ledger runs about a thousand of them.
ALPHA = 1e-3 / 1024
# Its quantile: a correct formula exceeds it once in a million tests.
LEVEL = NormalDist().inv_cdf(1 - ALPHA / 2)
# A wrong formula that is this many standard errors away exceeds LEVEL with probability 0.968.
DETECT = 6.75
# Sampling aims further, so that chance hides no rival: at this distance the probability is 1 - ALPHA/2.
AIM = 2 * LEVEL

# A skewed sample refutes a correct formula more often than the level says; at most about this much more.
EXCUSE = 5.0

_EPS = float(np.finfo(float).eps)


def mean_and_error(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard error over the first axis of independent draws."""
    values = np.asarray(draws, dtype=float)
    return values.mean(0), values.std(0, ddof=1) / math.sqrt(len(values))


def ratio_and_error(above: np.ndarray, below: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ratio of two means over the first axis of paired draws, with its standard error by the delta method.

    The ratio of means, not the mean of ratios: it estimates a ratio of expectations. To first order its error is the
    mean of (above - ratio below)/mean(below), which is what the standard error is taken of.
    """
    above, below = np.asarray(above, dtype=float), np.asarray(below, dtype=float)
    ratio = above.mean(0) / below.mean(0)
    return ratio, mean_and_error((above - ratio * below) / below.mean(0))[1]


@dataclass(frozen=True)
class Tally:
    """Count, mean and largest size of a set of draws; sums of the squares, cubes and fourth powers of deviations."""

    count: int = 0
    mean: float = 0.0
    m2: float = 0.0
    top: float = 0.0
    m3: float = 0.0
    m4: float = 0.0

    @classmethod
    def of(cls, draws: np.ndarray) -> Tally:
        """The tally of one batch."""
        values = np.asarray(draws, dtype=float).ravel()
        mean = float(values.mean())
        away = values - mean
        square = away * away
        top = float(np.abs(values).max())
        with np.errstate(over="ignore"):
            return cls(len(values), mean, *map(float, (square.sum(), top, (square * away).sum(), (square**2).sum())))

    def __add__(self, other: Tally) -> Tally:
        """Both together (Chan, Golub and LeVeque); in a fixed order of batches the digits are fixed too."""
        if self.count == 0:
            return other
        count = self.count + other.count
        gap = other.mean - self.mean
        mean = self.mean + gap * other.count / count
        a, b = self.count / count, other.count / count
        both = gap * gap * self.count * b
        m2 = self.m2 + other.m2 + gap * gap * self.count * other.count / count
        m3 = self.m3 + other.m3 + gap * (both * (a - b) + 3 * (a * other.m2 - b * self.m2))
        m4 = self.m4 + other.m4 + gap * gap * both * (a * a - a * b + b * b)
        m4 += 6 * gap * gap * (a * a * other.m2 + b * b * self.m2)
        m4 += 4 * gap * (a * other.m3 - b * self.m3)
        return Tally(count, mean, m2, max(self.top, other.top), m3, m4)

    @property
    def sd(self) -> float:
        """The standard deviation of one draw."""
        return math.sqrt(self.m2 / (self.count - 1)) if self.count > 1 else math.inf

    @property
    def skewness(self) -> float:
        """The skewness of the draws; 0 where they do not vary."""
        scale = math.sqrt(self.m2 / self.count) if self.count else 0.0
        return self.m3 / self.count / scale**3 if scale**3 > 0 else 0.0

    @property
    def kurtosis(self) -> float:
        """The kurtosis of the draws, 3 for a normal law; 0 where they do not vary."""
        variance = self.m2 / self.count if self.count else 0.0
        return self.m4 / self.count / variance**2 if variance**2 > 0 else 0.0

    def spread(self, operations: float) -> float:
        """The standard error of the mean, with rounding counted in.

        ``operations`` is the number of floating-point operations behind one draw. Rounding is what is left when
        the quantity is deterministic, and negligible otherwise.
        """
        return math.hypot(self.sd / math.sqrt(self.count), _EPS * operations * self.top) if self.count else math.inf

    def to_json(self) -> dict[str, float]:
        """The moments as plain numbers."""
        return {
            "count": self.count,
            "mean": self.mean,
            "m2": self.m2,
            "top": self.top,
            "m3": self.m3,
            "m4": self.m4,
        }

    @classmethod
    def from_json(cls, record: dict[str, float]) -> Tally:
        """The tally that :meth:`to_json` wrote."""
        return cls(int(record["count"]), *(float(record[name]) for name in ("mean", "m2", "top", "m3", "m4")))


def draws_for_skewness(skewness: float) -> int:
    """How many draws bring the false alarms at LEVEL down to EXCUSE times the level.

    To first order (Edgeworth) a skewness g multiplies the tail of the mean of m draws beyond z standard errors by
    exp(g z^3/(6 sqrt m)).
    """
    return math.ceil((skewness * LEVEL**3 / (6 * math.log(EXCUSE))) ** 2)


# -- the law of an error in the size --------------------------------------------------------------------------


@dataclass(frozen=True)
class Law:
    """``error ~ c size^-order``: the fitted order with its interval, and the extrapolated limit with its error."""

    order: float
    low: float
    high: float
    limit: float
    limit_error: float


def fit_law(
    sizes: Sequence[float], errors: Sequence[float], spreads: Sequence[float], order: float, *, ahead: float = 1.0
) -> Law:
    """Fit the finite-size law by weighted least squares.

    The interval of the order holds all orders whose best ``c`` is within LEVEL standard errors of the best fit.
    The limit is the constant in ``limit + c size^-order`` (plus ``size^-(2 order)`` when four sizes or more are
    there) for the order that is claimed. Both widen by the square root of chi^2 per degree of freedom when that
    exceeds 1: higher-order terms are no noise, but they must not look like precision. With ``ahead`` below 1 the
    interval and the limit's error are what more draws would make of them, with standard errors so many times smaller.
    """
    s = np.asarray(sizes, dtype=float)
    s = s / np.exp(np.log(s).mean())
    e, sigma = np.asarray(errors, dtype=float), np.asarray(spreads, dtype=float)
    weights = sigma**-2
    grid = np.linspace(-order, 5 * order, 1201)
    basis = s[None, :] ** -grid[:, None]
    chi2 = (weights * e * e).sum() - (basis * weights * e).sum(1) ** 2 / (basis * basis * weights).sum(1)
    best = float(chi2.min())
    inflation = max(1.0, best / max(1, len(s) - 2))
    inside = grid[chi2 - best <= (ahead * LEVEL) ** 2 * inflation]
    low = -math.inf if inside[0] == grid[0] else float(inside[0])
    high = math.inf if inside[-1] == grid[-1] else float(inside[-1])

    powers = [0.0, order, 2 * order] if len(s) >= 4 else [0.0, order]
    design = np.stack([s**-p for p in powers], axis=1) / sigma[:, None]
    solution, *_ = np.linalg.lstsq(design, e / sigma, rcond=None)
    misfit = float(((e / sigma - design @ solution) ** 2).sum())
    freedom = len(s) - len(powers)
    widen = max(1.0, misfit / freedom) if freedom > 0 else 1.0
    variance = np.linalg.inv(design.T @ design)[0, 0] * widen
    return Law(float(grid[int(chi2.argmin())]), low, high, float(solution[0]), ahead * math.sqrt(float(variance)))


__all__ = [
    "AIM",
    "ALPHA",
    "DETECT",
    "EXCUSE",
    "LEVEL",
    "Law",
    "Tally",
    "draws_for_skewness",
    "fit_law",
    "mean_and_error",
    "ratio_and_error",
]
