"""Where to simulate: admissible small points, and those among them that separate a formula from its rivals.

A trial is one complete point. Sizes are drawn small; the fixed matrices and scalars are those that the setting
realises there; what is left is drawn from the claim's domain or follows from its given equations.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.definitions import bracket_conditions
from w2s_sym.claims.statement import ClaimError, Compare, Equation
from w2s_sym.evidence.simulation import sampling
from w2s_sym.evidence.simulation.moments_of_draws import draws_for_skewness
from w2s_sym.evidence.simulation.near_numbers import near_numbers
from w2s_sym.evidence.simulation.sampling import Instance, Scalar
from w2s_sym.evidence.simulation.totals_at_points import summed
from w2s_sym.formula.compiled import compiled
from w2s_sym.formula.conditions import Condition, DomainError, exact_number
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.float_values import FloatValues
from w2s_sym.formula.mutants import candidates
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import Total
from w2s_sym.matrices.experiment import Quantity
from w2s_sym.matrices.samplers import ModelError

# Candidates that a plan looks at.
POOL = 40
# A relative separation beyond this one helps no more: it is resolved by a few hundred draws.
ENOUGH = 0.5
_CAPS = (3, 6, 12, 24)
# The fewest draws behind any z-test: the standard error itself must be known to a few per cent.
LEAST_DRAWS = 400


@dataclass(frozen=True)
class Trial:
    """A complete point: numbers by name (of a spectrum: arrays by level letter), and the instance of the quantity.

    The instance is None for a user's experiment.
    """

    point: Mapping[str, Any]
    instance: Instance | None = None

    def __str__(self) -> str:
        numbers = {k: v for k, v in self.point.items() if not isinstance(v, Mapping)}
        return ", ".join(f"{k}={v:.6g}" if isinstance(v, float) else f"{k}={v}" for k, v in numbers.items())


# -- formulas at points ---------------------------------------------------------------------------------------


class Formulas:
    """The right side, the author's rivals and the automatic mutants as one vectorised function of points."""

    def __init__(self, rhs: sp.Expr, rivals: Sequence[Any], with_mutants: bool = True) -> None:
        self.rhs = rhs
        self.authors = tuple((i, r) for i, r in enumerate(rivals) if isinstance(r, sp.Expr))
        self.mutants = _mutants(rhs) if with_mutants else ()
        everything = (rhs, *(r for _, r in self.authors), *self.mutants)
        self._totals, self.symbols, self._compiled = _of_arrays(everything)
        self._size = len(everything)

    def at(self, trials: Sequence[Trial]) -> np.ndarray:
        """Values, shape (1 + rivals + mutants, trials): first the right side. Not finite where undefined."""
        columns = [np.array([float(t.point[s.name]) for t in trials]) for s in self.symbols]
        columns += [np.array([summed(total, t.point) for t in trials]) for total in self._totals]
        with np.errstate(all="ignore"):
            try:
                values = self._compiled(*columns)
            except (TypeError, ValueError, OverflowError) as problem:
                raise ClaimError(
                    f"{self.rhs} or a mutant of it has no value in floats at many points at once; "
                    "write it in powers, exponentials and logarithms, or use Precision"
                ) from problem
        out = np.empty((self._size, len(trials)))
        for i, value in enumerate(values):
            out[i] = np.real_if_close(value)
        return out


# The condition of a domain, or a residual, is asked for at one trial after another.
@lru_cache(maxsize=512)
def _of_arrays(formulas: tuple[sp.Expr, ...]) -> tuple[tuple[Total, ...], tuple[sp.Symbol, ...], Callable[..., Any]]:
    """The totals in these formulas, the symbols outside of them, and the formulas as one function of both's values."""
    totals = tuple(sorted({t for e in formulas for t in e.atoms(Total)}, key=str))
    numbers = {t: sp.Dummy(f"total{i}") for i, t in enumerate(totals)}
    replaced = tuple(e.xreplace(numbers) for e in formulas)
    free = {s for e in replaced for s in e.free_symbols} - set(numbers.values())
    symbols = tuple(sorted(free, key=lambda s: str(s.name)))
    return totals, symbols, compiled((*symbols, *numbers.values()), list(replaced), cse=True)


@lru_cache(maxsize=128)
def _mutants(rhs: sp.Expr) -> tuple[sp.Expr, ...]:
    return tuple(dict.fromkeys((*candidates(rhs), *near_numbers(rhs))))


def separations(values: np.ndarray) -> np.ndarray:
    """|rival - rhs| relative to |rhs| (where rhs is 0: absolute); 0 where a rival is undefined."""
    scale = np.where(values[0] == 0, 1.0, np.abs(values[0]))
    return distances(values) / scale


