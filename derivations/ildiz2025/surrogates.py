"""The risk of any surrogate and the best one: what it amplifies, what it shrinks, what it wins."""

from __future__ import annotations

import sympy as sp

from derivations.ildiz2025.effective_ridge import RISKS, total_learnt, total_squares
from derivations.ildiz2025.letters import (
    ALONG,
    BELOW_ONE,
    BELOW_RANK,
    GIVEN,
    GIVEN_G,
    PAPER,
    SG,
    Omega,
    S,
    b,
    below_rank,
    g,
    lam,
    n,
    p,
    sigma2,
    standard_risk,
    surrogate_risk,
    tau,
    u,
    zeta,
)
from derivations.ildiz2025.random_designs.one_stage import SURROGATE
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Iff, Precision, symbol, total

# What is said of risks is said of their deterministic equivalents.
RISK_OF_RANDOM_DESIGNS = (SURROGATE,)
noise = Omega / (1 - Omega) * sigma2
SURROGATES = Domain((SG, tau, n, Omega, sigma2), (below_rank(SG), BELOW_ONE))


pull = (1 - Omega) * lam**2 + Omega * tau**2
gain = (1 - Omega) * lam * (lam + tau) / pull
optimal = total(Omega * tau**2 * lam * b**2 / pull, S) + noise
_optimal_g = total(Omega * tau**2 * lam * b**2 / pull, SG) + noise

