r"""One Newton step for the effective ridge, the same for floats, arrays and balls.

The residual r(t) = (B - A) + (K - n) + n R/t of :mod:`w2s_sym.spectra.ridge_in_floats` is a difference of two positive
numbers, the balance of both signs,

    up = B + n R/t + max(K - n, 0),    down = A + max(n - K, 0),

and r(t) = 0 where log(up/down) = 0. Newton's method is applied to this logarithm as a function of s = log t: it falls
at the rate (b + n R/t)/up + a/down, where b and a are the sums of m_i (1 - m_i) below and above t. For t beyond all
eigenvalues, below them and in a wide gap, up and down are powers of t: there one step arrives.

How a step is kept inside of a bracket, and what proves the root, depends on the arithmetic and stays with those who
take the step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from flint import arb

_T = TypeVar("_T", float, "np.ndarray", "arb")


class Arithmetic(NamedTuple, Generic[_T]):
    """What a step needs besides + - * /: the logarithm and max(x, 0)."""

    log: Callable[[_T], _T]
    positive_part: Callable[[_T], _T]


@dataclass(frozen=True)
class Balance(Generic[_T]):
    """Both signs of the residual at t, and how fast each changes in log t."""

    arithmetic: Arithmetic[_T]
    up: _T
    down: _T
    up_rate: _T
    down_rate: _T

    @classmethod
    def at(
        cls, arithmetic: Arithmetic[_T], *, below: tuple[_T, _T], above: tuple[_T, _T], gap: _T, pull: _T
    ) -> Balance[_T]:
        """``below`` = (B, b) and ``above`` = (A, a) are sums of m_i and of m_i (1 - m_i) on either side of t, ``gap`` =
        K - n and ``pull`` = n R/t."""
        positive = arithmetic.positive_part
        return cls(
            arithmetic,
            up=below[0] + pull + positive(gap),
            down=above[0] + positive(-gap),
            up_rate=below[1] + pull,
            down_rate=above[1],
        )

    @property
    def slope(self) -> _T:
        """-d log(up/down)/d log t."""
        slope: _T = self.up_rate / self.up + self.down_rate / self.down
        return slope

    def newton_step(self) -> _T:
        """The step in log t. What is zero or infinite is left to the caller."""
        step: _T = self.arithmetic.log(self.up / self.down) / self.slope
        return step


__all__ = ["Arithmetic", "Balance"]
