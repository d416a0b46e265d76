"""No claim holds whose sides have no value somewhere, that is about nothing, or whose order is not exact."""

from __future__ import annotations

from types import ModuleType

import pytest
import sympy as sp

from tests.soundness.adversary import Outcome, measure
from tests.soundness.defined_cases import cases
from w2s_sym import (
    Asymptotic,
    Certificate,
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Equation,
    Precision,
    Source,
    any_spectrum,
    symbol,
    total,
    verify,
)
from w2s_sym.evidence.certificate import problem
from w2s_sym.evidence.derivation import bounds, equivalences, limits_at_infinity, replay
from w2s_sym.evidence.precision import asymptotics, session

SOURCE = Source("toy", "A", "T", 2026)
x = symbol("x", "a real number", real=True)
b = symbol("b", "a number or zero", nonnegative=True)
y = symbol("y", "a positive number", positive=True)
a = symbol("a", "a number", real=True)
n = symbol("n", "a size", positive=True)
m = symbol("m", "a negative size", negative=True)
k = symbol("k", "a fixed point", positive=True)


def claim(statement: object, domain: Domain, *evidence: object, **more: object) -> Claim:
    return Claim("a_claim", "A sentence.", statement, domain, SOURCE, evidence, **more)  # type: ignore[arg-type]


def rewritten(left: sp.Expr, right: sp.Expr, *symbols: sp.Symbol) -> Claim:
    return claim(Compare(left, "=", right), Domain(symbols), Derivation(left).rewrite(right))


def limit(error: sp.Expr, s: sp.Symbol, *conditions: Condition, **more: object) -> Claim:
    symbols = tuple(sorted(error.free_symbols - {k}, key=lambda t: t == s))
    stated = Asymptotic(1 + error, sp.Integer(1), s)
    return claim(stated, Domain(symbols, conditions), Derivation(1 + error).limit(s), Precision(), **more)


S = any_spectrum("S", "a spectrum", y)
GAMMA, PIECE = sp.gamma(-y), sp.Piecewise((1 / x, x > 0))
FALSE = {
    "gamma_poles": rewritten(GAMMA * (y + 1) ** 2, GAMMA * (y**2 + 2 * y + 1), y),
    "gamma_poles_at_points": claim(
        Compare(GAMMA * (y + 1) ** 2, "=", GAMMA * (y**2 + 2 * y + 1)), Domain((y,)), Precision()
    ),
    "tangents": rewritten(sp.tan(y) * (y + 1) ** 2, sp.tan(y) * (y**2 + 2 * y + 1), y),
    "secants": rewritten(sp.sec(y) * (y + 1) ** 2, sp.sec(y) * (y**2 + 2 * y + 1), y),
    "zero_to_zero": rewritten(sp.Abs(x) ** sp.Abs(a) * (x + 1) ** 2, sp.Abs(x) ** sp.Abs(a) * (x**2 + 2 * x + 1), x, a),
    "slope_of_an_absolute_value": rewritten(sp.Derivative(sp.Abs(x), x), sp.sign(x), x),
    "slope_across_a_jump": rewritten(sp.Derivative(sp.Piecewise((x, x < 1), (x + 1, True)), x), sp.Integer(1), x),
    "slope_of_a_root_at_zero": rewritten(sp.Derivative(sp.sqrt(b), b) * sp.sqrt(b), sp.Rational(1, 2), b),
    "slope_of_a_root_at_zero_at_points": claim(
        Compare(sp.Derivative(sp.sqrt(b), b) * sp.sqrt(b), "=", sp.Rational(1, 2)), Domain((b,)), Precision()
    ),
    "slope_at_a_witness": claim(
        Compare(sp.Derivative(sp.Piecewise((x, x < 1), (x + 1, True)), x), "=", 1),
        Domain((x,)),
        Precision(),
        witness={x: 1},
    ),
    "slope_of_a_logarithm_beyond_zero": claim(
        Compare(sp.Derivative(sp.log(x), x) * x, "=", 1), Domain((x,), (Condition(x, "!=", 0),)), Precision()
    ),
    "slope_under_an_integral": claim(
        Compare(sp.Derivative(sp.Integral(sp.sqrt(b) * y, (y, 0, 1)), b) * sp.sqrt(b), "=", sp.Rational(1, 4)),
        Domain((b,)),
        Precision(),
    ),
    "slope_at_a_value": claim(
        Compare(x * sp.Subs(sp.Derivative(sp.Abs(a), a), a, 0), "=", 0), Domain((x,)), Precision()
    ),
    "pieces": rewritten(PIECE * (x + 1) ** 2, PIECE * (x**2 + 2 * x + 1), x),
    "inside_a_sum": rewritten(total(sp.gamma(-y) * (y + 1) ** 2, S), total(sp.gamma(-y) * (y**2 + 2 * y + 1), S), S),
    "gamma_cancels": claim(
        Compare(GAMMA + y, "<", GAMMA + y + 1), Domain((y,)), Derivation(GAMMA + y).bound("<", GAMMA + y + 1)
    ),
    "an_irrational_pole": claim(Compare(1 / (y**2 - 2), "<", 1 + 1 / (y**2 - 2)), Domain((y,)), Precision()),
    "a_negative_size": limit(y / m, m),
    "a_bounded_size": limit(y / n, n, Condition(n, "<", 9)),
    "a_bracketed_size": limit(y / n, n, given=(Equation(k, k - y, bracket=(sp.Integer(0), 9 - n)),)),
    "a_coefficient_of_zero": limit(a / n + 1 / n**2, n),
    "a_coefficient_that_is_zero": limit((a - 1) / n + 1 / n**2, n, Condition(a, "=", 1)),
    "no_real_number": claim(
        Compare(x, "<", x + 1), Domain((x,), (Condition(x, ">", 2), Condition(x, "<", 1))), Precision()
    ),
}
TRUE = {
    "gamma": rewritten(sp.gamma(y) * (y + 1) ** 2, sp.gamma(y) * (y**2 + 2 * y + 1), y),
    "absolute_values": rewritten(sp.Abs(x) * (x + 1) ** 2, sp.Abs(x) * (x**2 + 2 * x + 1), x),
    "powers": rewritten(y**a * (y**a + 1), y ** (2 * a) + y**a, y, a),
    "a_limit": limit(y / n, n),
    "a_limit_away_from_one": limit((a - 1) / n + 1 / n**2, n, Condition(a, ">", 1)),
    "slope_of_a_root": rewritten(sp.Derivative(sp.sqrt(y), y) * sp.sqrt(y), sp.Rational(1, 2), y),
    "slope_at_a_smooth_witness": claim(
        Compare(sp.Derivative(sp.sqrt(b), b), "=", sp.Rational(1, 2)), Domain((b,)), Precision(), witness={b: 1}
    ),
    "a_box": claim(Compare(sp.log(1 + y), "<", y), Domain((y,)), Certificate(factors=(y**2,))),
}


