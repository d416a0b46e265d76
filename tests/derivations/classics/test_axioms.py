"""The axioms of the ledger: what its proofs rest on and what is cited and tested, not proved. They are pinned here."""

from __future__ import annotations

from derivations import dong2025, garg2025, ildiz2025, medvedev2025, moniri2025, nagarajan2023, pareek2024
from derivations.classics import gaussian, resolvents
from w2s_sym import Claim
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.run import Run

PAPERS = (
    gaussian,
    dong2025,
    resolvents,
    garg2025,
    ildiz2025,
    medvedev2025,
    moniri2025,
    nagarajan2023,
    pareek2024,
)
CLAIMS: tuple[Claim, ...] = tuple(claim for paper in PAPERS for claim in paper.CLAIMS)

# Averages over Gaussian matrices.
OF_GAUSSIAN_MATRICES = {
    "gaussian/steins_identity",
    "gaussian/steins_identity_of_inverses",
    "gaussian/inverse_quadratic_form_is_reciprocal_chi_square",
}
# The rule by which a claim of kind "equivalent" is derived; Gaussian equivalence of nonlinear features; and two
# integrals from a handbook.
OTHERS = {
    "equivalents/gates_average_to_their_gains",
    "equivalents/nonlinear_features_act_as_linear_ones_with_a_rest",
    "ildiz2025/a_power_over_one_plus_x_integrates_to_a_sine",
    "ildiz2025/the_incomplete_beta_function_is_an_integral",
}


def proof_is_offered(claim: Claim) -> bool:
    """Whether some evidence can prove the claim; that it does is tested where the whole ledger is verified."""
    decided = claim.witness is not None or bool(claim.domain.points)
    return any(i.kind in ("derivation", "certificate") or (decided and i.kind == "precision") for i in claim.evidence)


def below(claim: Claim, known: dict[str, Claim]) -> set[str]:
    found: set[str] = set()
    pending = [claim]
    while pending:
        for name in pending.pop().rests_on_ids:
            if name not in found:
                found.add(name)
                pending.append(known[name])
    return found


def test_the_proofs_of_the_ledger_rest_on_these_axioms_and_no_others() -> None:
    known = {claim.id: claim for claim in CLAIMS}
    proved = [claim for claim in CLAIMS if proof_is_offered(claim)]
    assert len(proved) > 190
    rest = {name for claim in proved for name in below(claim, known)}
    axioms = {name for name in rest if not proof_is_offered(known[name])}
    assert axioms == OF_GAUSSIAN_MATRICES | OTHERS
    assert len(axioms) <= 8


def test_each_axiom_is_cited_and_checked_numerically() -> None:
    known = {claim.id: claim for claim in CLAIMS}
    for name in OF_GAUSSIAN_MATRICES | OTHERS:
        claim = known[name]
        assert claim.source.trust == "recalled" or claim.remark.startswith(("Cited", "Its definition (NIST"))
        assert claim.source.locator
        assert {item.kind for item in claim.evidence} <= {"precision", "simulation"}
        assert claim.rivals


def test_every_fact_about_gaussian_matrices_but_the_axioms_is_proved() -> None:
    facts = [claim for claim in gaussian.CLAIMS if claim.id not in OF_GAUSSIAN_MATRICES]
    assert len(facts) == 17
    for claim in facts:
        findings = [item.check(claim, Run()) for item in claim.evidence if item.kind == "derivation"]
        assert [f.verdict for f in findings] == [Verdict.PROVED], claim.id
        assert set(claim.rests_on_ids) <= OF_GAUSSIAN_MATRICES


def test_polynomial_facts_rest_on_steins_identity_for_polynomials() -> None:
    alone = [claim.name for claim in gaussian.CLAIMS if claim.rests_on_ids == ("gaussian/steins_identity",)]
    assert len(alone) == 13
    assert "products_average_by_pairings" in alone
    assert "inverse_wishart_mean" not in alone
