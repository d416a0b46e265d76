"""Ildiz et al. (2025) on frozen features of Fashion-MNIST: does an estimated optimal surrogate beat true labels?

The target interpolates n labels with the least norm, as in the paper; the truth is the linear predictor of the centred
one-hot labels that POPULATION images give. The gains of the optimal surrogate depend on the covariance and n alone;
they come from :func:`w2s_sym.evaluate_risk`. The surrogate itself is that truth ("known"), or ridge
on the target's own n labels ("own"), or ridge on MORE other labelled images ("more").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np
from threadpoolctl import threadpool_limits

from derivations.real_networks.data import Arrays, kept, small_fashion
from derivations.real_networks.features import random_features
from w2s_sym import Run, Signal, Spectrum, evaluate_risk

WIDTH, SEED, CLASSES = 400, 11, 10
POPULATION, POOL, TEST, MORE = 20_000, 10_000, 10_000, 2000
GRID = np.logspace(-8, 1, 19)


def features() -> Arrays:
    """``x``, rectified random features in principal coordinates of the first POPULATION rows, float32, largest variance
    first, in the order population, pool, test; ``y``, one-hot labels less their mean; ``lam``; ``truth``."""

    def make() -> Arrays:
        held = small_fashion()
        rows = POPULATION + POOL
        images = np.concatenate([held["train"][:rows], held["test"][:TEST]])
        classes = np.concatenate([held["train_classes"][:rows], held["test_classes"][:TEST]])
        x = random_features(images.reshape(len(images), -1).astype(float), WIDTH, SEED)
        y = np.eye(CLASSES)[classes]
        x, y = x - x[:POPULATION].mean(0), y - y[:POPULATION].mean(0)
        lam, vectors = np.linalg.eigh(x[:POPULATION].T @ x[:POPULATION] / POPULATION)
        x, lam = x @ vectors[:, ::-1], lam[::-1]
        truth = (x[:POPULATION].T @ y[:POPULATION]) / (POPULATION * lam[:, None])
        return {"x": x.astype(np.float32), "y": y, "lam": lam, "truth": truth}

    return kept(("frozen features",), make, ("frozen", "features"))


@dataclass(frozen=True)
class Interpolation:
    """The target interpolates ``n`` labels, of which the share ``noise`` is drawn afresh from all classes."""

    n: int
    noise: float = 0.0

    dear: ClassVar[bool] = False
    modules: ClassVar[tuple[str, ...]] = ("frozen", "features", "w2s_sym")

    def __str__(self) -> str:
        words = "clean labels" if not self.noise else f"{self.noise:.0%} random labels"
        return f"{WIDTH} rectified random features of Fashion-MNIST, n = {self.n}, {words}"

    def rows(self, seed: int, numbers: Sequence[int]) -> Mapping[str, np.ndarray]:
        """Logarithms of mean squared test errors against labels, by the name of what the target is trained on.

        ``labels``; ``known``, ``own``, ``more`` for that surrogate's labels as it is, ``*_optimal`` with the optimal
        gains; ``labels_optimal`` for labels to which the change of the known surrogate is added, noise and all;
        ``ridge`` for ridge on the same labels, no interpolator; ``excess_*`` and ``predicted_*`` are logarithms of
        distances to the truth, by data and by the paper's equivalent."""
        held = {name: np.asarray(a, dtype=float) for name, a in features().items()}
        with threadpool_limits(1, user_api="blas"):
            gains, predicted = _theory(self.n)
            found = [_one(self, held, gains, Run(seed=seed).rng("frozen", i)) | predicted for i in numbers]
        return {name: np.array([f[name] for f in found]) for name in found[0]}


@cache
def _theory(n: int) -> tuple[np.ndarray, dict[str, float]]:
    """The gains of the optimal surrogate, shape (WIDTH,), and what the equivalents say of noiseless labels."""
    held = features()
    spectrum = Spectrum.explicit(held["lam"])
    sums = {"known": 0.0, "known_optimal": 0.0}
    for column in held["truth"].T:
        signal = Signal.of(column)
        sums["known"] += float(evaluate_risk(spectrum, signal, n).value)
        sums["known_optimal"] += float(evaluate_risk(spectrum, signal, n, surrogate="optimal").value)
    gains = evaluate_risk(spectrum, Signal.of(held["truth"][:, 0]), n, surrogate="optimal").gains(held["lam"])
    return np.asarray(gains).reshape(-1), {f"predicted_{name}": float(np.log(v)) for name, v in sums.items()}


def _one(setting: Interpolation, held: Arrays, gains: np.ndarray, rng: np.random.Generator) -> dict[str, float]:
    order = POPULATION + rng.permutation(POOL)
    own, more = order[: setting.n], order[setting.n : setting.n + MORE]
    x, noisy, truth, test = held["x"], held["y"].copy(), held["truth"], slice(POPULATION + POOL, None)
    wrong = np.concatenate([own, more])
    wrong = wrong[rng.random(len(wrong)) < setting.noise]
    # Labels less their means: a class drawn at random is one of the rows of the identity less the same means.
    level = np.eye(CLASSES)[held["y"].argmax(1)[0]] - held["y"][0]
    noisy[wrong] = np.eye(CLASSES)[rng.integers(0, CLASSES, len(wrong))] - level
    surrogates = {"known": truth, "own": ridge(x[own], noisy[own]), "more": ridge(x[more], noisy[more])}
    labels = {"labels": noisy[own], "labels_optimal": noisy[own] + x[own] @ ((gains - 1)[:, None] * truth)}
    for name, surrogate in surrogates.items():
        labels[name] = x[own] @ surrogate
        labels[f"{name}_optimal"] = x[own] @ (gains[:, None] * surrogate)
    targets = interpolated(x[own], np.stack(list(labels.values())))
    found = {name: _log_error(x[test], held["y"][test], w) for name, w in zip(labels, targets, strict=True)}
    found["ridge"] = _log_error(x[test], held["y"][test], surrogates["own"])
    for name in ("known", "known_optimal"):
        w = targets[list(labels).index(name)]
        found[f"excess_{name}"] = float(np.log(((x[test] @ (w - truth)) ** 2).sum(1).mean()))
    return found


def _log_error(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> float:
    return float(np.log(((y - x @ w) ** 2).sum(1).mean()))


def interpolated(x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Coefficients of least norm that reproduce ``labels``, shape (..., rows, outputs), at rows ``x``."""
    return np.asarray(x.T @ np.linalg.solve(x @ x.T, labels))


def ridge(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Ridge without an intercept, the penalty of least generalised cross-validation."""
    left, s, right = np.linalg.svd(x, full_matrices=False)
    along = left.T @ y
    outside = (y**2).sum() - (along**2).sum()
    best = (np.inf, s)
    for penalty in GRID * (s**2).sum():
        share = s**2 / (s**2 + penalty)
        score = (((1 - share)[:, None] * along) ** 2).sum() + max(outside, 0.0)
        score /= max(len(x) - share.sum(), 1e-9) ** 2
        best = min(best, (float(score), share / s), key=lambda pair: pair[0])
    return np.asarray(right.T @ (best[1][:, None] * along))
