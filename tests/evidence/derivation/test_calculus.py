"""Steps on integrals: what is shown step by step, and every way in which a step may be wrong."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.results import verify
from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import Compare
from w2s_sym.evidence.derivation.calculus import CalculusError, by_parts, normal, require_finite, substitute
from w2s_sym.evidence.derivation.derivation import Derivation
from w2s_sym.evidence.precision.precision import Precision
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.notation import symbol
from w2s_sym.formula.signs import sign
from w2s_sym.formula.totals import any_spectrum, total

x, y = sp.symbols("x y", positive=True)
s = symbol("s_calculus", "an exponent", "s", real=True)
w = symbol("w_calculus", "a scale", "w", positive=True)
SOURCE = Source("toy", "Ann Author", "A toy paper", 2024)
HALF = (x, 0, sp.oo)


def between(low: object, high: object, *more: sp.Symbol) -> Domain:
    ends = (Condition(s, ">", sp.sympify(low)), Condition(s, "<", sp.sympify(high)))
    return Domain((s, *more), ends)


UNIT = between(0, 1)


def over(f: sp.Expr, limits: tuple[Any, ...] = HALF) -> sp.Integral:
    return sp.Integral(f, limits)


def claim(lhs: sp.Expr, rhs: sp.Expr, derivation: Derivation, domain: Domain = UNIT) -> Claim:
    return Claim("toy", "A toy.", Compare(lhs, "=", rhs), domain, SOURCE, (derivation,))


def found(lhs: sp.Expr, rhs: sp.Expr, derivation: Derivation, domain: Domain = UNIT) -> Finding:
    return verify(claim(lhs, rhs, derivation, domain)).findings[0]


BETA = Claim(
    "beta",
    "The beta integral.",
    Compare(over(x ** (s - 1) / (1 + x)), "=", sp.pi / sp.sin(sp.pi * s)),
    UNIT,
    SOURCE,
    (Precision(20),),
)

# -- what converges -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "limits", "domain"),
    [
        (x ** (s - 1) / (1 + x), HALF, UNIT),
        (x ** (1 - s) / (1 + x) ** 2, HALF, between(0, 2)),
        (x ** (s - 1) / (1 + w * x + x**2) ** s, HALF, Domain((s, w), (Condition(s, ">", sp.Integer(0)),))),
        (x ** (s - 1) * (1 - x) ** (s - 1), (x, 0, sp.Rational(1, 2)), UNIT),
        (x ** (-s - 1), (x, 1, sp.oo), UNIT),
        (1 / (1 + x**2) + x ** (s - 1) / (1 + x), HALF, UNIT),
    ],
)
def test_a_convergent_integral_is_shown_to_be_finite(f: sp.Expr, limits: tuple[Any, ...], domain: Domain) -> None:
    require_finite(over(f, limits), domain)


@pytest.mark.parametrize(
    ("f", "limits", "domain", "why"),
    [
        (x ** (s - 1) / (1 + x), HALF, between(0, 2), "at infinity"),
        (x ** (s - 1) / (1 + x), HALF, between(-1, 1), "at 0"),
        (x ** (-s - 1), HALF, UNIT, "at 0"),
        (1 / (1 - x), (x, 0, sp.oo), UNIT, "sign of"),
        (1 / (1 - x), (x, 0, 1), UNIT, "not shown"),
        ((1 - x) ** (s - 1), (x, 0, 2), UNIT, "sign of"),
        (sp.exp(-x), HALF, UNIT, "depends on"),
        (x ** (s - 1) / (s - x), (x, 0, sp.oo), UNIT, "sign of"),
        (1 / (1 + x) ** 2, (x, -1, sp.oo), UNIT, "within 0 and oo"),
        (1 / (1 + x) ** 2, (x, 2, 1), UNIT, "2 < 1"),
        (1 / (1 + s) ** 2, (s, 0, 1), UNIT, "another letter"),
    ],
)
def test_what_may_diverge_is_refused(f: sp.Expr, limits: tuple[Any, ...], domain: Domain, why: str) -> None:
    with pytest.raises(CalculusError, match=why):
        require_finite(over(f, limits), domain)


# -- steps ----------------------------------------------------------------------------------------------------


def test_parts_and_substitution_do_what_they_say() -> None:
    assert by_parts(over(x ** (s - 1) / (1 + x) ** 2), x ** (s - 1), x / (1 + x), UNIT) == -over(
        (s - 1) * x ** (s - 1) / (1 + x)
    )
    assert by_parts(over(1 / (1 + x) ** 2), sp.Integer(1), -1 / (1 + x), UNIT) == 1
    assert by_parts(over(x**-2, (x, 2, 5)), sp.Integer(1), -1 / x, UNIT) == sp.Rational(3, 10)
    new = over(1 / (y ** (s / 2) * 2 * (1 + y)), (y, 0, sp.oo))
    line = 3 * over(x ** (1 - s) / (1 + x**2))
    assert substitute(line, new, sp.sqrt(y), between(0, 2)) == 3 * new
    # A falling function swaps the limits.
    turned = over(y**-s / (1 + y), (y, 0, sp.oo))
    assert substitute(over(x ** (s - 1) / (1 + x)), turned, 1 / y, UNIT) == turned


@pytest.mark.parametrize(
    ("u", "v", "why"),
    [
        (x ** (s - 1), -1 / (1 + x), "no finite value at 0"),  # the boundary term at 0 is infinite
        (x ** (s - 1), x / (1 + x) + 1, "no finite value|not"),
        (x**s, x / (1 + x), "is not"),
        (x ** (s - 1), -x / (1 + x), "is not"),
        (2 * x ** (s - 1), x / (1 + x), "is not"),
    ],
)
def test_wrong_parts_are_refused(u: sp.Expr, v: sp.Expr, why: str) -> None:
    with pytest.raises(CalculusError, match=why):
        by_parts(over(x ** (s - 1) / (1 + x) ** 2), u, v, UNIT)


@pytest.mark.parametrize(
    ("f", "limits", "image", "why"),
    [
        (1 / (y ** (s / 2) * (1 + y)), (y, 0, sp.oo), sp.sqrt(y), "the integrand is"),  # the slope forgotten
        (1 / (y ** (s / 2) * 2 * (1 + y)), (y, 0, sp.oo), y, "the integrand is"),
        (1 / (y ** (s / 2) * 2 * (1 + y)), (y, 0, 1), sp.sqrt(y), "is 1 at y = 1, not oo"),
        (1 / (y ** (s / 2) * 2 * (1 + y)), (y, 1, sp.oo), sp.sqrt(y), "is 1 at y = 1, not 0"),
        (-1 / (y ** (s / 2) * 2 * (1 + y)), (y, 0, sp.oo), sp.sqrt(y), "the integrand is"),
        (1 / (y ** (s / 2) * 2 * (1 + y)), (y, 0, sp.oo), y + 1 / y, "sign of"),  # not monotone
        (1 / (y ** (s / 2) * 2 * (1 + y)), (y, 0, sp.oo), y / (1 + y), "not oo"),
        (1 / (y**s * 2 * (1 + y)), (y, 0, sp.oo), sp.sqrt(y), "the integrand is"),
    ],
)
def test_wrong_substitutions_are_refused(f: sp.Expr, limits: tuple[Any, ...], image: sp.Expr, why: str) -> None:
    with pytest.raises(CalculusError, match=why):
        substitute(over(x ** (1 - s) / (1 + x**2)), over(f, limits), image, between(0, 2))


def test_a_line_without_one_integral_is_refused() -> None:
    for line in (s + 1, over(1 / (1 + x) ** 2) + over(1 / (1 + x) ** 3)):
        with pytest.raises(CalculusError, match="exactly one"):
            by_parts(line, sp.Integer(1), x, UNIT)


def test_linearity_makes_lines_comparable() -> None:
    known: dict[sp.Integral, sp.Symbol] = {}
    one = normal(over(3 * s * x ** (s - 1) / (1 + x) + 1 / (1 + x) ** 2), UNIT, known)
    f, g = y ** (s - 1) / (1 + y), (1 + y) ** -2
    two = normal(3 * s * over(f, (y, 0, sp.oo)) + over(g, (y, 0, sp.oo)), UNIT, known)
    assert sp.expand(one - two) == 0
    assert len(known) == 2
    other = normal(over(x ** (s - 1) / (1 + x), (x, 0, 1)), UNIT, known)
    assert other not in known.values() or len(known) == 3


# -- in a derivation ------------------------------------------------------------------------------------------


def test_a_chain_of_steps_proves_an_integral() -> None:
    lhs = over(x ** (s - 1) / (1 + x) ** 2)
    chain = (
        Derivation(lhs).by_parts(x ** (s - 1), x / (1 + x)).rewrite((1 - s) * over(x ** (s - 1) / (1 + x))).apply(BETA)
    )
    right = (1 - s) * sp.pi / sp.sin(sp.pi * s)
    assert found(lhs, right, chain).verdict is Verdict.PROVED
    texts = [line.reason for line in claim(lhs, right, chain).chains()[0].lines]
    assert texts[1] == "by parts"
    for wrong in (s * sp.pi / sp.sin(sp.pi * s), (1 + s) * sp.pi / sp.sin(sp.pi * s)):
        assert found(lhs, wrong, chain).verdict in (Verdict.REFUTED, Verdict.INCONCLUSIVE)


def test_a_rewritten_integral_must_be_the_same() -> None:
    lhs = over(x ** (s - 1) / (1 + x))
    for line in (
        2 * over(x ** (s - 1) / (1 + x)),
        over(x**s / (1 + x) ** 2),
        over(x ** (s - 1) / (2 + x)),
        over(x ** (s - 1) / (1 + x), (x, 0, 1)),
    ):
        assert found(lhs, sp.pi / sp.sin(sp.pi * s), Derivation(lhs).rewrite(line)).verdict is Verdict.INCONCLUSIVE


def test_a_lemma_is_applied_inside_its_domain_only() -> None:
    lhs = over(x ** (-s) / (1 + x))
    right = sp.pi / sp.sin(sp.pi * s)
    assert found(lhs, right, Derivation(lhs).apply(BETA, s_calculus=1 - s)).verdict is Verdict.PROVED
    outside = found(lhs, right, Derivation(lhs).apply(BETA, s_calculus=1 - s), between(0, 2))
    assert outside.verdict is Verdict.INCONCLUSIVE
    assert "which does not follow from the domain" in outside.summary


def test_a_divergent_left_side_is_never_proved() -> None:
    lhs = over(x ** (s - 1) / (1 + x))
    domain = between(0, 2)
    claimed = found(lhs, sp.pi / sp.sin(sp.pi * s), Derivation(lhs).rewrite(lhs), domain)
    assert claimed.verdict is Verdict.INCONCLUSIVE
    assert "converge at infinity" in claimed.summary


def test_a_variable_of_integration_is_not_captured() -> None:
    lemma = Claim(
        "scaled",
        "Scaled.",
        Compare(over(1 / (w + x) ** 2), "=", 1 / w),
        Domain((w,)),
        SOURCE,
        (Precision(20),),
    )
    lhs = over(1 / (x + x) ** 2, (x, 1, sp.oo))
    result = found(lhs, 1 / s, Derivation(lhs).apply(lemma, w_calculus=x))
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "x is no number of this claim" in result.summary


def test_a_lemma_of_no_integral_is_not_applied_under_one() -> None:
    lemma = Claim(
        "square", "Square.", Compare((1 + w) ** 2, "=", 1 + 2 * w + w**2), Domain((w,)), SOURCE, (Precision(),)
    )
    lhs = over((1 + w) ** 2 / (1 + x) ** 2)
    result = found(lhs, (1 + w) ** 2, Derivation(lhs).apply(lemma), Domain((w,)))
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "carry it out first" in result.summary


# -- signs of what occurs in such formulas --------------------------------------------------------------------


def test_sines_between_their_zeros_have_a_sign() -> None:
    sine, cosine = sp.sin(sp.pi * s), sp.cos(sp.pi * s)
    assert sign(sine, UNIT) == (1, True)
    assert sign(sine, between(1, 2)) == (-1, True)
    assert sign(sine, between(0, 2)) is None
    assert sign(cosine, between(sp.Rational(-1, 2), sp.Rational(1, 2))) == (1, True)
    assert sign(cosine, between(sp.Rational(1, 2), 1)) == (-1, True)
    assert sign(cosine, UNIT) is None
    closed = Domain((s,), (Condition(s, ">=", sp.Integer(0)), Condition(s, "<", sp.Integer(1))))
    assert sign(sine, closed) is None


def test_a_power_of_a_positive_number_is_positive() -> None:
    assert sign(w**s, Domain((w, s))) == (1, True)
    assert sign((s + 1) ** s, between(0, 1)) == (1, True)
    assert sign((s - 1) ** s, between(0, 2)) is None
    assert sign(s**w, Domain((s, w), (Condition(s, ">=", sp.Integer(0)),))) != (1, True)


def test_limits_that_vary_with_a_letter_of_a_sum_are_told() -> None:
    u, level = sp.Symbol("u", positive=True), symbol("level", "an eigenvalue", positive=True)
    inner = sp.Integral(level * u, (u, 0, level))
    with pytest.raises(CalculusError, match="the limits 0 and level vary with level, which is no symbol of the domain"):
        require_finite(inner, Domain(()))
    levels = any_spectrum("S", "a spectrum", level)
    left, right = total(inner, levels), total(level**3, levels) / 2
    made = claim(left, right, Derivation(left).rewrite(right), Domain((levels,)))
    assert verify(made).findings[0].verdict is Verdict.INCONCLUSIVE
