"""Checks by evaluation of equivalences, on their boundary and on both sides of it, and of limits, by fitted orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
import sympy as sp

from w2s_sym.claims.comparisons import Decision, compare_at, point_text, rival_comparison
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.points import admissible_points, complete_point, point_plan
from w2s_sym.claims.statement import Asymptotic, Compare, Iff
from w2s_sym.evidence.precision.orders import FittedOrder, fitted_order
from w2s_sym.evidence.precision.session import Session, surface, whole_domain
from w2s_sym.formula.balls import UndefinedError
from w2s_sym.formula.conditions import Condition, DomainError, Point
from w2s_sym.formula.definedness import defined
from w2s_sym.formula.domain import Domain, level_domain
from w2s_sym.formula.rational import NotRational, error_coefficient, factor_list
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.signs import proves
from w2s_sym.formula.size import small
from w2s_sym.formula.totals import LevelTable, letters_along, one_total

# An asymptotic order is fitted at this many sizes, each twice the last, the first of which dwarfs all else.
SIZES = 9
DWARFS = 1024
# exp(-700 - x) would be factored as a polynomial of this degree in e and exp(x): beyond 20 it is one letter.
STEEP = 20
# Scales of a start near lower bounds: some symbols at theirs, others free, for conditions that part two symbols.
NEAR = (1, 12)


def check_iff(session: Session, statement: Iff) -> Finding:
    """Truth values of both conditions at random points, on the boundaries of both and close to them.

    AGREES needs points of all three sorts, unless the domain provably excludes a side. Rivals are right conditions:
    each must part from the left somewhere, and is looked for at its own boundary too.
    """
    left, right = statement.left, statement.right
    if not isinstance(left.lhs, sp.Expr) or not isinstance(right.lhs, sp.Expr):
        return session.stuck("nothing to compare: an equivalence is checked between conditions on expressions")
    rivals = [rival_comparison(r, right) for r in session.claim.rivals]
    rng = session.rng("points")
    points = list(admissible_points(session.claim, rng, session.count))
    for condition in (right, *rivals, left):
        points += boundary_points(session, condition, rng)
    points += closed_ends(session, points, rng)
    sorts = {-1: 0, 0: 0, 1: 0}
    alive = list(range(len(rivals)))
    decisions: list[Decision] = []
    for point in points:
        place = session.place(point)
        one = compare_at(place, left.lhs, left.relation, left.rhs)
        two = compare_at(place, right.lhs, right.relation, right.rhs)
        if one.truth is None or two.truth is None:
            decisions.append(one if one.truth is None else two)
            continue
        assert two.look is not None
        assert two.look.order is not None
        sorts[two.look.order] += 1
        # An outcome of the whole equivalence: it carries the left side's values.
        decisions.append(Decision(place, left.relation, one.truth == two.truth, one.look))
        alive = [
            i for i in alive if not _parts(compare_at(place, rivals[i].lhs, rivals[i].relation, rivals[i].rhs), one)
        ]
    refuted = session.count_rivals(alive)
    session.detail |= {"points": len(points), "below": sorts[-1], "on_boundary": sorts[0], "above": sorts[1]}
    false = [o for o in decisions if o.truth is False]
    if false:
        return _parted(session, statement, min(false, key=Decision.weight), refuted)
    failure = session.failure(decisions, refuted)
    if failure is not None:
        return failure
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


def _ruled_out(session: Session, condition: Compare, relation: str) -> bool:
    """Whether the domain provably has no point at which the condition's sides stand in this relation."""
    assert isinstance(condition.lhs, sp.Expr)
    return proves(condition.lhs - condition.rhs, Relation(relation).negated, session.claim.domain)


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


def boundary_points(session: Session, condition: Compare, rng: np.random.Generator) -> Iterator[Point]:
    """Points on the condition's boundary, or where it has no value, and, for each, close points on both sides."""
    gap = condition.lhs - condition.rhs
    return zeros_nearby(session, [gap, *divisors(gap)], rng, 3)


