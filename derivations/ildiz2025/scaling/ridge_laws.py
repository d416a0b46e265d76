"""How the effective ridge tau, Omega and the noise term scale with n."""

from __future__ import annotations

import sympy as sp
from flint import arb, ctx, fmpq

from derivations.ildiz2025.scaling.curves import (
    IN_N,
    NUMERIC,
    c,
    constant,
    curve,
    decay,
    effective_ridge,
    learned_share,
)
from derivations.ildiz2025.scaling.integrals import DEGREES_INTEGRAL, SQUARE
from derivations.ildiz2025.scaling.letters import ANY, DECAYS, LAWS, alpha
from derivations.ildiz2025.scaling.sums import SUM_OF_DEGREES
from w2s_sym import Claim, Compare, Domain, Extrapolation, Point

TAU = Claim(
    "tau_falls_as_n_to_the_minus_alpha",
    r"On the power law $\lambda_i = i^{-\alpha}$, $n^{\alpha} \tau$ tends to "
    r"$((\pi/\alpha)/\sin(\pi/\alpha))^{\alpha}$.",
    Compare(
        curve(
            "tau",
            r"$n^{\alpha} \tau$",
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
    # The relative error is of order n^(-1-alpha): so many digits cancel.
    lost = len(str(size)) * (int(exponent) + 2)
    with ctx.workdps(digits + lost + 15):
        gap = effective_ridge(exponent, size, digits + lost) * (middle / constant(exponent)) ** arb(exponent) - 1
        return gap * middle ** (arb(exponent) + 1)


TAU_AT_HALF = Claim(
    "tau_is_sharp_at_n_plus_one_half",
    r"On the power law $\lambda_i = i^{-\alpha}$, $(n + 1/2)^{\alpha + 1} (\tau ((n + 1/2)/c_1)^{\alpha} - 1)$ "
    r"tends to $-\alpha \zeta(-\alpha) c_1^{\alpha}$ with $c_1 = (\pi/\alpha)/\sin(\pi/\alpha)$ and Riemann's "
    r"$\zeta$.",
    Compare(
        curve(
            "tau_at_half",
            r"$(n + 1/2)^{\alpha + 1}$ times the relative error of $(c_1/(n + 1/2))^{\alpha}$",
            r"(n+\tfrac12)^{\alpha+1}\bigl(\tau\,((n+\tfrac12)/c_1)^{\alpha}-1\bigr)",
            _tau_beyond_half,
        ),
        "=",
        -alpha * sp.zeta(-alpha) * c,
    ),
    ANY,
    LAWS,
    (IN_N,),
    rests_on=(TAU,),
    rivals=(alpha * sp.zeta(-alpha) * c, sp.Integer(0), -sp.zeta(-alpha) * c),
    remark=r"So $\tau = (c_1/(n + 1/2))^{\alpha} (1 + O(n^{-1 - \alpha}))$. At even $\alpha$, $\zeta(-\alpha) = "
    r"0$: nothing is left at any power of $n$.",
)


def _tau_at_two(point: Point, size: int, digits: int) -> arb:
    odd = 2 * size + 1
    tau = effective_ridge(fmpq(2), size, digits)
    return (tau * (arb(odd) / arb.pi()) ** 2 - 1) * arb(2 * odd).exp()


TAU_AT_TWO = Claim(
    "at_alpha_two_tau_is_exact_up_to_exponentials",
    r"On the power law $\lambda_i = i^{-2}$, $e^{4n + 2} (\tau ((2n + 1)/\pi)^2 - 1)$ tends to 4.",
    Compare(
        curve(
            "tau_at_two",
            r"$e^{4n + 2}$ times the relative error of $(\pi/(2n + 1))^2$",
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
    remark=r"The sum is $(\pi/2)/\sqrt{\tau} \coth(\pi/\sqrt{\tau}) - 1/2$ in closed form, so $n + 1/2 = (y/2) "
    r"\coth(y)$ at $y = \pi/\sqrt{\tau}$, and $\tau = (\pi/(2n + 1))^2$ up to exponentially small terms.",
)
OMEGA = Claim(
    "omega_tends_to_one_minus_one_over_alpha",
    r"On the power law $\lambda_i = i^{-\alpha}$, $\Omega$ tends to $(\alpha - 1)/\alpha$.",
    Compare(
        curve("Omega", r"$\Omega$", r"\Omega", lambda p, k, d: learned_share(decay(p), k, d)), "=", (alpha - 1) / alpha
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
    r"On the power law $\lambda_i = i^{-\alpha}$, $n (\Omega - (\alpha - 1)/\alpha)$ tends to $-1/(2 \alpha)$.",
    Compare(
        curve(
            "Omega_next",
            r"$n (\Omega - (\alpha - 1)/\alpha)$",
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
    r"On the power law $\lambda_i = i^{-\alpha}$, $\Omega/(1 - \Omega)$, the factor of $\sigma^2$ in the risk, "
    r"tends to $\alpha - 1$.",
    Compare(
        curve(
            "noise",
            r"$\Omega/(1 - \Omega)$",
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
    remark=r"With label noise the risks do not fall to zero in $n$: $(\alpha - 1) \sigma^2$ stays, for the "
    r"standard target and for the optimal surrogate alike. " + NUMERIC,
)
RIDGE = (TAU, TAU_AT_HALF, TAU_AT_TWO, OMEGA, OMEGA_NEXT, NOISE)
