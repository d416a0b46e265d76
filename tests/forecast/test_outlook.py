"""What to expect of the ceiling, which has far more labels than were seen: its band holds what training gives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from w2s_sym.forecast.coordinates import coordinates
from w2s_sym.forecast.forecast import plan
from w2s_sym.forecast.outlook import Question, lasting_excess, outlook
from w2s_sym.forecast.ridge_equivalents import CEILING, Ridge, Truth
from w2s_sym.forecast.ridge_fits import RidgeDesign
from w2s_sym.forecast.truths import Target

SPLITS = 6


def features(x: np.ndarray, width: int, seed: int, rule: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """A rule of random combinations of centred inputs, shape (rows, width)."""
    w = np.random.default_rng(seed).standard_normal((x.shape[1], width)) / np.sqrt(x.shape[1])
    return rule((x - x.mean(0)) / x.std() @ w)


@pytest.mark.parametrize(
    "rule",
    [pytest.param(np.tanh, id="saturated"), pytest.param(lambda x: np.sin(2 * x), id="waves")],
)
def test_the_band_of_a_ceiling_of_nine_times_the_labels_holds_runs(
    rule: Callable[[np.ndarray], np.ndarray],
) -> None:
    """100 digits with a label, 800 without; of six runs a band of 95 % misses more than one in 3 % of samples."""
    found = pytest.importorskip("sklearn.datasets").load_digits()
    weak, strong = (features(found.data, width, seed, rule) for width, seed in ((50, 1), (500, 2)))
    y, inside = np.eye(10)[found.target], 0
    for seed in range(SPLITS):
        order = np.random.default_rng([3, seed]).permutation(len(y))
        rows, test = order[:900], order[900:]
        held = coordinates(weak[rows], strong[rows], 100)
        said = outlook(held, y[rows[:100]], Question(100, 800, held_out=len(test)))
        predicted = RidgeDesign.of(strong[rows]).fit(strong[rows], y[rows])(strong[test])
        off = np.log(((y[test] - predicted) ** 2).sum(1).mean()) - said.centre[CEILING]
        inside += abs(off) < 1.96 * np.sqrt(said.run[CEILING, CEILING])
    assert inside >= SPLITS - 1


def test_the_mean_error_of_a_ceiling_is_no_larger_than_that_of_fewer_labels() -> None:
    """Its band reaches far down where little is known of noise, and not beyond the strong model: a PGR can be told."""
    found = pytest.importorskip("sklearn.datasets").load_digits()
    rows = np.random.default_rng(2).permutation(1797)[:900]
    weak, strong = (features(found.data, width, seed, np.tanh)[rows] for width, seed in ((50, 1), (500, 2)))
    said = plan(weak, strong, np.eye(10)[found.target[rows[:100]]], n=100, N=800)
    ceiling = said.errors["ceiling"].mean
    assert ceiling.low < ceiling.value / 2
    assert ceiling.high <= said.errors["strong"].mean.high
    assert said.pgr is not None


def isotropic(n: int) -> Ridge:
    """Least squares, or its least norm, on 40 directions of variance 1."""
    return Ridge.of(np.ones(40), n, 0.0)


@pytest.mark.parametrize(
    ("error", "excess"),
    [
        pytest.param(0.80, np.log(1.625), id="refits above the equivalents"),
        pytest.param(0.65, 0.0, id="refits at the equivalents"),
        pytest.param(0.50, 0.0, id="refits below the equivalents"),
    ],
)
def test_what_refits_have_beyond_equivalents_may_stay(error: float, excess: float) -> None:
    """20 labels and 400, a signal of .9 of the variance 1.

    At 20 kappa is 1 and V = (1 - .75 signal)/(1 - .5), which is .65; at 400 V = (1 - signal)/(1 - .1), which is .111.
    With V = .8 the signal is .8 and V at 400 is .222, where the ratio says .137.
    """
    c = np.full((40, 1), np.sqrt(0.9 / 40))
    target = Target(np.zeros((1, 1)), c, np.array([np.sqrt(0.1)]), Truth(np.zeros((1, 1)), c, 1.0))
    seen = error * (1 + 1 / 20)
    assert lasting_excess([target], isotropic(20), isotropic(400), seen) == pytest.approx(excess, abs=1e-9)


def test_where_all_of_an_error_is_noise_nothing_stays_beyond_the_ratio() -> None:
    """Least squares with more rows than directions: the error is the noise, whatever the signal."""
    c = np.full((40, 1), np.sqrt(0.5 / 40))
    target = Target(np.zeros((1, 1)), c, np.array([np.sqrt(0.5)]), Truth(np.zeros((1, 1)), c, 1.0))
    assert lasting_excess([target], isotropic(80), isotropic(400), 1.3) == pytest.approx(0.0, abs=1e-9)
