"""A formula of SymPy as the nested lists of a record, and the numbers of a record as text."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import sympy as sp

from w2s_sym.formula.balls import UnsupportedError
from w2s_sym.kernel.enclosures import centre

# The highest power that is written as a product: the replayer knows powers of what is positive only.
MOST_FACTORS = 400


def tree(node: sp.Expr, variables: tuple[sp.Symbol, ...]) -> Any:
    """The expression as nested lists that the replayer reads; raises :class:`UnsupportedError` for other functions."""
    if node.is_Symbol:
        return ["var", variables.index(node)]
    if node.is_Rational:
        return str(node)
    if node == sp.pi:
        return ["pi"]
    if node == sp.E:
        return ["exp", "1"]
    if isinstance(node, (sp.sinh, sp.cosh)):
        return tree(node.rewrite(sp.exp), variables)
    if isinstance(node, sp.tanh):  # bounded where the exponential is not
        return tree(1 - 2 / (1 + sp.exp(2 * node.args[0])), variables)
    if isinstance(node, (sp.exp, sp.log)):
        return [type(node).__name__, tree(node.args[0], variables)]
    if node.is_Pow and node.exp.is_Integer and node.exp > MOST_FACTORS:
        raise UnsupportedError(f"no certificate multiplies out {node.base} to the power {node.exp}")
    if node.is_Pow and node.exp.is_Integer and node.exp > 0:
        return ["mul", *[tree(node.base, variables)] * int(node.exp)]
    if node.is_Pow and node.exp.is_Rational:
        return ["pow", tree(node.base, variables), str(node.exp)]
    if node.is_Pow:
        return ["exp", ["mul", tree(node.exp, variables), ["log", tree(node.base, variables)]]]
    if node.is_Add or node.is_Mul:
        # Numbers first in a fixed order: the list is the same in every process.
        parts = sorted(node.args, key=sp.default_sort_key)
        return ["add" if node.is_Add else "mul", *(tree(a, variables) for a in parts)]
    raise UnsupportedError(f"no certificate encloses {node.func.__name__} in {node}")


# -- numbers of the list --------------------------------------------------------------------------------------


def endpoint(text: str) -> Fraction | float:
    """The number that the text of an end states: exact, or an infinity as a float."""
    return float(text) if "inf" in text else Fraction(text)


def endpoint_text(end: Any) -> str:
    """The end of a range as the text that a record holds: a rational, ``inf`` or ``-inf``."""
    return "inf" if end == math.inf else "-inf" if end == -math.inf else str(end)


def inner(a: Fraction | float, b: Fraction | float) -> Fraction:
    """A point inside an interval."""
    step = 0 if math.inf not in (-a, b) else 1 if b == math.inf else -1
    return Fraction(centre(a, b)) + step
