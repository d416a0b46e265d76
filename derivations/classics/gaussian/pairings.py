"""Averages of longer words: all pairings."""

from __future__ import annotations

from derivations.classics.gaussian.instances import ISSERLIS, d, mean_letter, n, realised, trace_letter
from derivations.classics.gaussian.quadratic import (
    CORRELATED,
    COVARIANCE_S,
    POSITIVE,
    A_dd,
    A_nn,
    B_nn,
    C_dd,
    D_dd,
    F_nn,
    S_dd,
    X,
    Y,
    Z,
    t_A,
    t_B,
    t_S,
)
from w2s_sym import Claim, Compare, Derivation, Domain, Precision, Quantity, Sample, Setting, symbol, tr

t_BF, t_BtF, t_F, t_DS = (
    trace_letter("t_BF", "BF"),
    trace_letter("t_BtF", r"B^{\top}F"),
    trace_letter("t_F", "F"),
    trace_letter("t_DS", "DS"),
)
t_ACDC = trace_letter("t_ACDC", r"ACDC^{\top}")
t_ACDtC = trace_letter("t_ACDtC", r"ACD^{\top}C^{\top}")

_four = Quantity(
    mean_letter("m_four", r"\operatorname{tr}(XAX^{\top}BYDY^{\top}F)"),
    r"mean of $\operatorname{tr}(X A X^\top B Y D Y^\top F)$",
    tr(X @ A_dd @ X.T @ B_nn @ Y @ D_dd @ Y.T @ F_nn),
    Setting(
        (CORRELATED,),
        (
            (t_A, tr(A_dd)),
            (t_DS, tr(D_dd @ S_dd)),
            (t_BF, tr(B_nn @ F_nn)),
            (t_BtF, tr(B_nn.T @ F_nn)),
            (t_ACDC, tr(A_dd @ C_dd @ D_dd @ C_dd.T)),
            (t_ACDtC, tr(A_dd @ C_dd @ D_dd.T @ C_dd.T)),
            (t_B, tr(B_nn)),
            (t_F, tr(F_nn)),
        ),
        realised((A_dd, B_nn, C_dd, D_dd, F_nn), {"S": ("C", S_dd)}),
    ),
)
products_average_by_pairings = Claim(
    "products_average_by_pairings",
    r"The mean of $\operatorname{tr}(X A X^\top B Y D Y^\top F)$ over Gaussian $X$ and $Y$, with identity "
    r"covariance for $X$, $S$ for $Y$ and $C$ between them, is the sum over its three pairings: "
    r"$\operatorname{tr}(A) \operatorname{tr}(D S) \operatorname{tr}(B F) + \operatorname{tr}(A C D^\top C^\top) "
    r"\operatorname{tr}(B^\top F) + \operatorname{tr}(A C D C^\top) \operatorname{tr}(B) \operatorname{tr}(F)$.",
    Compare(_four, "=", t_A * t_DS * t_BF + t_ACDtC * t_BtF + t_ACDC * t_B * t_F),
    Domain((n, d, t_A, t_DS, t_BF, t_BtF, t_ACDC, t_ACDtC, t_B, t_F)),
    ISSERLIS,
    (Derivation(_four).expect(X, Y).in_names(), Precision(digits=50)),
    rivals=(
        t_A * t_DS * t_BF,
        t_A * t_DS * t_BF + t_ACDC * t_B * t_F,
        t_A * t_DS * t_BF + t_ACDtC * t_BtF,
        t_ACDtC * t_BtF + t_ACDC * t_B * t_F,
        t_A * t_DS * t_BF + t_ACDC * t_BtF + t_ACDtC * t_B * t_F,
        t_A * t_DS * t_BtF + t_ACDtC * t_BF + t_ACDC * t_B * t_F,
    ),
    remark="The rule of averaging by pairings in an instance that has every kind of pairing once: within a block, "
    "between blocks in order, and crossed.",
)

