"""Steps that keep the value of a formula: rewriting, elimination, other equalities, derivatives and integrals."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.definitions import BINDERS
from w2s_sym.claims.statement import ClaimError, Compare, Equation, Side
from w2s_sym.evidence.derivation import calculus
from w2s_sym.evidence.derivation.lemmas import Where, instance, require_named
from w2s_sym.evidence.derivation.steps import State, Step, StepFailed, TypedStep, formula_of
from w2s_sym.evidence.derivation.surface import (
    counter_example,
    linear_solution,
    on_given,
    point_detail,
    point_words,
    require_carried_out,
    with_given,
)
from w2s_sym.formula.equality import same_value
from w2s_sym.formula.instantiate import instantiate
from w2s_sym.formula.notation import latex
from w2s_sym.formula.number_text import told
from w2s_sym.formula.size import require_small, small
from w2s_sym.formula.totals import Total
from w2s_sym.matrices.experiment import Quantity


@dataclass(frozen=True)
class Rewrite(TypedStep):
    """The same value, written as ``target``."""

    name: ClassVar[str] = "rewrite"

    relation: str = field(default="=", init=False)

    def reason(self, at: State, claim: Claim) -> str:
        """Algebra."""
        return "algebra"

    def require(self, value: sp.Expr, claim: Claim) -> None:
        target, domain = self.target, with_given(claim)
        if value.has(sp.Integral) or target.has(sp.Integral):
            self._require_equal_integrals(value, claim)
            return
        value, target = (side.doit() if side.has(sp.Derivative) else side for side in (value, target))
        if same_value(value, target, domain):
            return
        counter = counter_example(claim, value - target, "!=")
        if counter is not None:
            are = (
                f"{told(value.xreplace(counter))} and {told(target.xreplace(counter))}"
                if small(value, target)
                else "apart"
            )
            raise StepFailed(
                f"{value} is not {target}: at {point_words(counter)} they are {are}",
                True,
                point_detail(counter),
            )
        if not same_value(on_given(claim, value), on_given(claim, target), domain):
            raise StepFailed(f"could not show that {value} equals {target}", False)

    def _require_equal_integrals(self, value: sp.Expr, claim: Claim) -> None:
        """Both lines with a symbol for each integral have one value."""
        domain = with_given(claim)
        known: dict[sp.Integral, sp.Symbol] = {}
        try:
            left, right = (calculus.normal(side, domain, known) for side in (value, self.target))
        except calculus.CalculusError as problem:
            raise StepFailed(str(problem), False) from problem
        if not same_value(left, right, domain):
            raise StepFailed(f"could not show that {value} equals {self.target}", False)


@dataclass(frozen=True)
class FormulaStep(Step):
    """A step that computes the next formula, of the same value."""

    def after(self, at: State, claim: Claim) -> State:
        return State(self.computed(formula_of(at), claim), "=", self.words(at, claim))

    @abstractmethod
    def computed(self, value: sp.Expr, claim: Claim) -> sp.Expr:
        """The next formula; raises :class:`StepFailed` where it is not shown to have the same value."""


@dataclass(frozen=True)
class Eliminate(FormulaStep):
    """A symbol replaced by its solution of a given equation, linear in it with a coefficient proved nonzero."""

    name: ClassVar[str] = "eliminate"

    symbol: sp.Symbol
    using: Equation

    def reason(self, at: State, claim: Claim) -> str:
        """The symbol that is put in."""
        return f"put in ${latex(self.symbol)}$"

    def computed(self, value: sp.Expr, claim: Claim) -> sp.Expr:
        s, equation = self.symbol, self.using
        if equation not in claim.given:
            raise ClaimError(f"{claim.id}: {equation} is not among the claim's given equations")
        if s not in value.free_symbols:
            raise StepFailed(f"{s} does not occur in the line", False)
        require_carried_out(value)
        solution, coefficient = linear_solution(equation, s, with_given(claim))
        if solution is None:
            if coefficient is None:
                raise StepFailed(f"{equation} is not linear in {s}; eliminate another symbol", False)
            text = f"cannot show {coefficient} != 0, the coefficient of {s}; add it as a condition"
            raise StepFailed(text, False, needs=(f"{coefficient} != 0",))
        replaced = instantiate(value, {s: solution})
        if replaced.has(Total):  # lowest terms would multiply out what is summed
            return replaced
        require_small(replaced)
        return sp.cancel(sp.together(replaced))


@dataclass(frozen=True)
class Apply(FormulaStep):
    """The left side of another claim, an equality, replaced by its right side; ``where`` renames its symbols."""

    name: ClassVar[str] = "apply"

    lemma: Claim
    where: Where = ()

    @property
    def uses(self) -> tuple[Claim, ...]:
        """The claim that is applied."""
        return (self.lemma,)

    def reason(self, at: State, claim: Claim) -> str:
        """The claim that is applied."""
        return f"by {self.lemma.id}"

    def after(self, at: State, claim: Claim) -> State:
        """The line with the right side put in; a line that is a quantity becomes what a claim says of that very one."""
        if not isinstance(at.value, Quantity):
            return super().after(at, claim)
        left, right = self._sides(claim)
        if left is not at.value:
            raise StepFailed(f"{self.lemma.id} is about something else than the quantity {at.value.symbol}", False)
        return State(instance(claim, self.lemma, self.where).of(right), "=", self.words(at, claim))

    def computed(self, value: sp.Expr, claim: Claim) -> sp.Expr:
        left, right = self._sides(claim)
        found = instance(claim, self.lemma, self.where)
        if not isinstance(left, sp.Expr):
            require_named(claim, self.lemma)
        pattern = found.of(left) if isinstance(left, sp.Expr) else left.symbol
        _require_whole(pattern, value)
        # Both are made of the claim's own symbols, which no line binds.
        replaced = value.xreplace({pattern: found.of(right)})
        if replaced == value:
            raise StepFailed(f"{pattern} does not occur in the line", False)
        return replaced

    def _sides(self, claim: Claim) -> tuple[Side, sp.Expr]:
        """The sides of the equality that is applied; ClaimError for a claim of another kind."""
        lemma = self.lemma
        if not isinstance(lemma, Claim):
            raise ClaimError(f"{claim.id}: apply takes a claim, not {type(lemma).__name__}")
        if not isinstance(lemma.statement, Compare) or lemma.statement.relation != "=" or lemma.witness is not None:
            raise ClaimError(f"{claim.id}: only an equality for all points can be applied; {lemma.id} is none")
        return lemma.statement.lhs, lemma.statement.rhs


def _require_whole(pattern: sp.Expr, value: sp.Expr) -> None:
    """What is replaced in the line must mean the same wherever it stands: an integral does, as a whole."""
    running = {
        s
        for node in value.atoms(*BINDERS)
        if isinstance(node, ExprWithLimits)
        for limit in node.limits
        for s in limit[:1]
    }
    if not isinstance(pattern, sp.Integral) or pattern.free_symbols & running or not value.atoms(*BINDERS) <= {pattern}:
        require_carried_out(value)


@dataclass(frozen=True)
class Differentiate(FormulaStep):
    """The derivatives that are written in the line, carried out."""

    name: ClassVar[str] = "differentiate"

    def reason(self, at: State, claim: Claim) -> str:
        """That derivatives are carried out."""
        return "differentiate"

    def computed(self, value: sp.Expr, claim: Claim) -> sp.Expr:
        done = value.doit()
        return done if done.has(Total) or not small(done) else sp.cancel(done)


@dataclass(frozen=True)
class IntegralStep(FormulaStep):
    """A step on the one integral of the line."""

    def computed(self, value: sp.Expr, claim: Claim) -> sp.Expr:
        try:
            return self.moved(value, claim)
        except calculus.CalculusError as problem:
            raise StepFailed(str(problem), False) from problem

    @abstractmethod
    def moved(self, value: sp.Expr, claim: Claim) -> sp.Expr:
        """The line with its integral written in another way; raises ``CalculusError`` where that is not shown."""


@dataclass(frozen=True)
class Substitute(IntegralStep):
    """The integral written as ``integral``, over another variable of which the old one is the function ``image``."""

    name: ClassVar[str] = "substitute"

    integral: sp.Integral
    image: sp.Expr

    def reason(self, at: State, claim: Claim) -> str:
        """What the old variable is in the new one."""
        x = calculus.integral_of(formula_of(at)).variables[0]
        return f"substitute ${latex(x)} = {latex(self.image)}$"

    def moved(self, value: sp.Expr, claim: Claim) -> sp.Expr:
        return calculus.substitute(value, self.integral, self.image, with_given(claim))


@dataclass(frozen=True)
class ByParts(IntegralStep):
    """The integral of u v' written as the ends of u v minus the integral of u' v."""

    name: ClassVar[str] = "by_parts"

    u: sp.Expr
    v: sp.Expr

    def reason(self, at: State, claim: Claim) -> str:
        """By parts."""
        return "by parts"

    def moved(self, value: sp.Expr, claim: Claim) -> sp.Expr:
        return calculus.by_parts(value, self.u, self.v, with_given(claim))
