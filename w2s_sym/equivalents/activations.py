"""Activations of random features, and their Hermite numbers at arguments of a given variance.

For a Gaussian u of variance s^2 an activation is phi(u) = mu_0 + mu_1 u + mu_star z, where z has mean 0, variance 1 and
no correlation with u: mu_0 = E phi(u), mu_1 = E phi(u) u/s^2, and mu_star^2 is what is left of the variance.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.equivalents.scalars import EngineError, parameter

# Panels of one quarter up to 12 standard deviations on each side of zero, where an activation may have a kink.
PANELS, NODES, TAILS = 48, 20, 12.0


@dataclass(frozen=True)
class HermiteNumbers:
    """mu_0, mu_1 and mu_star of an activation: floats, or exact SymPy numbers."""

    mu_0: Any
    mu_1: Any
    mu_star: Any


@dataclass(frozen=True)
class Activation:
    """A function of one number that acts on each entry of an array, with a name.

    ``closed`` gives mu_0, mu_1 and the mean square, exact, of the standard deviation of the argument.
    """

    name: str
    function: Callable[[Any], Any]
    closed: Callable[[sp.Expr], tuple[sp.Expr, sp.Expr, sp.Expr]] | None = None

    def hermite(self, deviation: float = 1.0) -> HermiteNumbers:
        """The numbers in floats at arguments of this standard deviation: by closed form, or else by quadrature.

        Raises :class:`EngineError` for a deviation that is not positive, and for a function without finite values.
        """
        if not (np.isfinite(deviation) and deviation > 0):
            raise EngineError(f"{self.name} of arguments of the standard deviation {deviation}: needs a positive one")
        return _hermite(self, float(deviation))

    def exact(self, deviation: Any = 1) -> HermiteNumbers:
        """The numbers as exact SymPy numbers. Raises :class:`EngineError` for an activation without closed form."""
        if self.closed is None:
            raise EngineError(f"{self.name} has no closed form here: use hermite(), which gives floats")
        s = sp.sympify(deviation)
        mean, slope, square = self.closed(s)
        return HermiteNumbers(mean, slope, sp.sqrt(square - mean**2 - s**2 * slope**2))


@cache
def _hermite(phi: Activation, s: float) -> HermiteNumbers:
    if phi.closed is not None:
        found = phi.exact(sp.Float(s, 30))
        return HermiteNumbers(float(found.mu_0), float(found.mu_1), float(found.mu_star))
    x, w = np.polynomial.legendre.leggauss(NODES)
    ends = np.linspace(-TAILS, TAILS, 2 * PANELS + 1)
    half = (ends[1] - ends[0]) / 2
    g = (ends[:-1, None] + half * (1 + x)).ravel()
    weight = np.tile(half * w, 2 * PANELS) * np.exp(-(g**2) / 2) / np.sqrt(2 * np.pi)
    value = values_of(phi, s * g)
    mean, slope = float(weight @ value), float(weight @ (value * g)) / s
    rest = value - mean - slope * s * g
    return HermiteNumbers(mean, slope, float(np.sqrt(weight @ rest**2)))


def values_of(phi: Activation, u: np.ndarray) -> np.ndarray:
    """phi at each entry. Raises :class:`EngineError` where that is not one finite number for each."""
    try:
        with np.errstate(all="ignore"):
            found = np.asarray(phi.function(u), dtype=float)
    except (TypeError, ValueError) as problem:
        why = str(problem)[:60]
        raise EngineError(f"the activation {phi.name} takes no array ({why}): use numpy functions") from problem
    if found.shape != u.shape or not np.isfinite(found).all():
        raise EngineError(f"the activation {phi.name} must give one finite number for each entry of an array")
    return found


def _relu(s: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    return s / sp.sqrt(2 * sp.pi), sp.Rational(1, 2), s**2 / 2


def _sign(s: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    return sp.S.Zero, sp.sqrt(2 / sp.pi) / s, sp.S.One


def _erf(s: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    return sp.S.Zero, 2 / sp.sqrt(sp.pi * (1 + 2 * s**2)), 2 / sp.pi * sp.asin(2 * s**2 / (1 + 2 * s**2))


def _sin(s: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    return sp.S.Zero, sp.exp(-(s**2) / 2), (1 - sp.exp(-2 * s**2)) / 2


def _abs(s: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    return s * sp.sqrt(2 / sp.pi), sp.S.Zero, s**2


def _square(s: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    return s**2, sp.S.Zero, 3 * s**4


def _error_function(u: np.ndarray) -> np.ndarray:
    """erf entry by entry by the standard library, without SciPy."""
    return np.asarray(np.vectorize(math.erf, otypes=[float])(u))


ACTIVATIONS: dict[str, Activation] = {
    a.name: a
    for a in (
        Activation("relu", lambda u: np.maximum(u, 0.0), _relu),
        Activation("tanh", np.tanh),
        Activation("erf", _error_function, _erf),
        Activation("sign", np.sign, _sign),
        Activation("sin", np.sin, _sin),
        Activation("abs", np.abs, _abs),
        Activation("square", np.square, _square),
    )
}


def activation(name: str, function: Callable[[Any], Any] | None = None) -> Activation:
    """An activation: ``relu``, ``tanh``, ``erf``, ``sign``, ``sin``, ``abs`` or ``square``, or one of your own.

    ``function`` takes an array and returns one of the same shape; it may have a kink or a jump at zero, and is smooth
    elsewhere. Raises :class:`EngineError` for a name that is unknown or taken.
    """
    if function is None:
        if name not in ACTIVATIONS:
            raise EngineError(
                f"{name!r:.60} is no activation: use {', '.join(ACTIVATIONS)}, or activation('name', function)"
            )
        return ACTIVATIONS[name]
    parameter(name)
    if name in ACTIVATIONS:
        raise EngineError(f"{name} is an activation already: give yours another name")
    if not callable(function):
        raise EngineError(f"the activation {name} is {type(function).__name__}: needs a function of an array")
    made = Activation(name, function)
    made.hermite()
    return made
