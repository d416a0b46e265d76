"""Orders fitted to errors whose decay is known."""

from __future__ import annotations

import math

import pytest
from flint import arb, fmpq

from w2s_sym.evidence.precision.orders import FittedOrder, fitted_order

SIZES = [fmpq(2**j) for j in range(10, 19)]


def test_a_pure_power_is_fitted_to_rounding() -> None:
    for order in (1, 2, 3):
        fit = fitted_order([fmpq(7, 3) * size**-order for size in SIZES])
        assert fit.estimate == pytest.approx(order, abs=1e-12)
        assert fit.contains(order)
        assert fit.high - fit.low < 1e-8


@pytest.mark.parametrize("correction", [fmpq(5), fmpq(-5), fmpq(40)])
@pytest.mark.parametrize("power", [1, 2])
def test_the_interval_covers_corrections(correction: fmpq, power: int) -> None:
    fit = fitted_order([(1 + correction * size**-power) / size for size in SIZES])
    assert fit.contains(1)
    assert fit.excludes(0.5)
    assert fit.excludes(1.5)
    assert abs(fit.estimate - 1) < 1e-3


@pytest.mark.parametrize("correction", [2, -2])
def test_the_interval_covers_square_root_corrections(correction: int) -> None:
    roots = [2**j for j in range(5, 14)]
    fit = fitted_order([fmpq(1, r**2) * (1 + fmpq(correction, r)) for r in roots])
    # sizes 4^j in disguise: consecutive errors quadruple the size, so the slope is 2 per doubling of r
    assert fit.contains(2)
    assert not fit.contains(1.5)
    halves = [arb(2) ** -(fmpq(j)) * (1 + correction * arb(2) ** (-fmpq(j, 2))) for j in range(14, 23)]
    fit = fitted_order(halves)
    assert fit.contains(1)
    assert fit.excludes(1.5)
    assert fit.excludes(0.5)


def test_signs_do_not_matter_and_a_constant_has_order_zero() -> None:
    fit = fitted_order([-1 / size for size in SIZES])
    assert fit.contains(1)
    assert fitted_order([fmpq(3) + 1 / size for size in SIZES]).contains(0)
    assert fitted_order(SIZES).contains(-1)


def test_a_logarithm_is_no_power() -> None:
    fit = fitted_order([arb(size).log() / size for size in SIZES])
    assert fit.excludes(1)
    assert 0.85 < fit.estimate < 1
    assert math.isclose(fit.high - fit.estimate, fit.estimate - fit.low)


def test_wild_errors_give_a_wide_interval() -> None:
    fit = fitted_order([(1 + fmpq(j % 2)) / size for j, size in enumerate(SIZES)])
    assert fit.high - fit.low > 2


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="3 errors: needs four or more"):
        fitted_order(SIZES[:3])
    assert fitted_order(SIZES[:4]).contains(-1)
    with pytest.raises(ValueError, match="an error is zero or not told from zero"):
        fitted_order([*SIZES[:4], fmpq(0)])
    with pytest.raises(ValueError, match="not told from zero"):
        fitted_order([*SIZES[:4], arb(0, 1)])


def test_a_fit_prints_and_knows_its_ends() -> None:
    fit = FittedOrder(1.0, 0.75, 1.25)
    assert str(fit) == "1.0000 in [0.7500, 1.2500]"
    assert fit.contains(0.75)
    assert fit.contains(1.25)
    assert not fit.contains(0.74)
    assert fit.excludes(1.26)


@pytest.mark.parametrize(
    ("exponents", "estimate", "width"),
    [
        # slopes 1, 1, 2; refined 1, 3: the last step changed it by 1, the refined slope moved by 2
        ((0, 1, 2, 4), 3, 4),
        # slopes 3, 1, 1; refined -1, 1: 0 and 2
        ((0, 3, 4, 5), 1, 4),
        # slopes 0, 3, 5; refined 6, 7: 2 and 1
        ((0, 0, 3, 8), 7, 4),
    ],
)
def test_the_interval_by_hand(exponents: tuple[int, ...], estimate: float, width: float) -> None:
    fit = fitted_order([fmpq(1, 2**k) for k in exponents])
    assert fit.estimate == pytest.approx(estimate)
    assert fit.low == pytest.approx(estimate - width, abs=1e-6)
    assert fit.high == pytest.approx(estimate + width, abs=1e-6)