@pytest.mark.parametrize("name", FALSE)
def test_what_has_no_value_or_says_nothing_does_not_hold(name: str) -> None:
    assert not verify(FALSE[name]).holds


@pytest.mark.parametrize("name", TRUE)
def test_what_has_values_holds(name: str) -> None:
    assert verify(TRUE[name]).holds


def test_an_interval_between_two_whole_numbers_has_none() -> None:
    whole = symbol("w", "an integer", integer=True)
    inside = (Condition(whole, ">", 0), Condition(whole, "<", 1))
    found = verify(claim(Compare(whole**2, ">", whole**2 - 1), Domain((whole,), inside), Certificate()))
    assert not found.holds
    assert found.findings[0].summary.startswith("no point is shown to be admissible")


def test_a_function_without_a_known_derivative_is_named() -> None:
    left = sp.Derivative(sp.floor(x) + x, x)
    stated = claim(
        Compare(left, "=", 1), Domain((x,)), Derivation(left).differentiate().rewrite(sp.Integer(1)), Precision()
    )
    for finding in verify(stated).findings:
        assert "Can't calculate" not in finding.summary
        assert "floor(x)" in finding.summary


def test_no_false_case_holds() -> None:
    found = measure(cases, seed=1, count=300)
    assert found.wrong == []
    true = {o: sum(c for (_, t, became), c in found.counts.items() if t and became is o) for o in Outcome}
    assert true[Outcome.HOLDS] >= 0.7 * sum(true.values())


def unguarded(monkeypatch: pytest.MonkeyPatch, module: ModuleType, *names: str) -> None:
    for name in names:
        monkeypatch.setattr(module, name, lambda *_: None)


def test_without_the_guards_false_cases_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in (
        (replay, "defined"),
        (session, "defined"),
        (replay, "underivable"),
        (session, "underivable"),
        (asymptotics, "defined"),
        (bounds, "defined"),
        (limits_at_infinity, "defined"),
        (equivalences, "first_undefined"),
        (problem, "first_undefined"),
    ):
        unguarded(monkeypatch, module, name)
    found = measure(cases, seed=1, count=60)
    assert {case.rule.split()[0] for case in found.wrong} >= {"D2", "D3", "D4"}
