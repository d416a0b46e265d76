"""Gradient descent with one step size."""

from __future__ import annotations

import sympy as sp

from derivations.nagarajan2023.letters import BELOW_P, BELOW_Q, SMALLER, T, p, q, r, t_s
from derivations.nagarajan2023.linear import PAPER
from derivations.nagarajan2023.theorem import THEOREM
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Precision, symbol

u_1 = symbol("u_1", r"$\eta \lambda_1$, the step size times the larger eigenvalue", positive=True)
u_2 = symbol("u_2", r"$\eta \lambda_2$, the step size times the smaller eigenvalue", positive=True)
STABLE = Condition(u_1, "<", 1, r"choose a step size below $1/\lambda_1$")
ORDERED = Condition(u_2, "<", u_1, "let direction 1 have the larger eigenvalue")


def descent(u: sp.Expr, steps: sp.Expr) -> sp.Expr:
    """1 - (1 - eta lam)^t, the filter of t steps of gradient descent, t real, in u = eta lam."""
    return 1 - (1 - u) ** steps


_descent_ratio = sp.log(1 - u_2) / sp.log(1 - u_1)
DESCENT_RATIO = Claim(
    "descent_is_a_flow_with_a_smaller_ratio",
    r"With one step size below $1/\lambda_1$, gradient descent is a flow whose ratio of eigenvalues is $r = "
    r"\log(1 - \eta \lambda_2)/\log(1 - \eta \lambda_1)$: where its progress on direction 1 is $x$, that on "
    r"direction 2 is $1 - (1 - x)^r$.",
    Compare(descent(u_2, T), "=", 1 - (1 - descent(u_1, T)) ** _descent_ratio),
    Domain((u_1, u_2, T), (STABLE, ORDERED)),
    PAPER.at("gradient descent", "derived"),
    (
        Derivation(descent(u_2, T)).rewrite(1 - (1 - descent(u_1, T)) ** _descent_ratio),
        Precision(),
    ),
    rivals=(1 - (1 - descent(u_1, T)) ** (u_2 / u_1), 1 - (1 - descent(u_1, T)) ** (1 / _descent_ratio)),
)
_descent_matched = 1 - (1 - descent(u_1, t_s) * descent(u_1, T)) ** _descent_ratio
DESCENT = Claim(
    "distillation_exaggerates_the_bias_of_gradient_descent",
    r"With one step size below $1/\lambda_1$ and real numbers of steps, a student has made less progress on the "
    r"direction with the smaller eigenvalue than the descent on labels that has made the same progress on the "
    r"larger.",
    Compare(descent(u_2, t_s) * descent(u_2, T), "<", _descent_matched),
    Domain((u_1, u_2, T, t_s), (STABLE, Condition(u_2, "<", u_1, "let direction 1 have the larger eigenvalue"))),
    PAPER.at("gradient descent", "derived"),
    (
        Derivation(descent(u_2, t_s) * descent(u_2, T)).using(
            THEOREM, "<", _descent_matched, r=_descent_ratio, p=descent(u_1, T), q=descent(u_1, t_s)
        ),
        Precision(digits=100, within=(Condition(u_1 * T, "<", 9), Condition(u_1 * t_s, "<", 9))),
    ),
    rests_on=(DESCENT_RATIO,),
    rivals=(
        Compare(descent(u_2, t_s) * descent(u_2, T), ">", _descent_matched),
        descent(u_2, T) ** 2,
        _descent_matched**2,
    ),
    remark="Integer numbers of steps rarely match exactly: the matched number of steps is real.",
)
u_T = symbol("u_T", r"the teacher's step size times $\lambda_1$", positive=True)
u_S = symbol("u_S", r"the step size of the student and of the flow on labels, times $\lambda_1$", positive=True)


def _own_phi(u: sp.Expr, done: sp.Expr) -> sp.Expr:
    """Progress on direction 2 of descent with u = eta lam_1 that has made progress ``done`` on direction 1."""
    return 1 - (1 - done) ** (sp.log(1 - r * u) / sp.log(1 - u))


_STEPS = Domain((r, u_T, u_S, p, q), (SMALLER, Condition(u_T, "<", 1), Condition(u_S, "<", 1), BELOW_P, BELOW_Q))
UNEQUAL_STEPS = Claim(
    "unequal_steps_can_reverse_it",
    "There is a teacher with a smaller step size than its student's such that the student is ahead, on the "
    "smaller eigenvalue, of the descent on labels with the student's step size and equal progress on the larger "
    "eigenvalue.",
    Compare(_own_phi(u_T, p) * _own_phi(u_S, q), ">", _own_phi(u_S, p * q)),
    Domain(_STEPS.symbols, (*_STEPS.conditions, Condition(u_T, "<", u_S))),
    PAPER.at("gradient descent; two step sizes", "derived"),
    (Precision(),),
    witness={
        r: sp.Rational(1, 2),
        u_T: sp.Rational(1, 100),
        u_S: sp.Rational(99, 100),
        p: sp.Rational(1, 2),
        q: sp.Rational(99, 100),
    },
    rivals=(Compare(_own_phi(u_S, p) * _own_phi(u_S, q), ">", _own_phi(u_S, p * q)),),
    remark="Student 0.1447, descent on labels 0.0964. In the rival the teacher takes the student's step.",
)
u = symbol("u", r"$\eta \lambda$, the step size times an eigenvalue", positive=True)
OSCILLATES = Claim(
    "progress_is_not_monotone_beyond_the_step_size",
    r"With a step size between $1/\lambda$ and $2/\lambda$, gradient descent has made less progress after two "
    r"steps than after one.",
    Compare(descent(u, 2), "<", descent(u, 1)),
    Domain((u,), (Condition(u, ">", 1), Condition(u, "<", 2, "choose a step size at which descent converges"))),
    PAPER.at("gradient descent; a large step size", "derived"),
    (Derivation(descent(u, 2)).bound("<", descent(u, 1), by=u * (u - 1)), Precision()),
    rivals=(Compare(descent(u, 2), ">", descent(u, 1)), sp.Rational(1, 2)),
    remark="Progress on direction 1 then alternates about 1, and no number of steps need match the student's.",
)
