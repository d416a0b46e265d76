"""Spectra and signals in the place of vectors of joint eigenvalues and coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from w2s_sym.equivalents.infinite_sums import is_infinite, powers
from w2s_sym.equivalents.scalars import EngineError
from w2s_sym.spectra.arguments import SpectrumError
from w2s_sym.spectra.coordinates import RiskError, coefficients, ordered
from w2s_sym.spectra.signals import Signal
from w2s_sym.spectra.spectrum import Spectrum

MOST_SPELLED = 10**7


def spelled_out(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, each spectrum as its eigenvalues and each signal as its coefficients, in one order.

    Eigenvalues are paired in the order in which each spectrum has them; infinitely many stay powers of their place, see
    :mod:`w2s_sym.equivalents.infinite_sums`. Raises :class:`EngineError` for a signal where spectra differ or there is
    none: coefficients are those on one spectrum.
    """
    if is_infinite(values):
        return powers(values)
    spectra = {k: v for k, v in values.items() if isinstance(v, Spectrum)}
    for name, spectrum in spectra.items():
        if spectrum.p is not None and spectrum.p > MOST_SPELLED:
            raise EngineError(
                f"{name} has {spectrum.p} eigenvalues: at most {MOST_SPELLED} are listed here; use fewer, with "
                "sizes in proportion"
            )
    try:
        found = {k: ordered(v) if k in spectra else v for k, v in values.items()}
        for name, signal in values.items():
            if isinstance(signal, Signal):
                first = next(iter(spectra.values()), None)
                if first is None or any(s is not first for s in spectra.values()):
                    raise EngineError(
                        f"{name} is a signal, and {len(spectra)} spectra are given: a signal needs one spectrum object "
                        "for all matrices; give its coefficients as an array"
                    )
                found[name] = coefficients(first, signal)
    except (RiskError, SpectrumError) as problem:
        raise EngineError(str(problem)) from problem
    return found
