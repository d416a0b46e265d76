"""Numbers at many points at once, on compressed eigenvalues and in eigenbases, against the plain ways."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from reference import MATRICES, Target, plain_ridge, targets, weak_to_strong

from w2s_sym.equivalents import EngineError, Equivalent, covariance, design, excess_risk, ridge, sizes, solving, truth
from w2s_sym.equivalents.arithmetic import Dense
from w2s_sym.equivalents.evaluation import Evaluation
from w2s_sym.equivalents.inputs import read
from w2s_sym.equivalents.joint import JointNodes, joint_values
from w2s_sym.equivalents.numbers_at import solve_cores

COUNT = 3000
INDEX = np.arange(1, COUNT + 1.0)
SIZES = np.geomspace(20, 2000, 25)
NUMBERS = {"n": SIZES, "N": 2 * SIZES, "lam": 1e-3, "lam_s": 1e-2, "s2": 0.5}
RNG = np.random.default_rng(5)
SPECTRA = {
    "powers": (INDEX**-1.2, INDEX**-1.7),
    "equal": (INDEX**-1.2, INDEX**-1.2),
    "flat": (INDEX**-1.2, np.ones(COUNT)),
    "few": (RNG.integers(1, 5, COUNT) * 1.0, RNG.integers(1, 4, COUNT) * 1.0),
    "zeros": (np.where(INDEX < 2000, INDEX**-1.2, 0), INDEX**-0.5),
    "unrelated": (INDEX**-1.2, np.exp(RNG.standard_normal(COUNT))),
    "kink": (INDEX**-1.2, np.maximum(INDEX**-1.0, 1e-2)),
}


@pytest.mark.parametrize("spectra", SPECTRA)
def test_compressed_eigenvalues_give_what_all_of_them_give(spectra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = SPECTRA[spectra]
    values = {"Sigma": first, "Sigma2": second, "Sigma_x": INDEX**-0.8, "beta": INDEX**-0.4, **NUMBERS}
    short = weak_to_strong().on(**values)
    monkeypatch.setattr(solving, "SHORT", COUNT)
    full = weak_to_strong().on(**values)
    for name, part in full.parts.items():
        assert short.parts[name] == pytest.approx(part, rel=1e-9)


def test_a_sweep_is_its_points_one_by_one() -> None:
    values = {"Sigma": INDEX**-1.2, "Sigma2": INDEX**-1.7, "Sigma_x": INDEX**-0.8, "beta": INDEX**-0.4, **NUMBERS}
    sweep = weak_to_strong().on(**values)
    for k in (0, 7, 24):
        point = weak_to_strong().on(**{**values, "n": SIZES[k], "N": 2 * SIZES[k]})
        assert float(point) == pytest.approx(sweep.total[k], rel=1e-11)


def test_few_nodes_stand_for_many_eigenvalues() -> None:
    ((joint, found), _) = joint_values({0: INDEX**-1.2, 1: INDEX**0.3}, [0])
    assert joint.nodes.count < COUNT / 5
    wanted = (INDEX**0.3 * INDEX**-1.2 / (INDEX**-1.2 + 0.01)).sum()
    resolvent = found[0] / (found[0] + 0.01)
    assert joint.trace(joint.times(resolvent, found[1]), joint.identity(COUNT)) == pytest.approx(wanted, rel=1e-13)


def test_nodes_that_are_not_good_enough_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights that are wrong in one set of nodes are found by the other, and all eigenvalues are used."""
    # At one point vectors of this length would not be compressed.
    shared = {"Sigma": INDEX**-1.2, "Sigma_x": INDEX**-0.8, "beta": INDEX**-0.4}
    values = {**shared, "n": np.array([300, 310]), "lam": 1e-3, "s2": 0.5}
    wanted = plain_ridge().on(**values).total
    right = JointNodes.weights

    def wrong(self: JointNodes, mu: np.ndarray) -> np.ndarray:
        return right(self, mu) * (1 + 1e-4 * self.count)

    monkeypatch.setattr(JointNodes, "weights", wrong)
    assert plain_ridge().on(**values).total == pytest.approx(wanted, rel=1e-11)


@pytest.mark.parametrize("target", tuple(targets()), ids=lambda t: t.name)
def test_eigenbases_give_what_whole_matrices_give(target: Target) -> None:
    risk = target.make()
    given = target.values(risk)
    values = read(risk.derived, given, joint=False)
    assert isinstance(values.arithmetic, Dense)
    gains, _ = solve_cores(values, risk.derived)
    run = Evaluation(risk.derived.book, values, gains)
    found = risk.at(**given)
    for term in risk.derived.terms:
        assert found.parts[term.name] == pytest.approx(run.polynomial(term.value)[0], rel=1e-9)


def test_a_vector_is_its_second_moment() -> None:
    risk = plain_ridge()
    values = {key: v for key, v in MATRICES.items() if key in risk.names} | {"n": 9, "lam": 0.2, "s2": 0.5}
    moment = np.outer(MATRICES["beta"], MATRICES["beta"])
    assert float(risk.at(**values)) == pytest.approx(float(risk.at(**{**values, "beta": moment})), rel=1e-12)


def test_the_best_of_a_sweep_is_where_the_derivative_vanishes() -> None:
    risk = weak_to_strong()
    values = {"Sigma": INDEX**-1.2, "Sigma2": INDEX**-1.7, "Sigma_x": INDEX**-0.8, "beta": INDEX**-0.4}
    values |= {"n": 200.0, "N": 400.0, "lam": 1e-3, "s2": 0.5}
    best = risk.best("lam_s", 1e-6, 1e2, joint=True, **values)
    assert not best.at_end
    scale = best.risk / best.value
    assert abs(risk.derivative("lam_s", joint=True, **values, lam_s=best.value)) < 1e-7 * scale
    assert risk.on(**values, lam_s=1.1 * best.value).total > best.risk < risk.on(**values, lam_s=best.value / 1.1).total


def test_symbols_of_one_name_are_one_symbol() -> None:
    n, p = sizes("n p")
    X, beta = design("X", n, covariance("Sigma", p)), truth("beta", p)

    def made() -> Equivalent:
        fit = ridge(X, X @ beta, "lam")
        return excess_risk(sp.Symbol("lam", real=True) * fit, beta, under=covariance("Sigma", p))

    with pytest.raises(EngineError, match=r"lam names two symbols: make it once, by parameter\('lam'\)"):
        made()
