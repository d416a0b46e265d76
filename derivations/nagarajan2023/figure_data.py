"""Numbers of the figures: filters, linear runs, and runs on digits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import sympy as sp
from threadpoolctl import threadpool_limits

from derivations.nagarajan2023.experiments import MEASURED, table
from derivations.nagarajan2023.linear import LINEAR_RISK, WIDTH, descend, design
from derivations.nagarajan2023.statistics import CLEAN, NETWORK, NOISY, WARM
from derivations.nagarajan2023.training import EARLY, LATE, MissingDataError, Setting, confidence, scores, trial
from w2s_sym import FigureError, Run, figures, filters, mean_and_error, symbol

RATIO = 0.2  # lam_2/lam_1 of the filter figures; lam_1 = 1
TEACHERS = (0.5, 1.0, 2.0)
TEACHER_LOOKS = (figures.BLUE, figures.ORANGE, figures.GREEN)
TIME = symbol("t", "training time", positive=True)

# -- filters -------------------------------------------------------------------------------------------------


@cache
def _flow() -> Any:
    """The gain of gradient flow as a function of eigenvalue and time, from its filter."""
    return sp.lambdify((filters.LAM, TIME), filters.flow(TIME).gain(filters.LAM), modules="numpy")


def gain(lam: Any, time: Any) -> np.ndarray:
    """Progress of gradient flow; arrays broadcast."""
    return np.asarray(_flow()(np.asarray(lam, dtype=float), np.asarray(time, dtype=float)))


def trajectory_data(run: Run) -> Mapping[str, Any]:
    """Progress of teacher, student and endless student on two directions, against time."""
    time = np.linspace(0, 8, 161)
    stop = TEACHERS[1]
    directions = []
    for lam in (1.0, RATIO):
        end = float(gain(lam, stop))
        directions.append({"lam": lam, "teacher": gain(lam, time), "student": gain(lam, time) * end, "end": end})
    return {"time": time, "stop": stop, "directions": directions}


def plane_data(run: Run) -> Mapping[str, Any]:
    """The paths in the plane of the two progresses, and how far below training on labels a student is."""
    time = np.concatenate((np.linspace(0, 4, 81), np.geomspace(4.1, 60, 80)))
    labels = _path(time, 1.0, 1.0)
    students = []
    for stop in TEACHERS:
        path = _path(time, *(float(gain(lam, stop)) for lam in (1.0, RATIO)))
        # Where training on labels has the same progress on direction 1, what it has on direction 2.
        matched = gain(RATIO, -np.log1p(-path["first"]))
        students.append({"stop": stop, **path, "share": path["second"][1:] / matched[1:]})
    return {**labels, "students": students}


def _path(time: np.ndarray, first: float, second: float) -> dict[str, np.ndarray]:
    """Progress on both directions of the flow towards these points."""
    return {"first": gain(1.0, time) * first, "second": gain(RATIO, time) * second}


def region_data(run: Run) -> Mapping[str, Any]:
    """The student's risk over its matched teacher's, summed over two directions, by stopping time and noise.

    For each stopping time of the student's teacher and each noise: the student trains as long as its teacher; the
    matched teacher is training on labels stopped at the same progress on direction 1. Truth (1, 1).
    """
    stop = np.geomspace(0.1, 30, 120)
    noise = np.geomspace(1e-2, 1e1, 120)
    lam = np.array([1.0, RATIO])[:, None]
    student = gain(lam, stop) ** 2
    # The flow's time at which its progress on direction 1 is the student's.
    matched = gain(lam, -np.log1p(-student[0]))

    def risk(a: np.ndarray) -> np.ndarray:
        return np.asarray(((1 - a) ** 2)[:, None, :] + (a**2 / lam)[:, None, :] * noise[None, :, None])

    total = risk(student).sum(0) / risk(matched).sum(0)
    return {"stop": stop, "noise": noise, "ratio": np.round(total, 9)}


# -- linear runs against the filters --------------------------------------------------------------------------

LINEAR = {"eta": 0.5, "K": 6, "k": 6, "b": 1.0, "sigma2": 0.5}
EIGENVALUES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
DRAWS = {"quick": 16384, "standard": 65536, "deep": 131072}


def linear_data(run: Run) -> Mapping[str, Any]:
    """Squared errors by direction of gradient descent on Gaussian designs: student, and training on labels."""
    draws = DRAWS[run.effort]
    rng = run.rng("linear")

    def compute() -> Any:
        lam = np.broadcast_to(np.array(EIGENVALUES), (draws, WIDTH))
        x, basis = design(rng, draws, lam)
        truth = basis @ np.full((WIDTH, 1), LINEAR["b"])
        y = x @ truth + math.sqrt(LINEAR["sigma2"]) * rng.standard_normal((draws, x.shape[1], 1))
        teacher = descend(x, y, LINEAR["eta"], int(LINEAR["K"]))
        student = descend(x, x @ teacher, LINEAR["eta"], int(LINEAR["k"]))
        errors = [(basis.transpose(0, 2, 1) @ (fit - truth))[:, :, 0] ** 2 for fit in (teacher, student)]
        return [[v.tolist() for v in mean_and_error(e)] for e in errors]

    (teacher, teacher_error), (student, student_error) = figures.kept(run, "linear", compute)
    line = np.geomspace(0.04, 1.8, 80)
    rhs = LINEAR_RISK.to_numpy()
    return {
        "lam": EIGENVALUES,
        "line": line,
        "student": {"theory": rhs(lam=line, **LINEAR), "mean": student, "error": student_error},
        # A student of very many steps is its teacher.
        "teacher": {"theory": rhs(lam=line, **{**LINEAR, "k": 10000}), "mean": teacher, "error": teacher_error},
    }


# -- runs on digits -------------------------------------------------------------------------------------------

# Settings whose points are drawn, and the student's steps.
SHOWN = ((CLEAN, EARLY), (WARM, EARLY), (NETWORK, LATE), (NOISY, LATE))
POINTS = {"quick": 1, "standard": 3, "deep": 6}  # runs whose points are drawn


def _need_digits(work: Any) -> Any:
    try:
        return work()
    except MissingDataError as problem:
        raise FigureError(str(problem)) from problem


def logit_data(run: Run) -> Mapping[str, Any]:
    """Confidence of teacher and student in the teacher's class on the points of a few runs, by setting."""

    def one(setting: Setting, steps: int) -> dict[str, Any]:
        found: dict[str, Any] = {"setting": f"{setting}, student {steps} steps", "train": [], "test": []}
        for i in range(POINTS[run.effort]):
            with threadpool_limits(1, user_api="blas"):
                done = trial(setting, Run(seed=run.seed).rng("digits", i))
            for name, x in (("train", done.x), ("test", done.more_x[::4])):
                theirs, own = scores(done.teacher, x), scores(done.student[steps], x)
                classes = theirs.argmax(1)
                pairs = np.stack((confidence(theirs, classes), confidence(own, classes)), axis=1)
                found[name] += np.round(pairs, 4).tolist()
        return found

    found: Mapping[str, Any] = _need_digits(lambda: {"panels": [one(*shown) for shown in SHOWN]})
    return found


def observations_data(run: Run) -> Mapping[str, Any]:
    """The table of all that was measured, by statistic."""
    rows = _need_digits(lambda: table(run))
    return {
        "runs": max(r.runs for r in rows),
        "statistics": [
            {
                "name": name,
                "rows": [{"setting": r.setting, "mean": r.mean, "error": r.error} for r in rows if r.statistic == name],
            }
            for name in MEASURED
        ],
    }
