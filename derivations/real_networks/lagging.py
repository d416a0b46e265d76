"""Observations on students that lag behind, on images and texts; and where they do not."""

from __future__ import annotations

from typing import Any

from derivations.nagarajan2023 import statistics
from derivations.nagarajan2023.statistics import CLEAN, INTERPOLATING, NETWORK, NOISY, WARM
from derivations.nagarajan2023.training import Setting
from derivations.real_networks.lag import DATA, Distillation
from derivations.real_networks.observations import LAG, Statistic, observed
from w2s_sym import Claim

GAP = Statistic(statistics.GAP.mean, statistics.GAP.terms)
EARLY_SLOPE = Statistic(statistics.EARLY_SLOPE.mean, statistics.EARLY_SLOPE.terms)
TEST_SLOPE = Statistic(statistics.TEST_SLOPE.mean, statistics.TEST_SLOPE.terms)
OVER_LABELS = Statistic(statistics.OVER_LABELS.mean, statistics.OVER_LABELS.terms)
OVER_TEACHER = Statistic(statistics.OVER_TEACHER.mean, statistics.OVER_TEACHER.terms)
_NAMES = {"fashion": "images", "sources": "sentences of three sources", "ratings": "tweets by rating"}
_BEHIND = (
    "the student has on average less log progress on eigenvectors 21 to 40 of the inputs' covariance than training "
)
_BEHIND += "on labels has when both have the same on eigenvectors 1 to 4"


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
        remark=statistics.SETUP.partition("; ")[2][0].upper() + statistics.SETUP.partition("; ")[2][1:],
    )


def _lags(data: str, name: str, words: str, setting: Setting) -> Claim:
    return _on(data, name, f"{_BEHIND}: {words}.", GAP, "<", 0, setting=setting, rival=-3)


CLAIMS = (
    *(_lags(d, "student_lags_on_low_eigenvectors", "logistic regression, clean labels", CLEAN) for d in DATA),
    *(_lags(d, "student_lags_under_label_noise", "logistic regression, 30% random labels", NOISY) for d in DATA),
    *(_lags(d, "student_lags_in_a_network", "the first layer of a network, clean labels", NETWORK) for d in DATA),
    _on(
        "fashion",
        "interpolating_teacher_causes_little_lag",
        "a student of a teacher of 500 steps is on average less than 1/5 behind in log progress on eigenvectors 21 to "
        "40 of the inputs' covariance, when both have the same on eigenvectors 1 to 4.",
        GAP,
        ">",
        "-1/5",
        setting=INTERPOLATING,
        rival=0,
    ),
    *(
        _on(
            d,
            "slope_is_below_one_at_equal_steps",
            "the slope of the student's logit on its teacher's is on average below 1 on training points: logistic "
            "regression, as many steps as its teacher.",
            EARLY_SLOPE,
            "<",
            1,
            setting=CLEAN,
            rival="1/2",
        )
        for d in DATA
    ),
    _on(
        "fashion",
        "slope_at_temperature_four_is_hardly_above_one",
        "the slope of the student's logit on its teacher's is on average below 21/20 on training points: logistic "
        "regression at temperature 4, as many steps as its teacher.",
        EARLY_SLOPE,
        "<",
        "21/20",
        setting=WARM,
        rival="9/10",
    ),
    _on(
        "fashion",
        "slope_is_below_one_on_test_points",
        "the slope of the student's logit on its teacher's is on average below 1 on test points: clean labels, "
        "logistic regression, student trained 4 times as long as its teacher.",
        TEST_SLOPE,
        "<",
        1,
        setting=CLEAN,
        rival="9/10",
    ),
    _on(
        "fashion",
        "student_beats_labels_under_noise",
        "with 30% random labels the student's test accuracy is on average above that of as many steps on the labels.",
        OVER_LABELS,
        ">",
        0,
        setting=NOISY,
        rival="1/5",
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
        rival="-1/5",
    ),
)
