"""Integrals as balls: they contain values known in closed form, shrink with the digits, and refuse the rest."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
import sympy as sp
from flint import arb, ctx, fmpq

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.results import verify
from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import Compare
from w2s_sym.evidence.precision.precision import Precision
from w2s_sym.formula import ball_integrals
from w2s_sym.formula.balls import At, UndefinedError, UnsupportedError, ball
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.mutants import mutants

x, s, w = sp.symbols("x s omega", positive=True)
R = sp.Rational
HALF = (x, 0, sp.oo)


def ball_of(integrand: sp.Expr, limits: tuple, digits: int = 40, **point: object) -> arb:
    names = {"s": s, "omega": w}
    return ball(At({names[k]: sp.sympify(v) for k, v in point.items()}, digits)(sp.Integral(integrand, limits)))


def exact(value: sp.Expr) -> arb:
    with ctx.workdps(60):
        return ball(At({}, 60)(value))


@pytest.mark.parametrize(
    ("integrand", "limits", "expected"),
    [
        (1 / (1 + x**2), HALF, sp.pi / 2),
        (1 / (1 + x) ** 2, HALF, sp.Integer(1)),
        (x ** R(-2, 3) / (1 + x), HALF, 2 * sp.pi / sp.sqrt(3)),
        (x ** R(-96, 97) / (1 + x), HALF, sp.pi / sp.sin(sp.pi / 97)),
        ((1 + x**2) ** R(-3, 2), HALF, sp.Integer(1)),
        (x**2 / (1 + x**3) ** 2, HALF, R(1, 3)),
        (1 / (1 + x + x**2), HALF, 2 * sp.pi / (3 * sp.sqrt(3))),
        ((3 * x) ** R(1, 2), (x, 0, 3), sp.Integer(6)),
        (x**-2, (x, 2, sp.oo), R(1, 2)),
        (1 / x, (x, 2, 6), sp.log(3)),
        (1 / (1 + x), (x, 0, 1), sp.log(2)),
        (x - 3 * x**2 + 5, (x, 0, 2), sp.Integer(4)),
        ((1 - x) ** R(1, 2) / sp.sqrt(x), (x, 0, R(1, 2)), sp.pi / 4 + R(1, 2)),
        (x * (1 + x) ** -4 - 2 / (1 + x) ** 2, HALF, R(1, 6) - 2),
        (7 / (2 + 5 * x**2), HALF, 7 * sp.pi / (2 * sp.sqrt(10))),
        (1 / (x**-1 + x), (x, 0, 1), sp.log(2) / 2),
    ],
)
def test_the_ball_contains_the_value_and_is_small(integrand: sp.Expr, limits: tuple, expected: sp.Expr) -> None:
    value = ball_of(integrand, limits)
    assert value.overlaps(exact(expected))
    assert value.rad() < arb(10) ** -40
    assert ball_of(integrand, limits, digits=80).rad() < arb(10) ** -80


@pytest.mark.parametrize("wrong", [R(1, 10**35), -R(1, 10**35)])
def test_a_wrong_value_is_outside(wrong: sp.Expr) -> None:
    assert not ball_of(1 / (1 + x**2), HALF).overlaps(exact(sp.pi / 2 + wrong))


@pytest.mark.parametrize(
    ("integrand", "limits", "where"),
    [
        (1 / (1 + x), HALF, "infinity"),
        (1 / x, (x, 0, 1), "at 0"),
        (x**-2, (x, 0, 1), "at 0"),
        (1 / x + 1 / x**2, (x, 1, sp.oo), "infinity"),
        ((1 + x**2) ** R(-1, 2), HALF, "infinity"),
    ],
)
def test_a_divergent_integral_has_no_value(integrand: sp.Expr, limits: tuple, where: str) -> None:
    with pytest.raises(UndefinedError, match=where):
        ball_of(integrand, limits)


@pytest.mark.parametrize(
    ("integrand", "limits"),
    [
        (sp.exp(-x), HALF),
        (x**x, (x, 1, 2)),
        (1 / (1 - x), (x, R(1, 2), 2)),
        ((1 - x) ** R(1, 3), (x, R(1, 2), 2)),
        (x**2, (x, -1, 1)),
        (x**2, (x, sp.oo, 0)),
        (1 / (1 + sp.sin(x)), (x, 0, 1)),
        ((x - 3) ** R(1, 2), (x, 0, 1)),
    ],
)
def test_what_is_not_known_here_is_refused(integrand: sp.Expr, limits: tuple) -> None:
    with pytest.raises((UnsupportedError, UndefinedError)):
        ball_of(integrand, limits)


def test_more_than_one_variable_and_open_limits_are_refused() -> None:
    at = At({}, 20)
    for node in (sp.Integral(x, x), sp.Integral(x * s, (x, 0, 1), (s, 0, 1))):
        with pytest.raises(UnsupportedError, match="one variable"):
            at(node)


def test_parameters_may_be_anything_that_has_a_value() -> None:
    value = ball_of(w * x ** (1 - s) / (1 + w * x**2), HALF, s=R(5, 3), omega=sp.sqrt(2) + 1)
    assert value.overlaps(exact((sp.sqrt(2) + 1) ** R(5, 6) * sp.pi / (2 * sp.sin(5 * sp.pi / 6))))


def test_the_incomplete_beta_function_is_its_integral() -> None:
    at = At({}, 30)
    for p, q, z in ((2, 3, R(1, 3)), (R(1, 2), R(5, 3), R(9, 10)), (R(7, 4), R(1, 4), R(2, 3))):
        integral = at(sp.Integral(x ** (p - 1) * (1 - x) ** (q - 1), (x, 0, z)))
        assert ball(integral).overlaps(ball(at(sp.betainc(p, q, 0, z))))
    assert ball(at(sp.betainc(2, 3, 0, R(1, 3)))).overlaps(arb(11) / 324)
    assert ball(at(sp.betainc(2, 3, R(1, 3), 1))).overlaps(arb(1) / 12 - arb(11) / 324)


@pytest.mark.parametrize(
    ("planted", "what"),
    [
        (lambda term, end, decay, beyond, what: (arb(60), arb(0)), "a tail that is forgotten"),
        (lambda term, end, decay, beyond, what: (arb(2), arb(0)), "a tail cut off early"),
    ],
)
def test_planted_faults_in_the_tail_are_caught(planted: object, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    integrand = x ** R(-2, 3) / (1 + x + x ** R(3, 2) / 9)
    good = ball_of(integrand, HALF)
    monkeypatch.setattr(ball_integrals, "_tail", planted)
    assert not ball_of(integrand, HALF).overlaps(good), what


# -- two ways to one value ------------------------------------------------------------------------------------


def drawn_kinds(count: int) -> Iterator[tuple[sp.Expr, tuple]]:
    """Integrands ``c x^a (c_0 x^m_0 + c_1 x^m_1)^e`` with an integral, and limits of which one at least is an end."""
    rng = random.Random(11)

    def number(low: float, high: float) -> sp.Rational:
        return R(round(rng.uniform(low, high) * 1000), 1000)

    while count:
        e = rng.choice([R(-1), R(-2), R(-3), R(2), R(1, 2), number(-3, 3)])
        least, step, a = rng.choice([R(0), number(-1, 1)]), rng.choice([R(1), number(0.1, 3)]), number(-4, 4)
        inner, outer = a + 1 + least * e, -(a + 1 + (least + step) * e)
        h = number(0.01, 50)
        limits = [whole for whole, good in (((x, 0, h), inner > 0), ((x, h, sp.oo), outer > 0)) if good]
        limits += [HALF] if len(limits) == 2 else []
        if limits:
            count -= 1
            base = number(0.01, 5) * x**least + number(0.01, 5) * x ** (least + step)
            yield number(0.1, 3) * x**a * base**e, rng.choice(limits)


def test_the_closed_form_of_two_powers_is_what_integration_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = list(drawn_kinds(60))
    closed = [ball_of(integrand, limits) for integrand, limits in kinds]
    assert {str(limits[1:] == (0, sp.oo)) for _, limits in kinds} == {"True", "False"}
    monkeypatch.setattr(ball_integrals, "_in_closed_form", lambda *_: None)
    for value, (integrand, limits) in zip(closed, kinds, strict=True):
        assert value.overlaps(ball_of(integrand, limits)), (integrand, limits)
        assert value.rad() < abs(value) * arb(10) ** -40, (integrand, limits)


@pytest.mark.parametrize("factor", [fmpq(1, 2), fmpq(2)])
def test_a_closed_form_of_another_argument_is_told(factor: fmpq, monkeypatch: pytest.MonkeyPatch) -> None:
    true = ball_integrals._in_closed_form

    def planted(term: Any, low: Any, high: Any, decays: Any) -> arb | None:
        """The same with another end."""
        near = [None if end is None else end * factor for end in (low, high)]
        return true(term, *near, decays)

    kinds = [(integrand, limits) for integrand, limits in drawn_kinds(20) if limits != HALF]
    good = [ball_of(integrand, limits) for integrand, limits in kinds]
    monkeypatch.setattr(ball_integrals, "_in_closed_form", planted)
    for value, (integrand, limits) in zip(good, kinds, strict=True):
        assert not value.overlaps(ball_of(integrand, limits)), (integrand, limits)


# -- as a side of a claim -------------------------------------------------------------------------------------


def found(rhs: sp.Expr, high: int = 1, integrand: sp.Expr = x ** (s - 1) / (1 + x)) -> Finding:
    domain = Domain((s,), (Condition(s, "<", sp.Integer(high)),))
    statement = Compare(sp.Integral(integrand, HALF), "=", rhs)
    source = Source("toy", "Ann Author", "A toy paper", 2024)
    return verify(Claim("toy", "A toy.", statement, domain, source, (Precision(20),))).findings[0]


def test_a_claim_on_an_integral_agrees_at_random_points_and_is_not_proved_by_them() -> None:
    assert found(sp.pi / sp.sin(sp.pi * s)).verdict is Verdict.AGREES


def test_a_claim_off_by_little_is_refuted() -> None:
    finding = found(sp.pi / sp.sin(sp.pi * s) + R(1, 10**12))
    assert finding.verdict is Verdict.REFUTED
    assert finding.summary.startswith("false at s=")


def test_where_an_integral_diverges_there_is_no_support() -> None:
    finding = found(sp.pi / sp.sin(sp.pi * s), high=3)
    assert finding.verdict is not Verdict.AGREES


def test_an_integrand_of_another_kind_gives_no_verdict() -> None:
    finding = found(sp.gamma(s), integrand=x ** (s - 1) * sp.exp(-x))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "cannot" in finding.summary


def test_nothing_is_changed_inside_an_integral_to_make_a_rival() -> None:
    integral = sp.Integral(x ** (s - 1) / (1 + x), HALF)
    changed = mutants(2 * integral)
    assert changed
    assert all(m.atoms(sp.Integral) <= {integral} for m in changed)
    assert 3 * integral in changed
