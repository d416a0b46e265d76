"""The elasticity of one ball's progress in the other's grows."""

from __future__ import annotations

import sympy as sp

from derivations.nagarajan2023.letters import T, t
from derivations.nagarajan2023.momentum.hyperbolic import (
    LOG_CONCAVE,
    POSITIVE,
    RATIO_CONVEX,
    RATIO_GROWS,
    cosh_alpha,
    sinh_alpha,
)
from derivations.nagarajan2023.momentum.letters import (
    BEFORE,
    MOMENTUM,
    OVERDAMPED,
    RATES,
    alpha,
    ball,
    beta,
    c,
    coth,
    elasticity,
    half_csch,
    odd,
    rate,
)
from w2s_sym import Claim, Compare, Derivation, Domain, Precision


def moving(
    chain: Derivation, *times: sp.Expr, one: sp.Expr = alpha, two: sp.Expr = beta, damping: sp.Expr = c
) -> Derivation:
    """The derivation, knowing that the progress on both directions is positive at these times."""
    for time in times:
        chain = chain.knowing(POSITIVE, alpha=one, c=damping, t=time).knowing(POSITIVE, alpha=two, c=damping, t=time)
    return chain


_log_slope = coth(beta, t) - coth(alpha, t)
_PAIRS = Domain((alpha, beta, c, t), (RATES, OVERDAMPED))
GROWTH = Claim(
    "elasticity_of_balls_has_positive_slope",
    "For an overdamped ball, the progress on direction 1 times the ratio of the rates exceeds that on direction 2 "
    "by less than the log-slope of the ratio times the product of both progresses over the rate on direction 1.",
    Compare(
        rate(beta, t) * ball(alpha, t) / rate(alpha, t) - ball(beta, t),
        "<",
        _log_slope * ball(alpha, t) * ball(beta, t) / rate(alpha, t),
    ),
    _PAIRS,
    MOMENTUM,
    (
        moving(Derivation(rate(beta, t) * ball(alpha, t) / rate(alpha, t) - ball(beta, t)), t)
        .knowing(RATIO_GROWS)
        .knowing(RATIO_CONVEX)
        .knowing(LOG_CONCAVE)
        .slope(
            "<",
            _log_slope * ball(alpha, t) * ball(beta, t) / rate(alpha, t),
            t,
            0,
            ball(beta, t)
            / rate(alpha, t)
            * (
                4
                * (half_csch(alpha, t) - half_csch(beta, t))
                * (half_csch(alpha, t) + half_csch(beta, t))
                * ball(alpha, t)
                + _log_slope
                * (alpha * sp.exp(-c * t) - alpha * cosh_alpha + c * sinh_alpha)
                * 2
                * sp.exp(-alpha * t)
                / odd(alpha, t)
            ),
            why=r"both sides vanish as $t \to 0$",
        ),
        Precision(),
    ),
    rivals=(
        Compare(
            rate(beta, t) * ball(alpha, t) / rate(alpha, t) - ball(beta, t),
            ">",
            _log_slope * ball(alpha, t) * ball(beta, t) / rate(alpha, t),
        ),
        _log_slope * ball(alpha, t) * ball(beta, t) / (3 * rate(alpha, t)),
    ),
)
ELASTICITY = Claim(
    "elasticity_of_balls_grows_with_time",
    "The elasticity of an overdamped ball's progress on direction 2 in that on direction 1 grows with time.",
    Compare(elasticity(t), "<", elasticity(T)),
    Domain((alpha, beta, c, T, t), (RATES, OVERDAMPED, BEFORE)),
    MOMENTUM,
    (
        moving(Derivation(elasticity(t)), t, T).slope(
            "<", elasticity(T), t, T, -rate(beta, t) / ball(beta, t) ** 2, using=GROWTH
        ),
        Precision(),
    ),
    rivals=(Compare(elasticity(t), ">", elasticity(T)), elasticity(T) / 2),
)
