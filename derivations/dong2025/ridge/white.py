"""Ridge on white features: the risk knows the two spaces through d_s, d_w and d_sw alone."""

from __future__ import annotations

from derivations.dong2025.ridge.letters import WITH_RIDGE, kappa, kappa_s
from derivations.dong2025.ridge.risks import VARIANCE
from derivations.dong2025.setting import IN_STRONG, IN_WEAK, NOISY, A_pop, N, d_s, d_sw, d_w, k, n, sigma2
from derivations.dong2025.variance import VARIANCE_POPULATION
from w2s_sym import Asymptotic, Claim, Compare, Condition, Derivation, Domain, Iff, Precision, symbol

_TEACHER_FITS = Condition(n, ">", d_w, "give the weak teacher more labels or fewer features")
_STUDENT_FITS = Condition(N, ">", d_s, "give the student more pseudo-labels or fewer features")
share, left = 1 / (1 + kappa_s), kappa_s / (1 + kappa_s)
_omega = d_s / N * share**2
_spread = _omega / (1 - _omega)
_teacher = sigma2 / (n * (1 + kappa) ** 2 - d_w)
# The variance of the ridge student for white features on both sides.
white = _teacher * (share**2 * d_sw + _spread * (left**2 * d_sw + d_w - d_sw))
limit = sigma2 / (n - d_w) * (d_sw + d_s / (N - d_s) * (d_w - d_sw))

