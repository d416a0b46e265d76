"""Power laws of infinitely many eigenvalues: against the certified solver, closed sums and growing p; exponents."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
import pytest

from w2s_sym import Signal, Spectrum, risk
from w2s_sym.equivalents import (
    EngineError,
    Equivalent,
    covariance,
    design,
    excess_risk,
    identity,
    least_squares,
    min_norm,
    noise,
    ridge,
    sizes,
    truth,
)

n, N, k, p = sizes("n N k p")
Sigma, Sigma_x, beta = covariance("Sigma", p), covariance("Sigma_x", p), truth("beta", p)
X, Z = design("X", n, Sigma), design("Z", N, Sigma)
LABELS = X @ beta + noise("sigma2", n)
SHORTEST = excess_risk(min_norm(X, LABELS), beta, under=Sigma)
RIDGE = excess_risk(ridge(X, LABELS, "lam"), beta, under=Sigma)
W2S = excess_risk(ridge(Z, Z @ ridge(X, LABELS, "lam"), "mu"), beta, under=Sigma)
LAWS: Mapping[str, Any] = {"Sigma": Spectrum.power_law(2), "beta": Signal.power_law("1.5"), "sigma2": 0.25}


def without_noise() -> Equivalent:
    return excess_risk(min_norm(X, X @ beta), beta, under=Sigma)


def test_finitely_many_as_they_were() -> None:
    """The value of a prototype that shares no code with this one."""
    i = np.arange(1, 501.0)
    found = without_noise().on(Sigma=i**-2, beta=i**0.25, n=200)
    assert float(found) == pytest.approx(0.119366983906423497, rel=1e-13)
    assert found.note == ""


@pytest.mark.parametrize(("alpha", "b"), [("2", "1.5"), ("1.5", "2.5"), ("2", "1.1"), ("3", "2"), ("1.2", "1.3")])
def test_the_interpolator_is_that_of_the_certified_solver(alpha: str, b: str) -> None:
    spectrum, signal = Spectrum.power_law(alpha), Signal.power_law(b)
    found = without_noise().on(Sigma=spectrum, beta=signal, n=[50, 200, 2000])
    wanted = [risk(spectrum, signal, rows) for rows in (50, 200, 2000)]
    assert found.total == pytest.approx(wanted, rel=1e-8)
    assert "not claimed" in found.note
    assert found.note in str(found)


def test_growing_p_comes_to_it() -> None:
    """The value at p lies a p^(-1/2) below it, with a correction of the next order 1/p."""
    infinite = float(without_noise().on(Sigma=LAWS["Sigma"], beta=LAWS["beta"], n=200))
    values = [
        float(without_noise().on(Sigma=Spectrum.power_law(2, count), beta=LAWS["beta"], n=200))
        for count in (10_000, 40_000, 160_000)
    ]
    assert values[0] < values[1] < values[2] < infinite
    once = [2 * b - a for a, b in pairwise(values)]
    left = abs(once[1] - once[0])
    assert abs(once[1] - infinite) < left < 0.01 * infinite


def test_ridge_noise_is_a_closed_sum() -> None:
    """sum 1/(1 + kappa i^2) = (pi x coth(pi x) - 1)/2 with x = kappa^(-1/2): in 30 digits, kappa by bisection."""
    rows, lam = 200, "1e-4"
    with mpmath.workdps(30):

        def first(kappa: Any) -> Any:
            x = 1 / mpmath.sqrt(kappa)
            return (mpmath.pi * x * mpmath.coth(mpmath.pi * x) - 1) / 2

        low, high = mpmath.mpf("-40"), mpmath.mpf("5")
        for _ in range(110):
            kappa = mpmath.exp((low + high) / 2)
            short = kappa * (1 - first(kappa) / rows) < mpmath.mpf(lam)
            low, high = (mpmath.log(kappa), high) if short else (low, mpmath.log(kappa))
        omega = (first(kappa) + kappa * mpmath.diff(first, kappa)) / rows
        wanted = float(omega / (1 - omega) / 4)
    assert RIDGE.on(n=rows, lam=float(lam), **LAWS).parts["noise sigma2"] == pytest.approx(wanted, rel=1e-11)


@pytest.mark.parametrize(("alpha", "b"), [(2, 1.5), (1.5, 2), (2, 4), (1.5, 6), (1.2, 1.3)])
def test_exponents_of_the_interpolator(alpha: float, b: float) -> None:
    """n^-min(b - 1, 2 alpha): the tail from n on, or tau^2 times the head; what noise adds does not fall."""
    found = SHORTEST.scaling("n", Sigma=Spectrum.power_law(str(alpha)), beta=Signal.power_law(str(b)), sigma2=1)
    bias, noise_ = found.parts["beta"], found.parts["noise sigma2"]
    assert bias.exponent == pytest.approx(-min(b - 1, 2 * alpha), abs=2e-4)
    assert bias.apart < 2e-4
    assert noise_.exponent == pytest.approx(0, abs=1e-5)
    assert found.total == noise_
    assert "n^(" in str(found)
    assert found.note in str(found)


def test_exponents_with_a_ridge() -> None:
    """A ridge n^-c below n^-alpha: kappa is n^-c, the bias kappa^((b - 1)/alpha), the noise kappa^(-1/alpha)/n."""
    rows = np.geomspace(1e2, 1e6, 25)
    for c in (1.0, 1.5):
        found = RIDGE.scaling("n", n=rows, lam=rows**-c, **LAWS)
        assert found.parts["beta"].exponent == pytest.approx(-c * 0.25, abs=1e-3)
        assert found.parts["noise sigma2"].exponent == pytest.approx(c / 2 - 1, abs=1e-3)
    both = W2S.scaling("n", n=rows, N=3 * rows, lam=rows**-1, mu=rows**-1, **LAWS)
    assert both.parts["beta"].exponent == pytest.approx(-0.25, abs=1e-3)
    assert both.parts["noise sigma2"].exponent == pytest.approx(-0.5, abs=1e-3)
    lams = np.geomspace(1e-2, 1e-6, 25)
    falling = RIDGE.scaling("lam", n=1e9, lam=lams, **LAWS)
    assert falling.parts["beta"].exponent == pytest.approx(0.25, abs=1e-3)
    # As the ridge falls it is the noise that stays.
    assert falling.total == falling.parts["noise sigma2"]
    assert falling.total.exponent == pytest.approx(-0.5, abs=1e-3)


def test_several_power_laws_and_derivatives() -> None:
    shifted = excess_risk(min_norm(X, X @ beta), beta, under=Sigma_x)
    values = {"Sigma": Spectrum.power_law(2), "Sigma_x": Spectrum.power_law(3), "beta": Spectrum.power_law("1.5")}
    i = np.arange(1, 200_001.0)
    # The eigenvalues that are left out have a share of (n/p) beside the others.
    finite = {"Sigma": i**-2, "Sigma_x": i**-3, "beta": i**-0.75}
    assert float(shifted.on(n=20, **values)) == pytest.approx(float(shifted.on(n=20, **finite)), rel=1e-3)
    near = [float(RIDGE.on(n=200, lam=0.01 * (1 + s * 1e-4), **LAWS)) for s in (1, -1)]
    slope = RIDGE.derivative("lam", joint=True, n=200, lam=0.01, **LAWS)
    assert slope == pytest.approx((near[0] - near[1]) / 2e-6, rel=1e-5)


def least() -> Equivalent:
    return excess_risk(least_squares(X, X @ beta), beta, under=Sigma)


def isotropic() -> Equivalent:
    return excess_risk(min_norm(X, X @ beta), beta, under=identity(p))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"beta": np.ones(40)}, "beta is no power law, and others have infinitely many"),
        ({"beta": Signal.power_law(1)}, r"goes like i\^-1 and is infinite: needs covariances that fall faster"),
        ({"Sigma": Spectrum.power_law(41)}, r"fall like i\^-41: needs an exponent of at most 30"),
        ({"p": 7}, "p = 7, but a matrix of that size has infinitely many rows"),
        ({"digits": 20}, "digits are proven for finitely many eigenvalues"),
        ({"n": 1e9, "Sigma": Spectrum.power_law(3)}, "two ways of summing over all eigenvalues differ"),
    ],
)
def test_refusals(change: dict[str, Any], words: str) -> None:
    with pytest.raises(EngineError, match=words):
        SHORTEST.on(**{**LAWS, "n": 20, **change})


def test_other_refusals() -> None:
    laws = {name: LAWS[name] for name in ("Sigma", "beta")}
    with pytest.raises(EngineError, match="full rank for p < n only"):
        least().on(n=20, **laws)
    with pytest.raises(EngineError, match="a sum over all eigenvalues goes like"):
        isotropic().on(n=20, **laws)
    with pytest.raises(EngineError, match=r"Sigma is a PowerLaw: where matrices commute, give it to on\(\)"):
        without_noise().at(n=20, **laws)
    W = design("W", k, identity(p))
    lifted = W.T @ ridge(X @ W.T, X @ beta, "lam") / p
    with pytest.raises(EngineError, match="the equations have p itself in them"):
        excess_risk(lifted, beta, under=Sigma).on(n=20, k=10, lam=1, **laws)
    with pytest.raises(EngineError, match="beta is a signal on one spectrum, and 2 are given"):
        excess_risk(min_norm(X, X @ beta), beta, under=Sigma_x).on(n=20, Sigma_x=Spectrum.power_law(3), **laws)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Sigma": Spectrum.power_law(2, 50)}, "for infinitely many eigenvalues only"),
        ({"n": [10, 20, 40]}, "needs 6 or more positive values"),
        ({"n": [1, 2, 3, 4, 5, 6]}, "must grow by one factor"),
        ({"n": np.geomspace(1e9, 1e12, 7), "beta": Signal.power_law(4)}, "has digits at . sizes only"),
    ],
)
def test_scalings_that_are_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(EngineError, match=words):
        SHORTEST.scaling("n", **{**LAWS, **change})
    with pytest.raises(EngineError, match="m is no size or number"):
        SHORTEST.scaling("m", **LAWS)
