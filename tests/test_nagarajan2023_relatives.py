"""Relatives of gradient flow against other routes: numbers by hand, and searches that must find what is there."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from derivations import nagarajan2023_relatives as relatives
from derivations import nagarajan2023_spectra as spectra
from w2s_sym import Run, Verdict, filters
from w2s_sym.totals import Levels


def at(expression, **values: float) -> float:
    named = {s.name: s for s in expression.free_symbols}
    return float(expression.xreplace({named[k]: v for k, v in values.items()}))


def test_iterated_ridge_in_progress_is_the_packages_filter() -> None:
    rounds, lam_2, mu = 3, 0.3, 0.7
    method = filters.iterated_ridge(mu, rounds)
    on_2 = at(relatives.phi_rounds(relatives.p), p=float(method.gain(1)), r=lam_2, j=rounds)
    assert on_2 == pytest.approx(float(method.gain(lam_2)), rel=1e-12)


def test_the_elasticity_is_a_quotient_of_differences() -> None:
    rounds, r, step = 2.5, 0.3, 1e-6

    def progress(y: float) -> float:
        return 1 - (1 + y) ** -rounds

    y = 0.8
    low, high = y * (1 - step), y * (1 + step)
    slope = np.log(progress(r * high) / progress(r * low)) / np.log(progress(high) / progress(low))
    assert at(relatives.elasticity(relatives.y), y=y, r=r, h=rounds) == pytest.approx(slope, rel=1e-6)


def test_the_ball_solves_its_equation() -> None:
    lam, damping, dt = 0.5, 2.0, 1e-4
    a = v = 0.0
    for _ in range(int(3 / dt)):
        v += dt * (lam * (1 - a) - damping * v)
        a += dt * v
    found = float(relatives.ball(np.array(lam), np.array(damping), np.array(3.0)))
    assert found == pytest.approx(a, abs=1e-4)
    time = relatives.time_of(np.array([lam]), np.array([damping]), np.array([found]))
    assert time == pytest.approx([3.0], rel=1e-9)


def test_a_search_that_finds_violations_refutes() -> None:
    # Matched on the smaller eigenvalue: the student leads, and the search must say so.
    turned = relatives.MatchedSearch(lambda rng, cases: -relatives.overdamped(rng, cases), "larger eigenvalues")
    found = turned.check(relatives.OVERDAMPED, Run())
    assert found.verdict is Verdict.REFUTED
    assert found.detail["violations"] == found.detail["cases"] == 10_000


def test_cases_too_close_to_tell_decide_nothing() -> None:
    close = relatives.MatchedSearch(lambda rng, cases: np.full(cases, relatives.RESOLVED / 2), "close calls")
    assert close.check(relatives.OVERDAMPED, Run()).verdict is Verdict.INCONCLUSIVE


def test_mixed_labels_fail_beyond_the_progress_of_the_teacher() -> None:
    """The counter-example of the theory page, with the formula of the search: half of the labels, half the ratio."""
    r = q = w = 0.5
    student = 0.99
    matched = student * (1 - w + w * q)

    def phi(x: float) -> float:
        return 1 - (1 - x) ** r

    assert matched > q
    assert phi(student) * (1 - w + w * phi(q)) == pytest.approx(0.582, abs=5e-4)
    assert phi(matched) == pytest.approx(0.493, abs=5e-4)

    class Fixed:
        """Draws that put the search at this very case."""

        values = iter((np.array([r]), np.array([[w], [q]]), np.array([matched / q])))

        def uniform(self, *_: object) -> np.ndarray:
            return next(self.values)

    (lag,) = relatives.mixed_labels(Fixed(), 1)  # type: ignore[arg-type]
    assert lag == pytest.approx(1 - 0.5819 / 0.4926, abs=2e-3)


def test_a_much_damped_ball_is_a_slow_flow() -> None:
    damping, r = np.array([1e4]), 0.5
    p = q = np.array([0.5])
    time = relatives.time_of(np.ones(1), damping, p)
    on_2 = relatives.ball(np.array([r]), damping, time)
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
