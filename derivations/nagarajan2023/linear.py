"""Gradient descent on Gaussian designs against its filters: labels, a teacher, its predictions, a student.

The loops below know no eigenvalue and no filter; the claims are the closed risks of :mod:`w2s_sym.filters`,
direction by direction, with label noise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from derivations.nagarajan2023.letters import sigma2
from w2s_sym import Claim, Compare, Condition, Domain, Mean, Simulation, Source, filters, symbol

PAPER = Source(
    key="nagarajan2023",
    authors="V. Nagarajan, A. K. Menon, S. Bhojanapalli, H. Mobahi, S. Kumar",
    title="On Student-Teacher Deviations in Distillation: Does It Pay to Disobey?",
    year=2023,
    venue="Neural Information Processing Systems (NeurIPS)",
    arxiv="2301.12923",
    trust="recalled",
)

ROWS, WIDTH = 12, 6
_half = sp.Rational(1, 2)
eta = symbol("eta", "step of gradient descent", r"\eta", positive=True)
K = symbol("K", "steps of the teacher", integer=True, positive=True)
k = symbol("k", "steps of the student", integer=True, positive=True)
M = symbol("M", "steps of training on labels, to compare with", integer=True, positive=True)
b = symbol("b", r"coefficient of the truth on one eigenvector of $X^\top X$", real=True)

STUDENT_GAIN = filters.descent(eta, k).on(filters.descent(eta, K)).gain(filters.LAM)


def risk(gain: sp.Expr) -> sp.Expr:
    """Mean squared error of one coefficient: what is not learnt of b, and what is learnt of the noise."""
    return (1 - gain) ** 2 * b**2 + gain**2 * sigma2 / filters.LAM


def descend(x: np.ndarray, y: np.ndarray, step: float, steps: int) -> np.ndarray:
    """Gradient descent on |y - X theta|^2/2 from zero, on stacks (draws, rows, width) and (draws, rows, 1)."""
    theta = np.zeros((len(x), x.shape[2], 1))
    for _ in range(steps):
        theta = theta + step * x.transpose(0, 2, 1) @ (y - x @ theta)
    return theta


def design(rng: np.random.Generator, draws: int, lam: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gaussian X, shape (draws, ROWS, WIDTH), stretched so that X'X has the eigenvalues lam; and its eigenvectors."""
    drawn = rng.standard_normal((draws, ROWS, WIDTH))
    # Eigenvectors of the small square matrix cost a third of a singular value decomposition of many small ones.
    own, basis = np.linalg.eigh(drawn.transpose(0, 2, 1) @ drawn)
    return (drawn @ basis * np.sqrt(lam / own)[:, None, :]) @ basis.transpose(0, 2, 1), basis


def errors(rng: np.random.Generator, point: Mapping[str, Any], draws: int) -> tuple[np.ndarray, np.ndarray]:
    """Errors on the first eigenvector of a student and of M steps on the labels, from the same labels.

    Labels, a teacher of K steps, its predictions, a student of k steps; the other eigenvalues are random.
    """
    lam = rng.uniform(0, 1 / point["eta"], (draws, WIDTH))
    lam[:, 0] = point["lam"]
    x, basis = design(rng, draws, lam)
    truth = rng.standard_normal((draws, WIDTH, 1))
    truth[:, 0] = point["b"]
    y = x @ (basis @ truth) + math.sqrt(point["sigma2"]) * rng.standard_normal((draws, ROWS, 1))
    teacher = descend(x, y, point["eta"], point["K"])
    student = descend(x, x @ teacher, point["eta"], point["k"])
    other = descend(x, y, point["eta"], point.get("M", 0))
    found = [(basis.transpose(0, 2, 1) @ fit - truth)[:, 0, 0] for fit in (student, other)]
    return found[0], found[1]


def squared_error(rng: np.random.Generator, point: Mapping[str, Any], draws: int) -> np.ndarray:
    """The student's squared error."""
    return np.asarray(errors(rng, point, draws)[0] ** 2)


