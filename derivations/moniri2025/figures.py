"""The figure of Moniri and Hassani (2025): students against their teacher's ridge, on both sides of the threshold.

Lines are deterministic equivalents, from the equivalents of the estimators that the claims are about. Markers are the
experiment: draw both designs, train the models, and measure the risk.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derivations.classics import student_figures
from derivations.classics.designs import ridge_fit
from derivations.moniri2025.limits import STUDENTS_RISK, TEACHERS_RISK
from w2s_sym import Figure, Run, equivalents

D, LABELS, FRESH, NOISE = 96, 192, 384, 0.25
SMALL, LARGE = 0.05, 0.25
RIDGES = tuple(float(x) for x in np.geomspace(0.01, 1, 17))
SIMULATED = tuple(float(x) for x in np.geomspace(0.01, 1, 7))
DRAWS = {"quick": 24, "standard": 64, "deep": 256}
LOOKS = student_figures.looks(SMALL, LARGE)
# Two spectra of mean 1, and truths of length 1: with one mean square in every direction, and on the small eigenvalues.
PANELS = {
    "isotropic": (np.ones(D), np.full(D, D**-0.5)),
    "truth on small eigenvalues": (
        np.repeat([0.2, 1.8], D // 2),
        np.repeat([(2 / D) ** 0.5, 0.0], D // 2),
    ),
}


def _totals(risk: equivalents.Equivalent, **values: Any) -> list[float]:
    return [float(v) for v in np.asarray(risk.on(lam=np.array(RIDGES), n=LABELS, sigma2=NOISE, **values).total)]


def _lines(levels: np.ndarray, truth: np.ndarray) -> dict[str, list[float]]:
    shared: dict[str, Any] = {"Sigma": levels, "Sigma_x": levels, "beta": truth}
    return {
        "teacher": _totals(TEACHERS_RISK, **shared),
        "small": _totals(STUDENTS_RISK, nu=SMALL, N=FRESH, Sigma_s=levels, **shared),
        "large": _totals(STUDENTS_RISK, nu=LARGE, N=FRESH, Sigma_s=levels, **shared),
    }


def trial(rng: np.random.Generator, lam: float, levels: np.ndarray, truth: np.ndarray) -> list[float]:
    """One run: excess risks of teacher and students, averaged over the label noise."""
    x, z = (rng.standard_normal((1, count, D)) * np.sqrt(levels) for count in (LABELS, FRESH))
    fit = ridge_fit(x, lam)
    found = []
    for response in (fit, ridge_fit(z, SMALL) @ z @ fit, ridge_fit(z, LARGE) @ z @ fit):
        error = response @ x @ truth - truth
        found.append(float((levels * error[0] ** 2).sum() + NOISE * (levels[:, None] * response[0] ** 2).sum()))
    return found


def ridges_data(run: Run) -> dict[str, Any]:
    """Risks against the teacher's ridge, on both spectra."""
    panels = {}
    for name, (levels, truth) in PANELS.items():

        def one(rng: np.random.Generator, lam: float, levels: Any = levels, truth: Any = truth) -> list[float]:
            return trial(rng, lam, levels, truth)

        drawn = student_figures.points(run, name, SIMULATED, DRAWS[run.effort], one)
        panels[name] = {"lines": _lines(levels, truth), "simulated": drawn}
    return {"x": list(RIDGES), "at": list(SIMULATED), "panels": panels, "threshold": NOISE * D / LABELS}


def draw_ridges(data: Mapping[str, Any], canvas: Any) -> None:
    """One panel for each spectrum; the threshold of a truth without direction is dashed."""
    student_figures.draw(data, canvas, LOOKS, data["threshold"], xscale="log", xlabel=r"ridge $\lambda$ of the teacher")


FIGURES = (
    Figure(
        "students_of_under_regularised_teachers",
        "A student gains where its teacher is under-regularised",
        f"Excess risks of a ridge teacher on n = {LABELS} labels and of ridge students on N = {FRESH} of its "
        f"predictions, d = {D}, noise {NOISE}. Left: isotropic, and a truth without direction; no student gains beyond "
        r"the dashed threshold $\sigma^2 d/(n r^2)$. Right: eigenvalues 0.2 and 1.8, the truth on the smaller ones, "
        "which has another threshold. Lines: deterministic equivalents. Markers: means over draws of both designs, "
        "averaged exactly over the label noise, bars two standard errors to each side.",
        ridges_data,
        draw_ridges,
    ),
)
