"""The integrals of the scaling laws, proved from one cited integral."""

from __future__ import annotations

import sympy as sp

from derivations.ildiz2025.letters import Omega
from derivations.ildiz2025.scaling.letters import ANY, HALF_LINE, LAWS, a, alpha, b, between, omega, r, s, u, x, y, z
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Precision

EXACT = Precision(digits=20)
reflected = sp.pi / sp.sin(sp.pi * s)

BETA = Claim(
    "a_power_over_one_plus_x_integrates_to_a_sine",
    r"For $0 < s < 1$ the integral of $x^{s - 1}/(1 + x)$ over the half line is $\pi/\sin(\pi s)$.",
    Compare(sp.Integral(x ** (s - 1) / (1 + x), HALF_LINE), "=", reflected),
    Domain((s,), between(s, 0, 1)),
    LAWS,
    (EXACT,),
    rivals=(sp.pi / sp.sin(sp.pi * s / 2), sp.pi / sp.tan(sp.pi * s)),
    remark="Cited: Euler's beta integral and the reflection formula (NIST Handbook of Mathematical Functions, 5.12.3 "
    "and 5.5.3). The other integrals over the half line rest on it.",
)

degrees_integral = sp.Integral(x ** (1 / alpha - 1) / (1 + x), HALF_LINE)
DEGREES_INTEGRAL = Claim(
    "the_degrees_of_freedom_integrate_to_a_sine",
    r"The integral of $x^{1/\alpha - 1}/(1 + x)$ over the half line is $\pi/\sin(\pi/\alpha)$.",
    Compare(degrees_integral, "=", sp.pi / sp.sin(sp.pi / alpha)),
    ANY,
    LAWS,
    (Derivation(degrees_integral).apply(BETA, s=1 / alpha), EXACT),
    rivals=(sp.pi / alpha / sp.sin(sp.pi / alpha), sp.pi / sp.sin(sp.pi * alpha)),
)

_square = sp.Integral(x ** (s - 1) / (1 + x) ** 2, HALF_LINE)
SQUARE = Claim(
    "squaring_the_denominator_costs_a_factor_one_minus_s",
    r"For $0 < s < 1$ the integral of $x^{s - 1}/(1 + x)^2$ over the half line is $(1 - s) \pi/\sin(\pi s)$.",
    Compare(_square, "=", (1 - s) * reflected),
    Domain((s,), between(s, 0, 1)),
    LAWS,
    (
        Derivation(_square)
        .by_parts(x ** (s - 1), x / (1 + x))
        .rewrite((1 - s) * sp.Integral(x ** (s - 1) / (1 + x), HALF_LINE))
        .apply(BETA),
        EXACT,
    ),
    rivals=(s * reflected, reflected),
    remark=r"At $s = 1/\alpha$: the factor $1 - 1/\alpha$ is the limit of $\Omega$.",
)

standard_integral = sp.Integral(x ** (1 - s) / (1 + x) ** 2, HALF_LINE)
STANDARD_LOW = Claim(
    "the_standard_integral_below_one",
    r"For $0 < s < 1$ the integral of $x^{1 - s}/(1 + x)^2$ over the half line is $(1 - s) \pi/\sin(\pi s)$.",
    Compare(standard_integral, "=", (1 - s) * reflected),
    Domain((s,), between(s, 0, 1)),
    LAWS,
    (
        Derivation(standard_integral)
        .by_parts(x ** (1 - s), -1 / (1 + x))
        .rewrite((1 - s) * sp.Integral(x ** (-s) / (1 + x), HALF_LINE))
        .apply(BETA, s=1 - s),
        EXACT,
    ),
    rivals=(s * reflected, reflected),
)
STANDARD_HIGH = Claim(
    "the_standard_integral_above_one",
    r"For $1 < s < 2$ the integral of $x^{1 - s}/(1 + x)^2$ over the half line is $(1 - s) \pi/\sin(\pi s)$.",
    Compare(standard_integral, "=", (1 - s) * reflected),
    Domain((s,), between(s, 1, 2)),
    LAWS,
    (Derivation(standard_integral).apply(SQUARE, s=2 - s), EXACT),
    rivals=((s - 1) * reflected, (2 - s) * reflected),
)

