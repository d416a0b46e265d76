"""Steps to a larger or a smaller line: by the sign of a difference, by another inequality, or by monotonicity."""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import ClaimError
from w2s_sym.evidence.derivation import slopes
from w2s_sym.evidence.derivation.lemmas import Where, inequality, instance
from w2s_sym.evidence.derivation.steps import State, StepFailed, TypedStep
from w2s_sym.evidence.derivation.surface import counter_example, on_given, point_detail, point_words, with_given
from w2s_sym.formula.definedness import defined
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.equality import same_value
from w2s_sym.formula.notation import latex
from w2s_sym.formula.number_text import told
from w2s_sym.formula.relations import Relation, is_inequality
from w2s_sym.formula.sign_algebra import Sign
from w2s_sym.formula.signs import proves, sign
from w2s_sym.formula.size import small


@dataclass(frozen=True)
class BoundStep(TypedStep):
    """A next line ``target`` that is larger (``relation`` is ``<=`` or ``<``) or smaller than the one before."""

    def require(self, value: sp.Expr, claim: Claim) -> None:
        if not is_inequality(self.relation):
            raise ClaimError(f"{claim.id}: a bound is one of <, <=, >, >=, not {self.relation!r}")
        self.require_bound(value, claim)

    @abstractmethod
    def require_bound(self, value: sp.Expr, claim: Claim) -> None:
        """Raises :class:`StepFailed` unless the bound is shown on the claim's domain."""

    def _require_no_counter_example(self, value: sp.Expr, claim: Claim) -> None:
        """Raises :class:`StepFailed`, refuted, at an exact point where the bound is false."""
        counter = counter_example(claim, value - self.target, Relation(self.relation).negated)
        if counter is not None:
            text = f"{value} {self.relation} {self.target} fails at {point_words(counter)}"
            raise StepFailed(text, True, point_detail(counter))


@dataclass(frozen=True)
class Bound(BoundStep):
    """A bound by the sign of the difference; ``by`` is that difference in a shape that shows its sign."""

    name: ClassVar[str] = "bound"

    by: sp.Expr | None = None

    def reason(self, at: State, claim: Claim) -> str:
        """That the difference has the stated sign on the domain."""
        return "its difference has that sign on the domain"

    def after(self, at: State, claim: Claim) -> State:
        """The typed line, with the difference ``by`` that the author wrote down."""
        done = super().after(at, claim)
        return State(done.value, done.relation, done.reason, gap=self.by)

    def require_bound(self, value: sp.Expr, claim: Claim) -> None:
        difference, domain = self.target - value, with_given(claim)
        if self.by is not None:
            on_surface = (on_given(claim, difference), on_given(claim, self.by))
            if not same_value(difference, self.by, domain) and not same_value(*on_surface, domain):
                counter = counter_example(claim, difference - self.by, "!=")
                low = small(difference)
                where = (
                    ""
                    if counter is None or not low
                    else f": at {point_words(counter)} it is {told(difference.xreplace(counter))}"
                )
                raise StepFailed(f"next minus current line is not {self.by}{where}", False)
            guilty = defined(self.by, domain)
            if guilty is not None:
                raise StepFailed(f"cannot show {guilty} on the domain, for {self.by} to have a value", False)
            difference = self.by
        if not proves(difference, Relation(self.relation).turned, domain):
            self._require_no_counter_example(value, claim)
            shown = sp.factor(difference) if small(difference) else difference
            wanted = f"{shown} {Relation(self.relation).turned} 0"
            advice = "give its factors with by=" if self.by is None else "write by= as factors whose signs are provable"
            text = f"{wanted} is not proved; {advice}"
            raise StepFailed(text, False)


