"""The fixed points of an equivalent and the values of its terms, at one point or at many at once.

Where a fixed point depends on one symmetric matrix, or on matrices that commute, it is solved on joint eigenvalues,
which are compressed to nodes (:mod:`w2s_sym.equivalents.joint`) and checked on a second set of nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from w2s_sym.equivalents import polynomials as poly
from w2s_sym.equivalents.arithmetic import Array, Diagonal
from w2s_sym.equivalents.bases import STANDARD, Bases, InBasis, Thin, Whole
from w2s_sym.equivalents.block_maps import block_map
from w2s_sym.equivalents.book import Book
from w2s_sym.equivalents.branch import Branch, Map, follow
from w2s_sym.equivalents.circuit import Circuit
from w2s_sym.equivalents.derived import Derived
from w2s_sym.equivalents.eigenvalue_maps import PointMap, eigenvalue_map
from w2s_sym.equivalents.evaluation import Evaluation, PointValues, fixed_letters, inverted_letters
from w2s_sym.equivalents.gates import Equivalence
from w2s_sym.equivalents.infinite_sums import PlaceSums
from w2s_sym.equivalents.joint import joint_values
from w2s_sym.equivalents.scalars import EngineError

# What two sets of nodes may differ by: relatively, a gain's right side and a value.
SAME_GAIN, SAME_TOTAL = 1e-12, 1e-9
# A relative change by which rounding is measured.
SMALL = 1e-10
# The rounding of one number, and a change in which lines are still straight.
EPS, BENT = 2.0**-52, 1e-3
# Vectors with fewer entries are not compressed: where many points are asked for, and where one is.
SHORT, SHORT_FOR_ONE = 400, 4000
# Entries of one array, points times eigenvalues, that are evaluated at once.
AT_ONCE = 300_000
# Cores with more unknowns are solved by arrays of blocks, not by words.
MANY_UNKNOWNS = 6
# Rows of values from an evaluation; the first is the total.
Rows = Callable[[Evaluation], list[Any]]
FAULTS = (ZeroDivisionError, OverflowError, np.linalg.LinAlgError)


@dataclass(frozen=True)
class Fixpoint:
    """One core, ready to be solved: its unknowns in the equivalent's book, the shifted equations in a book apart."""

    unknowns: tuple[int, ...]
    shifted: Equivalence
    own: tuple[int, ...]
    shift: int
    fixed: frozenset[int]

    @property
    def book(self) -> Book:
        """The book of the shifted equations."""
        return self.shifted.book


_CORES: WeakKeyDictionary[Derived, tuple[Fixpoint, ...]] = WeakKeyDictionary()


def fixpoints(risk: Derived) -> tuple[Fixpoint, ...]:
    """The cores of an equivalent, each once."""
    known = _CORES.get(risk)
    if known is None:
        found: dict[tuple[int, ...], Fixpoint] = {}
        for term in risk.terms:
            for i in range(len(term.equivalence.groups)):
                unknowns = tuple(poly.the_place(g.value) for g in term.equivalence.gains[i, i])
                if unknowns and unknowns not in found:
                    found[unknowns] = _shifted(term.equivalence, i, unknowns)
        known = _CORES[risk] = tuple(found.values())
    return known


def _shifted(made: Equivalence, i: int, unknowns: tuple[int, ...]) -> Fixpoint:
    book = made.book.copy()
    again = Equivalence(Circuit(book, made.circuit.blocks), groups=[made.groups[i]], shift=book.shift())
    again.fixed_point(0)
    own = tuple(book.core)
    assert len(own) == len(unknowns)
    letters = frozenset(fixed_letters(book, list(book.core.values())))
    return Fixpoint(unknowns, again, own, book.shift(), letters)


@dataclass(frozen=True)
class Joints:
    """Joint eigenvalues in full, and, where they are compressed, on nodes and on those that check them."""

    full: PointValues
    nodes: PointValues | None = None
    checks: PointValues | None = None

    @property
    def size(self) -> int:
        """How many eigenvalues there are."""
        return _size_of(self.full)


