"""Features that were filled in are named with their number; features that are meant so are left alone."""

from __future__ import annotations

from collections.abc import Callable

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


@pytest.mark.parametrize(("mark", "part"), [(-9.0, 0.03), (-9.0, 0.1), (-6.0, 0.03), (9.0, 0.03), (-5.5, 0.05)])
def test_a_mark_near_the_others_is_named_where_they_all_differ(mark: float, part: float) -> None:
    weak, strong, y = pair(300, 8)
    gone = np.random.default_rng(9).random(strong.shape) < part
    told = plan(weak, np.where(gone, mark, strong), y[:100]).verdict
    assert f"the value {mark:g} stands in {gone.sum()} entries ({gone.mean():.1%}) of the strong features" in told
    assert find_mark(strong) is None
    column = strong.copy()
    column[::10, 3] = mark
    found = find_mark(column)
    assert (found is not None) == (mark == round(mark))  # a fraction in one column alone may be a zero, standardised
    low = find_mark(np.where(gone, -1, np.abs(strong)))
    assert low is not None
    assert low.value == -1


def relu(rng: np.random.Generator) -> np.ndarray:
    return np.maximum(rng.standard_normal((600, 30)) + 0.5, 0)


HONEST: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "rectified": relu,
    "rectified, standardised": lambda rng: (lambda x: (x - x.mean(0)) / x.std(0))(relu(rng)),
    "rectified, one less": lambda rng: relu(rng) - 1,
    "cut off at six": lambda rng: np.clip(3 * rng.standard_normal((600, 30)), 0, 6),
    "hard threshold": lambda rng: (lambda x: x * (np.abs(x) > 1))(rng.standard_normal((600, 30))),
    "positive or nothing, standardised": lambda rng: (lambda x: (x - x.mean(0)) / x.std(0))(
        np.where(rng.random((600, 30)) < 0.3, 0, 5 + rng.standard_normal((600, 30)))
    ),
    "two values, standardised": lambda rng: (lambda x: (x - x.mean(0)) / x.std(0))(rng.integers(0, 2, (601, 30)) * 1.0),
    "saturated": lambda rng: np.tanh(9 * rng.standard_normal((600, 30))).astype(np.float32),
    "half precision": lambda rng: rng.standard_normal((600, 30)).astype(np.float16),
    "bytes": lambda rng: np.clip(np.round(40 * rng.standard_normal((600, 30))), -128, 127),
    "heavy tails, each three times": lambda rng: np.repeat(rng.standard_t(2, (200, 30)), 3, axis=0),
    "frequencies": lambda rng: rng.random((600, 30)) * (rng.random((600, 30)) < 0.4),
    "one-hot and numbers": lambda rng: np.hstack([np.eye(9)[rng.integers(0, 9, 600)], rng.standard_normal((600, 9))]),
}


@pytest.mark.parametrize("law", HONEST)
def test_honest_features_have_no_mark(law: str) -> None:
    for seed in range(30):
        assert find_mark(HONEST[law](np.random.default_rng([seed, 6]))) is None
