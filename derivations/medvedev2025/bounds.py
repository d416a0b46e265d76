"""How much any student can gain: the quadratic lower bound on its loss, its hypotheses, and where it is attained.

The teacher v projects the target u: u.v = |v|^2. The student multiplies the teacher's component on each of its own
directions by a filter s between 0 and 1, as gradient flow from zero and ridge regression do. L = |u - v|^2/|u|^2 is the
teacher's relative loss.
"""

from __future__ import annotations

import sympy as sp

from derivations.medvedev2025.letters import PAPER, RESTATED
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Precision, any_spectrum, symbol, total

BOUND = PAPER.at("the limit of weak-to-strong generalization: lower bound on the student's error")
EXACT = PAPER.at("the limit of weak-to-strong generalization; sharp form", "derived")
u = symbol("u", "component of the target on a direction of the student", "u_i", real=True)
v = symbol("v", "component of the teacher on that direction", "v_i", real=True)
s = symbol("s", "filter of the student on that direction", "s_i", nonnegative=True)
F = any_spectrum(
    "F",
    "directions of the student: target, teacher, filter",
    u,
    v,
    s,
    conditions=(Condition(s, "<=", 1, "gradient flow and ridge shrink"),),
)
FREE = any_spectrum("F_0", "the same with any filter", u, v, s)
theta = symbol("theta", "weight of the bound", r"\theta", positive=True)
L = symbol("L", "relative loss of the teacher", positive=True)
AT_MOST_ONE = Condition(L, "<=", 1, "a projecting teacher is no worse than zero")

