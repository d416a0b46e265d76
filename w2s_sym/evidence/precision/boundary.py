"""Exact points that random ones do not meet: on the boundary of a condition, at poles, and at closed ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
import sympy as sp

from w2s_sym.claims.points import complete_point, point_plan
from w2s_sym.claims.statement import Compare
from w2s_sym.evidence.precision.session import Session, surface
from w2s_sym.formula.conditions import Condition, Point
from w2s_sym.formula.domain import Domain, level_domain
from w2s_sym.formula.exact_values import number_at
from w2s_sym.formula.rational import factor_list
from w2s_sym.formula.size import small
from w2s_sym.formula.totals import LevelTable, letters_along, one_total

# Random spectra have one to five levels. A determinant of power sums that is zero for fewer than 20 has 20! terms.
MANY_LEVELS = 20

# exp(-700 - x) would be factored as a polynomial of this degree in e and exp(x): beyond 20 it is one letter.
STEEP = 20
# Scales of a start near lower bounds: some symbols at theirs, others free, for conditions that part two symbols.
NEAR = (1, 12)
# Scales of a start far from there: a product of two symbols, one of which is at a large zero, may have any size.
AFAR = (12, 10**6, 10**12)


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
        start = base.sample(rng, NEAR if tries % 4 == 3 else AFAR if tries % 4 == 1 and most > 1 else 12)
        for s, expression in solved:
            if not left[s, expression]:
                continue
            value = number_at(expression, start)
            if not value.is_finite or not inside(base, follow({**start, s: value})):
                continue
            step = sp.S.One if s.is_integer else max(abs(value), sp.Rational(1, 97)) / 97
            for moved in (value, value - step, value + step)[:most]:
                near = follow({**start, s: moved})
                point = complete_point(claim, chain, near) if inside(base, near) else None
                if point is not None:
                    left[s, expression] -= moved == value
                    yield point


def stretched(session: Session, points: Sequence[Point], rng: np.random.Generator) -> Iterator[Point]:
    """Points like some of these with one symbol, not the one that a zero fixes, 10^12 times as large or as small."""
    base, chain = point_plan(session.claim)
    free = [s for s in base.symbols if not s.is_integer and letters_along(s) is None]
    for k in rng.permutation(len(points))[: 4 * session.count]:
        for s in free:
            for factor in (10**12, sp.Rational(1, 10**12)):
                moved = {**{t: points[k][t] for t in base.symbols}, s: points[k][s] * factor}
                point = complete_point(session.claim, chain, moved) if inside(base, moved) else None
                if point is not None:
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
                row[s] = number_at(value, {**start, **row})
                if not inside(level, row):
                    continue
                one = LevelTable(level.symbols, [(1, *(row[v] for v in level.symbols))])
                point = complete_point(claim, chain, {**start, merged.over: one})
                if point is not None:
                    yield point
                    break


def many_levels(session: Session, rng: np.random.Generator) -> Iterator[Point]:
    """An admissible point whose spectra have many levels: a formula of k power sums may be right of fewer than k."""
    base, chain = point_plan(session.claim)
    spectra = [s for s in base.symbols if letters_along(s) is not None]
    for _ in range(12 if spectra else 0):
        start = base.sample(rng, 12)
        for s in spectra:
            level = level_domain(s)
            rows = [(1, *level.sample(rng, 12).values()) for _ in range(MANY_LEVELS)]
            start[s] = LevelTable(level.symbols, rows)
        point = complete_point(session.claim, chain, start) if base.contains(start) else None
        if point is not None:
            yield point
            return


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
            moves = (follow({**start, s: number_at(e, start)}) for s, e in zeros)
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
    return lambda point: {**point, **{s: number_at(e, point) for s, e in fixed.items()}}


def inside(base: Domain, point: Point) -> bool:
    """Whether the base domain has this point, all of whose values exist."""
    return all(v.is_finite for v in point.values()) and base.contains(point)


def edges(
    session: Session, sides: Sequence[sp.Expr], seen: Sequence[Point], gaps: Sequence[sp.Expr] = ()
) -> Iterator[Point]:
    """Admissible points where a divisor of the sides vanishes, or one of the gaps, and the closed ends of the domain.

    A gap that is a sum over a spectrum vanishes with its summand, on a spectrum of one level. There is a point whose
    spectra have many levels, too.
    """
    rng = session.rng("edges")
    yield from zeros_nearby(session, [*divisors(*sides), *gaps], rng, 1)
    yield from level_zeros(session, gaps, rng)
    yield from many_levels(session, session.rng("many levels"))
    yield from closed_ends(session, seen, rng)
