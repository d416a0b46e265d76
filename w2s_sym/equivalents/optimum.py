"""Derivatives of a risk in a ridge, a weight, a noise or a size, and the value at which the risk is least."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2s_sym.equivalents.derived import Derived
from w2s_sym.equivalents.evaluation import Evaluation, PointValues
from w2s_sym.equivalents.inputs import names, read, shape_of
from w2s_sym.equivalents.numbers_at import Fixpoint, core_values, fixpoints, solve_cores
from w2s_sym.equivalents.scalars import EngineError

POINTS = 33


@dataclass(frozen=True)
class Best:
    """Where a risk is least: the value of the number, the risk there, and whether it is an end of the range."""

    value: float
    risk: float
    at_end: bool


def risk_derivative(risk: Derived, name: str, given: Mapping[str, Any], *, joint: bool = False) -> float:
    """The derivative of the total in a number or a size, by the implicit function theorem.

    Raises :class:`EngineError` for a name that is no number of the risk, and for values that do not fit.
    """
    _require_number(risk, name)
    if shape_of(risk, given):
        raise EngineError("a derivative is at one point: give one number for each name")
    (values,) = read(risk, given, joint=joint)
    return value_and_slope(risk, fixpoints(risk), values, _place(risk, name))[1]


def value_and_slope(
    risk: Derived, cores: tuple[Fixpoint, ...], values: PointValues, place: int, near: Mapping[int, float] | None = None
) -> tuple[float, float, dict[int, float]]:
    """The total, its derivative in the number at a place, and the gains."""
    gains, _ = solve_cores(cores, values, near)
    seeds: dict[int, Any] = {place: np.ones(1)}
    for core in cores:
        here = core_values(core, values)
        count = len(core.own)
        unit = np.eye(count + 1)
        along = {u: unit[k] for k, u in enumerate(core.own)} | {place: unit[count]}
        more = {o: gains[u] for o, u in zip(core.own, core.unknowns, strict=True)} | {core.shift: 0.0}
        run = Evaluation(core.book, here, more, along)
        slopes = np.array([run.polynomial(core.book.core[u])[1] for u in core.own])
        moved = np.linalg.solve(np.eye(count) - slopes[:, :count], slopes[:, count])
        seeds |= {u: np.array([m]) for u, m in zip(core.unknowns, moved, strict=True)}
    run = Evaluation(risk.book, values, gains, seeds)
    out = [run.polynomial(t.value) for t in risk.terms]
    return sum(v for v, _ in out), float(sum(s[0] for _, s in out)), gains


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
    cores, place = fixpoints(risk), _place(risk, name)
    near: Mapping[int, float] | None = None

    def at(x: float) -> tuple[float, float]:
        nonlocal near
        (values,) = read(risk, {**given, name: x}, joint=joint)
        total, slope, near = value_and_slope(risk, cores, values, place, near)
        return total, slope

    grid = np.geomspace(low, high, POINTS) if low > 0 and high > 10 * low else np.linspace(low, high, POINTS)
    found = [at(float(x)) for x in grid]
    k = int(np.argmin([v for v, _ in found]))
    left, right = k - (found[k][1] > 0), k + (found[k][1] <= 0)
    if left < 0 or right >= len(grid):
        return Best(float(grid[k]), found[k][0], True)
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
