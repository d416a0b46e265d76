"""The replayer of certificates: it accepts what was proved, and a record that was changed is caught."""

from __future__ import annotations

import copy
import json
import math
from fractions import Fraction
from typing import Any

import pytest
from certified import TANGENT

from w2s_sym import Certificate, verify
from w2s_sym.kernel import boxes
from w2s_sym.kernel.records import RecordError, read_record


def forged(record: dict[str, Any], change: Any) -> list[str]:
    """The faults of a changed record."""
    copied = copy.deepcopy(record)
    change(copied)
    assert copied != record
    return boxes.replay(copied)


def test_a_list_survives_json(record: dict[str, Any]) -> None:
    assert boxes.replay(json.loads(json.dumps(record))) == []


def test_a_dropped_box_is_caught_whichever_it_is(record: dict[str, Any]) -> None:
    assert "the boxes leave a gap" in forged(record, lambda copied: copied["boxes"].pop(1))
    read = read_record(record)
    region, parts = read.domain, [item.box for item in read.boxes]
    assert boxes.covered(region, parts)
    assert not any(boxes.covered(region, parts[:i] + parts[i + 1 :]) for i in range(len(parts)))


def test_an_edited_box_is_caught(record: dict[str, Any]) -> None:
    def shrink(copied: dict[str, Any]) -> None:
        low, high = map(Fraction, copied["boxes"][0]["box"][1])
        copied["boxes"][0]["box"][1][1] = str(high - (high - low) / 1000)

    def move(copied: dict[str, Any]) -> None:
        copied["boxes"][0]["box"] = [["1/4", "1"], ["1/4", "1"]]

    assert forged(record, shrink) == ["the boxes leave a gap"]
    assert any("is not shown" in fault for fault in forged(record, move))


@pytest.mark.parametrize("of", ["values", "series"])
def test_a_wrong_bound_is_caught(record: dict[str, Any], of: str) -> None:
    chosen = record if of == "values" else verify(TANGENT).findings[0].detail["record"]

    def raise_(copied: dict[str, Any]) -> None:
        copied["boxes"][0]["bound"] = str(Fraction(copied["boxes"][0]["bound"]) * 3)

    assert [fault.partition(" the bound ")[2] for fault in forged(chosen, raise_)] == [
        f"{Fraction(chosen['boxes'][0]['bound']) * 3} is not shown"
    ]


def test_a_remainder_of_the_wrong_order_is_caught() -> None:
    chosen = verify(TANGENT).findings[0].detail["record"]

    def one_zero_too_many(copied: dict[str, Any]) -> None:
        copied["zeros"][1] = ["0", "0", "0", "0"]
        copied["function"] = ["mul", "-1", copied["function"]]

    def not_divided(copied: dict[str, Any]) -> None:
        copied["boxes"][0]["divide"] = [1]

    def elsewhere(copied: dict[str, Any]) -> None:
        copied["zeros"][1] = ["1/2", "1/2"]

    assert all(forged(chosen, change) for change in (one_zero_too_many, not_divided, elsewhere))


def test_another_function_is_caught_by_its_zeros_or_by_the_claim(record: dict[str, Any]) -> None:
    """Numbers show that a function does not vanish; that it is the claim's only the claim can tell."""
    chosen = verify(TANGENT).findings[0].detail["record"]

    def raised(copied: dict[str, Any]) -> None:
        copied["function"] = ["add", "1/1000000000", copied["function"]]

    assert all("not shown to vanish" in fault for fault in forged(chosen, raised))
    assert forged(chosen, raised)
    certificate = TANGENT.evidence[0]
    assert isinstance(certificate, Certificate)
    assert certificate.faults(TANGENT, chosen) == []
    positive = {**record, "function": "1"}
    assert boxes.replay(positive) == []
    assert "the list is about another function, other zeros or another domain" in certificate.faults(TANGENT, positive)
    assert certificate.faults(TANGENT, {**chosen, "bits": 65}) != []


