"""Letters of overdamped momentum, and the progress of a ball."""

from __future__ import annotations

import sympy as sp

from derivations.nagarajan2023.letters import T, t, t_s
from derivations.nagarajan2023.linear import PAPER
from w2s_sym import Condition, symbol

MOMENTUM = PAPER.at("momentum", "derived")

alpha = symbol("alpha", r"$\sqrt{c^2 - \lambda_1}$, direction 1 having the larger eigenvalue", r"\alpha", positive=True)
beta = symbol("beta", r"$\sqrt{c^2 - \lambda_2}$, larger than $\alpha$", r"\beta", positive=True)
c = symbol("c", "half of the damping of an overdamped heavy ball", positive=True)
d = symbol("d", r"$\beta - \alpha$", positive=True)
s_2 = symbol("s_2", r"$c - \beta$, the slower of the two rates on direction 2", positive=True)
u = symbol("u", "a number", positive=True)
v = symbol("v", "a larger number", positive=True)
z = symbol("z", "a number", positive=True)
t_e = symbol("t_e", "a time after the student stops", positive=True)
RATES = Condition(alpha, "<", beta, "let direction 1 have the larger eigenvalue")
ONE_OVERDAMPED = Condition(alpha, "<", c, "let the eigenvalue be positive")
OVERDAMPED = Condition(beta, "<", c, "let the eigenvalues be positive")
NOT_SHORTER = Condition(T, "<=", t_s, "let the longer of the two times be the student's: their order does not matter")
BEFORE = Condition(t, "<", T, "take an earlier time")


def odd(delta: sp.Expr, time: sp.Expr) -> sp.Expr:
    """2 exp(-delta t) sinh(delta t)."""
    return 1 - sp.exp(-2 * delta * time)


def even(delta: sp.Expr, time: sp.Expr) -> sp.Expr:
    """2 exp(-delta t) cosh(delta t)."""
    return 1 + sp.exp(-2 * delta * time)


def ball(delta: sp.Expr, time: sp.Expr, damping: sp.Expr = c) -> sp.Expr:
    """Progress of a'' + 2c a' + (c^2 - delta^2)(a - 1) = 0 from rest at zero; ``damping`` is c."""
    return 1 - sp.exp(-(damping - delta) * time) * (even(delta, time) + damping / delta * odd(delta, time)) / 2


def rate(delta: sp.Expr, time: sp.Expr, damping: sp.Expr = c) -> sp.Expr:
    """The derivative of :func:`ball` in time."""
    return (damping**2 - delta**2) * sp.exp(-(damping - delta) * time) * odd(delta, time) / (2 * delta)


def coth(delta: sp.Expr, time: sp.Expr) -> sp.Expr:
    """delta coth(delta t)."""
    return delta * even(delta, time) / odd(delta, time)


def half_csch(delta: sp.Expr, time: sp.Expr) -> sp.Expr:
    """delta/(2 sinh(delta t))."""
    return delta * sp.exp(-delta * time) / odd(delta, time)


def elasticity(time: sp.Expr) -> sp.Expr:
    """E, by how many percent the progress on direction 2 grows when that on direction 1 grows by one."""
    return rate(beta, time) * ball(alpha, time) / (rate(alpha, time) * ball(beta, time))
