"""Estimators with reference values that were found apart from the package, by a prototype and by simulation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.equivalents import (
    Equivalent,
    covariance,
    design,
    excess_risk,
    identity,
    inverse,
    mean_trace,
    min_norm,
    noise,
    parameter,
    ridge,
    sizes,
    truth,
)
from w2s_sym.equivalents.derived import RiskTerm

n, N, p, m, k = sizes("n N p m k")
R = 12


def spd(seed: int, levels: tuple[float, ...], size: int = R) -> np.ndarray:
    """A covariance with these eigenvalues, each as often as fits, in a random basis."""
    basis = np.linalg.qr(np.random.default_rng(seed).standard_normal((size, size)))[0]
    return basis @ np.diag(np.resize(levels, size)) @ basis.T


_b = np.random.default_rng(105).standard_normal(R)
MATRICES: dict[str, np.ndarray] = {
    "Sigma": spd(101, (4, 1, 0.5, 0.1)),
    "Sigma2": spd(102, (3, 2, 0.3, 0.1)),
    "Sigma_x": spd(103, (5, 1, 0.2, 0.1)),
    "Sigma3": spd(104, (2, 0.2, 3, 0.1)),
    "beta": _b / np.linalg.norm(_b),
}
LEVELS = ((4, 0.5, 0.1, 0.1), (3, 0.3, 1.5, 0.05), (6, 0.05, 0.4, 0.2), (0.1, 3, 0.3, 1))


@dataclass(frozen=True)
class Target:
    """A risk, the numbers to put in, and the reference values of its parts, or of its total where there is one value.

    ``printed`` are these values as they were printed, and ``simulated`` the means of simulations at 12 copies with
    their standard errors, each by a prototype that shares no code with the package.
    """

    name: str
    make: Callable[[], Equivalent]
    numbers: dict[str, Any]
    printed: tuple[str, ...]
    simulated: tuple[tuple[float, float], ...]

    @property
    def wanted(self) -> tuple[tuple[float, float], ...]:
        """The reference values, each with half a unit of its last digit."""
        return tuple((float(text), 0.5 * 10.0 ** -len(text.partition(".")[2])) for text in self.printed)

    def parts(self, risk: Equivalent) -> tuple[tuple[RiskTerm, ...], ...]:
        """The terms of the risk that make each reference value."""
        terms = risk.derived.terms
        return (terms,) if len(self.printed) == 1 else tuple((t,) for t in terms)

    def values(self, risk: Equivalent) -> dict[str, Any]:
        """The matrices and numbers that the risk names."""
        return {key: v for key, v in {**MATRICES, **self.numbers}.items() if key in risk.names}


def _sigma(name: str) -> Any:
    return covariance(name, p)


def _resolvent(Sigma: Any) -> Equivalent:
    X = design("X", n, Sigma)
    return mean_trace(identity(p) / p, inverse(X.T @ X / n + parameter("lam")))


def plain_ridge() -> Equivalent:
    X, beta = design("X", n, _sigma("Sigma")), truth("beta", p)
    return excess_risk(ridge(X, X @ beta + noise("s2", n), "lam"), beta, under=_sigma("Sigma_x"))


def two_stages() -> Equivalent:
    beta = truth("beta", p)
    X_s, X = design("X_s", m, _sigma("Sigma2")), design("X", n, _sigma("Sigma"))
    surrogate = min_norm(X_s, X_s @ beta + noise("v1", m))
    return excess_risk(min_norm(X, X @ surrogate + noise("v2", n)), beta, under=_sigma("Sigma"))


def weak_to_strong(noisy: bool = True) -> Equivalent:
    beta = truth("beta", p)
    X, Y = design("X", n, _sigma("Sigma")), design("Y", N, _sigma("Sigma2"))
    teacher = ridge(X, X @ beta + noise("s2", n) if noisy else X @ beta, "lam")
    return excess_risk(ridge(Y, Y @ teacher, "lam_s"), beta, under=_sigma("Sigma_x"))


def self_distillation() -> Equivalent:
    beta, X, xi = truth("beta", p), design("X", n, _sigma("Sigma")), sp.Rational(3, 10)
    labels = X @ beta + noise("s2", n)
    teacher = ridge(X, labels, "lam")
    return excess_risk(ridge(X, xi * labels + (1 - xi) * (X @ teacher), "lam_s"), beta, under=_sigma("Sigma_x"))


def generations() -> Equivalent:
    beta, fresh = truth("beta", p), sp.Rational(2, 5)
    X, Y, Z = design("X", n, _sigma("Sigma")), design("Y", N, _sigma("Sigma2")), design("Z", N, _sigma("Sigma3"))
    made = ridge(X, X @ beta + noise("s2", n), "lam")
    for D in (Y, Z):
        made = ridge(D, fresh * (D @ beta + noise("s2", N)) + (1 - fresh) * (D @ made), "lam_s")
    return excess_risk(made, beta, under=_sigma("Sigma_x"))


def random_features() -> Equivalent:
    beta, X, W = truth("beta", p), design("X", n, _sigma("Sigma")), design("W", k, identity(p))
    fit = ridge(X @ W.T / sp.sqrt(k), X @ beta + noise("s2", n), "lam")
    return excess_risk(W.T / sp.sqrt(k) @ fit, beta, under=_sigma("Sigma_x"))


def four_covariances(*roles: int) -> dict[str, Any]:
    """PointValues of the eighth target: covariances for teacher, student, test and prior."""
    made = [np.kron(spd(200 + j, levels, 4), np.eye(3)) for j, levels in enumerate(LEVELS)]
    names = ("Sigma", "Sigma2", "Sigma_x", "beta")
    found = dict(zip(names, (made[j] for j in roles), strict=True))
    return {**found, "beta": found["beta"] / R, "n": 9, "N": 15, "lam": 0.05, "lam_s": 0.2}


def targets() -> Iterator[Target]:
    """The eight targets, in order."""
    one = {"n": 9, "p": 12, "lam": 0.2}
    yield Target("isotropic", lambda: _resolvent(identity(p)), one, ("2.2025624",), ((2.20728, 0.00076),))
    one = {"n": 9, "lam": 0.2}
    yield Target("resolvent", lambda: _resolvent(_sigma("Sigma")), one, ("2.43388181",), ((2.43903, 0.00076),))
    drawn = ((0.27984, 0.00066), (0.51056, 0.00033))
    yield Target("ridge", plain_ridge, {**one, "s2": 0.5}, ("0.27798601", "0.51092786"), drawn)
    stages = {"m": 8, "n": 6, "v1": 0.2, "v2": 0.3}
    yield Target("two stages", two_stages, stages, ("2.0606833",), ((2.0901, 0.0030),))
    numbers = {"n": 9, "N": 15, "lam": 0.05, "lam_s": 0.2, "s2": 0.5}
    drawn = ((0.32386, 0.00060), (0.58769, 0.00060))
    yield Target("weak to strong", weak_to_strong, numbers, ("0.32275298", "0.58912563"), drawn)
    same = {"n": 9, "lam": 0.3, "lam_s": 0.1, "s2": 0.5}
    drawn = ((0.30172, 0.00067), (0.35964, 0.00021))
    yield Target("self-distillation", self_distillation, same, ("0.30152645", "0.36008794"), drawn)
    three = {"n": 9, "N": 15, "lam": 0.2, "lam_s": 0.1, "s2": 0.5}
    yield Target("three generations", generations, three, ("0.42135706",), ((0.42185, 0.00056),))
    features = {"n": 14, "k": 7, "lam": 0.1, "s2": 0.5}
    drawn = ((1.0237, 0.0046), (0.43331, 0.00071))
    yield Target("random features", random_features, features, ("1.01872555", "0.43321336"), drawn)
    roles = four_covariances(0, 1, 2, 3)
    four = ((1.42051, 0.00083),)
    yield Target("four covariances", lambda: weak_to_strong(noisy=False), roles, ("1.414324",), four)
