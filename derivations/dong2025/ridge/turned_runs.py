"""Features whose directions are turned against each other: what experiments draw. Numpy alone, no formula of the paper.

A weak row is the strong row times T plus an independent rest. All matrices are 4 x 4, each entry repeated size/4 times
as a multiple of the identity: large random rotations would hide swapped factors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from derivations.classics.designs import effective_with_ridge, ridge_fit, rotation

NUMBERS = {"rows": 1.5, "fresh": 1.5, "lam": 0.1, "mu": 0.1, "sigma2": 0.5}
ANGLES = 40
STRONG, REST = np.array([4.0, 1.0, 0.25, 0.1]), np.array([2.0, 0.1, 0.5, 0.3])


class Features(NamedTuple):
    """Covariances of strong and weak features, T and the rest's covariance, both targets and their second moment."""

    strong: np.ndarray
    weak: np.ndarray
    T: np.ndarray
    rest: np.ndarray
    B_w: np.ndarray
    B_s: np.ndarray
    moment: np.ndarray


def draw_features(_: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """A seed of other angles and eigenvalues; other ridges, sizes and noises."""
    low_high = {"rows": (1.3, 1.9), "fresh": (1.3, 1.9), "lam": (0.05, 0.15), "mu": (0.05, 0.15), "sigma2": (0.2, 1)}
    return {"angles": int(rng.integers(2**31)), "numbers": {k: rng.uniform(*ends) for k, ends in low_high.items()}}


def features(point: Mapping[str, Any], size: int) -> Features:
    """The matrices at one size: fixed angles, or those of the seed in ``point``."""
    rng = np.random.default_rng(point.get("angles", ANGLES))
    scale = np.exp(rng.uniform(-0.5, 0.5, (2, 4))) if "angles" in point else np.ones((2, 4))

    def grown(m: np.ndarray) -> np.ndarray:
        return np.kron(m, np.eye(size // 4))

    first, second = rotation(rng, 4), rotation(rng, 4)
    strong, rest = (first * (STRONG * scale[0])) @ first.T, (second * (REST * scale[1])) @ second.T
    T, own = (rng.standard_normal((4, 4)) / 2 for _ in range(2))
    B_w = 2 * rng.standard_normal((4, 4))
    B_s = T @ B_w + own / 4
    moment = np.diag([1.0, 0, 0, 0]) * 4 / size
    return Features(*(grown(m) for m in (strong, T.T @ strong @ T + rest, T, rest, B_w, B_s, moment)))


def numbers(point: Mapping[str, Any], size: int) -> dict[str, float]:
    """Ridges, noise, n and N."""
    given = point.get("numbers", NUMBERS)
    whole = {"n": round(given["rows"] * size), "N": round(given["fresh"] * size)}
    return {**{k: float(given[k]) for k in ("lam", "mu", "sigma2")}, **whole}


def _rows(rng: np.random.Generator, draws: int, count: float, covariance: np.ndarray) -> np.ndarray:
    root = np.linalg.cholesky(covariance)
    return np.asarray(rng.standard_normal((draws, int(count), len(root))) @ root.T)


def _trained(
    rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int
) -> tuple[Features, dict[str, float], np.ndarray, np.ndarray]:
    """The features, the numbers, the teacher's rows, and the student's response to the labels on them."""
    made, k = features(point, size), numbers(point, size)
    x = _rows(rng, draws, k["n"], made.weak)
    strong = _rows(rng, draws, k["N"], made.strong)
    weak = strong @ made.T + _rows(rng, draws, k["N"], made.rest)
    return made, k, x, ridge_fit(strong, k["mu"]) @ weak @ ridge_fit(x, k["lam"])


def _squares(response: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    return np.asarray(((covariance @ response) * response).sum((1, 2)))


def student_variances(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Variances of the student on a fresh point, over the noise of its teacher's labels."""
    made, k, _, response = _trained(rng, point, size, draws)
    return k["sigma2"] * _squares(response, made.strong)


def student_risks(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Mean squares of the student less the best strong predictor; averaged over label noise and the target."""
    made, k, x, response = _trained(rng, point, size, draws)
    error = response @ x @ made.B_w - made.B_s
    bias = ((made.strong @ error @ made.moment) * error).sum((1, 2))
    return np.asarray(bias + k["sigma2"] * _squares(response, made.strong))


def shape(point: Mapping[str, Any], size: int) -> dict[str, float]:
    """All letters of the claims and their rivals at one size."""
    f, k = features(point, size), numbers(point, size)
    kappa, Omega = effective_with_ridge(np.linalg.eigvalsh(f.weak), k["n"], k["lam"])
    kappa_s, Omega_s = effective_with_ridge(np.linalg.eigvalsh(f.strong), k["N"], k["mu"])
    eye, C = np.eye(size), f.strong @ f.T
    Q, S = np.linalg.inv(f.weak + kappa * eye), np.linalg.inv(f.strong + kappa_s * eye)
    noise = f.weak @ Q @ Q / k["n"]
    u = Q @ f.weak @ f.B_w
    signal, off = u @ f.moment @ u.T, S @ C @ u - f.B_s

    def fits(cross: np.ndarray, moment: np.ndarray) -> tuple[float, float]:
        first, second = cross.T @ S @ f.strong @ S @ cross, cross.T @ S @ cross
        return float(np.trace(first @ moment)), float(np.trace(second @ moment))

    (F, G), (F_x, G_x), (F_u, G_u) = fits(C, noise), fits(C.T, noise), fits(C, signal)
    return {
        **k, "tau2": k["sigma2"], "kappa": kappa, "kappa_s": kappa_s,
        "Omega": Omega, "Omega_s": Omega_s, "F": F, "G": G, "F_x": F_x, "G_x": G_x,
        "B": float(np.trace(f.strong @ off @ f.moment @ off.T)),
        "L": float(np.trace(f.weak @ signal)) - 2 * G_u + F_u,
        "D": kappa**2 * float(np.trace(f.B_w.T @ Q @ f.weak @ Q @ f.B_w @ f.moment)),
    }  # fmt: skip


def values_of_noise(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """What the names of the student's response to noise are at one size."""
    f = features(point, size)
    return {"Sigma_s": f.strong, "Sigma_w": f.weak, "C": f.strong @ f.T, **numbers(point, size)}


def values_of_risk(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """What the names of the student's risk are at one size."""
    f, given = features(point, size), values_of_noise(point, size)
    noise = given.pop("sigma2")
    return {**given, "tau2": noise, "B_w": f.B_w, "B_s": f.B_s, "one": f.moment}
