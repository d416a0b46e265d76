"""Sizes and labels that no plan can be made from are refused with what is wrong and where."""

from __future__ import annotations

import numpy as np
import pytest
from feature_pairs import NOISE, draw_pair

from w2s_sym.forecast.features import FeatureError
from w2s_sym.forecast.forecast import plan


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 16}, "needs n > d_w [+] 1 = 16"),
        ({"N": 13}, "needs N > d_s [+] 1 = 13"),
        ({"sigma2": float("nan")}, "sigma2=nan"),
        ({"held_out": 0}, "held_out=0"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(options: dict[str, object], message: str) -> None:
    weak, strong, _ = draw_pair(400, 0)
    with pytest.raises(FeatureError, match=message):
        plan(weak, strong, explained=1, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (np.ones(401), "401 for 400 points"),
        (np.full(400, np.nan), "nan at row 0"),
        (np.array(["a"] * 400), "needs real numbers"),
        (np.ones(400), "labels that vary"),
        (np.arange(10.0), "10 labels for 15 directions"),
    ],
)
def test_bad_labels_are_refused(bad: np.ndarray, message: str) -> None:
    weak, strong, _ = draw_pair(400, 0)
    with pytest.raises(FeatureError, match=message):
        plan(weak, strong, bad, method="least squares", n=100, explained=1)


def test_impossible_noise_and_exact_labels_are_refused() -> None:
    weak, strong, y = draw_pair(400, 0)
    with pytest.raises(FeatureError, match="sigma2=50"):
        plan(weak, strong, y, method="least squares", n=100, N=300, explained=1, sigma2=50)
    with pytest.raises(FeatureError, match="linear in the strong features"):
        plan(weak, strong, strong[:, 0], method="least squares", n=100, N=300, explained=1)
    known = plan(weak, strong, y, method="least squares", n=100, N=300, explained=1, sigma2=NOISE)
    assert known.parameters["sigma2"].value == NOISE
