"""The physical branch of a fixed point, by a homotopy in a shift.

Everything that a group inverts is shifted by d. At large d the map contracts, and its only fixed point is the physical
one. Then d falls to zero: each step predicts the gains, corrects them by Newton steps in their logarithms, and is
accepted only near the prediction and where the map's linear part has spectral radius below 1.

Many points go this way at once, each with shifts of its own: what one does has no effect on another.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from w2s_sym.equivalents.scalars import EngineError

# f(s, d, which) with its derivative in s: ``which`` are the points, shapes (m,), of which s has the gains, shape
# (m, gains), and d the shifts, shape (m,). Returns shapes (m, gains) and (m, gains, gains).
Map = Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
NEAR_ONE = 0.98
# Below this a gain counts as zero.
TINY = 1e-290
MOST_SHIFTS, MOST_NEWTON = 400, 60
# The first smaller shift, for which there is no prediction: gains that fall like 1/d change by half there.
FIRST_FACTOR = 0.5
# How well a root is known at shifts before the last.
ON_THE_WAY = 1e-9
# Beside the largest gain errors below this are rounding, and a small gain may be so far off by it.
ROUNDED, LOOSE = 1e-13, 1e-2


class BranchWarning(UserWarning):
    """The linear part of a fixed point has spectral radius near 1: finite sizes deviate, digits are lost."""


@dataclass(frozen=True)
class Branch:
    """The gains on the physical branch, shape (points, gains), and the radius of the map's linear part, (points,).

    ``rest`` is how far each gain is from its right side, relatively: what rounding left of the equation.
    """

    gains: np.ndarray
    radius: np.ndarray
    rest: np.ndarray


def radii(slope: np.ndarray) -> np.ndarray:
    """The spectral radius of each matrix."""
    return np.asarray(np.abs(np.linalg.eigvals(slope)).max(axis=-1, initial=0.0))


def correct(
    f: Map, s: np.ndarray, d: np.ndarray, which: np.ndarray, close: float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Newton steps to s = f(s, d), in logarithms where the signs agree.

    Returns roots, slopes there, whether it is one, and how far each gain is from its right side, relatively. A root
    within a share ``close`` of itself is close enough; without it rounding alone is left.
    """
    points, count = s.shape
    s, slopes, good = s.copy(), np.zeros((points, count, count)), np.zeros(points, dtype=bool)
    best, waited, rest = np.full(points, np.inf), np.zeros(points, dtype=int), np.zeros((points, count))
    live = np.arange(points)
    with np.errstate(all="ignore"):
        for _ in range(MOST_NEWTON):
            here = s[live]
            value, slope = f(here, d[live], which[live])
            finite = np.isfinite(value).all(axis=1) & np.isfinite(slope).all(axis=(1, 2))
            size, gap = np.abs(here), np.abs(value - here)
            off = (gap / np.maximum(np.maximum(size, np.abs(value)), TINY)).max(axis=1)
            done = finite & ((off < max(4e-16 * count, close)) | ((off < 1e-11) & (off >= best[live])))
            waited[live] = np.where(off < best[live] / 2, 0, waited[live] + 1)
            stuck = waited[live] > 12
            ended = done | (finite & stuck & (best[live] < 1e-9))
            # Small gains beside large ones keep what rounding of the large ones leaves; how much is told.
            level = gap.max(axis=1) <= ROUNDED * size.max(axis=1)
            ended |= finite & stuck & level & (off < LOOSE)
            good[live[ended]], slopes[live[ended]] = True, slope[ended]
            rest[live] = gap / np.maximum(size, TINY)
            best[live] = np.fmin(best[live], off)
            on = finite & ~ended & ~stuck
            if not on.any():
                break
            live = live[on]
            s[live], moved = _stepped(here[on], value[on], slope[on])
            live = live[moved]
            if not len(live):
                break
    return s, slopes, good, rest


