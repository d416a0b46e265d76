"""Random primitives against what they are defined to be, on fixed streams with levels far beyond chance."""

from __future__ import annotations

import ast
from pathlib import Path

import mpmath
import numpy as np
import pytest
from scipy import stats

from w2s_sym.matrices import samplers
from w2s_sym.matrices.samplers import ModelError


def rng(seed=0):
    return np.random.Generator(np.random.PCG64(seed))


# -- Wishart factors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rows", "size"), [(9, 3), (3, 3), (2, 5), (1, 4), (6, 1)])
def test_a_factor_is_upper_trapezoidal_with_a_positive_diagonal(rows, size):
    t = samplers.bartlett(rng(), 7, rows, size)
    height = min(rows, size)
    assert t.shape == (7, height, size)
    for i in range(height):
        assert (t[:, i, i] > 0).all()
        assert (t[:, i, :i] == 0).all()
        assert (t[:, i, i + 1 :] != 0).all()


@pytest.mark.parametrize(("rows", "size"), [(8, 3), (3, 5)])
def test_each_entry_has_its_own_law(rows, size):
    t = samplers.bartlett(rng(1), 20000, rows, size)
    for i in range(min(rows, size)):
        assert stats.kstest(t[:, i, i], stats.chi(rows - i).cdf).pvalue > 1e-4
        for j in range(i + 1, size):
            assert stats.kstest(t[:, i, j], "norm").pvalue > 1e-4


def test_entries_are_independent():
    t = samplers.bartlett(rng(2), 20000, 7, 3)[:, *np.triu_indices(3)]
    correlation = np.corrcoef(t.T) - np.eye(6)
    # The standard error of a correlation is 1/sqrt(20000) = 0.0071.
    assert np.abs(correlation).max() < 0.035


@pytest.mark.parametrize(("rows", "size"), [(6, 3), (2, 4), (4, 4)])
def test_a_factor_stands_for_a_gaussian_matrix(rows, size):
    t = samplers.bartlett(rng(3), 20000, rows, size)
    g = rng(4).standard_normal((20000, rows, size))
    # Functions of the Gram matrix that weigh the columns unequally.
    weights = np.arange(1.0, size + 1)
    for f in (lambda x: (x @ weights) ** 2, lambda x: x[..., 0] * x[..., -1]):
        assert stats.ks_2samp(f(t).sum(-1), f(g).sum(-1)).pvalue > 1e-4


def test_the_number_of_rows_does_not_matter_for_the_cost():
    t = samplers.bartlett(rng(), 3, 10**9, 2)
    assert t.shape == (3, 2, 2)
    # chi with 10^9 degrees of freedom: mean square 10^9, relative standard deviation 4.5e-5.
    np.testing.assert_allclose(t[:, 0, 0] ** 2, 1e9, rtol=3e-4)


@pytest.mark.parametrize(("rows", "size"), [(-1, 2), (2, -1)])
def test_a_factor_has_no_negative_size(rows, size):
    with pytest.raises(ModelError, match=f"{rows} rows and {size} columns: needs sizes that are not negative"):
        samplers.bartlett(rng(), 1, rows, size)
    assert samplers.bartlett(rng(), 2, 1, 1).shape == (2, 1, 1)


def test_a_matrix_without_rows_has_a_gram_matrix_of_zeros():
    t = samplers.bartlett(rng(), 2, 0, 3)
    assert t.shape == (2, 0, 3)
    assert not (t.swapaxes(1, 2) @ t).any()
    assert samplers.bartlett(rng(), 2, 3, 0).shape == (2, 0, 0)


# -- Gaussian rows and roots ----------------------------------------------------------------------------------


def test_rows_have_the_covariance_of_their_root():
    root = np.array([[2.0, 1.0], [0.0, 3.0], [1.0, 0.0]])
    x = samplers.gaussian_rows(rng(5), 4000, 5, root)
    assert x.shape == (4000, 5, 2)
    flat = x.reshape(-1, 2)
    # root'root = [[5, 2], [2, 10]]; the standard errors are below 0.1.
    np.testing.assert_allclose(flat.T @ flat / len(flat), [[5, 2], [2, 10]], atol=0.45)
    assert abs((x[:, 0, 0] * x[:, 1, 0]).mean()) < 0.45


def test_a_root_squares_to_the_covariance():
    a = rng(6).standard_normal((5, 5))
    covariance = a @ a.T
    root = samplers.root(covariance)
    np.testing.assert_allclose(root @ root, covariance, atol=1e-12)
    np.testing.assert_allclose(root, root.T, atol=1e-12)
    assert (np.linalg.eigvalsh(root) > 0).all()


