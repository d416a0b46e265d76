"""Overdamped momentum against other routes: balls by matrix exponentials, and searches that find planted failures."""

from __future__ import annotations

from collections.abc import Callable

import mpmath
import numpy as np
import pytest
import sympy as sp

from derivations import nagarajan2023
from derivations.nagarajan2023 import letters as shared
from derivations.nagarajan2023 import momentum
from derivations.nagarajan2023.momentum import letters
from w2s_sym import Run, Verdict
from w2s_sym.claims.claim import Claim

Progress = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def at(expression: sp.Expr, **values: float) -> float:
    named = {s.name: s for s in expression.free_symbols}
    return float(expression.xreplace({named[k]: sp.Rational(str(v)) for k, v in values.items() if k in named}))


def by_matrix(lam: float, damping: float, time: float) -> tuple[float, float]:
    """Progress and its rate, from the exponential of the matrix of a' = v, v' = lam(1 - a) - damping v."""
    generator = mpmath.matrix([[0, 1, 0], [-lam, -damping, lam], [0, 0, 0]])
    state = mpmath.expm(generator * time) * mpmath.matrix([0, 0, 1])
    return float(state[0]), float(state[1])


@pytest.mark.parametrize(("delta", "c", "time"), [(0.3, 1.0, 0.5), (0.9, 1.0, 4.0), (1.1, 3.0, 0.01), (0.01, 0.5, 9.0)])
def test_the_ball_and_its_rate_solve_the_equation(delta: float, c: float, time: float) -> None:
    a, rate = by_matrix(c**2 - delta**2, 2 * c, time)
    named = {"alpha": delta, "c": c, "t": time}
    assert at(letters.ball(letters.alpha, shared.t), **named) == pytest.approx(a, rel=1e-9)
    assert at(letters.rate(letters.alpha, shared.t), **named) == pytest.approx(rate, rel=1e-9)


def test_the_elasticity_is_a_quotient_of_differences() -> None:
    alpha, beta, c, time, step = 0.4, 0.7, 1.1, 1.3, 1e-5
    (low_1, high_1), (low_2, high_2) = (
        tuple(by_matrix(c**2 - delta**2, 2 * c, time + h)[0] for h in (-step, step)) for delta in (alpha, beta)
    )
    slope = np.log(high_2 / low_2) / np.log(high_1 / low_1)
    assert at(letters.elasticity(shared.t), alpha=alpha, beta=beta, c=c, t=time) == pytest.approx(slope, rel=1e-6)


# -- the law, on random cases ---------------------------------------------------------------------------------


