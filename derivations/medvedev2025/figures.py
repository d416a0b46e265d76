"""The figure of Medvedev et al. (2025): a teacher's double descent in its features, and what its students inherit.

Lines are deterministic equivalents, from the equivalents of the estimators that the claims are about. Markers are the
experiment: draw features and designs, train both models, and measure the risk.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derivations.classics import student_figures
from derivations.classics.designs import ridge_fit
from derivations.medvedev2025.features import STUDENTS_RISK, TEACHERS_RISK
from derivations.medvedev2025.runs import feature_fit, risks, rows
from w2s_sym import Figure, Run

P, LABELS, FRESH, NOISE, RIDGE = 96, 48, 192, 0.25, 1e-3
FEATURES = (6, 9, 12, 18, 24, 30, 36, 42, 45, 48, 51, 54, 60, 72, 96, 144, 192)
SIMULATED = (12, 24, 36, 48, 60, 96, 192)
SMALL, LARGE = 0.1, 0.4
DRAWS = {"quick": 40, "standard": 200, "deep": 1000}
LOOKS = student_figures.looks(SMALL, LARGE)
# Eigenvalues of two kinds; a truth of length 1 on the large ones, or on the small ones.
LEVELS = np.repeat([4.0, 0.25], [P // 4, 3 * P // 4])
TRUTHS = {
    "truth on large eigenvalues": np.where(LEVELS > 1, (4 / P) ** 0.5 / 2, 0.0),
    "truth on small eigenvalues": np.where(LEVELS < 1, 2 * (4 / (3 * P)) ** 0.5, 0.0),
}


def _lines(truth: np.ndarray) -> dict[str, list[float]]:
    shared: dict[str, Any] = {"n": LABELS, "lam": RIDGE, "sigma2": NOISE, "Sigma": LEVELS, "beta": truth}
    found: dict[str, list[float]] = {"teacher": [], "small": [], "large": []}
    for k in FEATURES:
        found["teacher"].append(float(TEACHERS_RISK.on(k=k, **shared)))
        for name, nu in (("small", SMALL), ("large", LARGE)):
            found[name].append(float(STUDENTS_RISK.on(k=k, N=FRESH, nu=nu, **shared)))
    return found


def trial(rng: np.random.Generator, k: int, truth: np.ndarray) -> list[float]:
    """One run: excess risks of teacher and students, averaged over label noise and signs of the truth."""
    made = {"l": LEVELS, "b": truth}
    x, z = rows(rng, 1, LABELS, LEVELS), rows(rng, 1, FRESH, LEVELS)
    fit = feature_fit(rng, x, k, RIDGE)
    found = [float(risks(fit, x, made, NOISE)[0])]
    return found + [float(risks(ridge_fit(z, nu) @ z @ fit, x, made, NOISE)[0]) for nu in (SMALL, LARGE)]


def features_data(run: Run) -> dict[str, Any]:
    """Risks against the teacher's number of features, for both truths."""
    panels = {}
    for name, truth in TRUTHS.items():

        def one(rng: np.random.Generator, k: int, truth: Any = truth) -> list[float]:
            return trial(rng, k, truth)

        drawn = student_figures.points(run, name, SIMULATED, DRAWS[run.effort], one)
        panels[name] = {"lines": _lines(truth), "simulated": drawn}
    return {"x": list(FEATURES), "at": list(SIMULATED), "panels": panels}


def draw_features(data: Mapping[str, Any], canvas: Any) -> None:
    """One panel for each truth; as many features as labels is dashed."""
    scales = {"xscale": "log", "yscale": "log", "xlabel": "random features k of the teacher"}
    student_figures.draw(data, canvas, LOOKS, LABELS, **scales)


FIGURES = (
    Figure(
        "students_of_a_double_descent",
        "Students inherit their teacher's double descent, lowered",
        f"Excess risks of a teacher with k linear random features, ridge {RIDGE}, on n = {LABELS} labels, and of ridge "
        f"students with all features on N = {FRESH} of its predictions; p = {P}, a quarter of the eigenvalues 4 and "
        f"the others 1/4, noise {NOISE}, the truth on the larger (left) or on the smaller eigenvalues (right), of mean "
        "square 1. Dashed: k = n. Lines: deterministic equivalents. Markers: means over draws of features and designs, "
        "averaged exactly over label noise and signs of the truth, bars two standard errors to each side.",
        features_data,
        draw_features,
    ),
)
