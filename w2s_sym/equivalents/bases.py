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
class Between:
    """A diagonal matrix in one basis times one in another: entries left_i (V'W)_ij right_j, which are not written out.

    Products with more diagonals of these bases, and traces, need no entries but those of V'W.
    """

    rows: int
    left: Array
    cols: int
    right: Array


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

    def whole(self, a: AnyMatrix) -> Whole:
        """A matrix by its entries."""
        if isinstance(a, Whole):
            return a
        if isinstance(a, Thin):
            return Whole({(a.left[0], a.right[0]): a.left[1] @ a.right[1].T})
        if isinstance(a, Between):
            return Whole({(a.rows, a.cols): a.left[:, None] * self.overlap(a.rows, a.cols) * a.right})
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
        if isinstance(a, Between):
            return replace(a, left=a.left * x)
        return Whole({next(iter(a.forms)): next(iter(a.forms.values())) * x})

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
            return Between(a.basis, a.diagonal, b.basis, b.diagonal)
        if isinstance(a, InBasis) and isinstance(b, Between) and a.basis in (b.rows, ANY):
            return replace(b, left=a.diagonal * b.left)
        if isinstance(a, Between) and isinstance(b, InBasis) and b.basis in (a.cols, ANY):
            return replace(a, right=a.right * b.diagonal)
        a, b = (self.whole(m) if isinstance(m, Between) else m for m in (a, b))
        if isinstance(a, InBasis):
            rows, cols = self._near(b, 0, a.basis)
            return Whole({(rows, cols): a.diagonal[:, None] * self.form(b, rows, cols)})
        if isinstance(b, InBasis):
            rows, cols = self._near(a, 1, b.basis)
            return Whole({(rows, cols): self.form(a, rows, cols) * b.diagonal})
        inner = {c for _, c in a.forms} & {r for r, _ in b.forms}
        middle = min(inner) if inner else next(iter(a.forms))[1]
        rows, cols = self._near(a, 1, middle)[0], self._near(b, 0, middle)[1]
        return Whole({(rows, cols): self.form(a, rows, middle) @ self.form(b, middle, cols)})

    def _applied(self, m: AnyMatrix, side: tuple[int, Array]) -> tuple[int, Array]:
        """A matrix times columns."""
        if isinstance(m, InBasis):
            basis = side[0] if m.basis == ANY else m.basis
            return basis, m.diagonal[:, None] * self.columns(side, basis)
        if isinstance(m, Thin):
            return m.left[0], m.left[1] @ (m.right[1].T @ self.columns(side, m.right[0]))
        if isinstance(m, Between):
            inner = m.right[:, None] * self.columns(side, m.cols)
            return m.rows, m.left[:, None] * (self.overlap(m.rows, m.cols) @ inner)
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
        diagonal = self._trace_between(a, b)
        if diagonal is not None:
            return diagonal
        a, b = (self.whole(m) if isinstance(m, Between) else m for m in (a, b))
        if isinstance(b, InBasis):
            a, b = b, a
        if isinstance(a, InBasis):
            basis = STANDARD if a.basis == ANY else a.basis
            return float(a.diagonal @ self._diagonal(b, basis))
        common = {(r, c) for r, c in a.forms if (c, r) in b.forms}
        rows, cols = min(common) if common else next(iter(a.forms))
        return float(np.einsum("ij,ji->", self.form(a, rows, cols), self.form(b, cols, rows)))

    def _trace_between(self, a: AnyMatrix, b: AnyMatrix) -> float | None:
        """tr(a b) where all that stands in it are diagonals of two bases; None elsewhere."""
        if not isinstance(a, Between):
            a, b = b, a
        if not isinstance(a, Between):
            return None
        left, right = a.left, a.right
        if isinstance(b, Between) and (b.rows, b.cols) == (a.cols, a.rows):
            left, right = left * b.right, right * b.left
        elif isinstance(b, InBasis) and b.basis in (a.rows, ANY):
            left = left * b.diagonal
        elif isinstance(b, InBasis) and b.basis == a.cols:
            right = right * b.diagonal
        else:
            return None
        return float(left @ self.squares(a.rows, a.cols) @ right)

    def _diagonal(self, m: Whole, basis: int) -> Array:
        """The diagonal in a basis; one change of basis is enough for it."""
        if (basis, basis) in m.forms:
            return np.diagonal(m.forms[basis, basis])
        known = next((pair for pair in m.forms if basis in pair), None)
        if known is None:
            known = (basis, next(iter(m.forms))[1])
        entries = self.form(m, *known)
        if known[0] == basis:
            return np.asarray(np.einsum("ij,ji->i", entries, self.overlap(known[1], basis)))
        return np.asarray(np.einsum("ij,ji->i", self.overlap(basis, known[0]), entries))

    def turned(self, a: AnyMatrix) -> AnyMatrix:
        """The transpose."""
        if isinstance(a, Thin):
            return Thin(a.right, a.left)
        if isinstance(a, Between):
            return Between(a.cols, a.right, a.rows, a.left)
        return a if isinstance(a, InBasis) else Whole({(c, r): m.T for (r, c), m in a.forms.items()})
