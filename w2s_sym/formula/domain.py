"""Where a claim holds: symbols, conditions on them, and random exact points that satisfy them.

A condition keeps its two sides apart (SymPy would collapse ``n > 0`` for a positive n to ``True``) and carries
the next move for a user who violates it. Points are exact: integers and rationals, never floats.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice

import numpy as np
import sympy as sp

from w2s_sym.formula import display
from w2s_sym.formula.conditions import Condition, DomainError, Point, exact_number
from w2s_sym.formula.exact_values import number_at
from w2s_sym.formula.notation import CHECKED, unchecked
from w2s_sym.formula.number_text import told
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.size import TooLargeError, require_small
from w2s_sym.formula.totals import LevelTable, Total, letters_along
from w2s_sym.formula.typed import typed


@typed
@dataclass(frozen=True)
class Domain:
    """A set of admissible points: symbols in the order in which they are drawn, and conditions on them.

    Parameters
    ----------
    symbols
        Every free symbol of the statement. Their SymPy assumptions (real, integer, a sign) are conditions too;
        others are refused. A symbol's bounds should involve earlier symbols only; then drawing never rejects.
    conditions
        Further conditions, each with the next move for a violation.
    points
        When not empty, the domain is this finite list of points and nothing else.
    facts
        What other claims show to hold at every point: it bounds no point, and proofs of sign may use it. A derivation
        adds them; a claim is made without.
    """

    symbols: tuple[sp.Symbol, ...]
    conditions: tuple[Condition, ...] = ()
    points: tuple[Mapping[sp.Symbol, sp.Expr], ...] = ()
    facts: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        if len(set(self.symbols)) != len(self.symbols):
            twice = sorted({str(s) for s in self.symbols if self.symbols.count(s) > 1})
            raise ValueError(f"the domain lists {', '.join(twice)} twice; list every symbol once")
        for s in self.symbols:
            require_checked(s)
        stray = {s for c in (*self.conditions, *self.facts) for s in c.free_symbols} - set(self.symbols)
        if stray:
            raise ValueError(f"conditions use {', '.join(sorted(map(str, stray)))}, which the domain does not list")
        try:
            require_small(*(c.lhs - c.rhs for c in self.conditions))
        except TooLargeError as problem:
            raise ValueError(f"a condition of the domain is too large: {problem}") from None

    # -- display ----------------------------------------------------------------------------------------
    def legend(self) -> Iterator[tuple[sp.Symbol, Condition | None, str]]:
        """What each symbol is: (symbol, the sign it has by assumption, kind); the letters of a spectrum follow it."""
        for s in self.symbols:
            if letters_along(s) is None:
                yield s, next(Domain((s,)).assumptions(), None), "integer" if s.is_integer else "real"
                continue
            yield s, None, "spectrum"
            level = level_domain(s)
            for v in level.symbols:
                yield v, next(Domain((v,)).assumptions(), None), "at each eigenvalue"

    def _repr_html_(self) -> str:
        return display.html("domain", self, repr)

    # -- membership -------------------------------------------------------------------------------------
    def assumptions(self) -> Iterator[Condition]:
        """The sign conditions that the symbols' own assumptions state."""
        return iter(assumed_signs(self.symbols))

    def check(self, point: Mapping[sp.Symbol, object], context: str = "") -> Point:
        """Return the point as exact numbers, or raise :class:`DomainError` naming what fails and the next move."""
        exact = self._numbers(point, head := f"{context}: " if context else "")
        for condition in (*self.assumptions(), *self.conditions):
            verdict = condition.at(exact)
            if verdict is not True:
                used = ", ".join(f"{s}={told(exact[s])}" for s in self.symbols if s in condition.free_symbols)
                advice = f"; {condition.next_move}" if condition.advice else f"; choose values with {condition}"
                state = "needs" if verdict is False else "cannot decide"
                undefined = condition.undefined_at(exact)
                state = state if undefined is None else f"{undefined}, in"
                raise DomainError(f"{head}{used}: {state} {condition}{advice}")
        if not self._lists(exact):
            raise DomainError(f"{head}the claim is about {len(self.points)} listed points and this is not one of them")
        return exact

    def _numbers(self, point: Mapping[sp.Symbol, object], head: str) -> Point:
        exact: Point = {}
        for s in self.symbols:
            if s not in point:
                raise DomainError(f"{head}no value for {s}; give all of {', '.join(map(str, self.symbols))}")
            spectrum = letters_along(s) is not None
            exact[s] = _levels(s, point[s], head) if spectrum else exact_number(point[s], str(s), head)
            if s.is_integer and not exact[s].is_integer:
                raise DomainError(f"{head}{s}={point[s]}: needs an integer; round it")
        return exact

    def _lists(self, at: Point) -> bool:
        return not self.points or any(all(at[s] == p[s] for s in self.symbols) for p in self.points)

    def contains(self, point: Mapping[sp.Symbol, object]) -> bool:
        """Whether the point, a number for each symbol, satisfies all assumptions and conditions."""
        try:
            exact = self._numbers(point, "")
        except DomainError:
            return False
        return all(c.at(exact) is True for c in (*self.assumptions(), *self.conditions)) and self._lists(exact)

    def restrict(self, symbols: set[sp.Symbol]) -> Domain:
        """The same domain over fewer symbols: conditions that mention a dropped symbol go with it."""
        return Domain(
            tuple(s for s in self.symbols if s in symbols),
            tuple(c for c in self.conditions if c.free_symbols <= symbols),
            tuple({s: v for s, v in p.items() if s in symbols} for p in self.points),
            tuple(c for c in self.facts if c.free_symbols <= symbols),
        )

    # -- random exact points ----------------------------------------------------------------------------
    def sample(self, rng: np.random.Generator, scale: int | tuple[int, ...] = 12) -> Point:
        """Draw one exact admissible point; ``scale`` sets the typical size of what has no upper bound.

        Boundaries that belong to the domain are drawn on purpose now and then: formulas break there first.
        Of several scales each symbol picks its own, so that one size may dwarf another; scale 1 hugs lower bounds.
        """
        if self.points:
            return self.check(self.points[int(rng.integers(len(self.points)))])
        scales = (scale,) if isinstance(scale, int) else scale
        for _ in range(2000):
            point = self._draw(rng, scales)
            if point is not None and all(c.at(point) is True for c in (*self.assumptions(), *self.conditions)):
                return point
        raise DomainError("2000 random points and none is admissible; reorder the symbols or check the conditions")

    def _draw(self, rng: np.random.Generator, scales: tuple[int, ...]) -> Point | None:
        point: Point = {}
        for s, bounding in _bounding(self.symbols, self.conditions):
            if letters_along(s) is not None:
                point[s] = _drawn_levels(s, rng, scales)
                continue
            lows: list[tuple[sp.Expr, bool]] = []
            highs: list[tuple[sp.Expr, bool]] = []
            for condition in bounding:
                side, value, strict = _bound(condition, s, point) or ("none", sp.S.Zero, False)
                lows += [(value, strict)] if side in ("low", "both") else []
                highs += [(value, strict)] if side in ("high", "both") else []
            scale = scales[0] if len(scales) == 1 else scales[int(rng.integers(len(scales)))]
            value = _draw_between(rng, lows, highs, bool(s.is_integer), scale)
            if value is None:
                return None
            point[s] = value
        return point

    # -- proofs -----------------------------------------------------------------------------------------
    def slacks(self) -> Iterator[tuple[dict[sp.Symbol, sp.Expr], frozenset[sp.Symbol]]]:
        """Ways to write the symbols as polynomials in nonnegative slacks: (substitution, strictly positive slacks).

        Each way replaces a symbol by one of its linear lower (or upper) bounds plus a slack, innermost bounds
        first. A polynomial whose coefficients are all nonnegative after such a substitution is nonnegative on the
        whole domain: that is the only proof of sign that derivations use.
        """
        everything = (*self.conditions, *self.assumptions())
        options: list[tuple[_Bound | None, ...]] = []
        for index, s in enumerate(self.symbols):
            known = set(self.symbols[: index + 1])
            mine = (self._bound(s, c) for c in everything if s in c.free_symbols and c.free_symbols <= known)
            options.append(tuple(b for b in mine if b is not None) or (None,))
        return islice(_ways(self.symbols, tuple(options), {}, frozenset()), 512)

    def _bound(self, s: sp.Symbol, c: Condition) -> _Bound | None:
        """What a condition says of a symbol in which it is linear with a rational slope; None for any other."""
        if c.relation == "!=" or not (c.lhs - c.rhs).is_polynomial(*self.symbols):
            return None
        polynomial = sp.Poly(c.lhs - c.rhs, s)
        leading = polynomial.LC()
        if polynomial.degree() != 1 or not leading.is_Rational:
            return None
        end = -polynomial.eval(s, 0) / leading
        relation = Relation(c.relation) if leading > 0 else Relation(c.relation).turned
        plain = sp.Poly(end, *self.symbols)
        integral = (
            s.is_integer
            and all(a.is_integer for a in plain.coeffs())
            and all(t.is_integer for t in plain.as_expr().free_symbols)
        )
        return _Bound(sp.expand(end), relation, bool(integral))


