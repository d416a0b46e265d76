"""Values of formulas at many points at once, in floats: quick, and uncertain as floats are. No verdict rests on them.

Beside each value goes its *sway*: by how much it moves, to first order and at the most, when every symbol moves by as
much as its own size. Where two formulas differ by a small part of their sway they nearly meet there, whatever units
they are written in, and also when one of them is zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import sympy as sp
from flint import arb

from w2s_sym.formula.relations import Relation

Column: TypeAlias = np.ndarray
# A value and its sway.
Swaying: TypeAlias = tuple[Column, Column]


class NoFloatsError(TypeError):
    """A formula has a part of which no float is known here."""


def _each(function: Callable[[float], float]) -> Callable[[Column], Column]:
    """A function of one float on arrays; nan where it has no value."""

    def one(x: float) -> float:
        try:
            return float(function(float(x)))
        except (ValueError, OverflowError, ArithmeticError):
            return math.nan

    many = np.frompyfunc(one, 1, 1)
    return lambda x: np.asarray(many(x), dtype=float)


# Functions with the size of their slope.
_KNOWN: dict[type, tuple[Callable[[Column], Column], Callable[[Column], Column]]] = {
    sp.exp: (np.exp, np.exp),
    sp.log: (lambda x: np.log(np.where(x > 0, x, np.nan)), lambda x: 1 / np.abs(x)),
    sp.sin: (np.sin, lambda x: np.abs(np.cos(x))),
    sp.cos: (np.cos, lambda x: np.abs(np.sin(x))),
    sp.tan: (np.tan, lambda x: 1 + np.tan(x) ** 2),
    sp.sinh: (np.sinh, np.cosh),
    sp.cosh: (np.cosh, lambda x: np.abs(np.sinh(x))),
    sp.tanh: (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    sp.asin: (np.arcsin, lambda x: 1 / np.sqrt(1 - x * x)),
    sp.acos: (np.arccos, lambda x: 1 / np.sqrt(1 - x * x)),
    sp.atan: (np.arctan, lambda x: 1 / (1 + x * x)),
    sp.Abs: (np.abs, np.ones_like),
}
# Functions whose slope is taken from a difference.
_OTHER: dict[type, Callable[[Column], Column]] = {
    sp.gamma: _each(math.gamma),
    sp.loggamma: _each(math.lgamma),
    sp.erf: _each(math.erf),
    sp.erfc: _each(math.erfc),
    sp.factorial: _each(lambda x: math.gamma(x + 1)),
    sp.zeta: _each(lambda x: float(arb(x).zeta())),
    sp.LambertW: _each(lambda x: float(arb(x).lambertw())),
}
_TURN = {sp.Eq: "=", sp.Ne: "!=", sp.Lt: "<", sp.Le: "<=", sp.Gt: ">", sp.Ge: ">="}
_STEP = 1e-6


class FloatValues:
    """Formulas of these symbols, compiled once: :meth:`at` evaluates all of them at many points.

    Raises :class:`NoFloatsError` when a formula has a part of an unknown kind, or a symbol that is not listed.
    """

    def __init__(self, formulas: Sequence[sp.Expr], symbols: Sequence[sp.Symbol]) -> None:
        self._known: dict[sp.Basic, int] = {s: i for i, s in enumerate(symbols)}
        self._width = len(self._known)
        self._steps: list[Callable[[list[Swaying]], Swaying]] = []
        self._roots = [self._compile(f) for f in formulas]

    def at(self, columns: Column) -> Swaying:
        """Values and sways, each of shape (formulas, points), at points given as columns, shape (symbols, points)."""
        done = self._nodes(columns)
        shape = (len(self._roots), columns.shape[1])
        values, sways = np.empty(shape), np.empty(shape)
        for row, root in enumerate(self._roots):
            values[row], sways[row] = done[root]
        return values, sways

    def finite(self, columns: Column) -> Column:
        """For each point, whether every part of every formula is a finite real number there."""
        here = np.ones(columns.shape[1], dtype=bool)
        for value, _ in self._nodes(columns):
            here &= np.isfinite(value)
        return here

    def _nodes(self, columns: Column) -> list[Swaying]:
        done: list[Swaying] = [(column, np.abs(column)) for column in columns]
        with np.errstate(all="ignore"):
            for step in self._steps:
                done.append(step(done))
        return done

    def _compile(self, node: sp.Basic) -> int:
        found = self._known.get(node)
        if found is None:
            step = self._step(node)
            self._steps.append(step)
            found = self._known[node] = self._width + len(self._steps) - 1
        return found

    def _step(self, node: sp.Basic) -> Callable[[list[Swaying]], Swaying]:
        if node.is_number and not node.free_symbols:
            return _constant(node)
        if isinstance(node, sp.Piecewise):
            return self._pieces(node)
        kind = node.func
        if kind is sp.Pow and node.exp.is_Rational:
            return _power(self._compile(node.base), float(node.exp))
        if kind is sp.binomial:
            return self._step(
                sp.gamma(node.args[0] + 1) / sp.gamma(node.args[1] + 1) / sp.gamma(sp.Add(*node.args) + 1)
            )
        combine = _COMBINE.get(kind)
        if combine is None and (len(node.args) != 1 or (kind not in _KNOWN and kind not in _OTHER)):
            raise NoFloatsError(f"no floats for {kind.__name__}")
        places = [self._compile(a) for a in node.args]
        if combine is not None:
            return lambda done: _folded(combine, [done[i] for i in places])
        if kind in _KNOWN:
            value, slope = _KNOWN[kind]
            return lambda done: (value(done[places[0]][0]), slope(done[places[0]][0]) * done[places[0]][1])
        return lambda done: _sloped(_OTHER[kind], *done[places[0]])

    def _pieces(self, node: sp.Piecewise) -> Callable[[list[Swaying]], Swaying]:
        made: list[tuple[int, int, int, Relation | None]] = []
        for piece, condition in node.args:
            if condition == sp.true:
                made.append((self._compile(piece), 0, 0, None))
                break
            if type(condition) not in _TURN:
                raise NoFloatsError(f"no floats for {condition}")
            sides = self._compile(condition.lhs), self._compile(condition.rhs)
            made.append((self._compile(piece), *sides, Relation(_TURN[type(condition)])))

        def choose(done: list[Swaying]) -> Swaying:
            value, sway = np.asarray(np.nan), np.asarray(np.nan)
            for piece, low, high, relation in reversed(made):
                here = True if relation is None else relation(done[low][0] - done[high][0])
                value, sway = np.where(here, done[piece][0], value), np.where(here, done[piece][1], sway)
            return value, sway

        return choose


def _constant(node: sp.Basic) -> Callable[[list[Swaying]], Swaying]:
    try:
        value = np.asarray(float(node.evalf(17)))
    except (TypeError, ValueError):
        raise NoFloatsError(f"no float for {node}") from None
    pair = (value, np.asarray(0.0))
    return lambda done: pair


def _power(place: int, exponent: float) -> Callable[[list[Swaying]], Swaying]:
    def raised(done: list[Swaying]) -> Swaying:
        base, sway = done[place]
        value = np.sqrt(base) if exponent == 0.5 else 1 / base if exponent == -1 else base**exponent
        # At zero a quotient of zeros would hide that a square has no slope there.
        slope = 2 * np.abs(base) if exponent == 2 else np.abs(exponent * base ** (exponent - 1))
        return value, slope * sway

    return raised


def _sum(one: Swaying, other: Swaying) -> Swaying:
    return one[0] + other[0], one[1] + other[1]


def _product(one: Swaying, other: Swaying) -> Swaying:
    return one[0] * other[0], np.abs(one[0]) * other[1] + np.abs(other[0]) * one[1]


def _raised(base: Swaying, exponent: Swaying) -> Swaying:
    value, logarithm = base[0] ** exponent[0], np.log(base[0])
    return value, np.abs(value) * (np.abs(exponent[0] / base[0]) * base[1] + np.abs(logarithm) * exponent[1])


def _larger(one: Swaying, other: Swaying) -> Swaying:
    first = one[0] >= other[0]
    return np.where(first, one[0], other[0]), np.where(first, one[1], other[1])


def _smaller(one: Swaying, other: Swaying) -> Swaying:
    first = one[0] <= other[0]
    return np.where(first, one[0], other[0]), np.where(first, one[1], other[1])


_COMBINE: dict[type, Callable[[Swaying, Swaying], Swaying]] = {
    sp.Add: _sum,
    sp.Mul: _product,
    sp.Pow: _raised,
    sp.Max: _larger,
    sp.Min: _smaller,
}


def _folded(combine: Callable[[Swaying, Swaying], Swaying], parts: Sequence[Swaying]) -> Swaying:
    whole = parts[0]
    for part in parts[1:]:
        whole = combine(whole, part)
    return whole


def _sloped(function: Callable[[Column], Column], x: Column, sway: Column) -> Swaying:
    value, moved = function(x), function(x * (1 + _STEP))
    return value, np.abs(moved - value) / (_STEP * np.abs(x)) * sway


__all__ = ["FloatValues", "NoFloatsError"]
