"""The order of decay of an error that is known exactly at doubling sizes, as an interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from w2s_sym.formula.ball_integrals import BallNumber
from w2s_sym.formula.balls import ball, sign_of_ball

# Rounding of the logarithms below, far under any width that a correction term causes.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class FittedOrder:
    """``error ~ size^-estimate``, the true order in [low, high] once the corrections decay with the size."""

    estimate: float
    low: float
    high: float

    def contains(self, order: float) -> bool:
        """Whether the interval of the fit contains an order."""
        return self.low <= order <= self.high

    def excludes(self, order: float) -> bool:
        """Whether the interval of the fit excludes an order."""
        return not self.contains(order)

    def __str__(self) -> str:
        return f"{self.estimate:.4f} in [{self.low:.4f}, {self.high:.4f}]"


def fitted_order(errors: Sequence[BallNumber]) -> FittedOrder:
    """The order from nonzero errors at sizes x, 2x, 4x, ... (four at least).

    Local slopes log2(e_j / e_{j+1}) tend to the order with a correction that shrinks with the size; one Richardson
    step removes a correction of order 1/size. The interval's half-width is twice what that step changed, which
    covers corrections from size^(-1/2) to size^-2.
    """
    if len(errors) < 4:
        raise ValueError(f"{len(errors)} errors: needs four or more to fit an order and its uncertainty")
    if any(not sign_of_ball(e) for e in errors):
        raise ValueError("an error is zero or not told from zero: it has no order; use other points or more digits")
    slopes = [
        float((abs(ball(coarse)).log() - abs(ball(fine)).log()).mid()) / math.log(2)
        for coarse, fine in pairwise(errors)
    ]
    refined = [2 * b - a for a, b in pairwise(slopes)]
    width = 2 * max(abs(refined[-1] - slopes[-1]), abs(refined[-1] - refined[-2])) + _ROUNDING
    return FittedOrder(refined[-1], refined[-1] - width, refined[-1] + width)
