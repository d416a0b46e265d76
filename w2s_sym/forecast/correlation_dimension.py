"""The correlation dimension of two feature sets: estimated without bias, with an interval for any distribution.

The plug-in, the sum of squared sample canonical correlations, is biased upwards: independent Gaussian features of
dimensions d_s and d_w have d_s d_w / rows instead of 0. Leaving out one row changes it by an amount with a closed form
(:func:`leave_one_out`), so that the jackknife costs one pass. Bias falls as 1/(rows - d_sw), which the estimate uses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2s_sym.forecast import features
from w2s_sym.forecast.features import Pair

# With fewer rows per dimension than this, first-order standard errors are too small; they are calibrated by simulation.
PLENTY = 20
REPLICATES = 60
PAIRS = 20_000
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Overlap:
    """How much of two feature spaces is shared.

    ``d_sw`` is the estimate of the correlation dimension, ``interval`` its 95 % interval, ``plug_in`` the sum of the
    squared sample canonical correlations, ``correlations`` the sample canonical correlations, largest first.
    ``kurtosis_w``, ``kurtosis_s`` and ``kurtosis`` (both together) are mean fourth powers of the length of whitened
    features over their Gaussian values: 1 for Gaussian features, more for heavy tails.
    """

    rows: int
    columns_w: int
    columns_s: int
    d_w: int
    d_s: int
    share_w: float
    share_s: float
    d_sw: float
    interval: tuple[float, float]
    standard_error: float
    plug_in: float
    correlations: tuple[float, ...]
    kurtosis_w: float
    kurtosis_s: float
    kurtosis: float
    calibrated: bool

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"d_w = {self.d_w}, d_s = {self.d_s}, d_sw = {self.d_sw:.4g}, 95 % in [{low:.4g}, {high:.4g}] "
            f"(plug-in {self.plug_in:.4g}, {self.rows} rows)"
        )


def overlap(
    psi_w: np.ndarray,
    psi_s: np.ndarray,
    *,
    explained: float = 0.99,
    drop: bool = False,
    seed: int = 0,
    tell: Callable[[str], None] | None = None,
) -> Overlap:
    """The intrinsic dimensions of two feature sets and their correlation dimension, with a 95 % interval.

    ``psi_w`` and ``psi_s`` hold raw features of the same unlabelled points, one row per point, shapes (rows, columns);
    they may be memory maps larger than memory. For the other arguments and the errors see
    :func:`w2s_sym.forecast.features.whitened_pair`. The interval is one for the correlation dimension of the directions that
    were kept; that these were themselves chosen from the rows is not in it.
    """
    return measure(
        features.whitened_pair(psi_w, psi_s, explained=explained, drop=drop, seed=seed, tell=tell), seed=seed
    )


def measure(pair: Pair, *, seed: int = 0) -> Overlap:
    """The overlap of a pair of feature sets that was read already."""
    rng = np.random.default_rng([seed, 1])
    rows, d_w, d_s = pair.rows, pair.weak.dim, pair.strong.dim
    left, values, right = np.linalg.svd(pair.cross)
    correlations = np.minimum(values, 1.0)
    u, v = pair.psi_s @ left, pair.psi_w @ right.T
    plug_in = float((correlations**2).sum())
    changes = leave_one_out(u, v, correlations, rows) - plug_in
    estimate = corrected(plug_in, float(changes.mean()), rows)
    jackknife = _jackknife_variance(changes, rows)
    calibrated = rows < PLENTY * (d_w + d_s)
    if calibrated:
        variance = _calibrated(correlations, estimate, jackknife, d_s, d_w, rows, rng)
    else:
        # The jackknife has pairs twice: it is at most twice the variance.
        variance = max(jackknife - second_order(u, v, correlations, rows, rng), jackknife / 2)
    error = float(np.sqrt(variance))
    most = float(min(d_w, d_s))
    lengths_w, lengths_s = (pair.psi_w**2).sum(1), (pair.psi_s**2).sum(1)
    return Overlap(
        rows=rows,
        columns_w=pair.weak.columns,
        columns_s=pair.strong.columns,
        d_w=d_w,
        d_s=d_s,
        share_w=pair.weak.share,
        share_s=pair.strong.share,
        d_sw=float(np.clip(estimate, 0.0, most)),
        interval=(float(np.clip(estimate - Z95 * error, 0, most)), float(np.clip(estimate + Z95 * error, 0, most))),
        standard_error=error,
        plug_in=plug_in,
        correlations=tuple(float(c) for c in correlations),
        kurtosis_w=float((lengths_w**2).mean() / (d_w * (d_w + 2))),
        kurtosis_s=float((lengths_s**2).mean() / (d_s * (d_s + 2))),
        kurtosis=float((lengths_w * lengths_s).mean() / (d_w * d_s + 2 * plug_in)),
        calibrated=calibrated,
    )


def leave_one_out(u: np.ndarray, v: np.ndarray, correlations: np.ndarray, rows: int) -> np.ndarray:
    """The plug-in without each one of these points, shape (points,).

    ``u`` (points x d_s) and ``v`` (points x d_w) are in canonical coordinates of all ``rows``: second moments are the
    identity and the cross moment is diagonal. Removing a row changes each inverse moment by a term of rank one.
    """
    k = len(correlations)
    total = (correlations**2).sum()
    scale = 1.0 / rows
    shared = (u[:, :k] * v[:, :k]) @ correlations * scale
    squares_u, squares_v = u**2, v**2
    a, b = squares_u.sum(1) * scale, squares_v.sum(1) * scale
    of_u, of_v = squares_u[:, :k] @ correlations**2 * scale, squares_v[:, :k] @ correlations**2 * scale
    inner = shared - a * b
    return np.asarray(
        total
        - 2 * shared
        + a * b
        + (of_u - 2 * a * shared + a * a * b) / (1 - a)
        + (of_v - 2 * b * shared + b * b * a) / (1 - b)
        + inner**2 / ((1 - a) * (1 - b))
    )


def corrected(plug_in: float, change: float, rows: int) -> float:
    """The estimate d that solves plug_in = d + bias, where the bias falls as 1/(rows - d).

    ``change`` is the mean change of the plug-in when one row is left out. With bias K/(rows - d) it is
    K/((rows - d)(rows - d - 1)), which gives d = (plug_in - (rows - 1) change)/(1 - change).
    """
    return (plug_in - (rows - 1) * change) / (1 - change)


def _jackknife_variance(changes: np.ndarray, rows: int) -> float:
    return float((rows - 1) * changes.var())


def second_order(u: np.ndarray, v: np.ndarray, correlations: np.ndarray, rows: int, rng: np.random.Generator) -> float:
    """What pairs of rows add to the plug-in's variance; the jackknife counts it twice.

    Where every canonical correlation is 0 or 1 the first-order term vanishes and this is all there is. It is the mean
    square, over random pairs of points, of the second derivative of the plug-in in the directions of two points.
    """
    count = len(u)
    one = rng.integers(count, size=PAIRS)
    two = (one + rng.integers(1, count, size=PAIRS)) % count
    parts = np.array_split(np.arange(PAIRS), max(1, PAIRS * (u.shape[1] + v.shape[1]) // 10**6))
    squares = [_curvature(u, v, correlations, one[p], two[p]) ** 2 for p in parts]
    return float(2 * np.concatenate(squares).mean() / rows**2)


def _curvature(u: np.ndarray, v: np.ndarray, correlations: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """The second derivative of the plug-in in the directions of each two points, shape (pairs,)."""
    k = len(correlations)
    u1, u2, v1, v2 = u[one], u[two], v[one], v[two]
    c, c2, total = correlations, correlations**2, float((correlations**2).sum())
    uu, vv = (u1 * u2).sum(1), (v1 * v2).sum(1)
    own1, own2 = (u1[:, :k] * v1[:, :k] * c).sum(1), (u2[:, :k] * v2[:, :k] * c).sum(1)
    su1, su2 = (u1[:, :k] ** 2 * c2).sum(1), (u2[:, :k] ** 2 * c2).sum(1)
    sv1, sv2 = (v1[:, :k] ** 2 * c2).sum(1), (v2[:, :k] ** 2 * c2).sum(1)
    u12, v12 = (u1[:, :k] * u2[:, :k] * c2).sum(1), (v1[:, :k] * v2[:, :k] * c2).sum(1)
    x12, x21 = (u1[:, :k] * v2[:, :k] * c).sum(1), (u2[:, :k] * v1[:, :k] * c).sum(1)
    return np.asarray(
        (uu * vv - own1 - own2 + total)
        + (uu * u12 - su1 - su2 + total)
        + (vv * v12 - sv1 - sv2 + total)
        - (uu * x12 - su1 - own2 + total)
        - (uu * x21 - su2 - own1 + total)
        - (vv * x21 - sv1 - own2 + total)
        - (vv * x12 - sv2 - own1 + total)
        + (x12**2 - su1 - sv2 + total) / 2
        + (x21**2 - su2 - sv1 + total) / 2
    )


# -- few rows per dimension -----------------------------------------------------------------------------------


def _calibrated(
    observed: np.ndarray,
    estimate: float,
    jackknife: float,
    d_s: int,
    d_w: int,
    rows: int,
    rng: np.random.Generator,
) -> float:
    """The variance of the estimate on Gaussian features like these, times how far the jackknife differs there."""
    truth = _deconvolved(observed, estimate, d_s, d_w, rows, rng)
    estimates, variances = [], []
    for _ in range(REPLICATES):
        plug_in, changes = _simulate(truth, d_s, d_w, rows, rng)
        estimates.append(corrected(plug_in, float(changes.mean()), rows))
        variances.append(_jackknife_variance(changes, rows))
    return float(np.var(estimates, ddof=1) * jackknife / np.mean(variances))


def _deconvolved(
    observed: np.ndarray, estimate: float, d_s: int, d_w: int, rows: int, rng: np.random.Generator
) -> np.ndarray:
    """Canonical correlations whose Gaussian samples look like those observed; their squares sum to the estimate."""
    target = float(np.clip(estimate, 0, len(observed)))
    total = float((observed**2).sum())
    guess = np.minimum(observed**2 * (target / total), 1) if total > 0 else observed**2
    for _ in range(8):
        drawn = np.mean([_sample_squares(np.sqrt(guess), d_s, d_w, rows, rng) for _ in range(2)], axis=0)
        guess = np.sort(np.clip(guess + observed**2 - drawn, 0, 1))[::-1]
    # Clipping at 0 and 1 shifts the sum; scale it back, from the side that has room.
    total = float(guess.sum())
    if total > target:
        guess = guess * (target / total)
    elif total < target and total < len(guess):
        guess = 1 - (1 - guess) * ((len(guess) - target) / (len(guess) - total))
    return np.asarray(np.sqrt(np.clip(guess, 0, 1)))


def _draw(
    truth: np.ndarray, d_s: int, d_w: int, rows: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    k = len(truth)
    strong, weak = rng.standard_normal((rows, d_s)), rng.standard_normal((rows, d_w))
    weak[:, :k] = truth * strong[:, :k] + np.sqrt(1 - truth**2) * weak[:, :k]
    strong, weak = np.linalg.qr(strong)[0], np.linalg.qr(weak)[0]
    return strong, weak, strong.T @ weak


def _sample_squares(truth: np.ndarray, d_s: int, d_w: int, rows: int, rng: np.random.Generator) -> np.ndarray:
    return np.asarray(np.minimum(np.linalg.svd(_draw(truth, d_s, d_w, rows, rng)[2], compute_uv=False), 1) ** 2)


def _simulate(truth: np.ndarray, d_s: int, d_w: int, rows: int, rng: np.random.Generator) -> tuple[float, np.ndarray]:
    strong, weak, cross = _draw(truth, d_s, d_w, rows, rng)
    left, values, right = np.linalg.svd(cross)
    correlations = np.minimum(values, 1.0)
    u, v = np.sqrt(rows) * (strong @ left), np.sqrt(rows) * (weak @ right.T)
    plug_in = float((correlations**2).sum())
    return plug_in, leave_one_out(u, v, correlations, rows) - plug_in


def describe(found: Overlap) -> dict[str, Any]:
    """The overlap as JSON values."""
    return {
        "rows": found.rows,
        "weak": {
            "columns": found.columns_w,
            "d_w": found.d_w,
            "explained": found.share_w,
            "kurtosis": found.kurtosis_w,
        },
        "strong": {
            "columns": found.columns_s,
            "d_s": found.d_s,
            "explained": found.share_s,
            "kurtosis": found.kurtosis_s,
        },
        "d_sw": found.d_sw,
        "d_sw_interval": list(found.interval),
        "d_sw_standard_error": found.standard_error,
        "d_sw_plug_in": found.plug_in,
        "joint_kurtosis": found.kurtosis,
        "calibrated_by_simulation": found.calibrated,
    }
