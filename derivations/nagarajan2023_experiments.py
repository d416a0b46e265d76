"""Observations on training runs: where distillation exaggerates, and where it does not.

The runs are those of :mod:`derivations.nagarajan2023_training` on digits. An observation states the mean of one
statistic over random splits and starts in one setting, and nothing beyond that setting. What was looked at and not
found is in :func:`table` beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import sympy as sp

from derivations.nagarajan2023_linear import PAPER, named_mean
from derivations.nagarajan2023_training import (
    EARLY,
    HIDDEN,
    LATE,
    TRAIN,
    MissingDataError,
    Setting,
    measured,
)
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import ClaimError, Compare, Mean
from w2s_sym.evidence.simulation.moments_of_draws import ALPHA, mean_and_error
from w2s_sym.formula.domain import Domain

# -- the evidence -----------------------------------------------------------------------------

RUNS: Mapping[str, int] = {"quick": 24, "standard": 64, "deep": 256}


@cache
def student_level(runs: int) -> float:
    """The two-sided quantile of Student's t that the mean of ``runs`` normal draws exceeds with probability ALPHA."""
    from mpmath import betainc

    freedom, low, high = runs - 1, 0.0, 1e9
    for _ in range(200):
        middle = (low + high) / 2
        tail = betainc(freedom / 2, 0.5, 0, freedom / (freedom + middle**2), regularized=True)
        low, high = (middle, high) if tail > ALPHA else (low, middle)
    return high


@dataclass(frozen=True)
class TrainingRuns(Evidence):
    """Evidence from training runs: Student's t of the mean of one statistic, at the level of every other test.

    The statistic is the sum of ``terms``, pairs of a name of :func:`nagarajan2023_training.measure` and a factor. The
    number of runs is fixed by the effort: nothing is stopped when it looks well.
    """

    setting: Setting
    terms: tuple[tuple[str, float], ...]

    kind = "simulation"

    def draws(self, run: Run) -> np.ndarray:
        """The statistic of each run. Raises :class:`MissingDataError` without the data."""
        run.tell(f"{RUNS[run.effort]} runs: {self.setting}")
        found = measured(self.setting, RUNS[run.effort], run.seed)
        return np.asarray(sum(factor * found[name] for name, factor in self.terms))

    def check(self, claim: Claim, run: Run) -> Finding:
        """SKIPPED without the data; else the side of the bound on which the mean is, if the runs tell."""
        statement = claim.statement
        if not isinstance(statement, Compare) or statement.relation not in ("<", ">") or statement.rhs.free_symbols:
            raise ClaimError(f"{claim.id}: training runs compare a mean with a number by < or >")
        try:
            values = self.draws(run)
        except MissingDataError as problem:
            return Finding(self.kind, Verdict.SKIPPED, str(problem))
        lost = int(np.isnan(values).sum())
        if lost:
            text = f"{lost} of {len(values)} runs have no matched progress; take a setting where all have"
            return Finding(self.kind, Verdict.INCONCLUSIVE, text, {"decide": {"text": "another setting"}})
        mean, error = (float(v) for v in mean_and_error(values))
        level, sign = student_level(len(values)), 1 if statement.relation == ">" else -1

        def t(bound: Any) -> float:
            return sign * (mean - float(bound)) / error

        refuted = tuple(i for i, rival in enumerate(claim.rivals) if t(rival) < -level)
        inside = t(statement.rhs)
        detail = {
            "setting": str(self.setting),
            "runs": len(values),
            "mean": mean,
            "standard_error": error,
            "t": inside,
            "level": level,
        }
        text = f"mean {mean:.4f} +- {error:.4f} over {len(values)} runs, t = {sign * inside:+.1f}"
        if abs(inside) <= level:
            return Finding(self.kind, Verdict.INCONCLUSIVE, f"{text}, needs {level:.1f}", detail, refuted)
        return Finding(self.kind, Verdict.AGREES if inside > 0 else Verdict.REFUTED, text, detail, refuted)


# -- the settings and what is stated ----------------------------------------------------------

