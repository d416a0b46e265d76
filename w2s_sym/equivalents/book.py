"""The lines of an equivalent: named numbers and matrices, each defined from others, in order.

    parameter   a ridge, a size, a variance: given
    gain        an unknown of a fixed point (*core*), or the solution of a linear equation (*linear*)
    pivot       m = 1/c for a polynomial c
    letter      a matrix: fixed, or Q = (words)^-1
    trace       t = tr(word)

Words are tuples of codes: twice the place of a letter, plus one where it is transposed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

import sympy as sp

from w2s_sym.equivalents import polynomials as poly
from w2s_sym.equivalents.expressions import Fixed
from w2s_sym.equivalents.polynomials import Frozen, Laurent
from w2s_sym.equivalents.scalars import EngineError

Codes = tuple[int, ...]
Words = dict[Codes, Laurent]
# Sums with more terms than this get a name on the way.
LONGEST_SUM = 8
FrozenWords = tuple[tuple[Codes, Frozen], ...]


@dataclass(frozen=True)
class NamedMatrix:
    """A matrix by its name; ``definition`` is what it inverts, None for one that is fixed.

    ``side`` is its number of rows, ``other`` that of columns. Where ``inverts`` is false the letter is a name for the
    sum in its definition. ``definite``: it is given, and has no eigenvalue zero.
    """

    name: str
    side: int
    other: int
    symmetric: bool
    definition: FrozenWords | None = None
    inverts: bool = True
    definite: bool = False


@dataclass(frozen=True)
class NamedNumber:
    """A named number. ``kind`` is parameter, size, core, linear, pivot or trace; the definition depends on it."""

    name: str
    kind: str
    definition: Frozen | None = None
    word: Codes | None = None
    given: sp.Symbol | None = None


def frozen_words(u: Words) -> FrozenWords:
    """A sum of words as a key."""
    return tuple(sorted((w, poly.freeze(c)) for w, c in u.items()))


def add_words(u: Words, v: Words, scale: Laurent | None = None) -> Words:
    """u + scale v."""
    found = dict(u)
    for w, c in v.items():
        total = poly.add(found.get(w, {}), c if scale is None else poly.multiply(scale, c))
        if total:
            found[w] = total
        else:
            found.pop(w, None)
    return found


def multiply_words(u: Words, v: Words) -> Words:
    """u v."""
    found: Words = {}
    for a, p in u.items():
        for b, q in v.items():
            total = poly.add(found.get(a + b, {}), poly.multiply(p, q))
            if total:
                found[a + b] = total
            else:
                found.pop(a + b, None)
    return found


def scale_words(c: Laurent, u: Words) -> Words:
    """c u."""
    return {w: poly.multiply(c, q) for w, q in u.items()} if c else {}


@dataclass
class Book:
    """Names given so far. The same definition always gets the same name."""

    numbers: list[NamedNumber] = field(default_factory=list)
    letters: list[NamedMatrix] = field(default_factory=list)
    core: dict[int, Laurent] = field(default_factory=dict)
    _numbers: dict[object, int] = field(default_factory=dict)
    _letters: dict[object, int] = field(default_factory=dict)
    _count: dict[str, int] = field(default_factory=dict)

    def copy(self) -> Book:
        """A book with the same names and no fixed points, to which lines can be added apart."""
        return Book(
            list(self.numbers), list(self.letters), {}, dict(self._numbers), dict(self._letters), dict(self._count)
        )

    # -- numbers ------------------------------------------------------------------------------------------------

    def _number(self, key: object, made: NamedNumber) -> int:
        place = self._numbers.get(key)
        if place is None:
            place = self._numbers[key] = len(self.numbers)
            self.numbers.append(made)
        return place

    def _next(self, stem: str) -> str:
        self._count[stem] = self._count.get(stem, 0) + 1
        return f"{stem}{self._count[stem]}"

    def given(self, symbol: sp.Symbol) -> int:
        """The place of a parameter or a size. Raises :class:`EngineError` for two that have one name."""
        kind = "size" if symbol.is_integer else "parameter"
        place = self._number(symbol.name, NamedNumber(symbol.name, kind, given=symbol))
        known = self.numbers[place]
        if known.kind != kind:
            raise EngineError(f"{symbol.name} is both a size and a number: give each a name of its own")
        if known.given != symbol:
            raise EngineError(f"{symbol.name} names two symbols: make it once, by parameter({symbol.name!r})")
        return place

    def gain(self) -> int:
        """A new unknown of a fixed point."""
        name = self._next("s")
        return self._number(("core", name), NamedNumber(name, "core"))

    def shift(self) -> int:
        """The number that is added to what is inverted on the way to the physical branch."""
        return self._number("shift", NamedNumber("shift", "shift"))

    def unknown(self) -> int:
        """A new unknown of a linear equation, to be eliminated."""
        name = self._next("_u")
        return self._number(("unknown", name), NamedNumber(name, "unknown"))

    def pivot(self, c: Laurent) -> Laurent:
        """1/c, by a name where c has several terms. Raises ``ZeroDivisionError`` where c is zero."""
        if not c:
            raise ZeroDivisionError("a pivot is zero")
        if poly.is_monomial(c):
            return poly.reciprocal(c)
        key = ("pivot", poly.freeze(c))
        known = self._numbers.get(key)
        name = "" if known is not None else self._next("m")
        return poly.power_of(self._number(key, NamedNumber(name, "pivot", poly.freeze(c))))

    def linear(self, value: Laurent) -> Laurent:
        """A name for the solution of a linear equation, where it has several terms."""
        if len(value) <= 1:
            return value
        key = ("linear", poly.freeze(value))
        known = self._numbers.get(key)
        name = "" if known is not None else self._next("g")
        return poly.power_of(self._number(key, NamedNumber(name, "linear", poly.freeze(value))))

    # -- letters ------------------------------------------------------------------------------------------------

    def fixed(self, m: Fixed) -> int:
        """The code of a fixed matrix, and of its transpose. Raises :class:`EngineError` for two of one name."""
        sides = (m.cols, m.rows) if m.transposed else (m.rows, m.cols)
        rows, cols = (self.side(s[0]) for s in sides)
        made = NamedMatrix(m.name, rows, cols, m.symmetric, definite=m.definite)
        place = self._letters.setdefault(("fixed", m.name), len(self.letters))
        if place == len(self.letters):
            self.letters.append(made)
        elif self.letters[place] != made:
            raise EngineError(f"two matrices are called {m.name}: give each a name of its own")
        return 2 * place + (m.transposed and not m.symmetric)

    def side(self, size: sp.Expr) -> int:
        """The place of a size; a number of rows that is no symbol has the place minus itself."""
        if isinstance(size, sp.Symbol):
            return self.given(size)
        raise EngineError(f"the size {size} does not grow: sizes are names, such as those of sizes('n p')")

    def inverse(self, of: Words, side: int) -> Words:
        """The letter that is the inverse of a sum of words with several terms, or of one letter."""
        key = ("inverse", frozen_words(of))
        place = self._letters.setdefault(key, len(self.letters))
        if place == len(self.letters):
            symmetric = frozen_words(self.transpose(of)) == key[1]
            self.letters.append(NamedMatrix(self._next("Q"), side, side, symmetric, frozen_words(of)))
        return {(2 * place,): poly.number(1)}

    def short(self, u: Words, side: int, other: int, most: int = LONGEST_SUM) -> Words:
        """The same sum with names for what is long: coefficients of many terms, sums of more words than ``most``."""
        found = {w: c if len(c) <= LONGEST_SUM else self.linear(c) for w, c in u.items()}
        if len(found) <= most:
            return found
        key = ("sum", frozen_words(found))
        place = self._letters.setdefault(key, len(self.letters))
        if place == len(self.letters):
            symmetric = side == other and frozen_words(self.transpose(found)) == key[1]
            self.letters.append(
                NamedMatrix(self._next("A"), side, other, symmetric, frozen_words(found), inverts=False)
            )
        return {(2 * place,): poly.number(1)}

    def turned(self, word: Codes) -> Codes:
        """The transpose of a word."""
        return tuple(c if self.letters[c >> 1].symmetric else c ^ 1 for c in reversed(word))

    def transpose(self, u: Words) -> Words:
        """The transpose of a sum of words."""
        found: Words = {}
        for w, c in u.items():
            found[self.turned(w)] = c
        return found

    def trace(self, u: Words, side: int) -> Laurent:
        """The trace of a sum of words on a side."""
        found: Laurent = {}
        for w, c in u.items():
            found = poly.add(found, poly.multiply(c, self.trace_of(w, side)))
        return found

    def trace_of(self, word: Codes, side: int) -> Laurent:
        """The trace of a word, by one name for all its rotations and their transposes."""
        if not word:
            return poly.power_of(side)
        ways = (w[i:] + w[:i] for w in (word, self.turned(word)) for i in range(len(word)))
        key = min(ways)
        known = self._numbers.get(("trace", key))
        name = "" if known is not None else self._next("t")
        return poly.power_of(self._number(("trace", key), NamedNumber(name, "trace", word=key)))

    # -- from SymPy ---------------------------------------------------------------------------------------------

    def coefficient(self, value: sp.Expr) -> Laurent:
        """A coefficient as a polynomial: sums of products of numbers and powers of symbols.

        Raises :class:`EngineError` for any other expression.
        """
        return poly.sum_of(self._monomial(term) for term in sp.Add.make_args(sp.expand(value)))

    def _monomial(self, term: sp.Expr) -> Laurent:
        found = poly.number(1)
        for factor in sp.Mul.make_args(term):
            base, exponent = factor.as_base_exp()
            if factor.is_Rational:
                found = poly.multiply(found, poly.number(Fraction(int(factor.p), int(factor.q))))
            elif isinstance(base, sp.Symbol) and (
                exponent.is_Integer or (base.is_positive and (2 * exponent).is_Integer)
            ):
                found = poly.multiply(found, poly.power_of(self.given(base), Fraction(int(2 * exponent), 2)))
            elif base.is_Rational and exponent.is_Integer:
                found = poly.multiply(found, poly.number(Fraction(int(base.p), int(base.q)) ** int(exponent)))
            else:
                raise EngineError(
                    f"the coefficient {term}: use sums of products of rational numbers and powers of names"
                )
        return found


def letters_of(words: Iterable[Codes]) -> set[int]:
    """The places of the letters that occur."""
    return {code >> 1 for w in words for code in w}
