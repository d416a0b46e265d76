"""300 random expressions against a dense iteration that shares no solver, and against plain simulation."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from dyson import Dyson
from random_expressions import Maker, R

from w2s_sym.equivalents import EngineError, Equivalent, mean_trace
from w2s_sym.equivalents.branch import BranchWarning
from w2s_sym.equivalents.simulate import draws_of_risk

pytestmark = pytest.mark.slow
COUNT, MOST_BLOCKS, MOST_FACTORS = 300, 40, 6
# All that may be refused, by the words it is refused with: work is bounded, and draws may need a matrix on which the
# limit does not depend.
KINDS = ("the derivation has more than 6000 lines", "the limit does not depend on")
# Draws at two sizes, of 5 c directions at c copies.
DRAWS = ((4, 96), (8, 48))
# |z| of one of 300 means that is exceeded with a probability of 1 in 10^6 for all of them together is 5.9.
ALARM = 5.9


@dataclass(frozen=True)
class Found:
    """One expression: how many blocks it has, the value, that of the dense iteration, means at two sizes."""

    seed: int
    blocks: int
    value: float
    dense: float
    radius: float
    means: tuple[tuple[float, float], ...]

    @property
    def scale(self) -> float:
        """What errors are measured by."""
        return max(abs(self.dense), 1.0)

    @property
    def limit(self) -> tuple[float, float]:
        """The limit by the law mean = limit + slope/copies through both sizes, with its standard error."""
        (a, da), (b, db) = self.means
        return 2 * b - a, float(np.hypot(2 * db, da))


def look(seed: int) -> Found:
    """An expression derived, solved, iterated and drawn. Raises :class:`EngineError` where it is refused."""
    made = Maker(seed, MOST_BLOCKS).make(MOST_FACTORS)
    risk: Equivalent = mean_trace(made.moment, made.expression)
    values = {key: v for key, v in made.values.items() if key in risk.names}
    numbers = {key: float(v) for key, v in values.items() if np.ndim(v) == 0} | {"p": float(R)}
    term = risk.derived.terms[0]
    dense = Dyson(term, numbers, {key: v for key, v in values.items() if np.ndim(v) == 2}).value()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BranchWarning)
        found = risk.at(**values)
    means = tuple(mean_of(risk, values, copies, draws, seed) for copies, draws in DRAWS)
    blocks = len(term.equivalence.circuit.blocks)
    return Found(seed, blocks, found.total, dense, found.radius, means)


def mean_of(risk: Equivalent, values: dict[str, Any], copies: int, draws: int, seed: int) -> tuple[float, float]:
    """The mean of tr(M expression)/copies with its standard error, all sizes times so many copies."""
    grown = {k: v * copies if k.startswith("n") else np.kron(v, np.eye(copies)) for k, v in values.items()}
    drawn = draws_of_risk(risk.derived, grown, draws, np.random.default_rng([seed, copies])) / copies
    return float(drawn.mean()), float(drawn.std(ddof=1) / np.sqrt(draws))


def test_300_random_expressions() -> None:
    found: list[Found] = []
    refused: dict[int, str] = {}
    for seed in range(COUNT):
        try:
            found.append(look(seed))
        except EngineError as problem:
            refused[seed] = next((kind for kind in KINDS if str(problem).startswith(kind)), str(problem))
    print(len(found), "compared; refused:", refused, "; blocks up to", max(f.blocks for f in found))
    assert {seed: words for seed, words in refused.items() if words not in KINDS} == {}
    off = {f.seed: abs(f.value - f.dense) / f.scale for f in found}
    print("largest difference from the dense iteration", max(off.values()))
    assert {seed for seed, gap in off.items() if gap > 1e-8} == set()
    z, seen = {}, {}
    for f in found:
        limit, error = f.limit
        # What the law leaves is of second order: at 8 copies no more than the square of the first order there.
        second = (2 * abs(f.means[1][0] - f.means[0][0]) / f.scale) ** 2 * f.scale + 1e-9 * f.scale
        z[f.seed] = max(abs(limit - f.value) - second, 0.0) / error if error else 0.0
        seen[f.seed] = (ALARM * error + second) / f.scale
    print("largest |z| beyond the law", max(z.values()), "; a mean shows an error of", np.median(list(seen.values())))
    assert {seed for seed, score in z.items() if score > ALARM} == set()
