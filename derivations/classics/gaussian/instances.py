"""Sources, letters, and instances of fixed matrices that the evidence draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym import Mat, Source, letters, symbol

N, n = letters.N, letters.n

ISSERLIS = Source(
    key="gaussian",
    authors="Isserlis, L.",
    title="On a formula for the product-moment coefficient of any order of a normal frequency distribution in any "
    "number of variables",
    year=1918,
    venue="Biometrika 12, 134-139",
    trust="recalled",
)
STEIN = Source(
    key="gaussian",
    authors="Stein, C. M.",
    title="Estimation of the mean of a multivariate normal distribution",
    year=1981,
    venue="The Annals of Statistics 9, 1135-1151",
    trust="recalled",
)
HAFF = Source(
    key="gaussian",
    authors="Haff, L. R.",
    title="An identity for the Wishart distribution with applications",
    year=1979,
    venue="Journal of Multivariate Analysis 9, 531-544",
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


def trace_letter(name: str, word: str) -> sp.Symbol:
    """The symbol for a trace of fixed matrices; ``word`` is LaTeX."""
    return symbol(name, f"the trace of ${word}$", rf"\operatorname{{tr}}({word})", real=True)


def mean_letter(name: str, of: str) -> sp.Symbol:
    """The symbol for the mean of a quantity; ``of`` is LaTeX."""
    return symbol(name, f"the mean of ${of}$", rf"\mathbb{{E}}\,[{of}]", real=True)


# -- instances ------------------------------------------------------------------------------------------------

Realise = Callable[[Mapping[str, Any], np.random.Generator], Mapping[str, Any]]


def integers(rng: np.random.Generator, rows: int, cols: int) -> np.ndarray:
    """A random matrix of small integers; its diagonal is positive, so that traces stay away from zero."""
    made = rng.integers(-2, 3, size=(rows, cols)).astype(float)
    for i in range(min(rows, cols)):
        made[i, i] = float(rng.integers(1, 4))
    return made


def realised(mats: tuple[Mat, ...], covariances: Mapping[str, tuple[str, Mat]] | None = None) -> Realise:
    """How to make fixed matrices: ``mats`` have free integer entries.

    ``covariances`` maps the name of a covariance S to (the name of a cross-covariance C or "", its matrix): S is
    C'C plus a random positive definite matrix, so that [[I, C], [C', S]] is the covariance of some pair of rows.
    """

    def size(of: sp.Expr, point: Mapping[str, Any]) -> int:
        return int(of) if of.is_Integer else int(point[str(of)])

    def realise(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
        arrays: dict[str, Any] = {m.atom.name: integers(rng, size(m.rows, point), size(m.cols, point)) for m in mats}
        for name, (cross, mat) in (covariances or {}).items():
            width = size(mat.cols, point)
            root = integers(rng, width, width)
            arrays[name] = root.T @ root + np.eye(width)
            if cross:
                arrays[name] = arrays[name] + arrays[cross].T @ arrays[cross]
        return arrays

    return realise


def with_trace(of: str, trace: sp.Symbol, inner: Realise) -> Realise:
    """The same instance with one matrix shifted by a multiple of I where the point asks for its trace."""

    def realise(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
        arrays = dict(inner(point, rng))
        if trace.name in point:
            array = arrays[of]
            missing = float(point[trace.name]) - float(np.trace(array))
            arrays[of] = array + np.eye(len(array)) * (missing / len(array))
        return arrays

    return realise
