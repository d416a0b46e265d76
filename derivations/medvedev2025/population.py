"""A teacher with k random features that is trained on the population, and when a student of it gains.

In the directions of the covariance, scaled to variance one, such a teacher projects the target c on k Gaussian rows. A
student with all features and many samples multiplies each direction by a filter s.
"""

from __future__ import annotations

import sympy as sp

from derivations.medvedev2025 import runs
from derivations.medvedev2025.bounds import QUADRATIC
from derivations.medvedev2025.features import mean_of, simulation
from derivations.medvedev2025.letters import LIMIT, PAPER, RESTATED, kappa, l, nu
from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Equation,
    Iff,
    Precision,
    any_spectrum,
    equivalents,
    symbol,
    total,
)

LINEAR = PAPER.at("linear random features, a teacher trained on the population")
DERIVED = PAPER.at("linear random features, a teacher trained on the population", "derived")
c = symbol("c", "component of the target on a direction of variance one", "c_i", real=True)
s = symbol("s", "filter of the student on that direction", "s_i", nonnegative=True)
# The root is of all eigenvalues, so that k need not be an integer.
k = symbol("k", "number of random features, as a real number", positive=True)
SC = any_spectrum("S_c", "eigenvalues of the covariance, target and filter", l, c, s)
g = symbol("g", "what too few features spread of the target on all directions", nonnegative=True)
_share = l / (l + kappa)
_second = total(_share**2, SC)
_FEW = Condition(k, "<", total(1, SC), "take fewer features than dimensions")
_ROOT = Equation(kappa, total(_share, SC) - k)
_SPREAD = Equation(g, (k - _second) * g - total(l * c**2 / (l + kappa) ** 2, SC))
_SQUARES = Condition(k, ">", _second, "squares of shares are less than shares")
# The teacher's mean square on a direction.
square = _share**2 * c**2 + kappa**2 * g * l / (l + kappa) ** 2

_k, _p = equivalents.sizes("k p")
_F = equivalents.design("F", _k, equivalents.covariance("Sigma", _p))
_target, _one = equivalents.truth("c", _p), equivalents.identity(_p)
_projected = equivalents.min_norm(_F, _F @ _target)
_filtered = equivalents.covariance("D", _p) @ _projected
STUDENT = Claim(
    "loss_of_a_student_of_a_population_teacher",
    r"In the limit a student that multiplies by $s_i$ the directions of a teacher with $k$ random features that "
    r"is trained on the population has the loss $\sum_i (s_i^2 M_i - 2 s_i u_i c_i^2 + c_i^2)$, with $u_i = "
    r"\ell_i/(\ell_i + \kappa)$, $M_i = u_i^2 c_i^2 + \kappa^2 g \ell_i/(\ell_i + \kappa)^2$ and $g (k - "
    r"\mathrm{df}_2) = \sum_i \ell_i c_i^2/(\ell_i + \kappa)^2$, where $c_i$ is the target.",
    Compare(
        mean_of("L_ST", r"\mathbb{E}L_{\mathrm{ST}}", "mean loss of the student"),
        "=",
        total(s**2 * square - 2 * s * _share * c**2 + c**2, SC),
    ),
    Domain((SC, k, kappa, g), (_FEW, _SQUARES)),
    DERIVED,
    (
        equivalents.FromEstimator(
            equivalents.excess_risk(_filtered, _target, under=_one),
            {"Sigma": l, "c": c, "D": s},
            {"tr(Sigma Q1)": k * kappa},
        ),
        simulation(runs.filtered_risks, runs.filter_shape, (12, 24, 36, 48), 1024),
    ),
    kind="equivalent",
    given=(_ROOT, _SPREAD),
    rivals=(
        total((s * _share - 1) ** 2 * c**2, SC),
        total(s**2 * _share * c**2 - 2 * s * _share * c**2 + c**2, SC),
        total(s**2 * (square + kappa**2 * g * l / (l + kappa) ** 2) - 2 * s * _share * c**2 + c**2, SC),
    ),
    remark=LIMIT + r"The student's samples are many: its filter is $s = \ell/(\ell + \nu)$ for ridge and $1 - "
    r"e^{-\ell t}$ for gradient flow.",
)

# -- when the student gains ----------------------------------------------------------------------------------

