"""The law: an overdamped student lags."""

from __future__ import annotations

import sympy as sp

from derivations.nagarajan2023.letters import T, gamma, lam_1, lam_2, t, t_s
from derivations.nagarajan2023.momentum.before_and_after import BEFORE_T, REST, early, gain
from derivations.nagarajan2023.momentum.growth import moving
from derivations.nagarajan2023.momentum.hyperbolic import EQUATION
from derivations.nagarajan2023.momentum.letters import (
    BEFORE,
    MOMENTUM,
    NOT_SHORTER,
    OVERDAMPED,
    RATES,
    alpha,
    ball,
    beta,
    c,
    elasticity,
    u,
    v,
)
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Precision


def _matched(one: sp.Expr, damping: sp.Expr) -> Condition:
    """The ball on the labels has at least the student's progress on direction 1, with delta = ``one``."""
    return Condition(
        sp.log(ball(one, T, damping)) + sp.log(ball(one, t_s, damping)),
        "<=",
        sp.log(ball(one, t, damping)),
        "let the ball on the labels make the student's progress on direction 1",
    )


LAW = Claim(
    "student_lags_on_the_slower_ball",
    "A ball on the labels that has by $t < T$ at least the student's progress on direction 1 has more progress on "
    "direction 2 than the student.",
    Compare(sp.log(ball(beta, T)) + sp.log(ball(beta, t_s)), "<", sp.log(ball(beta, t))),
    Domain((alpha, beta, c, T, t_s, t), (RATES, OVERDAMPED, NOT_SHORTER, BEFORE, _matched(alpha, c))),
    MOMENTUM,
    (
        moving(Derivation(sp.log(ball(beta, T)) + sp.log(ball(beta, t_s))), t, T, t_s)
        .using(
            BEFORE_T,
            "<",
            elasticity(T) * gain(alpha, t, T) + sp.log(ball(beta, t)) + sp.log(ball(beta, t_s)),
        )
        .bound(
            "<=",
            -elasticity(T) * sp.log(ball(alpha, t_s)) + sp.log(ball(beta, t)) + sp.log(ball(beta, t_s)),
            by=elasticity(T) * (sp.log(ball(alpha, t)) - sp.log(ball(alpha, T)) - sp.log(ball(alpha, t_s))),
        )
        .using(REST, "<", sp.log(ball(beta, t))),
        early(t_s),
    ),
    rivals=(
        Compare(sp.log(ball(beta, T)) + sp.log(ball(beta, t_s)), ">", sp.log(ball(beta, t))),
        sp.log(ball(beta, t)) + sp.log(ball(beta, t_s)),
    ),
)
ROOTS = Claim(
    "larger_numbers_have_larger_roots",
    "For $0 < u < v$, the square root of $u$ is below that of $v$.",
    Compare(sp.sqrt(u), "<", sp.sqrt(v)),
    Domain((v, u), (Condition(u, "<", v, "take u below v"),)),
    MOMENTUM,
    (Derivation(sp.sqrt(u)).bound("<", sp.sqrt(v), by=(v - u) / (sp.sqrt(v) + sp.sqrt(u))), Precision()),
    rivals=(Compare(sp.sqrt(u), ">", sp.sqrt(v)), v),
)
_delta_1, _delta_2 = (sp.sqrt(gamma**2 / 4 - eigenvalue) for eigenvalue in (lam_1, lam_2))
THEOREM = Claim(
    "distillation_exaggerates_the_bias_of_overdamped_momentum",
    r"With the same damping for all, $\gamma^2 > 4 \lambda_1$, a heavy ball on the labels that has by $t < T$ at "
    r"least the student's progress on the direction with the larger eigenvalue has more progress than the student on "
    r"the other.",
    Compare(
        sp.log(ball(_delta_2, T, gamma / 2)) + sp.log(ball(_delta_2, t_s, gamma / 2)),
        "<",
        sp.log(ball(_delta_2, t, gamma / 2)),
    ),
    Domain(
        (gamma, lam_1, lam_2, T, t_s, t),
        (
            Condition(lam_1, "<", gamma**2 / 4, "choose more damping"),
            Condition(lam_2, "<", lam_1, "let direction 1 have the larger eigenvalue"),
            NOT_SHORTER,
            BEFORE,
            _matched(_delta_1, gamma / 2),
        ),
    ),
    MOMENTUM,
    (
        moving(
            Derivation(sp.log(ball(_delta_2, T, gamma / 2)) + sp.log(ball(_delta_2, t_s, gamma / 2)))
            .knowing(ROOTS, u=gamma**2 / 4 - lam_1, v=gamma**2 / 4 - lam_2)
            .knowing(ROOTS, u=gamma**2 / 4 - lam_1, v=gamma**2 / 4)
            .knowing(ROOTS, u=gamma**2 / 4 - lam_2, v=gamma**2 / 4),
            t,
            T,
            t_s,
            one=_delta_1,
            two=_delta_2,
            damping=gamma / 2,
        ).using(LAW, "<", sp.log(ball(_delta_2, t, gamma / 2)), alpha=_delta_1, beta=_delta_2, c=gamma / 2),
        early(t_s, gamma / 2),
    ),
    rivals=(
        Compare(
            sp.log(ball(_delta_2, T, gamma / 2)) + sp.log(ball(_delta_2, t_s, gamma / 2)),
            ">",
            sp.log(ball(_delta_2, t, gamma / 2)),
        ),
        sp.log(ball(_delta_2, t, gamma / 2)) + sp.log(ball(_delta_2, t_s, gamma / 2)),
    ),
    rests_on=(EQUATION,),
    remark="The ball with exactly the student's progress stops before $T$, since the student has made less "
    "progress than its teacher; one that goes on to $T$ or beyond has at least the teacher's progress on "
    "both directions. Which of the two times is the longer does not matter: the student's progress is "
    "symmetric in them.",
)
