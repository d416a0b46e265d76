"""Two stages when the surrogate has more points than dimensions: it is least squares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from derivations.ildiz2025.letters import BELOW_ONE, PAPER, Omega, sigma2
from derivations.ildiz2025.random_designs.one_stage import SURROGATE, p_whole
from derivations.ildiz2025.random_designs.two_stages import (
    A_t,
    I_p,
    Sigma_t,
    beta,
    integer_matrices,
    m_whole,
    risk_word,
    sigma_s2,
    trace_word,
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
    fixed,
    gaussian,
    identity,
    pinv,
    symbol,
    tr,
)

_Zm, _zm = gaussian("Z_m", m_whole, p_whole), gaussian("z_m", m_whole, 1)
ONE = identity(sp.Integer(1))
_STAGE = Sample.of(m_whole, (_Zm, _zm), {(_zm, _zm): sigma_s2 * ONE})
_J = fixed("J", p_whole, p_whole)
_surrogate = beta + _J @ pinv(_Zm) @ _zm
_deviation = _surrogate - beta
_full = trace_word("t_0", r"\|\Sigma_t^{1/2}(I-A)\beta\|^2", r"$\|\Sigma_t^{1/2} (I - A) \beta\|^2$")
_spread_J = trace_word(
    "t_1",
    r"\operatorname{tr}(A^{\top}\Sigma_tA\Sigma_s^{-1})",
    r"$\operatorname{tr}(A^\top "
    r"\Sigma_t A \Sigma_s^{-1})$",
)
_missed_J = trace_word(
    "t_2",
    r"\operatorname{tr}((I-A)^{\top}\Sigma_t(I-A)\Sigma_s^{-1})",
    r"$\operatorname{tr}((I - A)^\top \Sigma_t (I - A) \Sigma_s^{-1})$",
)
_against = trace_word(
    "t_3",
    r"\operatorname{tr}(\Sigma_t\Sigma_s^{-1})",
    r"$\operatorname{tr}(\Sigma_t "
    r"\Sigma_s^{-1})$",
)
_MANY = Condition(m_whole, ">", p_whole + 1, "the covariance of the surrogate is infinite otherwise; take more points")


def _invertible(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """The matrices above with J = Sigma_s^{-1/2} up to a rotation: lower triangular, so that it has an inverse."""
    made = integer_matrices(point, rng)
    made["J"] = np.tril(made["J"], -1) + np.eye(int(point["p"]))
    return made


_LEAST_SQUARES = Setting(
    (_STAGE,),
    (
        (_against, tr(_J.T @ Sigma_t @ _J)),
        (_full, tr(beta.T @ (I_p - A_t).T @ Sigma_t @ (I_p - A_t) @ beta)),
        (_spread_J, tr(_J.T @ A_t.T @ Sigma_t @ A_t @ _J)),
        (_missed_J, tr(_J.T @ (I_p - A_t).T @ Sigma_t @ (I_p - A_t) @ _J)),
    ),
    _invertible,
)


def least_squares_fit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The shortest least-squares coefficients of y on the rows of x."""
    return np.asarray(np.linalg.lstsq(x, y, rcond=None)[0])


