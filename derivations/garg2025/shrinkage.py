"""Ridge regression on one design that all rounds share: the long-run model, its risk, and the best weight.

On an eigenvector of X'X the ridge keeps the share a of the least-squares coefficient of mean b and, with real labels,
variance e. Weights are w on fresh real labels and 1 - w on labels of the previous model, with noise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from derivations.classics.one_direction import (
    LENGTH,
    ONE,
    THREE_ROWS,
    a,
    b,
    coefficients,
    columns,
    h,
    instance,
    n,
    ridge_solution,
    s,
    x,
)
from derivations.garg2025.letters import BELOW_ONE, GARG, GOLDEN, mixed, r, sigma2, unseen, w
from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Equation,
    Iff,
    Precision,
    Quantity,
    Sample,
    Setting,
    Simulation,
    any_spectrum,
    gaussian,
    symbol,
    total,
    tr,
)

RIDGE = unseen(GARG, "ridge regression, long-run risk")
lam = symbol("lam", "penalty of the ridge regression", r"\lambda", nonnegative=True)
e = symbol("e", "variance of the least-squares coefficient on a direction", positive=True)
_u = 1 - w
_half = sp.Rational(1, 2)

_LEAVES = Condition(a, "<", 1, "a ridge keeps less than all: take a share below 1")
z = symbol("z", "coefficient of the previous model on the eigenvector", real=True)


_real, _made = gaussian("z_r", n, 1), gaussian("z_s", n, 1)
_labels = w * (b * x + _real) + (1 - w) * (z * x + _made)
_error = (1 / (s + lam)) * (x.T @ _labels) - b * ONE


def a_round(a: Mapping[str, np.ndarray], at: Mapping[str, float]) -> float:
    """Squared error along x after a ridge regression on mixed labels of three columns, in full."""
    design, (beta, previous) = columns(a["x"]), (coefficients(at[k]) for k in ("b", "z"))
    labels = at["w"] * (design @ beta + a["z_r"]) + (1 - at["w"]) * (design @ previous + a["z_s"])
    return float((ridge_solution(design, labels, at["lam"]) - beta)[0, 0] ** 2)


def _instance(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    made = instance(point, rng, ("s", "lam", "b", "z", "sigma2", "r"))
    return {**made, "w": point.get("w", sp.Rational(int(rng.integers(1, 8)), 8))}


_share = s / (s + lam)
after_a_round = Quantity(
    symbol("R_next", "mean squared error after the round on one eigenvector", "R", real=True),
    r"mean squared error on one eigenvector of $X^\top X$ after a round of ridge regression on mixed labels",
    tr(_error.T @ _error),
    Setting(
        (
            Sample.of(n, (_real,), {(_real, _real): sigma2 * ONE}),
            Sample.of(n, (_made,), {(_made, _made): r * sigma2 * ONE}),
        ),
        LENGTH,
        _instance,
        rounded=True,
    ),
    a_round,
)
ROUND = Claim(
    "risk_after_a_round_of_ridge_on_mixed_labels",
    r"After a previous model with the coefficient $z$ on an eigenvector of $X^\top X$, a round of ridge "
    r"regression on mixed labels has the mean squared error $(a (w \beta + (1 - w) z) - \beta)^2 + a^2 "
    r"(\sigma^2/s)(w^2 + r (1 - w)^2)$ with $a = s/(s + \lambda)$.",
    Compare(after_a_round, "=", (_share * (w * b + _u * z) - b) ** 2 + _share**2 * sigma2 / s * mixed(w)),
    Domain((n, s, lam, b, z, w, r, sigma2), (BELOW_ONE, THREE_ROWS)),
    RIDGE,
    (
        Derivation(after_a_round).expect(_real).expect(_made).in_names(),
        Simulation(at=({n: 5, s: 1, lam: 0, b: 1, z: 3, w: _half, r: 2, sigma2: 1}, {}, {})),
    ),
    rivals=(
        (_share * (w * b + _u * z) - b) ** 2 + sigma2 / s * mixed(w),
        (_share * (w * b + _u * z) - b) ** 2 + _share**2 * sigma2 / s * (w**2 + r * (1 - w)),
        (w * b + _u * z - b) ** 2 + _share**2 * sigma2 / s * mixed(w),
    ),
    remark=r"Least squares is $\lambda = 0$. Mean and variance of the next coefficient are linear in those of the "
    r"previous one.",
)
M = symbol("M", "long-run mean of the coefficient", real=True)
v = symbol("v", "long-run variance of the coefficient", real=True)
_MEAN = Equation(M, _share * (w * b + _u * M) - M)
_VARIANCE = Equation(v, _share**2 * (sigma2 / s * mixed(w) + _u**2 * v) - v)
LONG_RUN_MEAN = Claim(
    "long_run_mean_is_a_ridge_with_penalty_over_w",
    r"In the long run the mean of ridge regression with penalty $\lambda$ is ridge regression with penalty "
    r"$\lambda/w$ on real labels alone: synthetic labels shrink.",
    Compare(M, "=", s * b / (s + lam / w)),
    Domain((s, lam, b, w), (BELOW_ONE,)),
    RIDGE.at("derived here", "derived"),
    (Derivation(M).eliminate(M, using=_MEAN), Precision()),
    given=(_MEAN,),
    rests_on=(ROUND,),
    rivals=(s * b / (s + lam), s * b / (s + lam * w), s * b / (s + lam / w**2)),
)
_long_run_variance = sigma2 / s * mixed(w) / (w * (2 - w)) * s**2 / ((s + lam / w) * (s + lam / (2 - w)))
LONG_RUN_VARIANCE = Claim(
    "long_run_variance_is_that_of_two_ridges",
    r"In the long run the variance of ridge regression is $(\sigma^2/s)(w^2 + r (1 - w)^2)/(w (2 - w))$ times the "
    r"product of the shares of two ridges, with the penalties $\lambda/w$ and $\lambda/(2 - w)$.",
    Compare(v, "=", _long_run_variance),
    Domain((s, lam, w, r, sigma2), (BELOW_ONE,)),
    RIDGE.at("derived here", "derived"),
    (Derivation(v).eliminate(v, using=_VARIANCE), Precision()),
    given=(_VARIANCE,),
    rests_on=(ROUND,),
    rivals=(
        sigma2 / s * mixed(w) / (w * (2 - w)) * s**2 / (s + lam / w) ** 2,
        sigma2 / s * mixed(w) / (w * (2 - w)) * s**2 / (s + lam) ** 2,
    ),
    remark="So the golden ratio's law $(w^2 + r (1 - w)^2)/(w (2 - w))$ is multiplied by shares that depend on "
    "$w$: for a positive penalty the best weight is another one.",
)

# -- the best weight -------------------------------------------------------------------------------------------

q = symbol("q", "share squared, or rows over dimensions: how much of the past a round keeps", positive=True)
k = symbol("k", "error that no label removes, over that of one round's real labels", real=True)
best = symbol("w_star", "best weight of real labels", r"w^\star", positive=True)
_balance = q * (1 - best) ** 2 - (1 + r + q * (1 + k)) * (1 - best) + 1
BALANCED = Equation(k, _balance)
_risk = (k + mixed(w)) / (1 - q * _u**2)
_above = k + best + (1 + r + q * (k + best)) * (w - best) ** 2 / (1 - q * _u**2)
_KEEPS = Condition(q, "<", 1, "take a round that forgets some of the past")
BALANCE = Claim(
    "best_weight_where_a_round_keeps_a_part_of_the_past",
    r"If a round keeps the part $q$ of the past and adds $k + w^2 + r (1 - w)^2$, the long-run risk is $k + "
    r"w^\star + (1 + r + q (k + w^\star))(w - w^\star)^2/(1 - q (1 - w)^2)$, where $q (1 - w^\star)^2 - (1 + r + "
    r"q (1 + k))(1 - w^\star) + 1 = 0$: $w^\star$ is the best weight.",
    Compare(_risk, "=", _above),
    Domain((w, r, q, best, k), (BELOW_ONE, _KEEPS, Condition(best, "<", 1, "the best weight is below 1"))),
    RIDGE.at("derived here", "derived"),
    (Derivation(_risk).rewrite(_above), Precision()),
    given=(BALANCED,),
    rivals=(
        k + best + (1 + r + q * best) * (w - best) ** 2 / (1 - q * _u**2),
        best + (1 + r + q * (k + best)) * (w - best) ** 2 / (1 - q * _u**2),
    ),
    remark="$q = 1$, $k = 0$ is the golden ratio's law; $q = a^2$, $k = 0$ the variance of a ridge; $q = n/p$ "
    "interpolators on fresh designs.",
)

# -- over a spectrum ---------------------------------------------------------------------------------------------

S = any_spectrum(
    "S",
    "the directions: share that is kept, coefficient of the truth, variance of least squares, weight in the test error",
    a,
    b,
    e,
    h,
    conditions=(_LEAVES,),
)


def long_run_risk(weight: sp.Expr) -> sp.Expr:
    """Long-run risk of ridge regression over a spectrum: squared bias and variance of every direction."""
    past = 1 - weight
    bias = b**2 * (1 - a) ** 2 / (1 - a + a * weight) ** 2
    return total(h * (bias + a**2 * e * mixed(weight) / ((1 - a + a * weight) * (1 + a * past))), S)


_middle = 1 - a + a / 2
_lower = 1 - a + a * w
_by = total(
    h * b**2 * (1 - a) ** 2 * a * (_half - w) * (_lower + _middle) / (_lower**2 * _middle**2)
    + h * a**2 * e * (_half - w) * ((r - 1) + (1 + r) * (_half - w)) / (_lower * (1 + a * _u))
    + h * a**4 * e * (1 + r) / 4 * (_half - w) * (_u + _half) / (_lower * (1 + a * _u) * _middle * (1 + a / 2)),
    S,
)
AT_LEAST_HALF = Claim(
    "at_least_half_real_labels_for_every_ridge_spectrum_and_truth",
    r"If synthetic labels are at least as noisy as real ones, $r \ge 1$, every weight below one half has a larger "
    r"long-run risk than one half: for every design, truth, penalty and test weights.",
    Compare(long_run_risk(_half), "<", long_run_risk(w)),
    Domain((S, w, r), (Condition(w, "<", _half, "take a weight below one half"), Condition(r, ">=", 1))),
    unseen(GARG, "ridge regression: the optimal ratio is at least one half"),
    (Derivation(long_run_risk(_half)).bound("<", long_run_risk(w), by=_by), Precision()),
    rests_on=(LONG_RUN_MEAN, LONG_RUN_VARIANCE),
    rivals=(Compare(long_run_risk(_half), ">", long_run_risk(w)), long_run_risk(w) / 2),
    remark=r"The abstract says it for isotropic features, random effects and spikes: no model of the spectrum is "
    r"needed where all rounds share one design, but $r \ge 1$ is.",
)
BELOW_HALF = Claim(
    "less_than_half_may_be_best_for_a_ridge",
    "There are a ridge and synthetic labels with $r = 3/5$ for which the weight $2/5$ has a smaller long-run risk "
    "than one half, although $r$ exceeds one half.",
    Compare(long_run_risk(w), "<", long_run_risk(_half)),
    Domain(
        (S, w, r),
        (
            Condition(w, "<", _half, "take a weight below one half"),
            Condition(r, ">", _half, "without shrinkage the best weight is above one half"),
        ),
    ),
    unseen(GARG, "ridge regression: the optimal ratio is at least one half").at("a hypothesis on the noise", "derived"),
    (Precision(),),
    rests_on=(LONG_RUN_MEAN, LONG_RUN_VARIANCE),
    witness={S: ((1, sp.Rational(3, 10), sp.Rational(1, 10), 1, 1),), w: sp.Rational(2, 5), r: sp.Rational(3, 5)},
    rivals=(Compare(long_run_risk(w), ">", long_run_risk(_half)), long_run_risk(_half) / 2),
)
_slope_of = mixed(w) / (1 - a**2 * _u**2)
VARIANCE_HALF = Claim(
    "ridge_variance_wants_half_real_labels_iff_noise_makes_up_for_shrinkage",
    "The slope in $1 - w$ of a ridge's long-run variance at $w = 1/2$ has the sign of $r - 1 + a^2/2$: the "
    "variance wants more real labels than one half if and only if $r > 1 - a^2/2$.",
    Iff(
        Compare(sp.Derivative(_slope_of, w).doit().subs(w, _half), "<", 0),
        Compare(r, ">", 1 - a**2 / 2),
    ),
    Domain((a, r), (_LEAVES,)),
    RIDGE.at("derived here", "derived"),
    (Derivation.same_sign(), Precision()),
    rests_on=(LONG_RUN_VARIANCE,),
    rivals=(Compare(r, ">", _half), Compare(r, ">", 1 - a / 2)),
)
_g = GOLDEN
_needed = (q * _u**2 - (2 + q) * _u + 1) / (q * _u)
_gap = (w - _g) * (2 + _g - q * _u) / (q * _u)
ABOVE_GOLDEN = Claim(
    "best_weight_exceeds_the_golden_ratio_where_errors_remain",
    "With $r = 1$ and $g = 0.618$, a weight $w$ is best where the error that no label removes is $k = (q (1 - "
    "w)^2 - (2 + q)(1 - w) + 1)/(q (1 - w))$; $k - (1 - q) g/q$ is $w - g$ times the positive number $(2 + g - q "
    "(1 - w))/(q (1 - w))$.",
    Compare(_needed - (1 - q) * _g / q, "=", _gap),
    Domain((w, q), (BELOW_ONE, _KEEPS)),
    RIDGE.at("derived here", "derived"),
    (Derivation(_needed - (1 - q) * _g / q).rewrite(_gap), Precision()),
    rests_on=(BALANCE,),
    rivals=((w - _g) * (2 - q * _u) / (q * _u), (w - _g) / (q * _u), (w + _g - 1) * (2 + _g - q * _u) / (q * _u)),
    remark="So the best weight exceeds $g$ if and only if $k$ exceeds $(1 - q) g/q$. Shrinkage alone, $k = 0$ and "
    "$q < 1$, puts it below the golden ratio's, and enough error that labels do not remove puts it above.",
)
CLAIMS = (
    ROUND,
    LONG_RUN_MEAN,
    LONG_RUN_VARIANCE,
    BALANCE,
    AT_LEAST_HALF,
    BELOW_HALF,
    VARIANCE_HALF,
    ABOVE_GOLDEN,
)
