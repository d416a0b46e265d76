"""Numbers in floats, and matrices as arrays or as joint eigenvalues: how lines are reckoned with."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Protocol

import numpy as np

Array = np.ndarray
# What numbers and matrices are is up to the arithmetic: floats and arrays, balls, residues.
AnyNumber = Any
AnyMatrix = Any


class Algebra(Protocol):
    """Numbers, and products, inverses and traces of one kind of matrix; ``objects`` where numbers are no floats."""

    objects: bool

    def number(self, q: Fraction) -> Any:
        """A rational number."""

    def root(self, x: Any) -> Any:
        """The square root of a number."""

    def is_zero(self, x: Any) -> bool:
        """Whether a number is exactly zero."""

    def identity(self, size: int) -> AnyMatrix:
        """The identity."""

    def times(self, a: AnyMatrix, b: AnyMatrix) -> AnyMatrix:
        """The product."""

    def scaled(self, a: AnyMatrix, x: AnyNumber) -> AnyMatrix:
        """x a."""

    def added(self, a: AnyMatrix, b: AnyMatrix) -> AnyMatrix:
        """a + b."""

    def inverse(self, a: AnyMatrix) -> AnyMatrix:
        """The inverse."""

    def trace(self, a: AnyMatrix, b: AnyMatrix) -> AnyNumber:
        """tr(a b)."""

    def turned(self, a: AnyMatrix) -> AnyMatrix:
        """The transpose."""


class PlainOperators:
    """Matrices that Python's own operators add and scale."""

    def scaled(self, a: AnyMatrix, x: AnyNumber) -> AnyMatrix:
        """x a."""
        return a * x

    def added(self, a: AnyMatrix, b: AnyMatrix) -> AnyMatrix:
        """a + b."""
        return a + b


class Floats(PlainOperators):
    """Numbers in double precision, or arrays of them, one for each of several points."""

    objects = False

    def number(self, q: Fraction) -> Any:
        """A rational number."""
        return q.numerator / q.denominator

    def root(self, x: Any) -> Any:
        """The square root of a number."""
        return x**0.5

    def is_zero(self, x: Any) -> bool:
        """Whether a number is exactly zero, at all points."""
        return not np.any(x)


class Dense(Floats):
    """Square or rectangular arrays."""

    def identity(self, size: int) -> Array:
        """The identity."""
        return np.eye(size)

    def times(self, a: Array, b: Array) -> AnyMatrix:
        """The product."""
        return a @ b

    def inverse(self, a: Array) -> AnyMatrix:
        """The inverse."""
        return np.linalg.inv(a)

    def trace(self, a: Array, b: Array) -> float:
        """tr(a b)."""
        return float(np.einsum("ij,ji->", a, b))

    def turned(self, a: Array) -> Array:
        """The transpose."""
        return a.T


class Diagonal(Floats):
    """Vectors of joint eigenvalues, shape (p,) or (points, p)."""

    def identity(self, size: int) -> Array:
        """The identity."""
        return np.ones(size)

    def scaled(self, a: Array, x: AnyNumber) -> AnyMatrix:
        """x a, at each point."""
        return a * (x if np.ndim(x) == 0 else np.asarray(x)[:, None])

    def times(self, a: AnyMatrix, b: AnyMatrix) -> AnyMatrix:
        """The product."""
        return np.multiply(a, b)

    def inverse(self, a: Array) -> AnyMatrix:
        """The inverse."""
        return np.reciprocal(a)

    def trace(self, a: AnyMatrix, b: AnyMatrix) -> AnyNumber:
        """tr(a b), at each point."""
        return np.einsum("...i,...i->...", a, b)

    def turned(self, a: AnyMatrix) -> AnyMatrix:
        """The transpose."""
        return a
