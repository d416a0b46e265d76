r"""Ildiz, Gozeten, Taga, Mondelli, Oymak (ICLR 2025): which labels should a weak model give a strong one?

*High-dimensional Analysis of Knowledge Distillation: Weak-to-Strong Generalization and Scaling Laws.* arXiv:2410.18837.

Setting. Points x ~ N(0, Sigma) with eigenvalues lam_i. The truth has the coefficient b_i on the i-th eigenvector, the
*surrogate*, which labels n points (with noise of variance sigma2), has g_i. The *target* is the shortest vector that
interpolates the n labels, n < rank Sigma. Its risk is the mean squared error on a fresh point, without label noise.

Symbols. The effective ridge tau solves sum_i lam_i/(lam_i + tau) = n. Each direction is learnt to the share
u_i = lam_i/(lam_i + tau) and left out to zeta_i = 1 - u_i; Omega = (1/n) sum_i u_i^2.

Here: what holds for every spectrum, proved. That the risk of random designs has these deterministic equivalents is the
matter of :mod:`derivations.ildiz2025.random_designs`; the constants of the scaling laws that of
:mod:`derivations.ildiz2025.scaling`. Every claim below is an exact statement about the equivalents.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivations.ildiz2025 import scaling
from derivations.ildiz2025 import random_designs
from derivations.ildiz2025.letters import (
    FIXED_POINT,
    OMEGA,
    PAPER,
    Omega,
    S,
    b,
    fixed_point,
    g,
    lam,
    n,
    omega,
    sigma2,
    tau,
)
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Compare, Equation, Iff
from w2s_sym.evidence.derivation.derivation import Derivation
from w2s_sym.evidence.precision.precision import Precision
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.notation import symbol
from w2s_sym.formula.totals import any_spectrum, total

u, zeta = lam / (lam + tau), tau / (lam + tau)
p = total(1, S)

BELOW_ONE = Condition(Omega, "<", 1, "Omega < 1 whenever n is below the rank: see omega_is_below_one")
EVERY = Domain((S, tau, n))
RISKS = Domain((S, tau, n, Omega, sigma2), (BELOW_ONE,))
GIVEN = (FIXED_POINT, OMEGA)
# What is said of risks is said of their deterministic equivalents.
RISK_OF_RANDOM_DESIGNS = (random_designs.SURROGATE,)

# -- the fixed point -----------------------------------------------------------------------------------------

_learnt = total(u, S)
UNIQUE = Claim(
    "effective_ridge_is_unique",
    "The number of directions learnt, sum_i lam_i/(lam_i + tau), falls strictly as tau grows: at most one tau solves "
    "the fixed-point equation.",
    Compare(sp.Derivative(_learnt, tau), "<", 0),
    Domain((S, tau)),
    PAPER.at("fixed point; uniqueness"),
    (Derivation(sp.Derivative(_learnt, tau)).differentiate().bound("<", 0), Precision()),
    rivals=(Compare(sp.Derivative(_learnt, tau), "<", -1), Compare(sp.Derivative(_learnt, tau), ">", 0)),
    remark="It falls from the rank (tau to 0) to 0 (tau to infinity): one root exists exactly when n < rank. The two "
    "bounds on the effective ridge say where it lies.",
)
UPPER = Claim(
    "effective_ridge_is_below_the_trace_over_n",
    "The effective ridge is less than the trace of Sigma divided by n: n tau < sum_i lam_i.",
    Compare(n * tau, "<", total(lam, S)),
    EVERY,
    PAPER.at("fixed point; upper bound"),
    (
        Derivation(n * tau).eliminate(n, using=FIXED_POINT).bound("<", total(lam, S), by=total(lam * u, S)),
        Precision(),
    ),
    given=(FIXED_POINT,),
    rivals=(total(lam, S) - n * tau, total(lam**2, S) / total(lam, S)),
)
LOWER = Claim(
    "effective_ridge_is_above_a_harmonic_bound",
    "The effective ridge is more than the number of spare directions, rank - n, over the sum of 1/lam_i.",
    Compare(tau * total(1 / lam, S), ">", p - n),
    EVERY,
    PAPER.at("fixed point; lower bound"),
    (
        Derivation(tau * total(1 / lam, S)).bound(">", p - n, by=-total(tau * zeta / lam, S)),
        Precision(),
    ),
    given=(FIXED_POINT,),
    rivals=(p, 2 * (p - n)),
)
OMEGA_BELOW_ONE = Claim(
    "omega_is_below_one",
    "Omega < 1.",
    Compare(Omega, "<", 1),
    Domain((S, tau, n, Omega)),
    PAPER.at("variance factor"),
    (Derivation(Omega).eliminate(Omega, using=OMEGA).bound("<", 1, by=total(u * zeta, S) / n), Precision()),
    given=GIVEN,
    rivals=(sp.Rational(9, 10), n / p),
)
RIDGE_AND_SAMPLES = Claim(
    "effective_ridge_falls_with_samples",
    "Along the fixed-point equation dn/dtau = -n (1 - Omega)/tau, so that tau falls with n at the rate "
    "tau/(n (1 - Omega)).",
    Compare(sp.Derivative(_learnt, tau), "=", -n * (1 - Omega) / tau),
    Domain((S, tau, n, Omega)),
    PAPER.at("fixed point; implicit function theorem"),
    (Derivation(sp.Derivative(_learnt, tau)).differentiate(), Precision()),
    given=GIVEN,
    rivals=(-n / tau, -n * Omega / tau, -n * (1 - Omega)),
    remark="n (1 - Omega) is how many of the n labels decide tau: where it is small the equivalents are poor.",
)
_x = symbol("xi", "one more eigenvalue", positive=True)
_with_x = Equation(tau, _learnt + _x / (_x + tau) - n)
_omega_x = Equation(Omega, (total(u**2, S) + (_x / (_x + tau)) ** 2) / n - Omega)
_moved = _learnt + _x / (_x + tau)
RIDGE_AND_EIGENVALUE = Claim(
    "effective_ridge_follows_an_eigenvalue",
    "When one eigenvalue xi moves, tau moves at the rate (tau/(xi + tau))^2/(n (1 - Omega)): small "
    "eigenvalues carry the effective ridge.",
    Compare(-sp.Derivative(_moved, _x) / sp.Derivative(_moved, tau), "=", (tau / (_x + tau)) ** 2 / (n * (1 - Omega))),
    Domain((S, _x, tau, n, Omega), (BELOW_ONE,)),
    PAPER.at("fixed point; implicit function theorem"),
    (Derivation(-sp.Derivative(_moved, _x) / sp.Derivative(_moved, tau)).differentiate(), Precision()),
    given=(_with_x, _omega_x),
    rivals=((tau / (_x + tau)) / (n * (1 - Omega)), (tau / (_x + tau)) ** 2 / n),
)
_squares = total(u**2, S)
OMEGA_AND_RIDGE = Claim(
    "squares_learnt_fall_with_the_ridge",
    "The derivative of n Omega = sum_i u_i^2 in tau is -(2/tau) sum_i u_i^2 zeta_i.",
    Compare(sp.Derivative(_squares, tau), "=", -2 / tau * total(u**2 * zeta, S)),
    Domain((S, tau)),
    PAPER.at("variance factor; derivative"),
    (Derivation(sp.Derivative(_squares, tau)).differentiate(), Precision()),
    rivals=(-2 / tau * total(u * zeta, S), -1 / tau * total(u**2 * zeta, S)),
    remark="Divided by dn/dtau it is the derivative of n Omega in n.",
)

# -- Omega and isotropy --------------------------------------------------------------------------------------

_spread = total((u - n / p) ** 2, S)
OMEGA_EXCESS = Claim(
    "omega_exceeds_n_over_p_by_the_spread",
    "Omega - n/p is 1/n times the sum of (u_i - n/p)^2: it vanishes exactly when all u_i, hence all eigenvalues, are "
    "equal.",
    Compare(Omega - n / p, "=", _spread / n),
    Domain((S, tau, n, Omega)),
    PAPER.at("variance factor; equality case"),
    (Derivation(Omega - n / p).eliminate(Omega, using=OMEGA), Precision()),
    given=GIVEN,
    rivals=(_spread, total((u - n / p) ** 2, S) / p),
    remark="p is the rank. n/p is the mean of the u_i.",
)
OMEGA_LEAST = Claim(
    "omega_is_at_least_n_over_p",
    "Omega >= n/p.",
    Compare(Omega, ">=", n / p),
    Domain((S, tau, n, Omega)),
    PAPER.at("variance factor; lower bound"),
    (
        Derivation(Omega).eliminate(Omega, using=OMEGA).bound(">=", n / p, by=-_spread / n),
        Precision(),
    ),
    given=GIVEN,
    rivals=(2 * n / p, sp.sqrt(n / p)),
)
_P = symbol("p", "number of eigenvalues, all equal", positive=True)
_level = symbol("lam_0", "the eigenvalue that all directions share", r"\lambda", positive=True)
_isotropic = Equation(tau, _P * _level / (_level + tau) - n)
_isotropic_omega = Equation(Omega, _P * (_level / (_level + tau)) ** 2 / n - Omega)
ISOTROPIC = Claim(
    "isotropic_effective_ridge",
    "With p equal eigenvalues lam_0 the effective ridge is lam_0 (p - n)/n.",
    Compare(tau, "=", _level * (_P - n) / n),
    Domain((_level, tau, _P, n)),
    PAPER.at("isotropic case"),
    (Derivation(tau), Precision()),
    given=(_isotropic,),
    rivals=(_level * (_P - n) / _P, _level * n / _P),
    remark="Then u = Omega = n/p.",
)

ISOTROPIC_OMEGA = Claim(
    "isotropic_omega",
    "With p equal eigenvalues Omega = n/p.",
    Compare(Omega, "=", n / _P),
    Domain((_level, tau, _P, n, Omega)),
    PAPER.at("isotropic case"),
    (Derivation(Omega).eliminate(Omega, using=_isotropic_omega), Precision()),
    given=(_isotropic, _isotropic_omega),
    rivals=(n / (_P + n), n**2 / _P**2),
    remark="Then u = Omega in every direction, and by left_alone_iff_learnt_to_omega the optimal surrogate is the "
    "truth, whatever the truth.",
)
_one = symbol("lam_1", "an eigenvalue", r"\lambda_1", positive=True)
_two = symbol("lam_2", "another eigenvalue", r"\lambda_2", positive=True)
SHARES_DIFFER = Claim(
    "shares_are_equal_iff_eigenvalues_are",
    "Two directions are learnt to the same share iff their eigenvalues are equal.",
    Iff(Compare(_one / (_one + tau), "=", _two / (_two + tau)), Compare(_one, "=", _two)),
    Domain((_one, _two, tau)),
    PAPER.at("when the optimal surrogate is the truth"),
    (Derivation.same_sign(), Precision()),
    rivals=(Compare(_one, "=", 2 * _two), Compare(_one, "=", _two + tau)),
    remark="So u_i = Omega holds at one distinct eigenvalue at most, and true labels are optimal for every truth only "
    "if the covariance is isotropic.",
)

# -- results 1, 2, 5: the risk, and the best surrogate -------------------------------------------------------

noise = Omega / (1 - Omega) * sigma2
SG = any_spectrum("S_g", "the spectrum of Sigma with the truth b and the surrogate g on it", lam, b, g)
_GIVEN_G = (fixed_point(SG), omega(SG))
SURROGATES = Domain((SG, tau, n, Omega, sigma2), (BELOW_ONE,))


def surrogate_risk(of: sp.Expr, over: sp.Symbol) -> sp.Expr:
    """The equivalent of the target's risk when the labels come from the surrogate ``of`` (result of the paper)."""
    return total(lam * (u * of - b) ** 2, over) + Omega * (sigma2 + total(lam * zeta**2 * of**2, over)) / (1 - Omega)


