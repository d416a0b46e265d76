"""Scaling laws of knowledge distillation on power-law spectra: Ildiz, Gozeten, Taga, Mondelli, Oymak (ICLR 2025).

Setting: eigenvalues lam_i = i^-alpha (alpha > 1) for i = 1, 2, ... without end, a signal with lam_i b_i^2 = i^-beta
(beta > 1), no label noise. tau solves sum_i 1/(1 + tau i^alpha) = n; with x = tau i^alpha, zeta_i = x/(1+x). What
follows is about the deterministic equivalents of the risks: the target trained on true labels (standard), on labels of
the optimal surrogate, on labels of the optimal 0-1 mask of the truth. Throughout s = (beta - 1)/alpha.

A sum over i is an integral over x: sum_i i^-beta f(tau i^alpha) ~ (tau^s / alpha) int_0^oo f(x) x^(-s-1) dx. The
integrals are proved from one cited integral by substitution and by parts. The limits are confirmed by extrapolation
from proven values at n up to 10^12; that the corrections are powers of n is assumed there, not proved.
"""

from __future__ import annotations

from derivations.ildiz2025.scaling.exponents import AT_LEAST, AT_MOST, EXPONENTS
from derivations.ildiz2025.scaling.integrals import INTEGRALS
from derivations.ildiz2025.scaling.ridge_laws import NOISE, OMEGA, OMEGA_NEXT, RIDGE, TAU, TAU_AT_HALF, TAU_AT_TWO
from derivations.ildiz2025.scaling.risk_laws import (
    CRITICAL_OPTIMAL,
    CRITICAL_STANDARD,
    GAIN,
    GAIN_AT_ONE,
    GAIN_CONSTANT,
    MASK_GAIN,
    OPTIMAL_RISK,
    RISKS,
    STANDARD_RISK,
    STEEP_GAIN,
    STEEP_OPTIMAL,
    STEEP_STANDARD,
)
from derivations.ildiz2025.scaling.sums import SUM_OF_DEGREES, SUM_OF_OPTIMAL, SUM_OF_STANDARD, SUMS
from w2s_sym import Claim

SECTIONS: tuple[tuple[str, tuple[Claim, ...]], ...] = (
    ("Integrals of the scaling laws", INTEGRALS),
    ("From sums to integrals", SUMS),
    ("Scaling of the effective ridge", RIDGE),
    ("Scaling of the risks", RISKS),
    ("The exponent stays", EXPONENTS),
)
CLAIMS = tuple(claim for _, claims in SECTIONS for claim in claims)
