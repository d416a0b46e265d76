"""Eigenvalues and coefficients in one order, and arrays of sizes and noises: what risks are asked of."""

from __future__ import annotations

from typing import Any

import numpy as np

from w2s_sym.spectra.arguments import SpectrumError, real_array
from w2s_sym.spectra.signals import Coefficients, PowerLawSignal, Signal, require
from w2s_sym.spectra.spectrum import Spectrum

# Sums of squares below this may have lost digits to underflow; floats end near 2^-1074.
LEAST_SUM = 2.0**-900


class RiskError(ValueError):
    """A risk that is not defined for what was given: the condition, the numbers and the next move."""


def ordered(spectrum: Spectrum) -> np.ndarray:
    """All eigenvalues, zeros included, in the order in which a signal's coefficients stand; shape (p,).

    Raises :class:`RiskError` for infinitely many, and :class:`~w2s_sym.spectra.arguments.SpectrumError` for what floats
    do not hold.
    """
    require(spectrum)
    if spectrum.p is None:
        raise RiskError(f"{spectrum.describe()}: coefficients need finitely many eigenvalues; give p")
    return spectrum.expand(spectrum.values()[0])


def coefficients(spectrum: Spectrum, signal: Signal) -> np.ndarray:
    """b_star in the order of :func:`ordered`, shape (p,); a power-law signal has nonnegative coefficients.

    Raises :class:`RiskError` for a signal of another length, and as :func:`ordered` does.
    """
    lam = ordered(spectrum)
    require(spectrum, signal if signal is not None else 0)
    match signal:
        case Coefficients(b):
            if len(b) != len(lam):
                raise RiskError(f"signal of {len(b)} coefficients for p={len(lam)}: needs one for each")
            return b
        case PowerLawSignal():
            out = np.zeros(len(lam))
            order = np.argsort(-lam, kind="stable")[: spectrum.rank]
            out[order] = np.sqrt(signal.single(len(order)) / lam[order])
            return out
    raise RiskError(f"no coefficients of a {type(signal).__name__}")


def require_range(n: np.ndarray, Omega: np.ndarray, effective: np.ndarray) -> None:
    """Raise :class:`RiskError` where Omega or n (1 - Omega) is so small that floats lose the squares they are made of.

    All arrays have one shape.
    """
    small = (Omega < LEAST_SUM) | (effective < LEAST_SUM)
    if small.any():
        at = int(np.argmax(small))
        name, value = ("Omega", Omega[at]) if Omega[at] < LEAST_SUM else ("n (1 - Omega)", effective[at])
        raise RiskError(
            f"n={n[at]:.6g}: {name} is {value:.3g}, below {LEAST_SUM:.3g}, where floats lose its digits; bring the "
            "eigenvalues and the ridge closer to each other"
        )


def finite_numbers(value: Any, name: str, *, positive: bool) -> np.ndarray:
    """``value`` as a float array; :class:`RiskError` unless all of it is finite, and > 0 or >= 0."""
    need = "finite numbers > 0" if positive else "finite numbers >= 0"
    try:
        array = real_array(value, name)
    except SpectrumError:
        raise RiskError(f"{name}: needs {need}") from None
    bad = ~np.isfinite(array) | ((array <= 0) if positive else (array < 0))
    if bad.any():
        raise RiskError(f"{name}={array[bad].flat[0]:.6g}: needs {need}")
    return array


def broadcast(**arrays: np.ndarray) -> list[np.ndarray]:
    """The arrays in one shape; :class:`RiskError` when they do not fit."""
    try:
        return list(np.broadcast_arrays(*arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise RiskError(f"shapes {shapes}: do not broadcast; give n a column, n[:, None]") from None


__all__ = ["RiskError", "broadcast", "coefficients", "finite_numbers", "ordered", "require_range"]
