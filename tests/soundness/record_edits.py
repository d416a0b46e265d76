"""Random edits of records of boxes, and an oracle that knows nothing of the kernel.

An edited record that the replayer accepts must state something true: the oracle evaluates the function by mpmath at
many points of the edited domain, close to its faces, to its zeros and to the edges of boxes too. There the function
must be defined and positive, every point must be in a box, and each bound must hold.
"""

from __future__ import annotations

import copy
import random
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath

Record = dict[str, Any]

NUMBERS = ("0", "1", "-1", "1/2", "2", "1/3", "-1/2", "7/8", "1/1000000000000", "-1/1000000000000", "10")


# -- the oracle -------------------------------------------------------------------------------------------------


class UndefinedThereError(Exception):
    """A function has no value at a point."""


def number(text: str) -> Any:
    """A rational number, or an infinity, as mpmath has it."""
    return mpmath.mpf(text) if "inf" in text else mpmath.mpf(Fraction(text).numerator) / Fraction(text).denominator


def value(tree: Any, point: list[Any]) -> Any:
    """The value of a tree at a point. Raises UndefinedThereError where it has none as a real number."""
    if isinstance(tree, str):
        return number(tree)
    head, *rest = tree
    if head == "var":
        return point[rest[0]]
    if head == "pi":
        return mpmath.pi + 0
    exponent = Fraction(rest.pop()) if head == "pow" else Fraction(0)
    parts = [value(part, point) for part in rest]
    if head == "add":
        return mpmath.fsum(parts)
    if head == "mul":
        return mpmath.fprod(parts)
    if head == "exp":
        return mpmath.exp(parts[0])
    whole = head == "pow" and exponent.denominator == 1
    if not (parts[0] > 0 or (whole and (parts[0] < 0 or exponent >= 0))):
        raise UndefinedThereError
    return mpmath.log(parts[0]) if head == "log" else parts[0] ** (number(str(exponent)))


def coordinate(rng: random.Random, low: Any, high: Any, marks: list[Any]) -> Any:
    """A point strictly between two ends, often close to an end or to a mark."""
    scale = mpmath.mpf(2) ** -rng.choice([1, 2, 3, 6, 12, 20, 30]) * mpmath.mpf(rng.uniform(0.5, 1))
    inner = [m for m in marks if low < m < high]
    kind = rng.randrange(4)
    if kind == 0 and inner:
        mark = rng.choice(inner)
        found = mark + rng.choice([-1, 0, 1]) * scale
    elif mpmath.isinf(high) and mpmath.isinf(low):
        found = rng.choice([-1, 1]) * (scale if kind % 2 else 16 * scale)
    elif mpmath.isinf(high):
        found = low + (scale if kind % 2 else 16 * scale)
    elif mpmath.isinf(low):
        found = high - (scale if kind % 2 else 16 * scale)
    else:
        found = low + (high - low) * (scale if kind % 2 else 1 - scale if kind else mpmath.mpf(rng.random()))
    return found if low < found < high else (low + high) / 2 if not mpmath.isinf(low + high) else found


def objection(record: Record, rng: random.Random, points: int = 60) -> str | None:
    """What is false about a record at one of many points; None when nothing is seen."""
    with mpmath.workdps(60):
        domain = [[number(e) for e in ends] for ends in record["domain"]]
        zeros = [[number(c) for c in nodes] for nodes in record["zeros"]]
        boxes = [([[number(e) for e in ends] for ends in item["box"]], item) for item in record["boxes"]]
        marks = [[*zeros[i], *(e for box, _ in boxes for e in box[i])] for i in range(len(domain))]
        for _ in range(points):
            point = [coordinate(rng, low, high, marks[i]) for i, (low, high) in enumerate(domain)]
            if not all(low < t < high for t, (low, high) in zip(point, domain, strict=True)):
                continue
            try:
                there = value(record["function"], point)
            except UndefinedThereError:
                return f"undefined at {point}"
            around = [item for box, item in boxes if all(a <= t <= b for t, (a, b) in zip(point, box, strict=True))]
            if not around:
                return f"no box around {point}"
            at_zero = any(t == c for t, nodes in zip(point, zeros, strict=True) for c in nodes)
            if there < 0 or (there == 0 and not at_zero):
                return f"{mpmath.nstr(there)} at {point}"
            for item in around:
                distance = mpmath.fprod(abs(point[i] - c) for i in item["divide"] for c in zeros[i])
                if there < number(item["bound"]) * distance * (1 - mpmath.mpf(10) ** -40) - mpmath.mpf(10) ** -50:
                    return f"a bound fails at {point}"
    return None


