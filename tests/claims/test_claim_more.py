"""Corners of claims: which of several reasons is told, and listed points under equations with symbols of their own."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.points import point_plan
from w2s_sym.claims.results import Result
from w2s_sym.claims.run import Run
from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import Compare, Equation
from w2s_sym.formula.domain import Domain

x, y = sp.symbols("x y", real=True)
kappa = sp.Symbol("kappa", positive=True)


@dataclass(frozen=True)
class Stub(Evidence):
    kind: str = "stub"

    def check(self, claim: Claim, run: Run) -> Finding:
        return Finding(self.kind, Verdict.AGREES, "agrees")


def claim(domain: Domain, given: tuple[Equation, ...] = ()) -> Claim:
    source = Source("toy", "A", "T", 2024)
    return Claim("c", "A sentence.", Compare(x, "=", x + y), domain, source, (Stub(),), given=given)


def test_the_first_refutation_is_told() -> None:
    made = claim(Domain((x, y)))
    refutations = tuple(Finding(kind, Verdict.REFUTED, f"by {kind}") for kind in ("first", "second", "third"))
    assert Result(made, (Finding("zeroth", Verdict.AGREES, "fine"), *refutations)).why() == "first refutes it: by first"


def test_listed_points_are_drawn_only_when_they_fix_every_symbol() -> None:
    listed = ({x: sp.Integer(1), y: sp.Integer(0)}, {x: sp.Integer(2), y: sp.Integer(0)})
    plain, _ = point_plan(claim(Domain((x, y), (), listed)))
    assert plain.points == listed
    # An equation with a further free symbol: its values are drawn, and the rest is checked against the list.
    base, chain = point_plan(claim(Domain((x, y), (), listed), (Equation(y, y - x * kappa),)))
    assert base.points == ()
    assert set(base.symbols) == {x, kappa}
    assert [s for s, _ in chain] == [y]
