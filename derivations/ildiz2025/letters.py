"""Letters of Ildiz et al. 2025 that several of its files share."""

from __future__ import annotations

import sympy as sp

from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import Equation
from w2s_sym.formula.letters import sigma2
from w2s_sym.formula.notation import symbol
from w2s_sym.formula.totals import any_spectrum, total

PAPER = Source(
    key="ildiz2025",
    authors="M. E. Ildiz, H. A. Gozeten, E. O. Taga, M. Mondelli, S. Oymak",
    title="High-dimensional Analysis of Knowledge Distillation: Weak-to-Strong Generalization and Scaling Laws",
    year=2025,
    venue="International Conference on Learning Representations (ICLR)",
    arxiv="2410.18837",
)

lam = symbol("lam", "an eigenvalue of the covariance", r"\lambda_i", positive=True)
b = symbol("b", "coefficient of the truth on an eigenvector", r"\beta_i", real=True)
g = symbol("g", "coefficient of the surrogate on an eigenvector", r"\beta^s_i", real=True)
tau = symbol("tau", "effective ridge of the ridgeless target", r"\tau", positive=True)
Omega = symbol("Omega", "(1/n) sum of squared shares", r"\Omega", positive=True)
n = symbol("n", "number of labelled samples, as a real number", positive=True)
S = any_spectrum("S", "the spectrum of Sigma with the truth b on it", lam, b)


def fixed_point(over: sp.Symbol) -> Equation:
    """The equation of the effective ridge on a spectrum."""
    return Equation(tau, total(lam / (lam + tau), over) - n)


def omega(over: sp.Symbol) -> Equation:
    """The definition of Omega on a spectrum."""
    return Equation(Omega, total((lam / (lam + tau)) ** 2, over) / n - Omega)


FIXED_POINT = fixed_point(S)
OMEGA = omega(S)

__all__ = ["FIXED_POINT", "OMEGA", "PAPER", "Omega", "S", "b", "fixed_point", "g", "lam", "n", "omega", "sigma2", "tau"]
