"""Facts: cited claims for which only numbers speak. A theorem that rests on one assumes it in full."""

from __future__ import annotations

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Compare, Mean
from w2s_sym.evidence.derivation.derivation import Derivation
from w2s_sym.evidence.precision.precision import Precision


def cited(claim: Claim) -> tuple[Claim, ...]:
    """The claims that derivations rest on, through lemmas too, and that have no evidence but numbers."""
    used = [u for e in claim.evidence if isinstance(e, Derivation) for u in e.uses]
    return tuple(dict.fromkeys(f for u in used for f in ((u,) if is_fact(u) else cited(u))))


def taken(claim: Claim) -> tuple[Claim, ...]:
    """All that a theorem takes from other claims unproved: cited facts, and what is said of named random quantities.

    Who tells that Coq accepts a theorem says that it is given these.
    """
    used = [u for e in claim.evidence if isinstance(e, Derivation) for u in e.uses]
    bare = (((u,) if is_fact(u) or about_matrices(u) else taken(u)) for u in used)
    return tuple({each.id: each for found in bare for each in found}.values())


def about_matrices(claim: Claim) -> bool:
    """Whether a claim is about a named random quantity: what it says of that is an equation given to other claims."""
    return isinstance(claim.statement, Compare) and not isinstance(claim.statement.lhs, sp.Expr)


def unsaid(claim: Claim) -> str:
    """What a statement that is about more than formulas is about, for which Coq has no words here.

    A mean that only an experiment gives need not be one of matrices.
    """
    simulated = any(isinstance(named, Mean) for named in claim.quantities)
    return "the mean of an experiment, which is no formula" if simulated else "random matrices"


def is_fact(claim: Claim) -> bool:
    """Whether only numbers speak for a claim about formulas at all points of its domain.

    What a claim about a random matrix says of a named quantity is a given equation of the claim that uses it.
    """
    if claim.witness is not None or claim.domain.points:
        return False
    return not about_matrices(claim) and all(isinstance(e, Precision) for e in claim.evidence)
