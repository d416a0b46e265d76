"""The limit of large sizes: risks of teacher and student, derived from the estimators."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivations.moniri2025.letters import (
    ABOVE_RIDGE,
    ABOVE_RIDGE_S,
    BELOW_ONE,
    BELOW_ONE_S,
    ONE,
    PAPER,
    RESTATED,
    N,
    Omega,
    Omega_s,
    S,
    V,
    b,
    effective,
    effective_of_student,
    kappa,
    kappa_s,
    l,
    l_s,
    l_x,
    lam,
    moment,
    n,
    nu,
    seen_noise,
    sigma2,
    u,
    u_s,
)
from derivations.moniri2025.students import (
    draw_levels,
    isotropic_risks,
    isotropic_shape,
    shape,
    student_risks,
    teacher_risks,
)
from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Equation,
    Mean,
    Precision,
    Simulation,
    equivalents,
    symbol,
    total,
)

LIMIT = (
    "A limit: all sizes grow in proportion, covariances are bounded above and below, and the covariances and the truth "
    "have their eigenvectors in common. "
)
SHARED = PAPER.at("ridge regression: risks in the proportional limit")


def _mean(name: str, form: str, text: str) -> Mean:
    return Mean(symbol(name, text, form, real=True), text)


def simulation(experiment: Any, of: Any) -> Simulation:
    """A simulation of an experiment at growing sizes, at the author's levels and at drawn ones."""
    return Simulation(experiment, sizes=(4, 8, 16, 32), shape=of, realise=draw_levels, batch=512)


# -- the estimators ------------------------------------------------------------------------------------------

_n, _N, _p = equivalents.sizes("n N p")
_Sigma, _Sigma_s, _Sigma_x = (equivalents.covariance(k, _p) for k in ("Sigma", "Sigma_s", "Sigma_x"))
_X, _Z = equivalents.design("X", _n, _Sigma), equivalents.design("Z", _N, _Sigma_s)
_truth = equivalents.truth("beta", _p)
_teacher = equivalents.ridge(_X, _X @ _truth + equivalents.noise("sigma2", _n), "lam")
_student = equivalents.ridge(_Z, _Z @ _teacher, "nu")
TEACHERS_RISK = equivalents.excess_risk(_teacher, _truth, under=_Sigma_x)
STUDENTS_RISK = equivalents.excess_risk(_student, _truth, under=_Sigma_x)
_TEACHER_CORE = {"m1": lam / kappa, "tr(Sigma Q1)": n * (kappa / lam - 1)}
_CORE = {**_TEACHER_CORE, "m2": nu / kappa_s, "tr(Sigma_s Q2)": N * (kappa_s / nu - 1)}
_MATRICES = {"Sigma": l, "Sigma_s": l_s, "Sigma_x": l_x, "beta": b}

teacher_risk = total(l_x * (u - 1) ** 2 * b**2, S) + V / n * total(l_x * l / (l + kappa) ** 2, S)
TEACHER = Claim(
    "risk_of_the_ridge_teacher",
    r"In the limit the teacher's mean risk under a test covariance with eigenvalues $\ell^x_i$ is $\sum_i "
    r"\ell^x_i (1 - u_i)^2 \beta_i^2 + (V/n) \sum_i \ell^x_i \ell_i/(\ell_i + \kappa)^2$, with $u_i = "
    r"\ell_i/(\ell_i + \kappa)$ and $V (1 - \Omega) = \sigma^2 + \kappa^2 \sum_i \ell_i \beta_i^2/(\ell_i + "
    r"\kappa)^2$.",
    Compare(_mean("R_t", r"\mathbb{E}R_t", "mean risk of the teacher"), "=", teacher_risk),
    Domain((S, n, lam, sigma2, kappa, Omega, V), (BELOW_ONE, ABOVE_RIDGE)),
    SHARED,
    (equivalents.FromEstimator(TEACHERS_RISK, _MATRICES, _TEACHER_CORE), simulation(teacher_risks, shape)),
    kind="equivalent",
    given=(*effective(S), seen_noise(S)),
    rivals=(
        total(l_x * (u - 1) ** 2 * b**2, S) + sigma2 / n * total(l_x * l / (l + kappa) ** 2, S),
        total(l * (u - 1) ** 2 * b**2, S) + V / n * total(l_x * l / (l + kappa) ** 2, S),
        total(l_x * (u - 1) ** 2 * b**2, S) + V / n * total(l**2 / (l + kappa) ** 2, S),
        total(l_x * (u - 1) ** 2 * b**2, S),
    ),
    remark=LIMIT,
)


