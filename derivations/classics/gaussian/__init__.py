r"""The classical facts that averages rest on: three axioms, and seventeen facts that are derived from them.

Derivations average words over random matrices by Stein's identity, $\mathbb{E} \operatorname{tr}(X^\top F) = \mathbb{E}
\operatorname{div} F$, and by nothing else. The identity is an axiom, cited and tested; so is the condition under which
words with inverse Gram matrices have a mean. The other facts are instances of the rules that derivations use: each is
derived, and checked besides by a route that uses no rule. Polynomial facts are compared with exact moments at small
integer sizes, entry by entry, where all that is used is $\mathbb{E} x^{2 k} = (2 k - 1)!!$ of one standard Gaussian
number; facts about inverses, projectors and lengths are simulated with nothing averaged by hand.

Setting: $Z$, $X$, $Y$ are samples; their rows are independent, centred and jointly Gaussian. The mean of $X_{i j} Y_{k
l}$ is $S_{j l}$ for $i = k$, where $S$ is the covariance of a row of $X$ and one of $Y$, and else zero. $A$, $B$ and
further letters are fixed matrices, not symmetric, so that a lost transpose shows.
"""

from __future__ import annotations

from derivations.classics.gaussian.axioms import (
    AXIOMS,
    inverse_quadratic_form_is_reciprocal_chi_square,
    steins_identity,
    steins_identity_of_inverses,
)
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
    ("Axioms", AXIOMS),
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
    steins_identity,
    products_average_by_pairings,
    inverse_wishart_mean,
    projector_average,
    conditioning_splits_a_block,
)
