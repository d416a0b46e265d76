r"""Deterministic equivalents of resolvents: the theorems that formulas for random designs are built on.

Setting. $S = X^\top X/n$ for $n$ rows $X \sim N(0, \Sigma)$ in $p$ dimensions; $M$, $M_1$, $M_2$ are fixed symmetric
positive definite matrices. $Q = (\mu \Sigma + M)^{-1}$ with $\mu (1 + (1/n) \operatorname{tr} \Sigma Q) = 1$.

Both rules are derived from the gate rule (:mod:`derivations.classics.gates`), which is cited, and simulated at growing
sizes on matrices that do not commute. The matrices inside and outside of a two-point function are not even symmetric,
because with symmetric ones some swaps of factors do not show.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from derivations.classics.designs import Pair, pair, resolvents, roughly, scales, traces
from derivations.classics.gates import GATES
from derivations.classics.nonlinear_features import NONLINEAR
from w2s_sym import Claim, Compare, Condition, Domain, Mean, Simulation, Source, equivalents, symbol

RUBIO_MESTRE = Source(
    key="equivalents",
    authors="F. Rubio, X. Mestre",
    title="Spectral convergence for a general class of random matrices",
    year=2011,
    venue="Statistics and Probability Letters 81, 592-602",
    trust="recalled",
)
HASTIE = Source(
    key="equivalents",
    authors="T. Hastie, A. Montanari, S. Rosset, R. J. Tibshirani",
    title="Surprises in high-dimensional ridgeless least squares interpolation",
    year=2022,
    venue="Annals of Statistics 50, 949-986",
    trust="recalled",
)
SIZES = (8, 16, 32, 48)


def _trace(name: str, word: str) -> sp.Symbol:
    return symbol(name, f"$1/p$ times the trace of ${word}$", rf"\tfrac1p\operatorname{{tr}}({word})", real=True)


q = _trace("q_B", "BQ_1")
q_bare = _trace("q_bare", r"B(\Sigma+M_1)^{-1}")
q_BA = _trace("q_BA", "BQ_1AQ_2")
q_AB = _trace("q_AB", "BQ_2AQ_1")
q_B = _trace("q_BS", r"BQ_1\Sigma Q_2")
q_Bs = _trace("q_BSs", r"BQ_2\Sigma Q_1")
q_A = _trace("q_AS", r"AQ_2\Sigma Q_1")
q_As = _trace("q_ASs", r"AQ_1\Sigma Q_2")
q_S = _trace("q_SS", r"\Sigma Q_1\Sigma Q_2")
mu1 = symbol("mu_1", r"$\mu$ of the shift $M_1$", r"\mu_1", positive=True)
mu2 = symbol("mu_2", r"$\mu$ of the shift $M_2$", r"\mu_2", positive=True)
gamma = symbol("gamma", "$p/n$, dimensions over rows", r"\gamma", positive=True)


def _draw(_: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """A seed of other angles and eigenvalues, and n/p."""
    return {"angles": int(rng.integers(2**31)), "rows": rng.uniform(0.75, 1.5)}


def _fixed(point: Mapping[str, Any], size: int) -> tuple[Pair, int]:
    """The fixed matrices in p = size dimensions, and the number of rows: p, unless the point says another share."""
    return pair(size, point.get("angles")), round(point.get("rows", 1) * size)


def _shape(point: Mapping[str, Any], size: int) -> dict[str, float]:
    """All traces of both claims at one size."""
    f, n = _fixed(point, size)
    m1, m2 = scales(f, n)
    q1, q2 = np.linalg.inv(m1 * f.sigma + f.first), np.linalg.inv(m2 * f.sigma + f.second)
    a, b, s = f.inside, f.outside, f.sigma
    found = {
        q: b @ q1,
        q_bare: b @ np.linalg.inv(s + f.first),
        q_BA: b @ q1 @ a @ q2,
        q_AB: b @ q2 @ a @ q1,
        q_B: b @ q1 @ s @ q2,
        q_Bs: b @ q2 @ s @ q1,
        q_A: a @ q2 @ s @ q1,
        q_As: a @ q1 @ s @ q2,
        q_S: s @ q1 @ s @ q2,
    }
    return {k.name: float(np.trace(v)) / size for k, v in found.items()} | {"mu_1": m1, "mu_2": m2, "gamma": size / n}


def one_point(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Draws with the mean of (1/p) tr B (S + M1)^{-1}; a multiple of S - Sigma, of mean zero, steadies them."""
    f, n = _fixed(point, size)
    made, (r1, _) = resolvents(rng, f, n, draws), roughly(f)
    return (traces(made.first, f.outside) + traces(made.excess, r1 @ f.outside @ r1) / 2) / size


