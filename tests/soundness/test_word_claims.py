"""No false claim about random matrices holds: what cancels is needed all the same, and the kernel agrees."""

from __future__ import annotations

import pytest
import sympy as sp
from adversary import Outcome, measure, outcome
from words_cases import Case, V, X, cases, claim, d, n, ranks

from w2s_sym import Condition, Domain, Quantity, Sample, Setting, gram_inverse, pinv, projector, tr
from w2s_sym.evidence.derivation import recheck, replay

HAT = Quantity(V, "", tr(projector(X)), Setting((Sample.of(n, (X,)),)))
FITS = Domain((d, n), (Condition(n, ">=", d),))


def test_the_trace_of_a_projector_needs_its_inverse() -> None:
    assert outcome(Case("D1", lambda: claim(HAT, d, Domain((d, n))), False)) is Outcome.UNDECIDED
    assert outcome(Case("D1", lambda: claim(HAT, d, FITS), True)) is Outcome.HOLDS


@pytest.mark.parametrize("lost", ["difference", "zero", "identity"])
def test_what_is_gone_is_needed_all_the_same(lost: str) -> None:
    inverse = tr(gram_inverse(X))
    value = {"difference": inverse - inverse, "zero": inverse * 0, "identity": tr(pinv(X) @ X) - d}[lost]
    quantity = Quantity(V, "", value, Setting((Sample.of(n, (X,)),)))
    assert outcome(Case("D1", lambda: claim(quantity, sp.Integer(0), Domain((d, n))), False)) is Outcome.UNDECIDED
    assert outcome(Case("D1", lambda: claim(quantity, sp.Integer(0), FITS), True)) is Outcome.HOLDS


def test_no_false_claim_of_the_generator_holds() -> None:
    found = measure(cases, 0, 320)
    assert [case.rule for case in found.wrong] == []
    true = sum(k for (_, is_true, _), k in found.counts.items() if is_true)
    held = sum(k for (_, is_true, became), k in found.counts.items() if is_true and became is Outcome.HOLDS)
    assert true >= 60
    assert held >= 0.95 * true


def test_the_kernel_alone_finds_lost_inverses(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the conditions switched off, the kernel finds the sizes at which there is no inverse."""
    monkeypatch.setattr(replay, "_require_existence", lambda quantity, claim: None)
    assert measure(ranks, 1, 60).wrong == []


def test_the_generator_has_teeth(monkeypatch: pytest.MonkeyPatch) -> None:
    """With both guards switched off, false claims hold."""
    monkeypatch.setattr(replay, "_require_existence", lambda quantity, claim: None)
    monkeypatch.setattr(recheck, "_agree", lambda record, where: None)
    assert measure(ranks, 1, 60).wrong != []
