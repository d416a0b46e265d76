"""Intervals and Taylor coefficients enclose what they are of, and refuse what is not defined."""

from __future__ import annotations

import ast
import inspect
import math
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from certified import x, y
from flint import arb, ctx

from w2s_sym.evidence.certificate.record_text import tree
from w2s_sym.kernel import boxes, enclosures, records, zeros
from w2s_sym.kernel.records import read_tree

INF, ZERO = enclosures.INF, enclosures.ZERO
HALF = sp.Rational(1, 2)


def formula(expression: sp.Expr) -> records.Formula:
    return read_tree(tree(expression, (x, y)), 2)


@pytest.mark.parametrize(
    "expression",
    [
        x * sp.exp(-x * y),
        sp.log(1 + x * y) / (2 - x),
        (1 + x) ** sp.Rational(2, 3) * y**3 - sp.sqrt(y + 1),
        1 / (x - 3) ** 2 + sp.exp(x) * (x + 1),
        sp.pi * x**2 - y,
    ],
    ids=str,
)
def test_taylor_coefficients_enclose_those_of_sympy(expression: sp.Expr) -> None:
    point = {x: sp.Rational(1, 3), y: sp.Rational(2, 5)}
    for radius in (0, sp.Rational(1, 50)):
        box: Any = tuple((Fraction(str(point[v] - radius)), Fraction(str(point[v] + radius))) for v in (x, y))
        for i, j in ((0, 0), (1, 0), (0, 1), (2, 1), (1, 2), (3, 2), (0, 3)):
            low, high = enclosures.coefficient(formula(expression), box, (i, j))
            wanted = sp.diff(sp.diff(expression, x, i), y, j) / math.factorial(i) / math.factorial(j)
            value = float(wanted.xreplace(point).evalf(30))
            assert float(low) - 1e-12 <= value <= float(high) + 1e-12
            if not radius:
                assert float(high) - float(low) < 1e-10


def test_intervals_enclose_and_refuse() -> None:
    none = Fraction(0)
    with ctx.workprec(64):
        assert enclosures.interval_product((ZERO[0], INF), ZERO) == ZERO
        assert enclosures.interval_product((arb(-2), arb(3)), (arb(-5), arb(7))) == (-15, 21)
        assert enclosures.interval_product((-INF, arb(3)), (arb(2), arb(7))) == (-INF, 21)
        assert enclosures.interval_sum((arb(-2), arb(3)), (arb(-5), INF)) == (-7, INF)
        assert enclosures.taylor("exp", none, (-INF, ZERO[0]), 1) == (0, 1)
        assert enclosures.exact(Fraction(1), Fraction(-3), math.inf) == (-3, INF)
        low, high = enclosures.exact(Fraction(1, 3))
        assert low < high
        assert float(high - low) < 1e-18
        with pytest.raises(ArithmeticError):
            enclosures.interval_sum((-INF, INF), (INF, INF))
        assert enclosures.between(arb("1e40").exp().exp()) == (-INF, INF)
        with pytest.raises(ArithmeticError):
            enclosures.between(arb(1), arb("nan"))
        with pytest.raises(ArithmeticError):
            enclosures.taylor("pow", Fraction(-1), enclosures.exact(Fraction(-1), math.inf), 2)
        with pytest.raises(ArithmeticError):
            enclosures.taylor("pow", Fraction(1, 2), enclosures.exact(Fraction(-2), Fraction(-1)), 0)
        with pytest.raises(ArithmeticError):
            enclosures.taylor("pow", Fraction(2), enclosures.exact(Fraction(-2), Fraction(-1)), 0)
        with pytest.raises(ArithmeticError):
            enclosures.taylor("log", none, enclosures.exact(Fraction(-2), Fraction(-1)), 0)
        for name in ("log", "pow"):
            with pytest.raises(ArithmeticError):
                enclosures.taylor(name, none, ZERO, 2)


@pytest.mark.parametrize(
    "power", [Fraction(1, 2), Fraction(-1), Fraction(-3), Fraction(5, 3), Fraction(2), Fraction(0)]
)
@pytest.mark.parametrize("head", ["log", "pow"])
@pytest.mark.parametrize("ends", [(0, 4), (1, 4), (2, math.inf), (0, math.inf), (-4, -1), (-math.inf, -2)])
def test_coefficients_of_powers_and_logarithms(head: str, power: Fraction, ends: tuple[float, float]) -> None:
    """Each coefficient inside the interval lies in its enclosure, which is no wider than its values at the ends."""
    reciprocal = head == "pow" and power < 0 and power.denominator == 1
    if (ends[0] < 0 and not reciprocal) or (head == "log" and power != 0):
        return
    t = sp.Symbol("t")
    function = sp.log(t) if head == "log" else t ** sp.Rational(str(power))
    inside = [
        Fraction(n, 16) for n in (1, 20, 33, 63, 4000, -17, -40, -63, -4000) if ends[0] < Fraction(n, 16) < ends[1]
    ]
    for k in range(5):
        derivative = sp.diff(function, t, k) / sp.factorial(k)
        with ctx.workprec(64):
            low, high = enclosures.taylor(head, power, enclosures.exact(*map(_plain, ends)), k)
        for value in inside:
            wanted = derivative.subs(t, sp.Rational(str(value)))
            assert float(low) * (1 + 1e-15) - 1e-15 <= float(wanted) <= float(high) * (1 + 1e-15) + 1e-15
        reached = [
            sp.limit(derivative, t, sp.oo if e == math.inf else -sp.oo if e == -math.inf else e, d)
            for e, d in zip(ends, "+-", strict=True)
        ]
        assert float(low) == pytest.approx(min(map(float, reached)), rel=1e-12)
        assert float(high) == pytest.approx(max(map(float, reached)), rel=1e-12)


