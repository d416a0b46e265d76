"""Points in the cells that several switches cut out together.

The rule: a comparison with two or more switches is looked at where they are on and off in many combinations. Each
symbol in turn is put below, between or above the numbers at which a switch is zero, given the values of the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, product

import numpy as np
import sympy as sp

from w2s_sym.evidence.precision.boundary import follower, linear_zeros
from w2s_sym.evidence.precision.chart import Chart
from w2s_sym.evidence.precision.crossings import switches
from w2s_sym.evidence.precision.session import Session
from w2s_sym.formula.conditions import Point
from w2s_sym.formula.exact_values import number_at
from w2s_sym.formula.float_values import NoFloatsError
from w2s_sym.formula.totals import letters_along

# Random walks through the cells; rounds of each over all symbols; ways to resolve what is inside of a switch.
CELL_WALKS, WALK_ROUNDS, CELL_WAYS = 160, 2, 8
# Steps from a zero to either side, as parts of it.
CELL_STEPS = (sp.Rational(1, 97), sp.Rational(49, 97), sp.Integer(1))


def cells(session: Session, sides: Sequence[sp.Expr]) -> Iterator[Point]:
    """Admissible points in cells of the sides' switches, when there are two or more of them."""
    spectra = any(letters_along(s) is not None for s in session.claim.domain.symbols)
    for shape in ((1,), (1, 1)) if spectra else ((1,),):
        try:
            chart = Chart(session.claim, shape)
        except NoFloatsError:
            continue
        found = switches(map(chart.written, sides))
        if len(found) > 1:
            yield from _walks(session, chart, found)


def _walks(session: Session, chart: Chart, found: Sequence[sp.Expr]) -> Iterator[Point]:
    rng, symbols = session.rng("cells"), chart.symbols
    follow = follower(session, chart.base)
    zeros = dict.fromkeys(zero for e in found for way in _resolved(e) for zero in linear_zeros(way, symbols))
    own: dict[sp.Symbol, list[sp.Expr]] = {s: [value for t, value in zeros if t == s] for s in symbols}
    moving = [k for k, s in enumerate(symbols) if own[s]]
    starts = np.round(chart.points(rng.normal(0, 2, (len(symbols), CELL_WALKS)))[0][: len(symbols)], 6)
    for start in starts.T if moving else ():
        if not np.isfinite(start).all():
            continue
        point: Point = {
            s: sp.Integer(int(v)) if s.is_integer else sp.Rational(str(v)) for s, v in zip(symbols, start, strict=True)
        }
        for _ in range(WALK_ROUNDS):
            for k in rng.permutation(moving):
                s = symbols[k]
                values = sorted({v for e in own[s] if (v := number_at(e, point)).is_Rational})
                choices = [v for v in _between(values, bool(s.is_integer)) if _admits(s, v)]
                if choices:
                    point[s] = choices[rng.integers(len(choices))]
        admissible = chart.exact([point[s] for s in symbols], follow)
        if admissible is not None:
            yield admissible


def _between(values: Sequence[sp.Rational], whole: bool) -> Iterator[sp.Expr]:
    """Numbers below, between and above these, those between as often as those outside."""
    if not values:
        return
    low, high = values[0], values[-1]
    middles = [(a + b) / 2 for a, b in pairwise(values)]
    for step in CELL_STEPS:
        below, above = (max(abs(v), 1) * step for v in (low, high))
        yield from (sp.ceiling(low - below) - 1, sp.floor(high + above) + 1) if whole else (low - below, high + above)
        yield from map(sp.floor, middles) if whole else middles


def _admits(s: sp.Symbol, value: sp.Expr) -> bool:
    """Whether the sign that a symbol is declared with is that of the value."""
    return not ((s.is_positive and value <= 0) or (s.is_negative and value >= 0) or (s.is_nonnegative and value < 0))


def _resolved(switch: sp.Expr) -> Iterator[sp.Expr]:
    """The switch with one branch of each absolute value and extreme in it."""
    inner = sorted(switch.atoms(sp.Abs, sp.Max, sp.Min), key=sp.default_sort_key)
    branches = [(-n.args[0], n.args[0]) if isinstance(n, sp.Abs) else n.args for n in inner]
    for _, choice in zip(range(CELL_WAYS), product(*branches), strict=False):
        way = switch
        for node, branch in zip(reversed(inner), reversed(choice), strict=True):
            way = way.xreplace({node: branch})
        yield way


__all__ = ["cells"]
