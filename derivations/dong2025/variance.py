"""The variance of the student, in-sample and on fresh points, and why Gaussian features are needed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import sympy as sp

from derivations.dong2025.setting import (
    DISCREPANT,
    FRESH,
    LABELLED,
    NOISY,
    PAPER,
    VARIANCE,
    VARIANCE_IN,
    A,
    A_pop,
    N,
    Ps,
    Pw,
    Xw,
    d_s,
    d_sw,
    d_w,
    k,
    least_squares_fit,
    literal_student_noise,
    literal_student_noise_in_sample,
    n,
    only,
    setting,
    sigma2,
    with_,
    z_n,
)
from derivations.dong2025.teacher import teacher_response
from w2s_sym import (
    Asymptotic,
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
    gaussian,
    pinv,
    power,
    projector,
    symbol,
    tr,
)

_student_response = pinv(Ps) @ Pw @ teacher_response
V_in = symbol("V_in", "in-sample variance of the student", r"\widehat{\mathrm{Var}}_{\mathrm{w2s}}", nonnegative=True)
V_pop = symbol("V_pop", "population variance of the student", r"\mathrm{Var}_{\mathrm{w2s}}", nonnegative=True)
_fitted = Ps @ _student_response
_noise_setting = setting(only(LABELLED, Xw, z_n), only(FRESH, Ps, Pw))
variance_in_sample = Quantity(
    V_in,
    "mean square, over the $N$ pseudo-labelled points, of the student's response to the teacher's label noise",
    tr(_fitted.T @ _fitted) * (1 / N),
    _noise_setting,
    literal_student_noise_in_sample,
)
variance_population = Quantity(
    V_pop,
    "mean squared length of the student's response to the teacher's label noise",
    tr(_student_response.T @ _student_response),
    _noise_setting,
    literal_student_noise,
)
VARIANCE_IN_SAMPLE = Claim(
    "variance_inherited_in_overlap",
    r"The student's in-sample variance is that of the teacher, inherited in full on $d_{s\wedge w}$ dimensions "
    r"and reduced by the factor $d_s/N$ on the other $d_w - d_{s\wedge w}$, exactly.",
    Compare(variance_in_sample, "=", sigma2 / k * A),
    VARIANCE_IN,
    PAPER.at("main theorem on the variance; its n-asymptotic form is printed", "source"),
    (
        Derivation(variance_in_sample)
        .expect(z_n)
        .expect_gram_inverse(Xw)
        .condition(Pw, on=Ps)
        .expect_residual(Pw, Ps, why=r"$\operatorname{tr} P = d_s$ carries the factor $d_s/N$")
        .expect(Ps)
        .in_names(),
        Precision(),
        Simulation(average=("zn",)),
    ),
    rivals=(
        sigma2 / k * A_pop,
        sigma2 / n * A,
        sigma2 / (n - d_w) * A,
        sigma2 / k * d_sw,
        sigma2 / k * (d_sw + d_w / N * (d_s - d_sw)),
    ),
    remark=r"Joint Gaussianity is used: see gaussianity_is_needed. The paper prints $\sigma^2 A/n$, its limit in "
    r"$n$.",
)
VARIANCE_POPULATION = Claim(
    "population_variance_has_the_inverse_wishart_factor",
    "The student's population variance has $d_s/(N - d_s - 1)$ in place of the $d_s/N$ of the in-sample variance, "
    "exactly.",
    Compare(variance_population, "=", sigma2 / k * A_pop),
    VARIANCE,
    PAPER.at("population form"),
    (
        Derivation(variance_population)
        .expect(z_n)
        .expect_gram_inverse(Xw)
        .condition(Pw, on=Ps)
        .expect_residual(Pw, Ps)
        .expect_gram_inverse(Ps)
        .in_names(),
        Precision(),
        Simulation(average=("zn",)),
    ),
    rivals=(sigma2 / k * A, sigma2 / k * (d_sw + d_s / (N - d_s) * (d_w - d_sw)), sigma2 / n * A_pop),
)
IN_SAMPLE_IS_NOT_POPULATION = Claim(
    "in_sample_variance_is_below_population_variance",
    "Whenever the weak features leave the student's space, the in-sample variance is strictly below the population "
    "variance: one form cannot stand for the other.",
    Compare(sigma2 / k * A, "<", sigma2 / k * A_pop),
    with_(VARIANCE, DISCREPANT, NOISY),
    PAPER.at("the synthetic experiment measures population risk"),
    (Derivation(sigma2 / k * A).bound("<", sigma2 / k * A_pop), Precision()),
    rests_on=(VARIANCE_IN_SAMPLE, VARIANCE_POPULATION),
    rivals=(sigma2 / k * (d_sw + d_s / (N + 1) * (d_w - d_sw)),),
)

x_N = gaussian("x", N, 1)
_hermite = (power(x_N, 2) - power(x_N, 0)) * (1 / sp.sqrt(2))
_hermite_fit = projector(x_N) @ _hermite
hermite_factor = (15 * N / (N + 4) - 6 * N / (N + 2) + 1) / (2 * N)


def literal_hermite(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """In-sample mean square of the regression of (x^2 - 1)/sqrt(2) on x."""
    w = (a["x"] ** 2 - 1) / np.sqrt(2)
    return float(((a["x"] * least_squares_fit(a["x"], w)) ** 2).mean())


hermite_variance = Quantity(
    symbol("F_herm", r"in-sample factor of the pair $x$, $(x^2 - 1)/\sqrt{2}$", r"F_{\mathrm{He}}", nonnegative=True),
    r"in-sample share of a unit teacher noise that the student keeps, for $\psi_s = x$ and $\psi_w = (x^2 - "
    r"1)/\sqrt{2}$",
    tr(_hermite_fit.T @ _hermite_fit) * (1 / N),
    Setting((Sample.of(N, (x_N,)),), (), lambda point, rng: {}),
    literal_hermite,
)
_SIZES = Domain((N,))
HERMITE = Claim(
    "uncorrelated_hermite_pair_keeps_its_own_factor",
    r"For $\psi_s = x$ and $\psi_w = (x^2 - 1)/\sqrt{2}$, uncorrelated but not jointly Gaussian, the in-sample "
    r"factor is $(15N/(N + 4) - 6N/(N + 2) + 1)/(2N)$, exactly.",
    Compare(hermite_variance, "=", hermite_factor),
    _SIZES,
    PAPER.at("main theorem on the variance; a pair outside its hypothesis"),
    (Derivation(hermite_variance).expect_polar(x_N).in_names(), Precision(), Simulation()),
    rivals=(1 / N, 5 / N),
)
GAUSSIANITY = Claim(
    "gaussianity_is_needed",
    r"The in-sample factor of $\psi_s = x$ and $\psi_w = (x^2 - 1)/\sqrt{2}$ exceeds the $1/N$ of the variance "
    r"theorem ($d_s = 1$, $d_{s\wedge w} = 0$) for every $N > 1$.",
    Compare(1 / N, "<", hermite_factor),
    Domain((N,), (Condition(N, ">", 1, "take more than one pseudo-label"),)),
    PAPER.at("main theorem on the variance; why it needs joint Gaussianity"),
    (Derivation(1 / N).bound("<", hermite_factor), Precision()),
    rests_on=(HERMITE, VARIANCE_IN_SAMPLE),
    rivals=(1 / (N + 1),),
)
HERMITE_LIMIT = Claim(
    "hermite_factor_tends_to_five_over_n",
    r"$N$ times the in-sample factor of $\psi_s = x$ and $\psi_w = (x^2 - 1)/\sqrt{2}$ tends to 5, with an error "
    r"of order $1/N$.",
    Asymptotic(sp.expand(N * hermite_factor), sp.Integer(5), N),
    _SIZES,
    PAPER.at("main theorem on the variance; a pair outside its hypothesis"),
    (Derivation(sp.expand(N * hermite_factor)).limit(N), Precision()),
    rests_on=(HERMITE,),
    rivals=(sp.Integer(1), sp.Rational(9, 2)),
)
