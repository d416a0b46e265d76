"""Scripts for claims about single points: the values are put in, all is computed. Nothing here is trusted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.coq.one_root import OneRoot
from w2s_sym.coq.points import PointTheorem, level_values
from w2s_sym.coq.shapes import NoScript
from w2s_sym.coq.statement import Scope, coq_term, named
from w2s_sym.formula.conditions import Point
from w2s_sym.formula.totals import letters_along


def point_script(claim: Claim, made: PointTheorem) -> list[str]:
    """The values of a witness, or every listed point in turn."""
    if not made.witness:
        return [
            "intros * H_point.",
            f"first [at_listed_points {_listed(made.names.of.values())} H_point | at_each_point].",
        ]
    return [f"exists {', '.join(values(claim, made.names, made.points[0]))}.", "decided."]


def root_there(claim: Claim, made: OneRoot) -> list[str]:
    """A linear equation has one root where a witness is: its value, and the equation as a multiple of the distance."""
    point = completed(claim, made.point)
    s, residual = made.equation.unknown, made.equation.residual
    slope = sp.sympify(sp.diff(residual, s).xreplace(point), strict=True)
    if made.equation.solve_linear(s) is None or not slope.is_Rational or slope == 0 or not point[s].is_Rational:
        raise NoScript(f"{residual} = 0 where the witness is")
    before = Scope({x: name for x, name in made.names.of.items() if x in made.point})
    lines = [f"exists {', '.join(values(claim, before, made.point))}."]
    lines += ["split; [decided|]."] * len(made.places)
    lines += [f"exists {coq_term(point[s], named(()))}.", "split; [decided|]."]
    lines.append(f"intros {made.other}{''.join(f' W_o{k}' for k in range(len(made.there)))}.")
    holds = f"W_o{len(made.there) - 1}"  # what is last is the equation
    return [*lines, f"refine (solved _ {coq_term(slope, named(()))} _ _ _ _ {holds}); [decide_equality | lra]."]


def completed(claim: Claim, point: Point) -> Point:
    """The point with the roots of linear equations."""
    found = dict(point)
    for equation in claim.given:
        root = equation.solve_linear(equation.unknown)
        if equation.unknown not in found and root is not None:
            found[equation.unknown] = sp.sympify(root.xreplace(found), strict=True)
    return found


def _listed(items: Iterable[str]) -> str:
    return f"({' :: '.join((*items, 'nil'))})"


def values(claim: Claim, names: Scope, point: Point) -> Iterator[str]:
    """The values of the names at a point, in their order; levels of a spectrum are counted from zero."""
    point = completed(claim, point)
    for s in names.of:
        if s not in point:
            raise NoScript(f"a value for {s}")
        along = letters_along(s)
        if along is None:
            yield coq_term(point[s], named(()))
            continue
        columns = level_values(point[s])
        many = len(next(iter(columns.values())))
        yield from ("nat", f"(seq 0 {many})")
        for letter in along.symbols:
            yield f"(fun i => nth i {_listed(coq_term(v, named(())) for v in columns[letter])} 0)"
