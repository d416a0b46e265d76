"""What an instance holds: matrices apart from numbers."""

from __future__ import annotations

import numpy as np
import pytest
from experiments import POPULATION

from w2s_sym.evidence.simulation import sampling


def test_matrices_and_numbers_of_an_instance_are_kept_apart() -> None:
    point = {"d_s": 3, "d_w": 2, "N": 20, "n": 12}
    made = sampling.realise(POPULATION, point, np.random.default_rng(0), lambda known: {"sigma2": 1.0})
    assert set(made.arrays) == {"C"}
    assert made.arrays["C"].shape == (3, 2)
    assert {"d_s", "d_w", "N", "n", "sigma2", "d_sw"} <= set(made.scalars)
    assert all(isinstance(v, float) for v in made.scalars.values())
    assert made.scalars["d_sw"] == pytest.approx(float((made.arrays["C"] ** 2).sum()))
