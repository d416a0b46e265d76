"""The replayer of certificates: it accepts what was proved, and a record that was changed is caught."""

from __future__ import annotations

import ast
import copy
import inspect
import json
import math
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from certified import TANGENT, x, y
from flint import ctx

from w2s_sym import Certificate, verify
from w2s_sym.evidence.certificate.problem import tree
from w2s_sym.kernel import boxes


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
    parts = [[list(map(Fraction, ends)) for ends in item["box"]] for item in record["boxes"]]
    region = [list(map(Fraction, ends)) for ends in record["domain"]]
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

    def vanish(copied: dict[str, Any]) -> None:
        copied["boxes"][0]["bound"] = "0"

    for change in (raise_, vanish):
        assert [fault.partition(" the bound ")[2] for fault in forged(chosen, change)] != []


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

    assert any("is not shown" in fault for fault in forged(chosen, raised))
    certificate = TANGENT.evidence[0]
    assert isinstance(certificate, Certificate)
    assert certificate.faults(TANGENT, chosen) == []
    positive = {**record, "function": "1"}
    assert boxes.replay(positive) == []
    assert "the list is about another function, other zeros or another domain" in certificate.faults(TANGENT, positive)
    assert certificate.faults(TANGENT, {**chosen, "bits": 65}) != []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda c: c.pop("zeros"), "malformed: KeyError: 'zeros'"),
        (lambda c: c.update(domain=[["1", "1/4"], ["1/4", "1"]]), "a range of the domain is empty"),
        (lambda c: c.update(domain=[["1/4", "1"]]), "malformed"),
        (lambda c: c.update(bits="many"), "malformed"),
        (lambda c: c.update(function=["sin", ["var", 0]]), "malformed"),
        (lambda c: c.update(function=["var", 7]), "malformed"),
        (lambda c: c.update(function=["add"]), "malformed"),
        (lambda c: c.update(zeros=[["1/3"], []]), "a zero of odd order is not one of its ends"),
        (lambda c: c["boxes"][0].update(bound="1/0"), "is not shown"),
        (lambda c: c["boxes"][0].update(bound="one"), "malformed"),
        (lambda c: c["boxes"][0].update(bound="inf"), "malformed"),
        (lambda c: c["boxes"][0]["box"].pop(), "malformed"),
        (lambda c: c["boxes"][0].pop("order"), "malformed: KeyError: 'order'"),
        (lambda c: c["boxes"][0].update(order="one"), "malformed"),
        (lambda c: c["boxes"][0].update(order=-1), "is not shown"),
        (lambda c: c.update(boxes=[]), "the boxes leave a gap"),
    ],
)
def test_malformed_records_are_told_in_words(record: dict[str, Any], change: Any, fault: str) -> None:
    found = forged(record, change)
    assert any(fault in told for told in found), found


def test_what_is_no_record_at_all() -> None:
    for wrong in ({}, {"domain": 3}, [], None, "proof"):
        assert all("malformed" in fault for fault in boxes.replay(wrong))  # type: ignore[arg-type]
        assert boxes.replay(wrong)  # type: ignore[arg-type]


def test_gaps_are_found_in_any_arrangement() -> None:
    def square(*parts: str) -> bool:
        cut = [[[Fraction(e) for e in ends.split(":")] for ends in part.split()] for part in parts]
        return boxes.covered([[Fraction(0), Fraction(1)]] * 2, cut)

    pinwheel = ("0:2/3 0:1/3", "2/3:1 0:2/3", "1/3:1 2/3:1", "0:1/3 1/3:1")
    assert square("0:1 0:1")
    assert square("0:1/2 0:1", "1/2:1 0:1")
    assert not square("0:1/2 0:1", "1/2:1 0:1/2")
    assert not square(*pinwheel)
    assert square(*pinwheel, "1/3:2/3 1/3:2/3")
    assert not square()


