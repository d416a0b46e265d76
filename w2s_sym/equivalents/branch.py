"""The physical branch of a fixed point, by a homotopy in a shift.

Everything that a group inverts is shifted by d. At large d the map contracts, and its only fixed point is the physical
one. Then d falls to zero: each step predicts the gains, corrects them by Newton steps in their logarithms, and is
accepted only near the prediction and where the map's linear part has spectral radius below 1.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from w2s_sym.equivalents.scalars import EngineError

# f(s, d) with its derivative in s.
Map = Callable[[np.ndarray, float], tuple[np.ndarray, np.ndarray]]
NEAR_ONE = 0.98
# Below this a gain counts as zero.
TINY = 1e-290


class BranchWarning(UserWarning):
    """The linear part of a fixed point has spectral radius near 1: finite sizes deviate, digits are lost."""


@dataclass(frozen=True)
class Branch:
    """The gains on the physical branch, and the spectral radius of the map's linear part there."""

    gains: np.ndarray
    radius: float
    steps: int


def radius(slope: np.ndarray) -> float:
    """The spectral radius."""
    return float(np.max(np.abs(np.linalg.eigvals(slope)))) if slope.size else 0.0


def correct(f: Map, s: np.ndarray, d: float, most: int = 60) -> tuple[np.ndarray, np.ndarray] | None:
    """Newton steps to s = f(s, d), in logarithms where the signs agree: the root and the slope there, or None."""
    best, waited = np.inf, 0
    for _ in range(most):
        with np.errstate(all="ignore"):
            value, slope = f(s, d)
        if not (np.isfinite(value).all() and np.isfinite(slope).all()):
            return None
        off = float(np.max(np.abs(value - s) / np.maximum(np.maximum(np.abs(s), np.abs(value)), TINY)))
        if off < 4e-16 * len(s) or (off < 1e-11 and off >= best):
            return s, slope
        waited = 0 if off < best / 2 else waited + 1
        if waited > 12:
            return (s, slope) if best < 1e-9 else None
        best = min(best, off)
        try:
            if (value * s > 0).all():
                matrix = np.eye(len(s)) - slope * s[None, :] / value[:, None]
                step = np.linalg.solve(matrix, np.log(value / s))
                s = s * np.exp(np.clip(step, -3, 3))
            else:
                s = s + np.linalg.solve(np.eye(len(s)) - slope, value - s)
        except np.linalg.LinAlgError:
            return None
    return None


def _start(f: Map, count: int) -> tuple[np.ndarray, float]:
    """The fixed point at a shift so large that the map contracts.

    The map is iterated from zero, or from small numbers where the formulas have no value at zero.
    """
    small = 1e-3 / np.sqrt(np.arange(2.0, count + 2))
    d = 1.0
    for _ in range(60):
        for first in (np.zeros(count), small):
            s = first
            for _ in range(8):
                s = f(s, d)[0]
            found = correct(f, s, d) if np.isfinite(s).all() else None
            if found is not None and radius(found[1]) < 0.25 and np.allclose(found[0], s, rtol=0.2, atol=0):
                return found[0], d
        d *= 10.0
    raise EngineError("the fixed point has no shift at which it contracts: look at the scales of the matrices")


def follow(f: Map, count: int, near: np.ndarray | None = None) -> Branch:
    """The physical branch at d = 0.

    ``near`` is the branch at parameters close by. It is a start for the last correction where that stays within 5 %.
    Raises :class:`EngineError` where the branch has no limit; warns with :class:`BranchWarning` near radius 1.
    """
    if count == 0:
        return Branch(np.zeros(0), 0.0, 0)
    if near is not None:
        found = correct(f, near, 0.0, most=20)
        if found is not None and np.allclose(found[0], near, rtol=0.05, atol=0) and radius(found[1]) < 1:
            return Branch(found[0], _looked_at(radius(found[1])), 0)
    s, d = _start(f, count)
    first, factor, steps = d, 0.01, 0
    before: tuple[np.ndarray, float] | None = None
    # A gain may change its sign on the way; it is compared with the largest size that it had.
    peak = np.abs(s)
    while d > 1e-40 * first:
        steps += 1
        if steps > 400:
            break
        smaller = d * factor
        guess = s
        if before is not None:
            guess = _predicted(s, d, *before, smaller)
        found = correct(f, guess, smaller)
        if found is None or radius(found[1]) >= 1 or not _close(found[0], guess, peak, 0.5):
            factor = factor**0.5
            if factor > 0.995:
                break
            continue
        peak = np.maximum(peak, np.abs(found[0]))
        moved = float(np.max(np.abs(found[0] - s) / np.maximum(peak, TINY)))
        before, s, d = (s, d), found[0], smaller
        factor = max(0.01, factor**1.5)
        if moved < 1e-3:
            last = correct(f, s, 0.0)
            if last is not None and _close(last[0], s, peak, 0.05) and radius(last[1]) < 1:
                return Branch(last[0], _looked_at(radius(last[1])), steps)
    if d > 1e-6 * first:
        raise EngineError(f"the physical root could not be followed beyond the shift {d:.1e}: report this expression")
    raise EngineError(
        f"the fixed point has no limit as the shift falls to zero (stopped at {d:.1e}): the matrix that is inverted is "
        "singular at these sizes; add a ridge, or invert the side that has full rank"
    )


def _predicted(s: np.ndarray, d: float, before: np.ndarray, earlier: float, smaller: float) -> np.ndarray:
    """The secant through two shifts, in logarithms where a gain keeps its sign."""
    log_d = np.log(d / earlier)
    with np.errstate(all="ignore"):
        slope = np.log(s / before) / log_d
        powers = s * np.exp(np.clip(slope * np.log(smaller / d), -20, 20))
    straight = s + (s - before) / log_d * np.log(smaller / d)
    return np.asarray(np.where(s * before > 0, powers, straight))


def _close(one: np.ndarray, other: np.ndarray, peak: np.ndarray, share: float) -> bool:
    scale = np.maximum(np.maximum(np.abs(one), np.abs(other)), peak)
    return bool((np.abs(one - other) <= share * scale).all())


def _looked_at(found: float) -> float:
    if found > NEAR_ONE:
        warnings.warn(
            f"the fixed point is nearly singular (spectral radius {found:.4f}): at finite sizes the mean deviates from "
            "it; move the sizes apart or raise the ridge",
            BranchWarning,
            stacklevel=4,
        )
    return found
