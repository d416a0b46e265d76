"""No false inequality gets a certificate, however close it is to a true one."""

from __future__ import annotations

from typing import Any

import pytest
from adversary import Outcome, measure
from certificate_cases import FAMILIES, cases

from w2s_sym.evidence.certificate import certificate as module


def test_no_false_inequality_holds() -> None:
    found = measure(cases, 5, 4 * len(FAMILIES))
    assert found.wrong == []
    true = {k: n for k, n in found.counts.items() if k[1]}
    held = sum(n for (_, _, became), n in true.items() if became is Outcome.HOLDS)
    assert held >= 0.5 * sum(true.values())  # touching sides and the smallest gaps are beyond boxes
    assert not any(became is Outcome.REFUTED for _, _, became in true)
    refuted = sum(n for (_, truth, became), n in found.counts.items() if not truth and became is Outcome.REFUTED)
    assert refuted >= 10


def test_the_cases_have_teeth(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what is checked about factors, functions and definedness switched off, false inequalities hold."""
    problem: Any = __import__("w2s_sym.evidence.certificate.problem", fromlist=["problem"])
    monkeypatch.setattr(problem, "same", lambda *sides: True)
    monkeypatch.setattr(problem, "defined", lambda *rest: None)
    monkeypatch.setattr(module, "require_agreement", lambda *rest: None)
    monkeypatch.setattr(module, "counterexample", lambda *rest: None)
    assert measure(cases, 5, 4 * len(FAMILIES)).wrong != []
