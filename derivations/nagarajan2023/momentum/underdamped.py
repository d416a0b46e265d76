"""Underdamped momentum can reverse the theorem."""

from __future__ import annotations

import sympy as sp

from derivations.nagarajan2023.letters import T, gamma, lam_1, lam_2, t, t_s
from derivations.nagarajan2023.linear import PAPER
from w2s_sym import Claim, Compare, Condition, Domain, Precision

HALF = sp.Rational(1, 2)


def heavy_ball(eigenvalue: sp.Expr, time: sp.Expr) -> sp.Expr:
    """Progress of a'' + gamma a' + lam (a - 1) = 0 from rest at zero, for gamma^2 < 4 lam."""
    w_0 = sp.sqrt(eigenvalue - gamma**2 / 4)
    return 1 - sp.exp(-gamma * time / 2) * (sp.cos(w_0 * time) + gamma / (2 * w_0) * sp.sin(w_0 * time))


HEAVY_BALL = Claim(
    "underdamped_momentum_can_reverse_it",
    "There is an underdamped heavy ball on labels that has, before it turns, more progress on the larger eigenvalue "
    "than a student of a teacher, both trained like it, and less on the smaller.",
    Compare(heavy_ball(lam_2, t_s) * heavy_ball(lam_2, T), ">", heavy_ball(lam_2, t)),
    Domain(
        (lam_1, lam_2, gamma, T, t_s, t),
        (
            Condition(lam_2, "<", lam_1),
            Condition(gamma**2, "<", 4 * lam_2, "choose less damping"),
            Condition(t * sp.sqrt(lam_1 - gamma**2 / 4), "<", sp.pi, "stop before direction 1 turns"),
            Condition(
                heavy_ball(lam_1, t), ">", heavy_ball(lam_1, t_s) * heavy_ball(lam_1, T), "let the ball go further"
            ),
        ),
    ),
    PAPER.at("momentum", "derived"),
    (Precision(),),
    witness={lam_1: 1, lam_2: HALF, gamma: HALF, T: 6, t_s: 2, t: sp.Rational(7, 4)},
    rivals=(Compare(heavy_ball(lam_2, t_s) * heavy_ball(lam_2, T), ">", heavy_ball(lam_2, 2 * t)),),
    remark=r"Both progresses grow until direction 1 turns: the ball with exactly the student's progress stops "
    r"earlier, and lags behind the student still more. It needs a teacher or a student that goes beyond "
    r"the least-squares value of direction 1. Here both do, and the teacher stops at 1.8 times the turn. "
    r"While both stop before direction 1 first reaches that value, the argument for overdamped momentum "
    r"holds with $y \cot y$ and $y/\sin y$ in place of $y \coth y$ and $y/\sinh y$; it is not replayed. "
    r"With $\gamma^2 > 4 \lambda_1$ no ball reverses it: see "
    r"distillation_exaggerates_the_bias_of_overdamped_momentum.",
)
