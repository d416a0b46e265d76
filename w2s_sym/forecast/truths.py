"""Targets that the labels allow: draws from the posterior of a random linear target on both models' features.

The target is x_w'b_w + x_s'b_s + noise. The coefficients are Gaussian with variances that are a power of the
eigenvalue; the power, the part of each model and the noise are those that the labels make likely, each draw with its
own. So a draw says what E[x y] is on either side, also in directions that few labels cannot see.

Labels of several columns, such as one-hot ones, are taken as so many witnesses of one power, one part and one noise.
What no linear target explains is of the points, and the columns have it in common: as witnesses they may count as one.
The error at far more labels depends on it; draws for that are ``cautious``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2s_sym.forecast.ridge_equivalents import Population, Truth
from w2s_sym.forecast.ridge_fits import GRID, relative_grid

# Labels that choose the prior, and labels that a draw is conditioned on: more would cost time and tell little. A
# cautious draw is conditioned on those that choose.
CHOOSING, CONDITIONING = 300, 1000
# The variance of a coefficient is lam^(power - 1). Where a few directions are nearly all of the trace, EVEN_POWER,
# under which every direction has the same part of the target, is one more: the others leave nothing to the rest.
PRIOR_POWERS, EVEN_POWER = (0.5, 1.0, 1.5), 0.0
# The part of the target's variance that is the strong model's.
STRONG_PARTS = (0.0, 0.3, 0.7, 1.0)
# Noise over signal, for which the noise's share of the variance is spread evenly.
SHARES = np.linspace(0.01, 0.99, 33)
NOISES = SHARES / (1 - SHARES)


@dataclass(frozen=True)
class Target:
    """A target: coefficients ``b_w``, shape (p_w, outputs), ``b_s``, shape (p_s, outputs), noise ``sigma``, shape
    (outputs,), and the ``truth`` that they make."""

    b_w: np.ndarray
    b_s: np.ndarray
    sigma: np.ndarray
    truth: Truth


@dataclass(frozen=True)
class _Prior:
    """One prior, for a signal of variance 1: variances of coefficients, shape (p_w,) and (p_s,), and noise.

    ``power`` and ``part``, the strong model's, are what the variances are made of.
    """

    power: float
    part: float
    weights_w: np.ndarray
    weights_s: np.ndarray
    noise: float


def _weights(lam: np.ndarray, power: float) -> np.ndarray:
    """Variances of coefficients, for which the target has variance 1."""
    weights = lam ** (power - 1)
    return np.asarray(weights / (weights * lam).sum())


def _kernel(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Covariances of the target's part on these rows, shape (rows, rows)."""
    scaled = x * np.sqrt(weights)
    return np.asarray(scaled @ scaled.T)


@dataclass(frozen=True)
class Drawn:
    """Targets that the labels allow, and as many for which all columns of labels count as one witness of the noise:
    the same ones where there is one column, or where columns sum to 1 and are two."""

    targets: list[Target]
    cautious: list[Target]


def drawn_targets(
    population: Population, x_w: np.ndarray, x_s: np.ndarray, y: np.ndarray, count: int, seed: int
) -> Drawn:
    """Posterior draws for labels ``y``, shape (labelled, outputs), of rows ``x_w`` and ``x_s`` in the eigenbases.

    Rows and labels are centred: rows around the mean of all rows, labels around their own.
    """
    rng = np.random.default_rng([seed, 11])
    some = rng.permutation(len(y))[:CONDITIONING]
    data = x_w[some], x_s[some], y[some]
    priors, logs, scales = _likely(population, *(a[:CHOOSING] for a in data))
    targets = _drawn(population, data, (priors, _shares(logs), scales), count, rng)
    columns = _columns(y.shape[1])
    if columns == 1:
        return Drawn(targets, targets)
    few = data[0][:CHOOSING], data[1][:CHOOSING], data[2][:CHOOSING]
    return Drawn(targets, _drawn(population, few, (priors, _shares(logs / columns), scales), count, rng))


def _columns(outputs: int) -> int:
    """Columns of labels that may differ: those of one-hot labels sum to 1 and are one less than it looks."""
    return max(outputs - 1, 1)


