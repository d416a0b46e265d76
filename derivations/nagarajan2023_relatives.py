"""Relatives of gradient flow in Nagarajan et al. (2023): which filters exaggerate, and how much generations do.

A filter is g(y), y = lam theta, with a parameter theta that is time for flow and 1/penalty for ridge. Let
e(y) = y g'(y)/g(y). On direction 2 a method with progress x = g(y) on direction 1 has progress phi(x) = g(ry), and the
elasticity of phi is e(ry)/e(y). It grows with y, and then the law holds, if the log-slope d log e/d log y falls: *if e
is log-concave in log y*. The claims below follow that criterion for iterated ridge, g = 1 - (1 + y)^-k, with any
number of rounds k >= 1; one round is ridge, many of them tend to flow.
"""

from __future__ import annotations

import sympy as sp

from derivations.nagarajan2023_letters import BELOW_P, BELOW_Q, SMALLER, T, lam_1, lam_2, m, p, phi, q, r, t_s, x
from derivations.nagarajan2023_linear import PAPER
from w2s_sym.claim import Claim, Compare
from w2s_sym.derivation import Derivation
from w2s_sym.domain import Condition, Domain
from w2s_sym.notation import symbol
from w2s_sym.precision import Precision

CRITERION = PAPER.at("a criterion for filters", "derived")
ITERATED = PAPER.at("iterated ridge in place of early stopping", "derived")
GENERATIONS = PAPER.at("repeated distillation", "derived")

# -- the criterion, for iterated ridge ------------------------------------------------------------------------

h = symbol("h", "rounds of iterated ridge, one or more", positive=True)
u = symbol("u", "1/(1 + y), the share of the distance that one round of ridge leaves", positive=True)
v = symbol("v", "a larger such share", positive=True)
BELOW_V = Condition(v, "<", 1, "choose a share below 1")
SMALLER_U = Condition(u, "<", v, "take u below v")
ROUNDS = Condition(h, ">", 1, "take more than one round")


def average(share: sp.Expr) -> sp.Expr:
    """(1 - u)/(1 - u^h): for whole h, one over 1 + u + ... + u^(h - 1)."""
    return (1 - share) / (1 - share**h)


def log_slope(share: sp.Expr) -> sp.Expr:
    """d log e/d log y at y = 1/u - 1 for h rounds of ridge, e(y) = y g'(y)/g(y)."""
    return share - h * average(share)


TANGENT = Claim(
    "power_lies_above_its_tangent_from_one",
    "For u in (0, 1) and h > 1, h u^(h - 1)(1 - u) is below 1 - u^h.",
    Compare(h * u ** (h - 1) * (1 - u), "<", 1 - u**h),
    Domain((h, u), (Condition(u, "<", 1, "choose a share below 1"), ROUNDS)),
    CRITERION,
    (
        Derivation(h * u ** (h - 1) * (1 - u)).slope(
            "<", 1 - u**h, u, 1, -h * (h - 1) * u ** (h - 2) * (1 - u), why="both sides vanish at u = 1"
        ),
        Precision(),
    ),
    rivals=(Compare(h * u ** (h - 1) * (1 - u), ">", 1 - u**h), 1 - u, u ** (h - 1) * (1 - u)),
)
_SHARES = Domain((h, u, v), (BELOW_V, SMALLER_U, ROUNDS))
AVERAGE = Claim(
    "average_power_grows_with_its_base",
    "For 0 < u < v < 1 and h > 1, (1 - v)/(1 - v^h) is below (1 - u)/(1 - u^h).",
    Compare(average(v), "<", average(u)),
    _SHARES,
    CRITERION,
    (Derivation(average(v)).slope("<", average(u), u, v, -1 / (1 - u**h) ** 2, using=TANGENT), Precision()),
    rivals=(Compare(average(v), ">", average(u)), v * average(u)),
)
LOG_SLOPE = Claim(
    "log_slope_of_iterated_ridge_falls_with_time",
    "The elasticity of iterated ridge is log-concave in the logarithm of 1/penalty: its log-slope u - h(1 - u)/(1 - "
    "u^h) grows with the share u that a round leaves.",
    Compare(log_slope(u), "<", log_slope(v)),
    _SHARES,
    CRITERION,
    (
        Derivation(log_slope(u))
        .bound("<", v - h * average(u), by=v - u)
        .using(AVERAGE, "<", log_slope(v), h, u=u, v=v),
        Precision(),
    ),
    rivals=(Compare(log_slope(u), ">", log_slope(v)), 2 * log_slope(v)),
)
def left(done: sp.Expr) -> sp.Expr:
    """What each of h rounds leaves of direction 1 when they have made progress ``done`` in all."""
    return (1 - done) ** (1 / h)


