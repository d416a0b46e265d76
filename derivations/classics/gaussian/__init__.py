"""The classical facts that averages rest on, each one checked by a route that does not use it.

Derivations average words over random matrices by four exact rules. Here each rule is a claim of its own, together
with its nearest relatives. None of them is derived: polynomial facts are compared with exact moments at small integer
sizes, entry by entry, where all that is used is E x^(2k) = (2k-1)!! of one standard Gaussian number; facts about
inverses, projectors and lengths are simulated with nothing averaged by hand.

Setting: Z, X, Y are samples, their rows are independent, centred and jointly Gaussian; with S = cov(X, Y),
E X_ij Y_kl = [i = k] S_jl. A, B, ... are any fixed matrices, not symmetric, so that a lost transpose shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import Compare
from w2s_sym.evidence.precision.precision import Precision
from w2s_sym.evidence.simulation.simulation import Simulation
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.letters import N, n
from w2s_sym.formula.notation import symbol
from w2s_sym.matrices.experiment import Quantity, Sample, Setting
from w2s_sym.matrices.traces import TraceSum, tr
from w2s_sym.matrices.words import Mat, fixed, gaussian, gram_inverse, power, projector

# -- sources (all of them recalled, none copied) --------------------------------------------------------------

ISSERLIS = Source(
    key="gaussian",
    authors="Isserlis, L.",
    title="On a formula for the product-moment coefficient of any order of a normal frequency distribution in any "
    "number of variables",
    year=1918,
    venue="Biometrika 12, 134-139",
    trust="recalled",
)
MUIRHEAD = Source(
    key="gaussian",
    authors="Muirhead, R. J.",
    title="Aspects of Multivariate Statistical Theory",
    year=1982,
    venue="Wiley",
    trust="recalled",
)
MARDIA = Source(
    key="gaussian",
    authors="Mardia, K. V. and Kent, J. T. and Bibby, J. M.",
    title="Multivariate Analysis",
    year=1979,
    venue="Academic Press",
    trust="recalled",
)
ANDERSON = Source(
    key="gaussian",
    authors="Anderson, T. W.",
    title="An Introduction to Multivariate Statistical Analysis, third edition",
    year=2003,
    venue="Wiley",
    trust="recalled",
)

# -- letters --------------------------------------------------------------------------------------------------

d = symbol("d", "number of columns of a Gaussian matrix", integer=True, positive=True)
e = symbol("e", "number of columns of a second Gaussian matrix", integer=True, positive=True)


def _trace(name: str, word: str) -> sp.Symbol:
    """The symbol for a trace of fixed matrices; ``word`` is LaTeX."""
    return symbol(name, "the trace of " + word.replace(r"^{\top}", "'"), rf"\operatorname{{tr}}({word})", real=True)


def _mean(name: str, of: str) -> sp.Symbol:
    return symbol(name, f"the mean of {of}", rf"\mathbb{{E}}\,[{of}]", real=True)


# -- instances ------------------------------------------------------------------------------------------------

Shape = tuple[sp.Expr | int, sp.Expr | int]
Realise = Callable[[Mapping[str, Any], np.random.Generator], Mapping[str, Any]]


def _integers(rng: np.random.Generator, rows: int, cols: int) -> np.ndarray:
    """A random matrix of small integers; its diagonal is positive, so that traces stay away from zero."""
    made = rng.integers(-2, 3, size=(rows, cols)).astype(float)
    for i in range(min(rows, cols)):
        made[i, i] = float(rng.integers(1, 4))
    return made


def _made(mats: tuple[Mat, ...], covariances: Mapping[str, tuple[str, Mat]] | None = None) -> Realise:
    """How to make fixed matrices: ``mats`` have free integer entries.

    ``covariances`` maps the name of a covariance S to (the name of a cross-covariance C or "", its matrix): S is
    C'C plus a random positive definite matrix, so that [[I, C], [C', S]] is the covariance of some pair of rows.
    """

    def size(of: sp.Expr, point: Mapping[str, Any]) -> int:
        return int(of) if of.is_Integer else int(point[str(of)])

    def realise(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
        arrays: dict[str, Any] = {m.atom.name: _integers(rng, size(m.rows, point), size(m.cols, point)) for m in mats}
        for name, (cross, mat) in (covariances or {}).items():
            width = size(mat.cols, point)
            root = _integers(rng, width, width)
            arrays[name] = root.T @ root + np.eye(width)
            if cross:
                arrays[name] = arrays[name] + arrays[cross].T @ arrays[cross]
        return arrays

    return realise


def _with_trace(of: str, trace: sp.Symbol, inner: Realise) -> Realise:
    """The same instance with one matrix shifted by a multiple of I where the point asks for its trace."""

    def realise(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
        arrays = dict(inner(point, rng))
        if trace.name in point:
            array = arrays[of]
            missing = float(point[trace.name]) - float(np.trace(array))
            arrays[of] = array + np.eye(len(array)) * (missing / len(array))
        return arrays

    return realise


# -- quadratic words ------------------------------------------------------------------------------------------

A_dd, B_dd, D_dd = fixed("A", d, d), fixed("B", d, d), fixed("D", d, d)
A_nn, B_nn, F_nn = fixed("A", n, n), fixed("B", n, n), fixed("F", n, n)
A_dn, B_dn = fixed("A", d, n), fixed("B", d, n)
C_dd = fixed("C", d, d)
S_dd = fixed("S", d, d, symmetric=True)
X, Y, Z = gaussian("X", n, d), gaussian("Y", n, d), gaussian("Z", n, d)

t_A, t_B = _trace("t_A", "A"), _trace("t_B", "B")
t_S, t_AS, t_SB = _trace("t_S", "S"), _trace("t_AS", "AS"), _trace("t_SB", "SB")
t_CB, t_CtB = _trace("t_CB", "CB"), _trace("t_CtB", r"C^{\top}B")
t_AtCB, t_AtCtB = _trace("t_AtCB", r"A^{\top}CB"), _trace("t_AtCtB", r"A^{\top}C^{\top}B")

_COVARIANCE_S = Sample.of(n, (Z,), {(Z, Z): S_dd})
_CORRELATED = Sample.of(n, (X, Y), {(X, Y): C_dd, (Y, Y): S_dd})

left_quadratic_average = Claim(
    "left_quadratic_average",
    "The mean of tr(Z A Z' B) over a Gaussian Z with row covariance S is tr(A S) tr(B).",
    Compare(
        Quantity(
            _mean("m_left", r"\operatorname{tr}(ZAZ^{\top}B)"),
            "mean of tr(Z A Z' B)",
            tr(Z @ A_dd @ Z.T @ B_nn),
            Setting(
                (_COVARIANCE_S,),
                ((t_AS, tr(A_dd @ S_dd)), (t_B, tr(B_nn)), (t_A, tr(A_dd))),
                _made((A_dd, B_nn), {"S": ("", S_dd)}),
            ),
        ),
        "=",
        t_AS * t_B,
    ),
    Domain((n, d, t_AS, t_B, t_A)),
    ISSERLIS,
    (Precision(digits=50),),
    rivals=(t_A * t_B, n * t_AS, t_AS + t_B),
    remark="As B is arbitrary, E[Z A Z'] = tr(A S) I.",
)

right_quadratic_average = Claim(
    "right_quadratic_average",
    "The mean of tr(Z' A Z B) over a Gaussian Z with row covariance S is tr(A) tr(S B).",
    Compare(
        Quantity(
            _mean("m_right", r"\operatorname{tr}(Z^{\top}AZB)"),
            "mean of tr(Z' A Z B)",
            tr(Z.T @ A_nn @ Z @ B_dd),
            Setting(
                (_COVARIANCE_S,),
                ((t_A, tr(A_nn)), (t_SB, tr(S_dd @ B_dd)), (t_B, tr(B_dd)), (t_S, tr(S_dd))),
                _made((A_nn, B_dd), {"S": ("", S_dd)}),
            ),
        ),
        "=",
        t_A * t_SB,
    ),
    Domain((n, d, t_A, t_SB, t_B, t_S)),
    ISSERLIS,
    (Precision(digits=50),),
    rivals=(t_A * t_B, n * t_SB, t_A * t_S * t_B),
    remark="As B is arbitrary, E[Z' A Z] = tr(A) S.",
)

cross_covariance_average = Claim(
    "cross_covariance_average",
    "The mean of tr(X' A Y B) over Gaussian X and Y with cross-covariance C is tr(A) tr(C B).",
    Compare(
        Quantity(
            _mean("m_cross", r"\operatorname{tr}(X^{\top}AYB)"),
            "mean of tr(X' A Y B)",
            tr(X.T @ A_nn @ Y @ B_dd),
            Setting(
                (_CORRELATED,),
                ((t_A, tr(A_nn)), (t_CB, tr(C_dd @ B_dd)), (t_CtB, tr(C_dd.T @ B_dd))),
                _made((A_nn, B_dd, C_dd), {"S": ("C", S_dd)}),
            ),
        ),
        "=",
        t_A * t_CB,
    ),
    Domain((n, d, t_A, t_CB, t_CtB)),
    ISSERLIS,
    (Precision(digits=50),),
    rivals=(t_A * t_CtB, n * t_CB, sp.Integer(0)),
    remark="C = E[row of X' times row of Y]; the rival with C' is what a swapped pair gives.",
)

crossed_pair_average = Claim(
    "crossed_pair_average",
    "The mean of tr(X A Y B) over Gaussian X and Y with cross-covariance C is tr(A' C B).",
    Compare(
        Quantity(
            _mean("m_crossed", r"\operatorname{tr}(XAYB)"),
            "mean of tr(X A Y B)",
            tr(X @ A_dn @ Y @ B_dn),
            Setting(
                (_CORRELATED,),
                ((t_AtCB, tr(A_dn.T @ C_dd @ B_dn)), (t_AtCtB, tr(A_dn.T @ C_dd.T @ B_dn))),
                _made((A_dn, B_dn, C_dd), {"S": ("C", S_dd)}),
            ),
        ),
        "=",
        t_AtCB,
    ),
    Domain((n, d, t_AtCB, t_AtCtB)),
    ISSERLIS,
    (Precision(digits=50),),
    rivals=(t_AtCtB, n * t_AtCB, sp.Integer(0)),
    remark="Neither factor is transposed; the mean is not zero all the same.",
)

two_traces_average = Claim(
    "two_traces_average",
    "The mean of tr(X A) tr(Y B) over Gaussian X and Y with cross-covariance C is tr(A' C B).",
    Compare(
        Quantity(
            _mean("m_two", r"\operatorname{tr}(XA)\operatorname{tr}(YB)"),
            "mean of tr(X A) tr(Y B)",
            tr(X @ A_dn) * tr(Y @ B_dn),
            Setting(
                (_CORRELATED,),
                ((t_AtCB, tr(A_dn.T @ C_dd @ B_dn)), (t_AtCtB, tr(A_dn.T @ C_dd.T @ B_dn))),
                _made((A_dn, B_dn, C_dd), {"S": ("C", S_dd)}),
            ),
        ),
        "=",
        t_AtCB,
    ),
    Domain((n, d, t_AtCB, t_AtCtB)),
    ISSERLIS,
    (Precision(digits=50),),
    rivals=(t_AtCtB, d * t_AtCB, sp.Integer(0)),
)

# -- longer words: all pairings -------------------------------------------------------------------------------

t_BF, t_BtF, t_F, t_DS = _trace("t_BF", "BF"), _trace("t_BtF", r"B^{\top}F"), _trace("t_F", "F"), _trace("t_DS", "DS")
t_ACDC = _trace("t_ACDC", r"ACDC^{\top}")
t_ACDtC = _trace("t_ACDtC", r"ACD^{\top}C^{\top}")

products_average_by_pairings = Claim(
    "products_average_by_pairings",
    "The mean of tr(X A X' B Y D Y' F) over Gaussian X and Y, with identity covariance for X, S for Y and C between "
    "them, is the sum over its three pairings: tr(A) tr(D S) tr(B F) + tr(A C D' C') tr(B' F) + "
    "tr(A C D C') tr(B) tr(F).",
    Compare(
        Quantity(
            _mean("m_four", r"\operatorname{tr}(XAX^{\top}BYDY^{\top}F)"),
            "mean of tr(X A X' B Y D Y' F)",
            tr(X @ A_dd @ X.T @ B_nn @ Y @ D_dd @ Y.T @ F_nn),
            Setting(
                (_CORRELATED,),
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
                _made((A_dd, B_nn, C_dd, D_dd, F_nn), {"S": ("C", S_dd)}),
            ),
        ),
        "=",
        t_A * t_DS * t_BF + t_ACDtC * t_BtF + t_ACDC * t_B * t_F,
    ),
    Domain((n, d, t_A, t_DS, t_BF, t_BtF, t_ACDC, t_ACDtC, t_B, t_F)),
    ISSERLIS,
    (Precision(digits=50),),
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

t_AB, t_ABt = _trace("t_AB", "AB"), _trace("t_ABt", r"AB^{\top}")

two_quadratic_traces_average = Claim(
    "two_quadratic_traces_average",
    "The mean of tr(Z' A Z) tr(Z' B Z) over a standard Gaussian Z with d columns is "
    "d^2 tr(A) tr(B) + d tr(A B) + d tr(A B').",
    Compare(
        Quantity(
            _mean("m_quadratics", r"\operatorname{tr}(Z^{\top}AZ)\operatorname{tr}(Z^{\top}BZ)"),
            "mean of tr(Z' A Z) tr(Z' B Z)",
            tr(Z.T @ A_nn @ Z) * tr(Z.T @ B_nn @ Z),
            Setting(
                (Sample.of(n, (Z,)),),
                (
                    (t_A, tr(A_nn)),
                    (t_B, tr(B_nn)),
                    (t_AB, tr(A_nn @ B_nn)),
                    (t_ABt, tr(A_nn @ B_nn.T)),
                ),
                _made((A_nn, B_nn)),
            ),
        ),
        "=",
        d**2 * t_A * t_B + d * t_AB + d * t_ABt,
    ),
    Domain((n, d, t_A, t_B, t_AB, t_ABt)),
    ISSERLIS,
    (Precision(digits=50),),
    rivals=(
        d**2 * t_A * t_B,
        d**2 * t_A * t_B + 2 * d * t_AB,
        d**2 * t_A * t_B + 2 * d * t_ABt,
        d**2 * (t_A * t_B + t_AB + t_ABt),
    ),
)

t_S2 = symbol("t_S2", "the trace of S^2", r"\operatorname{tr}(S^2)", real=True)
t_S3 = symbol("t_S3", "the trace of S^3", r"\operatorname{tr}(S^3)", real=True)
_third_wishart = n * (n**2 + 3 * n + 4) * t_S3 + 3 * n * (n + 1) * t_S * t_S2 + n * t_S**3

sixth_order_average = Claim(
    "sixth_order_average",
    "The mean of tr((Z'Z)^3) over a Gaussian Z with n rows of covariance S is "
    "n(n^2 + 3n + 4) tr(S^3) + 3n(n + 1) tr(S) tr(S^2) + n tr(S)^3.",
    Compare(
        Quantity(
            _mean("m_six", r"\operatorname{tr}((Z^{\top}Z)^3)"),
            "mean of tr((Z'Z)^3)",
            tr(Z.T @ Z @ Z.T @ Z @ Z.T @ Z),
            Setting(
                (_COVARIANCE_S,),
                ((t_S, tr(S_dd)), (t_S2, tr(S_dd @ S_dd)), (t_S3, tr(S_dd @ S_dd @ S_dd))),
                _made((), {"S": ("", S_dd)}),
            ),
        ),
        "=",
        _third_wishart,
    ),
    Domain((n, d, t_S, t_S2, t_S3)),
    ISSERLIS,
    (Precision(digits=50),),
    rivals=(
        _third_wishart - n * t_S3,
        n**3 * t_S3,
        n * (n**2 + 3 * n + 4) * t_S3 + 3 * n**2 * t_S * t_S2 + n * t_S**3,
        _third_wishart - n * t_S**3,
    ),
    remark="Fifteen pairings: 4 + 3n + n^2 + 3(n + 1) + 1 at n = 1.",
)

# -- inverses -------------------------------------------------------------------------------------------------

Z2 = gaussian("Z", n, 2)
B_22 = fixed("B", 2, 2)
_TALL = Sample.of(n, (Z,))
_gram2 = tr(Z2.T @ Z2)

wishart_determinant_mean = Claim(
    "wishart_determinant_mean",
    "For a standard Gaussian Z with n rows and two columns, det(Z'Z) = (tr(Z'Z)^2 - tr((Z'Z)^2))/2 has mean n(n - 1).",
    Compare(
        Quantity(
            _mean("m_det", r"\det(Z^{\top}Z)"),
            "mean of (tr(Z'Z)^2 - tr((Z'Z)^2))/2 for two columns",
            (_gram2 * _gram2 - tr(Z2.T @ Z2 @ Z2.T @ Z2)) * sp.Rational(1, 2),
            Setting((Sample.of(n, (Z2,)),), (), _made(())),
        ),
        "=",
        n * (n - 1),
    ),
    Domain((n,)),
    MUIRHEAD.at("chapter 3, the Wishart distribution"),
    (Precision(digits=50),),
    rivals=(n**2, n * (n + 1), n * (n - 2)),
)

wishart_adjugate_mean = Claim(
    "wishart_adjugate_mean",
    "For a standard Gaussian Z with n rows and two columns, the adjugate tr(Z'Z) I - Z'Z, multiplied by B, has a trace "
    "of mean n tr(B).",
    Compare(
        Quantity(
            _mean("m_adj", r"\operatorname{tr}(\operatorname{adj}(Z^{\top}Z)B)"),
            "mean of tr(Z'Z) tr(B) - tr(Z'Z B) for two columns",
            _gram2 * tr(B_22) - tr(Z2.T @ Z2 @ B_22),
            Setting((Sample.of(n, (Z2,)),), ((t_B, tr(B_22)),), _made((B_22,))),
        ),
        "=",
        n * t_B,
    ),
    Domain((n, t_B)),
    MUIRHEAD.at("chapter 3, the Wishart distribution"),
    (Precision(digits=50),),
    rivals=((n - 1) * t_B, 2 * n * t_B, (n + 1) * t_B),
    remark="Weighting n rows by det(Z'Z) gives the law of Z'Z for n + 2 rows. So with m = n + 2 rows the mean of "
    "tr((Z'Z)^{-1} B) is n tr(B) / (n(n - 1)) = tr(B)/(m - 2 - 1): the inverse Wishart mean at d = 2, exactly.",
)

inverse_wishart_mean = Claim(
    "inverse_wishart_mean",
    "The mean of tr((Z'Z)^{-1} B) over a standard Gaussian Z with n rows and d columns, n > d + 1, is "
    "tr(B)/(n - d - 1).",
    Compare(
        Quantity(
            _mean("m_inverse", r"\operatorname{tr}((Z^{\top}Z)^{-1}B)"),
            "mean of tr((Z'Z)^{-1} B)",
            tr(gram_inverse(Z) @ B_dd),
            Setting((_TALL,), ((t_B, tr(B_dd)),), _with_trace("B", t_B, _made((B_dd,)))),
        ),
        "=",
        t_B / (n - d - 1),
    ),
    Domain(
        (d, n, t_B),
        (Condition(n, ">", d + 1, "the inverse has no mean otherwise; take more rows or fewer columns"),),
    ),
    MUIRHEAD.at("chapter 3, the inverted Wishart distribution"),
    (Simulation(at=({n: 24, d: 6},)),),
    rivals=(t_B / (n - d), t_B / (n - d - 2), t_B / (n - 1)),
    remark="As B is arbitrary, E (Z'Z)^{-1} = I/(n - d - 1). See wishart_adjugate_mean for an exact proof at d = 2.",
)

projector_average = Claim(
    "projector_average",
    "The mean of tr(P A), P the projector on the column space of a standard Gaussian Z with n rows and d <= n columns, "
    "is (d/n) tr(A).",
    Compare(
        Quantity(
            _mean("m_projector", r"\operatorname{tr}(Z(Z^{\top}Z)^{-1}Z^{\top}A)"),
            "mean of tr(P A)",
            tr(projector(Z) @ A_nn),
            Setting((_TALL,), ((t_A, tr(A_nn)),), _with_trace("A", t_A, _made((A_nn,)))),
        ),
        "=",
        d * t_A / n,
    ),
    Domain((d, n, t_A), (Condition(n, ">=", d, "a projector on d dimensions needs d <= n"),)),
    MUIRHEAD.at("chapter 3, the Wishart distribution"),
    (Simulation(at=({n: 14, d: 5},)),),
    rivals=(t_A, d * t_A / (n - 1), d * t_A / (n - d - 1)),
    remark="With A = I it says tr P = d.",
)

# -- conditioning ---------------------------------------------------------------------------------------------

C_de, S_ee = fixed("C", d, e), fixed("S", e, e, symmetric=True)
Y_e = gaussian("Y", n, e)
c2 = symbol("c2", "squared Frobenius norm of the cross-covariance C", r"\|C\|_F^2", nonnegative=True)
s2 = symbol("s2", "trace of the covariance S of a row of Y", r"\operatorname{tr}(S)", nonnegative=True)
_REGRESSION = (c2, tr(C_de.T @ C_de)), (s2, tr(S_ee))
_PAIR = Sample.of(n, (X, Y_e), {(X, Y_e): C_de, (Y_e, Y_e): S_ee})
_RESIDUAL = Y_e - X @ C_de
_SCHUR = Condition(s2, ">=", c2, "C explains at most all of S")


def _regression(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """C and S with S - C'C positive definite, scaled to the sums of squares that the point names."""
    rows, width = int(point["d"]), int(point["e"])
    cross, root = _integers(rng, rows, width), _integers(rng, width, width)
    rest = root.T @ root + np.eye(width)
    if "c2" in point:
        cross = cross * np.sqrt(float(point["c2"]) / float(np.sum(cross**2)))
    if "s2" in point:
        rest = rest * ((float(point["s2"]) - float(np.sum(cross**2))) / float(np.trace(rest)))
    return {"C": cross, "S": cross.T @ cross + rest}


