"""Sums over an infinite power law, sum_{i >= 1} i^-beta F(tau i^alpha), as balls: any digits, any tau.

A short head is added term by term. The tail from M on is its integral and Euler-Maclaurin corrections. With g the
summand, the remainder after p/2 corrections is at most 2 zeta(p) (2 pi)^-p int_M^oo |g^(p)|, and Cauchy's bound on the
disc of radius rho t around t gives |g^(p)(t)| <= p! (rho t)^-p max |g|. F is a product of powers of sums of powers with
positive coefficients. In the sector of half-angle asin(rho), chosen such that the powers turn by no more than pi/3,
such a sum P satisfies P(|x|)/2 <= |P(x)| <= P(|x|), and moving |x| off t costs another constant factor: |g| <= C g(t).
So the remainder is at most C 2 zeta(p) p! (2 pi rho M)^-p times the integral of the tail.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import asin, ceil, log, pi, sin
from typing import Any

from flint import arb, arb_series, ctx, fmpq

from w2s_sym.formula.ball_integrals import Number, Powers, Term, integral
from w2s_sym.spectra.euler_maclaurin import bernoulli_quotients, cauchy_factor, subtract_corrections

# Extra digits that absorb rounding.
GUARD_DIGITS = 15


def term(coefficient: Number | int, power: Number | int, *factors: tuple[dict[Any, Any], Any]) -> Term:
    """``coefficient * x^power * product of (sum of c x^m)^e``, each factor given as ``({m: c, ...}, e)``."""
    made = []
    for sums, e in factors:
        pairs = sorted(((_number(m), _number(c)) for m, c in sums.items()), key=lambda pair: float(arb(pair[0])))
        made.append(Powers(tuple(pairs), _number(e)))
    return Term(_number(coefficient), _number(power), tuple(made))


def power_sum(f: Term, alpha: fmpq, beta: fmpq, tau: arb, digits: int, start: int = 1) -> arb:
    """sum_{i >= start} i^-beta f(tau i^alpha) with a radius of about 10^-digits relative.

    Raises :class:`integrals.DivergentError` when the sum is infinite and ValueError when f has a coefficient in its
    sums that is not shown to be positive.
    """
    with ctx.workdps(digits + GUARD_DIGITS):
        summand = _Summand(f, alpha, beta, tau)
        disc = summand.disc()
        # (2 pi rho M)^-p p! is least at p = 2 pi rho M, where it is about exp(-p).
        p = 2 * ceil(((digits + GUARD_DIGITS) * log(10) + log(disc.growth)) / 2) + 4
        first = max(start, ceil(p / (2 * pi * disc.rho)))
        head = sum((summand.at(arb(i)) for i in range(start, first)), arb(0))
        return head + summand.tail(first, p, disc)


def _number(value: Any) -> Number:
    return value if isinstance(value, (fmpq, arb)) else fmpq(value)


@dataclass(frozen=True)
class _Disc:
    """The discs' relative radius, and how much larger the summand gets in them, at most."""

    rho: float
    growth: float


@dataclass(frozen=True)
class _Summand:
    """i^-beta f(tau i^alpha)."""

    f: Term
    alpha: fmpq
    beta: fmpq
    tau: arb

    def disc(self) -> _Disc:
        """Raises ValueError for a coefficient that is not shown to be positive."""
        f = self.f
        if not all(c > 0 for factor in f.factors for _, c in factor.terms):
            raise ValueError("a sum of powers with a coefficient that is not positive")
        a = float(arb(self.alpha))
        turns = [a * abs(float(arb(m))) for factor in f.factors for m, _ in factor.terms]
        rho = min(0.5, sin(pi / (3 * max((1.0, *turns)) + 1e-9)))
        moved = float(arb(self.beta)) + a * abs(float(arb(f.power)))
        halves = 0.0
        for factor in f.factors:
            e = abs(float(arb(factor.exponent)))
            moved += a * e * max(abs(float(arb(m))) for m, _ in factor.terms)
            halves += e
        assert asin(rho) * max((0.0, *turns)) <= pi / 3
        # Both constants are rounded up by far more than floats err.
        return _Disc(rho, 1.01 * 2.0**halves * (1 - rho) ** -moved)

    def at(self, i: Any) -> Any:
        """The summand at a number or at a power series in its place."""
        f = self.f
        x = self.tau * i ** arb(self.alpha)
        value = arb(f.coefficient) * i ** arb(-self.beta)
        if f.power != 0:
            value = value * x ** arb(f.power)
        for factor in f.factors:
            total = sum((arb(c) * (x ** arb(m) if m != 0 else 1) for m, c in factor.terms), arb(0))
            e = factor.exponent
            k = int(e.p) if isinstance(e, fmpq) and e.q == 1 else None
            value = value * total ** arb(e) if k is None else value / total**-k if k < 0 else value * total**k
        return value

    def tail(self, first: int, p: int, disc: _Disc) -> arb:
        """The sum from ``first`` on, by p/2 corrections."""
        area = self.area(first)
        cap = ctx.cap
        ctx.cap = p + 1
        try:
            taylor = self.at(arb_series([arb(first), 1], prec=p)).coeffs()
        finally:
            ctx.cap = cap
        total = subtract_corrections(area + taylor[0] / 2, taylor, bernoulli_quotients(p))
        bound = 2 * arb(p).zeta() * cauchy_factor(p, arb(disc.rho) * first) * arb(disc.growth) * area
        return total + arb(0, bound.upper())

    def area(self, first: int) -> arb:
        """The integral of the summand from ``first`` to infinity, over x = tau t^alpha."""
        s = (self.beta - 1) / self.alpha
        moved = replace(self.f, power=self.f.power - s - 1)
        low = self.tau * arb(first) ** arb(self.alpha)
        return self.tau ** arb(s) / arb(self.alpha) * integral(moved, low, None, "the integral of the tail")


__all__ = ["power_sum", "term"]
