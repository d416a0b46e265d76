"""Whether the sides of a comparison meet, or change sides, near a place that a search in floats has found.

The rule: a comparison that excludes equality agrees only if no search drives its gap towards zero inside the domain. A
place found in floats is looked at exactly: at plain numbers nearby, or at a root or a logarithm of one, where the
comparison may be false; else the gap is followed with as many digits as it takes, and where it goes on falling the
sides may be equal there, which numbers cannot exclude. Towards an end of the domain, or infinity, a gap may fall as it
likes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import sympy as sp

from w2s_sym.claims.comparisons import Decision, compare_at, point_text
from w2s_sym.claims.statement import Compare
from w2s_sym.evidence.precision.boundary import follower
from w2s_sym.evidence.precision.chart import MANY, SHAPES, Chart
from w2s_sym.evidence.precision.equal_values import tie_decided
from w2s_sym.evidence.precision.following import Path, close_forms
from w2s_sym.evidence.precision.landmarks import landmarks
from w2s_sym.evidence.precision.search import (
    DESCENTS,
    LAST,
    LINES,
    NOISE,
    Search,
    Sighted,
    simple_first,
)
from w2s_sym.evidence.precision.session import Session
from w2s_sym.evidence.precision.settling import settle
from w2s_sym.formula.conditions import Point
from w2s_sym.formula.float_values import NoFloatsError
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import letters_along

# Inside the domain a gap below this part of its sway is followed with more digits.
FOLLOW_BELOW = 1e-4
# Where equality is allowed only smaller ones are followed.
TOUCHING = 1e-7
# One that is below this part after it was followed is taken to fall to zero.
GONE = 1e-8
# A least value that was followed and is above this part is one, where the gap is smooth.
NOT_ZERO = 1e-30
# Descents from each side of what is far along lines.
FARTHER = 8
# How many places of each sort are looked at exactly.
LOOKED_AT = 6
FOLLOWED = 2
NEARER = ", and by less nearby: they may be equal there"
CHANGES = "left minus right is above zero at some points and below at others: it may be zero between"
UNTRIED = ": integers that were not tried may make them equal"
# Where the shape of a side changes, gaps are followed up to here: beyond floats make zeros of fast waves.
NEARBY = 3.0
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
        for shape in (*SHAPES, *MANY) if spectra else SHAPES[:1]:
            try:
                place = Meeting(session, Chart(session.claim, shape), left, statement)
                doubt = place.look_for(found.decisions) if shape in SHAPES else place.look_at_ends(found.decisions)
                found.doubt = found.doubt or doubt
            except NoFloatsError:
                continue
            if any(d.truth is False for d in found.decisions):
                return found
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
        lines, *beyond = (search.along_lines(starts, far) for far in (0, 1, -1))
        positions = np.concatenate([best[:6], spread[:4]])
        seeds = [structured.states[:, positions], lines.states[:, lines.best(DESCENTS)]]
        ends = np.concatenate([*seeds, *(b.states[:, b.best(FARTHER)] for b in beyond)], axis=1)
        descents = search.descend(ends)
        if self._at_ends(structured.states[:, positions], decisions):
            return ""
        marks = self._landmarks(structured.states[:, positions])
        if marks is not None and self._decided(marks, decisions, 0.0):
            return ""
        settled = settle(search, descents, structured)
        whole = [search.whole_lines()] if self.relation.strict and self.chart.integer == [True, True] else []
        found = (lines, *beyond, descents, *([] if settled is None else [settled]))
        for seen in (*found, *whole):
            if self._decided(seen, decisions):
                return ""
        places = [*found[3:], *([] if marks is None else [marks.within(NEARBY)])]
        doubt = self._doubt((lines, *beyond), places, decisions)
        if not self.relation.strict or any(d.truth is False for d in decisions):
            return ""
        return doubt or self._crossing((structured, lines, descents, *whole), decisions)

    def look_at_ends(self, decisions: list[Decision]) -> str:
        """The points on purpose, from some of them the ends of the domain, lines and descents; never a doubt."""
        structured = self.search.structured(self.session.rng("search"))
        if self._decided(structured, decisions):
            return ""
        starts = structured.states[:, structured.best(DESCENTS)]
        if self._at_ends(starts, decisions):
            return ""
        marks = self._landmarks(starts)
        if marks is not None and self._decided(marks, decisions, 0.0):
            return ""
        # Where equality is allowed descents alone find what fails; a tie may be on a line only.
        lines = [self.search.along_lines(starts, far) for far in (0, 1)] if self.relation.strict else []
        ends = np.concatenate([starts, *(seen.states[:, seen.best(FARTHER)] for seen in lines)], axis=1)
        descents = self.search.descend(ends)
        for seen in (*lines, descents):
            if self._decided(seen, decisions):
                return ""
        self._doubt((), [descents], decisions)  # for its decisions: of whole symbols the words say too much
        return ""

    def _landmarks(self, starts: np.ndarray) -> Sighted | None:
        """The places where the shape of a side changes, on lines through the starts."""
        return landmarks(self.search, [self.chart.written(self.left), self.chart.written(self.right)], starts)

    def _at_ends(self, starts: np.ndarray, decisions: list[Decision]) -> bool:
        """Whether the statement is false far out, or at an end of a wave; equality at an end of the domain is none."""
        waves = self.search.waves(starts[:, :4])
        if waves is not None and self._decided(waves, decisions):
            return True
        far = self.search.far(starts)
        return self._decided(replace(far, gaps=np.where(far.gaps < -NOISE, far.gaps, np.inf)), decisions)

    # -- exact looks --------------------------------------------------------------------------------------
    def _decided(self, seen: Sighted, decisions: list[Decision], noise: float = NOISE) -> bool:
        """Whether the statement is false at one of the worst places seen, at which the decision is kept.

        Where zeros were closed in, ``noise`` is 0: any gap on the wrong side, and fractions that are less plain, count.
        """
        wrong = np.flatnonzero(seen.gaps < -noise)
        order = wrong[np.argsort(seen.gaps[wrong], kind="stable")][: 4 * LOOKED_AT]
        tied = np.flatnonzero(np.abs(seen.gaps) <= NOISE) if self.relation.strict else np.array([], dtype=int)
        places = simple_first(seen.columns, list(order))[:LOOKED_AT] + self._told_apart(seen, tied)
        for k in places:
            close = 1e-9 if seen.gaps[k] > -noise else 1e-2
            for values in self._near(seen.columns[: len(self.chart.symbols), k], close, noise == 0):
                if self._kept(values, decisions):
                    return True
        return False

    def _kept(self, values: Sequence[Fraction | sp.Expr], decisions: list[Decision]) -> bool:
        """Whether the statement is false at exact values; the decision is kept."""
        decision = self._false(values)
        decisions += [] if decision is None else [decision]
        return decision is not None

    def _told_apart(self, seen: Sighted, tied: np.ndarray) -> list[int]:
        """The plainest of tied places, most of them in valleys inside the domain, and a few others that are no ends."""
        plain = simple_first(seen.columns, list(tied[:100]))[:LOOKED_AT]
        if not plain:
            return []
        inside = self.search.inside(seen.states[:, plain])
        others = [k for k, held in zip(plain, inside, strict=True) if not held][:2]
        return [k for k, held in zip(plain, inside, strict=True) if held or k in others]

    def _near(self, values: np.ndarray, close: float, fine: bool = False) -> Iterator[list[Fraction]]:
        """Exact values near these floats, relative to each, the plainest first; near to a tie only plain ones."""
        tried: set[tuple[Fraction, ...]] = set()
        given = [_plainer(float(v)) for v in values]
        for most in (DENOMINATORS if fine else DENOMINATORS[:-2]) if close < 1e-3 else (*DENOMINATORS, 0):
            rounded = [v.limit_denominator(most) if most else v for v in given]
            if tuple(rounded) in tried or any(abs(a - b) > close * abs(b) for a, b in zip(rounded, given, strict=True)):
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
    def _doubt(self, lines: Sequence[Sighted], descents: Sequence[Sighted], decisions: list[Decision]) -> str:
        """Where the gap goes on falling, in words; a place that turns out to be false is a decision instead."""
        # Where equality is allowed a gap is followed along one line only, to see whether it falls below zero.
        strict = self.relation.strict
        small = FOLLOW_BELOW if strict else TOUCHING
        both = strict or len(self.chart.symbols) == 1
        looks = [(line, True) for line in lines] + ([(seen, False) for seen in descents] if both else [])
        for seen, alone in looks:
            near = [k for k in seen.best(LOOKED_AT) if seen.gaps[k] <= small]
            # A descent that went farther follows a gap that is a small part of sides which grow: no place, an end.
            near = [k for k in near if alone or np.abs(seen.states[:, k]).max() <= LAST]
            if not near:
                continue
            held = self.search.inside(seen.states[:, near])
            for k in [k for k, inside in zip(near, held, strict=True) if inside][: FOLLOWED if strict else 1]:
                axes = [int(seen.axes[k])] if alone and seen.axes is not None else list(range(len(seen.states)))
                doubt = self._followed(seen, k, axes, decisions)
                if doubt or any(d.truth is False for d in decisions):
                    return doubt
        return ""

    def _followed(self, seen: Sighted, k: int, axes: Sequence[int], decisions: list[Decision]) -> str:
        column = seen.columns[: len(self.chart.symbols), k]
        free = [i for i in axes if not self.chart.integer[i]]
        for plain in self._near(column, 1e-5):
            if self._kept(plain, decisions):
                return ""
            if not self.relation.strict and self._equal_at(plain):
                return ""  # a tie is allowed: its gap need not be followed
        if not free:
            return self._words([Fraction(float(v)) for v in column], float(seen.gaps[k]), UNTRIED)
        path = Path(
            self.chart,
            (self.left, self.right),
            self.relation,
            self.session.digits,
            seen.states[:, k],
            float(seen.gaps[k]),
        )
        values, part = path.follow(free)
        for near in self._close_forms(values, free):
            if self._kept(near, decisions):
                return ""
        if (
            not self.relation.strict
            or part >= GONE
            or self._point(values) is None
            or (part >= NOT_ZERO and path.at_rest(free))
        ):
            return ""
        state = self.chart.states(np.array([[float(v)] for v in values]))
        return self._words(values, part) if self.search.inside(state)[0] else ""

    def _close_forms(self, values: Sequence[Fraction], free: Sequence[int]) -> Iterator[list[Fraction | sp.Expr]]:
        """The place with its free values replaced by plain numbers that they are, or are roots or logarithms of."""
        yield list(values)
        forms: list[list[Fraction | sp.Expr]] = []
        for i, value in enumerate(values):
            forms.append([value] if i not in free else list(close_forms(value)))
        if all(forms):
            for choice in range(max(map(len, forms))):
                yield [form[min(choice, len(form) - 1)] for form in forms]

    def _crossing(self, looks: Sequence[Sighted], decisions: list[Decision]) -> str:
        """For !=: the difference of the sides has both signs, so that real numbers make it zero.

        A zero that the domain leaves out, as where both conditions of an equivalence turn over, is none.
        """
        if self.relation != "!=" or not all(self.search.signs.values()):
            return ""
        if not all(self.chart.integer):
            zeros = self.search.zeros_between(self.session.rng("crossings"))
            apart = np.flatnonzero(~self.search.tight(zeros.states))
            if not len(apart):
                return ""
            met = Sighted(zeros.states[:, apart], zeros.columns[:, apart], zeros.gaps[apart])
            axes = list(range(len(self.chart.symbols)))
            for k in [k for k in met.best(LOOKED_AT) if met.gaps[k] <= TOUCHING][:FOLLOWED]:
                self._followed(met, int(k), axes, decisions)
                if any(d.truth is False for d in decisions):
                    return ""
            return CHANGES
        seen = min(looks, key=lambda s: float(s.gaps.min(initial=np.inf)))
        k = int(seen.gaps.argmin())
        values = [Fraction(float(v)) for v in seen.columns[: len(self.chart.symbols), k]]
        return self._words(values, float(seen.gaps[k]), UNTRIED)

    def _words(self, values: Sequence[Fraction], part: float, why: str = NEARER) -> str:
        point = self._point(values)
        where = "a place in the domain" if point is None else _rounded(point)
        return f"at {where} the sides differ by {part:.2g} of what they vary by{why}"


def _plainer(value: float) -> Fraction:
    """The float, or the power of ten that it is next to where it is very large or small."""
    if value and not 1e-7 < abs(value) < 1e15:
        power = Fraction(10) ** round(math.log10(abs(value)))
        if abs(abs(Fraction(value)) - power) < power / 10**9:
            return power if value > 0 else -power
    return Fraction(value)


def _rounded(point: Point) -> str:
    """The point in words, its numbers to 12 digits."""
    return point_text({s: v if not v.is_number or v.is_Integer else sp.N(v, 12) for s, v in point.items()})


__all__ = ["FOLLOW_BELOW", "GONE", "Meeting", "Nearest", "nearest"]
