"""Slips in how rows and labels were put together are named; files without them are left alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from feature_pairs import draw_pair

from w2s_sym.forecast import given_rows
from w2s_sym.forecast.coordinates import Coordinates, coordinates
from w2s_sym.forecast.decision import RidgePlan
from w2s_sym.forecast.diagnosis import Remarks
from w2s_sym.forecast.features import whitened_pair
from w2s_sym.forecast.forecast import plan
from w2s_sym.forecast.label_marks import mark_remarks
from w2s_sym.forecast.plan_data import Plan
from w2s_sym.forecast.reading import FeatureError, checked_pair
from w2s_sym.forecast.study import Labels


def doubts(weak: np.ndarray, strong: np.ndarray, labels: np.ndarray) -> str:
    found = plan(weak, strong, labels)
    assert isinstance(found, RidgePlan)
    assert found.verdict.startswith("Do not trust") == bool(found.doubts)
    return "; ".join(found.doubts)


def named(weak: np.ndarray, strong: np.ndarray, labels: np.ndarray) -> dict[str, str]:
    return {note.name: note.text for note in plan(weak, strong, labels).notes}


def said(held: Coordinates, y: np.ndarray) -> list[str]:
    """All that these checks say."""
    of_rows = given_rows.shift_doubts(given_rows.FirstRows.held(held), y) + given_rows.repeat_doubts(held, y)
    of_labels = list(mark_remarks(y).doubts) + given_rows.label_doubts(y)
    return [*of_rows, *of_labels, *(note.text for note in given_rows.unit_notes(held))]


@pytest.mark.parametrize("step", [1, -1])
def test_a_file_that_is_shifted_by_one_row_is_named(step: int) -> None:
    """After ``np.roll(x, 1)`` the first row of x stands in the second place: row k goes with row k + 1 of it."""
    weak, strong, y = draw_pair(500, 11)
    sign = "+" if step > 0 else "-"
    told = doubts(weak, np.roll(strong, step, axis=0), y[:200])
    assert f"row k of the weak features goes with row k {sign} 1 of the strong features" in told
    told = doubts(weak, strong, np.roll(y, -step)[:200])
    assert f"row k of the labels goes with row k {sign} 1 of the strong features" in told
    assert "of the weak features goes" not in told


def by_least_squares(weak: np.ndarray, strong: np.ndarray, labels: np.ndarray | None) -> Plan:
    found = plan(weak, strong, labels, method="least squares", n=100, N=300)
    assert isinstance(found, Plan)
    return found


@pytest.mark.parametrize("step", [1, -1])
def test_least_squares_names_a_shifted_file_too(step: int) -> None:
    weak, strong, y = draw_pair(500, 11)
    sign = "+" if step > 0 else "-"
    for labels in (None, y[:200]):
        told = by_least_squares(weak, np.roll(strong, step, axis=0), labels)
        assert f"row k of the weak features goes with row k {sign} 1 of the strong features" in told.verdict
        assert told.verdict.startswith("Do not trust")
    told = by_least_squares(weak, strong, np.roll(y, -step)[:200])
    assert f"row k of the labels goes with row k {sign} 1 of the strong features" in "; ".join(told.doubts)
    assert not by_least_squares(weak, strong, y[:200]).doubts


def test_least_squares_names_a_shift_of_files_that_are_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the rows of all there is a random part, but the labelled ones are the first of the files."""
    monkeypatch.setattr("w2s_sym.forecast.features.SAMPLE", 400)
    weak, strong, y = draw_pair(900, 11)
    told = by_least_squares(weak, np.roll(strong, 1, axis=0), y[:300])
    assert "row k of the weak features goes with row k + 1" in told.verdict


def test_least_squares_names_sorted_rows_and_labels() -> None:
    weak, strong, y = draw_pair(600, 13)
    order = np.argsort(strong[:, 0])
    told = by_least_squares(weak[order], strong[order], y[order][:200])
    assert "the first 200 rows, which have labels, are no random sample of all 600 rows" in told.verdict
    by_label = np.argsort(y[:200])
    rows = np.concatenate([by_label, np.arange(200, 600)])
    notes = {note.name for note in by_least_squares(weak[rows], strong[rows], y[rows][:200]).notes}
    assert "rows in order" in notes
    plain = by_least_squares(weak, strong, y[:200])
    assert not plain.doubts
    assert {"rows in order", "unrelated"} & {note.name for note in plain.notes} == set()
    mixed = by_least_squares(np.random.default_rng(0).permutation(weak), strong, y[:200])
    assert "as unrelated as those of different points" in mixed.verdict


