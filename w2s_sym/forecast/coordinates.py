"""Two feature matrices in the principal coordinates of each, read by chunks: what the ridge planner works on.

Columns are centred by the means of all rows. No column and no rank is refused: constant columns and dependent ones
carry no direction. Ridge does not see the rotation, so rows in these coordinates train as raw rows do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from w2s_sym.forecast.filled_rows import Mark, find_mark
from w2s_sym.forecast.gathering import HERE, Readers, read_pair
from w2s_sym.forecast.reading import CHUNK_ROWS, FeatureError, Features, checked_pair, chunks
from w2s_sym.forecast.ridge_equivalents import Population

# Eigenvalues below this part of the largest, times the number of columns, are rounding errors.
EIGENVALUE_ROUNDING = 1e-14
# Variances outside of these have squares that overflow or vanish, once they meet labels.
SMALLEST_VARIANCE, LARGEST_VARIANCE = 1e-80, 1e80
# Rows that are held in memory, for refits.
HELD_ROWS = 12_000
# With so many pseudo-labels per direction the population stands for the rows that get them: of unlabelled rows only so
# many are held then, where not all are.
POPULATION_ROWS, FEW_ROWS = 15, 3000


@dataclass(frozen=True)
class Axes:
    """One model's principal axes: the means of its ``columns``, shape (columns,), eigenvalues ``lam``, descending,
    and ``vectors``, shape (columns, kept); ``variances``, shape (columns,), are those of the raw columns, ``digit`` is
    the last digit of a 1 in the file: 6e-8 for float32, 0 for integers; and ``mark`` is a value for what is missing, as
    far as the rows that are held show one."""

    mean: np.ndarray
    lam: np.ndarray
    vectors: np.ndarray
    variances: np.ndarray
    digit: float = 0.0
    mark: Mark | None = None

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

    def place(self, raw: np.ndarray) -> np.ndarray:
        """Raw rows in these coordinates, shape (rows, kept)."""
        out = np.empty((len(raw), len(self.lam)))
        for part in chunks(len(raw), CHUNK_ROWS):
            out[part] = (np.asarray(raw[part], dtype=float) - self.mean) @ self.vectors
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
    weak: Features,
    strong: Features,
    labelled: int,
    *,
    N: int = 0,
    seed: int = 0,
    readers: Readers = HERE,
) -> Coordinates:
    """Read two raw matrices of shapes (rows, columns), of which the first ``labelled`` rows have labels.

    Second moments are those of all rows. At most HELD_ROWS rows are held, half of them labelled where there are more of
    both, and fewer unlabelled ones where the population stands for ``N`` pseudo-labels. Raises
    :class:`~w2s_sym.forecast.reading.FeatureError` for shapes that do not fit, numbers that are not finite or are out
    of range, and features that do not vary.
    """
    raw_w, raw_s = checked_pair(weak, strong)
    rows, first = len(raw_w), raw_w.shape[1]
    few = min(N, rows) > POPULATION_ROWS * max(first, raw_s.shape[1])
    index, held = _held(rows, labelled, FEW_ROWS if few else HELD_ROWS, seed)
    found = read_pair(raw_w, raw_s, index, centred=True, readers=readers)
    offset = found.moments.sums / rows
    mean, second = found.shift + offset, found.moments.gram / rows - np.outer(offset, offset)
    varies = found.moments.varies
    # A constant column of large numbers has no variance, whatever rounding makes of it.
    second[~varies] = second[:, ~varies] = 0.0
    basis_w = _axes("weak", mean[:first], second[:first, :first], bool(varies[:first].any()))
    basis_s = _axes("strong", mean[first:], second[first:, first:], bool(varies[first:].any()))
    basis_w, basis_s = (replace(axes, digit=_digit(x.dtype)) for axes, x in ((basis_w, raw_w), (basis_s, raw_s)))
    cross = basis_s.vectors.T @ second[first:, :first] @ basis_w.vectors
    return Coordinates(
        rows=rows,
        weak=replace(basis_w, mark=find_mark(found.weak)),
        strong=replace(basis_s, mark=find_mark(found.strong)),
        population=Population(basis_w.lam, basis_s.lam, cross),
        index=index,
        labelled=held,
        x_w=basis_w.place(found.weak),
        x_s=basis_s.place(found.strong),
    )


def _held(rows: int, labelled: int, most: int, seed: int) -> tuple[np.ndarray, int]:
    """Rows to hold, labelled ones first, and how many of these there are; where not all are held, ``most`` others."""
    rng = np.random.default_rng([seed, 8])
    others = min(rows - labelled, HELD_ROWS - min(labelled, HELD_ROWS // 2))
    held = min(labelled, HELD_ROWS - others)
    if held + others < rows:
        others = min(others, most)
    first = np.arange(labelled) if held == labelled else np.sort(rng.choice(labelled, held, replace=False))
    free = rows - labelled
    rest = np.arange(free) if others == free else np.sort(rng.choice(free, others, replace=False))
    return np.concatenate([first, labelled + rest]), held


def _axes(name: str, mean: np.ndarray, second: np.ndarray, varies: bool) -> Axes:
    """One model's principal axes from its means and covariance; ``varies`` says that some column does."""
    values, vectors = np.linalg.eigh(second)
    values, vectors = values[::-1], vectors[:, ::-1]
    spread, size = np.sqrt(np.maximum(np.diagonal(second), 0.0)), np.abs(mean)
    hidden = size.max() > np.sqrt(SMALLEST_VARIANCE) and (spread <= np.sqrt(len(values)) * 1e-14 * size).all()
    if hidden or values[0] < SMALLEST_VARIANCE:
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


def _digit(kind: np.dtype[Any]) -> float:
    """Half of the distance from 1 to the next number of this kind; 0 for integers."""
    return float(np.finfo(kind).eps) / 2 if kind.kind == "f" else 0.0
