"""Rows of a Parquet file, or of a folder of them, here or at an address. pyarrow is an extra.

Columns of numbers are the features, in the order of the file; or one column of lists of one length, as embeddings are
stored. Files of a folder follow each other by name, numbers in names by their value.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2s_sym.formula.plain_arrays import ArrayError, require_floats
from w2s_sym.rows.places import Location, extra_library, reading
from w2s_sym.rows.rows import PIECE_BYTES, FeatureRows

# Bytes of a column that are read ahead: a group of rows is never read whole.
_AHEAD = 2**16


@dataclass(frozen=True)
class _Group:
    """A group of rows in a file: which file, which group, the first row, and the one after its last."""

    file: str
    number: int
    start: int
    stop: int


@dataclass(frozen=True)
class ParquetRows(FeatureRows):
    """The rows of Parquet files, group after group."""

    place: Location
    kind: str
    size: tuple[int, ...]
    groups: tuple[_Group, ...]
    listed: bool
    known: str

    @classmethod
    def of(cls, place: Location, files: list[str]) -> ParquetRows:
        """Read what the files say of themselves. Raises :class:`ArrayError` for columns that are no numbers."""
        groups: list[_Group] = []
        known = place.mark()
        schema: Any = None
        rows = 0
        for file in sorted(files, key=_by_number):
            opened = _opened(file, known, os.getpid())
            if schema is not None and not opened.schema_arrow.equals(schema):
                raise ArrayError(f"has other columns in {file} than in {files[0]}; give files with the same columns")
            schema = opened.schema_arrow
            for number in range(opened.metadata.num_row_groups):
                count = opened.metadata.row_group(number).num_rows
                groups.append(_Group(file, number, rows, rows + count))
                rows += count
        if not rows:
            raise ArrayError("has no rows; give a file with some")
        dtype, listed = _kind(schema)
        width = _list_length(groups[0], known) if listed else len(schema.names)
        return cls(place, dtype.str, (rows, width), tuple(groups), listed, known)

    @property
    def name(self) -> str:
        return self.place.address

    @property
    def shape(self) -> tuple[int, ...]:
        return self.size

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(self.kind)

    @property
    def identity(self) -> str:
        return self.known

    @property
    def elsewhere(self) -> bool:
        return self.place.shared

    @property
    def forks(self) -> bool:
        return False

    def pieces(self, start: int, stop: int) -> Iterator[np.ndarray]:
        for group in self.groups:
            if group.start < stop and group.stop > start:
                for first, rows in self._batches(group):
                    low, high = max(start - first, 0), min(stop - first, len(rows))
                    if low < high:
                        yield rows[low:high]
                    if first + len(rows) >= stop:
                        break

    def take(self, index: np.ndarray) -> np.ndarray:
        found = np.empty((len(index), *self.shape[1:]), self.dtype)
        for group in self.groups:
            low, high = np.searchsorted(index, (group.start, group.stop))
            if low == high:
                continue
            for first, rows in self._batches(group):
                here, there = np.searchsorted(index, (first, first + len(rows)))
                found[here:there] = rows[index[here:there] - first]
                if there >= high:
                    break
        return found

    def _batches(self, group: _Group) -> Iterator[tuple[int, np.ndarray]]:
        """A group of rows, a few at a time, each with the number of its first row."""
        file = _opened(group.file, self.known, os.getpid())
        first = group.start
        with reading(f" at row {first}"):
            size = max(1, PIECE_BYTES // self.row_bytes)
            for batch in file.iter_batches(batch_size=size, row_groups=[group.number], use_threads=False):
                rows = _lists(batch, self.shape[1], first) if self.listed else _columns(batch, self.dtype)
                yield first, rows
                first += len(rows)


@functools.lru_cache(maxsize=64)
def _opened(address: str, known: str, process: int) -> Any:
    """The file at an address, opened once by each process while it is known by the same mark."""
    parquet = extra_library("pyarrow.parquet", "Parquet files")
    with reading():
        where = Location(address)
        return parquet.ParquetFile(where.open() if where.remote else address, buffer_size=_AHEAD, pre_buffer=False)


def _by_number(name: str) -> list[tuple[int, str]]:
    """A key that sorts part.2 before part.10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def _kind(schema: Any) -> tuple[np.dtype[Any], bool]:
    """The type of the entries, and whether one column holds lists of them."""
    types = extra_library("pyarrow.types", "Parquet files")
    named = list(zip(schema.names, schema.types, strict=True))
    if not named:
        raise ArrayError("has no columns; give a file with some")

    def is_real(kind: Any) -> bool:
        return bool(types.is_floating(kind) or types.is_integer(kind) or types.is_boolean(kind))

    told = schema.pandas_metadata or {}
    written = {name for name in told.get("index_columns", []) if isinstance(name, str)}
    index = [name for name in schema.names if name in written or name.startswith("__index_level_")]
    if index:
        raise ArrayError(
            f"has the index of a table as a column: {', '.join(index)[:200]}; write it without, as by "
            "to_parquet(path, index=False), or name the column if it is a feature"
        )
    kind, lists = named[0][1], (types.is_list, types.is_large_list, types.is_fixed_size_list)
    listed = len(named) == 1 and any(is_list(kind) for is_list in lists)
    if listed:
        named = [(named[0][0], kind.value_type)]
    others = [f"{name} ({kind})" for name, kind in named if not is_real(kind)]
    if others:
        raise ArrayError(
            f"has columns that are no numbers: {', '.join(others)[:200]}; write a file without them, with columns of "
            "numbers or one column of lists"
        )
    return np.result_type(*(np.dtype(kind.to_pandas_dtype()) for _, kind in named)), listed


def _list_length(group: _Group, known: str) -> int:
    """The length of the first list."""
    with reading():
        batch = next(_opened(group.file, known, os.getpid()).iter_batches(batch_size=1, row_groups=[group.number]))
        first = batch.column(0)[0].as_py()
        return len(first) if first is not None else 0


def _columns(batch: Any, dtype: np.dtype[Any]) -> np.ndarray:
    """Columns of numbers beside each other; what is null is no number, which is said where rows are checked."""
    found = np.empty((batch.num_rows, batch.num_columns), dtype if dtype.kind == "f" else float)
    for k, column in enumerate(batch.columns):
        values = column.to_numpy(zero_copy_only=False)
        require_floats(values)
        found[:, k] = values
    return found


def _lists(batch: Any, width: int, first: int) -> np.ndarray:
    """Lists of one length as rows."""
    column = batch.column(0)
    lengths = column.value_lengths().to_numpy(zero_copy_only=False)
    bad = np.flatnonzero(~(lengths == width))
    if len(bad):
        if np.isnan(lengths[bad[0]]):
            raise ArrayError(f"has no list at row {first + int(bad[0])}, but null; leave such points out")
        raise ArrayError(
            f"has a list of {lengths[bad[0]]:.0f} numbers at row {first + int(bad[0])} and one of {width} at row 0; "
            "needs lists of one length"
        )
    return np.asarray(column.flatten().to_numpy(zero_copy_only=False)).reshape(batch.num_rows, width)