standard_risk = (total(lam * zeta**2 * b**2, S) + Omega * sigma2) / (1 - Omega)
_pull = (1 - Omega) * lam**2 + Omega * tau**2
gain = (1 - Omega) * lam * (lam + tau) / _pull
optimal = total(Omega * tau**2 * lam * b**2 / _pull, S) + noise
_optimal_g = total(Omega * tau**2 * lam * b**2 / _pull, SG) + noise

STANDARD = Claim(
    "standard_risk",
    "Trained on true labels the target has the risk (sum_i lam_i zeta_i^2 b_i^2 + Omega sigma2)/(1 - Omega).",
    Compare(surrogate_risk(b, S), "=", standard_risk),
    RISKS,
    PAPER.at("standard target model", "recalled"),
    (Derivation(surrogate_risk(b, S)), Precision()),
    rests_on=RISK_OF_RANDOM_DESIGNS,
    given=GIVEN,
    rivals=(
        standard_risk * (1 - Omega),
        total(lam * zeta**2 * b**2, S) + Omega * sigma2 / (1 - Omega),
        (total(lam * zeta * b**2, S) + Omega * sigma2) / (1 - Omega),
    ),
    remark="The left side is the surrogate-to-target risk with the truth as surrogate.",
)
_bias = total(lam * zeta**2 * b**2, S)
_along = (_bias + sigma2 * _squares / _learnt) / (1 - _squares / _learnt)
_omega_rate = 2 * total(u**2 * zeta, S) / (n * (1 - Omega)) - Omega
STANDARD_RATE = Claim(
    "how_the_standard_risk_changes_with_samples",
    "Along the fixed-point equation the standard risk changes with n at the rate "
    "((2 sum_i u_i^2 zeta_i/(n (1 - Omega)) - Omega) (sum_i lam_i zeta_i^2 b_i^2 + sigma2) "
    "- 2 sum_i lam_i zeta_i^2 u_i b_i^2)/(n (1 - Omega)^2).",
    Compare(
        sp.Derivative(_along, tau) / sp.Derivative(_learnt, tau),
        "=",
        (_omega_rate * (_bias + sigma2) - 2 * total(lam * zeta**2 * u * b**2, S)) / (n * (1 - Omega) ** 2),
    ),
    RISKS,
    PAPER.at("standard target model; implicit function theorem"),
    (Derivation(sp.Derivative(_along, tau) / sp.Derivative(_learnt, tau)).differentiate(), Precision()),
    given=GIVEN,
    rests_on=RISK_OF_RANDOM_DESIGNS,
    rivals=(
        -2 * total(lam * zeta**2 * u * b**2, S) / (n * (1 - Omega) ** 2),
        (_omega_rate * _bias - 2 * total(lam * zeta**2 * u * b**2, S)) / (n * (1 - Omega) ** 2),
    ),
    remark="The risk as a function of tau, with n = sum_i u_i and Omega = (sum_i u_i^2)/n, over dn/dtau. It may rise: "
    "more labels can hurt an interpolator.",
)
_excess = total(lam * _pull / ((1 - Omega) * (lam + tau) ** 2) * (g - gain * b) ** 2, SG)
EXCESS = Claim(
    "risk_above_the_optimum_is_a_weighted_distance",
    "The risk of any surrogate exceeds the optimal risk by a sum of positive weights times (g_i - gain_i b_i)^2, where "
    "gain_i = u_i/(u_i^2 + Omega/(1 - Omega) zeta_i^2): the optimal surrogate is gain_i b_i and no other, whatever "
    "sigma2.",
    Compare(surrogate_risk(g, SG) - _optimal_g, "=", _excess),
    SURROGATES,
    PAPER.at("optimal surrogate", "recalled"),
    (Derivation(surrogate_risk(g, SG) - _optimal_g), Precision()),
    rests_on=RISK_OF_RANDOM_DESIGNS,
    given=_GIVEN_G,
    rivals=(
        total(lam * _pull / ((1 - Omega) * (lam + tau) ** 2) * (g - b) ** 2, SG),
        total(lam * _pull / (lam + tau) ** 2 * (g - gain * b) ** 2, SG),
    ),
    remark="The surrogate is an oracle: it uses the truth. It depends on n through tau and Omega.",
)
OPTIMAL = Claim(
    "no_surrogate_beats_the_optimal_one",
    "The risk of every surrogate is at least sum_i lam_i b_i^2 Omega zeta_i^2/((1 - Omega) u_i^2 + Omega zeta_i^2) + "
    "Omega sigma2/(1 - Omega).",
    Compare(surrogate_risk(g, SG), ">=", _optimal_g),
    SURROGATES,
    PAPER.at("optimal surrogate", "recalled"),
    (Derivation(surrogate_risk(g, SG)).bound(">=", _optimal_g, by=-_excess), Precision()),
    rests_on=RISK_OF_RANDOM_DESIGNS,
    given=_GIVEN_G,
    rivals=(_optimal_g + sigma2, total(lam * zeta**2 * b**2, SG) / (1 - Omega) + noise),
)
ATTAINED = Claim(
    "the_gain_attains_the_optimal_risk",
    "With g_i = gain_i b_i the risk is sum_i lam_i b_i^2 Omega zeta_i^2/((1 - Omega) u_i^2 + Omega zeta_i^2) + "
    "Omega sigma2/(1 - Omega).",
    Compare(surrogate_risk(gain * b, S), "=", optimal),
    RISKS,
    PAPER.at("optimal surrogate", "recalled"),
    (Derivation(surrogate_risk(gain * b, S)), Precision()),
    rests_on=RISK_OF_RANDOM_DESIGNS,
    given=GIVEN,
    rivals=(
        optimal + noise,
        total(Omega * tau**2 * lam * b**2 / (lam**2 + Omega * tau**2), S) + noise,
        total((1 - Omega) * tau**2 * lam * b**2 / _pull, S) + noise,
    ),
)

