"""Nagarajan, Menon, Bhojanapalli, Mobahi and Kumar (2023): distillation exaggerates the bias of gradient descent.

Setting: linear regression with squared loss, lam_k > 0 the eigenvalues of X'X, gradient flow from zero. After time t
the component along eigenvector k has made the progress a_k(t) = 1 - exp(-lam_k t) towards its least-squares value. A
teacher stops at T; its student is trained in the same way for t~ on the teacher's predictions, so that the student's
progress on direction k is a_k(t~) a_k(T). The matched teacher is the flow on the labels themselves at the time t at
which it has made the student's progress on direction 1. On every direction with a smaller eigenvalue the student has
then made less progress: what gradient descent learns late, distillation learns later still.

Everything is stated in r = lam_2/lam_1 and phi(x) = 1 - (1 - x)^r, the progress on direction 2 when that on direction 1
is x: the theorem is phi(p) phi(q) < phi(pq).
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivations.nagarajan2023 import experiments
from derivations.nagarajan2023 import linear
from derivations.nagarajan2023 import mixed
from derivations.nagarajan2023 import momentum
from derivations.nagarajan2023 import relatives
from derivations.nagarajan2023 import spectra
from derivations.nagarajan2023 import theorem
from derivations.nagarajan2023.letters import (
    BELOW_P,
    BELOW_Q,
    BELOW_W,
    SMALLER,
    T,
    gamma,
    lam,
    lam_1,
    lam_2,
    m,
    p,
    phi,
    progress,
    q,
    r,
    s,
    t,
    t_s,
    w,
)
from derivations.nagarajan2023.linear import PAPER
from derivations.nagarajan2023.relatives import f, phi_ridge, y, z
from derivations.nagarajan2023.spectra import AT_MOST_ONE, a_m, a_s, bias2, noise, risk
from derivations.nagarajan2023.theorem import ELASTICITY, EXAGGERATION, KEY, THEOREM, THEOREM_REVERSED
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Compare, Equation, Iff
from w2s_sym.evidence.certificate.certificate import Certificate
from w2s_sym.evidence.derivation.derivation import Derivation
from w2s_sym.evidence.precision.precision import Precision
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.notation import symbol

# -- the filters ----------------------------------------------------------------------------------------------

_TIMES = Domain((lam, T, t_s))
COMPOSED = Claim(
    "students_filter_is_a_product",
    "The student's filter (1 - exp(-lam t~))(1 - exp(-lam T)) is that of a flow of time T less what the student has "
    "not undone, exp(-lam t~) - exp(-lam (T + t~)).",
    Compare(
        progress(lam, t_s) * progress(lam, T), "=", progress(lam, T) - sp.exp(-lam * t_s) + sp.exp(-lam * (T + t_s))
    ),
    _TIMES,
    PAPER.at("setting: filters of teacher and student"),
    (
        Derivation(progress(lam, t_s) * progress(lam, T)).rewrite(
            progress(lam, T) - sp.exp(-lam * t_s) + sp.exp(-lam * (T + t_s)), why="multiply out"
        ),
        Precision(),
    ),
    rivals=(progress(lam, T + t_s), progress(lam, T) - sp.exp(-lam * t_s)),
)
_MATCHING = Equation(t, t + sp.log(1 - m) / lam_1)
_ratio = lam_2 / lam_1
MATCHED = Claim(
    "matched_time_in_closed_form",
    "The flow on labels that has made progress m on direction 1 stops at t = -log(1 - m)/lam_1; its progress on "
    "direction 2 is then 1 - (1 - m)^(lam_2/lam_1).",
    Compare(progress(lam_2, t), "=", 1 - (1 - m) ** _ratio),
    Domain((lam_1, lam_2, m, t), (Condition(m, "<", 1, "choose a progress below 1"),)),
    PAPER.at("setting: matched progress"),
    (Derivation(progress(lam_2, t)).eliminate(t, _MATCHING), Precision()),
    given=(_MATCHING,),
    rivals=(m**_ratio, 1 - (1 - m) ** (1 / _ratio), _ratio * m),
)

# -- result 1: the theorem, in nagarajan2023_theorem, and what follows from it ------------------------------------

REVERSED_ON_LARGER = Claim(
    "matching_on_the_smaller_eigenvalue_reverses_it",
    "Matched on the direction with the smaller eigenvalue, where it has progress phi(p) phi(q), the student is ahead "
    "of the flow on labels on the direction with the larger: pq exceeds 1 - (1 - phi(p) phi(q))^(1/r).",
    Compare(p * q, ">", 1 - (1 - phi(p) * phi(q)) ** (1 / r)),
    Domain((r, p, q), (SMALLER, BELOW_P, BELOW_Q)),
    EXAGGERATION,
    (
        Derivation(p * q).using(
            THEOREM_REVERSED, ">", 1 - (1 - phi(p) * phi(q)) ** (1 / r), -1, r=1 / r, p=phi(p), q=phi(q)
        ),
        Precision(),
    ),
    rivals=(Compare(p * q, "<", 1 - (1 - phi(p) * phi(q)) ** (1 / r)), 1 - (1 - phi(p)) ** 2),
)
_EIGENVALUES = Domain(
    (lam_1, lam_2, T, t_s), (Condition(lam_2, "<", lam_1, "let direction 1 have the larger eigenvalue"),)
)
_matched = 1 - (1 - progress(lam_1, t_s) * progress(lam_1, T)) ** _ratio
IN_TIME = Claim(
    "distillation_exaggerates_the_bias_of_gradient_flow",
    "For all stopping times, a student has made less progress on the direction with the smaller eigenvalue than the "
    "flow on labels that has made the same progress on the direction with the larger one.",
    Compare(progress(lam_2, t_s) * progress(lam_2, T), "<", _matched),
    _EIGENVALUES,
    PAPER.at("theorem on exaggerated bias"),
    (
        Derivation(progress(lam_2, t_s) * progress(lam_2, T)).using(
            THEOREM, "<", _matched, r=_ratio, p=progress(lam_1, T), q=progress(lam_1, t_s)
        ),
        Precision(within=(Condition(lam_1 * T, "<", 9), Condition(lam_1 * t_s, "<", 9))),
    ),
    rests_on=(MATCHED,),
    rivals=(
        Compare(progress(lam_2, t_s) * progress(lam_2, T), ">", _matched),
        progress(lam_2, T) ** 2,
        _matched**2,
    ),
    remark="At late times both sides are 1 to thousands of digits: numbers look at early ones.",
)
GAP = Claim(
    "gap_is_below_what_the_teacher_has_left",
    "The student's lag phi(pq) - phi(p) phi(q) is below phi(q) (1 - p)^r.",
    Compare(phi(p * q) - phi(p) * phi(q), "<", phi(q) * (1 - p) ** r),
    Domain((r, p, q), (SMALLER, BELOW_P, BELOW_Q)),
    PAPER.at("an interpolating teacher", "derived"),
    (
        Derivation(phi(p * q) - phi(p) * phi(q)).slope(
            "<", phi(q) * (1 - p) ** r, p, 1, -q * r * (1 - p * q) ** (r - 1), why="phi(pq) grows to phi(q) as p to 1"
        ),
        Precision(),
    ),
    rivals=(phi(q) ** 2 * (1 - p) ** r, phi(q) * (1 - p) ** (r + 1)),
    remark="(1 - p)^r is exp(-lam_2 T): the lag vanishes as the teacher interpolates, p -> 1, and by symmetry as the "
    "student interpolates its teacher, q -> 1. An interpolating teacher exaggerates nothing.",
)

NEGATIVE_POWER = Claim(
    "negative_power_lies_above_its_tangent",
    "For r and w in (0, 1), 1 + (1 - r)(1 - w) is below w^(r - 1).",
    Compare(1 + (1 - r) * (1 - w), "<", w ** (r - 1)),
    Domain((r, w), (SMALLER, BELOW_W)),
    EXAGGERATION,
    (
        Derivation(1 + (1 - r) * (1 - w)).slope(
            "<", w ** (r - 1), w, 1, (1 - r) * (1 - w ** (r - 2)), why="both sides are 1 at w = 1"
        ),
        Precision(),
    ),
    rivals=(w ** (2 * r - 1), w ** (r - 1) * w),
)
KEY_SECOND_ORDER = Claim(
    "power_lies_below_its_tangent_by_a_square",
    "For r and w in (0, 1), r(1 - w) + r(1 - r)(1 - w)^2 / 2 is below 1 - w^r.",
    Compare(r * (1 - w) + r * (1 - r) * (1 - w) ** 2 / 2, "<", 1 - w**r),
    Domain((r, w), (SMALLER, BELOW_W)),
    EXAGGERATION,
    (
        Derivation(r * (1 - w) + r * (1 - r) * (1 - w) ** 2 / 2).slope(
            "<", 1 - w**r, w, 1, -r, using=NEGATIVE_POWER, why="both sides vanish at w = 1"
        ),
        Precision(),
    ),
    rivals=(
        Compare(r * (1 - w) + r * (1 - r) * (1 - w) / 2, "<", 1 - w**r),
        Compare(r * (1 - w) + r * (1 - r) * (1 - w) ** 2, "<", 1 - w**r),
    ),
    remark="The exact remainder is the integral of v (w + (1 - w)v)^(r - 2) over (0, 1).",
)

# -- the key inequality once more, by boxes -------------------------------------------------------------------

KEY_CERTIFIED = Claim(
    "power_lies_below_its_tangent_by_boxes",
    "For r and w in (0, 1), r(1 - w) is below 1 - w^r: proved again, with boxes.",
    Compare(r * (1 - w), "<", 1 - w**r),
    Domain((r, w), (SMALLER, BELOW_W)),
    EXAGGERATION,
    (Certificate({w: sp.exp(-s)}, {s: (0, sp.oo)}, (sp.exp(-s), s**2, r, 1 - r)), Precision()),
    rivals=(
        Compare(r * (1 - w), ">", 1 - w**r),
        Compare((1 - w) / r, "<", 1 - w ** (1 / r)),  # r above 1
        Compare(r * (1 - w) + r * (1 - r) * (1 - w) / 2, "<", 1 - w**r),  # the square is missing
        1 - w ** (r**2),
        (1 - w) ** 2 * r,
    ),
    remark="In s = -log w both sides meet on three sides of the strip: s^2, r and 1 - r are divided out; e^-s makes "
    "the rest grow. Directly, on the square, branch and bound cannot finish.",
)
KEY_ONE_VARIABLE = Claim(
    "exponential_lies_above_its_tangent_by_boxes",
    "(1 + y) e^-y < 1 for all y > 0: the key inequality in one variable.",
    Compare((1 + y) * sp.exp(-y), "<", 1),
    Domain((y,)),
    EXAGGERATION,
    (Certificate(factors=(y**2, sp.exp(-y))), Precision()),
    rivals=(Compare((1 + y) * sp.exp(-y), ">", 1), sp.exp(-y)),
    remark="1 - w^r - r(1 - w) at w = e^-s is r s times the drop of (1 - e^-y)/y from rs to s, and this is its slope.",
)
FLOW_LOG_SLOPE = Claim(
    "log_slope_of_flow_falls_with_time",
    "The elasticity of flow's progress in time, y/(e^y - 1) at y = lam t, is log-concave in log y: its log-slope 1 - "
    "y/(1 - e^-y) falls as y grows.",
    Compare(1 - z / (1 - sp.exp(-z)), "<", 1 - y / (1 - sp.exp(-y))),
    Domain((y, z), (Condition(y, "<", z, "take y below z"),)),
    relatives.CRITERION,
    (
        Derivation(1 - z / (1 - sp.exp(-z))).slope(
            "<", 1 - y / (1 - sp.exp(-y)), y, z, -1 / (1 - sp.exp(-y)) ** 2, using=KEY_ONE_VARIABLE, y=y
        ),
        Precision(),
    ),
    rivals=(Compare(1 - z / (1 - sp.exp(-z)), ">", 1 - y / (1 - sp.exp(-y))), -y / (1 - sp.exp(-y))),
    remark="That is what makes elasticity grow with progress: see the criterion at log_slope_of_ridge_falls_with_time "
    "and log_slope_of_iterated_ridge_falls_with_time.",
)
_HALF = {r: sp.Rational(1, 2)}
_CUT = tuple(Condition(v, "<=", sp.Rational(7, 8)) for v in (p, q))
THEOREM_CERTIFIED = Claim(
    "student_lags_at_half_the_eigenvalue_by_boxes",
    "At lam_2 = lam_1/2, phi(p) phi(q) < phi(pq) for all p and q in (0, 7/8]: proved again, with boxes.",
    Compare((phi(p) * phi(q)).xreplace(_HALF), "<", phi(p * q).xreplace(_HALF)),
    Domain((p, q), _CUT),
    EXAGGERATION,
    (Certificate(factors=(p, q)), Precision()),
    rivals=(
        Compare((phi(p) * phi(q)).xreplace(_HALF), ">", phi(p * q).xreplace(_HALF)),
        phi(p * q / 2).xreplace(_HALF),
    ),
    remark="Where p or q is 1 the square root has no derivative and both sides meet: the boxes stop at 7/8.",
)

# -- result 2: gradient descent with one step size ------------------------------------------------------------

u_1 = symbol("u_1", "eta lam_1, the step size times the larger eigenvalue", positive=True)
u_2 = symbol("u_2", "eta lam_2, the step size times the smaller eigenvalue", positive=True)
STABLE = Condition(u_1, "<", 1, "choose a step size below 1/lam_1")
ORDERED = Condition(u_2, "<", u_1, "let direction 1 have the larger eigenvalue")


def descent(u: sp.Expr, steps: sp.Expr) -> sp.Expr:
    """1 - (1 - eta lam)^t, the filter of t steps of gradient descent, t real, in u = eta lam."""
    return 1 - (1 - u) ** steps


_descent_ratio = sp.log(1 - u_2) / sp.log(1 - u_1)
DESCENT_RATIO = Claim(
    "descent_is_a_flow_with_a_smaller_ratio",
    "With one step size below 1/lam_1, gradient descent is a flow whose ratio of eigenvalues is "
    "log(1 - eta lam_2)/log(1 - eta lam_1): its progress on direction 2 is phi of that on direction 1.",
    Compare(descent(u_2, T), "=", 1 - (1 - descent(u_1, T)) ** _descent_ratio),
    Domain((u_1, u_2, T), (STABLE, ORDERED)),
    PAPER.at("gradient descent", "derived"),
    (
        Derivation(descent(u_2, T)).rewrite(1 - (1 - descent(u_1, T)) ** _descent_ratio),
        Precision(),
    ),
    rivals=(1 - (1 - descent(u_1, T)) ** (u_2 / u_1), 1 - (1 - descent(u_1, T)) ** (1 / _descent_ratio)),
)
_descent_matched = 1 - (1 - descent(u_1, t_s) * descent(u_1, T)) ** _descent_ratio
DESCENT = Claim(
    "distillation_exaggerates_the_bias_of_gradient_descent",
    "With one step size below 1/lam_1 and real numbers of steps, a student has made less progress on the direction "
    "with the smaller eigenvalue than the descent on labels that has made the same progress on the larger.",
    Compare(descent(u_2, t_s) * descent(u_2, T), "<", _descent_matched),
    Domain((u_1, u_2, T, t_s), (STABLE, Condition(u_2, "<", u_1, "let direction 1 have the larger eigenvalue"))),
    PAPER.at("gradient descent", "derived"),
    (
        Derivation(descent(u_2, t_s) * descent(u_2, T)).using(
            THEOREM, "<", _descent_matched, r=_descent_ratio, p=descent(u_1, T), q=descent(u_1, t_s)
        ),
        Precision(digits=100, within=(Condition(u_1 * T, "<", 9), Condition(u_1 * t_s, "<", 9))),
    ),
    rests_on=(DESCENT_RATIO,),
    rivals=(
        Compare(descent(u_2, t_s) * descent(u_2, T), ">", _descent_matched),
        descent(u_2, T) ** 2,
        _descent_matched**2,
    ),
    remark="Whole numbers of steps rarely match exactly: the matched number of steps is real.",
)
u_T = symbol("u_T", "the teacher's step size times lam_1", positive=True)
u_S = symbol("u_S", "the step size of the student and of the flow on labels, times lam_1", positive=True)


def _own_phi(u: sp.Expr, done: sp.Expr) -> sp.Expr:
    """Progress on direction 2 of descent with u = eta lam_1 that has made progress ``done`` on direction 1."""
    return 1 - (1 - done) ** (sp.log(1 - r * u) / sp.log(1 - u))


_STEPS = Domain((r, u_T, u_S, p, q), (SMALLER, Condition(u_T, "<", 1), Condition(u_S, "<", 1), BELOW_P, BELOW_Q))
UNEQUAL_STEPS = Claim(
    "unequal_steps_can_reverse_it",
    "There is a teacher with a smaller step size than its student whose student is ahead, on the smaller eigenvalue, "
    "of the descent on labels with the student's step size and equal progress on the larger.",
    Compare(_own_phi(u_T, p) * _own_phi(u_S, q), ">", _own_phi(u_S, p * q)),
    Domain(_STEPS.symbols, (*_STEPS.conditions, Condition(u_T, "<", u_S))),
    PAPER.at("gradient descent; two step sizes", "derived"),
    (Precision(),),
    witness={
        r: sp.Rational(1, 2),
        u_T: sp.Rational(1, 100),
        u_S: sp.Rational(99, 100),
        p: sp.Rational(1, 2),
        q: sp.Rational(99, 100),
    },
    rivals=(Compare(_own_phi(u_S, p) * _own_phi(u_S, q), ">", _own_phi(u_S, p * q)),),
    remark="Student 0.1447, descent on labels 0.0964. The rival has the teacher take the student's step.",
)
u = symbol("u", "eta lam_1, the step size times an eigenvalue", positive=True)
OSCILLATES = Claim(
    "progress_is_not_monotone_beyond_the_step_size",
    "With a step size between 1/lam and 2/lam, gradient descent has made less progress after two steps than after one.",
    Compare(descent(u, 2), "<", descent(u, 1)),
    Domain((u,), (Condition(u, ">", 1), Condition(u, "<", 2, "choose a step size at which descent converges"))),
    PAPER.at("gradient descent; a large step size", "derived"),
    (Derivation(descent(u, 2)).bound("<", descent(u, 1), by=u * (u - 1)), Precision()),
    rivals=(Compare(descent(u, 2), ">", descent(u, 1)), sp.Rational(1, 2)),
    remark="Progress on direction 1 then alternates about 1, and no number of steps need match the student's.",
)

# -- result 3: when exaggeration helps ------------------------------------------------------------------------

LAGS = Condition(a_s, "<", a_m, "take a direction on which the student lags")
_DIRECTION = Domain((bias2, noise, a_m, a_s), (AT_MOST_ONE, LAGS))
RISK = PAPER.at("risk of a direction, fixed design", "derived")
_best = bias2 / (bias2 + noise)
OPTIMUM = Claim(
    "best_progress_on_a_direction",
    "On a direction with signal B and variance V no progress has a risk below BV/(B + V).",
    Compare(risk(a_s), ">=", bias2 * noise / (bias2 + noise)),
    Domain((bias2, noise, a_s)),
    RISK,
    (
        Derivation(risk(a_s)).bound(
            ">=", bias2 * noise / (bias2 + noise), by=-(((bias2 + noise) * a_s - bias2) ** 2) / (bias2 + noise)
        ),
        Precision(),
    ),
    rivals=(Compare(risk(a_s), ">=", bias2), noise / 2),
    remark="It is attained at a = B/(B + V), the least-squares shrinkage.",
)
PAYS = Claim(
    "exaggeration_pays_beyond_the_best_progress",
    "Where the student lags behind its matched teacher, its risk on the direction is lower iff the mean of their "
    "progresses is above B/(B + V).",
    Iff(Compare(risk(a_s), "<", risk(a_m)), Compare((a_s + a_m) / 2, ">", _best)),
    _DIRECTION,
    RISK,
    (Derivation.same_sign(), Precision()),
    rivals=(Compare(a_m, ">", _best), Compare(a_s, ">", _best), Compare((a_s + a_m) / 2, ">", noise / (bias2 + noise))),
)
UNDERFITS = Claim(
    "exaggeration_hurts_where_the_teacher_underfits",
    "Where the matched teacher has made at most the best progress B/(B + V), the student that lags behind it has a "
    "higher risk.",
    Compare(risk(a_m), "<", risk(a_s)),
    Domain(
        _DIRECTION.symbols,
        (Condition(a_m * (bias2 + noise), "<=", bias2, "stop the teacher by B/(B + V)"), *_DIRECTION.conditions),
    ),
    RISK,
    (
        Derivation(risk(a_m)).bound(
            "<",
            risk(a_s),
            by=2 * (a_m - a_s) * (bias2 - a_m * (bias2 + noise)) + (a_m - a_s) ** 2 * (bias2 + noise),
        ),
        Precision(),
    ),
    rivals=(Compare(risk(a_m), ">", risk(a_s)), noise * a_s**2),
)
OVERFITS = Claim(
    "exaggeration_helps_where_the_student_still_overfits",
    "Where the student itself has made at least the best progress B/(B + V), it has a lower risk than the matched "
    "teacher that is ahead of it.",
    Compare(risk(a_s), "<", risk(a_m)),
    Domain(
        _DIRECTION.symbols,
        (*_DIRECTION.conditions, Condition(a_s * (bias2 + noise), ">=", bias2, "let the student pass B/(B + V)")),
    ),
    RISK,
    (
        Derivation(risk(a_s)).bound(
            "<",
            risk(a_m),
            by=2 * (a_m - a_s) * (a_s * (bias2 + noise) - bias2) + (a_m - a_s) ** 2 * (bias2 + noise),
        ),
        Precision(),
    ),
    rivals=(Compare(risk(a_s), ">", risk(a_m)), bias2 * noise / (bias2 + noise)),
)
INTERPOLATES = Claim(
    "lag_behind_an_interpolating_flow_pays",
    "Against a flow on labels that interpolates, a_m = 1, a student with progress a_s is better on a direction iff "
    "a_s > (B - V)/(B + V).",
    Iff(Compare(risk(a_s), "<", risk(sp.Integer(1))), Compare(a_s, ">", (bias2 - noise) / (bias2 + noise))),
    Domain((bias2, noise, a_s), (Condition(a_s, "<", 1, "choose a progress below 1"),)),
    RISK,
    (Derivation.same_sign(), Precision()),
    rivals=(Compare(a_s, ">", _best), Compare(a_s, ">", (noise - bias2) / (bias2 + noise))),
    remark="With more noise than signal on the direction, any lag pays.",
)

# -- result 4: relatives --------------------------------------------------------------------------------------

mu = symbol("mu", "the teacher's ridge penalty", r"\mu", nonnegative=True)
nu = symbol("nu", "the student's ridge penalty", r"\tilde\mu", nonnegative=True)
k = symbol("k", "number of generations, each one trained on the last", integer=True, positive=True)
RIDGE = PAPER.at("ridge in place of early stopping", "derived")
GENERATIONS = PAPER.at("repeated distillation", "derived")


def ridge(eigenvalue: sp.Expr, penalty: sp.Expr) -> sp.Expr:
    """lam/(lam + mu), the filter of ridge regression."""
    return eigenvalue / (eigenvalue + penalty)


_SQUARE = Domain((r, p, q), (SMALLER, BELOW_P, BELOW_Q))
RIDGE_MATCHED = Claim(
    "matched_ridge_in_closed_form",
    "Ridge regression with progress q on direction 1 has progress rq/(1 - (1 - r)q) on direction 2.",
    Compare(ridge(r * lam_1, lam_1 * (1 - q) / q), "=", phi_ridge(q)),
    Domain((r, q, lam_1), (BELOW_Q, SMALLER)),
    RIDGE,
    (Derivation(ridge(r * lam_1, lam_1 * (1 - q) / q)).rewrite(phi_ridge(q)), Precision()),
    rivals=(r * q, q / (1 - (1 - r) * q)),
    remark="The penalty lam_1 (1 - q)/q is the one that makes progress q on direction 1.",
)
RIDGE_LAGS = Claim(
    "ridge_on_ridge_lags_on_the_smaller_eigenvalue",
    "A ridge student of a ridge teacher has made less progress on the smaller eigenvalue than ridge regression on "
    "labels with the same progress on the larger.",
    Compare(phi_ridge(p) * phi_ridge(q), "<", phi_ridge(p * q)),
    _SQUARE,
    RIDGE,
    (
        Derivation(phi_ridge(p) * phi_ridge(q)).bound(
            "<",
            phi_ridge(p * q),
            by=r
            * p
            * q
            * ((1 - p) * (1 - q) * (1 - r))
            / ((1 - (1 - r) * p) * (1 - (1 - r) * q) * (1 - (1 - r) * (p * q))),
        ),
        Precision(),
    ),
    rests_on=(RIDGE_MATCHED,),
    rivals=(
        Compare(phi_ridge(p) * phi_ridge(q), ">", phi_ridge(p * q)),
        phi_ridge(p * q) ** 2,
        r * phi_ridge(p * q),
    ),
)
PENALTY = Claim(
    "penalties_of_teacher_and_student_compound",
    "A ridge student with penalty nu of a ridge teacher with penalty mu is, on a direction with eigenvalue lam, ridge "
    "regression with penalty mu + nu + mu nu/lam.",
    Compare(ridge(lam, mu) * ridge(lam, nu), "=", ridge(lam, mu + nu + mu * nu / lam)),
    Domain((lam, mu, nu)),
    RIDGE,
    (Derivation(ridge(lam, mu) * ridge(lam, nu)).rewrite(ridge(lam, mu + nu + mu * nu / lam)), Precision()),
    rivals=(ridge(lam, mu + nu), ridge(lam, mu + nu + mu * nu)),
)

LOG = Claim(
    "logarithm_lies_below_its_tangent",
    "For w in (0, 1), log w < w - 1.",
    Compare(sp.log(w), "<", w - 1),
    Domain((w,), (BELOW_W,)),
    GENERATIONS,
    (Derivation(sp.log(w)).slope("<", w - 1, w, 1, -(1 - w) / w), Precision()),
    rivals=(2 * w - 2, (w - 1) / w),
)
LOG_SECOND_ORDER = Claim(
    "logarithm_and_its_square",
    "For w in (0, 1), w - 1 - log w is below (log w)^2 / 2.",
    Compare(w - 1 - sp.log(w), "<", sp.log(w) ** 2 / 2),
    Domain((w,), (BELOW_W,)),
    GENERATIONS,
    (Derivation(w - 1 - sp.log(w)).slope("<", sp.log(w) ** 2 / 2, w, 1, -1 / w, using=LOG), Precision()),
    rivals=(sp.log(w) ** 2 / 3, -sp.log(w) / 2),
)
ONE_RIDGE = Claim(
    "one_ridge_generation_keeps_more_than_a_root",
    "One generation of ridge with progress w on direction 1 keeps more than w^(1/r) on direction 2, in logarithms.",
    Compare(sp.log(w) / r, "<", sp.log(phi_ridge(w))),
    Domain((r, w), (SMALLER, BELOW_W)),
    GENERATIONS,
    (
        Derivation(sp.log(w) / r).slope(
            "<", sp.log(phi_ridge(w)), w, 1, -(1 - r) * (1 - w) / (r * w * (1 - (1 - r) * w))
        ),
        Precision(),
    ),
    rivals=(2 * sp.log(phi_ridge(w)), sp.log(w) / r**2),
)
ONE_RIDGE_ABOVE = Claim(
    "one_ridge_generation_keeps_little_more_than_a_root",
    "One generation of ridge with progress w on direction 1 keeps less than (w - 1 - log w)(1 - r)/r^2 beyond w^(1/r) "
    "on direction 2, in logarithms.",
    Compare(sp.log(phi_ridge(w)), "<", sp.log(w) / r + (1 - r) / r**2 * (w - 1 - sp.log(w))),
    Domain((r, w), (SMALLER, BELOW_W)),
    GENERATIONS,
    (
        Derivation(sp.log(phi_ridge(w))).slope(
            "<",
            sp.log(w) / r + (1 - r) / r**2 * (w - 1 - sp.log(w)),
            w,
            1,
            -((1 - r) ** 2) * (1 - w) ** 2 / (r**2 * w * (1 - (1 - r) * w)),
        ),
        Precision(),
    ),
    rivals=(sp.log(w) / r, sp.log(w) / r + (1 - r) / r * (w - 1 - sp.log(w))),
)
_each = q ** (1 / k)
# So many generations are drawn that the sides agree to a hundred digits.
_PRECISE = Precision(digits=400)
_GENERATIONS = Domain((r, q, k), (SMALLER, BELOW_Q))
RIDGE_GENERATIONS_KEEP = Claim(
    "ridge_generations_keep_a_root",
    "k equal generations of ridge, with progress q on direction 1 in all, keep more than q^(1/r) on direction 2, in "
    "logarithms, however many they are.",
    Compare(sp.log(q) / r, "<", k * sp.log(phi_ridge(_each))),
    _GENERATIONS,
    GENERATIONS,
    (Derivation(sp.log(q) / r).using(ONE_RIDGE, "<", k * sp.log(phi_ridge(_each)), k, w=_each), _PRECISE),
    rivals=(2 * k * sp.log(phi_ridge(_each)), sp.log(q) / r**2),
)
RIDGE_GENERATIONS_LIMIT = Claim(
    "ridge_generations_tend_to_a_root",
    "k equal generations of ridge, with progress q on direction 1 in all, keep on direction 2 less than q^(1/r) times "
    "the exponential of (log q)^2 (1 - r)/(2 r^2 k), in logarithms.",
    Compare(k * sp.log(phi_ridge(_each)), "<", sp.log(q) / r + (1 - r) * sp.log(q) ** 2 / (2 * r**2 * k)),
    _GENERATIONS,
    GENERATIONS,
    (
        Derivation(k * sp.log(phi_ridge(_each)))
        .using(
            ONE_RIDGE_ABOVE,
            "<",
            sp.log(q) / r + k * (1 - r) / r**2 * (_each - 1 - sp.log(q) / k),
            k,
            w=_each,
        )
        .using(
            LOG_SECOND_ORDER,
            "<",
            sp.log(q) / r + (1 - r) * sp.log(q) ** 2 / (2 * r**2 * k),
            k * (1 - r) / r**2,
            w=_each,
        ),
        _PRECISE,
    ),
    rivals=(sp.log(q) / r, sp.log(q) / r + (1 - r) * sp.log(q) ** 2 / (3 * r**2 * k)),
    remark="With ridge_generations_keep_a_root: the limit in k is q^(1/r) > 0, with an error of order 1/k.",
)
_rest = 1 - _each
FLOW_GENERATIONS = Claim(
    "flow_generations_lose_direction_two",
    "k equal generations of gradient flow, with progress q on direction 1 in all, keep on direction 2 less than "
    "exp(-k (1 - q^(1/k))^r), in logarithms.",
    Compare(k * sp.log(phi(_each)), "<", -k * _rest**r),
    _GENERATIONS,
    GENERATIONS,
    (Derivation(k * sp.log(phi(_each))).using(LOG, "<", -k * _rest**r, k, w=phi(_each)), _PRECISE),
    rivals=(-k * _rest ** (r**2), 2 * k * sp.log(phi(_each))),
    remark="k (1 - q^(1/k))^r is at least k^(1 - r) (1 - q)^r, by each_generation_misses_its_share: it grows without "
    "bound, so that repeated early stopping annihilates direction 2 and repeated ridge does not.",
)
SHARE = Claim(
    "each_generation_misses_its_share",
    "Each of k > 1 equal generations misses more than (1 - q)/k of direction 1.",
    Compare((1 - q) / k, "<", _rest),
    Domain((q, k), (BELOW_Q, Condition(k, ">", 1, "take at least two generations"))),
    GENERATIONS,
    (Derivation((1 - q) / k).using(KEY, "<", _rest, r=1 / k, w=q), Precision()),
    rivals=((1 - q ** (1 / k)) * (1 - q), Compare((1 - q) / k, ">", _rest)),
)

_GIVES = Domain(
    (r, p, q, f),
    (
        SMALLER,
        BELOW_P,
        Condition(q, "<", p, "let q be the smaller progress"),
        Condition(f, "<", 1, "choose a factor below 1"),
    ),
)
GIVES = Claim(
    "a_factor_weighs_more_on_the_larger_progress",
    "A factor f of progress on direction 1 changes progress on direction 2 by more where there is more: phi(q)/phi(q "
    "f) is below phi(p)/phi(p f) for q < p.",
    Compare(phi(q) / phi(q * f), "<", phi(p) / phi(p * f)),
    _GIVES,
    GENERATIONS,
    (
        Derivation(phi(q) / phi(q * f)).slope(
            "<", phi(p) / phi(p * f), q, p, -phi(q) / (q * phi(q * f)), using=ELASTICITY, p=q, x=q * f
        ),
        Precision(),
    ),
    rivals=(Compare(phi(q) / phi(q * f), ">", phi(p) / phi(p * f)), phi(q) / phi(p * f)),
)
UNEQUAL = Claim(
    "unequal_flow_generations_keep_more",
    "When of two generations of gradient flow the one with less progress on direction 1 gives a factor f of it to the "
    "other, they keep more of direction 2: equal generations exaggerate most.",
    Compare(phi(p * f) * phi(q), "<", phi(p) * phi(q * f)),
    _GIVES,
    GENERATIONS,
    (
        Derivation(phi(p * f) * phi(q)).using(GIVES, "<", phi(p) * phi(q * f), phi(p * f) * phi(q * f)),
        Precision(),
    ),
    rivals=(Compare(phi(p * f) * phi(q), ">", phi(p) * phi(q * f)), phi(q) * phi(q * f)),
    remark="Any number of generations follows, two at a time: of k with one product, equal ones keep least.",
)

HALF = sp.Rational(1, 2)


def heavy_ball(eigenvalue: sp.Expr, time: sp.Expr) -> sp.Expr:
    """Progress of a'' + gamma a' + lam (a - 1) = 0 from rest at zero, for gamma^2 < 4 lam."""
    w_0 = sp.sqrt(eigenvalue - gamma**2 / 4)
    return 1 - sp.exp(-gamma * time / 2) * (sp.cos(w_0 * time) + gamma / (2 * w_0) * sp.sin(w_0 * time))


