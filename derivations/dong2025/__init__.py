"""Dong, Li, Li, Lee, Lei (ICML 2025): what a weak teacher's noise becomes in a strong student.

*Discrepancies are virtue: weak-to-strong generalization through lens of intrinsic dimension.* arXiv:2502.05075.

The question. A strong student is trained on the predictions of a weak teacher: how much of the teacher's noise does it
keep, and when does it beat its teacher? The paper bounds both for low-dimensional features; here they are exact, for
Gaussian features and every size. The setting, its letters and closed forms are in :mod:`derivations.dong2025.setting`.
With ridge, and features that are not white, the risks are limits: :mod:`derivations.dong2025.ridge`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derivations.dong2025 import ridge
from derivations.dong2025.baselines import CEILING_RISK, PRINTED_CEILING, PRINTED_STRONG, PRINTED_WEAK, STRONG
from derivations.dong2025.figures import FIGURES
from derivations.dong2025.limits import (
    OPR_LIMIT,
    OPR_LIMIT_N,
    OPR_MAXIMUM,
    OPTIMAL_N,
    PGR_LIMIT,
    PGR_MAXIMUM,
    PGR_OTHER_ORDER,
    PGR_PEAK,
    PRINCIPAL_PAIR,
)
from derivations.dong2025.overlap import CORRELATION_DIMENSION, OVERLAP_ONE, OVERLAP_ZERO, SYMMETRIC_ROOTS
from derivations.dong2025.payoff import (
    BEATS_BASELINE,
    BEATS_BASELINE_IN_SAMPLE,
    BEATS_TEACHER,
    BEATS_TEACHER_IN_SAMPLE,
    BREAKS_EVEN,
    PSEUDO_LABELS,
)
from derivations.dong2025.ratios import (
    OPR,
    OPR_BOUND,
    OPR_FAILS,
    OPR_IN_SAMPLE,
    OPR_POPULATION_BOUND,
    PGR,
    PGR_ABOVE_ONE,
    PGR_BOUND,
    PGR_FAILS,
    PGR_FAILS_POSITIVE,
    PGR_IN_SAMPLE,
    PGR_POPULATION_BOUND,
    PGR_POSITIVE,
)
from derivations.dong2025.risk import (
    CORRECTED_BIAS_BOUND,
    GAP_BOUNDED,
    INFINITE_DATA,
    INFINITE_PSEUDO_LABELS,
    ORTHOGONAL_TEACHER,
    PRINTED_BIAS_FAILS,
    STUDENT,
    STUDENT_IN_SAMPLE,
)
from derivations.dong2025.setting import rho_s, rho_w
from derivations.dong2025.synthetic_experiment import (
    CELLS,
    NULL_PREDICTOR,
    SKIPS,
    SYNTHETIC_BOUND,
    null_risk,
    synthetic,
)
from derivations.dong2025.teacher import WEAK, WEAK_VARIANCE
from derivations.dong2025.variance import (
    GAUSSIANITY,
    HERMITE,
    HERMITE_LIMIT,
    IN_SAMPLE_IS_NOT_POPULATION,
    VARIANCE_IN_SAMPLE,
    VARIANCE_POPULATION,
    variance_in_sample,
)
from w2s_sym import Claim

SECTIONS: tuple[tuple[str, tuple[Claim, ...]], ...] = (
    (
        "The weak teacher",
        (
            WEAK,
            WEAK_VARIANCE,
        ),
    ),
    (
        "The variance of the student",
        (
            VARIANCE_IN_SAMPLE,
            VARIANCE_POPULATION,
            IN_SAMPLE_IS_NOT_POPULATION,
            HERMITE,
            GAUSSIANITY,
            HERMITE_LIMIT,
        ),
    ),
    (
        "Which overlap counts",
        (
            CORRELATION_DIMENSION,
            SYMMETRIC_ROOTS,
            OVERLAP_ZERO,
            OVERLAP_ONE,
        ),
    ),
    (
        "The complete excess risk",
        (
            STUDENT,
            STUDENT_IN_SAMPLE,
            GAP_BOUNDED,
            INFINITE_PSEUDO_LABELS,
            INFINITE_DATA,
            CORRECTED_BIAS_BOUND,
            PRINTED_BIAS_FAILS,
        ),
    ),
    (
        "The baselines",
        (
            STRONG,
            CEILING_RISK,
            PRINTED_WEAK,
            PRINTED_STRONG,
            PRINTED_CEILING,
        ),
    ),
    (
        "Performance gap recovery and outperforming ratio",
        (
            PGR,
            PGR_IN_SAMPLE,
            OPR,
            OPR_IN_SAMPLE,
            PGR_BOUND,
            PGR_POSITIVE,
            PGR_FAILS,
            PGR_FAILS_POSITIVE,
            PGR_POPULATION_BOUND,
            OPR_FAILS,
            OPR_BOUND,
            OPR_POPULATION_BOUND,
            PGR_ABOVE_ONE,
        ),
    ),
    (
        "Limits, and the best number of labels",
        (
            PGR_LIMIT,
            OPR_LIMIT_N,
            OPR_LIMIT,
            PGR_OTHER_ORDER,
            PGR_MAXIMUM,
            OPR_MAXIMUM,
            OPTIMAL_N,
            PGR_PEAK,
            PRINCIPAL_PAIR,
        ),
    ),
    (
        "When weak-to-strong training pays, and how many pseudo-labels it takes",
        (
            BEATS_TEACHER_IN_SAMPLE,
            BEATS_TEACHER,
            BEATS_BASELINE_IN_SAMPLE,
            BEATS_BASELINE,
            PSEUDO_LABELS,
            BREAKS_EVEN,
        ),
    ),
    (
        "The synthetic experiment",
        (
            SYNTHETIC_BOUND,
            NULL_PREDICTOR,
        ),
    ),
    *ridge.SECTIONS,
)
CLAIMS = tuple(claim for _, claims in SECTIONS for claim in claims)
HEADLINES = (
    VARIANCE_IN_SAMPLE,
    VARIANCE_POPULATION,
    STUDENT,
    PSEUDO_LABELS,
    NULL_PREDICTOR,
)

# What a plan for one's own features predicts with.
PREDICTIONS = {
    "weak": WEAK,
    "student": STUDENT,
    "strong": STRONG,
    "ceiling": CEILING_RISK,
    "pgr": PGR,
    "opr": OPR,
    "pseudo_labels": PSEUDO_LABELS,
}

# Closed forms as functions of arrays: dong2025.weak_excess(d_w=..., n=..., sigma2=..., rho_w=...).
FUNCTIONS = {
    "weak_excess": WEAK,
    "student_excess": STUDENT,
    "student_excess_in_sample": STUDENT_IN_SAMPLE,
    "strong_excess": STRONG,
    "ceiling_excess": CEILING_RISK,
    "performance_gap_recovery": PGR,
    "performance_gap_recovery_in_sample": PGR_IN_SAMPLE,
    "outperforming_ratio": OPR,
    "outperforming_ratio_in_sample": OPR_IN_SAMPLE,
    "optimal_n": OPTIMAL_N,
    "enough_pseudo_labels": PSEUDO_LABELS,
}


def __getattr__(name: str) -> Callable[..., Any]:
    """The numpy function of a claim in FUNCTIONS, compiled when it is first used."""
    if name in FUNCTIONS:
        compiled: Callable[..., Any] = globals().setdefault(name, FUNCTIONS[name].to_numpy())
        return compiled
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *FUNCTIONS})