residual_is_independent = Claim(
    "residual_is_independent",
    "For X with n rows and d columns of identity covariance and Y of covariance S, C between them, the residual "
    "R = Y - X C has E tr(R' X X' R) = n d (tr(S) - |C|_F^2).",
    Compare(
        Quantity(
            _mean("m_residual", r"\operatorname{tr}(R^{\top}XX^{\top}R)"),
            "mean of tr(R' X X' R), R = Y - X C",
            tr(_RESIDUAL.T @ X @ X.T @ _RESIDUAL),
            Setting((_PAIR,), _REGRESSION, _regression),
        ),
        "=",
        n * d * (s2 - c2),
    ),
    Domain((n, d, e, c2, s2), (_SCHUR,)),
    ANDERSON.at("section 2.5, conditional distributions"),
    (Precision(digits=50),),
    rivals=(n * d * s2, n * d * (s2 + c2), n * e * (s2 - c2), n * d * s2 + n * c2),
    remark="What independence of X and R gives; for R = Y the value is n d tr(S) + n (n + 1) |C|_F^2.",
)

conditioning_splits_a_block = Claim(
    "conditioning_splits_a_block",
    "For X with n rows and d <= n columns of identity covariance, P the projector on its column space, and Y of "
    "covariance S, C between them, E tr(Y' P Y) = n |C|_F^2 + d (tr(S) - |C|_F^2).",
    Compare(
        Quantity(
            _mean("m_explained", r"\operatorname{tr}(Y^{\top}X(X^{\top}X)^{-1}X^{\top}Y)"),
            "mean of tr(Y' P Y)",
            tr(Y_e.T @ projector(X) @ Y_e),
            Setting((_PAIR,), _REGRESSION, _regression),
        ),
        "=",
        n * c2 + d * (s2 - c2),
    ),
    Domain((d, n, e, c2, s2), (Condition(n, ">=", d, "a projector on d dimensions needs d <= n"), _SCHUR)),
    ANDERSON.at("section 2.5, conditional distributions"),
    (Simulation(at=({n: 16, d: 5, e: 2},)),),
    rivals=(d * s2, n * c2 + d * s2, n * c2 + (d - 1) * (s2 - c2), n * s2),
    remark="Y = X C + R with R independent of X and of covariance S - C'C: P keeps X C whole and d/n of R. See also "
    "residual_is_independent, which is exact.",
)

