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

from w2s_sym.spectra.compression import UNIT, Nodes

# Numbers in one pass: what fits a cache beside the nodes.
BLOCK = 1 << 16
# |log t| is kept below this.
RANGE = 690.0


class RootError(ArithmeticError):
    """A root that could not be enclosed in floats; says which, and the next move."""


@dataclass(frozen=True)
class Roots:
    """``t``: tau (ridge 0) or kappa, shape (count,); ``radius``: a bound on |log t - log root|."""

    t: np.ndarray
    radius: np.ndarray


def solve(nodes: Nodes, n: np.ndarray, ridge: float = 0.0) -> Roots:
    """The effective ridge for each of ``n``, shape (count,), all of 0 < n, and n < ``nodes.rank`` when ``ridge`` is 0.

    Conventions: sum lam/(lam + tau) = n; kappa - (kappa/n) sum lam/(lam + kappa) = ridge. Raises :class:`RootError`.
    """
    t, radius = np.empty(len(n)), np.empty(len(n))
    rows = max(1, BLOCK // len(nodes.lam))
    # Neighbours in n converge alike.
    order = np.argsort(n, kind="stable")
    for begin in range(0, len(n), rows):
        some = order[begin : begin + rows]
        t[some], radius[some] = _solve(nodes, n[some], ridge)
    return Roots(t, radius)


def _sums(nodes: Nodes, t: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """B, A and their parts of sum u zeta, each of shape (count,)."""
    lam, column = nodes.lam, t[:, None]
    m = np.minimum(lam, column)
    m /= lam + column
    cuts = np.searchsorted(lam, t)
    weighted = m * nodes.weight
    m *= weighted
    first, second = np.empty((2, len(t))), np.empty((2, len(t)))
    for row, cut in enumerate(cuts):
        first[0, row], first[1, row] = weighted[row, :cut].sum(), weighted[row, cut:].sum()
        second[0, row], second[1, row] = m[row, :cut].sum(), m[row, cut:].sum()
    slope = first - second
    return first[0], first[1], slope[0], slope[1]


def _solve(nodes: Nodes, n: np.ndarray, ridge: float) -> tuple[np.ndarray, np.ndarray]:
    lam = nodes.lam
    penalty = n * ridge
    # Ridgeless, equal eigenvalues lam have the root lam (rank - n)/n, which grows with each eigenvalue; a ridge adds
    # to it at most itself. Logarithms throughout: the ends may be beyond the range of floats.
    with np.errstate(divide="ignore"):
        if ridge:
            low = np.full(len(n), np.log(ridge))
            high = np.maximum(low, np.log(lam[-1]) + np.log(nodes.above[0] / n)) + np.log(2)
        else:
            share = np.log((nodes.above[0] - n) / n)
            low, high = np.log(lam[0]) + share, np.log(lam[-1]) + share
    low, high = low - 1e-9, high + 1e-9
    # A root beyond these is not enclosed, and refused at the end.
    low, high = np.clip(low, -RANGE, RANGE), np.clip(high, -RANGE, RANGE)
    guess = np.log(lam[np.clip(np.searchsorted(-nodes.above, -n), 0, len(lam) - 1)])
    if ridge:
        guess = np.maximum(guess, np.log(ridge))
    s = np.clip(guess, low, high)
    out = np.exp(s)
    radius = np.full(len(n), np.inf)
    live = np.arange(len(n))
    for _ in range(100):
        t = np.exp(s[live])
        B, A, slope_b, slope_a = _sums(nodes, t)
        pull = penalty[live] / t
        cuts = np.searchsorted(lam, t)
        gap = (nodes.beyond[cuts] - n[live]) + nodes.inside[cuts]
        r = (B - A) + gap + pull
        G = slope_a + slope_b + pull
        own = (1.34 * nodes.error + 96 * UNIT) * (A + B) + 4 * UNIT * (pull + np.abs(gap))
        if nodes.capped_tail is not None:
            own += nodes.error * (nodes.beyond[cuts] + nodes.inside[cuts])
        q = (np.abs(r) + own) / G * (1 + 2 * nodes.error)
        bound = np.where(q < 0.1, q / (1 - np.minimum(q, 0.1)), np.inf) + 2 * UNIT
        better = bound < radius[live]
        out[live[better]], radius[live[better]] = t[better], bound[better]
        done = np.abs(r) <= np.maximum(0.25 * own, 2 * UNIT * G * (1 + np.abs(s[live])))
        up, down = B + pull + np.maximum(gap, 0), A + np.maximum(-gap, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            move = np.log(up / down) / ((slope_b + pull) / up + slope_a / down)
        low[live] = np.where(r > 0, np.maximum(low[live], s[live]), low[live])
        high[live] = np.where(r < 0, np.minimum(high[live], s[live]), high[live])
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


__all__ = ["RootError", "Roots", "solve"]
