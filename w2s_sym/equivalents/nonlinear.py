"""Nonlinear random features phi(X W'/sqrt(p)), which the engine replaces by linear ones with a Gaussian rest.

Gaussian equivalence: as sizes grow together, a mean risk is the same if phi(X W'/sqrt(p)) - mu_0 is replaced by
mu_1 X W'/sqrt(p) + mu_star Theta, where Theta is Gaussian, standard, and independent of everything else. That is a
cited theorem, a claim of its own. A simulation draws the true features.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import sympy as sp

from w2s_sym.equivalents.activations import Activation, activation, values_of
from w2s_sym.equivalents.expressions import (
    Compound,
    Design,
    DesignRows,
    Fixed,
    Identity,
    Matrix,
    Sides,
    Stack,
    Zero,
    added,
    product,
    scaled,
    shape,
    subexpressions,
)
from w2s_sym.equivalents.scalars import EngineError


class Replaced(Compound):
    """An expression that the equivalent replaces by another one, ``limit``, and that a simulation draws as it is."""

    map: FeatureMap
    points: Design

    @property
    def limit(self) -> Matrix:
        """What stands in its place as sizes grow."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class FeatureMap:
    """x -> phi(W x/sqrt(p)) - mu_0: k features of points in p dimensions; ``phi(X)`` are those of a design.

    Made by :func:`nonlinear_features`.
    """

    activation: Activation
    weights: Design
    # A list: the description of a claim holds it, and must not depend on where objects lie in memory.
    _made: list[NonlinearFeatures] = field(default_factory=list, repr=False)

    @property
    def slope(self) -> sp.Symbol:
        """The letter of mu_1."""
        return sp.Symbol(f"mu_1_{self.activation.name}", real=True)

    @property
    def rest(self) -> sp.Symbol:
        """The letter of mu_star."""
        return sp.Symbol(f"mu_star_{self.activation.name}", nonnegative=True)

    @property
    def count(self) -> Sides:
        """The number of features."""
        return self.weights.rows

    @property
    def linear(self) -> Matrix:
        """The linear part of the features of one point: mu_1 W/sqrt(p)."""
        return scaled(self.slope / sp.sqrt(self.weights.cols[0]), self.weights)

    def __call__(self, X: Matrix) -> NonlinearFeatures:
        """The features of a design, one row for each point.

        Raises :class:`EngineError` for what is no design, for points that do not fit, and for two correlated blocks of
        one sample, whose rests are correlated too.
        """
        if not isinstance(X, Design) or X.transposed:
            raise EngineError(
                f"nonlinear features are those of a design, not of {X}: use phi(X), and stack the results"
            )
        if X.cols != self.weights.cols:
            raise EngineError(f"{X} is {shape(X)}, and {self.weights} is {shape(self.weights)}: phi(X W') needs one p")
        mine = [made for made in self._made if made.points.sample is X.sample]
        for made in mine:
            if made.points.name == X.name:
                return made
        for made in mine:
            if X.sample.between(made.points.name, X.name) is not None:
                raise EngineError(
                    f"{made.points.name} and {X.name} are correlated, and so are the rests of their features: "
                    "that has no equivalent here; use other weights for one of them"
                )
        name = f"Theta_{X.name}_{self.weights.name}"
        rest = Design(DesignRows(X.sample.count, {(name, name): Identity(self.count)}), name, self.count)
        self._made.append(NonlinearFeatures(self, X, rest))
        return self._made[-1]

    def drawn(self, points: np.ndarray, weights: np.ndarray, deviation: float) -> np.ndarray:
        """The true features of points, centred by the mean at arguments of this standard deviation."""
        values = values_of(self.activation, points @ weights.swapaxes(-1, -2) / np.sqrt(weights.shape[-1]))
        return np.asarray(values - self.activation.hermite(deviation).mu_0)

    def fresh(self, Sigma: Matrix) -> FreshMoment:
        """The second moment of the features of a fresh point beside the point itself, N(0, Sigma)."""
        (k,), (p,) = self.weights.rows, self.weights.cols
        if not (isinstance(Sigma, Identity) or (isinstance(Sigma, Fixed) and Sigma.psd)) or Sigma.cols != (p,):
            raise EngineError(f"fresh points need a covariance of size {p}, not {Sigma}")
        name = f"fresh_{self.weights.name}"
        # A simulation takes the risk on so many fresh points.
        points = Design(DesignRows(p + k, {(name, name): Sigma}), name, (p,))
        return FreshMoment(self, points)


@dataclass(frozen=True)
class NonlinearFeatures(Replaced):
    """The features of a design, or their transpose."""

    map: FeatureMap
    points: Design
    rest: Design
    transposed: bool = False

    def sides(self) -> tuple[Sides, Sides]:
        """Points and features; the other way round where it is transposed."""
        own = (self.points.rows, self.map.count)
        return own[::-1] if self.transposed else own

    @property
    def T(self) -> Matrix:
        """The transpose."""
        return NonlinearFeatures(self.map, self.points, self.rest, not self.transposed)

    def parts(self) -> tuple[Matrix, ...]:
        """The design and the weights."""
        return (self.points, self.map.weights)

    @cached_property
    def limit(self) -> Matrix:
        """mu_1 X W'/sqrt(p) + mu_star Theta."""
        made = added(product(self.points, self.map.linear.T), 1, scaled(self.map.rest, self.rest))
        return made.T if self.transposed else made

    def __str__(self) -> str:
        return f"{self.map.activation.name}({self.points} {self.map.weights}')" + ("'" if self.transposed else "")


