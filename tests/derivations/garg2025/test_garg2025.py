"""The claims on iterated training hold; their laws are those of recursions, searches and fits done in full."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import mpmath as mp
import numpy as np
import pytest
import sympy as sp

from derivations import garg2025 as paper
from derivations.garg2025 import golden_ratio, hypotheses, interpolators, random_designs, shrinkage
from w2s_sym import Claim, Compare, Run, Verdict, mean_and_error
from w2s_sym.claims.results import Result
from w2s_sym.claims.run import NoMemory
from w2s_sym.evidence.simulation.moments_of_draws import LEVEL
from w2s_sym.papers.ledger import verify_all
from w2s_sym.papers.loading import resolve

GOLDEN = (np.sqrt(5) - 1) / 2


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    outcome = verify_all(resolve(("garg2025",)), effort="quick", seed=0, jobs=1, memory=NoMemory())
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


# -- recursions in exact fractions ------------------------------------------------------------------------------


def settled(step, start: Fraction, rounds: int = 60) -> float:
    value = start
    for _ in range(rounds):
        value = step(value)
        value = value.limit_denominator(10**40)
    return float(value)


@pytest.mark.parametrize(("w", "r"), [("1/2", "1"), ("3/5", "3"), ("9/10", "1/4")])
def test_long_run_variances_are_where_their_recursions_settle(w: str, r: str) -> None:
    a, b = Fraction(w), Fraction(r)
    noisy = settled(lambda v: a**2 + (1 - a) ** 2 * (b + v), Fraction(1))
    quiet = settled(lambda v: a**2 + (1 - a) ** 2 * v, Fraction(1))
    # Given the real labels, whose variance 1 every round has in common.
    reused = 1 + settled(lambda v: (1 - a) ** 2 * (b + v), Fraction(0))
    assert float(golden_ratio.STATIONARY.at(w=w, r=r)) == pytest.approx(noisy, rel=1e-12)
    assert float(hypotheses.QUIET.at(w=w)) == pytest.approx(quiet, rel=1e-12)
    assert float(hypotheses.REUSED.at(w=w, r=r)) == pytest.approx(reused, rel=1e-12)


def test_variance_after_three_rounds_is_that_of_three_steps() -> None:
    w, r, value = Fraction(2, 5), Fraction(3, 2), Fraction(7)
    for _ in range(3):
        value = w**2 + (1 - w) ** 2 * (r + value)
    assert golden_ratio.ROUNDS.at(w="2/5", r="3/2", v_0=7, T=2) == sp.Rational(value.numerator, value.denominator)


def least(risk, low: float = 1e-3, high: float = 1 - 1e-9) -> tuple[float, float]:
    """The least value of a function with one minimum, and where it is, by golden sections."""
    for _ in range(120):
        a, b = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        low, high = (low, b) if risk(a) < risk(b) else (a, high)
    return (low + high) / 2, risk((low + high) / 2)


@pytest.mark.parametrize("r", [0.25, 0.6, 1.0, 4.0])
def test_best_weight_is_its_own_variance(r: float) -> None:
    where, value = least(lambda w: (w**2 + r * (1 - w) ** 2) / (w * (2 - w)))
    # At a minimum the place is known to the root of the rounding error.
    assert where == pytest.approx(value, abs=1e-7)
    assert value**2 + r * value == pytest.approx(r, rel=1e-9)
    if r == 1:
        assert value == pytest.approx(GOLDEN, rel=1e-12)
    if r == 0.25:
        assert value == pytest.approx(0.390388, abs=1e-6)  # quoted in a remark


def test_greedy_weights_end_at_the_best_fixed_weight() -> None:
    for r in (0.3, 1.0, 5.0):
        variance = 20.0
        for _ in range(200):
            variance = (r + variance) / (1 + r + variance)
        assert variance**2 + r * variance == pytest.approx(r, rel=1e-12)


# -- ridges -----------------------------------------------------------------------------------------------------


def long_run_in_full(x: np.ndarray, beta: np.ndarray, lam: float, w: float, r: float) -> float:
    """Mean squared error of the long-run model: its mean and covariance by 400 rounds of matrices, noise variance 1."""
    fit = np.linalg.solve(x.T @ x + lam * np.eye(x.shape[1]), x.T)
    mean, spread = fit @ x @ beta, fit @ fit.T
    for _ in range(400):
        mean = w * fit @ x @ beta + (1 - w) * fit @ x @ mean
        spread = (w**2 + r * (1 - w) ** 2) * fit @ fit.T + (1 - w) ** 2 * fit @ x @ spread @ x.T @ fit.T
    return float((mean - beta) @ (mean - beta) + np.trace(spread))


def test_long_run_ridge_is_that_of_rounds_in_full() -> None:
    rng = np.random.default_rng(4)
    x, beta = rng.standard_normal((9, 3)), rng.standard_normal(3)
    lam, w, r = 1.3, 0.35, 1.7
    values, vectors = np.linalg.eigh(x.T @ x)
    along = vectors.T @ beta
    mean = shrinkage.LONG_RUN_MEAN.to_numpy()(s=values, lam=lam, b=along, w=w)
    spread = shrinkage.LONG_RUN_VARIANCE.to_numpy()(s=values, lam=lam, w=w, r=r, sigma2=1.0)
    found = float(((mean - along) ** 2 + spread).sum())
    assert found == pytest.approx(long_run_in_full(x, beta, lam, w, r), rel=1e-10)
    levels = tuple(
        (1, sp.Rational(float(s / (s + lam))), sp.Rational(float(b)), sp.Rational(float(1 / s)), 1)
        for s, b in zip(values, along, strict=True)
    )
    (spectrum,) = (s for s in shrinkage.AT_LEAST_HALF.domain.symbols if s.name == "S")
    assert spectrum is shrinkage.S
    assert float(shrinkage.AT_LEAST_HALF.at(S=levels, w=sp.Rational(w), r=sp.Rational(r))) == pytest.approx(
        found, rel=1e-10
    )


def test_half_of_the_weight_is_the_least_for_ridges_unless_synthetic_labels_are_quiet() -> None:
    rng = np.random.default_rng(5)
    for _ in range(30):
        share, truth, noise = rng.uniform(0.05, 0.99, 4), rng.standard_normal(4), rng.uniform(0.1, 3, 4)
        r = float(np.exp(rng.uniform(0, 2)))

        def risk(w: float, share=share, truth=truth, noise=noise, r=r) -> float:
            bias = (truth * (1 - share) / (1 - share * (1 - w))) ** 2
            spread = share**2 * noise * (w**2 + r * (1 - w) ** 2) / (1 - share**2 * (1 - w) ** 2)
            return float((bias + spread).sum())

        assert least(risk)[0] >= 0.5 - 1e-7
    # Four fifths of the noise are not enough where much is shrunk: the variance alone has its best weight below.
    where, value = least(lambda w: (w**2 + 0.6 * (1 - w) ** 2) / (1 - 0.09 * (1 - w) ** 2))
    assert where == pytest.approx(0.38836, abs=1e-5)
    assert value == pytest.approx(where, abs=1e-7)


# -- interpolators ------------------------------------------------------------------------------------------------


def test_best_weight_on_fresh_designs_crosses_the_golden_ratio_where_the_claim_says() -> None:
    p, n, noise = 40, 15, 2.0
    risk = interpolators.LONG_RUN.to_numpy()
    one_fit = noise * n / (p - n - 1)
    threshold = GOLDEN * noise / (p - n - 1)
    for factor in (0.5, 0.99, 1.0, 1.01, 2.0):
        v = factor * threshold
        where, _ = least(lambda w, v=v: float(risk(p=p, n=n, v=v, f=one_fit, r=1.0, w=w)))
        if factor == 1:
            assert where == pytest.approx(GOLDEN, abs=1e-7)
        else:
            assert (where > GOLDEN) == (factor > 1)
        sign = float(interpolators.FRESH_GOLDEN.at(p=p, n=n, v=sp.Rational(v), sigma2=2))
        assert sign == pytest.approx((p - n) / n * (factor - 1) * GOLDEN, abs=1e-12)


def test_pooled_samples_settle_below_the_golden_variance() -> None:
    """The long-run variance of pooled weighted least squares, by its noise and what it keeps of the previous error."""
    rng = np.random.default_rng(6)
    d, n, w, draws = 10, 40, GOLDEN, 20000
    noise, kept = np.empty(draws), np.empty(draws)
    for k in range(draws):
        real, made = rng.standard_normal((2, n, d))
        both = np.linalg.inv(w * real.T @ real + (1 - w) * made.T @ made)
        noise[k] = np.trace(both @ (w**2 * real.T @ real + (1 - w) ** 2 * made.T @ made) @ both)
        kept[k] = (((1 - w) * both @ made.T @ made) ** 2).sum() / d
    (mean, error), share = mean_and_error(noise), float(kept.mean())
    settled_at, off = mean / (1 - share) / (d / (n - d - 1)), error / (1 - share) / (d / (n - d - 1))
    assert abs(settled_at - 0.549) < LEVEL * off + 0.001
    assert settled_at < 0.95 * GOLDEN


def test_long_run_on_one_random_design_is_that_of_the_two_fixed_points() -> None:
    """The formula from two effective ridges that mpmath finds, beside the engine's own on the physical branch."""
    ell, b, n, lam, w, r, noise = (4, 1, mp.mpf("0.5")), (1, 2, mp.mpf("0.5")), 2, mp.mpf("0.3"), mp.mpf("0.4"), 2, 1
    with mp.workdps(30):
        kappas = [
            mp.findroot(lambda k, x=x: sum(e / (e + k) for e in ell) + n * x / k - n, (x, x + 4), solver="anderson")
            for x in (lam / w, lam / (2 - w))
        ]
        one, two = ([e / (e + k) for e in ell] for k in kappas)
        bias = sum(e * (1 - u) ** 2 * t**2 for e, u, t in zip(ell, one, b, strict=True))
        law = (w**2 + r * (1 - w) ** 2) / (w * (2 - w))
        overlap = sum(x * y for x, y in zip(one, two, strict=True)) / n
        expected = bias / (1 - sum(u**2 for u in one) / n) + law * noise * overlap / (1 - overlap)
    found = random_designs.long_run_equivalent().on(
        Sigma=np.array([4.0, 1.0, 0.5]), B=np.array([1.0, 4.0, 0.25]), n=2, lam_1=0.75, lam_2=0.1875, law=float(law)
    )
    assert float(found.total) == pytest.approx(float(expected), rel=1e-10)


@pytest.mark.parametrize("claim", [random_designs.ONE_DESIGN, random_designs.SECOND], ids=lambda c: c.name)
def test_a_formula_that_is_off_is_refuted_by_the_derivation_from_the_estimator(claim: Claim) -> None:
    assert isinstance(claim.statement, Compare)
    off = replace(claim, statement=Compare(claim.statement.lhs, "=", claim.statement.rhs + random_designs.w))
    assert off.evidence[0].check(off, Run("quick")).verdict is Verdict.REFUTED
    held = claim.evidence[0].check(claim, Run("quick"))
    assert held.verdict is Verdict.PROVED
    assert len(held.refuted) == len(claim.rivals)
