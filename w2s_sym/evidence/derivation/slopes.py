"""The sign of a difference that vanishes at one end of a segment, from the sign of its derivative along it."""

from __future__ import annotations

import sympy as sp

from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.definedness import defined
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.equality import same_value
from w2s_sym.formula.instantiate import instantiate
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.sign_algebra import Sign
from w2s_sym.formula.signs import follows, proves, sign
from w2s_sym.formula.size import small

# So many derivatives at the end are looked at where a numerator and its denominator both vanish there.
ORDERS = 8


class NotShownError(ValueError):
    """What was missing for the sign."""


def along(difference: sp.Expr, s: sp.Symbol, end: sp.Expr, slope: sp.Expr, gap: sp.Expr, domain: Domain) -> Sign:
    """The sign of ``difference`` on the domain, by the mean value theorem between ``s`` and ``end``.

    The derivative in ``s`` is ``slope * gap``, where ``gap`` is positive on the domain and the sign of ``slope`` is
    proved here. Raises :class:`NotShownError` unless the difference vanishes at ``end`` and is continuous up to it
    (or tends to zero there, as a quotient of smooth functions), and the segment from every point of the domain up to
    ``end`` (which may be left out) stays in the domain.
    """
    if s not in domain.symbols or s in end.free_symbols:
        raise NotShownError(f"{s} cannot run to {end}")
    side = next((k for k, r in ((1, ">"), (-1, "<")) if proves(end - s, r, domain)), None)
    if side is None:
        raise NotShownError(f"on which side of {end} the values of {s} lie is not proved")
    _require_segment(s, end, domain)
    _require_zero(difference, s, end, domain)
    derivative = sp.diff(difference, s)
    if not same_value(derivative, slope * gap, domain):
        raise NotShownError(f"the derivative in {s} is not {slope * gap}")
    for expression in (derivative, slope):
        guilty = defined(expression, domain)
        if guilty is not None:
            raise NotShownError(f"the derivative in {s} needs {guilty}, which is not proved")
    found = sign(slope, domain, True)
    if found is None:
        raise NotShownError(f"the sign of {slope}, a factor of the derivative in {s}, is not proved")
    return -side * found[0], found[1]


def _require_segment(s: sp.Symbol, end: sp.Expr, domain: Domain) -> None:
    """Conditions linear in ``s`` that hold weakly at the end hold between; other ones must follow from none of it."""
    rest = domain.restrict(set(domain.symbols) - {s})
    if s.is_integer or domain.points:
        raise NotShownError(f"{s} does not run through a segment")
    for condition in (*domain.conditions, *domain.assumptions()):
        if s not in condition.free_symbols:
            continue
        gap = condition.lhs - condition.rhs
        relation = Relation(condition.relation)
        linear = gap.is_polynomial(s) and sp.Poly(gap, s).degree() == 1
        at_end = Condition(instantiate(gap, {s: end}), relation.weak, sp.Integer(0))
        if not relation.direction or not linear or not follows(at_end, rest):
            raise NotShownError(f"{condition} is not shown between {s} and {end}")


def _require_zero(difference: sp.Expr, s: sp.Symbol, end: sp.Expr, domain: Domain) -> None:
    """The difference is continuous up to the end and zero there, or tends to zero as a quotient."""
    try:
        _require_continuous(difference, s, end, domain)
        if not same_value(instantiate(difference, {s: end}), sp.Integer(0), domain):
            raise NotShownError(f"{difference} is not shown to vanish at {s} = {end}")
    except NotShownError:
        if not _quotient_vanishes(difference, s, end, domain):
            raise


def _require_continuous(difference: sp.Expr, s: sp.Symbol, end: sp.Expr, domain: Domain) -> None:
    """At the end of the segment too: no denominator or logarithm of zero, and only positive powers of zero."""
    rest = domain.restrict(set(domain.symbols) - {s})
    for node in sp.preorder_traversal(difference):
        if s not in node.free_symbols:
            continue
        inside = node.base if node.is_Pow else node.args[0] if isinstance(node, sp.log) else None
        if inside is None:
            if not (node.is_Symbol or node.is_Add or node.is_Mul or isinstance(node, sp.exp)):
                raise NotShownError(f"{node.func.__name__} is not known to be continuous")
            continue
        there = instantiate(inside, {s: end})
        exponent = instantiate(node.exp, {s: end}) if node.is_Pow else sp.Integer(-1)
        if node.is_Pow and (exponent.is_Integer and exponent > 0):
            continue
        positive = proves(exponent, ">", rest) and not node.exp.has(s) if node.is_Pow else False
        if not proves(there, ">", rest) and not (positive and proves(there, ">=", rest)):
            raise NotShownError(f"{node} is not shown to be continuous up to {s} = {end}")


def _quotient_vanishes(difference: sp.Expr, s: sp.Symbol, end: sp.Expr, domain: Domain) -> bool:
    """Whether a quotient of smooth functions tends to zero where its denominator does: by their orders of vanishing.

    The first derivative of the denominator that is not zero at the end is of order k >= 1, and all derivatives of the
    numerator up to that order are zero there.
    """
    rest = domain.restrict(set(domain.symbols) - {s})
    if not small(difference):
        return False
    top, bottom = sp.fraction(sp.together(difference))
    if not bottom.has(s) or not all(_smooth(part, s, end, rest) for part in (top, bottom)):
        return False
    for _ in range(ORDERS):
        zero, there = (instantiate(part, {s: end}) for part in (top, bottom))
        if not same_value(zero, sp.Integer(0), rest):
            return False
        if not same_value(there, sp.Integer(0), rest):
            return proves(there, "!=", rest)
        top, bottom = sp.diff(top, s), sp.diff(bottom, s)
    return False


def _smooth(expression: sp.Expr, s: sp.Symbol, end: sp.Expr, rest: Domain) -> bool:
    """Whether an expression has derivatives of all orders up to the end: whole powers, else positive bases."""
    for node in sp.preorder_traversal(expression):
        if s not in node.free_symbols or node.is_Symbol or node.is_Add or node.is_Mul or isinstance(node, sp.exp):
            continue
        if node.is_Pow and node.exp.is_Integer and node.exp > 0:
            continue
        inside = node.base if node.is_Pow else node.args[0] if isinstance(node, sp.log) else None
        if inside is None or not proves(instantiate(inside, {s: end}), ">", rest):
            return False
    return True
