"""Evidence by evaluation at any number of digits: exact rationals where the formulas are rational, balls elsewhere.

A difference of the two sides is certified, so one point refutes. Equality at random exact points only agrees, and
only if the same points refute every one-node mutant of the right side and every rival that the author names. A
witness, or a domain of finitely many points, can be proved.

A formula without a real value at an admissible point gives INCONCLUSIVE with that point named: the statement does
not say what it means there, so it is neither supported nor contradicted. The next move is to restrict the domain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.comparisons import Decision, compare_at, point_text, rival_comparison, sides_text
from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.points import admissible_points, complete_point, point_plan
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import ClaimError, Compare, Iff
from w2s_sym.evidence.precision.asymptotics import check_asymptotic
from w2s_sym.evidence.precision.boundary import edges
from w2s_sym.evidence.precision.cells import cells
from w2s_sym.evidence.precision.crossings import both_sides, levelled, unmet
from w2s_sym.evidence.precision.equal_values import tie_decided
from w2s_sym.evidence.precision.equivalence import check_iff
from w2s_sym.evidence.precision.exact_means import exact_means, few_moments
from w2s_sym.evidence.precision.implications import branches, unsolved
from w2s_sym.evidence.precision.listed import listed_points
from w2s_sym.evidence.precision.meeting import Nearest, nearest
from w2s_sym.evidence.precision.session import Session, surface, undefined_side, underivable_at
from w2s_sym.formula.balls import ContradictionError, Place, UnsupportedError
from w2s_sym.formula.conditions import Condition, DomainError, Point
from w2s_sym.formula.mutants import candidates
from w2s_sym.formula.number_text import too_long
from w2s_sym.formula.rational import identical
from w2s_sym.formula.totals import LevelTable
from w2s_sym.formula.typed import typed

POINTS_BY_EFFORT = {"quick": 8, "standard": 24, "deep": 96}
# Digits at one point of an equality: its sides may differ by less than 10^-100 everywhere.
MANY_DIGITS = 1000
# Sizes that are drawn when a statement or a rival needs a harder look: each symbol picks one of these.
EXTREMES = (1, 12, 1000, 10**6)


@typed
@dataclass(frozen=True)
class Precision(Evidence):
    """Evaluate the statement at random exact admissible points.

    Parameters
    ----------
    digits
        Sides that are not rational are balls of this many digits, and again of twice as many and ten.
    points
        How many random points; by effort (8, 24 or 96) when None.
    within
        Further conditions on the points, when numbers cannot tell the sides apart elsewhere. The finding names them:
        it refutes claim and rivals, and is no support of the claim.

    ``check`` returns a Finding: PROVED for a witness or finitely many points decided with certainty; AGREES when
    the statement holds at all points and every rival falls; REFUTED with a counter-example; else INCONCLUSIVE.
    """

    digits: int = 50
    points: int | None = None
    within: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.within, tuple) or not all(isinstance(c, Condition) for c in self.within):
            raise ValueError(f"Precision(within={self.within!r}): needs a tuple of conditions, also of one: (c,)")
        for name, value, least in (("digits", self.digits, 10), ("points", self.points, 1)):
            if name == "points" and value is None:
                continue
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise ValueError(f"Precision({name}={value!r}): needs an integer, {least} or more")

    kind = "precision"

    def accepts(self, claim: Claim) -> str | None:
        """Refuses to look at a part of the domain only where the claim is about a witness or listed points."""
        if self.within and (claim.witness is not None or claim.domain.points):
            return "a witness and listed points are looked at wherever they lie; omit within"
        return None

    def check(self, claim: Claim, run: Run) -> Finding:
        """Check the claim; random points come from ``run.rng("precision", ...)`` and from nowhere else."""
        count = POINTS_BY_EFFORT[run.effort] if self.points is None else self.points
        if not self.within:
            return self._check(claim, run, count)
        self.require_accepted(claim)
        try:
            part = replace(claim.domain, conditions=(*claim.domain.conditions, *self.within))
        except ValueError as problem:
            raise ClaimError(f"{claim.id}: Precision(within=...): {problem}") from problem
        found = self._check(replace(claim, domain=part), run, count)
        text = f"within {', '.join(map(str, self.within))}: {found.summary}"
        return replace(found, summary=text, within=tuple(map(str, self.within)))

    def _check(self, claim: Claim, run: Run, count: int) -> Finding:
        session = Session(claim, run, self.digits, count)
        try:
            found = _looked_at(session)
            return found if self.within else _everywhere(session, found)
        except (ContradictionError, DomainError) as error:
            return session.stuck(str(error))
        except UnsupportedError as error:
            return session.stuck(f"{error}; rewrite it in functions that have certified values")
        except ValueError as error:
            if not too_long(error):
                raise
            return session.stuck("a point has a number of more than 4300 digits; bound what stands in an exponent")


def _looked_at(session: Session) -> Finding:
    """What the points say of the statement."""
    claim = session.claim
    if isinstance(claim.statement, Compare):
        return check_compare(session, claim.statement)
    if claim.witness is not None or claim.domain.points:
        return session.stuck("a witness or a list of points shows a comparison; state the claim as a Compare")
    if isinstance(claim.statement, Iff):
        return check_iff(session, claim.statement)
    return check_asymptotic(session, claim.statement)


def _everywhere(session: Session, found: Finding) -> Finding:
    """The finding; it supports nothing where a side is not shown to have a value on the whole domain.

    Random points do not meet the few at which a formula has no value. What exact moments alone support: few_moments.
    """
    claim = session.claim
    if found.verdict is not Verdict.AGREES or claim.witness is not None or claim.domain.points:
        return found
    few = few_moments(session)
    if few:
        move = "give the claim a Derivation that computes a line, or a Simulation"
        return replace(found, summary=f"{found.summary}, only where {few}", within=(f"where {few}",), next_move=move)
    equations = () if isinstance(claim.statement, Compare) else unsolved(claim.domain)
    if equations:
        return replace(
            found,
            summary=f"{found.summary}, at those roots of {equations[0]} that draws meet",
            within=(f"the roots of {equations[0]} that draws meet",),
            next_move="solve the equation for a symbol, and put that in",
        )
    guilty = undefined_side(claim)
    if guilty is None:
        return found
    text = f"where both sides have a value: {found.summary}; {guilty}"
    return replace(
        found,
        summary=text,
        within=("both sides have a value",),
        next_move="add what is not shown as a condition of the domain, or give the claim a Derivation that shows it",
    )


@dataclass(frozen=True)
class Case:
    """A place and what the left side is there: an expression, or the exact value of a quantity."""

    place: Place
    left: sp.Expr

    def decide(self, stated: Compare) -> Decision:
        """The comparison here; an expression on its own left side is itself, a quantity is the case's left."""
        left = stated.lhs if isinstance(stated.lhs, sp.Expr) else self.left
        return compare_at(self.place, left, stated.relation, stated.rhs)

    def falls(self, rival: Compare) -> bool:
        """Whether a rival is false here, or has no value at a point where the claim has one."""
        try:
            seen = self.decide(rival)
        except UnsupportedError:
            return False
        return seen.truth is False or seen.look is None


