r"""Effective ridges for many sample sizes at once, on a compressed spectrum, with a proven radius.

With m_k = u_k for nodes below t and zeta_k for the others, A and B the sums of m_k above and below and K the number of
eigenvalues above t, the equation is r(t) = B - A + (K - n) + n R/t = 0, and -dr/dlog t = G = sum u zeta + n R/t.

Radius. Every sum over a bin errs by at most e = ``nodes.error``, relatively, so r errs by at most e (A + B); times
1.34 > exp(2 * 0.144) for the one bin that t cuts, where all u and all zeta enter. K - n is exact but for a sum of at
most 14 weights in that bin: these are at most 2.7 times the mass together (the Lebesgue constant), and every m there is
at least 0.42, so its rounding is below 14 * 2.7/0.42 = 90 units of A + B. G changes by at most a factor e^x when log t
moves by x, so with q = (|r| + error)/G the root lies at x with 1 - e^-x <= q. As A + B <= 2 sum u zeta, this is about
3 e even for n = rank - 1, where 1 - Omega is tiny.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2s_sym.spectra.balance import Arithmetic, Balance
from w2s_sym.spectra.compression import Nodes
from w2s_sym.spectra.rounding import UNIT

# Numbers in one pass: what fits a cache beside the nodes.
NUMBERS_AT_ONCE = 1 << 16
# |log t| is kept below this.
LOG_RANGE = 690.0

_ARRAYS: Arithmetic[np.ndarray] = Arithmetic(log=np.log, positive_part=lambda x: np.maximum(x, 0))


class RootError(ArithmeticError):
    """A root that could not be enclosed in floats; says which, and the next move."""


@dataclass(frozen=True)
class Roots:
    """``t``: tau (ridge 0) or kappa, shape (count,); ``radius``: a bound on |log t - log root|."""

    t: np.ndarray
    radius: np.ndarray


def solve_many(nodes: Nodes, n: np.ndarray, ridge: float = 0.0) -> Roots:
    """The effective ridge for each of ``n``, shape (count,), all of 0 < n, and n < ``nodes.rank`` when ``ridge`` is 0.

    Conventions: sum lam/(lam + tau) = n; kappa - (kappa/n) sum lam/(lam + kappa) = ridge. Raises :class:`RootError`.
    """
    t, radius = np.empty(len(n)), np.empty(len(n))
    # Neighbours in n converge alike.
    order = np.argsort(n, kind="stable")
    for rows in in_blocks(nodes, len(n)):
        some = order[rows]
        t[some], radius[some] = _solve(nodes, n[some], ridge)
    return Roots(t, radius)


def in_blocks(nodes: Nodes, count: int) -> list[slice]:
    """0..count in slices, each short enough that a row of numbers per node stays in the cache."""
    rows = max(1, NUMBERS_AT_ONCE // len(nodes.lam))
    return [slice(k, k + rows) for k in range(0, count, rows)]


def _sums(nodes: Nodes, t: np.ndarray, cuts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """B, A and their parts of sum u zeta, each of shape (count,); ``cuts`` are the first nodes >= t."""
    lam, column = nodes.lam, t[:, None]
    m = np.minimum(lam, column)
    m /= lam + column
    weighted = m * nodes.weight
    m *= weighted
    first, second = np.empty((2, len(t))), np.empty((2, len(t)))
    for row, cut in enumerate(cuts):
        first[0, row], first[1, row] = weighted[row, :cut].sum(), weighted[row, cut:].sum()
        second[0, row], second[1, row] = m[row, :cut].sum(), m[row, cut:].sum()
    slope = first - second
    return first[0], first[1], slope[0], slope[1]


def _bracket(nodes: Nodes, n: np.ndarray, ridge: float) -> tuple[np.ndarray, np.ndarray]:
    """Logarithms with those of the roots between, clipped to the range of floats.

    Ridgeless, equal eigenvalues lam have the root lam (rank - n)/n, which grows with each eigenvalue; a ridge adds to
    it at most itself. Logarithms throughout: the ends may be beyond the range of floats.
    """
    lam = nodes.lam
    with np.errstate(divide="ignore"):
        if ridge:
            low = np.full(len(n), np.log(ridge))
            high = np.maximum(low, np.log(lam[-1]) + np.log(nodes.above[0] / n)) + np.log(2)
        else:
            share = np.log((nodes.above[0] - n) / n)
            low, high = np.log(lam[0]) + share, np.log(lam[-1]) + share
    # A root beyond the clipped ends is not enclosed, and refused at the end.
    return np.clip(low - 1e-9, -LOG_RANGE, LOG_RANGE), np.clip(high + 1e-9, -LOG_RANGE, LOG_RANGE)


def _start(nodes: Nodes, n: np.ndarray, ridge: float) -> np.ndarray:
    """Logarithms to start from: the n-th eigenvalue, or the ridge above it."""
    guess = np.log(nodes.lam[np.clip(np.searchsorted(-nodes.above, -n), 0, len(nodes.lam) - 1)])
    return np.asarray(np.maximum(guess, np.log(ridge)) if ridge else guess)


@dataclass(frozen=True)
class _Evaluation:
    """At each t, shape (count,): the residual r, a bound ``own`` on its error, ``steep`` = -dr/dlog t, the balance."""

    r: np.ndarray
    own: np.ndarray
    steep: np.ndarray
    balance: Balance[np.ndarray]

    @classmethod
    def of(cls, nodes: Nodes, n: np.ndarray, penalty: np.ndarray, t: np.ndarray) -> _Evaluation:
        cuts = np.searchsorted(nodes.lam, t)
        B, A, slope_b, slope_a = _sums(nodes, t, cuts)
        pull = penalty / t
        gap = (nodes.beyond[cuts] - n) + nodes.inside[cuts]
        own = (1.34 * nodes.error + 96 * UNIT) * (A + B) + 4 * UNIT * (pull + np.abs(gap))
        if nodes.capped_tail is not None:
            own += nodes.error * (nodes.beyond[cuts] + nodes.inside[cuts])
        return cls(
            r=(B - A) + gap + pull,
            own=own,
            steep=slope_a + slope_b + pull,
            balance=Balance.at(_ARRAYS, below=(B, slope_b), above=(A, slope_a), gap=gap, pull=pull),
        )

    def radius(self, error: float) -> np.ndarray:
        """A bound on |log t - log root|, infinite where there is none; ``error`` is that of the nodes."""
        q = (np.abs(self.r) + self.own) / self.steep * (1 + 2 * error)
        return np.asarray(np.where(q < 0.1, q / (1 - np.minimum(q, 0.1)), np.inf) + 2 * UNIT)


def _solve(nodes: Nodes, n: np.ndarray, ridge: float) -> tuple[np.ndarray, np.ndarray]:
    """The roots for some sizes, shape (count,), and their radii: Newton steps, bisection where they leave a bracket."""
    penalty = n * ridge
    low, high = _bracket(nodes, n, ridge)
    s = np.clip(_start(nodes, n, ridge), low, high)
    out, radius = np.exp(s), np.full(len(n), np.inf)
    live = np.arange(len(n))
    for _ in range(100):
        t = np.exp(s[live])
        at = _Evaluation.of(nodes, n[live], penalty[live], t)
        bound = at.radius(nodes.error)
        better = bound < radius[live]
        out[live[better]], radius[live[better]] = t[better], bound[better]
        done = np.abs(at.r) <= np.maximum(0.25 * at.own, 2 * UNIT * at.steep * (1 + np.abs(s[live])))
        with np.errstate(divide="ignore", invalid="ignore"):
            move = at.balance.newton_step()
        low[live] = np.where(at.r > 0, np.maximum(low[live], s[live]), low[live])
        high[live] = np.where(at.r < 0, np.minimum(high[live], s[live]), high[live])
        following = s[live] + move
        inside = (following >= low[live]) & (following <= high[live])
        following = np.where(inside, following, (low[live] + high[live]) / 2)
        done |= following == s[live]
        s[live] = following
        live = live[~done]
        if not len(live):
            break
    if not radius.max() < 0.01:
        worst = int(np.argmax(radius))
        raise RootError(
            f"n={n[worst]:.6g}: floats do not enclose the effective ridge, near e^{float(np.log(out[worst])):.0f}; "
            "scale the eigenvalues towards 1, or solve to more digits"
        )
    return out, radius


__all__ = ["RootError", "Roots", "in_blocks", "solve_many"]
