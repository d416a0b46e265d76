"""Nagarajan, Menon, Bhojanapalli, Mobahi and Kumar (2023): distillation exaggerates the bias of gradient descent.

Setting: linear regression with squared loss, lam_k > 0 the eigenvalues of X'X, gradient flow from zero. After time t
the component along eigenvector k has made the progress a_k(t) = 1 - exp(-lam_k t) towards its least-squares value. A
teacher stops at T; its student is trained in the same way for t~ on the teacher's predictions, so that the student's
progress on direction k is a_k(t~) a_k(T). The matched teacher is the flow on the labels themselves at the time t at
which it has made the student's progress on direction 1. On every direction with a smaller eigenvalue the student has
then made less progress: what gradient descent learns late, distillation learns later still.

Everything is stated in r = lam_2/lam_1 and phi(x) = 1 - (1 - x)^r, the progress on direction 2 when that on direction 1
is x: the theorem is phi(p) phi(q) < phi(pq).
"""

from __future__ import annotations

import sympy as sp

from w2s_sym.claim import Claim, Compare, Iff, Source
from w2s_sym.derivation import Derivation
from w2s_sym.domain import Condition, Domain
from w2s_sym.notation import symbol
from w2s_sym.precision import Precision

PAPER = Source(
    key="nagarajan2023",
    authors="Nagarajan, V., Menon, A. K., Bhojanapalli, S., Mobahi, H. and Kumar, S.",
    title="On student-teacher deviations in distillation: does it pay to disobey?",
    year=2023,
    venue="NeurIPS 2023",
    arxiv="2301.12923",
    trust="recalled",
)
EXAGGERATION = PAPER.at("theorem on exaggerated bias; proof by monotone elasticity", "derived")

# -- letters --------------------------------------------------------------------------------------------------

r = symbol("r", "ratio lam_2/lam_1 of two eigenvalues", positive=True)
p = symbol("p", "the teacher's progress on direction 1, between 0 and 1", positive=True)
q = symbol("q", "the student's progress on direction 1 towards its teacher, between 0 and 1", positive=True)
w = symbol("w", "what is left to learn on direction 1, between 0 and 1", positive=True)
x = symbol("x", "a smaller progress on direction 1", positive=True)
lam = symbol("lam", "an eigenvalue of X'X", r"\lambda", positive=True)
lam_1 = symbol("lam_1", "the larger of two eigenvalues of X'X", r"\lambda_1", positive=True)
lam_2 = symbol("lam_2", "the smaller of two eigenvalues of X'X", r"\lambda_2", positive=True)
T = symbol("T", "time at which the teacher stops", positive=True)
t_s = symbol("t_s", "time at which the student stops", r"\tilde t", positive=True)

BELOW_P = Condition(p, "<", 1, "choose a progress below 1")
BELOW_Q = Condition(q, "<", 1, "choose a progress below 1")
BELOW_W = Condition(w, "<", 1, "choose a rest below 1")
SMALLER = Condition(r, "<", 1, "take the direction with the smaller eigenvalue")
LARGER = Condition(r, ">", 1, "take the direction with the larger eigenvalue")


def phi(progress: sp.Expr) -> sp.Expr:
    """Progress on direction 2 of the flow that has made ``progress`` on direction 1."""
    return 1 - (1 - progress) ** r


def elasticity(progress: sp.Expr) -> sp.Expr:
    """x phi'(x)/phi(x): by how many percent phi grows when its argument grows by one."""
    return r * progress * (1 - progress) ** (r - 1) / phi(progress)


def progress(eigenvalue: sp.Expr, time: sp.Expr) -> sp.Expr:
    """1 - exp(-lam t), the filter of gradient flow."""
    return 1 - sp.exp(-eigenvalue * time)


# -- result 1: the theorem ------------------------------------------------------------------------------------


def _chain(smaller: bool) -> tuple[Claim, Claim, Claim, Claim]:
    """The four claims of the theorem for r < 1, or their reversal for r > 1."""
    less, name, end = ("<", "", "") if smaller else (">", "_reversed", ", when r > 1")
    side = SMALLER if smaller else LARGER
    word, other = ("below", "above") if smaller else ("above", "below")
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
        rivals=(1 - w ** (r + 1), r * (1 - w)) if False else (Compare(r * (1 - w), ">" if smaller else "<", 1 - w**r),),
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
        rivals=(Compare(elasticity(x), ">" if smaller else "<", elasticity(p)),),
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
            Precision(),
        ),
        rivals=(Compare(phi(q), ">" if smaller else "<", phi(p * q) / phi(p)),),
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
            Precision(),
        ),
        rivals=(Compare(phi(p) * phi(q), ">" if smaller else "<", phi(p * q)),),
    )
    return tangent, elastic, ratio, theorem


KEY, ELASTICITY, RATIO, THEOREM = _chain(smaller=True)
KEY_REVERSED, ELASTICITY_REVERSED, RATIO_REVERSED, THEOREM_REVERSED = _chain(smaller=False)

CLAIMS = (KEY, ELASTICITY, RATIO, THEOREM, KEY_REVERSED, ELASTICITY_REVERSED, RATIO_REVERSED, THEOREM_REVERSED)
