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

from w2s_sym.certificate import Certificate
from w2s_sym.claim import Claim, Compare, Equation, Iff, Source
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
m = symbol("m", "progress on direction 1 at which student and flow are matched, between 0 and 1", positive=True)
w = symbol("w", "what is left to learn on direction 1, between 0 and 1", positive=True)
x = symbol("x", "a smaller progress on direction 1", positive=True)
lam = symbol("lam", "an eigenvalue of X'X", r"\lambda", positive=True)
lam_1 = symbol("lam_1", "the larger of two eigenvalues of X'X", r"\lambda_1", positive=True)
lam_2 = symbol("lam_2", "the smaller of two eigenvalues of X'X", r"\lambda_2", positive=True)
T = symbol("T", "time at which the teacher stops", positive=True)
t = symbol("t", "time of the flow on labels that matches the student's progress on direction 1", positive=True)
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


# -- the filters ----------------------------------------------------------------------------------------------

_TIMES = Domain((lam, T, t_s))
COMPOSED = Claim(
    "students_filter_is_a_product",
    "The student's filter (1 - exp(-lam t~))(1 - exp(-lam T)) is that of a flow of time T less what the student has "
    "not undone, exp(-lam t~) - exp(-lam (T + t~)).",
    Compare(
        progress(lam, t_s) * progress(lam, T), "=", progress(lam, T) - sp.exp(-lam * t_s) + sp.exp(-lam * (T + t_s))
    ),
    _TIMES,
    PAPER.at("setting: filters of teacher and student"),
    (
        Derivation(progress(lam, t_s) * progress(lam, T)).rewrite(
            progress(lam, T) - sp.exp(-lam * t_s) + sp.exp(-lam * (T + t_s)), why="multiply out"
        ),
        Precision(),
    ),
    rivals=(progress(lam, T + t_s), progress(lam, T) - sp.exp(-lam * t_s)),
)
_MATCHING = Equation(t, t + sp.log(1 - m) / lam_1)
_ratio = lam_2 / lam_1
MATCHED = Claim(
    "matched_time_in_closed_form",
    "The flow on labels that has made progress m on direction 1 stops at t = -log(1 - m)/lam_1; its progress on "
    "direction 2 is then 1 - (1 - m)^(lam_2/lam_1).",
    Compare(progress(lam_2, t), "=", 1 - (1 - m) ** _ratio),
    Domain((lam_1, lam_2, m, t), (Condition(m, "<", 1, "choose a progress below 1"),)),
    PAPER.at("setting: matched progress"),
    (Derivation(progress(lam_2, t)).eliminate(t, _MATCHING), Precision()),
    given=(_MATCHING,),
    rivals=(m**_ratio, 1 - (1 - m) ** (1 / _ratio), _ratio * m),
)

# -- result 1: the theorem ------------------------------------------------------------------------------------


def _chain(smaller: bool) -> tuple[Claim, Claim, Claim, Claim]:
    """The four claims of the theorem for r < 1, or their reversal for r > 1."""
    less, name, end = ("<", "", "") if smaller else (">", "_reversed", ", when r > 1")
    side = SMALLER if smaller else LARGER
    word = "below" if smaller else "above"
    # For large r both sides are 1 to thousands of digits: there only the derivation speaks of the last two claims.
    numbers = (Precision(),) if smaller else ()
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
        rivals=(Compare(r * (1 - w), wrong, 1 - w**r), (1 - w) ** 2 * r),
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
            *numbers,
        ),
        rivals=(Compare(phi(q), wrong, phi(p * q) / phi(p)),) if smaller else (),
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
            *numbers,
        ),
        rivals=(Compare(phi(p) * phi(q), wrong, phi(p * q)), phi(p * q) ** 2, phi(p) ** 2) if smaller else (),
    )
    return tangent, elastic, ratio, theorem


KEY, ELASTICITY, RATIO, THEOREM = _chain(smaller=True)
KEY_REVERSED, ELASTICITY_REVERSED, RATIO_REVERSED, THEOREM_REVERSED = _chain(smaller=False)


