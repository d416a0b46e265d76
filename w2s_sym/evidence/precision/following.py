"""A small gap followed with as many digits as it takes, and plain names for the numbers at which it is least.

Floats find a place to half their digits. From there each value is moved to the least of a parabola, or to where two
lines meet, and all values at once by Newton's steps, in rational numbers; each step sees the gap in balls.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb, ctx

from w2s_sym.evidence.precision.chart import Chart
from w2s_sym.evidence.precision.search import NOISE
from w2s_sym.formula.balls import At, UndefinedError, ball
from w2s_sym.formula.relations import Relation

# How often all values are moved.
SWEEPS = 14


class Path:
    """A gap that is followed with many digits from a place that floats have found."""

    def __init__(
        self, chart: Chart, sides: Sequence[sp.Expr], relation: Relation, digits: int, state: np.ndarray, part: float
    ) -> None:
        self.chart, self.relation, self.digits = chart, relation, digits
        self.sides = [chart.written(side) for side in sides]
        column = chart.points(state[:, None])[0][: len(state), 0]
        moved = np.repeat(state[:, None], len(state), axis=1) + 1e-3 * np.eye(len(state))
        near = chart.points(moved)[0][: len(state)]
        # How far a value moves with its own coordinate.
        sizes = np.abs(np.diagonal(near) - column) / 1e-3
        self.sizes = [Fraction(float(s)) if s > 0 else Fraction(1) for s in sizes]
        self.values = [Fraction(float(v)) for v in column]
        self.start = self.gap(self.values)
        self.part = max(part, NOISE)

    def gap(self, values: Sequence[Fraction]) -> arb:
        """How far the statement is from being false at these values; infinite where a side has no value.

        Whether the domain has the point is asked at the end.
        """
        numbers = (sp.Rational(v.numerator, v.denominator) for v in values)
        at = At(dict(zip(self.chart.symbols, numbers, strict=True)), 2 * self.digits)
        try:
            gap = ball(at.difference(at(self.sides[0]), at(self.sides[1]))).mid()
        except UndefinedError:
            return arb.pos_inf()
        direction = self.relation.direction
        return gap * direction if direction else abs(gap)

    def follow(self, axes: Sequence[int]) -> tuple[list[Fraction], float]:
        """Where the gap is least along these coordinates in turn, and what part of its sway it is there."""
        least, steps = self.start, dict.fromkeys(axes, Fraction(1, 1000))
        with ctx.workdps(2 * self.digits + 20):
            if len(axes) > 1:
                least = self._together(axes, least)
            for _ in range(SWEEPS):
                for i in axes:
                    least, steps[i] = self._step(i, steps[i], least)
                if least <= 0 or max(steps.values()) < Fraction(1, 10**45):
                    break
            if not self.start > 0 or not self.start.is_finite():
                return self.values, self.part
            return self.values, self.part * max(float((least / self.start).mid()), 0.0)

    def at_rest(self, axes: Sequence[int]) -> bool:
        """Whether the gap is smooth here and grows both ways along each coordinate: a least value, above zero."""
        here = self.gap(self.values)
        for i in axes:
            near = [self._at(i, shift * Fraction(1, 10**4)) for shift in (-2, -1, 1, 2)]
            if not all(g > here for g in near):
                return False
            far, close = near[0] + near[3] - 2 * here, near[1] + near[2] - 2 * here
            # Four times as much at twice the distance; twice as much where there is an edge.
            if not far > 3 * close or not abs(near[2] - near[1]) < close / 100:
                return False
        return True

    def _together(self, axes: Sequence[int], least: arb) -> arb:
        """Move all values at once, by Newton's steps to the least of a square form, as long as the gap falls."""
        step = Fraction(1, 1000)
        for _ in range(SWEEPS):
            form = self._square_form(axes, step, least)
            if form is None:
                step /= 8
                continue
            shifts = [Fraction(float(v)) * step for v in form]
            before = list(self.values)
            for i, shift in zip(axes, shifts, strict=True):
                self.values[i] = _short(self.values[i] + shift * self.sizes[i])
            found = self.gap(self.values)
            if not found < least:
                self.values = before
                step /= 8
                continue
            least, step = found, max(min(step / 4, max(map(abs, shifts))), step / 10**6)
            if least <= 0:
                break
        return least

    def _square_form(self, axes: Sequence[int], step: Fraction, least: arb) -> np.ndarray | None:
        """Where the square form through values a step away is least, in steps; None where it has no least value."""
        count = len(axes)
        up = [self._at(i, step) for i in axes]
        down = [self._at(i, -step) for i in axes]
        if any(g is None for g in (*up, *down)):
            return None
        slope, form = np.empty(count), np.empty((count, count))
        size = sum((abs(g - least) for g in (*up, *down)), arb(0))
        if not size > 0:
            return None
        for a in range(count):
            slope[a] = float((up[a] - down[a]) / (2 * size))
            form[a, a] = float((up[a] - 2 * least + down[a]) / size)
            for b in range(a):
                both = self._at(axes[a], step, axes[b])
                form[a, b] = form[b, a] = float((both - up[a] - up[b] + least) / size)
        try:
            found = np.linalg.lstsq(form, -slope, rcond=1e-10)[0]
        except np.linalg.LinAlgError:
            return None
        return found if np.isfinite(found).all() else None

    def _step(self, i: int, step: Fraction, least: arb) -> tuple[arb, Fraction]:
        """Move value i to the vertex of a parabola or of two lines, where that lowers the gap; the next step."""
        around = {k: self._at(i, k * step) for k in (-2, -1, 1, 2)}
        shifts = [k * step for k, g in around.items() if g < least]
        shifts += [v * step for v in _vertices(around, least)]
        best, shift = least, Fraction(0)
        for s in shifts:
            g = self._at(i, s)
            if g < best:
                best, shift = g, s
        self.values[i] = _short(self.values[i] + shift * self.sizes[i])
        return best, max(min(abs(shift), step / 4), step / 10**6) if shift else step / 8

    def _at(self, i: int, shift: Fraction, other: int | None = None) -> arb:
        """The gap where value i is moved by a shift of its own size, and another one too."""
        moved = list(self.values)
        for k in (i,) if other is None else (i, other):
            moved[k] = _short(moved[k] + shift * self.sizes[k])
        return self.gap(moved)


