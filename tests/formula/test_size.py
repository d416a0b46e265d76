"""Formulas whose polynomials no computer could hold are refused before algebra starts on them."""

from __future__ import annotations

import pytest
import sympy as sp

from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.elementary import same
from w2s_sym.formula.equality import same_value
from w2s_sym.formula.rational import factor_list, identical, ratio
from w2s_sym.formula.signs import proves
from w2s_sym.formula.size import MOST_DEGREE, TooLargeError, require_small, small

x, y = sp.symbols("x y", positive=True)
HUGE = 10**8
MANY = (
    (x + 1) ** HUGE,
    x**HUGE + y,
    sp.exp(-HUGE * x) * x,
    sp.exp(x - HUGE * y),
    ((x + 1) ** 1000) ** 2 * y,
    (x + y) ** sp.Rational(HUGE, 3),
    x ** (HUGE * y),
    1 / (x + 1) ** HUGE,
    sp.sin((x + 1) ** HUGE),
)


@pytest.mark.parametrize("expression", MANY, ids=str)
def test_no_algebra_starts_on_what_is_too_large(expression: sp.Expr) -> None:
    domain = Domain((x, y))
    assert not small(expression)
    for algebra in (require_small, factor_list, ratio):
        with pytest.raises(TooLargeError, match=f"algebra is tried up to {MOST_DEGREE}"):
            algebra(expression)
    for equal in (same, identical):
        assert not equal(expression, 2 * expression)
    assert not same_value(expression, 2 * expression, domain)
    assert not proves(expression - x * expression, ">", domain)
    assert not proves(expression - x * expression, "!=", domain)
    with pytest.raises(ValueError, match="too large"):
        Domain((x, y), (Condition(expression, ">", y),))


def test_signs_that_need_no_algebra_are_found() -> None:
    domain = Domain((x, y))
    assert proves((x + 1) ** HUGE, ">", domain)
    assert proves(1 - (x + 1) ** HUGE, "<", domain)
    assert proves(1 - sp.exp(-HUGE * x), ">", domain)


@pytest.mark.parametrize(
    "expression", [(x + 1) ** 900, sp.exp(-500 * x) * x, x**y, sp.pi, sp.Integer(2) ** 5000 * x, 1 / x + y**2], ids=str
)
def test_what_is_small(expression: sp.Expr) -> None:
    require_small(expression)
    assert small(expression)


def test_the_multiples_of_an_angle_stay_short() -> None:
    assert same(sp.sin(32 * x), 2 * sp.sin(16 * x) * sp.cos(16 * x))
    assert same(sp.cos(sp.Rational(33, 32)) ** 2 + sp.sin(sp.Rational(33, 32)) ** 2, sp.Integer(1))
    assert same(sp.asin(x) * sp.cos(y) ** 2 + sp.asin(x) * sp.sin(y) ** 2, sp.asin(x))
    assert not same(sp.sin(3 * x), 3 * sp.sin(x))
