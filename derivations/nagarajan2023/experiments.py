"""Everything that was looked at in the training runs on digits: each statistic in each setting, one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from derivations.nagarajan2023.runs_as_evidence import RUNS
from derivations.nagarajan2023.statistics import (
    EARLY_SLOPE,
    GAP,
    HIDDEN_GAP,
    OVER_LABELS,
    OVER_TEACHER,
    SETTINGS,
    SLOPE,
    SWITCH,
    TEST_SLOPE,
    UNDERFIT,
    UNEVEN,
)
from derivations.nagarajan2023.training import LATE, measured
from w2s_sym import Run, mean_and_error

MEASURED: Mapping[str, tuple[tuple[str, float], ...]] = {
    "log progress gap, eigenvectors 21-40": GAP.terms,
    "log progress gap, eigenvectors 5-10": (("gap_middle", 1),),
    "log progress gap, second layer": HIDDEN_GAP.terms,
    "slope, train, equal steps": EARLY_SLOPE.terms,
    "slope, train, 4 times the steps": SLOPE.terms,
    "slope, test, 4 times the steps": TEST_SLOPE.terms,
    "least confident, train": UNDERFIT.terms,
    "least confident, test": (("least_late_test", 1),),
    "least minus most confident, train": UNEVEN.terms,
    "accuracy minus teacher's, equal steps": OVER_TEACHER.terms,
    "accuracy minus labels', 4 times the steps": OVER_LABELS.terms,
    "switched minus the middle": SWITCH.terms,
}


@dataclass(frozen=True)
class Row:
    """One statistic in one setting: its mean over runs with its standard error."""

    setting: str
    statistic: str
    mean: float
    error: float
    runs: int

    def __str__(self) -> str:
        return f"{self.setting:<50} {self.statistic:<42} {self.mean:+.4f} +- {2 * self.error:.4f}"


def table(run: Run) -> list[Row]:
    """All settings and statistics, whether the effect is there or not. Intervals are two standard errors.

    Runs without matched progress are left out, and ``runs`` says how many are left. Raises :class:`MissingDataError`.
    """
    rows = []
    for setting in SETTINGS:
        found = measured(setting, RUNS[run.effort], run.seed, run)
        for name, terms in MEASURED.items():
            # Of a teacher that was trained longer than its student, confidence compares two lengths of training.
            if setting.steps > LATE and name.startswith(("slope", "least")):
                continue
            if all(term in found for term, _ in terms):
                values = np.asarray(sum(factor * found[term] for term, factor in terms))
                values = values[np.isfinite(values)]
                if len(values) > 1:
                    mean, error = mean_and_error(values)
                    rows.append(Row(str(setting), name, float(mean), float(error), len(values)))
    return rows