_L = symbol("L", "one over both effective ridges", positive=True)
_to_zero = {kappa: 1 / _L, kappa_s: 1 / _L}
RIDGELESS = Claim(
    "ridge_variance_tends_to_the_variance_law",
    r"On white features, as both effective ridges fall as $1/L$, the ridge student's limiting variance tends to "
    r"$(\sigma^2/(n - d_w)) (d_{s\wedge w} + (d_w - d_{s\wedge w}) d_s/(N - d_s))$, with an error of order $1/L$.",
    Asymptotic(white.xreplace(_to_zero), limit, _L),
    Domain(
        (d_sw, d_s, d_w, N, n, sigma2, _L),
        (IN_STRONG, IN_WEAK, _TEACHER_FITS, _STUDENT_FITS, NOISY, Condition(d_sw, ">", 0, "let the spaces overlap")),
    ),
    WITH_RIDGE,
    (Derivation(white.xreplace(_to_zero)).limit(_L), Precision()),
    rests_on=(VARIANCE,),
    rivals=(
        sigma2 / (n - d_w) * (d_sw + d_s / N * (d_w - d_sw)),
        sigma2 / n * (d_sw + d_s / (N - d_s) * (d_w - d_sw)),
        sigma2 / (n - d_w) * d_w,
    ),
)
_c = symbol("c", "factor by which all sizes grow", positive=True)
_grown = {d_sw: _c * d_sw, d_s: _c * d_s, d_w: _c * d_w, N: _c * N, n: _c * n}
_exact = (sigma2 / k * A_pop).xreplace(_grown)
EXACT_LAW = Claim(
    "the_exact_law_has_that_limit",
    r"As all sizes are multiplied by $c$, the exact population variance of the ridgeless student tends to "
    r"$(\sigma^2/(n - d_w)) (d_{s\wedge w} + (d_w - d_{s\wedge w}) d_s/(N - d_s))$, with an error of order $1/c$: "
    r"the limit loses the two terms $-1$ of the law.",
    Asymptotic(_exact, limit, _c),
    Domain(
        (d_sw, d_s, d_w, N, n, sigma2, _c),
        (
            IN_STRONG,
            IN_WEAK,
            _TEACHER_FITS,
            _STUDENT_FITS,
            NOISY,
            Condition(d_sw, ">", 0, "let the spaces overlap"),
            Condition(_c * (n - d_w), ">", 1, "the teacher's exact variance is finite"),
            Condition(_c * (N - d_s), ">", 1, "the student's exact variance is finite"),
        ),
    ),
    WITH_RIDGE,
    (Derivation(_exact).limit(_c), Precision()),
    rests_on=(VARIANCE_POPULATION,),
    rivals=(sigma2 / (n - d_w) * (d_sw + d_s / N * (d_w - d_sw)), sigma2 / n * d_sw),
)
_SHRUNK = Condition(N * (1 + kappa_s) ** 2, ">", d_s, r"$\Omega_s$ is below 1 for a student with a positive ridge")
VIRTUE = Claim(
    "discrepancy_is_a_virtue_iff_there_are_enough_pseudo_labels",
    r"On white features the ridge student's limiting variance grows with the overlap $d_{s\wedge w}$, so that "
    r"discrepancy is a virtue, if and only if $2 d_s < N (1 + \kappa_s)$: a ridge of the student halves the "
    r"pseudo-labels that it takes where $\kappa_s = 1$.",
    Iff(
        Compare(_spread, "<", share**2 + _spread * left**2),
        Compare(2 * d_s, "<", N * (1 + kappa_s)),
    ),
    Domain((d_s, N, kappa_s), (_SHRUNK,)),
    WITH_RIDGE,
    (Derivation.same_sign(factor=share**3 / (N * (1 - _omega))), Precision()),
    rests_on=(VARIANCE,),
    rivals=(
        Compare(2 * d_s, "<", N),
        Compare(d_s, "<", N * (1 + kappa_s)),
        Compare(2 * d_s, "<", N * (1 + kappa_s) ** 2),
    ),
    remark="The left condition compares what one shared dimension and one of the teacher's own cost. Without "
    "ridge it is $2 d_s < N$; exactly, $2 d_s + 1 < N$: see "
    "student_beats_teacher_iff_twice_as_many_pseudo_labels.",
)
_POSITIVE = Condition(N * (1 + kappa_s), ">", d_s, "the ridge that has this effective ridge is positive")
FULL_OVERLAP = Claim(
    "a_ridge_student_in_its_teachers_space_has_less_variance",
    r"On white features with full overlap, $d_{s\wedge w} = d_w$, the ridge student keeps less than all of its "
    r"teacher's limiting variance, whatever $N$: the share that it keeps is $s^2 + (1 - s)^2 \Omega_s/(1 - "
    r"\Omega_s) < 1$ with $s = 1/(1 + \kappa_s)$.",
    Compare(share**2 + _spread * left**2, "<", 1),
    Domain((d_s, N, kappa_s), (_POSITIVE, _SHRUNK)),
    WITH_RIDGE,
    (
        Derivation(share**2 + _spread * left**2).bound(
            "<",
            1,
            by=left
            * (left + 2 * share * (N * (1 + kappa_s) - d_s) / (N * (1 + kappa_s)))
            * (N * (1 + kappa_s) ** 2)
            / (N * (1 + kappa_s) ** 2 - d_s),
        ),
        Precision(),
    ),
    rests_on=(VARIANCE,),
    rivals=(share**2, left),
)
TWICE = Claim(
    "enough_pseudo_labels_reduce_the_variance_whatever_the_overlap",
    r"On white features, if $N (1 + \kappa_s)^2 \ge 2 d_s$, the ridge student's limiting variance is below its "
    r"teacher's, whatever the overlap.",
    Compare(share**2 * d_sw + _spread * (left**2 * d_sw + d_w - d_sw), "<", d_w),
    Domain(
        (d_sw, d_s, d_w, N, kappa_s),
        (
            IN_STRONG,
            IN_WEAK,
            Condition(d_sw, ">", 0, "let the spaces overlap"),
            Condition(N * (1 + kappa_s) ** 2, ">=", 2 * d_s, "give the student more pseudo-labels, or a larger ridge"),
        ),
    ),
    WITH_RIDGE,
    (
        Derivation(share**2 * d_sw + _spread * (left**2 * d_sw + d_w - d_sw)).bound(
            "<",
            d_w,
            by=(N * (1 + kappa_s) ** 2 - 2 * d_s) / (N * (1 + kappa_s) ** 2 - d_s) * (d_w - d_sw + left**2 * d_sw)
            + 2 * share * left * d_sw,
        ),
        Precision(),
    ),
    rests_on=(VARIANCE,),
    rivals=(d_sw, d_w / 2),
)