# -- edits ------------------------------------------------------------------------------------------------------


def near(rng: random.Random, text: str) -> str:
    """Another number, close to one or not."""
    if "inf" in text or rng.random() < 0.2:
        return rng.choice(NUMBERS)
    step = Fraction(rng.choice([-1, 1]), rng.choice([1, 2, 16, 1000, 10**12]))
    old = Fraction(text)
    return str(rng.choice([old + step, old * (1 + step), -old, old / 2, old * 2]))


def end_of_a_box(rng: random.Random, record: Record) -> None:
    pair = rng.choice(rng.choice(record["boxes"])["box"])
    k = rng.randrange(2)
    pair[k] = near(rng, pair[k])


def drop(rng: random.Random, record: Record) -> None:
    record["boxes"].pop(rng.randrange(len(record["boxes"])))


def bound(rng: random.Random, record: Record) -> None:
    item = rng.choice(record["boxes"])
    factor = Fraction(1) + Fraction(rng.choice([1, 2, 4, 16, 64]), 16)
    item["bound"] = str(Fraction(item["bound"]) * factor)


def order(rng: random.Random, record: Record) -> None:
    rng.choice(record["boxes"])["order"] = rng.randrange(5)


def divide(rng: random.Random, record: Record) -> None:
    item = rng.choice(record["boxes"])
    item["divide"] = [i for i in range(len(record["domain"])) if rng.random() < 0.5]


def zeros(rng: random.Random, record: Record) -> None:
    i = rng.randrange(len(record["zeros"]))
    nodes, ends = record["zeros"][i], record["domain"][i]
    kind = rng.randrange(4)
    if kind == 0 and nodes:
        nodes.pop()
    elif kind == 1:
        nodes.append(rng.choice([e for e in ends if "inf" not in e] or ["0"]))
    elif kind == 2:
        nodes += [rng.choice(NUMBERS)] * 2
    elif nodes:
        k = rng.randrange(len(nodes))
        nodes[k] = near(rng, nodes[k])


def bits(rng: random.Random, record: Record) -> None:
    record["bits"] = rng.choice([32, 33, 40, 64, 200, 16, 0, -1, 10**6])


def widen(rng: random.Random, record: Record) -> None:
    """Another domain, and boxes that go as far as it does."""
    i, k = rng.randrange(len(record["domain"])), rng.randrange(2)
    old = record["domain"][i][k]
    new = near(rng, old) if rng.random() < 0.8 else rng.choice(["inf", "-inf"])
    record["domain"][i][k] = new
    if rng.random() < 0.8:
        for item in record["boxes"]:
            if item["box"][i][k] == old:
                item["box"][i][k] = new
    if rng.random() < 0.3:
        record["zeros"][i] = [new if c == old else c for c in record["zeros"][i] if "inf" not in new]


def places(tree: Any, found: list[tuple[Any, int]]) -> list[tuple[Any, int]]:
    """The subtrees of a tree: the lists that hold them and their positions."""
    if isinstance(tree, list) and tree and tree[0] in ("add", "mul", "exp", "log", "pow"):
        last = len(tree) - (tree[0] == "pow")
        for k in range(1, last):
            found.append((tree, k))
            places(tree[k], found)
    return found


def subtree(rng: random.Random, record: Record) -> None:
    """One subtree becomes another one."""
    many = len(record["domain"])
    holder, k = rng.choice([*places(record["function"], []), (record, "function")])
    old = holder[k]
    holder[k] = rng.choice(
        [
            rng.choice(NUMBERS),
            ["var", rng.randrange(many)],
            ["mul", "-1", old],
            ["add", rng.choice(NUMBERS), old],
            ["mul", rng.choice(NUMBERS), old],
            ["exp", old],
            ["log", old],
            ["pow", old, rng.choice(["1/2", "-1", "-1/2", "3/2", "-2"])],
            ["add", old, ["mul", rng.choice(NUMBERS), ["var", rng.randrange(many)]]],
            near(rng, old) if isinstance(old, str) else old,
        ]
    )


