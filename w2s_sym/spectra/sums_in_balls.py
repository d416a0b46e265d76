r"""Sums over a spectrum as balls, at any working precision: term by term, or a power law by its tail.

Power laws lam_i = i^-alpha, alpha > 1, with many or infinitely many eigenvalues are summed by Euler and Maclaurin,

    sum_{i=M}^{p} f(i) = int_M^p f + (f(M) + f(p))/2
                         + sum_{j=1}^{J} B_2j/(2j)! (f^(2j-1)(p) - f^(2j-1)(M)) + rest,
    |rest| <= |B_2J|/(2J)! int_M^p |f^(2J)| <= 4/(2 pi)^(2J) int_M^p |f^(2J)|,

for f(x) = 1/(1 + t x^alpha), f^2 and f^3. The derivatives are bounded by Cauchy's estimate on the disc around x of
radius theta x, theta <= sin(pi/(2 alpha)): there |arg z| <= pi/(2 alpha), so Re z^alpha >= 0, and |1 + t z^alpha| is at
least 1 and at least t |z|^alpha >= t ((1 - theta) x)^alpha. Hence |f^(2J)(x)| <= (2J)! (theta x)^(-2J) times the
smaller of 1 and 1/(t ((1 - theta) x)^alpha), the same for f^2 and f^3, and both integrate in closed form:

    int_M^inf |f^(2J)| <= (2J)! theta^(-2J) min( M^(1-2J)/(2J - 1),
                                                 M^(1-2J-alpha)/((2J - 1 + alpha) t (1 - theta)^alpha) ).

With M in proportion to the digits this is as small as they ask; M does not grow with n. The integral of f is a
hypergeometric function. By parts, since x f'(x) = -alpha (f - f^2), those of f^2
and f^3 follow from it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, repeat
from math import comb
from operator import mul, truediv
from typing import Protocol

import numpy as np
from flint import arb, arb_series, ctx, fmpq

from w2s_sym.spectra.arguments import SpectrumError
from w2s_sym.spectra.euler_maclaurin import bernoulli_quotients, cauchy_factor, subtract_corrections
from w2s_sym.spectra.spectrum import Levels, PowerLaw, Spectrum

# A power law with fewer eigenvalues than this is summed one by one.
DIRECT = 3000
MOST_DIRECT = 5_000_000


@dataclass(frozen=True)
class BallSums:
    """At t, as balls: K, and the sums of m_i, m_i^2 and m_i^3 above (A) and below (B) the cut at K.

    u_i = 1 - m_i for the first K eigenvalues and m_i for the others. Powers that were not asked for are left unknown.
    """

    above: int
    A: tuple[arb, ...]
    B: tuple[arb, ...]

    def residual(self, n: fmpq, pull: arb) -> arb:
        """r(t) = sum u_i + ``pull`` - n, where ``pull`` = n R/t."""
        return (self.B[0] - self.A[0]) + (arb(fmpq(self.above) - n) + pull)

    @property
    def df1(self) -> arb:
        """sum u_i."""
        return self.above - self.A[0] + self.B[0]

    @property
    def df2(self) -> arb:
        """sum u_i^2."""
        return self.above - 2 * self.A[0] + self.A[1] + self.B[1]

    @property
    def slope(self) -> arb:
        """D = sum u_i (1 - u_i), minus the derivative of df1 in log t."""
        return (self.A[0] - self.A[1]) + (self.B[0] - self.B[1])

    @property
    def slope2(self) -> arb:
        """sum u_i^2 (1 - u_i), minus half the derivative of df2 in log t."""
        return (self.A[0] - 2 * self.A[1] + self.A[2]) + (self.B[1] - self.B[2])

    @property
    def bend(self) -> arb:
        """sum u_i (1 - u_i) (1 - 2 u_i), minus the derivative of D in log t."""
        return (self.B[0] - 3 * self.B[1] + 2 * self.B[2]) - (self.A[0] - 3 * self.A[1] + 2 * self.A[2])


class SumEvaluator(Protocol):
    """The sums at t, of powers up to ``order``."""

    def __call__(self, t: arb, order: int) -> BallSums: ...


def rational(value: Fraction) -> fmpq:
    """A Fraction as python-flint's rational."""
    return fmpq(value.numerator, value.denominator)


# -- sums term by term ----------------------------------------------------------------------------------------


