"""A claim about a mean risk, derived from the estimator: evidence that the formula is the engine's.

The derivation's circuit and block solution are checked modulo a prime (:mod:`w2s_sym.equivalents.exact_checks`). Then the
formula is compared with the engine's value: at random points modulo the prime, exactly, where the claim's own given
equations hold and the author says what some pivots or traces of the fixed point are; and at a random point in floats, on
the physical branch. What it rests on is the gate rule, a claim that is cited.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp
from flint import nmod

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import ClaimError, Compare, Mean
from w2s_sym.equivalents.equivalent import Equivalent
from w2s_sym.equivalents.evaluation import Evaluation, PointValues
from w2s_sym.equivalents.exact_checks import PRIME, Residues
from w2s_sym.equivalents.inputs import given_name
from w2s_sym.equivalents.reduced import Reduced, eliminated, reduced
from w2s_sym.equivalents.text import texts_of_numbers
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import Total, letters_along

# Points modulo the prime, and levels of a spectrum at each.
POINTS, LEVELS = 6, 7
# How far the formula and the branch may be apart in floats: what rounding leaves of sixteen digits.
CLOSE = 1e-8
# Random points in floats, of which one has to lie in the claim's domain.
TRIES = 2000


@dataclass(frozen=True)
class FromEstimator(Evidence):
    """Evidence that a formula for a mean risk is the equivalent of an estimator's risk.

    Parameters
    ----------
    risk
        The equivalent, from :func:`~w2s_sym.equivalents.equivalent.excess_risk` or another such function.
    matrices
        What its matrices are on each level: expressions in the letters of a spectrum. A truth is its coefficient.
    numbers
        What its sizes and numbers are, where their names are not those of the claim's symbols.
    core
        What some pivots or traces of the printed equations are, by their text, such as ``{"tr(Sigma Q1)": n * tau}``:
        enough to determine all gains of the fixed point.
    rule
        The id of the claim that the gate rule is.
    """

    risk: Equivalent
    matrices: Mapping[str, sp.Expr]
    core: Mapping[str, sp.Expr]
    numbers: Mapping[str, sp.Expr] = field(default_factory=dict)
    rule: str = "equivalents/gates_average_to_their_gains"

    kind = "derivation"

    @cached_property
    def _made(self) -> Reduced:
        return reduced(self.risk.derived)

    @property
    def rules(self) -> tuple[str, ...]:
        """The gate rule."""
        return (self.rule,)

    def accepts(self, claim: Claim) -> str | None:
        """It is about a mean that equals a formula."""
        statement = claim.statement
        if not isinstance(statement, Compare) or statement.relation != "=" or not isinstance(statement.lhs, Mean):
            return "an estimator's risk is a mean that equals a formula: Compare(Mean(...), '=', formula)"
        unknown = sorted(set(self.core) - set(texts_of_numbers(self._made)))
        if unknown:
            return f"the equations have no {unknown[0]}; they read: {'; '.join(self.risk.lines())[:300]}"
        return None

    def check(self, claim: Claim, run: Run) -> Finding:
        """PROVED where everything agrees; REFUTED where the formula is another one."""
        self.require_accepted(claim)
        checked = self.risk.check(run.seed)
        ill = [c for c in checked if not c.holds]
        if ill:
            return Finding(
                self.kind, Verdict.INCONCLUSIVE, f"the {ill[0].check} of {ill[0].term} is not what it should be"
            )
        compared = [self._at_residues(claim, random.Random(f"{run.seed}/{claim.id}/{k}")) for k in range(POINTS)]
        statement = claim.statement
        assert isinstance(statement, Compare)
        if any(value != right for value, right, _ in compared):
            return Finding(self.kind, Verdict.REFUTED, "the formula is not the equivalent of the estimator's risk")
        off = self._in_floats(claim, random.Random(f"{run.seed}/{claim.id}/floats"))
        if not off < CLOSE:
            said = f"on the physical branch the formula is off by {off:.2g}: the pivots belong to another root"
            return Finding(self.kind, Verdict.INCONCLUSIVE, said)
        refuted = tuple(k for k in range(len(claim.rivals)) if any(value != rivals[k] for value, _, rivals in compared))
        number = sum(c.comparisons for c in checked)
        summary = f"derived from the estimator: {number} equalities of circuit and solution, {POINTS} of the formula"
        detail = {"lines": self.risk.lines(), "points": POINTS, "equalities": number, "off in floats": off}
        return Finding(self.kind, Verdict.PROVED, summary, detail, refuted)

    # -- modulo the prime ---------------------------------------------------------------------------------------

    def _at_residues(self, claim: Claim, rng: random.Random) -> tuple[Any, Any, tuple[Any, ...]]:
        """The engine's value, the formula's and the rivals' at a random point where the given equations hold."""
        point = _Point(claim, lambda: nmod(rng.randrange(1, PRIME), PRIME), lambda q: nmod(int(q.p), PRIME) / int(q.q))
        numbers, matrices, dimensions = self._values(point)
        values = PointValues(numbers, matrices, dimensions, _ResidueVectors())
        gains = self._gains(values, point)
        run = Evaluation(self.risk.derived.book, values, gains)
        for place, right in self.risk.derived.book.core.items():
            if run.polynomial(right)[0] != gains[place]:
                raise ClaimError(
                    f"{claim.id}: the core of its derivation does not solve the equations of the estimator"
                )
        total = sum((run.polynomial(t.value)[0] for t in self.risk.derived.terms), nmod(0, PRIME))
        statement = claim.statement
        assert isinstance(statement, Compare)
        return total, point.value(statement.rhs), tuple(point.value(r) for r in claim.rivals if isinstance(r, sp.Expr))

    def _values(self, point: _Point) -> tuple[dict[int, Any], dict[int, Any], dict[int, int]]:
        book = self.risk.derived.book
        numbers: dict[int, Any] = {}
        matrices: dict[int, Any] = {}
        dimensions: dict[int, int] = {}
        for place, letter in enumerate(book.letters):
            if letter.definition is None:
                name = given_name(letter.name)
                along = point.along(self.matrices[name])
                matrices[place] = along**2 if name != letter.name else along
                dimensions[letter.side] = dimensions[letter.other] = len(along)
        for place, number in enumerate(book.numbers):
            if number.given is not None and number.name in self.numbers:
                numbers[place] = point.value(self.numbers[number.name])
            elif number.given is not None and number.name in point.by_name:
                numbers[place] = point.by_name[number.name]
            elif place in dimensions:
                numbers[place] = point.number(sp.Integer(dimensions[place]))
        return numbers, matrices, dimensions

    def _gains(self, values: PointValues, point: _Point) -> dict[int, Any]:
        """The gains, from what the author says of pivots and traces."""
        derived = self.risk.derived
        made = self._made
        places = texts_of_numbers(made)
        told = {places[text]: point.value(e) for text, e in self.core.items()}
        run = Evaluation(made.book, values, told)
        return {place: run.polynomial(value)[0] for place, value in eliminated(derived.book.core).items()}

    # -- in floats ----------------------------------------------------------------------------------------------

    def _in_floats(self, claim: Claim, rng: random.Random) -> float:
        """The relative distance of formula and engine on the physical branch, at a random point."""
        drawn = (_Point(claim, lambda: 2 ** rng.uniform(-2, 4), float) for _ in range(TRIES))
        point = next((p for p in drawn if p.inside(claim)), None)
        if point is None:
            raise ClaimError(f"{claim.id}: {TRIES} random points in floats, and none is in the domain")
        book = self.risk.derived.book
        numbers, _, _ = self._values(point)
        given = {book.numbers[place].name: value for place, value in numbers.items()}
        given |= {name: point.along(e).astype(float) for name, e in self.matrices.items()}
        kinds = self.risk.names
        found = self.risk.on(**{k: v for k, v in given.items() if k in kinds})
        statement = claim.statement
        assert isinstance(statement, Compare)
        right = float(point.value(statement.rhs))
        return abs(float(found.total) - right) / abs(right)


