"""Certified values: what stays rational, what is a ball, what has no value, what is not known."""

from __future__ import annotations

import pytest
import sympy as sp
from flint import arb, ctx, fmpq

from w2s_sym.formula.balls import (
    At,
    Compared,
    ContradictionError,
    Place,
    UndefinedError,
    UnsupportedError,
    agrees,
    ball_text,
    sign_of_ball,
)

x, y = sp.symbols("x y", real=True)
R = sp.Rational


@pytest.mark.parametrize(
    ("expression", "value", "expected"),
    [
        (x + R(1, 2), 3, fmpq(7, 2)),
        (x * R(1, 2) - 1, 3, fmpq(1, 2)),
        (x**2, R(-2, 3), fmpq(4, 9)),
        (x**-2, R(-2, 3), fmpq(9, 4)),
        (sp.sqrt(x), R(4, 9), fmpq(2, 3)),
        (x ** R(2, 3), 8, fmpq(4)),
        (x ** R(-2, 3), 8, fmpq(1, 4)),
        (sp.sqrt(x), 0, fmpq(0)),
        (x**x, 3, fmpq(27)),
        (2**x, -3, fmpq(1, 8)),
        (x**0.5, 4, fmpq(2)),
        (0.1 * x, 1, fmpq(1, 10)),
        (sp.Abs(x), R(-1, 2), fmpq(1, 2)),
        (sp.Abs(x), R(1, 2), fmpq(1, 2)),
        (sp.Abs(x), 0, fmpq(0)),
        (sp.Max(x, 2, 7 - x), 3, fmpq(4)),
        (sp.Min(x, 2, 7 - x), 3, fmpq(2)),
        (sp.Max(x, 2), 1, fmpq(2)),
        (sp.Min(x, 2), 1, fmpq(1)),
        (sp.factorial(x), 5, fmpq(120)),
        (sp.binomial(x, 2), 5, fmpq(10)),
        (sp.binomial(x, x - 1), 5, fmpq(5)),
    ],
    ids=str,
)
def test_arithmetic_stays_exact(expression: sp.Expr, value: object, expected: fmpq) -> None:
    result = At({x: sp.sympify(value)}, 20)(expression)
    assert isinstance(result, fmpq)
    assert result == expected


@pytest.mark.parametrize(
    ("expression", "digits"),
    [
        # from tables, twenty digits each, at x = 2
        (sp.sqrt(x), "1.4142135623730950488"),
        (x ** R(1, 3), "1.2599210498948731648"),
        (sp.exp(x), "7.3890560989306502272"),
        (sp.log(x), "0.69314718055994530942"),
        (sp.sin(x), "0.90929742682568169540"),
        (sp.cos(x), "-0.41614683654714238700"),
        (sp.tan(x), "-2.1850398632615189916"),
        (sp.gamma(x + R(1, 2)), "1.3293403881791370205"),
        (sp.zeta(x), "1.6449340668482264365"),
        (sp.erf(x), "0.99532226501895273416"),
        (sp.tanh(x), "0.96402758007581688395"),
        (sp.atan(x), "1.1071487177940905030"),
        (sp.pi + 0 * x, "3.1415926535897932385"),
        (sp.E + 0 * x, "2.7182818284590452354"),
        (sp.EulerGamma, "0.57721566490153286061"),
        (sp.Catalan, "0.91596559417721901505"),
        (sp.polygamma(0, x), "0.42278433509846713939"),
        (sp.LambertW(x), "0.85260550201372549135"),
        (x**sp.pi, "8.8249778270762876239"),
        (sp.Max(x, sp.pi), "3.1415926535897932385"),
        (sp.Min(x + 1, sp.pi - x), "1.1415926535897932385"),
        (sp.Abs(sp.cos(x)), "0.41614683654714238700"),
        (sp.binomial(x + R(1, 2), 2), "1.8750000000000000000"),
        (sp.loggamma(x + 3), "3.1780538303479456196"),
    ],
    ids=str,
)
def test_functions_are_balls_around_the_known_digits(expression: sp.Expr, digits: str) -> None:
    result = At({x: sp.Integer(2)}, 25)(expression)
    with ctx.workdps(40):
        assert abs(arb(result) - arb(digits)) < arb("1e-18")
        assert arb(result).rad() < arb("1e-25")


