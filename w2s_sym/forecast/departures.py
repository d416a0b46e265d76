"""How training on the rows at hand departs from the formulas, which assume Gaussian features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from w2s_sym.forecast import diagnosis, refits
from w2s_sym.forecast.diagnosis import Note, Remarks
from w2s_sym.forecast.features import SAMPLE
from w2s_sym.forecast.refits import Measured
from w2s_sym.forecast.residuals import Residuals
from w2s_sym.forecast.risk_formulas import RISKS, Draws
from w2s_sym.forecast.study import Labels, Study


@dataclass(frozen=True)
class Departure:
    """What was measured over what the formula says, and the standard error of this ratio."""

    value: float
    error: float


def variance_departure(study: Study) -> tuple[Departure, Remarks]:
    """The student's variance over its teacher's, measured at sizes that the rows allow, against the formula.

    The departure is 1 with a note where the rows allow no refit.
    """
    pair, found = study.pair, study.overlap
    rows = len(pair.index)
    size = refits.feasible_sizes(rows, rows, found.d_w, found.d_s, study.n, study.N)
    if size is None:
        text = f"{rows} rows leave no room to measure the variance law on these features"
        return Departure(1.0, 0.0), Remarks((Note("few rows", text),))
    seen = refits.measured_variance(pair.psi_w, pair.psi_s, *size, study.seed)
    ratio = seen.means["student"] / seen.means["weak"]
    predicted = float(study.formulas.variance_ratio(np.array([found.d_sw]), seen.N)[0])
    value = ratio / predicted
    # The student's error holds that of its teacher, which the ratio cancels in part: the student's alone is no less.
    error = value * seen.errors["student"] / seen.means["student"]
    text = (
        f"measured on these features at n = {seen.n}, N = {seen.N}: the student keeps {ratio:.4g} of its teacher's "
        f"variance, the formula says {predicted:.4g} ({value - 1:+.1%}, standard error {error:.1%})"
    )
    doubts = diagnosis.law_doubts(value, error, seen)
    return Departure(value, error), Remarks((Note("variance law", text),), tuple(doubts))


def risk_departures(
    study: Study, labels: Labels, moments: Residuals, point: Draws
) -> tuple[dict[str, Departure], Remarks]:
    """How the part of each risk that vanishes with infinite data, measured on the rows at hand, departs.

    ``moments`` are estimated from the labels and ``point`` has the parameters that follow, shape (1,). Risks that
    could not be measured are left out: all of them, with a note, where the labels are too few.
    """
    seen = _refits_on_labels(study, labels)
    if seen is None:
        used = min(len(labels.index), SAMPLE // 2)
        text = f"{used} labels leave no room to measure the risks; the bands assume the formulas"
        return {}, Remarks((Note("few labels", text),))
    names = tuple(name for name in RISKS if name in seen.means)
    expected = _single(study.formulas.excess_risks(point, seen.n, seen.N, names))
    left = _single(study.formulas.limits(point.parameters))
    noise = float(point.parameters["sigma2"][0])
    found: dict[str, Departure] = {}
    texts, doubts = [], []
    for name in names:
        who = RISKS[name].split(",")[0]
        mean, error = seen.means[name] - noise, seen.errors[name]
        vanishing = expected[name] - left[name]
        if vanishing > 0:
            found[name] = Departure((mean - left[name]) / vanishing, error / vanishing)
        # What the models leave was estimated from the same labels, and its error is in both sides.
        both = float(np.hypot(error, moments.error("residual_w" if name == "weak" else "residual_s")))
        doubts += diagnosis.risk_doubt(who, mean, expected[name], both, seen)
        texts.append(f"{who} {mean:.4g} against {expected[name]:.4g}")
    if "strong" in found:
        found["ceiling"] = found["strong"]  # the same model on more labels
    text = f"measured on these rows at n = {seen.n}, N = {seen.N}, excess risk against the formula: {'; '.join(texts)}"
    return found, Remarks((Note("risks", text),), tuple(doubts))


def _refits_on_labels(study: Study, labels: Labels) -> Measured | None:
    """Mean squared errors of refits; None where the labels are too few.

    Rows without labels are those that the pair holds already: no row is read and whitened again.
    """
    pair = study.pair
    labelled = min(len(labels.index), SAMPLE // 2)
    index = labels.index[:labelled]
    others = np.flatnonzero(~np.isin(pair.index, index))[: SAMPLE - labelled]
    rows = labelled + len(others)
    size = refits.feasible_sizes(rows, labelled, pair.weak.dim, pair.strong.dim, study.n, study.N)
    if size is None:
        return None
    psi_w = np.concatenate([labels.psi_w[:labelled], pair.psi_w[others]])
    psi_s = np.concatenate([labels.psi_s[:labelled], pair.psi_s[others]])
    return refits.measured_error(psi_w, psi_s, labels.table[index], *size, study.seed)


def _single(risks: Mapping[str, np.ndarray]) -> dict[str, float]:
    return {name: float(values[0]) for name, values in risks.items()}
