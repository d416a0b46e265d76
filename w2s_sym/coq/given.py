"""What given equations determine, as formulas. Nothing here is trusted."""

from __future__ import annotations

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Equation
from w2s_sym.evidence.derivation.surface import linear_solution, with_given
from w2s_sym.formula.totals import Total, letters_along


def solutions(claim: Claim) -> list[tuple[Equation, sp.Symbol, sp.Expr]]:
    """(equation, symbol, what it equals): the unknown where the equation is linear in it, else another symbol."""
    domain, found = with_given(claim), []
    for equation in reversed(claim.given):
        for s in (equation.unknown, *sorted(equation.free_symbols - {equation.unknown}, key=lambda s: s.name)):
            solution, _ = linear_solution(equation, s, domain) if letters_along(s) is None else (None, None)
            if solution is not None:
                found.append((equation, s, solution if solution.has(Total) else sp.factor(solution)))
                break
    return found


def factored_slope(residual: sp.Expr, s: sp.Symbol, root: sp.Expr) -> sp.Expr:
    """What a left side that is linear in ``s`` has beside the factor that vanishes at its root."""
    return sp.diff(residual, s) if residual.has(Total) else sp.cancel(sp.together(residual / (s - root)))
