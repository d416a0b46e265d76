"""Ridge regression on ridge regression: what experiments draw. Numpy alone, no formula of the paper.

Each of four directions is repeated size/4 times. The risk of a draw is averaged over the noise of the labels, and over
the signs of the coordinates of the truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

LEVELS = {
    "l": np.array([4.0, 1.0, 0.5, 0.25]),
    "l_s": np.array([0.5, 3.0, 0.4, 1.0]),
    "l_x": np.array([2.0, 0.3, 1.0, 1.5]),
    "b": np.array([1.0, -2.0, 1.5, 0.5]),
}
COLUMNS = tuple(LEVELS)
NUMBERS = {"rows": 0.75, "fresh": 1.25, "lam": 0.15, "nu": 0.3, "sigma2": 0.5}


def draw_levels(_: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Other levels, ridges, sizes and noise."""
    made = {k: np.exp(rng.uniform(-1, 1, 4)) for k in ("l", "l_s", "l_x")}
    made["b"] = rng.choice([-1.0, 1.0], 4) * rng.uniform(0.5, 2, 4)
    low_high = {"rows": (0.6, 1.2), "fresh": (0.8, 1.6), "lam": (0.1, 0.4), "nu": (0.1, 0.5), "sigma2": (0.2, 1)}
    return {"levels": made, "numbers": {k: rng.uniform(*ends) for k, ends in low_high.items()}}


def instance(point: Mapping[str, Any], size: int) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Joint eigenvalues in ``size`` dimensions, and the numbers with n and N."""
    levels = dict(point.get("levels", LEVELS))
    grown = {k: np.repeat(v, size // 4) for k, v in levels.items()}
    grown["b"] = grown["b"] / np.sqrt(size)
    numbers = dict(point.get("numbers", NUMBERS))
    return grown, {**numbers, "n": round(numbers["rows"] * size), "N": round(numbers["fresh"] * size)}


def effective(eigenvalues: np.ndarray, n: float, ridge: float) -> tuple[float, float]:
    """The effective ridge, by halving, and Omega."""
    low, high = ridge, ridge + eigenvalues.sum() / n
    while low < (middle := (low + high) / 2) < high:
        short = middle - ridge < middle * (eigenvalues / (eigenvalues + middle)).sum() / n
        low, high = (middle, high) if short else (low, middle)
    return middle, float(((eigenvalues / (eigenvalues + middle)) ** 2).sum() / n)


def ridge_fit(x: np.ndarray, ridge: float) -> np.ndarray:
    """(x'x/n + ridge)^{-1} x'/n, draw by draw."""
    n, p = x.shape[1:]
    turned = np.swapaxes(x, 1, 2)
    return np.linalg.solve(turned @ x / n + ridge * np.eye(p), turned / n)


def student_risks(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of the student, one for each draw of both designs."""
    made, k = instance(point, size)
    x = rng.standard_normal((draws, int(k["n"]), size)) * np.sqrt(made["l"])
    z = rng.standard_normal((draws, int(k["N"]), size)) * np.sqrt(made["l_s"])
    student = ridge_fit(z, k["nu"]) @ z @ ridge_fit(x, k["lam"])
    error = student @ x - np.eye(size)
    bias = ((error**2 * made["b"] ** 2).sum(2) * made["l_x"]).sum(1)
    return np.asarray(bias + k["sigma2"] * ((student**2).sum(2) * made["l_x"]).sum(1))


def student_shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """The spectrum and the numbers at one size."""
    made, k = instance(point, size)
    kappa, omega = effective(made["l"], k["n"], k["lam"])
    kappa_s, omega_s = effective(made["l_s"], k["N"], k["nu"])
    own = kappa**2 * float((made["l"] * made["b"] ** 2 / (made["l"] + kappa) ** 2).sum())
    fixed = {"kappa": kappa, "Omega": omega, "kappa_s": kappa_s, "Omega_s": omega_s}
    plain = {name: float(k[name]) for name in ("n", "N", "lam", "nu", "sigma2")}
    return {"S": made, **plain, **fixed, "V": (k["sigma2"] + own) / (1 - omega)}