@pytest.mark.parametrize(
    ("expression", "value", "reason"),
    [
        (1 / x, 0, "1/x: division by zero"),
        (x ** R(-1, 2), 0, "division by zero"),
        (1 / (sp.sqrt(x) ** 2 - 2 + (sp.sqrt(x + sp.sqrt(3)) ** 2 - sp.sqrt(3) - x)), 2, "division by zero"),
        (sp.sqrt(x), -4, r"sqrt\(x\): the root of -4.00000 is not real"),
        (x ** R(1, 3), -8, "is not real"),
        (x**sp.pi, -1, "the base -1.00000 is not shown to be positive"),
        (sp.log(x), 0, r"log\(x\): no finite real value"),
        (sp.log(x), -1, "no finite real value"),
        (sp.gamma(x), -1, "no finite real value"),
        (sp.gamma(sp.gamma(x)), 300, "too large to be evaluated"),
        (sp.factorial(sp.factorial(x)), 300, "too large to be evaluated"),
        (sp.gamma(-sp.gamma(x)), 5, "no finite real value"),
        (sp.zeta(x), 1, "no finite real value"),
        (sp.asin(x), 2, "no finite real value"),
        (x + sp.zoo, 1, "no finite real value"),
        (x + sp.I, 1, "I: no finite real value"),
        (sp.Add(x, sp.nan, evaluate=False), 1, "nan: no finite real value"),
    ],
    ids=str,
)
def test_no_real_value_is_an_error_that_names_the_part(expression: sp.Expr, value: int, reason: str) -> None:
    with pytest.raises(UndefinedError, match=reason):
        At({x: sp.Integer(value)}, 20)(expression + y - y + 1 if expression.has(x) else expression)


@pytest.mark.parametrize(
    ("expression", "part"),
    [
        (1 + x * sp.Heaviside(x), r"cannot evaluate Heaviside in Heaviside\(x\)"),
        (x + y, "no value for y"),
        (sp.Function("f")(x) + 1, r"cannot evaluate f in f\(x\)"),
        (sp.zeta(x, 3), "cannot evaluate zeta"),
        (sp.polygamma(1, x), "cannot evaluate polygamma"),
    ],
    ids=str,
)
def test_what_cannot_be_evaluated_is_named(expression: sp.Expr, part: str) -> None:
    with pytest.raises(UnsupportedError, match=part):
        At({x: sp.Integer(2)}, 20)(expression)


def test_huge_powers_and_factorials_become_balls() -> None:
    at = At({x: sp.Integer(10**6)}, 20)
    power, factorial = at(3**x), at(sp.factorial(x))
    assert isinstance(power, arb)
    assert isinstance(factorial, arb)
    assert ball_text(power) == "1.79771e+477121"
    assert ball_text(factorial) == "8.26393e+5565708"
    assert isinstance(at(3 ** sp.Integer(100)), fmpq)


@pytest.mark.parametrize("base", [x, sp.sqrt(x)])
def test_roots_of_any_degree(base: sp.Expr) -> None:
    depth = 10**30
    assert At({x: R(1)}, 30)(base ** R(1, depth)) == 1
    # 2^e = 1 + e log 2 up to e^2.
    wanted = "1.386294361119890618834464242" if base == x else "0.693147180559945309417232121"
    with ctx.workdps(80):
        found = (At({x: R(2)}, 80)(base ** R(2, depth)) - 1) * depth
        assert abs(found - arb(wanted)) < arb("1e-26")


def test_the_working_precision_is_restored_even_after_an_error() -> None:
    before = ctx.prec
    At({x: sp.Integer(2)}, 100)(sp.sqrt(x))
    with pytest.raises(UndefinedError):
        At({x: sp.Integer(0)}, 100)(1 / x)
    assert ctx.prec == before


@pytest.mark.parametrize("digits", [10, 50, 200])
def test_the_radius_follows_the_digits(digits: int) -> None:
    root = At({x: sp.Integer(2)}, digits)(sp.sqrt(x) + sp.exp(x) / 3)
    with ctx.workdps(300):
        assert arb(root).rad() < arb(10) ** -digits
        assert arb(root).rad() > arb(10) ** -(digits + 14)


