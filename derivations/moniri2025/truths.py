"""Which truths have a threshold, where the isotropic one fails, and what a weighted ridge can do."""

from __future__ import annotations

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
    V,
    b,
    effective,
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
    v,
)
from derivations.moniri2025.limits import LENGTH, LIMIT, STUDENT, simulation
from derivations.moniri2025.students import weighted_risks, weighted_shape
from derivations.moniri2025.threshold import NO_GAIN
from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Equation,
    Iff,
    Mean,
    Precision,
    any_spectrum,
    equivalents,
    symbol,
    total,
)

ANY_TRUTH = PAPER.at("ridge regression: the condition on the teacher's ridge; any truth", "derived")
WEIGHTED = PAPER.at("weighted ridge regression")
_signal, _noise = total(l * b**2 / (l + kappa) ** 2, ONE), total(l / (l + kappa) ** 2, ONE)
_FREE = Domain((ONE, lam, kappa, Omega, n, sigma2), (BELOW_ONE,))
TRUTH = Claim(
    "threshold_of_any_truth_on_any_covariance",
    r"In the limit the excess of the teacher's mean square over its mean product with the truth, $((\sigma^2/n) "
    r"\sum_i \ell_i/(\ell_i + \kappa)^2 - \lambda \sum_i \ell_i \beta_i^2/(\ell_i + \kappa)^2)/(1 - \Omega)$, is "
    r"positive if and only if $\lambda \sum_i \ell_i \beta_i^2/(\ell_i + \kappa)^2 < (\sigma^2/n) \sum_i "
    r"\ell_i/(\ell_i + \kappa)^2$.",
    Iff(
        Compare(0, "<", (sigma2 / n * _noise - lam * _signal) / (1 - Omega)),
        Compare(lam * _signal, "<", sigma2 / n * _noise),
    ),
    _FREE,
    ANY_TRUTH,
    (Derivation.same_sign(factor=1 / (1 - Omega)), Precision()),
    rests_on=(LENGTH,),
    rivals=(
        Compare(lam * total(b**2, ONE), "<", sigma2 / n * total(1, ONE)),
        Compare(lam * _signal, "<", sigma2 * _noise),
    ),
    remark="The rate at which a student with many pseudo-labels gains from a small ridge is twice that excess: see "
    "rate_of_a_student_with_many_pseudo_labels.",
)
_iso, _iso_signal = v * total(1, ONE), v * _noise
ANY_COVARIANCE = Claim(
    "a_truth_without_direction_has_one_threshold_on_every_covariance",
    r"In the limit, for a truth with the mean square $v$ in every direction, the teacher's mean square exceeds "
    r"its mean product with the truth if and only if $\lambda < \sigma^2/(n v)$, which is $\sigma^2 d/(n r^2)$ in "
    r"$d$ dimensions, whatever the covariance.",
    Iff(
        Compare(lam * total(l * v / (l + kappa) ** 2, ONE), "<", sigma2 / n * _noise),
        Compare(lam, "<", sigma2 / (n * v)),
    ),
    Domain((ONE, lam, kappa, n, sigma2, v)),
    ANY_TRUTH,
    (Derivation.same_sign(factor=v * _noise), Precision()),
    rests_on=(TRUTH,),
    rivals=(Compare(lam, "<", sigma2 / v), Compare(lam * total(l, ONE), "<", sigma2 / (n * v))),
    remark=f"{RESTATED}Isotropic designs are not needed for it; a truth without direction is, see "
    "a_truth_with_a_direction_has_another_threshold.",
)
_shrink = l / (l + nu)
_student = total(l * (_shrink**2 * moment - 2 * _shrink * u * b**2 + b**2), ONE)
_rate = 2 * total(l**2 / (l + nu) ** 2 * (u * b**2 - _shrink * moment), ONE)
MANY = Claim(
    "rate_of_a_student_with_many_pseudo_labels",
    r"With infinitely many pseudo-labels the student's limiting risk changes with its ridge $\nu$ at the rate $2 "
    r"\sum_i s_i^2 (u_i \beta_i^2 - s_i M_i)$ with $s_i = \ell_i/(\ell_i + \nu)$, $u_i = \ell_i/(\ell_i + "
    r"\kappa)$ and the teacher's mean squares $M_i$: at $\nu = 0$ it is $-2$ times the excess of the teacher's "
    r"mean square over its mean product with the truth.",
    Compare(sp.Derivative(_student, nu), "=", _rate),
    Domain((ONE, n, kappa, nu, V)),
    ANY_TRUTH,
    (Derivation(sp.Derivative(_student, nu)).differentiate().rewrite(_rate), Precision()),
    rests_on=(STUDENT,),
    rivals=(
        2 * total(_shrink * (u * b**2 - _shrink * moment), ONE),
        2 * total(l**2 / (l + nu) ** 2 * (u * b**2 - moment), ONE),
    ),
)
_half = sp.Rational(1, 2)
DIRECTION = Claim(
    "a_truth_with_a_direction_has_another_threshold",
    r"There is a truth along one of two directions, and a ridge below the threshold $\sigma^2 d/(n r^2)$, at "
    r"which the limiting teacher's mean square is less than its mean product with the truth: a small ridge of the "
    r"student hurts.",
    Compare(sigma2 / n * _noise, "<", lam * _signal),
    Domain(
        (ONE, lam, kappa, n, sigma2),
        (Condition(lam * n * total(b**2, ONE), "<", sigma2 * total(1, ONE), "stay below the isotropic threshold"),),
    ),
    ANY_TRUTH,
    (Precision(),),
    witness={ONE: ((1, 1, 1), (1, 16, 0)), kappa: 1, n: 4, sigma2: 2, lam: sp.Rational(87, 136)},
    given=(Equation(lam, n * lam + kappa * total(u, ONE) - n * kappa),),
    rests_on=(TRUTH,),
    rivals=(lam * _signal / 2,),
    remark=r"Eigenvalues 1 and 16, the truth on the first, $\kappa = 1$, $n = 4$ and $\sigma^2 = 2$: $\lambda$ is "
    r"0.640, the isotropic threshold 1, and that of this truth 0.611.",
)