def _shares(logs: np.ndarray) -> np.ndarray:
    """Posterior weights of priors, from logarithms of likelihoods."""
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def _drawn(
    population: Population,
    data: tuple[np.ndarray, np.ndarray, np.ndarray],
    beliefs: tuple[list[_Prior], np.ndarray, np.ndarray],
    count: int,
    rng: np.random.Generator,
) -> list[Target]:
    """Draws for these rows and labels, ``data``; ``beliefs`` are priors, their weights and the scales under each."""
    (x_w, x_s, y), (priors, likely, scales) = data, beliefs
    rows, outputs = y.shape
    found = []
    chosen, times = np.unique(rng.choice(len(priors), size=count, p=likely), return_counts=True)
    kernels: dict[float, tuple[np.ndarray, np.ndarray]] = {}
    for k, repeats in zip(chosen, times, strict=True):
        power, part = priors[k].power, priors[k].part
        if power not in kernels:  # priors of one power follow each other
            sides = ((x_w, population.lam_w), (x_s, population.lam_s))
            of_w, of_s = (_kernel(x, _weights(lam, power)) for x, lam in sides)
            kernels = {power: (of_w, of_s)}
        of_w, of_s = kernels[power]
        # The signal's variance given the prior is inverse gamma.
        seen = min(rows, CHOOSING)
        sizes = [np.sqrt(scales[k] * seen / rng.chisquare(seen, outputs)) for _ in range(repeats)]
        found += _posterior(population, priors[k], (1 - part) * of_w + part * of_s, (x_w, x_s, y), sizes, rng)
    return [found[i] for i in rng.permutation(count)]


def _likely(
    population: Population, x_w: np.ndarray, x_s: np.ndarray, y: np.ndarray
) -> tuple[list[_Prior], np.ndarray, np.ndarray]:
    """All priors, the logarithms of their likelihoods, and the signal's scale under each, shape (priors, outputs)."""
    rows, outputs = y.shape
    priors, logs, scales = [], [], []
    uneven = any(relative_grid(lam / lam.sum())[0] < GRID[0] for lam in (population.lam_w, population.lam_s))
    for power in (EVEN_POWER, *PRIOR_POWERS) if uneven else PRIOR_POWERS:
        whole_w, whole_s = _weights(population.lam_w, power), _weights(population.lam_s, power)
        kernels = [_kernel(x_w, whole_w), _kernel(x_s, whole_s)]
        for part in STRONG_PARTS:
            values, vectors = np.linalg.eigh((1 - part) * kernels[0] + part * kernels[1])
            energy = (vectors.T @ y) ** 2
            for noise in NOISES:
                shifted = np.maximum(values, 0) + noise
                scale = (energy / shifted[:, None]).sum(0) / rows
                columns = _columns(outputs) / outputs
                log = (
                    -0.5 * columns * (rows * np.log(np.maximum(scale, 1e-300)).sum() + outputs * np.log(shifted).sum())
                )
                priors.append(_Prior(power, part, (1 - part) * whole_w, part * whole_s, float(noise)))
                logs.append(log)
                scales.append(scale)
    return priors, np.array(logs), np.array(scales)


def _posterior(
    population: Population,
    prior: _Prior,
    kernel: np.ndarray,
    data: tuple[np.ndarray, np.ndarray, np.ndarray],
    sizes: list[np.ndarray],
    rng: np.random.Generator,
) -> list[Target]:
    """One draw for each of ``sizes``, shape (outputs,), the signal's standard deviations.

    A draw of the prior is conditioned on the labels; all of a prior share one factorisation. ``kernel``, shape
    (labelled, labelled), has the covariances of the target on the rows.
    """
    x_w, x_s, y = data
    outputs = y.shape[1]
    drawn, missing = [], []
    for size in sizes:
        b_w = np.sqrt(prior.weights_w)[:, None] * rng.standard_normal((len(prior.weights_w), outputs)) * size
        b_s = np.sqrt(prior.weights_s)[:, None] * rng.standard_normal((len(prior.weights_s), outputs)) * size
        noise = np.sqrt(prior.noise) * size * rng.standard_normal(y.shape)
        drawn.append((b_w, b_s, np.sqrt(prior.noise) * size))
        missing.append(y - x_w @ b_w - x_s @ b_s - noise)
    noisy = kernel + prior.noise * np.eye(len(y))
    weights = np.split(np.linalg.solve(noisy, np.hstack(missing)), len(sizes), axis=1)
    variance = float((y**2).sum()) / max(len(y) - 1, 1)
    return [
        _made(
            population,
            b_w + prior.weights_w[:, None] * (x_w.T @ weight),
            b_s + prior.weights_s[:, None] * (x_s.T @ weight),
            sigma,
            variance,
        )
        for (b_w, b_s, sigma), weight in zip(drawn, weights, strict=True)
    ]


def _made(population: Population, b_w: np.ndarray, b_s: np.ndarray, sigma: np.ndarray, variance: float) -> Target:
    """The draw, scaled so that labels have the variance that was seen: it is known best of all."""
    through = population.cross.T @ b_s
    c_w = population.lam_w[:, None] * b_w + through
    c_s = population.lam_s[:, None] * b_s + population.cross @ b_w
    signal = float((b_w * (c_w + through)).sum() + (b_s**2 * population.lam_s[:, None]).sum())
    # A variance, which rounding may take below 0 where the two models' parts cancel.
    total = max(signal, 0.0) + float((sigma**2).sum())
    scale = np.sqrt(variance / total)
    return Target(b_w * scale, b_s * scale, sigma * scale, Truth(c_w * scale, c_s * scale, variance))
