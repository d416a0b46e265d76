"""Training runs behind the observations of Nagarajan et al. (2023): digits, two models, plain gradient descent.

One run draws a split of scikit-learn's digits (8 x 8 pixels, ten classes), trains a teacher on the labels, a student
on the teacher's probabilities, and the student's architecture on the labels; it returns what is measured. The models
are multinomial logistic regression from zero and a network with one hidden layer of rectified units; all that trains
from one initial point in a run starts from the same one.

Numpy in single precision, but for the data: they come with scikit-learn, which is an optional extra.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from w2s_sym import Run

CLASSES, HIDDEN, TRAIN = 10, 32, 300
# Steps of a student that has as much time as its teacher, and of one that has plenty.
EARLY, LATE = 50, 200
STEP: Mapping[str, float] = {"logistic": 4.0, "network": 1.0}
# Eigenvectors of a layer's input covariance, from the largest eigenvalue: where progress is matched, and compared.
TOP, MIDDLE, LOW = slice(0, 4), slice(4, 10), slice(20, 40)
HIDDEN_LOW = slice(8, 20)

Model = tuple[np.ndarray, ...]
Points = tuple[np.ndarray, np.ndarray]


class MissingDataError(ImportError):
    """The digits are not there. The message says what to install."""


@dataclass(frozen=True)
class Setting:
    """One kind of run.

    Architectures are keys of :data:`STEP`; ``noise`` is the share of labels drawn afresh from all classes; the teacher
    takes ``steps`` steps, 0 for as many as its student; ``batch`` points make a step, 0 for all of them.
    """

    name: str
    teacher: str = "logistic"
    student: str = "logistic"
    noise: float = 0.0
    temperature: float = 1.0
    steps: int = 0
    batch: int = 0

    def __str__(self) -> str:
        both = self.teacher if self.teacher == self.student else f"{self.teacher} to {self.student}"
        words = [both, f"{self.noise:.0%} random labels" if self.noise else "clean labels"]
        words += [f"temperature {self.temperature:g}"] if self.temperature != 1 else []
        words += [f"teacher of {self.steps} steps"] if self.steps else []
        words += [f"batches of {self.batch}"] if self.batch else []
        return ", ".join(words)


@cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Pixels in [0, 1], shape (1797, 64), and classes; raises :class:`MissingDataError` without scikit-learn."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise MissingDataError(
            "scikit-learn has the digits and is missing; pip install 'w2s-sym[experiments]'"
        ) from None
    found = load_digits()
    return np.asarray(found.data / 16, dtype=np.float32), np.asarray(found.target)


# -- models ---------------------------------------------------------------------------------------------------


def start(kind: str, rng: np.random.Generator, columns: int = 64, classes: int = CLASSES) -> Model:
    """Weights before training: zero for logistic regression, else first layer, its offsets, second layer."""
    if kind == "logistic":
        return (np.zeros((columns, classes), np.float32),)
    first, last = (rng.standard_normal(shape, np.float32) for shape in ((columns, HIDDEN), (HIDDEN, classes)))
    return first / math.sqrt(columns), np.zeros(HIDDEN, np.float32), last / math.sqrt(HIDDEN)


def inputs(model: Model, x: np.ndarray) -> list[np.ndarray]:
    """What each layer sees of the points x."""
    return [x] if len(model) == 1 else [x, np.maximum(x @ model[0] + model[1], 0)]


def scores(model: Model, x: np.ndarray) -> np.ndarray:
    """The logits of the classes; shape (points, classes)."""
    return np.asarray(inputs(model, x)[-1] @ model[-1])


def probabilities(z: np.ndarray) -> np.ndarray:
    """Softmax along the last axis."""
    raised = np.exp(z - z.max(-1, keepdims=True))
    return np.asarray(raised / raised.sum(-1, keepdims=True))


def step(model: Model, x: np.ndarray, target: np.ndarray, size: float, temperature: float) -> Model:
    """One step of gradient descent on the mean cross-entropy to ``target``, times the temperature squared."""
    seen = inputs(model, x)
    slope = (probabilities(seen[-1] @ model[-1] / temperature) - target) * (temperature / len(x))
    last = model[-1] - size * (seen[-1].T @ slope)
    if len(model) == 1:
        return (last,)
    back = (slope @ model[-1].T) * (seen[-1] > 0)
    return model[0] - size * (x.T @ back), model[1] - size * back.sum(0), last


@dataclass(frozen=True)
class Training:
    """How one model is trained: the points, the step, the batches."""

    x: np.ndarray
    size: float
    batch: int
    rng: np.random.Generator = field(repr=False)

    def path(self, model: Model, target: np.ndarray, steps: int, temperature: float = 1.0) -> list[Model]:
        """The model before each step and after the last; length steps + 1."""
        found = [model]
        for _ in range(steps):
            x, t = self.x, target
            if self.batch:
                chosen = self.rng.integers(0, len(x), self.batch)
                x, t = x[chosen], t[chosen]
            found.append(step(found[-1], x, t, self.size, temperature))
        return found


# -- what is measured -----------------------------------------------------------------------------------------


def progress(path: list[Model], basis: np.ndarray, layer: int, groups: tuple[slice, ...]) -> np.ndarray:
    """How far the layer has moved from its start along groups of eigenvectors; shape (models, groups)."""
    moved = np.stack([basis.T @ (m[layer] - path[0][layer]) for m in path])
    return np.stack([np.sqrt((moved[:, g] ** 2).sum((1, 2))) for g in groups], axis=1)


def matched_gap(student: np.ndarray, teacher: np.ndarray) -> np.ndarray:
    """log of the student's progress over the teacher's, by group, when the teacher first has its progress on the first.

    ``student`` has one number per group, ``teacher`` one row per step. All nan when the teacher never gets there.
    """
    there = np.flatnonzero(teacher[:, 0] >= student[0])
    if not len(there) or there[0] == 0:
        return np.full(len(student), np.nan)
    before, after = teacher[there[0] - 1], teacher[there[0]]
    share = (student[0] - before[0]) / (after[0] - before[0])
    return np.asarray(np.log(student / (before + share * (after - before))))


def confidence(z: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """logit of the probability of each point's class, from logits of classes, without rounding near 0 and 1."""
    rest = z.astype(float)
    own = rest[np.arange(len(z)), classes]
    rest[np.arange(len(z)), classes] = -np.inf
    top = rest.max(1)
    return np.asarray(own - top - np.log(np.exp(rest - top[:, None]).sum(1)))


