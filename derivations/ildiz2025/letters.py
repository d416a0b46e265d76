"""Letters of Ildiz et al. 2025 that several of its files share.

Setting. Points x ~ N(0, Sigma) with eigenvalues lam_i. The truth has the coefficient b_i on the i-th eigenvector, the
*surrogate*, which labels n points (with noise of variance sigma2), has g_i. The *target* is the shortest vector that
interpolates the n labels, n < rank Sigma. Its risk is the mean squared error on a fresh point, without label noise.

Symbols. The effective ridge tau solves sum_i lam_i/(lam_i + tau) = n. Each direction is learnt to the share
u_i = lam_i/(lam_i + tau) and left out to zeta_i = 1 - u_i; Omega = (1/n) sum_i u_i^2.
"""

from __future__ import annotations

import sympy as sp

from w2s_sym import Condition, Equation, Source, any_spectrum, letters, symbol, total

PAPER = Source(
    key="ildiz2025",
    authors="M. E. Ildiz, H. A. Gozeten, E. O. Taga, M. Mondelli, S. Oymak",
    title="High-dimensional Analysis of Knowledge Distillation: Weak-to-Strong Generalization and Scaling Laws",
    year=2025,
    venue="International Conference on Learning Representations (ICLR)",
    arxiv="2410.18837",
)

sigma2 = letters.sigma2
lam = symbol("lam", "an eigenvalue of the covariance", r"\lambda_i", positive=True)
b = symbol("b", "coefficient of the truth on an eigenvector", r"\beta_i", real=True)
g = symbol("g", "coefficient of the surrogate on an eigenvector", r"\beta^s_i", real=True)
tau = symbol("tau", "effective ridge of the ridgeless target", r"\tau", positive=True)
Omega = symbol(
    "Omega",
    r"the sum of the squared shares $(\lambda_i/(\lambda_i + \tau))^2$, divided by $n$",
    r"\Omega",
    positive=True,
)
n = symbol("n", "number of labelled samples, as a real number", positive=True)
S = any_spectrum("S", r"the spectrum of $\Sigma$ with the truth $\beta$ on it", lam, b)


def fixed_point(over: sp.Symbol) -> Equation:
    """The equation of the effective ridge on a spectrum."""
    return Equation(tau, total(lam / (lam + tau), over) - n)


def omega(over: sp.Symbol) -> Equation:
    """The definition of Omega on a spectrum."""
    return Equation(Omega, total((lam / (lam + tau)) ** 2, over) / n - Omega)


def samples(over: sp.Symbol) -> Equation:
    """The same equation read the other way: the number of samples whose effective ridge is tau."""
    return Equation(n, total(lam / (lam + tau), over) - n)


def below_rank(over: sp.Symbol) -> Condition:
    """There are fewer samples than eigenvalues: then the effective ridge exists."""
    return Condition(n, "<", total(1, over), "take fewer samples than the covariance has eigenvalues")


FIXED_POINT = fixed_point(S)
OMEGA = omega(S)
SG = any_spectrum(
    "S_g", r"the spectrum of $\Sigma$ with the truth $\beta$ and the surrogate $\beta^s$ on it", lam, b, g
)
GIVEN, GIVEN_G = (FIXED_POINT, OMEGA), (fixed_point(SG), omega(SG))
# Where derivatives in tau are taken, tau is free and n follows from it.
ALONG = (samples(S), OMEGA)
BELOW_RANK = below_rank(S)
BELOW_ONE = Condition(Omega, "<", 1, r"$\Omega < 1$ whenever $n$ is below the rank: see omega_is_below_one")

u, zeta = lam / (lam + tau), tau / (lam + tau)
p = total(1, S)


def surrogate_risk(of: sp.Expr, over: sp.Symbol) -> sp.Expr:
    """The equivalent of the target's risk when the labels come from the surrogate ``of`` (result of the paper)."""
    return total(lam * (u * of - b) ** 2, over) + Omega * (sigma2 + total(lam * zeta**2 * of**2, over)) / (1 - Omega)


standard_risk = (total(lam * zeta**2 * b**2, S) + Omega * sigma2) / (1 - Omega)
