"""Ridge on rows at hand: against normal equations, against leaving points out one by one, and students without rows."""

from __future__ import annotations

import numpy as np
import pytest

from w2s_sym.forecast.ridge_fits import PseudoLabelled, PseudoRows, RidgeDesign, solved


def drawn(rows: int, p: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, p)) * np.linspace(0.2, 2, p) + 3
    return x, x[:, :2] @ rng.standard_normal((2, 3)) + rng.standard_normal((rows, 3)) - 1


def by_hand(x: np.ndarray, y: np.ndarray, penalty: float) -> tuple[np.ndarray, np.ndarray]:
    """Slopes and intercept by the normal equations of (1, x), of which the intercept is not penalised."""
    with_one = np.hstack([np.ones((len(x), 1)), x])
    shrink = penalty * np.eye(with_one.shape[1])
    shrink[0, 0] = 0
    b = np.linalg.solve(with_one.T @ with_one + shrink, with_one.T @ y)
    return b[1:], b[0]


@pytest.mark.parametrize(("rows", "p"), [(40, 7), (9, 12)])
def test_a_fit_solves_the_normal_equations(rows: int, p: int) -> None:
    x, y = drawn(rows, p)
    slopes, intercept = by_hand(x, y, 2.5)
    for model in (RidgeDesign.of(x).fit(x, y, 2.5), solved(x, y, 2.5)):
        assert model.slopes == pytest.approx(slopes, abs=1e-9)
        assert model.intercept == pytest.approx(intercept, abs=1e-8)
    assert model(x[:2]) == pytest.approx(x[:2] @ slopes + intercept, abs=1e-8)


@pytest.mark.parametrize(("rows", "p"), [(15, 6), (8, 20)])
def test_leave_one_out_is_leaving_one_out(rows: int, p: int) -> None:
    x, y = drawn(rows, p)
    penalties = np.array([0.3, 30.0])
    losses_by_hand = []
    for penalty in penalties:
        losses = []
        for i in range(rows):
            others = np.arange(rows) != i
            slopes, intercept = by_hand(x[others], y[others], penalty)
            losses.append(((x[i] @ slopes + intercept - y[i]) ** 2).sum())
        losses_by_hand.append(np.mean(losses))
    assert RidgeDesign.of(x).left_out(x, y, penalties) == pytest.approx(losses_by_hand, rel=1e-9)


def test_generalised_cross_validation_is_its_definition() -> None:
    x, y = drawn(25, 6)
    with_one = np.hstack([np.ones((25, 1)), x])
    shrink = 4.0 * np.diag([0.0] + [1.0] * 6)
    hat = with_one @ np.linalg.solve(with_one.T @ with_one + shrink, with_one.T)
    score = ((y - hat @ y) ** 2).sum() / 25 / (1 - np.trace(hat) / 25) ** 2
    assert RidgeDesign.of(x).project(x, y).scores(np.array([4.0]))[0] == pytest.approx(score, rel=1e-9)


def test_the_best_penalty_shrinks_noise_and_keeps_a_signal() -> None:
    rng = np.random.default_rng(2)
    x = rng.standard_normal((60, 10))
    noise = RidgeDesign.of(x).fit(x, rng.standard_normal((60, 1)))
    signal = RidgeDesign.of(x).fit(x, x[:, :1] + 1e-3 * rng.standard_normal((60, 1)))
    assert np.abs(noise.slopes).max() < 0.2
    assert signal.slopes[0, 0] == pytest.approx(1, abs=1e-2)
    assert signal.penalty < noise.penalty


@pytest.mark.parametrize("penalty", [None, 1.5])
def test_a_student_is_fitted_without_its_rows(penalty: float | None) -> None:
    x_w, y = drawn(30, 5)
    rng = np.random.default_rng(3)
    pool_w, pool_s = rng.standard_normal((80, 5)) + 1, rng.standard_normal((80, 9))
    teacher = RidgeDesign.of(x_w).fit(x_w, y, 1.0)
    direct = RidgeDesign.of(pool_s).fit(pool_s, teacher(pool_w), penalty)
    for pool in (PseudoLabelled.of(pool_w, pool_s), PseudoRows(pool_w, pool_s)):
        student = pool.fit(teacher, penalty)
        assert student.penalty == direct.penalty
        assert student.slopes == pytest.approx(direct.slopes, abs=1e-10)
        assert student.intercept == pytest.approx(direct.intercept, abs=1e-10)


def test_the_population_stands_for_its_rows() -> None:
    """Rows whose second moments are the population's give the same student."""
    rng = np.random.default_rng(4)
    x_w, x_s = rng.standard_normal((90, 4)), rng.standard_normal((90, 6))
    x_w, x_s = x_w - x_w.mean(0), x_s - x_s.mean(0)
    x_w, x_s = (x @ np.linalg.eigh(x.T @ x)[1][:, ::-1] for x in (x_w, x_s))
    lam_w, lam_s = ((x**2).sum(0) / 90 for x in (x_w, x_s))
    teacher = RidgeDesign.of(x_w[:20]).fit(x_w[:20], x_s[:20, :2] + 1, 2.0)
    of_rows = PseudoLabelled.of(x_w, x_s).fit(teacher)
    alone = PseudoLabelled.of_population(lam_w, lam_s, x_s.T @ x_w / 90, 90).fit(teacher)
    assert alone.penalty == pytest.approx(of_rows.penalty)
    assert alone.slopes == pytest.approx(of_rows.slopes, abs=1e-9)
    assert alone.intercept == pytest.approx(of_rows.intercept, abs=1e-9)


def test_features_without_variance_predict_the_mean() -> None:
    x, y = np.ones((6, 3)), np.arange(6.0)[:, None]
    assert RidgeDesign.of(x).fit(x, y)(x[:1]) == pytest.approx(y.mean())
