"""Features and labels as they are given: an array, a path, an address, or rows of a kind of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np

from w2s_sym.formula.plain_arrays import ArrayError, plain_array
from w2s_sym.rows.opening import open_rows, whole_array
from w2s_sym.rows.rows import ArrayRows, FeatureRows

# An array of shape (rows, columns), the path or address of one, or rows that are read as they are needed.
Features = np.ndarray | str | os.PathLike[str] | FeatureRows

# Rows that are taken to other coordinates at a time.
CHUNK_ROWS = 4096


class FeatureError(ValueError):
    """Features or labels that cannot be used: what is wrong with them, where, and the next move."""


def as_rows(given: Features, what: str) -> FeatureRows:
    """What was given as rows; no file is read. ``what`` names it in errors.

    Raises :class:`FeatureError` for a file that is absent, of another format, damaged, or holds no numbers.
    """
    if isinstance(given, FeatureRows):
        return given
    if isinstance(given, (str, os.PathLike)):
        try:
            return open_rows(given)
        except ArrayError as problem:
            raise FeatureError(f"{what}: {os.fspath(given)} {problem}") from None
    try:
        return ArrayRows(plain_array(given))
    except ArrayError as problem:
        raise FeatureError(f"{what}: the array {problem}") from None


def checked_rows(given: Features, what: str) -> FeatureRows:
    """What was given as the rows of a matrix of numbers. Raises :class:`FeatureError`."""
    rows = as_rows(given, what)
    if len(rows.shape) != 2 or 0 in rows.shape:
        raise FeatureError(
            f"{name_of(what, rows)}: shape {rows.shape}; needs a matrix, one row per point and one column per feature"
        )
    return rows


def checked_pair(weak: Features, strong: Features) -> tuple[FeatureRows, FeatureRows]:
    """Both models' features of the same points as rows. Raises :class:`FeatureError`."""
    raw_w, raw_s = checked_rows(weak, "weak features"), checked_rows(strong, "strong features")
    if len(raw_s) != len(raw_w):
        raise FeatureError(
            f"weak features have {len(raw_w)} rows, strong features {len(raw_s)}: needs the same points in the same "
            "order"
        )
    return raw_w, raw_s


def label_array(given: Features) -> np.ndarray:
    """Labels as an array, read where they are a file. Raises :class:`FeatureError`."""
    if isinstance(given, np.ndarray):
        return given
    rows = as_rows(given, "labels")
    try:
        return whole_array(rows)
    except ArrayError as problem:
        raise refusal("labels", rows, problem) from None


def label_file(given: Features) -> str:
    """The path or address of labels; empty for an array."""
    if isinstance(given, FeatureRows):
        return given.name
    return os.fspath(given) if isinstance(given, (str, os.PathLike)) else ""


def rows_taken(rows: FeatureRows, index: np.ndarray, what: str) -> np.ndarray:
    """The rows of the numbers ``index``, ascending. Raises :class:`FeatureError`."""
    try:
        return rows.take(index)
    except ArrayError as problem:
        raise refusal(what, rows, problem) from None


def refusal(what: str, rows: FeatureRows, problem: Exception) -> FeatureError:
    """The error for rows of which ``problem`` says what is wrong."""
    return FeatureError(f"{what}: {rows.name or 'the array'} {problem}")


def name_of(what: str, rows: FeatureRows) -> str:
    """What the rows are, and where they come from if that has a name."""
    return f"{what}: {rows.name}" if rows.name else what


def refuse_bad(block: np.ndarray, start: int, names: tuple[str, str], first: int) -> None:
    """Refuse the rows of ``block``, which begin at row ``start``; columns from ``first`` on are the second's."""
    bad = np.argwhere(~np.isfinite(block))
    if not len(bad):
        row, column = (int(k) for k in np.unravel_index(np.abs(block).argmax(), block.shape))
        name, place = (names[0], column) if column < first else (names[1], column - first)
        raise FeatureError(
            f"{name}: {block[row, column]:g} at row {start + row}, column {place}: features are too large to be "
            "squared; scale them down"
        )
    row, column = int(bad[0, 0]), int(bad[0, 1])
    name, place = (names[0], column) if column < first else (names[1], column - first)
    value = block[row, column]
    raise FeatureError(
        f"{name}: {value} at row {start + row}, column {place}; needs finite numbers, leave such points out"
    )


def chunks(rows: int, chunk: int) -> Iterator[slice]:
    """Slices that cover so many rows, each of at most ``chunk``."""
    for start in range(0, rows, chunk):
        yield slice(start, min(start + chunk, rows))
