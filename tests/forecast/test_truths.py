"""Targets that labels allow: what draws know, and what they do not pretend to know."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from w2s_sym.forecast import truths
from w2s_sym.forecast.coordinates import coordinates


def pair(rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    strong = rng.standard_normal((rows, 6)) * np.linspace(2, 0.3, 6)
    weak = strong[:, :4] + rng.standard_normal((rows, 4))
    return weak, strong, strong @ np.ones((6, 1)) + rng.standard_normal((rows, 1))


@cache
def drawn(labelled: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """E[x_s y] of draws, shape (draws, 6), what it is over all rows, and E|y|^2 of draws over that of the labels."""
    weak, strong, y = pair(4000, seed)
    held = coordinates(weak, strong, labelled)
    some = y[:labelled] - y[:labelled].mean(0)
    found = truths.drawn_targets(held.population, held.x_w[:labelled], held.x_s[:labelled], some, 40, 0).targets
    totals = np.array([d.truth.total for d in found]) / (some**2).sum() * (labelled - 1)
    return np.array([d.truth.c_s[:, 0] for d in found]), (held.x_s.T @ (y - y.mean(0)))[:, 0] / 4000, totals


@pytest.mark.parametrize("labelled", [40, 600])
def test_draws_lie_around_the_truth_with_their_own_spread(labelled: int) -> None:
    seen, known, totals = drawn(labelled)
    assert (np.abs(seen.mean(0) - known) < 4.9 * seen.std(0)).all()
    assert totals == pytest.approx(np.ones(40))


def test_more_labels_narrow_them() -> None:
    few, many = drawn(40)[0], drawn(600)[0]
    assert (many.std(0) < few.std(0)).all()


def test_labels_without_a_signal_leave_little() -> None:
    weak, strong, _ = pair(600)
    held = coordinates(weak, strong, 300)
    y = np.random.default_rng(1).standard_normal((300, 1))
    found = truths.drawn_targets(held.population, held.x_w[:300], held.x_s[:300], y - y.mean(0), 40, 0).targets
    noise = np.array([d.sigma[0] ** 2 / d.truth.total for d in found])
    assert np.median(noise) > 0.8


def test_a_large_direction_leaves_a_signal_to_the_others() -> None:
    """The labels' noise is a tenth of their variance; 300 labels of 6 directions say so, whatever else is large."""
    weak, strong, y = pair(2000)
    y = strong @ np.ones((6, 1)) + 0.9 * np.random.default_rng(2).standard_normal((2000, 1))
    large = 1e4 * np.random.default_rng(3).standard_normal((2000, 1))
    held = coordinates(np.hstack([weak, large]), np.hstack([strong, large]), 300)
    some = y[:300] - y[:300].mean(0)
    found = truths.drawn_targets(held.population, held.x_w[:300], held.x_s[:300], some, 40, 0).targets
    noise = np.array([d.sigma[0] ** 2 / d.truth.total for d in found])
    assert np.median(noise) == pytest.approx(0.81 / float(y.var()), rel=0.3)


def test_columns_that_say_the_same_count_as_one_witness_in_cautious_draws() -> None:
    """One column, and nine times the same one and a tenth that makes the sum 0: its noise is not known better by it."""
    rng = np.random.default_rng(4)
    x = rng.standard_normal((400, 60)) / np.sqrt(np.arange(1, 61))
    held = coordinates(x[:, :5], x, 60)
    y = (x @ rng.standard_normal((60, 1)) + rng.standard_normal((400, 1)))[:60]
    y = y - y.mean(0)

    def noise(draws: list[truths.Target]) -> np.ndarray:
        return np.array([(d.sigma**2).sum() / d.truth.total for d in draws])

    one, ten = (
        truths.drawn_targets(held.population, held.x_w[:60], held.x_s[:60], labels, 200, 0)
        for labels in (y, np.hstack([np.tile(y, 9), -9 * y]))
    )
    assert one.cautious is one.targets
    assert noise(ten.targets).std() < 0.6 * noise(one.targets).std()
    assert noise(ten.cautious).std() == pytest.approx(noise(one.targets).std(), rel=0.25)
