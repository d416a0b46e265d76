"""Features of which rounding leaves nothing: columns far below the largest, columns that vary in their last digit."""

from __future__ import annotations

import numpy as np

from w2s_sym.forecast.coordinates import EIGENVALUE_ROUNDING, Axes, Coordinates
from w2s_sym.forecast.diagnosis import Note
from w2s_sym.forecast.ridge_fits import BULK, SQUARES_ROUNDING

# A column is spoiled where rounding is more than this part of its variance.
SPOILED = 0.1
# A direction with all but this part of the variance is the only one.
ONLY = 1e-11


def rounding_doubts(held: Coordinates) -> list[str]:
    """A doubt for each side on which rounding hides or spoils more than a tenth of the columns that vary."""
    sides = (("weak", held.weak), ("strong", held.strong))
    return [doubt for name, axes in sides for doubt in (*_hidden(name, axes), *_spoiled(name, axes))]


def direction_notes(held: Coordinates) -> list[Note]:
    """A note for each side on which several columns have one direction, all of them, up to rounding."""
    sides = (("weak", held.weak), ("strong", held.strong))
    return [note for name, axes in sides for note in _one_direction(name, axes)]


def _varying(axes: Axes) -> np.ndarray:
    """Which columns vary by more than the last digits of their means in double precision."""
    return np.asarray(np.sqrt(np.maximum(axes.variances, 0.0)) > 1e-14 * np.abs(axes.mean))


def _least(axes: Axes) -> float:
    """The part of the largest eigenvalue below which a direction is left out as a rounding error."""
    return max(SQUARES_ROUNDING, EIGENVALUE_ROUNDING * axes.columns)


def _hidden(name: str, axes: Axes) -> list[str]:
    """Columns with variances below the rounding errors of the largest direction."""
    varying, least = axes.variances[_varying(axes)], _least(axes)
    hidden = int((varying < least * axes.lam[0]).sum())
    if hidden <= BULK * len(varying):
        return []
    largest, middle = np.sqrt(axes.variances.max()), np.sqrt(np.median(varying))
    return [
        f"{hidden} of the {len(varying)} {name} columns that vary have less than {least:.0e} of the largest variance, "
        f"which rounding hides (standard deviations: the largest {largest:.2g}, the median {middle:.2g}): the plan "
        "does not see them; divide each column by its standard deviation and plan again"
    ]


def _spoiled(name: str, axes: Axes) -> list[str]:
    """Columns that are so far from 0 that the file's numbers have no digits left for how they vary.

    A number x is rounded by up to ``digit`` |x| either way, which is a third of its square as a variance.
    """
    varying = _varying(axes)
    rounded = (axes.digit * np.abs(axes.mean)) ** 2 / 3
    spoiled = varying & (rounded > SPOILED * axes.variances)
    if spoiled.sum() <= BULK * varying.sum():
        return []
    worst = int(np.argmax(np.where(spoiled, rounded / np.where(spoiled, axes.variances, 1.0), 0.0)))
    return [
        f"{int(spoiled.sum())} of the {int(varying.sum())} {name} columns that vary do so in the last digit of the "
        f"file's numbers (column {worst}: mean {axes.mean[worst]:.3g}, standard deviation "
        f"{np.sqrt(axes.variances[worst]):.2g}): subtract each column's mean before the file is written"
    ]


def _one_direction(name: str, axes: Axes) -> list[Note]:
    varying, total = int(_varying(axes).sum()), float(axes.variances.sum())
    if varying < 3 or total - axes.lam[0] > ONLY * total or axes.variances.max() > (1 - BULK) * total:
        return []
    text = (
        f"all {varying} {name} columns that vary have one direction: what else they have is below {ONLY:.0e} of the "
        "variance, which rounding hides; if that matters, subtract each row's mean and plan again"
    )
    return [Note("one direction", text)]
