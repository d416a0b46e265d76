"""Linear random features with finitely many samples: risks of teacher and student, derived from the estimators."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivations.medvedev2025 import runs
from derivations.medvedev2025.letters import (
    LIMIT,
    PAPER,
    SQ,
    TEACHERS_LETTERS,
    K,
    N,
    S,
    V,
    b,
    df,
    enough,
    gap,
    kappa,
    kappa_s,
    l,
    moment,
    n,
    nu,
    omega,
    q,
    ridge_of,
    sigma2,
    teachers,
)
from w2s_sym import Claim, Compare, Condition, Domain, Equation, Mean, Simulation, equivalents, symbol, total

FINITE = PAPER.at("linear random features; finitely many samples", "derived")


def mean_of(name: str, form: str, text: str) -> Mean:
    """A mean over designs and features: its letter, LaTeX and meaning."""
    return Mean(symbol(name, text, form, real=True), text)


def simulation(experiment: Any, shape: Any, sizes: tuple[int, ...] = (4, 8, 16, 32), batch: int = 512) -> Simulation:
    """A simulation of an experiment at growing sizes, at the author's levels and at drawn ones."""
    return Simulation(experiment, sizes=sizes, shape=shape, realise=runs.draw_levels, batch=batch)


# -- the estimators ------------------------------------------------------------------------------------------

_n, _N, _k, _K, _p = equivalents.sizes("n N k K p")
_Sigma, _Q = equivalents.covariance("Sigma", _p), equivalents.covariance("Q", _p)
_X, _Z = equivalents.design("X", _n, _Sigma), equivalents.design("Z", _N, _Sigma)
_W = equivalents.design("W", _k, equivalents.identity(_p))
_truth = equivalents.truth("beta", _p)
_labels = _X @ _truth + equivalents.noise("sigma2", _n)


def _on_features(points: Any, weights: Any, count: Any, labels: Any, penalty: str) -> Any:
    """Ridge regression on ``count`` random features of the points, as coefficients on the points."""
    lift = weights.T / sp.sqrt(count)
    return lift @ equivalents.ridge(points @ lift, labels, penalty)


_teacher = _on_features(_X, _W, _k, _labels, "lam")
TEACHERS_RISK = equivalents.excess_risk(_teacher, _truth, under=_Sigma)
STUDENTS_RISK = equivalents.excess_risk(equivalents.ridge(_Z, _Z @ _teacher, "nu"), _truth, under=_Sigma)
_W_s = equivalents.design("W_s", _K, equivalents.identity(_p))
_feature_student = _on_features(_Z, _W_s, _K, _Z @ _teacher, "nu")
_SQUARES = equivalents.derive(
    {source.name: (source.moment, response.T @ _Q @ response) for source, response in _teacher.of.items()}
)


def _core(over: sp.Symbol) -> dict[str, sp.Expr]:
    learnt = 1 - df(1, over) / n
    return {"m2": learnt, "m1": 1 / (kappa * learnt), "tr(Sigma Q1)": kappa * df(1, over)}


def _core_of_both() -> dict[str, sp.Expr]:
    """The same for a student with features of its own, beside its teacher's."""
    learnt = 1 - df(1, S, kappa_s) / N
    own = {"m4": learnt, "m3": 1 / (kappa_s * learnt), "tr(Sigma Q2)": kappa_s * df(1, S, kappa_s)}
    return {**_core(S), **own}


