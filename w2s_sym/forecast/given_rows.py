"""Slips in how rows and labels were put together: shifted by one, repeated, filled up, one column in another unit.

Each is found by what chance does not explain, and said in one line with the next move. None is refused: the numbers of
a plan are then right for the files as they are, and the files may not be what was meant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2s_sym.forecast.coordinates import Axes, Coordinates
from w2s_sym.forecast.diagnosis import ALARM, FACTOR, LEVERAGE, MEANS, Note, Remarks, chi_square_score, share_of_means
from w2s_sym.forecast.features import Pair
from w2s_sym.forecast.filled_rows import PlacedRows, fill_remarks
from w2s_sym.forecast.label_marks import CHANCE, mark_remarks
from w2s_sym.forecast.labelled_rows import TwoSamples, means_apart, scale_doubts
from w2s_sym.forecast.related_rows import LEAST_ORDER, in_common, parted_doubts, relation_remarks
from w2s_sym.forecast.ridge_fits import Penalty
from w2s_sym.forecast.study import Labels

# More rows than this say no more of an order.
MOST_ORDER = 2000
# Directions whose means are compared between labelled rows and other rows.
COMPARED = 20
# Neighbours' labels differ by less than this part of what random ones do: the rows run in order.
IN_ORDER = 0.7
# A shift is named when the correlations (squared, summed) are so many times those of the rows as they are.
TIMES = 2.0
# Repeated rows are named above this part.
REPEATED = 0.02
# Columns of either side in which copies are looked for first.
LEADING = 8
# One column with more than this part of the variance hides the others from ridge.
ONE_COLUMN = 0.95
# The least whole kurtosis for which 40 or more normal labels are named less often than CHANCE: in 54 of 1,000,000 draws
# of 40, in 25 of 60 (with 8 in 166 and 72).
HEAVY = 9.0
# So many times as many outputs as points are hardly meant.
MANY_OUTPUTS = 10


@dataclass(frozen=True)
class FirstRows:
    """The first rows of both files, in their order, as far as they are held: shapes (rows, p_w) and (rows, p_s), in
    columns of falling variance."""

    weak: np.ndarray
    strong: np.ndarray

    @classmethod
    def of(cls, index: np.ndarray, weak: np.ndarray, strong: np.ndarray) -> FirstRows:
        """From rows of the numbers ``index``, shape (rows,)."""
        gaps = np.flatnonzero(index != np.arange(len(index)))
        rows = min(int(gaps[0]) if len(gaps) else len(index), MOST_ORDER)
        return cls(weak[:rows], strong[:rows])

    @classmethod
    def held(cls, held: Coordinates) -> FirstRows:
        """Of what a ridge plan holds: all rows, or the labelled ones."""
        return cls.of(held.index, held.x_w, held.x_s)


def shift_doubts(first: FirstRows, y: np.ndarray) -> list[str]:
    """Where rows of one file fit those of another better when one of them is shifted by one row.

    ``y``, shape (labelled, outputs), has the labels from the first row on; none of them for no labels.
    """
    labelled = min(len(first.weak), len(y))
    pairs = [("weak features", "strong features", first.weak, first.strong)]
    if labelled:
        sides = (("weak features", first.weak), ("strong features", first.strong))
        pairs += [("labels", name, y[:labelled], x[:labelled]) for name, x in sides]
    doubts: list[str] = []
    for one, other, x, z in pairs:
        step = _better_shift(x, z)
        if step:
            doubts.append(
                f"row k of the {one} goes with row k {'+' if step > 0 else '-'} 1 of the {other}, not with row k: "
                "give the same points in the same order (is a header or a first row missing?)"
            )
    return doubts


def order_notes(y: np.ndarray) -> list[Note]:
    """A note where labels, shape (labelled, outputs), run in order; taking the first n of them is no random choice."""
    rows = len(y)
    steps, spread = float((np.diff(y, axis=0) ** 2).sum()) / (rows - 1), 2 * float(((y - y.mean(0)) ** 2).sum()) / rows
    ratio = steps / spread
    if ratio > IN_ORDER or (1 - ratio) * np.sqrt(rows) < ALARM:
        return []
    text = (
        f"labels of neighbouring rows differ by {ratio:.2f} of what random rows do: shuffle the points before n of "
        "them are taken; the plan draws its own"
    )
    return [Note("rows in order", text)]


def sorted_doubt(labelled: int, rows: int, name: str, off: float) -> str:
    """The doubt where labelled rows, the first ones, have means of one side that are so many standard errors off."""
    return (
        f"the first {labelled} rows, which have labels, are no random sample of all {rows} rows: their means of the "
        f"{name} features are {off:.1f} standard errors off, as in a sorted file; shuffle the points, or label a "
        "random sample"
    )


def least_squares_remarks(pair: Pair, labels: Labels | None) -> Remarks:
    """What is said of rows and labels of a least squares plan: as of a ridge plan, without repeated points."""
    first = FirstRows.of(pair.index, pair.psi_w, pair.psi_s)
    sides = (("weak", pair.psi_w), ("strong", pair.psi_s))
    filled = fill_remarks(
        tuple(PlacedRows(name, psi, np.zeros(psi.shape[1])) for name, psi in sides), pair.index, pair.rows
    )
    if labels is None:
        shifted = Remarks((), tuple(shift_doubts(first, np.zeros((0, 1)))))
        shifted += _unrelated(pair, first) if not shifted.doubts else Remarks()
        return shifted + filled + (_parted(pair, 0) if shifted + filled == Remarks() else Remarks())
    seen = FirstRows.of(labels.index, labels.psi_w, labels.psi_s)
    if len(seen.weak) > len(first.weak):  # of many rows only some are held, and these are not the first ones
        first = seen
    y = labels.table
    shifted = Remarks((), tuple(shift_doubts(first, y)))
    related = _unrelated(pair, first) if not shifted.doubts else Remarks()
    unlike = _sorted_doubts(pair, labels) if not filled.doubts else []
    if shifted + related + filled == Remarks() and not unlike:
        related = _parted(pair, len(y))
    doubts = [*label_doubts(y), *unlike]
    above = shifted + related + filled + table_remarks(y) + mark_remarks(y)
    return above + Remarks(tuple(order_notes(y)), tuple(doubts))


def _unrelated(pair: Pair, first: FirstRows) -> Remarks:
    """:func:`relation_remarks`, none where means are most of a side: its kept directions are then hardly more than it,
    and the note on features that are not centred says so."""
    sides = ((pair.weak, pair.psi_w), (pair.strong, pair.psi_s))
    far = any(share_of_means(space, psi.mean(0)) > MEANS for space, psi in sides)
    return Remarks() if far else relation_remarks(first.weak, first.strong)


def _parted(pair: Pair, labelled: int) -> Remarks:
    """What is said of parts of the files that do not go together, of which the first ``labelled`` rows are one."""
    return Remarks((), tuple(parted_doubts(pair.psi_w, pair.psi_s, pair.index, int((pair.index < labelled).sum()))))


def _sorted_doubts(pair: Pair, labels: Labels) -> list[str]:
    """Where labelled rows and the others have other means along leading directions than chance explains: the squared
    distance is compared with a chi-squared law; or other squares."""
    labelled, used = len(labels.table), len(labels.index)
    others = pair.index >= labelled
    free = int(others.sum())
    if free < 2 or used < 2:
        return []
    for name, mine, psi in (("weak", labels.psi_w, pair.psi_w), ("strong", labels.psi_s, pair.psi_s)):
        k = max(min(COMPARED, used // 5, psi.shape[1]), 1)
        apart = mine[:, :k].mean(0) - psi[others, :k].mean(0)
        values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(psi[:, :k].T)))
        live = values > 1e-9 * values[-1]  # a direction of the means alone does not vary
        squares = (apart @ vectors[:, live]) ** 2 / values[live] / (1 / used + 1 / free)
        both = np.concatenate([mine[:, :k], psi[others, :k]]) @ vectors[:, live]
        far = live.any() and chi_square_score(float(squares.mean()), int(live.sum())) > ALARM
        if far and means_apart(both, used):
            return [sorted_doubt(labelled, pair.rows, name, float(np.sqrt(squares.mean())))]
    held = (("weak", labels.psi_w, pair.psi_w), ("strong", labels.psi_s, pair.psi_s))
    return scale_doubts(tuple(TwoSamples(name, mine, psi[others]) for name, mine, psi in held), labelled, pair.rows)


def _better_shift(one: np.ndarray, other: np.ndarray) -> int:
    """The shift, 1 or -1, at which rows of ``one`` fit those of ``other`` beyond chance and far better; 0 for none."""
    if len(one) < LEAST_ORDER:
        return 0
    here = in_common(one, other).size
    moved = {step: in_common(one[max(-step, 0) : len(one) - max(step, 0)], other[max(step, 0) :]) for step in (1, -1)}
    step, found = max(moved.items(), key=lambda item: item[1].size)
    return step if found.score > ALARM and found.size > TIMES * here else 0


def label_doubts(y: np.ndarray) -> list[str]:
    """A doubt where one label is most of the variance of all, shape (labelled, outputs), and no chance; or where the
    tails are so heavy that this variance is hardly known."""
    lengths = ((y - y.mean(0)) ** 2).sum(1)
    share = float(lengths.max() / lengths.sum())
    if share <= LEVERAGE or len(y) * (1 - share) ** ((len(y) - 2) / 2) > CHANCE:
        return _heavy_doubts(lengths, len(np.unique(y)) == 2)
    row = int(lengths.argmax())
    return [
        f"the label of row {row} carries {share:.0%} of the variance of {len(y)} labels: no error is known without "
        "more of its kind; see whether it is meant, or leave it out"
    ]


def _heavy_doubts(lengths: np.ndarray, two: bool) -> list[str]:
    """A doubt where few labels of heavy tails leave their mean square unknown; ``lengths``, shape (labelled,), are
    squared distances to the mean, ``two`` says that labels have two values.

    Their kurtosis under a normal law with covariance S is 1 + 2 tr(S^2)/tr(S)^2, at most 3, which one output has. The
    relative standard error of their mean is sqrt((kurtosis - 1)/labels). It is too large where a 95 % band of the
    logarithm is wider than the factor FACTOR, beyond which wider bands are no answer.
    """
    kurtosis = float((lengths**2).mean() / lengths.mean() ** 2)
    unsure = float(np.sqrt(max(kurtosis - 1, 0.0) / len(lengths)))  # rounding puts one of even lengths below 1
    if kurtosis <= HEAVY or 1.96 * unsure <= np.log(FACTOR):
        return []
    move = "give more labels of the rare value" if two else "give more labels, or plan for their logarithms or ranks"
    return [
        f"the labels have heavy tails (kurtosis {kurtosis:.3g}; at most 3 for a normal law): the relative standard "
        f"error of their mean square, over {len(lengths)} labels, is {unsure:.0%}, so that every error is known to a "
        f"factor of {np.exp(1.96 * unsure):.2g} at best, and a tail that has not been seen yet makes it worse; {move}"
    ]


def table_remarks(y: np.ndarray) -> Remarks:
    """What is said of the shape of labels, (labelled, outputs): more outputs than points, as in a transposed table, and
    a column that counts the rows."""
    points, outputs = y.shape
    said = Remarks()
    if outputs > points:
        text = (
            f"labels are {points} points of {outputs} outputs: do they have one row per point? If not, give their "
            "transpose"
        )
        many = outputs >= MANY_OUTPUTS * points
        said += Remarks((), (text,)) if many else Remarks((Note("labels", text),))
    steps = np.diff(y, axis=0)
    counts = np.flatnonzero((steps == steps[0]).all(0) & (np.abs(steps[0]) == 1)) if points > 2 else np.zeros(0, int)
    if len(counts):
        column = int(counts[0])
        text = (
            f"column {column} of the labels counts the rows, from {y[0, column]:g} to {y[-1, column]:g}: is it an "
            "index? Leave it out"
        )
        said += Remarks((), (text,))
    return said


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


def unit_notes(held: Coordinates, penalty: Penalty = None) -> list[Note]:
    """A note for each side on which one of several columns is nearly all of the variance; ``penalty``, over the number
    of rows, is the given one, None for the best one."""
    sides = (("weak", held.weak), ("strong", held.strong))
    return [note for name, axes in sides for note in _unit_note(name, axes, penalty)]


def _unit_note(name: str, axes: Axes, penalty: Penalty) -> list[Note]:
    variances = axes.variances
    column, total = int(variances.argmax()), float(variances.sum())
    varying = int((np.sqrt(np.maximum(variances, 0.0)) > 1e-14 * np.abs(axes.mean)).sum())
    if variances[column] < ONE_COLUMN * total or varying < 3:
        return []
    others = total - float(variances[column])
    if penalty is None:
        told = "a penalty that is small enough for the others hardly shrinks it, and a larger one shrinks them first"
    elif penalty > others:
        told = (
            f"the penalty over n, {penalty:.2g}, is above the variance of all others together, {others:.2g}: ridge "
            "sees little else"
        )
    else:
        told = f"the penalty over n, {penalty:.2g}, shrinks the others (of variance {others:.2g}) more than it"
    text = (
        f"column {column} carries {variances[column] / total:.1%} of the variance of the {axes.columns} {name} "
        f"features: {told}; if it is in another unit, divide each column by its standard deviation and plan again"
    )
    return [Note("one column", text)]
