"""Ildiz, Gozeten, Taga, Mondelli, Oymak (ICLR 2025): which labels should a weak model give a strong one?

*High-dimensional Analysis of Knowledge Distillation: Weak-to-Strong Generalization and Scaling Laws.* arXiv:2410.18837.

The question. A weak model labels points for a strong one that interpolates the labels: which labels are best, and can
they be better than the truth? The paper gives the risk of any surrogate on random designs, the best surrogate, the best
mask of the truth, two stages of training, and scaling laws. Here is what holds of it, and where it fails.

Letters are in :mod:`derivations.ildiz2025.letters`. What holds for every spectrum is proved, as exact statements about
deterministic equivalents. That the risk of random designs has these equivalents is the matter of
:mod:`derivations.ildiz2025.random_designs`; the constants of the scaling laws that of
:mod:`derivations.ildiz2025.scaling`.
"""

from __future__ import annotations

from derivations.ildiz2025 import random_designs, scaling
from derivations.ildiz2025.effective_ridge import (
    ISOTROPIC,
    ISOTROPIC_OMEGA,
    LOWER,
    OMEGA_AND_RIDGE,
    OMEGA_BELOW_ONE,
    OMEGA_EXCESS,
    OMEGA_LEAST,
    RIDGE_AND_EIGENVALUE,
    RIDGE_AND_SAMPLES,
    SHARES_DIFFER,
    UNIQUE,
    UPPER,
)
from derivations.ildiz2025.figures import FIGURES
from derivations.ildiz2025.masks import MASK, MASK_ABOVE, MASK_COST, MASK_KEEPS, MASK_WINS
from derivations.ildiz2025.random_designs.one_stage import SURROGATE
from derivations.ildiz2025.scaling.risk_laws import GAIN
from derivations.ildiz2025.surrogates import (
    AMPLIFIES,
    ATTAINED,
    BEATS,
    EXCESS,
    KEEPS,
    OPTIMAL,
    PEAK,
    PEAK_AT,
    STANDARD,
    STANDARD_RATE,
    TRUTH_CAN_BE_OPTIMAL,
    WON,
)
from w2s_sym import Claim

SECTIONS: tuple[tuple[str, tuple[Claim, ...]], ...] = (
    (
        "The effective ridge",
        (
            UNIQUE,
            UPPER,
            LOWER,
            RIDGE_AND_SAMPLES,
            RIDGE_AND_EIGENVALUE,
            OMEGA_AND_RIDGE,
            OMEGA_BELOW_ONE,
        ),
    ),
    (
        "Omega and isotropy",
        (
            OMEGA_EXCESS,
            OMEGA_LEAST,
            ISOTROPIC,
            ISOTROPIC_OMEGA,
            SHARES_DIFFER,
        ),
    ),
    (
        "The risk, and the best surrogate",
        (
            STANDARD,
            STANDARD_RATE,
            EXCESS,
            OPTIMAL,
            ATTAINED,
        ),
    ),
    (
        "What is amplified, what shrunk",
        (
            AMPLIFIES,
            KEEPS,
            PEAK,
            PEAK_AT,
            WON,
            BEATS,
            TRUTH_CAN_BE_OPTIMAL,
        ),
    ),
    (
        "The optimal mask",
        (
            MASK_COST,
            MASK,
            MASK_KEEPS,
            MASK_WINS,
            MASK_ABOVE,
        ),
    ),
    *random_designs.SECTIONS,
    *scaling.SECTIONS,
)
CLAIMS = tuple(claim for _, claims in SECTIONS for claim in claims)
HEADLINES = (
    OPTIMAL,
    AMPLIFIES,
    MASK_ABOVE,
    SURROGATE,
    GAIN,
)
