"""The domain of a claim in coordinates without ends, for a search in floats: any numbers give a point inside.

A symbol that has a lower bound is that bound and exp of its coordinate, one between two bounds a share of the way, and
so on; bounds may depend on the symbols before it. A spectrum is given a fixed number of levels with fixed
multiplicities, and the values at its levels are symbols like others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.definitions import bracket_conditions
from w2s_sym.claims.points import complete_point, point_plan
from w2s_sym.formula.conditions import Condition, Point
from w2s_sym.formula.domain import Domain, linear_bound
from w2s_sym.formula.float_values import FloatValues
from w2s_sym.formula.instantiate import instantiate
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import LevelTable, SpectrumSymbol, letters_along

# A strict condition that is this near to equality, in sways, is an end too.
TIGHT = 1e-6
# The multiplicities of the levels that a spectrum is given, and those of which only the ends are looked at.
SHAPES: tuple[tuple[int, ...], ...] = ((1,), (2,), (1, 1))
# One level of any multiplicity, which is a whole symbol of its own (None); two of these. A bound on moments of a
# spectrum, such as Cauchy's the other way round, often fails at two levels whose multiplicities are far apart.
MANY: tuple[tuple[int | None, ...], ...] = ((None,), (None, None))
# Beyond this a point is left out.
_LARGEST = 1e120


@dataclass(frozen=True)
class _Bound:
    """A linear condition on a symbol, given those before it: slope and intercept, as numbers or in floats."""

    values: FloatValues | tuple[float, float]
    relation: Relation
    integer: bool

    def at(self, before: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The least and the largest value that the condition admits; infinite where it does not bound that side."""
        if isinstance(self.values, tuple):
            slope, intercept = map(np.asarray, self.values)
        else:
            slope, intercept = self.values.at(before)[0]
        end = -intercept / slope
        up = (self.relation.direction == 1) == (slope > 0)
        first = last = end
        if self.integer:
            first, last = np.ceil(end - 1e-9), np.floor(end + 1e-9)
            if self.relation.strict:
                first, last = np.floor(end + 1e-9) + 1, np.ceil(end - 1e-9) - 1
        equal = self.relation is Relation.EQUAL
        return np.where(up | equal, first, -np.inf), np.where(~up | equal, last, np.inf)


