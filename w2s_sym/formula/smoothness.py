"""Whether a written derivative exists everywhere on a domain.

The rule: the formula that calculus gives for a derivative is the derivative where every function under it has one.
An absolute value has none at zero, an extreme of several numbers none where two of them are equal, a root none at
zero, and a function that this module does not know, such as one given by cases, is not shown to have one anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import sympy as sp

from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.convergence import CalculusError, within_limits
from w2s_sym.formula.definedness import Missing, Unshown, node_needs, unproved
from w2s_sym.formula.domain import Domain, at_level
from w2s_sym.formula.totals import Total


def underivable(expression: sp.Expr, domain: Domain, put_in: Callable[[sp.Expr], sp.Expr]) -> Missing | None:
    """None when every derivative that is written in the expression exists on the domain; else what is not shown.

    ``put_in`` replaces the symbols that equations fix; what is shown after that is shown.
    """
    return _first(sp.sympify(expression, strict=True), frozenset(), domain, put_in)


def _first(
    node: sp.Basic, along: frozenset[sp.Basic], domain: Domain, put_in: Callable[[sp.Expr], sp.Expr]
) -> Missing | None:
    """What is not shown of a node that is differentiated in the symbols ``along``, none outside of all derivatives."""
    if isinstance(node, sp.Derivative):
        return _first(node.expr, along | frozenset(node.variables), domain, put_in)
    if isinstance(node, sp.Subs) and node.expr.has(sp.Derivative):
        return Unshown(node)
    if not along and not node.has(sp.Derivative):
        return None
    if isinstance(node, Total):
        return _first(node.summand, along, at_level(domain, node.over), put_in)
    if isinstance(node, sp.Integral):
        return _integral(node, along, domain, put_in)
    if along:
        for missing in (*node_needs(node, domain), *_smooth(node, along)):
            if isinstance(missing, Unshown):
                return missing
            if unproved(missing, domain) is not None:
                guilty = unproved(Condition(put_in(missing.lhs), missing.relation, put_in(missing.rhs)), domain)
                if guilty is not None:
                    return guilty
    return next((found for a in node.args if (found := _first(a, along, domain, put_in)) is not None), None)


def _integral(
    node: sp.Integral, along: frozenset[sp.Basic], domain: Domain, put_in: Callable[[sp.Expr], sp.Expr]
) -> Missing | None:
    """The same of an integral: what is integrated must be smooth between limits that do not vary."""
    if any(limit.free_symbols & along for limit in node.limits[0][1:]):
        return Unshown(node)
    try:
        within = within_limits(node, domain)
    except CalculusError:
        return Unshown(node)
    return _first(node.function, along, within, put_in)


def _smooth(node: sp.Basic, along: frozenset[sp.Basic]) -> Iterator[Missing]:
    """What this node needs beside a value, so that it has a derivative in its arguments."""
    varying = tuple(a for a in node.args if a.free_symbols & along)
    if not varying:
        return
    if node.is_Pow:
        base, exponent = node.args
        if exponent in varying or exponent.is_integer is not True:
            yield Condition(base, ">", sp.Integer(0))
    elif isinstance(node, sp.Abs):
        yield Condition(node.args[0], "!=", sp.Integer(0))
    elif isinstance(node, (sp.Min, sp.Max)):
        for one, other in combinations(node.args, 2):
            if one in varying or other in varying:
                yield Condition(one - other, "!=", sp.Integer(0))
    elif isinstance(node, (sp.asin, sp.acos)):
        yield from _inside(-1, node.args[0])
    elif isinstance(node, sp.betainc):
        for end in (e for e in node.args[2:] if e in varying):
            yield from _inside(0, end)
    elif isinstance(node, (sp.floor, sp.ceiling)):
        yield Unshown(sp.Derivative(node, *sorted(along, key=sp.default_sort_key), evaluate=False))


def _inside(low: int, number: sp.Expr) -> Iterator[Condition]:
    """Strictly between ``low`` and one."""
    yield Condition(number, ">", sp.Integer(low))
    yield Condition(number, "<", sp.Integer(1))