# -- lengths and directions -----------------------------------------------------------------------------------

x = gaussian("x", N, 1)
_VECTOR = Setting((Sample.of(N, (x,)),), (), _made(()))
_squares, _cubes, _fourths = tr(x.T @ x), tr(power(x, 2).T @ x), tr(power(x, 2).T @ power(x, 2))


def _vector_mean(name: str, latex: str, meaning: str, value: TraceSum) -> Quantity:
    return Quantity(_mean(name, latex), meaning, value, _VECTOR)


power_sums_average = Claim(
    "power_sums_average",
    "The mean of (sum_i x_i^2)(sum_i x_i^4) over N independent standard Gaussian numbers is 3N(N + 4).",
    Compare(
        _vector_mean(
            "m_powers",
            r"\textstyle\sum_i x_i^2\,\sum_i x_i^4",
            "mean of (sum x_i^2)(sum x_i^4)",
            _squares * _fourths,
        ),
        "=",
        3 * N * (N + 4),
    ),
    Domain((N,)),
    ISSERLIS,
    (Precision(digits=50),),
    rivals=(3 * N**2, 15 * N, 3 * N * (N + 5)),
)

length_weighs_by_degree = Claim(
    "length_weighs_by_degree",
    "Over N independent standard Gaussian numbers, E[(sum_i x_i^3)^2 sum_i x_i^2] = 15 N (N + 6).",
    Compare(
        _vector_mean(
            "m_weighted",
            r"(\textstyle\sum_i x_i^3)^2\,|x|^2",
            "mean of (sum x_i^3)^2 |x|^2",
            _cubes * _cubes * _squares,
        ),
        "=",
        15 * N * (N + 6),
    ),
    Domain((N,)),
    MUIRHEAD.at("chapter 1, spherical distributions"),
    (Precision(digits=50),),
    rivals=(15 * N**2, 15 * N * (N + 2), 15 * N * (N + 4)),
    remark="(sum_i x_i^3)^2 has degree 6 and mean 15 N; a factor |x|^2 multiplies it by N + 6 as |x| is independent "
    "of x/|x|.",
)

