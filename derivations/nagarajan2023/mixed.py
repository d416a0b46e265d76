"""Labels mixed with the teacher's predictions, in Nagarajan et al. (2023): when the student lags all the same.

The student sees (1 - omega) y + omega times its teacher's predictions. On direction 1, where the teacher has made
progress p, it is matched at m = q (1 - omega (1 - p)), q its own progress towards what it sees; on direction 2 it has
made phi(q) (1 - omega (1 - phi(p))). For flow, phi(x) = 1 - (1 - x)^r, this is below phi(m) for all m <= p:

1. 1/phi is a concave function of 1/x. Its slope there, x^2 phi'(x)/phi(x)^2, grows with x because r coth(r s/2) is
   below coth(s/2) for s = -log(1 - x), and this because powers lie below their tangents.
2. 1/q falls linearly in omega, from 1/m at omega = 0 to p/m at omega = 1. So 1/phi(q) lies above its chord there: (1/
   phi(m) - 1/phi(q))/omega is below its value at omega = 1, which is 1/phi(m) - 1/phi(m/p).
3. The claim is that (1/phi(m) - 1/phi(q))/omega is below (1 - phi(p))/phi(m). By the chord it is enough that it is so
   at omega = 1. For m < p that is the theorem, phi(p) phi(m/p) < phi(m); for m = p both sides are equal there.

For m > p no omega = 1 is reached (q would be above 1), and the student can be ahead: :data:`MIXED_FLOW`.
"""

from __future__ import annotations

import sympy as sp

from derivations.nagarajan2023.iterated_ridge import phi_ridge
from derivations.nagarajan2023.letters import BELOW_P, BELOW_Q, BELOW_W, SMALLER, elasticity, m, p, phi, q, r, w
from derivations.nagarajan2023.linear import PAPER
from derivations.nagarajan2023.theorem import KEY, THEOREM
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Iff, Precision, symbol

MIXED = PAPER.at("labels mixed with the teacher's predictions", "derived")

omega = symbol("omega", "the teacher's weight in the student's labels", r"\omega", positive=True)
PARTLY = Condition(omega, "<", 1, "choose a weight below 1")


def seen(teacher: sp.Expr) -> sp.Expr:
    """1 - omega + omega times the teacher's progress: how much of a direction is in the student's labels."""
    return 1 - omega * (1 - teacher)


# -- the reciprocal of progress is concave --------------------------------------------------------------------

SUM_OVER_DIFFERENCE = Claim(
    "sum_over_difference_of_powers_grows_with_the_exponent",
    r"For $r$ and $w$ in $(0, 1)$, $r (1 + w^r)/(1 - w^r)$ is below $(1 + w)/(1 - w)$; with $s = -\log w$, $r "
    r"\coth(r s/2)$ is below $\coth(s/2)$.",
    Compare(r * (1 - w) * (1 + w**r), "<", (1 + w) * (1 - w**r)),
    Domain((r, w), (SMALLER, BELOW_W)),
    MIXED,
    (
        Derivation(r * (1 - w) * (1 + w**r)).slope(
            "<", (1 + w) * (1 - w**r), w, 1, -(1 + r) * w ** (r - 1), using=KEY, r=1 - r
        ),
        Precision(),
    ),
    rivals=(
        Compare(r * (1 - w) * (1 + w**r), ">", (1 + w) * (1 - w**r)),
        (1 + w**2) * (1 - w**r),
        (1 + w) * (1 - w**r) * r,
    ),
)


def tangent(slope: sp.Expr) -> sp.Expr:
    """1/phi at m on a line through its value at q, as functions of 1/x; its slope is q ``slope``/phi(q)."""
    return (1 + slope * (q - m) / m) / phi(q)


