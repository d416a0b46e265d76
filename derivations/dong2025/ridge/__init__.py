"""Dong et al. 2025 with ridge, and features that are not white: where the overlap enters then.

Setting. On each of d directions there is a strong feature of variance t and a weak one, which is h times the strong one
plus an independent rest of variance r; so w = t h^2 + r is the weak variance. Directions with t = 0 are in the weak
space alone, those with w = 0 in the strong space alone, and d_sw is the sum of t h^2/w. The teacher is ridge regression
with ridge lam on n weak rows, the student ridge regression with ridge mu on its predictions at N fresh points.
b_w and b_s are the coefficients of the population regressions of the target on the two features.

Everything is in the limit of large sizes; kappa and kappa_s are the effective ridges. As both ridges tend to zero on
white features it becomes the variance law of :mod:`derivations.dong2025.variance`, up to its minus ones.
"""

from __future__ import annotations

from derivations.dong2025.ridge.risks import IN_SAMPLE, STUDENT, TEACHER_VARIANCE, VARIANCE
from derivations.dong2025.ridge.spaces import COSTS, MANY, OFF_THE_OVERLAP
from derivations.dong2025.ridge.turned import LARGER, RISK_TURNED, VARIANCE_TURNED
from derivations.dong2025.ridge.white import EXACT_LAW, FULL_OVERLAP, RIDGELESS, TWICE, VIRTUE
from w2s_sym import Claim

SECTIONS: tuple[tuple[str, tuple[Claim, ...]], ...] = (
    (
        "Ridge regression on features that are not white",
        (
            TEACHER_VARIANCE,
            VARIANCE,
            IN_SAMPLE,
            STUDENT,
        ),
    ),
    (
        "Features whose directions are turned against each other",
        (
            VARIANCE_TURNED,
            RISK_TURNED,
            LARGER,
        ),
    ),
    (
        "Where the overlap enters with ridge",
        (
            OFF_THE_OVERLAP,
            MANY,
            COSTS,
            RIDGELESS,
            EXACT_LAW,
            VIRTUE,
            FULL_OVERLAP,
            TWICE,
        ),
    ),
)
