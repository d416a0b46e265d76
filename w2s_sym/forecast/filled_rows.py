"""Features that were filled in: rows that are many times the same vector, points that come twice, marks for missing values.

All are told from the rows that are held, and said in one line with the next move.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2s_sym.forecast.diagnosis import Note, Remarks

# One vector is named from this part of the rows on, and from so many rows on; from the larger part on it is a doubt.
NAMED, LEAST, MANY = 0.02, 20, 0.1
# Beside a filler nearly all rows differ: features of few values are not filled in.
DIFFERENT = 0.9
# Values that differ by less than this part of the largest of their column are the same.
SAME = 1e-9
# A mark stands so often in a column and in all of them, and so many standard deviations from what else is in its column.
OFTEN, ENTRIES, FAR = 3, 20, 10.0


def fill_remarks(weak: np.ndarray, strong: np.ndarray, rows: int) -> Remarks:
    """What is said of rows that repeat, of both models' features of the same points, shapes (held, p), of ``rows``.

    A vector that many rows of one file share; and points that come several times in both files.
    """
    said = Remarks()
    filled = np.zeros(len(weak), dtype=bool)
    groups = []
    for name, x in (("weak", weak), ("strong", strong)):
        group = _groups(x)
        groups.append(group)
        size = np.bincount(group)
        most = int(size.argmax())
        count, others = int(size[most]), len(x) - int(size[most])
        if count < max(LEAST, NAMED * len(x)) or len(size) - 1 < DIFFERENT * others:
            continue
        filled |= group == most
        first = int(np.flatnonzero(group == most)[0])
        of = (
            f"{len(x)} {name} features"
            if len(x) == rows
            else f"{len(x)} {name} features that were looked at one by one"
        )
        text = (
            f"{count} of the {of} are the same vector, that of row {first} of these: were they never filled in? Leave "
            "such points out of both files, or compute their features"
        )
        said += _as_remark("filled rows", text, count / len(x))
    pairs = np.unique(np.stack(groups, axis=1)[~filled], axis=0)
    free = int((~filled).sum())
    if free - len(pairs) >= max(LEAST, NAMED * len(weak)) and len(pairs) > free / 10:
        text = (
            f"{free - len(pairs)} of {len(weak)} points repeat others in both files: students meet points again that "
            "they are measured on, and count them twice; give each point once"
        )
        said += _as_remark("repeated points", text, (free - len(pairs)) / len(weak))
    return said


def _as_remark(name: str, text: str, share: float) -> Remarks:
    """A doubt for many rows, a note for some."""
    return Remarks((), (text,)) if share >= MANY else Remarks((Note(name, text),))


def _groups(x: np.ndarray) -> np.ndarray:
    """A number for each row of x, shape (rows, p): the same one for rows that are the same."""
    scale = np.abs(x).max(0)
    rounded = np.ascontiguousarray(np.round(x / np.where(scale > 0, scale, 1.0) / SAME) + 0.0)
    numbers: dict[bytes, int] = {}
    return np.array([numbers.setdefault(row.tobytes(), len(numbers)) for row in rounded])
