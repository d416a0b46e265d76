"""Estimators as statisticians write them: designs, truths, noises, labels, ridge, min-norm and least squares.

A vector is linear in independent sources: the truth, and each noise. An estimator turns labels into coefficients and is
such a vector again, so that estimators can be trained on each other's predictions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import sympy as sp

from w2s_sym.equivalents.expressions import (
    Design,
    DesignRows,
    Fixed,
    Identity,
    Matrix,
    Sides,
    Zero,
    added,
    product,
    scaled,
    shape,
    stacked,
)
from w2s_sym.equivalents.positivity import gram_inverse_of_rows, inverse
from w2s_sym.equivalents.scalars import EngineError, one_over, parameter, scalar, size


def _applied(m: Matrix, v: LinearVector) -> LinearVector:
    return LinearVector({s: product(m, k) for s, k in v.of.items()})


def _is_size(n: Any) -> None:
    if not (isinstance(n, sp.Symbol) and n.is_integer and n.is_positive):
        raise EngineError(f"{n!r} is no size: make it by sizes('n p')")


def sizes(names: str) -> tuple[sp.Symbol, ...]:
    """Sizes by their names, such as ``n, p = sizes("n p")``: positive integers that grow together."""
    if not isinstance(names, str) or not names.strip():
        raise EngineError(f"{names!r} names no sizes: write sizes('n p')")
    return tuple(size(name) for name in names.replace(",", " ").split())


def covariance(name: str, p: sp.Symbol, *, definite: bool = False) -> Fixed:
    """A covariance of size p by its name: a fixed, symmetric, positive semidefinite matrix.

    With ``definite`` it has no eigenvalue zero, so that a sum of it and others has an inverse.
    """
    parameter(name)
    _is_size(p)
    return Fixed(name, (p,), (p,), symmetric=True, psd=True, definite=definite)


def fixed_matrix(name: str, rows: sp.Symbol, cols: sp.Symbol) -> Fixed:
    """A matrix that is not random, of any shape."""
    parameter(name)
    _is_size(rows)
    _is_size(cols)
    return Fixed(name, (rows,), (cols,))


def identity(p: sp.Symbol) -> Identity:
    """The identity of size p, as an isotropic covariance or as a matrix of its own."""
    return Identity((p,))


def design(name: str, n: sp.Symbol, Sigma: Matrix) -> Design:
    """n independent rows N(0, Sigma): a sample of its own. Designs of one expression have different names.

    Raises :class:`EngineError` for a name that is none, for a size that is none, and for another covariance.
    """
    parameter(name)
    return designs((name,), n, {(name, name): Sigma})[0]


def designs(names: tuple[str, ...], n: sp.Symbol, covariances: Mapping[tuple[str, str], Matrix]) -> tuple[Design, ...]:
    """Blocks of one sample: n independent rows (row_a, row_b, ...), where E[row_a' row_b] is ``covariances[a, b]``.

    A pair that is missing is uncorrelated. Raises :class:`EngineError` for a block without a covariance of its own.
    """
    _is_size(n)
    if not isinstance(covariances, Mapping):
        raise EngineError("covariances are given by pairs of block names, such as {('a', 'a'): Sigma}")
    sample = DesignRows(n, dict(covariances))
    for pair, m in covariances.items():
        if not isinstance(m, Fixed | Identity) or not set(pair) <= set(names):
            raise EngineError(f"the covariance of {pair} is {m}: it must be a named matrix or identity(p)")
    made = []
    for name in names:
        parameter(name)
        own = covariances.get((name, name))
        if own is None or own.rows != own.cols or (isinstance(own, Fixed) and not own.psd):
            raise EngineError(f"the block {name} needs a covariance of its own: covariances[{name!r}, {name!r}]")
        made.append(Design(sample, name, own.rows))
    return tuple(made)


@dataclass(frozen=True)
class VectorSource:
    """A vector with a second moment, ``moment``, that is independent of designs and of other sources.

    ``call`` tells noises of one variance apart: each call of :func:`noise` makes one of its own. A truth has none: it
    is known by its name.
    """

    name: str
    side: sp.Symbol
    moment: Matrix
    call: int = 0


@dataclass(frozen=True)
class LinearVector:
    """A sum of matrices, each times a source of its own."""

    of: Mapping[VectorSource, Matrix]

    @property
    def rows(self) -> Sides:
        """Its number of rows."""
        return next(iter(self.of.values())).rows

    def __rmatmul__(self, m: Matrix) -> LinearVector:
        return _applied(m, self)

    def __add__(self, other: LinearVector) -> LinearVector:
        return self._added(1, other)

    def __sub__(self, other: LinearVector) -> LinearVector:
        return self._added(-1, other)

    def _added(self, sign: int, other: LinearVector) -> LinearVector:
        if not isinstance(other, LinearVector):
            return NotImplemented
        if self.rows != other.rows:
            raise EngineError(f"vectors of {self.rows} and {other.rows} rows cannot be added")
        found = dict(self.of)
        for s, k in other.of.items():
            if s not in found:
                found[s] = k if sign == 1 else scaled(-1, k)
            elif found[s] == k and sign == -1:
                del found[s]
            else:
                found[s] = added(found[s], sign, k)
        if not found:
            raise EngineError("the difference of two equal vectors is zero: there is no risk")
        return LinearVector(found)

    def __mul__(self, factor: Any) -> LinearVector:
        return LinearVector({s: scaled(factor, k) for s, k in self.of.items()})

    __rmul__ = __mul__

    def __truediv__(self, factor: Any) -> LinearVector:
        return self.__mul__(one_over(factor))

    def __neg__(self) -> LinearVector:
        return self.__mul__(-1)


def truth(name: str, p: sp.Symbol) -> LinearVector:
    """The true coefficients: a fixed vector, or a random one with a second moment, independent of the designs.

    Two calls with one name are the same truth. A risk has one truth: write a second vector as a fixed matrix times it.
    """
    parameter(name)
    _is_size(p)
    moment = Fixed(f"{name} {name}'", (p,), (p,), symmetric=True, psd=True)
    return LinearVector({VectorSource(name, p, moment): Identity((p,))})


def noise(variance: str | sp.Expr, n: sp.Symbol) -> LinearVector:
    """n independent noises with a variance. Each call makes a noise of its own; use one twice to have it twice."""
    number = scalar(variance)
    _is_size(n)
    if not number.is_nonnegative or number == 0:
        raise EngineError(f"the variance {number} is not visibly positive: use a name, or a positive number")
    source = VectorSource(f"noise {number}", n, scaled(number, Identity((n,))), next(_CALLS))
    return LinearVector({source: Identity((n,))})


_CALLS = count(1)


def stack(*blocks: Any) -> Any:
    """Matrices with the same columns, or labels, one below the other: samples that train one estimator together.

    Raises :class:`EngineError` for blocks that do not fit.
    """
    if blocks and all(isinstance(b, LinearVector) for b in blocks):
        return _stacked_labels(blocks)
    if not blocks or not all(isinstance(b, Matrix) for b in blocks):
        raise EngineError("a stack is made of matrices, or of labels, and not of both")
    return stacked(blocks)


def _stacked_labels(blocks: tuple[LinearVector, ...]) -> LinearVector:
    sources = dict.fromkeys(s for b in blocks for s in b.of)
    rows = [(s, [b.of.get(s, Zero(b.rows, (s.side,))) for b in blocks]) for s in sources]
    return LinearVector({s: stacked(tuple(found)) for s, found in rows})


def ridge(X: Matrix, labels: LinearVector, lam: Any, *, per: Any = None, by_rows: bool = False) -> LinearVector:
    """(X'X/n + lam I)^{-1} X' labels/n, with n the number of rows.

    ``per`` stands for n in both places where it is given, such as 1. ``by_rows`` writes the same estimator as
    X'(XX'/n + lam I)^{-1} labels/n, which keeps more digits at small ridges where n < p.
    """
    _fits(X, labels)
    number = _per(X, per)
    penalty = scalar(lam)
    if by_rows:
        inner = inverse(added(product(X, X.T) / number, 1, scaled(penalty, Identity(X.rows))))
        return _applied(product(X.T, inner) / number, labels)
    inner = inverse(added(product(X.T, X) / number, 1, scaled(penalty, Identity(X.cols))))
    return _applied(product(inner, X.T) / number, labels)


def min_norm(X: Matrix, labels: LinearVector) -> LinearVector:
    """The interpolator of smallest norm, X'(XX')^{-1} labels, for fewer rows than dimensions."""
    _fits(X, labels)
    number = X.rows[0] if len(X.rows) == 1 else sp.S.One
    return _applied(product(X.T, gram_inverse_of_rows(X, 1 / number)) / number, labels)


def least_squares(X: Matrix, labels: LinearVector) -> LinearVector:
    """Least squares, (X'X)^{-1} X' labels, for more rows than dimensions."""
    _fits(X, labels)
    number = X.rows[0] if len(X.rows) == 1 else sp.S.One
    return _applied(product(gram_inverse_of_rows(X.T, 1 / number), X.T) / number, labels)


def gradient_descent(X: Matrix, labels: LinearVector, rate: Any, steps: int) -> LinearVector:
    """``steps`` steps of gradient descent from zero on |X w - labels|^2/(2n): the rate times (I - rate X'X/n)^j."""
    _fits(X, labels)
    if not isinstance(steps, int) or isinstance(steps, bool) or not 1 <= steps <= 50:
        raise EngineError(f"steps = {steps!r}: needs an integer from 1 to 50")
    n, eta = _per(X, None), scalar(rate)
    first = _applied(X.T * (eta / n), labels)
    found = first
    for _ in range(steps - 1):
        found = found - _applied(product(X.T, X) * (eta / n), found) + first
    return found


def _per(X: Matrix, per: Any) -> sp.Expr:
    if per is not None:
        return scalar(per)
    if len(X.rows) > 1:
        raise EngineError(f"{X} has rows of several samples: say by what to divide, such as per=1")
    return X.rows[0]


def _fits(X: Matrix, labels: LinearVector) -> None:
    if not isinstance(X, Matrix) or not isinstance(labels, LinearVector):
        raise EngineError(
            f"an estimator is trained on a matrix and labels, not on {type(X).__name__} and {type(labels).__name__}"
        )
    if X.rows != labels.rows:
        raise EngineError(f"{X} is {shape(X)}, and the labels have {labels.rows} rows: they do not fit")
