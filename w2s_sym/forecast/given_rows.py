"""Slips in how rows and labels were put together: shifted by one, repeated, filled up, one column in another unit.

Each is found by what chance does not explain, and said in one line with the next move. None is refused: the numbers of
a plan are then right for the files as they are, and the files may not be what was meant.
"""

from __future__ import annotations

import numpy as np

from w2s_sym.forecast.coordinates import Axes, Coordinates
from w2s_sym.forecast.diagnosis import ALARM, LEVERAGE, Note, chi_square_score

# Directions of either side whose correlations are looked at, and the rows for each of them.
CORRELATED, ROWS_EACH = 50, 4
# Fewer rows than this say nothing of an order, and more say no more.
LEAST_ORDER, MOST_ORDER = 50, 2000
# A shift is named when the correlations (squared, summed) are so many times those of the rows as they are.
TIMES = 2.0
# Correlations this close to what chance gives, in standard errors: nothing in common is seen.
UNRELATED = 3.0
# Repeated rows are named above this part, and so long a tail of one label that no other point has.
REPEATED, TAIL = 0.02, 20
# Columns of either side in which copies are looked for first.
LEADING = 8
# One column with more than this part of the variance hides the others from ridge.
ONE_COLUMN = 0.95
# How seldom chance gives a label as far off as one that is named.
CHANCE = 1e-4


def shift_doubts(held: Coordinates, y: np.ndarray) -> list[str]:
    """Where rows of one file fit those of another better when one of them is shifted by one row.

    Rows are those at the start of the files, in their order, as far as they are held: all of them, or the labelled
    ones. ``y``, shape (labelled, outputs), belongs to the first.
    """
    rows = _in_order(held)
    weak, strong = held.x_w[:rows], held.x_s[:rows]
    labelled = min(rows, len(y))
    doubts: list[str] = []
    for first, second, one, other in (
        ("weak features", "strong features", weak, strong),
        ("labels", "weak features", y[:labelled], weak[:labelled]),
        ("labels", "strong features", y[:labelled], strong[:labelled]),
    ):
        step = _better_shift(one, other)
        if step:
            doubts.append(
                f"row k of the {first} goes with row k {'+' if step > 0 else '-'} 1 of the {second}, not with row k: "
                "give the same points in the same order (is a header or a first row missing?)"
            )
    return doubts


def relation_notes(held: Coordinates) -> list[Note]:
    """A note where the two models' features are as unrelated as those of different points."""
    rows = _in_order(held)
    if rows < 2 * LEAST_ORDER or _score(held.x_w[:rows], held.x_s[:rows])[1] > UNRELATED:
        return []
    text = (
        f"the weak and the strong features of the same {rows} rows are as unrelated as those of different points: see "
        "that both files have the same points in the same order"
    )
    return [Note("unrelated", text)]


def _in_order(held: Coordinates) -> int:
    """How many held rows are the first ones of the files, in their order."""
    gaps = np.flatnonzero(held.index != np.arange(len(held.index)))
    return min(int(gaps[0]) if len(gaps) else len(held.index), MOST_ORDER)


def _better_shift(one: np.ndarray, other: np.ndarray) -> int:
    """The shift, 1 or -1, at which rows of ``one`` fit those of ``other`` beyond chance and far better; 0 for none."""
    if len(one) < LEAST_ORDER:
        return 0
    here = _score(one, other)[0]
    scores = {step: _score(one[max(-step, 0) : len(one) - max(step, 0)], other[max(step, 0) :]) for step in (1, -1)}
    step, (size, score) = max(scores.items(), key=lambda item: item[1][0])
    return step if score > ALARM and size > TIMES * here else 0


