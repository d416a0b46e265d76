"""The axioms: what is believed of Gaussian matrices. All other facts of this folder are derived from these.

The rule: a derivation may average random matrices by Stein's identity and by what follows from it, and by nothing
else. The identity is cited for fields that are polynomial in what is differentiated and for fields with inverse Gram
matrices; the third axiom says when words with such inverses have a mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from derivations.classics.gaussian.instances import (
    HAFF,
    MUIRHEAD,
    STEIN,
    d,
    integers,
    mean_letter,
    n,
    realised,
    with_trace,
)
from derivations.classics.gaussian.quadratic import (
    CORRELATED,
    A_nn,
    B_dd,
    C_dd,
    F_nn,
    S_dd,
    X,
    Y,
    Z,
    t_A,
    t_B,
    t_CB,
    t_CtB,
)
from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Domain,
    Precision,
    Quantity,
    Sample,
    Setting,
    Simulation,
    fixed,
    gram_inverse,
    projector,
    symbol,
    tr,
)

_field = A_nn @ Y @ B_dd
_form = tr(X.T @ F_nn @ Y)

steins_identity = Claim(
    "steins_identity",
    r"For Gaussian $X$ and $Y$, with identity covariance for $X$, $S$ for $Y$ and $C$ between them, and the field "
    r"$G = (1 + \operatorname{tr}(X^\top F Y)) A Y B$, the mean of $\operatorname{tr}(X^\top G)$ is that of the "
    r"divergence of $G$: $\operatorname{tr}(A) \operatorname{tr}(C B)$ is the mean of $\operatorname{tr}(X^\top "
    r"G) - \operatorname{tr}(A) \operatorname{tr}(C B) \operatorname{tr}(X^\top F Y) - \operatorname{tr}(B^\top "
    r"Y^\top A^\top F Y) - \operatorname{tr}(A Y B C X^\top F)$.",
    Compare(
        Quantity(
            mean_letter(
                "m_stein",
                r"\operatorname{tr}(X^{\top}G)-\operatorname{div}G+\operatorname{tr}(A)\,"
                r"\operatorname{tr}(CB)",
            ),
            r"mean of $\operatorname{tr}(X^\top G)$ minus the random terms of the divergence of $G = (1 + "
            r"\operatorname{tr}(X^\top F Y)) A Y B$",
            tr(X.T @ _field) * (_form + 1)
            - tr(A_nn) * tr(C_dd @ B_dd) * _form
            - tr(B_dd.T @ Y.T @ A_nn.T @ F_nn @ Y)
            - tr(_field @ C_dd @ X.T @ F_nn),
            Setting(
                (CORRELATED,),
                ((t_A, tr(A_nn)), (t_CB, tr(C_dd @ B_dd)), (t_CtB, tr(C_dd.T @ B_dd))),
                realised((A_nn, B_dd, C_dd, F_nn), {"S": ("C", S_dd)}),
            ),
        ),
        "=",
        t_A * t_CB,
    ),
    Domain((n, d, t_A, t_CB, t_CtB)),
    STEIN.at("lemma 2"),
    (Precision(digits=50),),
    rivals=(t_A * t_CtB, n * t_CB, 2 * t_A * t_CB, sp.Integer(0)),
    remark=r"In general $\mathbb{E} \operatorname{tr}(X^\top G)$ is the mean of $\operatorname{div} G$, the sum "
    r"over entries and blocks of $\operatorname{cov}(X_{ij}, Y_{ik})$ times the derivative of $G_{ij}$ by "
    r"$Y_{ik}$. This instance has each kind of derivative once: of the field by $Y$, and of a trace beside "
    r"it by $X$ and by $Y$.",
)

_W, _P = gram_inverse(Z), projector(Z)

steins_identity_of_inverses = Claim(
    "steins_identity_of_inverses",
    r"For a standard Gaussian $Z$ with $n > d + 1$ rows and $d$ columns, $W = (Z^\top Z)^{-1}$ and $P = Z W "
    r"Z^\top$, the field $G = (I + A) Z W B$ has a $\operatorname{tr}(Z^\top G)$ with the mean of its divergence: "
    r"$\operatorname{tr}(B)$ is the mean of $(n - d - 1) \operatorname{tr}(W B) + \operatorname{tr}(A) "
    r"\operatorname{tr}(W B) - \operatorname{tr}(P A) \operatorname{tr}(W B) - \operatorname{tr}(W Z^\top A^\top "
    r"Z W B) - \operatorname{tr}(Z^\top A Z W B)$.",
    Compare(
        Quantity(
            mean_letter("m_haff", r"\operatorname{tr}(B)+\operatorname{div}G-\operatorname{tr}(Z^{\top}G)"),
            r"mean of the divergence of $G = (I + A) Z W B$ minus the random term of $\operatorname{tr}(Z^\top G)$",
            tr(_W @ B_dd) * (n - d - 1)
            + tr(A_nn) * tr(_W @ B_dd)
            - tr(_P @ A_nn) * tr(_W @ B_dd)
            - tr(_W @ Z.T @ A_nn.T @ Z @ _W @ B_dd)
            - tr(Z.T @ A_nn @ Z @ _W @ B_dd),
            Setting(
                (Sample.of(n, (Z,)),),
                ((t_A, tr(A_nn)), (t_B, tr(B_dd))),
                with_trace("A", t_A, with_trace("B", t_B, realised((A_nn, B_dd)))),
            ),
        ),
        "=",
        t_B,
    ),
    Domain(
        (d, n, t_A, t_B),
        (Condition(n, ">", d + 1, "the inverse has no mean otherwise; take more rows or fewer columns"),),
    ),
    HAFF.at("theorem 2.1"),
    (Simulation(at=({n: 20, d: 4}, {}, {})),),
    rivals=(
        t_B * (1 + t_A / (n * (n - d - 1))),
        t_B * (1 + d * t_A / (n * (n - d - 1))),
        t_B * (n - d) / (n - d - 1),
        t_B * (n - 1) / (n - d - 1),
    ),
    remark=r"The derivative of $W$ is $-W (\dot Z^\top Z + Z^\top \dot Z) W$; the first two rivals each lose one "
    r"half of it beside $A$. The identity holds for fields whose flux into singular $Z^\top Z$ vanishes.",
)

_a = fixed("a", d, 1)
q_a = symbol("q_a", "squared length of a fixed vector $a$", "|a|^2", positive=True)
_form_of_inverse = tr(_a.T @ _W @ _a)


def _vector(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """A vector of the squared length that the point names."""
    made = integers(rng, int(point["d"]), 1)
    return {"a": made * np.sqrt(float(point["q_a"]) / float(np.sum(made**2))) if "q_a" in point else made}


inverse_quadratic_form_is_reciprocal_chi_square = Claim(
    "inverse_quadratic_form_is_reciprocal_chi_square",
    r"For a standard Gaussian $Z$ with $n > d + 3$ rows and $d$ columns and a fixed vector $a$, the mean of "
    r"$(a^\top (Z^\top Z)^{-1} a)^2$ is $|a|^4/((n - d - 1)(n - d - 3))$, as for $|a|^2$ over a chi-square number "
    r"with $n - d + 1$ degrees of freedom.",
    Compare(
        Quantity(
            mean_letter("m_chi", r"(a^{\top}(Z^{\top}Z)^{-1}a)^2"),
            r"mean of the square of $a^\top (Z^\top Z)^{-1} a$",
            _form_of_inverse * _form_of_inverse,
            Setting((Sample.of(n, (Z,)),), ((q_a, tr(_a.T @ _a)),), _vector),
        ),
        "=",
        q_a**2 / ((n - d - 1) * (n - d - 3)),
    ),
    Domain((d, n, q_a), (Condition(n, ">", d + 3, "the square has no mean otherwise; take more rows"),)),
    MUIRHEAD.at("theorem 3.2.12"),
    (Simulation(at=({n: 24, d: 5}, {}, {})),),
    rivals=(
        q_a**2 / (n - d - 1) ** 2,
        q_a**2 / ((n - d) * (n - d - 2)),
        q_a**2 / ((n - d - 2) * (n - d - 4)),
        q_a**2 / ((n - 1) * (n - 3)),
    ),
    remark="With the smallest singular value $s$ of $Z$, $s^{-2}$ lies between the largest of the $d$ such forms "
    "over the unit vectors and their sum, so that $s^{-p}$ has a mean exactly if $p < n - d + 1$. "
    "Derivations take that for the condition that a word has a mean.",
)

AXIOMS = (steins_identity, steins_identity_of_inverses, inverse_quadratic_form_is_reciprocal_chi_square)
