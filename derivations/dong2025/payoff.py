"""When weak-to-strong training pays, and how many pseudo-labels it takes."""

from __future__ import annotations

import sympy as sp

from derivations.dong2025.baselines import STRONG
from derivations.dong2025.risk import INFINITE_PSEUDO_LABELS, STUDENT
from derivations.dong2025.setting import (
    BASELINE_FITS,
    DISCREPANT,
    GAP,
    IN_STRONG,
    IN_WEAK,
    NOISY,
    PAPER,
    RISK,
    TEACHER_FITS,
    VARIANCE,
    VARIANCE_IN,
    A,
    A_pop,
    N,
    d_s,
    d_sw,
    d_w,
    h,
    k,
    n,
    q,
    rho_s,
    rho_w,
    sigma2,
    student_risk,
    teacher_noise,
    weak_risk,
    with_,
)
from derivations.dong2025.teacher import WEAK, WEAK_VARIANCE
from derivations.dong2025.variance import VARIANCE_IN_SAMPLE, VARIANCE_POPULATION
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Equation, Iff, Precision, symbol

_V_w, _V_in, _V_pop, _V_s = sigma2 * d_w / k, sigma2 * A / k, sigma2 * A_pop / k, sigma2 * d_s / (n - d_s - 1)
BEATS_TEACHER_IN_SAMPLE = Claim(
    "student_beats_teacher_in_sample_iff_more_pseudo_labels_than_features",
    r"With variance only, in sample, the student beats its teacher if and only if $d_s < N$ (for $d_{s\wedge w} < "
    r"d_w$).",
    Iff(Compare(_V_in, "<", _V_w), Compare(d_s, "<", N)),
    with_(VARIANCE_IN, NOISY, DISCREPANT),
    PAPER.at("when weak-to-strong helps"),
    (Derivation.same_sign(), Precision()),
    rests_on=(VARIANCE_IN_SAMPLE, WEAK_VARIANCE),
    rivals=(Compare(2 * d_s, "<", N), Compare(d_s, "<=", N)),
)
BEATS_TEACHER = Claim(
    "student_beats_teacher_iff_twice_as_many_pseudo_labels",
    r"With variance only, in population risk, the student beats its teacher if and only if $N > 2 d_s + 1$ (for "
    r"$d_{s\wedge w} < d_w$).",
    Iff(Compare(_V_pop, "<", _V_w), Compare(2 * d_s + 1, "<", N)),
    with_(VARIANCE, NOISY, DISCREPANT),
    PAPER.at("when weak-to-strong helps"),
    (Derivation.same_sign(), Precision()),
    rests_on=(VARIANCE_POPULATION, WEAK_VARIANCE),
    rivals=(Compare(d_s, "<", N), Compare(2 * d_s, "<", N)),
)
BEATS_BASELINE_IN_SAMPLE = Claim(
    "student_beats_baseline_in_sample_iff_its_effective_dimension_is_small",
    r"With variance only, in sample, the student beats the strong baseline if and only if $d_{s\wedge w} + (d_w - "
    r"d_{s\wedge w}) d_s/N < d_s (n - d_w - 1)/(n - d_s - 1)$.",
    Iff(Compare(_V_in, "<", _V_s), Compare(A, "<", d_s * k / (n - d_s - 1))),
    with_(VARIANCE_IN, NOISY, BASELINE_FITS),
    PAPER.at("when weak-to-strong helps"),
    (Derivation.same_sign(), Precision()),
    rests_on=(VARIANCE_IN_SAMPLE, STRONG),
    rivals=(Compare(A, "<", d_s), Compare(A, "<", d_w)),
)
BEATS_BASELINE = Claim(
    "student_beats_baseline_iff_its_effective_dimension_is_small",
    r"With variance only, in population risk, the student beats the strong baseline if and only if $d_{s\wedge w} "
    r"+ (d_w - d_{s\wedge w}) d_s/(N - d_s - 1) < d_s (n - d_w - 1)/(n - d_s - 1)$.",
    Iff(Compare(_V_pop, "<", _V_s), Compare(A_pop, "<", d_s * k / (n - d_s - 1))),
    with_(VARIANCE, NOISY, BASELINE_FITS),
    PAPER.at("when weak-to-strong helps"),
    (Derivation.same_sign(), Precision()),
    rests_on=(VARIANCE_POPULATION, STRONG),
    rivals=(Compare(A, "<", d_s * k / (n - d_s - 1)), Compare(A_pop, "<", d_s)),
)

