"""Dong et al. (2025) on frozen features of real images and texts: predicted against measured PGR and OPR.

One run halves the rows of a pair. The first half, with its labels, gives a prediction from the paper's formulas, at
dimensions, noise and approximation errors that are estimated there. On the second half teacher, student, strong model
and ceiling are trained by least squares on the same leading directions, TRIALS times, and measured on the rows that
are left. PGR is the part of the gap from teacher to ceiling that the student recovers; OPR is here the error of the
strong model on the same n labels over the student's, both against labels, noise included.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from threadpoolctl import threadpool_limits

from derivations.real_networks.pairs import load
from w2s_sym import Run, plan

TRIALS = 6
MODELS = ("weak", "student", "strong", "ceiling")


@dataclass(frozen=True)
class Sizes:
    """Least squares on a pair of frozen features, centred, at ``n`` labels and ``N`` pseudo-labels.

    Kept are the leading directions that carry the part ``explained`` of each model's variance.
    """

    pair: str
    n: int
    N: int
    explained: float = 0.9

    dear: ClassVar[bool] = True
    modules: ClassVar[tuple[str, ...]] = ("planned", "pairs", "features", "texts", "encoder", "w2s_sym")

    def __str__(self) -> str:
        return f"{self.pair}, n = {self.n}, N = {self.N}, directions that carry {self.explained:.0%} of the variance"

    def rows(self, seed: int, numbers: Sequence[int]) -> Mapping[str, np.ndarray]:
        """By name, one value a run: ``pgr``, ``log_opr`` and each model's error with ``predicted_`` and ``measured_``
        before it; ``pgr_off`` and ``log_opr_off``, the absolute differences; ``d_w``, ``d_s``, ``d_sw`` and the ends of
        its interval; whether the plan has ``doubts``."""
        with threadpool_limits(1, user_api="blas"):
            found = [_one(self, Run(seed=seed).rng("pairs", self.pair, i)) for i in numbers]
        return {name: np.array([f[name] for f in found]) for name in found[0]}


def _one(sizes: Sizes, rng: np.random.Generator) -> dict[str, float]:
    weak, strong, y = (np.asarray(a, dtype=float) for a in load(sizes.pair))
    y = y.reshape(len(y), -1)
    first, second = np.array_split(rng.permutation(len(y)), 2)
    weak, strong, y = (a - a[first].mean(0) for a in (weak, strong, y))
    features = (weak[first], strong[first], y[first])
    said = plan(*features, method="least squares", n=sizes.n, N=sizes.N, explained=sizes.explained, drop=True)
    # Where n is too small for least squares on the strong model's directions there is no baseline.
    errors = {name: said.errors[name].value if name in said.errors else np.nan for name in MODELS}
    found = {f"predicted_{name}": float(e) for name, e in errors.items()} | _ratios("predicted", errors)
    o = said.overlap
    found |= {"d_w": o.d_w, "d_s": o.d_s, "d_sw": o.d_sw, "d_sw_low": o.interval[0], "d_sw_high": o.interval[1]}
    found["doubts"] = float(bool(said.doubts))
    weak, strong = _leading(weak, weak[first], o.d_w), _leading(strong, strong[first], o.d_s)
    runs = [_trained(weak, strong, y, rng.permutation(second), sizes) for _ in range(TRIALS)]
    errors = dict(zip(MODELS, np.mean(runs, axis=0).tolist(), strict=True))
    found |= {f"measured_{name}": float(error) for name, error in errors.items()} | _ratios("measured", errors)
    for name in ("pgr", "log_opr"):
        found[f"{name}_off"] = abs(found[f"predicted_{name}"] - found[f"measured_{name}"])
    return found


def _ratios(start: str, errors: Mapping[str, float]) -> dict[str, float]:
    """PGR and the logarithm of OPR."""
    return {
        f"{start}_pgr": float((errors["weak"] - errors["student"]) / (errors["weak"] - errors["ceiling"])),
        f"{start}_log_opr": float(np.log(errors["strong"] / errors["student"])),
    }


# -- training ---------------------------------------------------------------------------------------------------


def _leading(x: np.ndarray, rows: np.ndarray, d: int) -> np.ndarray:
    """Coordinates along the d leading directions of the second moment of ``rows``."""
    return np.asarray(x @ np.linalg.eigh(rows.T @ rows)[1][:, ::-1][:, :d])


def _trained(weak: np.ndarray, strong: np.ndarray, y: np.ndarray, order: np.ndarray, sizes: Sizes) -> list[float]:
    """Errors against labels of the four MODELS in one training run, in that order."""
    train, pool, test = np.split(order, [sizes.n, sizes.n + sizes.N])
    both = np.concatenate([train, pool])
    said = least_squares(weak[train], y[train], weak[np.concatenate([pool, test])])
    predictions = [
        said[len(pool) :],
        least_squares(strong[pool], said[: len(pool)], strong[test]),
        least_squares(strong[train], y[train], strong[test]),
        least_squares(strong[both], y[both], strong[test]),
    ]
    return [float(((y[test] - p) ** 2).sum(1).mean()) for p in predictions]


def least_squares(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Predictions at rows ``at``; NaN with no more rows than columns and one, where the paper has no baseline."""
    if len(x) <= x.shape[1] + 1:
        return np.full((len(at), y.shape[1]), np.nan)
    return np.asarray(at @ np.linalg.lstsq(x, y, rcond=None)[0])
