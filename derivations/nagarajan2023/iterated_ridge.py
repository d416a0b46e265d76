"""Relatives of gradient flow in Nagarajan et al. (2023): which filters exaggerate, and how much generations do.

A filter is g(y), y = lam theta, with a parameter theta that is time for flow and 1/penalty for ridge. Let
e(y) = y g'(y)/g(y). On direction 2 a method with progress x = g(y) on direction 1 has progress phi(x) = g(ry), and the
elasticity of phi is e(ry)/e(y). It grows with y, and then the law holds, if the log-slope d log e/d log y falls: *if e
is log-concave in log y*. The claims below follow that criterion, and the law from it, for iterated ridge, g = 1 - (1 +
y)^-h, with any number of rounds h >= 1; one round is ridge, many of them tend to flow.
"""

from __future__ import annotations

import sympy as sp

from derivations.nagarajan2023.letters import BELOW_P, BELOW_Q, SMALLER, T, p, q, r, x
from derivations.nagarajan2023.linear import PAPER
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Precision, symbol

CRITERION = PAPER.at("a criterion for filters", "derived")
ITERATED = PAPER.at("iterated ridge in place of early stopping", "derived")
GENERATIONS = PAPER.at("repeated distillation", "derived")

# -- the criterion, for iterated ridge ------------------------------------------------------------------------

