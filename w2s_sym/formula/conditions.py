"""Comparisons that a point satisfies or not, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from numbers import Rational as RationalNumber

import numpy as np
import sympy as sp

from w2s_sym.formula import display
from w2s_sym.formula.notation import latex
from w2s_sym.formula.numbers import holds, holds_at, is_finite_real, undefined_part
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.size import small
from w2s_sym.formula.tex import plain_sentence
from w2s_sym.formula.totals import Total

Point = dict[sp.Symbol, sp.Expr]


class DomainError(ValueError):
    """A point outside a claim's domain. The message names the condition, the numbers and the next move."""


@dataclass(frozen=True)
class Condition:
    """``lhs relation rhs`` with advice, a sentence, for whoever violates it."""

    lhs: sp.Expr
    relation: str
    rhs: sp.Expr
    advice: str = ""

    def __post_init__(self) -> None:
        Relation(self.relation)  # raises for an unknown one
        for side, value in (("lhs", self.lhs), ("rhs", self.rhs)):
            object.__setattr__(self, side, _formula(value, side))
        if not isinstance(self.advice, str):
            raise DomainError(f"the advice of a condition is {self.advice!r:.60}; give a text")

    @property
    def next_move(self) -> str:
        """The advice as plain text; empty where there is none."""
        return plain_sentence(self.advice, sorted(self.free_symbols, key=str))

    @property
    def free_symbols(self) -> set[sp.Symbol]:
        """The symbols of both sides."""
        return set(self.lhs.free_symbols) | set(self.rhs.free_symbols)

    def undefined_at(self, point: Mapping[sp.Symbol, sp.Expr]) -> str | None:
        """Which part of the condition is not shown to be a finite real number at an exact point; None when all are."""
        parts = (undefined_part(side, point) for side in (self.lhs, self.rhs) if _partial(side))
        return next((reason for reason in parts if reason is not None), None)

    def at(self, point: Mapping[sp.Symbol, sp.Expr]) -> bool | None:
        """Whether the condition holds at an exact point; None when that cannot be decided.

        It holds nowhere, and fails nowhere, where a part of it is not shown to be a finite real number.
        """
        if self.undefined_at(point) is not None:
            return None
        difference = _difference(self.lhs, self.rhs)
        shown = holds_at(difference, self.relation, point)
        if shown is not None or not small(difference):  # SymPy would write its powers out
            return shown
        # Balls do not tell zero from what is near it; a normal form may.
        return holds(sp.sympify(difference.xreplace(dict(point)), strict=True), self.relation)

    def latex(self) -> str:
        """The comparison as LaTeX."""
        return f"{latex(self.lhs)} {Relation(self.relation).latex} {latex(self.rhs)}"

    def _repr_latex_(self) -> str:
        return display.tex(self.latex())

    def _repr_html_(self) -> str:
        return display.html("formula", self)

    def __str__(self) -> str:
        return f"{self.lhs} {self.relation} {self.rhs}"


def _formula(value: object, side: str) -> sp.Expr:
    try:
        made = sp.sympify(value, strict=True)  # strict: a text would be evaluated as code
    except (sp.SympifyError, TypeError):
        made = None
    if not isinstance(made, sp.Expr):
        raise DomainError(f"the {side} of a condition is {value!r:.60}; give a formula of symbols and exact numbers")
    return made


@lru_cache(maxsize=10_000)
def _difference(left: sp.Expr, right: sp.Expr) -> sp.Expr:
    return left - right


@lru_cache(maxsize=10_000)
def _partial(formula: sp.Expr) -> bool:
    """Whether a formula has parts that may have no real value where its symbols have one."""
    return any(not _everywhere(node) for node in sp.preorder_traversal(formula))


def _everywhere(node: sp.Basic) -> bool:
    if not node.args or isinstance(node, (sp.Add, sp.Mul, sp.Abs, sp.Min, sp.Max, Total)):
        return node.is_Symbol or node.is_Rational or bool(node.args)
    return bool(node.is_Pow and node.exp.is_Integer and node.exp > 0)


def exact_number(value: object, name: str, head: str = "") -> sp.Expr:
    """An exact SymPy number from an int, Fraction, SymPy number or finite float (taken at its decimal repr)."""
    if isinstance(value, (bool, np.bool_)) or value is None:
        raise DomainError(f"{head}{name}={value}: needs a number")
    if isinstance(value, sp.Expr):
        if value.is_Rational:
            return value
        # A float stands for the decimal that was written: 0.1 is one tenth. (nsimplify would guess at roots.)
        number = sp.Rational(str(value)) if value.is_Float and value.is_finite else value
        if number.is_number and is_finite_real(number):
            return number
        raise DomainError(f"{head}{name}={value}: needs a finite real number")
    if isinstance(value, RationalNumber):
        return sp.Rational(int(value.numerator), int(value.denominator))
    try:
        as_float = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise DomainError(f"{head}{name}={value!r}: needs a number") from None
    if not np.isfinite(as_float):
        raise DomainError(f"{head}{name}={value}: needs a finite number")
    return sp.Rational(repr(as_float))
