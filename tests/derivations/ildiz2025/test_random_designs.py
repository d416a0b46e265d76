"""Ildiz et al. 2025 on random designs: words against the experiment by hand, and planted faults."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from derivations import ildiz2025
from derivations.classics import designs
from derivations.classics import resolvents as equivalents
from derivations.classics.designs import Stages
from derivations.ildiz2025 import letters, random_designs
from derivations.ildiz2025.letters import g
from derivations.ildiz2025.random_designs import one_stage, two_stages
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.results import verify
from w2s_sym.claims.statement import Compare
from w2s_sym.equivalents.stages import two_stage_matrix
from w2s_sym.evidence.simulation.sampling import draw_arrays
from w2s_sym.formula.rational import identical
from w2s_sym.matrices.evaluation import evaluate_words
from w2s_sym.matrices.experiment import Quantity

QUANTITIES = [
    (claim.name, claim.statement.lhs)
    for claim in random_designs.CLAIMS
    if isinstance(claim.statement, Compare)
    and isinstance(claim.statement.lhs, Quantity)
    and claim.statement.lhs.literal is not None
]


@pytest.mark.parametrize(("name", "quantity"), QUANTITIES, ids=[name for name, _ in QUANTITIES])
def test_words_and_the_experiment_by_hand_agree_path_by_path(name: str, quantity: Quantity) -> None:
    assert quantity.literal is not None
    rng = np.random.default_rng(1)
    sizes = {"p": 9, "n": 4} if "iso" in str(quantity.symbol) else {"p": 3, "n": 9, "m": 8}
    arrays, scalars = draw_arrays(quantity, sizes, rng, 5, full_rows=True)
    words = np.asarray(evaluate_words(quantity.value, arrays, scalars))
    for i in range(5):
        one = {k: (a[i] if np.ndim(a) == 3 else a) for k, a in arrays.items()}
        assert words[i] == pytest.approx(quantity.literal(one, scalars), rel=1e-8, abs=1e-9)


def test_what_is_simulated_is_what_the_paper_s_claims_are_about() -> None:
    assert identical(random_designs.SURROGATE.rhs, letters.surrogate_risk(g, letters.SG))
    assert identical(random_designs.STANDARD.rhs, ildiz2025.STANDARD.rhs)


def planted(claim: Claim, rival: int) -> Claim:
    """The claim with one of its rivals stated in its place."""
    assert isinstance(claim.statement, Compare)
    return replace(claim, statement=replace(claim.statement, rhs=claim.rivals[rival]), rivals=())


@pytest.mark.parametrize(
    ("claim", "rival"),
    [
        (random_designs.STANDARD, 0),  # 1 - Omega dropped
        (random_designs.SURROGATE, 0),
        (equivalents.TWO_POINT, 1),  # Q2 A Q1 for Q1 A Q2
        (equivalents.TWO_POINT, 2),
    ],
)
def test_a_fault_planted_in_an_equivalent_is_refuted(claim: Claim, rival: int) -> None:
    found = verify(planted(claim, rival)).findings[0]
    assert found.verdict is Verdict.REFUTED, found.summary


@pytest.mark.parametrize("rival", [0, 1])  # A_s A for A A_s
def test_a_fault_planted_in_the_order_finds_no_support(rival: int) -> None:
    """Risks of two stages have a long tail: at quick effort there may be too few draws for a verdict."""
    found = verify(planted(random_designs.ORDER, rival)).findings[0]
    assert found.verdict in (Verdict.REFUTED, Verdict.INCONCLUSIVE), found.summary


@pytest.mark.parametrize("rival", range(5))
def test_a_fault_planted_in_the_two_moments_is_refuted(rival: int) -> None:
    result = verify(planted(random_designs.TWO_MOMENTS, rival))
    assert all(f.verdict is Verdict.REFUTED for f in result.findings), result


def test_an_experiment_without_label_noise_is_refuted() -> None:
    claim = random_designs.STANDARD

    def silent(rng: np.random.Generator, point: dict[str, object], size: int, draws: int) -> np.ndarray:
        return one_stage.draw_standard(rng, {**point, "sigma2": 0.0}, size, draws)

    faulty = replace(claim, evidence=(replace(claim.evidence[0], experiment=silent),))
    assert verify(faulty).findings[0].verdict is Verdict.REFUTED


def test_the_two_stage_formula_on_commuting_covariances_is_its_scalar_form() -> None:
    lam_s, lam_t, b2 = np.array([2.0, 1.0, 0.5, 0.2]), np.array([0.3, 1.5, 1.0, 0.6]), np.array([1.0, 0.5, 2.0, 0.1])
    f = Stages(np.diag(lam_s), np.diag(lam_t), np.diag(b2), 3, 2)
    values = two_stages.two_stage_traces(f, 0.5, 0.3)
    formula = random_designs.TWO_STAGE.rhs
    got = float(formula.xreplace({s: sp.Float(values[s.name], 30) for s in formula.free_symbols}))
    s, t = designs.solved(lam_s, 3), designs.solved(lam_t, 2)
    u_s, u = lam_s / (lam_s + s["tau"]), lam_t / (lam_t + t["tau"])
    v_s = (0.5 + (lam_s * (1 - u_s) ** 2 * b2).sum()) / (1 - s["Omega"])
    mean2, wide = u_s**2 * b2, v_s / 3 * lam_s / (lam_s + s["tau"]) ** 2
    risk = (lam_t * (u * u_s - 1) ** 2 * b2).sum() + (lam_t * u**2 * wide).sum()
    risk += t["Omega"] / (1 - t["Omega"]) * (0.3 + (lam_t * (1 - u) ** 2 * (mean2 + wide)).sum())
    assert got == pytest.approx(risk, rel=1e-12)


def test_the_two_stage_formula_is_the_package_s_two_stage_risk() -> None:
    f = designs.related(160)
    values, formula = two_stages.two_stage_traces(f, 0.5, 0.3), random_designs.ORDER.rhs
    got = float(formula.xreplace({s: sp.Float(values[s.name], 30) for s in formula.free_symbols}))
    # One truth after another: the formula averages over truths with the second moment f.truth.
    weights, vectors = np.linalg.eigh(f.truth)
    kept = [np.sqrt(w) * v for w, v in zip(weights, vectors.T, strict=True) if w > 1e-9]
    parts = [two_stage_matrix(f.sigma_s, f.sigma_t, b, f.m, f.n, 0.0, 0.0) for b in kept]
    noise = two_stage_matrix(f.sigma_s, f.sigma_t, np.zeros(len(weights)), f.m, f.n, 0.5, 0.3)
    assert len(kept) == 40
    assert got == pytest.approx(sum(parts) + noise, rel=1e-10)


def test_reference_numbers() -> None:
    exact = random_designs.ISOTROPIC_GAP.rhs
    assert float(exact.subs({s: {"p": 90, "n": 60}[s.name] for s in exact.free_symbols}) - 1) == pytest.approx(
        0.0345, abs=5e-5
    )
    lam = np.exp(-np.arange(1, 61.0))
    omega = designs.solved(lam, 10)["Omega"]
    assert omega / (1 - omega) == pytest.approx(9.0, abs=1e-3)
    witness = random_designs.FAILS.witness
    assert witness is not None
    assert float(next(iter(witness.values()))) == pytest.approx(omega, abs=1e-10)
