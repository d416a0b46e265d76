"""Values and sways in floats, against derivatives by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp

from w2s_sym.formula.float_values import FloatValues, NoFloatsError

x, y = sp.symbols("x y", real=True)
AT = np.array([[0.5, 2.0, -1.5], [1.5, 0.25, 3.0]])


@pytest.mark.parametrize(
    ("formula", "value", "sway"),
    [
        (x + y, lambda a, b: a + b, lambda a, b: abs(a) + abs(b)),
        (x * y, lambda a, b: a * b, lambda a, b: 2 * abs(a * b)),
        ((x - y) ** 2, lambda a, b: (a - b) ** 2, lambda a, b: 2 * abs(a - b) * (abs(a) + abs(b))),
        (sp.exp(x), lambda a, b: math.exp(a), lambda a, b: math.exp(a) * abs(a)),
        (sp.Abs(x), lambda a, b: abs(a), lambda a, b: abs(a)),
        (sp.Max(x, y), lambda a, b: max(a, b), lambda a, b: max(a, b)),
        (sp.erf(y), lambda a, b: math.erf(b), lambda a, b: 2 / math.sqrt(math.pi) * math.exp(-b * b) * b),
        (sp.Integer(3) + 0 * x, lambda a, b: 3.0, lambda a, b: 0.0),
        (sp.Piecewise((x, x < y), (y, True)), lambda a, b: a if a < b else b, lambda a, b: abs(a) if a < b else b),
    ],
    ids=lambda part: str(part) if isinstance(part, sp.Expr) else "",
)
def test_a_value_comes_with_how_far_it_sways(formula: sp.Expr, value, sway) -> None:
    values, sways = FloatValues([formula], (x, y)).at(AT)
    assert values[0] == pytest.approx([value(*column) for column in AT.T])
    assert sways[0] == pytest.approx([sway(*column) for column in AT.T], rel=1e-5)


def test_what_has_no_value_is_nan_and_a_part_without_one_is_told() -> None:
    compiled = FloatValues([1 / (1 / x), sp.log(x)], (x,))
    columns = np.array([[2.0, 0.0, -1.0]])
    assert np.isnan(compiled.at(columns)[0][1, 2])
    # 1/(1/0) is 0 in floats, but 1/0 is no number.
    assert FloatValues([1 / (1 + 1 / x)], (x,)).at(columns)[0][0, 1] == 0
    assert list(FloatValues([1 / (1 + 1 / x)], (x,)).finite(columns)) == [True, False, False]


def test_kinds_that_are_not_known_are_refused() -> None:
    for formula in (sp.Integral(x, (x, 0, y)), sp.Symbol("z"), sp.besselj(0, x)):
        with pytest.raises(NoFloatsError):
            FloatValues([formula], (x, y))
