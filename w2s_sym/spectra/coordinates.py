"""Eigenvalues and coefficients in one order, and arrays of sizes and noises: what risks are asked of."""

from __future__ import annotations

from typing import Any

import numpy as np

from w2s_sym.spectra.spectrum import Signal, Spectrum, require


class RiskError(ValueError):
    """A risk that is not defined for what was given: the condition, the numbers and the next move."""


def ordered(spectrum: Spectrum) -> np.ndarray:
    """All eigenvalues, zeros included, in the order in which a signal's coefficients stand; shape (p,)."""
    require(spectrum)
    if spectrum.p is None:
        raise RiskError(f"{spectrum.describe()}: coefficients need finitely many eigenvalues; give p")
    lam, _ = spectrum.values()
    if spectrum.places is not None:
        return np.where(spectrum.places >= 0, lam[spectrum.places], 0.0)
    out = np.zeros(spectrum.p)
    assert spectrum.rank is not None
    out[: spectrum.rank] = lam if spectrum.counts is None else np.repeat(lam, spectrum.counts)
    return out


def coefficients(spectrum: Spectrum, signal: Signal) -> np.ndarray:
    """b_star in the order of :func:`ordered`, shape (p,); a power-law signal has nonnegative coefficients."""
    lam = ordered(spectrum)
    require(spectrum, signal if signal is not None else 0)
    if signal.coefficients is not None:
        if len(signal.coefficients) != len(lam):
            raise RiskError(f"signal of {len(signal.coefficients)} coefficients for p={len(lam)}: needs one for each")
        return signal.coefficients
    assert signal.beta is not None
    out = np.zeros(len(lam))
    order = np.argsort(-lam, kind="stable")[: spectrum.rank]
    out[order] = np.sqrt(np.arange(1, len(order) + 1, dtype=float) ** -float(signal.beta) / lam[order])
    return out


def numbers(value: Any, name: str, *, positive: bool) -> np.ndarray:
    """``value`` as a float array; :class:`RiskError` unless all of it is finite, and > 0 or >= 0."""
    need = "finite numbers > 0" if positive else "finite numbers >= 0"
    try:
        if np.iscomplexobj(value):
            raise TypeError
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
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


__all__ = ["RiskError", "broadcast", "coefficients", "numbers", "ordered"]
