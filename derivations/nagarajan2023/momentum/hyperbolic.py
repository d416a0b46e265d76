"""Facts of hyperbolic functions, in exponentials."""

from __future__ import annotations

import sympy as sp

from derivations.nagarajan2023.letters import t
from derivations.nagarajan2023.momentum.letters import (
    MOMENTUM,
    ONE_OVERDAMPED,
    RATES,
    alpha,
    ball,
    beta,
    c,
    coth,
    half_csch,
    odd,
    rate,
    z,
)
from w2s_sym import Claim, Compare, Derivation, Domain, Precision

EQUATION = Claim(
    "overdamped_ball_in_closed_form",
    r"The progress $a$ of an overdamped heavy ball solves $a'' + 2c a' = \lambda (1 - a)$ with $\lambda = c^2 - "
    r"\alpha^2$.",
    Compare(
        sp.Derivative(ball(alpha, t), (t, 2)) + 2 * c * sp.Derivative(ball(alpha, t), t),
        "=",
        (c**2 - alpha**2) * (1 - ball(alpha, t)),
    ),
    Domain((alpha, c, t), (ONE_OVERDAMPED,)),
    MOMENTUM,
    (
        Derivation(sp.Derivative(ball(alpha, t), (t, 2)) + 2 * c * sp.Derivative(ball(alpha, t), t))
        .differentiate()
        .rewrite((c**2 - alpha**2) * (1 - ball(alpha, t))),
        Precision(),
    ),
    rivals=((c**2 - alpha**2) * ball(alpha, t), (c**2 + alpha**2) * (1 - ball(alpha, t))),
    remark="It starts from rest: $a$ and $a'$ vanish at $t = 0$.",
)
SINH = Claim(
    "sinh_lies_above_its_tangent",
    "For $z > 0$, $2z$ is below $e^z - e^{-z}$.",
    Compare(2 * z, "<", sp.exp(z) - sp.exp(-z)),
    Domain((z,)),
    MOMENTUM,
    (Derivation(2 * z).slope("<", sp.exp(z) - sp.exp(-z), z, 0, sp.exp(z) * (1 - sp.exp(-z)) ** 2), Precision()),
    rivals=(2 * z * sp.exp(-z), sp.exp(z) - 1),
)
TANH = Claim(
    "tanh_lies_below_its_tangent",
    "For $z > 0$, $e^z - e^{-z}$ is below $z(e^z + e^{-z})$.",
    Compare(sp.exp(z) - sp.exp(-z), "<", z * (sp.exp(z) + sp.exp(-z))),
    Domain((z,)),
    MOMENTUM,
    (
        Derivation(sp.exp(z) - sp.exp(-z)).slope(
            "<", z * (sp.exp(z) + sp.exp(-z)), z, 0, z * sp.exp(z) * (1 - sp.exp(-2 * z))
        ),
        Precision(),
    ),
    rivals=(2 * z, z * sp.exp(z)),
)
_PAIR = Domain((alpha, beta, t), (RATES,))
RATIO_GROWS = Claim(
    "ratio_of_rates_of_balls_grows",
    r"The rate of an overdamped ball on direction 2, over that on direction 1, grows with time: its log-slope, "
    r"$\beta \coth(\beta t) - \alpha \coth(\alpha t)$, is positive.",
    Compare(coth(alpha, t), "<", coth(beta, t)),
    _PAIR,
    MOMENTUM,
    (
        Derivation(coth(alpha, t)).slope(
            "<",
            coth(beta, t),
            alpha,
            beta,
            -sp.exp(-2 * alpha * t) / odd(alpha, t) ** 2,
            using=SINH,
            z=2 * alpha * t,
        ),
        Precision(),
    ),
    rivals=(Compare(coth(alpha, t), ">", coth(beta, t)), coth(beta, 2 * t)),
)
RATIO_CONVEX = Claim(
    "log_slope_of_that_ratio_grows",
    r"The log-slope of an overdamped ball's rate on direction 2 over that on direction 1 grows with time: "
    r"$\beta/\sinh(\beta t)$ is below $\alpha/\sinh(\alpha t)$.",
    Compare(half_csch(beta, t), "<", half_csch(alpha, t)),
    _PAIR,
    MOMENTUM,
    (
        Derivation(half_csch(beta, t)).slope(
            "<",
            half_csch(alpha, t),
            alpha,
            beta,
            -sp.exp(-2 * alpha * t) / odd(alpha, t) ** 2,
            using=TANH,
            z=alpha * t,
        ),
        Precision(),
    ),
    rivals=(Compare(half_csch(beta, t), ">", half_csch(alpha, t)), half_csch(alpha, 2 * t)),
    remark=r"The derivative of $\beta \coth(\beta t) - \alpha \coth(\alpha t)$ is the difference of their squares.",
)
cosh_alpha = (sp.exp(alpha * t) + sp.exp(-alpha * t)) / 2
sinh_alpha = (sp.exp(alpha * t) - sp.exp(-alpha * t)) / 2
LOG_CONCAVE = Claim(
    "progress_of_a_ball_is_log_concave",
    r"The progress of an overdamped ball over its rate grows with time: $\alpha \cosh(\alpha t) - c \sinh(\alpha "
    r"t)$ is below $\alpha e^{-c t}$.",
    Compare(alpha * cosh_alpha - c * sinh_alpha, "<", alpha * sp.exp(-c * t)),
    Domain((alpha, c, t), (ONE_OVERDAMPED,)),
    MOMENTUM,
    (
        Derivation(alpha * cosh_alpha - c * sinh_alpha).slope(
            "<",
            alpha * sp.exp(-c * t),
            t,
            0,
            alpha
            * (
                (c - alpha) * sp.exp(alpha * t) * odd(alpha, t) / 2
                + c * sp.exp(-alpha * t) * (1 - sp.exp(-(c - alpha) * t))
            ),
        ),
        Precision(),
    ),
    rivals=(Compare(alpha * cosh_alpha - c * sinh_alpha, ">", alpha * sp.exp(-c * t)), alpha * sp.exp(-2 * c * t)),
    remark=r"The derivative of $a/a'$ is the difference of the two sides over $\sinh(\alpha t) a'$.",
)
POSITIVE = Claim(
    "overdamped_ball_moves_forward",
    "An overdamped ball has made positive progress at every time.",
    Compare(0, "<", ball(alpha, t)),
    Domain((alpha, c, t), (ONE_OVERDAMPED,)),
    MOMENTUM,
    (Derivation(sp.Integer(0)).slope("<", ball(alpha, t), t, 0, rate(alpha, t)), Precision()),
    rivals=(Compare(0, ">", ball(alpha, t)), ball(alpha, t) - sp.exp(-alpha * t)),
)
