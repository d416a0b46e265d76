"""Iterated ridge regression and interpolation in the proportional limit, for every covariance.

Rows are N(0, Sigma), penalties are those of X'X/n, the risk is that of a fresh point without label noise. An eigenvalue
ell of Sigma is learnt to the share u = ell/(ell + kappa) at the effective ridge kappa.

On one design the long-run model is made of ridges with the penalties lam_1 = lam/w and lam_2 = lam/(2 - w): see
:mod:`derivations.garg2025.shrinkage`. On fresh designs every generation is a two-stage problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from derivations.classics.designs import effective_with_ridge, solved
from derivations.garg2025.letters import BELOW_ONE, GARG, mixed, r, sigma2, unseen, w
from derivations.garg2025.shrinkage import LONG_RUN_MEAN, LONG_RUN_VARIANCE
from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Domain,
    Equation,
    Mean,
    Simulation,
    any_spectrum,
    equivalents,
    letters,
    symbol,
    total,
)

n = letters.n
ell = symbol("ell", "an eigenvalue of the covariance", r"\ell", positive=True)
beta = symbol("b", "coefficient of the truth on an eigenvector of the covariance", r"\beta", real=True)
S_x = any_spectrum("S_x", "the spectrum of the covariance with the truth on it", ell, beta)


def _symbol(name: str, text: str, form: str) -> sp.Symbol:
    return symbol(name, text, form, positive=True)


lam_1 = _symbol("lam_1", r"penalty $\lambda/w$", r"\lambda_1")
lam_2 = _symbol("lam_2", r"penalty $\lambda/(2 - w)$", r"\lambda_2")
kappa_1 = _symbol("kappa_1", r"effective ridge of the penalty $\lambda/w$", r"\kappa_1")
kappa_2 = _symbol("kappa_2", r"effective ridge of the penalty $\lambda/(2 - w)$", r"\kappa_2")
Omega_1 = _symbol("Omega_1", "the sum of the squared shares of the first ridge, divided by $n$", r"\Omega_1")
Omega_12 = _symbol("Omega_12", "the sum of the products of the shares of both ridges, divided by $n$", r"\Omega_{12}")


def _effective(kappa: sp.Symbol, lam: sp.Symbol) -> Equation:
    return Equation(kappa, total(ell / (ell + kappa), S_x) / n + lam / kappa - 1)


_u_1, _u_2 = ell / (ell + kappa_1), ell / (ell + kappa_2)
_OMEGA_1 = Equation(Omega_1, total(_u_1**2, S_x) / n - Omega_1)
_OMEGA_12 = Equation(Omega_12, total(_u_1 * _u_2, S_x) / n - Omega_12)
_BELOW = tuple(Condition(x, "<", 1, "below 1 wherever there is a penalty") for x in (Omega_1, Omega_12))
_law = mixed(w) / (w * (2 - w))
_bias = total(ell * (1 - _u_1) ** 2 * beta**2, S_x)
_long_run = _bias / (1 - Omega_1) + _law * sigma2 * Omega_12 / (1 - Omega_12)


def long_run_equivalent() -> equivalents.Equivalent:
    """The engine's equivalent of the long-run risk: squared bias of one ridge, variance of two on one sample."""
    rows, p = equivalents.sizes("n p")
    Sigma, B = equivalents.covariance("Sigma", p), equivalents.covariance("B", p)
    X = equivalents.design("X", rows, Sigma)
    gram = X.T @ X / rows
    first, second, law = (equivalents.parameter(name) for name in ("lam_1", "lam_2", "law"))
    one, two = (equivalents.inverse(gram + lam * equivalents.identity(p)) for lam in (first, second))
    return equivalents.derive(
        {"truth": (B * first**2, one @ Sigma @ one), "noise": (Sigma * law / rows, one @ gram @ two)}
    )


_levels = {"ell": np.array([4.0, 1.0, 0.5, 0.1]), "b": np.array([0.5, -1.0, 1.5, 2.0])}