HEAVY_BALL = Claim(
    "underdamped_momentum_can_reverse_it",
    "There is an underdamped heavy ball on labels that has, before it turns, more progress on the larger eigenvalue "
    "than a student of a teacher, both trained like it, and less on the smaller.",
    Compare(heavy_ball(lam_2, t_s) * heavy_ball(lam_2, T), ">", heavy_ball(lam_2, t)),
    Domain(
        (lam_1, lam_2, gamma, T, t_s, t),
        (
            Condition(lam_2, "<", lam_1),
            Condition(gamma**2, "<", 4 * lam_2, "choose less damping"),
            Condition(t * sp.sqrt(lam_1 - gamma**2 / 4), "<", sp.pi, "stop before direction 1 turns"),
            Condition(
                heavy_ball(lam_1, t), ">", heavy_ball(lam_1, t_s) * heavy_ball(lam_1, T), "let the ball go further"
            ),
        ),
    ),
    PAPER.at("momentum", "derived"),
    (Precision(),),
    witness={lam_1: 1, lam_2: HALF, gamma: HALF, T: 6, t_s: 2, t: sp.Rational(7, 4)},
    rivals=(Compare(heavy_ball(lam_2, t_s) * heavy_ball(lam_2, T), ">", heavy_ball(lam_2, 2 * t)),),
    remark="Both progresses grow until direction 1 turns: the ball with exactly the student's progress stops earlier, "
    "and lags behind the student still more. It needs a teacher or a student that goes beyond the least-squares value "
    "of direction 1. Here both do, and the teacher stops at 1.8 times the turn. While both stop before direction 1 "
    "first reaches that value, the argument for overdamped momentum holds with y cot y and y/sin y in place of "
    "y coth y and y/sinh y; it is not replayed. With gamma^2 > 4 lam_1 no ball reverses it: see "
    "distillation_exaggerates_the_bias_of_overdamped_momentum.",
)