def test_signs() -> None:
    assert [sign_of_ball(v) for v in (fmpq(-1, 9), fmpq(0), fmpq(1, 9), arb(-1), arb(0), arb(1))] == [
        -1,
        0,
        1,
        -1,
        0,
        1,
    ]
    assert sign_of_ball(arb(0, 1)) is None
    assert sign_of_ball(arb(2, 1)) == 1
    assert sign_of_ball(arb(-2, 1)) == -1


def test_show() -> None:
    assert ball_text(fmpq(1, 3)) == "0.333333"
    assert ball_text(fmpq(1, 3), 3) == "0.333"
    assert ball_text(arb(2)) == "2.00000"


# -- looks ----------------------------------------------------------------------------------------------------


def look(order: int | None, certified: bool = True) -> Compared:
    return Compared(fmpq(1), fmpq(2), fmpq(-1), order, certified, True)


@pytest.mark.parametrize(
    ("relation", "less", "equal", "more"),
    [
        ("=", False, True, False),
        ("!=", True, False, True),
        ("<", True, False, False),
        ("<=", True, True, False),
        (">", False, False, True),
        (">=", False, True, True),
    ],
)
def test_truth_of_relations(relation: str, less: bool, equal: bool, more: bool) -> None:
    assert [look(k).truth(relation) for k in (-1, 0, 1)] == [less, equal, more]
    assert look(None).truth(relation) is None
    # agreement to all digits supports = and decides nothing else
    assert look(0, certified=False).truth(relation) is (True if relation == "=" else None)


def test_margins_are_relative_and_signed() -> None:
    point = {x: sp.Integer(3), y: sp.Integer(4)}
    place = Place(point, 20)
    assert place.look(x, y).margin("<") == pytest.approx(0.25)
    assert place.look(x, y).margin("<=") == pytest.approx(0.25)
    assert place.look(x, y).margin(">") == pytest.approx(-0.25)
    assert place.look(x, y).margin(">=") == pytest.approx(-0.25)
    assert place.look(x, y).margin("!=") == pytest.approx(0.25)
    assert place.look(y, x).margin("!=") == pytest.approx(0.25)
    assert place.look(y, x).margin("=") == pytest.approx(0.25)
    assert place.look(-y, x).margin("<") == pytest.approx(1.75)
    assert place.look(x, x + 0 * y).margin("<") == 0
    assert place.look(sp.sqrt(y - 1), sp.sqrt(x)).margin("<") == 0
    assert place.look(x - 3, y - 4).margin(">") == 0


def test_ratios() -> None:
    place = Place({x: sp.Integer(3), y: sp.Integer(4)}, 20)
    assert place.look(x, y).ratio() == "0.750000"
    assert place.look(x, -y).ratio() == "-0.750000"
    assert place.look(x, y - 4).ratio() == "none (the right side is zero)"
    assert place.look(x + 3 * R(1, 10**30), x).ratio() == "1 + 1.00e-30"
    assert place.look(x - 3 * R(1, 10**30), x).ratio() == "1 + -1.00e-30"
    assert place.look(x + R(3, 10**4), x).ratio() == "1.00010"
    assert place.look(x, x + 0).ratio() == "1.00000"


def test_rational_sides_are_compared_exactly() -> None:
    seen = Place({x: sp.Integer(3)}, 20).look(x + R(1, 10**300), x)
    assert (seen.order, seen.certified, seen.exact) == (1, True, True)
    assert seen.gap == fmpq(1, 10**300)
    assert (seen.left, seen.right) == (fmpq(3) + fmpq(1, 10**300), fmpq(3))


def test_balls_certify_a_difference_beyond_the_first_precision() -> None:
    # 20 digits: 30 are kept first, then 60; a difference of 1e-40 shows at the second precision only
    seen = Place({x: sp.Integer(2)}, 20).look(sp.sqrt(x) + R(1, 10**40), sp.sqrt(x))
    assert (seen.order, seen.certified, seen.exact) == (1, True, False)
    assert seen.truth("=") is False
    seen = Place({x: sp.Integer(2)}, 20).look(sp.sqrt(x), sp.sqrt(x) + R(1, 10**40))
    assert (seen.order, seen.certified) == (-1, True)