TANGENT = Claim(
    "reciprocal_of_progress_lies_below_its_tangent",
    r"With $\varphi(x) = 1 - (1 - x)^r$, $r \in (0, 1)$, $1/\varphi$ is a concave function of $1/x$: for $m < q$, "
    r"$1/\varphi(m)$ is below the tangent at $q$, whose slope is $q/\varphi(q)$ times the elasticity at $q$.",
    Compare(1 / phi(m), "<", tangent(elasticity(q))),
    Domain((r, q, m), (SMALLER, BELOW_Q, Condition(m, "<", 1), Condition(m, "<", q, "take m below q"))),
    MIXED,
    (
        Derivation(1 / phi(m)).slope(
            "<",
            tangent(elasticity(q)),
            q,
            m,
            elasticity(q) * (q - m) / (m * q * (1 - q) * phi(q) ** 2),
            using=SUM_OVER_DIFFERENCE,
            w=1 - q,
        ),
        Precision(),
    ),
    rivals=(
        Compare(1 / phi(m), ">", tangent(elasticity(q))),
        tangent(elasticity(m)),
        tangent(sp.Integer(1)),
    ),
)
# Small progresses are drawn, and the sides agree to first order in m: dozens of digits are alike.
_PRECISE = Precision(digits=200)
_student = m / seen(p)
_UP_TO_TEACHER = Domain((r, p, m, omega), (SMALLER, BELOW_P, Condition(m, "<=", p, "match by the teacher"), PARTLY))
_BEFORE_TEACHER = Domain((r, p, m, omega), (SMALLER, BELOW_P, Condition(m, "<", p, "match before the teacher"), PARTLY))
CHORD = Claim(
    "reciprocal_of_progress_lies_above_its_chord",
    r"For $m \le p$ and $q = m/(1 - \omega (1 - p))$ between $m$ and $m/p$, $(1/\varphi(m) - 1/\varphi(q))/\omega$ "
    r"is below $1/\varphi(m) - 1/\varphi(m/p)$, where $\varphi(x) = 1 - (1 - x)^r$ and $r \in (0, 1)$.",
    Compare((1 / phi(m) - 1 / phi(_student)) / omega, "<", 1 / phi(m) - 1 / phi(m / p)),
    _UP_TO_TEACHER,
    MIXED,
    (
        Derivation((1 / phi(m) - 1 / phi(_student)) / omega).slope(
            "<",
            1 / phi(m) - 1 / phi(m / p),
            omega,
            1,
            -1 / omega**2,
            using=TANGENT,
            q=_student,
            why=r"at $\omega = 1$ the student's own progress is $m/p$, and the slope of a chord of a concave "
            r"function falls",
        ),
        _PRECISE,
    ),
    rivals=(
        Compare((1 / phi(m) - 1 / phi(_student)) / omega, ">", 1 / phi(m) - 1 / phi(m / p)),
        omega * (1 / phi(m) - 1 / phi(m / p)),
    ),
)

CHORD_BEFORE = Claim(
    "reciprocal_of_progress_lies_above_its_chord_before_the_teacher",
    r"For $m < p$, where all the progresses are below 1, and $q = m/(1 - \omega (1 - p))$, $(1/\varphi(m) - "
    r"1/\varphi(q))/\omega$ is below $1/\varphi(m) - 1/\varphi(m/p)$, where $\varphi(x) = 1 - (1 - x)^r$ and $r \in "
    r"(0, 1)$.",
    CHORD.statement,
    _BEFORE_TEACHER,
    MIXED,
    CHORD.evidence,
    rivals=CHORD.rivals,
)
_student_at = p / seen(p)
CHORD_AT = Claim(
    "reciprocal_of_progress_lies_above_its_chord_at_the_teacher",
    r"For $m = p$ the chord ends where $\varphi(x) = 1 - (1 - x)^r$ is 1: with $q = p/(1 - \omega (1 - p))$, "
    r"$(1/\varphi(p) - 1/\varphi(q))/\omega$ is below $1/\varphi(p) - 1$.",
    Compare((1 / phi(p) - 1 / phi(_student_at)) / omega, "<", 1 / phi(p) - 1),
    Domain((r, p, omega), (SMALLER, BELOW_P, PARTLY)),
    MIXED,
    (
        Derivation((1 / phi(p) - 1 / phi(_student_at)) / omega).slope(
            "<", 1 / phi(p) - 1, omega, 1, -1 / omega**2, using=TANGENT, q=_student_at, m=p
        ),
        _PRECISE,
    ),
    rivals=(
        Compare((1 / phi(p) - 1 / phi(_student_at)) / omega, ">", 1 / phi(p) - 1),
        omega * (1 / phi(p) - 1),
    ),
)

# -- mixed labels ---------------------------------------------------------------------------------------------

