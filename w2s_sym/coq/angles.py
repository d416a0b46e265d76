"""Sines and cosines of doubled angles, written in those of the angles. Nothing here is trusted."""

from __future__ import annotations

from collections.abc import Iterable

import sympy as sp

from w2s_sym.coq.statement import Scope, coq_term
from w2s_sym.formula.totals import Total


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
