"""Instances of other claims: what their symbols stand for, and that their conditions hold here.

A lemma says that its statement is true at every point of its domain that satisfies its given equations. An instance of
it names, for every point of this claim, one such point: every symbol of the lemma stands for something made of this
claim's symbols that has a real value, an integer where the lemma needs one; every condition of the lemma follows from
this claim's domain, at every level of a spectrum too; and every given equation of the lemma is one of this claim's,
with its unknown and its bracket. Then the lemma's sides, with the symbols put in, compare as it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import ClaimError, Compare, Equation, as_expression
from w2s_sym.evidence.derivation.steps import StepFailed
from w2s_sym.evidence.derivation.surface import linear_solution, with_given
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.definedness import defined
from w2s_sym.formula.domain import Domain, at_level, level_domain
from w2s_sym.formula.equality import same_value
from w2s_sym.formula.instantiate import CaptureError, Replacements, instantiate
from w2s_sym.formula.relations import is_inequality
from w2s_sym.formula.signs import follows
from w2s_sym.formula.totals import SpectrumSymbol, letters_along

# What the symbols of another claim stand for, by their names, sorted.
Where = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class AppliedLemma:
    """A lemma with what its symbols stand for, shown to be true at every point of the claim that uses it."""

    lemma: Claim
    stands_for: Replacements

    def of(self, expression: sp.Expr) -> sp.Expr:
        """A formula of the lemma with its symbols put in; StepFailed where a letter would be captured."""
        try:
            return instantiate(expression, self.stands_for)
        except CaptureError as problem:
            raise StepFailed(f"{self.lemma.id}: {problem}", False) from problem

    def condition(self, stated: Condition) -> Condition:
        """A condition of the lemma with its symbols put in."""
        return Condition(self.of(stated.lhs), stated.relation, self.of(stated.rhs), stated.advice)


def fact(claim: Claim, lemma: Claim, where: Where) -> Condition:
    """What another claim says at every point of this claim's domain; raises when it is no inequality of formulas."""
    left, relation, right = inequality(claim, lemma)
    return instance(claim, lemma, where).condition(Condition(left, relation, right))


def inequality(claim: Claim, lemma: Any) -> tuple[sp.Expr, str, sp.Expr]:
    """The two formulas that a claim on which a bound may rest compares, and how; ClaimError for another claim."""
    if not isinstance(lemma, Claim) or not isinstance(lemma.statement, Compare) or lemma.witness is not None:
        raise ClaimError(f"{claim.id}: a bound rests on a claim that compares two formulas everywhere")
    stated = lemma.statement
    if not is_inequality(stated.relation) or not isinstance(stated.lhs, sp.Expr):
        raise ClaimError(f"{claim.id}: {lemma.id} is no inequality between formulas")
    return stated.lhs, stated.relation, stated.rhs


def instance(claim: Claim, lemma: Claim, where: Where) -> AppliedLemma:
    """The lemma with what its symbols stand for; all that this module's first lines ask for is shown here.

    Raises :class:`StepFailed` where it is not shown, ``ClaimError`` for a claim of a weaker kind.
    """
    if lemma.kind not in ("theorem", claim.kind):
        raise ClaimError(f"{claim.id}: {lemma.id} is an {lemma.kind}; a {claim.kind} cannot rest on it as a theorem")
    if lemma.domain.points:
        raise ClaimError(f"{claim.id}: {lemma.id} holds at {len(lemma.domain.points)} listed points only")
    domain = with_given(claim)
    found = AppliedLemma(lemma, _stands_for(claim, lemma, where))
    for s, put in found.stands_for.items():
        if letters_along(s) is None:
            _require_number(lemma, s, put, domain)
        else:
            _require_spectrum(found, s, put, domain)
    for c in (*lemma.domain.assumptions(), *lemma.domain.conditions):
        moved = found.condition(c)
        if not follows(moved, domain):
            text = f"{lemma.id} needs {moved}, which does not follow from the domain"
            raise StepFailed(text, False, needs=(str(moved),))
    own = {(e.unknown, e.residual, e.bracket) for e in claim.given}
    for e in lemma.given:
        moved_bracket = e.bracket and tuple(found.of(end) for end in e.bracket)
        if (found.stands_for.get(e.unknown, e.unknown), found.of(e.residual), moved_bracket) not in own:
            wanted = f"{found.of(e.residual)} = 0, with this unknown and bracket"
            text = f"{lemma.id} is given {e}; this claim is not given {wanted}"
            raise StepFailed(text, False, needs=(wanted,))
    return found


