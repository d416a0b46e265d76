"""A weight of mixed labels is any real number: values, derivatives and the best mixing at negative weights, too."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from reference import MATRICES, n, p

from w2s_sym.equivalents import (
    EngineError,
    Equivalent,
    covariance,
    design,
    excess_risk,
    inverse,
    noise,
    parameter,
    ridge,
    truth,
)

xi = parameter("xi", positive=False)
beta, X, Sigma_x = truth("beta", p), design("X", n, covariance("Sigma", p)), covariance("Sigma_x", p)
LABELS = X @ beta + noise("s2", n)
VALUES = {key: MATRICES[key] for key in ("Sigma", "Sigma_x", "beta")} | {"n": 9, "lam": 0.3, "lam_s": 0.1, "s2": 0.5}


def mixed() -> Equivalent:
    """Ridge on xi times the labels and 1 - xi times the predictions of a ridge teacher on the same sample."""
    teacher = ridge(X, LABELS, "lam")
    return excess_risk(ridge(X, xi * LABELS + (1 - xi) * (X @ teacher), "lam_s"), beta, under=Sigma_x)


def test_the_risk_is_a_parabola_whose_vertex_is_the_best_mixing() -> None:
    """The estimator is linear in xi, so the risk is a quadratic polynomial: three values say all others."""
    risk = mixed()
    left, middle, right = risk.at(**VALUES, xi=[-1.0, 0.0, 1.0]).total
    square, line = (left + right) / 2 - middle, (right - left) / 2
    # The reference value at 3/10 that was found apart from the package; eight digits of each of two parts.
    assert middle + 0.3 * line + 0.09 * square == pytest.approx(0.30152645 + 0.36008794, abs=1e-8)
    for x in (-2.0, -1.0, 0.0, 1.0):
        assert risk.derivative("xi", **VALUES, xi=x) == pytest.approx(line + 2 * x * square, rel=1e-9)
    found = risk.best("xi", -3, 3, **VALUES)
    assert found.value == pytest.approx(-line / (2 * square), rel=1e-8)
    assert found.value < 0
    assert not found.at_end
    assert found.risk == pytest.approx(middle - line**2 / (4 * square), rel=1e-12)


def test_a_negative_weight_is_simulated_and_checked() -> None:
    risk = mixed()
    found = risk.simulate({**VALUES, "xi": -0.5}, copies=(3, 6), draws=100)
    assert abs(found.worst) < 4
    away = risk.at(**VALUES, xi=0.5).total
    assert abs(away - found.rows[-1].mean) > 10 * found.rows[-1].error
    assert all(c.holds for c in risk.check())
    proven = risk.at(digits=20, **VALUES, xi="-0.5")
    assert float(proven) == pytest.approx(risk.at(**VALUES, xi=-0.5).total, rel=1e-12)


def test_where_a_real_number_may_stand() -> None:
    unit = X.T @ X / n
    assert inverse(xi**2 * unit + 1).rows == (p,)
    with pytest.raises(EngineError, match="the coefficient xi is not visibly positive; use a square"):
        ridge(X, LABELS, xi)
    with pytest.raises(EngineError, match="has no definite term"):
        ridge(X, LABELS, xi**2)
    with pytest.raises(EngineError, match=r"the coefficient sqrt\(xi\)"):
        excess_risk(ridge(X, sp.sqrt(xi) * LABELS, "lam"), beta, under=Sigma_x)
    with pytest.raises(EngineError, match="xi names two symbols"):
        excess_risk(ridge(X, xi * LABELS, "xi"), beta, under=Sigma_x)
    divided = excess_risk(ridge(X, LABELS / xi, "lam"), beta, under=Sigma_x)
    values = {key: v for key, v in VALUES.items() if key != "lam_s"}
    with pytest.raises(EngineError, match="the value has no number there"):
        divided.at(**values, xi=0)
    assert np.isfinite(divided.at(**values, xi=-1).total)
