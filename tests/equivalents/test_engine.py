"""The engine against reference values, exact checks, an independent iteration, and plain simulation."""

from __future__ import annotations

import warnings

import mpmath
import numpy as np
import pytest
import sympy as sp
from dyson import Dyson
from random_expressions import Maker
from reference import MATRICES, Target, four_covariances, n, p, plain_ridge, targets, weak_to_strong

from w2s_sym.equivalents import (
    EngineError,
    Equivalent,
    covariance,
    design,
    designs,
    excess_risk,
    fixed_matrix,
    gradient_descent,
    identity,
    inverse,
    least_squares,
    mean_trace,
    min_norm,
    noise,
    parameter,
    ridge,
    sizes,
    stack,
    truth,
)
from w2s_sym.equivalents.evaluation import Evaluation
from w2s_sym.equivalents.inputs import read
from w2s_sym.equivalents.numbers_at import solve_cores
from w2s_sym.equivalents.reduced import reduced

TARGETS = tuple(targets())


@pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.name)
def test_reference_values(target: Target) -> None:
    risk = target.make()
    found = risk.at(**target.values(risk))
    parts = tuple(sum(found.parts[t.name] for t in terms) for terms in target.parts(risk))
    for part, (wanted, half_unit) in zip(parts, target.wanted, strict=True):
        assert abs(part - wanted) <= half_unit
    assert all(c.holds and c.comparisons > 0 for c in risk.check())


@pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.name)
def test_proven_digits_agree_with_floats(target: Target) -> None:
    risk = target.make()
    values = target.values(risk)
    proven = risk.at(digits=40, **values)
    assert proven.total.radius < abs(proven.total.middle) / 10**40
    assert risk.at(**values).total == pytest.approx(float(proven), rel=1e-10)


def test_more_digits_lie_within_fewer() -> None:
    risk = plain_ridge()
    values = {**MATRICES, "n": 9, "lam": "0.2", "s2": "1/2"}
    values = {key: v for key, v in values.items() if key in risk.names}
    short, long = risk.at(digits=20, **values).total, risk.at(digits=60, **values).total
    assert short.lower <= long.lower <= long.upper <= short.upper


def test_roles_that_are_swapped_have_other_values() -> None:
    risk = weak_to_strong(noisy=False)
    right = risk.at(**four_covariances(0, 1, 2, 3)).total
    swapped = {
        pair: risk.at(**four_covariances(*roles)).total
        for pair, roles in {
            "12": (1, 0, 2, 3),
            "34": (0, 1, 3, 2),
            "13": (2, 1, 0, 3),
            "14": (3, 1, 2, 0),
            "23": (0, 2, 1, 3),
            "24": (0, 3, 2, 1),
        }.items()
    }
    assert swapped["12"] == pytest.approx(1.26042, abs=6e-6)
    assert swapped["34"] == pytest.approx(1.20546, abs=6e-6)
    assert all(abs(v / right - 1) > 0.1 for v in swapped.values())


@pytest.mark.slow
def test_roles_that_are_swapped_are_refuted_by_simulation() -> None:
    """The limit of the law 1/copies through two sizes is the value, and none of the six with two roles swapped."""
    risk = weak_to_strong(noisy=False)
    roles = four_covariances(0, 1, 2, 3)
    found = risk.simulate(roles, copies=(4, 8), draws=300)
    (a, b) = found.rows
    limit, error = 2 * b.mean - a.mean, float(np.hypot(2 * b.error, a.error))
    assert abs(limit - risk.at(**roles).total) < 4 * error
    for swap in ((1, 0, 2, 3), (0, 1, 3, 2), (2, 1, 0, 3), (3, 1, 2, 0), (0, 2, 1, 3), (0, 3, 2, 1)):
        assert abs(limit - risk.at(**four_covariances(*swap)).total) > 8 * error


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 5, 7, 8, 9, 10])
def test_random_expressions_agree_with_a_dense_iteration(seed: int) -> None:
    made = Maker(seed, 40).make()
    risk = mean_trace(made.moment, made.expression)
    values = {key: v for key, v in made.values.items() if key in risk.names}
    numbers = {key: float(v) for key, v in values.items() if np.ndim(v) == 0} | {"p": 5.0}
    wanted = Dyson(risk.derived.terms[0], numbers, {key: v for key, v in values.items() if np.ndim(v) == 2}).value()
    assert risk.at(**values).total == pytest.approx(wanted, rel=1e-8, abs=1e-8)
    assert all(c.holds for c in risk.check(seed))


