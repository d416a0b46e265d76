"""Conditioning: the residual is independent, and a block splits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derivations.classics.gaussian.instances import ANDERSON, d, e, integers, mean_letter, n
from derivations.classics.gaussian.quadratic import X
from w2s_sym import (
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
    fixed,
    gaussian,
    projector,
    symbol,
    tr,
)

C_de, S_ee = fixed("C", d, e), fixed("S", e, e, symmetric=True)
Y_e = gaussian("Y", n, e)
c2 = symbol("c2", "squared Frobenius norm of the cross-covariance $C$", r"\|C\|_F^2", nonnegative=True)
s2 = symbol("s2", "trace of the covariance $S$ of a row of $Y$", r"\operatorname{tr}(S)", nonnegative=True)
_REGRESSION = (c2, tr(C_de.T @ C_de)), (s2, tr(S_ee))
_PAIR = Sample.of(n, (X, Y_e), {(X, Y_e): C_de, (Y_e, Y_e): S_ee})
_RESIDUAL = Y_e - X @ C_de
_SCHUR = Condition(s2, ">=", c2, "$C$ explains at most all of $S$")


def _regression(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """C and S with S - C'C positive definite, scaled to the sums of squares that the point names."""
    rows, width = int(point["d"]), int(point["e"])
    cross, root = integers(rng, rows, width), integers(rng, width, width)
    rest = root.T @ root + np.eye(width)
    if "c2" in point:
        cross = cross * np.sqrt(float(point["c2"]) / float(np.sum(cross**2)))
    if "s2" in point:
        rest = rest * ((float(point["s2"]) - float(np.sum(cross**2))) / float(np.trace(rest)))
    return {"C": cross, "S": cross.T @ cross + rest}


_residual = Quantity(
    mean_letter("m_residual", r"\operatorname{tr}(R^{\top}XX^{\top}R)"),
    r"mean of $\operatorname{tr}(R^\top X X^\top R)$ for $R = Y - X C$",
    tr(_RESIDUAL.T @ X @ X.T @ _RESIDUAL),
    Setting((_PAIR,), _REGRESSION, _regression),
)
residual_is_independent = Claim(
    "residual_is_independent",
    r"For $X$ with $n$ rows and $d$ columns of identity covariance and $Y$ of covariance $S$, $C$ between them, "
    r"the residual $R = Y - X C$ has $\mathbb{E} \operatorname{tr}(R^\top X X^\top R) = n d (\operatorname{tr}(S) "
    r"- \|C\|_F^2)$.",
    Compare(_residual, "=", n * d * (s2 - c2)),
    Domain((n, d, e, c2, s2), (_SCHUR,)),
    ANDERSON.at("section 2.5, conditional distributions"),
    (Derivation(_residual).expect(X, Y_e).in_names(), Precision(digits=50)),
    rivals=(n * d * s2, n * d * (s2 + c2), n * e * (s2 - c2), n * d * s2 + n * c2),
    remark=r"What independence of $X$ and $R$ gives; for $R = Y$ the value is $n d \operatorname{tr}(S) + n (n + "
    r"1) \|C\|_F^2$.",
)

_explained = Quantity(
    mean_letter("m_explained", r"\operatorname{tr}(Y^{\top}X(X^{\top}X)^{-1}X^{\top}Y)"),
    r"mean of $\operatorname{tr}(Y^\top P Y)$",
    tr(Y_e.T @ projector(X) @ Y_e),
    Setting((_PAIR,), _REGRESSION, _regression),
)
conditioning_splits_a_block = Claim(
    "conditioning_splits_a_block",
    r"For $X$ with $n$ rows and $d \le n$ columns of identity covariance, $P$ the projector on its column space, "
    r"and $Y$ of covariance $S$, $C$ between them, $\mathbb{E} \operatorname{tr}(Y^\top P Y) = n \|C\|_F^2 + d "
    r"(\operatorname{tr}(S) - \|C\|_F^2)$.",
    Compare(_explained, "=", n * c2 + d * (s2 - c2)),
    Domain((d, n, e, c2, s2), (Condition(n, ">=", d, r"a projector on $d$ dimensions needs $d \le n$"), _SCHUR)),
    ANDERSON.at("section 2.5, conditional distributions"),
    (
        Derivation(_explained).condition(Y_e, on=X).expect_residual(Y_e, X).expect(X).in_names(),
        Simulation(at=({n: 16, d: 5, e: 2}, {}, {})),
    ),
    rivals=(d * s2, n * c2 + d * s2, n * c2 + (d - 1) * (s2 - c2), n * s2),
    remark=r"$Y = X C + R$ with $R$ independent of $X$ and of covariance $S - C^\top C$: $P$ keeps all of $X C$ "
    r"and $d/n$ of $R$. See also residual_is_independent, which is exact.",
)