length_is_independent_of_direction = Claim(
    "length_is_independent_of_direction",
    "The mean of (sum_i x_i^3)^2 / sum_i x_i^2 over N independent standard Gaussian numbers is 15 N/(N + 4).",
    Compare(
        _vector_mean(
            "m_ratio",
            r"(\textstyle\sum_i x_i^3)^2/|x|^2",
            "mean of (sum x_i^3)^2 / |x|^2",
            _cubes * _cubes * tr(gram_inverse(x)),
        ),
        "=",
        15 * N / (N + 4),
    ),
    Domain((N,)),
    MUIRHEAD.at("chapter 1, spherical distributions"),
    (Simulation(at=({N: 12},)),),
    rivals=(sp.Integer(15), 15 * N / (N + 2), 15 * N / (N + 6)),
    remark="|x| is independent of x/|x|, so that E p(x)/|x|^2 = E p(x) E|x|^4 / E|x|^6 for p of degree 6.",
)

CLAIMS = (
    left_quadratic_average,
    right_quadratic_average,
    cross_covariance_average,
    crossed_pair_average,
    two_traces_average,
    products_average_by_pairings,
    two_quadratic_traces_average,
    sixth_order_average,
    wishart_determinant_mean,
    wishart_adjugate_mean,
    inverse_wishart_mean,
    projector_average,
    residual_is_independent,
    conditioning_splits_a_block,
    power_sums_average,
    length_weighs_by_degree,
    length_is_independent_of_direction,
)
