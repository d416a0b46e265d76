"""From sums over eigenvalues to integrals."""

from __future__ import annotations

import sympy as sp
from flint import arb, fmpq

from derivations.ildiz2025.scaling.curves import IN_N, NUMERIC, POINTS, ZETA_SQUARED, U, curve, decay, number, signal
from derivations.ildiz2025.scaling.integrals import degrees_integral, optimal_integral, standard_integral
from derivations.ildiz2025.scaling.letters import ANY, LAWS, SLOW, N, alpha, omega, s
from w2s_sym import Claim, Compare, Domain, Extrapolation, power_sum, term

SUM_OF_DEGREES = Claim(
    "the_degrees_of_freedom_are_a_riemann_sum",
    r"With $\tau = N^{-\alpha}$, the sum of $1/(1 + \tau i^{\alpha})$ over all $i$ divided by $N$ tends to "
    r"$1/\alpha$ times the integral of $x^{1/\alpha - 1}/(1 + x)$ over the half line.",
    Compare(
        curve(
            "degrees",
            "the degrees of freedom over $N$",
            r"\frac{1}{N}\sum_{i\ge 1}\frac{1}{1+(i/N)^{\alpha}}",
            lambda p, k, d: power_sum(U, decay(p), fmpq(0), arb(k) ** -arb(decay(p)), d) / k,
            N,
        ),
        "=",
        degrees_integral / alpha,
    ),
    ANY,
    LAWS,
    (IN_N,),
    rivals=(degrees_integral, degrees_integral / alpha + sp.Rational(1, 10**6)),
    remark=NUMERIC,
)
SUM_OF_STANDARD = Claim(
    "the_standard_risk_is_a_riemann_sum",
    r"With $\tau = N^{-\alpha}$, $\beta = 1 + \alpha s$, $0 < s < 2$ and $\zeta_i = \tau/(i^{-\alpha} + \tau)$, "
    r"$N^{\beta - 1}$ times the sum of $i^{-\beta} \zeta_i^2$ tends to $1/\alpha$ times the integral of $x^{1 - "
    r"s}/(1 + x)^2$ over the half line.",
    Compare(
        curve(
            "standard_sum",
            r"the scaled sum of $i^{-\beta} \zeta_i^2$",
            r"N^{\beta-1}\sum_{i\ge 1} i^{-\beta}\zeta_i^2",
            lambda p, k, d: (
                power_sum(ZETA_SQUARED, decay(p), signal(p), arb(k) ** -arb(decay(p)), d) * arb(k) ** (signal(p) - 1)
            ),
            N,
        ),
        "=",
        standard_integral / alpha,
    ),
    SLOW,
    LAWS,
    (Extrapolation(POINTS, (alpha, alpha * (2 - s))),),
    rivals=(standard_integral, optimal_integral.xreplace({omega: sp.Integer(1)}) / alpha),
    remark=NUMERIC,
)
SUM_OF_OPTIMAL = Claim(
    "the_optimal_risk_is_a_riemann_sum",
    r"With $\tau = N^{-\alpha}$, $\beta = 1 + \alpha s$ and $0 < s < 2$, $N^{\beta - 1}$ times the sum of "
    r"$i^{-\beta} \omega x_i^2/(1 + \omega x_i^2)$ at $x_i = \tau i^{\alpha}$ tends to $1/\alpha$ times the "
    r"integral of $\omega x^{1 - s}/(1 + \omega x^2)$ over the half line.",
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
        optimal_integral / alpha,
    ),
    Domain((alpha, s, omega), SLOW.conditions),
    LAWS,
    (Extrapolation(tuple({**p, "omega": sp.Rational(3, 5)} for p in POINTS), (alpha, alpha * (2 - s))),),
    rivals=(optimal_integral, standard_integral / alpha),
    remark=NUMERIC,
)
SUMS = (SUM_OF_DEGREES, SUM_OF_STANDARD, SUM_OF_OPTIMAL)
