"""A claim's symbols with values, and how they are read as an estimator's sizes, numbers and matrices.

Each given equation of the claim holds at such a point, and its formula has a value there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import ClaimError
from w2s_sym.equivalents.arithmetic import AnyNumber
from w2s_sym.equivalents.book import Book
from w2s_sym.equivalents.claim_draws import PointDraws
from w2s_sym.equivalents.evaluation import PointValues
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import SpectrumSymbol, Total


@dataclass(frozen=True)
class Reading:
    """How a claim's letters and an estimator's names go together, see :class:`FromEstimator`."""

    book: Book
    matrices: Mapping[str, Any]
    numbers: Mapping[str, sp.Expr] = field(default_factory=dict)
    traces: Mapping[sp.Symbol, Any] = field(default_factory=dict)

    def sizes(self) -> Iterator[tuple[int, str]]:
        """The sides of given matrices: their places with their names."""
        given = [x for x in self.book.letters if x.definition is None]
        for place in dict.fromkeys(side for x in given for side in (x.side, x.other)):
            yield place, self.book.numbers[place].name

    def number(self, name: str) -> sp.Expr:
        """What a size or number of the estimator is in the claim."""
        return sp.sympify(self.numbers.get(name, sp.Symbol(name)))


class ClaimPoint:
    """Values of a claim's symbols, by their names; subclasses add what varies along spectra, or matrices."""

    def __init__(self, claim: Claim, reading: Reading, draws: PointDraws) -> None:
        self.claim, self.reading, self.draws = claim, reading, draws
        self.numbers: dict[str, AnyNumber] = {}

    def value(self, e: sp.Expr, along: SpectrumSymbol | None = None) -> Any:
        """The value of a formula: of sums, products, integer powers, and sums over levels.

        With ``along`` the letters of that spectrum may stand in it, and the value is an array over its levels.
        Raises :class:`ClaimError` for anything else.
        """
        if isinstance(e, Total):
            return self.total(e)
        if e.is_Rational:
            return self.draws.number(e)
        if e.is_Symbol:
            return self.letter(e, along)
        if e.is_Add or e.is_Mul:
            parts = [self.value(a, along) for a in e.args]
            found = parts[0]
            for part in parts[1:]:
                found = found + part if e.is_Add else found * part
            return found
        if e.is_Pow and e.exp.is_Integer:
            base = self.value(e.base, along)
            return base ** int(e.exp) if e.exp > 0 else (self.draws.number(sp.S.One) / base) ** int(-e.exp)
        raise ClaimError(f"{self.claim.id}: {e} is no sum, product or integer power; write the formula with these")

    def letter(self, s: sp.Symbol, along: SpectrumSymbol | None) -> Any:
        """The value of a symbol."""
        if s.name not in self.numbers:
            raise ClaimError(f"{self.claim.id}: {s} has no value where the derivation is compared; list it in numbers")
        return self.numbers[s.name]

    def total(self, e: Total) -> AnyNumber:
        """A sum over levels."""
        raise ClaimError(f"{self.claim.id}: {e} is a sum over a spectrum; a formula in traces has none")

    def point_values(self) -> PointValues:
        """What the estimator's names are, for its lines."""
        raise NotImplementedError

    def given_numbers(self) -> dict[int, AnyNumber]:
        """The estimator's sizes and numbers by place."""
        found = {}
        for place, number in enumerate(self.reading.book.numbers):
            if number.given is not None:
                found[place] = self.value(self.reading.number(number.name))
        return found

    def require_given(self) -> None:
        """Raises :class:`ClaimError` unless each given equation holds."""
        for equation in self.claim.given:
            terms = [self.value(t) for t in sp.Add.make_args(equation.residual)]
            scale = sum(abs(t) for t in terms) if isinstance(terms[0], float) else terms[0]
            if not self.draws.zero(sum(terms[1:], terms[0]), scale):
                raise ClaimError(
                    f"{self.claim.id}: {equation} does not hold with what the derivation says of its letters"
                )

    def inside(self) -> bool:
        """Whether floats are in the domain of the claim."""
        domain = self.claim.domain
        if any(s.is_integer and s.is_positive and self.value(s) <= 0 for s in domain.symbols):
            return False
        # A size is any real number here: that it is at least 1 is not asked.
        signs = (c for c in domain.assumptions() if not any(s.is_integer for s in c.free_symbols))
        return all(
            Relation(c.relation)(float(self.value(c.lhs)) - float(self.value(c.rhs)))
            for c in (*signs, *domain.conditions)
        )
