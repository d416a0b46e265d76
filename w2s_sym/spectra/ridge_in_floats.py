r"""The effective ridge in floats, with an interval that is proven to contain it.

The equation, for a spectrum lam_i > 0 of finite rank, a real n > 0 and a ridge R >= 0, is

    r(t) = sum_i lam_i/(lam_i + t) + n R/t - n = 0.

r decreases strictly from its value at t -> 0+ (rank - n, or infinity when R > 0) to -n, so that there is exactly one
root t > 0 if R > 0 or n < rank, and none otherwise.

Evaluation. Let K be the number of lam_i >= t. Write u_i = 1 - m_i with m_i = t/(lam_i + t) for those, and u_i = m_i =
lam_i/(lam_i + t) for the others: every m_i is in (0, 1/2], and

    r = (B - A) + (K - n) + n R/t,    A = sum of m_i above, B = sum of m_i below.

K - n is known exactly, so nothing cancels that is not in the problem: clusters with wide gaps, n = 1 and n = rank - 1
keep their accuracy.

Rounding. All operations are IEEE 754 with round to nearest, unit u = 2^-53. A term m_i has two roundings, its weight
one, its square twice two and one more. Sums are taken by halving an array of at most 2^14 entries (at most 9 additions
on the way of any entry) and then by ``math.fsum`` (one rounding). All terms are positive, so A and B are within
gamma_13 and the sums of squares within gamma_16, relatively, gamma_k = k u/(1 - k u); underflow adds at most
2^-1074 per operation and unit of weight.

Enclosure. With s = log t, -dr/ds = G = sum_i u_i (1 - u_i) + n R/t, and no term's logarithm changes faster than s:
G(s + x) >= G(s) e^-|x|. So if |r(s)| <= q G(s) with q < 1, the root lies at a distance x from s with 1 - e^-x <= q,
that is in [t (1 - q), t/(1 - q)].
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from w2s_sym.spectra.arguments import SpectrumError
from w2s_sym.spectra.balance import Arithmetic, Balance
from w2s_sym.spectra.enclosure import Enclosed, FixedPoint
from w2s_sym.spectra.rounding import UNIT
from w2s_sym.spectra.spectrum import Spectrum

# Eigenvalues that are summed in one pass.
LEVELS_AT_ONCE = 1 << 14
# Halving stops here; fsum does the rest.
_STOP = 32
_LEAST = 2.0**-1072
# Relative error bounds of A and B, and of the sums of squares: see above, with one unit to spare.
_FIRST, _SECOND = 14 * UNIT, 17 * UNIT
# Within these exponents of two nothing overflows and no term t/(lam + t) loses digits to underflow.
_RANGE = 1015
# A long spectrum is first solved on strata: single eigenvalues up to this index, then longer by this ratio.
_DENSITY = 1024
# After a Newton step this small the next residual is one of rounding, and worth a careful sum.
_CLOSE = 1e-7
_FLOATS: Arithmetic[float] = Arithmetic(log=math.log, positive_part=lambda x: max(x, 0.0))


@dataclass(frozen=True)
class FloatSums:
    """At t, in floats: ``above`` = K, ``A``, ``B`` and the sums ``A2``, ``B2`` of squared m_i, with multiplicities."""

    above: int
    A: float
    A2: float
    B: float
    B2: float

    @property
    def slope(self) -> float:
        """sum_i u_i (1 - u_i)."""
        return (self.A - self.A2) + (self.B - self.B2)


@dataclass(frozen=True)
class _Levels:
    """Distinct eigenvalues, descending, their multiplicities (None: one) and these summed from the top."""

    lam: np.ndarray
    weights: np.ndarray | None
    summed: np.ndarray | None

    @property
    def rank(self) -> int:
        return len(self.lam) if self.summed is None else int(self.summed[-1])

    def above(self, t: float) -> tuple[int, int]:
        """How many distinct eigenvalues are >= t, and how many with multiplicity."""
        distinct = len(self.lam) - int(np.searchsorted(self.lam[::-1], t, side="left"))
        return distinct, distinct if self.summed is None or not distinct else int(self.summed[distinct - 1])

    def sums(self, t: float, careful: bool = True) -> FloatSums:
        """All sums at t; those that are not ``careful`` cost less, and no bound on their rounding is known."""
        cut, above = self.above(t)
        part = self._careful if careful else self._quick
        return FloatSums(above, *part(0, cut, t, True), *part(cut, len(self.lam), t, False))

    def _careful(self, start: int, stop: int, t: float, above: bool) -> tuple[float, float]:
        """The sums of m_i and of m_i^2 over a range on one side of t."""
        firsts: list[float] = []
        seconds: list[float] = []
        for chunk, m in self._chunks(start, stop, t, above):
            square = m * m
            if self.weights is not None:
                m *= self.weights[chunk]
                square *= self.weights[chunk]
            firsts += _halve(m)
            seconds += _halve(square)
        return math.fsum(firsts), math.fsum(seconds)

    def _quick(self, start: int, stop: int, t: float, above: bool) -> tuple[float, float]:
        first = second = 0.0
        for chunk, m in self._chunks(start, stop, t, above):
            weighted = m if self.weights is None else m * self.weights[chunk]
            first += float(weighted.sum())
            second += float(weighted @ m)
        return first, second

    def _chunks(self, start: int, stop: int, t: float, above: bool) -> Iterator[tuple[slice, np.ndarray]]:
        """Ranges short enough for the cache, and their m_i, in an array that the next range overwrites."""
        space = np.empty(min(LEVELS_AT_ONCE, max(stop - start, 0)))
        for begin in range(start, stop, LEVELS_AT_ONCE):
            chunk = slice(begin, min(begin + LEVELS_AT_ONCE, stop))
            lam = self.lam[chunk]
            m = np.add(lam, t, out=space[: len(lam)])
            yield chunk, np.divide(t if above else lam, m, out=m)


def _halve(x: np.ndarray) -> list[float]:
    """At most 32 numbers with the sum of ``x``, which is overwritten; no entry takes part in over 9 additions."""
    length = len(x)
    while length > _STOP:
        half = length // 2
        x[:half] += x[length - half : length]
        length -= half
    return x[:length].tolist()  # type: ignore[no-any-return]


@dataclass(frozen=True)
class _Problem:
    """The equation on a grid of levels, in units of 2^scale: ``gap`` holds K - n and its rounding for any K."""

    levels: _Levels
    n: Fraction
    penalty: float  # n R

    def gap(self, above: int) -> float:
        return float(above - self.n)

    def residual(self, t: float, at: FloatSums) -> tuple[float, float]:
        """r(t) and a bound on its rounding error."""
        gap, pull = self.gap(at.above), self.penalty / t
        r = math.fsum((at.B, -at.A, gap, pull))
        total = float(self.levels.rank)
        error = _FIRST * (at.A + at.B) + 4 * UNIT * pull + 2 * UNIT * abs(r) + total * _LEAST
        if gap != _exact_gap(at.above, self.n):
            error += 2 * UNIT * abs(gap)
        return r, error * (1 + 1e-9)

    def step(self, t: float, at: FloatSums) -> float:
        """The Newton step in log t of :mod:`w2s_sym.spectra.balance`; NaN where there is none."""
        sides = Balance.at(
            _FLOATS,
            below=(at.B, at.B - at.B2),
            above=(at.A, at.A - at.A2),
            gap=self.gap(at.above),
            pull=self.penalty / t,
        )
        if not (sides.up > 0 and sides.down > 0 and math.isfinite(sides.up)):
            return math.nan
        return sides.newton_step() if sides.slope > 0 and 0 < sides.up / sides.down < math.inf else math.nan

    def bracket(self) -> tuple[float, float]:
        """Logarithms of two numbers with the root between, whatever the spectrum.

        Ridgeless, the root for equal eigenvalues lam is lam (rank - n)/n, and the root grows with every eigenvalue. It
        also grows with the ridge: R + lam_max rank/n is above it, and R below.
        """
        top, bottom = math.log(self.levels.lam[0]), math.log(self.levels.lam[-1])
        n, rank = float(self.n), self.levels.rank
        if not self.penalty:
            share = math.log(float((rank - self.n) / self.n))
            return bottom + share - 1e-9, top + share + 1e-9
        ridge = math.log(self.penalty / n)
        spread = top + math.log(rank / n)
        return ridge - 1e-9, max(ridge, spread) + math.log(2) + 1e-9

    def solve(self, start: float, rough: bool = False) -> tuple[float, FloatSums]:
        """Bracketed Newton from log t = ``start``, until the residual is one of rounding; careful sums there.

        The step is one of bisection in log t whenever Newton's leaves the bracket, so that no other branch is reached.
        ``rough`` asks for about 9 digits of t and nothing else.
        """
        low, high = self.bracket()
        t = math.exp(min(max(start, low), high))
        # A short spectrum costs the same either way.
        careful, best = not rough and len(self.levels.lam) <= LEVELS_AT_ONCE, math.inf
        found: tuple[float, FloatSums] | None = None
        for _ in range(200):
            at = self.levels.sums(t, careful)
            r, error = self.residual(t, at)
            slope = at.slope + self.penalty / t
            if careful:
                off = abs(r) / slope if slope > 0 else math.inf
                if off < best:
                    best, found = off, (t, at)
                if abs(r) <= max(2 * error, UNIT * slope):
                    break
            if r > 0:
                low = max(low, math.log(t))
            else:
                high = min(high, math.log(t))
            move = self.step(t, at)
            following = t * math.exp(move) if abs(move) < 700 else math.nan
            inside = following > 0 and low <= math.log(following) <= high
            if not inside:
                following = math.exp((low + high) / 2)
            settled = abs(math.log(following / t)) < _CLOSE
            if careful and (following == t or high - low < 1e-15):
                break
            if rough and settled:
                break
            careful = careful or (not rough and settled)
            t = following
        return found if found is not None else (t, self.levels.sums(t))


def _exact_gap(above: int, n: Fraction) -> Fraction:
    """K - n without rounding."""
    return above - n


def solve_floats(spectrum: Spectrum, n: Fraction, ridge: Fraction) -> FixedPoint:
    """Solve for tau (``ridge`` = 0) or kappa in floats; the caller has checked that a root exists.

    Every number of the result is proven to lie in its interval: typically a few 1e-15 wide, relatively. Raises
    :class:`SpectrumError` when eigenvalues, ridge and root do not fit the range of floats together, or when floats
    prove no digit.
    """
    lam, weights = spectrum.values()
    summed = spectrum.cumulative_counts()
    counts = None if summed is None else weights
    shift = _shift(lam, (n * ridge, ridge) if ridge else ())
    if shift:
        lam = np.ldexp(lam, shift)
    factor = Fraction(2) ** shift
    problem = _Problem(_Levels(lam, counts, summed), n, float(n * ridge * factor))
    low, high = problem.bracket()
    if not -_RANGE * math.log(2) < low <= high < _RANGE * math.log(2):
        raise _out_of_range()
    t, at = problem.solve(_start(problem))
    return _certify(problem, t, at, spectrum.rounding, ridge, factor)


def _shift(lam: np.ndarray, others: tuple[Fraction, ...]) -> int:
    """The power of two that centres eigenvalues and others, when they are not within the safe range as they are."""
    ends = [math.frexp(float(lam[0]))[1], math.frexp(float(lam[-1]))[1]]
    ends += [x.numerator.bit_length() - x.denominator.bit_length() for x in others]
    if min(ends) > -_RANGE + 5 and max(ends) < _RANGE - 5:
        return 0
    shift = -(min(ends) + max(ends)) // 2
    if max(ends) + shift > _RANGE - 5 or min(ends) + shift < -_RANGE + 5:
        raise _out_of_range()
    return shift


def _out_of_range() -> SpectrumError:
    return SpectrumError("eigenvalues, ridge and root span more than 600 orders of magnitude; ask for digits")


def _start(problem: _Problem) -> float:
    """log t to start from: the n-th eigenvalue, or the root of a thinned spectrum when this one is long."""
    levels = problem.levels
    if len(levels.lam) <= 4 * LEVELS_AT_ONCE:
        place = float(problem.n)
        index = int(place) if levels.summed is None else int(np.searchsorted(levels.summed, place))
        s = math.log(levels.lam[min(index, len(levels.lam) - 1)])
        return max(s, math.log(problem.penalty / float(problem.n))) if problem.penalty else s
    thin = _Problem(_thinned(levels), problem.n, problem.penalty)
    return math.log(thin.solve(_start(thin), rough=True)[0])


def _thinned(levels: _Levels) -> _Levels:
    """Strata of neighbours, each as its middle eigenvalue; their lengths grow with the distance to the nearer end."""
    size = len(levels.lam)
    steps = int(_DENSITY * math.log(size / 2 / _DENSITY))
    reach = _DENSITY * np.exp(np.arange(1, steps) / _DENSITY)
    reach = np.concatenate([np.arange(_DENSITY + 1), reach.astype(int)])
    edges = np.concatenate([reach, size - reach[::-1]])
    # The middle is between two eigenvalues when the length is even.
    lam = (levels.lam[(edges[:-1] + edges[1:] - 1) // 2] + levels.lam[(edges[:-1] + edges[1:]) // 2]) / 2
    summed = edges[1:] if levels.summed is None else levels.summed[edges[1:] - 1]
    return _Levels(lam, np.diff(summed, prepend=0).astype(float), summed)


def _certify(
    problem: _Problem, t: float, at: FloatSums, rounding: float, ridge: Fraction, factor: Fraction
) -> FixedPoint:
    """Turn an approximate root into intervals. ``rounding`` bounds the relative error of the eigenvalues.

    The root grows with every eigenvalue and with the ridge, and scales with them, so eigenvalues (and a ridge) that are
    off by a factor within 1 +- eta move it by no more. A term u_i moves by at most u_i (1 - u_i) per unit of log t, its
    square by at most twice that.
    """
    n = problem.n
    r, error = problem.residual(t, at)
    pull = problem.penalty / t
    tiny = problem.levels.rank * _LEAST
    slope = at.slope
    slope_error = 2 * _SECOND * (at.A + at.B) + tiny
    steep = (slope - slope_error) * (1 - 8 * UNIT) + pull * (1 - 8 * UNIT)
    q = (abs(r) + error) / steep * (1 + 8 * UNIT) if steep > 0 else math.inf
    if not q < 0.25:
        raise SpectrumError("floats do not prove one digit of the root; ask for digits")
    # Fractions from here on: their arithmetic is exact.
    off, eta = Fraction(q), Fraction(rounding)
    root = Fraction(t)
    # 1/(1 - q) <= 1 + q + 2 q^2 for q <= 1/2.
    interval = Enclosed(root * (1 - off) * (1 - eta), root * (1 + off + 2 * off * off) * (1 + eta))
    # The logarithm of lam_i/t is off by at most this in all; e^reach <= 2 for reach < 1/2.
    reach = off + 2 * off * off + 2 * eta
    moved = (Fraction(slope) + Fraction(slope_error)) * reach * 2
    A, A2, B, B2 = (Fraction(x) for x in (at.A, at.A2, at.B, at.B2))
    first = (A + B) * Fraction(_FIRST) + Fraction(tiny)
    second = (A2 + B2) * Fraction(_SECOND) + Fraction(tiny)
    df1 = Enclosed(n, n) if not ridge else Enclosed.around(at.above - A + B, first + moved)
    # u_i^2 (1 - u_i) is at most m_i - m_i^2 above and m_i^2 below: where all u_i are small df2 stays sharp.
    moved2 = (A - A2 + B2 + 2 * A * Fraction(_SECOND) + second) * reach * 4
    df2 = Enclosed.around(at.above - 2 * A + A2 + B2, 2 * A * Fraction(_FIRST) + 2 * Fraction(tiny) + second + moved2)
    spread = Enclosed.around((A - A2) + (B - B2), first + second + moved)
    t_true = interval.scaled(1 / factor)
    if ridge:
        # n - df1 = n R/kappa is exact, and spread = df1 - df2.
        effective = Enclosed(n * ridge / t_true.upper + spread.lower, n * ridge / t_true.lower + spread.upper)
        effective = effective.meet(Enclosed(n - df2.upper, n - df2.lower))
    else:
        effective = spread
    df2 = df2.meet(Enclosed(n - effective.upper, n - effective.lower))
    return FixedPoint(n, ridge, t=t_true, df1=df1, df2=df2, Omega=df2.scaled(1 / n), effective=effective)


__all__ = ["FloatSums", "solve_floats"]