optimal_integral = sp.Integral(omega * x ** (1 - s) / (1 + omega * x**2), HALF_LINE)
OPTIMAL = Claim(
    "the_integral_of_the_optimal_surrogate",
    r"For $0 < s < 2$ the integral of $\omega x^{1 - s}/(1 + \omega x^2)$ over the half line is $\omega^{s/2} "
    r"(\pi/2)/\sin(\pi s/2)$.",
    Compare(optimal_integral, "=", omega ** (s / 2) * sp.pi / (2 * sp.sin(sp.pi * s / 2))),
    Domain((s, omega), between(s, 0, 2)),
    LAWS,
    (
        Derivation(optimal_integral)
        .substitute(sp.Integral(omega ** (s / 2) * y ** (-s / 2) / (2 * (1 + y)), (y, 0, sp.oo)), sp.sqrt(y / omega))
        .rewrite(omega ** (s / 2) / 2 * sp.Integral(x ** (-s / 2) / (1 + x), HALF_LINE))
        .apply(BETA, s=1 - s / 2),
        EXACT,
    ),
    rivals=(
        omega ** (-s / 2) * sp.pi / (2 * sp.sin(sp.pi * s / 2)),
        omega ** (s / 2) * sp.pi / sp.sin(sp.pi * s / 2),
    ),
    remark=r"The optimal risk's summand is $\Omega \zeta^2/((1 - \Omega) u^2 + \Omega \zeta^2) = \omega x^2/(1 + "
    r"\omega x^2)$; $\omega$ tends to $\alpha - 1$.",
)
optimal_summand = Omega * (1 - u) ** 2 / ((1 - Omega) * u**2 + Omega * (1 - u) ** 2)
_at_x = {u: 1 / (1 + x), Omega: omega / (1 + omega)}
SUMMAND = Claim(
    "the_optimal_summand_is_rational_in_x",
    r"At $u = 1/(1 + x)$ and $\Omega = \omega/(1 + \omega)$ the summand of the optimal risk, $\Omega (1 - "
    r"u)^2/((1 - \Omega) u^2 + \Omega (1 - u)^2)$, is $\omega x^2/(1 + \omega x^2)$.",
    Compare(optimal_summand.xreplace(_at_x), "=", omega * x**2 / (1 + omega * x**2)),
    Domain((omega, x)),
    LAWS,
    (
        Derivation(optimal_summand.xreplace(_at_x)).rewrite(omega * x**2 / (1 + omega * x**2)),
        Precision(),
    ),
    rivals=(omega * x**2 / (1 + omega * x) ** 2, x**2 / (omega + x**2)),
)

_incomplete = sp.Integral(x ** (a - 1) * (1 - x) ** (b - 1), (x, 0, z))
INCOMPLETE_BETA = Claim(
    "the_incomplete_beta_function_is_an_integral",
    "The integral of $x^{a - 1} (1 - x)^{b - 1}$ from 0 to $z < 1$ is the incomplete beta function.",
    Compare(_incomplete, "=", sp.betainc(a, b, 0, z)),
    Domain((a, b, z), (Condition(z, "<", sp.Integer(1)),)),
    LAWS,
    (Precision(digits=40),),
    rivals=(sp.betainc(b, a, 0, z),),
    remark="Its definition (NIST Handbook of Mathematical Functions, 8.17.1), checked against an independent "
    "implementation.",
)
_threshold = r / (1 - r)
_kept = sp.Integral(x ** (1 - s) / (1 + x) ** 2, (x, 0, _threshold))
_CUT = Domain((s, r), (*between(s, 0, 2), *between(r, 0, 1)))
KEPT = Claim(
    "the_kept_part_of_the_mask_is_an_incomplete_beta_integral",
    "For $0 < s < 2$ and $0 < r < 1$ the integral of $x^{1 - s}/(1 + x)^2$ from 0 to $r/(1 - r)$ is the "
    "incomplete beta function of $2 - s$ and $s$ at $r$.",
    Compare(_kept, "=", sp.betainc(2 - s, s, 0, r)),
    _CUT,
    LAWS,
    (
        Derivation(_kept)
        .substitute(sp.Integral(y ** (1 - s) * (1 - y) ** (s - 1), (y, 0, r)), y / (1 - y))
        .rewrite(sp.Integral(x ** (1 - s) * (1 - x) ** (s - 1), (x, 0, r)))
        .apply(INCOMPLETE_BETA, a=2 - s, b=s, z=r),
        EXACT,
    ),
    rivals=(sp.betainc(2 - s, s, 0, r**2), sp.betainc(s, 2 - s, 0, r)),
    remark=r"The mask keeps $\zeta^2 < 1 - \Omega$, in the limit $x/(1 + x) < r$ with $r = 1/\sqrt{\alpha}$.",
)
_dropped = sp.Integral(x ** (-s - 1), (x, _threshold, sp.oo))
DROPPED = Claim(
    "the_dropped_part_of_the_mask_is_a_power",
    "For $0 < s < 2$ and $0 < r < 1$ the integral of $x^{-s - 1}$ from $r/(1 - r)$ to infinity is $(r/(1 - "
    "r))^{-s}/s$.",
    Compare(_dropped, "=", _threshold**-s / s),
    _CUT,
    LAWS,
    (Derivation(_dropped).by_parts(sp.Integer(1), -(x**-s) / s).rewrite(_threshold**-s / s), EXACT),
    rivals=(_threshold**s / s, _threshold**-s),
)
INTEGRALS = (
    BETA,
    DEGREES_INTEGRAL,
    SQUARE,
    STANDARD_LOW,
    STANDARD_HIGH,
    OPTIMAL,
    SUMMAND,
    INCOMPLETE_BETA,
    KEPT,
    DROPPED,
)
