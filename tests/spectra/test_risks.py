"""Risks against 40-digit sums, exhaustive masks, parabolas and simulation with lstsq; wrong formulas must fail."""

from __future__ import annotations

import itertools
import math
import warnings

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2s_sym.matrices import samplers
from w2s_sym.spectra import coordinates, risks
from w2s_sym.spectra.coordinates import RiskError
from w2s_sym.spectra.risks import EquivalentWarning, evaluate_risk, risk
from w2s_sym.spectra.signals import Signal
from w2s_sym.spectra.spectrum import Spectrum

FIGURE = Spectrum.power_law(2, 500)
SIGNAL = Signal.power_law("1.5")
# The z of all tests by simulation.
ALARM = 4.9
RIDGES = st.one_of(st.just(0.0), st.floats(1e-200, 2))


@pytest.fixture
def few():
    """Small examples are far from the limit; here only the formulas are looked at."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EquivalentWarning)
        yield


def by_hand(lam, b, b_s, n, sigma2, ridge=0.0, drop=None):
    """The equivalent's risk to 40 digits, tau by bisection. ``drop`` names a fault to make."""
    with mpmath.workdps(40):
        lam, b, b_s = ([mpmath.mpf(float(v)) for v in a] for a in (lam, b, b_s))
        low, high = mpmath.mpf(-300), mpmath.mpf(300)
        for _ in range(140):
            s = (low + high) / 2
            t = mpmath.exp(s)
            r = sum(v / (v + t) for v in lam) + n * mpmath.mpf(ridge) / t - n
            low, high = (s, high) if r > 0 else (low, s)
        u = [v / (v + t) for v in lam]
        Omega = sum(x * x for x in u) / n
        V = sigma2 + sum(v * (1 - x) ** 2 * s * s for v, x, s in zip(lam, u, b_s, strict=True))
        if drop != "1 - Omega":
            V /= 1 - Omega
        power = 1 if drop == "square" else 2
        bias = sum(v * (x * s - c) ** power for v, x, s, c in zip(lam, u, b_s, b, strict=True))
        return bias + (V if drop == "Omega" else Omega * V)


def example(seed, p=8):
    rng = np.random.default_rng(seed)
    lam = np.exp(3 * rng.standard_normal(p))
    return lam, rng.standard_normal(p), rng.standard_normal(p)


# -- reference numbers ----------------------------------------------------------------------------------------


def test_the_figure_of_the_paper_has_its_numbers():
    """p = 500, lam_i = i^-2, lam_i b_i^2 = i^-1.5, n = 200, no noise."""
    lam, _ = FIGURE.values()
    found = {name: evaluate_risk(FIGURE, SIGNAL, 200, 0, name) for name in risks.SURROGATES}
    assert [f"{float(found[k].value):.6f}" for k in ("truth", "mask", "optimal")] == [
        "0.119367",
        "0.089662",
        "0.083251",
    ]
    one = found["optimal"]
    assert f"{float(one.tau):.5e}" == "3.97337e-05"
    assert f"{float(one.Omega):.6f}" == "0.612985"
    gains = one.gains(lam)
    assert (gains > 1).sum() == 126
    assert (gains > 1)[:126].all()
    assert gains.argmax() + 1 == 84
    assert f"{gains.max():.5f}" == "1.13861"
    kept = found["mask"].gains(lam)
    assert set(kept) == {0.0, 1.0}
    assert kept.sum() == 203
    assert (found["truth"].gains(lam) == 1).all()
    assert all(f.radius < 1e-12 * f.value for f in found.values())
    assert one.notes == ()


