"""Nonlinear random features: Hermite numbers against integrals, the replacement against true features, and refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from w2s_sym.claims.description import stable_text
from w2s_sym.equivalents import (
    EngineError,
    Equivalent,
    FromEstimator,
    activation,
    covariance,
    design,
    designs,
    excess_risk,
    identity,
    least_squares,
    min_norm,
    noise,
    nonlinear_features,
    ridge,
    sizes,
    truth,
)

n, N, k, K, p = sizes("n N k K p")
Sigma = covariance("Sigma", p)
LEVELS = np.array([1.9, 1.0, 0.7, 0.4] * 3)
TRUTH = np.array([1.2, -0.8, 1.0, 0.5] * 3) / np.sqrt(12)
VALUES = {"Sigma": LEVELS, "beta": TRUTH, "n": 24, "k": 18, "lam": 0.15, "sigma2": 0.5}
BY_MPMATH: dict[str, Callable[[Any], Any]] = {
    "relu": lambda u: max(u, mpmath.mpf(0)),
    "tanh": mpmath.tanh,
    "erf": mpmath.erf,
    "sign": mpmath.sign,
    "sin": mpmath.sin,
    "abs": abs,
    "square": lambda u: u * u,
}


def teacher(phi: Any = "relu") -> Equivalent:
    """Ridge regression on nonlinear features."""
    features, beta = nonlinear_features(phi, design("W", k, identity(p))), truth("beta", p)
    X = design("X", n, Sigma)
    return excess_risk(ridge(features(X), X @ beta + noise("sigma2", n), "lam"), beta, under=Sigma, features=features)


@pytest.mark.parametrize("name", BY_MPMATH)
@pytest.mark.parametrize("deviation", [1.0, 0.6])
def test_hermite_numbers_are_their_integrals(name: str, deviation: float) -> None:
    phi, s = BY_MPMATH[name], mpmath.mpf(deviation)
    with mpmath.workdps(20):

        def mean(f: Callable[[Any], Any]) -> Any:
            return mpmath.quad(lambda g: f(g) * mpmath.npdf(g), [-14, -4, 0, 4, 14])

        mean_, slope = mean(lambda g: phi(s * g)), mean(lambda g: phi(s * g) * g) / s
        rest = mpmath.sqrt(mean(lambda g: phi(s * g) ** 2) - mean_**2 - s**2 * slope**2)
    found = activation(name).hermite(deviation)
    assert found.mu_0 == pytest.approx(float(mean_), abs=1e-13)
    assert found.mu_1 == pytest.approx(float(slope), abs=1e-13)
    assert found.mu_star == pytest.approx(float(rest), abs=1e-13)


def test_relu_is_exact() -> None:
    found = activation("relu").exact()
    assert [str(x) for x in (found.mu_0, found.mu_1)] == ["sqrt(2)/(2*sqrt(pi))", "1/2"]
    assert float(found.mu_star**2) == pytest.approx(0.25 - 0.5 / np.pi, rel=1e-15)
    with pytest.raises(EngineError, match="tanh has no closed form"):
        activation("tanh").exact()


def test_a_linear_activation_is_linear_features() -> None:
    """mu_star = 0: the risk of 1.7 x W'/sqrt(p), which the engine derives without any replacement."""
    W, X, beta = design("W", k, identity(p)), design("X", n, Sigma), truth("beta", p)
    lift = W.T * 2
    plain = lift @ ridge(X @ lift, X @ beta + noise("sigma2", n), "lam")
    wanted = excess_risk(plain, beta, under=Sigma)
    found = teacher(activation("line", lambda u: 2 * u * np.sqrt(12)))
    assert found.on(**VALUES).parts == pytest.approx(wanted.on(**VALUES).parts, rel=1e-9)


@pytest.mark.parametrize("name", ["relu", "tanh"])
def test_true_features_have_the_risk_and_rivals_do_not(name: str) -> None:
    """A finite-size law 1/p is fitted; the rivals are off by more than what is left of it at the largest size."""
    risk = teacher(name)
    assert all(c.holds for c in risk.check())
    values = {**VALUES, "Sigma": np.diag(LEVELS)}
    found = risk.simulate(values, copies=(2, 4, 8), draws=150, seed=1)
    assert abs(found.worst) < 4
    last = found.rows[-1]
    left = 2 * abs(found.slope) / last.copies + 4 * last.error / last.equivalent
    here = activation(name).hermite(float(np.sqrt(LEVELS.mean())))
    variance = LEVELS.mean() * here.mu_1**2
    rivals = [0.0, np.sqrt(here.mu_star**2 + variance)] + [np.hypot(here.mu_star, here.mu_0)] * (name == "relu")
    for rest in rivals:
        other = risk.on(**VALUES, **{f"mu_1_{name}": here.mu_1, f"mu_star_{name}": rest})
        assert abs(float(other) / last.equivalent - 1) > left, rest


