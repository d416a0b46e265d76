"""The figure of Dong et al. with ridge: what the student inherits when the features are turned, at one overlap.

Lines are deterministic equivalents, from the equivalents of the estimators that the claims are about. Markers are the
experiment: draw all designs, train both models, and measure the variances.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from derivations.classics.designs import ridge_fit
from derivations.dong2025.ridge.risks import STUDENTS_VARIANCE, TEACHERS_VARIANCE
from derivations.dong2025.ridge.white import limit
from w2s_sym import Figure, Run, figures, ratio_and_error

D, LABELS, CORRELATION, RIDGE = 48, 96, 0.8, 0.1
LARGE, SMALL = 4.0, 0.25
ANGLES, MARKED_ANGLES, FRESH = tuple(range(0, 91, 5)), (0, 30, 60, 90), 96
# Closer where the curves bend.
COUNTS = (*range(72, 120, 6), *range(120, 240, 12), *range(240, 481, 24))
MARKED_COUNTS, ANGLE = (72, 120, 240, 480), 45
DRAWS = {"quick": 24, "standard": 100, "deep": 400}
LOOKS = {0.01: figures.BLUE, 0.1: figures.ORANGE, 1.0: figures.GREEN}


def covariances(angle: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Covariances of strong and weak features and of both: pairs of a large and a small direction, turned in degrees.

    Both sets have the same eigenvalues, and the squared canonical correlations are 0.8 whatever the angle.
    """
    turn, roots = np.deg2rad(angle), np.diag([LARGE**0.5, SMALL**0.5])
    basis = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    weak = basis @ roots @ basis.T
    pairs = (roots @ roots, weak @ weak, CORRELATION**0.5 * roots @ weak)
    strong, weak, both = (np.kron(m, np.eye(D // 2)) for m in pairs)
    return strong, weak, both


@cache
def teachers_variance(angle: float) -> float:
    """The limit of the teacher's variance, which no student changes."""
    weak = covariances(angle)[1]
    return float(TEACHERS_VARIANCE.at(Sigma_w=weak, n=LABELS, lam=RIDGE, sigma2=1.0))


def share(angle: float, fresh: float, ridge: float) -> float:
    """The student's limiting variance over its teacher's."""
    strong, weak, both = covariances(angle)
    numbers = {"n": LABELS, "lam": RIDGE, "sigma2": 1.0}
    teacher = teachers_variance(angle)
    matrices = {"Sigma_w": weak, "Sigma_s": strong, "C": both}
    student = STUDENTS_VARIANCE.at(**matrices, N=fresh, mu=ridge, **numbers)  # type: ignore[arg-type]
    return float(student) / teacher


def trial(rng: np.random.Generator, angle: float, fresh: int) -> list[float]:
    """One run: variances per noise on a fresh point of the teacher, and of a student for each ridge."""
    strong, weak, both = covariances(angle)
    root = np.linalg.cholesky(np.block([[strong, both], [both.T, weak]]))
    x = rng.standard_normal((LABELS, 2 * D)) @ root.T[:, D:]
    rows = rng.standard_normal((fresh, 2 * D)) @ root.T
    fit = ridge_fit(x[None], RIDGE)[0]
    found = [float(((weak @ fit) * fit).sum())]
    for ridge in LOOKS:
        response = ridge_fit(rows[None, :, :D], ridge)[0] @ rows[:, D:] @ fit
        found.append(float(((strong @ response) * response).sum()))
    return found


def _points(run: Run, name: str, places: tuple[tuple[float, int], ...]) -> dict[str, dict[str, list[float]]]:
    draws = range(DRAWS[run.effort])

    def compute() -> np.ndarray:
        run.tell(f"{len(draws)} draws at {len(places)} points, {name}")
        return np.array([[trial(run.rng(name, k, t), *place) for t in draws] for k, place in enumerate(places)])

    values = np.array(figures.kept(run, f"turned/{name}", compute))
    found = {}
    for column, ridge in enumerate(LOOKS, 1):
        pairs = [ratio_and_error(v[:, column], v[:, 0]) for v in values]
        found[str(ridge)] = {"mean": [float(m) for m, _ in pairs], "error": [float(e) for _, e in pairs]}
    return found


def turned_data(run: Run) -> dict[str, Any]:
    """The share of the teacher's variance that the student keeps: against the angle, and the pseudo-labels."""
    places = {
        "angle": (tuple((a, FRESH) for a in ANGLES), tuple((a, FRESH) for a in MARKED_ANGLES)),
        "N": (tuple((ANGLE, N) for N in COUNTS), tuple((ANGLE, N) for N in MARKED_COUNTS)),
    }
    panels = {}
    for name, (line, marked) in places.items():
        along = 0 if name == "angle" else 1
        panels[name] = {
            "x": [place[along] for place in line],
            "at": [place[along] for place in marked],
            "lines": {str(ridge): [share(*place, ridge) for place in line] for ridge in LOOKS},
            "law": [_law(N) for _, N in line],
            "simulated": _points(run, name, marked),
        }
    return {"panels": panels}


def _law(N: float) -> float:
    """The same without ridge, whatever the angle: the limit of the variance law, over that of its teacher."""
    at = {"d_sw": CORRELATION * D, "d_s": D, "d_w": D, "N": N, "n": LABELS, "sigma2": 1}
    kept = {s: at[s.name] for s in limit.free_symbols}
    return float(limit.xreplace(kept)) / (D / (LABELS - D))


def draw_turned(data: Mapping[str, Any], canvas: Any) -> None:
    """Left: against the angle. Right: against the number of pseudo-labels."""
    words = {"angle": f"angle of the features, in degrees   (N = {FRESH})", "N": f"pseudo-labels N   ({ANGLE} degrees)"}
    for axes, (name, panel) in zip(canvas.subplots(1, 2, sharey=True), data["panels"].items(), strict=True):
        axes.plot(panel["x"], panel["law"], color="black", linestyle=":", linewidth=1.1, label="no ridge, any angle")
        for ridge, look in LOOKS.items():
            figures.theory(axes, panel["x"], panel["lines"][str(ridge)], look)
            points = panel["simulated"][str(ridge)]
            figures.simulated(axes, panel["at"], points["mean"], points["error"], look, rf"$\mu$ = {ridge:g}")
        axes.set(xlabel=words[name])
        axes.set_xticks((0, 30, 60, 90) if name == "angle" else MARKED_COUNTS)
    canvas.axes[0].set_ylim(0, 1.05)
    canvas.axes[0].set_ylabel("variance, student over teacher")
    handles, labels = canvas.axes[0].get_legend_handles_labels()
    canvas.legend(handles, labels, loc="outside upper center", ncols=4)


FIGURES = (
    Figure(
        "ridge_and_turned_features",
        "With ridge the overlap does not decide alone: it matters how the features are turned",
        f"Share of its ridge teacher's variance that a ridge student keeps. Both feature sets have {D // 2} directions "
        f"of variance {LARGE:g} and {D // 2} of variance {SMALL:g}, the weak ones turned against the strong by an "
        f"angle in {D // 2} planes; all squared canonical correlations are {CORRELATION}, so that the overlap is "
        f"{CORRELATION * D:g} at every angle. n = {LABELS}, the teacher's ridge {RIDGE}. Lines: deterministic "
        "equivalents. Dotted: both ridges zero. Markers: ratios of means over drawn designs, bars two standard errors "
        "to each side.",
        turned_data,
        draw_turned,
    ),
)
