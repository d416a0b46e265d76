"""Evidence for a limit: the error at several sizes of one shape must fall at the order that is claimed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.definitions import bracket_conditions
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import Asymptotic, ClaimError
from w2s_sym.evidence.simulation.batches import Bench, digest, trial_key
from w2s_sym.evidence.simulation.moments_of_draws import LEVEL, Law, fit_law
from w2s_sym.evidence.simulation.sampling import Scalar
from w2s_sym.evidence.simulation.trials import Formulas, Places, Trial, named_point, relation_of
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.relations import Relation

BATCHES = {"quick": 16, "standard": 64, "deep": 256}
LEAST_DRAWS_PER_SIZE = 400
# A given equation is met in floating point to this share of its terms.
RELATIVE_ROUNDING = 1e-9
# Floating-point operations assumed behind one draw of a user's experiment.
OPERATIONS = 4096.0


@dataclass(frozen=True, eq=False)
class Series:
    """An experiment ``experiment(rng, point, size, draws)`` at growing sizes; ``order`` None means the statement's."""

    experiment: Callable[..., np.ndarray]
    sizes: tuple[int, ...]
    order: object = None
    shape: Callable[[Mapping[str, Scalar], int], Mapping[str, Scalar]] | None = None
    at: Mapping[Any, object] | None = None
    batch: int = 1024


def check_limit(series: Series, claim: Claim, run: Run) -> Finding:
    """AGREES when the interval of the fitted order holds the claimed one and excludes 0, half and twice it.

    A limit's left side is a formula, so every size is a test of its own: a mean that is not the left side is REFUTED.
    """
    formula, order, grows = _statement(claim)
    wanted = float(sp.Rational(str(series.order))) if series.order is not None else order
    trials = _shapes(series, claim, run, grows)
    formulas = Formulas(formula, claim.rivals, False)
    values = formulas.at(trials)
    if not np.isfinite(values[0]).all():
        raise ClaimError(f"{claim.id}: the right side is not finite at {trials[0]}")
    benches = [_bench(series, claim, run, size, trial) for size, trial in zip(series.sizes, trials, strict=True)]
    law = _sample(series, run, benches, values[0], wanted)
    refuted = []
    for (i, _), row in zip(formulas.authors, values[1:], strict=True):
        other = _fit(series.sizes, benches, row, wanted) if np.isfinite(row).all() else None
        if other is not None and abs(other.limit) > LEVEL * other.limit_error:
            refuted.append(i)
    detail = {
        "points": [b.row(float(v)) for b, v in zip(benches, values[0], strict=True)],
        "order": wanted,
        "fitted_order": law.order,
        "interval": [law.low, law.high],
        "limit_error": law.limit,
        "limit_standard_error": law.limit_error,
        "level": LEVEL,
    }
    heavy = next((reason for b in benches if (reason := b.heavy) is not None), None)
    if heavy is not None:
        return Finding("simulation", Verdict.INCONCLUSIVE, heavy, detail)
    stated = _left_side(claim, trials)
    if stated is not None:
        detail["left_z"] = [b.z(float(v)) for b, v in zip(benches, stated, strict=True)]
        worst, value = max(zip(benches, stated, strict=True), key=lambda t: abs(t[0].z(float(t[1]))))
        if abs(worst.z(float(value))) > LEVEL:
            text = f"the experiment's mean is not the left side: {worst.off(float(value))}"
            return Finding("simulation", Verdict.REFUTED, text, detail, tuple(refuted))
    verdict, text = _judge(law, wanted, series.sizes, float(values[0, -1]), len(formulas.authors) - len(refuted))
    return Finding("simulation", verdict, text, detail, tuple(refuted))


def _statement(claim: Claim) -> tuple[sp.Expr, float, set[str]]:
    """The formula, its order, and the symbols that stand for the size."""
    if isinstance(claim.statement, Asymptotic):
        return claim.statement.rhs, float(claim.statement.order), {claim.statement.in_.name}
    _, relation, formula = relation_of(claim)
    if relation != "=":
        raise ClaimError(f"{claim.id}: sizes fit the law of an equality, not of {relation!r}; state it with '='")
    return formula, 1.0, set()


