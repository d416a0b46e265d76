r"""The effective ridge to any number of digits: Newton at growing precision, then a proof by balls.

The equation is that of :mod:`w2s_sym.spectra.ridge_in_floats`, r(t) = sum_i lam_i/(lam_i + t) + n R/t - n = 0, strictly
decreasing in t > 0. Every sum is a ball (python-flint's ``arb``) that provably contains it. One careful evaluation near
the root encloses the root and all that follows from it, by bounds on the derivatives in log t; see ``_proved``.
"""

from __future__ import annotations

from fractions import Fraction

from flint import arb, ctx, fmpq

from w2s_sym.spectra.arguments import SpectrumError
from w2s_sym.spectra.balance import Arithmetic, Balance
from w2s_sym.spectra.enclosure import Enclosed, FixedPoint
from w2s_sym.spectra.spectrum import Levels, PowerLaw, Spectrum
from w2s_sym.spectra.sums_in_balls import BallSums, SumEvaluator, evaluator, rational

# Everything is worked out to this many digits more than asked for, and rounded in a few more than these.
_SPARE, _GUARD = 4, 3
_BALLS: Arithmetic[arb] = Arithmetic(log=lambda x: x.log(), positive_part=lambda x: x.max(arb(0)))


def fraction(value: arb) -> Fraction:
    """The exact value of a ball without radius."""
    mantissa, exponent = value.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def enclosed(value: arb) -> Enclosed:
    """All of a ball, with exact ends."""
    return Enclosed(fraction(value.lower()), fraction(value.upper()))


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
                t = _refined(sums, size, penalty, t, slope if good == 14 else None)
            good *= 2
        with ctx.workdps(wanted + _GUARD):
            found = _proved(sums, n, ridge, t, digits)
        if found is not None:
            return found
        # Undecided: the problem cancels more digits than were spare.
        wanted, good, slope = 2 * wanted, 14, None
    raise SpectrumError(f"n={n}: {wanted} digits do not decide the root; is n just below the rank, or a gap this wide?")


def _refined(sums: SumEvaluator, n: fmpq, penalty: fmpq, t: arb, slope: arb | None) -> arb:
    """A step of r/slope in log t, near the root; a slope that is known to 14 digits is enough for 28 digits of t."""
    at, pull = sums(t, 2 if slope is None else 1), penalty / t
    step = at.residual(n, pull) / (at.slope + pull if slope is None else slope)
    return (t * step.exp()).mid() if abs(step) < 1 else t


def _proved(sums: SumEvaluator, n: Fraction, ridge: Fraction, t: arb, digits: int) -> FixedPoint | None:
    """The certificate from balls at one point t near the root, or None when they do not prove ``digits``.

    With x = log(root/t) and G = D + n R/t: if |r(t)| <= q G, q < 1/2, then |x| <= -log(1 - q) <= 2 q =: X, as in
    :mod:`w2s_sym.spectra.ridge_in_floats`. In log t the second derivative of r is at most G e^X, so x is within X^2 of
    r/G. A term u_i, and u_i (1 - u_i), has a second derivative of at most u_i (1 - u_i), and u_i^2 one of 4 u_i^2 (1 -
    u_i), where these factors change by no more than e^X and e^(2 X): so the sums are those of first order in x, give or
    take that times X^2, for X < 1/4.
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
    found = FixedPoint(n, ridge, t=enclosed(root), df1=df1, df2=df2, Omega=df2.scaled(1 / n), effective=effective)
    narrow = Fraction(1, 10**digits)
    sharp = all(v.radius <= narrow * abs(v.middle) for v in (found.t, df1, df2, found.Omega, effective))
    return found if sharp else None


def _coarse(spectrum: Spectrum, sums: SumEvaluator, n: fmpq, penalty: fmpq) -> arb:
    """The root to about 15 digits, by the steps of :mod:`w2s_sym.spectra.balance`, which cannot leave a bracket."""
    low, high = _bracket(spectrum, n, penalty)
    s = (low + high) / 2
    for _ in range(400):
        t = s.exp()
        step = _balance(sums(t.mid(), 2), n, penalty / t).newton_step()
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


def _balance(at: BallSums, n: fmpq, pull: arb) -> Balance[arb]:
    return Balance.at(
        _BALLS,
        below=(at.B[0], at.B[0] - at.B[1]),
        above=(at.A[0], at.A[0] - at.A[1]),
        gap=arb(fmpq(at.above) - n),
        pull=pull,
    )


def _bracket(spectrum: Spectrum, n: fmpq, penalty: fmpq) -> tuple[arb, arb]:
    """Logarithms with that of the root between.

    For a law f decreases, so c t^(-1/alpha) - 1 <= sum <= c t^(-1/alpha), c = (pi/alpha)/sin(pi/alpha). Otherwise the
    bounds are those of equal eigenvalues. The root grows with the ridge, and is above it.
    """
    bounds: tuple[arb, arb]
    match spectrum:
        case PowerLaw(p=None, alpha=exponent):
            alpha = arb(rational(exponent))
            c = arb.pi() / alpha / (1 / alpha).sin_pi()
            bounds = alpha * (c / (n + 1)).log(), alpha * (2 * c / n).log()
            top = bounds[1]
        case _:
            rank = spectrum.rank
            assert rank is not None
            last, first = _ends(spectrum)
            top = first + arb(2 * rank / n).log()
            if not penalty:
                share = arb((rank - n) / n).log()
                bounds = last + share, first + share
    if not penalty:
        return (bounds[0] - 1e-3).mid(), (bounds[1] + 1e-3).mid()
    ridge = arb(penalty / n).log()
    return (ridge - 1e-3).mid(), (top.max(ridge + arb(2).log()) + 1e-3).mid()


def _ends(spectrum: Spectrum) -> tuple[arb, arb]:
    """Logarithms of the least and of the largest positive eigenvalue, of finitely many."""
    match spectrum:
        case PowerLaw(p=int(p), alpha=exponent):
            return -arb(rational(exponent)) * arb(p).log(), arb(0)
        case Levels(lam=lam):
            return arb(rational(Fraction(lam[-1]))).log(), arb(rational(Fraction(lam[0]))).log()
    raise TypeError(f"no least eigenvalue of a {type(spectrum).__name__}")


__all__ = ["enclosed", "fraction", "solve_digits"]