def exaggeration(teacher: np.ndarray, student: np.ndarray) -> tuple[float, float, float]:
    """From logits of classes: the least-squares slope of the student's confidence on the teacher's, in the teacher's
    class; and the mean of student minus teacher over the quarter of points of least and of most teacher confidence."""
    classes = teacher.argmax(1)
    theirs, own = confidence(teacher, classes), confidence(student, classes)
    slope = float(np.cov(theirs, own)[0, 1] / theirs.var(ddof=1))
    low, high = np.quantile(theirs, (0.25, 0.75))
    return slope, float((own - theirs)[theirs <= low].mean()), float((own - theirs)[theirs >= high].mean())


def _basis(layer_input: np.ndarray) -> np.ndarray:
    """Eigenvectors of the covariance as columns, the largest eigenvalue first."""
    centred = layer_input.astype(float)
    centred -= centred.mean(0)
    return np.asarray(np.linalg.eigh(centred.T @ centred)[1][:, ::-1])


@dataclass(frozen=True)
class Trial:
    """The models and points of one run."""

    x: np.ndarray
    y: np.ndarray
    more_x: np.ndarray
    more_y: np.ndarray
    teacher: Model
    student: list[Model]
    labels: list[Model]
    switched: Model

    def accuracy(self, model: Model) -> float:
        """On the points that nothing was trained on; their labels are clean."""
        return float((scores(model, self.more_x).argmax(1) == self.more_y).mean())


