"""The corrections on sums with closed forms: cubes, inverse squares, and the first Bernoulli numbers."""

from __future__ import annotations

import pytest
from flint import arb, ctx, fmpq

from w2s_sym.spectra.euler_maclaurin import bernoulli_quotients, cauchy_factor, subtract_corrections


def test_the_first_quotients() -> None:
    with ctx.workdps(40):
        found = bernoulli_quotients(8)
        expected = [fmpq(1, 12), fmpq(-1, 120), fmpq(1, 252), fmpq(-1, 240)]
        assert len(found) == 4
        assert all(q.contains(arb(e)) and q.rad() < 1e-30 for q, e in zip(found, expected, strict=True))


@pytest.mark.parametrize(("start", "stop"), [(1, 10), (3, 200)])
def test_a_sum_of_cubes_is_exact_with_two_corrections(start: int, stop: int) -> None:
    """Integral, half of both ends, and the corrections of one end minus those of the other."""

    def taylor(x: int) -> list[arb]:
        return [arb(x**3), arb(3 * x**2), arb(3 * x), arb(1)]

    with ctx.workdps(40):
        quotients = bernoulli_quotients(4)
        low, high = (subtract_corrections(arb(0), taylor(x), quotients) for x in (start, stop))
        total = (arb(stop) ** 4 - arb(start) ** 4) / 4 + arb(start**3 + stop**3) / 2 + low - high
        assert total.contains(sum(i**3 for i in range(start, stop + 1)))


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("corrections", [1, 2, 4, 8])
def test_the_rest_of_the_inverse_squares_is_within_its_bound(corrections: int, scaled: bool) -> None:
    """sum_(i>=M) i^-2 is pi^2/6 without the first terms."""
    M, order = 12, 2 * corrections
    with ctx.workdps(60):
        tail = arb.pi() ** 2 / 6 - sum((arb(fmpq(1, i * i)) for i in range(1, M)), arb(0))
        # (M + y)^-2, or (M (1 + y))^-2, in powers of y.
        unit = arb(M)
        taylor = [(-1) ** k * (k + 1) / unit ** (2 if scaled else k + 2) for k in range(order)]
        start = 1 / unit + taylor[0] / 2
        found = subtract_corrections(start, taylor, bernoulli_quotients(order), unit if scaled else None)
        # On discs of half the distance to 0, |f| <= 4 x^-2, which integrates to 4/M.
        bound = 4 * cauchy_factor(order, unit / 2) * 4 / unit
        assert abs(found - tail) < bound
        fewer = subtract_corrections(start, taylor, bernoulli_quotients(order - 2), unit if scaled else None)
        assert abs(fewer - tail) > abs(found - tail)
