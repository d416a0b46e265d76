"""Runs on real data as evidence: Student's t of the mean of one statistic over runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from derivations.nagarajan2023.runs_as_evidence import judged
from derivations.real_networks.data import Arrays, MissingDataError, kept_parts
from w2s_sym import Claim, Compare, Evidence, Finding, Run, Verdict

RUNS: Mapping[str, int] = {"quick": 16, "standard": 48, "deep": 128}
# Runs that are made, and kept, at once; half as many where one run is dear.
BLOCK = 8

Terms = tuple[tuple[str, float], ...]


class Experiment(Protocol):
    """What is run: a frozen record of settings whose text names them all.

    ``modules`` are those that its runs come from: another line in one of them forgets what was kept. ``dear`` says that
    a run takes a second or more.
    """

    @property
    def dear(self) -> bool:
        """Whether an effort makes half as many runs as of others."""

    @property
    def modules(self) -> tuple[str, ...]:
        """Their names, as :func:`derivations.real_networks.data.kept` takes them."""

    def rows(self, seed: int, numbers: Sequence[int]) -> Mapping[str, np.ndarray]:
        """By name, one value for each of the runs with these numbers; a run depends on seed and number alone."""


def runs_of(experiment: Experiment, effort: str) -> int:
    """How many runs an effort makes: half as many where one run is dear."""
    return RUNS[effort] // (2 if experiment.dear else 1)


def measured(experiment: Experiment, count: int, run: Run) -> Mapping[str, np.ndarray]:
    """By name, one value for each run, from the store where blocks of runs are there.

    Raises :class:`MissingDataError`.
    """
    size = BLOCK // 2 if experiment.dear else BLOCK
    numbers = [range(first, min(first + size, count)) for first in range(0, count, size)]

    def make(part: int) -> Arrays:
        chosen = numbers[part]
        run.tell(f"runs {chosen[0] + 1} to {chosen[-1] + 1} of {count}: {experiment}")
        return experiment.rows(run.seed, chosen)

    words = [(repr(experiment), run.seed, chosen[0], len(chosen)) for chosen in numbers]
    blocks = kept_parts(words, make, experiment.modules)
    return {name: np.concatenate([np.atleast_1d(block[name]) for block in blocks]) for name in blocks[0]}


def statistic(found: Mapping[str, np.ndarray], terms: Terms) -> np.ndarray:
    """The sum of named values times their factors, one for each run."""
    return np.asarray(sum(factor * found[name] for name, factor in terms))


@dataclass(frozen=True)
class RealRuns(Evidence):
    """Student's t of the mean of one statistic over runs of an experiment, at the level of every other test.

    The statistic is the sum of ``terms``. The number of runs is fixed by the effort; nothing is stopped when it looks
    well.
    """

    experiment: Experiment
    terms: Terms

    kind = "simulation"

    def accepts(self, claim: Claim) -> str | None:
        """Refuses all but a mean that is larger or smaller than a number."""
        stated = claim.statement
        fits = isinstance(stated, Compare) and stated.relation in ("<", ">") and not stated.rhs.free_symbols
        return None if fits else "runs on real data compare a mean with a number by < or >"

    def check(self, claim: Claim, run: Run) -> Finding:
        """SKIPPED without the data or a library; else the side of the bound on which the mean is, if the runs tell."""
        self.require_accepted(claim)
        try:
            found = measured(self.experiment, runs_of(self.experiment, run.effort), run)
        except MissingDataError as problem:
            return Finding(self.kind, Verdict.SKIPPED, str(problem))
        return judged(self.kind, claim, statistic(found, self.terms), str(self.experiment))
