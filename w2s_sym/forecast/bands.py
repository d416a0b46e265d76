"""From estimates to a plan: each number by the formulas, with the band that the draws give it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from w2s_sym.forecast.diagnosis import Note, Remarks, shape_remarks
from w2s_sym.forecast.estimates import DRAWS, RiskEstimate, risk_estimate, variance_estimate
from w2s_sym.forecast.given_rows import least_squares_remarks
from w2s_sym.forecast.plan_data import PART, QUANTILES, Band, Plan
from w2s_sym.forecast.risk_formulas import PARAMETERS, Draws
from w2s_sym.forecast.study import Labels, Study


def band_around(value: float, draws: np.ndarray) -> Band:
    """95 % of the draws, widened to hold the value itself; the value alone where there are no draws."""
    low, high = np.quantile(draws, QUANTILES, method="inverted_cdf") if len(draws) else (value, value)
    return Band(float(value), float(min(low, value)), float(max(high, value)))


def variance_plan(study: Study) -> Plan:
    """The plan without labels: of the student's variance over its teacher's alone."""
    variance = variance_estimate(study)
    remarks = least_squares_remarks(study.pair, None) + shape_remarks(study.pair, study.overlap) + variance.remarks
    formulas, d_sw = study.formulas, study.overlap.d_sw
    needed, even = (formulas.pseudo_labels_for_variance(d_sw, study.n, part) for part in (PART, 0.0))
    grid = _grid(study)
    along = [float(formulas.variance_ratio(np.array([d_sw]), N)[0]) for N in grid]
    return Plan(
        overlap=study.overlap,
        n=study.n,
        N=study.N,
        labels=0,
        parameters={},
        risks={},
        errors={},
        ratios={},
        variance_ratio=band_around(variance.value, variance.draws),
        needed=Band(needed, needed, needed),
        break_even=Band(even, even, even),
        pays=float((variance.draws < 1).mean()),
        narrows="",
        doubts=remarks.doubts,
        notes=remarks.notes,
        curve={"N": [float(N) for N in grid], "student": along},
    )


def risk_plan(study: Study, labels: Labels) -> Plan:
    """The plan with labels: of excess risks, their ratios and the pseudo-labels that are needed.

    Raises what :func:`~w2s_sym.forecast.estimates.risk_estimate` raises.
    """
    variance, estimate = variance_estimate(study), risk_estimate(study, labels)
    at = study.formulas.excess_risks(estimate.point, study.n, study.N, study.risks)
    around = study.formulas.excess_risks(estimate.widened, study.n, study.N, study.risks)
    noise, noises = (draws.parameters["sigma2"] for draws in (estimate.point, estimate.widened))
    ratios, unsaid = _ratios(study, at, around)
    remarks = least_squares_remarks(study.pair, labels) + shape_remarks(study.pair, study.overlap)
    remarks = remarks + variance.remarks + estimate.remarks + unsaid
    return Plan(
        overlap=study.overlap,
        n=study.n,
        N=study.N,
        labels=len(labels.table),
        parameters=_parameter_bands(estimate),
        risks={name: band_around(float(at[name][0]), around[name]) for name in study.risks},
        errors={name: band_around(float((at[name] + noise)[0]), around[name] + noises) for name in study.risks},
        ratios=ratios,
        variance_ratio=band_around(variance.value, variance.draws),
        needed=_pseudo_labels(study, estimate, PART),
        break_even=_pseudo_labels(study, estimate, 0.0),
        pays=float((around["student"] < around["weak"]).mean()),
        narrows=_narrowed_by(study, estimate),
        doubts=remarks.doubts,
        notes=remarks.notes,
        curve=_curve(study, estimate),
        outperforms=float((around["student"] < around["strong"]).mean()) if study.has_baseline else None,
    )


def _parameter_bands(estimate: RiskEstimate) -> dict[str, Band]:
    point, plain = estimate.point.parameters, estimate.plain.parameters
    return {
        letter: Band(float(point[letter][0]), *map(float, np.quantile(plain[letter], QUANTILES)))
        for letter in PARAMETERS
    }


def _ratios(
    study: Study, at: Mapping[str, np.ndarray], around: Mapping[str, np.ndarray]
) -> tuple[dict[str, Band], Remarks]:
    """PGR and OPR where their denominators are positive, over the draws where they are."""
    ratio, remarks = study.formulas.ratio, Remarks()
    bands = {}
    if at["weak"][0] > at["ceiling"][0]:
        good = around["weak"] > around["ceiling"]
        draws = ratio("pgr", {name: values[good] for name, values in around.items()})
        bands["pgr"] = band_around(float(ratio("pgr", at)[0]), draws)
    else:
        text = "the strong ceiling is no better than the weak teacher: there is no gap to recover"
        remarks = Remarks((Note("PGR", text),))
    if study.has_baseline and at["student"][0] > 0:
        good = around["student"] > 0
        draws = ratio("opr", {name: values[good] for name, values in around.items()})
        bands["opr"] = band_around(float(ratio("opr", at)[0]), draws)
    return bands, remarks


def _pseudo_labels(study: Study, estimate: RiskEstimate, part: float) -> Band:
    """The number of pseudo-labels for a part of the attainable gain."""
    point, draws = (study.formulas.pseudo_labels(d, study.n, part) for d in (estimate.point, estimate.widened))
    return band_around(float(point[0]), draws)


def _narrowed_by(study: Study, estimate: RiskEstimate) -> str:
    """Whether the gain varies more with d_sw, which more rows narrow, or with what more labels narrow."""
    fixed = {letter: np.repeat(values, DRAWS) for letter, values in estimate.point.parameters.items()}
    plain = estimate.plain.parameters
    spreads = {}
    for name, parameters in (
        ("rows", {**fixed, "d_sw": plain["d_sw"]}),
        ("labels", {**plain, "d_sw": fixed["d_sw"]}),
    ):
        risks = study.formulas.excess_risks(Draws(parameters), study.n, study.N, ("weak", "student"))
        spreads[name] = float((risks["weak"] - risks["student"]).var())
    return max(spreads, key=lambda name: spreads[name])


def _grid(study: Study) -> list[int]:
    """Numbers of pseudo-labels, ascending, from the least at which the student's risk is finite."""
    d_s = study.pair.strong.dim
    return sorted({round(float(N)) for N in np.geomspace(d_s + 2, max(10 * study.N, 100 * d_s), 60)})


def _curve(study: Study, estimate: RiskEstimate) -> dict[str, list[float]]:
    """Excess risks along the grid, and the band of the student's (``low``, ``high``)."""
    grid, formulas = _grid(study), study.formulas
    along = [formulas.excess_risks(estimate.point, study.n, N, study.risks) for N in grid]
    students = (formulas.excess_risks(estimate.widened, study.n, N, ("student",))["student"] for N in grid)
    bands = [np.quantile(student, QUANTILES) for student in students]
    return {
        "N": [float(N) for N in grid],
        **{name: [float(risks[name][0]) for risks in along] for name in study.risks},
        "low": [float(low) for low, _ in bands],
        "high": [float(high) for _, high in bands],
    }