class Chart:
    """The domain of a claim with its spectra of one shape; raises :class:`NoFloatsError` where it has no floats."""

    def __init__(self, claim: Claim, shape: tuple[int | None, ...] = (1,)) -> None:
        self.claim = claim
        self.base, self.chain = point_plan(claim)
        self.tables: dict[sp.Symbol, LevelTable] = {}
        self.symbols: list[sp.Symbol] = []
        conditions = [*self.base.assumptions()]
        for s in self.base.symbols:
            held = letters_along(s)
            if held is None:
                self.symbols.append(s)
            else:
                conditions += self._spread(held, shape)
        conditions += [self._put(c) for c in self.base.conditions]
        self._bounds = [list(self._bounds_of(i, conditions)) for i in range(len(self.symbols))]
        self._fixed = [_fixed_ends(bounds) for bounds in self._bounds]
        self.integer = [bool(s.is_integer) for s in self.symbols]
        everything = [*self.symbols, *(s for s, _ in self.chain)]
        self._chain = [
            FloatValues([instantiate(e, self.tables)], everything[: len(self.symbols) + k])
            for k, (_, e) in enumerate(self.chain)
        ]
        self.everything = tuple(everything)
        self._conditions = self._other_conditions(conditions)
        sides = [side for c in self._conditions for side in (c.lhs, c.rhs)]
        self._sides = FloatValues(sides, everything)

    def _spread(self, held: SpectrumSymbol, shape: tuple[int | None, ...]) -> Iterator[Condition]:
        """Give a spectrum levels whose values are new symbols; the conditions on these."""
        rows = []
        for multiplicity in shape:
            many = sp.Dummy("multiplicity", integer=True, positive=True) if multiplicity is None else multiplicity
            if multiplicity is None:
                self.symbols.append(many)
                yield Condition(many, ">=", sp.Integer(1))
            letters = {v: sp.Dummy(v.name, **v.assumptions0) for v in held.symbols}
            self.symbols += letters.values()
            rows.append((many, *letters.values()))
            yield from Domain(tuple(letters.values())).assumptions()
            for c in held.conditions:
                yield Condition(instantiate(c.lhs, letters), c.relation, instantiate(c.rhs, letters))
        self.tables[held] = LevelTable(held.symbols, rows)

    def _put(self, c: Condition) -> Condition:
        return Condition(instantiate(c.lhs, self.tables), c.relation, instantiate(c.rhs, self.tables))

    def _bounds_of(self, index: int, conditions: Sequence[Condition]) -> Iterator[_Bound]:
        s, known = self.symbols[index], set(self.symbols[: index + 1])
        for c in conditions:
            if s in c.free_symbols and c.free_symbols <= known and c.relation != "!=":
                linear = linear_bound(c, s)
                if linear is None:
                    continue
                plain = all(e.is_number for e in linear)
                numbers = (float(linear[0]), float(linear[1])) if plain else FloatValues(linear, self.symbols[:index])
                yield _Bound(numbers, Relation(c.relation), bool(s.is_integer))

    def _other_conditions(self, conditions: Sequence[Condition]) -> list[Condition]:
        targets = Domain(tuple(s for s, _ in self.chain))
        brackets = (c for e in self.claim.given for c in bracket_conditions(e))
        later = [*targets.assumptions(), *(self._put(c) for c in (*self.claim.domain.conditions, *brackets))]
        return list(dict.fromkeys([*conditions, *later]))

    def formulas(self, *sides: sp.Expr) -> FloatValues:
        """The sides, which are formulas of the claim, on the points of this chart."""
        return FloatValues([instantiate(side, self.tables) for side in sides], self.everything)

    def written(self, side: sp.Expr) -> sp.Expr:
        """A side of the claim as a formula of the symbols of this chart alone."""
        found = instantiate(side, self.tables)
        for s, e in reversed(self.chain):
            found = found.xreplace({s: instantiate(e, self.tables)})
        return found

    # -- coordinates and points ---------------------------------------------------------------------------
    def points(self, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Points as columns, of all symbols, and whether each is in the domain, for coordinates as columns."""
        columns = np.empty((len(self.everything), states.shape[1]))
        with np.errstate(all="ignore"):
            for i in range(len(self.symbols)):
                low, high = self._ends(i, columns[:i])
                columns[i] = _inside(states[i], low, high, self.integer[i])
            return self._completed(columns)

    def states(self, values: np.ndarray) -> np.ndarray:
        """The coordinates of points given as columns; nan where a value is outside of its bounds."""
        found = np.empty_like(values)
        with np.errstate(all="ignore"):
            for i in range(len(self.symbols)):
                low, high = self._ends(i, values[:i])
                found[i] = _coordinate(values[i], low, high, self.integer[i])
        return found

    def _ends(self, index: int, before: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        width, fixed = before.shape[1], self._fixed[index]
        if fixed is not None:
            return np.full(width, fixed[0]), np.full(width, fixed[1])
        low, high = np.full(width, -np.inf), np.full(width, np.inf)
        for bound in self._bounds[index]:
            first, last = bound.at(before)
            low, high = np.fmax(low, first), np.fmin(high, last)
        return low, high

    def _completed(self, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        width = len(self.symbols)
        for k, formula in enumerate(self._chain):
            columns[width + k] = formula.at(columns[: width + k])[0][0]
        good = np.isfinite(columns).all(axis=0) & (np.abs(columns) < _LARGEST).all(axis=0)
        values, _ = self._sides.at(columns)
        for k, c in enumerate(self._conditions):
            left, right = values[2 * k], values[2 * k + 1]
            gap, relation = left - right, Relation(c.relation)
            if relation.strict:
                # Both may be infinite in floats: what is not a number is unequal to all.
                good &= relation(gap) & ~np.isnan(gap) if relation is Relation.UNEQUAL else relation(gap)
                continue
            slack = 1e-12 * np.maximum(np.abs(left), np.abs(right))
            if relation is Relation.EQUAL:
                good &= np.abs(gap) <= 1e3 * slack
            else:
                good &= relation.direction * gap >= -slack
        return columns, good

    def tight(self, points: np.ndarray) -> bool:
        """Whether the last point is at an end: a strict condition is nearly an equality there.

        Columns before the last are points around it, on one side and then on the other along each of some moves. Along
        one of these the condition's gap may be much larger on both sides: so it is where a square is not to be zero.
        """
        with np.errstate(all="ignore"):
            values, sways = self._sides.at(points)
        moves = (points.shape[1] - 1) // 2
        for k, c in enumerate(self._conditions):
            if not Relation(c.relation).strict:
                continue
            with np.errstate(all="ignore"):
                gaps, sway = np.abs(values[2 * k] - values[2 * k + 1]), sways[2 * k, -1] + sways[2 * k + 1, -1]
            aside = np.fmin(gaps[:moves], gaps[moves:-1])
            if gaps[-1] <= TIGHT * sway or (gaps[-1] <= TIGHT * aside).any():
                return True
        return False

    # -- exact points -------------------------------------------------------------------------------------
    def exact(self, values: Sequence[Fraction | sp.Expr], follow: object = None) -> Point | None:
        """The point of the claim at which the symbols have these exact values; None where the domain has none."""
        numbers = [v if isinstance(v, sp.Expr) else sp.Rational(v.numerator, v.denominator) for v in values]
        given = dict(zip(self.symbols, numbers, strict=True))
        point: Point = {}
        for s in self.base.symbols:
            table = self.tables.get(s)
            point[s] = given[s] if table is None else instantiated_table(table, given)
        if callable(follow):
            point = follow(point)
        if not all(v.is_finite for v in point.values()) or not self.base.contains(point):
            return None
        return complete_point(self.claim, self.chain, point)


def instantiated_table(table: LevelTable, given: Mapping[sp.Symbol, sp.Expr]) -> LevelTable:
    """The table with numbers for the symbols of its levels."""
    return LevelTable(tuple(table.args[0]), [[given.get(v, v) for v in row] for row in table.rows])


def _fixed_ends(bounds: Sequence[_Bound]) -> tuple[float, float] | None:
    """The ends of a symbol whose bounds are numbers; None where one of them depends on other symbols."""
    if not all(isinstance(bound.values, tuple) for bound in bounds):
        return None
    ends = [bound.at(np.empty((0, 1))) for bound in bounds]
    low = max((float(first) for first, _ in ends), default=-np.inf)
    return low, min((float(last) for _, last in ends), default=np.inf)


def _inside(y: np.ndarray, low: np.ndarray, high: np.ndarray, integer: bool) -> np.ndarray:
    y = np.minimum(y, 700)
    if np.isfinite(low).all() and not np.isfinite(high).any():  # most symbols are positive, and no more is known
        return np.asarray(low + (np.floor(np.exp(y)) if integer else np.exp(y)))
    share, grown = 1 / (1 + np.exp(-y)), np.exp(y)
    below, above = np.isfinite(low), np.isfinite(high)
    if integer:
        share = np.minimum(np.floor((high - low + 1) * share), high - low)
        grown, free = np.floor(grown), np.round(np.sinh(np.clip(y, -300, 300)))
        between = low + share
    else:
        free, between = np.sinh(np.clip(y, -300, 300)), low + (high - low) * share
    one = np.where(below, low + grown, np.where(above, high - grown, free))
    both = np.where(high >= low, between, np.nan)
    return np.where(below & above, both, one)


def _coordinate(x: np.ndarray, low: np.ndarray, high: np.ndarray, integer: bool) -> np.ndarray:
    below, above = np.isfinite(low), np.isfinite(high)
    half = 0.5 if integer else 0.0
    up, down = x - low + half, high - x + half
    one = np.where(below, np.log(up), np.where(above, np.log(down), np.arcsinh(x)))
    found = np.where(below & above & (high > low), np.log(up) - np.log(down), np.where(below & above, 0.0, one))
    out = (below & (x < low)) | (above & (x > high))
    return np.where(out, np.nan, found)


__all__ = ["Chart"]
