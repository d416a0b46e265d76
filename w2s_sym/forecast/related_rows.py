"""Do both models' features belong to the same points? What they have in common, in all rows and in parts of the files.

Features of different points have nothing in common but by chance. Where files go apart in a part alone, as with
labelled rows of another order than the others, what the one model's features say of the other's holds in one part and
fails in the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2s_sym.forecast.diagnosis import ALARM, Note, Remarks, chi_square_score
from w2s_sym.forecast.labelled_rows import means_apart

# Directions of either side whose correlations are looked at, and the rows for each of them.
CORRELATED, ROWS_EACH = 50, 4
# Fewer rows than this say nothing of an order.
LEAST_ORDER = 50
# Correlations this close to what chance gives, in standard errors: nothing in common is seen.
UNRELATED = 3.0
# From so many rows on nothing in common is a doubt; and from fewer on where what they may have in common is below this
# part of the directions. Related models of fewer rows may show nothing by chance.
ENOUGH_TO_RELATE, ENOUGH_FOR_FEW, LITTLE_IN_COMMON = 400, 250, 0.05
# Directions of either side that are fitted in a part of the files, its rows for each of them, and the most of its rows
# that are looked at.
FITTED, ROWS_FITTED, ROWS_COMPARED = 50, 8, 2000
# Leading directions of which the means of both parts are compared.
MEANS_COMPARED = 20
# Entries are bounded by so many standard deviations: one row of a heavy tail says little.
BOUND = 3.0
# A fit fails in the other part where it correlates with less than this part of what it does in its own.
FAILS = 0.2
# The penalty of fits, over rows, of columns of variance 1.
SHRINKS = 0.1
# Runs of rows by which errors are estimated.
ROW_RUNS = 20


def relation_remarks(weak: np.ndarray, strong: np.ndarray) -> Remarks:
    """Where the two models' features of rows, shapes (rows, p_w) and (rows, p_s) in columns of falling variance, are as
    unrelated as those of different points: a doubt where the rows are enough to see what models of the same points have
    in common, else a note."""
    rows = len(weak)
    if rows < 2 * LEAST_ORDER:
        return Remarks()
    common = in_common(weak, strong)
    if common.score > UNRELATED:
        return Remarks()
    text = (
        f"the weak and the strong features of the same {rows} rows are as unrelated as those of different points: see "
        "that both files have the same points in the same order"
    )
    sure = rows >= ENOUGH_TO_RELATE or (rows >= ENOUGH_FOR_FEW and common.most < LITTLE_IN_COMMON)
    return Remarks((), (text,)) if sure else Remarks((Note("unrelated", text),))


@dataclass(frozen=True)
class InCommon:
    """Squared correlations of the leading columns of two sides over their mean by chance, ``size``; how far above it,
    in its standard errors, ``score``; and ``most``, the largest part of the fewer directions that may be shared."""

    size: float
    score: float
    most: float


def in_common(one: np.ndarray, other: np.ndarray) -> InCommon:
    """What both arrays, one row per point, have in common; of ``other`` as many rows are used as ``one`` has."""
    rows = min(len(one), len(other))
    a, b = (_whitened(x[:rows], rows) for x in (one, other))
    count = a.shape[1] * b.shape[1]
    if not count:
        return InCommon(1.0, 0.0, 1.0)
    size = float(((a.T @ b) ** 2).sum()) / count
    above = size - 1 + UNRELATED * np.sqrt(2 / count)
    most = max(float(above), 0.0) * count / rows / min(a.shape[1], b.shape[1])
    return InCommon(size, chi_square_score(size, count), most)


def _whitened(x: np.ndarray, rows: int) -> np.ndarray:
    """The leading columns, centred and made orthogonal, with columns of length 1 times the root of sqrt(rows)."""
    few = x[:, : max(1, min(CORRELATED, rows // ROWS_EACH, x.shape[1]))]
    centred = few - few.mean(0)
    left, values, _ = np.linalg.svd(centred, full_matrices=False)
    return np.asarray(left[:, values > 1e-9 * max(values[0], 1e-300)] * (rows - 1) ** 0.25)


def parted_doubts(weak: np.ndarray, strong: np.ndarray, index: np.ndarray, labelled: int) -> list[str]:
    """A doubt where a fit of the weak features on the strong ones holds in one part of the files, and fails in the
    other: labelled rows against the others, and a quarter, a half and three quarters against the rest.

    Both have one row for each of the points ``index``, ascending, of which the first ``labelled`` have labels, and
    columns of falling variance. Fits are linear, on leading directions, and measured on rows that they did not see.
    """
    rows = len(weak)
    cuts = {labelled, *(rows * k // 4 for k in (1, 2, 3))}
    bounded = tuple(_bounded(side[:, :FITTED]) for side in (strong, weak))
    found = []
    for cut in sorted(cut for cut in cuts if LEAST_ORDER <= cut <= rows - LEAST_ORDER):
        parts = slice(0, cut), slice(cut, rows)
        for mine, other in (parts, parts[::-1]):
            few = min(FITTED, (mine.stop - mine.start) // ROWS_FITTED)
            (x, z), (y, u) = ((_thinned(side[mine, :few]), _thinned(side[other, :few])) for side in bounded)
            inside, outside = _within(x, y), _agreement([(_fit(x, y), z, u)])
            error = float(np.hypot(inside.error, outside.error))
            score = (inside.value - outside.value) / error
            if outside.value < FAILS * inside.value and score > ALARM:
                found.append((score, inside.value, outside.value, mine, other))
    # In a file that is sorted, or of two sources, what is told is another thing in each part.
    found = [item for item in found if not _apart((weak, strong), max(item[3].start, item[4].start))]
    if not found:
        return []
    _, here, there, mine, other = max(found, key=lambda item: item[0])
    return [
        f"what a linear fit on the strong features says of the weak ones correlates with them by {here:.2f} in rows "
        f"{_ends(index, mine)}, as far as it did not see them, and by {there:.2f} in rows {_ends(index, other)}: see "
        "that both files have the same points in the same order in both parts, and columns of the same kind"
    ]


def _apart(sides: tuple[np.ndarray, np.ndarray], cut: int) -> bool:
    """Whether the means of either side along leading directions are apart in the two parts, beyond chance."""
    return any(means_apart(side[:, : max(min(MEANS_COMPARED, cut // 5), 1)], cut) for side in sides)


def _ends(index: np.ndarray, part: slice) -> str:
    return f"{int(index[part.start])} to {int(index[part.stop - 1])}"


def _bounded(x: np.ndarray) -> np.ndarray:
    """Columns over their standard deviations, centred, and cut off at BOUND."""
    centred = x - x.mean(0)
    spread = centred.std(0)
    return np.asarray(np.clip(centred[:, spread > 0] / spread[spread > 0], -BOUND, BOUND))


def _thinned(x: np.ndarray) -> np.ndarray:
    """Every k-th row, so that at most ROWS_COMPARED are left."""
    return x[:: -(-len(x) // ROWS_COMPARED)]


@dataclass(frozen=True)
class _Agreement:
    """The correlation of what a fit says with what there is, over rows and columns, and its standard error."""

    value: float
    error: float


def _fit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Coefficients of ridge with an intercept that is left out, shape (p, outputs): a column that hardly varies in a
    part of the files has a small one."""
    centred = x - x.mean(0)
    second = centred.T @ centred + SHRINKS * len(x) * np.eye(x.shape[1])
    return np.asarray(np.linalg.solve(second, centred.T @ (y - y.mean(0))))


def _within(x: np.ndarray, y: np.ndarray) -> _Agreement:
    """That of fits on the first and the last half of some rows with the other half: neighbours may be alike."""
    halves = slice(0, len(x) // 2), slice(len(x) // 2, None)
    return _agreement([(_fit(x[a], y[a]), x[b], y[b]) for a, b in (halves, halves[::-1])])


def _agreement(fits: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> _Agreement:
    """That of fits with other rows x and y, around their own means. The error is that of rows or of runs of rows,
    whichever is larger."""
    both = [((x - x.mean(0)) @ fit, y - y.mean(0)) for fit, x, y in fits]
    said, there = (np.concatenate(rows) for rows in zip(*both, strict=True))
    products, squares, others = ((a * b).sum(1) for a, b in ((said, there), (said, said), (there, there)))
    size = float(np.sqrt(squares.sum() * others.sum()))
    if not size:
        return _Agreement(0.0, np.inf)
    value = float(products.sum()) / size
    off = products / size - value * (squares / squares.sum() + others / others.sum()) / 2
    runs = np.array([block.sum() for block in np.array_split(off, ROW_RUNS)])
    return _Agreement(value, float(np.sqrt(max((off**2).sum(), (runs**2).sum()))))
