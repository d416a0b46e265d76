"""Searches for what an equation hides: points at which it holds, and something else does not.

The rule: draws meet few of the points at which an equation holds, so that an implication from it, or to it, is searched
by what contradicts both of its sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sympy as sp

from w2s_sym.claims.comparisons import compare_at
from w2s_sym.claims.statement import ClaimError, Compare
from w2s_sym.evidence.precision.meeting import Nearest, nearest
from w2s_sym.evidence.precision.session import Session
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain, linear_bound
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.signs import proves


def parting(session: Session, left: Compare, right: Compare) -> Nearest:
    """Search for points at which the first condition fails though the second holds, or holds though that one fails."""
    found = Nearest([])
    for premise, conclusion in ((right, left), (left, right)):
        near = _exceptions(session, session.claim.domain, premise, conclusion)
        found.decisions += near.decisions
        found.doubt = found.doubt or near.doubt
    return found


def branches(session: Session, statement: Compare, lefts: Sequence[sp.Expr]) -> Nearest:
    """Search for points at which an equation of the domain holds and the statement does not.

    Draws solve such an equation from where they start, and may meet one of its roots only.
    """
    found, domain = Nearest([]), session.claim.domain
    equations = unsolved(domain)
    if len(equations) > 1:
        found.doubt = f"of {' and '.join(map(str, equations))} draws may miss roots; solve all but one for a symbol"
    for equation in equations[:1]:
        rest = replace(domain, conditions=tuple(c for c in domain.conditions if c is not equation))
        for left in lefts:
            premise = Compare(equation.lhs, "=", equation.rhs)
            near = _exceptions(session, rest, premise, Compare(left, statement.relation, statement.rhs))
            places = (d.place for d in near.decisions if d.truth is False)
            found.decisions += [compare_at(p, left, statement.relation, statement.rhs) for p in places]
            doubt = f"{equation} may hold elsewhere: {near.doubt}" if near.doubt else ""
            found.doubt = found.doubt or doubt
    return found


def _exceptions(session: Session, domain: Domain, premise: Compare, conclusion: Compare) -> Nearest:
    """Search a domain for points at which the premise holds and the conclusion does not."""
    premise, stated = _searchable(premise, conclusion)
    try:
        given = Condition(premise.lhs, premise.relation, premise.rhs)
        part = replace(domain, conditions=(*domain.conditions, given))
        # Steps for another statement are none for this one, which would refuse them.
        own = tuple(item for item in session.claim.evidence if item.kind == "precision")
        half = replace(session, claim=replace(session.claim, statement=stated, domain=part, rivals=(), evidence=own))
        return nearest(half, stated, [stated.lhs])
    except (ValueError, ClaimError):  # nothing in the domain meets the premise
        return Nearest([])


def unsolved(domain: Domain) -> tuple[Condition, ...]:
    """The equations of a domain that give none of its symbols a formula: they may have several roots."""

    def solved(c: Condition) -> bool:
        lines = (linear_bound(c, s) for s in domain.symbols if s in c.free_symbols)
        return any(line is not None and proves(line[0], "!=", domain) for line in lines)

    return tuple(c for c in domain.conditions if c.relation == "=" and not solved(c))


def _searchable(premise: Compare, conclusion: Compare) -> tuple[Compare, Compare]:
    """An implication, or the same one by what contradicts both: a search meets no points where an equation holds."""
    turned = _denied(conclusion), _denied(premise)
    equations = [sum(c.relation == "=" for c in pair) for pair in ((premise, conclusion), turned)]
    return turned if equations[1] < equations[0] else (premise, conclusion)


def _denied(stated: Compare) -> Compare:
    return Compare(stated.lhs, Relation(stated.relation).negated, stated.rhs)
