"""Inverse Wishart means, and the average of a projector."""

from __future__ import annotations

import sympy as sp

from derivations.classics.gaussian.instances import MUIRHEAD, d, mean_letter, n, realised, with_trace
from derivations.classics.gaussian.quadratic import A_nn, B_dd, Z, t_A, t_B
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
    gram_inverse,
    projector,
    tr,
)

Z2 = gaussian("Z", n, 2)
B_22 = fixed("B", 2, 2)
_TALL = Sample.of(n, (Z,))
_gram2 = tr(Z2.T @ Z2)

_determinant = Quantity(
    mean_letter("m_det", r"\det(Z^{\top}Z)"),
    r"mean of $(\operatorname{tr}(Z^\top Z)^2 - \operatorname{tr}((Z^\top Z)^2))/2$ for two columns",
    (_gram2 * _gram2 - tr(Z2.T @ Z2 @ Z2.T @ Z2)) * sp.Rational(1, 2),
    Setting((Sample.of(n, (Z2,)),), (), realised(())),
)
wishart_determinant_mean = Claim(
    "wishart_determinant_mean",
    r"For a standard Gaussian $Z$ with $n$ rows and two columns, $\det(Z^\top Z) = (\operatorname{tr}(Z^\top Z)^2 "
    r"- \operatorname{tr}((Z^\top Z)^2))/2$ has mean $n(n - 1)$.",
    Compare(_determinant, "=", n * (n - 1)),
    Domain((n,)),
    MUIRHEAD.at("chapter 3, the Wishart distribution"),
    (Derivation(_determinant).expect(Z2).in_names(), Precision(digits=50)),
    rivals=(n**2, n * (n + 1), n * (n - 2)),
)

_adjugate = Quantity(
    mean_letter("m_adj", r"\operatorname{tr}(\operatorname{adj}(Z^{\top}Z)B)"),
    r"mean of $\operatorname{tr}(Z^\top Z) \operatorname{tr}(B) - \operatorname{tr}(Z^\top Z B)$ for two columns",
    _gram2 * tr(B_22) - tr(Z2.T @ Z2 @ B_22),
    Setting((Sample.of(n, (Z2,)),), ((t_B, tr(B_22)),), realised((B_22,))),
)
wishart_adjugate_mean = Claim(
    "wishart_adjugate_mean",
    r"For a standard Gaussian $Z$ with $n$ rows and two columns, the adjugate $\operatorname{tr}(Z^\top Z) I - "
    r"Z^\top Z$, multiplied by $B$, has a trace of mean $n \operatorname{tr}(B)$.",
    Compare(_adjugate, "=", n * t_B),
    Domain((n, t_B)),
    MUIRHEAD.at("chapter 3, the Wishart distribution"),
    (Derivation(_adjugate).expect(Z2).in_names(), Precision(digits=50)),
    rivals=((n - 1) * t_B, 2 * n * t_B, (n + 1) * t_B),
    remark=r"Weighting $n$ rows by $\det(Z^\top Z)$ gives the law of $Z^\top Z$ for $n + 2$ rows. So with $m = n "
    r"+ 2$ rows the mean of $\operatorname{tr}((Z^\top Z)^{-1} B)$ is $n \operatorname{tr}(B)/(n(n - 1)) = "
    r"\operatorname{tr}(B)/(m - 2 - 1)$: the inverse Wishart mean at $d = 2$, exactly.",
)

_inverse = Quantity(
    mean_letter("m_inverse", r"\operatorname{tr}((Z^{\top}Z)^{-1}B)"),
    r"mean of $\operatorname{tr}((Z^\top Z)^{-1} B)$",
    tr(gram_inverse(Z) @ B_dd),
    Setting((_TALL,), ((t_B, tr(B_dd)),), with_trace("B", t_B, realised((B_dd,)))),
)
inverse_wishart_mean = Claim(
    "inverse_wishart_mean",
    r"The mean of $\operatorname{tr}((Z^\top Z)^{-1} B)$ over a standard Gaussian $Z$ with $n$ rows and $d$ "
    r"columns, $n > d + 1$, is $\operatorname{tr}(B)/(n - d - 1)$.",
    Compare(_inverse, "=", t_B / (n - d - 1)),
    Domain(
        (d, n, t_B),
        (Condition(n, ">", d + 1, "the inverse has no mean otherwise; take more rows or fewer columns"),),
    ),
    MUIRHEAD.at("chapter 3, the inverted Wishart distribution"),
    (Derivation(_inverse).expect_gram_inverse(Z).in_names(), Simulation(at=({n: 24, d: 6}, {}, {}))),
    rivals=(t_B / (n - d), t_B / (n - d - 2), t_B / (n - 1)),
    remark=r"As $B$ is arbitrary, $\mathbb{E} (Z^\top Z)^{-1} = I/(n - d - 1)$. See wishart_adjugate_mean for an "
    r"exact proof at $d = 2$.",
)

_projected = Quantity(
    mean_letter("m_projector", r"\operatorname{tr}(Z(Z^{\top}Z)^{-1}Z^{\top}A)"),
    r"mean of $\operatorname{tr}(P A)$",
    tr(projector(Z) @ A_nn),
    Setting((_TALL,), ((t_A, tr(A_nn)),), with_trace("A", t_A, realised((A_nn,)))),
)
projector_average = Claim(
    "projector_average",
    r"The mean of $\operatorname{tr}(P A)$, $P$ the projector on the column space of a standard Gaussian $Z$ with "
    r"$n$ rows and $d \le n$ columns, is $(d/n) \operatorname{tr}(A)$.",
    Compare(_projected, "=", d * t_A / n),
    Domain((d, n, t_A), (Condition(n, ">=", d, r"a projector on $d$ dimensions needs $d \le n$"),)),
    MUIRHEAD.at("chapter 3, the Wishart distribution"),
    (
        Derivation(_projected).stein(Z, A_nn @ Z - projector(Z) @ A_nn @ Z, -1 / n).in_names(),
        Simulation(at=({n: 14, d: 5}, {}, {})),
    ),
    rivals=(t_A, d * t_A / (n - 1), d * t_A / (n - d - 1)),
    remark=r"With $A = I$ it says $\operatorname{tr} P = d$.",
)
