"""Plans by ridge: against training, in every regime that people are in, and what their headlines say."""

from __future__ import annotations

import json

import numpy as np
import pytest
from feature_pairs import draw_pair

from w2s_sym.forecast.decision import CHOICES, OPPONENTS, RidgePlan
from w2s_sym.forecast.features import FeatureError
from w2s_sym.forecast.forecast import plan
from w2s_sym.forecast.ridge_equivalents import NAMES
from w2s_sym.forecast.ridge_fits import RidgeDesign


def trained(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    return RidgeDesign.of(x).fit(x, y)(at)


def run_once(n: int, N: int, seed: int) -> dict[str, float]:
    """One training run on fresh points of the simulated pair, measured on 4000 others."""
    w1, s1, y1 = draw_pair(n, 10**6 + 3 * seed)
    w2, s2, y2 = draw_pair(N, 10**6 + 3 * seed + 1)
    w3, s3, y3 = draw_pair(4000, 10**6 + 3 * seed + 2)
    y1, y2 = y1[:, None], y2[:, None]
    said = {
        "mean": np.full((4000, 1), y1.mean()),
        "weak": trained(w1, y1, w3),
        "student": trained(s2, trained(w1, y1, w2), s3),
        "strong": trained(s1, y1, s3),
        "ceiling": trained(np.vstack([s1, s2]), np.vstack([y1, y2]), s3),
    }
    return {name: float(((p[:, 0] - y3) ** 2).mean()) for name, p in said.items()}


@pytest.mark.parametrize("labelled", [60, 800])
def test_a_plan_predicts_what_training_gives(labelled: int) -> None:
    """Means of 100 runs lie in the bands of the mean, single runs in those of one run, at 95 % less three errors."""
    weak, strong, y = draw_pair(3000, 0)
    found = plan(weak, strong, y[:labelled], n=60, N=300, held_out=4000)
    runs = [run_once(60, 300, seed) for seed in range(100)]
    assert list(found.errors) == list(OPPONENTS) == list(NAMES)
    for name, forecast in found.errors.items():
        seen = np.array([run[name] for run in runs])
        assert forecast.mean.low < seen.mean() < forecast.mean.high, name
        if labelled > 60:
            inside = ((forecast.run.low < seen) & (seen < forecast.run.high)).mean()
            assert inside > 0.95 - 3 * np.sqrt(0.95 * 0.05 / 100), name
    means = {name: np.mean([run[name] for run in runs]) for name in CHOICES}
    assert found.best == min(means, key=lambda name: float(means[name]))


def test_more_labels_than_there_are_can_be_planned_for() -> None:
    """Rows are hidden: 60 labels and 300 rows are seen, 240 labels and 1200 pseudo-labels are asked for."""
    weak, strong, y = draw_pair(300, 1)
    found = plan(weak, strong, y[:60], n=240, N=1200)
    assert "far" in [note.name for note in found.notes]
    runs = [run_once(240, 1200, seed) for seed in range(20)]
    for name in ("weak", "student", "strong", "ceiling"):
        mean = np.mean([run[name] for run in runs])
        assert found.errors[name].mean.low < mean < found.errors[name].mean.high


WIDE = np.random.default_rng(9).standard_normal((12, 700))


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(lambda w, s: (w, s), id="n below both dimensions"),
        pytest.param(lambda w, s: (np.hstack([w, w]), np.hstack([s, 2 * s])), id="dependent columns"),
        pytest.param(lambda w, s: (np.hstack([w, np.ones((len(w), 3))]), s * [0, *[1] * 11]), id="constant columns"),
        pytest.param(lambda w, s: (w, s @ WIDE), id="more columns than rows"),
        pytest.param(lambda w, s: (w[:, :1], s[:, :1]), id="one column each"),
        pytest.param(lambda w, s: (w, w), id="twins"),
        pytest.param(lambda w, s: (w.astype(np.float32) + 1e4, s.astype(np.float32)), id="a large mean"),
    ],
)
def test_no_regime_is_refused(shape: object) -> None:
    weak, strong, y = draw_pair(400, 2)
    found = plan(*shape(weak, strong), y[:12])  # type: ignore[operator]
    assert (found.n, found.N) == (12, 388)
    for forecast in found.errors.values():
        assert 0 < forecast.run.low < forecast.mean.value < forecast.run.high < np.inf
    assert sum(found.errors[name].best or 0 for name in CHOICES) == pytest.approx(1)