CLAIMS = (
    COMPOSED,
    MATCHED,
    *theorem.CLAIMS,
    REVERSED_ON_LARGER,
    IN_TIME,
    GAP,
    NEGATIVE_POWER,
    KEY_SECOND_ORDER,
    KEY_CERTIFIED,
    KEY_ONE_VARIABLE,
    FLOW_LOG_SLOPE,
    THEOREM_CERTIFIED,
    DESCENT_RATIO,
    DESCENT,
    UNEQUAL_STEPS,
    OSCILLATES,
    OPTIMUM,
    PAYS,
    UNDERFITS,
    OVERFITS,
    INTERPOLATES,
    RIDGE_MATCHED,
    RIDGE_LAGS,
    PENALTY,
    LOG,
    LOG_SECOND_ORDER,
    ONE_RIDGE,
    ONE_RIDGE_ABOVE,
    RIDGE_GENERATIONS_KEEP,
    RIDGE_GENERATIONS_LIMIT,
    SHARE,
    FLOW_GENERATIONS,
    GIVES,
    UNEQUAL,
    *mixed.CLAIMS,
    HEAVY_BALL,
    *relatives.CLAIMS,
    *momentum.CLAIMS,
    *spectra.CLAIMS,
    *linear.CLAIMS,
    *experiments.CLAIMS,
)


def __getattr__(name: str) -> Any:
    """FIGURES, loaded when first asked for: listing claims needs none of what they draw with."""
    if name == "FIGURES":
        from derivations.nagarajan2023.figures import FIGURES

        return FIGURES
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), "FIGURES"})
