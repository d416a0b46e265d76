"""A matrix, or a vector, of which rows are read a few at a time."""

from __future__ import annotations

import math
import mmap
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

# Bytes of rows that are read at a time, and the largest stored chunk, decoded, that is held to cut rows from it: two
# matrices with such chunks leave a worker of 1 GiB most of its room.
PIECE_BYTES, MOST_CHUNK = 2**24, 2**27


class FeatureRows(ABC):
    """Rows that are read when they are asked for, by any process that this object is sent to.

    A kind of its own defines what is abstract here; numbers that are made and not read are such a kind. ``shape`` is
    (rows, columns) or (rows,), ``dtype`` one of real numbers.
    """

    @property
    @abstractmethod
    def name(self) -> str:
        """The address, as errors name it; empty for an array in memory."""

    @property
    @abstractmethod
    def shape(self) -> tuple[int, ...]:
        """(rows, columns), or (rows,)."""

    @property
    @abstractmethod
    def dtype(self) -> np.dtype[Any]:
        """The type of the entries."""

    @property
    def identity(self) -> str | None:
        """What the content is known by without reading it; None when nothing of it may be kept for another time."""
        return None

    @property
    def elsewhere(self) -> bool:
        """Whether another machine can read these rows by themselves, so that they need not be sent to it."""
        return True

    @property
    def forks(self) -> bool:
        """Whether a process that is forked from one that read these rows can read them, too."""
        return True

    def part(self, start: int, stop: int) -> FeatureRows:
        """What is sent to a worker that reads these rows only, under their numbers here."""
        return self

    @abstractmethod
    def pieces(self, start: int, stop: int) -> Iterator[np.ndarray]:
        """The rows from ``start`` to ``stop`` in pieces of any length, in order.

        Raises :class:`~w2s_sym.formula.plain_arrays.ArrayError` for rows that cannot be read.
        """

    @abstractmethod
    def take(self, index: np.ndarray) -> np.ndarray:
        """The rows of these numbers, ascending; raises as ``pieces`` does."""

    def blocks(self, start: int, stop: int, size: int) -> Iterator[np.ndarray]:
        """The rows from ``start`` to ``stop`` in blocks of ``size``, the last one shorter: however they are stored."""
        held: list[np.ndarray] = []
        count = 0
        for piece in self.pieces(start, stop):
            at = 0
            while at < len(piece):
                cut = piece[at : at + size - count]
                held.append(cut)
                count += len(cut)
                at += len(cut)
                if count == size:
                    yield held[0] if len(held) == 1 else np.concatenate(held)
                    held, count = [], 0
        if held:
            yield held[0] if len(held) == 1 else np.concatenate(held)

    @property
    def row_bytes(self) -> int:
        """How many bytes a row takes."""
        return max(1, math.prod(self.shape[1:]) * self.dtype.itemsize)

    def steps(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """Where pieces of at most :data:`PIECE_BYTES` bytes, or one row, begin and end.

        Each has a power of two of rows, as blocks have, so that few blocks are put together from pieces.
        """
        step = 1 << max(1, PIECE_BYTES // self.row_bytes).bit_length() - 1
        for low in range(start, stop, step):
            yield low, min(low + step, stop)

    def __len__(self) -> int:
        return self.shape[0]


@dataclass(frozen=True)
class ArrayRows(FeatureRows):
    """The rows of an array in memory, or of one that is mapped; row ``first`` of a larger one is its row 0."""

    array: np.ndarray
    first: int = 0

    @property
    def name(self) -> str:
        return ""

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.array.dtype

    @property
    def elsewhere(self) -> bool:
        return False

    def part(self, start: int, stop: int) -> FeatureRows:
        return ArrayRows(self.array[start:stop], start)

    def pieces(self, start: int, stop: int) -> Iterator[np.ndarray]:
        for low, high in self.steps(start, stop):
            yield self.array[low - self.first : high - self.first]
            _forget(self.array)

    def take(self, index: np.ndarray) -> np.ndarray:
        found = np.asarray(self.array[index - self.first])
        _forget(self.array)
        return found


def _forget(array: np.ndarray) -> None:
    """Give the pages of a mapped file back: they count as memory of this process and are not read again soon."""
    owner = array if isinstance(array, np.memmap) else array.base  # a plain view of a map has it as its base
    if isinstance(owner, np.memmap) and owner.mode == "r" and isinstance(owner.base, mmap.mmap):
        owner.base.madvise(mmap.MADV_DONTNEED)