# -- results 3, 4: what is amplified, what shrunk ------------------------------------------------------------

LEVEL = Domain((lam, tau, Omega), (BELOW_ONE,))
AMPLIFIES = Claim(
    "amplified_iff_learnt_better_than_omega",
    "The optimal surrogate amplifies a direction (gain > 1) iff u > Omega there.",
    Iff(Compare(gain, ">", 1), Compare(u, ">", Omega)),
    LEVEL,
    PAPER.at("optimal surrogate; transition", "recalled"),
    (Derivation.same_sign(), Precision()),
    rivals=(Compare(u, ">", 1 - Omega), Compare(zeta, ">", Omega), Compare(u**2, ">", Omega)),
)
KEEPS = Claim(
    "left_alone_iff_learnt_to_omega",
    "The optimal surrogate leaves a direction alone (gain = 1) iff u = Omega there.",
    Iff(Compare(gain, "=", 1), Compare(u, "=", Omega)),
    LEVEL,
    PAPER.at("optimal surrogate; transition"),
    (Derivation.same_sign(), Precision()),
    rivals=(Compare(u, "=", 1 - Omega), Compare(u**2, "=", Omega)),
    remark="u grows with lam: this happens at one eigenvalue at most.",
)
_share = symbol("u", "share to which a direction is learnt, lam/(lam + tau)", positive=True)
_root = symbol("w", "the square root of Omega", positive=True)
_gain = _share * (1 - _root**2) / ((1 - _root**2) * _share**2 + _root**2 * (1 - _share) ** 2)
_peak = (1 + _root) / (2 * _root)
_SHARES = Domain((_share, _root), (Condition(_share, "<", 1), Condition(_root, "<", 1)))
PEAK = Claim(
    "gain_is_at_most_its_peak",
    "With Omega = w^2 the gain is at most (1 + w)/(2 w).",
    Compare(_gain, "<=", _peak),
    _SHARES,
    PAPER.at("optimal surrogate; largest gain"),
    (
        Derivation(_gain).bound(
            "<=",
            _peak,
            by=(1 + _root)
            * (_share - _root) ** 2
            / (2 * _root * ((_share - _root) ** 2 + 2 * _root * _share * (1 - _root))),
        ),
        Precision(),
    ),
    rivals=(1 / (2 * _root), (1 + _root**2) / (2 * _root)),
)
PEAK_AT = Claim(
    "gain_peaks_where_learnt_to_the_root_of_omega",
    "The gain reaches (1 + w)/(2 w), w^2 = Omega, at u = w.",
    Compare(_gain.xreplace({_share: _root}), "=", _peak),
    Domain((_root,), (Condition(_root, "<", 1),)),
    PAPER.at("optimal surrogate; largest gain"),
    (Derivation(_gain.xreplace({_share: _root})), Precision()),
    rivals=(1 / _root, (1 + _root) / 2),
)
_won = total(lam * b**2 * tau**2 * ((1 - Omega) * lam - Omega * tau) ** 2 / ((1 - Omega) * (lam + tau) ** 2 * _pull), S)
WON = Claim(
    "what_the_optimal_surrogate_wins",
    "The standard risk less the optimal risk is a sum of nonnegative terms, each zero iff b_i = 0 or u_i = Omega.",
    Compare(standard_risk - optimal, "=", _won),
    RISKS,
    PAPER.at("optimal surrogate; gain over the standard target"),
    (Derivation(standard_risk - optimal), Precision()),
    rests_on=RISK_OF_RANDOM_DESIGNS,
    given=GIVEN,
    rivals=(
        total(lam * b**2 * tau**2 * ((1 - Omega) * lam - Omega * tau) ** 2 / ((lam + tau) ** 2 * _pull), S),
        _won * (1 - Omega),
    ),
    remark="(1 - Omega) lam - Omega tau is (u - Omega)(lam + tau).",
)
BEATS = Claim(
    "weak_labels_beat_true_labels",
    "With the same n and the same noise, labels of the optimal surrogate give a risk no larger than true labels.",
    Compare(optimal, "<=", standard_risk),
    RISKS,
    PAPER.at("weak-to-strong generalization", "recalled"),
    (Derivation(optimal).bound("<=", standard_risk, by=_won), Precision()),
    rests_on=RISK_OF_RANDOM_DESIGNS,
    given=GIVEN,
    rivals=(standard_risk * (1 - Omega), total(lam * zeta**2 * b**2, S) + noise),
)
_anisotropic = Condition(p * total(lam**2, S), ">", total(lam, S) ** 2, "give the spectrum two different eigenvalues")
TRUTH_CAN_BE_OPTIMAL = Claim(
    "truth_can_be_optimal_without_isotropy",
    "There is a covariance that is not isotropic, and a truth that is not zero, for which true labels are optimal.",
    Compare(standard_risk, "=", optimal),
    Domain(
        (S, tau, n, Omega, sigma2),
        (BELOW_ONE, _anisotropic, Condition(total(b**2, S), ">", 0, "give the truth a coefficient")),
    ),
    PAPER.at("when the optimal surrogate is the truth; counter-example"),
    (Precision(),),
    rests_on=RISK_OF_RANDOM_DESIGNS,
    given=GIVEN,
    witness={
        S: ((1, 3, 0), (8, sp.Rational(5, 3), 1), (1, sp.Rational(1, 3), 0)),
        tau: 1,
        n: 6,
        Omega: sp.Rational(5, 8),
        sigma2: 0,
    },
    rivals=(standard_risk * (1 - Omega), 2 * optimal),
    remark="Eigenvalues 3, 5/3 (eight times), 1/3 with n = 6: tau = 1 and Omega = 5/8 = u on the middle level, where "
    "the truth lives. For every truth at once it needs an isotropic covariance.",
)