def trial(setting: Setting, rng: np.random.Generator, points: Points | None = None) -> Trial:
    """One run of the pipeline. ``labels`` is the student's architecture on the labels, for as long as the student.

    ``points`` are rows of shape (points, columns), float32, with their classes; the digits by default.
    """
    pixels, classes = digits() if points is None else points
    several = int(classes.max()) + 1
    order = rng.permutation(len(pixels))
    train, rest = order[:TRAIN], order[TRAIN:]
    centre = pixels[train].mean(0)
    x, y = pixels[train] - centre, classes[train].copy()
    wrong = rng.random(TRAIN) < setting.noise
    y[wrong] = rng.integers(0, several, int(wrong.sum()))
    one_hot = np.eye(several, dtype=np.float32)[y]
    starts = {kind: start(kind, rng, x.shape[1], several) for kind in STEP}

    def training(kind: str) -> Training:
        return Training(x, STEP[kind], setting.batch, rng)

    own = training(setting.student).path(starts[setting.student], one_hot, LATE)
    # The same architecture for as long as its student: the teacher is a point of that path.
    teacher = own[EARLY]
    if setting.steps or setting.teacher != setting.student:
        teacher = training(setting.teacher).path(starts[setting.teacher], one_hot, setting.steps or EARLY)[-1]
    shown = probabilities(scores(teacher, x) / setting.temperature)
    student = training(setting.student).path(starts[setting.student], shown, LATE, setting.temperature)
    half = training(setting.student).path(own[LATE // 2], shown, LATE - LATE // 2, setting.temperature)
    return Trial(
        x=x,
        y=y,
        more_x=pixels[rest] - centre,
        more_y=classes[rest],
        teacher=teacher,
        student=student,
        labels=own,
        switched=half[-1],
    )


def measure(setting: Setting, rng: np.random.Generator, points: Points | None = None) -> dict[str, float]:
    """What one run says, by name; ``points`` as in :func:`trial`.

    ``early`` is the student after EARLY steps, ``late`` after LATE.

    ``gap_*``: :func:`matched_gap` of the early student to training on labels, on MIDDLE or LOW of the pixels, and on
    HIDDEN_LOW of the hidden units. ``slope_*``, ``least_*``, ``most_*``: :func:`exaggeration`. ``accuracy_*``: on
    points not trained on. ``fitted``: the share of its own labels that the teacher reproduces.
    """
    run = trial(setting, rng, points)
    early, late = run.student[EARLY], run.student[LATE]
    found: dict[str, float] = {}
    for layer, seen in zip((0, 2), inputs(run.labels[EARLY], run.x), strict=False):
        groups = (TOP, MIDDLE, LOW) if layer == 0 else (TOP, HIDDEN_LOW)
        basis = _basis(seen)
        gaps = matched_gap(
            progress([run.student[0], early], basis, layer, groups)[1], progress(run.labels, basis, layer, groups)
        )
        seen_as = ("gap_middle", "gap_low") if layer == 0 else ("gap_hidden_low",)
        found.update(zip(seen_as, gaps[1:].tolist(), strict=True))
    for when, model in (("early", early), ("late", late)):
        for where, at in (("train", run.x), ("test", run.more_x)):
            values = exaggeration(scores(run.teacher, at), scores(model, at))
            names = (f"slope_{when}_{where}", f"least_{when}_{where}", f"most_{when}_{where}")
            found.update(zip(names, values, strict=True))
    models = (run.teacher, early, late, run.labels[LATE], run.switched)
    for name, model in zip(("teacher", "early", "late", "labels", "switched"), models, strict=True):
        found[f"accuracy_{name}"] = run.accuracy(model)
    found["fitted"] = float((scores(run.teacher, run.x).argmax(1) == run.y).mean())
    return found


def measured(setting: Setting, count: int, seed: int, run: Run | None = None) -> dict[str, np.ndarray]:
    """By name, one value per run. A run depends on the seed and its number alone; settings share their splits.

    What several claims and a figure measure on the same runs is trained once: it is kept in what ``run`` shares.
    """
    key = f"digits/{setting!r}/{count}/{seed}"
    found = run.shared.get(key) if run is not None else None
    if found is None:
        found = _measured(setting, count, seed)
        if run is not None:
            run.shared.put(key, {name: values.tolist() for name, values in found.items()})
    return {name: np.array(values, dtype=float) for name, values in found.items()}


# In a process that keeps nothing the same runs are trained once, too.
@cache
def _measured(setting: Setting, count: int, seed: int) -> Any:
    # One thread: sums in another order have other last digits, and training carries them on.
    with threadpool_limits(1, user_api="blas"):
        rows = [measure(setting, Run(seed=seed).rng("digits", i)) for i in range(count)]
    return {name: np.array([r[name] for r in rows]) for name in rows[0]}
