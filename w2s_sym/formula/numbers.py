"""Exact numbers: are they real, and what is their sign?

Whatever is answered is shown: by balls, by a normal form, or by a bound on how close to zero a nonzero number of its
kind can be. The assumptions of SymPy are not asked, for they guess about small differences: under some hash seeds they
take log(1 - exp(-4000)) for positive, and log(1 - exp(-80)) - log(1 - 2*exp(-90)) for zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache, reduce

import numpy as np
import sympy as sp
from flint import arb, ctx

from w2s_sym.formula.ball_integrals import BallNumber
from w2s_sym.formula.balls import At, UndefinedError, UnsupportedError, ball, sign_of_ball
from w2s_sym.formula.elementary import same
from w2s_sym.formula.exact_values import exact_value
from w2s_sym.formula.number_text import told, too_long
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import LevelTable, Total

# Digits of the balls that tell the sign of a number, and the most bits that may show a sum of roots to be zero.
SIGN_DIGITS = (30, 200, 1000)
SEPARATION_BITS = 200_000


def holds(difference: sp.Expr, relation: str) -> bool | None:
    """Whether ``difference relation 0`` for an exact number; None when its sign is not shown."""
    number = sp.sympify(difference, strict=True)
    s = number_sign(number) if number.is_number is True else None
    if s is None:
        return None
    return bool(Relation(relation)(s))


def holds_at(difference: sp.Expr, relation: str, point: Mapping[sp.Symbol, sp.Expr]) -> bool | None:
    """Whether ``difference relation 0`` at an exact point, exactly or by balls; None when its sign is not shown."""
    exact = exact_value(difference, point)
    if exact is not None:
        return bool(Relation(relation)(sign_of_ball(exact)))
    try:
        signs = (sign_of_ball(value) for value in _balls(difference, point))
        certain = next((s for s in signs if s is not None), None)
    except UnsupportedError:
        return None
    return None if certain is None else bool(Relation(relation)(certain))


@lru_cache(maxsize=50_000)
def number_sign(number: sp.Expr) -> int | None:
    """1, 0 or -1 for a real number; None when that is not shown."""
    if number.is_Rational:
        return int(np.sign(number.p))
    try:
        found = list(_balls(number))
    except UnsupportedError:
        return None
    certain = next((s for s in map(sign_of_ball, found) if s is not None), None)
    return 0 if found and certain is None and _is_zero(number) else certain


def is_finite_real(number: sp.Expr) -> bool:
    """Whether a number is shown to be real and finite: by a ball, or by SymPy when a function in it has none here."""
    try:
        return number.is_Rational or any(True for _ in _balls(number))
    except UnsupportedError:
        parts = (p for p in sp.preorder_traversal(number) if isinstance(p, sp.Expr) and not p.free_symbols)
        return all(p.is_real and p.is_finite for p in parts)


def undefined_part(formula: sp.Expr, point: Mapping[sp.Symbol, sp.Expr]) -> str | None:
    """None when each part of a formula is shown to have a finite real value at an exact point; else which is not.

    The parts are looked at before any algebra: at (-4, -1) the product sqrt(x)*sqrt(y) is real, and its factors are
    not. The terms of a sum over a spectrum are looked at level by level.
    """
    if exact_value(formula, point) is not None:
        return None
    if isinstance(formula, Total) and isinstance(table := point.get(formula.over), LevelTable):
        at_levels = (undefined_part(formula.summand, {**point, **level}) for level in table.points())
        return next((reason for reason in at_levels if reason is not None), None)
    if not formula.has(Total):
        try:
            return _undefined_by_balls(formula, point)
        except UnsupportedError:
            pass
    inside = (undefined_part(a, point) for a in formula.args if isinstance(a, sp.Expr))
    reason = next((found for found in inside if found is not None), None)
    if reason is not None:
        return reason
    value = sp.sympify(formula.xreplace(dict(point)), strict=True)
    unreal = value.is_number and not is_finite_real(value)
    return f"{told(formula)}: no finite real value" if unreal else None


def _undefined_by_balls(formula: sp.Expr, point: Mapping[sp.Symbol, sp.Expr]) -> str | None:
    reason = ""
    for digits in SIGN_DIGITS:
        try:
            At(point, digits)(formula)
            return None
        except UndefinedError as problem:
            reason = str(problem)  # perhaps to so few digits only
        except ValueError as problem:
            if not too_long(problem):
                raise
            return f"{told(formula)}: too long to be evaluated"
    return reason


def _balls(number: sp.Expr, point: Mapping[sp.Symbol, sp.Expr] | None = None) -> Iterator[BallNumber]:
    """Balls that hold the number (at a point), smaller and smaller, until one does not hold zero."""
    for digits in SIGN_DIGITS:
        try:
            value = At(point or {}, digits)(number)
        except UndefinedError:
            continue  # perhaps to so few digits only
        except ValueError as error:
            if not too_long(error):
                raise
            return
        yield value
        if sign_of_ball(value) is not None:
            return


def _is_zero(number: sp.Expr) -> bool:
    """Whether a number is zero (sound: False may mean 'not shown')."""
    try:
        bits = _separation(number)
    except UnsupportedError:
        return _is_zero_as_formula(number)
    if bits > SEPARATION_BITS:
        return False
    try:
        value = At({}, math.ceil(bits * math.log10(2)) + 10)(number)
    except UndefinedError:
        return False
    with ctx.workprec(64):
        return bool(abs(ball(value)) < arb(2) ** -bits)


def _is_zero_as_formula(number: sp.Expr) -> bool:
    """Whether a normal form shows a number to be zero; False where SymPy cannot sort its terms, too long to write."""
    try:
        return same(number, sp.Integer(0))
    except ValueError as error:
        if not too_long(error):
            raise
        return False


def _separation(number: sp.Expr) -> int:
    """Bits b such that a number made of rationals by arithmetic and roots is zero or at least 2^-b in size.

    As in Burnikel, Fleischer, Mehlhorn, Schirra (2000), A strong and easily computable separation bound for arithmetic
    expressions involving radicals: every part is a quotient N/L of algebraic integers in the field of the roots, whose
    degree is at most the product D of the degrees of the roots; all conjugates of N are at most 2^upper in size, those
    of L at most 2^lower. The norm of N is an integer: unless N is zero, |N| >= 2^(-upper (D - 1)).
    :class:`UnsupportedError` for other numbers.
    """
    degrees: dict[tuple[sp.Expr, int], int] = {}
    sizes: dict[sp.Expr, tuple[float, float]] = {}

    def size(node: sp.Expr) -> tuple[float, float]:
        if node not in sizes:
            sizes[node] = measured(node)
        return sizes[node]

    def measured(node: sp.Expr) -> tuple[float, float]:
        if node.is_Rational:
            return math.log2(max(1, abs(int(node.p)))), math.log2(int(node.q))
        if node.is_Add or node.is_Mul:
            return reduce(total if node.is_Add else product, map(size, node.args))
        if node.is_Pow and node.exp.is_Rational:
            upper, lower = size(node.base)
            degree, times = int(node.exp.q), abs(int(node.exp.p))
            if degree > 1:  # the root of N/L is that of N L^(degree - 1), over L
                degrees[node.base, degree] = degree
                upper = (upper + (degree - 1) * lower) / degree
            upper, lower = upper * times, lower * times
            return (upper, lower) if node.exp > 0 else (lower, upper)
        raise UnsupportedError(f"{told(node)} is not made by arithmetic and roots")

    def total(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
        return float(np.logaddexp2(a[0] + b[1], a[1] + b[0])), a[1] + b[1]

    def product(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
        return a[0] + b[0], a[1] + b[1]

    upper, lower = size(number)
    # One part in a million, and one bit, for the rounding of these sizes.
    return math.ceil(((math.prod(degrees.values()) - 1) * upper + lower) * (1 + 1e-6)) + 1
