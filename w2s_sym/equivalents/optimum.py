"""Derivatives of a risk in a ridge, a weight, a noise or a size, and the value at which the risk is least."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2s_sym.equivalents.derived import Derived
from w2s_sym.equivalents.evaluation import PointValues
from w2s_sym.equivalents.inputs import names, read_all, shape_of
from w2s_sym.equivalents.scalars import EngineError
from w2s_sym.equivalents.solving import Prepared

POINTS = 33


@dataclass(frozen=True)
class Best:
    """Where a risk is least: the value of the number, the risk there, and whether it is an end of the range."""

    value: float
    risk: float
    at_end: bool


def risk_derivative(risk: Derived, name: str, given: Mapping[str, Any], *, joint: bool = False) -> float:
    """The derivative of the total in a number or a size, by the implicit function theorem.

    Raises :class:`EngineError` for a name that is no number of the risk, for a size that matrices have, and for values
    that do not fit.
    """
    _require_number(risk, name)
    if shape_of(risk, given):
        raise EngineError("a derivative is at one point: give one number for each name")
    values, _ = read_all(risk, given, joint=joint)
    place = _place(risk, name)
    _require_free(values, place, name)
    prepared = Prepared(risk, values)
    gains, _ = prepared.gains(values.numbers, 1)
    return float(prepared.slopes(values.numbers, gains, 1, place)[1][0])


def risk_exponent(risk: Derived, name: str, given: Mapping[str, Any], *, joint: bool = False) -> float:
    """The derivative of log total in the logarithm of a number; see :func:`risk_derivative`.

    Raises :class:`EngineError` as that does, and where the number or the total is not positive.
    """
    _require_number(risk, name)
    if shape_of(risk, given) or name not in given:
        raise EngineError(f"an exponent is at one point: give one number for each name, and {name} among them")
    values, _ = read_all(risk, given, joint=joint)
    place = _place(risk, name)
    _require_free(values, place, name)
    prepared = Prepared(risk, values)
    gains, _ = prepared.gains(values.numbers, 1)
    total, slope = prepared.slopes(values.numbers, gains, 1, place)
    x = float(values.numbers[place][0])
    if not (x > 0 and total[0] > 0):
        raise EngineError(f"{name} = {x:g} and a total of {total[0]:g}: an exponent needs both positive")
    return float(slope[0] * x / total[0])


def _require_free(values: PointValues, place: int, name: str) -> None:
    if place in values.dimensions:
        raise EngineError(
            f"{name} is the size of matrices that are given, {values.dimensions[place]}: it cannot vary while they are "
            "fixed; give matrices of each size, and compare the risks"
        )


def least_risk(
    risk: Derived, name: str, low: float, high: float, given: Mapping[str, Any], *, joint: bool = False
) -> Best:
    """The least risk over a number between two ends, the others fixed.

    The range is searched on a grid, on a logarithmic scale where it spans more than a factor of 10; then the derivative
    is bisected beside the best point. A second minimum between two points of the grid can be missed. Raises
    :class:`EngineError` for an empty range and for values that do not fit.
    """
    _require_number(risk, name)
    if not all(isinstance(end, int | float) for end in (low, high)) or shape_of(risk, given) or name in given:
        raise EngineError(
            f"best({name!r}, low, high, ...) needs two numbers, one number for each other name, and no {name}"
        )
    if not (np.isfinite([low, high]).all() and low < high):
        raise EngineError(f"{name} from {low:g} to {high:g}: needs two ends, the lower one first")
    place = _place(risk, name)
    grid = np.geomspace(low, high, POINTS) if low > 0 and high > 10 * low else np.linspace(low, high, POINTS)
    values, _ = read_all(risk, {**given, name: grid}, joint=joint)
    prepared = Prepared(risk, values)
    gains, _ = prepared.gains(values.numbers, POINTS)
    totals, slopes = prepared.slopes(values.numbers, gains, POINTS, place)
    k = int(np.argmin(totals))
    left, right = k - int(slopes[k] > 0), k + int(slopes[k] <= 0)
    if left < 0 or right >= POINTS:
        return Best(float(grid[k]), float(totals[k]), True)
    numbers = {p: v[k : k + 1] for p, v in values.numbers.items()}
    near: Mapping[int, Any] = {p: g[k : k + 1] for p, g in gains.items()}

    def at(x: float) -> tuple[float, float]:
        nonlocal near
        here = {**numbers, place: np.array([x])}
        near, _ = prepared.gains(here, 1, near)
        total, slope = prepared.slopes(here, near, 1, place)
        return float(total[0]), float(slope[0])

    a, b = float(grid[left]), float(grid[right])
    for _ in range(60):
        middle = float(np.sqrt(a * b)) if a > 0 and b > 2 * a else (a + b) / 2
        if not a < middle < b:
            break
        a, b = (a, middle) if at(middle)[1] > 0 else (middle, b)
    x = (a + b) / 2
    return Best(x, at(x)[0], False)


def _require_number(risk: Derived, name: str) -> None:
    kinds = names(risk)
    if kinds.get(name) not in ("number", "size"):
        numbers = ", ".join(k for k, kind in kinds.items() if kind in ("number", "size"))
        raise EngineError(f"{name} is no number of this risk, which has {numbers}")


def _place(risk: Derived, name: str) -> int:
    return next(k for k, n in enumerate(risk.book.numbers) if n.given is not None and n.name == name)
