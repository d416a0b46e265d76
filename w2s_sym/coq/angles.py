"""Sines and cosines in equalities: of one angle, of a doubled one, of angles that add up to (twice) pi.

Nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sympy as sp

from w2s_sym.coq.statement import Scope, coq_term
from w2s_sym.formula.totals import Total

TURNS = {sp.pi: "sines_of_half_turn", 2 * sp.pi: "sines_of_turn"}


def double_angles(formulas: Iterable[sp.Expr], names: Scope) -> list[str]:
    """Rewrites ``sin(2 x)`` and ``cos(2 x)`` in the goal where ``x`` is an angle of the formulas too."""
    nodes = {node for e in formulas if not e.has(Total) for node in e.atoms(sp.sin, sp.cos)}
    angles = sorted({node.args[0] for node in nodes}, key=sp.default_sort_key)
    lines = []
    for k, node in enumerate(sorted(nodes, key=sp.default_sort_key)):
        half = next((a for a in angles if sp.cancel(node.args[0] - 2 * a) == 0), None)
        if half is None:
            continue
        inner = coq_term(half, names)
        lemma, value = ("cos_double", f"1 - 2 * sin {inner} * sin {inner}")
        if isinstance(node, sp.sin):
            lemma, value = ("sin_double", f"2 * sin {inner} * cos {inner}")
        lines.append(f"assert (W_a{k} : {coq_term(node, names)} = {value}) by (apply {lemma}; field).")
        lines.append(f"rewrite ?W_a{k}.")
    return lines


def sines(left: sp.Expr, right: sp.Expr, names: Scope, values: Mapping[sp.Symbol, sp.Expr]) -> list[str]:
    """Lines that write the sines of the left side as those of the right side."""
    lines = []
    angles = sorted({n.args[0] for e in (left, right) for n in e.atoms(sp.sin, sp.cos)}, key=str)
    for node in sorted(left.atoms(sp.sin), key=str):
        if node not in right.atoms(sp.sin):
            lines += next(filter(None, (_rewriting(node.args[0], angle, right, names, values) for angle in angles)), [])
    return lines


def _rewriting(
    angle: sp.Expr, other: sp.Expr, right: sp.Expr, names: Scope, values: Mapping[sp.Symbol, sp.Expr]
) -> list[str]:
    """A line that writes the sine of an angle by that of another one on the right side, or of half the angle."""
    a, b = (coq_term(e, names) for e in (angle, other))
    first, second = (sp.expand(e.xreplace(dict(values))) for e in (angle, other))
    lemma = TURNS.get(sp.expand(first + second))
    if sp.expand(first - 2 * second) == 0:
        lemma = "sine_of_double"
    elif not right.has(sp.sin(other)) or a == b:
        return []
    if sp.expand(first - second) == 0:
        return [f"replace (sin {a}) with (sin {b}) by (f_equal; angle)."]
    return [f"rewrite ({lemma} {a} {b} ltac:(angle))."] if lemma is not None else []
