"""Signals in the eigenbasis of a covariance: coefficients one by one, or a power law of their energies."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, final

import numpy as np

from w2s_sym.spectra.arguments import SpectrumError, exact_rational, real_array, short
from w2s_sym.spectra.spectrum import Spectrum


class Signal(ABC):
    """A signal b_star in the eigenbasis: :class:`Coefficients` or a :class:`PowerLawSignal`. Build one with a static
    method."""

    @staticmethod
    def of(coefficients: Any) -> Coefficients:
        """The signal with these coefficients: one dimension, finite numbers; else :class:`SpectrumError`."""
        array = real_array(coefficients, "signal")
        if array.ndim != 1 or not array.size or not np.isfinite(array).all():
            raise SpectrumError(f"signal of shape {array.shape}: needs one dimension and finite numbers")
        return Coefficients(array)

    @staticmethod
    def power_law(beta: object) -> PowerLawSignal:
        """lam_i b_i^2 = i^-beta, beta > 0 (beta > 1 for infinitely many eigenvalues); else :class:`SpectrumError`."""
        exponent = exact_rational(beta, "beta")
        if exponent <= 0:
            raise SpectrumError(f"beta={short(exponent)}: needs a positive exponent")
        return PowerLawSignal(exponent)

    @abstractmethod
    def energy(self, spectrum: Spectrum) -> np.ndarray:
        """lam_i b_i^2, summed over equal eigenvalues: one float for each of ``spectrum.values()``, shape (levels,).

        Raises :class:`SpectrumError` for a spectrum without an array of floats, or of another length.
        """


@final
@dataclass(frozen=True, eq=False)
class Coefficients(Signal):
    """b_i for each eigenvalue, shape (p,), in the order in which :meth:`Spectrum.explicit` was given its eigenvalues,
    else in descending order of the eigenvalues."""

    b: np.ndarray

    def energy(self, spectrum: Spectrum) -> np.ndarray:
        lam, _ = spectrum.values()
        if len(self.b) != spectrum.p:
            raise SpectrumError(
                f"signal of {len(self.b)} coefficients for p={spectrum.p} eigenvalues: needs one for each"
            )
        with np.errstate(over="ignore"):  # infinite energies are refused where they are used
            return np.asarray(lam * spectrum.collect(self.b**2))


@final
@dataclass(frozen=True, eq=False)
class PowerLawSignal(Signal):
    """lam_i b_i^2 = i^-beta, where i counts eigenvalues in descending order."""

    beta: Fraction

    def energy(self, spectrum: Spectrum) -> np.ndarray:
        spectrum.values()  # refuses a spectrum without an array
        return spectrum.collect_descending(self.single(spectrum.rank or 0))

    def single(self, rank: int) -> np.ndarray:
        """i^-beta for i = 1..rank, shape (rank,)."""
        return np.asarray(np.arange(1, rank + 1, dtype=float) ** -float(self.beta))


def require(spectrum: object, signal: object = None) -> None:
    """Raise :class:`SpectrumError` for what is no spectrum, or no signal where one is given."""
    if not isinstance(spectrum, Spectrum):
        kind = type(spectrum).__name__
        raise SpectrumError(f"the spectrum is a {kind}: give a Spectrum, such as Spectrum.explicit(eigenvalues)")
    if signal is not None and not isinstance(signal, Signal):
        kind = type(signal).__name__
        raise SpectrumError(f"the signal is a {kind}: give a Signal, such as Signal.of(coefficients)")


__all__ = ["Coefficients", "PowerLawSignal", "Signal", "require"]