def test_a_singular_covariance_has_a_root():
    v = np.array([[1.0], [2.0], [2.0]])
    root = samplers.root(v @ v.T)
    np.testing.assert_allclose(root, v @ v.T / 3, atol=1e-7)  # vv' = 9 P, its root 3 P = vv'/3
    np.testing.assert_array_equal(samplers.root(np.zeros((2, 2))), np.zeros((2, 2)))


def test_the_root_of_the_identity_is_the_identity():
    np.testing.assert_array_equal(samplers.root(np.eye(4)), np.eye(4))


def test_no_root_names_the_eigenvalue():
    with pytest.raises(ModelError, match=r"my matrix has eigenvalue -1 < 0: .*at most 1"):
        samplers.root(np.array([[1.0, 2.0], [2.0, 1.0]]), "my matrix")
    with pytest.raises(ModelError, match=r"eigenvalue -2 < 0: no random vector has it; a variance is -2, make it non"):
        samplers.root(np.diag([1.0, -2.0]))
    with pytest.raises(ModelError, match=r"the covariance has eigenvalue -1e-06"):
        samplers.root(np.diag([1.0, -1e-6]))


def test_a_covariance_is_square_symmetric_and_finite():
    with pytest.raises(ModelError, match=r"shape \(2, 3\): needs a square"):
        samplers.root(np.zeros((2, 3)))
    with pytest.raises(ModelError, match=r"shape \(4,\): needs a square"):
        samplers.root(np.zeros(4))
    with pytest.raises(ModelError, match=r"differs from its transpose by 0\.5"):
        samplers.root(np.array([[1.0, 0.5], [0.0, 1.0]]))
    with pytest.raises(ModelError, match="not finite"):
        samplers.root(np.array([[np.nan]]))


# -- frames and cosines ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rows", "cols"), [(5, 2), (4, 4), (3, 1)])
def test_a_frame_is_orthonormal(rows, cols):
    u = samplers.frame(rng(7), rows, cols)
    assert u.shape == (rows, cols)
    np.testing.assert_allclose(u.T @ u, np.eye(cols), atol=1e-12)


def test_a_frame_is_uniform_in_sign_too():
    source = rng(8)
    corners = np.array([samplers.frame(source, 3, 2) for _ in range(4000)])
    # A coordinate of a uniform vector on the sphere in three dimensions is uniform on [-1, 1] (Archimedes).
    for i in range(3):
        for j in range(2):
            assert stats.kstest(corners[:, i, j], stats.uniform(-1, 2).cdf).pvalue > 1e-4


def test_a_frame_fits_its_space():
    with pytest.raises(ModelError, match="3 orthonormal columns in dimension 2: needs cols <= rows"):
        samplers.frame(rng(), 2, 3)


@pytest.mark.parametrize("total", [0, 0.01, 1.5, 2, 3.99, 4])
def test_squared_cosines_add_up(total):
    for seed in range(20):
        c = samplers.squared_cosines(rng(seed), 4, total)
        assert c.shape == (4,)
        assert (c >= 0).all()
        assert (c <= 1).all()
        assert c.sum() == pytest.approx(total, rel=1e-12)
    assert 0 < total < 4 or len(set(c)) == 1
    assert total in (0, 4) or len(set(c)) == 4


@pytest.mark.parametrize("total", [-0.1, 4.1])
def test_squared_cosines_have_a_range(total):
    with pytest.raises(ModelError, match=rf"add up to {total}: needs 0 <= sum <= 4"):
        samplers.squared_cosines(rng(), 4, total)


@pytest.mark.parametrize(("d_s", "d_w", "d_sw"), [(3, 5, 1.7), (5, 3, 3), (4, 4, 0), (1, 6, 0.25)])
def test_a_cross_covariance_has_its_correlation_dimension(d_s, d_w, d_sw):
    c = samplers.cross_covariance(d_s, d_w, d_sw, rng(9))
    assert c.shape == (d_s, d_w)
    assert (c**2).sum() == pytest.approx(d_sw, rel=1e-12, abs=1e-15)
    cosines = np.linalg.svd(c, compute_uv=False)
    assert cosines.max() <= 1 + 1e-12
    # It belongs to some pair of whitened features.
    samplers.root(np.block([[np.eye(d_s), c], [c.T, np.eye(d_w)]]))


def test_a_cross_covariance_is_in_general_position():
    c = samplers.cross_covariance(4, 4, 2.0, rng(10))
    assert np.abs(c - c.T).max() > 0.05
    assert np.abs(c - np.diag(np.diag(c))).max() > 0.05
    cosines = np.linalg.svd(c, compute_uv=False)
    assert np.ptp(cosines) > 0.05
    assert not np.array_equal(c, samplers.cross_covariance(4, 4, 2.0, rng(11)))
    np.testing.assert_array_equal(c, samplers.cross_covariance(4, 4, 2.0, rng(10)))


