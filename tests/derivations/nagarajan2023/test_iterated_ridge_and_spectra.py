"""Relatives of gradient flow against other routes: numbers by hand, and searches for exceptions."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from derivations.nagarajan2023 import iterated_ridge, spectra
from w2s_sym.formula.totals import Levels
from w2s_sym.spectra import filters

# Progresses are rounded by less than 1e-12, relatively; what is smaller than this decides nothing.
RESOLVED = 1e-9


def at(expression, **values: float) -> float:
    named = {s.name: s for s in expression.free_symbols}
    return float(expression.xreplace({named[k]: v for k, v in values.items()}))


def test_iterated_ridge_in_progress_is_the_packages_filter() -> None:
    rounds, lam_2, mu = 3, 0.3, 0.7
    method = filters.iterated_ridge(mu, rounds)
    on_2 = at(iterated_ridge.phi_rounds(iterated_ridge.p), p=float(method.gain(1)), r=lam_2, h=rounds)
    assert on_2 == pytest.approx(float(method.gain(lam_2)), rel=1e-12)


def test_the_elasticity_is_a_quotient_of_differences() -> None:
    rounds, r, step = 2.5, 0.3, 1e-6

    def progress(y: float) -> float:
        return 1 - (1 + y) ** -rounds

    y = 0.8
    low, high = y * (1 - step), y * (1 + step)
    slope = np.log(progress(r * high) / progress(r * low)) / np.log(progress(high) / progress(low))
    assert at(iterated_ridge.elasticity(iterated_ridge.x), x=progress(y), r=r, h=rounds) == pytest.approx(
        slope, rel=1e-6
    )


def test_a_search_over_iterated_ridge_agrees_with_the_theorem() -> None:
    rng = np.random.Generator(np.random.PCG64(20230713))
    h, r = 10 ** rng.uniform(0.01, 2, 100_000), rng.uniform(0.01, 0.99, 100_000)
    p, q = rng.uniform(0.02, 0.98, (2, 100_000))

    def other(progress: np.ndarray) -> np.ndarray:
        penalty = 1 / np.expm1(-np.log1p(-progress) / h)
        return -np.expm1(-h * np.log1p(r / penalty))

    assert (1 - other(p) * other(q) / other(p * q)).min() > RESOLVED


def ball(eigenvalue: np.ndarray, damping: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Progress of a'' + damping a' + lam (a - 1) = 0 from rest at zero, for damping^2 > 4 lam; arrays broadcast."""
    apart = np.sqrt(damping**2 / 4 - eigenvalue)
    fast = damping / 2 + apart
    slow = eigenvalue / fast
    return (slow * np.expm1(-fast * time) - fast * np.expm1(-slow * time)) / (fast - slow)


def time_of(eigenvalue: np.ndarray, damping: np.ndarray, progress: np.ndarray) -> np.ndarray:
    """When an overdamped ball has a progress, by bisection: its progress grows with time."""
    low, high = np.zeros_like(progress), np.full_like(progress, 1.0)
    while (short := ball(eigenvalue, damping, high) < progress).any():
        high = np.where(short, 2 * high, high)
    for _ in range(60):
        middle = (low + high) / 2
        short = ball(eigenvalue, damping, middle) < progress
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return (low + high) / 2


def test_the_ball_solves_its_equation() -> None:
    lam, damping, dt = 0.5, 2.0, 1e-4
    a = v = 0.0
    for _ in range(int(3 / dt)):
        v += dt * (lam * (1 - a) - damping * v)
        a += dt * v
    found = float(ball(np.array(lam), np.array(damping), np.array(3.0)))
    assert found == pytest.approx(a, abs=1e-4)
    time = time_of(np.array([lam]), np.array([damping]), np.array([found]))
    assert time == pytest.approx([3.0], rel=1e-9)


def test_a_search_over_overdamped_momentum_finds_no_student_that_does_not_lag() -> None:
    cases = 10_000
    rng = np.random.Generator(np.random.PCG64(20230714))
    one = np.ones(cases)
    damping = 2 * (1 + 10 ** rng.uniform(-3, 1, cases))
    smaller = 10 ** rng.uniform(-2, 0, cases)
    done = rng.uniform(0.02, 0.98, (2, cases))
    teacher, student = (ball(smaller, damping, time_of(one, damping, d)) for d in done)
    matched = ball(smaller, damping, time_of(one, damping, done[0] * done[1]))
    assert (1 - teacher * student / matched).min() > RESOLVED


def test_a_much_damped_ball_is_a_slow_flow() -> None:
    damping, r = np.array([1e4]), 0.5
    q = np.array([0.5])
    on_2 = ball(np.array([r]), damping, time_of(np.ones(1), damping, q))
    assert on_2 == pytest.approx(1 - (1 - q) ** r, rel=1e-6)


def test_the_best_time_beats_other_times() -> None:
    lam, signal, noise, teacher = 0.4, 2.0, 0.5, 0.95
    best = -np.log(1 - signal / (signal + noise) / teacher) / lam

    def risk(time: float) -> float:
        a = teacher * (1 - np.exp(-lam * time))
        return (1 - a) ** 2 * signal + a**2 * noise

    assert risk(best) == pytest.approx(signal * noise / (signal + noise))
    assert min(risk(0.9 * best), risk(1.1 * best), risk(1e9)) > risk(best)


def test_the_sum_is_that_of_two_directions() -> None:
    rows = [(2, 1, 2, sp.Rational(3, 4), sp.Rational(1, 4)), (1, 3, 1, sp.Rational(1, 2), sp.Rational(1, 3))]
    place = {spectra.S: Levels(spectra.S.symbols, rows)}
    sides = [side.xreplace(place) for side in (spectra.EXCESS.statement.lhs, spectra.EXCESS.statement.rhs)]
    student = 2 * ((3 / 4) ** 2 * 1 + (1 / 4) ** 2 * 2) + (2 / 3) ** 2 * 3 + (1 / 3) ** 2 * 1
    matched = 2 * ((1 / 4) ** 2 * 1 + (3 / 4) ** 2 * 2) + (1 / 2) ** 2 * 3 + (1 / 2) ** 2 * 1
    assert [float(side.doit()) for side in sides] == pytest.approx([student - matched] * 2)
