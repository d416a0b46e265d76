"""Numbers of an equivalent: values put in, the fixed points solved on the physical branch, the lines evaluated."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from w2s_sym.equivalents.branch import BranchWarning
from w2s_sym.equivalents.derived import Derived
from w2s_sym.equivalents.evaluation import PointValues
from w2s_sym.equivalents.infinite_sums import OUTSIDE, PowersOfPlace
from w2s_sym.equivalents.inputs import read_all
from w2s_sym.equivalents.scalars import EngineError
from w2s_sym.equivalents.solving import EPS, Prepared, point_of
from w2s_sym.formula import display

# A value that loses eight of its sixteen digits to rounding is told.
MOST_ROUNDING = 1e8
# A part may be off by so many roundings of the total, to which it is added.
_LAST_DIGITS = 16
# A total whose error is fewer of its roundings has its digits.
_FEW_ROUNDINGS = 1e4
# Eigenvalues below this share of the largest are those of zero to rounding, and what a value may change with them.
BARELY_THERE, HARDLY_CHANGED = 1e-13, 1e-3
# What two ways of summing over infinitely many eigenvalues may differ by, relatively.
SAME_SUMS = 1e-8


@dataclass(frozen=True)
class RiskValue:
    """The value of an equivalent: its total, each source's part, the spectral radius of the worst fixed point.

    ``total`` and the parts are floats, or arrays where numbers were given as arrays. Parts of a mean of squares are not
    negative: one that is lost in the total's last digits may be zero. ``note`` says where the theorem is
    not claimed.
    """

    total: Any
    parts: Mapping[str, Any]
    radius: float
    note: str = ""

    def __float__(self) -> float:
        return float(self.total)

    def rows(self) -> list[tuple[str, str]]:
        """Each source with its part, then the total, in six digits; of arrays the ends of their range."""
        return [(name, _told(part)) for name, part in {**self.parts, "total": self.total}.items()]

    def __str__(self) -> str:
        return "\n".join([*(f"{name}: {value}" for name, value in self.rows()), *([self.note] if self.note else [])])

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
    gains, radius = Prepared(risk, values, once=True).gains(values.numbers, 1)
    return point_of(gains, 0), float(radius[0])


def numbers_at(risk: Derived, given: Mapping[str, Any], *, joint: bool) -> RiskValue:
    """See :meth:`~w2s_sym.equivalents.equivalent.Equivalent.at`."""
    if any(isinstance(v, PowersOfPlace) for v in given.values()):
        return _at_infinitely_many(risk, given)
    return _numbers_at(risk, given, joint=joint)


def on_both_nodes(risk: Derived, given: Mapping[str, Any]) -> tuple[RiskValue, RiskValue]:
    """The numbers at infinitely many eigenvalues, on the nodes and on those that check them."""
    again = {k: v.again() if isinstance(v, PowersOfPlace) else v for k, v in given.items()}
    # What rounding takes shows in the difference.
    return _numbers_at(risk, given, joint=True, warned=False), _numbers_at(risk, again, joint=True, warned=False)


def _at_infinitely_many(risk: Derived, given: Mapping[str, Any]) -> RiskValue:
    """The numbers on nodes. Raises :class:`EngineError` where those that check them differ."""
    found, check = on_both_nodes(risk, given)
    for name, part in {**found.parts, "total": found.total}.items():
        other = check.total if name == "total" else check.parts[name]
        gap, size = np.abs(np.asarray(other) - np.asarray(part)), np.abs(np.asarray(part))
        if not (gap <= SAME_SUMS * size).all():
            off = float(np.max(gap / np.maximum(size, np.finfo(float).tiny)))
            raise EngineError(
                f"{name}: two ways of summing over all eigenvalues differ by {off:.2g}, as rounding takes digits: give "
                "a smaller size, or finitely many eigenvalues, p=..."
            )
    return replace(found, note=OUTSIDE)


def _numbers_at(risk: Derived, given: Mapping[str, Any], *, joint: bool, warned: bool = True) -> RiskValue:
    values, shape = read_all(risk, given, joint=joint)
    points = int(np.prod(shape, dtype=int))
    prepared = Prepared(risk, values, once=points == 1)
    gains, radius = prepared.gains(values.numbers, points)
    parts, rounding = prepared.parts(values.numbers, gains, points)
    total = np.sum(list(parts.values()), axis=0)
    if warned:
        if risk.squares:
            parts = _squares(parts, np.abs(total), rounding)
            total = np.sum(list(parts.values()), axis=0)
        _warn_of_small_eigenvalues(prepared, gains, total)
    if warned and not (rounding <= MOST_ROUNDING).all():
        warnings.warn(
            "rounding takes many of the digits of this value: ask for proven digits, or write the estimator by_rows",
            BranchWarning,
            stacklevel=3,
        )
    if not shape:
        floats = {name: float(part[0]) for name, part in parts.items()}
        return RiskValue(float(total[0]), floats, float(radius[0]))
    return RiskValue(total.reshape(shape), {k: v.reshape(shape) for k, v in parts.items()}, float(radius.max()))


def _squares(parts: Mapping[str, Any], total: Any, rounding: Any) -> dict[str, Any]:
    """The parts, each the mean of a square; one that is below zero by no more than rounding is zero where the total has
    its digits, and where it has none: it may be exactly zero. Where it has some, only its last digits are rounding.

    Raises :class:`EngineError` where one is below zero by more. ``rounding`` is the error of the total, in roundings
    of the total.
    """
    some = (rounding > _FEW_ROUNDINGS) & (2 * rounding * EPS < 1)
    room = EPS * total * np.maximum(_LAST_DIGITS, np.where(some, 0.0, 2 * rounding))
    for name, part in parts.items():
        if (part < -room).any():
            raise EngineError(
                f"the part of {name} is {np.min(part):.3g}, and no mean of a square is negative: rounding took its "
                "digits; ask for proven ones (digits=8), raise the ridge, or choose other sizes"
            )
    return {name: np.maximum(part, 0.0) for name, part in parts.items()}


def _warn_of_small_eigenvalues(prepared: Prepared, gains: Mapping[int, Any], total: Any) -> None:
    """Warns where the value depends on eigenvalues that floats of a matrix cannot tell from zero."""
    values = prepared.values
    moved = {
        k: (w + EPS * w[-1], v)
        for k, (w, v) in values.eigen.items()
        if w[0] < BARELY_THERE * w[-1] and np.any(values.matrices[k] != np.diag(np.diagonal(values.matrices[k])))
    }
    if not moved:
        return
    other = Prepared(prepared.risk, replace(values, eigen={**values.eigen, **moved}), once=len(total) == 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BranchWarning)
        there, _ = other.gains(values.numbers, len(total), gains)
        changed = np.sum(list(other.parts(values.numbers, there, len(total))[0].values()), axis=0)
    if not (np.abs(changed - total) <= HARDLY_CHANGED * np.abs(total)).all():
        names = " and ".join(prepared.risk.book.letters[k].name for k in moved)
        warnings.warn(
            f"the value depends on eigenvalues of {names} that rounding cannot tell from zero: raise the ridge, or "
            "leave out these directions",
            BranchWarning,
            stacklevel=4,
        )
