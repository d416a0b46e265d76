"""Limits are not sampled at one size; how long the deep run lasts, and what its paths are compared by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from experiments import LENGTH, LENGTH_DOMAIN, TALL, X, claim, d, find

from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import Asymptotic, ClaimError, Compare, Statement
from w2s_sym.evidence.simulation.simulation import Simulation, _Test
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.letters import n
from w2s_sym.matrices.experiment import Quantity
from w2s_sym.matrices.traces import tr


def ones(rng: np.random.Generator, point: dict[str, Any], draws: int) -> np.ndarray:
    return np.ones(draws)


@pytest.mark.parametrize(
    ("statement", "domain", "kind", "evidence"),
    [
        (Asymptotic(1 + 1 / n, sp.Integer(1), n), Domain((n,)), "theorem", Simulation()),
        (Asymptotic(1 + 1 / n, sp.Integer(1), n), Domain((n,)), "theorem", Simulation(ones)),
        (Asymptotic(1 + 1 / n, sp.Integer(1), n), Domain((n,)), "equivalent", Simulation(ones)),
        (Compare(LENGTH, "=", n * d), LENGTH_DOMAIN, "equivalent", Simulation()),
        (Compare(n + 1, "=", n), Domain((n,)), "equivalent", Simulation(ones)),
    ],
)
def test_one_size_is_no_support_for_a_limit(
    statement: Statement, domain: Domain, kind: str, evidence: Simulation
) -> None:
    with pytest.raises(ClaimError, match=r"one size is no support for a limit; give sizes="):
        evidence.check(claim(statement, domain, evidence, kind=kind), Run())


def test_what_is_not_averaged_is_drawn_to_half_a_per_cent_and_no_longer() -> None:
    # A spread of sqrt(2/50) of the mean: one batch of 4096 draws knows the mean to 0.3 %.
    found = find(LENGTH, n * d, LENGTH_DOMAIN, Simulation(at=({"n": 10, "d": 5},)), effort="deep")
    assert found.detail["nothing_averaged"]["draws"] == 4096
    assert found.detail["nothing_averaged"]["relative_error"] < 0.005
    # sqrt(2) of the mean: 19 batches know it to 0.507 %, 20 to 0.494 %.
    found = find(LENGTH, n * d, LENGTH_DOMAIN, Simulation(at=({"n": 1, "d": 1},)), effort="deep")
    assert 18 <= found.detail["nothing_averaged"]["draws"] / 4096 <= 22
    assert found.detail["nothing_averaged"]["relative_error"] == pytest.approx(0.005, rel=0.03)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize("wrong", [1.0, 1.5])
def test_paths_are_compared_relative_to_the_largest(scale: float, wrong: float) -> None:
    factor = sp.Rational(str(scale))
    small = Quantity(
        sp.Symbol("L"), "", tr(X.T @ X) * factor, TALL, lambda a, _: wrong * scale * float((a["X"] ** 2).sum())
    )
    made = _Test(
        Simulation(), claim(Compare(small, "=", n * d * factor), LENGTH_DOMAIN, Simulation()), Run(), small, "="
    )
    trial = made.places.complete({"n": 8, "d": 2}, np.random.default_rng(0))
    assert made._literal(small, trial, 16 * scale)["path_gap"] == pytest.approx(1 - 1 / wrong, abs=1e-12)
