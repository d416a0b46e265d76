"""Performance gap recovery (PGR) and outperforming ratio (OPR): closed forms and bounds."""

from __future__ import annotations

import sympy as sp

from derivations.dong2025.baselines import CEILING_RISK, PRINTED_STRONG, STRONG
from derivations.dong2025.risk import (
    CORRECTED_BIAS_BOUND,
    GAP_BOUNDED,
    ORTHOGONAL_TEACHER,
    STUDENT,
    STUDENT_IN_SAMPLE,
    corrected_bound,
)
from derivations.dong2025.setting import (
    BASELINE_FITS,
    CEILING_FITS,
    NOISY,
    PAPER,
    RISK,
    RISK_IN,
    A,
    A_pop,
    B,
    ER_c,
    ER_in,
    ER_pop,
    ER_s,
    ER_w,
    N,
    ceiling_risk,
    d_s,
    d_sw,
    d_w,
    h,
    k,
    n,
    opr,
    opr_in_sample,
    pgr,
    pgr_in_sample,
    printed_opr,
    printed_pgr,
    q,
    rho,
    rho_s,
    rho_w,
    sigma2,
    strong_risk,
    student_risk,
    student_risk_in_sample,
    teacher_noise,
    weak_risk,
    with_,
)
from derivations.dong2025.teacher import WEAK
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Equation, Precision

_ER_GIVEN = (
    Equation(ER_w, ER_w - weak_risk),
    Equation(ER_c, ER_c - ceiling_risk),
    Equation(ER_s, ER_s - strong_risk),
    Equation(ER_pop, ER_pop - student_risk),
    Equation(ER_in, ER_in - student_risk_in_sample),
)


def _given(*unknowns: sp.Symbol) -> tuple[Equation, ...]:
    return tuple(e for e in _ER_GIVEN if e.unknown in unknowns)


TEACHER_ABOVE_CEILING = Condition(weak_risk, ">", ceiling_risk, "the gap to recover must be positive")
STUDENT_HELPS = Condition(student_risk_in_sample, "<=", weak_risk, "the student must not be worse than its teacher")
STUDENT_HELPS_POP = Condition(student_risk, "<=", weak_risk, "the student must not be worse than its teacher")


def _ratio(
    name: str,
    sentence: str,
    ratio: sp.Expr,
    closed: sp.Expr,
    *,
    domain: Domain,
    parts: tuple[Claim, ...],
    rival: sp.Expr,
) -> Claim:
    """A ratio of excess risks in closed form, by putting in the exact risks."""
    chain = Derivation(ratio)
    for part in parts:
        chain = chain.apply(part)
    return Claim(
        name,
        sentence,
        Compare(ratio, "=", closed),
        domain,
        PAPER.at("definition of PGR and OPR, with exact risks"),
        (chain, Precision()),
        given=_given(*(s for s in ratio.free_symbols)),
        rivals=(rival,),
    )


PGR = _ratio(
    "performance_gap_recovery_population",
    r"The performance gap recovery $\mathrm{PGR} = (\mathrm{ER}_w - \mathrm{ER}_{\mathrm{w2s}})/(\mathrm{ER}_w - "
    r"\mathrm{ER}_c)$ with the student's population risk, in closed form.",
    (ER_w - ER_pop) / (ER_w - ER_c),
    pgr,
    domain=with_(RISK, CEILING_FITS, TEACHER_ABOVE_CEILING),
    parts=(WEAK, STUDENT, CEILING_RISK),
    rival=pgr_in_sample,
)
PGR_IN_SAMPLE = _ratio(
    "performance_gap_recovery_in_sample",
    r"The performance gap recovery $\mathrm{PGR} = (\mathrm{ER}_w - "
    r"\widehat{\mathrm{ER}}_{\mathrm{w2s}})/(\mathrm{ER}_w - \mathrm{ER}_c)$ with the student's in-sample risk, "
    r"in closed form.",
    (ER_w - ER_in) / (ER_w - ER_c),
    pgr_in_sample,
    domain=with_(RISK_IN, CEILING_FITS, TEACHER_ABOVE_CEILING),
    parts=(WEAK, STUDENT_IN_SAMPLE, CEILING_RISK),
    rival=(weak_risk - student_risk_in_sample) / weak_risk,
)
OPR = _ratio(
    "outperforming_ratio_population",
    r"The outperforming ratio $\mathrm{OPR} = \mathrm{ER}_s/\mathrm{ER}_{\mathrm{w2s}}$ with the student's "
    r"population risk, in closed form.",
    ER_s / ER_pop,
    opr,
    domain=with_(RISK, BASELINE_FITS, NOISY, Condition(d_w, ">=", 1)),
    parts=(STRONG, STUDENT),
    rival=opr_in_sample,
)
OPR_IN_SAMPLE = _ratio(
    "outperforming_ratio_in_sample",
    r"The outperforming ratio $\mathrm{OPR} = \mathrm{ER}_s/\widehat{\mathrm{ER}}_{\mathrm{w2s}}$ with the "
    r"student's in-sample risk, in closed form.",
    ER_s / ER_in,
    opr_in_sample,
    domain=with_(RISK_IN, BASELINE_FITS, NOISY),
    parts=(STRONG, STUDENT_IN_SAMPLE),
    rival=strong_risk / weak_risk,
)

