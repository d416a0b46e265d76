"""What part of a claim's domain the points of a simulation can stand for.

The rule: a simulation supports a claim only if at least two of its points were drawn from the whole domain, by no
author's choice, if no symbol has one value at all of them because the setting makes nothing else, if the experiment
exists on the whole domain, if generic fixed matrices may stand for those that the setting makes, and if none was
passed over for want of a mean, a law or a value. A bound on a mean is supported at listed points and at a witness only:
an equality that is wrong is wrong at most points, a bound may be far from false wherever one looks and fail at larger
sizes. What is left out goes to ``Finding.within``, and the finding supports nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.points import LEAST_DRAWN
from w2s_sym.claims.statement import Compare
from w2s_sym.evidence.simulation.sampling import conditions_of_means
from w2s_sym.evidence.simulation.trials import Places, Trial
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.signs import follows, proves
from w2s_sym.matrices.experiment import Quantity
from w2s_sym.matrices.needs import needs
from w2s_sym.matrices.words import TraceError


@dataclass(frozen=True)
class Coverage:
    """A claim with its places; the quantity is None for a user's experiment."""

    claim: Claim
    places: Places
    quantity: Quantity | None

    @property
    def of_all_points(self) -> bool:
        """Whether the claim is about more than a witness or listed points."""
        return self.claim.witness is None and not self.claim.domain.points

    def left_out(self, named: Sequence[Mapping[str, Any]], trials: Sequence[Trial], undefined: bool) -> tuple[str, ...]:
        """In words, the parts of the domain that the trials are confined to; empty when they stand for all of it.

        ``named`` are the points that the author names, ``{}`` for one that is drawn; ``undefined`` says that a
        candidate had no right side.
        """
        parts = []
        if self.claim.witness is None:
            parts = [*self._by_choice(named, trials), *self._made(named, trials), *self._bound(trials), *self._exists()]
        parts += [f"where {c}, so that the mean exists" for c in self._means()]
        if self.places.lawless:
            parts.append("where the experiment has a law")
        if self.places.chosen:
            parts.append(
                "where fixed matrices are those that realise makes; generic ones have no law or miss the domain"
            )
        if undefined:
            parts.append("where the right side has a value")
        return tuple(parts)

    def _by_choice(self, named: Sequence[Mapping[str, Any]], trials: Sequence[Trial]) -> list[str]:
        """The named points, when too few are drawn beside them; and the listed ones, when some are left out."""
        listed = self.claim.domain.points
        if listed:
            symbols = [s.name for s in self.claim.domain.symbols]
            seen = {tuple(float(t.point[name]) for name in symbols) for t in trials}
            return [] if len(seen) >= len(listed) else [f"at {len(seen)} of {len(listed)} listed points"]
        chosen = [point for point in named if point]
        varies = self.claim.domain.symbols or self.places.sizes
        if not chosen or not varies or len(named) - len(chosen) >= LEAST_DRAWN:
            return []
        texts = ["at " + ", ".join(f"{k}={v:.6g}" for k, v in point.items()) for point in chosen]
        return [*texts[:3], *([f"at {len(texts) - 3} more named points"] if len(texts) > 3 else [])]

    def _made(self, named: Sequence[Mapping[str, Any]], trials: Sequence[Trial]) -> list[str]:
        """Symbols to which the setting gives one value wherever points are drawn, and that the domain leaves free."""
        drawn = [t for t, point in zip(trials, named or [{}] * len(trials), strict=True) if not point]
        if self.quantity is None or self.claim.domain.points or len(drawn) < LEAST_DRAWN:
            return []
        pinned = {s for c in self.claim.domain.conditions if c.relation == "=" for s in c.free_symbols}
        free = [s for s in self.claim.domain.symbols if s not in self.places.sizes and s not in pinned]
        return [f"where {s} is {drawn[0].point[s.name]:.6g}" for s in free if unvaried(s.name, drawn)]

    def _bound(self, trials: Sequence[Trial]) -> list[str]:
        """The points at which a bound was looked at, when the domain has others."""
        stated = self.claim.statement
        if not isinstance(stated, Compare) or stated.relation == "=" or self.claim.domain.points:
            return []
        if not (self.claim.domain.symbols or self.places.sizes):
            return []
        return [f"at {len(trials)} drawn points, which do not bound a mean elsewhere; give the claim a Derivation"]

    def _exists(self) -> list[str]:
        """What the experiment needs to exist and does not follow from the domain."""
        if self.quantity is None:
            return []
        try:
            needed = needs(self.quantity, frozenset(self.claim.domain.symbols))
        except TraceError as problem:
            return [f"where the experiment exists ({problem})"]
        return [f"where {c}, so that the experiment exists" for c in needed if not follows(c, self.claim.domain)]

    def _means(self) -> list[Condition]:
        """Conditions for the mean to exist that do not follow from the domain."""
        if self.quantity is None:
            return []
        needed = conditions_of_means(self.quantity.value, self.quantity.setting)
        return [c for c in needed if not proves(c.lhs - c.rhs + 1, ">", self.claim.domain)]


def unvaried(name: str, trials: Sequence[Trial]) -> bool:
    """Whether all these points give the symbol one value."""
    return len({trial.point.get(name) for trial in trials}) == 1


__all__ = ["Coverage", "unvaried"]
