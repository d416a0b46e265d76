"""Observations on training runs: where distillation exaggerates, and where it does not.

The runs are those of :mod:`derivations.nagarajan2023.training` on digits. An observation states the mean of one
statistic over random splits and starts in one setting, and nothing beyond that setting. What was looked at and not
found is in :func:`derivations.nagarajan2023.experiments.table`.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivations.nagarajan2023.linear import PAPER
from derivations.nagarajan2023.runs_as_evidence import TrainingRuns
from derivations.nagarajan2023.statistics import (
    CLEAN,
    DOWN,
    EARLY_SLOPE,
    GAP,
    HIDDEN_GAP,
    INTERPOLATING,
    NETWORK,
    NOISY,
    OVER_LABELS,
    OVER_TEACHER,
    SETUP,
    SLOPE,
    STOCHASTIC,
    SWITCH,
    TEST_SLOPE,
    UNDERFIT,
    UNEVEN,
    WARM,
    Statistic,
)
from derivations.nagarajan2023.training import Setting
from w2s_sym import Claim, Compare, Domain


def observed(
    name: str,
    sentence: str,
    what: Statistic,
    relation: str,
    bound: Any,
    *,
    setting: Setting,
    rival: Any,
    remark: str = "",
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
        GAP,
        "<",
        0,
        setting=CLEAN,
        rival="-1/2",
    ),
    observed(
        "digits_student_lags_under_label_noise",
        f"In log progress, {_LAGS}, by more than 1/5: logistic regression, 30% random labels.",
        GAP,
        "<",
        "-1/5",
        setting=NOISY,
        rival=-2,
    ),
    observed(
        "digits_student_lags_in_a_network",
        f"In log progress, {_LAGS}: the first layer of a network, clean labels.",
        GAP,
        "<",
        0,
        setting=NETWORK,
        rival="-1/2",
    ),
    observed(
        "digits_student_lags_in_the_second_layer",
        "In log progress, the student's second layer has on average less progress on eigenvectors 9 to 20 of the "
        "covariance of the hidden units than training on labels has when both have the same on eigenvectors 1 to 4.",
        HIDDEN_GAP,
        "<",
        0,
        setting=NETWORK,
        rival="-1/4",
        remark="The covariance is that of the network trained on labels. With batches of 32 the student does not lag "
        "there: see the table.",
    ),
    observed(
        "digits_student_lags_by_stochastic_descent",
        f"In log progress, {_LAGS}: the first layer of a network, batches of 32.",
        GAP,
        "<",
        0,
        setting=STOCHASTIC,
        rival="-1/2",
    ),
    observed(
        "digits_student_of_another_architecture_lags",
        f"In log progress, {_LAGS}: logistic regression taught by a network.",
        GAP,
        "<",
        0,
        setting=DOWN,
        rival="-1/2",
        remark="A network taught by logistic regression leads on eigenvectors 5 to 10: there is no such law across "
        "architectures.",
    ),
    observed(
        "digits_interpolating_teacher_causes_little_lag",
        "When the teacher reproduces its labels, the student's log progress on eigenvectors 21 to 40 is on average "
        "less than 1/20 below that of training on labels at matched progress on eigenvectors 1 to 4.",
        GAP,
        ">",
        "-1/20",
        setting=INTERPOLATING,
        rival=0,
        remark="Every teacher of 500 steps reproduces all of its training labels; the bound is a quarter of the lag "
        "behind a teacher of 50 steps.",
    ),
    observed(
        "digits_slope_is_above_one_for_a_long_trained_student",
        "On training points the slope of the student's logit on its teacher's is on average above 1: a network trained "
        "4 times as long as its teacher.",
        SLOPE,
        ">",
        1,
        setting=NETWORK,
        rival="21/20",
    ),
    observed(
        "digits_slope_is_above_one_on_test_points_too",
        "On test points the slope of the student's logit on its teacher's is on average above 1: a network trained 4 "
        "times as long as its teacher.",
        TEST_SLOPE,
        ">",
        1,
        setting=NETWORK,
        rival="21/20",
        remark="By less than one per cent, and less than half as much as on training points.",
    ),
    observed(
        "digits_slope_is_above_one_at_temperature_four",
        "On training points the slope of the student's logit on its teacher's is on average above 1: logistic "
        "regression at temperature 4, as many steps as its teacher.",
        EARLY_SLOPE,
        ">",
        1,
        setting=WARM,
        rival="11/10",
    ),
    observed(
        "digits_slope_is_below_one_at_equal_steps",
        "On training points the slope of the student's logit on its teacher's is on average below 1: logistic "
        "regression at temperature 1, as many steps as its teacher.",
        EARLY_SLOPE,
        "<",
        1,
        setting=CLEAN,
        rival="9/10",
        remark="The student is then behind its teacher everywhere, most of all where the teacher is confident.",
    ),
    observed(
        "digits_slope_is_below_one_under_label_noise",
        "On test points the slope of the student's logit on its teacher's is on average below 1: 30% random labels, "
        "logistic regression, student trained 4 times as long as its teacher.",
        TEST_SLOPE,
        "<",
        1,
        setting=NOISY,
        rival="19/20",
        remark="Exaggerated confidence is no general law.",
    ),
    observed(
        "digits_least_confident_points_are_underfitted",
        "On the quarter of training points of least teacher confidence the student's logit is on average below its "
        "teacher's: logistic regression, clean labels, student trained 4 times as long.",
        UNDERFIT,
        "<",
        0,
        setting=CLEAN,
        rival="-1/4",
    ),
    observed(
        "digits_least_confident_points_are_underfitted_most",
        "The difference of the student's logit and its teacher's is on average lower on the quarter of training "
        "points of least teacher confidence than on that of most: a network, clean labels, student trained 4 "
        "times as long.",
        UNEVEN,
        "<",
        0,
        setting=NETWORK,
        rival="-1/4",
    ),
    observed(
        "digits_student_beats_labels_under_noise",
        "With 30% random labels the student's test accuracy is on average more than $1/20$ above that of as many "
        "steps on the labels.",
        OVER_LABELS,
        ">",
        "1/20",
        setting=NOISY,
        rival="1/5",
    ),
    observed(
        "digits_student_beats_its_teacher_under_noise",
        "With 30% random labels and as many steps as its teacher, the student's test accuracy is on average above its "
        "teacher's.",
        OVER_TEACHER,
        ">",
        0,
        setting=NOISY,
        rival="1/10",
        remark="The teacher is early stopped, but not early enough.",
    ),
    observed(
        "digits_student_falls_behind_its_teacher_on_clean_labels",
        "With clean labels and as many steps as its teacher, the student's test accuracy is on average below its "
        "teacher's: a network.",
        OVER_TEACHER,
        "<",
        0,
        setting=NETWORK,
        rival="-1/10",
        remark="There is no noise that early stopping could leave out.",
    ),
    observed(
        "digits_switching_to_distillation_recovers_most",
        "With 30% random labels, a student switched from labels to its teacher's probabilities half way is on average "
        "nearer in test accuracy to one distilled throughout than to one trained on labels throughout.",
        SWITCH,
        ">",
        0,
        setting=NOISY,
        rival="1/10",
    ),
)
