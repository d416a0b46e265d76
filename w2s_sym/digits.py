r"""The effective ridge to any number of digits: Newton at growing precision, then a proof by balls.

The equation is that of :mod:`w2s_sym.numeric`, r(t) = sum_i lam_i/(lam_i + t) + n R/t - n = 0, strictly decreasing in
t > 0. Every sum is a ball (python-flint's ``arb``) that provably contains it. One careful evaluation near the root
encloses the root and all that follows from it, by bounds on the derivatives in log t; see ``_proved``.

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
from functools import lru_cache
from itertools import accumulate, repeat
from math import comb
from operator import mul, truediv
from typing import Protocol

import numpy as np
from flint import arb, arb_series, ctx, fmpq

from w2s_sym.enclosure import Enclosed, FixedPoint
from w2s_sym.spectrum import Spectrum, SpectrumError

# A power law with fewer eigenvalues than this is summed one by one.
DIRECT = 3000
MOST_DIRECT = 5_000_000
# Everything is worked out to this many digits more than asked for, and rounded in a few more than these.
_SPARE, _GUARD = 4, 3


@dataclass(frozen=True)
class Sums:
    """At t, as balls: K, and the sums of m_i, m_i^2 and m_i^3 above (A) and below (B) the cut at K.

    u_i = 1 - m_i for the first K eigenvalues and m_i for the others. Powers that were not asked for are left unknown.
    """

    above: int
    A: tuple[arb, ...]
    B: tuple[arb, ...]

    def residual(self, n: fmpq, pull: arb) -> arb:
        return (self.B[0] - self.A[0]) + (arb(fmpq(self.above) - n) + pull)

    @property
    def df1(self) -> arb:
        return self.above - self.A[0] + self.B[0]

    @property
    def df2(self) -> arb:
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


class Evaluator(Protocol):
    """The sums at t, of powers up to ``order``."""

    def __call__(self, t: arb, order: int) -> Sums: ...


def rational(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def fraction(value: arb) -> Fraction:
    """The exact value of a ball without radius."""
    mantissa, exponent = value.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def enclosed(value: arb) -> Enclosed:
    return Enclosed(fraction(value.lower()), fraction(value.upper()))


# -- sums term by term ----------------------------------------------------------------------------------------


def direct(spectrum: Spectrum) -> Evaluator:
    """Sums over the distinct eigenvalues of a finite spectrum, at the working precision."""
    size = spectrum.p if spectrum.levels_ is None else len(spectrum.levels_)
    assert size is not None
    if size > MOST_DIRECT:
        raise SpectrumError(f"{spectrum.describe()}: too many eigenvalues for digits; at most {MOST_DIRECT}")
    kept: dict[int, list[arb]] = {}
    always = isinstance(spectrum.levels_, np.ndarray)  # a float is exact at every precision
    counts = None if spectrum.counts is None else [int(k) for k in spectrum.counts]
    summed = range(size + 1) if counts is None else [0, *accumulate(counts)]

    def sums(t: arb, order: int) -> Sums:
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
        return Sums(summed[low], tuple(x * t**k for k, x in enumerate(whole, 1)), B)

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
    if spectrum.alpha is not None:
        assert spectrum.p is not None
        return [1 / x for x in _powers(spectrum.p, spectrum.alpha)]
    assert spectrum.levels_ is not None
    if isinstance(spectrum.levels_, tuple):
        return [arb(rational(lam)) for lam in spectrum.levels_]
    return [arb(lam) for lam in spectrum.levels_.tolist()]


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


def law(alpha: Fraction, p: int | None) -> Evaluator:
    """Sums over i^-alpha, alpha > 1, for i = 1..p or all i >= 1, with a proven remainder."""
    kept: dict[int, _Plan] = {}
    one_by_one = direct(Spectrum(p, p, alpha)) if p is not None and p <= MOST_DIRECT else None

    def sums(t: arb, order: int) -> Sums:
        if ctx.prec not in kept:
            kept[ctx.prec] = _planned(alpha)
        plan = kept[ctx.prec]
        if one_by_one is not None and p is not None and p <= 2 * plan.M:
            return one_by_one(t, order)
        terms = [1 / (1 + t * x) for x in plan.head]
        whole = [x + y for x, y in zip(_powered(terms, None, order), _tail(plan, t, p, order), strict=True)]
        if p is None or not t * arb(p) ** plan.alpha < 1:
            return Sums(0, (arb(0),) * order, tuple(whole))
        # All eigenvalues are above t: in terms of 1 - u_i, as near n = p what is left of p decides.
        moments = [arb(p), *whole]
        above = (
            sum(((-1) ** k * comb(power, k) * moments[k] for k in range(power + 1)), arb(0))
            for power in range(1, order + 1)
        )
        return Sums(p, tuple(above), (arb(0),) * order)

    return sums


def _planned(alpha: Fraction) -> _Plan:
    # A little below the sine; 1 - theta must stay away from zero when alpha is near 1.
    theta = min(0.9, math.sin(math.pi / (2 * float(alpha))) * (1 - 1e-9))
    # With 2J = pi theta M the rest is about (2 e)^(-2J): as small as the working precision asks, and 8 bits more.
    order = 2 * math.ceil((ctx.prec + 8) * math.log(2) / math.log(2 * math.e) / 2)
    M = math.ceil(order / (math.pi * theta))
    numbers = [arb(_bernoulli(k)) for k in range(2, order + 1, 2)]
    return _Plan(M, order, rational(Fraction(theta)), arb(rational(alpha)), _powers(M - 1, alpha), numbers)


@lru_cache(maxsize=4096)
def _bernoulli(k: int) -> fmpq:
    """B_k/k, exactly."""
    return fmpq.bernoulli(k) / k


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
    ends = []
    for series in powers:
        total, scale, step = arb(0), arb(x), arb(x) ** 2
        for j, number in enumerate(plan.bernoulli[:count]):
            total -= number * series[2 * j + 1] / scale
            scale *= step
        ends.append(total)
    return ends, f[0]


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
    common = 4 * arb(order).fac() / (2 * arb.pi() * theta * M) ** order * M
    flat = common / (order - 1)
    steep = common / ((order - 1 + plan.alpha) * t * ((1 - theta) * M) ** plan.alpha)
    return flat.min(steep)


# -- the root -------------------------------------------------------------------------------------------------


def evaluator(spectrum: Spectrum) -> Evaluator:
    """How to sum over this spectrum."""
    if spectrum.alpha is not None and (spectrum.p is None or (spectrum.p > DIRECT and spectrum.alpha > 1)):
        return law(spectrum.alpha, spectrum.p)
    return direct(spectrum)


def solve_digits(
    spectrum: Spectrum, n: Fraction, ridge: Fraction, digits: int, start: FixedPoint | None = None
) -> FixedPoint:
    """Solve for tau or kappa; every number of the result is in an interval narrower than 10^-digits of it.

    ``start`` is the solution in floats, where there is one; it saves time and decides nothing. The caller has checked
    that a root exists. Raises :class:`SpectrumError` when even many more digits do not decide.
    """
    sums, size, penalty = evaluator(spectrum), rational(n), rational(n * ridge)
    with ctx.workdps(20):
        t = arb(rational(start.t.middle)) if start else _coarse(spectrum, sums, size, penalty)
        t = t.mid()
        slope = arb(rational(start.effective.middle)) if start else None
    # So many digits of t are good, and so many of everything are wanted.
    good, wanted = 14, digits + _SPARE
    for _ in range(10):
        while 2 * good < wanted:
            with ctx.workdps(2 * good + 2 * _GUARD):
                t = _newton(sums, size, penalty, t, slope if good == 14 else None)
            good *= 2
        with ctx.workdps(wanted + _GUARD):
            found = _proved(sums, n, ridge, t, digits)
        if found is not None:
            return found
        # Undecided: the problem cancels more digits than were spare.
        wanted, good, slope = 2 * wanted, 14, None
    raise SpectrumError(f"n={n}: {wanted} digits do not decide the root; is n just below the rank, or a gap this wide?")


def _newton(sums: Evaluator, n: fmpq, penalty: fmpq, t: arb, slope: arb | None) -> arb:
    """A step in log t; a ``slope`` that is known to 14 digits is good enough for 28 digits of t."""
    at, pull = sums(t, 2 if slope is None else 1), penalty / t
    step = at.residual(n, pull) / (at.slope + pull if slope is None else slope)
    return (t * step.exp()).mid() if abs(step) < 1 else t


def _proved(sums: Evaluator, n: Fraction, ridge: Fraction, t: arb, digits: int) -> FixedPoint | None:
    """The certificate from balls at one point t near the root, or None when they do not prove ``digits``.

    With x = log(root/t) and G = D + n R/t: if |r(t)| <= q G, q < 1/2, then |x| <= -log(1 - q) <= 2 q =: X, as in
    :mod:`w2s_sym.numeric`. In log t the second derivative of r is at most G e^X, so x is within X^2 of r/G. A term
    u_i, and u_i (1 - u_i), has a second derivative of at most u_i (1 - u_i), and u_i^2 one of 4 u_i^2 (1 - u_i), where
    these factors change by no more than e^X and e^(2 X): so the sums are those of first order in x, give or take that
    times X^2, for X < 1/4.
    """
    size, penalty = rational(n), rational(n * ridge)
    at, pull = sums(t, 3), penalty / t
    residual, steep = at.residual(size, pull), at.slope + pull
    if not steep > 0:
        return None
    bound = 2 * (residual / steep).abs_upper()
    if not bound < 0.25:
        return None
    square = arb(0, (bound * bound).abs_upper())
    x = residual / steep + square
    root = t * x.exp()
    df1 = Enclosed(n, n) if not ridge else enclosed(at.df1 - at.slope * x + at.slope * square)
    df2 = enclosed(at.df2 - 2 * at.slope2 * x + 4 * at.slope2 * square)
    effective = enclosed(at.slope - at.bend * x + at.slope * square + penalty / root)
    # n - df2 = effective: each bounds the other.
    df2 = df2.meet(Enclosed(n - effective.upper, n - effective.lower))
    effective = effective.meet(Enclosed(n - df2.upper, n - df2.lower))
    found = FixedPoint(n, ridge, enclosed(root), df1, df2, df2.scaled(1 / n), effective)
    narrow = Fraction(1, 10**digits)
    sharp = all(v.radius <= narrow * abs(v.middle) for v in (found.t, df1, df2, found.Omega, effective))
    return found if sharp else None


def _coarse(spectrum: Spectrum, sums: Evaluator, n: fmpq, penalty: fmpq) -> arb:
    """The root to about 15 digits, by Newton steps in log t that cannot leave a bracket; see ``numeric``."""
    low, high = _bracket(spectrum, n, penalty)
    s = (low + high) / 2
    for _ in range(400):
        t = s.exp()
        at, pull = sums(t.mid(), 2), penalty / t
        gap = arb(fmpq(at.above) - n)
        up, down = at.B[0] + pull + gap.max(arb(0)), at.A[0] + (-gap).max(arb(0))
        step = (up / down).log() / ((at.B[0] - at.B[1] + pull) / up + (at.A[0] - at.A[1]) / down)
        if not step.is_finite() or (step.contains(0) and step.rad() > 1e-15):
            if ctx.prec > 5000:
                break
            ctx.prec *= 2  # within the caller's workdps, which restores it
            continue
        if step > 0:
            low = low.max(s.mid())
        elif step < 0:
            high = high.min(s.mid())
        following = (s + step).mid()
        inside = following > low and following < high
        if abs(step) < 1e-7 or not abs(high - low) > 1e-16:
            return (s + step).exp()  # good to the square of the step
        s = following if inside and step != 0 else ((low + high) / 2).mid()
    return s.exp()


def _bracket(spectrum: Spectrum, n: fmpq, penalty: fmpq) -> tuple[arb, arb]:
    """Logarithms with that of the root between.

    For a law f decreases, so c t^(-1/alpha) - 1 <= sum <= c t^(-1/alpha), c = (pi/alpha)/sin(pi/alpha). Otherwise the
    bounds are those of equal eigenvalues. The root grows with the ridge, and is above it.
    """
    bounds: list[arb] = []
    if spectrum.p is None:
        assert spectrum.alpha is not None
        alpha = arb(rational(spectrum.alpha))
        c = arb.pi() / alpha / (1 / alpha).sin_pi()
        bounds = [alpha * (c / (n + 1)).log(), alpha * (2 * c / n).log()]
        top = bounds[1]
    else:
        assert spectrum.rank is not None
        if spectrum.alpha is not None:
            first, last = arb(0), -arb(rational(spectrum.alpha)) * arb(spectrum.p).log()
        else:
            assert spectrum.levels_ is not None
            first, last = (arb(rational(Fraction(lam))).log() for lam in (spectrum.levels_[0], spectrum.levels_[-1]))
        top = first + arb(2 * spectrum.rank / n).log()
        if not penalty:
            share = arb((spectrum.rank - n) / n).log()
            bounds = [last + share, first + share]
    if not penalty:
        return (bounds[0] - 1e-3).mid(), (bounds[1] + 1e-3).mid()
    ridge = arb(penalty / n).log()
    return (ridge - 1e-3).mid(), (top.max(ridge + arb(2).log()) + 1e-3).mid()
