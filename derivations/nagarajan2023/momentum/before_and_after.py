"""What the progress on direction 2 gains before the teacher stops, and after."""

from __future__ import annotations

import sympy as sp

from derivations.nagarajan2023.letters import T, t, t_s, x
from derivations.nagarajan2023.momentum.growth import ELASTICITY, moving
from derivations.nagarajan2023.momentum.hyperbolic import POSITIVE
from derivations.nagarajan2023.momentum.letters import (
    BEFORE,
    MOMENTUM,
    NOT_SHORTER,
    OVERDAMPED,
    RATES,
    alpha,
    ball,
    beta,
    c,
    d,
    elasticity,
    rate,
    s_2,
    t_e,
)
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Precision


# At late times both sides are 0 to thousands of digits.
def early(last: sp.Expr, damping: sp.Expr = c) -> Precision:
    """Numbers at times of which the last one, counted in 1/c, is below 6."""
    return Precision(within=(Condition(damping * last, "<", 6, "look at early times"),))


def gain(delta: sp.Expr, since: sp.Expr, until: sp.Expr) -> sp.Expr:
    """What the logarithm of the progress gains between two times."""
    return sp.log(ball(delta, until)) - sp.log(ball(delta, since))


BEFORE_T = Claim(
    "balls_gain_less_before_a_time",
    "Before the time $T$ at which the teacher stops, the logarithm of an overdamped ball's progress on direction "
    "2 gains less than $E(T)$ times what that on direction 1 gains, where $E$ is the elasticity of the one in the "
    "other.",
    Compare(gain(beta, t, T), "<", elasticity(T) * gain(alpha, t, T)),
    Domain((alpha, beta, c, T, t), (RATES, OVERDAMPED, BEFORE)),
    MOMENTUM,
    (
        moving(Derivation(gain(beta, t, T)), t, T).slope(
            "<", elasticity(T) * gain(alpha, t, T), t, T, -rate(alpha, t) / ball(alpha, t), using=ELASTICITY
        ),
        early(T),
    ),
    rivals=(
        Compare(gain(beta, t, T), ">", elasticity(T) * gain(alpha, t, T)),
        elasticity(t) * gain(alpha, t, T),
    ),
)
AFTER_T = Claim(
    "balls_gain_more_after_a_time",
    "After the time $T$ at which the teacher stops, the logarithm of an overdamped ball's progress on direction 2 "
    "gains more than $E(T)$ times what that on direction 1 gains, where $E$ is the elasticity of the one in the "
    "other.",
    Compare(elasticity(T) * gain(alpha, t_s, t_e), "<", gain(beta, t_s, t_e)),
    Domain(
        (alpha, beta, c, T, t_s, t_e),
        (
            RATES,
            OVERDAMPED,
            NOT_SHORTER,
            Condition(t_s, "<", t_e, "take a later time"),
        ),
    ),
    MOMENTUM,
    (
        moving(Derivation(elasticity(T) * gain(alpha, t_s, t_e)), T, t_s, t_e).slope(
            "<",
            gain(beta, t_s, t_e),
            t_e,
            t_s,
            rate(alpha, t_e) / ball(alpha, t_e),
            using=ELASTICITY,
            t=T,
            T=t_e,
        ),
        early(t_e),
    ),
    rivals=(
        Compare(elasticity(T) * gain(alpha, t_s, t_e), ">", gain(beta, t_s, t_e)),
        Compare(elasticity(t_e) * gain(alpha, t_s, t_e), "<", gain(beta, t_s, t_e)),
    ),
)
_beta, _c = alpha + d, alpha + d + s_2
LATER = Condition(x, "<", 1, "take a time after $T$")
_slope_at_T = elasticity(T).xreplace({beta: _beta, c: _c})
_late = T - sp.log(x)


