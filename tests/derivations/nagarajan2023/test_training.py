"""The training runs: each part against a reading of its own, and runs that depend on nothing but seed and number."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest

from derivations.nagarajan2023 import training
from derivations.nagarajan2023.training import Setting
from w2s_sym.claims.run import Run
from w2s_sym.store.disk import Store

SMALL = Setting("small", batch=16)


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """Short runs; what was trained before is not taken for them."""
    monkeypatch.setattr(training, "EARLY", 4)
    monkeypatch.setattr(training, "LATE", 16)
    training._measured.cache_clear()
    yield
    training._measured.cache_clear()


@pytest.mark.parametrize("kind", ["logistic", "network"])
@pytest.mark.parametrize("temperature", [1.0, 4.0])
def test_a_step_goes_down_the_gradient_of_the_loss(kind, temperature):
    rng = np.random.default_rng(0)
    model = tuple(rng.standard_normal(w.shape) / 3 for w in training.start(kind, rng))
    x = rng.standard_normal((7, 64))
    target = training.probabilities(rng.standard_normal((7, 10)))

    def loss(m):
        z = training.scores(m, x) / temperature
        log_sum = np.log(np.exp(z).sum(1, keepdims=True))
        return temperature**2 * -(target * (z - log_sum)).sum(1).mean()

    after = training.step(model, x, target, 0.5, temperature)
    h = 1e-5
    for i, (before, moved) in enumerate(zip(model, after, strict=True)):
        for index in [tuple(rng.integers(0, s) for s in before.shape) for _ in range(4)]:
            sides = []
            for sign in (1, -1):
                shifted = before.copy()
                shifted[index] += sign * h
                sides.append(loss((*model[:i], shifted, *model[i + 1 :])))
            slope = (sides[0] - sides[1]) / (2 * h)
            assert (before - moved)[index] == pytest.approx(0.5 * slope, abs=1e-8)


def test_confidence_is_the_logit_of_a_probability():
    z = np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]])
    p = [math.exp(2) / (math.e + math.exp(2) + math.exp(0.5)), math.exp(3) / (1 + math.exp(-1) + math.exp(3))]
    want = [math.log(q / (1 - q)) for q in p]
    np.testing.assert_allclose(training.confidence(z, np.array([1, 2])), want, rtol=1e-12)
    # Where the probability rounds to one, the logit does not.
    assert training.confidence(np.array([[60.0, 0.0]]), np.array([0]))[0] == 60


def test_exaggeration_of_a_student_that_doubles_its_teacher():
    # With two classes the logit of a class is the difference of the two logits.
    logits = np.linspace(0.5, 4, 9)
    teacher = np.stack((logits, np.zeros(9)), axis=1)
    slope, least, most = training.exaggeration(teacher, 2 * teacher - [[1, 0]])
    assert slope == pytest.approx(2)
    assert least == pytest.approx(logits[:3].mean() - 1)
    assert most == pytest.approx(logits[-3:].mean() - 1)


def test_the_matched_gap_of_filters():
    """Flow on lam = 1 and 1/4: the student stopped at 1, of a teacher stopped at 1."""
    lam = np.array([1.0, 0.25])
    labels = 1 - np.exp(-np.linspace(0, 1, 2001)[:, None] * lam)
    student = (1 - np.exp(-lam)) ** 2
    matched = 1 - (1 - student[0]) ** 0.25
    gap = training.matched_gap(student, labels)
    assert gap[0] == pytest.approx(0, abs=1e-12)
    assert gap[1] == pytest.approx(math.log(student[1] / matched), abs=1e-6)
    assert gap[1] < -0.5
    assert np.isnan(training.matched_gap(np.array([0.9, 0.1]), labels)).all()


def test_progress_is_measured_from_the_start():
    basis = np.eye(3)[:, ::-1]
    first, second = np.ones((3, 2)), np.array([[1, 1], [1, 3], [4, 5]])
    found = training.progress([(first,), (second,)], basis, 0, (slice(0, 1), slice(1, 3)))
    np.testing.assert_allclose(found, [[0, 0], [5, 2]])


def test_a_run_depends_on_the_seed_and_its_number_alone():
    three, two = (training.measured(SMALL, count, 5) for count in (3, 2))
    other = training.measured(SMALL, 2, 6)
    training._measured.cache_clear()
    again = training.measured(SMALL, 3, 5)
    for name in three:
        np.testing.assert_array_equal(three[name][:2], two[name])
        np.testing.assert_array_equal(three[name], again[name])
    assert (three["accuracy_teacher"][:2] != other["accuracy_teacher"]).any()


def test_what_a_trial_is_made_of():
    done = training.trial(Setting("noisy", noise=0.5), Run(seed=1).rng("digits", 0))
    assert (done.x.shape, done.more_x.shape) == ((300, 64), (1497, 64))
    np.testing.assert_allclose(done.x.mean(0), 0, atol=1e-6)
    assert len(done.student) == len(done.labels) == 17
    # The same architecture and time: the teacher lies on the path of training on labels.
    np.testing.assert_array_equal(done.teacher[0], done.labels[4][0])
    clean = training.trial(Setting("clean"), Run(seed=1).rng("digits", 0))
    # Settings share their splits; half of the labels are drawn afresh, a tenth of these by chance as they were.
    np.testing.assert_array_equal(done.x, clean.x)
    assert (done.y != clean.y).mean() == pytest.approx(0.45, abs=0.09)


def test_the_switched_model_starts_half_way_on_the_labels():
    done = training.trial(Setting("clean"), Run(seed=1).rng("digits", 0))
    model = done.labels[8]
    target = training.probabilities(training.scores(done.teacher, done.x))
    for _ in range(8):
        p = training.probabilities(done.x @ model[0])
        model = (model[0] - 4 * done.x.T @ (p - target) / 300,)
    np.testing.assert_allclose(done.switched[0], model[0], atol=1e-5)


def test_another_architecture_and_a_longer_teacher():
    down = training.trial(Setting("down", teacher="network"), Run(seed=1).rng("digits", 0))
    assert (len(down.teacher), len(down.student[0]), len(down.labels[0])) == (3, 1, 1)
    long = training.trial(Setting("long", steps=30), Run(seed=1).rng("digits", 0))
    short = training.trial(Setting("short"), Run(seed=1).rng("digits", 0))
    assert np.linalg.norm(long.teacher[0]) > np.linalg.norm(short.teacher[0])


def test_settings_say_what_they_are():
    assert str(Setting("a", teacher="network", noise=0.3, temperature=4, steps=9, batch=8)) == (
        "network to logistic, 30% random labels, temperature 4, teacher of 9 steps, batches of 8"
    )


def test_without_scikit_learn_it_says_what_to_install(monkeypatch):
    training.digits.cache_clear()
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(training.MissingDataError, match="pip install"):
        training.digits()
    training.digits.cache_clear()


def test_what_is_shared_is_trained_once_and_gives_the_same_digits(monkeypatch, tmp_path):
    held = Store(tmp_path)
    first = training.measured(SMALL, 2, 5, Run(shared=held))
    training._measured.cache_clear()
    monkeypatch.setattr(training, "measure", lambda *_: pytest.fail("trained again"))
    again = training.measured(SMALL, 2, 5, Run(shared=held))
    assert all(np.array_equal(first[k], again[k], equal_nan=True) and again[k].dtype == float for k in first)
    with pytest.raises(pytest.fail.Exception):  # other runs are other values
        training.measured(SMALL, 2, 6, Run(shared=held))
