"""Will weak-to-strong training pay on these features, and how many pseudo-labels does it need?

The way goes from features (:mod:`~w2s_sym.forecast.features`) over their overlap
(:mod:`~w2s_sym.forecast.correlation_dimension`) to a :class:`~w2s_sym.forecast.study.Study`, from there to estimates
(:mod:`~w2s_sym.forecast.estimates`), which training on the rows at hand widens where the data break the formulas'
assumptions (:mod:`~w2s_sym.forecast.departures`), and to the bands of a plan (:mod:`~w2s_sym.forecast.bands`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from w2s_sym.claims.claim import Claim
from w2s_sym.forecast import bands, features
from w2s_sym.forecast.correlation_dimension import measure
from w2s_sym.forecast.plan_data import Plan
from w2s_sym.forecast.risk_formulas import RiskFormulas
from w2s_sym.forecast.study import Labels, Study
from w2s_sym.papers import loading


def plan(
    psi_w: np.ndarray,
    psi_s: np.ndarray,
    y: np.ndarray | None = None,
    *,
    predictions: Mapping[str, Claim] | None = None,
    n: int | None = None,
    N: int | None = None,
    sigma2: float | None = None,
    held_out: int | None = None,
    explained: float = 0.99,
    drop: bool = False,
    seed: int = 0,
    tell: Callable[[str], None] | None = None,
) -> Plan:
    """Predict weak-to-strong training on two models' features of the same points.

    Parameters
    ----------
    psi_w, psi_s
        Raw features of the weak and the strong model, shapes (rows, columns).
    y
        Labels of the first points, shape (labelled,) or (labelled, outputs); risks sum over outputs.
    predictions
        Claims that state the risks; by default those of the installed paper that defines them.
    n, N
        Labels of the teacher and pseudo-labels to plan for. By default the labels at hand (else twice the teacher's
        directions) and the rows at hand.
    sigma2
        Variance of the label noise, where it is known; by default all that both models leave counts as noise.
    held_out
        The number of points that risks will be measured on: bands are widened for what those points vary. By default
        bands are for means over the whole population.
    explained, drop, seed, tell
        See :func:`w2s_sym.forecast.features.whitened_pair`.

    Raises :class:`~w2s_sym.forecast.features.FeatureError` for bad features or labels, and for sizes that are too
    small.
    """
    claims = loading.predictions() if predictions is None else predictions
    pair = features.whitened_pair(psi_w, psi_s, explained=explained, drop=drop, seed=seed, tell=tell)
    d_w, d_s = pair.weak.dim, pair.strong.dim
    overlap = measure(pair, seed=seed)
    labels = Labels.of(y, pair, (psi_w, psi_s), seed) if y is not None else None
    study = Study(
        pair=pair,
        overlap=overlap,
        formulas=RiskFormulas.of(claims, d_w, d_s),
        n=n if n is not None else len(labels.table) if labels is not None else 2 * d_w + 2,
        N=N if N is not None else pair.rows,
        sigma2=sigma2,
        held_out=held_out,
        seed=seed,
    )
    return bands.variance_plan(study) if labels is None else bands.risk_plan(study, labels)
