"""Monte Carlo evidence: a sampling plan that can refute a formula and all its neighbours, or says that it cannot.

**Exact claims** get a z-test at every point, each at the fixed two-sided level of :data:`w2s_sym.tally.LEVEL`; points
are never pooled. Batches have a fixed size; stopping is decided at their boundaries from standard errors alone, never
from how well the formula does. The finding AGREES only if the standard error asked for is reached, no point objects,
and the same draws reject every rival: the author's and all automatic mutants. A formula one node away from the truth
can therefore never agree, however small its error: the truth is one of its mutants.

**Limits** are run at several sizes of one shape; the error must fall at the claimed order, with an interval that
excludes 0, half and twice that order. Closeness at one size is no support.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym import rules, sampling
from w2s_sym.claim import Asymptotic, Claim, ClaimError, Finding, Run, Verdict
from w2s_sym.planning import Formulas, Places, Trial, choose, distances, named_point, relation_of, separations
from w2s_sym.rivals import identical
from w2s_sym.sampling import Number
from w2s_sym.tally import AIM, DETECT, LEVEL, Law, Tally, fit_law
from w2s_sym.traces import Quantity, evaluate

Experiment = Callable[..., np.ndarray]


@dataclass(frozen=True)
class Effort:
    """Points, relative standard error, and batches per point of one level of effort."""

    points: int
    error: float
    batches: int


EFFORT = {"quick": Effort(2, 0.02, 48), "standard": Effort(3, 0.005, 192), "deep": Effort(4, 0.002, 768)}
# The fewest draws behind a z-test: the standard error itself must be known to a few per cent.
LEAST_DRAWS = 400
# Draws per candidate when points are chosen.
PILOT_DRAWS = 128
_OVERHEAD = 3000.0
# Floating-point operations assumed behind one draw of a user's experiment.
_OPERATIONS = 4096.0
_LITERAL_DRAWS = 8192
_PATHS = 32


@dataclass(frozen=True, eq=False)
class Simulation:
    """Evidence by sampling.

    Parameters
    ----------
    experiment
        None when the claim's left side is a Quantity, which is sampled by itself. Else a function
        ``experiment(rng, point, draws)`` that returns ``draws`` values whose mean is the left side; for a limit
        ``experiment(rng, point, size, draws)``. ``point`` holds numbers by name.
    at
        Points by symbol name; what a point does not name is drawn. Empty: small points that separate the rivals
        are chosen.
    average
        Names of blocks that are averaged exactly before sampling (:func:`w2s_sym.rules.expect`).
    deep_at
        Where, at deep effort, the experiment is run with nothing averaged; empty: at the smallest point.
    sizes, order
        For limits: at least three sizes, and the order at which the error falls (default: the statement's, or 1).
    shape
        For limits: ``shape(point, size)`` returns the symbols of the right side that change with the size.
    batch
        Draws per batch of a user's experiment.
    """

    experiment: Experiment | None = None
    at: tuple[Mapping[Any, object], ...] = ()
    average: tuple[str, ...] = ()
    deep_at: tuple[Mapping[Any, object], ...] = ()
    sizes: tuple[int, ...] = ()
    order: object = None
    shape: Callable[[Mapping[str, Number], int], Mapping[str, Number]] | None = None
    batch: int = 1024

    kind = "simulation"

    def __post_init__(self) -> None:
        for name in ("at", "deep_at"):
            value = getattr(self, name)
            object.__setattr__(self, name, (value,) if isinstance(value, Mapping) else tuple(value))
        average = (self.average,) if isinstance(self.average, str) else tuple(self.average)
        object.__setattr__(self, "average", tuple(getattr(getattr(b, "atom", b), "name", b) for b in average))
        if not isinstance(self.batch, int) or self.batch < 2:
            raise ClaimError(f"batch={self.batch}: needs a whole number of draws, at least 2")
        if self.sizes and (len(set(self.sizes)) < 3 or tuple(sorted(set(self.sizes))) != tuple(self.sizes)):
            raise ClaimError(f"sizes={self.sizes}: a fitted order needs at least three sizes, growing")
        if self.sizes and self.experiment is None:
            raise ClaimError("sizes without an experiment: give experiment(rng, point, size, draws)")

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the claims that confirm what is averaged before sampling."""
        return (rules.WICK,) if self.average else ()

    def check(self, claim: Claim, run: Run) -> Finding:
        """Sample, and judge. Raises :class:`ClaimError` or DomainError when there is nothing to sample."""
        # Imported late: it inspects every loaded library.
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1, user_api="blas"):
            if self.sizes:
                return _check_limit(self, claim, run)
            if isinstance(claim.statement, Asymptotic) or claim.kind == "equivalent":
                raise ClaimError(f"{claim.id}: one size is no support for a limit; give sizes=(...) and an experiment")
            lhs, relation, _ = relation_of(claim)
            if self.experiment is None and not isinstance(lhs, Quantity):
                raise ClaimError(f"{claim.id}: a formula cannot be sampled; give experiment(rng, point, draws)")
            return _Test(self, claim, run, lhs if self.experiment is None else None, relation).finding()


