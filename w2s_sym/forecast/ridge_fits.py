"""Ridge regression with an intercept, trained on rows at hand, with the penalty that practitioners choose.

A penalty alpha is that of |y - X b|^2 + alpha |b|^2 with the intercept left free, as in scikit-learn. The best one
minimises the leave-one-out error on the labels that the model is trained on, as ``RidgeCV`` does: true labels for
teacher, strong model and ceiling, the teacher's for the student. Generalised cross-validation stands for it where there
are many rows per direction, where both agree, and for the student, which is then fitted without its rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

# Penalties that are tried, over the number of rows times the trace of the covariance: two a decade.
GRID = np.logspace(-8, 1, 19)
# Smaller ones, two a decade, for spectra in which a few directions are nearly all of the trace. The last is below every
# direction that is no rounding error.
SMALLER = np.logspace(-13, -8.5, 10)
# Where more than a tenth of the eigenvalues are below GRID, the least penalty is at most a tenth of the others: there
# ridge hardly shrinks nine directions of ten.
BELOW, BULK = 0.1, 0.1
# Directions below this part of the largest sum of squares are rounding errors.
SQUARES_ROUNDING = 1e-12
# Below this part of the sum of squares a penalty is lost in a solve's rounding errors.
SOLVABLE = 1e-10
# With so many rows per direction, leave-one-out and generalised cross-validation choose alike.
ROWS_ENOUGH = 3
# None stands for the best penalty.
Penalty = float | None


def relative_grid(shares: np.ndarray) -> np.ndarray:
    """Penalties over rows times trace, ascending, for directions of these parts of the trace, shape (directions,).

    They are GRID, and as many of SMALLER as it takes to go below the bulk of the spectrum.
    """
    live = shares[shares > SQUARES_ROUNDING * shares.max()]
    bulk = float(np.quantile(live, BULK))
    first = int(np.searchsorted(SMALLER, BELOW * bulk, side="right")) - 1
    return GRID if bulk >= GRID[0] else np.concatenate([SMALLER[max(first, 0) :], GRID])


@dataclass(frozen=True)
class RidgeDesign:
    """Rows of features, ready for any labels of them: X = mean + U d^(1/2) V' with k directions.

    ``mean``, shape (p,), is that of the rows, ``squares``, shape (k,), has d, ``vectors``, shape (p, k), has V.
    ``rows`` counts the rows; ``spread`` is their mean squared distance to the mean.
    """

    rows: int
    mean: np.ndarray
    squares: np.ndarray
    vectors: np.ndarray
    spread: float

    @classmethod
    def of(cls, x: np.ndarray) -> RidgeDesign:
        """The design of rows ``x``, shape (rows, p), by whichever of X'X and XX' is smaller."""
        rows, p = x.shape
        mean = x.mean(0)
        centred = x - mean
        if rows < p:
            d, left = np.linalg.eigh(centred @ centred.T)
            live = d > SQUARES_ROUNDING * max(d[-1], 0.0)
            vectors = (centred.T @ left[:, live]) / np.sqrt(d[live])
        else:
            d, right = np.linalg.eigh(centred.T @ centred)
            live = d > SQUARES_ROUNDING * max(d[-1], 0.0)
            vectors = right[:, live]
        return cls(rows, mean, d[live], vectors, float(d[live].sum()) / rows)

    def grid(self) -> np.ndarray:
        """The penalties that are tried, ascending, shape (penalties,): those of :func:`relative_grid`."""
        if not self.spread:
            return np.ones(1)
        return np.asarray(self.rows * self.spread * relative_grid(self.squares / (self.rows * self.spread)))

    def project(self, x: np.ndarray, y: np.ndarray) -> Labelled:
        """The labels ``y``, shape (rows, outputs), of the rows ``x`` that this design was made of."""
        mean = y.mean(0)
        centred = y - mean
        along = self.vectors.T @ (x.T @ centred - np.outer(self.mean, centred.sum(0)))
        return Labelled(self, mean, along, float((centred**2).sum()))

    def left_out(self, x: np.ndarray, y: np.ndarray, penalties: np.ndarray) -> np.ndarray:
        """The mean leave-one-out error at each penalty, summed over outputs; ``x`` and ``y`` as in :meth:`project`."""
        left = ((x - self.mean) @ self.vectors) / np.sqrt(self.squares)
        centred = y - y.mean(0)
        along = left.T @ centred
        shrunk = self.squares / (self.squares + penalties[:, None])
        leverage = 1 / self.rows + left**2 @ shrunk.T
        rest = np.maximum(1 - leverage, 1e-9)
        scores = [(((centred - left @ (f[:, None] * along)) / rest[:, [k]]) ** 2).sum() for k, f in enumerate(shrunk)]
        return np.array(scores) / self.rows

    def fit(self, x: np.ndarray, y: np.ndarray, penalty: Penalty = None) -> Model:
        """The model of these rows and labels; the best penalty for None."""
        labels = self.project(x, y)
        if penalty is not None or self.rows > ROWS_ENOUGH * len(self.squares):
            return labels.fit(penalty)
        grid = self.grid()
        return labels.fit(float(grid[int(np.argmin(self.left_out(x, y, grid)))]))


@dataclass(frozen=True)
class Labelled:
    """A design with labels, of mean ``mean``, shape (outputs,), and sum of squares ``total`` around it.

    ``along``, shape (k, outputs), is V'X'(y - mean).
    """

    design: RidgeDesign
    mean: np.ndarray
    along: np.ndarray
    total: float

    def scores(self, penalties: np.ndarray) -> np.ndarray:
        """Generalised cross-validation at each penalty: the mean squared error, summed over outputs."""
        d, rows = self.design.squares, self.design.rows
        energy = (self.along**2).sum(1) / d
        left = penalties[:, None] / (d + penalties[:, None])
        residual = left**2 @ energy + max(self.total - float(energy.sum()), 0.0)
        free = (left.sum(1) + (rows - 1 - len(d))) / rows
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(free > 0, residual / rows / free**2, np.inf)

    def fit(self, penalty: Penalty = None) -> Model:
        """The fitted model; the best penalty of the grid for None, least squares (of least norm) for 0."""
        if penalty is None:
            grid = self.design.grid()
            penalty = float(grid[int(np.argmin(self.scores(grid)))])
        slopes = self.design.vectors @ (self.along / (self.design.squares + penalty)[:, None])
        return Model(slopes, self.mean - self.design.mean @ slopes, penalty)


@dataclass(frozen=True)
class Model:
    """A linear model: ``slopes``, shape (p, outputs), ``intercept``, shape (outputs,), and the penalty it used."""

    slopes: np.ndarray
    intercept: np.ndarray
    penalty: float

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Predictions at rows ``x``, shape (rows, outputs)."""
        return np.asarray(x @ self.slopes + self.intercept)


