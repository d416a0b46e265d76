"""Nodes against the eigenvalues they stand for, their bound against errors that are made, and faults that it shows."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2s_sym.spectra import compression
from w2s_sym.spectra.compression import CompressionError, check, compress, interpolation_error, uncompressed
from w2s_sym.spectra.rounding import pairwise

FUNCTIONS = {
    "u": lambda x: 1 / (1 + np.exp(-x)),
    "zeta": lambda x: 1 / (1 + np.exp(x)),
    "u zeta": lambda x: 1 / (1 + np.exp(x)) / (1 + np.exp(-x)),
    "zeta^2": lambda x: 1 / (1 + np.exp(x)) ** 2,
    "best": lambda x: 1 / (1 + np.exp(2 * x)),
}


def summand(name, lam, t, k):
    u, zeta = lam / (lam + t), t / (lam + t)
    return {
        "u": u,
        "u^2": u * u,
        "u zeta": u * zeta,
        "zeta": zeta,
        "zeta^2": zeta * zeta,
        "best": 1 / (1 + (lam / t) ** 2 / k),
    }[name]


def spectrum(kind, size=30_000, seed=0):
    rng = np.random.default_rng(seed)
    i = np.arange(1, size + 1.0)
    lam = {
        "power": i**-2.0,
        "slow": i**-0.3,
        "flat": np.full(size, 0.7),
        "clusters": np.concatenate([1 + 1e-9 * rng.random(size // 2), 1e-6 * (1 + rng.random(size - size // 2))]),
        "wide": 10.0 ** rng.uniform(-300, 300, size),
        "shuffled": rng.permutation(np.exp(-i / 1000)),
    }[kind]
    weight = np.ones(size) if kind != "shuffled" else rng.integers(1, 9, size).astype(float)
    return lam, weight, rng.random(size) * lam ** min(0.5, 1) if kind != "wide" else rng.random(size)


KINDS = ("power", "slow", "flat", "clusters", "wide", "shuffled")


def worst(r, count, name):
    """The largest relative error that interpolation makes on [-r, r], over shifts of the pole."""
    grid = np.cos((np.arange(count) + 0.5) * np.pi / count)
    fine = np.linspace(-1, 1, 801)
    f = FUNCTIONS[name]
    out = 0.0
    for shift in np.linspace(-3, 3, 41):
        values = f(r * grid + shift)
        series = np.polynomial.chebyshev.chebfit(grid, values, count - 1)
        true = f(r * fine + shift)
        out = max(out, float(np.abs(np.polynomial.chebyshev.chebval(fine, series) - true).max() / true.min()))
    return out


# -- the bound of interpolation -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(("r", "count"), [(0.05, 3), (0.1, 4), (0.14, 5), (0.3, 6), (0.5, 8), (0.8, 12)])
def test_the_bound_holds(r, count, name):
    assert worst(r, count, name) <= interpolation_error(r, count)


def test_a_bound_that_counts_too_many_nodes_is_caught():
    # At the widths that bins have, what three more nodes would give is not reached.
    for r, count in ((0.02, 2), (0.05, 3), (0.1, 4), (0.14, 5)):
        assert worst(r, count, "best") > interpolation_error(r, count + 3)


def test_the_bound_grows_with_the_width_and_falls_with_nodes():
    radii = np.geomspace(1e-6, 1, 40)
    for count in (1, 4, 14):
        bounds = [interpolation_error(r, count) for r in radii]
        assert (np.diff(bounds) > 0).all()
    assert (np.diff([interpolation_error(0.1, k) for k in range(1, 14)]) < 0).all()
    assert interpolation_error(0.0, 1) == 0


def test_widths_are_what_the_target_allows():
    radii = compression._radii()
    for count in range(2, compression.MOST_NODES + 1):
        assert (
            interpolation_error(radii[count], count)
            <= compression.TARGET
            < interpolation_error(radii[count] * 1.01, count)
        )


def test_pairwise_counts_the_longest_chain():
    # A sum of ones plus something tiny cannot lose more than the chain; adding one by one would.
    tiny = 2.0**-53
    for size in (100, 1000, 100_000):
        values = np.full(size, tiny)
        values[0] = 1.0
        exactly = 1 + (size - 1) * tiny
        assert abs(float(values.sum()) - exactly) <= pairwise(size) * 2.0**-53 * exactly
    assert pairwise(10**6) < 40


# -- nodes against eigenvalues --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_sums_are_within_the_bound(kind):
    lam, weight, energy = spectrum(kind)
    nodes = compress(lam, weight, energy)
    assert len(nodes.lam) < (len(lam) / 8 if kind != "wide" else len(lam) + 1)
    assert nodes.error < 5e-14
    # No bound that holds is below what two sums may lose, of eigenvalues and of nodes.
    assert kind == "wide" or nodes.error > 60 * 2.0**-53
    for t in np.quantile(lam, [0.01, 0.3, 0.9]):
        for k in (1e-3, 1.0, 30.0):
            for name in ("u", "u^2", "u zeta", "zeta", "zeta^2", "best"):
                for added, mass in ((nodes.sum, weight), (nodes.sum_energy, energy)):
                    # fsum does not round but at the end; a summand is off by a few units.
                    with np.errstate(over="ignore", under="ignore"):
                        true = math.fsum(summand(name, lam, t, k) * mass)
                        mine = float(added(summand(name, nodes.lam, t, k)))
                    assert abs(mine - true) <= (nodes.error + 12 * 2.0**-53) * true


@pytest.mark.parametrize("kind", KINDS)
def test_counts_are_exact_at_the_ends_of_bins(kind):
    lam, weight, energy = spectrum(kind)
    nodes = compress(lam, weight, energy)
    assert nodes.rank == weight.sum() == nodes.above[0]
    assert nodes.above[-1] == 0
    order = np.argsort(lam)
    lam, weight = lam[order], weight[order]
    assert (nodes.points[0] == lam).all()
    for j in range(len(nodes.first) - 1):
        low = nodes.start[j]
        assert nodes.above[nodes.first[j]] == nodes.beyond[nodes.first[j]] == weight[low:].sum()
        # Up to rounding the bin's nodes lie within its eigenvalues.
        inside = nodes.lam[nodes.first[j] : nodes.first[j + 1]]
        assert lam[low] * (1 - 1e-12) <= inside.min() <= inside.max() <= lam[nodes.start[j + 1] - 1] * (1 + 1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", [compress, uncompressed])
def test_capped_sums_split_at_the_kink(kind, make):
    lam, weight, energy = spectrum(kind)
    nodes = make(lam, weight, energy)
    t = np.quantile(lam, [0.001, 0.2, 0.5, 0.97, 1.0])
    cap = np.array([0.5, 0.01, 0.9, 0.3, 0.999])
    mine = nodes.capped(t, cap)
    for at in range(len(t)):
        zeta = t[at] / (lam + t[at])
        true = math.fsum(energy * np.minimum(1, zeta * zeta / cap[at]))
        assert abs(mine[at] - true) <= (2 * nodes.error + 40 * 2.0**-53) * true


def test_capped_sums_keep_the_shape():
    nodes = uncompressed(*spectrum("power", 100))
    t = np.full((2, 3), 1e-2)
    assert nodes.capped(t, np.full((2, 3), 0.5)).shape == (2, 3)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10**6),
    st.integers(1, 400),
    st.floats(1e-3, 60),
    st.floats(-200, 200),
    st.floats(-3, 3),
    st.integers(1, 40),
)
def test_any_spectrum_is_within_the_bound(seed, size, spread, place, where, leaf):
    rng = np.random.default_rng(seed)
    lam = np.exp(place + spread * rng.random(size))
    weight, energy = rng.integers(1, 1000, size).astype(float), rng.random(size)
    nodes = compress(lam, weight, energy)
    t = math.exp(place + where * spread)
    for name in ("u", "u zeta", "best"):
        true = math.fsum(summand(name, lam, t, 0.7) * weight)
        mine = float(nodes.sum(summand(name, nodes.lam, t, 0.7)))
        assert abs(mine - true) <= (nodes.error + 12 * 2.0**-53) * true


# -- faults that must show ------------------------------------------------------------------------------------


@pytest.fixture
def too_few(monkeypatch):
    """Bins that are given half the nodes that their width needs."""
    right = compression._radii()
    counts = np.arange(len(right))
    radii = right[np.minimum(2 * counts, len(right) - 1)]
    monkeypatch.setattr(compression, "_radii", lambda: radii)


def check_all(nodes, lam, weight, energy):
    for t in np.geomspace(1e-9, 1, 30):
        check(nodes, lam, weight, energy, t)


@pytest.mark.usefixtures("too_few")
def test_too_few_nodes_are_found_out():
    lam, weight, energy = spectrum("power")
    nodes = compress(lam, weight, energy)
    with pytest.raises(
        CompressionError, match=r"sum of .* from nodes, .* from the spectrum, which differ by more than"
    ):
        check_all(nodes, lam, weight, energy)


@pytest.mark.parametrize("fault", ["weight", "energy", "lam"])
def test_a_node_that_is_off_is_found_out(fault):
    lam, weight, energy = spectrum("power")
    nodes = compress(lam, weight, energy)
    check(nodes, lam, weight, energy, 1e-6)
    values = getattr(nodes, fault).copy()
    values[np.searchsorted(nodes.lam, 1e-6)] *= 1 + 1e-7
    with pytest.raises(CompressionError, match="which differ by more than the bound"):
        check(dataclasses.replace(nodes, **{fault: values}), lam, weight, energy, 1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_the_check_passes_what_is_right(kind):
    lam, weight, energy = spectrum(kind)
    nodes = compress(lam, weight, energy)
    for t in np.quantile(lam, [0.0, 0.5, 1.0]):
        check(nodes, lam, weight, energy, float(t))


# -- input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [compress, uncompressed])
@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        (([1.0, 0.0], [1, 1], [1, 1]), "eigenvalues: entry 1 is 0: needs finite positive"),
        (([1.0, np.nan], [1, 1], [1, 1]), "eigenvalues: entry 1 is nan"),
        (([1.0, np.inf], [1, 1], [1, 1]), "eigenvalues: entry 1 is inf"),
        (([1.0, 2.0], [1, -1], [1, 1]), "weights: entry 1 is -1"),
        (([1.0, 2.0], [1, 1], [-1, 1]), "energies: entry 0 is -1: needs finite nonnegative"),
        (([1.0, 2.0], [1, 1], [1]), r"shapes \(2,\), \(2,\), \(1,\)"),
        (([], [], []), "not empty"),
        (([[1.0]], [[1.0]], [[1.0]]), "three vectors"),
    ],
)
def test_what_is_no_spectrum_is_refused(make, arrays, words):
    with pytest.raises(CompressionError, match=words):
        make(*(np.asarray(a, dtype=float) for a in arrays))
