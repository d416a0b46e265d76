"""Numbers of an equivalent: values put in, the fixed points solved on the physical branch, the lines evaluated."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2s_sym.equivalents.branch import BranchWarning
from w2s_sym.equivalents.derived import Derived
from w2s_sym.equivalents.evaluation import PointValues
from w2s_sym.equivalents.inputs import read_all
from w2s_sym.equivalents.solving import Prepared, point_of
from w2s_sym.formula import display

# A value that loses eight of its sixteen digits to rounding is told.
MOST_ROUNDING = 1e8


@dataclass(frozen=True)
class RiskValue:
    """The value of an equivalent: its total, each source's part, the spectral radius of the worst fixed point.

    ``total`` and the parts are floats, or arrays where numbers were given as arrays.
    """

    total: Any
    parts: Mapping[str, Any]
    radius: float

    def __float__(self) -> float:
        return float(self.total)

    def rows(self) -> list[tuple[str, str]]:
        """Each source with its part, then the total, in six digits; of arrays the ends of their range."""
        return [(name, _told(part)) for name, part in {**self.parts, "total": self.total}.items()]

    def __str__(self) -> str:
        return "\n".join(f"{name}: {value}" for name, value in self.rows())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html("risk", self)


def _told(value: Any) -> str:
    """A float in six digits, or the shape and range of an array."""
    if not np.ndim(value):
        return f"{float(value):.6g}"
    return f"{np.min(value):.6g} to {np.max(value):.6g}, shape {np.shape(value)}"


def solve_cores(values: PointValues, risk: Derived) -> tuple[dict[int, float], float]:
    """The gains of all cores on the physical branch at one point, and the largest spectral radius."""
    gains, radius = Prepared(risk, values).gains(values.numbers, 1)
    return point_of(gains, 0), float(radius[0])


def numbers_at(risk: Derived, given: Mapping[str, Any], *, joint: bool) -> RiskValue:
    """See :meth:`~w2s_sym.equivalents.equivalent.Equivalent.at`."""
    values, shape = read_all(risk, given, joint=joint)
    prepared = Prepared(risk, values)
    points = int(np.prod(shape, dtype=int))
    gains, radius = prepared.gains(values.numbers, points)
    parts, rounding = prepared.parts(values.numbers, gains, points)
    total = np.sum(list(parts.values()), axis=0)
    if not (rounding <= MOST_ROUNDING).all():
        warnings.warn(
            "rounding takes many of the digits of this value: ask for proven digits, or write the estimator by_rows",
            BranchWarning,
            stacklevel=3,
        )
    if not shape:
        floats = {name: float(part[0]) for name, part in parts.items()}
        return RiskValue(float(total[0]), floats, float(radius[0]))
    return RiskValue(total.reshape(shape), {k: v.reshape(shape) for k, v in parts.items()}, float(radius.max()))
