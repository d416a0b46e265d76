"""Averages of quadratic words in Gaussian matrices."""

from __future__ import annotations

import sympy as sp

from derivations.classics.gaussian.instances import ISSERLIS, d, mean_letter, n, realised, trace_letter
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
    fixed,
    gaussian,
    tr,
)

A_dd, B_dd, D_dd = fixed("A", d, d), fixed("B", d, d), fixed("D", d, d)
A_nn, B_nn, F_nn = fixed("A", n, n), fixed("B", n, n), fixed("F", n, n)
A_dn, B_dn = fixed("A", d, n), fixed("B", d, n)
C_dd = fixed("C", d, d)
S_dd = fixed("S", d, d, symmetric=True)
X, Y, Z = gaussian("X", n, d), gaussian("Y", n, d), gaussian("Z", n, d)

t_A, t_B = trace_letter("t_A", "A"), trace_letter("t_B", "B")
t_S, t_AS, t_SB = trace_letter("t_S", "S"), trace_letter("t_AS", "AS"), trace_letter("t_SB", "SB")
POSITIVE = Condition(t_S, ">=", sp.Integer(0), "$S$ is a covariance, so its trace is not negative")
t_CB, t_CtB = trace_letter("t_CB", "CB"), trace_letter("t_CtB", r"C^{\top}B")
t_AtCB, t_AtCtB = trace_letter("t_AtCB", r"A^{\top}CB"), trace_letter("t_AtCtB", r"A^{\top}C^{\top}B")

COVARIANCE_S = Sample.of(n, (Z,), {(Z, Z): S_dd})
CORRELATED = Sample.of(n, (X, Y), {(X, Y): C_dd, (Y, Y): S_dd})

_left = Quantity(
    mean_letter("m_left", r"\operatorname{tr}(ZAZ^{\top}B)"),
    r"mean of $\operatorname{tr}(Z A Z^\top B)$",
    tr(Z @ A_dd @ Z.T @ B_nn),
    Setting(
        (COVARIANCE_S,),
        ((t_AS, tr(A_dd @ S_dd)), (t_B, tr(B_nn)), (t_A, tr(A_dd))),
        realised((A_dd, B_nn), {"S": ("", S_dd)}),
    ),
)
left_quadratic_average = Claim(
    "left_quadratic_average",
    r"The mean of $\operatorname{tr}(Z A Z^\top B)$ over a Gaussian $Z$ with row covariance $S$ is "
    r"$\operatorname{tr}(A S) \operatorname{tr}(B)$.",
    Compare(_left, "=", t_AS * t_B),
    Domain((n, d, t_AS, t_B, t_A)),
    ISSERLIS,
    (Derivation(_left).expect(Z).in_names(), Precision(digits=50)),
    rivals=(t_A * t_B, n * t_AS, t_AS + t_B),
    remark=r"As $B$ is arbitrary, $\mathbb{E}[Z A Z^\top] = \operatorname{tr}(A S) I$.",
)

_right = Quantity(
    mean_letter("m_right", r"\operatorname{tr}(Z^{\top}AZB)"),
    r"mean of $\operatorname{tr}(Z^\top A Z B)$",
    tr(Z.T @ A_nn @ Z @ B_dd),
    Setting(
        (COVARIANCE_S,),
        ((t_A, tr(A_nn)), (t_SB, tr(S_dd @ B_dd)), (t_B, tr(B_dd)), (t_S, tr(S_dd))),
        realised((A_nn, B_dd), {"S": ("", S_dd)}),
    ),
)
right_quadratic_average = Claim(
    "right_quadratic_average",
    r"The mean of $\operatorname{tr}(Z^\top A Z B)$ over a Gaussian $Z$ with row covariance $S$ is "
    r"$\operatorname{tr}(A) \operatorname{tr}(S B)$.",
    Compare(_right, "=", t_A * t_SB),
    Domain((n, d, t_A, t_SB, t_B, t_S), (POSITIVE,)),
    ISSERLIS,
    (Derivation(_right).expect(Z).in_names(), Precision(digits=50)),
    rivals=(t_A * t_B, n * t_SB, t_A * t_S * t_B),
    remark=r"As $B$ is arbitrary, $\mathbb{E}[Z^\top A Z] = \operatorname{tr}(A) S$.",
)

