"""Spectra and signals in the place of vectors, and exponents of risks on power laws against numbers in many digits."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from reference import n, p, plain_ridge, two_stages

from w2s_sym import Signal, Spectrum
from w2s_sym.equivalents import EngineError, Equivalent, covariance, design, excess_risk, min_norm, ridge, truth


def interpolator() -> Equivalent:
    X, beta, Sigma = design("X", n, covariance("Sigma", p)), truth("beta", p), covariance("Sigma", p)
    return excess_risk(min_norm(X, X @ beta), beta, under=Sigma)


def penalised() -> Equivalent:
    X, beta, Sigma = design("X", n, covariance("Sigma", p)), truth("beta", p), covariance("Sigma", p)
    return excess_risk(ridge(X, X @ beta, "lam"), beta, under=Sigma)


def test_a_spectrum_and_a_signal_are_their_values() -> None:
    i = np.arange(1, 41.0)
    plain = interpolator().on(Sigma=i**-2, beta=i**0.25, n=10)
    named = interpolator().on(Sigma=Spectrum.power_law(2, 40), beta=Signal.power_law("1.5"), n=10)
    assert float(named) == pytest.approx(float(plain), rel=1e-13)
    levels = Spectrum.levels([(2, 3), (1, 5)])
    values = np.array([2.0] * 3 + [1.0] * 5)
    assert float(interpolator().on(Sigma=levels, beta=np.ones(8), n=4)) == pytest.approx(
        float(interpolator().on(Sigma=values, beta=np.ones(8), n=4)), rel=1e-13
    )


def test_a_spectrum_in_proven_digits_and_in_a_derivative() -> None:
    values = {"Sigma": Spectrum.power_law(2, 40), "beta": Signal.power_law("1.5"), "n": 10}
    assert float(interpolator().on(digits=20, **values)) == pytest.approx(float(interpolator().on(**values)), rel=1e-12)
    assert interpolator().derivative("n", joint=True, **values) < 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Sigma": Spectrum.power_law(2)}, "Sigma_x is no power law, and others have infinitely many eigenvalues"),
        ({"Sigma": np.ones(40), "Sigma_x": np.ones(40)}, "beta is a signal, and 0 spectra are given"),
        ({"Sigma": Spectrum.levels([(2, 10**12), (1, 3)])}, "1000000000003 eigenvalues: at most 10000000 are listed"),
        ({"Sigma_x": Spectrum.power_law(3, 40)}, "beta is a signal, and 2 spectra are given"),
    ],
)
def test_spectra_and_signals_that_do_not_fit(change: dict[str, object], words: str) -> None:
    shared = Spectrum.power_law(2, 40)
    values = {"Sigma": shared, "Sigma_x": shared, "beta": Signal.power_law("1.5"), "n": 9, "lam": 0.1, "s2": 0.5}
    with pytest.raises(EngineError, match=words):
        plain_ridge().on(**{**values, **change})


def _risk(alpha: float, beta: float, rows: mpmath.mpf, ridge_: mpmath.mpf) -> mpmath.mpf:
    """sum lam zeta^2 b^2/(1 - Omega) over COUNT eigenvalues, kappa by bisection in 30 digits."""
    lam = [mpmath.mpf(i) ** -alpha for i in range(1, COUNT + 1)]
    low, high = mpmath.mpf(-60), mpmath.mpf(5)
    for _ in range(110):
        k = mpmath.exp((low + high) / 2)
        free = k * (rows - mpmath.fsum(x / (x + k) for x in lam)) - rows * ridge_
        low, high = (mpmath.log(k), high) if free < 0 else (low, mpmath.log(k))
    omega = mpmath.fsum((x / (x + k)) ** 2 for x in lam) / rows
    # lam b^2 = lam i^-beta
    bias = mpmath.fsum(x * (k / (x + k)) ** 2 * mpmath.mpf(i) ** -beta for i, x in enumerate(lam, 1))
    return bias / (1 - omega)


COUNT = 400


@pytest.mark.parametrize(("alpha", "beta"), [(1.5, 0.5), (2.0, 4.0)])
def test_exponents_are_those_of_many_digits(alpha: float, beta: float) -> None:
    """log-differences in 30 digits; a central difference of step h errs by h^2 times a third derivative."""
    i = np.arange(1, COUNT + 1.0)
    values = {"Sigma": i**-alpha, "beta": i ** (-beta / 2)}
    with mpmath.workdps(30):
        h = mpmath.mpf("1e-7")
        rows, lam = mpmath.mpf(30), mpmath.mpf("0.001")

        def slope(up: mpmath.mpf, down: mpmath.mpf) -> float:
            return float(mpmath.log(up / down) / (mpmath.log(1 + h) - mpmath.log(1 - h)))

        ridgeless = slope(*(_risk(alpha, beta, rows * (1 + s * h), mpmath.mpf(0)) for s in (1, -1)))
        in_ridge = slope(*(_risk(alpha, beta, rows, lam * (1 + s * h)) for s in (1, -1)))
    assert interpolator().exponent("n", joint=True, **values, n=30.0) == pytest.approx(ridgeless, rel=1e-7)
    assert penalised().exponent("lam", joint=True, **values, n=30.0, lam=0.001) == pytest.approx(in_ridge, rel=1e-7)


@pytest.mark.parametrize(("alpha", "beta"), [(1.5, 0.5), (2.0, 1.0), (1.5, 4.0)])
def test_power_laws_have_the_exponents_of_their_tails(alpha: float, beta: float) -> None:
    """The interpolator's risk is n^-min(alpha + beta - 1, 2 alpha): the tail from n on, or tau^2 times the head.

    A ridge n^-alpha leaves the exponent as it is; with a fixed ridge the risk goes like lam^min(2, (alpha + beta - 1)
    /alpha). At n = 1000 the next order is (1/n)^(1/alpha) to (1/n)^(|beta - alpha - 1|) relatively: a few per cent.
    """
    i = np.arange(1, 10**6 + 1.0)
    values = {"Sigma": i**-alpha, "beta": i ** (-beta / 2)}
    wanted = min(alpha + beta - 1, 2 * alpha)
    assert interpolator().exponent("n", joint=True, **values, n=1000.0) == pytest.approx(-wanted, abs=0.06)
    found = penalised().exponent("lam", joint=True, **values, n=1e5, lam=1000.0**-alpha)
    assert found == pytest.approx(wanted / alpha, abs=0.06)


def test_exponents_that_are_refused() -> None:
    values = {"Sigma": np.ones(5), "beta": np.ones(5), "lam": 0.1}
    with pytest.raises(EngineError, match="give one number for each name, and n among them"):
        penalised().exponent("n", joint=True, **values)
    with pytest.raises(EngineError, match="p is the size of matrices"):
        penalised().exponent("p", joint=True, **values, n=3, p=5)
    with pytest.raises(EngineError, match="no number of this risk"):
        two_stages().exponent("lam", joint=True)
