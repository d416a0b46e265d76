"""Training on squared loss, direction by direction: what share of the least-squares value has been learnt.

In the eigenbasis of X'X every linear method from zero multiplies the least-squares coefficient on eigenvalue lam by a
number, its *gain*. Gradient flow for time t has 1 - exp(-lam t). A student that is trained on its teacher's
predictions multiplies the teacher's gain by its own, whatever the two methods are.

A :class:`Filter` is that gain as an exact expression in lam and the method's parameters, and as a numpy function.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import sympy as sp

from w2s_sym.domain import DomainError
from w2s_sym.notation import symbol

# What rounding may leave of an imaginary part that is zero, relatively.
REAL = 1e-9
LAM = symbol("lam", "an eigenvalue of X'X", r"\lambda", positive=True)


@dataclass(frozen=True)
class Filter:
    """The gain of a method as an expression in :data:`LAM`.

    ``forgets`` says that what follows depends on where the method stands alone: it holds for descent and for ridge
    towards the current point, and not with momentum. A loss can be switched under such a method only.
    """

    expression: sp.Expr
    forgets: bool = True

    def gain(self, lam: object) -> sp.Expr:
        """The gain on eigenvalue ``lam``, exact."""
        return sp.sympify(self.expression.xreplace({LAM: sp.sympify(lam)}))

    def numeric(self, **parameters: float) -> Callable[[np.ndarray], np.ndarray]:
        """The gain as a function of an array of eigenvalues; parameters by name. All of them must be given."""
        names = {s.name: s for s in self.expression.free_symbols - {LAM}}
        if set(names) != set(parameters):
            wrong = ", ".join(sorted(set(names) ^ set(parameters)))
            raise DomainError(f"the filter {self.expression} has the parameters {sorted(names)}: see {wrong}")
        used = [names[k] for k in sorted(names)]
        compiled = sp.lambdify([LAM, *used], self.expression, modules="numpy", cse=True)

        def evaluate(lam: np.ndarray) -> np.ndarray:
            # Under-damped roots are complex, and their gain is real.
            values = np.asarray(lam, dtype=complex)
            with np.errstate(all="ignore"):
                found = compiled(values, *(complex(parameters[s.name]) for s in used))
            off = np.abs(np.imag(found)) > REAL * np.maximum(1.0, np.abs(np.real(found)))
            if np.any(off):
                raise DomainError(
                    f"the filter {self.expression} has no real gain there; take a smaller step or whole steps"
                )
            return np.array(np.broadcast_to(np.real(found), values.shape), dtype=float)

        return evaluate

    def on(self, teacher: Filter) -> Filter:
        """This method on the predictions of a teacher."""
        return Filter(self.expression * teacher.expression, False)

    def generations(self, count: object) -> Filter:
        """This method ``count`` times, each on the predictions of the one before; once is the method itself."""
        return Filter(self.expression ** sp.sympify(count), False)

    def on_mix(self, weight: object, teacher: Filter) -> Filter:
        """This method on the labels (1 - weight) y + weight (the teacher's predictions)."""
        share = sp.sympify(weight)
        return Filter(self.expression * (1 - share + share * teacher.expression), False)

    def after(self, first: Filter, target: Filter) -> Filter:
        """This method from where ``first`` stopped, now on the predictions of ``target``.

        Raises :class:`DomainError` when this method has momentum: what follows would depend on the speed.
        """
        if not self.forgets:
            raise DomainError("a loss is switched under momentum or a composition: needs a method that forgets")
        # The distance to the new target shrinks as the distance to the labels would have.
        gain = first.expression + self.expression * (target.expression - first.expression)
        return Filter(gain, False)


LEAST_SQUARES = Filter(sp.S.One, False)


def flow(time: object) -> Filter:
    """Gradient flow, stopped at ``time``."""
    return Filter(1 - sp.exp(-LAM * sp.sympify(time)))


def descent(step: object, steps: object) -> Filter:
    """Gradient descent, ``steps`` steps of one size; it converges where 0 < step lam < 2."""
    return Filter(1 - (1 - sp.sympify(step) * LAM) ** sp.sympify(steps))


def ridge(penalty: object) -> Filter:
    """Ridge regression: least |y - X theta|^2 + penalty |theta|^2."""
    return iterated_ridge(penalty, 1)


def iterated_ridge(penalty: object, rounds: object) -> Filter:
    """Ridge ``rounds`` times, each round penalised by the distance to where the one before ended."""
    mu = sp.sympify(penalty)
    return Filter(LAM / (LAM + mu) if rounds == 1 else 1 - (mu / (LAM + mu)) ** sp.sympify(rounds))


def heavy_ball(step: object, momentum: object, steps: object) -> Filter:
    """Gradient descent with momentum, from rest.

    What is left obeys e_(k+1) = (1 + m - step lam) e_k - m e_(k-1), e_(-1) = e_0 = 1. With the roots z, y of this
    recursion e_k = (z^k (z - m) - y^k (y - m))/(z - y), and its limit where they meet.
    """
    m, k = sp.sympify(momentum), sp.sympify(steps)
    middle = (1 + m - sp.sympify(step) * LAM) / 2
    apart = sp.sqrt(middle**2 - m)
    z, y = middle + apart, middle - apart
    left = (z**k * (z - m) - y**k * (y - m)) / (2 * apart)
    meet = middle ** (k - 1) * ((k + 1) * middle - k * m)
    return Filter(1 - sp.Piecewise((meet, sp.Eq(apart, 0)), (left, True)), False)


def heavy_ball_flow(damping: object, time: object) -> Filter:
    """Momentum in continuous time, from rest: theta'' + damping theta' = -gradient.

    It oscillates where damping^2 < 4 lam.
    """
    c, t = sp.sympify(damping), sp.sympify(time)
    speed = sp.sqrt(c**2 / 4 - LAM)
    left = sp.cosh(speed * t) + c / (2 * speed) * sp.sinh(speed * t)
    left = sp.Piecewise((1 + c * t / 2, sp.Eq(speed, 0)), (left, True))
    return Filter(1 - sp.exp(-c * t / 2) * left, False)


# -- matched progress -----------------------------------------------------------------------------------------


def flow_time(lam: object, progress: object) -> sp.Expr:
    """The time at which gradient flow has a given progress in (0, 1) on eigenvalue lam."""
    return -sp.log(1 - _progress(progress)) / sp.sympify(lam)


def descent_steps(step: object, lam: object, progress: object) -> sp.Expr:
    """The steps, in general no whole number, after which descent has a given progress; needs 0 < step lam < 1."""
    share = sp.sympify(step) * sp.sympify(lam)
    if (share > 0) == sp.false or (share < 1) == sp.false:
        raise DomainError(f"step lam = {share}: needs 0 < step lam < 1, else progress is not monotone; take less")
    return sp.log(1 - _progress(progress)) / sp.log(1 - share)


def ridge_penalty(lam: object, progress: object) -> sp.Expr:
    """The penalty at which ridge has a given progress on eigenvalue lam."""
    x = _progress(progress)
    return sp.sympify(lam) * (1 - x) / x


def iterated_ridge_rounds(penalty: object, lam: object, progress: object) -> sp.Expr:
    """The rounds, in general no whole number, after which iterated ridge has a given progress on eigenvalue lam."""
    mu = sp.sympify(penalty)
    return sp.log(1 - _progress(progress)) / sp.log(mu / (sp.sympify(lam) + mu))


def _progress(value: object) -> sp.Expr:
    x = sp.sympify(value)
    if (x > 0) == sp.false or (x < 1) == sp.false:
        raise DomainError(f"progress {x}: needs 0 < progress < 1; no finite training has any other")
    return x


def matched_root(
    family: Callable[[object], Filter], lam: float, progress: float, bracket: tuple[float, float]
) -> float:
    """The parameter in the bracket at which ``family(parameter)`` has a given progress on ``lam``, by bisection.

    To the last digit of a float. The gain at the two ends must lie on different sides of the progress, else
    :class:`DomainError` names both. With several solutions it is one of them; the caller's bracket chooses.
    """
    parameter = sp.Dummy("parameter", positive=True)
    compiled = sp.lambdify(parameter, family(parameter).gain(sp.Float(lam)), modules="numpy")

    def excess(at: float) -> float:
        try:
            with np.errstate(all="ignore"):
                gain = complex(compiled(complex(at)))
        except ZeroDivisionError:
            gain = complex(math.nan)
        if not abs(gain.imag) <= REAL * max(1.0, abs(gain.real)):
            raise DomainError(f"the gain on lam={lam:g} is not a real number at {at:g}; move the bracket away from it")
        return gain.real - progress

    low, high = map(float, bracket)
    if not (math.isfinite(low) and math.isfinite(high)):
        raise DomainError(f"the bracket ({low:g}, {high:g}) has an infinite end: give two finite ones")
    below, above = excess(low), excess(high)
    if below == 0 or above == 0:
        return low if below == 0 else high
    if not below * above < 0:
        raise DomainError(
            f"no matched progress {progress:g} on lam={lam:g} for certain in ({low:g}, {high:g}): needs gains on both "
            f"sides of it, they are {below + progress:g} and {above + progress:g}; widen or move the bracket"
        )
    while True:
        middle = low + (high - low) / 2
        if not min(low, high) < middle < max(low, high) or not math.isfinite(middle):
            return middle
        if (excess(middle) > 0) == (above > 0):
            high = middle
        else:
            low = middle


__all__ = [
    "LAM",
    "LEAST_SQUARES",
    "Filter",
    "descent",
    "descent_steps",
    "flow",
    "flow_time",
    "heavy_ball",
    "heavy_ball_flow",
    "iterated_ridge",
    "iterated_ridge_rounds",
    "matched_root",
    "ridge",
    "ridge_penalty",
]