def two_point(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Draws with the mean of (1/p) tr B (S + M1)^{-1} A (S + M2)^{-1}, steadied in the same way."""
    f, n = _fixed(point, size)
    made, (r1, r2) = resolvents(rng, f, n, draws), roughly(f)
    slope = r1 @ f.inside @ r2 @ f.outside @ r1 + r2 @ f.outside @ r1 @ f.inside @ r2
    return (traces(f.outside @ made.first @ f.inside, made.second) + traces(made.excess, slope) / 2) / size


# -- the same from the gate rule ---------------------------------------------------------------------------------

_n, _p = equivalents.sizes("n p")
_Sigma = equivalents.covariance("Sigma", _p)
_M1, _M2, _K1, _K2 = (equivalents.covariance(name, _p, definite=True) for name in ("M_1", "M_2", "K_1", "K_2"))
_X = equivalents.design("X", _n, _Sigma)
_A, _B = (equivalents.fixed_matrix(name, _p, _p) for name in "AB")
_R1, _R2 = (equivalents.inverse(_X.T @ _X / _n + M) for M in (_M1, _M2))
_Q1, _Q2 = (equivalents.inverse(mu * _Sigma + M) for mu, M in ((mu1, _M1), (mu2, _M2)))
_t1, _t2 = (
    symbol(f"t_{i}", rf"$\operatorname{{tr}} \Sigma (\Sigma + K_{i})^{{-1}}$", rf"t_{i}", real=True) for i in (1, 2)
)
# All shifts are M = mu K: so mu = 1 - tr Sigma (Sigma + K)^{-1}/n solves its equation, for every n and K.
_SHIFTS = {"M_1": mu1 * _K1, "M_2": mu2 * _K2}
_FIRST = {
    _t1: _Sigma @ equivalents.inverse(_Sigma + _K1),
    mu1: 1 - _t1 / _n,
    q: _B @ _Q1 / _p,
    q_bare: _B @ equivalents.inverse(_Sigma + _M1) / _p,
}
_BOTH = {
    _t1: _Sigma @ equivalents.inverse(_Sigma + _K1),
    _t2: _Sigma @ equivalents.inverse(_Sigma + _K2),
    mu1: 1 - _t1 / _n,
    mu2: 1 - _t2 / _n,
    gamma: _p / _n,
    q_BA: _B @ _Q1 @ _A @ _Q2 / _p,
    q_AB: _B @ _Q2 @ _A @ _Q1 / _p,
    q_B: _B @ _Q1 @ _Sigma @ _Q2 / _p,
    q_Bs: _B @ _Q2 @ _Sigma @ _Q1 / _p,
    q_A: _A @ _Q2 @ _Sigma @ _Q1 / _p,
    q_As: _A @ _Q1 @ _Sigma @ _Q2 / _p,
    q_S: _Sigma @ _Q1 @ _Sigma @ _Q2 / _p,
}


def _first_values(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """The matrices of a one-point function at a point of its simulation."""
    f, n = _fixed(point, size)
    return {"Sigma": f.sigma, "M_1": f.first, "B": f.outside, "n": n}


def _both_values(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """The matrices of a two-point function at a point of its simulation."""
    f, _ = _fixed(point, size)
    return _first_values(point, size) | {"M_2": f.second, "A": f.inside}


_LIMIT = (
    "A limit: $n$ and $p$ grow with $p/n$ in a compact set and bounded spectra. Its error at finite size is "
    "measured here, at $p = n$ and between $p = 2n/3$ and $4n/3$, not bounded."
)

ONE_POINT = Claim(
    "resolvent_has_a_deterministic_equivalent",
    r"In the limit, $(1/p) \operatorname{tr} B (S + M_1)^{-1}$ has the mean $(1/p) \operatorname{tr} B Q_1$ for a "
    r"fixed matrix $B$, where $S$ is a sample covariance of $\Sigma$ and $Q_1 = (\mu_1 \Sigma + M_1)^{-1}$ with "
    r"$1/\mu_1 = 1 + (1/n) \operatorname{tr} \Sigma Q_1$.",
    Compare(
        Mean(
            symbol("G_1", "the mean of (1/p) tr B (S + M1)^{-1}", r"\mathbb{E}\tfrac1p\operatorname{tr}B(S+M_1)^{-1}"),
            r"mean of $(1/p) \operatorname{tr} B (S + M_1)^{-1}$ over $n$ rows",
        ),
        "=",
        q,
    ),
    Domain((q, q_bare, mu1)),
    RUBIO_MESTRE.at("theorem 1"),
    (
        Simulation(one_point, sizes=SIZES, shape=_shape, realise=_draw, batch=512),
        equivalents.FromEstimator(
            equivalents.mean_trace(_B / _p, _R1), _SHIFTS, {"m1": mu1}, traces=_FIRST, values=_first_values
        ),
    ),
    kind="equivalent",
    rivals=(q_bare, q_bare / mu1, 2 * q),
    remark=f"{_LIMIT} Marchenko and Pastur (1967) and Silverstein (1995) have it for traces, $B = I$.",
)

_below = 1 - mu1 * mu2 * gamma * q_S
_two = q_BA + mu1 * mu2 * gamma * q_A * q_B / _below
TWO_POINT = Claim(
    "two_resolvents_of_one_sample_have_a_deterministic_equivalent",
    r"In the limit, $(1/p) \operatorname{tr} B (S + M_1)^{-1} A (S + M_2)^{-1}$ has the mean $(1/p) "
    r"\operatorname{tr} B Q_1 A Q_2 + (1/p) \operatorname{tr}(B Q_1 \Sigma Q_2) \mu_1 \mu_2 (1/n) "
    r"\operatorname{tr}(A Q_2 \Sigma Q_1)/(1 - \mu_1 \mu_2 (1/n) \operatorname{tr} \Sigma Q_1 \Sigma Q_2)$, for "
    r"fixed matrices $A$ and $B$, where $S$ is a sample covariance of $\Sigma$ and $Q_i = (\mu_i \Sigma + "
    r"M_i)^{-1}$ with $1/\mu_i = 1 + (1/n) \operatorname{tr} \Sigma Q_i$.",
    Compare(
        Mean(
            symbol(
                "G_2",
                r"the mean of $(1/p) \operatorname{tr} B (S + M_1)^{-1} A (S + M_2)^{-1}$",
                r"\mathbb{E}\tfrac1p\operatorname{tr}B(S+M_1)^{-1}A(S+M_2)^{-1}",
            ),
            r"mean of $(1/p) \operatorname{tr} B (S + M_1)^{-1} A (S + M_2)^{-1}$ over $n$ rows",
        ),
        "=",
        _two,
    ),
    Domain(
        (q_BA, q_AB, q_B, q_Bs, q_A, q_As, q_S, mu1, mu2, gamma),
        (Condition(mu1 * mu2 * gamma * q_S, "<", 1, "the fixed points are those of positive definite shifts"),),
    ),
    HASTIE.at("ridge regression: derivative of the one-point rule"),
    (
        Simulation(two_point, sizes=SIZES, shape=_shape, realise=_draw, batch=512),
        equivalents.FromEstimator(
            equivalents.mean_trace(_B / _p, _R1 @ _A @ _R2),
            _SHIFTS,
            {"m1": mu2, "m2": mu1},
            traces=_BOTH,
            values=_both_values,
        ),
    ),
    kind="equivalent",
    rivals=(
        q_BA,
        q_AB + mu1 * mu2 * gamma * q_A * q_B / _below,
        q_BA + mu1 * mu2 * gamma * q_As * q_B / _below,
        q_BA + mu1 * mu2 * gamma * q_A * q_Bs / _below,
        q_BA + mu1 * mu2 * gamma * q_A * q_B,
    ),
    remark=rf"{_LIMIT} For $M_1 = M_2$ it is the derivative of the one-point rule in $M$; for $M_1 \ne M_2$ it "
    rf"comes from a block matrix of both. Rivals swap $Q_1$ and $Q_2$ in one trace at a time.",
)

CLAIMS = (GATES, NONLINEAR, ONE_POINT, TWO_POINT)
HEADLINES = CLAIMS