_cross = Quantity(
    mean_letter("m_cross", r"\operatorname{tr}(X^{\top}AYB)"),
    r"mean of $\operatorname{tr}(X^\top A Y B)$",
    tr(X.T @ A_nn @ Y @ B_dd),
    Setting(
        (CORRELATED,),
        ((t_A, tr(A_nn)), (t_CB, tr(C_dd @ B_dd)), (t_CtB, tr(C_dd.T @ B_dd))),
        realised((A_nn, B_dd, C_dd), {"S": ("C", S_dd)}),
    ),
)
cross_covariance_average = Claim(
    "cross_covariance_average",
    r"The mean of $\operatorname{tr}(X^\top A Y B)$ over Gaussian $X$ and $Y$ with cross-covariance $C$ is "
    r"$\operatorname{tr}(A) \operatorname{tr}(C B)$.",
    Compare(_cross, "=", t_A * t_CB),
    Domain((n, d, t_A, t_CB, t_CtB)),
    ISSERLIS,
    (Derivation(_cross).expect(X, Y).in_names(), Precision(digits=50)),
    rivals=(t_A * t_CtB, n * t_CB, sp.Integer(0)),
    remark=r"$C$ is the mean of a row of $X$, transposed, times the same row of $Y$; the rival with $C^\top$ is "
    r"what a swapped pair gives.",
)

_crossed = Quantity(
    mean_letter("m_crossed", r"\operatorname{tr}(XAYB)"),
    r"mean of $\operatorname{tr}(X A Y B)$",
    tr(X @ A_dn @ Y @ B_dn),
    Setting(
        (CORRELATED,),
        ((t_AtCB, tr(A_dn.T @ C_dd @ B_dn)), (t_AtCtB, tr(A_dn.T @ C_dd.T @ B_dn))),
        realised((A_dn, B_dn, C_dd), {"S": ("C", S_dd)}),
    ),
)
crossed_pair_average = Claim(
    "crossed_pair_average",
    r"The mean of $\operatorname{tr}(X A Y B)$ over Gaussian $X$ and $Y$ with cross-covariance $C$ is "
    r"$\operatorname{tr}(A^\top C B)$.",
    Compare(_crossed, "=", t_AtCB),
    Domain((n, d, t_AtCB, t_AtCtB)),
    ISSERLIS,
    (Derivation(_crossed).expect(X, Y).in_names(), Precision(digits=50)),
    rivals=(t_AtCtB, n * t_AtCB, sp.Integer(0)),
    remark="Neither factor is transposed; the mean is not zero all the same.",
)

_two_traces = Quantity(
    mean_letter("m_two", r"\operatorname{tr}(XA)\operatorname{tr}(YB)"),
    r"mean of $\operatorname{tr}(X A) \operatorname{tr}(Y B)$",
    tr(X @ A_dn) * tr(Y @ B_dn),
    Setting(
        (CORRELATED,),
        ((t_AtCB, tr(A_dn.T @ C_dd @ B_dn)), (t_AtCtB, tr(A_dn.T @ C_dd.T @ B_dn))),
        realised((A_dn, B_dn, C_dd), {"S": ("C", S_dd)}),
    ),
)
two_traces_average = Claim(
    "two_traces_average",
    r"The mean of $\operatorname{tr}(X A) \operatorname{tr}(Y B)$ over Gaussian $X$ and $Y$ with cross-covariance "
    r"$C$ is $\operatorname{tr}(A^\top C B)$.",
    Compare(_two_traces, "=", t_AtCB),
    Domain((n, d, t_AtCB, t_AtCtB)),
    ISSERLIS,
    (Derivation(_two_traces).expect(X, Y).in_names(), Precision(digits=50)),
    rivals=(t_AtCtB, d * t_AtCB, sp.Integer(0)),
)
