"""Exact curves in n: proven values of tau, Omega and the risks on infinite power-law spectra."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

import sympy as sp
from flint import arb, ctx, fmpq

from derivations.ildiz2025.scaling.letters import alpha, n, s
from w2s_sym import Curve, Enclosed, Extrapolation, FixedPoint, Point, Spectrum, Value, power_sum, solve, symbol, term

# A risk from alpha, beta, n and the digits wanted.
Risk = Callable[[fmpq, fmpq, int, int], arb]

# As functions of x = tau i^alpha: u = 1/(1+x) and zeta^2 = (x/(1+x))^2.
U = term(1, 0, ({0: 1, 1: 1}, -1))
ZETA_SQUARED = term(1, 2, ({0: 1, 1: 1}, -2))


def number(value: sp.Expr) -> fmpq:
    """An exact rational number as one of flint."""
    return fmpq(int(value.p), int(value.q))


def decay(point: Point) -> fmpq:
    """alpha at a point."""
    return number(point[alpha])


def signal(point: Point) -> fmpq:
    """beta at a point; s = 2 where the point does not say."""
    return 1 + decay(point) * number(point.get(s, sp.Integer(2)))


def constant(exponent: fmpq) -> arb:
    """c1 = (pi/alpha)/sin(pi/alpha), the limit of n tau^(1/alpha)."""
    return arb.pi() / exponent / (arb.pi() / exponent).sin()


@lru_cache(maxsize=4096)
def fixed_point(exponent: fmpq, size: int, digits: int) -> FixedPoint:
    """tau, Omega and more at n = size, on the infinite power law, proven to ``digits`` digits."""
    return solve(Spectrum.power_law(Fraction(int(exponent.p), int(exponent.q))), size, digits=digits)


def as_ball(number: Enclosed, digits: int) -> arb:
    """A ball that contains the enclosed number, for ``digits`` decimal digits."""
    with ctx.workdps(digits + 15):
        low, high = (arb(fmpq(end.numerator, end.denominator)) for end in (number.lower, number.upper))
        return low.union(high)


def effective_ridge(exponent: fmpq, size: int, digits: int) -> arb:
    """tau at n = size."""
    return as_ball(fixed_point(exponent, size, digits).t, digits)


def learned_share(exponent: fmpq, size: int, digits: int) -> arb:
    """Omega at n = size."""
    return as_ball(fixed_point(exponent, size, digits).Omega, digits)


def standard_risk(exponent: fmpq, beta: fmpq, size: int, digits: int) -> arb:
    """The risk on true labels of size n, proven to ``digits`` digits; ``exponent`` is alpha."""
    tau, share = effective_ridge(exponent, size, digits), learned_share(exponent, size, digits)
    return power_sum(ZETA_SQUARED, exponent, beta, tau, digits) / (1 - share)


def optimal_risk(exponent: fmpq, beta: fmpq, size: int, digits: int) -> arb:
    """The risk of the optimal surrogate, likewise."""
    tau, share = effective_ridge(exponent, size, digits), learned_share(exponent, size, digits)
    odds = share / (1 - share)
    return power_sum(term(odds, 2, ({0: 1, 2: odds}, -1)), exponent, beta, tau, digits)


def masked_risk(exponent: fmpq, beta: fmpq, size: int, digits: int) -> arb:
    """Eigenvectors with zeta_i^2 < 1 - Omega are kept, the first ones; each of the others costs its energy."""
    tau, share = effective_ridge(exponent, size, digits), learned_share(exponent, size, digits)
    level = (1 - share).sqrt()
    last = (level / (1 - level) / tau) ** (1 / arb(exponent))
    kept = last.floor().unique_fmpz()
    if kept is None:
        raise ArithmeticError(f"n={size}: {digits} digits do not decide whether eigenvector {last} is kept")
    whole, rest = (power_sum(ZETA_SQUARED, exponent, beta, tau, digits, i) for i in (1, int(kept) + 1))
    return (whole - rest) / (1 - share) + arb(beta).zeta(arb(kept + 1))


def curve(name: str, meaning: str, form: str, value: Value, size: sp.Symbol = n, lost: int = 0) -> Curve:
    """A curve in ``size``; its value is computed with ``lost`` digits more than asked for."""

    def careful(point: Point, at: int, digits: int) -> arb:
        with ctx.workdps(digits + lost + 15):
            return value(point, at, digits + lost)

    limit = symbol(f"limit_{name}", f"the limit of {meaning}", rf"\lim_{{{size}\to\infty}} {form}", real=True)
    return Curve(limit, form, size, careful)


# Generic exact points: no two formulas below meet at them.
POINTS = tuple({"alpha": v, "s": w} for v, w in ((sp.Rational(7, 4), sp.Rational(4, 5)), (3, sp.Rational(13, 9))))
STEEP_POINTS = tuple({"alpha": v, "s": w} for v, w in ((sp.Rational(7, 4), sp.Rational(16, 5)), (3, sp.Rational(8, 3))))
DECAY_POINTS = tuple({"alpha": p["alpha"]} for p in POINTS)

IN_N = Extrapolation(DECAY_POINTS, (sp.Integer(1), alpha))
SLOW_IN_N = Extrapolation(POINTS, (sp.Integer(1), alpha, alpha * (2 - s)))
STEEP_IN_N = Extrapolation(STEEP_POINTS, (sp.Integer(1), alpha, alpha * (s - 2)))

c = (sp.pi / alpha / sp.sin(sp.pi / alpha)) ** alpha
NUMERIC = (
    "The values at finite $n$ are proven; that the corrections are powers of $n$, which the extrapolation takes "
    "for granted, follows from Euler-Maclaurin and is not proved here."
)
