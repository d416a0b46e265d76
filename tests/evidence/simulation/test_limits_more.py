"""When a series of sizes stops, and the edges of its verdict."""

from __future__ import annotations

import numpy as np
import pytest

from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.run import Run
from w2s_sym.evidence.simulation import limits
from w2s_sym.evidence.simulation.batches import Bench
from w2s_sym.evidence.simulation.limits import LEAST_DRAWS, Series
from w2s_sym.evidence.simulation.moments_of_draws import Law
from w2s_sym.evidence.simulation.trials import Trial

SIZES = (10, 20, 40)


def law(low: float, high: float, limit: float = 0.0) -> Law:
    return Law((low + high) / 2, low, high, limit, 1.0)


def steps(monkeypatch: pytest.MonkeyPatch, widths: list[float], wanted: float, batch: int = 1024) -> int:
    """How many batches are drawn when the fits have these widths, one after another."""
    left = iter(widths)
    monkeypatch.setattr(limits, "_fit", lambda *_: law(0.0, next(left)))
    series = Series(lambda *_: np.zeros(1), SIZES)
    benches = [Bench(Trial({}), lambda rng, k: rng.random(k), batch, 0.0, (s,), "") for s in SIZES]
    limits._sample(series, Run(), benches, np.zeros(3), wanted)
    assert len({b.batches for b in benches}) == 1
    return benches[0].batches


def test_sampling_stops_when_the_interval_is_half_as_wide_as_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    assert steps(monkeypatch, [2.0, 0.9, 0.51, 0.5, 0.1], 1.0) == 4
    assert steps(monkeypatch, [2.0, 0.9, 0.51, 0.5, 0.1], 2.0) == 2
    assert steps(monkeypatch, [3.0] * 16, 1.0) == 16
    # Few draws know neither the mean nor its error.
    assert steps(monkeypatch, [0.1] * 16, 1.0, batch=100) == -(-LEAST_DRAWS // 100)


@pytest.mark.parametrize(
    ("fitted", "standing", "verdict", "said"),
    [
        (law(0.9, 1.1), 0, Verdict.AGREES, "over sizes 10, 20, 40"),
        (law(1.0, 1.1), 0, Verdict.AGREES, "over sizes 10, 20, 40"),
        (law(0.9, 1.0), 0, Verdict.AGREES, "over sizes 10, 20, 40"),
        (law(0.9, 1.1), 2, Verdict.INCONCLUSIVE, "; 2 rivals are not refuted"),
        (law(1.01, 1.1), 0, Verdict.INCONCLUSIVE, "; the claim says 1"),
        (law(0.9, 0.99), 0, Verdict.INCONCLUSIVE, "; the claim says 1"),
        (law(0.5, 1.1), 0, Verdict.INCONCLUSIVE, "exclude the orders 0, 0.5 and 2: take smaller sizes or more draws"),
        (law(0.9, 2.0), 0, Verdict.INCONCLUSIVE, "exclude the orders 0, 0.5 and 2: take smaller sizes or more draws"),
        (law(0.9, 1.1, 5.0), 0, Verdict.REFUTED, "the limit is +250.00% of the right side away (z = +5.0)"),
        (law(0.9, 1.1, -5.0), 0, Verdict.REFUTED, "the limit is -250.00% of the right side away (z = -5.0)"),
        (law(0.9, 1.1, 4.8), 0, Verdict.AGREES, "over sizes 10, 20, 40"),
    ],
)
def test_verdicts_at_their_edges(fitted: Law, standing: int, verdict: Verdict, said: str) -> None:
    found, text = limits._judge(fitted, 1.0, SIZES, -2.0, standing)
    assert found is verdict
    assert text.endswith(said)


def test_a_limit_away_from_zero_is_told_in_its_own_units() -> None:
    _, text = limits._judge(law(0.9, 1.1, 0.5 * 10), 1.0, SIZES, 0.0, 0)
    assert text == "extrapolated at order 1, the limit is +5 away (z = +5.0)"
