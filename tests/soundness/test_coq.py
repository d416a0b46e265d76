"""False claims go to Coq with the front checks switched off: it accepts none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp

from tests.coq.coq_files import COQ, needs_coq
from tests.soundness import defined_cases, given_cases, lemma_cases, words_cases
from tests.soundness.adversary import Case
from tests.soundness.given_cases import SOURCE, a
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Equation, any_spectrum, symbol, total
from w2s_sym.claims import names, results
from w2s_sym.coq import development
from w2s_sym.coq.judge import Reply, needed, write
from w2s_sym.coq.one_root import one_root_theorems
from w2s_sym.coq.statement import theorem_name
from w2s_sym.coq.toolchain import compile_file
from w2s_sym.evidence.derivation import bounds, equivalences, formula_steps, lemmas, limits_at_infinity, replay
from w2s_sym.formula import domain

k, real_k = symbol("k", "a root", positive=True), symbol("k", "a root", real=True)
lam, n = symbol("lam", "an eigenvalue", positive=True), symbol("n", "a number", positive=True)
S = any_spectrum("S", "a spectrum", lam)
ZERO, ONE, FIVE = sp.Integer(0), sp.Integer(1), sp.Integer(5)


def accepted(claim: Claim, place: Path) -> Reply:
    """What comes of a claim, with the lemmas that it uses."""
    assert COQ is not None
    files = {f"{theorem_name(each)}.v": write(each) for each in needed((claim,))}
    refusals = [made.refusal.answer for made in files.values() if made.refusal is not None]
    if refusals:
        return refusals[-1]
    for name, made in files.items():
        (place / name).write_text(made.text, encoding="utf-8")
        if compile_file(COQ, place, name, seconds=20).problem:
            return Reply.REJECTED
    return Reply.ACCEPTED


def switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of what looks at claims before Coq does."""
    for module, name in (
        (lemmas, "_require_spectrum"),
        (lemmas, "_require_number"),
        (formula_steps, "require_named"),
        (domain, "require_checked"),
        (names, "require_checked"),
        (results, "undefined"),
        (replay, "defined"),
        (bounds, "defined"),
        (limits_at_infinity, "defined"),
        (equivalences, "first_undefined"),
    ):
        monkeypatch.setattr(module, name, lambda *_: None)


def false_claims(cases: Callable[[np.random.Generator], Iterator[Case]], count: int) -> Iterator[tuple[str, Claim]]:
    """The false ones among so many cases, as far as they are claims at all."""
    stream = cases(np.random.Generator(np.random.PCG64(5)))
    for case in (next(stream) for _ in range(count)):
        if case.true:
            continue
        try:
            made = case.make()
        except ValueError:  # no statement that anything could be asked about
            continue
        yield case.rule, made


def about_lemmas_and_names(rng: np.random.Generator) -> Iterator[Case]:
    """Without the family whose statements are true of all numbers, and refused for what SymPy knows beside them."""
    while True:
        for family in lemma_cases.FAMILIES:
            if family is not lemma_cases.assumptions:
                yield family(rng)


