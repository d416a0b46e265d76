"""A sweep as it was defined: axes, values, columns; its cells by number, and the hash of all that its digits depend on.

Cells are numbered along the axes with those that make arrays first, so that neighbours share their matrices. The table
has the order in which the axes were given.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from w2s_sym.claims.description import sha256_of
from w2s_sym.spectra.arguments import SpectrumError
from w2s_sym.store.fingerprints import package_digest, versions
from w2s_sym.sweeps.axes import Axis
from w2s_sym.sweeps.bindings import Binding, CellValue, described, filled, is_scalar, names_in
from w2s_sym.sweeps.cells import ColumnSource, Row


@dataclass(frozen=True)
class SweptColumn:
    """One column: what fills it, what its own names stand for, a title and a unit."""

    name: str
    source: ColumnSource
    values: Mapping[str, Binding]
    title: str = ""
    unit: str = ""

    @property
    def label(self) -> str:
        """The title, or the name, with the unit."""
        return f"{self.title or self.name} ({self.unit})" if self.unit else self.title or self.name


@dataclass(frozen=True)
class FigureChoice:
    """What the figure shows: the axis along the page, that of the colours, and which scales are logarithmic."""

    x: str = ""
    hue: str = ""
    log: tuple[str, ...] = ()


@dataclass(frozen=True)
class Definition:
    """All of a sweep but who works it out. ``text`` is the file that it was read from, empty for one from Python."""

    title: str
    seed: int
    axes: tuple[Axis, ...]
    values: Mapping[str, Binding]
    columns: tuple[SweptColumn, ...]
    drawing: FigureChoice
    text: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return tuple(len(axis) for axis in self.axes)

    @property
    def count(self) -> int:
        """The number of cells."""
        return math.prod(self.shape)

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The positions of the axes, slowest first, in which cells are numbered."""
        known: Mapping[str, Binding] = self.values
        slow: set[str] = set()
        for column in self.columns:
            everything = {**known, **column.values}
            for binding in everything.values():
                if not is_scalar(binding, ()):
                    slow |= _axes_behind(binding, known)
        places = range(len(self.axes))
        return tuple(sorted(places, key=lambda i: self.axes[i].name not in slow))

    def in_table_order(self, numbered: np.ndarray) -> np.ndarray:
        """Something of every cell, given by number, in the shape of the grid."""
        shape = tuple(self.shape[i] for i in self.order)
        return np.transpose(numbered.reshape(shape), np.argsort(self.order))

    def rows(self, column: SweptColumn, start: int, stop: int) -> Iterator[Row | str]:
        """What a column is given in the cells of these numbers; where a spectrum is none, the reason."""
        shape = tuple(self.shape[i] for i in self.order)
        index = np.unravel_index(np.arange(start, stop), shape)
        wanted = self._wanted(column)
        for cell in range(stop - start):
            known: dict[str, CellValue] = {
                self.axes[i].name: self.axes[i].values.value(int(place[cell]))
                for i, place in zip(self.order, index, strict=True)
            }
            try:
                yield self._row(column, known, wanted)
            except SpectrumError as problem:
                yield str(problem)

    def _row(self, column: SweptColumn, known: dict[str, CellValue], wanted: frozenset[str]) -> Row:
        for name, binding in self.values.items():
            if name in wanted:
                known[name] = filled(binding, known)
        own = {name: filled(binding, known) for name, binding in column.values.items()}
        return {name: v for name in column.source.takes if (v := own.get(name, known.get(name))) is not None}

    def _wanted(self, column: SweptColumn) -> frozenset[str]:
        """The names of values that a column uses, directly or through others."""
        wanted = (set(column.source.takes) - set(column.values)) | {
            n for b in column.values.values() for n in names_in(b)
        }
        for name in reversed(list(self.values)):
            if name in wanted:
                wanted |= set(names_in(self.values[name]))
        return frozenset(wanted)

    @cached_property
    def digest(self) -> str:
        """A hash of all that the numbers depend on: the grid, the columns, sources, versions and the seed."""
        parts = [str(self.seed), package_digest(), repr(sorted(versions().items())), repr(self.order)]
        parts += [f"{a.name}={a.values!r}" for a in self.axes]
        parts += [f"{n}={described(b)}" for n, b in self.values.items()]
        for c in self.columns:
            own = ";".join(f"{n}={described(b)}" for n, b in c.values.items())
            parts.append(f"{c.name}|{own}|{c.source.digest()}")
        return sha256_of("\x1f".join(parts))


def _axes_behind(binding: Binding, values: Mapping[str, Binding]) -> set[str]:
    """The names that a binding uses, through values too."""
    found: set[str] = set()
    todo = list(names_in(binding))
    while todo:
        name = todo.pop()
        found.add(name)
        if name in values:
            todo += names_in(values[name])
    return found


def used_names(definition: Definition) -> set[str]:
    """The names of axes and values that some column depends on."""
    found: set[str] = set()
    for column in definition.columns:
        direct = set(column.source.takes) - set(column.values)
        direct |= {n for b in column.values.values() for n in names_in(b)}
        for name in direct:
            found |= {name} | (
                _axes_behind(definition.values[name], definition.values) if name in definition.values else set()
            )
    return found
