"""Monte Carlo evidence: a sampling plan that can refute a formula and all its neighbours, or says that it cannot.

**Exact claims** get a z-test at every point, each at the fixed two-sided level of
:data:`w2s_sym.evidence.simulation.moments_of_draws.LEVEL`; points are never pooled. Batches have a fixed size; stopping
is decided at their boundaries from standard errors alone, not from how well the formula does (only one that is
hopelessly far off is given up early). The finding AGREES only if the standard error asked for is reached, no point
objects, and the same draws reject every rival: the author's and all automatic mutants. A formula one node away from the
truth can therefore never agree, however small its error: the truth is one of its mutants.

**Limits** are run at several sizes of one shape; the error must fall at the claimed order, with an interval that
excludes 0, half and twice that order. Closeness at one size is no support.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.finding import Finding
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import Asymptotic, ClaimError, Compare
from w2s_sym.evidence.simulation.limits import check_limit, course_points
from w2s_sym.evidence.simulation.named_draws import draws_at_point, draws_at_size
from w2s_sym.evidence.simulation.point_test import PointTest
from w2s_sym.evidence.simulation.sampling import Scalar
from w2s_sym.evidence.simulation.series import Series
from w2s_sym.evidence.simulation.trials import (
    relation_of,
)
from w2s_sym.formula.typed import typed
from w2s_sym.matrices.experiment import Quantity
from w2s_sym.matrices.stein import STEIN
from w2s_sym.matrices.words import Mat


@typed
@dataclass(frozen=True, eq=False)
class Simulation(Evidence):
    """Evidence by sampling.

    Parameters
    ----------
    experiment
        None when the claim's left side is a Quantity, which is sampled by itself. Else a function
        ``experiment(rng, point, draws)`` that returns ``draws`` values whose mean is the left side; for a limit
        ``experiment(rng, point, size, draws)``. ``point`` holds numbers by name.
    at
        Points by symbol name; what a point does not name is drawn. Empty: small points that separate the rivals
        are chosen. ``{}`` is one such point beside those named.
    average
        Names of blocks that are averaged exactly before sampling (:func:`w2s_sym.matrices.gaussian_rules.expect`).
    deep_at
        Where, at deep effort, the experiment is run with nothing averaged; empty: at the smallest point.
    sizes, order
        For limits: at least three sizes, and the order at which the error falls (default: the statement's, or 1).
    shape
        For limits: ``shape(point, size)`` returns the symbols of the right side that change with the size.
    realise
        For limits: ``realise(point, rng)`` draws what a shape needs beside the symbols of the domain, such as levels
        or matrices (numbers, or mappings from names to arrays). It is added to the point that ``shape`` and
        ``experiment`` get where points are drawn; at the author's own point they find nothing of it.
    batch
        Draws per batch of a user's experiment; of a limit, at its largest size. At a smaller size a batch has as many
        times more draws as the size is smaller, up to eight times.
    """

    experiment: Callable[..., np.ndarray] | None = None
    at: tuple[Mapping[Any, object], ...] = ()
    average: tuple[str, ...] = ()
    deep_at: tuple[Mapping[Any, object], ...] = ()
    sizes: tuple[int, ...] = ()
    order: object = None
    shape: Callable[[Mapping[str, Scalar], int], Mapping[str, Any]] | None = None
    realise: Callable[[Mapping[str, Scalar], np.random.Generator], Mapping[str, Any]] | None = None
    batch: int = 1024

    kind = "simulation"

    def __post_init__(self) -> None:
        for name, value in (("at", self.at), ("deep_at", self.deep_at)):
            object.__setattr__(self, name, (value,) if isinstance(value, Mapping) else tuple(value))
        average = (self.average,) if isinstance(self.average, str) else tuple(self.average)
        object.__setattr__(self, "average", tuple(b.atom.name if isinstance(b, Mat) else b for b in average))
        if not isinstance(self.batch, int) or self.batch < 2:
            raise ClaimError(f"batch={self.batch}: needs an integer of draws, at least 2")
        if self.sizes and (len(set(self.sizes)) < 3 or tuple(sorted(set(self.sizes))) != tuple(self.sizes)):
            raise ClaimError(f"sizes={self.sizes}: a fitted order needs at least three sizes, growing")
        if self.sizes and self.experiment is None:
            raise ClaimError("sizes without an experiment: give experiment(rng, point, size, draws)")

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the claims that confirm what is averaged before sampling."""
        return (STEIN,) if self.average else ()

    def accepts(self, claim: Claim) -> str | None:
        """Refuses an experiment beside a quantity: what a quantity is drawn from stands in its setting."""
        statement = claim.statement
        if self.experiment is None or not (isinstance(statement, Compare) and isinstance(statement.lhs, Quantity)):
            return None
        return "the left side is a Quantity, which is drawn by itself; leave out experiment, or give it as literal="

    def check(self, claim: Claim, run: Run) -> Finding:
        """Sample, and judge. Raises :class:`ClaimError` or DomainError when there is nothing to sample."""
        # Imported late: it inspects every loaded library.
        from threadpoolctl import threadpool_limits

        # What is not finite is told in words; numpy's warnings of it, here and in a user's functions, add nothing.
        with threadpool_limits(1, user_api="blas"), np.errstate(all="ignore"):
            if self.sizes and self.experiment is not None:
                return check_limit(self._series(self.experiment), claim, run)
            if isinstance(claim.statement, Asymptotic) or claim.kind == "equivalent":
                raise ClaimError(f"{claim.id}: one size is no support for a limit; give sizes=(...) and an experiment")
            lhs, relation, _ = relation_of(claim)
            if self.experiment is None and not isinstance(lhs, Quantity):
                raise ClaimError(f"{claim.id}: a formula cannot be sampled; give experiment(rng, point, draws)")
            return PointTest(self, claim, run, lhs if self.experiment is None else None, relation).finding()

    def _series(self, experiment: Callable[..., np.ndarray]) -> Series:
        at = self.at[0] if self.at else None
        return Series(experiment, self.sizes, self.order, self.shape, self.realise, at=at, batch=self.batch)

    def course(self, claim: Claim, run: Run, number: int = 0) -> list[tuple[Mapping[str, Any], float]]:
        """For a limit: where it draws, one point for each size, and the claim's right side there.

        A point has numbers, and levels of spectra, by name. Number 0 is the author's course, others are drawn.
        Raises :class:`ClaimError` or DomainError where there is no such course.
        """
        if not self.sizes or self.experiment is None:
            raise ClaimError(f"{claim.id}: a simulation at one size has no course; give sizes=(...) and an experiment")
        return course_points(self._series(self.experiment), claim, run, number)

    def draws_at(
        self, claim: Claim, run: Run, point: Mapping[str, object], draws: int, size: int | None = None
    ) -> np.ndarray:
        """So many draws of the claim's left side at a point by name; their mean is what the claim speaks of.

        ``size`` is for limits, and needed there. The streams are those of ``run``, which is told of heavy tails.
        Raises :class:`ClaimError` or DomainError for a point that leaves something open or lies outside of the domain.
        """
        if self.sizes and self.experiment is not None:
            if size is None:
                raise ClaimError(f"{claim.id}: a limit is drawn at a size; give one, such as size={max(self.sizes)}")
            return draws_at_size(self._series(self.experiment), claim, run, point, size=size, draws=draws)
        if size is not None:
            raise ClaimError(f"{claim.id}: its simulation has no size of its own; leave size out")
        quantity = relation_of(claim)[0] if self.experiment is None else None
        if self.experiment is None and not isinstance(quantity, Quantity):
            raise ClaimError(f"{claim.id}: a formula cannot be sampled; give experiment(rng, point, draws)")
        source = quantity if self.experiment is None else self.experiment
        return draws_at_point(source, claim, run, point, average=self.average, batch=self.batch, draws=draws)