def zeros_nearby(
    session: Session, expressions: Sequence[sp.Expr], rng: np.random.Generator, most: int
) -> Iterator[Point]:
    """Admissible points where a factor of one of these vanishes that is linear in a symbol.

    All factors get their share of ``session.count`` zeros in all, and at least two. Each zero is followed by close
    points on both sides of it. With ``most`` = 1 these are left out and every factor gets one zero, soon given up.
    """
    claim = session.claim
    base, chain = point_plan(claim)
    replace = surface(claim)
    solved = list(dict.fromkeys(z for e in expressions for z in linear_zeros(replace(e), base.symbols)))
    share = 1 if most == 1 else max(2, -(-session.count // max(1, len(solved))))
    left = dict.fromkeys(solved, share)
    follow = follower(session, base)
    for tries in range(8 if most == 1 else 20 * session.count):
        # A zero that the domain does not admit is not looked for as long as the others last.
        if not any(left.values()) or (tries >= 4 * session.count and any(n < share for n in left.values())):
            return
        start = base.sample(rng, NEAR if tries % 4 == 3 else 12)
        for s, expression in solved:
            value = sp.sympify(expression.xreplace(start), strict=True)
            if not left[s, expression] or not value.is_finite or not inside(base, follow({**start, s: value})):
                continue
            step = sp.S.One if s.is_integer else max(abs(value), sp.Rational(1, 97)) / 97
            for moved in (value, value - step, value + step)[:most]:
                near = follow({**start, s: moved})
                point = complete_point(claim, chain, near) if inside(base, near) else None
                if point is not None:
                    left[s, expression] -= moved == value
                    yield point


def linear_zeros(expression: sp.Expr, symbols: Sequence[sp.Symbol]) -> list[tuple[sp.Symbol, sp.Expr]]:
    """(symbol, value): where an irreducible factor of the numerator or denominator vanishes, if linear in a symbol."""
    return list(_linear_zeros(expression, tuple(symbols)))


@lru_cache(maxsize=1024)
def _linear_zeros(expression: sp.Expr, symbols: tuple[sp.Symbol, ...]) -> tuple[tuple[sp.Symbol, sp.Expr], ...]:
    factors: list[sp.Expr] = []
    if not small(expression):
        return ()
    for part in sp.fraction(sp.together(expression)):
        steep = [e for e in part.atoms(sp.exp) if any(abs(k) > STEEP for k in e.args[0].atoms(sp.Integer))]
        names = {e: sp.Dummy() for e in steep}
        back = {v: k for k, v in names.items()}
        try:
            factors += [f.xreplace(back) for f, _ in factor_list(part.xreplace(names))[1]]
        except sp.PolynomialError:
            factors.append(part)
    solved: dict[tuple[sp.Symbol, sp.Expr], None] = {}
    for factor in factors:
        terms = sp.Add.make_args(sp.expand(factor))
        for s in symbols:
            # A polynomial in s alone would have coefficients of thousands of terms, added one by one.
            if s in factor.free_symbols and factor.is_polynomial(s):
                split = [t.as_independent(s, as_Add=False) for t in terms]
                if all(power in (1, s) for _, power in split):
                    intercept, slope = (sp.Add(*(c for c, power in split if power == wanted)) for wanted in (1, s))
                    solved[s, -intercept / slope] = None
    return tuple(solved)


def divisors(*sides: sp.Expr) -> list[sp.Expr]:
    """What the sides divide by, or take a logarithm of: bases of negative powers as written, before any cancels."""
    powers = [p for side in sides for p in side.atoms(sp.Pow) if p.exp.could_extract_minus_sign() or p.exp.is_negative]
    logarithms = [f for side in sides for f in side.atoms(sp.log)]
    found = [p.base for p in powers] + [f.args[0] for f in logarithms]
    return sorted({e for e in found if e.free_symbols}, key=sp.default_sort_key)


def level_zeros(session: Session, gaps: Sequence[sp.Expr], rng: np.random.Generator) -> Iterator[Point]:
    """Admissible points with one level in the spectrum, where a sum over it has a summand that is zero."""
    claim = session.claim
    base, chain = point_plan(claim)
    for merged in filter(None, map(one_total, gaps)):
        if merged.over not in base.symbols:
            continue
        level = level_domain(merged.over)
        for s, value in linear_zeros(merged.summand, level.symbols):
            for _ in range(12):
                start, row = base.sample(rng, 12), level.sample(rng, 12)
                row[s] = sp.sympify(value.xreplace({**start, **row}), strict=True)
                if not inside(level, row):
                    continue
                one = LevelTable(level.symbols, [(1, *(row[v] for v in level.symbols))])
                point = complete_point(claim, chain, {**start, merged.over: one})
                if point is not None:
                    yield point
                    break


def closed_ends(session: Session, seen: Sequence[Point], rng: np.random.Generator) -> Iterator[Point]:
    """For each nonstrict condition and assumption that no seen point meets with equality, one that does if possible."""
    claim = session.claim
    base, chain = point_plan(claim)
    replace, follow = surface(claim), follower(session, base)
    for condition in (*claim.domain.assumptions(), *claim.domain.conditions):
        if condition.relation not in ("<=", ">=") or any(Condition(*_ends(condition)).at(p) is True for p in seen):
            continue
        zeros = linear_zeros(replace(condition.lhs - condition.rhs), base.symbols)
        for tries in range(12 if zeros else 0):
            # Near lower ends first: there one bound seldom rules another out.
            start = base.sample(rng, 12 if tries % 2 else NEAR)
            moves = (follow({**start, s: sp.sympify(e.xreplace(start), strict=True)}) for s, e in zeros)
            points = (complete_point(claim, chain, m) for m in moves if inside(base, m))
            point = next((p for p in points if p is not None and Condition(*_ends(condition)).at(p) is True), None)
            if point is not None:
                yield point
                break


def _ends(condition: Condition) -> tuple[sp.Expr, str, sp.Expr]:
    return condition.lhs, "=", condition.rhs


def follower(session: Session, base: Domain) -> Callable[[Point], Point]:
    """Give the symbols that linear equalities of the domain fix the values that the moved others imply."""
    replace = surface(session.claim)
    fixed = {s: e for s in base.symbols if (e := replace(s)) != s}
    return lambda point: {**point, **{s: sp.sympify(e.xreplace(point), strict=True) for s, e in fixed.items()}}


def inside(base: Domain, point: Point) -> bool:
    """Whether the base domain has this point, all of whose values exist."""
    return all(v.is_finite for v in point.values()) and base.contains(point)


def edges(
    session: Session, sides: Sequence[sp.Expr], seen: Sequence[Point], gaps: Sequence[sp.Expr] = ()
) -> Iterator[Point]:
    """Admissible points where a divisor of the sides vanishes, or one of the gaps, and the closed ends of the domain.

    A gap that is a sum over a spectrum vanishes with its summand, on a spectrum of one level.
    """
    rng = session.rng("edges")
    yield from zeros_nearby(session, [*divisors(*sides), *gaps], rng, 1)
    yield from level_zeros(session, gaps, rng)
    yield from closed_ends(session, seen, rng)


def check_asymptotic(session: Session, statement: Asymptotic) -> Finding:
    """Fit the order of the exact error at doubling sizes, all other symbols held at random admissible values.

    AGREES when the fitted interval holds the stated order and shuts out that order +- 1/2; an error of another
    order, or none at all, is REFUTED. Rivals are right sides whose error must have another order.
    """
    claim, x = session.claim, statement.in_
    if any(s == x or x in e.free_symbols for s, e in point_plan(claim)[1]):
        return session.stuck(f"the given equations tie {x} to other symbols; state the limit along a free symbol")
    rivals = [
        r if isinstance(r, Asymptotic) else Asymptotic(statement.lhs, r, x, statement.order) for r in claim.rivals
    ]
    starts = list(admissible_points(claim, session.rng("points"), session.count))
    fits = order_fits(session, statement, starts)
    fits += slower(session, statement, starts)
    alive = []
    for i, rival in enumerate(rivals):
        others = order_fits(session, rival, starts)
        if others and limit_verdict(others, float(rival.order)) is not Verdict.REFUTED:
            alive.append(i)
    refuted = session.count_rivals(alive)
    session.detail |= {"points": len(starts), "sizes": SIZES, "orders": [str(f) for f in fits]}
    if not fits:
        text = f"no error at all at {len(starts)} points, whatever {x}: an exact equality; state it as a Compare"
        return session.finding(Verdict.REFUTED, text, refuted)
    verdict = limit_verdict(fits, float(statement.order))
    if verdict is Verdict.REFUTED:
        slowest = min(fits, key=lambda f: f.high)
        lost = "the error does not vanish" if slowest.contains(0) else "the error has another order"
        return session.finding(verdict, f"{lost}: {x}^-p, p = {slowest}, stated p = {statement.order}", refuted)
    widest = max(fits, key=lambda f: f.high - f.low)
    if verdict is Verdict.INCONCLUSIVE:
        return session.stuck(f"the fitted order {widest} does not single out {statement.order}", refuted)
    open_ = _coefficient_vanishes(session, statement, fits, refuted)
    if open_ is not None:
        return open_
    if alive:
        session.detail["surviving"] = [f"the rival {claim.rivals[i]}" for i in alive]
        text = f"the error of the rival {claim.rivals[alive[0]]} has the stated order too; state more terms"
        return session.stuck(text, refuted)
    return session.finding(verdict, f"order {widest} at {len(fits)} points{session.beaten()}", refuted)


def slower(session: Session, statement: Asymptotic, starts: list[Point]) -> list[FittedOrder]:
    """The orders that fall short of the stated one where a divisor vanishes or at a closed end of the domain.

    Only what does not involve the growing symbol has a place here. Raises DomainError where a side is undefined.
    """
    x, base = statement.in_, point_plan(session.claim)[0]
    fixed = [d for d in divisors(statement.lhs, statement.rhs) if x not in d.free_symbols]
    rng = session.rng("edges")
    found = (*zeros_nearby(session, fixed, rng, 1), *closed_ends(session, starts, rng))
    # An end that holds only for a bounded size is no place to let the size grow.
    fits = order_fits(session, statement, [p for p in found if base.contains(_grown(p, x, 0))])
    return [f for f in fits if f.high < statement.order]


def _coefficient_vanishes(
    session: Session, statement: Asymptotic, fits: list[FittedOrder], refuted: tuple[int, ...]
) -> Finding | None:
    """What keeps the order from being exact at every point; None when the error is shown to fall no faster anywhere."""
    coefficient, x = _coefficient(session, statement), statement.in_
    if coefficient is None:
        if len(fits) >= session.detail["points"] and not any(f.low > statement.order for f in fits):
            return None
        return session.stuck(f"at some points the error falls faster than {x}^-{statement.order}", refuted)
    if coefficient.is_number or defined(1 / coefficient, whole_domain(session.claim)) is None:
        return None
    for point in zeros_nearby(session, [coefficient], session.rng("coefficient"), 1):
        if all(f.low > statement.order for f in order_fits(session, statement, [point])):
            where = point_text({s: v for s, v in point.items() if s != x})
            text = f"the error falls faster at {where}, where its coefficient {coefficient} is zero"
            return session.finding(Verdict.REFUTED, text, refuted)
    text = f"cannot show that {coefficient}, the coefficient of the error, is nonzero on the domain; state that"
    return session.stuck(text, refuted)


def _coefficient(session: Session, statement: Asymptotic) -> sp.Expr | None:
    replace = surface(session.claim)
    try:
        return error_coefficient(replace(statement.lhs) - replace(statement.rhs), statement.in_)
    except (NotRational, ZeroDivisionError, sp.PolynomialError):
        return None


def _grown(start: Point, x: sp.Symbol, doublings: int) -> Point:
    """The start with ``x`` far beyond all other values."""
    largest = max((int(sp.ceiling(abs(v))) for s, v in start.items() if s != x and letters_along(s) is None), default=1)
    return {**start, x: sp.Integer((DWARFS << largest.bit_length()) << doublings)}


def order_fits(session: Session, statement: Asymptotic, starts: list[Point]) -> list[FittedOrder]:
    """The fitted order at each start whose error is not zero. Raises DomainError for what cannot be fitted."""
    x, (base, chain) = statement.in_, point_plan(session.claim)
    found = []
    for start in starts:
        looks = []
        for j in range(SIZES):
            point = _grown(start, x, j)
            base.check(point, f"{session.claim.id}: as {x} tends to infinity")
            if complete_point(session.claim, chain, point) is None:
                raise DomainError(f"{x} cannot tend to infinity from {point_text(start)}: the domain bounds it")
            try:
                looks.append(session.place(point).look(statement.lhs, statement.rhs))
            except UndefinedError as error:
                raise DomainError(f"undefined at {point_text(point)}: {error}; restrict the domain") from None
        if any(look.order is None or not look.certified for look in looks):
            raise DomainError(
                f"the error at {point_text(start)} drowns in {session.digits} digits as {x} grows; use more"
            )
        if all(look.order for look in looks):
            found.append(fitted_order([look.gap for look in looks]))
    return found


def limit_verdict(fits: list[FittedOrder], order: float) -> Verdict:
    """AGREES when no point is slower than ``order`` and most single it out: near a zero some seem to be faster."""
    if any(f.high < order for f in fits) or all(f.low > order for f in fits):
        return Verdict.REFUTED
    sharp = [f for f in fits if f.contains(order) and f.low > order - 0.5 and f.high < order + 0.5]
    faster = [f for f in fits if f.low > order]
    most = 2 * len(sharp) > len(fits) and len(sharp) + len(faster) == len(fits)
    return Verdict.AGREES if most else Verdict.INCONCLUSIVE
