"""What may be inverted: matrices that are visibly symmetric and positive definite."""

from __future__ import annotations

from typing import Any

import sympy as sp

from w2s_sym.equivalents.expressions import (
    Compound,
    Fixed,
    Identity,
    Inverse,
    Matrix,
    MatrixProduct,
    MatrixSum,
    Stack,
    product,
    scaled,
    shape,
    terms_of,
)
from w2s_sym.equivalents.nonlinear import FreshMoment
from w2s_sym.equivalents.scalars import EngineError


def _halves(m: MatrixProduct) -> tuple[Matrix | None, bool]:
    """The middle of V' C V (None for V'V), and whether the product has that form."""
    f = m.factors
    k = len(f) // 2
    fits = all(f[len(f) - 1 - i] == f[i].T for i in range(k))
    return (f[k] if len(f) % 2 else None), fits


def semidefinite(m: Matrix) -> bool:
    """Whether a matrix is visibly symmetric and positive semidefinite."""
    if isinstance(m, Identity | Inverse | FreshMoment):
        return True
    if isinstance(m, Fixed):
        return m.psd
    if isinstance(m, MatrixSum):
        return all(c.is_nonnegative and semidefinite(part) for c, part in m.terms)
    if isinstance(m, MatrixProduct):
        middle, fits = _halves(m)
        return fits and (middle is None or semidefinite(middle))
    return False


def definite(m: Matrix) -> bool:
    """Whether a matrix is visibly symmetric and positive definite: semidefinite terms, one of them definite."""
    if isinstance(m, Identity | Inverse):
        return True
    if isinstance(m, Fixed):
        return m.definite
    return isinstance(m, MatrixSum) and semidefinite(m) and any(c.is_positive and definite(part) for c, part in m.terms)


def inverse(m: Matrix) -> Matrix:
    """The inverse. Raises :class:`EngineError` unless ``m`` is visibly symmetric and positive definite."""
    if not isinstance(m, Matrix):
        raise EngineError(f"{m!r} is no matrix: only a matrix has an inverse")
    if isinstance(m, Compound):
        assert m.depth > 0  # raises where too many expressions stand in each other
    if m.rows != m.cols:
        raise EngineError(f"{m} is {shape(m)}: only a square matrix has an inverse")
    if not definite(m):
        at_fault: Any = next((part for _, part in terms_of(m) if not semidefinite(part)), m)
        negative = next((c for c, _ in terms_of(m) if not c.is_nonnegative), None)
        if negative is not None and at_fault is m:
            raise EngineError(
                f"the inverse of {m}: the coefficient {negative} is not visibly positive; use a square, "
                "or a positive parameter"
            )
        why = "is not visibly symmetric and positive semidefinite" if at_fault is not m else "has no definite term"
        raise EngineError(
            f"the inverse of {m}: {at_fault} {why}; add a positive multiple of I, write Gram matrices as V' C V, or "
            "use min_norm and least_squares"
        )
    return Inverse(m)


def inner_sides(m: Matrix) -> tuple[sp.Expr, ...]:
    """The numbers of columns that bound the rank of a matrix, apart from its rows."""
    if isinstance(m, MatrixProduct):
        return tuple(dict.fromkeys(s for f in m.factors for s in inner_sides(f)))
    if isinstance(m, MatrixSum):
        return min((inner_sides(part) for part in m.parts()), key=len)
    if isinstance(m, Stack) and not m.across:
        return tuple(dict.fromkeys(s for b in m.blocks for s in inner_sides(b)))
    return (sp.Add(*m.cols),)


def gram_inverse_of_rows(m: Matrix, scale: Any) -> Matrix:
    """(scale m m')^{-1}, where the rows of ``m`` are fewer than anything that bounds its rank."""
    fewer = sp.Add(*m.rows)
    return Inverse(scaled(scale, product(m, m.T)), tuple((fewer, more) for more in inner_sides(m)))
