"""A paper's formulas at a pair's dimensions: factors, ratios by their definitions, and numbers of pseudo-labels."""

from __future__ import annotations

import numpy as np
import pytest

from derivations import dong2025
from w2s_sym.forecast.risk_formulas import Draws, RiskFormulas

FORMULAS = RiskFormulas.of(dong2025.PREDICTIONS, d_w=10, d_s=20)
# The teacher's risk 10/89 falls to (4 + 6 * 20/(N - 21))/89, where all directions matter and nothing is left out.
NOISE_ALONE = {name: np.array([float(name == "sigma2")]) for name in ("sigma2", "rho_w", "rho_s", "q", "h")}
SHARED = {**NOISE_ALONE, "d_sw": np.array([4.0])}


def test_a_factor_multiplies_what_vanishes_with_infinite_data_alone() -> None:
    values = {**SHARED, "rho_w": np.array([0.375]), "rho_s": np.array([0.5]), "q": np.array([0.25])}
    factors = {name: np.array([3.0]) for name in ("weak", "student", "strong", "ceiling")}
    plain, tripled = (FORMULAS.excess_risks(d, 100, 200) for d in (Draws(values), Draws(values, factors)))
    limits = {"weak": 0.375, "student": 0.75, "strong": 0.5, "ceiling": 0.5}
    for name, limit in limits.items():
        assert FORMULAS.limits(values)[name][0] == limit
        assert tripled[name][0] - limit == pytest.approx(3 * (plain[name][0] - limit))


def test_ratios_are_those_of_their_definitions() -> None:
    risks = {
        name: np.array([risk]) for name, risk in (("weak", 4.0), ("student", 2.0), ("strong", 5.0), ("ceiling", 1))
    }
    assert FORMULAS.ratio("pgr", risks)[0] == pytest.approx(2 / 3)
    assert FORMULAS.ratio("opr", risks)[0] == pytest.approx(5 / 2)


def test_pseudo_labels_are_the_least_that_reach_the_part() -> None:
    """By hand: the student is at the teacher's risk where N - 21 = 20, and keeps a tenth of the rest at 200."""
    for part, least in ((0.0, 41), (0.9, 221)):
        assert FORMULAS.pseudo_labels(Draws(SHARED), 100, part)[0] == pytest.approx(least, abs=1)
        assert FORMULAS.pseudo_labels_for_variance(4.0, 100, part) == pytest.approx(least)
    everything = {**SHARED, "d_sw": np.array([10.0])}
    assert FORMULAS.pseudo_labels(Draws(everything), 100, 0.9)[0] == np.inf
    assert FORMULAS.pseudo_labels_for_variance(10.0, 100, 0.9) == np.inf


def test_the_variance_ratio_is_the_shared_part_and_what_pseudo_labels_leave() -> None:
    assert FORMULAS.variance_ratio(np.array([4.0]), 221)[0] == pytest.approx((4 + 6 * 20 / 200) / 10)
