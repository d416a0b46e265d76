"""What filters take for a number: exact values, symbols with assumptions, and the conditions that stay open.

Numbers are taken exactly (a float stands for its decimal: 0.1 is one tenth), and SymPy expressions as they are. What is
of another kind, a string too, is a ``TypeError``. A number that makes no sense, and an expression whose assumptions say
so, is a :class:`~w2s_sym.formula.conditions.DomainError`. What is not known of a symbol is a condition that stays open.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

import numpy as np
import sympy as sp

from w2s_sym.formula.conditions import Condition, DomainError, exact_number
from w2s_sym.formula.number_text import told
from w2s_sym.formula.numbers import holds
from w2s_sym.formula.relations import Relation

# SymPy writes powers of numbers out: with more bits than this it would be busy for minutes.
MOST_POWER_BITS = 1_000_000
Needs = tuple[Condition, ...]


def exact_expression(value: object, name: str) -> sp.Expr:
    """A number or an expression, exact; nothing is parsed. The errors are those of the module."""
    if isinstance(value, sp.Expr):
        if value.is_number:
            return exact_number(value, name)
        if value.is_extended_real is False or value.is_finite is False:
            raise DomainError(f"{name}={value}: needs a finite real number; declare its symbols so")
        return value
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (numbers.Real, Decimal)):
        shown = repr(value)[:60]
        raise TypeError(f"{name}={shown}: is a {type(value).__name__}; give a number or a SymPy expression")
    if isinstance(value, (float, np.floating, Decimal)) and not math.isfinite(value):
        raise DomainError(f"{name}={value}: needs a finite number; for training without an end take LEAST_SQUARES")
    return exact_number(Fraction(value) if isinstance(value, Decimal) else value, name)


def _decided(condition: Condition) -> bool | None:
    """Whether the assumptions of symbols and the signs of numbers decide a condition; None when they do not."""
    gap = condition.lhs - condition.rhs
    if gap.is_number:
        return holds(gap, condition.relation)
    known: dict[Relation, bool | None] = {
        Relation.EQUAL: gap.is_zero,
        Relation.GREATER: gap.is_positive,
        Relation.AT_LEAST: gap.is_nonnegative,
        Relation.LESS: gap.is_negative,
        Relation.AT_MOST: gap.is_nonpositive,
    }
    return known[Relation(condition.relation)]


def open_conditions(name: str, value: sp.Expr, *wanted: tuple[str, object, str]) -> Needs:
    """The conditions ``value relation bound`` that nobody can decide yet; :class:`DomainError` at one that fails."""
    open_ones = []
    for relation, bound, advice in wanted:
        condition = Condition(value, relation, bound, advice)
        known = _decided(condition)
        if known is False:
            raise DomainError(_refusal(name, value, condition))
        if known is None:
            open_ones.append(condition)
    return tuple(open_ones)


def _refusal(name: str, value: object, condition: Condition) -> str:
    needs = "an integer" if condition.relation == "=" else f"{condition.relation} {condition.rhs}"
    return f"{name}={value}: needs {needs}; {condition.next_move}"


def not_negative(name: str, value: object, advice: str = "give 0 or more") -> tuple[sp.Expr, Needs]:
    """The exact value and the open condition that it is >= 0; :class:`DomainError` if it is not."""
    x = exact_expression(value, name)
    return x, open_conditions(name, x, (">=", 0, advice))


def positive(name: str, value: object, advice: str = "give a positive number") -> tuple[sp.Expr, Needs]:
    """The exact value and the open condition that it is > 0; :class:`DomainError` if it is not."""
    x = exact_expression(value, name)
    return x, open_conditions(name, x, (">", 0, advice))


def require_short_power(name: str, count: sp.Expr, *bases: sp.Expr) -> None:
    """Refuse powers of numbers that would be written out with too many digits."""
    if not count.is_number:
        return
    rationals = {q for base in bases for q in base.atoms(sp.Rational)} - {sp.S.One, sp.S.NegativeOne}
    bits = max((int(q.p).bit_length() + int(q.q).bit_length() for q in rationals), default=0)
    # Of a fraction SymPy takes roots: the numerator counts, and the denominator.
    written = max(map(abs, count.as_numer_denom())) if count.is_Rational else abs(count)
    if written * bits > MOST_POWER_BITS:
        raise DomainError(
            f"{name}={shown_expression(count)}: an exact power of that order has more than {MOST_POWER_BITS} bits; "
            "take fewer, or numbers of fewer digits"
        )


def meet_conditions(needs: Iterable[Condition], point: Mapping[sp.Symbol, sp.Expr]) -> None:
    """Refuse a point that violates a condition, by a :class:`DomainError`; open conditions pass."""
    for condition in needs:
        if condition.undefined_at(point) is not None or condition.at(point) is False:
            raise DomainError(_refusal(str(condition.lhs), condition.lhs.xreplace(dict(point)), condition))


def shown_expression(expression: sp.Expr) -> str:
    """The expression in a message, cut where it is long."""
    text = told(expression)
    return text if len(text) <= 100 else f"{text[:97]}..."


__all__ = [
    "MOST_POWER_BITS",
    "Needs",
    "exact_expression",
    "meet_conditions",
    "not_negative",
    "open_conditions",
    "positive",
    "require_short_power",
    "shown_expression",
]