def check_compare(session: Session, statement: Compare) -> Finding:
    """Both sides at random points, or at the witness, or at each listed point; rivals and mutants at the same."""
    claim = session.claim
    written, statement = statement, _carried_out(statement)
    listed = claim.witness is not None or bool(claim.domain.points)
    lefts = left_sides(session, statement)
    drawn = listed_points(session) if listed else admissible_points(claim, session.rng("points"), session.count)
    points = list(drawn) if lefts else []
    if listed and (without := underivable_at(claim, written, points)):
        return session.stuck(without)
    cases = [Case(place, left) for place in map(session.place, points) for left in lefts]
    if not listed:
        cases += [Case(place, value) for place, value in exact_means(session, statement, "moments")]
    if not cases:
        return session.stuck(f"nothing to compare: {_advice(session)}")
    decisions = [case.decide(statement) for case in cases]
    rivals = [_carried_out(rival_comparison(r, statement)) for r in claim.rivals]
    formulas = () if listed or statement.relation != "=" else tuple(candidates(statement.rhs))
    mutants = [Compare(statement.lhs, "=", m) for m in formulas]
    alive, standing = _survivors(rivals, cases), _survivors(mutants, cases)
    settled = listed or any(o.truth is False for o in decisions)
    if not settled and (alive or standing or statement.relation != "="):
        more = list(harder_cases(session, statement, lefts, [rivals[i] for i in alive]))
        decisions += [case.decide(statement) for case in more]
        alive = [i for i in alive if not any(case.falls(rivals[i]) for case in more)]
        standing = [i for i in standing if not any(case.falls(mutants[i]) for case in more)]
    seldom = [] if listed else edge_cases(session, statement, lefts, points)
    alive = [i for i in alive if not any(case.falls(rivals[i]) for case in seldom)]
    standing = [i for i in standing if not any(case.falls(mutants[i]) for case in seldom)]
    replace = surface(claim)
    same = [i for i in standing if identical(replace(formulas[i]), replace(statement.rhs))]
    standing = [i for i in standing if i not in same]
    refuted = session.count_rivals(alive)
    session.detail |= {
        "points": len({id(o.place) for o in decisions}),
        "exact": all(o.look is not None and o.look.exact for o in decisions),
        "mutants": len(formulas) - len(same),
        "refuted": len(formulas) - len(same) - len(standing),
    }
    decisions_at_edges = [tie_decided(case.decide(statement), case.left, statement.rhs) for case in seldom]
    known = any(o.truth is False for o in decisions + decisions_at_edges)
    beyond = Nearest([]) if listed or known else _beyond(session, statement, lefts, cases, decisions)
    failure = session.failure(decisions + decisions_at_edges + beyond.decisions, refuted)
    if failure is not None:
        return failure
    equal = statement.relation == "=" and not listed
    doubt = (unseen(session, [*lefts, statement.rhs], [*cases, *seldom]) if equal else "") or beyond.doubt
    if doubt:
        return session.stuck(doubt, refuted)
    if listed:
        return _shown(session, decisions, refuted)
    names = [f"the rival {claim.rivals[i]}" for i in alive] + [f"the mutant {formulas[i]}" for i in standing]
    if names:
        session.detail["surviving"] = names
        return session.stuck(
            f"{session.detail['points']} points do not tell the right side from {names[0]}; "
            "draw more points, widen the domain, or drop a rival that is equal",
            refuted,
        )
    return session.finding(Verdict.AGREES, _agreement(session, statement.relation, decisions), refuted)


