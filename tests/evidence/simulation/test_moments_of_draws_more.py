"""The empty tally, and an interval under misfit against one computed by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from w2s_sym.evidence.simulation.moments_of_draws import LEVEL, Tally, fit_law


def test_the_empty_tally_is_nothing_at_all() -> None:
    assert Tally() == Tally(0, 0.0, 0.0, 0.0)
    some = Tally.of(np.array([1.0, 2.0, 4.0]))
    assert Tally() + some == some


@pytest.mark.parametrize("count", [3, 4, 5, 6])
def test_a_misfit_widens_by_chi_square_per_degree_of_freedom(count: int) -> None:
    sizes = [10 * 2**i for i in range(count)]
    spread = 1e-3
    # Errors 3/size, off by 2 % up and down: many spreads away from every law c size^-p.
    errors = [3 / s * (1 + (-1) ** i * 0.02) for i, s in enumerate(sizes)]
    sigma = [spread * 3 / s for s in sizes]

    def misfit(p: float) -> float:
        basis = np.array([s**-p for s in sizes]) / sigma
        values = np.array(errors) / sigma
        return float(values @ values - (basis @ values) ** 2 / (basis @ basis))

    orders = np.linspace(0.5, 1.5, 20001)
    chi2 = np.array([misfit(p) for p in orders])
    best = chi2.min()
    assert best / (count - 2) > 10
    inside = orders[chi2 - best <= LEVEL**2 * best / (count - 2)]
    fitted = fit_law(sizes, errors, sigma, 1.0)
    assert fitted.low == pytest.approx(inside[0], abs=0.006)
    assert fitted.high == pytest.approx(inside[-1], abs=0.006)
    assert math.isfinite(fitted.limit_error)
