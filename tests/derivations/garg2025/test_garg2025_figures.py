"""Figures on iterated training as they are drawn: simulated chains on the lines, minima where the claims say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from derivations import garg2025
from derivations.garg2025 import figures as drawn
from w2s_sym.claims.run import Run
from w2s_sym.evidence.simulation.moments_of_draws import LEVEL
from w2s_sym.papers.figures import numbers, render

GOLDEN = (np.sqrt(5) - 1) / 2


def numbers_of(name: str) -> Any:
    (figure,) = (f for f in garg2025.FIGURES if f.name == name)
    return numbers(figure, Run("quick"))


def test_simulated_chains_are_on_the_lines() -> None:
    found = numbers_of("golden_ratio")
    for row in (*found["ratios"], *found["kinds"]):
        mean, error = (np.array(row["marks"][k]) for k in ("mean", "error"))
        r, w = row.get("ratio", 1.0), np.array(found["marked"])
        kind = row.get("kind", "noisy")
        law = {
            "noisy": (w**2 + r * (1 - w) ** 2) / (w * (2 - w)),
            "quiet": w / (2 - w),
            "reused": 1 + r * (1 - w) ** 2 / (w * (2 - w)),
        }[kind]
        # After 60 rounds at weights of 0.15 and more, (1 - w)^120 of the start is left: nothing.
        assert (np.abs(mean - law) < LEVEL * error).all(), (row, law)


def test_minima_lie_on_the_diagonal() -> None:
    found = numbers_of("golden_ratio")
    step = found["weight"][1] - found["weight"][0]
    for row in found["ratios"]:
        at = int(np.argmin(row["line"]))
        assert row["line"][at] == pytest.approx(found["weight"][at], abs=step)


def test_simulated_ridges_are_near_their_equivalents() -> None:
    found = numbers_of("best_weights")
    for row in found["lines"]:
        line = np.interp(found["few"], found["weight"], row["line"])
        # A limit: relative errors of order 1/n, beside the sampling error; the line is interpolated to a thousandth.
        room = LEVEL * np.array(row["error"]) + line / drawn.SAMPLES + 0.001 * line
        assert (np.abs(np.array(row["mean"]) - line) < room).all()


def test_best_weights_on_fresh_designs_cross_at_the_golden_ratio() -> None:
    for row in numbers_of("best_weights")["fresh"]:
        assert np.interp(np.log(GOLDEN), np.log(row["signal"]), row["weight"]) == pytest.approx(GOLDEN, abs=1e-3)
        assert (np.diff(row["weight"]) > 0).all()


def test_both_are_drawn() -> None:
    for figure in garg2025.FIGURES:
        assert render(figure, Run("quick"), "png")[:4] == b"\x89PNG"
