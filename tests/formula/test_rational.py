"""Rational functions: equal is equal, different is different, and the degrees at infinity are the true ones."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sympy as sp
from sympy.polys.rings import PolyElement

from w2s_sym.formula.rational import (
    NotRational,
    Ratio,
    factor_list,
    identical,
    limit_at_infinity,
    polynomials,
    ratio,
    reduce_squares,
)

a, b, x = sp.symbols("a b x", positive=True)
POINTS = tuple({a: sp.Integer(p), b: sp.Rational(q, 7), x: sp.Rational(r, 3)} for p, q, r in ((2, 3, 5), (5, 2, 4)))


def random_expression(rng: np.random.Generator, depth: int) -> sp.Expr:
    """A random rational function that is defined and not zero at the points above."""
    while True:
        if depth == 0:
            made = (a, b, x, sp.Integer(int(rng.integers(1, 5))), sp.Rational(2, 3))[int(rng.integers(5))]
        else:
            left, right = random_expression(rng, depth - 1), random_expression(rng, depth - 1)
            kind = int(rng.integers(5))
            made = (left + right, left - right, left * right, left / right, left ** int(rng.integers(-2, 3)))[kind]
        if all(made.xreplace(p).is_Rational and made.xreplace(p) != 0 for p in POINTS):
            return made


def value(pair: tuple[sp.Expr, sp.Expr], point: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    return pair[0].xreplace(point) / pair[1].xreplace(point)


@pytest.mark.parametrize("seed", range(60))
def test_numerator_over_denominator_is_the_expression(seed: int) -> None:
    expression = random_expression(np.random.default_rng(seed), 4)
    for point in POINTS:
        assert value(polynomials(expression), point) == expression.xreplace(point)


@pytest.mark.parametrize("seed", range(60))
def test_forms_of_one_function_are_identical_and_others_are_not(seed: int) -> None:
    rng = np.random.default_rng(1000 + seed)
    expression = random_expression(rng, 4)
    for form in (sp.together(expression), sp.cancel(expression), sp.expand(expression)):
        assert identical(expression, form)
    for other in (expression + 1, expression * sp.Rational(1001, 1000), -expression, expression + x / (1 + a)):
        assert not identical(expression, other)


@pytest.mark.parametrize(
    ("left", "right", "product"),
    [
        (1 / (a + b), 1 / (a + b), (a + b) ** -2),
        (a / (a + b), b / (a + b) ** 2, a * b / (a + b) ** 3),
        (1 / (2 * a + 2 * b), x / (a + b), x / (2 * (a + b) ** 2)),
    ],
)
def test_products_keep_every_denominator(left: sp.Expr, right: sp.Expr, product: sp.Expr) -> None:
    one, two, whole = ratio(left, right, product)
    found = one.times(two)
    assert found.top * _denominator(whole) == whole.top * _denominator(found)


def _denominator(form: Ratio) -> PolyElement:
    bottom = form.top.ring.one
    for factor, power in form.bottom.items():
        bottom = bottom * factor**power
    return bottom


def test_the_inverse_of_nothing_is_refused() -> None:
    with pytest.raises(ZeroDivisionError, match="identically zero"):
        ratio(1 / sp.Add(a + b, -a, -b, evaluate=False))
    # 1/0 equals nothing, not even itself in another form.
    zero = sp.Add((a + b) ** 2, -(a**2), -2 * a * b, -(b**2), evaluate=False)
    assert not identical(1 / zero, 2 / zero)


def test_what_is_not_rational_is_left_to_cancel() -> None:
    for expression in (sp.sqrt(a), sp.log(a), a**b):
        with pytest.raises(NotRational, match="is not a rational function"):
            ratio(expression)
    assert identical((sp.sqrt(a) ** 2 - 1) / (a - 1), sp.Integer(1))
    assert not identical(sp.sqrt(a), sp.sqrt(b))


def test_squares_of_roots_are_used_and_roots_are_not() -> None:
    r, s = sp.symbols("r s")
    known = {r: a + b, s: a}
    assert reduce_squares(r**2 - a - b, known)
    assert reduce_squares(r**5 * s - r * s * (a + b) ** 2, known)
    assert reduce_squares(1 / (r - s) - (r + s) / b, known)
    assert not reduce_squares(r - a - b, known)
    assert not reduce_squares(r**3 - (a + b) ** 2, known)
    assert not reduce_squares(r**3 - s**3, known)
    assert not reduce_squares(sp.log(a), known)


@pytest.mark.parametrize(
    ("expression", "limit", "order"),
    [
        ((2 * x + 1) / (3 * x + a), sp.Rational(2, 3), 0),
        (a / (x + 1), sp.Integer(0), 1),
        (a * (x + b) / (x**3 + 1), sp.Integer(0), 2),
        (x**2 / (x + a), None, -1),
        (1 / (1 + 1 / x), sp.Integer(1), 0),
        (a + b, a + b, 0),
    ],
)
def test_limits(expression: sp.Expr, limit: sp.Expr | None, order: int) -> None:
    found, degree, leading = limit_at_infinity(expression, x)
    assert degree == order
    assert leading != 0
    assert (found is None) == (limit is None)
    assert limit is None or sp.simplify(found - limit) == 0


def test_the_leading_denominator_is_shown() -> None:
    _, _, leading = limit_at_infinity((x + 1) / ((a - b) * x + 1), x)
    assert sp.simplify(leading / (a - b)).is_number


def test_the_limit_of_nothing_is_zero() -> None:
    assert limit_at_infinity(sp.Add(x, -x, evaluate=False) / (x + 1), x)[0] == 0


def test_symbols_of_one_name_are_kept_apart() -> None:
    other = sp.Symbol("a")
    assert other != a
    assert not identical(a + 1, other + 1)
    assert not identical(a * other, a**2)
    for left, right in itertools.pairwise((a, other, a + other, a * other)):
        assert not identical(left, right)


def test_factors_that_cannot_be_sorted_are_no_polynomials() -> None:
    assert factor_list(2 * a * (1 - x) ** 2) == (2, [(a, 1), (x - 1, 2)])
    apart = (1 - a) * (1 - a) ** (1 / b) * (1 - x) * (1 - x) ** (1 / b)
    with pytest.raises(sp.PolynomialError, match="cannot be sorted"):
        factor_list(apart)