# -- result 6: the optimal mask ------------------------------------------------------------------------------

m = symbol("m", "1 where the mask keeps the direction, 0 where it drops it", "m_i", nonnegative=True)
SM = any_spectrum(
    "S_m",
    "the spectrum of Sigma with the truth b and a mask m on it",
    lam,
    b,
    m,
    conditions=(Condition(m, "<=", 1, "a mask is 0 or 1"),),
)
_cost = zeta**2 / (1 - Omega)
_masked = total(lam * b**2 * ((1 - m) + m * _cost), SM) + noise
_best_mask = total(lam * b**2 * sp.Min(1, _cost), SM) + noise
mask_risk = total(lam * b**2 * sp.Min(1, _cost), S) + noise
MASK = Claim(
    "no_mask_beats_the_optimal_one",
    "To keep a direction of the truth costs lam_i b_i^2 zeta_i^2/(1 - Omega), to drop it lam_i b_i^2: no mask has a "
    "risk below the sum of the smaller costs plus Omega sigma2/(1 - Omega).",
    Compare(_masked, ">=", _best_mask),
    Domain((SM, tau, n, Omega, sigma2), (BELOW_ONE,)),
    PAPER.at("optimal mask", "recalled"),
    (
        Derivation(_masked).bound(
            ">=", _best_mask, by=-total(lam * b**2 * ((1 - m) * sp.Max(0, 1 - _cost) + m * sp.Max(0, _cost - 1)), SM)
        ),
        Precision(),
    ),
    rests_on=RISK_OF_RANDOM_DESIGNS,
    given=(fixed_point(SM), omega(SM)),
    rivals=(_best_mask + sigma2, total(lam * b**2 * _cost, SM) + noise),
    remark="By exchange, direction by direction; masks with 0 <= m <= 1 that mix both costs are covered too.",
)
MASK_COST = Claim(
    "masked_risk_is_the_sum_of_its_costs",
    "A surrogate that keeps (m = 1) or drops (m = 0) each coefficient of the truth has the risk of keeping what it "
    "keeps and dropping what it drops.",
    Compare(
        total(lam * (m * (u - 1) ** 2 + (1 - m)) * b**2, SM)
        + Omega * (sigma2 + total(lam * zeta**2 * m * b**2, SM)) / (1 - Omega),
        "=",
        _masked,
    ),
    Domain((SM, tau, n, Omega, sigma2), (BELOW_ONE,)),
    PAPER.at("optimal mask"),
    (
        Derivation(
            total(lam * (m * (u - 1) ** 2 + (1 - m)) * b**2, SM)
            + Omega * (sigma2 + total(lam * zeta**2 * m * b**2, SM)) / (1 - Omega)
        ),
        Precision(),
    ),
    rests_on=RISK_OF_RANDOM_DESIGNS,
    given=(fixed_point(SM), omega(SM)),
    rivals=(_masked - noise, total(lam * b**2 * ((1 - m) + m * zeta**2), SM) + noise),
    remark="The left side is the surrogate-to-target risk with m^2 = m, as it is for 0 and 1.",
)
MASK_KEEPS = Claim(
    "kept_iff_learnt_well_enough",
    "To keep a direction is cheaper than to drop it iff 1 - zeta^2 > Omega.",
    Iff(Compare(zeta**2 / (1 - Omega), "<", 1), Compare(1 - zeta**2, ">", Omega)),
    LEVEL,
    PAPER.at("optimal mask; threshold", "recalled"),
    (Derivation.same_sign(), Precision()),
    rivals=(Compare(1 - zeta, ">", Omega), Compare(1 - zeta**2, ">", 1 - Omega), Compare(u**2, ">", Omega)),
    remark="At equality both cost the same. The mask keeps more directions than the optimal surrogate amplifies.",
)
_dropped = total(lam * b**2 * sp.Max(0, _cost - 1), S)
MASK_WINS = Claim(
    "what_the_optimal_mask_wins",
    "The standard risk less the risk of the optimal mask is the sum of lam_i b_i^2 (zeta_i^2/(1 - Omega) - 1) over the "
    "directions where that is positive: the mask is strictly better iff some b_i != 0 has zeta_i^2 > 1 - Omega.",
    Compare(standard_risk - mask_risk, "=", _dropped),
    RISKS,
    PAPER.at("optimal mask; gain over the standard target", "recalled"),
    (Derivation(standard_risk - mask_risk), Precision()),
    rests_on=RISK_OF_RANDOM_DESIGNS,
    given=GIVEN,
    rivals=(_dropped * (1 - Omega), total(lam * b**2 * sp.Max(0, zeta - Omega), S)),
)
MASK_ABOVE = Claim(
    "optimal_surrogate_beats_every_mask",
    "The optimal risk is at most that of the optimal mask.",
    Compare(optimal, "<=", mask_risk),
    RISKS,
    PAPER.at("optimal mask and optimal surrogate"),
    (
        Derivation(optimal).bound(
            "<=",
            mask_risk,
            by=total(
                lam
                * b**2
                * sp.Min(
                    (1 - Omega) * lam**2 / _pull,
                    tau**2 * ((1 - Omega) * lam - Omega * tau) ** 2 / ((1 - Omega) * (lam + tau) ** 2 * _pull),
                ),
                S,
            ),
        ),
        Precision(),
    ),
    rests_on=RISK_OF_RANDOM_DESIGNS,
    given=GIVEN,
    rivals=(standard_risk * (1 - Omega),),
)

CLAIMS = (
    UNIQUE,
    UPPER,
    LOWER,
    RIDGE_AND_SAMPLES,
    RIDGE_AND_EIGENVALUE,
    OMEGA_AND_RIDGE,
    OMEGA_BELOW_ONE,
    OMEGA_EXCESS,
    OMEGA_LEAST,
    ISOTROPIC,
    ISOTROPIC_OMEGA,
    SHARES_DIFFER,
    STANDARD,
    STANDARD_RATE,
    EXCESS,
    OPTIMAL,
    ATTAINED,
    AMPLIFIES,
    KEEPS,
    PEAK,
    PEAK_AT,
    WON,
    BEATS,
    TRUTH_CAN_BE_OPTIMAL,
    MASK_COST,
    MASK,
    MASK_KEEPS,
    MASK_WINS,
    MASK_ABOVE,
    *random_designs.CLAIMS,
    *scaling.CLAIMS,
)


def __getattr__(name: str) -> Any:
    if name == "FIGURES":  # not at the top: the figures draw these claims
        from derivations.ildiz2025.figures import FIGURES

        return FIGURES
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
