"""A step that fails behind a bound says nothing of the claim: it is open, not refuted."""

from __future__ import annotations

import pytest
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.run import Run
from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import Compare
from w2s_sym.evidence.derivation.derivation import Derivation
from w2s_sym.formula.domain import Domain

p, q = sp.symbols("p q", positive=True)


def verdict(derivation: Derivation, relation: str, rhs: sp.Expr) -> Verdict:
    made = Claim(
        "toy",
        "A toy claim.",
        Compare(derivation.start, relation, rhs),
        Domain((p, q)),
        Source("toy", "A", "T", 2024),
        (derivation,),
    )
    return derivation.check(made, Run()).verdict


@pytest.mark.parametrize(
    ("derivation", "relation", "rhs", "expected"),
    [
        # The line that fails states the claim itself, from its left side: the claim is refuted.
        (Derivation(p).rewrite(p + 1), "=", p + 1, Verdict.REFUTED),
        (Derivation(p), "=", p + 1, Verdict.REFUTED),
        (Derivation(p).bound("<=", p / 2), "<=", p / 2, Verdict.REFUTED),
        # It states another line, or comes behind a bound: the claim may still be true.
        (Derivation(p).rewrite(p + 2), "=", p + 1, Verdict.INCONCLUSIVE),
        (Derivation(p).bound("<=", p / 2), "<=", p + 1, Verdict.INCONCLUSIVE),
        (Derivation(p).bound("<", p / 2), "<=", p / 2, Verdict.INCONCLUSIVE),
        (Derivation(p).bound("<=", p + 2).rewrite(p + 1), "=", p + 1, Verdict.INCONCLUSIVE),
        (Derivation(p).bound("<=", p + 2).rewrite(p + 1), "<=", p + 1, Verdict.INCONCLUSIVE),
        (Derivation(p).bound("<=", p + 2).bound("<=", p + 1), "<=", p + 1, Verdict.INCONCLUSIVE),
        (Derivation(p).bound("<=", p + 2), "<=", p + 1, Verdict.INCONCLUSIVE),
    ],
)
def test_only_the_claims_own_line_refutes_it(
    derivation: Derivation, relation: str, rhs: sp.Expr, expected: Verdict
) -> None:
    assert verdict(derivation, relation, rhs) is expected