def _score(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Squared correlations of the leading columns over their mean by chance, and how far above it, in its standard
    errors; both arrays have one row per point, and of ``other`` as many rows are used as ``one`` has."""
    rows = min(len(one), len(other))
    a, b = (_whitened(x[:rows], rows) for x in (one, other))
    count = a.shape[1] * b.shape[1]
    if not count:
        return 1.0, 0.0
    size = float(((a.T @ b) ** 2).sum()) / count
    return size, chi_square_score(size, count)


def _whitened(x: np.ndarray, rows: int) -> np.ndarray:
    """The leading columns, centred and made orthogonal, with columns of length 1 times the root of sqrt(rows)."""
    few = x[:, : max(1, min(CORRELATED, rows // ROWS_EACH, x.shape[1]))]
    centred = few - few.mean(0)
    left, values, _ = np.linalg.svd(centred, full_matrices=False)
    return np.asarray(left[:, values > 1e-9 * max(values[0], 1e-300)] * (rows - 1) ** 0.25)


def tail_doubts(y: np.ndarray) -> list[str]:
    """A doubt where all last labels, shape (labelled, outputs), are the same and no other is: unlabelled points?

    Labels in order, such as those of a file that is sorted by class, are none: they change seldom before it too.
    """
    same = (y == y[-1]).all(1)
    tail = len(y) if same.all() else int(same[::-1].argmin())
    rest = y[: len(y) - tail]
    if tail < TAIL or same[: len(rest)].any() or len(rest) < 2:
        return []
    changes = float((rest[1:] != rest[:-1]).any(1).mean())
    if changes < 1 / 4:
        return []
    told = f"{y[-1, 0]:g}" if y.shape[1] == 1 else "the same"
    return [
        f"the last {tail} of {len(y)} labels are all {told} and no other is: if these points have no label, give the "
        f"first {len(rest)} labels alone"
    ]


def label_doubts(y: np.ndarray) -> list[str]:
    """A doubt where one label is most of the variance of all, shape (labelled, outputs), and no chance."""
    lengths = ((y - y.mean(0)) ** 2).sum(1)
    share = float(lengths.max() / lengths.sum())
    if share <= LEVERAGE or len(y) * (1 - share) ** ((len(y) - 2) / 2) > CHANCE:
        return []
    row = int(lengths.argmax())
    return [
        f"the label of row {row} carries {share:.0%} of the variance of {len(y)} labels: no error is known without "
        "more of its kind; see whether it is meant, or leave it out"
    ]


def repeat_doubts(held: Coordinates, y: np.ndarray) -> list[str]:
    """A doubt where labelled points come several times, with their labels: refits then train on what they test on.

    Features with few values, of which different points share all, are none: a copy is told by one raw column in which
    all different rows differ.
    """
    for first in (LEADING, None):  # most files are done after the leading columns
        table = np.hstack([held.x_w[: len(y), :first], held.x_s[: len(y), :first], y])
        different = len({row.tobytes() for row in _rounded(table)})
        if different >= (1 - REPEATED) * len(y):
            return []
    sides = ((held.weak, held.x_w), (held.strong, held.x_s))
    columns = (column for axes, x in sides for column in _rounded(x[: len(y)] @ axes.vectors.T).T)
    if not any(len(np.unique(column)) >= ONE_COLUMN * different for column in columns):
        return []
    return [
        f"{len(y) - different} of {len(y)} labelled points repeat others, features and label: a refit meets points "
        "that it was trained on, and errors come out too small; give each point once"
    ]


def _rounded(table: np.ndarray) -> np.ndarray:
    """Columns over their largest entry, rounded so that copies are alike."""
    scale = np.abs(table).max(0)
    return np.asarray(np.round(table / np.where(scale > 0, scale, 1.0), 9) + 0.0)


def unit_notes(held: Coordinates) -> list[Note]:
    """A note for each side on which one of several columns is nearly all of the variance."""
    return [note for name, axes in (("weak", held.weak), ("strong", held.strong)) for note in _unit_note(name, axes)]


def _unit_note(name: str, axes: Axes) -> list[Note]:
    variances = axes.variances
    column, total = int(variances.argmax()), float(variances.sum())
    varying = int((np.sqrt(np.maximum(variances, 0.0)) > 1e-14 * np.abs(axes.mean)).sum())
    if variances[column] < ONE_COLUMN * total or varying < 3:
        return []
    text = (
        f"column {column} carries {variances[column] / total:.1%} of the variance of the {axes.columns} {name} "
        "features: ridge sees little else; if the others matter, divide each column by its standard deviation and plan "
        "again"
    )
    return [Note("one column", text)]
