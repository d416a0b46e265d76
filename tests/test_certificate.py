"""Certificates: what they prove, refute and give up on, and that their lists are caught when they are wrong."""

from __future__ import annotations

import ast
import copy
import inspect
import json
import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from flint import ctx

from w2s_sym import Certificate, Claim, ClaimError, Compare, Condition, Domain, Source, Verdict, replay, symbol, verify
from w2s_sym.balls import UnsupportedError
from w2s_sym.certificate import tree
from w2s_sym.claim import Finding

x = symbol("x", "a number", positive=True)
y = symbol("y", "a number", positive=True)
r = symbol("r", "an exponent", positive=True)
s = symbol("s", "a new variable", positive=True)
SOURCE = Source("toy", "Ann Author", "A toy paper", 2024)
MILLIONTH = sp.Rational(1, 10**6)


def unit(*symbols: sp.Symbol, closed: bool = False) -> Domain:
    return Domain(symbols, tuple(Condition(v, "<=" if closed else "<", 1) for v in symbols))


def claim(lhs: Any, relation: str, rhs: Any, domain: Domain, certificate: Certificate) -> Claim:
    return Claim("toy", "A toy.", Compare(sp.sympify(lhs), relation, sp.sympify(rhs)), domain, SOURCE, (certificate,))


def check(*parts: Any) -> Finding:
    return verify(claim(*parts)).findings[0]


TANGENT = claim(
    r * (1 - x),
    "<",
    1 - x**r,
    unit(r, x),
    Certificate({x: sp.exp(-s)}, {s: (0, sp.oo)}, (sp.exp(-s), s**2, r, 1 - r)),
)


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    """A list of several boxes, in two variables, some of them by series."""
    found = check(sp.sqrt(x * y), "<=", (x + y) / 2 + sp.Rational(1, 64), _QUARTER, Certificate())
    assert found.verdict is Verdict.PROVED
    boxes: dict[str, Any] = found.detail["record"]
    assert len(boxes["boxes"]) > 5
    return boxes


_QUARTER = Domain(
    (x, y), tuple(c for v in (x, y) for c in (Condition(v, ">=", sp.Rational(1, 4)), Condition(v, "<=", 1)))
)


# -- what is proved ---------------------------------------------------------------------------------------------


def test_two_sides_that_meet_on_all_of_the_boundary() -> None:
    found = verify(TANGENT).findings[0]
    assert found.verdict is Verdict.PROVED
    assert replay.replay(found.detail["record"]) == []
    assert found.detail["change_of_variables"] == {"x": "exp(-s)"}
    assert found.detail["factors"] == ["exp(-s)", "s**2", "r", "1 - r"]


def test_a_true_inequality_that_touches_zero_at_one_end() -> None:
    # sin-like: both sides agree to second order at zero, where the bound must come from a remainder.
    found = check(x - x**3 / 6, "<", (sp.exp(x) - sp.exp(-x)) / 2, unit(x), Certificate(factors=(x**3,)))
    assert found.verdict is Verdict.PROVED
    assert all(item["divide"] == [0] for item in found.detail["record"]["boxes"])


def test_a_half_line_ends_in_one_box_with_a_monotone_tail() -> None:
    found = check((1 + x) * sp.exp(-x), "<", 1, Domain((x,)), Certificate(factors=(x**2, sp.exp(-x))))
    assert found.verdict is Verdict.PROVED
    assert found.detail["record"]["boxes"][-1]["box"][0][1] is None


def test_the_mean_value_theorem_is_used_where_it_helps(record: dict[str, Any]) -> None:
    assert any(item["centred"] for item in record["boxes"])


@pytest.mark.parametrize("order", [1, 2])
def test_zeros_at_the_upper_end_count_their_signs(order: int) -> None:
    domain = Domain((x,), (Condition(x, ">=", sp.Rational(1, 2)), Condition(x, "<", 1)))
    lhs, rhs = (sp.log(x), x - 1) if order == 2 else (x**2, x)
    found = check(lhs, "<", rhs, domain, Certificate(factors=((1 - x) ** order,), budget=50))
    assert found.verdict is Verdict.PROVED
    found = check(lhs, ">", rhs, domain, Certificate(factors=((1 - x) ** order,), budget=50))
    assert found.verdict is Verdict.REFUTED


