"""Values by arithmetic alone: exact where they exist, and left to balls where they do not."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from w2s_sym import any_spectrum, symbol, total
from w2s_sym.formula.exact_values import exact_value, number_at
from w2s_sym.formula.totals import LevelTable

x, y = symbol("x", "a number", real=True), symbol("y", "another number", real=True)
n = symbol("n", "a size", integer=True, positive=True)
lam, b = symbol("lam", "an eigenvalue", positive=True), symbol("b", "a coefficient", real=True)
S = any_spectrum("S_e", "a spectrum", lam, b)


def _fraction(value: object) -> Fraction:
    assert value is not None
    return Fraction(int(value.p), int(value.q))  # type: ignore[attr-defined]


def test_a_rational_formula_has_its_exact_value() -> None:
    formula = (x**2 - 3 * y) / (n - x) ** 3 + sp.Rational(1, 7)
    at = {x: sp.Rational(2, 3), y: sp.Rational(-5, 4), n: sp.Integer(4)}
    by_hand = (Fraction(4, 9) + Fraction(15, 4)) / (Fraction(10, 3)) ** 3 + Fraction(1, 7)
    assert _fraction(exact_value(formula, at)) == by_hand
    assert number_at(formula, at) == sp.Rational(by_hand.numerator, by_hand.denominator)


def test_a_sum_over_levels_counts_each_level_as_often_as_it_occurs() -> None:
    formula = x * total(lam * b**2 / (lam + x), S) - total(b, S) ** 2
    table = LevelTable((lam, b), [(2, 3, sp.Rational(1, 2)), (5, 1, -1)])
    sums = 2 * Fraction(3, 4) / 5 + 5 * Fraction(1, 3), 2 * Fraction(1, 2) - 5
    assert _fraction(exact_value(formula, {x: sp.Integer(2), S: table})) == 2 * sums[0] - sums[1] ** 2


def test_least_largest_and_absolute_values_are_chosen_exactly() -> None:
    formula = sp.Max(x, y + 1, 3 * x * y) - sp.Min(x**2, y) * sp.Abs(x - 2 * y)
    for a in (Fraction(-7, 3), Fraction(0), Fraction(5, 2)):
        for c in (Fraction(-1, 9), Fraction(4, 3)):
            at = {x: sp.Rational(a.numerator, a.denominator), y: sp.Rational(c.numerator, c.denominator)}
            by_hand = max(a, c + 1, 3 * a * c) - min(a**2, c) * abs(a - 2 * c)
            assert _fraction(exact_value(formula, at)) == by_hand


def test_a_choice_with_a_part_that_has_no_value_has_none() -> None:
    assert exact_value(sp.Max(1 / x, y), {x: sp.Integer(0), y: sp.Integer(1)}) is None
    assert exact_value(sp.Max(sp.exp(x), y), {x: sp.Integer(1), y: sp.Integer(1)}) is None


def test_a_table_is_read_by_its_letters_and_not_by_their_order() -> None:
    table = LevelTable((b, lam), [(1, 10, 3)])
    assert _fraction(exact_value(total(lam - b, S), {S: table})) == -7


def test_an_inner_total_sums_its_own_levels() -> None:
    formula = total(lam * total(lam, S), S)
    table = LevelTable((lam, b), [(1, 2, 0), (3, 5, 0)])
    assert _fraction(exact_value(formula, {S: table})) == 17 * 17


@pytest.mark.parametrize(
    ("formula", "at"),
    [
        (1 / (x - y), {x: sp.Integer(2), y: sp.Integer(2)}),
        (sp.sqrt(x), {x: sp.Integer(4)}),
        (sp.exp(x) - 1, {x: sp.Integer(0)}),
        (x + y, {x: sp.Integer(1)}),
        (x + 1, {x: sp.sqrt(2)}),
        (x + 1, {x: sp.Integer(2) ** 600}),
        ((x + 1) ** 1000, {x: sp.Integer(2)}),
        (total(lam / b, S), {S: LevelTable((lam, b), [(1, 1, 1), (1, 1, 0)])}),
    ],
)
def test_what_is_not_of_this_kind_is_left_to_balls(formula: sp.Expr, at: dict[sp.Symbol, sp.Expr]) -> None:
    assert exact_value(formula, at) is None