@dataclass(frozen=True)
class FreshMoment(Replaced):
    """The mean of (phi(x), x)(phi(x), x)' over a fresh point x, given the weights."""

    map: FeatureMap
    points: Design

    def sides(self) -> tuple[Sides, Sides]:
        """Features, then dimensions."""
        side = (*self.map.count, *self.map.weights.cols)
        return side, side

    @property
    def T(self) -> Matrix:
        """Itself."""
        return self

    def parts(self) -> tuple[Matrix, ...]:
        """Points at which it is drawn, and the weights."""
        return (self.points, self.map.weights)

    @cached_property
    def limit(self) -> Matrix:
        """(L, I) Sigma (L, I)' + mu_star^2 on the features, where L = mu_1 W/sqrt(p)."""
        (k,), (p,) = self.map.weights.rows, self.map.weights.cols
        both = Stack((self.map.linear, Identity((p,))))
        own = Stack((Identity((k,)), Zero((p,), (k,))))
        Sigma = self.points.sample.covariance[self.points.name, self.points.name]
        return added(product(product(both, Sigma), both.T), 1, scaled(self.map.rest**2, product(own, own.T)))

    def __str__(self) -> str:
        return f"E (phi, x)(phi, x)' of {self.map.activation.name}"


_MAPS: WeakKeyDictionary[DesignRows, dict[str, FeatureMap]] = WeakKeyDictionary()


def nonlinear_features(phi: str | Activation, W: Matrix) -> FeatureMap:
    """k random features x -> phi(W x/sqrt(p)) - mu_0, with standard Gaussian weights W of k rows.

    ``phi`` is an :func:`activation` or its name. Raises :class:`EngineError` for weights that are no design with the
    covariance I, and for a second activation on the same weights.
    """
    chosen = activation(phi) if isinstance(phi, str) else phi
    if not isinstance(chosen, Activation):
        raise EngineError(f"{phi!r:.60} is no activation: use a name, or activation('name', function)")
    if not isinstance(W, Design) or W.transposed or not isinstance(W.sample.covariance[W.name, W.name], Identity):
        raise EngineError(f"the weights {W} must be a design of k rows with the covariance identity(p)")
    own = _MAPS.setdefault(W.sample, {})
    made = own.setdefault(W.name, FeatureMap(chosen, W))
    if made.activation != chosen:
        raise EngineError(
            f"{W} has {made.activation.name} features already, and the rests of both are correlated: use weights of "
            f"their own for {chosen.name}"
        )
    return made


def replaced_parts(expressions: Iterable[Matrix]) -> list[Replaced]:
    """What is replaced in some expressions, each once."""
    return list(dict.fromkeys(m for e in expressions for m in subexpressions(e) if isinstance(m, Replaced)))


def letters_of_features(found: Iterable[Replaced]) -> set[str]:
    """The names of the letters of mu_1 and mu_star."""
    return {letter.name for m in found for letter in (m.map.slope, m.map.rest)}


def hermite_values(found: list[Replaced], matrices: Mapping[str, np.ndarray]) -> dict[str, float]:
    """mu_1 and mu_star of all features by the names of their letters, at the covariances of their points.

    ``matrices`` are by name, as arrays or as eigenvalues. Raises :class:`EngineError` where features see points of
    different variance, for they are centred by one number.
    """
    values: dict[str, float] = {}
    seen: dict[FeatureMap, tuple[float, Matrix]] = {}
    for m in found:
        here = mean_eigenvalue(covariance_of(m), matrices)
        first, other = seen.setdefault(m.map, (here, covariance_of(m)))
        if abs(here - first) > 1e-9 * first:
            raise EngineError(
                f"{covariance_of(m)} has the mean eigenvalue {here:g} and {other} {first:g}: features of one map need "
                "points of one variance; scale the covariances"
            )
        numbers = m.map.activation.hermite(float(np.sqrt(here)))
        for letter, value in ((m.map.slope, numbers.mu_1), (m.map.rest, numbers.mu_star)):
            if abs(values.setdefault(letter.name, value) - value) > 1e-9 * abs(value):
                raise EngineError(
                    f"{letter.name} is {values[letter.name]:g} for one map and {value:g} for another one: their "
                    "points have different variances; scale the covariances, or name one activation anew"
                )
    return values


def covariance_of(m: Replaced) -> Matrix:
    """The covariance of the points."""
    return m.points.sample.covariance[m.points.name, m.points.name]


def mean_eigenvalue(Sigma: Matrix, matrices: Mapping[str, Any]) -> float:
    """tr(Sigma)/p. Raises :class:`EngineError` where Sigma has no value, or is zero."""
    if isinstance(Sigma, Identity):
        return 1.0
    assert isinstance(Sigma, Fixed)
    if Sigma.name not in matrices:
        raise EngineError(f"no value for the matrix {Sigma.name}: the activation acts on points with that covariance")
    value = np.asarray(matrices[Sigma.name])
    found = float(value.mean() if value.ndim == 1 else np.trace(value) / len(value))
    if found <= 0:
        raise EngineError(f"{Sigma.name} is zero: features of points without variance are constant")
    return found