def _stepped(s: np.ndarray, value: np.ndarray, slope: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One Newton step for each point, and whether there is one."""
    unit = np.eye(s.shape[1])
    alike = (value * s > 0).all(axis=1)
    if alike.all():
        step, moved = _solved(unit - slope * s[:, None, :] / value[:, :, None], np.log(value / s))
        return s * np.exp(np.clip(step, -3, 3)), moved
    logs = unit - slope * s[:, None, :] / value[:, :, None]
    matrix = np.where(alike[:, None, None], logs, unit - slope)
    right = np.where(alike[:, None], np.log(value / s), value - s)
    step, moved = _solved(matrix, right)
    return np.where(alike[:, None], s * np.exp(np.clip(step, -3, 3)), s + step), moved


def _solved(matrix: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The solution for each point, and whether the matrix is regular."""
    try:
        return np.linalg.solve(matrix, right[:, :, None])[:, :, 0], np.ones(len(right), dtype=bool)
    except np.linalg.LinAlgError:
        found, regular = np.zeros_like(right), np.ones(len(right), dtype=bool)
        for k in range(len(right)):
            try:
                found[k] = np.linalg.solve(matrix[k], right[k])
            except np.linalg.LinAlgError:
                regular[k] = False
        return found, regular


def _start(f: Map, count: int, points: int) -> tuple[np.ndarray, np.ndarray]:
    """The fixed point of each point at a shift so large that the map contracts.

    The map is iterated from zero, or from small numbers where the formulas have no value at zero.
    """
    small = 1e-3 / np.sqrt(np.arange(2.0, count + 2))
    found, shifts = np.zeros((points, count)), np.zeros(points)
    left = np.arange(points)
    d = 1.0
    for _ in range(60):
        for first in (np.zeros(count), small):
            s = np.tile(first, (len(left), 1))
            here = np.full(len(left), d)
            with np.errstate(all="ignore"):
                for _ in range(8):
                    s = f(s, here, left)[0]
                usable = np.isfinite(s).all(axis=1)
                root, slope, good, _ = correct(f, np.where(usable[:, None], s, 1.0), here, left, ON_THE_WAY)
                good &= usable & (radii(slope) < 0.25)
                good &= (np.abs(root - s) <= 0.2 * np.abs(s)).all(axis=1)
            found[left[good]], shifts[left[good]] = root[good], d
            left = left[~good]
            if not len(left):
                return found, shifts
        d *= 10.0
    raise EngineError("the fixed point has no shift at which it contracts: look at the scales of the matrices")


@dataclass
class _Walk:
    """The state of each point on its way to d = 0, and of those that arrived the radius."""

    s: np.ndarray
    d: np.ndarray
    first: np.ndarray = field(init=False)
    factor: np.ndarray = field(init=False)
    before: np.ndarray = field(init=False)
    earlier: np.ndarray = field(init=False)
    peak: np.ndarray = field(init=False)
    radius: np.ndarray = field(init=False)
    rest: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.first, self.factor = self.d.copy(), np.full(len(self.d), FIRST_FACTOR)
        # Where there is no earlier point yet, its shift is infinite.
        self.before, self.earlier = self.s.copy(), np.full(len(self.d), np.inf)
        # A gain may change its sign on the way; it is compared with the largest size that it had.
        self.peak, self.radius = np.abs(self.s), np.full(len(self.d), np.nan)
        self.rest = np.zeros_like(self.s)


def follow(f: Map, count: int, points: int = 1, near: np.ndarray | None = None) -> Branch:
    """The physical branch of each point at d = 0.

    ``near`` is the branch at parameters close by, shape (points, gains). It is a start for the last correction where
    that stays within 5 %. Raises :class:`EngineError` where a branch has no limit; warns with :class:`BranchWarning`
    near radius 1.
    """
    if count == 0:
        return Branch(np.zeros((points, 0)), np.zeros(points), np.zeros((points, 0)))
    everyone = np.arange(points)
    gains, radius, left = np.zeros((points, count)), np.full(points, np.nan), np.zeros((points, count))
    if near is not None:
        root, slope, good, rest = correct(f, near, np.zeros(points), everyone)
        good &= (np.abs(root - near) <= 0.05 * np.abs(near)).all(axis=1)
        at = radii(slope)
        good &= at < 1
        gains[good], radius[good], left[good] = root[good], at[good], rest[good]
    far = everyone[np.isnan(radius)]
    if len(far):
        walk = _walked(lambda s, d, which: f(s, d, far[which]), count, len(far))
        gains[far], radius[far], left[far] = walk.s, walk.radius, walk.rest
    if radius.max() > NEAR_ONE:
        warnings.warn(
            f"the fixed point is nearly singular (spectral radius {radius.max():.4f}): at finite sizes the mean "
            "deviates from it; move the sizes apart or raise the ridge",
            BranchWarning,
            stacklevel=4,
        )
    return Branch(gains, radius, left)


def _walked(f: Map, count: int, points: int) -> _Walk:
    """All points followed to d = 0. Raises :class:`EngineError` for the first that does not arrive."""
    walk = _Walk(*_start(f, count, points))
    on = np.arange(points)
    for _ in range(MOST_SHIFTS):
        on = on[(walk.d[on] > 1e-40 * walk.first[on]) & (walk.factor[on] <= 0.995) & np.isnan(walk.radius[on])]
        if not len(on):
            break
        _one_step(f, walk, on)
    left = np.flatnonzero(np.isnan(walk.radius))
    if len(left):
        d, first = float(walk.d[left[0]]), float(walk.first[left[0]])
        if d > 1e-6 * first:
            raise EngineError(f"the physical root could not be followed beyond the shift {d:.1e}: report it")
        raise EngineError(
            f"the fixed point has no limit as the shift falls to zero (stopped at {d:.1e}): the matrix that is "
            "inverted is singular at these sizes; add a ridge, or invert the side that has full rank"
        )
    return walk


def _one_step(f: Map, walk: _Walk, on: np.ndarray) -> None:
    """A smaller shift for each of these points, where its correction stays close to the prediction."""
    s, smaller = walk.s[on], walk.d[on] * walk.factor[on]
    guess = _predicted(s, walk.d[on], walk.before[on], walk.earlier[on], smaller)
    root, slope, good, _ = correct(f, guess, smaller, on, ON_THE_WAY)
    good &= (radii(slope) < 1) & _close(root, guess, walk.peak[on], 0.5)
    walk.factor[on[~good]] **= 0.5
    on, s, root, smaller = on[good], s[good], root[good], smaller[good]
    walk.peak[on] = np.maximum(walk.peak[on], np.abs(root))
    moved = (np.abs(root - s) / np.maximum(walk.peak[on], TINY)).max(axis=1)
    walk.before[on], walk.earlier[on], walk.s[on], walk.d[on] = s, walk.d[on], root, smaller
    walk.factor[on] = np.maximum(0.01, walk.factor[on] ** 1.5)
    near = on[moved < 1e-3]
    if len(near):
        last, slope, good, rest = correct(f, walk.s[near], np.zeros(len(near)), near)
        at = radii(slope)
        good &= (at < 1) & _close(last, walk.s[near], walk.peak[near], 0.05)
        walk.s[near[good]], walk.radius[near[good]], walk.rest[near[good]] = last[good], at[good], rest[good]


def _predicted(
    s: np.ndarray, d: np.ndarray, before: np.ndarray, earlier: np.ndarray, smaller: np.ndarray
) -> np.ndarray:
    """The secant through two shifts, in logarithms where a gain keeps its sign; s where there is no earlier shift."""
    with np.errstate(all="ignore"):
        ratio = np.where(np.isfinite(earlier), np.log(smaller / d) / np.log(d / earlier), 0.0)[:, None]
        powers = s * np.exp(np.clip(np.log(s / before) * ratio, -20, 20))
    return np.asarray(np.where(s * before > 0, powers, s + (s - before) * ratio))


def _close(one: np.ndarray, other: np.ndarray, peak: np.ndarray, share: float) -> np.ndarray:
    """Whether all gains of a point differ by no more than a share of the largest size they had."""
    scale = np.maximum(np.maximum(np.abs(one), np.abs(other)), peak)
    return np.asarray((np.abs(one - other) <= share * scale).all(axis=1))
