r"""Infinitely many eigenvalues lam_i = i^-alpha with a signal lam_i b_i^2 = i^-beta, as finitely many nodes.

The first M are compressed as any spectrum is. For the rest, with c = M + 1/2 and F the summand (f(log lam_i), or
i^-beta times that, f as in :mod:`w2s_sym.spectra.compression`), the midpoint form of Euler-Maclaurin gives

    sum_(i>M) F(i) = int_c^oo F + (F(M + 1) - F(M))/24 + R.

- |R| <= int_c^oo |F''''|/384 + max_[M, M+1] |F'''|/576. On the disc |z - x| <= theta x with alpha asin(theta) = 1,
  |F(z)| <= B F(x), B = (1 - theta)^-(2 alpha + beta)/cos(1), since |d log F/d log i| <= 2 alpha + beta =: q. Cauchy's
  estimate bounds the derivatives, and int_c^oo F >= F(c) c 2^-q brings R below
  B c^-4 (1/(16 theta^4) + 2^q/(80 theta^3)) times the sum.
- The integral up to L is taken by Gauss-Legendre panels in log i, whose bound is that of interpolation with 2 K in
  place of K: 4 C rho^(1-2K)/(rho - 1), C = exp((2 alpha + max(1, beta - 1))(A + r))/cos(alpha y).
- Beyond L, u = lam/tau and zeta = 1 up to the factor 1 +- lam_L/tau, so one node at lam_L with the trace that is left
  does. As u >= 1/2 for at most 2 n eigenvalues, tau >= (2 n)^-alpha, and L = 2 n 10^(17/alpha) makes that 1e-17.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from w2s_sym.spectra import compression
from w2s_sym.spectra.compression import UNIT, CompressionError, Nodes

GAUSS = 20
LEAST_HEAD, MOST_HEAD = 1 << 16, 1 << 22
# numpy's pow is documented to be within 4 units in the last place; four times that is allowed for.
POWER = 16 * UNIT


def remainder(alpha: float, beta: float, head: int) -> float:
    """The bound on |R| over the sum, for a head of ``head`` eigenvalues (see the module)."""
    theta = math.sin(1 / max(alpha, 1.0))
    q = 2 * alpha + beta
    big = (1 - theta) ** -q / math.cos(1)
    return float(big * (1 / (16 * theta**4) + 2.0**q / (80 * theta**3)) * (head + 0.5) ** -4)


def panel_error(alpha: float, beta: float, parts: int) -> float:
    """The relative error of Gauss-Legendre panels from i to 2^(1/parts) i."""
    r = math.log(2) / (2 * parts)
    y = np.linspace(0.02, 1.56, 78) / alpha
    rho = y / r + np.sqrt((y / r) ** 2 + 1)
    log = (2 * alpha + max(1.0, beta - 1)) * (np.hypot(y, r) + r) - np.log(np.cos(alpha * y))
    return float(4 * np.exp((log + (1 - 2 * GAUSS) * np.log(rho) - np.log(rho - 1)).min()))


def power_law(alpha: Fraction, beta: Fraction, largest: float) -> Nodes:
    """Nodes for all i >= 1, good for sample sizes up to ``largest``; ``alpha`` > 1, ``beta`` > 1.

    Raises :class:`~w2s_sym.spectra.compression.CompressionError` for exponents whose sums diverge, or that are too
    large for floats.
    """
    a, b = float(alpha), float(beta)
    for name, value in (("alpha", a), ("beta", b)):
        if not value > 1:
            raise CompressionError(f"{name}={value:.6g} with p=inf: the sum diverges; needs {name} > 1, or a finite p")
    last = 2 * max(largest, 1.0) * 10 ** (17 / a)
    if max(a, b) * math.log10(max(last, 2 * LEAST_HEAD)) > 290:
        raise CompressionError(
            f"alpha={a:.6g}, beta={b:.6g}, n={largest:.6g}: eigenvalues leave the range of floats before they may be "
            "left out; use a finite p"
        )
    head = LEAST_HEAD
    while remainder(a, b, head) > 8 * UNIT and head < MOST_HEAD:
        head *= 2
    last = max(last, 2 * head)
    parts = 1
    while panel_error(a, b, parts) > 8 * UNIT and parts < 64:
        parts *= 2
    lost = remainder(a, b, head) + panel_error(a, b, parts)
    if lost > 1e-13:
        raise CompressionError(f"alpha={a:.6g}, beta={b:.6g}: the tail is not bounded to 1e-13; use a finite p")
    # Exponents that are no floats are rounded, which i^-alpha feels as a factor.
    inexact = max(float(e) * (Fraction(float(e)) != e) for e in (alpha, beta))
    lost += 2 * POWER + 8 * UNIT + 1e-17 + 2 * inexact * math.log(last) * UNIT

    i = np.arange(1, head + 1, dtype=float)
    front = compression.compress(i**-a, np.ones(head), i**-b)
    panels = max(1, math.ceil(parts * math.log2(last / head)))
    position, width = _panels(head + 0.5, panels, parts)
    end = (head + 0.5) * 2.0 ** (panels / parts)
    place = np.concatenate([[end], position, [head + 1.0, float(head)]])
    weight = np.concatenate([[end / (a - 1)], width, [1 / 24, -1 / 24]])
    energy = np.concatenate(
        [[end ** (1 - b) / (b - 1)], width * position**-b, [(head + 1.0) ** -b / 24, -(head**-b) / 24]]
    )
    order = np.argsort(-place, kind="stable")
    place, weight, energy = place[order], weight[order], energy[order]
    lam = np.concatenate([place**-a, front.lam])
    size = len(place)
    beyond = np.concatenate([np.full(size, float(head)), front.beyond])
    inside = np.concatenate([np.cumsum(weight[::-1])[::-1], front.inside])
    error = front.error + lost + (compression.pairwise(len(lam)) + 12) * UNIT

    def capped(t: float, cap: float) -> float:
        """sum_(i>M) i^-beta min(1, zeta_i^2/cap): both sides of the kink are smooth sums."""
        root = math.sqrt(cap)
        least = t * ((1 - cap) / (1 + root)) / root
        kept = max(math.floor(least ** (-1 / a)), head)

        def summand(x: np.ndarray) -> np.ndarray:
            zeta = t / (x**-a + t)
            return np.asarray(x**-b * (zeta * zeta) / cap)

        whole = math.floor(parts * math.log2((kept + 0.5) / (head + 0.5)))
        position, width = _panels(head + 0.5, whole, parts)
        begin = (head + 0.5) * 2.0 ** (whole / parts)
        grid, gauss = _legendre()
        half = 0.5 * math.log((kept + 0.5) / begin)
        rest = begin * np.exp(half * (grid + 1))
        ends = summand(np.array([head, head + 1.0, kept, kept + 1.0]))
        inner = (summand(position) * width).sum() + (summand(rest) * rest * gauss * half).sum()
        inner -= ((ends[3] - ends[2]) - (ends[1] - ends[0])) / 24
        dropped = (kept + 0.5) ** (1 - b) / (b - 1) + ((kept + 1.0) ** -b - float(kept) ** -b) / 24
        return float(inner + dropped)

    return Nodes(
        lam,
        np.concatenate([weight, front.weight]),
        np.concatenate([energy, front.energy]),
        error,
        math.inf,
        np.concatenate([[0], front.first + size]),
        np.concatenate([[0], front.start]),
        front.points,
        beyond,
        inside,
        capped,
    )


def _legendre() -> tuple[np.ndarray, np.ndarray]:
    grid, weights = np.polynomial.legendre.leggauss(GAUSS)
    return grid, weights


def _panels(begin: float, count: int, parts: int) -> tuple[np.ndarray, np.ndarray]:
    """Points x and weights for the integral dx over ``count`` panels from ``begin`` on; widths in log x are exact."""
    grid, weights = _legendre()
    half = math.log(2) / (2 * parts)
    starts = begin * 2.0 ** (np.arange(count) / parts)
    x = (starts[:, None] * np.exp(half * (grid + 1))).ravel()
    return x, x * np.tile(weights * half, count)


__all__ = ["panel_error", "power_law", "remainder"]
