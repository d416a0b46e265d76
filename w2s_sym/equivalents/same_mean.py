"""Whether the mean of a claim is that of an estimator: its simulation's experiment is compared with the estimator.

A :class:`~w2s_sym.claims.statement.Mean` is the mean of what the claim's experiment draws, whatever words stand beside
it. Both are drawn at the same points; at a finite size their means are equal, not only in the limit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import ClaimError
from w2s_sym.equivalents.claim_points import Reading
from w2s_sym.equivalents.derived import Derived
from w2s_sym.equivalents.inputs import given_name
from w2s_sym.equivalents.numbers_at import numbers_at
from w2s_sym.equivalents.simulate import draws_of_risk
from w2s_sym.evidence.simulation.batches import real
from w2s_sym.evidence.simulation.moments_of_draws import LEVEL
from w2s_sym.evidence.simulation.simulation import Simulation
from w2s_sym.formula.compiled import compiled
from w2s_sym.formula.conditions import DomainError
from w2s_sym.formula.totals import letters_along
from w2s_sym.formula.user_code import in_this_process

ValuesAt = Callable[[Mapping[str, Any], int], Mapping[str, Any]]
# Courses of the simulation that are looked at, the author's first; draws of each mean by effort.
COURSES = 2
DRAWS_OF_EACH_MEAN = {"quick": 2_000, "standard": 8_000, "deep": 50_000}
# How far the formula and the estimator's value may be apart in floats: what rounding leaves of sixteen digits.
FEW_ROUNDINGS = 1e-8


def simulation_of(claim: Claim) -> Simulation | None:
    """The claim's simulation at growing sizes, which says what its mean is."""
    return next((e for e in claim.evidence if isinstance(e, Simulation) and e.sizes and e.experiment is not None), None)


def another_mean(claim: Claim, run: Run, derived: Derived, reading: Reading, values: ValuesAt | None) -> str | None:
    """Why the claim's mean is not shown to be the estimator's, in words; None where it is.

    Raises :class:`~w2s_sym.equivalents.scalars.EngineError` for values that do not fit.
    """
    simulation = simulation_of(claim)
    assert simulation is not None
    assert simulation.experiment is not None
    size, draws = simulation.sizes[1], DRAWS_OF_EACH_MEAN[run.effort]
    for number in range(COURSES):
        try:
            point, right = simulation.course(claim, run.under("derivation", "course"), number)[1]
        except (ClaimError, DomainError):
            if number:
                continue  # a claim about one point has no other
            raise
        given = dict(values(point, size)) if values is not None else levels_as_values(claim, reading, point)
        found = float(numbers_at(derived, given, joint=False).total)
        if not abs(right - found) < FEW_ROUNDINGS * abs(found):
            return f"where the simulation draws, the formula is {right:.8g} and the estimator's value {found:.8g}"
        with in_this_process():
            drawn = simulation.experiment(run.rng("derivation", "drawn", number), dict(point), size, draws)
        one = real(drawn, "the experiment")
        other = draws_of_risk(derived, given, draws, run.rng("derivation", "estimator", number))
        error = float(np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / draws))
        if not abs(one.mean() - other.mean()) <= LEVEL * error:
            return (
                f"the simulation draws the mean of another estimator: {one.mean():.6g} at size {size}, where this one "
                f"has {other.mean():.6g} +- {error:.2g}"
            )
    return None


def levels_as_values(claim: Claim, reading: Reading, point: Mapping[str, Any]) -> dict[str, Any]:
    """What the estimator's names are at a point of the simulation that gives a spectrum level by level."""
    held = next((h for s in claim.domain.symbols if (h := letters_along(s)) is not None and s.name in point), None)
    levels = {} if held is None else {v.name: np.asarray(point[held.name][v.name], float) for v in held.symbols}
    numbers = {k: float(v) for k, v in point.items() if np.ndim(v) == 0 and not isinstance(v, Mapping)}
    found: dict[str, Any] = {}
    count = len(next(iter(levels.values()))) if levels else 0
    for letter in reading.book.letters:
        if letter.definition is None:
            name = given_name(letter.name)
            value = _number(sp.sympify(reading.matrices[name]), {**numbers, **levels}, claim)
            rows = count or round(_number(reading.number(reading.book.numbers[letter.side].name), numbers, claim))
            diagonal = np.diag(np.broadcast_to(value, (rows,)))
            found[name] = diagonal if name == letter.name else diagonal**2
    sides = {name for _, name in reading.sizes()}
    for number in reading.book.numbers:
        if number.given is not None and number.name not in sides:
            found[number.name] = float(_number(reading.number(number.name), numbers, claim))
    return found


def _number(e: sp.Expr, known: Mapping[str, Any], claim: Claim) -> Any:
    missing = sorted(s.name for s in e.free_symbols if s.name not in known)
    if missing:
        raise ClaimError(f"{claim.id}: the simulation's shape gives no {missing[0]}; give the derivation values=...")
    symbols = sorted(e.free_symbols, key=lambda s: s.name)
    return compiled(symbols, e)(*(known[s.name] for s in symbols))
