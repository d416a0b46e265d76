"""The classical facts that averages rest on, each one checked by a route that does not use it.

Derivations average words over random matrices by four exact rules. Here each rule is a claim of its own, together
with its nearest relatives. None of them is derived: polynomial facts are compared with exact moments at small integer
sizes, entry by entry, where all that is used is E x^(2k) = (2k-1)!! of one standard Gaussian number; facts about
inverses, projectors and lengths are simulated with nothing averaged by hand.

Setting: Z, X, Y are samples, their rows are independent, centred and jointly Gaussian; with S = cov(X, Y),
E X_ij Y_kl = [i = k] S_jl. A, B, ... are any fixed matrices, not symmetric, so that a lost transpose shows.
"""

from __future__ import annotations

from derivations.classics.gaussian.conditioning import conditioning_splits_a_block, residual_is_independent
from derivations.classics.gaussian.directions import (
    length_is_independent_of_direction,
    length_weighs_by_degree,
    power_sums_average,
)
from derivations.classics.gaussian.inverses import (
    inverse_wishart_mean,
    projector_average,
    wishart_adjugate_mean,
    wishart_determinant_mean,
)
from derivations.classics.gaussian.pairings import (
    products_average_by_pairings,
    sixth_order_average,
    two_quadratic_traces_average,
)
from derivations.classics.gaussian.quadratic import (
    cross_covariance_average,
    crossed_pair_average,
    left_quadratic_average,
    right_quadratic_average,
    two_traces_average,
)
from w2s_sym import Claim

SECTIONS: tuple[tuple[str, tuple[Claim, ...]], ...] = (
    (
        "Quadratic words",
        (
            left_quadratic_average,
            right_quadratic_average,
            cross_covariance_average,
            crossed_pair_average,
            two_traces_average,
        ),
    ),
    (
        "Longer words: all pairings",
        (
            products_average_by_pairings,
            two_quadratic_traces_average,
            sixth_order_average,
        ),
    ),
    (
        "Inverses",
        (
            wishart_determinant_mean,
            wishart_adjugate_mean,
            inverse_wishart_mean,
            projector_average,
        ),
    ),
    (
        "Conditioning",
        (
            residual_is_independent,
            conditioning_splits_a_block,
        ),
    ),
    (
        "Lengths and directions",
        (
            power_sums_average,
            length_weighs_by_degree,
            length_is_independent_of_direction,
        ),
    ),
)
CLAIMS = tuple(claim for _, claims in SECTIONS for claim in claims)
HEADLINES = (
    products_average_by_pairings,
    inverse_wishart_mean,
    projector_average,
    conditioning_splits_a_block,
)
