"""Joint eigenvalues as nodes: equal ones become one, and many close ones a few, with quadrature weights.

Lines need sums over the joint eigenvalues of products f mu, where mu is a product of letters that stand in traces only,
and f depends on those that stand inside of an inverse. As a function of log lam, such an f has its poles off the real
line. So log lam is cut into bins; in each f is replaced by its interpolant at Chebyshev nodes, which is summed exactly:

    sum_i mu_i f(lam_i)  ~  sum_j w_j f(x_j),     w_j = sum_i mu_i L_j(log lam_i),  L_j the Lagrange polynomials.

Where inverses hold several letters, the others must be functions of the first on a bin: polynomials in the logarithms,
to rounding. Bins where they are not, and bins with few eigenvalues, keep these one by one.

There is no bound here for what interpolation costs: the caller evaluates on two sets of nodes and compares, see
:mod:`w2s_sym.equivalents.solving`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from w2s_sym.equivalents.arithmetic import Array, Diagonal

# Chebyshev nodes of a bin, and how wide bins are in log lam, for the nodes and for those that check them.
DEGREE = 16
WIDTHS = (0.7, 0.5)
# Spectra with fewer different eigenvalues are kept as they are.
FEWEST_GROUPS = 300
# How well the logarithms of further letters must be polynomials in the first.
FIT = 1e-13

ANGLES = np.pi * (2 * np.arange(DEGREE) + 1) / (2 * DEGREE)
DEGREES = np.arange(DEGREE)
# The Lagrange polynomials of Chebyshev nodes, in columns, as sums of Chebyshev polynomials.
LAGRANGE = np.cos(np.outer(DEGREES, ANGLES)) * np.where(DEGREES == 0, 1, 2)[:, None] / DEGREE

WeightLetters = tuple[int, ...]


@dataclass(frozen=True)
class _Bin:
    """Groups ``at`` of equal eigenvalues, and the values of the Chebyshev polynomials on each, (groups, nodes)."""

    at: slice
    chebyshev: Array


@dataclass(frozen=True)
class JointNodes:
    """``points``: for each eigenvalue its group; ``single``: groups that are nodes of their own; then the bins."""

    points: Array
    groups: int
    single: Array
    bins: tuple[_Bin, ...]

    @property
    def count(self) -> int:
        """How many nodes there are."""
        return len(self.single) + DEGREE * len(self.bins)

    def weights(self, mu: Array) -> Array:
        """The weight of each node, for sums of mu f."""
        by_group = np.bincount(self.points, weights=mu, minlength=self.groups)
        return np.concatenate([by_group[self.single], *(by_group[b.at] @ b.chebyshev @ LAGRANGE for b in self.bins)])


@dataclass(frozen=True)
class Weighted:
    """A product of ``values`` at nodes, 1 where it is None, and of letters that enter weights only."""

    values: Array | None
    letters: WeightLetters


@dataclass
class Joint(Diagonal):
    """Vectors at nodes, shape (nodes,) or (points, nodes); letters that stand in traces only are weights."""

    nodes: JointNodes
    columns: Mapping[int, Array]
    _weights: dict[WeightLetters, Array] = field(default_factory=dict)

    def identity(self, size: int) -> Array:
        """The identity."""
        return np.ones(self.nodes.count)

    def times(self, a: Any, b: Any) -> Any:
        """The product."""
        if isinstance(a, Weighted) or isinstance(b, Weighted):
            one, other = _parts(a), _parts(b)
            values = one[0] if other[0] is None else other[0] if one[0] is None else np.multiply(one[0], other[0])
            return Weighted(values, tuple(sorted(one[1] + other[1])))
        return np.multiply(a, b)

    def trace(self, a: Any, b: Any) -> Any:
        """tr(a b), at each point."""
        values, letters = _parts(self.times(a, b))
        weights = self._weight(letters)
        return weights.sum() if values is None else values @ weights

    @property
    def weights_of_sums(self) -> Array:
        """The weight of each node, for sums of f alone."""
        return self._weight(())

    def _weight(self, letters: WeightLetters) -> Array:
        found = self._weights.get(letters)
        if found is None:
            mu = np.ones(len(self.nodes.points))
            for place in letters:
                mu = mu * self.columns[place]
            found = self._weights[letters] = self.nodes.weights(mu)
        return found


def _parts(a: Any) -> tuple[Array | None, WeightLetters]:
    return (a.values, a.letters) if isinstance(a, Weighted) else (a, ())


def joint_values(columns: Mapping[int, Array], inside: Sequence[int]) -> list[tuple[Joint, dict[int, Any]]]:
    """The arithmetic of joint eigenvalues, all of one length, and the value of each letter in it: for both widths.

    ``inside`` are the places of letters that stand inside of inverses.
    """
    size = len(next(iter(columns.values())))
    # Letters with the same eigenvalues are one; that with the most values comes first, for it is what bins are cut by.
    different: list[Array] = []
    same: dict[int, int] = {}
    for place in inside:
        known = (k for k, c in enumerate(different) if np.array_equal(c, columns[place]))
        same[place] = next(known, len(different))
        if same[place] == len(different):
            different.append(columns[place])
    order = list(range(len(different)))
    if len(different) > 1:
        order.sort(key=lambda k: -len(np.unique(different[k])))
    points, groups = _grouped([different[k] for k in order], size)
    made = []
    for width in WIDTHS:
        nodes, values = _cut(points, groups, width)
        found: dict[int, Any] = {k: Weighted(None, (k,)) for k in columns}
        found |= {place: values[order.index(k)] for place, k in same.items()}
        made.append((Joint(nodes, columns), found))
    return made


def _grouped(columns: Sequence[Array], size: int) -> tuple[Array, list[Array]]:
    """For each eigenvalue its group of equal ones, groups in ascending order of the first letter; their values."""
    if not columns:
        return np.zeros(size, dtype=int), []
    order = np.lexsort(columns[::-1])
    ordered = [c[order] for c in columns]
    new = np.concatenate([[True], np.any([c[1:] != c[:-1] for c in ordered], axis=0)])
    points = np.empty(size, dtype=int)
    points[order] = np.cumsum(new) - 1
    return points, [c[new] for c in ordered]


def _cut(points: Array, groups: list[Array], width: float) -> tuple[JointNodes, list[Array]]:
    count = len(groups[0]) if groups else 1
    if count <= FEWEST_GROUPS:
        return JointNodes(points, count, np.arange(count), ()), groups
    first = int(np.searchsorted(groups[0], 0.0, side="right"))
    logs = np.log(groups[0][first:])
    edges = np.flatnonzero(np.diff(np.floor(logs / width), prepend=np.nan, append=np.nan)) + first
    single, bins = [np.arange(first)], []
    values: list[list[Array]] = [[] for _ in groups]
    for low, high in pairwise(edges):
        at = slice(int(low), int(high))
        made = _interpolated([g[at] for g in groups]) if high - low >= 3 * DEGREE else None
        if made is None:
            single.append(np.arange(low, high))
            continue
        bins.append(_Bin(at, made[0]))
        for kept, nodes in zip(values, made[1], strict=True):
            kept.append(nodes)
    alone = np.concatenate(single)
    every = [np.concatenate([g[alone], *kept]) for g, kept in zip(groups, values, strict=True)]
    return JointNodes(points, count, alone, tuple(bins)), every


def _interpolated(values: list[Array]) -> tuple[Array, list[Array]] | None:
    """The Chebyshev polynomials at the eigenvalues of one bin, and all letters at its nodes.

    None where a letter is no smooth function of the first.
    """
    logs = np.log(values[0])
    middle, half = (logs[0] + logs[-1]) / 2, (logs[-1] - logs[0]) / 2
    if not half > 0:
        return None
    chebyshev = np.polynomial.chebyshev.chebvander(np.clip((logs - middle) / half, -1, 1), DEGREE - 1)
    nodes = [np.exp(middle + half * np.cos(ANGLES))]
    for other in values[1:]:
        if not other.any():
            nodes.append(np.zeros(DEGREE))
            continue
        if not (other > 0).all():
            return None
        wanted = np.log(other)
        series, *_ = np.linalg.lstsq(chebyshev, wanted, rcond=None)
        if np.abs(chebyshev @ series - wanted).max() > FIT * max(1.0, float(np.abs(wanted).max())):
            return None
        nodes.append(np.exp(np.cos(np.outer(ANGLES, DEGREES)) @ series))
    return chebyshev, nodes