_MATRICES = {"Sigma": l, "beta": b}
TEACHER = Claim(
    "risk_of_a_teacher_with_random_features",
    r"In the limit a ridge teacher with $k$ linear random features and $n$ labels has the mean risk $V - "
    r"\sigma^2$, where $V (1 - \Omega) = \sigma^2 + \kappa^2 \sum_i \ell_i \beta_i^2/(\ell_i + \kappa)^2 + \kappa "
    r"e \sum_i \ell_i^2 \beta_i^2/(\ell_i + \kappa)^2$ with $e = (\mathrm{df}_1 - \mathrm{df}_2)/(k - "
    r"\mathrm{df}_2)$ and $n \Omega = \mathrm{df}_2 + e (\mathrm{df}_1 - \mathrm{df}_2)$, $\mathrm{df}_1$ the sum "
    r"of the shares $\ell_i/(\ell_i + \kappa)$ and $\mathrm{df}_2$ that of their squares: labels and features act "
    r"through one effective ridge, $\lambda = \kappa (1 - \mathrm{df}_1/n)(1 - \mathrm{df}_1/k)$.",
    Compare(mean_of("R_t", r"\mathbb{E}R_t", "mean risk of the teacher"), "=", V - sigma2),
    Domain((S, *TEACHERS_LETTERS), enough(S)),
    FINITE,
    (equivalents.FromEstimator(TEACHERS_RISK, _MATRICES, _core(S)), simulation(runs.teacher_risks, runs.shape)),
    kind="equivalent",
    given=teachers(S),
    rivals=(
        V,
        (V - sigma2) * (1 - omega),
        (sigma2 + kappa**2 * total(l * b**2 / (l + kappa) ** 2, S)) / (1 - omega) - sigma2,
        kappa**2 * total(l * b**2 / (l + kappa) ** 2, S) / (1 - df(2, S) / n),
    ),
    remark=LIMIT + "With infinitely many features $e = 0$, and it is ridge regression.",
)
SQUARES = Claim(
    "mean_squares_of_a_teacher_with_random_features",
    r"In the limit the coefficients $t_i$ of a ridge teacher with $k$ linear random features have weighted "
    r"squares $\sum_i q_i t_i^2$ of the mean $\sum_i q_i M_i$, $M_i = (\ell_i^2 \beta_i^2 + (V/n)(\ell_i + \kappa "
    r"e) + \kappa f)/(\ell_i + \kappa)^2$ with $f = (\kappa/(k - \mathrm{df}_2)) \sum_i \ell_i^2 "
    r"\beta_i^2/(\ell_i + \kappa)^2$, $e = (\mathrm{df}_1 - \mathrm{df}_2)/(k - \mathrm{df}_2)$ and $V$ the noise "
    r"that the teacher sees: too few features spread signal and noise on all directions, also on those of small "
    r"eigenvalues.",
    Compare(mean_of("T_q", r"\mathbb{E}\sum_iq_it_i^2", r"mean of $\sum_i q_i t_i^2$"), "=", total(q * moment, SQ)),
    Domain((SQ, *TEACHERS_LETTERS), enough(SQ)),
    FINITE,
    (
        equivalents.FromEstimator(_SQUARES, {**_MATRICES, "Q": q}, _core(SQ)),
        simulation(runs.teacher_squares, runs.weighted_shape),
    ),
    kind="equivalent",
    given=teachers(SQ),
    rivals=(
        total(q * (l**2 * b**2 + V / n * l) / (l + kappa) ** 2, SQ),
        total(q * l**2 * b**2 / (l + kappa) ** 2, SQ),
        total(q * moment.xreplace({V: sigma2}), SQ),
    ),
    remark=LIMIT,
)

# -- students ------------------------------------------------------------------------------------------------

