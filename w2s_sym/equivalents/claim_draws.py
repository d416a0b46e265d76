"""Random numbers and matrices at which a claim is compared with an estimator: residues or floats.

Equality of residues is exact.
"""

from __future__ import annotations

import random
from typing import Any, Protocol

import numpy as np
import sympy as sp
from flint import nmod, nmod_mat

from w2s_sym.equivalents.arithmetic import AnyMatrix, AnyNumber, Dense
from w2s_sym.equivalents.exact_checks import PRIME, Residues

GIVEN_TO = 1e-9


class PointDraws(Protocol):
    """Random numbers and matrices of one kind, and how to reckon with them."""

    algebra: Any

    def number(self, q: sp.Rational) -> AnyNumber:
        """A rational number."""

    def any(self) -> AnyNumber:
        """A number, not zero."""

    def size(self, least: int, most: int) -> AnyNumber:
        """A size that is no side of a matrix."""

    def count(self, least: int, most: int) -> int:
        """An integer."""

    def weights(self, count: int) -> np.ndarray:
        """How often each of so many levels occurs."""

    def matrix(self, rows: int, cols: int, semidefinite: bool) -> AnyMatrix:
        """A matrix."""

    def zero(self, x: AnyNumber, scale: AnyNumber) -> bool:
        """Whether a number is zero, beside another one in floats."""


class ResidueDraws:
    """Numbers modulo the prime."""

    algebra = Residues()

    def __init__(self, seed: str) -> None:
        self.rng = random.Random(seed)

    def number(self, q: sp.Rational) -> nmod:
        """A rational number."""
        return nmod(int(q.p), PRIME) / nmod(int(q.q), PRIME)

    def any(self) -> nmod:
        """A number, not zero."""
        return nmod(self.rng.randrange(1, PRIME), PRIME)

    def size(self, least: int, most: int) -> nmod:
        """Any square: a size is a symbol like others, but roots of sizes may stand in coefficients."""
        return self.any() ** 2

    def count(self, least: int, most: int) -> int:
        """An integer."""
        return self.rng.randint(least, most)

    def weights(self, count: int) -> np.ndarray:
        """Any numbers with a square, a size, as their sum: a formula knows of them through sums alone."""
        some = [self.any() for _ in range(count - 1)]
        return np.array([*some, self.size(0, 0) - sum(some, self.number(sp.S.Zero))], dtype=object)

    def matrix(self, rows: int, cols: int, semidefinite: bool) -> nmod_mat:
        """A matrix, symmetric where it stands for a semidefinite one."""
        made = nmod_mat(rows, cols, [self.rng.randrange(PRIME) for _ in range(rows * cols)], PRIME)
        return made + made.transpose() if semidefinite else made

    def zero(self, x: nmod, scale: nmod) -> bool:
        """Whether a number is zero."""
        return int(x) == 0


class FloatDraws:
    """Numbers in double precision."""

    algebra = Dense()

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def number(self, q: sp.Rational) -> float:
        """A rational number."""
        return float(q)

    def any(self) -> float:
        """A number between 1/8 and 8, most often near 1."""
        return float(np.exp(self.rng.normal()).clip(1 / 8, 8))

    def size(self, least: int, most: int) -> float:
        """A size between half of the least and the double of the most."""
        return float(self.rng.uniform(least / 2, 2 * most))

    def count(self, least: int, most: int) -> int:
        """An integer."""
        return int(self.rng.integers(least, most + 1))

    def weights(self, count: int) -> np.ndarray:
        """Each level once."""
        return np.ones(count)

    def matrix(self, rows: int, cols: int, semidefinite: bool) -> np.ndarray:
        """A matrix; a positive definite one in place of a semidefinite one."""
        made = self.rng.standard_normal((rows, cols))
        return made @ made.T / cols + np.eye(rows) / 4 if semidefinite else made

    def zero(self, x: float, scale: float) -> bool:
        """Whether a number is zero, beside another one."""
        return abs(x) <= GIVEN_TO * abs(scale)