def _stands_for(claim: Claim, lemma: Claim, where: Where) -> dict[sp.Symbol, sp.Expr]:
    """What each symbol of the lemma's domain stands for: what ``where`` says, else itself."""
    names = {s.name: s for s in lemma.domain.symbols}
    unknown = [k for k, _ in where if k not in names]
    if unknown:
        raise ClaimError(f"{claim.id}: {lemma.id} has no symbol {', '.join(unknown)}; it has {', '.join(names)}")
    if where and not isinstance(lemma.statement, Compare):
        raise ClaimError(f"{claim.id}: {lemma.id} compares no two formulas; its symbols cannot stand for others")
    if where and not isinstance(lemma.statement.lhs, sp.Expr):  # type: ignore[union-attr]
        raise ClaimError(
            f"{claim.id}: {lemma.id} is about one experiment; state a claim about the other one instead of renaming"
        )
    return {s: s for s in lemma.domain.symbols} | {names[k]: as_expression(v) for k, v in where}


def _require_number(lemma: Claim, s: sp.Symbol, put: sp.Expr, domain: Domain) -> None:
    """What a number of the lemma stands for is a real number of this claim, and an integer where it must be one."""
    stray = sorted(map(str, put.free_symbols - set(domain.symbols)))
    if stray:
        advice = f"say what it stands for, {s}=..." if put == s else "put in numbers of this claim"
        found = f"{lemma.id} has {s} stand for {put}; {', '.join(stray)} is no number of this claim"
        raise StepFailed(f"{found}; {advice}", False)
    if isinstance(put, SpectrumSymbol):
        raise StepFailed(f"{lemma.id} needs a number for {s}; {put} is a spectrum", False)
    if s.is_integer and not put.is_integer:
        raise StepFailed(f"{lemma.id} needs an integer for {s}; {put} is not shown to be one", False)
    guilty = defined(put, domain)
    if guilty is not None:
        raise StepFailed(f"{lemma.id} has {s} stand for {put}, which needs {guilty}; that is not shown", False)


def _require_spectrum(found: AppliedLemma, s: sp.Symbol, put: sp.Expr, domain: Domain) -> None:
    """What a spectrum of the lemma stands for is one of this claim's, with its letters, whose levels meet its terms."""
    lemma, wanted = found.lemma, level_domain(s)
    if not isinstance(put, SpectrumSymbol) or put not in domain.symbols:
        raise StepFailed(f"{lemma.id} needs a spectrum of this claim for {s}; {put} is none", False)
    missing = sorted(str(v) for v in set(wanted.symbols) - set(put.symbols))
    if missing:
        raise StepFailed(f"{lemma.id}: {s} has the level letter {missing[0]}, which {put} has not", False)
    level = at_level(domain, put)
    for c in (*wanted.assumptions(), *wanted.conditions):
        if not follows(c, level):
            raise StepFailed(f"{lemma.id} needs {c} at every level, which does not follow for {put}", False)


def require_named(claim: Claim, lemma: Claim) -> None:
    """The lemma is about a quantity, and this claim's equations define the quantity's symbol as the lemma's formula.

    The symbol is a number like any other here: nothing else ties it to the quantity. Raises :class:`StepFailed`.
    """
    stated, domain = lemma.statement, with_given(claim)
    assert isinstance(stated, Compare)
    assert not isinstance(stated.lhs, sp.Expr)
    name, formula = stated.lhs.symbol, stated.rhs

    def says_so(e: Equation) -> bool:
        solution = linear_solution(e, name, domain)[0] if e.unknown == name else None
        return solution is not None and same_value(solution, formula, domain)

    if not any(map(says_so, claim.given)):
        raise StepFailed(
            f"{lemma.id} is about its own quantity {name}; start from that quantity, "
            f"or define {name} here by given=(Equation({name}, {name} - ...),) with the formula of {lemma.id}",
            False,
        )
