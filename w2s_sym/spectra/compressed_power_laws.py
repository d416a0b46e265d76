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
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from w2s_sym.spectra import compression
from w2s_sym.spectra.compression import CompressionError, Nodes
from w2s_sym.spectra.euler_maclaurin import MIDPOINT_DIVISOR
from w2s_sym.spectra.rounding import POWER_UNITS, UNIT, pairwise

# Points of a Gauss-Legendre panel.
GAUSS = 20
LEAST_HEAD, MOST_HEAD = 1 << 16, 1 << 22


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
    layout = _layout(alpha, beta, largest)
    i = np.arange(1, layout.head + 1, dtype=float)
    front = compression.compress(i**-layout.a, np.ones(layout.head), i**-layout.b)
    place, weight, energy = layout.tail()
    lam = np.concatenate([place**-layout.a, front.lam])
    size = len(place)
    return Nodes(
        lam=lam,
        weight=np.concatenate([weight, front.weight]),
        energy=np.concatenate([energy, front.energy]),
        error=front.error + layout.lost + (pairwise(len(lam)) + 12) * UNIT,
        rank=math.inf,
        first=np.concatenate([[0], front.first + size]),
        start=np.concatenate([[0], front.start]),
        points=front.points,
        beyond=np.concatenate([np.full(size, float(layout.head)), front.beyond]),
        inside=np.concatenate([np.cumsum(weight[::-1])[::-1], front.inside]),
        capped_tail=layout.capped,
    )


def _layout(alpha: Fraction, beta: Fraction, largest: float) -> _Layout:
    """How long the head is, how fine the panels are, and what that loses; :class:`CompressionError` if too much."""
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
    lost += 2 * POWER_UNITS * UNIT + 8 * UNIT + 1e-17 + 2 * inexact * math.log(last) * UNIT
    return _Layout(a, b, head=head, last=last, parts=parts, lost=lost)


@dataclass(frozen=True)
class _Layout:
    """Eigenvalues i^-a, energies i^-b: those up to ``head`` one by one, an integral up to ``last`` with ``parts``
    panels for a factor of two, one node beyond. ``lost`` is the relative error of all but the head."""

    a: float
    b: float
    head: int
    last: float
    parts: int
    lost: float

    @property
    def begin(self) -> float:
        """Where the integral starts: halfway between the head and the next."""
        return self.head + 0.5

    def tail(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Places x of the nodes beyond the head, descending, with weights and energies."""
        b, head = self.b, self.head
        panels = max(1, math.ceil(self.parts * math.log2(self.last / head)))
        position, width = _panels(self.begin, panels, self.parts)
        end = self.begin * 2.0 ** (panels / self.parts)
        # From large to small: all beyond the panels, the panels, and the step of the midpoint form.
        place = np.concatenate([[end], position, [head + 1.0, float(head)]])
        weight = np.concatenate([[end / (self.a - 1)], width, [1 / MIDPOINT_DIVISOR, -1 / MIDPOINT_DIVISOR]])
        step = [(head + 1.0) ** -b / MIDPOINT_DIVISOR, -(head**-b) / MIDPOINT_DIVISOR]
        energy = np.concatenate([[end ** (1 - b) / (b - 1)], width * position**-b, step])
        order = np.argsort(-place, kind="stable")
        return place[order], weight[order], energy[order]

    def capped(self, t: float, cap: float) -> float:
        """sum_(i>head) i^-b min(1, zeta_i^2/cap): both sides of the kink are smooth sums."""
        a, b, head = self.a, self.b, self.head
        root = math.sqrt(cap)
        least = t * ((1 - cap) / (1 + root)) / root
        kept = max(math.floor(least ** (-1 / a)), head)

        def summand(x: np.ndarray) -> np.ndarray:
            zeta = t / (x**-a + t)
            return np.asarray(x**-b * (zeta * zeta) / cap)

        whole = math.floor(self.parts * math.log2((kept + 0.5) / self.begin))
        position, width = _panels(self.begin, whole, self.parts)
        begin = self.begin * 2.0 ** (whole / self.parts)
        grid, gauss = _legendre()
        half = 0.5 * math.log((kept + 0.5) / begin)
        rest = begin * np.exp(half * (grid + 1))
        ends = summand(np.array([head, head + 1.0, kept, kept + 1.0]))
        inner = (summand(position) * width).sum() + (summand(rest) * rest * gauss * half).sum()
        inner -= ((ends[3] - ends[2]) - (ends[1] - ends[0])) / MIDPOINT_DIVISOR
        dropped = (kept + 0.5) ** (1 - b) / (b - 1) + ((kept + 1.0) ** -b - float(kept) ** -b) / MIDPOINT_DIVISOR
        return float(inner + dropped)


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
