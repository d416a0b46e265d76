"""The domain in coordinates, the search for near places, and gaps that are followed."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from w2s_sym import Claim, Compare, Condition, Domain, Equation, Precision, Source, any_spectrum, symbol, total
from w2s_sym.claims.comparisons import compare_at
from w2s_sym.evidence.precision.chart import Chart
from w2s_sym.evidence.precision.equal_values import equal_at, tie_decided
from w2s_sym.evidence.precision.following import Path, close_forms
from w2s_sym.evidence.precision.search import Search
from w2s_sym.formula.balls import Place
from w2s_sym.formula.relations import Relation

SOURCE = Source("toy", "A", "T", 2024)
p, q = (symbol(name, "a number", positive=True) for name in "pq")
z = symbol("z", "a number", real=True)
n = symbol("n", "an integer", integer=True, positive=True)
lam = symbol("lam", "an eigenvalue", positive=True)
S = any_spectrum("S", "a spectrum", lam, conditions=(Condition(lam, "<", 5),))


def made(left: sp.Expr, relation: str, right: sp.Expr, domain: Domain, **more: object) -> Claim:
    return Claim("c", "A.", Compare(left, relation, right), domain, SOURCE, (Precision(),), **more)


def test_coordinates_and_points_are_inverse_to_each_other() -> None:
    domain = Domain((p, q, z, n), (Condition(q, "<", p), Condition(n, "<=", 9), Condition(p, ">", 2)))
    chart = Chart(made(p, ">", q + 0 * z * n, domain))
    states = np.random.default_rng(0).normal(0, 2, (4, 200))
    columns, good = chart.points(states)
    assert good.all()
    assert (columns[0] > 2).all()
    assert ((columns[1] > 0) & (columns[1] < columns[0])).all()
    assert set(columns[3]) <= set(range(1, 10))
    again = chart.points(chart.states(columns))[0]
    assert again == pytest.approx(columns, rel=1e-6)


def test_what_a_condition_excludes_is_no_point() -> None:
    chart = Chart(made(p, ">", q, Domain((p, q), (Condition(p * q, "=", 1), Condition(p, "!=", 2)))))
    columns, good = chart.points(chart.states(np.array([[2.0, 4.0, 4.0], [0.5, 0.25, 0.5]])))
    assert list(good) == [False, True, False]
    assert columns[1, 1] == pytest.approx(0.25)


def test_given_equations_and_spectra_have_their_symbols() -> None:
    chart = Chart(made(p * q, "=", sp.S.One, Domain((p, q)), given=(Equation(p, p * q - 1),)))
    columns, good = chart.points(np.zeros((1, 1)))
    assert good.all()
    assert columns[0, 0] * columns[1, 0] == pytest.approx(1)
    sums = Chart(made(total(lam, S), ">", sp.S.Zero, Domain((S,))), (2, 1))
    values, _ = sums.formulas(total(lam, S), total(1, S)).at(sums.points(np.zeros((2, 1)))[0])
    assert values[:, 0] == pytest.approx([7.5, 3.0])  # each eigenvalue halfway between 0 and 5
    point = sums.exact([Fraction(1), Fraction(2)])
    assert point is not None
    assert str(point[S]) == "{2 x (lam=1), 1 x (lam=2)}"
    assert sums.exact([Fraction(1), Fraction(6)]) is None


def test_a_valley_inside_is_told_from_an_end() -> None:
    inner = Search(Chart(made((p - 3) ** 2, ">", sp.S.Zero, Domain((p,)))), (p - 3) ** 2, ">", sp.S.Zero)
    assert inner.inside(np.log([[3.0]]))[0]
    outer = Search(Chart(made(p, ">", sp.S.Zero, Domain((p,)))), sp.exp(-p), ">", sp.S.Zero)
    found = outer.descend(np.zeros((1, 1)))
    assert not outer.inside(found.states)[0]


def test_equal_and_reciprocal_coordinates_are_among_the_structured() -> None:
    for gap in (p - q, p * q - 1, p + q - 1, p - 2 * q, p**2 - q):
        search = Search(Chart(made(gap**2, ">", sp.S.Zero, Domain((p, q)))), gap**2, ">", sp.S.Zero)
        assert search.structured(np.random.default_rng(0)).gaps.min() == pytest.approx(0, abs=1e-15)
    # No simple number is in this domain.
    far = Domain((p, q), (Condition(p, ">", 100), Condition(q, ">", 100)))
    search = Search(Chart(made(sp.Abs(p - q), ">", sp.S.Zero, far)), sp.Abs(p - q), ">", sp.S.Zero)
    assert search.structured(np.random.default_rng(0)).gaps.min() == 0


def test_a_gap_is_followed_to_many_digits() -> None:
    for gap in ((p**2 - 2) ** 2, sp.Abs(p**2 - 2), sp.exp((p**2 - 2) ** 2) - 1):
        chart = Chart(made(gap, ">", sp.S.Zero, Domain((p,))))
        path = Path(chart, (gap, sp.S.Zero), Relation(">"), 50, np.log(np.array([1.4142])), 1e-5)
        (value,), part = path.follow([0])
        assert part < 1e-20
        assert abs(value**2 - 2) < Fraction(1, 10**12)
        assert list(close_forms(value)) == [sp.sqrt(2)]


def test_a_least_value_above_zero_is_at_rest() -> None:
    gap = (p - 3) ** 2 + sp.Rational(1, 10**9)
    path = Path(
        Chart(made(gap, ">", sp.S.Zero, Domain((p,)))), (gap, sp.S.Zero), Relation(">"), 50, np.log([3.001]), 1e-5
    )
    (value,), _ = path.follow([0])
    assert path.at_rest([0])
    assert abs(value - 3) < Fraction(1, 10**12)


def test_numbers_get_their_names() -> None:
    def near(value: sp.Expr) -> Fraction:
        return Fraction(str(sp.N(value, 40)))

    for value in (sp.sqrt(2), sp.Rational(22, 7), sp.log(3), sp.exp(sp.Rational(1, 2)), sp.pi / 4):
        assert any(sp.simplify(form - value) == 0 for form in map(sp.sympify, close_forms(near(value))))
    assert list(close_forms(near(sp.LambertW(1)))) == []


def test_ties_are_decided_by_algebra_or_not_at_all() -> None:
    place = Place({p: sp.Integer(2), q: sp.Integer(2)}, 50)
    assert equal_at(place, sp.sqrt(p) * sp.sqrt(q), (p + q) / 2)
    assert equal_at(place, sp.log(p * q), 2 * sp.log(p))
    assert not equal_at(place, sp.LambertW(p * sp.exp(p)), p)
    root = Place({p: sp.sqrt(2), q: sp.sqrt(2)}, 50)
    assert equal_at(root, (p - q) ** 2 + (p * q - 2) ** 2, sp.S.Zero)
    left, right = sp.log(p * q), 2 * sp.log(p)
    for relation, truth in ((">", False), ("!=", False), (">=", True), ("=", True)):
        assert tie_decided(compare_at(place, left, relation, right), left, right).truth is truth
    above = compare_at(place, left + sp.exp(-200), ">", right)
    assert tie_decided(above, left + sp.exp(-200), right).truth is True


def test_powers_of_balls_that_contain_zero_have_a_value() -> None:
    place = Place({p: sp.sqrt(2), q: sp.sqrt(2)}, 50)
    look = place.look((p - q) ** 3 + 1, sp.S.One)
    assert look.order == 0
    assert not look.certified