@dataclass(frozen=True)
class _Bound:
    """A symbol is at, above or below a polynomial; ``integral`` when both are integers wherever it holds."""

    end: sp.Expr
    relation: Relation
    integral: bool

    def written(self, s: sp.Symbol, earlier: Mapping[sp.Symbol, sp.Expr]) -> tuple[sp.Expr, frozenset[sp.Symbol]]:
        """The symbol as its bound and a slack, the earlier symbols as they are written; which slack is not zero."""
        end, slack = self.end.xreplace(earlier), _slack_of(s)
        if self.relation == "=":
            return end, frozenset()
        # Between integers x > b means x >= b + 1.
        step = slack + 1 if self.relation.strict and self.integral else slack
        strict = frozenset({slack} if self.relation.strict and not self.integral else ())
        return sp.expand(end + step if self.relation in (">", ">=") else end - step), strict


def _ways(
    symbols: tuple[sp.Symbol, ...],
    options: tuple[tuple[_Bound | None, ...], ...],
    written: dict[sp.Symbol, sp.Expr],
    strict: frozenset[sp.Symbol],
) -> Iterator[tuple[dict[sp.Symbol, sp.Expr], frozenset[sp.Symbol]]]:
    """All ways to write the symbols that are left, the last one's bounds varying fastest."""
    if not symbols:
        yield written, strict
        return
    s = symbols[0]
    for bound in options[0]:
        # A free real number stays, and defeats the sign test where it matters.
        end, more = (s, frozenset[sp.Symbol]()) if bound is None else bound.written(s, written)
        yield from _ways(symbols[1:], options[1:], {**written, s: end}, strict | more)