@needs_coq
@pytest.mark.parametrize(
    ("cases", "count", "tried"),
    [
        (about_lemmas_and_names, 40, 8),
        (given_cases.cases, 40, 8),
        (defined_cases.cases, 40, 4),
        (words_cases.cases, 20, 0),
    ],
    ids=["A and C", "B", "D2 and D3", "D1"],
)
def test_no_false_claim_of_the_generators_is_accepted(
    cases: Any, count: int, tried: int, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    switched_off(monkeypatch)
    became = [(rule, each, accepted(each, place)) for rule, each in false_claims(cases, count)]
    assert [(rule, str(each.statement)) for rule, each, reply in became if reply is Reply.ACCEPTED] == []
    assert len(became) >= tried


def defined(statement: Compare, equation: Equation, *chain: Derivation, where: Domain) -> Claim:
    return Claim("defined", "A sentence.", statement, where, SOURCE, chain, given=(equation,))


D = Domain((a,))
UNSOLVED = (
    # The hypotheses speak of a root in the bracket: there is none for a >= 1, or never, or there are two.
    defined(Compare(k, "<", 1), Equation(k, k - a, (ZERO, ONE)), Derivation(k).bound("<", ONE), where=D),
    defined(Compare(a, "<", 1), Equation(k, k - a, (ZERO, ONE)), Derivation(a).bound("<", ONE, by=1 - k), where=D),
    defined(Compare(a, ">", 5), Equation(k, k - a + 5), Derivation(a).bound(">", FIVE, by=-k), where=D),
    defined(Compare(k, ">", 0), Equation(k, k + a), Derivation(k).bound(">", ZERO), where=D),
    defined(
        Compare(total(1, S), ">", 0),
        Equation(k, total(lam / (lam + k), S) - n),  # no root for n >= |S|
        Derivation(total(1, S)).bound(">", ZERO),
        where=Domain((S, n)),
    ),
    defined(
        Compare(-(real_k**2), "<=", 0),
        Equation(real_k, real_k**2 - a),
        Derivation(-(real_k**2)).bound("<=", ZERO),
        where=D,
    ),
)
SOLVED = (
    defined(
        Compare(k, "<", 1),
        Equation(k, k - a, (ZERO, ONE)),
        Derivation(k).bound("<", ONE),
        where=Domain((a,), (Condition(a, "<", 1),)),
    ),
    defined(
        Compare(a, ">", 5),
        Equation(k, k - a + 5),
        Derivation(a).bound(">", FIVE, by=-k),
        where=Domain((a,), (Condition(a, ">", 5),)),
    ),
    defined(
        Compare(total(1, S), ">", 0),
        Equation(k, total(lam / (lam + k), S) - n),
        Derivation(total(1, S)).bound(">", ZERO),
        where=Domain((S, n), (Condition(n, "<", total(1, S)),)),
    ),
)


@needs_coq
@pytest.mark.parametrize("claim", UNSOLVED)
def test_a_claim_whose_equation_has_no_root_or_two_is_not_accepted(claim: Claim, place: Path) -> None:
    assert accepted(claim, place) is not Reply.ACCEPTED


@needs_coq
@pytest.mark.parametrize("claim", SOLVED)
def test_a_claim_whose_equation_has_one_root_is_accepted(claim: Claim, place: Path) -> None:
    assert accepted(claim, place) is Reply.ACCEPTED


@needs_coq
def test_without_that_theorem_false_claims_are_accepted(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(development, "root_proofs", lambda _: ())
    assert [accepted(each, place) for each in UNSOLVED[:3]] == [Reply.ACCEPTED] * 3


def test_what_is_to_be_shown_of_an_equation() -> None:
    whole, m = symbol("m", "an integer", integer=True, positive=True), symbol("m_2", "a number", real=True)
    first = Equation(k, k / a - total(lam, S), (ZERO, n))
    claim = Claim(
        "two",
        "A sentence.",
        Compare(k, ">", 0),
        Domain((S, a, n, m, k), (Condition(k, "<", 7), Condition(n, "<", 9))),
        SOURCE,
        (Derivation(k),),
        given=(first, Equation(whole, whole - k * m)),
    )
    spectrum = "(level_S_ : Type) (S_ : list level_S_) (lam_S_ : level_S_ -> R)"
    first_text, second_text = (each.text().splitlines() for each in one_root_theorems(claim))
    assert first_text == [
        f"Theorem given__two__root_0 : forall {spectrum} (a : R) (n : R) (m_2 : R),",
        "  S_ <> nil ->",
        "  (forall i, In i S_ -> 0 < lam_S_ i) ->",
        "  0 < a ->",
        "  0 < n ->",
        "  n < 9 ->",
        "  exists k, (0 < k /\\ k < n /\\ a <> 0 /\\ - total (fun i => lam_S_ i) S_ + k / a = 0) /\\",
        "    forall k_2, 0 < k_2 -> k_2 < n -> a <> 0 -> - total (fun i => lam_S_ i) S_ + k_2 / a = 0 -> k_2 = k.",
    ]
    # The conditions on k, its equation and its bracket are known when m is defined.
    assert second_text == [
        f"Theorem given__two__root_1 : forall {spectrum} (a : R) (n : R) (m_2 : R) (k : R),",
        "  S_ <> nil ->",
        "  (forall i, In i S_ -> 0 < lam_S_ i) ->",
        "  0 < a ->",
        "  0 < n ->",
        "  0 < k ->",
        "  k < 7 ->",
        "  n < 9 ->",
        "  - total (fun i => lam_S_ i) S_ + k / a = 0 ->",
        "  0 < k ->",
        "  k < n ->",
        "  exists m, (0 < m /\\ - m_2 * k + m = 0 /\\ integer m /\\ 1 <= m) /\\",
        "    forall m_3, 0 < m_3 -> - m_2 * k + m_3 = 0 -> m_3 = m.",
    ]
