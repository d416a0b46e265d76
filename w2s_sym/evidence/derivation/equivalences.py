"""The step of an equivalence: two differences whose quotient has one sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import ClaimError, Iff
from w2s_sym.evidence.derivation.steps import State, Step, StepFailed
from w2s_sym.evidence.derivation.surface import one_sided, point_detail, point_words, with_given
from w2s_sym.formula.definedness import first_undefined
from w2s_sym.formula.equality import same_value
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.signs import proves
from w2s_sym.formula.size import require_small


def first_difference(claim: Claim, statement: Iff) -> State:
    """The first line of an equivalence: left side minus right side of its first condition."""
    difference, _ = _differences(claim, statement)
    return State(difference, "", "left side minus right side of the first condition")


@dataclass(frozen=True)
class SameSign(Step):
    """The differences of the two conditions have a quotient of proved sign, which gives both directions.

    ``factor`` is that quotient in a shape that shows its sign; worked out when None.
    """

    name: ClassVar[str] = "same_sign"

    factor: sp.Expr | None = None

    def reason(self, at: State, claim: Claim) -> str:
        wanted = _wanted(claim, _equivalence(claim))
        return f"a factor that is ${wanted} 0$ times the second condition's difference"

    def check(self, at: State, claim: Claim) -> None:
        statement = _equivalence(claim)
        difference, other = _differences(claim, statement)
        factor, wanted, domain = self._quotient(difference, other), _wanted(claim, statement), with_given(claim)
        if self.factor is not None and not same_value(difference, self.factor * other, domain):
            raise StepFailed(f"the quotient of the two differences is not {self.factor}", False)
        if not proves(factor, wanted, domain):
            counter = one_sided(claim, statement)
            if counter is not None:
                raise StepFailed(
                    f"at {point_words(counter)} one condition holds and the other does not",
                    True,
                    point_detail(counter),
                )
            raise StepFailed(f"the factor {factor} between the two differences is not proved {wanted} 0", False)
        # Each side as it was written: in their differences what has no value may cancel.
        guilty = first_undefined((*_sides(claim, statement), factor), domain)
        if guilty is not None:
            text = f"cannot show {guilty} on the domain; add it as a condition"
            raise StepFailed(text, False, needs=(str(guilty),))

    def after(self, at: State, claim: Claim) -> State:
        statement = _equivalence(claim)
        difference, other = _differences(claim, statement)
        product = sp.Mul(self._quotient(difference, other), other, evaluate=False)
        return State(product, "=", self.words(at, claim))

    def _quotient(self, difference: sp.Expr, other: sp.Expr) -> sp.Expr:
        if self.factor is not None:
            return self.factor
        require_small(difference, other)
        return sp.factor(sp.cancel(sp.together(difference / other)))


def _equivalence(claim: Claim) -> Iff:
    if not isinstance(claim.statement, Iff):
        raise ClaimError(f"{claim.id}: same_sign derives an equivalence; the claim states none")
    return claim.statement


def _differences(claim: Claim, statement: Iff) -> tuple[sp.Expr, sp.Expr]:
    """Left side minus right side of each of the two conditions."""
    one, two, three, four = _sides(claim, statement)
    return one - two, three - four


def _sides(claim: Claim, statement: Iff) -> tuple[sp.Expr, sp.Expr, sp.Expr, sp.Expr]:
    left, right = statement.left, statement.right
    if not isinstance(left.lhs, sp.Expr) or not isinstance(right.lhs, sp.Expr):
        raise ClaimError(f"{claim.id}: state the equivalence between formulas")
    return left.lhs, left.rhs, right.lhs, right.rhs


def _wanted(claim: Claim, statement: Iff) -> str:
    """The relation to zero of a quotient of the two differences that makes the conditions equivalent."""
    left, right = statement.left.relation, statement.right.relation
    if left in ("=", "!=") and left == right:
        return "!="
    if left == right:
        return ">"
    if Relation(left).turned == right:
        return "<"
    raise ClaimError(f"{claim.id}: {left!r} iff {right!r} is not a question of one sign")
