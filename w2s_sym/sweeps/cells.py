"""What comes of cells: values, standard errors, and for each cell without a value the reason."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from w2s_sym.papers.loading import Entry
from w2s_sym.sweeps.bindings import CellValue

# The values of the names of one cell.
Row = Mapping[str, CellValue]


@dataclass(frozen=True)
class Computed:
    """One column at some cells: values, errors where it has any, reasons by the position of a cell without a value."""

    values: tuple[float | None, ...]
    errors: tuple[float | None, ...] | None
    reasons: Mapping[int, str]
    notes: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """It as plain JSON values."""
        errors = None if self.errors is None else list(self.errors)
        reasons = {str(k): v for k, v in self.reasons.items()}
        return {"values": list(self.values), "errors": errors, "reasons": reasons, "notes": list(self.notes)}

    @classmethod
    def from_record(cls, record: Mapping[str, Any], count: int) -> Computed:
        """What :meth:`record` wrote of so many cells. Raises ``ValueError``, ``KeyError`` or ``TypeError``."""
        values, errors = tuple(record["values"]), record["errors"]
        found = cls(
            values,
            None if errors is None else tuple(errors),
            {int(k): str(v) for k, v in record["reasons"].items()},
            tuple(record["notes"]),
        )
        if len(values) != count or {i for i, v in enumerate(values) if v is None} != set(found.reasons):
            raise ValueError("cells without a value and reasons differ")
        return found


@dataclass(frozen=True)
class Site:
    """Where a column is worked out: effort, seed, and the claims that this process may have inherited, by number."""

    run: str
    effort: str
    seed: int


class ColumnSource(Protocol):
    """What fills a column. It is pickled, and works in any process that has this package."""

    @property
    def drawn(self) -> bool:
        """Whether it is simulated: then it has standard errors, and each cell is worked out by itself."""

    @property
    def needs(self) -> tuple[str, ...]:
        """The names that must have a value in a cell."""

    @property
    def takes(self) -> tuple[str, ...]:
        """All names that it may be given, ``needs`` among them."""

    @property
    def arrays(self) -> tuple[str, ...]:
        """The names that stand for matrices or vectors."""

    def about(self) -> dict[str, Any]:
        """What it is, for a reader: kind, target, LaTeX and text."""

    def digest(self) -> str:
        """A hash of all that its numbers depend on, but for seed and effort."""

    def entry(self) -> Entry | None:
        """The claim that a forked process need not load again."""

    def compute(self, rows: Sequence[Row], site: Site, number: int) -> Computed:
        """The values in these cells; ``number`` is that of its claim among those that were inherited."""


def gathered(
    values: Sequence[float], errors: Sequence[float] | None, reasons: Mapping[int, str], what: str
) -> Computed:
    """Values as they came: one that is not finite is missing, with a reason."""
    why = dict(reasons)
    for i, value in enumerate(values):
        if i not in why and not (math.isfinite(value) and (errors is None or math.isfinite(errors[i]))):
            why[i] = f"{what} is not finite here"
    kept = tuple(None if i in why else float(v) for i, v in enumerate(values))
    if errors is None:
        return Computed(kept, None, why)
    return Computed(kept, tuple(None if i in why else float(e) for i, e in enumerate(errors)), why)