@pytest.mark.parametrize("law", ["normal", "heavy", "far"])
def test_least_squares_leaves_files_without_a_slip_alone(law: str) -> None:
    """Far from zero: columns with means of a hundred standard deviations."""
    for seed in range(60):
        rng = np.random.default_rng([seed, 3])
        rows = int(rng.choice([150, 400, 900]))
        strong = rng.standard_t(3, (rows, 12)) if law == "heavy" else rng.standard_normal((rows, 12))
        weak = strong @ rng.standard_normal((12, 6)) / 4 + rng.standard_normal((rows, 6))
        y = np.tanh(strong[:, :1]) + rng.standard_normal((rows, 1))
        if law == "far":
            weak, strong = weak + 100, strong - 100
        pair = whitened_pair(weak, strong)
        labels = Labels.of(y[: rows // 2], pair, checked_pair(weak, strong), 0)
        assert given_rows.least_squares_remarks(pair, labels) == Remarks()


@pytest.mark.parametrize("order", ["shuffled", "reversed", "rolled"])
def test_rows_in_another_order_have_nothing_in_common(order: str) -> None:
    """Enough rows make it a doubt, as a shift by one row is; of few rows it is a note."""
    for rows in (600, 200):
        weak, strong, y = draw_pair(rows, 12)
        moved = {
            "shuffled": np.random.default_rng(0).permutation(weak),
            "reversed": weak[::-1],
            "rolled": np.roll(weak, 90, axis=0),
        }[order]
        found = plan(moved, strong, y[:100])
        told = "the weak and the strong features of the same"
        assert (told in found.verdict) == (rows == 600)
        assert ("unrelated" in {note.name for note in found.notes}) == (rows == 200)
        same = plan(weak, strong, y[:100])
        assert told not in same.verdict
        assert "unrelated" not in {note.name for note in same.notes}


@pytest.mark.parametrize("law", ["normal", "rectified", "heavy", "series"])
def test_files_without_a_slip_are_left_alone(law: str) -> None:
    """A series drifts, so that neighbours are alike: a shifted one is no better for that."""
    for seed in range(40):
        rng = np.random.default_rng([seed, 1])
        rows = int(rng.choice([30, 80, 300, 900]))
        strong = rng.standard_t(2.5, (rows, 25)) if law == "heavy" else rng.standard_normal((rows, 25))
        if law == "series":
            strong = np.cumsum(strong, axis=0)
        weak = strong @ rng.standard_normal((25, 8)) / 5 + rng.standard_normal((rows, 8))
        if law == "rectified":
            weak, strong = np.maximum(weak, 0), np.maximum(strong, 0)
        y = strong[: rows // 2] @ rng.standard_normal((25, 1)) + rng.standard_normal((rows // 2, 1))
        if law == "heavy":
            y = np.sign(y)
        assert said(coordinates(weak, strong, rows // 2), y) == []


def test_points_that_come_several_times_are_named() -> None:
    weak, strong, y = (np.repeat(a[:60], 4, axis=0) for a in draw_pair(60, 13))
    order = np.random.default_rng(0).permutation(240)
    assert "180 of 240 labelled points repeat others" in doubts(weak[order], strong[order], y[order])


def test_features_of_few_values_that_points_share_are_no_copies() -> None:
    rng = np.random.default_rng(14)
    strong = rng.integers(0, 2, (400, 6)).astype(float)
    weak = strong[:, :3]
    assert given_rows.repeat_doubts(coordinates(weak, strong, 400), strong[:, :1]) == []
    copies = np.repeat(rng.standard_normal((100, 1)), 4, axis=0)
    held = coordinates(np.hstack([weak, copies]), np.repeat(strong[:100], 4, axis=0), 400)
    assert given_rows.repeat_doubts(held, copies) == []  # the weak rows differ


def test_a_label_that_is_most_of_the_variance_is_named() -> None:
    weak, strong, y = draw_pair(400, 16)
    spoiled = y[:100].copy()
    spoiled[7] = 1e6
    assert "the label of row 7 carries 99% of the variance of 100 labels" in doubts(weak, strong, spoiled)
    assert "the label of row 99 carries" in doubts(weak, strong, np.eye(100)[99])


LAWS: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "normal": lambda rng, m: rng.standard_normal((m, 1)),
    "uniform": lambda rng, m: rng.random((m, 1)),
    "binary": lambda rng, m: rng.integers(0, 2, (m, 1)).astype(float),
    "one-hot": lambda rng, m: np.eye(10)[rng.integers(0, 10, m)],
    "lognormal": lambda rng, m: np.exp(1.3 * rng.standard_normal((m, 1))),
    "counts": lambda rng, m: rng.poisson(np.exp(1.3 * rng.standard_normal((m, 1)))).astype(float),
    "rare": lambda rng, m: (rng.random((m, 1)) < 0.03).astype(float),
    "Cauchy-like": lambda rng, m: rng.standard_t(1.5, (m, 1)),
}


@pytest.mark.parametrize("law", LAWS)
def test_tails_of_labels_are_named_where_their_mean_square_is_not_covered(law: str) -> None:
    """The band of the mean square by its own standard error, which errors of a plan inherit, covers badly under the
    laws of heavy tails and well under the others. The true mean squares are those of the laws."""
    rng, light = np.random.default_rng(20), law in ("normal", "uniform", "binary", "one-hot")
    truths = {"normal": 1.0, "uniform": 1 / 12, "binary": 0.25, "one-hot": 0.9}
    truths |= {"lognormal": (np.exp(1.69) - 1) * np.exp(1.69), "rare": 0.03 * 0.97, "Cauchy-like": np.inf}
    truths["counts"] = np.exp(0.845) + truths["lognormal"]
    for m in (40, 200) if light else (200,):
        told, covered = [], []
        for _ in range(300):
            y = LAWS[law](rng, m)
            if not y.any():  # none of the rare ones: such labels are refused
                continue
            q = ((y - y.mean(0)) ** 2).sum(1)
            told.append(bool(given_rows.label_doubts(y)))
            off = abs(np.log(q.mean() / truths[law])) if np.isfinite(truths[law]) else np.inf
            covered.append(off < 1.96 * q.std() / np.sqrt(m) / q.mean())
        if light:
            assert not any(told)
        elif law == "rare":  # the variance of two values is bounded by its mean: what is unknown is how rare
            assert np.mean(told) > 0.9
        else:
            assert np.mean(told) > 0.9
            assert np.mean(covered) < 0.8


def test_a_plan_with_heavy_tails_says_so_with_the_next_move() -> None:
    weak, strong, y = draw_pair(400, 16)
    told = doubts(weak, strong, np.exp(y[:200] / y.std()))
    assert "the labels have heavy tails (kurtosis" in told
    assert told.endswith("give more labels, or plan for their logarithms or ranks")
    counts = np.array([0.0] * 196 + [3.0] * 4)
    kurtosis = (0.98**4 * 0.02 + 0.02**4 * 0.98) / (0.98 * 0.02) ** 2
    told = given_rows.label_doubts(counts[:, None])[0]
    assert f"kurtosis {kurtosis:.3g}; at most 3 for a normal law" in told
    assert f"is {np.sqrt((kurtosis - 1) / 200):.0%}, so that" in told
    assert told.endswith("give more labels of the rare value")


@pytest.mark.parametrize(("classes", "of_each"), [(10, 10), (10, 20), (6, 20), (7, 30)])
def test_classes_of_equal_sizes_have_no_tails(classes: int, of_each: int) -> None:
    """All distances to the mean are the same: rounding may put the kurtosis below 1. A warning fails this test."""
    assert given_rows.label_doubts(np.repeat(np.eye(classes), of_each, axis=0)) == []


def test_labels_among_the_features_are_named() -> None:
    weak, strong, y = draw_pair(400, 17)
    leak = np.hstack([weak, y[:, None]])
    for side, first, labels in (("weak", leak, y[:100]), ("strong", weak, strong[:100].sum(1))):
        assert f"the labels are a linear function of the {side} features without any noise" in doubts(
            first, strong, labels
        )
    assert doubts(weak, strong, y[:100]) == ""


def test_one_column_in_another_unit_is_named() -> None:
    weak, strong, y = draw_pair(400, 18)
    for scale, share in ((1e2, "99.9%"), (1e12, "100.0%")):
        told = named(weak, strong * np.where(np.arange(strong.shape[1]) == 3, scale, 1.0), y[:100])
        assert f"column 3 carries {share} of the variance of the 12 strong features" in told["one column"]
        assert "ridge sees little else" not in told["one column"]
    assert "one column" not in named(weak[:, :1], strong * 1e6, y[:100])
    assert "one column" not in named(np.hstack([weak[:, :1], np.ones((400, 3))]), strong, y[:100])


def test_ridge_is_said_to_see_little_else_only_where_the_penalty_is_above_the_others() -> None:
    weak, strong, _ = draw_pair(400, 18)
    held = coordinates(weak, strong * np.where(np.arange(strong.shape[1]) == 3, 100.0, 1.0), 100)
    others = float(np.delete(strong.var(0), 3).sum())
    for penalty, told in ((1.1 * others, True), (0.9 * others, False), (None, False)):
        note = given_rows.unit_notes(held, penalty)[0]
        assert ("ridge sees little else" in note.text) == told


@pytest.mark.parametrize("slip", ["shuffled", "reversed", "others", "shifted by 7"])
def test_labels_that_no_model_explains_are_noted(slip: str) -> None:
    weak, strong, y = draw_pair(800, 20)
    moved = {
        "shuffled": np.random.default_rng(1).permutation(y[:200]),
        "reversed": y[:200][::-1],
        "others": y[-200:],
        "shifted by 7": y[7:207],
    }[slip]
    told = named(weak, strong, moved)["not explained"]
    assert "their order or their part of the points is not that of the features" in told
    assert "not explained" not in named(weak, strong, y[:200])


def test_labels_that_look_transposed_are_named_or_refused() -> None:
    rng = np.random.default_rng(21)
    weak, strong, y = draw_pair(800, 20)
    across = (y[:200, None] @ np.ones((1, 12)) + rng.standard_normal((200, 12))).T
    assert "labels are 12 points of 200 outputs: do they have one row per point?" in doubts(weak, strong, across)
    classes = np.eye(12)[rng.integers(0, 12, 200)]
    for table, told in (
        (across[:2], "is 2 points of 200 outputs, and looks transposed"),
        (classes.T, "in which each column, not each row, has one 1, and looks transposed"),
        (np.tile(y[:200], (12, 1)), "all the same, and looks transposed"),
    ):
        with pytest.raises(FeatureError, match=told):
            plan(weak, strong, table)
        with pytest.raises(FeatureError, match=told):
            plan(weak, strong, table, method="least squares")
    outputs = strong[:100] @ rng.standard_normal((12, 150))  # more outputs than points may be meant
    assert "labels are 100 points of 150 outputs" in named(weak, strong, outputs)["labels"]
    assert "outputs: do they" not in doubts(weak, strong, outputs)


def test_a_column_of_labels_that_counts_rows_is_named() -> None:
    weak, strong, y = draw_pair(600, 22)
    told = doubts(weak, strong, np.column_stack([y[:200], np.arange(5, 205)]))
    assert "column 1 of the labels counts the rows, from 5 to 204: is it an index?" in told
    assert "counts the rows" not in doubts(weak, strong, np.column_stack([y[:200], np.arange(200) // 2]))


def test_a_part_of_the_gap_that_is_not_defined_says_why() -> None:
    weak, strong, _ = draw_pair(600, 23)
    noise = np.random.default_rng(3).standard_normal(200)
    found = plan(weak, strong, noise)
    assert found.pgr is None
    assert "part of the gap recovered   not defined: the ceiling's error, " in str(found)
    assert found.to_json()["why_no_pgr"] == found.why_no_pgr
    other = plan(weak, strong, strong[:200] @ np.ones(12) + noise)
    assert other.pgr is not None
    assert "not defined" not in str(other)
    assert other.to_json()["why_no_pgr"] is None
