"""Instances of other claims: what their symbols stand for, and that their conditions hold here."""

from __future__ import annotations

from typing import Any

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import ClaimError, Compare
from w2s_sym.evidence.derivation.steps import StepFailed
from w2s_sym.evidence.derivation.surface import with_given
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.relations import is_inequality
from w2s_sym.formula.signs import follows

# What the symbols of another claim stand for, by their names, sorted.
Where = tuple[tuple[str, Any], ...]


def fact(claim: Claim, lemma: Claim, where: Where) -> Condition:
    """What another claim says at every point of this claim's domain; raises when it is no inequality of formulas."""
    left, relation, right = inequality(claim, lemma)
    renaming = instance(claim, lemma, where)
    return Condition(left.xreplace(renaming), relation, right.xreplace(renaming))


def inequality(claim: Claim, lemma: Any) -> tuple[sp.Expr, str, sp.Expr]:
    """The two formulas that a claim on which a bound may rest compares, and how; ClaimError for another claim."""
    if not isinstance(lemma, Claim) or not isinstance(lemma.statement, Compare) or lemma.witness is not None:
        raise ClaimError(f"{claim.id}: a bound rests on a claim that compares two formulas everywhere")
    stated = lemma.statement
    if not is_inequality(stated.relation) or not isinstance(stated.lhs, sp.Expr):
        raise ClaimError(f"{claim.id}: {lemma.id} is no inequality between formulas")
    return stated.lhs, stated.relation, stated.rhs


def instance(claim: Claim, lemma: Claim, where: Where) -> dict[sp.Symbol, sp.Expr]:
    """What the symbols of another claim stand for; its conditions are shown to follow from this claim's domain.

    Raises :class:`StepFailed` where that is not shown, ``ClaimError`` for a claim of a weaker kind.
    """
    if lemma.kind not in ("theorem", claim.kind):
        raise ClaimError(f"{claim.id}: {lemma.id} is an {lemma.kind}; a {claim.kind} cannot rest on it as a theorem")
    if lemma.domain.points:
        raise ClaimError(f"{claim.id}: {lemma.id} holds at {len(lemma.domain.points)} listed points only")
    renaming = _renaming(claim, lemma, where)
    for s, put in renaming.items():
        if s.is_integer and not put.is_integer:
            text = f"{lemma.id} needs an integer for {s}; {put} is not shown to be one"
            raise StepFailed(text, False, needs=(f"{put} is an integer",))
    for c in (*lemma.domain.assumptions(), *lemma.domain.conditions):
        moved = Condition(c.lhs.xreplace(renaming), c.relation, c.rhs.xreplace(renaming), c.advice)
        if not follows(moved, with_given(claim)):
            text = f"{lemma.id} needs {moved}, which does not follow from the domain"
            raise StepFailed(text, False, needs=(str(moved),))
    for e in lemma.given:
        residual = e.residual.xreplace(renaming)
        if not any(residual == own.residual for own in claim.given):
            text = f"{lemma.id} is given {residual} = 0, which this claim is not"
            raise StepFailed(text, False, needs=(f"{residual} = 0",))
    return renaming


def _renaming(claim: Claim, lemma: Claim, where: Where) -> dict[sp.Symbol, sp.Expr]:
    names = {s.name: s for s in lemma.domain.symbols}
    unknown = [k for k, _ in where if k not in names]
    if unknown:
        raise ClaimError(f"{claim.id}: {lemma.id} has no symbol {', '.join(unknown)}; it has {', '.join(names)}")
    left = lemma.statement.lhs  # type: ignore[union-attr]
    if where and not isinstance(left, sp.Expr):
        raise ClaimError(
            f"{claim.id}: {lemma.id} is about one experiment; state a claim about the other one instead of renaming"
        )
    renaming = {names[k]: sp.sympify(v, strict=True) for k, v in where}
    bound = {s for node in left.atoms(sp.Integral) for s in node.variables} if isinstance(left, sp.Expr) else set()
    caught = bound & {s for put in renaming.values() for s in put.free_symbols}
    if caught:
        raise ClaimError(f"{claim.id}: {lemma.id} integrates over {min(map(str, caught))}; put in other letters")
    return renaming
