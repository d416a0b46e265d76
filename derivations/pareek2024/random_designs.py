"""Self-distillation on the same sample in the proportional limit: the student's risk for every covariance.

Rows are N(0, Sigma), the penalty lam is that of X'X/n, and the risk is that of a fresh point, without label noise.
Each eigenvalue ell of Sigma is learnt to the share u = ell/(ell + kappa) and left out to zeta = 1 - u, where kappa is
the effective ridge; Omega = (1/n) sum u^2.

Two ridge regressions on one sample, with the effective ridges kappa_1 and kappa_2, have the joint risk
(sigma2 + sum ell zeta_1 zeta_2 b^2)/(1 - (1/n) sum u_1 u_2) - sigma2. The student is the teacher moved along its ridge
path, so its risk is made of derivatives of this in the two ridges: no fourth-order theory is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from derivations.classics.designs import effective_with_ridge
from derivations.pareek2024.letters import DANG, lam, sigma2, unseen, xi
from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Equation,
    Mean,
    Precision,
    Simulation,
    any_spectrum,
    equivalents,
    letters,
    symbol,
    total,
)

n = letters.n
ell = symbol("ell", "an eigenvalue of the covariance", r"\ell", positive=True)
beta = symbol("b", "coefficient of the truth on an eigenvector of the covariance", r"\beta", real=True)
kappa = symbol("kappa", "effective ridge", r"\kappa", positive=True)
Omega = symbol("Omega", "the sum of the squared shares, divided by $n$", r"\Omega", positive=True)
S_x = any_spectrum("S_x", "the spectrum of the covariance with the truth on it", ell, beta)
u, zeta = ell / (ell + kappa), kappa / (ell + kappa)

EFFECTIVE = Equation(kappa, total(u, S_x) + n * lam / kappa - n)
OMEGA = Equation(Omega, total(u**2, S_x) / n - Omega)
BELOW_ONE = Condition(Omega, "<", 1, r"$\Omega < 1$ whenever there is a penalty")
LIMIT = unseen(DANG, "risk asymptotics for anisotropic covariances")

# Numerator and denominator of the joint risk, and kappa times their derivatives in one ridge, kappa^2 times in both.
_top, _top_1, _top_2 = (
    sigma2 + total(ell * zeta**2 * beta**2, S_x),
    total(ell * u * zeta**2 * beta**2, S_x),
    total(ell * u**2 * zeta**2 * beta**2, S_x),
)
_omega_1, _omega_2 = -total(u**2 * zeta, S_x) / n, total(u**2 * zeta**2, S_x) / n
ridge_risk = _top / (1 - Omega) - sigma2
half_slope = (_top_1 + _top * _omega_1 / (1 - Omega)) / (1 - Omega)
length = (
    _top_2 + (2 * _top_1 * _omega_1 + _top * _omega_2) / (1 - Omega) + 2 * _top * _omega_1**2 / (1 - Omega) ** 2
) / (1 - Omega)
_reach = lam / (kappa * (1 - Omega))
student_risk = ridge_risk + 2 * xi * _reach * half_slope + xi**2 * _reach**2 * length

_four = {"ell": np.array([4.0, 1.0, 0.5, 0.1]), "b": np.array([0.5, -1.0, 1.5, 2.0])}


def _draw(_: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Four other levels with a truth on them, a penalty, a weight and a noise."""
    levels = {"ell": np.exp(rng.uniform(-1, 1, 4)), "b": rng.choice((-1.0, 1.0), 4) * rng.uniform(0.5, 2, 4)}
    return {
        "levels": levels,
        "penalty": rng.uniform(0.1, 0.2),
        "weight": rng.uniform(-1, -0.6),
        "noise": rng.uniform(0.3, 0.6),
    }