def literal_surrogate(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """Sigma_t-length of the deviation of least squares on X = Z Sigma_s^{1/2}, where J Sigma_s^{1/2} = I."""
    x = a["Z_m"] @ np.linalg.inv(a["J"]).astype(float)
    off = least_squares_fit(x, x @ a["beta"] + a["z_m"]) - a["beta"]
    return float((off.T @ a["Sigma"] @ off).item())


surrogate_deviation = Quantity(
    symbol(
        "D_s",
        r"mean of the squared length of $\beta^s - \beta$ in $\Sigma_t$",
        r"\mathbb{E}\|\Sigma_t^{1/2}(\beta^s-\beta)\|^2",
        real=True,
    ),
    r"mean of $(\beta^s - \beta)^\top \Sigma_t (\beta^s - \beta)$, $\beta^s$ least squares on $m$ points of $N(0, "
    r"\Sigma_s)$",
    tr(_deviation.T @ Sigma_t @ _deviation),
    _LEAST_SQUARES,
    literal_surrogate,
)
_few = m_whole - p_whole - 1
LEAST_SQUARES = Claim(
    "surrogate_of_many_points_has_the_inverse_wishart_covariance",
    r"For $m > p + 1$ the surrogate's mean squared deviation from the truth, in any $\Sigma_t$, is $\sigma_s^2 "
    r"\operatorname{tr}(\Sigma_t \Sigma_s^{-1})/(m - p - 1)$.",
    Compare(surrogate_deviation, "=", sigma_s2 * _against / _few),
    Domain((p_whole, m_whole, sigma_s2, _against), (_MANY,)),
    PAPER.at("two-stage model; many points"),
    (
        Derivation(surrogate_deviation).expect(_zm).expect_gram_inverse(_Zm).in_names(),
        Simulation(at=({p_whole: 3, m_whole: 24},), average=("z_m",)),
    ),
    rivals=(
        sigma_s2 * _against / m_whole,
        sigma_s2 * _against / (m_whole - p_whole),
        sigma_s2 * _against / (m_whole - p_whole - 2),
    ),
    remark=r"As $\Sigma_t$ is arbitrary, the covariance is $\sigma_s^2 \Sigma_s^{-1}/(m - p - 1)$; the mean is "
    r"the truth, as the noise is centred. $J$ stands for $\Sigma_s^{-1/2}$: the points are $Z J^{-1}$ with "
    r"whitened $Z$.",
)
many_points = Quantity(
    symbol("R_m", "mean risk of the second stage", r"\mathbb{E}_{s}R", real=True),
    "mean of the surrogate-to-target risk in matrix form over surrogates that are least squares on $m$ points",
    risk_word(_surrogate),
    _LEAST_SQUARES,
)
_many_risk = _full + Omega / (1 - Omega) * (sigma2 + _full)
MANY = Claim(
    "two_stage_risk_of_many_surrogate_points",
    r"For $m > p + 1$ the surrogate-to-target risk in matrix form has the mean $\|\Sigma_t^{1/2} (I - A) "
    r"\beta\|^2/(1 - \Omega) + \Omega \sigma^2/(1 - \Omega) + (\sigma_s^2/(m - p - 1)) (\operatorname{tr}(A^\top "
    r"\Sigma_t A \Sigma_s^{-1}) + (\Omega/(1 - \Omega)) \operatorname{tr}((I - A)^\top \Sigma_t (I - A) "
    r"\Sigma_s^{-1}))$, exactly.",
    Compare(
        many_points,
        "=",
        _full / (1 - Omega)
        + Omega * sigma2 / (1 - Omega)
        + sigma_s2 / _few * (_spread_J + Omega / (1 - Omega) * _missed_J),
    ),
    Domain((p_whole, m_whole, Omega, sigma2, sigma_s2, _full, _spread_J, _missed_J), (_MANY, BELOW_ONE)),
    PAPER.at("two-stage model; many points"),
    (
        Derivation(many_points).expect(_zm).expect_gram_inverse(_Zm).in_names(),
        Simulation(at=({p_whole: 1, m_whole: 16}, {p_whole: 2, m_whole: 20}), average=("z_m",)),
    ),
    rests_on=(LEAST_SQUARES, SURROGATE),
    rivals=(
        _many_risk,
        _many_risk + sigma_s2 / _few * _spread_J,
        _many_risk + sigma_s2 / (m_whole - p_whole) * (_spread_J + Omega / (1 - Omega) * _missed_J),
    ),
    remark=r"Exact given the surrogate-to-target equivalent, in which $A$ and $\Omega$ are those of the second "
    r"stage.",
)
