"""Observations on students that lag behind, on images and texts; and where they do not."""

from __future__ import annotations

from typing import Any

from derivations.nagarajan2023 import statistics
from derivations.nagarajan2023.statistics import CLEAN, INTERPOLATING, NETWORK, NOISY, WARM
from derivations.nagarajan2023.training import Setting
from derivations.real_networks.lag import Distillation
from derivations.real_networks.observations import LAG, Statistic, observed
from w2s_sym import Claim

GAP = Statistic(statistics.GAP.mean, statistics.GAP.terms)
EARLY_SLOPE = Statistic(statistics.EARLY_SLOPE.mean, statistics.EARLY_SLOPE.terms)
SLOPE = Statistic(statistics.SLOPE.mean, statistics.SLOPE.terms)
TEST_SLOPE = Statistic(statistics.TEST_SLOPE.mean, statistics.TEST_SLOPE.terms)
OVER_LABELS = Statistic(statistics.OVER_LABELS.mean, statistics.OVER_LABELS.terms)
OVER_TEACHER = Statistic(statistics.OVER_TEACHER.mean, statistics.OVER_TEACHER.terms)
_NAMES = {"fashion": "Fashion-MNIST", "ratings": "embeddings of tweets with three classes of ratings"}
_BEHIND = (
    "log progress on eigenvectors 21 to 40 of the inputs' covariance, when both have the same on eigenvectors 1 to 4"
)
_PLAIN, _LABEL_NOISE = "logistic regression, clean labels", "logistic regression, 30% random labels"
_SLOPE = "the slope of the student's logit on its teacher's is on average"
_SETUP = (
    "Inputs are scaled to the total variance of the digits; otherwise as there: 300 random points to train on, plain "
    "gradient descent from zero or from a random start, 50 steps for teacher and student unless said otherwise."
)


def _on(
    data: str, name: str, sentence: str, what: Statistic, relation: str, bound: Any, *, setting: Setting, rival: Any
) -> Claim:
    """An observation on one of DATA."""
    return observed(
        f"{data}_{name}",
        f"On {_NAMES[data]}, {sentence}",
        what,
        relation,
        bound,
        of=Distillation(data, setting),
        source=LAG,
        rival=rival,
        remark=_SETUP,
    )


def _lags(name: str, words: str, setting: Setting) -> Claim:
    sentence = f"the student is on average more than 1/5 behind training on labels in {_BEHIND}: {words}."
    return _on("fashion", name, sentence, GAP, "<", "-1/5", setting=setting, rival=-3)


def _hardly(data: str, name: str, words: str, setting: Setting) -> Claim:
    sentence = f"the student is on average less than 1/10 behind training on labels in {_BEHIND}: {words}."
    return _on(data, name, sentence, GAP, ">", "-1/10", setting=setting, rival="1/10")


IMAGES = (
    _lags("student_lags_on_low_eigenvectors", _PLAIN, CLEAN),
    _lags("student_lags_under_label_noise", _LABEL_NOISE, NOISY),
    _lags("student_lags_in_a_network", "the first layer of a network, clean labels", NETWORK),
    _hardly("fashion", "interpolating_teacher_causes_little_lag", "a teacher of 500 steps", INTERPOLATING),
    _on(
        "fashion",
        "slope_is_below_one_at_equal_steps",
        f"{_SLOPE} below 1 on training points: {_PLAIN}, as many steps as its teacher.",
        EARLY_SLOPE,
        "<",
        1,
        setting=CLEAN,
        rival="4/5",
    ),
    _on(
        "fashion",
        "slope_at_temperature_four_is_hardly_above_one",
        f"{_SLOPE} below 21/20 on training points: {_PLAIN}, temperature 4, as many steps as its teacher.",
        EARLY_SLOPE,
        "<",
        "21/20",
        setting=WARM,
        rival="19/20",
    ),
    _on(
        "fashion",
        "slope_is_below_one_on_test_points",
        f"{_SLOPE} below 1 on test points: {_PLAIN}, student trained 4 times as long as its teacher.",
        TEST_SLOPE,
        "<",
        1,
        setting=CLEAN,
        rival="19/20",
    ),
    _on(
        "fashion",
        "student_beats_labels_under_noise",
        "with 30% random labels the student's test accuracy is on average above that of as many steps on the labels.",
        OVER_LABELS,
        ">",
        0,
        setting=NOISY,
        rival="1/10",
    ),
    _on(
        "fashion",
        "student_falls_behind_its_teacher_on_clean_labels",
        "with clean labels and as many steps as its teacher, the student's test accuracy is on average below its "
        "teacher's: a network.",
        OVER_TEACHER,
        "<",
        0,
        setting=NETWORK,
        rival="-1/10",
    ),
)
TWEETS = (
    _hardly("ratings", "student_hardly_lags", _PLAIN, CLEAN),
    _hardly("ratings", "student_hardly_lags_under_label_noise", _LABEL_NOISE, NOISY),
    _on(
        "ratings",
        "slope_is_below_one_at_equal_steps",
        f"{_SLOPE} below 1 on training points: {_PLAIN}, as many steps as its teacher.",
        EARLY_SLOPE,
        "<",
        1,
        setting=CLEAN,
        rival="4/5",
    ),
    _on(
        "ratings",
        "slope_is_above_one_at_temperature_four",
        f"{_SLOPE} above 1 on training points: {_PLAIN}, temperature 4, as many steps as its teacher.",
        EARLY_SLOPE,
        ">",
        1,
        setting=WARM,
        rival="11/10",
    ),
    _on(
        "ratings",
        "slope_is_above_one_for_a_long_trained_student",
        f"{_SLOPE} above 1 on training points: a network trained 4 times as long as its teacher.",
        SLOPE,
        ">",
        1,
        setting=NETWORK,
        rival="21/20",
    ),
    _on(
        "ratings",
        "slope_is_above_ninety_nine_hundredths_on_test_points",
        f"{_SLOPE} above 99/100 on test points: a network trained 4 times as long as its teacher.",
        TEST_SLOPE,
        ">",
        "99/100",
        setting=NETWORK,
        rival="21/20",
    ),
    _on(
        "ratings",
        "student_beats_labels_under_noise",
        "with 30% random labels the student's test accuracy is on average above that of as many steps on the labels.",
        OVER_LABELS,
        ">",
        0,
        setting=NOISY,
        rival="1/10",
    ),
    _on(
        "ratings",
        "student_beats_its_teacher_under_noise",
        "with 30% random labels and as many steps as its teacher, the student's test accuracy is on average above its "
        "teacher's.",
        OVER_TEACHER,
        ">",
        0,
        setting=NOISY,
        rival="1/10",
    ),
)
CLAIMS = (*IMAGES, *TWEETS)
