"""Features that were filled in: one vector in many rows, points that come twice, marks for missing values.

All are told from the rows that are held, and said in one line with the next move.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2s_sym.forecast.diagnosis import Note, Remarks

# One vector is named from this part of the rows on, and from so many rows on; from the larger part on it is a doubt.
REPEATS_NAMED, LEAST_REPEATS, MANY_REPEATS = 0.02, 20, 0.2
# Columns in which copies are looked for first.
FIRST_COLUMNS = 8
# Beside a filler nearly all rows differ: features of few values are not filled in.
NEARLY_ALL = 0.9
# Values that differ by less than this part of the largest of their column are the same.
EQUAL_WITHIN = 1e-9
# A mark stands so often in a column and in all of them, and so many standard deviations from what else is there; or the
# second number of them, where all else is different.
OFTEN, ENTRIES, MARK_FAR, MARK_NEAR = 3, 20, 10.0, 1.0


@dataclass(frozen=True)
class PlacedRows:
    """One model's rows ``x``, shape (held, p), in coordinates in which a row of zeros is ``zero``, shape (p,).

    ``raw``, shape (p, columns), takes rows to raw columns but for their means; None where that is not known.
    """

    name: str
    x: np.ndarray
    zero: np.ndarray
    raw: np.ndarray | None = None


def fill_remarks(sides: tuple[PlacedRows, ...], index: np.ndarray, rows: int) -> Remarks:
    """What is said of rows that repeat: of both models' features of the points ``index``, shape (held,), of ``rows``.

    A vector that many rows of one file share is named; and points that come several times in both files.
    """
    said, held = Remarks(), len(index)
    filled, groups = np.zeros(held, dtype=bool), []
    looked = "" if held == rows else " that were looked at one by one"
    for side in sides:
        group = _groups(side.x)
        groups.append(group)
        size = np.bincount(group)
        most = int(size.argmax())
        count = int(size[most])
        if count < max(LEAST_REPEATS, REPEATS_NAMED * held) or len(size) - 1 < NEARLY_ALL * (held - count):
            continue
        same = group == most
        filled |= same
        first = int(np.flatnonzero(same)[0])
        empty = np.allclose(side.x[first], side.zero, rtol=0, atol=EQUAL_WITHIN * np.abs(side.x).max())
        text = (
            f"{count} of {held} rows of the {side.name} features{looked} are the same vector"
            f"{' of zeros' if empty else ''}, as row {int(index[first])} is: were they never filled in? Compute these "
            "features, or leave such points out of both files"
        )
        said += _as_remark("filled rows", text, count / held)
    for side, mine, other in zip(sides, groups, groups[::-1], strict=True):
        said += _copied(side.name, mine, other, index)
    pairs, first_of = np.unique(np.stack(groups, axis=1)[~filled], axis=0, return_index=True)
    different, free = len(pairs), int((~filled).sum())
    if free - different >= max(LEAST_REPEATS, REPEATS_NAMED * held) and _told_apart(
        sides, np.flatnonzero(~filled)[first_of]
    ):
        text = (
            f"{free - different} of {held} points{looked} repeat others in both files: a student then meets points "
            "that it is measured on, and N counts them several times; give each point once"
        )
        said += _as_remark("repeated points", text, (free - different) / held)
    return said


def _copied(name: str, mine: np.ndarray, other: np.ndarray, index: np.ndarray) -> Remarks:
    """What is said of a run of rows that repeats an earlier one, as when a part of a file was written twice, where the
    other model's rows differ; by the numbers that equal rows of either side share, shape (held,)."""
    _, first, count = np.unique(mine, return_index=True, return_counts=True)
    step = np.arange(len(mine)) - first[mine]
    alone = np.bincount(other)[other] == 1
    # Rows that come more often are meant so, as those of a calendar or of a group.
    again = (step > 0) & (count[mine] == 2) & alone & alone[first[mine]]
    starts = np.flatnonzero(np.diff(np.where(again, step, 0), prepend=0))
    runs = [run for run in np.split(np.arange(len(mine)), starts) if len(run) and again[run[0]]]
    if not runs or len(longest := max(runs, key=len)) < LEAST_REPEATS:
        return Remarks()
    last, back = int(index[longest[-1]]), first[mine[longest]]
    text = (
        f"rows {int(index[longest[0]])} to {last} of the {name} features repeat rows {int(index[back[0]])} to "
        f"{int(index[back[-1]])}, and those of the other model differ: was a part of one file written twice? Give each "
        "point its own features"
    )
    return _as_remark("copied rows", text, len(longest) / len(mine))


