"""Scaling laws of knowledge distillation on power-law spectra: Ildiz, Gozeten, Taga, Mondelli, Oymak (ICLR 2025).

Setting: eigenvalues lam_i = i^-alpha (alpha > 1) for i = 1, 2, ... without end, a signal with lam_i b_i^2 = i^-beta
(beta > 1), no label noise. tau solves sum_i 1/(1 + tau i^alpha) = n; with x = tau i^alpha, zeta_i = x/(1+x). What
follows is about the deterministic equivalents of the risks: the target trained on true labels (standard), on labels of
the optimal surrogate, on labels of the optimal 0-1 mask of the truth. Throughout s = (beta - 1)/alpha.

A sum over i is an integral over x: sum_i i^-beta f(tau i^alpha) ~ (tau^s / alpha) int_0^oo f(x) x^(-s-1) dx. The
integrals are proved from one cited integral by substitution and by parts. The limits are confirmed by extrapolation
from proven values at n up to 10^12; that the corrections are powers of n is assumed there, not proved.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

import sympy as sp
from flint import arb, ctx, fmpq

from derivations.ildiz2025.letters import PAPER, Omega
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Compare
from w2s_sym.evidence.derivation.derivation import Derivation
from w2s_sym.evidence.precision.extrapolation import Curve, Extrapolation, Value
from w2s_sym.evidence.precision.precision import Precision
from w2s_sym.formula.conditions import Condition, Point
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.letters import n
from w2s_sym.formula.notation import symbol
from w2s_sym.spectra.effective_ridge import solve
from w2s_sym.spectra.enclosure import Enclosed, FixedPoint
from w2s_sym.spectra.power_law_sums import power_sum, term
from w2s_sym.spectra.spectrum import Spectrum

LAWS = PAPER.at("scaling laws")

alpha = symbol("alpha", "decay of the eigenvalues, lam_i = i^-alpha", r"\alpha", positive=True)
s = symbol("s", "(beta - 1)/alpha, the decay of the signal lam_i b_i^2 = i^-beta", positive=True)
a = symbol("a", "first parameter of a beta integral", positive=True)
b = symbol("b", "second parameter of a beta integral", positive=True)
z = symbol("z", "upper limit of an incomplete beta integral", positive=True)
r = symbol("r", "threshold of zeta for the mask, 1/sqrt(alpha)", positive=True)
omega = symbol("omega", "odds Omega/(1 - Omega)", r"\omega", positive=True)
u = symbol("u", "share of an eigenvector that is learned, lam/(lam + tau)", nonnegative=True)
x = symbol("x", "tau i^alpha as a continuous variable", positive=True)
y = symbol("y", "an integration variable", positive=True)
N = symbol("N", "scale of the index, tau = N^-alpha", positive=True)

HALF_LINE = (x, 0, sp.oo)


def between(t: sp.Symbol, low: int, high: int) -> tuple[Condition, Condition]:
    return Condition(t, ">", sp.Integer(low)), Condition(t, "<", sp.Integer(high))


DECAYS = Condition(alpha, ">", sp.Integer(1), "the eigenvalues must have a finite sum")
SLOW = Domain((alpha, s), (DECAYS, *between(s, 0, 2)))
GENERIC = Domain((alpha, s), (*SLOW.conditions, Condition(s, "!=", sp.Integer(1), "take the limit at s = 1")))
STEEP = Domain((alpha, s), (DECAYS, Condition(s, ">", sp.Integer(2))))
ANY = Domain((alpha,), (DECAYS,))

# -- integrals ------------------------------------------------------------------------------------------------

EXACT = Precision(digits=20)
reflected = sp.pi / sp.sin(sp.pi * s)

BETA = Claim(
    "a_power_over_one_plus_x_integrates_to_a_sine",
    "For 0 < s < 1 the integral of x^(s-1)/(1+x) over the half line is pi over the sine of pi s.",
    Compare(sp.Integral(x ** (s - 1) / (1 + x), HALF_LINE), "=", reflected),
    Domain((s,), between(s, 0, 1)),
    LAWS,
    (EXACT,),
    rivals=(sp.pi / sp.sin(sp.pi * s / 2), sp.pi / sp.tan(sp.pi * s)),
    remark="Cited: Euler's beta integral and the reflection formula (NIST Handbook of Mathematical Functions, 5.12.3 "
    "and 5.5.3). The other integrals over the half line rest on it.",
)

_degrees = sp.Integral(x ** (1 / alpha - 1) / (1 + x), HALF_LINE)
DEGREES_INTEGRAL = Claim(
    "the_degrees_of_freedom_integrate_to_a_sine",
    "The integral of x^(1/alpha-1)/(1+x) over the half line is pi over the sine of pi/alpha.",
    Compare(_degrees, "=", sp.pi / sp.sin(sp.pi / alpha)),
    ANY,
    LAWS,
    (Derivation(_degrees).apply(BETA, s=1 / alpha), EXACT),
    rivals=(sp.pi / alpha / sp.sin(sp.pi / alpha), sp.pi / sp.sin(sp.pi * alpha)),
)

_square = sp.Integral(x ** (s - 1) / (1 + x) ** 2, HALF_LINE)
SQUARE = Claim(
    "squaring_the_denominator_costs_a_factor_one_minus_s",
    "For 0 < s < 1 the integral of x^(s-1)/(1+x)^2 over the half line is (1-s) pi over the sine of pi s.",
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
    remark="At s = 1/alpha: the factor 1 - 1/alpha is the limit of Omega.",
)

_standard = sp.Integral(x ** (1 - s) / (1 + x) ** 2, HALF_LINE)
STANDARD_LOW = Claim(
    "the_standard_integral_below_one",
    "For 0 < s < 1 the integral of x^(1-s)/(1+x)^2 over the half line is (1-s) pi over the sine of pi s.",
    Compare(_standard, "=", (1 - s) * reflected),
    Domain((s,), between(s, 0, 1)),
    LAWS,
    (
        Derivation(_standard)
        .by_parts(x ** (1 - s), -1 / (1 + x))
        .rewrite((1 - s) * sp.Integral(x ** (-s) / (1 + x), HALF_LINE))
        .apply(BETA, s=1 - s),
        EXACT,
    ),
    rivals=(s * reflected, reflected),
)
STANDARD_HIGH = Claim(
    "the_standard_integral_above_one",
    "For 1 < s < 2 the integral of x^(1-s)/(1+x)^2 over the half line is (1-s) pi over the sine of pi s.",
    Compare(_standard, "=", (1 - s) * reflected),
    Domain((s,), between(s, 1, 2)),
    LAWS,
    (Derivation(_standard).apply(SQUARE, s=2 - s), EXACT),
    rivals=((s - 1) * reflected, (2 - s) * reflected),
)

_optimal = sp.Integral(omega * x ** (1 - s) / (1 + omega * x**2), HALF_LINE)
OPTIMAL = Claim(
    "the_integral_of_the_optimal_surrogate",
    "For 0 < s < 2 the integral of omega x^(1-s)/(1 + omega x^2) over the half line is omega^(s/2) (pi/2) over the "
    "sine of pi s/2.",
    Compare(_optimal, "=", omega ** (s / 2) * sp.pi / (2 * sp.sin(sp.pi * s / 2))),
    Domain((s, omega), between(s, 0, 2)),
    LAWS,
    (
        Derivation(_optimal)
        .substitute(sp.Integral(omega ** (s / 2) * y ** (-s / 2) / (2 * (1 + y)), (y, 0, sp.oo)), sp.sqrt(y / omega))
        .rewrite(omega ** (s / 2) / 2 * sp.Integral(x ** (-s / 2) / (1 + x), HALF_LINE))
        .apply(BETA, s=1 - s / 2),
        EXACT,
    ),
    rivals=(
        omega ** (-s / 2) * sp.pi / (2 * sp.sin(sp.pi * s / 2)),
        omega ** (s / 2) * sp.pi / sp.sin(sp.pi * s / 2),
    ),
    remark="The optimal risk's summand is Omega zeta^2/((1-Omega) u^2 + Omega zeta^2) = omega x^2/(1 + omega x^2); "
    "omega tends to alpha - 1.",
)
_summand = Omega * (1 - u) ** 2 / ((1 - Omega) * u**2 + Omega * (1 - u) ** 2)
_at_x = {u: 1 / (1 + x), Omega: omega / (1 + omega)}
SUMMAND = Claim(
    "the_optimal_summand_is_rational_in_x",
    "At u = 1/(1+x) and Omega = omega/(1+omega) the summand of the optimal risk, Omega (1-u)^2/((1-Omega) u^2 + "
    "Omega (1-u)^2), is omega x^2/(1 + omega x^2).",
    Compare(_summand.xreplace(_at_x), "=", omega * x**2 / (1 + omega * x**2)),
    Domain((omega, x)),
    LAWS,
    (
        Derivation(_summand.xreplace(_at_x)).rewrite(omega * x**2 / (1 + omega * x**2)),
        Precision(),
    ),
    rivals=(omega * x**2 / (1 + omega * x) ** 2, x**2 / (omega + x**2)),
)

_incomplete = sp.Integral(x ** (a - 1) * (1 - x) ** (b - 1), (x, 0, z))
INCOMPLETE_BETA = Claim(
    "the_incomplete_beta_function_is_an_integral",
    "The integral of x^(a-1) (1-x)^(b-1) from 0 to z < 1 is the incomplete beta function.",
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
    "For 0 < s < 2 and 0 < r < 1 the integral of x^(1-s)/(1+x)^2 from 0 to r/(1-r) is the incomplete beta function of "
    "2-s and s at r.",
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
    remark="The mask keeps zeta^2 < 1 - Omega, in the limit x/(1+x) < r with r = 1/sqrt(alpha).",
)
_dropped = sp.Integral(x ** (-s - 1), (x, _threshold, sp.oo))
DROPPED = Claim(
    "the_dropped_part_of_the_mask_is_a_power",
    "For 0 < s < 2 and 0 < r < 1 the integral of x^(-s-1) from r/(1-r) to infinity is (r/(1-r))^-s / s.",
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

# -- curves in n ----------------------------------------------------------------------------------------------

# A risk from alpha, beta, n and the digits wanted.
Risk = Callable[[fmpq, fmpq, int, int], arb]

# As functions of x = tau i^alpha: u = 1/(1+x) and zeta^2 = (x/(1+x))^2.
U = term(1, 0, ({0: 1, 1: 1}, -1))
ZETA_SQUARED = term(1, 2, ({0: 1, 1: 1}, -2))


def number(value: sp.Expr) -> fmpq:
    return fmpq(int(value.p), int(value.q))


def decay(point: Point) -> fmpq:
    return number(point[alpha])


def signal(point: Point) -> fmpq:
    """beta at a point; s = 2 where the point does not say."""
    return 1 + decay(point) * number(point.get(s, sp.Integer(2)))


def constant(exponent: fmpq) -> arb:
    """c1 = (pi/alpha)/sin(pi/alpha), the limit of n tau^(1/alpha)."""
    return arb.pi() / exponent / (arb.pi() / exponent).sin()


@lru_cache(maxsize=4096)
def fixed_point(exponent: fmpq, size: int, digits: int) -> FixedPoint:
    """tau, Omega and more at n = size, on the infinite power law, proven to ``digits`` digits."""
    return solve(Spectrum.power_law(Fraction(int(exponent.p), int(exponent.q))), size, digits=digits)


def as_ball(number: Enclosed, digits: int) -> arb:
    with ctx.workdps(digits + 15):
        low, high = (arb(fmpq(end.numerator, end.denominator)) for end in (number.lower, number.upper))
        return low.union(high)


def effective_ridge(exponent: fmpq, size: int, digits: int) -> arb:
    """tau at n = size."""
    return as_ball(fixed_point(exponent, size, digits).t, digits)


def learned_share(exponent: fmpq, size: int, digits: int) -> arb:
    """Omega at n = size."""
    return as_ball(fixed_point(exponent, size, digits).Omega, digits)


def standard_risk(exponent: fmpq, beta: fmpq, size: int, digits: int) -> arb:
    tau, share = effective_ridge(exponent, size, digits), learned_share(exponent, size, digits)
    return power_sum(ZETA_SQUARED, exponent, beta, tau, digits) / (1 - share)


def optimal_risk(exponent: fmpq, beta: fmpq, size: int, digits: int) -> arb:
    tau, share = effective_ridge(exponent, size, digits), learned_share(exponent, size, digits)
    odds = share / (1 - share)
    return power_sum(term(odds, 2, ({0: 1, 2: odds}, -1)), exponent, beta, tau, digits)


def masked_risk(exponent: fmpq, beta: fmpq, size: int, digits: int) -> arb:
    """Eigenvectors with zeta_i^2 < 1 - Omega are kept, the first ones; each of the others costs its energy."""
    tau, share = effective_ridge(exponent, size, digits), learned_share(exponent, size, digits)
    level = (1 - share).sqrt()
    last = (level / (1 - level) / tau) ** (1 / arb(exponent))
    kept = last.floor().unique_fmpz()
    if kept is None:
        raise ArithmeticError(f"n={size}: {digits} digits do not decide whether eigenvector {last} is kept")
    whole, rest = (power_sum(ZETA_SQUARED, exponent, beta, tau, digits, i) for i in (1, int(kept) + 1))
    return (whole - rest) / (1 - share) + arb(beta).zeta(arb(kept + 1))


def curve(name: str, meaning: str, form: str, value: Value, size: sp.Symbol = n, lost: int = 0) -> Curve:
    """A curve in ``size``; its value is computed with ``lost`` digits more than asked for."""

    def careful(point: Point, at: int, digits: int) -> arb:
        with ctx.workdps(digits + lost + 15):
            return value(point, at, digits + lost)

    limit = symbol(f"limit_{name}", f"the limit of {meaning}", rf"\lim_{{{size}\to\infty}} {form}", real=True)
    return Curve(limit, form, size, careful)


# Generic exact points: no two formulas below meet at them.
POINTS = tuple({"alpha": v, "s": w} for v, w in ((sp.Rational(7, 4), sp.Rational(4, 5)), (3, sp.Rational(13, 9))))
STEEP_POINTS = tuple({"alpha": v, "s": w} for v, w in ((sp.Rational(7, 4), sp.Rational(16, 5)), (3, sp.Rational(8, 3))))
DECAY_POINTS = tuple({"alpha": p["alpha"]} for p in POINTS)

IN_N = Extrapolation(DECAY_POINTS, (sp.Integer(1), alpha))
SLOW_IN_N = Extrapolation(POINTS, (sp.Integer(1), alpha, alpha * (2 - s)))
STEEP_IN_N = Extrapolation(STEEP_POINTS, (sp.Integer(1), alpha, alpha * (s - 2)))

c = (sp.pi / alpha / sp.sin(sp.pi / alpha)) ** alpha
NUMERIC = (
    "The values at finite n are proven; that the corrections are powers of n, which the extrapolation takes for "
    "granted, follows from Euler-Maclaurin and is not proved here."
)

# -- from sums to integrals -----------------------------------------------------------------------------------

SUM_OF_DEGREES = Claim(
    "the_degrees_of_freedom_are_a_riemann_sum",
    "With tau = N^-alpha, the sum of 1/(1 + tau i^alpha) over all i divided by N tends to 1/alpha times the integral "
    "of x^(1/alpha-1)/(1+x).",
    Compare(
        curve(
            "degrees",
            "the degrees of freedom over N",
            r"\frac{1}{N}\sum_{i\ge 1}\frac{1}{1+(i/N)^{\alpha}}",
            lambda p, k, d: power_sum(U, decay(p), fmpq(0), arb(k) ** -arb(decay(p)), d) / k,
            N,
        ),
        "=",
        _degrees / alpha,
    ),
    ANY,
    LAWS,
    (IN_N,),
    rivals=(_degrees, _degrees / alpha + sp.Rational(1, 10**6)),
    remark=NUMERIC,
)
SUM_OF_STANDARD = Claim(
    "the_standard_risk_is_a_riemann_sum",
    "With tau = N^-alpha, beta = 1 + alpha s and 0 < s < 2, N^(beta-1) times the sum of i^-beta zeta_i^2 tends to "
    "1/alpha times the integral of x^(1-s)/(1+x)^2.",
    Compare(
        curve(
            "standard_sum",
            "the scaled sum of i^-beta zeta_i^2",
            r"N^{\beta-1}\sum_{i\ge 1} i^{-\beta}\zeta_i^2",
            lambda p, k, d: (
                power_sum(ZETA_SQUARED, decay(p), signal(p), arb(k) ** -arb(decay(p)), d) * arb(k) ** (signal(p) - 1)
            ),
            N,
        ),
        "=",
        _standard / alpha,
    ),
    SLOW,
    LAWS,
    (Extrapolation(POINTS, (alpha, alpha * (2 - s))),),
    rivals=(_standard, _optimal.xreplace({omega: sp.Integer(1)}) / alpha),
    remark=NUMERIC,
)
SUM_OF_OPTIMAL = Claim(
    "the_optimal_risk_is_a_riemann_sum",
    "With tau = N^-alpha, beta = 1 + alpha s and 0 < s < 2, N^(beta-1) times the sum of i^-beta omega x^2/(1 + omega "
    "x^2) at x = tau i^alpha tends to 1/alpha times the integral of omega x^(1-s)/(1 + omega x^2).",
    Compare(
        curve(
            "optimal_sum",
            "the scaled sum of the optimal risk",
            r"N^{\beta-1}\sum_{i\ge 1} i^{-\beta}\frac{\omega x_i^2}{1+\omega x_i^2}",
            lambda p, k, d: (
                power_sum(
                    term(number(p[omega]), 2, ({0: 1, 2: number(p[omega])}, -1)),
                    decay(p),
                    signal(p),
                    arb(k) ** -arb(decay(p)),
                    d,
                )
                * arb(k) ** (signal(p) - 1)
            ),
            N,
        ),
        "=",
        _optimal / alpha,
    ),
    Domain((alpha, s, omega), SLOW.conditions),
    LAWS,
    (Extrapolation(tuple({**p, "omega": sp.Rational(3, 5)} for p in POINTS), (alpha, alpha * (2 - s))),),
    rivals=(_optimal, _standard / alpha),
    remark=NUMERIC,
)
SUMS = (SUM_OF_DEGREES, SUM_OF_STANDARD, SUM_OF_OPTIMAL)

# -- tau and Omega --------------------------------------------------------------------------------------------

TAU = Claim(
    "tau_falls_as_n_to_the_minus_alpha",
    "n^alpha tau tends to ((pi/alpha)/sin(pi/alpha))^alpha.",
    Compare(
        curve(
            "tau",
            "n^alpha tau",
            r"n^{\alpha}\tau",
            lambda p, k, d: effective_ridge(decay(p), k, d) * arb(k) ** arb(decay(p)),
        ),
        "=",
        c,
    ),
    ANY,
    LAWS,
    (IN_N,),
    rests_on=(DEGREES_INTEGRAL, SUM_OF_DEGREES),
    rivals=((sp.pi / alpha) ** alpha, sp.pi / alpha / sp.sin(sp.pi / alpha)),
    remark=NUMERIC,
)


def _tau_beyond_half(point: Point, size: int, digits: int) -> arb:
    exponent, middle = decay(point), arb(size) + fmpq(1, 2)
    gap = effective_ridge(exponent, size, digits) * (middle / constant(exponent)) ** arb(exponent) - 1
    return gap * middle ** (arb(exponent) + 1)


TAU_AT_HALF = Claim(
    "tau_is_sharp_at_n_plus_one_half",
    "(n+1/2)^(alpha+1) times (tau ((n+1/2)/c1)^alpha - 1) tends to -alpha zeta(-alpha) c1^alpha, with c1 = "
    "(pi/alpha)/sin(pi/alpha).",
    Compare(
        curve(
            "tau_at_half",
            "(n+1/2)^(alpha+1) times the relative error of (c1/(n+1/2))^alpha",
            r"(n+\tfrac12)^{\alpha+1}\bigl(\tau\,((n+\tfrac12)/c_1)^{\alpha}-1\bigr)",
            _tau_beyond_half,
            lost=35,
        ),
        "=",
        -alpha * sp.zeta(-alpha) * c,
    ),
    ANY,
    LAWS,
    (Extrapolation(DECAY_POINTS, (sp.Integer(1), alpha), sizes=(10**2, 10**4, 10**6, 10**8)),),
    rests_on=(TAU,),
    rivals=(alpha * sp.zeta(-alpha) * c, sp.Integer(0), -sp.zeta(-alpha) * c),
    remark="So tau = (c1/(n+1/2))^alpha (1 + O(n^(-1-alpha))). At even alpha zeta(-alpha) = 0: nothing is left at any "
    "power of n.",
)


def _tau_at_two(point: Point, size: int, digits: int) -> arb:
    odd = 2 * size + 1
    tau = effective_ridge(fmpq(2), size, digits)
    return (tau * (arb(odd) / arb.pi()) ** 2 - 1) * arb(2 * odd).exp()


TAU_AT_TWO = Claim(
    "at_alpha_two_tau_is_exact_up_to_exponentials",
    "At alpha = 2, exp(4n+2) times (tau ((2n+1)/pi)^2 - 1) tends to 4.",
    Compare(
        curve(
            "tau_at_two",
            "exp(4n+2) times the relative error of (pi/(2n+1))^2",
            r"e^{4n+2}\bigl(\tau\,((2n+1)/\pi)^2-1\bigr)",
            _tau_at_two,
            lost=35,
        ),
        "=",
        sp.Integer(4),
    ),
    Domain((alpha,), (DECAYS,), ({alpha: sp.Integer(2)},)),
    LAWS,
    (Extrapolation(({"alpha": 2},), (), sizes=(4, 8, 16)),),
    rests_on=(TAU_AT_HALF,),
    rivals=(sp.Integer(2), sp.Integer(0)),
    remark="The sum is (pi/2)/sqrt(tau) coth(pi/sqrt(tau)) - 1/2 in closed form, so n + 1/2 = (y/2) coth(y) at "
    "y = pi/sqrt(tau), and tau = (pi/(2n+1))^2 up to exponentially small terms.",
)
OMEGA = Claim(
    "omega_tends_to_one_minus_one_over_alpha",
    "Omega tends to (alpha-1)/alpha.",
    Compare(
        curve("Omega", "Omega", r"\Omega", lambda p, k, d: learned_share(decay(p), k, d)), "=", (alpha - 1) / alpha
    ),
    ANY,
    LAWS,
    (IN_N,),
    rests_on=(SQUARE, DEGREES_INTEGRAL, TAU),
    rivals=(1 / alpha, (alpha - 1) / (alpha + 1)),
    remark=NUMERIC,
)
OMEGA_NEXT = Claim(
    "omega_approaches_its_limit_from_below",
    "n (Omega - (alpha-1)/alpha) tends to -1/(2 alpha).",
    Compare(
        curve(
            "Omega_next",
            "n (Omega - (alpha-1)/alpha)",
            r"n\bigl(\Omega-\tfrac{\alpha-1}{\alpha}\bigr)",
            lambda p, k, d: k * (learned_share(decay(p), k, d) - (decay(p) - 1) / decay(p)),
        ),
        "=",
        -1 / (2 * alpha),
    ),
    ANY,
    LAWS,
    (IN_N,),
    rests_on=(OMEGA,),
    rivals=(1 / (2 * alpha), -1 / alpha, sp.Integer(0)),
    remark=NUMERIC,
)
NOISE = Claim(
    "label_noise_leaves_a_floor_that_does_not_decay",
    "Omega/(1 - Omega), the factor of sigma2 in the risk, tends to alpha - 1.",
    Compare(
        curve(
            "noise",
            "Omega/(1 - Omega)",
            r"\frac{\Omega}{1-\Omega}",
            lambda p, k, d: learned_share(decay(p), k, d) / (1 - learned_share(decay(p), k, d)),
        ),
        "=",
        alpha - 1,
    ),
    ANY,
    LAWS,
    (IN_N,),
    rests_on=(OMEGA,),
    rivals=(sp.Integer(0), 1 / alpha, alpha),
    remark="With label noise the risks do not fall to zero in n: (alpha - 1) sigma2 stays, for the standard target and "
    "for the optimal surrogate alike. " + NUMERIC,
)
RIDGE = (TAU, TAU_AT_HALF, TAU_AT_TWO, OMEGA, OMEGA_NEXT, NOISE)

# -- risks ----------------------------------------------------------------------------------------------------

standard_constant = c**s * (1 - s) * reflected
optimal_constant = c**s * (alpha - 1) ** (s / 2) * sp.pi / (2 * alpha * sp.sin(sp.pi * s / 2))
gain = (alpha - 1) ** (s / 2) * sp.cos(sp.pi * s / 2) / (alpha * (1 - s))


def _scaled(risk: Risk) -> Value:
    """n^(beta-1) times a risk."""
    return lambda p, k, d: risk(decay(p), signal(p), k, d) * arb(k) ** (arb(signal(p)) - 1)


def _relative(risk: Risk) -> Value:
    """A risk over the standard risk."""
    return lambda p, k, d: risk(decay(p), signal(p), k, d) / standard_risk(decay(p), signal(p), k, d)


STANDARD_RISK = Claim(
    "the_standard_risk_falls_as_n_to_one_minus_beta",
    "For 0 < s < 2, s != 1, n^(beta-1) times the standard risk tends to c^s (1-s) pi/sin(pi s), where c = "
    "((pi/alpha)/sin(pi/alpha))^alpha.",
    Compare(
        curve("standard", "n^(beta-1) times the standard risk", r"n^{\beta-1}R_{\mathrm{std}}", _scaled(standard_risk)),
        "=",
        standard_constant,
    ),
    GENERIC,
    LAWS,
    (SLOW_IN_N,),
    rests_on=(TAU, OMEGA, SUM_OF_STANDARD, STANDARD_LOW, STANDARD_HIGH),
    rivals=(standard_constant / alpha, c**s * s * reflected, c * (1 - s) * reflected),
    remark="beta < 2 alpha + 1 is s < 2. " + NUMERIC,
)
OPTIMAL_RISK = Claim(
    "the_optimal_risk_falls_as_n_to_one_minus_beta",
    "For 0 < s < 2, n^(beta-1) times the risk of the optimal surrogate tends to (c^s/(2 alpha)) (alpha-1)^(s/2) "
    "pi/sin(pi s/2), where c = ((pi/alpha)/sin(pi/alpha))^alpha.",
    Compare(
        curve("optimal", "n^(beta-1) times the optimal risk", r"n^{\beta-1}R_{\mathrm{opt}}", _scaled(optimal_risk)),
        "=",
        optimal_constant,
    ),
    SLOW,
    LAWS,
    (SLOW_IN_N,),
    rests_on=(TAU, OMEGA, SUM_OF_OPTIMAL, OPTIMAL, SUMMAND),
    rivals=(2 * optimal_constant, optimal_constant * (alpha - 1) ** -s, standard_constant),
    remark=NUMERIC,
)
_quotient = (alpha - 1) ** (s / 2) * sp.sin(sp.pi * s) / (2 * alpha * (1 - s) * sp.sin(sp.pi * s / 2))
GAIN_CONSTANT = Claim(
    "the_constants_of_the_two_risks_have_a_simple_quotient",
    "For 0 < s < 2, s != 1, (alpha-1)^(s/2)/(2 alpha) sin(pi s)/((1-s) sin(pi s/2)), what is left of the optimal over "
    "the standard constant, is (alpha-1)^(s/2) cos(pi s/2)/(alpha (1-s)).",
    Compare(_quotient, "=", gain),
    GENERIC,
    LAWS,
    (Derivation(_quotient).rewrite(gain, "the sine of the double angle"), EXACT),
    rivals=(gain * (1 - s), (alpha - 1) ** (s / 2) * sp.sin(sp.pi * s / 2) / (alpha * (1 - s))),
)
GAIN = Claim(
    "the_optimal_surrogate_lowers_the_risk_by_a_constant_factor",
    "For 0 < s < 2, s != 1, the optimal risk over the standard risk tends to (alpha-1)^(s/2) cos(pi s/2)/(alpha "
    "(1-s)).",
    Compare(
        curve(
            "gain",
            "the optimal risk over the standard risk",
            r"R_{\mathrm{opt}}/R_{\mathrm{std}}",
            _relative(optimal_risk),
        ),
        "=",
        gain,
    ),
    GENERIC,
    LAWS,
    (SLOW_IN_N,),
    rests_on=(STANDARD_RISK, OPTIMAL_RISK, GAIN_CONSTANT),
    rivals=(gain * alpha, gain * (1 - s), (alpha - 1) / alpha, sp.Integer(1)),
    remark="At alpha = 2, beta = 3/2: cos(pi/8)/(3/2) = 0.6159. " + NUMERIC,
)
_one = sp.pi * sp.sqrt(alpha - 1) / (2 * alpha)
GAIN_AT_ONE = Claim(
    "the_gain_at_s_equal_to_one",
    "At s = 1, that is beta = alpha + 1, the optimal risk over the standard risk tends to (pi/2) sqrt(alpha-1)/alpha.",
    Compare(
        curve(
            "gain_at_one",
            "the optimal risk over the standard risk at s = 1",
            r"\left.R_{\mathrm{opt}}/R_{\mathrm{std}}\right|_{s=1}",
            lambda p, k, d: _relative(optimal_risk)({**p, s: sp.Integer(1)}, k, d),
        ),
        "=",
        _one,
    ),
    ANY,
    LAWS,
    (Extrapolation(DECAY_POINTS, (sp.Integer(1), alpha)),),
    rests_on=(GAIN,),
    rivals=(_one * 2, sp.pi * (alpha - 1) / (2 * alpha)),
    remark="At alpha = 2, beta = 3: pi/4. " + NUMERIC,
)
mask_gain = (
    (sp.betainc(2 - s, s, 0, 1 / sp.sqrt(alpha)) + (sp.sqrt(alpha) - 1) ** s / (alpha * s))
    * sp.sin(sp.pi * s)
    / ((1 - s) * sp.pi)
)
MASK_GAIN = Claim(
    "the_optimal_mask_lowers_the_risk_by_a_constant_factor",
    "For 0 < s < 2, s != 1, the risk of the optimal mask over the standard risk tends to [B(2-s, s) at 1/sqrt(alpha) + "
    "(sqrt(alpha)-1)^s/(alpha s)] sin(pi s)/((1-s) pi), B the incomplete beta function.",
    Compare(
        curve(
            "mask_gain",
            "the mask's risk over the standard risk",
            r"R_{\mathrm{mask}}/R_{\mathrm{std}}",
            _relative(masked_risk),
        ),
        "=",
        mask_gain,
    ),
    GENERIC,
    LAWS,
    (SLOW_IN_N,),
    rests_on=(STANDARD_RISK, KEPT, DROPPED),
    rivals=(
        mask_gain.subs((sp.sqrt(alpha) - 1) ** s, (alpha - 1) ** s),
        sp.betainc(2 - s, s, 0, 1 / sp.sqrt(alpha)) * sp.sin(sp.pi * s) / ((1 - s) * sp.pi),
        gain,
    ),
    remark="The cut between two eigenvectors leaves oscillating terms of order n^-2, which the sizes make negligible. "
    + NUMERIC,
)
_steep = c**2 * sp.zeta(1 + alpha * (s - 2))


def _steeply(risk: Risk) -> Value:
    """n^(2 alpha) times a risk."""
    return lambda p, k, d: risk(decay(p), signal(p), k, d) * arb(k) ** (2 * arb(decay(p)))


STEEP_STANDARD = Claim(
    "for_a_steep_signal_the_standard_risk_falls_as_n_to_minus_two_alpha",
    "For s > 2, that is beta > 2 alpha + 1, n^(2 alpha) times the standard risk tends to alpha c^2 zeta(beta - 2 "
    "alpha), where c = ((pi/alpha)/sin(pi/alpha))^alpha.",
    Compare(
        curve(
            "steep_standard",
            "n^(2 alpha) times the standard risk of a steep signal",
            r"n^{2\alpha}R_{\mathrm{std}}",
            _steeply(standard_risk),
        ),
        "=",
        alpha * _steep,
    ),
    STEEP,
    LAWS,
    (STEEP_IN_N,),
    rests_on=(TAU, OMEGA),
    rivals=(_steep, alpha * c * sp.zeta(1 + alpha * (s - 2)), alpha * c**2 * sp.zeta(1 + alpha * s)),
    remark="The head of the spectrum carries the risk: zeta_i is tau i^alpha there. " + NUMERIC,
)
STEEP_OPTIMAL = Claim(
    "for_a_steep_signal_the_optimal_risk_falls_as_n_to_minus_two_alpha",
    "For s > 2, n^(2 alpha) times the optimal risk tends to (alpha-1) c^2 zeta(beta - 2 alpha), where c = "
    "((pi/alpha)/sin(pi/alpha))^alpha.",
    Compare(
        curve(
            "steep_optimal",
            "n^(2 alpha) times the optimal risk of a steep signal",
            r"n^{2\alpha}R_{\mathrm{opt}}",
            _steeply(optimal_risk),
        ),
        "=",
        (alpha - 1) * _steep,
    ),
    STEEP,
    LAWS,
    (STEEP_IN_N,),
    rests_on=(TAU, OMEGA),
    rivals=(alpha * _steep, (alpha - 1) / alpha * _steep),
    remark=NUMERIC,
)
STEEP_GAIN = Claim(
    "for_a_steep_signal_the_gain_is_the_limit_of_omega",
    "For s > 2 the optimal risk over the standard risk tends to (alpha-1)/alpha.",
    Compare(
        curve(
            "steep_gain",
            "the optimal risk over the standard risk of a steep signal",
            r"R_{\mathrm{opt}}/R_{\mathrm{std}}",
            _relative(optimal_risk),
        ),
        "=",
        (alpha - 1) / alpha,
    ),
    STEEP,
    LAWS,
    (STEEP_IN_N,),
    rests_on=(STEEP_STANDARD, STEEP_OPTIMAL),
    rivals=(1 / alpha, sp.Integer(1), gain),
    remark=NUMERIC,
)


def _slope(risk: Risk) -> Value:
    """How n^(2 alpha) times a risk grows with log n, from n to 10 n, at beta = 2 alpha + 1."""
    scaled = _steeply(risk)
    return lambda p, k, d: (scaled(p, 10 * k, d) - scaled(p, k, d)) / arb(10).log()


# Each power of n comes with a factor log n here.
_LOGARITHMIC = Extrapolation(DECAY_POINTS, (sp.Integer(1), alpha), repeat=2)
_STOLZ = "By Stolz and Cesaro the risk times n^(2 alpha) over log n has the same limit along the powers of 10. "
CRITICAL_STANDARD = Claim(
    "at_the_critical_signal_the_standard_risk_has_a_logarithm",
    "At beta = 2 alpha + 1, n^(2 alpha) times the standard risk grows by alpha c^2 for each unit of log n, where c "
    "= ((pi/alpha)/sin(pi/alpha))^alpha.",
    Compare(
        curve(
            "critical_standard",
            "the growth of n^(2 alpha) times the standard risk with log n, at s = 2",
            r"\frac{\Delta\,n^{2\alpha}R_{\mathrm{std}}}{\Delta\log n}",
            _slope(standard_risk),
        ),
        "=",
        alpha * c**2,
    ),
    ANY,
    LAWS,
    (_LOGARITHMIC,),
    rests_on=(TAU, OMEGA),
    rivals=(c**2, alpha**2 * c**2, alpha * c),
    remark="From n to 10 n. " + _STOLZ + NUMERIC,
)
CRITICAL_OPTIMAL = Claim(
    "at_the_critical_signal_the_optimal_risk_has_the_same_logarithm",
    "At beta = 2 alpha + 1, n^(2 alpha) times the optimal risk grows by (alpha-1) c^2 for each unit of log n, where c "
    "= ((pi/alpha)/sin(pi/alpha))^alpha.",
    Compare(
        curve(
            "critical_optimal",
            "the growth of n^(2 alpha) times the optimal risk with log n, at s = 2",
            r"\frac{\Delta\,n^{2\alpha}R_{\mathrm{opt}}}{\Delta\log n}",
            _slope(optimal_risk),
        ),
        "=",
        (alpha - 1) * c**2,
    ),
    ANY,
    LAWS,
    (_LOGARITHMIC,),
    rests_on=(TAU, OMEGA),
    rivals=(alpha * c**2, (alpha - 1) / alpha * c**2),
    remark="So the quotient of the two risks tends to (alpha-1)/alpha here too. " + _STOLZ + NUMERIC,
)
RISKS = (
    STANDARD_RISK,
    OPTIMAL_RISK,
    GAIN_CONSTANT,
    GAIN,
    GAIN_AT_ONE,
    MASK_GAIN,
    STEEP_STANDARD,
    STEEP_OPTIMAL,
    STEEP_GAIN,
    CRITICAL_STANDARD,
    CRITICAL_OPTIMAL,
)

# -- the exponent stays ---------------------------------------------------------------------------------------

_PART = Domain((Omega, u), (Condition(Omega, "<", sp.Integer(1)), Condition(u, "<", sp.Integer(1))))
_weight = (1 - Omega) * u**2 + Omega * (1 - u) ** 2
_ratio = _summand / ((1 - u) ** 2 / (1 - Omega))
AT_LEAST = Claim(
    "no_direction_gains_more_than_a_factor_that_omega_bounds",
    "In every direction the optimal surrogate's share of the risk over the standard target's is at least Omega "
    "(1 - Omega).",
    Compare(_ratio, ">=", Omega * (1 - Omega)),
    _PART,
    LAWS,
    (
        Derivation(_ratio)
        .rewrite(Omega * (1 - Omega) / _weight)
        .bound(
            ">=",
            Omega * (1 - Omega),
            by=-Omega * (1 - Omega) * ((1 - Omega) * (1 - u) * (1 + u) + Omega * u * (2 - u)) / _weight,
        ),
        Precision(),
    ),
    rivals=(Compare(_ratio, ">=", Omega), Compare(_ratio, ">=", sp.Integer(1))),
    remark="Summed over all directions, on any spectrum and for any signal: R_opt >= Omega (1 - Omega) R_std without "
    "label noise. As Omega tends to (alpha-1)/alpha, the quotient stays above (alpha-1)/alpha^2 in the limit: the "
    "surrogate never changes the exponent, nor the logarithm.",
)
AT_MOST = Claim(
    "no_direction_loses_by_the_optimal_surrogate",
    "In every direction the optimal surrogate's share of the risk over the standard target's is at most 1.",
    Compare(_ratio, "<=", sp.Integer(1)),
    _PART,
    LAWS,
    (
        Derivation(_ratio)
        .rewrite(Omega * (1 - Omega) / _weight)
        .bound("<=", sp.Integer(1), by=(u - Omega) ** 2 / _weight),
        Precision(),
    ),
    rivals=(Compare(_ratio, "<=", 1 - Omega), Compare(_ratio, "<", sp.Integer(1))),
    remark="With equality exactly at u = Omega.",
)
EXPONENTS = (AT_LEAST, AT_MOST)

CLAIMS = (*INTEGRALS, *SUMS, *RIDGE, *RISKS, *EXPONENTS)
