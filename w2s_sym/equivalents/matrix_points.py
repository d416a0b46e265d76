"""Points of claims whose letters are traces of matrices that do not commute, or formulas in such traces."""

from __future__ import annotations

from typing import Any

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import ClaimError
from w2s_sym.equivalents.arithmetic import AnyMatrix, AnyNumber
from w2s_sym.equivalents.claim_draws import PointDraws
from w2s_sym.equivalents.claim_points import ClaimPoint, Reading
from w2s_sym.equivalents.evaluation import PointValues
from w2s_sym.equivalents.expressions import Fixed, Identity, Inverse, Matrix, MatrixProduct, MatrixSum, Sides
from w2s_sym.equivalents.inputs import given_name
from w2s_sym.formula.totals import letters_along

# The number of rows at a point: not always the same, so that no number stands for it.
FEWEST_ROWS, MOST_ROWS_DRAWN = 3, 6


class MatrixPoint(ClaimPoint):
    """A point at which matrices do not commute: the claim's letters are traces of them, or formulas in such."""

    def __init__(self, claim: Claim, reading: Reading, draws: PointDraws) -> None:
        super().__init__(claim, reading, draws)
        self.matrices: dict[str, AnyMatrix] = {}
        self.rows: dict[str, int] = {}
        for _, name in reading.sizes():
            self.rows[name] = draws.count(FEWEST_ROWS, MOST_ROWS_DRAWN)
            meant = reading.number(name)
            if meant.is_Symbol:
                self.numbers[meant.name] = draws.number(sp.Integer(self.rows[name]))
        told = {s.name for s in reading.traces} | self.numbers.keys()
        for s in sorted(self._free(), key=lambda s: s.name):
            if s.name not in told:
                self.numbers[s.name] = draws.size(FEWEST_ROWS, MOST_ROWS_DRAWN) if s.is_integer else draws.any()
        for s, what in reading.traces.items():
            made = self.trace(what) if isinstance(what, Matrix) else self.value(sp.sympify(what))
            self.numbers[s.name] = made
        self.require_given()

    def _free(self) -> set[sp.Symbol]:
        """The symbols of the claim, of the estimator and of what the author says of both."""
        found = {
            n.given for n in self.reading.book.numbers if n.given is not None and n.name not in self.reading.numbers
        }
        found |= {s for e in self.reading.numbers.values() for s in sp.sympify(e).free_symbols}
        said = (*self.reading.traces.values(), *self.reading.matrices.values())
        for e in said:
            found |= _symbols(e) if isinstance(e, Matrix) else sp.sympify(e).free_symbols
        return found | {s for s in self.claim.domain.symbols if letters_along(s) is None}

    def trace(self, m: Matrix) -> AnyNumber:
        """The trace of an expression."""
        found = self.matrix(m)
        if m.rows != m.cols:
            raise ClaimError(f"{self.claim.id}: {m} is not square; only a square matrix has a trace")
        return self.draws.algebra.trace(found, self.draws.algebra.identity(self.size(m.rows)))

    def size(self, side: Sides) -> int:
        """The number of rows of a side."""
        names = [s.name for s in side if s.is_Symbol]
        unknown = next((str(s) for s in side if str(s) not in self.rows), None)
        if unknown is not None:
            raise ClaimError(f"{self.claim.id}: {unknown} is no size of a fixed matrix of the estimator")
        return sum(self.rows[name] for name in names)

    def matrix(self, m: Matrix) -> AnyMatrix:
        """The value of an expression in fixed matrices."""
        algebra = self.draws.algebra
        if isinstance(m, Identity):
            return algebra.identity(self.size(m.rows))
        if isinstance(m, Fixed):
            found = self.fixed(m)
            return algebra.turned(found) if m.transposed else found
        if isinstance(m, Inverse):
            return algebra.inverse(self.matrix(m.of))
        if isinstance(m, MatrixProduct):
            found = self.matrix(m.factors[0])
            for factor in m.factors[1:]:
                found = algebra.times(found, self.matrix(factor))
            return found
        if isinstance(m, MatrixSum):
            parts = [self.matrix(part) * self.value(c) for c, part in m.terms]
            return sum(parts[1:], parts[0])
        raise ClaimError(f"{self.claim.id}: {m} is random; the letters of a formula are traces of fixed matrices")

    def fixed(self, m: Fixed) -> AnyMatrix:
        """A named matrix: what the author says that it is, or a random one."""
        if m.name not in self.matrices:
            said = self.reading.matrices.get(given_name(m.name))
            if said is None:
                sides = (m.cols, m.rows) if m.transposed else (m.rows, m.cols)
                rows, cols = (self.size(s) for s in sides)
                self.matrices[m.name] = self.draws.matrix(rows, cols, m.symmetric)
            else:
                self.matrices[m.name] = self.matrix(said)
        return self.matrices[m.name]

    def letters(self) -> dict[int, AnyMatrix]:
        """The estimator's fixed matrices by place."""
        book = self.reading.book
        sides = {place: (book.numbers[place].given,) for place, _ in self.reading.sizes()}
        return {
            k: self.fixed(Fixed(x.name, sides[x.side], sides[x.other], symmetric=x.symmetric))
            for k, x in enumerate(book.letters)
            if x.definition is None
        }

    def point_values(self) -> PointValues:
        """What the estimator's names are, for its lines."""
        dimensions = {place: self.rows[name] for place, name in self.reading.sizes()}
        return PointValues(self.given_numbers(), self.letters(), dimensions, self.draws.algebra)

    def engine_values(self) -> dict[str, Any]:
        """In floats: what the estimator's names are, as :meth:`Equivalent.at` takes them."""
        book = self.reading.book
        found: dict[str, Any] = {given_name(book.letters[k].name): v for k, v in self.letters().items()}
        sides = {name for _, name in self.reading.sizes()}
        numbers = self.given_numbers()
        return found | {book.numbers[k].name: float(v) for k, v in numbers.items() if book.numbers[k].name not in sides}


def _symbols(m: Matrix) -> set[sp.Symbol]:
    """The symbols of the coefficients of an expression."""
    found = {s for c, _ in m.terms for s in c.free_symbols} if isinstance(m, MatrixSum) else set()
    return found.union(*(_symbols(part) for part in m.parts()))
