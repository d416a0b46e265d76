"""Batches of draws at one point: each from a stream of its own, remembered when finished, merged in order.

A batch has a fixed size and a key that says all its draws depend on. So the digits are the same whether a run was
interrupted or not, and whatever else was run before or beside it; another processor may round the last ones otherwise.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import ExperimentError
from w2s_sym.evidence.simulation import fitness
from w2s_sym.evidence.simulation.moments_of_draws import Tally
from w2s_sym.evidence.simulation.trials import LEAST_DRAWS, Trial
from w2s_sym.formula.plain_arrays import ArrayError, floats_of
from w2s_sym.formula.user_code import in_this_process

Draw = Callable[[np.random.Generator, int], np.ndarray]

# Draws of a finite variance do not have one of hundreds carry this share of their sum of squares, nor one of several
# batches this many times the typical sum; those of a Cauchy law do.
HEAVY_SHARE = 0.5
HEAVY_RATIO = 32
HEAVY_BATCHES = 4
# Sums of squares of larger draws may be beyond what floats hold.
LARGEST_DRAW = 1e150
STILL_DRAWS = "without a variance they say nothing of the mean; a quantity that is no random one needs no simulation"


def real(values: object, what: str) -> np.ndarray:
    """Draws as floats; raises :class:`ExperimentError` for masked and complex ones and what else is no real number."""
    if values is None or isinstance(values, (Iterator, str, Mapping)):
        raise ExperimentError(f"{what} returned a {type(values).__name__}: needs an array with a float for each draw")
    try:
        return floats_of(values)
    except ArrayError as problem:
        raise ExperimentError(f"what {what} returned {problem}; return a float for each draw") from None


@dataclass
class Bench:
    """Batches of one experiment at one point. ``words`` name its streams, ``digest`` what its draws depend on.

    ``unknown`` says that the draws are a user's: nothing is known of their law.
    """

    trial: Trial
    draw: Draw
    batch: int
    operations: float
    words: tuple[object, ...]
    digest: str
    tally: Tally = field(default_factory=Tally)
    batches: int = 0
    unknown: bool = False
    drawn: list[Tally] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)

    def step(self, run: Run) -> None:
        """One more batch: from memory, or drawn."""
        key = f"simulation/{self.digest}/{'/'.join(map(str, self.words))}/{self.batches}"
        record = run.memory.get(key)
        if record is None:
            values = self._values(run.rng("simulation", *self.words, self.batches))
            record = {**Tally.of(values).to_json(), "mark": hashlib.sha256(values.tobytes()).hexdigest()[:16]}
            run.memory.put(key, record)
        one = Tally.from_json(record)
        self.tally = self.tally + one
        self.drawn.append(one)
        self.marks.append(record["mark"])
        self.batches += 1
        run.tell(f"{self.trial}: {self.tally.count} draws, mean {self.tally.mean:.6g} +- {self.spread:.2g}")

    def require_repeatable(self, run: Run) -> None:
        """Raises :class:`ExperimentError` when the first batch, drawn twice from one stream, is not the same twice."""
        first, again = (self._values(run.rng("simulation", *self.words, 0)) for _ in range(2))
        if not np.allclose(first, again, rtol=1e-6, atol=0.0):
            raise ExperimentError(
                f"the experiment draws from something else than its rng: at {self.trial} the same stream gave "
                f"{first[0]:.6g} and then {again[0]:.6g}; use the generator that it is given, and nothing else"
            )

    def _values(self, rng: np.random.Generator) -> np.ndarray:
        try:
            values = real(self.draw(rng, self.batch), "the experiment")
        except np.linalg.LinAlgError as problem:
            raise ExperimentError(
                f"a draw at {self.trial} has a singular matrix ({problem}); name another point"
            ) from problem
        if values.shape != (self.batch,):
            raise ExperimentError(
                f"the experiment returned shape {values.shape} for {self.batch} draws: needs one value each"
            )
        if not np.isfinite(values).all():
            raise ExperimentError(f"a draw at {self.trial} is not finite; name a point where the experiment is defined")
        largest = float(np.abs(values).max())
        if largest > LARGEST_DRAW:
            raise ExperimentError(
                f"a draw at {self.trial} is of size {largest:.3g}: floats hold squares of draws up to "
                f"{LARGEST_DRAW:.0e}; take a larger unit"
            )
        return values

    @property
    def spread(self) -> float:
        """The standard error of the mean, rounding included."""
        return self.tally.spread(self.operations)

    @property
    def heavy(self) -> str | None:
        """Why no z-test is fit for these draws, or None: a mean or a variance that seems not to exist.

        A user's draws must also vary, be independent, and be many enough for their skewness.
        """
        tally, reason = self.tally, ""
        if fitness.still(tally):
            # What rounding makes of a deterministic quantity has no tail. An event that was not seen looks like it.
            said = f"all {tally.count} draws are {tally.mean:.6g} at {self.trial}: {STILL_DRAWS}"
            return said if self.unknown else None
        share = min(1.0, max(0.0, tally.top - abs(tally.mean)) ** 2 / tally.m2)
        if tally.count >= LEAST_DRAWS and share > HEAVY_SHARE:
            reason = f"one of {tally.count} carries {share:.0%} of the sum of squares"
        elif len(self.drawn) >= HEAVY_BATCHES and self.batch >= LEAST_DRAWS // 2:
            scales = [one.m2 for one in self.drawn]
            if max(scales) > HEAVY_RATIO * float(np.median(scales)):
                reason = f"the sum of squares of one batch is over {HEAVY_RATIO} times that of another"
        if not reason:
            return self._unfit()
        return f"draws too heavy-tailed for a z-test: {reason} at {self.trial}; average first, or take another point"

    def _unfit(self) -> str | None:
        """Of a user's draws: that they depend on each other, or are too few for their skewness."""
        if not self.unknown:
            return None
        linked, few = fitness.dependent(self.drawn, self.marks), fitness.too_few(self.tally)
        if linked is not None:
            return f"draws are not independent at {self.trial}: {linked}; draw each one from the rng that is given"
        return None if few is None else f"no z-test for rare events or heavy tails at {self.trial}: {few}"

    @property
    def enough(self) -> bool:
        """Whether a user's draws are many enough for a z-test, as far as more of them could help."""
        if not self.unknown:
            return True
        fit = not fitness.still(self.tally) and not fitness.too_few(self.tally)
        return fit and self.batches >= fitness.LEAST_BATCHES

    def z(self, value: float) -> float:
        """Standard errors from a value up to the mean; 0 when they are equal."""
        gap = self.tally.mean - value
        if gap == 0:
            return 0.0
        return gap / self.spread if self.spread > 0 else math.copysign(math.inf, gap)

    def relative(self, value: float) -> float:
        """The standard error relative to a value, or to the spread of one draw when the value is 0."""
        scale = abs(value) if value != 0 else self.tally.sd
        return self.spread / scale if scale > 0 else 0.0

    def row(self, value: float) -> dict[str, Any]:
        """The numbers of this point for a finding's detail, against a formula's value."""
        return {
            "point": {k: v for k, v in self.trial.point.items() if not isinstance(v, Mapping)},
            "draws": self.tally.count,
            "mean": self.tally.mean,
            "standard_error": self.spread,
            "relative_error": self.relative(value),
            "rhs": value,
            "z": self.z(value),
        }

    def off(self, value: float) -> str:
        """By how much a formula's value is off, in one line."""
        mean = self.tally.mean
        off = f"off by {value / mean - 1:+.2%}" if mean != 0 else "where the mean is 0"
        return (
            f"simulated {mean:.6g} +- {self.spread:.2g}, formula {value:.6g}: {off} "
            f"(z = {self.z(value):+.1f}) at {self.trial}"
        )


