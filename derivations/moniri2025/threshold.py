"""The threshold on the teacher's ridge, exactly: for every design of the teacher, and truths averaged over directions.

With G = X'X/n and truths of mean square v in every direction, the teacher has the mean square T_2 and the mean product
T_1 with the truth. A student whose design has directions of its own, independent of the teacher's, shrinks by s =
w/(w + nu) on each of them; with a_1 and a_2 the means of s and of s^2 over its d directions its risk is a_2 T_2 - 2 a_1
T_1 + r2. The teacher's own is that of a_1 = a_2 = 1.
"""

from __future__ import annotations

import sympy as sp

from derivations.moniri2025.letters import PAPER, RESTATED, T1, T2, G, W, lam, n, nu, r2, sigma2, v, w, x
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Iff, Precision, symbol, total

EXACT = PAPER.at("ridge regression; exact form for a given design", "derived")
STATED = PAPER.at("ridge regression: the condition on the teacher's ridge")
d = total(1, G)
_h = x / (x + lam)
product = v * total(_h, G)
square = v * total(_h**2, G) + sigma2 / n * total(x / (x + lam) ** 2, G)
_excess = (sigma2 / n - v * lam) * total(x / (x + lam) ** 2, G)
TEACHER = Domain((G, n, lam, sigma2, v))

MOMENTS_DIFFER = Claim(
    "teacher_is_too_long_by_a_multiple_of_the_threshold",
    r"The teacher's mean square minus its mean product with the truth is $(\sigma^2/n - v \lambda) \sum_i "
    r"x_i/(x_i + \lambda)^2$, where $x_i$ are the eigenvalues of its design.",
    Compare(square - product, "=", _excess),
    TEACHER,
    EXACT,
    (Derivation(square - product).rewrite(_excess), Precision()),
    rivals=(
        (sigma2 / n - v) * total(x / (x + lam) ** 2, G),
        (sigma2 - v * lam) * total(x / (x + lam) ** 2, G),
        (sigma2 / n - v * lam) * total(1 / (x + lam), G),
    ),
    remark="A teacher that is longer than its product with the truth gains from being shrunk.",
)
THRESHOLD = Claim(
    "threshold_on_the_ridge_of_the_teacher",
    r"The teacher's mean square exceeds its mean product with the truth if and only if $\lambda < \sigma^2/(n v)$, "
    r"whatever the design.",
    Iff(Compare(product, "<", square), Compare(lam, "<", sigma2 / (n * v))),
    TEACHER,
    STATED,
    (Derivation.same_sign(factor=v * total(x / (x + lam) ** 2, G)), Precision()),
    rests_on=(MOMENTS_DIFFER,),
    rivals=(
        Compare(lam, "<", sigma2 / v),
        Compare(lam, "<", sigma2 / (n * v * d)),
        Compare(lam, "<", 2 * sigma2 / (n * v)),
    ),
    remark=rf"{RESTATED}In $d$ dimensions a truth of mean square $r^2 = d v$ has the threshold $\sigma^2 d/(n "
    rf"r^2)$. It is the ridge at which ridge regression itself is best: below it the teacher is "
    rf"under-regularised.",
)

# -- any student ---------------------------------------------------------------------------------------------

a1 = symbol("a_1", "mean shrinkage of the student over its directions", "a_1", nonnegative=True)
a2 = symbol("a_2", "mean squared shrinkage of the student over its directions", "a_2", nonnegative=True)
teacher_risk = T2 - 2 * T1 + r2
SHRINKS = Condition(a1, "<=", 1, "a ridge shrinks")
JENSEN = Condition(a2, ">=", a1**2, "the mean of squares is at least the square of the mean")
student_risk = a2 * T2 - 2 * a1 * T1 + r2
NO_GAIN = Claim(
    "no_student_gains_at_or_above_the_threshold",
    r"At or above the threshold, $T_2 \le T_1$, no student has a risk below its teacher's, whatever its ridge "
    r"and its number of points.",
    Compare(teacher_risk, "<=", student_risk),
    Domain((T1, T2, a1, a2, r2), (Condition(T2, "<=", T1, "regularise the teacher enough"), SHRINKS, JENSEN)),
    STATED,
    (
        Derivation(teacher_risk).bound(
            "<=",
            student_risk,
            by=(a2 - a1**2) * T2 + 2 * (1 - a1) * (T1 - T2) + (1 - a1) ** 2 * T2,
        ),
        Precision(),
    ),
    rests_on=(THRESHOLD,),
    rivals=(
        a1**2 * T2 - a1 * T1 + r2 - T1,
        a2 * T2 - 2 * T1 + r2,
    ),
    remark=RESTATED,
)

