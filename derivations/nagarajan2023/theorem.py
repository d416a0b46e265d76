"""The theorem of Nagarajan et al. (2023), phi(p) phi(q) < phi(pq), and its reversal on the larger eigenvalue.

The elasticity x phi'(x)/phi(x) of progress on direction 2 in that on direction 1 grows with x when r < 1, since a power
lies below its tangent; so phi(pq)/phi(p) falls in p towards phi(q), its value at p = 1. When r > 1 all signs turn.
"""

from __future__ import annotations

import sympy as sp

from derivations.nagarajan2023.letters import (
    BELOW_P,
    BELOW_Q,
    BELOW_W,
    LARGER,
    SMALLER,
    elasticity,
    p,
    phi,
    q,
    r,
    w,
    x,
)
from derivations.nagarajan2023.linear import PAPER
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Precision

EXAGGERATION = PAPER.at("theorem on exaggerated bias; proof by monotone elasticity", "derived")


def _chain(smaller: bool) -> tuple[Claim, Claim, Claim, Claim]:
    """The four claims of the theorem for r < 1, or their reversal for r > 1."""
    less, name, end = ("<", "", "") if smaller else (">", "_reversed", ", when r > 1")
    side = SMALLER if smaller else LARGER
    word = "below" if smaller else "above"
    # For large r both sides are 1 to thousands of digits: there only the derivation speaks of the last two claims.
    numbers = Precision() if smaller else Precision(within=(Condition(r, "<", 5),))
    wrong = ">" if smaller else "<"
    tangent = Claim(
        f"power_lies_{'below' if smaller else 'above'}_its_tangent",
        f"For w in (0, 1), r(1 - w) is {word} 1 - w^r{end}.",
        Compare(r * (1 - w), less, 1 - w**r),
        Domain((r, w), (side, BELOW_W)),
        EXAGGERATION,
        (
            Derivation(r * (1 - w)).slope(
                less, 1 - w**r, w, 1, r * (1 - w ** (r - 1)), why="both sides vanish at w = 1"
            ),
            Precision(),
        ),
        rivals=(Compare(r * (1 - w), wrong, 1 - w**r), r * (1 - w) ** 2 if smaller else r * (1 - w) / w),
    )
    elastic = Claim(
        f"elasticity_{'grows' if smaller else 'falls'}_with_progress",
        f"The elasticity x phi'(x)/phi(x) {'grows' if smaller else 'falls'} with x on (0, 1){end}.",
        Compare(elasticity(x), less, elasticity(p)),
        Domain((r, p, x), (side, BELOW_P, Condition(x, "<", p, "take x below p"))),
        EXAGGERATION,
        (
            Derivation(elasticity(x)).slope(
                less,
                elasticity(p),
                x,
                p,
                -r * (1 - x) ** (r - 2) / phi(x) ** 2 * (1 if smaller else -1),
                using=tangent,
                w=1 - x,
            ),
            Precision(),
        ),
        rivals=(Compare(elasticity(x), wrong, elasticity(p)),),
    )
    ratio = Claim(
        f"share_of_the_matched_teacher{name}",
        f"phi(q) is {word} phi(pq)/phi(p){end}.",
        Compare(phi(q), less, phi(p * q) / phi(p)),
        Domain((r, p, q), (side, BELOW_P, BELOW_Q)),
        EXAGGERATION,
        (
            Derivation(phi(q)).slope(
                less,
                phi(p * q) / phi(p),
                p,
                1,
                -phi(p * q) / (p * phi(p)) * (1 if smaller else -1),
                using=elastic,
                x=p * q,
            ),
            numbers,
        ),
        rivals=(Compare(phi(q), wrong, phi(p * q) / phi(p)),),
    )
    theorem = Claim(
        "student_lags_on_the_smaller_eigenvalue" if smaller else "student_leads_on_the_larger_eigenvalue",
        f"A student whose progress on direction 1 is that of a flow on the labels, pq, has progress phi(p) phi(q) on "
        f"direction 2, {word} the phi(pq) of that flow{end}.",
        Compare(phi(p) * phi(q), less, phi(p * q)),
        Domain((r, p, q), (side, BELOW_P, BELOW_Q)),
        EXAGGERATION,
        (
            Derivation(phi(p) * phi(q)).using(ratio, less, phi(p * q), phi(p) * (1 if smaller else -1)),
            numbers,
        ),
        rivals=(
            Compare(phi(p) * phi(q), wrong, phi(p * q)),
            Compare((phi(p) * phi(q)).xreplace({r: 1 / r}), less, phi(p * q).xreplace({r: 1 / r})),
            phi(p * q) ** 2 if smaller else phi(p),
            phi(p) ** 2 if smaller else phi(p * q) ** sp.Rational(1, 2),
        ),
    )
    return tangent, elastic, ratio, theorem


KEY, ELASTICITY, RATIO, THEOREM = _chain(smaller=True)
KEY_REVERSED, ELASTICITY_REVERSED, RATIO_REVERSED, THEOREM_REVERSED = _chain(smaller=False)

CLAIMS = (
    KEY,
    ELASTICITY,
    RATIO,
    THEOREM,
    KEY_REVERSED,
    ELASTICITY_REVERSED,
    RATIO_REVERSED,
    THEOREM_REVERSED,
)
