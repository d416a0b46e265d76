"""Features in any position: no direction of the weak space need be one of the strong space."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp

from derivations.dong2025.ridge import risks, turned_runs
from derivations.dong2025.ridge.letters import (
    ABOVE_RIDGE,
    ABOVE_RIDGE_S,
    BELOW_ONE,
    BELOW_ONE_S,
    WITH_RIDGE,
    N,
    Omega,
    Omega_s,
    kappa,
    kappa_s,
    lam,
    mu,
    n,
    spread,
    tau2,
)
from derivations.dong2025.setting import sigma2
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Mean, Precision, Simulation, equivalents, symbol


def _word(name: str, form: str, plain: str) -> sp.Symbol:
    return symbol(name, plain, form, real=True)


_NOISE = r"\Sigma_w Q^2/n"
F = _word(
    "F",
    r"\operatorname{tr}(C^{\top}S\Sigma_sSC\,\Sigma_wQ^2)/n",
    rf"$\operatorname{{tr}}(C^\top S \Sigma_s S C {_NOISE})$",
)
G = _word("G", r"\operatorname{tr}(C^{\top}SC\,\Sigma_wQ^2)/n", rf"$\operatorname{{tr}}(C^\top S C {_NOISE})$")
F_x = _word(
    "F_x",
    r"\operatorname{tr}(CS\Sigma_sSC^{\top}\Sigma_wQ^2)/n",
    r"the first trace with $C^\top$ in place of $C$",
)
G_x = _word("G_x", r"\operatorname{tr}(CSC^{\top}\Sigma_wQ^2)/n", r"the second trace with $C^\top$ in place of $C$")
B = _word("B", r"\|\Sigma_s^{1/2}(SCu-\beta^s)\|^2", r"$\|\Sigma_s^{1/2} (S C u - \beta^s)\|^2$")
L = _word(
    "L",
    r"u^{\top}(\Sigma_w-2C^{\top}SC+C^{\top}S\Sigma_sSC)u",
    r"$u^\top (\Sigma_w - 2 C^\top S C + C^\top S \Sigma_s S C) u$",
)
D = _word("D", r"\kappa^2\|\Sigma_w^{1/2}Q\beta^w\|^2", r"$\kappa^2 \|\Sigma_w^{1/2} Q \beta^w\|^2$")

# -- what the letters are, as matrices -----------------------------------------------------------------------

_strong, _weak, _C, _B_w, _B_s, _moment = risks.MATRICES_OF_FEATURES
_d = _strong.rows
_kappa, _kappa_s = equivalents.parameter("kappa"), equivalents.parameter("kappa_s")
_eye = equivalents.identity(*_d)
_Q, _S = equivalents.inverse(_weak + _kappa * _eye), equivalents.inverse(_strong + _kappa_s * _eye)
_T, _rest = equivalents.fixed_matrix("T", *_d, *_d), equivalents.covariance("Rest", *_d)
_t_w, _t_s = _word("t_w", "t_w", r"$\operatorname{tr} \Sigma_w Q$"), _word("t_s", "t_s", "trace of the student")


def _fitted(cross: Any, moment: Any) -> Any:
    return cross.T @ _S @ _strong @ _S @ cross @ moment


def _pulled(cross: Any, moment: Any) -> Any:
    return cross.T @ _S @ cross @ moment


_noisy, _u = _weak @ _Q @ _Q / n, _Q @ _weak @ _B_w
_signal, _off = _u @ _moment @ _u.T, _S @ _C @ _u - _B_s
_SIZES = {
    _t_w: _weak @ _Q,
    lam: kappa * (1 - _t_w / n),
    _t_s: _strong @ _S,
    mu: kappa_s * (1 - _t_s / N),
    Omega: _weak @ _Q @ _weak @ _Q / n,
    Omega_s: _strong @ _S @ _strong @ _S / N,
    F: _fitted(_C, _noisy),
    G: _pulled(_C, _noisy),
    F_x: _fitted(_C.T, _noisy),
    G_x: _pulled(_C.T, _noisy),
}
_TARGETS = {
    B: _strong @ _off @ _moment @ _off.T,
    L: _weak @ _signal - 2 * _pulled(_C, _signal) + _fitted(_C, _signal),
    D: kappa**2 * (_B_w.T @ _Q @ _weak @ _Q @ _B_w @ _moment),
}


def _evidence(
    risk: equivalents.Equivalent, traces: dict[sp.Symbol, Any], values: Any, experiment: Any
) -> tuple[Any, ...]:
    """The derivation, with weak features that are the strong ones times T and a rest, and the simulation."""
    made_of = {"C": _strong @ _T, "Sigma_w": _T.T @ _strong @ _T + _rest}
    return (
        equivalents.FromEstimator(risk, made_of, risks.CORE, traces=traces, values=values),
        Simulation(experiment, sizes=(4, 8, 16), shape=turned_runs.shape, realise=turned_runs.draw_features, batch=512),
    )


def _mean(name: str, form: str, text: str) -> Mean:
    return Mean(symbol(name, text, form, real=True), text)


def _domain(letters: Iterable[sp.Symbol]) -> Domain:
    numbers = (n, N, lam, mu, kappa, kappa_s, Omega, Omega_s, F, G, F_x, G_x)
    return Domain((*numbers, *letters), (BELOW_ONE, BELOW_ONE_S, ABOVE_RIDGE, ABOVE_RIDGE_S))


def _variance(fitted: sp.Expr, pulled: sp.Expr, factor: sp.Expr = spread) -> sp.Expr:
    """The variance per noise that the teacher sees: what the student fits, and what it does not, reduced."""
    return fitted + factor * (Omega - 2 * pulled + fitted)


_WHERE = (
    r"with $Q = (\Sigma_w + \kappa)^{-1}$, $S = (\Sigma_s + \kappa_s)^{-1}$ and the covariance $C$ of strong with weak "
    r"features"
)
_LIMIT = (
    "A limit: all sizes grow in proportion. No matrix commutes with another: four directions are at fixed angles, or "
    "at drawn ones, in the simulation. "
)
_seen = sigma2 / (1 - Omega)
VARIANCE_TURNED = Claim(
    "ridge_student_variance_for_features_in_any_position",
    r"In the limit the ridge student's variance on a fresh point is $(\sigma^2/(1 - \Omega)) (F + (\Omega_s/(1 - "
    r"\Omega_s)) (\Omega - 2 G + F))$ with $F = \operatorname{tr}(C^\top S \Sigma_s S C \Sigma_w Q^2)/n$ and $G = "
    rf"\operatorname{{tr}}(C^\top S C \Sigma_w Q^2)/n$, {_WHERE}, whatever their directions.",
    Compare(
        _mean(
            "Var_t", r"\mathrm{Var}_{\mathrm{w2s}}", "mean square, on a fresh point, of the student's response to noise"
        ),
        "=",
        _seen * _variance(F, G),
    ),
    _domain((sigma2,)),
    WITH_RIDGE,
    _evidence(risks.STUDENTS_VARIANCE, _SIZES, turned_runs.values_of_noise, turned_runs.student_variances),
    kind="equivalent",
    rivals=(
        _seen * _variance(F_x, G),
        _seen * _variance(F, G_x),
        _seen * _variance(F, G, Omega_s),
        _seen * (F + spread * Omega),
        sigma2 * _variance(F, G),
    ),
    remark=_LIMIT + "Two rivals have the cross-covariance the other way round in one trace. On common directions it is "
    "ridge_student_variance.",
)
_V = (tau2 + D) / (1 - Omega)
RISK_TURNED = Claim(
    "ridge_student_excess_risk_for_features_in_any_position",
    r"In the limit the ridge student's excess risk, minus $\rho_s$, is $\|\Sigma_s^{1/2} (S C u - \beta^s)\|^2 + V F + "
    r"(\Omega_s/(1 - \Omega_s)) (u^\top (\Sigma_w - 2 C^\top S C + C^\top S \Sigma_s S C) u + V (\Omega - 2 G + F))$, "
    r"where $u = Q \Sigma_w \beta^w$, $V = (\tau^2 + \kappa^2 \|\Sigma_w^{1/2} Q \beta^w\|^2)/(1 - \Omega)$, $F = "
    r"\operatorname{tr}(C^\top S \Sigma_s S C \Sigma_w Q^2)/n$ and $G = \operatorname{tr}(C^\top S C \Sigma_w "
    rf"Q^2)/n$, {_WHERE}.",
    Compare(
        _mean(
            "ER_t",
            r"\mathrm{ER}_{\mathrm{w2s}}-\rho_s",
            "mean square, on a fresh point, of the student minus the best strong predictor",
        ),
        "=",
        B + _V * F + spread * (L + _V * (Omega - 2 * G + F)),
    ),
    _domain((tau2, B, L, D)),
    WITH_RIDGE,
    _evidence(risks.STUDENTS_RISK, {**_SIZES, **_TARGETS}, turned_runs.values_of_risk, turned_runs.student_risks),
    kind="equivalent",
    rivals=(
        B + tau2 / (1 - Omega) * (F + spread * (Omega - 2 * G + F)) + spread * L,
        B + _V * F + spread * (L + _V * Omega),
        B + _V * F_x + spread * (L + _V * (Omega - 2 * G + F_x)),
        B + _V * F + spread * (L + _V * (Omega - 2 * G_x + F)),
        B + _V * (F + spread * (Omega - 2 * G + F)),
    ),
    remark=_LIMIT + r"The noise $\tau^2$ is that of the labels and of the weak features' error; $\beta^w$ and "
    r"$\beta^s$ are the coefficients of the target on both.",
)

# -- the overlap alone does not decide -----------------------------------------------------------------------

w_1 = symbol("w_1", "variance of a weak direction", positive=True)
w_2 = symbol("w_2", "variance of another weak direction, a smaller one", positive=True)
c = symbol("c", "squared correlation of the weak direction that is shared with the strong space", positive=True)
_noise_on = {w: c * w**2 / (w + kappa) ** 2 for w in (w_1, w_2)}
LARGER = Claim(
    "an_overlap_on_a_larger_weak_eigenvalue_costs_more",
    r"With many pseudo-labels and a small ridge of the student, a shared weak direction of variance $w$ and squared "
    r"correlation $c$ adds $c w^2/(w + \kappa)^2$ to the student's variance, in units of the noise that the teacher "
    r"sees over $n$: of two features with the same eigenvalues and the same overlap, the one that shares the larger "
    r"eigenvalue has the larger variance.",
    Compare(_noise_on[w_2], "<", _noise_on[w_1]),
    Domain((w_1, w_2, c, kappa), (Condition(w_2, "<", w_1, "name the larger variance $w_1$"),)),
    WITH_RIDGE,
    (
        Derivation(_noise_on[w_2]).bound(
            "<",
            _noise_on[w_1],
            by=c
            * kappa
            * (w_1 - w_2)
            * (2 * w_1 * w_2 + kappa * (w_1 + w_2))
            / ((w_1 + kappa) ** 2 * (w_2 + kappa) ** 2),
        ),
        Precision(),
    ),
    rests_on=(risks.VARIANCE,),
    rivals=(Compare(_noise_on[w_2], ">", _noise_on[w_1]), _noise_on[w_1] / 2),
    remark="Without the teacher's ridge both are $c$: only the overlap counts. With it, a strong space that shares "
    "what the teacher hardly learns inherits less.",
)
