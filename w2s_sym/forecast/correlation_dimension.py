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
from w2s_sym.forecast.gathering import Readers
from w2s_sym.forecast.reading import Features

# With fewer rows per dimension than this, first-order standard errors are too small; they are calibrated by simulation.
PLENTY = 20
# Simulated samples that calibrate the variance: they know a standard deviation to 9 %.
REPLICATES = 60
# Random pairs of points whose second derivatives are averaged.
PAIRS = 20_000
# The normal quantile of a two-sided 95 % interval.
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Overlap:
    """How much of two feature spaces is shared, estimated from ``rows`` points.

    ``columns_w`` and ``columns_s`` count raw columns; ``d_w`` and ``d_s`` are the intrinsic dimensions, the numbers of
    leading directions that are kept, and ``share_w`` and ``share_s`` the parts of the trace that these carry. ``d_sw``
    is the estimate of the correlation dimension, ``interval`` its 95 % interval, ``plug_in`` the sum of the
    squared sample canonical correlations, ``correlations`` the sample canonical correlations, largest first.
    ``kurtosis_w``, ``kurtosis_s`` and ``kurtosis`` (both together) are mean fourth powers of the length of whitened
    features over their Gaussian values: 1 for Gaussian features, more for heavy tails. ``calibrated`` says
    that the interval comes from Gaussian simulation, as it does with few rows.
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

    def to_json(self) -> dict[str, Any]:
        """Plain values; the sample canonical correlations are left out."""
        return {
            "rows": self.rows,
            "weak": {
                "columns": self.columns_w,
                "d_w": self.d_w,
                "explained": self.share_w,
                "kurtosis": self.kurtosis_w,
            },
            "strong": {
                "columns": self.columns_s,
                "d_s": self.d_s,
                "explained": self.share_s,
                "kurtosis": self.kurtosis_s,
            },
            "d_sw": self.d_sw,
            "d_sw_interval": list(self.interval),
            "d_sw_standard_error": self.standard_error,
            "d_sw_plug_in": self.plug_in,
            "joint_kurtosis": self.kurtosis,
            "calibrated_by_simulation": self.calibrated,
        }

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"d_w = {self.d_w}, d_s = {self.d_s}, d_sw = {self.d_sw:.4g}, 95 % in [{low:.4g}, {high:.4g}] "
            f"(plug-in {self.plug_in:.4g}, {self.rows} rows)"
        )


def overlap(
    psi_w: Features,
    psi_s: Features,
    *,
    explained: float = 0.99,
    drop: bool = False,
    seed: int = 0,
    tell: Callable[[str], None] | None = None,
) -> Overlap:
    """The intrinsic dimensions of two feature sets and their correlation dimension, with a 95 % interval.

    ``psi_w`` and ``psi_s`` hold raw features of the same unlabelled points, one row per point, shapes (rows, columns);
    they may be memory maps, paths or addresses, as
    :func:`w2s_sym.plan` takes them. For the other arguments and the errors see
    :func:`w2s_sym.forecast.features.whitened_pair`. The interval is one for the correlation dimension of the
    directions that were kept; that these were themselves chosen from the rows is not in it.
    """
    pair = features.whitened_pair(psi_w, psi_s, explained=explained, drop=drop, seed=seed, readers=Readers(tell=tell))
    return measure(pair, seed=seed)


def measure(pair: Pair, *, seed: int = 0) -> Overlap:
    """The overlap of a pair of feature sets that is read and whitened already; ``seed`` is that of all draws.

    The estimate is the jackknife's with the bias K/(rows - d_sw) (:func:`corrected`); its variance is the jackknife's
    without what pairs of rows add twice, or with few rows that of simulated Gaussian features.
    """
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
        variance = _GaussianPairs(d_s, d_w, rows, rng).calibrated_variance(correlations, estimate, jackknife)
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
    """The jackknife's variance of the plug-in, from its change when each row is left out."""
    return float((rows - 1) * changes.var())


