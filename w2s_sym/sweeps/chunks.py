"""Chunks of cells as jobs: worked out where the job is done, and kept there.

A formula or an equivalent is worked out in blocks of neighbouring cells, a simulation cell by cell, each from a stream
of its own. A chunk holds whole blocks, so that neither its size nor who works it out changes a digit.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from w2s_sym.claims.budget import BUDGETS, Budget
from w2s_sym.claims.run import Memory
from w2s_sym.executors.jobs import Failed, Tell, words_of
from w2s_sym.papers.loading import UsageError
from w2s_sym.store.fingerprints import package_digest, versions
from w2s_sym.sweeps.cells import Computed, Row, Site
from w2s_sym.sweeps.definition import Definition, SweptColumn

# Cells that are worked out together where nothing is drawn.
BLOCK = 64
# Blocks of a chunk; and draws that a chunk of a simulation has, if it has more than one cell.
BLOCKS, DRAWS_OF_CHUNK = 4, 2000
# More chunks than this would be more files than a folder should hold.
MOST_CHUNKS = 50_000


@dataclass(frozen=True)
class SweepChunk:
    """Work out some columns in the cells ``start`` to ``stop``, and keep them in ``memory``.

    ``plan`` is the pickled definition, ``home`` says with which texts and versions it was read.
    """

    plan: bytes = field(repr=False)
    digest: str
    columns: tuple[int, ...]
    start: int
    stop: int
    unit: int
    effort: str = field(kw_only=True)
    run: str = field(kw_only=True)
    fresh: bool = field(kw_only=True)
    home: tuple[str, ...] = field(kw_only=True)
    memory: Memory = field(kw_only=True, repr=False)

    @property
    def allowed(self) -> Budget:
        """What a chunk may use at this effort."""
        return BUDGETS[self.effort]

    @property
    def key(self) -> str:
        """What it is kept under."""
        return f"{self.digest}/{','.join(map(str, self.columns))}/{self.start}-{self.stop}"

    def work(self, tell: Tell) -> dict[str, Any] | Failed:
        """Its columns as JSON values, stored; or what went wrong, in one line."""
        made = self.memory.get(self.key)
        if isinstance(made, dict) and (not self.fresh or made.get("run") == self.run):
            return made
        if self.home != texts_and_versions():
            return Failed("a worker has another w2s-sym, or other versions of what computes; install the same on all")
        definition = _definition(self.digest, self.plan)
        try:
            found = [self._column(definition, number).record() for number in self.columns]
        except UsageError as problem:
            return Failed(words_of(problem))
        record = {"run": self.run, "columns": found}
        self.memory.put(self.key, record)
        return record

    def _column(self, definition: Definition, number: int) -> Computed:
        column = definition.columns[number]
        site = Site(self.run, self.effort, definition.seed)
        parts = [
            _computed(column, list(definition.rows(column, first, min(first + self.unit, self.stop))), site, number)
            for first in range(self.start, self.stop, self.unit)
        ]
        return _joined(parts)

    def parts(self) -> Iterator[SweepChunk]:
        """The smallest chunks of it."""
        for first in range(self.start, self.stop, self.unit):
            yield replace(self, start=first, stop=min(first + self.unit, self.stop))

    def recalled(self) -> dict[str, Any] | None:
        """Its record where one is kept that is whole."""
        record = self.memory.get(self.key)
        return record if isinstance(record, dict) and self.read(record) is not None else None

    def read(self, record: Mapping[str, Any]) -> list[Computed] | None:
        """The columns of a record; None for a record that is none."""
        try:
            found = [Computed.from_record(r, self.stop - self.start) for r in record["columns"]]
        except (KeyError, TypeError, ValueError, AttributeError):
            return None
        return found if len(found) == len(self.columns) else None


def _computed(column: SweptColumn, rows: list[Row | str], site: Site, number: int) -> Computed:
    """The cells whose rows could be made, and for the others the reason why not."""
    good = [i for i, row in enumerate(rows) if not isinstance(row, str)]
    found = column.source.compute([row for row in rows if not isinstance(row, str)], site, number)
    if len(good) == len(rows):
        return found
    reasons = {i: row for i, row in enumerate(rows) if isinstance(row, str)}
    values: list[float | None] = [None] * len(rows)
    errors: list[float | None] = [None] * len(rows)
    for place, i in enumerate(good):
        values[i] = found.values[place]
        if found.errors is not None:
            errors[i] = found.errors[place]
        if place in found.reasons:
            reasons[i] = found.reasons[place]
    return Computed(tuple(values), tuple(errors) if column.source.drawn else None, reasons, found.notes)


def _joined(parts: list[Computed]) -> Computed:
    """The parts one after another."""
    reasons: dict[int, str] = {}
    start = 0
    for part in parts:
        reasons.update({start + i: why for i, why in part.reasons.items()})
        start += len(part.values)
    values = tuple(v for part in parts for v in part.values)
    errors = None if parts[0].errors is None else tuple(e for part in parts for e in part.errors or ())
    return Computed(values, errors, reasons, tuple(dict.fromkeys(n for part in parts for n in part.notes)))


def chunks_of(definition: Definition, effort: str, run: str, fresh: bool, memory: Memory) -> list[SweepChunk]:
    """The chunks of a sweep: those of simulations first, which take longest."""
    plan, count = pickle.dumps(definition), definition.count
    least = -(-count // MOST_CHUNKS)
    groups: list[tuple[tuple[int, ...], int, int]] = []
    for number, column in enumerate(definition.columns):
        if column.source.drawn:
            draws = int(column.source.about()["draws"])
            groups.append(((number,), max(1, least, DRAWS_OF_CHUNK // draws), 1))
    rest = tuple(i for i, column in enumerate(definition.columns) if not column.source.drawn)
    if rest:
        groups.append((rest, max(BLOCKS, -(-least // BLOCK)) * BLOCK, BLOCK))
    home = texts_and_versions()
    return [
        SweepChunk(
            plan,
            definition.digest,
            columns,
            start,
            min(start + size, count),
            unit,
            effort=effort,
            run=run,
            fresh=fresh,
            home=home,
            memory=memory,
        )
        for columns, size, unit in groups
        for start in range(0, count, size)
    ]


def texts_and_versions() -> tuple[str, ...]:
    """The hash of this package's sources, and the versions of what computes."""
    return (package_digest(), *(f"{name} {version}" for name, version in sorted(versions().items())))


# The definition that this process had last, by its digest.
_held: dict[str, Definition] = {}


def _definition(digest: str, plan: bytes) -> Definition:
    if digest not in _held:
        found: Definition = pickle.loads(plan)
        _held.clear()
        _held[digest] = found
    return _held[digest]
