"""One step of self-distillation: the best mixing weight, its sign, and what it gains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from derivations.classics.one_direction import (
    LENGTH,
    ONE,
    THREE_ROWS,
    b,
    coefficients,
    columns,
    h,
    instance,
    n,
    ridge_solution,
    s,
    x,
)
from derivations.pareek2024.letters import (
    DANG,
    DAS,
    S,
    lam,
    pull,
    risk,
    share,
    sigma2,
    stiffness,
    student_share,
    teacher_risk,
    unseen,
    xi,
)
from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Iff,
    Precision,
    Quantity,
    Sample,
    Setting,
    Simulation,
    any_spectrum,
    gaussian,
    symbol,
    total,
    tr,
)

_half = sp.Rational(1, 2)

# -- any data and any squared test error, given the sample ----------------------------------------------------

ANY = unseen(DANG, "optimal mixing weight, given the data")
MOVED = Claim(
    "student_is_the_teacher_moved_along_its_ridge_path",
    r"On every eigenvector of $X^\top X$ the student keeps what its teacher keeps plus $\xi \lambda$ times the "
    r"derivative of that in $\lambda$.",
    Compare(share + xi * lam * sp.Derivative(share, lam), "=", share * (1 - xi + xi * share)),
    Domain((s, lam, xi)),
    ANY,
    (Derivation(share + xi * lam * sp.Derivative(share, lam)).differentiate(), Precision()),
    rivals=(
        share * (1 + xi - xi * share),
        share * (1 - xi + xi * share**2),
        share - xi * share * (1 - share) / lam,
    ),
    remark=r"The right side is the ridge share of the mixed labels $(1 - \xi) y + \xi X w$, $w$ the teacher. It "
    r"holds for the whole vector, whatever the labels: the student is $w$ plus $\xi \lambda$ times the "
    r"derivative of $w$ in $\lambda$, the penalty of $X^\top X$ without $1/n$.",
)

r = symbol("r", "error of the teacher on a coordinate of the test metric", real=True)
m = symbol("m", "derivative in the penalty of the teacher's coefficients on a coordinate of the test metric", real=True)
E = any_spectrum(
    "E_c", "coordinates in which the test error is a sum of squares: the teacher's error, its derivative", r, m
)
slope, square = 2 * total(r * m, E), total(m**2, E)
_moved = total((r + xi * lam * m) ** 2, E)
_best_any = -slope / (2 * lam * square)
_MOVES = Condition(square, ">", 0, "let the teacher's predictions change with the penalty")
PARABOLA = Claim(
    "student_risk_is_a_parabola_in_the_weight",
    r"Whatever the data and the squared test error $R$, the student's risk is $R - R_1^2/(4 D) + \lambda^2 D (\xi "
    r"- \xi^\star)^2$, where $R_1$ is the derivative of the teacher's risk in $\lambda$, $D$ the squared length "
    r"of the derivative of its predictions and $\xi^\star = -R_1/(2 \lambda D)$.",
    Compare(_moved, "=", total(r**2, E) - slope**2 / (4 * square) + lam**2 * square * (xi - _best_any) ** 2),
    Domain((E, lam, xi), (_MOVES,)),
    ANY,
    (
        Derivation(_moved).rewrite(total(r**2, E) - slope**2 / (4 * square) + lam**2 * square * (xi - _best_any) ** 2),
        Precision(),
    ),
    rests_on=(MOVED,),
    rivals=(
        total(r**2, E) - slope**2 / (4 * square) + lam**2 * square * (xi + _best_any) ** 2,
        total(r**2, E) - slope**2 / (4 * square) + lam**2 * square * (xi - lam * _best_any) ** 2,
        total(r**2, E) - slope**2 / square + lam**2 * square * (xi - _best_any) ** 2,
    ),
    remark=r"Nothing is averaged: the sample is fixed, test points may come from another distribution. $R_1 = 2 "
    r"\sum r m$ and $D = \sum m^2$. The best student has the risk $R - R_1^2/(4 D)$.",
)
R, slope_R, D = (
    symbol("R", "risk of the teacher", nonnegative=True),
    symbol("R_1", "derivative of the teacher's risk in its penalty", real=True),
    symbol("D", "squared length of the derivative in the penalty of the teacher's predictions", positive=True),
)
_weight = -slope_R / (2 * lam * D)
SIGN = Claim(
    "best_weight_has_the_sign_of_minus_the_risk_slope",
    r"The best weight $\xi^\star = -R_1/(2 \lambda D)$ is positive if and only if the teacher's risk falls in its "
    r"penalty ($R_1 < 0$, with $D$ the squared length of the derivative of its predictions): weight on the "
    r"teacher's predictions repairs a penalty that is too small, and a negative weight one that is too large.",
    Iff(Compare(_weight, ">", 0), Compare(slope_R, "<", 0)),
    Domain((slope_R, D, lam)),
    ANY,
    (Derivation.same_sign(), Precision()),
    rests_on=(PARABOLA,),
    rivals=(Compare(slope_R, ">", 0), Compare(slope_R, "<", D)),
)
STRICT = Claim(
    "best_student_is_strictly_better_unless_the_risk_is_stationary",
    "The best student's risk $R - R_1^2/(4 D)$ is below the teacher's risk $R$ if and only if $R_1^2 > 0$: at "
    "every penalty at which the teacher's risk is not stationary, $R_1$ being its derivative in the penalty and "
    "$D$ the squared length of that of its predictions.",
    Iff(Compare(R - slope_R**2 / (4 * D), "<", R), Compare(slope_R**2, ">", 0)),
    Domain((R, slope_R, D)),
    ANY,
    (Derivation.same_sign(), Precision()),
    rests_on=(PARABOLA,),
    rivals=(Compare(slope_R, ">", 0), Compare(slope_R, "<", 0)),
    remark=r"At the penalty that is best for the teacher alone $R_1 = 0$: there $\xi^\star = 0$ and this student "
    r"gains nothing.",
)

# -- a fixed design, averaged over the label noise -------------------------------------------------------------

FIXED = unseen(DAS, "linear regression, optimal imitation parameter")
_z = gaussian("z", n, 1)
_labels, _solved = b * x + _z, 1 / (s + lam)
_teacher = _solved * (x.T @ _labels)
_student = _solved * (x.T @ ((1 - xi) * _labels + xi * (x @ _teacher)))
_error = _student - b * ONE


def two_ridges(a: Mapping[str, np.ndarray], at: Mapping[str, float]) -> float:
    """Squared error along x of a student of a ridge teacher: two ridge regressions on three columns, in full."""
    design, beta = columns(a["x"]), coefficients(at["b"])
    y = design @ beta + a["z"]
    teacher = ridge_solution(design, y, at["lam"])
    student = ridge_solution(design, (1 - at["xi"]) * y + at["xi"] * design @ teacher, at["lam"])
    return float(at["h"] * (student - beta)[0, 0] ** 2)


def _instance(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    return instance(point, rng, ("s", "b", "h", "lam", "sigma2", "xi"))


distilled = Quantity(
    symbol("R_dir", "mean squared error of the student on one eigenvector, weighted", "R", real=True),
    r"mean squared error of a student of a ridge teacher on one eigenvector of $X^\top X$, weighted",
    tr(_error.T @ _error) * h,
    Setting((Sample.of(n, (_z,), {(_z, _z): sigma2 * ONE}),), LENGTH, _instance, rounded=True),
    two_ridges,
)
DISTILLED = Claim(
    "risk_of_a_self_distilled_ridge_student",
    r"On a fixed design the student's mean squared error along an eigenvector of $X^\top X$ is $(1 - c)^2 \beta^2 "
    r"+ c^2 \sigma^2/s$, times the weight $h$ of the direction, where $c = a - \xi a (1 - a)$ and $a = s/(s + "
    r"\lambda)$.",
    Compare(distilled, "=", risk(student_share(share, xi))),
    Domain((n, s, b, h, lam, sigma2, xi), (THREE_ROWS,)),
    FIXED,
    (
        Derivation(distilled).expect(_z).in_names(),
        Simulation(at=({n: 5, s: 2, b: 1, h: 1, lam: 1, sigma2: 1, xi: -1}, {}, {})),
    ),
    rivals=(
        risk(share**2),
        risk(student_share(share, -xi)),
        risk(student_share(share, xi) * share),
    ),
    remark=r"Both ridge regressions are written on the eigenvector, where $X^\top X + \lambda$ acts as $s + "
    r"\lambda$, and drawn in full.",
)
RISK_SLOPE = Claim(
    "risk_slope_in_the_penalty",
    r"On a fixed design the derivative of the teacher's mean risk in $\lambda$ is $-2 \sum h s (\sigma^2 - \lambda "
    r"\beta^2)/(s + \lambda)^3$, where a direction has the eigenvalue $s$, the truth $\beta$ and the weight $h$ in "
    r"the test error.",
    Compare(sp.Derivative(teacher_risk, lam), "=", -2 * total(h * s * (sigma2 - lam * b**2) / (s + lam) ** 3, S)),
    Domain((S, lam, sigma2)),
    FIXED,
    (Derivation(sp.Derivative(teacher_risk, lam)).differentiate(), Precision()),
    rivals=(
        -2 * total(h * (sigma2 - lam * b**2) / (s + lam) ** 3, S),
        -2 * total(h * s * (sigma2 - b**2) / (s + lam) ** 3, S),
    ),
)
_distilled = total(risk(student_share(share, xi)), S)
_completed = teacher_risk - pull**2 / stiffness + stiffness * (xi - pull / stiffness) ** 2
WEIGHT = Claim(
    "best_weight_on_a_fixed_design",
    r"On a fixed design the student's mean risk is the teacher's minus $P^2/Q$ plus $Q (\xi - P/Q)^2$, where a "
    r"direction has the eigenvalue $s$, the truth $\beta$ and the weight $h$ in the test error, $P$ is the sum of $h "
    r"s \lambda (\sigma^2 - \lambda \beta^2)/(s + \lambda)^3$ and $Q$ that of $h s \lambda^2 (s \beta^2 + "
    r"\sigma^2)/(s + \lambda)^4$: the best weight is $P/Q$ and gains $P^2/Q$.",
    Compare(_distilled, "=", _completed),
    Domain((S, lam, sigma2, xi)),
    FIXED,
    (Derivation(_distilled).rewrite(_completed), Precision()),
    rests_on=(DISTILLED,),
    rivals=(
        _completed + pull**2 / stiffness,
        teacher_risk - pull**2 / stiffness + stiffness * (xi + pull / stiffness) ** 2,
        _completed.xreplace({pull: total(h * s * lam * (sigma2 - b**2) / (s + lam) ** 3, S)}),
    ),
    remark=r"With $h = 1$ this is the error of the coefficients; with $h = s$, prediction on the design, the best "
    r"weight is another one. $P = -\lambda R_1/2$, by risk_slope_in_the_penalty: the sign rule once more.",
)
NEGATIVE_RULE = Claim(
    "best_weight_of_one_direction_is_negative_iff_over_regularised",
    r"On a single direction the best weight $(\sigma^2 - \lambda \beta^2)(s + \lambda)/(\lambda (s \beta^2 + "
    r"\sigma^2))$ is negative if and only if $\lambda > \sigma^2/\beta^2$.",
    Iff(
        Compare((sigma2 - lam * b**2) * (s + lam) / (lam * (s * b**2 + sigma2)), "<", 0),
        Compare(lam * b**2, ">", sigma2),
    ),
    Domain((s, b, lam, sigma2)),
    FIXED,
    (Derivation.same_sign(), Precision()),
    rivals=(Compare(lam * b**2, "<", sigma2), Compare(lam * b**2, ">", s * sigma2)),
)
g = symbol("g", r"what $\lambda \beta^2$ has above $\sigma^2$ on a direction", positive=True)
SO = any_spectrum(
    "S_o",
    r"directions with $\lambda \beta^2 = \sigma^2 + g$: eigenvalue, excess $g$, weight in the test error",
    s,
    g,
    h,
)
_over = pull.summand.subs(b**2, (sigma2 + g) / lam)
NEGATIVE = Claim(
    "best_weight_is_negative_on_over_regularised_designs",
    r"Where $\lambda \beta^2$ exceeds $\sigma^2$ on every direction, the numerator $\sum h s \lambda (\sigma^2 - "
    r"\lambda \beta^2)/(s + \lambda)^3$ of the best weight is negative: the best student is trained away from its "
    r"teacher.",
    Compare(total(_over, SO), "<", 0),
    Domain((SO, lam, sigma2)),
    FIXED,
    (Derivation(total(_over, SO)).bound("<", 0, by=total(h * s * lam * g / (s + lam) ** 3, SO)), Precision()),
    rests_on=(WEIGHT,),
    rivals=(Compare(total(_over, SO), ">", 0), -total(h * s * lam * g / (s + lam) ** 2, SO)),
    remark=r"The excess is named: $g = \lambda \beta^2 - \sigma^2 > 0$. A weight between 0 and 1 can then only "
    r"hurt.",
)
ABOVE_ONE = Claim(
    "best_weight_exceeds_one_iff_the_noise_is_large",
    r"The best weight exceeds 1, so that labels enter with a negative sign, if and only if $\sigma^2 \sum h s^2 "
    r"\lambda/(s + \lambda)^4 > \sum h s \lambda^2 \beta^2 (2 s + \lambda)/(s + \lambda)^4$.",
    Iff(
        Compare(pull / stiffness, ">", 1),
        Compare(
            sigma2 * total(h * s**2 * lam / (s + lam) ** 4, S),
            ">",
            total(h * s * lam**2 * b**2 * (2 * s + lam) / (s + lam) ** 4, S),
        ),
    ),
    Domain((S, lam, sigma2)),
    unseen(DAS, "imitation parameter above one"),
    (Derivation.same_sign(factor=1 / stiffness), Precision()),
    rests_on=(WEIGHT,),
    rivals=(
        Compare(
            sigma2 * total(h * s**2 * lam / (s + lam) ** 4, S),
            ">",
            total(h * s * lam**2 * b**2 / (s + lam) ** 3, S),
        ),
        Compare(sigma2 * total(s, S), ">", total(lam * b**2 * s, S)),
    ),
)
_TWO = ((1, 4, 1, 1), (1, _half, _half, 1))
OUTSIDE = Claim(
    "best_weight_may_be_negative",
    "There is a design with two directions on which the best weight is below $-1/2$.",
    Compare(pull / stiffness, "<", -_half),
    Domain((S, lam, sigma2)),
    FIXED,
    (Precision(),),
    rests_on=(WEIGHT,),
    rivals=(Compare(pull / stiffness, "<", -3), Compare(pull / stiffness, ">", 0)),
    witness={S: _TWO, lam: 2, sigma2: sp.Rational(1, 10)},
)
_flat = symbol("B", "squared coefficient of the truth, the same on every direction", positive=True)
_ridge_share = s / (s + sigma2 / _flat)
SF = any_spectrum("S_f", r"the directions: eigenvalue of $X^\top X$, weight in the test error", s, h)
_flat_risk = total(h * ((1 - _ridge_share) ** 2 * _flat + _ridge_share**2 * sigma2 / s), SF)
FLAT = Claim(
    "a_flat_truth_leaves_nothing_to_distill_at_the_best_ridge",
    r"Where the truth has the same squared coefficient $B$ on every direction, ridge regression with $\lambda = "
    r"\sigma^2/B$ attains the least risk of all shrinkages: no number of steps of self-distillation beats it.",
    Compare(_flat_risk, "=", total(h * sigma2 * _flat / (s * _flat + sigma2), SF)),
    Domain((SF, _flat, sigma2)),
    unseen(DANG, "isotropic signals").at("isotropic signals", "derived"),
    (Derivation(_flat_risk).rewrite(total(h * sigma2 * _flat / (s * _flat + sigma2), SF)), Precision()),
    rivals=(total(h * sigma2 / s, SF), total(h * sigma2 * _flat / (_flat + sigma2), SF)),
    remark="On average over truths without a preferred direction, distillation can only repair a wrong penalty. That "
    "the right side bounds every shrinkage is no_shrinkage_beats_the_bound.",
)
