"""The key inequality once more, by boxes."""

from __future__ import annotations

import sympy as sp

from derivations.nagarajan2023 import iterated_ridge
from derivations.nagarajan2023.iterated_ridge import y, z
from derivations.nagarajan2023.letters import BELOW_W, SMALLER, p, phi, q, r, s, w
from derivations.nagarajan2023.theorem import EXAGGERATION
from w2s_sym import Certificate, Claim, Compare, Condition, Derivation, Domain, Precision

KEY_CERTIFIED = Claim(
    "power_lies_below_its_tangent_by_boxes",
    "For $r$ and $w$ in $(0, 1)$, $r(1 - w)$ is below $1 - w^r$: proved again, with boxes.",
    Compare(r * (1 - w), "<", 1 - w**r),
    Domain((r, w), (SMALLER, BELOW_W)),
    EXAGGERATION,
    (Certificate({w: sp.exp(-s)}, {s: (0, sp.oo)}, (sp.exp(-s), s**2, r, 1 - r)), Precision()),
    rivals=(
        Compare(r * (1 - w), ">", 1 - w**r),
        Compare((1 - w) / r, "<", 1 - w ** (1 / r)),  # r above 1
        Compare(r * (1 - w) + r * (1 - r) * (1 - w) / 2, "<", 1 - w**r),  # the square is missing
        1 - w ** (r**2),
        (1 - w) ** 2 * r,
    ),
    remark=r"In $s = -\log w$ both sides meet on three sides of the strip: $s^2$, $r$ and $1 - r$ are divided "
    r"out; $e^{-s}$ makes the remainder grow. Directly, on the square, branch and bound cannot finish.",
)
KEY_ONE_VARIABLE = Claim(
    "exponential_lies_above_its_tangent_by_boxes",
    "$(1 + y) e^{-y} < 1$ for all $y > 0$: the key inequality in one variable.",
    Compare((1 + y) * sp.exp(-y), "<", 1),
    Domain((y,)),
    EXAGGERATION,
    (Certificate(factors=(y**2, sp.exp(-y))), Precision()),
    rivals=(Compare((1 + y) * sp.exp(-y), ">", 1), sp.exp(-y)),
    remark="$1 - w^r - r(1 - w)$ at $w = e^{-s}$ is $r s$ times the drop of $(1 - e^{-y})/y$ from $rs$ to $s$, "
    "and this is its slope.",
)
FLOW_LOG_SLOPE = Claim(
    "log_slope_of_flow_falls_with_time",
    r"The elasticity of a flow's progress in time, $y/(e^y - 1)$ at $y = \lambda t$, is log-concave in $\log y$: "
    r"its log-slope $1 - y/(1 - e^{-y})$ falls as $y$ grows.",
    Compare(1 - z / (1 - sp.exp(-z)), "<", 1 - y / (1 - sp.exp(-y))),
    Domain((y, z), (Condition(y, "<", z, "take y below z"),)),
    iterated_ridge.CRITERION,
    (
        Derivation(1 - z / (1 - sp.exp(-z))).slope(
            "<", 1 - y / (1 - sp.exp(-y)), y, z, -1 / (1 - sp.exp(-y)) ** 2, using=KEY_ONE_VARIABLE, y=y
        ),
        Precision(),
    ),
    rivals=(Compare(1 - z / (1 - sp.exp(-z)), ">", 1 - y / (1 - sp.exp(-y))), -y / (1 - sp.exp(-y))),
    remark="That is what makes elasticity grow with progress: see the criterion at "
    "log_slope_of_ridge_falls_with_time and log_slope_of_iterated_ridge_falls_with_time.",
)
_HALF = {r: sp.Rational(1, 2)}
_CUT = tuple(Condition(v, "<=", sp.Rational(7, 8)) for v in (p, q))
THEOREM_CERTIFIED = Claim(
    "student_lags_at_half_the_eigenvalue_by_boxes",
    r"At $\lambda_2 = \lambda_1/2$, $\varphi(p) \varphi(q) < \varphi(pq)$ for all $p$ and $q$ in $(0, 7/8]$, "
    r"where $\varphi(x) = 1 - (1 - x)^{1/2}$: proved again, with boxes.",
    Compare((phi(p) * phi(q)).xreplace(_HALF), "<", phi(p * q).xreplace(_HALF)),
    Domain((p, q), _CUT),
    EXAGGERATION,
    (Certificate(factors=(p, q)), Precision()),
    rivals=(
        Compare((phi(p) * phi(q)).xreplace(_HALF), ">", phi(p * q).xreplace(_HALF)),
        phi(p * q / 2).xreplace(_HALF),
    ),
    remark="Where $p$ or $q$ is 1 the square root has no derivative and both sides meet: the boxes stop at $7/8$.",
)
