"""Newton's steps to where the sides of a comparison are nearest, along valleys that bend.

Steps along coordinates stop in such valleys, as of a sum of squares of which each ties two symbols. The gap itself is
followed, not its part of the sway, which grows along a valley so that the part falls there without an end.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from w2s_sym.evidence.precision.search import NOISE, REACH, Search, Sighted

# Steps from so many of the best of each look, as long as coordinates are below this: an end is beyond.
SETTLED, NEWTON_STEPS, SETTLED_WITHIN = 8, 30, 9.0
# Lengths of the differences for slopes and for curvatures; the parts of a step that are tried.
SLOPE_STEP, CURVE_STEP = 1e-5, 1e-3
PARTS = 4.0 ** -np.arange(8)
# A gap that falls by less in a step is at its least.
STALLED = 0.95
# The longest step, in coordinates; the least curvature, as a part of the largest.
LONGEST_STEP, FLAT = 2.0, 1e-9
# The signs of the four corners of a mixed difference: two that count and two that are taken away.
_CORNERS = ((1, 1), (-1, -1), (1, -1), (-1, 1))


def settle(search: Search, *looks: Sighted) -> Sighted | None:
    """From the best points of each look, Newton's steps to the least gap: along valleys that bend, where steps
    along coordinates stop. Whole numbers stay; None with fewer than two others, and where no gap is left to fall.

    A curvature below zero counts as one above, so that no saddle stops a step; steps are shortened until the gap falls.
    """
    starts = np.concatenate([look.states[:, look.best(SETTLED)] for look in looks], axis=1)
    states = starts[:, np.abs(starts).max(axis=0, initial=0.0) < SETTLED_WITHIN]
    gaps = search.bare(states)
    axes = np.eye(len(states))[[not whole for whole in search.chart.integer]]
    active, least = np.flatnonzero((gaps > 0) & np.isfinite(gaps)), NOISE**2 * gaps
    if len(axes) < 2 or not len(active):
        return None
    for _ in range(NEWTON_STEPS):
        # Where a gap falls as coordinates grow it goes to an end of the domain.
        active = active[np.abs(states[:, active]).max(axis=0, initial=0.0) < SETTLED_WITHIN]
        if not len(active):
            break
        step = _newton(search, states[:, active], gaps[active], axes)
        tried = np.clip(states[:, active, None] + step[:, :, None] * PARTS, -REACH, REACH)
        table = search.bare(tried.reshape(len(states), -1)).reshape(len(active), -1)
        choice, pick = table.argmin(axis=1), np.arange(len(active))
        better = table[pick, choice] < gaps[active]
        moved, fallen = active[better], table[pick, choice][better]
        going = (fallen < STALLED * gaps[moved]) & (fallen > least[moved])
        states[:, moved], gaps[moved] = tried[:, pick, choice][:, better], fallen
        active = moved[going]
    return search.look(states)


def _newton(search: Search, states: np.ndarray, gaps: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Newton's step along the axes (rows) at each state (a column), shape of ``states``; zero where a difference
    has no value."""
    width, count, pairs = len(axes), states.shape[1], list(combinations(range(len(axes)), 2))
    shifts = [SLOPE_STEP * axes, -SLOPE_STEP * axes, CURVE_STEP * axes, -CURVE_STEP * axes]
    shifts += [CURVE_STEP * np.array([a * axes[i] + b * axes[j] for a, b in _CORNERS]) for i, j in pairs]
    moves = np.concatenate(shifts).T
    table = search.bare((states[:, :, None] + moves[:, None, :]).reshape(len(states), -1)).reshape(count, -1)
    up, down, above, below = (table[:, k * width : (k + 1) * width] for k in range(4))
    with np.errstate(all="ignore"):
        slope = (up - down) / (2 * SLOPE_STEP)
        curve = np.zeros((count, width, width))
        curve[:, range(width), range(width)] = (above + below - 2 * gaps[:, None]) / CURVE_STEP**2
        for k, (i, j) in enumerate(pairs):
            corners = table[:, 4 * width + 4 * k : 4 * width + 4 * (k + 1)]
            curve[:, i, j] = curve[:, j, i] = corners @ [1, 1, -1, -1] / (4 * CURVE_STEP**2)
        known = np.isfinite(slope).all(axis=1) & np.isfinite(curve).all(axis=(1, 2))
        slope, curve = np.where(known[:, None], slope, 0.0), np.where(known[:, None, None], curve, np.eye(width))
        values, vectors = np.linalg.eigh(curve)
        bent = np.maximum(np.abs(values), FLAT * np.abs(values).max(axis=1, keepdims=True) + 1e-300)
        step = -np.einsum("kij,kj,klj,kl->ki", vectors, 1 / bent, vectors, slope)
        longest = np.abs(step).max(axis=1, keepdims=True)
        return np.asarray((step * np.minimum(1.0, LONGEST_STEP / np.maximum(longest, 1e-300)) @ axes).T)


__all__ = ["settle"]
