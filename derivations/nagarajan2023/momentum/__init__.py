"""Overdamped momentum exaggerates too: the theorem of Nagarajan et al. (2023) for heavy balls, in continuous time.

A ball from rest at zero follows a'' + 2c a' + lam (a - 1) = 0, with damping 2c. It is overdamped, lam < c^2, when
delta = sqrt(c^2 - lam) is real. Its progress a grows at the rate a' = lam b, b(t) = exp(-ct) sinh(delta t)/delta.
Direction 1 has the larger eigenvalue, hence the smaller delta: alpha for direction 1 and beta for direction 2,
0 < alpha < beta < c.

The argument. Let E = (log a_2)'/(log a_1)' be the elasticity of the progress on direction 2 in that on direction 1.

1. The ratio of the rates rho = b_2/b_1 grows, with log-slope L = beta coth(beta t) - alpha coth(alpha t) > 0, and L
   grows as well, because y/sinh y falls.
2. a_1/a_1' grows: the rate b_1 is log-concave, and so is its integral.
3. So R = L a_1/a_1' grows. R a_2 - rho a_1 lam_2/lam_1 + a_2 vanishes at zero and has the derivative R' a_2 > 0, which
   says that E grows.
4. With E growing, log a_2 gains less than E(T) times what log a_1 gains up to T, and more than that after T.
5. Let the teacher stop at T and its student at t~ >= T (the student's progress a(T) a(t~) is symmetric in both), and
   let t < T be the time at which a ball on the labels has made the student's progress on direction 1. From t to T
   log a_1 gains -log a_1(t~), which is what it gains after t~. So log a_2 gains less from t to T than after t~:
   log a_2(T) - log a_2(t) < -log a_2(t~).

Nothing else is used of the balls: the law holds for every method whose progress is, up to factors of its own, an
integral of rates b_1 and b_2 from zero to the time, when b_2/b_1 grows, its log-slope does not fall, and b_1 is
log-concave. Gradient flow, b = exp(-lam t), has a constant log-slope lam_1 - lam_2.

An underdamped ball, lam > c^2, has omega = sqrt(lam - c^2) and b(t) = exp(-ct) sin(omega t)/omega. With omega_2 <
omega_1 steps 1 to 4 hold until direction 1 turns at pi/omega_1, because y cot y falls and y/sin y grows on (0, pi).
Step 5 holds as long as teacher and student stop before direction 1 first reaches its least-squares value, which
direction 2 reaches later. That is not replayed here.

Everything is written with exponentials of times -delta t, since these have signs that the engine sees.
"""

from __future__ import annotations

import sympy as sp

from derivations.nagarajan2023.letters import T, gamma, lam_1, lam_2, t, t_s, x
from derivations.nagarajan2023.linear import PAPER
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Compare
from w2s_sym.evidence.derivation.derivation import Derivation
from w2s_sym.evidence.precision.precision import Precision
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.notation import symbol

MOMENTUM = PAPER.at("momentum", "derived")

alpha = symbol("alpha", "sqrt(c^2 - lam_1), direction 1 having the larger eigenvalue", r"\alpha", positive=True)
beta = symbol("beta", "sqrt(c^2 - lam_2), larger than alpha", r"\beta", positive=True)
c = symbol("c", "half of the damping of an overdamped heavy ball", positive=True)
d = symbol("d", "beta - alpha", positive=True)
s_2 = symbol("s_2", "c - beta, the slower of the two rates on direction 2", positive=True)
u = symbol("u", "a number", positive=True)
v = symbol("v", "a larger number", positive=True)
z = symbol("z", "a number", positive=True)
t_e = symbol("t_e", "a time after the student stops", positive=True)
RATES = Condition(alpha, "<", beta, "let direction 1 have the larger eigenvalue")
ONE_OVERDAMPED = Condition(alpha, "<", c, "let the eigenvalue be positive")
OVERDAMPED = Condition(beta, "<", c, "let the eigenvalues be positive")
NOT_SHORTER = Condition(T, "<=", t_s, "let the longer of the two times be the student's: their order plays no part")
BEFORE = Condition(t, "<", T, "take an earlier time")


def odd(delta: sp.Expr, time: sp.Expr) -> sp.Expr:
    """2 exp(-delta t) sinh(delta t)."""
    return 1 - sp.exp(-2 * delta * time)


def even(delta: sp.Expr, time: sp.Expr) -> sp.Expr:
    """2 exp(-delta t) cosh(delta t)."""
    return 1 + sp.exp(-2 * delta * time)


def ball(delta: sp.Expr, time: sp.Expr, damping: sp.Expr = c) -> sp.Expr:
    """Progress of a'' + 2c a' + (c^2 - delta^2)(a - 1) = 0 from rest at zero; ``damping`` is c."""
    return 1 - sp.exp(-(damping - delta) * time) * (even(delta, time) + damping / delta * odd(delta, time)) / 2


def rate(delta: sp.Expr, time: sp.Expr, damping: sp.Expr = c) -> sp.Expr:
    """The derivative of :func:`ball` in time."""
    return (damping**2 - delta**2) * sp.exp(-(damping - delta) * time) * odd(delta, time) / (2 * delta)


