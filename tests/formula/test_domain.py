"""Exact points, enforced conditions, slack substitutions that cover the domain."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from w2s_sym.formula.conditions import Condition, DomainError, exact_number
from w2s_sym.formula.domain import Domain, _draw_between, _slack_of
from w2s_sym.formula.letters import N, d_s, d_sw, d_w, n, sigma2
from w2s_sym.formula.totals import LevelTable, any_spectrum, total

a, b = sp.symbols("a b", real=True)
pos = sp.Symbol("pos", positive=True)
whole = sp.Symbol("whole", integer=True)
FULL = Domain(
    (d_s, d_w, d_sw, n, N, sigma2),
    (
        Condition(d_sw, "<=", d_s, "an overlap is at most d_s"),
        Condition(d_sw, "<=", d_w),
        Condition(n, ">", d_w + 1, "take n >= d_w + 2 labels"),
        Condition(N, ">", d_s + 1),
    ),
)
INSIDE = {d_s: 2, d_w: 3, d_sw: 1, n: 5, N: 4, sigma2: Fraction(1, 2)}


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


# -- deciding signs -------------------------------------------------------------------------------------------


# -- conditions -----------------------------------------------------------------------------------------------


def test_a_condition_keeps_its_sides_apart_and_prints() -> None:
    condition = Condition(n, ">", 0)
    assert condition.lhs == n
    assert condition.rhs == 0
    assert str(condition) == "n > 0"
    assert condition.free_symbols == {n}
    assert Condition(n, ">", d_w).free_symbols == {n, d_w}
    assert Condition(d_sw, "<=", d_s).latex() == r"d_{s\wedge w} \le d_s"
    assert Condition(a, "!=", b).latex() == r"a \ne b"
    assert Condition(a, ">", b).latex() == "a > b"


def test_a_condition_at_a_point_and_undecided_when_a_symbol_is_left() -> None:
    condition = Condition(n, ">", d_w + 1)
    assert condition.at({n: sp.Integer(5), d_w: sp.Integer(3)}) is True
    assert condition.at({n: sp.Integer(4), d_w: sp.Integer(3)}) is False
    assert condition.at({n: sp.Integer(4)}) is None


x, y = sp.symbols("x y", real=True)
ROOTS = Condition(sp.sqrt(x) * sp.sqrt(y), "<", 0)


@pytest.mark.parametrize(
    ("condition", "point", "part"),
    [
        # The whole is the real number -2, 3.4..., 0, 1, 1; a part of it is complex, infinite or undefined.
        (ROOTS, {x: -4, y: -1}, "sqrt(x)"),
        (Condition(sp.Abs(sp.log(x)), ">", 1), {x: -4}, "log(x)"),
        (Condition(1 / (1 + 1 / x), "<=", 0), {x: 0}, "1/x"),
        (Condition(sp.exp(sp.sqrt(x)) * sp.exp(-sp.sqrt(x) / 2), ">", -5), {x: -1}, "sqrt(x)"),
        (Condition(sp.floor(1 + sp.sqrt(x) * sp.sqrt(x - 1)), ">=", -9), {x: -1}, "sqrt(x)"),
        # The sides are looked at one by one: the difference of these is zero, with no trace of a logarithm.
        (Condition(1 + sp.log(x), ">", sp.log(x)), {x: -1}, "log(x)"),
    ],
)
def test_a_point_where_a_part_of_a_condition_has_no_value_is_outside(
    condition: Condition, point: dict[sp.Symbol, int], part: str
) -> None:
    exact = {s: sp.Integer(v) for s, v in point.items()}
    assert condition.at(exact) is None
    assert part in (condition.undefined_at(exact) or "")
    with pytest.raises(DomainError, match=re.escape(part)):
        Domain(tuple(point), (condition,)).check(exact)
    inside = {s: sp.Integer(9) for s in point}
    assert condition.undefined_at(inside) is None
    assert condition.at(inside) is not None


def test_the_terms_of_a_sum_have_a_value_at_each_level() -> None:
    S = any_spectrum("S", "a spectrum", x)
    condition = Condition(total(sp.sqrt(x) * sp.sqrt(x - 1), S), "<", 0)
    levels = LevelTable((x,), [(1, -3)])
    assert "sqrt(x" in (condition.undefined_at({S: levels}) or "")
    assert condition.at({S: levels}) is None
    assert condition.at({S: LevelTable((x,), [(2, 3)])}) is False


def test_bad_conditions_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown relation '=='"):
        Condition(a, "==", b)
    with pytest.raises(DomainError, match="the lhs of a condition is"):
        Condition("__import__('os')", ">", 0)  # type: ignore[arg-type]


def test_bad_domains_are_refused() -> None:
    with pytest.raises(ValueError, match="conditions use b, which the domain does not list"):
        Domain((a,), (Condition(a, "<", b),))
    with pytest.raises(ValueError, match="lists a twice"):
        Domain((a, b, a))


# -- membership -----------------------------------------------------------------------------------------------


def test_check_returns_exact_numbers() -> None:
    point = FULL.check({**INSIDE, sigma2: 0.1, d_sw: "0.5"})
    assert point[sigma2] == sp.Rational(1, 10)
    assert point[d_sw] == sp.Rational(1, 2)
    assert point[n] == 5
    assert list(point) == list(FULL.symbols)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({n: 4}, "here: d_w=3, n=4: needs n > d_w + 1; take n >= d_w + 2 labels"),
        ({d_sw: Fraction(5, 2)}, "here: d_s=2, d_sw=5/2: needs d_sw <= d_s; an overlap is at most d_s"),
        ({N: 3}, r"here: d_s=2, N=3: needs N > d_s \+ 1; choose values with N > d_s \+ 1"),
        ({sigma2: -1}, "here: sigma2=-1: needs sigma2 >= 0"),
        ({d_s: 0}, "here: d_s=0: needs d_s >= 1"),
        ({n: 5.5}, "here: n=5.5: needs an integer; round it"),
        ({n: float("nan")}, "here: n=nan: needs a finite number"),
        ({n: float("inf")}, "here: n=inf: needs a finite number"),
        ({sigma2: sp.I}, "here: sigma2=I: needs a finite real number"),
        ({sigma2: sp.oo}, "here: sigma2=oo: needs a finite real number"),
        ({sigma2: sp.Symbol("t")}, "here: sigma2=t: needs a finite real number"),
        ({sigma2: True}, "here: sigma2=True: needs a number"),
        ({sigma2: np.bool_(True)}, "here: sigma2=True: needs a number"),
        ({sigma2: None}, "here: sigma2=None: needs a number"),
        ({sigma2: "abc"}, "here: sigma2='abc': needs a number"),
        ({sigma2: [1]}, r"here: sigma2=\[1\]: needs a number"),
    ],
    ids=str,
)
def test_errors_name_condition_numbers_and_next_move(change: dict[sp.Symbol, object], message: str) -> None:
    if "n > d_w" in message:
        message = message.replace("+", r"\+")
    with pytest.raises(DomainError, match=f"^{message}"):
        FULL.check({**INSIDE, **change}, "here")
    assert not FULL.contains({**INSIDE, **change})


def test_a_missing_value_is_named_with_all_that_are_needed() -> None:
    with pytest.raises(DomainError, match=r"^no value for n; give all of d_s, d_w, d_sw, n, N, sigma2"):
        FULL.check({k: v for k, v in INSIDE.items() if k != n})


def test_an_undecidable_condition_says_so() -> None:
    domain = Domain((a,), (Condition(sp.Function("f")(a), ">", 0),))
    with pytest.raises(DomainError, match=r"a=1: cannot decide f\(a\) > 0"):
        domain.check({a: 1})


def test_contains() -> None:
    assert FULL.contains(INSIDE)
    assert FULL.contains({**INSIDE, d_sw: 2, d_s: 2})
    assert not FULL.contains({})


@pytest.mark.parametrize(
    ("assumptions", "inside", "outside"),
    [
        ({"positive": True}, sp.Rational(1, 9), 0),
        ({"nonnegative": True}, 0, sp.Rational(-1, 9)),
        ({"negative": True}, sp.Rational(-1, 9), 0),
        ({"nonpositive": True}, 0, sp.Rational(1, 9)),
        ({"nonzero": True, "real": True}, -3, 0),
        ({"positive": True, "integer": True}, 1, 0),
        ({"negative": True, "integer": True}, -1, 0),
    ],
    ids=str,
)
def test_assumptions_of_symbols_are_conditions(assumptions: dict[str, bool], inside: object, outside: object) -> None:
    s = sp.Symbol("s", **assumptions)
    domain = Domain((s,))
    assert domain.contains({s: inside})
    assert not domain.contains({s: outside})
    for seed in range(20):
        assert domain.contains(domain.sample(rng(seed)))


def test_a_listed_domain_is_those_points_only() -> None:
    domain = Domain((a, b), points=({a: 1, b: 2}, {a: 3, b: 4}))
    assert domain.contains({a: 3, b: 4})
    with pytest.raises(DomainError, match="the claim is about 2 listed points and this is not one of them"):
        domain.check({a: 1, b: 4})
    drawn = {tuple(domain.sample(rng(i)).items()) for i in range(20)}
    assert drawn == {((a, 1), (b, 2)), ((a, 3), (b, 4))}


def test_a_listed_point_that_breaks_a_condition_is_not_drawn_silently() -> None:
    domain = Domain((a,), (Condition(a, ">", 0),), ({a: -1},))
    with pytest.raises(DomainError, match="a=-1: needs a > 0"):
        domain.sample(rng())


def test_restrict_keeps_what_speaks_of_the_kept_symbols_only() -> None:
    small = FULL.restrict({n, d_w})
    assert small.symbols == (d_w, n)
    assert [str(c) for c in small.conditions] == ["n > d_w + 1"]
    assert FULL.restrict({d_sw, d_s}).contains({d_sw: 1, d_s: 1})
    listed = Domain((a, b), points=({a: 1, b: 2},)).restrict({b})
    assert listed.contains({b: 2})
    assert not listed.contains({b: 1})


# -- exact numbers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, sp.Integer(3)),
        (Fraction(2, 6), sp.Rational(1, 3)),
        (0.1, sp.Rational(1, 10)),
        (1e-2, sp.Rational(1, 100)),
        (np.float64(0.25), sp.Rational(1, 4)),
        (np.int64(7), sp.Integer(7)),
        (sp.Float("0.1"), sp.Rational(1, 10)),
        (sp.Rational(5, 7), sp.Rational(5, 7)),
        (sp.sqrt(2), sp.sqrt(2)),
        ("2.5", sp.Rational(5, 2)),
    ],
)
def test_exact_number(value: object, expected: sp.Expr) -> None:
    number = exact_number(value, "x")
    assert number == expected
    assert not number.has(sp.Float)


# -- drawing --------------------------------------------------------------------------------------------------


def test_random_points_are_exact_admissible_and_reproducible() -> None:
    generator, again = rng(3), rng(3)
    for _ in range(60):
        point = FULL.sample(generator)
        assert FULL.contains(point)
        assert all(v.is_Rational for v in point.values())
        assert point == FULL.sample(again)


def test_boundaries_that_belong_are_hit_and_others_are_not() -> None:
    generator = rng(1)
    points = [FULL.sample(generator) for _ in range(150)]
    assert any(p[d_sw] == 0 for p in points)
    assert any(p[d_sw] == min(p[d_s], p[d_w]) for p in points)
    assert any(p[sigma2] == 0 for p in points)
    assert any(p[n] == p[d_w] + 2 for p in points)
    assert all(p[n] >= p[d_w] + 2 for p in points)
    half_open = Domain((a,), (Condition(a, ">", 0), Condition(a, "<", 1)))
    assert all(0 < half_open.sample(generator)[a] < 1 for _ in range(60))
    left_closed = Domain((a,), (Condition(a, ">=", 0), Condition(a, "<", 1)))
    drawn = {left_closed.sample(generator)[a] for _ in range(60)}
    assert 0 in drawn
    assert 1 not in drawn
    right_closed = Domain((a,), (Condition(a, ">", 0), Condition(a, "<=", 1)))
    drawn = {right_closed.sample(generator)[a] for _ in range(60)}
    assert 1 in drawn
    assert 0 not in drawn


def test_bounds_with_a_negative_coefficient_and_a_fraction() -> None:
    domain = Domain((a,), (Condition(3 - 2 * a, ">=", 0), Condition(sp.Rational(1, 2), "<", a)))
    drawn = [domain.sample(rng(i))[a] for i in range(80)]
    assert all(sp.Rational(1, 2) < v <= sp.Rational(3, 2) for v in drawn)
    assert sp.Rational(3, 2) in drawn


def test_integers_between_bounds_include_both_ends() -> None:
    closed = Domain((whole,), (Condition(whole, ">=", sp.Rational(1, 2)), Condition(whole, "<=", sp.Rational(7, 2))))
    assert {int(closed.sample(rng(i))[whole]) for i in range(60)} == {1, 2, 3}
    strict = Domain((whole,), (Condition(whole, ">", 1), Condition(whole, "<", 4)))
    assert {int(strict.sample(rng(i))[whole]) for i in range(40)} == {2, 3}
    below = Domain((whole,), (Condition(whole, "<", 5),))
    drawn = {int(below.sample(rng(i))[whole]) for i in range(80)}
    assert max(drawn) == 4
    assert min(drawn) < -5
    free = {int(Domain((whole,)).sample(rng(i))[whole]) for i in range(200)}
    assert min(free) < 0 < max(free)
    assert free <= set(range(-12, 13))


def test_equality_conditions_fix_a_symbol() -> None:
    domain = Domain((d_s, d_w), (Condition(d_w, "=", 2 * d_s),))
    for i in range(10):
        point = domain.sample(rng(i))
        assert point[d_w] == 2 * point[d_s]


def test_not_equal_and_nonlinear_conditions_are_met_by_rejection() -> None:
    domain = Domain((d_s, a), (Condition(d_s, "!=", 1), Condition(a**2, "<=", 4)))
    for i in range(20):
        point = domain.sample(rng(i))
        assert point[d_s] != 1
        assert abs(point[a]) <= 2


def test_scale_one_hugs_the_lower_bounds_and_many_scales_dwarf() -> None:
    for i in range(10):
        point = FULL.sample(rng(i), scale=1)
        assert (point[d_s], point[d_w], point[n], point[N]) == (1, 1, 3, 3)
    spread = [FULL.sample(rng(i), scale=(1, 10**6)) for i in range(40)]
    assert any(p[n] > 10**4 and p[N] < 10 for p in spread)
    assert any(p[N] > 10**4 and p[n] < 10 for p in spread)
    near = [FULL.sample(rng(i), scale=10**6) for i in range(60)]
    assert any(0 < p[d_sw] < min(p[d_s], p[d_w]) / sp.Integer(1000) for p in near)
    assert any(0 < 1 - p[d_sw] / min(p[d_s], p[d_w]) < sp.Rational(1, 1000) for p in near)


def test_the_size_of_what_is_unbounded_follows_the_scale() -> None:
    small = [pos_sample(i, 12) for i in range(200)]
    large = [pos_sample(i, 10**6) for i in range(200)]
    assert max(small) <= 64  # 2^5 * 96/48
    assert min(small) >= sp.Rational(1, 32 * 48)
    assert max(large) > 1000
    mean = sum(int(Domain((n,)).sample(rng(i))[n]) for i in range(400)) / 400
    assert 10 < mean < 14  # geometric with mean 12


def pos_sample(seed: int, scale: int) -> sp.Expr:
    return Domain((pos,)).sample(rng(seed), scale)[pos]


def test_an_empty_domain_says_so() -> None:
    with pytest.raises(DomainError, match="2000 random points and none is admissible"):
        Domain((a,), (Condition(a, ">", 1), Condition(a, "<", 1))).sample(rng())


def test_a_single_point_interval_is_drawn() -> None:
    domain = Domain((a,), (Condition(a, ">=", 1), Condition(a, "<=", 1)))
    assert domain.sample(rng()) == {a: 1}


# -- slacks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_every_admissible_point_is_reached_by_nonnegative_slacks(seed: int) -> None:
    """What a sign proof needs: the substitution's image, slacks >= 0 (> 0 if strict), covers the domain."""
    point = FULL.sample(rng(seed))
    for substitution, strict in FULL.slacks():
        slacks: dict[sp.Symbol, sp.Expr] = {}
        for s in FULL.symbols:
            image = sp.expand(substitution[s].xreplace(slacks) - point[s])
            free = image.free_symbols
            if free:
                (slack,) = free
                (value,) = sp.solve(image, slack)
                slacks[slack] = value
                assert value >= 0
                assert value > 0 or slack not in strict
            else:
                assert image == 0


