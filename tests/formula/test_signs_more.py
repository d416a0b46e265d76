"""Corners of sign proofs: strictness by cases, roots of fractions, squares of what is positive by its shape."""

from __future__ import annotations

import pytest
import sympy as sp

from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.equality import same_value
from w2s_sym.formula.signs import proves, sign

x, y = sp.symbols("x y", real=True)
p, q = sp.symbols("p q", positive=True)
u, v, w = sp.symbols("u v w", nonnegative=True)

EITHER = Domain((u, v), (Condition(u + v, ">", 0),))
ORDERED = Domain((p, q), (Condition(p, ">=", q),))
APART = Domain((p, q), (Condition(p, ">", q),))
# At u = 1 both v and w may vanish: u v + w is positive for u = 0 and for u > 1 only.
CORNER = Domain((u, v, w), (Condition(v, ">=", u - 1), Condition(w, ">=", 1 - u)))


def test_a_sum_that_cannot_vanish_is_positive_by_cases() -> None:
    assert proves(u + v + u * v, ">", EITHER)
    assert sign(u + v + u * v, EITHER, strict=True) == (1, True)
    assert not proves(u + v + u * v, ">", Domain((u, v)))
    assert not proves(u * v, ">", EITHER)
    assert proves(-u - v - u * v, "<", EITHER)


def test_a_bound_is_proved_with_its_own_strictness() -> None:
    # "<=" and ">=" need no cases, "<" and ">" do.
    assert proves(u * v, ">=", EITHER)
    assert not proves(u * v, ">", EITHER)
    assert proves(u + v + u * v, "!=", EITHER)


def test_a_case_is_positive_from_zero_on_not_from_one_on() -> None:
    assert proves(u * v + w, ">=", CORNER)
    assert not proves(u * v + w, ">", CORNER)
    assert CORNER.contains({u: sp.Integer(1), v: sp.Integer(0), w: sp.Integer(0)})
    beyond = Domain(CORNER.symbols, (*CORNER.conditions, Condition(u, ">", 1)))
    assert proves(u * v + w, ">", beyond)


def test_the_square_of_what_is_positive_by_its_shape_is_positive() -> None:
    free = Domain((x, y))
    assert sign((x**2 + 1) ** 2, free, strict=True) == (1, True)
    assert sign((x**2 + y**2 + 1) ** 2 * (y**2 + 2), free, strict=True) == (1, True)
    assert sign((x + 1) ** 2, free, strict=True) == (1, False)


def test_a_root_splits_where_its_factors_are_nonnegative() -> None:
    # Zero is allowed above the bar of a fraction, not below it.
    assert same_value(sp.sqrt(p**2 - q**2), sp.sqrt(p - q) * sp.sqrt(p + q), ORDERED)
    fraction = sp.sqrt((p + q) / (p**2 - q**2 + p - q))
    split = sp.sqrt(p + q) / (sp.sqrt(p - q) * sp.sqrt(p + q + 1))
    assert same_value(fraction, split, APART)
    assert not same_value(fraction, split, ORDERED)
    assert not same_value(sp.sqrt(p**2 - q**2), sp.sqrt(p - q) * sp.sqrt(p + q), Domain((p, q)))
    assert not same_value(sp.sqrt(p**2 - q**2), -sp.sqrt(p - q) * sp.sqrt(p + q), ORDERED)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ((1 + sp.sqrt(u)) ** 2 - 1, (1, False)),
        ((1 + sp.sqrt(p)) ** 2 - 1, (1, True)),
        (1 - (1 + sp.sqrt(p)) ** 2, (-1, True)),
        ((1 + sp.sqrt(p)) ** 2 - 2, None),
    ],
)
def test_roots_count_as_nonnegative_symbols(expression: sp.Expr, expected: tuple[int, bool] | None) -> None:
    assert sign(expression, Domain((p, u)), strict=True) == expected


def test_cases_are_tried_for_symbols_with_bounds_of_their_own() -> None:
    bounded = Domain((u, v), (*EITHER.conditions, Condition(u, "<=", 5), Condition(v, "<=", 7)))
    assert proves(u + v + u * v, ">", bounded)


def test_a_denominator_is_shown_not_to_vanish_by_cases() -> None:
    three = Domain((u, v, w), EITHER.conditions)
    bottom = u + v + u * v
    assert sign((1 + w) / bottom - 1 / bottom, three) == (1, False)
    assert sign((1 + w) / bottom - 1 / bottom, Domain((u, v, w))) is None


def test_squares_of_logarithms_count_where_they_are_real() -> None:
    assert sign(sp.log(p) ** 2, Domain((p,))) == (1, False)
    assert sign(sp.log(p / q) ** 2, Domain((p, q))) == (1, False)
    assert sign(sp.log(x) ** 2, Domain((x,))) is None
    assert sign(sp.log(u) ** 2, Domain((u,))) is None


@pytest.mark.parametrize(("relation", "s"), [(">", 1), ("<", -1), (">=", 1), ("<=", -1)])
def test_a_stated_ratio_gives_its_multiples_their_sign(relation: str, s: int) -> None:
    ratio = sp.sqrt(1 + x**2) / p - sp.log(q)
    domain = Domain((p, q, x), (Condition(sp.sqrt(1 + x**2) / p, relation, sp.log(q)),))
    strict = relation in ("<", ">")
    for factor in (1, 2, sp.Rational(1, 2)):
        assert sign(ratio * factor, domain) == (s, strict)
        assert sign(ratio * -factor, domain) == (-s, strict)


def test_what_is_linear_between_two_bounds_has_the_sign_of_both_ends() -> None:
    w = sp.Symbol("w", positive=True)
    a, b = sp.Symbol("a", positive=True), sp.Symbol("b", positive=True)
    inside = Domain((a, b, w), (Condition(w, "<", 1),))
    assert proves(sp.expand((1 - w) * a**2 + w * b**2), ">", inside)
    assert proves(sp.expand((1 - w) * a**2 * b + w * (a - b) ** 2), ">", inside)
    assert proves(sp.expand(-(1 - w) * a - w * b), "<", inside)
    assert not proves(sp.expand((1 - w) * a - w * b), ">", inside)
    assert not proves(sp.expand((1 + w) * a - 2 * w * b), ">=", inside)
    # Without the upper bound nothing is shown.
    assert not proves(sp.expand((1 - w) * a**2 + w * b**2), ">", Domain((a, b, w)))
    # An end that belongs to the domain and where the value is zero: not strict.
    closed = Domain((a, b, w), (Condition(w, "<=", 1),))
    assert proves(sp.expand((1 - w) * a), ">=", closed)
    assert not proves(sp.expand((1 - w) * a), ">", closed)


def test_extremes_have_the_sign_of_one_or_of_all() -> None:
    x, y = sp.Symbol("x", real=True), sp.Symbol("y", positive=True)
    domain = Domain((x, y))
    assert sign(sp.Max(0, x), domain) == (1, False)
    assert sign(sp.Max(y, x), domain) == (1, True)
    assert sign(sp.Min(-y, x), domain) == (-1, True)
    assert sign(sp.Min(y, y + 1), domain) == (1, True)
    assert sign(sp.Min(y, x), domain) is None
    assert sign(sp.Max(-y, x), domain) is None
    assert sign(sp.Max(-y, -2 * y - 1), domain) == (-1, True)
    assert sign(sp.Abs(x - 1), domain) == (1, False)
    assert sign(sp.Abs(y), domain) == (1, True)