# -- one point ------------------------------------------------------------------------------------------------


@dataclass
class _Bench:
    """Batches of one experiment at one point, in order, remembered."""

    trial: Trial
    draw: Callable[[np.random.Generator, int], np.ndarray]
    batch: int
    operations: float
    words: tuple[object, ...]
    digest: str
    tally: Tally = field(default_factory=Tally)
    batches: int = 0

    def step(self, run: Run) -> None:
        """One more batch: from memory, or drawn from its own stream."""
        key = f"simulation/{self.digest}/{'/'.join(map(str, self.words))}/{self.batches}"
        record = run.memory.get(key)
        if record is None:
            values = np.asarray(self.draw(run.rng("simulation", *self.words, self.batches), self.batch), dtype=float)
            if values.shape != (self.batch,):
                raise ClaimError(f"an experiment of {self.batch} draws returned shape {values.shape}: one value each")
            if not np.isfinite(values).all():
                raise ClaimError(f"a draw at {self.trial} is not finite; name a point where the experiment is defined")
            record = Tally.of(values).to_json()
            run.memory.put(key, record)
        self.tally = self.tally + Tally.from_json(record)
        self.batches += 1
        run.tell(f"{self.trial}: {self.tally.count} draws, mean {self.tally.mean:.6g} +- {self.spread:.2g}")

    @property
    def spread(self) -> float:
        return self.tally.spread(self.operations)

    def z(self, value: float) -> float:
        """Standard errors from a value to the mean; 0 when both are exactly equal."""
        gap = self.tally.mean - value
        return 0.0 if gap == 0 else gap / self.spread if self.spread > 0 else math.copysign(math.inf, gap)

    def relative(self, value: float) -> float:
        """The standard error relative to a value; relative to the spread of one draw when the value is 0."""
        scale = abs(value) if value != 0 else self.tally.sd
        return self.spread / scale if scale > 0 else 0.0