def direct(spectrum: Spectrum) -> SumEvaluator:
    """Sums over the distinct eigenvalues of a finite spectrum, at the working precision."""
    always, counts = False, None
    match spectrum:
        case PowerLaw(p=p):
            if p is None:
                raise SpectrumError(f"{spectrum.describe()}: has no end; it is summed by its tail")
            size = p
        case Levels(lam=levels):
            size, always = len(levels), spectrum.in_floats  # a float is exact at every precision
            counts = None if spectrum.counts is None else [int(k) for k in spectrum.counts]
        case _:
            raise TypeError(f"no sums over a {type(spectrum).__name__}")
    if size > MOST_DIRECT:
        raise SpectrumError(f"{spectrum.describe()}: too many eigenvalues for digits; at most {MOST_DIRECT}")
    kept: dict[int, list[arb]] = {}
    summed = range(size + 1) if counts is None else [0, *accumulate(counts)]

    def sums(t: arb, order: int) -> BallSums:
        precision = 0 if always else ctx.prec
        if precision not in kept:
            kept[precision] = _balls(spectrum)
        lam = kept[precision]
        low, high = 0, size
        while low < high:  # any cut is right; the one at t cancels least
            middle = (low + high) // 2
            low, high = (middle + 1, high) if lam[middle] > t else (low, middle)
        # Above the cut the factor t is taken out of the sum.
        high_part, low_part = lam[:low], lam[low:]
        whole = _powered(list(map(truediv, repeat(arb(1)), map(t.__add__, high_part))), counts and counts[:low], order)
        B = _powered(list(map(truediv, low_part, map(t.__add__, low_part))), counts and counts[low:], order)
        return BallSums(summed[low], tuple(x * t**k for k, x in enumerate(whole, 1)), B)

    return sums


