"""Rows of a ``.npy`` file, here or at an address. Nothing is read beyond the rows that are asked for."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2s_sym.formula.plain_arrays import ArrayError
from w2s_sym.rows.places import Location, reading
from w2s_sym.rows.rows import FeatureRows
from w2s_sym.spectra.array_files import MOST_HEADER, SAVE, Header, read_header


@dataclass(frozen=True)
class NpyRows(FeatureRows):
    """The rows of the ``.npy`` file at ``place``, whose header is ``header``."""

    place: Location
    header: Header
    known: str

    @classmethod
    def of(cls, place: Location) -> NpyRows:
        """Read the header. Raises :class:`ArrayError` for a file that is none, is cut short, or holds no numbers."""
        size = place.size()
        start = place.bytes([(0, min(size, MOST_HEADER + 12))])[0]
        header = read_header(io.BytesIO(start), size)
        if header.fortran and len(header.shape) > 1 and place.remote:
            raise ArrayError(f"is stored by columns; {SAVE} of numpy.ascontiguousarray(array)")
        return cls(place, header, place.mark())

    @property
    def name(self) -> str:
        return self.place.address

    @property
    def shape(self) -> tuple[int, ...]:
        return self.header.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.header.dtype

    @property
    def identity(self) -> str:
        return self.known

    @property
    def elsewhere(self) -> bool:
        return self.place.shared

    @property
    def forks(self) -> bool:
        return not self.place.remote

    def pieces(self, start: int, stop: int) -> Iterator[np.ndarray]:
        for low, high in self.steps(start, stop):
            yield self._read(low, high)

    def take(self, index: np.ndarray) -> np.ndarray:
        if self._by_columns:
            found = np.empty((len(index), *self.shape[1:]), self.dtype)
            for k, row in enumerate(index):
                found[k] = self._read(int(row), int(row) + 1)[0]
            return found
        first = [self.header.start + int(row) * self.row_bytes for row in index]
        parts = self.place.bytes([(at, at + self.row_bytes) for at in first])
        return self._array(b"".join(parts), len(index))

    @property
    def _by_columns(self) -> bool:
        return self.header.fortran and len(self.shape) > 1

    def _read(self, low: int, high: int) -> np.ndarray:
        """The rows from ``low`` to ``high``."""
        if self._by_columns:
            width, count = self.dtype.itemsize, self.shape[0]
            at = [self.header.start + (column * count + low) * width for column in range(self.header.count // count)]
            columns = b"".join(self.place.bytes([(a, a + (high - low) * width) for a in at]))
            return np.frombuffer(columns, self.dtype).reshape((high - low, *self.shape[1:]), order="F")
        start = self.header.start + low * self.row_bytes
        if self.place.remote:
            return self._array(self.place.bytes([(start, start + (high - low) * self.row_bytes)])[0], high - low)
        # A map of these rows alone: one of the whole file would count against a worker's memory.
        shape = (high - low, *self.shape[1:])
        with reading():
            return np.asarray(np.memmap(self.place.address, self.dtype, "r", start, shape))

    def _array(self, data: bytes, count: int) -> np.ndarray:
        return np.frombuffer(data, self.dtype).reshape(count, *self.shape[1:])