def test_what_is_no_record_at_all() -> None:
    for wrong in ({}, {"domain": 3}, [], None, "proof"):
        assert all("malformed" in fault for fault in boxes.replay(wrong))  # type: ignore[arg-type]
        assert boxes.replay(wrong)  # type: ignore[arg-type]


def square(*parts: str) -> bool:
    """Whether boxes such as "0:1/2 0:1" cover the unit square."""
    cut: list[Any] = [[tuple(map(Fraction, ends.split(":"))) for ends in part.split()] for part in parts]
    return boxes.covered(((Fraction(0), Fraction(1)),) * 2, cut)


def test_gaps_are_found_in_any_arrangement() -> None:

    pinwheel = ("0:2/3 0:1/3", "2/3:1 0:2/3", "1/3:1 2/3:1", "0:1/3 1/3:1")
    assert square("0:1 0:1")
    assert square("0:1/2 0:1", "1/2:1 0:1")
    assert not square("0:1/2 0:1", "1/2:1 0:1/2")
    assert not square(*pinwheel)
    assert square(*pinwheel, "1/3:2/3 1/3:2/3")
    assert not square()


def test_boxes_that_lie_too_crosswise_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes, "MOST_PARTS", 3)
    with pytest.raises(RecordError, match="more than 3 parts"):
        square("0:1/3 0:1", "1/3:2/3 0:1", "2/3:1 0:1")
    assert square("0:1 0:1")


def one(function: Any, boxes_: list[dict[str, Any]], zeros: list[str], domain: list[str]) -> list[str]:
    """The faults of a record in one variable."""
    return boxes.replay(
        {"variables": ["x"], "domain": [domain], "function": function, "zeros": [zeros], "bits": 64, "boxes": boxes_}
    )


def item(low: str, high: str, bound: str = "1/4", divide: tuple[int, ...] = (), order: int = 0) -> dict[str, Any]:
    return {"box": [[low, high]], "divide": list(divide), "order": order, "bound": bound}


X: Any = ["var", 0]


def test_a_box_beyond_a_zero_takes_no_sign_with_it() -> None:
    """-x is negative on (0, 1); a box from -1 to 1 would count the zero as one above it."""
    wrong = one(["mul", "-1", X], [item("-1", "1", "1/2", (0,))], ["0"], ["0", "1"])
    assert wrong == ["the record is malformed: a box is not inside the domain"]
    assert one(X, [item("0", "1", "1/2", (0,))], ["0"], ["0", "1"]) == []


@pytest.mark.parametrize("many", range(9))
def test_the_sign_of_a_product_turns_with_each_zero_above(many: int) -> None:
    above, below = (Fraction(2),) * many, (Fraction(-1),) * 3
    box = ((Fraction(0), Fraction(1)), (Fraction(0), Fraction(1)))
    product = math.prod([Fraction(1, 2) - c for c in (*above, *below)])
    assert boxes.sign_of_product(box, (above, below)) == (1 if product > 0 else -1)


@pytest.mark.parametrize("head", ["log", "pow"])
def test_a_function_is_defined_on_the_faces_between_boxes(head: str) -> None:
    """log((x - 1)^2) and its like are defined inside [0, 1] and [1, 2], and not at 1."""
    gap: Any = ["add", X, "-1"]
    square: Any = ["mul", gap, gap]
    function: Any = ["mul", "-1", ["log", square]] if head == "log" else ["pow", square, "-1/2"]
    raised = ["add", "10", function]
    halves = [item("0", "1"), item("1", "2")]
    undefined = "the function is not shown to be defined"
    assert one(raised, halves, [], ["0", "2"]) == [f"on {part['box']} {undefined}" for part in halves]
    assert one(raised, [item("1", "2")], [], ["1", "2"]) == []
    assert one(raised, [item("0", "1")], [], ["0", "1"]) == []