# -- against digits -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("n", "ridge"), [(1, 0), (3.25, 0), (7, 0), (7.99, 0), (5, 0.3), (20, 1e-3)])
def test_given_coefficients_agree_to_the_proven_radius(seed, n, ridge):
    lam, b, b_s = example(seed)
    found = evaluate_risk(Spectrum.explicit(lam), Signal.of(b), n, 0.37, b_s, ridge=ridge)
    assert abs(float(found.value) - by_hand(lam, b, b_s, n, 0.37, ridge)) <= found.radius
    assert found.radius < 1e-9 * found.value


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("drop", ["1 - Omega", "square", "Omega"])
def test_wrong_formulas_are_told_apart(drop):
    lam, b, b_s = example(0)
    found = evaluate_risk(Spectrum.explicit(lam), Signal.of(b), 3.25, 0.37, b_s)
    assert abs(float(found.value) - by_hand(lam, b, b_s, 3.25, 0.37, drop=drop)) > 1e6 * found.radius


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("n", "ridge"), [(3.25, 0), (7, 0), (5, 0.3), (20, 1e-2)])
def test_the_optimal_surrogate_is_the_vertex_of_each_parabola(seed, n, ridge):
    lam, b, _ = example(seed)
    spectrum, signal = Spectrum.explicit(lam), Signal.of(b)
    best = np.empty(len(lam))
    for i in range(len(lam)):
        # Coordinates do not mix, so three values of the i-th gain give its parabola.
        values = []
        for g in (0.0, 1.0, 2.0):
            gains = np.ones(len(lam))
            gains[i] = g
            values.append(by_hand(lam, b, gains * b, n, 0.37, ridge))
        with mpmath.workdps(40):
            a, c, d = values
            best[i] = (3 * a - 4 * c + d) / (2 * (a - 2 * c + d))
    found = evaluate_risk(spectrum, signal, n, 0.37, "optimal", ridge=ridge)
    assert np.abs(found.gains(lam) / best - 1).max() < 1e-10
    assert abs(float(found.value) - by_hand(lam, b, best * b, n, 0.37, ridge)) <= found.radius + 1e-14 * found.value


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("seed", range(4))
def test_the_mask_is_the_best_of_all_masks(seed):
    lam, b, _ = example(seed, 6)
    n = 3.5
    every = {m: by_hand(lam, b, np.array(m) * b, n, 0.1) for m in itertools.product((0, 1), repeat=len(lam))}
    best = min(every, key=every.get)
    found = evaluate_risk(Spectrum.explicit(lam), Signal.of(b), n, 0.1, "mask")
    assert tuple(found.gains(lam)) == best
    assert abs(float(found.value) - every[best]) <= found.radius


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 60), st.floats(0.02, 0.98), st.floats(0, 10))
def test_better_surrogates_have_lower_risks(seed, p, share, noise):
    rng = np.random.default_rng(seed)
    lam, b = np.exp(10 * rng.standard_normal(p)), rng.standard_normal(p)
    spectrum, signal = Spectrum.explicit(lam), Signal.of(b)
    found = {k: evaluate_risk(spectrum, signal, share * p, noise, k) for k in risks.SURROGATES}
    slack = sum(float(f.radius) for f in found.values())
    assert found["optimal"].value <= found["mask"].value + slack
    assert found["mask"].value <= found["truth"].value + slack
    assert found["optimal"].value >= noise * float(found["optimal"].Omega)
    # The same surrogates, given as vectors.
    for name in risks.SURROGATES:
        again = evaluate_risk(spectrum, signal, share * p, noise, gain=found[name].gains(lam))
        assert abs(float(again.value - found[name].value)) <= again.radius + found[name].radius
    # Any other vector is no better than the optimal one.
    other = evaluate_risk(spectrum, signal, share * p, noise, rng.standard_normal(p))
    assert other.value >= found["optimal"].value - slack - other.radius


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.05, 30), st.floats(0, 5), st.sampled_from(risks.SURROGATES), RIDGES)
def test_no_risk_is_nan_or_negative(seed, n, noise, name, ridge):
    rng = np.random.default_rng(seed)
    lam = np.exp(20 * rng.standard_normal(12)) * (rng.random(12) < 0.8)
    lam[0] = 1.0
    found = evaluate_risk(Spectrum.explicit(lam), Signal.of(rng.standard_normal(12)), n, noise, name, ridge=ridge)
    assert found.value >= 0
    assert found.radius >= 0
    assert not np.isnan(found.value)


def test_isotropic_covariances_are_known():
    # u = Omega = n/p, gain 1: risk ((1 - n/p)|b|^2 + (n/p) sigma2/(1 - n/p)) lam-scaled.
    spectrum = Spectrum.isotropic(400, "0.25")
    b = np.zeros(400)
    b[7] = 2.0
    for name in risks.SURROGATES:
        value = risk(spectrum, Signal.of(b), 100, 3.0, name)
        assert value == pytest.approx(0.75 * 0.25 * 4 + 0.25 * 3 / 0.75, rel=1e-14)


# -- at least as many samples as dimensions -------------------------------------------------------------------


