"""What Coq accepts of a user's claims, and that it accepts no false one when nothing else looks."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest
import sympy as sp

from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Iff, Precision, Source, any_spectrum, symbol, total
from w2s_sym.claims.run import NoMemory
from w2s_sym.coq.axioms import ALLOWED
from w2s_sym.coq.judge import Reply, assumptions, opinions, write
from w2s_sym.coq.toolchain import installed, missing

COQ = installed()
needs_coq = pytest.mark.skipif(COQ is None, reason=missing())
SOURCE = Source("toy2026", "A. Theorist", "On toys", 2026)
x, y, r = symbol("x", "a number", positive=True), symbol("y", "a number"), symbol("r", "an exponent", positive=True)
lam = symbol("lam", "an eigenvalue", r"\lambda_i", positive=True)
S = any_spectrum("S", "a spectrum below one", lam, conditions=(Condition(lam, "<", 1),))
T = any_spectrum("T", "a spectrum", lam)


def claim(name: str, statement: Compare | Iff, domain: Domain, chain: Derivation) -> Claim:
    return Claim(name, "A toy.", statement, domain, SOURCE, (chain,))


def bound(name: str, left: sp.Expr, relation: str, right: sp.Expr, domain: Domain, by: sp.Expr | None = None) -> Claim:
    return claim(name, Compare(left, relation, right), domain, Derivation(left).bound(relation, right, by=by))


# Powers of 1 - x/z, for x below z, and of a quotient in whose parts there are powers.
z = symbol("z", "a larger number", positive=True)
BELOW = Domain((x, z, r), (Condition(x, "<", z),))
NESTED = (1 + x) ** r / (1 + (1 + x) ** r)
FALLING = sp.Derivative(total(sp.exp(-y * lam), T), y)
SQUARES = bound("squares_below", total(lam**2, S), "<", total(lam, S), Domain((S,)), total(lam * (1 - lam), S))
TRUE = (
    SQUARES,
    bound("larger", x, "<", x + 1, Domain((x,))),
    bound("mean_of_squares", 2 * x * y, "<=", x**2 + y**2, Domain((x, y)), (x - y) ** 2),
    claim("quotient", Compare((x**2 - 1) / (x + 1), "=", x - 1), Domain((x,)), Derivation((x**2 - 1) / (x + 1))),
    claim("powers", Compare(x**r * x, "=", x ** (r + 1)), Domain((x, r)), Derivation(x**r * x)),
    claim(
        "falling",
        Compare(FALLING, "=", -total(lam * sp.exp(-y * lam), T)),
        Domain((T, y)),
        Derivation(FALLING).differentiate(),
    ),
    claim("share", Compare((1 - x / z) ** r * z**r, "=", (z - x) ** r), BELOW, Derivation((1 - x / z) ** r * z**r)),
    claim("nested", Compare(NESTED ** (r + 1), "=", NESTED**r * NESTED), Domain((x, r)), Derivation(NESTED ** (r + 1))),
    claim("same_sign", Iff(Compare(x * y, "<", 0), Compare(y, "<", 0)), Domain((x, y)), Derivation.same_sign()),
)
LINEAR = claim(
    "linear", Compare(total(x * lam, T), "=", x * total(lam, T)), Domain((T, x)), Derivation(total(x * lam, T))
)
CUBES = Compare(total(lam**2, T) ** 2 / total(lam**3, T), "=", total(lam, T))
# Written without any check of ours: the statement is false, or has no value somewhere.
FALSE = (
    bound("squares_below_everywhere", total(lam**2, T), "<", total(lam, T), Domain((T,)), total(lam * (1 - lam), T)),
    claim(
        "renamed_spectrum",
        Compare(total(lam**2, T), "<", total(lam, T)),
        Domain((T,)),
        Derivation(total(lam**2, T)).using(SQUARES, "<", total(lam, T), S=T),
    ),
    claim("captured", CUBES, Domain((T,)), Derivation(CUBES.lhs).apply(LINEAR, x=lam).apply(LINEAR, x=lam**2)),
    bound("smaller", x, "<", x / 2, Domain((x,))),
    claim("no_value_at_one", Compare((x**2 - 1) / (x - 1), "=", x + 1), Domain((x,)), Derivation((x**2 - 1) / (x - 1))),
    claim("roots", Compare(sp.sqrt(y**2), "=", y), Domain((y,)), Derivation(sp.sqrt(y**2))),
    claim(
        "rising",
        Compare(FALLING, "=", total(lam * sp.exp(-y * lam), T)),
        Domain((T, y)),
        Derivation(FALLING).differentiate(),
    ),
    claim(
        "wrong_share", Compare((1 - x / z) ** r * z**r, "=", (z + x) ** r), BELOW, Derivation((1 - x / z) ** r * z**r)
    ),
    claim("one_way", Iff(Compare(y**2, ">", 0), Compare(y, ">", 0)), Domain((y,)), Derivation.same_sign()),
    claim("logarithms", Compare(sp.log(y**2), "=", 2 * sp.log(y)), Domain((y,)), Derivation(sp.log(y**2))),
)


@needs_coq
def test_true_claims_are_accepted_with_the_axioms_of_the_reals_alone() -> None:
    assert COQ is not None
    found = opinions(TRUE, COQ, NoMemory())
    assert {name: (o.answer, o.reason) for name, o in found.items() if not o.accepted} == {}
    assert all(o.judge == COQ.name and len(o.digest) == 64 for o in found.values())


@needs_coq
def test_no_false_claim_is_accepted_when_nothing_else_looks() -> None:
    assert COQ is not None
    found = opinions(FALSE, COQ, NoMemory())
    assert len(found) == len(FALSE)
    assert not any(o.accepted for o in found.values())
    assert all(o.reason for o in found.values())


@needs_coq
def test_a_claim_that_rests_on_what_no_worker_can_be_sent_is_judged() -> None:
    class OfThisTest(Precision):
        pass

    below = Claim("below", "A toy.", Compare(x, "<", x + 2), Domain((x,)), SOURCE, (OfThisTest(),))
    with pytest.raises((AttributeError, pickle.PicklingError)):
        pickle.dumps(below)
    assert COQ is not None
    (opinion,) = opinions((replace(TRUE[1], rests_on=(below,)),), COQ, NoMemory()).values()
    assert opinion.accepted


@needs_coq
def test_an_assumption_of_ours_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert COQ is not None
    from w2s_sym.coq import judge

    honest = judge.file_text

    def cheating(each: Claim) -> str:
        head, statement = honest(each).split("Theorem", 1)
        name = statement.split(" :", 1)[0].strip()
        stated = statement.split("Proof.", 1)[0].rstrip().removesuffix(".")
        return f"{head}Axiom{stated.replace(name, name, 1)}.\nPrint Assumptions {name}.\n"

    monkeypatch.setattr(judge, "file_text", cheating)
    (opinion,) = opinions(TRUE[1:2], COQ, NoMemory()).values()
    assert opinion.answer is Reply.REJECTED
    assert "the theorem assumes toy2026__larger" in opinion.reason


def test_what_a_theorem_assumes_is_read_from_what_coq_prints() -> None:
    printed = "Axioms:\nClassicalDedekindReals.sig_not_dec : forall P : Prop, {~ ~ P} + {~ P}\nmine\n  : False\n"
    assert assumptions("Closed under the global context\n") == ()
    assert assumptions(printed) == ("ClassicalDedekindReals.sig_not_dec", "mine")
    assert set(assumptions(printed)) - ALLOWED == {"mine"}


def test_what_has_no_words_in_coq_is_told() -> None:
    refused = write(
        claim("g", Compare(sp.gamma(x) + 0 * x, "=", sp.gamma(x + 1) / x), Domain((x,)), Derivation(sp.gamma(x)))
    )
    assert refused.refusal is not None
    assert (refused.refusal.answer, refused.refusal.reason) == (Reply.UNSAID, "gamma is not translated")
