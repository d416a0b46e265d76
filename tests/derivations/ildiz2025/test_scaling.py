"""The scaling laws: reference numbers, sums added by hand, and faults planted in the risks that the limits refute."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp
from flint import arb, fmpq

from derivations.ildiz2025 import scaling
from derivations.ildiz2025.scaling import curves, integrals, ridge_laws, risk_laws
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.points import admissible_points
from w2s_sym.claims.results import verify
from w2s_sym.claims.statement import Compare
from w2s_sym.evidence.precision.extrapolation import Curve

R = sp.Rational
TWO = fmpq(2)


# -- the claims as a list -------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", scaling.CLAIMS, ids=[c.name for c in scaling.CLAIMS])
def test_each_claim_is_about_something_and_has_rivals(claim: Claim) -> None:
    assert claim.domain.points or next(iter(admissible_points(claim, np.random.default_rng(1), 1)))
    assert claim.rivals
    assert claim.sentence.endswith(".")
    assert claim.id.startswith("ildiz2025/")


def test_ids_differ_and_all_that_a_claim_rests_on_is_there() -> None:
    ids = {c.id for c in scaling.CLAIMS}
    assert len(ids) == len(scaling.CLAIMS)
    assert {i for c in scaling.CLAIMS for i in c.rests_on_ids} <= ids


def test_only_cited_facts_and_limits_have_no_proof() -> None:
    unproved = {c.name for c in scaling.CLAIMS if not any(e.kind == "derivation" for e in c.evidence)}
    limits = {c.name for c in scaling.CLAIMS if isinstance(c.statement, Compare) and isinstance(c.statement.lhs, Curve)}
    assert unproved - limits == {integrals.BETA.name, integrals.INCOMPLETE_BETA.name}
    for name in limits:
        claim = next(c for c in scaling.CLAIMS if c.name == name)
        assert claim.remark, "a limit says what is confirmed by numbers only"


@pytest.mark.parametrize("claim", scaling.INTEGRALS, ids=[c.name for c in scaling.INTEGRALS])
def test_each_integral_is_proved_and_evaluated(claim: Claim) -> None:
    result = verify(claim)
    assert result.holds
    assert all(f.verdict is Verdict.PROVED for f in result.findings if f.kind == "derivation")


# -- reference numbers ----------------------------------------------------------------------------------------


def gain(alpha: object, beta: object) -> float:
    s = (sp.sympify(beta) - 1) / sp.sympify(alpha)
    return float(risk_laws.GAIN.at(alpha=alpha, s=s))


def test_reference_values_of_the_gain() -> None:
    assert gain(2, R(3, 2)) == pytest.approx(0.615920, abs=5e-7)
    assert gain(2, R(3, 2)) == pytest.approx(math.cos(math.pi / 8) / 1.5, rel=1e-14)
    assert float(risk_laws.GAIN_AT_ONE.at(alpha=2)) == pytest.approx(math.pi / 4, rel=1e-14)


def test_the_gain_is_continuous_at_one_and_at_two() -> None:
    for alpha in (R(5, 4), R(2), R(7, 2)):
        near_one = float(risk_laws.GAIN.at(alpha=alpha, s=1 + R(1, 10**7)))
        assert near_one == pytest.approx(float(risk_laws.GAIN_AT_ONE.at(alpha=alpha)), rel=1e-6)
        near_two = float(risk_laws.GAIN.at(alpha=alpha, s=2 - R(1, 10**7)))
        assert near_two == pytest.approx(float(risk_laws.STEEP_GAIN.at(alpha=alpha)), rel=1e-6)


@pytest.mark.parametrize("alpha", [1.2, 2.0, 3.5])
@pytest.mark.parametrize("s", [0.3, 1.4, 1.9])
def test_the_mask_lies_between_the_optimum_and_the_truth(alpha: float, s: float) -> None:
    optimal = float(risk_laws.GAIN.at(alpha=alpha, s=s))
    masked = float(sp.N(risk_laws.MASK_GAIN.at(alpha=alpha, s=s)))
    assert 0 < optimal < masked < 1
    assert optimal > (alpha - 1) / alpha**2


# -- risks added by hand --------------------------------------------------------------------------------------


def by_hand(alpha: float, beta: float, n: int, p: int = 2 * 10**5) -> tuple[float, float, float, float]:
    """(Omega, standard, optimal, masked) by bisection and plain sums; what lies beyond p is added as an integral."""
    i = np.arange(1, p + 1, dtype=float)
    lam, energy = i**-alpha, i**-beta
    # Beyond p: sum of 1/(1 + tau i^alpha) ~ int, with x = tau t^alpha large: t^-alpha/tau - t^(-2 alpha)/tau^2.
    edge = p + 0.5

    def degrees(tau: float) -> float:
        beyond = edge ** (1 - alpha) / (tau * (alpha - 1)) - edge ** (1 - 2 * alpha) / (tau**2 * (2 * alpha - 1))
        return float(np.sum(lam / (lam + tau))) + beyond

    low, high = 1e-12, 1e3
    for _ in range(60):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if degrees(middle) > n else (low, middle)
    tau = low
    u = lam / (lam + tau)
    share = (float(np.sum(u**2)) + edge ** (1 - 2 * alpha) / (tau**2 * (2 * alpha - 1))) / n
    beyond = edge ** (1 - beta) / (beta - 1)
    standard = (float(np.sum(energy * (1 - u) ** 2)) + beyond) / (1 - share)
    best = energy * share * (1 - u) ** 2 / ((1 - share) * u**2 + share * (1 - u) ** 2)
    masked = np.minimum(energy, energy * (1 - u) ** 2 / (1 - share))
    return share, standard, float(np.sum(best)) + beyond, float(np.sum(masked)) + beyond


@pytest.mark.parametrize(("alpha", "beta", "n"), [(fmpq(2), fmpq(3, 2), 50), (fmpq(3), fmpq(5, 2), 20)])
def test_risks_are_those_of_plain_sums(alpha: fmpq, beta: fmpq, n: int) -> None:
    share, standard, optimal, masked = by_hand(float(arb(alpha)), float(arb(beta)), n)
    # The sums beyond p leave out a share 2/(tau p^alpha) < 1e-7 of a part that is below 5e-3.
    close = {"rel": 1e-8}
    assert float(curves.learned_share(alpha, n, 20)) == pytest.approx(share, **close)
    assert float(curves.standard_risk(alpha, beta, n, 20)) == pytest.approx(standard, **close)
    assert float(curves.optimal_risk(alpha, beta, n, 20)) == pytest.approx(optimal, **close)
    assert float(curves.masked_risk(alpha, beta, n, 20)) == pytest.approx(masked, **close)


def test_no_spectrum_beats_the_bounds_on_the_gain() -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        lam = np.exp(rng.normal(0, 3, 60))
        energy = np.exp(rng.normal(0, 3, 60))
        u = lam / (lam + np.exp(rng.normal(0, 3)))
        n = rng.uniform(np.sum(u), 60)
        share = float(np.sum(u**2) / n)
        standard = float(np.sum(energy * (1 - u) ** 2)) / (1 - share)
        optimal = float(np.sum(energy * share * (1 - u) ** 2 / ((1 - share) * u**2 + share * (1 - u) ** 2)))
        assert share * (1 - share) * standard * (1 - 1e-12) <= optimal <= standard * (1 + 1e-12)


# -- limits ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claim",
    [
        ridge_laws.TAU,
        ridge_laws.OMEGA_NEXT,
        ridge_laws.NOISE,
        risk_laws.GAIN,
        risk_laws.MASK_GAIN,
        risk_laws.CRITICAL_OPTIMAL,
    ],
    ids=lambda c: c.name,
)
def test_limits_agree_to_ten_digits(claim: Claim) -> None:
    result = verify(claim)
    assert result.holds, result.why()
    assert result.findings[0].detail["digits"] == 10


def planted(claim: Claim, value: Callable[..., arb]) -> Claim:
    statement = claim.statement
    assert isinstance(statement, Compare)
    assert isinstance(statement.lhs, Curve)
    return replace(claim, statement=replace(statement, lhs=replace(statement.lhs, value=value)))


def standard(p: dict[sp.Symbol, sp.Expr], k: int, d: int) -> arb:
    return curves.standard_risk(curves.decay(p), curves.signal(p), k, d)


def scaled(p: dict[sp.Symbol, sp.Expr], k: int, risk: arb) -> arb:
    return risk * arb(k) ** (curves.signal(p) - 1)


def share(p: dict[sp.Symbol, sp.Expr], k: int, d: int) -> arb:
    return curves.learned_share(curves.decay(p), k, d)


FAULTS = {
    "the factor 1/(1-Omega) dropped": lambda p, k, d: scaled(p, k, standard(p, k, d) * (1 - share(p, k, d))),
    "the factor Omega/(1-Omega) in its place": lambda p, k, d: scaled(p, k, standard(p, k, d) * share(p, k, d)),
    "n off by a constant factor": lambda p, k, d: scaled(p, 2 * k, standard(p, k, d)),
    "a part in a million lost": lambda p, k, d: scaled(p, k, standard(p, k, d)) * (1 - arb("1e-6")),
    "the optimal risk": lambda p, k, d: scaled(p, k, curves.optimal_risk(curves.decay(p), curves.signal(p), k, d)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_planted_in_the_risk_is_refuted(fault: str) -> None:
    result = verify(planted(risk_laws.STANDARD_RISK, FAULTS[fault]))
    assert result.findings[0].verdict is Verdict.REFUTED


def test_a_harmless_shift_of_n_changes_no_limit() -> None:
    shifted = planted(risk_laws.STANDARD_RISK, lambda p, k, d: scaled(p, k, standard(p, k + 1, d)))
    assert verify(shifted).findings[0].verdict is Verdict.AGREES


def test_a_wrong_exponent_gets_no_support() -> None:
    """Scaled by n^beta the risk grows without end: there is no limit to compare with."""
    wrong = planted(risk_laws.STANDARD_RISK, lambda p, k, d: scaled(p, k, standard(p, k, d)) * k)
    assert not verify(wrong).holds


def test_forgetting_the_logarithm_shows() -> None:
    """n^(2 alpha) times the critical risk has no limit: it grows, and no constant is claimed for it."""
    exact = risk_laws.CRITICAL_STANDARD
    flat = planted(exact, lambda p, k, d: risk_laws.steeply(curves.standard_risk)(p, k, d))
    assert verify(flat).findings[0].verdict is not Verdict.AGREES


def test_the_closed_form_at_alpha_two() -> None:
    """n + 1/2 = (y/2) coth(y) at y = pi/sqrt(tau), by fixed-point iteration in floats."""
    for n in (1, 2, 5):
        y = 2 * n + 1.0
        for _ in range(200):
            y = (2 * n + 1) * math.tanh(y)
        assert float(curves.effective_ridge(TWO, n, 20)) == pytest.approx((math.pi / y) ** 2, rel=1e-14)