def distances(values: np.ndarray) -> np.ndarray:
    """|rival - rhs|; 0 where a rival is undefined."""
    with np.errstate(all="ignore"):
        gap = np.abs(values[1:] - values[0])
    return np.where(np.isfinite(gap), gap, 0.0)


def choose(resolution: np.ndarray, count: int, enough: float = ENOUGH) -> list[int]:
    """``count`` columns, one after another, each the one that best raises the least-resolved rival (row).

    A resolution beyond ``enough`` helps no more. A rival that no candidate resolves at all is not weighed.
    """
    capped = np.minimum(resolution, enough)
    capped = capped[capped.max(axis=1, initial=0.0) > 1e-9 * enough]
    chosen: list[int] = []
    best = np.zeros(len(capped))
    for _ in range(min(count, resolution.shape[1])):
        reached = np.maximum(best[:, None], capped)
        worst = reached.min(axis=0, initial=enough) / enough
        average = np.log(reached / enough + 1e-6).sum(axis=0)
        worst[chosen] = -1.0
        # Ties go to the larger average, then to the earlier candidate.
        taken = int(np.lexsort((-average, -np.round(worst, 9)))[0])
        chosen.append(taken)
        best = reached[:, taken]
    return chosen


# -- points ---------------------------------------------------------------------------------------------------


def by_name(point: Mapping[Any, object]) -> dict[str, object]:
    """A point with names for its symbols."""
    return {str(key): value for key, value in point.items()}


def named_point(claim: Claim, point: Mapping[Any, object], known: Sequence[sp.Symbol]) -> dict[str, Scalar]:
    """A user's point as numbers by name; raises :class:`DomainError` for unknown names and values outside."""
    symbols = {s.name: s for s in (*known, *claim.domain.symbols)}
    found: dict[str, Scalar] = {}
    for key, value in point.items():
        name = str(key)  # a symbol is printed as its name
        if name not in symbols:
            raise DomainError(f"{claim.id}: no symbol {name}; a point may name {', '.join(sorted(symbols))}")
        exact = exact_number(value, name, f"{claim.id}: ")
        if symbols[name].is_integer and not exact.is_integer:
            raise DomainError(f"{claim.id}: {name}={value}: needs an integer; round it")
        found[name] = int(exact) if symbols[name].is_integer else float(exact)
    inside = claim.domain.restrict({symbols[k] for k in found})
    given = {str(k): v for k, v in point.items()}
    Domain(inside.symbols, inside.conditions).check({s: given[s.name] for s in inside.symbols}, claim.id)
    return found


