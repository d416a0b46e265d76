"""The shape of a record of boxes is checked before anything is computed, and a large one is refused at once."""

from __future__ import annotations

import copy
import time
from dataclasses import FrozenInstanceError, fields
from fractions import Fraction
from typing import Any

import pytest

from w2s_sym.kernel import boxes, records
from w2s_sym.kernel.records import Formula, RecordError, read_record


def small() -> dict[str, Any]:
    """x + y > 0 on the unit square, in one box whose ranges are divided by nothing."""
    return {
        "variables": ["x", "y"],
        "domain": [["0", "1"], ["1/2", "inf"]],
        "function": ["add", ["var", 0], ["var", 1]],
        "zeros": [[], []],
        "bits": 64,
        "boxes": [{"box": [["0", "1"], ["1/2", "inf"]], "divide": [], "order": 0, "bound": "1/4"}],
    }


def changed(change: Any) -> list[str]:
    record = copy.deepcopy(small())
    change(record)
    return boxes.replay(record)


def test_a_record_is_read_in_exact_numbers() -> None:
    assert boxes.replay(small()) == []
    read = read_record(small())
    assert read.domain == ((Fraction(0), Fraction(1)), (Fraction(1, 2), float("inf")))
    assert read.function == Formula("add", (Formula("var"), Formula("var", (), Fraction(1))))
    assert read.boxes[0].bound == Fraction(1, 4)
    tree = ["mul", "-7/3", ["pi"], ["pow", ["exp", ["log", "2"]], "1/2"]]
    assert records.read_tree(tree, 1).parts[2].number == Fraction(1, 2)
    assert records.nodes_of(records.read_tree(tree, 1)) == 7  # the product, a number, pi, and a chain of four


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda c: c.pop("zeros"), "a record has the entries"),
        (lambda c: c.update(author="me"), "a record has the entries"),
        (lambda c: c.update(domain=[["1", "1/4"], ["1/4", "1"]]), "the domain has an empty range"),
        (lambda c: c.update(domain=[["1", "1"], ["1/4", "1"]]), "the domain has an empty range"),
        (lambda c: c.update(domain=[["1/4", "1"]]), "each range of the domain has a variable of its own"),
        (lambda c: c.update(domain=[]), "a record has 1 to 6 variables"),
        (lambda c: c.update(domain=[["0", "1"]] * 7), "a record has 1 to 6 variables"),
        (lambda c: c.update(domain="0 1"), "the domain is no list of ranges"),
        (lambda c: c["domain"][0].append("2"), "the domain has a range without two ends"),
        (lambda c: c["domain"].__setitem__(0, "01"), "the domain has a range without two ends"),
        (lambda c: c["domain"][0].__setitem__(1, 1), "'1' is no rational number"),
        (lambda c: c["domain"][0].__setitem__(1, "nan"), "'nan' is no rational number"),
        (lambda c: c["domain"][0].__setitem__(1, "1e9"), "'1e9' is no rational number"),
        (lambda c: c["domain"][0].__setitem__(1, "1_0"), "'1_0' is no rational number"),
        (lambda c: c["domain"][0].__setitem__(1, "1/0"), "'1/0' has no value"),
        (lambda c: c["domain"][0].__setitem__(1, "9" * 1001), "is no rational number"),
        (lambda c: c.update(variables=["x", "x"]), "a variable of its own"),
        (lambda c: c.update(variables=["x", 1]), "a variable of its own"),
        (lambda c: c.update(variables="xy"), "a variable of its own"),
        (lambda c: c.update(bits="many"), "bits must be an integer from 32 to 10000"),
        (lambda c: c.update(bits=True), "bits must be"),
        (lambda c: c.update(bits=31), "bits must be"),
        (lambda c: c.update(bits=10_001), "bits must be"),
        (lambda c: c.update(function=["sin", ["var", 0]]), "'sin' with 1 parts is no node"),
        (lambda c: c.update(function=["var", 2]), "the position of a variable must be an integer from 0 to 1"),
        (lambda c: c.update(function=["var", -1]), "the position of a variable must be"),
        (lambda c: c.update(function=["var", "0"]), "the position of a variable must be"),
        (lambda c: c.update(function=["var", 0, 1]), "'var' with 2 parts"),
        (lambda c: c.update(function=["add"]), "'add' with 0 parts"),
        (lambda c: c.update(function=["exp"]), "'exp' with 0 parts"),
        (lambda c: c.update(function=["log", "2", "3"]), "'log' with 2 parts"),
        (lambda c: c.update(function=["pow", "2"]), "'pow' with 1 parts"),
        (lambda c: c.update(function=["pow", "2", ["var", 0]]), "is no rational number"),
        (lambda c: c.update(function=["pi", "2"]), "'pi' with 1 parts"),
        (lambda c: c.update(function=[]), "has no head"),
        (lambda c: c.update(function=[["pi"]]), "has no head"),
        (lambda c: c.update(function=3), "'3' is no rational number"),
        (lambda c: c.update(function=["add", *["1"] * 2000]), "up to 2000 nodes"),
        (lambda c: c.update(zeros=[[]]), "each variable needs a list of zeros"),
        (lambda c: c.update(zeros=[[], "0"]), "zeros are a list of up to 30"),
        (lambda c: c.update(zeros=[["0"] * 32, []]), "zeros are a list of up to 30"),
        (lambda c: c.update(zeros=[["1/3"], []]), "the zero 1/3 of odd order is not one of the ends"),
        (lambda c: c.update(zeros=[["1/3"] * 3, []]), "the zero 1/3 of odd order is not one of the ends"),
        (lambda c: c.update(zeros=[["2", "2"], []]), "the zero 2 is outside the range"),
        (lambda c: c.update(zeros=[["inf"], []]), "'inf' is no rational number"),
        (lambda c: c.update(boxes={}), "boxes are a list"),
        (lambda c: c["boxes"].__setitem__(0, []), "a box has the entries"),
        (lambda c: c["boxes"][0].pop("order"), "a box has the entries"),
        (lambda c: c["boxes"][0].update(bound="1/0"), "'1/0' has no value"),
        (lambda c: c["boxes"][0].update(bound="one"), "'one' is no rational number"),
        (lambda c: c["boxes"][0].update(bound="inf"), "'inf' is no rational number"),
        (lambda c: c["boxes"][0].update(bound="0"), "the bound 0 is not positive"),
        (lambda c: c["boxes"][0].update(bound="-1"), "the bound -1 is not positive"),
        (lambda c: c["boxes"][0]["box"].pop(), "a box has one range for each variable"),
        (lambda c: c["boxes"][0]["box"].append(["0", "1"]), "a box has one range for each variable"),
        (lambda c: c["boxes"][0]["box"].__setitem__(0, ["0", "0"]), "a box has an empty range"),
        (lambda c: c["boxes"][0]["box"].__setitem__(0, ["-1", "1"]), "a box is not inside the domain"),
        (lambda c: c["boxes"][0]["box"].__setitem__(0, ["0", "2"]), "a box is not inside the domain"),
        (lambda c: c["boxes"][0].update(order="one"), "order must be an integer from 0 to 12"),
        (lambda c: c["boxes"][0].update(order=-1), "order must be"),
        (lambda c: c["boxes"][0].update(order=13), "order must be"),
        (lambda c: c["boxes"][0].update(divide=0), "divide is a list"),
        (lambda c: c["boxes"][0].update(divide=[2]), "an entry of divide must be an integer from 0 to 1"),
        (lambda c: c["boxes"][0].update(divide=[-1]), "an entry of divide must be"),
        (lambda c: c["boxes"][0].update(divide=[0, 0]), "divide names a variable twice"),
        (lambda c: c["boxes"][0].update(divide=[False]), "an entry of divide must be"),
    ],
)
def test_malformed_records_are_told_in_words(change: Any, fault: str) -> None:
    (told,) = changed(change)
    assert told.startswith("the record is malformed: ")
    assert fault in told


