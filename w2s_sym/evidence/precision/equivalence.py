"""Checks of equivalences: on the boundary of both conditions, on both sides of it, and where a search parts them."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from w2s_sym.claims.comparisons import Decision, compare_at, rival_comparison
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.points import admissible_points
from w2s_sym.claims.statement import Compare, Iff
from w2s_sym.evidence.precision.boundary import boundary_points, closed_ends, many_levels, stretched
from w2s_sym.evidence.precision.cells import cells
from w2s_sym.evidence.precision.equal_values import tie_decided
from w2s_sym.evidence.precision.implications import parting
from w2s_sym.evidence.precision.session import Session
from w2s_sym.formula.balls import Place
from w2s_sym.formula.conditions import Point
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.signs import proves


def check_iff(session: Session, statement: Iff) -> Finding:
    """Truth values of both conditions at random points, on the boundaries of both and close to them.

    AGREES needs points of all three sorts, unless the domain provably excludes a side. Rivals are right conditions:
    each must part from the left somewhere, and is looked for at its own boundary too.
    """
    left, right = statement.left, statement.right
    if not all(isinstance(half.lhs, sp.Expr) for half in (left, right)):
        return session.stuck("nothing to compare: an equivalence is checked between conditions on expressions")
    rivals = [rival_comparison(r, right) for r in session.claim.rivals]
    points = _places(session, left, right, rivals)
    close = parting(session, left, right)
    points += [decision.place.point for decision in close.decisions if decision.truth is False]
    sorts = {-1: 0, 0: 0, 1: 0}
    alive = list(range(len(rivals)))
    decisions: list[Decision] = []
    for point in points:
        place = session.place(point)
        one, two = (tie_decided(_at(place, half), half.lhs, half.rhs) for half in (left, right))
        if one.truth is None or two.truth is None:
            decisions.append(one if one.truth is None else two)
            continue
        assert two.look is not None
        assert two.look.order is not None
        sorts[two.look.order] += 1
        # An outcome of the whole equivalence: it carries the left side's values.
        decisions.append(Decision(place, left.relation, one.truth == two.truth, one.look))
        alive = [i for i in alive if not _parts(_at(place, rivals[i]), one)]
    refuted = session.count_rivals(alive)
    session.detail |= {"points": len(points), "below": sorts[-1], "on_boundary": sorts[0], "above": sorts[1]}
    false = [o for o in decisions if o.truth is False]
    if false:
        return _parted(session, statement, min(false, key=Decision.weight), refuted)
    failure = session.failure(decisions, refuted)
    if failure is not None:
        return failure
    if close.doubt:
        return session.stuck(f"the conditions may part: {close.doubt}", refuted)
    for sort, relation in ((-1, "<"), (0, "="), (1, ">")):
        # A side that the domain rules out need not be visited; the boundary always.
        if not sorts[sort] and not (sort and _ruled_out(session, right, relation)):
            where = f"{right.lhs} {relation} {right.rhs}"
            return session.stuck(f"none of {len(points)} points has {where}; widen the domain to reach it", refuted)
    if alive:
        session.detail["surviving"] = [f"the rival {rivals[i]}" for i in alive]
        return session.stuck(
            f"{len(points)} points do not tell the right condition from the rival {rivals[alive[0]]}; "
            "draw more points, or drop a rival that is equivalent",
            refuted,
        )
    text = f"both agree at {len(points)} points: {sorts[-1]} below, {sorts[0]} on, {sorts[1]} above the boundary"
    return session.finding(Verdict.AGREES, text + session.beaten(), refuted)


def _places(session: Session, left: Compare, right: Compare, rivals: Sequence[Compare]) -> list[Point]:
    """Random points, those on and close to boundaries, in cells of switches, and with many levels."""
    rng = session.rng("points")
    points = list(admissible_points(session.claim, rng, session.count))
    for condition in (right, *rivals, left):
        points += boundary_points(session, condition, rng)
    points += [
        *closed_ends(session, points, rng),
        *cells(session, [half.lhs for half in (left, right)] + [half.rhs for half in (left, right)]),
        *many_levels(session, session.rng("many levels")),
        *stretched(session, points[session.count :], session.rng("stretched")),
    ]
    return points


def _ruled_out(session: Session, condition: Compare, relation: str) -> bool:
    """Whether the domain provably has no point at which the condition's sides stand in this relation."""
    assert isinstance(condition.lhs, sp.Expr)
    return proves(condition.lhs - condition.rhs, Relation(relation).negated, session.claim.domain)


def _at(place: Place, condition: Compare) -> Decision:
    """A condition at a place, as its sides are written."""
    assert isinstance(condition.lhs, sp.Expr)
    return compare_at(place, condition.lhs, condition.relation, condition.rhs)


def _parts(rival: Decision, left: Decision) -> bool:
    """Whether a rival condition has another truth value than the left one, or none for want of a value."""
    return rival.look is None or (rival.truth is not None and rival.truth != left.truth)


def _parted(session: Session, statement: Iff, failed: Decision, refuted: tuple[int, ...]) -> Finding:
    assert failed.look is not None
    holds, fails = (
        (statement.left, statement.right)
        if failed.look.truth(statement.left.relation)
        else (statement.right, statement.left)
    )
    return session.counterexample(failed, refuted, f": there {holds} is true and {fails} is false")