class Places:
    """All trials of one claim: named by the user, or drawn. The quantity is None for a user's experiment."""

    def __init__(self, claim: Claim, quantity: Quantity | None) -> None:
        self.claim = claim
        self.quantity = quantity
        self.sizes = () if quantity is None else quantity.size_symbols
        # Whether some candidate had no law of its own, so that the others are a part of the domain.
        self.lawless = False
        # Whether no instance was found whose matrices are not those that the setting makes.
        self.chosen = False
        # Of the whole words: averaging another block leaves the tail of the inverse as it is.
        self.excesses = () if quantity is None else sampling.needed_excesses(quantity.value, quantity.setting)
        if quantity is not None:
            self._order = (*self.sizes, *(s for s in claim.domain.symbols if s not in self.sizes))
        else:
            self._order = claim.domain.symbols

    @property
    def names(self) -> tuple[sp.Symbol, ...]:
        """Symbols that a point may name: those of the domain and of the experiment."""
        extra = () if self.quantity is None else tuple(s for s, _ in self.quantity.setting.names)
        return (*self._order, *(s for s in extra if s not in self._order))

    def too_heavy(self, point: Mapping[str, Scalar]) -> str | None:
        """Why the tail of the sampled inverse is too heavy for a z-test at this point, or None.

        Of a partial point only what it names is judged.
        """
        for rows, cols, least in self.excesses:
            excess = rows - cols
            if not all(s.name in point for s in excess.free_symbols):
                continue
            sizes = {s: sp.Integer(int(point[s.name])) for s in excess.free_symbols}
            number = int(excess.xreplace(sizes))
            if number < least:
                return (
                    f"{excess} = {number} < {least}: the sampled inverse has too heavy a tail for a z-test; "
                    f"take {rows} >= {rows.xreplace(sizes) + least - number}"
                )
        return None

    def least_draws(self, point: Mapping[str, Scalar]) -> int:
        """The fewest draws whose z-test keeps its level: more where an inverse has a heavy tail.

        1/chi^2 with ``excess + 1`` degrees of freedom, the law of an inverse in one dimension, is the most skewed.
        """
        draws = LEAST_DRAWS
        for rows, cols, least in self.excesses:
            excess = int(
                (rows - cols).xreplace({s: sp.Integer(int(point[s.name])) for s in (rows - cols).free_symbols})
            )
            # The tail of the k-th power is that of the first at a smaller excess; least = 7 k - 1.
            half = (excess + 1) * 7 / (least + 1) / 2
            draws = max(draws, draws_for_skewness(4 * math.sqrt(half - 2) / (half - 3)))
        return draws

    def complete(self, named: Mapping[str, Scalar], rng: np.random.Generator) -> Trial:
        """The trial at a point whose sizes are all named; raises when it is not admissible."""

        def fill(known: Mapping[str, Scalar]) -> dict[str, Scalar]:
            return self._rest({**known, **named}, rng)

        if self.quantity is None:
            return self._admitted({**named, **fill(named)}, None)
        instance = sampling.realise(self.quantity, named, rng, fill)
        return self._admitted(instance.scalars, instance)

    def _rest(self, known: Mapping[str, Scalar], rng: np.random.Generator) -> dict[str, Scalar]:
        """Scalars of the domain that neither the point nor the setting gives: solved for, else drawn."""
        defined = set() if self.quantity is None else {s.name for s, _ in self.quantity.setting.names}
        values = {s: exact_number(known[s.name], s.name) for s in self.claim.domain.symbols if s.name in known}
        unknowns = {e.unknown.name for e in self.claim.given}
        free = tuple(s for s in self.claim.domain.symbols if s not in values and s.name not in defined | unknowns)
        found: dict[str, Scalar] = {}
        if free:
            conditions = []
            for c in self.claim.domain.conditions:
                moved = Condition(c.lhs.xreplace(values), c.relation, c.rhs.xreplace(values), c.advice)
                if moved.free_symbols and moved.free_symbols <= set(free):
                    conditions.append(moved)
            drawn = Domain(free, tuple(conditions)).sample(rng, 4)
            values.update(drawn)
            found = {s.name: int(v) if s.is_integer else float(v) for s, v in drawn.items()}
        for equation in self.claim.given:
            if equation.unknown.name in known:
                self._require_root(
                    equation, values | {equation.unknown: exact_number(known[equation.unknown.name], "")}
                )
                continue
            solution = equation.solve_linear(equation.unknown)
            value = None if solution is None else solution.xreplace(values)
            if value is None or value.free_symbols:
                raise ClaimError(f"{self.claim.id}: cannot solve {equation}; name {equation.unknown} in at=(...)")
            values[equation.unknown] = value
            found[equation.unknown.name] = float(value)
        return found

    def _require_root(self, equation: Equation, values: Mapping[sp.Symbol, sp.Expr]) -> None:
        """Raises :class:`DomainError` where a defined symbol has another value than its equation and bracket give."""
        at = [
            sp.sympify(t.xreplace(values), strict=True)
            for t in (equation.residual, *sp.Add.make_args(equation.residual))
        ]
        off = any(c.undefined_at(values) is not None or c.at(values) is False for c in bracket_conditions(equation))
        if off or any(t.free_symbols for t in at) or abs(float(at[0])) > 1e-9 * sum(abs(float(t)) for t in at[1:]):
            raise DomainError(f"{self.claim.id}: {equation.unknown}={values[equation.unknown]}: misses {equation}")

    def _admitted(self, scalars: Mapping[str, Scalar], instance: Instance | None) -> Trial:
        """The trial at these scalars, when the domain admits them up to the rounding of computed scalars."""
        for condition in (*self.claim.domain.assumptions(), *self.claim.domain.conditions):
            if not all(s.name in scalars for s in condition.free_symbols):
                continue
            left, right = _sides(condition)(scalars)
            if math.isnan(left) or not roughly_holds(left, condition.relation, right):
                listed = [s for s in self.claim.domain.symbols if s in condition.free_symbols]
                used = ", ".join(f"{s}={scalars[s.name]:.6g}" for s in listed)
                move = condition.next_move or "choose others"
                raise DomainError(f"{self.claim.id}: {used}: needs {condition}; {move}")
        integers = {s.name for s in self.names if s.is_integer}
        order = [s.name for s in self.names if s.name in scalars]
        order += sorted(set(scalars) - set(order))
        return Trial({k: int(scalars[k]) if k in integers else float(scalars[k]) for k in order}, instance)

    # -- drawing --
    def candidates(self, named: Mapping[str, Scalar], rng: np.random.Generator, count: int = POOL) -> list[Trial]:
        """Up to ``count`` small trials that agree with what is named and are fit for a z-test."""
        if self.claim.domain.points:
            return self._listed(named, rng)
        found: list[Trial] = []
        failure: Exception | None = None
        for sizes in self._size_vectors(named, rng, 2 * count):
            try:
                trial = self.complete({**sizes, **named}, rng)
            except (DomainError, ModelError) as problem:
                failure = problem
                self.lawless = self.lawless or isinstance(problem, ModelError)
                continue
            if self.too_heavy(trial.point) is None:
                found.append(trial)
            if len(found) == count:
                break
        if not found:
            reason = f" ({failure})" if failure is not None else ""
            raise ClaimError(f"{self.claim.id}: found no small point to simulate at{reason}; name one in at=(...)")
        return found

    def _listed(self, named: Mapping[str, Scalar], rng: np.random.Generator) -> list[Trial]:
        """The listed points of a finite domain, where they agree with what is named."""
        points = [named_point(self.claim, p, self.names) for p in self.claim.domain.points]
        kept = [{**p, **named} for p in points if all(p.get(k, v) == v for k, v in named.items())]
        if not kept:
            raise DomainError(f"{self.claim.id}: none of the domain's {len(points)} points agrees with what is named")
        return [self.complete(p, rng) for p in kept]

    def _size_vectors(
        self, named: Mapping[str, Scalar], rng: np.random.Generator, count: int
    ) -> Iterator[dict[str, Scalar]]:
        if self.quantity is None:
            yield from ({} for _ in range(count))
            return
        if all(s.name in named for s in self.sizes):
            yield from ({} for _ in range(count))
            return
        total = 4000
        caps = rng.choice(_CAPS, (total, len(self.sizes)))
        grid = rng.integers(1, caps + 1)
        for i, s in enumerate(self.sizes):
            if s.name in named:
                grid[:, i] = int(named[s.name])
        columns = [grid[:, i].astype(float) for i in range(len(self.sizes))]
        good = np.ones(total, dtype=bool)
        for condition in self._size_conditions():
            gap = compiled(self.sizes, condition.lhs - condition.rhs)(*columns)
            good &= Relation(condition.relation)(np.broadcast_to(gap, (total,)))
        for row in grid[good][:count]:
            yield {s.name: int(v) for s, v in zip(self.sizes, row, strict=True)}

    def _size_conditions(self) -> Iterator[Condition]:
        mine = set(self.sizes)
        for condition in (*self.claim.domain.assumptions(), *self.claim.domain.conditions):
            if condition.free_symbols <= mine:
                yield condition
        for rows, cols, least in self.excesses:
            yield Condition(rows - cols, ">=", sp.Integer(least))


