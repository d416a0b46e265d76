"""Places at which a limit may be another one, or its error may have another order: random points do not meet them.

The rule: a limit agrees only if its error has the stated order beside every switch, at equal, simple and small whole
values, at the middles of bells, and on spectra of one level; and, where its coefficient has no formula here, only if
the error has one sign: between points of two signs the coefficient is zero or jumps. Floats at two sizes say where to
look; what they say is looked at exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from w2s_sym.claims.comparisons import point_text
from w2s_sym.claims.statement import Asymptotic
from w2s_sym.evidence.precision.boundary import follower
from w2s_sym.evidence.precision.chart import MANY, SHAPES, Chart
from w2s_sym.evidence.precision.crossings import both_sides
from w2s_sym.evidence.precision.landmarks import landmarks
from w2s_sym.evidence.precision.search import Search, simple_first
from w2s_sym.evidence.precision.session import Session
from w2s_sym.formula.conditions import Point
from w2s_sym.formula.float_values import NoFloatsError
from w2s_sym.formula.totals import letters_along

# The two sizes of a look, over the largest of all other values, and how far apart floats tell two numbers there.
FIRST_SIZE, SIZE_RATIO, TOLD_APART = 1e4, 16.0, 1e-13
# An order that is off by this much at the two sizes is looked at.
OFF = 0.4
# Starts of lines, and how many places of each kind are looked at exactly, with fractions of these denominators.
STARTS_OF_LINES, EXACT_LOOKS = 8, 6
NEAR_DENOMINATORS = (1, 2, 6, 100, 10**6)


def odd_places(session: Session, statement: Asymptotic) -> Iterator[Point]:
    """Points of the claim at which the error seems to fall faster or slower than is stated, the plainest first."""
    yield from both_sides(session, [statement.lhs, statement.rhs])
    spectra = any(letters_along(s) is not None for s in session.claim.domain.symbols)
    for shape in (*SHAPES, *MANY) if spectra else SHAPES[:1]:
        try:
            yield from _Sizes(session, Chart(session.claim, shape), statement).odd()
        except NoFloatsError:
            continue


def two_signs(statement: Asymptotic, signs: Sequence[tuple[int, Point]]) -> str:
    """In words, two of these points at which the error has the one sign and the other; empty when there are none."""
    found = {sign: point for sign, point in signs if sign}
    if len(found) < 2:
        return ""
    above, below = ({s: v for s, v in found[k].items() if s != statement.in_} for k in (1, -1))
    return (
        f"left minus right is above zero at {point_text(above)} and below at {point_text(below)}: between, the "
        f"coefficient of {statement.in_}^-{statement.order} may be zero; give the claim a Derivation"
    )


class _Sizes:
    """The error of a limit at two sizes, at many points of one chart, in floats."""

    def __init__(self, session: Session, chart: Chart, statement: Asymptotic) -> None:
        self.session, self.chart, self.order = session, chart, float(statement.order)
        self.axis = chart.symbols.index(statement.in_)
        self.search = Search(chart, statement.lhs, "=", statement.rhs)
        self.sides = chart.formulas(statement.lhs, statement.rhs)
        self.written = [chart.written(statement.lhs), chart.written(statement.rhs)]

    def odd(self) -> Iterator[Point]:
        """Exact points near those at which the order seems to be another one."""
        structured = self.search.structured(self.session.rng("odd places"))
        states = structured.states
        starts = states[:, self.session.rng("odd lines").permutation(states.shape[1])[:STARTS_OF_LINES]]
        marks = landmarks(self.search, self.written, starts)
        if marks is not None:
            states = np.concatenate([states, marks.states], axis=1)
        columns, order, told = self._orders(states)
        width = len(self.chart.symbols)
        rest = [i for i in range(width) if i != self.axis]
        for odd in (order < self.order - OFF, order > self.order + OFF):
            positions = np.flatnonzero(odd & told)
            _, first = np.unique(np.round(columns[rest][:, positions], 9), axis=1, return_index=True)
            plain = simple_first(columns[rest], list(positions[np.sort(first)][:400]))
            yield from self._exact(columns[:width, plain[:EXACT_LOOKS]])

    def _orders(self, states: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Points (columns) at the larger size, the order of the error between both, and whether floats tell it."""
        at = states.copy()
        columns, _ = self.chart.points(at)
        others = np.delete(columns, self.axis, axis=0)
        with np.errstate(all="ignore"):
            size = FIRST_SIZE * np.maximum(1.0, np.abs(others).max(axis=0, initial=1.0))
            gaps, noise = [], []
            for times in (1.0, SIZE_RATIO):
                at[self.axis] = np.log(times * size)
                columns, good = self.chart.points(at)
                (left, right), sways = self.sides.at(np.where(good, columns, np.nan))
                gaps.append(np.abs(left - right))
                noise.append(TOLD_APART * (np.abs(left) + np.abs(right) + sways.sum(axis=0)))
            known = [gap > 10 * floor for gap, floor in zip(gaps, noise, strict=True)]
            order = np.log(gaps[0] / gaps[1]) / np.log(SIZE_RATIO)
            # What is below rounding at the first size, where the stated order would leave more, falls faster.
            lost = ~known[0] & (size**-self.order > 1e3 * noise[0])
            order = np.where(lost, np.inf, order)
        return columns, order, np.isfinite(gaps[0] + gaps[1]) & ((known[0] & known[1]) | lost)

    def _exact(self, values: np.ndarray) -> Iterator[Point]:
        follow = follower(self.session, self.chart.base)
        for column in values.T:
            for most in NEAR_DENOMINATORS:
                numbers = [Fraction(float(v)).limit_denominator(most) for v in column]
                if any(abs(float(a) - v) > 1e-2 * abs(v) for a, v in zip(numbers, column, strict=True)):
                    continue
                point = self.chart.exact(numbers, follow)
                if point is not None:
                    yield point
                break


__all__ = ["odd_places", "two_signs"]