Omega_s = symbol("Omega_s", "share of its labels' noise that the student keeps", r"\Omega_s", nonnegative=True)
e_s = symbol("e_s", r"$(\mathrm{df}_1 - \mathrm{df}_2)/(K - \mathrm{df}_2)$ of the student", "e_s", nonnegative=True)
_share, _left = l / (l + kappa_s), kappa_s / (l + kappa_s)
_BELOW = Condition(Omega_s, "<", 1, r"$\Omega_s$ is below 1 for a positive ridge")
_fitted = total(l * (_share**2 * moment - 2 * _share * l * b**2 / (l + kappa) + b**2), S)
_missed = total(l * _left**2 * moment, S)
_PLAIN = (
    Equation(kappa_s, N * nu / kappa_s + total(_share, S) - N),
    Equation(Omega_s, total(_share**2, S) / N - Omega_s),
)
RIDGE_STUDENT = Claim(
    "risk_of_a_ridge_student_of_a_teacher_with_random_features",
    r"In the limit a student with all features, trained by ridge regression on $N$ predictions of a teacher with "
    r"linear random features, has the mean risk $\sum_i \ell_i (s_i^2 M_i - 2 s_i u_i \beta_i^2 + \beta_i^2) + "
    r"(\Omega_s/(1 - \Omega_s)) \sum_i \ell_i (1 - s_i)^2 M_i$, with $u_i = \ell_i/(\ell_i + \kappa)$, $s_i = "
    r"\ell_i/(\ell_i + \kappa_s)$ and $M_i$ the teacher's mean squares.",
    Compare(
        mean_of("R_s", r"\mathbb{E}R_s", "mean risk of the student"), "=", _fitted + Omega_s / (1 - Omega_s) * _missed
    ),
    Domain(
        (S, *TEACHERS_LETTERS, N, nu, kappa_s, Omega_s),
        (*enough(S), _BELOW, Condition(kappa_s, ">", nu, "the effective ridge is above the ridge")),
    ),
    FINITE,
    (
        equivalents.FromEstimator(
            STUDENTS_RISK, _MATRICES, {**_core(S), "m3": nu / kappa_s, "tr(Sigma Q2)": N * (kappa_s / nu - 1)}
        ),
        simulation(runs.ridge_student_risks, runs.shape),
    ),
    kind="equivalent",
    given=(*teachers(S), *_PLAIN),
    rivals=(
        _fitted,
        _fitted + Omega_s * _missed,
        _fitted + Omega_s / (1 - Omega_s) * total(l * _left**2 * b**2, S),
        _fitted + Omega_s / (1 - Omega_s) * _missed - total(l * _share**2 * moment, S) / 4,
    ),
    remark=LIMIT,
)
_first, _second = df(1, S, kappa_s), df(2, S, kappa_s)
_own = total(l * _left**2 * moment, S) + kappa_s * e_s * total(l**2 * moment / (l + kappa_s) ** 2, S)
_away = total(l * ((1 - 2 * _left) * moment - 2 * _share * l * b**2 / (l + kappa) + b**2), S)
_FEATURES = (
    ridge_of(S, nu, kappa_s, N),
    Equation(e_s, (K - _second) * e_s - gap(S, kappa_s)),
    Equation(Omega_s, (_second + gap(S, kappa_s) * e_s) / N - Omega_s),
)
FEATURE_STUDENT = Claim(
    "risk_of_a_student_with_random_features",
    r"In the limit a student with $K$ random features of its own has the mean risk $\sum_i \ell_i ((2 s_i - 1) "
    r"M_i - 2 s_i u_i \beta_i^2 + \beta_i^2) + (\sum_i \ell_i (1 - s_i)^2 M_i + \kappa_s e_s \sum_i \ell_i^2 "
    r"M_i/(\ell_i + \kappa_s)^2)/(1 - \Omega_s)$, with $u_i = \ell_i/(\ell_i + \kappa)$, $s_i = \ell_i/(\ell_i + "
    r"\kappa_s)$, the teacher's mean squares $M_i$, and $e_s$ and $\Omega_s$ of $K$ and $N$ as the teacher's $e$ "
    r"and $\Omega$ of $k$ and $n$.",
    Compare(
        mean_of("R_f", r"\mathbb{E}R_s", "mean risk of the student with random features"),
        "=",
        _away + _own / (1 - Omega_s),
    ),
    Domain(
        (S, *TEACHERS_LETTERS, N, K, nu, kappa_s, e_s, Omega_s),
        (
            *enough(S),
            Condition(N, ">", _first, "the ridge that has this effective ridge is positive"),
            Condition(K, ">", _first, "the ridge that has this effective ridge is positive"),
            Condition(K, ">", _second, "squares of shares are less than shares"),
            _BELOW,
        ),
    ),
    FINITE,
    (
        equivalents.FromEstimator(
            equivalents.excess_risk(_feature_student, _truth, under=_Sigma), _MATRICES, _core_of_both()
        ),
        simulation(runs.feature_student_risks, runs.student_shape),
    ),
    kind="equivalent",
    given=(*teachers(S), *_FEATURES),
    rivals=(
        _away + _own,
        _away + total(l * _left**2 * moment, S) / (1 - Omega_s),
        _away + total(l * b**2, S) * Omega_s + _own,
    ),
    remark=LIMIT + "For labels of a fixed teacher it is the teacher's own formula, applied to the student; the mean "
    "over teachers puts in their mean squares.",
)
