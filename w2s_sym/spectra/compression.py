"""A spectrum as a few hundred quadrature nodes, and a proven bound on what that costs.

Sums over a spectrum that the ridgeless and ridge equivalents need are sums of f(log lam_i) with f one of
u, zeta, u^2, zeta^2, u zeta (u = lam/(lam + tau), zeta = 1 - u) and, for the optimal surrogate, 1/(1 + (lam/tau)^2/k).
All are analytic in log lam, with poles at log tau +- i pi, the last one at log(tau sqrt k) +- i pi/2.

Eigenvalues are put into bins of log lam. A bin with many of them is replaced by K Chebyshev nodes x_k with weights
w_k = sum_i L_k(log lam_i), L_k the Lagrange polynomials: the nodes then integrate the interpolant of f exactly.

The bound. Let a bin have half-width r and take the Bernstein ellipse of parameter rho around it, with semi-axes
A = r (rho + 1/rho)/2 and y = r (rho - 1/rho)/2 < pi/2. With z = m e^(i theta), |1 + z| >= (1 + m) cos(theta/2), so
every f above is at most f(Re x)/cos(y) in modulus on it; and |d log f/dx| <= 2 on the real line, so that is at most
C = exp(2 (A + r))/cos(y) times the least value of f in the bin. Chebyshev interpolation errs by at most
4 max|f| rho^(1-K)/(rho - 1). All terms are positive, hence **each sum errs by the factor**
1 +- 4 C rho^(1-K)/(rho - 1), the same for every tau and every k; the best rho is taken. Rounding is bounded
likewise, bin by bin (:func:`_rounding`). ``Nodes.error`` is the sum of the two.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from w2s_sym.spectra.rounding import UNIT, pairwise

# What a bin may lose to interpolation; rounding costs more than this.
TARGET = 4 * UNIT
MOST_NODES = 14
# A bin holds at most this many eigenvalues unless it is narrow: the bin that a mask cuts is summed one by one.
LEAF = 1 << 14
NARROW = 1e-4
CHECKED_AT_ONCE = 1 << 14


class CompressionError(ValueError):
    """A spectrum that cannot be compressed, or nodes that fail their check. Says the condition, numbers, next move."""


@dataclass(frozen=True)
class Nodes:
    """A spectrum with a signal on it, as nodes in ascending order of eigenvalues.

    ``lam``, ``weight``, ``energy``: shapes (nodes,); sums over the spectrum are sum weight f(lam), those over the
    signal sum energy f(lam). ``error`` bounds the relative error of every such sum with the functions of this
    module's docstring, rounding included. Bin j owns nodes[first[j]:first[j+1]] and eigenvalues
    points[start[j]:start[j+1]], where ``points`` are the (lam, energy) that were compressed.
    ``rank`` is the number of eigenvalues, infinite where they are. ``beyond[k] + inside[k]`` counts eigenvalues from
    node k up, shapes (nodes + 1,): ``beyond`` is exact, ``inside`` a sum of weights, only where k is inside of a bin.
    ``capped_tail`` does the work of :meth:`capped` on eigenvalues that are not listed (an infinite power law); bin 0
    then owns none.
    """

    lam: np.ndarray
    weight: np.ndarray
    energy: np.ndarray
    error: float
    rank: float
    first: np.ndarray
    start: np.ndarray
    points: tuple[np.ndarray, np.ndarray]
    beyond: np.ndarray
    inside: np.ndarray
    capped_tail: Callable[[float, float], float] | None = None

    @property
    def above(self) -> np.ndarray:
        """How many eigenvalues there are from each node up, rounded; shape (nodes + 1,)."""
        return np.asarray(self.beyond + self.inside)

    def sum(self, values: np.ndarray) -> np.ndarray:
        """sum_k weight_k values[..., k], shapes (..., nodes) to (...): pairwise, so that rounding is bounded."""
        return np.asarray((values * self.weight).sum(axis=-1))

    def sum_energy(self, values: np.ndarray) -> np.ndarray:
        """sum_k energy_k values[..., k], as :meth:`sum`."""
        return np.asarray((values * self.energy).sum(axis=-1))

    def capped(self, tau: np.ndarray, cap: np.ndarray) -> np.ndarray:
        """sum_i energy_i min(1, zeta_i^2/cap) for arrays tau and cap of one shape (any).

        Bins on one side of the kink are read from the nodes; the eigenvalues of the bin it cuts are summed one by
        one.
        """
        out = np.empty(tau.shape)
        lows = self.points[0][self.start[:-1]]
        for at in np.ndindex(tau.shape):
            t, c = float(tau[at]), float(cap[at])
            root = np.sqrt(c)
            # Kept iff zeta^2 < cap: lam above this.
            least = t * ((1 - c) / (1 + root)) / root
            cut = max(int(np.searchsorted(lows, least, side="right")) - 1, 0)
            if cut == 0 and self.capped_tail is not None:
                mine = self.capped_tail(t, c)
            else:
                inside = slice(self.start[cut], self.start[cut + 1])
                zeta = t / (self.points[0][inside] + t)
                mine = float((self.points[1][inside] * np.minimum(zeta * zeta / c, 1.0)).sum())
            kept = slice(self.first[cut + 1], None)
            zeta = t / (self.lam[kept] + t)
            below = float(self.energy[: self.first[cut]].sum())
            out[at] = below + mine + float((self.energy[kept] * (zeta * zeta)).sum()) / c
        return out


# -- bounds ---------------------------------------------------------------------------------------------------


def interpolation_error(r: float, count: int) -> float:
    """The relative error of ``count`` Chebyshev nodes on a bin of half-width ``r`` in log lam (see the module)."""
    if r == 0:
        return 0.0
    y = np.linspace(0.02, 1.56, 78)
    with np.errstate(over="ignore"):
        rho = y / r + np.sqrt((y / r) ** 2 + 1)
        log = 2 * (np.hypot(y, r) + r) - np.log(np.cos(y)) + (1 - count) * np.log(rho) - np.log(rho - 1)
    return float(4 * np.exp(log.min()))


@lru_cache(maxsize=1)
def _radii() -> np.ndarray:
    """At K the largest half-width that K nodes may serve at :data:`TARGET`; the bound grows with the half-width."""
    out = np.zeros(MOST_NODES + 1)
    for count in range(1, MOST_NODES + 1):
        low, high = 1e-18, 1.0
        for _ in range(60):
            middle = float(np.sqrt(low * high))
            low, high = (middle, high) if interpolation_error(middle, count) <= TARGET else (low, middle)
        out[count] = low
    return out


def _rounding(r: float, count: int, points: int, spread: float, absolute: float) -> float:
    """The relative rounding error of a bin's part of any sum, in units of 2^-53, node sums left out.

    ``spread`` is sum_k sum_j |c_jk m_j| over the mass, ``absolute`` sum_k |w_k| over the mass.
    With |f| <= e^(4 r) times its least value in the bin:
    - a moment m_j = sum_i w_i T_j errs by the recurrence, 3 j(j+1)/2 (its perturbations are multiplied by |U| <= j),
      and by its pairwise sum; it meets the Chebyshev coefficient of f, at most 2 C 8^-j on the ellipse rho = 8,
      and 2 sum_j j(j+1) 8^-j * 3/2 < 1.2, 1 + 2 sum_(j>=1) 8^-j < 1.3; aliasing adds less than 1 % to either;
    - weights are dot products of K terms;
    - coordinates and nodes are off by at most 3 and 6 units in log lam, which moves log f by twice that.
    """
    top = np.exp(4 * r)
    y = r * (8 - 1 / 8) / 2
    if y >= 1.5:
        raise CompressionError(f"a bin of half-width {r:.3g} in log lam: needs less than 0.38; use more bins")
    c = np.exp(2 * (r * (8 + 1 / 8) / 2 + r)) / np.cos(y)
    return float(1.01 * (c * (1.2 + 1.3 * (pairwise(points) + 2)) + top * (count + 3) * spread + 18 * top * absolute))


# -- making nodes ---------------------------------------------------------------------------------------------


def _checked(lam: np.ndarray, weight: np.ndarray, energy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ascending float arrays of positive eigenvalues; refuses what is not a spectrum with a signal on it."""
    arrays = [np.ascontiguousarray(a, dtype=float) for a in (lam, weight, energy)]
    shapes = [a.shape for a in arrays]
    if any(a.ndim != 1 for a in arrays) or len(set(shapes)) != 1 or not shapes[0][0]:
        raise CompressionError(
            f"eigenvalues, weights and energies have shapes {', '.join(map(str, shapes))}: "
            "needs three vectors of one length, not empty"
        )
    for name, array, strict in zip(("eigenvalues", "weights", "energies"), arrays, (True, True, False), strict=True):
        least, most = float(array.min()), float(array.max())
        # A NaN is neither.
        if not ((least > 0 if strict else least >= 0) and most < np.inf):
            bad = ~((array > 0) if strict else (array >= 0)) | ~np.isfinite(array)
            at = int(np.argmax(bad))
            need = "positive" if strict else "nonnegative"
            raise CompressionError(f"{name}: entry {at} is {array[at]:.6g}: needs finite {need} numbers")
    steps = arrays[0][1:] >= arrays[0][:-1]
    if not steps.all():
        if not steps.any():
            arrays = [np.ascontiguousarray(a[::-1]) for a in arrays]
        else:
            order = np.argsort(arrays[0], kind="stable")
            arrays = [a[order] for a in arrays]
    return arrays[0], arrays[1], arrays[2]