h = symbol("h", "rounds of iterated ridge, one or more", positive=True)
u = symbol("u", "$1/(1 + y)$, the share of the distance that one round of ridge leaves", positive=True)
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
    r"For $u \in (0, 1)$ and $h > 1$, $h u^{h - 1}(1 - u)$ is below $1 - u^h$.",
    Compare(h * u ** (h - 1) * (1 - u), "<", 1 - u**h),
    Domain((h, u), (Condition(u, "<", 1, "choose a share below 1"), ROUNDS)),
    CRITERION,
    (
        Derivation(h * u ** (h - 1) * (1 - u)).slope(
            "<", 1 - u**h, u, 1, -h * (h - 1) * u ** (h - 2) * (1 - u), why="both sides vanish at $u = 1$"
        ),
        Precision(),
    ),
    rivals=(Compare(h * u ** (h - 1) * (1 - u), ">", 1 - u**h), 1 - u, u ** (h - 1) * (1 - u)),
)
_SHARES = Domain((h, u, v), (BELOW_V, SMALLER_U, ROUNDS))
AVERAGE = Claim(
    "average_power_grows_with_its_base",
    "For $0 < u < v < 1$ and $h > 1$, $(1 - v)/(1 - v^h)$ is below $(1 - u)/(1 - u^h)$.",
    Compare(average(v), "<", average(u)),
    _SHARES,
    CRITERION,
    (Derivation(average(v)).slope("<", average(u), u, v, -1 / (1 - u**h) ** 2, using=TANGENT), Precision()),
    rivals=(Compare(average(v), ">", average(u)), v * average(u)),
)
LOG_SLOPE = Claim(
    "log_slope_of_iterated_ridge_falls_with_time",
    "The elasticity of iterated ridge is log-concave in the logarithm of the inverse penalty: its log-slope $u - "
    "h(1 - u)/(1 - u^h)$ grows with the share $u$ that a round leaves.",
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
    """What each of h rounds leaves of direction 1 when they have made progress ``done`` in all: 1/(1 + y)."""
    return (1 - done) ** (1 / h)


def left_2(done: sp.Expr) -> sp.Expr:
    """What each of these rounds leaves of direction 2: 1/(1 + ry)."""
    return left(done) / (r + (1 - r) * left(done))


def phi_rounds(done: sp.Expr) -> sp.Expr:
    """Progress on direction 2 of h rounds of ridge that have made progress ``done`` on direction 1."""
    return 1 - left_2(done) ** h


def elasticity(done: sp.Expr) -> sp.Expr:
    """x phi'(x)/phi(x) of :func:`phi_rounds` at x = ``done``, which is e(ry)/e(y)."""
    return r * done * left_2(done) ** (h + 1) / (left(done) * (1 - done) * phi_rounds(done))


ELASTICITY = Claim(
    "elasticity_of_iterated_ridge_grows_with_progress",
    "For $h > 1$ rounds of ridge, the elasticity of the progress on direction 2 in that on direction 1 grows with "
    "the progress on direction 1.",
    Compare(elasticity(x), "<", elasticity(p)),
    Domain((r, h, p, x), (SMALLER, ROUNDS, BELOW_P, Condition(x, "<", p, "take x below p"))),
    CRITERION,
    (
        Derivation(elasticity(x)).slope(
            "<",
            elasticity(p),
            x,
            p,
            -elasticity(x) / (h * (1 - x) * (1 - left(x))),
            using=LOG_SLOPE,
            u=left(x),
            v=left_2(x),
        ),
        Precision(),
    ),
    rivals=(Compare(elasticity(x), ">", elasticity(p)), elasticity(x * p)),
)
_SQUARE = Domain((r, h, p, q), (SMALLER, ROUNDS, BELOW_P, BELOW_Q))
_matched_share = phi_rounds(p * q) / phi_rounds(p)
RATIO = Claim(
    "share_of_the_matched_iterated_ridge",
    r"For $h > 1$ rounds of ridge, with $\varphi(x)$ the progress on direction 2 where that on direction 1 is "
    r"$x$, $\varphi(q)$ is below $\varphi(pq)/\varphi(p)$.",
    Compare(phi_rounds(q), "<", _matched_share),
    _SQUARE,
    CRITERION,
    (
        Derivation(phi_rounds(q)).slope("<", _matched_share, p, 1, -_matched_share / p, using=ELASTICITY, x=p * q),
        Precision(),
    ),
    rivals=(Compare(phi_rounds(q), ">", _matched_share), q * _matched_share),
)
LAGS = Claim(
    "iterated_ridge_lags_on_the_smaller_eigenvalue",
    "A student by $h > 1$ rounds of ridge of a teacher by $h$ rounds has made less progress on the smaller "
    "eigenvalue than $h$ rounds on labels with the same progress on the larger, whatever the penalties.",
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
    remark="One round is ridge, for which the law is shown by its factors. The three filters differ in their "
    "penalties alone; as $h$ grows, with penalties in proportion, iterated ridge tends to flow. Here $h$ "
    "need not be an integer.",
)
y = symbol("y", "an eigenvalue over the penalty, or times the time", positive=True)
z = symbol("z", "the same for a smaller penalty, or a later time", positive=True)
RIDGE_LOG_SLOPE = Claim(
    "log_slope_of_ridge_falls_with_time",
    r"The elasticity of ridge, $1/(1 + y)$, is log-concave in $\log y$: its log-slope $-y/(1 + y)$ falls as $y$ "
    r"grows.",
    Compare(-z / (1 + z), "<", -y / (1 + y)),
    Domain((y, z), (Condition(y, "<", z, "take y below z"),)),
    CRITERION,
    (Derivation(-z / (1 + z)).bound("<", -y / (1 + y), by=(z - y) / ((1 + z) * (1 + y))), Precision()),
    rivals=(Compare(-z / (1 + z), ">", -y / (1 + y)), -y / (1 + y) * 2),
)

# -- iterated ridge with one penalty, and the number of rounds for time -----------------------------------------

y_1 = symbol("y_1", "the larger eigenvalue over the penalty", positive=True)
y_2 = symbol("y_2", "the smaller eigenvalue over the penalty", positive=True)


def rounds(over: sp.Expr, count: sp.Expr) -> sp.Expr:
    """1 - (1 + y)^-k, the filter of ``count`` rounds of ridge, each from where the last one ended."""
    return 1 - (1 + over) ** (-count)


_rounds_ratio = sp.log(1 + y_2) / sp.log(1 + y_1)
ROUNDS_RATIO = Claim(
    "iterated_ridge_is_a_flow_with_another_ratio",
    r"With one penalty, rounds of ridge are a flow whose ratio of eigenvalues is $r = \log(1 + "
    r"\lambda_2/\mu)/\log(1 + \lambda_1/\mu)$: where the progress on direction 1 is $x$, that on direction 2 is "
    r"$1 - (1 - x)^r$, and the theorem for flow applies as it is.",
    Compare(rounds(y_2, T), "=", 1 - (1 - rounds(y_1, T)) ** _rounds_ratio),
    Domain((y_1, y_2, T), (Condition(y_2, "<", y_1, "let direction 1 have the larger eigenvalue"),)),
    ITERATED,
    (Derivation(rounds(y_2, T)).rewrite(1 - (1 - rounds(y_1, T)) ** _rounds_ratio), Precision()),
    rivals=(1 - (1 - rounds(y_1, T)) ** (y_2 / y_1), 1 - (1 - rounds(y_1, T)) ** (1 / _rounds_ratio)),
)

# -- equal generations exaggerate most ----------------------------------------------------------------------------

f = symbol("f", "a factor of progress that one generation gives to another, between 0 and 1", positive=True)
MORE = Condition(q, "<", p, "let q be the smaller progress")
GIVEN = Condition(f, "<", 1, "choose a factor below 1")


def phi_ridge(done: sp.Expr) -> sp.Expr:
    """Progress on direction 2 of ridge regression that has made progress ``done`` on direction 1."""
    return r * done / (1 - (1 - r) * done)


RIDGE_UNEQUAL = Claim(
    "unequal_ridge_generations_keep_more",
    "For $q < p$ and $f < 1$, two generations of ridge with progress $p$ and $q f$ on direction 1 keep more of "
    "direction 2, whose eigenvalue is smaller, than two with progress $p f$ and $q$, which make the same progress in "
    "all on direction 1: equal generations exaggerate most.",
    Compare(phi_ridge(p * f) * phi_ridge(q), "<", phi_ridge(p) * phi_ridge(q * f)),
    Domain((r, p, q, f), (SMALLER, BELOW_P, MORE, GIVEN)),
    GENERATIONS,
    (
        Derivation(phi_ridge(p * f) * phi_ridge(q)).bound(
            "<",
            phi_ridge(p) * phi_ridge(q * f),
            by=r**2
            * p
            * q
            * f
            * ((1 - r) * (p - q) * (1 - f))
            / ((1 - (1 - r) * p) * (1 - (1 - r) * (q * f)) * (1 - (1 - r) * (p * f)) * (1 - (1 - r) * q)),
        ),
        Precision(),
    ),
    rivals=(
        Compare(phi_ridge(p * f) * phi_ridge(q), ">", phi_ridge(p) * phi_ridge(q * f)),
        r * phi_ridge(p) * phi_ridge(q * f),
        phi_ridge(p) * phi_ridge(q * f) * (1 - (1 - r) * p),
    ),
    remark="Any number of generations follows, two at a time: of $k$ with one product, equal ones keep least.",
)

CLAIMS = (
    TANGENT,
    AVERAGE,
    LOG_SLOPE,
    ELASTICITY,
    RATIO,
    LAGS,
    RIDGE_LOG_SLOPE,
    ROUNDS_RATIO,
    RIDGE_UNEQUAL,
)