def test_the_effective_ridge_of_min_norm() -> None:
    """tau solves sum lam/(lam + tau) = n; the noiseless risk is sum lam zeta^2 b^2/(1 - Omega)."""
    X, beta = design("X", n, covariance("Sigma", p)), truth("beta", p)
    risk = excess_risk(min_norm(X, X @ beta), beta, under=covariance("Sigma", p))
    i = np.arange(1, 501.0)
    lam, b2 = i**-2, i**0.5
    tau = float(
        mpmath.findroot(lambda t: sum(x / (x + t) for x in map(float, lam)) - 200, (1e-7, 1e-3), solver="anderson")
    )
    zeta, omega = tau / (lam + tau), float(((lam / (lam + tau)) ** 2).sum()) / 200
    wanted = float((lam * zeta**2 * b2).sum()) / (1 - omega)
    assert risk.on(Sigma=lam, beta=np.sqrt(b2), n=200).total == pytest.approx(wanted, rel=1e-10)
    assert wanted == pytest.approx(0.119366983906423497, rel=1e-12)


def test_lines_are_written_as_people_write_them() -> None:
    lines = plain_ridge().lines()
    assert lines[:3] == [
        "Q1 = (lam I + m1 Sigma)^-1",
        "1/m1 = 1 + tr(Sigma Q1)/n",
        "1/m2 = 1 - m1^2 tr(Sigma^2 Q1^2)/n",
    ]
    assert lines[-1] == "noise s2: s2 m1^2 m2 tr(Sigma_x Sigma Q1^2)/n"


def test_commuting_values_are_those_of_diagonal_matrices() -> None:
    risk = weak_to_strong()
    rng = np.random.default_rng(0)
    joint = {name: rng.uniform(0.1, 3, 12) for name in ("Sigma", "Sigma2", "Sigma_x", "beta")}
    numbers = {"n": 9, "N": 15, "lam": 0.05, "lam_s": 0.2, "s2": 0.5}
    dense = {name: np.diag(v) for name, v in joint.items() if name != "beta"} | {"beta": joint["beta"]}
    assert risk.on(**joint, **numbers).total == pytest.approx(risk.at(**dense, **numbers).total, rel=1e-11)


def test_arrays_of_numbers_broadcast() -> None:
    risk = plain_ridge()
    values = {key: v for key, v in MATRICES.items() if key in risk.names}
    grid = risk.at(**values, n=np.array([[6], [9]]), lam=np.array([0.1, 0.2, 0.4]), s2=0.5)
    assert grid.total.shape == (2, 3)
    assert grid.total[1, 1] == pytest.approx(0.27798601 + 0.51092786, abs=2e-8)


@pytest.mark.parametrize("name", ["lam", "lam_s", "s2", "n", "N"])
def test_derivatives_are_those_of_differences(name: str) -> None:
    risk = weak_to_strong()
    values = {key: v for key, v in MATRICES.items() if key in risk.names}
    values |= {"n": 9.0, "N": 15.0, "lam": 0.05, "lam_s": 0.2, "s2": 0.5}
    h = 1e-5
    up, down = (risk.at(**{**values, name: values[name] + s * h}).total for s in (1, -1))
    # A central difference errs by h^2 times a third derivative, and by rounding over h.
    assert risk.derivative(name, **values) == pytest.approx((up - down) / (2 * h), rel=1e-6, abs=1e-8)


def test_the_best_ridge_of_an_isotropic_prior_is_noise_over_signal() -> None:
    """With a prior I/p and test = train, the best ridge is sigma2 p/n: Bayes' rule."""
    X, beta, Sigma = design("X", n, covariance("Sigma", p)), truth("beta", p), covariance("Sigma", p)
    risk = excess_risk(ridge(X, X @ beta + noise("s2", n), "lam"), beta, under=Sigma)
    values = {"Sigma": MATRICES["Sigma"], "beta": np.eye(12) / 12, "n": 9, "s2": 0.5}
    found = risk.best("lam", 1e-3, 1e2, **values)
    assert found.value == pytest.approx(0.5 * 12 / 9, rel=1e-6)
    assert not found.at_end
    assert risk.best("lam", 1e-3, 1e-2, **values).at_end