SE = any_spectrum("S_e", "eigenvalues of the covariance, and the target", l, c)
_T0, _T1 = total(1 / (l + kappa) ** 2, SE), total(l / (l + kappa) ** 2, SE)
_E0, _E1 = total(c**2 / (l + kappa) ** 2, SE), total(l * c**2 / (l + kappa) ** 2, SE)
_risk = total(l**2 * c**2 / (l + kappa) ** 2 - 2 * l * c**2 / (l + kappa) + c**2, SE) + kappa * _T1 * _E1 / _T1
LOSS = Claim(
    "loss_of_a_population_teacher_with_random_features",
    r"The limiting loss of a teacher with random features that is trained on the population, that of its student "
    r"with $s_i = 1$, is $\kappa \sum_i c_i^2/(\ell_i + \kappa)$.",
    Compare(_risk, "=", kappa * total(c**2 / (l + kappa), SE)),
    Domain((SE, kappa)),
    DERIVED,
    (Derivation(_risk).rewrite(kappa * total(c**2 / (l + kappa), SE)), Precision()),
    rests_on=(STUDENT,),
    rivals=(
        kappa**2 * total(c**2 / (l + kappa) ** 2, SE),
        kappa * total(l * c**2 / (l + kappa) ** 2, SE),
        total(c**2, SE),
    ),
    remark=r"$k - \mathrm{df}_2 = \kappa T_1$, $T_1$ the sum of $\ell/(\ell + \kappa)^2$, so that $g = "
    r"E_1/(\kappa T_1)$. Features act as samples do: it is the noise-free error, in another norm, of the "
    r"shortest interpolator of $k$ points.",
)
PROJECTS = Claim(
    "a_population_teacher_projects_the_target",
    r"The mean squares of a teacher with random features that is trained on the population add up to its mean "
    r"product with the target: $\sum_i (\ell_i^2 c_i^2/(\ell_i + \kappa)^2 + (\kappa \ell_i/(\ell_i + \kappa)^2) "
    r"E_1/T_1) = \sum_i \ell_i c_i^2/(\ell_i + \kappa)$, where $E_1$ and $T_1$ are the sums of $\ell_i "
    r"c_i^2/(\ell_i + \kappa)^2$ and of $\ell_i/(\ell_i + \kappa)^2$.",
    Compare(
        total(l**2 * c**2 / (l + kappa) ** 2, SE) + kappa * _T1 * _E1 / _T1, "=", total(l * c**2 / (l + kappa), SE)
    ),
    Domain((SE, kappa)),
    DERIVED,
    (
        Derivation(total(l**2 * c**2 / (l + kappa) ** 2, SE) + kappa * _T1 * _E1 / _T1).rewrite(
            total(l * c**2 / (l + kappa), SE)
        ),
        Precision(),
    ),
    rests_on=(STUDENT,),
    rivals=(total(l**2 * c**2 / (l + kappa) ** 2, SE), total(c**2, SE), kappa * total(c**2 / (l + kappa), SE)),
    remark=r"$k - \mathrm{df}_2 = \kappa T_1$, so that $g = E_1/(\kappa T_1)$. This is the hypothesis of the "
    r"quadratic bound.",
)
_shrunk, _m, _a = (
    l / (l + nu),
    symbol("m", "mean square of the teacher", "m_i", nonnegative=True),
    symbol("a", "mean product of the teacher with the target", "a_i", real=True),
)
SR = any_spectrum("S_r", "eigenvalues of the covariance, with squares and products of the teacher", l, _m, _a)
_student = total(_shrunk**2 * _m - 2 * _shrunk * _a, SR)
_rate = 2 * total(l / (l + nu) ** 2 * (_a - _shrunk * _m), SR)
RATE = Claim(
    "rate_of_the_students_loss_in_its_ridge",
    r"The loss of a ridge student with many samples changes with its ridge $\nu$ at the rate $2 \sum_i \ell_i "
    r"(a_i - s_i m_i)/(\ell_i + \nu)^2$ with $s_i = \ell_i/(\ell_i + \nu)$, where $m_i$ and $a_i$ are the "
    r"teacher's mean square and mean product with the target.",
    Compare(sp.Derivative(_student, nu), "=", _rate),
    Domain((SR, nu)),
    DERIVED,
    (Derivation(sp.Derivative(_student, nu)).differentiate().rewrite(_rate), Precision()),
    rests_on=(STUDENT,),
    rivals=(2 * total(_shrunk * (_a - _shrunk * _m), SR), 2 * total(l / (l + nu) ** 2 * (_a - _m), SR)),
)
_products, _squares = total(c**2 / (l + kappa), SE), _E1 + kappa * _E1 * _T0 / _T1
GAINS = Claim(
    "a_small_ridge_gains_iff_the_target_is_on_large_eigenvalues",
    r"With many samples, the loss of a ridge student of a population teacher falls with its ridge $\nu$ at $\nu = "
    r"0$, so that a small ridge gains, if and only if $E_0 T_1 < E_1 T_0$, with $T_j = \sum_i \ell_i^j/(\ell_i + "
    r"\kappa)^2$ and $E_j = \sum_i \ell_i^j c_i^2/(\ell_i + \kappa)^2$ of the target $c_i$: the mean eigenvalue, "
    r"weighted by the target, is above that without it.",
    Iff(Compare(_products, "<", _squares), Compare(_E0 * _T1, "<", _E1 * _T0)),
    Domain((SE, kappa)),
    DERIVED,
    (Derivation.same_sign(factor=kappa / _T1), Precision(points=20)),
    rests_on=(STUDENT, RATE),
    rivals=(Compare(_E0, "<", _E1), Compare(_E1 * _T0, "<", _E0 * _T1)),
    remark=r"The left condition compares the sums of $a_i/\ell_i$ and of $m_i/\ell_i$ at the teacher's "
    r"equivalents.",
)
_l0 = symbol("l_0", "the eigenvalue on which the target lies", r"\ell_0", positive=True)
_C = symbol("C", "mean square of the target", positive=True)
ON_ONE_LEVEL = Claim(
    "a_target_on_one_eigenvalue_gains_iff_it_is_above_the_mean",
    r"For a target on directions of one eigenvalue $\ell_0$, a student with a small ridge gains on a population "
    r"teacher if and only if $\ell_0 T_0 > T_1$ with $T_j = \sum_i \ell_i^j/(\ell_i + \kappa)^2$: $\ell_0$ is "
    r"above the mean eigenvalue with weights $1/(\ell_i + \kappa)^2$.",
    Iff(
        Compare(_C / (_l0 + kappa) ** 2 * _T1, "<", _l0 * _C / (_l0 + kappa) ** 2 * _T0),
        Compare(_T1, "<", _l0 * _T0),
    ),
    Domain((SE, kappa, _l0, _C)),
    DERIVED,
    (Derivation.same_sign(factor=_C / (_l0 + kappa) ** 2), Precision()),
    rests_on=(GAINS,),
    rivals=(Compare(kappa * _T0, "<", _T1), Compare(_T0, "<", _l0 * _T1)),
)
LOSES = Claim(
    "a_small_ridge_can_hurt_a_student_with_more_features",
    "There is a covariance with a target on its smaller eigenvalue where a small ridge of the student hurts, although "
    "the student has all features and its teacher few.",
    Compare(_E1 * _T0, "<", _E0 * _T1),
    Domain((SE, kappa)),
    LINEAR,
    (Precision(),),
    witness={SE: ((1, 4, 0), (1, 1, 1)), kappa: 1},
    rests_on=(GAINS,),
    rivals=(_E0 * _T1 / 2,),
    remark=f"{RESTATED}More features alone are not enough: the target has to be on large eigenvalues.",
)