def _told_apart(sides: tuple[PlacedRows, ...], different: np.ndarray) -> bool:
    """Whether one raw column tells nearly all rows of the numbers ``different`` apart: copies of them are then no
    chance, as they are of features with few values."""
    for side in sides:
        if side.raw is not None:
            columns = side.x[different] @ side.raw
            rounded = np.round(columns / np.maximum(np.abs(columns).max(0), np.finfo(float).tiny) / EQUAL_WITHIN)
            if any(len(np.unique(column)) >= NEARLY_ALL * len(different) for column in rounded.T):
                return True
    return False


def _as_remark(name: str, text: str, share: float) -> Remarks:
    """A doubt for many rows, a note for some."""
    return Remarks((), (text,)) if share >= MANY_REPEATS else Remarks((Note(name, text),))


def _groups(x: np.ndarray) -> np.ndarray:
    """A number for each row of x, shape (rows, p): the same one for rows that are the same."""
    for columns in (x[:, :FIRST_COLUMNS], x):  # most files are done after the leading columns
        scale = np.abs(columns).max(0)
        rounded = np.ascontiguousarray(np.round(columns / np.where(scale > 0, scale, 1.0) / EQUAL_WITHIN) + 0.0)
        numbers: dict[bytes, int] = {}
        found = np.array([numbers.setdefault(row.tobytes(), len(numbers)) for row in rounded])
        if len(numbers) == len(x):
            break
    return found


@dataclass(frozen=True)
class Mark:
    """One extreme value that stands in ``count`` entries, its ``share`` of those looked at, at least ``far`` standard
    deviations from what else is in its columns."""

    value: float
    count: int
    share: float
    far: float

    def doubt(self, name: str) -> str:
        """What to say of it, and what to do."""
        return (
            f"the value {self.value:g} stands in {self.count} entries ({self.share:.1%}) of the {name} features, at "
            f"least {self.far:.2g} standard deviations from all others in its columns: is it a mark for missing "
            "values? Fill them in, or leave such columns or points out"
        )


def find_mark(raw: np.ndarray) -> Mark | None:
    """The value that stands for what is missing, by raw features, shape (rows, columns): the least or the largest of
    its column, several times, and far from all others there; or less far, where nearly all others differ.

    Zero is no mark unless it is far, as it is what a network rectifies to; nor is a fraction that one column alone has,
    as zero is in a column that is standardised.
    """
    x = np.asarray(raw, dtype=float)
    found: dict[float, list[_End]] = {}
    for end in (end for low in (True, False) for end in _ends_of_columns(x, low)):
        found.setdefault(end.value, []).append(end)
    marks = {value: ends for value, ends in found.items() if _is_mark(value, ends)}
    if not marks:
        return None
    value, ends = max(marks.items(), key=lambda item: sum(end.count for end in item[1]))
    count = sum(end.count for end in ends)
    return Mark(value, count, count / x.size, min(end.far for end in ends))


@dataclass(frozen=True)
class _End:
    """The least or the largest value of a column, in ``count`` entries, so many standard deviations from all others."""

    value: float
    count: int
    far: float


def _is_mark(value: float, ends: list[_End]) -> bool:
    """Whether a value at the ends of some columns is a mark."""
    if sum(end.count for end in ends) < ENTRIES:
        return False
    return any(end.far > MARK_FAR for end in ends) or len(ends) > 1 or value == round(value)


def _ends_of_columns(x: np.ndarray, low: bool) -> list[_End]:
    """The least values of columns, or the largest, that come several times and lie away from all others."""
    extreme = x.min(0) if low else x.max(0)
    at = x == extreme
    count = at.sum(0)
    often = np.flatnonzero((count >= OFTEN) & (count < len(x) / 2))
    if not len(often):
        return []
    rest = np.ma.masked_array(x[:, often], at[:, often])
    gap = np.abs((rest.min(0) if low else rest.max(0)).filled(np.nan) - extreme[often])
    spread = rest.std(0).filled(0.0)
    found = []
    for column, off, size in zip(often.tolist(), gap, spread, strict=True):
        if size <= EQUAL_WITHIN * off:  # two values
            continue
        value = float(extreme[column])
        if off > MARK_FAR * size > 0 or (
            value and off > MARK_NEAR * size > 0 and _otherwise_different(x, column, value)
        ):
            found.append(_End(value, int(count[column]), float(off / size)))
    return found


def _otherwise_different(x: np.ndarray, column: int, value: float) -> bool:
    """Whether nearly all entries of a column that are not ``value`` differ, and it stands there several times in rows
    that have something else as well: whole rows of one value are filled in."""
    at = x[:, column] == value
    rest = x[~at, column]
    return len(np.unique(rest)) >= NEARLY_ALL * len(rest) and int((x[at] != value).any(1).sum()) >= OFTEN