def ball(lam: np.ndarray, damping: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Progress of a ball from rest, over- or underdamped, by its characteristic roots; arrays broadcast."""
    apart = np.sqrt(damping**2 / 4 - lam + 0j)
    one, two = -damping / 2 + apart, -damping / 2 - apart
    return np.asarray(((one * np.expm1(two * time) - two * np.expm1(one * time)) / (two - one)).real)


def matched(lam: np.ndarray, damping: np.ndarray, progress: np.ndarray, latest: np.ndarray) -> np.ndarray:
    """The time before ``latest`` at which a ball has a progress, by bisection."""
    low, high = np.zeros_like(latest), latest
    for _ in range(60):
        middle = (low + high) / 2
        short = ball(lam, damping, middle) < progress
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return (low + high) / 2


def lags(rng: np.random.Generator, teachers: float = 1.0, ratios: tuple[float, float] = (-2, -0.01)) -> np.ndarray:
    """1 less the student's progress on direction 2 over the matched ball's, in 20000 cases with lam_1 = 1.

    The damping of the teacher is ``teachers`` times that of the student and the ball; lam_2 is 10 to a power
    between ``ratios``.
    """
    cases = 20_000
    one = np.ones(cases)
    damping = 2 * (1 + 10 ** rng.uniform(-2, 1, cases))
    other = 10 ** rng.uniform(*ratios, cases)
    end = damping * 10 ** rng.uniform(-1.5, 0.8, (2, cases)) * np.array([[teachers], [1.0]])
    done = [ball(one, k * damping, time) for k, time in zip((teachers, 1), end, strict=True)]
    goal = done[0] * done[1]
    time = matched(one, damping, goal, end[1])
    student = ball(other, teachers * damping, end[0]) * ball(other, damping, end[1])
    kept = (np.minimum(goal, 1 - goal) > 1e-4) & (ball(one, damping, end[1]) > goal)
    return (1 - student / ball(other, damping, time))[kept]


def test_the_student_lags_in_random_cases() -> None:
    found = lags(np.random.default_rng(20230))
    assert len(found) > 10_000
    assert found.min() > 1e-9


def test_matched_on_the_smaller_eigenvalue_the_student_leads() -> None:
    found = lags(np.random.default_rng(20231), ratios=(-0.9, -0.01))
    turned = lags(np.random.default_rng(20231), ratios=(0.001, 0.003))  # just overdamped, and larger than lam_1
    assert found.min() > 0 > turned.max()


def test_a_teacher_with_a_damping_of_its_own_can_reverse_it() -> None:
    found = lags(np.random.default_rng(20232), teachers=10)
    assert (found < -1e-2).sum() > 10


def test_the_theorem_says_what_the_search_finds() -> None:
    """The theorem's two sides are the logarithms of the student's progress and of the ball's on direction 2."""
    stated = momentum.THEOREM.statement
    gamma, lam_1, lam_2, teacher, student, labels = 2.5, 1.0, 0.4, 1.5, 2.0, 1.2
    values = {"gamma": gamma, "lam_1": lam_1, "lam_2": lam_2, "T": teacher, "t_s": student, "t": labels}
    on_2 = [by_matrix(lam_2, gamma, time)[0] for time in (teacher, student, labels)]
    assert at(stated.lhs, **values) == pytest.approx(np.log(on_2[0] * on_2[1]), rel=1e-9)
    assert at(stated.rhs, **values) == pytest.approx(np.log(on_2[2]), rel=1e-9)
    on_1 = [by_matrix(lam_1, gamma, time)[0] for time in (teacher, student, labels)]
    assert momentum.THEOREM.domain.contains(values_of(values)) == (on_1[0] * on_1[1] <= on_1[2])
    assert not momentum.THEOREM.domain.contains(values_of({**values, "t": 0.5}))


def values_of(values: dict[str, float]) -> dict[sp.Symbol, object]:
    named = {s.name: s for s in momentum.THEOREM.domain.symbols}
    return {named[k]: v for k, v in values.items()}


def test_times_in_the_other_order_are_the_same_case() -> None:
    """The student's progress is symmetric in T and t~, so that T <= t~ leaves no case out."""
    left = momentum.THEOREM.statement.lhs
    swap = {shared.T: shared.t_s, shared.t_s: shared.T}
    assert left.xreplace(swap) == left


# -- underdamped balls ----------------------------------------------------------------------------------------


def test_underdamped_students_lag_before_direction_1_is_learned() -> None:
    rng = np.random.default_rng(20233)
    cases = 20_000
    one = np.ones(cases)
    damping = rng.uniform(0.01, 1.9, cases)
    turning = np.sqrt(1 - damping**2 / 4)
    reach = (np.pi - np.arctan(2 * turning / damping)) / turning
    assert ball(one, damping, reach) == pytest.approx(one)
    other = 10 ** rng.uniform(-2, -0.01, cases)
    end = reach * rng.uniform(0.05, 1, (2, cases))
    done = [ball(one, damping, time) for time in end]
    time = matched(one, damping, done[0] * done[1], end.min(axis=0))
    student = ball(other, damping, end[0]) * ball(other, damping, end[1])
    lag = 1 - student / ball(other, damping, time)
    assert lag[done[0] * done[1] < 1 - 1e-4].min() > 1e-9


def test_the_counter_example_goes_beyond_the_turn() -> None:
    witness = {s.name: float(value) for s, value in nagarajan2023.HEAVY_BALL.witness.items()}  # type: ignore[union-attr]
    turning = np.sqrt(witness["lam_1"] - witness["gamma"] ** 2 / 4)
    reach = (np.pi - np.arctan(2 * turning / witness["gamma"])) / turning
    assert witness["T"] * turning / np.pi == pytest.approx(1.85, abs=0.01)
    assert min(witness["T"], witness["t_s"]) > reach


# -- the chain ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", momentum.CLAIMS, ids=lambda claim: claim.name)
def test_the_derivation_is_a_proof(claim: Claim) -> None:
    (derivation,) = (item for item in claim.evidence if item.kind == "derivation")
    assert derivation.check(claim, Run()).verdict is Verdict.PROVED
