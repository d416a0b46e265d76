"""Dong et al. 2025 with ridge: the limit of the exact law, matrices that do not commute, and planted faults."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from derivations import dong2025
from derivations.classics.designs import effective_with_ridge
from derivations.dong2025.ridge import figures as drawn
from derivations.dong2025.ridge import risks, runs, turned, turned_runs, white
from w2s_sym import ratio_and_error
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import Compare
from w2s_sym.equivalents.from_estimator import FromEstimator
from w2s_sym.evidence.simulation.moments_of_draws import LEVEL


def variance(levels: dict[str, np.ndarray], n: float, N: float, lam: float, mu: float) -> tuple[float, float]:
    """The variances of teacher and student per noise, by hand."""
    t, h, r = levels["t"], levels["h"], levels["r"]
    w = t * h**2 + r
    kappa, omega = effective_with_ridge(w, n, lam)
    kappa_s, omega_s = effective_with_ridge(t, N, mu)
    m = w / (n * (1 - omega) * (w + kappa) ** 2)
    s = t / (t + kappa_s)
    missed = (((1 - s) ** 2 * t * h**2 + r) * m).sum()
    return float((w * m).sum()), float((s**2 * t * h**2 * m).sum() + omega_s / (1 - omega_s) * missed)


def test_without_ridge_on_white_features_it_is_the_leading_order_of_the_exact_law() -> None:
    """60 shared directions of correlation 0.8, 40 weak ones, 20 strong ones: d_sw = 38.4."""
    cosines = np.repeat([0.8, 0.0, 0.0], [60, 40, 20])
    strong, weak = np.repeat([1.0, 0.0, 1.0], [60, 40, 20]), np.repeat([1.0, 1.0, 0.0], [60, 40, 20])
    levels = {"t": strong, "h": cosines, "r": weak - cosines**2}
    d_s, d_w, d_sw, n, N = 80, 100, 60 * 0.64, 400, 300
    teacher, student = variance(levels, n, N, 1e-10, 1e-10)
    assert teacher == pytest.approx(d_w / (n - d_w), rel=1e-6)
    wanted = (d_sw + d_s / (N - d_s) * (d_w - d_sw)) / (n - d_w)
    assert student == pytest.approx(wanted, rel=1e-6)
    law = dong2025.VARIANCE_POPULATION.at(d_sw="192/5", d_s=d_s, d_w=d_w, N=N, n=n, sigma2=1)
    exact = float(law)
    # The two minus ones: 1/(n - d_w) and 1/(N - d_s) of it, at most.
    assert 0 < exact / student - 1 < 1 / (n - d_w - 1) + 1 / (N - d_s - 1)


def test_discrepancy_is_a_virtue_on_one_side_of_the_threshold_only() -> None:
    """A dimension that is shared, or not, at one effective ridge: the sign turns at N (1 + kappa) = 2 d_s."""
    for labels, virtue in ((200, True), (90, False)):
        d, kappa_s = 80, 0.5
        share = 1 / (1 + kappa_s)
        omega = d * share**2 / labels
        shared, apart = share**2 + omega / (1 - omega) * (1 - share) ** 2, omega / (1 - omega)
        assert (shared > apart) == virtue == (labels * (1 + kappa_s) > 2 * d)
    assert white.VIRTUE in dong2025.CLAIMS


def test_the_simulated_student_is_ridge_on_its_teachers_predictions() -> None:
    rng = np.random.default_rng(1)
    made, k, x, fit, strong, response = runs._trained(rng, {}, 8, 2)
    labels = rng.standard_normal((2, x.shape[1], 1))
    teacher = fit @ labels
    gradient = np.swapaxes(x, 1, 2) @ (x @ teacher - labels) / x.shape[1] + k["lam"] * teacher
    assert np.abs(gradient).max() < 1e-12
    student = response @ labels
    assert strong.shape == (2, 16, 8)
    assert np.abs(student[:, made["t"] == 0]).max() < 1e-12  # nothing is learnt where there is no strong feature


@pytest.mark.parametrize(
    ("claim", "rival"),
    [
        (risks.VARIANCE, 1),
        (risks.IN_SAMPLE, 0),
        (risks.STUDENT, 2),
        (risks.TEACHER_VARIANCE, 0),
        *((turned.VARIANCE_TURNED, k) for k in range(5)),
        *((turned.RISK_TURNED, k) for k in range(5)),
    ],
)
def test_a_fault_planted_in_an_equivalent_is_refuted_by_the_derivation(claim: Claim, rival: int) -> None:
    assert isinstance(claim.statement, Compare)
    planted = replace(claim, statement=replace(claim.statement, rhs=claim.rivals[rival]), rivals=())
    (evidence,) = (e for e in planted.evidence if isinstance(e, FromEstimator))
    assert evidence.check(planted, Run()).verdict is Verdict.REFUTED


def test_features_in_any_position_on_common_directions_are_those_of_a_spectrum() -> None:
    """The traces of diagonal matrices, by hand, give the sums over directions."""
    made, k = runs._instance({}, 8)
    t, h, r = made["t"], made["h"], made["r"]
    w = t * h**2 + r
    kappa, omega = effective_with_ridge(w, k["n"], k["lam"])
    kappa_s, omega_s = effective_with_ridge(t, k["N"], k["mu"])
    noise = w / (w + kappa) ** 2 / k["n"]
    fitted, pulled = t * (t * h / (t + kappa_s)) ** 2 @ noise, (t * h) ** 2 / (t + kappa_s) @ noise
    letters = {"sigma2": 1, "Omega": omega, "Omega_s": omega_s, "F": fitted, "G": pulled}
    rhs = turned.VARIANCE_TURNED.rhs
    got = float(rhs.xreplace({s: letters[s.name] for s in rhs.free_symbols}))
    assert got == pytest.approx(variance(made, k["n"], k["N"], k["lam"], k["mu"])[1], rel=1e-12)


def test_no_two_of_the_matrices_commute_in_the_simulation() -> None:
    f = turned_runs.features({}, 4)
    for a, b in ((f.strong, f.weak), (f.strong, f.rest), (f.weak, f.strong @ f.T), (f.T, f.T.T)):
        assert np.linalg.norm(a @ b - b @ a) > 0.1 * np.linalg.norm(a) * np.linalg.norm(b)


def test_turned_features_keep_their_eigenvalues_and_their_overlap() -> None:
    for angle in (0, 45, 90):
        strong, weak, both = drawn.covariances(angle)
        assert np.linalg.eigvalsh(weak) == pytest.approx(np.linalg.eigvalsh(strong), abs=1e-9)
        overlap = np.trace(np.linalg.solve(strong, both) @ np.linalg.solve(weak, both.T))
        assert overlap == pytest.approx(0.8 * drawn.D, rel=1e-9)


def test_turning_the_features_matters_with_ridge_alone() -> None:
    """At 0 degrees by sums over directions; without ridge the law, whatever the angle, up to what the ridges leave."""
    h = np.full(drawn.D, 0.8**0.5)
    levels = {"t": np.repeat([4.0, 0.25], drawn.D // 2), "h": h}
    levels["r"] = 0.2 * levels["t"]
    teacher, student = variance(levels, drawn.LABELS, 96, drawn.RIDGE, 0.1)
    assert drawn.share(0, 96, 0.1) == pytest.approx(student / teacher, rel=1e-9)
    assert drawn.share(90, 96, 0.1) < 0.8 * drawn.share(0, 96, 0.1)


def test_simulated_points_of_the_turned_features_are_on_their_lines() -> None:
    rng = np.random.default_rng(3)
    runs_of = np.array([drawn.trial(rng, 60, 96) for _ in range(60)])
    for column, ridge in enumerate(drawn.LOOKS, 1):
        mean, error = ratio_and_error(runs_of[:, column], runs_of[:, 0])
        # A limit: beyond the standard errors there is what a finite size leaves, of order 1/d.
        assert abs(mean - drawn.share(60, 96, ridge)) < LEVEL * error + 1 / drawn.D
