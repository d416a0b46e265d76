"""Experiments on random designs: interpolators, two stages of them, resolvents. Numpy alone, no formula of a paper.

An interpolator of n points with rows X ~ N(0, Sigma) sees a surrogate through the projector P = X'(XX')^{-1}X on the
row space: it returns P b_s + X'(XX')^{-1} z. What the rows do not decide is averaged exactly, which leaves every mean
as it is: the label noise z, and in the eigenbasis the signs of the coordinates (the law of X is the same when some of
its columns change sign, so that only the diagonals of P and P Sigma P count).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

# Seeds of the fixed angles between eigenbases: swapped factors change the values by five per cent and more there.
STAGE_ANGLES, PAIR_ANGLES = 28, 319


def effective_ridge(lam: np.ndarray, n: float) -> float:
    """The root of sum lam/(lam + tau) = n, by halving an interval of log tau until it has no floats left.

    Needs positive ``lam`` and 0 < n < len(lam); raises ``ValueError`` otherwise. Experiments have a solver of their
    own, so that they share no code with the risk functions that they are compared with.
    """
    if not (0 < n < len(lam) and np.min(lam) > 0):
        raise ValueError(f"n={n}: needs 0 < n < {len(lam)} and positive eigenvalues")
    low = np.log((len(lam) - n) / np.sum(1 / lam)) - 1
    high = np.log(np.sum(lam) / n) + 1
    while low < (middle := (low + high) / 2) < high:
        if np.sum(lam / (lam + np.exp(middle))) > n:
            low = middle
        else:
            high = middle
    return float(np.exp(middle))


def solved(lam: np.ndarray, n: int) -> dict[str, float]:
    """tau, Omega and n by name."""
    tau = effective_ridge(lam, n)
    return {"tau": tau, "Omega": float(np.sum((lam / (lam + tau)) ** 2) / n), "n": float(n)}


# -- ridge regression, of X'X/n + ridge ----------------------------------------------------------------------


def effective_with_ridge(eigenvalues: np.ndarray, n: float, ridge: float) -> tuple[float, float]:
    """kappa with (kappa - ridge) n = kappa sum l/(l + kappa), by halving, and Omega = sum (l/(l + kappa))^2/n."""
    low, high = ridge, ridge + eigenvalues.sum() / n
    while low < (middle := (low + high) / 2) < high:
        short = middle - ridge < middle * (eigenvalues / (eigenvalues + middle)).sum() / n
        low, high = (middle, high) if short else (low, middle)
    return float(middle), float(((eigenvalues / (eigenvalues + middle)) ** 2).sum() / n)


def ridge_fit(x: np.ndarray, ridge: float, penalty: np.ndarray | float = 1.0) -> np.ndarray:
    """(x'x/n + ridge diag(penalty))^{-1} x'/n, draw by draw: shapes (draws, n, p) to (draws, p, n)."""
    n, p = x.shape[1:]
    turned = np.swapaxes(x, 1, 2)
    return np.linalg.solve(turned @ x / n + ridge * np.diag(np.broadcast_to(penalty, (p,))), turned / n)


# -- one stage, in the eigenbasis ----------------------------------------------------------------------------


class Design(NamedTuple):
    """What the risk of one interpolator depends on, for each draw.

    ``learnt`` is the diagonal of P and ``spill`` that of P Sigma P, shape (draws, p); ``noise`` is
    tr Sigma X'(XX')^{-2}X, shape (draws,).
    """

    learnt: np.ndarray
    spill: np.ndarray
    noise: np.ndarray


def designs(rng: np.random.Generator, lam: np.ndarray, n: int, draws: int) -> Design:
    """Draws of n rows with independent N(0, lam_i) coordinates."""
    return design(_rows(rng, lam, n, draws), lam)


def design(x: np.ndarray, lam: np.ndarray) -> Design:
    """The same of given rows, shape (draws, n, p)."""
    inverse, y = _whitened(x)
    middle = (y * lam) @ y.swapaxes(1, 2)
    spill = middle @ y
    spill *= y
    noise = (inverse * (middle @ inverse)).sum((1, 2))
    return Design(np.square(y, out=y).sum(1), spill.sum(1), noise)


def learnt_share(rng: np.random.Generator, lam: np.ndarray, n: int, draws: int) -> np.ndarray:
    """``designs(...).learnt`` alone, in half the time."""
    _, y = _whitened(_rows(rng, lam, n, draws))
    return np.asarray(np.square(y, out=y).sum(1))


def noise_share(rng: np.random.Generator, lam: np.ndarray, n: int, draws: int) -> np.ndarray:
    """``designs(...).noise`` alone, in three quarters of the time."""
    inverse, y = _whitened(_rows(rng, lam, n, draws))
    middle = (y * lam) @ y.swapaxes(1, 2)
    return np.asarray((inverse * (middle @ inverse)).sum((1, 2)))


def _rows(rng: np.random.Generator, lam: np.ndarray, n: int, draws: int) -> np.ndarray:
    # In place: one new array of this size less.
    x = rng.standard_normal((draws, n, len(lam)))
    x *= np.sqrt(lam)
    return x


def _whitened(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """L^{-1} and L^{-1} x, where L L' = x x', draw by draw."""
    inverse = np.linalg.inv(np.linalg.cholesky(x @ x.swapaxes(1, 2)))
    return inverse, inverse @ x


def target_risk(made: Design, lam: np.ndarray, b: np.ndarray, g: np.ndarray, sigma2: float) -> np.ndarray:
    """Risk of the target that interpolates the surrogate's labels, averaged over label noise and signs."""
    learnt = (lam * b**2).sum() - 2 * made.learnt @ (lam * b * g) + made.spill @ g**2
    return np.asarray(learnt + sigma2 * made.noise)