_loss = total((s * v - u) ** 2, F)
_weighted = theta / (1 + theta) * total((u - v / 2) ** 2, F) - theta / 4 * total(v**2, F)
WEIGHTED = Claim(
    "students_loss_is_bounded_for_every_weight",
    r"Whatever its filter between 0 and 1, the student's loss $\sum_i (s_i v_i - u_i)^2$ is at least $(\theta/(1 "
    r"+ \theta)) \sum_i (u_i - v_i/2)^2 - (\theta/4) \sum_i v_i^2$, for every $\theta > 0$, where $u_i$ is the "
    r"target and $v_i$ the teacher.",
    Compare(_weighted, "<=", _loss),
    Domain((F, theta)),
    EXACT,
    (
        Derivation(_weighted).bound(
            "<=",
            _loss,
            by=(1 + theta) * total((s * v - (u + theta * v / 2) / (1 + theta)) ** 2, F)
            + theta * total(s * (1 - s) * v**2, F),
        ),
        Precision(),
    ),
    rivals=(total((s * v - u) ** 2 - s * u**2 / 2, F), _loss - theta * total(s * v**2, F)),
    remark="A student that shrinks lies in the ball whose diameter ends at zero and at its teacher.",
)
_sides = theta * (1 + 3 * L) / (4 * (1 + theta)) - theta * (1 - L) / 4
QUADRATIC = Claim(
    "weight_that_gives_the_quadratic_bound",
    r"For a projecting teacher of relative loss $L$ and a target of length 1 the bound with weight $\theta$ on the "
    r"student's loss is $\theta (1 + 3 L)/(4 (1 + \theta)) - \theta (1 - L)/4$; at $\theta = 3 L$ it is exactly $3 "
    r"L^2/4$.",
    Compare(_sides.xreplace({theta: 3 * L}), "=", sp.Rational(3, 4) * L**2),
    Domain((L,), (AT_MOST_ONE,)),
    BOUND,
    (Derivation(_sides.xreplace({theta: 3 * L})).rewrite(sp.Rational(3, 4) * L**2), Precision()),
    rests_on=(WEIGHTED,),
    rivals=(sp.Rational(1, 2) * L**2, sp.Rational(3, 4) * L, L**2),
    remark=f"{RESTATED}So no student has a loss below $3/4$ of the square of its teacher's: $|u - v/2|^2 = (1 + "
    f"3L)/4$ and $|v|^2 = 1 - L$.",
)
_sharp = (sp.sqrt(1 + 3 * L) - sp.sqrt(1 - L)) ** 2 / 4
SHARP = Claim(
    "sharp_bound_is_at_least_every_weighted_one",
    r"For a projecting teacher of relative loss $L$ the best of the bounds with a weight $\theta$ is $(\sqrt{1 + "
    r"3L} - \sqrt{1 - L})^2/4$: no weight gives more.",
    Compare(_sides, "<=", _sharp),
    Domain((L, theta), (Condition(L, "<", 1, "a projecting teacher is better than zero"),)),
    EXACT,
    (
        Derivation(_sides).bound(
            "<=",
            _sharp,
            by=(sp.sqrt(1 + 3 * L) / sp.sqrt(1 + theta) - sp.sqrt(1 - L) * sp.sqrt(1 + theta)) ** 2 / 4,
        ),
        Precision(),
    ),
    rests_on=(QUADRATIC,),
    rivals=(sp.Rational(3, 4) * L**2, L**2 / 2),
    remark=r"Attained at $1 + \theta = \sqrt{(1 + 3L)/(1 - L)}$, and in the plane by the point of the ball that "
    r"is next to the target.",
)
_root = sp.sqrt(1 + 3 * L) * sp.sqrt(1 - L)
STRONGER = Claim(
    "sharp_bound_is_above_the_quadratic_one",
    r"The sharp bound $(\sqrt{1 + 3L} - \sqrt{1 - L})^2/4$ is at least $3/4$ of $L^2$, with equality at $L = 2/3$.",
    Compare(sp.Rational(3, 4) * L**2, "<=", _sharp),
    Domain((L,), (Condition(L, "<", 1, "a projecting teacher is better than zero"),)),
    EXACT,
    (
        Derivation(sp.Rational(3, 4) * L**2).bound(
            "<=",
            _sharp,
            by=L**2 * (1 - 3 * L / 2) ** 2 / (2 * ((1 - L) * (1 + 3 * L / 2) + L / 2 + _root)),
        ),
        Precision(),
    ),
    rests_on=(SHARP,),
    rivals=(sp.Rational(2, 3) * L**2, L**2 / 2),
)
_projects = Condition(total(u * v, FREE), "=", total(v**2, FREE), "take a teacher that projects the target")
_free_loss = total((s * v - u) ** 2, FREE)
_free_below = sp.Rational(3, 4) * total((u - v) ** 2, FREE) ** 2 / total(u**2, FREE)
ATTAINED = Claim(
    "the_quadratic_bound_is_attained",
    "There is a projecting teacher of relative loss $L = 2/3$ and a student whose loss is exactly $3 L^2 |u|^2/4$, "
    "where $u$ is the target.",
    Compare(_free_loss, "=", _free_below),
    Domain((FREE,), (_projects,)),
    EXACT,
    (Precision(),),
    witness={FREE: ((1, 2, 1, 1), (2, sp.Rational(-1, 2), sp.Rational(1, 2), 0))},
    rests_on=(QUADRATIC,),
    rivals=(2 * _free_below, _free_below / 2),
    remark="Its filter is 1 or 0: it keeps the one direction on which its teacher is right in sign, and drops two.",
)
_below = sp.Rational(3, 4) * total((u - v) ** 2, F) ** 2 / total(u**2, F)
NO_PROJECTION = Claim(
    "the_bound_needs_a_teacher_that_projects",
    r"There is a teacher that does not project ($u \cdot v \ne |v|^2$) whose student has no loss at all.",
    Compare(_loss, "<", _below),
    Domain((F,), (Condition(total(u * v, F), "!=", total(v**2, F), "take a teacher that does not project"),)),
    BOUND,
    (Precision(),),
    witness={F: ((1, 1, 1, 1), (1, 0, sp.Rational(1, 2), 0))},
    rests_on=(QUADRATIC,),
    rivals=(-_below,),
    remark=f"{RESTATED}Target $(1, 0)$, teacher $(1, 1/2)$, student $(1, 0)$.",
)
AMPLIFIES = Claim(
    "the_bound_needs_a_filter_that_shrinks",
    "There is a projecting teacher of relative loss $L$, and a student that may multiply a direction by 2, whose "
    "loss is below $3 L^2 |u|^2/4$, where $u$ is the target.",
    Compare(_free_loss, "<", _free_below),
    Domain((FREE,), (_projects,)),
    BOUND,
    (Precision(),),
    witness={FREE: ((1, 2, 1, 2), (2, sp.Rational(-1, 2), sp.Rational(1, 2), 0))},
    rests_on=(QUADRATIC,),
    rivals=(_free_below / 4,),
    remark=RESTATED,
)
