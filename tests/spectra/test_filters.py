"""Filters against literal iterations on arrays: the loop knows no eigenvalue, the filter knows no array."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import mpmath
import numpy as np
import pytest
import sympy as sp

from w2s_sym.formula.conditions import DomainError
from w2s_sym.spectra import matching
from w2s_sym.spectra.filters import (
    LAM,
    LEAST_SQUARES,
    Filter,
    descent,
    flow,
    heavy_ball,
    heavy_ball_flow,
    iterated_ridge,
    ridge,
)

R = sp.Rational


@pytest.fixture(scope="module")
def problem():
    """X with singular values of its own, labels y, and the least-squares solution in the eigenbasis of X'X."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal((12, 5)) / 5
    y = rng.standard_normal(12)
    lam, basis = np.linalg.eigh(x.T @ x)
    assert lam.max() < 2  # a step of 1/2 overshoots nowhere
    return x, y, lam, basis, basis.T @ np.linalg.lstsq(x, y, rcond=None)[0]


def descend(x, y, step, steps, start=None, momentum=0.0):
    theta = np.zeros(x.shape[1]) if start is None else start
    before = theta
    for _ in range(steps):
        theta, before = theta - step * x.T @ (x @ theta - y) + momentum * (theta - before), theta
    return theta


def shrink(x, y, penalty, start=None):
    start = np.zeros(x.shape[1]) if start is None else start
    return np.linalg.solve(x.T @ x + penalty * np.eye(x.shape[1]), x.T @ y + penalty * start)


def check(problem, theta, made):
    _, _, lam, basis, solution = problem
    np.testing.assert_allclose(basis.T @ theta, made.numeric()(lam) * solution, rtol=1e-9, atol=1e-12)
    # The exact reading of the same object.
    one = sp.N(made.gain(sp.Float(lam[2], 30)), 20)
    assert complex(one).real == pytest.approx(float((basis.T @ theta)[2] / solution[2]), rel=1e-9)


def test_descent(problem):
    x, y = problem[:2]
    check(problem, descend(x, y, 0.5, 7), descent(R(1, 2), 7))


def test_flow_is_descent_in_small_steps(problem):
    x, y, lam, basis, solution = problem
    end = basis.T @ descend(x, y, 1e-4, 20000)
    # Euler's method of step h is off by at most h lam^2 t/2 e^(-lam t) in a gain.
    assert np.abs(end / solution - flow(2).numeric()(lam)).max() < 1e-4 * (lam**2).max() * 2 / 2


def test_ridge_and_its_iteration(problem):
    x, y = problem[:2]
    once = shrink(x, y, 0.3)
    check(problem, once, ridge(R(3, 10)))
    check(problem, shrink(x, y, 0.3, shrink(x, y, 0.3, once)), iterated_ridge(R(3, 10), 3))


@pytest.mark.parametrize("momentum", [R(1, 100), R(1, 4), R(9, 10)])  # real roots, both, complex roots
def test_heavy_ball(problem, momentum):
    x, y = problem[:2]
    check(problem, descend(x, y, 0.5, 9, momentum=float(momentum)), heavy_ball(R(1, 2), momentum, 9))


def test_heavy_ball_where_its_roots_meet():
    # step lam = 1/4 and momentum 1/4: the recursion's root is 1/2, twice.
    left = [1.0, 1.0]
    for _ in range(6):
        left.append(1.0 * left[-1] - 0.25 * left[-2])
    gain = heavy_ball(R(1, 2), R(1, 4), 6).gain(R(1, 2))
    assert gain == 1 - sp.Rational(left[-1])
    assert float(heavy_ball(R(1, 2), R(1, 4), 6).numeric()(np.array([0.5]))[0]) == float(gain)


@pytest.mark.parametrize("damping", [R(1, 2), 2, 3])
def test_heavy_ball_flow_is_heavy_ball_in_small_steps(damping):
    lam, h = 1.0, 1e-5
    position, speed = 0.0, 0.0
    for _ in range(200000):  # semi-implicit Euler up to t = 2
        speed += h * (lam * (1 - position) - float(damping) * speed)
        position += h * speed
    assert complex(heavy_ball_flow(damping, 2).gain(1).evalf()).real == pytest.approx(position, abs=1e-4)
    assert heavy_ball_flow(damping, 2).numeric()(np.array([1.0]))[0] == pytest.approx(position, abs=1e-4)