# -- the same target trained on shifted covariates -----------------------------------------------------------


def shifted_response(x_s: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """The matrix W with W y = D argmin{|D b| : X_s b = y}, D = diag(shift): shapes (draws, n, p) to (draws, p, n).

    From the stationarity conditions D^2 b = X_s' mu and X_s b = y, for every y at once.
    """
    draws, n, p = x_s.shape
    system = np.zeros((draws, p + n, p + n))
    system[:, :p, :p] = np.diag(shift**2)
    system[:, :p, p:] = -x_s.swapaxes(1, 2)
    system[:, p:, :p] = x_s
    right = np.concatenate([np.zeros((p, n)), np.eye(n)])
    return np.asarray(np.linalg.solve(system, right)[:, :p] * shift[:, None])


def shifted_risk(x_s: np.ndarray, lam: np.ndarray, b: np.ndarray, shift: np.ndarray, sigma2: float) -> np.ndarray:
    """Risk under Sigma_t = diag(lam) of that target trained on true labels, averaged over label noise and signs."""
    response = shifted_response(x_s, shift)
    seen = response @ x_s
    cross = np.einsum("dii,i->d", seen, lam * b**2)
    spill = np.einsum("dji,j,i->d", seen**2, lam, b**2)
    noise = np.einsum("djk,j->d", response**2, lam)
    return np.asarray((lam * b**2).sum() - 2 * cross + spill + sigma2 * noise)


# -- covariances that do not commute -------------------------------------------------------------------------


class Stages(NamedTuple):
    """Fixed matrices of a two-stage experiment: both covariances, the truth's second moment, and the sizes."""

    sigma_s: np.ndarray
    sigma_t: np.ndarray
    truth: np.ndarray
    m: int
    n: int


def rotation(rng: np.random.Generator, p: int) -> np.ndarray:
    """A random orthogonal matrix."""
    return np.asarray(np.linalg.qr(rng.standard_normal((p, p)))[0])


def turned(rng: np.random.Generator, levels: tuple[float, ...], copies: int) -> np.ndarray:
    """A symmetric matrix with these eigenvalues in random directions, each ``copies`` times."""
    basis = rotation(rng, len(levels))
    return np.kron((basis * levels) @ basis.T, np.eye(copies))


def _scaled(seed: int | None, levels: tuple[float, ...]) -> tuple[float, ...]:
    """These levels, or with a seed each of them times a factor between 1/2 and 2, the same at every size."""
    if seed is None:
        return levels
    factors = np.exp(np.random.default_rng((seed, len(levels))).uniform(-0.7, 0.7, len(levels)))
    return tuple(float(v) for v in factors * levels)


@cache
def unrelated(p: int, seed: int | None = None, rows: tuple[float, float] = (1 / 2, 1 / 4)) -> Stages:
    """The eigenbases of both covariances and of the truth are drawn at each p; m and n are these shares of it.

    Another ``seed`` gives other eigenbases and eigenvalues. p is a multiple of 4.
    """
    size = p // 4
    rng = np.random.default_rng((2025 if seed is None else seed, size))
    levels = _scaled(seed, (4.0, 1.0, 0.25, 0.25, 2.0, 2.0, 0.5, 0.125))
    sigma_s, sigma_t, truth = (
        turned(rng, tuple(np.repeat(part, size)), 1) for part in (levels[:4], levels[4:], (1.0, 0.0, 0.0, 0.0))
    )
    return Stages(sigma_s, sigma_t, truth / size, round(rows[0] * p), round(rows[1] * p))


@cache
def related(p: int, seed: int | None = None, rows: tuple[float, float] = (1 / 2, 1 / 4)) -> Stages:
    """The same sizes; four directions at fixed random angles, each p/4 times, so that swapped factors show.

    Eigenbases that are drawn in all p dimensions hide a swap: large random rotations are nearly free of each other.
    Another ``seed`` gives other angles and eigenvalues, the same at every p.
    """
    size = p // 4
    rng = np.random.default_rng(STAGE_ANGLES if seed is None else seed)
    levels = _scaled(seed, (4.0, 0.5, 0.1, 0.1, 4.0, 0.5, 0.1, 0.1))
    sigma_s, sigma_t, truth = (turned(rng, part, size) for part in (levels[:4], levels[4:], (1.0, 0.0, 0.0, 0.0)))
    return Stages(sigma_s, sigma_t, truth / size, round(rows[0] * p), round(rows[1] * p))


def projections(rng: np.random.Generator, sigma: np.ndarray, n: int, draws: int) -> tuple[np.ndarray, np.ndarray]:
    """P = X'(XX')^{-1}X and X'(XX')^{-2}X for n rows N(0, Sigma), shapes (draws, p, p)."""
    x = rng.standard_normal((draws, n, len(sigma))) @ np.linalg.cholesky(sigma).T
    inverse = np.linalg.inv(x @ x.swapaxes(1, 2))
    response = x.swapaxes(1, 2) @ inverse
    return response @ x, response @ response.swapaxes(1, 2)


def two_stage_risk(rng: np.random.Generator, fixed: Stages, noise_s: float, noise_t: float, draws: int) -> np.ndarray:
    """Risk of the target trained on a surrogate that was trained itself; averaged over both noises and the truth."""
    p_s, g_s = projections(rng, fixed.sigma_s, fixed.m, draws)
    p_t, g_t = projections(rng, fixed.sigma_t, fixed.n, draws)
    gap = p_t @ p_s - np.eye(len(fixed.truth))
    bias = ((fixed.sigma_t @ gap @ fixed.truth) * gap).sum((1, 2))
    spread = ((fixed.sigma_t @ p_t @ g_s) * p_t).sum((1, 2))
    return np.asarray(bias + noise_s * spread + noise_t * (fixed.sigma_t * g_t).sum((1, 2)))


# -- resolvents ----------------------------------------------------------------------------------------------


class Pair(NamedTuple):
    """Fixed matrices of a two-point rule: the covariance, two shifts, and what stands inside and outside."""

    sigma: np.ndarray
    first: np.ndarray
    second: np.ndarray
    inside: np.ndarray
    outside: np.ndarray


@cache
def pair(size: int, seed: int | None = None) -> Pair:
    """p = size; nothing commutes, and neither the inside nor the outside is symmetric.

    Another ``seed`` gives other angles and eigenvalues, the same at every size.
    """
    rng = np.random.default_rng(PAIR_ANGLES if seed is None else seed)
    levels = _scaled(seed, (3.0, 1.0, 0.5, 0.1, 2.0, 0.5, 0.2, 0.1, 0.1, 0.4, 1.0, 2.0))
    sigma, first, second = (turned(rng, part, size // 4) for part in (levels[:4], levels[4:8], levels[8:]))
    inside, outside = (np.kron(rng.standard_normal((4, 4)) + np.eye(4), np.eye(size // 4)) for _ in range(2))
    return Pair(sigma, first, second, inside, outside)


class Resolvents(NamedTuple):
    """(S + M1)^{-1} and (S + M2)^{-1} with S = X'X/n, and S - Sigma, for each draw: shapes (draws, p, p)."""

    first: np.ndarray
    second: np.ndarray
    excess: np.ndarray


def resolvents(rng: np.random.Generator, fixed: Pair, n: int, draws: int) -> Resolvents:
    """Resolvents of samples of n rows X ~ N(0, Sigma)."""
    x = rng.standard_normal((draws, n, len(fixed.sigma))) @ np.linalg.cholesky(fixed.sigma).T
    s = x.swapaxes(1, 2) @ x / n
    return Resolvents(np.linalg.inv(s + fixed.first), np.linalg.inv(s + fixed.second), s - fixed.sigma)


def roughly(fixed: Pair) -> tuple[np.ndarray, np.ndarray]:
    """(Sigma/2 + M1)^{-1} and (Sigma/2 + M2)^{-1}: fixed matrices near the resolvents, to steady their traces with."""
    return np.linalg.inv(fixed.sigma / 2 + fixed.first), np.linalg.inv(fixed.sigma / 2 + fixed.second)


def traces(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """tr(left right), batched."""
    return np.asarray((left * right.swapaxes(-1, -2)).sum((-2, -1)))


def scales(fixed: Pair, n: int) -> tuple[float, float]:
    """mu of the one-point rule for both shifts: the root of mu (1 + tr Sigma (mu Sigma + M)^{-1}/n) = 1.

    The left side grows with mu; halving keeps the only root.
    """
    return _scale(fixed.sigma, fixed.first, n), _scale(fixed.sigma, fixed.second, n)


def _scale(sigma: np.ndarray, shift: np.ndarray, n: int) -> float:
    low, high = 0.0, 1.0
    while low < (middle := (low + high) / 2) < high:
        grown = middle * (1 + np.trace(sigma @ np.linalg.inv(middle * sigma + shift)) / n)
        low, high = (middle, high) if grown < 1 else (low, middle)
    return middle
