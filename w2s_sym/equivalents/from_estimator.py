"""A claim about a mean, derived from its estimator: evidence that the formula is the engine's value.

What is checked, in this order:

1. The estimator is derived again, and the derivation's circuit and block solution are checked modulo a prime
   (:mod:`w2s_sym.equivalents.exact_checks`). What is left is the gate rule, a claim that is cited; and for nonlinear
   features Gaussian equivalence, another one.
2. What the theorem needs, such as fewer rows than dimensions, follows from the claim's domain.
3. At random points modulo the prime, where the claim's given equations hold, what the author says of the fixed point
   solves the estimator's equations, and the formula is the estimator's value, exactly.
4. At random points in floats the formula is the value on the physical branch: the author's root is that one.
5. The claim's mean is the estimator's: the experiment of the claim's own simulation and the estimator are drawn at the
   same points, and their means agree. At these points the formula, in the letters of the simulation, is the value too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy as sp
from flint import nmod

from w2s_sym.claims.chain import Line
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import ClaimError, Compare, Mean
from w2s_sym.equivalents.book import Book
from w2s_sym.equivalents.claim_draws import FloatDraws, ResidueDraws
from w2s_sym.equivalents.claim_lines import claim_lines
from w2s_sym.equivalents.claim_points import Reading
from w2s_sym.equivalents.derived import derive_terms
from w2s_sym.equivalents.equivalent import Equivalent
from w2s_sym.equivalents.evaluation import Dual, Evaluation, PointValues
from w2s_sym.equivalents.exact_checks import PRIME, exact_checks
from w2s_sym.equivalents.hypotheses import missing_hypotheses
from w2s_sym.equivalents.level_points import LevelPoint
from w2s_sym.equivalents.matrix_points import MatrixPoint
from w2s_sym.equivalents.nonlinear import replaced_parts
from w2s_sym.equivalents.numbers_at import numbers_at
from w2s_sym.equivalents.polynomials import Laurent
from w2s_sym.equivalents.reduced import eliminated
from w2s_sym.equivalents.same_mean import FEW_ROUNDINGS, another_mean, simulation_of
from w2s_sym.equivalents.scalars import EngineError
from w2s_sym.equivalents.text import texts_of_numbers

# The claim that the gate rule is.
GATE_RULE = "equivalents/gates_average_to_their_gains"
# The claim by which nonlinear features are replaced.
GAUSSIAN_EQUIVALENCE = "equivalents/nonlinear_features_act_as_linear_ones_with_a_rest"
# Points modulo the prime, and in floats; so many are drawn in floats until one is in the domain.
EXACT_POINTS, FLOAT_POINTS, MOST_TRIES = 6, 4, 2000


@dataclass(frozen=True)
class FromEstimator(Evidence):
    """Evidence that a formula for a mean is the equivalent of an estimator's risk. The claim needs a simulation, too.

    Parameters
    ----------
    risk
        The equivalent, from :func:`~w2s_sym.equivalents.equivalent.excess_risk` or another such function.
    matrices
        What its matrices are on each level: expressions in the letters of a spectrum. A truth is its coefficient. With
        ``traces`` matrices are random, and only those are listed that are made of others, as expressions in them.
    core
        What some pivots or traces of the printed equations are, by their text, such as ``{"tr(Sigma Q1)": n * tau}``:
        enough to determine all gains of the fixed point.
    numbers
        What its sizes and numbers are, where their names are not those of the claim's symbols.
    rule
        The id of a further claim that the derivation rests on, such as a universality theorem; the gate rule always is.
    traces
        For matrices that do not commute: what each letter of the claim is the trace of, or a formula in letters that
        come before it. Matrices are written as those of the estimator.
    values
        ``values(point, size)`` returns what :meth:`~w2s_sym.equivalents.equivalent.Equivalent.at` takes at a point of
        the claim's simulation. Needed with ``traces``; else the levels of the spectrum say it.
    """

    risk: Equivalent
    matrices: Mapping[str, Any]
    core: Mapping[str, sp.Expr]
    numbers: Mapping[str, sp.Expr] = field(default_factory=dict)
    rule: str = GATE_RULE
    traces: Mapping[sp.Symbol, Any] = field(default_factory=dict)
    values: Callable[[Mapping[str, Any], int], Mapping[str, Any]] | None = None

    kind = "derivation"

    @property
    def rules(self) -> tuple[str, ...]:
        """The gate rule, Gaussian equivalence where there are nonlinear features, and what else the author names."""
        nonlinear = replaced_parts(t.expression for t in self.risk.derived.terms)
        return tuple(dict.fromkeys((GATE_RULE, *([GAUSSIAN_EQUIVALENCE] if nonlinear else []), self.rule)))

    def accepts(self, claim: Claim) -> str | None:
        """It is about a limit: a mean that a simulation draws, and that equals a formula."""
        statement = claim.statement
        if not isinstance(statement, Compare) or statement.relation != "=" or not isinstance(statement.lhs, Mean):
            return "an estimator's risk is a mean that equals a formula: Compare(Mean(...), '=', formula)"
        if claim.kind != "equivalent" or claim.witness is not None:
            return "an estimator's equivalent is a limit: the claim has kind='equivalent' and no witness"
        if simulation_of(claim) is None:
            return "nothing says which estimator the mean is of: give it a Simulation with sizes, too"
        if self.traces and self.values is None:
            return "with traces nothing says what the matrices of the simulation are: give values=function(point, size)"
        return None

    def lines(self, claim: Claim, proved: bool = False) -> tuple[Line, ...]:
        """The equations of the estimator, the value of each source, and the formula."""
        return claim_lines(claim, self.risk, self.core)

    def check(self, claim: Claim, run: Run) -> Finding:
        """PROVED where everything agrees; REFUTED where the formula is another one."""
        self.require_accepted(claim)
        try:
            # Derived again from the expressions alone: what else the equivalent holds is an author's object.
            terms = {t.name: (t.moment, t.expression) for t in self.risk.derived.terms}
            return self._check(claim, run, Equivalent(derive_terms(terms)))
        except (EngineError, ZeroDivisionError) as problem:
            return self._undecided(f"the estimator cannot be compared: {problem}")

    def _check(self, claim: Claim, run: Run, risk: Equivalent) -> Finding:
        checked = exact_checks(risk.derived, run.seed)
        ill = next((c for c in checked if not c.holds), None)
        if ill is not None:
            return self._undecided(f"the {ill.check} of {ill.term} is not what it should be")
        unknown = sorted(set(self.core) - set(texts_of_numbers(risk.shown)))
        if unknown:
            raise ClaimError(f"{claim.id}: the equations have no {unknown[0]}; {_told(risk)}")
        reading = Reading(risk.derived.book, self.matrices, self.numbers, self.traces)
        compared = [self._at_residues(claim, risk, reading, f"{run.seed}/{claim.id}/{k}") for k in range(EXACT_POINTS)]
        apart = {k for value, _, rivals in compared for k, rival in rivals.items() if rival != value}
        refuted = tuple(sorted(apart))
        if any(value != right for value, right, _ in compared):
            return Finding(
                self.kind, Verdict.REFUTED, "the formula is not the equivalent of the estimator", {}, refuted
            )
        problem = self._in_floats(claim, run, risk, reading)
        problem = problem or another_mean(claim, run, risk.derived, reading, self.values)
        if problem is not None:
            return self._undecided(problem)
        number = sum(c.comparisons for c in checked)
        said = f"derived from the estimator: {number} equalities of circuit and solution, {EXACT_POINTS} of the formula"
        detail = {"lines": risk.lines(), "points": EXACT_POINTS, "equalities": number}
        needs = missing_hypotheses(claim, risk.derived, reading)
        return Finding(self.kind, Verdict.PROVED, said, detail, refuted, needs=needs)

    def _undecided(self, why: str) -> Finding:
        return Finding(self.kind, Verdict.INCONCLUSIVE, why)

    def _at_residues(
        self, claim: Claim, risk: Equivalent, reading: Reading, seed: str
    ) -> tuple[Any, Any, dict[int, Any]]:
        """The estimator's value, the formula's, and the rivals' at a random point modulo the prime."""
        point = a_point(claim, reading, ResidueDraws(seed))
        values, book = point.point_values(), risk.derived.book
        places = texts_of_numbers(risk.shown)
        told = {places[text]: point.value(sp.sympify(e)) for text, e in self.core.items()}
        try:
            gains = _Told(risk.shown.book, values, told, eliminated(book.core)).gains(book.core)
        except RecursionError:
            raise ClaimError(f"{claim.id}: core does not determine the fixed point; {_told(risk)}") from None
        run = Evaluation(book, values, gains)
        for place, right in book.core.items():
            if run.polynomial(right)[0] != gains[place]:
                raise ClaimError(f"{claim.id}: what core says does not solve the equations of the estimator")
        total = sum((run.polynomial(t.value)[0] for t in risk.derived.terms), nmod(0, PRIME))
        rivals = {k: point.value(r) for k, r in enumerate(claim.rivals) if isinstance(r, sp.Expr)}
        assert isinstance(claim.statement, Compare)
        return total, point.value(claim.statement.rhs), rivals

    def _in_floats(self, claim: Claim, run: Run, risk: Equivalent, reading: Reading) -> str | None:
        """Why the formula is not the value on the physical branch, in words; None where it is."""
        for k in range(FLOAT_POINTS):
            point = a_point_inside(claim, reading, run.rng("derivation", "floats", k))
            if point is None:
                return f"no point of the domain in {MOST_TRIES} random ones: the physical branch was not looked at"
            found = numbers_at(risk.derived, point.engine_values(), joint=isinstance(point, LevelPoint)).total
            assert isinstance(claim.statement, Compare)
            off = abs(float(point.value(claim.statement.rhs)) / float(found) - 1)
            if not off < FEW_ROUNDINGS:
                return f"on the physical branch the formula is off by {off:.2g}: the core is another root"
        return None