def test_a_logarithm_on_a_closed_interval() -> None:
    domain = Domain((x,), (Condition(x, ">=", sp.Rational(1, 2)), Condition(x, "<=", 4)))
    assert check(sp.log(x), "<", x - sp.Rational(1, 100), domain, Certificate()).verdict is Verdict.PROVED


# -- what is refuted, and what is left open ---------------------------------------------------------------------


@pytest.mark.parametrize("closed", [True, False])
def test_a_millionth_at_one_corner_is_found(closed: bool) -> None:
    found = check(x * y, "<", 1 - MILLIONTH, unit(x, y, closed=closed), Certificate())
    assert found.verdict is Verdict.REFUTED
    point = {k: sp.Rational(v) for k, v in found.detail["counterexample"].items()}
    assert point["x"] * point["y"] >= 1 - MILLIONTH
    assert max(point.values()) < 1 or closed


def test_the_same_corner_with_a_millionth_to_spare_is_proved() -> None:
    assert check(x * y, "<", 1 + MILLIONTH, unit(x, y), Certificate()).verdict is Verdict.PROVED


def test_a_counter_example_is_told_in_the_symbols_of_the_claim() -> None:
    lhs, rhs = r * (1 - x) + r * (1 - r) * (1 - x) ** 2, 1 - x**r
    certificate = Certificate({x: sp.exp(-s)}, {s: (0, sp.oo)}, (sp.exp(-2 * s), s**2, r, 1 - r))
    found = check(lhs, "<", rhs, unit(r, x), certificate)
    assert found.verdict is Verdict.REFUTED
    point = {v: sp.Rational(found.detail["counterexample"][v.name]) for v in (r, x)}
    assert (lhs - rhs).xreplace(point).evalf(30) >= 0


def test_a_budget_that_runs_out_names_the_worst_box() -> None:
    found = check(x * (sp.Rational(2, 3) - x), "<=", sp.Rational(1, 9), unit(x), Certificate(budget=60))
    assert found.verdict is Verdict.INCONCLUSIVE
    low, high = map(Fraction, found.detail["worst"][0])
    assert abs(low - Fraction(1, 3)) < Fraction(1, 100) > abs(high - Fraction(1, 3))
    assert "60 boxes are not enough" in found.summary


def test_without_its_factors_the_tangent_is_left_open() -> None:
    bare = check(*_parts(TANGENT), Certificate(budget=100))
    assert bare.verdict is Verdict.INCONCLUSIVE


def _parts(of: Claim) -> tuple[Any, ...]:
    assert isinstance(of.statement, Compare)
    return of.statement.lhs, of.statement.relation, of.statement.rhs, of.domain


# -- what is no certificate -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("domain", "certificate", "message"),
    [
        (unit(r, x), Certificate(factors=(x - r,)), "not shown to be positive"),
        (unit(r, x), Certificate(factors=(r**2,)), "no zero of order 2"),
        (unit(r, x), Certificate(function=x), "not the difference"),
        (unit(r, x), Certificate({x: sp.exp(-s)}, {s: (1, sp.oo)}), "not shown to take exactly the values of x"),
        (unit(r, x), Certificate({x: s**2}, {s: (0, 2)}), "not shown to take exactly the values of x"),
        (unit(r, x), Certificate({x: s * r}, {s: (0, 1)}), "a formula in one new symbol"),
        (unit(r, x), Certificate(ranges={r: (0, 1)}), "in the domain already"),
        (Domain((r, x), (Condition(x, "<", r),)), Certificate(), "no box"),
        (unit(r, x, closed=True), Certificate(factors=((1 - x) ** 2,)), "equal at x = 1, which is in the domain"),
    ],
)
def test_what_the_replayer_takes_on_trust_is_checked(domain: Domain, certificate: Certificate, message: str) -> None:
    with pytest.raises(ClaimError, match=message):
        check(r * (1 - x), "<", 1 - x**r, domain, replace(certificate, budget=20))


def test_an_equality_has_no_certificate() -> None:
    with pytest.raises(ClaimError, match="proves an inequality"):
        check(x, "=", x**2, unit(x), Certificate())