@cache
def _slack_of(s: sp.Symbol) -> sp.Dummy:
    """The slack of a symbol: a letter that no formula of a user contains, and one for each symbol."""
    return sp.Dummy(f"slack_{s}", nonnegative=True)


# Made once: points are drawn and checked thousands of times on one domain.
@lru_cache(maxsize=1024)
def assumed_signs(symbols: tuple[sp.Symbol, ...]) -> tuple[Condition, ...]:
    """The sign conditions that these symbols' own assumptions state."""
    found: list[Condition] = []
    for s in symbols:
        if s.is_positive:
            found.append(Condition(s, ">=", sp.Integer(1)) if s.is_integer else Condition(s, ">", sp.Integer(0)))
        elif s.is_nonnegative:
            found.append(Condition(s, ">=", sp.Integer(0)))
        elif s.is_negative:
            found.append(Condition(s, "<=", sp.Integer(-1)) if s.is_integer else Condition(s, "<", sp.Integer(0)))
        elif s.is_nonpositive:
            found.append(Condition(s, "<=", sp.Integer(0)))
        elif s.is_nonzero:
            found.append(Condition(s, "!=", sp.Integer(0)))
    return tuple(found)


@lru_cache(maxsize=256)
def _bounding(
    symbols: tuple[sp.Symbol, ...], conditions: tuple[Condition, ...]
) -> tuple[tuple[sp.Symbol, tuple[Condition, ...]], ...]:
    """Each symbol with the conditions on it and on earlier ones alone."""
    everything = [(c, c.free_symbols) for c in (*assumed_signs(symbols), *conditions)]
    known = ((s, set(symbols[:index])) for index, s in enumerate(symbols, 1))
    return tuple((s, tuple(c for c, free in everything if s in free and free <= earlier)) for s, earlier in known)


def require_checked(s: sp.Symbol) -> None:
    """Raises :class:`DomainError` when SymPy would use more of a symbol than a domain shows and checks."""
    hidden = unchecked(s)
    if hidden:
        raise DomainError(
            f"{s} is assumed to be {hidden[0]}, which no domain checks; declare it with some of {', '.join(CHECKED)}, "
            "and write the rest as a condition or in the formula (2*j for an even number)"
        )


def level_domain(s: sp.Symbol) -> Domain:
    """The domain of the values at one level of a spectrum."""
    varying = letters_along(s)
    assert varying is not None
    return Domain(varying.symbols, varying.conditions)


def at_level(domain: Domain, over: sp.Symbol) -> Domain:
    """The domain inside a total: its level letters are new numbers, of which only their own spectrum says anything.

    An outer total may have letters of the same names: what is known of those is not said of these. What is true of
    totals is not used for the terms of totals.
    """
    inside = level_domain(over)
    letters = set(inside.symbols)
    kept = (c for c in domain.conditions if not c.free_symbols & letters and not c.lhs.has(Total) | c.rhs.has(Total))
    outer = (s for s in domain.symbols if s not in letters)
    return Domain((*outer, *inside.symbols), (*kept, *inside.conditions))


