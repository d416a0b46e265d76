"""Training runs as evidence: Student's t of the mean of one statistic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from derivations.nagarajan2023.training import MissingDataError, Setting, measured
from w2s_sym import ALPHA, Claim, Compare, Evidence, Finding, Run, Verdict, mean_and_error

RUNS: Mapping[str, int] = {"quick": 24, "standard": 64, "deep": 256}


@cache
def student_level(runs: int) -> float:
    """The two-sided quantile of Student's t that the mean of ``runs`` normal draws exceeds with probability ALPHA."""
    from mpmath import betainc

    freedom, low, high = runs - 1, 0.0, 1e9
    for _ in range(200):
        middle = (low + high) / 2
        tail = betainc(freedom / 2, 0.5, 0, freedom / (freedom + middle**2), regularized=True)
        low, high = (middle, high) if tail > ALPHA else (low, middle)
    return high


def judged(kind: str, claim: Claim, values: np.ndarray, setting: str) -> Finding:
    """What one value for each run says of a claim that compares their mean with a number; NaN where a run has none."""
    statement = claim.statement
    assert isinstance(statement, Compare)
    lost = int(np.isnan(values).sum())
    if lost:
        text = f"{lost} of {len(values)} runs have no matched progress; take a setting where all have"
        move = "another setting"
        return Finding(kind, Verdict.INCONCLUSIVE, text, {"decide": {"text": move}}, next_move=move)
    mean, error = (float(v) for v in mean_and_error(values))
    level, sign = student_level(len(values)), 1 if statement.relation == ">" else -1

    def t(bound: Any) -> float:
        return sign * (mean - float(bound)) / error

    refuted = tuple(i for i, rival in enumerate(claim.rivals) if t(rival) < -level)
    inside = t(statement.rhs)
    detail = {
        "setting": setting,
        "runs": len(values),
        "mean": mean,
        "standard_error": error,
        "t": inside,
        "level": level,
    }
    text = f"mean {mean:.4f} +- {error:.4f} over {len(values)} runs, t = {sign * inside:+.1f}"
    if abs(inside) <= level:
        return Finding(kind, Verdict.INCONCLUSIVE, f"{text}, needs {level:.1f}", detail, refuted)
    return Finding(kind, Verdict.AGREES if inside > 0 else Verdict.REFUTED, text, detail, refuted)


@dataclass(frozen=True)
class TrainingRuns(Evidence):
    """Evidence from training runs: Student's t of the mean of one statistic, at the level of every other test.

    The statistic is the sum of ``terms``, pairs of a name of
    :func:`derivations.nagarajan2023.training.measure` and a factor. The number of runs is fixed by the effort: nothing
    is stopped when it looks well.
    """

    setting: Setting
    terms: tuple[tuple[str, float], ...]

    kind = "simulation"

    def draws(self, run: Run) -> np.ndarray:
        """The statistic of each run. Raises :class:`MissingDataError` without the data."""
        run.tell(f"{RUNS[run.effort]} runs: {self.setting}")
        found = measured(self.setting, RUNS[run.effort], run.seed, run)
        return np.asarray(sum(factor * found[name] for name, factor in self.terms))

    def accepts(self, claim: Claim) -> str | None:
        """Refuses all but a mean that is larger or smaller than a number."""
        stated = claim.statement
        fits = isinstance(stated, Compare) and stated.relation in ("<", ">") and not stated.rhs.free_symbols
        return None if fits else "training runs compare a mean with a number by < or >"

    def check(self, claim: Claim, run: Run) -> Finding:
        """SKIPPED without the data; else the side of the bound on which the mean is, if the runs tell."""
        self.require_accepted(claim)
        try:
            values = self.draws(run)
        except MissingDataError as problem:
            return Finding(self.kind, Verdict.SKIPPED, str(problem))
        return judged(self.kind, claim, values, str(self.setting))
