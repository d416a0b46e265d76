"""Whether the sides of a comparison meet, or change sides, near a place that a search in floats has found.

The rule: a comparison that excludes equality agrees only if no search drives its gap towards zero inside the domain. A
place found in floats is looked at exactly: at plain numbers nearby, or at a root or a logarithm of one, where the
comparison may be false; else the gap is followed with as many digits as it takes, and where it goes on falling the
sides may be equal there, which numbers cannot exclude. Towards an end of the domain, or infinity, a gap may fall as it
likes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb, ctx

from w2s_sym.claims.comparisons import Decision, compare_at, point_text
from w2s_sym.claims.statement import ClaimError, Compare
from w2s_sym.evidence.precision.boundary import follower
from w2s_sym.evidence.precision.chart import SHAPES, Chart
from w2s_sym.evidence.precision.equal_values import tie_decided
from w2s_sym.evidence.precision.search import (
    DESCENTS,
    LINES,
    NOISE,
    Search,
    Seen,
    simple_first,
)
from w2s_sym.evidence.precision.session import Session
from w2s_sym.formula.balls import At, UndefinedError, ball
from w2s_sym.formula.conditions import Condition, Point
from w2s_sym.formula.float_values import NoFloatsError
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import letters_along

# Inside the domain a gap below this part of its sway is followed with more digits.
SMALL = 1e-4
# Where equality is allowed only smaller ones are followed.
TOUCHING = 1e-7
# One that is below this part after it was followed is taken to fall to zero.
GONE = 1e-8
# A least value that was followed and is above this part is one, where the gap is smooth.
ZERO = 1e-30
# How many places of each sort are looked at exactly.
LOOKED_AT = 6
FOLLOWED = 2
SWEEPS = 14
NEAR = ", and by less nearby: they may be equal there"
WHOLE = ": whole numbers that were not tried may make them equal"
DENOMINATORS = (1, 2, 6, 24, 100, 1000, 10**6)


@dataclass
class Nearest:
    """What the search found: decisions at exact points, and in words where the sides may meet; empty when nowhere."""

    decisions: list[Decision]
    doubt: str = ""


def nearest(session: Session, statement: Compare, lefts: Sequence[sp.Expr]) -> Nearest:
    """Search for points at which the statement is false, or at which the sides of a strict one may be equal."""
    found = Nearest([])
    spectra = any(letters_along(s) is not None for s in session.claim.domain.symbols)
    for left in lefts:
        for shape in SHAPES if spectra else SHAPES[:1]:
            try:
                place = Meeting(session, Chart(session.claim, shape), left, statement)
                found.doubt = found.doubt or place.look_for(found.decisions)
            except NoFloatsError:
                continue
            if any(d.truth is False for d in found.decisions):
                return found
    return found


def parting(session: Session, left: Compare, right: Compare) -> Nearest:
    """Search for points at which the first condition fails though the second holds, or holds though that one fails."""
    found = Nearest([])
    claim = session.claim
    for first, second in ((left.relation, right.relation), *([] if "=" in (left.relation, right.relation) else [
        (Relation(left.relation).negated, Relation(right.relation).negated)])):
        stated = Compare(left.lhs, str(first), left.rhs)
        try:
            part = replace(claim.domain, conditions=(*claim.domain.conditions, Condition(right.lhs, second, right.rhs)))
            half = replace(session, claim=replace(claim, statement=stated, domain=part, rivals=()))
            near = nearest(half, stated, [left.lhs])
        except (ValueError, ClaimError):
            continue
        found.decisions += near.decisions
        found.doubt = found.doubt or near.doubt
    return found


class Meeting:
    """One search on one chart, and the exact looks that follow."""

    def __init__(self, session: Session, chart: Chart, left: sp.Expr, statement: Compare) -> None:
        self.session, self.chart = session, chart
        self.left, self.right, self.relation = left, statement.rhs, Relation(statement.relation)
        self.search = Search(chart, left, statement.relation, statement.rhs)
        self._follow = follower(session, chart.base)

    def look_for(self, decisions: list[Decision]) -> str:
        """Add what exact looks decide; return in words where the sides may meet, or nothing."""
        rng, search = self.session.rng("search"), self.search
        structured = search.structured(rng)
        best = structured.best(DESCENTS)
        if self._decided(structured, decisions):
            return ""
        spread = rng.permutation(np.flatnonzero(np.isfinite(structured.gaps)))
        starts = structured.states[:, np.concatenate([best[: LINES // 2], spread[: LINES - LINES // 2]])]
        lines = search.along_lines(starts)
        positions = np.concatenate([best[:6], spread[:4]])
        ends = np.concatenate([structured.states[:, positions], lines.states[:, lines.best(DESCENTS)]], axis=1)
        descents = search.descend(ends)
        whole = [search.whole_lines()] if self.relation.strict and self.chart.integer == [True, True] else []
        for seen in (lines, descents, *whole):
            if self._decided(seen, decisions):
                return ""
        doubt = self._doubt(lines, descents, decisions)
        if not self.relation.strict or any(d.truth is False for d in decisions):
            return ""
        return doubt or self._crossing((structured, lines, descents, *whole))

    # -- exact looks --------------------------------------------------------------------------------------
    def _decided(self, seen: Seen, decisions: list[Decision]) -> bool:
        """Whether the statement is false at one of the worst places seen, at which the decision is kept."""
        wrong = np.flatnonzero(seen.gaps < -NOISE)
        order = wrong[np.argsort(seen.gaps[wrong], kind="stable")][: 4 * LOOKED_AT]
        tied = np.flatnonzero(np.abs(seen.gaps) <= NOISE) if self.relation.strict else np.array([], dtype=int)
        places = simple_first(seen.columns, list(order))[:LOOKED_AT] + self._told_apart(seen, tied)
        for k in places:
            close = 1e-9 if seen.gaps[k] > -NOISE else 1e-2
            for values in self._near(seen.columns[: len(self.chart.symbols), k], close):
                if self._kept(values, decisions):
                    return True
        return False

    def _kept(self, values: Sequence[Fraction | sp.Expr], decisions: list[Decision]) -> bool:
        """Whether the statement is false at exact values; the decision is kept."""
        decision = self._false(values)
        decisions += [] if decision is None else [decision]
        return decision is not None

    def _told_apart(self, seen: Seen, tied: np.ndarray) -> list[int]:
        """The plainest of tied places, most of them in valleys inside the domain, and a few others that are no ends."""
        plain = simple_first(seen.columns, list(tied[:100]))[:LOOKED_AT]
        if not plain:
            return []
        inside = self.search.inside(seen.states[:, plain])
        others = [k for k, held in zip(plain, inside, strict=True) if not held][:2]
        return [k for k, held in zip(plain, inside, strict=True) if held or k in others]

    def _near(self, values: np.ndarray, close: float) -> Iterator[list[Fraction]]:
        """Exact values near these floats, relative to each, the plainest first; near to a tie only plain ones."""
        tried: set[tuple[Fraction, ...]] = set()
        given = [Fraction(float(v)) for v in values]
        for most in DENOMINATORS[:-2] if close < 1e-3 else (*DENOMINATORS, 0):
            rounded = [v.limit_denominator(most) if most else v for v in given]
            if tuple(rounded) in tried or any(
                abs(a - b) > close * abs(b) for a, b in zip(rounded, given, strict=True)
            ):
                continue
            tried.add(tuple(rounded))
            yield rounded

    def _decide(self, values: Sequence[Fraction | sp.Expr]) -> Decision | None:
        """The comparison at exact values of the symbols; None where the domain has no such point."""
        point = self._point(values)
        if point is None:
            return None
        return compare_at(self.session.place(point), self.left, self.relation, self.right)

    def _false(self, values: Sequence[Fraction | sp.Expr]) -> Decision | None:
        """The decision at exact values, when the statement is false there; equal sides may take algebra to see."""
        decision = self._decide(values)
        if decision is not None and self.relation.strict:
            decision = tie_decided(decision, self.left, self.right)
        return decision if decision is not None and decision.truth is False else None

    def _equal_at(self, values: Sequence[Fraction]) -> bool:
        decision = self._decide(values)
        return decision is not None and decision.look is not None and decision.look.order == 0

    def _point(self, values: Sequence[Fraction | sp.Expr]) -> Point | None:
        return self.chart.exact(values, self._follow)

    # -- following a gap ----------------------------------------------------------------------------------
    def _doubt(self, lines: Seen, descents: Seen, decisions: list[Decision]) -> str:
        """Where the gap goes on falling, in words; a place that turns out to be false is a decision instead."""
        # Where equality is allowed a gap is followed along one line only, to see whether it falls below zero.
        strict = self.relation.strict
        small = SMALL if strict else TOUCHING
        for seen, alone in ((lines, True), (descents, False)) if strict else ((lines, True),):
            near = [k for k in seen.best(LOOKED_AT) if seen.gaps[k] <= small]
            if not near:
                continue
            held = self.search.inside(seen.states[:, near])
            for k in [k for k, inside in zip(near, held, strict=True) if inside][: FOLLOWED if strict else 1]:
                axes = [int(seen.axes[k])] if alone and seen.axes is not None else list(range(len(seen.states)))
                doubt = self._followed(seen, k, axes, decisions)
                if doubt or any(d.truth is False for d in decisions):
                    return doubt
        return ""

    def _followed(self, seen: Seen, k: int, axes: Sequence[int], decisions: list[Decision]) -> str:
        column = seen.columns[: len(self.chart.symbols), k]
        free = [i for i in axes if not self.chart.integer[i]]
        for plain in self._near(column, 1e-5):
            if self._kept(plain, decisions):
                return ""
            if not self.relation.strict and self._equal_at(plain):
                return ""  # a tie is allowed: its gap need not be followed
        if not free:
            return self._words([Fraction(float(v)) for v in column], float(seen.gaps[k]), WHOLE)
        path = Path(self, seen.states[:, k], column, float(seen.gaps[k]))
        values, part = path.follow(free)
        for near in self._close_forms(values, free):
            if self._kept(near, decisions):
                return ""
        if not self.relation.strict or part >= GONE or self._point(values) is None or (part >= ZERO and path.at_rest(free)):
            return ""
        state = self.chart.states(np.array([[float(v)] for v in values]))
        return self._words(values, part) if self.search.inside(state)[0] else ""

    def _close_forms(self, values: Sequence[Fraction], free: Sequence[int]) -> Iterator[list[Fraction | sp.Expr]]:
        """The place with its free values replaced by plain numbers that they are, or are roots or logarithms of."""
        yield list(values)
        forms: list[list[Fraction | sp.Expr]] = []
        for i, value in enumerate(values):
            forms.append([value] if i not in free else list(_forms(value)))
        if all(forms):
            for choice in range(max(map(len, forms))):
                yield [form[min(choice, len(form) - 1)] for form in forms]

    def _crossing(self, looks: Iterable[Seen]) -> str:
        """For whole numbers and !=: the difference of the sides has both signs, so that real numbers make it zero."""
        if self.relation != "!=" or not all(self.search.signs.values()):
            return ""
        if not all(self.chart.integer):
            return "the difference of the sides is positive at some points and negative at others: they may be equal between"
        seen = min(looks, key=lambda s: float(s.gaps.min(initial=np.inf)))
        k = int(seen.gaps.argmin())
        values = [Fraction(float(v)) for v in seen.columns[: len(self.chart.symbols), k]]
        return self._words(values, float(seen.gaps[k]), WHOLE)

    def _words(self, values: Sequence[Fraction], part: float, why: str = NEAR) -> str:
        point = self._point(values)
        where = "a place in the domain" if point is None else _rounded(point)
        return f"at {where} the sides differ by {part:.2g} of what they vary by{why}"


class Path:
    """A gap that is followed with many digits from a place that floats have found."""

    def __init__(self, meeting: Meeting, state: np.ndarray, column: np.ndarray, part: float) -> None:
        self.meeting = meeting
        self.sides = [meeting.chart.written(side) for side in (meeting.left, meeting.right)]
        moved = np.repeat(state[:, None], len(state), axis=1) + 1e-3 * np.eye(len(state))
        near = meeting.chart.points(moved)[0][: len(state)]
        # How far a value moves with its own coordinate.
        sizes = np.abs(np.diagonal(near) - column) / 1e-3
        self.sizes = [Fraction(float(s)) if s > 0 else Fraction(1) for s in sizes]
        self.values = [Fraction(float(v)) for v in column]
        self.start = self.gap(self.values)
        self.part = max(part, NOISE)

    def gap(self, values: Sequence[Fraction]) -> arb | None:
        """How far the statement is from being false at these values; None where a side has no value.

        Whether the domain has the point is asked at the end.
        """
        numbers = (sp.Rational(v.numerator, v.denominator) for v in values)
        at = At(dict(zip(self.meeting.chart.symbols, numbers, strict=True)), 2 * self.meeting.session.digits)
        try:
            gap = ball(at.difference(at(self.sides[0]), at(self.sides[1]))).mid()
        except UndefinedError:
            return None
        direction = self.meeting.relation.direction
        return gap * direction if direction else abs(gap)

    def follow(self, axes: Sequence[int]) -> tuple[list[Fraction], float]:
        """Where the gap is least along these coordinates in turn, and what part of its sway it is there."""
        least, steps = self.start, dict.fromkeys(axes, Fraction(1, 1000))
        with ctx.workdps(2 * self.meeting.session.digits + 20):
            if least is not None and len(axes) > 1:
                least = self._together(axes, least)
            for _ in range(SWEEPS if least is not None else 0):
                for i in axes:
                    least, steps[i] = self._step(i, steps[i], least)
                if least <= 0 or max(steps.values()) < Fraction(1, 10**45):
                    break
            if least is None or self.start is None or self.start <= 0:
                return self.values, self.part
            return self.values, self.part * max(float((least / self.start).mid()), 0.0)

    def at_rest(self, axes: Sequence[int]) -> bool:
        """Whether the gap is smooth here and grows both ways along each coordinate: a least value, above zero."""
        here = self.gap(self.values)
        for i in axes:
            near = [self._at(i, shift * Fraction(1, 10**4)) for shift in (-2, -1, 1, 2)]
            if here is None or any(g is None or not g > here for g in near):
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
            if found is None or found >= least:
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
                if both is None:
                    return None
                form[a, b] = form[b, a] = float((both - up[a] - up[b] + least) / size)
        try:
            found = np.linalg.lstsq(form, -slope, rcond=1e-10)[0]
        except np.linalg.LinAlgError:
            return None
        return found if np.isfinite(found).all() else None

    def _step(self, i: int, step: Fraction, least: arb) -> tuple[arb, Fraction]:
        """Move value i to the vertex of a parabola or of two lines, where that lowers the gap; the next step."""
        around = {k: self._at(i, k * step) for k in (-2, -1, 1, 2)}
        shifts = [k * step for k, g in around.items() if g is not None and g < least]
        if all(g is not None for g in around.values()):
            shifts += [v * step for v in _vertices(around, least)]
        best, shift = least, Fraction(0)
        for s in shifts:
            g = self._at(i, s)
            if g is not None and g < best:
                best, shift = g, s
        self.values[i] = _short(self.values[i] + shift * self.sizes[i])
        return best, max(min(abs(shift), step / 4), step / 10**6) if shift else step / 8

    def _at(self, i: int, shift: Fraction, other: int | None = None) -> arb | None:
        """The gap where value i is moved by a shift of its own size, and another one too."""
        moved = list(self.values)
        for k in (i,) if other is None else (i, other):
            moved[k] = _short(moved[k] + shift * self.sizes[k])
        return self.gap(moved)


def _vertices(around: dict[int, arb | None], least: arb) -> Iterator[Fraction]:
    """Where a parabola through three values is least, and where the lines through two on each side meet, in steps."""
    far_below, below, above, far_above = (around[k] for k in (-2, -1, 1, 2))
    assert far_below is not None
    assert below is not None
    assert above is not None
    assert far_above is not None
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


def _forms(value: Fraction) -> Iterator[Fraction | sp.Expr]:
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
    turned = Fraction(str(sp.N(number / sp.pi, 30)))
    if abs(turned.limit_denominator(100) - turned) <= Fraction(1, 10**12) * abs(turned):
        plain = turned.limit_denominator(100)
        yield sp.pi * sp.Rational(plain.numerator, plain.denominator)


def _rounded(point: Point) -> str:
    """The point in words, its numbers to 12 digits."""
    return point_text({s: v if not v.is_number or v.is_Integer else sp.N(v, 12) for s, v in point.items()})


__all__ = ["GONE", "SMALL", "Meeting", "Nearest", "nearest"]