@lru_cache(maxsize=512)
def _sides(condition: Condition) -> Callable[[Mapping[str, Scalar]], tuple[float, float]]:
    """Both sides of a condition in floats; nan where a part of it has no finite real value, as exact points have it."""
    symbols = tuple(sorted(condition.free_symbols, key=lambda s: str(s.name)))
    compiled = FloatValues((condition.lhs, condition.rhs), symbols)

    def sides(scalars: Mapping[str, Scalar]) -> tuple[float, float]:
        column = np.array([[float(scalars[s.name])] for s in symbols]).reshape(-1, 1)
        left, right = compiled.at(column)[0][:, 0]
        return (float(left), float(right)) if compiled.finite(column)[0] else (math.nan, math.nan)

    return sides


def roughly_holds(left: float, relation: str, right: float) -> bool:
    """The relation between floats that carry rounding: it never decides against equality, nor for strictness."""
    relative = 1e-9 * max(abs(left), abs(right))
    # A difference of computed scalars that should be zero is off by the rounding of numbers around one.
    slack = max(relative, 1e-12)
    gap = left - right
    return Relation(relation).roughly(gap, slack, relative)


def relation_of(claim: Claim) -> tuple[Any, str, sp.Expr]:
    """Left side, relation and right side of a comparison; raises for other statements."""
    if not isinstance(claim.statement, Compare):
        raise ClaimError(f"{claim.id}: a simulation checks a comparison or a limit; use Precision for an equivalence")
    return claim.statement.lhs, claim.statement.relation, claim.statement.rhs


__all__ = [
    "LEAST_DRAWS",
    "Formulas",
    "Places",
    "Trial",
    "by_name",
    "choose",
    "distances",
    "named_point",
    "relation_of",
    "roughly_holds",
    "separations",
]