# -- weighted ridge ------------------------------------------------------------------------------------------

COORDINATE = Claim(
    "shrinking_a_direction_gains_iff_the_truth_is_small_there",
    r"In the limit the teacher's mean square on direction $i$ exceeds its mean product with the truth there if "
    r"and only if $\kappa \beta_i^2 < V/n$, where $V$ is the noise that the teacher sees: on these directions a "
    r"weighted ridge of the student should shrink.",
    Iff(Compare(u * b**2, "<", moment), Compare(kappa * b**2, "<", V / n)),
    Domain((l, b, kappa, n, V)),
    WEIGHTED.at("weighted ridge regression; by direction", "derived"),
    (Derivation.same_sign(factor=l / (l + kappa) ** 2), Precision()),
    rests_on=(STUDENT,),
    rivals=(
        Compare(l * b**2, "<", V / n),
        Compare(b**2, "<", V / n),
        Compare(V / n, "<", kappa * b**2),
    ),
    remark="The eigenvalue of the direction does not enter.",
)
root = symbol("r", "root of the inverse of the student's penalty on that direction", r"r_i", positive=True)
SW = any_spectrum(
    "S_w", "joint eigenvalues: covariances of teacher, student and test, truth, penalty", l, l_s, l_x, b, root
)
_penalty = 1 / root**2
_w_share = l_s / (l_s + kappa_s * _penalty)
_w_given = (
    *effective(SW),
    seen_noise(SW),
    Equation(kappa_s, N * nu / kappa_s + total(_w_share, SW) - N),
    Equation(Omega_s, total(_w_share**2, SW) / N - Omega_s),
)


def _weighted(share: sp.Expr, penalty: sp.Expr) -> sp.Expr:
    spread = total(l_x * l_s / (l_s + kappa_s * penalty) ** 2, SW) / (N * (1 - Omega_s))
    left = total(l_s * (1 - share) ** 2 * moment, SW)
    return total(l_x * (share**2 * moment - 2 * share * u * b**2 + b**2), SW) + spread * left


def _weighted_risk() -> equivalents.Equivalent:
    """The penalty 1/r^2 on a direction is a plain ridge on the coordinates that r stretches."""
    n_, N_, p_ = equivalents.sizes("n N p")
    names = ("Sigma", "Sigma_s", "Sigma_x", "R", "R_i")
    sigma, stretched, test, r, inverse = (equivalents.covariance(k, p_) for k in names)
    x, z, truth = (
        equivalents.design("X", n_, sigma),
        equivalents.design("Z", N_, stretched),
        equivalents.truth("beta", p_),
    )
    teacher = equivalents.ridge(x, x @ truth + equivalents.noise("sigma2", n_), "lam")
    return equivalents.excess_risk(r @ equivalents.ridge(z, z @ (inverse @ teacher), "nu"), truth, under=test)


