"""Two feature matrices in the principal coordinates of each, read by chunks: what the ridge planner works on.

Columns are centred by the means of all rows. No column and no rank is refused: constant columns and dependent ones
carry no direction. Ridge does not see the rotation, so rows in these coordinates train as raw rows do.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from w2s_sym.forecast.features import CHUNK_ROWS, FeatureError, checked_matrix, chunks, refuse_bad, require_columns
from w2s_sym.forecast.ridge_equivalents import Population

# Eigenvalues below this part of the largest, times the number of columns, are rounding errors.
EIGENVALUE_ROUNDING = 1e-14
# Variances outside of these have squares that overflow or vanish, once they meet labels.
SMALLEST_VARIANCE, LARGEST_VARIANCE = 1e-80, 1e80
# A column that varies by this part of its mean is constant: one row that differs in its last digit varies by more.
CONSTANT_PART = 1e-19
# Rows of which second moments are formed, random ones where there are more: all rows are read and checked.
MOMENT_ROWS = 25_000
# Rows that are held in memory, for refits.
HELD_ROWS = 12_000


@dataclass(frozen=True)
class Axes:
    """One model's principal axes: the means of its ``columns``, shape (columns,), eigenvalues ``lam``, descending,
    and ``vectors``, shape (columns, kept); ``variances``, shape (columns,), are those of the raw columns."""

    mean: np.ndarray
    lam: np.ndarray
    vectors: np.ndarray
    variances: np.ndarray

    @property
    def columns(self) -> int:
        """The number of raw columns."""
        return len(self.mean)

    @property
    def shares(self) -> np.ndarray:
        """The part of the variance that the first k directions carry, k = 1, 2, ..., kept."""
        return np.asarray(np.cumsum(self.lam) / self.lam.sum())

    def directions(self, explained: float) -> int:
        """The least number of leading directions that carry this part of the variance; all for 1."""
        if explained >= 1:
            return len(self.lam)
        return min(int(np.searchsorted(self.shares, explained * (1 - 1e-12))) + 1, len(self.lam))

    def leading(self, count: int) -> Axes:
        """The first directions alone."""
        return replace(self, lam=self.lam[:count], vectors=self.vectors[:, :count])

    def place(self, array: np.ndarray, index: np.ndarray) -> np.ndarray:
        """Rows ``index`` of a raw matrix in these coordinates, shape (len(index), kept); read by chunks."""
        out = np.empty((len(index), len(self.lam)))
        for part in chunks(len(index), CHUNK_ROWS):
            out[part] = (np.asarray(array[index[part]], dtype=float) - self.mean) @ self.vectors
            _forget(array)
        return out


@dataclass(frozen=True)
class Coordinates:
    """Both models' features of the same ``rows`` points.

    ``index``, shape (kept,), names the rows that are held, labelled ones first: ``labelled`` of them. ``x_w`` and
    ``x_s``, shapes (kept, p_w) and (kept, p_s), are these rows in the coordinates of ``weak`` and ``strong``.
    """

    rows: int
    weak: Axes
    strong: Axes
    population: Population
    index: np.ndarray
    labelled: int
    x_w: np.ndarray
    x_s: np.ndarray

    def leading(self, explained: float) -> Coordinates:
        """The directions that carry this part of each model's variance, and no others."""
        k_w, k_s = self.weak.directions(explained), self.strong.directions(explained)
        return replace(
            self,
            weak=self.weak.leading(k_w),
            strong=self.strong.leading(k_s),
            population=self.population.leading(k_w, k_s),
            x_w=self.x_w[:, :k_w],
            x_s=self.x_s[:, :k_s],
        )


def coordinates(
    weak: np.ndarray,
    strong: np.ndarray,
    labelled: int,
    *,
    seed: int = 0,
    tell: Callable[[str], None] | None = None,
) -> Coordinates:
    """Read two raw matrices of shapes (rows, columns), of which the first ``labelled`` rows have labels.

    Second moments are those of at most MOMENT_ROWS rows. At most HELD_ROWS rows are held, half of them labelled where
    there are more of both. Raises
    :class:`~w2s_sym.forecast.features.FeatureError` for shapes that do not fit, numbers that are not finite or are out
    of range, and features that do not vary.
    """
    raw_w, raw_s = checked_matrix(weak, "weak features"), checked_matrix(strong, "strong features")
    rows, first = raw_w.shape
    if len(raw_s) != rows:
        raise FeatureError(
            f"weak features have {rows} rows, strong features {len(raw_s)}: needs the same points in the same order"
        )
    require_columns(first + raw_s.shape[1])
    mean, second = _centred_moments(raw_w, raw_s, seed, tell)
    basis_w = _axes("weak", raw_w, mean[:first], second[:first, :first])
    basis_s = _axes("strong", raw_s, mean[first:], second[first:, first:])
    cross = basis_s.vectors.T @ second[first:, :first] @ basis_w.vectors
    index, held = _held(rows, labelled, seed)
    return Coordinates(
        rows=rows,
        weak=basis_w,
        strong=basis_s,
        population=Population(basis_w.lam, basis_s.lam, cross),
        index=index,
        labelled=held,
        x_w=basis_w.place(raw_w, index),
        x_s=basis_s.place(raw_s, index),
    )