def test_a_function_that_the_replayer_does_not_know() -> None:
    with pytest.raises(UnsupportedError, match="no certificate encloses"):
        tree(sp.gamma(x), (x,))


# -- the replayer -----------------------------------------------------------------------------------------------


def forged(record: dict[str, Any], change: Any) -> list[str]:
    """The faults of a changed record whose digest was made anew."""
    copied = copy.deepcopy(record)
    change(copied)
    assert copied != record
    copied["digest"] = replay.digest(copied)
    return replay.replay(copied)


def test_a_list_survives_json(record: dict[str, Any]) -> None:
    assert replay.replay(json.loads(json.dumps(record))) == []


def test_a_dropped_box_is_caught_whichever_it_is(record: dict[str, Any]) -> None:
    assert "the boxes leave a gap" in forged(record, lambda copied: copied["boxes"].pop(1))
    boxes = [[list(map(Fraction, ends)) for ends in item["box"]] for item in record["boxes"]]
    region = [list(map(Fraction, ends)) for ends in record["domain"]]
    assert replay.covered(region, boxes)
    assert not any(replay.covered(region, boxes[:i] + boxes[i + 1 :]) for i in range(len(boxes)))


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


def test_an_edit_without_a_new_digest_is_caught(record: dict[str, Any]) -> None:
    copied = copy.deepcopy(record)
    copied["boxes"][0]["bound"] = str(Fraction(copied["boxes"][0]["bound"]) / 2)
    assert replay.replay(copied) == ["the digest is not that of the record"]


def test_gaps_are_found_in_any_arrangement() -> None:
    def square(*boxes: str) -> bool:
        cut = [[[Fraction(e) for e in ends.split(":")] for ends in box.split()] for box in boxes]
        return replay.covered([[Fraction(0), Fraction(1)]] * 2, cut)

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
            ends = (
                replay.exact(Fraction(str(point[v] - radius)))[0],
                replay.exact(Fraction(str(point[v] + radius)))[1],
            )
            jets.append({(0, 0): ends, (1, 0) if i == 0 else (0, 1): replay.exact(1)})
        found = replay.evaluate(tree(expression, (x, y)), jets, top)
        for (i, j), (low, high) in found.items():
            wanted = sp.diff(sp.diff(expression, x, i), y, j) / math.factorial(i) / math.factorial(j)
            value = float(wanted.xreplace(point).evalf(30))
            assert float(low) - 1e-12 <= value <= float(high) + 1e-12
            if not radius:
                assert float(high) - float(low) < 1e-10


def test_intervals_enclose_and_refuse() -> None:
    inf = replay.INF
    with ctx.workprec(64):
        assert replay.mul((replay.ZERO[0], inf), replay.ZERO) == replay.ZERO
        low, high = replay.taylor("exp", (-inf, replay.ZERO[0]), 1)[0]
        assert low == 0
        assert high == 1
        with pytest.raises(ArithmeticError):
            replay.add((-inf, inf), (inf, inf))
        with pytest.raises(ArithmeticError):
            replay.taylor("inv", (-replay.exact(1)[0], inf), 2)
        with pytest.raises(ArithmeticError):
            replay.taylor("log", replay.ZERO, 2)


def test_the_replayer_is_short_and_knows_only_arb() -> None:
    source = inspect.getsource(replay)
    module = ast.parse(source)
    names = [a.name for n in ast.walk(module) if isinstance(n, ast.Import) for a in n.names]
    names += [n.module or "." for n in ast.walk(module) if isinstance(n, ast.ImportFrom)]
    assert {name.split(".")[0] for name in names} <= {
        "flint",
        "fractions",
        "functools",
        "hashlib",
        "itertools",
        "json",
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


def test_a_proof_on_the_last_allowed_box_counts() -> None:
    p, q = (symbol(f"last_{name}", "a number between 0 and 1", positive=True) for name in "pq")
    unit = Domain((p, q), (Condition(p, "<", 1), Condition(q, "<", 1)))
    stated = Compare(p + q, "<", 2 + sp.Rational(1, 10**6))
    made = Claim("toy", "A toy.", stated, unit, Source("toy", "A", "T", 2025), (Certificate(budget=1),))
    assert verify(made).findings[0].verdict is Verdict.PROVED