def test_with_many_samples_the_formula_is_exact_and_the_truth_optimal():
    lam, b, b_s = example(3, 5)
    spectrum, signal = Spectrum.explicit(lam), Signal.of(b)
    assert risk(spectrum, signal, 12, 0.5) == pytest.approx(0.5 * 5 / 6, rel=1e-15)
    for name in risks.SURROGATES:
        assert risk(spectrum, signal, 12, 0.5, name) == risk(spectrum, signal, 12, 0.5)
        assert (evaluate_risk(spectrum, signal, 12, 0.5, name).gains(lam) == 1).all()
    expected = float(np.sum(lam * (b_s - b) ** 2)) + 0.5 * 5 / 6
    assert risk(spectrum, signal, 12, 0.5, b_s) == pytest.approx(expected, rel=1e-14)


def test_at_the_threshold_noise_has_an_infinite_variance():
    values = risk(Spectrum.isotropic(5), Signal.of(np.ones(5)), [5, 5.5, 6, 6.5, 7], [[0.0], [1.0]])
    assert (values[0] == 0).all()
    assert (values[1] == [np.inf, np.inf, np.inf, 10, 5]).all()


def test_the_rank_decides_and_not_the_dimension():
    lam = np.array([1.0, 0.0, 2.0, 0.0, 3.0])
    spectrum, signal = Spectrum.explicit(lam), Signal.of(np.arange(5.0))
    assert risk(spectrum, signal, 7, 1.0) == pytest.approx(3 / 3)
    assert risk(spectrum, signal, 3, 1.0) == np.inf
    # What lies where Sigma is zero costs nothing.
    assert risk(spectrum, signal, 7, 0.0, np.array([0.0, 9.0, 2.0, -9.0, 4.0])) == 0


@pytest.mark.parametrize(("n", "noise"), [(12, 0.5), (9, 0.5)])
def test_many_samples_by_simulation(n, noise):
    # The surrogate is near the truth, so that noise is what counts.
    lam, b, _ = example(3, 5)
    b_s = b + 0.1 / np.sqrt(lam)
    rng = np.random.default_rng(0)
    values = []
    for _ in range(4000):
        X = rng.standard_normal((n, 5)) * np.sqrt(lam)
        fit = np.linalg.lstsq(X, X @ b_s + math.sqrt(noise) * rng.standard_normal(n), rcond=None)[0]
        values.append(float(lam @ (fit - b) ** 2))
    error = np.std(values, ddof=1) / len(values) ** 0.5
    value = risk(Spectrum.explicit(lam), Signal.of(b), n, noise, b_s)
    assert abs(np.mean(values) - value) < ALARM * error
    # n - p in place of n - p - 1.
    assert abs(np.mean(values) - (value - noise * 5 / (n - 6) + noise * 5 / (n - 5))) > ALARM * error


# -- by simulation --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "noise"), [("truth", 0.0), ("optimal", 0.0), ("mask", 0.0), ("truth", 0.2)])
def test_the_equivalent_is_close_to_the_mean_risk(name, noise):
    lam, _ = FIGURE.values()
    energy = SIGNAL.energy(FIGURE)
    found = evaluate_risk(FIGURE, SIGNAL, 200, noise, name)
    gains = found.gains(lam)
    values = samplers.interpolator_risks(np.random.default_rng(5), 40, 200, lam, energy, gain=gains, noise=noise)
    error = np.std(values, ddof=1) / len(values) ** 0.5
    # The distance of equivalent and mean is about 0.5/n on this spectrum; 1/n is the order.
    assert abs(np.mean(values) / float(found.value) - 1) < 1 / 200 + ALARM * error / float(found.value)
    assert error < 0.002 * found.value
    if name == "truth":
        wrong = float(found.value) * (1 - float(found.Omega))
        assert abs(np.mean(values) - wrong) > 10 * error


def test_plain_interpolators_have_the_risk():
    spectrum, n = Spectrum.power_law(1, 60), 24
    lam = spectrum.values()[0]
    b = np.cos(np.arange(60.0))
    rng = np.random.default_rng(1)
    b_s = b + 0.3 * rng.standard_normal(60)
    values = []
    for _ in range(3000):
        X = rng.standard_normal((n, 60)) * np.sqrt(lam)
        fit = np.linalg.lstsq(X, X @ b_s + 0.4 * rng.standard_normal(n), rcond=None)[0]
        values.append(float(lam @ (fit - b) ** 2))
    error = np.std(values, ddof=1) / len(values) ** 0.5
    found = risk(spectrum, Signal.of(b), n, 0.16, b_s)
    assert abs(np.mean(values) / found - 1) < 1 / n + ALARM * error / found


