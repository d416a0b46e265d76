"""One-node mutants, enumerated by hand, and the identity test that spares equal ones."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from w2s_sym.formula.letters import N, d_s, d_w, n, sigma2
from w2s_sym.formula.mutants import candidates, mutants
from w2s_sym.formula.rational import identical

x, y, z = sp.symbols("x y z")
half = sp.Rational(1, 2)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (x, [-x, x + 1, x - 1]),
        (sp.Integer(3), [-3, 4, 2]),
        # 2/3: numerator + 1, denominator + 1, sign.
        (sp.Rational(2, 3), [sp.Integer(1), half, sp.Rational(-2, 3)]),
        # x + y: all negated; each term dropped, flipped, raised, lowered.
        (x + y, [-x - y, x, y, x - y, y - x, x + y + 1, x + y - 1]),
        # x*y: negated; each factor dropped, raised, lowered.
        (x * y, [-x * y, x, y, (x + 1) * y, (x - 1) * y, x * (y + 1), x * (y - 1)]),
        # x**2: negated; powers 3 and 1; base raised and lowered.
        (x**2, [-(x**2), x**3, x, (x + 1) ** 2, (x - 1) ** 2]),
        # 1/x: negated; power 0 and -2; base raised and lowered.
        (1 / x, [-1 / x, sp.Integer(1), x**-2, 1 / (x + 1), 1 / (x - 1)]),
        (sp.sqrt(x), [-sp.sqrt(x), x ** (3 * half), 1 / sp.sqrt(x), sp.sqrt(x + 1), sp.sqrt(x - 1)]),
        (sp.exp(x), [-sp.exp(x), sp.exp(x + 1), sp.exp(x - 1)]),
        (2**x, [-(2**x), 2 ** (x + 1), 2 ** (x - 1), 3**x, sp.Integer(1)]),
    ],
    ids=str,
)
def test_all_mutants_of_small_formulas(formula: sp.Expr, expected: list[sp.Expr]) -> None:
    assert set(mutants(formula)) == {sp.sympify(e) for e in expected}


def test_mutants_of_a_compound_exponent_reach_into_it() -> None:
    assert {2 ** (x * (y + 1)), 2**x, 2**y} <= set(mutants(2 ** (x * y)))


def test_a_pure_number_exponent_only_moves_by_one() -> None:
    assert not any(m.has(x**4) for m in mutants(x**2))
    assert x ** (half - 1) in mutants(sp.sqrt(x))


def test_the_classic_mistakes_about_a_wishart_mean_are_among_the_mutants() -> None:
    formula = sigma2 * d_s / (N - d_s - 1)
    found = set(mutants(formula))
    assert sigma2 * d_s / (N - d_s) in found  # the -1 forgotten
    assert sigma2 * d_s / (N - 1) in found  # d_s dropped
    assert sigma2 * d_s / (N + d_s - 1) in found  # a sign
    assert sigma2 * d_s / (N - d_s + 1) in found
    assert sigma2 / (N - d_s - 1) in found  # a factor dropped
    assert -formula in found
    assert sigma2 * d_s in found  # power -1 -> 0
    assert sigma2 * d_s / (N - d_s - 1) ** 2 in found


def test_order_is_deterministic_without_repeats_and_without_the_formula_itself() -> None:
    formula = (x + y) * x
    found = mutants(formula)
    assert found == mutants(formula)
    assert len(found) == len(set(found))
    assert formula not in found


def test_candidates_keep_equal_forms_and_mutants_drop_them() -> None:
    # Dropping y - y*1 style redundancy: (x+1)*(x-1) with x -> unchanged is hard to make; x*(y-y+1) collapses.
    formula = sp.Add(sp.Mul(x, x - y, evaluate=False), x * y, evaluate=False)
    assert set(mutants(formula)) <= set(candidates(formula))
    assert all(not identical(m, formula) for m in mutants(formula))
    zero = (x + y) ** 2 - x**2 - 2 * x * y - y**2  # identically zero: its negative is equal to it
    assert -zero in set(candidates(zero))
    assert -zero not in set(mutants(zero))


def test_undefined_mutants_are_left_out() -> None:
    found = mutants(1 / (1 - x) + sp.Pow(1, -1))
    assert not any(m.has(sp.zoo, sp.nan, sp.oo) for m in found)
    # 1/x with x an integer 1: 1 - 1 = 0 in the denominator.
    unevaluated = sp.Pow(sp.Integer(1), -1, evaluate=False)
    assert not any(m.has(sp.zoo, sp.nan) for m in mutants(x + unevaluated))
    # log(1) lowered is log(0), SymPy's zoo.
    assert not any(m.has(sp.zoo) for m in candidates(x + sp.log(sp.Integer(1), evaluate=False)))


def test_identical_is_sound_and_sees_rational_identities() -> None:
    assert identical((x**2 - y**2) / (x - y), x + y)
    assert identical(1 / x - 1 / y, (y - x) / (x * y))
    assert identical(x, x)
    assert not identical(x, x + sp.Rational(1, 10**30))
    assert not identical(x, -x)
    assert not identical(sp.sqrt(x**2), x)  # false for negative x: must not be claimed
    assert not identical(n / (n - d_w), n / (n - d_w - 1))


small = st.integers(-4, 4)


@st.composite
def formulas(draw: st.DrawFn, depth: int = 2) -> sp.Expr:
    kind = draw(st.sampled_from(("leaf", "leaf", "add", "mul", "pow"))) if depth else "leaf"
    if kind == "leaf":
        return draw(st.sampled_from((x, y, z, sp.Integer(2), sp.Rational(1, 3))))
    if kind == "pow":
        return draw(formulas(depth - 1)) ** draw(st.sampled_from((-1, 2)))
    left, right = draw(formulas(depth - 1)), draw(formulas(depth - 1))
    return left + right if kind == "add" else left * right


@settings(max_examples=25, deadline=None, derandomize=True)
@given(formulas())
def test_every_mutant_differs_at_some_rational_point(formula: sp.Expr) -> None:
    points = [
        {x: sp.Rational(7, 3), y: sp.Rational(-11, 5), z: sp.Rational(13, 7)},
        {x: sp.Rational(101, 3), y: sp.Rational(17, 19), z: sp.Rational(-5, 23)},
    ]
    for mutant in mutants(formula):
        values = [(formula.xreplace(p), mutant.xreplace(p)) for p in points]
        assert any(a != b for a, b in values), (formula, mutant)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(formulas(), formulas())
def test_identical_never_calls_unequal_values_equal(left: sp.Expr, right: sp.Expr) -> None:
    if identical(left, right):
        point = {x: sp.Rational(7, 3), y: sp.Rational(-11, 5), z: sp.Rational(13, 7)}
        assert left.xreplace(point) == right.xreplace(point)