def _shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """Four levels, each size/4 times, with a truth of fixed length, and as many samples."""
    held, samples = point.get("levels", _four), size
    along = {"ell": np.repeat(held["ell"], size // 4), "b": np.repeat(held["b"], size // 4) / np.sqrt(size)}
    penalty = float(point.get("penalty", 0.2))
    root, kept = effective_with_ridge(along["ell"], samples, penalty)
    return {
        "S_x": along,
        "n": samples,
        "lam": penalty,
        "kappa": root,
        "Omega": kept,
        "sigma2": float(point.get("noise", 0.5)),
        "xi": float(point.get("weight", -1.0)),
    }


def student_risks(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of students, one for each draw of the design; averaged over the noise and the signs of the truth."""
    held, samples, penalty, weight = point["S_x"], int(point["n"]), point["lam"], point["xi"]
    x = rng.standard_normal((draws, samples, size)) * np.sqrt(held["ell"])
    turned = x.transpose(0, 2, 1) / samples
    gram = turned @ x
    inverse = np.linalg.inv(gram + penalty * np.eye(size))
    student = inverse @ ((1 - weight) * turned + weight * gram @ inverse @ turned)
    bias = (student @ x - np.eye(size)) ** 2 @ held["b"] ** 2 @ held["ell"]
    return np.asarray(bias + point["sigma2"] * (student**2).sum(2) @ held["ell"])


def student_equivalent() -> equivalents.Equivalent:
    """The engine's equivalent of the student's risk, derived from two ridge regressions on one sample; own = 1 - xi."""
    rows, p = equivalents.sizes("n p")
    Sigma = equivalents.covariance("Sigma", p)
    X, truth = equivalents.design("X", rows, Sigma), equivalents.truth("beta", p)
    y, own = X @ truth + equivalents.noise("sigma2", rows), equivalents.parameter("own")
    teacher = equivalents.ridge(X, y, "lam")
    student = equivalents.ridge(X, own * y + (1 - own) * (X @ teacher), "lam")
    return equivalents.excess_risk(student, truth, under=Sigma)


STUDENT = Claim(
    "risk_of_a_student_on_the_same_random_sample",
    r"In the limit, the student of a ridge teacher on the same sample has the mean risk $R + 2 \xi t J_1 + \xi^2 "
    r"t^2 J_2$, where $R$ is the teacher's, $t = \lambda/(\kappa (1 - \Omega))$, and $J_1$ and $J_2$ are $\kappa$ "
    r"and $\kappa^2$ times the derivatives of the joint risk of two ridges in one effective ridge and in both.",
    Compare(
        Mean(
            symbol("R_student", "mean risk of the student", r"\mathbb{E}R_{\xi}", real=True),
            "mean risk of a ridge student trained on labels mixed with its ridge teacher's predictions on one sample",
        ),
        "=",
        student_risk,
    ),
    Domain(
        (S_x, n, lam, kappa, Omega, sigma2, xi),
        (BELOW_ONE, Condition(xi, "<=", 1, "give labels a weight of at least 0")),
    ),
    LIMIT,
    (
        equivalents.FromEstimator(
            student_equivalent(),
            {"Sigma": ell, "beta": beta},
            {"m1": lam / kappa, "tr(Sigma Q1)": n * (kappa / lam - 1)},
            {"own": 1 - xi},
        ),
        Simulation(student_risks, sizes=(8, 16, 32), shape=_shape, realise=_draw, batch=2048),
    ),
    kind="equivalent",
    given=(EFFECTIVE, OMEGA),
    rivals=(
        ridge_risk + xi * _reach * half_slope + xi**2 * _reach**2 * length,
        ridge_risk + 2 * xi * _reach * half_slope + xi**2 * _reach**2 * _top_2 / (1 - Omega),
        ridge_risk + 2 * xi * lam / kappa * half_slope + xi**2 * (lam / kappa) ** 2 * length,
        ridge_risk - 2 * xi * _reach * half_slope + xi**2 * _reach**2 * length,
    ),
    remark=r"The best weight is $-J_1/(t J_2)$, and gains $J_1^2/J_2$. $J_1 = (B_1 + B w_1/(1 - \Omega))/(1 - "
    r"\Omega)$ with $B = \sigma^2 + \sum \ell \zeta^2 \beta^2$, $B_1 = \sum \ell u \zeta^2 \beta^2$ and "
    r"$w_1 = -(1/n) \sum u^2 \zeta$. The risk of every draw is a parabola in $\xi$, so that the formula "
    r"does not end at $\xi = 1$.",
)
_kept = total(u**2, S_x) / n
_along = _top / (1 - _kept) - sigma2
_penalty = kappa - total(ell - ell**2 / (ell + kappa), S_x) / n
SLOPE = Claim(
    "linear_term_of_the_student_is_the_teachers_slope",
    r"Along the fixed-point equation the derivative of the limiting risk of a ridge teacher in $\lambda$ is $2 "
    r"J_1/(\kappa (1 - \Omega))$, where $J_1$ is $\kappa$ times the derivative of the joint risk of two ridges in "
    r"one effective ridge: in the limit, too, the best weight has the sign of minus the risk's slope in the "
    r"penalty.",
    Compare(sp.Derivative(_along, kappa) / sp.Derivative(_penalty, kappa), "=", 2 * half_slope / (kappa * (1 - Omega))),
    Domain(
        (S_x, n, kappa, Omega, sigma2),
        (BELOW_ONE, Condition(total(u**2, S_x), "<", n, r"$\Omega < 1$ once more: take more samples")),
    ),
    LIMIT,
    (Derivation(sp.Derivative(_along, kappa) / sp.Derivative(_penalty, kappa)).differentiate(), Precision()),
    given=(OMEGA,),
    rests_on=(STUDENT,),
    rivals=(half_slope / (kappa * (1 - Omega)), 2 * half_slope / kappa, 2 * _top_1 / (kappa * (1 - Omega) ** 2)),
    remark=r"The penalty as a function of $\kappa$ is $\kappa - (1/n) \sum \kappa u$, and its derivative is $1 - "
    r"\Omega$.",
)

CLAIMS = (STUDENT, SLOPE)
