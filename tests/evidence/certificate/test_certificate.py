"""Certificates: what they prove, refute and give up on, and that their lists are caught when they are wrong."""

from __future__ import annotations

import copy
import json
import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp
from certified import MILLIONTH, TANGENT, check, claim, r, s, unit, x, y
from flint import ctx

from w2s_sym import Certificate, Claim, ClaimError, Compare, Condition, Domain, Source, Verdict, symbol, verify
from w2s_sym.evidence.certificate.record_text import tree
from w2s_sym.formula.balls import UnsupportedError
from w2s_sym.kernel import boxes
from w2s_sym.kernel.records import read_tree

# -- what is proved ---------------------------------------------------------------------------------------------


def test_two_sides_that_meet_on_all_of_the_boundary() -> None:
    found = verify(TANGENT).findings[0]
    assert found.verdict is Verdict.PROVED
    assert boxes.replay(found.detail["record"]) == []
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
    assert found.detail["record"]["boxes"][-1]["box"][0][1] == "inf"


def test_the_mean_value_theorem_is_used_where_it_helps(record: dict[str, Any]) -> None:
    assert any(item["order"] for item in record["boxes"])


@pytest.mark.parametrize("order", [1, 2])
def test_zeros_at_the_upper_end_count_their_signs(order: int) -> None:
    domain = Domain((x,), (Condition(x, ">=", sp.Rational(1, 2)), Condition(x, "<", 1)))
    lhs, rhs = (sp.log(x), x - 1) if order == 2 else (x**2, x)
    found = check(lhs, "<", rhs, domain, Certificate(factors=((1 - x) ** order,), budget=50))
    assert found.verdict is Verdict.PROVED
    found = check(lhs, ">", rhs, domain, Certificate(factors=((1 - x) ** order,), budget=50))
    assert found.verdict is Verdict.REFUTED


z = symbol("z", "a number of any sign", real=True)
w = symbol("w", "a number", positive=True)


@pytest.mark.parametrize(
    ("lhs", "relation", "rhs", "symbols", "certificate"),
    [
        # Rational differences show their factors by themselves.
        (x / (1 + x), "<", 1, (x,), Certificate()),
        (1 / (1 + x**2), ">", 0, (x,), Certificate()),
        (x / (1 + x**2), "<=", sp.Rational(1, 2), (x,), Certificate()),
        # The slope in the tail, after a search for a factor by which the difference falls.
        (sp.sqrt(x), "<", 1 + x, (x,), Certificate()),
        (sp.log(1 + x), "<", x, (x,), Certificate(factors=(x**2,))),
        (x * sp.exp(-x), "<", sp.Rational(1, 2), (x,), Certificate()),
        (sp.tanh(x), "<", x, (x,), Certificate(factors=(x**3,))),
        (sp.pi * x, "<", sp.E * x + x, (x,), Certificate()),
        # The whole line, and a zero of even order inside.
        (1 + z, "<=", sp.exp(z), (z,), Certificate(factors=(z**2,))),
        (sp.log(x), "<", sp.sqrt(x), (x,), Certificate({x: sp.exp(z)}, {z: (-sp.oo, sp.oo)})),
        (x * sp.exp(1 - x), "<=", 1, (x,), Certificate(factors=((x - 1) ** 2, sp.exp(-x)))),
        (sp.log(x - 1), "<", x - 1, (x,), Certificate({x: 1 + sp.exp(z)}, {z: (-sp.oo, sp.oo)})),
        (x * y * w, "<", (x + y + w) / 3 + sp.Rational(1, 10), (x, y, w), Certificate()),
        # Zeros at ends and positive factors that are found; exponentials that beat a power.
        (sp.log(1 + x), "<", x, (x,), Certificate()),
        (1 - x * sp.exp(-x), "<=", 1, (x,), Certificate()),
        (sp.sqrt(1 + x), "<", 1 + x / 2, (x,), Certificate()),
        (sp.tanh(x), "<", x, (x,), Certificate()),
        (sp.tanh(x) ** 2, "<", 1, (x,), Certificate()),
        (x**5 * sp.exp(-x), "<", 22, (x,), Certificate()),
        (1 + x + x**2 / 2 + x**3 / 6, "<", sp.exp(x), (x,), Certificate()),
    ],
)
def test_half_lines_and_whole_lines(
    lhs: Any, relation: str, rhs: Any, symbols: tuple[sp.Symbol, ...], certificate: Certificate
) -> None:
    above = () if rhs != x - 1 else (Condition(x, ">", 1),)
    domain = unit(*symbols) if len(symbols) > 1 else Domain(symbols, above)
    stated = claim(lhs, relation, rhs, domain, certificate)
    found = verify(stated).findings[0]
    assert found.verdict is Verdict.PROVED, found.summary
    assert certificate.faults(stated, json.loads(json.dumps(found.detail["record"]))) == []
    # The same boxes say nothing of the reverse.
    reverse = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[relation]
    assert check(lhs, reverse, rhs, domain, certificate).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("lhs", "rhs", "factors"),
    [
        (sp.log(1 + x), x, ["x**2"]),
        (sp.tanh(x), x, ["x**3"]),
        (x * (1 - x), sp.exp(x) * x * (1 - x) * (1 + x), ["1 - x", "exp(x)", "x**2"]),
        (sp.log(x), x - 1, ["(1 - x)**2"]),  # the logarithm has no value at zero, which is no zero
        (1 - x, 1 - x**2 + sp.sqrt(x) * (1 - x), ["1 - x", "sqrt(x)"]),  # an infinite slope at zero
        (sp.exp(x), 3, []),
    ],
)
def test_zeros_at_ends_are_found_by_derivatives(lhs: sp.Expr, rhs: sp.Expr, factors: list[str]) -> None:
    found = check(lhs, "<", rhs, unit(x), Certificate())
    assert found.verdict is Verdict.PROVED, found.summary
    assert sorted(found.detail["factors"]) == factors