class _ResidueVectors(Residues):
    """Joint eigenvalues that are residues."""

    def identity(self, size: int) -> Any:
        """The identity."""
        return np.array([nmod(1, PRIME)] * size, dtype=object)

    def times(self, a: Any, b: Any) -> Any:
        """The product."""
        return a * b

    def inverse(self, a: Any) -> Any:
        """The inverse."""
        return np.array([1 / x for x in a], dtype=object)

    def trace(self, a: Any, b: Any) -> Any:
        """tr(a b)."""
        return sum(a * b, nmod(0, PRIME))

    def turned(self, a: Any) -> Any:
        """The transpose."""
        return a


class _Point:
    """Random values of a claim's symbols, where its given equations hold; each is solved where it is linear."""

    def __init__(self, claim: Claim, draw: Any, number: Any) -> None:
        self.number = number
        self.numbers: dict[sp.Symbol, Any] = {}
        self.levels: dict[sp.Symbol, Any] = {}
        for s in claim.domain.symbols:
            along = letters_along(s)
            for letter in along.symbols if along is not None else ():
                self.levels[letter] = np.array([draw() for _ in range(LEVELS)], dtype=object)
            if along is None:
                self.numbers[s] = draw()
        told: set[sp.Symbol] = set()
        for equation in claim.given:
            order = sorted(_free(equation.residual), key=lambda s: s != equation.unknown)
            open_ = (s for s in order if s in self.numbers and s not in told)
            s = next((s for s in open_ if _linear(equation.residual, s)), None)
            told |= equation.free_symbols
            if s is None:
                raise ClaimError(f"{claim.id}: no symbol in which the equation for {equation.unknown} is linear")
            zero, one = (self.value(equation.residual, {s: number(sp.Integer(k))}) for k in (0, 1))
            self.numbers[s] = zero / (zero - one)
        self.by_name = {s.name: v for s, v in self.numbers.items()}

    def inside(self, claim: Claim) -> bool:
        """Whether the numbers have the signs that their symbols declare, and satisfy the conditions."""
        return all(v > 0 for s, v in self.numbers.items() if s.is_nonnegative) and all(
            Relation(c.relation)(self.value(c.lhs) - self.value(c.rhs)) for c in claim.domain.conditions
        )

    def along(self, e: sp.Expr) -> Any:
        """The values of an expression in letters, level by level."""
        found = self.value(e, self.levels)
        return found if isinstance(found, np.ndarray) else np.array([found] * LEVELS, dtype=object)

    def value(self, e: sp.Expr, more: Mapping[sp.Symbol, Any] | None = None) -> Any:
        """The value of a formula: sums, products, integer powers, and sums over levels."""
        known = {**self.numbers, **(more or {})}
        if isinstance(e, Total):
            inside = self.value(e.summand, {**(more or {}), **self.levels})
            return sum(inside) if isinstance(inside, np.ndarray) else inside * self.number(sp.Integer(LEVELS))
        if e.is_Rational:
            return self.number(e)
        if e.is_Symbol and e in known:
            return known[e]
        parts = [self.value(a, more) for a in e.args if not (e.is_Pow and a is e.exp)]
        if e.is_Add:
            return sum(parts[1:], parts[0])
        if e.is_Mul:
            found = parts[0]
            for part in parts[1:]:
                found = found * part
            return found
        if e.is_Pow and e.exp.is_Integer:
            base = parts[0]
            return base ** int(e.exp) if e.exp > 0 else (1 / base) ** int(-e.exp)
        raise ClaimError(f"{e} is no sum, product or integer power; write the formula with these")


def _free(e: sp.Expr) -> list[sp.Symbol]:
    return sorted(e.free_symbols, key=lambda s: (not s.is_integer, str(s)))


def _linear(e: sp.Expr, s: sp.Symbol) -> bool:
    """Whether a formula is linear in a symbol that stands in no sum over levels."""
    outside = e.xreplace({t: sp.Dummy() for t in e.atoms(Total) if not t.has(s)})
    return not outside.atoms(Total) and outside.has(s) and sp.diff(outside, s, 2) == 0