s = symbol("s", r"shrinkage of a student with infinitely many pseudo-labels, $1/(1 + \nu)$", positive=True)
WINDOW = Claim(
    "window_of_shrinkages_that_gain",
    "With infinitely many pseudo-labels a student that shrinks its teacher by $s < 1$ has the lower risk if and "
    "only if $s > 2 T_1/T_2 - 1$, where $T_1$ is the teacher's mean product with the truth and $T_2$ its mean "
    "square.",
    Iff(
        Compare(s**2 * T2 - 2 * s * T1 + r2, "<", teacher_risk),
        Compare(2 * T1 / T2 - 1, "<", s),
    ),
    Domain((T1, T2, r2, s), (Condition(s, "<", 1, "a ridge shrinks"),)),
    EXACT,
    (Derivation.same_sign(factor=(1 - s) * T2), Precision()),
    rivals=(Compare(T1 / T2, "<", s), Compare(T1 / T2 - 1, "<", s), Compare(s, "<", 2 * T1 / T2 - 1)),
    remark="Every student gains where $T_2 > 2 T_1$; the teacher is then worse than predicting zero.",
)
_best = r2 - T1**2 / T2
BEST = Claim(
    "best_student_of_a_given_teacher",
    "With infinitely many pseudo-labels no shrinkage $s$ has a risk below $r^2 - T_1^2/T_2$, where $T_1$ is the "
    "teacher's mean product with the truth and $T_2$ its mean square.",
    Compare(_best, "<=", s**2 * T2 - 2 * s * T1 + r2),
    Domain((T1, T2, r2, s)),
    EXACT,
    (Derivation(_best).bound("<=", s**2 * T2 - 2 * s * T1 + r2, by=T2 * (s - T1 / T2) ** 2), Precision()),
    rivals=(r2 - 2 * T1**2 / T2 + s**2 * T2, r2 - s * T1),
    remark=r"Attained at $s = T_1/T_2$, which is the ridge $\nu = (T_2 - T_1)/T_1$ where that is positive.",
)
GAIN = Claim(
    "best_student_gains_the_square_of_the_excess",
    "The teacher's risk minus that of its best student with infinitely many pseudo-labels is $(T_2 - T_1)^2/T_2$, "
    "where $T_1$ is the teacher's mean product with the truth and $T_2$ its mean square.",
    Compare(teacher_risk - _best, "=", (T2 - T1) ** 2 / T2),
    Domain((T1, T2, r2)),
    EXACT,
    (Derivation(teacher_risk - _best).rewrite((T2 - T1) ** 2 / T2), Precision()),
    rests_on=(BEST,),
    rivals=((T2 - T1) ** 2 / T1, T2 - T1, (T2**2 - T1**2) / T2),
)

# -- a small ridge of a student with its own design ----------------------------------------------------------

_shrunk = w / (w + nu)
_student = total(_shrunk**2 * T2 - 2 * _shrunk * T1, W)
_slope = 2 * total(w / (w + nu) ** 2 * (T1 - _shrunk * T2), W)
RATE = Claim(
    "rate_of_the_students_risk_in_its_ridge",
    r"The student's risk, times its $d$ dimensions, changes with its ridge $\nu$ at the rate $2 \sum_i w_i (T_1 - "
    r"s_i T_2)/(w_i + \nu)^2$, where $w_i$ are the eigenvalues of its own design, $s_i = w_i/(w_i + \nu)$, $T_1$ "
    r"is the teacher's mean product with the truth and $T_2$ its mean square.",
    Compare(sp.Derivative(_student, nu), "=", _slope),
    Domain((W, nu, T1, T2)),
    EXACT,
    (Derivation(sp.Derivative(_student, nu)).differentiate().rewrite(_slope), Precision()),
    rivals=(total(w / (w + nu) ** 2 * (T1 - T2), W), 2 * total(_shrunk * (T1 - _shrunk * T2), W)),
)
_at_zero = 2 * total((T1 - T2) / w, W)
SMALL_RIDGE = Claim(
    "a_small_ridge_gains_iff_below_the_threshold",
    r"At $\nu = 0$ and for a design of full rank with eigenvalues $w_i$ the student's risk, times its dimensions, "
    r"changes with its ridge $\nu$ at the rate $2 (T_1 - T_2) \sum_i 1/w_i$: it is negative, and so some ridge "
    r"gains, if and only if $T_1 < T_2$.",
    Iff(Compare(_at_zero, "<", 0), Compare(T1, "<", T2)),
    Domain((W, T1, T2)),
    STATED,
    (Derivation.same_sign(factor=2 * total(1 / w, W)), Precision()),
    rests_on=(RATE, THRESHOLD),
    rivals=(Compare(T2, "<", T1), Compare(2 * T1, "<", T2)),
    remark=rf"{RESTATED}The hypothesis is $N \ge d$ for the student. At $\nu = 0$ such a student is its teacher.",
)

