"""``sweep``: work out a grid in chunks, keep each as it is finished, and write the table."""

from __future__ import annotations

import functools
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from w2s_sym.claims.budget import BUDGETS, ran_out
from w2s_sym.claims.run import EFFORTS
from w2s_sym.executors.jobs import Done, Failed, Outcome, Spent, Told
from w2s_sym.executors.running import Crew, Given, Local, run_jobs
from w2s_sym.papers.board import Event
from w2s_sym.papers.checking import inherited
from w2s_sym.papers.ledger import default_jobs
from w2s_sym.store.disk import Store, complain
from w2s_sym.store.fingerprints import commit, versions
from w2s_sym.sweeps.cells import Computed
from w2s_sym.sweeps.chunks import SweepChunk, chunks_of
from w2s_sym.sweeps.definition import Definition
from w2s_sym.sweeps.numbers_given import SweepError
from w2s_sym.sweeps.reading import read_file, read_tables
from w2s_sym.sweeps.table_files import CHUNKS, read_folder, require_folder, table_name, write_sidecar, write_table
from w2s_sym.sweeps.tables import Sweep

_Listener = Callable[[Event], None]

# So often a chunk whose process dies is worked out.
TRIES_OF_CHUNK = 4
# The sidecar holds so many notes and failures.
MOST_NOTES = 20


def _say(line: str) -> None:
    print(f"w2s-sym: {line}", file=sys.stderr)


def sweep(
    source: str | Path | Mapping[str, Any],
    folder: str | Path,
    *,
    effort: str = "quick",
    jobs: int | None = None,
    executor: Executor | Crew | None = None,
    fresh: bool = False,
    table: str = "",
    progress: _Listener | None = None,
    told: Callable[[str], None] = _say,
) -> Sweep:
    """Work out all cells of a sweep, write its table to a folder, and return it.

    Parameters
    ----------
    source
        A TOML file, or the same tables from Python: ``{"axes": {"n": [100, 200]}, "values": {"sigma2": 1},
        "columns": {"risk": {"formula": "paper/claim"}}}``. From Python a column may also hold a :class:`Claim`, an
        expression of SymPy or an ``Equivalent`` itself, and an axis an array.
    folder
        Where the table goes, and each chunk of cells as soon as it is finished. A sweep that was interrupted goes on
        from there; one whose definition or sources changed starts afresh, and ``told`` gets a line that says so.
    effort
        How many draws a simulation has that names no number of them, and how much a chunk may use of time and memory.
    jobs, executor
        Worker processes, by default as many as processors; or an executor that takes their place. Neither changes a
        digit on one kind of processor.
    fresh
        Work out all chunks again.
    table
        ``"parquet"``, ``"csv"`` or ``"netcdf"``; by default Parquet where pyarrow is installed, else CSV. A finished
        sweep is written as another kind without being worked out again.
    progress
        Is called with an event for each chunk.

    A cell outside of a domain has no value, and ``missing`` says why. Raises :class:`SweepError` for a definition that
    is wrong, for a folder that cannot be written, and where no cell has a value.
    """
    name, place = table_name(table), _place(folder)
    definition = _read(source, effort)
    before = require_folder(place)
    if before is not None and before.get("digest") != definition.digest:
        told(f"{place} holds a sweep of another definition or of other sources; this one starts afresh")
    about = _about(definition, effort, name)
    write_sidecar(place, about)
    board = _Board(definition, effort, fresh, Store(place / CHUNKS, functools.partial(_not_kept, str(place))), progress)
    board.recall()
    crew = Given(executor) if isinstance(executor, Executor) else executor or Local(jobs or default_jobs())
    with inherited(board.run, [c.source.entry() for c in definition.columns]):  # type: ignore[misc]
        board.work(crew)
    found = board.result({**about, "complete": True})
    if board.failures:
        # What failed is tried again by the next run: the table of this one is written, and not called whole.
        told(f"{len(board.failures)} chunks gave no values: {board.failures[0]}")
    elif not any(np.isfinite(v).any() for v in found.columns.values()):
        raise SweepError(f"no cell has a value; the first: {found.missing.flat[0]}")
    write_table(place, found)
    return found


def _place(folder: str | Path) -> Path:
    if not str(folder):
        raise SweepError("the folder of the table has an empty name; give a folder that can be written")
    return Path(folder)


def _not_kept(folder: str, message: str) -> None:
    """Say once what a store says of itself in other words."""
    complain(f"{folder}: finished chunks are not kept any more; make room, or an interrupted sweep starts afresh")


def _read(source: str | Path | Mapping[str, Any], effort: str) -> Definition:
    if effort not in EFFORTS:
        raise SweepError(f"unknown effort {effort!r:.40}; use {', '.join(EFFORTS)}")
    if isinstance(source, Mapping):
        return read_tables(source, Path.cwd(), effort)
    return read_file(source, effort)


def read_sweep(folder: str | Path) -> Sweep:
    """The finished sweep in a folder. Raises :class:`SweepError` where there is none, or where it is not finished."""
    return read_folder(Path(folder))