def test_an_expansion_to_a_higher_order_is_used_on_a_half_line_alone() -> None:
    found = check(x**5 * sp.exp(-x), "<", 22, Domain((x,)), Certificate())
    for item in found.detail["record"]["boxes"]:
        assert item["order"] < 2 or item["box"][0][1] == "inf"
    *_, last = found.detail["record"]["boxes"]
    assert last["order"] == 5  # that of 22 exp(x) - x^5 outgrows what is left of the power
    wrong = copy.deepcopy(found.detail["record"])
    wrong["boxes"][-1]["order"] = 4
    assert boxes.replay(wrong)


def test_ends_of_a_range_enter_the_proof_that_a_side_is_defined() -> None:
    half = sp.Rational(1, 2)
    domain = Domain((x,), (Condition(x, ">", half), Condition(x, "<", 3)))
    certificate = Certificate(factors=((x - half) ** 2,), function=2 * x - 1 - sp.log(2 * x))
    assert check(sp.log(2 * x), "<=", 2 * x - 1, domain, certificate).verdict is Verdict.PROVED
    assert check(sp.log(2 * x - 1), "<", 2 * x - 1, domain, Certificate()).verdict is Verdict.PROVED
    with pytest.raises(ClaimError, match="is not shown"):
        check(sp.log(2 * x - 2), "<", 2 * x - 1, domain, Certificate())


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


@pytest.mark.parametrize(
    ("rhs", "certificate"),
    [
        (1 - x**r, Certificate()),
        (1 - x**r, Certificate({x: sp.exp(-s)}, {s: (0, sp.oo)}, (sp.exp(-s), s, r))),
        (1 - x**r, Certificate({x: sp.exp(-s)}, {s: (0, sp.oo)}, (sp.exp(-s), s**2, r, 1 - r))),
    ],
)
def test_a_millionth_beside_a_zero_is_found(rhs: sp.Expr, certificate: Certificate) -> None:
    """Near x = 1 both sides vanish, and only there is the inequality false."""
    lhs = (1 + MILLIONTH) * r * (1 - x)
    found = check(lhs, "<", rhs, unit(r, x), certificate)
    assert found.verdict is Verdict.REFUTED
    point = {v: sp.Rational(found.detail["counterexample"][v.name]) for v in (r, x)}
    assert (lhs - rhs).xreplace(point).evalf(30) >= 0


