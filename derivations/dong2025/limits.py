"""Limits of PGR and OPR, and the best number of labels."""

from __future__ import annotations

import sympy as sp

from derivations.dong2025.ratios import OPR_IN_SAMPLE, PGR_IN_SAMPLE
from derivations.dong2025.setting import (
    BASELINE_FITS,
    CEILING_FITS,
    DISCREPANT,
    IN_STRONG,
    IN_WEAK,
    NOISY,
    PAPER,
    STUDENT_FITS,
    TEACHER_FITS,
    VARIANCE_IN,
    A,
    B,
    N,
    d_s,
    d_sw,
    d_w,
    k,
    n,
    opr_in_sample,
    pgr_in_sample,
    printed_opr,
    printed_pgr,
    q,
    rho_s,
    rho_w,
    with_,
)
from w2s_sym import Asymptotic, Claim, Compare, Condition, Derivation, Domain, Equation, Precision, symbol

pgr_no_error = sp.factor_terms(pgr_in_sample.xreplace({rho_w: sp.Integer(0), rho_s: sp.Integer(0), q: sp.Integer(0)}))
opr_no_error = sp.factor_terms(opr_in_sample.xreplace({rho_w: sp.Integer(0), rho_s: sp.Integer(0), q: sp.Integer(0)}))
OVERLAPPING = Condition(d_sw, ">", 0, "choose overlapping subspaces")
opr_many = d_s * k / (d_sw * (n - d_s - 1))
PGR_LIMIT = Claim(
    "pgr_tends_to_one_minus_overlap",
    r"Without approximation error, PGR tends to $1 - d_{s\wedge w}/d_w$ as $N \to \infty$, at every $n$ but $2 "
    r"d_w + 1$ (where the error falls faster), with an error of order $1/N$.",
    Asymptotic(pgr_no_error, 1 - d_sw / d_w, N),
    with_(
        VARIANCE_IN,
        CEILING_FITS,
        NOISY,
        DISCREPANT,
        Condition(d_w * (n + N - d_s - 1), ">", d_s * k, "the gap to recover must be positive"),
        Condition(n, "!=", 2 * d_w + 1, "take one label more or less: there the error falls faster than $1/N$"),
    ),
    PAPER.at("limit of PGR"),
    (Derivation(pgr_no_error).limit(N), Precision()),
    rests_on=(PGR_IN_SAMPLE,),
    rivals=(1 - d_sw / d_s, sp.Integer(1), 1 - d_sw / (d_w + 1)),
)
OPR_LIMIT_N = Claim(
    "opr_limit_in_pseudo_labels",
    r"Without approximation error, OPR tends to $(d_s/d_{s\wedge w})(n - d_w - 1)/(n - d_s - 1)$ as $N \to "
    r"\infty$, with an error of order $1/N$.",
    Asymptotic(opr_no_error, opr_many, N),
    with_(VARIANCE_IN, BASELINE_FITS, NOISY, DISCREPANT, OVERLAPPING),
    PAPER.at("limit of OPR"),
    (Derivation(opr_no_error).limit(N), Precision()),
    rests_on=(OPR_IN_SAMPLE,),
    rivals=(d_s / d_sw, d_w / d_sw),
)
OPR_LIMIT = Claim(
    "opr_limit_in_labels",
    r"Without approximation error and as $N \to \infty$, OPR tends to $d_s/d_{s\wedge w}$ as $n \to \infty$ next, "
    r"with an error of order $1/n$.",
    Asymptotic(opr_many, d_s / d_sw, n),
    with_(
        Domain((d_sw, d_s, d_w, n), (IN_STRONG, IN_WEAK, TEACHER_FITS, BASELINE_FITS, OVERLAPPING)),
        Condition(d_w, "!=", d_s, "for $d_w = d_s$ the limit is exact at every $n$"),
    ),
    PAPER.at("limit of OPR"),
    (Derivation(opr_many).limit(n), Precision()),
    rests_on=(OPR_LIMIT_N,),
    rivals=(d_w / d_sw,),
)
PGR_OTHER_ORDER = Claim(
    "pgr_limit_in_the_other_order",
    r"Without approximation error and with $n \to \infty$ first, PGR tends to $(d_w - A)/(d_w - d_s)$ for $d_w > "
    r"d_s$ and $N > d_s$, with an error of order $1/n$, where $A = d_{s\wedge w} + (d_w - d_{s\wedge w}) d_s/N$: "
    r"the order of the two limits matters.",
    Asymptotic(pgr_no_error, (d_w - A) / (d_w - d_s), n),
    with_(
        VARIANCE_IN,
        CEILING_FITS,
        NOISY,
        DISCREPANT,
        Condition(d_w, ">", d_s, "$d_w = d_s$ leaves no gap at first order"),
        Condition(N, ">", d_s, "with $N = d_s$ the student is its teacher: nothing is recovered at any $n$"),
    ),
    PAPER.at("limit of PGR"),
    (Derivation(pgr_no_error).limit(n), Precision()),
    rests_on=(PGR_IN_SAMPLE,),
    rivals=(1 - d_sw / d_w, (d_w - d_sw) / (d_w - d_s)),
)

