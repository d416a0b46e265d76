"""Inequalities proved on a box or a half-line by branch and bound, with a list of boxes that a short module replays.

Where both sides of an inequality meet on the boundary, no list of boxes is finite. The author therefore names the
factors by which the difference vanishes there; what is left is bounded away from zero by Taylor remainders. The list
goes into the Finding, and no verdict PROVED is given unless :mod:`w2s_sym.replay` accepts it after a trip through JSON.
"""

from __future__ import annotations

import heapq
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, count
from typing import Any

import sympy as sp
from flint import ctx

from w2s_sym.balls import At, Place, UndefinedError, UnsupportedError
from w2s_sym.checking import at, outcome
from w2s_sym.claim import Claim, ClaimError, Compare, Finding, Run, Verdict
from w2s_sym.domain import Condition, Domain
from w2s_sym.powers import same
from w2s_sym.replay import digest, lower, replay
from w2s_sym.signs import defined, proves

Range = tuple[sp.Expr, sp.Expr]
Ends = list[Fraction | float]


@dataclass(frozen=True, eq=False)
class Certificate:
    """Prove ``lhs < rhs`` (or <=, >, >=) everywhere on a domain that is a product of intervals.

    Parameters
    ----------
    substitute
        A change of variables: a symbol of the claim as a formula in one new symbol.
    ranges
        The open interval of each new symbol; its upper end may be ``oo``.
    factors
        Positive factors of the difference of the two sides. A power of a linear factor that vanishes at an end of a
        range is divided out by Taylor remainders, the others by algebra.
    function
        The difference divided by the factors of the other sort, in a shape that is good to enclose; worked out by
        expansion when None.
    budget
        How many boxes are looked at before the search gives up.
    bits
        Working precision.
    """

    substitute: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)
    ranges: Mapping[sp.Symbol, Range] = field(default_factory=dict)
    factors: tuple[sp.Expr, ...] = ()
    function: sp.Expr | None = None
    budget: int = 4000
    bits: int = 64

    kind = "certificate"

    def check(self, claim: Claim, run: Run) -> Finding:
        """PROVED with the list of boxes, REFUTED with an exact point, or INCONCLUSIVE with the worst box.

        Raises :class:`ClaimError` for a claim or a change of variables that this evidence cannot be about.
        """
        problem = prepare(self, claim)
        found = _search(problem, claim, self.budget, self.bits)
        if isinstance(found, Finding):
            return found
        record = {**problem.record(self.bits), "boxes": found}
        record["digest"] = digest(record)
        _require_agreement(problem, found)
        faults = replay(json.loads(json.dumps(record)))
        if faults:
            return Finding(self.kind, Verdict.INCONCLUSIVE, f"the replayer rejects the list: {faults[0]}")
        detail = {
            "change_of_variables": {str(s): str(e) for s, e in self.substitute.items()},
            "factors": [str(f) for f in self.factors],
            "function": str(problem.function),
            "record": record,
        }
        series = sum(bool(item["divide"]) for item in found)
        divided = f"; {', '.join(map(str, self.factors))} divided out" if self.factors else ""
        boxes = "1 box" if len(found) == 1 else f"{len(found)} boxes"
        text = f"{boxes}, {series} by series; the replayer accepts the list{divided}"
        return Finding(self.kind, Verdict.PROVED, text, detail)


# -- what is to be proved -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """``function > 0`` inside a box, where ``difference`` is the function times the positive ``factor``."""

    variables: tuple[sp.Symbol, ...]
    ranges: tuple[Range, ...]
    difference: sp.Expr
    factor: sp.Expr
    function: sp.Expr
    zeros: tuple[tuple[sp.Expr, ...], ...]
    change: Mapping[sp.Symbol, sp.Expr]

    def record(self, bits: int) -> dict[str, Any]:
        return {
            "variables": [str(s) for s in self.variables],
            "domain": [[_text(e) for e in ends] for ends in self.ranges],
            "function": tree(self.function, self.variables),
            "zeros": [[str(c) for c in zeros] for zeros in self.zeros],
            "bits": bits,
        }


