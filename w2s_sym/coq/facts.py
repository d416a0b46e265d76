"""Facts: cited claims for which only numbers speak. A theorem that rests on one assumes it in full."""

from __future__ import annotations

from w2s_sym.claims.claim import Claim
from w2s_sym.evidence.derivation.derivation import Derivation
from w2s_sym.evidence.precision.precision import Precision


def cited(claim: Claim) -> tuple[Claim, ...]:
    """The claims that derivations rest on, through lemmas too, and that have no evidence but numbers."""
    used = [u for e in claim.evidence if isinstance(e, Derivation) for u in e.uses]
    return tuple(dict.fromkeys(f for u in used for f in ((u,) if is_fact(u) else cited(u))))


def is_fact(claim: Claim) -> bool:
    """Whether only numbers speak for a claim about all points of its domain."""
    at_points = claim.witness is not None or bool(claim.domain.points)
    return not at_points and all(isinstance(e, Precision) for e in claim.evidence)
