"""Values and expressions of kinds that nobody should give: each is refused in one line, and soon."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from reference import MATRICES, n, p, plain_ridge

from w2s_sym.equivalents import EngineError, covariance, design, fixed_matrix, identity, inverse, mean_trace
from w2s_sym.equivalents.expressions import Matrix
from w2s_sym.equivalents.language import designs

VALUES = {key: MATRICES[key] for key in ("Sigma", "Sigma_x", "beta")} | {"n": 9, "lam": 0.2, "s2": 0.5}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Sigma": [[1, 2], [3]]}, "Sigma is no array: its rows have different lengths"),
        ({"lam": 1j}, "lam has complex numbers"),
        ({"lam": np.datetime64("2020")}, "lam has entries that are times or bytes"),
        ({"lam": b"1"}, "lam has entries that are times or bytes"),
        ({"lam": object()}, "needs a number"),
        ({"n": 10**400}, "n has an entry beyond 1e\\+120"),
        ({"lam": "1e99999999999", "digits": 5}, "too long for a number"),
        ({"lam": "9" * 3000, "digits": 5}, "too long for a number"),
        ({"lam": "1e999", "digits": 5}, "lam is beyond 1e\\+120"),
        ({"Sigma": np.array([["a"]])}, "needs a number"),
        ({"beta": np.ones((1, 12))}, r"beta has shape \(1, 12\): give the truth as a vector"),
        ({"beta": 1.0}, r"beta has shape \(\): give the truth as a vector"),
    ],
    ids=lambda v: str(v)[:30],
)
def test_values_of_other_kinds(change: dict[str, object], words: str) -> None:
    with pytest.raises(EngineError, match=words) as told:
        plain_ridge().at(**{**VALUES, **change})  # type: ignore[arg-type]
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("lam", ["0.2", Fraction(1, 5), Decimal("0.2"), np.float64(0.2), np.array(0.2)])
def test_one_number_in_several_forms(lam: object) -> None:
    assert plain_ridge().at(**{**VALUES, "lam": lam}).total == pytest.approx(0.27798601 + 0.51092786, abs=1e-8)


def test_expressions_that_stand_in_each_other_are_bounded() -> None:
    X = design("X", n, covariance("Sigma", p))

    def nested(times: int) -> Matrix:
        found = X.T @ X / n + 1
        for _ in range(times):
            found = X.T @ inverse(X @ inverse(found) @ X.T / n + 1) @ X / n + 1
        return found

    with pytest.raises(EngineError, match="more than 60 expressions stand in each other"):
        nested(100)


def test_a_block_that_is_not_used_needs_no_value_in_a_simulation() -> None:
    """E tr X'X/n = tr Sigma, whatever the other block of the sample is."""
    cross = {("X", "X"): identity(p), ("Y", "Y"): covariance("S", p), ("X", "Y"): fixed_matrix("C", p, p)}
    X, _ = designs(("X", "Y"), n, cross)
    risk = mean_trace(covariance("M", p), X.T @ X / n)
    found = risk.simulate({"M": np.eye(3), "n": 40}, copies=(1, 2), draws=200)
    assert found.rows[0].equivalent == pytest.approx(3)
    assert abs(found.rows[0].mean - 3) < 5 * found.rows[0].error
