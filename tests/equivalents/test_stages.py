"""Two stages against simulation with random eigenbases; swapped covariances and lost terms must be told apart."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from w2s_sym import two_stage, two_stage_matrix
from w2s_sym.spectra.arguments import SpectrumError
from w2s_sym.spectra.coordinates import RiskError
from w2s_sym.spectra.risks import EquivalentWarning, risk
from w2s_sym.spectra.signals import Signal
from w2s_sym.spectra.spectrum import Spectrum

ALARM = 4.9
P = 60


def rotated(rng, lam):
    q = np.linalg.qr(rng.standard_normal((len(lam), len(lam))))[0]
    matrix = (q * lam) @ q.T
    return (matrix + matrix.T) / 2


def setting(seed=0):
    rng = np.random.default_rng(seed)
    i = np.arange(1, P + 1.0) / P
    return rotated(rng, i**-1.2), rotated(rng, i**-0.8), rng.standard_normal(P) / np.sqrt(P)


def simulate(source, target, b, m, n, noise_s, noise_t, draws, seed=1):
    """Mean and standard error of the risk: lstsq for both stages, nothing averaged by hand."""
    rng = np.random.default_rng(seed)
    root_s, root_t = np.linalg.cholesky(source), np.linalg.cholesky(target)
    values = []
    for _ in range(draws):
        X = rng.standard_normal((m, len(b))) @ root_s.T
        b_s = np.linalg.lstsq(X, X @ b + np.sqrt(noise_s) * rng.standard_normal(m), rcond=None)[0]
        X = rng.standard_normal((n, len(b))) @ root_t.T
        fit = np.linalg.lstsq(X, X @ b_s + np.sqrt(noise_t) * rng.standard_normal(n), rcond=None)[0]
        values.append(float((fit - b) @ target @ (fit - b)))
    return float(np.mean(values)), float(np.std(values, ddof=1) / draws**0.5)


@pytest.mark.parametrize(("m", "n"), [(40, 30), (120, 30), (40, 120), (120, 110)])
def test_random_eigenbases_by_simulation(m, n):
    source, target, b = setting()
    value = two_stage_matrix(source, target, b, m, n, 0.3, 0.2)
    mean, error = simulate(source, target, b, m, n, 0.3, 0.2, 2500)
    # Each stage below its rank is off by about 1/(p - its samples) or 1/samples, whichever is larger; none above.
    order = (1 / min(m, P - m) if m < P else 0) + (1 / min(n, P - n) if n < P else 0)
    assert abs(mean / value - 1) < order + ALARM * error / value


def test_swapped_covariances_and_lost_terms_are_refuted():
    source, target, b = setting()
    mean, error = simulate(source, target, b, 40, 30, 0.3, 0.2, 2500)
    right = two_stage_matrix(source, target, b, 40, 30, 0.3, 0.2)
    allowed = 1 / 20 + 1 / 30 + ALARM * error / mean
    # The covariances swapped, eigenvectors forgotten, noise of one stage lost.
    forgotten = [np.diag(np.linalg.eigvalsh(s)[::-1]) for s in (source, target)]
    rivals = {
        "swapped": two_stage_matrix(target, source, b, 40, 30, 0.3, 0.2),
        "eigenvectors": two_stage_matrix(*forgotten, b, 40, 30, 0.3, 0.2),
        "noise_s": two_stage_matrix(source, target, b, 40, 30, 0.0, 0.2),
        "noise_t": two_stage_matrix(source, target, b, 40, 30, 0.3, 0.0),
    }
    assert abs(mean / right - 1) < allowed
    for name, value in rivals.items():
        assert abs(mean / value - 1) > allowed, name


def literal(source, target, b, m, n, noise_s, noise_t):
    """The formula in matrices as it is printed, both stages below their rank; tau by bisection."""

    def stage(sigma, size):
        lam = np.linalg.eigvalsh(sigma)
        low, high = -60.0, 60.0
        for _ in range(200):
            s = (low + high) / 2
            low, high = (s, high) if (lam / (lam + np.exp(s))).sum() > size else (low, s)
        inverse = np.linalg.inv(sigma + np.exp(low) * np.eye(len(sigma)))
        A = sigma @ inverse
        return A, inverse, np.trace(A @ A) / size

    eye = np.eye(len(b))
    A_s, inverse, Omega_s = stage(source, m)
    A_t, _, Omega_t = stage(target, n)
    V_s = (noise_s + b @ (eye - A_s).T @ source @ (eye - A_s) @ b) / (1 - Omega_s)
    mu, C = A_s @ b, V_s / m * source @ inverse @ inverse
    second = np.outer(mu, mu) + C
    bias = (A_t @ mu - b) @ target @ (A_t @ mu - b) + np.trace(A_t.T @ target @ A_t @ C)
    left = (eye - A_t).T @ target @ (eye - A_t)
    return bias + Omega_t / (1 - Omega_t) * (noise_t + np.trace(left @ second))


@pytest.mark.parametrize("seed", range(4))
def test_matrices_give_the_same_number(seed):
    source, target, b = setting(seed)
    mine = two_stage_matrix(source, target, b, 40, 31.5, 0.3, 0.2)
    assert mine == pytest.approx(literal(source, target, b, 40, 31.5, 0.3, 0.2), rel=1e-11)
    swapped = literal(target, source, b, 40, 31.5, 0.3, 0.2)
    assert abs(mine / swapped - 1) > 1e-2


def test_commuting_covariances_are_a_special_case():
    rng = np.random.default_rng(3)
    lam_s, lam_t, b = rng.exponential(size=P), rng.exponential(size=P), rng.standard_normal(P)
    args = (40, [[35.0], [90.0]], [0.1, 0.4, 0.0], 0.2)
    mine = two_stage(Spectrum.explicit(lam_s), Spectrum.explicit(lam_t), Signal.of(b), *args)
    assert mine.shape == (2, 3)
    assert mine == pytest.approx(two_stage_matrix(np.diag(lam_s), np.diag(lam_t), b, *args), rel=1e-11)
    # The order of eigenvalues pairs them: another order is another problem.
    other = two_stage(Spectrum.explicit(lam_s[::-1]), Spectrum.explicit(lam_t), Signal.of(b), *args)
    assert (np.abs(other / mine - 1) > 1e-3).all()


def test_a_perfect_teacher_leaves_one_stage():
    spectrum, signal = Spectrum.power_law(1, 80), Signal.power_law("1.5")
    value = two_stage(spectrum, spectrum, signal, 81.5, 40, 0.0, 0.3)
    assert value == pytest.approx(risk(spectrum, signal, 40, 0.3), rel=1e-13)


def test_a_perfect_student_leaves_the_teacher():
    # Below: the teacher's own risk, above: its exact variance.
    spectrum, signal = Spectrum.power_law(1, 80), Signal.power_law("1.5")
    for m in (40, 100):
        value = two_stage(spectrum, spectrum, signal, m, 200, 0.3, 0.0)
        assert value == pytest.approx(risk(spectrum, signal, m, 0.3), rel=1e-12)


def test_thresholds_are_infinite_with_noise_and_never_nan():
    spectrum, signal = Spectrum.isotropic(30), Signal.of(np.ones(30))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EquivalentWarning)
        sizes = np.array([10, 30, 31, 32.0])
        table = two_stage(spectrum, spectrum, signal, sizes[:, None], sizes, 0.1, 0.1)
        quiet = two_stage(spectrum, spectrum, signal, sizes[:, None], sizes)
    infinite = np.array([[0, 1, 1, 0], [1, 1, 1, 1], [1, 1, 1, 1], [0, 1, 1, 0]], dtype=bool)
    assert (np.isinf(table) == infinite).all()
    assert np.isfinite(quiet).all()
    assert (quiet[1:, 1:] == 0).all()


def test_directions_that_the_teacher_never_sees_stay_at_zero():
    source = Spectrum.explicit([1.0, 2.0, 0.0])
    target = Spectrum.explicit([1.0, 1.0, 4.0])
    value = two_stage(source, target, Signal.of([1.0, 1.0, 3.0]), 50, 50)
    assert value == pytest.approx(4 * 9)
    # Nor does a variance count where the target has none.
    assert two_stage(target, source, Signal.of([0.0, 0.0, 3.0]), 3, 50, 0.0, 0.0) == 0


def test_few_directions_are_warned_of():
    spectrum = Spectrum.explicit(np.exp(-np.arange(1, 41.0)))
    with pytest.warns(EquivalentWarning, match=r"m=10: m \(1 - Omega\) = 1 < 10"):
        two_stage(spectrum, spectrum, Signal.of(np.ones(40)), 10, 100)
    with pytest.warns(EquivalentWarning, match=r"n=12: n \(1 - Omega\) = 1 < 10"):
        two_stage(spectrum, spectrum, Signal.of(np.ones(40)), 100, 12)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"m": 0}, RiskError, "m=0: needs finite numbers > 0"),
        ({"n": np.inf}, RiskError, "n=inf: needs finite numbers > 0"),
        ({"noise_s": -1}, RiskError, "noise_s=-1: needs finite numbers >= 0"),
        ({"m": [1, 2], "n": [1, 2, 3]}, RiskError, r"shapes m \(2,\), n \(3,\), .* do not broadcast; give n a column"),
        ({"b_star": np.ones(3)}, RiskError, r"have 2, 2 and \(3,\) entries: needs one size p"),
        ({"Sigma_t": np.array([[1, 2], [0, 1.0]])}, SpectrumError, "covariance is not symmetric"),
        ({"Sigma_s": np.diag([1, -1.0])}, SpectrumError, "not positive semidefinite"),
    ],
)
def test_what_has_no_risk_is_refused(change, error, words):
    given = {"Sigma_s": np.eye(2), "Sigma_t": np.eye(2), "b_star": np.ones(2), "m": 5, "n": 6, "noise_s": 1} | change
    with pytest.raises(error, match=words):
        two_stage_matrix(**given)


def test_spectra_of_different_length_are_refused():
    with pytest.raises(RiskError, match="source of 3 eigenvalues, target of 2: needs as many; pad with zeros"):
        two_stage(Spectrum.isotropic(3), Spectrum.isotropic(2), Signal.of(np.ones(2)), 9, 9)
