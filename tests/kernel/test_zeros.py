"""Zeros are shown by exact algebra: what vanishes is found, and nothing that does not vanish is taken for a zero."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy as sp
from certified import x, y

from w2s_sym.evidence.certificate.record_text import tree
from w2s_sym.kernel import zeros
from w2s_sym.kernel.records import Formula, read_tree

HALF = sp.Rational(1, 2)


def order(expression: sp.Expr, value: int | Fraction = 0, most: int = 5) -> int:
    """To what order a function of x and y is shown to vanish where x has a value."""
    formula = read_tree(tree(expression, (x, y)), 2)
    return max([0, *(n for n in range(1, most + 1) if zeros.vanishes(formula, 0, Fraction(value), n))])


@pytest.mark.parametrize(
    ("expression", "value", "wanted"),
    [
        (x, 0, 1),
        (x + y, 0, 0),
        (sp.exp(x) - 1 - x, 0, 2),
        (sp.exp(x) - 1 - x - x**2 / 2, 0, 3),
        (sp.exp(x) - 1 - x - x**2 / 3, 0, 2),
        (sp.exp(x * y) - 1 - x * y - x**2 * y**2 / 2, 0, 3),
        (sp.log(1 + x * y) - x * y + x**2 * y**2 / 2, 0, 3),
        (sp.log(1 + x) - sp.log(2), 1, 1),
        (sp.log(x) - x + 1, 1, 2),
        (sp.log(x * y) - sp.log(y) * x, 1, 1),
        (sp.sqrt(1 + x) - 1 - x / 2 + x**2 / 8, 0, 3),
        (sp.sqrt(1 + x * y) - 1 - x * y / 2, 0, 2),
        (sp.sqrt(y + x) - sp.sqrt(y), 0, 1),
        (sp.sqrt(y + x) - sp.sqrt(y) - x / (2 * sp.sqrt(y)), 0, 2),
        (sp.sqrt(y + x) - sp.sqrt(y) - x * sp.sqrt(y) / (2 * y), 0, 2),
        (1 / (1 + x * y) - 1 + x * y - x**2 * y**2, 0, 3),
        (1 / (1 + y) - (1 - x + x * y) / (1 + y), 0, 1),
        (1 - 1 / (1 + y) - (1 - x) * y / (1 + y), 0, 1),
        (y / (1 + y) - x * y / (x + y), 1, 1),
        ((1 + y) ** sp.Rational(3, 2) - (1 + y - x) * sp.sqrt(1 + y), 0, 1),
        ((1 + y) ** -HALF - (1 + x + y) ** HALF / (1 + y), 0, 1),
        (sp.tanh(x) - x, 0, 3),
        (sp.sinh(x) - x - x**3 / 6, 0, 5),
        (x * sp.exp(1 - x) - 1, 1, 2),
        (sp.exp(x) - sp.E * x, 1, 2),
        (sp.exp(x + y) - sp.E * sp.exp(y), 1, 1),
        (sp.pi * x - sp.pi, 1, 1),
        (y**x - y, 1, 1),
        (y**x - 1, 0, 1),
        (y ** (2 * x) - y**2, 1, 1),
        (sp.sqrt(x) - 2, 4, 1),
        (sp.sqrt(x) - HALF, Fraction(1, 4), 1),
        (x ** sp.Rational(1, 3) - 2, 8, 0),  # true, and not shown: roots of numbers are square roots
        (sp.sqrt(x) - sp.sqrt(2), 2, 1),
        (sp.sqrt(x) * sp.sqrt(x + 1) - sp.sqrt(6), 2, 0),  # true, and not shown
        ((x - 1) ** 2 * sp.log(1 + y), 1, 2),
        (x**3 * sp.sqrt(1 - y), 0, 3),
    ],
    ids=str,
)
def test_orders_of_zeros(expression: sp.Expr, value: int | Fraction, wanted: int) -> None:
    assert order(expression, value) == wanted


def test_a_square_root_has_no_order_at_its_end() -> None:
    assert order(sp.sqrt(x)) == 0
    assert order(sp.log(x + 0 * y)) == 0


def _tree(rng: random.Random, depth: int) -> Any:
    """A random tree that is defined where x = 1 and y is positive."""
    if depth == 0 or rng.random() < 0.15:
        return rng.choice([["var", 0], ["var", 1], ["pi"], "2", "1", "-1", "1/2", "4", "3/2"])
    head = rng.choice(["add", "mul", "mul", "exp", "log", "pow"])
    if head in ("add", "mul"):
        return [head, *(_tree(rng, depth - 1) for _ in range(rng.randint(2, 3)))]
    if head == "exp":
        return ["exp", ["log", _positive(rng, depth - 1)]] if rng.random() < 0.3 else ["exp", _tree(rng, depth - 1)]
    inner = _positive(rng, depth - 1)
    return ["log", inner] if head == "log" else ["pow", inner, rng.choice(["1/2", "-1", "-1/2", "2", "3/2", "-3"])]


def _positive(rng: random.Random, depth: int) -> Any:
    part = rng.choice(
        [["var", 0], ["var", 1], "2", "4", ["exp", _tree(rng, max(depth - 1, 0))], ["add", ["var", 1], "1"]]
    )
    return part if rng.random() < 0.5 else ["mul", part, ["var", 1]]


def _value(formula: Formula, point: tuple[Any, Any], sizes: list[Any]) -> Any:
    """The value of a formula at a point; the sizes of the values of its parts are noted."""
    parts = [_value(part, point, sizes) for part in formula.parts]
    if formula.head == "var":
        return point[int(formula.number)]
    number = mpmath.mpf(formula.number.numerator) / formula.number.denominator
    if formula.head in ("number", "pi"):
        return mpmath.pi + 0 if formula.head == "pi" else number
    heads = {"add": mpmath.fsum, "mul": mpmath.fprod, "exp": lambda u: mpmath.exp(*u), "log": lambda u: mpmath.log(*u)}
    value = heads[formula.head](parts) if formula.head in heads else parts[0] ** number
    sizes.append(abs(value))
    return value


def _difference(rng: random.Random) -> Any:
    """A tree less another form of itself: often zero, and often nearly so."""
    one = _tree(rng, 3)
    kind = rng.randrange(5)
    if kind == 0:
        return ["add", one, ["mul", "-1", one]]
    if kind == 1:
        return ["add", ["exp", ["add", one, ["var", 1]]], ["mul", "-1", ["exp", ["var", 1]], ["exp", one]]]
    if kind == 2:
        return ["add", ["mul", one, ["var", 0]], ["mul", "-1", one]]
    if kind == 3:
        p = ["add", ["var", 1], "1"]
        return ["add", ["mul", one, ["pow", p, "1/2"], ["pow", p, "1/2"]], ["mul", "-1", one, p]]
    return ["add", one, _tree(rng, 2)]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_shown_to_vanish_does(seed: int) -> None:
    """Derivatives by mpmath at random values of y, of random trees, many of which vanish by one of the rules."""
    rng, shown = random.Random(seed), 0
    for _ in range(150):
        formula = read_tree(_difference(rng), 2)
        for order in (1, 2):
            if not zeros.vanishes(formula, 0, Fraction(1), order):
                continue
            for there in map(mpmath.mpf, ("0.37", "1.9")):
                sizes: list[Any] = []
                with mpmath.workdps(150):
                    try:
                        value = mpmath.diff(lambda t, y=there, f=formula, s=sizes: _value(f, (t, y), s), 1, order - 1)
                    except (OverflowError, ValueError, ZeroDivisionError):
                        continue  # not defined there
                    if max(sizes, default=0) < 10**30 and mpmath.im(value) == 0:
                        assert abs(value) < mpmath.mpf(10) ** -40, (formula, order, there, value)
                        shown += 1
    assert shown > 30


def difference(one: Any, other: Any) -> bool:
    """Whether x times one less the other, both of y alone, is shown to vanish at x = 1."""
    formula = read_tree(["add", ["mul", ["var", 0], one], ["mul", "-1", other]], 2)
    return zeros.vanishes(formula, 0, Fraction(1), 1)


def test_powers_and_logarithms_of_exponentials() -> None:
    exponential: Any = ["exp", ["var", 1]]
    assert difference(["pow", exponential, "1/2"], ["exp", ["mul", "1/2", ["var", 1]]])
    assert difference(["log", ["mul", exponential, ["exp", "2"]]], ["add", "2", ["var", 1]])
    assert difference(["log", ["pow", exponential, "1/2"]], ["mul", "1/2", ["var", 1]])
    assert not difference(["log", ["mul", "2", exponential]], ["var", 1])
    assert not difference(["pow", ["mul", "2", exponential], "1/2"], ["exp", ["mul", "1/2", ["var", 1]]])


def test_high_powers_are_multiplied_out_up_to_twelve() -> None:
    base: Any = ["add", ["var", 1], "1"]
    whole: Any = ["mul", *[base] * 12]
    assert difference(["pow", base, "25/2"], ["mul", whole, ["pow", base, "1/2"]])
    assert not difference(["pow", base, "27/2"], ["mul", whole, base, ["pow", base, "1/2"]])
    assert difference(["pow", base, "1"], base)
    assert difference(["pow", base, "12"], whole)
    assert not difference(["pow", base, "13"], ["mul", whole, base])


def test_long_expansions_are_given_up() -> None:
    wide: Any = ["add", "1", *[["pow", ["add", ["var", 1], str(k)], "1/2"] for k in range(2, 40)]]
    function: Any = ["mul", *[wide] * 8, ["var", 0]]
    assert not zeros.vanishes(read_tree(function, 2), 0, Fraction(0), 2)
    assert not zeros.vanishes(read_tree(["add", ["pow", wide, "13"], ["var", 0]], 2), 0, Fraction(0), 1)


def test_products_are_counted_to_the_last() -> None:
    expander = zeros.Expander()
    expander.left = 3
    u = zeros.constant(Fraction(2))
    for _ in range(3):
        assert expander.times(u, u) == zeros.constant(Fraction(4))
    with pytest.raises(ArithmeticError, match="too long"):
        expander.times(u, u)