def test_ridge_regression_has_the_risk():
    spectrum, n, ridge = Spectrum.power_law(1, 60), 90, 0.05
    lam = spectrum.values()[0]
    b = np.cos(np.arange(60.0))
    rng = np.random.default_rng(2)
    b_s = b + 0.3 * rng.standard_normal(60)
    values = []
    for _ in range(2000):
        X = rng.standard_normal((n, 60)) * np.sqrt(lam)
        y = X @ b_s + 0.4 * rng.standard_normal(n)
        fit = np.linalg.solve(X.T @ X / n + ridge * np.eye(60), X.T @ y / n)
        values.append(float(lam @ (fit - b) ** 2))
    error = np.std(values, ddof=1) / len(values) ** 0.5
    found = risk(spectrum, Signal.of(b), n, 0.16, b_s, ridge=ridge)
    assert abs(np.mean(values) / found - 1) < 1 / n + ALARM * error / found
    # The ridge added to X'X in place of X'X/n.
    wrong = risk(spectrum, Signal.of(b), n, 0.16, b_s, ridge=ridge / n)
    assert abs(np.mean(values) - wrong) > ALARM * error


def test_where_few_directions_are_left_the_equivalent_is_off_and_says_so():
    # tau is right at lam_i = exp(-i), and the equivalent of the risk is a third below the mean.
    lam = np.exp(-np.arange(1, 61.0))
    spectrum, signal = Spectrum.explicit(lam), Signal.of(np.zeros(60))
    with pytest.warns(EquivalentWarning, match=r"n=10: n \(1 - Omega\) = 1 < 10, .* can be far from its mean"):
        risk(spectrum, signal, 10, 1.0)
    found = evaluate_risk(spectrum, signal, 10, 1.0)
    assert found.value == pytest.approx(9.0, abs=0.05)
    assert len(found.notes) == 1
    values = samplers.interpolator_risks(np.random.default_rng(3), 4000, 10, lam, np.zeros(60), noise=1.0)
    assert np.median(values) > 9.2
    assert np.mean(values) > 12


# -- curves ---------------------------------------------------------------------------------------------------


def test_a_curve_is_one_call_and_each_point_is_that_of_the_whole_spectrum(monkeypatch):
    spectrum = Spectrum.power_law("1.3", 30_000)
    n = np.geomspace(50, 29_000, 12)
    noise = np.array([0.0, 0.1, 2.0])[:, None]
    curves = {name: evaluate_risk(spectrum, SIGNAL, n, noise, name) for name in risks.SURROGATES}
    # From here on nothing is compressed.
    monkeypatch.setattr(risks, "DENSE", 10**9)
    for name, curve in curves.items():
        assert curve.value.shape == (3, 12)
        for i, j in ((0, 0), (1, 5), (2, 11)):
            alone = evaluate_risk(spectrum, SIGNAL, n[j], noise[i, 0], name)
            assert abs(curve.value[i, j] - alone.value) <= curve.radius[i, j] + alone.radius
            assert curve.radius[i, j] < 2e-12 * curve.value[i, j]