def excess(rng: np.random.Generator, point: Mapping[str, Any], draws: int) -> np.ndarray:
    """The student's squared error less that of training on labels."""
    student, other = errors(rng, point, draws)
    return np.asarray(student**2 - other**2)


def named_mean(name: str, meaning: str, latex: str) -> Mean:
    """A mean that a claim is about."""
    return Mean(symbol(name, meaning, latex, real=True), meaning)


SMALL_STEP = Condition(eta * filters.LAM, "<", 1, "take a smaller step")
LINEAR_RISK = Claim(
    "risk_of_a_student_by_gradient_descent",
    r"The mean squared error of a distilled student on an eigenvector of $X^\top X$ is $(1 - a)^2 b^2 + a^2 "
    r"\sigma^2/\lambda$, where the gain $a$ is that of its own $k$ steps times that of its teacher's $K$ steps.",
    Compare(named_mean("R_dir", "mean squared error of the student on one eigenvector", "R"), "=", risk(STUDENT_GAIN)),
    Domain((filters.LAM, eta, K, k, b, sigma2), (SMALL_STEP,)),
    PAPER.at("linear regression, fixed design", "derived"),
    (
        Simulation(
            squared_error,
            at=(
                {filters.LAM: _half, eta: _half, K: 2, k: 1, b: 2, sigma2: _half},
                {filters.LAM: sp.Rational(1, 3), eta: 2, K: 1, k: 2, b: 1, sigma2: 2},
                {filters.LAM: 2, eta: sp.Rational(1, 5), K: 3, k: 2, b: _half, sigma2: 3},
                *({}, {}),  # two that are drawn
            ),
            batch=2048,
        ),
    ),
    rivals=(
        risk(filters.descent(eta, K).gain(filters.LAM)),
        risk(filters.descent(eta, K + k).gain(filters.LAM)),
        risk(STUDENT_GAIN).subs(sigma2, sigma2 * filters.LAM),
    ),
    remark="Measured by the loop itself on Gaussian designs stretched to given eigenvalues; one step for both.",
)

_student, _labels = STUDENT_GAIN, filters.descent(eta, M).gain(filters.LAM)
_least_squares_risk = b**2 + sigma2 / filters.LAM
LINEAR_EXCESS = Claim(
    "excess_risk_of_a_student_by_gradient_descent",
    r"On an eigenvector of $X^\top X$, the mean squared error of a distilled student minus that of $M$ steps on "
    r"the labels is $(a - m)((a + m)(b^2 + \sigma^2/\lambda) - 2 b^2)$, where $a$ is the student's gain and $m$ "
    r"that of the $M$ steps.",
    Compare(
        named_mean(
            "D_dir", "mean squared error of the student minus that of training on labels, on one eigenvector", "D"
        ),
        "=",
        (_student - _labels) * ((_student + _labels) * _least_squares_risk - 2 * b**2),
    ),
    Domain((filters.LAM, eta, K, k, M, b, sigma2), (SMALL_STEP,)),
    PAPER.at("linear regression, fixed design", "derived"),
    (
        Simulation(
            excess,
            at=(
                # The student wins where there is much noise, and loses where there is little.
                {filters.LAM: _half, eta: _half, K: 2, k: 2, M: 4, b: _half, sigma2: 2},
                {filters.LAM: _half, eta: _half, K: 2, k: 2, M: 4, b: 3, sigma2: sp.Rational(1, 5)},
                {filters.LAM: sp.Rational(1, 3), eta: 2, K: 1, k: 2, M: 1, b: 1, sigma2: 2},
                *({}, {}),  # two that are drawn
            ),
            batch=2048,
        ),
    ),
    rivals=(
        (_student - _labels) * ((_student + _labels) * _least_squares_risk - b**2),
        (_student**2 - _labels**2) * _least_squares_risk,
    ),
    remark=r"So a student that lags wins on a direction where $(a + m)/2$ exceeds $b^2/(b^2 + \sigma^2/\lambda)$, "
    r"and loses otherwise.",
)

CLAIMS = (LINEAR_RISK, LINEAR_EXCESS)