def test_a_bound_is_as_good_as_it_says() -> None:
    assert one(X, [item("1/3", "1", "1/3")], [], ["1/3", "1"]) != []  # the end is rounded down
    assert one(X, [item("1/4", "1", "1/4")], [], ["1/4", "1"]) == []
    assert one(X, [item("1/4", "1", "257/1024")], [], ["1/4", "1"]) == [
        "on [['1/4', '1']] the bound 257/1024 is not shown"
    ]
    assert one(["pow", X, "-1"], [item("-1", "0")], [], ["-1", "0"]) != []  # negative


def test_zeros_are_shown_and_counted() -> None:
    """x^2 (1 - x): orders, both ends, and a zero inside of even order."""
    function: Any = ["mul", X, X, ["add", "1", ["mul", "-1", X]]]
    assert one(function, [item("0", "1", "1", (0,))], ["0", "0", "1"], ["0", "1"]) == []
    assert one(function, [item("0", "1", "1", (0,))], ["0", "1"], ["0", "1"]) != []
    assert one(function, [item("0", "1", "1", (0,))], ["0", "1", "1"], ["0", "1"]) == [
        "on [['0', '1']] the function is not shown to vanish at its zeros"
    ]
    inside: Any = ["mul", ["add", X, "-1"], ["add", X, "-1"]]
    assert one(inside, [item("0", "2", "1", (0,))], ["1", "1"], ["0", "2"]) == []
    assert one(inside, [item("0", "2", "1", (0,))], [], ["0", "2"]) != []
    assert one(["mul", "-1", inside], [item("0", "2", "1", (0,))], ["1", "1"], ["0", "2"]) != []


@pytest.mark.parametrize(
    ("order", "shown", "not_shown"),
    [(0, "23/64", "3/8"), (1, "3/32", "7/64"), (2, "11/64", "3/16"), (4, "13/64", "7/32")],
)
def test_an_expansion_divides_too(order: int, shown: str, not_shown: str) -> None:
    """1 - exp(-x) over x is exp(-t) at some t in [0, 1], which is at least 1/e = 0.368.

    Expanded at 1/2, that is at least exp(-1/2) (1 - 1/2 - 1/8 - ...) less the remainder: to order 1, 0.607 - 1/2; to
    order 2, 0.607/2 - 1/8; to order 4, 0.607 (1 - 1/2 - 1/8 - 1/48) - 1/384.
    """
    function: Any = ["add", "1", ["mul", "-1", ["exp", ["mul", "-1", X]]]]
    assert one(function, [item("0", "1", shown, (0,), order)], ["0"], ["0", "1"]) == []
    assert one(function, [item("0", "1", not_shown, (0,), order)], ["0"], ["0", "1"]) == [
        f"on [['0', '1']] the bound {not_shown} is not shown"
    ]


def test_a_variable_that_is_not_divided_out_keeps_its_range() -> None:
    box: Any = ((Fraction(1, 2), Fraction(1)), (Fraction(0), Fraction(1, 2)))
    nodes: Any = ((Fraction(0),), (Fraction(0), Fraction(1)))
    assert boxes.divided_nodes(nodes, (1,)) == ((), nodes[1])
    assert boxes.hull(box, boxes.divided_nodes(nodes, (1,))) == (box[0], (0, 1))
    assert boxes.hull(box, nodes) == ((0, 1), (0, 1))
    assert boxes.sign_of_product(box, nodes) == -1
    assert boxes.sign_of_product(box, ((Fraction(1),), (Fraction(1),))) == 1
    assert boxes.sign_of_product(box, ((), (Fraction(0),))) == 1
    assert boxes.orders_up_to(2, 2) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 0)]


def test_faces_inside_a_domain() -> None:
    unit = ((Fraction(0), Fraction(1)),) * 2
    half = Fraction(1, 2)
    assert boxes.inner_faces(unit, unit) == [unit]
    corner: Any = ((Fraction(0), half), (half, Fraction(1)))
    assert set(boxes.inner_faces(unit, corner)) == {
        corner,
        ((half, half), corner[1]),
        (corner[0], (half, half)),
        ((half, half), (half, half)),
    }
