"""Linear random features: what experiments draw. Numpy alone, no formula of the paper.

Each of four directions is repeated size/4 times. The risk of a draw is averaged over the noise of the labels, and over
the signs of the coordinates of the truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derivations.classics.designs import effective_with_ridge, ridge_fit

LEVELS = {
    "l": np.array([4.0, 1.0, 0.5, 0.25]),
    "b": np.array([2.0, -0.8, 1.0, 0.5]),
    "q": np.array([2.0, 0.5, 0.2, 0.1]),
    "s": np.array([0.9, 0.6, 0.3, 0.1]),
}
NUMBERS = {
    "rows": 2.0, "features": 1.5, "fresh": 1.25, "more": 2.0, "few": 0.5, "scarce": 0.375, "lam": 0.15, "nu": 0.4,
    "sigma2": 0.5,
}  # fmt: skip


def draw_levels(_: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Other eigenvalues, truths, weights, ridges, sizes and noise."""
    made = {
        "l": np.exp(rng.uniform(-1, 1, 4)),
        "b": rng.choice([-1.0, 1.0], 4) * rng.uniform(0.5, 1.5, 4),
        "q": rng.uniform(0.2, 2, 4),
        "s": rng.uniform(0.1, 1, 4),
    }
    low_high = {
        "rows": (1.6, 2.4), "features": (1.2, 1.8), "fresh": (1.2, 1.6), "more": (1.6, 2.4), "few": (0.5, 0.5),
        "scarce": (0.375, 0.375), "lam": (0.1, 0.3), "nu": (0.3, 0.6), "sigma2": (0.2, 1),
    }  # fmt: skip
    return {"levels": made, "numbers": {k: rng.uniform(*ends) for k, ends in low_high.items()}}


def instance(point: Mapping[str, Any], size: int) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Levels in ``size`` dimensions, and the numbers with n, N, k and K."""
    grown = {k: np.repeat(v, size // 4) for k, v in point.get("levels", LEVELS).items()}
    grown["b"] = grown["b"] / np.sqrt(size)
    numbers = point.get("numbers", NUMBERS)
    parts = {"n": "rows", "k": "features", "N": "fresh", "K": "more", "few": "few", "scarce": "scarce"}
    whole = {name: round(numbers[part] * size) for name, part in parts.items()}
    return grown, {**{k: float(numbers[k]) for k in ("lam", "nu", "sigma2")}, **whole}


def feature_fit(rng: np.random.Generator, x: np.ndarray, features: int, ridge: float) -> np.ndarray:
    """The response of ridge regression on that many random features of x, as coefficients on x."""
    w = rng.standard_normal((len(x), features, x.shape[2])) / np.sqrt(features)
    turned = np.swapaxes(w, 1, 2)
    return np.asarray(turned @ ridge_fit(x @ turned, ridge))


def rows(rng: np.random.Generator, draws: int, count: float, eigenvalues: np.ndarray) -> np.ndarray:
    """Gaussian rows with these variances of their coordinates."""
    return np.asarray(rng.standard_normal((draws, int(count), len(eigenvalues))) * np.sqrt(eigenvalues))


def risks(response: np.ndarray, x: np.ndarray, made: Mapping[str, np.ndarray], noise: float) -> np.ndarray:
    """Risks of a model whose coefficients are ``response`` times the labels of the rows ``x``."""
    error = response @ x - np.eye(x.shape[2])
    bias = ((error**2 * made["b"] ** 2).sum(2) * made["l"]).sum(1)
    return np.asarray(bias + noise * ((response**2).sum(2) * made["l"]).sum(1))


def _teacher(
    rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int
) -> tuple[dict[str, np.ndarray], dict[str, float], np.ndarray, np.ndarray]:
    made, k = instance(point, size)
    x = rows(rng, draws, k["n"], made["l"])
    return made, k, x, feature_fit(rng, x, int(k["k"]), k["lam"])


def teacher_risks(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of a teacher with k random features."""
    made, k, x, response = _teacher(rng, point, size, draws)
    return risks(response, x, made, k["sigma2"])


