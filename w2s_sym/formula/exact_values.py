"""Values of formulas made by arithmetic at points of rationals: exact, and much sooner than by balls.

Conditions of domains are of this kind, and are decided at thousands of points.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, reduce
from operator import add, mul

import sympy as sp
from flint import fmpq

Values = Sequence[fmpq]
Program = Callable[[Values], fmpq]
# Beyond these the exact value could be longer than balls keep exact numbers: it is left to them.
_MOST_DEGREE = 64
_LONGEST = 1 << 512


def exact_value(formula: sp.Expr, point: Mapping[sp.Symbol, sp.Expr]) -> fmpq | None:
    """The value at a point; None where it has none, or where formula or point is not of this kind."""
    compiled = _program(formula)
    if compiled is None:
        return None
    symbols, program = compiled
    values = []
    for s in symbols:
        number = point.get(s)
        if number is None or not number.is_Rational or not (-_LONGEST < number.p < _LONGEST and number.q < _LONGEST):
            return None
        values.append(fmpq(int(number.p), int(number.q)))
    try:
        return program(values)
    except ZeroDivisionError:
        return None


@lru_cache(maxsize=10_000)
def _program(formula: sp.Expr) -> tuple[tuple[sp.Symbol, ...], Program] | None:
    """The symbols, and the formula as a function of their values; None for what is not made by arithmetic."""
    symbols = tuple(formula.free_symbols)
    places = {s: i for i, s in enumerate(symbols)}
    made = _made(formula, places)
    return None if made is None or made[1] > _MOST_DEGREE else (symbols, made[0])


def _made(node: sp.Basic, places: Mapping[sp.Symbol, int]) -> tuple[Program, int] | None:
    """A function of the values, and a bound on its degree as a numerator or a denominator."""
    if node.is_Rational:
        constant = fmpq(int(node.p), int(node.q))
        return lambda values: constant, 1 + max(abs(node.p), node.q).bit_length() // _LONGEST.bit_length()
    if node.is_Symbol and node in places:
        place = places[node]
        return lambda values: values[place], 1
    if node.is_Pow and node.exp.is_Integer:
        base, power = _made(node.base, places), int(node.exp)
        if base is None or not 0 < abs(power) <= _MOST_DEGREE:
            return None
        raised, degree = base
        return lambda values: raised(values) ** power, degree * abs(power)
    if not (node.is_Add or node.is_Mul):
        return None
    parts = [_made(a, places) for a in node.args]
    known = [p for p in parts if p is not None]
    if len(known) < len(parts):
        return None
    join, programs = (add if node.is_Add else mul), tuple(p for p, _ in known)
    # A sum over a common denominator has the degree of all of its terms together.
    return lambda values: reduce(join, (p(values) for p in programs)), sum(d for _, d in known)