def student_risk_of(m: sp.Expr, share: sp.Expr = u, spread: sp.Expr | int = 1) -> sp.Expr:
    """The student's risk for a teacher of mean square m on a direction."""
    left = total(l_s * (1 - u_s) ** 2 * m, S)
    fitted = total(l_x * (u_s**2 * m - 2 * u_s * share * b**2 + b**2), S)
    return fitted + spread * total(l_x * l_s / (l_s + kappa_s) ** 2, S) * left / (N * (1 - Omega_s))


_swapped = {l: l_s, kappa: kappa_s}
STUDENT = Claim(
    "risk_of_the_ridge_student_of_a_ridge_teacher",
    r"In the limit the student's mean risk is $\sum_i \ell^x_i (s_i^2 M_i - 2 s_i u_i \beta_i^2 + \beta_i^2) + "
    r"\sum_i \ell^x_i \ell^s_i/(\ell^s_i + \kappa_s)^2 \sum_i \ell^s_i (1 - s_i)^2 M_i/(N (1 - \Omega_s))$, "
    r"where $s_i = \ell^s_i/(\ell^s_i + \kappa_s)$, $u_i = \ell_i/(\ell_i + \kappa)$, and $M_i = u_i^2 \beta_i^2 "
    r"+ V \ell_i/(n (\ell_i + \kappa)^2)$ is the teacher's mean square on direction $i$.",
    Compare(_mean("R_s", r"\mathbb{E}R_s", "mean risk of the student"), "=", student_risk_of(moment)),
    Domain(
        (S, n, N, lam, nu, sigma2, kappa, Omega, kappa_s, Omega_s, V),
        (BELOW_ONE, BELOW_ONE_S, ABOVE_RIDGE, ABOVE_RIDGE_S),
    ),
    SHARED,
    (
        equivalents.FromEstimator(STUDENTS_RISK, _MATRICES, _CORE),
        simulation(student_risks, shape),
    ),
    kind="equivalent",
    given=(*effective(S), seen_noise(S), *effective_of_student(S)),
    rivals=(
        student_risk_of(u**2 * b**2),
        student_risk_of(moment, spread=0),
        student_risk_of(u**2 * b**2 + sigma2 * l / (n * (l + kappa) ** 2)),
        student_risk_of(moment, share=u_s),
    ),
    remark=LIMIT + "$V$ holds what the teacher could not learn, too: its students see it as noise.",
)

# -- isotropic designs ---------------------------------------------------------------------------------------

r2 = symbol("r2", "squared length of the truth", "r^2", nonnegative=True)
a = symbol("a", "share of each direction that the teacher learns", positive=True)
s = symbol("s", "share of each direction that the student learns", positive=True)
_d = total(1, ONE)


def _share(of: sp.Symbol, rows: sp.Symbol, ridge: sp.Symbol) -> Equation:
    """The equation of the share that a ridge learns: (1 - a)(n - d a) = n ridge a."""
    return Equation(of, _d * of**2 - (rows + _d + rows * ridge) * of + rows, bracket=(sp.S.Zero, sp.S.One))


_given = (
    Equation(r2, total(b**2, ONE) - r2),
    _share(a, n, lam),
    Equation(V, (n - _d * a**2) * V - n * (sigma2 + r2 * (1 - a) ** 2)),
    _share(s, N, nu),
)
_T1, _T2 = r2 * a, r2 * a**2 + V * _d / n * a**2
_second = s**2 * (N + _d - 2 * _d * s) / (N - _d * s**2)


def _isotropic(first: sp.Expr, second: sp.Expr) -> sp.Expr:
    return second * _T2 - 2 * first * _T1 + r2


def _core(letter: str, place: int, ridge: sp.Symbol, of: sp.Symbol, rows: sp.Symbol) -> dict[str, sp.Expr]:
    effective_ridge = (1 - of) / of
    return {f"m{place}": ridge / effective_ridge, f"tr({letter} Q{place})": rows * (effective_ridge / ridge - 1)}


