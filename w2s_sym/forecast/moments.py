"""Sums over all rows of two feature matrices, side by side: how often, of the rows, and of their products.

Rows are cut into blocks whose length depends on the number of columns alone, and the sums of blocks are added along
one binary tree. So no bit depends on how files are stored, on who adds which part, or on when.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2s_sym.claims.budget import Budget
from w2s_sym.executors.jobs import Failed, Tell
from w2s_sym.forecast.reading import FeatureError, name_of, refusal, refuse_bad
from w2s_sym.formula.plain_arrays import ArrayError, require_floats
from w2s_sym.rows.rows import FeatureRows

# Rows of a block: so many, or as many as take at most so many bytes in double precision, and at least the last number.
BLOCK_ROWS, BLOCK_BYTES, LEAST_ROWS = 4096, 2**26, 64
# Blocks of a job: at least so many, and as many as make at most so many jobs.
LEAST_BLOCKS, MOST_JOBS = 8, 256
# Sums of a job and its parts take at most so many bytes, where one of them does not take more by itself.
MOST_SUMS = 2**29


@dataclass
class Moments:
    """Sums over ``rows`` rows x of both matrices side by side, relative to a shift that is the same for all.

    ``sums``, shape (columns,), is the sum of x, ``gram``, shape (columns, columns), that of x x', and ``varies``, shape
    (columns,), says which columns differ anywhere from the first row of all.
    """

    rows: int
    sums: np.ndarray
    gram: np.ndarray
    varies: np.ndarray

    def add(self, later: Moments) -> Moments:
        """These sums with those of later rows added to them, in place."""
        self.rows += later.rows
        self.sums += later.sums
        self.gram += later.gram
        self.varies |= later.varies
        return self

    def to_json(self) -> dict[str, Any]:
        """Plain values, bit for bit; of ``gram``, which is symmetric, the lower half."""
        half = self.gram[np.tri(len(self.gram), dtype=bool)]
        texts = [base64.b64encode(a.astype("<f8").tobytes()).decode() for a in (self.sums, half)]
        return {"rows": self.rows, "sums": texts[0], "gram": texts[1], "varies": self.varies.tolist()}

    @classmethod
    def from_json(cls, value: Any) -> Moments:
        """What :meth:`to_json` made. Raises ``KeyError``, ``TypeError`` or ``ValueError`` for anything else."""
        sums, half = (np.frombuffer(base64.b64decode(value[k]), "<f8").astype(float) for k in ("sums", "gram"))
        gram = np.zeros((len(sums), len(sums)))
        gram[np.tri(len(sums), dtype=bool)] = half
        gram = gram + np.tril(gram, -1).T
        return cls(int(value["rows"]), sums, gram, np.array(value["varies"], dtype=bool))


def block_rows(columns: int) -> int:
    """How many rows a block has."""
    rows = BLOCK_ROWS
    while rows > LEAST_ROWS and 8 * columns * rows > BLOCK_BYTES:
        rows //= 2
    return rows


def job_rows(rows: int, columns: int) -> int:
    """How many rows a job has: a power of two of blocks, so that jobs are branches of the tree."""
    blocks = LEAST_BLOCKS
    while rows > MOST_JOBS * blocks * block_rows(columns):
        blocks *= 2
    while blocks > 1 and 8 * columns**2 * (blocks.bit_length() + 1) > MOST_SUMS:
        blocks //= 2
    return blocks * block_rows(columns)


def branch(low: int, high: int) -> int:
    """Where the tree parts the leaves from ``low`` to ``high``, at least two: the left side is a full binary tree."""
    return low + (1 << ((high - low - 1).bit_length() - 1))


def tree_sum(leaves: Iterator[Moments], spare: list[np.ndarray] | None = None) -> Moments:
    """The sum of leaves along the tree; at least one is needed. Few partial sums exist at a time.

    ``spare`` gets the memory of each ``gram`` that is in another sum, for further leaves.
    """
    stack: list[tuple[int, Moments]] = []

    def joined(later: Moments) -> Moments:
        total = stack.pop()[1].add(later)
        if spare is not None:
            spare.append(later.gram)
        return total

    for leaf in leaves:
        count, value = 1, leaf
        while stack and stack[-1][0] == count:
            value = joined(value)
            count *= 2
        stack.append((count, value))
    _, total = stack.pop()
    while stack:
        total = joined(total)
    return total


@dataclass(frozen=True)
class SumRows:
    """A job: the sums over the rows from ``start`` to ``stop``, relative to ``shift``, shape (columns,), by blocks of
    ``block`` rows.

    ``first`` is the first row of all, shape (columns,). The result is a :class:`Moments`, or a
    :class:`~w2s_sym.executors.jobs.Failed` for rows that cannot be read or used.
    """

    weak: FeatureRows
    strong: FeatureRows
    start: int
    stop: int
    block: int
    shift: np.ndarray
    first: np.ndarray

    @property
    def allowed(self) -> Budget:
        """Time by the work, and memory as the system counts it, reserved but unused space included."""
        columns = len(self.shift)
        work = (self.stop - self.start) * columns**2
        return Budget(600 + int(work / 1e9), 3000 + 8 * (8 * columns**2 >> 20))

    def work(self, tell: Tell) -> Moments | Failed:
        """Read and sum."""
        spare: list[np.ndarray] = []
        try:
            return tree_sum(self._leaves(spare), spare)
        except (FeatureError, ArrayError) as problem:
            return Failed(str(problem), bad_input=True)

    def _leaves(self, spare: list[np.ndarray]) -> Iterator[Moments]:
        """The sums of blocks, in order, in memory that is ``spare`` where there is any."""
        columns, width, start = len(self.shift), self.weak.shape[1], self.start
        buffer = np.empty((min(self.block, self.stop - self.start), columns))
        constant = np.arange(columns)
        for sides in self._blocks():
            if len(constant):  # after the first block few columns are left to look at
                constant = self._still_constant(sides, constant)
            varies = np.ones(columns, dtype=bool)
            varies[constant] = False
            block = buffer[: len(sides[0])]
            gram = spare.pop() if spare else np.empty((columns, columns))
            with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused by name
                for side, place in zip(sides, (slice(0, width), slice(width, columns)), strict=True):
                    np.subtract(side, self.shift[place], out=block[:, place])
                leaf = Moments(len(block), block.sum(0), np.matmul(block.T, block, out=gram), varies)
                if not np.isfinite(gram.trace()):
                    refuse_bad(np.hstack(sides).astype(float), start, self._names, width)
            yield leaf
            start += len(block)

    def _still_constant(self, sides: tuple[np.ndarray, np.ndarray], constant: np.ndarray) -> np.ndarray:
        """Those of the columns ``constant`` that do not differ from the first row of all in this block either."""
        width = self.weak.shape[1]
        columns = constant[constant < width], constant[constant >= width]
        same = [
            (side[:, at - first] == self.first[at]).all(0)
            for side, at, first in zip(sides, columns, (0, width), strict=True)
        ]
        return np.asarray(constant[np.concatenate(same)])

    def _blocks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Blocks of both matrices, as they are stored."""
        streams = [
            _read(rows, what, (self.start, self.stop), self.block)
            for rows, what in ((self.weak, "weak features"), (self.strong, "strong features"))
        ]
        yield from zip(*streams, strict=True)

    @property
    def _names(self) -> tuple[str, str]:
        return name_of("weak features", self.weak), name_of("strong features", self.strong)


@dataclass(frozen=True)
class TakeRows:
    """A job: the rows of the numbers ``index``, ascending, of what ``what`` names. The result is an array, shape
    (len(index), columns), or a :class:`~w2s_sym.executors.jobs.Failed`."""

    rows: FeatureRows
    index: np.ndarray
    what: str

    @property
    def allowed(self) -> Budget:
        """Room for the rows, and for the libraries that read them."""
        return Budget(3600, 3000 + (4 * len(self.index) * self.rows.row_bytes >> 20))

    def work(self, tell: Tell) -> np.ndarray | Failed:
        """Read them."""
        try:
            return self.rows.take(self.index)
        except ArrayError as problem:
            return Failed(str(refusal(self.what, self.rows, problem)), bad_input=True)


def _read(rows: FeatureRows, what: str, ends: tuple[int, int], size: int) -> Iterator[np.ndarray]:
    """The blocks of a matrix between two rows, of numbers that floats hold; errors have its name."""
    try:
        for block in rows.blocks(*ends, size):
            require_floats(block)
            yield block
    except ArrayError as problem:
        raise refusal(what, rows, problem) from None
