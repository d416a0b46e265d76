"""What IEEE 754 arithmetic may lose: the unit of rounding, numpy's powers and numpy's sums."""

from __future__ import annotations

import numpy as np

# Half the distance from 1 to the next float: the relative error of one rounding.
UNIT = 2.0**-53
# More than any number that a product may lose where it is below the range of floats, for each unit of its factors.
UNDERFLOW = 2.0**-1020
# numpy's pow is documented to be within 4 units in the last place; twice that is allowed for, in units of UNIT.
POWER_UNITS = 16


def pairwise(terms: int) -> int:
    """The longest chain of additions in numpy's pairwise sum of ``terms`` terms: blocks of 128 in 8 lanes, halved."""
    return 20 + max(0, int(np.ceil(np.log2(max(terms, 1) / 128))) + 1)


__all__ = ["POWER_UNITS", "UNDERFLOW", "UNIT", "pairwise"]
