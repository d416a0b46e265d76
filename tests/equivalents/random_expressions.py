"""Random expressions in designs, fixed matrices and nested inverses, with random numbers to put in."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.equivalents.expressions import Design, DesignRows, Fixed, Identity, Matrix, product, scaled
from w2s_sym.equivalents.positivity import inverse

R = 5
P = sp.Symbol("p", integer=True, positive=True)


@dataclass
class Made:
    """An expression with a fixed moment, and values for all names."""

    moment: Matrix
    expression: Matrix
    values: dict[str, Any]


class Maker:
    """Makes one random expression of p x p matrices."""

    def __init__(self, seed: int, blocks: int) -> None:
        self.rng = random.Random(seed)
        self.np_rng = np.random.default_rng(seed)
        self.left = blocks
        self.values: dict[str, Any] = {}
        self.covariances = [self._covariance(f"S{k}") for k in range(3)]
        self.designs: list[Design] = []
        self.pairs = 0
        for k in range(self.rng.randint(1, 3)):
            n = sp.Symbol(f"n{k}", integer=True, positive=True)
            self.values[f"n{k}"] = float(self.rng.randint(3, 12))
            if self.rng.random() < 0.4:
                self.designs += self._two_blocks(k, n)
            else:
                cov: Matrix = self.rng.choice([*self.covariances, Identity((P,))])
                name = f"X{k}"
                self.designs.append(Design(DesignRows(n, {(name, name): cov}), name, (P,)))

    def _covariance(self, name: str) -> Fixed:
        basis = np.linalg.qr(self.np_rng.standard_normal((R, R)))[0]
        self.values[name] = basis @ np.diag(self.np_rng.uniform(0.1, 2, R)) @ basis.T
        return Fixed(name, (P,), (P,), symmetric=True, psd=True)

    def _two_blocks(self, k: int, n: sp.Symbol) -> list[Design]:
        """Correlated blocks: row_b = row_a B/2 + independent part, so that E[row_a' row_b] is not symmetric."""
        a, b = f"X{k}", f"Y{k}"
        own = self.covariances[0]
        mix = self.np_rng.standard_normal((R, R)) / np.sqrt(R)
        names = (f"C{k}", f"D{k}")
        self.values[names[0]] = self.values[own.name] @ mix
        self.values[names[1]] = mix.T @ self.values[own.name] @ mix + np.eye(R) / 2
        cross = Fixed(names[0], (P,), (P,))
        other = Fixed(names[1], (P,), (P,), symmetric=True, psd=True)
        sample = DesignRows(n, {(a, a): own, (b, b): other, (a, b): cross})
        return [Design(sample, a, (P,)), Design(sample, b, (P,))]

    def number(self) -> sp.Expr:
        return sp.Rational(self.rng.randint(2, 9), 10)

    def positive(self, depth: int) -> Matrix:
        """lam I plus Gram matrices of designs, some with an inverse or a covariance in the middle."""
        found: Matrix = scaled(self.number(), Identity((P,)))
        for _ in range(self.rng.randint(1, 2)):
            x = self.rng.choice(self.designs)
            n = x.sample.count
            self.left -= 3
            if depth > 0 and self.left > 6 and self.rng.random() < 0.5:
                inner = self.middle(x, depth - 1)
                found = found + product(product(x.T, inner), x) / n
            else:
                found = found + product(x.T, x) / n
        if self.rng.random() < 0.3:
            found = found + scaled(self.number(), self.rng.choice(self.covariances))
        return found

    def middle(self, x: Design, depth: int) -> Matrix:
        """A definite n x n matrix: (c I + Y Y'/n)^-1 for a design Y of the same rows, or of the same sample."""
        rows = [y for y in self.designs if y.sample is x.sample]
        y = self.rng.choice(rows)
        self.left -= 3
        inner: Matrix = product(y, y.T) / x.sample.count
        if depth > 0 and self.left > 6 and self.rng.random() < 0.4:
            inner = product(product(y, inverse(self.positive(depth - 1))), y.T) / x.sample.count
        return inverse(scaled(self.number(), Identity((x.sample.count,))) + inner)

    def make(self, most: int = 3) -> Made:
        """A product of at most so many factors."""
        factors: list[Matrix] = []
        for _ in range(self.rng.randint(1, most)):
            kind = self.rng.random()
            if kind < 0.6:
                factors.append(inverse(self.positive(2)))
            elif kind < 0.8:
                x, y = self.rng.choice(self.designs), self.rng.choice(self.designs)
                if x.sample is not y.sample:
                    y = x
                factors.append(product(x.T, y) / x.sample.count)
            else:
                factors.append(self.rng.choice(self.covariances))
        expression = factors[0]
        for f in factors[1:]:
            expression = product(expression, f)
        moment = self.np_rng.standard_normal((R, R))
        self.values["M"] = moment
        return Made(Fixed("M", (P,), (P,)), expression, self.values)
