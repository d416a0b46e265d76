"""Matched progress: the time, steps, penalty or rounds at which a method has a given gain on one eigenvalue.

Closed forms where there are any; :func:`matched_root` for every family of filters with one parameter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq

from w2s_sym.formula.balls import At, UndefinedError, sign_of_ball
from w2s_sym.formula.conditions import DomainError
from w2s_sym.spectra.enclosure import Enclosed
from w2s_sym.spectra.filter_arguments import (
    exact_expression,
    meet_conditions,
    open_conditions,
    positive,
    shown_expression,
)
from w2s_sym.spectra.filters import LAM, Filter, require_filter
from w2s_sym.spectra.gains import LAST_DIGITS, decide, nearest_float

# A root is halved to so many digits at most: each costs three or four evaluations.
MOST_ROOT_DIGITS = 1_000
# Further halvings after which a gain that is not shown to be continuous between two ends is taken to jump.
SPARE_HALVINGS = 40


def flow_time(lam: object, progress: object) -> sp.Expr:
    """The time at which gradient flow has a given progress in (0, 1) on eigenvalue lam > 0, exact."""
    x, _ = positive("lam", lam)
    return -sp.log(1 - _progress(progress)) / x


def descent_steps(step: object, lam: object, progress: object) -> sp.Expr:
    """The steps, in general no integer, after which descent has a given progress; needs 0 < step lam < 1."""
    share = positive("step", step)[0] * positive("lam", lam)[0]
    advice = "needs 0 < step lam < 1, else progress is not monotone; take a smaller step"
    open_conditions("step lam", share, ("<", 1, advice))
    return sp.log(1 - _progress(progress)) / sp.log(1 - share)


def ridge_penalty(lam: object, progress: object) -> sp.Expr:
    """The penalty at which ridge has a given progress in (0, 1) on eigenvalue lam > 0, exact."""
    (y, _), x = positive("lam", lam), _progress(progress)
    return y * (1 - x) / x


def iterated_ridge_rounds(penalty: object, lam: object, progress: object) -> sp.Expr:
    """The rounds, in general no integer, after which iterated ridge has a given progress on lam > 0, exact."""
    mu, _ = positive("penalty", penalty)
    x, _ = positive("lam", lam)
    return sp.log(1 - _progress(progress)) / sp.log(mu / (x + mu))


def _progress(value: object) -> sp.Expr:
    x = exact_expression(value, "progress")
    advice = "needs 0 < progress < 1; no finite training has any other"
    open_conditions("progress", x, (">", 0, advice), ("<", 1, advice))
    return x


def matched_root(
    family: Callable[[Any], Filter],
    lam: object,
    progress: object,
    bracket: tuple[float, float],
    digits: int | None = None,
) -> Enclosed:
    """The parameter in the bracket at which ``family(parameter)`` has a given progress on ``lam`` > 0, enclosed.

    The gain is proven to be continuous between the two bounds of the result, and to pass the progress there. Without
    ``digits`` these are so close that ``float(result)`` is the float nearest to the root; with ``digits`` they are
    closer than 10^-digits times it. With several roots it is one of them; the caller's bracket chooses.

    Raises :class:`DomainError` when the gains at the ends are not on different sides of the progress, when they change
    sides at a pole or a jump, when a sign cannot be proven, and for parameters in the bracket that are senseless for
    the family.
    """
    (at, _), aim = positive("lam", lam), exact_expression(progress, "progress")
    if not (at.is_number and aim.is_number):
        raise DomainError(f"lam={at}, progress={aim}: a root needs two numbers")
    if digits is not None and (type(digits) is not int or not 1 <= digits <= MOST_ROOT_DIGITS):
        raise DomainError(f"digits={digits!r:.60}: needs an integer from 1 to {MOST_ROOT_DIGITS}")
    match = _Match.of(family, at, aim)
    low, high = _ends(bracket)
    below, above = match.side(low), match.side(high)
    if not below or not above:
        root = high if below else low
        return Enclosed(root, root)
    if below == above:
        raise match.refused(low, high)
    spare = SPARE_HALVINGS
    while not _narrow(low, high, digits) or not match.continuous(low, high):
        spare -= _narrow(low, high, digits)
        if spare < 0:
            raise DomainError(
                f"the gain passes the progress by a jump or a pole near {float(low):g}; move the bracket away from it"
            )
        middle = _between(low, high)
        here = match.side(middle)
        if not here:
            return Enclosed(middle, middle)
        low, high = (low, middle) if here == above else (middle, high)
    return Enclosed(low, high)


@dataclass(frozen=True)
class _Match:
    """A family with one ``parameter``, whose gain at ``lam`` is compared with a progress."""

    method: Filter
    parameter: sp.Symbol
    lam: sp.Expr
    progress: sp.Expr

    @classmethod
    def of(cls, family: Callable[[Any], Filter], lam: sp.Expr, progress: sp.Expr) -> _Match:
        parameter = sp.Dummy("parameter", real=True)
        method = require_filter(family(parameter), "family(parameter)")
        if (method.expression - progress).free_symbols - {LAM, parameter}:
            shown = shown_expression(method.expression)
            raise DomainError(f"the family {shown} has other parameters; give them numbers")
        return cls(method, parameter, lam, progress)

    def point(self, x: Fraction) -> dict[sp.Symbol, sp.Expr]:
        return {LAM: self.lam, self.parameter: sp.Rational(x.numerator, x.denominator)}

    def side(self, x: Fraction) -> int:
        """The sign of gain - progress at a parameter, proven."""
        point, excess = self.point(x), self.method.expression - self.progress
        meet_conditions(self.method.needs, point)
        found = decide(excess, point, lambda value, last: sign_of_ball(value))
        if found is None and excess.xreplace(point) != 0:
            raise DomainError(
                f"at {float(x):g} {LAST_DIGITS} digits do not tell the gain from the progress; move the bracket"
            )
        return found or 0

    def continuous(self, low: Fraction, high: Fraction) -> bool:
        """Whether the gain is continuous between two parameters: it has one ball of values on all of them."""
        with ctx.workdps(LAST_DIGITS):
            ends = [arb(fmpq(x.numerator, x.denominator)) for x in (low, high)]
            between = ends[0].union(ends[1])
        try:
            At({LAM: self.lam}, LAST_DIGITS, {self.parameter: between})(self.method.expression)
        except UndefinedError:
            return False
        return True

    def refused(self, low: Fraction, high: Fraction) -> DomainError:
        """What to say when both ends are on one side."""
        gains = [nearest_float(self.method.expression, self.point(x), LAM) for x in (low, high)]
        return DomainError(
            f"no matched progress {float(self.progress):g} on lam={float(self.lam):g} for certain in ({float(low):g}, "
            f"{float(high):g}): needs gains on both sides of it, they are {gains[0]:g} and {gains[1]:g}; "
            "widen or move the bracket"
        )


def _ends(bracket: object) -> tuple[Fraction, Fraction]:
    """The bracket in ascending order, as the floats that are nearest to its ends."""
    if not isinstance(bracket, (tuple, list)) or len(bracket) != 2:
        raise TypeError(f"bracket={bracket!r:.60}: give two numbers")
    bounds = [exact_expression(x, "bracket") for x in bracket]
    if not all(x.is_number for x in bounds) or max(map(abs, bounds)) >= 2**1023:
        raise DomainError(f"bracket={bracket!r:.60}: needs two finite numbers that floats reach")
    first, second = (Fraction(float(x)) for x in bounds)
    return min(first, second), max(first, second)


def _narrow(low: Fraction, high: Fraction, digits: int | None) -> bool:
    if digits is None:
        return float(low) == float(high)
    return (high - low) * 10**digits <= min(abs(low), abs(high)) and low * high > 0


def _between(low: Fraction, high: Fraction) -> Fraction:
    """A float between two numbers where there is one, so that fractions stay short; else the middle."""
    middle = (low + high) / 2
    rounded = Fraction(float(middle))
    return rounded if low < rounded < high else middle


__all__ = ["descent_steps", "flow_time", "iterated_ridge_rounds", "matched_root", "ridge_penalty"]