def _digest(*parts: object) -> str:
    """A hash of all that the draws of a point depend on, apart from the code."""
    text = "\x1f".join(str(p) for p in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _fingerprint(trial: Trial) -> str:
    arrays = trial.instance.arrays if trial.instance is not None else {}
    matrices = {k: hashlib.sha256(np.ascontiguousarray(arrays[k]).tobytes()).hexdigest() for k in sorted(arrays)}
    return f"{sorted((k, float(v).hex()) for k, v in trial.point.items())} {matrices}"


# -- the z-test -----------------------------------------------------------------------------------------------


class _Test:
    """The exact test of one comparison: its points, its draws, its verdict."""

    def __init__(self, plan: Simulation, claim: Claim, run: Run, quantity: Quantity | None, relation: str) -> None:
        self.plan, self.claim, self.run, self.quantity, self.relation = plan, claim, run, quantity, relation
        self.effort = EFFORT[run.effort]
        # The same points for every seed: which points are fit to decide is no matter of chance.
        self.fixed = replace(run, seed=0)
        if quantity is None and plan.average:
            raise ClaimError(f"{claim.id}: average needs a Quantity; a user's experiment averages by itself")
        self.value = None if quantity is None else sampling.averaged(quantity, plan.average)
        self.places = Places(claim, quantity, quantity.value if quantity is not None else None)
        self.formulas = Formulas(relation_of(claim)[2], claim.rivals, relation == "=")

    def finding(self) -> Finding:
        trials = self._trials()
        for trial in trials:
            heavy = self.places.too_heavy(trial)
            if heavy is not None:
                detail = {"points": [{"point": dict(trial.point)}], "decide": self._elsewhere(())}
                return Finding("simulation", Verdict.INCONCLUSIVE, heavy, detail)
        values = self.formulas.at(trials)
        if not np.isfinite(values[0]).all():
            bad = trials[int(np.argmin(np.isfinite(values[0])))]
            raise ClaimError(f"{self.claim.id}: the right side is not finite at {bad}")
        benches = [self._bench(t, ("point", i), self.plan.average) for i, t in enumerate(trials)]
        self._sample(benches, values)
        extra = self._deep(trials) if self.run.effort == "deep" and self.quantity is not None else None
        return self._judge(benches, values, extra)

    def _trials(self) -> list[Trial]:
        plan, claim = self.plan, self.claim
        at: Sequence[Mapping[Any, object]] = plan.at
        if not at and claim.witness is not None:
            at = (claim.witness,)
        if at:
            return [self._trial(p, ("named", i)) for i, p in enumerate(at)]
        return self._best(self.places.candidates({}, self.fixed.rng("simulation", "plan")), self.effort.points)

    def _trial(self, point: Mapping[Any, object], words: tuple[object, ...]) -> Trial:
        named = named_point(self.claim, point, self.places.names)
        rng = self.fixed.rng("simulation", *words)
        if all(s.name in named for s in self.places.sizes):
            return self.places.complete(named, rng)
        return self._best(self.places.candidates(named, rng), 1)[0]

    def _best(self, pool: list[Trial], count: int) -> list[Trial]:
        """The candidates at which the least work settles the rivals, by a pilot run of a few draws each."""
        values = self.formulas.at(pool)
        if self.quantity is None:
            return [pool[i] for i in choose(separations(values), count)]
        rng = self.fixed.rng("simulation", "pilot")
        sds, work, budget = np.empty(len(pool)), np.empty(len(pool)), np.empty(len(pool))
        for i, trial in enumerate(pool):
            assert trial.instance is not None
            made = sampling.plan(self.quantity, trial.instance, self.plan.average)
            sd = float(made.draw(rng, min(PILOT_DRAWS, made.batch)).std())
            sds[i] = max(sd, 1e-9 * abs(values[0, i]), 1e-300)
            # A draw costs about as much as _OVERHEAD operations before it multiplies anything.
            work[i] = 1 + made.operations / _OVERHEAD
            budget[i] = made.batch * self.effort.batches
        # Every point chosen must reach the standard error asked for, with room for a pilot's own error.
        with np.errstate(divide="ignore"):
            draws = np.where(values[0] == 0, 0.0, (sds / (self.effort.error * np.abs(values[0]))) ** 2)
        fit = np.flatnonzero(
            draws <= np.maximum(budget / 2, np.sort(draws / budget)[min(count, len(pool)) - 1] * budget)
        )
        # Settled by LEAST_DRAWS draws is settled.
        resolution = (distances(values) / (sds * np.sqrt(work)))[:, fit]
        return [pool[fit[i]] for i in choose(resolution, count, AIM / math.sqrt(LEAST_DRAWS))]

    def _bench(self, trial: Trial, words: tuple[object, ...], average: tuple[str, ...]) -> _Bench:
        what: tuple[object, ...]
        if self.quantity is not None and trial.instance is not None:
            made = sampling.plan(self.quantity, trial.instance, average)
            draw, batch, operations = made.draw, made.batch, made.operations
            what = (self.quantity.value, self.quantity.setting.samples, average)
        else:
            experiment = self.plan.experiment
            assert experiment is not None
            point = dict(trial.point)
            draw, batch, operations = lambda rng, draws: experiment(rng, point, draws), self.plan.batch, _OPERATIONS
            what = (getattr(experiment, "__qualname__", ""),)
        digest = _digest(*self.run.key, self.run.seed, self.claim.statement, what, batch, _fingerprint(trial))
        return _Bench(trial, draw, batch, operations, words, digest)

    # -- sampling --
    def _sample(self, benches: list[_Bench], values: np.ndarray) -> None:
        for bench in benches:
            while bench.tally.count < LEAST_DRAWS:
                bench.step(self.run)
        gaps = distances(values)
        # Each rival is settled at the point that needs the fewest draws for it.
        sds = np.array([max(b.tally.sd, 1e-300) for b in benches])
        home = (gaps / sds).argmax(axis=1) if len(gaps) else np.zeros(0, dtype=int)
        for i, bench in enumerate(benches):
            mine = gaps[home == i, i]
            for _ in range(self.effort.batches - bench.batches):
                if self._enough(bench, values[0, i], mine):
                    break
                # A formula this far off needs no further draws to settle its rivals.
                if bench.relative(values[0, i]) <= self.effort.error and abs(bench.z(values[0, i])) > AIM:
                    break
                bench.step(self.run)

    def _enough(self, bench: _Bench, rhs: float, gaps: np.ndarray) -> bool:
        """Whether the next batch is not needed: decided from the standard error, never from the mean's fit."""
        if self.relation != "=":
            return bench.relative(rhs) <= self.effort.error
        spread = bench.spread
        # Rivals that the whole budget cannot settle are no reason to spend it.
        last = spread * math.sqrt(bench.batches / self.effort.batches)
        hopeful = gaps[gaps >= DETECT * last]
        return bench.relative(rhs) <= self.effort.error and bool((hopeful >= AIM * spread).all())

    def _deep(self, trials: list[Trial]) -> tuple[_Bench, dict[str, Any]]:
        """One more point, with nothing averaged, and the literal experiment there."""
        quantity = self.quantity
        assert quantity is not None
        if self.plan.deep_at:
            trial = self._trial(self.plan.deep_at[0], ("deep",))
        else:
            size = [sum(float(t.point[s.name]) for s in self.places.sizes) for t in trials]
            trial = trials[int(np.argmin(size))]
        bench = self._bench(trial, ("deep",), ())
        rhs = float(self.formulas.at([trial])[0, 0])
        while bench.tally.count < LEAST_DRAWS or (
            bench.batches < self.effort.batches and bench.relative(rhs) > EFFORT["standard"].error
        ):
            bench.step(self.run)
        detail: dict[str, Any] = {}
        if quantity.literal is not None and trial.instance is not None:
            detail = self._literal(quantity, trial, rhs)
        return bench, detail

    def _literal(self, quantity: Quantity, trial: Trial, rhs: float) -> dict[str, Any]:
        literal, instance = quantity.literal, trial.instance
        assert literal is not None
        assert instance is not None
        made = sampling.plan(quantity, instance, (), full_rows=True)
        batch = min(made.batch, 512)
        gap = 0.0

        def draw(rng: np.random.Generator, draws: int) -> np.ndarray:
            nonlocal gap
            arrays = made.arrays(rng, draws)
            blocks = {name for group in made.groups for name, _, _ in group.blocks}
            values = np.array(
                [
                    literal({k: a[i] if k in blocks else a for k, a in arrays.items()}, instance.scalars)
                    for i in range(draws)
                ]
            )
            words = np.asarray(evaluate(made.value, arrays, instance.scalars), dtype=float)
            scale = np.maximum(np.abs(values), np.abs(words))
            with np.errstate(invalid="ignore"):
                gap = max(gap, float(np.nan_to_num(np.abs(values - words) / scale).max()))
            return values

        digest = _digest(*self.run.key, self.run.seed, "literal", self.claim.statement, _fingerprint(trial))
        bench = _Bench(trial, draw, batch, made.operations, ("literal",), digest)
        draw(self.run.rng("simulation", "paths"), min(_PATHS, batch))
        while bench.tally.count < _LITERAL_DRAWS and bench.batches < self.effort.batches:
            bench.step(self.run)
        return {"draws": bench.tally.count, "mean": bench.tally.mean, "z": bench.z(rhs), "path_gap": gap}

    # -- the verdict --
    def _judge(self, benches: list[_Bench], values: np.ndarray, extra: tuple[_Bench, dict[str, Any]] | None) -> Finding:
        rows = [_row(b, float(v)) for b, v in zip(benches, values[0], strict=True)]
        detail: dict[str, Any] = {"points": rows, "level": LEVEL, "rules": list(self.plan.rules)}
        tested = list(zip(benches, values[0], strict=True))
        if extra is not None:
            bench, literal = extra
            rhs = float(self.formulas.at([bench.trial])[0, 0])
            tested.append((bench, rhs))
            detail["nothing_averaged"] = _row(bench, rhs)
            if literal:
                detail["literal"] = literal
        if self.relation != "=":
            return self._judge_inequality(benches, values, detail)
        authors = len(self.formulas.authors)
        settled = _settled(benches, values)
        refuted = tuple(i for (i, _), s in zip(self.formulas.authors, _rejected(benches, values), strict=False) if s)
        worst = max(tested, key=lambda t: abs(t[0].z(t[1])))
        if abs(worst[0].z(worst[1])) > LEVEL:
            return Finding("simulation", Verdict.REFUTED, _off(worst[0], float(worst[1])), detail, refuted)
        literal = detail.get("literal", {})
        if literal and (abs(literal["z"]) > LEVEL or literal["path_gap"] > 1e-6):
            text = (
                f"the literal experiment gives {literal['mean']:.6g} (z = {literal['z']:+.1f}) and differs from the "
                f"words by up to {literal['path_gap']:.1e} on the same draws, at {extra[0].trial if extra else ''}"
            )
            return Finding("simulation", Verdict.REFUTED, text, detail, refuted)
        # Mutants that are the formula in another form are no rivals; only survivors are worth the algebra.
        open_mutants = [
            m
            for m, s, row in zip(self.formulas.mutants, settled[authors:], separations(values)[authors:], strict=True)
            if not s and not (row.max() < 1e-9 and identical(m, self.formulas.rhs))
        ]
        total = int(settled[authors:].sum()) + len(open_mutants)
        open_authors = [r for (i, r) in self.formulas.authors if i not in refuted]
        relative = max(r["relative_error"] for r in rows)
        detail.update(
            mutants=total,
            resolved=total - len(open_mutants),
            unresolved=[str(m) for m in open_mutants],
            smallest_detectable=DETECT * min(r["relative_error"] for r in rows),
        )
        resolves = f"resolves {total - len(open_mutants)} of {total}"
        if relative <= self.effort.error and not open_mutants and not open_authors:
            most = max(abs(b.z(v)) for b, v in tested)
            text = f"|z| <= {most:.1f} at {len(rows)} points, standard error {relative:.2%}, {resolves}"
            return Finding("simulation", Verdict.AGREES, text, detail, refuted)
        reasons = [resolves, f"smallest detectable error {detail['smallest_detectable']:.2%}"]
        if relative > self.effort.error:
            reasons.insert(0, f"standard error {relative:.2%} > {self.effort.error:.2%}")
        if open_authors:
            reasons.append(f"does not refute the rival {open_authors[0]}")
        decide = self._elsewhere((*open_authors, *open_mutants))
        detail["decide"] = decide
        if decide is not None:
            reasons.append(f"decide at {decide['text']}")
        return Finding("simulation", Verdict.INCONCLUSIVE, "; ".join(reasons), detail, refuted)

    def _judge_inequality(self, benches: list[_Bench], values: np.ndarray, detail: dict[str, Any]) -> Finding:
        sides = [_side(b.z(v), self.relation) for b, v in zip(benches, values[0], strict=True)]
        rejected = [
            i
            for (i, _), row in zip(self.formulas.authors, values[1:], strict=False)
            if any(np.isfinite(v) and _side(b.z(v), self.relation) is False for b, v in zip(benches, row, strict=True))
        ]
        zs = ", ".join(f"{b.z(v):+.1f}" for b, v in zip(benches, values[0], strict=True))
        if False in sides:
            bench, rhs = next((b, v) for b, v, s in zip(benches, values[0], sides, strict=True) if s is False)
            text = f"the mean is not {self.relation} the right side: {_off(bench, float(rhs))}"
            return Finding("simulation", Verdict.REFUTED, text, detail, tuple(rejected))
        if all(sides) and len(rejected) == len(self.formulas.authors):
            text = f"the mean is {self.relation} the right side at {len(sides)} points, z = {zs}"
            return Finding("simulation", Verdict.AGREES, text, detail, tuple(rejected))
        text = f"the side of the bound is not settled at every point: z = {zs}, needs {LEVEL:.2f}"
        if all(sides):
            text = f"does not refute every rival bound: {len(rejected)} of {len(self.formulas.authors)}"
        return Finding("simulation", Verdict.INCONCLUSIVE, text, detail, tuple(rejected))

    def _elsewhere(self, rivals: Sequence[sp.Expr]) -> dict[str, Any] | None:
        """A small point that would decide: where the least-separated of these rivals is furthest off."""
        try:
            pool = self.places.candidates({}, self.fixed.rng("simulation", "plan"))
        except ClaimError:
            return None
        gaps = separations(Formulas(self.formulas.rhs, rivals, False).at(pool))
        best = choose(gaps, 1)[0]
        point = dict(pool[best].point)
        if not rivals:
            return {"point": point, "text": str(pool[best])}
        least = int(gaps[:, best].argmin())
        text = f"{pool[best]}, where {rivals[least]} is {gaps[least, best]:.1%} off"
        return {"point": point, "text": text, "rival": str(rivals[least]), "separation": float(gaps[least, best])}


def _row(bench: _Bench, rhs: float) -> dict[str, Any]:
    return {
        "point": dict(bench.trial.point),
        "draws": bench.tally.count,
        "mean": bench.tally.mean,
        "standard_error": bench.spread,
        "relative_error": bench.relative(rhs),
        "rhs": rhs,
        "z": bench.z(rhs),
    }


def _off(bench: _Bench, rhs: float) -> str:
    mean = bench.tally.mean
    off = f"off by {rhs / mean - 1:+.2%}" if mean != 0 else "where the mean is 0"
    return (
        f"simulated {mean:.6g} +- {bench.spread:.2g}, formula {rhs:.6g}: {off} "
        f"(z = {bench.z(rhs):+.1f}) at {bench.trial}"
    )


def _rejected(benches: list[_Bench], values: np.ndarray) -> np.ndarray:
    """For each rival whether some point's draws reject it at the level."""
    means = np.array([b.tally.mean for b in benches])
    spreads = np.array([b.spread for b in benches])
    with np.errstate(invalid="ignore"):
        return np.asarray((np.isfinite(values[1:]) & (np.abs(means - values[1:]) > LEVEL * spreads)).any(axis=1))


def _settled(benches: list[_Bench], values: np.ndarray) -> np.ndarray:
    """For each rival whether a point that can tell it from the formula also rejects it."""
    means = np.array([b.tally.mean for b in benches])
    spreads = np.array([b.spread for b in benches])
    with np.errstate(invalid="ignore"):
        apart = np.abs(values[1:] - values[0]) >= DETECT * spreads
        rejected = np.abs(means - values[1:]) > LEVEL * spreads
    return np.asarray((np.isfinite(values[1:]) & apart & rejected).any(axis=1))


def _side(z: float, relation: str) -> bool | None:
    """Whether the mean is on the side that the relation states; None when the draws do not tell."""
    if relation == "!=":
        return True if abs(z) > LEVEL else None
    towards = -z if relation in ("<", "<=") else z
    return True if towards > LEVEL else False if towards < -LEVEL else None


# -- limits ---------------------------------------------------------------------------------------------------

_LIMIT_BATCHES = {"quick": 16, "standard": 64, "deep": 256}


def _check_limit(plan: Simulation, claim: Claim, run: Run) -> Finding:
    """Errors at growing sizes, the fitted order and the extrapolated limit."""
    experiment, statement = plan.experiment, claim.statement
    assert experiment is not None
    if isinstance(statement, Asymptotic):
        rhs, order, grows = statement.rhs, statement.order, {statement.in_.name}
    else:
        rhs, order, grows = relation_of(claim)[2], sp.S.One, set()
        if relation_of(claim)[1] != "=":
            raise ClaimError(f"{claim.id}: sizes fit the law of an equality; state it with '='")
    wanted = float(sp.Rational(str(plan.order)) if plan.order is not None else order)
    places = Places(claim, None, None)
    fixed = replace(run, seed=0)
    named = named_point(claim, plan.at[0], places.names) if plan.at else {}
    trial = places.complete({**named, **{g: max(plan.sizes) for g in grows}}, fixed.rng("simulation", "limit"))
    point = {k: v for k, v in trial.point.items() if k not in grows}
    shaped = []
    for size in plan.sizes:
        more = dict(plan.shape(point, size)) if plan.shape is not None else {g: size for g in grows}
        shaped.append(Trial({**point, **more}))
    formulas = Formulas(rhs, claim.rivals, False)
    values = formulas.at(shaped)
    if not np.isfinite(values[0]).all():
        raise ClaimError(f"{claim.id}: the right side is not finite at {shaped[0]}")
    benches = []
    for size, place in zip(plan.sizes, shaped, strict=True):
        digest = _digest(*run.key, run.seed, statement, size, plan.batch, _fingerprint(place))

        def draw(rng: np.random.Generator, draws: int, size: int = size) -> np.ndarray:
            return experiment(rng, dict(point), size, draws)

        benches.append(_Bench(place, draw, plan.batch, _OPERATIONS, ("size", size), digest))
    law = None
    for turn in range(_LIMIT_BATCHES[run.effort]):
        for bench in benches:
            bench.step(run)
        if turn and all(b.tally.count >= LEAST_DRAWS for b in benches):
            law = _fit(plan.sizes, benches, values[0], wanted)
            run.tell(f"{benches[0].tally.count} draws a size, order {law.order:.2f} [{law.low:.2f}, {law.high:.2f}]")
            # The width knows nothing of whether the claimed order lies inside.
            if law.high - law.low <= wanted / 2:
                break
    law = _fit(plan.sizes, benches, values[0], wanted)
    refuted = []
    for (i, _), row in zip(formulas.authors, values[1:], strict=True):
        other = _fit(plan.sizes, benches, row, wanted)
        if abs(other.limit) > LEVEL * other.limit_error:
            refuted.append(i)
    scale = abs(float(values[0, -1])) or 1.0
    detail = {
        "points": [_row(b, float(v)) for b, v in zip(benches, values[0], strict=True)],
        "order": wanted,
        "fitted_order": law.order,
        "interval": [law.low, law.high],
        "limit_error": law.limit,
        "limit_standard_error": law.limit_error,
        "level": LEVEL,
    }
    z = law.limit / law.limit_error
    if abs(z) > LEVEL:
        text = f"the extrapolated limit is {law.limit / scale:+.2%} of the right side away (z = {z:+.1f})"
        return Finding("simulation", Verdict.REFUTED, text, detail, tuple(refuted))
    fitted = f"error falls at order {law.order:.2f} [{law.low:.2f}, {law.high:.2f}] over sizes {plan.sizes}"
    inside = law.low <= wanted <= law.high
    excludes = law.low > wanted / 2 and law.high < 2 * wanted
    if inside and excludes and len(refuted) == len(formulas.authors):
        return Finding("simulation", Verdict.AGREES, fitted, detail, tuple(refuted))
    if not inside:
        reason = f"the claim says {wanted:g}"
    elif not excludes:
        reason = f"does not exclude the orders 0, {wanted / 2:g} and {2 * wanted:g}; take smaller sizes or more draws"
    else:
        reason = "an author's rival is not refuted"
    return Finding("simulation", Verdict.INCONCLUSIVE, f"{fitted}; {reason}", detail, tuple(refuted))


def _fit(sizes: Sequence[int], benches: Sequence[_Bench], rhs: np.ndarray, order: float) -> Law:
    errors = [b.tally.mean - v for b, v in zip(benches, rhs, strict=True)]
    return fit_law(sizes, errors, [max(b.spread, 1e-300) for b in benches], order)


__all__ = ["EFFORT", "LEAST_DRAWS", "Effort", "Simulation"]
