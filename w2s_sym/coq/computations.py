"""Scripts for claims about single points: the values are put in, all is computed. Nothing here is trusted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.coq.points import PointTheorem, level_values
from w2s_sym.coq.shapes import NoScript
from w2s_sym.coq.statement import coq_term, named
from w2s_sym.formula.totals import letters_along


def point_script(claim: Claim, made: PointTheorem) -> list[str]:
    """The values of a witness, or every listed point in turn."""
    if not made.witness:
        return [
            "intros * H_point.",
            f"first [at_listed_points {_listed(made.names.of.values())} H_point | at_each_point].",
        ]
    return [f"exists {', '.join(_values(claim, made))}.", "decided."]


def _listed(items: Iterable[str]) -> str:
    return f"({' :: '.join((*items, 'nil'))})"


def _values(claim: Claim, made: PointTheorem) -> Iterator[str]:
    """The witness, in the order of the theorem's variables; levels of a spectrum are counted from zero."""
    point = dict(made.points[0])
    for equation in claim.given:
        if equation.unknown in made.names.of and equation.unknown not in point:
            root = equation.solve_linear(equation.unknown)
            if root is None:
                raise NoScript(f"a value for {equation.unknown}")
            point[equation.unknown] = sp.sympify(root.xreplace(point), strict=True)
    for s in made.names.of:
        along = letters_along(s)
        if along is None:
            yield coq_term(point[s], named(()))
            continue
        columns = level_values(point[s])
        many = len(next(iter(columns.values())))
        yield from ("nat", f"(seq 0 {many})")
        for letter in along.symbols:
            yield f"(fun i => nth i {_listed(coq_term(v, named(())) for v in columns[letter])} 0)"
