"""What all checks by evaluation share: one claim's points, the decision at each, and the words for a failure."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.comparisons import Decision, point_text, sides_text, value_text
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.points import point_plan
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import Compare, Equation, Iff
from w2s_sym.formula.ball_integrals import TOO_LARGE
from w2s_sym.formula.balls import Place
from w2s_sym.formula.conditions import Condition, Point
from w2s_sym.formula.convergence import CalculusError, without_integrals
from w2s_sym.formula.definedness import defined
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.smoothness import underivable


@dataclass
class Session:
    """One check of one claim: where random points come from, and what goes into its Finding."""

    claim: Claim
    run: Run
    digits: int
    count: int
    detail: dict[str, Any] = field(default_factory=dict)
    # The sizes at which a quantity was averaged exactly.
    sizes: list[dict[sp.Symbol, int]] = field(default_factory=list)

    def place(self, point: Mapping[sp.Symbol, sp.Expr]) -> Place:
        """A point of the domain, to be evaluated to the digits of this check."""
        return Place(point, self.digits)

    def rng(self, purpose: str) -> np.random.Generator:
        """The generator of this check for one purpose: its stream is keyed by seed, claim and purpose."""
        return self.run.rng("precision", purpose)

    def finding(self, verdict: Verdict, summary: str, refuted: tuple[int, ...] = ()) -> Finding:
        """A finding of this kind with all that was noted in ``detail``."""
        return Finding("precision", verdict, summary, {"digits": self.digits, **self.detail}, refuted)

    def stuck(self, summary: str, refuted: tuple[int, ...] = ()) -> Finding:
        """An INCONCLUSIVE finding."""
        return self.finding(Verdict.INCONCLUSIVE, summary, refuted)

    def count_rivals(self, alive: list[int]) -> tuple[int, ...]:
        """The positions of refuted rivals, which the detail counts."""
        rivals = self.claim.rivals
        refuted = tuple(i for i in range(len(rivals)) if i not in alive)
        self.detail |= {"rivals": len(rivals), "rivals_refuted": len(refuted)}
        return refuted

    def beaten(self) -> str:
        """How many rivals were refuted, in words; empty when the claim has none."""
        total = self.detail["rivals"]
        return f"; {self.detail['rivals_refuted']} of {total} rivals refuted" if total else ""

    def failure(self, decisions: list[Decision], refuted: tuple[int, ...]) -> Finding | None:
        """The Finding that the worst outcome forces: a counter-example before an undefined or undecided value."""
        false = [o for o in decisions if o.truth is False]
        if false:
            return self.counterexample(min(false, key=Decision.weight), refuted)
        open_ = [o for o in decisions if o.truth is None]
        if not open_:
            return None
        worst = min(open_, key=lambda o: (o.look is not None, o.weight()))
        where = point_text(worst.place.point)
        if worst.look is None:
            if TOO_LARGE in worst.reason:
                return self.stuck(f"at {where}, {worst.reason}; restrict the domain to smaller values", refuted)
            return self.stuck(f"undefined at {where}: {worst.reason}; restrict the domain to where it exists", refuted)
        return self.stuck(f"undecided at {where}: {self.digits} digits do not part the sides; use more", refuted)

    def counterexample(self, failed: Decision, refuted: tuple[int, ...], reason: str = "") -> Finding:
        """A refuting Finding with the point, both values and their ratio."""
        look = failed.look
        assert look is not None
        self.detail["counterexample"] = {
            "point": {str(s): str(v) for s, v in failed.place.point.items()},
            "left": value_text(look.left),
            "right": value_text(look.right),
            "ratio": look.ratio(),
        }
        where, both = point_text(failed.place.point), sides_text(look, failed.relation)
        text = f"false at {where}: {both}, ratio {look.ratio()}{reason}"
        return self.finding(Verdict.REFUTED, text, refuted)


def whole_domain(claim: Claim) -> Domain:
    """The domain with the unknowns of the claim's equations between the ends of their brackets."""
    extra = sorted({s for e in claim.given for s in e.free_symbols} - set(claim.domain.symbols), key=lambda s: s.name)
    ends = [
        Condition(e.unknown, relation, end)
        for e in claim.given
        for relation, end in zip((">", "<"), e.bracket or (), strict=False)
        if end.is_finite is not False
    ]
    return Domain((*claim.domain.symbols, *extra), (*claim.domain.conditions, *ends))


def undefined_side(claim: Claim) -> str | None:
    """What is not shown, in words, of a side of the statement to have a value everywhere; None when all have."""
    stated = claim.statement
    halves = (stated.left, stated.right) if isinstance(stated, Iff) else (stated,)
    sides = [side for half in halves for side in (half.lhs, half.rhs) if isinstance(side, sp.Expr)]
    domain, replace = whole_domain(claim), surface(claim)
    for side in sides:
        try:
            value = without_integrals(side, domain)
        except CalculusError as problem:
            return str(problem)
        if (guilty := underivable(side, domain, replace)) is not None:
            return f"{guilty} is not shown, which a derivative needs"
        value = value.doit() if value.has(sp.Derivative, sp.Subs) else value
        if defined(value, domain) is not None and (guilty := defined(replace(value), domain)) is not None:
            return f"{guilty} is not shown"
    return None


def surface(claim: Claim) -> Callable[[sp.Expr], sp.Expr]:
    """Replace the symbols that the claim's equations fix: those given, and linear equalities of its domain."""
    rules: list[tuple[sp.Symbol, sp.Expr]] = []
    for condition in claim.domain.conditions:
        if condition.relation == "=":
            gap = condition.lhs - condition.rhs
            for s in (s for s in reversed(claim.domain.symbols) if s in gap.free_symbols):
                solved = Equation(s, gap).solve_linear(s)
                if solved is not None:
                    rules.append((s, solved))
                    break
    rules += reversed(point_plan(claim)[1])

    def replace(expression: sp.Expr) -> sp.Expr:
        for s, e in rules:
            expression = expression.xreplace({s: e})
        return expression

    return replace


def _at(point: Point, expression: sp.Expr) -> sp.Expr:
    return expression.xreplace(dict(point))


def underivable_at(claim: Claim, written: Compare, points: list[Point]) -> str:
    """In words, what a derivative of the statement needs and is not shown at one of these points; empty if all is."""
    for side in (s for s in (written.lhs, written.rhs) if isinstance(s, sp.Expr)):
        for point in points:
            guilty = underivable(side, claim.domain, functools.partial(_at, point))
            if guilty is not None:
                return f"{guilty} is not shown at {point_text(point)}, which a derivative needs"
    return ""
