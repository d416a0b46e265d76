"""Two stages with covariances that do not commute: the surrogate is trained too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp

from derivations.classics.designs import Stages, related, solved, two_stage_risk, unrelated
from derivations.ildiz2025.letters import BELOW_ONE, PAPER, Omega, sigma2
from derivations.ildiz2025.random_designs import estimators
from derivations.ildiz2025.random_designs.instances import mean_of, n_whole, simulation
from derivations.ildiz2025.random_designs.one_stage import SURROGATE, p_whole
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
    equivalents,
    fixed,
    gaussian,
    identity,
    symbol,
    tr,
)

m_whole = symbol("m", "number of points of the surrogate", integer=True, positive=True)
sigma_s2 = symbol("sigma_s2", "variance of the surrogate's label noise", r"\sigma_s^2", nonnegative=True)
A_t, _As = fixed("A", p_whole, p_whole), fixed("A_s", p_whole, p_whole)
Sigma_t = fixed("Sigma", p_whole, p_whole, r"\Sigma_t", symmetric=True)
_K = fixed("K", p_whole, p_whole, symmetric=True)
beta = fixed("beta", p_whole, 1, r"\beta")
I_p = identity(p_whole)


def trace_word(name: str, form: str, plain: str) -> sp.Symbol:
    """The letter for a trace or a length that a two-stage formula is written in."""
    return symbol(name, plain, form, real=True)


bias = trace_word("B", r"\|\Sigma_t^{1/2}(AA_s-I)\beta\|^2", r"$\|\Sigma_t^{1/2} (A A_s - I) \beta\|^2$")
bias_swapped = trace_word("B_x", r"\|\Sigma_t^{1/2}(A_sA-I)\beta\|^2", r"$\|\Sigma_t^{1/2} (A_s A - I) \beta\|^2$")
rest = trace_word("L", r"\|\Sigma_t^{1/2}(I-A)A_s\beta\|^2", r"$\|\Sigma_t^{1/2} (I - A) A_s \beta\|^2$")
rest_swapped = trace_word("L_x", r"\|\Sigma_t^{1/2}A_s(I-A)\beta\|^2", r"$\|\Sigma_t^{1/2} A_s (I - A) \beta\|^2$")
spread = trace_word("T", r"\operatorname{tr}(A^{\top}\Sigma_tAK)", r"$\operatorname{tr}(A^\top \Sigma_t A K)$")
spread_swapped = trace_word(
    "T_x",
    r"\operatorname{tr}(A\Sigma_tA^{\top}K)",
    r"$\operatorname{tr}(A \Sigma_t "
    r"A^\top K)$",
)
missed = trace_word(
    "U", r"\operatorname{tr}((I-A)^{\top}\Sigma_t(I-A)K)", r"$\operatorname{tr}((I - A)^\top \Sigma_t (I - A) K)$"
)


def two_moments(
    shift: sp.Expr, left: sp.Expr, wide: sp.Expr = spread, lost: sp.Expr = missed, scale: sp.Expr = sp.S.One
) -> sp.Expr:
    """The surrogate-to-target risk averaged over a surrogate with two moments: the two-stage formula."""
    return shift + scale * wide + Omega / (1 - Omega) * (sigma2 + left + scale * lost)


def risk_word(surrogate: Any) -> Any:
    """The surrogate-to-target risk in matrix form as a word, for a surrogate that is a p x 1 matrix."""
    error, out = A_t @ surrogate - beta, (I_p - A_t) @ surrogate
    return tr(error.T @ Sigma_t @ error) + (sigma2 + tr(out.T @ Sigma_t @ out)) * (Omega / (1 - Omega))


def integer_matrices(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Integer matrices of no symmetry, and positive definite ones for the covariances."""
    p = int(point["p"])
    made: dict[str, Any] = {k: rng.integers(-1, 3, (p, p)).astype(float) for k in ("A", "A_s", "J")}
    for name in ("Sigma", "K"):
        root = rng.integers(-1, 2, (p, p)).astype(float)
        made[name] = root.T @ root + np.eye(p)
    made["beta"] = rng.integers(1, 4, (p, 1)).astype(float)
    scalars = {k: point.get(k, sp.Rational(int(rng.integers(1, 8)), 8)) for k in ("sigma2", "sigma_s2", "Omega")}
    return made | scalars


