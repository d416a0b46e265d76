"""Training runs on labels that a drawn target gives: how one run's error varies around its equivalent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from w2s_sym.forecast.coordinates import Coordinates
from w2s_sym.forecast.ridge_equivalents import CEILING, STRONG, Equivalents, Truth
from w2s_sym.forecast.ridge_fits import Model, Penalty, trained
from w2s_sym.forecast.ridge_refits import RefitErrors, RefitSizes, measure_ridge, pool_of, pseudo_rows
from w2s_sym.forecast.truths import Target

# At least so many runs, and multiplications that all of them may take together.
FEWEST_RUNS, RUN_WORK = 8, 3e9
# The mean of simulated runs may correct an equivalent by this factor at most; beyond it, the rows are too few to say.
LARGEST_SHIFT = 1.25


@dataclass(frozen=True)
class Spread:
    """The error of a run over its equivalent, in logarithms and in the order of NAMES: ``shift``, shape (5,), is the
    median, ``covariance``, shape (5, 5), that of one run. The ``penalty`` and the ``seed`` are those of the runs."""

    shift: np.ndarray
    covariance: np.ndarray
    penalty: Penalty
    seed: int


def simulate(held: Coordinates, draws: Sequence[Target], at: Equivalents, penalty: Penalty, seed: int) -> Spread:
    """Train on labels of these draws at the sizes of ``at``, or at what the rows allow, with the spread scaled.

    Errors are exact over the rows at hand. The ceiling, which would train on these rows, is not run: its variance is
    that of the strong model, divided as the labels are multiplied.
    """
    rng = np.random.default_rng([seed, 10])
    kept = len(held.index)
    n, N = int(min(at.n, max(kept // 2, 1))), int(min(at.N, pseudo_rows(held, int(at.N), kept)))
    while n > 100 and _work(held, n) * FEWEST_RUNS > RUN_WORK:
        n = 4 * n // 5
    here = at if (n, N) == (at.n, at.N) else Equivalents.of(at.population, n, N, penalty)
    pool = pool_of(held, rng.permutation(kept), N)
    logs = []
    for draw in draws[: int(max(FEWEST_RUNS, RUN_WORK / _work(held, n)))]:
        rows = rng.choice(kept, n, replace=False)
        x_w, x_s = held.x_w[rows], held.x_s[rows]
        y = x_w @ draw.b_w + x_s @ draw.b_s + draw.sigma * rng.standard_normal((n, len(draw.sigma)))
        teacher = trained(x_w, y, penalty)
        student, strong = pool.fit(teacher, penalty), trained(x_s, y, penalty)
        truth, lam_w, lam_s = draw.truth, at.population.lam_w, at.population.lam_s
        found = [
            truth.total + float((y.mean(0) ** 2).sum()),
            _error(teacher, truth, truth.c_w, lam_w),
            _error(student, truth, truth.c_s, lam_s),
            _error(strong, truth, truth.c_s, lam_s),
        ]
        logs.append(np.log(np.maximum(found, 1e-300) / np.maximum(here.errors(truth)[:4], 1e-300)))
    shift, covariance = _summary(np.array(logs), n, at)
    return Spread(shift, covariance, penalty, seed)


def widened(spread: Spread, held: Coordinates, y: np.ndarray, found: RefitErrors, at: Equivalents) -> Spread:
    """The spread, widened where training on real labels varies more than on drawn ones.

    The refits ``found`` tell where they leave at least half of the labels; otherwise others are made on one half, whose
    variance is divided as the labels are multiplied. The ceiling follows the strong model.
    """
    half = len(y) // 2
    if found.sizes.m > half:
        sizes = RefitSizes(half, found.sizes.M, half, 0, len(y) - half)
        found = measure_ridge(held, y, sizes, spread.penalty, seed=spread.seed)
    seen = found.runs * min(found.sizes.m / at.n, 1.0)
    seen[CEILING] = seen[STRONG] * at.n / (at.n + at.N)
    factor = np.sqrt(np.maximum(seen / np.maximum(np.diag(spread.covariance), 1e-300), 1.0))
    return replace(spread, covariance=spread.covariance * np.outer(factor, factor))


def _summary(logs: np.ndarray, n: int, at: Equivalents) -> tuple[np.ndarray, np.ndarray]:
    runs = len(logs)
    # The variance of a next run when the variance is known from so few: that of Student's t.
    four = np.cov(logs.T) * n / at.n * (runs + 1) / runs * (runs - 1) / (runs - 3)
    share = np.sqrt(at.n / (at.n + at.N))
    widen = np.vstack([np.eye(4), np.eye(4)[STRONG] * share])
    shift = np.append(np.median(logs, axis=0), 0.0)
    return np.clip(shift, -np.log(LARGEST_SHIFT), np.log(LARGEST_SHIFT)), widen @ four @ widen.T


def _work(held: Coordinates, n: int) -> float:
    """Multiplications of one run."""
    return float(sum(n * p * min(n, p) + 10.0 * min(n, p) ** 3 for p in (held.x_w.shape[1], held.x_s.shape[1])))


def _error(model: Model, truth: Truth, c: np.ndarray, lam: np.ndarray) -> float:
    """Mean squared error of a model of centred features against labels, over all rows."""
    b = model.slopes
    return float(truth.total - 2 * (b * c).sum() + (lam[:, None] * b**2).sum() + (model.intercept**2).sum())
