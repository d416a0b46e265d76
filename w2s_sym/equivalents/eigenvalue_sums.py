"""An equivalent of matrices that commute as sums over a spectrum: formulas and equations that a claim can state.

Each fixed matrix becomes a letter that varies along the spectrum, the truth the coefficient in the same direction, and
each trace a ``total`` of its word. So a risk that was derived can stand in a statement beside one that was not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from w2s_sym.claims.statement import Equation
from w2s_sym.equivalents.book import Codes, NamedMatrix, Words
from w2s_sym.equivalents.derived import Derived
from w2s_sym.equivalents.inputs import given_name
from w2s_sym.equivalents.polynomials import Laurent
from w2s_sym.equivalents.reduced import Reduced, reduced
from w2s_sym.equivalents.scalars import EngineError
from w2s_sym.equivalents.text import names_in_order
from w2s_sym.formula.notation import symbol
from w2s_sym.formula.totals import SpectrumSymbol, Total, any_spectrum, total


@dataclass(frozen=True)
class EigenvalueSums:
    """``equations`` define the numbers that ``values``, the terms by name, are made of; ``letters`` vary along
    ``spectrum``, each by the name of its matrix or truth; ``numbers`` are the ridges, noises and sizes, by name.

    Sizes are positive real numbers here, so that a point of a claim can have the size that an equation asks for.

    Pivots and eigenvalues of covariances are taken to be positive: directions without variance are left out, and where
    an equation has several roots the positive one is meant.
    """

    spectrum: SpectrumSymbol
    letters: Mapping[str, sp.Symbol]
    numbers: Mapping[str, sp.Symbol]
    equations: tuple[Equation, ...]
    values: Mapping[str, sp.Expr]

    @property
    def total(self) -> sp.Expr:
        """The sum of all terms."""
        return sp.Add(*self.values.values())


def eigenvalue_sums(risk: Derived, name: str) -> EigenvalueSums:
    """The sums of an equivalent; see :meth:`~w2s_sym.equivalents.equivalent.Equivalent.sums`."""
    fixed = [x for x in risk.book.letters if x.definition is None]
    sides = {side for x in fixed for side in (x.side, x.other)}
    if len(sides) != 1:
        told = ", ".join(risk.book.numbers[s].name for s in sorted(sides)) or "none"
        raise EngineError(f"sums are over one spectrum, but matrices have the sizes {told}: use matrices of one size")
    letters = {given_name(x.name): _letter(x) for x in fixed}
    taken = {n.name for n in risk.book.numbers if n.given is not None} | letters.keys()
    if not isinstance(name, str) or not name.isidentifier() or name in taken:
        raise EngineError(f"{name!r} is no new name for the spectrum: use another, such as 'S'")
    made = reduced(risk)
    over = any_spectrum(name, "eigenvalues in a common basis", *letters.values())
    (side,) = sides
    sums = _Sums(made, over, letters, side)
    equations = []
    for place, word in ((p, made.book.numbers[p].word) for p in sums.unknown):
        assert word is not None
        t = sums.number(place)
        equations.append(Equation(t, total(sp.cancel(sums.word(word) / t), over) - 1, (sp.S.Zero, sp.oo)))
    for kind, place in sums.order:
        if kind == "pivot":
            equations.append(sums.pivot(place))
        elif kind == "gain":
            right = sums.polynomial({**made.core, **made.linear}[place])
            equations.append(Equation(sums.number(place), sums.number(place) - right))
    values = {term: sums.polynomial(value) for term, value in made.values.items()}
    numbers = {x.name: sums.number(k) for k, x in enumerate(risk.book.numbers) if x.given is not None and k != side}
    return EigenvalueSums(over, letters, numbers, tuple(equations), values)


def _letter(about: NamedMatrix) -> sp.Symbol:
    name = given_name(about.name)
    if name != about.name:
        return symbol(name, f"the coefficient of {name}", real=True)
    if about.symmetric:
        return symbol(name, f"an eigenvalue of {name}", positive=True)
    return symbol(name, f"the value of {name}", real=True)


class _Sums:
    """Lines as SymPy expressions."""

    def __init__(self, made: Reduced, over: SpectrumSymbol, letters: Mapping[str, sp.Symbol], side: int) -> None:
        self.made, self.over, self.side = made, over, side
        self.order, self.names = names_in_order(made)
        # A trace on which a letter depends has a name: the letter may stand in it.
        inner = {p for words in made.letters.values() for c in words.values() for m in c for p, _ in m}
        self.unknown = {p: f"t{k}" for k, p in enumerate(sorted(inner), 1) if made.book.numbers[p].word is not None}
        self.levels = {
            k: letters[given_name(x.name)] ** (1 if given_name(x.name) == x.name else 2)
            for k, x in enumerate(made.book.letters)
            if x.definition is None
        }

    def number(self, place: int) -> sp.Expr:
        """A named number: a given symbol, a pivot, a gain, or a trace as a sum."""
        about = self.made.book.numbers[place]
        if place == self.side:
            return total(1, self.over)
        if about.given is not None:
            return symbol(about.name, "a size", positive=True) if about.kind == "size" else about.given
        if place in self.unknown:
            return symbol(self.unknown[place], "a trace", positive=True)
        if about.word is not None:
            return self.trace(about.word)
        name = self.names["number", place]
        return symbol(name, "a pivot", positive=True) if about.kind == "pivot" else symbol(name, "a gain", real=True)

    def pivot(self, place: int) -> Equation:
        """m c = 1 for a pivot m = 1/c, with m inside of sums that it stands in, where it is seen to grow with m."""
        m, residual, itself = self.number(place), -sp.S.One, False
        for monomial, q in self.made.pivots[place].items():
            term = self.polynomial({monomial: q})
            inner = next((t for t in term.atoms(Total) if m in t.summand.free_symbols), None)
            itself |= inner is not None
            residual += (
                m * term if inner is None else term.xreplace({inner: total(sp.cancel(m * inner.summand), self.over)})
            )
        # Where c is 1 and what is positive, m is below 1.
        below = self.made.pivots[place].get((), 0) == 1 and min(self.made.pivots[place].values()) > 0
        return Equation(m, residual, (sp.S.Zero, sp.S.One if below else sp.oo) if itself else None)

    def polynomial(self, u: Laurent) -> sp.Expr:
        """A polynomial in numbers."""
        return sp.Add(
            *(
                sp.Mul(sp.Rational(q.numerator, q.denominator), *(self.number(p) ** sp.Rational(e, 2) for p, e in m))
                for m, q in u.items()
            )
        )

    def trace(self, word: Codes) -> sp.Expr:
        """The trace of a word as a sum."""
        return total(self.word(word), self.over)

    def word(self, word: Codes) -> sp.Expr:
        """A word at one eigenvalue."""
        return sp.Mul(*(self.level(code >> 1) for code in word))

    def level(self, place: int) -> sp.Expr:
        """A letter at one eigenvalue."""
        if place not in self.levels:
            words: Words = self.made.letters[place]
            value = sp.Add(*(self.polynomial(c) * self.word(w) for w, c in words.items()))
            self.levels[place] = sp.cancel(1 / value) if self.made.book.letters[place].inverts else value
        return self.levels[place]