def prepare(certificate: Certificate, claim: Claim) -> Problem:
    """The problem in the new variables; all that the replayer takes on trust is checked here, exactly."""
    statement = claim.statement
    if not isinstance(statement, Compare) or statement.relation in ("=", "!=") or claim.witness is not None:
        raise ClaimError(f"{claim.id}: a certificate proves an inequality on a whole domain")
    if not isinstance(statement.lhs, sp.Expr) or claim.given or claim.domain.points:
        raise ClaimError(f"{claim.id}: a certificate is about two formulas on a box, with nothing given")
    old = _ranges(claim)
    added = {s: (sp.sympify(a, strict=True), sp.sympify(b, strict=True)) for s, (a, b) in certificate.ranges.items()}
    clash = sorted(str(s) for s in set(old) & set(added))
    if clash:
        raise ClaimError(f"{claim.id}: {', '.join(clash)} is in the domain already; name a new symbol")
    for s, formula in certificate.substitute.items():
        _require_onto(claim, s, old.pop(s), formula, added)
    ranges = {s: (low, high) for s, (low, high, _, _) in old.items()} | added
    variables = tuple(sorted(ranges, key=lambda s: str(s.name)))
    inside = _box(variables, ranges)
    gap = statement.rhs - statement.lhs if statement.relation[0] == "<" else statement.lhs - statement.rhs
    difference = gap.xreplace(dict(certificate.substitute))
    factor: sp.Expr = sp.Integer(1)
    zeros: dict[sp.Symbol, list[sp.Expr]] = {s: [] for s in variables}
    for f in certificate.factors:
        root = _root(f, ranges)
        if root is not None:
            zeros[root[0]] += [root[1]] * root[2]
        elif f.is_positive or proves(f, ">", inside):
            factor *= f
        else:
            raise ClaimError(f"{claim.id}: the factor {f} is not shown to be positive")
    function = certificate.function
    if function is None:
        function = sp.powsimp(sp.expand(difference / factor))
    if not same(difference, factor * function):
        raise ClaimError(f"{claim.id}: {factor} times {function} is not the difference of the sides")
    guilty = defined(difference, inside)
    if guilty is not None:
        raise ClaimError(f"{claim.id}: {guilty} is not shown inside the box")
    for s, nodes in zeros.items():
        for c in set(nodes):
            for order in range(nodes.count(c)):
                if not same(sp.diff(function, s, order).subs(s, c), sp.Integer(0)):
                    raise ClaimError(f"{claim.id}: {function} has no zero of order {nodes.count(c)} at {s} = {c}")
            if len(statement.relation) == 1 and s in old and not old[s][2 if c == ranges[s][0] else 3]:
                raise ClaimError(f"{claim.id}: both sides are equal at {s} = {c}, which is in the domain")
    return Problem(
        variables,
        tuple(ranges[s] for s in variables),
        difference,
        factor,
        function,
        tuple(tuple(sorted(zeros[s])) for s in variables),
        dict(certificate.substitute),
    )


def _ranges(claim: Claim) -> dict[sp.Symbol, tuple[sp.Expr, sp.Expr, bool, bool]]:
    """(low, high, low is left out, high is left out) of each symbol; raises ClaimError unless the domain is a box."""
    found = {}
    conditions = (*claim.domain.assumptions(), *claim.domain.conditions)
    for s in claim.domain.symbols:
        low, high = (-sp.oo, True), (sp.oo, True)
        for c in (c for c in conditions if s in c.free_symbols):
            gap = sp.expand(c.lhs - c.rhs)
            if c.free_symbols != {s} or c.relation in ("=", "!=") or sp.degree(gap, s) != 1:
                raise ClaimError(f"{claim.id}: the domain is no box: {c}")
            slope = gap.coeff(s)
            bound = -gap.coeff(s, 0) / slope, len(c.relation) == 1
            if (c.relation[0] == ">") == bool(slope > 0):
                low = max(low, bound)
            else:
                high = min(high, bound, key=lambda b: (b[0], not b[1]))
        found[s] = (low[0], high[0], low[1], high[1])
    return found


def _box(variables: tuple[sp.Symbol, ...], ranges: Mapping[sp.Symbol, Range]) -> Domain:
    """The open box as a domain."""
    conditions = []
    for s in variables:
        low, high = ranges[s]
        if not low.is_Rational or not (high.is_Rational or high == sp.oo) or low >= high:
            raise ClaimError(f"{s} runs from {low} to {high}; substitute a symbol with a rational lower end")
        conditions.append(Condition(s, ">", low))
        conditions += [] if high == sp.oo else [Condition(s, "<", high)]
    return Domain(variables, tuple(conditions))


