"""Sums that merge, the fixed level, and the fitted law, against numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from w2s_sym.evidence.simulation.moments_of_draws import AIM, ALPHA, DETECT, LEVEL, Tally, draws_for_skewness, fit_law


def test_the_level_is_the_quantile_of_its_false_alarms():
    assert ALPHA == 9.765625e-07
    assert pytest.approx(4.8966, abs=5e-4) == LEVEL
    assert math.erfc(LEVEL / math.sqrt(2)) == pytest.approx(ALPHA, rel=1e-9)
    assert DETECT == 6.75
    assert pytest.approx(2 * LEVEL) == AIM


def test_a_tally_of_four_numbers():
    t = Tally.of(np.array([1.0, 2.0, 3.0, -6.0]))
    # Mean 0, squared deviations 1 + 4 + 9 + 36.
    assert (t.count, t.mean, t.m2, t.top) == (4, 0.0, 50.0, 6.0)
    assert t.sd == pytest.approx(math.sqrt(50 / 3))
    assert t.spread(0) == pytest.approx(math.sqrt(50 / 3) / 2)
    # 1e15 operations on numbers up to 6 round by 6 * 1e15 * 2^-52 = 1.3323.
    assert t.spread(1e15) == pytest.approx(math.hypot(math.sqrt(50 / 3) / 2, 6e15 * 2.0**-52))


def test_tallies_merge_to_the_tally_of_all():
    a, b = np.array([1.0, 2.0, 6.0]), np.array([-8.0, 3.0])
    both = Tally.of(a) + Tally.of(b)
    # Sum 4 over 5 numbers: mean 0.8; squares 1 + 4 + 36 + 64 + 9 = 114 less 5 * 0.64.
    assert both.count == 5
    assert both.mean == pytest.approx(0.8)
    assert both.m2 == pytest.approx(110.8)
    assert both.top == 8.0
    assert (Tally.of(b) + Tally.of(a)).top == 8.0
    assert Tally() + Tally.of(a) == Tally.of(a)
    whole = Tally.of(np.concatenate([a, b]))
    assert whole.m2 == pytest.approx(both.m2)


def test_uneven_batches_weigh_by_their_counts():
    values = np.random.default_rng(0).gamma(2.0, size=1000)
    parts = Tally()
    for start, stop in ((0, 1), (1, 30), (30, 1000)):
        parts = parts + Tally.of(values[start:stop])
    assert parts.mean == pytest.approx(values.mean(), rel=1e-13)
    assert parts.sd == pytest.approx(values.std(ddof=1), rel=1e-13)
    assert parts.spread(0) == pytest.approx(values.std(ddof=1) / math.sqrt(1000), rel=1e-13)


def test_nothing_is_known_of_fewer_than_two_draws():
    assert Tally().sd == Tally().spread(1.0) == math.inf
    assert Tally.of(np.array([3.0])).sd == math.inf
    assert Tally.of(np.array([3.0])).spread(1.0) == math.inf
    assert Tally.of(np.array([3.0, 3.0])).sd == 0.0


def test_a_constant_is_known_up_to_rounding():
    t = Tally.of(np.full(10, 2.0))
    assert t.spread(0) == 0
    assert t.spread(100) == 200 * 2.0**-52


def test_a_tally_survives_json():
    t = Tally.of(np.array([0.1, 1 / 3, -7e-9]))
    assert Tally.from_json(t.to_json()) == t
    assert set(t.to_json()) == {"count", "mean", "m2", "top", "m3", "m4"}


def test_skewed_draws_must_be_more():
    # exp(g 4.8963^3/(6 sqrt m)) = 5: sqrt m = 117.38 g/(6 * 1.6094) = 12.156 g.
    assert draws_for_skewness(0) == 0
    assert draws_for_skewness(1) == 148
    assert draws_for_skewness(10) == pytest.approx(14776, abs=5)


# -- laws -----------------------------------------------------------------------------------------------------

SIZES = (10, 20, 40, 80)


def law(errors, spread, order=1.0, sizes=SIZES):
    return fit_law(sizes, errors, [spread] * len(sizes), order)


@pytest.mark.parametrize("order", [0.5, 1, 2])
def test_an_exact_law_is_found(order):
    fitted = law([3 * s**-order for s in SIZES], 1e-6, order)
    assert fitted.order == pytest.approx(order, abs=0.01)
    assert fitted.low <= order <= fitted.high
    assert fitted.high - fitted.low < 0.1
    assert abs(fitted.limit) < 1e-9
    assert 0 < fitted.limit_error < 1e-4


def test_the_order_is_not_the_one_asked_for():
    fitted = law([3 * s**-2.0 for s in SIZES], 1e-6, 1.0)
    assert fitted.order == pytest.approx(2, abs=0.01)
    assert fitted.low > 1.5


def test_an_error_that_stays_has_order_zero_and_a_limit():
    fitted = law([0.5] * 4, 1e-3)
    assert fitted.low <= 0 <= fitted.high < 0.5
    assert fitted.limit == pytest.approx(0.5)
    assert fitted.limit > LEVEL * fitted.limit_error
    fitted = law([0.5 + 2 / s for s in SIZES], 1e-3)
    assert fitted.limit == pytest.approx(0.5)


def test_no_error_at_all_says_nothing_of_the_order():
    fitted = law([0.0] * 4, 1e-3)
    assert fitted.low == -math.inf
    assert fitted.high == math.inf
    assert fitted.limit == 0


def test_the_interval_is_that_of_the_level():
    # Two sizes around their geometric mean: e = c s^-p fits both exactly when p = log2(e1/e2) = 1. The deviation
    # of the best c s^-p from both is |e1 2^(-q) - e2 2^q| / sqrt(4^q + 4^-q), q = p/2: solved for LEVEL spreads.
    spread, lows = 0.02, []
    fitted = fit_law((1, 2), (2.0, 1.0), (spread, spread), 1.0)
    for p in np.linspace(-1, 5, 6001):
        q = p / 2
        if abs(2 * 2**-q - 2**q) / math.sqrt(4**q + 4**-q) <= LEVEL * spread:
            lows.append(p)
    assert fitted.low == pytest.approx(lows[0], abs=0.006)
    assert fitted.high == pytest.approx(lows[-1], abs=0.006)


def test_wider_spreads_give_wider_intervals_and_limits():
    errors = [3 / s for s in SIZES]
    narrow, wide = law(errors, 1e-3), law(errors, 4e-3)
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)
    assert wide.limit_error == pytest.approx(4 * narrow.limit_error)


def test_weights_follow_the_spreads():
    errors = [3 / s for s in SIZES]
    spoiled = [*errors[:3], 9.0]
    fitted = fit_law(SIZES, spoiled, [1e-4, 1e-4, 1e-4, 1e6], 1.0)
    assert fitted.order == pytest.approx(1, abs=0.01)


def test_a_misfit_widens_the_interval():
    sizes = (10, 20, 40, 80, 160)
    clean = [3 / s for s in sizes]
    bent = [e * (1 + k) for e, k in zip(clean, (0.1, -0.1, 0.1, -0.1, 0.1), strict=True)]
    straight, crooked = law(clean, 1e-4, sizes=sizes), law(bent, 1e-4, sizes=sizes)
    assert crooked.high - crooked.low > 20 * (straight.high - straight.low)
    assert crooked.limit_error > 20 * straight.limit_error


def test_the_limit_error_of_two_terms():
    # Three sizes 1, 2, 4 (normalised by 2), basis 1 and 1/s with s = .5, 1, 2: values 2, 1, .5, spread 1.
    # Normal matrix [[3, 3.5], [3.5, 5.25]], determinant 3.5; variance of the constant 5.25/3.5 = 1.5.
    fitted = fit_law((1, 2, 4), (2.0, 1.0, 0.5), (1.0, 1.0, 1.0), 1.0)
    assert fitted.limit == pytest.approx(0, abs=1e-12)
    assert fitted.limit_error == pytest.approx(math.sqrt(1.5))
    # Residuals of (1, 0, 0): c = x'(y - mean)/Sxx; with misfit chi2 over one degree of freedom below 1 no widening.
    assert fit_law((1, 2, 4), (1.0, 0.0, 0.0), (1.0, 1.0, 1.0), 1.0).limit_error == pytest.approx(math.sqrt(1.5))


def test_a_second_term_is_allowed_from_four_sizes_on():
    errors = [3 / s + 40 / s**2 for s in SIZES]
    fitted = law(errors, 1e-6)
    assert abs(fitted.limit) < 1e-8
    three = fit_law(SIZES[:3], errors[:3], [1e-6] * 3, 1.0)
    assert abs(three.limit) > 1e-3
    assert three.limit_error > 1e-3


# -- the empty tally, and a misfit by hand --------------------------------------------------------------------


def test_the_empty_tally_is_nothing_at_all() -> None:
    assert Tally() == Tally(0, 0.0, 0.0, 0.0)
    some = Tally.of(np.array([1.0, 2.0, 4.0]))
    assert Tally() + some == some


@pytest.mark.parametrize("count", [3, 4, 5, 6])
def test_a_misfit_widens_by_chi_square_per_degree_of_freedom(count: int) -> None:
    sizes = [10 * 2**i for i in range(count)]
    spread = 1e-3
    # Errors 3/size, off by 2 % up and down: many spreads away from every law c size^-p.
    errors = [3 / s * (1 + (-1) ** i * 0.02) for i, s in enumerate(sizes)]
    sigma = [spread * 3 / s for s in sizes]

    def misfit(p: float) -> float:
        basis = np.array([s**-p for s in sizes]) / sigma
        values = np.array(errors) / sigma
        return float(values @ values - (basis @ values) ** 2 / (basis @ basis))

    orders = np.linspace(0.5, 1.5, 20001)
    chi2 = np.array([misfit(p) for p in orders])
    best = chi2.min()
    assert best / (count - 2) > 10
    inside = orders[chi2 - best <= LEVEL**2 * best / (count - 2)]
    fitted = fit_law(sizes, errors, sigma, 1.0)
    assert fitted.low == pytest.approx(inside[0], abs=0.006)
    assert fitted.high == pytest.approx(inside[-1], abs=0.006)
    assert math.isfinite(fitted.limit_error)
