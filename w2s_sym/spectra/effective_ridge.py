"""The effective ridge of a spectrum: tau without a ridge, kappa with one. Every root comes with its certificate.

Conventions. n samples, S = X'X/n, a ridge R added to S. Without a ridge tau solves

    sum_i lam_i/(lam_i + tau) = n    (0 < n < rank).

With R > 0, kappa = R/mu where mu solves mu = 1/(1 + (1/n) tr Sigma (mu Sigma + R)^-1). Multiplied out:
R/mu = R + (R/n) tr Sigma (mu Sigma + R)^-1 = R + (kappa/n) tr Sigma (Sigma + kappa)^-1, that is

    kappa - (kappa/n) sum_i lam_i/(lam_i + kappa) = R    (any n > 0).

As R -> 0 this is tau for n < rank, and 0 for n >= rank.
"""

from __future__ import annotations

from fractions import Fraction

from w2s_sym.spectra.arguments import MOST_EIGENVALUES, SpectrumError, exact_rational
from w2s_sym.spectra.enclosure import FixedPoint
from w2s_sym.spectra.ridge_in_floats import solve_floats
from w2s_sym.spectra.signals import require
from w2s_sym.spectra.spectrum import PowerLaw, Spectrum

MOST_SOLVED_DIGITS = 4_000
# What a solve in floats would prove, for spectra that are summed by balls.
FLOAT_DIGITS = 15


def solve(spectrum: Spectrum, n: object, ridge: object = 0, *, digits: int | None = None) -> FixedPoint:
    """Solve for tau (``ridge`` = 0) or kappa (``ridge`` > 0).

    Parameters
    ----------
    n
        Number of samples, real and positive; below the rank of the spectrum when there is no ridge.
    ridge
        R >= 0, added to X'X/n.
    digits
        None: in floats, with an interval a few units in the last place wide. Else an interval narrower than
        10^-digits times the number, for each number of the result.

    Raises :class:`SpectrumError` for n or ridge outside of these conditions, and for spectra that floats cannot hold.
    """
    require(spectrum)
    samples, penalty = exact_rational(n, "n"), exact_rational(ridge, "ridge")
    if not Fraction(1, MOST_EIGENVALUES) <= samples <= MOST_EIGENVALUES:
        raise SpectrumError(f"n={n}: needs a positive number of samples, from 1e-15 to 1e15")
    if penalty < 0:
        raise SpectrumError(f"ridge={ridge}: needs a number >= 0")
    if not penalty and spectrum.rank is not None and samples >= spectrum.rank:
        raise SpectrumError(
            f"n={n} >= rank={spectrum.rank}: without a ridge there is no tau > 0; use ridge > 0 or the "
            "under-parametrised formula"
        )
    if digits is not None:
        whole = isinstance(digits, int) and not isinstance(digits, bool)
        if not whole or not 1 <= digits <= MOST_SOLVED_DIGITS:
            raise SpectrumError(f"digits={digits}: needs an integer from 1 to {MOST_SOLVED_DIGITS}")
    if digits is None and spectrum.fits_array:
        return solve_floats(spectrum, samples, penalty)
    from w2s_sym.spectra.ridge_in_balls import solve_digits

    start = _start(spectrum, samples, penalty)
    return solve_digits(spectrum, samples, penalty, FLOAT_DIGITS if digits is None else digits, start)


def _start(spectrum: Spectrum, samples: Fraction, penalty: Fraction) -> FixedPoint | None:
    """The solution in floats, where the spectrum is summed term by term and floats can hold it."""
    from w2s_sym.spectra.sums_in_balls import DIRECT

    match spectrum:
        case PowerLaw(p=p) if p is None or p > DIRECT:
            return None
    try:
        return solve_floats(spectrum, samples, penalty)
    except SpectrumError:
        return None


__all__ = ["FLOAT_DIGITS", "solve"]
