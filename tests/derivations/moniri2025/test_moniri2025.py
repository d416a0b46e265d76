"""Moniri and Hassani 2025: formulas against plain matrices and numbers found by other means, and planted faults."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sympy as sp

from derivations import moniri2025
from derivations.classics import designs
from derivations.moniri2025 import figures as drawn
from derivations.moniri2025 import letters, limits, threshold, truths
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import Compare
from w2s_sym.equivalents.from_estimator import FromEstimator
from w2s_sym.evidence.simulation.moments_of_draws import LEVEL
from w2s_sym.papers.figures import numbers

RNG = np.random.default_rng(2505)


def at_levels(e: sp.Expr, levels: dict[Any, np.ndarray], numbers_: dict[Any, float]) -> float:
    """A formula in sums over levels, by numpy: each sum is written out."""
    from w2s_sym.formula.totals import Total

    found = {}
    for t in e.atoms(Total):
        inside = sp.lambdify([*levels, *numbers_], t.summand, "numpy")
        count = len(next(iter(levels.values())))
        found[t] = float(np.sum(np.broadcast_to(inside(*levels.values(), *numbers_.values()), (count,))))
    return float(e.xreplace({t: sp.Float(v, 17) for t, v in found.items()}).xreplace(numbers_))


def ridge(x: np.ndarray, lam: float) -> np.ndarray:
    """(x'x/n + lam)^{-1} x'/n."""
    n, p = x.shape
    return np.linalg.inv(x.T @ x / n + lam * np.eye(p)) @ x.T / n


def test_moments_of_the_teacher_are_those_of_matrices() -> None:
    x, lam, v, noise = RNG.standard_normal((7, 4)), 0.3, 0.6, 1.2
    fit = ridge(x, lam)
    eigenvalues = np.linalg.eigvalsh(x.T @ x / 7)
    point = {letters.n: 7, letters.lam: lam, letters.sigma2: noise, letters.v: v}
    product, square = v * np.trace(fit @ x), v * np.sum((fit @ x) ** 2) + noise * np.sum(fit**2)
    assert at_levels(threshold.product, {letters.x: eigenvalues}, point) == pytest.approx(product, rel=1e-12)
    assert at_levels(threshold.square, {letters.x: eigenvalues}, point) == pytest.approx(square, rel=1e-12)


@pytest.mark.parametrize(("lam", "gains"), [(0.04, True), (0.4, False)])
def test_a_student_with_a_design_of_its_own_gains_only_below_the_threshold(lam: float, gains: bool) -> None:
    """Exactly, for one design of the teacher: the student's eigenvectors are averaged by the formula a_2 T_2 - ..."""
    d, n, v, noise = 5, 20, 0.5, 2.0  # the threshold is noise/(n v) = 0.2
    x = RNG.standard_normal((n, d))
    fit = ridge(x, lam)
    t1, t2 = v * np.trace(fit @ x), v * np.sum((fit @ x) ** 2) + noise * np.sum(fit**2)
    z = RNG.standard_normal((9, d))
    w = np.linalg.eigvalsh(z.T @ z / 9)
    best = min(np.mean((w / (w + nu)) ** 2) * t2 - 2 * np.mean(w / (w + nu)) * t1 for nu in np.geomspace(1e-4, 10, 99))
    assert (best < t2 - 2 * t1) == gains
    # The formula itself, against random eigenvectors.
    shrink = w / (w + 0.1)
    risks = []
    for _ in range(20_000):
        q = np.linalg.qr(RNG.standard_normal((d, d)))[0]
        response = (q * shrink) @ q.T @ fit
        risks.append(v * np.sum((response @ x - np.eye(d)) ** 2) + noise * np.sum(response**2))
    formula = np.mean(shrink**2) * t2 - 2 * np.mean(shrink) * t1 + d * v
    assert abs(np.mean(risks) - formula) < 5 * np.std(risks) / np.sqrt(len(risks))


def test_the_isotropic_risks_have_their_reference_values() -> None:
    """g = 1/2, lam = 0.05, g_s = 1/4, nu = 0.1, r2 = 1, noise 1/4: computed by hand from the Stieltjes transform."""
    a = float(min(np.roots([0.5, -1.55, 1]).real))
    s = float(min(np.roots([0.25, -1.35, 1]).real))
    seen = (0.25 + (1 - a) ** 2) / (1 - 0.5 * a**2)
    point = {
        letters.n: 8, letters.N: 16, letters.lam: 0.05, letters.nu: 0.1, letters.sigma2: 0.25, limits.r2: 1.0,
        limits.a: a, limits.s: s, letters.V: seen,
    }  # fmt: skip
    levels = {letters.l: np.ones(4), letters.b: np.full(4, 0.5)}
    statement = moniri2025.ISOTROPIC.statement
    assert isinstance(statement, Compare)
    assert at_levels(statement.rhs, levels, point) == pytest.approx(0.1845303171, rel=1e-8)
    ones = np.ones(4)
    shared = {"n": 8, "lam": 0.05, "sigma2": 0.25, "Sigma": ones, "Sigma_x": ones, "beta": ones / 2}
    assert float(limits.TEACHERS_RISK.on(**shared)) == pytest.approx(0.1926645465, rel=1e-8)
    assert float(limits.STUDENTS_RISK.on(**shared, N=16, nu=0.1, Sigma_s=ones)) == pytest.approx(0.1845303171, rel=1e-8)


def test_the_threshold_of_a_truth_is_where_the_best_small_ridge_turns() -> None:
    """With many pseudo-labels the sign of the gain from a tiny ridge changes at the ridge that the claim names."""
    levels = {"Sigma": np.array([1.0, 16.0]), "Sigma_s": np.array([1.0, 16.0]), "Sigma_x": np.array([1.0, 16.0])}
    shared = {**levels, "n": 4, "sigma2": 2, "beta": np.array([1.0, 0.0]), "N": 1e9}

    def gain(lam: float) -> float:
        risks = limits.STUDENTS_RISK.on(lam=lam, nu=np.array([1e-7, 1e-4]), **shared).total
        return float(np.asarray(risks)[0] - np.asarray(risks)[1])

    low, high = 0.3, 1.0
    assert gain(low) > 0 > gain(high)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if gain(middle) > 0 else (low, middle)
    kappa, _ = designs.effective_with_ridge(levels["Sigma"], 4, low)
    wanted = 2 / 4 * np.sum(levels["Sigma"] / (levels["Sigma"] + kappa) ** 2) / (1 / (1 + kappa) ** 2)
    assert low == pytest.approx(wanted, rel=1e-2)
    assert low < 0.9  # the threshold of a truth without direction is sigma2 d/(n r2) = 1


def test_the_weighted_students_simulation_is_the_minimiser_of_its_penalty() -> None:
    z, y, penalty = RNG.standard_normal((6, 3)), RNG.standard_normal(6), np.array([0.5, 2.0, 1.0])
    fit = designs.ridge_fit(z[None], 0.3, penalty)[0] @ y
    gradient = z.T @ (z @ fit - y) / 6 + 0.3 * penalty * fit
    assert np.abs(gradient).max() < 1e-12


@pytest.mark.parametrize(
    ("claim", "rival"),
    [(moniri2025.TEACHER, 0), (moniri2025.STUDENT, 0), (moniri2025.STUDENT, 3), (truths.WEIGHTED_STUDENT, 1)],
)
def test_a_fault_planted_in_an_equivalent_is_refuted_by_the_derivation(claim: Claim, rival: int) -> None:
    assert isinstance(claim.statement, Compare)
    planted = replace(claim, statement=replace(claim.statement, rhs=claim.rivals[rival]), rivals=())
    (evidence,) = (e for e in planted.evidence if isinstance(e, FromEstimator))
    assert evidence.check(planted, Run()).verdict is Verdict.REFUTED


def test_simulated_points_of_the_figure_are_on_its_lines() -> None:
    data = numbers(drawn.FIGURES[0], Run("quick"))
    for panel in data["panels"].values():
        for series, points in panel["simulated"].items():
            line = np.interp(np.log(data["at"]), np.log(data["x"]), panel["lines"][series])
            for value, mean, error in zip(line, points["mean"], points["error"], strict=True):
                # The finite-size error is below 1/d; linear interpolation costs less than half a per cent.
                assert abs(mean - value) < LEVEL * error + (1 / drawn.D + 0.005) * value


def test_headlines_are_claims_of_the_paper() -> None:
    assert set(moniri2025.HEADLINES) <= set(moniri2025.CLAIMS)
    assert 3 <= len(moniri2025.HEADLINES) <= 5
