"""Putting formulas in for symbols, with care for the letters that sums, integrals and derivatives bind.

``instantiate(f, {x: e})`` must keep this: at every point its value is the value of ``f`` at the point where ``x`` has
the value of ``e`` there. Two things could break it. A letter that a node of ``f`` binds is no symbol of ``f``, and is
left alone. What is put in under that node must not contain the letter, which would change its meaning; such a
substitution is *refused*, never renamed. A node of another kind whose symbols are not those of its parts binds
something too, and is treated in the same way.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import TypeAlias

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits

# What symbols stand for, all at once.
Replacements: TypeAlias = Mapping[sp.Symbol, sp.Basic]

# Their symbols are those of their arguments.
_TRANSPARENT = (sp.Add, sp.Mul, sp.Pow, sp.Function, sp.Tuple, sp.Max, sp.Min)


class CaptureError(ValueError):
    """What should be put in for a symbol contains a letter that is bound where the symbol stands."""


class Binder(sp.Expr):  # type: ignore[misc]
    """A node of ours that binds letters; it says itself how symbols are put in under it."""

    @property
    @abstractmethod
    def bound(self) -> frozenset[sp.Symbol]:
        """The letters that stand for no number outside of this node."""

    @abstractmethod
    def instantiated(self, where: Replacements) -> sp.Expr:
        """This node with the symbols replaced, as ``instantiate`` says; CaptureError where that cannot be."""


def instantiate(expression: sp.Expr, where: Replacements) -> sp.Expr:
    """The expression with every symbol of ``where``, wherever it is free, replaced by what it stands for, all at once.

    Its value is that of ``expression`` where each symbol has the value of its replacement. Raises
    :class:`CaptureError` where a letter bound in the expression occurs in what is put in under it.
    """
    if not expression.args:
        return where.get(expression, expression)
    if isinstance(expression, Binder):
        return expression.instantiated(where)
    if isinstance(expression, sp.Derivative):
        _require_derivative(expression, where)
        return _rebuilt(expression, where)
    if isinstance(expression, _TRANSPARENT):
        return _rebuilt(expression, where)
    caught = bound_by(expression)
    live = {s: put for s, put in where.items() if s in expression.free_symbols}
    if caught and live:
        require_apart(caught, {*live, *(s for put in live.values() for s in put.free_symbols)}, expression)
    return _rebuilt(expression, live)


def bound_by(node: sp.Basic) -> frozenset[sp.Symbol]:
    """The letters that this very node binds: variables of sums, products, integrals and limits, level letters."""
    if isinstance(node, Binder):
        return node.bound
    if not node.args or isinstance(node, (sp.Derivative, *_TRANSPARENT)):
        return frozenset()
    if isinstance(node, sp.Limit):
        return frozenset({node.args[1]})
    running = set(node.variables) if isinstance(node, (ExprWithLimits, sp.Subs)) else set()
    return frozenset(running | set().union(*(a.free_symbols for a in node.args)) - node.free_symbols)


def require_apart(caught: Iterable[sp.Symbol], put: Iterable[sp.Symbol], node: sp.Basic) -> None:
    """Raises :class:`CaptureError` when symbols that are put in under a node are bound by it."""
    both = sorted({s.name for s in caught} & {s.name for s in put})
    if both:
        raise CaptureError(f"{node} binds {', '.join(both)}; put in other letters")


def _rebuilt(node: sp.Basic, where: Replacements) -> sp.Expr:
    """The node with the symbols replaced in each of its arguments."""
    args = [instantiate(a, where) for a in node.args]
    return node if all(new is old for new, old in zip(args, node.args, strict=True)) else node.func(*args)


def _require_derivative(node: sp.Derivative, where: Replacements) -> None:
    """A variable of a derivative may become another symbol; nothing else that is put in may vary with it."""
    live = {s: put for s, put in where.items() if s in node.free_symbols}
    running = [where.get(x, x) for x in node.variables]
    others = (put for s, put in live.items() if s not in node.variables)
    beside = {s for put in others for s in put.free_symbols} | node.free_symbols - set(live)
    for x, image in zip(node.variables, running, strict=True):
        if not isinstance(image, sp.Symbol):
            raise CaptureError(
                f"{node} is a derivative in {x}, for which only another symbol can be put in, not {image}"
            )
        if image in beside - {x} or any(where.get(y, y) == image for y in node.variables if y != x):
            raise CaptureError(f"{node} with {image} for {x} would differentiate more than {x}; put in other letters")
    varying = {s for s in live if s not in node.variables and live[s].free_symbols & set(running)}
    if varying:
        raise CaptureError(f"{node} is a derivative in {running[0]}, with which {min(map(str, varying))} would vary")
