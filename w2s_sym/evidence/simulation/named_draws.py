"""Draws of a claim's left side at a point that a user names in full. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import Asymptotic, ClaimError, Compare
from w2s_sym.evidence.simulation import sampling
from w2s_sym.evidence.simulation.batches import real, user_draw
from w2s_sym.evidence.simulation.series import Series, shaped_trials
from w2s_sym.evidence.simulation.trials import Places, Trial, named_point
from w2s_sym.formula.user_code import in_this_process
from w2s_sym.matrices.experiment import Quantity

# Two values of a symbol that differ by less than this share are one value: matrices made in floats differ by rounding.
SAME_SCALAR = 1e-9


def draws_at_point(
    source: Any,
    claim: Claim,
    run: Run,
    point: Mapping[str, object],
    *,
    average: Sequence[str],
    batch: int,
    draws: int,
) -> np.ndarray:
    """Draws of a quantity, or of an experiment ``experiment(rng, point, draws)``, at a point.

    The run is told where the tail of an inverse is so heavy that a standard error says little. Raises
    :class:`ClaimError` where the point leaves a symbol open, and DomainError outside of the domain.
    """
    quantity = source if isinstance(source, Quantity) else None
    places = Places(claim, quantity)
    named = named_point(claim, point, places.names)
    trial = _settled(claim, lambda rng: places.complete(named, rng), run)
    rng = run.rng("draws")
    if quantity is None or trial.instance is None:
        return _in_batches(partial(user_draw(source, trial.point), rng), draws, batch)
    heavy = places.too_heavy(trial.point)
    if heavy is not None:
        run.tell(f"{claim.id} at {trial}: {heavy}")
    sampling.check_law(quantity, trial.instance, str(trial))
    plan = sampling.plan_draws(quantity, trial.instance, tuple(average))
    return _in_batches(lambda count: plan.draw(rng, count), draws, plan.batch)


def draws_at_size(
    series: Series, claim: Claim, run: Run, point: Mapping[str, object], *, size: int, draws: int
) -> np.ndarray:
    """Draws of the experiment of a limit at one size of its shape."""
    grows = {claim.statement.in_.name} if isinstance(claim.statement, Asymptotic) else set()
    at = {name: value for name, value in point.items() if name not in grows}
    one = replace(series, sizes=(size,), at=at)
    trial = _settled(claim, lambda rng: shaped_trials(one, claim, rng)[0], run)
    rng = run.rng("draws")

    def draw(count: int) -> np.ndarray:
        with in_this_process():
            return series.experiment(rng, dict(trial.point), size, count)

    return _in_batches(draw, draws, series.batch)


def _settled(claim: Claim, make: Callable[[np.random.Generator], Trial], run: Run) -> Trial:
    """The trial at a point, which must not depend on the stream that fills what the point leaves open."""
    trial, other = make(run.rng("instance")), make(run.rng("another instance"))
    stated = claim.statement.lhs if isinstance(claim.statement, Asymptotic | Compare) else None
    free = {s.name for s in claim.domain.symbols if s is not stated}
    open_names = [n for n, v in trial.point.items() if n in free and not _same(v, other.point.get(n))]
    if open_names:
        raise ClaimError(f"{claim.id}: no value for {', '.join(open_names)}; name every symbol of its domain")
    return trial


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return _same(list(one.values()), list(other.values()))
    return np.shape(one) == np.shape(other) and bool(np.allclose(one, other, rtol=SAME_SCALAR, atol=0.0))


def _in_batches(draw: Callable[[int], np.ndarray], draws: int, batch: int) -> np.ndarray:
    """Draws in batches that bound the memory, one value for each."""
    parts = [real(draw(min(batch, draws - done)), "the experiment") for done in range(0, draws, batch)]
    return np.concatenate(parts)