_w = gaussian("w", 1, p_whole)
_center = _As @ beta
_outside = (I_p - A_t) @ _center
_gap, _gap_x = A_t @ _center - beta, _As @ A_t @ beta - beta
_outside_x = _As @ (I_p - A_t) @ beta
averaged_over_surrogate = Quantity(
    symbol("R_K", "mean risk over random surrogates", r"\mathbb{E}_{s}R", real=True),
    r"mean over surrogates $A_s \beta + w$, $\operatorname{Cov} w = K$, of the surrogate-to-target risk in matrix "
    r"form",
    risk_word(_center + _w.T),
    Setting(
        (Sample.of(1, (_w,), {(_w, _w): _K}),),
        (
            (bias, tr(_gap.T @ Sigma_t @ _gap)),
            (rest, tr(_outside.T @ Sigma_t @ _outside)),
            (spread, tr(A_t.T @ Sigma_t @ A_t @ _K)),
            (missed, tr((I_p - A_t).T @ Sigma_t @ (I_p - A_t) @ _K)),
            (bias_swapped, tr(_gap_x.T @ Sigma_t @ _gap_x)),
            (rest_swapped, tr(_outside_x.T @ Sigma_t @ _outside_x)),
            (spread_swapped, tr(A_t @ Sigma_t @ A_t.T @ _K)),
        ),
        integer_matrices,
    ),
)
_two = two_moments(bias, rest)
_swaps = (
    two_moments(bias_swapped, rest),
    two_moments(bias, rest_swapped),
    two_moments(bias, rest) - spread,
    two_moments(bias, rest) - Omega / (1 - Omega) * missed,
)
TWO_MOMENTS = Claim(
    "random_surrogates_enter_by_two_moments",
    r"Over surrogates of mean $A_s \beta$ and covariance $K$, the surrogate-to-target risk in matrix form has the "
    r"mean $\|\Sigma_t^{1/2} (A A_s - I) \beta\|^2 + \operatorname{tr}(A^\top \Sigma_t A K) + (\Omega/(1 - "
    r"\Omega)) (\sigma^2 + \|\Sigma_t^{1/2} (I - A) A_s \beta\|^2 + \operatorname{tr}((I - A)^\top \Sigma_t (I - "
    r"A) K))$, for any matrices.",
    Compare(averaged_over_surrogate, "=", _two),
    Domain(
        (p_whole, Omega, sigma2, bias, rest, spread, missed, bias_swapped, rest_swapped, spread_swapped), (BELOW_ONE,)
    ),
    PAPER.at("two-stage model; averaging over the surrogate"),
    (Derivation(averaged_over_surrogate).expect(_w).in_names(), Precision()),
    rests_on=(SURROGATE,),
    rivals=(*_swaps, two_moments(bias, rest, spread_swapped)),
    remark="A quadratic form sees two moments of the surrogate: only they have equivalents in the two-stage risk.",
)

omega_s = symbol("Omega_s", r"$\Omega$ of the surrogate's stage", r"\Omega_s", positive=True)
_lost_s = trace_word("L_s", r"\|\Sigma_s^{1/2}(I-A_s)\beta\|^2", r"$\|\Sigma_s^{1/2} (I - A_s) \beta\|^2$")
_shape_K = r"\Sigma_s(\Sigma_s+\tau_sI)^{-2}/m"
_spread_1 = trace_word(
    "T_1",
    rf"\operatorname{{tr}}(A^{{\top}}\Sigma_tA\,{_shape_K})",
    r"$\operatorname{tr}(A^\top "
    r"\Sigma_t A K)$ for $V_s "
    r"= 1$",
)
_missed_1 = trace_word(
    "U_1",
    rf"\operatorname{{tr}}((I-A)^{{\top}}\Sigma_t(I-A)\,{_shape_K})",
    r"$\operatorname{tr}((I - A)^\top "
    r"\Sigma_t (I - A) K)$ for $V_s = 1$",
)
_V_s = (sigma_s2 + _lost_s) / (1 - omega_s)
_tau, _tau_s = equivalents.parameter("tau"), equivalents.parameter("tau_s")


def shrinkage(sigma: np.ndarray, count: int) -> tuple[np.ndarray, float, float]:
    """A = Sigma (Sigma + tau I)^{-1} of the interpolator of ``count`` points, with tau and Omega."""
    found = solved(np.linalg.eigvalsh(sigma), count)
    made = np.linalg.solve(sigma + found["tau"] * np.eye(len(sigma)), sigma)
    return made, found["tau"], found["Omega"]


