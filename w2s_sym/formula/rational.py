"""Rational functions without greatest common divisors: fast exact answers to "are these two equal?".

``sympy.cancel`` brings an expression to lowest terms, which in ten variables can take minutes. To decide equality
no common factor has to be found: a numerator over a multiset of denominators suffices.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.polys.rings import PolyElement, ring

from w2s_sym.formula.number_text import told
from w2s_sym.formula.size import TooLargeError, require_small, small
from w2s_sym.formula.totals import opaque


class NotRational(ValueError):  # noqa: N818 - it names what the expression is not
    """The expression is not a rational function of its symbols."""


class Ratio:
    """A numerator and a multiset of denominators, all sparse polynomials over the rationals in one ring."""

    __slots__ = ("bottom", "top")

    def __init__(self, top: PolyElement, bottom: dict[PolyElement, int]):
        self.top = top
        self.bottom = bottom

    def plus(self, other: Ratio) -> Ratio:
        """The sum, over the least common power of each factor below the line."""
        common = {d: max(self.bottom.get(d, 0), other.bottom.get(d, 0)) for d in (*self.bottom, *other.bottom)}
        left, right = self.top, other.top
        for d, power in common.items():
            left = left * d ** (power - self.bottom.get(d, 0))
            right = right * d ** (power - other.bottom.get(d, 0))
        return Ratio(left + right, common)

    def times(self, other: Ratio) -> Ratio:
        """The product; nothing is cancelled."""
        bottom = dict(self.bottom)
        for d, power in other.bottom.items():
            bottom[d] = bottom.get(d, 0) + power
        return Ratio(self.top * other.top, bottom)

    def inverse(self) -> Ratio:
        """One over it. Raises ``ZeroDivisionError`` for zero."""
        if not self.top:
            raise ZeroDivisionError("the inverse of an expression that is identically zero")
        constant, primitive = self.top.LC, self.top.monic()
        top = self.top.ring.one * (1 / constant)
        for d, power in self.bottom.items():
            top = top * d**power
        return Ratio(top, {} if primitive == primitive.ring.one else {primitive: 1})

    def power(self, exponent: int) -> Ratio:
        """An integer power; a negative one of zero raises ``ZeroDivisionError``."""
        base = self if exponent >= 0 else self.inverse()
        return Ratio(base.top ** abs(exponent), {d: p * abs(exponent) for d, p in base.bottom.items()})


def ratio(expression: sp.Expr, *more: sp.Expr) -> tuple[Ratio, ...]:
    """Normal forms of rational expressions in one ring of all their symbols.

    Raises :class:`NotRational` for anything else, and ``ZeroDivisionError`` for an identically zero denominator.
    """
    everything = (sp.sympify(expression, strict=True), *map(sp.sympify, more))
    require_small(*everything)
    symbols = sorted({s for e in everything for s in e.free_symbols}, key=lambda s: (s.name, s.sort_key()))
    home = ring([f"x{i}" for i in range(max(1, len(symbols)))], sp.QQ)
    generators = dict(zip(symbols, home[1:], strict=False))
    memory: dict[sp.Expr, Ratio] = {}

    def build(node: Any) -> Ratio:
        if node in memory:
            return memory[node]
        if node.is_Symbol:
            result = Ratio(generators[node], {})
        elif node.is_Rational:
            result = Ratio(home[0].one * sp.QQ(int(node.p), int(node.q)), {})
        elif node.is_Add or node.is_Mul:
            parts = [build(a) for a in node.args]
            result = parts[0]
            for part in parts[1:]:
                result = result.plus(part) if node.is_Add else result.times(part)
        elif node.is_Pow and node.exp.is_Integer:
            result = build(node.base).power(int(node.exp))
        else:
            raise NotRational(f"{told(node)} is not a rational function")
        memory[node] = result
        return result

    return tuple(build(e) for e in everything)


def identical(left: sp.Expr, right: sp.Expr) -> bool:
    """Whether two expressions are equal by algebra (sound: False may mean 'not shown').

    Rational functions are decided; with roots or other functions inside, SymPy's ``cancel`` is asked.
    """
    if left == right:
        return True
    if not small(left - right):
        return False
    left, right = opaque(sp.sympify(left, strict=True)), opaque(sp.sympify(right, strict=True))
    try:
        return not ratio(sp.sympify(left, strict=True) - sp.sympify(right, strict=True))[0].top
    except NotRational:
        return bool(sp.cancel(sp.together(left - right)) == 0)
    except ZeroDivisionError:
        return False


def reduce_squares(expression: sp.Expr, squares: dict[sp.Symbol, sp.Expr]) -> bool:
    """Whether a rational expression in symbols r with known squares r^2 = squares[r] is identically zero."""
    try:
        top = ratio(expression)[0].top
    except (NotRational, ZeroDivisionError, TooLargeError):
        return False
    symbols = sorted(sp.sympify(expression, strict=True).free_symbols, key=lambda s: (s.name, s.sort_key()))
    total: sp.Expr = sp.Integer(0)
    for exponents, coefficient in top.terms():
        term: sp.Expr = sp.Rational(int(coefficient.numerator), int(coefficient.denominator))
        for s, power in zip(symbols, exponents, strict=False):
            if s in squares:
                term *= squares[s] ** (power // 2) * s ** (power % 2)
            else:
                term *= s**power
        total += term
    return bool(identical(total, sp.Integer(0)))


def factor_list(expression: sp.Expr) -> tuple[sp.Expr, list[tuple[sp.Expr, int]]]:
    """(constant, (factor, exponent) pairs), as SymPy's own; ``PolynomialError`` also where it cannot sort the factors.

    It compares their exponents, which may be formulas.
    """
    require_small(expression)
    try:
        constant, factors = sp.factor_list(expression)
    except TypeError as problem:
        raise sp.PolynomialError(f"the factors of {told(expression)} cannot be sorted: {problem}") from problem
    return constant, factors


def limit_at_infinity(expression: sp.Expr, s: sp.Symbol) -> tuple[sp.Expr | None, int, sp.Expr]:
    """(limit, order, leading denominator) of a rational function as ``s`` grows.

    ``order`` is the degree of the denominator less that of the numerator; the limit is None when it is infinite.
    The leading coefficient of the denominator must not vanish for the answer to hold: it is returned to be checked.
    """
    numerator, denominator = polynomials(expression)
    top, bottom = sp.Poly(numerator, s), sp.Poly(denominator, s)
    order = bottom.degree() - (top.degree() if not top.is_zero else bottom.degree() + 1)
    leading = sp.factor(bottom.LC())
    if top.is_zero or order > 0:
        return sp.Integer(0), order, leading
    if order < 0:
        return None, order, leading
    return sp.cancel(top.LC() / bottom.LC()), order, leading


def error_coefficient(difference: sp.Expr, s: sp.Symbol) -> sp.Expr:
    """The leading coefficient in ``s`` of the numerator: where it vanishes the difference falls faster.

    Raises like :func:`ratio`, and ``PolynomialError`` where ``s`` stands in no polynomial.
    """
    return sp.factor(sp.Poly(polynomials(difference)[0], s).LC())


def polynomials(expression: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Numerator and denominator (not in lowest terms) of a rational expression."""
    form = ratio(expression)[0]
    symbols = sorted(sp.sympify(expression, strict=True).free_symbols, key=lambda s: (s.name, s.sort_key()))
    denominator = sp.Mul(*(d.as_expr(*symbols) ** p for d, p in form.bottom.items())) if symbols else sp.Integer(1)
    return (form.top.as_expr(*symbols) if symbols else form.top.as_expr()), denominator
