"""The optimal surrogate never changes the exponent."""

from __future__ import annotations

import sympy as sp

from derivations.ildiz2025.letters import Omega
from derivations.ildiz2025.scaling.integrals import optimal_summand
from derivations.ildiz2025.scaling.letters import LAWS, u
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Precision

_PART = Domain((Omega, u), (Condition(Omega, "<", sp.Integer(1)), Condition(u, "<", sp.Integer(1))))
_weight = (1 - Omega) * u**2 + Omega * (1 - u) ** 2
_ratio = optimal_summand / ((1 - u) ** 2 / (1 - Omega))
AT_LEAST = Claim(
    "no_direction_gains_more_than_a_factor_that_omega_bounds",
    r"In every direction the optimal surrogate's share of the risk is at least $\Omega (1 - \Omega)$ times the "
    r"standard target's.",
    Compare(_ratio, ">=", Omega * (1 - Omega)),
    _PART,
    LAWS,
    (
        Derivation(_ratio)
        .rewrite(Omega * (1 - Omega) / _weight)
        .bound(
            ">=",
            Omega * (1 - Omega),
            by=-Omega * (1 - Omega) * ((1 - Omega) * (1 - u) * (1 + u) + Omega * u * (2 - u)) / _weight,
        ),
        Precision(),
    ),
    rivals=(Compare(_ratio, ">=", Omega), Compare(_ratio, ">=", sp.Integer(1))),
    remark=r"Summed over all directions, on any spectrum and for any signal: $R_{\mathrm{opt}} \ge \Omega (1 - "
    r"\Omega) R_{\mathrm{std}}$ without label noise. As $\Omega$ tends to $(\alpha - 1)/\alpha$, the "
    r"quotient stays above $(\alpha - 1)/\alpha^2$ in the limit: the surrogate never changes the exponent, "
    r"nor the logarithm.",
)
AT_MOST = Claim(
    "no_direction_loses_by_the_optimal_surrogate",
    "In every direction the optimal surrogate's share of the risk is at most the standard target's.",
    Compare(_ratio, "<=", sp.Integer(1)),
    _PART,
    LAWS,
    (
        Derivation(_ratio)
        .rewrite(Omega * (1 - Omega) / _weight)
        .bound("<=", sp.Integer(1), by=(u - Omega) ** 2 / _weight),
        Precision(),
    ),
    rivals=(Compare(_ratio, "<=", 1 - Omega), Compare(_ratio, "<", sp.Integer(1))),
    remark=r"With equality exactly at $u = \Omega$.",
)
EXPONENTS = (AT_LEAST, AT_MOST)