def teacher_squares(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Weighted squares of the teacher's coefficients, sum q t^2."""
    made, k, x, response = _teacher(rng, point, size, draws)
    signal = (((response @ x) ** 2 * made["b"] ** 2).sum(2) * made["q"]).sum(1)
    return np.asarray(signal + k["sigma2"] * ((response**2).sum(2) * made["q"]).sum(1))


def ridge_student_risks(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of a ridge student, one with all features, of that teacher."""
    made, k, x, response = _teacher(rng, point, size, draws)
    z = rows(rng, draws, k["N"], made["l"])
    return risks(ridge_fit(z, k["nu"]) @ z @ response, x, made, k["sigma2"])


def feature_student_risks(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of a student with K random features of its own."""
    made, k, x, response = _teacher(rng, point, size, draws)
    z = rows(rng, draws, k["N"], made["l"])
    return risks(feature_fit(rng, z, int(k["K"]), k["nu"]) @ z @ response, x, made, k["sigma2"])


def _population(rng: np.random.Generator, made: Mapping[str, np.ndarray], few: int, draws: int) -> np.ndarray:
    """Projectors on ``few`` features of the population, in coordinates of variance one."""
    f = np.swapaxes(rows(rng, draws, few, made["l"]), 1, 2)
    return np.asarray(f @ np.linalg.solve(np.swapaxes(f, 1, 2) @ f, np.swapaxes(f, 1, 2)))


def filtered_risks(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of a student that multiplies a population teacher's directions by s; averaged over signs of the truth."""
    made, k = instance(point, size)
    error = made["s"][:, None] * _population(rng, made, int(k["few"]), draws) - np.eye(size)
    return np.asarray((error**2 * (made["l"] * made["b"] ** 2)).sum((1, 2)))


def least_squares_risks(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of least squares on fewer random features than labels and dimensions."""
    made, k = instance(point, size)
    x = rows(rng, draws, k["n"], made["l"])
    w = np.swapaxes(rng.standard_normal((draws, int(k["few"]), size)), 1, 2)
    seen = x @ w
    turned = np.swapaxes(seen, 1, 2)
    return risks(w @ np.linalg.solve(turned @ seen, turned), x, made, k["sigma2"])


def interpolator_risks(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of the shortest interpolator on more random features than labels."""
    made, k = instance(point, size)
    x = rows(rng, draws, k["scarce"], made["l"])
    w = np.swapaxes(rng.standard_normal((draws, int(k["n"]), size)), 1, 2)
    seen = x @ w
    turned = np.swapaxes(seen, 1, 2)
    return risks(w @ turned @ np.linalg.inv(seen @ turned), x, made, k["sigma2"])


# -- shapes --------------------------------------------------------------------------------------------------


def _counts(l: np.ndarray, at: float) -> tuple[float, float]:  # noqa: E741
    share = l / (l + at)
    return float(share.sum()), float((share**2).sum())


def effective(l: np.ndarray, wanted: Any) -> float:  # noqa: E741
    """The root of an increasing function of the effective ridge, by halving its logarithm."""
    low, high = -30.0, 30.0
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if wanted(float(np.exp(middle))) < 0 else (low, middle)
    return float(np.exp(middle))


def with_features(l: np.ndarray, n: float, k: float, ridge: float) -> float:  # noqa: E741
    """The effective ridge of ridge regression on k random features and n labels."""

    def excess(at: float) -> float:
        first, _ = _counts(l, at)
        return -1.0 if first >= min(n, k) else at * (1 - first / n) * (1 - first / k) - ridge

    return effective(l, excess)


def solved(made: Mapping[str, np.ndarray], n: float, k: float, at: float, sigma2: float) -> dict[str, float]:
    """e, Omega and V of a teacher with the effective ridge ``at``."""
    l, b = made["l"], made["b"]  # noqa: E741
    first, second = _counts(l, at)
    e = (first - second) / (k - second)
    big = (second + (first - second) * e) / n
    own = (at**2 * l * b**2 / (l + at) ** 2 + at * e * l**2 * b**2 / (l + at) ** 2).sum()
    seen = float((sigma2 + own) / (1 - big))
    learnt = float((l**2 * b**2 / (l + at) ** 2).sum())
    spread = at * learnt / (k - second)
    return {"e": e, "Omega": big, "V": seen, "f": spread}


def shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """Spectra and all numbers of a teacher with k features, and of its students, at one size."""
    made, k = instance(point, size)
    at = with_features(made["l"], k["n"], k["k"], k["lam"])
    plain, kept = effective_with_ridge(made["l"], k["N"], k["nu"])
    found = {"kappa": at, **solved(made, k["n"], k["k"], at, k["sigma2"])}
    return {
        "S": {c: made[c] for c in ("l", "b")}, **k, **found,
        "kappa_s": plain, "Omega_s": kept,
    }  # fmt: skip


def weighted_shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """The same teacher, with weights on the directions."""
    found = shape(point, size)
    del found["S"]
    made, _ = instance(point, size)
    return {**found, "S_q": {c: made[c] for c in ("l", "b", "q")}}


def student_shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """The same for a student with K features of its own."""
    made, k = instance(point, size)
    found = shape(point, size)
    own = with_features(made["l"], k["N"], k["K"], k["nu"])
    plain = solved(made, k["N"], k["K"], own, 0.0)
    return {**found, "kappa_s": own, "e_s": plain["e"], "Omega_s": plain["Omega"]}


def filter_shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """A population teacher with few features, and a student's filter."""
    made, k = instance(point, size)
    at = effective(made["l"], lambda x: k["few"] - _counts(made["l"], x)[0])
    c = np.sqrt(made["l"]) * made["b"]
    second = _counts(made["l"], at)[1]
    g = float((made["l"] * c**2 / (made["l"] + at) ** 2).sum()) / (k["few"] - second)
    return {"S_c": {"l": made["l"], "c": c, "s": made["s"]}, "k": k["few"], "kappa": at, "g": g}


def few_features_shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """Least squares on few features."""
    made, k = instance(point, size)
    return {**_ridgeless(made, k["few"]), "k": k["few"], "n": k["n"], "sigma2": k["sigma2"]}


def many_features_shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """The shortest interpolator of scarce labels on many features."""
    made, k = instance(point, size)
    return {**_ridgeless(made, k["scarce"]), "n": k["scarce"], "k": k["n"], "sigma2": k["sigma2"]}


def _ridgeless(made: Mapping[str, np.ndarray], count: float) -> dict[str, Any]:
    at = effective(made["l"], lambda x: count - _counts(made["l"], x)[0])
    return {"S": {c: made[c] for c in ("l", "b")}, "kappa": at}
