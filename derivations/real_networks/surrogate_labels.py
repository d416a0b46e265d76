"""Observations on the labels of a weak surrogate: of networks, and on frozen features."""

from __future__ import annotations

from derivations.real_networks.frozen import Interpolation
from derivations.real_networks.observations import FIGURE_2A, SURROGATE, difference, observed, statistic
from derivations.real_networks.settings import OTHER, OTHER_NOISY, SAME, SAME_NOISY, SAME_SHORT

_GAIN = "mean test accuracy of the student minus that of the same network trained on the labels"
SOFT = difference("soft", "linear_soft", "truth", f"{_GAIN}, surrogate's probabilities, logistic regression")
SOFT_OVER_HARD = difference(
    "soft_hard",
    "linear_soft",
    "linear_hard",
    "mean test accuracy of the student of probabilities minus that of classes",
)
OVER_STOPPED = difference(
    "stopped",
    "linear_soft",
    "truth_short",
    "mean test accuracy of the student minus that of the same network trained on the labels with a tenth of the step",
)
OVER_SURROGATE = difference("weak", "linear_soft", "linear", "mean test accuracy of the student minus its surrogate's")
_SETUP = (
    "500 images of 14 x 14 pixels; a student of 64 hidden units; surrogate and student by SGD with momentum, weight "
    "decay, a cosine schedule and batches of 32, 60 epochs."
)

NETWORKS = (
    observed(
        "weak_labels_lose_at_the_papers_step",
        "With clean labels and the paper's step a network trained on the probabilities of logistic regression has a "
        "mean test accuracy that is more than $1/50$ below that of training on the labels.",
        SOFT,
        "<",
        "-1/50",
        of=SAME_SHORT,
        source=FIGURE_2A,
        rival="-1/10",
        remark=_SETUP,
    ),
    observed(
        "weak_labels_of_the_same_clean_images_gain_nothing",
        "With clean labels, and a step ten times the paper's, a network trained on the probabilities of logistic "
        "regression on the same images is on average less than $1/100$ better in test accuracy than one trained on "
        "the labels.",
        SOFT,
        "<",
        "1/100",
        of=SAME,
        source=FIGURE_2A,
        rival="-1/20",
        remark=f"{_SETUP} No surrogate size gains more, soft or hard.",
    ),
    observed(
        "weak_labels_beat_noisy_labels_that_are_fitted",
        "With 40% random labels that the network comes to fit, training on the probabilities of logistic regression "
        "on the same images and labels gains on average more than $1/20$ in test accuracy.",
        SOFT,
        ">",
        "1/20",
        of=SAME_NOISY,
        source=FIGURE_2A,
        rival="1/5",
        remark=f"{_SETUP} Nobody had a label more: the surrogate is too small to fit the noise.",
    ),
    observed(
        "weak_labels_gain_nothing_over_short_training_on_noisy_labels",
        "With 40% random labels, the student of logistic regression on the same images and labels is on average less "
        "than $1/100$ better in test accuracy than training on these labels with a tenth of the step.",
        OVER_STOPPED,
        "<",
        "1/100",
        of=SAME_NOISY,
        source=FIGURE_2A,
        rival="-1/5",
        remark=f"{_SETUP} What weak labels gain there, stopping early gains too.",
    ),
    observed(
        "student_beats_its_surrogate_under_label_noise",
        "With 40% random labels the student of logistic regression on the same images and labels has on average a "
        "higher test accuracy than its surrogate.",
        OVER_SURROGATE,
        ">",
        0,
        of=SAME_NOISY,
        source=FIGURE_2A,
        rival="1/5",
        remark=_SETUP,
    ),
    observed(
        "soft_labels_of_a_surrogate_with_more_images_beat_clean_labels",
        "With clean labels, the probabilities of logistic regression that was trained on 5,000 other images are on "
        "average better than the labels, in test accuracy.",
        SOFT,
        ">",
        0,
        of=OTHER,
        source=FIGURE_2A,
        rival="1/10",
        remark=_SETUP,
    ),
    observed(
        "soft_labels_of_that_surrogate_beat_its_hard_ones",
        "With clean labels, the probabilities of logistic regression that was trained on 5,000 other images are on "
        "average better labels than the classes that it gives, in test accuracy.",
        SOFT_OVER_HARD,
        ">",
        0,
        of=OTHER,
        source=FIGURE_2A,
        rival="1/10",
        remark=f"{_SETUP} The classes are no better than true labels by an amount that these runs tell.",
    ),
    observed(
        "student_does_not_beat_a_surrogate_with_more_images",
        "With clean labels, the student of logistic regression that was trained on 5,000 other images has on average "
        "a lower test accuracy than its surrogate.",
        OVER_SURROGATE,
        "<",
        0,
        of=OTHER,
        source=FIGURE_2A,
        rival="-1/10",
        remark=_SETUP,
    ),
    observed(
        "weak_labels_with_more_noisy_images_gain_much",
        "With 40% random labels everywhere, the probabilities of logistic regression that was trained on 5,000 other "
        "images gain on average more than $1/10$ in test accuracy over the labels.",
        SOFT,
        ">",
        "1/10",
        of=OTHER_NOISY,
        source=FIGURE_2A,
        rival="2/5",
        remark=_SETUP,
    ),
)

