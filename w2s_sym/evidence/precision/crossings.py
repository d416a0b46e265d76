"""Where a formula is another one: on each side of a switch, and off the lattice of a wave.

The rule: an equality agrees only if its points lie on both sides of every switch. A switch is a formula whose sign
decides which branch of an absolute value, a minimum, a maximum or a root of a square is taken. Where its sign is proved
on the whole domain there is one side only. Random points may all be on one side, and small fractions may all be
periods of a wave: so points are made on the other side, and with denominators that no author would write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np
import sympy as sp
from flint import arb

from w2s_sym.claims.points import complete_point, point_plan
from w2s_sym.evidence.precision.boundary import follower, inside, linear_zeros
from w2s_sym.evidence.precision.session import Session, surface, whole_domain
from w2s_sym.formula.balls import Place, UndefinedError, UnsupportedError, ball, sign_of_ball
from w2s_sym.formula.conditions import Point
from w2s_sym.formula.domain import at_level, level_domain
from w2s_sym.formula.rational import factor_list
from w2s_sym.formula.size import small
from w2s_sym.formula.slope_signs import weak_sign
from w2s_sym.formula.totals import LevelTable, SpectrumSymbol, letters_along

# Values tried for a symbol on the way to the other side of a switch.
POWERS = tuple(sp.Rational(10) ** k for k in (-30, -18, -12, -9, -7, -5, -3, -2, -1, 0, 1, 2, 3, 5, 7, 9, 12, 18, 30))
# So many switches and waves are looked at, and starts for each.
SWITCHES = 12
CROSSED = 3
# Functions that differ from a number by less than any digits where their argument is large.
_LEVELLING = (sp.tanh, sp.coth, sp.erf, sp.erfc)


def switches(sides: Iterable[sp.Expr]) -> list[sp.Expr]:
    """The formulas whose sign decides a branch somewhere in the sides."""
    found: dict[sp.Expr, None] = {}
    for side in sides:
        for node in sorted(side.atoms(sp.Abs, sp.Max, sp.Min, sp.Pow), key=sp.default_sort_key):
            if isinstance(node, sp.Abs):
                found[node.args[0]] = None
            elif isinstance(node, sp.Pow):
                found |= dict.fromkeys(_squared(node))
            else:
                found |= {a - b: None for a, b in combinations(node.args, 2)}
    return [e for e in found if e.free_symbols][:SWITCHES]


def _squared(power: sp.Pow) -> list[sp.Expr]:
    """Factors of the base of a root whose even power comes out of it as an absolute value."""
    if not power.exp.is_Rational or power.exp.is_Integer or power.exp.q % 2 or not small(power.base):
        return []
    found: list[sp.Expr] = []
    for part in sp.fraction(sp.together(power.base)):
        try:
            found += [f for f, many in factor_list(part)[1] if many % 2 == 0]
        except sp.PolynomialError:
            found += [p.base for p in sp.Mul.make_args(part) if p.is_Pow and p.exp.is_Integer and p.exp % 2 == 0]
    return found


def both_sides(session: Session, sides: Sequence[sp.Expr]) -> Iterator[Point]:
    """Admissible points on the two sides of each switch, and points off the lattice of each wave."""
    rng = session.rng("crossings")
    base = point_plan(session.claim)[0]
    for switch in switches(sides):
        over = _spectrum(session, switch)
        if over is not None:
            yield from _levels_across(session, switch, over, rng)
            continue
        for _ in range(CROSSED):
            yield from _across(session, surface(session.claim)(switch), base.sample(rng, 12))
    yield from _off_lattice(session, sides, rng)


def _spectrum(session: Session, switch: sp.Expr) -> SpectrumSymbol | None:
    """The spectrum along which a switch varies."""
    held = filter(None, map(letters_along, session.claim.domain.symbols))
    return next((h for h in held if set(h.symbols) & switch.free_symbols), None)


def _across(session: Session, switch: sp.Expr, start: Point) -> Iterator[Point]:
    """Along each symbol of a switch: the first admissible point of either sign."""
    base, chain = point_plan(session.claim)
    follow, zeros = follower(session, base), linear_zeros(switch, base.symbols)
    for s in [s for s in base.symbols if s in switch.free_symbols and letters_along(s) is None]:
        wanted = {-1, 1}
        for value in _tried(s, [e.xreplace(start) for t, e in zeros if t == s]):
            moved = follow({**start, s: value})
            seen = _side(switch, moved)
            if seen not in wanted or not inside(base, moved):
                continue
            point = complete_point(session.claim, chain, moved)
            if point is not None:
                wanted.discard(seen)
                yield point


def _levels_across(
    session: Session, switch: sp.Expr, over: SpectrumSymbol, rng: np.random.Generator
) -> Iterator[Point]:
    """Spectra of one level on either side of a switch that varies along them."""
    base, chain = point_plan(session.claim)
    level = level_domain(over)
    for _ in range(CROSSED):
        start, row = base.sample(rng, 12), level.sample(rng, 12)
        for s in [s for s in level.symbols if s in switch.free_symbols]:
            wanted = {-1, 1}
            zeros = [e.xreplace({**start, **row}) for t, e in linear_zeros(switch, level.symbols) if t == s]
            for value in _tried(s, zeros):
                moved = {**row, s: value}
                seen = _side(switch, {**start, **moved})
                if seen not in wanted or not inside(level, moved):
                    continue
                one = LevelTable(level.symbols, [(1, *(moved[v] for v in level.symbols))])
                point = complete_point(session.claim, chain, {**start, over: one})
                if point is not None:
                    wanted.discard(seen)
                    yield point


def _tried(s: sp.Symbol, zeros: Sequence[sp.Expr]) -> Iterator[sp.Expr]:
    """Values for one symbol: about each zero, nearer and farther, then at all scales."""
    finite = [z for z in zeros if z.is_Rational]
    step = [sp.Rational(k, 97) for k in (96, 98, 48, 194)]
    values = [z * k for z in finite for k in step] + [z + d for z in finite for d in (1, -1)]
    values += [*POWERS, *(-p for p in POWERS)]
    yield from (dict.fromkeys(sp.floor(v) for v in values) if s.is_integer else values)


def _side(switch: sp.Expr, point: Point) -> int | None:
    """The sign of a switch at a point; None where it has none, or is zero."""
    try:
        return sign_of_ball(Place(point, 20).high(switch)) or None
    except (UndefinedError, UnsupportedError, ArithmeticError):
        return None


def unmet(session: Session, sides: Sequence[sp.Expr], points: Sequence[Point]) -> str:
    """In words a switch of which points are on one side only, though no proof says so; empty when there is none."""
    domain, replace = whole_domain(session.claim), surface(session.claim)
    for switch in switches(sides):
        over = _spectrum(session, switch)
        seen = {side for p in points for side in _signs(switch, p, over)}
        where = domain if over is None else at_level(domain, over)
        if len(seen) < 2 and weak_sign(replace(switch), where) is None and weak_sign(switch, where) is None:
            side = {1: "negative", -1: "positive"}.get(next(iter(seen), 0), "of either sign")
            return (
                f"no point was found at which {switch} is {side}, and its sign is not proved: a branch was not looked "
                "at; add its sign as a condition, or state the claim without the branch"
            )
    return ""


def _signs(switch: sp.Expr, point: Point, over: SpectrumSymbol | None) -> Iterator[int]:
    rows: list[Point] = [{}] if over is None else point[over].points()
    yield from (side for row in rows if (side := _side(switch, {**point, **row})) is not None)


def _off_lattice(session: Session, sides: Sequence[sp.Expr], rng: np.random.Generator) -> Iterator[Point]:
    """Points whose symbols, as far as a wave has them, are no small fractions and no small whole numbers."""
    base, chain = point_plan(session.claim)
    waves = {f for side in sides for f in side.atoms(sp.sin, sp.cos, sp.tan, sp.Pow)}
    free = {s for f in waves for s in _turning(f) if s in base.symbols and letters_along(s) is None}
    follow = follower(session, base)
    for _ in range(2 * CROSSED if free else 0):
        start = base.sample(rng, 12)
        for s in sorted(free, key=lambda t: t.name):
            prime = sp.nextprime(int(rng.integers(10**9, 2 * 10**9)))
            # A whole number of any remainder; a fraction by which no period is divided.
            shift = int(rng.integers(1, 10**6)) if s.is_integer else start[s] / prime
            start = {**start, s: start[s] + shift}
        point = complete_point(session.claim, chain, follow(start)) if inside(base, follow(start)) else None
        if point is not None:
            yield point


def _turning(f: sp.Expr) -> set[sp.Symbol]:
    """The symbols of the argument of a wave, and of the exponent of a negative number."""
    if isinstance(f, sp.Pow):
        return set(f.exp.free_symbols) if f.base.is_negative else set()
    return set(f.args[0].free_symbols)


def levelled(sides: Sequence[sp.Expr], places: Sequence[Place], digits: int) -> str:
    """In words a part that no place tells from the number that it tends to; empty when there is none."""
    parts = {f for side in sides for f in side.atoms(*_LEVELLING) if f.free_symbols}
    for f in sorted(parts, key=sp.default_sort_key):
        values = [d for place in places for at in _rows(f, place) if (d := _distance(f, at)) is not None]
        if values and all(abs(value) < 10.0**-digits for value in values):
            return (
                f"{f} differs from a number by less than 10^-{digits} at all points, so that they do not tell it from "
                "one; give the claim a Derivation, or a domain with points nearer to zero"
            )
    return ""


def _rows(f: sp.Expr, place: Place) -> list[Place]:
    """The place, or for a part that varies along a spectrum one place for each of its levels."""
    for s, table in place.point.items():
        held = letters_along(s)
        if held is not None and set(held.symbols) & f.free_symbols:
            return [Place({**place.point, **row}, place.digits) for row in table.points()]
    return [place]


def _distance(f: sp.Expr, place: Place) -> arb | None:
    """How far a part is from the number that it tends to for large arguments."""
    part = f if isinstance(f, sp.erfc) else 1 - sp.Abs(f)
    try:
        return ball(place.high(part))
    except (UndefinedError, UnsupportedError, ArithmeticError):
        return None
