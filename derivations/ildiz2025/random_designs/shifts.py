"""Model shift and covariance shift."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from derivations.classics.designs import shifted_risk
from derivations.ildiz2025.letters import (
    BELOW_ONE,
    PAPER,
    Omega,
    b,
    below_rank,
    fixed_point,
    lam,
    n,
    omega,
    sigma2,
    surrogate_risk,
    tau,
)
from derivations.ildiz2025.random_designs.estimators import shifted
from derivations.ildiz2025.random_designs.instances import LIMIT, mean_of, on_levels, simulation
from w2s_sym import Claim, Compare, Derivation, Domain, Iff, Precision, any_spectrum, equivalents, symbol

_d = symbol("d", "how much the surrogate scales a coefficient", "d_i", positive=True)
SD = any_spectrum("S_d", r"the spectrum of $\Sigma_t$ with the truth $\beta$ and a scaling $d$ on it", lam, b, _d)


def _shifted(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    held = point["S_d"]
    x_s = rng.standard_normal((draws, size, len(held["lam"]))) * np.sqrt(held["lam"]) * held["d"]
    return shifted_risk(x_s, held["lam"], held["b"], held["d"], point["sigma2"])


_from_d = surrogate_risk(_d * b, SD)
COVARIANCE_SHIFT = Claim(
    "model_shift_is_covariance_shift_in_another_norm",
    r"In the limit, with $n$ below the rank, training on points $x \sim N(0, \Sigma_s)$ with true labels in the "
    r"norm $\|D \beta\|$, $\Sigma_s = D^2 \Sigma_t$, and using $D$ times the result on $\Sigma_t$ has the risk of "
    r"the surrogate $D \beta$: $\sum_i \lambda_i (u_i d_i \beta_i - \beta_i)^2 + \Omega (\sigma^2 + \sum_i "
    r"\lambda_i \zeta_i^2 d_i^2 \beta_i^2)/(1 - \Omega)$ with $u_i = \lambda_i/(\lambda_i + \tau)$ and $\zeta_i = "
    r"1 - u_i$.",
    Compare(
        mean_of(
            "R_D",
            r"\mathbb{E}R_D",
            r"mean risk of $D$ times the vector $b$ of least $\|D b\|$ with $X_s "
            r"b = y$",
        ),
        "=",
        _from_d,
    ),
    Domain((SD, tau, n, Omega, sigma2), (below_rank(SD), BELOW_ONE)),
    PAPER.at("model shift and covariance shift"),
    (
        simulation(_shifted, on_levels("S_d", "lam", "b", "d"), (4, 6, 8, 16), 256),
        equivalents.FromEstimator(
            shifted,
            {"Sigma": lam, "Sigma_s": lam * _d**2, "D_inv": 1 / _d, "beta": b},
            {"tr(D_inv^2 Sigma_s Q1')": n * tau},
        ),
    ),
    kind="equivalent",
    given=(fixed_point(SD), omega(SD)),
    rivals=(surrogate_risk(b, SD), surrogate_risk(b / _d, SD), _from_d.xreplace({1 / (1 - Omega): sp.S.One})),
    remark=LIMIT
    + r"For commuting covariances it is the surrogate's target path by path, not only in the mean: with the same "
    r"whitened points $Z$ the labels $Z \Sigma_s^{1/2} \beta$ coincide, and $w = D b$ turns $\|D b\|$ into "
    r"$\|w\|$.",
)

_z1, _z2 = (symbol(f"z_{i}", f"coordinate {i} of one whitened point", positive=True) for i in (1, 2))
_t1, _t2 = (symbol(f"t_{i}", f"root of eigenvalue {i} of Sigma_t", positive=True) for i in (1, 2))
_d1, _d2 = (symbol(f"d_{i}", f"entry {i} of D", positive=True) for i in (1, 2))
_y = symbol("y", "the label of the point", positive=True)
# The shortest vector that one point allows: row times label over squared length of the row.
_model = _t1 * _z1 * _y / (_t1**2 * _z1**2 + _t2**2 * _z2**2)
_covariate = _d1 * (_d1 * _t1 * _z1 * _y / (_d1**2 * _t1**2 * _z1**2 + _d2**2 * _t2**2 * _z2**2))
_ONE_POINT_EACH = Domain((_z1, _z2, _t1, _t2, _d1, _d2, _y))
SHIFT_IFF = Claim(
    "shifts_agree_in_l2_iff_the_scaling_is_uniform",
    r"One point in two dimensions with positive whitened coordinates and label: the first coefficient of the "
    r"shortest vector on $\Sigma_t$ equals that of $D$ times the shortest vector on $\Sigma_s = D^2 \Sigma_t$ if "
    r"and only if $d_1 = d_2$.",
    Iff(Compare(_model, "=", _covariate), Compare(_d1, "=", _d2)),
    _ONE_POINT_EACH,
    PAPER.at("model shift and covariance shift"),
    (Derivation.same_sign(), Precision()),
    rivals=(Compare(_t1 * _d1, "=", _t2 * _d2), Compare(_d1, "=", 1), Compare(_d1, "<=", _d2)),
    remark="With as many points as dimensions both are the only solution of the same equations, whatever $D$.",
)
SHIFT_FAILS = Claim(
    "model_shift_is_not_covariance_shift_in_l2",
    r"There is a point in two dimensions, $\Sigma_t = I$ and $D = \operatorname{diag}(2, 1)$, where the first "
    r"coefficient of $D$ times the shortest interpolator on $\Sigma_s = D^2 \Sigma_t$ is $8/5$ of that of the "
    r"shortest interpolator of the surrogate's label.",
    Compare(_covariate, "=", sp.Rational(8, 5) * _model),
    _ONE_POINT_EACH,
    PAPER.at("model shift and covariance shift"),
    (Precision(),),
    witness={_z1: 1, _z2: 1, _t1: 1, _t2: 1, _d1: 2, _d2: 1, _y: 2},
    rivals=(_model, 2 * _model),
    remark="The truth is $(1, 0)$: its label at the shifted point $(2, 1)$ is 2, and so is that of the surrogate "
    "$(2, 0)$ at $(1, 1)$. The same labels, and other solutions: the choice among interpolators is not "
    "shifted with the points.",
)
