"""Which formulas may stand in a claim: numbers are exact, and what there is has one value and can be written down.

Exact algebra takes a float for what it prints as, so that a + 10^-20 a with a float in it is the same as a.
"""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from w2s_sym.formula.number_text import WRITTEN_DIGITS, told, writable

# What is nested deeper is more than SymPy's own recursion can print; shipped claims reach 20.
MOST_DEPTH = 150
# What is about a symbol's neighbours, so that it says nothing of an integer.
CONTINUOUS = (sp.Derivative, sp.Integral)


@lru_cache(maxsize=8192)
def unstatable(expression: sp.Basic) -> str | None:
    """Why a formula may not stand in a claim, with the next move; None when it may."""
    level: set[sp.Basic] = {expression}
    depth = 0
    while level:
        depth += 1
        if depth > MOST_DEPTH:
            return f"a formula is nested more than {MOST_DEPTH} levels deep; name a part of it by a given equation"
        reason = next((found for node in level if (found := _unfit(node, expression)) is not None), None)
        if reason is not None:
            return reason
        level = {part for node in level for part in node.args}
    return None


def _unfit(node: sp.Basic, expression: sp.Basic) -> str | None:
    if node.args:
        if isinstance(node, (sp.Limit, sp.Order)):
            return f"{node.func.__name__} has no value in a claim; state a limit with Asymptotic(lhs, rhs, symbol)"
        whole = _whole(node)
        if whole is not None:
            return (
                f"{told(node)} has no value: {whole} runs over the integers; "
                "let it be a real symbol, or state a difference or a sum"
            )
        return None
    if node is sp.nan or node is sp.zoo:
        return f"{told(expression)} has no value; write a formula that has one"
    if node.is_Rational and not writable(node):
        return f"a formula has a number of more than {WRITTEN_DIGITS} digits; write it as a symbol with a condition"
    if node.is_Float:
        return f"{told(expression)} contains the float {node}; write an exact number, such as Rational(1, 10)"
    return None


def _whole(node: sp.Basic) -> sp.Symbol | None:
    """A variable of a derivative or an integral that is an integer, so that it has no neighbours; None without one."""
    return next((v for v in node.variables if v.is_integer), None) if isinstance(node, CONTINUOUS) else None