def test_curves_optima_and_ridgeless_fits_take_the_numbers_of_the_activation() -> None:
    risk, X, beta = teacher(), design("X", n, Sigma), truth("beta", p)
    curve = risk.on(**{**VALUES, "n": [24, 40]})
    assert curve.total[0] == pytest.approx(float(risk.on(**VALUES)), rel=1e-9)
    best = risk.best("lam", 1e-3, 10, joint=True, **{name: v for name, v in VALUES.items() if name != "lam"})
    assert best.risk < curve.total[0]
    assert not best.at_end
    phi = nonlinear_features("relu", design("W", k, identity(p)))
    labels = X @ beta + noise("sigma2", n)
    for fit, rows in ((min_norm, 15), (least_squares, 24)):
        made = excess_risk(fit(phi(X), labels), beta, under=Sigma, features=phi)
        values = {name: v for name, v in VALUES.items() if name != "lam"} | {"n": rows}
        # More points than dimensions and fewer than features: the rest has full rank.
        # A ridge lam changes a risk by c lam + c' lam^2 + O(lam^3), of which the first two cancel here.
        near, twice, far = (float(risk.on(**{**VALUES, "lam": lam, "n": rows})) for lam in (1e-5, 2e-5, 4e-5))
        assert float(made.on(**values)) == pytest.approx((8 * near - 6 * twice + far) / 3, rel=1e-5)


def test_one_design_has_one_rest_and_a_claim_names_the_theorem() -> None:
    phi, X = nonlinear_features("relu", design("W", k, identity(p))), design("X", n, Sigma)
    assert phi(X) is phi(X)
    assert nonlinear_features("relu", phi.weights) is phi
    assert FromEstimator(teacher(), {}, {}).rules == (
        "equivalents/gates_average_to_their_gains",
        "equivalents/nonlinear_features_act_as_linear_ones_with_a_rest",
    )
    beta = truth("beta", p)
    linear = excess_risk(ridge(X, X @ beta, "lam"), beta, under=Sigma)
    assert FromEstimator(linear, {}, {}).rules == ("equivalents/gates_average_to_their_gains",)


def _correlated() -> Any:
    phi = nonlinear_features("relu", design("W", k, identity(p)))
    blocks = {("A", "A"): Sigma, ("B", "B"): Sigma, ("A", "B"): covariance("Sigma_ab", p)}
    return [phi(block) for block in designs(("A", "B"), n, blocks)]


def _twice() -> Any:
    W = design("W", k, identity(p))
    return [nonlinear_features(name, W) for name in ("relu", "tanh")]


def _on_other_points(level: float) -> Any:
    phi, X, beta = nonlinear_features("relu", design("W", k, identity(p))), design("X", n, Sigma), truth("beta", p)
    other = covariance("Sigma_x", p)
    risk = excess_risk(ridge(phi(X), X @ beta, "lam"), beta, under=other, features=phi)
    values = {name: v for name, v in VALUES.items() if name != "sigma2"}
    return risk.on(**values, Sigma_x=level * LEVELS)


def _without_features() -> Any:
    phi, X, beta = nonlinear_features("relu", design("W", k, identity(p))), design("X", n, Sigma), truth("beta", p)
    return excess_risk(ridge(phi(X), X @ beta, "lam"), beta, under=Sigma)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_correlated, "A and B are correlated, and so are the rests of their features"),
        (_twice, "W has relu features already"),
        (lambda: _on_other_points(2), "Sigma_x has the mean eigenvalue 2 and Sigma 1: features of one map need points"),
        (lambda: _on_other_points(0), "Sigma_x is zero"),
        (_without_features, r"the estimator has \(k,\) coefficients and the truth \(p,\)"),
        (lambda: teacher().on(**VALUES, digits=20), "give mu_1_relu and mu_star_relu as such, or leave out digits"),
        (lambda: nonlinear_features("gelu", design("W", k, identity(p))), "'gelu' is no activation: use relu, tanh"),
        (lambda: nonlinear_features("relu", design("W", k, Sigma)), "a design of k rows with the covariance identity"),
        (lambda: nonlinear_features("relu", Sigma), "the weights Sigma must be a design"),
        (lambda: nonlinear_features("relu", design("W", k, identity(p)))(Sigma), "those of a design, not of Sigma"),
        (lambda: nonlinear_features("relu", design("W", k, identity(p)))(design("X", n, identity(N))), "needs one p"),
        (lambda: activation("log", np.log), "must give one finite number for each entry"),
        (lambda: activation("three", lambda u: 3.0), "must give one finite number for each entry"),
        (lambda: activation("words", lambda u: "no"), "takes no array"),
        (lambda: activation("relu", np.sin), "relu is an activation already"),
        (lambda: activation("mine", 3), "needs a function of an array"),  # type: ignore[arg-type]
        (lambda: activation("relu").hermite(0.0), "needs a positive one"),
    ],
)
def test_refusals(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(EngineError, match=words):
        make()


def test_a_description_says_nothing_of_where_objects_lie() -> None:
    texts = []
    for _ in range(2):
        phi = nonlinear_features("relu", design("W", k, identity(p)))
        X = design("X", n, Sigma)
        features = phi(X)
        assert phi(X) is features
        texts.append(stable_text(features))
    assert texts[0] == texts[1]
    assert stable_text(nonlinear_features("tanh", design("W", k, identity(p)))(design("X", n, Sigma))) != texts[0]
