"""Ridge regression on ridge regression: what experiments draw. Numpy alone, no formula of the paper.

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
    "l_s": np.array([0.5, 3.0, 0.4, 1.0]),
    "l_x": np.array([2.0, 0.3, 1.0, 1.5]),
    "b": np.array([1.0, -2.0, 1.5, 0.5]),
    "r": np.array([1.0, 0.6, 1.5, 0.8]),
}
NUMBERS = {"rows": 1.5, "fresh": 1.25, "lam": 0.15, "nu": 0.3, "sigma2": 0.5}


def draw_levels(_: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Other levels, ridges, sizes and noise."""
    made = {k: np.exp(rng.uniform(-1, 1, 4)) for k in ("l", "l_s", "l_x")}
    made["b"] = rng.choice([-1.0, 1.0], 4) * rng.uniform(0.5, 2, 4)
    made["r"] = np.exp(rng.uniform(-0.5, 0.5, 4))
    low_high = {"rows": (1.2, 1.8), "fresh": (0.8, 1.6), "lam": (0.1, 0.4), "nu": (0.1, 0.5), "sigma2": (0.2, 1)}
    return {"levels": made, "numbers": {k: rng.uniform(*ends) for k, ends in low_high.items()}}


def _instance(point: Mapping[str, Any], size: int) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Joint eigenvalues in ``size`` dimensions, and the numbers with n and N."""
    grown = {k: np.repeat(v, size // 4) for k, v in point.get("levels", LEVELS).items()}
    grown["b"] = grown["b"] / np.sqrt(size)
    numbers = point.get("numbers", NUMBERS)
    whole = {"n": round(numbers["rows"] * size), "N": round(numbers["fresh"] * size)}
    return grown, {**{k: float(numbers[k]) for k in ("lam", "nu", "sigma2")}, **whole}


def _isotropic(made: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {**made, **{k: np.ones(len(made["b"])) for k in ("l", "l_s", "l_x", "r")}}


def _risks(response: np.ndarray, x: np.ndarray, made: Mapping[str, np.ndarray], noise: float) -> np.ndarray:
    """Risks of a model whose coefficients are ``response`` times the labels of the rows ``x``."""
    error = response @ x - np.eye(x.shape[2])
    bias = ((error**2 * made["b"] ** 2).sum(2) * made["l_x"]).sum(1)
    return np.asarray(bias + noise * ((response**2).sum(2) * made["l_x"]).sum(1))


def _rows(rng: np.random.Generator, draws: int, count: float, eigenvalues: np.ndarray) -> np.ndarray:
    return np.asarray(rng.standard_normal((draws, int(count), len(eigenvalues))) * np.sqrt(eigenvalues))


def teacher_risks(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of the teacher, one for each draw of its design."""
    made, k = _instance(point, size)
    x = _rows(rng, draws, k["n"], made["l"])
    return _risks(ridge_fit(x, k["lam"]), x, made, k["sigma2"])


def _student(
    rng: np.random.Generator, draws: int, made: Mapping[str, np.ndarray], k: Mapping[str, float], weighted: bool = False
) -> np.ndarray:
    x, z = _rows(rng, draws, k["n"], made["l"]), _rows(rng, draws, k["N"], made["l_s"])
    penalty = 1 / made["r"] ** 2 if weighted else 1.0
    return _risks(ridge_fit(z, k["nu"], penalty) @ z @ ridge_fit(x, k["lam"]), x, made, k["sigma2"])


def student_risks(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of the student, one for each draw of both designs."""
    return _student(rng, draws, *_instance(point, size))


def weighted_risks(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of a student with the penalty 1/r^2 on a direction."""
    return _student(rng, draws, *_instance(point, size), weighted=True)


def isotropic_risks(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of the student where all covariances are the identity."""
    made, k = _instance(point, size)
    return _student(rng, draws, _isotropic(made), k)


def _solved(made: Mapping[str, np.ndarray], k: Mapping[str, float], student: np.ndarray) -> dict[str, float]:
    kappa, omega = effective_with_ridge(made["l"], k["n"], k["lam"])
    kappa_s, omega_s = effective_with_ridge(student, k["N"], k["nu"])
    own = kappa**2 * float((made["l"] * made["b"] ** 2 / (made["l"] + kappa) ** 2).sum())
    fixed = {"kappa": kappa, "Omega": omega, "kappa_s": kappa_s, "Omega_s": omega_s}
    return {**k, **fixed, "V": (k["sigma2"] + own) / (1 - omega)}


def shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """The spectrum of a plain student, and all numbers, at one size."""
    made, k = _instance(point, size)
    columns = {name: made[name] for name in ("l", "l_s", "l_x", "b")}
    return {"S": columns, **_solved(made, k, made["l_s"])}


def weighted_shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """The same for a weighted student."""
    made, k = _instance(point, size)
    return {"S_w": made, **_solved(made, k, made["l_s"] * made["r"] ** 2)}


def isotropic_shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """The same where all covariances are the identity: shares in place of effective ridges."""
    made, k = _instance(point, size)
    made = _isotropic(made)
    found = _solved(made, k, made["l_s"])
    shares = {"a": 1 / (1 + found["kappa"]), "s": 1 / (1 + found["kappa_s"])}
    columns = {name: made[name] for name in ("l", "b")}
    return {"S_1": columns, **found, **shares, "r2": float((made["b"] ** 2).sum())}
