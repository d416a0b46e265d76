"""Powers whose base may be zero somewhere on a claim's domain, where Coq's own power says nothing.

Which are found decides how a theorem is written, not whether it says what the claim says: with the library's power it
says that the base is not negative and the exponent positive, with Coq's own that the base is positive.
"""

from __future__ import annotations

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Compare
from w2s_sym.formula.signs import proves
from w2s_sym.formula.totals import Total


def vanishing_powers(claim: Claim) -> frozenset[sp.Expr]:
    """The powers with a symbolic exponent whose base is shown not to be negative, and not to be positive."""
    statement = claim.statement
    sides = (statement.lhs, statement.rhs) if isinstance(statement, Compare) and not claim.given else ()
    plain = [e for e in sides if isinstance(e, sp.Expr) and not e.has(Total, sp.Derivative, sp.Integral, sp.betainc)]
    powers = {p for e in plain for p in e.atoms(sp.Pow) if not p.exp.is_Rational and not p.base.is_positive}
    within = claim.domain
    return frozenset(p for p in powers if proves(p.base, ">=", within) and not proves(p.base, ">", within))
