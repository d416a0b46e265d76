"""The theorem of Nagarajan et al. (2023), phi(p) phi(q) < phi(pq), and its reversal on the larger eigenvalue.

The elasticity x phi'(x)/phi(x) of progress on direction 2 in that on direction 1 grows with x when r < 1, since a power
lies below its tangent; so phi(pq)/phi(p) falls in p towards phi(q), its value at p = 1. When r > 1 all signs turn.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.nagarajan2023.letters import BELOW_P, BELOW_Q, BELOW_W, LARGER, SMALLER, elasticity, p, phi, q, r, w, x
from derivations.nagarajan2023.linear import PAPER
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Precision

EXAGGERATION = PAPER.at("theorem on exaggerated bias; proof by monotone elasticity", "derived")


@dataclass(frozen=True)
class _Side:
    """One side of r = 1: the theorem holds for r < 1, and everything is reversed for r > 1."""

    smaller: bool
    where: Condition
    relation: str
    wrong: str
    word: str
    end: str
    suffix: str
    # For large r both sides are 1 to thousands of digits: there only the derivation speaks of the last two claims.
    numbers: Precision

    @property
    def sign(self) -> int:
        """1 for the theorem, -1 for its reversal."""
        return 1 if self.smaller else -1


_BELOW_ONE = _Side(
    smaller=True,
    where=SMALLER,
    relation="<",
    wrong=">",
    word="below",
    end=", when $r < 1$",
    suffix="",
    numbers=Precision(),
)
_ABOVE_ONE = _Side(
    smaller=False,
    where=LARGER,
    relation=">",
    wrong="<",
    word="above",
    end=", when $r > 1$",
    suffix="_reversed",
    numbers=Precision(within=(Condition(r, "<", 5),)),
)


def _tangent(side: _Side) -> Claim:
    """The key inequality: a power and its tangent."""
    return Claim(
        f"power_lies_{side.word}_its_tangent",
        rf"For $w \in (0, 1)$, $r(1 - w)$ is {side.word} $1 - w^r${side.end}.",
        Compare(r * (1 - w), side.relation, 1 - w**r),
        Domain((r, w), (side.where, BELOW_W)),
        EXAGGERATION,
        (
            Derivation(r * (1 - w)).slope(
                side.relation, 1 - w**r, w, 1, r * (1 - w ** (r - 1)), why="both sides vanish at $w = 1$"
            ),
            Precision(),
        ),
        rivals=(
            Compare(r * (1 - w), side.wrong, 1 - w**r),
            r * (1 - w) ** 2 if side.smaller else r * (1 - w) / w,
        ),
    )


def _elasticity(side: _Side, tangent: Claim) -> Claim:
    """The elasticity of progress on direction 2 is monotone, by the key inequality."""
    verb = "grows" if side.smaller else "falls"
    slope = -r * (1 - x) ** (r - 2) / phi(x) ** 2 * side.sign
    return Claim(
        f"elasticity_{verb}_with_progress",
        rf"The elasticity $x \varphi'(x)/\varphi(x)$ of $\varphi(x) = 1 - (1 - x)^r$ {verb} with $x$ on $(0, "
        rf"1)${side.end}.",
        Compare(elasticity(x), side.relation, elasticity(p)),
        Domain((r, p, x), (side.where, BELOW_P, Condition(x, "<", p, "take x below p"))),
        EXAGGERATION,
        (
            Derivation(elasticity(x)).slope(side.relation, elasticity(p), x, p, slope, using=tangent, w=1 - x),
            Precision(),
        ),
        rivals=(Compare(elasticity(x), side.wrong, elasticity(p)),),
    )


def _ratio(side: _Side, elastic: Claim) -> Claim:
    """What the student keeps of direction 2, against what its matched teacher keeps."""
    share, slope = phi(p * q) / phi(p), -phi(p * q) / (p * phi(p)) * side.sign
    return Claim(
        f"share_of_the_matched_teacher{side.suffix}",
        rf"With $\varphi(x) = 1 - (1 - x)^r$, $\varphi(q)$ is {side.word} $\varphi(pq)/\varphi(p)${side.end}.",
        Compare(phi(q), side.relation, share),
        Domain((r, p, q), (side.where, BELOW_P, BELOW_Q)),
        EXAGGERATION,
        (Derivation(phi(q)).slope(side.relation, share, p, 1, slope, using=elastic, x=p * q), side.numbers),
        rivals=(Compare(phi(q), side.wrong, share),),
    )


def _theorem(side: _Side, ratio: Claim) -> Claim:
    """The theorem: the student against the flow on labels with its progress on direction 1."""
    student, flow = phi(p) * phi(q), phi(p * q)
    return Claim(
        "student_lags_on_the_smaller_eigenvalue" if side.smaller else "student_leads_on_the_larger_eigenvalue",
        rf"A student whose progress on direction 1 is that of a flow on the labels, $pq$, has progress "
        rf"$\varphi(p) \varphi(q)$ on direction 2, {side.word} the $\varphi(pq)$ of that flow, where $\varphi(x) "
        rf"= 1 - (1 - x)^r${side.end}.",
        Compare(student, side.relation, flow),
        Domain((r, p, q), (side.where, BELOW_P, BELOW_Q)),
        EXAGGERATION,
        (Derivation(student).using(ratio, side.relation, flow, phi(p) * side.sign), side.numbers),
        rivals=(
            Compare(student, side.wrong, flow),
            Compare(student.xreplace({r: 1 / r}), side.relation, flow.xreplace({r: 1 / r})),
            flow**2 if side.smaller else phi(p),
            phi(p) ** 2 if side.smaller else flow ** sp.Rational(1, 2),
        ),
    )


KEY, KEY_REVERSED = _tangent(_BELOW_ONE), _tangent(_ABOVE_ONE)
ELASTICITY, ELASTICITY_REVERSED = _elasticity(_BELOW_ONE, KEY), _elasticity(_ABOVE_ONE, KEY_REVERSED)
RATIO, RATIO_REVERSED = _ratio(_BELOW_ONE, ELASTICITY), _ratio(_ABOVE_ONE, ELASTICITY_REVERSED)
THEOREM, THEOREM_REVERSED = _theorem(_BELOW_ONE, RATIO), _theorem(_ABOVE_ONE, RATIO_REVERSED)

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