STANDARD = Claim(
    "standard_risk",
    r"Trained on $n$ true labels, $n$ below the rank, the target has the risk $(\sum_i \lambda_i \zeta_i^2 "
    r"\beta_i^2 + \Omega \sigma^2)/(1 - \Omega)$ with $\zeta_i = \tau/(\lambda_i + \tau)$.",
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
_along = (_bias + sigma2 * total_squares / total_learnt) / (1 - total_squares / total_learnt)
_omega_rate = 2 * total(u**2 * zeta, S) / (n * (1 - Omega)) - Omega
STANDARD_RATE = Claim(
    "how_the_standard_risk_changes_with_samples",
    r"With $u_i = \lambda_i/(\lambda_i + \tau)$ and $\zeta_i = 1 - u_i$, along the fixed-point equation the "
    r"standard risk changes with $n$ at the rate $((2 \sum_i u_i^2 \zeta_i/(n (1 - \Omega)) - \Omega)(\sum_i "
    r"\lambda_i \zeta_i^2 \beta_i^2 + \sigma^2) - 2 \sum_i \lambda_i \zeta_i^2 u_i \beta_i^2)/(n (1 - \Omega)^2)$.",
    Compare(
        sp.Derivative(_along, tau) / sp.Derivative(total_learnt, tau),
        "=",
        (_omega_rate * (_bias + sigma2) - 2 * total(lam * zeta**2 * u * b**2, S)) / (n * (1 - Omega) ** 2),
    ),
    Domain((S, tau, n, Omega, sigma2), (BELOW_ONE,)),
    PAPER.at("standard target model; implicit function theorem"),
    (Derivation(sp.Derivative(_along, tau) / sp.Derivative(total_learnt, tau)).differentiate(), Precision()),
    given=ALONG,
    rests_on=RISK_OF_RANDOM_DESIGNS,
    rivals=(
        -2 * total(lam * zeta**2 * u * b**2, S) / (n * (1 - Omega) ** 2),
        (_omega_rate * _bias - 2 * total(lam * zeta**2 * u * b**2, S)) / (n * (1 - Omega) ** 2),
    ),
    remark=r"The risk as a function of $\tau$, with $n = \sum_i u_i$ and $\Omega = (\sum_i u_i^2)/n$, over $d "
    r"n/d\tau$. It may rise: more labels can hurt an interpolator.",
)
_excess = total(lam * pull / ((1 - Omega) * (lam + tau) ** 2) * (g - gain * b) ** 2, SG)
EXCESS = Claim(
    "risk_above_the_optimum_is_a_weighted_distance",
    r"With $n$ below the rank, the risk of any surrogate $\beta^s$ exceeds the optimal risk by a sum of positive "
    r"weights times $(\beta^s_i - \gamma_i \beta_i)^2$, where $\gamma_i = u_i/(u_i^2 + (\Omega/(1 - \Omega)) "
    r"\zeta_i^2)$, $u_i = \lambda_i/(\lambda_i + \tau)$, $\zeta_i = 1 - u_i$: the optimal surrogate is $\gamma_i "
    r"\beta_i$ and no other, whatever $\sigma^2$.",
    Compare(surrogate_risk(g, SG) - _optimal_g, "=", _excess),
    SURROGATES,
    PAPER.at("optimal surrogate", "recalled"),
    (Derivation(surrogate_risk(g, SG) - _optimal_g), Precision()),
    rests_on=RISK_OF_RANDOM_DESIGNS,
    given=GIVEN_G,
    rivals=(
        total(lam * pull / ((1 - Omega) * (lam + tau) ** 2) * (g - b) ** 2, SG),
        total(lam * pull / (lam + tau) ** 2 * (g - gain * b) ** 2, SG),
    ),
    remark=r"The surrogate is an oracle: it uses the truth. It depends on $n$ through $\tau$ and $\Omega$.",
)
OPTIMAL = Claim(
    "no_surrogate_beats_the_optimal_one",
    r"With $n$ below the rank, $u_i = \lambda_i/(\lambda_i + \tau)$ and $\zeta_i = 1 - u_i$, the risk of every "
    r"surrogate is at least $\sum_i \lambda_i \beta_i^2 \Omega \zeta_i^2/((1 - \Omega) u_i^2 + \Omega \zeta_i^2) "
    r"+ \Omega \sigma^2/(1 - \Omega)$.",
    Compare(surrogate_risk(g, SG), ">=", _optimal_g),
    SURROGATES,
    PAPER.at("optimal surrogate", "recalled"),
    (Derivation(surrogate_risk(g, SG)).bound(">=", _optimal_g, by=-_excess), Precision()),
    rests_on=RISK_OF_RANDOM_DESIGNS,
    given=GIVEN_G,
    rivals=(_optimal_g + sigma2, total(lam * zeta**2 * b**2, SG) / (1 - Omega) + noise),
)
ATTAINED = Claim(
    "the_gain_attains_the_optimal_risk",
    r"With $n$ below the rank, $u_i = \lambda_i/(\lambda_i + \tau)$, $\zeta_i = 1 - u_i$ and the surrogate "
    r"$\beta^s_i = \beta_i u_i/(u_i^2 + (\Omega/(1 - \Omega)) \zeta_i^2)$, the risk is $\sum_i \lambda_i "
    r"\beta_i^2 \Omega \zeta_i^2/((1 - \Omega) u_i^2 + \Omega \zeta_i^2) + \Omega \sigma^2/(1 - \Omega)$.",
    Compare(surrogate_risk(gain * b, S), "=", optimal),
    RISKS,
    PAPER.at("optimal surrogate", "recalled"),
    (Derivation(surrogate_risk(gain * b, S)), Precision()),
    rests_on=RISK_OF_RANDOM_DESIGNS,
    given=GIVEN,
    rivals=(
        optimal + noise,
        total(Omega * tau**2 * lam * b**2 / (lam**2 + Omega * tau**2), S) + noise,
        total((1 - Omega) * tau**2 * lam * b**2 / pull, S) + noise,
    ),
)

# -- results 3, 4: what is amplified, what shrunk ------------------------------------------------------------

LEVEL = Domain((lam, tau, Omega), (BELOW_ONE,))
AMPLIFIES = Claim(
    "amplified_iff_learnt_better_than_omega",
    r"The optimal surrogate amplifies a direction if and only if it is learnt to a share $u = \lambda/(\lambda + "
    r"\tau) > \Omega$.",
    Iff(Compare(gain, ">", 1), Compare(u, ">", Omega)),
    LEVEL,
    PAPER.at("optimal surrogate; transition", "recalled"),
    (Derivation.same_sign(), Precision()),
    rivals=(Compare(u, ">", 1 - Omega), Compare(zeta, ">", Omega), Compare(u**2, ">", Omega)),
)
KEEPS = Claim(
    "left_alone_iff_learnt_to_omega",
    r"The optimal surrogate leaves a direction alone if and only if it is learnt to the share $u = "
    r"\lambda/(\lambda + \tau) = \Omega$.",
    Iff(Compare(gain, "=", 1), Compare(u, "=", Omega)),
    LEVEL,
    PAPER.at("optimal surrogate; transition"),
    (Derivation.same_sign(), Precision()),
    rivals=(Compare(u, "=", 1 - Omega), Compare(u**2, "=", Omega)),
    remark=r"$u$ grows with $\lambda$: this happens at one eigenvalue at most.",
)
_share = symbol("u", r"share to which a direction is learnt, $\lambda/(\lambda + \tau)$", positive=True)
_root = symbol("w", r"the square root of $\Omega$", positive=True)
_gain = _share * (1 - _root**2) / ((1 - _root**2) * _share**2 + _root**2 * (1 - _share) ** 2)
_peak = (1 + _root) / (2 * _root)
_SHARES = Domain((_share, _root), (Condition(_share, "<", 1), Condition(_root, "<", 1)))
PEAK = Claim(
    "gain_is_at_most_its_peak",
    r"With $\Omega = w^2$ the optimal surrogate amplifies no direction by more than $(1 + w)/(2 w)$.",
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
    r"With $\Omega = w^2$ the optimal surrogate amplifies by $(1 + w)/(2 w)$ at $u = w$.",
    Compare(_gain.xreplace({_share: _root}), "=", _peak),
    Domain((_root,), (Condition(_root, "<", 1),)),
    PAPER.at("optimal surrogate; largest gain"),
    (Derivation(_gain.xreplace({_share: _root})), Precision()),
    rivals=(1 / _root, (1 + _root) / 2),
)
_won = total(lam * b**2 * tau**2 * ((1 - Omega) * lam - Omega * tau) ** 2 / ((1 - Omega) * (lam + tau) ** 2 * pull), S)
WON = Claim(
    "what_the_optimal_surrogate_wins",
    r"With $n$ below the rank, the standard risk minus the optimal risk is a sum of nonnegative terms, each zero "
    r"if and only if $\beta_i = 0$ or $\lambda_i/(\lambda_i + \tau) = \Omega$.",
    Compare(standard_risk - optimal, "=", _won),
    RISKS,
    PAPER.at("optimal surrogate; gain over the standard target"),
    (Derivation(standard_risk - optimal), Precision()),
    rests_on=RISK_OF_RANDOM_DESIGNS,
    given=GIVEN,
    rivals=(
        total(lam * b**2 * tau**2 * ((1 - Omega) * lam - Omega * tau) ** 2 / ((lam + tau) ** 2 * pull), S),
        _won * (1 - Omega),
    ),
    remark=r"$(1 - \Omega) \lambda_i - \Omega \tau$ is $(u_i - \Omega)(\lambda_i + \tau)$ with $u_i = "
    r"\lambda_i/(\lambda_i + \tau)$.",
)
BEATS = Claim(
    "weak_labels_beat_true_labels",
    "With the same $n$ below the rank and the same noise, labels of the optimal surrogate give a risk no larger "
    "than true labels.",
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
        (BELOW_RANK, BELOW_ONE, _anisotropic, Condition(total(b**2, S), ">", 0, "give the truth a coefficient")),
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
    remark=r"Eigenvalues 3, $5/3$ (eight times), $1/3$ with $n = 6$: $\tau = 1$ and $\Omega = 5/8 = "
    r"\lambda/(\lambda + \tau)$ on the middle level, where the truth lives. For every truth at once it "
    r"needs an isotropic covariance.",
)