def test_a_strict_claim_that_is_false_at_a_closed_end_is_refuted_there() -> None:
    found = check(r * (1 - x), "<", 1 - x**r, unit(r, x, closed=True), Certificate(factors=(1 - x,)))
    assert found.verdict is Verdict.REFUTED
    assert found.detail["counterexample"]["x"] == "1"
    assert check(1 + z, "<", sp.exp(z), Domain((z,)), Certificate(factors=(z**2,))).detail["counterexample"] == {
        "z": "0"
    }


def test_a_closed_end_where_a_side_has_no_value() -> None:
    start = symbol("start", "a number", nonnegative=True)
    with pytest.raises(ClaimError, match="start != 0 is not shown"):
        check(1 / start, ">", sp.Rational(1, 2), Domain((start,), (Condition(start, "<=", 1),)), Certificate())


def test_whole_numbers_are_no_excuse_for_a_closed_end() -> None:
    """For whole n > 1, 99 n > 100; at n = 1, which is in the domain, the claim is false."""
    n = symbol("n", "an integer", integer=True, positive=True)
    found = check(1 / n, "<=", sp.Rational(99, 100), Domain((n,)), Certificate())
    assert found.verdict is Verdict.REFUTED
    assert found.detail["counterexample"] == {"n": "1"}
    assert check(1 / n, "<=", 1, Domain((n,)), Certificate()).verdict is Verdict.PROVED
    assert check(1 / n**2, "<", sp.Rational(101, 100) / n, Domain((n,)), Certificate()).verdict is Verdict.PROVED
    from_two = Domain((n,), (Condition(n, ">=", 2),))
    assert check(1 / n, "<=", sp.Rational(1, 2), from_two, Certificate()).verdict is Verdict.PROVED
    assert check(1 / n, "<", sp.Rational(1, 2), from_two, Certificate()).verdict is Verdict.REFUTED


def test_factors_of_a_strict_claim_are_positive_at_its_closed_ends() -> None:
    closed = Domain((x,), (Condition(x, ">=", 1), Condition(x, "<=", 3)))
    for factors in ((sp.log(x),), (x**2 - 1,)):
        found = check(sp.Integer(0), "<", factors[0], closed, Certificate(factors=factors))
        assert found.verdict is Verdict.REFUTED
        assert found.detail["counterexample"] == {"x": "1"}
        assert check(sp.Integer(0), "<=", factors[0], closed, Certificate(factors=factors)).verdict is Verdict.PROVED


def test_a_false_claim_is_refuted_although_its_factors_do_not_fit() -> None:
    certificate = TANGENT.evidence[0]
    found = check(2 * r * (1 - x), "<", 1 - x**r, unit(r, x), certificate)
    assert found.verdict is Verdict.REFUTED


def test_rivals_are_refuted_at_exact_points() -> None:
    rivals = (
        Compare(r * (1 - x), ">", 1 - x**r),
        Compare(r * (1 - x), "<", 1 - x ** (r**2)),
        Compare(r * (1 - x) * (1 + MILLIONTH), "<", 1 - x**r),
        Compare(r * (1 - x) ** 2, "<", 1 - x**r),  # true: no point refutes it
    )
    found = check(*_parts(TANGENT), TANGENT.evidence[0], rivals=rivals)
    assert found.verdict is Verdict.PROVED
    assert found.refuted == (0, 1, 2)
    for rival, point in zip(rivals, found.detail["rivals_false_at"].values(), strict=False):
        values = {v: sp.Rational(point[v.name]) for v in (r, x)}
        gap = (rival.rhs - rival.lhs) * (1 if rival.relation == "<" else -1)
        assert gap.xreplace(values).evalf(30) <= 0