@pytest.mark.parametrize("k", range(4))
def test_coefficients_of_exponentials(k: int) -> None:
    low, high = enclosures.taylor("exp", Fraction(0), enclosures.exact(Fraction(-1), Fraction(2)), k)
    assert float(low) == pytest.approx(math.exp(-1) / math.factorial(k), rel=1e-12)
    assert float(high) == pytest.approx(math.exp(2) / math.factorial(k), rel=1e-12)
    assert enclosures.taylor("exp", Fraction(0), (ZERO[0], INF), k)[1] == INF


def _plain(end: float) -> Any:
    return end if math.isinf(end) else Fraction(end)


@pytest.mark.parametrize(
    ("expression", "strict"),
    [
        (x, True),
        (sp.Integer(2), False),
        (sp.pi, False),
        (x + 2, True),
        (x * y, True),
        (2 * x, True),
        (sp.exp(x) * sp.log(y + 2), True),
        (sp.sqrt(x), True),
        (sp.exp(sp.Integer(2)), False),
        ((x - HALF) * (sp.sqrt(2) - sp.sqrt(2 + sp.Rational(1, 10**30))), True),
    ],
    ids=str,
)
def test_values_are_strictly_inside(expression: sp.Expr, strict: bool) -> None:
    box: Any = ((Fraction(0), Fraction(1)),) * 2
    with ctx.workprec(128):
        assert enclosures.values_inside(formula(expression), box)[1] is strict
        thin: Any = ((Fraction(1), Fraction(1)),) * 2
        assert enclosures.values_inside(formula(expression), thin)[1] is False


def test_where_functions_are_defined() -> None:
    unit: Any = ((Fraction(0), Fraction(1)),) * 2
    corner: Any = ((Fraction(0), Fraction(0)), (Fraction(0), Fraction(1)))
    for expression, on_unit, on_corner in (
        (sp.log(x), True, False),
        (sp.log(y), True, True),
        (sp.log(x + y), True, True),
        (sp.log(1 - x), True, True),
        (sp.log(x * y), True, False),
        (1 / (x - 1), False, True),
        (1 / (1 - x), True, True),
        (sp.sqrt(x - y), False, False),
        (sp.log(sp.log(1 + x)), True, False),
    ):
        for box, wanted in ((unit, on_unit), (corner, on_corner)):
            assert boxes.defined_on(formula(expression), [box]) is wanted, (expression, box)


def test_a_product_with_what_may_be_zero_is_not_strict() -> None:
    """x times a number that is zero, and enclosed by an interval from zero up, would reach zero everywhere."""
    root: Any = ["add", ["mul", ["pow", "2", "1/2"], ["pow", "2", "1/2"]], "-2"]
    unit: Any = ((Fraction(0), Fraction(1)),)
    product = read_tree(["mul", ["var", 0], root], 1)
    assert enclosures.values_inside(product, unit)[1] is False
    assert not boxes.defined_on(read_tree(["log", ["mul", ["var", 0], ["mul", root, root]]], 1), [unit])
    assert enclosures.values_inside(read_tree(["pow", ["var", 0], "0"], 1), unit)[1] is False
    assert not boxes.defined_on(read_tree(["log", ["add", ["pow", ["var", 0], "0"], "-1"]], 1), [unit])


def test_an_argument_that_may_be_zero_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a number enclosed by an interval from zero up, then x times it might be zero, and has no logarithm."""
    unit: Any = ((Fraction(0), Fraction(1)),)
    function = read_tree(["log", ["mul", ["var", 0], ["exp", "-9"]]], 1)
    assert boxes.defined_on(function, [unit])
    kept = enclosures.taylor
    wide = (ZERO[0], arb(1))
    monkeypatch.setattr(enclosures, "taylor", lambda head, *rest: wide if head == "exp" else kept(head, *rest))
    assert not boxes.defined_on(function, [unit])


def test_centres() -> None:
    assert enclosures.centre(Fraction(1), Fraction(2)) == Fraction(3, 2)
    assert enclosures.centre(Fraction(3), math.inf) == 3
    assert enclosures.centre(-math.inf, Fraction(3)) == 3
    assert enclosures.centre(-math.inf, math.inf) == 0


@pytest.mark.parametrize("module", [boxes, enclosures, records, zeros])
def test_the_replayer_is_short_and_knows_only_arb(module: Any) -> None:
    source = inspect.getsource(module)
    found = ast.parse(source)
    names = [a.name for n in ast.walk(found) if isinstance(n, ast.Import) for a in n.names]
    names += [n.module or "." for n in ast.walk(found) if isinstance(n, ast.ImportFrom)]
    ours = {name for name in names if name.startswith("w2s_sym.")}
    assert all(name.startswith("w2s_sym.kernel.") for name in ours)
    assert {name.split(".")[0] for name in names if name not in ours} <= {
        "__future__",
        "dataclasses",
        "flint",
        "fractions",
        "itertools",
        "math",
        "re",
        "typing",
    }
    assert len(source.splitlines()) < 260
    for function in (n for n in ast.walk(found) if isinstance(n, (ast.FunctionDef, ast.ClassDef))):
        nested = function.name == "read"
        assert nested or function.name == "__init__" or ast.get_docstring(function), function.name


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [(-1, 0, False), (0, 1, False), (0, 0, False), (-1, 1, False), (1, 2, True), (-2, -1, True)],
)
def test_an_interval_that_ends_at_zero_is_not_apart_from_it(low: int, high: int, wanted: bool) -> None:
    assert enclosures.apart((arb(low), arb(high))) is wanted
