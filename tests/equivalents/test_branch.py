"""The branch that is followed, against scalar bisection: sizes below, at and above n = p, ridges over 16 decades."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from w2s_sym.equivalents import covariance, design, inverse, mean_trace, parameter, sizes
from w2s_sym.equivalents.branch import BranchWarning

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


@pytest.mark.parametrize("spectrum", SPECTRA)
def test_ridge_is_on_the_branch_of_a_bisection(spectrum: str) -> None:
    """tr(Sigma (X'X/n + ridge)^-1) is (kappa/ridge) sum lam/(lam + kappa)."""
    n, p = sizes("n p")
    Sigma = covariance("Sigma", p)
    X = design("X", n, Sigma)
    risk = mean_trace(Sigma, inverse(X.T @ X / n + parameter("lam")))
    lam = SPECTRA[spectrum]
    for n_rows in (2, 10, 36, 40, 44, 80, 400, 2000):
        for ridge in np.logspace(-12, 4, 9):
            k = kappa(lam, n_rows, ridge)
            wanted = k / ridge * (lam / (lam + k)).sum()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", BranchWarning)
                found = risk.on(Sigma=lam, n=n_rows, lam=ridge).total
            assert found == pytest.approx(wanted, rel=1e-8), (n_rows, ridge)
