"""Infinite power laws against closed forms: coth, Hurwitz zeta, alternating zeta series, and long explicit sums."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from w2s_sym.spectra import compressed_power_laws, ridge_of_many
from w2s_sym.spectra.compression import CompressionError

F = Fraction


def alternating(alpha, beta, t, power):
    """sum_i i^-beta u^p zeta^q as a series in 1/t, t > 1, for ``power`` = (p, q)."""
    coefficient = {
        (1, 0): lambda k: (-1) ** (k - 1) if k else 0,
        (2, 0): lambda k: (-1) ** k * (k - 1) if k > 1 else 0,
        (1, 1): lambda k: (-1) ** (k - 1) * k,
        (0, 2): lambda k: (-1) ** k * (k + 1),
    }[power]
    return mpmath.nsum(
        lambda k: coefficient(int(k)) * mpmath.mpf(t) ** -int(k) * mpmath.zeta(alpha * int(k) + beta),
        [1 if beta == 0 else 0, 400],
    )


@pytest.mark.parametrize(("alpha", "beta"), [(F(2), F(3, 2)), (F(3, 2), F(5, 4)), (F(21, 20), F(6)), (F(5), F(9))])
def test_sums_are_zeta_series(alpha, beta):
    nodes = compressed_power_laws.power_law(alpha, beta, 100)
    a, b = mpmath.mpf(alpha.numerator) / alpha.denominator, mpmath.mpf(beta.numerator) / beta.denominator
    t = 3.0
    u, zeta = nodes.lam / (nodes.lam + t), t / (nodes.lam + t)
    with mpmath.workdps(30):
        for p, q in ((1, 0), (2, 0), (1, 1)):
            true = alternating(a, 0, t, (p, q))
            assert abs(nodes.sum(u**p * zeta**q) / true - 1) <= nodes.error
        true = alternating(a, b, t, (0, 2))
        assert abs(nodes.sum_energy(zeta**2) / true - 1) <= nodes.error
        assert abs(nodes.sum_energy(np.ones(len(nodes.lam))) / mpmath.zeta(b) - 1) <= nodes.error
    assert nodes.error < 1e-13


@pytest.mark.parametrize("n", [1, 12, 10**3, 10**6, 10**9, 10**12])
def test_alpha_two_has_a_hyperbolic_cotangent(n):
    nodes = compressed_power_laws.power_law(F(2), F(3, 2), n)
    found = ridge_of_many.solve_many(nodes, np.array([float(n)]))
    with mpmath.workdps(40):
        # sum 1/(1 + t i^2) = pi/(2 sqrt t) coth(pi/sqrt t) - 1/2.
        def gap(t):
            root = mpmath.sqrt(t)
            return mpmath.pi / (2 * root) * mpmath.coth(mpmath.pi / root) - mpmath.mpf(1) / 2 - n

        t = mpmath.mpf(float(found.t[0]))
        radius = mpmath.mpf(float(found.radius[0]))
        assert gap(t * mpmath.exp(-radius)) > 0 > gap(t * mpmath.exp(radius))
    assert radius < 5e-13


@pytest.mark.parametrize("cap", [0.3, 0.8])
@pytest.mark.parametrize("where", [30, 1000, 200_000, 600_000])
def test_capped_sums_put_the_kink_in_the_head_or_in_the_tail(where, cap):
    alpha, beta, most = 1.5, 1.25, 2 * 10**6
    nodes = compressed_power_laws.power_law(F(3, 2), F(5, 4), 10**5)
    t = where**-alpha * np.sqrt(cap) / (1 - np.sqrt(cap))
    i = np.arange(1, most + 1.0)
    zeta = t / (i**-alpha + t)
    # Beyond ``most`` every term is dropped: its energy is a Hurwitz zeta.
    assert zeta[-1] ** 2 > cap
    explicit = float(np.sum(i**-beta * np.minimum(1, zeta**2 / cap))) + float(mpmath.zeta(mpmath.mpf(beta), most + 1))
    assert abs(nodes.capped(np.array(t), np.array(cap)) / explicit - 1) < 5e-13


def test_a_head_too_short_is_caught(monkeypatch):
    # With a remainder that is not believed, 8 eigenvalues are taken for the head; the closed form shows it.
    monkeypatch.setattr(compressed_power_laws, "LEAST_HEAD", 8)
    monkeypatch.setattr(compressed_power_laws, "remainder", lambda *_: 1e-16)
    nodes = compressed_power_laws.power_law(F(2), F(3, 2), 100)
    zeta = 3.0 / (nodes.lam + 3.0)
    with mpmath.workdps(30):
        true = alternating(mpmath.mpf(2), mpmath.mpf(3) / 2, 3.0, (0, 2))
        assert abs(nodes.sum_energy(zeta**2) / true - 1) > nodes.error


def test_the_remainder_holds_where_it_is_large():
    # At a head of 8 the bound is far from zero, and so is the error of the midpoint form.
    alpha, beta, head, t = 2.0, 1.5, 8, 0.01
    with mpmath.workdps(30):

        def summand(x):
            return mpmath.mpf(x) ** -beta * (t / (mpmath.mpf(x) ** -alpha + t)) ** 2

        exact = mpmath.nsum(summand, [head + 1, mpmath.inf], method="e")
        midpoint = mpmath.quad(summand, [head + 0.5, 20, 100, 10**4, mpmath.inf])
        midpoint += (summand(head + 1) - summand(head)) / 24
        total = exact + mpmath.fsum(summand(i) for i in range(1, head + 1))
        error = abs(midpoint - exact) / total
    assert 0 < error <= compressed_power_laws.remainder(alpha, beta, head)


def test_panels_integrate_powers():
    x, w = compressed_power_laws._panels(3.5, 40, 2)
    exactly = 3.5**-0.7 / 0.7 * (1 - 2.0 ** (-0.7 * 20))
    assert abs((x**-1.7 * w).sum() / exactly - 1) < compressed_power_laws.panel_error(2, 1.7, 2) + 1e-14


@pytest.mark.parametrize(("alpha", "beta", "parts"), [(2.0, 1.5, 1), (4.0, 3.0, 1), (6.0, 8.0, 1), (9.0, 2.0, 2)])
def test_the_bound_of_panels_holds_where_it_is_large(monkeypatch, alpha, beta, parts):
    # Four points a panel leave an error that shows; sixteen times as many panels with 20 points are the reference.
    fine = compressed_power_laws._panels(1.0, 16 * parts, 16 * parts)
    monkeypatch.setattr(compressed_power_laws, "GAUSS", 4)
    coarse = compressed_power_laws._panels(1.0, parts, parts)
    bound = compressed_power_laws.panel_error(alpha, beta, parts)
    worst = 0.0
    for t in np.geomspace(0.5**alpha / 30, 30, 60):
        values = []
        for x, w in (fine, coarse):
            u = x**-alpha / (x**-alpha + t)
            values.append(np.array([(u * w).sum(), (u * u * w).sum(), ((1 - u) ** 2 * x**-beta * w).sum()]))
        worst = max(worst, float(np.abs(values[1] / values[0] - 1).max()))
    assert 1e-9 < worst <= bound


@pytest.mark.parametrize(
    ("alpha", "beta", "words"),
    [
        (F(1), F(2), "alpha=1 with p=inf: the sum diverges; needs alpha > 1"),
        (F(2), F(1, 2), "beta=0.5 with p=inf: the sum diverges"),
        (F(150), F(2), "eigenvalues leave the range of floats"),
        (F(40), F(2), "alpha=40, beta=2: the tail is not bounded to 1e-13; use a finite p"),
    ],
)
def test_what_diverges_or_does_not_fit_is_refused(alpha, beta, words):
    with pytest.raises(CompressionError, match=words):
        compressed_power_laws.power_law(alpha, beta, 10)