_root_gap = sp.sqrt(A * (d_w + 1) / k) - sp.sqrt(B * k)
pgr_ceiling = 1 - (sp.sqrt(A) + sp.sqrt(B * (d_w + 1))) ** 2 / d_w
PGR_MAXIMUM = Claim(
    "printed_pgr_bound_is_capped",
    r"At fixed $N$ with $\rho_w + \rho_s > 0$ the printed PGR bound never exceeds $1 - (\sqrt{A} + \sqrt{B (d_w + "
    r"1)})^2/d_w$ for any $n$, where $A = d_{s\wedge w} + (d_w - d_{s\wedge w}) d_s/N$ and $B = (\rho_w + "
    r"\rho_s)/\sigma^2$.",
    Compare(printed_pgr, "<=", pgr_ceiling),
    with_(Domain((*VARIANCE_IN.symbols, rho_w, rho_s), VARIANCE_IN.conditions), NOISY),
    PAPER.at("sample complexity; the printed bound in n"),
    (Derivation(printed_pgr).bound("<=", pgr_ceiling, by=_root_gap**2 / d_w), Precision()),
    rivals=(1 - (A + B * (d_w + 1)) / d_w - 3 * sp.sqrt(A * B * (d_w + 1)) / d_w,),
)
opr_ceiling = d_s / (sp.sqrt(A) + sp.sqrt(B * (d_w + 1))) ** 2
OPR_MAXIMUM = Claim(
    "printed_opr_bound_is_capped",
    r"At fixed $N$ the printed OPR bound never exceeds $d_s/(\sqrt{A} + \sqrt{B (d_w + 1)})^2$ for any $n$, where "
    r"$A = d_{s\wedge w} + (d_w - d_{s\wedge w}) d_s/N$ and $B = (\rho_w + \rho_s)/\sigma^2$.",
    Compare(printed_opr, "<=", opr_ceiling),
    with_(Domain((*VARIANCE_IN.symbols, rho_w, rho_s), VARIANCE_IN.conditions), NOISY, Condition(rho_w, ">", 0)),
    PAPER.at("sample complexity; the printed bound in n"),
    (
        Derivation(printed_opr).bound(
            "<=", opr_ceiling, by=printed_opr * opr_ceiling * _root_gap**2 / d_s, why="the same square"
        ),
        Precision(),
    ),
    rivals=(d_s / (A + B * (d_w + 1) + 3 * sp.sqrt(A * B * (d_w + 1))),),
)
n_best = symbol("n_best", "number of labels at which the printed bounds are largest", r"n^{\star}", positive=True)
B_ = symbol("B", r"approximation error over noise, $(\rho_w + \rho_s)/\sigma^2$", positive=True)
best_n = d_w + 1 + sp.sqrt(A * (d_w + 1) / B_)
_stationary = -sp.diff(n / k * A / d_w + n / d_w * B_, n).xreplace({n: n_best})
OPTIMAL_N = Claim(
    "printed_bounds_peak_at_a_finite_number_of_labels",
    r"With $\rho_w + \rho_s > 0$ the printed PGR and OPR bounds are stationary at $n^{\star} = d_w + 1 + "
    r"\sqrt{A (d_w + 1)/B}$, where $A = d_{s\wedge w} + (d_w - d_{s\wedge w}) d_s/N$ and "
    r"$B = (\rho_w + \rho_s)/\sigma^2$: they are not monotone in $n$.",
    Compare(n_best, "=", best_n),
    Domain((d_sw, d_s, d_w, N, B_), (IN_STRONG, IN_WEAK, STUDENT_FITS, OVERLAPPING)),
    PAPER.at("sample complexity; the printed bound in n"),
    (Derivation(n_best), Precision()),
    given=(Equation(n_best, _stationary, bracket=(d_w + 1, sp.oo)),),
    rests_on=(PGR_MAXIMUM, OPR_MAXIMUM),
    rivals=(d_w + 1 + sp.sqrt(A * d_w / B_), sp.sqrt(A * (d_w + 1) / B_)),
)
PGR_PEAK = Claim(
    "printed_pgr_bound_attains_its_cap",
    r"The printed PGR bound, read at real $n$, attains the cap $1 - (\sqrt{A} + \sqrt{B (d_w + 1)})^2/d_w$ at "
    r"$n^{\star} = d_w + 1 + \sqrt{A (d_w + 1)/B}$, where $A = d_{s\wedge w} + (d_w - d_{s\wedge w}) d_s/N$ and "
    r"$B = (\rho_w + \rho_s)/\sigma^2$.",
    Compare(
        (1 - n / k * A / d_w - n / d_w * B_).xreplace({n: best_n}),
        "=",
        1 - (sp.sqrt(A) + sp.sqrt(B_ * (d_w + 1))) ** 2 / d_w,
    ),
    OPTIMAL_N.domain,
    PAPER.at("sample complexity; the printed bound in n"),
    (Derivation((1 - n / k * A / d_w - n / d_w * B_).xreplace({n: best_n})), Precision()),
    rests_on=(OPTIMAL_N, PGR_MAXIMUM),
    rivals=(1 - (sp.sqrt(A) + sp.sqrt(B_ * d_w)) ** 2 / d_w,),
)
cosine = symbol("c", "canonical correlation of one principal pair", nonnegative=True)
s_1 = symbol("s", "coefficient of $f$ on the strong feature of a principal pair", real=True)
w_1 = symbol("w", "coefficient of $f$ on the weak feature of a principal pair", real=True)
v_1 = symbol("v", "variance of $f$", nonnegative=True)
PRINCIPAL_PAIR = Claim(
    "overlap_is_needed_to_be_without_error",
    "On one principal pair with cosine $c$, where $f$ has coefficients $s$ and $w$, what both models miss is at "
    "least $(1 - c) v$, where $v$ is the variance of $f$: no approximation error and no overlap force $f = 0$.",
    Compare((1 - cosine) * v_1, "<=", 2 * v_1 - s_1**2 - w_1**2),
    Domain(
        (cosine, s_1, w_1, v_1),
        (
            Condition(cosine, "<", 1),
            Condition(
                v_1 * (1 - cosine**2),
                ">=",
                s_1**2 + w_1**2 - 2 * cosine * s_1 * w_1,
                "$f$ has at least the variance that the pair explains",
            ),
        ),
    ),
    PAPER.at("limits without approximation error"),
    (
        Derivation((1 - cosine) * v_1).bound(
            "<=",
            2 * v_1 - s_1**2 - w_1**2,
            by=(v_1 * (1 - cosine**2) - (s_1**2 + w_1**2 - 2 * cosine * s_1 * w_1)) / (1 - cosine)
            + cosine * (s_1 - w_1) ** 2 / (1 - cosine),
        ),
        Precision(),
    ),
    rivals=(2 * v_1 - s_1**2 - w_1**2 - cosine * (s_1 - w_1) ** 2 - v_1 / 2,),
)
