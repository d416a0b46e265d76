"""Equalities with minima and maxima, case by case. Nothing here is trusted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp

from w2s_sym.coq.shapes import NoScript
from w2s_sym.coq.statement import Scope, coq_term

Equal = Callable[[sp.Expr, sp.Expr, Scope], list[str]]


@dataclass(frozen=True)
class Choice:
    """A minimum or a maximum, whose difference ``high - low`` is ``times`` that of the two numbers of a case."""

    node: sp.Expr
    low: sp.Expr
    high: sp.Expr
    times: sp.Rational

    def value(self, upward: bool) -> sp.Expr:
        """What it is where the second number of the case is the larger one, or else the smaller one."""
        return self.low if upward == isinstance(self.node, sp.Min) else self.high

    def script(self, name: str, ends: tuple[sp.Expr, sp.Expr], upward: bool, names: Scope, equal: Equal) -> list[str]:
        """Rewrites it as its value; ``W_c`` says how the two numbers of the case compare."""
        low, high = (self.low, self.high) if upward else (self.high, self.low)
        first, second = ends if upward else ends[::-1]
        head = "Rmin" if isinstance(self.node, sp.Min) else "Rmax"
        value, (left, _) = self.value(upward), self.node.args
        lemma = f"{head}_{'left' if value == left else 'right'}"
        texts = " ".join(coq_term(x, names) for x in (low, high, first, second, self.times))
        lines = [f"assert ({name} : {coq_term(self.node, names)} = {coq_term(value, names)}).", "{"]
        lines += [f"apply {lemma}. apply (same_order {texts}); [ | lra | assumption]."]
        scaled = sp.Mul(self.times, sp.Add(second, -first, evaluate=False), evaluate=False)
        lines += [*equal(sp.Add(high, -low, evaluate=False), scaled, names), "}", f"rewrite ?{name}."]
        return lines


def by_cases(left: sp.Expr, right: sp.Expr, names: Scope, equal: Equal) -> list[str]:
    """A script for ``left = right`` by cases of which number is the smallest and the largest; ``equal`` shows each.

    Empty without minima and maxima; NoScript where one has more than two numbers.
    """
    nodes = sorted(left.atoms(sp.Min, sp.Max) | right.atoms(sp.Min, sp.Max), key=sp.default_sort_key)
    nodes = [n for n in nodes if not any(a.has(sp.Min, sp.Max) for a in n.args)]
    if not nodes:
        return []
    if any(len(n.args) != 2 for n in nodes):
        raise NoScript("a minimum or a maximum of more than two")
    ends = (nodes[0].args[0], nodes[0].args[1])
    chosen = [c for c in (_choice(n, ends[1] - ends[0]) for n in nodes) if c is not None]
    lines = [f"destruct (two_orders {coq_term(ends[0], names)} {coq_term(ends[1], names)}) as [W_c|W_c]."]
    for upward in (True, False):
        lines += ["{", *(x for k, c in enumerate(chosen) for x in c.script(f"W_x{k}", ends, upward, names, equal))]
        put = {c.node: c.value(upward) for c in chosen}
        lines += ["clear W_c.", *equal(_put(left, put), _put(right, put), names), "}"]
    return lines


def _choice(node: sp.Expr, difference: sp.Expr) -> Choice | None:
    """How the numbers of a minimum or a maximum compare, when that follows from the sign of ``difference``."""
    a, b = node.args
    times = sp.cancel(sp.together((b - a) / difference))
    if not times.is_Rational or times == 0:
        return None
    return Choice(node, a, b, times) if times > 0 else Choice(node, b, a, -times)


def _put(e: sp.Expr, values: dict[sp.Expr, sp.Expr]) -> sp.Expr:
    """A formula with values for some of its parts, otherwise as it is written."""
    if e in values:
        return values[e]
    return e.func(*(_put(a, values) for a in e.args)) if e.has(*values) else e
