"""Effective ridges on nodes against closed forms, bisection with 260 digits and another solver."""

from __future__ import annotations

import dataclasses
import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2s_sym.spectra import effective_ridge, ridge_of_many
from w2s_sym.spectra.compression import compress, uncompressed
from w2s_sym.spectra.ridge_of_many import RootError
from w2s_sym.spectra.spectrum import Spectrum


def nodes_of(lam, weight=None):
    lam = np.asarray(lam, dtype=float)
    return uncompressed(lam, np.ones(len(lam)) if weight is None else np.asarray(weight, dtype=float), lam)


def only(nodes, n, ridge=0.0):
    found = ridge_of_many.solve_many(nodes, np.array([float(n)]), ridge)
    return float(found.t[0]), float(found.radius[0])


def distance(t, lam, n, ridge=0.0):
    """|log t - log root|, by bisection alone and with digits for every gap; infinite beyond 1e-9.

    The equation decreases in t, so a sign change is the root and there is no other.
    """
    with mpmath.workdps(260):
        lam = [mpmath.mpf(float(v)) for v in lam]

        def r(s):
            t = mpmath.exp(s)
            return mpmath.fsum(v / (v + t) for v in lam) + n * mpmath.mpf(ridge) / t - n

        low, high = mpmath.log(mpmath.mpf(t)) - mpmath.mpf(10) ** -9, mpmath.log(mpmath.mpf(t)) + mpmath.mpf(10) ** -9
        if not r(low) > 0 > r(high):
            return mpmath.inf
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if r(middle) > 0 else (low, middle)
        return abs(low - mpmath.log(mpmath.mpf(t)))


@pytest.mark.parametrize("n", [0.01, 1, 3.5, 199, 399, 399.999])
def test_equal_eigenvalues_have_a_closed_form(n):
    t, radius = only(nodes_of([0.3], [400]), n)
    # float(n) is what was asked for.
    assert abs(math.log(t / (0.3 * (400 - n) / n))) <= radius + 1e-15
    assert radius < 1e-13


@pytest.mark.parametrize(("n", "ridge"), [(50, 0.2), (400, 0.2), (4000, 1e-6), (4000, 30.0)])
def test_equal_eigenvalues_with_a_ridge_solve_a_quadratic(n, ridge):
    lam, p = 0.3, 400
    t, radius = only(nodes_of([lam], [p]), n, ridge)
    with mpmath.workdps(40):
        lam, ridge = mpmath.mpf(lam), mpmath.mpf(ridge)
        half = (lam * (1 - mpmath.mpf(p) / n) - ridge) / 2
        root = mpmath.sqrt(half**2 + ridge * lam) - half
        assert abs(mpmath.log(t / root)) <= radius


@pytest.mark.parametrize("n", [1, 10, 40, 55, 59])
def test_a_spectrum_of_powers_of_e_is_solved(n):
    lam = np.exp(-np.arange(1, 61.0))
    t, radius = only(nodes_of(lam), n)
    assert distance(t, lam, n) <= radius
    assert radius < 1e-13


@pytest.mark.parametrize(
    ("n", "ridge"), [(1, 0.0), (7, 0.0), (39, 0.0), (39.5, 0.0), (7, 1e-3), (80, 1e-3), (80, 1e-90)]
)
def test_wide_spectra_and_clusters_are_solved(n, ridge):
    lam = np.concatenate([[1e150, 1.0], 1e-80 * (1 + np.arange(20) * 1e-10), 10.0 ** -np.arange(100, 118)])
    t, radius = only(nodes_of(lam), n, ridge)
    assert distance(t, lam, n, ridge) <= radius
    assert radius < 1e-12


def test_many_sizes_at_once_agree_with_the_solver_that_encloses():
    spectrum = Spectrum.power_law(2, 40_000)
    lam, weight = spectrum.values()
    n = np.array([39_999, 5, 1, 1000, 20_000, 33_333])
    for nodes in (compress(lam, weight, lam), uncompressed(lam, weight, lam)):
        found = ridge_of_many.solve_many(nodes, n.astype(float))
        for size, t, radius in zip(n.tolist(), found.t, found.radius, strict=True):
            other = effective_ridge.solve(spectrum, size).t
            assert math.log(t / float(other.upper)) <= radius + 2 * spectrum.rounding
            assert math.log(t / float(other.lower)) >= -radius - 2 * spectrum.rounding
        assert (found.radius < 2e-13).all()


def test_few_eigenvalues_below_many_keep_their_digits():
    # The root lies among 40 eigenvalues below 10^9 others: what is counted there must not be rounded as 10^9 is.
    lam = np.concatenate([[1.0], 1e-14 * np.exp(0.007 * np.arange(40))])
    weight = np.concatenate([[1e9], np.ones(40)])
    nodes = compress(lam, weight, lam)
    assert len(nodes.lam) < 41
    n = 10**9 + 17.0
    t, radius = only(nodes, n)
    with mpmath.workdps(60):
        pairs = [(mpmath.mpf(v), int(w)) for v, w in zip(lam.tolist(), weight.tolist(), strict=True)]

        def r(s):
            return mpmath.fsum(w * v / (v + t * mpmath.exp(s)) for v, w in pairs) - n

        assert r(-radius) > 0 > r(radius)
    assert radius < 1e-6


def test_a_node_that_is_off_moves_the_root_beyond_its_radius():
    lam = np.arange(1, 30_001.0) ** -2
    nodes = compress(lam, np.ones(len(lam)), lam)
    weight = nodes.weight.copy()
    weight[len(weight) // 2] += 1e-3
    good, radius = only(nodes, 500)
    bad, claimed = only(dataclasses.replace(nodes, weight=weight), 500)
    assert abs(math.log(bad / good)) > radius + claimed


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.floats(-60, 60), min_size=2, max_size=12),
    st.floats(0.001, 0.999),
    st.one_of(st.just(None), st.floats(-50, 20)),
)
def test_no_spectrum_is_silently_wrong(logs, share, ridge):
    lam = np.exp(logs)
    n = share * len(lam)
    r = 0.0 if ridge is None else math.exp(ridge)
    t, radius = only(nodes_of(lam), n, r)
    assert distance(t, lam, n, r) <= radius + 1e-15
    assert radius < 1e-11


@settings(max_examples=40, deadline=None)
@given(st.floats(-30, 30), st.floats(0.01, 0.99))
def test_the_root_scales_with_the_spectrum(shift, share):
    lam = np.arange(1, 50.0) ** -1.3
    a, e = only(nodes_of(lam), share * 49)
    b, f = only(nodes_of(lam * math.exp(shift)), share * 49)
    assert abs(math.log(b / a) - shift) <= e + f + 4e-14


def test_a_tiny_ridge_is_no_trouble():
    lam = [1e-200, 1.0, 5.0]
    t, radius = only(nodes_of(lam), 1.5, 5e-324)
    assert distance(t, lam, 1.5, 5e-324) <= radius


def test_roots_beyond_floats_are_refused():
    # The root is 1e-306, below e^-690.
    with pytest.raises(RootError, match=r"n=1\.5: floats do not enclose .* scale the eigenvalues towards 1"):
        only(nodes_of([1e-306, 1.0]), 1.5)
