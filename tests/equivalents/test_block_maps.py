"""Cores of many unknowns, solved by arrays of blocks: against words, and against a dense iteration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from dyson import Dyson
from reference import spd

from w2s_sym.equivalents import (
    EngineError,
    Equivalent,
    covariance,
    design,
    designs,
    fixed_matrix,
    identity,
    inverse,
    mean_trace,
    parameter,
    sizes,
    solving,
)
from w2s_sym.equivalents.block_maps import block_map
from w2s_sym.equivalents.expressions import Matrix
from w2s_sym.equivalents.inputs import read
from w2s_sym.equivalents.solving import core_map, fixpoints

n, p = sizes("n p")
NUMBERS = {"n": 7, "lam": 0.3, "a": 0.4}
MATRICES = {
    "M": np.diag([1.0, 2.0, 0.5]),
    "S": spd(1, (1, 2, 0.3), 3),
    "T": spd(2, (2, 0.4, 0.7), 3),
    "C": spd(1, (1, 2, 0.3), 3) @ np.array([[0.2, 0.5, 0], [0, 0.1, -0.3], [0.4, 0, 0]]),
    "D": spd(3, (3, 4, 5), 3),
}


def nested(times: int) -> Equivalent:
    """A ridge inside of a ridge, so many times, on one sample: 2 (times + 1)^2 unknowns."""
    X = design("X", n, covariance("S", p))
    found: Matrix = X.T @ X / n + 1
    for _ in range(times):
        found = X.T @ inverse(X @ inverse(found) @ X.T / n + 1) @ X / n + 1
    return mean_trace(covariance("M", p), inverse(found))


def two_blocks() -> Equivalent:
    """Two blocks of one sample whose covariance is not symmetric, and a covariance beside them."""
    pairs = {("X", "X"): covariance("S", p), ("Y", "Y"): covariance("D", p), ("X", "Y"): fixed_matrix("C", p, p)}
    X, Y = designs(("X", "Y"), n, pairs)
    inner = inverse(Y @ inverse(X.T @ X / n + parameter("a") * identity(p)) @ Y.T / n + 1)
    return mean_trace(covariance("M", p), inverse(X.T @ inner @ X / n + covariance("T", p) + parameter("lam")))


CASES = {"joint": (nested(1), True), "dense": (two_blocks(), False), "one matrix": (nested(2), False)}


@pytest.mark.parametrize("case", CASES)
def test_blocks_have_the_values_and_slopes_of_words(case: str) -> None:
    risk, joint = CASES[case]
    given = {k: v for k, v in {**MATRICES, **NUMBERS}.items() if k in risk.names}
    if joint:
        given = {k: np.arange(1.0, 5.0) if np.ndim(v) else v for k, v in given.items()}
    values = read(risk.derived, given, joint=joint)
    ((core),) = (c for c in fixpoints(risk.derived) if len(c.own) > 2)
    f = core_map(core, values, values.numbers)
    g = block_map(core.shifted, core.shifted.groups[0], core.shifted.gains[0, 0], replace(values))
    assert g is not None
    draws, which = np.random.default_rng(0), np.zeros(1, dtype=int)
    for d in (0.0, 0.7):
        s = draws.uniform(-0.3, 0.3, (1, len(core.own)))
        (value, slope), (wanted, wanted_slope) = (h(s, np.array([d]), which) for h in (g, f))
        assert value == pytest.approx(wanted, rel=1e-9, abs=1e-12)
        assert slope == pytest.approx(wanted_slope, rel=1e-8, abs=1e-11)


@pytest.mark.parametrize("times", [2, 5])
def test_many_inverses_inside_of_each_other(times: int) -> None:
    risk = nested(times)
    matrices = {k: MATRICES[k] for k in ("M", "S")}
    wanted = Dyson(risk.derived.terms[0], {"n": 7.0, "p": 3.0}, matrices).value()
    assert risk.at(**matrices, n=7).total == pytest.approx(wanted, rel=1e-10)


def test_a_curve_is_its_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """At several points, and by words where blocks are not taken."""
    risk, matrices = two_blocks(), {k: MATRICES[k] for k in ("M", "S", "T", "C", "D")}
    curve = risk.at(**matrices, n=np.array([4.0, 7.0, 20.0]), lam=0.3, a=0.4).total
    monkeypatch.setattr(solving, "MANY_UNKNOWNS", 10**6)
    for k, rows in enumerate((4.0, 7.0, 20.0)):
        assert risk.at(**matrices, n=rows, lam=0.3, a=0.4).total == pytest.approx(curve[k], rel=1e-10)


def test_letters_with_two_sides_are_left_to_words() -> None:
    """Blocks of different numbers of columns: their covariance is no square block."""
    (q,) = sizes("q")
    pairs = {("X", "X"): covariance("S", p), ("Y", "Y"): covariance("T", q), ("X", "Y"): fixed_matrix("C", p, q)}
    X, Y = designs(("X", "Y"), n, pairs)
    inner = inverse(Y @ inverse(Y.T @ Y / n + 1) @ Y.T / n + 1)
    risk = mean_trace(identity(p), inverse(X.T @ inner @ X / n + 1))
    matrices = {"S": MATRICES["S"], "T": np.eye(2), "C": np.full((3, 2), 0.2)}
    wanted = Dyson(risk.derived.terms[0], {"n": 7.0, "p": 3.0, "q": 2.0}, matrices).value()
    assert risk.at(**matrices, n=7).total == pytest.approx(wanted, rel=1e-9)
    with pytest.raises(EngineError, match="the joint covariance of X, Y"):
        risk.at(**{**matrices, "C": np.full((3, 2), 2.0)}, n=7)
