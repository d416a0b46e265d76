"""Columns that rounding hides or spoils are named; columns in their own units, and constant ones, are not."""

from __future__ import annotations

import numpy as np
from feature_pairs import draw_pair

from w2s_sym.forecast.coordinates import coordinates
from w2s_sym.forecast.forecast import plan
from w2s_sym.forecast.hidden_columns import direction_notes, rounding_doubts


def one_large(strong: np.ndarray, scale: float) -> np.ndarray:
    """The same features with column 3 so many times as large."""
    return strong * np.where(np.arange(strong.shape[1]) == 3, scale, 1.0)


def said(weak: np.ndarray, strong: np.ndarray) -> list[str]:
    return rounding_doubts(coordinates(weak, strong, 100))


def test_columns_far_below_the_largest_are_named_with_their_sizes() -> None:
    weak, strong, y = draw_pair(400, 18)
    strong = strong / strong.std(0)
    told = said(weak, one_large(strong, 1e8))
    assert len(told) == 1
    assert "11 of the 12 strong columns that vary have less than 1e-12 of the largest variance" in told[0]
    assert "the largest 1e+08, the median 1)" in told[0]
    assert said(weak, one_large(strong, 1e4)) == []
    assert plan(weak, one_large(strong, 1e8), y[:100]).doubts[0] == told[0]


def test_constant_columns_are_not_hidden() -> None:
    weak, strong, _ = draw_pair(400, 18)
    assert said(np.hstack([weak, np.full((400, 30), 1e6)]), strong) == []


def test_columns_that_vary_in_the_last_digit_of_the_file_are_named() -> None:
    """Between 2^24 and 2^25 the float32 numbers are the even integers: a third of variance 1 is rounding."""
    weak, strong, _ = draw_pair(400, 18)
    told = said(weak, (strong + 3e7).astype("f4"))
    assert len(told) == 1
    assert "12 of the 12 strong columns that vary do so in the last digit of the file's numbers" in told[0]
    assert "mean 3e+07, standard deviation 1." in told[0]
    assert said(weak, strong + 3e7) == said(weak, (strong + 3e5).astype("f4")) == []
    assert said(weak, np.round(100 * strong).astype("i8") + 10**9) == []


def test_columns_with_one_direction_are_noted() -> None:
    weak, strong, _ = draw_pair(400, 18)
    common = 1e8 * np.random.default_rng(0).standard_normal((400, 1))
    notes = direction_notes(coordinates(weak, strong + common, 100))
    assert [note.name for note in notes] == ["one direction"]
    assert "all 12 strong columns that vary have one direction" in notes[0].text
    for fine in (strong, strong + common / 1e4, np.hstack([strong, strong]), common, one_large(strong, 1e8)):
        assert direction_notes(coordinates(weak, fine, 100)) == []
