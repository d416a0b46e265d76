"""Two feature matrices of the same points: read by chunks, checked, reduced to second moments and few directions.

Nothing here knows a paper. Matrices have one row per point; they may be larger than memory (``numpy.memmap``), in
which case they are read once by chunks, and a random part of their rows once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# Rows that are held in memory at a time, and rows that are looked at singly (fourth moments, refits).
CHUNK = 4096
SAMPLE = 20_000
# Directions whose second moment is below this part of the largest carry rounding errors, no information.
RANK = 1e-10


class FeatureError(ValueError):
    """Features or labels that cannot be used: what is wrong with them, where, and the next move."""


def load(path: str, what: str) -> np.ndarray:
    """The array in a ``.npy`` file, mapped and not read; ``what`` names it in errors.

    Raises :class:`FeatureError` for a file that is absent, no ``.npy`` file, pickled, or cut short.
    """
    if not Path(path).is_file():
        raise FeatureError(f"{what}: {path} is no file; save the array with numpy.save")
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError):
        raise FeatureError(f"{what}: {path} is no whole .npy file of numbers; save the array with numpy.save") from None
    if not isinstance(array, np.ndarray):
        array.close()
        raise FeatureError(f"{what}: {path} holds several arrays; save the one that is meant with numpy.save")
    return array


@dataclass(frozen=True)
class Side:
    """One model's features, reduced to the leading directions of their second moment.

    ``basis`` (kept columns x dim) takes a row of raw features to whitened coordinates: E[psi psi'] is the identity over
    the rows at hand. ``share`` is the part of the trace that the ``dim`` directions carry, ``rank`` the number of
    directions that carry anything, ``kept`` the columns that are not constant.
    """

    columns: int
    dim: int
    rank: int
    share: float
    basis: np.ndarray
    kept: np.ndarray

    def whiten(self, array: np.ndarray, index: np.ndarray) -> np.ndarray:
        """Whitened features of these rows of the raw matrix, shape (len(index), dim); read by chunks."""
        out = np.empty((len(index), self.dim))
        for part in _chunks(len(index), CHUNK):
            out[part] = np.asarray(array[index[part]], dtype=float)[:, self.kept] @ self.basis
        return out


@dataclass(frozen=True)
class Pair:
    """A weak and a strong model's features of the same ``rows`` points.

    ``cross`` (d_s x d_w) is the mean of psi_s psi_w' in whitened coordinates. ``psi_w`` and ``psi_s`` are the whitened
    features of the rows ``index``: all of them, or a random part when there are more than :data:`SAMPLE`.
    """

    rows: int
    weak: Side
    strong: Side
    cross: np.ndarray
    index: np.ndarray
    psi_w: np.ndarray
    psi_s: np.ndarray


def pair(
    psi_w: np.ndarray,
    psi_s: np.ndarray,
    *,
    explained: float = 0.99,
    drop: bool = False,
    seed: int = 0,
    chunk: int = CHUNK,
    tell: Callable[[str], None] | None = None,
) -> Pair:
    """Read and check two feature matrices with one row per point, and reduce them to their leading directions.

    Parameters
    ----------
    psi_w, psi_s
        Raw features of the weak and of the strong model, shapes (rows, columns); real numbers of any precision.
    explained
        The intrinsic dimension of a model is the smallest number of directions that carry this part of the trace of
        its second-moment matrix (uncentred, as in Dong et al. 2025); 1 keeps every direction.
    drop
        Accept constant and linearly dependent columns: constant ones are left out, of dependent ones the span counts.
    seed
        Of the random part of the rows that are looked at singly.

    Raises :class:`FeatureError` for shapes that do not fit, numbers that are not finite, constant or dependent columns
    (unless ``drop``), and fewer rows than directions.
    """
    if not 0 < explained <= 1:
        raise FeatureError(f"explained={explained}: needs a part of the trace, above 0 and at most 1")
    weak, strong = _matrix(psi_w, "weak features"), _matrix(psi_s, "strong features")
    rows = len(weak)
    if len(strong) != rows:
        raise FeatureError(
            f"weak features have {rows} rows, strong features {len(strong)}: needs the same points in the same order"
        )
    widths = (weak.shape[1], strong.shape[1])
    moments = _moments(weak, strong, chunk, tell)
    sides = []
    for name, columns, part in (
        ("weak", widths[0], slice(0, widths[0])),
        ("strong", widths[1], slice(widths[0], None)),
    ):
        constant = moments.constant[part]
        if constant.any() and not drop:
            raise FeatureError(
                f"{name} features: column {int(constant.argmax())} is constant (of {len(constant)} columns "
                f"{int(constant.sum())} are); leave such columns out, or pass drop"
            )
        if constant.all():
            raise FeatureError(f"{name} features: every column is constant; needs features that vary")
        keep = np.flatnonzero(~constant)
        if (np.diagonal(moments.gram[part, part])[keep] < np.finfo(float).tiny).any():
            raise FeatureError(f"{name} features are too small to be squared; scale them up")
        side = _side(moments.gram[part, part][np.ix_(keep, keep)] / rows, columns, keep, explained)
        if side.rank < len(keep) and rows < len(keep):
            raise FeatureError(f"{name} features: {rows} rows for {len(keep)} columns; needs more rows than columns")
        if side.rank < len(keep) and not drop:
            raise FeatureError(
                f"{name} features: rank {side.rank} of {len(keep)} columns; leave out the dependent ones, or pass drop"
            )
        sides.append(side)
    left, right = sides
    if rows <= left.dim + right.dim:
        raise FeatureError(
            f"{rows} rows for {left.dim} weak and {right.dim} strong directions: needs more rows than both together; "
            "take more points or a smaller part of the trace"
        )
    raw = moments.gram[widths[0] :, : widths[0]] / rows
    cross = right.basis.T @ raw[np.ix_(right.kept, left.kept)] @ left.basis
    index = np.arange(rows)
    if rows > SAMPLE:
        index = np.sort(np.random.default_rng(seed).choice(rows, SAMPLE, replace=False))
    return Pair(rows, left, right, cross, index, left.whiten(weak, index), right.whiten(strong, index))


def _matrix(array: np.ndarray, what: str) -> np.ndarray:
    array = np.asarray(array) if not isinstance(array, np.ndarray) else array
    if array.ndim != 2 or 0 in array.shape:
        raise FeatureError(f"{what}: shape {array.shape}; needs a matrix, one row per point and one column per feature")
    if array.dtype.kind not in "fiub":
        raise FeatureError(f"{what}: holds {array.dtype}; needs real numbers")
    return array


@dataclass(frozen=True)
class _Moments:
    gram: np.ndarray
    constant: np.ndarray


def _chunks(rows: int, chunk: int) -> Iterator[slice]:
    for start in range(0, rows, chunk):
        yield slice(start, min(start + chunk, rows))


def _moments(weak: np.ndarray, strong: np.ndarray, chunk: int, tell: Callable[[str], None] | None) -> _Moments:
    """Gram matrix of the columns of both, side by side, and which columns are constant, in one pass."""
    rows, first = weak.shape
    width = first + strong.shape[1]
    gram = np.zeros((width, width))
    constant, first_row = np.arange(width), np.concatenate([weak[0], strong[0]]).astype(float)
    buffer = np.empty((min(chunk, rows), width))
    for part in _chunks(rows, chunk):
        block = buffer[: part.stop - part.start]
        block[:, :first] = weak[part]
        block[:, first:] = strong[part]
        if len(constant):  # after the first chunk few columns are left to look at
            constant = constant[(block[:, constant] == first_row[constant]).all(0)]
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused by name
            product = block.T @ block
        if not np.isfinite(product.trace()):
            _refuse_bad(block, part.start, first)
        gram += product
        if tell is not None:
            tell(f"read {part.stop} of {rows} rows")
    flags = np.zeros(width, dtype=bool)
    flags[constant] = True
    return _Moments(gram, flags)


def _refuse_bad(block: np.ndarray, start: int, first: int) -> None:
    bad = np.argwhere(~np.isfinite(block))
    if not len(bad):
        raise FeatureError("features are too large to be squared; scale them down")
    row, column = int(bad[0, 0]), int(bad[0, 1])
    name, place = ("weak", column) if column < first else ("strong", column - first)
    raise FeatureError(
        f"{name} features: {block[row, column]} at row {start + row}, column {place}; needs finite numbers, "
        "leave such points out"
    )


def _side(second: np.ndarray, columns: int, kept: np.ndarray, explained: float) -> Side:
    """Leading directions of a second-moment matrix, found after each column is scaled to one.

    The scaling makes the rank free of units; the share of the trace that a direction carries is that of the raw matrix.
    """
    scale = np.sqrt(np.diagonal(second))
    rank = int((np.linalg.eigvalsh(second / np.outer(scale, scale)) > RANK * len(second)).sum())
    values, vectors = np.linalg.eigh(second)
    values, vectors = values[::-1], vectors[:, ::-1]
    shares = np.cumsum(np.maximum(values, 0)) / np.maximum(values, 0).sum()
    usable = int((values > 1e-14 * len(values) * values[0]).sum())
    dim = min(int(np.searchsorted(shares, explained * (1 - 1e-12)) + 1), rank, usable)
    return Side(columns, dim, rank, float(shares[dim - 1]), vectors[:, :dim] / np.sqrt(values[:dim]), kept)
