"""Letters and sources of the claims on self-distillation on the same sample.

Setting. Ridge regression with the penalty lam on a fixed design X (not divided by the number of rows): on an
eigenvector of X'X with the eigenvalue s the teacher keeps the share a = s/(s + lam) of the least-squares coefficient,
whose mean is b and whose variance is sigma2/s. The student is the same ridge regression on the same X, trained on the
labels (1 - xi) y + xi X w_teacher: it keeps the share a - xi a (1 - a). The mixing weight xi may be any real number.

A direction counts with a weight h in the test error: h = 1 is the error of the coefficients, h = s the error of
prediction on the design itself, and any other h that of test points whose covariance has the same eigenvectors.
"""

from __future__ import annotations

import sympy as sp

from derivations.classics.one_direction import b, h, s
from w2s_sym import Source, any_spectrum, symbol, total

_KEY = "pareek2024"
_UNSEEN = "; as restated here, not checked against the printed text"
PAREEK = Source(
    key=_KEY,
    authors="D. Pareek, S. S. Du, S. Oh",
    title="Understanding the Gains from Repeated Self-Distillation",
    year=2024,
    venue="Neural Information Processing Systems (NeurIPS)",
    arxiv="2407.04600",
    trust="recalled",
)
DAS = Source(
    key=_KEY,
    authors="R. Das, S. Sanghavi",
    title="Understanding Self-Distillation in the Presence of Label Noise",
    year=2023,
    venue="International Conference on Machine Learning (ICML)",
    arxiv="2301.13304",
    trust="recalled",
)
DANG = Source(
    key=_KEY,
    authors="H. Dang, P. Patil, A. Rinaldo",
    title="Optimal Unconstrained Self-Distillation in Ridge Regression: Strict Improvements, Precise Asymptotics, and "
    "One-Shot Tuning",
    year=2026,
    venue="International Conference on Machine Learning (ICML)",
    arxiv="2602.17565",
    trust="recalled",
)


def unseen(source: Source, place: str) -> Source:
    """The source at a place as restated here; not checked against the printed text."""
    return source.at(place + _UNSEEN)


lam = symbol("lam", "penalty of the ridge regression", r"\lambda", positive=True)
sigma2 = symbol("sigma2", "variance of the label noise", r"\sigma^2", positive=True)
xi = symbol("xi", "weight of the teacher's predictions in the student's labels", r"\xi", real=True)
c = symbol("c", "share of the least-squares coefficient that is kept on a direction", real=True)

S = any_spectrum(
    "S",
    r"the directions: eigenvalue of $X^\top X$, coefficient of the truth, weight in the test "
    r"error",
    s,
    b,
    h,
)

share = s / (s + lam)


def student_share(kept: sp.Expr, weight: sp.Expr) -> sp.Expr:
    """What a student keeps of the least-squares coefficient when its teacher keeps ``kept``, with the same penalty."""
    return kept - weight * kept * (1 - kept)


def risk(kept: sp.Expr) -> sp.Expr:
    """Mean squared error on a direction, with its weight, when the share ``kept`` of the coefficient is kept."""
    return h * ((1 - kept) ** 2 * b**2 + kept**2 * sigma2 / s)


teacher_risk = total(risk(share), S)
# Minus half the slope of the risk in xi at 0, and half its second derivative.
pull = total(h * s * lam * (sigma2 - lam * b**2) / (s + lam) ** 3, S)
stiffness = total(h * s * lam**2 * (s * b**2 + sigma2) / (s + lam) ** 4, S)
best = total(h * sigma2 * b**2 / (s * b**2 + sigma2), S)