def test_student_on_its_teachers_predictions(problem):
    x, y = problem[:2]
    teacher = descend(x, y, 0.5, 4)
    check(problem, shrink(x, x @ teacher, 0.2), ridge(R(1, 5)).on(descent(R(1, 2), 4)))


def test_generations(problem):
    x, y = problem[:2]
    labels = y
    for _ in range(4):
        theta = descend(x, labels, 0.5, 3)
        labels = x @ theta
    check(problem, theta, descent(R(1, 2), 3).generations(4))


def test_labels_mixed_with_predictions(problem):
    x, y = problem[:2]
    teacher = descend(x, y, 0.5, 4)
    student = descend(x, 0.25 * y + 0.75 * x @ teacher, 0.5, 6)
    check(problem, student, descent(R(1, 2), 6).on_mix(R(3, 4), descent(R(1, 2), 4)))


def test_loss_switched_in_training(problem):
    x, y = problem[:2]
    teacher = descend(x, y, 0.5, 12)
    student = descend(x, x @ teacher, 0.5, 5, start=descend(x, y, 0.5, 3))
    half = descent(R(1, 2), 5).after(descent(R(1, 2), 3), descent(R(1, 2), 12))
    check(problem, student, half)
    check(problem, shrink(x, x @ teacher, 0.2, descend(x, y, 0.5, 3)),
          ridge(R(1, 5)).after(descent(R(1, 2), 3), descent(R(1, 2), 12)))  # fmt: skip


def test_the_same_labels_before_and_after_are_no_switch():
    made = flow(2).after(flow(1), LEAST_SQUARES)
    assert sp.simplify(made.expression - flow(3).expression) == 0


def test_switching_under_momentum_is_refused():
    for made in (heavy_ball(R(1, 2), R(1, 2), 3), heavy_ball_flow(1, 1), flow(1).on(flow(2))):
        with pytest.raises(DomainError, match="needs a method that forgets"):
            made.after(flow(1), LEAST_SQUARES)


# -- matched progress -----------------------------------------------------------------------------------------


def test_matched_progress_in_closed_form():
    x, lam = R(2, 5), R(3, 7)
    for made in (
        flow(matching.flow_time(lam, x)),
        descent(R(1, 2), matching.descent_steps(R(1, 2), lam, x)),
        ridge(matching.ridge_penalty(lam, x)),
        iterated_ridge(R(1, 3), matching.iterated_ridge_rounds(R(1, 3), lam, x)),
    ):
        assert abs(sp.N(made.gain(lam), 40) - x) < 1e-35


def test_matched_progress_of_letters():
    p, lam = sp.symbols("p lam_1", positive=True)
    assert sp.simplify(flow(matching.flow_time(lam, p)).gain(lam) - p) == 0


@pytest.mark.parametrize("progress", [0, 1, R(3, 2), -1])
def test_progress_that_no_training_has(progress):
    for ask in (
        partial(matching.flow_time, 1),
        partial(matching.descent_steps, R(1, 2), 1),
        partial(matching.ridge_penalty, 1),
        partial(matching.iterated_ridge_rounds, 1, 1),
    ):
        with pytest.raises(DomainError, match="needs 0 < progress < 1"):
            ask(progress)


@pytest.mark.parametrize("step", [1, 2, R(3, 2)])
def test_steps_that_overshoot_have_no_matched_time(step):
    with pytest.raises(DomainError, match="needs 0 < step lam < 1"):
        matching.descent_steps(step, 1, R(1, 2))


def test_matched_progress_by_a_bracketed_root():
    assert float(matching.matched_root(flow, 2.0, 0.5, (0.0, 9.0))) == pytest.approx(np.log(2) / 2, rel=1e-15)
    time = float(matching.matched_root(partial(heavy_ball_flow, 3), 1.0, 0.9, (0.0, 50.0)))
    assert complex(heavy_ball_flow(3, time).gain(1)).real == pytest.approx(0.9, abs=1e-12)
    # A falling family: ridge in its penalty, lam/(lam + mu) = 1/4 at mu = 3 lam.
    assert float(matching.matched_root(ridge, 1.0, 0.25, (0.1, 9.0))) == pytest.approx(3, rel=1e-14)


