"""The claims on self-distillation hold, and their formulas are those of ridge regressions done in full."""

from __future__ import annotations

from dataclasses import replace

import mpmath as mp
import numpy as np
import pytest
import sympy as sp

from derivations import pareek2024 as paper
from derivations.pareek2024 import gains, letters, many_steps, random_designs
from w2s_sym import Claim, Compare, Run, Verdict
from w2s_sym.claims.results import Result
from w2s_sym.claims.run import NoMemory
from w2s_sym.papers.ledger import verify_all
from w2s_sym.papers.loading import resolve

# The reference of four directions: eigenvalues of X'X, truth, noise variance, penalty.
S, B = np.array([4.0, 2.0, 1.0, 0.5]), np.array([1.0, 0.5, 0.3, 0.8])
NOISE, LAM = 0.5, 0.7
LEVELS = ((1, 4, 1), (1, 2, "1/2"), (1, 1, "3/10"), (1, "1/2", "4/5"))


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    outcome = verify_all(resolve(("pareek2024",)), effort="quick", seed=0, jobs=1, memory=NoMemory())
    return {result.claim.name: result for result in outcome.results}


@pytest.mark.parametrize("claim", paper.CLAIMS, ids=lambda c: c.name)
def test_it_holds_with_no_evidence_undecided(claim: Claim, results: dict[str, Result]) -> None:
    result = results[claim.name]
    assert result.holds, result
    assert {f.verdict for f in result.findings} <= {Verdict.PROVED, Verdict.AGREES}, result


def test_headlines_are_claims_of_the_paper() -> None:
    assert 3 <= len(paper.HEADLINES) <= 5
    assert set(paper.HEADLINES) <= set(paper.CLAIMS)
    assert len({c.name for c in paper.CLAIMS}) == len(paper.CLAIMS)


def levels(weight: str | None = None) -> tuple[tuple[object, ...], ...]:
    """The reference as levels; the weight of a direction is 1, or its eigenvalue."""
    rows = [(sp.Integer(m), sp.Rational(s), sp.Rational(b)) for m, s, b in LEVELS]
    return tuple((*row, row[1] if weight else sp.Integer(1)) for row in rows)


def ridge_map(x: np.ndarray, lam: float) -> np.ndarray:
    return np.linalg.solve(x.T @ x + lam * np.eye(x.shape[1]), x.T)


def in_full(x: np.ndarray, beta: np.ndarray, lam: float, weights: tuple[float, ...], metric: np.ndarray) -> float:
    """Mean squared error of k steps in the metric, from the matrices that map labels to coefficients."""
    first = ridge_map(x, lam)
    found = first
    for xi in weights:
        found = (1 - xi) * first + xi * first @ x @ found
    error = found @ x @ beta - beta
    return float(error @ metric @ error + NOISE * np.trace(found.T @ metric @ found))


