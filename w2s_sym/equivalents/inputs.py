"""Values that a user puts into an equivalent: each is checked, and a fault is one sentence that names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.equivalents.arithmetic import Array, Dense, Diagonal
from w2s_sym.equivalents.book import Book
from w2s_sym.equivalents.derived import Derived
from w2s_sym.equivalents.evaluation import Eigen, PointValues, inverted_letters
from w2s_sym.equivalents.expressions import Design, DesignRows, Fixed, Matrix, Sides, subexpressions
from w2s_sym.equivalents.infinite_sums import PlaceSums, PowersOfPlace, require_powers
from w2s_sym.equivalents.nonlinear import hermite_values, letters_of_features, replaced_parts
from w2s_sym.equivalents.scalars import EngineError
from w2s_sym.formula.plain_arrays import ArrayError, without_subclass
from w2s_sym.spectra.signals import Signal
from w2s_sym.spectra.spectrum import Spectrum

MOST_ROWS = 5000
LARGEST_ENTRY = 1e120
LONGEST_WRITTEN = 2000
# How far below zero, beside the largest entry and for each row, an eigenvalue may be by rounding.
BELOW_ZERO = 1e-12


def names(risk: Derived) -> dict[str, str]:
    """What an equivalent is a function of: each name with "matrix", "truth", "size" or "number"."""
    found: dict[str, str] = {}
    for letter in risk.book.letters:
        if letter.definition is None:
            found[given_name(letter.name)] = "matrix" if given_name(letter.name) == letter.name else "truth"
    for number in risk.book.numbers:
        if number.given is not None:
            found[number.name] = "size" if number.kind == "size" else "number"
    return found


def given_name(letter: str) -> str:
    """The name by which a letter's value is given: a second moment ``beta beta'`` is given by ``beta``."""
    return letter.partition(" ")[0]


def read(risk: Derived, given: Mapping[str, Any], *, joint: bool) -> PointValues:
    """The values at one point, as :func:`read_all`."""
    values, shape = read_all(risk, given, joint=joint)
    if shape:
        raise EngineError("this is at one point: give one number for each name")
    return replace(values, numbers={k: float(v[0]) for k, v in values.numbers.items()})


def read_all(risk: Derived, given: Mapping[str, Any], *, joint: bool) -> tuple[PointValues, tuple[int, ...]]:
    """The values at all points, and the shape to which numbers broadcast; each number is an array, one entry a point.

    ``joint``: matrices are vectors of joint eigenvalues, in one basis. Raises :class:`EngineError`.
    """
    wanted = names(risk)
    unknown = sorted(given.keys() - wanted.keys())
    if unknown:
        raise EngineError(f"{unknown[0]} is no name of this risk, which has {', '.join(wanted)}")
    nodes = next((v.nodes for v in given.values() if isinstance(v, PowersOfPlace)), None)
    if nodes is not None:
        require_powers(risk, given, wanted)
    arrays = {
        k: v.values(wanted[k] == "truth") if isinstance(v, PowersOfPlace) else _array(k, v) for k, v in given.items()
    }
    psd = {given_name(x.name) for x in risk.book.letters if x.symmetric and x.definition is None}
    matrices = {
        k: _matrix(k, arrays[k], joint=joint, truth=wanted[k] == "truth", psd=k in psd)
        for k in arrays
        if wanted[k] in ("matrix", "truth")
    }
    book = risk.book
    by_place = {
        place: matrices[given_name(letter.name)]
        for place, letter in enumerate(book.letters)
        if letter.definition is None and given_name(letter.name) in matrices
    }
    missing = [given_name(x.name) for k, x in enumerate(book.letters) if x.definition is None and k not in by_place]
    if missing:
        raise EngineError(
            f"no value for the {wanted[missing[0]]} {missing[0]}: it needs "
            + _shape_of(book, missing[0], truth=wanted[missing[0]] == "truth")
        )
    vectors = {k: arrays[name] for k in by_place if arrays[name := given_name(book.letters[k].name)].ndim == 1}
    eigen: dict[int, Eigen] = {}
    inverted = inverted_letters(book)
    for k, m in by_place.items():
        if book.letters[k].symmetric and m.ndim == 2 and k not in vectors:
            name = given_name(book.letters[k].name)
            if k in inverted:
                eigen[k], by_place[k] = _eigen(name, m)
            else:
                by_place[k] = require_covariance(name, m)
    dimensions = _dimensions(book, by_place)
    _require_definite(book, by_place, eigen)
    _require_joint(risk, {given_name(book.letters[k].name): m for k, m in by_place.items()}, dimensions)
    scalars = _hermite(risk, arrays, matrices) | {k: arrays[k] for k in arrays if wanted[k] in ("size", "number")}
    numbers, shape = _broadcast(scalars)
    arithmetic = PlaceSums(nodes) if nodes is not None else Diagonal() if joint else Dense()
    counts = {k: float(d) if nodes is None else np.inf for k, d in dimensions.items()}
    return PointValues(_numbers(risk, numbers, counts), by_place, dimensions, arithmetic, vectors, eigen), shape


def _hermite(risk: Derived, given: Mapping[str, Array], matrices: Mapping[str, Array]) -> dict[str, Array]:
    """mu_1 and mu_star of the nonlinear features, where they are not all given."""
    found = replaced_parts(t.expression for t in risk.terms)
    if letters_of_features(found) <= given.keys():
        return {}
    return {k: np.array(v) for k, v in hermite_values(found, matrices).items()}


def shape_of(risk: Derived, given: Mapping[str, Any]) -> tuple[int, ...]:
    """The shape to which the numbers that are given broadcast."""
    wanted = names(risk)
    return np.broadcast_shapes(*(np.shape(v) for k, v in given.items() if wanted.get(k) in ("size", "number")))


def exact_numbers(risk: Derived, given: Mapping[str, Any]) -> tuple[dict[str, Fraction], dict[str, Any]]:
    """The numbers as fractions, by name, and all values with these in floats.

    Fractions, SymPy rationals and texts such as "0.2" are exact; a float is the binary number that it is.
    """
    kinds = names(risk)
    if any(isinstance(v, PowersOfPlace) for v in given.values()):
        raise EngineError(
            "digits are proven for finitely many eigenvalues: give p=..., or leave out digits; w2s_sym.solve proves an "
            "effective ridge of infinitely many"
        )
    missing = sorted(letters_of_features(replaced_parts(t.expression for t in risk.terms)) - given.keys())
    if missing:
        letters = " and ".join(missing)
        raise EngineError(f"proven digits need rational numbers: give {letters} as such, or leave out digits")
    exact: dict[str, Fraction] = {}
    for name, value in given.items():
        if kinds.get(name) in ("size", "number"):
            # A text such as "1e999999999" would be a number of a billion digits.
            text = str(value)[:LONGEST_WRITTEN] if isinstance(value, str) else ""
            exponent = text.lower().partition("e")[2].lstrip("+-")
            if len(text) == LONGEST_WRITTEN or len(exponent) > 3:
                raise EngineError(f"{name} is {text[:40]}...: too long for a number; choose other units")
            try:
                exact[name] = Fraction(str(value)) if not isinstance(value, float) else Fraction(value)
            except (ValueError, ZeroDivisionError, OverflowError) as problem:
                raise EngineError(f"{name} is {value!r}: proven digits need one rational number") from problem
    return exact, {k: _as_float(k, exact[k]) if k in exact else v for k, v in given.items()}


def _as_float(name: str, number: Fraction) -> float:
    try:
        return float(number)
    except OverflowError as problem:
        raise EngineError(f"{name} is beyond {LARGEST_ENTRY:g}: choose other units") from problem


def _array(name: str, value: Any) -> Array:
    if isinstance(value, Spectrum | Signal):
        raise EngineError(f"{name} is a {type(value).__name__}: where matrices commute, give it to on(), or joint=True")
    try:
        kind = np.asarray(value).dtype.kind
    except (TypeError, ValueError) as problem:
        raise EngineError(f"{name} is no array: its rows have different lengths") from problem
    if kind == "c":
        raise EngineError(f"{name} has complex numbers: needs real ones")
    if kind in "mMSV":
        raise EngineError(f"{name} has entries that are times or bytes: needs a number, or an array of numbers")
    try:
        found = np.asarray(without_subclass(value) if isinstance(value, np.ndarray) else value, dtype=float)
    except ArrayError as problem:
        raise EngineError(f"{name} {problem}") from None
    except OverflowError as problem:
        raise EngineError(f"{name} has an entry beyond {LARGEST_ENTRY:g}: choose other units") from problem
    except (TypeError, ValueError) as problem:
        raise EngineError(f"{name} is {str(value)[:80]}: needs a number, or an array of numbers") from problem
    if not found.size:
        raise EngineError(f"{name} is empty: needs a number, or an array of numbers")
    if found.size and np.abs(found).max(initial=0, where=np.isfinite(found)) > LARGEST_ENTRY:
        raise EngineError(f"{name} has an entry beyond {LARGEST_ENTRY:g}: choose other units")
    if not np.isfinite(found).all():
        raise EngineError(f"{name} has an entry that is not finite")
    return found


def _shape_of(book: Book, name: str, *, truth: bool) -> str:
    letter = next(x for x in book.letters if given_name(x.name) == name)
    if truth:
        return f"a vector of {book.numbers[letter.side].name} entries, or its second moment"
    return f"an array of shape ({book.numbers[letter.side].name}, {book.numbers[letter.other].name})"


def _matrix(name: str, value: Array, *, joint: bool, truth: bool, psd: bool) -> Array:
    if joint:
        if value.ndim != 1 or not len(value):
            raise EngineError(f"{name} has shape {value.shape}: needs its eigenvalues, one after another")
        if psd and not truth and value.min() < 0:
            raise EngineError(f"{name} has the eigenvalue {value.min():g}: a covariance has none below zero")
        return value**2 if truth else value
    if truth and value.ndim == 1:
        value = np.outer(value, value)
    if truth and (value.ndim != 2 or value.shape[0] != value.shape[1]):
        raise EngineError(f"{name} has shape {value.shape}: give the truth as a vector, or its second moment, square")
    if value.ndim != 2 or 0 in value.shape:
        hint = "; eigenvalues of matrices that commute go to on(), or with joint=True" if value.ndim == 1 else ""
        raise EngineError(f"{name} has shape {value.shape}: needs two sides, rows and columns{hint}")
    if max(value.shape) > MOST_ROWS:
        raise EngineError(f"{name} has {max(value.shape)} rows: at most {MOST_ROWS}; with joint eigenvalues use on()")
    return value


def require_covariance(name: str, value: Array) -> Array:
    """A matrix that is symmetric and positive semidefinite up to rounding, made symmetric.

    Lines are written for matrices that are their own transposes: what rounding left of mirrored entries is averaged.
    Raises :class:`EngineError` for any other.
    """
    value, scale = _symmetric(name, value)
    # A Cholesky factor of what is hardly shifted says the same as eigenvalues, sooner; these are for the message.
    slack = len(value) * BELOW_ZERO * scale
    shifted = value.copy()
    np.fill_diagonal(shifted, np.diagonal(value) + slack / 2)
    try:
        np.linalg.cholesky(shifted)
    except np.linalg.LinAlgError:
        _require_least(name, float(np.linalg.eigvalsh(value)[0]), slack)
    return value


def _eigen(name: str, value: Array) -> tuple[Eigen, Array]:
    """Eigenvalues and eigenvectors of a matrix that passes :func:`require_covariance`, and that matrix."""
    value, scale = _symmetric(name, value)
    found, vectors = np.linalg.eigh(value)
    _require_least(name, float(found[0]), len(value) * BELOW_ZERO * scale)
    return (found, vectors), value


def _symmetric(name: str, value: Array) -> tuple[Array, float]:
    """A matrix that is symmetric up to rounding, made symmetric, and its largest entry by size."""
    if value.shape[0] != value.shape[1]:
        raise EngineError(f"{name} has shape {value.shape}: a covariance is square")
    scale = float(max(value.max(), -value.min()))
    if not np.array_equal(value, value.T):
        off = float(np.abs(value - value.T).max())
        if off > 1e-10 * scale:
            raise EngineError(f"{name} is not symmetric: two mirrored entries differ by {off:.3g}")
        value = (value + value.T) / 2
    return value, scale


def _require_least(name: str, least: float, slack: float) -> None:
    if least < -slack:
        raise EngineError(f"{name} has the eigenvalue {least:.3g}: a covariance has none below zero")


def _require_definite(book: Book, matrices: Mapping[int, Array], eigen: Mapping[int, Eigen]) -> None:
    for place, value in matrices.items():
        if book.letters[place].definite:
            known = eigen[place][0] if place in eigen else np.linalg.eigvalsh(value) if value.ndim == 2 else value
            least = float(known.min())
            if least <= 0:
                raise EngineError(
                    f"{book.letters[place].name} has the eigenvalue {least:.3g}: it was named as definite"
                )


def _require_joint(risk: Derived, matrices: Mapping[str, Array], dimensions: Mapping[int, int]) -> None:
    """Blocks of one sample have a joint covariance. Raises :class:`EngineError` where it is not one."""
    samples = {id(s): s for t in risk.terms for m in subexpressions(t.expression) for s in _samples(m)}
    for sample in samples.values():
        names = [a for a, b in sample.covariance if a == b]
        if len(names) < 2:
            continue

        def value(m: Matrix | None, rows: Sides, cols: Sides) -> Array:
            sides = [dimensions.get(risk.book.side(s[0]), 1) for s in (rows, cols)]
            if m is None:
                return np.zeros(sides)
            if isinstance(m, Fixed):
                found = matrices[m.name]
                found = np.diag(found) if found.ndim == 1 else found
                return np.asarray(found.T if m.transposed else found)
            return np.eye(sides[0], sides[1])

        own = {a: sample.covariance[a, a].rows for a in names}
        fixed = {m.name for m in sample.covariance.values() if isinstance(m, Fixed)}
        if not fixed <= matrices.keys() or any(risk.book.side(side[0]) not in dimensions for side in own.values()):
            continue  # a block that is not used has no value
        blocks = [[value(sample.between(a, b), own[a], own[b]) for b in names] for a in names]
        require_covariance(f"the joint covariance of {', '.join(names)}", np.block(blocks))


def _samples(m: Matrix) -> list[DesignRows]:
    return [m.sample] if isinstance(m, Design) else []


def _dimensions(book: Book, matrices: Mapping[int, Array]) -> dict[int, int]:
    found: dict[int, tuple[int, str]] = {}
    for place, value in matrices.items():
        letter = book.letters[place]
        sides = zip((letter.side, letter.other), value.shape if value.ndim == 2 else value.shape * 2, strict=True)
        for side, count in sides:
            known = found.setdefault(side, (count, given_name(letter.name)))
            if known[0] != count:
                raise EngineError(
                    f"{known[1]} has {known[0]} rows and {given_name(letter.name)} has {count}: both are the size "
                    f"{book.numbers[side].name}"
                )
    return {side: count for side, (count, _) in found.items()}


def _broadcast(scalars: Mapping[str, Array]) -> tuple[dict[str, Array], tuple[int, ...]]:
    """All numbers as arrays of one length, and the shape that they have together."""
    try:
        shape = np.broadcast_shapes(*(v.shape for v in scalars.values()))
    except ValueError as problem:
        shapes = ", ".join(f"{k} {v.shape}" for k, v in scalars.items())
        raise EngineError(f"numbers of different shapes do not go together: {shapes}") from problem
    return {k: np.broadcast_to(v, shape).ravel() for k, v in scalars.items()}, shape


def _numbers(risk: Derived, given: Mapping[str, Array], dimensions: Mapping[int, float]) -> dict[int, Array]:
    points = len(next(iter(given.values()))) if given else 1
    found: dict[int, Array] = {}
    by_symbol: dict[sp.Symbol, Array] = {}
    for place, number in enumerate(risk.book.numbers):
        symbol = number.given
        if symbol is None:
            continue
        value = given.get(number.name)
        if value is None:
            if place not in dimensions:
                raise EngineError(f"no value for the {number.kind} {number.name}")
            value = np.full(points, float(dimensions[place]))
        elif place in dimensions:
            off = value[value != dimensions[place]]
            if len(off):
                rows = f"{dimensions[place]:g}" if np.isfinite(dimensions[place]) else "infinitely many"
                raise EngineError(f"{number.name} = {off[0]:g}, but a matrix of that size has {rows} rows")
        if number.kind == "size" and value.min() <= 0:
            raise EngineError(f"{number.name} = {value.min():g}: a size is positive")
        if symbol.is_positive and value.min() < 0:
            raise EngineError(f"{number.name} = {value.min():g}: needs a number of at least zero")
        found[place], by_symbol[symbol] = value, value
    for less, more in risk.needs:
        a, b = (_sum_of_sizes(e, by_symbol) for e in (less, more))
        wrong = np.flatnonzero(a >= b)
        if len(wrong):
            k = wrong[0]
            raise EngineError(
                f"{less} = {a[k]:g} and {more} = {b[k]:g}: what is inverted has full rank for {less} < {more} only"
            )
    return found


def _sum_of_sizes(e: sp.Expr, values: Mapping[sp.Symbol, Array]) -> Array:
    return np.asarray(sum(float(c) * values.get(symbol, 1.0) for symbol, c in e.as_coefficients_dict().items()))