@pytest.mark.parametrize(
    "expression",
    [
        x * sp.exp(-x * y),
        sp.log(1 + x * y) / (2 - x),
        (1 + x) ** sp.Rational(2, 3) * y**3 - sp.sqrt(y + 1),
        1 / (x - 3) ** 2 + sp.exp(x) * (x + 1),
    ],
)
def test_taylor_coefficients_enclose_those_of_sympy(expression: sp.Expr) -> None:
    point = {x: sp.Rational(1, 3), y: sp.Rational(2, 5)}
    top = (3, 2)
    for radius in (0, sp.Rational(1, 50)):
        jets: list[Any] = []
        for i, v in enumerate((x, y)):
            ends = boxes.exact(Fraction(str(point[v] - radius)), Fraction(str(point[v] + radius)))
            jets.append({(0, 0): ends, (1, 0) if i == 0 else (0, 1): boxes.exact(1)})
        found = boxes.evaluate(tree(expression, (x, y)), jets, top)
        for (i, j), (low, high) in found.items():
            wanted = sp.diff(sp.diff(expression, x, i), y, j) / math.factorial(i) / math.factorial(j)
            value = float(wanted.xreplace(point).evalf(30))
            assert float(low) - 1e-12 <= value <= float(high) + 1e-12
            if not radius:
                assert float(high) - float(low) < 1e-10


def test_intervals_enclose_and_refuse() -> None:
    inf, none = boxes.INF, Fraction(0)
    with ctx.workprec(64):
        assert boxes.times({(): (boxes.ZERO[0], inf)}, {(): boxes.ZERO}, ())[()] == boxes.ZERO
        low, high = boxes.taylor("exp", none, (-inf, boxes.ZERO[0]), 1)
        assert (low, high) == (0, 1)
        with pytest.raises(ArithmeticError):
            boxes.plus({(): (-inf, inf)}, {(): (inf, inf)})
        with pytest.raises(ArithmeticError):
            boxes.taylor("pow", Fraction(-1), boxes.exact(-1, math.inf), 2)
        with pytest.raises(ArithmeticError):
            boxes.taylor("pow", Fraction(1, 2), boxes.exact(-2, -1), 0)
        for name in ("log", "pow"):
            with pytest.raises(ArithmeticError):
                boxes.taylor(name, none, boxes.ZERO, 2)


@pytest.mark.parametrize("power", [Fraction(1, 2), Fraction(-1), Fraction(-3), Fraction(5, 3), Fraction(0)])
@pytest.mark.parametrize("ends", [(0, 4), (1, 4), (2, math.inf), (0, math.inf), (-4, -1), (-math.inf, -2)])
def test_coefficients_of_powers_and_logarithms(power: Fraction, ends: tuple[float, float]) -> None:
    """Each coefficient inside the interval lies in its enclosure, and the enclosure is no wider than its ends."""
    if ends[0] < 0 and not (power < 0 and power.denominator == 1):
        return
    t = sp.Symbol("t")
    function = sp.log(t) if power == 0 else t ** sp.Rational(str(power))
    name = "log" if power == 0 else "pow"
    inside = [
        Fraction(n, 16) for n in (1, 20, 33, 63, 4000, -17, -40, -63, -4000) if ends[0] < Fraction(n, 16) < ends[1]
    ]
    for k in range(4):
        with ctx.workprec(64):
            low, high = boxes.taylor(name, power, boxes.exact(*map(_plain, ends)), k)
        for value in inside:
            wanted = (sp.diff(function, t, k) / sp.factorial(k)).subs(t, sp.Rational(str(value)))
            assert float(low) * (1 + 1e-15) - 1e-15 <= float(wanted) <= float(high) * (1 + 1e-15) + 1e-15
        if math.isfinite(ends[0]) and math.isfinite(ends[1]) and 0 not in ends:
            reached = [float((sp.diff(function, t, k) / sp.factorial(k)).subs(t, e)) for e in ends]
            assert float(low) == pytest.approx(min(reached), rel=1e-12)
            assert float(high) == pytest.approx(max(reached), rel=1e-12)


def _plain(end: float) -> Fraction | float:
    return end if math.isinf(end) else Fraction(end)


def test_the_replayer_is_short_and_knows_only_arb() -> None:
    source = inspect.getsource(boxes)
    module = ast.parse(source)
    names = [a.name for n in ast.walk(module) if isinstance(n, ast.Import) for a in n.names]
    names += [n.module or "." for n in ast.walk(module) if isinstance(n, ast.ImportFrom)]
    assert {name.split(".")[0] for name in names} <= {
        "flint",
        "fractions",
        "functools",
        "itertools",
        "math",
        "typing",
    }
    told = {
        line
        for n in ast.walk(module)
        if isinstance(n, (ast.Module, ast.FunctionDef)) and ast.get_docstring(n)
        for line in range(n.body[0].lineno, (n.body[0].end_lineno or 0) + 1)
    }
    code = [line for i, line in enumerate(source.splitlines(), 1) if line.strip() and i not in told]
    assert len(code) < 100
