"""Given equations are definitions: no false claim holds on the strength of one that defines nothing."""

from __future__ import annotations

import pytest
import sympy as sp

from tests.soundness.adversary import Outcome, measure
from tests.soundness.given_cases import SOURCE, a, b, cases
from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Equation,
    Precision,
    any_spectrum,
    symbol,
    total,
    verify,
)
from w2s_sym.claims import results
from w2s_sym.claims.statement import ClaimError, Statement

k = symbol("k", "a root", positive=True)
D = Domain((a,))
UNIT = (sp.Integer(0), sp.Integer(1))
ONE = sp.Integer(1)


def made(
    statement: Statement, equation: Equation, *proof: Derivation, domain: Domain = D, rivals: tuple[sp.Expr, ...] = ()
) -> Claim:
    return Claim(
        "made", "A sentence.", statement, domain, SOURCE, (*proof, Precision()), given=(equation,), rivals=rivals
    )


# -- the examples ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claim",
    [
        made(Compare(k, "<", 1), Equation(k, k - a, UNIT), Derivation(k).bound("<", ONE)),
        made(Compare(k, "<", 1), Equation(k, k**2 - a, UNIT), Derivation(k).bound("<", ONE), rivals=(ONE / 2,)),
        made(Compare(a, "<", 1), Equation(k, k - a, UNIT), Derivation(a).bound("<", ONE, by=1 - k)),
        made(Compare(a, ">", 5), Equation(k, k - a + 5), Derivation(a).bound(">", ONE * 5, by=-k)),
    ],
    ids=["below one", "root below one", "parameter below one", "parameter above five"],
)
def test_a_bracket_and_a_sign_say_nothing_of_the_parameters(claim: Claim) -> None:
    found = verify(claim)
    assert not found.holds
    assert all("k is not shown to have exactly one value at every point" in f.summary for f in found.findings)


def test_the_same_claims_hold_where_the_condition_is_stated() -> None:
    below, above = Domain((a,), (Condition(a, "<", 1),)), Domain((a,), (Condition(a, ">", 5),))
    for claim in (
        made(Compare(k, "<", 1), Equation(k, k - a, UNIT), Derivation(k).bound("<", ONE), domain=below),
        made(Compare(k, "<", 1), Equation(k, k**2 - a, UNIT), Derivation(k).bound("<", ONE), domain=below),
        made(Compare(k, ">", 0), Equation(k, k - a + 5), Derivation(k).bound(">", 0 * a), domain=above),
    ):
        assert verify(claim).holds, claim.given


def test_a_derivative_along_what_moves_a_defined_symbol_is_refused() -> None:
    with pytest.raises(ClaimError, match=r"Derivative\(a\*k, a\) runs along a, with which k moves by its equation"):
        made(Compare(sp.Derivative(k * a, a), "=", k), Equation(k, k - a))


# -- what else is no definition -------------------------------------------------------------------------------

j = symbol("j", "a root of either sign", real=True)
whole = symbol("i", "an integer", integer=True, positive=True)
lam = symbol("lam", "an eigenvalue", positive=True)
S = any_spectrum("S", "a spectrum", lam)


@pytest.mark.parametrize(
    ("equation", "reason"),
    [
        (Equation(k, (k - 1) ** 2 - k**2 + 2 * k - 1, UNIT), "rises, or falls"),  # true of every k
        (Equation(k, (k - a) ** 2), "rises, or falls"),  # a double root
        (Equation(k, (b - 1) * (k - a)), "b - 1 != 0"),  # of every k where b = 1
        (Equation(k, k - a, (0, a)), "a < a"),  # at an end
        (Equation(k, k**2 - a**2, (0, a)), "positive where k tends to a"),
        (Equation(k, k**3 - a, (2, 1)), "2 < 1, the ends of the bracket"),
        (Equation(k, k - a, (b, 2 * b)), "a > b"),
        (Equation(k, (k - a) / (k - b)), "a - b != 0"),  # where a = b it has no value
        (Equation(k, (k - a) * (k - a - b)), "rises, or falls"),  # two roots
        (Equation(j, j**2 - a), "rises, or falls"),  # one of each sign
        (Equation(j, j**2 + a), "rises, or falls"),  # none
        (Equation(whole, whole - a), "that a is integer"),
        (Equation(whole, whole**3 - a), "that _i is integer"),
        (Equation(k, sp.log(k) - a, (0, 1)), "positive where k tends to 1"),
        (Equation(k, sp.Abs(k - a) - b), "that Abs is smooth"),
        (Equation(k, sp.floor(k) - a), "that floor is smooth"),
        (Equation(k, total(lam / (lam + k), S) - a), "positive where k tends to 0"),  # needs a below the count
    ],
    ids=str,
)
def test_no_definition(equation: Equation, reason: str) -> None:
    claim = made(Compare(equation.unknown, ">", -1), equation, domain=Domain((a, b, S)))
    found = verify(claim)
    assert not found.holds
    assert reason in found.findings[0].summary
    assert "not shown to have exactly one value" in found.findings[0].summary


