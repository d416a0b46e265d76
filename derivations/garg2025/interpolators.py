"""Interpolators of smallest norm on isotropic Gaussian designs, n < p: one design for all rounds, or fresh ones.

Exact at every finite size. P is the projector on the row space of a design. On one design all rounds leave the same
part of the truth out, and the noise is that of labels mixed on the same rows. On fresh designs each round forgets a
part of what the last one knew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from derivations.garg2025.golden_ratio import RATIO
from derivations.garg2025.letters import BELOW_ONE, GARG, GOLDEN, HE, mixed, r, sigma2, unseen, w
from derivations.garg2025.shrinkage import ABOVE_GOLDEN
from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Equation,
    Mean,
    Precision,
    Quantity,
    Sample,
    Setting,
    Simulation,
    gaussian,
    gram_inverse,
    identity,
    letters,
    projector,
    symbol,
    tr,
)

ONE = identity(sp.Integer(1))
n = letters.n
p = symbol("p", "number of dimensions", integer=True, positive=True)
v = symbol("v", "variance of each coefficient of the truth", nonnegative=True)
d = symbol("d", "variance of each coefficient of the previous model's error", nonnegative=True)
c = symbol("c", "covariance of a coefficient of the truth with that of the previous model's error", real=True)
_WIDE = Condition(p, ">", n + 1, "the risk is infinite at $p = n$ and $p = n + 1$; take fewer points")
_one_fit = sigma2 * n / (p - n - 1)

Zt = gaussian("Z", p, n)
_beta, _error = gaussian("beta", p, 1, r"\beta"), gaussian("delta", p, 1, r"\delta")
_real, _made, _first = gaussian("z_r", n, 1), gaussian("z_s", n, 1), gaussian("z_0", n, 1)


def _shortest(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.lstsq(x, y, rcond=None)[0])


def two_fits_of_one_design(a: Mapping[str, np.ndarray], s: Mapping[str, float]) -> float:
    """Squared error of a model of mixed labels whose previous model was fitted to real labels of the same points."""
    x, beta, weight = a["Z"].T, a["beta"], s["w"]
    previous = _shortest(x, x @ beta + a["z_0"])
    found = _shortest(x, weight * (x @ beta + a["z_r"]) + (1 - weight) * (x @ previous + a["z_s"]))
    return float(((found - beta) ** 2).sum())


def a_fit_of_a_fresh_design(a: Mapping[str, np.ndarray], s: Mapping[str, float]) -> float:
    """Squared error of a model of mixed labels on a fresh design, whose previous model had the error delta."""
    x, beta, weight = a["Z"].T, a["beta"], s["w"]
    found = _shortest(x, weight * (x @ beta + a["z_r"]) + (1 - weight) * (x @ (beta + a["delta"]) + a["z_s"]))
    return float(((found - beta) ** 2).sum())


def _scalars(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    drawn = {name: sp.Rational(int(rng.integers(1, 9)), 4) for name in ("v", "d", "sigma2", "r")}
    drawn["w"] = sp.Rational(int(rng.integers(1, 8)), 8)
    drawn["c"] = sp.Rational(int(rng.integers(-3, 4)), 20)
    return {name: point.get(name, value) for name, value in drawn.items()}


def _only(*names: str) -> Any:
    return lambda point, rng: {k: value for k, value in _scalars(point, rng).items() if k in names}


_pinv = Zt @ gram_inverse(Zt)
_noises = w * _real + (1 - w) * _made
_shared_error = projector(Zt) @ _beta - _beta + _pinv @ (_noises + (1 - w) * _first)
shared = Quantity(
    symbol("R_shared", "mean squared error of the second model, one design", "R", real=True),
    "mean squared error of an interpolator of mixed labels whose previous model interpolated the same points",
    tr(_shared_error.T @ _shared_error),
    Setting(
        (
            Sample.of(p, (Zt,)),
            Sample.of(p, (_beta,), {(_beta, _beta): v * ONE}),
            Sample.of(n, (_real,), {(_real, _real): sigma2 * ONE}),
            Sample.of(n, (_made,), {(_made, _made): r * sigma2 * ONE}),
            Sample.of(n, (_first,), {(_first, _first): sigma2 * ONE}),
        ),
        (),
        _only("v", "sigma2", "r", "w"),
    ),
    two_fits_of_one_design,
)
SHARED = Claim(
    "interpolators_of_one_design_follow_the_variance_recursion",
    r"Interpolating mixed labels of the points that the previous model interpolated has the mean squared error $v "
    r"(p - n) + (w^2 + (1 - w)^2 (r + 1)) \sigma^2 n/(p - n - 1)$, exactly, for $\Sigma = I$.",
    Compare(shared, "=", v * (p - n) + (mixed(w) + (1 - w) ** 2) * _one_fit),
    Domain((p, n, v, sigma2, r, w), (_WIDE, BELOW_ONE)),
    unseen(GARG, "min-norm interpolation on one design"),
    (
        Derivation(shared).expect(_beta).expect(_real).expect(_made).expect(_first).expect_gram_inverse(Zt).in_names(),
        Simulation(
            at=({p: 14, n: 3, v: 1, sigma2: 2, r: 2, w: sp.Rational(1, 2)}, {}, {}),
            average=("beta", "z_r", "z_s", "z_0"),
        ),
    ),
    rests_on=(RATIO,),
    rivals=(
        v * (p - n) + mixed(w) * _one_fit,
        v * (p - n) + (mixed(w) + (1 - w) ** 2) * sigma2 * n / (p - n),
        v * (p - n) * (1 - w) + (mixed(w) + (1 - w) ** 2) * _one_fit,
    ),
    remark=r"The next variance is $w^2 + (1 - w)^2 (r + V_0)$, where $V_0$ is the previous one, and the part of "
    r"the truth that is left out stays: round by round the risk tends to $v (p - n) + V \sigma^2 n/(p - n "
    r"- 1)$, $V$ the long-run variance. On one design the golden ratio is therefore exact at every $n < p "
    r"- 1$, for $r = 1$; the same holds for every covariance.",
)
_fresh_error = projector(Zt) @ _beta - _beta + (1 - w) * projector(Zt) @ _error + _pinv @ _noises
fresh = Quantity(
    symbol("R_fresh", "mean squared error after a round on a fresh design", "R", real=True),
    "mean squared error of an interpolator of mixed labels on a fresh design, after a model with a given error",
    tr(_fresh_error.T @ _fresh_error),
    Setting(
        (
            Sample.of(p, (Zt,)),
            Sample.of(
                p, (_beta, _error), {(_beta, _beta): v * ONE, (_error, _error): d * ONE, (_beta, _error): c * ONE}
            ),
            Sample.of(n, (_real,), {(_real, _real): sigma2 * ONE}),
            Sample.of(n, (_made,), {(_made, _made): r * sigma2 * ONE}),
        ),
        (),
        _only("v", "d", "c", "sigma2", "r", "w"),
    ),
    a_fit_of_a_fresh_design,
)
FRESH = Claim(
    "a_fresh_design_keeps_a_part_of_the_previous_error",
    r"On a fresh design of $n$ rows, after a model of mean squared error $E_0$, the next mean squared error is $v "
    r"(p - n) + (1 - w)^2 (n/p) E_0 + (w^2 + r (1 - w)^2) \sigma^2 n/(p - n - 1)$, exactly, for $\Sigma = I$, "
    r"however the previous error depends on the truth.",
    Compare(fresh, "=", v * (p - n) + (1 - w) ** 2 * n * d + mixed(w) * _one_fit),
    Domain(
        (p, n, v, d, c, sigma2, r, w),
        (_WIDE, BELOW_ONE, Condition(v * d, ">", c**2, "the covariance is at most what the variances allow")),
    ),
    unseen(GARG, "covariates vary across rounds, with fresh real labels"),
    (
        Derivation(fresh).expect(_beta, _error).expect(_real).expect(_made).expect_gram_inverse(Zt).in_names(),
        Simulation(
            at=({p: 14, n: 3, v: 1, d: 1, c: sp.Rational(1, 2), sigma2: 2, r: 2, w: sp.Rational(1, 2)}, {}, {}),
            average=("beta", "delta", "z_r", "z_s"),
        ),
    ),
    rivals=(
        v * (p - n) + (1 - w) ** 2 * p * d + mixed(w) * _one_fit,
        v * (p - n) + (1 - w) ** 2 * n * d + mixed(w) * sigma2 * n / (p - n),
        v * (p - n) + (1 - w) * n * (d + c) + mixed(w) * _one_fit,
    ),
    remark="$p d$ is the previous squared error. The covariance $c$ cancels, for $(I - P) P = 0$: so the "
    "recursion closes.",
)
D = symbol("D", "long-run mean squared error on fresh designs", real=True)
f = symbol("f", r"variance of one fit of real labels, $\sigma^2 n/(p - n - 1)$", positive=True)
_LONG_RUN = Equation(D, v * (p - n) + (1 - w) ** 2 * n / p * D + mixed(w) * f - D)
_long_run = (v * (p - n) + mixed(w) * f) / (1 - (1 - w) ** 2 * n / p)
LONG_RUN = Claim(
    "long_run_risk_of_interpolators_on_fresh_designs",
    r"On fresh designs the mean squared error settles at $(v (p - n) + (w^2 + r (1 - w)^2) f)/(1 - (1 - w)^2 "
    r"n/p)$, where $f = \sigma^2 n/(p - n - 1)$ is the variance of one fit of real labels.",
    Compare(D, "=", _long_run),
    Domain(
        (p, n, v, f, r, w),
        (_WIDE, BELOW_ONE, Condition(n * (1 - w) ** 2, "<", p, "$n < p$: a round forgets some of the past")),
    ),
    FRESH.source,
    (Derivation(D).eliminate(D, using=_LONG_RUN), Precision()),
    given=(_LONG_RUN,),
    rests_on=(FRESH,),
    rivals=(v * (p - n) + mixed(w) / (w * (2 - w)) * f, (v * (p - n) + mixed(w) * f) / (w * (2 - w))),
    remark="Here the weight also decides how much of the signal is kept, which the golden ratio knows nothing of: "
    "see best_weight_where_a_round_keeps_a_part_of_the_past with $q = n/p$.",
)
_kept = v * (p - n) / _one_fit
_golden = (p - n) / n * (v * (p - n - 1) / sigma2 - GOLDEN)
FRESH_GOLDEN = Claim(
    "golden_ratio_fails_for_interpolators_on_fresh_designs",
    r"For $r = 1$ on fresh designs, with $q = n/p$, $g = 0.618$ and $k$ the error $v (p - n)$ that no label removes "
    r"over that of one fit, $k - (1 - q) g/q$, whose sign decides whether the best weight exceeds $g$, is $(p - "
    r"n)/n$ times $v (p - n - 1)/\sigma^2 - g$: only at one ratio of signal to noise is $g$ best.",
    Compare(_kept - (1 - n / p) * GOLDEN * p / n, "=", _golden),
    Domain((p, n, v, sigma2), (_WIDE,)),
    unseen(GARG, "min-norm interpolation: the golden ratio").at("a hypothesis: rounds share one design", "derived"),
    (Derivation(_kept - (1 - n / p) * GOLDEN * p / n), Precision()),
    rests_on=(LONG_RUN, ABOVE_GOLDEN),
    rivals=(
        (p - n) / n * (v * (p - n) / sigma2 - GOLDEN),
        (p - n) / n * (v * (p - n - 1) / sigma2 - 1),
        v * (p - n - 1) / sigma2 - GOLDEN,
    ),
    remark="With much signal more real labels than 0.618 are best, with little signal fewer. $k$ is the error $v "
    "(p - n)$ that no label removes over that of one fit.",
)

# -- least squares on samples of their own ---------------------------------------------------------------------

FEATURES, ROWS = 10, 40
_pooled_fit = sigma2 * sp.Rational(FEATURES, ROWS - FEATURES - 1)


def pooled(rng: np.random.Generator, point: Mapping[str, Any], draws: int) -> np.ndarray:
    """Squared errors of weighted least squares on 40 real and 40 synthetic points, after an error of golden size."""
    real, made = rng.standard_normal((2, draws, ROWS, FEATURES))
    weight, scale = float(GOLDEN), np.sqrt(point["sigma2"])
    size = float(GOLDEN) * point["sigma2"] / (ROWS - FEATURES - 1)
    previous = np.sqrt(size) * rng.standard_normal((draws, FEATURES, 1))
    noise = scale * rng.standard_normal((2, draws, ROWS, 1))
    turned = (weight * real.transpose(0, 2, 1), (1 - weight) * made.transpose(0, 2, 1))
    gram = turned[0] @ real + turned[1] @ made
    found = np.linalg.solve(gram, turned[0] @ noise[0] + turned[1] @ (made @ previous + noise[1]))
    return np.asarray((found**2).sum(axis=(1, 2)))


POOLED = Claim(
    "pooled_samples_leave_the_golden_ratios_law",
    r"Weighted least squares that pools 40 real and 40 synthetic points of 10 features with the golden ratio's "
    r"weights improves on the error $g \sigma^2 d/(n - d - 1)$ which the law holds fixed, $g = 0.618$: the next "
    r"mean error is below $19/20$ of it.",
    Compare(
        Mean(
            symbol("R_pooled", "mean squared error of the next model of pooled samples", "R", real=True),
            "mean squared error of weighted least squares on pooled samples after a model of golden error",
        ),
        "<",
        sp.Rational(19, 20) * GOLDEN * _pooled_fit,
    ),
    Domain((sigma2,)),
    unseen(HE, "linear regression").at("linear regression; a hypothesis: many points for each feature", "derived"),
    (Simulation(pooled, batch=2048),),
    kind="observation",
    witness={sigma2: 1},
    rivals=(sp.Rational(4, 5) * GOLDEN * _pooled_fit, sp.Rational(17, 20) * GOLDEN * _pooled_fit),
    remark="Pooled designs of their own give more directions to learn from than labels mixed on one design: the "
    "law is exact for the latter, and for the former only where $n$ is much larger than $d$.",
)

CLAIMS = (SHARED, FRESH, LONG_RUN, FRESH_GOLDEN, POOLED)