NET, NOISE = "network", 0.3
CLEAN = Setting("clean")
NOISY = Setting("noisy", noise=NOISE)
WARM = Setting("warm", temperature=4)
INTERPOLATING = Setting("interpolating", steps=500)
NETWORK = Setting("network", NET, NET)
NETWORK_NOISY = Setting("network_noisy", NET, NET, noise=NOISE)
NETWORK_WARM = Setting("network_warm", NET, NET, temperature=4)
STOCHASTIC = Setting("stochastic", NET, NET, batch=32)
DOWN = Setting("down", NET)
UP = Setting("up", student=NET)
SETTINGS = (CLEAN, NOISY, WARM, INTERPOLATING, NETWORK, NETWORK_NOISY, NETWORK_WARM, STOCHASTIC, DOWN, UP)

SETUP = (
    f"scikit-learn's digits, {TRAIN} random points to train on, the other 1497 to test; plain gradient descent from "
    f"zero (logistic regression, step 4) or from a random start (one hidden layer of {HIDDEN} rectified units, "
    f"step 1), {EARLY} steps for teacher and student unless said otherwise."
)


@dataclass(frozen=True)
class Statistic:
    """A mean that observations are about: its letter, and how a run gives one value of it."""

    mean: Mean
    terms: tuple[tuple[str, float], ...]


def _statistic(name: str, meaning: str, latex: str, **terms: float) -> Statistic:
    return Statistic(named_mean(name, meaning, latex), tuple(terms.items()))


GAP = _statistic(
    "gap_low",
    "mean log of the student's progress on eigenvectors 21 to 40 of the pixels' covariance over that of training on "
    "labels, when the latter has the student's progress on eigenvectors 1 to 4",
    r"\bar g_{\mathrm{low}}",
    gap_low=1,
)
HIDDEN_GAP = _statistic(
    "gap_hidden",
    "the same for the second layer, eigenvectors 9 to 20 of the covariance of hidden units",
    r"\bar g_{\mathrm{hidden}}",
    gap_hidden_low=1,
)
SLOPE = _statistic(
    "slope_train",
    f"mean slope of the student's logit on its teacher's, teacher's class, training points, student of {LATE} steps",
    r"\bar s",
    slope_late_train=1,
)
TEST_SLOPE = _statistic(
    "slope_test",
    f"mean slope of the student's logit on its teacher's, teacher's class, test points, student of {LATE} steps",
    r"\bar s_{\mathrm{test}}",
    slope_late_test=1,
)
EARLY_SLOPE = _statistic(
    "slope_early",
    f"mean slope of the student's logit on its teacher's, teacher's class, training points, student of {EARLY} steps",
    r"\bar s_{\mathrm{early}}",
    slope_early_train=1,
)
UNDERFIT = _statistic(
    "least_train",
    "mean of the student's logit less its teacher's, teacher's class, over the quarter of training points on which "
    f"the teacher is least confident, student of {LATE} steps",
    r"\bar u",
    least_late_train=1,
)
UNEVEN = _statistic(
    "uneven_train",
    "mean of the student's logit less its teacher's, teacher's class, on the quarter of training points of least "
    f"teacher confidence less that on the quarter of most, student of {LATE} steps",
    r"\bar u - \bar o",
    least_late_train=1,
    most_late_train=-1,
)
OVER_TEACHER = _statistic(
    "gain_teacher",
    "mean test accuracy of the student less its teacher's",
    r"\bar A_{\mathrm{student}} - \bar A_{\mathrm{teacher}}",
    accuracy_early=1,
    accuracy_teacher=-1,
)
OVER_LABELS = _statistic(
    "gain_labels",
    f"mean test accuracy of the student of {LATE} steps less that of as many steps on the labels",
    r"\bar A_{\mathrm{student}} - \bar A_{\mathrm{labels}}",
    accuracy_late=1,
    accuracy_labels=-1,
)
SWITCH = _statistic(
    "gain_switch",
    f"mean test accuracy of {LATE // 2} steps on labels and then {LATE // 2} on the teacher's probabilities, less the "
    f"middle between {LATE} steps on either",
    r"\bar A_{\mathrm{switched}} - (\bar A_{\mathrm{student}} + \bar A_{\mathrm{labels}})/2",
    accuracy_switched=1,
    accuracy_late=-0.5,
    accuracy_labels=-0.5,
)


