"""What the figures draw, against values found by hand; every figure is drawn once."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from derivations.nagarajan2023 import experiments, figure_data, statistics, training
from derivations.nagarajan2023 import figures as drawn
from derivations.nagarajan2023.figures import FIGURES
from w2s_sym.claims.run import Run
from w2s_sym.evidence.simulation.moments_of_draws import LEVEL
from w2s_sym.papers.figures import FigureError, numbers, paint

BY_NAME = {f.name: f for f in FIGURES}


def data(name: str):
    return numbers(BY_NAME[name], Run())


def test_trajectories_tend_to_where_the_teacher_stopped():
    for one, lam in zip(data("filter_trajectories")["directions"], (1, 0.2), strict=True):
        end = 1 - math.exp(-lam)  # the teacher stops at time 1
        assert one["end"] == pytest.approx(end)
        assert one["student"][-1] == pytest.approx((1 - math.exp(-8 * lam)) * end)
        assert max(one["student"]) < end


def test_students_are_below_training_on_labels_and_end_on_it():
    found = data("progress_plane")
    for one in found["students"]:
        share = np.array(one["share"])
        assert (share[:-1] < 1).all()
        assert share[-1] == pytest.approx(1, abs=1e-4)
        # At equal progress x on direction 1, training on labels has 1 - (1 - x)^(1/5) on direction 2.
        x, y = np.array(one["first"][1:]), np.array(one["second"][1:])
        np.testing.assert_allclose(share, y / (1 - (1 - x) ** 0.2), rtol=1e-9)


def test_the_student_wins_where_noise_is_large_and_nowhere_without_it():
    found = data("where_the_student_wins")
    ratio, stop = np.array(found["ratio"]), np.array(found["stop"])
    late = int(np.argmin(np.abs(stop - 5)))
    assert ratio[-1, late] < 0.8
    assert ratio[0, late] > 1.5
    # The sides are divided by (a_student + a_matched)/2 = b^2/(b^2 + sigma2/lam) on direction 2, b = 1, lam = 1/5.
    student = (1 - math.exp(-stop[late] / 5)) ** 2
    matched = 1 - (1 - (1 - math.exp(-stop[late])) ** 2) ** 0.2
    noise = 0.2 * (2 / (student + matched) - 1)
    wins = ratio[:, late] < 1
    np.testing.assert_array_equal(wins, np.array(found["noise"]) > noise)


def test_one_teacher_and_student_for_any_times_and_eigenvalues():
    found = numbers(drawn.direct(T=1.0, t_s=2.0, ratio=0.5), Run())
    here = found["here"]
    assert here["first"] == pytest.approx((1 - math.exp(-1)) * (1 - math.exp(-2)))
    assert here["student"] == pytest.approx((1 - math.exp(-0.5)) * (1 - math.exp(-1)))
    assert here["matched"] == pytest.approx(1 - (1 - here["first"]) ** 0.5)
    lam, lag = np.array(found["lam"]), np.subtract(found["filters"]["matched"], found["filters"]["student"])
    assert (lag[(lam > 0) & (lam < 1)] > 0).all()
    assert (lag[lam > 1] < 0).all()
    assert lag[100] == pytest.approx(0)  # the eigenvalue 1
    assert paint(drawn.direct(T=0.1, t_s=8.0, ratio=1.9), found, "png").startswith(b"\x89PNG")


def test_descent_on_gaussian_designs_lies_on_the_lines():
    found = data("risk_by_direction")
    for name, power in (("teacher", 1), ("student", 2)):
        for lam, mean, error in zip(found["lam"], found[name]["mean"], found[name]["error"], strict=True):
            gain = (1 - (1 - lam / 2) ** 6) ** power
            assert abs(mean - (1 - gain) ** 2 - gain**2 * 0.5 / lam) < LEVEL * error
            drawn_here = np.interp(lam, found["line"], found[name]["theory"])
            assert drawn_here == pytest.approx((1 - gain) ** 2 + gain**2 * 0.5 / lam, rel=2e-3)


@pytest.fixture
def few(monkeypatch):
    """Four runs in each of two settings."""
    monkeypatch.setattr(experiments, "RUNS", {"quick": 4})
    monkeypatch.setattr(experiments, "SETTINGS", (statistics.CLEAN, statistics.NETWORK))
    monkeypatch.setattr(figure_data, "SHOWN", figure_data.SHOWN[:1] * 4)


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_every_figure_is_drawn_and_its_caption_says_what_bars_are(few, name):
    figure = BY_NAME[name]
    picture = paint(figure, data(name), "png")
    assert picture[:4] == b"\x89PNG"
    if name in ("risk_by_direction", "digits_observations"):
        assert "two standard errors" in figure.caption


def test_points_of_the_confidence_figure_are_those_of_the_runs(few):
    panel = data("digits_confidence")["panels"][0]
    run = training.trial(statistics.CLEAN, Run().rng("digits", 0))
    teacher, student = (training.scores(m, run.x) for m in (run.teacher, run.student[50]))
    slope = training.exaggeration(teacher, student)[0]
    x, y = np.array(panel["train"]).T
    assert np.polyfit(x, y, 1)[0] == pytest.approx(slope, abs=1e-3)
    assert slope < 1


def test_without_the_digits_a_figure_says_what_to_install(monkeypatch):
    def missing(*_):
        raise training.MissingDataError("scikit-learn is missing; pip install scikit-learn")

    monkeypatch.setattr(figure_data, "table", missing)
    monkeypatch.setattr(figure_data, "trial", missing)
    for name in ("digits_observations", "digits_confidence"):
        with pytest.raises(FigureError, match="pip install"):
            numbers(replace(BY_NAME[name]), Run())