WEIGHTED_STUDENT = Claim(
    "risk_of_a_student_with_a_weighted_ridge",
    r"In the limit a student with the penalty $\nu c_i$ on direction $i$ has the risk of a student with the plain "
    r"ridge, with $\kappa_s c_i$ in place of $\kappa_s$ on that direction.",
    Compare(
        Mean(
            symbol("R_w", "mean risk of the student with a weighted ridge", r"\mathbb{E}R_w", real=True),
            "mean risk of the student with a weighted ridge",
        ),
        "=",
        _weighted(_w_share, _penalty),
    ),
    Domain(
        (SW, n, N, lam, nu, sigma2, kappa, Omega, V, kappa_s, Omega_s),
        (BELOW_ONE, BELOW_ONE_S, ABOVE_RIDGE, ABOVE_RIDGE_S),
    ),
    WEIGHTED,
    (
        equivalents.FromEstimator(
            _weighted_risk(),
            {"Sigma": l, "Sigma_s": root**2 * l_s, "Sigma_x": l_x, "R": root, "R_i": 1 / root, "beta": b},
            {
                "m1": lam / kappa,
                "tr(Sigma Q1)": n * (kappa / lam - 1),
                "m2": nu / kappa_s,
                "tr(Sigma_s Q2)": N * (kappa_s / nu - 1),
            },
        ),
        simulation(weighted_risks, weighted_shape),
    ),
    kind="equivalent",
    given=_w_given,
    rivals=(
        _weighted(l_s / (l_s + kappa_s), sp.S.One),
        _weighted(l_s / (l_s + kappa_s / root), 1 / root),
        _weighted(_w_share, sp.S.One),
    ),
    remark=LIMIT + "The penalties $c_i = 1/r_i^2$ are on the same directions. " + RESTATED,
)
shrinkage = symbol("s", "shrinkage by a student with infinitely many pseudo-labels", r"s_i", positive=True)
SH = any_spectrum(
    "S_h",
    "eigenvalue, truth and the student's shrinkage on each direction",
    l,
    b,
    shrinkage,
    conditions=(Condition(shrinkage, "<=", 1, "a ridge shrinks"),),
)
_seen = (sigma2 + kappa**2 * total(l * b**2 / (l + kappa) ** 2, SH)) / (1 - Omega)
_moment = u**2 * b**2 + _seen * l / (n * (l + kappa) ** 2)
_of_teacher = total(l * (_moment - 2 * u * b**2 + b**2), SH)
_of_student = total(l * (shrinkage**2 * _moment - 2 * shrinkage * u * b**2 + b**2), SH)
BEYOND = Claim(
    "a_weighted_ridge_gains_where_no_plain_ridge_does",
    "There is a teacher above its threshold and equal eigenvalues, so that no plain ridge with many pseudo-labels "
    "gains, and a weighted ridge that gains in the limit: it shrinks the direction without truth alone.",
    Compare(_of_student, "<", _of_teacher),
    Domain(
        (SH, kappa, n, sigma2, Omega, lam),
        (
            BELOW_ONE,
            Condition(total(_moment, SH), "<=", total(u * b**2, SH), "take a teacher above its threshold"),
        ),
    ),
    WEIGHTED,
    (Precision(),),
    witness={
        SH: ((1, 1, 1, 1), (1, 1, 0, _half)),
        kappa: 1,
        n: 4,
        sigma2: 1,
        Omega: sp.Rational(1, 8),
        lam: sp.Rational(3, 4),
    },
    given=(
        Equation(Omega, total(u**2, SH) / n - Omega),
        Equation(lam, n * lam + kappa * total(u, SH) - n * kappa),
    ),
    rests_on=(COORDINATE, TRUTH, NO_GAIN),
    rivals=(_of_teacher / 2,),
    remark=r"Two directions of eigenvalue 1, the truth on the first, $\kappa = 1$, $n = 4$ and $\sigma^2 = 1$: "
    r"$\lambda = 3/4$, and the threshold is $1/2$.",
)
