"""Infinitely many joint eigenvalues, each a power of its place i: sums over all i as finitely many nodes.

A word at place i is a smooth function F(i) that is a power of i from some place on. With c = M + 1/2

    sum_(i > M) F(i) = int_c^oo F + (F(M + 1) - F(M))/24 + ...,

and what is left out is of the order M^-4. The integral is taken by Gauss-Legendre panels in log i up to a last place,
and from there on as that of the power that F is; a power of at least -1 diverges. Words are taken as they come: every
sum that has a limit has an eigenvalue in it, where a normal form with tr Q and p has none. There is no bound here: the
caller evaluates on two sets of nodes, and compares.

These sums lie outside of the theorem behind an equivalent, which asks for covariances that are bounded below in number:
what comes out are numbers of the equations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np

from w2s_sym.equivalents import polynomials as poly
from w2s_sym.equivalents.arithmetic import Array, Diagonal
from w2s_sym.equivalents.derived import Derived
from w2s_sym.equivalents.scalars import EngineError
from w2s_sym.spectra.signals import PowerLawSignal
from w2s_sym.spectra.spectrum import PowerLaw

# Eigenvalues that are summed one by one, and the last place, for the nodes and for those that check them.
HEADS, LAST_PLACES = (4096, 3000), (1e40, 1e36)
# Powers of ten that the square of the smallest eigenvalue may span; words below the least float are zero.
RANGE, LEAST = 240.0, 1e-280
# Points of a panel; the largest exponent for which a panel spans a factor of two.
PANEL_POINTS, STEEPEST_PANEL = 20, 8.0
# Exponents of a sum that are this close to -1 diverge.
BARELY = 1e-9
OUTSIDE = (
    "at infinitely many eigenvalues: numbers of the equations; the theorem needs eigenvalues that are bounded below, "
    "and is not claimed here"
)


@dataclass(frozen=True)
class WeightedPlaces:
    """WeightedPlaces i with weights; the last two have the weight zero, and say how a sum goes on."""

    at: Array
    weight: Array


@cache
def nodes_of_places(steepest: float, which: int) -> WeightedPlaces:
    """The nodes for eigenvalues that fall no faster than i^-steepest: the first set, or the one that checks it."""
    head, last = HEADS[which], min(LAST_PLACES[which], 10 ** (RANGE / steepest))
    if last < 10_000 * head:
        raise EngineError(
            f"eigenvalues fall like i^-{steepest:g}: needs an exponent of at most 30; give finitely many, p=..."
        )
    first = np.arange(1, head + 2, dtype=float)
    ones = np.ones(head + 1)
    ones[-2:] += -1 / 24, 1 / 24 - 1
    count = int(np.ceil(np.log2(last / (head + 0.5)) * max(1.0, steepest / STEEPEST_PANEL)))
    ends = np.linspace(np.log(head + 0.5), np.log(last), count + 1)
    x, w = np.polynomial.legendre.leggauss(PANEL_POINTS)
    half = (ends[1] - ends[0]) / 2
    inner = np.exp((ends[:-1, None] + half * (1 + x)).ravel())
    at = np.concatenate([first, inner, [last / 2, last]])
    return WeightedPlaces(at, np.concatenate([ones, np.tile(half * w, count) * inner, [0.0, 0.0]]))


@dataclass(frozen=True)
class PowersOfPlace:
    """i^-exponent at nodes, in the place of an array of eigenvalues, or of coefficients of a truth.

    ``squares``: a truth's coefficients are the roots.
    """

    exponent: float
    steepest: float
    squares: bool = False
    which: int = 0

    @property
    def nodes(self) -> WeightedPlaces:
        """The nodes."""
        return nodes_of_places(self.steepest, self.which)

    def values(self, truth: bool) -> Array:
        """The numbers: eigenvalues, or coefficients of a truth."""
        exponent = self.exponent / 2 if truth and self.squares else self.exponent
        with np.errstate(under="ignore"):
            return np.asarray(self.nodes.at**-exponent)

    def again(self) -> PowersOfPlace:
        """The same on the nodes that check."""
        return replace(self, which=1)


@dataclass
class PlaceSums(Diagonal):
    """Vectors at nodes, shape (nodes,) or (points, nodes); traces are sums over all places."""

    nodes: WeightedPlaces
    _step: float = field(default=float(np.log(2.0)))

    def trace(self, a: Any, b: Any) -> Any:
        """tr(a b), at each point. Raises :class:`EngineError` for a sum that diverges."""
        values = np.multiply(a, b)
        before, last = values[..., -2], values[..., -1]
        with np.errstate(all="ignore"):
            none = np.abs(last) < LEAST
            fall = np.where(none, np.inf, -np.log(np.abs(last / before)) / self._step)
            rest = np.where(none, 0.0, last * self.nodes.at[-1] / (fall - 1))
        if np.any(fall <= 1 + BARELY):
            raise EngineError(
                f"a sum over all eigenvalues goes like i^{0.0 - float(np.min(fall)):.3g} and is infinite: needs "
                "covariances that fall faster than 1/i, and a truth with lam_i b_i^2 that does; or give finitely many, "
                "p=..."
            )
        return values @ self.nodes.weight + rest


def is_infinite(values: Mapping[str, Any]) -> bool:
    """Whether some matrix has infinitely many eigenvalues."""
    return any(isinstance(v, PowerLaw) and v.p is None for v in values.values())


def powers(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, with powers of the place for spectra and signals.

    Raises :class:`EngineError` for a signal where several spectra are given.
    """
    spectra = {k: v for k, v in values.items() if isinstance(v, PowerLaw) and v.p is None}
    steepest = max(float(v.alpha) for v in spectra.values())
    found = {**values, **{k: PowersOfPlace(float(v.alpha), steepest, squares=True) for k, v in spectra.items()}}
    for name, signal in values.items():
        if isinstance(signal, PowerLawSignal):
            exponents = {v.alpha for v in spectra.values()}
            if len(exponents) > 1:
                raise EngineError(
                    f"{name} is a signal on one spectrum, and {len(exponents)} are given: give its squares b_i^2 by a "
                    "Spectrum.power_law"
                )
            found[name] = PowersOfPlace(float(signal.beta - exponents.pop()) / 2, steepest)
    return found


def require_powers(risk: Derived, given: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
    """Raises :class:`EngineError` unless all matrices are powers of the place, and no line has their number in it."""
    for name, value in given.items():
        if wanted.get(name) in ("matrix", "truth") and not isinstance(value, PowersOfPlace):
            raise EngineError(
                f"{name} is no power law, and others have infinitely many eigenvalues: give it as Spectrum.power_law, "
                "a truth as Signal.power_law, or finitely many of all, p=..."
            )
    book = risk.book
    sides = {side for x in book.letters if x.definition is None for side in (x.side, x.other)}
    used = {p for u in (*book.core.values(), *(t.value for t in risk.terms)) for p in poly.places(u)}
    used |= {p for n in book.numbers if n.definition is not None for m, _ in n.definition for p, _ in m}
    used |= {p for x in book.letters for _, c in x.definition or () for m, _ in c for p, _ in m}
    held = sorted(book.numbers[side].name for side in sides & used)
    if held or len(sides) > 1:
        what = f"the equations have {held[0]} itself in them" if held else "matrices have several sizes"
        raise EngineError(f"{what}: there is no value at infinitely many eigenvalues; give finitely many, p=...")
