"""Exact cases: more points than dimensions, and isotropic covariances."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import sympy as sp

from derivations.ildiz2025.letters import PAPER, sigma2
from derivations.ildiz2025.random_designs.instances import n_whole
from derivations.ildiz2025.random_designs.one_stage import Zt, p_whole
from derivations.ildiz2025.random_designs.trained_surrogate import ONE, least_squares_fit
from derivations.ildiz2025.random_designs.two_stages import trace_word
from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Precision,
    Quantity,
    Sample,
    Setting,
    Simulation,
    fixed,
    gaussian,
    gram_inverse,
    pinv,
    projector,
    symbol,
    tr,
)

_X, _z = gaussian("Z", n_whole, p_whole), gaussian("z", n_whole, 1)
_c_s, _c = fixed("c_s", p_whole, 1), fixed("c", p_whole, 1)
distance = trace_word("q", r"\|\Sigma_t^{1/2}(\beta^s-\beta)\|^2", r"$\|\Sigma_t^{1/2} (\beta^s - \beta)\|^2$")
_ENOUGH = Condition(n_whole, ">", p_whole + 1, "the risk is infinite at $n = p$ and $n = p + 1$; take more points")
_UNDER = Setting(
    (Sample.of(n_whole, (_X, _z), {(_z, _z): sigma2 * ONE}),),
    ((distance, tr((_c_s - _c).T @ (_c_s - _c))),),
    lambda point, rng: {
        "c_s": rng.integers(-2, 3, (int(point["p"]), 1)).astype(float),
        "c": rng.integers(-2, 3, (int(point["p"]), 1)).astype(float) + 0.5,
        "sigma2": point.get("sigma2", sp.Rational(int(rng.integers(1, 9)), 2)),
    },
    rounded=True,
)


def literal_least_squares(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """Squared error of least squares on surrogate labels, in whitened coordinates."""
    return float(((least_squares_fit(a["Z"], a["Z"] @ a["c_s"] + a["z"]) - a["c"]) ** 2).sum())


_under_error = pinv(_X) @ (_X @ _c_s + _z) - _c
under = Quantity(
    symbol("R_u", "mean risk of least squares on surrogate labels", r"\mathbb{E}R_{n>p}", real=True),
    r"mean risk, in whitened coordinates $c = \Sigma_t^{1/2} \beta$, of least squares on $n$ labels of the "
    r"surrogate",
    tr(_under_error.T @ _under_error),
    _UNDER,
    literal_least_squares,
)
_floor = sigma2 * p_whole / (n_whole - p_whole - 1)
UNDER = Claim(
    "risk_with_more_points_than_dimensions",
    r"For $n > p + 1$ the target's mean risk is $\|\Sigma_t^{1/2} (\beta^s - \beta)\|^2 + \sigma^2 p/(n - p - "
    r"1)$, exactly.",
    Compare(under, "=", distance + _floor),
    Domain((p_whole, n_whole, sigma2, distance), (_ENOUGH,)),
    PAPER.at("under-parametrised case"),
    (
        Derivation(under).expect(_z).expect_gram_inverse(_X).in_names(),
        Simulation(at=({p_whole: 3, n_whole: 20},), average=("z",)),
    ),
    rivals=(_floor, distance + sigma2 * p_whole / n_whole, distance + sigma2 * p_whole / (n_whole - p_whole)),
)
UNDER_TRUTH = Claim(
    "the_truth_is_the_best_surrogate_with_more_points_than_dimensions",
    r"For $n > p + 1$ no surrogate has a mean risk below $\sigma^2 p/(n - p - 1)$, that of the truth itself.",
    Compare(under, ">=", _floor),
    Domain((p_whole, n_whole, sigma2, distance), (_ENOUGH, Condition(distance, ">=", 0, "a squared length"))),
    PAPER.at("under-parametrised case; optimal surrogate"),
    (
        Derivation(under).expect(_z).expect_gram_inverse(_X).in_names().bound(">=", _floor, by=-distance),
        Simulation(at=({p_whole: 3, n_whole: 20},), average=("z",)),
    ),
    rests_on=(UNDER,),
    rivals=(_floor + 2 * distance, 3 * _floor + distance),
    remark=r"Equality if and only if $\|\Sigma_t^{1/2} (\beta^s - \beta)\|^2 = 0$: for $\Sigma_t$ of full rank "
    r"the truth and nothing else.",
)

# -- isotropic: exact ------------------------------------------------------------------------------------------

_v = symbol("v", "variance of each coefficient of the truth", nonnegative=True)
_truth, _noise = gaussian("beta_0", p_whole, 1, r"\beta"), gaussian("zeta_0", n_whole, 1, "z")
_WIDE = Condition(p_whole, ">", n_whole + 1, "the risk is infinite at $p = n$ and $p = n + 1$; take fewer points")


def literal_isotropic(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """Squared error of the shortest interpolator of n noisy labels, Sigma = I; Z is p x n."""
    x = a["Z"].T
    return float(((least_squares_fit(x, x @ a["beta_0"] + a["zeta_0"]) - a["beta_0"]) ** 2).sum())


_iso_error = projector(Zt) @ _truth + Zt @ gram_inverse(Zt) @ _noise - _truth
isotropic = Quantity(
    symbol("R_iso", "mean isotropic risk", r"\mathbb{E}R_{\mathrm{iso}}", real=True),
    r"mean risk of the shortest interpolator for $\Sigma = I$, over truths of independent coefficients too",
    tr(_iso_error.T @ _iso_error),
    Setting(
        (
            Sample.of(p_whole, (Zt,)),
            Sample.of(p_whole, (_truth,), {(_truth, _truth): _v * ONE}),
            Sample.of(n_whole, (_noise,), {(_noise, _noise): sigma2 * ONE}),
        ),
        (),
        lambda point, rng: {
            "v": point.get("v", sp.Rational(int(rng.integers(1, 9)), 4)),
            "sigma2": point.get("sigma2", sp.Rational(int(rng.integers(1, 9)), 4)),
        },
    ),
    literal_isotropic,
)
_ridgeless = n_whole / (p_whole - n_whole - 1)
_equivalent = n_whole / (p_whole - n_whole)
ISOTROPIC = Claim(
    "isotropic_risk_is_exact",
    r"For $\Sigma = I$ and $p > n + 1$ the mean risk is $v (p - n) + \sigma^2 n/(p - n - 1)$ exactly, where $v$ "
    r"is the variance of each coefficient of the truth.",
    Compare(isotropic, "=", _v * (p_whole - n_whole) + sigma2 * _ridgeless),
    Domain((p_whole, n_whole, _v, sigma2), (_WIDE,)),
    PAPER.at("isotropic case; exact"),
    (
        Derivation(isotropic).expect(_truth).expect(_noise).expect_gram_inverse(Zt).in_names(),
        Simulation(at=({p_whole: 16, n_whole: 3, _v: sp.Rational(3, 2), sigma2: 2},), average=("beta_0", "zeta_0")),
    ),
    rivals=(
        _v * (p_whole - n_whole) + sigma2 * _equivalent,
        _v * p_whole + sigma2 * _ridgeless,
        _v * (p_whole - n_whole) * p_whole / (p_whole - n_whole - 1) + sigma2 * _ridgeless,
    ),
    remark="Rotations leave the law of the points as it is: every truth of the same length has the same risk.",
)
ISOTROPIC_GAP = Claim(
    "isotropic_variance_exceeds_its_equivalent",
    r"For $\Sigma = I$ the exact variance $n/(p - n - 1)$ is $1 + 1/(p - n - 1)$ times its equivalent $n/(p - n)$.",
    Compare(_ridgeless / _equivalent, "=", 1 + 1 / (p_whole - n_whole - 1)),
    Domain((p_whole, n_whole), (_WIDE,)),
    PAPER.at("isotropic case; finite size"),
    (Derivation(_ridgeless / _equivalent), Precision()),
    rests_on=(ISOTROPIC,),
    rivals=(1 + 1 / (p_whole - n_whole), 1 + 1 / (p_whole - 1), sp.S.One),
    remark=r"At $n = 60$, $p = 90$ it is 3.45 % more. $p - n = n (1 - \Omega)/\Omega$: the limit needs $n (1 - "
    r"\Omega)$ large.",
)