def _told(risk: Equivalent) -> str:
    """The equations in a few words, for an error."""
    return f"say what these pivots or traces are: {'; '.join(risk.lines())[:300]}"


class _Told(Evaluation):
    """Values of gains from what is told of pivots and traces: each gain by its right side."""

    def __init__(self, book: Book, values: PointValues, told: Mapping[int, Any], right: Mapping[int, Laurent]) -> None:
        super().__init__(book, values, told)
        self.right = right

    def number(self, place: int) -> Dual:
        """A named number; a gain that is not told is its right side. Raises RecursionError for a circle."""
        if place not in self.numbers and self.book.numbers[place].kind == "core":
            if place not in self.right:
                raise RecursionError
            self.numbers[place] = self.polynomial(self.right[place])
        return super().number(place)

    def gains(self, core: Collection[int]) -> dict[int, Any]:
        """All gains."""
        return {place: self.number(place)[0] for place in core}


def a_point(claim: Claim, reading: Reading, draws: Any) -> LevelPoint | MatrixPoint:
    """A random point: with matrices that do not commute where the claim's letters are traces."""
    return MatrixPoint(claim, reading, draws) if reading.traces else LevelPoint(claim, reading, draws)


def a_point_inside(claim: Claim, reading: Reading, rng: np.random.Generator) -> LevelPoint | MatrixPoint | None:
    """A random point in floats that is in the domain; None where none was found."""
    for _ in range(MOST_TRIES):
        found = a_point(claim, reading, FloatDraws(rng))
        if found.inside():
            return found
    return None
