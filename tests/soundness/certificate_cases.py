"""Inequalities for certificates: false ones close to true ones, each with an exact reason.

Small dips below zero, sides that touch, a sign that turns in a corner, poles inside, no value at a corner of a closed
domain, slopes a hair too large where both sides meet; and certificates with wrong factors, functions and changes of
variables. ``d`` is the small number of a case; its sign decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import sympy as sp
from adversary import Case

from w2s_sym import Certificate, Claim, Compare, Condition, Domain, Source, symbol

x = symbol("x", "a number", positive=True)
y = symbol("y", "a number", positive=True)
t = symbol("t", "a number of any sign", real=True)
s = symbol("s", "a new variable", positive=True)
SOURCE = Source("toy", "Ann Author", "A toy paper", 2024)
FEW = 30  # boxes: more find no more of these

Made = tuple[sp.Expr, str, sp.Expr, Domain, Certificate]


def between(v: sp.Symbol, low: Any, high: Any, closed: bool) -> tuple[Condition, ...]:
    """Conditions that a symbol is between two numbers, ends included or not."""
    equal = "=" if closed else ""
    return Condition(v, f">{equal}", sp.sympify(low)), Condition(v, f"<{equal}", sp.sympify(high))


def box(*ranges: tuple[sp.Symbol, Any, Any], closed: bool = False) -> Domain:
    """A product of ranges."""
    return Domain(tuple(v for v, _, _ in ranges), tuple(c for r in ranges for c in between(*r, closed)))


def rational(rng: np.random.Generator, low: int = 1, high: int = 15) -> sp.Rational:
    """A fraction with denominator 16 between low/16 and high/16."""
    return sp.Rational(int(rng.integers(low, high + 1)), 16)


def small(rng: np.random.Generator) -> sp.Rational:
    """A number of either sign, from a tenth to 10^-12 in size."""
    return sp.Rational(int(rng.choice([-1, 1])), 10 ** int(rng.choice([1, 2, 3, 6, 9, 12])))


def dip(rng: np.random.Generator) -> tuple[Made, bool]:
    """(x - c)^2 + d is d at x = c."""
    c, d = rational(rng), small(rng)
    return (2 * c * x, "<", x**2 + c**2 + d, box((x, 0, 2)), Certificate(budget=FEW)), d > 0


def dip_of_a_quartic(rng: np.random.Generator) -> tuple[Made, bool]:
    """(t^2 - c^2)^2 + d is d at t = c, and -d is below zero there."""
    c, d = rational(rng), small(rng)
    return (2 * c**2 * t**2, "<", t**4 + c**4 + d, box((t, -2, 2)), Certificate(budget=FEW)), d > 0


def corner(rng: np.random.Generator) -> tuple[Made, bool]:
    """x y reaches 1 in one corner: inside for a closed domain, in the limit for an open one."""
    closed, strict, d = bool(rng.integers(2)), bool(rng.integers(2)), small(rng) * int(rng.integers(2))
    true = d > 0 or (d == 0 and not (closed and strict))
    made = x * y, "<" if strict else "<=", 1 + d, box((x, 0, 1), (y, 0, 1), closed=closed), Certificate(budget=FEW)
    return made, bool(true)


def tangent(rng: np.random.Generator) -> tuple[Made, bool]:
    """exp(x) > 1 + a x for all x > 0 if and only if a <= 1: the slope of exp at zero is 1."""
    d = small(rng) * int(rng.integers(2))
    factors: Any = ((), (x,), (x**2,))[int(rng.integers(3))]
    return (1 + (1 + d) * x, "<", sp.exp(x), Domain((x,)), Certificate(factors=factors, budget=FEW)), d <= 0


def logarithm(rng: np.random.Generator) -> tuple[Made, bool]:
    """log(1 + x) < a x for all x in (0, 3) if and only if a >= 1."""
    d = small(rng) * int(rng.integers(2))
    factors: Any = ((), (x,), (x**2,))[int(rng.integers(3))]
    return (sp.log(1 + x), "<", (1 + d) * x, box((x, 0, 3)), Certificate(factors=factors, budget=FEW)), d >= 0


def means(rng: np.random.Generator) -> tuple[Made, bool]:
    """sqrt(x y) is at most the mean, with equality where x = y."""
    d = small(rng)
    quarter = sp.Rational(1, 4)
    made = sp.sqrt(x * y), "<", (x + y) / 2 + d, box((x, quarter, 1), (y, quarter, 1)), Certificate(budget=FEW)
    return made, d > 0


def turned_in_a_corner(rng: np.random.Generator) -> tuple[Made, bool]:
    """1 + d - x - y + x y = (1 - x)(1 - y) + d turns its sign where x and y are close to 1 if d < 0."""
    d = small(rng) * int(rng.integers(2))
    return (x + y - x * y, "<", 1 + d, box((x, 0, 1), (y, 0, 1)), Certificate(budget=FEW)), d >= 0


def pole(rng: np.random.Generator) -> tuple[Made, bool]:
    """A side that has no value at c: false where c is inside the domain, which may lie beside it instead."""
    c, inside = rational(rng, 4, 12), bool(rng.integers(4))
    low, high = (0, 1) if inside else (c, 2)
    side = [
        1 / (x - c) ** 2,
        -sp.log((x - c) ** 2) + 50,
        1 / sp.sqrt((x - c) ** 2),
        ((x - c) ** 2) ** sp.Rational(-1, 3),
    ]
    return (sp.Integer(0), "<", side[int(rng.integers(4))], box((x, low, high)), Certificate(budget=FEW)), not inside


def no_value_at_the_end(rng: np.random.Generator) -> tuple[Made, bool]:
    """1/t and log t have no value at t = 0, which a closed domain contains."""
    closed = bool(rng.integers(2))
    start = symbol("start", "a number", nonnegative=True) if closed else x
    domain = Domain((start,), (Condition(start, "<=", 1),))
    sides = [(1 / start, ">", sp.Rational(1, 2)), (sp.log(start), "<=", start), (start ** sp.Rational(-1, 2), ">=", 1)]
    lhs, relation, rhs = sides[int(rng.integers(3))]
    return (lhs, relation, sp.sympify(rhs), domain, Certificate(budget=FEW)), not closed


def wrong_order(rng: np.random.Generator) -> tuple[Made, bool]:
    """Factors of too high an order, of the wrong sign or at a wrong place; exp(-x) is below 1 - x + x^2/2."""
    c = rational(rng)
    wrong = (x**2, x**3, x**4, -x, (x - c) ** 2, 1 - x, x**2 * (1 - x), x - c)
    chosen = tuple(wrong[int(i)] for i in rng.choice(len(wrong), 2, replace=False))
    made = 1 - x + x**2 / 2, "<", sp.exp(-x), box((x, 0, 1)), Certificate(factors=chosen, budget=FEW)
    return made, False


def wrong_function(rng: np.random.Generator) -> tuple[Made, bool]:
    """The function is another one, by a little: x^2 < x - d for x in (0, 1) is false near the ends for d > 0."""
    d = abs(small(rng))
    function = [x - x**2 + d, sp.Integer(1), x * (1 - x), d][int(rng.integers(4))]
    return (x**2, "<", x - d, box((x, 0, 1)), Certificate(function=function, budget=FEW)), False


def wrong_change(rng: np.random.Generator) -> tuple[Made, bool]:
    """A change of variables that misses a part of (0, 1), where x < 1 - c is false."""
    c = rational(rng, 1, 8)
    changes = [
        (sp.exp(-s), -sp.log(1 - c), sp.oo),
        (s, 0, 1 - c),
        (s / (1 + s), 0, 1 / c - 1),
        (s**2, 0, sp.Rational(1, 2)),
    ]
    formula, low, high = changes[int(rng.integers(4))]
    return (x, "<", 1 - c, box((x, 0, 1)), Certificate({x: formula}, {s: (low, high)}, budget=FEW)), False


def bernoulli(rng: np.random.Generator) -> tuple[Made, bool]:
    """a r (1 - w) < 1 - w^r for all w in (0, 1), r = 1/2, if and only if a <= 1: both sides meet at 1 with slope r."""
    d, half = small(rng) * int(rng.integers(2)), sp.Rational(1, 2)
    return (half * (1 + d) * (1 - x), "<", 1 - sp.sqrt(x), box((x, 0, 1)), Certificate(budget=FEW)), d <= 0


FAMILIES: tuple[Callable[[np.random.Generator], tuple[Made, bool]], ...] = (
    dip,
    dip_of_a_quartic,
    corner,
    tangent,
    logarithm,
    means,
    turned_in_a_corner,
    pole,
    no_value_at_the_end,
    wrong_order,
    wrong_function,
    wrong_change,
    bernoulli,
)


def claim(made: Made) -> Claim:
    """The claim of a case."""
    lhs, relation, rhs, domain, certificate = made
    return Claim("toy", "A toy.", Compare(lhs, relation, sp.sympify(rhs)), domain, SOURCE, (certificate,))


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Random cases, the families in turn."""
    while True:
        for family in FAMILIES:
            made, true = family(rng)
            yield Case(f"certificate {family.__name__}", lambda made=made: claim(made), true)
