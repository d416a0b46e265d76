"""One stage: the shares that a random design learns, and the risk of a target of any surrogate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from derivations.classics.designs import designs, learnt_share, target_risk
from derivations.ildiz2025.letters import (
    BELOW_ONE,
    BELOW_RANK,
    FIXED_POINT,
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
from derivations.ildiz2025.random_designs.estimators import (
    CORE,
    DIAGONAL,
    WITH_SURROGATE,
    from_surrogate,
    seen,
    standard,
)
from derivations.ildiz2025.random_designs.instances import (
    LIMIT,
    mean_of,
    n_whole,
    on_large_levels,
    on_levels,
    simulation,
)
from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Quantity,
    Sample,
    Setting,
    Simulation,
    equivalents,
    gaussian,
    projector,
    symbol,
    total,
    tr,
)


def _seen(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """b'Pb, averaged over the signs of the coordinates of b."""
    held = point["S"]
    return np.asarray(learnt_share(rng, held["lam"], size, draws) @ held["b"] ** 2)


PROJECTOR = Claim(
    "row_space_holds_the_share_u_of_each_direction",
    r"In the limit, the projector $P$ on the row space of $n$ points, $n$ below the rank, holds $b^\top P b = "
    r"\sum_i u_i b_i^2$ of any fixed vector $b$ in the mean: $u_i = \lambda_i/(\lambda_i + \tau)$ is the share of "
    r"direction $i$ that $n$ points show, and $\tau$ is what makes the shares add up to $n$.",
    Compare(
        mean_of("m_P", r"\mathbb{E}\,\beta^{\top}P\beta", r"mean of $b^\top P b$, $P = X^\top (X X^\top)^{-1} X$"),
        "=",
        total(u * b**2, S),
    ),
    Domain((S, tau, n), (BELOW_RANK,)),
    PAPER.at("the law of the ridgeless interpolator"),
    (
        simulation(_seen, on_large_levels, (4, 8, 16, 32)),
        equivalents.FromEstimator(seen, DIAGONAL, CORE),
    ),
    kind="equivalent",
    given=(FIXED_POINT,),
    rivals=(n / p * total(b**2, S), total(u**2 * b**2, S), total(zeta * b**2, S)),
    remark=LIMIT + r"The shares add up exactly: $\operatorname{tr} P = n$, see "
    r"row_space_of_n_points_has_n_dimensions.",
)

p_whole = symbol("p", "number of eigenvalues", integer=True, positive=True)
Zt = gaussian("Z", p_whole, n_whole)
trace_of_projector = Quantity(
    symbol("m_trP", r"the mean of $\operatorname{tr} P$", r"\mathbb{E}\operatorname{tr}P", real=True),
    r"mean of $\operatorname{tr} P$",
    tr(projector(Zt)),
    Setting((Sample.of(p_whole, (Zt,)),), (), lambda point, rng: {}),
)
PROJECTOR_TRACE = Claim(
    "row_space_of_n_points_has_n_dimensions",
    r"The projector on the span of $n \le p$ Gaussian points has the trace $n$, in every draw.",
    Compare(trace_of_projector, "=", n_whole),
    Domain((p_whole, n_whole), (Condition(p_whole, ">=", n_whole, "take fewer points"),)),
    PAPER.at("fixed point; what tau means"),
    (Derivation(trace_of_projector).in_names(), Simulation(at=({p_whole: 9, n_whole: 4}, {p_whole: 7, n_whole: 2}))),
    rivals=(p_whole, n_whole - 1, n_whole**2 / p_whole),
    remark=r"Cyclic algebra: it holds for rows of any covariance, so the shares $\lambda_i/(\lambda_i + \tau)$ of "
    r"the limit must add up to $n$.",
)

# -- results 1 and 2: the risk -------------------------------------------------------------------------------


def draw_standard(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of the target trained on true labels, one for each draw; averaged over signs and label noise."""
    held = point["S"]
    made = designs(rng, held["lam"], size, draws)
    return target_risk(made, held["lam"], held["b"], held["b"], point["sigma2"])


def draw_from_surrogate(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of the target trained on labels of a surrogate, one for each draw; averaged likewise."""
    held = point["S_g"]
    made = designs(rng, held["lam"], size, draws)
    return target_risk(made, held["lam"], held["b"], held["g"], point["sigma2"])


STANDARD = Claim(
    "standard_risk_of_random_designs",
    r"In the limit, the mean risk of the shortest interpolator of $n$ true labels, $n$ below the rank, is "
    r"$(\sum_i \lambda_i \zeta_i^2 \beta_i^2 + \Omega \sigma^2)/(1 - \Omega)$ with $\zeta_i = \tau/(\lambda_i + "
    r"\tau)$.",
    Compare(mean_of("R", r"\mathbb{E}R", "mean risk of the target trained on true labels"), "=", standard_risk),
    Domain((S, tau, n, Omega, sigma2), (BELOW_RANK, BELOW_ONE)),
    PAPER.at("standard target model"),
    (
        simulation(draw_standard, on_levels("S", "lam", "b")),
        equivalents.FromEstimator(standard, DIAGONAL, CORE),
    ),
    kind="equivalent",
    given=GIVEN,
    rivals=(
        total(lam * zeta**2 * b**2, S) + Omega * sigma2,
        total(lam * zeta**2 * b**2, S) + Omega * sigma2 / (1 - Omega),
        (total(lam * zeta**2 * b**2, S) + sigma2) / (1 - Omega),
        (total(lam * zeta * b**2, S) + Omega * sigma2) / (1 - Omega),
    ),
    remark=LIMIT + "In a simulation the label noise and the signs of the coordinates are averaged exactly.",
)
_from_g = surrogate_risk(g, SG)
SURROGATE = Claim(
    "surrogate_to_target_risk_of_random_designs",
    r"In the limit, with $n$ below the rank, the mean risk of the target that interpolates the labels of a fixed "
    r"surrogate $\beta^s$ is $\sum_i \lambda_i (u_i \beta^s_i - \beta_i)^2 + \Omega (\sigma^2 + \sum_i \lambda_i "
    r"\zeta_i^2 (\beta^s_i)^2)/(1 - \Omega)$ with $u_i = \lambda_i/(\lambda_i + \tau)$ and $\zeta_i = 1 - u_i$.",
    Compare(
        mean_of("R_g", r"\mathbb{E}R(\beta^s)", "mean risk of the target trained on surrogate labels"), "=", _from_g
    ),
    Domain((SG, tau, n, Omega, sigma2), (below_rank(SG), BELOW_ONE)),
    PAPER.at("surrogate-to-target model", "recalled"),
    (
        simulation(draw_from_surrogate, on_levels("S_g", "lam", "b", "g")),
        equivalents.FromEstimator(from_surrogate, WITH_SURROGATE, CORE),
    ),
    kind="equivalent",
    given=GIVEN_G,
    rivals=(
        _from_g.xreplace({1 / (1 - Omega): sp.S.One}),
        total(lam * (u * g - b) ** 2, SG) + Omega * sigma2 / (1 - Omega),
        total(lam * (g - b) ** 2, SG) + Omega * (sigma2 + total(lam * zeta**2 * g**2, SG)) / (1 - Omega),
        total(lam * (u * g - b) ** 2, SG) + Omega * (sigma2 + total(lam * zeta**2 * b**2, SG)) / (1 - Omega),
        surrogate_risk(b, SG),
    ),
    remark=LIMIT
    + "The surrogate is independent of the $n$ points. It is not of the truth: it may be any function of it.",
)
