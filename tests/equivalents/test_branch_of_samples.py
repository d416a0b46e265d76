"""The branch where two or three samples stand in one fixed point, inside of each other, against a dense iteration."""

from __future__ import annotations

import random
import warnings
from dataclasses import dataclass, field

import numpy as np
import pytest
import sympy as sp
from dyson import Dyson

from w2s_sym.equivalents import covariance, design, identity, inverse, mean_trace, parameter, sizes
from w2s_sym.equivalents.branch import NEAR_ONE, BranchWarning
from w2s_sym.equivalents.expressions import Design, Matrix
from w2s_sym.equivalents.positivity import definite

(p,) = sizes("p")
CASES = 600


@dataclass
class Samples:
    """A random positive definite matrix of two or three samples, each used once or twice, and numbers to put in.

    Sizes are between a sixth and six times as many as dimensions, ridges between 1e-6 and 100, eigenvalues of
    covariances spread over up to three decades; the covariances do not commute.
    """

    seed: int
    values: dict[str, float | np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng, self.draws = random.Random(self.seed), np.random.default_rng(self.seed)
        self.dim = self.rng.randint(2, 5)
        self.left = self.rng.randint(2, 3)
        self.made: list[Design] = []
        self.ridges = 0

    def ridge(self) -> sp.Symbol:
        self.ridges += 1
        self.values[f"r{self.ridges}"] = 10 ** self.rng.uniform(-6, 2)
        return parameter(f"r{self.ridges}")

    def sample(self, rows: sp.Symbol | None) -> Design:
        """A new sample while there are some left, then one of those made."""
        fits = [x for x in self.made if rows is None or x.sample.count == rows]
        if fits and (not self.left or self.rng.random() < 0.2):
            return self.rng.choice(fits)
        self.left -= 1
        k = len(self.made)
        if rows is None:
            (rows,) = sizes(f"n{k}")
            ratio = self.rng.uniform(-1.8, 1.8)
            self.values[rows.name] = float(max(1, round(self.dim * np.exp(ratio))))
        basis = np.linalg.qr(self.draws.standard_normal((self.dim, self.dim)))[0]
        made = (basis * 10 ** self.draws.uniform(-self.rng.uniform(0, 3), 0.5, self.dim)) @ basis.T
        self.values[f"S{k}"] = (made + made.T) / 2
        self.made.append(design(f"X{k}", rows, covariance(f"S{k}", p)))
        return self.made[-1]

    def by_columns(self) -> Matrix:
        """A ridge, a Gram matrix of columns, and what is left of the samples inside of it or beside it."""
        x = self.sample(None)
        n = x.sample.count
        inner = self.left > 0 and self.rng.random() < 0.7
        found = x.T @ inverse(self.by_rows(n)) @ x / n if inner else x.T @ x / n
        found = found + self.ridge() * identity(p)
        while self.left > 0:
            found = found + self.by_columns()
        return found

    def by_rows(self, n: sp.Symbol) -> Matrix:
        """The same for an inverse on the side of rows."""
        y = self.sample(n)
        inner = self.left > 0 and self.rng.random() < 0.5
        found = y @ inverse(self.by_columns()) @ y.T / n if inner else y @ y.T / n
        return found + self.ridge() * identity(n)


@pytest.mark.slow
def test_random_samples_inside_of_each_other_are_on_the_branch_of_a_dense_iteration() -> None:
    """600 cases: all gains iterated at once, from a large shift down to none, which reaches the physical root alone."""
    off: dict[int, float] = {}
    counted = {2: 0, 3: 0}
    for seed in range(CASES):
        case = Samples(seed)
        P = case.by_columns()
        assert definite(P)
        risk = mean_trace(identity(p), inverse(P))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", BranchWarning)
            found = risk.at(**case.values).total
        numbers = {k: float(v) for k, v in case.values.items() if np.ndim(v) == 0} | {"p": float(case.dim)}
        matrices = {k: v for k, v in case.values.items() if isinstance(v, np.ndarray)}
        wanted = Dyson(risk.derived.terms[0], numbers, matrices).value()
        off[seed] = abs(found / wanted - 1)
        counted[len(case.made)] += 1
    print(counted, "largest relative difference", max(off.values()))
    assert {seed for seed, gap in off.items() if gap > 1e-8} == set()
    assert min(counted.values()) >= 200


@pytest.mark.parametrize("ridge", [1e-9, 1e-5, 1e-2])
@pytest.mark.parametrize("rows", [(4, 8), (3, 8), (2, 4), (30, 60)])
def test_two_samples_warn_where_their_linear_part_is_near_one(rows: tuple[int, int], ridge: float) -> None:
    """e_i = tr(S_i G)/n_i with G = (ridge + sum S_i/(1 + e_i))^-1 has a slope of its own: its radius is the square."""
    draws = np.random.default_rng(3)
    S = []
    for _ in rows:
        basis = np.linalg.qr(draws.standard_normal((12, 12)))[0]
        made = (basis * draws.uniform(0.1, 2, 12)) @ basis.T
        S.append((made + made.T) / 2)
    e, best = np.zeros(2), np.inf
    for step in range(4000):
        G = np.linalg.inv(ridge * np.eye(12) + sum(s / (1 + x) for s, x in zip(S, e, strict=True)))
        new = np.array([np.trace(s @ G) / n for s, n in zip(S, rows, strict=True)])
        slope = np.array(
            [
                [np.trace(a @ G @ b @ G) / n / (1 + x) ** 2 for b, x in zip(S, e, strict=True)]
                for a, n in zip(S, rows, strict=True)
            ]
        )
        off = np.abs(new / np.maximum(e, 1e-300) - 1).max()
        if step > 3500 and off >= best:
            break
        # The map grows from zero to its one root; once it is close Newton's steps take over.
        best, e = off, new if step < 3500 else e + np.linalg.solve(np.eye(2) - slope, new - e)
    square = np.abs(np.linalg.eigvals(slope)).max()
    n, m = sizes("n m")
    X, Y = design("X", n, covariance("S1", p)), design("Y", m, covariance("S2", p))
    risk = mean_trace(identity(p), inverse(X.T @ X / n + Y.T @ Y / m + parameter("lam") * identity(p)))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = risk.at(S1=S[0], S2=S[1], n=rows[0], m=rows[1], lam=ridge)
    assert found.radius**2 == pytest.approx(square, abs=1e-6)
    assert found.total == pytest.approx(np.trace(G), rel=1e-8)
    assert any(issubclass(w.category, BranchWarning) for w in told) == (square > NEAR_ONE**2)