def test_the_units_of_features_and_labels_do_not_matter() -> None:
    weak, strong, y = draw_pair(500, 3)
    one = plan(weak, strong, y[:100])
    other = plan(1e6 * weak, 1e-6 * strong + 5e-6, 1e3 * y[:100] + 1e3)
    for name in OPPONENTS:
        assert other.errors[name].mean.value == pytest.approx(1e6 * one.errors[name].mean.value, rel=1e-4)


@pytest.mark.parametrize("value", [1.1e15, 1.7e29, 1.3e63])
def test_a_constant_column_of_large_numbers_hides_no_other(value: float) -> None:
    weak, strong, y = draw_pair(300, 3)
    one, other = (plan(1e-3 * np.hstack([weak, c]), strong, y[:100]) for c in (weak[:, :0], np.full((300, 1), value)))
    for name in OPPONENTS:
        assert other.errors[name].mean.value == pytest.approx(one.errors[name].mean.value, rel=1e-4)


def test_nested_features_leave_nothing_to_gain() -> None:
    rng = np.random.default_rng(4)
    strong = rng.standard_normal((900, 20))
    weak, y = strong[:, :5] @ rng.standard_normal((5, 4)), strong.sum(1)
    found = plan(weak, strong, y[:80])
    assert found.nested
    assert found.pays == 0
    assert "the student reproduces its teacher; nothing to gain" in found.verdict
    assert found.errors["student"].best == 0
    assert not plan(weak + 0.1 * rng.standard_normal(weak.shape), strong, y[:80]).nested


def test_labelled_rows_that_are_no_random_sample_are_named() -> None:
    weak, strong, y = draw_pair(900, 5)
    order = np.argsort(strong[:, 0])
    in_order = plan(weak[order], strong[order], y[order][:300])
    assert "no random sample of all 900 rows: their means of the weak features are" in in_order.verdict
    assert in_order.verdict.startswith("Do not trust")
    assert plan(weak, strong, y[:300]).doubts == ()
    by_label = np.argsort(y)
    every = plan(weak[by_label], strong[by_label], y[by_label], n=100)
    assert "rows in order" in [note.name for note in every.notes]
    assert "rows in order" not in [note.name for note in plan(weak, strong, y, n=100).notes]


def test_a_row_that_is_most_of_the_variance_is_named() -> None:
    weak, strong, y = draw_pair(400, 6)
    strong[350] *= 1e3
    assert "one of 400 rows carries" in plan(weak, strong, y[:100]).verdict


def test_least_squares_that_disagrees_is_named() -> None:
    """30 labels for 25 directions: least squares gives the student a teacher of noise to average; ridge shrinks it."""
    rng = np.random.default_rng(7)
    weak = rng.standard_normal((2500, 25))
    strong = np.hstack([weak[:, :3] + 0.7 * rng.standard_normal((2500, 3)), rng.standard_normal((2500, 10))])
    y = weak[:, :3].sum(1) + 0.6 * rng.standard_normal(2500)
    found = plan(weak, strong, y, n=31, N=1000)
    assert "Least squares and ridge disagree: by least squares on 25 and" in found.verdict
    assert plan(weak, strong, y, n=500, N=1000).least_squares == ""


def test_the_choice_is_shown_by_the_part_of_the_variance_that_is_kept() -> None:
    """The strong model's signal lies in directions with a thousandth of its variance: they are cut away below that."""
    rng = np.random.default_rng(8)
    weak, strong = rng.standard_normal((1500, 8)), rng.standard_normal((1500, 10))
    y = 2 * strong[:, 5:].sum(1) + weak.sum(1)
    strong[:, 5:] *= 0.03
    found = plan(weak, strong, y[:400], N=1000)
    assert found.best == "strong"
    assert found.explained[0.95] == "weak"
    assert found.explained[1.0] == "strong"
    assert "The choice depends on the part of the variance that is kept" in found.verdict
    assert "depends on the part" not in plan(*draw_pair(1500, 0)[:2], draw_pair(1500, 0)[2][:400]).verdict


