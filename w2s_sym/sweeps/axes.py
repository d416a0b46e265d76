"""Axes of a grid: a name with values in order, and what they mean. Values are exact; of a range they are worked out
one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from w2s_sym.sweeps.numbers_given import SweepError, Table, fraction_of, integer_of, shown

MOST_CELLS = 10**7
AXIS_KEYS = "values, or from, to and one of count, step; then spacing, integer, title, unit"


@dataclass(frozen=True)
class ListedValues:
    """Values one by one."""

    numbers: tuple[Fraction, ...]

    def __len__(self) -> int:
        return len(self.numbers)

    def value(self, index: int) -> Fraction:
        """The value at a position."""
        return self.numbers[index]


@dataclass(frozen=True)
class EvenValues:
    """Values at equal distances."""

    first: Fraction
    step: Fraction
    count: int

    def __len__(self) -> int:
        return self.count

    def value(self, index: int) -> Fraction:
        """The value at a position."""
        return self.first + index * self.step


@dataclass(frozen=True)
class GeometricValues:
    """Values with equal ratios, as floats in their shortest decimal form; ``integers`` rounds each to an integer."""

    first: Fraction
    last: Fraction
    count: int
    integers: bool

    def __len__(self) -> int:
        return self.count

    def value(self, index: int) -> Fraction:
        """The value at a position."""
        if index in (0, self.count - 1):
            found = self.last if index else self.first
        else:
            found = Fraction(repr(self.near(index)))
        return Fraction(round(found)) if self.integers else found

    def near(self, index: int) -> float:
        """The value at a position, before it is rounded to an integer."""
        part = index / max(1, self.count - 1)
        return float(float(self.first) ** (1 - part) * float(self.last) ** part)


@dataclass(frozen=True)
class Axis:
    """One direction of a grid: its name, its values in order, a title and a unit for tables and figures."""

    name: str
    values: ListedValues | EvenValues | GeometricValues
    title: str = ""
    unit: str = ""

    def __len__(self) -> int:
        return len(self.values)

    @property
    def label(self) -> str:
        """The title, or the name, with the unit."""
        return f"{self.title or self.name} ({self.unit})" if self.unit else self.title or self.name

    def numbers(self) -> np.ndarray:
        """All values: an array of integers where each is one that 64 bits hold, else of floats."""
        found = [self.values.value(i) for i in range(len(self))]
        if all(v.denominator == 1 and abs(v.numerator) < 2**63 for v in found):
            return np.array([v.numerator for v in found], dtype=np.int64)
        return np.array([float(v) for v in found])


def read_axis(name: str, given: Any, where: str) -> Axis:
    """An axis from a list of numbers, or from a table of :data:`AXIS_KEYS`. Raises :class:`SweepError`."""
    if isinstance(given, np.ndarray):
        given = given.tolist()
    if isinstance(given, list | tuple | range):
        return Axis(name, _listed(given, where))
    table = Table(where.rpartition(".")[0], {name: given}).table(name)
    title, unit = table.text("title"), table.text("unit")
    if table.has("values"):
        listed = table.take("values")
        listed = listed.tolist() if isinstance(listed, np.ndarray) else listed
        if not isinstance(listed, list | tuple | range):
            table.fail("values", "is no list; write values = [1, 2, 3]")
        values: ListedValues | EvenValues | GeometricValues = _listed(listed, table.at("values"))
    else:
        values = _range(table)
    table.end(AXIS_KEYS)
    return Axis(name, values, title, unit)


def _listed(given: Sequence[Any], where: str) -> ListedValues:
    _require_count(len(given), where)
    found = tuple(fraction_of(v, f"{where}[{i}]") for i, v in enumerate(given))
    # Integers are told apart exactly, other numbers as the table has them: as floats.
    whole = all(v.denominator == 1 and abs(v) < 2**63 for v in found)
    seen: set[float] = set()
    for value in found:
        key = int(value) if whole else float(value)
        if key in seen:
            raise SweepError(f"{where}: has {shown(value)} twice; give each value once")
        seen.add(key)
    return ListedValues(found)


def _range(table: Table) -> EvenValues | GeometricValues:
    """A range from its two ends, which are both in it, and a count or a step."""
    for key in ("from", "to"):
        if not table.has(key):
            table.fail(key, f"is missing; an axis is a list, or a table of {AXIS_KEYS}")
    first, last = fraction_of(table.take("from"), table.at("from")), fraction_of(table.take("to"), table.at("to"))
    spacing = table.text("spacing", "even")
    integers = table.take("integer")
    if integers is not None and not isinstance(integers, bool):
        table.fail("integer", "is neither true nor false; integer = true rounds to integers")
    if spacing not in ("even", "geometric"):
        table.fail("spacing", f"{spacing!r:.40} is unknown; give even or geometric")
    if table.has("count") == table.has("step"):
        table.fail("count", "one of count and step is needed, and not both")
    if table.has("step"):
        return _stepped(table, first, last, spacing, integers)
    count = integer_of(table.take("count"), table.at("count"), 1, MOST_CELLS)
    if count == 1 and first != last:
        table.fail("count", "one value cannot be both ends; give count = 2 or more")
    if count > 1 and first == last:
        table.fail("to", f"equals from = {shown(first)}; give two different ends, or count = 1")
    if spacing == "geometric":
        if not first > 0 or not last > 0:
            table.fail("from", "geometric spacing needs two positive ends")
        geometric = GeometricValues(first, last, count, bool(integers))
        _require_different(geometric, table)
        return geometric
    even = EvenValues(first, (last - first) / max(1, count - 1), count)
    _require_apart(even, table)
    if integers and even.step.denominator * first.denominator != 1:
        table.fail("count", f"the values are {shown(even.step)} apart, no integers; change count, or leave out integer")
    return even


def _stepped(table: Table, first: Fraction, last: Fraction, spacing: str, integers: object) -> EvenValues:
    step = fraction_of(table.take("step"), table.at("step"))
    if spacing != "even":
        table.fail("step", "geometric spacing takes a count; leave out step")
    if step == 0 or (last - first) / step < 0:
        table.fail(
            "step", f"{shown(step)} does not lead from {shown(first)} to {shown(last)}; change its sign or an end"
        )
    if integers and not step.denominator == first.denominator == 1:
        table.fail("step", f"{shown(step)} from {shown(first)} gives no integers; change them, or leave out integer")
    count = (last - first) // step + 1
    _require_count(count, table.where)
    even = EvenValues(first, step, int(count))
    _require_apart(even, table)
    return even


def _require_different(values: GeometricValues, table: Table) -> None:
    """Rounding, to integers or to floats, may make two neighbours one."""
    last = None
    for i in range(len(values)):
        value = values.value(i) if values.integers else values.near(i)
        if value == last:
            table.fail("count", f"{len(values)} values have {shown(Fraction(value))} twice; give a smaller count")
        last = value


def _require_apart(values: EvenValues, table: Table) -> None:
    """Rounding to floats may make two neighbours one where their distance is less than that of floats there."""
    end = max(abs(values.value(0)), abs(values.value(len(values) - 1)))
    if len(values) == 1 or abs(values.step) >= 2 * Fraction(float(np.spacing(float(end)))):
        return
    whole = values.step.denominator == values.first.denominator == 1 and end < 2**63  # kept as integers of 64 bits
    if not whole:
        table.fail(
            "from", f"the values are {shown(values.step)} apart, and floats near {shown(end)} are not; widen the range"
        )


def _require_count(count: int, where: str) -> None:
    if not count:
        raise SweepError(f"{where}: is empty; give at least one value")
    if count > MOST_CELLS:
        raise SweepError(f"{where}: has {shown(Fraction(count))} values; a grid has at most {MOST_CELLS} cells")
