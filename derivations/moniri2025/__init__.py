r"""Moniri and Hassani (2025): when can a student repair the regularisation of its teacher?

*On the Mechanisms of Weak-to-Strong Generalization: A Theoretical Perspective.* arXiv:2505.18346.

The question. A ridge regression is trained on noisy labels, and another one on its predictions at fresh points: when is
the second one better? Where the first is under-regularised, $\lambda < \sigma^2 d/(n r^2)$, and not beyond. That is
exact for every design of the teacher, and for every covariance in the limit; it needs a truth without direction, and a
student with more points than dimensions. The theorems of the paper are as restated here, from its abstract; they were
not checked against the printed text.
"""

from __future__ import annotations

from derivations.moniri2025.figures import FIGURES
from derivations.moniri2025.limits import ISOTROPIC, LENGTH, STUDENT, TEACHER
from derivations.moniri2025.threshold import (
    BAYES,
    BEST,
    GAIN,
    MOMENTS_DIFFER,
    NO_GAIN,
    RATE,
    RIDGELESS,
    SAME_SAMPLE,
    SMALL_RIDGE,
    THRESHOLD,
    WINDOW,
    WITHOUT_RATIO,
)
from derivations.moniri2025.truths import (
    ANY_COVARIANCE,
    BEYOND,
    COORDINATE,
    DIRECTION,
    MANY,
    TRUTH,
    WEIGHTED_STUDENT,
)
from w2s_sym import Claim

SECTIONS: tuple[tuple[str, tuple[Claim, ...]], ...] = (
    (
        "The threshold on the teacher's ridge, exactly",
        (
            MOMENTS_DIFFER,
            THRESHOLD,
            NO_GAIN,
            RATE,
            SMALL_RIDGE,
        ),
    ),
    (
        "The best student",
        (
            WINDOW,
            BEST,
            GAIN,
            BAYES,
        ),
    ),
    (
        "What the threshold needs, and what it does not",
        (
            RIDGELESS,
            WITHOUT_RATIO,
            SAME_SAMPLE,
        ),
    ),
    (
        "Risks in the limit, derived from the estimators",
        (
            TEACHER,
            STUDENT,
            ISOTROPIC,
        ),
    ),
    (
        "The threshold of any truth on any covariance",
        (
            LENGTH,
            TRUTH,
            ANY_COVARIANCE,
            MANY,
            DIRECTION,
        ),
    ),
    (
        "A weighted ridge",
        (
            COORDINATE,
            WEIGHTED_STUDENT,
            BEYOND,
        ),
    ),
)
CLAIMS = tuple(claim for _, claims in SECTIONS for claim in claims)
HEADLINES = (
    THRESHOLD,
    NO_GAIN,
    STUDENT,
    TRUTH,
    BEYOND,
)
