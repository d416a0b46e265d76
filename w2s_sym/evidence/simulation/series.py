"""Series: an experiment at growing sizes of one shape, what its claim states, and the trial at each size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.definitions import bracket_conditions
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import Asymptotic, ClaimError
from w2s_sym.evidence.simulation.sampling import Scalar
from w2s_sym.evidence.simulation.trials import Formulas, Places, Trial, named_point, relation_of, roughly_holds
from w2s_sym.formula.conditions import DomainError
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import letters_along
from w2s_sym.formula.user_code import in_this_process

# A given equation is met in floating point to this share of its terms.
RELATIVE_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Series:
    """An experiment ``experiment(rng, point, size, draws)`` at growing sizes; ``order`` None means the statement's."""

    experiment: Callable[..., np.ndarray]
    sizes: tuple[int, ...]
    order: object = None
    shape: Callable[[Mapping[str, Scalar], int], Mapping[str, Any]] | None = None
    realise: Callable[[Mapping[str, Scalar], np.random.Generator], Mapping[str, Any]] | None = None
    at: Mapping[Any, object] | None = None
    batch: int = 1024


def limit_parts(claim: Claim) -> tuple[sp.Expr, float, set[str]]:
    """The formula, its order, and the symbols that stand for the size."""
    if isinstance(claim.statement, Asymptotic):
        return claim.statement.rhs, float(claim.statement.order), {claim.statement.in_.name}
    _, relation, formula = relation_of(claim)
    if relation != "=":
        raise ClaimError(f"{claim.id}: sizes fit the law of an equality, not of {relation!r}; state it with '='")
    return formula, 1.0, set()


def course_trials(
    series: Series, claim: Claim, run: Run, number: int = 0, sizes: tuple[int, ...] | None = None
) -> list[Trial]:
    """The trial at each size, or at these: at the author's point, or with a ``number`` at one drawn from the domain.

    What the author's point does not name is drawn once, the same for every seed.
    """
    stream = run.rng("simulation", "limit", number) if number else replace(run, seed=0).rng("simulation", "limit")
    return shaped_trials(series, claim, stream, number, sizes)


def shaped_trials(
    series: Series,
    claim: Claim,
    stream: np.random.Generator,
    number: int = 0,
    sizes: tuple[int, ...] | None = None,
) -> list[Trial]:
    """The trial at each size of a series, or at other sizes; what its point does not name is drawn from the stream.

    Raises ``ClaimError`` or :class:`DomainError` where the shape misses the claim's domain or a given equation.
    """
    grows = limit_parts(claim)[2]
    places = Places(claim, None)
    at = claim.witness if claim.witness is not None else {} if number else series.at or {}
    named = named_point(claim, at, places.names)
    if claim.domain.points and number:
        raise ClaimError(f"{claim.id}: a listed domain has no points to draw beside those that are named")
    spectra = any(letters_along(s) is not None for s in claim.domain.symbols)
    if series.shape is not None and (spectra or any(e.solve_linear(e.unknown) is None for e in claim.given)):
        # A spectrum at a size, or a root, that only the shape can find: it gives all that the point does not name.
        point: dict[str, Any] = dict(named)
    else:
        whole = places.complete({**named, **{g: max(series.sizes) for g in grows}}, stream)
        point = {k: v for k, v in whole.point.items() if k not in grows}
    if number and series.realise is not None:
        with in_this_process():
            point |= series.realise(point, stream)
    shape = series.shape if series.shape is not None else lambda point, size: {}
    with in_this_process():
        trials = [Trial({**point, **{g: size for g in grows}, **shape(point, size)}) for size in sizes or series.sizes]
    return [_on_given(_inside(trial, claim), claim) for trial in trials]


def _inside(trial: Trial, claim: Claim) -> Trial:
    """The trial; raises DomainError when what the shape gives is not in the claim's domain."""
    for condition in claim.domain.conditions:
        if not all(s.name in trial.point for s in condition.free_symbols):
            continue
        low, high = (float(Formulas(side, (), False).at([trial])[0, 0]) for side in (condition.lhs, condition.rhs))
        if not roughly_holds(low, condition.relation, high):
            raise DomainError(f"{claim.id}: the shape leaves the domain at {trial}: needs {condition}")
    return trial


def _on_given(trial: Trial, claim: Claim) -> Trial:
    """The trial; raises ClaimError when a symbol has no value or the point misses a given equation or its bracket."""
    if not claim.given:
        return trial
    point, formula = trial.point, limit_parts(claim)[0]
    used = set(formula.free_symbols).union(*(e.free_symbols for e in claim.given))
    missing = sorted(s.name for s in used if s.name not in point)
    if missing:
        raise ClaimError(f"{claim.id}: the shape gives no value for {', '.join(missing)}")
    for equation in claim.given:
        residual = equation.residual
        left = Formulas(residual, (), False).at([trial])[0, 0]
        scale = sum(abs(Formulas(t, (), False).at([trial])[0, 0]) for t in sp.Add.make_args(residual))
        if not abs(left) <= RELATIVE_ROUNDING * scale:
            raise ClaimError(f"{claim.id}: the shape misses {equation} by {left:.3g}")
        for c in (*Domain((equation.unknown,)).assumptions(), *bracket_conditions(equation)):
            low, high = (Formulas(side, (), False).at([trial])[0, 0] for side in (c.lhs, c.rhs))
            if not Relation(c.relation)(low - high):
                raise ClaimError(f"{claim.id}: the shape gives {equation.unknown} = {low:.6g}: needs {c}")
    return trial


__all__ = ["Series", "course_trials", "limit_parts", "shaped_trials"]
