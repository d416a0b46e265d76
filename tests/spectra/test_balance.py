"""The Newton step on numbers that are worked out by hand, in all three arithmetics."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flint import arb

from w2s_sym.spectra.balance import Arithmetic, Balance

KINDS: dict[str, tuple[Callable[[float], Any], Arithmetic[Any]]] = {
    "floats": (float, Arithmetic(math.log, lambda x: max(x, 0.0))),
    "arrays": (np.array, Arithmetic(np.log, lambda x: np.maximum(x, 0))),
    "balls": (arb, Arithmetic(lambda x: x.log(), lambda x: x.max(arb(0)))),
}


def balance(kind: str, B: tuple[float, float], A: tuple[float, float], gap: float, pull: float) -> Balance[Any]:
    make, arithmetic = KINDS[kind]
    sides = {"below": (make(B[0]), make(B[1])), "above": (make(A[0]), make(A[1]))}
    return Balance.at(arithmetic, **sides, gap=make(gap), pull=make(pull))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("gap", "pull", "up", "down", "slope"),
    [
        # up = 3 + pull + max(gap, 0), down = 2 + max(-gap, 0), slope = (1.5 + pull)/up + 1/down.
        (5.0, 0.0, 8.0, 2.0, 1.5 / 8 + 1 / 2),
        (-6.0, 0.0, 3.0, 8.0, 1.5 / 3 + 1 / 8),
        (0.0, 1.0, 4.0, 2.0, 2.5 / 4 + 1 / 2),
    ],
)
def test_a_step_is_the_logarithm_of_the_balance_over_its_slope(
    kind: str, gap: float, pull: float, up: float, down: float, slope: float
) -> None:
    found = balance(kind, (3.0, 1.5), (2.0, 1.0), gap, pull)
    assert float(found.up) == up
    assert float(found.down) == down
    assert float(found.slope) == pytest.approx(slope, rel=1e-15)
    assert float(found.newton_step()) == pytest.approx(math.log(up / down) / slope, rel=1e-14)


@pytest.mark.parametrize("kind", KINDS)
def test_beyond_all_eigenvalues_one_step_nearly_arrives(kind: str) -> None:
    """1000 eigenvalues 1 and n = 1 have tau = 999; from t = 10^6 one step leaves a few parts in a thousand."""
    t = 1e6
    m = 1 / (1 + t)
    step = balance(kind, (1000 * m, 1000 * m * (1 - m)), (0.0, 0.0), -1.0, 0.0).newton_step()
    assert t * math.exp(float(step)) == pytest.approx(999, rel=5e-3)
