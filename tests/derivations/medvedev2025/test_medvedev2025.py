"""Medvedev et al. 2025: formulas against plain matrices and numbers found by other means, and planted faults."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from derivations import medvedev2025
from derivations.medvedev2025 import descent, features, population, runs
from derivations.medvedev2025 import figures as drawn
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import Compare
from w2s_sym.equivalents.from_estimator import FromEstimator
from w2s_sym.evidence.simulation.moments_of_draws import LEVEL
from w2s_sym.papers.figures import numbers

RNG = np.random.default_rng(2503)


def test_no_student_is_below_the_bound_and_one_attains_it() -> None:
    """Projecting teachers in five dimensions, and students that are any self-adjoint contractions of them."""
    least = np.inf
    for _ in range(3000):
        rank = int(RNG.integers(1, 5))
        q = np.linalg.qr(RNG.standard_normal((5, rank)))[0]
        u = RNG.standard_normal(5)
        u /= np.linalg.norm(u)
        v = q @ q.T @ u
        basis = np.linalg.qr(RNG.standard_normal((5, 5)))[0]
        student = (basis * RNG.uniform(0, 1, 5)) @ basis.T @ v
        loss = float(((u - v) ** 2).sum())
        sharp = (np.sqrt(1 + 3 * loss) - np.sqrt(1 - loss)) ** 2 / 4
        excess = float(((student - u) ** 2).sum()) / sharp
        assert excess > 1 - 1e-12
        assert sharp >= 0.75 * loss**2
        least = min(least, excess)
    # In the plane: the point of the ball with diameter [0, v] that is next to u, for L = 0.1 and for L = 2/3.
    for loss, wanted in ((0.1, 0.0091673087), (2 / 3, 1 / 3)):
        angle = np.arcsin(np.sqrt(loss))
        u, v = np.array([1.0, 0.0]), np.cos(angle) * np.array([np.cos(angle), np.sin(angle)])
        turn = np.linspace(0, 2 * np.pi, 200_001)
        ball = v[:, None] / 2 + np.linalg.norm(v) / 2 * np.array([np.cos(turn), np.sin(turn)])
        assert ((ball - u[:, None]) ** 2).sum(0).min() == pytest.approx(wanted, rel=1e-7)


def test_the_teachers_risk_at_matrices_is_that_of_its_eigenvalues() -> None:
    """Fourteen labels, seven features and twelve directions; the truth is no eigenvector."""
    v = np.linalg.qr(np.random.default_rng(101).standard_normal((12, 12)))[0]
    sigma = v @ np.diag(np.resize([4, 1, 0.5, 0.1], 12)) @ v.T
    b = np.random.default_rng(105).standard_normal((12, 1))
    found = features.TEACHERS_RISK.at(n=14, k=7, lam=0.1, sigma2=0.5, Sigma=sigma, beta=b @ b.T / float((b**2).sum()))
    at = runs.with_features(np.linalg.eigvalsh(sigma), 14, 7, 0.1)
    share = np.linalg.eigvalsh(sigma) / (np.linalg.eigvalsh(sigma) + at)
    assert at * (1 - share.sum() / 14) * (1 - share.sum() / 7) == pytest.approx(0.1, rel=1e-12)
    levels, vectors = np.linalg.eigh(sigma)
    along = (vectors.T @ b)[:, 0] / np.linalg.norm(b)
    by_hand = runs.solved({"l": levels, "b": along}, 14, 7, at, 0.5)["V"] - 0.5
    assert float(found) == pytest.approx(by_hand, rel=1e-9)


def test_a_small_ridge_gains_where_the_claim_says() -> None:
    """The gain of a tiny filter, from the limiting loss itself, against the condition on the target."""
    for _ in range(200):
        levels, target, kappa = np.exp(RNG.uniform(-2, 2, 4)), RNG.standard_normal(4), float(np.exp(RNG.uniform(-2, 2)))
        share = levels / (levels + kappa)
        spread = (levels * target**2 / (levels + kappa) ** 2).sum() / (share.sum() - (share**2).sum())
        square = share**2 * target**2 + kappa**2 * spread * levels / (levels + kappa) ** 2
        s = levels / (levels + 1e-7)
        gain = (square - 2 * share * target**2).sum() - (s**2 * square - 2 * s * share * target**2).sum()
        t0, t1 = (1 / (levels + kappa) ** 2).sum(), (levels / (levels + kappa) ** 2).sum()
        e0, e1 = (target**2 / (levels + kappa) ** 2).sum(), (levels * target**2 / (levels + kappa) ** 2).sum()
        if abs(e1 * t0 / (e0 * t1) - 1) > 1e-3:
            assert (gain > 0) == (e1 * t0 > e0 * t1)


def test_least_squares_on_few_isotropic_features_has_its_exact_risk() -> None:
    """p = 60, k = 15 features, n = 40, r2 = 1, noise 1/4: exactly (e + r2 (1 - k/p))(n - 1)/(n - k - 1) - e = 1.375."""
    levels, truth = np.ones(60), np.full(60, 60**-0.5)
    x = runs.rows(RNG, 4000, 40, levels)
    w = np.swapaxes(RNG.standard_normal((4000, 15, 60)), 1, 2)
    found = runs.risks(w @ np.linalg.pinv(x @ w), x, {"l": levels, "b": truth}, 0.25)
    assert abs(found.mean() - 1.375) < 5 * found.std() / np.sqrt(len(found))
    limit = (0.25 + 1 - 15 / 60) * 40 / (40 - 15) - 0.25
    assert limit == pytest.approx(1.35)


@pytest.mark.parametrize(
    ("claim", "rival"),
    [
        (features.TEACHER, 2),
        (features.SQUARES, 0),
        (features.FEATURE_STUDENT, 1),
        (population.STUDENT, 1),
        (descent.FEW, 0),
        (descent.MANY, 1),
    ],
)
def test_a_fault_planted_in_an_equivalent_is_refuted_by_the_derivation(claim: Claim, rival: int) -> None:
    assert isinstance(claim.statement, Compare)
    planted = replace(claim, statement=replace(claim.statement, rhs=claim.rivals[rival]), rivals=())
    (evidence,) = (e for e in planted.evidence if isinstance(e, FromEstimator))
    assert evidence.check(planted, Run()).verdict is Verdict.REFUTED


def test_the_students_risk_is_the_teachers_formula_applied_twice() -> None:
    """A student with very many features and points of its own is a ridge student: two formulas, one number."""
    point = {"numbers": {**runs.NUMBERS, "fresh": 1e6, "more": 1e6}}
    own, plain = runs.student_shape(point, 8), runs.shape(point, 8)
    levels, b = own["S"]["l"], own["S"]["b"]
    share = levels / (levels + own["kappa"])
    square = (levels**2 * b**2 + own["V"] / own["n"] * (levels + own["kappa"] * own["e"]) + own["kappa"] * own["f"]) / (
        levels + own["kappa"]
    ) ** 2

    def risk(at: float, spread: float, big: float) -> float:
        s = levels / (levels + at)
        missed = (levels * (1 - s) ** 2 * square).sum() + at * spread * (levels**2 * square / (levels + at) ** 2).sum()
        return float((levels * ((2 * s - 1) * square - 2 * s * share * b**2 + b**2)).sum() + missed / (1 - big))

    found = risk(own["kappa_s"], own["e_s"], own["Omega_s"])
    assert found == pytest.approx(risk(plain["kappa_s"], 0.0, plain["Omega_s"]), rel=1e-5)


def test_simulated_points_of_the_figure_are_on_its_lines() -> None:
    data = numbers(drawn.FIGURES[0], Run("quick"))
    for panel in data["panels"].values():
        for series, points in panel["simulated"].items():
            line = dict(zip(data["x"], panel["lines"][series], strict=True))
            for k, mean, error in zip(data["at"], points["mean"], points["error"], strict=True):
                # At k = n the finite-size error is larger than elsewhere, where it is below 6/n.
                assert abs(mean - line[k]) < LEVEL * error + (0.25 if k == drawn.LABELS else 6 / drawn.LABELS) * line[k]


def test_headlines_are_claims_of_the_paper() -> None:
    assert set(medvedev2025.HEADLINES) <= set(medvedev2025.CLAIMS)
    assert 3 <= len(medvedev2025.HEADLINES) <= 5
