"""Labelled rows that are smaller or larger than the others are named; random ones are left alone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest

from w2s_sym.forecast.decision import RidgePlan
from w2s_sym.forecast.forecast import plan
from w2s_sym.forecast.labelled_rows import TwoSamples, means_apart, rank_score, scale_doubts
from w2s_sym.forecast.plan_data import Plan


def features(rng: np.random.Generator, rows: int, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both models' features and labels, rows times ``scale``, shape (rows, 1)."""
    strong = scale * rng.standard_normal((rows, 12)) / np.arange(1, 13) ** 0.5
    weak = strong @ rng.standard_normal((12, 6)) / 4 + 0.3 * scale * rng.standard_normal((rows, 6))
    return weak, strong, strong @ rng.standard_normal((12, 1)) + 0.5 * rng.standard_normal((rows, 1))


def by_length(weak: np.ndarray, strong: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.argsort((strong**2).sum(1))


def by_signal(weak: np.ndarray, strong: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.argsort(np.abs(y[:, 0] - y.mean()))


@pytest.mark.parametrize(
    ("order", "what"),
    [(by_length, "the squared lengths of their strong features"), (by_signal, "in which such rows vary least")],
)
def test_files_that_are_sorted_by_size_are_named(order: Callable[..., np.ndarray], what: str) -> None:
    """Means are the same in both parts of the file: it is squares that tell."""
    rng = np.random.default_rng(5)
    weak, strong, y = features(rng, 1500, np.exp(0.3 * rng.standard_normal((1500, 1))))
    sort = order(weak, strong, y)
    found = plan(weak[sort], strong[sort], y[sort][:200], n=100, N=500)
    assert isinstance(found, RidgePlan)
    (doubt,) = (d for d in found.doubts if "no random sample" in d)
    assert "the first 200 rows, which have labels, are no random sample of all 1500 rows" in doubt
    assert what in doubt
    ratio = float(doubt.split(" times the median")[0].split()[-1])
    assert ratio < 0.5
    assert found.verdict.startswith("Do not trust")
    assert not plan(weak, strong, y[:200], n=100, N=500).doubts


def test_least_squares_names_them_too() -> None:
    rng = np.random.default_rng(5)
    weak, strong, y = features(rng, 1500, np.exp(0.3 * rng.standard_normal((1500, 1))))
    sort = by_length(weak, strong, y)
    found = plan(weak[sort], strong[sort], y[sort][:200], method="least squares", n=100, N=500)
    assert isinstance(found, Plan)
    assert any("times the median of the other rows" in doubt for doubt in found.doubts)


KINDS: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "normal": lambda rng: rng.standard_normal((600, 30)),
    "student, 2 degrees": lambda rng: rng.standard_t(2, (600, 30)),
    "cauchy": lambda rng: rng.standard_cauchy((600, 30)),
    "rows of other sizes": lambda rng: rng.standard_normal((600, 30)) * np.exp(1.5 * rng.standard_normal((600, 1))),
    "one of 40 classes": lambda rng: np.eye(40)[rng.integers(0, 40, 600)],
    "mostly zero": lambda rng: rng.standard_normal((600, 30)) * (rng.random((600, 30)) < 0.03),
    "counts": lambda rng: rng.poisson(0.3, (600, 30)).astype(float),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("labelled", [20, 150])
def test_random_samples_are_left_alone(kind: str, labelled: int) -> None:
    """Of 60 random choices of the labelled rows none is named: all together have a chance below 1e-3."""
    rng = np.random.default_rng([11, labelled])
    x = KINDS[kind](rng)
    for _ in range(60):
        rows = x[rng.permutation(len(x))]
        sides = (
            TwoSamples("weak", rows[:labelled, :8], rows[labelled:, :8]),
            TwoSamples("strong", rows[:labelled], rows[labelled:]),
        )
        assert scale_doubts(sides, labelled, len(rows)) == []
        assert not means_apart(rows[:, : labelled // 5], labelled)


def test_scores_of_ranks_are_those_of_all_choices() -> None:
    """Over all choices of 3 of 7 values, some of them equal, the score has the mean 0 and the variance 1."""
    values = np.array([1.0, 2.0, 2.0, 5.0, 7.0, 7.0, 900.0])
    scores = []
    for chosen in combinations(range(7), 3):
        rest = [k for k in range(7) if k not in chosen]
        scores.append(rank_score(values[[*chosen, *rest]], 3))
    assert np.mean(scores) == pytest.approx(0, abs=1e-12)
    assert np.mean(np.square(scores)) == pytest.approx(1, abs=1e-12)
    assert rank_score(np.full(7, 3.0), 3) == 0.0


def test_one_row_of_a_heavy_tail_moves_a_mean_and_no_rank() -> None:
    rng = np.random.default_rng(2)
    x = rng.standard_normal((2000, 4))
    x[3] = 1e4  # one of 20 labelled rows: the mean of the others is thousands of standard errors away
    assert not means_apart(x, 20)
    weak, strong = x[:, :2] + 0.1 * rng.standard_normal((2000, 2)), x
    found = plan(weak, strong, x[:20, :1] + rng.standard_normal((20, 1)), n=20, N=100)
    assert not any("no random sample" in doubt for doubt in found.doubts)
    x[:20] += 5
    assert means_apart(x, 20)
