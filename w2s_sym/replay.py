"""Check a list of boxes that proves an inequality, with nothing but arb and the list.

The record says F > 0 in a domain. F is a tree of fractions, ["var", i], ["add" | "mul", trees] and ["inv" | "exp" |
"log", tree]. It vanishes where a variable is at one of its ``zeros``, ends of its range, by which a box may divide. The
quotient is a derivative over k! between zeros and point (Hermite, Genocchi), enclosed by power series with intervals
for coefficients. What is left to who writes the list: that F has these zeros, and that it is the claim's.
"""

import hashlib
import json
from fractions import Fraction
from functools import reduce
from itertools import accumulate, product, repeat
from math import factorial, inf
from typing import Any

from flint import arb, ctx, fmpq

Interval = tuple[arb, arb]  # exact ends, infinite ones included
Jet = dict[tuple[int, ...], Interval]
INF, ZERO = arb("inf"), (arb(0), arb(0))


def between(*numbers: arb) -> Interval:
    ends = [(x.lower(), x.upper()) for x in numbers]
    if not all(low <= high for low, high in ends):
        raise ArithmeticError("infinity minus infinity")
    return min(low for low, _ in ends), max(high for _, high in ends)


def exact(q: Fraction | float) -> Interval:
    return between(INF if q == inf else arb(fmpq(*q.as_integer_ratio())))


def add(a: Interval, b: Interval) -> Interval:
    return between(a[0] + b[0], a[1] + b[1])


def mul(a: Interval, b: Interval) -> Interval:
    return between(*(arb(0) if x == 0 or y == 0 else x * y for x in a for y in b))


def times(u: Jet, v: Jet, top: tuple[int, ...]) -> Jet:
    result: Jet = {}
    for i, j in product(u, v):
        k = tuple(map(sum, zip(i, j, strict=True)))
        if all(a <= b for a, b in zip(k, top, strict=True)):
            result[k] = add(result.get(k, ZERO), mul(u[i], v[j]))
    return result


def taylor(name: str, a: Interval, count: int) -> list[Interval]:
    """Enclosures of the first Taylor coefficients of exp, log or 1/x ("inv") at all points of an interval."""
    if name == "exp":
        value = between(*(arb(0) if x == -INF else INF if x == INF else x.exp() for x in a))
        return [mul(value, exact(Fraction(1, factorial(k)))) for k in range(count)]
    if not a[0] > 0 and (name == "log" or not a[1] < 0):
        raise ArithmeticError(f"{name} of an interval that contains zero or less")
    powers = list(accumulate(repeat(between(1 / a[1], 1 / a[0]), count), mul))
    inverse = [mul(exact((-1) ** k), b) for k, b in enumerate(powers)]
    if name == "inv":
        return inverse
    first = between(*(INF if x == INF else x.log() for x in a))
    return [first, *(mul(inverse[k - 1], exact(Fraction(1, k))) for k in range(1, count))]


def evaluate(tree: Any, x: list[Jet], top: tuple[int, ...]) -> Jet:
    """The Taylor coefficients of a tree up to the orders ``top``, for those of its variables."""
    zero = (0,) * len(top)
    name, *rest = tree if isinstance(tree, list) else ("number", tree)
    if name in ("number", "var"):
        return x[rest[0]] if name == "var" else {zero: exact(Fraction(rest[0]))}
    parts = [evaluate(t, x, top) for t in rest]
    if name == "add":
        return reduce(lambda u, v: {k: add(u.get(k, ZERO), v.get(k, ZERO)) for k in u | v}, parts)
    inner = reduce(lambda u, v: times(u, v, top), parts)
    if name == "mul":
        return inner
    *series, result = ({zero: c} for c in taylor(name, inner.get(zero, ZERO), sum(top) + 1))
    steps = {k: v for k, v in inner.items() if k != zero}
    return reduce(lambda u, c: times(u, steps, top) | c, reversed(series), result)


def lower(record: dict[str, Any], box: list[Any], divide: list[int], centred: bool = False) -> arb:
    """Over the box, F divided by the distances to the zeros of the variables in ``divide`` is this or more."""
    zeros = [[Fraction(c) for c in zs if i in divide] for i, zs in enumerate(record["zeros"])]
    units = [tuple(int(i == j) for j in range(len(box))) for i in range(len(box))]
    hull = [[min(b[0], *z), max(b[1], *z)] if z else b for b, z in zip(box, zeros, strict=True)]

    def coefficients(ends: list[Any], top: tuple[int, ...]) -> Jet:
        x = [{(0,) * len(box): (exact(a)[0], exact(b)[1]), e: exact(1)} for (a, b), e in zip(ends, units, strict=True)]
        return evaluate(record["function"], x, top)

    top = tuple(map(len, zeros))
    middle = [[(a + b) / 2] * 2 for a, b in hull] if centred else hull
    found = coefficients(middle, top).get(top, ZERO)
    slopes = coefficients(hull, tuple(k + 1 for k in top)) if centred else {}
    for i, (a, b) in enumerate(hull if centred else ()):  # the mean value theorem around the middle
        slope = mul(exact(top[i] + 1), slopes.get((*top[:i], top[i] + 1, *top[i + 1 :]), ZERO))
        found = add(found, mul(slope, between(exact(a - middle[i][0])[0], exact(b - middle[i][0])[1])))
    return -found[1] if sum(c > b[0] for b, z in zip(box, zeros, strict=True) for c in z) % 2 else found[0]


def covered(region: list[Any], boxes: list[Any]) -> bool:
    """Whether closed boxes leave no gap in a closed region: it is cut at edges of boxes until each part is in one."""
    if any(all(b[0] <= r[0] and r[1] <= b[1] for b, r in zip(box, region, strict=True)) for box in boxes):
        return True
    cuts = [(i, e) for box in boxes for i, ends in enumerate(box) for e in ends if region[i][0] < e < region[i][1]]
    if not cuts:
        return False
    i, cut = cuts[len(cuts) // 2]
    halves = [[*region[:i], half, *region[i + 1 :]] for half in ([region[i][0], cut], [cut, region[i][1]])]
    return all(covered(h, [b for b in boxes if b[i][0] < h[i][1] and h[i][0] < b[i][1]]) for h in halves)


def digest(record: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps({**record, "digest": ""}, sort_keys=True).encode()).hexdigest()


def replay(record: dict[str, Any]) -> list[str]:
    """What is wrong with a record; nothing when its boxes prove its inequality. An end that is null is infinite."""
    region, *boxes = (
        [[inf if t is None else Fraction(t) for t in ends] for ends in box]
        for box in (record["domain"], *(item["box"] for item in record["boxes"]))
    )
    ends = all(Fraction(c) in r for zeros, r in zip(record["zeros"], region, strict=True) for c in zeros)
    faults = [] if digest(record) == record["digest"] else ["the digest is not that of the record"]
    faults += [] if ends else ["a zero is not an end of the domain"]
    faults += [] if covered(region, boxes) else ["the boxes leave a gap"]
    with ctx.workprec(record["bits"]):
        for item, box in zip(record["boxes"], boxes, strict=True):
            try:
                bound = Fraction(item["bound"])
                shown = bound > 0 and lower(record, box, item["divide"], item["centred"]) >= exact(bound)[1]
            except ArithmeticError:
                shown = False
            faults += [] if shown else [f"on {item['box']} the bound {item['bound']} is not shown"]
    return faults