def observed(
    name: str, sentence: str, what: Statistic, relation: str, bound: Any, setting: Setting, rival: Any, remark: str = ""
) -> Claim:
    """An observation with its setting; the rival is a bound that the same runs must refute."""
    return Claim(
        name,
        sentence,
        Compare(what.mean, relation, sp.Rational(bound)),
        Domain(()),
        PAPER.at("experiments; here on digits", "derived"),
        (TrainingRuns(setting, what.terms),),
        kind="observation",
        rivals=(sp.Rational(rival),),
        remark=f"Setting: {setting}. {SETUP}{' ' if remark else ''}{remark}",
    )


_LAGS = "the student has on average less progress on eigenvectors 21 to 40 of the pixels' covariance than training on "
_LAGS += "labels has when it has made the same progress on eigenvectors 1 to 4"
CLAIMS = (
    observed(
        "digits_student_lags_on_low_eigenvectors",
        f"In log progress, {_LAGS}: logistic regression, clean labels.",
        GAP, "<", 0, CLEAN, "-1/2",
    ),
    observed(
        "digits_student_lags_under_label_noise",
        f"In log progress, {_LAGS}, by more than 1/5: logistic regression, 30% random labels.",
        GAP, "<", "-1/5", NOISY, -2,
    ),
    observed(
        "digits_student_lags_in_a_network",
        f"In log progress, {_LAGS}: the first layer of a network, clean labels.",
        GAP, "<", 0, NETWORK, "-1/2",
    ),
    observed(
        "digits_student_lags_in_the_second_layer",
        "In log progress, the student's second layer has on average less on eigenvectors 9 to 20 of the covariance of "
        "the hidden units than training on labels has when both have the same on eigenvectors 1 to 4.",
        HIDDEN_GAP, "<", 0, NETWORK, "-1/4",
        "The covariance is that of the network trained on labels. With batches of 32 the student does not lag there: "
        "see the table.",
    ),
    observed(
        "digits_student_lags_by_stochastic_descent",
        f"In log progress, {_LAGS}: the first layer of a network, batches of 32.",
        GAP, "<", 0, STOCHASTIC, "-1/2",
    ),
    observed(
        "digits_student_of_another_architecture_lags",
        f"In log progress, {_LAGS}: logistic regression taught by a network.",
        GAP, "<", 0, DOWN, "-1/2",
        "A network taught by logistic regression leads on eigenvectors 5 to 10: there is no such law across "
        "architectures.",
    ),
    observed(
        "digits_interpolating_teacher_causes_little_lag",
        "When the teacher reproduces its labels, the student's mean log progress on eigenvectors 21 to 40 is above "
        "-1/20 relative to training on labels at matched progress on eigenvectors 1 to 4.",
        GAP, ">", "-1/20", INTERPOLATING, 0,
        "Every teacher of 500 steps reproduces all of its training labels; the bound is a quarter of the lag behind a "
        "teacher of 50 steps.",
    ),
    observed(
        "digits_slope_is_above_one_for_a_long_trained_student",
        "On training points the slope of the student's logit on its teacher's is on average above 1: a network trained "
        "4 times as long as its teacher.",
        SLOPE, ">", 1, NETWORK, "21/20",
    ),
    observed(
        "digits_slope_is_above_one_on_test_points_too",
        "On test points the slope of the student's logit on its teacher's is on average above 1: a network trained 4 "
        "times as long as its teacher.",
        TEST_SLOPE, ">", 1, NETWORK, "21/20",
        "By less than one per cent, and less than half as much as on training points.",
    ),
    observed(
        "digits_slope_is_above_one_at_temperature_four",
        "On training points the slope of the student's logit on its teacher's is on average above 1: logistic "
        "regression at temperature 4, as many steps as its teacher.",
        EARLY_SLOPE, ">", 1, WARM, "11/10",
    ),
    observed(
        "digits_slope_is_below_one_at_equal_steps",
        "On training points the slope of the student's logit on its teacher's is on average below 1: logistic "
        "regression at temperature 1, as many steps as its teacher.",
        EARLY_SLOPE, "<", 1, CLEAN, "9/10",
        "The student is then behind its teacher everywhere, most of all where the teacher is confident.",
    ),
    observed(
        "digits_slope_is_below_one_under_label_noise",
        "On test points the slope of the student's logit on its teacher's is on average below 1: 30% random labels, "
        "logistic regression, student trained 4 times as long as its teacher.",
        TEST_SLOPE, "<", 1, NOISY, "19/20",
        "Exaggerated confidence is no general law.",
    ),
    observed(
        "digits_least_confident_points_are_underfitted",
        "On the quarter of training points of least teacher confidence the student's logit is on average below its "
        "teacher's: logistic regression, clean labels, student trained 4 times as long.",
        UNDERFIT, "<", 0, CLEAN, "-1/4",
    ),
    observed(
        "digits_least_confident_points_are_underfitted_most",
        "The student's logit less its teacher's is on average lower on the quarter of training points of least teacher "
        "confidence than on that of most: a network, clean labels, student trained 4 times as long.",
        UNEVEN, "<", 0, NETWORK, "-1/4",
    ),
    observed(
        "digits_student_beats_labels_under_noise",
        "With 30% random labels the student's test accuracy is on average more than 1/20 above that of as many steps "
        "on the labels.",
        OVER_LABELS, ">", "1/20", NOISY, "1/5",
    ),
    observed(
        "digits_student_beats_its_teacher_under_noise",
        "With 30% random labels and as many steps as its teacher, the student's test accuracy is on average above its "
        "teacher's.",
        OVER_TEACHER, ">", 0, NOISY, "1/10",
        "The teacher is early stopped, but not early enough.",
    ),
    observed(
        "digits_student_falls_behind_its_teacher_on_clean_labels",
        "With clean labels and as many steps as its teacher, the student's test accuracy is on average below its "
        "teacher's: a network.",
        OVER_TEACHER, "<", 0, NETWORK, "-1/10",
        "There is no noise that early stopping could leave out.",
    ),
    observed(
        "digits_switching_to_distillation_recovers_most",
        "With 30% random labels, a student switched from labels to its teacher's probabilities half way is on average "
        "nearer in test accuracy to one distilled throughout than to one trained on labels throughout.",
        SWITCH, ">", 0, NOISY, "1/10",
    ),
)  # fmt: skip