def test_slack_forms_by_hand() -> None:
    t = _slack_of(n)
    ((substitution, strict),) = (
        Domain((d_w, n), (Condition(n, ">", d_w + 1),)).restrict({n, d_w}).__class__((d_w,), ()).slacks()
    )
    assert substitution == {d_w: _slack_of(d_w) + 1}
    assert strict == frozenset()
    forms = [s[n] for s, _ in Domain((d_w, n), (Condition(n, ">", d_w + 1),)).slacks()]
    # integers: n > d_w + 1 is n = (d_w + 1) + 1 + slack, with d_w = 1 + slack_d_w; and n = 1 + slack alone
    assert t + _slack_of(d_w) + 3 in forms
    assert t + 1 in forms


def test_slack_of_a_strict_real_bound_is_strictly_positive() -> None:
    t = _slack_of(a)
    ((substitution, strict),) = Domain((a,), (Condition(a, ">", 2),)).slacks()
    assert substitution == {a: t + 2}
    assert strict == {t}
    ((substitution, strict),) = Domain((a,), (Condition(a, "<", 2),)).slacks()
    assert substitution == {a: 2 - t}
    assert strict == {t}
    ((substitution, strict),) = Domain((a,), (Condition(a, "<=", 2),)).slacks()
    assert strict == frozenset()
    ((substitution, strict),) = Domain((a,), (Condition(2 * a, "=", 3),)).slacks()
    assert substitution == {a: sp.Rational(3, 2)}
    ((substitution, _),) = Domain((a,)).slacks()
    assert substitution == {a: a}


