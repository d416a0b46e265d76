"""Spectra of covariances, and signals on them: exact data with a view in floats and a view in SymPy.

A :class:`Spectrum` is distinct positive eigenvalues with multiplicities, or a power law i^-alpha with finitely or
infinitely many eigenvalues. Numbers stay exact: a decimal that is typed is that decimal, a float its binary value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

# More than this many eigenvalues are not put in an array.
MOST_VALUES = 50_000_000
# Larger counts mean a slip of the pen, and leave the range of exact floats.
MOST = 10**15
# Half the distance from 1 to the next float: the relative error of one rounding.
UNIT = 2.0**-53
# numpy's pow is documented to be within 4 units in the last place; twice that is allowed for.
POWER_UNITS = 16

GRAMMAR = "isotropic:p=500[,lam=2], power:alpha=2,p=500, power:alpha=1.5,p=inf, levels:1x100,0.125x900 or file:PATH"
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_RATIO = re.compile(r"[+-]?[0-9]+/[0-9]*[1-9][0-9]*")


class SpectrumError(ValueError):
    """A spectrum, or a question about one, that is refused: the condition, the numbers and the next move."""


def exact(value: object, name: str) -> Fraction:
    """The exact rational that ``value`` is: a whole number, Fraction, SymPy number, decimal in a string, or float.

    A float is its binary value. Raises :class:`SpectrumError` for anything else, and for what is not finite.
    """
    if isinstance(value, str):
        text = value.strip()
        if len(text) > 1000 or not (_DECIMAL.fullmatch(text) or _RATIO.fullmatch(text)):
            raise SpectrumError(f"{name}={text[:60]}: is no number; give one such as 0.5, 1e-3 or 1/3")
        return Fraction(text)
    if isinstance(value, (bool, np.bool_)) or value is None:
        raise SpectrumError(f"{name}={value}: needs a number")
    if isinstance(value, np.integer):
        return Fraction(int(value))
    if getattr(value, "is_Float", False):
        raise SpectrumError(
            f"{name}={value}: a SymPy float is no exact number; give a Rational or a decimal in a string"
        )
    if getattr(value, "is_Rational", False):
        return Fraction(int(value.p), int(value.q))  # type: ignore[attr-defined]
    try:
        ratio: tuple[Any, Any] = value.as_integer_ratio()  # type: ignore[attr-defined]
        return Fraction(int(ratio[0]), int(ratio[1]))
    except (AttributeError, TypeError, ValueError, OverflowError):
        raise SpectrumError(f"{name}={str(value)[:60]}: needs a finite rational number") from None


def count(value: object, name: str) -> int:
    """A number of eigenvalues: whole, from 1 to 10^15; else :class:`SpectrumError`."""
    number = exact(value, name)
    if number.denominator != 1 or not 1 <= number <= MOST:
        raise SpectrumError(f"{name}={value}: needs a whole number from 1 to {MOST}")
    return int(number)


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Eigenvalues of a covariance. Build one with a class method, or from text with :meth:`parse`.

    ``p`` counts all eigenvalues (None: infinitely many), ``rank`` the positive ones. For a power law lam_i = i^-alpha,
    ``alpha`` is its exponent, and ``levels_`` and ``counts`` are None. Otherwise ``levels_`` holds the distinct
    positive eigenvalues, descending, as floats (an array) or exact rationals (a tuple), and ``counts`` how often each
    occurs (None: once). ``places`` is the level of each eigenvalue in the order given (-1: zero); None when the order
    is descending.
    """

    p: int | None
    rank: int | None
    alpha: Fraction | None = None
    levels_: np.ndarray | tuple[Fraction, ...] | None = None
    counts: np.ndarray | None = None
    places: np.ndarray | None = None

    # -- making one ---------------------------------------------------------------------------------------------

    @classmethod
    def isotropic(cls, p: object, lam: object = 1) -> Spectrum:
        """``p`` eigenvalues equal to ``lam`` > 0."""
        return cls.levels([(lam, count(p, "p"))])

    @classmethod
    def levels(cls, weights: Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> Spectrum:
        """Eigenvalues with multiplicities, as a mapping or as pairs; zero is allowed beside positive ones."""
        pairs = weights.items() if isinstance(weights, Mapping) else weights
        tally: Counter[Fraction] = Counter()
        for lam, weight in pairs:
            tally[exact(lam, "lam")] += count(weight, "weight")
        return cls._of_tally(tally)

    @classmethod
    def power_law(cls, alpha: object, p: object = None) -> Spectrum:
        """lam_i = i^-alpha for i = 1..p, alpha > 0; or for all i >= 1 (``p`` None or ``sympy.oo``), alpha > 1."""
        exponent = exact(alpha, "alpha")
        infinite = p is None or getattr(p, "is_infinite", False) is True or (isinstance(p, float) and np.isinf(p))
        if exponent <= 0 or exponent > 1000:
            raise SpectrumError(f"alpha={_short(exponent)}: needs a positive exponent, at most 1000")
        if infinite:
            if exponent <= 1:
                raise SpectrumError(f"alpha={_short(exponent)} with p=inf: the trace is infinite; needs alpha > 1")
            return cls(None, None, exponent)
        size = count(p, "p")
        return cls(size, size, exponent)

    @classmethod
    def explicit(cls, values: Any) -> Spectrum:
        """These eigenvalues, in any order, zeros allowed. Floats count as their exact binary value.

        The order is kept for signals. A :class:`SpectrumError` names the first value that is not finite or negative.
        """
        array = values if isinstance(values, np.ndarray) else None
        if array is None:
            values = list(values)
            if values and all(type(v) is float for v in values):
                array = np.array(values)
        if not len(values) if array is None else not array.size:
            raise SpectrumError("no eigenvalues: needs at least one")
        if array is not None and array.ndim != 1:
            raise SpectrumError(f"eigenvalues of shape {array.shape}: needs one dimension; see Spectrum.of_covariance")
        if array is not None and array.dtype.kind == "f" and array.dtype.itemsize <= 8:
            return cls._of_floats(array.astype(np.float64))
        if array is not None and array.dtype.kind not in "iuOf":
            raise SpectrumError(f"eigenvalues of type {array.dtype}: needs real numbers")
        numbers = [exact(v, f"eigenvalue {k + 1}") for k, v in enumerate(values)]
        spectrum = cls._of_tally(Counter(numbers))
        assert isinstance(spectrum.levels_, tuple)
        place = {lam: k for k, lam in enumerate(spectrum.levels_)} | {Fraction(0): -1}
        places = np.array([place[v] for v in numbers])
        return cls(spectrum.p, spectrum.rank, None, spectrum.levels_, spectrum.counts, places)

    @classmethod
    def of_covariance(cls, matrix: Any) -> Spectrum:
        """The spectrum of a symmetric positive semidefinite matrix, computed in floats, in descending order.

        Eigenvalues below p 2^-52 times the largest are rounding errors and count as zero. Raises
        :class:`SpectrumError` for a matrix that is not square, symmetric, finite or positive semidefinite.
        """
        array = _reals(matrix, "covariance")
        if array.ndim != 2 or array.shape[0] != array.shape[1] or not array.size:
            raise SpectrumError(f"covariance of shape {array.shape}: needs a square matrix")
        if not np.isfinite(array).all():
            row, column = np.argwhere(~np.isfinite(array))[0]
            raise SpectrumError(f"covariance: {array[row, column]} at row {row}, column {column}; needs finite numbers")
        gap, size = np.abs(array - array.T), float(np.abs(array).max())
        if gap.max() > 1e-12 * size:
            row, column = np.unravel_index(int(gap.argmax()), gap.shape)
            raise SpectrumError(
                f"covariance is not symmetric: {array[row, column]:.6g} at ({row}, {column}) and "
                f"{array[column, row]:.6g} at ({column}, {row}); symmetrise it with (S + S.T)/2"
            )
        values = np.linalg.eigvalsh(array)[::-1]
        noise = len(values) * 2.0**-52 * max(abs(float(values[0])), abs(float(values[-1])))
        if values[-1] < -noise:
            raise SpectrumError(
                f"covariance is not positive semidefinite: eigenvalue {values[-1]:.6g} beside {values[0]:.6g}; "
                "take a covariance matrix"
            )
        return cls.explicit(np.where(values > noise, values, 0.0))

    @classmethod
    def read(cls, path: str | Path) -> Spectrum:
        """Eigenvalues from a ``.npy`` file (one dimension, never pickled) or a ``.csv`` file (commas or lines)."""
        where = Path(path)
        if not where.is_file():
            raise SpectrumError(f"file {path}: is no file; give a .npy or .csv file of eigenvalues")
        if where.suffix == ".npy":
            try:
                array = np.load(where, allow_pickle=False)
            except (ValueError, OSError, EOFError):
                array = None
            if not isinstance(array, np.ndarray):
                raise SpectrumError(f"file {path}: is no whole .npy file of numbers; save it with numpy.save")
            return cls.explicit(array)
        if where.suffix != ".csv":
            raise SpectrumError(f"file {path}: needs a name that ends in .npy or .csv")
        try:
            lines = where.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            raise SpectrumError(f"file {path}: is no text; give numbers with commas or line ends between") from None
        cells = [(k, c) for k, line in enumerate(lines, 1) if line.strip() for c in line.strip().split(",")]
        return cls.explicit([exact(cell, f"file {path}, line {k}: value") for k, cell in cells])

    @classmethod
    def parse(cls, text: str) -> Spectrum:
        """A spectrum from text: ``isotropic:p=500[,lam=2]``, ``power:alpha=2,p=500`` (``p=inf`` for infinitely many),
        ``levels:1x100,0.125x900``, ``file:PATH``. Nothing in it is evaluated; typed decimals are exact.
        """
        kind, colon, rest = text.strip().partition(":")
        if not colon or kind not in ("isotropic", "power", "levels", "file"):
            raise SpectrumError(f"spectrum {text[:60]!r}: is of no known form; give {GRAMMAR}")
        if kind == "file":
            return cls.read(rest)
        if kind == "levels":
            cut = [part.strip().partition("x") for part in rest.split(",")]
            bad = next(("".join(c) for c in cut if not (c[0] and c[2])), None)
            if bad is not None:
                raise SpectrumError(f"spectrum levels: {bad[:60]!r} is no level; write one such as 2x100")
            return cls.levels((lam, weight) for lam, _, weight in cut)
        known = {"isotropic": ("p", "lam"), "power": ("alpha", "p")}[kind]
        given: dict[str, str] = {}
        for part in rest.split(","):
            key, equals, value = (s.strip() for s in part.partition("="))
            if key not in known or not equals or key in given:
                raise SpectrumError(
                    f"spectrum {kind}: {part[:60]!r} is not understood; give {' and '.join(known)} once each"
                )
            given[key] = value
        missing = [key for key in known if key not in given and key != "lam"]
        if missing:
            raise SpectrumError(f"spectrum {kind}: {missing[0]} is missing; such as {missing[0]}=2")
        if kind == "isotropic":
            return cls.isotropic(given["p"], given.get("lam", "1"))
        return cls.power_law(given["alpha"], None if given["p"] in ("inf", "oo") else given["p"])

    @classmethod
    def _of_tally(cls, tally: Mapping[Fraction, int]) -> Spectrum:
        size = sum(tally.values())
        if any(lam < 0 for lam in tally):
            raise SpectrumError(f"eigenvalue {_short(min(tally))}: a covariance has none below zero")
        levels = tuple(sorted((lam for lam in tally if lam > 0), reverse=True))
        if not levels:
            raise SpectrumError(f"all {size} eigenvalues are zero: needs a positive one")
        if size > MOST:
            raise SpectrumError(f"{size} eigenvalues: needs at most {MOST}")
        counts = np.array([tally[lam] for lam in levels])
        return cls(size, int(counts.sum()), None, levels, None if (counts == 1).all() else counts)

    @classmethod
    def _of_floats(cls, array: np.ndarray) -> Spectrum:
        bad = ~(array >= 0) | np.isinf(array)
        if bad.any():
            place = int(bad.argmax())
            raise SpectrumError(f"eigenvalue {array[place]} at position {place}: needs finite numbers, none below zero")
        if not array.any():
            raise SpectrumError(f"all {len(array)} eigenvalues are zero: needs a positive one")
        rank = int(np.count_nonzero(array))
        if (array[1:] < array[:-1]).all():
            return cls(len(array), rank, None, array[:rank].copy())
        found, inverse, counts = np.unique(-array, return_inverse=True, return_counts=True)
        levels, keep = -found, len(found) - (found[-1] == 0)
        places = np.where(inverse < keep, inverse, -1)
        repeated = counts[:keep] if (counts[:keep] > 1).any() else None
        descending = bool((array[1:] <= array[:-1]).all())
        return cls(len(array), rank, None, levels[:keep], repeated, None if descending else places)

    # -- looking at it ------------------------------------------------------------------------------------------

    @property
    def is_infinite(self) -> bool:
        return self.p is None

    def values(self) -> tuple[np.ndarray, np.ndarray]:
        """Distinct positive eigenvalues, descending, and their multiplicities, as float arrays of one length.

        Each float is within :attr:`rounding` of the exact eigenvalue, relatively. Raises :class:`SpectrumError` for
        infinitely many or too many, and for eigenvalues beyond the range of floats.
        """
        ones = np.broadcast_to(np.float64(1), self._floats.shape)
        return self._floats, ones if self.counts is None else self.counts.astype(float)

    @cached_property
    def rounding(self) -> float:
        """A bound on the relative error of the floats of :meth:`values`."""
        if self.alpha is None:
            return 0.0 if isinstance(self.levels_, np.ndarray) else 2 * UNIT
        assert self.p is not None
        if self.alpha.denominator <= 2:
            return (int(self.alpha) + 3) * UNIT
        # The exponent is rounded too, which i^-alpha feels as a factor i^(alpha UNIT).
        return (POWER_UNITS + 2 + 2 * float(self.alpha) * float(np.log(self.p))) * UNIT

    @cached_property
    def _floats(self) -> np.ndarray:
        floats = self._as_floats()
        floats.flags.writeable = False  # shared by all who ask
        return floats

    def _as_floats(self) -> np.ndarray:
        if self.alpha is None:
            assert self.levels_ is not None
            if isinstance(self.levels_, np.ndarray):
                return self.levels_
            low, high = self.levels_[-1], self.levels_[0]
            if high >= Fraction(2) ** 1023 or low < Fraction(2) ** -1022:
                raise SpectrumError(
                    f"eigenvalues from {_short(low)} to {_short(high)} leave the range of floats; ask for digits"
                )
            return np.array([float(lam) for lam in self.levels_])
        if self.p is None or self.p > MOST_VALUES:
            raise SpectrumError(f"{self.describe()} has too many eigenvalues for an array; ask for digits")
        if float(self.alpha) * float(np.log2(self.p)) > 1000:
            raise SpectrumError(f"{self.describe()}: its last eigenvalues leave the range of floats; ask for digits")
        i = np.arange(1, self.p + 1, dtype=float)
        if self.alpha.denominator > 2:
            return np.asarray(i ** -float(self.alpha))
        # Multiplications, a root and a division round correctly, which pow need not.
        power = np.sqrt(i) if self.alpha.denominator == 2 else np.ones_like(i)
        for _ in range(int(self.alpha)):
            power *= i
        return 1 / power

    def exact(self) -> Iterator[tuple[Any, int]]:
        """Pairs (eigenvalue, multiplicity), descending: Fractions, or SymPy powers for a law that is not rational.

        Endless for infinitely many eigenvalues.
        """
        if self.alpha is not None:
            from itertools import count as numbers

            import sympy as sp

            for i in numbers(1) if self.p is None else range(1, self.p + 1):
                if self.alpha.denominator == 1:
                    yield Fraction(1, i ** int(self.alpha)), 1
                else:
                    yield sp.Integer(i) ** -sp.Rational(self.alpha.numerator, self.alpha.denominator), 1
            return
        assert self.levels_ is not None
        for k, lam in enumerate(self.levels_):
            yield Fraction(lam), 1 if self.counts is None else int(self.counts[k])

    def total(self, summand: Callable[[Any], Any], *, most: int = 12) -> Any:
        """The SymPy sum of ``summand(lam)`` over the positive eigenvalues, as papers print it.

        A power law gives a ``Sum`` over i of ``summand(i**-alpha)``; at most ``most`` levels are written out, each
        times its multiplicity; more are a ``Sum`` of ``summand(lambda[i])`` over i up to the rank.
        """
        import sympy as sp

        i = sp.Symbol("i", integer=True, positive=True)
        if self.alpha is not None:
            alpha = sp.Rational(self.alpha.numerator, self.alpha.denominator)
            return sp.Sum(summand(i**-alpha), (i, 1, sp.oo if self.p is None else self.p))
        assert self.levels_ is not None
        if len(self.levels_) <= most:
            return sp.Add(
                *(k * summand(sp.Rational(lam.numerator, lam.denominator)) for lam, k in self.exact()), evaluate=False
            )
        return sp.Sum(summand(sp.IndexedBase("lambda", positive=True)[i]), (i, 1, self.rank))

    def describe(self) -> str:
        """One line: what it is."""
        if self.alpha is not None:
            return f"lam_i = i^-{_short(self.alpha)}, " + ("i >= 1" if self.p is None else f"i = 1..{self.p}")
        assert self.levels_ is not None
        zero = "" if self.p == self.rank else f", {self.p} with zeros"
        if len(self.levels_) <= 4:
            parts = [f"{_short(lam)} (x{k})" for lam, k in self.exact()]
            return f"levels {', '.join(parts)}{zero}"
        low, high = self.levels_[-1], self.levels_[0]
        return f"{self.rank} eigenvalues from {_short(high)} to {_short(low)}{zero}"


def _short(value: Fraction | float) -> str:
    """A number for a message: whole, or to six digits."""
    number = Fraction(value)
    if number.denominator == 1 and abs(number) < 10**6:
        return str(number.numerator)
    try:
        close = float(number)
    except OverflowError:
        close = float("inf")
    if close and abs(close) != float("inf"):
        return f"{close:.6g}"
    digits = len(str(abs(number.numerator))) - len(str(number.denominator))
    return f"about 1e{digits:+d}"


@dataclass(frozen=True, eq=False)
class Signal:
    """A signal in the eigenbasis: ``coefficients`` b_i, one per eigenvalue, or a power law lam_i b_i^2 = i^-beta.

    Coefficients stand in the order in which :meth:`Spectrum.explicit` was given its eigenvalues, else in descending
    order of the eigenvalues; the power law counts in descending order.
    """

    coefficients: np.ndarray | None = None
    beta: Fraction | None = None

    @classmethod
    def of(cls, coefficients: Any) -> Signal:
        """The signal with these coefficients: one dimension, finite numbers."""
        array = _reals(coefficients, "signal")
        if array.ndim != 1 or not array.size or not np.isfinite(array).all():
            raise SpectrumError(f"signal of shape {array.shape}: needs one dimension and finite numbers")
        return cls(array)

    @classmethod
    def power_law(cls, beta: object) -> Signal:
        """lam_i b_i^2 = i^-beta, beta > 0 (beta > 1 for infinitely many eigenvalues)."""
        exponent = exact(beta, "beta")
        if exponent <= 0:
            raise SpectrumError(f"beta={_short(exponent)}: needs a positive exponent")
        return cls(None, exponent)

    def energy(self, spectrum: Spectrum) -> np.ndarray:
        """lam_i b_i^2, summed over equal eigenvalues: one float for each of ``spectrum.values()``."""
        lam, weights = spectrum.values()
        assert spectrum.p is not None
        assert spectrum.rank is not None
        if self.coefficients is None:
            assert self.beta is not None
            single: np.ndarray = np.arange(1, spectrum.rank + 1, dtype=float) ** -float(self.beta)
            return single if spectrum.counts is None else np.add.reduceat(single, _starts(weights))
        if len(self.coefficients) != spectrum.p:
            raise SpectrumError(
                f"signal of {len(self.coefficients)} coefficients for p={spectrum.p} eigenvalues: needs one for each"
            )
        squares = self.coefficients**2
        if spectrum.places is not None:
            kept = spectrum.places >= 0
            together: np.ndarray = np.bincount(spectrum.places[kept], weights=squares[kept], minlength=len(lam))
            return np.asarray(lam * together)
        squares = squares[: spectrum.rank]
        together = squares if spectrum.counts is None else np.add.reduceat(squares, _starts(weights))
        return np.asarray(lam * together)


def _reals(values: Any, what: str) -> np.ndarray:
    try:
        if not np.iscomplexobj(values):
            return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        pass
    raise SpectrumError(f"{what}: needs an array of real numbers")


def _starts(weights: np.ndarray) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(weights)[:-1]]).astype(int)


def require(spectrum: object, signal: object = None) -> None:
    """Raise :class:`SpectrumError` for what is no spectrum, or no signal where one is given."""
    if not isinstance(spectrum, Spectrum):
        kind = type(spectrum).__name__
        raise SpectrumError(f"the spectrum is a {kind}: give a Spectrum, such as Spectrum.explicit(eigenvalues)")
    if signal is not None and not isinstance(signal, Signal):
        kind = type(signal).__name__
        raise SpectrumError(f"the signal is a {kind}: give a Signal, such as Signal.of(coefficients)")