def test_definitions_that_are_proved_one_way_each() -> None:
    """A formula, a change of sign among coefficients, a monotone left side, a sum over a spectrum, two in a row."""
    count = Condition(a, "<", total(1, S))
    for equation, conditions in (
        (Equation(whole, whole - 3), ()),
        (Equation(j, (1 + b) * j - a, (-sp.oo, a)), ()),
        (Equation(k, k**2 - a * k - b), ()),
        (Equation(k, k * (1 - a / (1 + k)) - b, (b, a + b)), ()),
        (Equation(j, sp.exp(j) + j - a, (-sp.oo, a)), ()),
        (Equation(k, sp.log(k) - a), ()),
        (Equation(k, total(lam / (lam + k), S) - a), (count,)),
    ):
        claim = made(Compare(equation.unknown, ">", -(10**9)), equation, domain=Domain((a, b, S), conditions))
        assert results.undefined(claim.given, claim.domain, None) is None, equation


def test_a_root_at_the_lower_end_is_not_inside() -> None:
    claim = made(Compare(j, "<", 2 * a), Equation(j, j - a, (a, 2 * a)))
    assert "a > a is not proved" in verify(claim).findings[0].summary


def test_a_condition_on_a_defined_symbol_counts_only_after_it_is_defined() -> None:
    """k < 1 restricts the domain to a < 1; it does not show that k, which is a, lies below 1."""
    below = Domain((a, k), (Condition(k, "<", 1),))
    claim = made(Compare(a, "<", 1), Equation(k, k - a), Derivation(a).bound("<", ONE, by=1 - k), domain=below)
    assert verify(claim).holds
    assert not verify(made(Compare(a, "<", 1), Equation(k, k - a, UNIT), domain=below)).holds


def test_a_lemma_about_one_root_is_not_used_for_another() -> None:
    """k^2 - 4 k + 3 = a has a root below 2 and one above, for a < 1."""
    domain, left = Domain((a,), (Condition(a, "<", 1),)), k**2 - 4 * k + 3 - a
    lemma = Claim(
        "below",
        "A sentence.",
        Compare(k, "<", 2),
        domain,
        SOURCE,
        (Derivation(k).bound("<", ONE * 2),),
        given=(Equation(k, left, (0, 2)),),
    )
    assert verify(lemma).holds
    used = Derivation(k).using(lemma, "<", ONE * 2)
    other = Claim("o", "A sentence.", lemma.statement, domain, SOURCE, (used,), given=(Equation(k, left, (2, 5)),))
    assert not verify(other).holds
    assert "this claim is not" in verify(other).findings[0].summary


def test_a_domain_takes_nothing_for_granted() -> None:
    granted = Domain((a,), facts=(Condition(a, "<", 1),))
    with pytest.raises(ClaimError, match="its domain states facts"):
        Claim("granted", "A toy.", Compare(a, "<", 1), granted, SOURCE, (Derivation(a).bound("<", ONE),))


# -- the generator --------------------------------------------------------------------------------------------


def test_no_false_claim_of_the_generator_holds() -> None:
    found = measure(cases, 0, 300)
    assert [c.rule for c in found.wrong] == []
    true = sum(n for (_, true, _), n in found.counts.items() if true)
    held = sum(n for (_, true, o), n in found.counts.items() if true and o is Outcome.HOLDS)
    assert true >= 40
    assert held == true


def test_the_generator_finds_the_hole_when_the_proof_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "undefined", lambda given, domain, witness: None)
    assert measure(cases, 0, 30).wrong
