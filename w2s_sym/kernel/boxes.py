"""Check a list of boxes that proves F > 0 inside a box, but at its zeros, with nothing but arb and the list.

F is a tree of fractions, ["pi"], ["var", i], ["add" | "mul", trees], ["exp" | "log", tree] and ["pow", tree, fraction].
It vanishes where a variable is at one of its ``zeros``, ends of its range or of even order, by which a box may divide:
the quotient is a derivative over k! between zeros and point (Hermite, Genocchi), enclosed by power series with
intervals for coefficients. Left to who wrote the list: that F is the claim's and defined inside, and that its zeros,
which are tried at points here, are exact.
"""

from fractions import Fraction
from functools import reduce
from itertools import product
from math import comb, factorial, inf, prod
from typing import Any

from flint import arb, ctx, fmpq

Interval = tuple[arb, arb]  # exact ends, infinite ones included
Jet = dict[tuple[int, ...], Interval]
INF, ZERO = arb("inf"), (arb(0), arb(0))


def between(*numbers: arb) -> Interval:
    """The smallest interval that contains all of these balls. Raises ``ArithmeticError`` for what is no number."""
    ends = [(x.lower(), x.upper()) for x in numbers]
    if not all(low <= high for low, high in ends):
        raise ArithmeticError("infinity minus infinity, or beyond a zero")
    return min(low for low, _ in ends), max(high for _, high in ends)


def exact(*numbers: Fraction | float) -> Interval:
    """The interval from the least to the largest of exact numbers or infinities."""
    return between(*(arb(q) if isinstance(q, float) else arb(fmpq(q.numerator, q.denominator)) for q in numbers))


def centre(a: Any, b: Any) -> Any:
    """The middle of a range; a finite end of a half-line; zero on the whole line."""
    return (a + b) / 2 if -inf < a and b < inf else a if -inf < a else b if b < inf else Fraction(0)


def plus(u: Jet, v: Jet) -> Jet:
    """The sum of two Taylor expansions, coefficient by coefficient."""
    return u | {k: between(*map(arb.__add__, u.get(k, ZERO), b)) for k, b in v.items()}


def times(u: Jet, v: Jet, top: tuple[int, ...]) -> Jet:
    """The product of two Taylor expansions, up to the orders ``top``; zero times anything is zero."""
    pairs = [(tuple(map(sum, zip(i, j, strict=True))), product(u[i], v[j])) for i, j in product(u, v)]
    kept = [(k, [x * y if x != 0 and y != 0 else arb(0) for x, y in ends]) for k, ends in pairs]
    return reduce(plus, ({k: between(*ends)} for k, ends in kept if all(map(int.__le__, k, top))), {})


def taylor(name: str, p: Fraction, a: Interval, k: int) -> Interval:
    """Encloses the Taylor coefficient of order k of exp, log (with p = 0) or x^p at all inner points of an interval."""
    if name == "exp":
        return between(*(arb(0) if x == -INF else INF if x == INF else x.exp() / factorial(k) for x in a))
    if not (a[0] >= 0 and a[1] > 0) and not (a[1] < 0 and p < 0 and p.denominator == 1):
        raise ArithmeticError(f"{name} of an interval that contains zero or less")
    if name == "log" and k == 0:
        return between(*(-INF if x == 0 else INF if x == INF else x.log() for x in a))
    scale = exact(prod((p - j) / (j + 1) for j in range(1 - ("log", "pow").index(name), k)))
    q = fmpq(*(p - k).as_integer_ratio())
    ends = [(arb(0) if (x == 0) == (p > k) else INF) if x in (0, INF, -INF) else x**q for x in a]
    return between(*(c * x for c in scale for x in ends))


def evaluate(tree: Any, x: list[Jet], top: tuple[int, ...]) -> Jet:
    """The Taylor coefficients of a tree up to the orders ``top``, for those of its variables."""
    zero = (0,) * len(top)
    name, *rest = tree if isinstance(tree, list) else ("number", tree)
    if name in ("var", "number", "pi"):
        return x[rest[0]] if name == "var" else {zero: between(arb.pi()) if name == "pi" else exact(Fraction(rest[0]))}
    power = Fraction(rest.pop()) if name == "pow" else Fraction(0)
    parts = [evaluate(t, x, top) for t in rest]
    if name in ("add", "mul"):
        return reduce(plus if name == "add" else lambda u, v: times(u, v, top), parts)
    (inner,) = parts
    steps = {k: v for k, v in inner.items() if k != zero}
    series = [{zero: taylor(name, power, inner.get(zero, ZERO), k)} for k in range(sum(top) + 1)]
    return reduce(lambda u, c: plus(times(u, steps, top), c), reversed(series))