MIXED_LAGS = Claim(
    "mixed_flow_lags_when_matched_before_its_teacher",
    "Trained by flow on a mix of labels and the teacher's predictions, and matched on the larger eigenvalue at a "
    "progress $m$ below the teacher's $p$, the student lags on the smaller one.",
    Compare(phi(_student) * seen(phi(p)), "<", phi(m)),
    _BEFORE_TEACHER,
    MIXED,
    (
        Derivation(phi(_student) * seen(phi(p)))
        .using(
            CHORD_BEFORE,
            "<",
            phi(m) + omega * phi(_student) * (phi(p) - phi(m) / phi(m / p)),
            omega * phi(m) * phi(_student),
        )
        .using(THEOREM, "<", phi(m), omega * phi(_student) / phi(m / p), q=m / p),
        _PRECISE,
    ),
    rivals=(
        Compare(phi(_student) * seen(phi(p)), ">", phi(m)),
        phi(p) * phi(m / p),
        phi(m) * seen(phi(p)),
    ),
    remark=r"$m/(1 - \omega (1 - p))$ is the student's own progress. With $\omega = 1$ this is the theorem. "
    r"Beyond the teacher's progress it can fail: see mixed_labels_can_reverse_it.",
)
MIXED_LAGS_AT = Claim(
    "mixed_flow_lags_when_matched_at_its_teacher",
    "Matched at just the teacher's progress on the larger eigenvalue, the flow student on mixed labels lags on the "
    "smaller one too.",
    Compare(phi(_student_at) * seen(phi(p)), "<", phi(p)),
    Domain((r, p, omega), (SMALLER, BELOW_P, PARTLY)),
    MIXED,
    (
        Derivation(phi(_student_at) * seen(phi(p))).using(CHORD_AT, "<", phi(p), omega * phi(p) * phi(_student_at)),
        _PRECISE,
    ),
    rivals=(
        Compare(phi(_student_at) * seen(phi(p)), ">", phi(p)),
        phi(p) * seen(phi(p)),
    ),
    remark="The flow on labels that it is compared with is the teacher itself.",
)
_HALF = sp.Rational(1, 2)
_mixed_1 = q * seen(p)
MIXED_FLOW = Claim(
    "mixed_labels_can_reverse_it",
    "There is a flow student on labels mixed with its teacher's predictions that is ahead, on the smaller eigenvalue, "
    "of the flow on labels with equal progress on the larger.",
    Compare(phi(q) * seen(phi(p)), ">", phi(_mixed_1)),
    Domain((r, p, q, omega), (SMALLER, BELOW_P, BELOW_Q, PARTLY)),
    MIXED,
    (Precision(),),
    witness={r: _HALF, omega: _HALF, p: _HALF, q: sp.Rational(99, 100)},
    rivals=(Compare(phi(q) * phi(p), ">", phi(p * q)),),
    remark="Student 0.582, flow on labels 0.493. The rival takes the teacher's predictions alone. Matched by the "
    "teacher's progress, $1/2$ here, the student lags: see mixed_flow_lags_when_matched_before_its_teacher.",
)
MIXED_RIDGE = Claim(
    "mixed_ridge_lags_iff_matched_before_its_teacher",
    "A ridge student on labels mixed with its ridge teacher's predictions lags on the smaller eigenvalue if and "
    "only if the progress at which it is matched on the larger is below its teacher's.",
    Iff(
        Compare(phi_ridge(q) * seen(phi_ridge(p)), "<", phi_ridge(_mixed_1)),
        Compare(_mixed_1, "<", p),
    ),
    Domain((r, p, q, omega), (SMALLER, BELOW_P, BELOW_Q, Condition(omega, "<=", 1, "choose a weight of at most 1"))),
    MIXED,
    (
        Derivation.same_sign(
            omega * q * r * ((1 - p) * (1 - r)) / ((1 - (1 - r) * p) * (1 - (1 - r) * q) * (1 - q * (1 - r) * seen(p)))
        ),
        Precision(),
    ),
    rivals=(Compare(q, "<", p), Compare(_mixed_1, "<", omega * p), Compare(_mixed_1, "<", q)),
)

CLAIMS = (
    SUM_OVER_DIFFERENCE,
    TANGENT,
    CHORD,
    CHORD_BEFORE,
    CHORD_AT,
    MIXED_LAGS,
    MIXED_LAGS_AT,
    MIXED_FLOW,
    MIXED_RIDGE,
)
