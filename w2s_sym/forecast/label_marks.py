"""Values that stand for missing labels: in the last rows, or in any.

A mark is told from a label by what else there is: it lies where labels do not, is all of a row beside one-hot rows, or
comes again and again where no other number does. What may be meant so, as a class or as a limit of what is measured, is
a note or not said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2s_sym.forecast.diagnosis import Note, Remarks
from w2s_sym.forecast.filled_rows import MARK_FAR, NEARLY_ALL, OFTEN

# So long a tail of one label that no other point has is named.
TAIL = 20
# Numbers that others write for a missing label, least integers of a type among them.
LABEL_MARKS = (-1, -9, -99, -100, -128, -999, -9999, -99999, -(2**15), -(2**31), -(2**63))
LARGE_LABEL_MARKS = (99, 255, 999, 9999, 99999, 2**15 - 1, 2**16 - 1, 2**31 - 1, 2**32 - 1)
# One that is no such number lies so many ranges from so many other values.
RANGES_FAR, OTHER_VALUES = 2.0, 10
# How seldom chance gives what is named: a label as far off, or at most one class in every row of independent ones.
CHANCE = 1e-4
# A label that is repeated beside different ones stands so often, in this part of the labels at least, and
# so many times as often as any other.
LEAST_TIMES, LEAST_REPEATED, TIMES_OTHERS = 10, 0.02, 5
WITHOUT_LABEL = "leave these points out of all files, or bring them to the end and give the other labels alone"


@dataclass(frozen=True)
class _Found:
    """A value, how many labels have it, and what is said of it; ``sure`` makes it a doubt, else it is a note."""

    count: int
    text: str
    sure: bool


def mark_remarks(labels: np.ndarray, numbers: bool = True) -> Remarks:
    """What is said of values that may stand for missing labels; ``labels`` have the shape (labelled, outputs).

    ``numbers`` says that labels are fitted as numbers: names of classes may lie far from each other.
    """
    tail = _tail_doubts(labels)
    if tail:
        return Remarks((), tuple(tail))
    rows = _unlike_one_hot(labels)
    if rows:
        return Remarks((), tuple(rows))
    found = [(k, mark) for k, column in enumerate(labels.T) for mark in _marks(column, numbers)]
    if not found:
        return Remarks()
    k, most = max(found, key=lambda item: (item[1].sure, item[1].count))
    columns = len({k for k, mark in found if mark.sure == most.sure})
    text = most.text
    if labels.shape[1] > 1:
        text = f"column {k} of the labels{f', one of {columns} of such kind' if columns > 1 else ''}: {text}"
    return Remarks((), (text,)) if most.sure else Remarks((Note("repeated label", text),))


def _tail_doubts(y: np.ndarray) -> list[str]:
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


def _unlike_one_hot(y: np.ndarray) -> list[str]:
    """A doubt where some rows are one number throughout, and all others have one 1 and else zeros."""
    even = (y == y[:, :1]).all(1)
    if y.shape[1] == 1 or even.sum() < OFTEN or (y[even] == 1).any():
        return []
    rest = y[~even]
    if not (((rest == 0) | (rest == 1)).all() and (rest.sum(1) == 1).all() and len(np.unique(rest, axis=0)) > 1):
        return []
    parts = rest.sum(0) / len(y)
    twice = len(y) * float(parts.sum() ** 2 - (parts**2).sum()) / 2
    if (y[even] == 0).all() and twice < -np.log(CHANCE):
        return []
    told = " or ".join(f"{value:.6g}" for value in np.unique(y[even])[:3])
    return [
        f"{int(even.sum())} of {len(y)} rows of the labels are all {told}, and the others one-hot: have these points "
        f"no label? Then {WITHOUT_LABEL}; or if they have a class of their own, give it a column"
    ]


def _marks(column: np.ndarray, numbers: bool) -> list[_Found]:
    """What one column of labels, shape (labelled,), shows."""
    values, counts = np.unique(column, return_counts=True)
    if len(values) < 3:
        return []
    ends = [mark for low in (True, False) for mark in _at_end(values, counts, low, numbers)]
    return ends or _repeated(values, counts)


def _at_end(values: np.ndarray, counts: np.ndarray, low: bool, numbers: bool) -> list[_Found]:
    """The least or the largest label where it is written for missing ones and lies outside of the others."""
    place, kept = (0, slice(1, None)) if low else (-1, slice(None, -1))
    value, count, rest, often = float(values[place]), int(counts[place]), values[kept], counts[kept]
    if count < OFTEN:
        return []
    whole = bool((rest == np.round(rest)).all())
    gap, width = abs(value - float(rest[0 if low else -1])), float(rest[-1] - rest[0])
    known = value in (LABEL_MARKS if low else LARGE_LABEL_MARKS)
    of_sign = low and rest[0] >= 0 and (whole or _different(often))
    mean = float(np.average(rest, weights=often))
    spread = float(np.sqrt(np.average((rest - mean) ** 2, weights=often)))
    apart = gap > width and value != -1  # minus one is also a label like others, such as a logarithm
    far = numbers and len(rest) >= OTHER_VALUES and gap > MARK_FAR * spread and gap > RANGES_FAR * width
    if not (known and (of_sign or apart)) and not far:
        return []
    told = f"the value {value:.6g} stands in {count} of {counts.sum()} labels, and all others are "
    told += "integers from" if whole else "numbers from"
    text = f"{told} {rest[0]:.6g} to {rest[-1]:.6g}: is it a mark for a missing label? Then {WITHOUT_LABEL}"
    # Minus one, zero and one are signs as often.
    return [_Found(count, text, not (value == -1 and rest.tolist() == [0, 1]))]


def _repeated(values: np.ndarray, counts: np.ndarray) -> list[_Found]:
    """A label that many points have where nearly all others differ: between them it is a mark, at an end of them it may
    be a limit of what is measured."""
    place, total = int(counts.argmax()), int(counts.sum())
    count, others = int(counts[place]), np.delete(counts, place)
    if count < max(LEAST_TIMES, LEAST_REPEATED * total) or len(others) < 2 * LEAST_TIMES or not _different(others):
        return []
    if count < TIMES_OTHERS * others.max():
        return []
    inside = 0 < place < len(values) - 1
    word = "" if inside else ", the least," if place == 0 else ", the largest,"
    text = (
        f"the value {values[place]:.6g}{word} stands in {count} of {total} labels, and nearly all others are "
        f"different: is it a mark for a missing label? Then {WITHOUT_LABEL}"
    )
    return [_Found(count, text, inside)]


def _different(counts: np.ndarray) -> bool:
    """Whether nearly all labels are different, by how many there are of each value."""
    return len(counts) >= NEARLY_ALL * int(counts.sum())