def coth(delta: sp.Expr, time: sp.Expr) -> sp.Expr:
    """delta coth(delta t)."""
    return delta * even(delta, time) / odd(delta, time)


def half_csch(delta: sp.Expr, time: sp.Expr) -> sp.Expr:
    """delta/(2 sinh(delta t))."""
    return delta * sp.exp(-delta * time) / odd(delta, time)


def elasticity(time: sp.Expr) -> sp.Expr:
    """E, by how many percent the progress on direction 2 grows when that on direction 1 grows by one."""
    return rate(beta, time) * ball(alpha, time) / (rate(alpha, time) * ball(beta, time))


EQUATION = Claim(
    "overdamped_ball_in_closed_form",
    "The progress of an overdamped heavy ball solves a'' + 2c a' = lam (1 - a) with lam = c^2 - alpha^2.",
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
    remark="It starts from rest: a and a' vanish at t = 0.",
)
SINH = Claim(
    "sinh_lies_above_its_tangent",
    "For z > 0, 2z is below e^z - e^-z.",
    Compare(2 * z, "<", sp.exp(z) - sp.exp(-z)),
    Domain((z,)),
    MOMENTUM,
    (Derivation(2 * z).slope("<", sp.exp(z) - sp.exp(-z), z, 0, sp.exp(z) * (1 - sp.exp(-z)) ** 2), Precision()),
    rivals=(2 * z * sp.exp(-z), sp.exp(z) - 1),
)
TANH = Claim(
    "tanh_lies_below_its_tangent",
    "For z > 0, e^z - e^-z is below z(e^z + e^-z).",
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
    "The rate of an overdamped ball on direction 2, over that on direction 1, grows with time: its log-slope, beta "
    "coth(beta t) - alpha coth(alpha t), is positive.",
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
    "The log-slope of that ratio grows with time: beta/sinh(beta t) is below alpha/sinh(alpha t).",
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
    remark="The derivative of beta coth(beta t) - alpha coth(alpha t) is the difference of their squares.",
)
_cosh = (sp.exp(alpha * t) + sp.exp(-alpha * t)) / 2
_sinh = (sp.exp(alpha * t) - sp.exp(-alpha * t)) / 2
LOG_CONCAVE = Claim(
    "progress_of_a_ball_is_log_concave",
    "The progress of an overdamped ball over its rate grows with time: alpha cosh(alpha t) - c sinh(alpha t) is below "
    "alpha e^(-ct).",
    Compare(alpha * _cosh - c * _sinh, "<", alpha * sp.exp(-c * t)),
    Domain((alpha, c, t), (ONE_OVERDAMPED,)),
    MOMENTUM,
    (
        Derivation(alpha * _cosh - c * _sinh).slope(
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
    rivals=(Compare(alpha * _cosh - c * _sinh, ">", alpha * sp.exp(-c * t)), alpha * sp.exp(-2 * c * t)),
    remark="The derivative of a/a' is the difference of the two sides over sinh(alpha t) a'.",
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
    "The progress on direction 1 times the ratio of the rates exceeds that on direction 2 by less than the log-slope "
    "of the ratio times the product of both progresses over the rate on direction 1.",
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
                * (alpha * sp.exp(-c * t) - alpha * _cosh + c * _sinh)
                * 2
                * sp.exp(-alpha * t)
                / odd(alpha, t)
            ),
            why="both sides vanish as t tends to 0",
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


# At late times both sides are 0 to thousands of digits.
def early(last: sp.Expr, damping: sp.Expr = c) -> Precision:
    """Numbers at times of which the last one, counted in 1/c, is below 6."""
    return Precision(within=(Condition(damping * last, "<", 6, "look at early times"),))


def gain(delta: sp.Expr, since: sp.Expr, until: sp.Expr) -> sp.Expr:
    """What the logarithm of the progress gains between two times."""
    return sp.log(ball(delta, until)) - sp.log(ball(delta, since))


BEFORE_T = Claim(
    "balls_gain_less_before_a_time",
    "Before T the logarithm of the progress on direction 2 gains less than E(T) times what that on direction 1 gains.",
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
    "After T the logarithm of the progress on direction 2 gains more than E(T) times what that on direction 1 gains.",
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
LATER = Condition(x, "<", 1, "take a time after T")
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
    "An overdamped ball with slower rate s_2 has made positive progress at every time T - log x after T.",
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
    "From any time t = T - log x after T to infinity the logarithm of the progress on direction 2 gains more than E(T) "
    "times what that on direction 1 gains.",
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
    "From any time that is not before T the logarithm of the progress on direction 2 has more than E(T) times as much "
    "left to gain as that on direction 1.",
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


def _matched(one: sp.Expr, damping: sp.Expr) -> Condition:
    """The ball on the labels has at least the student's progress on direction 1, with delta = ``one``."""
    return Condition(
        sp.log(ball(one, T, damping)) + sp.log(ball(one, t_s, damping)),
        "<=",
        sp.log(ball(one, t, damping)),
        "let the ball on the labels make the student's progress on direction 1",
    )


LAW = Claim(
    "student_lags_on_the_slower_ball",
    "A ball on the labels that has by t < T at least the student's progress on direction 1 has more progress on "
    "direction 2 than the student, in logarithms.",
    Compare(sp.log(ball(beta, T)) + sp.log(ball(beta, t_s)), "<", sp.log(ball(beta, t))),
    Domain((alpha, beta, c, T, t_s, t), (RATES, OVERDAMPED, NOT_SHORTER, BEFORE, _matched(alpha, c))),
    MOMENTUM,
    (
        moving(Derivation(sp.log(ball(beta, T)) + sp.log(ball(beta, t_s))), t, T, t_s)
        .using(
            BEFORE_T,
            "<",
            elasticity(T) * gain(alpha, t, T) + sp.log(ball(beta, t)) + sp.log(ball(beta, t_s)),
        )
        .bound(
            "<=",
            -elasticity(T) * sp.log(ball(alpha, t_s)) + sp.log(ball(beta, t)) + sp.log(ball(beta, t_s)),
            by=elasticity(T) * (sp.log(ball(alpha, t)) - sp.log(ball(alpha, T)) - sp.log(ball(alpha, t_s))),
        )
        .using(REST, "<", sp.log(ball(beta, t))),
        early(t_s),
    ),
    rivals=(
        Compare(sp.log(ball(beta, T)) + sp.log(ball(beta, t_s)), ">", sp.log(ball(beta, t))),
        sp.log(ball(beta, t)) + sp.log(ball(beta, t_s)),
    ),
)
ROOTS = Claim(
    "larger_numbers_have_larger_roots",
    "For 0 < u < v, the square root of u is below that of v.",
    Compare(sp.sqrt(u), "<", sp.sqrt(v)),
    Domain((v, u), (Condition(u, "<", v, "take u below v"),)),
    MOMENTUM,
    (Derivation(sp.sqrt(u)).bound("<", sp.sqrt(v), by=(v - u) / (sp.sqrt(v) + sp.sqrt(u))), Precision()),
    rivals=(Compare(sp.sqrt(u), ">", sp.sqrt(v)), v),
)
_delta_1, _delta_2 = (sp.sqrt(gamma**2 / 4 - eigenvalue) for eigenvalue in (lam_1, lam_2))
THEOREM = Claim(
    "distillation_exaggerates_the_bias_of_overdamped_momentum",
    "With one damping, gamma^2 > 4 lam_1, for all: a heavy ball on the labels that has by t < T at least the student's "
    "progress on the direction with the larger eigenvalue has more than the student's on the other, in logarithms.",
    Compare(
        sp.log(ball(_delta_2, T, gamma / 2)) + sp.log(ball(_delta_2, t_s, gamma / 2)),
        "<",
        sp.log(ball(_delta_2, t, gamma / 2)),
    ),
    Domain(
        (gamma, lam_1, lam_2, T, t_s, t),
        (
            Condition(lam_1, "<", gamma**2 / 4, "choose more damping"),
            Condition(lam_2, "<", lam_1, "let direction 1 have the larger eigenvalue"),
            NOT_SHORTER,
            BEFORE,
            _matched(_delta_1, gamma / 2),
        ),
    ),
    MOMENTUM,
    (
        moving(
            Derivation(sp.log(ball(_delta_2, T, gamma / 2)) + sp.log(ball(_delta_2, t_s, gamma / 2)))
            .knowing(ROOTS, u=gamma**2 / 4 - lam_1, v=gamma**2 / 4 - lam_2)
            .knowing(ROOTS, u=gamma**2 / 4 - lam_1, v=gamma**2 / 4)
            .knowing(ROOTS, u=gamma**2 / 4 - lam_2, v=gamma**2 / 4),
            t,
            T,
            t_s,
            one=_delta_1,
            two=_delta_2,
            damping=gamma / 2,
        ).using(LAW, "<", sp.log(ball(_delta_2, t, gamma / 2)), alpha=_delta_1, beta=_delta_2, c=gamma / 2),
        early(t_s, gamma / 2),
    ),
    rivals=(
        Compare(
            sp.log(ball(_delta_2, T, gamma / 2)) + sp.log(ball(_delta_2, t_s, gamma / 2)),
            ">",
            sp.log(ball(_delta_2, t, gamma / 2)),
        ),
        sp.log(ball(_delta_2, t, gamma / 2)) + sp.log(ball(_delta_2, t_s, gamma / 2)),
    ),
    rests_on=(EQUATION,),
    remark="The ball with exactly the student's progress stops before T, since the student has made less progress "
    "than its teacher; one that goes on to T or beyond has at least the teacher's progress on both directions. Which "
    "of the two times is the longer plays no part: the student's progress is symmetric in them.",
)

CLAIMS = (
    EQUATION,
    SINH,
    TANH,
    RATIO_GROWS,
    RATIO_CONVEX,
    LOG_CONCAVE,
    POSITIVE,
    GROWTH,
    ELASTICITY,
    BEFORE_T,
    AFTER_T,
    POSITIVE_LATE,
    FOREVER,
    REST,
    LAW,
    ROOTS,
    THEOREM,
)