def in_powers(expression: sp.Expr) -> sp.Expr:
    """The expression with x^k for exp(k log x): it is zero at x = 0 for positive k."""

    def split(node: sp.Expr) -> sp.Expr:
        exponent = sp.expand(node.args[0])
        power = exponent.coeff(sp.log(x))
        return sp.exp(sp.expand(exponent - power * sp.log(x))) * x**power

    return expression.replace(lambda node: isinstance(node, sp.exp) and node.has(sp.log), split)


POSITIVE_LATE = Claim(
    "overdamped_ball_moves_forward_in_powers",
    r"An overdamped ball with slower rate $s_2$ has made positive progress at every time $T - \log x$ with $x \in "
    r"(0, 1)$, that is, at every time after $T$.",
    Compare(0, "<", in_powers(ball(alpha, _late, alpha + s_2))),
    Domain((alpha, s_2, T, x), (LATER,)),
    MOMENTUM,
    (
        Derivation(sp.Integer(0)).using(
            POSITIVE, "<", in_powers(ball(alpha, _late, alpha + s_2)), c=alpha + s_2, t=_late
        ),
        Precision(),
    ),
    rivals=(Compare(0, ">", in_powers(ball(alpha, _late, alpha + s_2))),),
)
_late_1, _late_2 = (in_powers(ball(delta, _late, _c)) for delta in (alpha, _beta))
FOREVER = Claim(
    "balls_gain_more_in_all_time_to_come",
    r"For all $t = T - \log x > T$, the logarithm of an overdamped ball's progress on direction 2 gains from $t$ "
    r"to infinity more than $E(T)$ times what that on direction 1 gains, where $E$ is the elasticity of the one "
    r"in the other.",
    Compare(-_slope_at_T * sp.log(_late_1), "<", -sp.log(_late_2)),
    Domain((alpha, d, s_2, T, x), (LATER,)),
    MOMENTUM,
    (
        moving(Derivation(-_slope_at_T * sp.log(_late_1)), T, two=_beta, damping=_c)
        .knowing(POSITIVE_LATE, s_2=d + s_2)
        .knowing(POSITIVE_LATE, alpha=_beta)
        .slope(
            "<",
            -sp.log(_late_2),
            x,
            0,
            in_powers(rate(alpha, _late, _c)) / _late_1 / x,
            using=ELASTICITY,
            beta=_beta,
            c=_c,
            t=T,
            T=_late,
        ),
        Precision(
            within=(
                Condition(_c, "<", 3),
                Condition(T, "<", 3),
                Condition(x, ">", sp.Rational(1, 50)),
            )
        ),
    ),
    rivals=(
        Compare(-_slope_at_T * sp.log(_late_1), ">", -sp.log(_late_2)),
        -sp.log(_late_1),
    ),
)
_soon = t_s + 1
REST = Claim(
    "balls_gain_more_in_what_is_left",
    "For all times that are not before $T$, the logarithm of an overdamped ball's progress on direction 2 has "
    "more than $E(T)$ times as much left to gain as that on direction 1, where $E$ is the elasticity of the one "
    "in the other.",
    Compare(-elasticity(T) * sp.log(ball(alpha, t_s)), "<", -sp.log(ball(beta, t_s))),
    Domain((alpha, beta, c, T, t_s), (RATES, OVERDAMPED, NOT_SHORTER)),
    MOMENTUM,
    (
        moving(Derivation(-elasticity(T) * sp.log(ball(alpha, t_s))), T, t_s, _soon)
        .using(
            AFTER_T,
            "<",
            gain(beta, t_s, _soon) - elasticity(T) * sp.log(ball(alpha, _soon)),
            t_e=_soon,
        )
        .using(FOREVER, "<", -sp.log(ball(beta, t_s)), d=beta - alpha, s_2=c - beta, x=sp.exp(T - _soon)),
        early(t_s),
    ),
    rivals=(
        Compare(-elasticity(T) * sp.log(ball(alpha, t_s)), ">", -sp.log(ball(beta, t_s))),
        -sp.log(ball(beta, t_s)) / 2,
    ),
)