def _left_side(claim: Claim, trials: Sequence[Trial]) -> np.ndarray | None:
    """The left side of a limit at each size; None when it is a mere name, or a quantity, for what is sampled."""
    left = claim.statement.lhs if isinstance(claim.statement, Asymptotic) else None
    if not isinstance(left, sp.Expr) or left.is_Symbol:
        return None
    if not all(s.name in t.point for s in left.free_symbols for t in trials):
        return None
    values: np.ndarray = Formulas(left, (), False).at(trials)[0]
    if not np.isfinite(values).all():
        raise ClaimError(f"{claim.id}: the left side is not finite at {trials[int(np.isfinite(values).argmin())]}")
    return values


def _shapes(series: Series, claim: Claim, run: Run, grows: set[str]) -> list[Trial]:
    """The trial at each size. What the point does not name is drawn once, the same for every seed."""
    places = Places(claim, None)
    named = named_point(claim, series.at or {}, places.names)
    rng = replace(run, seed=0).rng("simulation", "limit")
    if series.shape is not None and any(e.solve_linear(e.unknown) is None for e in claim.given):
        # A root that only the shape can find: it gives all that the point does not name.
        return [_on_given(Trial({**named, **series.shape(named, size)}), claim) for size in series.sizes]
    whole = places.complete({**named, **{g: max(series.sizes) for g in grows}}, rng)
    point = {k: v for k, v in whole.point.items() if k not in grows}
    shape = series.shape if series.shape is not None else lambda point, size: {}
    trials = [Trial({**point, **{g: size for g in grows}, **shape(point, size)}) for size in series.sizes]
    return [_on_given(trial, claim) for trial in trials]


def _on_given(trial: Trial, claim: Claim) -> Trial:
    """The trial; raises ClaimError when a symbol has no value or the point misses a given equation or its bracket."""
    if not claim.given:
        return trial
    point, formula = trial.point, _statement(claim)[0]
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


def _bench(series: Series, claim: Claim, run: Run, size: int, trial: Trial) -> Bench:
    point = dict(trial.point)

    def draw(rng: np.random.Generator, draws: int) -> np.ndarray:
        return series.experiment(rng, point, size, draws)

    what = digest(run, claim.statement, getattr(series.experiment, "__qualname__", ""), series.batch, trial_key(trial))
    return Bench(trial, draw, series.batch, OPERATIONS, ("size", size), what)


def _sample(series: Series, run: Run, benches: Sequence[Bench], rhs: np.ndarray, wanted: float) -> Law:
    """Batches at all sizes in turn until the interval is narrow; where it lies does not matter."""
    for _ in range(BATCHES[run.effort]):
        for bench in benches:
            bench.step(run)
        law = _fit(series.sizes, benches, rhs, wanted)
        if benches[0].tally.count >= LEAST_DRAWS_PER_SIZE and law.high - law.low <= wanted / 2:
            break
    return law


def _fit(sizes: Sequence[int], benches: Sequence[Bench], rhs: np.ndarray, order: float) -> Law:
    errors = [b.tally.mean - v for b, v in zip(benches, rhs, strict=True)]
    return fit_law(sizes, errors, [max(b.spread, 1e-300) for b in benches], order)


def _judge(law: Law, wanted: float, sizes: Sequence[int], rhs: float, standing: int) -> tuple[Verdict, str]:
    z = law.limit / law.limit_error
    if abs(z) > LEVEL:
        away = f"{law.limit / abs(rhs):+.2%} of the right side" if rhs != 0 else f"{law.limit:+.3g}"
        return Verdict.REFUTED, f"extrapolated at order {wanted:g}, the limit is {away} away (z = {z:+.1f})"
    fitted = (
        f"error falls at order {law.order:.2f} [{law.low:.2f}, {law.high:.2f}] over sizes {', '.join(map(str, sizes))}"
    )
    if not law.low <= wanted <= law.high:
        return Verdict.INCONCLUSIVE, f"{fitted}; the claim says {wanted:g}"
    if not (law.low > wanted / 2 and law.high < 2 * wanted):
        rivals = f"0, {wanted / 2:g} and {2 * wanted:g}"
        return Verdict.INCONCLUSIVE, f"{fitted}; does not exclude the orders {rivals}: take smaller sizes or more draws"
    if standing:
        return Verdict.INCONCLUSIVE, f"{fitted}; {standing} rivals are not refuted"
    return Verdict.AGREES, fitted


__all__ = ["OPERATIONS", "Series", "check_limit"]
