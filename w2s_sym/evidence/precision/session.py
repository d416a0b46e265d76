"""What all checks by evaluation share: one claim's points, the outcome at each, and the words for a failure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy as sp
from flint import fmpq

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.points import point_plan
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import Compare, Equation
from w2s_sym.formula.balls import Compared, Place, UndefinedError, ball_text
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.numbers import told


@dataclass(frozen=True)
class Outcome:
    """A comparison at one place: True, False, None when undecided; ``look`` is None where a side is undefined."""

    place: Place
    relation: str
    truth: bool | None
    look: Compared | None = None
    text: str = ""

    def weight(self) -> tuple[int, str]:
        """Simple points first: a counter-example is there to be read."""
        text = at(self.place.point)
        return len(text), text


def outcome(place: Place, left: sp.Expr, relation: str, right: sp.Expr) -> Outcome:
    """``left relation right`` at a place. Raises UnsupportedError; an undefined value is an outcome."""
    try:
        look = place.look(left, right)
    except UndefinedError as error:
        return Outcome(place, relation, None, None, str(error))
    return Outcome(place, relation, look.truth(relation), look)


@dataclass
class Session:
    """One check of one claim: where random points come from, and what goes into its Finding."""

    claim: Claim
    run: Run
    digits: int
    count: int
    detail: dict[str, Any] = field(default_factory=dict)

    def place(self, point: Mapping[sp.Symbol, sp.Expr]) -> Place:
        return Place(point, self.digits)

    def rng(self, purpose: str) -> np.random.Generator:
        return self.run.rng("precision", purpose)

    def finding(self, verdict: Verdict, summary: str, refuted: tuple[int, ...] = ()) -> Finding:
        return Finding("precision", verdict, summary, {"digits": self.digits, **self.detail}, refuted)

    def stuck(self, summary: str, refuted: tuple[int, ...] = ()) -> Finding:
        return self.finding(Verdict.INCONCLUSIVE, summary, refuted)

    def count_rivals(self, alive: list[int]) -> tuple[int, ...]:
        """The positions of refuted rivals, which the detail counts."""
        rivals = self.claim.rivals
        refuted = tuple(i for i in range(len(rivals)) if i not in alive)
        self.detail |= {"rivals": len(rivals), "rivals_refuted": len(refuted)}
        return refuted

    def beaten(self) -> str:
        total = self.detail["rivals"]
        return f"; {self.detail['rivals_refuted']} of {total} rivals refuted" if total else ""

    def failure(self, outcomes: list[Outcome], refuted: tuple[int, ...]) -> Finding | None:
        """The Finding that the worst outcome forces: a counter-example before an undefined or undecided value."""
        false = [o for o in outcomes if o.truth is False]
        if false:
            return self.counterexample(min(false, key=Outcome.weight), refuted)
        open_ = [o for o in outcomes if o.truth is None]
        if not open_:
            return None
        worst = min(open_, key=lambda o: (o.look is not None, o.weight()))
        where = at(worst.place.point)
        if worst.look is None:
            return self.stuck(f"undefined at {where}: {worst.text}; restrict the domain to where it exists", refuted)
        return self.stuck(f"undecided at {where}: {self.digits} digits do not part the sides; use more", refuted)

    def counterexample(self, failed: Outcome, refuted: tuple[int, ...], reason: str = "") -> Finding:
        """A refuting Finding with the point, both values and their ratio."""
        look = failed.look
        assert look is not None
        self.detail["counterexample"] = {
            "point": {str(s): str(v) for s, v in failed.place.point.items()},
            "left": number(look.left),
            "right": number(look.right),
            "ratio": look.ratio(),
        }
        text = f"false at {at(failed.place.point)}: {sides(look, failed.relation)}, ratio {look.ratio()}{reason}"
        return self.finding(Verdict.REFUTED, text, refuted)


def as_compare(rival: Any, statement: Compare) -> Compare:
    """A rival is another right side, or a whole comparison in place of the statement."""
    if isinstance(rival, (Compare, Condition)):
        return Compare(rival.lhs, rival.relation, rival.rhs)
    return Compare(statement.lhs, statement.relation, rival)


def surface(claim: Claim) -> Callable[[sp.Expr], sp.Expr]:
    """Replace the symbols that the claim's equations fix: those given, and linear equalities of its domain."""
    rules: list[tuple[sp.Symbol, sp.Expr]] = []
    for condition in claim.domain.conditions:
        if condition.relation == "=":
            gap = condition.lhs - condition.rhs
            for s in reversed(claim.domain.symbols):
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


def at(point: Mapping[sp.Symbol, sp.Expr]) -> str:
    """The point in words; numbers too long to read are rounded to six digits and marked ~."""
    shown = ((s, text if len(text := told(v)) <= 24 or not v.is_number else f"~{sp.N(v, 6)}") for s, v in point.items())
    return ", ".join(f"{s}={v}" for s, v in shown) or "the only point"


def number(value: Any) -> str:
    """An exact number in full when it is short, else about, to six digits."""
    text = str(value)
    return text if isinstance(value, fmpq) and len(text) <= 60 else f"~{ball_text(value)}"


def sides(look: Compared, relation: str) -> str:
    """Both values, exact and to six digits, and how they were said to compare."""
    left, right = (
        f"{number(v)} ({ball_text(v)})" if isinstance(v, fmpq) and v.q != 1 else number(v)
        for v in (look.left, look.right)
    )
    return f"left {left}, right {right}, stated left {relation} right"
