"""Training on squared loss, direction by direction: what share of the least-squares value has been learnt.

In the eigenbasis of X'X every linear method from zero multiplies the least-squares coefficient on eigenvalue lam by a
number, its *gain*. Gradient flow for time t has 1 - exp(-lam t). A student that is trained on its teacher's
predictions multiplies the teacher's gain by its own, whatever the two methods are. This is the setting of Nagarajan et
al. (2023), arXiv 2301.12923, with their flow among other methods.

A :class:`Filter` is that gain as an exact expression in lam and the method's parameters, and as a function of floats.

Units. The loss is |y - X theta|^2/2, its gradient X'(X theta - y), and lam is an eigenvalue of X'X, not of X'X/n. A
time or a step has the unit 1/lam, a penalty that of lam, a damping that of its root; the rest are pure numbers.

What is accepted. Numbers, taken exactly (a float stands for its decimal: 0.1 is one tenth), and SymPy expressions; see
:mod:`w2s_sym.spectra.filter_arguments`. What is not known of a symbol is asked again when it gets a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.formula.conditions import DomainError
from w2s_sym.formula.notation import symbol
from w2s_sym.formula.numbers import number_sign
from w2s_sym.spectra.filter_arguments import (
    Needs,
    exact_expression,
    meet_conditions,
    not_negative,
    open_conditions,
    positive,
    require_short_power,
    shown_expression,
)
from w2s_sym.spectra.gains import binary_rational, nearest_float

LAM = symbol("lam", r"an eigenvalue of $X^\top X$", r"\lambda", positive=True)

# What a symbol may be declared to be, and a number for it has to be.
_FACTS = ("is_positive", "is_negative", "is_nonnegative", "is_nonpositive", "is_integer", "is_zero")


@dataclass(frozen=True)
class Filter:
    """The gain of a method as an expression in :data:`LAM`.

    ``forgets`` says that what follows depends on where the method stands alone: it holds for descent and for ridge
    towards the current point, and not with momentum. A loss can be switched under such a method only. ``needs`` are
    conditions on symbols that have no number yet.
    """

    expression: sp.Expr
    forgets: bool = True
    needs: Needs = ()

    def __post_init__(self) -> None:
        if not isinstance(self.expression, sp.Expr):
            raise TypeError(f"a filter of {self.expression!r:.60}: give a SymPy expression in LAM")

    def gain(self, lam: object) -> sp.Expr:
        """The gain on eigenvalue ``lam`` >= 0, exact; 0 is a direction that the data do not show.

        Raises :class:`DomainError` for other eigenvalues and where the gain has no finite real value there.
        """
        x, _ = not_negative("lam", lam, "eigenvalues of X'X are >= 0, clip what rounding left of a zero")
        for condition in self.needs:
            if LAM in condition.free_symbols:
                open_conditions(str(condition.lhs), condition.lhs.xreplace({LAM: x}),
                         (condition.relation, condition.rhs.xreplace({LAM: x}), condition.advice))  # fmt: skip
        counts = [p.exp for p in self.expression.atoms(sp.Pow) if p.exp.is_number and p.base.has(LAM)]
        if x.is_number:
            for count in counts:
                require_short_power("a count", count, self.expression, x)
        found = self.expression.xreplace({LAM: x})
        if found.is_finite is False or found.is_extended_real is False:
            raise DomainError(
                f"the filter {shown_expression(self.expression)} has no real gain at lam={lam}; take another"
            )
        return found

    def numeric(self, **parameters: object) -> Callable[[Any], np.ndarray]:
        """The gain as a function of an array of eigenvalues >= 0; all parameters must be given, by name.

        The function returns an array of the same shape. Each gain is the float nearest to the exact one, which is
        enclosed in balls of as many digits as that takes: parameters are read as decimals, eigenvalues as the binary
        numbers that they are. (Where the exact gain is halfway between two floats it is one of them.)

        Raises :class:`DomainError` for parameters that are missing, unknown or senseless. The function raises it for
        eigenvalues that are negative or not finite, and for a gain that is not real or beyond floats.
        """
        point = self._point(parameters)
        expression = self.expression
        on_lam = [c for c in self.needs if LAM in c.free_symbols]

        def evaluate(lam: Any) -> np.ndarray:
            given = np.asarray(lam)
            if given.dtype.kind not in "fiu":
                raise TypeError(f"eigenvalues of type {given.dtype}: give an array of real numbers")
            values = given.astype(float)
            wrong = values[~(np.isfinite(values) & (values >= 0))]
            if len(wrong):
                raise DomainError(
                    f"lam={wrong[0]:g}: eigenvalues of X'X are finite and >= 0; clip what rounding left of a zero"
                )
            distinct, where = np.unique(values, return_inverse=True)
            found = np.empty(len(distinct))
            for i, x in enumerate(distinct):
                here = {**point, LAM: binary_rational(x)}
                meet_conditions(on_lam, here)
                found[i] = nearest_float(expression, here, LAM)
            return found[where].reshape(values.shape)

        return evaluate

    def _point(self, parameters: Mapping[str, object]) -> dict[sp.Symbol, sp.Expr]:
        """The parameters as exact numbers that meet all that is known of their symbols."""
        used = self.expression.free_symbols.union(*(c.free_symbols for c in self.needs)) - {LAM}
        symbols = {s.name: s for s in used}
        if len(symbols) < len(used):
            raise DomainError(f"the filter {shown_expression(self.expression)} has two symbols of one name; rename one")
        if set(symbols) != set(parameters):
            wrong = ", ".join(sorted(set(symbols) ^ set(parameters)))
            raise DomainError(
                f"the filter {shown_expression(self.expression)} has the parameters {sorted(symbols)}: "
                f"see {wrong}, give each one"
            )
        point = {}
        for name, value in parameters.items():
            number = exact_expression(value, name)
            if not number.is_number:
                raise DomainError(f"{name}={number}: needs a number; symbols stay in the filter")
            for fact in _FACTS:
                declared = getattr(symbols[name], fact)
                if declared is not None and getattr(number, fact) is (not declared):
                    said = ("" if declared else "not ") + fact[3:]
                    raise DomainError(f"{name}={number}: its symbol is declared {said}; give such a number")
            point[symbols[name]] = number
        meet_conditions((c for c in self.needs if LAM not in c.free_symbols), point)
        return point

    def on(self, teacher: Filter) -> Filter:
        """This method on the predictions of a teacher."""
        other = require_filter(teacher, "teacher")
        return Filter(self.expression * other.expression, False, self.needs + other.needs)

    def generations(self, count: object) -> Filter:
        """This method ``count`` times (an integer >= 1), each on the predictions of the one before; 1 is the method."""
        k = exact_expression(count, "generations")
        advice = "1 is the method itself"
        needs = open_conditions("generations", k, (">=", 1, advice), ("=", sp.floor(k), advice))
        require_short_power("generations", k, *(f for f in sp.Mul.make_args(self.expression) if not f.is_Add))
        return Filter(self.expression**k, False, self.needs + needs)

    def on_mix(self, weight: object, teacher: Filter) -> Filter:
        """This method on the labels (1 - weight) y + weight (the teacher's predictions), 0 <= weight <= 1."""
        share, other = exact_expression(weight, "weight"), require_filter(teacher, "teacher")
        advice = "it is the teacher's share of the labels, from 0 to 1"
        needs = open_conditions("weight", share, (">=", 0, advice), ("<=", 1, advice))
        mixed = self.expression * (1 - share + share * other.expression)
        return Filter(mixed, False, self.needs + other.needs + needs)

    def after(self, first: Filter, target: Filter) -> Filter:
        """This method from where ``first`` stopped, now on the predictions of ``target``.

        Raises :class:`DomainError` when this method has momentum: what follows would depend on the speed.
        """
        before, aim = require_filter(first, "first"), require_filter(target, "target")
        if not self.forgets:
            raise DomainError("a loss is switched under momentum or a composition: needs a method that forgets")
        # The distance to the new target shrinks as the distance to the labels would have.
        gain = before.expression + self.expression * (aim.expression - before.expression)
        return Filter(gain, False, self.needs + before.needs + aim.needs)


def require_filter(value: object, name: str) -> Filter:
    """``value`` itself if it is a :class:`Filter`, else a ``TypeError``."""
    if not isinstance(value, Filter):
        raise TypeError(f"{name}={value!r:.60}: is no Filter; make one, such as flow(1)")
    return value


LEAST_SQUARES = Filter(sp.S.One, False)


def flow(time: object) -> Filter:
    """Gradient flow, stopped at ``time`` >= 0: the gain 1 - exp(-lam time)."""
    t, needs = not_negative("time", time)
    return Filter(1 - sp.exp(-LAM * t), True, needs)


def descent(step: object, steps: object) -> Filter:
    """Gradient descent, ``steps`` >= 0 steps of one size ``step`` > 0; it converges where step lam < 2.

    Steps need not be integers where step lam <= 1: matched progress asks for that. Elsewhere the gain has no real value
    then.
    """
    h, needs = positive("step", step)
    k, more = not_negative("steps", steps)
    return Filter(1 - (1 - h * LAM) ** k, True, needs + more)


def ridge(penalty: object) -> Filter:
    """Ridge regression: least |y - X theta|^2 + penalty |theta|^2, penalty >= 0."""
    return iterated_ridge(penalty, 1)


def iterated_ridge(penalty: object, rounds: object) -> Filter:
    """Ridge ``rounds`` >= 0 times, each penalised (>= 0) by the distance to where the one before ended.

    Rounds need not be integers: matched progress asks for that.
    """
    mu, needs = not_negative("penalty", penalty)
    k, more = not_negative("rounds", rounds)
    # A sum as base: SymPy would write out mu**k for numbers.
    return Filter(LAM / (LAM + mu) if k == 1 else 1 - (1 - LAM / (LAM + mu)) ** k, True, needs + more)


def heavy_ball(step: object, momentum: object, steps: object) -> Filter:
    """Gradient descent with momentum, from rest: ``steps`` >= 0 steps of size ``step`` > 0, 0 <= momentum < 1.

    What is left obeys e_(k+1) = (1 + m - step lam) e_k - m e_(k-1), e_(-1) = e_0 = 1. With the roots z, y of this
    recursion e_k = (z^k (z - m) - y^k (y - m))/(z - y). Complex roots are sqrt(m) e^(+-i a), and where the roots meet
    the limit is z^k (k + 1 - k z).
    """
    h, needs = positive("step", step)
    m, k = exact_expression(momentum, "momentum"), exact_expression(steps, "steps")
    advice = "momentum is from 0 to below 1"
    needs += open_conditions("momentum", m, (">=", 0, advice), ("<", 1, advice))
    whole = ("=", sp.floor(k), "momentum is defined at whole steps")
    needs += open_conditions("steps", k, (">=", 0, "give 0 or more"), whole)
    require_short_power("steps", k, m)
    middle = (1 + m - h * LAM) / 2
    square = middle**2 - m
    half_gap = sp.sqrt(square)
    z, y = middle + half_gap, middle - half_gap
    left = (z**k * (z - m) - y**k * (y - m)) / (2 * half_gap)
    meet = middle**k * (k + 1 - k * middle)
    angle = sp.acos(middle / sp.sqrt(m)) if m != 0 else sp.S.Zero
    wave = m ** (k / 2) * (sp.sin((k + 1) * angle) - sp.sqrt(m) * sp.sin(k * angle)) / sp.sin(angle)
    return Filter(1 - _roots(square, meet, left, wave), False, needs)


def heavy_ball_flow(damping: object, time: object) -> Filter:
    """Momentum in continuous time, from rest: theta'' + damping theta' = -gradient; damping and time >= 0.

    It oscillates where damping^2 < 4 lam.
    """
    c, needs = not_negative("damping", damping)
    t, more = not_negative("time", time)
    square = c**2 / 4 - LAM
    speed, turn = sp.sqrt(square), sp.sqrt(-square)
    left = sp.cosh(speed * t) + c / (2 * speed) * sp.sinh(speed * t)
    wave = sp.cos(turn * t) + c / (2 * turn) * sp.sin(turn * t)
    return Filter(1 - sp.exp(-c * t / 2) * _roots(square, 1 + c * t / 2, left, wave), False, needs + more)


def _roots(square: sp.Expr, meet: sp.Expr, left: sp.Expr, wave: sp.Expr) -> sp.Expr:
    """By the square of half the distance of two roots: they meet, are real, or are complex."""
    known = number_sign(square) if square.is_number else -1 if square.is_negative else None
    if known is not None:
        return (meet, left, wave)[known]
    return sp.Piecewise((meet, sp.Eq(square, 0)), (left, square > 0), (wave, True))


__all__ = [
    "LAM",
    "LEAST_SQUARES",
    "Filter",
    "descent",
    "flow",
    "heavy_ball",
    "heavy_ball_flow",
    "iterated_ridge",
    "ridge",
]