class Prepared:
    """An equivalent with its matrices: what depends on these is found once, for all sizes and other numbers.

    ``once``: it is asked at one point only.
    """

    def __init__(self, risk: Derived, values: PointValues, *, once: bool = False) -> None:
        self.risk, self.values = risk, values
        self._short = SHORT_FOR_ONE if once else SHORT
        self.cores = fixpoints(risk)
        self._spectra: dict[int, Array] = {}
        self._joints: dict[int, Joints | None] = {}
        self._in_bases: PointValues | None = None
        # Gains that are off their right sides by more than their rounding, and by which share.
        self._rest: dict[int, float] = {}
        # Cores for which nodes were not good enough.
        self._in_full: set[int] = set()

    # -- gains --------------------------------------------------------------------------------------------------

    def gains(
        self, numbers: Mapping[int, Any], points: int, near: Mapping[int, Any] | None = None
    ) -> tuple[dict[int, Array], Array]:
        """The gains of all cores on the physical branch, each of shape (points,), and the largest radius of each point.

        Numbers are floats, or arrays of shape (points,). ``near`` are the gains at numbers close by.
        """
        found: dict[int, Array] = {}
        radius = np.zeros(points)
        for k, core in enumerate(self.cores):
            start = (
                None if near is None else np.stack([np.broadcast_to(near[u], points) for u in core.unknowns], axis=1)
            )
            branch = self._core(k, core, numbers, points, start)
            found |= dict(zip(core.unknowns, branch.gains.T, strict=True))
            radius = np.maximum(radius, branch.radius)
            rest = branch.rest.max(axis=0, initial=0.0)
            self._rest |= {u: float(r) for u, r in zip(core.unknowns, rest, strict=True) if r > EPS}
        return found, radius

    def _core(self, k: int, core: Fixpoint, numbers: Mapping[int, Any], points: int, near: Array | None) -> Branch:
        count = len(core.own)
        joints = self.joints(k)
        if count > MANY_UNKNOWNS:
            put_in = replace(self.values if joints is None else joints.full, numbers=numbers)
            by_blocks = block_map(core.shifted, core.shifted.groups[0], core.shifted.gains[0, 0], put_in)
            if by_blocks is not None:
                return follow(by_blocks, count, points, near)
        if joints is None:
            return self._one_by_one(core, numbers, points, near)
        if joints.nodes is not None and joints.checks is not None and k not in self._in_full:
            branch = follow(core_map(core, joints.nodes, numbers), count, points, near)
            near, everyone = branch.gains, np.arange(points)
            again = core_map(core, joints.checks, numbers)(near, np.zeros(points), everyone)[0]
            if (np.abs(again - near) <= SAME_GAIN * np.abs(near)).all():
                return branch
            self._in_full.add(k)
        return follow(core_map(core, joints.full, numbers), count, points, near)

    def _one_by_one(self, core: Fixpoint, numbers: Mapping[int, Any], points: int, near: Array | None) -> Branch:
        gains, radius = np.zeros((points, len(core.own))), np.zeros(points)
        rest = np.zeros_like(gains)
        for k in range(points):
            # The point before is close by, or else it is no start.
            start = near[k : k + 1] if near is not None else gains[k - 1 : k] if k else None
            branch = follow(core_map(core, self.values, point_of(numbers, k)), len(core.own), 1, start)
            gains[k], radius[k], rest[k] = branch.gains[0], branch.radius[0], branch.rest[0]
        return Branch(gains, radius, rest)

    def _core_values(self, k: int) -> PointValues:
        """The values on which a core was solved."""
        joints = self.joints(k)
        if joints is None:
            return self.values
        return joints.full if joints.nodes is None or k in self._in_full else joints.nodes

    def joints(self, k: int) -> Joints | None:
        """The joint eigenvalues on which a core depends; None where there are none."""
        if k not in self._joints:
            self._joints[k] = self._joints_of(self.cores[k].fixed, self.cores[k].fixed)
        return self._joints[k]

    def joints_of_values(self) -> Joints | None:
        """The joint eigenvalues on which the terms depend; None where matrices are dense."""
        if -1 not in self._joints:
            book = self.risk.book
            fixed = frozenset(k for k, x in enumerate(book.letters) if x.definition is None)
            self._joints[-1] = None if self._dense() else self._joints_of(fixed, fixed & inverted_letters(book))
        return self._joints[-1]

    def _dense(self) -> bool:
        return not isinstance(self.values.arithmetic, Diagonal)

    def _joints_of(self, fixed: frozenset[int], inside: frozenset[int]) -> Joints | None:
        letters = [self.risk.book.letters[k] for k in sorted(fixed)]
        if self._dense():
            if len(letters) > 1 or not all(x.symmetric for x in letters):
                return None
            columns = {k: self.spectrum(k) for k in fixed}
        else:
            columns = {k: self.values.matrices[k] for k in fixed}
        full = replace(self.values, matrices=columns, arithmetic=Diagonal())
        if isinstance(self.values.arithmetic, PlaceSums):
            return Joints(replace(full, arithmetic=self.values.arithmetic))
        if not columns or len({side for x in letters for side in (x.side, x.other)}) > 1:
            return Joints(full)
        if len(next(iter(columns.values()))) <= self._short:
            return Joints(full)
        made = joint_values(columns, sorted(inside))
        if 2 * made[0][0].nodes.count > len(next(iter(columns.values()))):
            return Joints(full)
        return Joints(full, *(replace(full, arithmetic=joint, matrices=m) for joint, m in made))

    def spectrum(self, place: int) -> Array:
        """The eigenvalues of a matrix."""
        if place not in self._spectra:
            self.dense()
        return self._spectra[place]

    # -- values -------------------------------------------------------------------------------------------------

    def parts(
        self, numbers: Mapping[int, Any], gains: Mapping[int, Array], points: int
    ) -> tuple[dict[str, Array], Array]:
        """The value of each term, shape (points,), and how many times the rounding of one number the total may have.

        The second is found from the sizes of all that is summed, and from gains and traces that are a little off.
        Raises :class:`EngineError` where a value is no number.
        """
        terms = self.risk.terms
        # A share of SMALL stands for rounding, more for gains that are further off, and never so much that lines bend.
        unit = min(SMALL / EPS, BENT / max(self._rest.values(), default=BENT))
        shares = {u: unit * rest for u, rest in self._rest.items()}

        def rows(run: Evaluation) -> list[Any]:
            parts = [run.polynomial(t.value)[0] for t in terms]
            sizes = sum(abs(run.polynomial({m: q})[0]) for t in terms for m, q in t.value.items())
            off = run.disturbed(EPS * unit, shares)
            return [sum(parts), *parts, sizes, sum(off.polynomial(t.value)[0] for t in terms)]

        found = self._everywhere(rows, 3 + len(terms), numbers, gains, points, None)
        if not np.isfinite(found[:-1]).all():
            raise EngineError("the value has no number there: it is not finite; move the sizes or the ridge apart")
        total, sizes, off = found[0], found[-2], found[-1]
        with np.errstate(all="ignore"):
            rounding = np.fmax(sizes, np.abs(off - total) / (EPS * unit)) / np.abs(total)
        rounding[~np.isfinite(off)] = np.inf
        rounding[sizes == 0] = 0.0
        return dict(zip((t.name for t in terms), found[1:-2], strict=True)), rounding

    def slopes(
        self, numbers: Mapping[int, Any], gains: Mapping[int, Array], points: int, place: int
    ) -> tuple[Array, Array]:
        """The total and its derivative in the number at a place, shape (points,), by the implicit function theorem."""
        moved = {place: np.ones(points)}
        for k, core in enumerate(self.cores):
            s = np.stack([gains[u] for u in core.unknowns], axis=1)
            f = core_map(core, self._core_values(k), numbers, along=place)
            slope = f(s, np.zeros(points), np.arange(points))[1]
            count = len(core.own)
            found = np.linalg.solve(np.eye(count) - slope[:, :, :count], slope[:, :, count:])
            moved |= dict(zip(core.unknowns, found[:, :, 0].T, strict=True))

        def rows(run: Evaluation) -> list[Any]:
            parts = [run.polynomial(t.value) for t in self.risk.terms]
            return [sum(v for v, _ in parts), sum(slope[0] for _, slope in parts)]

        found = self._everywhere(rows, 2, numbers, gains, points, moved)
        return found[0], found[1]

    def _everywhere(
        self,
        rows: Rows,
        count: int,
        numbers: Mapping[int, Any],
        gains: Mapping[int, Array],
        points: int,
        moved: Mapping[int, Array] | None,
    ) -> Array:
        """Rows of values at all points, (count, points). The first row decides whether nodes are good enough."""

        def at(values: PointValues, which: Any) -> Array:
            seeds = None if moved is None else {k: m[None, which] for k, m in moved.items()}
            here = replace(values, numbers=point_of(numbers, which))
            run = Evaluation(self.risk.book, here, point_of(gains, which), seeds)
            size = 1 if isinstance(which, int) else len(which)
            with np.errstate(all="ignore"):
                try:
                    return np.array([np.broadcast_to(row, size) for row in rows(run)])
                except FAULTS:
                    return np.full((count, size), np.nan)

        joints, everyone = self.joints_of_values(), np.arange(points)
        if joints is None:
            return np.concatenate([at(self.dense(), k) for k in range(points)], axis=1)
        found, good = np.empty((count, points)), np.zeros(points, dtype=bool)
        if joints.nodes is not None and joints.checks is not None:
            found, again = at(joints.nodes, everyone), at(joints.checks, everyone)
            good = np.abs(found[0] - again[0]) <= SAME_TOTAL * np.abs(found[0])
        left = everyone[~good]
        for some in batches(len(left), joints.size):
            found[:, left[some]] = at(joints.full, left[some])
        return found

    def dense(self) -> PointValues:
        """The values with matrices in the eigenbases of those that are inverted."""
        if self._in_bases is None:
            book = self.risk.book
            inverted = inverted_letters(book)
            vectors: dict[int, Array] = {}
            matrices: dict[int, Any] = {}
            for k, m in self.values.matrices.items():
                letter = book.letters[k]
                if k in inverted and letter.symmetric:
                    self._spectra[k], vectors[k + 1] = self.values.eigen.get(k) or np.linalg.eigh(m)
                    matrices[k] = InBasis(k + 1, self._spectra[k])
                elif m.ndim == 2 and k in self.values.vectors:
                    column = self.values.vectors[k][:, None]
                    matrices[k] = Thin((STANDARD, column), (STANDARD, column))
                else:
                    matrices[k] = Whole({(STANDARD, STANDARD): m})
            self._in_bases = replace(self.values, matrices=matrices, arithmetic=Bases(vectors))
        return self._in_bases


