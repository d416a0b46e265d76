"""Whether two formulas are the same number at a point where balls only show a tie: by algebra, or not at all."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp
from flint import fmpq

from w2s_sym.claims.comparisons import Decision
from w2s_sym.formula.balls import Place, UndefinedError, UnsupportedError
from w2s_sym.formula.elementary import same
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import Total


def tie_decided(decision: Decision, left: sp.Expr, right: sp.Expr) -> Decision:
    """The decision; a tie of sides that algebra shows to be equal is decided as equality decides it."""
    look = decision.look
    if decision.truth is not None or look is None or look.order != 0 or not equal_at(decision.place, left, right):
        return decision
    truth = bool(Relation(decision.relation)(0))
    return replace(decision, truth=truth, look=replace(look, gap=fmpq(0), certified=True))


def equal_at(place: Place, left: sp.Expr, right: sp.Expr) -> bool:
    """Whether both sides are one number: parts that are rational there are put in, and equal symbols become one.

    Other symbols keep their names, so that what is shown is an identity in them. False may mean "not shown".
    """
    point = place.point
    letters = {v: s for s, v in reversed(point.items()) if v.is_number and not v.is_Rational}
    merged = {s: letters[v] for s, v in point.items() if v in letters}
    try:
        sides = [_reduced(side.xreplace(merged), place) for side in (left, right)]
        if sides[0] == sides[1]:
            return True
        if any(_rough(side) for side in sides):
            return False
        if same(*sides):
            return True
        # Numbers such as sqrt(2), of which more is known than their name.
        whole = [side.xreplace(point) for side in sides]
        return same(*whole)
    except (UndefinedError, UnsupportedError, sp.PolynomialError, NotImplementedError, ZeroDivisionError):
        return False


def _reduced(node: sp.Expr, place: Place) -> sp.Expr:
    """The formula with each part that has a rational value at the point replaced by it."""
    if not node.args or isinstance(node, (Total, sp.Integral, sp.Piecewise)):
        value = place.high(node)
        return sp.Rational(int(value.p), int(value.q)) if isinstance(value, fmpq) else node
    value = place.high(node)
    if isinstance(value, fmpq):
        return sp.Rational(int(value.p), int(value.q))
    parts = [_reduced(a, place) for a in node.args]
    if node.is_Pow and _heavy(*parts):
        return node
    return node.func(*parts)


def _heavy(base: sp.Expr, exponent: sp.Expr) -> bool:
    """Whether SymPy would work on the power of a sum of irrational numbers for long."""
    return bool(base.is_Add and not exponent.is_Integer) or (exponent.is_Rational and exponent.q > 1000)


def _rough(side: sp.Expr) -> bool:
    return any(_heavy(*p.as_base_exp()) for p in side.atoms(sp.Pow))