# -- the quadratic law ---------------------------------------------------------------------------------------

_count = symbol("m", "number of directions on which the target lies", positive=True)
_df2 = symbol("df_2", "sum of squared shares of all directions", r"\mathrm{df}_2", positive=True)
_A = _l0 / (_l0 + kappa)
_left = (1 - _A) ** 2 * _C + _count * kappa**2 * _l0 / (_l0 + kappa) ** 2 * (_l0 * _C / (_l0 + kappa) ** 2 / (k - _df2))
_teacher = (1 - _A) * _C
_MORE = Condition(k, ">", _df2, "squares of shares are less than shares")
SQUARE_LAW = Claim(
    "the_student_of_a_spiked_target_squares_the_loss",
    r"For a target of mean square $C$ on $m$ directions of eigenvalue $\ell_0$, a student that keeps these "
    r"directions and drops all others has the limiting loss $(L^2/C) (1 + m A^2/(k - d))$, where $L = (1 - A) C$ "
    r"is its teacher's, $A = \ell_0/(\ell_0 + \kappa)$, and $d$ is the sum of squared shares of all directions.",
    Compare(_left, "=", _teacher**2 / _C * (1 + _count * _A**2 / (k - _df2))),
    Domain((_l0, kappa, _C, _count, k, _df2), (_MORE,)),
    LINEAR,
    (Derivation(_left).rewrite(_teacher**2 / _C * (1 + _count * _A**2 / (k - _df2))), Precision()),
    rests_on=(STUDENT, LOSS),
    rivals=(
        _teacher**2 / _C,
        _teacher**2 / _C * (1 + _count * _A / (k - _df2)),
        _teacher / _C * (1 + _count * _A**2 / (k - _df2)),
    ),
    remark=f"{RESTATED}The paper has the square up to logarithms; no student is below $3/4$ of it.",
)
_law = _teacher**2 / _C * (1 + _count * _A**2 / (k - _df2))
SQUARE_BOUND = Claim(
    "the_squared_loss_has_a_constant_near_one",
    r"A student that keeps the $m$ directions of the target and drops all others has a limiting loss of at most "
    r"$(L^2/C) k/(k - \mathrm{df}_2)$, where $L$ is its teacher's loss and $C$ the mean square of the target: "
    r"near $L^2/C$ where the features are many more than $\mathrm{df}_2$.",
    Compare(_law, "<=", _teacher**2 / _C * k / (k - _df2)),
    Domain(
        (_l0, kappa, _C, _count, k, _df2),
        (_MORE, Condition(_count * _A**2, "<=", _df2, r"$\mathrm{df}_2$ counts these directions, too")),
    ),
    DERIVED,
    (
        Derivation(_law).bound(
            "<=",
            _teacher**2 / _C * k / (k - _df2),
            by=_teacher**2 / _C * (_df2 - _count * _A**2) / (k - _df2),
        ),
        Precision(),
    ),
    rests_on=(SQUARE_LAW, QUADRATIC),
    rivals=(_teacher**2 / _C, _teacher**2 / _C * (k - _df2) / k),
)