def a_design(seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Nine rows with the reference's eigenvalues in a random basis, and the truth in it."""
    rng = np.random.default_rng(seed)
    left = np.linalg.qr(rng.standard_normal((9, 4)))[0]
    right = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    return left * np.sqrt(S) @ right.T, right @ B


@pytest.mark.parametrize("weight", [None, "prediction"])
@pytest.mark.parametrize("xi", [-1, 0, "1/2", 2])
def test_risk_is_that_of_two_ridge_regressions(weight: str | None, xi: object) -> None:
    x, beta = a_design()
    metric = x.T @ x if weight else np.eye(4)
    found = paper.WEIGHT.at(S=levels(weight), lam="7/10", sigma2="1/2", xi=xi)
    assert float(found) == pytest.approx(in_full(x, beta, LAM, (float(sp.Rational(xi)),), metric), rel=1e-12)


def test_best_weight_is_where_the_risk_in_full_is_least() -> None:
    x, beta = a_design()
    low, middle, high = (in_full(x, beta, LAM, (xi,), np.eye(4)) for xi in (0.0, 0.5, 1.0))
    bend = 2 * (high - 2 * middle + low)
    best = -(high - low - bend) / (2 * bend)
    by_formula = [float(paper.WEIGHT.at(S=levels(), lam="7/10", sigma2="1/2", xi=xi)) for xi in (0, "1/2", 1)]
    curved = 2 * (by_formula[2] - 2 * by_formula[1] + by_formula[0])
    assert -(by_formula[2] - by_formula[0] - curved) / (2 * curved) == pytest.approx(best, rel=1e-9)
    assert best == pytest.approx(0.5387548026, rel=1e-9)
    assert in_full(x, beta, LAM, (0.0,), np.eye(4)) - in_full(x, beta, LAM, (best,), np.eye(4)) == pytest.approx(
        0.0487672173, rel=1e-8
    )


def test_sign_rule_on_data_that_are_not_averaged_and_a_test_covariance_of_its_own() -> None:
    rng = np.random.default_rng(8)
    signs = set()
    for _ in range(20):
        x, y, beta = rng.standard_normal((12, 5)), rng.standard_normal(12), rng.standard_normal(5)
        y = x @ beta + 2 * y
        root = rng.standard_normal((5, 5))
        lam = float(np.exp(rng.uniform(-2, 4)))

        def risk(xi: float, lam: float, x=x, y=y, beta=beta, root=root) -> float:
            teacher = ridge_map(x, lam) @ y
            student = ridge_map(x, lam) @ ((1 - xi) * y + xi * x @ teacher)
            return float(((root @ (student - beta)) ** 2).sum())

        # Central differences: their error is of the order of the step squared, 1e-10 of the curvature's scale.
        step = 1e-5 * lam
        slope = (risk(0, lam + step) - risk(0, lam - step)) / (2 * step)
        low, middle, high = (risk(xi, lam) for xi in (-1.0, 0.0, 1.0))
        best = (low - high) / (2 * (high + low - 2 * middle))
        assert np.sign(best) == -np.sign(slope)
        assert (high - low) / (2 * lam) == pytest.approx(slope, rel=1e-5)
        signs.add(np.sign(best))
    assert signs == {-1.0, 1.0}


def test_least_risks_of_k_steps_are_reached_and_bounded() -> None:
    """Least squares over the weights of the powers of the share, which add up to 1."""
    share, least = S / (S + LAM), []
    for steps in range(4):
        powers = np.array([share ** (i + 1) for i in range(steps + 1)]).T
        root, target = np.sqrt(S * B**2 + NOISE), S * B**2 / np.sqrt(S * B**2 + NOISE)
        # Put in w_1 = 1 - w_2 - ...
        a = (powers[:, 1:] - powers[:, :1]) * root[:, None]
        rest = target - powers[:, 0] * root
        fitted = np.linalg.lstsq(a, rest, rcond=None)[0] if steps else np.zeros(0)
        kept = powers[:, 0] + (powers[:, 1:] - powers[:, :1]) @ fitted
        least.append(float((S * (1 - kept) ** 2 * B**2 + NOISE * kept**2).sum()))
    assert least == pytest.approx([1.142803, 1.098595, 1.089434, 0.965845], abs=5e-7)
    rows = tuple((*row, sp.Integer(0)) for row in levels("prediction"))
    bound = float(many_steps.BOUND.at(S_c=rows, sigma2="1/2"))
    assert bound == pytest.approx(0.9658375821, rel=1e-9)
    assert min(least) >= bound


def test_two_steps_attain_the_bound_on_two_eigenvalues() -> None:
    s, b = np.array([3.0, 0.7]), np.array([0.4, 1.3])
    own = (NOISE - LAM * b**2) * (s + LAM) / (LAM * (s * b**2 + NOISE))
    share = s / (s + LAM)
    cross = share[0] * own[1] - share[1] * own[0]
    weights = ((own[0] - own[1]) / cross, cross / (share[0] - share[1]))
    x = np.linalg.qr(np.random.default_rng(1).standard_normal((5, 2)))[0] * np.sqrt(s)
    assert in_full(x, b, LAM, weights, np.eye(2)) == pytest.approx(float((NOISE * b**2 / (s * b**2 + NOISE)).sum()))


@pytest.mark.parametrize("signal", [0.5, 5.0, 500.0])
def test_one_step_stays_above_its_bound(signal: float) -> None:
    s = np.array([1.0, 1.5, 2.0, 7.0])
    rng = np.random.default_rng(2)
    lam, xi = np.exp(rng.uniform(-6, 6, 20000)), rng.uniform(-30, 5, 20000)
    share = s / (s + lam[:, None])
    kept = share * (1 - xi[:, None] * (1 - share))
    risk = signal * (1 - kept[:, 0]) ** 2 + (kept**2).sum(axis=1)
    assert risk.min() >= 4 * signal / (signal + 4)


def test_gain_is_the_ratio_of_two_risks() -> None:
    one, several = sp.Rational(8 * 100, 100 + 8), sp.Rational(100, 101)
    assert gains.fold.subs({gains.B: 100, gains.rho: 8, letters.sigma2: 1}) == one / several


def joint_risk(first: mp.mpf, second: mp.mpf) -> mp.mpf:
    """The joint risk of two ridges on one sample, from two fixed points found by mpmath."""
    ell, beta, n = (4, 1, mp.mpf("0.5")), (1, 2, mp.mpf("0.5")), 2

    def root(lam: mp.mpf) -> mp.mpf:
        return mp.findroot(lambda k: sum(x / (x + k) for x in ell) + n * lam / k - n, (lam, lam + 4), solver="anderson")

    a, b = root(first), root(second)
    omega = sum(x**2 / ((x + a) * (x + b)) for x in ell) / n
    bias = sum(x * a * b / ((x + a) * (x + b)) * t**2 for x, t in zip(ell, beta, strict=True))
    return (mp.mpf("0.25") + bias) / (1 - omega) - mp.mpf("0.25")


def test_random_design_formula_is_made_of_derivatives_of_the_joint_risk() -> None:
    with mp.workdps(40):
        lam, xi = mp.mpf("0.3"), mp.mpf("-0.8")
        once = mp.diff(lambda x: joint_risk(x, lam), lam)
        twice = mp.diff(joint_risk, (lam, lam), (1, 1))
        expected = joint_risk(lam, lam) + 2 * xi * lam * once + xi**2 * lam**2 * twice
        ell = (4, 1, mp.mpf("0.5"))
        kappa = mp.findroot(
            lambda k: sum(x / (x + k) for x in ell) + 2 * lam / k - 2, (lam, lam + 4), solver="anderson"
        )
        omega = sum((x / (x + kappa)) ** 2 for x in ell) / 2
        found = paper.STUDENT.at(
            S_x=((1, 4, 1), (1, 1, 2), (1, sp.Rational(1, 2), sp.Rational(1, 2))),
            n=2, lam="3/10", xi="-4/5", sigma2="1/4", kappa=mp.nstr(kappa, 35), Omega=mp.nstr(omega, 35),
        )  # fmt: skip
        # Numerical differentiation in 40 digits keeps half of them at least.
        assert abs(mp.mpf(str(sp.N(found, 30))) - expected) < mp.mpf(10) ** -12


def test_a_formula_that_is_off_is_refuted_by_the_derivation_from_the_estimator() -> None:
    statement = paper.STUDENT.statement
    assert isinstance(statement, Compare)
    off = replace(paper.STUDENT, statement=Compare(statement.lhs, "=", statement.rhs + random_designs.xi**2))
    finding = off.evidence[0].check(off, Run("quick"))
    assert finding.verdict is Verdict.REFUTED
    held = paper.STUDENT.evidence[0].check(paper.STUDENT, Run("quick"))
    assert held.verdict is Verdict.PROVED
    assert len(held.refuted) == len(paper.STUDENT.rivals)
