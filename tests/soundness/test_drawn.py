"""Kind F and ties of digits: no claim holds on points of its author's choice, nor on draws that cannot tell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from soundness import drawn_cases
from soundness.adversary import Outcome, measure
from soundness.drawn_cases import LIGHT, SOURCE, UNFIT, a, c, d, n, noise, stated, x

from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Precision, Run, Simulation, Verdict, verify
from w2s_sym.evidence.precision.extrapolation import Extrapolation
from w2s_sym.evidence.simulation import coverage, fitness, limits, point_test
from w2s_sym.evidence.simulation.moments_of_draws import Tally
from w2s_sym.evidence.simulation.near_numbers import near_numbers, plainer, simplest_between
from w2s_sym.formula.conditions import DomainError
from w2s_sym.formula.notation import symbol

TINY = sp.exp(sp.exp(-1000 - x))


def compared(name, left, relation, right, **more):
    return Claim(name, "A.", Compare(left, relation, right), Domain((x,)), SOURCE, (Precision(),), **more)


# -- ties -------------------------------------------------------------------------------------------------------


def test_a_tie_to_fifty_digits_is_no_inequality_no_equality_and_no_witness() -> None:
    # exp(y) > 1 for every y > 0.
    lemma = compared("agreed", TINY, "<=", sp.Integer(1), rivals=(1 - sp.exp(-x - 10),))
    step = Derivation(x * TINY).using(lemma, "<=", x, factor=x)
    cited = Claim("cites", "A.", Compare(x * TINY, "<=", x), Domain((x,)), SOURCE, (step,))
    assert not verify(lemma).holds
    assert not verify(compared("agreed_eq", TINY * x, "=", x)).holds
    assert not verify(compared("witnessed", TINY, "<=", sp.Integer(1), witness={x: 1})).holds
    assert not verify(compared("below", sp.exp(sp.exp(-sp.exp(12 + x))) * x, "=", x)).holds
    assert lemma in cited.supports


def test_what_is_equal_agrees_and_what_is_above_by_little_is_seen() -> None:
    assert verify(compared("equal", sp.exp(x) + x * sp.exp(x), "=", sp.exp(x) * (1 + x))).holds
    above = verify(compared("above", sp.cosh(sp.exp(-100 - x)), "=", sp.Integer(1))).findings[0]
    assert above.verdict is Verdict.REFUTED


# -- points -----------------------------------------------------------------------------------------------------


def test_named_points_support_nothing_by_themselves() -> None:
    # (a - 1)(a - 2) is zero at both points.
    _, draw, mean = LIGHT[0]
    at = ({"a": 1, "c": 1}, {"a": 2, "c": 1})
    wrong = mean + (a - 1) * (a - 2)
    found = verify(stated("two", mean, draw, (a, c), at=at))
    assert not found.holds
    assert not verify(stated("two", wrong, draw, (a, c), at=at)).holds
    assert verify(stated("drawn", mean, draw, (a, c), at=(*at, {}, {}))).holds
    assert not verify(stated("drawn", wrong, draw, (a, c), at=(*at, {}, {}))).holds


def test_a_listed_domain_is_looked_at_whole() -> None:
    draw, points = LIGHT[0][1], tuple({a: k, c: 1} for k in range(1, 6))
    right = a / 2 + 1 + sp.prod([a - k for k in range(1, 5)]) / 24  # wrong at a = 5 alone
    for formula, holds in ((a / 2 + c, True), (right, False)):
        made = stated("listed", formula, draw, (a, c))
        domain = Domain((a, c), points=points)
        assert verify(Claim("listed", "A.", made.statement, domain, SOURCE, (Simulation(draw),))).holds is holds


@pytest.mark.parametrize("seed", range(2))
def test_where_the_mean_does_not_exist_is_part_of_the_domain(seed: int) -> None:
    stream = np.random.Generator(np.random.PCG64(seed))
    for case in (drawn_cases.inverse(stream) for _ in range(3)):
        made = case.make()
        assert verify(made).holds is case.true, made.domain
        assert made.domain.symbols == (d, n, noise)


# -- draws ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", UNFIT, ids=[name for name, *_ in UNFIT])
def test_draws_that_cannot_tell_are_inconclusive_for_true_and_false(law) -> None:
    name, draw, mean = law
    for right in (mean, sp.Rational(101, 100) * mean, 2 * mean, *([sp.Integer(0)] if "rare" in name else [])):
        for seed in range(2):
            found = stated(name, right, draw, (a,), batch=256).evidence[0]
            verdict = found.check(stated(name, right, draw, (a,), batch=256), Run(seed=seed)).verdict
            assert verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("law", LIGHT, ids=[name for name, *_ in LIGHT])
def test_a_formula_that_is_one_per_cent_off_never_agrees(law) -> None:
    name, draw, mean = law
    for seed in range(4):
        true, false = (stated(name, right, draw, (a, c)) for right in (mean, sp.expand(mean * sp.Rational(101, 100))))
        assert true.evidence[0].check(true, Run(seed=seed)).verdict is Verdict.AGREES
        assert false.evidence[0].check(false, Run(seed=seed)).verdict is not Verdict.AGREES


def test_an_experiment_that_agrees_is_known_to_one_per_cent() -> None:
    def draw(rng, point, draws):
        return point["a"] * (1 + rng.standard_normal(draws))

    for percent, allowed in ((0, True), (1, False), (2, False)):
        right = a * sp.exp(sp.Rational(percent, 100))  # no plainer number is near
        made = stated("wide", right, draw, (a,))
        verdict = made.evidence[0].check(made, Run()).verdict
        assert (verdict is Verdict.AGREES) is allowed
    found = made.evidence[0].check(stated("wide", a, draw, (a,)), Run())
    told = re.search(r"and errors of 1\.00% at one of them, of (\d\.\d\d)% at 16 more points$", found.summary)
    # Sixteen points share as many draws as the one has: errors of four times the size.
    assert told is not None
    assert 3.0 < float(told[1]) < 5.0
    # 4.9 standard errors are less than one per cent at one of the points.
    assert min(point["relative_error"] for point in found.detail["points"]) < 0.01 / 4.9


@pytest.mark.parametrize("wrong", [lambda v: v % 2 == 0, lambda v: v > 2, lambda v: v == 3])
def test_an_experiment_is_drawn_at_more_points_than_a_formula_fits(wrong: Callable[[float], bool]) -> None:
    """Two points, the same for each seed, are right for any formula with two numbers."""

    def draw(rng, point, draws):
        return point["k"] * (1 + 0.3 * wrong(point["k"])) * rng.exponential(size=draws)

    k = symbol("k", "a size", positive=True, integer=True)
    made = replace(stated("mean", k, draw, (a, k)), domain=Domain((k,)))
    for seed in range(3):
        assert made.evidence[0].check(made, Run(seed=seed)).verdict is Verdict.REFUTED


def test_a_strict_bound_is_drawn_where_two_symbols_are_equal() -> None:
    def draw(rng, point, draws):
        return (point["a"] ** 2 + point["c"] ** 2) / 2 * (0.5 + rng.random(draws))

    for left, relation, verdict in ((0, ">", Verdict.INCONCLUSIVE), (1, ">", Verdict.AGREES)):
        mean = stated("bound", a * c, lambda r, p, k, left=left: draw(r, p, k) + left, (a, c))
        made = replace(mean, statement=Compare(mean.statement.lhs, relation, a * c))
        assert made.evidence[0].check(made, Run()).verdict is verdict


def test_a_point_with_a_part_of_a_condition_undefined_is_refused() -> None:
    part = 1 / (1 + 1 / (a - 2))
    claim = stated("part", a, lambda r, p, k: p["a"] * (1 + r.random(k) - 0.5), (a,), at=({"a": 2},))
    made = replace(claim, domain=Domain((a,), (Condition(part, "<", 2),)))
    with pytest.raises(DomainError):
        made.evidence[0].check(made, Run())


def test_an_experiment_draws_from_its_generator_alone() -> None:
    other = np.random.default_rng(1)
    made = stated("global", a / 2, lambda r, p, k: p["a"] * other.random(k), (a,))
    with pytest.raises(Exception, match="draws from something else than its rng"):
        verify(made)


def test_moments_of_merged_draws_are_those_of_all() -> None:
    parts = [np.random.default_rng(k).exponential(size=50 + k) + k for k in range(4)]
    whole, merged = np.concatenate(parts), sum(map(Tally.of, parts), Tally())
    away = whole - whole.mean()
    assert merged.m3 == pytest.approx((away**3).sum(), rel=1e-10)
    assert merged.m4 == pytest.approx((away**4).sum(), rel=1e-10)
    assert merged.skewness == pytest.approx((away**3).mean() / (away**2).mean() ** 1.5)


def test_draws_that_follow_each_other_are_seen() -> None:
    rng = np.random.default_rng(0)
    free = [Tally.of(rng.standard_normal(100)) for _ in range(16)]
    tied = [Tally.of(np.repeat(rng.standard_normal(2), 50)) for _ in range(16)]
    marks = [str(k) for k in range(16)]
    assert fitness.dependent(free, marks) is None
    assert "batches vary" in str(fitness.dependent(tied, marks))
    assert fitness.dependent(free, ["same"] * 16) == "batches repeat the same draws"


def test_plainer_numbers_nearby() -> None:
    assert plainer(Fraction(101, 200)) == [Fraction(1, 2)]
    assert plainer(Fraction(303, 100)) == [Fraction(3)]
    assert Fraction(7, 3) in plainer(Fraction(707, 300))
    assert plainer(Fraction(3, 32)) == plainer(Fraction(1, 100)) == plainer(Fraction(0)) == []
    assert simplest_between(Fraction(5, 17), Fraction(6, 17)) == Fraction(1, 3)
    assert list(near_numbers(sp.Rational(101, 200) * a)) == [a / 2]


# -- the generator ----------------------------------------------------------------------------------------------


def test_no_false_case_holds_and_the_true_ones_go_on_to_hold() -> None:
    found = measure(drawn_cases.cases, 7, 300)
    assert found.wrong == []
    assert not any(true and became is Outcome.REFUTED for _, true, became in found.counts)
    for rule in ("F1", "F2", "F3 light", "E4"):
        tried = sum(k for (r, true, _), k in found.counts.items() if r == rule and true)
        held = found.counts[rule, True, Outcome.HOLDS]
        assert held >= 0.9 * tried > 0, (rule, held, tried)


def test_what_is_right_where_its_author_looks_does_not_hold() -> None:
    found = measure(drawn_cases.chosen, 11, 90)
    assert found.wrong == []
    assert not any(true and became is Outcome.REFUTED for _, true, became in found.counts)
    for rule in ("F1 curve", "F1 limit", "F1 shape", "F1 setting", "F1 witness"):
        tried = sum(k for (r, true, _), k in found.counts.items() if r == rule and true)
        held = found.counts[rule, True, Outcome.HOLDS]
        assert held >= 0.9 * tried > 0, (rule, held, tried)


@pytest.mark.parametrize(
    ("where", "name", "instead", "maker"),
    [
        (Extrapolation, "_drawn", lambda *_: ([], ""), drawn_cases.extrapolated),
        (limits, "_varies", lambda *_: False, drawn_cases.followed),
        (limits, "_confined", lambda *_: (), drawn_cases.shaped),
        (coverage.Coverage, "_made", lambda *_: [], drawn_cases.settled),
    ],
)
def test_without_a_guard_what_is_chosen_holds(monkeypatch: pytest.MonkeyPatch, where, name, instead, maker) -> None:
    monkeypatch.setattr(where, name, instead)
    if where is Extrapolation:
        monkeypatch.setattr(Extrapolation, "_confined", staticmethod(lambda *_: ()))
    if where is coverage.Coverage:  # points that no author chose guard these, too
        monkeypatch.setattr(point_test, "unchosen", lambda *_: [])
    stream = np.random.Generator(np.random.PCG64(5))
    false = [case for case in (maker(stream) for _ in range(24)) if not case.true]
    assert any(verify(case.make()).holds for case in false)


def test_one_value_at_all_points_supports_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """By itself, without the trials that no author chose."""
    monkeypatch.setattr(point_test, "unchosen", lambda *_: [])
    stream = np.random.Generator(np.random.PCG64(5))
    false = [case for case in (drawn_cases.settled(stream) for _ in range(24)) if not case.true]
    assert len(false) > 5
    assert not any(verify(case.make()).holds for case in false)


def test_the_generator_has_teeth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage.Coverage, "left_out", lambda *_: ())
    stream = np.random.Generator(np.random.PCG64(3))
    cases = [drawn_cases.inverse(stream) for _ in range(12)]
    assert any(verify(case.make()).holds for case in cases if not case.true)
