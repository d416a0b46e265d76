"""Rows of a Zarr array, of format 2 or 3, here or at an address. zarr is an extra."""

from __future__ import annotations

import functools
import math
import os
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2s_sym.formula.plain_arrays import ArrayError, require_real
from w2s_sym.rows.places import Location, extra_library, reading
from w2s_sym.rows.rows import MOST_CHUNK, FeatureRows

# The name of a stored chunk or shard, in format 2 (0.3, 0/3) and 3 (c/0/3, c.0.3).
_CHUNK = re.compile(r"(?:c[./])?\d+(?:[./]\d+)*")

MARKERS = frozenset({"zarr.json", ".zarray", ".zgroup"})


@dataclass(frozen=True)
class ZarrRows(FeatureRows):
    """The rows of a Zarr array that stores ``chunk`` rows together.

    A larger chunk than is read at a time is decoded once and rows are cut from it.
    """

    place: Location
    kind: str
    size: tuple[int, ...]
    chunk: int
    known: str

    @classmethod
    def of(cls, place: Location) -> ZarrRows:
        """Open the array. Raises :class:`ArrayError` for a group, for chunks too large to be held, for chunks that
        are missing, and for what holds no numbers."""
        known = place.mark()
        found = _opened(place.address, known, os.getpid())
        if not isinstance(found, extra_library("zarr", "Zarr arrays").Array):
            with reading():
                names = sorted(str(array.path) for array in _arrays(found))
            raise ArrayError(
                f"is a group with the arrays {', '.join(names)[:200]}; give the address of one, such as "
                f"{place.below(names[0]).address}"
                if names
                else "is a group without an array; give the address of an array"
            )
        if not isinstance(found.dtype, np.dtype):
            raise ArrayError(f"holds {found.dtype}; needs real numbers")
        require_real(found.dtype)
        rows = cls(place, found.dtype.str, found.shape, int(found.chunks[0]) if found.ndim else 0, known)
        if found.ndim and 0 not in found.shape and rows.slab * rows.row_bytes > MOST_CHUNK:
            raise ArrayError(
                f"has chunks of {rows.chunk} rows: {rows.slab} rows of all columns take "
                f"{rows.slab * rows.row_bytes / 2**20:.0f} MiB, above {MOST_CHUNK / 2**20:.0f}; write it with at most "
                f"{max(1, MOST_CHUNK // rows.row_bytes)} rows in a chunk"
            )
        _require_chunks(place, found)
        return rows

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

    @property
    def slab(self) -> int:
        """How many rows are decoded together."""
        return min(self.chunk, self.shape[0])

    def pieces(self, start: int, stop: int) -> Iterator[np.ndarray]:
        array = _opened(self.place.address, self.known, os.getpid())
        step = max(self.chunk, 1)
        for low in range(start // step * step, stop, step):
            first, last = max(low, start), min(low + step, stop)
            # A whole chunk is decoded for any row of it: pieces end where chunks do.
            yield self._read(array, slice(first, last))

    def take(self, index: np.ndarray) -> np.ndarray:
        array = _opened(self.place.address, self.known, os.getpid())
        found = np.empty((len(index), *self.shape[1:]), self.dtype)
        owner = index // max(self.chunk, 1)
        for chunk in np.unique(owner):
            mine = np.flatnonzero(owner == chunk)
            rows = index[mine]
            found[mine] = self._read(array, slice(int(rows[0]), int(rows[-1]) + 1))[rows - rows[0]]
        return found

    def _read(self, array: Any, rows: slice) -> np.ndarray:
        with reading(f" at rows {rows.start} to {rows.stop - 1}"):
            return np.asarray(array[rows])


def _require_chunks(place: Location, array: Any) -> None:
    """Raise :class:`ArrayError` where a chunk is not stored: Zarr reads the fill value, as if somebody had measured it.

    A shard counts as one chunk.
    """
    if not array.ndim or 0 in array.shape:
        return
    counts = [-(-side // step) for side, step in zip(array.shape, array.shards or array.chunks, strict=True)]
    keys = {tuple(map(int, re.findall(r"\d+", name))) for name in place.names() if _CHUNK.fullmatch(name)}
    stored = sum(len(key) == len(counts) and all(k < n for k, n in zip(key, counts, strict=True)) for key in keys)
    if stored < math.prod(counts):
        raise ArrayError(
            f"stores {stored} of {math.prod(counts)} chunks, and Zarr reads the others as {array.fill_value}; copy it "
            "whole, or, where that is meant, write it with config={'write_empty_chunks': True}"
        )


@functools.lru_cache(maxsize=8)
def _opened(address: str, known: str, process: int) -> Any:
    """The array or group at an address, opened once by each process while it is known by the same mark."""
    zarr = extra_library("zarr", "Zarr arrays")
    if Location(address).remote:
        Location(address).files()  # what is missing for its kind is said here
    with reading(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of formats: what cannot be read raises
        return zarr.open(address, mode="r")


def _arrays(group: Any) -> Iterator[Any]:
    """All arrays of a group and of those below it."""
    for _, array in group.arrays():
        yield array
    for _, below in group.groups():
        yield from _arrays(below)
