"""The optimal mask of the truth, and what pruning costs."""

from __future__ import annotations

import sympy as sp

from derivations.ildiz2025.effective_ridge import RISKS
from derivations.ildiz2025.letters import (
    BELOW_ONE,
    GIVEN,
    PAPER,
    Omega,
    S,
    b,
    below_rank,
    fixed_point,
    lam,
    n,
    omega,
    sigma2,
    standard_risk,
    tau,
    u,
    zeta,
)
from derivations.ildiz2025.surrogates import LEVEL, RISK_OF_RANDOM_DESIGNS, noise, optimal, pull
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Iff, Precision, any_spectrum, symbol, total

m = symbol("m", "1 where the mask keeps the direction, 0 where it drops it", "m_i", nonnegative=True)
SM = any_spectrum(
    "S_m",
    r"the spectrum of $\Sigma$ with the truth $\beta$ and a mask $m$ on it",
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
    r"With $n$ below the rank and $\zeta_i = \tau/(\lambda_i + \tau)$, to keep a direction of the truth costs "
    r"$\lambda_i \beta_i^2 \zeta_i^2/(1 - \Omega)$, and to drop it costs $\lambda_i \beta_i^2$: no mask has a "
    r"risk below the sum of the smaller costs plus $\Omega \sigma^2/(1 - \Omega)$.",
    Compare(_masked, ">=", _best_mask),
    Domain((SM, tau, n, Omega, sigma2), (below_rank(SM), BELOW_ONE)),
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
    remark=r"By exchange, direction by direction; masks with $0 \le m_i \le 1$ that mix both costs are covered "
    r"too.",
)
MASK_COST = Claim(
    "masked_risk_is_the_sum_of_its_costs",
    "With $n$ below the rank, a surrogate that keeps ($m_i = 1$) or drops ($m_i = 0$) each coefficient of the "
    "truth has the risk of keeping what it keeps and dropping what it drops.",
    Compare(
        total(lam * (m * (u - 1) ** 2 + (1 - m)) * b**2, SM)
        + Omega * (sigma2 + total(lam * zeta**2 * m * b**2, SM)) / (1 - Omega),
        "=",
        _masked,
    ),
    Domain((SM, tau, n, Omega, sigma2), (below_rank(SM), BELOW_ONE)),
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
    remark="The left side is the surrogate-to-target risk with $m_i^2 = m_i$, as it is for 0 and 1.",
)
MASK_KEEPS = Claim(
    "kept_iff_learnt_well_enough",
    r"With $\zeta = \tau/(\lambda + \tau)$, to keep a direction is cheaper than to drop it if and only if $1 - "
    r"\zeta^2 > \Omega$.",
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
    r"With $n$ below the rank and $\zeta_i = \tau/(\lambda_i + \tau)$, the standard risk minus the risk of the "
    r"optimal mask is the sum of $\lambda_i \beta_i^2 (\zeta_i^2/(1 - \Omega) - 1)$ over the directions where "
    r"that is positive: the mask is strictly better if and only if some $\beta_i \ne 0$ has $\zeta_i^2 > 1 - "
    r"\Omega$.",
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
    "With n below the rank, the optimal risk is at most that of the optimal mask.",
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
                    (1 - Omega) * lam**2 / pull,
                    tau**2 * ((1 - Omega) * lam - Omega * tau) ** 2 / ((1 - Omega) * (lam + tau) ** 2 * pull),
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
