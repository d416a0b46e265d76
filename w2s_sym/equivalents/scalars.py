"""Coefficients, and names of numbers and sizes."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import sympy as sp


class EngineError(ValueError):
    """What the engine refuses: the smallest expression that is at fault, why, and the next move."""


# Names of arguments beside which values are given by name.
ARGUMENTS = ("digits", "joint")


def scalar(value: Any) -> sp.Expr:
    """A coefficient: an exact number, a symbol, or an expression in symbols. Raises :class:`EngineError` for floats."""
    if isinstance(value, str):
        return parameter(value)
    if isinstance(value, float):
        exact = Fraction(str(value) if math.isfinite(value) else "1/10").limit_denominator(1000).as_integer_ratio()
        raise EngineError(
            f"the coefficient {value!r} is a float: write it exactly, as sympy.Rational{exact}, or as a letter, "
            'parameter("w"), that gets its value later'
        )
    try:
        found = sp.sympify(value, strict=True)
    except (sp.SympifyError, TypeError) as problem:
        raise EngineError(f"{value!r} is no coefficient: use an integer, a Rational or a symbol") from problem
    if not isinstance(found, sp.Expr) or found.is_finite is False or found is sp.nan:
        raise EngineError(f"{value!r} is no finite coefficient: use an integer, a Rational or a symbol")
    return found


def one_over(value: Any) -> sp.Expr:
    """One over a coefficient. Raises :class:`EngineError` for zero."""
    found = scalar(value)
    if found == 0:
        raise EngineError("a division by zero: use another number")
    return 1 / found


def parameter(name: str, *, positive: bool = True) -> sp.Symbol:
    """A number by its name: a positive one, such as a ridge, or without ``positive`` any real one.

    A weight of mixed labels may be negative: ``parameter("xi", positive=False)``. Raises :class:`EngineError` for what
    is no name.
    """
    _require_word(name, "lam_t")
    return sp.Symbol(name, positive=True) if positive else sp.Symbol(name, real=True)


def size(name: str) -> sp.Symbol:
    """A size by its name: a positive integer that grows."""
    _require_word(name, "n_t")
    return sp.Symbol(name, integer=True, positive=True)


def _require_word(name: object, such: str) -> None:
    """Letters that are not ASCII have no LaTeX that every engine sets."""
    word = isinstance(name, str) and name.isascii() and name.isidentifier()
    if not word or name in ARGUMENTS:
        raise EngineError(
            f"{name!r:.60} is no name: use letters, digits and underscores, like {such} (not digits, joint)"
        )
