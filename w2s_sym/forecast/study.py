"""What a plan is made from: two whitened feature sets, their overlap, sizes, formulas and labels, in one place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2s_sym.forecast import features, residuals
from w2s_sym.forecast.correlation_dimension import Overlap
from w2s_sym.forecast.features import Pair
from w2s_sym.forecast.reading import FeatureError, rows_taken
from w2s_sym.forecast.risk_formulas import RISKS, RiskFormulas
from w2s_sym.rows.rows import FeatureRows


@dataclass(frozen=True)
class Labels:
    """Labels of the first points, and those of them that are used one by one.

    ``table``, shape (labelled, outputs), has all labels. ``index``, shape (used,), has the points that are used: all,
    or a random part when there are many. ``psi_w`` and ``psi_s``, shapes (used, d_w) and (used, d_s), are their
    whitened features.
    """

    table: np.ndarray
    index: np.ndarray
    psi_w: np.ndarray
    psi_s: np.ndarray

    @property
    def y(self) -> np.ndarray:
        """The labels that are used, shape (used, outputs)."""
        return np.asarray(self.table[self.index])

    @classmethod
    def of(cls, y: np.ndarray, pair: Pair, raw: tuple[FeatureRows, FeatureRows], seed: int, name: str = "") -> Labels:
        """The labels ``y``, shape (labelled,) or (labelled, outputs), of the first points of a pair.

        ``raw`` are the feature matrices, weak and strong, that the pair was made from; ``seed`` is that of the random
        part, ``name`` that of their file. Raises :class:`~w2s_sym.forecast.features.FeatureError` for labels that
        cannot be used.
        """
        table = residuals.checked_labels(y, pair.rows, name)
        index = features.sampled_rows(len(table), (seed, 2))
        weak, strong = (
            rows_taken(rows, index, what) for rows, what in zip(raw, ("weak features", "strong features"), strict=True)
        )
        return cls(table, index, pair.weak.whiten(weak), pair.strong.whiten(strong))


@dataclass(frozen=True)
class Study:
    """One question: what weak-to-strong training gives on these features with n labels and N pseudo-labels.

    ``sigma2`` is the variance of the label noise where it is known. ``held_out`` is the number of points that risks
    will be measured on; None stands for the whole population. ``seed`` is that of all draws.

    Raises :class:`~w2s_sym.forecast.features.FeatureError` for sizes at which the teacher's or the student's risk is
    infinite (n <= d_w + 1, N <= d_s + 1), and for a variance or a number of points that is none.
    """

    pair: Pair
    overlap: Overlap
    formulas: RiskFormulas
    n: int
    N: int
    sigma2: float | None
    held_out: int | None
    seed: int

    def __post_init__(self) -> None:
        d_w, d_s = self.pair.weak.dim, self.pair.strong.dim
        if self.n <= d_w + 1:
            raise FeatureError(f"n={self.n}: needs n > d_w + 1 = {d_w + 1}; give the teacher more labels")
        if d_s + 1 >= self.N:
            raise FeatureError(f"N={self.N}: needs N > d_s + 1 = {d_s + 1}; give the student more pseudo-labels")
        if self.sigma2 is not None and not (np.isfinite(self.sigma2) and self.sigma2 >= 0):
            raise FeatureError(f"sigma2={self.sigma2}: needs a variance, a finite number that is not negative")
        if self.held_out is not None and self.held_out < 1:
            raise FeatureError(f"held_out={self.held_out}: needs a number of points, at least 1")

    @property
    def has_baseline(self) -> bool:
        """Whether a strong model can be trained on the n labels of the teacher with finite risk."""
        return self.n > self.pair.strong.dim + 1

    @property
    def risks(self) -> tuple[str, ...]:
        """The names of the risks that exist at these sizes, in the order of :data:`RISKS`."""
        return tuple(name for name in RISKS if name != "strong" or self.has_baseline)

    def widening(self, rows: int) -> float:
        """What the variance of an estimate from ``rows`` points is multiplied by to make it that of a prediction.

        A prediction for ``held_out`` other points errs by their own variation too, that of a mean over them.
        """
        return 1.0 if self.held_out is None else 1.0 + rows / self.held_out
