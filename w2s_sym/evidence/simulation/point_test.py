"""The exact test of one comparison by draws: which points, how many draws, and what goes to the verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.points import LEAST_DRAWN
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import ClaimError
from w2s_sym.evidence.simulation import sampling
from w2s_sym.evidence.simulation.batches import Bench, Draw, digest, real, trial_key, user_draw
from w2s_sym.evidence.simulation.coverage import Coverage, unvaried
from w2s_sym.evidence.simulation.effort import EFFORT
from w2s_sym.evidence.simulation.limits import OPERATIONS
from w2s_sym.evidence.simulation.moments_of_draws import AIM, DETECT, LEVEL
from w2s_sym.evidence.simulation.sampling import Scalar
from w2s_sym.evidence.simulation.trials import (
    LEAST_DRAWS,
    Formulas,
    Places,
    Trial,
    by_name,
    choose,
    distances,
    named_point,
    relation_of,
    separations,
)
from w2s_sym.evidence.simulation.unchosen import doubted, larger, unchosen
from w2s_sym.evidence.simulation.verdicts import DrawnPoints, judge_equality, judge_inequality, unfit, within
from w2s_sym.formula.conditions import DomainError
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import letters_along
from w2s_sym.formula.user_code import in_this_process
from w2s_sym.matrices.evaluation import evaluate_words
from w2s_sym.matrices.experiment import Quantity
from w2s_sym.matrices.samplers import ModelError

if TYPE_CHECKING:
    from w2s_sym.evidence.simulation.simulation import Simulation

# Draws per candidate when points are chosen.
PILOT_DRAWS = 128
# Draws of the literal experiment, and how many of its paths are compared.
LITERAL_DRAWS = 8192
PATHS = 64
# Listed points of a finite domain up to this number are all drawn at.
MOST_LISTED = 12
# The paths that are compared at every other effort.
FEW_PATHS = 4
# No more draws and batches of a user's experiment are made to narrow its mean down.
MOST_DRAWS = 1 << 21
MOST_BATCHES = 2048
# What a draw costs beside its matrix products, in floating-point operations.
_OVERHEAD = 3000.0
# Beyond this many rows and columns in all, full rows are not for a loop over draws.
_SMALL = 2000


class PointTest:
    """The exact test of one comparison: its points, its draws, its verdict."""

    def __init__(self, plan: Simulation, claim: Claim, run: Run, quantity: Quantity | None, relation: str) -> None:
        self.plan, self.claim, self.run, self.quantity, self.relation = plan, claim, run, quantity, relation
        self.effort = EFFORT[run.effort]
        # What a pilot run found of a candidate, by identity; the candidate is kept, so that no other takes its place.
        self._piloted: dict[int, tuple[Trial, tuple[float, float, float]]] = {}
        # Whether a candidate was passed over since the right side has no value there.
        self.undefined = False
        # The same points for every seed: which points are fit to decide is no matter of chance.
        self.fixed = replace(run, seed=0)
        if quantity is None and plan.average:
            raise ClaimError(f"{claim.id}: average needs a Quantity; a user's experiment averages by itself")
        self.places = Places(claim, quantity)
        self.formulas = Formulas(relation_of(claim)[2], claim.rivals, relation == "=")

    def finding(self) -> Finding:
        """Choose points, sample, and judge. Raises ``ClaimError`` when there is nothing to sample."""
        at = self._at()
        for point in at:
            heavy = self.places.too_heavy(point)
            if heavy is not None:
                decide = self._elsewhere(())
                detail = {"points": [{"point": point}], "decide": decide}
                move = "" if decide is None else decide["text"]
                return Finding("simulation", Verdict.INCONCLUSIVE, heavy, detail, next_move=move)
        trials = [self._trial(p, ("named", i)) for i, p in enumerate(at)]
        pool = [] if trials else self._pool
        listed = bool(self.claim.domain.points) and len(pool) <= MOST_LISTED
        trials = trials or (pool if listed else self._best(pool, self.effort.points))
        if not listed:
            more = self._differing([t for t, p in zip(trials, at or [{}] * len(trials), strict=True) if not p])
            more += self._tied(trials[0])
            trials, at = [*trials, *more], [*at, *({} for _ in more if at)]
        values = self._values(trials)
        benches = [self._bench(t, ("point", i), self.plan.average) for i, t in enumerate(trials)]
        self._sample(benches, values)
        evidence = DrawnPoints(self.formulas, benches, values, self.effort.error, self.plan.rules)
        if self.run.effort == "deep" and self.quantity is not None:
            evidence = self._deepen(evidence, trials, self.quantity)
        elif self.quantity is not None and self.quantity.literal is not None:
            evidence = replace(evidence, literal=self._paths(self.quantity, self._smallest(trials), FEW_PATHS))
        found = unfit(evidence)
        if found is None and self.relation == "=":
            found = judge_equality(evidence, self._elsewhere)
        found = found or judge_inequality(evidence, self.relation)
        cover = Coverage(self.claim, self.places, self.quantity)
        parts = cover.left_out(at, trials, self.undefined)
        if found.verdict is Verdict.AGREES and not parts and cover.of_all_points and self.claim.domain.symbols:
            found = self._doubted(found, trials, max(b.tally.count for b in benches))
            parts = cover.left_out(at, trials, self.undefined)
        if not parts or found.verdict is not Verdict.AGREES:
            return found
        return replace(found, summary=f"{found.summary}, only {'; '.join(parts)}", within=parts)

    def _doubted(self, found: Finding, trials: Sequence[Trial], most: int) -> Finding:
        """A finding that agrees; REFUTED instead where a trial refutes it that its author did not choose."""
        quantity = self.quantity
        far = larger(self.places.sizes, trials, self._pool)
        more = unchosen(self.claim, quantity, self.run.rng("simulation", "unchosen"))
        self.places.chosen = quantity is not None and bool(quantity.fixed_atoms) and not more
        more += self._best(far, 1) if far else []
        values = self.formulas.at(more)[0]
        self.undefined = self.undefined or not np.isfinite(values).all()
        benches = [self._bench(t, ("unchosen", i), self.plan.average) for i, t in enumerate(more)]
        return doubted(found, benches, values, self.places.least_draws, self.run, most)

    def _values(self, trials: Sequence[Trial]) -> np.ndarray:
        values = self.formulas.at(trials)
        finite = np.isfinite(values[0])
        if not finite.all():
            raise ClaimError(f"{self.claim.id}: the right side is not finite at {trials[int(finite.argmin())]}")
        return values

    # -- points --
    def _at(self) -> list[dict[str, Scalar]]:
        """The points that the user names, maybe in part; a witness is where its claim says, whatever they name."""
        points: Sequence[Mapping[Any, object]] = self.plan.at
        if self.claim.witness is not None:
            points = [by_name(p) | by_name(self.claim.witness) for p in points or ({},)]
        return [self._named(p) for p in points]

    def _named(self, point: Mapping[Any, object]) -> dict[str, Scalar]:
        return named_point(self.claim, point, self.places.names)

    @cached_property
    def _pool(self) -> list[Trial]:
        return self.places.candidates({}, self.fixed.rng("simulation", "plan"))

    def _trial(self, named: Mapping[str, Scalar], words: tuple[object, ...]) -> Trial:
        rng = self.fixed.rng("simulation", *words)
        if named and all(s.name in named for s in self.places.sizes):
            return self.places.complete(named, rng)
        return self._best(self.places.candidates(named, rng), 1)[0]

    def _best(self, pool: list[Trial], count: int) -> list[Trial]:
        """The candidates at which the least work settles the rivals, by a pilot run of a few draws each."""
        values = self.formulas.at(pool)
        finite = np.flatnonzero(np.isfinite(values[0]))
        self.undefined = self.undefined or len(finite) < len(pool)
        if not len(finite):
            raise ClaimError(f"{self.claim.id}: the right side is finite at no point tried; name one in at=(...)")
        pool, values = [pool[i] for i in finite], values[:, finite]
        if len(pool) == 1:
            return pool
        sds, work, budget = self._pilot(pool, values[0])
        # Every point chosen must reach the standard error asked for, with room for the pilot's own error.
        with np.errstate(divide="ignore", over="ignore"):  # endless work is no work that fits
            draws = np.where(values[0] == 0, 0.0, (sds / (self.effort.error * np.abs(values[0]))) ** 2)
        share = draws / budget
        enough = max(0.5, float(np.sort(share)[min(count, len(pool)) - 1]))
        fit = np.flatnonzero(share <= enough)
        resolution = (distances(values) / (sds * np.sqrt(work)))[:, fit]
        # Settled by LEAST_DRAWS draws is settled.
        return [pool[fit[i]] for i in choose(resolution, count, AIM / math.sqrt(LEAST_DRAWS))]

    def _differing(self, drawn: Sequence[Trial]) -> list[Trial]:
        """One more point for each symbol that has one value at all the drawn ones, where the domain has others."""
        found: list[Trial] = []
        pool: list[Trial] = []
        for s in self.claim.domain.symbols if len(drawn) >= LEAST_DRAWN else ():
            if not unvaried(s.name, [*drawn, *found]):
                continue
            pool = pool or self._pool
            others = [t for t in pool if not unvaried(s.name, [*drawn, t])]
            found += self._best(others, 1) if others else []
        return found

    def _tied(self, first: Trial) -> list[Trial]:
        """For a comparison that excludes equality: points at which two symbols, or all, have one value."""
        if not (Relation(self.relation).strict and self.claim.witness is None):
            return []
        defined = {e.unknown for e in self.claim.given} | {relation_of(self.claim)[0]}
        free = [s for s in self.claim.domain.symbols if s not in self.places.sizes and s not in defined]
        free = [s for s in free if not s.is_integer and letters_along(s) is None and s.name in first.point][:4]
        groups = dict.fromkeys([*combinations(free, 2), *([tuple(free)] if len(free) > 2 else [])])
        found: list[Trial] = []
        for group in groups:
            try:
                found.append(self._trial({s.name: first.point[group[0].name] for s in group}, ("tied", *group)))
            except (ClaimError, DomainError, ModelError):
                continue  # the domain has no such point
        return found

    def _pilot(self, pool: list[Trial], rhs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Per candidate: the standard deviation of a draw, its relative cost, and the draws that the effort buys."""
        rng = self.fixed.rng("simulation", "pilot")
        for trial in pool:
            if id(trial) not in self._piloted:
                self._piloted[id(trial)] = trial, self._tried(trial, rng)
        sds, work, budget = np.array([self._piloted[id(trial)][1] for trial in pool], dtype=float).T
        # A deterministic quantity is resolved up to rounding.
        return np.maximum(sds, np.maximum(1e-9 * np.abs(rhs), 1e-300)), work, budget

    def _tried(self, trial: Trial, rng: np.random.Generator) -> tuple[float, float, float]:
        """The same of one candidate, rounding aside; draws that are not finite come last."""
        if self.plan.experiment is not None:
            draws = real(user_draw(self.plan.experiment, dict(trial.point))(rng, PILOT_DRAWS), "the experiment")
            batch, operations = self.plan.batch, 0.0
        else:
            made = self._made(trial, self.plan.average)
            draws = made.draw(rng, min(PILOT_DRAWS, made.batch))
            batch, operations = made.batch, made.operations
        with np.errstate(all="ignore"):
            sd = float(np.nan_to_num(draws.std(), nan=1e300, posinf=1e300))
        return sd, 1 + operations / _OVERHEAD, batch * self.effort.batches

    def _elsewhere(self, rivals: Sequence[sp.Expr]) -> dict[str, Any] | None:
        """A small point that would decide: where the least work settles the least-separated of these rivals."""
        try:
            pool = self._pool
        except (ClaimError, DomainError):
            return None
        other = Formulas(self.formulas.rhs, rivals, False)
        values = other.at(pool)
        gaps = separations(values)
        best = choose(gaps, 1)[0]
        found: dict[str, Any] = {"point": dict(pool[best].point), "text": str(pool[best])}
        if not rivals:
            return found
        least = int(gaps[:, best].argmin())
        if not gaps[least].max(initial=0.0) > 0:
            free = rivals[least].free_symbols | self.formulas.rhs.free_symbols
            fixed = sorted(str(s) for s in free if unvaried(s.name, pool))
            hint = f"; let realise vary {', '.join(fixed)}" if fixed else ""
            return {
                "rival": str(rivals[least]),
                "text": f"no point: {rivals[least]} has the same value everywhere{hint}",
            }
        found.update(rival=str(rivals[least]), separation=float(gaps[least, best]))
        found["text"] += f", where {rivals[least]} is {gaps[least, best]:.1%} off"
        if self.quantity is not None and gaps[least, best] > 0:
            sds, _, _ = self._pilot([pool[best]], values[0, [best]])
            found["draws"] = math.ceil((AIM * float(sds[0]) / float(distances(values)[least, best])) ** 2)
            found["text"] += f" ({found['draws']:.1g} draws)"
        return found

    # -- draws --
    def _made(self, trial: Trial, average: tuple[str, ...]) -> sampling.DrawPlan:
        if self.quantity is None or trial.instance is None:
            raise ClaimError(f"{self.claim.id}: nothing to sample at {trial}")
        sampling.check_law(self.quantity, trial.instance, str(trial))
        return sampling.plan_draws(self.quantity, trial.instance, average)

    def _bench(self, trial: Trial, words: tuple[object, ...], average: tuple[str, ...]) -> Bench:
        draw: Draw
        if self.plan.experiment is not None:
            draw, batch, operations = user_draw(self.plan.experiment, trial.point), self.plan.batch, OPERATIONS
        else:
            made = self._made(trial, average)
            draw, batch, operations = made.draw, made.batch, made.operations
        key = digest(self.run, self.what, average, batch, trial_key(trial))
        return Bench(trial, draw, batch, operations, words, key, unknown=self.quantity is None)

    @cached_property
    def what(self) -> str:
        """All that the draws depend on beside the point: the experiment as text."""
        if self.quantity is None:
            return f"{self.claim.statement} {getattr(self.plan.experiment, '__qualname__', '')}"
        return f"{self.claim.statement} {self.quantity.value} {self.quantity.setting.samples}"

    def _sample(self, benches: list[Bench], values: np.ndarray) -> None:
        if self.quantity is None:
            benches[0].require_repeatable(self.run)
        for bench in benches:
            least = self.places.least_draws(bench.trial.point)
            while bench.tally.count < least:
                bench.step(self.run)
        gaps = distances(values)
        # Each rival is settled at the point that needs the fewest draws for it.
        sds = np.array([max(b.tally.sd, 1e-300) for b in benches])
        home = (gaps / sds).argmax(axis=1)
        for i, bench in enumerate(benches):
            rhs, mine = float(values[0, i]), gaps[home == i, i]
            while bench.batches < self.effort.batches and not (bench.enough and self._enough(bench, rhs, mine)):
                bench.step(self.run)
        if self.quantity is None and self.relation == "=":
            self._narrow(benches, values[0])

    def _narrow(self, benches: list[Bench], values: np.ndarray) -> None:
        """More draws of a user's experiment, at the point that needs the fewest, until no error of WITHIN has room."""
        need = [b.relative(float(v)) * math.sqrt(b.tally.count) for b, v in zip(benches, values, strict=True)]
        best = int(np.argmin(need))
        bench, rhs = benches[best], float(values[best])
        if any(within(b, float(v)) or abs(b.z(float(v))) > LEVEL for b, v in zip(benches, values, strict=True)):
            return
        while bench.heavy is None and not within(bench, rhs) and abs(bench.z(rhs)) <= LEVEL:
            more = min(bench.batches, MOST_BATCHES - bench.batches, MOST_DRAWS // bench.batch - bench.batches)
            if more <= 0:
                return
            for _ in range(more):
                bench.step(self.run)

    def _enough(self, bench: Bench, rhs: float, gaps: np.ndarray) -> bool:
        """Whether no further batch is needed: the standard error is small enough, for itself and for the rivals."""
        if bench.relative(rhs) > self.effort.error:
            return False
        # A formula this far off needs no further draws to settle its rivals.
        if self.relation != "=" or abs(bench.z(rhs)) > AIM:
            return True
        # Rivals that the whole budget cannot settle are no reason to spend it.
        last = bench.spread * math.sqrt(bench.batches / self.effort.batches)
        return bool((gaps[gaps >= DETECT * last] >= AIM * bench.spread).all())

    # -- nothing averaged --
    def _deepen(self, evidence: DrawnPoints, trials: list[Trial], quantity: Quantity) -> DrawnPoints:
        """One more point, with nothing averaged, and the literal experiment there."""
        at = self.plan.deep_at
        trial = self._trial(self._named(at[0]), ("deep",)) if at else self._smallest(trials)
        heavy = self.places.too_heavy(trial.point)
        if heavy is not None:
            raise ClaimError(f"{self.claim.id}: deep_at: {heavy}")
        rhs = float(self._values([trial])[0, 0])
        bench = self._bench(trial, ("deep",), ())
        while bench.tally.count < self.places.least_draws(trial.point) or (
            bench.batches < self.effort.batches and bench.relative(rhs) > EFFORT["standard"].error
        ):
            bench.step(self.run)
        literal = self._literal(quantity, trial, rhs) if quantity.literal is not None else {}
        return replace(evidence, extra=(bench, rhs), literal=literal)

    def _smallest(self, trials: list[Trial]) -> Trial:
        """The least of the trials, or a small point when all are too large for full rows."""
        totals = [sum(float(t.point[s.name]) for s in self.places.sizes) for t in trials]
        least = int(np.argmin(totals))
        return trials[least] if totals[least] <= _SMALL else self._best(self._pool, 1)[0]

    def _literal(self, quantity: Quantity, trial: Trial, rhs: float) -> dict[str, Any]:
        """The literal experiment: its mean against the right side, and its paths against the words."""
        instance, literal = trial.instance, quantity.literal
        if instance is None or literal is None:
            return {}
        made = sampling.plan_draws(quantity, instance, (), full_rows=True)

        def draw(rng: np.random.Generator, draws: int) -> np.ndarray:
            return self._by_hand(quantity, made, made.arrays(rng, draws), draws)

        key = digest(self.run, "literal", self.what, trial_key(trial))
        bench = Bench(trial, draw, min(made.batch, 1024), made.operations, ("literal",), key)
        while bench.tally.count < LITERAL_DRAWS and bench.batches < self.effort.batches:
            bench.step(self.run)
        gap = self._paths(quantity, trial, PATHS)["path_gap"]
        return {"draws": bench.tally.count, "mean": bench.tally.mean, "z": bench.z(rhs), "path_gap": gap}

    def _paths(self, quantity: Quantity, trial: Trial, most: int) -> dict[str, Any]:
        """The literal experiment against the words, on the same few draws of full rows."""
        if trial.instance is None:
            return {}
        made = sampling.plan_draws(quantity, trial.instance, (), full_rows=True)
        paths = min(most, made.batch)
        arrays = made.arrays(self.run.rng("simulation", "paths"), paths)
        try:
            hand = self._by_hand(quantity, made, arrays, paths)
            words = np.asarray(evaluate_words(made.value, arrays, trial.instance.scalars), dtype=float)
        except np.linalg.LinAlgError as problem:
            raise ClaimError(f"a draw at {trial} has a singular matrix ({problem}); name another point") from problem
        gap = float(np.abs(hand - words).max() / max(float(np.abs(hand).max()), 1e-300))
        return {"draws": paths, "mean": float(hand.mean()), "path_gap": gap}

    def _by_hand(
        self, quantity: Quantity, made: sampling.DrawPlan, arrays: Mapping[str, np.ndarray], draws: int
    ) -> np.ndarray:
        """The literal experiment on each of these draws."""
        literal = quantity.literal
        if literal is None:
            raise ClaimError(f"{self.claim.id}: no literal experiment")
        blocks = {name for group in made.groups for name, _, _ in group.blocks}
        each = ({k: a[i] if k in blocks else a for k, a in arrays.items()} for i in range(draws))
        with in_this_process():
            return real([literal(one, made.instance.scalars) for one in each], "the literal experiment")