def _levels(s: sp.Symbol, value: object, head: str) -> LevelTable:
    """A spectrum from one, or from rows (multiplicity, value of each letter); raises DomainError."""
    inside = level_domain(s)
    names = ", ".join(map(str, inside.symbols))
    if not isinstance(value, LevelTable):
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise DomainError(f"{head}{s}={value!r}: needs a list of levels (multiplicity, {names})")
        try:
            rows = [[exact_number(v, f"a level of {s}", head) for v in row] for row in value]
            value = LevelTable(inside.symbols, rows)
        except (TypeError, ValueError) as problem:
            raise DomainError(f"{head}{s}: needs a list of levels (multiplicity, {names}): {problem}") from None
    for point in value.points():
        inside.check(point, f"{head}{s}")
    return value


def _drawn_levels(s: sp.Symbol, rng: np.random.Generator, scales: tuple[int, ...]) -> LevelTable:
    """One to five levels, each an exact point of its domain, now and then with a value that another has."""
    inside = level_domain(s)
    count = int(rng.choice([1, 2, 2, 3, 3, 4, 5]))
    points = [inside.sample(rng, scales) for _ in range(count)]
    if count > 1 and rng.random() < 0.3:
        shared = inside.symbols[int(rng.integers(len(inside.symbols)))]
        moved = {**points[0], shared: points[1][shared]}
        points[0] = moved if inside.contains(moved) else points[0]
    most = max(1, max(scales))
    rows = [(int(rng.integers(1, 4 if rng.random() < 0.7 else most + 2)), *p.values()) for p in points]
    return LevelTable(inside.symbols, rows)


def _bound(condition: Condition, s: sp.Symbol, point: Point) -> tuple[str, sp.Expr, bool] | None:
    linear = linear_bound(condition, s)
    if linear is None:
        return None
    leading, rest = (number_at(e, point) for e in linear)
    if leading == 0:
        return None
    value = -rest / leading
    if condition.relation == "=":
        return "both", value, False
    relation = Relation(condition.relation) if leading > 0 else Relation(condition.relation).turned
    return ("low" if relation.direction == 1 else "high"), value, relation.strict


@lru_cache(maxsize=1024)
def linear_bound(condition: Condition, s: sp.Symbol) -> tuple[sp.Expr, sp.Expr] | None:
    """Slope and intercept when the condition bounds ``s`` linearly, given the other symbols; else None."""
    difference = sp.expand(condition.lhs - condition.rhs)
    if condition.relation == "!=" or not difference.is_polynomial(s):
        return None
    polynomial = sp.Poly(difference, s)
    return (polynomial.LC(), polynomial.eval(s, 0)) if polynomial.degree() == 1 else None


def _draw_between(
    rng: np.random.Generator,
    lows: list[tuple[sp.Expr, bool]],
    highs: list[tuple[sp.Expr, bool]],
    integer: bool,
    scale: int,
) -> sp.Expr | None:
    """One exact number between the bounds, or None when there is none."""
    low = max(lows, key=lambda b: (b[0], b[1])) if lows else None
    high = min(highs, key=lambda b: (b[0], not b[1])) if highs else None
    if integer:
        a: sp.Expr | None = None if low is None else (sp.floor(low[0]) + 1 if low[1] else sp.ceiling(low[0]))
        b: sp.Expr | None = None if high is None else (sp.ceiling(high[0]) - 1 if high[1] else sp.floor(high[0]))
        if a is not None and b is not None:
            return None if b < a else a + int(rng.integers(0, int(b - a) + 1))
        if a is not None:
            return a + int(rng.geometric(1 / scale)) - 1
        if b is not None:
            return b - int(rng.geometric(1 / scale)) + 1
        return sp.Integer(int(rng.integers(-scale, scale + 1)))
    fraction = sp.Rational(int(rng.integers(1, 97)), 97)
    touch = 0.4 if scale == 1 else 0.08
    # Scale 12 reaches 2^5; a scale of a million reaches 2^21, and as near to the ends of an interval.
    reach = scale.bit_length() + 1
    if scale > 12:
        near = sp.Rational(1, 2 ** int(rng.integers(1, reach + 1)))
        fraction = near if rng.random() < 0.5 else 1 - near
    if low is not None and high is not None:
        if high[0] < low[0] or (high[0] == low[0] and (low[1] or high[1])):
            return None
        edge = rng.random()
        if edge < touch and not low[1]:
            return low[0]
        if edge > 1 - touch and not high[1]:
            return high[0]
        return low[0] + (high[0] - low[0]) * fraction
    magnitude = sp.Rational(2) ** int(rng.integers(-reach, reach + 1)) * sp.Rational(int(rng.integers(1, 97)), 48)
    if low is not None:
        return low[0] if rng.random() < touch and not low[1] else low[0] + magnitude
    if high is not None:
        return high[0] - magnitude
    return magnitude * int(rng.choice([-1, 1]))
