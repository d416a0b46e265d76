"""Edited records of boxes: whatever the replayer accepts is true, and the edits have teeth."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from record_edits import Record, objection, tried

from w2s_sym.kernel import boxes, records, zeros

X, Y = ["var", 0], ["var", 1]
ONE_LESS_X: Any = ["add", "1", ["mul", "-1", X]]
GAP: Any = ["add", X, "-1/2"]


def item(box: list[list[str]], bound: str, divide: tuple[int, ...] = (), order: int = 0) -> dict[str, Any]:
    return {"box": box, "divide": list(divide), "order": order, "bound": bound}


def record(function: Any, domain: list[list[str]], zeros: list[list[str]], *items: dict[str, Any]) -> Record:
    names = ["x", "y"][: len(domain)]
    return {
        "variables": names,
        "domain": domain,
        "function": function,
        "zeros": zeros,
        "bits": 64,
        "boxes": list(items),
    }


RECORDS: list[Record] = [
    # exp(x) - 1 - x on the half-line and on the line.
    record(
        ["add", ["exp", X], "-1", ["mul", "-1", X]],
        [["0", "inf"]],
        [["0", "0"]],
        item([["0", "inf"]], "7/16", (0,)),
    ),
    # The tangent of a power, r(1 - w) < 1 - w^r at w = exp(-s).
    record(
        ["add", X, ["mul", "-1", X, ["exp", Y]], ["exp", Y], ["mul", "-1", ["exp", ["mul", Y, ONE_LESS_X]]]],
        [["0", "1"], ["0", "inf"]],
        [["0", "1"], ["0", "0"]],
        item([["0", "1"], ["0", "inf"]], "7/16", (0, 1)),
    ),
    # log(x) < x - 1 + 1/10 in pieces, a zero of even order inside, and one that is not divided out.
    record(
        ["add", X, "-9/10", ["mul", "-1", ["log", X]]],
        [["1/2", "2"]],
        [[]],
        item([["1/2", "3/4"]], "1/32", (), 1),
        item([["3/4", "5/4"]], "1/64", (), 1),
        item([["5/4", "2"]], "1/64", (), 2),
    ),
    record(
        ["mul", GAP, GAP, ["add", "2", X]],
        [["0", "1"]],
        [["1/2", "1/2"]],
        item([["0", "1/2"]], "1/2", (0,)),
        item([["1/2", "1"]], "1/2", (0,)),
    ),
    # x y (1 - x) + ... with zeros at both ends of x, and a square root.
    record(
        ["mul", X, ONE_LESS_X, ["pow", ["add", "1", Y], "1/2"]],
        [["0", "1"], ["0", "3"]],
        [["0", "1"], []],
        item([["0", "1"], ["0", "1"]], "1/4", (0,)),
        item([["0", "1"], ["1", "3"]], "1/4", (0,)),
    ),
    # 1/x + log(x + y), with no value at an end.
    record(
        ["add", ["pow", X, "-1"], ["log", ["add", "1", X, Y]]],
        [["0", "1"], ["0", "1"]],
        [[], []],
        item([["0", "1/2"], ["0", "1"]], "1/2"),
        item([["1/2", "1"], ["0", "1/2"]], "1/2"),
        item([["1/2", "1"], ["1/2", "1"]], "1/2"),
    ),
]


def test_the_records_are_accepted_and_true() -> None:
    for one in RECORDS:
        assert boxes.replay(json.loads(json.dumps(one))) == []
        assert objection(one, random.Random(0), 400) is None


def test_what_is_accepted_after_edits_is_true() -> None:
    counts, wrong = tried(RECORDS, boxes.replay, 7, 900)
    assert wrong == []
    assert counts["rejected"] > 500
    assert counts["accepted"] > 40  # edits that are not all nonsense


@pytest.mark.parametrize("guard", ["covered", "defined_on", "exact_zeros", "sign_of_product", "quotient", "require"])
def test_without_a_guard_something_false_is_accepted(guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if guard == "exact_zeros":
        monkeypatch.setattr(boxes, guard, lambda record: {(i, c) for i, zs in enumerate(record.zeros) for c in zs})
    elif guard == "sign_of_product":
        monkeypatch.setattr(boxes, guard, lambda box, nodes: 1)
    elif guard == "quotient":
        monkeypatch.setattr(boxes, guard, lambda *rest: boxes.exact(1000))
    elif guard == "require":
        kept = records.demand
        monkeypatch.setattr(
            records, "demand", lambda held, text: kept(held or "inside" in text or "order is" in text, text)
        )
    else:
        monkeypatch.setattr(boxes, guard, lambda *rest: True)

    def replay(one: Any) -> list[str]:
        try:
            return boxes.replay(one)
        except Exception as error:  # what a guard would have refused may break the rest
            return [str(error)]

    found: list[Any] = []
    for seed in range(8):
        found += tried(RECORDS, replay, seed, 250)[1]
        if found:
            return
    raise AssertionError(f"{guard} catches nothing that the edits make")


def test_a_budget_of_an_expansion_is_part_of_the_kernel() -> None:
    assert zeros.MOST_PRODUCTS <= 100_000
