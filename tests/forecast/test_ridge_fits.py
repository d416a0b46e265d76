"""Ridge on rows at hand: against normal equations, against leaving points out one by one, and students without rows."""

from __future__ import annotations

import numpy as np
import pytest

from w2s_sym.forecast.forecast import plan
from w2s_sym.forecast.ridge_equivalents import Equivalents, Population, Truth
from w2s_sym.forecast.ridge_fits import GRID, PseudoLabelled, PseudoRows, RidgeDesign, relative_grid, solved


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


@pytest.mark.parametrize("law", ["even", "falling", "fast", "square", "a hundred times"])
def test_ordinary_spectra_have_the_penalties_they_always_had(law: str) -> None:
    """Two a decade from 1e-8 to 10 times the trace: bit for bit those of the measured tables."""
    rng = np.random.default_rng(5)
    rows, p = (60, 60) if law == "square" else (200, 50)
    scale = {"falling": np.arange(1, p + 1) ** -1.0, "fast": np.arange(1, p + 1) ** -1.5}.get(law, np.ones(p))
    if law == "a hundred times":
        scale[3] = 100
    design = RidgeDesign.of(rng.standard_normal((rows, p)) * scale)
    assert relative_grid(scale**2 / (scale**2).sum()) is GRID
    assert np.array_equal(design.grid(), rows * design.spread * np.logspace(-8, 1, 19))


@pytest.mark.parametrize("large", [1e3, 1e4, 1e5, 1e6, 1e9])
def test_penalties_reach_below_the_bulk_two_a_decade_and_not_for_ever(large: float) -> None:
    scale = np.append(np.ones(40), large)
    shares = scale**2 / (scale**2).sum()
    found = relative_grid(shares)
    assert np.diff(np.log10(found)) == pytest.approx(0.5)
    assert found[-1] == 10
    assert len(found) <= 29
    if large <= 1e5:  # beyond, the bulk is lost in rounding
        assert found[0] <= 0.1 * shares.min() * (1 + 1e-9)


def beside_a_large_one(rows: int, seed: int, size: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weak and strong features with labels; one strong column, which says nothing, is of this size, the others of 1."""
    rng = np.random.default_rng(seed)
    strong = rng.standard_normal((rows, 30))
    y = strong.sum(1, keepdims=True) / np.sqrt(30) + 0.4 * rng.standard_normal((rows, 1))
    weak = strong[:, :15] + 0.5 * rng.standard_normal((rows, 15))
    return weak, np.hstack([strong, size * rng.standard_normal((rows, 1))]), y


@pytest.mark.parametrize("rows", [20, 90])
def test_a_large_column_does_not_move_the_best_penalty_out_of_reach(rows: int) -> None:
    """The error is that of the best of many penalties by the normal equations, within what choosing one costs."""
    _, x, y = beside_a_large_one(rows, 6, 1e5)
    _, test, true = beside_a_large_one(4000, 7, 1e5)
    errors = []
    for penalty in np.logspace(-3, 5, 33):
        slopes, intercept = by_hand(x, y, penalty)
        errors.append(float(((test @ slopes + intercept - true) ** 2).mean()))
    seen = float(((RidgeDesign.of(x).fit(x, y)(test) - true) ** 2).mean())
    assert seen < 1.1 * min(errors)
    assert min(errors) < 0.8 * float(true.var())


def test_a_plan_with_a_large_column_is_that_of_the_other_columns() -> None:
    """An error of the strong model that normal equations have with the large column, and the choice that follows."""
    weak, strong, y = beside_a_large_one(2000, 8, 1e4)
    found = plan(weak, strong, y[:300], n=100, N=1000)
    errors = []
    for run in range(20):
        _, x, labels = beside_a_large_one(100, 100 + run, 1e4)
        _, test, true = beside_a_large_one(2000, 500 + run, 1e4)
        slopes, intercept = by_hand(x, labels, 4.0)  # of |b|^2 = 1 at 0.16 of noise: near the best for 30 columns
        errors.append(float(((test @ slopes + intercept - true) ** 2).mean()))
    assert found.best == "strong"
    assert found.doubts == ()
    assert found.errors["strong"].mean.low < np.mean(errors) < found.errors["strong"].mean.high


def test_equivalents_choose_below_the_bulk_too() -> None:
    """A direction without signal costs one label of 100; it must not hide 30 others."""
    lam, c = np.append(1e8, np.ones(30)), np.append(0.0, np.full(30, 30**-0.5))[:, None]
    both = Equivalents.of(Population(lam, lam, np.diag(lam)), 100, 1000)
    alone = Equivalents.of(Population(lam[1:], lam[1:], np.diag(lam[1:])), 99, 1000)
    with_large, without = both.errors(Truth(c, c, 1.16)), alone.errors(Truth(c[1:], c[1:], 1.16))
    assert with_large[1:] == pytest.approx(without[1:], rel=0.02)
