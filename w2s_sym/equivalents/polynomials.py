"""Polynomials in named numbers, with rational coefficients and powers that may be negative or halves.

A number is known by its place in a list; a monomial is a sorted tuple of places with twice their exponents.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

PlacePowers = tuple[tuple[int, int], ...]
Laurent = dict[PlacePowers, Fraction]
Frozen = tuple[tuple[PlacePowers, Fraction], ...]


def number(value: int | Fraction) -> Laurent:
    """A number as a polynomial."""
    return {(): Fraction(value)} if value else {}


def power_of(place: int, exponent: Fraction | int = 1) -> Laurent:
    """A power of a named number; the exponent is a multiple of 1/2."""
    return {((place, int(2 * exponent)),): Fraction(1)} if exponent else number(1)


def add(u: Laurent, v: Laurent, scale: int | Fraction = 1) -> Laurent:
    """u + scale v."""
    found = dict(u)
    for m, q in v.items():
        _put(found, m, q if scale == 1 else -q if scale == -1 else q * scale)
    return found


def _put(found: Laurent, m: PlacePowers, q: Fraction) -> None:
    """Add q m to a polynomial in place."""
    before = found.get(m)
    total = q if before is None else before + q
    if total:
        found[m] = total
    elif before is not None:
        del found[m]


def joined(m: PlacePowers, n: PlacePowers) -> PlacePowers:
    """The product of two monomials."""
    if not m or not n:
        return m or n
    exponents = dict(m)
    for place, e in n:
        exponents[place] = exponents.get(place, 0) + e
    return tuple(sorted((p, e) for p, e in exponents.items() if e))


def multiply(u: Laurent, v: Laurent) -> Laurent:
    """u v."""
    found: Laurent = {}
    for m, p in u.items():
        for n, q in v.items():
            _put(found, joined(m, n), q if p == 1 else p if q == 1 else p * q)
    return found


def freeze(u: Laurent) -> Frozen:
    """The polynomial as a key."""
    return tuple(sorted(u.items()))


def is_monomial(u: Laurent) -> bool:
    """Whether it has one term."""
    return len(u) == 1


def reciprocal(u: Laurent) -> Laurent:
    """One over a polynomial of one term."""
    ((m, q),) = u.items()
    return {tuple((place, -e) for place, e in m): 1 / q}


def the_place(u: Laurent) -> int:
    """The place of the number that a polynomial is."""
    (((place, _),),) = u
    return place


def places(u: Laurent) -> set[int]:
    """The named numbers that occur."""
    return {place for m in u for place, _ in m}


def replaced(u: Laurent, values: dict[int, Laurent]) -> Laurent:
    """Polynomials in the place of named numbers; one that occurs with a power below 1 takes a single term."""
    if not places(u) & values.keys():
        return u
    found: Laurent = {}
    for m, q in u.items():
        term: Laurent = {tuple((p, e) for p, e in m if p not in values): q}
        for place, e in m:
            if place in values:
                term = multiply(term, raised(values[place], e))
        found = add(found, term)
    return found


def can_replace(u: Laurent, place: int, value: Laurent) -> bool:
    """Whether :func:`replaced` can put the value there."""
    return is_monomial(value) or all(e > 0 and e % 2 == 0 for m in u for p, e in m if p == place)


def raised(u: Laurent, twice: int) -> Laurent:
    """u to the power of half of ``twice``; what has several terms to positive integers only."""
    if is_monomial(u):
        ((m, q),) = u.items()
        if twice % 2 == 0 or (q == 1 and all(e % 2 == 0 for _, e in m)):
            return {tuple((p, e * twice // 2) for p, e in m): q ** (twice // 2)}
    if twice < 0 or twice % 2:
        raise ArithmeticError("a sum to a power that is no positive integer")
    found = number(1)
    for _ in range(twice // 2):
        found = multiply(found, u)
    return found


def sum_of(parts: Iterable[Laurent]) -> Laurent:
    """The sum of polynomials."""
    found: Laurent = {}
    for part in parts:
        found = add(found, part)
    return found
