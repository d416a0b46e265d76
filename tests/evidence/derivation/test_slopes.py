"""Bounds by the sign of a derivative and by another inequality; signs and equality of powers with any exponents."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp

from w2s_sym import (
    Claim,
    ClaimError,
    Compare,
    Condition,
    Derivation,
    Domain,
    Equation,
    Iff,
    Precision,
    Source,
    Verdict,
    symbol,
)
from w2s_sym.claims.finding import Finding
from w2s_sym.claims.results import verify
from w2s_sym.evidence.derivation import slopes
from w2s_sym.formula.elementary import same
from w2s_sym.formula.signs import proves, sign

x = symbol("x", "a number", positive=True)
y = symbol("y", "a number", positive=True)
r = symbol("r", "an exponent", positive=True)
SOURCE = Source("toy", "Ann Author", "A toy paper", 2024)
UNIT = Domain((r, x, y), tuple(Condition(v, "<", 1) for v in (r, x, y)))


def claim(name: str, statement: Any, domain: Domain, *evidence: Any) -> Claim:
    return Claim(name, "A toy.", statement, domain, SOURCE, evidence or (Precision(),))


def check(statement: Any, domain: Domain, derivation: Derivation) -> Finding:
    return verify(claim("toy", statement, domain, derivation)).findings[0]


RX = Domain((r, x), UNIT.conditions[:2])
TANGENT = claim("tangent", Compare(r * (1 - x), "<", 1 - x**r), RX)


def slope(relation: str, end: Any, by: Any, lhs: Any = r * (1 - x), rhs: Any = 1 - x**r, **more: Any) -> Derivation:
    return Derivation(sp.sympify(lhs)).slope(relation, sp.sympify(rhs), x, end, by, **more)


# -- bounds by a derivative -----------------------------------------------------------------------------------


def test_a_difference_that_vanishes_at_the_end_and_falls_to_it() -> None:
    found = check(TANGENT.statement, RX, slope("<", 1, r * (1 - x ** (r - 1))))
    assert found.verdict is Verdict.PROVED
    assert found.summary == "1 checked step"


def test_from_the_other_side() -> None:
    # 1 + x < e^x: both are 1 at zero, and the difference grows.
    domain = Domain((x,))
    chain = slope("<", 0, sp.exp(x) - 1, 1 + x, sp.exp(x))
    assert check(Compare(1 + x, "<", sp.exp(x)), domain, chain).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("derivation", "message"),
    [
        (slope("<", 1, r * (1 - x**r)), "the derivative in x is not"),
        (slope("<", 1, -r * (1 - x ** (r - 1))), "the derivative in x is not"),
        (slope("<", 0, r * (1 - x ** (r - 1))), "not shown to vanish at x = 0"),
        (slope("<", sp.Rational(1, 2), r * (1 - x ** (r - 1))), "on which side of 1/2"),
        (slope("<", 2, r * (1 - x ** (r - 1))), "x < 1 is not shown between x and 2"),
        (slope("<", x + 1, r * (1 - x ** (r - 1))), "x cannot run to x + 1"),
    ],
)
def test_what_is_missing_is_told(derivation: Derivation, message: str) -> None:
    found = check(TANGENT.statement, RX, derivation)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert message in found.summary


def test_a_false_bound_is_refuted_with_a_point() -> None:
    found = check(Compare(r * (1 - x), ">", 1 - x**r), RX, slope(">", 1, r * (1 - x ** (r - 1))))
    assert found.verdict is Verdict.REFUTED
    assert set(found.detail["point"]) == {"r", "x"}


def test_the_difference_must_be_continuous_up_to_the_end() -> None:
    # 1/x - 1/x^2 has no value at zero.
    jump = 1 / x - 1 / x**2
    found = check(Compare(jump, "<", sp.Integer(0)), Domain((x,), (Condition(x, "<", 1),)), slope("<", 0, 1, jump, 0))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "continuous" in found.summary


def test_a_segment_that_leaves_the_domain_is_no_proof() -> None:
    # x^2 - x vanishes at 1 and has derivative 2x - 1 > 0 on x > 1/2, but the domain has a hole in between.
    hole = Domain((x,), (Condition(x, "<", 1), Condition((x - 1) * (x - 2), ">", sp.Rational(1, 10))))
    found = check(Compare(x**2, "<", x), hole, slope("<", 1, 1 - 2 * x, x**2, x))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "is not shown between x and 1" in found.summary


def test_whole_numbers_do_not_run() -> None:
    k = symbol("k", "an integer", integer=True, positive=True)
    domain = Domain((k,), (Condition(k, ">", 1),))
    chain = Derivation(sp.Integer(1)).slope("<", k, k, 1, 1)
    found = check(Compare(1, "<", k), domain, chain)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "does not run through a segment" in found.summary


def test_a_symbol_that_others_are_defined_by_does_not_run() -> None:
    # With y = x given, x < y + 1 - x says x < 1; with y held fixed the derivative is another one.
    given = Equation(y, y - x)
    domain = Domain((x, y), (Condition(x, "<", 1),))
    chain = slope("<", (y + 1) / 2, -2, x, y + 1 - x)
    toy = Claim("toy", "A toy.", Compare(x, "<", y + 1 - x), domain, SOURCE, (chain,), given=(given,))
    found = verify(toy).findings[0]
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "y varies with x" in found.summary


# -- bounds by another inequality -----------------------------------------------------------------------------


def test_a_bound_by_another_claim_in_other_letters() -> None:
    statement = Compare(2 * r * (1 - x * y), "<", 2 - 2 * (x * y) ** r)
    chain = Derivation(2 * r * (1 - x * y)).using(TANGENT, "<", 2 - 2 * (x * y) ** r, 2, x=x * y)
    found = check(statement, UNIT, chain)
    assert found.verdict is Verdict.PROVED
    assert found.detail["applies"] == ["toy/tangent"]
    assert claim("c", statement, UNIT, chain).supports == (TANGENT,)


def test_outside_of_the_other_claims_domain_it_says_nothing() -> None:
    chain = Derivation(2 * r * (1 - x)).using(TANGENT, "<", 1 - x ** (2 * r), r=2 * r)
    found = check(Compare(2 * r * (1 - x), "<", 1 - x ** (2 * r)), RX, chain)
    assert found.verdict is not Verdict.PROVED
    assert "2*r < 1, which does not follow from the domain" in found.summary


def test_a_weak_inequality_gives_no_strict_bound() -> None:
    weak = claim("weak", Compare(r * (1 - x), "<=", 1 - x**r), RX)
    assert check(weak.statement, RX, Derivation(r * (1 - x)).using(weak, "<=", 1 - x**r)).verdict is Verdict.PROVED
    found = check(TANGENT.statement, RX, Derivation(r * (1 - x)).using(weak, "<", 1 - x**r))
    assert found.verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("factor", [-1, r - sp.Rational(1, 2), 2])
def test_a_factor_of_the_wrong_sign_or_size(factor: Any) -> None:
    chain = Derivation(r * (1 - x)).using(TANGENT, "<", 1 - x**r, factor)
    assert check(TANGENT.statement, RX, chain).verdict is Verdict.INCONCLUSIVE


def test_an_equality_is_no_bound() -> None:
    equal = claim("equal", Compare((x + 1) * (x - 1), "=", x**2 - 1), Domain((x,)))
    with pytest.raises(ClaimError, match="no inequality"):
        check(TANGENT.statement, RX, Derivation(r * (1 - x)).using(equal, "<", 1 - x**r))


def test_the_slope_may_rest_on_another_claim() -> None:
    # log x < x - 1 is the derivative of x log x < (x^2 - 1)/2.
    log = claim("log", Compare(sp.log(x), "<", x - 1), Domain((x,), (Condition(x, "<", 1),)))
    domain = log.domain
    chain = Derivation(x * sp.log(x)).slope(">", (x**2 - 1) / 2, x, 1, 1, using=log)
    found = check(Compare(x * sp.log(x), ">", (x**2 - 1) / 2), domain, chain)
    assert found.verdict is Verdict.PROVED, found.summary


# -- an equivalence with its factor ---------------------------------------------------------------------------


def test_a_factor_in_the_authors_shape() -> None:
    domain = Domain((x, y), (Condition(x, "<", 1), Condition(y, "<", 1)))
    statement = Iff(Compare((1 - x * y) * x, "<", (1 - x * y) * y), Compare(x, "<", y))
    assert check(statement, domain, Derivation.same_sign(1 - x * y)).verdict is Verdict.PROVED
    wrong = check(statement, domain, Derivation.same_sign(1 - x * y / 2))
    assert wrong.verdict is Verdict.INCONCLUSIVE
    assert "the quotient of the two differences is not" in wrong.summary


# -- signs and equality ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (1 - x**r, (1, True)),
        (1 - x ** (r - 1), (-1, True)),
        (x ** (-r) - 1, (1, True)),
        (1 - x * y, (1, True)),
        (1 - x * y * (1 - r), (1, True)),
        (1 - sp.exp(-x), (1, True)),
        (sp.exp(x) - 1, (1, True)),
        (sp.log(x), (-1, True)),
        (1 - (1 - x) ** (r + 1), (1, True)),
        (x**r, (1, True)),
        (1 - 2 * x * y, None),
        (1 - x ** (2 * r - 1), None),
        (1 - sp.exp(x - y), None),
        (sp.log(2 * x), None),
        (2 - 3 * x**r, None),
    ],
)
def test_signs_of_powers(expression: sp.Expr, expected: Any) -> None:
    assert sign(expression, UNIT, True) == expected


@pytest.mark.parametrize(
    ("base", "exponent", "expected"),
    [
        (1 - x, r, (1, True)),
        (x, -r, (-1, False)),
        (1 - x, -r, None),
        (1 - x, r - 2, None),
        (2 - x, r, (-1, False)),
        (x - 1, r, None),
    ],
)
def test_zero_is_a_base_of_positive_powers_only(base: sp.Expr, exponent: sp.Expr, expected: Any) -> None:
    # Up to x = 1 the base may vanish, and 0 to a negative power is no number.
    closed = Domain((r, x), (Condition(r, "<", 1), Condition(x, "<=", 1)))
    assert sign(1 - base**exponent, closed, True) == expected


root = (1 - x) ** (1 / r)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (root - root / (y + (1 - y) * root), (-1, True)),
        (1 - (root / (y + (1 - y) * root)) ** r, (1, True)),
        (root - root**2 * y, (1, True)),
        (root - root / (y + (1 - 3 * y) * root), None),
        (root - root**2 * 2 * y, None),
        (1 / (1 + root) - 1, (-1, True)),
        (2 / (1 + root) - sp.Rational(3, 2), None),
    ],
)
def test_signs_of_factors_that_hold_powers(expression: sp.Expr, expected: Any) -> None:
    assert sign(expression, UNIT, True) == expected
    values = [
        expression.xreplace({x: a, y: b, r: c}).evalf()
        for a in (sp.Rational(1, 99), sp.Rational(98, 99))
        for b in (sp.Rational(1, 99), sp.Rational(98, 99))
        for c in (sp.Rational(1, 9), sp.Rational(8, 9))
    ]
    seen = {int(sp.sign(v)) for v in values}
    assert expected is None or seen == {expected[0]}


def test_ratio_of_logarithms() -> None:
    ordered = Domain((x, y), (Condition(x, "<", 1), Condition(y, "<", x)))
    assert proves(1 - sp.log(1 - y) / sp.log(1 - x), ">", ordered)
    assert not proves(1 - sp.log(1 - x) / sp.log(1 - y), ">", ordered)
    assert proves(1 - sp.log(1 - x) / sp.log(1 - y), "<", ordered)


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (x ** (r + 1), x * x**r, True),
        ((1 - x) ** (r * y), ((1 - x) ** r) ** y, True),
        (sp.exp(r * sp.log(x)), x**r, True),
        (x ** (sp.log(y) / sp.log(x)), y, True),
        (sp.exp(2 * x) - 1, (sp.exp(x) - 1) * (sp.exp(x) + 1), True),
        (sp.log(x ** (1 / r)), sp.log(x) / r, True),
        (x**r, x ** (r + 1), False),
        ((1 - x) ** r, 1 - x**r, False),
        (x**r * y**r, x ** (2 * r), False),
        (sp.exp(x) * sp.exp(y), sp.exp(x * y), False),
    ],
)
def test_equality_of_powers(left: sp.Expr, right: sp.Expr, equal: bool) -> None:
    assert same(left, right) is equal
    numbers = {x: sp.Rational(1, 3), y: sp.Rational(2, 7), r: sp.Rational(3, 5)}
    assert (abs((left - right).xreplace(numbers).evalf(40)) < sp.Rational(1, 10**30)) == equal


# -- ends at which a quotient has no value ------------------------------------------------------------------------

TOP_AT_ZERO = claim(
    "exponential_below",
    Compare(sp.exp(x) - 1, "<", x * sp.exp(x)),
    Domain((x,)),
    Derivation(sp.exp(x) - 1).slope("<", x * sp.exp(x), x, 0, x * sp.exp(x)),
)
MEAN = (sp.exp(x) - 1) / x


def test_a_quotient_that_tends_to_zero_may_end_a_slope() -> None:
    # (e^x - 1)/x tends to 1 and grows: numerator and denominator vanish at zero together.
    chain = Derivation(sp.Integer(1)).slope("<", MEAN, x, 0, 1 / x**2, using=TOP_AT_ZERO)
    assert check(Compare(1, "<", MEAN), Domain((x,)), chain).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [
        (sp.Rational(1, 2), MEAN),  # tends to 1/2
        (sp.Integer(1), 1 + MEAN / x),  # tends to infinity
        (sp.Integer(0), sp.sqrt(x) * (1 + x) / x),  # a root has no derivatives at zero
        (sp.Integer(0), x * sp.log(x) / x + sp.exp(x) - 1),  # nor has a logarithm
        (sp.Integer(0), (sp.exp(x) - 1 - r * x) / x),  # tends to 1 - r, which is not zero
    ],
)
def test_any_other_quotient_ends_none(lhs: sp.Expr, rhs: sp.Expr) -> None:
    difference = rhs - lhs
    chain = Derivation(lhs).slope("<", rhs, x, 0, sp.diff(difference, x))
    found = check(Compare(lhs, "<", rhs), Domain((r, x)), chain)
    assert found.verdict is not Verdict.PROVED
    with pytest.raises(slopes.NotShownError, match=r"continuous up to|vanish at"):
        slopes.along(difference, x, sp.Integer(0), sp.diff(difference, x), sp.Integer(1), Domain((r, x)))


def test_an_order_that_depends_on_a_symbol_is_not_taken_for_known() -> None:
    # x^2/(x^2 + a x) tends to zero where a is not: with a = 0 it is 1.
    a = symbol("a", "a number, zero too", nonnegative=True)
    difference = x**2 / (x**2 + a * x)
    with pytest.raises(slopes.NotShownError):
        slopes.along(difference, x, sp.Integer(0), sp.diff(difference, x), sp.Integer(1), Domain((a, x)))


# -- facts ----------------------------------------------------------------------------------------------------------

GROWN = x * sp.exp(x) - sp.exp(x) + 1


def squared(**where: sp.Expr) -> Derivation:
    """0 < (x e^x - e^x + 1) y, a product of which one factor has its sign from another claim."""
    return Derivation(sp.Integer(0)).knowing(TOP_AT_ZERO, **where).bound("<", GROWN * y, by=GROWN * y)


def test_a_fact_gives_a_factor_its_sign() -> None:
    statement, domain = Compare(0, "<", GROWN * y), Domain((x, y))
    without = Derivation(sp.Integer(0)).bound("<", GROWN * y, by=GROWN * y)
    assert check(statement, domain, without).verdict is Verdict.INCONCLUSIVE
    assert check(statement, domain, squared()).verdict is Verdict.PROVED
    assert squared().uses == (TOP_AT_ZERO,)


def test_a_fact_has_one_direction() -> None:
    chain = Derivation(sp.Integer(0)).knowing(TOP_AT_ZERO).bound(">", GROWN * y, by=GROWN * y)
    assert check(Compare(0, ">", GROWN * y), Domain((x, y)), chain).verdict is Verdict.REFUTED


def test_a_fact_about_another_number_shows_nothing() -> None:
    found = check(Compare(0, "<", GROWN * y), Domain((x, y)), squared(x=y))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "is not proved" in found.summary


def test_a_weak_fact_proves_no_strict_sign() -> None:
    weak = claim("weak", Compare(sp.exp(x) - 1, "<=", x * sp.exp(x)), Domain((x,)))
    domain = Domain((x, y))
    strict = Derivation(sp.Integer(0)).knowing(weak).bound("<", GROWN * y, by=GROWN * y)
    assert check(Compare(0, "<", GROWN * y), domain, strict).verdict is Verdict.INCONCLUSIVE
    mild = Derivation(sp.Integer(0)).knowing(weak).bound("<=", GROWN * y, by=GROWN * y)
    assert check(Compare(0, "<=", GROWN * y), domain, mild).verdict is Verdict.PROVED


def test_a_fact_is_known_only_where_it_holds() -> None:
    free = symbol("v", "any number", real=True)
    chain = Derivation(sp.Integer(0)).knowing(TOP_AT_ZERO, x=free).bound("<", y, by=y)
    found = check(Compare(0, "<", y), Domain((free, y)), chain)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "needs v > 0, which does not follow" in found.summary


def test_facts_come_from_inequalities_between_formulas() -> None:
    equal = claim("equal", Compare(x * (x + 1), "=", x**2 + x), Domain((x,)))
    chain = Derivation(sp.Integer(0)).knowing(equal).bound("<", x, by=x)
    with pytest.raises(ClaimError, match="is no inequality between formulas"):
        check(Compare(0, "<", x), Domain((x,)), chain)
    witnessed = Claim(
        "witnessed", "A toy.", Compare(x, "<", x**2), Domain((x,)), SOURCE, (Precision(),), witness={x: 2}
    )
    with pytest.raises(ClaimError, match="compares two formulas everywhere"):
        check(Compare(0, "<", x), Domain((x,)), Derivation(sp.Integer(0)).knowing(witnessed).bound("<", x, by=x))


def test_an_observation_is_no_fact_for_a_theorem() -> None:
    seen = Claim("seen", "A toy.", TOP_AT_ZERO.statement, Domain((x,)), SOURCE, (Precision(),), kind="observation")
    chain = Derivation(sp.Integer(0)).knowing(seen).bound("<", x, by=x)
    with pytest.raises(ClaimError, match="cannot rest on it as a theorem"):
        check(Compare(0, "<", x), Domain((x,)), chain)


def test_facts_bound_no_points_and_no_segments() -> None:
    domain = Domain((x,), facts=(Condition(x, "<", 1),))
    assert domain.contains({x: 2})
    # The segment may leave what a fact with x tells; the fact is true on all of the domain.
    chain = Derivation(sp.Integer(0)).knowing(TOP_AT_ZERO).slope("<", GROWN, x, 0, x * sp.exp(x))
    assert check(Compare(0, "<", GROWN), Domain((x,)), chain).verdict is Verdict.PROVED
    with pytest.raises(ValueError, match="which the domain does not list"):
        Domain((x,), facts=(Condition(y, "<", 1),))


def test_facts_of_dropped_symbols_are_dropped() -> None:
    domain = Domain((x, y), facts=(Condition(x, "<", y), Condition(x, "<", 1)))
    assert domain.restrict({x}).facts == (Condition(x, "<", 1),)


@pytest.mark.parametrize("seed", range(8))
def test_random_claims_of_sign_with_powers_hold_at_points(seed: int) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    leaves = (x, y, 1 - x, x**r, (1 - x) ** (1 / r), (1 - x * y) ** r, sp.Integer(1), sp.Integer(2))

    def made(depth: int) -> sp.Expr:
        if depth == 0:
            return leaves[int(rng.integers(len(leaves)))]
        left, right = made(depth - 1), made(depth - 1)
        return (left + right, left - right, left * right, left / right, left - right)[int(rng.integers(5))]

    points = [{s: float(v) for s, v in zip((r, x, y), rng.uniform(0.001, 0.999, 3), strict=True)} for _ in range(50)]
    proved = 0
    for _ in range(40):
        expression = made(2)
        if expression.has(sp.zoo, sp.nan) or not expression.free_symbols:
            continue
        found = sign(expression, UNIT, True)
        if found is None:
            continue
        proved += 1
        for point in points:
            value = expression.xreplace(point)
            assert value * found[0] >= -1e-12 if found[0] else abs(value) < 1e-12, (expression, found, point)
    assert proved >= 8


# -- inequalities that are stated as >= ------------------------------------------------------------------------

XY = Domain((x, y))
ABOVE = claim("above", Compare(x**2, ">=", 2 * x - 1), Domain((x,)))
STRICTLY = claim("strictly", Compare(x**2 + 1, ">", 2 * x - 1), Domain((x,)))


@pytest.mark.parametrize("factor", [1, -1], ids=["rhs - lhs", "lhs - rhs"])
def test_an_inequality_stated_downwards_takes_a_factor_of_either_difference(factor: int) -> None:
    same_one = Derivation(x**2).using(ABOVE, ">=", 2 * x - 1, factor=factor)
    assert check(ABOVE.statement, Domain((x,)), same_one).verdict is Verdict.PROVED
    line = (3 * y + 1) * (x**2 + 1)
    more = Derivation(line).using(STRICTLY, ">", (3 * y + 1) * (2 * x - 1), factor=factor * (3 * y + 1))
    assert check(Compare(line, ">", (3 * y + 1) * (2 * x - 1)), XY, more).verdict is Verdict.PROVED
    upwards = Derivation(2 * x - 1).using(ABOVE, "<=", x**2, factor=factor)
    assert check(Compare(2 * x - 1, "<=", x**2), Domain((x,)), upwards).verdict is Verdict.PROVED


@pytest.mark.parametrize("factor", [1, -1])
def test_no_factor_makes_an_inequality_say_the_opposite(factor: int) -> None:
    down = Derivation(2 * x - 1).using(ABOVE, ">=", x**2, factor=factor)
    assert check(Compare(2 * x - 1, ">=", x**2), Domain((x,)), down).verdict is Verdict.REFUTED
    strict = Derivation(x**2).using(ABOVE, ">", 2 * x - 1, factor=factor)
    assert check(Compare(x**2, ">", 2 * x - 1), Domain((x,)), strict).verdict is not Verdict.PROVED
    half = Derivation(x**2).using(ABOVE, ">=", (x**2 + 2 * x - 1) / 2, factor=factor)
    found = check(Compare(x**2, ">=", (x**2 + 2 * x - 1) / 2), Domain((x,)), half)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert f"is not {factor} times the gap of toy/above" in found.summary


def test_an_inequality_stated_upwards_takes_no_factor_of_the_other_difference() -> None:
    below = claim("below", Compare(2 * x - 1, "<=", x**2), Domain((x,)))
    turned = Derivation(2 * x - 1).using(below, "<=", x**2, factor=-1)
    assert check(below.statement, Domain((x,)), turned).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("factor", [1, -1])
def test_a_derivative_is_a_multiple_of_either_difference(factor: int) -> None:
    # The derivative of x^3/3 - x^2 + x is x^2 - 2x + 1.
    chain = Derivation(x**3 / 3 + x).slope("<", x**2 + sp.Rational(1, 3), x, 1, factor, using=STRICTLY)
    wrong = check(Compare(x**3 / 3 + x, "<", x**2 + sp.Rational(1, 3)), Domain((x,)), chain)
    assert wrong.verdict is Verdict.REFUTED
    above = Domain((x,), (Condition(x, ">", 1),))
    chain = Derivation(x**3 / 3 + x).slope(">=", x**2 + sp.Rational(1, 3), x, 1, factor, using=ABOVE)
    assert check(Compare(x**3 / 3 + x, ">=", x**2 + sp.Rational(1, 3)), above, chain).verdict is Verdict.PROVED
