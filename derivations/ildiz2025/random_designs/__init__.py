"""Ildiz et al. 2025 on random designs: what is exact, what is a limit, and where the limit fails.

Setting and letters are those of :mod:`derivations.ildiz2025`. A deterministic equivalent is a statement about a limit:
n and the number of eigenvalues grow together, their ratio in a compact subset of (1, oo), the spectrum bounded above
and below. It is derived from its estimator by the gate rule, which is cited, and simulated at growing sizes: the mean
must approach the formula at order 1/n and reject what is close by. Power laws, infinite spectra and zero noise, which
the paper's figures use, lie outside of those hypotheses as recalled: there simulation is all there is.

For one stage, coordinates are those of the eigenbasis of Sigma_t. For two stages the covariances do not commute, and
results are stated in traces of A = Sigma_t (Sigma_t + tau I)^{-1} and A_s = Sigma_s (Sigma_s + tau_s I)^{-1}.
"""

from __future__ import annotations

from derivations.ildiz2025.random_designs.exact_cases import ISOTROPIC, ISOTROPIC_GAP, UNDER, UNDER_TRUTH
from derivations.ildiz2025.random_designs.far_limits import FAILS, FIGURE
from derivations.ildiz2025.random_designs.one_stage import PROJECTOR, PROJECTOR_TRACE, STANDARD, SURROGATE
from derivations.ildiz2025.random_designs.shifts import COVARIANCE_SHIFT, SHIFT_FAILS, SHIFT_IFF
from derivations.ildiz2025.random_designs.trained_surrogate import LEAST_SQUARES, MANY
from derivations.ildiz2025.random_designs.two_stages import ORDER, TWO_MOMENTS, TWO_STAGE
from w2s_sym import Claim

SECTIONS: tuple[tuple[str, tuple[Claim, ...]], ...] = (
    (
        "One stage on random designs",
        (
            PROJECTOR,
            PROJECTOR_TRACE,
            STANDARD,
            SURROGATE,
        ),
    ),
    (
        "More points than dimensions, and isotropic designs",
        (
            UNDER,
            UNDER_TRUTH,
            ISOTROPIC,
            ISOTROPIC_GAP,
        ),
    ),
    (
        "Two stages of training",
        (
            TWO_MOMENTS,
            TWO_STAGE,
            ORDER,
            LEAST_SQUARES,
            MANY,
        ),
    ),
    (
        "Model shift and covariance shift",
        (
            COVARIANCE_SHIFT,
            SHIFT_IFF,
            SHIFT_FAILS,
        ),
    ),
    (
        "Where the limit is far",
        (
            FIGURE,
            FAILS,
        ),
    ),
)
CLAIMS = tuple(claim for _, claims in SECTIONS for claim in claims)
