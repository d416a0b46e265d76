"""Values that stand for missing labels are named with their number; honest labels are left alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from feature_pairs import draw_pair

from w2s_sym.forecast.diagnosis import Remarks
from w2s_sym.forecast.forecast import plan
from w2s_sym.forecast.label_marks import mark_remarks

RNG = np.random.default_rng(0)
Y = RNG.standard_normal(300)
CLASSES = np.digitize(Y, [-1, 0, 1])
GONE = RNG.random(300) < 0.6
FEW = RNG.random(300) < 0.05
MOVE = "Then leave these points out of all files, or bring them to the end and give the other labels alone"


def told(labels: np.ndarray, numbers: bool = True) -> str:
    found = mark_remarks(np.asarray(labels, dtype=float).reshape(len(labels), -1), numbers)
    assert not found.notes
    return "; ".join(found.doubts)


@pytest.mark.parametrize("mark", [-1, -100, -999, -9999, 255, np.iinfo(np.int64).min, np.iinfo(np.int32).min])
@pytest.mark.parametrize("gone", [GONE, FEW])
@pytest.mark.parametrize("numbers", [True, False])
def test_marks_in_any_rows_of_classes_are_named(mark: int, gone: np.ndarray, numbers: bool) -> None:
    said = told(np.where(gone, mark, CLASSES), numbers)
    assert said == (
        f"the value {mark:.6g} stands in {gone.sum()} of 300 labels, and all others are integers from 0 to 3: is it a "
        f"mark for a missing label? {MOVE}"
    )


@pytest.mark.parametrize("mark", [-999.0, -99.0, 9999.0, 1e6])
@pytest.mark.parametrize("gone", [GONE, FEW])
def test_marks_far_from_numbers_are_named(mark: float, gone: np.ndarray) -> None:
    said = told(np.where(gone, mark, Y))
    assert f"the value {mark:.6g} stands in {gone.sum()} of 300 labels, and all others are numbers from " in said


@pytest.mark.parametrize("value", [-1.0, 0.0, float(Y.mean())])
@pytest.mark.parametrize("gone", [GONE, FEW])
def test_one_value_again_and_again_between_different_ones_is_named(value: float, gone: np.ndarray) -> None:
    said = told(np.where(gone, value, Y))
    assert said.startswith(f"the value {value:.6g} stands in {gone.sum()} of 300 labels, and nearly all others are ")
    assert "of such kind" not in said
    said = told(np.where(gone[:, None], value, RNG.standard_normal((300, 3))))
    assert said.startswith(f"column 0 of the labels, one of 3 of such kind: the value {value:.6g} stands in")


def test_minus_one_below_numbers_that_are_not_negative_is_named() -> None:
    assert "the value -1 stands in" in told(np.where(FEW, -1, np.abs(Y)))
    assert "the value -1 stands in" in told(np.where(FEW, -1, RNG.poisson(3, 300)))


@pytest.mark.parametrize("value", [0.0, -1.0, -100.0])
@pytest.mark.parametrize("gone", [GONE, FEW])
def test_rows_of_one_number_beside_one_hot_rows_are_named(value: float, gone: np.ndarray) -> None:
    said = told(np.where(gone[:, None], value, np.eye(4)[CLASSES]))
    assert said == (
        f"{gone.sum()} of 300 rows of the labels are all {value:.6g}, and the others one-hot: have these points no "
        f"label? {MOVE}; or if they have a class of their own, give it a column"
    )


def test_a_plan_says_so_by_ridge_with_classes_and_by_least_squares() -> None:
    weak, strong, y = draw_pair(600, 15)
    marked = np.where(GONE, -1, np.digitize(y[:300], [-1, 0, 1])).astype(float)
    start = f"the value -1 stands in {GONE.sum()} of 300 labels"
    assert start in plan(weak, strong, marked).verdict
    assert start in plan(weak, strong, marked, classes=True).verdict
    assert start in plan(weak, strong, marked, method="least squares", n=100, N=400).verdict
    one_hot = np.where(GONE[:, None], 0.0, np.eye(4)[np.digitize(y[:300], [-1, 0, 1])])
    assert "rows of the labels are all 0, and the others one-hot" in plan(weak, strong, one_hot).verdict


HONEST: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "normal": lambda rng, m: rng.standard_normal(m),
    "rounded": lambda rng, m: np.round(rng.standard_normal(m), 1),
    "half precision": lambda rng, m: rng.standard_normal(m).astype(np.float16),
    "ten classes": lambda rng, m: rng.integers(0, 10, m),
    "a thousand classes": lambda rng, m: rng.integers(0, 1000, m),
    "two classes": lambda rng, m: rng.integers(0, 2, m),
    "signs": lambda rng, m: rng.choice([-1, 1], m),
    "0 or 255": lambda rng, m: rng.choice([0, 255], m),
    "rare class": lambda rng, m: rng.choice([0, 1, 2, 7], m, p=[0.9, 0.05, 0.03, 0.02]),
    "ratings": lambda rng, m: rng.integers(1, 6, m),
    "ratings around 0": lambda rng, m: rng.integers(-2, 3, m),
    "counts": lambda rng, m: rng.poisson(2, m),
    "zero-inflated counts": lambda rng, m: rng.poisson(4, m) * (rng.random(m) < 0.4),
    "counts of heavy tails": lambda rng, m: rng.poisson(np.exp(1.5 * rng.standard_normal(m))),
    "logarithms of counts": lambda rng, m: np.log10(0.1 + rng.poisson(2, m)),
    "differences of counts": lambda rng, m: rng.poisson(2, m) - rng.poisson(2, m),
    "heavy tails": lambda rng, m: rng.standard_t(1.5, m),
    "lognormal": lambda rng, m: np.exp(1.5 * rng.standard_normal(m)),
    "money": lambda rng, m: np.round(np.exp(6 + rng.standard_normal(m)), -2),
    "one-hot": lambda rng, m: np.eye(10)[rng.integers(0, 10, m)],
    "several of ten": lambda rng, m: rng.random((m, 10)) < 0.2,
    "several, seldom two": lambda rng, m: rng.random((m, 10)) < 0.03,
    "several of two": lambda rng, m: rng.random((m, 2)) < 0.3,
    "counts of words": lambda rng, m: rng.poisson(0.1, (m, 20)),
    "probabilities": lambda rng, m: (lambda z: z / z.sum(1, keepdims=True))(np.exp(rng.standard_normal((m, 4)))),
    "years": lambda rng, m: rng.integers(1990, 2021, m),
    "ages up to 90": lambda rng, m: np.minimum(rng.integers(18, 110, m), 90),
    "ranks": lambda rng, m: rng.permutation(m),
    "angles": lambda rng, m: np.round(rng.uniform(-180, 180, m)),
}


@pytest.mark.parametrize("law", HONEST)
def test_honest_labels_are_left_alone(law: str) -> None:
    for seed in range(60):
        rng = np.random.default_rng([seed, 4])
        m = int(rng.choice([12, 40, 100, 300, 1000]))
        y = np.asarray(HONEST[law](rng, m), dtype=float).reshape(m, -1)
        assert mark_remarks(y) == Remarks()
        assert mark_remarks(y, numbers=False) == Remarks()


@pytest.mark.parametrize("kind", ["clipped", "rectified", "clipped above"])
def test_limits_of_what_is_measured_are_notes(kind: str) -> None:
    y = {"clipped": np.maximum(Y, -1), "rectified": np.maximum(Y, 0), "clipped above": np.minimum(Y, 1)}[kind]
    found = mark_remarks(y[:, None])
    assert not found.doubts
    assert [note.name for note in found.notes] == ["repeated label"]
    assert ("the largest" if "above" in kind else "the least") in found.notes[0].text


def test_minus_one_beside_zero_and_one_is_a_note() -> None:
    """Three signs, or two classes and a mark: the labels do not tell."""
    found = mark_remarks(RNG.choice([-1.0, 0.0, 1.0], (300, 1)))
    assert not found.doubts
    assert "the value -1 stands in" in found.notes[0].text


def test_labels_that_are_filled_up_are_named_and_sorted_ones_are_not() -> None:
    y = draw_pair(400, 15)[2]
    for fill, some in ((0.0, y), (-1.0, (y > 0).astype(float)), (-1.0, np.digitize(y, [-1, 1]).astype(float))):
        filled = np.concatenate([some[:150], np.full(250, fill)])
        assert told(filled) == (
            f"the last 250 of 400 labels are all {fill:g} and no other is: if these points have no label, give the "
            "first 150 labels alone"
        )
    assert told(np.sort(np.digitize(y, [-1, 1]))) == ""
    assert told(y > 0) == ""


def test_the_last_classes_are_told_by_the_name_they_were_given() -> None:
    weak, strong, y = draw_pair(400, 15)
    filled = np.concatenate([np.digitize(y[:150], [-1, 1]), np.full(100, -1)]).astype(float)
    assert "the last 100 of 250 labels are all -1 and no other is" in plan(weak, strong, filled, classes=True).verdict