def around(record: dict[str, Any], ends: list[Any], *orders: tuple[int, int]) -> Interval:
    """One Taylor coefficient of F over a box, of order k in variable i for each (i, k) given, else of order zero."""
    zero, top = (0,) * len(ends), tuple(sum(k for j, k in orders if i == j) for i in range(len(ends)))
    x = [{zero: exact(*pair), (*zero[:i], 1, *zero[i + 1 :]): exact(1)} for i, pair in enumerate(ends)]
    return evaluate(record["function"], x, top).get(top, ZERO)


def quotient(record: dict[str, Any], box: list[Any], divide: list[int], order: int = 0) -> Interval:
    """F over the distances to the zeros of the variables in ``divide``, on a box: by its expansion to an order."""
    zeros = [[Fraction(c) for c in zs if i in divide] for i, zs in enumerate(record["zeros"])]
    hull = [[min(b[0], *z), max(b[1], *z)] if z else b for b, z in zip(box, zeros, strict=True)]
    middle, found = [centre(a, b) for a, b in hull], ZERO
    for steps in (k for k in product(range(order + 1), repeat=len(hull)) if sum(k) <= order):
        ends = hull if sum(steps) == order else [[c, c] for c in middle]  # the last terms are the remainder
        orders = [(i, len(z) + k) for i, (z, k) in enumerate(zip(zeros, steps, strict=True))]
        scale = exact(prod(comb(n, k) for (_, n), k in zip(orders, steps, strict=True)))
        widths = [exact(a - c, b - c) for k, c, (a, b) in zip(steps, middle, hull, strict=True) for _ in range(k)]
        term = reduce(lambda u, v: times({(): u}, {(): v}, ())[()], [around(record, ends, *orders), scale, *widths])
        found = plus({(): found}, {(): term})[()]
    flipped = sum(c > b[0] for b, z in zip(box, zeros, strict=True) for c in z) % 2
    return (-found[1], -found[0]) if flipped else found


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


def shown(record: dict[str, Any], item: dict[str, Any], box: list[Any]) -> bool:
    """Whether a bound is positive and holds on its box, and F vanishes where the box divides, tried at one point."""
    middle = [[centre(a, b)] * 2 for a, b in box]
    try:
        bound = exact(Fraction(item["bound"]))[1]
        held = bound > 0 and quotient(record, box, item["divide"], item["order"])[0] >= bound
        for i, k in ((j, n) for j in item["divide"] for n in range(len(record["zeros"][j]))):
            before, c = record["zeros"][i][:k], record["zeros"][i][k]
            low, high = around(record, [*middle[:i], [Fraction(c)] * 2, *middle[i + 1 :]], (i, before.count(c)))
            held = held and low <= 0 <= high
        return bool(held)
    except ArithmeticError:
        return False


def replay(record: dict[str, Any]) -> list[str]:
    """What is wrong with a record; nothing when its boxes prove its inequality. Ends are fractions, "inf" or "-inf"."""
    try:
        listed = (record["domain"], *(item["box"] for item in record["boxes"]))
        region, *boxes = ([[float(t) if "inf" in t else Fraction(t) for t in ends] for ends in box] for box in listed)
        pairs = zip(region, record["zeros"], strict=True)
        ends = all(a < b and all(Fraction(c) in (a, b) or zs.count(c) % 2 == 0 for c in zs) for (a, b), zs in pairs)
        found = [] if ends else ["a range of the domain is empty, or a zero of odd order is not one of its ends"]
        found += [] if covered(region, boxes) else ["the boxes leave a gap"]
        with ctx.workprec(record["bits"]):
            wrong = [item for item, box in zip(record["boxes"], boxes, strict=True) if not shown(record, item, box)]
        return found + [f"on {item['box']} the bound {item['bound']} is not shown" for item in wrong]
    except (LookupError, TypeError, ValueError, ArithmeticError, RecursionError) as problem:
        return [f"the record is malformed: {type(problem).__name__}: {problem}"]
