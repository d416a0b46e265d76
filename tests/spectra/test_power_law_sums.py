"""Sums over infinite power laws: closed forms, long direct sums, the fixed point, and faults that must show."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb, ctx, fmpq

from w2s_sym.formula.ball_integrals import DivergentError
from w2s_sym.spectra import power_law_sums
from w2s_sym.spectra.effective_ridge import solve
from w2s_sym.spectra.power_law_sums import power_sum, term
from w2s_sym.spectra.spectrum import Spectrum

ONE = fmpq(1)
DEGREES = term(1, 0, ({0: 1, 1: 1}, -1))
U_SQUARED = term(1, 0, ({0: 1, 1: 1}, -2))
SQUARE = term(1, 2, ({0: 1, 1: 1}, -2))
LORENTZ = term(fmpq(3, 2), 2, ({0: 1, 2: fmpq(3, 2)}, -1))


@pytest.fixture(autouse=True)
def _digits():
    with ctx.workdps(80):
        yield


def coth_sum(tau: arb) -> arb:
    """sum_{i >= 1} 1/(1 + tau i^2) in closed form."""
    y = arb.pi() / tau.sqrt()
    return (y * y.coth() - 1) / 2


@pytest.mark.parametrize("tau", ["3", "1", "0.01", "1e-8", "1e-24"])
@pytest.mark.parametrize("digits", [20, 50])
def test_at_alpha_two_it_is_a_hyperbolic_cotangent(tau: str, digits: int) -> None:
    value = power_sum(DEGREES, fmpq(2), fmpq(0), arb(tau), digits)
    assert value.overlaps(coth_sum(arb(tau)))
    assert value.rad() < abs(value) * arb(10) ** -digits


@pytest.mark.parametrize("beta", [fmpq(3, 2), fmpq(2), fmpq(7)])
@pytest.mark.parametrize("start", [1, 7, 10**6])
def test_without_factors_it_is_hurwitz_zeta(beta: fmpq, start: int) -> None:
    value = power_sum(term(1, 0), fmpq(2), beta, ONE * arb(1), 40, start)
    assert value.overlaps(arb(beta).zeta(arb(start)))
    assert value.rad() < abs(value) * arb(10) ** -40


def direct(f: object, alpha: float, beta: float, tau: float, last: int) -> float:
    import numpy as np

    i = np.arange(1, last + 1, dtype=float)[::-1]
    x = tau * i**alpha
    values = {id(SQUARE): (x / (1 + x)) ** 2, id(LORENTZ): 1.5 * x**2 / (1 + 1.5 * x**2)}[id(f)]
    return float(np.sum(i**-beta * values))


@pytest.mark.parametrize("f", [SQUARE, LORENTZ], ids=["square", "lorentz"])
@pytest.mark.parametrize(("alpha", "beta"), [(fmpq(2), fmpq(5)), (fmpq(5, 4), fmpq(4)), (fmpq(3), fmpq(7, 2))])
def test_it_is_what_adding_a_million_terms_gives(f: object, alpha: fmpq, beta: fmpq) -> None:
    value = power_sum(f, alpha, beta, arb("0.001"), 20)  # type: ignore[arg-type]
    last, b = 10**6, float(arb(beta))
    total = direct(f, float(arb(alpha)), b, 0.001, last)
    # What is left out is positive and at most the tail of i^-beta; 1e-13 is far above the rounding of this sum.
    tail = last ** (1 - b) / (b - 1)
    assert total * (1 - 1e-13) <= float(value) <= (total + tail) * (1 + 1e-13)


def test_a_later_start_leaves_out_the_first_terms() -> None:
    tau = arb("0.02")
    whole, rest = (power_sum(SQUARE, fmpq(7, 4), fmpq(3, 2), tau, 40, k) for k in (1, 500))
    first = sum(
        (power_law_sums._Summand(SQUARE, fmpq(7, 4), fmpq(3, 2), tau).at(arb(i)) for i in range(1, 500)), arb(0)
    )
    assert (whole - rest).overlaps(first)


def test_an_infinite_sum_and_a_negative_coefficient_are_refused() -> None:
    with pytest.raises(DivergentError, match="infinity"):
        power_sum(DEGREES, ONE, fmpq(0), arb(1), 20)
    with pytest.raises(ValueError, match="not positive"):
        power_sum(term(1, 0, ({0: 1, 1: -1}, -1)), fmpq(2), fmpq(2), arb(1), 20)


def rational(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


@pytest.mark.parametrize("alpha", [fmpq(11, 10), fmpq(5, 4), fmpq(2), fmpq(3), fmpq(6)])
@pytest.mark.parametrize("size", [1, 3, 10**6, 10**12])
def test_the_two_evaluations_of_the_degrees_of_freedom_agree(alpha: fmpq, size: int) -> None:
    """At the ends of the fixed points this sum is on either side of n.

    The two share the corrections of Euler and Maclaurin (tested by themselves) and nothing else.
    """
    found = solve(Spectrum.power_law(Fraction(int(alpha.p), int(alpha.q))), size, digits=25)
    low, high = rational(found.t.lower), rational(found.t.upper)
    below, above = (power_sum(DEGREES, alpha, fmpq(0), arb(end), 45) for end in (high, low))
    assert below < size < above
    df2 = power_sum(U_SQUARED, alpha, fmpq(0), arb(low).union(arb(high)), 30)
    assert df2.overlaps(arb(rational(found.df2.lower)).union(arb(rational(found.df2.upper))))


@pytest.mark.parametrize("fault", ["sign", "half", "bernoulli"])
def test_faults_planted_in_the_tail_are_caught(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = power_law_sums._Summand.tail

    def wrong(self, first, p, disc):
        value, g, area = right(self, first, p, disc), self.at(arb(first)), self.area(first)
        return {"sign": 2 * area - value, "half": value - g / 2, "bernoulli": area + g / 2 + arb(0, "1e-30")}[fault]

    monkeypatch.setattr(power_law_sums._Summand, "tail", wrong)
    assert not power_sum(DEGREES, fmpq(2), fmpq(0), arb("0.01"), 20).overlaps(coth_sum(arb("0.01")))


def test_the_bound_on_the_remainder_is_one_and_not_much_too_wide() -> None:
    """With few corrections the proven bound dominates: the true value must be inside, and not by luck at the edge."""
    tau, f = arb("0.3"), DEGREES
    summand = power_law_sums._Summand(f, fmpq(2), fmpq(0), tau)
    for p, first in ((2, 4), (4, 6), (10, 12), (20, 20)):
        tail = summand.tail(first, p, summand.disc())
        head = sum((summand.at(arb(i)) for i in range(1, first)), arb(0))
        assert (head + tail).overlaps(coth_sum(tau))
        assert abs((head + tail).mid() - coth_sum(tau)) < tail.rad()
