"""Facts: cited claims for which only numbers speak. A theorem that rests on one assumes it in full."""

from __future__ import annotations

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Compare
from w2s_sym.evidence.derivation.derivation import Derivation
from w2s_sym.evidence.precision.precision import Precision


def cited(claim: Claim) -> tuple[Claim, ...]:
    """The claims that derivations rest on, through lemmas too, and that have no evidence but numbers."""
    used = [u for e in claim.evidence if isinstance(e, Derivation) for u in e.uses]
    return tuple(dict.fromkeys(f for u in used for f in ((u,) if is_fact(u) else cited(u))))


def is_fact(claim: Claim) -> bool:
    """Whether only numbers speak for a claim about formulas at all points of its domain.

    What a claim about a random matrix says of a named quantity is a given equation of the claim that uses it.
    """
    statement = claim.statement
    if claim.witness is not None or claim.domain.points:
        return False
    about_matrices = isinstance(statement, Compare) and not isinstance(statement.lhs, sp.Expr)
    return not about_matrices and all(isinstance(e, Precision) for e in claim.evidence)
