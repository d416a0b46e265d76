"""Simulated runs of the authors' synthetic experiment: teacher, student, baseline and ceiling, trial by trial."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from derivations.dong2025.setting import d_s, d_w
from derivations.dong2025.synthetic_experiment import GRID, NOISE, SIGNAL, SKIPS, coefficient, synthetic
from w2s_sym import Run, figures, samplers

LABELS, PSEUDO_LABELS = 2000, 4000  # the size that is held fixed on the grid of N and on that of n
ROWS = ("N", "n")
# Trials in a cell, sizes on a grid, and whether rows are drawn one by one. The authors: 40 trials, 20 sizes.
PLANS: Mapping[str, tuple[int, tuple[int, ...], bool]] = {
    "quick": (16, tuple(GRID[i] for i in (0, 5, 12, 19)), True),
    "standard": (40, GRID, False),
    "deep": (40, GRID, True),
}
MEASURED = (
    "weak",
    "student",
    "strong",
    "ceiling",
    "teacher_variance",
    "student_variance",
    "student_variance_in_sample",
)


def draw(rng: np.random.Generator, rows: int, literal: bool) -> np.ndarray:
    """Coordinates z and, in the last column, unit label noise of ``rows`` points; shape (rows, 301).

    Not literal: a triangular matrix of 301 rows with the same law of all inner products of columns. Least squares sees
    nothing else of its arrays, so all that is measured keeps its law, at a cost that does not depend on ``rows``.
    """
    return rng.standard_normal((rows, SIGNAL + 1)) if literal else samplers.bartlett(rng, 1, rows, SIGNAL + 1)[0]


def fit(products: np.ndarray, seen: slice, responses: np.ndarray) -> np.ndarray:
    """Least squares of ``responses`` on the columns ``seen``, from inner products of all columns with each other and
    (in ``responses``) with what is fitted. More rows than columns; the columns are as good as orthogonal, so that
    nothing is lost: a test compares it with a decomposition of the rows."""
    return np.asarray(np.linalg.solve(products[seen, seen], responses[seen]))


def trial(labels: int, pseudo_labels: int, rng: np.random.Generator, literal: bool) -> np.ndarray:
    """One run of the experiment; shape (skips, measured). The skips share their points, each its own teacher.

    Least squares and what is measured of it are functions of inner products of columns, which are taken once.
    """
    truth = rng.choice((-1.0, 1.0), SIGNAL) * np.sqrt([float(coefficient(i + 1)) for i in range(SIGNAL)])
    labelled, fresh = draw(rng, labels, literal), draw(rng, pseudo_labels, literal)
    labelled, fresh = labelled.T @ labelled, fresh.T @ fresh
    # The labels as a combination of the columns: coordinates and unit noise.
    target = np.append(truth, float(NOISE) ** 0.5)
    noise = np.append(np.zeros(SIGNAL), target[SIGNAL])

    seen = _coordinates(SKIPS[0])[0]
    strong = fit(labelled, seen, labelled @ target)
    both = labelled + fresh
    ceiling = fit(both, seen, both @ target)
    found = []
    for skip in SKIPS:
        shown = _coordinates(skip)[1]
        teacher = fit(labelled, shown, labelled @ np.column_stack((target, noise)))
        student = fit(fresh, seen, fresh[:, shown] @ teacher)
        found.append(
            (
                _excess(teacher[:, 0], shown, truth),
                _excess(student[:, 0], seen, truth),
                _excess(strong, seen, truth),
                _excess(ceiling, seen, truth),
                teacher[:, 1] @ teacher[:, 1],
                student[:, 1] @ student[:, 1],
                student[:, 1] @ fresh[seen, seen] @ student[:, 1] / pseudo_labels,
            )
        )
    return np.array(found)


@cache
def _coordinates(skip: int) -> tuple[slice, slice]:
    """The coordinates of the student and of the teacher."""
    cell = synthetic(skip, LABELS, PSEUDO_LABELS)
    return slice(0, int(cell[d_s])), slice(skip, skip + int(cell[d_w]))


def _excess(fitted: np.ndarray, coordinates: slice, truth: np.ndarray) -> float:
    error = -truth
    error[coordinates] += fitted
    return float(error @ error)


def trials(run: Run, varied: str, size: int) -> dict[int, dict[str, np.ndarray]]:
    """By skip and by what is measured: one value per trial, at one size of the grid of N or of n.

    Kept in the run's memory when finished, so that an interrupted simulation goes on from there.
    """
    count, _, literal = PLANS[run.effort]
    sizes = (LABELS, size) if varied == "N" else (size, PSEUDO_LABELS)

    def compute() -> np.ndarray:
        run.tell(f"{count} trials at {varied} = {size}")
        return np.array([trial(*sizes, run.rng("synthetic", varied, size, t), literal) for t in range(count)])

    values = np.array(figures.kept(run, f"synthetic/{varied}/{size}", compute))
    return {skip: {name: values[:, i, j] for j, name in enumerate(MEASURED)} for i, skip in enumerate(SKIPS)}
