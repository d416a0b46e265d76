"""Matrices made of fixed ones and of Gaussian designs by sums, products and inverses, as they are written.

Nothing is simplified here: a :class:`Matrix` is a tree, from which a circuit is built, numbers are drawn, and nothing
is lost. Sides have sizes; what two designs are stacked into has a side with several.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy as sp

from w2s_sym.equivalents.scalars import EngineError, one_over, scalar

Sides = tuple[sp.Expr, ...]
# Expressions that stand in each other; beyond it Python's own recursion would end.
MOST_NESTED = 60


class Matrix:
    """An expression that is a matrix; ``rows`` and ``cols`` are its sides."""

    rows: Sides
    cols: Sides

    @property
    def T(self) -> Matrix:
        """The transpose, pushed to the letters."""
        raise NotImplementedError

    def parts(self) -> tuple[Matrix, ...]:
        """What it is made of."""
        return ()

    def __matmul__(self, other: Any) -> Any:
        if not isinstance(other, Matrix):
            return NotImplemented
        return product(self, other)

    def __add__(self, other: Any) -> Matrix:
        return added(self, 1, other)

    def __sub__(self, other: Any) -> Matrix:
        return added(self, -1, other)

    def __neg__(self) -> Matrix:
        return scaled(-1, self)

    def __mul__(self, factor: Any) -> Matrix:
        return scaled(factor, self)

    __rmul__ = __mul__

    def __truediv__(self, factor: Any) -> Matrix:
        return scaled(one_over(factor), self)


class Compound(Matrix):
    """An expression whose sides follow from what it is made of."""

    def sides(self) -> tuple[Sides, Sides]:
        """Rows and columns."""
        raise NotImplementedError

    @property
    def rows(self) -> Sides:  # type: ignore[override]
        """The sides of its rows."""
        return self.sides()[0]

    @property
    def cols(self) -> Sides:  # type: ignore[override]
        """The sides of its columns."""
        return self.sides()[1]

    @cached_property
    def depth(self) -> int:
        """How many expressions stand in each other, this one among them. Raises :class:`EngineError` for too many."""
        found = 1 + max((m.depth for m in self.parts() if isinstance(m, Compound)), default=0)
        if found > MOST_NESTED:
            raise EngineError(f"more than {MOST_NESTED} expressions stand in each other: split the estimator")
        return found


@dataclass(frozen=True)
class Identity(Matrix):
    """The identity of a side."""

    rows: Sides

    @property
    def cols(self) -> Sides:  # type: ignore[override]
        """The same side."""
        return self.rows

    @property
    def T(self) -> Matrix:
        """Itself."""
        return self

    def __str__(self) -> str:
        return "I"


@dataclass(frozen=True)
class Zero(Matrix):
    """A block of zeros, such as the rows of a stack in which a noise does not stand."""

    rows: Sides
    cols: Sides

    @property
    def T(self) -> Matrix:
        """The block turned."""
        return Zero(self.cols, self.rows)

    def __str__(self) -> str:
        return "0"


@dataclass(frozen=True)
class Fixed(Matrix):
    """A matrix that is not random. ``psd`` says that it is symmetric and positive semidefinite."""

    name: str
    rows: Sides
    cols: Sides
    symmetric: bool = False
    psd: bool = False
    definite: bool = False
    transposed: bool = False

    @property
    def T(self) -> Matrix:
        """Itself where it is symmetric."""
        if self.symmetric:
            return self
        return Fixed(self.name, self.cols, self.rows, transposed=not self.transposed)

    def __str__(self) -> str:
        return self.name + ("'" if self.transposed else "")


@dataclass(frozen=True, eq=False)
class DesignRows:
    """Rows that are drawn together: independent Gaussian rows, each made of blocks.

    ``covariance`` has E[row_a' row_b] for each pair of block names (a, b); a missing pair is uncorrelated. Two samples
    are independent, whatever their names are.
    """

    count: sp.Expr
    covariance: dict[tuple[str, str], Matrix]

    def between(self, a: str, b: str) -> Matrix | None:
        """E[row_a' row_b], or None where that is zero."""
        found = self.covariance.get((a, b))
        if found is not None:
            return found
        other = self.covariance.get((b, a))
        return None if other is None else other.T


@dataclass(frozen=True)
class Design(Compound):
    """A block of a sample: a Gaussian matrix, or its transpose."""

    sample: DesignRows
    name: str
    dimensions: Sides
    transposed: bool = False

    def sides(self) -> tuple[Sides, Sides]:
        """The number of rows of the sample, and the dimensions; the other way round where it is transposed."""
        rows = (self.sample.count,)
        return (self.dimensions, rows) if self.transposed else (rows, self.dimensions)

    @property
    def T(self) -> Matrix:
        """The transpose."""
        return Design(self.sample, self.name, self.dimensions, not self.transposed)

    def __str__(self) -> str:
        return self.name + ("'" if self.transposed else "")


@dataclass(frozen=True)
class MatrixSum(Compound):
    """A sum of multiples."""

    terms: tuple[tuple[sp.Expr, Matrix], ...]

    def sides(self) -> tuple[Sides, Sides]:
        """Those of each term."""
        return self.terms[0][1].rows, self.terms[0][1].cols

    @property
    def T(self) -> Matrix:
        """The sum of the transposes."""
        return MatrixSum(tuple((c, m.T) for c, m in self.terms))

    def parts(self) -> tuple[Matrix, ...]:
        """The terms."""
        return tuple(m for _, m in self.terms)

    @cached_property
    def _hash(self) -> int:
        return hash(self.terms)

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        return " + ".join(str(m) if c == 1 else f"{_factor(c)} {_closed(m)}" for c, m in self.terms)


@dataclass(frozen=True)
class MatrixProduct(Compound):
    """A product of two or more factors."""

    factors: tuple[Matrix, ...]

    def sides(self) -> tuple[Sides, Sides]:
        """The rows of the first factor and the columns of the last."""
        return self.factors[0].rows, self.factors[-1].cols

    @property
    def T(self) -> Matrix:
        """The transposes in the other order."""
        return MatrixProduct(tuple(f.T for f in reversed(self.factors)))

    def parts(self) -> tuple[Matrix, ...]:
        """The factors."""
        return self.factors

    @cached_property
    def _hash(self) -> int:
        return hash(self.factors)

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        return " ".join(map(_closed, self.factors))


@dataclass(frozen=True)
class Inverse(Compound):
    """The inverse of what is visibly symmetric and positive definite.

    ``needs`` are pairs of numbers of rows (less, more) with less < more, on which that rests where no ridge does; each
    is a sum of sizes.
    """

    of: Matrix
    needs: tuple[tuple[sp.Expr, sp.Expr], ...] = ()

    def sides(self) -> tuple[Sides, Sides]:
        """Those of what it inverts."""
        return self.of.rows, self.of.rows

    @property
    def T(self) -> Matrix:
        """Itself: what is inverted is symmetric."""
        return self

    def parts(self) -> tuple[Matrix, ...]:
        """What it inverts."""
        return (self.of,)

    @cached_property
    def _hash(self) -> int:
        return hash((Inverse, self.of, self.needs))

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        return f"({self.of})^-1"


@dataclass(frozen=True)
class Stack(Compound):
    """Matrices with the same columns, one below the other; or, ``across``, with the same rows, side by side."""

    blocks: tuple[Matrix, ...]
    across: bool = False

    def sides(self) -> tuple[Sides, Sides]:
        """Along the stack those of all blocks, one after another; across it those of each."""
        if self.across:
            return self.blocks[0].rows, tuple(s for b in self.blocks for s in b.cols)
        return tuple(s for b in self.blocks for s in b.rows), self.blocks[0].cols

    @property
    def T(self) -> Matrix:
        """The transposes, the other way round."""
        return Stack(tuple(b.T for b in self.blocks), not self.across)

    def parts(self) -> tuple[Matrix, ...]:
        """The blocks."""
        return self.blocks

    def __str__(self) -> str:
        return "[" + (", " if self.across else "; ").join(map(str, self.blocks)) + "]"


def _factor(c: sp.Expr) -> str:
    return f"({c})" if c.is_Add else str(c)


def _closed(m: Matrix) -> str:
    return f"({m})" if isinstance(m, MatrixSum) else str(m)


def shape(m: Matrix) -> str:
    """The sides of a matrix in words, such as ``n x p``."""
    return " x ".join("+".join(map(str, side)) for side in (m.rows, m.cols))


def terms_of(m: Matrix) -> tuple[tuple[sp.Expr, Matrix], ...]:
    """A matrix as a sum of multiples."""
    return m.terms if isinstance(m, MatrixSum) else ((sp.S.One, m),)


def added(left: Matrix, sign: int, right: Any) -> Matrix:
    """left + sign right, equal terms joined; a number beside a square matrix stands for its multiple of I."""
    if not isinstance(right, Matrix):
        if left.rows != left.cols:
            raise EngineError(f"{left} is {shape(left)}: a number can be added to a square matrix only")
        right = scaled(right, Identity(left.rows))
    if (left.rows, left.cols) != (right.rows, right.cols):
        raise EngineError(f"{left} is {shape(left)}, and {right} is {shape(right)}: they cannot be added")
    terms: dict[Matrix, sp.Expr] = dict.fromkeys((), sp.S.Zero)
    for c, m in (*terms_of(left), *((sign * c, m) for c, m in terms_of(right))):
        terms[m] = sp.expand(terms.get(m, sp.S.Zero) + c)
    kept = tuple((c, m) for m, c in terms.items() if c != 0)
    if not kept:
        raise EngineError(f"{left} minus {right} is zero: leave it out")
    return kept[0][1] if len(kept) == 1 and kept[0][0] == 1 else MatrixSum(kept)


def scaled(factor: Any, m: Matrix) -> Matrix:
    """factor m."""
    c = scalar(factor)
    if isinstance(m, Zero):
        return m
    if c == 0:
        raise EngineError(f"zero times {m}: leave it out")
    terms = tuple((sp.expand(c * k), part) for k, part in terms_of(m))
    return terms[0][1] if len(terms) == 1 and terms[0][0] == 1 else MatrixSum(terms)


def product(left: Matrix, right: Matrix) -> Matrix:
    """left right; identities are left out, and numbers come to the front."""
    if left.cols != right.rows:
        raise EngineError(f"{left} is {shape(left)}, and {right} is {shape(right)}: they cannot be multiplied")
    if isinstance(left, Zero) or isinstance(right, Zero):
        return Zero(left.rows, right.cols)
    number = sp.S.One
    factors: list[Matrix] = []
    for m in (left, right):
        if isinstance(m, MatrixSum) and len(m.terms) == 1:
            number *= m.terms[0][0]
            m = m.terms[0][1]
        factors += m.factors if isinstance(m, MatrixProduct) else [m]
    kept = [f for f in factors if not isinstance(f, Identity)]
    made = factors[0] if not kept else kept[0] if len(kept) == 1 else MatrixProduct(tuple(kept))
    return made if number == 1 else scaled(number, made)


def stacked(blocks: tuple[Matrix, ...]) -> Matrix:
    """Matrices with the same columns, one below the other."""
    for b in blocks[1:]:
        if b.cols != blocks[0].cols:
            raise EngineError(f"{blocks[0]} is {shape(blocks[0])}, and {b} is {shape(b)}: they cannot be stacked")
    return blocks[0] if len(blocks) == 1 else Stack(blocks)


def subexpressions(m: Matrix) -> Iterator[Matrix]:
    """A matrix and everything that it is made of."""
    yield m
    for part in m.parts():
        yield from subexpressions(part)
