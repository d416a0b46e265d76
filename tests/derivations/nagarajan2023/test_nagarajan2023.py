"""The claims on exaggerated bias hold, and their filters are those of training runs on matrices."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from derivations import nagarajan2023 as paper
from derivations.nagarajan2023 import letters, spectra
from derivations.nagarajan2023.momentum import underdamped
from w2s_sym import Claim, Verdict, verify
from w2s_sym.claims.results import Result
from w2s_sym.kernel import boxes
from w2s_sym.spectra import filters

HALF = sp.Rational(1, 2)


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    return {claim.name: verify(claim) for claim in paper.CLAIMS}


@pytest.mark.parametrize("claim", paper.CLAIMS, ids=lambda c: c.name)
def test_it_holds_with_no_evidence_undecided(claim: Claim, results: dict[str, Result]) -> None:
    result = results[claim.name]
    assert result.holds, result
    assert {f.verdict for f in result.findings} <= {Verdict.PROVED, Verdict.AGREES}, result


def test_all_claims_are_exported_once() -> None:
    homes = (
        paper.theorem,
        paper.mixed,
        paper.momentum,
        paper.iterated_ridge,
        paper.spectra,
        paper.linear,
        paper.observations,
    )
    declared = {value.name for home in (paper, *homes) for value in vars(home).values() if isinstance(value, Claim)}
    gathered = {c.name for home in homes for c in home.CLAIMS}
    names = [c.name for c in paper.CLAIMS]
    assert set(names) == declared | gathered
    assert len(names) == len(set(names))


def test_the_theorem_is_derived_and_its_key_inequality_is_certified(results: dict[str, Result]) -> None:
    theorems = (
        paper.KEY,
        paper.THEOREM,
        paper.IN_TIME,
        paper.DESCENT,
        paper.mixed.MIXED_LAGS,
        paper.iterated_ridge.LAGS,
    )
    theorems += (paper.momentum.THEOREM,)
    for claim in theorems:
        assert results[claim.name].findings[0].kind == "derivation"
        assert results[claim.name].findings[0].verdict is Verdict.PROVED
    for claim in (paper.KEY_CERTIFIED, paper.KEY_ONE_VARIABLE, paper.THEOREM_CERTIFIED):
        found = results[claim.name].findings[0]
        assert found.kind == "certificate"
        assert found.verdict is Verdict.PROVED
        assert boxes.replay(found.detail["record"]) == []
    assert paper.KEY_CERTIFIED.statement == paper.KEY.statement
    assert paper.KEY_CERTIFIED.domain.conditions == paper.KEY.domain.conditions


# -- the filters, from matrices ---------------------------------------------------------------------------------


def design() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(X, eigenvalues of X'X in rising order, eigenvectors)."""
    x = np.random.default_rng(3).standard_normal((40, 3)) * np.array([1.0, 0.6, 0.3])
    values, vectors = np.linalg.eigh(x.T @ x)
    return x, values, vectors


def descend(x: np.ndarray, labels: np.ndarray, step: float, steps: int) -> np.ndarray:
    """Coefficients after gradient descent on half the squared error, from zero."""
    b = np.zeros(x.shape[1])
    for _ in range(steps):
        b = b - step * x.T @ (x @ b - labels)
    return b


def at(expression: sp.Expr, **values: float) -> float:
    named = {s.name: s for s in expression.free_symbols}
    return float(expression.xreplace({named[k]: sp.Float(v, 30) for k, v in values.items() if k in named}))


def test_descent_on_the_teachers_predictions_lags_as_claimed() -> None:
    x, values, vectors = design()
    y = np.random.default_rng(4).standard_normal(40)
    full = np.linalg.lstsq(x, y, rcond=None)[0] @ vectors
    step, long, short = 0.5 / values[-1], 3, 2
    teacher = descend(x, y, step, long)
    student = descend(x, x @ teacher, step, short)
    done = (student @ vectors) / full
    top = values[-1] * step
    for value, progress in zip(values[:-1], done[:-1], strict=True):
        lhs, rhs = paper.DESCENT.statement.lhs, paper.DESCENT.statement.rhs
        here = {"u_1": top, "u_2": value * step, "T": long, "t_s": short}
        assert progress == pytest.approx(at(lhs, **here), rel=1e-10)
        assert progress < at(rhs, **here)
    # The flow on labels at the matched real time: b(t) = V (1 - (1 - step lam)^t) V' b_ls.
    time = np.log(1 - done[-1]) / np.log(1 - top)
    flow = 1 - (1 - step * values) ** time
    assert flow[-1] == pytest.approx(done[-1], rel=1e-12)
    assert flow[0] == pytest.approx(at(rhs, **(here | {"u_2": values[0] * step})), rel=1e-10)


