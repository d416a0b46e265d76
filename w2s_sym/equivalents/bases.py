"""Matrices in the eigenbases of those that are inverted, so that products and inverses of these cost little.

A letter such as Q = (a I + b Sigma)^-1 is diagonal in the basis of Sigma. A word is a product of such diagonals, of the
overlaps U = V'W of two bases, and of other matrices, each changed to a basis once. So what is a product of whole
matrices elsewhere is mostly a scaling of rows and columns here.

Basis 0 is the standard one; basis k > 0 has its eigenvectors in the columns of a matrix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from w2s_sym.equivalents.arithmetic import AnyMatrix, Array, Floats

STANDARD = 0
# The identity is diagonal in any basis.
ANY = -1


@dataclass(frozen=True, eq=False)
class InBasis:
    """A diagonal matrix in a basis."""

    basis: int
    diagonal: Array


@dataclass(frozen=True, eq=False)
class Whole:
    """A matrix by its entries, for pairs of bases: the rows in the first, the columns in the second."""

    forms: dict[tuple[int, int], Array] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Thin:
    """A product L R' of few columns: pairs of a basis and its entries, such as the second moment of a fixed vector."""

    left: tuple[int, Array]
    right: tuple[int, Array]


@dataclass(frozen=True, eq=False)
class BetweenBases:
    """A matrix by its entries left_i M_ij right_j, which are not written out; no scale is 1.

    M are the entries of ``of`` for the bases ``rows`` and ``cols``, or V'W where it is None. Further diagonals of these
    bases change a scale only.
    """

    of: Whole | None
    rows: int
    cols: int
    left: Array | None = None
    right: Array | None = None


def _both(one: Array | None, other: Array | None) -> Array | None:
    """The product of two scales."""
    return other if one is None else one if other is None else one * other


def _summed(left: Array | None, entries: Array, right: Array | None) -> float:
    """The sum of left_i entries_ij right_j."""
    rows = entries.sum(axis=1) if right is None else entries @ right
    return float(rows.sum() if left is None else left @ rows)