def solved(x: np.ndarray, y: np.ndarray, penalty: float) -> Model:
    """Ridge of ``y``, shape (rows, outputs), on ``x``, shape (rows, p), by one solve.

    The penalty is at least the part SOLVABLE of the sum of squares.
    """
    mean, centre = x.mean(0), y.mean(0)
    centred = x - mean
    if len(x) < x.shape[1]:
        kernel = centred @ centred.T
        kernel[np.diag_indices(len(x))] += penalty
        slopes = centred.T @ np.linalg.solve(kernel, y - centre)
    else:
        gram = centred.T @ centred
        gram[np.diag_indices(x.shape[1])] += penalty
        slopes = np.linalg.solve(gram, centred.T @ (y - centre))
    return Model(slopes, centre - mean @ slopes, penalty)


def trained(x: np.ndarray, y: np.ndarray, penalty: Penalty) -> Model:
    """Ridge of ``y``, shape (rows, outputs), on ``x``, shape (rows, p); the best penalty for None."""
    if _solvable(penalty, x):
        return solved(x, y, penalty)
    return RidgeDesign.of(x).fit(x, y, penalty)


def _solvable(penalty: Penalty, x: np.ndarray) -> TypeGuard[float]:
    """Whether the penalty is given and large enough for one solve."""
    return penalty is not None and penalty > SOLVABLE * float(((x - x.mean(0)) ** 2).sum())


@dataclass(frozen=True)
class PseudoRows:
    """Unlabelled rows, ``x_w`` and ``x_s``, shapes (rows, p_w) and (rows, p_s), for one teacher: no moments of them are
    made but those that its student needs."""

    x_w: np.ndarray
    x_s: np.ndarray

    def fit(self, teacher: Model, penalty: Penalty = None) -> Model:
        """The student of this teacher."""
        said = teacher(self.x_w)
        if _solvable(penalty, self.x_s):
            return solved(self.x_s, said, penalty)
        return RidgeDesign.of(self.x_s).project(self.x_s, said).fit(penalty)


@dataclass(frozen=True)
class PseudoLabelled:
    """Unlabelled rows, ready for the pseudo-labels of any linear teacher, without going through the rows again.

    ``student`` is the design of the strong features; ``shared``, shape (k, p_w), is V'(X_s - mean)'(X_w - mean);
    ``second``, shape (p_w, p_w), is (X_w - mean)'(X_w - mean); ``mean``, shape (p_w,), is that of the weak features.
    """

    student: RidgeDesign
    shared: np.ndarray
    second: np.ndarray
    mean: np.ndarray

    @classmethod
    def of(cls, x_w: np.ndarray, x_s: np.ndarray) -> PseudoLabelled:
        """From weak and strong features of the same rows, shapes (rows, p_w) and (rows, p_s)."""
        design, mean = RidgeDesign.of(x_s), x_w.mean(0)
        centred = x_w - mean
        shared = design.vectors.T @ (x_s.T @ centred)
        return cls(design, shared, centred.T @ centred, mean)

    @classmethod
    def of_population(cls, lam_w: np.ndarray, lam_s: np.ndarray, cross: np.ndarray, rows: int) -> PseudoLabelled:
        """So many rows with the population's moments, in principal coordinates: E[x_s x_w'] is ``cross``."""
        live = lam_s > SQUARES_ROUNDING * lam_s[0]
        design = RidgeDesign(rows, np.zeros(len(lam_s)), rows * lam_s[live], np.eye(len(lam_s))[:, live], lam_s.sum())
        return cls(design, rows * cross[live], rows * np.diag(lam_w), np.zeros(len(lam_w)))

    def fit(self, teacher: Model, penalty: Penalty = None) -> Model:
        """The student of this teacher."""
        total = float((teacher.slopes * (self.second @ teacher.slopes)).sum())
        labels = Labelled(self.student, teacher(self.mean), self.shared @ teacher.slopes, total)
        return labels.fit(penalty)
