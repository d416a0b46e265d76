"""The six relations between two numbers, and all that a program asks of one."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class Relation(StrEnum):
    """How two numbers compare. A member equals its text: ``Relation("<=") == "<="``.

    ``Relation("<=")(left - right)`` says whether ``left <= right``.
    """

    EQUAL = "="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    UNEQUAL = "!="

    @classmethod
    def _missing_(cls, value: object) -> Relation:
        raise ValueError(f"unknown relation {value!r}; use one of {', '.join(cls)}")

    def __call__(self, difference: Any) -> Any:
        """Whether ``difference relation 0``: a truth value for a number, a boolean array of its shape for an array."""
        match self:
            case Relation.EQUAL:
                return difference == 0
            case Relation.UNEQUAL:
                return difference != 0
            case Relation.LESS:
                return difference < 0
            case Relation.AT_MOST:
                return difference <= 0
            case Relation.GREATER:
                return difference > 0
        return difference >= 0

    def roughly(self, gap: float, slack: float, margin: float = 0.0) -> bool:
        """Whether ``gap relation 0`` for a float that carries rounding.

        Equality is granted up to ``slack``; what excludes equality has to hold by more than ``margin``.
        """
        match self:
            case Relation.EQUAL:
                return abs(gap) <= slack
            case Relation.UNEQUAL:
                return abs(gap) > margin
            case Relation.LESS:
                return gap < -margin
            case Relation.AT_MOST:
                return gap <= slack
            case Relation.GREATER:
                return gap > margin
        return gap >= -slack

    @property
    def turned(self) -> Relation:
        """The relation with its sides swapped: ``a < b`` is ``b > a``."""
        return _TURNED.get(self, self)

    @property
    def negated(self) -> Relation:
        """What holds exactly where this relation does not: ``<`` and ``>=`` are negations of each other."""
        return _NEGATED[self]

    @property
    def weak(self) -> Relation:
        """An inequality with equality allowed: ``<=`` for ``<``; other relations as they are."""
        return {Relation.LESS: Relation.AT_MOST, Relation.GREATER: Relation.AT_LEAST}.get(self, self)

    @property
    def strict(self) -> bool:
        """Whether it excludes equality: ``<``, ``>`` and ``!=``."""
        return self in (Relation.LESS, Relation.GREATER, Relation.UNEQUAL)

    @property
    def direction(self) -> int:
        """The sign of left minus right that an inequality allows: 1 for > and >=, -1 for < and <=; 0 for = and !=."""
        if self in (Relation.GREATER, Relation.AT_LEAST):
            return 1
        return -1 if self in (Relation.LESS, Relation.AT_MOST) else 0

    def implies(self, other: Relation) -> bool:
        """Whether ``a self b`` says that ``a other b``: ``<`` implies ``<=`` and ``!=``, and ``=`` implies ``<=``."""
        return self is other or self in _IMPLIED_BY.get(other, ())

    @property
    def latex(self) -> str:
        """The relation as LaTeX."""
        return {Relation.AT_MOST: r"\le", Relation.AT_LEAST: r"\ge", Relation.UNEQUAL: r"\ne"}.get(self, self.value)


def is_inequality(text: str) -> bool:
    """Whether the text is one of <, <=, > and >=."""
    return text in tuple(Relation) and Relation(text).direction != 0


def relation_latex(text: str) -> str:
    """The LaTeX of a relation; other text, such as the empty one of a first line, as it is."""
    return Relation(text).latex if text in tuple(Relation) else text


_TURNED = {
    Relation.LESS: Relation.GREATER,
    Relation.GREATER: Relation.LESS,
    Relation.AT_MOST: Relation.AT_LEAST,
    Relation.AT_LEAST: Relation.AT_MOST,
}
_NEGATED = {
    Relation.EQUAL: Relation.UNEQUAL,
    Relation.UNEQUAL: Relation.EQUAL,
    Relation.LESS: Relation.AT_LEAST,
    Relation.AT_LEAST: Relation.LESS,
    Relation.GREATER: Relation.AT_MOST,
    Relation.AT_MOST: Relation.GREATER,
}
_IMPLIED_BY = {
    Relation.AT_MOST: (Relation.EQUAL, Relation.LESS),
    Relation.AT_LEAST: (Relation.EQUAL, Relation.GREATER),
    Relation.UNEQUAL: (Relation.LESS, Relation.GREATER),
}
