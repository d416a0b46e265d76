"""Two feature matrices of the same points: read by chunks, checked, reduced to second moments and few directions.

Nothing here knows a paper. Matrices have one row per point; they may be larger than memory
(:mod:`~w2s_sym.forecast.gathering`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2s_sym.forecast.gathering import HERE, Readers, read_pair
from w2s_sym.forecast.reading import CHUNK_ROWS, FeatureError, Features, checked_pair, chunks, refusal
from w2s_sym.formula.plain_arrays import ArrayError
from w2s_sym.rows.rows import FeatureRows

# Rows that are used one by one (fourth moments, jackknives, refits): more would cost time and tell little.
SAMPLE = 20_000
# A row without which this little, or nothing, is left of a direction is alone in it.
ALONE = 1e-9
# Relative eigenvalues below this, times the number of columns, are rounding errors: such directions do not count.
RANK = 1e-10


@dataclass(frozen=True)
class FeatureSpace:
    """One model's features, reduced to the leading directions of their uncentred second moment E[x x'].

    ``columns`` counts the raw columns; ``kept``, shape (kept columns,), indexes those that are not constant. ``rank``
    is the number of directions that carry anything, ``dim`` the intrinsic dimension: the number that is kept, which
    carries the part ``share`` of the trace. ``basis``, shape (kept columns, dim), takes a row of raw features to
    whitened coordinates psi, where E[psi psi'] is the identity over the rows at hand.
    """

    columns: int
    dim: int
    rank: int
    share: float
    basis: np.ndarray
    kept: np.ndarray

    def whiten(self, raw: np.ndarray) -> np.ndarray:
        """Whitened features of raw rows, shape (rows, dim)."""
        out = np.empty((len(raw), self.dim))
        for part in chunks(len(raw), CHUNK_ROWS):
            out[part] = np.asarray(raw[part], dtype=float)[:, self.kept] @ self.basis
        return out


@dataclass(frozen=True)
class Pair:
    """A weak and a strong model's features of the same ``rows`` points.

    ``cross``, shape (d_s, d_w), is the mean of psi_s psi_w' over all rows, in whitened coordinates. ``psi_w`` and
    ``psi_s``, shapes (len(index), d_w) and (len(index), d_s), are the whitened features of the rows ``index``: all of
    them, or a random part when there are more than :data:`SAMPLE`.
    """

    rows: int
    weak: FeatureSpace
    strong: FeatureSpace
    cross: np.ndarray
    index: np.ndarray
    psi_w: np.ndarray
    psi_s: np.ndarray


def whitened_pair(
    psi_w: Features,
    psi_s: Features,
    *,
    explained: float = 0.99,
    drop: bool = False,
    seed: int = 0,
    readers: Readers = HERE,
) -> Pair:
    """Read and check two feature matrices with one row per point, and reduce them to their leading directions.

    Parameters
    ----------
    psi_w, psi_s
        Raw features of the weak and of the strong model, shapes (rows, columns); real numbers of any precision, in an
        array or where a path or an address says.
    explained
        The intrinsic dimension of a model is the smallest number of directions that carry this part of the trace of
        its second-moment matrix (uncentred, as in Dong et al. 2025); 1 keeps every direction.
    drop
        Accept constant and linearly dependent columns: constant ones are left out, of dependent ones the span counts.
    seed
        Of the random part of the rows that are used one by one.
    readers
        Who reads rows.

    Raises :class:`FeatureError` for shapes that do not fit, numbers that are not finite, constant or dependent columns
    (unless ``drop``), and fewer rows than directions.
    """
    if not 0 < explained <= 1:
        raise FeatureError(f"explained={explained}: needs a part of the trace, above 0 and at most 1")
    raw_w, raw_s = checked_pair(psi_w, psi_s)
    rows, first = len(raw_w), raw_w.shape[1]
    _require_rows("weak", raw_w)
    _require_rows("strong", raw_s)
    index = sampled_rows(rows, (seed,))
    found = read_pair(raw_w, raw_s, index, centred=False, readers=readers)
    sums = found.moments
    moments = _Moments(sums.rows, sums.gram, sums.sums, ~sums.varies)
    weak = _checked_space("weak", moments.of(slice(0, first)), explained, drop)
    strong = _checked_space("strong", moments.of(slice(first, None)), explained, drop)
    if rows <= weak.dim + strong.dim:
        raise FeatureError(
            f"{rows} rows for {weak.dim} weak and {strong.dim} strong directions: needs more rows than both together; "
            "take more points or a smaller part of the trace"
        )
    raw_cross = moments.gram[first:, :first] / rows
    cross = strong.basis.T @ raw_cross[np.ix_(strong.kept, weak.kept)] @ weak.basis
    white_w, white_s = weak.whiten(found.weak), strong.whiten(found.strong)
    for name, white in (("weak", white_w), ("strong", white_s)):
        _refuse_alone(name, white, index, rows)
    return Pair(rows=rows, weak=weak, strong=strong, cross=cross, index=index, psi_w=white_w, psi_s=white_s)


def _refuse_alone(name: str, white: np.ndarray, index: np.ndarray, rows: int) -> None:
    """Refuse whitened features, shape (len(index), dim), of which one row is a direction that no other row has."""
    parts = (white**2).sum(1) / rows
    worst = int(parts.argmax())
    if parts[worst] > 1 - ALONE:
        raise FeatureError(
            f"{name} features: row {int(index[worst])} alone carries a direction, as in a column that is not 0 once; "
            "leave the point or the column out, or take a smaller part of the trace"
        )


def sampled_rows(rows: int, seed: tuple[int, ...]) -> np.ndarray:
    """Which of so many rows are used one by one, ascending: all, or a random part of :data:`SAMPLE`."""
    if rows <= SAMPLE:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, SAMPLE, replace=False))


@dataclass(frozen=True)
class _Moments:
    """Sums over all rows: ``gram`` = X'X, shape (columns, columns), ``total``, shape (columns,), and a flag for each
    column that is constant."""

    rows: int
    gram: np.ndarray
    total: np.ndarray
    constant: np.ndarray

    def of(self, columns: slice) -> _Moments:
        """The moments of these columns alone."""
        return _Moments(self.rows, self.gram[columns, columns], self.total[columns], self.constant[columns])

    @property
    def hidden_by_means(self) -> int:
        """How many columns vary by less than a thousandth of their mean."""
        mean = self.total / self.rows
        spread = np.maximum(np.diagonal(self.gram) / self.rows - mean**2, 0)
        return int((~self.constant & (mean**2 > 1e6 * spread)).sum())


def _require_rows(name: str, rows: FeatureRows) -> None:
    """Refuse columns for which there are too few rows, before second moments of that many columns are made."""
    if rows.shape[1] <= len(rows):
        return
    first, varies = None, np.zeros(rows.shape[1], dtype=bool)
    try:
        for piece in rows.pieces(0, len(rows)):
            first = piece[0] if first is None else first
            varies |= (piece != first).any(0)
    except ArrayError as problem:
        raise refusal(f"{name} features", rows, problem) from None
    if varies.sum() > len(rows):
        raise FeatureError(
            f"{name} features: {len(rows)} rows for {int(varies.sum())} columns; needs more rows than columns: "
            "leave columns out, or give the leading principal components"
        )


def _checked_space(name: str, moments: _Moments, explained: float, drop: bool) -> FeatureSpace:
    """One model's feature space, after its columns are found usable; ``name`` is said in errors."""
    constant, columns = moments.constant, len(moments.constant)
    if constant.any() and not drop:
        raise FeatureError(
            f"{name} features: column {int(constant.argmax())} is constant (of {columns} columns "
            f"{int(constant.sum())} are); leave such columns out, or pass drop (--drop)"
        )
    if constant.all():
        raise FeatureError(f"{name} features: every column is constant; needs features that vary")
    kept = np.flatnonzero(~constant)
    if (np.diagonal(moments.gram)[kept] < np.finfo(float).tiny).any():
        raise FeatureError(f"{name} features are too small to be squared; scale them up")
    space = _leading(moments.gram[np.ix_(kept, kept)] / moments.rows, columns, kept, explained)
    if space.rank < len(kept) and moments.rows < len(kept):
        raise FeatureError(
            f"{name} features: {moments.rows} rows for {len(kept)} columns; needs more rows than columns"
        )
    hidden = moments.hidden_by_means
    if space.rank < len(kept) and hidden > 1:
        raise FeatureError(
            f"{name} features: {hidden} columns vary by less than a thousandth of their means, which hide directions; "
            "subtract each column's mean"
        )
    if space.rank < len(kept) and not drop:
        raise FeatureError(
            f"{name} features: rank {space.rank} of {len(kept)} columns; leave out the dependent ones, or pass drop "
            "(--drop)"
        )
    return space


def _leading(second: np.ndarray, columns: int, kept: np.ndarray, explained: float) -> FeatureSpace:
    """Leading directions of a second-moment matrix, shape (kept, kept).

    The rank is that after each column is scaled to one, so that it is free of units; the share of the trace that a
    direction carries is that of the raw matrix. Every direction is kept, whatever its units, when all are to be.
    """
    scale = np.sqrt(np.diagonal(second))
    free, scaled = np.linalg.eigh(second / np.outer(scale, scale))
    rank = int((free > RANK * len(second)).sum())
    if explained == 1:
        basis = scaled[:, ::-1][:, :rank] / scale[:, None] / np.sqrt(free[::-1][:rank])
        return FeatureSpace(columns=columns, dim=rank, rank=rank, share=1.0, basis=basis, kept=kept)
    values, vectors = np.linalg.eigh(second)
    values, vectors = values[::-1], vectors[:, ::-1]
    shares = np.cumsum(np.maximum(values, 0)) / np.maximum(values, 0).sum()
    # Beyond these a division by the square root of the eigenvalue would whiten rounding errors.
    usable = int((values > 1e-14 * len(values) * values[0]).sum())
    dim = min(int(np.searchsorted(shares, explained * (1 - 1e-12)) + 1), rank, usable)
    basis = vectors[:, :dim] / np.sqrt(values[:dim])
    return FeatureSpace(columns=columns, dim=dim, rank=rank, share=float(shares[dim - 1]), basis=basis, kept=kept)