def point_of(numbers: Mapping[int, Any], which: Any) -> dict[int, Any]:
    """The numbers of one point as floats, or of several points as arrays."""
    single = isinstance(which, int)
    return {
        k: (float(v[which]) if single else v[which]) if isinstance(v, np.ndarray) and v.ndim else v
        for k, v in numbers.items()
    }


def _size_of(values: PointValues) -> int:
    return max((m.size for m in values.matrices.values() if isinstance(m, np.ndarray)), default=1)


def batches(points: int, size: int) -> Iterator[slice]:
    """Slices of points that are evaluated at once, where each has arrays of one size."""
    step = max(1, AT_ONCE // size)
    for start in range(0, points, step):
        yield slice(start, min(start + step, points))


def core_map(core: Fixpoint, values: PointValues, numbers: Mapping[int, Any], along: int | None = None) -> Map:
    """f(s, d, which) of a core with its derivative in s, and then in the number at the place ``along``."""
    count, places = len(core.own), [*core.own, *([] if along is None else [along])]
    seeds = dict(zip(places, np.eye(len(places)), strict=True))

    def at(s: Any, d: Any, which: Any) -> list[tuple[Any, Any]]:
        more = {**dict(zip(core.own, s, strict=True)), core.shift: d}
        run = Evaluation(core.book, replace(values, numbers=point_of(numbers, which)), more, seeds)
        try:
            return [run.polynomial(core.book.core[u]) for u in core.own]
        except FAULTS:  # no root is there
            return [(np.nan, np.full(len(places), np.nan))] * count

    joint, size = isinstance(values.arithmetic, Diagonal), _size_of(values)
    in_steps = joint and not isinstance(values.arithmetic, PlaceSums)
    alone: dict[int, PointMap] = {}

    def at_one(s: Array, d: float, which: int) -> tuple[Array, Array]:
        if which not in alone:
            there = replace(values, numbers=point_of(numbers, which))
            rights = [core.book.core[u] for u in core.own]
            alone[which] = eigenvalue_map(core.book, rights, places, core.shift, there)
        try:
            return alone[which](s, d)
        except FAULTS:
            return np.full(count, np.nan), np.full((count, len(places)), np.nan)

    def f(s: Array, d: Array, which: Array) -> tuple[Array, Array]:
        if in_steps and len(s) == 1:
            one, along_it = at_one(s[0], float(d[0]), int(which[0]))
            return one[None], along_it[None]
        value, slope = np.empty(s.shape), np.empty((*s.shape, len(places)))
        for some in batches(len(s), size) if joint and len(s) > 1 else range(len(s)):
            several = isinstance(some, slice)
            given = (list(s[some].T), d[some], which[some])
            out = at(*(given if several else (list(map(float, given[0])), float(given[1]), int(given[2]))))
            for k, (v, dv) in enumerate(out):
                value[some, k], slope[some, k] = v, np.transpose(dv)
        return value, slope

    return f
