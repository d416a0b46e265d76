"""Branch and bound: a list of boxes that proves an inequality, or an exact point at which it is false."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, count
from typing import Any

import sympy as sp
from flint import ctx

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.comparisons import compare_at, point_text, rival_comparison
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import ClaimError, Compare
from w2s_sym.evidence.certificate.problem import BoxProblem, Ends, gap
from w2s_sym.evidence.certificate.record_text import endpoint, endpoint_text, inner, tree
from w2s_sym.formula.balls import At, Place, UndefinedError, UnsupportedError
from w2s_sym.kernel.boxes import ZeroLists, quotient
from w2s_sym.kernel.enclosures import coefficient
from w2s_sym.kernel.records import Box, Formula, read_tree

# Points at which a counter-example is sought before any box is looked at.
REFUTATION_POINTS = 2000
# A half-line whose bound needs a start beyond this has none for all that boxes can tell.
FAR = Fraction(2) ** 64
# The longest expansion that is tried on a half-line: exponentials beat a power of less than this order.
LONGEST = 8
# Bits of a value at a single point: corners are approached to 2^-40, where sides agree to many digits.
POINT_BITS = 256
# -- branch and bound -----------------------------------------------------------------------------------------


def _short(end: Any) -> str:
    """An end of a box to read: in full when it is short, else to three digits."""
    endpoint_text = str(end)
    return endpoint_text if len(endpoint_text) <= 12 else f"{float(end):.3g}"


def search(problem: BoxProblem, claim: Claim, budget: int, bits: int) -> list[dict[str, Any]] | Finding:
    """Boxes with their bounds, or the Finding that there are none.

    Taken in turn are the box with the worst bound and the oldest one: a box that never has a bound stops no other.
    """
    function, zeros, root = problem.formula(), problem.nodes(), problem.ends()
    order = count()
    pending: dict[int, tuple[float, list[Ends]]] = {}
    worst: list[tuple[float, int]] = []
    oldest: deque[int] = deque()
    done: list[dict[str, Any]] = []

    def put(bound: float, box: list[Ends]) -> None:
        n = next(order)
        pending[n] = bound, box
        heapq.heappush(worst, (bound, n))
        oldest.append(n)

    def take(turn: int) -> list[Ends]:
        n = -1
        while n not in pending:
            n = oldest.popleft() if turn % 2 else heapq.heappop(worst)[1]
        return pending.pop(n)[1]

    put(-math.inf, root)
    with ctx.workprec(bits):
        for turn in range(budget):
            if not pending:
                break
            box = take(turn)
            bound, how = _best(function, zeros, box)
            if bound > 0:
                done.append({"box": [[endpoint_text(e) for e in ends] for ends in box], **how, "bound": _down(bound)})
                continue
            for point in _ends(box):
                found = _falsified(problem, claim, function, point)
                if found is not None:
                    return found
            if any(
                math.inf in (-ends[0], ends[1]) and _beyond(ends, whole) > FAR
                for ends, whole in zip(box, root, strict=True)
            ):
                return _open(problem, box, f"no bound is found for {_told(problem, box)}", turn + 1)
            for half in _halves(box, root):
                put(bound, half)
    if not pending:
        return sorted(done, key=lambda item: [endpoint(e) for ends in item["box"] for e in ends])
    _, box = min(pending.values(), key=lambda p: p[0])
    return _open(problem, box, f"{budget} boxes are not enough; the worst one left is {_told(problem, box)}", budget)


def _told(problem: BoxProblem, box: list[Ends]) -> str:
    return ", ".join(f"{s} in [{_short(a)}, {_short(b)}]" for s, (a, b) in zip(problem.variables, box, strict=True))


def _open(problem: BoxProblem, box: list[Ends], what: str, looked: int) -> Finding:
    """The Finding of a search that ended without an answer; it names where, and what could help."""
    at_zero = any(a in ends or b in ends for (a, b), ends in zip(box, problem.ends(), strict=True))
    advice = "name a factor, change variables, give a better shape as function=, or raise budget or bits"
    if any(math.inf in (-a, b) for a, b in box):
        advice = "name the factor by which the difference falls or grows there, or change variables"
    elif at_zero:
        advice = "name the factor by which the difference vanishes there or change variables; else raise budget or bits"
    detail = {"worst": [[str(e) for e in ends] for ends in box], "boxes": looked, "decide": {"text": advice}}
    return Finding("certificate", Verdict.INCONCLUSIVE, f"{what}: {advice}", detail, next_move=advice)


def _best(function: Formula, zeros: ZeroLists, box: list[Ends]) -> tuple[float, dict[str, Any]]:
    """The first positive lower bound on a box, else the largest, and how it is found.

    Tried are all sets of variables whose zeros are divided out, and the best of them by the mean value theorem; on
    half-lines also by longer expansions.
    """
    vanishing = [i for i, nodes in enumerate(zeros) if nodes]
    sets = [list(c) for k in range(len(vanishing), -1, -1) for c in combinations(vanishing, k)]
    best: tuple[float, dict[str, Any]] = (-math.inf, {"divide": sets[0], "order": 0})

    def try_all(sets: list[list[int]], order: int) -> bool:
        nonlocal best
        for divide in sets:
            bound = _bound(function, zeros, box, divide, order)
            if bound > best[0]:
                best = bound, {"divide": divide, "order": order}
            if bound > 0:
                return True
        return False

    if try_all(sets, 0):
        return best
    kept = [best[1]["divide"], []] if best[1]["divide"] else [[]]
    orders = range(2, LONGEST + 1) if len(box) == 1 and any(math.isinf(e) for e in box[0]) else ()
    any(try_all(kept, order) for order in (1, *orders))
    return best


def _bound(function: Formula, zeros: ZeroLists, box: list[Ends], divide: list[int], order: int) -> float:
    try:
        return float(quotient(function, zeros, _boxed(box), tuple(divide), order)[0])
    except ArithmeticError:
        return -math.inf


def _boxed(box: list[Ends]) -> Box:
    return tuple((low, high) for low, high in box)


def _halves(box: list[Ends], root: list[Ends]) -> Iterator[list[Ends]]:
    """The box cut in the middle of the side that is longest for its range; a half-line is cut off beyond its start."""

    def share(i: int) -> float:
        (a, b), (low, high) = box[i], root[i]
        if math.inf in (-a, b):
            return 1 / (1 + math.log2(1 + _beyond(box[i], root[i])))
        if math.inf in (-low, high):
            return float(b - a) / (1 + float(min(_beyond([a, math.inf], root[i]), _beyond([-math.inf, b], root[i]))))
        return float(b - a) / float(high - low)

    i = max(range(len(box)), key=share)
    a, b = box[i]
    if math.inf in (-a, b):
        step = 1 + _beyond(box[i], root[i])
        middle = Fraction(0) if -a == b else a + step if b == math.inf else b - step
    else:
        middle = (a + b) / 2
    yield [*box[:i], [a, middle], *box[i + 1 :]]
    yield [*box[:i], [middle, b], *box[i + 1 :]]


def _beyond(ends: Ends, root: Ends) -> Fraction | float:
    """How far the start of a half-line is from the start of its range, or from zero when that has none."""
    a, b = ends
    start, first = (a, root[0]) if b == math.inf else (b, root[1])
    distance = Fraction(0) if math.isinf(start) else start if math.isinf(first) else start - first
    return max(distance, -distance)


# -- counter-examples -----------------------------------------------------------------------------------------


def counterexample(problem: BoxProblem, claim: Claim, run: Run) -> Finding | None:
    """A point at which the claim is false: at a closed end where the sides meet, or one of many inside."""
    function = problem.formula()
    middle = [inner(a, b) for a, b in problem.ends()]
    for s, c in problem.equal:
        there = [Fraction(str(c)) if s == v else m for v, m in zip(problem.variables, middle, strict=True)]
        found = _falsified(problem, claim, function, there)
        if found is None:
            raise ClaimError(f"{claim.id}: both sides are equal at {s} = {c}, which is in the domain")
        return found
    for point in (*_faces(problem, middle), *_samples(problem, run)):
        found = _falsified(problem, claim, function, point)
        if found is not None:
            return found
    return None


def _faces(problem: BoxProblem, middle: list[Fraction]) -> Iterator[list[Fraction]]:
    """The middle of each face of the domain, and its least and its greatest corner."""
    for i, ends in enumerate(problem.ends()):
        yield from ([*middle[:i], Fraction(e), *middle[i + 1 :]] for e in ends if not math.isinf(e))
    yield from _ends(problem.ends())


def false_rivals(problem: BoxProblem, claim: Claim, run: Run) -> tuple[tuple[int, ...], dict[str, Any]]:
    """Positions of the rivals that are false at some exact point of the domain, and these points."""
    assert isinstance(claim.statement, Compare)
    points: dict[int, dict[str, str]] = {}
    for position, rival in enumerate(claim.rivals):
        stated = rival_comparison(rival, claim.statement)
        if stated.relation in ("=", "!="):
            continue
        try:
            side = gap(stated).xreplace(dict(problem.relaxed)).xreplace(dict(problem.change))
            function = read_tree(tree(side, problem.variables), len(problem.variables))
        except (UnsupportedError, ValueError):
            continue  # a function or a symbol that only other evidence knows
        found = (_exact(problem, claim, stated, function, point) for point in _samples(problem, run))
        point = next((p for p in found if p is not None), None)
        if point is not None:
            points[position] = {str(s): str(v) for s, v in point.items()}
    shown = {"rivals_false_at": {str(claim.rivals[i]): p for i, p in points.items()}} if points else {}
    return tuple(points), shown


def _samples(problem: BoxProblem, run: Run) -> Iterator[list[Fraction]]:
    """Points inside the box, most of them near its faces at all scales: there the sides of an inequality part last."""
    rng = run.rng("certificate", "points")
    yield [inner(a, b) for a, b in problem.ends()]
    for tried in range(REFUTATION_POINTS):
        point = []
        for low, high in problem.ends():
            scale, side = Fraction(int(rng.integers(32, 64)), 64), int(rng.integers(4))
            power = int(rng.integers(0, min(40, 2 + tried // 25)))  # first far from the faces: simple ones are read
            near, far = scale / 2**power, 2 * scale * Fraction(2) ** (power // 4)
            if math.inf not in (-low, high):
                near *= high - low
                point.append(low + near if side % 2 else high - near)
            else:
                distance = near if side % 2 else far
                up = side < 2 if -low == high else high == math.inf
                start = Fraction(0) if -low == high else low if up else high
                point.append(start + distance if up else start - distance)
        yield point


def _ends(box: list[Ends]) -> Iterator[list[Fraction]]:
    """The middle of a box, and its least and its greatest corner where they are finite."""
    yield [inner(a, b) for a, b in box]
    for corner in zip(*box, strict=True):
        if math.inf not in map(abs, corner):
            yield [Fraction(e) for e in corner]


def _falsified(problem: BoxProblem, claim: Claim, function: Formula, values: list[Any]) -> Finding | None:
    """The Finding that the claim is false at a point, or one close by."""
    assert isinstance(claim.statement, Compare)
    point = _exact(problem, claim, claim.statement, function, values)
    if point is None:
        return None
    shown = {str(s): str(v) for s, v in point.items()}
    return Finding("certificate", Verdict.REFUTED, f"false at {point_text(point)}", {"counterexample": shown})


def _exact(
    problem: BoxProblem, claim: Claim, stated: Compare, function: Formula, values: list[Any]
) -> dict[sp.Symbol, sp.Expr] | None:
    """An exact point of the claim's domain, at or near these values, at which a comparison is certainly false.

    The simplest one within rounding of the values; None when the function is positive there.
    """
    try:
        with ctx.workprec(POINT_BITS):
            if coefficient(function, tuple((v, v) for v in values), (0,) * len(values))[0] > 0:
                return None
    except ArithmeticError:
        pass  # no value at this corner for the replayer: the exact evaluation decides
    for size in (10, 10**3, 10**6, 10**12, 10**40):
        near = {s: sp.Rational(str(v.limit_denominator(size))) for s, v in zip(problem.variables, values, strict=True)}
        for s, formula in problem.change.items():
            endpoint = sp.N(formula.xreplace(near), 60)
            if endpoint.is_Float and 10**-300 < endpoint < 10**300:
                near[s] = sp.Rational(str(Fraction(str(endpoint)).limit_denominator(size)))
        near |= {s: sp.Integer(round(near[real])) for s, real in problem.relaxed.items() if real in near}
        point = {s: near[s] for s in claim.domain.symbols if s in near}
        if len(point) == len(claim.domain.symbols) and claim.domain.contains(point):
            assert isinstance(stated.lhs, sp.Expr)
            if compare_at(Place(point, 40), stated.lhs, stated.relation, stated.rhs).truth is False:
                return point
    return None


def _down(bound: float) -> str:
    """A short dyadic number that is smaller by up to one eighth."""
    mantissa, exponent = math.frexp(min(bound, 2.0**60))
    return str(Fraction(math.floor(mantissa * 16 * 0.999), 16) * Fraction(2) ** exponent)


def require_agreement(problem: BoxProblem, boxes: list[dict[str, Any]]) -> None:
    """The bound of each box holds at a point of it by another evaluator, applied to the claim's own formula."""
    for item in boxes:
        box = [[endpoint(e) for e in ends] for ends in item["box"]]
        values = [inner(a, b) for a, b in box]
        point = {s: sp.Rational(str(v)) for s, v in zip(problem.variables, values, strict=True)}
        distances = [abs(point[problem.variables[i]] - c) for i in item["divide"] for c in problem.zeros[i]]
        bound = sp.Rational(item["bound"]) * sp.Mul(*distances) * problem.factor
        try:
            value = At(point, 60)(problem.difference - bound)
        except UndefinedError:
            continue
        if value < 0:
            raise ArithmeticError(
                f"at {point_text(point)} the bound {item['bound']} contradicts the claim's own formula"
            )
