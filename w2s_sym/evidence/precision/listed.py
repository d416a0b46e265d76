"""The points that an author names: a witness, or the finitely many points of a domain, completed and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp

from w2s_sym.claims.comparisons import point_text
from w2s_sym.claims.definitions import bracket_conditions
from w2s_sym.claims.points import complete_point, point_plan
from w2s_sym.evidence.precision.session import Session
from w2s_sym.formula.conditions import Condition, DomainError, Point, exact_number
from w2s_sym.formula.domain import Domain


def listed_points(session: Session) -> Iterator[Point]:
    """The witness, or the finitely many points of the domain, with the given equations met."""
    claim = session.claim
    if claim.witness is not None:
        yield _witness(session, claim.witness)
        return
    base, chain = point_plan(claim)
    for values in claim.domain.points:
        point = complete_point(claim, chain, base.check(values, claim.id))
        if point is None:
            raise DomainError(
                f"{claim.id}: the listed point {point_text(values)} misses the given equations; correct it"
            )
        yield point


def _witness(session: Session, values: Mapping[sp.Symbol, Any]) -> Point:
    """The witness, a point of the domain at which each defined symbol is exactly the root that defines it."""
    claim = session.claim
    here = f"{claim.id}: the witness"
    point = claim.domain.check(values, here)
    point |= {s: exact_number(v, str(s)) for s, v in values.items() if s not in point}
    for equation in claim.given:
        s = equation.unknown
        if s not in point:
            root = equation.solve_linear(s)
            if root is None:
                raise DomainError(f"{here} gives no value for {s}; solve {equation} for it")
            point[s] = sp.sympify(root.xreplace(point), strict=True)
        Domain((s,)).check(point, here)
        for condition in (Condition(equation.residual, "=", sp.S.Zero), *bracket_conditions(equation)):
            if condition.at(point) is not True:
                raise DomainError(f"{here} is not shown to be on {equation}: needs {condition}; solve it for {s}")
    return point
