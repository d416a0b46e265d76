"""A comparison at one exact point: true, false, undecided or undefined there, and the words to say so.

Every kind of evidence that evaluates both sides of a statement decides it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp
from flint import fmpq

from w2s_sym.claims.statement import Compare
from w2s_sym.formula.balls import Compared, Place, UndefinedError, ball_text
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.number_text import told


@dataclass(frozen=True)
class Decision:
    """A comparison at one place: True, False, None when undecided; ``look`` is None where a side is undefined.

    ``reason`` says why a side is undefined.
    """

    place: Place
    relation: str
    truth: bool | None
    look: Compared | None = None
    reason: str = ""

    def weight(self) -> tuple[int, str]:
        """A key for sorting by how long the point is to read: a counter-example should be simple."""
        text = point_text(self.place.point)
        return len(text), text


def compare_at(place: Place, left: sp.Expr, relation: str, right: sp.Expr) -> Decision:
    """``left relation right`` at a place. Raises UnsupportedError; an undefined value is a decision of its own."""
    try:
        look = place.look(left, right)
    except UndefinedError as error:
        return Decision(place, relation, None, None, str(error))
    return Decision(place, relation, look.truth(relation), look)


def rival_comparison(rival: Any, statement: Compare) -> Compare:
    """A rival as a comparison: it is another right side, or a whole comparison in place of the statement."""
    if isinstance(rival, (Compare, Condition)):
        return Compare(rival.lhs, rival.relation, rival.rhs)
    return Compare(statement.lhs, statement.relation, rival)


def point_text(point: Mapping[sp.Symbol, sp.Expr]) -> str:
    """The point in words; numbers too long to read are rounded to six digits and marked ~."""
    shown = ((s, text if len(text := told(v)) <= 24 or not v.is_number else f"~{sp.N(v, 6)}") for s, v in point.items())
    return ", ".join(f"{s}={v}" for s, v in shown) or "the only point"


def value_text(value: Any) -> str:
    """A value (fmpq or arb) in full when it is exact and short, else to six digits and marked ~."""
    text = str(value)
    return text if isinstance(value, fmpq) and len(text) <= 60 else f"~{ball_text(value)}"


def sides_text(look: Compared, relation: str) -> str:
    """Both values, exact and to six digits, and how they were said to compare."""
    left, right = (
        f"{value_text(v)} ({ball_text(v)})" if isinstance(v, fmpq) and v.q != 1 else value_text(v)
        for v in (look.left, look.right)
    )
    return f"left {left}, right {right}, stated left {relation} right"