OPTIMAL = difference(
    "optimal",
    "known_optimal",
    "known",
    "mean log test error with the optimal gains on the known truth minus that with the truth itself, no noise",
)
OPTIMAL_NOISY = difference(
    "optimal_same_noise",
    "labels_optimal",
    "labels",
    "mean log test error on labels that the optimal gains changed, noise left as it is, minus that on the labels",
)
OPTIMAL_OWN = difference(
    "optimal_own",
    "own_optimal",
    "own",
    "mean log test error with the optimal gains on a surrogate from the same labels minus that with the surrogate",
)
OPTIMAL_MORE = difference(
    "optimal_more",
    "more_optimal",
    "more",
    "mean log test error with the optimal gains on a surrogate from 2,000 other labels minus that with the surrogate",
)
FORETOLD = statistic(
    "foretold",
    "mean log ratio of the excess errors with the optimal gains and without, measured minus by the equivalents",
    r"\bar D_{\mathrm{foretold}}",
    excess_known_optimal=1,
    excess_known=-1,
    predicted_known_optimal=-1,
    predicted_known=1,
)
_HUNDRED, _FULL = Interpolation(100), Interpolation(380)
FROZEN = (
    observed(
        "optimal_surrogate_beats_the_truth_on_frozen_features",
        "On 100 images with noiseless labels of a known linear truth, the optimal gains lower the mean log test error "
        "of the interpolator by more than $1/50$.",
        OPTIMAL,
        "<",
        "-1/50",
        of=_HUNDRED,
        source=SURROGATE,
        rival="-1/5",
    ),
    observed(
        "equivalents_foretell_the_gain_on_frozen_features",
        "On 100 images, the log ratio of the excess errors with the optimal gains and without is on average less than "
        "$1/10$ above what the equivalents say.",
        FORETOLD,
        "<",
        "1/10",
        of=_HUNDRED,
        source=SURROGATE,
        rival="-1/10",
        remark="Features are not Gaussian, and no covariance is known exactly.",
    ),
    observed(
        "optimal_surrogate_beats_true_labels_with_their_noise",
        "On 100 images, true labels to which the optimal gains of the known truth were applied, without a change of "
        "their noise, give a lower mean log test error than true labels.",
        OPTIMAL_NOISY,
        "<",
        0,
        of=_HUNDRED,
        source=SURROGATE,
        rival="-1/5",
    ),
    observed(
        "optimal_surrogate_from_other_labels_beats_that_surrogate",
        "On 100 images, the optimal gains lower the mean log test error of the interpolator by more than $1/50$ when "
        "the surrogate is ridge on 2,000 other labelled images.",
        OPTIMAL_MORE,
        "<",
        "-1/50",
        of=_HUNDRED,
        source=SURROGATE,
        rival="-1/5",
    ),
    observed(
        "optimal_surrogate_from_the_same_labels_gains_nothing",
        "On 100 images, the optimal gains lower the mean log test error by less than $1/20$ when the surrogate is "
        "ridge on the same labels.",
        OPTIMAL_OWN,
        ">",
        "-1/20",
        of=_HUNDRED,
        source=SURROGATE,
        rival="1/20",
        remark="That surrogate beats the interpolator of the labels, but the target that interpolates its "
        "labels is the ridge regression itself.",
    ),
    observed(
        "optimal_surrogate_gains_nothing_near_as_many_images_as_features",
        "On 380 images and 400 features, the optimal gains, applied to true labels without a change of their noise, "
        "lower the mean log test error by less than $1/1000$.",
        OPTIMAL_NOISY,
        ">",
        "-1/1000",
        of=_FULL,
        source=SURROGATE,
        rival="1/1000",
        remark="There the noise of the labels is all of the error.",
    ),
)
