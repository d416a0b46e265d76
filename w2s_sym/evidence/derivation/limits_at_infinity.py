"""The step to a limit at infinity, and the order at which a difference falls.

The rule: the symbol can grow beyond all bounds from every point of the domain, with all else held fixed, and the
leading coefficients of the difference vanish at no point. Else a limit would be about nothing, or of another order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Asymptotic, ClaimError
from w2s_sym.evidence.derivation.formula_steps import FormulaStep
from w2s_sym.evidence.derivation.steps import State, StepFailed
from w2s_sym.evidence.derivation.surface import with_given
from w2s_sym.formula.definedness import defined
from w2s_sym.formula.notation import latex
from w2s_sym.formula.rational import NotRational, error_coefficient, identical, limit_at_infinity, polynomials
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.signs import proves


@dataclass(frozen=True)
class Limit(FormulaStep):
    """The limit of a rational function as ``symbol`` tends to infinity; its claim is asymptotic in that symbol."""

    name: ClassVar[str] = "limit"

    symbol: sp.Symbol

    def reason(self, at: State, claim: Claim) -> str:
        """Which symbol tends to infinity."""
        return f"let ${latex(self.symbol)}$ tend to infinity"

    def computed(self, value: sp.Expr, claim: Claim) -> sp.Expr:
        s = self.symbol
        if not isinstance(claim.statement, Asymptotic) or s != claim.statement.in_:
            raise ClaimError(
                f"{claim.id}: a limit in {s} is not the value itself; state the claim as Asymptotic in {s}"
            )
        try:
            limit, _, leading = limit_at_infinity(value, s)
        except (NotRational, sp.PolynomialError):
            raise StepFailed(f"{value} is not rational in {s}", False) from None
        if limit is None:
            raise StepFailed(f"{value} is unbounded as {s} grows", False)
        _require_nonzero(leading, claim)
        return limit


def require_order(claim: Claim, statement: Asymptotic) -> None:
    """The difference falls exactly as in_^-order: read off the degrees of its numerator and denominator.

    Raises :class:`StepFailed`, refuted when it falls with another power everywhere.
    """
    s = statement.in_
    tied = next((e for e in claim.given if s in e.free_symbols), None)
    if tied is not None:
        raise StepFailed(f"{tied.unknown} varies with {s} by {tied}; eliminate it from the statement", False)
    _require_growth(claim, s)
    if identical(statement.lhs, statement.rhs):
        raise StepFailed("the two sides are equal; state it as an equality", False)
    try:
        _, order, leading = limit_at_infinity(statement.lhs - statement.rhs, s)
    except (NotRational, sp.PolynomialError):
        raise StepFailed(f"the difference is not rational in {s}", False) from None
    if order != statement.order:
        raise StepFailed(f"the difference falls as {s}^-{order}, not {s}^-{statement.order}", True)
    _require_nonzero(leading, claim)
    _require_nonzero(error_coefficient(statement.lhs - statement.rhs, s), claim)


def _require_nonzero(leading: sp.Expr, claim: Claim) -> None:
    if not leading.is_number and defined(1 / leading, with_given(claim)) is not None:
        text = f"cannot show that the leading coefficient {leading} is nonzero on the domain"
        raise StepFailed(text, False, needs=(f"{leading} != 0",))


def _require_growth(claim: Claim, s: sp.Symbol) -> None:
    """With the other symbols held fixed, ``s`` must be free to grow: each condition holds once it is large."""
    if claim.domain.points:
        raise StepFailed(f"{s} cannot tend to infinity on {len(claim.domain.points)} listed points", False)
    if s.is_nonpositive:
        raise StepFailed(f"{s} cannot tend to infinity: it is declared not to be positive", False)
    domain = with_given(claim)
    for condition in domain.conditions:
        if s not in condition.free_symbols:
            continue
        text = f"{s} cannot tend to infinity here: needs {condition} with all else fixed"
        blocked = StepFailed(text, False, needs=(f"{condition} for all large {s}",))
        try:
            top, bottom = polynomials(condition.lhs - condition.rhs)
        except (NotRational, ZeroDivisionError):
            raise blocked from None
        ahead = sp.Poly(top, s).LC() / sp.Poly(bottom, s).LC()
        direction = Relation(condition.relation).direction
        eventual = ">" if direction > 0 else "<" if direction < 0 else "!="
        if condition.relation == "=" or not proves(ahead, eventual, domain):
            raise blocked
