"""The settings of the training runs, and the means that observations are about."""

from __future__ import annotations

from dataclasses import dataclass

from derivations.nagarajan2023.linear import named_mean
from derivations.nagarajan2023.training import EARLY, HIDDEN, LATE, TRAIN, Setting
from w2s_sym import Mean

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
    f"mean of the student's logit minus its teacher's, teacher's class, over the quarter of training points on "
    f"which the teacher is least confident, student of {LATE} steps",
    r"\bar u",
    least_late_train=1,
)
UNEVEN = _statistic(
    "uneven_train",
    f"mean of the student's logit minus its teacher's, teacher's class, on the quarter of training points of "
    f"least teacher confidence minus that on the quarter of most, student of {LATE} steps",
    r"\bar u - \bar o",
    least_late_train=1,
    most_late_train=-1,
)
OVER_TEACHER = _statistic(
    "gain_teacher",
    "mean test accuracy of the student minus its teacher's",
    r"\bar A_{\mathrm{student}} - \bar A_{\mathrm{teacher}}",
    accuracy_early=1,
    accuracy_teacher=-1,
)
OVER_LABELS = _statistic(
    "gain_labels",
    f"mean test accuracy of the student of {LATE} steps minus that of as many steps on the labels",
    r"\bar A_{\mathrm{student}} - \bar A_{\mathrm{labels}}",
    accuracy_late=1,
    accuracy_labels=-1,
)
SWITCH = _statistic(
    "gain_switch",
    f"mean test accuracy of {LATE // 2} steps on labels and then {LATE // 2} on the teacher's probabilities, "
    f"minus the middle between {LATE} steps on either",
    r"\bar A_{\mathrm{switched}} - (\bar A_{\mathrm{student}} + \bar A_{\mathrm{labels}})/2",
    accuracy_switched=1,
    accuracy_late=-0.5,
    accuracy_labels=-0.5,
)
