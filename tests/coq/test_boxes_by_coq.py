"""Certificates before Coq: true ones are accepted, and boxes that prove nothing are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from tests.coq.coq_files import compiled, needs_coq
from w2s_sym import Certificate, Claim, Compare, Condition, Domain, Source, symbol
from w2s_sym.coq.axioms import ALLOWED
from w2s_sym.coq.judge import assumptions
from w2s_sym.coq.proofs import proof
from w2s_sym.coq.shapes import NoScript
from w2s_sym.evidence.certificate.problem import BoxProblem

SOURCE = Source("toy2026", "A. Theorist", "On toys", 2026)
x, y = symbol("x", "a number", positive=True), symbol("y", "another", positive=True)
z, s = symbol("z", "a number of any sign"), sp.Symbol("s", positive=True)
UNIT = Domain((x,), (Condition(x, "<", 1),))
SQUARE = Domain((x, y), (Condition(x, "<", 1), Condition(y, "<", 1)))


class Stated(Certificate):
    """A certificate whose boxes nobody looked for: one box, the whole range, with zeros as they are stated."""

    zeros: tuple[tuple[int, ...], ...] = ()

    def boxes(self, claim: Claim) -> tuple[BoxProblem, list[dict[str, Any]]]:
        problem = self._prepare(claim)
        zeros = tuple(tuple(map(sp.Integer, nodes)) for nodes in self.zeros) or problem.zeros
        divide = [i for i, nodes in enumerate(zeros) if nodes]
        whole = problem.record(self.bits)["domain"]
        return replace(problem, zeros=zeros), [{"box": whole, "divide": divide, "order": 0, "bound": "1"}]


class Vanishing(Stated):
    """States a zero of order two at zero."""

    zeros = ((0, 0),)


def claim(name: str, left: Any, relation: str, right: Any, domain: Domain, certificate: Certificate) -> Claim:
    return Claim(name, "A toy.", Compare(left, relation, sp.sympify(right)), domain, SOURCE, (certificate,))


CHANGED = Certificate({x: sp.exp(-s)}, {s: (0, sp.oo)}, (sp.exp(-s), s**2, y, 1 - y))
FIFTH = sp.Rational(1, 5)
TRUE = (
    claim("tangent_of_a_power", y * (1 - x), "<", 1 - x**y, SQUARE, CHANGED),
    claim("zero_inside", 1 + z, "<=", sp.exp(z), Domain((z,)), Certificate(factors=(z**2,))),
    claim("grows", sp.sqrt(x), "<", 1 + x, Domain((x,)), Certificate()),
    claim("many_boxes", x * y * (1 - x), "<", FIFTH + y / 10, SQUARE, Certificate()),
)
FALSE = (
    claim("below_its_maximum", x * (1 - x), "<", FIFTH, UNIT, Stated()),
    claim("turned_around", sp.exp(x), "<", 1 + x + x**2 / 2, UNIT, Stated(factors=(x**3,))),
    claim("first_order_only", 1 + 2 * x, "<", sp.exp(x), UNIT, Vanishing()),
    claim("falls_far_out", sp.exp(x / 10), "<", 2 + x, Domain((x,)), Stated()),
)


@needs_coq
@pytest.mark.parametrize("each", TRUE, ids=lambda c: c.name)
def test_true_certificates_are_accepted_with_the_axioms_that_are_allowed(place: Path, each: Claim) -> None:
    done = compiled(place, each)
    assert done.problem == ""
    assert set(assumptions(done.printed)) <= ALLOWED


@needs_coq
@pytest.mark.parametrize("each", FALSE, ids=lambda c: c.name)
def test_false_claims_are_not_accepted_whatever_boxes_are_stated(place: Path, each: Claim) -> None:
    assert compiled(place, each).problem != ""


def test_no_boxes_no_script() -> None:
    with pytest.raises(NoScript, match="no boxes are found"):
        proof(claim("none", x * (1 - x), "<", sp.Rational(1, 4) + sp.Rational(1, 10**9), UNIT, Certificate(budget=3)))


def test_boxes_with_a_gap_give_no_script(monkeypatch: pytest.MonkeyPatch) -> None:
    halves = [{"box": [[low, high]], "divide": [], "order": 0} for low, high in (("0", "1/4"), ("1/2", "1"))]
    monkeypatch.setattr(Stated, "boxes", lambda self, of: (self._prepare(of), halves))
    with pytest.raises(NoScript, match="leave a gap"):
        proof(claim("gap", x * (1 - x), "<", 1, UNIT, Stated()))
