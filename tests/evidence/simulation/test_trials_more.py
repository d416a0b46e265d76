"""How small the sizes are that a plan draws: each a number up to a cap, and the cap is small more often than not."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from experiments import LENGTH, LENGTH_DOMAIN, claim, d

from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.statement import Compare
from w2s_sym.evidence.simulation.trials import Places
from w2s_sym.formula.letters import n

DRAWN = 4000


def test_sizes_are_uniform_up_to_one_of_four_caps() -> None:
    places = Places(claim(Compare(LENGTH, "=", n * d), LENGTH_DOMAIN, Silent()), LENGTH)
    points = list(places._size_vectors({}, np.random.default_rng(7), DRAWN))
    assert len(points) == DRAWN
    for name in ("n", "d"):
        count = Counter(p[name] for p in points)
        assert set(count) <= set(range(1, 25))
        for size in range(1, 25):
            share = sum(1 / cap for cap in (3, 6, 12, 24) if size <= cap) / 4
            assert count[size] == pytest.approx(DRAWN * share, abs=5 * np.sqrt(DRAWN * share))


def test_a_named_size_is_kept_and_the_others_are_drawn() -> None:
    places = Places(claim(Compare(LENGTH, "=", n * d), LENGTH_DOMAIN, Silent()), LENGTH)
    points = list(places._size_vectors({"n": 17}, np.random.default_rng(7), 50))
    assert {p["n"] for p in points} == {17}
    assert len({p["d"] for p in points}) > 5


class Silent(Evidence):
    kind = "stub"

    def check(self, claim: object, run: object) -> None:
        raise NotImplementedError