_U = corrected_bound
_step_ceiling = -ceiling_risk * (weak_risk - student_risk_in_sample) / (weak_risk * (weak_risk - ceiling_risk))
_slack_bias = -(1 - d_s / N) * (rho_w - q) - d_s / N * rho_s
_step_printed = A / k * ((sigma2 + rho_w) * d_w - n * weak_risk) / (weak_risk * d_w) + rho * (
    d_w * sigma2 - n * weak_risk
) / (weak_risk * d_w * sigma2)
PGR_BOUND = Claim(
    "printed_pgr_bound_holds_in_sample_if_the_student_helps",
    r"If $\mathrm{ER}_c < \mathrm{ER}_w$ and $\widehat{\mathrm{ER}}_{\mathrm{w2s}} \le \mathrm{ER}_w$, then the "
    r"in-sample PGR is at least the printed bound $1 - (n/k) A/d_w - (n/d_w) \rho/\sigma^2$, where $k = n - d_w - "
    r"1$, $\rho = \rho_w + \rho_s$ and $A = d_{s\wedge w} + (d_w - d_{s\wedge w}) d_s/N$.",
    Compare(pgr_in_sample, ">=", printed_pgr),
    with_(RISK_IN, CEILING_FITS, NOISY, TEACHER_ABOVE_CEILING, STUDENT_HELPS),
    PAPER.at("lower bound on PGR, with the hypotheses it needs", "source"),
    (
        Derivation(pgr_in_sample)
        .bound(
            ">=",
            1 - student_risk_in_sample / weak_risk,
            by=_step_ceiling,
            why="$(x - S)/(x - c)$ falls in $x$ as $c$ grows",
        )
        .bound(">=", 1 - _U / weak_risk, by=_slack_bias / weak_risk, why="the corrected in-sample bound")
        .bound(">=", printed_pgr, by=_step_printed, why=r"$\mathrm{ER}_w > \sigma^2 d_w/n$"),
        Precision(),
    ),
    rests_on=(PGR_IN_SAMPLE, CORRECTED_BIAS_BOUND),
    rivals=(1 - A / d_w / 2,),
)
PGR_POSITIVE = Claim(
    "positive_printed_pgr_bound_implies_the_student_helps",
    r"The printed PGR bound is at most $1 - \widehat{\mathrm{ER}}_{\mathrm{w2s}}/\mathrm{ER}_w$: where it is "
    r"nonnegative, the student is in sample no worse than its teacher.",
    Compare(1 - student_risk_in_sample / weak_risk, ">=", printed_pgr),
    with_(RISK_IN, NOISY),
    PAPER.at("lower bound on PGR, with the hypotheses it needs"),
    (
        Derivation(1 - student_risk_in_sample / weak_risk)
        .bound(">=", 1 - _U / weak_risk, by=_slack_bias / weak_risk, why="the corrected in-sample bound")
        .bound(">=", printed_pgr, by=_step_printed, why=r"$\mathrm{ER}_w > \sigma^2 d_w/n$"),
        Precision(),
    ),
    rests_on=(CORRECTED_BIAS_BOUND,),
    rivals=(1 - A / d_w / 2,),
)
_NO_ERROR = {rho_w: 0, rho_s: 0, q: 0, h: 0}
_FEW_PSEUDO_LABELS = {d_sw: 1, d_s: 50, d_w: 50, N: 60, n: 10**5, sigma2: 1, **_NO_ERROR}
PGR_FAILS = Claim(
    "printed_pgr_bound_fails_for_population_risk",
    r"There is a setting without approximation error ($d_s = d_w = 50$, $d_{s\wedge w} = 1$, $n = 10^5$, $N = "
    r"60$) where the population PGR is below the printed bound.",
    Compare(pgr, "<", printed_pgr),
    with_(RISK, CEILING_FITS, NOISY, TEACHER_ABOVE_CEILING),
    PAPER.at("lower bound on PGR, as printed", "source"),
    (Precision(),),
    witness=_FEW_PSEUDO_LABELS,
    rests_on=(PGR,),
    rivals=(sp.Integer(-8000),),
)
PGR_FAILS_POSITIVE = Claim(
    "that_printed_pgr_bound_is_positive",
    r"At $d_s = d_w = 50$, $d_{s\wedge w} = 1$, $n = 10^5$, $N = 60$ and without approximation error, the printed "
    r"PGR bound is positive.",
    Compare(printed_pgr, ">", sp.Integer(0)),
    with_(RISK, CEILING_FITS, NOISY, TEACHER_ABOVE_CEILING),
    PAPER.at("lower bound on PGR, as printed", "source"),
    (Precision(),),
    witness=_FEW_PSEUDO_LABELS,
    rests_on=(PGR_FAILS,),
    rivals=(sp.Rational(1, 2),),
)
_U_pop = teacher_noise * A_pop + rho + d_s / (N - d_s - 1) * h
pgr_population_bound = 1 - n / k * A_pop / d_w - n / d_w * (rho + d_s / (N - d_s - 1) * h) / sigma2
PGR_POPULATION_BOUND = Claim(
    "corrected_pgr_bound_holds_for_population_risk",
    r"If $\mathrm{ER}_c < \mathrm{ER}_w$ and $\mathrm{ER}_{\mathrm{w2s}} \le \mathrm{ER}_w$, then the population "
    r"PGR is at least $1 - (n/k) A'/d_w - (n/d_w)(\rho + h d_s/(N - d_s - 1))/\sigma^2$, where $k = n - d_w - 1$, "
    r"$\rho = \rho_w + \rho_s$ and $A' = d_{s\wedge w} + (d_w - d_{s\wedge w}) d_s/(N - d_s - 1)$.",
    Compare(pgr, ">=", pgr_population_bound),
    with_(RISK, CEILING_FITS, NOISY, TEACHER_ABOVE_CEILING, STUDENT_HELPS_POP),
    PAPER.at("lower bound on PGR, corrected"),
    (
        Derivation(pgr)
        .bound(
            ">=",
            1 - student_risk / weak_risk,
            by=-ceiling_risk * (weak_risk - student_risk) / (weak_risk * (weak_risk - ceiling_risk)),
        )
        .bound(">=", 1 - _U_pop / weak_risk, by=-(rho_w - q) / weak_risk, why=r"$q$ is at most $\rho_w$")
        .bound(
            ">=",
            pgr_population_bound,
            by=A_pop / k * ((sigma2 + rho_w) * d_w - n * weak_risk) / (weak_risk * d_w)
            + (rho + d_s / (N - d_s - 1) * h) * (d_w * sigma2 - n * weak_risk) / (weak_risk * d_w * sigma2),
            why=r"$\mathrm{ER}_w > \sigma^2 d_w/n$",
        ),
        Precision(),
    ),
    rests_on=(PGR, GAP_BOUNDED),
    rivals=(1 - A_pop / d_w / 2,),
)
OPR_FAILS = Claim(
    "printed_opr_bound_fails_in_sample",
    r"There is a setting where the in-sample OPR is below the printed bound $1/((n/k) A/d_s + (n/d_s) "
    r"\rho/\sigma^2)$, where $k = n - d_w - 1$, $\rho = \rho_w + \rho_s$ and $A = d_{s\wedge w} + (d_w - "
    r"d_{s\wedge w}) d_s/N$.",
    Compare(opr_in_sample, "<", printed_opr),
    with_(RISK_IN, BASELINE_FITS, NOISY),
    PAPER.at("lower bound on OPR, as printed", "source"),
    (Precision(),),
    witness=ORTHOGONAL_TEACHER,
    rests_on=(OPR_IN_SAMPLE,),
    rivals=(1 / (n / k * A / d_s * (1 + rho_w / sigma2) + n / d_s * B),),
    remark=r"$1.682 \cdot 10^{-4}$ against $1.800 \cdot 10^{-4}$.",
)
corrected_opr = 1 / (n / k * A / d_s * (1 + rho_w / sigma2) + n / d_s * B)
OPR_BOUND = Claim(
    "corrected_opr_bound_holds_in_sample",
    r"With $A/d_s$ replaced by $(A/d_s)(1 + \rho_w/\sigma^2)$, where $A = d_{s\wedge w} + (d_w - d_{s\wedge w}) "
    r"d_s/N$, the printed OPR bound holds for the in-sample OPR.",
    Compare(opr_in_sample, ">=", corrected_opr),
    with_(RISK_IN, BASELINE_FITS, NOISY),
    PAPER.at("lower bound on OPR, corrected"),
    (
        Derivation(opr_in_sample)
        .bound(
            ">=",
            strong_risk / _U,
            by=strong_risk * _slack_bias / (student_risk_in_sample * _U),
            why="the corrected in-sample bound",
        )
        .bound(
            ">=",
            sigma2 * d_s / n / _U,
            by=(sigma2 * d_s / n - strong_risk) / _U,
            why=r"$\mathrm{ER}_s > "
            r"\sigma^2 d_s/n$",
        ),
        Precision(),
    ),
    rests_on=(OPR_IN_SAMPLE, CORRECTED_BIAS_BOUND, PRINTED_STRONG),
    rivals=(1 / (n / k * A / d_s / 2),),
)
corrected_opr_population = 1 / (
    n / k * A_pop / d_s * (1 + rho_w / sigma2) + n / d_s * (rho + d_s / (N - d_s - 1) * h) / sigma2
)
OPR_POPULATION_BOUND = Claim(
    "corrected_opr_bound_holds_for_population_risk",
    r"The population OPR is at least $1/((n/k)(A'/d_s)(1 + \rho_w/\sigma^2) + (n/d_s)(\rho + h d_s/(N - d_s - "
    r"1))/\sigma^2)$, where $k = n - d_w - 1$, $\rho = \rho_w + \rho_s$ and $A' = d_{s\wedge w} + (d_w - "
    r"d_{s\wedge w}) d_s/(N - d_s - 1)$.",
    Compare(opr, ">=", corrected_opr_population),
    with_(RISK, BASELINE_FITS, NOISY),
    PAPER.at("lower bound on OPR, corrected"),
    (
        Derivation(opr)
        .bound(">=", strong_risk / _U_pop, by=-strong_risk * (rho_w - q) / (student_risk * _U_pop))
        .bound(">=", sigma2 * d_s / n / _U_pop, by=(sigma2 * d_s / n - strong_risk) / _U_pop),
        Precision(),
    ),
    rests_on=(OPR, GAP_BOUNDED, PRINTED_STRONG),
    rivals=(1 / (n / k * A_pop / d_s / 2),),
)
_BETTER_THAN_CEILING = {d_sw: 1, d_s: 10, d_w: 10, N: 40, n: 100, sigma2: 1, **_NO_ERROR}
PGR_ABOVE_ONE = Claim(
    "performance_gap_recovery_may_exceed_one",
    "There is a setting where the student's population risk is below the strong ceiling's, so that PGR exceeds 1.",
    Compare(pgr, ">", sp.Integer(1)),
    with_(RISK, CEILING_FITS, TEACHER_ABOVE_CEILING),
    PAPER.at("PGR"),
    (Precision(),),
    witness=_BETTER_THAN_CEILING,
    rests_on=(PGR,),
    rivals=(sp.Integer(2),),
)