def test_no_root_in_the_bracket_names_both_ends():
    with pytest.raises(DomainError, match=r"no matched progress 0.9 .* gains on both sides of it, they are 0 and 0.63"):
        matching.matched_root(flow, 1.0, 0.9, (0.0, 1.0))


def test_under_damped_momentum_gets_ahead_of_the_matched_teacher():
    """Damping 1/2, both times 11/2, lam = 1 and 1/2: the law of flow and of ridge is broken."""

    def by_hand(lam, time):  # e^(-t/4)(cos wt + sin wt/(4w)), w^2 = lam - 1/16, is what is left
        w = np.sqrt(lam - 1 / 16)
        return 1 - np.exp(-time / 4) * (np.cos(w * time) + np.sin(w * time) / (4 * w))

    family = partial(heavy_ball_flow, R(1, 2))
    lam = np.array([1.0, 0.5])
    student = family(R(11, 2)).generations(2).numeric()(lam)
    np.testing.assert_allclose(student, by_hand(lam, 5.5) ** 2, rtol=1e-12)
    matched = float(matching.matched_root(family, 1.0, float(student[0]), (0.0, 2.2)))
    assert by_hand(1.0, matched) == pytest.approx(student[0], abs=1e-12)
    assert student[1] > by_hand(0.5, matched) + 1


def test_parameters_by_name():
    t = sp.Symbol("t", positive=True)
    np.testing.assert_allclose(flow(t).numeric(t=2.0)(np.array([0.5])), 1 - np.exp(-1), rtol=1e-15)
    with pytest.raises(DomainError, match="see t"):
        flow(t).numeric()
    with pytest.raises(DomainError, match="see s"):
        flow(t).numeric(t=1, s=2)


def test_a_filter_is_plain_data():
    assert flow(2) == Filter(1 - sp.exp(-2 * LAM))
    assert flow(2).gain(3) == 1 - sp.exp(-6)


def test_a_matched_root_is_refused_where_there_is_none() -> None:
    with pytest.raises(DomainError, match="needs a finite number"):
        matching.matched_root(flow, 1, 0.5, (0, float("inf")))
    with pytest.raises(DomainError, match="not a real number"):
        matching.matched_root(lambda steps: descent(1.5, steps), 1, 1.2, (1, 2))
    with pytest.raises(DomainError, match="not a real number"):
        descent(1.5, 0.5).numeric()(np.array([1.0]))


# -- what is refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda x: flow(x),
        lambda x: descent(x, 2),
        lambda x: descent(1, x),
        lambda x: ridge(x),
        lambda x: iterated_ridge(1, x),
        lambda x: heavy_ball(x, 0, 1),
        lambda x: heavy_ball(1, x, 1),
        lambda x: heavy_ball(1, 0, x),
        lambda x: heavy_ball_flow(x, 1),
        lambda x: heavy_ball_flow(1, x),
        lambda x: flow(1).generations(x),
        lambda x: flow(1).on_mix(x, flow(1)),
        lambda x: flow(1).gain(x),
        lambda x: matching.flow_time(x, R(1, 2)),
        lambda x: matching.flow_time(1, x),
        lambda x: matching.descent_steps(x, R(1, 2), R(1, 2)),
        lambda x: matching.ridge_penalty(x, R(1, 2)),
        lambda x: matching.iterated_ridge_rounds(x, 1, R(1, 2)),
    ],
)
def test_senseless_numbers_and_kinds_are_refused(make):
    negative = sp.Symbol("x", negative=True)
    for bad in (-1, -0.5, float("nan"), float("inf"), -float("inf"), sp.nan, sp.oo, sp.I, 1 - sp.sqrt(2), negative):
        with pytest.raises(DomainError):
            make(bad)
    for kind in ("1", "__import__('os').abort()", None, True, [1], 1j, sp.true):
        with pytest.raises(TypeError, match="give a number or a SymPy expression"):
            make(kind)
    make(sp.Symbol("x"))


def test_what_is_neither_sign_is_refused_where_it_must_be():
    for ask in (
        lambda: flow(1).on_mix(2, flow(1)),
        lambda: flow(1).generations(0),
        lambda: flow(1).generations(1.5),
        lambda: heavy_ball(1, 1, 3),
        lambda: matching.iterated_ridge_rounds(0, 1, 0.5),
        lambda: matching.flow_time(0, 0.5),
    ):
        with pytest.raises(DomainError, match="needs"):
            ask()
    for ask in (lambda: flow(1).on(3), lambda: flow(1).after(flow(1), 2), lambda: Filter("x")):
        with pytest.raises(TypeError, match=r"give|make"):
            ask()