def test_simulated_means_approach_the_equivalent() -> None:
    risk = weak_to_strong()
    values = {key: v for key, v in MATRICES.items() if key in risk.names}
    values |= {"n": 9, "N": 15, "lam": 0.05, "lam_s": 0.2, "s2": 0.5}
    found = risk.simulate(values, copies=(3, 6), draws=120)
    assert abs(found.worst) < 4
    wrong = risk.simulate({**values, "Sigma": values["Sigma2"], "Sigma2": values["Sigma"]}, copies=(6,), draws=120)
    assert abs(wrong.rows[0].mean - found.rows[1].mean) > 10 * found.rows[1].error


def test_a_simulation_takes_values_as_numbers_do_and_fewer_copies_of_large_ones() -> None:
    risk, values = plain_ridge(), _ridge_values()
    sizes = [r.copies for r in risk.simulate(**values, draws=2).rows]
    assert sizes == [2, 4, 8]
    assert risk.simulate(values, draws=3).rows == risk.simulate(**values, draws=3).rows
    large = {**values, "n": 120}
    assert [r.copies for r in risk.simulate(large, draws=2).rows] == [1, 2]
    with pytest.raises(EngineError, match=r"a size of 5000: give smaller sizes and matrices in the same ratios"):
        risk.simulate({**values, "n": 5000})
    with pytest.raises(EngineError, match=r"Sigma has shape \(12,\): needs two sides.*eigenvalues .* go to on\(\)"):
        risk.simulate({**values, "Sigma": np.ones(12)})


def test_one_gradient_step_has_an_exact_mean() -> None:
    """w = eta X'y/n. With Sigma = I the mean risk is |b|^2 ((1 - eta)^2 + eta^2 (p + 1)/n) + eta^2 s2 p/n, with p for
    p + 1 in the limit."""
    X, beta = design("X", n, identity(p)), truth("beta", p)
    step = gradient_descent(X, X @ beta + noise("s2", n), "eta", 1)
    risk = excess_risk(step, beta, under=covariance("Sigma_x", p))
    b = np.arange(1, 6.0)
    found = risk.at(Sigma_x=np.eye(5), beta=b, n=20, eta=0.3, s2=2.0)
    assert found.parts["beta"] == pytest.approx(b @ b * (0.7**2 + 0.09 * 5 / 20), rel=1e-12)
    assert found.parts["noise s2"] == pytest.approx(0.09 * 2 * 5 / 20, rel=1e-12)


def test_least_squares_has_no_bias_and_variance_p_over_n_minus_p() -> None:
    X, beta, Sigma = design("X", n, covariance("Sigma", p)), truth("beta", p), covariance("Sigma", p)
    risk = excess_risk(least_squares(X, X @ beta + noise("s2", n)), beta, under=Sigma)
    found = risk.at(Sigma=MATRICES["Sigma"], beta=MATRICES["beta"], n=30, s2=0.5)
    assert found.parts["beta"] == pytest.approx(0, abs=1e-12)
    assert found.parts["noise s2"] == pytest.approx(0.5 * 12 / 18, rel=1e-10)


