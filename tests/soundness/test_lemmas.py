"""Lemmas say what they say, of what they speak of; one name has one role. The generator looks for more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import sympy as sp

from tests.soundness.adversary import Case, Outcome, measure
from tests.soundness.lemma_cases import FAMILIES, ZERO, cases, letter, stated
from w2s_sym import (
    Certificate,
    Claim,
    ClaimError,
    Condition,
    Derivation,
    Domain,
    DomainError,
    Equation,
    Precision,
    Quantity,
    Sample,
    Setting,
    any_spectrum,
    fixed,
    gaussian,
    total,
    tr,
    verify,
)
from w2s_sym.claims import names
from w2s_sym.evidence.certificate import problem
from w2s_sym.evidence.derivation import formula_steps, lemmas
from w2s_sym.formula import domain
from w2s_sym.matrices.words import TraceError

lam, mu = letter("lam", positive=True), letter("mu", positive=True)
c, a, x = letter("c", positive=True), letter("a", positive=True), letter("x", real=True)
n, d = letter("rows", integer=True, positive=True), letter("cols", integer=True, positive=True)
V = letter("V", positive=True)
BELOW = any_spectrum("S", "below one", lam, conditions=(Condition(lam, "<", 1),))
ANY, OTHER = any_spectrum("T", "any spectrum", lam), any_spectrum("U", "another letter", mu)
SQUARES = stated(
    total(lam**2, BELOW),
    "<",
    total(lam, BELOW),
    Domain((BELOW,)),
    Derivation(total(lam**2, BELOW)).bound("<", total(lam, BELOW), by=total(lam * (1 - lam), BELOW)),
)
IN_FRONT = stated(
    total(c * lam, ANY),
    "=",
    c * total(lam, ANY),
    Domain((ANY, c)),
    Derivation(total(c * lam, ANY)).rewrite(c * total(lam, ANY)),
)
SQUARE = stated(-(x**2), "<=", 0, Domain((x,)), Derivation(-(x**2)).bound("<=", ZERO))


def why(claim: Claim) -> str:
    """Why a claim does not hold."""
    found = verify(claim)
    assert not found.holds
    return found.findings[0].summary


# -- lemmas ---------------------------------------------------------------------------------------------------


def test_a_lemma_on_a_spectrum_asks_its_level_conditions_of_the_other() -> None:
    start, line = total(lam**2, ANY), total(lam, ANY)
    using = Derivation(start).using(SQUARES, "<", line, S=ANY)
    assert "needs lam < 1 at every level" in why(stated(start, "<", line, Domain((ANY,)), using))
    knowing = Derivation(start).knowing(SQUARES, S=ANY).bound("<", line)
    assert "needs lam < 1 at every level" in why(stated(start, "<", line, Domain((ANY,)), knowing))
    half = any_spectrum("H", "below one half", lam, conditions=(Condition(lam, "<", sp.Rational(1, 2)),))
    start, line = total(lam**2, half), total(lam, half)
    assert verify(stated(start, "<", line, Domain((half,)), Derivation(start).using(SQUARES, "<", line, S=half))).holds


@pytest.mark.parametrize(("put", "said"), [(OTHER, "has the level letter lam"), (c, "needs a spectrum of this claim")])
def test_a_spectrum_stands_for_a_spectrum_with_its_letters(put: sp.Symbol, said: str) -> None:
    start = total(mu**2, OTHER)
    chain = Derivation(start).using(SQUARES, "<", c, S=put)
    assert said in why(stated(start, "<", c, Domain((OTHER, c)), chain))


def test_two_applications_do_not_turn_sums_into_one() -> None:
    start = total(lam**2, ANY) ** 2 / total(lam**3, ANY)
    chain = Derivation(start).apply(IN_FRONT, T=ANY, c=lam).apply(IN_FRONT, T=ANY, c=lam**2).rewrite(total(lam, ANY))
    assert "lam is no number of this claim" in why(stated(start, "=", total(lam, ANY), Domain((ANY,)), chain))


def test_a_number_of_a_lemma_is_not_captured_by_a_letter_of_another_spectrum() -> None:
    wide = any_spectrum("W", "two letters", lam, c)
    start = total(c * lam, wide) * total(1, wide)
    chain = Derivation(start).apply(IN_FRONT, T=wide, c=c)
    assert "c is no number" in why(stated(start, "=", total(c, wide) * total(lam, wide), Domain((wide,)), chain))


def test_what_a_number_of_a_lemma_stands_for_is_real() -> None:
    b = letter("b", real=True)
    chain = Derivation(-b).using(SQUARE, "<=", ZERO, x=sp.sqrt(b))
    assert "needs b >= 0" in why(stated(-b, "<=", 0, Domain((b,)), chain))
    assert verify(stated(-b, "<=", 0, Domain((b,), (Condition(b, ">=", 0),)), chain)).holds


def test_a_lemma_about_another_root_says_nothing() -> None:
    k = letter("k", real=True)
    root = Equation(k, k**2 - a, bracket=(ZERO, sp.oo))
    lemma = stated(-k, "<", 0, Domain((a,)), Derivation(-k).bound("<", ZERO), given=(root,))
    chain = Derivation(-k).using(lemma, "<", ZERO)
    assert verify(stated(-k, "<", 0, Domain((a,)), chain, given=(root,))).holds
    other = Equation(k, k**2 - a, bracket=(-sp.oo, ZERO))
    assert "this claim is not given" in why(stated(-k, "<", 0, Domain((a,)), chain, given=(other,)))
    neither = stated(-k, "<", 0, Domain((a,)), chain, given=(Equation(k, k**2 - a),))
    assert "k is not shown to have exactly one value" in why(neither)


def quantity(value: Any, *names: Any) -> Quantity:
    return Quantity(V, "a mean", value, Setting((Sample.of(n, (X,)),), names))


X = gaussian("X", n, d)
MEAN = quantity(tr(X.T @ X))
FOURTH = quantity(tr(X.T @ X @ X.T @ X))
MEAN_SAYS = stated(MEAN, "=", n * d, Domain((n, d)), Derivation(MEAN).expect(X).in_names())


def test_a_claim_about_a_quantity_says_nothing_of_its_symbol() -> None:
    chain = Derivation(V).apply(MEAN_SAYS)
    assert "is about its own quantity V" in why(stated(V, "<=", n * d, Domain((n, d, V)), chain))
    other = (Equation(V, V - n * d - 1),)
    assert "is about its own quantity V" in why(stated(V, "=", n * d, Domain((n, d)), chain, given=other))
    assert verify(
        stated(
            V + 1, "=", n * d + 1, Domain((n, d)), Derivation(V + 1).apply(MEAN_SAYS), given=(Equation(V, V - n * d),)
        )
    ).holds


def test_a_claim_about_a_quantity_applies_to_that_very_quantity() -> None:
    line = n * d + 1
    assert verify(stated(MEAN, "<", line, Domain((n, d)), Derivation(MEAN).apply(MEAN_SAYS).bound("<", line))).holds
    wrong = Derivation(FOURTH).apply(MEAN_SAYS).bound("<", line)
    assert "something else than the quantity V" in why(stated(FOURTH, "<", line, Domain((n, d)), wrong))


def test_a_quantity_of_a_claim_is_no_number_of_it() -> None:
    with pytest.raises(ClaimError, match="V names the quantity and is another number"):
        stated(MEAN, "=", n * d, Domain((n, d, V)), Precision())


# -- names ----------------------------------------------------------------------------------------------------


def test_a_level_letter_and_a_number_have_different_names() -> None:
    number = letter("lam", nonnegative=True)
    start, line = total(lam, ANY), number * total(1, ANY)
    with pytest.raises(ClaimError, match="two different symbols print as lam"):
        stated(start, "<=", line, Domain((ANY, number)), Derivation(start).bound("<=", line))


def test_slacks_are_no_letters_of_users() -> None:
    slack = sp.Symbol("slack_a", nonnegative=True)
    positive = letter("a", positive=True)
    assert "fails at" in why(
        stated(positive, "<=", slack, Domain((positive, slack)), Derivation(positive).bound("<=", slack))
    )


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: stated(ANY * c, ">", 0, Domain((ANY, c)), Precision()), "the spectrum T is no number"),
        (
            lambda: stated(c, "=", total(lam, ANY), Domain((ANY,)), Precision(), given=(Equation(c, c - lam),)),
            "the equation of c uses lam, not in the domain",
        ),
        (lambda: stated(sp.Integral(c, (c, 0, 1)), "<", c, Domain((c,)), Precision()), "c runs in an integral"),
        (
            lambda: stated(c, ">", 5, Domain((c,), facts=(Condition(c, ">", 5),)), Precision()),
            "its domain states facts",
        ),
        (
            lambda: stated(c, "<", a, Domain((a,)), Precision(), given=(Equation(c, c - a), Equation(c, c - 2 * a))),
            "c is defined twice",
        ),
        (lambda: stated(sp.Dummy("z"), "<", a, Domain((a,)), Precision()), "_z is a Dummy, which has no name"),
    ],
)
def test_one_letter_has_one_role(make: Any, said: str) -> None:
    with pytest.raises(ClaimError, match=said):
        make()


def test_lines_are_made_of_the_symbols_of_their_claim() -> None:
    stray = letter("y", positive=True)
    chain = Derivation(a).bound("<", a + stray).bound("<", a + 2 * stray)
    assert "y is no symbol of the claim" in why(stated(a, "<", a + 1, Domain((a,)), chain))


@pytest.mark.parametrize("hidden", ["even", "odd", "prime", "irrational", "imaginary", "zero", "infinite", "rational"])
def test_assumptions_that_no_domain_checks_are_refused(hidden: str) -> None:
    z = sp.Symbol("z", **{hidden: True})
    with pytest.raises(DomainError, match=f"z is assumed to be {hidden}"):
        Domain((z,))


@pytest.mark.parametrize(
    "told", [{}, {"real": True}, {"integer": True}, {"negative": True}, {"real": True, "nonzero": True}]
)
def test_assumptions_that_a_domain_checks_are_taken(told: dict[str, bool]) -> None:
    z = sp.Symbol("z", **told)
    assert verify(stated(z, "<", z + 1, Domain((z,)), Derivation(z).bound("<", z + 1))).holds


# -- totals inside totals -------------------------------------------------------------------------------------


def test_each_total_is_read_with_the_conditions_of_its_own_spectrum() -> None:
    start = total(lam * total(lam - 1, ANY), BELOW)
    assert "fails at" in why(stated(start, "<", 0, Domain((BELOW, ANY)), Derivation(start).bound("<", ZERO)))
    start, line = (total(k / (lam - 3), ANY) / k + total(lam, BELOW) for k in (1, 2))
    told = why(stated(start, "=", line, Domain((BELOW, ANY)), Derivation(start).rewrite(line)))
    assert "cannot show lam - 3 != 0" in told


def test_an_inner_total_that_varies_stays_inside() -> None:
    inner = total(1 / (lam + mu), ANY)
    left, right = total(mu * inner, OTHER) * total(1, OTHER), total(inner, OTHER) * total(mu, OTHER)
    assert "is not" in why(stated(left, "=", right, Domain((ANY, OTHER)), Derivation(left).rewrite(right)))


def test_inner_letters_are_not_those_of_the_outer_total() -> None:
    """2 levels, 1 and 2, outside; 1 level, 5, inside: (1 + 2) * 5."""
    start = total(lam * total(lam, BELOW), ANY)
    inside = start.xreplace({ANY: domain.LevelTable((lam,), [(1, 1), (1, 2)])})
    assert inside.xreplace({BELOW: domain.LevelTable((lam,), [(1, 5)])}) == 15


# -- certificates and settings --------------------------------------------------------------------------------


@pytest.mark.parametrize("told", [{"positive": True}, {"integer": True}, {"nonnegative": True}])
def test_a_new_variable_of_a_certificate_is_what_its_range_says(told: dict[str, bool]) -> None:
    v = letter("v", **told)
    unit = Domain((x,), (Condition(x, ">", -1), Condition(x, "<", 1)))
    evidence = Certificate(substitute={x: v}, ranges={v: (-1, 1)})
    with pytest.raises(ClaimError, match="v is no such number in its range; declare it real"):
        verify(stated(sp.sqrt(x**2), "<", x + sp.Rational(1, 10), unit, evidence))


A, B, s = fixed("A", d, d, symmetric=True), fixed("B", d, d, symmetric=True), letter("s", real=True)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (((s, tr(A)), (s, tr(B))), "s is defined twice"),
        (((d, tr(A)),), "cols is a size of a matrix and a scalar"),
        (((s, tr(A) * s),), "the definition of s uses s"),
        (((V, tr(A)),), "V names the quantity"),
    ],
)
def test_scalars_sizes_and_quantities_are_different_letters(names: Any, said: str) -> None:
    with pytest.raises(TraceError, match=said):
        quantity(tr(X.T @ X @ A), *names)


# -- the generator --------------------------------------------------------------------------------------------


def test_no_false_claim_holds_and_true_ones_do() -> None:
    found = measure(cases, 20261128, 510)
    assert not found.wrong
    true = sum(k for (_, is_true, _), k in found.counts.items() if is_true)
    held = sum(k for (_, is_true, became), k in found.counts.items() if is_true and became is Outcome.HOLDS)
    assert found.tried - true > 250
    # What is lost: claims whose letters are assumed to be even or prime, and roots of other equations.
    assert held > 0.75 * true


@pytest.mark.parametrize(
    ("home", "guard", "family", "tried"),
    [
        (lemmas, "_require_spectrum", "levels", 40),
        (lemmas, "_require_number", "real_values", 40),
        (formula_steps, "require_named", "quantities", 40),
        (domain, "require_checked", "whole_values", 100),
        (problem, "true_between", "new_variables", 1),
    ],
)
def test_without_its_guard_a_family_finds_false_claims_that_hold(
    home: Any, guard: str, family: str, tried: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = next(f for f in FAMILIES if f.__name__ == family)

    def one_family(rng: np.random.Generator) -> Iterator[Case]:
        while True:
            yield made(rng)

    monkeypatch.setattr(home, guard, lambda *_: guard == "true_between" or None)
    if home is domain:
        monkeypatch.setattr(names, guard, lambda _: None)
    assert measure(one_family, 7, tried).wrong
