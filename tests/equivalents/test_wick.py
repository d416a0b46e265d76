"""The gate rule against Wick's formula: all pairings of the designs, term by term, in exact rational arithmetic.

An expression in (lam + X'X/n)^-1 is a power series in 1/lam, of which each coefficient is the mean of a trace of a word
in designs. Wick's formula writes it as a sum over pairings: each is a product of traces of fixed matrices and of powers
of n. With sizes that grow together the pairings with the most loops lead. The engine's equations, solved as power
series, must have the sum of these, as a rational number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp

from w2s_sym.equivalents import covariance, design, designs, fixed_matrix, identity, inverse, parameter, sizes
from w2s_sym.equivalents.arithmetic import PlainOperators
from w2s_sym.equivalents.derived import Derived, derive_terms
from w2s_sym.equivalents.evaluation import Evaluation, PointValues
from w2s_sym.equivalents.expressions import Inverse, Matrix, scaled

ORDERS = 6
ROWS = 3
n, p = sizes("n p")
lam = parameter("lam")


def exact(rows: Sequence[Sequence[int]], over: int = 1) -> np.ndarray:
    """A matrix of fractions."""
    return np.array([[Fraction(x, over) for x in row] for row in rows], dtype=object)


FIXED = {
    "Sigma": exact([[3, 1], [1, 2]], 2),
    "S_b": exact([[2, -1], [-1, 4]], 3),
    "C": exact([[1, 2], [0, 1]], 4),
    "M": exact([[1, 3], [-2, 5]]),
    "A": exact([[2, 0], [1, -1]]),
}


# -- power series in x = 1/lam ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Series:
    """x^start times a polynomial, to ORDERS terms."""

    start: int
    terms: tuple[Fraction, ...]

    @staticmethod
    def of(value: Any) -> Series:
        return value if isinstance(value, Series) else Series(0, (Fraction(value),))

    def plain(self) -> Series:
        """Without leading zeros."""
        k = next((k for k, c in enumerate(self.terms) if c), len(self.terms))
        return Series(self.start + k if self.terms[k:] else 0, self.terms[k : k + ORDERS])

    def __add__(self, other: Any) -> Series:
        other = Series.of(other)
        if not any(self.terms) or not any(other.terms):
            return other if not any(self.terms) else self
        low = min(self.start, other.start)
        found = [Fraction(0)] * (ORDERS + abs(self.start - other.start))
        for s in (self, other):
            for k, c in enumerate(s.terms):
                found[s.start - low + k] += c
        return Series(low, tuple(found[:ORDERS])).plain()

    __radd__ = __add__

    def __mul__(self, other: Any) -> Series:
        other = Series.of(other)
        found = [Fraction(0)] * ORDERS
        for i, a in enumerate(self.terms):
            for j, b in enumerate(other.terms[: ORDERS - i]):
                found[i + j] += a * b
        return Series(self.start + other.start, tuple(found)).plain()

    __rmul__ = __mul__

    def __sub__(self, other: Any) -> Series:
        return self + Series.of(other) * -1

    def __rtruediv__(self, other: Any) -> Series:
        first = self.terms[0]
        rest = Series(1, tuple(-c / first for c in self.terms[1:]) or (Fraction(0),)).plain()
        total = power = Series(0, (Fraction(1),))
        for _ in range(ORDERS):
            power = power * rest
            total = total + power
        return Series(-self.start, (1 / first,)) * total * other

    def __truediv__(self, other: Any) -> Series:
        return self * (1 / Series.of(other))

    def __pow__(self, exponent: int) -> Series:
        found = Series(0, (Fraction(1),))
        for _ in range(abs(exponent)):
            found = found * self
        return found if exponent >= 0 else 1 / found

    def coefficient(self, order: int) -> Fraction:
        k = order - self.start
        return self.terms[k] if 0 <= k < len(self.terms) else Fraction(0)


class SeriesMatrices(PlainOperators):
    """Arrays of series."""

    objects = True

    def number(self, q: Fraction) -> Series:
        return Series.of(q)

    def root(self, x: Series) -> Series:
        raise AssertionError("no roots here")

    def is_zero(self, x: Series) -> bool:
        return not any(x.terms)

    def identity(self, size: int) -> np.ndarray:
        return np.array([[Series.of(int(i == j)) for j in range(size)] for i in range(size)], dtype=object)

    def times(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return a @ b

    def inverse(self, a: np.ndarray) -> np.ndarray:
        (w, x), (y, z) = a
        return np.array([[z, x * -1], [y * -1, w]], dtype=object) * (1 / (w * z - x * y))

    def trace(self, a: np.ndarray, b: np.ndarray) -> Series:
        return sum((a @ b).diagonal(), Series.of(0))

    def turned(self, a: np.ndarray) -> np.ndarray:
        return a.T


def engine_series(derived: Derived) -> Series:
    """The value of an equivalent as a power series in 1/lam: its fixed points iterated from zero."""
    book = derived.book
    numbers = {k: Series.of(ROWS if x.name == "n" else 2) for k, x in enumerate(book.numbers) if x.kind == "size"}
    numbers |= {k: Series(-1, (Fraction(1),)) for k, x in enumerate(book.numbers) if x.name == "lam"}
    matrices = {
        k: np.array([[Series.of(v) for v in row] for row in FIXED[x.name]], dtype=object)
        for k, x in enumerate(book.letters)
        if x.definition is None
    }
    sides = {k: 2 for k, x in enumerate(book.numbers) if x.name == "p"}
    values = PointValues(numbers, matrices, sides, SeriesMatrices())
    gains = {u: Series.of(0) for u in book.core}
    for _ in range(2 * ORDERS + 2):
        run = Evaluation(book, values, gains)
        gains = {u: run.polynomial(line)[0] for u, line in book.core.items()}
    return Evaluation(book, values, gains).polynomial(derived.terms[0].value)[0]


# -- Wick's formula ---------------------------------------------------------------------------------------------


def pairings(items: list[int]) -> Iterator[list[tuple[int, int]]]:
    """All ways to pair them."""
    if not items:
        yield []
        return
    first, *rest = items
    for k, other in enumerate(rest):
        for more in pairings(rest[:k] + rest[k + 1 :]):
            yield [(first, other), *more]


def leading(between: Sequence[np.ndarray], blocks: str, cov: dict[str, np.ndarray]) -> tuple[Fraction, int, int]:
    """The leading part of E tr(B_0 X' X/n B_1 X' X/n ...), with the blocks of the designs in order, two for each B.

    Returns its value, and the numbers of pairings that lead and of those that do not.
    """
    count = len(blocks)
    words = count // 2
    total, lead = Fraction(0), 0
    every = 0
    for pairs in pairings(list(range(count))):
        every += 1
        partner = {a: b for pair in pairs for a, b in (pair, pair[::-1])}
        loops, value = 0, Fraction(1)
        # Loops of rows: gate 2k and 2k+1 share their rows, and so do partners.
        left = set(range(count))
        while left:
            at = min(left)
            loops, value = loops + 1, value * ROWS
            while at in left:
                left.discard(at)
                at = partner[at]
                left.discard(at)
                at ^= 1
        # Loops of dimensions: from gate 2k+1 through B_(k+1) to gate 2k+2, and between partners by a covariance.
        left = set(range(count))
        while left:
            at = min(left)
            word = np.eye(2, dtype=object) * Fraction(1)
            loops += 1
            while at in left:
                left.discard(at)
                other = partner[at]
                left.discard(other)
                word = word @ cov[blocks[at] + blocks[other]]
                k = (other + 1) // 2 % words
                word = word @ (between[k] if other % 2 else between[k].T)
                at = (other + 1) % count if other % 2 else (other - 1) % count
            value *= np.trace(word)
        if loops == words + 1:
            lead, total = lead + 1, total + value / Fraction(ROWS) ** words
    return total, lead, every - lead


ONE = {"aa": FIXED["Sigma"]}
TWO = {"aa": FIXED["Sigma"], "bb": FIXED["S_b"], "ab": FIXED["C"], "ba": FIXED["C"].T}
UNIT = np.eye(2, dtype=object) * Fraction(1)


def test_counts_of_leading_pairings() -> None:
    """Catalan numbers lead, of (2k - 1)!! in all."""
    counts = [leading([UNIT] * k, "aa" * k, ONE)[1:] for k in (1, 2, 3, 4)]
    assert counts == [(1, 0), (2, 1), (5, 10), (14, 91)]


def _derived(expression: Matrix) -> Derived:
    return derive_terms({"trace": (fixed_matrix("M", p, p), expression)})


def test_a_resolvent() -> None:
    X = design("X", n, covariance("Sigma", p))
    found = engine_series(_derived(inverse(X.T @ X / n + lam)))
    for k in range(1, 5):
        wanted = leading([FIXED["M"], *[UNIT] * (k - 1)], "aa" * k, ONE)[0]
        assert found.coefficient(k + 1) == (-1) ** k * wanted


def test_two_resolvents_of_one_sample() -> None:
    """Pairings between the two are gains between groups."""
    X, A = design("X", n, covariance("Sigma", p)), fixed_matrix("A", p, p)
    resolvent = inverse(X.T @ X / n + lam)
    found = engine_series(_derived(resolvent @ A @ resolvent))
    for k in range(1, 5):
        wanted = Fraction(0)
        for i in range(k + 1):
            between = [UNIT] * k
            between[0] = FIXED["M"] if 0 < i < k else FIXED["M"] @ FIXED["A"] if i == 0 else FIXED["A"] @ FIXED["M"]
            if 0 < i < k:
                between[i] = FIXED["A"]
            wanted += leading(between, "aa" * k, ONE)[0]
        assert found.coefficient(k + 2) == (-1) ** k * wanted


@pytest.mark.parametrize("blocks", ["ab", "ba"])
def test_correlated_blocks_whose_covariance_is_not_symmetric(blocks: str) -> None:
    """E[row_a' row_b] and its transpose are told apart, and the blocks' own covariances enter in higher orders only."""
    own = {("a", "a"): covariance("Sigma", p), ("b", "b"): covariance("S_b", p), ("a", "b"): fixed_matrix("C", p, p)}
    X = dict(zip("ab", designs(("a", "b"), n, own), strict=True))
    of = X[blocks[0]].T @ X[blocks[1]] / n + scaled(lam, identity(p))
    found = engine_series(_derived(Inverse(of)))
    for k in range(1, 5):
        wanted = leading([FIXED["M"], *[UNIT] * (k - 1)], blocks * k, TWO)[0]
        assert found.coefficient(k + 1) == (-1) ** k * wanted


def test_an_inverse_inside_of_an_inverse() -> None:
    """(lam + X'(lam + X X'/n)^-1 X/n)^-1: with two resolvents of one sample in one group."""
    X = design("X", n, covariance("Sigma", p))
    inner = inverse(X @ X.T / n + lam)
    found = engine_series(_derived(inverse(X.T @ inner @ X / n + lam)))
    # With S = X'X/n and S/(lam + S) = x S - x^2 S^2 + ..., the first coefficients are those of powers of S.
    moment = [leading([FIXED["M"], *[UNIT] * (k - 1)], "aa" * k, ONE)[0] for k in range(1, 4)]
    S, x = sp.symbols("S x")
    series = sp.series(1 / (1 / x + S / (1 / x + S)), x, 0, 6).removeO()
    for order in range(2, 6):
        powers = sp.Poly(series.coeff(x, order), S)
        wanted = sum(Fraction(int(c)) * moment[k - 1] for (k,), c in powers.terms() if k)
        assert found.coefficient(order) == wanted