def test_a_counter_example_is_told_in_the_symbols_of_the_claim() -> None:
    lhs, rhs = r * (1 - x) + r * (1 - r) * (1 - x) ** 2, 1 - x**r
    certificate = Certificate({x: sp.exp(-s)}, {s: (0, sp.oo)}, (sp.exp(-2 * s), s**2, r, 1 - r))
    found = check(lhs, "<", rhs, unit(r, x), certificate)
    assert found.verdict is Verdict.REFUTED
    point = {v: sp.Rational(found.detail["counterexample"][v.name]) for v in (r, x)}
    assert (lhs - rhs).xreplace(point).evalf(30) >= 0


def test_a_budget_that_runs_out_names_the_worst_box() -> None:
    as_it_stands = sp.Rational(1, 9) - x * (sp.Rational(2, 3) - x)
    certificate = Certificate(function=as_it_stands, budget=60)
    found = check(x * (sp.Rational(2, 3) - x), "<=", sp.Rational(1, 9), unit(x), certificate)
    assert found.verdict is Verdict.INCONCLUSIVE
    low, high = map(Fraction, found.detail["worst"][0])
    assert abs(low - Fraction(1, 3)) < Fraction(1, 100) > abs(high - Fraction(1, 3))
    assert "60 boxes are not enough" in found.summary
    assert "budget" in found.next_move
    assert found.detail["decide"] == {"text": found.next_move}


def test_a_tail_without_a_bound_ends_early_and_names_what_may_help() -> None:
    """Its bound would need a start beyond any: boxes with thousands of bits are no progress."""
    found = check(sp.log(x), "<", sp.sqrt(x), Domain((x,)), Certificate(budget=10**6))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "no bound is found for x in [3.69e+19, inf]" in found.summary
    assert "change variables" in found.summary
    assert found.detail["boxes"] < 1000