def test_classes_are_fitted_as_columns_and_counted() -> None:
    rng = np.random.default_rng(10)
    strong = rng.standard_normal((900, 6))
    labels = (strong[:, 0] > 0).astype(int) + (strong[:, 1] > 1)
    weak = strong + 2 * rng.standard_normal((900, 6))
    named = plan(weak, strong, labels[:300], classes=True)
    columns = plan(weak, strong, np.eye(3)[labels[:300]])
    assert named.errors["strong"].mean.value == columns.errors["strong"].mean.value
    assert (named.errors["strong"].accuracy or 0) > 0.7
    assert "accuracy" in str(named)
    assert "--classes does" not in str(named)
    assert named.errors["ceiling"].accuracy is None  # refits have 270 labels for it, not 900
    whole = plan(weak, strong, np.eye(3)[labels], n=100, N=300)
    assert (whole.errors["ceiling"].accuracy or 0) > 0.7
    as_numbers = plan(weak, strong, labels[:300])
    assert as_numbers.errors["strong"].accuracy is None
    assert "--classes does" in str(as_numbers)
    with pytest.raises(FeatureError, match="needs one column that names the class"):
        plan(weak, strong, np.eye(3)[labels[:300]], classes=True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 1}, "n=1: needs at least 2"),
        ({"N": 0}, "N=0: needs at least 2"),
        ({"penalty": -1.0}, "penalty=-1.0: needs a finite number"),
        ({"penalty": float("nan")}, "penalty=nan: needs a finite number"),
        ({"penalty": 1e300}, "penalty=1e\\+300: needs a finite number, not negative and at most 1e\\+100"),
        ({"held_out": 0}, "held_out=0: needs a number of points"),
        ({"explained": 1.5}, "explained=1.5: needs a part of the variance"),
        ({"sigma2": 0.1}, "belong to method="),
        ({"method": "least squares", "penalty": 1.0}, "belong to ridge, not to method=.*--least-squares"),
        ({"method": "lasso"}, "method='lasso': needs one of ridge, least squares"),
    ],
)
def test_what_cannot_be_planned_is_refused(options: dict[str, object], message: str) -> None:
    weak, strong, y = draw_pair(100, 0)
    with pytest.raises(FeatureError, match=message):
        plan(weak, strong, y[:50], **options)  # type: ignore[call-overload]


def test_bad_rows_and_labels_are_refused() -> None:
    weak, strong, y = draw_pair(100, 0)
    for bad, message in (
        ((weak[:90], strong, y[:50]), "90 rows, strong features 100"),
        ((weak, 0 * strong, y), "strong features: every column is constant"),
        ((weak, np.where(strong > 3, np.nan, strong * 4), y[:50]), "strong features: nan at row"),
        ((weak, strong * 1e200, y), "too large to be squared"),
        ((weak, strong * 1e60, y), "strong features are too large to be squared; scale them down"),
        ((weak * 1e-60, strong, y), "weak features are too small to be squared; scale them up"),
        ((1e19 + 4096 * np.round(weak), strong, y), "weak features vary by little more than the last digit"),
        ((weak, strong, y[:5]), "5 labels: needs at least 10"),
        ((weak, strong, y[None]), "is 1 point of 100 outputs, and looks transposed; needs one row"),
    ):
        with pytest.raises(FeatureError, match=message):
            plan(*bad)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("features", "labels", "penalty"),
    [(1e39, 1e59, None), (1e-39, 1e59, None), (1e39, 1e-59, 1e100), (1e-39, 1e-59, 1e-300), (1.0, 1.0, 1e-300)],
)
@pytest.mark.parametrize("columns", [3, 40])
def test_numbers_at_the_ends_of_the_range_are_planned_with(
    features: float, labels: float, penalty: float | None, columns: int
) -> None:
    """What is not refused overflows nowhere, and units do not matter; a penalty of no size is least squares."""
    rng = np.random.default_rng(21)
    strong = rng.standard_normal((40, columns))
    weak, y = strong[:, :2] + rng.standard_normal((40, 2)), strong[:20, 0] + rng.standard_normal(20)
    found = plan(weak / features, strong * features, y * labels, penalty=penalty)
    if penalty != 1e100:
        plain = plan(weak, strong, y, penalty=penalty and 0.0)
        for name in OPPONENTS:
            scaled = plain.errors[name].mean.value * labels**2
            assert found.errors[name].mean.value == pytest.approx(scaled, rel=1e-3)
    json.dumps(found.to_json(), allow_nan=False)


def test_integers_that_no_float_holds_are_refused() -> None:
    """Of 2^53 + 1 a float makes 2^53: labels that differ would be the same, without a word."""
    weak, strong, y = draw_pair(100, 22)
    bits = (y > 0).astype(np.int64)
    for offset, kind in ((2**53, np.int64), (-(2**60), np.int64), (2**63, np.uint64)):
        labels = np.array([offset + int(b) for b in bits], dtype=kind)
        with pytest.raises(FeatureError, match=r"labels: the array has the integer -?\d+, which no float64 holds"):
            plan(weak, strong, labels)
        column = np.array([[offset + int(b), int(b)] for b in bits], dtype=kind if offset > 0 else np.int64)
        with pytest.raises(FeatureError, match="weak features: the array has the integer"):
            plan(column, strong, y)
    plan(weak, strong, bits * 2**60)  # large, and floats hold it


