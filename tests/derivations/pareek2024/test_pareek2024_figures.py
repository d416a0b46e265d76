"""Figures on self-distillation as they are drawn: simulated points on the lines, the zero of the weight, the bound."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivations import pareek2024
from derivations.pareek2024 import figures as drawn
from w2s_sym.claims.run import Run
from w2s_sym.evidence.simulation.moments_of_draws import LEVEL
from w2s_sym.papers.figures import numbers, render


def numbers_of(name: str) -> Any:
    (figure,) = (f for f in pareek2024.FIGURES if f.name == name)
    return numbers(figure, Run("quick"))


def test_weight_changes_sign_where_the_teachers_risk_is_least() -> None:
    found = numbers_of("best_weight")
    least = int(np.argmin(found["teacher"]))
    assert found["weight"][least - 1] > 0 > found["weight"][least + 1]
    assert all(s <= t for s, t in zip(found["student"], found["teacher"], strict=True))


def test_simulated_risks_are_near_the_lines() -> None:
    found = numbers_of("best_weight")
    for name in ("teacher", "student"):
        line = np.interp(np.log(found["marked"]), np.log(found["penalty"]), found[name])
        mean, error = (np.array(found["simulated"][name][k]) for k in ("mean", "error"))
        assert (error < 0.01 * line).all()
        # A limit: relative errors of order 1/n, 1/60, beside the sampling error.
        assert (np.abs(mean - line) < LEVEL * error + line / drawn.SAMPLES).all()


def test_search_stays_between_the_bound_and_the_number_of_directions() -> None:
    found = numbers_of("gain_of_steps")
    for curve in found["curves"]:
        bound = np.interp(np.log(found["few"]), np.log(found["signal"]), curve["bound"])
        search = np.array(curve["search"])
        # Interpolation of the line is off by less than one percent.
        assert (search >= 0.99 * bound).all()
        assert (search <= curve["count"] * 1.02).all()
        assert search[-1] > 0.99 * curve["count"]


def test_parabola_by_hand() -> None:
    # (x - 3)^2 + 5 at 0, 1/2 and 1.
    assert drawn.parabola(14.0, 11.25, 9.0) == (3.0, 5.0)


def test_both_are_drawn() -> None:
    for figure in pareek2024.FIGURES:
        assert render(figure, Run("quick"), "png")[:4] == b"\x89PNG"