def test_a_strict_bound_of_an_integer_by_a_fraction_is_not_moved_by_one() -> None:
    t = _slack_of(whole)
    ((substitution, strict),) = Domain((whole,), (Condition(whole, ">", sp.Rational(1, 2)),)).slacks()
    assert substitution == {whole: t + sp.Rational(1, 2)}
    assert strict == {t}
    forms = [(s[whole], f) for s, f in Domain((pos, whole), (Condition(whole, ">", pos),)).slacks()]
    assert forms == [(t + _slack_of(pos), {_slack_of(pos), t})]


def test_bounds_that_are_no_polynomial_give_no_slack() -> None:
    domain = Domain((pos, a), (Condition(a, ">", 1 / pos), Condition(sp.sqrt(pos), ">", 1)))
    ((substitution, _),) = domain.slacks()
    assert substitution[a] == a


@pytest.mark.parametrize(
    ("low", "high", "integer"),
    [
        ((sp.Integer(1), True), (sp.Integer(1), False), False),
        ((sp.Integer(1), False), (sp.Integer(1), True), False),
        ((sp.Integer(2), False), (sp.Integer(1), False), False),
        ((sp.Integer(1), True), (sp.Integer(2), True), True),
    ],
)
def test_an_empty_interval_has_no_number(low: tuple[sp.Expr, bool], high: tuple[sp.Expr, bool], integer: bool) -> None:
    assert _draw_between(rng(), [low], [high], integer, 12) is None


def test_the_tightest_bound_counts_and_strict_beats_closed() -> None:
    lows = [(sp.Integer(0), False), (sp.Integer(1), False), (sp.Integer(1), True)]
    highs = [(sp.Integer(9), False), (sp.Integer(2), False), (sp.Integer(2), True)]
    for seed in range(60):
        assert 1 < _draw_between(rng(seed), lows, highs, False, 1) < 2


def test_numbers_that_are_too_long_to_write_are_told_rounded() -> None:
    """SymPy sorts terms by their text, and Python writes no integer of more than 4300 digits."""
    huge = sp.Integer(10) ** 5000
    base, power = sp.symbols("base power", positive=True)
    domain = Domain((base, power), (Condition(sp.log(base) + sp.log(base + 1), "<", power, "take a smaller base"),))
    point = {base: huge, power: sp.Rational(1, 3)}
    assert not domain.contains(point)
    with pytest.raises(DomainError, match=r"base=~1\.00000E\+5000, power=1/3: needs .* take a smaller base"):
        domain.check(point)
    assert domain.contains({base: sp.Integer(1), power: sp.Integer(3)})