def test_balls_that_agree_are_equal_but_not_certified() -> None:
    seen = Place({x: sp.Integer(2)}, 20).look(sp.sqrt(x) * sp.sqrt(x + 1), sp.sqrt(x * (x + 1)) + 0 * y)
    assert (seen.order, seen.certified, seen.exact) == (0, False, False)
    # A part that is below the digits is seen, and looked at with more of them.
    seen = Place({x: sp.Integer(2)}, 20).look(sp.sqrt(x), sp.sqrt(x) + R(1, 10**90))
    assert (seen.order, seen.certified) == (-1, True)
    seen = Place({x: sp.Integer(2)}, 20).look(sp.sqrt(x + 1) - sp.sqrt(x * R(3, 2)), sp.S.Zero)
    assert (seen.order, seen.certified) == (0, False)


def test_too_few_digits_decide_nothing() -> None:
    # sqrt(10^200 + 1) - 10^100 is 5e-101; with 60 digits at most the ball is far wider
    big = sp.Integer(10) ** 100
    seen = Place({x: big}, 20).look(sp.sqrt(x**2 + 1) - x, sp.S.Zero)
    assert seen.order is None
    assert seen.truth("=") is None
    seen = Place({x: big}, 200).look(sp.sqrt(x**2 + 1) - x, sp.S.Zero)
    assert seen.order == 1


@pytest.mark.parametrize(
    ("gap", "left", "right", "expected"),
    [
        (arb(0, 1e-25), arb(1), arb(1), True),
        (arb(0, 1e-15), arb(1), arb(1), False),
        (arb(0, 1e-15), arb(10**6), arb(10**6), True),
        (arb(0, 1e-15), arb(1), arb(10**6), True),
        (arb(0, 1e-25), arb(1e-10), arb(1e-10), False),
        (arb(0, 1e-25), arb(0, 1e-25), arb(0), True),
        (arb(0, 1e-15), arb(0, 1e-15), arb(0), False),
        (arb(0, 1e-25), arb(0, 1e-25), arb(1e-10), False),
    ],
)
def test_agreement_is_relative_to_the_larger_side(gap: arb, left: arb, right: arb, expected: bool) -> None:
    assert agrees(gap, left, right, 20) is expected


def test_two_precisions_that_exclude_each_other_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place({x: sp.Integer(2)}, 20)
    honest = place.high
    monkeypatch.setattr(place, "high", At({x: sp.Integer(3)}, 50))
    assert honest.digits == 50
    assert place.low.digits == 20
    with pytest.raises(ContradictionError, match=r"sqrt\(x\) is 1.41421356237310 with 20 digits and 1.73205080756888"):
        place.look(sp.sqrt(x), sp.Integer(1))
    with pytest.raises(ContradictionError, match="with 50: the two precisions contradict each other"):
        place.look(sp.Integer(1), sp.sqrt(x))


def test_an_incomplete_beta_function_that_needs_more_digits_than_asked_gets_them() -> None:
    a, b, z = sp.symbols("a b z", positive=True)
    point = {a: sp.Rational(1, 192), b: sp.Integer(13), z: sp.Rational(95, 97)}
    values = [At(point, digits)(sp.betainc(a, b, 0, z)) for digits in (20, 60)]
    assert all(abs(float(v) - 188.92573219864060) < 1e-10 for v in values)


def test_pieces_are_chosen_by_proven_signs() -> None:
    t = sp.Symbol("t", real=True)
    pieces = sp.Piecewise((sp.Integer(7), sp.Eq(t, 0)), (t**2, t > 0), (-t, True))
    assert At({t: sp.Integer(0)}, 30)(pieces) == 7
    assert At({t: sp.Rational(3, 2)}, 30)(pieces) == fmpq(9, 4)
    assert At({t: sp.Integer(-2)}, 30)(pieces) == 2
    with pytest.raises(UndefinedError, match="do not decide"):
        At({t: sp.pi}, 30)(sp.Piecewise((1, sp.sin(t) > 0), (2, True)))
    with pytest.raises(UndefinedError, match="no piece holds"):
        At({t: sp.Integer(-1)}, 30)(sp.Piecewise((t, t > 0)))
    with pytest.raises(UnsupportedError, match="cannot decide"):
        At({t: sp.Integer(-1)}, 30)(sp.Piecewise((t, (t > 0) & (t < 2)), (1, True)))


def test_a_tie_is_looked_at_with_the_digits_that_its_parts_need() -> None:
    # exp(exp(-1000)) is above 1 by less than 10^-434.
    look = Place({x: sp.Integer(1)}, 50).look(sp.exp(sp.exp(-1000 * x)), sp.Integer(1))
    assert look.order == 1