def test_two_samples_stacked_are_one_larger_sample() -> None:
    (N,) = sizes("N")
    Sigma, beta = covariance("Sigma", p), truth("beta", p)
    X, Y, Z = design("X", n, Sigma), design("Y", N, Sigma), design("Z", n, Sigma)
    both = stack(X, Y)
    values = {"Sigma": MATRICES["Sigma"], "beta": MATRICES["beta"]}
    for fit, sizes_, size in ((min_norm, (3, 5), 8), (least_squares, (13, 15), 28)):
        split = excess_risk(fit(both, both @ beta), beta, under=Sigma)
        whole = excess_risk(fit(Z, Z @ beta), beta, under=Sigma)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # least squares without noise has the risk 0, of which no digit is left
            found, wanted = split.at(n=sizes_[0], N=sizes_[1], **values).total, whole.at(n=size, **values).total
        assert found == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_dong_et_al_by_correlated_blocks() -> None:
    """The leading order of the variance law, from two feature blocks of one sample in two trainings.

    Columns of the features overlap in some directions: with orthonormal root columns the variance per noise is
    [d_sw + d_s/(N - d_s) (d_w - d_sw)]/(n - d_w).
    """
    (N,) = sizes("N")
    d_w, d_s = sizes("d_w d_s")
    names = ("a", "b")
    I_w, I_s = identity(d_w), identity(d_s)
    C = fixed_matrix("C", d_w, d_s)
    W, _ = designs(names, n, {("a", "a"): I_w, ("b", "b"): I_s, ("a", "b"): C})
    V, S = designs(("c", "d"), N, {("c", "c"): I_w, ("d", "d"): I_s, ("c", "d"): C})
    teacher = least_squares(W, noise("s2", n))
    student = least_squares(S, V @ teacher)
    ((source, K),) = student.of.items()
    risk = mean_trace(source.moment, K.T @ K)
    overlap = np.zeros((6, 4))
    overlap[:2, :2] = np.eye(2)
    found = risk.at(C=overlap, n=40, N=25, s2=1.0).total
    assert found == pytest.approx((2 + 4 / (25 - 4) * (6 - 2)) / (40 - 6), rel=1e-9)


# -- what is refused --------------------------------------------------------------------------------------------


def _ridge_values() -> dict[str, object]:
    risk = plain_ridge()
    return {key: v for key, v in MATRICES.items() if key in risk.names} | {"n": 9, "lam": 0.2, "s2": 0.5}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n": None}, "no value for the size n"),
        ({"Sigma": None}, "no value for the matrix Sigma: it needs an array of shape"),
        ({"nu": 3}, "nu is no name of this risk"),
        ({"lam": -1}, "lam = -1: needs a number of at least zero"),
        ({"n": 0}, "n = 0: a size is positive"),
        ({"p": 13}, "p = 13, but a matrix of that size has 12 rows"),
        ({"Sigma": np.ones((12, 11))}, "a covariance is square"),
        ({"Sigma": np.triu(np.ones((12, 12)))}, "not symmetric"),
        ({"Sigma": -np.eye(12)}, "has the eigenvalue -1"),
        ({"Sigma": np.eye(11)}, "both are the size p"),
        ({"beta": np.full(12, np.nan)}, "not finite"),
        ({"lam": "much"}, "needs a number"),
        ({"lam": 0}, "no limit as the shift falls to zero"),
    ],
)
def test_values_that_do_not_fit(change: dict[str, object], words: str) -> None:
    values = {key: v for key, v in {**_ridge_values(), **change}.items() if v is not None}
    with pytest.raises(EngineError, match=words):
        plain_ridge().at(**values)


def test_the_side_without_full_rank() -> None:
    X, beta = design("X", n, covariance("Sigma", p)), truth("beta", p)
    risk = excess_risk(min_norm(X, X @ beta), beta, under=covariance("Sigma", p))
    for rows in (12, 30):
        with pytest.raises(EngineError, match=f"n = {rows} and p = 12: what is inverted has full rank for n < p only"):
            risk.at(Sigma=MATRICES["Sigma"], beta=MATRICES["beta"], n=rows)
    with pytest.raises(EngineError, match="no limit as the shift falls"):  # p = 12, but a covariance of rank 4
        risk.at(Sigma=np.diag([1.0] * 4 + [0.0] * 8), beta=MATRICES["beta"], n=8)


def test_expressions_that_have_no_equivalent() -> None:
    X, Y = design("X", n, covariance("Sigma", p)), design("Y", n, covariance("Sigma", p))
    M = covariance("M", p)
    with pytest.raises(EngineError, match="is not visibly symmetric and positive semidefinite"):
        inverse(X.T @ Y / n + parameter("lam"))
    with pytest.raises(EngineError, match="has no definite term"):
        inverse(X.T @ X / n)
    with pytest.raises(EngineError, match="two designs are called X"):
        mean_trace(M, X.T @ design("X", n, covariance("Sigma", p)))
    with pytest.raises(EngineError, match="two matrices are called Sigma"):
        mean_trace(covariance("Sigma", n), X @ X.T)
    with pytest.raises(EngineError, match="they cannot be multiplied"):
        X @ X
    with pytest.raises(
        EngineError, match=r"0.5 is a float: write it exactly, as sympy.Rational\(1, 2\), or as a letter"
    ):
        X * 0.5
    with pytest.raises(EngineError, match="the coefficient exp"):
        mean_trace(M, sp.exp(parameter("a")) * (X.T @ X))