def test_a_compressed_spectrum_that_is_wrong_is_not_used(monkeypatch):
    from w2s_sym.spectra import compression

    right = compression.compress

    def wrong(*arrays):
        nodes = right(*arrays)
        nodes.weight[len(nodes.lam) // 2 :] *= 1 + 1e-9
        return nodes

    monkeypatch.setattr(compression, "compress", wrong)
    with pytest.raises(compression.CompressionError, match="which differ by more than the bound"):
        evaluate_risk(Spectrum.power_law(1, 30_000), SIGNAL, [100, 1000, 10_000])


@pytest.mark.parametrize("p", [500, None])
def test_no_sizes_are_no_risks(p):
    assert risk(Spectrum.power_law(2, p), SIGNAL, np.empty(0)).shape == (0,)
    assert risk(Spectrum.power_law(2, p), SIGNAL, np.empty((0, 1)), np.ones(3)).shape == (0, 3)


def test_shapes_follow_numpy():
    n, noise = np.array([100, 150, 200]), np.array([[0.0], [1.0]])
    values = risk(FIGURE, SIGNAL, n, noise)
    assert values.shape == (2, 3)
    assert isinstance(risk(FIGURE, SIGNAL, 100, 1), float)
    assert values[1, 0] == risk(FIGURE, SIGNAL, 100, 1)
    found = evaluate_risk(FIGURE, SIGNAL, n, noise, "optimal")
    assert found.gains(np.array([[0.1, 0.2]]), (1, 2)).shape == (1, 2)


def test_infinite_spectra_reach_their_limits():
    # The ratio of optimal to standard tends to cos(pi/8)/1.5 at alpha = 2, beta = 1.5; the mask's by its beta integral.
    spectrum = Spectrum.power_law(2)
    n = [10.0**9, 10.0**12]
    values = {k: risk(spectrum, SIGNAL, n, 0.0, k) for k in risks.SURROGATES}
    s = mpmath.mpf(1) / 4
    best = mpmath.cos(mpmath.pi * s / 2) / (2 * (1 - s))
    mask = mpmath.betainc(2 - s, s, 0, 1 / mpmath.sqrt(2)) + (mpmath.sqrt(2) - 1) ** s / (2 * s)
    mask *= mpmath.sin(mpmath.pi * s) / ((1 - s) * mpmath.pi)
    assert values["optimal"][1] / values["truth"][1] == pytest.approx(float(best), rel=1e-11)
    assert values["mask"][1] / values["truth"][1] == pytest.approx(float(mask), rel=1e-11)
    c = mpmath.pi / 2
    constant = c ** (2 * s) * (1 - s) * mpmath.pi / mpmath.sin(mpmath.pi * s)
    assert values["truth"][1] * 10.0**6 == pytest.approx(float(constant), rel=1e-11)


def test_a_long_spectrum_is_close_to_an_infinite_one():
    long = evaluate_risk(Spectrum.power_law("3.5", 10**6), Signal.power_law(4), 30, 0.2, "mask")
    endless = evaluate_risk(Spectrum.power_law("3.5"), Signal.power_law(4), 30, 0.2, "mask")
    # What is left beyond p = 10^6: trace p^-2.5/2.5 over tau, and energy p^-3/3.
    left = 10.0**-15 / 2.5 / float(long.tau) + 1e-18
    assert abs(long.value - endless.value) <= long.radius + endless.radius + 5 * left * long.value


# -- refusals -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        ((0,), {}, "n=0: needs finite numbers > 0"),
        (([5, np.nan],), {}, "n=nan: needs finite numbers > 0"),
        ((5, -0.1), {}, r"noise=-0\.1: needs finite numbers >= 0"),
        (("many",), {}, "n: needs finite numbers > 0"),
        ((5, 0, "best"), {}, "surrogate='best': needs truth, optimal, mask or an array of coefficients"),
        ((5, 0), {"ridge": -1}, "ridge=-1: needs finite numbers >= 0"),
        ((5, 0, np.ones(3)), {}, r"surrogate of shape \(3,\): needs 500 finite numbers, one for each eigenvalue"),
        ((5, 0), {"gain": np.full(500, np.nan)}, "gain of shape .* needs 500 finite numbers"),
        ((5, 0, "mask"), {"gain": np.ones(500)}, "surrogate and gain are both given; give one of them"),
        ((5, 0, np.ones(500)), {"gain": np.ones(500)}, "surrogate and gain are both given; give one of them"),
        (([5, 6], [1, 2, 3]), {}, r"shapes n \(2,\), noise \(3,\): do not broadcast"),
        ((5, 0, object()), {}, "surrogate: needs an array of real numbers"),
    ],
)
def test_what_has_no_risk_is_refused(arguments, options, words):
    with pytest.raises(RiskError, match=words):
        risk(FIGURE, SIGNAL, *arguments, **options)


def test_infinite_spectra_take_power_laws_alone():
    with pytest.raises(RiskError, match=r"needs a signal lam_i b_i\^2 = i\^-beta"):
        risk(Spectrum.power_law(2), Signal.of(np.ones(4)), 5)
    with pytest.raises(RiskError, match="coefficients need finitely many eigenvalues; give p"):
        risk(Spectrum.power_law(2), SIGNAL, 5, 0, np.ones(4))


def test_gains_of_a_vector_are_the_callers():
    found = evaluate_risk(FIGURE, SIGNAL, 100, 0, np.ones(500))
    with pytest.raises(RiskError, match="its gains are that vector over the truth"):
        found.gains(np.ones(3))


def test_coefficients_keep_the_order_they_are_given_in():
    lam = np.array([0.1, 3.0, 0.0, 1.0])
    spectrum = Spectrum.explicit(lam)
    assert (coordinates.ordered(spectrum) == lam).all()
    # A power law counts from the largest eigenvalue.
    b = coordinates.coefficients(spectrum, Signal.power_law(2))
    assert lam * b**2 == pytest.approx([1 / 9, 1, 0, 1 / 4])
    assert (coordinates.ordered(Spectrum.levels([(1, 2), (3, 1), (0, 2)])) == [3, 1, 1, 0, 0]).all()