def two_stage_traces(f: Stages, noise_s: float, noise_t: float) -> dict[str, float]:
    """All that the two-stage formula and its rivals are stated in, by name."""
    eye = np.eye(len(f.truth))
    a_s, tau_s, big_s = shrinkage(f.sigma_s, f.m)
    a, _, big = shrinkage(f.sigma_t, f.n)
    inverse = np.linalg.inv(f.sigma_s + tau_s * eye)
    k = f.sigma_s @ inverse @ inverse / f.m

    def of(error: np.ndarray, sigma: np.ndarray) -> float:
        return float(np.trace(sigma @ error @ f.truth @ error.T))

    return {
        "B": of(a @ a_s - eye, f.sigma_t),
        "B_x": of(a_s @ a - eye, f.sigma_t),
        "L": of((eye - a) @ a_s, f.sigma_t),
        "L_x": of(a_s @ (eye - a), f.sigma_t),
        "L_s": of(eye - a_s, f.sigma_s),
        "T_1": float(np.trace(a.T @ f.sigma_t @ a @ k)),
        "U_1": float(np.trace((eye - a).T @ f.sigma_t @ (eye - a) @ k)),
        "Omega": big,
        "Omega_s": big_s,
        "sigma2": noise_t,
        "sigma_s2": noise_s,
        "p": len(eye),
        "m": f.m,
        "n": f.n,
    }


