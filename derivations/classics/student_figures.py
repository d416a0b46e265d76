"""Figures of a teacher and two students, one panel for each setting: means of drawn runs, and the drawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from w2s_sym import Run, figures, mean_and_error

Trial = Callable[[np.random.Generator, Any], list[float]]


def looks(small: float, large: float) -> dict[str, tuple[str, figures.Look]]:
    """Label and look of each series, for two ridges of the student."""
    return {
        "teacher": ("teacher", figures.ORANGE),
        "small": (rf"student, $\nu$ = {small}", figures.BLUE),
        "large": (rf"student, $\nu$ = {large}", figures.GREEN),
    }


def points(run: Run, name: str, places: Sequence[Any], draws: int, trial: Trial) -> dict[str, dict[str, list[float]]]:
    """Means and standard errors of each series at each place; ``trial(rng, place)`` gives one value of each."""

    def compute() -> np.ndarray:
        run.tell(f"{draws} draws at {len(places)} places, {name}")
        return np.array([[trial(run.rng(name, k, t), p) for t in range(draws)] for k, p in enumerate(places)])

    values = np.array(figures.kept(run, f"students/{name}", compute))
    found = {}
    for column, series in enumerate(looks(0, 0)):
        pairs = [mean_and_error(values[k, :, column]) for k in range(len(places))]
        found[series] = {"mean": [float(m) for m, _ in pairs], "error": [float(e) for _, e in pairs]}
    return found


def draw(data: Mapping[str, Any], canvas: Any, series: Mapping[str, Any], mark: float, **scales: Any) -> None:
    """One panel for each of ``data["panels"]``, excess risks against ``data["x"]``; ``mark`` is dashed."""
    for axes, (name, panel) in zip(canvas.subplots(1, 2), data["panels"].items(), strict=True):
        for key, (label, look) in series.items():
            figures.theory(axes, data["x"], panel["lines"][key], look)
            drawn = panel["simulated"][key]
            figures.simulated(axes, data["at"], drawn["mean"], drawn["error"], look, label)
        axes.axvline(mark, color=figures.BLACK.colour, linestyle=(0, (4, 2)), linewidth=0.9)
        axes.set(title=name, **scales)
    canvas.axes[0].set_ylabel("excess risk")
    handles, labels = canvas.axes[0].get_legend_handles_labels()
    canvas.legend(handles, labels, loc="outside upper center", ncols=3)