def test_small_steps_give_the_flow() -> None:
    x, values, vectors = design()
    y = np.random.default_rng(5).standard_normal(40)
    full = np.linalg.lstsq(x, y, rcond=None)[0] @ vectors
    done = (descend(x, y, 1e-5, 4000) @ vectors) / full
    wanted = [at(letters.progress(letters.lam, letters.T), lam=v, T=0.04) for v in values]
    assert done == pytest.approx(np.array(wanted), rel=2e-4)


def test_ridge_of_ridge_is_ridge_with_the_compound_penalty() -> None:
    x, values, vectors = design()
    y = np.random.default_rng(6).standard_normal(40)

    def ridge(labels: np.ndarray, penalty: float) -> np.ndarray:
        return np.asarray(np.linalg.solve(x.T @ x + penalty * np.eye(3), x.T @ labels))

    full = np.linalg.lstsq(x, y, rcond=None)[0] @ vectors
    done = (ridge(x @ ridge(y, 2.0), 0.7) @ vectors) / full
    wanted = [at(paper.PENALTY.rhs, lam=v, mu=2.0, nu=0.7) for v in values]
    assert done == pytest.approx(np.array(wanted), rel=1e-12)


def test_risk_of_a_direction_by_simulation() -> None:
    rng = np.random.default_rng(7)
    x, values, vectors = design()
    truth, sigma, filters = np.array([1.0, -0.5, 0.8]), 1.5, np.array([0.3, 0.6, 0.9])
    errors = []
    for _ in range(20_000):
        y = x @ truth + sigma * rng.standard_normal(40)
        least_squares = vectors.T @ np.linalg.solve(x.T @ x, x.T @ y)
        errors.append((filters * least_squares - vectors.T @ truth) ** 2)
    mean, error = np.mean(errors, 0), np.std(errors, 0) / np.sqrt(len(errors))
    wanted = [
        at(spectra.risk(spectra.a_s), a_s=a, B=float(b) ** 2, V=sigma**2 / v)
        for a, b, v in zip(filters, vectors.T @ truth, values, strict=True)
    ]
    assert np.abs((mean - wanted) / error).max() < 4.9


def test_momentum_is_the_solution_of_its_equation() -> None:
    lam, gamma, dt = 0.5, 0.5, 1e-4
    a = v = 0.0
    for _ in range(int(2 / dt)):
        v += dt * (lam * (1 - a) - gamma * v)
        a += dt * v
    assert a == pytest.approx(
        at(underdamped.heavy_ball(letters.lam_2, letters.T), lam_2=lam, gamma=gamma, T=2.0), abs=1e-4
    )


# -- numbers of the counter-examples ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "left", "right"),
    [(paper.UNEQUAL_STEPS, 0.1447, 0.0964), (paper.mixed.MIXED_FLOW, 0.582, 0.493)],
)
def test_reference_numbers(claim: Claim, left: float, right: float) -> None:
    assert claim.witness is not None
    place = {s: sp.sympify(v) for s, v in claim.witness.items()}
    digits = 4 if left < 0.5 else 3
    assert round(float(claim.statement.lhs.xreplace(place)), digits) == left
    assert round(float(claim.statement.rhs.xreplace(place)), digits) == right


def test_the_limits_in_generations() -> None:
    q, r, many = 0.5, 0.5, 10**6
    kept = at(sp.exp(paper.RIDGE_GENERATIONS_KEEP.statement.rhs), q=q, r=r, k=many)
    assert kept == pytest.approx(q ** (1 / r), rel=1e-5)
    lost = [at(sp.exp(paper.FLOW_GENERATIONS.statement.lhs), q=q, r=r, k=k) for k in (1, 100, 10_000)]
    assert lost[0] == pytest.approx(1 - (1 - q) ** r)
    assert lost[2] < 1e-30 < lost[1] < lost[0]


def test_the_papers_formulas_are_the_packages_filters() -> None:
    lam, T, t_s = letters.lam, letters.T, letters.t_s
    assert lam == filters.LAM
    assert sp.simplify(filters.flow(T).gain(lam) - letters.progress(lam, T)) == 0
    student = filters.flow(t_s).on(filters.flow(T)).gain(lam)
    assert sp.simplify(student - letters.progress(lam, t_s) * letters.progress(lam, T)) == 0
    ball = filters.heavy_ball_flow(HALF, 3).gain(HALF)
    assert abs(sp.N(ball - underdamped.heavy_ball(HALF, sp.Integer(3)).xreplace({letters.gamma: HALF}), 30)) < 1e-25
