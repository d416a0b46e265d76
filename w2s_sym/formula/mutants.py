"""Automatic rivals: every formula that differs from a given one in a single node.

Evidence that cannot tell a formula from its neighbours is no evidence for it. Numeric checks therefore refute,
from the same data, each of these mutants that is not exactly equal to the original.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from w2s_sym.formula.rational import identical
from w2s_sym.formula.totals import Total


def mutants(expression: sp.Expr) -> tuple[sp.Expr, ...]:
    """All one-node mutants of ``expression`` that differ from it, in a deterministic order, without repeats.

    The mutations: a symbol or a number plus or minus one, a dropped term or factor, a flipped sign of a term, a
    power raised or lowered by one. Mutants that are undefined (a division by zero) are left out; an integral counts
    as one factor, in which nothing is changed.
    """
    return tuple(c for c in candidates(expression) if not identical(c, expression))


def candidates(expression: sp.Expr) -> Iterator[sp.Expr]:
    """The same, but those that are equal to ``expression`` in another form are still among them.

    For who refutes by numbers first: most fall at the first point, and only survivors need :func:`identical`.
    """
    seen = {expression}
    for candidate in (-expression, *_mutate(expression)):
        # An integral to infinity is a number like others.
        outside = candidate.xreplace({i: sp.Integer(2) for i in candidate.atoms(sp.Integral)})
        if candidate not in seen and not outside.has(sp.zoo, sp.nan, sp.oo, -sp.oo):
            seen.add(candidate)
            yield candidate


def _mutate(node: sp.Expr) -> Iterator[sp.Expr]:
    if node.is_Symbol or node.is_Integer:
        yield node + 1
        yield node - 1
        return
    if node.is_Rational:
        yield sp.Rational(node.p + 1, node.q)
        yield sp.Rational(node.p, node.q + 1)
        yield -node
        return
    if not node.args or isinstance(node, sp.Integral):
        return
    if isinstance(node, Total):
        yield from (Total(changed, node.over) for changed in _mutate(node.summand))
        return
    arguments = list(node.args)
    if node.is_Add or node.is_Mul:
        for i in range(len(arguments)):
            rest = arguments[:i] + arguments[i + 1 :]
            yield node.func(*rest)
            if node.is_Add:
                yield node.func(*rest, -arguments[i])
    if node.is_Pow:
        yield node.base ** (node.exp + 1)
        if node.exp != 1:
            yield node.base ** (node.exp - 1)
        yield from (inner**node.exp for inner in _mutate(node.base))
        if not node.exp.is_number and not node.exp.is_Symbol:
            yield from (node.base**inner for inner in _mutate(node.exp))
        return
    for i, argument in enumerate(arguments):
        for changed in _mutate(argument):
            if changed.has(sp.zoo, sp.nan):
                continue
            yield node.func(*arguments[:i], changed, *arguments[i + 1 :])
