"""How the risks scale with n: their constants, and what the optimal surrogate and the mask gain."""

from __future__ import annotations

import sympy as sp
from flint import arb

from derivations.ildiz2025.scaling.curves import (
    DECAY_POINTS,
    NUMERIC,
    SLOW_IN_N,
    STEEP_IN_N,
    Risk,
    c,
    curve,
    decay,
    masked_risk,
    optimal_risk,
    signal,
    standard_risk,
)
from derivations.ildiz2025.scaling.integrals import (
    DROPPED,
    EXACT,
    KEPT,
    OPTIMAL,
    STANDARD_HIGH,
    STANDARD_LOW,
    SUMMAND,
    reflected,
)
from derivations.ildiz2025.scaling.letters import ANY, GENERIC, LAWS, SLOW, STEEP, alpha, s
from derivations.ildiz2025.scaling.ridge_laws import OMEGA, TAU
from derivations.ildiz2025.scaling.sums import SUM_OF_OPTIMAL, SUM_OF_STANDARD
from w2s_sym import Claim, Compare, Derivation, Extrapolation, Value

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
    r"On power laws with $0 < s < 2$, $s \ne 1$, $n^{\beta - 1}$ times the standard risk tends to $c^s (1 - s) "
    r"\pi/\sin(\pi s)$, where $c = ((\pi/\alpha)/\sin(\pi/\alpha))^{\alpha}$.",
    Compare(
        curve(
            "standard",
            r"$n^{\beta - 1}$ times the standard risk",
            r"n^{\beta-1}R_{\mathrm{std}}",
            _scaled(standard_risk),
        ),
        "=",
        standard_constant,
    ),
    GENERIC,
    LAWS,
    (SLOW_IN_N,),
    rests_on=(TAU, OMEGA, SUM_OF_STANDARD, STANDARD_LOW, STANDARD_HIGH),
    rivals=(standard_constant / alpha, c**s * s * reflected, c * (1 - s) * reflected),
    remark=r"$\beta < 2 \alpha + 1$ is $s < 2$. " + NUMERIC,
)
OPTIMAL_RISK = Claim(
    "the_optimal_risk_falls_as_n_to_one_minus_beta",
    r"On power laws with $0 < s < 2$, $n^{\beta - 1}$ times the risk of the optimal surrogate tends to $(c^s/(2 "
    r"\alpha)) (\alpha - 1)^{s/2} \pi/\sin(\pi s/2)$, where $c = ((\pi/\alpha)/\sin(\pi/\alpha))^{\alpha}$.",
    Compare(
        curve(
            "optimal",
            r"$n^{\beta - 1}$ times the optimal risk",
            r"n^{\beta-1}R_{\mathrm{opt}}",
            _scaled(optimal_risk),
        ),
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
    r"For $0 < s < 2$, $s \ne 1$, the quotient of the optimal and the standard constant, $((\alpha - 1)^{s/2}/(2 "
    r"\alpha)) \sin(\pi s)/((1 - s) \sin(\pi s/2))$, is $(\alpha - 1)^{s/2} \cos(\pi s/2)/(\alpha (1 - s))$.",
    Compare(_quotient, "=", gain),
    GENERIC,
    LAWS,
    (Derivation(_quotient).rewrite(gain, "the sine of the double angle"), EXACT),
    rivals=(gain * (1 - s), (alpha - 1) ** (s / 2) * sp.sin(sp.pi * s / 2) / (alpha * (1 - s))),
)
GAIN = Claim(
    "the_optimal_surrogate_lowers_the_risk_by_a_constant_factor",
    r"On power laws with $0 < s < 2$, $s \ne 1$, the optimal risk over the standard risk tends to $(\alpha - "
    r"1)^{s/2} \cos(\pi s/2)/(\alpha (1 - s))$.",
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
    remark=r"At $\alpha = 2$, $\beta = 3/2$: $\cos(\pi/8)/(3/2) = 0.6159$. " + NUMERIC,
)
_one = sp.pi * sp.sqrt(alpha - 1) / (2 * alpha)
GAIN_AT_ONE = Claim(
    "the_gain_at_s_equal_to_one",
    r"On power laws with $s = 1$, that is $\beta = \alpha + 1$, the optimal risk over the standard risk tends to "
    r"$(\pi/2) \sqrt{\alpha - 1}/\alpha$.",
    Compare(
        curve(
            "gain_at_one",
            "the optimal risk over the standard risk at $s = 1$",
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
    remark=r"At $\alpha = 2$, $\beta = 3$: $\pi/4$. " + NUMERIC,
)
mask_gain = (
    (sp.betainc(2 - s, s, 0, 1 / sp.sqrt(alpha)) + (sp.sqrt(alpha) - 1) ** s / (alpha * s))
    * sp.sin(sp.pi * s)
    / ((1 - s) * sp.pi)
)
MASK_GAIN = Claim(
    "the_optimal_mask_lowers_the_risk_by_a_constant_factor",
    r"On power laws with $0 < s < 2$, $s \ne 1$, the risk of the optimal mask over the standard risk tends to $(B "
    r"+ (\sqrt{\alpha} - 1)^s/(\alpha s)) \sin(\pi s)/((1 - s) \pi)$, where $B$ is the incomplete beta function "
    r"of $2 - s$ and $s$ at $1/\sqrt{\alpha}$.",
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
    remark="The cut between two eigenvectors leaves oscillating terms of order $n^{-2}$, which the sizes make "
    "negligible. " + NUMERIC,
)
_steep = c**2 * sp.zeta(1 + alpha * (s - 2))


def steeply(risk: Risk) -> Value:
    """n^(2 alpha) times a risk."""
    return lambda p, k, d: risk(decay(p), signal(p), k, d) * arb(k) ** (2 * arb(decay(p)))


STEEP_STANDARD = Claim(
    "for_a_steep_signal_the_standard_risk_falls_as_n_to_minus_two_alpha",
    r"On power laws with $s > 2$, that is $\beta > 2 \alpha + 1$, $n^{2 \alpha}$ times the standard risk tends to "
    r"$\alpha c^2 \zeta(\beta - 2 \alpha)$, where $c = ((\pi/\alpha)/\sin(\pi/\alpha))^{\alpha}$ and $\zeta$ is "
    r"Riemann's.",
    Compare(
        curve(
            "steep_standard",
            r"$n^{2 \alpha}$ times the standard risk of a steep signal",
            r"n^{2\alpha}R_{\mathrm{std}}",
            steeply(standard_risk),
        ),
        "=",
        alpha * _steep,
    ),
    STEEP,
    LAWS,
    (STEEP_IN_N,),
    rests_on=(TAU, OMEGA),
    rivals=(_steep, alpha * c * sp.zeta(1 + alpha * (s - 2)), alpha * c**2 * sp.zeta(1 + alpha * s)),
    remark=r"The head of the spectrum carries the risk: $\zeta_i$ is $\tau i^{\alpha}$ there. " + NUMERIC,
)
STEEP_OPTIMAL = Claim(
    "for_a_steep_signal_the_optimal_risk_falls_as_n_to_minus_two_alpha",
    r"On power laws with $s > 2$, $n^{2 \alpha}$ times the optimal risk tends to $(\alpha - 1) c^2 \zeta(\beta - "
    r"2 \alpha)$, where $c = ((\pi/\alpha)/\sin(\pi/\alpha))^{\alpha}$ and $\zeta$ is Riemann's.",
    Compare(
        curve(
            "steep_optimal",
            r"$n^{2 \alpha}$ times the optimal risk of a steep signal",
            r"n^{2\alpha}R_{\mathrm{opt}}",
            steeply(optimal_risk),
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
    r"On power laws with $s > 2$ the optimal risk over the standard risk tends to $(\alpha - 1)/\alpha$.",
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
    scaled = steeply(risk)
    return lambda p, k, d: (scaled(p, 10 * k, d) - scaled(p, k, d)) / arb(10).log()


# Each power of n comes with a factor log n here.
_LOGARITHMIC = Extrapolation(DECAY_POINTS, (sp.Integer(1), alpha), repeat=2)
_STOLZ = r"By Stolz and Cesaro the risk times $n^{2 \alpha}$ over $\log n$ has one limit along the powers of 10. "
CRITICAL_STANDARD = Claim(
    "at_the_critical_signal_the_standard_risk_has_a_logarithm",
    r"On power laws with $\beta = 2 \alpha + 1$, $n^{2 \alpha}$ times the standard risk grows by $\alpha c^2$ for "
    r"each unit of $\log n$, where $c = ((\pi/\alpha)/\sin(\pi/\alpha))^{\alpha}$.",
    Compare(
        curve(
            "critical_standard",
            r"the growth of $n^{2 \alpha}$ times the standard risk with $\log n$, at $s = 2$",
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
    remark="From $n$ to $10 n$. " + _STOLZ + NUMERIC,
)
CRITICAL_OPTIMAL = Claim(
    "at_the_critical_signal_the_optimal_risk_has_the_same_logarithm",
    r"On power laws with $\beta = 2 \alpha + 1$, $n^{2 \alpha}$ times the optimal risk grows by $(\alpha - 1) "
    r"c^2$ for each unit of $\log n$, where $c = ((\pi/\alpha)/\sin(\pi/\alpha))^{\alpha}$.",
    Compare(
        curve(
            "critical_optimal",
            r"the growth of $n^{2 \alpha}$ times the optimal risk with $\log n$, at $s = 2$",
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
    remark=r"So the quotient of the two risks tends to $(\alpha - 1)/\alpha$ here too. " + _STOLZ + NUMERIC,
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
