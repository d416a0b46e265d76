"""Batches of draws at one point: each from a stream of its own, remembered when finished, merged in order.

A batch has a fixed size and a key that says all its draws depend on. So the digits are the same whether a run was
interrupted or not, and whatever else was run before or beside it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from w2s_sym.claim import ClaimError, Run
from w2s_sym.planning import Trial
from w2s_sym.tally import Tally

Draw = Callable[[np.random.Generator, int], np.ndarray]


@dataclass
class Bench:
    """Batches of one experiment at one point. ``words`` name its streams, ``digest`` what its draws depend on."""

    trial: Trial
    draw: Draw
    batch: int
    operations: float
    words: tuple[object, ...]
    digest: str
    tally: Tally = field(default_factory=Tally)
    batches: int = 0

    def step(self, run: Run) -> None:
        """One more batch: from memory, or drawn."""
        key = f"simulation/{self.digest}/{'/'.join(map(str, self.words))}/{self.batches}"
        record = run.memory.get(key)
        if record is None:
            record = Tally.of(self._values(run.rng("simulation", *self.words, self.batches))).to_json()
            run.memory.put(key, record)
        self.tally = self.tally + Tally.from_json(record)
        self.batches += 1
        run.tell(f"{self.trial}: {self.tally.count} draws, mean {self.tally.mean:.6g} +- {self.spread:.2g}")

    def _values(self, rng: np.random.Generator) -> np.ndarray:
        try:
            values = np.asarray(self.draw(rng, self.batch), dtype=float)
        except np.linalg.LinAlgError as problem:
            raise ClaimError(
                f"a draw at {self.trial} has a singular matrix ({problem}); name another point"
            ) from problem
        if values.shape != (self.batch,):
            raise ClaimError(
                f"the experiment returned shape {values.shape} for {self.batch} draws: needs one value each"
            )
        if not np.isfinite(values).all():
            raise ClaimError(f"a draw at {self.trial} is not finite; name a point where the experiment is defined")
        return values

    @property
    def spread(self) -> float:
        """The standard error of the mean, rounding included."""
        return self.tally.spread(self.operations)

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
            "point": dict(self.trial.point),
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


def digest(run: Run, *parts: object) -> str:
    """A hash of the run's key and seed and of all else that draws depend on, apart from the code."""
    text = "\x1f".join(str(p) for p in (*run.key, run.seed, *parts))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def fingerprint(trial: Trial) -> str:
    """All numbers of a trial, to the last bit."""
    arrays = trial.instance.arrays if trial.instance is not None else {}
    matrices = {k: hashlib.sha256(np.ascontiguousarray(arrays[k]).tobytes()).hexdigest() for k in sorted(arrays)}
    return f"{sorted((k, float(v).hex()) for k, v in trial.point.items())} {matrices}"


__all__ = ["Bench", "Draw", "digest", "fingerprint"]