def phi_rounds(done: sp.Expr) -> sp.Expr:
    """Progress on direction 2 of h rounds of ridge that have made progress ``done`` on direction 1."""
    return 1 - (left(done) / (r + (1 - r) * left(done))) ** h


def elasticity(done: sp.Expr) -> sp.Expr:
    """x phi'(x)/phi(x), which is e(ry)/e(y) at y = 1/left(x) - 1."""
    y = 1 / left(done) - 1
    return (1 + y) * ((1 + y) ** h - 1) * r / ((1 + r * y) * ((1 + r * y) ** h - 1))


_gone = left(x)
ELASTICITY = Claim(
    "elasticity_of_iterated_ridge_grows_with_progress",
    "For h > 1 rounds of ridge, the elasticity of the progress on direction 2 in the progress x on direction 1 grows "
    "with x.",
    Compare(elasticity(x), "<", elasticity(p)),
    Domain((r, h, p, x), (SMALLER, ROUNDS, BELOW_P, Condition(x, "<", p, "take x below p"))),
    CRITERION,
    (
        Derivation(elasticity(x)).slope(
            "<",
            elasticity(p),
            x,
            p,
            -elasticity(x) / (h * (1 - x) * (1 - _gone)),
            using=LOG_SLOPE,
            u=_gone,
            v=_gone / (r + (1 - r) * _gone),
        ),
        Precision(),
    ),
    rivals=(Compare(elasticity(x), ">", elasticity(p)),),
)
_SQUARE = Domain((r, h, p, q), (SMALLER, ROUNDS, BELOW_P, BELOW_Q))
RATIO = Claim(
    "share_of_the_matched_teacher_iterated_ridge",
    "For h > 1 rounds of ridge, phi(q) is below phi(pq)/phi(p).",
    Compare(phi_rounds(q), "<", phi_rounds(p * q) / phi_rounds(p)),
    _SQUARE,
    CRITERION,
    (
        Derivation(phi_rounds(q)).slope(
            "<",
            phi_rounds(p * q) / phi_rounds(p),
            p,
            1,
            -phi_rounds(p * q) / (p * phi_rounds(p)),
            using=ELASTICITY,
            x=p * q,
        ),
        Precision(),
    ),
    rivals=(Compare(phi_rounds(q), ">", phi_rounds(p * q) / phi_rounds(p)),),
)
LAGS = Claim(
    "iterated_ridge_lags_on_the_smaller_eigenvalue",
    "A student by h > 1 rounds of ridge of a teacher by h rounds has made less progress on the smaller eigenvalue than "
    "h rounds on labels with the same progress on the larger, whatever the penalties.",
    Compare(phi_rounds(p) * phi_rounds(q), "<", phi_rounds(p * q)),
    _SQUARE,
    CRITERION,
    (
        Derivation(phi_rounds(p) * phi_rounds(q)).using(RATIO, "<", phi_rounds(p * q), phi_rounds(p)),
        Precision(),
    ),
    rivals=(
        Compare(phi_rounds(p) * phi_rounds(q), ">", phi_rounds(p * q)),
        phi_rounds(p * q) ** 2,
        phi_rounds(p) ** 2,
    ),
    remark="One round is ridge, for which the law is shown by its factors; the three filters differ in their penalties "
    "alone. As h grows, with penalties in proportion, iterated ridge tends to flow.",
)