def _require_onto(claim: Claim, s: sp.Symbol, range_: Any, formula: sp.Expr, ranges: Mapping[sp.Symbol, Range]) -> None:
    """A continuous formula whose limits at the ends of its range are those of ``s`` takes all values between."""
    if len(formula.free_symbols) != 1 or not formula.free_symbols <= set(ranges):
        raise ClaimError(f"{claim.id}: {s} must be a formula in one new symbol whose range is named")
    (new,) = formula.free_symbols
    low, high, low_open, high_open = range_
    guilty = defined(formula, _box((new,), ranges))
    limits = {sp.limit(formula, new, ranges[new][0], "+"), sp.limit(formula, new, ranges[new][1], "-")}
    if guilty is not None or limits != {low, high} or not (low_open and high_open):
        raise ClaimError(f"{claim.id}: {s} = {formula} is not shown to take exactly the values of {s}")
    tree(formula, (new,))  # elementary functions only: continuous where they are defined


def _root(f: sp.Expr, ranges: Mapping[sp.Symbol, Range]) -> tuple[sp.Symbol, sp.Expr, int] | None:
    """(variable, root, order) of a power of a linear factor that vanishes at an end of the range and nowhere else."""
    base, order = f.as_base_exp()
    if not (order.is_Integer and order > 0 and len(base.free_symbols) == 1):
        return None
    (s,) = base.free_symbols
    if s not in ranges or not base.is_polynomial(s) or sp.degree(base, s) != 1:
        return None
    slope, intercept = sp.Poly(base, s).all_coeffs()
    root = -intercept / slope
    positive = slope > 0 if root == ranges[s][0] else slope < 0
    return (s, root, int(order)) if root in ranges[s] and positive else None


def tree(node: sp.Expr, variables: tuple[sp.Symbol, ...]) -> Any:
    """The expression as nested lists that the replayer reads; raises :class:`UnsupportedError` for other functions."""
    if node.is_Symbol:
        return ["var", variables.index(node)]
    if node.is_Rational:
        return str(node)
    if isinstance(node, (sp.exp, sp.log)):
        return [type(node).__name__, tree(node.args[0], variables)]
    if node.is_Pow and node.exp.is_Integer:
        repeated = ["mul", *[tree(node.base, variables)] * abs(int(node.exp))]
        return repeated if node.exp > 0 else ["inv", repeated]
    if node.is_Pow:
        return ["exp", ["mul", tree(node.exp, variables), ["log", tree(node.base, variables)]]]
    if node.is_Add or node.is_Mul:
        # Numbers first in a fixed order: the list is the same in every process.
        parts = sorted(node.args, key=sp.default_sort_key)
        return ["add" if node.is_Add else "mul", *(tree(a, variables) for a in parts)]
    raise UnsupportedError(f"no certificate encloses {node.func.__name__} in {node}")


# -- branch and bound -----------------------------------------------------------------------------------------


def _short(end: Any) -> str:
    """An end of a box to read: in full when it is short, else to three digits."""
    text = str(end)
    return text if len(text) <= 12 else f"{float(end):.3g}"


def _search(problem: Problem, claim: Claim, budget: int, bits: int) -> list[dict[str, Any]] | Finding:
    """Boxes with their bounds, or the Finding that there are none."""
    stated = claim.statement
    assert isinstance(stated, Compare)
    assert isinstance(stated.lhs, sp.Expr)
    with ctx.workprec(bits):
        record = problem.record(bits)
        root = [[_number(e) for e in ends] for ends in record["domain"]]
        order = count()
        queue: list[tuple[float, int, list[Ends]]] = [(-math.inf, next(order), root)]
        done: list[dict[str, Any]] = []
        for _ in range(budget):
            if not queue:
                break
            _, _, box = heapq.heappop(queue)
            bound, how = _best(record, box)
            if bound > 0:
                done.append({"box": [[_text(e) for e in ends] for ends in box], **how, "bound": _down(bound)})
                continue
            for point in _points(problem, claim, box):
                seen = outcome(Place(point, 40), stated.lhs, stated.relation, stated.rhs)
                if seen.truth is False:
                    shown = {str(s): str(v) for s, v in point.items()}
                    return Finding("certificate", Verdict.REFUTED, f"false at {at(point)}", {"counterexample": shown})
            for half in _halves(box, root):
                heapq.heappush(queue, (bound, next(order), half))
        if not queue:
            return sorted(done, key=lambda item: [_number(e) for ends in item["box"] for e in ends])
    bound, _, box = min(queue)
    where = ", ".join(f"{s} in [{_short(a)}, {_short(b)}]" for s, (a, b) in zip(problem.variables, box, strict=True))
    text = f"{budget} boxes are not enough; the worst one left is {where}: name a factor or raise the budget"
    return Finding("certificate", Verdict.INCONCLUSIVE, text, {"worst": [[str(e) for e in ends] for ends in box]})


