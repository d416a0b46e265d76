"""Are the labelled rows a random sample of all? Their squares are compared with those of the others.

A file that is sorted by the length of its rows, or by how far a signal is from zero, moves no mean. Squares are
compared by their ranks: of a random sample these have a mean and a variance that are known, whatever the tails of the
features.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2s_sym.forecast.diagnosis import ALARM, chi_square_score

# Leading directions whose squares are compared, and the labelled rows for each of them.
DIRECTIONS, ROWS_PER_DIRECTION = 20, 5
# Fewer rows than this on either side say nothing.
LEAST_OF_EITHER = 10
# Where most values are the same, so many others are expected on either side: the law of fewer is too skewed.
OTHERS = 20
# Squares that differ by less than this part of the largest are the same.
SQUARES_WITHIN = 1e-9


@dataclass(frozen=True)
class TwoSamples:
    """One model's features, columns of falling variance: ``mine``, shape (labelled, p), of the labelled rows that are
    held, and ``others``, shape (free, p), of rows without labels."""

    name: str
    mine: np.ndarray
    others: np.ndarray


def scale_doubts(sides: tuple[TwoSamples, ...], labelled: int, rows: int) -> list[str]:
    """A doubt where squares of the first ``labelled`` of ``rows`` rows are larger or smaller than those of the others.

    Looked at are the squared lengths, the squares along leading directions, and those along the direction in which
    labelled rows vary least or most. The one furthest off is named, where chance would hardly put one of so many there.
    """
    told = [line for side in sides for line in _compared(side)]
    if not told:
        return []
    most = max(told, key=lambda line: abs(line.score))
    # With so many comparisons the largest is beyond this as seldom as a single one is beyond ALARM.
    if abs(most.score) <= np.sqrt(ALARM**2 + 2 * np.log(len(told))):
        return []
    return [
        f"the first {labelled} rows, which have labels, are no random sample of all {rows} rows: {most.what} have "
        f"{most.ratio:.2g} times the median of the other rows ({abs(most.score):.1f} standard errors off in ranks), as "
        "in a file that is sorted by size; shuffle the points, or label a random sample"
    ]


@dataclass(frozen=True)
class _Compared:
    """How far off ranks are, in standard errors, the ratio of the medians of the squares, and of what."""

    score: float
    ratio: float
    what: str


def _compared(side: TwoSamples) -> list[_Compared]:
    used, free = len(side.mine), len(side.others)
    if min(used, free) < LEAST_OF_EITHER:
        return []
    both = np.concatenate([side.mine, side.others])
    both = both - both.mean(0)
    few = both[:, : max(min(DIRECTIONS, used // ROWS_PER_DIRECTION), 1)]
    found = [_squares((both**2).sum(1), used, f"the squared lengths of their {side.name} features")]
    found += [
        _squares(column**2, used, f"their squares along direction {k + 1} of the {side.name} features")
        for k, column in enumerate(few.T)
    ]
    return [*found, *_extremes(few, used, side.name)]


def _squares(squares: np.ndarray, used: int, what: str) -> _Compared:
    ratio = np.median(squares[:used]) / max(np.median(squares[used:]), np.finfo(float).tiny)
    return _Compared(rank_score(squares, used), float(ratio), what)


def _extremes(both: np.ndarray, used: int, name: str) -> list[_Compared]:
    """The squares of half of the labelled rows along the direction in which the other half varies least or most, over
    what all rows vary, against rows without labels; shape of ``both`` (rows, directions), labelled rows first."""
    spread = both.std(0)
    white = both[:, spread > 0] / spread[spread > 0]
    if used < 2 * LEAST_OF_EITHER or white.shape[1] < 2:
        return []
    found = []
    vectors = [np.linalg.eigh(white[half:used:2].T @ white[half:used:2])[1] for half in (0, 1)]
    for place, word in ((0, "least"), (-1, "most")):
        what = f"their squares along the direction of the {name} features in which such rows vary {word}"
        halves = [
            _squares((np.concatenate([white[1 - half : used : 2], white[used:]]) @ v[:, place]) ** 2, count, what)
            for half, v in enumerate(vectors)
            for count in [len(white[1 - half : used : 2])]
        ]
        # The mean of two scores varies no more than one of them, however they go together.
        score, ratio = (float(np.mean(v)) for v in zip(*((h.score, h.ratio) for h in halves), strict=True))
        found.append(_Compared(score, ratio, what))
    return found


def means_apart(x: np.ndarray, first: int) -> bool:
    """Whether the ``first`` rows of x, shape (rows, directions), are off in ranks, all directions together: one row of
    a heavy tail moves a mean, and no rank. Directions are uncorrelated."""
    squares = [rank_score(column, first) ** 2 for column in x.T]
    return chi_square_score(float(np.mean(squares)), len(squares)) > ALARM


def rank_score(values: np.ndarray, first: int) -> float:
    """How far the mean rank of the ``first`` of some values, shape (rows,), is from that of a random part, in standard
    errors over random parts; 0 where all values are the same, or most of them and too few are others. Equal values
    share their ranks."""
    rows = len(values)
    rounded = np.round(values / max(float(np.abs(values).max()), np.finfo(float).tiny) / SQUARES_WITHIN)
    _, place, counts = np.unique(rounded, return_inverse=True, return_counts=True)
    other = rows - int(counts.max())
    if other < rows / 2 and other * min(first, rows - first) < OTHERS * rows:
        return 0.0
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    variance = float(ranks.var()) * rows / (rows - 1) * (1 / first - 1 / rows)
    return float((ranks[:first].mean() - ranks.mean()) / np.sqrt(variance)) if variance > 0 else 0.0