def test_numbers_for_symbols_are_checked():
    t, whole = sp.Symbol("t"), sp.Symbol("k", integer=True)
    for bad in (-1, float("nan"), float("inf")):
        with pytest.raises(DomainError, match=r"t=.*needs"):
            flow(t).numeric(t=bad)
    with pytest.raises(DomainError, match="declared integer"):
        descent(1, whole).numeric(k=1.5)
    with pytest.raises(DomainError, match="needs an integer"):
        flow(1).generations(t).numeric(t=2.5)
    with pytest.raises(DomainError, match=r"weight|t=2"):
        flow(1).on_mix(t, flow(1)).numeric(t=2)
    for bad in (-1e-17, np.nan, np.inf):
        with pytest.raises(DomainError, match="clip"):
            flow(1).numeric()(np.array([1.0, bad]))
    with pytest.raises(TypeError, match="array of real numbers"):
        flow(1).numeric()(np.array(["1"]))
    with pytest.raises(DomainError, match="is not a real number"):
        ridge(t).numeric(t=0)(np.array([0.0]))


# -- digits ---------------------------------------------------------------------------------------------------


def test_gains_are_the_nearest_floats_where_floats_would_cancel():
    """Against mpmath, which is written out here and knows no filter."""
    lam = 10.0 ** np.arange(-300, 3, 7)
    hard = [
        (flow(1), lambda x: -mpmath.expm1(-x)),
        (ridge(1), lambda x: x / (x + 1)),
        (iterated_ridge(1, 5), lambda x: 1 - (1 / (1 + x)) ** 5),
        (descent(R(1, 128), 9), lambda x: 1 - (1 - x / 128) ** 9),
        (heavy_ball_flow(2, 3), lambda x: 1 - mpmath.exp(-3) * mpmath.re(
            mpmath.cosh(3 * mpmath.sqrt(1 - x)) + mpmath.sinh(3 * mpmath.sqrt(1 - x)) / mpmath.sqrt(1 - x))),
    ]  # fmt: skip
    for made, by_hand in hard:
        with mpmath.workdps(700):
            expected = [float(by_hand(mpmath.mpf(float(x)))) for x in lam if x != 1]
        assert made.numeric()(lam[lam != 1]).tolist() == expected
    assert (1 - np.exp(-lam)).tolist() != flow(1).numeric()(lam).tolist()  # what is avoided


def test_gains_next_to_where_the_roots_meet():
    """The recursion itself in fractions, at neighbours of the eigenvalue 1/2 where its roots meet."""
    for lam in (np.nextafter(0.5, 0), 0.5, np.nextafter(0.5, 1)):
        left = [Fraction(1), Fraction(1)]
        for _ in range(6):
            left.append((Fraction(5, 4) - Fraction(float(lam)) / 2) * left[-1] - left[-2] / 4)
        assert heavy_ball(R(1, 2), R(1, 4), 6).numeric()(np.array([lam]))[0] == float(1 - left[-1])


def test_gains_beyond_floats_are_refused_and_tiny_ones_are_zero():
    with pytest.raises(DomainError, match="beyond floats"):
        descent(1, 2000).numeric()(np.array([10.0]))
    assert flow(1).generations(10**6).numeric()(np.array([1e-3]))[0] == 0


# -- certified roots ------------------------------------------------------------------------------------------


def test_a_matched_root_is_the_nearest_float_and_its_bounds_are_proven():
    root = matching.matched_root(flow, 1, 0.3, (0, 9))
    with mpmath.workdps(40):
        exact = -mpmath.log(mpmath.mpf(7) / 10)
        assert root.lower < Fraction(str(exact)) < root.upper
        assert float(root) == float(exact)
        many = matching.matched_root(flow, 1, 0.3, (0, 9), digits=35)
        assert abs(mpmath.mpf(many.decimal(35)) - exact) < 1e-34
    assert (many.upper - many.lower) * 10**35 <= many.lower


