"""Equivalents of ridge and of ridge on ridge: known values, limits, and simulated training."""

from __future__ import annotations

import numpy as np
import pytest

from w2s_sym.forecast.ridge_equivalents import NAMES, Equivalents, Population, Ridge, Truth, ridge_roots
from w2s_sym.forecast.ridge_fits import PseudoLabelled, RidgeDesign

WEAK, STUDENT, STRONG, CEILING = (NAMES.index(name) for name in ("weak", "student", "strong", "ceiling"))


def test_the_root_of_an_isotropic_covariance_is_that_of_a_quadratic() -> None:
    """l = kappa - kappa p/(n (1 + kappa)): kappa^2 + (1 - l - p/n) kappa - l = 0."""
    p, n, penalty = 30, 20, 0.4
    b = 1 - penalty - p / n
    known = (-b + np.sqrt(b * b + 4 * penalty)) / 2
    assert ridge_roots(np.ones(p), n, np.array([penalty]))[0] == pytest.approx(known, rel=1e-12)


def test_without_penalty_it_is_least_squares() -> None:
    """V = residual/(1 - p/n) for n > p, and the ridgeless root solves df1 = n for n < p."""
    lam = np.array([2.0, 1.0, 0.5])
    c = np.array([[0.6], [0.2], [0.1]])
    residual = 1.0 - float((c[:, 0] ** 2 / lam).sum())
    trained = Ridge.of(lam, 30, 0.0).trained((c**2).sum(1), 1.0)
    assert pytest.approx(residual / (1 - 3 / 30), rel=1e-9) == trained.V
    wide = np.linspace(0.1, 2, 40)
    kappa = ridge_roots(wide, 15, np.zeros(1))[0]
    assert (wide / (wide + kappa)).sum() == pytest.approx(15, rel=1e-9)


def same(p: int = 6) -> Population:
    lam = np.linspace(2, 0.5, p)
    return Population(lam, lam, np.diag(lam))


def test_a_student_with_its_teachers_features_reproduces_it() -> None:
    truth = Truth(np.full((6, 1), 0.2), np.full((6, 1), 0.2), 1.0)
    found = Equivalents.of(same(), 20, 50, 0.0).errors(truth)
    assert found[STUDENT] == pytest.approx(found[WEAK], rel=1e-9)
    assert found[STRONG] == pytest.approx(found[WEAK], rel=1e-12)
    assert found[CEILING] < found[STRONG]


def test_an_infinite_penalty_predicts_the_mean() -> None:
    truth = Truth(np.full((6, 1), 0.2), np.full((6, 1), 0.2), 1.0)
    found = Equivalents.of(same(), 20, 50, 1e14).errors(truth)
    for k in (WEAK, STRONG):
        assert found[k] == pytest.approx(1 + 1 / 20, rel=1e-9)
    # The student inherits the teacher's intercept and adds nothing of its own.
    assert found[STUDENT] == pytest.approx(1 + 1 / 20, rel=1e-9)
    assert found[CEILING] == pytest.approx(1 + 1 / 70, rel=1e-9)


@pytest.mark.parametrize(("n", "N", "penalty"), [(60, 100, 5.0), (60, 100, None), (25, 40, 20.0)])
def test_simulated_training_has_the_equivalents_errors(n: int, N: int, penalty: float | None) -> None:
    """Gaussian features, fewer and more rows than directions; equivalents are off by a few parts in n."""
    rng = np.random.default_rng(5)
    p_w, p_s, runs = 20, 30, 400
    mix_w = rng.standard_normal((40, p_w)) / 6
    mix_s = rng.standard_normal((40, p_s)) / 6
    b = rng.standard_normal((40, 1)) / 6
    noise = 0.5
    lam_w, axes_w = np.linalg.eigh(mix_w.T @ mix_w)
    lam_s, axes_s = np.linalg.eigh(mix_s.T @ mix_s)
    to_w, to_s = mix_w @ axes_w[:, ::-1], mix_s @ axes_s[:, ::-1]
    population = Population(lam_w[::-1], lam_s[::-1], to_s.T @ to_w)
    truth = Truth(to_w.T @ b, to_s.T @ b, float((b**2).sum()) + noise)
    said = Equivalents.of(population, n, N, penalty).errors(truth)

    def population_error(slopes: np.ndarray, intercept: np.ndarray, c: np.ndarray, lam: np.ndarray) -> float:
        return float(truth.total - 2 * (slopes * c).sum() + (lam[:, None] * slopes**2).sum() + intercept @ intercept)

    logs = []
    for _ in range(runs):
        z, pool = rng.standard_normal((n, 40)), rng.standard_normal((N, 40))
        y = z @ b + np.sqrt(noise) * rng.standard_normal((n, 1))
        teacher = RidgeDesign.of(z @ to_w).fit(z @ to_w, y, penalty)
        student = PseudoLabelled.of(pool @ to_w, pool @ to_s).fit(teacher, penalty)
        strong = RidgeDesign.of(z @ to_s).fit(z @ to_s, y, penalty)
        logs.append(
            [
                population_error(teacher.slopes, teacher.intercept, truth.c_w, population.lam_w),
                population_error(student.slopes, student.intercept, truth.c_s, population.lam_s),
                population_error(strong.slopes, strong.intercept, truth.c_s, population.lam_s),
            ]
        )
    seen, error = np.mean(logs, 0), np.std(logs, 0) / np.sqrt(runs)
    # A given penalty: O(1/n). The best one is chosen from n labels, which costs its own part of the same order.
    slack = (2 if penalty is not None else 4) / n
    assert np.abs(seen / said[[WEAK, STUDENT, STRONG]] - 1).max() < slack + 4.9 * (error / seen).max()


def test_a_wrong_order_of_the_two_bases_is_seen() -> None:
    """Teeth: with the cross moment transposed the student's error moves by more than the simulation allows."""
    rng = np.random.default_rng(6)
    lam = np.linspace(2, 0.1, 8)
    cross = rng.standard_normal((8, 8)) / 8
    truth = Truth(cross[0][:, None] / 2, cross[:, 1][:, None] / 2, 1.0)
    right = Equivalents.of(Population(lam, lam, cross), 20, 40, 1.0).errors(truth)[STUDENT]
    wrong = Equivalents.of(Population(lam, lam, cross.T), 20, 40, 1.0).errors(truth)[STUDENT]
    assert abs(right / wrong - 1) > 1e-3


@pytest.mark.parametrize("share", [0.2, 0.9])
def test_the_share_of_the_signal_that_makes_an_error_is_found(share: float) -> None:
    """The error with the rest of the signal as noise tells the share; a smaller error than with all of it tells 1."""
    lam, energy = np.linspace(0.01, 2, 40), np.linspace(0.002, 0.03, 40)
    ridge = Ridge.of(lam, 30)
    error = ridge.trained(share * energy, 1.5).error
    assert ridge.explained_share(energy, 1.5, error) == pytest.approx(share, rel=1e-9)
    assert ridge.explained_share(energy, 1.5, 0.9 * ridge.trained(energy, 1.5).error) == 1
    assert ridge.explained_share(energy, 1.5, 3.0) == 0
