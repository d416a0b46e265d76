"""Extrapolated limits: what agrees, what is refuted, and above all when the values do not reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sympy as sp
from flint import arb, ctx

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.results import verify
from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import ClaimError, Compare, ExperimentError
from w2s_sym.evidence.precision.extrapolation import Curve, Extrapolation
from w2s_sym.formula.conditions import Condition, DomainError, Point
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.letters import n
from w2s_sym.formula.notation import symbol

a = symbol("a_curve", "a parameter", "a", positive=True)
L = symbol("L_curve", "a limit", "L", real=True)
SOURCE = Source("toy", "Ann Author", "A toy paper", 2024)
R = sp.Rational
POINTS = ({"a_curve": R(7, 4)}, {"a_curve": R(13, 9)})
HALF = R(1, 2)
R_74, R_139 = arb(7) / 4, arb(13) / 9


def curve(f: Callable[[arb, arb], arb]) -> Curve:
    """A curve from a function of a and n, evaluated with digits to spare."""

    def value(point: Point, size: int, digits: int) -> arb:
        with ctx.workdps(digits + 15):
            return f(arb(int(point[a].p)) / int(point[a].q), arb(size))

    return Curve(L, "f(n)", n, value)


def claim(f: Callable[[arb, arb], arb], rhs: sp.Expr, evidence: Extrapolation, rivals: tuple[Any, ...] = ()) -> Claim:
    domain = Domain((a,), (Condition(a, ">", sp.Integer(1)),))
    return Claim("limit", "A limit.", Compare(curve(f), "=", rhs), domain, SOURCE, (evidence,), rivals=rivals)


def found(
    f: Callable[[arb, arb], arb], rhs: sp.Expr, *orders: object, effort: str = "standard", **more: Any
) -> Finding:
    rivals = more.pop("rivals", ())
    return verify(claim(f, rhs, Extrapolation(POINTS, orders, **more), rivals), effort=effort).findings[0]


def integer(x: arb, size: arb) -> arb:
    return arb.pi() * x**2 * (1 + 3 / size - x / size**2 + 1 / size**3).exp()


def mixed(x: arb, size: arb) -> arb:
    """Corrections at 1/2, a and their sums."""
    return x.sqrt() / (1 + size**-0.5 + 2 * size**-x)


TRUE = sp.pi * a**2 * sp.E


def test_a_limit_is_reached_to_the_digits_asked_for() -> None:
    finding = found(integer, TRUE, 1)
    assert finding.verdict is Verdict.AGREES
    assert finding.summary.startswith("10 digits agree at 2 named and 2 drawn points, sizes to 1e+12")
    assert all(float(row["error"]) < 1e-18 for row in finding.detail["points"])
    assert found(mixed, sp.sqrt(a), HALF, a).verdict is Verdict.AGREES


def test_quick_effort_looks_at_the_first_point_only() -> None:
    for effort, named in (("quick", 1), ("deep", 2)):
        detail = found(integer, TRUE, 1, effort=effort).detail
        assert len(detail["points"]) - detail["drawn"] == named
        assert detail["drawn"] == 2


@pytest.mark.parametrize("off", [R(1, 10**9), -R(1, 10**9), R(1, 100), sp.Integer(1)])
def test_a_nearby_wrong_constant_is_refuted(off: sp.Expr) -> None:
    finding = found(integer, TRUE * (1 + off), 1)
    assert finding.verdict is Verdict.REFUTED
    assert "the limit is not the right side at a_curve=7/4" in finding.summary


def test_a_constant_closer_than_the_digits_is_not_told_from_the_limit() -> None:
    assert found(integer, TRUE * (1 + R(1, 10**13)), 1).verdict is not Verdict.REFUTED
    assert found(integer, TRUE * (1 + R(1, 10**13)), 1, digits=15).verdict is Verdict.REFUTED


@pytest.mark.parametrize("orders", [(), (1,), (2,), (R(3, 2), 1)])
def test_wrong_orders_never_give_a_wrong_verdict(orders: tuple[Any, ...]) -> None:
    """The half power is left in: it must show as an error, not as a refutation or an agreement."""
    assert found(mixed, sp.sqrt(a), *orders).verdict is Verdict.INCONCLUSIVE
    assert found(mixed, sp.sqrt(a) * (1 + R(1, 10**8)), *orders).verdict is Verdict.INCONCLUSIVE
    # What is far off is refuted all the same.
    assert found(mixed, 2 * sp.sqrt(a), *orders).verdict is Verdict.REFUTED


def test_an_order_that_does_not_occur_costs_accuracy_only() -> None:
    plain, more = (found(integer, TRUE, *orders) for orders in ((1,), (1, R(1, 3))))
    assert plain.verdict is Verdict.AGREES
    assert more.verdict in (Verdict.AGREES, Verdict.INCONCLUSIVE)
    assert float(more.detail["points"][0]["error"]) > float(plain.detail["points"][0]["error"])


def test_slow_powers_and_logarithms_do_not_reach() -> None:
    assert found(lambda x, m: 1 + m ** arb("-0.05") * x, sp.Integer(1), R(1, 7)).verdict is Verdict.INCONCLUSIVE
    assert found(lambda x, m: 1 + x / m.log(), sp.Integer(1), 1).verdict is Verdict.INCONCLUSIVE


def test_a_factor_log_n_takes_each_power_twice() -> None:
    def logs(x: arb, m: arb) -> arb:
        return x + m.log() * m**-1 + 5 * m**-1

    # 1e-11 of log n / n is left at the largest size: too much for 20 digits unless it is eliminated.
    assert found(logs, a, 1, digits=20).verdict is Verdict.INCONCLUSIVE
    assert found(logs, a, 1, digits=20, repeat=2).verdict is Verdict.AGREES


def test_a_jump_between_sizes_is_seen() -> None:
    assert found(lambda x, m: x + (m > 10**11) * arb("1e-6"), a, 1).verdict is not Verdict.AGREES
    assert found(lambda x, m: x + (m < 10**5) * arb("1e-1"), a, 1).verdict is not Verdict.REFUTED


def test_rivals_and_mutants_must_fall() -> None:
    finding = found(integer, TRUE, 1, rivals=(sp.pi * a**2, TRUE * (1 + R(1, 10**15))))
    assert finding.refuted == (0,)
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "does not tell the right side from" in finding.summary
    # At a = 2 alone a + 2 and a^2 are the same number, and there is no other point.
    lonely = Extrapolation(({"a_curve": 2},), (sp.Integer(1),))
    same = claim(lambda x, m: x + 2 + 1 / m, a + 2, lonely, (a**2,))
    alone = replace(same, domain=Domain((a,), points=({a: 2},)))
    finding = verify(alone, effort="deep").findings[0]
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "name another point" in finding.summary
    # Where others are drawn, the rival falls.
    assert verify(same, effort="deep").findings[0].refuted == (0,)


# -- what is not of the author's choice -------------------------------------------------------------------------


def test_a_limit_that_is_right_at_the_named_points_alone_is_refuted() -> None:
    bump = (a - R(7, 4)) * (a - R(13, 9))
    for small in (sp.Integer(1), R(1, 10**6)):
        finding = found(integer, TRUE + small * bump, 1)
        assert finding.verdict is Verdict.REFUTED
        assert "a_curve=7/4" not in finding.summary


def test_what_reaches_at_the_named_points_alone_supports_nothing() -> None:
    # Elsewhere a power is left that vanishes at both of them, or there is no value.
    def left(x: arb, m: arb) -> arb:
        return x + 1 / m + (x - R_74) * (x - R_139) * m ** arb("-0.01")

    def nowhere(x: arb, m: arb) -> arb:
        if abs(x - R_74) > 1e-9 and abs(x - R_139) > 1e-9:
            raise ArithmeticError("not computed here")
        return x + 1 / m

    for f in (left, nowhere):
        result = verify(claim(f, a, Extrapolation(POINTS, (sp.Integer(1),))), effort="standard")
        finding = result.findings[0]
        assert finding.verdict is Verdict.AGREES
        assert finding.within == ("at a_curve=7/4", "at a_curve=13/9")
        assert not result.holds


def test_a_listed_domain_is_looked_at_whole() -> None:
    made = claim(lambda x, m: x + 1 / m, a, Extrapolation(({"a_curve": 2},), (sp.Integer(1),)))
    for rhs, verdict in ((a, Verdict.AGREES), (a + (a - 2) * (a - 3), Verdict.REFUTED)):
        domain = Domain((a,), points=({a: 2}, {a: 3}, {a: 5}))
        finding = verify(replace(made, statement=Compare(made.statement.lhs, "=", rhs), domain=domain)).findings[0]
        assert finding.verdict is verdict
        assert finding.within == ()
    many = Domain((a,), points=tuple({a: k} for k in range(2, 30)))
    assert verify(replace(made, domain=many)).findings[0].within == ("at 9 of 28 listed points",)


def test_a_witness_is_where_it_is_extrapolated() -> None:
    made = claim(lambda x, m: x + 1 / m, a + (a - 2), Extrapolation(({"a_curve": 2},), (sp.Integer(1),)))
    assert verify(replace(made, witness={a: 3})).findings[0].verdict is Verdict.REFUTED
    assert verify(replace(made, witness={a: 2})).findings[0].detail["drawn"] == 0


def test_a_right_side_without_a_value_supports_nothing() -> None:
    assert found(integer, sp.log(1 - a), 1).verdict is Verdict.INCONCLUSIVE
    unknown = sp.Function("unknown")(a)
    assert found(integer, unknown, 1).verdict is Verdict.INCONCLUSIVE


def test_values_that_are_wide_balls_do_not_reach() -> None:
    assert found(lambda x, m: x + 1 / m + arb(0, "1e-8"), a, 1).verdict is Verdict.INCONCLUSIVE
    assert found(lambda x, m: x + 1 / m + arb(0, "1e-8"), 2 * a, 1).verdict is Verdict.REFUTED


def test_a_limit_of_zero_is_judged_by_its_size() -> None:
    assert found(lambda x, m: x / m, sp.Integer(0), 1).verdict is Verdict.AGREES
    assert found(lambda x, m: x / m + arb("1e-9"), sp.Integer(0), 1).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("points", "sizes", "why"),
    [
        (POINTS, (10, 100), "three growing"),
        (POINTS, (10, 100, 10000), "geometric"),
        (POINTS, (100, 10, 1), "growing"),
        (POINTS, (1.0, 10.0, 100.0), "growing integers"),
        ((), (10, 100, 1000), "needs a point"),
    ],
)
def test_what_cannot_be_extrapolated_is_refused(points: Any, sizes: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Extrapolation(points, (sp.Integer(1),), sizes)


def test_points_and_orders_must_fit_the_claim() -> None:
    one = (sp.Integer(1),)
    with pytest.raises(DomainError, match="must give exactly a_curve"):
        verify(claim(integer, TRUE, Extrapolation(({"b": 2},), one)))
    with pytest.raises(DomainError, match="a_curve > 1"):
        verify(claim(integer, TRUE, Extrapolation(({"a_curve": HALF},), one)))
    with pytest.raises(ClaimError, match="must be positive"):
        verify(claim(integer, TRUE, Extrapolation(POINTS, (a - 2,))))
    with pytest.raises(ClaimError, match="x: an extrapolation checks 'limit of a curve = expression'"):
        Claim("x", "X.", Compare(a, "=", a + 1), Domain((a,)), SOURCE, (Extrapolation(POINTS, one),))


def test_the_left_side_prints_as_a_limit() -> None:
    assert claim(integer, TRUE, Extrapolation(POINTS, ())).latex().startswith(r"\lim_{n\to\infty} f(n) = ")


@pytest.mark.parametrize("value", [0.5, None, sp.Rational(1, 2)], ids=["float", "None", "Rational"])
def test_a_curve_whose_value_is_no_ball_is_told(value: Any) -> None:
    name = type(value).__name__
    with pytest.raises(ExperimentError, match=f"its value at size 10000 is a {name}: needs a ball, flint.arb"):
        found(lambda x, size: value, a)