@dataclass(frozen=True)
class LemmaBound(BoundStep):
    """A bound by the sign of ``factor`` and, where another inequality is named, by its gap."""

    factor: sp.Expr
    lemma: Claim | None
    where: Where

    @property
    def uses(self) -> tuple[Claim, ...]:
        """The other claim, where one is used."""
        return () if self.lemma is None else (self.lemma,)

    def require_bound(self, value: sp.Expr, claim: Claim) -> None:
        domain = with_given(claim)
        gap, strict_gap = self._gap(claim)
        try:
            found = self.of_gap(value, claim).sign_of_difference(self.target - value, gap, claim, domain)
            if found is None or defined(self.factor, domain) is not None:
                raise slopes.NotShownError(f"the sign of {self.factor} is not proved")
            wanted = 1 if self.relation[0] == "<" else -1
            strict = found[1] and strict_gap
            if found[0] not in (wanted, 0) or (len(self.relation) == 1 and not (strict and found[0])):
                raise slopes.NotShownError(f"this shows {'=' if not found[0] else '<' if found[0] > 0 else '>'}")
        except slopes.NotShownError as problem:
            self._require_no_counter_example(value, claim)
            raise StepFailed(str(problem), False) from None

    def of_gap(self, value: sp.Expr, claim: Claim) -> Self:
        """This step from ``value``, its factor a multiple of the other claim's gap, which is not negative.

        Of a ``<=`` the gap is rhs - lhs. Of a ``>=`` it is lhs - rhs, and a factor of rhs - lhs is turned.
        """
        if self.lemma is None or inequality(claim, self.lemma)[1][0] == "<":
            return self
        (gap, _), domain = self._gap(claim), with_given(claim)
        for step in (self, replace(self, factor=-self.factor)):
            with contextlib.suppress(slopes.NotShownError):
                step.sign_of_difference(self.target - value, gap, claim, domain)
                return step
        return self

    def _gap(self, claim: Claim) -> tuple[sp.Expr, bool]:
        """The difference of the other inequality's sides, not negative, and whether it is never zero."""
        if self.lemma is None:
            return sp.Integer(1), True
        left, stated, right = inequality(claim, self.lemma)
        gap = instance(claim, self.lemma, self.where).of(right - left)
        return gap * (1 if stated[0] == "<" else -1), len(stated) == 1

    @abstractmethod
    def sign_of_difference(self, difference: sp.Expr, gap: sp.Expr, claim: Claim, domain: Domain) -> Sign | None:
        """The sign of ``difference`` as far as it is proved; raises ``NotShownError`` with what is missing."""


@dataclass(frozen=True)
class Using(LemmaBound):
    """A bound by another claim: the difference of the lines is ``factor`` times that of the claim's sides."""

    name: ClassVar[str] = "using"

    def reason(self, at: State, claim: Claim) -> str:
        """The claim that is used."""
        return "" if self.lemma is None else f"by {self.lemma.id}"

    def sign_of_difference(self, difference: sp.Expr, gap: sp.Expr, claim: Claim, domain: Domain) -> Sign | None:
        if not same_value(difference, self.factor * gap, domain):
            assert self.lemma is not None
            raise slopes.NotShownError(f"next minus current line is not {self.factor} times the gap of {self.lemma.id}")
        return sign(self.factor, domain, True)


@dataclass(frozen=True)
class Slope(LemmaBound):
    """A bound by monotonicity: the difference vanishes at ``s = end``; its derivative in ``s`` has one sign.

    That derivative is ``factor``, or ``factor`` times the gap of ``lemma``.
    """

    name: ClassVar[str] = "slope"

    s: sp.Symbol
    end: sp.Expr

    def reason(self, at: State, claim: Claim) -> str:
        """That both sides agree at the end and the derivative has one sign, and the claim that is used."""
        first = f"equal at ${latex(self.s)} = {latex(self.end)}$, and the derivative in ${latex(self.s)}$ has one sign"
        return first if self.lemma is None else f"{first}, by {self.lemma.id}"

    def sign_of_difference(self, difference: sp.Expr, gap: sp.Expr, claim: Claim, domain: Domain) -> Sign | None:
        tied = next((e for e in claim.given if self.s in e.free_symbols), None)
        if tied is not None:
            raise slopes.NotShownError(f"{tied.unknown} varies with {self.s} by {tied}; eliminate it first")
        return slopes.along(difference, self.s, self.end, self.factor, gap, domain)
