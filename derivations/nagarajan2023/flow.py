"""Gradient flow: filters, and what follows from the theorem."""

from __future__ import annotations

import sympy as sp

from derivations.nagarajan2023.letters import (
    BELOW_P,
    BELOW_Q,
    BELOW_W,
    SMALLER,
    T,
    lam,
    lam_1,
    lam_2,
    m,
    p,
    phi,
    progress,
    q,
    r,
    t,
    t_s,
    w,
)
from derivations.nagarajan2023.linear import PAPER
from derivations.nagarajan2023.theorem import EXAGGERATION, THEOREM, THEOREM_REVERSED
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Equation, Precision

_TIMES = Domain((lam, T, t_s))
COMPOSED = Claim(
    "students_filter_is_a_product",
    r"The student's filter $(1 - e^{-\lambda \tilde t})(1 - e^{-\lambda T})$ is that of a flow of time $T$ minus "
    r"what the student has not undone, $e^{-\lambda \tilde t} - e^{-\lambda (T + \tilde t)}$.",
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
    r"The flow on labels that has made progress $m$ on direction 1 stops at $t = -\log(1 - m)/\lambda_1$; its "
    r"progress on direction 2 is then $1 - (1 - m)^{\lambda_2/\lambda_1}$.",
    Compare(progress(lam_2, t), "=", 1 - (1 - m) ** _ratio),
    Domain((lam_1, lam_2, m, t), (Condition(m, "<", 1, "choose a progress below 1"),)),
    PAPER.at("setting: matched progress"),
    (Derivation(progress(lam_2, t)).eliminate(t, _MATCHING), Precision()),
    given=(_MATCHING,),
    rivals=(m**_ratio, 1 - (1 - m) ** (1 / _ratio), _ratio * m),
)

# -- what follows from the theorem ---------------------------------------------------------------------------

REVERSED_ON_LARGER = Claim(
    "matching_on_the_smaller_eigenvalue_reverses_it",
    r"Matched on the direction with the smaller eigenvalue, where it has progress $\varphi(p) \varphi(q)$ with "
    r"$\varphi(x) = 1 - (1 - x)^r$ and $r \in (0, 1)$, the student is ahead of the flow on labels on the direction "
    r"with the larger eigenvalue: $pq$ exceeds $1 - (1 - \varphi(p) \varphi(q))^{1/r}$.",
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
    "For all stopping times, a student has made less progress on the direction with the smaller eigenvalue than "
    "the flow on labels that has made the same progress on the direction with the larger one.",
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
    r"The student's lag $\varphi(pq) - \varphi(p) \varphi(q)$, where $\varphi(x) = 1 - (1 - x)^r$ and $r \in (0, "
    r"1)$, is below $\varphi(q) (1 - p)^r$.",
    Compare(phi(p * q) - phi(p) * phi(q), "<", phi(q) * (1 - p) ** r),
    Domain((r, p, q), (SMALLER, BELOW_P, BELOW_Q)),
    PAPER.at("an interpolating teacher", "derived"),
    (
        Derivation(phi(p * q) - phi(p) * phi(q)).slope(
            "<",
            phi(q) * (1 - p) ** r,
            p,
            1,
            -q * r * (1 - p * q) ** (r - 1),
            why=r"$\varphi(pq)$ grows to "
            r"$\varphi(q)$ as $p \to 1$",
        ),
        Precision(),
    ),
    rivals=(phi(q) ** 2 * (1 - p) ** r, phi(q) * (1 - p) ** (r + 1)),
    remark=r"$(1 - p)^r$ is $e^{-\lambda_2 T}$: the lag vanishes as the teacher interpolates, $p \to 1$, and by "
    r"symmetry as the student interpolates its teacher, $q \to 1$. An interpolating teacher exaggerates "
    r"nothing.",
)

NEGATIVE_POWER = Claim(
    "negative_power_lies_above_its_tangent",
    "For $r$ and $w$ in $(0, 1)$, $1 + (1 - r)(1 - w)$ is below $w^{r - 1}$.",
    Compare(1 + (1 - r) * (1 - w), "<", w ** (r - 1)),
    Domain((r, w), (SMALLER, BELOW_W)),
    EXAGGERATION,
    (
        Derivation(1 + (1 - r) * (1 - w)).slope(
            "<", w ** (r - 1), w, 1, (1 - r) * (1 - w ** (r - 2)), why="both sides are 1 at $w = 1$"
        ),
        Precision(),
    ),
    rivals=(w ** (2 * r - 1), w ** (r - 1) * w),
)
KEY_SECOND_ORDER = Claim(
    "power_lies_below_its_tangent_by_a_square",
    "For $r$ and $w$ in $(0, 1)$, $r(1 - w) + r(1 - r)(1 - w)^2/2$ is below $1 - w^r$.",
    Compare(r * (1 - w) + r * (1 - r) * (1 - w) ** 2 / 2, "<", 1 - w**r),
    Domain((r, w), (SMALLER, BELOW_W)),
    EXAGGERATION,
    (
        Derivation(r * (1 - w) + r * (1 - r) * (1 - w) ** 2 / 2).slope(
            "<", 1 - w**r, w, 1, -r, using=NEGATIVE_POWER, why="both sides vanish at $w = 1$"
        ),
        Precision(),
    ),
    rivals=(
        Compare(r * (1 - w) + r * (1 - r) * (1 - w) / 2, "<", 1 - w**r),
        Compare(r * (1 - w) + r * (1 - r) * (1 - w) ** 2, "<", 1 - w**r),
    ),
    remark="The exact remainder is the integral of $v (w + (1 - w)v)^{r - 2}$ over $(0, 1)$.",
)
