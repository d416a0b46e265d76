"""What the formulas need, estimated from features and labels, with draws that show how far the estimates may err."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2s_sym.forecast import residuals
from w2s_sym.forecast.departures import Departure, risk_departures, variance_departure
from w2s_sym.forecast.diagnosis import ALARM, Note, Remarks
from w2s_sym.forecast.reading import FeatureError
from w2s_sym.forecast.residuals import Residuals
from w2s_sym.forecast.risk_formulas import PARAMETERS, RISKS, Draws
from w2s_sym.forecast.study import Labels, Study

DRAWS = 2000
# A residual below this part of the labels' second moment is a rounding error.
EXACT = 1e-20


@dataclass(frozen=True)
class VarianceEstimate:
    """The student's variance over its teacher's.

    ``value`` is the formula's at the estimate of d_sw. ``draws``, shape (2 DRAWS,), has the formula's values where the
    estimate may err, and the same times the departure that is measured on the rows.
    """

    value: float
    draws: np.ndarray
    remarks: Remarks


@dataclass(frozen=True)
class RiskEstimate:
    """The formulas' parameters, as labels tell them.

    ``point`` has the estimates, shape (1,), and ``plain`` draws of where they may err, shape (DRAWS,). ``widened`` has
    these draws twice, shape (2 DRAWS,): with the formulas as they are, and with the factors measured on the rows.
    """

    point: Draws
    plain: Draws
    widened: Draws
    remarks: Remarks


def correlation_dimensions(study: Study) -> np.ndarray:
    """Normal draws of d_sw around its estimate, shape (DRAWS,), clipped to its range from 0 to min(d_w, d_s)."""
    rng, found = np.random.default_rng([study.seed, 5]), study.overlap
    error = found.standard_error * np.sqrt(study.widening(found.rows))
    drawn = found.d_sw + error * rng.standard_normal(DRAWS)
    return np.asarray(np.clip(drawn, 0, min(found.d_w, found.d_s)))


def variance_estimate(study: Study) -> VarianceEstimate:
    """The variance ratio at the study's N; it needs no labels."""
    departure, remarks = variance_departure(study)
    value = study.formulas.variance_ratio(np.array([study.overlap.d_sw]), study.N)[0]
    ratio = study.formulas.variance_ratio(correlation_dimensions(study), study.N)
    return VarianceEstimate(value, np.concatenate([ratio, ratio * departure.value]), remarks)


def risk_estimate(study: Study, labels: Labels) -> RiskEstimate:
    """The parameters of the formulas for risks.

    Raises :class:`~w2s_sym.forecast.features.FeatureError` for labels that are too few, that a model fits exactly, or
    that leave less than the given sigma2.
    """
    moments = residuals.estimate(study.pair, labels.psi_w, labels.psi_s, labels.y)
    _refuse_impossible(moments, study.sigma2)
    rng = np.random.default_rng([study.seed, 6])
    covariance = moments.covariance * study.widening(moments.rows)
    # Heavy tails spread the covariance over so many orders of magnitude that rounding makes it indefinite.
    drawn = rng.multivariate_normal(moments.values, covariance, DRAWS, method="svd", check_valid="ignore")
    point = Draws(_parameters(moments.values[None, :], np.array([study.overlap.d_sw]), study.sigma2))
    plain = Draws(_parameters(drawn, correlation_dimensions(study), study.sigma2))
    departures, measured = risk_departures(study, labels, moments, point)
    widened = Draws(
        {letter: np.concatenate([values, values]) for letter, values in plain.parameters.items()},
        {name: np.concatenate([np.ones(DRAWS), _factors(departures.get(name), rng)]) for name in RISKS},
    )
    text = "sigma2 is all that both models leave: labels cannot tell noise from signal outside of both"
    noise = Remarks((Note("noise", text),)) if study.sigma2 is None else Remarks()
    return RiskEstimate(point, plain, widened, noise + measured + _label_remarks(study, labels))


def _refuse_impossible(moments: Residuals, sigma2: float | None) -> None:
    """Noise above what the models leave, and labels that a model fits exactly, would give numbers without meaning."""
    for name, side in (("residual_w", "weak"), ("residual_s", "strong")):
        left, error = moments.value(name), moments.error(name)
        if left <= EXACT * moments.second_moment:
            raise FeatureError(f"labels: linear in the {side} features up to rounding; there is no risk to plan for")
        if sigma2 is not None and sigma2 > left + ALARM * error:
            raise FeatureError(
                f"sigma2={sigma2:g}: the {side} features leave only {left:.4g} +- {error:.2g} of the labels; "
                "give at most that, or leave it out"
            )


def _parameters(values: np.ndarray, d_sw: np.ndarray, sigma2: float | None) -> dict[str, np.ndarray]:
    """Parameters that are possible, from second moments ``values``, shape (draws, 5), in the order of their names.

    The noise is at most what either model leaves, and q at most rho_w. Where it is not given, all that both models
    leave together counts as noise.
    """
    left_w, left_s, left_both, q, h = np.maximum(values, 0).T
    noise = np.minimum(np.minimum(left_w, left_s), left_both if sigma2 is None else sigma2)
    rho_w = left_w - noise
    found = (noise, rho_w, left_s - noise, np.minimum(q, rho_w), h)
    return {**dict(zip(PARAMETERS, found, strict=True)), "d_sw": d_sw}


def _factors(departure: Departure | None, rng: np.random.Generator) -> np.ndarray:
    """Normal draws of a factor, shape (DRAWS,), not below 0; 1 where nothing was measured."""
    mean, error = (departure.value, departure.error) if departure is not None else (1.0, 0.0)
    return np.asarray(np.maximum(mean + error * rng.standard_normal(DRAWS), 0))


def _label_remarks(study: Study, labels: Labels) -> Remarks:
    """What the reader has to know of the labels and of their number."""
    notes = []
    table, d_s = labels.table, study.pair.strong.dim
    error = table.std(0) / np.sqrt(len(table))
    if (np.abs(table.mean(0)) > ALARM * np.maximum(error, 1e-300)).any():
        notes.append(Note("intercept", "labels do not average to zero, and the fits have no intercept: centre them"))
    if not study.has_baseline:
        text = f"n={study.n} <= d_s + 1 = {d_s + 1}: the strong baseline and OPR do not exist"
        notes.append(Note("baseline", text))
    return Remarks(tuple(notes))