def _vertices(around: dict[int, arb], least: arb) -> Iterator[Fraction]:
    """Where a parabola through three values is least, and where the lines through two on each side meet, in steps."""
    far_below, below, above, far_above = (around[k] for k in (-2, -1, 1, 2))
    if not (far_below + below + above + far_above).is_finite():
        return
    curvature = below - 2 * least + above
    if curvature > 0:
        yield _fraction((below - above) / (2 * curvature))
    left, right = below - far_below, far_above - above
    if right - left > 0:
        # below + left (t + 1) = above + right (t - 1)
        yield _fraction((below + left - above + right) / (right - left))


def _fraction(value: arb) -> Fraction:
    top, exponent = value.mid().man_exp()
    return Fraction(int(top)) * Fraction(2) ** int(exponent)


def _short(value: Fraction) -> Fraction:
    """The value to 240 binary places after its first: it must not grow longer with each step."""
    if value == 0:
        return value
    places = 240 - (abs(value.numerator).bit_length() - value.denominator.bit_length())
    return Fraction(round(value * Fraction(2) ** places)) / Fraction(2) ** places


def close_forms(value: Fraction) -> Iterator[Fraction | sp.Expr]:
    """Plain numbers, and roots, logarithms and exponentials of plain numbers, that agree with a value to 12 digits."""
    for most in (12, 1000):
        plain = value.limit_denominator(most)
        if abs(plain - value) <= Fraction(1, 10**12) * abs(value):
            yield plain
            return
    number = sp.Rational(value.numerator, value.denominator)
    for power in (2, 3):
        raised = (value**power).limit_denominator(1000)
        if abs(raised - value**power) <= Fraction(1, 10**12) * abs(raised):
            yield sp.sign(number) * sp.Rational(abs(raised.numerator), raised.denominator) ** sp.Rational(1, power)
    for outside, inside in ((sp.log, sp.exp), (sp.exp, sp.log)):
        if abs(value) < 100 and (outside is sp.log or value > 0):
            grown = Fraction(str(sp.N(inside(number), 30)))
            plain = grown.limit_denominator(1000)
            if abs(plain - grown) <= Fraction(1, 10**12) * abs(grown):
                yield outside(sp.Rational(plain.numerator, plain.denominator))
    for power in (1, 2):
        turned = Fraction(str(sp.N(number**power / sp.pi, 30)))
        plain = turned.limit_denominator(100)
        if abs(plain - turned) <= Fraction(1, 10**12) * abs(turned):
            yield sp.sign(number) * (sp.pi * sp.Rational(plain.numerator, plain.denominator)) ** sp.Rational(1, power)


__all__ = ["Path", "close_forms"]