def user_draw(experiment: Callable[..., np.ndarray], point: Mapping[str, float | int]) -> Draw:
    """A user's experiment at one point."""

    def draw(rng: np.random.Generator, draws: int) -> np.ndarray:
        with in_this_process():
            return experiment(rng, dict(point), draws)

    return draw


def digest(run: Run, *parts: object) -> str:
    """A hash of the run's key and seed and of all else that draws depend on, apart from the code."""
    text = "\x1f".join(str(p) for p in (*run.key, run.seed, *parts))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def trial_key(trial: Trial) -> str:
    """All numbers of a trial, to the last bit."""
    arrays = trial.instance.arrays if trial.instance is not None else {}
    matrices = {k: hashlib.sha256(np.ascontiguousarray(arrays[k]).tobytes()).hexdigest() for k in sorted(arrays)}
    numbers = {k: v for k, v in trial.point.items() if not isinstance(v, Mapping)}
    levels = {
        f"{k}.{letter}": hashlib.sha256(np.ascontiguousarray(v[letter], dtype=float).tobytes()).hexdigest()
        for k, v in trial.point.items()
        if isinstance(v, Mapping)
        for letter in sorted(v)
    }
    return f"{sorted((k, float(v).hex()) for k, v in numbers.items())} {matrices} {sorted(levels.items())}"


__all__ = ["STILL_DRAWS", "Bench", "Draw", "digest", "real", "trial_key", "user_draw"]