def test_a_size_that_matrices_have_does_not_vary() -> None:
    with pytest.raises(EngineError, match=r"p is the size of matrices that are given, 12: it cannot vary"):
        plain_ridge().derivative("p", **_ridge_values())
    with pytest.raises(EngineError, match="p = 1, but a matrix of that size has 12 rows"):
        plain_ridge().best("p", 1, 20, **_ridge_values())


def test_a_size_and_a_number_have_two_names() -> None:
    X, beta = design("X", n, covariance("Sigma", p)), truth("beta", p)
    with pytest.raises(EngineError, match="n is both a size and a number"):
        excess_risk(ridge(X, X @ beta, "n"), beta, under=covariance("Sigma", p))


def test_near_the_interpolation_threshold_there_is_a_warning() -> None:
    values = _ridge_values() | {"n": 12, "lam": 1e-9}
    with pytest.warns(UserWarning, match="nearly singular"):
        plain_ridge().at(**values)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plain_ridge().at(**_ridge_values())


@pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.name)
def test_what_is_printed_has_the_value(target: Target) -> None:
    """The lines as they are printed, evaluated at the solution: each pivot, each gain, each value."""
    risk = target.make()
    values = read(risk.derived, target.values(risk), joint=False)
    gains, _ = solve_cores(values, risk.derived)
    made = reduced(risk.derived)
    run = Evaluation(made.book, values, gains)
    for place, line in sorted(made.linear.items()):
        run.numbers[place] = run.polynomial(line)
    for place, line in made.pivots.items():
        assert run.number(place)[0] * run.polynomial(line)[0] == pytest.approx(1, rel=1e-9)
    for place, words in made.letters.items():
        inverse_ = run.letter(2 * place)[0]
        total = sum(run.polynomial(c)[0] * run.product(w, made.book.letters[place].side)[0] for w, c in words.items())
        assert np.allclose(inverse_ @ total, np.eye(len(inverse_)), atol=1e-9)
    wanted = risk.at(**target.values(risk)).parts
    for name, value in made.values.items():
        assert run.polynomial(value)[0] == pytest.approx(wanted[name], rel=1e-8, abs=1e-10)


# -- names, sources and shapes ----------------------------------------------------------------------------------


def test_a_truth_is_known_by_its_name_and_a_noise_by_its_call() -> None:
    X, Sigma = design("X", n, covariance("Sigma", p)), covariance("Sigma", p)
    one = excess_risk(ridge(X, X @ truth("beta", p), "lam"), truth("beta", p), under=Sigma)
    values = {"Sigma": MATRICES["Sigma"], "beta": MATRICES["beta"], "n": 9, "lam": 0.2}
    beta = truth("beta", p)
    assert one.at(**values).total == excess_risk(ridge(X, X @ beta, "lam"), beta, under=Sigma).at(**values).total
    e, f = noise("s2", n), noise("s2", n)
    double, single = (
        excess_risk(ridge(X, X @ beta + sum_, "lam"), beta, under=Sigma).at(**values, s2=1).total
        for sum_ in (e + e, e + f)
    )
    bias = one.at(**values).total
    assert double - bias == pytest.approx(2 * (single - bias), rel=1e-12)


def test_stacked_labels_have_the_noises_of_their_samples() -> None:
    """Two samples with one variance, stacked, are one sample of all rows."""
    (N,) = sizes("N")
    Sigma, beta = covariance("Sigma", p), truth("beta", p)
    X, Y, Z = design("X", n, Sigma), design("Y", N, Sigma), design("Z", n, Sigma)
    labels = stack(X @ beta + noise("s2", n), Y @ beta + noise("s2", N))
    split = excess_risk(ridge(stack(X, Y), labels, "lam", per=1), beta, under=Sigma)
    whole = excess_risk(ridge(Z, Z @ beta + noise("s2", n), "lam", per=1), beta, under=Sigma)
    values = {"Sigma": MATRICES["Sigma"], "beta": MATRICES["beta"], "lam": 2.0, "s2": 0.5}
    assert split.at(n=4, N=5, **values).total == pytest.approx(whole.at(n=9, **values).total, rel=1e-10)
    assert all(c.holds for c in split.check())


