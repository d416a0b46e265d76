"""The reference values to 50 digits by a dense iteration, and to the digits of simulations at growing sizes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from dyson import digits
from reference import Target, targets, weak_to_strong

from w2s_sym.equivalents import Equivalent
from w2s_sym.equivalents.derived import RiskTerm
from w2s_sym.equivalents.simulate import draws_of_risk

pytestmark = pytest.mark.slow
TARGETS = tuple(targets())
DIGITS = 40
# Draws at each number of copies of the 12 directions: 36, 72 and 144 dimensions.
DRAWS = ((3, 1500), (6, 1000), (12, 500))
# What so many copies weigh in the limit of a law mean = limit + a/copies + b/copies^2 through all three.
WEIGHTS = (1 / 3, -2.0, 8 / 3)
# |z| that one of 13 normal values exceeds with a probability of 1 in 10^6, for both tests together.
ALARM = 5.6


def given(target: Target, risk: Equivalent) -> tuple[dict[str, Fraction], dict[str, np.ndarray]]:
    """The numbers of a target exactly, and its matrices by letter, as symmetric as the engine makes them."""
    values = target.values(risk)
    numbers = {k: Fraction(v) for k, v in values.items() if np.ndim(v) == 0}
    matrices = {"beta beta'" if k == "beta" else k: (v + v.T) / 2 for k, v in values.items() if np.ndim(v)}
    return {**numbers, "p": Fraction(12)}, matrices


@pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.name)
def test_fifty_digits_by_a_dense_iteration(target: Target) -> None:
    """They round to what the reference printed, lie in the proven enclosures, and are the floats."""
    risk = target.make()
    numbers, matrices = given(target, risk)
    found = {t.name: digits(t, numbers, matrices) for t in risk.derived.terms}
    for terms, (wanted, half_unit) in zip(target.parts(risk), target.wanted, strict=True):
        assert abs(float(sum(found[t.name] for t in terms)) - wanted) <= half_unit
    values = target.values(risk)
    proven, floats = risk.at(digits=DIGITS, **values), risk.at(**values)
    for name, dense in found.items():
        assert abs(proven.parts[name].middle - dense) < abs(dense) / 10**DIGITS
        assert floats.parts[name] == pytest.approx(float(dense), rel=1e-11)


def means(risk: Equivalent, terms: tuple[RiskTerm, ...], target: Target) -> list[tuple[float, float]]:
    """The mean of these terms at each number of copies, with its standard error."""
    found = []
    for copies, draws in DRAWS:
        grown = {}
        for name, value in target.values(risk).items():
            kind = risk.names[name]
            moment = np.outer(value, value) if kind == "truth" and np.ndim(value) == 1 else value
            repeated = np.kron(moment, np.eye(copies)) if np.ndim(moment) == 2 else value
            scale = {"size": copies, "truth": 1 / copies}.get(kind, 1)
            grown[name] = repeated * scale
        drawn = draws_of_risk(replace(risk.derived, terms=terms), grown, draws, np.random.default_rng([7, copies]))
        found.append((float(drawn.mean()), float(drawn.std(ddof=1) / np.sqrt(draws))))
    return found


def limit_of(rows: list[tuple[float, float]]) -> tuple[float, float]:
    """The limit by the law through all sizes, with its standard error."""
    return (
        sum(w * mean for w, (mean, _) in zip(WEIGHTS, rows, strict=True)),
        float(np.hypot.reduce([w * error for w, (_, error) in zip(WEIGHTS, rows, strict=True)])),
    )


@pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.name)
def test_simulations_at_growing_sizes_follow_the_law(target: Target) -> None:
    """The means at 36, 72 and 144 dimensions tend to the value, and at 144 are those that another program drew."""
    risk = target.make()
    for terms, (wanted, _), (mean, error) in zip(target.parts(risk), target.wanted, target.simulated, strict=True):
        rows = means(risk, terms, target)
        told = [f"{100 * (m / wanted - 1):.2f} +- {100 * e / wanted:.2f} %" for m, e in rows]
        limit, sigma = limit_of(rows)
        print(target.name, "+".join(t.name for t in terms), *told, f"limit off by {(limit - wanted) / sigma:.1f} sigma")
        assert abs(limit - wanted) < ALARM * sigma
        assert abs(rows[-1][0] - mean) < ALARM * np.hypot(rows[-1][1], error)
        # A value that is wrong by a tenth would be found.
        assert ALARM * sigma < wanted / 10


def test_a_law_with_covariances_swapped_is_refuted() -> None:
    """With both training covariances swapped the noise part of a ridge student is 0.775438, by the prototype."""
    target = next(t for t in TARGETS if t.name == "weak to strong")
    risk = weak_to_strong()
    limit, sigma = limit_of(means(risk, target.parts(risk)[1], target))
    assert abs(limit - 0.775438) > ALARM * sigma