def uncompressed(lam: np.ndarray, weight: np.ndarray, energy: np.ndarray) -> Nodes:
    """The eigenvalues themselves as nodes: only rounding is lost. Parameters and errors as for :func:`compress`."""
    lam, weight, energy = _checked(lam, weight, energy)
    ends = np.array([0, len(lam)])
    error = (pairwise(len(lam)) + 12) * UNIT
    beyond = np.concatenate([np.cumsum(weight[::-1])[::-1], [0.0]])
    inside = np.zeros(len(beyond))
    return Nodes(
        lam=lam,
        weight=weight,
        energy=energy,
        error=error,
        rank=float(weight.sum()),
        first=ends,
        start=ends,
        points=(lam, energy),
        beyond=beyond,
        inside=inside,
    )


def compress(lam: np.ndarray, weight: np.ndarray, energy: np.ndarray) -> Nodes:
    """Nodes for eigenvalues ``lam`` > 0 with multiplicities ``weight`` and signal energies ``energy`` (lam b^2, total
    of each level), all of shape (levels,), in any order.

    Raises :class:`CompressionError` for arrays that are not that.
    """
    lam, weight, energy = _checked(lam, weight, energy)
    radii = _radii()
    logs = np.log(lam)
    widest = 2 * float(radii[MOST_NODES])
    unit = bool((weight == 1).all())
    out: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    first, start = [0], [0]
    worst, absolute = 0.0, 1.0
    for low, high in _bins(logs, widest):
        block = slice(low, high)
        # The ratio of the ends is rounded once; the half-width is widened by what the logarithms may be off.
        r = 0.5 * float(np.log(lam[high - 1] / lam[low])) * (1 + 1e-12) + 4 * UNIT
        count = int(np.searchsorted(radii, r))
        if high - low <= count:
            out.append((lam[block], weight[block], energy[block]))
        else:
            masses = None if unit else weight[block]
            nodes, error, size = _interpolated(lam[block], masses, energy[block], r, count)
            out.append(nodes)
            worst, absolute = max(worst, error), max(absolute, size)
        first.append(first[-1] + len(out[-1][0]))
        start.append(high)
    columns = [np.concatenate(c) for c in zip(*out, strict=True)]
    beyond, inside = _counted([w for _, w, _ in out], np.add.reduceat(weight, start[:-1]), np.array(start))
    return Nodes(
        lam=columns[0],
        weight=columns[1],
        energy=columns[2],
        error=worst + absolute * (pairwise(len(columns[0])) + 12) * UNIT,
        rank=float(weight.sum()),
        first=np.array(first),
        start=np.array(start),
        points=(lam, energy),
        beyond=beyond,
        inside=inside,
    )


