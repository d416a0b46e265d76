"""Values of formulas made by arithmetic at points of rationals: exact, and much sooner than by balls.

Conditions of domains are of this kind, and are decided at thousands of points. Sums over a table of levels are, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, reduce
from operator import add, mul
from typing import Any

import sympy as sp
from flint import fmpq

from w2s_sym.formula.totals import LevelTable, Total

# A value for each symbol; of a spectrum, its levels: how often each occurs, and the numbers there by letter.
Level = tuple[fmpq, Mapping[sp.Symbol, fmpq]]
Values = Sequence[Any]
ExactProgram = Callable[[Values], fmpq]
# Beyond these the exact value could be longer than balls keep exact numbers: it is left to them.
_MOST_DEGREE = 64
_LONGEST = 1 << 512


def number_at(formula: sp.Expr, point: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """The formula with the numbers of a point put in."""
    exact = exact_value(formula, point)
    if exact is not None:
        return sp.Rational(int(exact.p), int(exact.q))
    return sp.sympify(formula.xreplace(dict(point)), strict=True)


def exact_value(formula: sp.Expr, point: Mapping[sp.Symbol, sp.Expr]) -> fmpq | None:
    """The value at a point; None where it has none, or where formula or point is not of this kind."""
    compiled = _program(formula)
    if compiled is None:
        return None
    symbols, program = compiled
    values: list[Any] = []
    for s in symbols:
        number = point.get(s)
        held = _levels(number) if isinstance(number, LevelTable) else None if number is None else _rational(number)
        if held is None:
            return None
        values.append(held)
    try:
        return program(values)
    except (ZeroDivisionError, LookupError):  # no value, or a table without some letter
        return None


@lru_cache(maxsize=4096)
def summed_over(node: Total, levels: sp.Basic) -> sp.Expr:
    """The total with its spectrum put in: the same formula at all digits and all values of its other symbols."""
    return sp.sympify(node.xreplace({node.over: levels}), strict=True)


def _rational(number: sp.Expr) -> fmpq | None:
    if not number.is_Rational or not (-_LONGEST < number.p < _LONGEST and number.q < _LONGEST):
        return None
    return fmpq(int(number.p), int(number.q))


@lru_cache(maxsize=1024)
def _levels(table: LevelTable) -> tuple[Level, ...] | None:
    rows: list[Level] = []
    for row, at in zip(table.rows, table.points(), strict=True):
        numbers = {s: value for s, v in at.items() if (value := _rational(v)) is not None}
        if len(numbers) < len(at):
            return None
        rows.append((fmpq(int(row[0])), numbers))
    return tuple(rows)


@lru_cache(maxsize=10_000)
def _program(formula: sp.Expr) -> tuple[tuple[sp.Symbol, ...], ExactProgram] | None:
    """The symbols, and the formula as a function of their values; None for what is not made by arithmetic."""
    symbols = tuple(formula.free_symbols)
    made = _made(formula, {s: i for i, s in enumerate(symbols)}, len(symbols))
    return None if made is None or made[1] > _MOST_DEGREE else (symbols, made[0])


def _made(node: sp.Basic, places: Mapping[sp.Symbol, int], size: int) -> tuple[ExactProgram, int] | None:
    """A function of ``size`` values, and a bound on its degree as a numerator or a denominator."""
    if node.is_Rational:
        constant = fmpq(int(node.p), int(node.q))
        return lambda values: constant, 1 + max(abs(node.p), node.q).bit_length() // _LONGEST.bit_length()
    if node.is_Symbol and node in places:
        place = places[node]
        return lambda values: values[place], 1
    if node.is_Pow and node.exp.is_Integer:
        base, power = _made(node.base, places, size), int(node.exp)
        if base is None or not 0 < abs(power) <= _MOST_DEGREE:
            return None
        raised, degree = base
        return lambda values: raised(values) ** power, degree * abs(power)
    if isinstance(node, Total):
        return _made_sum(node, places, size)
    if not (node.is_Add or node.is_Mul or isinstance(node, (sp.Max, sp.Min, sp.Abs))):
        return None
    parts = [_made(a, places, size) for a in node.args]
    known = [p for p in parts if p is not None]
    if len(known) < len(parts):
        return None
    programs, degree = tuple(p for p, _ in known), sum(d for _, d in known)
    if isinstance(node, sp.Abs):
        return lambda values: abs(programs[0](values)), degree
    if isinstance(node, (sp.Max, sp.Min)):
        choose = max if isinstance(node, sp.Max) else min
        return lambda values: choose(p(values) for p in programs), degree
    join = add if node.is_Add else mul
    # A sum over a common denominator has the degree of all of its terms together.
    return lambda values: reduce(join, (p(values) for p in programs)), degree


def _made_sum(node: Total, places: Mapping[sp.Symbol, int], size: int) -> tuple[ExactProgram, int] | None:
    """The same of a sum over a spectrum: the letters of a level are the last values of its summand."""
    letters = tuple(node.over.symbols)
    inner = {**places, **{s: size + i for i, s in enumerate(letters)}}
    made = _made(node.summand, inner, size + len(letters))
    if made is None or node.over not in places:
        return None
    summand, place = made[0], places[node.over]

    def summed_up(values: Values) -> fmpq:
        levels: tuple[Level, ...] = values[place]
        return sum((count * summand([*values, *(at[s] for s in letters)]) for count, at in levels), fmpq(0))

    return summed_up, made[1]