def _about(definition: Definition, effort: str, table: str) -> dict[str, Any]:
    """The sidecar of a sweep that is at work."""
    from w2s_sym import __version__

    axes = [{"name": a.name, "title": a.title, "unit": a.unit, "count": len(a)} for a in definition.axes]
    columns = [{"name": c.name, "title": c.title, "unit": c.unit, **c.source.about()} for c in definition.columns]
    return {
        "title": definition.title,
        "complete": False,
        "table": table,
        "cells": definition.count,
        "axes": axes,
        "columns": columns,
        "figure": {"x": definition.drawing.x, "hue": definition.drawing.hue, "log": list(definition.drawing.log)},
        "seed": definition.seed,
        "effort": effort,
        "version": __version__,
        "commit": commit() or "",
        "versions": versions(),
        "digest": definition.digest,
        "definition": definition.text,
        "notes": [],
        "failures": [],
    }


@dataclass
class _Board:
    """The chunks of one sweep, the arrays that they fill, and who is told of them."""

    definition: Definition
    effort: str
    fresh: bool
    memory: Store
    progress: _Listener | None
    run: str = field(default_factory=lambda: secrets.token_hex(8))
    failures: list[str] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    done: int = 0

    def __post_init__(self) -> None:
        count = self.definition.count
        self.left = chunks_of(self.definition, self.effort, self.run, self.fresh, self.memory)
        self.total = len(self.left)
        self.values = [np.full(count, np.nan) for _ in self.definition.columns]
        self.errors = [np.full(count, np.nan) if c.source.drawn else None for c in self.definition.columns]
        self.reasons: list[dict[int, str]] = [{} for _ in self.definition.columns]

    def recall(self) -> None:
        """Take the chunks that are kept."""
        if self.fresh:
            return
        left = []
        for chunk in self.left:
            record = chunk.recalled()
            if record is None:
                left.append(chunk)
            else:
                self._fill(chunk, record)
                self._finished(chunk, recalled=True)
        self.left = left

    def work(self, crew: Crew) -> None:
        """Work out what is left; a chunk that was lost with its process, or ran out of its budget, again in parts."""
        chunks = self.left
        for tries in range(1, TRIES_OF_CHUNK + 1):
            again: list[SweepChunk] | None = None if tries == TRIES_OF_CHUNK else []
            run_jobs(chunks, functools.partial(self._take, chunks, again), crew)
            chunks = again or []
            self.total += len(chunks)
            if not chunks:
                return

    def _take(
        self, chunks: list[SweepChunk], again: list[SweepChunk] | None, number: int, said: Told | Outcome
    ) -> None:
        chunk = chunks[number]
        match said:
            case Told():
                return
            case Done(dict() as record) if chunk.read(record) is not None:
                self._fill(chunk, record)
                if self.memory.get(chunk.key) is None:  # its worker could not, or has another folder
                    self.memory.put(chunk.key, record)
            case Spent() if again is not None and chunk.stop - chunk.start > chunk.unit:
                again += chunk.parts()
            case Failed() if again is not None:  # its process died: killed, or out of memory
                again += chunk.parts()
            case Spent(what):
                summary = ran_out("sweep", what, BUDGETS[self.effort], self.effort).summary
                self._fail(chunk, f"{summary}; give a larger effort, or fewer draws")
            case Done(Failed(message, _)) | Failed(message, _):
                self._fail(chunk, message)
            case Done():
                self._fail(chunk, "a worker gave no values")
        self._finished(chunk)

    def _fill(self, chunk: SweepChunk, record: Mapping[str, Any]) -> None:
        for number, found in zip(chunk.columns, chunk.read(record) or (), strict=True):
            self._put(number, chunk.start, found)

    def _put(self, number: int, start: int, found: Computed) -> None:
        place = slice(start, start + len(found.values))
        self.values[number][place] = _floats(found.values)
        errors = self.errors[number]
        if errors is not None and found.errors is not None:
            errors[place] = _floats(found.errors)
        self.reasons[number].update({start + i: why for i, why in found.reasons.items()})
        self.notes.update(dict.fromkeys(found.notes))

    def _fail(self, chunk: SweepChunk, message: str) -> None:
        self.failures.append(message)
        for number in chunk.columns:
            self.reasons[number].update(dict.fromkeys(range(chunk.start, chunk.stop), message))

    def _finished(self, chunk: SweepChunk, recalled: bool = False) -> None:
        self.done += 1
        if self.progress is not None:
            names = ", ".join(self.definition.columns[i].name for i in chunk.columns)
            message = f"cells {chunk.start} to {chunk.stop - 1}"
            self.progress(Event(self.done, self.total, names, "sweep", message=message, recalled=recalled))

    def result(self, about: dict[str, Any]) -> Sweep:
        """The table of what was found."""
        columns = self.definition.columns
        missing = np.full(self.definition.count, "", dtype=object)
        for column, reasons in zip(columns, self.reasons, strict=True):
            for cell, why in reasons.items():
                text = f"{column.name}: {why}"
                missing[cell] = f"{missing[cell]}; {text}" if missing[cell] else text
        order = self.definition.in_table_order
        about |= {"notes": sorted(self.notes)[:MOST_NOTES], "failures": list(dict.fromkeys(self.failures))[:MOST_NOTES]}
        about["complete"] = not self.failures
        return Sweep(
            {a.name: a.numbers() for a in self.definition.axes},
            {c.name: order(v) for c, v in zip(columns, self.values, strict=True)},
            {c.name: order(e) for c, e in zip(columns, self.errors, strict=True) if e is not None},
            order(missing),
            about,
        )


def _floats(values: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if v is None else v for v in values])
