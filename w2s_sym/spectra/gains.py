"""Gains as floats: an exact expression at a point, in as many digits as it takes to decide."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeVar

import sympy as sp
from flint import arb, ctx, fmpq

from w2s_sym.formula.balls import At, Number, UndefinedError, UnsupportedError, ball
from w2s_sym.formula.conditions import DomainError
from w2s_sym.spectra.filter_arguments import shown_expression
from w2s_sym.spectra.ridge_in_balls import fraction

# Working digits, doubled until a value is decided: the smallest float needs 324 and a difference of two products of
# floats four times as many.
FIRST_DIGITS, LAST_DIGITS = 30, 1_920
# Half the smallest positive float, and the first power of two that no float reaches.
_SMALLEST, _LARGEST = arb(2) ** -1075, arb(2) ** 1024
_T = TypeVar("_T")


def binary_rational(value: Any) -> sp.Rational:
    """A float as the binary number that it is."""
    return sp.Rational(*float(value).as_integer_ratio())


def nearest_float(expression: sp.Expr, point: Mapping[sp.Symbol, sp.Expr], lam: sp.Symbol) -> float:
    """The float nearest to the value at a point, proven by a ball; where ``lam`` is the symbol of the eigenvalue.

    Raises :class:`DomainError` where there is none, or none that the last digits decide.
    """
    where = f"lam={point[lam].n(6)}"

    def decided(value: Number, last: bool) -> float | None:
        size = abs(ball(value))
        if size < _SMALLEST:
            return 0.0
        if size >= _LARGEST:
            raise DomainError(
                f"the gain {shown_expression(expression)} is beyond floats at {where}; take a smaller step or fewer"
            )
        if isinstance(value, fmpq):
            return float(Fraction(int(value.p), int(value.q)))
        if value.contains(0) or not value.abs_lower() > _SMALLEST or not value.abs_upper() < _LARGEST:
            return None
        low, high = float(fraction(value.lower())), float(fraction(value.upper()))
        # Halfway between two floats no digits decide.
        return low if low == high or (last and math.nextafter(low, math.inf) == high) else None

    try:
        found = decide(expression, point, decided)
    except OverflowError:
        found = None
    if found is None:
        raise DomainError(
            f"the gain {shown_expression(expression)} is not decided by {LAST_DIGITS} digits at {where}; "
            "take less extreme numbers"
        )
    return found


def decide(
    expression: sp.Expr,
    point: Mapping[sp.Symbol, sp.Expr],
    decided: Callable[[Number, bool], _T | None],
) -> _T | None:
    """What ``decided`` makes of the value in as many digits as that takes; None when the last do not suffice."""
    digits = FIRST_DIGITS
    error: UndefinedError | None = None
    while digits <= LAST_DIGITS:
        try:
            # The ends of a ball are rounded outwards, to the digits at work.
            with ctx.workdps(digits + 10):
                found = decided(At(point, digits)(expression), 2 * digits > LAST_DIGITS)
            error = None
        except UndefinedError as undefined:
            found, error = None, undefined
        except UnsupportedError as unsupported:
            raise DomainError(f"{shown_expression(expression)}: {unsupported}; write it with other functions") from None
        if found is not None:
            return found
        digits *= 2
    if error is not None:
        raise DomainError(
            f"the gain {shown_expression(expression)} is not a real number there ({error!s:.80}); "
            "take whole steps or others"
        )
    return None


__all__ = ["LAST_DIGITS", "binary_rational", "decide", "nearest_float"]
