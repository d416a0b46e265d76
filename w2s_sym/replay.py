"""Check a list of boxes that proves an inequality, with nothing but arb and the list.

The record says F > 0 inside a domain. F is a tree of fractions, ["var", i], ["add" | "mul", trees], ["pow", tree, whole
number], ["exp" | "log", tree]. It vanishes where a variable is at one of its ``zeros``, which are ends of its range; a
box may divide F by the distances of a variable to its zeros. That quotient is the k-th derivative over k! somewhere
between the zeros and the point (Hermite, Genocchi), the remainder of a Taylor series: power series with intervals for
coefficients enclose it. What is not checked here, by who reads the list: that F has these zeros and is the claim's.
"""

import hashlib
import json
from fractions import Fraction
from functools import reduce
from itertools import product
from math import factorial, inf
from typing import Any

from flint import arb, ctx, fmpq

Interval = tuple[arb, arb]  # exact ends, infinite ones included
Jet = dict[tuple[int, ...], Interval]
INF = arb("inf")


def exact(q: Fraction | float) -> Interval:
    value = arb(fmpq(q.numerator, q.denominator)) if isinstance(q, Fraction) else arb(q)
    return value.lower(), value.upper()


def mul(a: Interval, b: Interval) -> Interval:
    ends = [arb(0) if x == 0 or y == 0 else x * y for x in a for y in b]
    return min(e.lower() for e in ends), max(e.upper() for e in ends)


def plus(u: Jet, v: Jet) -> Jet:
    both = {k: ((u[k][0] + v[k][0]).lower(), (u[k][1] + v[k][1]).upper()) for k in u.keys() & v.keys()}
    return u | v | both


def times(u: Jet, v: Jet, top: tuple[int, ...]) -> Jet:
    result: Jet = {}
    for (i, a), (j, b) in product(u.items(), v.items()):
        k = tuple(p + q for p, q in zip(i, j, strict=True))
        if all(p <= q for p, q in zip(k, top, strict=True)):
            result = plus(result, {k: mul(a, b)})
    return result


def taylor(name: str, a: Interval, count: int) -> list[Interval]:
    """Enclosures of the first Taylor coefficients of exp, log or 1/x ("inv") at all points of an interval."""
    if name == "exp":
        at = (arb(0) if a[0] == -INF else a[0].exp().lower()), (INF if a[1] == INF else a[1].exp().upper())
        return [mul(at, exact(Fraction(1, factorial(k)))) for k in range(count)]
    if not a[0] > 0 and (name == "log" or not a[1] < 0):
        raise ArithmeticError(f"{name} of an interval that contains zero or less")
    inverse = [((1 / a[1]).lower(), (1 / a[0]).upper())]
    for _ in range(count):
        inverse.append(mul(inverse[-1], mul(inverse[0], exact(-1.0))))
    if name == "inv":
        return inverse[:count]
    at = a[0].log().lower(), (INF if a[1] == INF else a[1].log().upper())
    return [at, *(mul(inverse[k - 1], exact(Fraction(1, k))) for k in range(1, count))]


def evaluate(tree: Any, x: list[Jet], top: tuple[int, ...]) -> Jet:
    zero = (0,) * len(top)
    if isinstance(tree, str):
        return {zero: exact(Fraction(tree))}
    name, *rest = tree
    if name == "var":
        return x[rest[0]]
    parts = [evaluate(t, x, top) for t in (rest[:1] if name == "pow" else rest)]
    if name == "add":
        return reduce(plus, parts)
    if name == "pow":
        name, parts = ("mul" if rest[1] > 0 else "inv"), parts * abs(rest[1])
    product_ = reduce(lambda u, v: times(u, v, top), parts)
    if name == "mul":
        return product_
    series = taylor(name, product_[zero], sum(top) + 1)
    small, result = {k: v for k, v in product_.items() if k != zero}, {zero: series[-1]}
    for coefficient in reversed(series[:-1]):
        result = plus(times(result, small, top), {zero: coefficient})
    return result


def lower(record: dict[str, Any], box: list[list[Fraction | float]], divide: list[int]) -> arb:
    """Over the box, F divided by the distances to the zeros of the variables in ``divide`` is this or more."""
    top = tuple(len(z) if i in divide else 0 for i, z in enumerate(record["zeros"]))
    x: list[Jet] = []
    above = 0
    for i, (ends, zeros) in enumerate(zip(box, record["zeros"], strict=True)):
        points = [*ends, *(Fraction(c) for c in zeros if i in divide)]
        above += sum(c > box[i][0] for c in points[2:])
        unit = tuple(int(i == j) for j in range(len(top)))
        x.append({(0,) * len(top): (exact(min(points))[0], exact(max(points))[1]), unit: exact(1.0)})
    least, most = evaluate(record["function"], x, top).get(top, exact(0.0))
    return least if above % 2 == 0 else -most


def covered(region: list[list[Fraction | float]], boxes: list[list[list[Fraction | float]]]) -> bool:
    """Whether closed boxes leave no gap in a closed region: it is cut at an edge of a box until each part is in one."""
    if any(all(b[0] <= r[0] and r[1] <= b[1] for b, r in zip(box, region, strict=True)) for box in boxes):
        return True
    for box in boxes[len(boxes) // 2 :] + boxes[: len(boxes) // 2]:
        for i, (r, b) in enumerate(zip(region, box, strict=True)):
            for edge in (e for e in b if r[0] < e < r[1]):
                halves = [[*region[:i], half, *region[i + 1 :]] for half in ([r[0], edge], [edge, r[1]])]
                return all(covered(h, [o for o in boxes if o[i][0] < h[i][1] and h[i][0] < o[i][1]]) for h in halves)
    return False


def digest(record: dict[str, Any]) -> str:
    content = {k: v for k, v in record.items() if k != "digest"}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def replay(record: dict[str, Any]) -> list[str]:
    """What is wrong with a record; nothing when its boxes prove its inequality. ``null`` is an infinite end."""
    faults = [] if digest(record) == record["digest"] else ["the digest is not that of the record"]
    number = lambda t: inf if t is None else Fraction(t)  # noqa: E731
    region = [[number(t) for t in ends] for ends in record["domain"]]
    if not all(Fraction(c) in ends for zeros, ends in zip(record["zeros"], region, strict=True) for c in zeros):
        faults.append("a zero is not an end of the domain")
    boxes = [[[number(t) for t in ends] for ends in item["box"]] for item in record["boxes"]]
    if not covered(region, boxes):
        faults.append("the boxes leave a gap")
    with ctx.workprec(record["bits"]):
        for position, (item, box) in enumerate(zip(record["boxes"], boxes, strict=True)):
            try:
                shown = Fraction(item["bound"]) > 0 and lower(record, box, item["divide"]) >= exact(Fraction(item["bound"]))[1]
            except ArithmeticError:
                shown = False
            if not shown:
                faults.append(f"box {position}: the bound {item['bound']} is not shown")
    return faults