def exponent(rng: random.Random, record: Record) -> None:
    powers = [h[k] for h, k in places(record["function"], []) if isinstance(h[k], list) and h[k][0] == "pow"]
    if powers:
        rng.choice(powers)[2] = rng.choice(["1/2", "-1/2", "2/3", "-1", "1", "2", "-2", "0"])


def shift(rng: random.Random, record: Record) -> None:
    """The function less or more a tiny number, or turned."""
    old = record["function"]
    tiny = str(Fraction(rng.choice([-1, 1]), 10 ** rng.randrange(1, 25)))
    record["function"] = rng.choice([["add", tiny, old], ["mul", "-1", old], ["add", old, ["mul", tiny, ["var", 0]]]])


def multiplied(rng: random.Random, record: Record) -> None:
    """The function times a power of a linear factor, which may be told among the zeros."""
    i = rng.randrange(len(record["domain"]))
    c = rng.choice([*(e for e in record["domain"][i] if "inf" not in e), *NUMBERS])
    gap: Any = ["add", ["var", i], str(-Fraction(c))]
    times = rng.randrange(1, 4)
    record["function"] = ["mul", record["function"], *[gap] * times]
    record["zeros"][i] += [c] * rng.choice([times, times, times, times - 1, times + 1])
    for item in record["boxes"]:
        item["divide"] = sorted({*item["divide"], i})


def pole(rng: random.Random, record: Record) -> None:
    """A term that has no value at one place: on an edge of boxes, at an end, or anywhere."""
    i = rng.randrange(len(record["domain"]))
    edges = [e for item in record["boxes"] for e in item["box"][i] if "inf" not in e]
    c = rng.choice([*edges, *NUMBERS])
    gap: Any = ["add", ["var", i], str(-Fraction(c))]
    square: Any = ["mul", gap, gap]
    term: Any = rng.choice([["mul", "-1", ["log", square]], ["pow", square, "-1/2"], ["pow", gap, "-2"], ["log", gap]])
    record["function"] = ["add", record["function"], term]


def split(rng: random.Random, record: Record) -> None:
    """One box becomes two."""
    k = rng.randrange(len(record["boxes"]))
    old = record["boxes"][k]
    i = rng.randrange(len(old["box"]))
    low, high = old["box"][i]
    cut = str(Fraction(low) + 1 if "inf" not in low else Fraction(0))
    if "inf" not in low and "inf" not in high:
        cut = str((Fraction(low) + Fraction(high)) / 2)
    halves = [copy.deepcopy(old), copy.deepcopy(old)]
    halves[0]["box"][i][1] = halves[1]["box"][i][0] = cut
    record["boxes"][k : k + 1] = halves


def small_bounds(rng: random.Random, record: Record) -> None:
    """Bounds that are easy to keep: what is accepted then depends on the rest."""
    for item in record["boxes"]:
        item["bound"] = str(Fraction(1, 2 ** rng.choice([6, 20, 60])))


EDITS: tuple[Callable[[random.Random, Record], None], ...] = (
    end_of_a_box,
    drop,
    bound,
    order,
    divide,
    zeros,
    bits,
    widen,
    subtree,
    exponent,
    shift,
    multiplied,
    pole,
    split,
)


def edited(rng: random.Random, record: Record) -> tuple[str, Record]:
    """One to three edits of a record, often with bounds that are easy to keep; the names of the edits."""
    new: Record = copy.deepcopy(record)
    names = []
    for _ in range(rng.choice([1, 1, 2, 3])):
        if not new["boxes"]:
            break
        edit = rng.choice(EDITS)
        edit(rng, new)
        names.append(edit.__name__)
    if rng.random() < 0.5:
        small_bounds(rng, new)
    return "+".join(names), new


def tried(
    records: list[Record], replay: Callable[[Any], list[str]], seed: int, count: int
) -> tuple[Counter[str], list[tuple[str, Record, str]]]:
    """Counts of what became of edited records, and those that are accepted although the oracle objects."""
    rng, counts, wrong = random.Random(seed), Counter[str](), []
    while counts.total() < count:
        base = rng.choice(records)
        name, record = edited(rng, base)
        if record == base:
            continue
        if replay(record):
            counts["rejected"] += 1
            continue
        fault = objection(record, rng)
        counts["accepted"] += 1
        if fault is not None:
            wrong.append((name, record, fault))
    return counts, wrong
