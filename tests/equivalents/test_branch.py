"""The branch that is followed, against scalar bisection: sizes below, at and above n = p, ridges over 16 decades."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from w2s_sym.equivalents import (
    Equivalent,
    covariance,
    design,
    identity,
    inverse,
    mean_trace,
    min_norm,
    parameter,
    sizes,
    truth,
)
from w2s_sym.equivalents.branch import NEAR_ONE, BranchWarning

P = 40
SPECTRA = {
    "flat": np.ones(P),
    "power": np.arange(1, P + 1.0) ** -2,
    "exponential": np.exp(-np.arange(P) / 4),
}


def kappa(lam: np.ndarray, n: float, ridge: float) -> float:
    """The root of kappa - (kappa/n) sum lam/(lam + kappa) = ridge, by bisection in log kappa."""
    low, high = np.log(ridge), np.log(ridge + lam.sum() / n) + 1
    for _ in range(200):
        k = np.exp((low + high) / 2)
        # 1 - sum lam/(lam + kappa)/n, without loss of digits at n = p.
        free = ((n - len(lam)) + (k / (lam + k)).sum()) / n
        low, high = (np.log(k), high) if k * free < ridge else (low, np.log(k))
    return float(np.exp((low + high) / 2))


# Numbers of rows over dimensions, from 0.05 to 50, with 1 among them; and ridges over 16 decades.
RATIOS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.5, 4.0, 12.5, 50.0)
RIDGES = np.logspace(-12, 4, 9)


def resolvent() -> Equivalent:
    """tr(Sigma (X'X/n + ridge)^-1), which is (kappa/ridge) sum lam/(lam + kappa)."""
    n, p = sizes("n p")
    Sigma = covariance("Sigma", p)
    X = design("X", n, Sigma)
    return mean_trace(Sigma, inverse(X.T @ X / n + parameter("lam")))


def interpolated() -> Equivalent:
    """tr P for the projection P = X'(XX')^-1 X on the rows: it is n, exactly."""
    n, p = sizes("n p")
    X = design("X", n, covariance("Sigma", p))
    ((_, P),) = min_norm(X, X @ truth("beta", p)).of.items()
    return mean_trace(identity(p), P)


@pytest.mark.parametrize("spectrum", SPECTRA)
def test_ridge_is_on_the_branch_of_a_bisection(spectrum: str) -> None:
    """12 ratios and 9 ridges for each of three spectra: 324 cases."""
    lam, risk = SPECTRA[spectrum], resolvent()
    for n_rows in (P * ratio for ratio in RATIOS):
        for ridge in RIDGES:
            k = kappa(lam, n_rows, ridge)
            wanted = k / ridge * (lam / (lam + k)).sum()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", BranchWarning)
                found = risk.on(Sigma=lam, n=n_rows, lam=ridge).total
            assert found == pytest.approx(wanted, rel=1e-8), (n_rows, ridge)


@pytest.mark.parametrize("spectrum", SPECTRA)
def test_a_projection_on_rows_has_their_number_as_its_trace(spectrum: str) -> None:
    """12 ratios below 1 for each of three spectra: 36 cases."""
    lam, risk = SPECTRA[spectrum], interpolated()
    for n_rows in np.geomspace(0.05, 0.95, 12) * P:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", BranchWarning)
            found = risk.on(Sigma=lam, n=n_rows).total
        # The trace is sum lam/(lam + tau), whose rounding is that of tau times its slope, which is below n.
        assert found == pytest.approx(n_rows, rel=1e-12), n_rows


def test_random_points_are_on_the_branch_of_a_bisection() -> None:
    """2,000 random points: 40 random spectra, each with 50 numbers of rows and ridges, walked at once."""
    rng, risk = np.random.default_rng(0), resolvent()
    for _ in range(40):
        count = int(rng.integers(2, 60))
        lam = 10 ** rng.uniform(-3, 2) * np.exp(rng.uniform(0, 4) * rng.standard_normal(count))
        n_rows = count * np.exp(rng.uniform(np.log(0.02), np.log(50), 50))
        ridges = lam.mean() * 10 ** rng.uniform(-9, 3, 50)
        wanted = []
        for rows, ridge in zip(n_rows, ridges, strict=True):
            k = kappa(lam, rows, ridge)
            wanted.append(k / ridge * (lam / (lam + k)).sum())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", BranchWarning)
            found = risk.on(Sigma=lam, n=n_rows, lam=ridges).total
        assert found == pytest.approx(np.array(wanted), rel=1e-8)


def test_near_radius_one_there_is_a_warning_and_far_from_it_none() -> None:
    """Two gains that depend on each other alone: their radius is the root of Omega = sum (lam/(lam + kappa))^2/n."""
    lam, risk = SPECTRA["power"], resolvent()
    for n_rows, ridge in ((P, 1e-9), (P, 1e-2), (P / 2, 1e-2), (4 * P, 1e-2)):
        omega = float(((lam / (lam + kappa(lam, n_rows, ridge))) ** 2).sum()) / n_rows
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            found = risk.on(Sigma=lam, n=n_rows, lam=ridge)
        assert found.radius**2 == pytest.approx(omega, abs=1e-6)
        assert any(issubclass(w.category, BranchWarning) for w in told) == (omega > NEAR_ONE**2)
