"""The ledger itself: every claim of every installed paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from derivations import (
    dong2025,
    garg2025,
    ildiz2025,
    medvedev2025,
    moniri2025,
    nagarajan2023,
    pareek2024,
    real_networks,
)
from derivations.classics import gaussian
from derivations.classics import resolvents as equivalents
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.points import admissible_points
from w2s_sym.claims.run import NoMemory
from w2s_sym.claims.statement import Asymptotic, Compare
from w2s_sym.equivalents.from_estimator import GATE_RULE, GAUSSIAN_EQUIVALENCE
from w2s_sym.matrices import gaussian_rules
from w2s_sym.papers.ledger import verify_all
from w2s_sym.papers.loading import paper_names, resolve

PAPERS = (
    gaussian,
    dong2025,
    equivalents,
    garg2025,
    ildiz2025,
    medvedev2025,
    moniri2025,
    nagarajan2023,
    pareek2024,
    real_networks,
)
CLAIMS: tuple[Claim, ...] = tuple(claim for paper in PAPERS for claim in paper.CLAIMS)
# Their sides are equal to thousands of digits at most points: the same inequalities in p and q carry the rivals.
PINNED = Path(__file__).with_name("rests_on.txt")


def ids(claims: tuple[Claim, ...]) -> list[str]:
    return [c.id for c in claims]


def test_every_installed_paper_is_tested_here() -> None:
    assert set(paper_names()) == {c.source.key for c in CLAIMS}
    assert len(set(ids(CLAIMS))) == len(CLAIMS)


@pytest.mark.parametrize("claim", CLAIMS, ids=ids(CLAIMS))
def test_claim_is_about_something(claim: Claim) -> None:
    point = next(iter(admissible_points(claim, np.random.default_rng(1), 1)))
    assert set(claim.domain.symbols) <= set(point)
    assert claim.sentence.endswith(".")
    assert claim.rivals, "a claim without a rival has no neighbour that its evidence must refute"
    if claim.witness is not None:
        claim.domain.check(claim.witness)


@pytest.mark.parametrize("claim", dong2025.CLAIMS, ids=ids(dong2025.CLAIMS))
def test_every_claim_for_all_points_of_the_paper_is_proved_not_only_sampled(claim: Claim) -> None:
    kinds = {item.kind for item in claim.evidence}
    decided_exactly = claim.witness is not None or bool(claim.domain.points)
    if claim.kind == "equivalent":  # a limit, derived from the estimator and simulated
        assert kinds == {"derivation", "simulation"}
        return
    assert "precision" in kinds
    assert "derivation" in kinds or decided_exactly
    # What starts at an experiment is also confronted with it.
    if isinstance(claim.statement, Compare) and not hasattr(claim.statement.lhs, "free_symbols"):
        assert "simulation" in kinds
    if isinstance(claim.statement, Asymptotic):
        assert {"derivation", "precision"} <= kinds


def test_each_rule_that_evidence_uses_is_a_claim_that_is_not_derived() -> None:
    known = {c.id: c for c in CLAIMS}
    used = {rule for c in CLAIMS for item in c.evidence for rule in item.rules}
    assert used == {*gaussian_rules.AXIOMS, GATE_RULE, GAUSSIAN_EQUIVALENCE} <= set(known)
    for name in used:
        # No circle: what derivations use is confirmed by evidence that uses nothing.
        assert not any(item.kind == "derivation" or item.rules for item in known[name].evidence)


def test_nothing_rests_on_itself_and_all_of_it_is_pinned() -> None:
    """What each claim rests on is written down beside this test: a change must be seen and meant."""
    rests = {c.id: c.rests_on_ids for c in CLAIMS}
    lines = [f"{name}: {', '.join(rests[name]) or '-'}" for name in sorted(rests)]
    assert lines == PINNED.read_text().splitlines()

    def below(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, f"{name} rests on itself: {' -> '.join(path)}"
        for other in rests[name]:
            assert other in rests, f"{name} rests on {other}, which is no claim"
            below(other, (*path, name))

    for name in rests:
        below(name, ())


# The ledger is verified paper by paper: claims rest mostly on claims of their own paper, which are then checked once.
@pytest.mark.parametrize("paper", paper_names())
def test_the_whole_ledger_holds_at_quick_effort(paper: str) -> None:
    entries = resolve((paper,))
    outcome = verify_all(entries, effort="quick", seed=0, jobs=1, memory=NoMemory())
    assert outcome.ok, [c.target for c in outcome.results if not c.holds]
    for result in outcome.results:  # a claim may hold on other grounds; a proof that is offered must be one
        assert all(f.verdict is Verdict.PROVED for f in result.findings if f.kind in ("derivation", "certificate"))
    assert all(r.holds for r in outcome.cited)
    assert [r.claim.id for r in outcome.results] == [c.id for c in CLAIMS if c.source.key == paper]