def test_what_boxes_do_not_know_is_left_to_other_evidence() -> None:
    found = check(sp.gamma(1 + x), "<", 2, unit(x), Certificate())
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "no certificate encloses gamma" in found.summary


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
        (unit(r, x), Certificate(ranges={s: (0, 1)}), "the range of s belongs to no change of variables"),
        (unit(r, x), Certificate({s: x}, {y: (0, 1)}), "s is no symbol of the claim"),
        (unit(r, x), Certificate({x: s}, {s: (1, 0)}), "s runs from 1 to 0"),
        (unit(r, x), Certificate({x: sp.sin(s)}, {s: (0, sp.pi / 2)}), "s runs from 0 to pi/2"),
        (unit(r, x), Certificate(factors=(y,)), "y, which is none of the variables r, x"),
        (unit(r, x), Certificate(function=y), "y, which is none of the variables r, x"),
        (unit(r, x), Certificate(factors=(sp.Integer(0),)), "not shown to be positive"),
        (unit(r, x, closed=True), Certificate({x: sp.exp(-s)}, {s: (0, sp.oo)}), "has a closed end"),
        (Domain((r, x), (Condition(x, "<", r),)), Certificate(), "no box"),
    ],
)
def test_what_the_replayer_takes_on_trust_is_checked(domain: Domain, certificate: Certificate, message: str) -> None:
    with pytest.raises(ClaimError, match=message):
        check(r * (1 - x), "<", 1 - x**r, domain, replace(certificate, budget=20))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"budget": "many"}, "budget='many'"),
        ({"budget": 0}, "budget=0"),
        ({"bits": 0}, "bits=0"),
        ({"bits": True}, "bits=True"),
        ({"factors": 2}, "also of one factor"),
        ({"factors": ("x",)}, "'x' is no formula"),
        ({"function": "x"}, "'x' is no formula"),
        ({"substitute": (x,)}, "a mapping whose keys are symbols"),
        ({"ranges": {"s": (0, 1)}}, "a mapping whose keys are symbols"),
        ({"ranges": {s: 1}}, "the two ends"),
        ({"ranges": {s: (0, "oo")}}, "'oo' is no formula"),
    ],
)
def test_wrong_parameters_are_refused_in_words(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Certificate(**wrong)


def test_how_the_difference_is_taken_apart_is_shown() -> None:
    (chain,) = TANGENT.chains()
    assert not chain.problem
    texts = [line.text for line in chain.lines]
    assert sp.simplify(sp.sympify(texts[0], {"r": r, "x": x}) - (1 - x**r - r * (1 - x))) == 0
    assert "x = e^(-s), s > 0" in chain.lines[1].words
    assert "divided out: e^(-s), s^2, r, 1 - r; s^2, r, 1 - r by series" in chain.lines[2].words
    assert (chain.lines[-1].relation, chain.lines[-1].text) == (">", "0")


def test_an_equality_has_no_certificate() -> None:
    with pytest.raises(ClaimError, match="proves an inequality"):
        check(x, "=", x**2, unit(x), Certificate())


def test_a_function_that_the_replayer_does_not_know() -> None:
    with pytest.raises(UnsupportedError, match="no certificate encloses"):
        tree(sp.gamma(x), (x,))


def test_a_proof_on_the_last_allowed_box_counts() -> None:
    p, q = (symbol(f"last_{name}", "a number between 0 and 1", positive=True) for name in "pq")
    unit = Domain((p, q), (Condition(p, "<", 1), Condition(q, "<", 1)))
    stated = Compare(p + q, "<", 2 + sp.Rational(1, 10**6))
    made = Claim("toy", "A toy.", stated, unit, Source("toy", "A", "T", 2025), (Certificate(budget=1),))
    assert verify(made).findings[0].verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("function", "zeros"),
    [
        (sp.exp(x) - 1 - x, ((0, 0), ())),
        (sp.log(1 + x * y) * (x - 1) ** 2, ((1, 1), ())),
        ((sp.exp(x) - 1) * (1 - y**2), ((0,), (1,))),
        (1 - x ** sp.Rational(1, 3) - y * 0, ((1,), ())),
        (x * sp.sqrt(y) * (y - 2) / (1 + x * y), ((0,), (2,))),
        (sp.tanh(x) * sp.exp(-y) * (x - 2) ** 3, ((0, 2, 2, 2), ())),
    ],
    ids=str,
)
def test_quotients_by_zeros_enclose_their_values(function: sp.Expr, zeros: tuple[tuple[int, ...], ...]) -> None:
    """At random points of random boxes, on all sides of the zeros, with every choice of what is divided out."""
    rng = np.random.default_rng(17)
    formula, nodes = read_tree(tree(function, (x, y)), 2), tuple(tuple(map(Fraction, zs)) for zs in zeros)
    value, told = sp.lambdify((x, y), function, "mpmath"), 0
    for _ in range(40):
        box: list[tuple[Any, Any]] = []
        for _ in (x, y):
            low = Fraction(int(rng.integers(0, 24)), 8)
            box.append((low, low + Fraction(int(rng.integers(1, 9)), int(rng.choice([1, 4, 64])))))
        if any(a < c < b for (a, b), zs in zip(box, zeros, strict=True) for c in zs if zs.count(c) % 2):
            continue  # zeros of odd order are ends
        divide = [i for i in (0, 1) if rng.random() < 0.7]
        for order in range(4):
            try:
                with ctx.workprec(64):
                    low, high = (float(e) for e in boxes.quotient(formula, nodes, tuple(box), tuple(divide), order))
            except ArithmeticError:
                continue
            told += math.isfinite(low) or math.isfinite(high)
            for _ in range(8):
                point = [float(a) + float(b - a) * rng.random() for a, b in box]
                with mpmath.workdps(40):
                    there = value(*map(mpmath.mpf, point))
                    for i in divide:
                        for c in zeros[i]:
                            there /= abs(mpmath.mpf(point[i]) - c)
                rounding = 1e-13 * (1 + abs(there))  # the ends are read as floats
                assert low - rounding <= there <= high + rounding
    assert told > 12
