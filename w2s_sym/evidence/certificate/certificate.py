"""Inequalities proved on a box or a half-line by branch and bound, with a list of boxes that a short module replays.

Where both sides of an inequality meet on the boundary, no list of boxes is finite. The author therefore names the
factors by which the difference vanishes there; what is left is bounded away from zero by Taylor remainders. The list
goes into the Finding, and no verdict PROVED is given unless :mod:`w2s_sym.kernel.boxes` accepts it after a trip through
JSON.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import sympy as sp

from w2s_sym.claims.chain import Line
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.points import admissible_points
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import ClaimError, Compare
from w2s_sym.evidence.certificate.branch_and_bound import counterexample, false_rivals, require_agreement, search
from w2s_sym.evidence.certificate.problem import BoxProblem, Range, gap, linear_root, prepare
from w2s_sym.formula.balls import UnsupportedError
from w2s_sym.formula.conditions import DomainError
from w2s_sym.formula.notation import latex
from w2s_sym.formula.size import TooLargeError
from w2s_sym.formula.typed import typed
from w2s_sym.kernel.boxes import replay

# Boxes for a first try of every factor.
FEW = 250


@typed
@dataclass(frozen=True, eq=False)
class Certificate(Evidence):
    """Prove ``lhs < rhs`` (or <=, >, >=) everywhere on a domain that is a product of intervals.

    Known are +, -, *, /, powers of what is positive, exp, log, sinh, cosh, tanh and the numbers e and pi.

    Parameters
    ----------
    substitute
        A change of variables: a symbol of the claim as a formula in one new symbol.
    ranges
        The open interval of each new symbol; its upper end may be ``oo``.
    factors
        Positive factors of the difference of the two sides. A power of a linear factor that vanishes at an end of a
        range is divided out by Taylor remainders, the others by algebra. With none, such are sought.
    function
        The difference divided by the factors of the other sort, in a shape that is good to enclose; worked out by
        expansion when None.
    budget
        How many boxes are looked at before the search gives up.
    bits
        Working precision.

    Raises ValueError for parameters that are none of these.
    """

    substitute: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)
    ranges: Mapping[sp.Symbol, Range] = field(default_factory=dict)
    factors: tuple[sp.Expr, ...] = ()
    function: sp.Expr | None = None
    budget: int = 2000
    bits: int = 64

    kind = "certificate"

    def __post_init__(self) -> None:
        for name, value, least, most in (("budget", self.budget, 1, 10**7), ("bits", self.bits, 32, 10**4)):
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
                raise ValueError(f"Certificate({name}={value!r}): needs an integer from {least} to {most}")
        for name, given in (("substitute", self.substitute), ("ranges", self.ranges)):
            if not isinstance(given, Mapping) or not all(isinstance(s, sp.Symbol) for s in given):
                raise ValueError(f"Certificate({name}={given!r}): needs a mapping whose keys are symbols")
        if not isinstance(self.factors, (tuple, list)):
            raise ValueError(f"Certificate(factors={self.factors!r}): needs a tuple, also of one factor: (x,)")
        for s, pair in self.ranges.items():
            if not isinstance(pair, (tuple, list)) or len(pair) != 2:
                raise ValueError(f"Certificate(ranges={{{s}: {pair!r}}}): needs the two ends of an interval")
        named = [*self.substitute.values(), *self.factors, *(e for pair in self.ranges.values() for e in pair)]
        for value in named if self.function is None else [*named, self.function]:
            if not isinstance(value, (sp.Expr, int, Fraction)) or isinstance(value, bool):
                raise ValueError(f"Certificate: {value!r} is no formula; write it with the claim's symbols and numbers")

    def accepts(self, claim: Claim) -> str | None:
        """Refuses all but an inequality between two formulas on a whole domain, with nothing given."""
        statement = claim.statement
        if not isinstance(statement, Compare) or statement.relation in ("=", "!=") or claim.witness is not None:
            return "a certificate proves an inequality on a whole domain"
        if not isinstance(statement.lhs, sp.Expr) or claim.given or claim.domain.points:
            return "a certificate is about two formulas on a box, with nothing given"
        return None

    def check(self, claim: Claim, run: Run) -> Finding:
        """PROVED with the list of boxes, REFUTED with an exact point, or INCONCLUSIVE with the worst box.

        Rivals that are false at some exact point of the domain are refuted. Raises :class:`ClaimError` for a claim or
        a change of variables that this evidence cannot be about.
        """
        self.require_accepted(claim)
        try:
            problem = self._problem(claim, run)
            if isinstance(problem, Finding):
                return problem
            # A box of real numbers may hold no point of the domain, whose numbers are whole.
            next(iter(admissible_points(claim, run.rng("a point"), 1)))
            refuted, shown = false_rivals(problem, claim, run)
            found = counterexample(problem, claim, run) or self._search(problem, claim)
        except (UnsupportedError, TooLargeError) as error:
            return Finding(self.kind, Verdict.INCONCLUSIVE, f"{error}; give the claim other evidence")
        except DomainError as error:
            return Finding(self.kind, Verdict.INCONCLUSIVE, f"no point is shown to be admissible: {error}")
        if isinstance(found, Finding):
            return replace(found, detail={**found.detail, **shown}, refuted=refuted)
        problem, boxes = found
        record = {**problem.record(self.bits), "boxes": boxes}
        require_agreement(problem, boxes)
        faults = replay(json.loads(json.dumps(record)))
        if faults:
            text = f"the replayer rejects the list: {faults[0]}"
            return Finding(self.kind, Verdict.INCONCLUSIVE, text, shown, refuted)
        detail = {
            "change_of_variables": {str(s): str(e) for s, e in problem.change.items()},
            "ranges": {str(s): [str(a), str(b)] for s, (a, b) in zip(problem.variables, problem.ranges, strict=True)},
            "factors": [str(f) for f in problem.factors],
            "function": str(problem.function),
            **shown,
            "taken_on_trust": "by the replayer: that the claim follows when the function is positive inside the "
            "ranges, and not negative at its zeros; shown by computer algebra, as lines that are checked",
            "record": record,
        }
        series = sum(bool(item["divide"]) for item in boxes)
        divided = f"; {', '.join(map(str, problem.factors))} divided out" if problem.factors else ""
        many = "1 box" if len(boxes) == 1 else f"{len(boxes)} boxes"
        beaten = f"; {len(refuted)} of {len(claim.rivals)} rivals refuted" if claim.rivals else ""
        text = f"{many}, {series} by series; the replayer accepts the list{divided}{beaten}"
        return Finding(self.kind, Verdict.PROVED, text, detail, refuted)

    def faults(self, claim: Claim, record: dict[str, Any]) -> list[str]:
        """What is wrong with a list of boxes as a proof of the claim; nothing when it is one.

        The list is the entry ``record`` of a finding's detail, also after a trip through JSON. Raises
        :class:`ClaimError` like :meth:`check`.
        """
        allowed = [p.record(self.bits) for p in self._problems(self._prepare(claim), claim)]
        stated = {k: v for k, v in record.items() if k != "boxes"} if isinstance(record, dict) else record
        foreign = [] if stated in allowed else ["the list is about another function, other zeros or another domain"]
        return foreign + replay(record)

    def boxes(self, claim: Claim) -> tuple[BoxProblem, list[dict[str, Any]]] | None:
        """What is to be proved box by box, and boxes that do it, without a replay; None when the search ends without.

        Raises :class:`ClaimError` like :meth:`check`, and ``UnsupportedError`` for a function that is not known.
        """
        self.require_accepted(claim)
        found = self._search(self._prepare(claim), claim)
        return None if isinstance(found, Finding) else found

    def _prepare(self, claim: Claim, tried: tuple[sp.Expr, ...] | None = ()) -> BoxProblem:
        return prepare(claim, self.substitute, self.ranges, tuple(self.factors), self.function, tried)

    def _problems(self, problem: BoxProblem, claim: Claim) -> Iterator[BoxProblem]:
        """The problem; when no factors are named, then also with one by which the difference may fall, and bare."""
        yield problem
        if not self.factors and self.function is None:
            for tried in problem.known_factors():
                with contextlib.suppress(ClaimError):  # no factor after all
                    yield self._prepare(claim, tried)
            if problem.factors:
                yield self._prepare(claim, None)

    def _search(self, problem: BoxProblem, claim: Claim) -> tuple[BoxProblem, list[dict[str, Any]]] | Finding:
        """A problem with its list of boxes; each is tried with few boxes before the first is given all of them."""
        for one in self._problems(problem, claim):
            found = search(one, claim, min(self.budget, FEW), self.bits)
            if not isinstance(found, Finding):
                return one, found
            if found.verdict is Verdict.REFUTED:
                return found
        found = search(problem, claim, self.budget, self.bits)
        return found if isinstance(found, Finding) else (problem, found)

    def _problem(self, claim: Claim, run: Run) -> BoxProblem | Finding:
        """The problem; a counter-example instead, when the factors do not fit because the claim is false."""
        try:
            return self._prepare(claim)
        except ClaimError as error:
            if not self.factors and self.function is None:
                raise
            found = counterexample(replace(self, factors=(), function=None)._prepare(claim), claim, run)
            if found is None:
                raise error from None
            return found

    def lines(self, claim: Claim, proved: bool = False) -> tuple[Line, ...]:
        """From the difference of the sides to the function that the boxes bound, for the reader.

        Each line is an equality that is checked here; the sign in the last one is what :meth:`check` shows.
        """
        problem, stated = self._prepare(claim), claim.statement
        assert isinstance(stated, Compare)  # prepare refuses any other
        lines = [Line.of(gap(stated), "", "the difference whose sign is to be shown")]
        ranges = dict(zip(problem.variables, problem.ranges, strict=True))
        changes = []
        for s, e in problem.change.items():
            (new,) = e.free_symbols
            low, high = ranges[new]
            above, name = "" if low == -sp.oo else f"{latex(low)} < ", latex(new)
            ends = f"{above}{name} < {latex(high)}" if high != sp.oo else f"{name} > {latex(low)}" if above else ""
            changes.append(f"${latex(s)} = {latex(e)}$" + (f", ${ends}$" if ends else f", ${latex(new)}$ real"))
        if changes:
            lines.append(Line.of(problem.difference, "=", f"put {'; '.join(changes)}"))
        if problem.factors:
            rest = sp.Mul(
                *(f for f in problem.factors if linear_root(f, ranges) is None), problem.function, evaluate=False
            )
            divided = [f for f in problem.factors if linear_root(f, ranges) is not None]
            series = f"; {_listed(divided)} by series" if divided else ""
            lines.append(Line.of(rest, "=", f"divided out: {_listed(problem.factors)}{series}"))
        relation = ">" if len(stated.relation) == 1 else ">="
        lines.append(Line.of(sp.Integer(0), relation, "box by box"))
        return tuple(lines)


def _listed(formulas: Iterable[sp.Expr]) -> str:
    """Formulas as a sentence lists them."""
    return ", ".join(f"${latex(f)}$" for f in formulas)
