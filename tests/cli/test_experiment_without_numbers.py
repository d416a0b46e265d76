"""One claim whose experiment returns no numbers leaves the others their verdicts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TEXT = """
from w2s_sym import Mean, Simulation

def mean(name, experiment):
    m = Mean(symbol("M", "the mean", real=True), "a mean")
    return Claim(name, "A mean.", Compare(m, "=", x), Domain((x,)), TOY, (Simulation(experiment),), rivals=(2 * x,))

CLAIMS = (mean("good", lambda rng, p, k: float(p["x"]) * rng.exponential(size=k)), mean("bad", lambda rng, p, k: {}))
"""


@pytest.mark.parametrize(
    "returned", ["(v for v in rng.random(k))", "None", "rng.random(k)[:-1]", "rng.random(k) + 1j", "{}['key']"]
)
def test_the_table_has_all_claims(claims_file: Callable[..., Path], w2s: Callable[..., Any], returned: str) -> None:
    ran = w2s("verify", claims_file(TEXT.replace(": {})", f": {returned})")))
    assert ran.code == 1
    assert "good" in ran.out
    assert "AGREES" in ran.out
    assert "no finding" in ran.out
    assert "RuntimeWarning" not in ran.err
