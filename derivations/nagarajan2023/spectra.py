"""Risks of Nagarajan et al. (2023) summed over a spectrum: when exaggeration helps, and when a student should stop.

Fixed design: the risk is the sum over directions of (1 - a)^2 B + a^2 V, a the progress, B the squared coefficient of
the truth, V the variance of the least-squares coefficient, sigma2/lam. The spectrum is any, with any B, V and progress
on each of its directions.
"""

from __future__ import annotations

import sympy as sp

from derivations.nagarajan2023.letters import lam, t_s
from derivations.nagarajan2023.linear import PAPER
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Precision, any_spectrum, symbol, total

SUMMED = PAPER.at("risk, fixed design, summed over directions", "derived")

bias2 = symbol("B", "squared coefficient of the truth on a direction", nonnegative=True)
noise = symbol("V", r"variance of the least-squares coefficient on a direction, $\sigma^2/\lambda$", positive=True)
a_m = symbol("a_m", "progress of the matched teacher on a direction", positive=True)
a_s = symbol("a_s", "progress of the student on a direction", nonnegative=True)
A = symbol("A", "progress of the teacher on a direction", positive=True)


def risk(progress: sp.Expr) -> sp.Expr:
    """Expected squared error on a direction."""
    return (1 - progress) ** 2 * bias2 + progress**2 * noise


AT_MOST_ONE = Condition(a_m, "<=", 1, "choose a progress of at most 1")
LAGS = Condition(a_s, "<", a_m, "let the student lag on every direction")
S = any_spectrum("S", "the directions: signal, noise, progress of student and matched teacher", bias2, noise, a_m, a_s)
SU = any_spectrum(
    "SU",
    "the same where the student lags and the matched teacher has at most the best progress",
    bias2,
    noise,
    a_m,
    a_s,
    conditions=(LAGS, AT_MOST_ONE, Condition(a_m * (bias2 + noise), "<=", bias2, "stop the teacher by $B/(B + V)$")),
)
SO = any_spectrum(
    "SO",
    "the same where the student lags and still has at least the best progress",
    bias2,
    noise,
    a_m,
    a_s,
    conditions=(LAGS, AT_MOST_ONE, Condition(a_s * (bias2 + noise), ">=", bias2, "let the student pass $B/(B + V)$")),
)

EXCESS = Claim(
    "students_excess_risk_over_a_spectrum",
    "The student's risk minus its matched teacher's is the sum over directions of $(a_s - a_m)((a_s + a_m)(B + V) "
    "- 2B)$.",
    Compare(
        total(risk(a_s), S) - total(risk(a_m), S),
        "=",
        total((a_s - a_m) * ((a_s + a_m) * (bias2 + noise) - 2 * bias2), S),
    ),
    Domain((S,)),
    SUMMED,
    (
        Derivation(total(risk(a_s), S) - total(risk(a_m), S)).rewrite(
            total((a_s - a_m) * ((a_s + a_m) * (bias2 + noise) - 2 * bias2), S)
        ),
        Precision(),
    ),
    rivals=(
        total((a_s - a_m) * ((a_s + a_m) * (bias2 + noise) - bias2), S),
        total((a_s - a_m) * (a_s + a_m) * (bias2 + noise), S),
    ),
    remark="Directions with $a_s < a_m$ win where $(a_s + a_m)/2$ is above $B/(B + V)$, and the sum says by how much.",
)
UNDERFITS = Claim(
    "summed_exaggeration_hurts_where_all_underfit",
    "Where the student lags and the matched teacher has at most the best progress on every direction, the student's "
    "risk is higher.",
    Compare(total(risk(a_m), SU), "<", total(risk(a_s), SU)),
    Domain((SU,)),
    SUMMED,
    (
        Derivation(total(risk(a_m), SU)).bound(
            "<",
            total(risk(a_s), SU),
            by=total(
                2 * (a_m - a_s) * (bias2 - a_m * (bias2 + noise)) + (a_m - a_s) ** 2 * (bias2 + noise),
                SU,
            ),
        ),
        Precision(),
    ),
    rivals=(Compare(total(risk(a_m), SU), ">", total(risk(a_s), SU)), total(noise * a_s**2, SU)),
)
OVERFITS = Claim(
    "summed_exaggeration_helps_where_all_overfit",
    "Where the student lags and still has at least the best progress on every direction, its risk is lower.",
    Compare(total(risk(a_s), SO), "<", total(risk(a_m), SO)),
    Domain((SO,)),
    SUMMED,
    (
        Derivation(total(risk(a_s), SO)).bound(
            "<",
            total(risk(a_m), SO),
            by=total(
                2 * (a_m - a_s) * (a_s * (bias2 + noise) - bias2) + (a_m - a_s) ** 2 * (bias2 + noise),
                SO,
            ),
        ),
        Precision(),
    ),
    rivals=(Compare(total(risk(a_s), SO), ">", total(risk(a_m), SO)), total(bias2 * noise / (bias2 + noise), SO)),
)

