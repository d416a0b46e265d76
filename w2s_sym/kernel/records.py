"""The shape of a record of boxes: everything is checked here before anything is computed.

A record is plain JSON. Numbers are text, "3" or "-7/8", read exactly; an end of a range may be "inf" or "-inf".
Limits on sizes, and on the work that the orders ask for, keep any record from taking long or much memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import inf, prod
from typing import Any

End = Fraction | float  # a float is an infinity, and nothing else
Box = tuple[tuple[End, End], ...]

NUMBER = re.compile(r"-?[0-9]{1,1000}(/[0-9]{1,1000})?", re.ASCII)
KEYS = {"variables", "domain", "function", "zeros", "bits", "boxes"}
BOX_KEYS = {"box", "divide", "order", "bound"}
MOST_VARIABLES, MOST_BOXES, LARGEST_TREE, DEEPEST = 6, 100_000, 2_000, 60
LEAST_BITS, MOST_BITS = 32, 10_000
MOST_ZEROS_OF_A_VARIABLE, HIGHEST_ORDER = 30, 12
# Products of intervals that the replay may take, by an estimate from above: some minutes of work at 64 bits.
MOST_WORK = 10**9


class RecordError(ValueError):
    """A record that does not have the shape of one; the message says what is wrong."""


@dataclass(frozen=True)
class Formula:
    """A node of a function: ``head`` is number, pi, var, add, mul, exp, log or pow.

    ``number`` is the value of a number, the position of a variable or the exponent of a power.
    """

    head: str
    parts: tuple[Formula, ...] = ()
    number: Fraction = Fraction(0)


@dataclass(frozen=True)
class ProvedBox:
    """A box and the bound that is claimed on it: ``bound`` times the distances to the zeros of ``divide``."""

    box: Box
    divide: tuple[int, ...]
    order: int
    bound: Fraction


@dataclass(frozen=True)
class BoxRecord:
    """A record whose shape is right: ``function`` is claimed to be positive inside ``domain``, but at its ``zeros``."""

    domain: Box
    function: Formula
    zeros: tuple[tuple[Fraction, ...], ...]
    bits: int
    boxes: tuple[ProvedBox, ...]


def demand(held: bool, text: str) -> None:
    """Raise :class:`RecordError` with a text unless something held."""
    if not held:
        raise RecordError(text)


def read_record(record: Any) -> BoxRecord:
    """The record in exact numbers. Raises :class:`RecordError` with what is wrong with its shape."""
    demand(isinstance(record, dict) and set(record) == KEYS, f"a record has the entries {', '.join(sorted(KEYS))}")
    domain = read_box(record["domain"], "the domain")
    many = len(domain)
    demand(1 <= many <= MOST_VARIABLES, f"a record has 1 to {MOST_VARIABLES} variables")
    names = record["variables"]
    named = isinstance(names, list) and all(isinstance(name, str) for name in names)
    demand(named and len(names) == many == len(set(names)), "each range of the domain has a variable of its own")
    bits = read_whole(record["bits"], LEAST_BITS, MOST_BITS, "bits")
    function = read_tree(record["function"], many)
    zeros = read_zeros(record["zeros"], domain)
    listed = record["boxes"]
    demand(isinstance(listed, list) and len(listed) <= MOST_BOXES, f"boxes are a list of up to {MOST_BOXES}")
    boxes = tuple(read_proved_box(item, domain) for item in listed)
    found = BoxRecord(domain, function, zeros, bits, boxes)
    demand(work(found) <= MOST_WORK, "its orders and its number of boxes ask for too much work")
    return found


def read_number(text: Any) -> Fraction:
    """A rational number written as "3" or "-7/8"."""
    demand(isinstance(text, str) and NUMBER.fullmatch(text) is not None, f"{str(text)[:40]!r} is no rational number")
    _, _, below = text.partition("/")
    demand(not below or int(below) != 0, f"{text[:40]!r} has no value")
    return Fraction(text)


def read_end(text: Any) -> End:
    """An end of a range: a rational number, or an infinity as a float."""
    if isinstance(text, str) and text in ("inf", "-inf"):
        return inf if text == "inf" else -inf
    return read_number(text)


def read_whole(value: Any, least: int, most: int, name: str) -> int:
    """An integer within bounds."""
    whole = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
    demand(whole, f"{name} must be an integer from {least} to {most}")
    return int(value)


def read_box(box: Any, name: str) -> Box:
    """A product of ranges whose lower ends are below their upper ends."""
    demand(isinstance(box, list), f"{name} is no list of ranges")
    ranges = []
    for pair in box:
        demand(isinstance(pair, list) and len(pair) == 2, f"{name} has a range without two ends")
        low, high = read_end(pair[0]), read_end(pair[1])
        demand(low < high, f"{name} has an empty range")
        ranges.append((low, high))
    return tuple(ranges)


def read_zeros(zeros: Any, domain: Box) -> tuple[tuple[Fraction, ...], ...]:
    """For each variable its zeros, repeated by their order: ends of its range, or inner points of even order.

    So the product of the distances to the zeros is the product of the differences up to one sign for all of the domain.
    """
    demand(isinstance(zeros, list) and len(zeros) == len(domain), "each variable needs a list of zeros")
    found = []
    for nodes, (low, high) in zip(zeros, domain, strict=True):
        few = isinstance(nodes, list) and len(nodes) <= MOST_ZEROS_OF_A_VARIABLE
        demand(few, f"zeros are a list of up to {MOST_ZEROS_OF_A_VARIABLE}")
        numbers = tuple(read_number(text) for text in nodes)
        for c in numbers:
            demand(low <= c <= high, f"the zero {c} is outside the range of its variable")
            even = numbers.count(c) % 2 == 0
            demand(even or c in (low, high), f"the zero {c} of odd order is not one of the ends of its range")
        found.append(numbers)
    return tuple(found)


def read_proved_box(item: Any, domain: Box) -> ProvedBox:
    """One entry of the list: a box inside the domain, what is divided out there, the order, and a positive bound."""
    demand(isinstance(item, dict) and set(item) == BOX_KEYS, f"a box has the entries {', '.join(sorted(BOX_KEYS))}")
    box = read_box(item["box"], "a box")
    demand(len(box) == len(domain), "a box has one range for each variable")
    for (low, high), (least, most) in zip(box, domain, strict=True):
        # Beyond the domain, the sign of the distance to a zero of odd order would be another one.
        demand(least <= low and high <= most, "a box is not inside the domain")
    divide = item["divide"]
    demand(isinstance(divide, list), "divide is a list of positions of variables")
    places = tuple(read_whole(i, 0, len(domain) - 1, "an entry of divide") for i in divide)
    demand(len(set(places)) == len(places), "divide names a variable twice")
    bound = read_number(item["bound"])
    demand(bound > 0, f"the bound {bound} is not positive")
    return ProvedBox(box, places, read_whole(item["order"], 0, HIGHEST_ORDER, "order"), bound)


def read_tree(tree: Any, many: int) -> Formula:
    """A function of ``many`` variables. A list starts with its head; a bare text is a number."""
    left = LARGEST_TREE

    def read(node: Any, depth: int) -> Formula:
        nonlocal left
        left -= 1
        demand(left >= 0 and depth <= DEEPEST, f"a function has up to {LARGEST_TREE} nodes, {DEEPEST} deep")
        if not isinstance(node, list):
            return Formula("number", (), read_number(node))
        demand(bool(node) and isinstance(node[0], str), "a node of the function has no head")
        head, rest = node[0], node[1:]
        if head == "pi" and not rest:
            return Formula("pi")
        if head == "var" and len(rest) == 1:
            return Formula("var", (), Fraction(read_whole(rest[0], 0, many - 1, "the position of a variable")))
        if head in ("add", "mul") and rest:
            return Formula(head, tuple(read(part, depth + 1) for part in rest))
        if head in ("exp", "log") and len(rest) == 1:
            return Formula(head, (read(rest[0], depth + 1),))
        if head == "pow" and len(rest) == 2:
            return Formula("pow", (read(rest[0], depth + 1),), read_number(rest[1]))
        raise RecordError(f"{head[:20]!r} with {len(rest)} parts is no node of a function")

    return read(tree, 0)


def nodes_of(formula: Formula) -> int:
    """How many nodes a function has."""
    return 1 + sum(nodes_of(part) for part in formula.parts)


def work(record: BoxRecord) -> int:
    """More products of intervals than the replay takes, longer numbers counted by their length."""
    nodes, length, total = nodes_of(record.function), 1 + record.bits // 512, 0
    for item in record.boxes:
        orders = [item.order + (len(nodes) if i in item.divide else 0) for i, nodes in enumerate(record.zeros)]
        coefficients = prod(order + 1 for order in orders)
        expansions = (item.order + 1) ** len(orders)
        faces = 3 ** len(orders)
        total += nodes * length * (expansions * (1 + sum(orders)) * coefficients**2 + faces)
    return total