@pytest.mark.parametrize("d_sw", [-1e-9, 2.5, 3])
def test_an_impossible_correlation_dimension_is_refused(d_sw):
    with pytest.raises(ModelError, match=r"d_s=2, d_w=3: needs 0 <= d_sw <= min\(d_s, d_w\) = 2"):
        samplers.cross_covariance(2, 3, d_sw, rng())


def test_models_know_no_formula():
    source = Path(samplers.__file__).read_text(encoding="utf-8")
    imported = {
        alias.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import) for alias in node.names
    }
    assert imported == {"numpy"}


# -- interpolators --------------------------------------------------------------------------------------------


def plain_risks(draws, n, lam, b, b_s, noise, stream):
    out = np.empty(draws)
    for k in range(draws):
        x = stream.standard_normal((n, len(lam))) * np.sqrt(lam)
        fit = np.linalg.lstsq(x, x @ b_s + np.sqrt(noise) * stream.standard_normal(n), rcond=None)[0]
        out[k] = lam @ (fit - b) ** 2
    return out


@pytest.mark.parametrize("noise", [0.0, 0.5])
@pytest.mark.parametrize("given", [True, False])
def test_averaged_risks_have_the_mean_of_the_plain_loop_and_vary_less(noise, given):
    lam, b = np.exp(-np.arange(14.0) / 3), np.cos(np.arange(14.0))
    gain = np.linspace(-1, 2, 14) if given else None
    plain = plain_risks(6000, 6, lam, b, b if gain is None else gain * b, noise, rng(1))
    averaged = samplers.interpolator_risks(rng(2), 6000, 6, lam, lam * b**2, gain=gain, noise=noise)
    error = np.hypot(plain.std(), averaged.std()) / 6000**0.5
    assert abs(plain.mean() - averaged.mean()) < 4.9 * error
    assert averaged.std() < plain.std()
    # A term that is lost shows: the risk as if the noise, or the gains, were not there.
    wrong = samplers.interpolator_risks(rng(2), 6000, 6, lam, lam * b**2, gain=None, noise=0.0)
    if noise or given:
        assert abs(plain.mean() - wrong.mean()) > 4.9 * error


def test_a_draw_is_the_average_over_all_signs():
    lam, b, n = np.array([2.0, 1.0, 0.5, 0.25]), np.array([1.0, -2.0, 3.0, 0.5]), 2
    x = rng(3).standard_normal((n, 4)) * np.sqrt(lam)
    projector = np.linalg.pinv(x) @ x
    every = []
    for signs in np.ndindex(2, 2, 2, 2):
        signed = (1 - 2 * np.array(signs)) * b
        every.append(lam @ (projector @ signed - signed) ** 2)
    averaged = samplers.interpolator_risks(rng(3), 1, n, lam, lam * b**2)
    assert averaged == pytest.approx(np.mean(every), rel=1e-12)


def test_wide_spectra_do_not_lose_their_digits():
    # X has condition number 1e12 here, so that of its Gram matrix is beyond floats.
    n, p = 20, 60
    lam = np.exp(-3 * np.arange(1, p + 1.0) / 2)
    energy = np.ones(p)
    found = float(samplers.interpolator_risks(rng(), 1, n, lam, energy)[0])
    x = rng().standard_normal((n, p)) * np.sqrt(lam)
    with mpmath.workdps(80):
        exact = mpmath.matrix(x.tolist())
        projector = exact.T * mpmath.inverse(exact * exact.T) * exact
        value = mpmath.fsum(
            energy[i] / mpmath.mpf(lam[i]) * lam[j] * (projector[i, j] - (i == j)) ** 2
            for i in range(p)
            for j in range(p)
        )
    assert found == pytest.approx(float(value), rel=1e-9)


@pytest.mark.parametrize(
    ("n", "lam", "energy", "words"),
    [
        (3, np.ones(3), np.ones(3), "n=3 rows in dimension 3: an interpolator needs 0 < n < 3"),
        (0, np.ones(3), np.ones(3), "n=0 rows"),
        (1, np.array([1.0, 0.0]), np.ones(2), "positive and nonnegative"),
        (1, np.ones(2), np.array([1.0, -1.0]), "positive and nonnegative"),
        (1, np.ones(2), np.ones(3), "vectors of one length"),
    ],
)
def test_interpolators_need_a_wide_design(n, lam, energy, words):
    with pytest.raises(ModelError, match=words):
        samplers.interpolator_risks(rng(), 1, n, lam, energy)
