"""Where a part of a comparison that gives it its shape is zero: corners, middles of bells, crests of waves.

The rule: a comparison is looked at along lines where a shaping part changes its sign, on both sides of that place, and
between each two neighbouring places. Shaping parts are what is inside an absolute value, the difference of what a
minimum, a maximum or a case compares, the base of an even power, and a wave's distance from a quarter of its period;
for whole symbols also a factor. A needle or a plateau far from simple numbers lies at such a place, or between two.
What is found along one line is a start for the lines along the other symbols, where two such places meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

import numpy as np
import sympy as sp

from w2s_sym.evidence.precision.search import REACH, Search, Sighted
from w2s_sym.formula.float_values import FloatValues, NoFloatsError

# Points on a line that are asked for signs; changes of sign that are followed; starts of lines, in all.
LINE_POINTS = 241
SIGN_CHANGES = 300
LINE_STARTS = 16
# So many quarters of a period on either side of zero; shaping parts in all.
CREST_QUARTERS = 12
SHAPING_PARTS = 60
# Steps by which a change of sign is closed in, every third a halving.
CLOSING_STEPS = 30


def shaping_parts(sides: Sequence[sp.Expr]) -> list[sp.Expr]:
    """The parts whose zeros shape these formulas, inner ones first."""
    found: dict[sp.Expr, None] = {}
    for side in sides:
        for node in sp.postorder_traversal(side):
            found |= dict.fromkeys(_shaping(node))
    return [e for e in found if e.free_symbols][:SHAPING_PARTS]


def _shaping(node: sp.Basic) -> Iterator[sp.Expr]:
    if isinstance(node, sp.Abs):
        yield node.args[0]
    elif isinstance(node, (sp.Max, sp.Min)):
        yield from (a - b for a, b in combinations(node.args, 2))
    elif isinstance(node, sp.Piecewise):
        conditions = [c for _, c in node.args]
        yield from (r.lhs - r.rhs for c in conditions for r in c.atoms(sp.core.relational.Relational))
    elif isinstance(node, sp.Pow) and node.exp.is_Integer and node.exp % 2 == 0:
        yield from () if node.base.is_Symbol else (node.base,)
    elif isinstance(node, (sp.sin, sp.cos, sp.tan)):
        argument = node.args[0]
        if any(s in sp.diff(argument, s).free_symbols for s in argument.free_symbols):
            yield from (argument - k * sp.pi / 2 for k in range(-CREST_QUARTERS, CREST_QUARTERS + 1))
    elif isinstance(node, sp.Mul):
        yield from (a for a in node.args if a.is_Add and all(s.is_integer for s in a.free_symbols))


def landmarks(search: Search, sides: Sequence[sp.Expr], starts: np.ndarray) -> Sighted | None:
    """The gaps on both sides of the zeros of shaping parts, and between; None where there are no such places.

    ``sides`` are formulas of the chart's symbols alone; ``starts`` are coordinates, shape (symbols, points).
    """
    chart = search.chart
    parts = shaping_parts(sides)
    if not parts:
        return None
    try:
        values = FloatValues(parts, chart.symbols)
    except NoFloatsError:
        return None
    lines: _Lines = _Lines(search, values)
    found: list[np.ndarray] = []
    starts = np.concatenate([starts[:, : LINE_STARTS // 4], np.zeros((len(chart.symbols), 1))], axis=1)
    for _ in range(min(3, len(chart.symbols))):
        ends, between = lines.through(starts)
        if not ends.size:
            break
        found += [ends, between]
        starts = ends[:, np.linspace(0, ends.shape[1] - 1, min(LINE_STARTS, ends.shape[1])).astype(int)]
    return search.look(np.concatenate(found, axis=1)) if found else None


class _Lines:
    """Lines along the coordinates of a chart, and where parts change their signs on them."""

    def __init__(self, search: Search, values: FloatValues) -> None:
        self.chart, self.values = search.chart, values
        self.width = len(search.chart.symbols)

    def through(self, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """States on both sides of each change of sign on the lines through the starts, and between neighbours."""
        count = starts.shape[1] * self.width
        lines = np.tile(starts, (1, self.width))
        axes = np.repeat(np.arange(self.width), starts.shape[1])
        grid = np.tile(np.linspace(-REACH, REACH, LINE_POINTS), (count, 1))
        grid = np.sort(np.concatenate([grid, lines[axes, np.arange(count)][:, None]], axis=1), axis=1)
        marks: list[list[float]] = [[] for _ in range(count)]
        for _ in range(2):  # a part inside another shows the outer one where it is small
            line, low, high = self._changes(lines, axes, grid)
            for k, *ends in zip(line, low, high, strict=True):
                marks[k] += ends
            most = max(map(len, marks))
            if not most:
                break
            extra = np.array([m + [REACH] * (most - len(m)) for m in marks])
            grid = np.sort(np.concatenate([grid, extra], axis=1), axis=1)
        pairs = [(k, v, (v + w) / 2) for k, m in enumerate(marks) for v, w in _neighbours(m)]
        last = [(k, max(m)) for k, m in enumerate(marks) if m]
        ends = [(k, v) for k, v, _ in pairs] + last
        return self._states(lines, axes, ends), self._states(lines, axes, [(k, w) for k, _, w in pairs])

    def _states(self, lines: np.ndarray, axes: np.ndarray, places: Sequence[tuple[int, float]]) -> np.ndarray:
        picked = np.array([k for k, _ in places], dtype=int)
        states = lines[:, picked]
        states[axes[picked], np.arange(len(picked))] = [v for _, v in places]
        return states

    def _at(self, states: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return self.values.at(self.chart.points(states)[0][: self.width])[0]

    def _changes(
        self, lines: np.ndarray, axes: np.ndarray, grid: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Line, and the coordinates just below and above, of each change of sign between neighbours on the grid."""
        count, along = grid.shape
        states = np.repeat(lines[:, :, None], along, axis=2)
        for i in range(self.width):
            states[i, axes == i] = grid[axes == i]
        seen = self._at(states.reshape(self.width, count * along)).reshape(-1, count, along)
        turns = np.sign(seen[:, :, :-1]) * np.sign(seen[:, :, 1:])
        part, line, place = np.nonzero((turns <= 0) & (seen[:, :, :-1] != seen[:, :, 1:]))
        if len(part) > SIGN_CHANGES:
            kept = np.linspace(0, len(part) - 1, SIGN_CHANGES).astype(int)
            part, line, place = part[kept], line[kept], place[kept]
        low, high = grid[line, place], grid[line, place + 1]
        below, above = seen[part, line, place], seen[part, line, place + 1]
        pick, moved = np.arange(len(part)), lines[:, line].copy()
        for step in range(CLOSING_STEPS if len(part) else 0):
            least = 0.01 / 2**step
            with np.errstate(all="ignore"):
                share = np.full(len(part), 0.5) if step % 3 == 2 else below / (below - above)
                share = np.where(np.isfinite(share), np.clip(share, least, 1 - least), 0.5)
                middle = low + share * (high - low)
            moved[axes[line], pick] = middle
            value = self._at(moved)[part, pick]
            same = np.sign(value) == np.sign(below)
            low, high = np.where(same, middle, low), np.where(same, high, middle)
            # The end that stays is counted half, so that the other one moves, too.
            below, above = np.where(same, value, below / 2), np.where(same, above / 2, value)
        return line, low, high


def _neighbours(marks: Sequence[float]) -> Iterator[tuple[float, float]]:
    yield from pairwise(sorted(set(marks)))


__all__ = ["landmarks", "shaping_parts"]