def _draw_stages(_: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """A seed of other angles and eigenvalues, shares of p that are m and n, and both noises."""
    drawn = {"angles": int(rng.integers(2**31)), "noise_s": rng.uniform(0.1, 0.6), "noise_t": rng.uniform(0.1, 0.6)}
    return drawn | {"share_s": rng.uniform(0.35, 0.65), "share_t": rng.uniform(0.12, 0.4)}


def _stages(made: Callable[..., Stages]) -> tuple[Any, Any, Any]:
    """The experiment, the shape and the estimator's values of a claim on the fixed matrices that ``made`` gives."""

    def fixed_at(point: Mapping[str, Any], size: int) -> tuple[Stages, float, float]:
        rows = (point.get("share_s", 1 / 2), point.get("share_t", 1 / 4))
        return made(size, point.get("angles"), rows), point.get("noise_s", 0.5), point.get("noise_t", 0.3)

    def experiment(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
        return two_stage_risk(rng, *fixed_at(point, size), draws)

    def shape(point: Mapping[str, Any], size: int) -> dict[str, float]:
        return two_stage_traces(*fixed_at(point, size))

    def values(point: Mapping[str, Any], size: int) -> dict[str, Any]:
        f, noise_s, noise_t = fixed_at(point, size)
        noises = {"sigma2": noise_t, "sigma_s2": noise_s}
        return {"Sigma": f.sigma_t, "Sigma_s": f.sigma_s, "beta": f.truth, "m": f.m, "n": f.n, **noises}

    return experiment, shape, values


def _by_the_gate_rule(values: Any) -> equivalents.FromEstimator:
    """The derivation of the two-stage risk: what its letters are traces of, for every tau and tau_s."""
    Sigma, Sigma_s, eye = estimators.Sigma, estimators.Sigma_s, equivalents.identity(*estimators.Sigma.rows)
    left, left_s = (equivalents.inverse(S + t * eye) for S, t in ((Sigma, _tau), (Sigma_s, _tau_s)))
    A, A_s, wide = Sigma @ left, Sigma_s @ left_s, Sigma_s @ left_s @ left_s / m_whole
    ((source, _),) = estimators.truth.of.items()

    def of(error: Any, under: Any) -> Any:
        return under @ error @ source.moment @ error.T

    traces = {
        n_whole: A,
        m_whole: A_s,
        Omega: A @ A / n_whole,
        omega_s: A_s @ A_s / m_whole,
        bias: of(A @ A_s - eye, Sigma),
        bias_swapped: of(A_s @ A - eye, Sigma),
        rest: of((eye - A) @ A_s, Sigma),
        rest_swapped: of(A_s @ (eye - A), Sigma),
        _lost_s: of(eye - A_s, Sigma_s),
        _spread_1: A.T @ Sigma @ A @ wide,
        _missed_1: (eye - A).T @ Sigma @ (eye - A) @ wide,
    }
    core = {"tr(Sigma_s Q1)": m_whole * _tau_s, "tr(Sigma Q2)": n_whole * _tau}
    return equivalents.FromEstimator(estimators.two_stages, {}, core, traces=traces, values=values)


def _evidence(made: Callable[..., Stages]) -> tuple[Any, ...]:
    """A simulation on the matrices that ``made`` gives, and the derivation."""
    experiment, shape, values = _stages(made)
    return simulation(experiment, shape, (12, 20, 32, 48), realise=_draw_stages), _by_the_gate_rule(values)


_two_stage = two_moments(bias, rest, _spread_1, _missed_1, _V_s)
_TWO_STAGES = Domain(
    (
        p_whole,
        m_whole,
        n_whole,
        *(bias, rest, _lost_s, _spread_1, _missed_1),
        *(Omega, omega_s, sigma2, sigma_s2, bias_swapped, rest_swapped),
    ),
    (
        BELOW_ONE,
        Condition(omega_s, "<", 1, r"$\Omega_s < 1$ whenever $m$ is below the rank"),
        Condition(m_whole, "<", p_whole, "the surrogate interpolates; take fewer points than dimensions"),
        Condition(n_whole, "<", p_whole, "the target interpolates; take fewer points than dimensions"),
    ),
)
_two_stage_mean = mean_of("R_2", r"\mathbb{E}R_{\mathrm{two}}", "mean risk of the target of a trained surrogate")
_WITH_K = (
    r"with $A_s \beta$ and $K = (V_s/m) \Sigma_s (\Sigma_s + \tau_s I)^{-2}$, $V_s = (\sigma_s^2 + "
    r"\|\Sigma_s^{1/2} (I - A_s) \beta\|^2)/(1 - \Omega_s)$"
)
TWO_STAGE = Claim(
    "two_stage_risk_of_random_designs",
    rf"In the limit, a target trained on $n$ labels of a surrogate that interpolates $m$ points of $N(0, "
    rf"\Sigma_s)$, $m$ and $n$ below the rank $p$, has the mean risk of a random surrogate {_WITH_K}, put into "
    rf"the surrogate-to-target risk.",
    Compare(_two_stage_mean, "=", _two_stage),
    _TWO_STAGES,
    PAPER.at("two-stage model", "recalled"),
    _evidence(unrelated),
    kind="equivalent",
    rivals=(
        two_moments(bias, rest, _spread_1, _missed_1, sigma_s2),
        two_moments(bias, rest, _spread_1, _missed_1, sigma_s2 + _lost_s),
        two_moments(bias, rest, _spread_1, _missed_1, sp.S.Zero),
        bias + _V_s * _spread_1 + Omega * (sigma2 + rest + _V_s * _missed_1),
    ),
    remark=r"A limit, derived from the gate rule. Simulated at $p = 4n = 2m$ and at shares that are drawn: at "
    r"each size the eigenbases of $\Sigma_s$, of $\Sigma_t$ and of the truth's second moment are drawn "
    r"independently. Noises and truth are averaged exactly in each draw. Large random rotations are nearly "
    r"free, which hides the order of the factors: see two_stage_factors_keep_their_order.",
)
ORDER = Claim(
    "two_stage_factors_keep_their_order",
    f"In the limit, with $m$ and $n$ below the rank $p$ the two-stage risk has $A A_s$, not $A_s A$, in its bias, "
    f"and $(I - A) A_s$, not $A_s (I - A)$, in what the target leaves out: it is that of a random surrogate "
    f"{_WITH_K}.",
    Compare(_two_stage_mean, "=", _two_stage),
    _TWO_STAGES,
    PAPER.at("two-stage model; covariances that do not commute"),
    _evidence(related),
    kind="equivalent",
    rivals=(
        two_moments(bias_swapped, rest, _spread_1, _missed_1, _V_s),
        two_moments(bias, rest_swapped, _spread_1, _missed_1, _V_s),
        two_moments(bias_swapped, rest_swapped, _spread_1, _missed_1, _V_s),
    ),
    remark="A limit, derived from the gate rule. Simulated at $p = 4n = 2m$ and at shares that are drawn, in four "
    "directions at random angles, each $p/4$ times. The first angles are such that a swap moves the risk "
    "by several per cent; others are drawn, with other eigenvalues and noises.",
)