def test_limits_themselves_are_allowed() -> None:
    for name, value in (("bits", 32), ("bits", 10_000)):
        assert changed(lambda c, name=name, value=value: c.update({name: value})) == []
    assert changed(lambda c: c["boxes"][0].update(order=12, box=[["0", "1"], ["1/2", "inf"]])) == []
    assert changed(lambda c: c["domain"][0].__setitem__(0, "-" + "0" * 1000)) == []
    assert changed(lambda c: c.update(boxes=[])) == ["the boxes leave a gap"]
    nodes = ["add", *["1"] * 1999]
    assert changed(lambda c: c.update(function=nodes)) == []


def nested(depth: int) -> Any:
    found: Any = ["var", 1]
    for _ in range(depth):
        found = ["add", found]
    return found


def test_depth_is_limited() -> None:
    assert changed(lambda c: c.update(function=nested(60))) == []
    assert "60 deep" in changed(lambda c: c.update(function=nested(61)))[0]
    assert "60 deep" in changed(lambda c: c.update(function=nested(10_000)))[0]


def test_what_would_take_long_is_refused_at_once() -> None:
    def heavy(record: dict[str, Any]) -> None:
        record["zeros"] = [["0"] * 30, ["1/2"] * 30]
        record["boxes"][0].update(divide=[0, 1], order=12)
        record["function"] = ["add", *[["exp", ["var", 0]]] * 900]

    started = time.process_time()
    assert changed(heavy) == ["the record is malformed: its orders and its number of boxes ask for too much work"]
    many = [small()["boxes"][0]] * 100_001
    assert changed(lambda c: c.update(boxes=many)) == ["the record is malformed: boxes are a list of up to 100000"]
    assert time.process_time() - started < 60


def test_the_estimate_of_work_counts_orders_boxes_bits_and_nodes() -> None:
    def estimate(change: Any) -> int:
        record = small()
        change(record)
        return records.work(read_record(record))

    plain = estimate(lambda c: None)
    assert plain == 3 * (1 + 9)  # nodes times one coefficient and the faces
    assert estimate(lambda c: c.update(boxes=c["boxes"] * 5)) == 5 * plain
    assert estimate(lambda c: c.update(bits=1024)) == 3 * plain
    # Order 2 in two variables: up to 9 expansions with 9 coefficients each, up to order 4 in all.
    assert estimate(lambda c: c["boxes"][0].update(order=2)) == 3 * (9 * 5 * 81 + 9)
    # A variable with two zeros that is divided out, the other not.
    divided = estimate(lambda c: (c.update(zeros=[["0", "0"], ["1/2"]]), c["boxes"][0].update(divide=[0])))
    assert divided == 3 * (1 * 3 * 9 + 9)


def test_an_error_is_a_value_error() -> None:
    with pytest.raises(RecordError, match="a record has the entries"):
        read_record(None)


def test_what_was_read_is_not_changed_after() -> None:
    for made in (vars(records)[name] for name in ("Formula", "ProvedBox", "BoxRecord")):
        one = object.__new__(made)
        for field in fields(made):
            with pytest.raises(FrozenInstanceError):
                setattr(one, field.name, None)