ISOTROPIC = Claim(
    "isotropic_risk_of_the_ridge_student",
    r"In the limit, for isotropic designs in $d$ dimensions, the student's mean risk is $a_2 T_2 - 2 s T_1 + r^2$ "
    r"with $a_2 = s^2 (N + d - 2 d s)/(N - d s^2)$, $T_1 = a r^2$, $T_2 = a^2 (r^2 + V d/n)$ and $V (n - d a^2) = "
    r"n (\sigma^2 + r^2 (1 - a)^2)$, where the shares $a$ and $s$ solve $(1 - a)(n - d a) = n \lambda a$ and $(1 "
    r"- s)(N - d s) = N \nu s$.",
    Compare(_mean("R_iso", r"\mathbb{E}R_s", "mean risk of the student"), "=", _isotropic(s, _second)),
    Domain(
        (ONE, r2, n, N, lam, nu, sigma2, a, V, s),
        (
            Condition(a, "<", 1, "a ridge shrinks"),
            Condition(s, "<", 1, "a ridge shrinks"),
            Condition(_d * a**2, "<", n, "$d a < n$ by the equation of $a$"),
            Condition(_d * s**2, "<", N, "$d s < N$ by the equation of $s$"),
        ),
    ),
    SHARED,
    (
        equivalents.FromEstimator(
            STUDENTS_RISK,
            {"Sigma": sp.S.One, "Sigma_s": sp.S.One, "Sigma_x": sp.S.One, "beta": b},
            {**_core("Sigma", 1, lam, a, n), **_core("Sigma_s", 2, nu, s, N)},
        ),
        simulation(isotropic_risks, isotropic_shape),
    ),
    kind="equivalent",
    given=_given,
    rivals=(
        _isotropic(s, s**2),
        _isotropic(s, s),
        _second * (r2 * a**2 + sigma2 * _d / n * a**2) - 2 * s * _T1 + r2,
    ),
    remark=LIMIT + "The mean of squares exceeds the square of the mean: $a_2 > s^2$. " + RESTATED,
)

# -- the threshold of any truth ------------------------------------------------------------------------------

# Along the effective ridge and Omega: the number of labels and the ridge follow from them.
_labels = symbol("n", "number of labels of the teacher, as a real number", positive=True)
_moment = moment.xreplace({n: _labels})
_ALONG = (
    Equation(_labels, _labels * Omega - total(u**2, ONE)),
    Equation(lam, _labels * lam + kappa * total(u, ONE) - _labels * kappa),
    seen_noise(ONE),
)
_POSITIVE = Condition(_labels, ">", total(u, ONE), "the ridge that has this effective ridge is positive")
_ANY_TRUTH = Domain((ONE, kappa, Omega, _labels, sigma2), (BELOW_ONE, _POSITIVE))
_signal, _noise = total(l * b**2 / (l + kappa) ** 2, ONE), total(l / (l + kappa) ** 2, ONE)
_longer = total(_moment, ONE) - total(u * b**2, ONE)
_excess = (sigma2 / _labels * _noise - lam * _signal) / (1 - Omega)
LENGTH = Claim(
    "teacher_is_too_long_in_the_limit",
    r"In the limit the teacher's mean square minus its mean product with the truth is $((\sigma^2/n) \sum_i "
    r"\ell_i/(\ell_i + \kappa)^2 - \lambda \sum_i \ell_i \beta_i^2/(\ell_i + \kappa)^2)/(1 - \Omega)$, for any "
    r"truth and any covariance.",
    Compare(_longer, "=", _excess),
    _ANY_TRUTH,
    PAPER.at("ridge regression: the condition on the teacher's ridge; any truth", "derived"),
    (
        Derivation(_longer).eliminate(V, using=_ALONG[2]).eliminate(_labels, using=_ALONG[0]).rewrite(_excess),
        Precision(),
    ),
    given=_ALONG,
    rests_on=(TEACHER,),
    rivals=(
        _excess * (1 - Omega),
        (sigma2 / _labels * _noise - lam * total(b**2, ONE)) / (1 - Omega),
        (sigma2 / _labels * _noise - kappa * _signal) / (1 - Omega),
    ),
)
