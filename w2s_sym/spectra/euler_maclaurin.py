r"""The Euler-Maclaurin formula: what turns an integral into a sum, in its two forms.

From M to infinity, with f and its derivatives vanishing there,

    sum_(i>=M) f(i) = int_M^oo f + f(M)/2 - sum_(j=1..J) B_2j/(2j)! f^(2j-1)(M) + rest,
    |rest| <= |B_2J|/(2J)! int_M^oo |f^(2J)|,    |B_2J|/(2J)! = 2 zeta(2J)/(2 pi)^(2J) <= 4/(2 pi)^(2J);

a finite end takes the same corrections away. If f is bounded by F on the discs of radius rho around the points of the
range, Cauchy's estimate gives |f^(2J)| <= (2J)! rho^(-2J) F. The midpoint form needs no half of an end,

    sum_(i>M) f(i) = int_(M+1/2)^oo f + (f(M + 1) - f(M))/24 + rest.

How large f is on the discs, and so the rest, is worked out by those who sum:
:mod:`~w2s_sym.spectra.sums_in_balls`, :mod:`~w2s_sym.spectra.power_law_sums` and (midpoints)
:mod:`~w2s_sym.spectra.compressed_power_laws`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from flint import arb, arb_series, fmpq

# The midpoint form adds the step of the summand at the end over this.
MIDPOINT_DIVISOR = 24


@lru_cache(maxsize=4096)
def _bernoulli(k: int) -> fmpq:
    return fmpq.bernoulli(k) / k


def bernoulli_quotients(order: int) -> list[arb]:
    """B_k/k for k = 2, 4, ..., ``order`` as balls of the working precision."""
    return [arb(_bernoulli(k)) for k in range(2, order + 1, 2)]


def subtract_corrections(
    total: arb, taylor: Sequence[arb] | arb_series, quotients: Sequence[arb], x: arb | None = None
) -> arb:
    """``total`` - sum_j B_2j/(2j)! f^(2j-1), j up to the length of ``quotients`` (:func:`bernoulli_quotients`).

    ``taylor`` are the Taylor coefficients of f in the distance from the end, or in y where the argument is ``x``
    (1 + y).
    """
    if x is None:
        for j, quotient in enumerate(quotients):
            total -= quotient * taylor[2 * j + 1]
        return total
    scale, step = x, x**2
    for j, quotient in enumerate(quotients):
        total -= quotient * taylor[2 * j + 1] / scale
        scale *= step
    return total


def cauchy_factor(order: int, radius: arb) -> arb:
    """``order``! (2 pi ``radius``)^-``order``: times 2 zeta(order), or 4, and the integral of F, it bounds the rest."""
    return arb(order).fac() / (2 * arb.pi() * radius) ** order


__all__ = ["MIDPOINT_DIVISOR", "bernoulli_quotients", "cauchy_factor", "subtract_corrections"]
