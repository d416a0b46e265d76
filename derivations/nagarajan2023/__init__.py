"""Nagarajan, Menon, Bhojanapalli, Mobahi and Kumar (2023): distillation exaggerates the bias of gradient descent.

The question. A student that is trained on its teacher's probabilities deviates from them: does it deviate at random, or
further in the direction in which gradient descent is biased anyway? The paper says that distillation exaggerates that
bias, proves it for gradient flow, and finds that this can help. Here that is proved twice, extended to ridge, descent,
momentum, generations and mixed labels, and compared with training runs on digits.

The setting is that of :mod:`derivations.nagarajan2023.letters`.
"""

from __future__ import annotations

from derivations.nagarajan2023 import iterated_ridge, linear, mixed, momentum, observations, spectra, theorem
from derivations.nagarajan2023.benefit import INTERPOLATES, OPTIMUM, OVERFITS, PAYS, UNDERFITS
from derivations.nagarajan2023.certified import FLOW_LOG_SLOPE, KEY_CERTIFIED, KEY_ONE_VARIABLE, THEOREM_CERTIFIED
from derivations.nagarajan2023.descent import DESCENT, DESCENT_RATIO, OSCILLATES, UNEQUAL_STEPS
from derivations.nagarajan2023.figures import FIGURES
from derivations.nagarajan2023.flow import (
    COMPOSED,
    GAP,
    IN_TIME,
    KEY_SECOND_ORDER,
    MATCHED,
    NEGATIVE_POWER,
    REVERSED_ON_LARGER,
)
from derivations.nagarajan2023.generations import (
    FLOW_GENERATIONS,
    GIVES,
    RIDGE_GENERATIONS_KEEP,
    RIDGE_GENERATIONS_LIMIT,
    SHARE,
    UNEQUAL,
)
from derivations.nagarajan2023.momentum.law import THEOREM as MOMENTUM_THEOREM
from derivations.nagarajan2023.momentum.underdamped import HEAVY_BALL
from derivations.nagarajan2023.ridge import (
    LOG,
    LOG_SECOND_ORDER,
    ONE_RIDGE,
    ONE_RIDGE_ABOVE,
    PENALTY,
    RIDGE_LAGS,
    RIDGE_MATCHED,
)
from derivations.nagarajan2023.theorem import ELASTICITY, KEY, THEOREM, THEOREM_REVERSED
from w2s_sym import Claim

SECTIONS: tuple[tuple[str, tuple[Claim, ...]], ...] = (
    (
        "The filters",
        (
            COMPOSED,
            MATCHED,
        ),
    ),
    ("The theorem", theorem.CLAIMS),
    (
        "What follows from it",
        (
            REVERSED_ON_LARGER,
            IN_TIME,
            GAP,
            NEGATIVE_POWER,
            KEY_SECOND_ORDER,
        ),
    ),
    (
        "The key inequality once more, by boxes",
        (
            KEY_CERTIFIED,
            KEY_ONE_VARIABLE,
            FLOW_LOG_SLOPE,
            THEOREM_CERTIFIED,
        ),
    ),
    (
        "Gradient descent",
        (
            DESCENT_RATIO,
            DESCENT,
            UNEQUAL_STEPS,
            OSCILLATES,
        ),
    ),
    (
        "When exaggeration helps",
        (
            OPTIMUM,
            PAYS,
            UNDERFITS,
            OVERFITS,
            INTERPOLATES,
        ),
    ),
    (
        "Ridge regression",
        (
            RIDGE_MATCHED,
            RIDGE_LAGS,
            PENALTY,
            LOG,
            LOG_SECOND_ORDER,
            ONE_RIDGE,
            ONE_RIDGE_ABOVE,
        ),
    ),
    (
        "Many generations",
        (
            RIDGE_GENERATIONS_KEEP,
            RIDGE_GENERATIONS_LIMIT,
            SHARE,
            FLOW_GENERATIONS,
            GIVES,
            UNEQUAL,
        ),
    ),
    ("Mixed labels", mixed.CLAIMS),
    ("Underdamped momentum", (HEAVY_BALL,)),
    ("Iterated ridge", iterated_ridge.CLAIMS),
    ("Overdamped momentum", momentum.CLAIMS),
    ("Over a spectrum", spectra.CLAIMS),
    ("Linear runs", linear.CLAIMS),
    ("Training runs on digits", observations.CLAIMS),
)
CLAIMS = tuple(claim for _, claims in SECTIONS for claim in claims)
HEADLINES = (
    IN_TIME,
    PAYS,
    UNEQUAL,
    HEAVY_BALL,
    MOMENTUM_THEOREM,
)
