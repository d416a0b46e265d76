"""The claims on every spectrum, against brute force on random spectra: linear algebra and search, no formula."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import sympy as sp

from derivations import ildiz2025 as paper
from derivations.ildiz2025 import letters, masks, surrogates
from derivations.ildiz2025.letters import b, g, lam, n, sigma2, tau
from w2s_sym import Claim, Precision, verify
from w2s_sym.claims.finding import Verdict
from w2s_sym.evidence.simulation.trials import summed
from w2s_sym.formula.totals import Total, total


def value(expression: sp.Expr, point: dict[str, object]) -> float:
    """The expression at a float spectrum."""
    numbers = {t: sp.Float(summed(t, point), 17) for t in expression.atoms(Total)}
    left = expression.xreplace(numbers)
    return float(left.xreplace({s: sp.Float(point[s.name], 17) for s in left.free_symbols}))


def place(rng: np.random.Generator) -> dict[str, object]:
    """A random spectrum with its tau, found by bisection, and Omega."""
    size = int(rng.integers(3, 9))
    eigenvalues = np.exp(rng.normal(0, 1.5, size))
    count = float(rng.uniform(0.5, size - 0.5))
    low, high = -60.0, 60.0
    for _ in range(200):
        middle = (low + high) / 2
        if (eigenvalues / (eigenvalues + np.exp(middle))).sum() > count:
            low = middle
        else:
            high = middle
    root = float(np.exp(low))
    shares = eigenvalues / (eigenvalues + root)
    levels = {"lam": eigenvalues, "b": rng.normal(size=size), "g": rng.normal(size=size)}
    return {
        "S": levels,
        "S_g": levels,
        "tau": root,
        "n": count,
        "Omega": float((shares**2).sum() / count),
        "sigma2": float(rng.uniform(0, 2)),
    }


def brute(point: dict[str, object], surrogate: np.ndarray) -> float:
    """The surrogate-to-target risk, written out with arrays from the theory page."""
    levels = point["S"]
    assert isinstance(levels, dict)
    eigenvalues, truth = levels["lam"], levels["b"]
    u = eigenvalues / (eigenvalues + point["tau"])
    spread = (point["sigma2"] + (eigenvalues * (1 - u) ** 2 * surrogate**2).sum()) / (1 - point["Omega"])  # type: ignore[operator]
    return float((eigenvalues * (u * surrogate - truth) ** 2).sum() + point["Omega"] * spread)  # type: ignore[operator]


@pytest.mark.parametrize("seed", range(6))
def test_the_optimum_is_that_of_a_linear_solve(seed: int) -> None:
    point = place(np.random.default_rng(seed))
    levels = point["S"]
    assert isinstance(levels, dict)
    eigenvalues, truth = levels["lam"], levels["b"]
    size = len(truth)
    # A quadratic in the surrogate: its minimum from finite second differences, which are exact for a quadratic.
    unit = np.eye(size)
    zero = brute(point, np.zeros(size))
    slope = np.array([(brute(point, e) - brute(point, -e)) / 2 for e in unit])
    curve = np.array([brute(point, e) + brute(point, -e) - 2 * zero for e in unit])
    best = -slope / curve
    assert value(surrogates.optimal, point) == pytest.approx(brute(point, best), rel=1e-9)
    gains = [
        float(surrogates.gain.subs({lam: x, tau: point["tau"], letters.Omega: point["Omega"]})) for x in eigenvalues
    ]
    assert np.allclose(np.array(gains) * truth, best, rtol=1e-8)
    assert value(letters.standard_risk, point) == pytest.approx(brute(point, truth), rel=1e-9)
    assert value(letters.surrogate_risk(g, letters.SG), point) == pytest.approx(brute(point, levels["g"]), rel=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_the_mask_is_the_best_of_all_masks(seed: int) -> None:
    point = place(np.random.default_rng(100 + seed))
    levels = point["S"]
    assert isinstance(levels, dict)
    truth = levels["b"]
    risks = [brute(point, truth * np.array(kept)) for kept in product((0, 1), repeat=len(truth))]
    assert value(masks.mask_risk, point) == pytest.approx(min(risks), rel=1e-9)


def test_the_sums_are_linked_by_their_fixed_point() -> None:
    point = place(np.random.default_rng(7))
    assert value(letters.FIXED_POINT.residual, point) == pytest.approx(0, abs=1e-9)
    assert value(letters.OMEGA.residual, point) == pytest.approx(0, abs=1e-12)


def wrong(claim: Claim, rhs: sp.Expr) -> Claim:
    """The claim with another right side and evaluation as its only evidence."""
    from w2s_sym import Compare

    assert isinstance(claim.statement, Compare)
    stated = Compare(claim.statement.lhs, claim.statement.relation, rhs)
    return Claim(claim.name, claim.sentence, stated, claim.domain, claim.source, (Precision(),), given=claim.given)


@pytest.mark.parametrize(
    ("claim", "rhs"),
    [
        (paper.STANDARD, letters.standard_risk + sigma2 / 10**9),
        (paper.ATTAINED, surrogates.optimal * (1 + letters.Omega / 10**12)),
        (paper.LOWER, letters.p - n + tau / 100),
        (paper.OMEGA_LEAST, n / letters.p + total((lam - 1) ** 2, letters.S) / 10**9),
        (paper.MASK_ABOVE, masks.mask_risk - total(lam * b**2, letters.S) / 10**9),
    ],
)
def test_a_formula_that_is_slightly_off_is_refuted(claim: Claim, rhs: sp.Expr) -> None:
    finding = verify(wrong(claim, rhs)).findings[0]
    assert finding.verdict is Verdict.REFUTED, finding.summary


@pytest.mark.parametrize("claim", paper.CLAIMS, ids=lambda c: c.name)
def test_every_equality_and_bound_is_proved(claim: Claim) -> None:
    proofs = [e for e in claim.evidence if e.kind == "derivation"] if claim.witness is None else list(claim.evidence)
    if claim.kind != "theorem" or not proofs:
        return
    from w2s_sym import Run

    finding = proofs[0].check(claim, Run().under(claim.id, 0))
    assert finding.verdict is Verdict.PROVED, finding.summary
