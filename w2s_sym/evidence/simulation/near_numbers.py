"""Formulas whose numbers are plainer than those of a right side and hardly different.

Where 101/200 is claimed, 1/2 may be the truth: draws that cannot tell the two apart support neither. No mutant of one
node is that close, so that without these a formula that is 1 % off could agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy as sp

# A plainer number this close, relative to the number, is a rival.
CLOSE = Fraction(12, 1000)
# What plainer means: numerator times denominator is less by this factor.
PLAINER = 20
# Larger numbers have no float to be rounded.
LARGEST_FLOAT = 10**308


def near_numbers(rhs: sp.Expr) -> Iterator[sp.Expr]:
    """The right side with one of its numbers replaced by a plainer one that is close to it."""
    for number in sorted(rhs.atoms(sp.Rational), key=sp.default_sort_key):
        exact = Fraction(int(number.p), int(number.q))
        for other in plainer(exact):
            yield rhs.xreplace({number: sp.Rational(other.numerator, other.denominator)})


def plainer(number: Fraction) -> list[Fraction]:
    """Numbers within CLOSE of this one and plainer by PLAINER: the plainest of all, and roundings to 1 and 2 digits."""
    size, sign = abs(number), 1 if number > 0 else -1
    if size == 0:
        return []
    found = [simplest_between(size * (1 - CLOSE), size * (1 + CLOSE))]
    if size < LARGEST_FLOAT:
        found += [Fraction(f"{float(size):.{d}e}") for d in (0, 1)]
    weight = size.numerator * size.denominator
    near = [f for f in found if abs(f - size) <= CLOSE * size and f.numerator * f.denominator * PLAINER <= weight]
    return [sign * f for f in dict.fromkeys(near)]


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of least denominator between two positive ones, both included."""
    whole = low.numerator // low.denominator
    if whole == low:
        return Fraction(whole)
    if whole + 1 <= high:
        return Fraction(whole + 1)
    return whole + 1 / simplest_between(1 / (high - whole), 1 / (low - whole))


__all__ = ["near_numbers", "plainer", "simplest_between"]
