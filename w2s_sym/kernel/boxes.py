"""Checks a record of boxes, and with it the theorem that the record states.

**Theorem.** When :func:`replay` finds nothing wrong, the function F of the record is defined at every inner point of
its domain (all coordinates strictly between the ends of their ranges), and F > 0 there; where a coordinate is one of
the zeros of its variable, F >= 0.

Left to whoever wrote the record is one thing: that the claim follows from this theorem about F. ``problem.py`` of
``w2s_sym/evidence/certificate`` does so with computer algebra, and says in the finding what it showed. Nothing that
it says about F enters here: that F is defined, and that its zeros are zeros, is shown below.

**Proof.** Read in this order: ``records`` (the shape), ``enclosures`` (intervals, where a function is defined, Taylor
coefficients), ``zeros`` (exact zeros), and this module from here on. Write c_1, ..., c_n for the zeros of a variable,
as often as they are listed, and F_a(x) for the Taylor coefficient of orders a at x: the derivative over the
factorials.

1. The domain is the union of the boxes (:func:`covered`), so that each of its inner points is an inner point of a box
   or of one of the faces of boxes that are inside the domain. F is defined at all of these (:func:`defined_on`), and
   continuous, since it is made of continuous functions: a bound from below inside a box holds on its inner faces.
2. *One variable.* If f vanishes at c_1, ..., c_n (at a zero listed k times with its first k - 1 derivatives) and has
   n derivatives between, then f(x) = f_n(t) (x - c_1) ... (x - c_n) for some t strictly inside the hull of x and the
   zeros: Rolle's theorem, n times, for f(y) minus the multiple of the product that agrees with f at x.
3. *Several variables, one after another.* On a box, for each variable i that is divided out, F vanishes where x_i is
   one of its zeros, for all values of the others inside the hull (:func:`zeros_hold`); hence so do its derivatives in
   these. So step 2 applies to the derivatives that it gave in the variables before: F(x) = F_a(t) times the product
   of all differences, at some inner point t of the hull of the box and the zeros. Here a_i is the number of zeros of
   a variable that is divided out, else 0. The sign of the product is the same on the whole box
   (:func:`sign_of_product`).
4. F_a(t) is enclosed by Taylor's theorem about the middle m of the hull (:func:`quotient`): it is the sum over orders
   k of total less than r of (F_a)_k(m) (t - m)^k, and of those of total r at some point between m and t. And (F_a)_k
   is F_(a+k) times the binomial coefficients of a_i + k_i over k_i. With r = 0, that is F_a on the hull itself.
5. So F is at least the bound, which is positive, times a product of distances that is zero at the zeros alone.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb
from typing import Any

from flint import ctx

from w2s_sym.kernel.enclosures import (
    ZERO,
    Interval,
    Orders,
    centre,
    coefficient,
    exact,
    interval_product,
    interval_sum,
    values_inside,
)
from w2s_sym.kernel.records import Box, BoxRecord, End, Formula, ProvedBox, RecordError, read_record
from w2s_sym.kernel.zeros import vanishes

ZeroLists = tuple[tuple[Fraction, ...], ...]
# Parts into which a domain may be cut before each is inside one box.
MOST_PARTS = 200_000


# -- the cover --------------------------------------------------------------------------------------------------


def contained(part: Box, box: Box) -> bool:
    """Whether a closed box contains all of another one."""
    return all(low <= a and b <= high for (a, b), (low, high) in zip(part, box, strict=True))


def meet(part: Box, box: Box) -> bool:
    """Whether two boxes share more than points of their faces."""
    return all(low < b and a < high for (a, b), (low, high) in zip(part, box, strict=True))


def edge_inside(part: Box, boxes: list[Box]) -> tuple[int, End] | None:
    """A variable and an end of one of the boxes that is strictly inside the part; None when there is none."""
    edges = [(i, e) for box in boxes for i, ends in enumerate(box) for e in ends if part[i][0] < e < part[i][1]]
    return edges[len(edges) // 2] if edges else None


def covered(domain: Box, boxes: list[Box]) -> bool:
    """Whether closed boxes leave no gap in a closed domain.

    Parts are cut in two at edges of boxes until each is inside one box. A part that is in none, and that no edge cuts,
    is a gap. Raises :class:`RecordError` for boxes that lie too crosswise to decide.
    """
    waiting = [(domain, boxes)]
    for _ in range(MOST_PARTS):
        if not waiting:
            return True
        part, near = waiting.pop()
        if any(contained(part, box) for box in near):
            continue
        edge = edge_inside(part, near)
        if edge is None:
            return False
        i, cut = edge
        for ends in ((part[i][0], cut), (cut, part[i][1])):
            half = (*part[:i], ends, *part[i + 1 :])
            waiting.append((half, [box for box in near if meet(half, box)]))
    raise RecordError(f"the domain falls into more than {MOST_PARTS} parts")


# -- F is defined, and its zeros are zeros ----------------------------------------------------------------------


def inner_faces(domain: Box, box: Box) -> list[Box]:
    """The box and those of its faces, of every dimension, that are not in the boundary of the domain."""
    choices: list[list[tuple[End, End]]] = []
    for (low, high), (least, most) in zip(box, domain, strict=True):
        choices.append([(low, high), *((e, e) for e in (low, high) if least < e < most)])
    return list(product(*choices))


def defined_on(formula: Formula, boxes: list[Box]) -> bool:
    """Whether a function is shown to be defined at the inner points of each box."""
    try:
        for box in boxes:
            values_inside(formula, box)
    except ArithmeticError:
        return False
    return True


def divided_nodes(zeros: ZeroLists, divide: tuple[int, ...]) -> ZeroLists:
    """The zeros of the variables that are divided out; none for the others."""
    return tuple(nodes if i in divide else () for i, nodes in enumerate(zeros))


def hull(box: Box, nodes: ZeroLists) -> Box:
    """The smallest box that contains a box and, in each variable, its zeros."""
    return tuple((min(low, *c), max(high, *c)) if c else (low, high) for (low, high), c in zip(box, nodes, strict=True))


def exact_zeros(record: BoxRecord) -> set[tuple[int, Fraction]]:
    """The zeros at which the terms of the function cancel, to the order in which they are listed, by exact algebra."""
    listed = {(i, c) for i, nodes in enumerate(record.zeros) for c in nodes}
    return {(i, c) for i, c in listed if vanishes(record.function, i, c, record.zeros[i].count(c))}


def zeros_hold(record: BoxRecord, around: Box, nodes: ZeroLists, shown: set[tuple[int, Fraction]]) -> bool:
    """Whether all of some zeros are exact, and the function has derivatives there, at all points inside a box.

    It has derivatives of every order at the inner points of a face on which it is shown to be defined, since it is then
    defined in a neighbourhood of each.
    """
    zeros = {(i, c) for i, values in enumerate(nodes) for c in values}
    faces = [(*around[:i], (c, c), *around[i + 1 :]) for i, c in sorted(zeros)]
    return zeros <= shown and defined_on(record.function, faces)


# -- the bound on a box -----------------------------------------------------------------------------------------


def sign_of_product(box: Box, nodes: ZeroLists) -> int:
    """The sign of the product of (x_i - c) over all zeros c, inside the box: -1 for each c above the range of x_i.

    A zero inside a range is listed an even number of times, so that it does not change the sign.
    """
    above = sum(c > low for (low, _), values in zip(box, nodes, strict=True) for c in values)
    return -1 if above % 2 == 1 else 1


def orders_up_to(order: int, many: int) -> list[Orders]:
    """All orders of differentiation in so many variables whose total is at most ``order``."""
    return [k for k in product(range(order + 1), repeat=many) if sum(k) <= order]


def quotient(formula: Formula, zeros: ZeroLists, box: Box, divide: tuple[int, ...], order: int) -> Interval:
    """Encloses F over the product of the distances to the zeros of the variables in ``divide``, inside a box.

    Steps 3 and 4 of the proof, for exact zeros. Raises ``ArithmeticError`` where there is no bound.
    """
    nodes = divided_nodes(zeros, divide)
    around = hull(box, nodes)
    middle = [centre(low, high) for low, high in around]
    found = ZERO
    for k in orders_up_to(order, len(box)):
        at = around if sum(k) == order else tuple((m, m) for m in middle)  # the last terms are the remainder
        orders = tuple(len(values) + step for values, step in zip(nodes, k, strict=True))
        term = coefficient(formula, at, orders)
        for i, step in enumerate(k):
            term = interval_product(term, exact(Fraction(comb(orders[i], step))))
            for _ in range(step):
                low, high = around[i]
                term = interval_product(term, exact(low - middle[i], high - middle[i]))
        found = interval_sum(found, term)
    return found if sign_of_product(box, nodes) == 1 else (-found[1], -found[0])


def fault_of(record: BoxRecord, item: ProvedBox, shown: set[tuple[int, Fraction]]) -> str | None:
    """What is not shown about one box; None when its bound holds inside it, and F is defined on its inner faces."""
    nodes = divided_nodes(record.zeros, item.divide)
    if not defined_on(record.function, inner_faces(record.domain, item.box)):
        return "the function is not shown to be defined"
    if not zeros_hold(record, hull(item.box, nodes), nodes, shown):
        return "the function is not shown to vanish at its zeros"
    try:
        low, _ = quotient(record.function, record.zeros, item.box, item.divide, item.order)
    except ArithmeticError:
        return f"the bound {item.bound} is not shown: there is none"
    _, bound = exact(item.bound)
    return None if low >= bound else f"the bound {item.bound} is not shown"


def replay(record: Any) -> list[str]:
    """What is wrong with a record; nothing when it proves its theorem. The record is plain JSON."""
    try:
        read = read_record(record)
        found = [] if covered(read.domain, [item.box for item in read.boxes]) else ["the boxes leave a gap"]
    except RecordError as problem:
        return [f"the record is malformed: {problem}"]
    shown = exact_zeros(read)
    with ctx.workprec(read.bits):
        for item, stated in zip(read.boxes, record["boxes"], strict=True):
            fault = fault_of(read, item, shown)
            found += [] if fault is None else [f"on {stated['box']} {fault}"]
    return found