def test_letters_of_the_equations_are_not_those_of_the_user() -> None:
    X, beta = design("X", n, covariance("Q1", p)), truth("beta", p)
    lines = excess_risk(ridge(X, X @ beta, "m1"), beta, under=covariance("Q1", p)).lines()
    assert lines[:2] == ["Q2 = (m1 I + m2 Q1)^-1", "1/m2 = 1 + tr(Q1 Q2)/n"]


def test_without_a_signal_nothing_is_learnt() -> None:
    found = plain_ridge().at(**{**_ridge_values(), "Sigma": np.zeros((12, 12)), "Sigma_x": np.eye(12)})
    assert found.parts == pytest.approx({"beta": 1.0, "noise s2": 0.0})


def test_sources_and_names_that_are_refused() -> None:
    X, Sigma, beta = design("X", n, covariance("Sigma", p)), covariance("Sigma", p), truth("beta", p)
    y = X @ beta
    with pytest.raises(EngineError, match="two truths, mu and beta"):
        excess_risk(truth("mu", p) + ridge(X, y - X @ truth("mu", p), "lam"), beta, under=Sigma)
    with pytest.raises(EngineError, match="beta is both a matrix and a truth"):
        excess_risk(ridge(X, y, "lam"), beta, under=covariance("beta", p))
    with pytest.raises(EngineError, match="lam is both a matrix and a number"):
        excess_risk(ridge(X, y, "lam"), beta, under=covariance("lam", p))
    for variance in (-1, parameter("s2") - 1):
        with pytest.raises(EngineError, match="is not visibly positive"):
            noise(variance, n)
    for call in (
        lambda: ridge(beta, y, "lam"),
        lambda: inverse(beta),
        lambda: stack(X, y),
        lambda: sizes(None),
        lambda: covariance("S", 5),
        lambda: mean_trace(None, X),
        lambda: excess_risk(beta, beta, under=None),
        lambda: y / 0,
        lambda: noise("s2", n + n),
    ):
        with pytest.raises(EngineError):
            call()


def test_blocks_have_a_joint_covariance() -> None:
    beta, unit = truth("beta", p), identity(p)
    A, B = designs(("A", "B"), n, {("A", "A"): unit, ("B", "B"): unit, ("A", "B"): fixed_matrix("K", p, p)})
    risk = excess_risk(ridge(B, A @ beta, "lam"), beta, under=covariance("Sigma", p))
    values = {"Sigma": np.eye(4), "beta": np.ones(4), "n": 9, "lam": 0.1}
    assert risk.at(K=np.eye(4) / 2, **values).total > 0
    with pytest.raises(EngineError, match="the joint covariance of A, B has the eigenvalue -1"):
        risk.at(K=2 * np.eye(4), **values)


def test_digits_that_rounding_takes_are_told() -> None:
    """At tiny ridges, with fewer rows than dimensions, the form by columns cancels; that by rows does not."""
    (N,) = sizes("N")
    Sigma, beta = covariance("Sigma", p), truth("beta", p)
    X, Z = design("X", n, Sigma), design("Z", N, Sigma)
    i = np.arange(1, 201.0)
    values = {"Sigma": i**-1.5, "beta": i**-0.25, "n": 40, "N": 20, "lam": 1e-8, "lam_s": 1e-10}

    def risk(by_rows: bool) -> Equivalent:
        teacher = ridge(X, X @ beta, "lam", by_rows=by_rows)
        return excess_risk(ridge(Z, Z @ teacher, "lam_s", by_rows=by_rows), beta, under=Sigma)

    with pytest.warns(UserWarning, match="rounding takes many of the digits"):
        risk(by_rows=False).on(**values)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = risk(by_rows=True).on(**values).total
    assert found == pytest.approx(float(risk(by_rows=False).on(digits=15, **values)), rel=1e-9)