def _advice(session: Session) -> str:
    failed = session.detail.get("derivation_failed")
    return f"its derivation fails: {failed}" if failed else "give the claim a Derivation that computes a line"


def _shown(session: Session, decisions: list[Decision], refuted: tuple[int, ...]) -> Finding:
    """The Finding for a statement that is true at its witness or at all listed points."""
    looks = [o.look for o in decisions if o.look is not None]
    certain = all(look.certified for look in looks)
    how = "exactly" if session.detail["exact"] else "with certified balls" if certain else f"to {session.digits} digits"
    where = f"all {session.detail['points']} points of the domain"
    if session.claim.witness is not None:
        where = f"the witness {point_text(decisions[0].place.point)}: {sides_text(looks[0], decisions[0].relation)}"
    return session.finding(Verdict.PROVED if certain else Verdict.AGREES, f"true {how} at {where}", refuted)


def _agreement(session: Session, relation: str, decisions: list[Decision]) -> str:
    """The telling numbers of a statement that is true at all random points."""
    count, total = session.detail["points"], session.detail["mutants"]
    if relation == "=":
        how = "exactly" if session.detail["exact"] else f"to {session.digits} digits"
        return f"equal {how} at {count} random points{session.beaten()}; {total} of {total} mutants refuted"
    margins = [(o.look.margin(relation), o.weight()) for o in decisions if o.look is not None]
    least, (_, where) = min(margins)
    session.detail |= {"margin": float(f"{least:.6g}"), "at": where}
    return f"true at {count} random points; smallest relative margin {least:.3g}{session.beaten()}"


def _beyond(
    session: Session, statement: Compare, lefts: list[sp.Expr], cases: list[Case], decisions: list[Decision]
) -> Nearest:
    """What is looked for beyond points: where the sides are nearest or differ by little, and roots that draws miss."""
    if statement.relation == "=":
        found = Nearest(_with_many_digits(cases, decisions, statement))
    else:
        found = nearest(session, statement, lefts)
    elsewhere = branches(session, statement, lefts)
    return Nearest([*found.decisions, *elsewhere.decisions], found.doubt or elsewhere.doubt)


def _with_many_digits(cases: list[Case], decisions: list[Decision], statement: Compare) -> list[Decision]:
    """The comparison once more with many digits, at the first place at which its sides are a tie of balls."""
    for case, seen in zip(cases, decisions, strict=False):
        if case.left.has(sp.Integral) or statement.rhs.has(sp.Integral):
            break  # it would be integrated by parts of its interval, for minutes
        if seen.look is not None and seen.look.order == 0 and not seen.look.exact:
            return [Case(Place(case.place.point, MANY_DIGITS), case.left).decide(statement)]
    return []


