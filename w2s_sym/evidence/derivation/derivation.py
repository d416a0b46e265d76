"""Derivations: chains of steps, each one checked.

Building a derivation only records data. Checking it replays the steps from the claim's left side: computing steps
(averages, eliminations, limits) produce the next line, typed steps (``rewrite``, ``bound``) state it and are
verified. A closing rewrite to the claim's right side is always part of the chain, so that a derivation can end
nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.chain import Line
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.names import require_readable
from w2s_sym.claims.points import admissible_points
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import ClaimError, Equation, Iff, as_expression
from w2s_sym.evidence.derivation.bounds import Bound, Slope, Using
from w2s_sym.evidence.derivation.equivalences import SameSign
from w2s_sym.evidence.derivation.formula_steps import Apply, ByParts, Differentiate, Eliminate, Rewrite, Substitute
from w2s_sym.evidence.derivation.limits_at_infinity import Limit
from w2s_sym.evidence.derivation.matrix_steps import (
    Conditioned,
    Expect,
    ExpectGramInverse,
    ExpectPolar,
    InNames,
    MatrixStep,
    Stein,
)
from w2s_sym.evidence.derivation.recheck import recheck
from w2s_sym.evidence.derivation.replay import Known, closed, replayed, replayed_equivalence, with_facts
from w2s_sym.evidence.derivation.steps import State, Step, StepFailed, TypedStep
from w2s_sym.formula.conditions import DomainError
from w2s_sym.formula.typed import typed
from w2s_sym.matrices.experiment import Quantity
from w2s_sym.matrices.gaussian_rules import AXIOMS
from w2s_sym.matrices.instances import missing_instance
from w2s_sym.matrices.inverse_moments import has_inverse
from w2s_sym.matrices.traces import TraceSum
from w2s_sym.matrices.words import Mat, TraceError


@typed
@dataclass(frozen=True, eq=False)
class Derivation(Evidence):
    """Evidence: a proof of the claim's statement as a chain of checked steps.

    ``start`` must be the left side of the claim (for an :class:`Iff`: None, see :meth:`same_sign`). Every method
    returns a longer derivation; nothing is computed until it is checked. What a method says is checked raises
    :class:`StepFailed` there, which makes the finding INCONCLUSIVE or, with a counter-example to the claim, REFUTED.
    ``why`` is the reason that the reader sees.
    """

    start: sp.Expr | Quantity | None
    steps: tuple[Step, ...] = ()
    known: Known = ()

    kind = "derivation"

    def _then(self, step: Step) -> Derivation:
        require_readable(f"the reason of the step {step.name}", step.why)
        return replace(self, steps=(*self.steps, step))

    # -- steps on random matrices --
    def expect(self, *blocks: Mat, why: str = "") -> Derivation:
        """Average over Gaussian blocks that enter polynomially and are independent of all else that is left.

        The sum over all pairings (Isserlis' theorem). Checked: both hypotheses. TypeError for what is no block.
        """
        return self._then(Expect(tuple(map(_block_name, blocks)), why=why))

    def expect_residual(self, block: Mat | tuple[Mat, ...], given: Mat, why: str = "") -> Derivation:
        """Average over what :meth:`condition` left of ``block``; several blocks may be given as a tuple."""
        blocks = block if isinstance(block, tuple) else (block,)
        on = _block_name(given)
        return self._then(Expect(tuple(f"{_block_name(b)}|{on}" for b in blocks), why=why))

    def expect_gram_inverse(self, block: Mat, why: str = "") -> Derivation:
        """Average (X'X)^{-1}, the last trace of the n x d block X in the line: I/(n - d - 1), the inverse Wishart mean.

        Checked: X is whitened, occurs once and nowhere else, and n > d + 1 follows from the domain.
        """
        return self._then(ExpectGramInverse(_block_name(block), why=why))

    def expect_polar(self, block: Mat, why: str = "") -> Derivation:
        """Average ratios of power sums of a Gaussian vector over powers of its squared length.

        Stein's identity along the vector. Checked: the degrees, and that the mean exists on the domain.
        """
        return self._then(ExpectPolar(_block_name(block), why=why))

    def condition(self, *blocks: Mat, on: Mat, why: str = "") -> Derivation:
        """Write each block as its regression on ``on`` plus an independent residual. Checked: ``on`` is whitened."""
        return self._then(Conditioned(tuple(map(_block_name, blocks)), _block_name(on), why=why))

    def stein(
        self, block: Mat, field: Mat, times: sp.Expr | int, weight: TraceSum | None = None, why: str = ""
    ) -> Derivation:
        """Add ``times`` (tr(X' F) - div F), of mean zero by Stein's identity; F is ``field`` times ``weight``.

        X is the block. The divergence is worked out: the sum of cov(X_ij, Y_ik) times the derivative of F_ij by Y_ik.
        Checked: that means exist, and that nothing flows into singular X'X.
        """
        if not isinstance(field, Mat) or not isinstance(weight, (TraceSum, type(None))):
            raise TypeError("a field is a matrix expression, and its weight a sum of traces")
        scale = TraceSum.scalar(1) if weight is None else weight
        return self._then(Stein(_block_name(block), field, as_expression(times), scale, why=why))

    def in_names(self, why: str = "") -> Derivation:
        """State what is left, traces of fixed matrices, in the scalars that the setting names.

        Checked: nothing random is left, and every trace has a name.
        """
        return self._then(InNames(why=why))

    # -- steps on formulas --
    def rewrite(self, line: sp.Expr, why: str = "") -> Derivation:
        """The same value, written as ``line``. Checked: equality on the domain with its given equations."""
        return self._then(Rewrite(as_expression(line), why=why))

    def bound(self, relation: str, line: sp.Expr, by: sp.Expr | None = None, why: str = "") -> Derivation:
        """The next line is larger (``<=``, ``<``) or smaller (``>=``, ``>``). Checked: the sign of the difference.

        ``by``, when given, is next minus current line as a sum of products whose signs are provable.
        """
        shown = None if by is None else as_expression(by)
        return self._then(Bound(as_expression(line), relation, shown, why=why))

    def using(
        self, claim: Claim, relation: str, line: sp.Expr, factor: sp.Expr | int = 1, why: str = "", **where: sp.Expr
    ) -> Derivation:
        """A bound by another claim, an inequality: next minus current line is ``factor`` times (its rhs - its lhs).

        Of a claim with ``>`` or ``>=`` it may also be ``factor`` times its gap, lhs - rhs; it is seen which is meant.
        ``where`` says what the other claim's symbols stand for. Checked: that product, the sign of the factor, and
        that the other claim's conditions follow from the domain.
        """
        factor, line = (as_expression(e) for e in (factor, line))
        return self._then(Using(line, relation, factor, claim, tuple(sorted(where.items())), why=why))

    def slope(
        self,
        relation: str,
        line: sp.Expr,
        s: sp.Symbol,
        end: sp.Expr | int,
        slope: sp.Expr,
        using: Claim | None = None,
        why: str = "",
        **where: sp.Expr,
    ) -> Derivation:
        """A bound by monotonicity: next minus current line vanishes at ``s = end`` and has a derivative of one sign.

        The derivative in ``s`` is ``slope``, or ``slope`` times (rhs - lhs) of the inequality ``using``; of ``>`` or
        ``>=`` it may also be ``slope`` times (lhs - rhs), and it is seen which is meant. Checked: all
        of this, and that the segment up to ``end`` stays in the domain (mean value theorem).
        """
        line, end, slope = (as_expression(e) for e in (line, end, slope))
        instance = tuple(sorted(where.items()))
        return self._then(Slope(line, relation, factor=slope, lemma=using, where=instance, s=s, end=end, why=why))

    def knowing(self, claim: Claim, **where: sp.Expr) -> Derivation:
        """Let every proof of sign in this derivation use another claim, an inequality between formulas.

        ``where`` says what the other claim's symbols stand for. It adds no line. Checked: the other claim's
        conditions follow from the domain.
        """
        return replace(self, known=(*self.known, (claim, tuple(sorted(where.items())))))

    def eliminate(self, s: sp.Symbol, using: Equation, why: str = "") -> Derivation:
        """Replace a symbol by its solution of a given equation. Checked: linear, with a coefficient that is not zero.

        ClaimError when the equation is not among those given.
        """
        return self._then(Eliminate(s, using, why=why))

    def apply(self, claim: Claim, why: str = "", **where: sp.Expr) -> Derivation:
        """Replace the left side of another claim (an equality) by its right side; ``where`` renames its symbols.

        Checked: the left side occurs, and the other claim's conditions follow from the domain.
        """
        return self._then(Apply(claim, tuple(sorted(where.items())), why=why))

    def differentiate(self, why: str = "") -> Derivation:
        """Carry out the derivatives written in the line.

        Checked: they exist on the whole domain. A root needs a positive argument, an absolute value one that is not
        zero; a formula given by cases is not taken.
        """
        return self._then(Differentiate(why=why))

    def limit(self, s: sp.Symbol, why: str = "") -> Derivation:
        """The limit of a rational function as the symbol tends to infinity, for a claim that is Asymptotic in it.

        Checked: the line is rational and bounded in it, with a leading coefficient that is not zero.
        """
        return self._then(Limit(s, why=why))

    # -- steps on the one integral of the line --
    def substitute(self, integral: sp.Integral, image: sp.Expr, why: str = "") -> Derivation:
        """The integral as ``integral``, over another variable; the old variable is ``image``, monotone in the new.

        Checked: the sign of the derivative of ``image``, the ends and the integrand.
        """
        return self._then(Substitute(integral, as_expression(image), why=why))

    def by_parts(self, u: sp.Expr, v: sp.Expr, why: str = "") -> Derivation:
        """The integral of u v' as the ends of u v minus the integral of u' v.

        Checked: the integrand is u v', the ends are finite, and what is left converges.
        """
        return self._then(ByParts(as_expression(u), as_expression(v), why=why))

    @classmethod
    def same_sign(cls, factor: sp.Expr | None = None, why: str = "") -> Derivation:
        """For an ``Iff``: the two differences have a quotient of proved sign, which gives both directions.

        ``factor`` is that quotient in a shape that shows its sign; worked out when None.
        """
        return cls(None, (SameSign(factor, why=why),))

    # -- evidence --
    @property
    def uses(self) -> tuple[Claim, ...]:
        return (*(claim for claim, _ in self.known), *(claim for step in self.steps for claim in step.uses))

    @property
    def rules(self) -> tuple[str, ...]:
        found = {rule for step in self.steps for rule in step.rules}
        start = self.start.value.atoms if isinstance(self.start, Quantity) else ()
        fields = any(isinstance(step, Stein) and step.has_inverse for step in self.steps)
        if fields or (has_inverse(start) and any(isinstance(step, MatrixStep) for step in self.steps)):
            found |= set(AXIOMS)
        return tuple(sorted(found))

    def accepts(self, claim: Claim) -> str | None:
        """Refuses a claim about one witness, and one whose left side is not the first line."""
        if claim.witness is not None:
            return "a claim about one witness is decided there exactly; use Precision"
        if isinstance(claim.statement, Iff):
            alone = self.start is None and [type(step) for step in self.steps] == [SameSign]
            return None if alone else "an equivalence is derived by Derivation.same_sign()"
        if any(isinstance(step, SameSign) for step in self.steps):
            return "same_sign() derives an equivalence, Iff; start a Derivation from the claim's left side"
        if self.start is None:
            return "the derivation has no first line; start from the claim's left side"
        if self.start != claim.statement.lhs:
            return "the derivation's first line is not the claim's left side"
        return None

    def states(self, claim: Claim, proved: bool = False) -> tuple[State, ...]:
        """The lines with what they are made of, closing line included; raises like :meth:`lines`."""
        return _states(self, claim, True, proved)

    def lines(self, claim: Claim, proved: bool = False) -> tuple[Line, ...]:
        """The lines of the chain, closing line included; raises :class:`StepFailed` at a step that fails."""
        return tuple(state.line() for state in self.states(claim, proved))

    def derived(self, claim: Claim) -> sp.Expr | None:
        """The last line that was computed before the author typed any, as an expression; None if there is none."""
        computed = tuple(takewhile(lambda step: not isinstance(step, TypedStep), self.steps))
        if not computed or self.start is None:
            return None
        try:
            states = _states(replace(self, steps=computed), claim, False, False)
        except StepFailed:
            return None  # the derivation's own finding says why
        value = states[-1].value
        return value if isinstance(value, sp.Expr) else None

    def check(self, claim: Claim, run: Run) -> Finding:
        """PROVED when every step holds, REFUTED with a counter-example to the claim, else INCONCLUSIVE."""
        try:
            states = self.states(claim)
            count = len(states) - 1
            self._require_something(claim)
            rechecked = recheck(self.start, states, self.steps, claim) if isinstance(self.start, Quantity) else None
        except StepFailed as failure:
            verdict = Verdict.REFUTED if failure.refuted else Verdict.INCONCLUSIVE
            move = "" if failure.refuted else "give the step its factors (by=) or state the missing condition"
            needs = () if failure.refuted else failure.needs
            return Finding(self.kind, verdict, str(failure), failure.detail, next_move=move, needs=needs)
        detail = {"steps": count, "rules": list(self.rules), "applies": [c.id for c in self.uses]}
        if rechecked is not None:
            detail["words"] = rechecked
        return Finding(self.kind, Verdict.PROVED, f"{count} checked step{'' if count == 1 else 's'}", detail)

    def _require_something(self, claim: Claim) -> None:
        """A proof counts only of something: one admissible point, and one instance of the experiment, are exhibited."""
        try:
            next(iter(admissible_points(claim, np.random.Generator(np.random.PCG64(20250210)), 1)))
            if isinstance(self.start, Quantity):
                missing = missing_instance(self.start, claim.domain)
                if missing:
                    raise StepFailed(missing, False)
        except TraceError as problem:
            raise ClaimError(f"{claim.id}: {problem}") from problem
        except (ClaimError, DomainError) as problem:
            raise StepFailed(f"no point is shown to be admissible: {problem}", False) from problem


@lru_cache(maxsize=512)
def _states(derivation: Derivation, claim: Claim, close: bool, proved: bool) -> tuple[State, ...]:
    """The lines of a derivation, with the closing one if asked for; each is checked unless it was ``proved`` before."""
    derivation.require_accepted(claim)
    claim = with_facts(claim, derivation.known)
    if isinstance(claim.statement, Iff):
        (step,) = derivation.steps
        assert isinstance(step, SameSign)
        return replayed_equivalence(step, claim, claim.statement, proved)
    assert derivation.start is not None
    states = replayed(derivation.start, derivation.steps, claim, proved)
    return closed(states, derivation.steps, claim, proved) if close else states


def _block_name(block: Any) -> str:
    if not isinstance(block, Mat):
        raise TypeError(f"name a block (a matrix made by gaussian(...)), not {type(block).__name__}")
    return block.atom.name