def _best(record: dict[str, Any], box: list[Ends]) -> tuple[float, dict[str, Any]]:
    """The first positive lower bound on a box, else the largest, and how it is found.

    Tried are all sets of variables whose zeros are divided out, as they stand and by the mean value theorem.
    """
    vanishing = [i for i, zeros in enumerate(record["zeros"]) if zeros]
    sets = [list(c) for k in range(len(vanishing), -1, -1) for c in combinations(vanishing, k)]
    finite = all(b != math.inf for _, b in box)
    best: tuple[float, dict[str, Any]] = (-math.inf, {})
    for centred in (False, True) if finite else (False,):
        for divide in sets:
            try:
                bound = float(lower(record, box, divide, centred))
            except ArithmeticError:
                continue
            if bound > best[0]:
                best = bound, {"divide": divide, "centred": centred}
            if bound > 0:
                return best
    return best


def _halves(box: list[Ends], root: list[Ends]) -> Iterator[list[Ends]]:
    """The box cut in the middle of the side that is longest for its range; a half-line is cut off beyond its start."""

    def share(i: int) -> float:
        (a, b), (low, high) = box[i], root[i]
        if b == math.inf:
            return 2.0
        return float(b - a) / float(high - low) if high != math.inf else float(b - a) / (1 + float(a - low))

    i = max(range(len(box)), key=share)
    a, b = box[i]
    middle = 2 * a - root[i][0] + 1 if b == math.inf else (a + b) / 2
    yield [*box[:i], [a, middle], *box[i + 1 :]]
    yield [*box[:i], [middle, b], *box[i + 1 :]]


def _points(problem: Problem, claim: Claim, box: list[Ends]) -> Iterator[dict[sp.Symbol, sp.Expr]]:
    """Exact points of the claim's domain at the middle and the corners of a box."""
    centre = [(a + b) / 2 if b != math.inf else a + 1 for a, b in box]
    for values in (centre, [a for a, _ in box], [b for _, b in box]):
        if math.inf in values:
            continue
        here = {s: sp.Rational(str(v)) for s, v in zip(problem.variables, values, strict=True)}
        moved = {}
        for s, formula in problem.change.items():
            number = sp.N(formula.xreplace(here), 30)
            if number.is_Float and number.is_finite:
                moved[s] = sp.Rational(Fraction(str(number)).limit_denominator(10**15))
        point = {s: v for s, v in {**here, **moved}.items() if s in claim.domain.symbols}
        if len(point) == len(claim.domain.symbols) and claim.domain.contains(point):
            yield point


def _require_agreement(problem: Problem, boxes: list[dict[str, Any]]) -> None:
    """The bound of each box holds at a point of it by another evaluator, applied to the claim's own formula."""
    for item in boxes:
        box = [[_number(e) for e in ends] for ends in item["box"]]
        values = [(a + b) / 2 if b != math.inf else a + 1 for a, b in box]
        point = {s: sp.Rational(str(v)) for s, v in zip(problem.variables, values, strict=True)}
        distances = [abs(point[problem.variables[i]] - c) for i in item["divide"] for c in problem.zeros[i]]
        bound = sp.Rational(item["bound"]) * sp.Mul(*distances) * problem.factor
        try:
            value = At(point, 60)(problem.difference - bound)
        except UndefinedError:
            continue
        if value < 0:
            raise ArithmeticError(f"at {at(point)} the bound {item['bound']} contradicts the claim's own formula")


def _number(text: str | None) -> Fraction | float:
    return math.inf if text is None else Fraction(text)


def _text(end: Any) -> str | None:
    return None if end in (sp.oo, math.inf) else str(end)


def _down(bound: float) -> str:
    """A short dyadic number that is smaller by up to one eighth."""
    mantissa, exponent = math.frexp(min(bound, 2.0**60))
    return str(Fraction(math.floor(mantissa * 16 * 0.999), 16) * Fraction(2) ** exponent)
