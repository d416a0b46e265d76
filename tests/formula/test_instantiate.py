"""Formulas put in for symbols, against values worked out by hand."""

from __future__ import annotations

import pytest
import sympy as sp

from w2s_sym.formula.instantiate import CaptureError, bound_by, instantiate
from w2s_sym.formula.totals import LevelTable, any_spectrum, total

a, b, t, y, lam, mu = sp.symbols("a b t y lam mu", positive=True)
S, T, W = any_spectrum("S", "one", lam), any_spectrum("T", "another", lam), any_spectrum("W", "wide", lam, b)
M = any_spectrum("M", "another letter", mu)


def test_free_symbols_are_replaced_all_at_once() -> None:
    assert instantiate(a / b + sp.exp(a), {a: b, b: a}) == b / a + sp.exp(b)
    assert instantiate(sp.Max(a, b), {a: t}) == sp.Max(t, b)
    assert instantiate(a, {b: t}) == a


def test_bound_letters_are_left_alone() -> None:
    integral = sp.Integral(a * t, (t, 0, b))
    assert instantiate(integral, {a: 2 * y, b: y}) == sp.Integral(2 * y * t, (t, 0, y))
    assert instantiate(integral, {t: y}) == integral
    assert instantiate(total(a * lam, S), {lam: y, a: y}) == total(y * lam, S)
    assert instantiate(sp.Sum(a**t, (t, 1, b)), {t: y, b: a}) == sp.Sum(a**t, (t, 1, a))


@pytest.mark.parametrize(
    ("formula", "where"),
    [
        (sp.Integral(a * t, (t, 0, 1)), {a: t}),
        (sp.Sum(a**t, (t, 1, 3)), {a: t + 1}),
        (sp.Limit(a * t, t, 0), {a: t}),
        (sp.Subs(a * t, t, 2), {a: t}),
        (sp.Lambda(t, a * t), {a: t}),
        (total(a * lam, S), {a: lam}),
        (total(total(a * lam, S), M), {a: mu}),
        (total(b * lam, S), {S: W}),
        (total(a * lam, S), {S: W, a: b}),
        (sp.Derivative(a * y**2, y), {a: y}),
        (sp.Derivative(a * y**2, y), {y: a}),
        (sp.Derivative(a * y**2, y), {y: 2 * t}),
        (sp.Derivative(a * y**2, y), {y: t, a: t}),
    ],
)
def test_what_would_be_captured_is_refused(formula: sp.Expr, where: dict[sp.Symbol, sp.Expr]) -> None:
    with pytest.raises(CaptureError):
        instantiate(formula, where)


def test_a_derivative_may_be_in_another_letter() -> None:
    assert instantiate(sp.Derivative(a * y**2, y), {y: t, a: y}) == sp.Derivative(y * t**2, t)
    assert instantiate(sp.Derivative(a * y**2, (y, 2)), {a: b**2}) == sp.Derivative(b**2 * y**2, (y, 2))


def test_spectra_are_replaced_by_spectra_and_tables() -> None:
    assert instantiate(total(lam**2, S) + total(1, S), {S: T}) == total(lam**2, T) + total(1, T)
    for put in (M, a):
        with pytest.raises(CaptureError):
            instantiate(total(lam, S), {S: put})
    # Outside the levels are 1 and 2, inside there is 5, twice: (1 + 2) (5 + 5) + 2 a.
    nested = total(lam * total(lam, T) + a, S)
    tables = {S: LevelTable((lam,), [(1, 1), (1, 2)]), T: LevelTable((lam,), [(2, 5)])}
    assert instantiate(nested, tables) == 30 + 2 * a
    assert instantiate(instantiate(nested, {S: tables[S]}), {T: tables[T]}) == 30 + 2 * a


def test_what_a_node_binds() -> None:
    assert bound_by(sp.Integral(a * t, (t, 0, b))) == {t}
    assert bound_by(sp.Limit(a * t, t, b)) == {t}
    assert bound_by(sp.Derivative(a * t, t)) == bound_by(a + t) == bound_by(a) == frozenset()
    assert bound_by(total(a, W)) == {lam, b}
