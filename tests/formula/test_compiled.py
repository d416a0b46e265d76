"""Formulas as functions of arrays."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import sympy as sp

from w2s_sym.formula.compiled import compiled

x, y = sp.symbols("x y", positive=True)


def test_a_formula_becomes_a_function_of_arrays_in_the_order_of_its_symbols() -> None:
    at, of = np.array([0.5, 2.0, 7.0]), np.array([3.0, 1.0, 0.25])
    np.testing.assert_allclose(compiled((y, x), x**2 - sp.log(y))(of, at), at**2 - np.log(of), rtol=1e-15)
    np.testing.assert_allclose(compiled((x, y), sp.Max(x, y) - sp.Min(x, 1))(at, of), [2.5, 1.0, 6.0], rtol=1e-15)


def test_several_formulas_become_several_values() -> None:
    made = compiled((x, y), [sp.sqrt(x) * y, sp.sqrt(x) + y], cse=True)
    assert made(4.0, 5.0) == pytest.approx([10.0, 7.0], rel=1e-15)


@pytest.mark.parametrize(
    "formula",
    [
        sp.tan(x),
        sp.atan(x),
        sp.sinh(x),
        sp.cosh(x),
        sp.tanh(x),
        sp.exp(-x),
        sp.Abs(x - 3),
        sp.floor(x),
        sp.sign(x - 1),
        sp.Piecewise((x, x < 1), (x**2, True)),
        sp.pi * x,
        sp.E + x,
        sp.cbrt(x),
        x ** sp.Rational(-3, 2),
    ],
)
def test_values_are_those_of_sympy(formula: sp.Expr) -> None:
    at = np.array([0.3, 1.7, 4.2])
    by_sympy = [float(formula.subs(x, sp.Rational(float(v))).evalf(20)) for v in at]
    np.testing.assert_allclose(compiled((x,), formula)(at), by_sympy, rtol=1e-13)


def test_compiling_does_not_load_what_no_formula_uses() -> None:
    code = (
        "import sys; from sympy import Symbol, exp; from w2s_sym.formula.compiled import compiled;"
        "x = Symbol('x'); assert compiled((x,), exp(x))(0.0) == 1.0; print('numpy.f2py' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"