def _counted(weights: list[np.ndarray], sums: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``beyond`` and ``inside`` of :class:`Nodes`, from the weights of each bin and the eigenvalues that it counts."""
    first = np.concatenate([[0], np.cumsum([len(w) for w in weights])])
    beyond, inside = np.zeros((2, first[-1] + 1))
    total = 0.0
    for j in range(len(weights) - 1, -1, -1):
        mine = slice(first[j], first[j + 1])
        counted = np.cumsum(weights[j][::-1])[::-1]
        if first[j + 1] - first[j] == start[j + 1] - start[j]:
            # The eigenvalues themselves.
            beyond[mine] = total + counted
        else:
            beyond[mine], inside[mine] = total, counted
            beyond[first[j]], inside[first[j]] = total + float(sums[j]), 0.0
        total += float(sums[j])
    return beyond, inside


def check(nodes: Nodes, lam: np.ndarray, weight: np.ndarray, energy: np.ndarray, t: float) -> None:
    """Compare the nodes with the whole spectrum at one ``t`` > 0; :class:`CompressionError` when they disagree by more
    than their bounds.

    Sums of u, u zeta and zeta^2 energy are compared; blocks are summed pairwise, then as ``math.fsum`` does.
    """
    parts: tuple[list[float], list[float], list[float]] = ([], [], [])
    for begin in range(0, len(lam), CHECKED_AT_ONCE):
        some = slice(begin, begin + CHECKED_AT_ONCE)
        total = lam[some] + t
        u, zeta = lam[some] / total, t / total
        u *= weight[some]
        parts[0].append(float(u.sum()))
        u *= zeta
        parts[1].append(float(u.sum()))
        zeta *= zeta
        zeta *= energy[some]
        parts[2].append(float(zeta.sum()))
    u, zeta = nodes.lam / (nodes.lam + t), t / (nodes.lam + t)
    mine = (nodes.sum(u), nodes.sum(u * zeta), nodes.sum_energy(zeta * zeta))
    slack = nodes.error + (pairwise(CHECKED_AT_ONCE) + 12) * UNIT
    for name, part, value in zip(("u", "u zeta", "energy zeta^2"), parts, mine, strict=True):
        whole = math.fsum(part)
        if abs(float(value) - whole) > slack * whole:
            raise CompressionError(
                f"sum of {name} at t={t:.6g}: {float(value)!r} from nodes, {whole!r} from the spectrum, which differ "
                f"by more than the bound {slack:.2g}; report it, and use the spectrum itself"
            )


def _bins(logs: np.ndarray, widest: float) -> list[tuple[int, int]]:
    """Index ranges of ascending ``logs``: no wider than ``widest``, crowded ones halved."""
    out: list[tuple[int, int]] = []
    at = 0
    while at < len(logs):
        end = int(np.searchsorted(logs, logs[at] + widest * (1 - 1e-9)))
        end = max(end, at + 1)
        stack = [(at, end)]
        while stack:
            low, high = stack.pop()
            width = logs[high - 1] - logs[low]
            if high - low > LEAF and width > NARROW:
                middle = low + int(np.searchsorted(logs[low:high], logs[low] + width / 2, side="right"))
                stack += [(middle, high), (low, middle)]
            else:
                out.append((low, high))
        at = end
    return out


def _interpolated(
    lam: np.ndarray, weight: np.ndarray | None, energy: np.ndarray, r: float, count: int
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], float, float]:
    """Chebyshev nodes of one bin with both weights; their relative error; sum |w| over the mass.

    ``weight`` None means ones.
    """
    centre = float(lam[0]) * math.sqrt(float(lam[-1]) / float(lam[0]))
    t = lam / centre
    np.log(t, out=t)
    t /= r
    np.minimum(np.maximum(t, -1.0, out=t), 1.0, out=t)
    grid, basis = _basis(count)
    moments = np.empty((2, count))
    product = np.empty_like(t)

    def take(j: int, values: np.ndarray) -> None:
        moments[0, j] = values.sum() if weight is None else np.multiply(values, weight, out=product).sum()
        moments[1, j] = np.multiply(values, energy, out=product).sum()

    moments[:, 0] = len(t) if weight is None else weight.sum(), energy.sum()
    if count > 1:
        take(1, t)
        double, before, last, spare = 2 * t, np.ones_like(t), t, np.empty_like(t)
        for j in range(2, count):
            np.multiply(double, last, out=spare)
            spare -= before
            take(j, spare)
            # T_(j-2) is not needed any more; t itself is not written over while it is ``last`` or ``before``.
            before, last, spare = last, spare, before
    columns = moments @ basis.T
    totals = moments[:, 0].tolist()
    spread = ((np.abs(moments) @ np.abs(basis).T).sum(axis=1)).tolist()
    size = np.abs(columns).sum(axis=1).tolist()
    error, absolute = 0.0, 1.0
    for total, wide, part in zip(totals, spread, size, strict=True):
        if total > 0:
            top = part / total * math.exp(4 * r)
            error = max(error, UNIT * _rounding(r, count, len(t), wide / total, part / total))
            absolute = max(absolute, top)
    return (centre * np.exp(r * grid), columns[0], columns[1]), error + TARGET, absolute


@lru_cache(maxsize=MOST_NODES)
def _basis(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Chebyshev nodes x_k, ascending, and c[k, j] = (2 - [j = 0])/K T_j(x_k)."""
    angles = (np.arange(count)[::-1] + 0.5) * np.pi / count
    basis = np.cos(np.outer(angles, np.arange(count))) * (2 / count)
    basis[:, 0] = 1 / count
    return np.cos(angles), basis


__all__ = ["CompressionError", "Nodes", "check", "compress", "interpolation_error", "uncompressed"]
