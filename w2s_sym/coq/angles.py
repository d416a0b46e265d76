"""Sines in equalities: of the same angle, of angles that add up to pi or to twice pi. Nothing here is trusted."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from w2s_sym.coq.statement import Scope, coq_term

TURNS = {sp.pi: "sines_of_half_turn", 2 * sp.pi: "sines_of_turn"}


def sines(left: sp.Expr, right: sp.Expr, names: Scope, values: Mapping[sp.Symbol, sp.Expr]) -> list[str]:
    """Lines that write the sines of the left side as those of the right side."""
    lines = []
    for node in sorted(left.atoms(sp.sin), key=str):
        for other in sorted(right.atoms(sp.sin), key=str):
            a, b = (coq_term(n.args[0], names) for n in (node, other))
            first, second = (sp.expand(n.args[0].xreplace(dict(values))) for n in (node, other))
            lemma = TURNS.get(sp.expand(first + second))
            if a == b:
                break
            if sp.expand(first - second) == 0:
                lines.append(f"replace (sin {a}) with (sin {b}) by (f_equal; angle).")
                break
            if lemma is not None:
                lines.append(f"rewrite ({lemma} {a} {b} ltac:(angle)).")
                break
    return lines
