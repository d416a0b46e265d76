"""Where the two sides of a comparison are nearest: structured points, lines, and descent, in floats.

Random points do not meet the few at which the sides are equal. What is looked for is a place where left - right is a
small part of its sway (:mod:`w2s_sym.formula.float_values`), or on the wrong side. Looked at are equal, opposite,
reciprocal and complementary coordinates; small whole and simple rational ones; lines through some of these along each
coordinate; and the points to which a descent leads from the best of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, product

import numpy as np
import sympy as sp

from w2s_sym.evidence.precision.chart import Chart
from w2s_sym.formula.float_values import FloatValues
from w2s_sym.formula.relations import Relation

# How far coordinates go along lines and in descents, and of two whole symbols: exp(40) is 2 * 10^17.
REACH, LAST = 40.0, 12.0
# How far they go towards the ends, where a bound may fail at last: to these powers of ten.
FAR_OUT = np.array([8, 9, 10, 11, 13, 15, 18, 24, 36, 60, 100]) * np.log(10)
# So many quarters of a period are looked at along each symbol of a wave.
QUARTERS = 800
# Values that symbols get on purpose; what a symbol's bounds do not admit is left out.
SIMPLE = np.array([1, 2, 1 / 2, 3, 1 / 3, 3 / 2, 2 / 3, 4, 1 / 4, 3 / 4, 5, 1 / 5, 9 / 4, 0, -1, -2, -1 / 2, -3])
WHOLE = np.arange(-3.0, 13.0)
# Starts for relations between coordinates; points with simple coordinates; whole points on a box; lines; descents.
STARTS = 24
PLAIN = 400
BOX = 12_000
LINES = 24
ALONG = 25
# In the plane of two whole symbols so many lines are looked along.
WHOLE_LINES = 600
DESCENTS = 12
DESCENT_STEPS = 30
# Golden sections of a valley: what is found is followed further.
SECTIONS = 40
# Pairs of points between which a sign changes, at most so many of one look, and where and how often a way is cut.
SIGN_PAIRS, OF_ONE_LOOK, CUT_AT, WAY_CUTS = 64, 16, 0.47, 80
# Points nearer than this, in coordinates, are one place.
APART = 0.05
# Floats do not tell apart what differs by a smaller part of its sway.
NOISE = 1e-11
# The gap where sides that do not vary are on the wrong side.
_LOWEST = 1e300


@dataclass(frozen=True)
class Sighted:
    """Coordinates (symbols, points), the points themselves, and the gap there as a part of its sway.

    The part is positive where the relation holds; infinite where a side has no value or the domain has no point.
    ``axes`` has for each point of a line the symbol that varies along it.
    """

    states: np.ndarray
    columns: np.ndarray
    gaps: np.ndarray
    axes: np.ndarray | None = None

    def within(self, reach: float) -> Sighted:
        """The same points, without those that have a coordinate farther from zero than this."""
        return replace(self, gaps=np.where(np.abs(self.states).max(axis=0, initial=0.0) <= reach, self.gaps, np.inf))

    def best(self, count: int) -> np.ndarray:
        """The positions of the smallest gaps, the smallest first, of points that are apart from each other."""
        order = np.argsort(self.gaps, kind="stable")[: 12 * count]
        kept: list[int] = []
        bounded = np.clip(self.states, -2 * REACH, 2 * REACH)
        for k in order[np.isfinite(self.gaps[order])]:
            away = np.abs(bounded[:, kept] - bounded[:, [k]]).max(axis=0, initial=0.0)
            if not (away < APART).any():
                kept.append(int(k))
            if len(kept) == count:
                break
        return np.array(kept, dtype=int)


class Search:
    """The sides of a comparison on one chart, and where they are nearest."""

    def __init__(self, chart: Chart, left: sp.Expr, relation: str, right: sp.Expr) -> None:
        self.chart, self.relation = chart, Relation(relation)
        self._written = (left, right)
        self._sides: FloatValues = chart.formulas(left, right)
        # Some states (columns) at which the difference of the sides was seen above zero, and below.
        self.signs: dict[int, list[np.ndarray]] = {-1: [], 1: []}

    def look(self, states: np.ndarray) -> Sighted:
        """The gaps at these coordinates."""
        columns, good = self.chart.points(states)
        values, sways = self._sides.at(np.where(good, columns, np.nan))
        with np.errstate(all="ignore"):
            gap, sway = values[0] - values[1], sways[0] + sways[1]
            here = good & np.isfinite(gap) & np.isfinite(sway)
            for sign, kept in self.signs.items():
                found = np.flatnonzero(here & (sign * gap > NOISE * sway))[: None if len(kept) < SIGN_PAIRS else 0]
                kept += [states[:, k] for k in found[:: max(1, len(found) // OF_ONE_LOOK)][:OF_ONE_LOOK]]
            directed = self.relation.direction * gap if self.relation.direction else np.abs(gap)
            part = np.maximum(np.where(gap == 0, 0.0, directed / sway), -_LOWEST)
        return Sighted(states, columns, np.where(here & ~np.isnan(part), part, np.inf))

    # -- points on purpose --------------------------------------------------------------------------------
    def structured(self, rng: np.random.Generator) -> Sighted:
        """Points with equal, opposite, reciprocal, complementary, simple and small whole coordinates."""
        width = len(self.chart.symbols)
        free = rng.normal(0, 2, (width, STARTS))
        values = [self.chart.points(free)[0][:width]]
        values.append(np.repeat(np.concatenate([SIMPLE, WHOLE])[None, :], width, axis=0))
        pools = [WHOLE if whole else np.concatenate([SIMPLE, WHOLE]) for whole in self.chart.integer]
        if width == 2:
            values.append(np.array(list(product(*map(np.unique, pools)))).T)
        values.append(np.stack([rng.choice(pool, PLAIN) for pool in pools]))
        values += list(self._related(values[0], rng))
        values += [] if not all(self.chart.integer) else [self._box(width)]
        states = self.chart.states(np.concatenate(values, axis=1))
        return self.look(states[:, ~np.isnan(states).any(axis=0)])

    def _related(self, values: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
        """Copies of points in which one coordinate follows from another, or all others from the first."""
        pairs = list(combinations(range(len(values)), 2))
        if len(pairs) > 15:
            pairs = [pairs[k] for k in rng.choice(len(pairs), 15, replace=False)]
        with np.errstate(all="ignore"):
            for i, j in pairs:
                for follow in _FOLLOW:
                    moved = values.copy()
                    moved[j] = follow(values[i])
                    yield moved
        if len(values) > 2:
            yield np.repeat(values[:1], len(values), axis=0)

    def _box(self, width: int) -> np.ndarray:
        """All whole points of a box at the lower ends of the symbols, whose coordinates there are log 1/2, 3/2, ..."""
        side = max(2, int(BOX ** (1 / width)))
        grid = np.array(list(product(range(side), repeat=width))).T
        return self.chart.points(np.log(grid + 0.5))[0][:width]

    def far(self, starts: np.ndarray) -> Sighted:
        """From each start (a column), and from zero, each coordinate alone and all together, far towards both ends."""
        starts = np.concatenate([starts, np.zeros((len(starts), 1))], axis=1)
        width, count = starts.shape
        places = np.concatenate([FAR_OUT, -FAR_OUT])
        moved = np.tile(starts[:, :, None], (width + 1, 1, 1, len(places))).astype(float)
        for i in range(width):
            moved[i, i] = moved[width, i] = np.broadcast_to(places, (count, len(places)))
        return self.look(moved.transpose(1, 0, 2, 3).reshape(width, -1))

    def waves(self, starts: np.ndarray) -> Sighted | None:
        """Through each start, the places along each symbol where a wave is at its ends or zero; None without waves.

        A wave is a sine, cosine or tangent of what is linear in the symbol: quarters of its periods are looked at.
        """
        symbols, before = self.chart.symbols, self.chart.points(starts)[0][: len(self.chart.symbols)]
        quarters = np.concatenate([np.arange(1, QUARTERS + 1), -np.arange(1, QUARTERS + 1)]) * np.pi / 2
        found = []
        for argument in sorted(self._arguments(), key=sp.default_sort_key):
            for i, s in enumerate(symbols):
                slope = sp.diff(argument, s)
                if slope == 0 or s in slope.free_symbols:
                    continue
                (rise, rest), _ = FloatValues([slope, argument - s * slope], symbols).at(before)
                with np.errstate(all="ignore"):
                    values = (quarters[None, :] - np.broadcast_to(rest, before.shape[1])[:, None]) / np.broadcast_to(
                        rise, before.shape[1]
                    )[:, None]
                moved = np.repeat(before[:, :, None], len(quarters), axis=2)
                moved[i] = np.round(values) if self.chart.integer[i] else values
                found.append(moved.reshape(len(symbols), -1))
        if not found:
            return None
        states = self.chart.states(np.concatenate(found, axis=1))
        return self.look(states[:, ~np.isnan(states).any(axis=0)])

    def _arguments(self) -> set[sp.Expr]:
        waves = (f for side in self._written for f in self.chart.written(side).atoms(sp.sin, sp.cos, sp.tan))
        return {f.args[0] for f in waves}

    # -- lines --------------------------------------------------------------------------------------------
    def along_lines(self, starts: np.ndarray, far: int = 0) -> Sighted:
        """Through each start (a column) along each coordinate: the least points of all valleys that are seen.

        With ``far``, 1 or -1, beyond the usual part of the line on that side, where floats make valleys of their own.
        """
        width, count = starts.shape
        along = {1: 4, 2: 2}.get(width, 1) * (ALONG - 1) + 1
        low, high = sorted((far * (LAST - 1), far * REACH)) if far else (-LAST, LAST)
        offsets = np.linspace(low, high, along)
        lines = np.repeat(np.tile(starts, (1, width))[:, :, None], along, axis=2)
        for i in range(width):
            lines[i, i * count : (i + 1) * count] = np.broadcast_to(offsets, (count, along))
        seen = self.look(lines.reshape(width, -1))
        gaps = seen.gaps.reshape(width * count, along)
        padded = np.pad(gaps, ((0, 0), (1, 1)), constant_values=np.inf)
        valley = (gaps <= padded[:, :-2]) & (gaps < padded[:, 2:]) & np.isfinite(padded[:, :-2] + padded[:, 2:])
        line, place = np.nonzero(valley)
        if not len(line):
            return seen
        order = np.argsort(gaps[line, place], kind="stable")[:64]
        line, place = line[order], place[order]
        axes = line // count
        return replace(self._refined(lines[:, line, place], axes, offsets[1] - offsets[0]), axes=axes)

    def _refined(self, states: np.ndarray, axes: np.ndarray, step: float) -> Sighted:
        """Each state moved along its axis to the least gap within a step, by golden sections."""
        pick = np.arange(states.shape[1])

        def at(values: np.ndarray) -> Sighted:
            moved = states.copy()
            moved[axes, pick] = values
            return self.look(moved)

        middle = states[axes, pick]
        return at(_golden(lambda values: at(values).gaps, middle - step, middle + step, SECTIONS))

    def whole_lines(self) -> Sighted:
        """Of two whole symbols: where the sides nearly meet along one, for each small value of the other."""
        found = []
        for axis in (0, 1):
            states = np.empty((2, WHOLE_LINES * 64))
            states[1 - axis] = np.repeat(np.log(np.arange(WHOLE_LINES) + 0.5), 64)
            states[axis] = np.tile(np.linspace(-0.6, LAST, 64), WHOLE_LINES)
            gaps = self.look(states).gaps.reshape(WHOLE_LINES, 64)
            best = gaps.argmin(axis=1) + np.arange(WHOLE_LINES) * 64
            low, high = states[axis, best] - 0.4, states[axis, best] + 0.4
            centre = states[:, best]
            nearest = _golden(partial(self._smooth, centre, axis), low, high, 34)
            for shift in (-1, 0, 1):
                moved = centre.copy()
                moved[axis] = np.log(np.maximum(np.floor(np.exp(nearest)) + shift, 0) + 0.5)
                found.append(moved)
        return self.look(np.concatenate(found, axis=1))

    def _smooth(self, centre: np.ndarray, axis: int, values: np.ndarray) -> np.ndarray:
        moved = centre.copy()
        moved[axis] = values
        return self.look(moved).gaps

    # -- descent ------------------------------------------------------------------------------------------
    def descend(self, states: np.ndarray) -> Sighted:
        """From each state (a column), steps along coordinates and pairs of them as long as the gap falls."""
        width, count = states.shape
        moves = _moves(width)
        best, step = self.look(states), np.full(count, 0.5)
        states, gaps, columns = best.states.copy(), best.gaps.copy(), best.columns.copy()
        for _ in range(DESCENT_STEPS):
            active = (gaps > NOISE) & np.isfinite(gaps) & (step > 1e-9)
            if not active.any():
                break
            at = np.flatnonzero(active)
            tried = states[:, at, None] + step[at][None, :, None] * moves[:, None, :]
            tried = np.clip(tried, -REACH, REACH)
            seen = self.look(tried.reshape(width, -1))
            table = seen.gaps.reshape(len(at), -1)
            choice = table.argmin(axis=1)
            flat = np.arange(len(at)) * table.shape[1] + choice
            better = seen.gaps[flat] < gaps[at]
            win = at[better]
            states[:, win], columns[:, win] = seen.states[:, flat[better]], seen.columns[:, flat[better]]
            gaps[win] = seen.gaps[flat[better]]
            step[at] = np.where(better, step[at] * 1.6, step[at] / 5)
        return Sighted(states, columns, gaps)

    def bare(self, states: np.ndarray) -> np.ndarray:
        """The gaps themselves, not as parts of their sways, which grow far out; infinite where there are none."""
        columns, good = self.chart.points(states)
        with np.errstate(all="ignore"):
            left, right = self._sides.at(np.where(good, columns, np.nan))[0]
            gap = self.relation.direction * (left - right) if self.relation.direction else np.abs(left - right)
        return np.where(np.isfinite(gap), gap, np.inf)

    def zeros_between(self, rng: np.random.Generator) -> Sighted:
        """Between pairs of states with opposite signs of left - right, which were seen, where the sign changes.

        Coordinates go along straight lines, cut until floats are next to each other or a part of them has no values.
        """
        seen = [np.stack(self.signs[sign], axis=1) for sign in (1, -1)]
        high, low = (states[:, np.resize(rng.permutation(states.shape[1]), SIGN_PAIRS)] for states in seen)
        for _ in range(WAY_CUTS):
            # Not in the middle: between a point and its mirror image that may lie on a value that is left out.
            middle = CUT_AT * high + (1 - CUT_AT) * low
            up = self._difference(middle)  # nan ends the way, as at a value that the domain leaves out
            high, low = np.where(up > 0, middle, high), np.where(up <= 0, middle, low)
        return self.look(low)

    def _difference(self, states: np.ndarray) -> np.ndarray:
        """Left - right, nan where a side has no value or the domain no point."""
        columns, good = self.chart.points(states)
        with np.errstate(all="ignore"):
            left, right = self._sides.at(np.where(good, columns, np.nan))[0]
            gap = left - right
        return np.where(np.isfinite(gap), gap, np.nan)

    def tight(self, states: np.ndarray) -> np.ndarray:
        """For each state (a column), whether it is at an end of the domain, that of an excluded value included."""
        shifts = self._shifts()
        seen = self.look((states[:, :, None] + shifts[:, None, :]).reshape(len(states), -1))
        each = shifts.shape[1]
        found = [self.chart.tight(seen.columns[:, k * each : (k + 1) * each]) for k in range(states.shape[1])]
        return np.array(found, dtype=bool)

    def _shifts(self) -> np.ndarray:
        """Moves to one side, the same to the other, and none."""
        width = len(self.chart.symbols)
        moves = _moves(width)
        # Whole numbers are not on a line that is no axis: nothing is said of them along it.
        moves = moves[:, :width] if any(self.chart.integer) else moves
        return np.concatenate([moves, -moves, np.zeros((width, 1))], axis=1)

    def inside(self, states: np.ndarray) -> np.ndarray:
        """For each state (a column), whether its small gap is that of a valley inside the domain.

        Then along no direction it falls, or has no value, on one side only, as towards an end of the domain, and along
        some direction it is larger on both sides.
        """
        width, count = states.shape
        shifts = self._shifts()
        moves = (shifts.shape[1] - 1) // 2
        seen = self.look((states[:, :, None] + shifts[:, None, :]).reshape(width, -1))
        table = seen.gaps.reshape(count, -1)
        here = np.maximum(np.abs(table[:, -1:]), NOISE)
        below, above = table[:, :moves], table[:, moves:-1]
        least, most = np.minimum(below, above), np.maximum(below, above)
        level = most <= 3 * here
        falls = ~level & (~np.isfinite(most) | (least <= here / 2))
        walls = ~level & (least > 30 * here)
        return np.asarray(~falls.any(axis=1) & walls.any(axis=1) & ~self.tight(states))


_FOLLOW: tuple[Callable[[np.ndarray], np.ndarray], ...] = (
    lambda x: x,
    lambda x: 1 / x,
    lambda x: 1 - x,
    lambda x: -x,
    lambda x: 2 * x,
    lambda x: x / 2,
    lambda x: x * x,
)


def _moves(width: int) -> np.ndarray:
    """Unit steps along coordinates, both ways, and of few coordinates along their sums and differences."""
    axes = np.eye(width)
    found = [axes, -axes]
    if width <= 4:
        for i, j in combinations(range(width), 2):
            both, apart = axes[[i]] + axes[[j]], axes[[i]] - axes[[j]]
            found += [both, -both, apart, -apart]
    return np.concatenate(found).T


def _golden(gaps: Callable[[np.ndarray], np.ndarray], low: np.ndarray, high: np.ndarray, sections: int) -> np.ndarray:
    """The least of each gap between its ends, by golden sections; one new value for each of them."""
    part = (5**0.5 - 1) / 2
    first, second = high - part * (high - low), low + part * (high - low)
    below, above = gaps(first), gaps(second)
    for _ in range(sections):
        left = below <= above
        low, high = np.where(left, low, first), np.where(left, second, high)
        new = np.where(left, high - part * (high - low), low + part * (high - low))
        value = gaps(new)
        first, second = np.where(left, new, second), np.where(left, first, new)
        below, above = np.where(left, value, above), np.where(left, below, value)
    return np.asarray((low + high) / 2)


def simple_first(columns: np.ndarray, positions: Sequence[int]) -> list[int]:
    """Positions of points ordered by how plain their numbers are to read."""

    def weight(k: int) -> int:
        return sum(len(f"{v:.12g}") for v in columns[:, k])

    return sorted(positions, key=weight)


__all__ = ["NOISE", "Search", "Sighted", "simple_first"]