# -- when a student should stop -------------------------------------------------------------------------------

ST = any_spectrum(
    "ST",
    "the directions: eigenvalue, signal, noise, progress of the teacher",
    lam,
    bias2,
    noise,
    A,
    conditions=(Condition(A, "<=", 1, "choose a progress of at most 1"),),
)
SE = any_spectrum(
    "SE",
    "the same where the teacher has at most the best progress",
    lam,
    bias2,
    noise,
    A,
    conditions=(
        Condition(A, "<=", 1, "choose a progress of at most 1"),
        Condition(A * (bias2 + noise), "<=", bias2, "stop the teacher by $B/(B + V)$"),
    ),
)
_gain = A * (1 - sp.exp(-lam * t_s))
_rate = 2 * lam * A * sp.exp(-lam * t_s) * (_gain * (bias2 + noise) - bias2)
SLOPE = Claim(
    "students_risk_changes_with_its_time",
    r"The derivative of the student's risk in its time $\tilde t$ is the sum of $2 \lambda A e^{-\lambda \tilde "
    r"t} (a_s (B + V) - B)$ with $a_s = A (1 - e^{-\lambda \tilde t})$: the best student stops where this sum is "
    r"zero.",
    Compare(sp.Derivative(total(risk(_gain), ST), t_s), "=", total(_rate, ST)),
    Domain((ST, t_s)),
    SUMMED,
    (Derivation(sp.Derivative(total(risk(_gain), ST), t_s)).differentiate(), Precision()),
    rivals=(total(_rate * A, ST), total(_rate + 2 * lam * A * sp.exp(-lam * t_s) * bias2, ST)),
)
FOREVER = Claim(
    "student_of_an_underfitting_teacher_never_stops",
    "Where the teacher has made at most the best progress $B/(B + V)$ on every direction, the derivative of the "
    "student's risk in its time is negative at all times: the student does best by copying.",
    Compare(total(_rate, SE), "<", 0),
    Domain((SE, t_s)),
    SUMMED,
    (
        Derivation(total(_rate, SE)).bound(
            "<",
            0,
            by=total(2 * lam * A * sp.exp(-lam * t_s) * (bias2 - A * (bias2 + noise)), SE)
            + total(2 * lam * A**2 * sp.exp(-2 * lam * t_s) * (bias2 + noise), SE),
        ),
        Precision(),
    ),
    rests_on=(SLOPE,),
    rivals=(Compare(total(_rate, SE), ">", 0), -total(2 * lam * A * sp.exp(-lam * t_s) * bias2, SE)),
    remark="The sum is the derivative, by students_risk_changes_with_its_time, which holds on any spectrum. "
    "Collected like this, its terms are told from zero at late times even where $A (B + V)$ is $B$.",
)
_best = bias2 / (bias2 + noise)
STOPS = Claim(
    "best_time_of_a_student_on_a_direction",
    r"On a direction with eigenvalue $\lambda$, squared coefficient $B$ and variance $V$, on which the teacher's "
    r"progress $A$ is beyond the best one, $B/(B + V)$, the student reaches the best at $\tilde t = -\log(1 - B/((B "
    r"+ V) A))/\lambda$, and its risk is then the least one, $BV/(B + V)$.",
    Compare(risk(A * (1 - sp.exp(-lam * (-sp.log(1 - _best / A) / lam)))), "=", bias2 * noise / (bias2 + noise)),
    Domain((lam, bias2, noise, A), (Condition(A, ">", _best, "let the teacher pass $B/(B + V)$"),)),
    SUMMED,
    (
        Derivation(risk(A * (1 - sp.exp(-lam * (-sp.log(1 - _best / A) / lam))))).rewrite(
            bias2 * noise / (bias2 + noise)
        ),
        Precision(),
    ),
    rivals=(bias2 * noise / (bias2 + noise) * A, noise * A**2),
    remark="Three regimes on a direction: a teacher that underfits should be copied, one that stops well too, and of "
    "one that overfits the best student stops at this time.",
)

CLAIMS = (EXCESS, UNDERFITS, OVERFITS, SLOPE, FOREVER, STOPS)