def _powered(terms: list[arb], counts: list[int] | None, order: int) -> tuple[arb, ...]:
    """The sums of the terms and of their powers up to ``order``."""
    power = list(map(mul, terms, counts)) if counts else terms
    sums = [sum(power, arb(0))]
    if order > 1:
        power = list(map(mul, power, terms))
        sums.append(sum(power, arb(0)))
    if order > 2:
        # Cubes enter times the distance to the root, so half of the digits are enough.
        with ctx.workprec(ctx.prec // 2 + 10):
            sums.append(sum(map(mul, power, terms), arb(0)))
    return tuple(sums)


def _balls(spectrum: Spectrum) -> list[arb]:
    match spectrum:
        case PowerLaw(p=int(p), alpha=alpha):
            return [1 / x for x in _powers(p, alpha)]
        case Levels(lam=np.ndarray() as floats):
            return [arb(lam) for lam in floats.tolist()]
        case Levels(lam=tuple() as rationals):
            return [arb(rational(lam)) for lam in rationals]
    raise TypeError(f"no eigenvalues of a {type(spectrum).__name__}")


def _powers(last: int, alpha: Fraction) -> list[arb]:
    """i^alpha for i = 1..last."""
    if alpha.denominator == 1:
        return [arb(i) ** int(alpha) for i in range(1, last + 1)]
    exponent = arb(rational(alpha))
    return [arb(i) ** exponent for i in range(1, last + 1)]


# -- power laws -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Plan:
    """For one working precision: where the head ends, the order 2J, theta, i^alpha of the head, and B_2j/(2j)."""

    M: int
    order: int
    theta: fmpq
    alpha: arb
    head: list[arb]
    bernoulli: list[arb]


def law(spectrum: PowerLaw) -> SumEvaluator:
    """Sums over i^-alpha, alpha > 1, for i = 1..p or all i >= 1, with a proven remainder."""
    kept: dict[int, _Plan] = {}
    alpha, p = spectrum.alpha, spectrum.p
    one_by_one = direct(spectrum) if p is not None and p <= MOST_DIRECT else None

    def sums(t: arb, order: int) -> BallSums:
        if ctx.prec not in kept:
            kept[ctx.prec] = _planned(alpha)
        plan = kept[ctx.prec]
        if one_by_one is not None and p is not None and p <= 2 * plan.M:
            return one_by_one(t, order)
        terms = [1 / (1 + t * x) for x in plan.head]
        whole = [x + y for x, y in zip(_powered(terms, None, order), _tail(plan, t, p, order), strict=True)]
        if p is None or not t * arb(p) ** plan.alpha < 1:
            return BallSums(0, (arb(0),) * order, tuple(whole))
        # All eigenvalues are above t: in terms of 1 - u_i, as near n = p what is left of p decides.
        moments = [arb(p), *whole]
        above = (
            sum(((-1) ** k * comb(power, k) * moments[k] for k in range(power + 1)), arb(0))
            for power in range(1, order + 1)
        )
        return BallSums(p, tuple(above), (arb(0),) * order)

    return sums


def _planned(alpha: Fraction) -> _Plan:
    # A little below the sine; 1 - theta must stay away from zero when alpha is near 1.
    theta = min(0.9, math.sin(math.pi / (2 * float(alpha))) * (1 - 1e-9))
    # With 2J = pi theta M the rest is about (2 e)^(-2J): as small as the working precision asks, and 8 bits more.
    order = 2 * math.ceil((ctx.prec + 8) * math.log(2) / math.log(2 * math.e) / 2)
    M = math.ceil(order / (math.pi * theta))
    return _Plan(
        M=M,
        order=order,
        theta=rational(Fraction(theta)),
        alpha=arb(rational(alpha)),
        head=_powers(M - 1, alpha),
        bernoulli=bernoulli_quotients(order),
    )


def _tail(plan: _Plan, t: arb, p: int | None, order: int) -> list[arb]:
    """The sums of f, f^2, ... over i = M..p."""
    rest = arb(0, _rest(plan, t).abs_upper())
    start, at_start = _end(plan, t, plan.M, order, len(plan.bernoulli))
    stop, at_stop = [arb(0)] * order, arb(0)
    if p is not None:
        needed, dropped = _needed(plan, t, p)
        stop, at_stop = _end(plan, t, p, order, needed)
        rest += arb(0, dropped.abs_upper())
    area, sums = _area(plan.alpha, t, plan.M, p), []
    for k in range(1, order + 1):
        edges = (at_start**k + (at_stop**k if p is not None else 0)) / 2
        sums.append(area + edges + start[k - 1] - stop[k - 1] + rest)
        # By parts: x (f^k)' = -alpha k (f^k - f^(k+1)) gives the next integral.
        product = (p * at_stop**k if p is not None else 0) - plan.M * at_start**k
        area += (product - area) / (plan.alpha * k)
    return sums


def _needed(plan: _Plan, t: arb, p: int) -> tuple[int, arb]:
    """How many derivatives at p matter, and a bound on the sum of the terms with the others.

    By Cauchy's estimate the j-th term is at most 4 (2j-1)!/((2 pi)^(2j) (theta p)^(2j-1)), times the bound on f; from
    one to the next this falls by (2j (2j+1))/(2 pi theta p)^2 < 1/4, as p > M.
    """
    reach = 2 * arb.pi() * plan.theta * p
    term, most = 4 / (2 * arb.pi() * reach), len(plan.bernoulli)
    small = arb(2) ** -(ctx.prec + 10)
    for j in range(1, most):
        term *= 2 * j * (2 * j + 1) / reach**2
        if term < small:
            return j, 2 * term * _bound(plan, t, p)
    return most, arb(0)


def _bound(plan: _Plan, t: arb, x: int) -> arb:
    """A bound on |f| on the disc around x."""
    return arb(1).min(1 / (t * ((1 - arb(plan.theta)) * x) ** plan.alpha))


def _end(plan: _Plan, t: arb, x: int, order: int, count: int) -> tuple[list[arb], arb]:
    """minus sum_j B_2j/(2j)! f^(2j-1)(x) for f, f^2, ..., with j up to ``count``; and f(x)."""
    # Taylor coefficients in y, where the argument is x (1 + y): (1 + y)^alpha by its binomial coefficients.
    term = arb(x) ** plan.alpha * t
    coefficients = [1 + term]
    for k in range(1, 2 * count):
        term = term * (plan.alpha - (k - 1)) / k
        coefficients.append(term)
    cap = ctx.cap
    try:
        ctx.cap = 2 * count
        f = 1 / arb_series(coefficients, 2 * count)
        powers = [f]
        while len(powers) < order:
            powers.append(powers[-1] * f)
    finally:
        ctx.cap = cap
    numbers = plan.bernoulli[:count]
    return [subtract_corrections(arb(0), series, numbers, arb(x)) for series in powers], f[0]


def _area(alpha: arb, t: arb, start: int, stop: int | None) -> arb:
    """The integral of 1/(1 + t z^alpha) over z from start to stop, or to infinity."""
    if stop is None:
        return _outer(alpha, t, start)
    if t * arb(stop) ** alpha < 1:  # nearly 1 all the way: the integral to infinity would be far larger
        return _inner(alpha, t, stop) - _inner(alpha, t, start)
    return _outer(alpha, t, start) - _outer(alpha, t, stop)


def _inner(alpha: arb, t: arb, x: int) -> arb:
    """The integral from 0 to x."""
    one = arb(1)
    return x * (-t * arb(x) ** alpha).hypgeom_2f1(one, one / alpha, 1 + one / alpha, bc=True, abc=True)


def _outer(alpha: arb, t: arb, x: int) -> arb:
    """The integral from x to infinity."""
    height, one = t * arb(x) ** alpha, arb(1)
    inverse = one / alpha
    if height > 1:
        share = (-1 / height).hypgeom_2f1(one, 1 - inverse, 2 - inverse, bc=True, abc=True)
        return x * share / (height * (alpha - 1))
    return inverse / inverse.sin_pi() * arb.pi() * t ** (-inverse) - _inner(alpha, t, x)


def _rest(plan: _Plan, t: arb) -> arb:
    """The bound on the remainder, for f, f^2 and f^3."""
    order, theta, M = plan.order, arb(plan.theta), arb(plan.M)
    common = 4 * cauchy_factor(order, theta * M) * M
    flat = common / (order - 1)
    steep = common / ((order - 1 + plan.alpha) * t * ((1 - theta) * M) ** plan.alpha)
    return flat.min(steep)


def evaluator(spectrum: Spectrum) -> SumEvaluator:
    """How to sum over this spectrum: long power laws with alpha > 1 by their tail, all others term by term."""
    match spectrum:
        case PowerLaw(p=p, alpha=alpha) if p is None or (p > DIRECT and alpha > 1):
            return law(spectrum)
    return direct(spectrum)


__all__ = ["DIRECT", "BallSums", "SumEvaluator", "direct", "evaluator", "law", "rational"]
