"""A limit is not sampled at one size, whether it is stated as a limit or as an equality that holds in one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from experiments import LENGTH, LENGTH_DOMAIN, claim

from w2s_sym.claim import Asymptotic, ClaimError, Compare, Run, Statement
from w2s_sym.domain import Domain
from w2s_sym.notation import n, symbol
from w2s_sym.simulation import Simulation

d = symbol("d", "columns", integer=True, positive=True)


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
