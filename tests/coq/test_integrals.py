"""Integrals before Coq: what the statement says, the steps that Coq follows, and facts that a theorem assumes."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from tests.coq.coq_files import COQ, needs_coq
from w2s_sym import (
    Claim,
    ClaimError,
    Compare,
    Condition,
    Derivation,
    Domain,
    Precision,
    Source,
    any_spectrum,
    symbol,
    total,
)
from w2s_sym.claims.run import NoMemory
from w2s_sym.coq.facts import cited
from w2s_sym.coq.judge import opinions, write
from w2s_sym.coq.statement import Untranslatable, limits_of, theorem

SOURCE = Source("toy2026", "A. Theorist", "On toys", 2026)
x, y = symbol("x", "a variable", positive=True), symbol("y", "another", positive=True)
p, c = symbol("p", "an exponent", positive=True), symbol("c", "a number", positive=True)
lam = symbol("lam", "an eigenvalue", positive=True)
STEEP = Domain((p, c), (Condition(p, ">", 1),))
TAIL = sp.Integral(x ** (-p), (x, c, sp.oo))


def claim(name: str, left: sp.Expr, right: sp.Expr, domain: Domain, evidence: Derivation | Precision) -> Claim:
    return Claim(name, "A toy.", Compare(left, "=", right), domain, SOURCE, (evidence,))


def by_parts(name: str, left: sp.Integral, v: sp.Expr, right: sp.Expr, domain: Domain) -> Claim:
    return claim(name, left, right, domain, Derivation(left).by_parts(sp.Integer(1), v).rewrite(right))


def power_tail(name: str, right: sp.Expr, domain: Domain = STEEP) -> Claim:
    return by_parts(name, TAIL, x ** (1 - p) / (1 - p), right, domain)


# A fact that nobody proves here, and what follows from it.
FACT = claim(
    "a_fact",
    sp.Integral(x ** (p - 1) / (1 + x), (x, 0, sp.oo)),
    sp.pi / sp.sin(sp.pi * p),
    Domain((p,), (Condition(p, "<", 1),)),
    Precision(),
)
SQUARED = sp.Integral(x ** (p - 1) * c / (1 + c * x), (x, 0, sp.oo))
FOLLOWS = claim(
    "follows",
    SQUARED,
    c ** (1 - p) * sp.pi / sp.sin(sp.pi * p),
    Domain((p, c), (Condition(p, "<", 1),)),
    Derivation(SQUARED)
    .substitute(sp.Integral(c ** (1 - p) * y ** (p - 1) / (1 + y), (y, 0, sp.oo)), y / c)
    .rewrite(c ** (1 - p) * sp.Integral(x ** (p - 1) / (1 + x), (x, 0, sp.oo)))
    .apply(FACT),
)
TRUE = (
    power_tail("tail", c ** (1 - p) / (p - 1)),
    by_parts("square", sp.Integral(x**2, (x, 0, c)), x**3 / 3, c**3 / 3, Domain((c,))),
    by_parts("root", sp.Integral(x ** (p - 1), (x, 0, c)), x**p / p, c**p / p, Domain((p, c))),
    by_parts("between", sp.Integral(1 / x**2, (x, c, 2 * c)), -1 / x, 1 / (2 * c), Domain((c,))),
    FOLLOWS,
)


def unchecked(name: str, left: sp.Integral, right: sp.Expr, domain: Domain, true: Claim) -> Claim:
    """A claim whose derivation is that of another one, so that no check of ours has seen it."""
    made = claim(name, left, right, domain, Precision())
    object.__setattr__(made, "evidence", true.evidence)
    return made


TAIL_IS = TRUE[0]
FALSE = (
    unchecked("twice", TAIL, 2 * c ** (1 - p) / (p - 1), STEEP, TAIL_IS),
    unchecked("sign", TAIL, c ** (1 - p) / (1 - p), STEEP, TAIL_IS),
    unchecked("divergent", TAIL, c ** (1 - p) / (p - 1), Domain((p, c)), TAIL_IS),
    unchecked("from_zero", sp.Integral(x ** (-p), (x, 0, c)), c ** (1 - p) / (1 - p), STEEP, TAIL_IS),
    unchecked("beyond", SQUARED, FOLLOWS.statement.rhs, Domain((p, c)), FOLLOWS),
)


@needs_coq
def test_true_integrals_are_accepted_and_false_ones_are_not() -> None:
    assert COQ is not None
    found = opinions((*TRUE, *FALSE), COQ, NoMemory())
    refused = {name: (o.answer, o.reason) for name, o in found.items() if not o.accepted}
    assert refused.keys() == {each.id for each in FALSE}, refused


def test_a_theorem_about_an_integral_says_that_it_converges_and_its_integrand_has_a_value() -> None:
    left = sp.Integral(1 / (x - c), (x, c, 2 * c))
    said = theorem(claim("pole", left, sp.Integer(1), Domain((c,)), Precision()))
    span = "(fun x => / (- c + x)) c (Finite (2 * c))"
    assert [need.text for need in said.needs] == [
        "0 < c",
        "(forall x, c < x -> x < 2 * c -> - c + x <> 0)",
        f"converges {span}",
    ]
    assert said.conclusion == f"integral {span} = 1"
    to_infinity = theorem(claim("tail", TAIL, c, STEEP, Precision())).conclusion
    assert to_infinity == "integral (fun x => Rpower x (- p)) c p_infty = c"


def test_an_incomplete_beta_function_is_an_integral_by_definition() -> None:
    z = symbol("z", "a number", positive=True)
    said = theorem(claim("beta", sp.betainc(p, c, 0, z), z, Domain((p, c, z), (Condition(z, "<", 1),)), Precision()))
    assert said.conclusion.count("integral") == 1
    assert said.conclusion.endswith(" 0 (Finite z) = z")
    assert "(forall x, 0 < x -> x < z -> 0 < 1 - x)" in {need.text for need in said.needs}


def test_a_theorem_assumes_the_fact_that_it_rests_on_in_full() -> None:
    assert cited(FOLLOWS) == (FACT,)
    assert theorem(FOLLOWS).facts == (theorem(FACT).proposition,)
    assert f"({theorem(FACT).proposition}) ->" in theorem(FOLLOWS).text()
    further = claim("further", SQUARED, FOLLOWS.statement.rhs, FOLLOWS.domain, Derivation(SQUARED).apply(FOLLOWS))
    assert cited(further) == (FACT,)
    assert theorem(TRUE[0]).facts == ()
    assert write(FACT).text == ""


def test_what_no_integral_of_a_formula_is_has_no_words() -> None:
    S = any_spectrum("S", "a spectrum", lam)
    k = sp.Symbol("k", integer=True)
    for integral in (
        sp.Integral(x, (x, -sp.oo, 0)),
        sp.Integral(x * y, (x, 0, 1), (y, 0, 1)),
        sp.Integral(x * total(lam, S), (x, 0, 1)),
        sp.Derivative(sp.Integral(x * c, (x, 0, 1)), c),
    ):
        with pytest.raises(Untranslatable):
            theorem(claim("none", integral, c, Domain((c, S)), Precision()))
    with pytest.raises(ClaimError, match="k runs over the integers"):  # refused before anybody translates it
        claim("none", sp.Integral(k, (k, 0, 1)), c, Domain((c,)), Precision())


@pytest.mark.parametrize(("a", "b"), [(sp.Rational(3, 2), sp.Rational(5, 2)), (sp.Integer(2), sp.Rational(7, 3))])
def test_an_incomplete_beta_function_is_stated_by_its_integral(a: sp.Expr, b: sp.Expr) -> None:
    written = limits_of(sp.betainc(p, c, sp.Rational(1, 5), sp.Rational(3, 4)))
    integrand, variable, low, high = written
    at = sp.lambdify(variable, integrand.subs({p: a, c: b}), "mpmath")
    by_mpmath = mpmath.betainc(float(a), float(b), 0.2, 0.75)
    assert mpmath.almosteq(mpmath.quad(at, [mpmath.mpf(low.p) / low.q, mpmath.mpf(high.p) / high.q]), by_mpmath, 1e-12)


@pytest.mark.parametrize(
    ("ends", "needs"),
    [((0, 1 / (c - 2)), "(-2) + c <> 0 /\\"), ((sp.sqrt(c - 2), sp.oo), "0 <= (-2) + c /\\")],
)
def test_the_ends_of_an_integral_have_values(ends: tuple[sp.Expr, sp.Expr], needs: str) -> None:
    domain = Domain((c,), (Condition(c, ">", 3),))
    said = theorem(claim("ends", sp.Integral(1 / x**2, (x, *ends)), c, domain, Precision())).text()
    assert needs in said
    assert said.index(needs) < said.index("converges")