# -- how many pseudo-labels ----------------------------------------------------------------------------------

# Of the teacher's excess risk, what the student can be rid of, and what it pays for a finite number of pseudo-labels.
attainable_gain = teacher_noise * (d_w - d_sw) + rho_w - rho_s - q
price = teacher_noise * (d_w - d_sw) + h
# Times k, so that they are polynomials.
PRICE = (sigma2 + rho_w) * (d_w - d_sw) + h * k
GAIN = Condition(
    (sigma2 + rho_w) * (d_w - d_sw) + (rho_w - rho_s - q) * k,
    ">",
    0,
    "no number of pseudo-labels lets the student beat its teacher",
)
share = symbol("share", "share of the attainable gain", "s", nonnegative=True)
N_share = symbol(
    "N_share", "number of pseudo-labels that gives the share $s$ of the attainable gain", r"N_{s}", positive=True
)
_AT_EVERY_N = Domain(
    (d_sw, d_s, d_w, n, sigma2, rho_w, rho_s, q, h), (IN_STRONG, IN_WEAK, TEACHER_FITS, GAP, NOISY, GAIN)
)
PSEUDO_LABELS = Claim(
    "pseudo_labels_for_a_part_of_the_attainable_gain",
    r"The student realises the share $s$ of the gain $G$ over its teacher that it has with infinitely many "
    r"pseudo-labels at $N = d_s + 1 + d_s ((\sigma^2 + \rho_w)(d_w - d_{s\wedge w})/k + h)/((1 - s) G)$, where $k "
    r"= n - d_w - 1$ and $G = (\sigma^2 + \rho_w)(d_w - d_{s\wedge w})/k + \rho_w - \rho_s - q$.",
    Compare(N_share, "=", d_s + 1 + d_s * price / ((1 - share) * attainable_gain)),
    Domain(
        (*_AT_EVERY_N.symbols, share),
        (
            *_AT_EVERY_N.conditions,
            Condition(share, "<", 1, "all of the gain needs infinitely many pseudo-labels"),
            Condition(PRICE, ">", 0, "choose weak features outside the student's space"),
        ),
    ),
    PAPER.at("sample complexity in pseudo-labels, from the exact risks"),
    (Derivation(N_share), Precision()),
    given=(
        Equation(
            N_share, (weak_risk - student_risk).xreplace({N: N_share}) - share * attainable_gain, (d_s + 1, sp.oo)
        ),
    ),
    rests_on=(WEAK, STUDENT, INFINITE_PSEUDO_LABELS),
    rivals=(
        d_s + d_s * price / ((1 - share) * attainable_gain),
        d_s + 1 + d_s * (price - h) / ((1 - share) * attainable_gain),
        d_s + 1 + d_s * price / attainable_gain,
    ),
)
BREAKS_EVEN = Claim(
    "student_beats_teacher_iff_enough_pseudo_labels",
    r"Where the attainable gain $G = (\sigma^2 + \rho_w)(d_w - d_{s\wedge w})/k + \rho_w - \rho_s - q$ is "
    r"positive, $k = n - d_w - 1$, the student's population excess risk is below its teacher's if and only if $N "
    r"> d_s + 1 + d_s ((\sigma^2 + \rho_w)(d_w - d_{s\wedge w})/k + h)/G$.",
    Iff(Compare(student_risk, "<", weak_risk), Compare(d_s + 1 + d_s * price / attainable_gain, "<", N)),
    with_(RISK, NOISY, GAIN),
    PAPER.at("when weak-to-strong helps, with approximation errors"),
    (Derivation.same_sign(), Precision()),
    rests_on=(WEAK, STUDENT),
    rivals=(
        Compare(2 * d_s + 1, "<", N),
        Compare(d_s + d_s * price / attainable_gain, "<", N),
    ),
)
