"""Refits on resampled rows: their sizes, no row in two roles, and what they measure_ridge."""

from __future__ import annotations

import numpy as np
import pytest

from w2s_sym.forecast import ridge_refits
from w2s_sym.forecast.coordinates import coordinates
from w2s_sym.forecast.ridge_equivalents import NAMES
from w2s_sym.forecast.ridge_refits import RefitSizes, measure_ridge


@pytest.mark.parametrize("labelled", [10, 11, 60, 500])
@pytest.mark.parametrize("unlabelled", [0, 5, 1000])
@pytest.mark.parametrize("n", [2, 60, 5000])
@pytest.mark.parametrize("N", [2, 300, 10**6])
def test_sizes_fit_into_the_rows(labelled: int, unlabelled: int, n: int, N: int) -> None:
    sizes = RefitSizes.of(labelled, unlabelled, n, N)
    assert 1 <= sizes.m <= n
    assert sizes.test >= 1
    assert 1 <= sizes.M <= min(N, unlabelled + sizes.donated)
    assert sizes.m + sizes.donated + sizes.test <= labelled
    assert sizes.m <= sizes.most <= min(n + N, labelled - sizes.test)


def test_no_row_has_two_roles() -> None:
    sizes = RefitSizes.of(100, 0, 30, 40)
    tested = np.zeros(100)
    for train, test, rest in ridge_refits._splits(100, sizes, 20, np.random.default_rng(0)):
        assert sorted(np.concatenate([train, test, rest])) == list(range(100))
        assert (len(train), len(test)) == (sizes.m, sizes.test)
        assert len(rest) >= sizes.donated
        tested[test] += 1
    assert tested.min() > 0


def test_labels_without_a_signal_are_predicted_no_better_than_by_their_mean() -> None:
    """A row that is trained on and measured on would show here: 40 features fit 50 labels almost exactly."""
    rng = np.random.default_rng(1)
    weak, strong = rng.standard_normal((800, 40)), rng.standard_normal((800, 45))
    y = rng.standard_normal((400, 1))
    held = coordinates(weak, strong, 400)
    found = measure_ridge(held, y, RefitSizes.of(400, 400, 50, 300), 1e-6, seed=0)
    error = np.sqrt(np.diag(found.covariance))
    assert (found.errors > 1 - 4.9 * error).all()
    assert found.errors[NAMES.index("weak")] > 1.5


def test_errors_are_those_of_training_by_hand() -> None:
    rng = np.random.default_rng(2)
    weak, strong = rng.standard_normal((3000, 4)), rng.standard_normal((3000, 5))
    y = weak[:, :1] + strong[:, :1] + rng.standard_normal((3000, 1))
    held = coordinates(weak, strong, 3000)
    found = measure_ridge(held, y, RefitSizes.of(3000, 0, 200, 500), 0.0, seed=0)
    # Least squares of n rows on p directions, and the intercept: residual (1 + p/(n - p - 2)) (1 + 1/n).
    known = {"mean": 3 * (1 + 1 / 200), "weak": 2 * (1 + 4 / 194) * (1 + 1 / 200)}
    known["strong"] = 2 * (1 + 5 / 193) * (1 + 1 / 200)
    for name, value in known.items():
        k = NAMES.index(name)
        assert abs(found.errors[k] - value) < 4.9 * np.sqrt(found.covariance[k, k] + (0.03 * value) ** 2 / found.refits)


def test_accuracy_is_counted_for_classes() -> None:
    rng = np.random.default_rng(3)
    strong = rng.standard_normal((600, 3))
    y = (strong[:, :1] > 0).astype(float)
    held = coordinates(strong + 3 * rng.standard_normal((600, 3)), strong, 300)
    found = measure_ridge(held, y[:300], RefitSizes.of(300, 300, 100, 200), None, seed=0, classes=True)
    assert found.accuracy[NAMES.index("strong")] > 0.9
    assert found.accuracy[NAMES.index("mean")] < 0.75
    assert measure_ridge(held, y[:300], RefitSizes.of(300, 300, 100, 200), None, seed=0).accuracy.shape == (0,)


def test_rows_that_are_not_held_get_pseudo_labels_where_the_population_stands_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The student of all rows' moments has the error of one that is trained on all rows."""
    rng = np.random.default_rng(4)
    strong = rng.standard_normal((4000, 5))
    weak = strong[:, :4] + rng.standard_normal((4000, 4))
    y = strong[:, :1] + rng.standard_normal((4000, 1))
    whole = coordinates(weak, strong, 300)
    assert ridge_refits.pseudo_rows(whole, 4000, 3700) == 3700  # all rows are held: they are used one by one
    monkeypatch.setattr("w2s_sym.forecast.coordinates.HELD_ROWS", 600)
    held = coordinates(weak, strong, 300, N=4000)
    assert len(held.index) == 600
    assert ridge_refits.pseudo_rows(held, 75, 300) == 300  # 15 rows per direction
    assert ridge_refits.pseudo_rows(held, 4000, 300) == 4000
    errors = []
    for at, M in ((held, 4000), (whole, 3700)):
        sizes = RefitSizes.of(300, M, 100, 4000)
        assert (sizes.M, sizes.m) == (min(M + sizes.donated, 4000), 100)
        errors.append(measure_ridge(at, y[:300], sizes, 1.0, seed=0))
    student = NAMES.index("student")
    assert errors[0].errors[student] == pytest.approx(errors[1].errors[student], rel=0.01)
