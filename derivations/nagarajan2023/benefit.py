"""When exaggeration helps a student, direction by direction."""

from __future__ import annotations

import sympy as sp

from derivations.nagarajan2023.linear import PAPER
from derivations.nagarajan2023.spectra import AT_MOST_ONE, a_m, a_s, bias2, noise, risk
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Iff, Precision

LAGS = Condition(a_s, "<", a_m, "take a direction on which the student lags")
_DIRECTION = Domain((bias2, noise, a_m, a_s), (AT_MOST_ONE, LAGS))
RISK = PAPER.at("risk of a direction, fixed design", "derived")
_best = bias2 / (bias2 + noise)
OPTIMUM = Claim(
    "best_progress_on_a_direction",
    "On a direction with squared coefficient $B$ and variance $V$, no progress has a risk below $BV/(B + V)$.",
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
    remark="The least risk $BV/(B + V)$ of a direction is attained at the progress $a = B/(B + V)$, the "
    "least-squares shrinkage.",
)
PAYS = Claim(
    "exaggeration_pays_beyond_the_best_progress",
    "Where the student lags behind its matched teacher, its risk on the direction is lower if and only if the "
    "mean of their progresses is above $B/(B + V)$.",
    Iff(Compare(risk(a_s), "<", risk(a_m)), Compare((a_s + a_m) / 2, ">", _best)),
    _DIRECTION,
    RISK,
    (Derivation.same_sign(), Precision()),
    rivals=(Compare(a_m, ">", _best), Compare(a_s, ">", _best), Compare((a_s + a_m) / 2, ">", noise / (bias2 + noise))),
)
UNDERFITS = Claim(
    "exaggeration_hurts_where_the_teacher_underfits",
    "Where the matched teacher has made at most the best progress $B/(B + V)$, a student that lags behind it has "
    "a higher risk on the direction.",
    Compare(risk(a_m), "<", risk(a_s)),
    Domain(
        _DIRECTION.symbols,
        (Condition(a_m * (bias2 + noise), "<=", bias2, "stop the teacher by $B/(B + V)$"), *_DIRECTION.conditions),
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
    "A student that has made at least the best progress $B/(B + V)$ has a lower risk on the direction than the "
    "matched teacher that is ahead of it.",
    Compare(risk(a_s), "<", risk(a_m)),
    Domain(
        _DIRECTION.symbols,
        (*_DIRECTION.conditions, Condition(a_s * (bias2 + noise), ">=", bias2, "let the student pass $B/(B + V)$")),
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
    "Against a flow on labels that interpolates, $a_m = 1$, a student with progress $a_s$ has the lower risk on a "
    "direction with squared coefficient $B$ and variance $V$ if and only if $a_s > (B - V)/(B + V)$.",
    Iff(Compare(risk(a_s), "<", risk(sp.Integer(1))), Compare(a_s, ">", (bias2 - noise) / (bias2 + noise))),
    Domain((bias2, noise, a_s), (Condition(a_s, "<", 1, "choose a progress below 1"),)),
    RISK,
    (Derivation.same_sign(), Precision()),
    rivals=(Compare(a_s, ">", _best), Compare(a_s, ">", (noise - bias2) / (bias2 + noise))),
    remark="With more noise than signal on the direction, any lag pays.",
)
