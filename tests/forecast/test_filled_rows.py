"""Features that were filled in are named with their number; features that are meant so are left alone."""

from __future__ import annotations

import numpy as np
import pytest

from w2s_sym.forecast.diagnosis import Remarks
from w2s_sym.forecast.filled_rows import PlacedRows, fill_remarks, find_mark
from w2s_sym.forecast.forecast import Method, plan


def pair(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    strong = rng.standard_normal((rows, 12))
    weak = strong @ rng.standard_normal((12, 6)) / 4 + 0.3 * rng.standard_normal((rows, 6))
    return weak, strong, strong @ rng.standard_normal((12, 1)) + 0.5 * rng.standard_normal((rows, 1))


@pytest.mark.parametrize("method", ["ridge", "least squares"])
@pytest.mark.parametrize("side", ["weak", "strong"])
def test_rows_that_were_never_filled_in_are_named(method: Method, side: str) -> None:
    weak, strong, y = pair(1000, 3)
    assert not plan(weak, strong, y[:200], method=method, n=100, N=400).doubts
    filled = {"weak": weak, "strong": strong}[side]
    filled[600:] = 0.0
    told = plan(weak, strong, y[:200], method=method, n=100, N=400).verdict
    assert f"400 of 1000 rows of the {side} features are the same vector of zeros, as row 600 is" in told
    assert "leave such points out of both files" in told
    filled[600:] = 7.0
    told = plan(weak, strong, y[:200], method=method, n=100, N=400).verdict
    assert f"400 of 1000 rows of the {side} features are the same vector, as row 600 is" in told


def test_few_such_rows_are_a_note() -> None:
    weak, strong, y = pair(1000, 3)
    strong[950:] = 0.0
    found = plan(weak, strong, y[:200])
    notes = {note.name: note.text for note in found.notes}
    assert notes["filled rows"].startswith("50 of 1000 rows of the strong features are the same vector of zeros")
    assert not found.doubts


def test_points_that_come_twice_are_named_with_or_without_labels() -> None:
    """The labelled points are all different: their copies are further below."""
    weak, strong, y = pair(500, 4)
    found = plan(np.concatenate([weak, weak]), np.concatenate([strong, strong]), y[:200])
    assert "500 of 1000 points repeat others in both files" in found.verdict
    assert "give each point once" in found.verdict
    alone = plan(np.concatenate([weak, weak]), pair(1000, 9)[1], y[:200])
    assert "repeat others in both files" not in alone.verdict


@pytest.mark.parametrize("kind", ["normal", "one of 40 classes", "mostly zero", "counts"])
def test_features_that_are_meant_so_are_left_alone(kind: str) -> None:
    rng = np.random.default_rng(1)
    x = {
        "normal": rng.standard_normal((800, 30)),
        "one of 40 classes": np.eye(40)[rng.integers(0, 40, 800)],
        "mostly zero": rng.standard_normal((800, 150)) * (rng.random((800, 150)) < 0.05),
        "counts": rng.poisson(0.05, (800, 20)).astype(float),
    }[kind]
    sides = (
        PlacedRows("weak", x[:, :10], np.zeros(10), np.eye(10)),
        PlacedRows("strong", x, np.zeros(x.shape[1]), np.eye(x.shape[1])),
    )
    if kind == "mostly zero":  # few columns of it are zero in many rows
        sides = (PlacedRows("weak", x, np.zeros(150), np.eye(150)), sides[1])
    assert fill_remarks(sides, np.arange(800), 800) == Remarks()
    assert find_mark(x) is None


def test_a_value_that_stands_for_missing_ones_is_named() -> None:
    weak, strong, y = pair(1000, 5)
    gone = np.random.default_rng(6).random(strong.shape) < 0.02
    marked = np.where(gone, -999, strong)
    found = plan(weak, marked, y[:200])
    assert f"the value -999 stands in {int(gone.sum())} entries (1.9%) of the strong features" in found.verdict
    assert "unrelated" not in str(found)
    mark = find_mark(np.where(gone, 1e6, strong))
    assert mark is not None
    assert (mark.value, mark.count) == (1e6, gone.sum())
    once = strong.copy()
    once[5, 2] = 1e6  # an outlier, which is no mark
    assert find_mark(once) is None
    assert find_mark(np.clip(np.random.default_rng(7).standard_cauchy((1000, 12)), -10, 10)) is None
