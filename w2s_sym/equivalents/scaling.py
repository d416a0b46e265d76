"""The power of a size that each source's risk becomes, on power laws of infinitely many eigenvalues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2s_sym.equivalents.arithmetic import Array
from w2s_sym.equivalents.derived import Derived
from w2s_sym.equivalents.infinite_sums import OUTSIDE, PowersOfPlace
from w2s_sym.equivalents.inputs import names
from w2s_sym.equivalents.numbers_at import on_both_nodes
from w2s_sym.equivalents.scalars import EngineError

# The values of the size where none are given, and how many are needed: three slopes make one limit, four make two.
FROM, TO, COUNT, FEWEST_SIZES = 1e2, 1e6, 25, 6
# What a part may differ by on the nodes that check it, for its logarithm to have a slope.
SAME_PART = 1e-7
# Slopes that differ by less are equal.
EQUAL_SLOPES = 1e-8


@dataclass(frozen=True)
class Power:
    """An exponent with how far the last two limits of it are apart, and the slope at the largest sizes."""

    exponent: float
    apart: float
    last: float

    def __str__(self) -> str:
        return f"{self.exponent:.4f} +- {self.apart:.1g}"


@dataclass(frozen=True)
class Scaling:
    """Exponents of each source's part in the size ``name``, and of the total: fitted, not proven."""

    name: str
    parts: Mapping[str, Power]
    total: Power
    note: str = OUTSIDE

    def __str__(self) -> str:
        rows = [*self.parts.items(), ("total", self.total)]
        return "\n".join([*(f"{source}: {self.name}^({power})" for source, power in rows), self.note])

    __repr__ = __str__


def risk_scaling(risk: Derived, name: str, given: Mapping[str, Any]) -> Scaling:
    """The exponents; see :meth:`~w2s_sym.equivalents.equivalent.Equivalent.scaling`."""
    if names(risk).get(name) not in ("size", "number"):
        raise EngineError(f"{name} is no size or number of this risk")
    if not any(isinstance(v, PowersOfPlace) for v in given.values()):
        raise EngineError(
            "a risk is a power of a size for infinitely many eigenvalues only: give Spectrum.power_law without p, or "
            "ask for exponent(), which is the local one"
        )
    sizes = np.asarray(given.get(name, np.geomspace(FROM, TO, COUNT)), dtype=float)
    if sizes.ndim != 1 or len(sizes) < FEWEST_SIZES or not (np.isfinite(sizes).all() and (sizes > 0).all()):
        raise EngineError(f"{name} needs {FEWEST_SIZES} or more positive values, or none, for {FROM:g} to {TO:g}")
    steps = np.diff(np.log(sizes))
    if not (steps[0] != 0 and np.abs(steps / steps[0] - 1).max() < 1e-6):
        raise EngineError(f"{name} must grow by one factor, such as np.geomspace({FROM:g}, {TO:g}, {COUNT})")
    found, check = on_both_nodes(risk, {**given, name: sizes})
    parts = {}
    for source, part in found.parts.items():
        # Parts that are small beside what they are a difference of have no digits left from some size on.
        same = np.abs(check.parts[source] - part) <= SAME_PART * np.abs(part)
        parts[source] = _power(source, part[: len(part) if same.all() else int(np.argmin(same))], float(steps[0]))
    # A sum of positive powers goes like the largest of them, where the number grows; like the least, where it falls.
    total = max(parts.values(), key=lambda power: power.exponent * float(np.sign(steps[0])))
    return Scaling(name, parts, total)


def _power(source: str, values: Array, step: float) -> Power:
    """The limit of the slopes: corrections are powers of the size, so that slopes come near it by one factor."""
    if len(values) < FEWEST_SIZES:
        raise EngineError(
            f"the part of {source} has digits at {len(values)} sizes only, and needs {FEWEST_SIZES}: give smaller sizes"
        )
    if not (values > 0).all():
        raise EngineError(f"the part of {source} is not positive at all sizes: it is no power of one")
    slopes = np.diff(np.log(values)) / step
    limits = [_limit(slopes[k], slopes[k + 1], slopes[k + 2]) for k in (len(slopes) - 4, len(slopes) - 3)]
    return Power(limits[1], abs(limits[1] - limits[0]) + EQUAL_SLOPES, float(slopes[-1]))


def _limit(a: float, b: float, c: float) -> float:
    """Aitken's limit of three terms; the last one where they are equal, or do not come nearer."""
    first, second = b - a, c - b
    if abs(second) < EQUAL_SLOPES or not abs(second) < abs(first):
        return float(c)
    return float(c + second**2 / (first - second))
