"""The correlation dimension: leaving out rows in closed form, its bias, its interval, and the plug-in refuted."""

from __future__ import annotations

import numpy as np
import pytest

from w2s_sym.forecast.correlation_dimension import corrected, leave_one_out, overlap, second_order
from w2s_sym.forecast.features import whitened_pair


def draw(rows: int, d_s: int, d_w: int, cosines: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    strong, weak = rng.standard_normal((rows, d_s)), rng.standard_normal((rows, d_w))
    k = len(cosines)
    weak[:, :k] = cosines * strong[:, :k] + np.sqrt(1 - cosines**2) * weak[:, :k]
    return weak, strong


def plug_in(weak: np.ndarray, strong: np.ndarray) -> float:
    """Sum of squared cosines between two column spaces, by two QR factorisations."""
    return float(((np.linalg.qr(strong)[0].T @ np.linalg.qr(weak)[0]) ** 2).sum())


@pytest.mark.parametrize(("d_s", "d_w"), [(3, 4), (4, 3), (1, 1)])
def test_leaving_out_a_row_is_what_it_says(d_s: int, d_w: int) -> None:
    weak, strong = draw(25, d_s, d_w, np.array([0.8]), 1)
    found = whitened_pair(weak, strong, explained=1)
    left, values, right = np.linalg.svd(found.cross)
    closed = leave_one_out(found.psi_s @ left, found.psi_w @ right.T, values, 25)
    by_hand = [plug_in(np.delete(weak, i, 0), np.delete(strong, i, 0)) for i in range(25)]
    assert np.allclose(closed, by_hand, rtol=0, atol=1e-12)


def test_bias_that_falls_as_one_over_rows_less_overlap_is_removed_exactly() -> None:
    d, K, rows = 3.0, 40.0, 100
    change = K / (rows - 1 - d) - K / (rows - d)
    assert corrected(d + K / (rows - d), change, rows) == pytest.approx(d, abs=1e-12)


def test_pairs_of_independent_features_add_what_is_known() -> None:
    """With no correlation the second derivative is (u1'u2)(v1'v2), whose mean square is d_s d_w."""
    rng = np.random.default_rng(0)
    u, v = rng.standard_normal((20_000, 4)), rng.standard_normal((20_000, 5))
    # Fourth moments 3 d (d + 2) of the two products give a standard error of sqrt(4.5 x 4.2 - 1)/141 = 3.0 %.
    assert second_order(u, v, np.zeros(4), 1000, rng) == pytest.approx(2 * 20 / 1000**2, rel=4.9 * 0.030)


@pytest.mark.parametrize(
    ("rows", "cosines"), [(600, np.ones(6)), (600, np.full(8, 0.7)), (160, np.ones(6)), (160, np.full(8, 0.7))]
)
def test_the_estimate_is_unbiased_and_its_error_is_its_spread(rows: int, cosines: np.ndarray) -> None:
    """Means over 60 pairs within 4.9 standard errors of the truth, which refutes the plug-in."""
    found = [overlap(*draw(rows, 10, 12, cosines, seed), explained=1) for seed in range(60)]
    truth = float((cosines**2).sum())
    values = np.array([o.d_sw for o in found])
    error = values.std(ddof=1) / np.sqrt(len(values))
    assert abs(values.mean() - truth) < 4.9 * error
    assert abs(np.mean([o.plug_in for o in found]) - truth) > 4.9 * error
    # The standard error of a standard deviation of 60 is 9 %.
    stated = np.sqrt(np.mean([o.standard_error**2 for o in found]))
    assert abs(np.log(stated / values.std(ddof=1))) < 4.9 * 0.092
    # 95 % of 60 is 57, with a standard deviation of 1.7.
    assert sum(o.interval[0] <= truth <= o.interval[1] for o in found) >= 50


def test_dependent_uncorrelated_features_are_told_apart_from_correlated_ones() -> None:
    """x and (x^2 - 1)/sqrt 2 have bias E|x|^2 w^2 = 5 per pair and row, where Gaussian features have 1."""
    found = []
    for seed in range(20):
        strong = np.random.default_rng(seed).standard_normal((2000, 12))
        found.append(overlap((strong**2 - 1) / np.sqrt(2), strong, explained=1))
    plug_ins = np.array([o.plug_in for o in found])
    error = plug_ins.std(ddof=1) / np.sqrt(20)
    assert plug_ins.mean() - 12 * 12 / 2000 > 4.9 * error
    assert abs(plug_ins.mean() - (12 * 5 + 12 * 11) / 2000) < 4.9 * error
    assert sum(o.interval[0] <= 0 <= o.interval[1] for o in found) >= 16


def test_kurtosis_is_one_for_gaussian_features_and_more_for_heavy_tails() -> None:
    weak, strong = draw(4000, 8, 8, np.ones(4), 0)
    length = np.sqrt(4 / np.random.default_rng(1).chisquare(6, 4000))[:, None]
    plain, heavy = overlap(weak, strong), overlap(weak * length, strong * length)
    for name in ("kurtosis_w", "kurtosis_s", "kurtosis"):
        assert abs(getattr(plain, name) - 1) < 0.06
        assert getattr(heavy, name) > 1.4


def test_the_same_seed_gives_the_same_digits_and_units_do_not_matter() -> None:
    weak, strong = draw(100, 6, 8, np.full(4, 0.5), 0)
    first = overlap(weak, strong, seed=3)
    assert first == overlap(weak, strong, seed=3)
    again = overlap(weak * 1e6, strong * 1e-3, seed=3)
    assert again.d_sw == pytest.approx(first.d_sw, abs=1e-8)
    assert first.calibrated


def test_shared_features_have_their_dimension() -> None:
    weak, _ = draw(500, 5, 5, np.zeros(0), 0)
    found = overlap(weak, weak @ np.random.default_rng(1).standard_normal((5, 5)), explained=1)
    assert found.d_sw == pytest.approx(5, abs=1e-9)
