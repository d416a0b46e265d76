"""Arrays from outside as plain numpy arrays of real numbers, or refused with what they are and the next move."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

# Rows that are looked at together, and the largest number up to which a float64 holds every integer.
READ_ROWS, HELD_EXACTLY = 4096, 2**53


class ArrayError(ValueError):
    """What is no array of real numbers: what it is, and the next move."""


def plain_array(values: Any) -> np.ndarray:
    """``values`` as a plain array of real numbers, of its own type and shape; a memory map is not read.

    Raises :class:`ArrayError` for masked entries, records, Python objects, text, dates, complex numbers, types that
    numpy does not know, subclasses whose meaning is lost when they are plain, and for what no array can be made of.
    """
    if isinstance(values, np.ndarray):
        array = without_subclass(values)
    elif isinstance(values, (str, bytes)) or values is None:
        raise ArrayError(f"is {values!r:.60}; give an array of numbers")
    else:
        try:
            array = np.asarray(values)
        except Exception as problem:  # whatever an object's own conversion raises
            told = " ".join(str(problem).split())[:100]
            raise ArrayError(
                f"is a {type(values).__name__} of which numpy makes no array ({told}); give an array of numbers"
            ) from None
        array = without_subclass(array)
    require_real(array.dtype)
    return array


def floats_of(values: Any) -> np.ndarray:
    """What a user's function made as an array of floats; Python's and SymPy's real numbers count.

    Raises :class:`ArrayError` for masked entries, complex numbers, text and whatever else is no real number.
    """
    array = np.asanyarray(values)
    array = without_subclass(array) if isinstance(array, np.ma.MaskedArray) else np.asarray(array)
    if array.dtype.kind in "biufO":
        with contextlib.suppress(TypeError, ValueError):
            return array.astype(float)
    raise ArrayError(f"has dtype {array.dtype}: needs real numbers")


def without_subclass(values: np.ndarray) -> np.ndarray:
    """The same numbers as a plain array; :class:`ArrayError` for masked entries and for subclasses of others."""
    if isinstance(values, np.ma.MaskedArray):
        hidden = int(np.asarray(np.ma.getmaskarray(values)).sum())
        if hidden:
            raise ArrayError(
                f"has {hidden} masked entries; fill them (filled(value)), or leave those points out, and give a plain "
                "array"
            )
        return np.asarray(values.data)
    if type(values) in (np.ndarray, np.memmap, np.matrix, np.recarray):
        return np.asarray(values)
    kind = type(values).__name__
    raise ArrayError(f"is a {kind}, whose meaning a plain array loses; give numpy.asarray(...) of it")


def require_floats(array: np.ndarray) -> None:
    """Raises :class:`ArrayError` for a number that changes when it becomes a float64: an integer beyond 2^53, or one
    out of range. Arrays of other types than 64-bit integers and long doubles are not read."""
    whole = array.dtype.kind in "iu" and array.dtype.itemsize == 8
    if not array.ndim or not (whole or array.dtype.itemsize > 8):
        return
    for start in range(0, len(array), READ_ROWS):
        part = array[start : start + READ_ROWS]
        if whole:
            large = (
                part[(part > HELD_EXACTLY) | (part < -HELD_EXACTLY)]
                if array.dtype.kind == "i"
                else part[part > HELD_EXACTLY]
            )
            changed = next((k for k in large.tolist() if int(float(k)) != k), None)
            if changed is not None:
                raise ArrayError(
                    f"has the integer {changed}, which no float64 holds; subtract what all have in common, or leave "
                    "such columns out (a column of identifiers?)"
                )
        else:
            with np.errstate(over="ignore"):
                lost = part[np.isfinite(part) & ~np.isfinite(part.astype(float))]
            if lost.size:
                told = np.format_float_scientific(lost.flat[0], precision=3)
                raise ArrayError(f"has {told}, beyond the range of float64; scale it down")


def require_real(dtype: np.dtype[Any]) -> None:
    """Raises :class:`ArrayError` unless the type is one of real numbers: floats, integers and truth values."""
    if dtype.kind in "fiub":
        return
    if dtype.names:
        told = (
            f"holds records with the fields {', '.join(dtype.names)[:80]}; give one of them, array['{dtype.names[0]}']"
        )
    elif dtype.kind == "V":
        width = f"{dtype.itemsize} {'byte' if dtype.itemsize == 1 else 'bytes'}"
        name = "" if dtype.name.startswith("void") else f"{dtype.name}, "
        such = {1: ", such as float8", 2: ", such as bfloat16"}.get(dtype.itemsize, "")
        told = f"holds {name}entries of {width} whose type numpy does not know{such}; save it as float32"
    elif dtype.kind == "O":
        told = "holds Python objects; give numbers, array.astype(float)"
    elif dtype.kind == "c":
        told = f"holds {dtype}; needs real numbers, such as array.real"
    elif dtype.kind in "US":
        told = (
            f"holds text of type {dtype}; needs real numbers: for names of classes numpy.unique(array, "
            "return_inverse=True)[1], for numbers in text array.astype(float)"
        )
    else:
        move = {"M": "(array - array.min()) / numpy.timedelta64(1, 's')", "m": "array / numpy.timedelta64(1, 's')"}
        told = f"holds {dtype}; needs real numbers" + (f", such as {move[dtype.kind]}" if dtype.kind in move else "")
    raise ArrayError(told)