# -- at the ends of the range of floats -----------------------------------------------------------------------


def far_by_hand(lam, b, n, sigma2, ridge, surrogate, b_s):
    """The equivalent's risk to 60 digits for numbers of any size; zero eigenvalues are left out by the caller."""
    with mpmath.workdps(60):
        lam, b, b_s = ([mpmath.mpf(float(v)) for v in a] for a in (lam, b, b_s))
        low, high = mpmath.mpf(-2500), mpmath.mpf(2500)
        for _ in range(230):
            s = (low + high) / 2
            t = mpmath.exp(s)
            r = sum(v / (v + t) for v in lam) + n * mpmath.mpf(ridge) / t - n
            low, high = (s, high) if r > 0 else (low, s)
        u, zeta = [v / (v + t) for v in lam], [t / (v + t) for v in lam]
        effective = sum(x * z for x, z in zip(u, zeta, strict=True)) + n * mpmath.mpf(ridge) / t
        Omega, rest = sum(x * x for x in u) / n, effective / n
        k = Omega / rest
        if surrogate == "optimal":
            return sum(v * c * c / (1 + (v / t) ** 2 / k) for v, c in zip(lam, b, strict=True)) + k * sigma2
        if surrogate == "mask":
            kept = (v * c * c * min(1, z * z / rest) for v, c, z in zip(lam, b, zeta, strict=True))
            return sum(kept) + k * sigma2
        wanted = b if surrogate == "truth" else b_s
        # u s - b without the digits that 1 - zeta would lose.
        off = (v * (s - c - z * s) ** 2 for v, z, s, c in zip(lam, zeta, wanted, b, strict=True))
        noise = (v * (z * s) ** 2 for v, z, s in zip(lam, zeta, wanted, strict=True))
        return sum(off) + k * (sigma2 + sum(noise))


@pytest.mark.usefixtures("few")
def test_a_risk_of_numbers_of_any_size_is_enclosed_or_refused():
    rng = np.random.default_rng(20261128)
    enclosed = refused = 0
    for case in range(120):
        p, far = int(rng.integers(1, 4)), float(rng.choice([5, 80, 160, 250]))
        lam, b, b_s = (10.0 ** rng.uniform(-far, far, p) for _ in range(3))
        ridge = float(rng.choice([0.0, 10.0 ** rng.uniform(-far, far)]))
        n = float(rng.uniform(0.1, 0.9) * p) if not ridge else float(rng.uniform(0.1, 9))
        sigma2 = float(rng.choice([0.0, 10.0 ** rng.uniform(-far, far)]))
        surrogate = ("truth", "optimal", "mask", b_s)[case % 4]
        try:
            found = evaluate_risk(Spectrum.explicit(lam), Signal.of(b), n, sigma2, surrogate, ridge=ridge)
        except (ValueError, ArithmeticError):  # in words: the classes of the docstring
            refused += 1
            continue
        enclosed += 1
        name = surrogate if isinstance(surrogate, str) else "vector"
        with mpmath.workdps(60):
            exact = far_by_hand(lam, b, n, sigma2, ridge, name, b_s)
            assert np.isfinite(found.value), (case, name, lam, b, ridge)
            assert abs(mpmath.mpf(float(found.value)) - exact) <= mpmath.mpf(float(found.radius)), (case, name)
    assert enclosed > 30
    assert refused > 10


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("lam", "ridge"),
    [([1e-170], 1.0), ([1.0, 1e-100], 1e170)],
)
@pytest.mark.parametrize("surrogate", risks.SURROGATES)
def test_an_omega_that_floats_lose_is_refused_in_words(lam, ridge, surrogate):
    with pytest.raises(RiskError, match=r"Omega is .*, below .*, where floats lose its digits; bring"):
        evaluate_risk(Spectrum.explicit(lam), Signal.of([1.0] * len(lam)), 1, 0, surrogate, ridge=ridge)


def test_a_risk_beyond_floats_is_refused():
    spectrum, signal = Spectrum.explicit([1.0, 0.5]), Signal.of([1.0, 1.0])
    with pytest.raises(RiskError, match="the risk is beyond floats"):
        evaluate_risk(spectrum, signal, 1.99, 1e308)
    with pytest.raises(RiskError, match="the risk is beyond floats"):
        evaluate_risk(spectrum, signal, 3, 0, np.array([1e160, 1.0]))
