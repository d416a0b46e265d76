"""Primitives of random experiments: numpy only, and no formula of any paper.

Stacks of matrices carry the draw on the first axis. Every function takes its generator, so that streams are chosen
by the caller alone.
"""

from __future__ import annotations

import numpy as np

_EPS = float(np.finfo(float).eps)


class ModelError(ValueError):
    """An experiment that cannot be made as asked. The message names the condition, the numbers and the next move."""


def bartlett(rng: np.random.Generator, draws: int, rows: int, size: int) -> np.ndarray:
    """Upper-trapezoidal T, one per draw, with T'T distributed as G'G for a ``rows`` x ``size`` standard Gaussian G.

    Shape (draws, min(rows, size), size). Bartlett: the i-th diagonal entry (from 0) is chi with ``rows - i`` degrees
    of freedom, entries above it are standard normal, all independent. The cost does not depend on ``rows``.
    """
    if rows < 0 or size < 0:
        raise ModelError(f"a Gaussian matrix of {rows} rows and {size} columns: needs sizes that are not negative")
    height = min(rows, size)
    out = np.zeros((draws, height, size))
    diagonal = np.arange(height)
    out[:, diagonal, diagonal] = np.sqrt(2 * rng.standard_gamma((rows - diagonal) / 2, (draws, height)))
    above = np.triu_indices(height, 1, size)
    out[:, above[0], above[1]] = rng.standard_normal((draws, len(above[0])))
    return out


def gaussian_rows(rng: np.random.Generator, draws: int, rows: int, root: np.ndarray) -> np.ndarray:
    """Stacks of ``rows`` independent Gaussian rows with covariance ``root' root``; shape (draws, rows, width)."""
    return np.asarray(rng.standard_normal((draws, rows, root.shape[0])) @ root)


def root(covariance: np.ndarray, name: str = "the covariance") -> np.ndarray:
    """The symmetric R with R R = covariance; an error that names the smallest eigenvalue when there is none."""
    matrix = np.asarray(covariance, dtype=float)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ModelError(f"{name} has shape {matrix.shape}: needs a square matrix")
    if not np.isfinite(matrix).all():
        raise ModelError(f"{name} has entries that are not finite; check the matrices it is made of")
    scale = float(np.abs(matrix).max(initial=0.0))
    skew = float(np.abs(matrix - matrix.T).max(initial=0.0))
    slack = 64 * len(matrix) * _EPS * scale
    if skew > slack:
        raise ModelError(f"{name} differs from its transpose by {skew:.3g}: needs a symmetric matrix")
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    smallest = float(values.min(initial=0.0))
    if smallest < -slack:
        least = float(np.diag(matrix).min())
        raise ModelError(
            f"{name} has eigenvalue {smallest:.6g} < 0: no random vector has it; "
            + (
                f"a variance is {least:.6g}, make it nonnegative"
                if least < -slack
                else "make the cross-covariances smaller (singular values of whitened blocks are at most 1)"
            )
        )
    return np.asarray((vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T)


def frame(rng: np.random.Generator, rows: int, cols: int) -> np.ndarray:
    """A uniformly random ``rows`` x ``cols`` matrix with orthonormal columns."""
    if cols > rows:
        raise ModelError(f"{cols} orthonormal columns in dimension {rows}: needs cols <= rows")
    q, r = np.linalg.qr(rng.standard_normal((rows, cols)))
    # LAPACK fixes the signs of R's diagonal as it likes; with these signs the law is the uniform one.
    return np.asarray(q * np.where(np.diag(r) < 0, -1.0, 1.0))


def squared_cosines(rng: np.random.Generator, count: int, total: float) -> np.ndarray:
    """``count`` random numbers in [0, 1] that add up to ``total``."""
    if not 0 <= total <= count:
        raise ModelError(f"{count} squared cosines that add up to {total}: needs 0 <= sum <= {count}")
    uniform = rng.random(count)
    low = float(uniform.sum())
    # Scale towards 0 or, when that would overshoot 1, the distances to 1 instead.
    if low >= total:
        return np.asarray(uniform * (total / low)) if total > 0 else np.zeros(count)
    return np.asarray(1 - (1 - uniform) * ((count - total) / (count - low)))


def cross_covariance(d_s: int, d_w: int, d_sw: float, rng: np.random.Generator) -> np.ndarray:
    """A random ``d_s`` x ``d_w`` cross-covariance C of whitened features with squared Frobenius norm ``d_sw``.

    C = U diag(c) V' with random frames U and V and canonical correlations c in [0, 1]; 0 <= d_sw <= min(d_s, d_w).
    """
    count = min(d_s, d_w)
    if not 0 <= d_sw <= count:
        raise ModelError(f"d_sw={d_sw}, d_s={d_s}, d_w={d_w}: needs 0 <= d_sw <= min(d_s, d_w) = {count}")
    cosines = np.sqrt(squared_cosines(rng, count, float(d_sw)))
    return np.asarray((frame(rng, d_s, count) * cosines) @ frame(rng, d_w, count).T)


def interpolator_risks(
    rng: np.random.Generator,
    draws: int,
    n: int,
    lam: np.ndarray,
    energy: np.ndarray,
    *,
    gain: np.ndarray | None = None,
    noise: float = 0.0,
) -> np.ndarray:
    """Excess risks of the min-norm interpolator of ``n`` Gaussian rows; shape (draws,), mean exactly the mean risk.

    Rows are N(0, diag(lam)), labels x'(gain b) plus noise of this variance, and the risk is (b_hat - b)' diag(lam)
    (b_hat - b), where ``energy`` = lam b^2; all of shape (p,), lam > 0, n < p. Each value is the risk of one drawn X,
    averaged exactly over the signs of X's columns and over the noise:

    - With P the projector on the rows of X, b_hat = P (gain b) without noise. Columns are independent and symmetric, so
      X D has the law of X for a diagonal D of random signs, and (X D, b) has the risk of (X, D b). The average over D
      of a quadratic form keeps its diagonal: sum_ij b_i^2 lam_j (P_ij gain_i - [i = j])^2.
    - Noise adds noise * tr(diag(lam) X^+ X^+').
    """
    if not 0 < n < len(lam):
        raise ModelError(f"n={n} rows in dimension {len(lam)}: an interpolator needs 0 < n < {len(lam)}")
    if lam.shape != energy.shape or not (lam > 0).all() or not (energy >= 0).all():
        raise ModelError("eigenvalues and energies: need vectors of one length, positive and nonnegative")
    scale = np.sqrt(lam)
    squares = energy / lam
    gains = np.ones(lam.shape) if gain is None else np.asarray(gain, dtype=float)
    out = np.empty(draws)
    for k in range(draws):
        # A QR decomposition, not the Gram matrix: condition numbers are not squared.
        q, r = np.linalg.qr((rng.standard_normal((n, len(lam))) * scale).T)
        projector = q @ q.T
        weights = squares * gains * gains
        on = np.diag(projector).copy()
        projector *= projector
        # Off the diagonal what b_hat puts into other directions, on it its distance to b.
        out[k] = weights @ (projector @ lam - lam * on * on) + energy @ (gains * on - 1) ** 2
        if noise:
            inverse = np.linalg.solve(r, q.T)
            out[k] += noise * float(lam @ (inverse * inverse).sum(axis=0))
    return out


__all__ = [
    "ModelError",
    "bartlett",
    "cross_covariance",
    "frame",
    "gaussian_rows",
    "interpolator_risks",
    "root",
    "squared_cosines",
]
