"""Ridge regression of strong on weak features: what experiments draw. Numpy alone, no formula of the paper.

Each of four directions is repeated size/4 times: two are shared, one is in the weak space alone, and one in the strong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derivations.classics.designs import effective_with_ridge, ridge_fit

LEVELS = {
    "t": np.array([2.0, 0.6, 0.0, 1.0]),
    "h": np.array([0.8, -1.0, 0.0, 0.0]),
    "r": np.array([0.4, 0.3, 1.5, 0.0]),
    "b_w": np.array([1.0, -1.5, 0.5, 0.0]),
    "b_s": np.array([1.2, 0.8, 0.0, -0.5]),
}
NUMBERS = {"rows": 2.0, "fresh": 2.0, "lam": 0.05, "mu": 0.05, "sigma2": 0.5}


def draw_levels(_: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Other variances, correlations, targets, ridges and sizes."""
    made = {
        "t": np.exp(rng.uniform(-1, 1, 4)) * [1, 1, 0, 1],
        "h": rng.choice([-1.0, 1.0], 4) * rng.uniform(0.4, 1.2, 4) * [1, 1, 0, 0],
        "r": rng.uniform(0.2, 1.5, 4) * [1, 1, 1, 0],
        "b_w": rng.uniform(-1.5, 1.5, 4) * [1, 1, 1, 0],
        "b_s": rng.uniform(-1.5, 1.5, 4) * [1, 1, 0, 1],
    }
    low_high = {"rows": (1.6, 2.4), "fresh": (1.6, 2.4), "lam": (0.03, 0.1), "mu": (0.03, 0.1), "sigma2": (0.2, 1)}
    return {"levels": made, "numbers": {k: rng.uniform(*ends) for k, ends in low_high.items()}}


def _instance(point: Mapping[str, Any], size: int) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    grown = {k: np.repeat(v, size // 4) for k, v in point.get("levels", LEVELS).items()}
    for k in ("b_w", "b_s"):
        grown[k] = grown[k] / np.sqrt(size)
    numbers = point.get("numbers", NUMBERS)
    whole = {"n": round(numbers["rows"] * size), "N": round(numbers["fresh"] * size)}
    return grown, {**{k: float(numbers[k]) for k in ("lam", "mu", "sigma2")}, **whole}


def _weak(rng: np.random.Generator, strong: np.ndarray, made: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.asarray(strong * made["h"] + rng.standard_normal(strong.shape) * np.sqrt(made["r"]))


def _strong(rng: np.random.Generator, shape: tuple[int, ...], made: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.asarray(rng.standard_normal(shape) * np.sqrt(made["t"]))


def _trained(
    rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int
) -> tuple[dict[str, np.ndarray], dict[str, float], np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Levels, numbers, the teacher's rows, its response to labels, the student's rows, and its response to labels."""
    made, k = _instance(point, size)
    x = _weak(rng, _strong(rng, (draws, int(k["n"]), size), made), made)
    strong = _strong(rng, (draws, int(k["N"]), size), made)
    weak = _weak(rng, strong, made)
    fit = ridge_fit(x, k["lam"])
    return made, k, x, fit, strong, ridge_fit(strong, k["mu"]) @ weak @ fit


def teacher_variances(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Variances of the teacher on a fresh point, over the noise of its labels."""
    made, k, _, fit, _, _ = _trained(rng, point, size, draws)
    weak = made["t"] * made["h"] ** 2 + made["r"]
    return np.asarray(k["sigma2"] * ((fit**2).sum(2) * weak).sum(1))


def student_variances(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Variances of the student on a fresh point, over the noise of its teacher's labels."""
    made, k, _, _, _, response = _trained(rng, point, size, draws)
    return np.asarray(k["sigma2"] * ((response**2).sum(2) * made["t"]).sum(1))


def variances_in_sample(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """The same as a mean over the N pseudo-labelled points themselves."""
    _, k, _, _, strong, response = _trained(rng, point, size, draws)
    return np.asarray(k["sigma2"] * ((strong @ response) ** 2).sum((1, 2)) / k["N"])


def student_risks(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Mean squares of the student minus b_s on a fresh point; averaged over label noise and signs of directions."""
    made, k, x, _, _, response = _trained(rng, point, size, draws)
    error = response @ x * made["b_w"] - np.diag(made["b_s"])
    return np.asarray(((error**2).sum(2) * made["t"]).sum(1) + k["sigma2"] * ((response**2).sum(2) * made["t"]).sum(1))


def shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """The directions and all numbers at one size."""
    made, k = _instance(point, size)
    weak = made["t"] * made["h"] ** 2 + made["r"]
    kappa, omega = effective_with_ridge(weak, k["n"], k["lam"])
    kappa_s, omega_s = effective_with_ridge(made["t"], k["N"], k["mu"])
    own = kappa**2 * float((weak * made["b_w"] ** 2 / (weak + kappa) ** 2).sum())
    fixed = {"kappa": kappa, "Omega": omega, "kappa_s": kappa_s, "Omega_s": omega_s}
    return {"S": made, **k, "tau2": k["sigma2"], **fixed, "V": (k["sigma2"] + own) / (1 - omega)}
