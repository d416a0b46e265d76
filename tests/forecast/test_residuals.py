"""What labels tell of noise, approximation errors and bias, against known truth."""

from __future__ import annotations

import numpy as np
import pytest
from feature_pairs import draw_pair, truth

from w2s_sym.forecast import residuals
from w2s_sym.forecast.features import whitened_pair


@pytest.mark.parametrize("rows", [60, 300])
def test_what_labels_tell_is_unbiased_and_its_errors_are_its_spread(rows: int) -> None:
    values, errors = [], []
    for seed in range(80):
        weak, strong, y = draw_pair(1500, seed)
        found = whitened_pair(weak, strong, explained=1)
        seen = residuals.estimate(found, found.psi_w[:rows], found.psi_s[:rows], y[:rows, None])
        values.append(seen.values)
        errors.append([seen.error(name) for name in residuals.MOMENTS])
    spread = np.std(values, axis=0, ddof=1)
    for name, mean, sd, stated in zip(
        residuals.MOMENTS, np.mean(values, 0), spread, np.sqrt(np.mean(np.square(errors), 0)), strict=True
    ):
        assert abs(mean - truth()[name]) < 4.9 * sd / np.sqrt(80), name
        # 80 values know their spread to 8 %.
        assert abs(np.log(stated / sd)) < 4.9 * 0.08, name


def test_labels_sum_over_outputs() -> None:
    weak, strong, y = draw_pair(600, 0)
    found = whitened_pair(weak, strong, explained=1)
    one = residuals.estimate(found, found.psi_w, found.psi_s, y[:, None])
    two = residuals.estimate(found, found.psi_w, found.psi_s, np.stack([y, 2 * y], axis=1))
    assert np.allclose(two.values, 5 * one.values)
    assert np.allclose(two.covariance, 25 * one.covariance)
