"""Risks with ridge, derived from the estimators."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivations.dong2025.ridge import runs
from derivations.dong2025.ridge.letters import (
    ABOVE_RIDGE,
    ABOVE_RIDGE_S,
    BELOW_ONE,
    BELOW_ONE_S,
    SEEN,
    STUDENTS,
    TEACHERS,
    WITH_RIDGE,
    N,
    Omega,
    Omega_s,
    S,
    V,
    b_s,
    b_w,
    fitted,
    full_moment,
    h,
    kappa,
    kappa_s,
    lam,
    left_s,
    missed,
    mu,
    n,
    noise_moment,
    r,
    share_s,
    share_w,
    spread,
    t,
    tau2,
    w,
)
from derivations.dong2025.setting import sigma2
from w2s_sym import Claim, Compare, Domain, Mean, Simulation, equivalents, symbol, total

LIMIT = (
    "A limit: all sizes grow in proportion, and the weak features have their directions in common with the strong "
    "ones. "
)


def _mean(name: str, form: str, text: str) -> Mean:
    return Mean(symbol(name, text, form, real=True), text)


def _simulation(experiment: Any) -> Simulation:
    return Simulation(experiment, sizes=(4, 8, 16), shape=runs.shape, realise=runs.draw_levels, batch=512)


# -- the estimators ------------------------------------------------------------------------------------------

_n, _N, _d = equivalents.sizes("n N d")
_Sigma_w, _Sigma_s = (equivalents.covariance(name, _d) for name in ("Sigma_w", "Sigma_s"))
_C, _B_w, _B_s = (equivalents.fixed_matrix(name, _d, _d) for name in ("C", "B_w", "B_s"))
_X = equivalents.design("X", _n, _Sigma_w)
_strong, _weak = equivalents.designs(
    ("P_s", "P_w"), _N, {("P_s", "P_s"): _Sigma_s, ("P_w", "P_w"): _Sigma_w, ("P_s", "P_w"): _C}
)
_one = equivalents.truth("one", _d)


def _trained(labels: Any) -> tuple[Any, Any]:
    """The teacher, and the student that it labels points for."""
    teacher = equivalents.ridge(_X, labels, "lam")
    return teacher, equivalents.ridge(_strong, _weak @ teacher, "mu")


def _noise_risk(estimator: Any, under: Any) -> equivalents.Equivalent:
    """The mean of the squared response of an estimator to the noise of its labels."""
    ((source, response),) = estimator.of.items()
    return equivalents.mean_trace(source.moment, response.T @ under @ response)


_to_noise, _student_to_noise = _trained(equivalents.noise("sigma2", _n))
_, _student = _trained(_X @ (_B_w @ _one) + equivalents.noise("tau2", _n))
_MATRICES = {"Sigma_w": w, "Sigma_s": t, "C": t * h, "B_w": b_w, "B_s": b_s, "one": sp.S.One}
_TEACHERS_CORE = {"m1": lam / kappa, "tr(Sigma_w Q1)": n * (kappa / lam - 1)}
CORE = {**_TEACHERS_CORE, "m2": mu / kappa_s, "tr(Sigma_s Q2)": N * (kappa_s / mu - 1)}
TEACHERS_VARIANCE = _noise_risk(_to_noise, _Sigma_w)
STUDENTS_VARIANCE = _noise_risk(_student_to_noise, _Sigma_s)
STUDENTS_RISK = equivalents.excess_risk(_student, _B_s @ _one, under=_Sigma_s)
((_source, _),) = _one.of.items()
# Covariances of strong and weak features and of both, both targets, and the targets' common second moment.
MATRICES_OF_FEATURES = (_Sigma_s, _Sigma_w, _C, _B_w, _B_s, _source.moment)
_NOISY = Domain(
    (S, n, N, lam, mu, sigma2, kappa, Omega, kappa_s, Omega_s), (BELOW_ONE, BELOW_ONE_S, ABOVE_RIDGE, ABOVE_RIDGE_S)
)

TEACHER_VARIANCE = Claim(
    "ridge_teacher_variance",
    r"In the limit the ridge teacher's variance on a fresh point is $\sigma^2 \Omega/(1 - \Omega)$, for any weak "
    r"covariance.",
    Compare(
        _mean("Var_w", r"\mathrm{Var}_w", "mean square, on a fresh point, of the teacher's response to label noise"),
        "=",
        sigma2 * Omega / (1 - Omega),
    ),
    Domain((S, n, lam, sigma2, kappa, Omega), (BELOW_ONE, ABOVE_RIDGE)),
    WITH_RIDGE,
    (
        equivalents.FromEstimator(TEACHERS_VARIANCE, _MATRICES, _TEACHERS_CORE),
        _simulation(runs.teacher_variances),
    ),
    kind="equivalent",
    given=TEACHERS,
    rivals=(sigma2 * Omega, sigma2 / n * total(share_w, S), sigma2 * total(share_w, S) / (n * (1 - Omega))),
    remark=LIMIT + r"Without ridge, on $d_w$ white features, $n \Omega = d_w$: it is $\sigma^2 d_w/(n - d_w)$.",
)
VARIANCE = Claim(
    "ridge_student_variance",
    r"In the limit the ridge student's variance on a fresh point is $\sum_i s_i^2 t_i h_i^2 M_i + (\Omega_s/(1 - "
    r"\Omega_s)) \sum_i ((1 - s_i)^2 t_i h_i^2 + r_i) M_i$, with $s_i = t_i/(t_i + \kappa_s)$ and $M_i = "
    r"\sigma^2 w_i/(n (1 - \Omega) (w_i + \kappa)^2)$, $w_i = t_i h_i^2 + r_i$: what the two spaces share is "
    r"kept, minus what the student shrinks, and the rest of the teacher's noise is reduced.",
    Compare(
        _mean(
            "Var_s", r"\mathrm{Var}_{\mathrm{w2s}}", "mean square, on a fresh point, of the student's response to noise"
        ),
        "=",
        fitted(noise_moment) + spread * missed(noise_moment),
    ),
    _NOISY,
    WITH_RIDGE,
    (
        equivalents.FromEstimator(STUDENTS_VARIANCE, _MATRICES, CORE),
        _simulation(runs.student_variances),
    ),
    kind="equivalent",
    given=(*TEACHERS, *STUDENTS),
    rivals=(
        fitted(noise_moment) + spread * total(w * noise_moment, S),
        fitted(noise_moment) + Omega_s * missed(noise_moment),
        total(share_s * t * h**2 * noise_moment, S) + spread * missed(noise_moment),
        (1 - Omega) * (fitted(noise_moment) + spread * missed(noise_moment)),
    ),
    remark=LIMIT + r"The factor $d_s/N$ of the variance law becomes $\Omega_s/(1 - \Omega_s)$.",
)
# The share of its labels that the student leaves unfitted is 1 - phi on the way to interpolation.
_phi = mu / kappa_s
_rest = total(r * noise_moment, S)
_in_sample = (
    total(t * h**2 * noise_moment, S)
    + _rest
    - 2 * _phi * (_rest + total(t * left_s * h**2 * noise_moment, S))
    + _phi**2 * missed(noise_moment) / (1 - Omega_s)
)
IN_SAMPLE = Claim(
    "ridge_student_variance_in_sample",
    r"In the limit the ridge student's variance at its own $N$ points is $\sum_i w_i M_i - 2 \phi \sum_i (r_i + "
    r"(1 - s_i) t_i h_i^2) M_i + (\phi^2/(1 - \Omega_s)) \sum_i ((1 - s_i)^2 t_i h_i^2 + r_i) M_i$, with $\phi = "
    r"\mu/\kappa_s$, $s_i = t_i/(t_i + \kappa_s)$ and $M_i$ the teacher's mean square on direction $i$.",
    Compare(
        _mean(
            "Var_in",
            r"\widehat{\mathrm{Var}}_{\mathrm{w2s}}",
            "mean square, at the $N$ pseudo-labelled points, of the student's response to label noise",
        ),
        "=",
        _in_sample,
    ),
    _NOISY,
    WITH_RIDGE,
    (
        equivalents.FromEstimator(_noise_risk(_student_to_noise, _strong.T @ _strong / _N), _MATRICES, CORE),
        _simulation(runs.variances_in_sample),
    ),
    kind="equivalent",
    given=(*TEACHERS, *STUDENTS),
    rivals=(
        fitted(noise_moment) + spread * missed(noise_moment),
        fitted(noise_moment) + Omega_s * missed(noise_moment),
        _in_sample + 2 * _phi * _rest,
    ),
    remark=LIMIT,
)
_error = total(t * (share_s * h * share_w * b_w - b_s) ** 2, S) + total(
    share_s**2 * t * h**2 * (full_moment - share_w**2 * b_w**2), S
)
_risk = _error + spread * missed(full_moment)
STUDENT = Claim(
    "ridge_student_excess_risk",
    r"In the limit the ridge student's excess risk, minus the strong features' own error $\rho_s$, is $\sum_i t_i "
    r"(s_i h_i u_i \beta^w_i - \beta^s_i)^2 + \sum_i s_i^2 t_i h_i^2 (M_i - u_i^2 (\beta^w_i)^2) + (\Omega_s/(1 - "
    r"\Omega_s)) \sum_i ((1 - s_i)^2 t_i h_i^2 + r_i) M_i$, with $s_i = t_i/(t_i + \kappa_s)$, $u_i = w_i/(w_i + "
    r"\kappa)$ and $M_i = u_i^2 (\beta^w_i)^2 + V w_i/(n (w_i + \kappa)^2)$ the teacher's mean square on "
    r"direction $i$.",
    Compare(
        _mean(
            "ER_ridge",
            r"\mathrm{ER}_{\mathrm{w2s}}-\rho_s",
            "mean square, on a fresh point, of the student minus the best strong predictor",
        ),
        "=",
        _risk,
    ),
    Domain(
        (S, n, N, lam, mu, tau2, kappa, Omega, V, kappa_s, Omega_s),
        (BELOW_ONE, BELOW_ONE_S, ABOVE_RIDGE, ABOVE_RIDGE_S),
    ),
    WITH_RIDGE,
    (
        equivalents.FromEstimator(STUDENTS_RISK, _MATRICES, CORE),
        _simulation(runs.student_risks),
    ),
    kind="equivalent",
    given=(*TEACHERS, SEEN, *STUDENTS),
    rivals=(
        _error + spread * total(w * full_moment, S),
        _error,
        _error + spread * missed(full_moment - share_w**2 * b_w**2),
        _risk - total(t * (share_s * h * share_w * b_w - b_s) ** 2, S) + total(t * (h * b_w - b_s) ** 2, S),
    ),
    remark=LIMIT + r"The teacher is trained on labels $f + z$, of which its features leave the noise $\tau^2 = "
    r"\sigma^2 + \rho_w$. Without ridge on white features it is the leading order of "
    r"student_excess_risk_population.",
)