def test_senseless_roots_are_refused():
    for ask in (
        lambda: matching.matched_root(ridge, 1, 0.5, (-1.7, -0.4)),
        lambda: matching.matched_root(flow, 1, 1.0, (0, 1000)),
        lambda: matching.matched_root(flow, 1, float("nan"), (0, 1)),
        lambda: matching.matched_root(flow, -1, 0.5, (0, 1)),
        lambda: matching.matched_root(flow, 1, 0.5, (0, 9), digits=0),
        lambda: matching.matched_root(flow, 1, 0.5, (0, sp.Symbol("t"))),
    ):
        with pytest.raises(DomainError):
            ask()
    with pytest.raises(TypeError, match="give two numbers"):
        matching.matched_root(flow, 1, 0.5, 3)


def test_a_root_that_a_bisection_hits_is_exact():
    assert matching.matched_root(ridge, 1, R(1, 2), (0, 2)).lower == 1
    found = matching.matched_root(flow, 1, 1 - sp.exp(-2), (0, 4))
    assert found.lower == found.upper == 2


@pytest.mark.parametrize(
    "make",
    [
        lambda: heavy_ball(R(1, 2), 0.3179706290364081, 174.3),
        lambda: heavy_ball(R(1, 2), 0.3179706290364081, 10**9),
        lambda: descent(R(1, 3), 10**12).gain(R(1, 7)),
        lambda: descent(R(1, 3), 174.309459188326).gain(0.123456789012),
        lambda: ridge(R(1, 3)).generations(10**9),
    ],
)
def test_powers_that_would_be_written_out_for_minutes_are_refused(make):
    with pytest.raises(DomainError):
        make()


def test_huge_counts_have_floats_all_the_same():
    with mpmath.workdps(60):
        wanted = float(1 - (1 - mpmath.mpf(1e-12) / 3) ** (10**12))
    assert descent(R(1, 3), 10**12).numeric()(np.array([1e-12]))[0] == wanted


def test_whatever_is_given_no_nan_comes_out():
    """Random inputs of all sorts: a finite gain, or one of the two refusals."""
    rng = np.random.default_rng(11)
    odd = (0, -1, -0.0, np.nan, np.inf, -np.inf, "1", "x", None, True, 1j, sp.nan, sp.oo, sp.I, sp.pi, [1], 10**400)
    odd += (sp.Symbol("t"), 5e-324, 1.7e308, np.float32(0.3), np.int64(3))

    def draw():
        sort = rng.random()
        if sort < 0.3:
            return odd[rng.integers(len(odd))]
        return (
            float(rng.random()) if sort < 0.6 else float(10 ** rng.uniform(-300, 300)) if sort < 0.8 else int(sort * 40)
        )

    made = refused = 0
    for _ in range(400):
        family, count = [
            (flow, 1),
            (ridge, 1),
            (descent, 2),
            (iterated_ridge, 2),
            (heavy_ball, 3),
            (heavy_ball_flow, 2),
        ][rng.integers(6)]
        try:
            method = family(*(draw() for _ in range(count)))
            names = {s.name for s in method.expression.free_symbols - {LAM}}
            value = method.numeric(**{name: draw() for name in names})(np.array([draw()]))
            assert np.isfinite(value).all()
            made += 1
        except (DomainError, TypeError):
            refused += 1
    assert min(made, refused) > 40


@pytest.mark.parametrize(
    "family",
    [
        lambda p: Filter(1 / (3 * p - 1)),
        lambda p: Filter(sp.Piecewise((0, p < R(1, 3)), (1, True))),
        lambda p: Filter(sp.gamma(p - R(4, 3))),
    ],
)
def test_a_pole_or_a_jump_is_no_root(family):
    with pytest.raises(DomainError, match=r"by a jump or a pole near 0\.333333; move the bracket"):
        matching.matched_root(family, 1, R(1, 2), (R(1, 10), R(9, 10)))


def test_a_pole_of_the_tangent_is_no_root():
    with pytest.raises(DomainError, match=r"by a jump or a pole near 1\.5708"):
        matching.matched_root(lambda p: Filter(sp.tan(p)), 1, 0, (1, 2))


@pytest.mark.parametrize("digits", [None, 1, 30])
def test_a_root_beside_a_pole_is_found(digits):
    # 1/(3 p - 1) = 1000 at p = 1001/3000, which is 1/3000 beyond the pole.
    found = matching.matched_root(lambda p: Filter(1 / (3 * p - 1)), 1, 1000, (R(33334, 100000), 1), digits)
    assert found.lower <= Fraction(1001, 3000) <= found.upper
