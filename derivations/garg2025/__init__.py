"""Iterated training with real data mixed in: which weight should real labels have, and is it the golden ratio's?

Garg, Bhattacharya and Sur (2025), *Preventing Model Collapse Under Overparametrization: Optimal Mixing Ratios for
Interpolation Learning and Ridge Regression*, arXiv:2509.22341; He, Xu and Cheng (2025), *Golden Ratio Weighting
Prevents Model Collapse*, arXiv:2502.18049.

The question. Models are trained, round after round, on real labels and on labels of the previous model. Without real
labels the variance grows in every round. With them it settles, and the best weight of real labels is said to be the
reciprocal of the golden ratio, 0.618. Here is where that is exact, and which hypotheses it needs: noisy synthetic
labels, as noisy as real ones; fresh real labels in every round; one design for all rounds; and no penalty.

Letters are in :mod:`derivations.garg2025.letters`.
"""

from __future__ import annotations

from derivations.garg2025 import golden_ratio, hypotheses, interpolators, random_designs, shrinkage
from derivations.garg2025.figures import FIGURES
from derivations.garg2025.golden_ratio import OPTIMUM, RATIO
from derivations.garg2025.hypotheses import NO_BEST
from derivations.garg2025.interpolators import FRESH_GOLDEN
from derivations.garg2025.random_designs import ONE_DESIGN
from derivations.garg2025.shrinkage import AT_LEAST_HALF
from w2s_sym import Claim

SECTIONS: tuple[tuple[str, tuple[Claim, ...]], ...] = (
    ("The variance recursion and the golden ratio", golden_ratio.CLAIMS),
    ("The hypotheses of the golden ratio", hypotheses.CLAIMS),
    ("Ridge regression on one design", shrinkage.CLAIMS),
    ("Interpolators, and pooled samples", interpolators.CLAIMS),
    ("Random designs with any covariance", random_designs.CLAIMS),
)
CLAIMS = tuple(claim for _, claims in SECTIONS for claim in claims)
HEADLINES = (RATIO, NO_BEST, AT_LEAST_HALF, FRESH_GOLDEN, ONE_DESIGN)
