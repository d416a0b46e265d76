"""Values that floats cannot give: each is refused, or told, and what is told depends on what was given."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from reference import spd

from w2s_sym.equivalents import (
    BranchWarning,
    EngineError,
    Equivalent,
    covariance,
    design,
    excess_risk,
    inverse,
    mean_trace,
    noise,
    ridge,
    sizes,
    truth,
)
from w2s_sym.equivalents.solving import Prepared

n, p = sizes("n p")
SINGULAR = "the value depends on eigenvalues of Sigma that rounding cannot tell from zero"


def risk(by_rows: bool) -> Equivalent:
    """Ridge regression, tested under another covariance."""
    X, beta = design("X", n, covariance("Sigma", p)), truth("beta", p)
    fit = ridge(X, X @ beta + noise("s2", n), "lam", by_rows=by_rows)
    return excess_risk(fit, beta, under=covariance("Sigma_x", p))


def values(levels: tuple[float, ...], lam: float) -> dict[str, Any]:
    """Covariances in random bases, more rows than dimensions."""
    return {
        "Sigma": spd(1, levels, 4), "Sigma_x": spd(2, (1, 2, 0.5, 1), 4), "beta": np.full(4, 0.5), "n": 9, "lam": lam,
        "s2": 0.3,
    }  # fmt: skip


def test_a_value_without_digits_is_told() -> None:
    """With more rows than dimensions the form by rows cancels as the ridge falls; that by columns does not."""
    given = values((1, 2, 0.5, 1), 1e-13)
    with pytest.warns(BranchWarning, match="rounding takes many of the digits of this value"):
        risk(by_rows=True).at(**given)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = float(risk(by_rows=False).at(**given))
    # Without a ridge: s2 tr(Sigma_x Sigma^-1)/(n - p).
    wanted = 0.3 * np.trace(given["Sigma_x"] @ np.linalg.inv(given["Sigma"])) / (9 - 4)
    assert found == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("sign", [1, -1])
def test_eigenvalues_of_rounding_are_told_beside_a_small_ridge(sign: int) -> None:
    """A covariance of rank 3 in floats has a fourth eigenvalue of either sign: no variance is negative."""
    direction = np.linalg.eigh(spd(1, (1, 2, 0.5, 0), 4))[1][:, :1]
    given = values((1, 2, 0.5, 0), 1e-14)
    given["Sigma"] = given["Sigma"] + sign * 3e-17 * direction @ direction.T
    with pytest.warns(BranchWarning, match=SINGULAR):
        found = risk(by_rows=False).at(**given)
    assert min(found.parts.values()) >= 0


def test_a_low_rank_is_not_told_where_it_does_not_matter() -> None:
    """Beside a ridge that is not small, and where zero is exact: then the value is that on three dimensions."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        risk(by_rows=False).at(**values((1, 2, 0.5, 0), 0.1))
        found = risk(by_rows=False).on(
            Sigma=[1, 2, 0.5, 0], Sigma_x=[1, 1, 1, 0], beta=np.full(4, 0.5), n=9, lam=1e-6, s2=0.3
        )
    assert found.parts["noise s2"] == pytest.approx(0.3 * (1 + 0.5 + 2) / (9 - 3), rel=1e-4)


def test_digits_of_a_matrix_that_balls_cannot_invert_are_refused() -> None:
    given = values((1, 2, 0.5, 0), 1e-12)
    given["Sigma"] = given["Sigma"] - 1e-14 * np.eye(4)
    with pytest.raises(EngineError, match="digits could not be proven"):
        risk(by_rows=True).at(digits=8, **given)


@pytest.mark.parametrize(("rounding", "refused"), [(1e6, True), (1e15, True), (1e17, False)])
def test_a_mean_of_squares_that_is_negative(rounding: float, refused: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused where the total has digits; a risk that is exactly zero may be -1e-16, and is told."""

    def wrong(*_: Any) -> Any:
        return {"beta": np.array([0.2]), "noise s2": np.array([-0.3])}, np.array([rounding])

    monkeypatch.setattr(Prepared, "parts", wrong)
    given = values((1, 2, 0.5, 1), 0.1)
    if refused:
        with pytest.raises(EngineError, match=r"the part of noise s2 is -0\.3, and no mean of a square is negative"):
            risk(by_rows=False).at(**given)
    else:
        with pytest.warns(BranchWarning, match="rounding takes many"):
            found = risk(by_rows=False).at(**given)
        assert found.parts["noise s2"] == 0


def square(lam: float, rows: Any) -> Any:
    """The risk of ridge regression on twenty dimensions, whose part of the truth is small beside that of the noise."""
    X, beta = design("X", n, covariance("Sigma", p)), truth("beta", p)
    fit = excess_risk(ridge(X, X @ beta + noise("s2", n), "lam"), beta, under=covariance("Sigma", p))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BranchWarning)
        return fit.at(Sigma=np.eye(20), beta=np.full(20, 0.2), n=rows, lam=lam, s2=0.5)


def test_a_part_that_rounding_takes_is_refused_when_it_is_negative() -> None:
    """As many rows as dimensions: the part of the truth is near 0.8 sqrt(lam)/2 = 4e-7; floats gave -2.4e-5."""
    with pytest.raises(EngineError, match=r"the part of beta is -.*e-05, and no mean of a square is negative"):
        square(1e-12, 20)
    with pytest.raises(EngineError, match="no mean of a square is negative"):
        square(1e-12, np.array([40, 20]))


def test_a_part_in_the_last_digits_of_the_total_is_not_negative() -> None:
    """More rows than dimensions: the part of the truth is of the order of lam^2, below what floats hold beside 0.5."""
    rows = np.arange(30, 60)
    found = square(1e-8, rows)
    assert found.parts["beta"].min() == 0
    assert found.parts["beta"].max() < 1e-14
    assert np.allclose(found.total, 0.5 * 20 / (rows - 20), rtol=1e-6)  # s2 p/(n - p) without a ridge


def test_a_trace_may_be_negative() -> None:
    """What is no mean of squares has the sign that it has."""
    X = design("X", n, covariance("Sigma", p))
    found = mean_trace(covariance("Sigma", p), -1 * inverse(X.T @ X / n + 1))
    assert float(found.on(Sigma=[1, 2], n=3)) < 0
