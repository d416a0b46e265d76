"""Spectra of covariances: exact data with a view in floats and a view in SymPy.

A :class:`Spectrum` is one of two kinds: :class:`Levels`, distinct positive eigenvalues with multiplicities, or
a :class:`PowerLaw` i^-alpha with finitely or infinitely many eigenvalues. Numbers stay exact: a decimal that is typed
is that decimal, a float its binary value.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, final

import numpy as np

from w2s_sym.spectra import parse
from w2s_sym.spectra.arguments import SpectrumError, eigenvalue_count, exact_rational, exactly, short
from w2s_sym.spectra.grouping import covariance_eigenvalues, group_values, group_weighted
from w2s_sym.spectra.rounding import POWER_UNITS, UNIT

# More than this many eigenvalues are not put in an array.
MOST_VALUES = 50_000_000


@dataclass(frozen=True, eq=False)
class Spectrum(ABC):
    """Eigenvalues of a covariance. Build one with a static method, or from text with :meth:`parse`.

    ``p`` counts all eigenvalues, zeros included (None: infinitely many).
    """

    p: int | None

    # -- making one ---------------------------------------------------------------------------------------------

    @staticmethod
    def isotropic(p: object, lam: object = 1) -> Levels:
        """``p`` eigenvalues equal to ``lam`` > 0; :class:`SpectrumError` for other numbers."""
        return Spectrum.levels([(lam, eigenvalue_count(p, "p"))])

    @staticmethod
    def levels(weights: Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> Levels:
        """Eigenvalues with multiplicities, as a mapping or as pairs; zero is allowed beside positive ones.

        Raises :class:`SpectrumError` for negative eigenvalues and for multiplicities outside of 1 to 10^15.
        """
        pairs = weights.items() if isinstance(weights, Mapping) else weights
        return Levels(*group_weighted(pairs))

    @staticmethod
    def power_law(alpha: object, p: object = None) -> PowerLaw:
        """lam_i = i^-alpha for i = 1..p, alpha > 0; or for all i >= 1 (``p`` None or ``sympy.oo``), alpha > 1.

        Raises :class:`SpectrumError` for other numbers, and for exponents above 1000.
        """
        exponent = exact_rational(alpha, "alpha")
        # SymPy's flag, asked for by name so that SymPy need not be loaded.
        infinite = p is None or getattr(p, "is_infinite", False) is True or (isinstance(p, float) and np.isinf(p))
        if exponent <= 0 or exponent > 1000:
            raise SpectrumError(f"alpha={short(exponent)}: needs a positive exponent, at most 1000")
        if infinite:
            if exponent <= 1:
                raise SpectrumError(f"alpha={short(exponent)} with p=inf: the trace is infinite; needs alpha > 1")
            return PowerLaw(None, exponent)
        return PowerLaw(eigenvalue_count(p, "p"), exponent)

    @staticmethod
    def explicit(values: Any) -> Levels:
        """These eigenvalues, one dimension, in any order, zeros allowed. Floats count as their exact binary value.

        The order is kept for signals. A :class:`SpectrumError` names the first value that is not finite or negative.
        """
        return Levels(*group_values(values))

    @staticmethod
    def of_covariance(matrix: Any) -> Levels:
        """The spectrum of a symmetric positive semidefinite (p, p) matrix, computed in floats, in descending order.

        Eigenvalues below p eps times the largest are rounding errors and count as zero; eps is 2^-52, or that of a
        matrix of shorter floats. Raises :class:`SpectrumError` for a matrix that is not square, symmetric, finite or
        positive semidefinite.
        """
        return Spectrum.explicit(covariance_eigenvalues(matrix))

    @staticmethod
    def read(path: str | Path) -> Levels:
        """Eigenvalues from a ``.npy`` file (one dimension, never pickled) or a ``.csv`` file (one column, or one row).

        Raises :class:`SpectrumError` for what is no such file, and as :meth:`explicit` does.
        """
        return Spectrum.explicit(parse.read_eigenvalues(path))

    @staticmethod
    def parse(text: str) -> Spectrum:
        """A spectrum from text: ``isotropic:p=500[,lam=2]``, ``power:alpha=2,p=500`` (``p=inf`` for infinitely many),
        ``levels:1x100,0.125x900``, ``file:PATH``. Nothing in it is evaluated; typed decimals are exact.

        Raises :class:`SpectrumError` for what is no such text, and as the other constructors do.
        """
        match parse.parse_spectrum(text):
            case parse.IsotropicText(p, lam):
                return Spectrum.isotropic(p, lam)
            case parse.PowerText(alpha, size):
                return Spectrum.power_law(alpha, size)
            case parse.LevelsText(pairs):
                return Spectrum.levels(pairs)
            case parse.FileText(path):
                return Spectrum.read(path)

    # -- looking at it ------------------------------------------------------------------------------------------

    @property
    def is_infinite(self) -> bool:
        """Whether there are infinitely many eigenvalues."""
        return self.p is None

    @property
    @abstractmethod
    def rank(self) -> int | None:
        """The number of positive eigenvalues; None for infinitely many."""

    @property
    @abstractmethod
    def fits_array(self) -> bool:
        """Whether there are few enough eigenvalues for an array."""

    @property
    @abstractmethod
    def rounding(self) -> float:
        """A bound on the relative error of the floats of :meth:`values`."""

    @abstractmethod
    def values(self) -> tuple[np.ndarray, np.ndarray]:
        """Distinct positive eigenvalues, descending, and their multiplicities, as float arrays of shape (levels,).

        Each float is within :attr:`rounding` of the exact eigenvalue, relatively. Raises :class:`SpectrumError` for
        infinitely many or too many, and for eigenvalues beyond the range of floats.
        """

    @cached_property
    def _floats(self) -> np.ndarray:
        floats = self._as_floats()
        floats.flags.writeable = False  # shared by all who ask
        return floats

    @abstractmethod
    def _as_floats(self) -> np.ndarray:
        """The distinct eigenvalues of :meth:`values`."""

    @abstractmethod
    def cumulative_counts(self) -> np.ndarray | None:
        """How many eigenvalues there are down to each level, integers (levels,); None when each occurs once."""

    @property
    @abstractmethod
    def largest_repeat(self) -> int:
        """The largest multiplicity of an eigenvalue that occurs more than once; 0 when there is none."""

    @abstractmethod
    def expand(self, by_level: np.ndarray) -> np.ndarray:
        """Numbers of shape (levels,) as shape (p,), in the order the eigenvalues were given; 0 where lam = 0."""

    @abstractmethod
    def collect(self, numbers: np.ndarray) -> np.ndarray:
        """The sum over each level, shape (levels,), of numbers (p,) in the order the eigenvalues were given."""

    @abstractmethod
    def collect_descending(self, numbers: np.ndarray) -> np.ndarray:
        """The sum over each level, shape (levels,), of numbers (rank,) in descending order of the eigenvalues."""

    @abstractmethod
    def exact(self) -> Iterator[tuple[Any, int]]:
        """Pairs (eigenvalue, multiplicity), descending: Fractions, or SymPy powers for a law that is not rational.

        Endless for infinitely many eigenvalues.
        """

    @abstractmethod
    def total(self, summand: Callable[[Any], Any], *, most: int = 12) -> Any:
        """The SymPy sum of ``summand(lam)`` over the positive eigenvalues, as papers print it.

        A power law gives a ``Sum`` over i of ``summand(i**-alpha)``; at most ``most`` levels are written out, each
        times its multiplicity; more are a ``Sum`` of ``summand(lambda[i])`` over i up to the rank.
        """

    @abstractmethod
    def describe(self) -> str:
        """One line: what it is."""


# -- the two kinds --------------------------------------------------------------------------------------------


@final
@dataclass(frozen=True, eq=False)
class PowerLaw(Spectrum):
    """lam_i = i^-alpha for i = 1..p, or for all i >= 1 (``p`` None); checked by :meth:`Spectrum.power_law`."""

    alpha: Fraction

    @property
    def rank(self) -> int | None:
        return self.p

    @property
    def fits_array(self) -> bool:
        return self.p is not None and self.p <= MOST_VALUES

    def values(self) -> tuple[np.ndarray, np.ndarray]:
        return self._floats, np.broadcast_to(np.float64(1), self._floats.shape)

    def cumulative_counts(self) -> None:
        return None

    @property
    def largest_repeat(self) -> int:
        return 0

    @cached_property
    def rounding(self) -> float:
        if self.alpha.denominator <= 2:
            return (int(self.alpha) + 3) * UNIT
        if self.p is None:
            raise SpectrumError(f"{self.describe()}: has no floats; ask for digits")
        # The exponent is rounded too, which i^-alpha feels as a factor i^(alpha UNIT).
        return (POWER_UNITS + 2 + 2 * float(self.alpha) * float(np.log(self.p))) * UNIT

    def _as_floats(self) -> np.ndarray:
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

    def expand(self, by_level: np.ndarray) -> np.ndarray:
        return by_level

    def collect(self, numbers: np.ndarray) -> np.ndarray:
        return numbers

    def collect_descending(self, numbers: np.ndarray) -> np.ndarray:
        return numbers

    def exact(self) -> Iterator[tuple[Any, int]]:
        import sympy as sp

        for i in count(1) if self.p is None else range(1, self.p + 1):
            if self.alpha.denominator == 1:
                yield Fraction(1, i ** int(self.alpha)), 1
            else:
                yield sp.Integer(i) ** -sp.Rational(self.alpha.numerator, self.alpha.denominator), 1

    def total(self, summand: Callable[[Any], Any], *, most: int = 12) -> Any:
        import sympy as sp

        i = sp.Symbol("i", integer=True, positive=True)
        alpha = sp.Rational(self.alpha.numerator, self.alpha.denominator)
        return sp.Sum(summand(i**-alpha), (i, 1, sp.oo if self.p is None else self.p))

    def describe(self) -> str:
        return f"lam_i = i^-{exactly(self.alpha)}, " + ("i >= 1" if self.p is None else f"i = 1..{self.p}")


@final
@dataclass(frozen=True, eq=False)
class Levels(Spectrum):
    """Finitely many eigenvalues by their distinct positive values.

    ``lam``: these, descending, shape (levels,), as floats (an array) or exact rationals (a tuple). ``counts``: how
    often each occurs, integers of that shape (None: once). ``places``: the level of each of the p eigenvalues in the
    order given (-1: zero); None when the order is descending.
    """

    p: int
    lam: np.ndarray | tuple[Fraction, ...]
    counts: np.ndarray | None = None
    places: np.ndarray | None = None

    @property
    def in_floats(self) -> bool:
        """Whether ``lam`` are floats, which are exact at every precision."""
        return isinstance(self.lam, np.ndarray)

    @cached_property
    def rank(self) -> int:
        return len(self.lam) if self.counts is None else int(self.counts.sum())

    @property
    def fits_array(self) -> bool:
        return True

    def values(self) -> tuple[np.ndarray, np.ndarray]:
        ones = np.broadcast_to(np.float64(1), self._floats.shape)
        return self._floats, ones if self.counts is None else self.counts.astype(float)

    def cumulative_counts(self) -> np.ndarray | None:
        return None if self.counts is None else np.cumsum(self.counts)

    @property
    def largest_repeat(self) -> int:
        return 0 if self.counts is None else int(self.counts.max())

    @property
    def rounding(self) -> float:
        return 0.0 if self.in_floats else 2 * UNIT

    def _as_floats(self) -> np.ndarray:
        if isinstance(self.lam, np.ndarray):
            return self.lam
        low, high = self.lam[-1], self.lam[0]
        if high >= Fraction(2) ** 1023 or low < Fraction(2) ** -1022:
            raise SpectrumError(
                f"eigenvalues from {short(low)} to {short(high)} leave the range of floats; ask for digits"
            )
        return np.array([float(lam) for lam in self.lam])

    def expand(self, by_level: np.ndarray) -> np.ndarray:
        if self.places is not None:
            return np.where(self.places >= 0, by_level[self.places], 0.0)
        out = np.zeros(self.p)
        out[: self.rank] = by_level if self.counts is None else np.repeat(by_level, self.counts)
        return out

    def collect(self, numbers: np.ndarray) -> np.ndarray:
        if self.places is None:
            return self.collect_descending(numbers[: self.rank])
        kept = self.places >= 0
        return np.asarray(np.bincount(self.places[kept], weights=numbers[kept], minlength=len(self.lam)))

    def collect_descending(self, numbers: np.ndarray) -> np.ndarray:
        if self.counts is None:
            return numbers
        starts = np.concatenate([[0], np.cumsum(self.counts)[:-1]]).astype(int)
        return np.asarray(np.add.reduceat(numbers, starts))

    def exact(self) -> Iterator[tuple[Fraction, int]]:
        for k, lam in enumerate(self.lam):
            yield Fraction(lam), 1 if self.counts is None else int(self.counts[k])

    def total(self, summand: Callable[[Any], Any], *, most: int = 12) -> Any:
        import sympy as sp

        if len(self.lam) <= most:
            return sp.Add(
                *(k * summand(sp.Rational(lam.numerator, lam.denominator)) for lam, k in self.exact()), evaluate=False
            )
        i = sp.Symbol("i", integer=True, positive=True)
        return sp.Sum(summand(sp.IndexedBase("lambda", positive=True)[i]), (i, 1, self.rank))

    def describe(self) -> str:
        zero = "" if self.p == self.rank else f", {self.p} with zeros"
        if len(self.lam) <= 4:
            parts = [f"{short(lam)} (x{k})" for lam, k in self.exact()]
            return f"levels {', '.join(parts)}{zero}"
        low, high = self.lam[-1], self.lam[0]
        return f"{self.rank} eigenvalues from {short(high)} to {short(low)}{zero}"


__all__ = ["MOST_VALUES", "Levels", "PowerLaw", "Spectrum"]
