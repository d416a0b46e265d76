"""The figure of Moniri and Hassani (2025): students against their teacher's ridge, on both sides of the threshold.

Lines are deterministic equivalents, from the equivalents of the estimators that the claims are about. Markers are the
experiment: draw both designs, train the models, and measure the risk.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derivations.classics.designs import ridge_fit
from derivations.moniri2025.limits import STUDENTS_RISK, TEACHERS_RISK
from w2s_sym import Figure, Run, equivalents, figures, mean_and_error

D, LABELS, FRESH, NOISE = 96, 192, 384, 0.25
SMALL, LARGE = 0.05, 0.25
RIDGES = tuple(float(x) for x in np.geomspace(0.01, 1, 17))
SIMULATED = tuple(float(x) for x in np.geomspace(0.01, 1, 7))
DRAWS = {"quick": 24, "standard": 64, "deep": 256}
LOOKS = {
    "teacher": ("teacher", figures.ORANGE),
    "small": (rf"student, $\nu$ = {SMALL}", figures.BLUE),
    "large": (rf"student, $\nu$ = {LARGE}", figures.GREEN),
}
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


def _points(run: Run, name: str) -> dict[str, dict[str, list[float]]]:
    levels, truth = PANELS[name]
    draws = range(DRAWS[run.effort])

    def compute() -> np.ndarray:
        run.tell(f"{len(draws)} draws at {len(SIMULATED)} ridges, {name}")
        rows = [[trial(run.rng(name, k, t), lam, levels, truth) for t in draws] for k, lam in enumerate(SIMULATED)]
        return np.array(rows)

    values = np.array(figures.kept(run, f"ridges/{name}", compute))
    found = {}
    for column, series in enumerate(LOOKS):
        pairs = [mean_and_error(values[k, :, column]) for k in range(len(SIMULATED))]
        found[series] = {"mean": [float(m) for m, _ in pairs], "error": [float(e) for _, e in pairs]}
    return found


def ridges_data(run: Run) -> dict[str, Any]:
    """Risks against the teacher's ridge, on both spectra."""
    panels = {name: {"lines": _lines(*made), "simulated": _points(run, name)} for name, made in PANELS.items()}
    return {"x": list(RIDGES), "at": list(SIMULATED), "panels": panels, "threshold": NOISE * D / LABELS}


def draw_ridges(data: Mapping[str, Any], canvas: Any) -> None:
    """One panel for each spectrum; the threshold of a truth without direction is dashed."""
    for axes, (name, panel) in zip(canvas.subplots(1, 2), data["panels"].items(), strict=True):
        for series, (label, look) in LOOKS.items():
            figures.theory(axes, data["x"], panel["lines"][series], look)
            points = panel["simulated"][series]
            figures.simulated(axes, data["at"], points["mean"], points["error"], look, label)
        axes.axvline(data["threshold"], color=figures.BLACK.colour, linestyle=(0, (4, 2)), linewidth=0.9)
        axes.set(xscale="log", xlabel=r"ridge $\lambda$ of the teacher", title=name)
    canvas.axes[0].set_ylabel("excess risk")
    handles, labels = canvas.axes[0].get_legend_handles_labels()
    canvas.legend(handles, labels, loc="outside upper center", ncols=3)


FIGURES = (
    Figure(
        "students_of_under_regularised_teachers",
        "A student gains where its teacher is under-regularised",
        f"Excess risks of a ridge teacher on n = {LABELS} labels and of ridge students on N = {FRESH} of its "
        f"predictions, d = {D}, noise {NOISE}. Left: isotropic, and a truth without direction; no student gains beyond "
        "the dashed threshold sigma2 d/(n r2). Right: eigenvalues 0.2 and 1.8, the truth on the smaller ones, which "
        "has another threshold. Lines: deterministic equivalents. Markers: means over draws of both designs, averaged "
        "exactly over the label noise, bars two standard errors to each side.",
        ridges_data,
        draw_ridges,
    ),
)
