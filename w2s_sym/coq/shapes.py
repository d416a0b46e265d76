"""Formulas in a form whose sign is read off, and what they are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sympy as sp


class NoScript(ValueError):  # noqa: N818 - it names what happened
    """What no script was found for."""


@dataclass(frozen=True)
class Shape:
    """``sign`` times the formula is ``expr``, which is read off to be positive (``strict``) or nonnegative."""

    sign: int
    strict: bool
    expr: sp.Expr


@dataclass(frozen=True)
class Part:
    """A formula whose sign is asserted in Coq by a script of its own."""

    formula: sp.Expr
    strict: bool
    lines: tuple[str, ...]


def slack_expressions(substitution: dict[sp.Symbol, sp.Expr]) -> dict[sp.Symbol, sp.Expr]:
    """Each slack in terms of the symbols: the substitution is triangular."""
    found: dict[sp.Symbol, sp.Expr] = {}
    for s, value in substitution.items():
        if value == s:
            continue
        new = [x for x in value.free_symbols if x not in found and x not in substitution]
        if len(new) != 1:
            continue
        (slack,) = new
        coefficient = sp.diff(value, slack)
        found[slack] = sp.expand((s - value.xreplace({slack: sp.S.Zero}).xreplace(found)) / coefficient)
    return found


def powers_of(e: sp.Expr) -> list[sp.Pow]:
    """The powers of a formula whose exponents are no numbers."""
    return [p for p in e.atoms(sp.Pow) if not p.exp.is_Rational]


def signed(sign: int, e: sp.Expr) -> sp.Expr:
    """The formula or its negative, as a lemma writes it."""
    return e if sign > 0 else sp.Mul(-1, e, evaluate=False)


def plus(terms: Iterable[sp.Expr]) -> sp.Expr:
    """The sum of terms as they are, in this order."""
    found = list(terms)
    return found[0] if len(found) == 1 else sp.Add(*found, evaluate=False)


def times(*factors: sp.Expr) -> sp.Expr:
    """The product of factors as they are, ones left out."""
    found = [f for f in factors if f != 1] or [sp.Integer(1)]
    return found[0] if len(found) == 1 else sp.Mul(*found, evaluate=False)
