"""Trials that no author chose: fixed matrices of no special form, numbers from the domain, larger sizes.

The rule: a mean that agrees is tried where its author did not look, at generic instances (``matrices/generic``) and
beyond small sizes, at which a short formula may be right by accident; one of a user's experiment at more points of the
domain, others for each seed, since two or three points do not determine a formula. Such a trial may refute; it supports
nothing. A claim about fixed matrices is supported only if the domain admits such instances.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import ClaimError
from w2s_sym.evidence.simulation.batches import Bench
from w2s_sym.evidence.simulation.moments_of_draws import LEVEL
from w2s_sym.evidence.simulation.sampling import check_law
from w2s_sym.evidence.simulation.trials import Places, Trial
from w2s_sym.formula.conditions import DomainError
from w2s_sym.matrices.experiment import Quantity
from w2s_sym.matrices.generic import generic
from w2s_sym.matrices.samplers import ModelError
from w2s_sym.matrices.words import TraceError

# Candidates that are drawn; those without a law or outside of the domain are left out.
_CANDIDATES = 16
# Batches at each; then at the furthest four, twice as many in all, and so on at half as many trials each time.
_BATCHES, _FEW = 1, 4
# Sizes up to this one are small: a formula of a few letters may be right at all of them and nowhere else.
_SMALL = 6


def unchosen(claim: Claim, quantity: Quantity | None, rng: np.random.Generator) -> list[Trial]:
    """Small trials with matrices and numbers that the setting's ``realise`` did not choose; the quantity is None for a
    user's experiment.

    Empty where it makes nothing, and where no such trial has a law and lies in the domain.
    """
    free = None
    if quantity is not None:
        free = generic(quantity, frozenset(s.name for s in claim.domain.symbols), exact=False)
        if free is None:
            return []
    try:
        pool = Places(claim, free).candidates({}, rng, _CANDIDATES)
    except (ClaimError, DomainError, ModelError, TraceError):
        return []
    return pool if free is None else [trial for trial in pool if _lawful(free, trial)]


def larger(sizes: Sequence[sp.Symbol], trials: Sequence[Trial], pool: Sequence[Trial]) -> list[Trial]:
    """The trials of the pool at which all sizes that were small so far are larger; empty when none was."""
    small = [s.name for s in sizes if max(trial.point[s.name] for trial in trials) <= _SMALL]
    return [t for t in pool if all(t.point[name] > _SMALL for name in small)] if small else []


def doubted(
    found: Finding,
    benches: Sequence[Bench],
    values: np.ndarray,
    least: Callable[[Mapping[str, Any]], int],
    run: Run,
    most: int,
) -> Finding:
    """The finding, or REFUTED where draws of a bench reject its value; values that are not finite are passed over.

    A user's experiment has as many draws at all of these in turn as at the one point with the most, ``most``, and the
    finding says which errors they exclude.
    """
    pairs = [(bench, float(value)) for bench, value in zip(benches, values, strict=True) if np.isfinite(value)]

    def off(pair: tuple[Bench, float]) -> float:
        bench, value = pair
        return 0.0 if bench.heavy is not None else abs(bench.z(value))

    for bench, _ in pairs:
        enough = max(least(bench.trial.point), most // len(pairs) if bench.unknown else 0)
        while bench.tally.count < enough or bench.batches < _BATCHES:
            bench.step(run)
    furthest, few = sorted(pairs, key=off, reverse=True)[:_FEW], _FEW
    while few >= 1:
        for bench, _ in furthest[:few]:
            for _ in range(bench.batches):
                bench.step(run)
        furthest, few = sorted(furthest, key=off, reverse=True), few // 2
    worst = furthest[0] if furthest else None
    if worst is None or off(worst) <= LEVEL:
        seen = [LEVEL * b.relative(v) for b, v in pairs if b.unknown and v != 0 and b.heavy is None]
        text = f"{found.summary}, of {max(seen, default=0.0):.2%} at {len(seen)} more points"
        return replace(found, summary=text) if seen else found
    return Finding(found.kind, Verdict.REFUTED, worst[0].off(worst[1]), found.detail, found.refuted)


def _lawful(quantity: Quantity, trial: Trial) -> bool:
    if trial.instance is None:
        return False
    try:
        check_law(quantity, trial.instance, str(trial))
    except (ClaimError, ModelError, TraceError):
        return False
    return True


__all__ = ["doubted", "larger", "unchosen"]
