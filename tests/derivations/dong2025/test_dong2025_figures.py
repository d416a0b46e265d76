"""The synthetic experiment as it is drawn: simulated points on the exact lines, and off the wrong ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from derivations import dong2025
from derivations.dong2025 import figures as drawn
from derivations.dong2025 import runs
from w2s_sym.claims.run import Run
from w2s_sym.evidence.simulation.moments_of_draws import LEVEL, mean_and_error
from w2s_sym.papers.figures import numbers

CORNER = {"skip": 90, "n": 2000, "N": 400}  # d_sw = 10: where in-sample and population differ most


@pytest.fixture(scope="module")
def store() -> dict[str, Any]:
    return {}


@pytest.fixture
def run(store: dict[str, Any]) -> Run:
    class Kept:
        get = staticmethod(store.get)
        put = staticmethod(store.__setitem__)

    return Run("quick", memory=Kept())  # type: ignore[arg-type]


def distances(data: Mapping[str, Any]) -> list[float]:
    """Simulated less exact in standard errors, for all points of all panels; exact values are looked up by size."""
    found = []
    for panel in data["panels"]:
        skip = {10: 90, 50: 50, 90: 10}[panel["d_sw"]]
        for name, points in panel["simulated"].items():
            for size, mean, error in zip(panel["sizes"], points["mean"], points["error"], strict=True):
                n, N = (2000, size) if panel["varied"] == "N" else (size, 4000)
                found.append((mean - float(drawn.formula(name, skip, n, N))) / error)
    return found


@pytest.mark.slow
def test_every_simulated_point_lies_on_its_exact_line(run: Run) -> None:
    count = {"synthetic_risk": 96, "synthetic_pgr": 24, "synthetic_opr": 24, "overlap_law": 24}
    for figure in dong2025.FIGURES:
        if figure.name in count:
            found = distances(numbers(figure, run))
            assert len(found) == count[figure.name]
            assert max(map(abs, found)) < LEVEL, figure.name


def test_the_in_sample_form_does_not_pass_for_the_population_risk() -> None:
    # One trial has a standard deviation of about 1e-4 and the two forms differ by 1.2e-4: 64 trials see 9 errors.
    student = np.array([runs.trial(2000, 400, np.random.default_rng([7, t]), literal=True)[2, 1] for t in range(64)])
    mean, error = mean_and_error(student)
    right, wrong = (float(drawn.formula(name, **CORNER)) for name in ("student", "drawn"))
    assert (right, wrong) == (pytest.approx(7.4591e-4, abs=5e-9), pytest.approx(6.302e-4, abs=5e-8))
    assert abs(mean - right) < LEVEL * error
    assert abs(mean - wrong) > LEVEL * error


def test_rows_and_their_triangular_factors_have_the_same_law() -> None:
    rows, factors = (
        np.array([runs.trial(700, 500, np.random.default_rng([seed, literal]), bool(literal)) for seed in range(40)])
        for literal in (1, 0)
    )
    for one, other in zip(rows.reshape(40, -1).T, factors.reshape(40, -1).T, strict=True):
        (mean, error), (mean_, error_) = mean_and_error(one), mean_and_error(other)
        assert abs(mean - mean_) < LEVEL * np.hypot(error, error_)
        # The spread too: log of a ratio of sample variances has a standard deviation of about sqrt(4/39) = 0.32.
        assert abs(np.log(error / error_)) < LEVEL * 0.32 / 2


def test_the_zero_function_is_below_every_line_of_the_student() -> None:
    line = np.arange(400, 4001)
    for skip in dong2025.SKIPS:
        assert (drawn.formula("student", skip, 2000, line) > float(dong2025.null_risk)).all()
        assert (drawn.formula("student", skip, line, 4000) > float(dong2025.null_risk)).all()


def test_every_simulated_series_has_error_bars_and_every_caption_says_what_they_are() -> None:
    for figure in dong2025.FIGURES:
        if figure.data is not drawn.noise_data:
            assert "two standard errors" in figure.caption


def test_least_squares_from_inner_products_is_that_of_the_rows() -> None:
    rng = np.random.default_rng(4)
    rows = runs.draw(rng, 400, literal=True)  # the fewest rows on the grids, for the most columns
    seen, target = slice(0, 200), rng.standard_normal(rows.shape[1])
    products = rows.T @ rows
    fitted = runs.fit(products, seen, products @ target)
    plain = np.linalg.lstsq(rows[:, seen], rows @ target, rcond=None)[0]
    assert np.abs(fitted - plain).max() < 1e-11
    other = np.linalg.lstsq(rows[:, seen], 1.0001 * (rows @ target), rcond=None)[0]
    assert np.abs(fitted - other).max() > 1e-6
