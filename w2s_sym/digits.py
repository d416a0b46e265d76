r"""The effective ridge to any number of digits: Newton at growing precision, then a proof by balls.

The equation is that of :mod:`w2s_sym.numeric`, r(t) = sum_i lam_i/(lam_i + t) + n R/t - n = 0, strictly decreasing in
t > 0. Every sum is a ball (python-flint's ``arb``) that provably contains it. The root is enclosed by a change of sign:
r > 0 at the lower end and r < 0 at the upper. All else is evaluated at the ball between the two.

Power laws lam_i = i^-alpha, alpha > 1, with many or infinitely many eigenvalues are summed by Euler and Maclaurin,

    sum_{i=M}^{p} f(i) = int_M^p f + (f(M) + f(p))/2
                         + sum_{j=1}^{J} B_2j/(2j)! (f^(2j-1)(p) - f^(2j-1)(M)) + rest,
    |rest| <= |B_2J|/(2J)! int_M^p |f^(2J)| <= 4/(2 pi)^(2J) int_M^p |f^(2J)|,

for f(x) = 1/(1 + t x^alpha) and for f^2. The derivatives are bounded by Cauchy's estimate on the disc around x of
radius theta x, theta <= sin(pi/(2 alpha)): there |arg z| <= pi/(2 alpha), so Re z^alpha >= 0, and |1 + t z^alpha| is at
least 1 and at least t |z|^alpha >= t ((1 - theta) x)^alpha. Hence |f^(2J)(x)| <= (2J)! (theta x)^(-2J) times the
smaller of 1 and 1/(t ((1 - theta) x)^alpha), the same for f^2, and both integrate in closed form:

    int_M^inf |f^(2J)| <= (2J)! theta^(-2J) min( M^(1-2J)/(2J - 1),
                                                 M^(1-2J-alpha)/((2J - 1 + alpha) t (1 - theta)^alpha) ).

With M in proportion to the digits this is as small as they ask; M does not grow with n. The integral of f is a
hypergeometric function. By parts, since x f'(x) = -alpha (f - f^2), that of f^2 is (1 - 1/alpha) int f + [x f(x)]/alpha.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, arb_series, ctx, fmpq

from w2s_sym.enclosure import Enclosed, FixedPoint
from w2s_sym.spectrum import Spectrum, SpectrumError

# A power law with fewer eigenvalues than this is summed one by one.
DIRECT = 3000
MOST_DIRECT = 5_000_000
# The enclosure is narrower than asked for by this many digits, since what is evaluated on it is a little wider.
_SPARE = 8


@dataclass(frozen=True)
class Sums:
    """At t, as balls: K, and sums of m_i and m_i^2 above (A, A2) and below (B, B2) the cut at K.

    u_i = 1 - m_i for the first K eigenvalues and m_i for the others.
    """

    above: int
    A: arb
    A2: arb
    B: arb
    B2: arb

    def residual(self, n: fmpq, pull: arb) -> arb:
        return (self.B - self.A) + (arb(fmpq(self.above) - n) + pull)

    @property
    def slope(self) -> arb:
        return (self.A - self.A2) + (self.B - self.B2)

    @property
    def df2(self) -> arb:
        return self.above - 2 * self.A + self.A2 + self.B2


Evaluator = Callable[[arb], Sums]


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
    size = spectrum.p if spectrum.alpha is not None else len(spectrum.levels_ or ())
    assert size is not None
    if size > MOST_DIRECT:
        raise SpectrumError(f"{spectrum.describe()}: too many eigenvalues for digits; at most {MOST_DIRECT}")
    kept: dict[int, list[arb]] = {}
    counts = None if spectrum.counts is None else [int(k) for k in spectrum.counts]
    summed = [0]
    for k in counts or [1] * size:
        summed.append(summed[-1] + k)

    def sums(t: arb) -> Sums:
        if ctx.prec not in kept:
            kept[ctx.prec] = _balls(spectrum)
        lam = kept[ctx.prec]
        low, high = 0, size
        while low < high:  # any cut is right; the one at t cancels least
            middle = (low + high) // 2
            low, high = (middle + 1, high) if lam[middle] > t else (low, middle)
        # Above the cut the factor t is taken out of the sum.
        A, A2 = _weighted([1 / (x + t) for x in lam[:low]], counts and counts[:low])
        B, B2 = _weighted([x / (x + t) for x in lam[low:]], counts and counts[low:])
        return Sums(summed[low], A * t, A2 * t * t, B, B2)

    return sums


def _weighted(terms: list[arb], counts: list[int] | None) -> tuple[arb, arb]:
    if counts:
        pairs = list(zip(terms, counts, strict=True))
        return sum((k * m for m, k in pairs), arb(0)), sum((k * m * m for m, k in pairs), arb(0))
    return sum(terms, arb(0)), sum((m * m for m in terms), arb(0))


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

    def sums(t: arb) -> Sums:
        if ctx.prec not in kept:
            kept[ctx.prec] = _planned(alpha)
        plan = kept[ctx.prec]
        if one_by_one is not None and p is not None and p <= 2 * plan.M:
            return one_by_one(t)
        terms = [1 / (1 + t * x) for x in plan.head]
        first, second = _weighted(terms, None)
        tail, tail2 = _tail(plan, t, p)
        first, second = first + tail, second + tail2
        if p is not None and t * arb(p) ** plan.alpha < 1:
            # All eigenvalues are above t: in terms of 1 - u_i, as near n = p what is left of p decides.
            return Sums(p, p - first, p - 2 * first + second, arb(0), arb(0))
        return Sums(0, arb(0), arb(0), first, second)

    return sums


def _planned(alpha: Fraction) -> _Plan:
    # A little below the sine; 1 - theta must stay away from zero when alpha is near 1.
    theta = min(0.9, math.sin(math.pi / (2 * float(alpha))) * (1 - 1e-9))
    # With 2J = pi theta M the rest is about (2 e)^(-2J): as small as the working precision asks, and 8 bits more.
    order = 2 * math.ceil((ctx.prec + 8) * math.log(2) / math.log(2 * math.e) / 2)
    M = math.ceil(order / (math.pi * theta))
    numbers = [arb(fmpq.bernoulli(k) / k) for k in range(2, order + 1, 2)]
    return _Plan(M, order, rational(Fraction(theta)), arb(rational(alpha)), _powers(M - 1, alpha), numbers)


def _tail(plan: _Plan, t: arb, p: int | None) -> tuple[arb, arb]:
    """The sums of f and of f^2 over i = M..p."""
    start, start2, at_start = _end(plan, t, plan.M)
    product = plan.M * at_start
    first, second = start + at_start / 2, start2 + at_start**2 / 2
    if p is not None:
        stop, stop2, at_stop = _end(plan, t, p)
        product -= p * at_stop
        first, second = first - stop + at_stop / 2, second - stop2 + at_stop**2 / 2
    area = _area(plan.alpha, t, plan.M, p)
    rest = arb(0, _rest(plan, t).abs_upper())
    # By parts: the integral of f^2 over [M, p] is (1 - 1/alpha) area + [x f(x)]/alpha, taken from M to p.
    area2 = (1 - 1 / plan.alpha) * area - product / plan.alpha
    return first + area + rest, second + area2 + rest


def _end(plan: _Plan, t: arb, x: int) -> tuple[arb, arb, arb]:
    """minus sum_j B_2j/(2j)! f^(2j-1)(x) for f and for f^2, and f(x)."""
    # Taylor coefficients in y, where the argument is x (1 + y): (1 + y)^alpha by its binomial coefficients.
    term = arb(x) ** plan.alpha * t
    coefficients = [1 + term]
    for k in range(1, plan.order):
        term = term * (plan.alpha - (k - 1)) / k
        coefficients.append(term)
    cap = ctx.cap
    try:
        ctx.cap = plan.order
        f = 1 / arb_series(coefficients, plan.order)
        square = f * f
    finally:
        ctx.cap = cap
    first = second = arb(0)
    scale, step = arb(x), arb(x) ** 2
    for j, number in enumerate(plan.bernoulli):
        first -= number * f[2 * j + 1] / scale
        second -= number * square[2 * j + 1] / scale
        scale *= step
    return first, second, f[0]


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
    """The bound on the remainder, for f and for f^2."""
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
    spectrum: Spectrum, n: Fraction, ridge: Fraction, digits: int, start: Fraction | None = None
) -> FixedPoint:
    """Solve for tau or kappa; every number of the result is in an interval narrower than 10^-digits of it.

    ``start`` is the root to about 15 digits, where it is known; it saves time and decides nothing. The caller has
    checked that a root exists. Raises :class:`SpectrumError` when even many more digits do not decide the signs.
    """
    sums, size, penalty = evaluator(spectrum), rational(n), rational(n * ridge)
    with ctx.workdps(30):
        t = arb(rational(start)) if start else _coarse(spectrum, sums, size, penalty)
        t = t.mid()
    good, wanted = 14, digits + _SPARE
    for _ in range(10):
        while good < wanted:
            # All passes but the last need few digits; what they lack the next one mends.
            good = min(2 * good, wanted)
            with ctx.workdps(good + _SPARE + 4):
                t = _newton(sums, size, penalty, t)
        with ctx.workdps(wanted + _SPARE + 4):
            found = _proved(sums, n, ridge, t, digits, wanted)
        if found is not None:
            return found
        # Undecided: the problem cancels more digits than were spare. A narrower root makes all else narrower.
        wanted, good = 2 * wanted, 14
    raise SpectrumError(f"n={n}: {wanted} digits do not decide the root; is n just below the rank, or a gap this wide?")


def _newton(sums: Evaluator, n: fmpq, penalty: fmpq, t: arb) -> arb:
    at, pull = sums(t), penalty / t
    step = at.residual(n, pull) / (at.slope + pull)
    return (t * step.exp()).mid() if abs(step) < 1 else t


def _proved(sums: Evaluator, n: Fraction, ridge: Fraction, t: arb, digits: int, wanted: int) -> FixedPoint | None:
    """The certificate around a root good to ``wanted`` digits; None when the balls are too wide to prove ``digits``."""
    size, penalty = rational(n), rational(n * ridge)
    width = arb(10) ** (2 - wanted)
    low, high = (t * (1 - width)).mid(), (t * (1 + width)).mid()
    if not (_sign(sums, size, penalty, low) > 0 and _sign(sums, size, penalty, high) < 0):
        return None
    root = low.union(high)
    at, pull = sums(root), penalty / root
    df1 = Enclosed(n, n) if not ridge else enclosed(at.residual(size, arb(0)) + size)
    effective = enclosed(at.slope + pull)
    df2 = enclosed(at.df2)
    try:
        df2 = df2.meet(Enclosed(n - effective.upper, n - effective.lower))
        effective = effective.meet(Enclosed(n - df2.upper, n - df2.lower))
    except ValueError:  # balls that exclude each other would be a fault of the evaluator
        raise AssertionError("two enclosures of df2 exclude each other") from None
    found = FixedPoint(n, ridge, enclosed(root), df1, df2, df2.scaled(1 / n), effective)
    narrow = Fraction(1, 10**digits)
    sharp = all(x.radius <= narrow * abs(x.middle) for x in (found.t, df1, df2, found.Omega, effective))
    return found if sharp else None


def _sign(sums: Evaluator, n: fmpq, penalty: fmpq, t: arb) -> arb:
    return sums(t).residual(n, penalty / t)


def _coarse(spectrum: Spectrum, sums: Evaluator, n: fmpq, penalty: fmpq) -> arb:
    """The root to about 15 digits, by Newton steps in log t that cannot leave a bracket; see ``numeric``."""
    low, high = _bracket(spectrum, n, penalty)
    s = (low + high) / 2
    for _ in range(400):
        t = s.exp()
        at, pull = sums(t.mid()), penalty / t
        gap = arb(fmpq(at.above) - n)
        up, down = at.B + pull + gap.max(arb(0)), at.A + (-gap).max(arb(0))
        step = (up / down).log() / ((at.B - at.B2 + pull) / up + (at.A - at.A2) / down)
        if not step.is_finite():
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
        if abs(step) < 1e-16 or not abs(high - low) > 1e-16:
            return t
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
