"""Values of the lines of an equivalent, with their derivatives, on dense or diagonal matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from w2s_sym.equivalents.arithmetic import Algebra, AnyMatrix, AnyNumber, Array
from w2s_sym.equivalents.book import Book, Codes, letters_of
from w2s_sym.equivalents.polynomials import Frozen, Laurent

# A value with its derivatives along several directions.
Dual = tuple[AnyNumber, Array]
Along = tuple[AnyMatrix, list[AnyMatrix | None]]
Eigen = tuple[Array, Array]
NOTHING, UNITY = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class PointValues:
    """What is put in: numbers by place, fixed letters by place, rows of a side by the place of its size; and how to
    reckon with them. Numbers may be arrays of one length, one entry for each of several points.
    """

    numbers: Mapping[int, AnyNumber]
    matrices: Mapping[int, AnyMatrix]
    dimensions: Mapping[int, int]
    arithmetic: Algebra
    # Vectors of which a letter is the second moment.
    vectors: Mapping[int, Array] = field(default_factory=dict)
    # Eigenvalues and eigenvectors of dense letters that are inverted.
    eigen: Mapping[int, Eigen] = field(default_factory=dict)


class Evaluation:
    """Values of numbers and letters of a book, each found when it is first asked for.

    ``more`` are values of further numbers by place, such as gains. ``seeds`` are the derivatives of given numbers along
    some directions, as many for each.
    """

    def __init__(
        self,
        book: Book,
        values: PointValues,
        more: Mapping[int, AnyNumber] | None = None,
        seeds: Mapping[int, Array] | None = None,
    ) -> None:
        self.book, self.arithmetic = book, values.arithmetic
        self.matrices, self.dimensions = values.matrices, values.dimensions
        seeds = seeds or {}
        directions = len(next(iter(seeds.values()))) if seeds else 0
        given = {**values.numbers, **(more or {})}
        # With several points a derivative has one row for each direction and one column for each point.
        several = (1,) if any(isinstance(v, Array) for v in given.values()) else ()
        self.none: Array = np.zeros((directions, *several), dtype=object if self.arithmetic.objects else float)
        if several:
            seeds = {p: d if d.ndim > 1 else d[:, None] for p, d in seeds.items()}
        self.numbers: dict[int, Dual] = {p: (v, seeds.get(p, self.none)) for p, v in given.items()}
        self.letters: dict[int, Along] = {}
        self.products: dict[Codes, Along] = {}

    def disturbed(self, share: float, more: Mapping[int, float]) -> Evaluation:
        """The same evaluation with each gain and trace found so far off by a share; others are computed again.

        ``more`` are larger shares of some gains.
        """
        other = copy(self)
        other.numbers = {}
        for place, (value, slope) in self.numbers.items():
            kind = self.book.numbers[place].kind
            if kind in ("core", "trace"):
                # Up or down by the parity of the digits of the place, which no sum of a few terms follows.
                off = max(share, more.get(place, 0.0))
                other.numbers[place] = (value * (1 + off * (-1) ** place.bit_count()), slope)
            elif kind not in ("pivot", "linear"):
                other.numbers[place] = (value, slope)
        return other

    def number(self, place: int) -> Dual:
        """A named number."""
        found = self.numbers.get(place)
        if found is None:
            about = self.book.numbers[place]
            if about.kind == "pivot":
                assert about.definition is not None
                c, dc = self.polynomial(about.definition)
                reciprocal = self.arithmetic.number(UNITY) / c
                found = (reciprocal, dc * (-(reciprocal**2)) if len(dc) else dc)
            elif about.kind == "linear":
                assert about.definition is not None
                found = self.polynomial(about.definition)
            else:
                assert about.word is not None, about
                found = self.trace(about.word)
            self.numbers[place] = found
        return found

    def polynomial(self, u: Frozen | Laurent) -> Dual:
        """The value of a polynomial."""
        make = self.arithmetic.number
        total, slope = make(NOTHING), self.none
        for m, q in u.items() if isinstance(u, dict) else u:
            value, along = make(q), self.none
            for place, twice in m:
                x, dx = self.number(place)
                factor = self.power(x, twice)
                if len(dx):
                    along = along * factor + dx * (value * make(half(twice)) * self.power(x, twice - 2))
                value *= factor
            total += value
            slope = slope + along if len(self.none) else slope
        return total, slope

    def power(self, x: Any, twice: int) -> Any:
        """x to the power of half of ``twice``."""
        if twice == 0:
            return self.arithmetic.number(UNITY)
        return x ** (twice // 2) if twice % 2 == 0 else self.arithmetic.root(x) ** twice

    def letter(self, code: int) -> Along:
        """A letter, or its transpose."""
        place = code >> 1
        found = self.letters.get(place)
        if found is None:
            about = self.book.letters[place]
            if about.definition is None:
                found = (self.matrices[place], [None] * len(self.none))
            else:
                found = self._sum(about.definition, about.side)
                if about.inverts:
                    found = self._inverse(found)
            self.letters[place] = found
        if code & 1:
            turn = self.arithmetic.turned
            return turn(found[0]), [None if d is None else turn(d) for d in found[1]]
        return found

    def _sum(self, definition: Sequence[tuple[Codes, Frozen]], side: int) -> Along:
        total: Any = None
        slopes: list[Any] = [None] * len(self.none)
        for word, coefficient in definition:
            c, dc = self.polynomial(coefficient)
            value, along = self.product(word, side)
            scaled, added = self.arithmetic.scaled, self.arithmetic.added
            total = scaled(value, c) if total is None else added(total, scaled(value, c))
            for k in range(len(slopes)):
                for part in (
                    None if self.arithmetic.is_zero(dc[k]) else scaled(value, dc[k]),
                    None if along[k] is None else scaled(along[k], c),
                ):
                    if part is not None:
                        slopes[k] = part if slopes[k] is None else added(slopes[k], part)
        return total, slopes

    def _inverse(self, of: Along) -> Along:
        times = self.arithmetic.times
        inverse = self.arithmetic.inverse(of[0])
        scaled = self.arithmetic.scaled
        return inverse, [None if s is None else scaled(times(times(inverse, s), inverse), -1) for s in of[1]]

    def product(self, word: Codes, side: int) -> Along:
        """A word."""
        if not word:
            return self.arithmetic.identity(self.dimensions[side]), [None] * len(self.none)
        if len(word) == 1:
            return self.letter(word[0])
        found = self.products.get(word)
        if found is None:
            head, dhead = self.product(word[:-1], side)
            last, dlast = self.letter(word[-1])
            times = self.arithmetic.times
            slopes: list[AnyMatrix | None] = []
            for a, b in zip(dhead, dlast, strict=True):
                parts = [times(a, last)] if a is not None else []
                parts += [times(head, b)] if b is not None else []
                slopes.append(None if not parts else parts[0] if len(parts) == 1 else self.arithmetic.added(*parts))
            found = self.products[word] = (times(head, last), slopes)
        return found

    def trace(self, word: Codes) -> Dual:
        """The trace of a word."""
        side = self.book.letters[word[0] >> 1]
        start = side.other if word[0] & 1 else side.side
        cut = (len(word) + 1) // 2
        a, da = self.product(word[:cut], start)
        b, db = self.product(word[cut:], start)
        if len(word) == 1:
            b = self.arithmetic.identity(self.dimensions[start])
        slopes = list(self.none)
        for k in range(len(slopes)):
            if da[k] is not None:
                slopes[k] = slopes[k] + self.arithmetic.trace(da[k], b)
            if db[k] is not None:
                slopes[k] = slopes[k] + self.arithmetic.trace(a, db[k])
        slope = np.array(np.broadcast_arrays(*slopes) if self.none.ndim > 1 else slopes, dtype=self.none.dtype)
        return self.arithmetic.trace(a, b), slope if slopes else self.none


@cache
def half(twice: int) -> Fraction:
    """Half of an integer."""
    return Fraction(twice, 2)


def inverted_letters(book: Book) -> set[int]:
    """The places of the letters that stand in the definition of another, such as an inverse."""
    return letters_of(w for x in book.letters for w, _ in x.definition or ())


def fixed_letters(book: Book, polynomials: Sequence[Laurent]) -> set[int]:
    """The places of the fixed letters on which polynomials depend."""
    found: set[int] = set()
    numbers, letters = set[int](), set[int]()
    queue = [p for u in polynomials for m in u for p, _ in m]
    while queue:
        place = queue.pop()
        if place in numbers:
            continue
        numbers.add(place)
        about = book.numbers[place]
        if about.definition is not None:
            queue += [p for m, _ in about.definition for p, _ in m]
        pending = list(letters_of([about.word])) if about.word is not None else []
        while pending:
            k = pending.pop()
            if k in letters:
                continue
            letters.add(k)
            definition = book.letters[k].definition
            if definition is None:
                found.add(k)
            else:
                pending += letters_of(w for w, _ in definition)
                queue += [p for _, c in definition for m, _ in c for p, _ in m]
    return found
