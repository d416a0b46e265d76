"""Points of claims whose formula is in sums over a spectrum: all matrices are diagonal there."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
from flint import nmod

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import ClaimError, Equation
from w2s_sym.equivalents.arithmetic import AnyNumber
from w2s_sym.equivalents.claim_draws import PointDraws
from w2s_sym.equivalents.claim_points import ClaimPoint, Reading
from w2s_sym.equivalents.evaluation import PointValues
from w2s_sym.equivalents.exact_checks import PRIME, Residues
from w2s_sym.equivalents.inputs import given_name
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import SpectrumSymbol, Total, letters_along

# The number of levels of a spectrum at a point: not always the same, so that no number stands for it.
LEAST_LEVELS, MOST_LEVELS = 5, 9


class LevelPoint(ClaimPoint):
    """A point at which all matrices are diagonal: the letters of spectra have a value at each level."""

    def __init__(self, claim: Claim, reading: Reading, draws: PointDraws) -> None:
        super().__init__(claim, reading, draws)
        self.levels: dict[SpectrumSymbol, dict[sp.Symbol, np.ndarray]] = {}
        self.weights: dict[SpectrumSymbol, np.ndarray] = {}
        for s in claim.domain.symbols:
            held = letters_along(s)
            if held is None:
                self.numbers[s.name] = draws.size(LEAST_LEVELS, MOST_LEVELS) if s.is_integer else draws.any()
                continue
            count = draws.count(LEAST_LEVELS, MOST_LEVELS)
            self.weights[held] = draws.weights(count)
            self.levels[held] = {v: np.array([draws.any() for _ in range(count)], dtype=object) for v in held.symbols}
        told = self._place_sizes()
        for equation in claim.given:
            self._solve(equation, told)
            told |= {s.name for s in equation.free_symbols}
        self.require_given()

    def inside(self) -> bool:
        """Whether floats are in the domain of the claim, and each level in that of its spectrum."""
        levels = [
            (np.asarray(self.value(c.lhs, held) - self.value(c.rhs, held), dtype=float), Relation(c.relation))
            for held in self.levels
            for c in held.conditions
        ]
        return all(relation(float(gap)) for gaps, relation in levels for gap in np.ravel(gaps)) and super().inside()

    def _place_sizes(self) -> set[str]:
        """A size of the estimator that is a symbol of the claim is the number of levels: the names of these."""
        found = set()
        for place, name in self.reading.sizes():
            held, meant = self.spectrum(place), self.reading.number(name)
            if meant.is_Symbol and meant.name in self.numbers:
                rows = self.draws.count(LEAST_LEVELS, MOST_LEVELS)
                count = self.draws.number(sp.Integer(rows)) if held is None else sum(self.weights[held])
                self.numbers[meant.name] = count
                found.add(meant.name)
        return found

    def _solve(self, equation: Equation, told: set[str]) -> None:
        """Give a symbol, in which or in whose reciprocal the equation is linear, its value there.

        No other equation may have told something of it: the unknown where that is possible.
        """
        residual = equation.residual
        free = sorted(residual.free_symbols, key=lambda s: (s != equation.unknown, not s.is_integer, s.name))
        left = [s for s in free if s.name in self.numbers and s.name not in told]
        s, power = next(((s, k) for s in left for k in (1, -1) if _linear(residual, s, k)), (None, 1))
        if s is None:
            raise ClaimError(f"{self.claim.id}: no symbol in which the equation for {equation.unknown} is linear")
        ends = []
        for k in (1, 2):
            self.numbers[s.name] = self.draws.number(sp.Integer(k) ** power)
            ends.append(self.value(residual))
        # It is linear in x, the symbol or its reciprocal, and has these values at x = 1 and x = 2.
        root = (2 * ends[0] - ends[1]) / (ends[0] - ends[1])
        self.numbers[s.name] = root if power == 1 else 1 / root

    def letter(self, s: sp.Symbol, along: SpectrumSymbol | None) -> Any:
        """The value of a symbol, or its values along a spectrum."""
        if along is not None and s in self.levels[along]:
            return self.levels[along][s]
        return super().letter(s, along)

    def total(self, e: Total) -> AnyNumber:
        """A sum over the levels of a spectrum."""
        if e.over not in self.levels:
            raise ClaimError(f"{self.claim.id}: the sum over {e.over} is not over a spectrum of the domain")
        weights = self.weights[e.over]
        return sum(weights * self.value(e.summand, e.over), self.draws.number(sp.S.Zero))

    def spectrum(self, side: int) -> SpectrumSymbol | None:
        """The spectrum along which the matrices of a side vary; None where all of them are multiples of I."""
        found = set()
        for letter in self.reading.book.letters:
            if letter.definition is None and side in (letter.side, letter.other):
                used = self.formula(letter.name).free_symbols
                found |= {held for held, letters in self.levels.items() if used & set(letters)}
        if len(found) > 1:
            names = " and ".join(sorted(s.name for s in found))
            raise ClaimError(f"{self.claim.id}: matrices of one size vary along {names}; use one spectrum")
        return found.pop() if found else next(iter(self.levels), None) if len(self.levels) == 1 else None

    def formula(self, letter: str) -> sp.Expr:
        """What a matrix of the estimator is on each level: a truth's second moment is the square of its coefficient."""
        name = given_name(letter)
        if name not in self.reading.matrices:
            raise ClaimError(f"{self.claim.id}: matrices says nothing of {name}; give its value on each level")
        found = sp.sympify(self.reading.matrices[name])
        return found if name == letter else found**2

    def along(self, letter: str, side: int) -> np.ndarray:
        """The values of a matrix along the levels of its side."""
        held = self.spectrum(side)
        found = self.value(self.formula(letter), held)
        count = 1 if held is None else len(self.weights[held])
        return found if isinstance(found, np.ndarray) else np.array([found] * count, dtype=object)

    def point_values(self) -> PointValues:
        """What the estimator's names are, for its lines."""
        book = self.reading.book
        matrices = {k: self.along(x.name, x.side) for k, x in enumerate(book.letters) if x.definition is None}
        dimensions, weights = {}, None
        for place, name in self.reading.sizes():
            held, meant = self.spectrum(place), self.reading.number(name)
            here = self.weights[held] if held is not None else np.array([self.value(meant)], dtype=object)
            if weights is not None and (len(here) != len(weights) or any(here != weights)):
                raise ClaimError(f"{self.claim.id}: matrices of two sizes are not diagonal in one basis; use traces")
            weights, dimensions[place] = here, len(here)
            if meant.is_Symbol and meant.name not in self.numbers:
                self.numbers[meant.name] = sum(here)
            if self.value(meant) != sum(here):
                raise ClaimError(f"{self.claim.id}: {name} = {meant} is not the number of eigenvalues")
        numbers = self.given_numbers()
        return PointValues(numbers, matrices, dimensions, ResidueLevels(weights))

    def engine_values(self) -> dict[str, Any]:
        """In floats: what the estimator's names are, as :meth:`Equivalent.on` takes them."""
        book = self.reading.book
        found: dict[str, Any] = {}
        for letter in book.letters:
            if letter.definition is None:
                name, held = given_name(letter.name), self.spectrum(letter.side)
                value = np.asarray(self.value(self.formula(letter.name), held), dtype=float)
                rows = self.reading.number(book.numbers[letter.side].name)
                count = round(self.value(rows)) if held is None else len(self.weights[held])
                found[name] = np.sqrt(value) if name != letter.name else value
                found[name] = np.broadcast_to(found[name], (count,))
        sides = {name for _, name in self.reading.sizes()}
        for number in book.numbers:
            if number.given is not None and number.name not in sides:
                found[number.name] = float(self.value(self.reading.number(number.name)))
        return found


class ResidueLevels(Residues):
    """Joint eigenvalues that are residues, each with a weight."""

    def __init__(self, weights: np.ndarray | None) -> None:
        self.weights = weights

    def identity(self, size: int) -> Any:
        """The identity."""
        return np.array([nmod(1, PRIME)] * size, dtype=object)

    def times(self, a: Any, b: Any) -> Any:
        """The product."""
        return a * b

    def inverse(self, a: Any) -> Any:
        """The inverse."""
        return np.array([1 / x for x in a], dtype=object)

    def trace(self, a: Any, b: Any) -> Any:
        """tr(a b)."""
        return sum(self.weights * a * b, nmod(0, PRIME))

    def turned(self, a: Any) -> Any:
        """The transpose."""
        return a


def _linear(e: sp.Expr, s: sp.Symbol, power: int) -> bool:
    """Whether a formula is linear in this power of a symbol that stands in no sum over levels."""
    outside = e.xreplace({t: sp.Dummy() for t in e.atoms(Total) if not t.has(s)})
    x = sp.Dummy(positive=True)
    return (
        not outside.atoms(Total) and outside.has(s) and sp.diff(sp.expand(outside.xreplace({s: x**power})), x, 2) == 0
    )
