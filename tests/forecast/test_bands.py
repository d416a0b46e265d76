"""Bands: which draws they leave out, and that they hold their value."""

from __future__ import annotations

import numpy as np

from w2s_sym.forecast.bands import band_around
from w2s_sym.forecast.plan_data import Band


def test_a_band_leaves_out_one_draw_in_forty_on_either_side() -> None:
    draws = np.random.default_rng(0).permutation(np.arange(1.0, 1001.0))
    assert band_around(500, draws) == Band(500.0, 25.0, 975.0)


def test_a_band_holds_its_value_and_may_be_the_value_alone() -> None:
    draws = np.arange(1.0, 1001.0)
    assert band_around(2000, draws) == Band(2000.0, 25.0, 2000.0)
    assert band_around(-1, draws) == Band(-1.0, -1.0, 975.0)
    assert band_around(3, np.zeros(0)) == Band(3.0, 3.0, 3.0)
