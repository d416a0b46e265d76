"""Descent by loops on Gaussian designs, against risks found by hand."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from derivations.nagarajan2023.linear import LINEAR_EXCESS, LINEAR_RISK, design, squared_error
from w2s_sym.claims.results import verify
from w2s_sym.evidence.simulation.moments_of_draws import LEVEL


def test_the_risk_without_noise_is_the_bias_of_every_draw():
    """A student by hand: gains 3/4 after 2 steps and 1/2 after 1 with step lam = 1/2; bias (1 - 3/8) 2, squared."""
    point = {"lam": 0.5, "eta": 1.0, "K": 2, "k": 1, "b": 2.0, "sigma2": 0.0}
    values = squared_error(np.random.default_rng(0), point, 50)
    np.testing.assert_allclose(values, (2 * 5 / 8) ** 2, rtol=1e-10)
    exact = LINEAR_RISK.at(lam="1/2", eta=1, K=2, k=1, b=2, sigma2=0)
    assert exact == sp.Rational(25, 16)


def test_the_risk_of_pure_noise():
    # X'X has the eigenvalue 1/2: least squares has variance 3/(1/2) = 6 there, the student (3/8)^2 of it.
    point = {"lam": 0.5, "eta": 1.0, "K": 2, "k": 1, "b": 0.0, "sigma2": 3.0}
    values = squared_error(np.random.default_rng(1), point, 20000)
    want = 6 * 9 / 64
    assert abs(values.mean() - want) < LEVEL * values.std() / np.sqrt(20000)
    # A squared normal variable has sqrt 2 times its mean for a standard deviation.
    assert values.std() / want == pytest.approx(np.sqrt(2), rel=0.1)


def test_the_linear_risk_holds_and_its_rivals_do_not():
    for made in (LINEAR_RISK, LINEAR_EXCESS):
        result = verify(made)
        assert result.holds, result.why()


def test_the_points_of_the_excess_have_both_signs():
    signs = [np.sign(row["rhs"]) for row in verify(LINEAR_EXCESS).findings[0].detail["points"]]
    assert {-1, 1} <= set(signs)
    # By hand: lam eta = 1/4, gains (7/16)^2 and 1 - (3/4)^4 = 175/256; b = 1/2, sigma2/lam = 4.
    a, m = sp.Rational(49, 256), sp.Rational(175, 256)
    want = (1 - a) ** 2 / 4 + 4 * a**2 - (1 - m) ** 2 / 4 - 4 * m**2
    assert LINEAR_EXCESS.at(lam="1/2", eta="1/2", K=2, k=2, M=4, b="1/2", sigma2=2) == want < 0


def test_stretched_designs_have_the_eigenvalues_asked_for():
    lam = np.array([0.1, 0.5, 0.9, 1.3, 2.0, 3.0])
    x, basis = design(np.random.default_rng(0), 4, np.broadcast_to(lam, (4, 6)))
    for one, vectors in zip(x, basis, strict=True):
        np.testing.assert_allclose(vectors.T @ one.T @ one @ vectors, np.diag(lam), atol=1e-12)