# -- hypotheses ----------------------------------------------------------------------------------------------

q = symbol("q", "$N/d$, pseudo-labels over dimensions", positive=True)
RIDGELESS = Claim(
    "ridgeless_student_with_few_points_gains_iff_its_teacher_is_worse_than_zero",
    "A ridgeless student with $N < d$ points, $q = N/d$, has $a_1 = a_2 = q$: it gains if and only if $T_2 > 2 "
    "T_1$, that is, the teacher's risk is above $r^2$, that of predicting zero. The threshold does not decide it.",
    Iff(Compare(q * T2 - 2 * q * T1 + r2, "<", teacher_risk), Compare(r2, "<", teacher_risk)),
    Domain((q, T1, T2, r2), (Condition(q, "<", 1, "take fewer points than dimensions"),)),
    EXACT,
    (Derivation.same_sign(factor=1 - q), Precision()),
    rivals=(Compare(T1, "<", T2), Compare(q * r2, "<", teacher_risk)),
    remark="A projector on $N$ of $d$ directions: its mean shrinkage and its mean squared shrinkage are both $N/d$.",
)
WITHOUT_RATIO = Claim(
    "the_threshold_needs_the_ratio_of_dimensions_to_labels",
    r"There is a design with $d = 3$, $n = 6$ and a ridge below $\sigma^2/r^2$, $r^2 = d v$, where the teacher's "
    r"mean square is below its mean product with the truth and so no student gains.",
    Compare(square, "<", product),
    Domain((G, n, lam, sigma2, v), (Condition(lam * v * d, "<", sigma2, "the threshold without d/n"),)),
    STATED,
    (Precision(),),
    witness={G: ((1, sp.Rational(1, 2)), (2, 1)), n: 6, lam: sp.Rational(3, 4), sigma2: 1, v: sp.Rational(1, 3)},
    rests_on=(NO_GAIN,),
    rivals=(product / 2,),
    remark=r"The threshold is $\sigma^2 d/(n r^2) = 1/2$ there, and $\sigma^2/r^2 = 1$.",
)
_sigma = x / (x + nu)
_same = total(v * (_sigma * _h - 1) ** 2 + sigma2 / n * _sigma**2 * x / (x + lam) ** 2, G)
_own = total(v * (_h - 1) ** 2 + sigma2 / n * x / (x + lam) ** 2, G)
_less = nu / (x + nu)
SAME_SAMPLE = Claim(
    "no_student_on_its_teachers_sample_gains_at_or_above_the_threshold",
    r"A student that is trained on its teacher's own points with any ridge $\nu$ has at least its teacher's risk "
    r"where $\lambda \ge \sigma^2/(n v)$: fresh points do not matter to the threshold.",
    Compare(_own, "<=", _same),
    Domain((G, n, lam, nu, sigma2, v), (Condition(lam * n * v, ">=", sigma2, "regularise the teacher enough"),)),
    EXACT,
    (
        Derivation(_own).bound(
            "<=",
            _same,
            by=2 * (lam * n * v - sigma2) / n * total(_less * x / (x + lam) ** 2, G)
            + total(_less**2 * (v * _h**2 + sigma2 / n * x / (x + lam) ** 2), G),
        ),
        Precision(),
    ),
    rivals=(total(v * (_sigma * _h - 1) ** 2, G), _same - 2 * lam * v * total(_less * x / (x + lam) ** 2, G)),
    remark="Teacher and student share eigenvectors there, so that the filters multiply.",
)
c = symbol("c", "what the student multiplies its teacher by", real=True)
_scaled = total(v * (c * _h - 1) ** 2 + sigma2 / n * c**2 * x / (x + lam) ** 2, G)
_optimal = total(v * sigma2 / (n * v * x + sigma2), G)
_weight = v + sigma2 / (n * x)
BAYES = Claim(
    "no_student_beats_the_best_ridge",
    r"With infinitely many pseudo-labels no student, whatever it multiplies its teacher by, has a risk below that "
    r"of ridge regression with the ridge $\sigma^2/(n v)$ on the teacher's data.",
    Compare(_optimal, "<=", _scaled),
    Domain((G, n, lam, sigma2, v, c), (Condition(sigma2, ">", 0, "give the labels some noise"),)),
    EXACT,
    (
        Derivation(_optimal).bound("<=", _scaled, by=total(_weight * (c * _h - v / _weight) ** 2, G)),
        Precision(),
    ),
    rivals=(
        total(v * (c * _h - 1) ** 2, G),
        total(sigma2 / n * c**2 * x / (x + lam) ** 2, G),
    ),
    remark="The best ridge is the threshold. A student repairs an under-regularised teacher, and no more.",
)