def _held(rows: int, labelled: int, seed: int) -> tuple[np.ndarray, int]:
    """Rows to hold, labelled ones first, and how many of these there are."""
    rng = np.random.default_rng([seed, 8])
    others = min(rows - labelled, HELD_ROWS - min(labelled, HELD_ROWS // 2))
    held = min(labelled, HELD_ROWS - others)
    first = np.arange(labelled) if held == labelled else np.sort(rng.choice(labelled, held, replace=False))
    rest = np.arange(labelled, rows)
    if others < len(rest):
        rest = np.sort(rng.choice(rest, others, replace=False))
    return np.concatenate([first, rest]), held


def _centred_moments(
    weak: np.ndarray, strong: np.ndarray, seed: int, tell: Callable[[str], None] | None
) -> tuple[np.ndarray, np.ndarray]:
    """Means, shape (columns,), and covariance, shape (columns, columns), of both matrices side by side, in one pass.

    All rows are read; of more than MOMENT_ROWS a random part is used. Rows are taken relative to the mean of the first
    chunk, so that a large mean costs no digits.
    """
    rows, first = weak.shape
    width = first + strong.shape[1]
    gram, sums = np.zeros((width, width)), np.zeros(width)
    start = slice(0, min(rows, CHUNK_ROWS))
    with np.errstate(over="ignore", invalid="ignore"):
        shift = np.concatenate([np.asarray(a[start], dtype=float).mean(0) for a in (weak, strong)])
    shift = np.where(np.isfinite(shift), shift, 0.0)
    buffer = np.empty((start.stop, width))
    used = np.ones(rows, dtype=bool)
    if rows > MOMENT_ROWS:
        used[np.random.default_rng([seed, 7]).permutation(rows)[MOMENT_ROWS:]] = False
    for part in chunks(rows, CHUNK_ROWS):
        block = buffer[: part.stop - part.start]
        block[:, :first] = weak[part]
        block[:, first:] = strong[part]
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused by name
            if not np.isfinite(block.sum()):
                refuse_bad(block, part.start, first)
            block -= shift
            block = block if used[part].all() else block[used[part]]
            product = block.T @ block
        if not np.isfinite(product.trace()):
            refuse_bad(block, part.start, first)
        gram += product
        sums += block.sum(0)
        _forget(weak)
        _forget(strong)
        if tell is not None:
            tell(f"read {part.stop} of {rows} rows")
    offset = sums / used.sum()
    mean, second = shift + offset, gram / used.sum() - np.outer(offset, offset)
    still = np.sqrt(np.maximum(np.diagonal(second), 0.0)) <= CONSTANT_PART * np.abs(mean)
    second[still] = 0.0
    second[:, still] = 0.0
    return mean, second


def _axes(name: str, raw: np.ndarray, mean: np.ndarray, second: np.ndarray) -> Axes:
    """One model's principal axes from its means and covariance."""
    values, vectors = np.linalg.eigh(second)
    values, vectors = values[::-1], vectors[:, ::-1]
    spread, size = np.sqrt(np.maximum(np.diagonal(second), 0.0)), np.abs(mean)
    hidden = size.max() > np.sqrt(SMALLEST_VARIANCE) and (spread <= np.sqrt(len(values)) * 1e-14 * size).all()
    if hidden or values[0] < SMALLEST_VARIANCE:
        varies = any((np.asarray(raw[part]) != raw[0]).any() for part in chunks(len(raw), CHUNK_ROWS))
        if not varies:
            raise FeatureError(f"{name} features: every column is constant; needs features that vary")
        if hidden:
            raise FeatureError(
                f"{name} features vary by little more than the last digit of their means; subtract each column's mean"
            )
        raise FeatureError(f"{name} features are too small to be squared; scale them up")
    if values[0] > LARGEST_VARIANCE:
        raise FeatureError(f"{name} features are too large to be squared; scale them down")
    live = int((values > EIGENVALUE_ROUNDING * len(values) * values[0]).sum())
    return Axes(mean, values[:live], vectors[:, :live], np.diagonal(second))


def _forget(array: np.ndarray) -> None:
    """Give the pages of a mapped file back: they count as memory of this process and are not read again soon."""
    owner = array if isinstance(array, np.memmap) else array.base  # a plain view of a map has it as its base
    if isinstance(owner, np.memmap) and owner.mode == "r" and isinstance(owner.base, mmap.mmap):
        owner.base.madvise(mmap.MADV_DONTNEED)
