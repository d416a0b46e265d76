"""Many rounds on one sample and many samples in one estimator: what is shared is derived once, and work is bounded."""

from __future__ import annotations

import numpy as np
import pytest
from dyson import Dyson
from reference import spd

from w2s_sym.equivalents import (
    EngineError,
    Equivalent,
    covariance,
    design,
    excess_risk,
    gates,
    noise,
    parameter,
    reduced,
    ridge,
    sizes,
    stack,
    truth,
)
from w2s_sym.equivalents.evaluation import Evaluation
from w2s_sym.equivalents.inputs import read
from w2s_sym.equivalents.numbers_at import solve_cores

(p, n) = sizes("p n")


def rounds(count: int) -> Equivalent:
    """Ridge on one sample, trained again and again on a mixture of the labels and its own predictions."""
    X, beta, xi = design("X", n, covariance("Sigma", p)), truth("beta", p), parameter("xi")
    labels = X @ beta + noise("s2", n)
    made = ridge(X, labels, "lam")
    for _ in range(count - 1):
        made = ridge(X, xi * labels + (1 - xi) * (X @ made), "lam_s")
    return excess_risk(made, beta, under=covariance("Sigma_x", p))


def samples(count: int, *, by_rows: bool) -> Equivalent:
    """Ridge on samples of two covariances in turn, stacked."""
    many = sizes(" ".join(f"n{k}" for k in range(count)))
    beta = truth("beta", p)
    covariances = [covariance("Sigma" if k % 2 else "Sigma2", p) for k in range(count)]
    X = [design(f"X{k}", rows, Sigma) for k, (rows, Sigma) in enumerate(zip(many, covariances, strict=True))]
    labels = stack(*[x @ beta + noise("s2", rows) for x, rows in zip(X, many, strict=True)])
    made = ridge(stack(*X), labels, "lam", per=1, by_rows=by_rows)
    return excess_risk(made, beta, under=covariance("Sigma_x", p))


VALUES = {
    "Sigma": spd(101, (4, 1, 0.5, 0.1), 4),
    "Sigma2": spd(102, (3, 2, 0.3, 0.1), 4),
    "Sigma_x": spd(103, (5, 1, 0.2, 0.1), 4),
    "beta": np.array([1.0, -0.5, 0.3, 2.0]),
    "lam": 0.5,
    "s2": 0.5,
}


def test_three_rounds_on_one_sample_agree_with_a_dense_iteration() -> None:
    risk = rounds(3)
    values = {k: v for k, v in VALUES.items() if k in risk.names} | {"n": 6.0, "lam_s": 0.3, "xi": 0.3}
    found = risk.at(**values)
    matrices = {k: v for k, v in values.items() if np.ndim(v) == 2}
    matrices["beta beta'"] = np.outer(VALUES["beta"], VALUES["beta"])
    numbers = {k: float(v) for k, v in values.items() if np.ndim(v) == 0} | {"p": 4.0}
    for term in risk.derived.terms:
        assert found.parts[term.name] == pytest.approx(Dyson(term, numbers, matrices).value(), rel=1e-9)
    assert all(c.holds for c in risk.check())


def test_lines_grow_like_a_power_of_the_rounds() -> None:
    """Each round asks for gains between its groups and all before: their number is cubic in the rounds at most."""
    few, many = (len(rounds(k).derived.book.numbers) for k in (3, 6))
    assert many < 2**3 * few


def test_a_derivation_with_too_many_lines_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "MOST_LINES", 100)
    with pytest.raises(EngineError, match=r"more than 100 lines at group \d+ of \d+, which uses X, X': use fewer"):
        rounds(3)


def test_samples_stacked_by_rows_keep_the_digits_of_columns() -> None:
    """The gates of all samples have one argument; found once, it is one inverse and not a chain of them."""
    values = VALUES | {f"n{k}": 3.0 + k for k in range(4)}
    columns, rows = (samples(4, by_rows=r) for r in (False, True))
    wanted = columns.at(**values)
    assert rows.at(**values).parts == pytest.approx(wanted.parts, rel=1e-9)
    assert all(c.holds for c in rows.check())


def test_lines_are_not_simplified_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """With few trials left lines stay as they are, and still have the value."""
    monkeypatch.setattr(reduced, "MOST_TRIALS", 0)
    risk = rounds(2)
    values = {k: v for k, v in VALUES.items() if k in risk.names} | {"n": 6.0, "lam_s": 0.3, "xi": 0.3}
    point = read(risk.derived, values, joint=False)
    gains, _ = solve_cores(point, risk.derived)
    made = reduced.reduced(risk.derived)
    run = Evaluation(made.book, point, gains)
    for place, line in sorted(made.linear.items()):
        run.numbers[place] = run.polynomial(line)
    for name, value in made.values.items():
        assert run.polynomial(value)[0] == pytest.approx(risk.at(**values).parts[name], rel=1e-9)
    assert len(risk.lines()) > 10
