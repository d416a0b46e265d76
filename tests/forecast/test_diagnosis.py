"""What features break is named with numbers; what overrules a prediction is said in its headline, and only then."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from w2s_sym.forecast import features
from w2s_sym.forecast.correlation_dimension import overlap
from w2s_sym.forecast.diagnosis import law_doubts, risk_doubt
from w2s_sym.forecast.forecast import plan
from w2s_sym.forecast.plan_data import Band, Plan
from w2s_sym.forecast.refits import Measured


def made(weak: np.ndarray, strong: np.ndarray, seed: int = 0, n: int = 100, N: int = 300, labelled: int = 800) -> Plan:
    """A plan with bounded labels that depend on both models."""
    noise = np.random.default_rng([seed, 1]).standard_normal(len(weak))
    y = np.tanh(strong.sum(1) + weak.sum(1)) + noise
    y -= y.mean()
    return plan(weak, strong, y[:labelled], n=n, N=N, explained=1, method="least squares")


def gaussian(rows: int, seed: int, d_w: int = 10, d_s: int = 8) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    weak, strong = rng.standard_normal((rows, d_w)), rng.standard_normal((rows, d_s))
    weak[:, :4] = strong[:, :4]
    return weak, strong


def cauchy(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    weak, strong = rng.standard_cauchy((rows, 10)), rng.standard_cauchy((rows, 8))
    weak[:, :4] = strong[:, :4]
    return weak, strong


@pytest.mark.parametrize("seed", range(3))
def test_a_prediction_from_cauchy_features_is_not_to_be_trusted(seed: int) -> None:
    weak, strong = cauchy(2000, seed)
    for found in (made(weak, strong, seed), plan(weak, strong, n=100, N=300, explained=1)):
        assert found.verdict.startswith("Do not trust this prediction: ")
        assert "of 2000 points carries" in found.verdict
        assert "The formulas alone say" in found.verdict
        assert found.verdict in str(found)
        assert found.to_json()["doubts"] == list(found.doubts)
        json.dumps(found.to_json(), allow_nan=False)


@pytest.mark.parametrize("seed", range(6))
def test_gaussian_features_raise_no_doubt(seed: int) -> None:
    found = made(*gaussian(2000, seed), seed=seed)
    assert found.doubts == ()
    assert "trust" not in found.verdict
    few = made(*gaussian(120, seed), seed=seed, n=30, N=60, labelled=80)
    assert few.doubts == ()


def test_bounded_features_of_images_raise_no_doubt() -> None:
    """Non-Gaussian, a point with the leverage 0.15; the bands are widened and hold."""
    from sklearn.datasets import load_digits

    images, digit = load_digits(return_X_y=True)
    images = images / 16
    images -= images.mean(0)
    rng = np.random.default_rng(20250207)
    sides = [np.tanh(images @ rng.standard_normal((64, count)) / 2 + rng.standard_normal(count)) for count in (15, 60)]
    weak, strong = (side - side.mean(0) for side in sides)
    y = np.eye(10)[digit]
    assert plan(weak, strong, y - y.mean(0), n=100, N=300, explained=1, method="least squares").doubts == ()


def test_heavy_tails_are_seen_where_the_extreme_points_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 3000 Cauchy points only 100 are looked at: they hold little of the second moment, which is in a few points."""
    monkeypatch.setattr(features, "SAMPLE", 100)
    weak, strong = cauchy(3000, 0)
    assert "random points of 3000 have" in plan(weak, strong, n=100, N=300, explained=1).verdict
    assert plan(*gaussian(3000, 0), n=100, N=300, explained=1).doubts == ()


def test_a_large_departure_counts_only_beyond_its_error() -> None:
    seen = Measured(50, 60, 8, {}, {})
    assert "1.8 times" in law_doubts(1.8, 0.1, seen)[0]
    assert law_doubts(1.8, 0.3, seen) == law_doubts(1.2, 0.01, seen) == []
    assert "is 3; the formula says 1 " in risk_doubt("weak teacher", 3.0, 1.0, 0.1, seen)[0]
    assert risk_doubt("weak teacher", 3.0, 1.0, 0.5, seen) == risk_doubt("weak teacher", 1.2, 1.0, 0.01, seen) == []


def test_means_that_dominate_are_named_with_what_they_do() -> None:
    weak, strong = gaussian(2000, 0)
    found = plan(weak + 1e4, strong + 1e4, n=100, N=300)
    (text,) = [note.text for note in found.notes if note.name == "not centred"]
    # A mean of 10^4 beside unit variance is 1 - 10^-8 of the second moment, and the constant is one shared direction.
    assert "100.0000% of the second moment of the weak features" in text
    assert "d_w = 1 and d_s = 1" in text
    assert "cosine 1.0000" in text
    assert "subtract the columns' means" in text
    assert text in str(found)
    assert text in json.dumps(found.to_json()["notes"])
    one = plan(weak + 3, strong, n=100, N=300, explained=1)
    (text,) = [note.text for note in one.notes if note.name == "not centred"]
    # 9 of 10 are the mean's; the sample's own mean moves it by 3 standard errors of at most 0.2 % each.
    share = float(text.split("carry ")[1].split("%")[0])
    assert share == pytest.approx(90, abs=1)
    assert "strong" not in text
    for kept in ((weak, strong), (weak + 0.5, strong - 0.5)):
        assert "not centred" not in [note.name for note in plan(*kept, n=100, N=300).notes]


def test_a_shared_constant_is_one_more_shared_dimension() -> None:
    """Independent features of mean 100: nothing is shared but the constant, which each side has."""
    rng = np.random.default_rng(1)
    weak, strong = 100 + rng.standard_normal((3000, 5)), 100 + rng.standard_normal((3000, 4))
    assert overlap(weak, strong, explained=1).d_sw == pytest.approx(1, abs=0.05)
    assert overlap(weak - 100, strong - 100, explained=1).d_sw == pytest.approx(0, abs=0.05)


def test_an_unsure_verdict_says_what_to_do() -> None:
    """The student saves the noise of six directions, 6/389, and loses a signal of 0.125^2, about as much."""
    rng = np.random.default_rng(0)
    weak, strong = gaussian(4000, 0)
    y = strong[:, 0] + 0.125 * weak[:, 9] + rng.standard_normal(4000)
    found = plan(weak, strong, y[:1500], n=400, N=1500, explained=1, method="least squares")
    assert 0.025 < found.pays < 0.975
    assert found.narrows == found.to_json()["narrowed_by_more"] == "labels"
    assert "more labels would narrow" in found.verdict
    never, some = Band(np.inf, 53, np.inf), Band(200, 150, 2000.5)
    text = replace(found, break_even=never, narrows="rows").verdict
    assert "level at 53 pseudo-labels at one end of the band; at the other the student never beats its teacher" in text
    assert "more rows would narrow d_sw" in text
    assert "take more than 2001;" in replace(found, break_even=some).verdict
    assert "N is above" in replace(found, break_even=Band(200, 150, 900)).verdict
    assert "At no N" in replace(found, break_even=Band(np.inf, np.inf, np.inf)).verdict
    assert replace(found, pays=1.0).verdict.endswith("uncertain.")