t_AB, t_ABt = trace_letter("t_AB", "AB"), trace_letter("t_ABt", r"AB^{\top}")

_quadratics = Quantity(
    mean_letter("m_quadratics", r"\operatorname{tr}(Z^{\top}AZ)\operatorname{tr}(Z^{\top}BZ)"),
    r"mean of $\operatorname{tr}(Z^\top A Z) \operatorname{tr}(Z^\top B Z)$",
    tr(Z.T @ A_nn @ Z) * tr(Z.T @ B_nn @ Z),
    Setting(
        (Sample.of(n, (Z,)),),
        (
            (t_A, tr(A_nn)),
            (t_B, tr(B_nn)),
            (t_AB, tr(A_nn @ B_nn)),
            (t_ABt, tr(A_nn @ B_nn.T)),
        ),
        realised((A_nn, B_nn)),
    ),
)
two_quadratic_traces_average = Claim(
    "two_quadratic_traces_average",
    r"The mean of $\operatorname{tr}(Z^\top A Z) \operatorname{tr}(Z^\top B Z)$ over a standard Gaussian $Z$ with "
    r"$d$ columns is $d^2 \operatorname{tr}(A) \operatorname{tr}(B) + d \operatorname{tr}(A B) + d "
    r"\operatorname{tr}(A B^\top)$.",
    Compare(_quadratics, "=", d**2 * t_A * t_B + d * t_AB + d * t_ABt),
    Domain((n, d, t_A, t_B, t_AB, t_ABt)),
    ISSERLIS,
    (Derivation(_quadratics).expect(Z).in_names(), Precision(digits=50)),
    rivals=(
        d**2 * t_A * t_B,
        d**2 * t_A * t_B + 2 * d * t_AB,
        d**2 * t_A * t_B + 2 * d * t_ABt,
        d**2 * (t_A * t_B + t_AB + t_ABt),
    ),
)

t_S2 = symbol("t_S2", "the trace of $S^2$", r"\operatorname{tr}(S^2)", real=True)
t_S3 = symbol("t_S3", "the trace of $S^3$", r"\operatorname{tr}(S^3)", real=True)
_third_wishart = n * (n**2 + 3 * n + 4) * t_S3 + 3 * n * (n + 1) * t_S * t_S2 + n * t_S**3

_six = Quantity(
    mean_letter("m_six", r"\operatorname{tr}((Z^{\top}Z)^3)"),
    r"mean of $\operatorname{tr}((Z^\top Z)^3)$",
    tr(Z.T @ Z @ Z.T @ Z @ Z.T @ Z),
    Setting(
        (COVARIANCE_S,),
        ((t_S, tr(S_dd)), (t_S2, tr(S_dd @ S_dd)), (t_S3, tr(S_dd @ S_dd @ S_dd))),
        realised((), {"S": ("", S_dd)}),
    ),
)
sixth_order_average = Claim(
    "sixth_order_average",
    r"The mean of $\operatorname{tr}((Z^\top Z)^3)$ over a Gaussian $Z$ with $n$ rows of covariance $S$ is $n(n^2 "
    r"+ 3n + 4) \operatorname{tr}(S^3) + 3n(n + 1) \operatorname{tr}(S) \operatorname{tr}(S^2) + n "
    r"\operatorname{tr}(S)^3$.",
    Compare(_six, "=", _third_wishart),
    Domain((n, d, t_S, t_S2, t_S3), (POSITIVE,)),
    ISSERLIS,
    (Derivation(_six).expect(Z).in_names(), Precision(digits=50)),
    rivals=(
        _third_wishart - n * t_S3,
        n**3 * t_S3,
        n * (n**2 + 3 * n + 4) * t_S3 + 3 * n**2 * t_S * t_S2 + n * t_S**3,
        _third_wishart - n * t_S**3,
    ),
    remark="Fifteen pairings: $4 + 3n + n^2 + 3(n + 1) + 1$ at $n = 1$.",
)
