r"""Deterministic equivalents of ridge, of ridge on a ridge teacher's labels, and of the penalties that are chosen.

In the eigenbases of both covariances, with eigenvalues lam and c = E[x y], ridge with penalty n l on n rows solves
l = kappa (1 - df1/n), df1 = sum lam/(lam + kappa), and its mean squared error, noise included, is

    V = (E y^2 - sum c^2 (lam + 2 kappa)/(lam + kappa)^2)/(1 - Omega),    Omega = sum lam^2/(lam + kappa)^2 / n.

No inverse of the covariance is in it, so it holds for any rank and any label. The coefficients act as a random vector
of mean c/(lam + kappa) and covariance (V/n) lam/(lam + kappa)^2: these are the moments that the second stage takes, as
in :mod:`w2s_sym.equivalents.stages`, with C = E[x_s x_w'] between the two bases. The intercept costs V/n more.

The best penalty is the one of least V on the labels that the model sees: generalised cross-validation estimates V.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from w2s_sym.forecast.ridge_fits import Penalty, relative_grid

# The five predictors, in the order of every array over them.
NAMES: Sequence[str] = ("mean", "weak", "student", "strong", "ceiling")
MEAN, WEAK, STUDENT, STRONG, CEILING = range(len(NAMES))
# Newton steps for kappa at most, and the relative step below which there is none left but rounding. Near a double
# root, which the penalty 0 has at n = rank, steps halve.
MOST_STEPS, ROOT_ROUNDING = 200, 1e-14


@dataclass(frozen=True)
class Population:
    """Two models' centred second moments: ``lam_w``, shape (p_w,), ``lam_s``, shape (p_s,), in descending order, and
    ``cross``, shape (p_s, p_w), which is E[x_s x_w'] in the two eigenbases."""

    lam_w: np.ndarray
    lam_s: np.ndarray
    cross: np.ndarray

    def leading(self, k_w: int, k_s: int) -> Population:
        """The population of the leading directions alone."""
        return Population(self.lam_w[:k_w], self.lam_s[:k_s], self.cross[:k_s, :k_w])


@dataclass(frozen=True)
class Truth:
    """What a target says of both models: ``c_w``, shape (p_w, outputs), and ``c_s``, shape (p_s, outputs), are
    E[x y] in the eigenbases; ``total`` is E|y|^2. Labels are centred."""

    c_w: np.ndarray
    c_s: np.ndarray
    total: float


@dataclass(frozen=True)
class Trained:
    """Ridge on n rows: its root ``kappa``, its error ``V`` without the intercept's, and ``error`` with it."""

    kappa: float
    V: float
    error: float


def ridge_roots(lam: np.ndarray, n: float, penalties: np.ndarray) -> np.ndarray:
    """The kappa of each penalty per row, shape (penalties,); near 0 for the penalty 0 where n is above the rank."""
    low = np.maximum(penalties, np.finfo(float).tiny)
    low = np.maximum(low, 1e-14 * lam[0])
    high = np.maximum(penalties + lam.sum() / n, 2 * low)
    # The function is convex and above 0 at ``high``: Newton's steps go down to the root and never below it.
    kappa = high
    for _ in range(MOST_STEPS):
        shares = lam / (lam + kappa[:, None])
        value = kappa * (1 - shares.sum(1) / n) - penalties
        slope = 1 - (shares**2).sum(1) / n
        step = np.where(slope > 0, value / np.where(slope > 0, slope, 1.0), 0.0)
        following = np.clip(kappa - step, low, kappa)
        if (following >= kappa * (1 - ROOT_ROUNDING)).all():
            break
        kappa = following
    return np.asarray(following)


@dataclass(frozen=True)
class Ridge:
    """Ridge on ``n`` rows of one model, at each penalty that is tried: its root and all that V takes of it.

    ``kappas`` and ``Omega`` have shape (penalties,), ``explained`` = (lam + 2 kappa)/(lam + kappa)^2 has (penalties,
    p).
    """

    lam: np.ndarray
    n: float
    kappas: np.ndarray
    Omega: np.ndarray
    explained: np.ndarray

    @classmethod
    def of(cls, lam: np.ndarray, n: float, penalty: Penalty = None) -> Ridge:
        """For the best penalty (None) or a given one."""
        trace = lam.sum()
        kappas = ridge_roots(lam, n, trace * relative_grid(lam / trace) if penalty is None else np.array([penalty / n]))
        shifted = lam + kappas[:, None]
        Omega = ((lam / shifted) ** 2).sum(1) / n
        return cls(lam, n, kappas, Omega, (lam + 2 * kappas[:, None]) / shifted**2)

    def trained(self, energy: np.ndarray, total: float) -> Trained:
        """The model of least V, for c^2 summed over outputs, ``energy``, shape (p,), and E|y|^2, ``total``."""
        left = np.maximum(total - self.explained @ energy, 0.0)
        along = np.where(self.Omega < 1, left / np.maximum(1 - self.Omega, 1e-300), np.inf)
        best = int(np.argmin(along))
        V = float(along[best])
        return Trained(float(self.kappas[best]), V, V * (1 + 1 / self.n))

    def explained_share(self, energy: np.ndarray, total: float, error: float) -> float:
        """The share of a target's signal, at most 1, that makes this ``error`` where noise takes the place of the rest.

        ``energy`` and ``total`` are those of :meth:`trained`. At each penalty the error falls linearly with the share,
        and the least of them is that of :meth:`trained`.
        """
        V, explained = error / (1 + 1 / self.n), self.explained @ energy
        along = (total - V * (1 - self.Omega)) / np.maximum(explained, 1e-300)
        return float(np.clip(np.min(along, where=self.Omega < 1, initial=1.0), 0.0, 1.0))


@dataclass(frozen=True)
class Equivalents:
    """The errors of all five predictors at ``n`` labels and ``N`` pseudo-labels, for any truth."""

    population: Population
    n: float
    N: float
    teacher: Ridge
    strong: Ridge
    ceiling: Ridge
    student: Ridge
    squares: np.ndarray

    @classmethod
    def of(
        cls, population: Population, n: float, N: float, penalty: Penalty = None, most: float | None = None
    ) -> Equivalents:
        """The roots are solved here, once; ``most`` is the number of labels of the ceiling, n + N by default."""
        lam_w, lam_s = population.lam_w, population.lam_s
        return cls(
            population=population,
            n=n,
            N=N,
            teacher=Ridge.of(lam_w, n, penalty),
            strong=Ridge.of(lam_s, n, penalty),
            ceiling=Ridge.of(lam_s, n + N if most is None else most, penalty),
            student=Ridge.of(lam_s, N, penalty),
            squares=population.cross**2,
        )

    def errors(self, truth: Truth) -> np.ndarray:
        """Mean squared errors against labels, summed over outputs, shape (5,), in the order of NAMES."""
        energy_w, energy_s = (truth.c_w**2).sum(1), (truth.c_s**2).sum(1)
        teacher = self.teacher.trained(energy_w, truth.total)
        return np.array(
            [
                truth.total * (1 + 1 / self.n),
                teacher.error,
                self._student(truth, teacher),
                self.strong.trained(energy_s, truth.total).error,
                self.ceiling.trained(energy_s, truth.total).error,
            ]
        )

    def _student(self, truth: Truth, teacher: Trained) -> float:
        """The second stage: quadratic in the teacher, of which it takes both moments."""
        lam_w, lam_s, cross = self.population.lam_w, self.population.lam_s, self.population.cross
        mean = truth.c_w / (lam_w + teacher.kappa)[:, None]
        spread = teacher.V / self.n * lam_w / (lam_w + teacher.kappa) ** 2
        through = cross @ mean
        energy = (through**2).sum(1) + self.squares @ spread
        second = float((lam_w * ((mean**2).sum(1) + spread)).sum())
        student = self.student.trained(energy, second)
        shifted = lam_s + student.kappa
        Omega = float(((lam_s / shifted) ** 2).sum()) / self.N
        error = truth.total - 2 * float(((truth.c_s * through).sum(1) / shifted).sum())
        error += float((lam_s * energy / shifted**2).sum()) + Omega * student.V
        return error + teacher.V / self.n + student.V / self.N