def _survivors(rivals: list[Compare], cases: list[Case]) -> list[int]:
    """Positions of the rivals that are false at none of the cases."""
    return [i for i, rival in enumerate(rivals) if not any(case.falls(rival) for case in cases)]


# -- left sides and points ------------------------------------------------------------------------------------


def left_sides(session: Session, statement: Compare) -> list[sp.Expr]:
    """What is known of the left side: the expression itself, or the lines that derivations computed for a quantity."""
    if isinstance(statement.lhs, sp.Expr):
        return [statement.lhs]
    lines: list[sp.Expr] = []
    for item in session.claim.evidence:
        try:
            line = item.derived(session.claim)
        except Exception as error:  # whatever keeps a derivation from its line, that evidence reports as its own
            session.detail["derivation_failed"] = f"{type(error).__name__}: {error}"
            continue
        if line is not None and line not in lines:
            lines.append(line)
    session.detail["derived_lines"] = len(lines)
    return lines


def _carried_out(statement: Compare) -> Compare:
    """The comparison with the derivatives done that it leaves written out."""

    def done(side: Any) -> Any:
        return side.doit() if isinstance(side, sp.Expr) and side.has(sp.Derivative, sp.Subs) else side

    return Compare(done(statement.lhs), statement.relation, done(statement.rhs))


def harder_cases(session: Session, statement: Compare, lefts: list[sp.Expr], rivals: list[Compare]) -> Iterator[Case]:
    """Points with extreme sizes, then those furthest downhill to where the statement or a rival may fail."""
    yield from (Case(place, value) for place, value in exact_means(session, statement, "more moments"))
    if not lefts:
        return
    points = list(admissible_points(session.claim, session.rng("extremes"), 2 * session.count, EXTREMES))
    for place in map(session.place, points):
        yield from (Case(place, left) for left in lefts)
    for target in (statement, *rivals):
        if target.relation != "=":
            for left in lefts:
                yield Case(session.place(downhill(session, points, left, target)), left)


def edge_cases(session: Session, statement: Compare, lefts: list[sp.Expr], seen: list[Point]) -> list[Case]:
    """Places that random points miss: where a divisor of a side vanishes, and the closed ends of the domain."""
    if not lefts:
        return []
    # Where an inequality touches: random points do not meet it.
    gaps = [left - statement.rhs for left in lefts] if statement.relation != "=" else []
    # Where a function has argument zero, as the exponent of a narrow bell.
    inner = {f.args[0] for side in (*lefts, statement.rhs) for f in side.atoms(sp.exp) if f.args[0].free_symbols}
    gaps += sorted(inner, key=sp.default_sort_key)
    places = [session.place(p) for p in edges(session, [*lefts, statement.rhs], seen, gaps)]
    session.detail["edges"] = len(places)
    if statement.relation == "=":
        places += map(session.place, both_sides(session, [*lefts, statement.rhs]))
    places += map(session.place, cells(session, [*lefts, statement.rhs]))
    return [Case(place, left) for place in places for left in lefts]


def unseen(session: Session, sides: list[sp.Expr], cases: list[Case]) -> str:
    """In words what keeps an equality from being seen at these cases: one side of a switch only, or a level part."""
    return unmet(session, sides, [case.place.point for case in cases]) or levelled(
        sides, [case.place for case in cases], session.digits
    )


def downhill(session: Session, points: list[Point], left: sp.Expr, target: Compare) -> Point:
    """From the point of least margin, change one symbol at a time as long as the margin falls."""
    base, chain = point_plan(session.claim)

    def margin(point: Point) -> float:
        seen = Case(session.place(point), left).decide(target)
        return np.inf if seen.look is None else seen.look.margin(target.relation)

    best = min(points, key=margin)
    least = margin(best)
    for _ in range(session.count):
        moves = [{**best, s: v} for s in base.symbols for v in _moves(s, best[s])]
        nearby = [complete_point(session.claim, chain, move) for move in moves if base.contains(move)]
        step = min((p for p in nearby if p is not None), key=margin, default=best)
        if margin(step) >= least:
            break
        best, least = step, margin(step)
    return best


def _moves(s: sp.Symbol, value: sp.Expr) -> Sequence[sp.Expr]:
    """Other values to try for one symbol: close by, and at other scales."""
    if isinstance(value, LevelTable):
        return value.moves()
    if s.is_integer:
        return (value - 1, value + 1, sp.floor(value / 2), 2 * value, 10 * value)
    return tuple(value * sp.Rational(a, 97) for a in (48, 96, 98, 194, 970))