def test_what_takes_more_memory_than_there_is_is_refused_before_it_is_made() -> None:
    weak, strong, _ = draw_pair(100, 26)
    rng = np.random.default_rng(26)
    with pytest.raises(FeatureError, match="labels: 60000 columns, which need more memory than 1 GiB"):
        plan(weak, strong, rng.standard_normal((20, 60_000)))
    wide = np.broadcast_to(rng.standard_normal((30, 1)), (30, 30_000))
    with pytest.raises(FeatureError, match="30001 columns in both matrices: their second moments take"):
        plan(wide[:, :1], wide, wide[:, 0])


@pytest.mark.filterwarnings("error")
def test_long_doubles_beyond_the_range_are_refused() -> None:
    weak, strong, y = draw_pair(100, 23)
    huge = np.longdouble("1e3000")
    if not np.isfinite(huge):
        pytest.skip("long doubles are no longer than floats here")
    for pair in ((weak * huge, strong, y), (weak, strong * huge, y), (weak, strong, y * huge)):
        with pytest.raises(FeatureError, match=r"has -?\d\.\d+e\+\d+, beyond the range of float64; scale it down$"):
            plan(*pair)


def test_one_row_without_a_label_is_not_the_pool() -> None:
    weak, strong, y = draw_pair(31, 24)
    assert plan(weak, strong, y[:30]).N == 31
    assert plan(weak, strong, y[:29]).N == 2


def test_a_student_that_reproduces_its_teacher_is_not_the_choice() -> None:
    """Twins: teacher, student and strong model are one; a student that is best with probability 0 is not named."""
    for seed in range(4):
        _, strong, y = draw_pair(300, seed)
        found = plan(strong, strong.copy(), y[:80], seed=seed)
        assert found.nested
        assert found.best in ("weak", "strong")
        assert "is the same to all digits" in found.verdict
        assert "student" not in found.explained.values()
        assert "train the strong student" not in found.verdict


def test_no_choice_is_named_alone_where_another_is_best_more_often() -> None:
    rng = np.random.default_rng(25)
    weak, strong, _ = draw_pair(400, 25)
    found = plan(weak, strong, rng.standard_normal(60))
    assert (found.errors[found.best].best or 0) < 0.5
    assert "no choice stands out" in found.verdict
    assert "probably" not in found.verdict
    sure = plan(*draw_pair(400, 25)[:2], draw_pair(400, 25)[2][:200])
    assert "no choice stands out" not in sure.verdict


@pytest.fixture(scope="module")
def one() -> RidgePlan:
    weak, strong, y = draw_pair(600, 0)
    return plan(weak, strong, y[:100], penalty=3.0)


def test_a_plan_shows_itself_and_is_the_same_for_a_seed(one: RidgePlan) -> None:
    weak, strong, y = draw_pair(600, 0)
    again = plan(weak, strong, y[:100], penalty=3.0)
    assert json.dumps(one.to_json(), allow_nan=False) == json.dumps(again.to_json(), allow_nan=False)
    assert one.to_json()["penalty"] == 3.0
    assert all(name in str(one) for name in OPPONENTS.values())
    assert one.verdict in str(one)
    assert repr(one) == str(one)
    html = one._repr_html_()
    assert OPPONENTS["student"] in html
    assert "<pre>" not in html


def test_a_given_penalty_is_that_of_training() -> None:
    weak, strong, y = draw_pair(2000, 0)
    found = plan(weak, strong, y, n=40, N=300, penalty=200.0)
    losses = []
    for seed in range(60):
        w, _, target = draw_pair(40, 10**6 + seed)
        fresh, _, labels = draw_pair(1000, 10**7 + seed)
        model = RidgeDesign.of(w).fit(w, target[:, None], 200.0)
        losses.append(((model(fresh)[:, 0] - labels) ** 2).mean())
    assert found.errors["weak"].mean.low < np.mean(losses) < found.errors["weak"].mean.high


def test_the_picture_is_drawn(one: RidgePlan) -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure()
    one.paint({}, figure)
    left, right = figure.axes
    assert [t.get_text() for t in left.get_yticklabels()] == list(reversed(OPPONENTS.values()))
    assert len(right.lines) == len(OPPONENTS) + 1


def test_fewer_labels_than_plans_were_compared_with_are_noted() -> None:
    weak, strong, y = draw_pair(300, 3)
    for labelled, told in ((12, True), (59, True), (60, False)):
        assert ("few labels" in {note.name for note in plan(weak, strong, y[:labelled]).notes}) == told
