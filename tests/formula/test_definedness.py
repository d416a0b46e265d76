"""What the list of definedness asks of each function, and that it asks it of nothing else."""

from __future__ import annotations

import pytest
import sympy as sp

from w2s_sym.formula.balls import At, UndefinedError
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.definedness import Unshown, defined, first_undefined
from w2s_sym.formula.domain import Domain

x, y = sp.symbols("x y", real=True)
p, q = sp.symbols("p q", positive=True)
m = sp.Symbol("m", integer=True)
k = sp.Symbol("k", integer=True, nonnegative=True)


@pytest.mark.parametrize(
    ("expression", "missing"),
    [
        (sp.log(x), "x > 0"),
        (sp.sqrt(x), "x >= 0"),
        (sp.tan(x), "cos(x) != 0"),
        (sp.asin(p), "p <= 1"),
        (sp.acos(p), "p <= 1"),
        (sp.gamma(-p), "-p > 0"),
        (sp.loggamma(x), "x > 0"),
        (sp.digamma(x), "x > 0"),
        (sp.polygamma(1, p), "that polygamma(1, p) is a real number"),
        (sp.factorial(x), "x >= 0"),
        (sp.binomial(p, q), "p - q >= 0"),
        (sp.zeta(p), "p > 1"),
        (sp.LambertW(x), "x >= 0"),
        (sp.betainc(p, q, 0, p), "p <= 1"),
        (x**y, "x >= 0"),
        (sp.Abs(x) ** y, "Abs(x) != 0"),
        (sp.Abs(x) ** sp.Abs(y), "Abs(x) != 0"),  # 0^0
        (x**m, "x != 0"),
        (x**k, "x != 0"),
        (sp.sign(x), "that sign(x) is a real number"),
        (sp.sec(p), "that sec(p) is a real number"),
        (sp.Piecewise((1, x > 0)), "that Piecewise((1, x > 0)) is a real number"),
        (sp.Function("f")(x), "that f(x) is a real number"),
        (sp.Derivative(sp.Abs(x), x), "that Derivative(Abs(x), x) is a real number"),
        (sp.Integral(1 / (x + p), (x, 0, 1)), "that Integral(1/(p + x), (x, 0, 1)) is a real number"),
        (p + sp.oo, "oo = 0"),
    ],
    ids=str,
)
def test_what_is_missing_is_named(expression: sp.Expr, missing: str) -> None:
    assert str(defined(expression, Domain((x, y, p, q, m, k)))) == missing


@pytest.mark.parametrize(
    "expression",
    [
        sp.exp(x) + sp.sin(x) * sp.cosh(x) - sp.atan(x) + sp.erf(x) + sp.floor(x) + sp.Max(x, y) + sp.Abs(x),
        sp.gamma(p) + sp.log(p) + sp.zeta(1 + p) + sp.LambertW(p) + sp.digamma(q) + sp.factorial(q),
        p**x + sp.Abs(x) ** p + p**m + x**2 + (x**2 + 1) ** -y + 2**x,
        sp.asin(p / (p + q)) + sp.betainc(p, q, 0, p / (p + q)),
        sp.sqrt(2) + sp.pi * x,
    ],
    ids=str,
)
def test_what_is_defined(expression: sp.Expr) -> None:
    assert defined(expression, Domain((x, y, p, q, m, k))) is None


def test_a_tangent_between_its_poles() -> None:
    quarter = Domain((p,), (Condition(p, "<", sp.Rational(1, 2)),))
    assert defined(sp.tan(sp.pi * p), quarter) is None


def test_the_first_that_is_missing() -> None:
    domain = Domain((x, p))
    assert first_undefined((p, 1 / p), domain) is None
    assert first_undefined((p, sp.sec(x), 1 / x), domain) == Unshown(sp.sec(x))


def test_zero_has_no_power_zero_where_the_exponent_varies() -> None:
    at = At({x: sp.Integer(0), y: sp.Integer(0), p: sp.Integer(1)}, 30)
    with pytest.raises(UndefinedError, match="zero to the power zero"):
        at(sp.Abs(x) ** y)
    with pytest.raises(UndefinedError):
        at(x ** (-p))
    assert at(p**y) == 1
    assert at(x**p) == 0