def _draw(_: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Four other levels with a truth on them, a penalty, a weight, a ratio of noises and a noise."""
    levels = {"ell": np.exp(rng.uniform(-1, 1, 4)), "b": rng.choice((-1.0, 1.0), 4) * rng.uniform(0.5, 2, 4)}
    share = {"weight": rng.uniform(0.65, 0.85), "ratio": rng.uniform(0.5, 2)}
    return {"levels": levels, "penalty": rng.uniform(0.05, 0.1), "noise": rng.uniform(0.5, 1), **share}


def _along(point: Mapping[str, Any], size: int) -> dict[str, np.ndarray]:
    """Four levels, each size/4 times, with a truth of fixed length."""
    held = point.get("levels", _levels)
    return {"ell": np.repeat(held["ell"], size // 4), "b": np.repeat(held["b"], size // 4) / np.sqrt(size)}


def _shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """As many samples as dimensions."""
    along, weight, penalty = _along(point, size), float(point.get("weight", 0.7)), float(point.get("penalty", 0.06))
    penalties = (penalty / weight, penalty / (2 - weight))
    roots = [effective_with_ridge(along["ell"], size, lam)[0] for lam in penalties]
    shares = [along["ell"] / (along["ell"] + kappa) for kappa in roots]
    return {
        "S_x": along,
        "n": size,
        "w": weight,
        "r": float(point.get("ratio", 1.0)),
        "sigma2": float(point.get("noise", 0.5)),
        **{f"lam_{k}": lam for k, lam in enumerate(penalties, 1)},
        **{f"kappa_{k}": kappa for k, kappa in enumerate(roots, 1)},
        "Omega_1": float((shares[0] ** 2).mean()),
        "Omega_12": float((shares[0] * shares[1]).mean()),
    }


GENERATIONS = 9


def rounds(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks after 9 rounds (or ``point["rounds"]``) of ridge regression on one design, one for each draw of it.

    Averaged over label noise, whose covariance is carried along, and over the signs of the truth.
    """
    held, samples, weight = point["S_x"], int(point["n"]), point["w"]
    x = rng.standard_normal((draws, samples, size)) * np.sqrt(held["ell"])
    gram = x.transpose(0, 2, 1) @ x / samples
    inverse = np.linalg.inv(gram + point["lam_1"] * weight * np.eye(size))
    share, own = inverse @ gram, inverse @ gram @ inverse * point["sigma2"] / samples
    added = (weight**2 + point["r"] * (1 - weight) ** 2) * own
    mean, spread = share, own
    for _ in range(int(point.get("rounds", GENERATIONS))):
        mean = weight * share + (1 - weight) * share @ mean
        spread = (1 - weight) ** 2 * share @ spread @ share.transpose(0, 2, 1) + added
    bias = (mean - np.eye(size)) ** 2 @ held["b"] ** 2 @ held["ell"]
    return np.asarray(bias + spread[:, range(size), range(size)] @ held["ell"])


def _mean(name: str, form: str, text: str) -> Mean:
    return Mean(symbol(name, text, form, real=True), text)


ONE_DESIGN = Claim(
    "long_run_risk_of_ridge_on_one_random_design",
    r"In the limit, rounds of ridge regression on one design settle at the mean risk $\sum \ell (1 - u_1)^2 "
    r"\beta^2/(1 - \Omega_1) + V \sigma^2 \Omega_{12}/(1 - \Omega_{12})$ with $V = (w^2 + r (1 - w)^2)/(w (2 - "
    r"w))$, where $u_1$ is the share of the penalty $\lambda/w$, and $\Omega_{12}$ the overlap with that of "
    r"$\lambda/(2 - w)$.",
    Compare(
        _mean("R_one", r"\mathbb{E}R", "mean long-run risk of ridge regression on mixed labels of one design"),
        "=",
        _long_run,
    ),
    Domain((S_x, n, lam_1, lam_2, kappa_1, kappa_2, Omega_1, Omega_12, w, r, sigma2), (*_BELOW, BELOW_ONE)),
    unseen(GARG, "ridge regression, risk formulas"),
    (
        equivalents.FromEstimator(
            long_run_equivalent(),
            {"Sigma": ell, "B": beta**2},
            {
                "m1": lam_1 / kappa_1,
                "m3": lam_2 / kappa_2,
                "tr(Sigma Q1)": n * (kappa_1 / lam_1 - 1),
                "tr(Sigma Q2)": n * (kappa_2 / lam_2 - 1),
            },
            {"law": _law * sigma2},
        ),
        Simulation(rounds, sizes=(8, 16, 32), shape=_shape, realise=_draw, batch=1024),
    ),
    kind="equivalent",
    given=(_effective(kappa_1, lam_1), _effective(kappa_2, lam_2), _OMEGA_1, _OMEGA_12),
    rests_on=(LONG_RUN_MEAN, LONG_RUN_VARIANCE),
    rivals=(
        _bias / (1 - Omega_1) + _law * sigma2 * Omega_1 / (1 - Omega_1),
        _bias / (1 - Omega_12) + _law * sigma2 * Omega_12 / (1 - Omega_12),
        _bias + _law * sigma2 * Omega_12 / (1 - Omega_12),
        _bias / (1 - Omega_1) + mixed(w) * sigma2 * Omega_12 / (1 - Omega_12),
    ),
    remark=r"Without a penalty and below full rank both effective ridges are the same $\tau$: the weight then "
    r"enters by $V$ alone, and for $r = 1$ the golden ratio is best for every covariance. With a penalty "
    r"it is not.",
)

# -- two generations of interpolators on fresh designs ---------------------------------------------------------

# As a real number: the shares of a spectrum add up to any.
_rows = _symbol("n", "number of labelled samples, as a real number", "n")
tau = _symbol("tau", "effective ridge of the interpolator", r"\tau")
Omega = _symbol("Omega", "the sum of the squared shares, divided by $n$", r"\Omega")
_u, _zeta = ell / (ell + tau), tau / (ell + tau)
_TAU = Equation(tau, total(_u, S_x) - _rows)
_OMEGA = Equation(Omega, total(_u**2, S_x) / _rows - Omega)
_RANK = Condition(_rows, "<", total(1, S_x), "take fewer samples than the covariance has eigenvalues")
# Mean and variance of the labels' coefficient on a direction: real, and from a model that interpolates real labels.
_told = (w + (1 - w) * _u) * beta
_first = (sigma2 + total(ell * _zeta**2 * beta**2, S_x)) / (1 - Omega)
_spread, _scatter = ell / (ell + tau) ** 2, (1 - w) ** 2 * _first / _rows
_own = sigma2 * mixed(w) + total(ell * _zeta**2 * _told**2, S_x) + _scatter * total(ell * _zeta**2 * _spread, S_x)
_off = total(ell * (_u * _told - beta) ** 2, S_x)
_second = _off + _scatter * total(ell * _u**2 * _spread, S_x) + Omega / (1 - Omega) * _own


def second_generation() -> equivalents.Equivalent:
    """The engine's equivalent of the risk of an interpolator of labels mixed with an interpolator's on fresh rows."""
    rows, p = equivalents.sizes("n p")
    Sigma, truth = equivalents.covariance("Sigma", p), equivalents.truth("beta", p)
    X, Z = equivalents.design("X", rows, Sigma), equivalents.design("Z", rows, Sigma)
    weight, past = equivalents.parameter("w"), equivalents.parameter("past")
    first = equivalents.min_norm(X, X @ truth + equivalents.noise("sigma2", rows))
    labels = weight * (Z @ truth) + past * (Z @ first) + equivalents.noise("own", rows)
    return equivalents.excess_risk(equivalents.min_norm(Z, labels), truth, under=Sigma)


def _fresh_shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """Twice as many dimensions as samples."""
    along = _along(point, 2 * size)
    return {
        "S_x": along,
        **solved(along["ell"], size),
        "w": float(point.get("weight", 0.6)),
        "r": float(point.get("ratio", 1.0)),
        "sigma2": float(point.get("noise", 0.5)),
    }


def two_generations(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of second generations, one for each draw of both designs; averaged over noises and signs of the truth."""
    held, samples, weight = point["S_x"], int(point["n"]), point["w"]
    fits, rows = [], []
    for _ in range(2):
        x = rng.standard_normal((draws, samples, len(held["ell"]))) * np.sqrt(held["ell"])
        turned = x.transpose(0, 2, 1)
        fits.append(turned @ np.linalg.inv(x @ turned))
        rows.append(x)
    seen = fits[1] @ rows[1]
    mean = weight * seen + (1 - weight) * (seen @ fits[0]) @ rows[0] - np.eye(len(held["ell"]))
    noise = (1 - weight) ** 2 * ((seen @ fits[0]) ** 2).sum(2)
    noise += (weight**2 + point["r"] * (1 - weight) ** 2) * (fits[1] ** 2).sum(2)
    return np.asarray((mean**2 @ held["b"] ** 2 + point["sigma2"] * noise) @ held["ell"])


SECOND = Claim(
    "risk_of_the_second_generation_on_a_fresh_random_design",
    r"In the limit, an interpolator of mixed labels on fresh rows, after one of real labels, has the mean risk of "
    r"a surrogate with the coefficients $(w + (1 - w) u) \beta$, the spread $(1 - w)^2 (B/n) \ell/(\ell + "
    r"\tau)^2$ around them and the noise $(w^2 + r (1 - w)^2) \sigma^2$, where $B = (\sigma^2 + \sum \ell \zeta^2 "
    r"\beta^2)/(1 - \Omega)$, $u = \ell/(\ell + \tau)$ and $\zeta = 1 - u$.",
    Compare(
        _mean("R_fresh", r"\mathbb{E}R", "mean risk of the second generation of interpolators on fresh designs"),
        "=",
        _second,
    ),
    Domain((S_x, _rows, tau, Omega, w, r, sigma2), (_RANK, Condition(Omega, "<", 1), BELOW_ONE)),
    unseen(GARG, "covariates vary across rounds, with fresh real labels"),
    (
        equivalents.FromEstimator(
            second_generation(),
            {"Sigma": ell, "beta": beta},
            {"tr(Sigma Q1)": _rows * tau, "tr(Sigma Q2)": _rows * tau},
            {"past": 1 - w, "own": mixed(w) * sigma2},
        ),
        Simulation(two_generations, sizes=(8, 16, 32), shape=_fresh_shape, realise=_draw, batch=512),
    ),
    kind="equivalent",
    given=(_TAU, _OMEGA),
    rivals=(
        _off + Omega / (1 - Omega) * _own,
        _second - Omega / (1 - Omega) * sigma2 * (1 - w) ** 2 * r,
        _off + Omega * mixed(w) * _first,
    ),
    remark="The same number $n$ of rows in both rounds. Here the weight moves signal and noise together, and the "
    "best one depends on the spectrum, the truth and the noise.",
)

CLAIMS = (ONE_DESIGN, SECOND)
