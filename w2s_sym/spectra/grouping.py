"""Eigenvalues that are given one by one, in weights or as a covariance: grouped into distinct positive levels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from w2s_sym.formula.plain_arrays import ArrayError, require_real, without_subclass
from w2s_sym.spectra.arguments import (
    MOST_EIGENVALUES,
    SpectrumError,
    eigenvalue_count,
    exact_rational,
    real_array,
    short,
)


class Grouped(NamedTuple):
    """The fields of :class:`~w2s_sym.spectra.spectrum.Levels`, which says what they are."""

    p: int
    lam: np.ndarray | tuple[Fraction, ...]
    counts: np.ndarray | None
    places: np.ndarray | None


def group_weighted(pairs: Iterable[tuple[Any, Any]]) -> Grouped:
    """Pairs (eigenvalue, multiplicity), exact; :class:`SpectrumError` for what is no spectrum."""
    tally: Counter[Fraction] = Counter()
    try:
        listed = [(lam, weight) for lam, weight in pairs]
    except (TypeError, ValueError):
        told = f"levels {pairs!r:.60}: needs pairs (eigenvalue, multiplicity), such as [(1, 100), (0.125, 900)]"
        raise SpectrumError(told) from None
    for lam, weight in listed:
        tally[exact_rational(lam, "lam")] += eigenvalue_count(weight, "weight")
    return Grouped(*_tallied(tally), None)


def group_values(values: Any) -> Grouped:
    """Eigenvalues in any order, shape (p,), whose order is kept; :class:`SpectrumError` for what is no spectrum."""
    array = _plain(values) if isinstance(values, np.ndarray) else None
    if array is None:
        if isinstance(values, str) or not isinstance(values, Iterable):
            raise SpectrumError(f"eigenvalues {values!r}: needs a list of numbers; text is read by Spectrum.parse")
        values = list(values)
        if values and all(type(v) is float for v in values):
            array = np.array(values)
    if not len(values) if array is None else not array.size:
        raise SpectrumError("no eigenvalues: needs at least one")
    if array is not None and array.ndim != 1:
        raise SpectrumError(f"eigenvalues of shape {array.shape}: needs one dimension; see Spectrum.of_covariance")
    if array is not None and array.dtype.kind == "f" and array.dtype.itemsize <= 8:
        return _group_floats(array.astype(np.float64))
    if array is not None and array.dtype.kind not in "iuOf":
        raise SpectrumError(f"eigenvalues of type {array.dtype}: needs real numbers")
    listed = values if array is None else array
    numbers = [exact_rational(v, f"eigenvalue {k + 1}") for k, v in enumerate(listed)]
    size, lam, counts = _tallied(Counter(numbers))
    place = {x: k for k, x in enumerate(lam)} | {Fraction(0): -1}
    return Grouped(size, lam, counts, places=np.array([place[v] for v in numbers]))


def _plain(values: np.ndarray) -> np.ndarray:
    try:
        array = without_subclass(values)
        if array.dtype.kind != "O":
            require_real(array.dtype)
    except ArrayError as problem:
        raise SpectrumError(f"eigenvalues: the array {problem}") from None
    return array


def _tallied(tally: Mapping[Fraction, int]) -> tuple[int, tuple[Fraction, ...], np.ndarray | None]:
    size = sum(tally.values())
    if any(lam < 0 for lam in tally):
        raise SpectrumError(f"eigenvalue {short(min(tally))}: a covariance has none below zero")
    levels = tuple(sorted((lam for lam in tally if lam > 0), reverse=True))
    if not levels:
        raise SpectrumError(f"all {size} eigenvalues are zero: needs a positive one")
    if size > MOST_EIGENVALUES:
        raise SpectrumError(f"{size} eigenvalues: needs at most {MOST_EIGENVALUES}")
    counts = np.array([tally[lam] for lam in levels])
    return size, levels, None if (counts == 1).all() else counts


def _group_floats(array: np.ndarray) -> Grouped:
    bad = ~(array >= 0) | np.isinf(array)
    if bad.any():
        place = int(bad.argmax())
        raise SpectrumError(f"eigenvalue {array[place]} at position {place}: needs finite numbers, none below zero")
    if not array.any():
        raise SpectrumError(f"all {len(array)} eigenvalues are zero: needs a positive one")
    if (array[1:] < array[:-1]).all():
        return Grouped(len(array), array[: int(np.count_nonzero(array))].copy(), None, None)
    found, inverse, counts = np.unique(-array, return_inverse=True, return_counts=True)
    levels, keep = -found, len(found) - (found[-1] == 0)
    places = np.where(inverse < keep, inverse, -1)
    repeated = counts[:keep] if (counts[:keep] > 1).any() else None
    descending = bool((array[1:] <= array[:-1]).all())
    return Grouped(len(array), levels[:keep], repeated, None if descending else places)


def covariance_eigenvalues(matrix: Any) -> np.ndarray:
    """The eigenvalues of a covariance, shapes (p, p) to (p,), descending; those below p eps times the largest are 0.

    eps is 2^-52, or that of the matrix where it is of shorter floats: its entries were rounded so.

    Raises :class:`SpectrumError` for a matrix that is not square, symmetric, finite or positive semidefinite.
    """
    array = real_array(matrix, "covariance")
    if array.ndim != 2 or array.shape[0] != array.shape[1] or not array.size:
        raise SpectrumError(f"covariance of shape {array.shape}: needs a square matrix")
    if not np.isfinite(array).all():
        row, column = np.argwhere(~np.isfinite(array))[0]
        raise SpectrumError(f"covariance: {array[row, column]} at row {row}, column {column}; needs finite numbers")
    gap, size = np.abs(array - array.T), float(np.abs(array).max())
    eps = _rounding(matrix)
    if gap.max() > max(1e-12, 64 * eps) * size:
        row, column = np.unravel_index(int(gap.argmax()), gap.shape)
        raise SpectrumError(
            f"covariance is not symmetric: {array[row, column]:.6g} at ({row}, {column}) and "
            f"{array[column, row]:.6g} at ({column}, {row}); symmetrise it with (S + S.T)/2"
        )
    values = np.linalg.eigvalsh(array)[::-1]
    noise = len(values) * eps * max(abs(float(values[0])), abs(float(values[-1])))
    if values[-1] < -noise:
        raise SpectrumError(
            f"covariance is not positive semidefinite: eigenvalue {values[-1]:.6g} beside {values[0]:.6g}; "
            "take a covariance matrix"
        )
    return np.where(values > noise, values, 0.0)


def _rounding(matrix: Any) -> float:
    """The distance of 1 to the next number of the matrix's own type, at least that of floats of 64 bits."""
    kind = matrix.dtype if isinstance(matrix, np.ndarray) else np.dtype(float)
    return max(2.0**-52, float(np.finfo(kind).eps)) if kind.kind == "f" else 2.0**-52


__all__ = ["Grouped", "covariance_eigenvalues", "group_values", "group_weighted"]