def second_order(u: np.ndarray, v: np.ndarray, correlations: np.ndarray, rows: int, rng: np.random.Generator) -> float:
    """What pairs of rows add to the plug-in's variance; the jackknife counts it twice.

    ``u``, ``v`` and ``rows`` are those of :func:`leave_one_out`.
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
    """The second derivative of the plug-in in the directions of each two points, shape (pairs,).

    ``one`` and ``two``, shape (pairs,), index the rows of u and v. With C = diag(correlations) as the cross moment the
    names are: ``uu`` = u1'u2, ``x12`` = u1'C v2, ``own1`` = u1'C v1, ``u12`` = u1'CC'u2, ``su1`` = u1'CC'u1, and the
    same with v and C'C. Each line is one product of two of the changes of the moments of u, of v and of both.
    """
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


@dataclass(frozen=True)
class _GaussianPairs:
    """Simulated pairs of Gaussian feature sets of these dimensions, with ``rows`` points each."""

    d_s: int
    d_w: int
    rows: int
    rng: np.random.Generator

    def calibrated_variance(self, observed: np.ndarray, estimate: float, jackknife: float) -> float:
        """The variance of the estimate on Gaussian features like these, times how far the jackknife differs there.

        ``observed`` are the sample canonical correlations, shape (min(d_s, d_w),), ``estimate`` is that of d_sw and
        ``jackknife`` its jackknife variance on the features at hand.
        """
        truth = self._deconvolved(observed, estimate)
        estimates, variances = [], []
        for _ in range(REPLICATES):
            plug_in, changes = self._plug_in(truth)
            estimates.append(corrected(plug_in, float(changes.mean()), self.rows))
            variances.append(_jackknife_variance(changes, self.rows))
        return float(np.var(estimates, ddof=1) * jackknife / np.mean(variances))

    def _deconvolved(self, observed: np.ndarray, estimate: float) -> np.ndarray:
        """Canonical correlations whose samples look like those observed; their squares sum to the estimate."""
        target = float(np.clip(estimate, 0, len(observed)))
        total = float((observed**2).sum())
        guess = np.minimum(observed**2 * (target / total), 1) if total > 0 else observed**2
        for _ in range(8):
            drawn = np.mean([self._squares(np.sqrt(guess)) for _ in range(2)], axis=0)
            guess = np.sort(np.clip(guess + observed**2 - drawn, 0, 1))[::-1]
        # Clipping at 0 and 1 shifts the sum; scale it back, from the side that has room.
        total = float(guess.sum())
        if total > target:
            guess = guess * (target / total)
        elif total < target and total < len(guess):
            guess = 1 - (1 - guess) * ((len(guess) - target) / (len(guess) - total))
        return np.asarray(np.sqrt(np.clip(guess, 0, 1)))

    def _draw(self, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Orthonormal bases of one sample, shapes (rows, d_s) and (rows, d_w), and their cross moment (d_s, d_w)."""
        k = len(truth)
        strong = self.rng.standard_normal((self.rows, self.d_s))
        weak = self.rng.standard_normal((self.rows, self.d_w))
        weak[:, :k] = truth * strong[:, :k] + np.sqrt(1 - truth**2) * weak[:, :k]
        strong, weak = np.linalg.qr(strong)[0], np.linalg.qr(weak)[0]
        return strong, weak, strong.T @ weak

    def _squares(self, truth: np.ndarray) -> np.ndarray:
        """Squared sample canonical correlations of one sample."""
        _, _, cross = self._draw(truth)
        return np.asarray(np.minimum(np.linalg.svd(cross, compute_uv=False), 1) ** 2)

    def _plug_in(self, truth: np.ndarray) -> tuple[float, np.ndarray]:
        """The plug-in of one sample, and its change when each row is left out, shape (rows,)."""
        strong, weak, cross = self._draw(truth)
        left, values, right = np.linalg.svd(cross)
        correlations = np.minimum(values, 1.0)
        u, v = np.sqrt(self.rows) * (strong @ left), np.sqrt(self.rows) * (weak @ right.T)
        plug_in = float((correlations**2).sum())
        return plug_in, leave_one_out(u, v, correlations, self.rows) - plug_in