class Bases(Floats):
    """Products, inverses and traces of matrices in several bases."""

    def __init__(self, vectors: Mapping[int, Array]) -> None:
        self.vectors = dict(vectors)
        self._overlaps: dict[tuple[int, int], Array] = {}
        self._squares: dict[tuple[int, int], Array] = {}

    def overlap(self, k: int, j: int) -> Array:
        """V'W for the bases k and j."""
        found = self._overlaps.get((k, j))
        if found is None:
            left, right = self.vectors.get(k), self.vectors.get(j)
            if left is not None:
                found = left.T if right is None else left.T @ right
            else:
                assert right is not None
                found = right
            self._overlaps[k, j], self._overlaps[j, k] = found, found.T
        return found

    def squares(self, k: int, j: int) -> Array:
        """The squared entries of V'W."""
        found = self._squares.get((k, j))
        if found is None:
            found = np.square(self.overlap(k, j))
            self._squares[k, j], self._squares[j, k] = found, found.T
        return found

    def form(self, m: Whole, rows: int, cols: int) -> Array:
        """The entries for a pair of bases, found once."""
        found = m.forms.get((rows, cols))
        if found is None:
            # From what is known, with as few changes as there are.
            (r, c), found = min(m.forms.items(), key=lambda item: (item[0][0] != rows) + (item[0][1] != cols))
            if r != rows:
                found = self.overlap(rows, r) @ found
            if c != cols:
                found = found @ self.overlap(c, cols)
            m.forms[rows, cols] = found
        return found

    def columns(self, side: tuple[int, Array], basis: int) -> Array:
        """Columns in a basis."""
        return side[1] if basis in (side[0], ANY) else self.overlap(basis, side[0]) @ side[1]

    def entries(self, m: BetweenBases) -> Array:
        """M of what is scaled."""
        return self.overlap(m.rows, m.cols) if m.of is None else self.form(m.of, m.rows, m.cols)

    def whole(self, a: AnyMatrix) -> Whole:
        """A matrix by its entries."""
        if isinstance(a, Whole):
            return a
        if isinstance(a, Thin):
            return Whole({(a.left[0], a.right[0]): a.left[1] @ a.right[1].T})
        if isinstance(a, BetweenBases):
            found = self.entries(a)
            found = found if a.left is None else a.left[:, None] * found
            return Whole({(a.rows, a.cols): found if a.right is None else found * a.right})
        if a.basis <= STANDARD:
            return Whole({(STANDARD, STANDARD): np.diag(a.diagonal)})
        return Whole({(a.basis, STANDARD): a.diagonal[:, None] * self.overlap(a.basis, STANDARD)})

    def identity(self, size: int) -> AnyMatrix:
        """The identity."""
        return InBasis(ANY, np.ones(size))

    def scaled(self, a: AnyMatrix, x: Any) -> AnyMatrix:
        """x a."""
        if isinstance(a, InBasis):
            return InBasis(a.basis, a.diagonal * x)
        if isinstance(a, Thin):
            return Thin((a.left[0], a.left[1] * x), a.right)
        if isinstance(a, BetweenBases) and a.left is not None:
            return replace(a, left=a.left * x)
        if isinstance(a, BetweenBases) and a.right is not None:
            return replace(a, right=a.right * x)
        first = next(iter(self.whole(a).forms.items()))
        return Whole({first[0]: first[1] * x})

    def added(self, a: AnyMatrix, b: AnyMatrix) -> AnyMatrix:
        """a + b."""
        if isinstance(a, InBasis) and isinstance(b, InBasis) and (a.basis == b.basis or ANY in (a.basis, b.basis)):
            return InBasis(max(a.basis, b.basis), a.diagonal + b.diagonal)
        left, right = self.whole(a), self.whole(b)
        at = next(iter(left.forms.keys() & right.forms.keys()), (STANDARD, STANDARD))
        return Whole({at: self.form(left, *at) + self.form(right, *at)})

    def times(self, a: AnyMatrix, b: AnyMatrix) -> AnyMatrix:
        """The product."""
        if isinstance(a, Thin):
            return Thin(a.left, self._applied(self.turned(b), a.right))
        if isinstance(b, Thin):
            return Thin(self._applied(a, b.left), b.right)
        if isinstance(a, InBasis) and isinstance(b, InBasis):
            if a.basis == b.basis or ANY in (a.basis, b.basis):
                return InBasis(max(a.basis, b.basis), a.diagonal * b.diagonal)
            return BetweenBases(None, a.basis, b.basis, a.diagonal, b.diagonal)
        if isinstance(a, InBasis):
            found = self._with(b, 0, a.basis)
            return replace(found, left=_both(a.diagonal, found.left))
        if isinstance(b, InBasis):
            found = self._with(a, 1, b.basis)
            return replace(found, right=_both(found.right, b.diagonal))
        left, right = self._meeting(a, b)
        entries, inner = self.entries(left), _both(left.right, right.left)
        entries = (entries if inner is None else entries * inner) @ self.entries(right)
        return BetweenBases(Whole({(left.rows, right.cols): entries}), left.rows, right.cols, left.left, right.right)

    def _with(self, m: Whole | BetweenBases, side: int, basis: int) -> BetweenBases:
        """A matrix with a basis for its rows, side 0, or for its columns, side 1."""
        if isinstance(m, Whole):
            return BetweenBases(m, *(next(iter(m.forms)) if basis == ANY else self._near(m, side, basis)))
        known, scale = (m.rows, m.left) if side == 0 else (m.cols, m.right)
        if basis in (known, ANY):
            return m
        if scale is not None or m.of is None:
            scale = np.ones(1) if scale is None else scale
            made = (
                self.overlap(basis, known) @ (scale[:, None] * self.entries(m))
                if side == 0
                else (self.entries(m) * scale) @ self.overlap(known, basis)
            )
            pair = (basis, m.cols) if side == 0 else (m.rows, basis)
            m = replace(m, of=Whole({pair: made}))
        return replace(m, rows=basis, left=None) if side == 0 else replace(m, cols=basis, right=None)

    def _meeting(self, a: Whole | BetweenBases, b: Whole | BetweenBases) -> tuple[BetweenBases, BetweenBases]:
        """Two factors, the columns of the first in the basis of the rows of the second."""
        if isinstance(a, Whole) and isinstance(b, Whole):
            inner = {c for _, c in a.forms} & {r for r, _ in b.forms}
            middle = min(inner) if inner else next(iter(a.forms))[1]
        elif isinstance(a, BetweenBases):
            middle = a.cols
        else:
            assert isinstance(b, BetweenBases)
            middle = b.rows
        return self._with(a, 1, middle), self._with(b, 0, middle)

    def _applied(self, m: AnyMatrix, side: tuple[int, Array]) -> tuple[int, Array]:
        """A matrix times columns."""
        if isinstance(m, InBasis):
            basis = side[0] if m.basis == ANY else m.basis
            return basis, m.diagonal[:, None] * self.columns(side, basis)
        if isinstance(m, Thin):
            return m.left[0], m.left[1] @ (m.right[1].T @ self.columns(side, m.right[0]))
        if isinstance(m, BetweenBases):
            found = self.columns(side, m.cols)
            found = self.entries(m) @ (found if m.right is None else m.right[:, None] * found)
            return m.rows, found if m.left is None else m.left[:, None] * found
        rows, cols = self._near(m, 1, side[0])
        if (rows, cols) not in m.forms:
            rows, cols = next(iter(m.forms))
        return rows, m.forms[rows, cols] @ self.columns(side, cols)

    def _near(self, m: Whole, side: int, basis: int) -> tuple[int, int]:
        """The pair of bases, that given on one side, to which the entries are changed most easily."""
        if basis == ANY:
            return next(iter(m.forms))
        known = min(m.forms, key=lambda pair: pair[side] != basis)
        return (basis, known[1]) if side == 0 else (known[0], basis)

    def inverse(self, a: AnyMatrix) -> AnyMatrix:
        """The inverse."""
        if isinstance(a, InBasis):
            return InBasis(a.basis, 1 / a.diagonal)
        return Whole({(STANDARD, STANDARD): np.linalg.inv(self.form(a, STANDARD, STANDARD))})

    def trace(self, a: AnyMatrix, b: AnyMatrix) -> float:
        """tr(a b)."""
        if isinstance(b, Thin):
            a, b = b, a
        if isinstance(a, Thin):
            basis, found = self._applied(b, a.left)
            return float(np.sum(found * self.columns(a.right, basis)))
        if isinstance(a, InBasis) and isinstance(b, InBasis):
            if a.basis == b.basis or ANY in (a.basis, b.basis):
                return float(a.diagonal @ b.diagonal)
            return float(a.diagonal @ self.squares(a.basis, b.basis) @ b.diagonal)
        if isinstance(b, InBasis):
            a, b = b, a
        if isinstance(a, InBasis):
            # Entries for two bases are enough: the trace of V'W M needs no product.
            one = b if isinstance(b, BetweenBases) and a.basis in (b.rows, b.cols, ANY) else self._with(b, 0, a.basis)
            if a.basis in (one.rows, ANY):
                return self._sum(replace(one, left=_both(a.diagonal, one.left)))
            return self._sum(replace(one, right=_both(one.right, a.diagonal)))
        left, right = self._facing(a, b)
        outer, inner = _both(left.left, right.right), _both(left.right, right.left)
        return _summed(outer, self.entries(left) * self.entries(right).T, inner)

    def _sum(self, m: BetweenBases) -> float:
        """The trace of what is scaled."""
        if m.of is None and m.rows != m.cols:
            return _summed(m.left, self.squares(m.rows, m.cols), m.right)
        if m.rows == m.cols:
            diagonal = np.diagonal(self.entries(m))
            return float(np.sum(diagonal * (1.0 if m.left is None else m.left) * (1.0 if m.right is None else m.right)))
        return _summed(m.left, self.entries(m) * self.overlap(m.rows, m.cols), m.right)

    def _facing(self, a: Whole | BetweenBases, b: Whole | BetweenBases) -> tuple[BetweenBases, BetweenBases]:
        """Two factors, each with the other's bases the other way round."""
        if isinstance(a, Whole) and isinstance(b, Whole):
            common = {(r, c) for r, c in a.forms if (c, r) in b.forms}
            rows, cols = min(common) if common else next(iter(a.forms))
            return BetweenBases(a, rows, cols), BetweenBases(b, cols, rows)
        left, right = self._meeting(a, b)
        if left.rows == right.cols:
            return left, right
        # A fixed matrix keeps what it is changed to.
        if isinstance(b, Whole) or left.left is not None:
            return left, self._with(right, 1, left.rows)
        return self._with(left, 0, right.cols), right

    def turned(self, a: AnyMatrix) -> AnyMatrix:
        """The transpose."""
        if isinstance(a, Thin):
            return Thin(a.right, a.left)
        if isinstance(a, BetweenBases):
            return BetweenBases(None if a.of is None else self.turned(a.of), a.cols, a.rows, a.right, a.left)
        return a if isinstance(a, InBasis) else Whole({(c, r): m.T for (r, c), m in a.forms.items()})
