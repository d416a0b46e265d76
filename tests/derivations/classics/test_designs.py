"""Experiments on random designs against least squares by hand, and resolvents against their definition."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from derivations.classics import designs
from derivations.classics import resolvents as equivalents
from derivations.classics.designs import Design, Stages


def shortest(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.lstsq(x, y, rcond=None)[0])


# -- experiments against brute force ---------------------------------------------------------------------------


def by_all_signs(x: np.ndarray, lam: np.ndarray, b: np.ndarray, g: np.ndarray, sigma2: float) -> float:
    """The risk of lstsq, averaged over all signs of the coordinates and over noise by its response to unit vectors."""
    n, p = x.shape
    risks = []
    for signs in itertools.product((-1.0, 1.0), repeat=p):
        rows = x * np.array(signs)
        noise = sum((lam * shortest(rows, unit) ** 2).sum() for unit in np.eye(n))
        risks.append((lam * (shortest(rows, rows @ g) - b) ** 2).sum() + sigma2 * noise)
    return float(np.mean(risks))


def test_the_target_is_the_shortest_interpolator_averaged_over_signs_and_noise() -> None:
    rng = np.random.default_rng(1)
    lam, b, g = np.array([3.0, 1.0, 0.5, 0.1, 0.02]), rng.standard_normal(5), rng.standard_normal(5)
    x = rng.standard_normal((3, 2, 5)) * np.sqrt(lam)
    got = designs.target_risk(designs.design(x, lam), lam, b, g, 0.7)
    assert got == pytest.approx([by_all_signs(one, lam, b, g, 0.7) for one in x], rel=1e-10)


def test_a_draw_of_designs_is_made_of_rows_of_the_spectrum() -> None:
    lam = np.array([4.0, 1.0, 0.25])
    made = designs.designs(np.random.default_rng(3), lam, 2, 4)
    x = np.random.default_rng(3).standard_normal((4, 2, 3)) * np.sqrt(lam)
    projectors = np.array([np.linalg.pinv(one) @ one for one in x])
    assert isinstance(made, Design)
    assert made.learnt == pytest.approx(np.einsum("dii->di", projectors), rel=1e-10)
    assert made.spill == pytest.approx(np.einsum("dji,j,dji->di", projectors, lam, projectors), rel=1e-10)
    assert made.learnt.sum(1) == pytest.approx(np.full(4, 2.0), rel=1e-12)


def test_model_shift_is_covariance_shift_in_the_norm_of_d_path_by_path() -> None:
    rng = np.random.default_rng(4)
    lam, shift, b = np.array([3.0, 1.0, 0.5, 0.1]), np.array([0.5, 2.0, 1.5, 3.0]), rng.standard_normal(4)
    z, noise = rng.standard_normal((3, 2, 4)), rng.standard_normal((3, 2))
    x_t, x_s = z * np.sqrt(lam), z * np.sqrt(lam) * shift
    response = designs.shifted_response(x_s, shift)
    for i in range(3):
        target = shortest(x_t[i], x_t[i] @ (shift * b) + noise[i])
        assert response[i] @ (x_s[i] @ b + noise[i]) == pytest.approx(target, rel=1e-10)
        # In l2 the two are not the same.
        assert np.abs(shift * shortest(x_s[i], x_s[i] @ b + noise[i]) - target).max() > 1e-2
    got = designs.shifted_risk(x_s, lam, b, shift, 0.4)
    assert got == pytest.approx([by_all_signs(one, lam, b, shift * b, 0.4) for one in x_t], rel=1e-10)


def test_two_stages_are_two_fits_averaged_over_noises_and_the_truth() -> None:
    rng = np.random.default_rng(5)
    roots = [rng.standard_normal((5, 5)) for _ in range(2)]
    sigma_s, sigma_t = (r @ r.T + np.eye(5) for r in roots)
    truths = rng.standard_normal((3, 5))
    stages = Stages(sigma_s, sigma_t, truths.T @ truths, 3, 2)
    got = designs.two_stage_risk(np.random.default_rng(9), stages, 0.5, 0.3, 4)
    same = np.random.default_rng(9)
    x_s = same.standard_normal((4, 3, 5)) @ np.linalg.cholesky(sigma_s).T
    x_t = same.standard_normal((4, 2, 5)) @ np.linalg.cholesky(sigma_t).T
    for i in range(4):
        risk = 0.0
        for truth in truths:
            off = shortest(x_t[i], x_t[i] @ shortest(x_s[i], x_s[i] @ truth)) - truth
            risk += off @ sigma_t @ off
        for unit in np.eye(3):
            off = shortest(x_t[i], x_t[i] @ shortest(x_s[i], unit))
            risk += 0.5 * off @ sigma_t @ off
        for unit in np.eye(2):
            off = shortest(x_t[i], unit)
            risk += 0.3 * off @ sigma_t @ off
        assert got[i] == pytest.approx(risk, rel=1e-9)


def test_resolvents_are_those_of_the_sample_covariance() -> None:
    f = designs.pair(8)
    made = designs.resolvents(np.random.default_rng(2), f, 8, 3)
    x = np.random.default_rng(2).standard_normal((3, 8, 8)) @ np.linalg.cholesky(f.sigma).T
    for i in range(3):
        s = sum(np.outer(row, row) for row in x[i]) / 8
        assert made.first[i] @ (s + f.first) == pytest.approx(np.eye(8), abs=1e-9)
        assert made.second[i] @ (s + f.second) == pytest.approx(np.eye(8), abs=1e-9)
        assert made.excess[i] + f.sigma == pytest.approx(s, abs=1e-12)


def test_what_steadies_the_resolvents_has_mean_zero() -> None:
    draws, f = 20000, designs.pair(4)
    plain = designs.resolvents(np.random.default_rng(6), f, 4, draws)
    for steady, value in (
        (equivalents.one_point, designs.traces(plain.first, f.outside) / 4),
        (equivalents.two_point, designs.traces(f.outside @ plain.first @ f.inside, plain.second) / 4),
    ):
        added = steady(np.random.default_rng(6), {}, 4, draws) - value
        assert abs(added.mean()) < 5 * added.std() / np.sqrt(draws)
        assert added.std() > 0.01


def test_the_fixed_matrices_do_not_commute_and_are_not_symmetric() -> None:
    f, stages = designs.pair(8), designs.related(8)
    for a, b in itertools.combinations((f.sigma, f.first, f.second), 2):
        assert np.abs(a @ b - b @ a).max() > 0.1
    for a in (f.inside, f.outside):
        assert np.abs(a - a.T).max() > 0.1
    for a, b in itertools.combinations((stages.sigma_s, stages.sigma_t, stages.truth), 2):
        assert np.abs(a @ b - b @ a).max() > 0.1


# -- roots -----------------------------------------------------------------------------------------------------


def test_the_effective_ridge_of_known_spectra() -> None:
    assert designs.effective_ridge(np.full(12, 3.0), 5) == pytest.approx(3 * 7 / 5, rel=1e-14)
    levels = np.array([3.0] + [5 / 3] * 8 + [1 / 3])
    assert designs.solved(levels, 6) == pytest.approx({"tau": 1.0, "Omega": 5 / 8, "n": 6.0}, rel=1e-14)
    figure = designs.solved(np.arange(1, 501.0) ** -2, 200)
    assert figure["tau"] == pytest.approx(3.97337e-5, rel=2e-6)
    assert figure["Omega"] == pytest.approx(0.612985, rel=2e-6)
    # n = 100 of exp(-i): between eigenvalues 100 and 101 by symmetry of the logistic sum.
    assert designs.effective_ridge(np.exp(-np.arange(1, 161.0)), 100) == pytest.approx(np.exp(-100.5), rel=1e-10)
    for n in (0, 12, 13):
        with pytest.raises(ValueError, match="needs 0 < n < 12"):
            designs.effective_ridge(np.full(12, 3.0), n)


def test_the_scale_of_an_isotropic_resolvent_is_marchenko_pastur() -> None:
    # mu^2 + (lambda + gamma - 1) mu - lambda = 0 for Sigma = I and M = lambda I, gamma = p/n.
    eye, gamma = np.eye(6), 6 / 4
    f = designs.Pair(eye, 0.3 * eye, 2 * eye, eye, eye)
    expected = [(1 - gamma - x + np.sqrt((x + gamma - 1) ** 2 + 4 * x)) / 2 for x in (0.3, 2.0)]
    assert designs.scales(f, 4) == pytest.approx(expected, rel=1e-12)
