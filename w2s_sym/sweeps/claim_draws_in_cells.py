"""Columns of simulations of claims: means of draws of a claim's left side, with standard errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.description import IndescribableError, claim_digest, sha256_of
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import ClaimError
from w2s_sym.evidence.simulation.moments_of_draws import mean_and_error
from w2s_sym.evidence.simulation.simulation import Simulation
from w2s_sym.formula.conditions import DomainError
from w2s_sym.matrices.samplers import ModelError
from w2s_sym.papers.checking import Whereabouts, entry_of
from w2s_sym.papers.loading import Entry
from w2s_sym.sweeps.bindings import Filled
from w2s_sym.sweeps.cells import Computed, Row, Site, gathered
from w2s_sym.sweeps.estimators import cell_key

REFUSALS_OF_CLAIMS = (ClaimError, DomainError, ModelError, np.linalg.LinAlgError, ArithmeticError)


@dataclass(frozen=True, eq=False)
class ClaimDraws:
    """Draws of the left side of a claim by its simulation. The claim is found by its name where it is not inherited."""

    named: Whereabouts
    claim: str
    names: tuple[str, ...]
    sizes: tuple[str, ...]
    text: str
    latex: str
    draws: int
    size: str
    described: str
    here: Any = field(default=None, repr=False)  # the entry, in the process that read the sweep only

    drawn = True
    arrays: tuple[str, ...] = ()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "here": None}

    @property
    def needs(self) -> tuple[str, ...]:
        """The sizes of its experiment, or what gives a limit its size; what else a point lacks is said in the cell."""
        return (*self.sizes, self.size) if self.size else self.sizes

    @property
    def takes(self) -> tuple[str, ...]:
        """The symbols that a point may name."""
        return tuple(dict.fromkeys((*self.names, *self.needs)))

    def about(self) -> dict[str, Any]:
        """Kind, target, LaTeX and text."""
        text = f"mean over {self.draws} draws of the left side of: {self.text}"
        return {"kind": "simulation", "of": self.claim, "latex": self.latex, "text": text, "draws": self.draws}

    def digest(self) -> str:
        """A hash of the claim, its sources and the draws."""
        return sha256_of(f"{self.named.sources}|{self.described}|{self.draws}")

    def entry(self) -> Entry | None:
        """The claim, which a forked process need not load again."""
        found: Entry | None = self.here
        return found

    def compute(self, rows: Sequence[Row], site: Site, number: int) -> Computed:
        """Mean and standard error in each cell, from a stream of its own."""
        claim = entry_of(site.run, number, self.named).claim
        plan = sampler_of(claim)
        means, errors, reasons, notes = [], [], dict[int, str](), list[str]()
        for i, row in enumerate(rows):
            run = Run(site.effort, site.seed, progress=notes.append).under("sweep", claim.id, *cell_key(row))
            try:
                drawn = self._drawn(claim, plan, run, row)
                mean, error = mean_and_error(drawn)
            except REFUSALS_OF_CLAIMS as problem:
                reasons[i] = " ".join(str(problem).split()) or type(problem).__name__
                mean = error = np.array(np.nan)
            means.append(float(mean))
            errors.append(float(error))
        found = gathered(means, errors, reasons, "the mean of the draws")
        return replace(found, notes=tuple(notes[:1]))  # one cell is enough of a warning

    def _drawn(self, claim: Claim, plan: Simulation, run: Run, row: Row) -> np.ndarray:
        numbers: dict[str, Any] = {k: v for k, v in row.items() if not isinstance(v, Filled)}
        size = numbers.pop(self.size) if self.size else None
        if size is not None and (size.denominator != 1 or size < 1):
            raise DomainError(f"{claim.id}: {self.size}={float(size):.12g}: needs a positive integer")
        point = {k: int(v) if v.denominator == 1 else v for k, v in numbers.items()}
        return plan.draws_at(claim, run, point, self.draws, None if size is None else int(size))


def sampler_of(claim: Claim) -> Simulation:
    """The first simulation among the evidence of a claim; raises :class:`ClaimError` when there is none."""
    for item in claim.evidence:
        if isinstance(item, Simulation):
            return item
    raise ClaimError(f"{claim.id} has no simulation; name a claim that has one, or sweep its formula")


def digest_of(claim: Claim) -> str:
    """The digest of a claim; for one without a stable description, its name."""
    try:
        return claim_digest(claim)
    except IndescribableError:
        return claim.id