REVERSED_ON_LARGER = Claim(
    "matching_on_the_smaller_eigenvalue_reverses_it",
    "Matched on the direction with the smaller eigenvalue, where it has progress phi(p) phi(q), the student is ahead "
    "of the flow on labels on the direction with the larger: pq exceeds 1 - (1 - phi(p) phi(q))^(1/r).",
    Compare(p * q, ">", 1 - (1 - phi(p) * phi(q)) ** (1 / r)),
    Domain((r, p, q), (SMALLER, BELOW_P, BELOW_Q)),
    EXAGGERATION,
    (
        Derivation(p * q).using(
            THEOREM_REVERSED, ">", 1 - (1 - phi(p) * phi(q)) ** (1 / r), -1, r=1 / r, p=phi(p), q=phi(q)
        ),
        Precision(),
    ),
    rivals=(Compare(p * q, "<", 1 - (1 - phi(p) * phi(q)) ** (1 / r)), 1 - (1 - phi(p)) ** 2),
)
_EIGENVALUES = Domain(
    (lam_1, lam_2, T, t_s), (Condition(lam_2, "<", lam_1, "let direction 1 have the larger eigenvalue"),)
)
_matched = 1 - (1 - progress(lam_1, t_s) * progress(lam_1, T)) ** _ratio
IN_TIME = Claim(
    "distillation_exaggerates_the_bias_of_gradient_flow",
    "For all stopping times, a student has made less progress on the direction with the smaller eigenvalue than the "
    "flow on labels that has made the same progress on the direction with the larger one.",
    Compare(progress(lam_2, t_s) * progress(lam_2, T), "<", _matched),
    _EIGENVALUES,
    PAPER.at("theorem on exaggerated bias"),
    (
        Derivation(progress(lam_2, t_s) * progress(lam_2, T)).using(
            THEOREM, "<", _matched, r=_ratio, p=progress(lam_1, T), q=progress(lam_1, t_s)
        ),
    ),
    rests_on=(MATCHED,),
    remark="At late times both sides are 1 to thousands of digits: numbers speak of it in p and q, in the claim applied.",
)
GAP = Claim(
    "gap_is_below_what_the_teacher_has_left",
    "The student's lag phi(pq) - phi(p) phi(q) is below phi(q) (1 - p)^r, which is phi(q) exp(-lam_2 T): it vanishes "
    "as the teacher interpolates, p -> 1, and by symmetry as the student interpolates its teacher, q -> 1.",
    Compare(phi(p * q) - phi(p) * phi(q), "<", phi(q) * (1 - p) ** r),
    Domain((r, p, q), (SMALLER, BELOW_P, BELOW_Q)),
    PAPER.at("an interpolating teacher", "derived"),
    (
        Derivation(phi(p * q) - phi(p) * phi(q)).slope(
            "<", phi(q) * (1 - p) ** r, p, 1, -q * r * (1 - p * q) ** (r - 1), why="phi(pq) grows to phi(q) as p to 1"
        ),
        Precision(),
    ),
    rivals=(phi(q) ** 2 * (1 - p) ** r, phi(q) * (1 - p) ** (r + 1)),
)

# -- the key inequality once more, by boxes -------------------------------------------------------------------

s_ = symbol("s", "-log w, a change of variables", positive=True)
KEY_CERTIFIED = Claim(
    "power_lies_below_its_tangent_by_boxes",
    "For r and w in (0, 1), r(1 - w) is below 1 - w^r: proved again, with boxes.",
    Compare(r * (1 - w), "<", 1 - w**r),
    Domain((r, w), (SMALLER, BELOW_W)),
    EXAGGERATION,
    (Certificate({w: sp.exp(-s_)}, {s_: (0, sp.oo)}, (sp.exp(-s_), s_**2, r, 1 - r)), Precision()),
    rivals=(Compare(r * (1 - w), ">", 1 - w**r), 1 - w ** (r**2), (1 - w) ** 2 * r),
    remark="In s = -log w both sides meet on three sides of the strip: s^2, r and 1 - r are divided out; e^-s makes "
    "the rest grow. Directly, on the square, branch and bound cannot finish.",
)
KEY_ONE_VARIABLE = Claim(
    "exponential_lies_above_its_tangent_by_boxes",
    "(1 + s) e^-s < 1 for all s > 0: the key inequality in one variable.",
    Compare((1 + s_) * sp.exp(-s_), "<", 1),
    Domain((s_,)),
    EXAGGERATION,
    (Certificate(factors=(s_**2, sp.exp(-s_))), Precision()),
    rivals=(Compare((1 + s_) * sp.exp(-s_), ">", 1), sp.exp(-s_)),
    remark="1 - w^r - r(1 - w) at w = e^-s is r s times the drop of (1 - e^-y)/y from rs to s, and this is its slope.",
)
_HALF = {r: sp.Rational(1, 2)}
_CUT = tuple(Condition(v, "<=", sp.Rational(7, 8)) for v in (p, q))
THEOREM_CERTIFIED = Claim(
    "student_lags_at_half_the_eigenvalue_by_boxes",
    "At lam_2 = lam_1/2, phi(p) phi(q) < phi(pq) for all p and q in (0, 7/8]: proved again, with boxes.",
    Compare((phi(p) * phi(q)).xreplace(_HALF), "<", phi(p * q).xreplace(_HALF)),
    Domain((p, q), _CUT),
    EXAGGERATION,
    (Certificate(factors=(p, q)), Precision()),
    rivals=(
        Compare((phi(p) * phi(q)).xreplace(_HALF), ">", phi(p * q).xreplace(_HALF)),
        phi(p * q / 2).xreplace(_HALF),
    ),
    remark="Where p or q is 1 the square root has no derivative and both sides meet: the boxes stop at 7/8.",
)

CLAIMS = (
    COMPOSED,
    MATCHED,
    KEY,
    ELASTICITY,
    RATIO,
    THEOREM,
    KEY_REVERSED,
    ELASTICITY_REVERSED,
    RATIO_REVERSED,
    THEOREM_REVERSED,
    REVERSED_ON_LARGER,
    IN_TIME,
    GAP,
    KEY_CERTIFIED,
    KEY_ONE_VARIABLE,
    THEOREM_CERTIFIED,
)