# -- everything that was looked at ----------------------------------------------------------------------------

MEASURED: Mapping[str, tuple[tuple[str, float], ...]] = {
    "log progress gap, eigenvectors 21-40": GAP.terms,
    "log progress gap, eigenvectors 5-10": (("gap_middle", 1),),
    "log progress gap, second layer": HIDDEN_GAP.terms,
    "slope, train, equal steps": EARLY_SLOPE.terms,
    "slope, train, 4 times the steps": SLOPE.terms,
    "slope, test, 4 times the steps": TEST_SLOPE.terms,
    "least confident, train": UNDERFIT.terms,
    "least confident, test": (("least_late_test", 1),),
    "least less most confident, train": UNEVEN.terms,
    "accuracy less teacher's, equal steps": OVER_TEACHER.terms,
    "accuracy less labels', 4 times the steps": OVER_LABELS.terms,
    "switched less the middle": SWITCH.terms,
}


@dataclass(frozen=True)
class Row:
    """One statistic in one setting: its mean over runs with its standard error."""

    setting: str
    statistic: str
    mean: float
    error: float
    runs: int

    def __str__(self) -> str:
        return f"{self.setting:<50} {self.statistic:<42} {self.mean:+.4f} +- {2 * self.error:.4f}"


def table(run: Run) -> list[Row]:
    """All settings and statistics, whether the effect is there or not. Intervals are two standard errors.

    Runs without matched progress are left out, and ``runs`` says how many are left. Raises :class:`MissingDataError`.
    """
    rows = []
    for setting in SETTINGS:
        found = measured(setting, RUNS[run.effort], run.seed)
        for name, terms in MEASURED.items():
            # Of a teacher that was trained longer than its student, confidence compares two lengths of training.
            if setting.steps > LATE and name.startswith(("slope", "least")):
                continue
            if all(term in found for term, _ in terms):
                values = np.asarray(sum(factor * found[term] for term, factor in terms))
                values = values[np.isfinite(values)]
                if len(values) > 1:
                    mean, error = mean_and_error(values)
                    rows.append(Row(str(setting), name, float(mean), float(error), len(values)))
    return rows
