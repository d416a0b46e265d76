"""The effective ridge and Omega: existence, bounds, monotonicity, isotropy."""

from __future__ import annotations

import sympy as sp

from derivations.ildiz2025.letters import (
    ALONG,
    BELOW_ONE,
    BELOW_RANK,
    FIXED_POINT,
    GIVEN,
    OMEGA,
    PAPER,
    Omega,
    S,
    lam,
    n,
    p,
    sigma2,
    tau,
    u,
    zeta,
)
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Equation, Iff, Precision, symbol, total

EVERY = Domain((S, tau, n), (BELOW_RANK,))
WITH_OMEGA = Domain((S, tau, n, Omega), (BELOW_RANK,))
RISKS = Domain((S, tau, n, Omega, sigma2), (BELOW_RANK, BELOW_ONE))

# -- the fixed point -----------------------------------------------------------------------------------------

total_learnt = total(u, S)
UNIQUE = Claim(
    "effective_ridge_is_unique",
    r"The number of directions learnt, $\sum_i \lambda_i/(\lambda_i + \tau)$, falls strictly as $\tau$ grows: at "
    r"most one $\tau$ solves the fixed-point equation $\sum_i \lambda_i/(\lambda_i + \tau) = n$.",
    Compare(sp.Derivative(total_learnt, tau), "<", 0),
    Domain((S, tau)),
    PAPER.at("fixed point; uniqueness"),
    (Derivation(sp.Derivative(total_learnt, tau)).differentiate().bound("<", 0), Precision()),
    rivals=(Compare(sp.Derivative(total_learnt, tau), "<", -1), Compare(sp.Derivative(total_learnt, tau), ">", 0)),
    remark=r"It falls from the rank ($\tau \to 0$) to 0 ($\tau \to \infty$): one root exists exactly when $n$ is "
    r"below the rank. The two bounds on the effective ridge say where it lies.",
)
UPPER = Claim(
    "effective_ridge_is_below_the_trace_over_n",
    r"With $n$ below the rank, the effective ridge is less than the trace of $\Sigma$ divided by $n$: $n \tau < "
    r"\sum_i \lambda_i$.",
    Compare(n * tau, "<", total(lam, S)),
    EVERY,
    PAPER.at("fixed point; upper bound"),
    (
        Derivation(n * tau).eliminate(n, using=FIXED_POINT).bound("<", total(lam, S), by=total(lam * u, S)),
        Precision(),
    ),
    given=(FIXED_POINT,),
    rivals=(total(lam, S) - n * tau, total(lam**2, S) / total(lam, S)),
)
LOWER = Claim(
    "effective_ridge_is_above_a_harmonic_bound",
    r"With $n$ below the rank, the effective ridge is more than the rank minus $n$, divided by $\sum_i "
    r"1/\lambda_i$.",
    Compare(tau * total(1 / lam, S), ">", p - n),
    EVERY,
    PAPER.at("fixed point; lower bound"),
    (
        Derivation(tau * total(1 / lam, S)).bound(">", p - n, by=-total(tau * zeta / lam, S)),
        Precision(),
    ),
    given=(FIXED_POINT,),
    rivals=(p, 2 * (p - n)),
)
OMEGA_BELOW_ONE = Claim(
    "omega_is_below_one",
    r"With $n$ below the rank, $\Omega < 1$.",
    Compare(Omega, "<", 1),
    WITH_OMEGA,
    PAPER.at("variance factor"),
    (Derivation(Omega).eliminate(Omega, using=OMEGA).bound("<", 1, by=total(u * zeta, S) / n), Precision()),
    given=GIVEN,
    rivals=(sp.Rational(9, 10), n / p),
)
RIDGE_AND_SAMPLES = Claim(
    "effective_ridge_falls_with_samples",
    r"Along the fixed-point equation $d n/d\tau = -n (1 - \Omega)/\tau$, so that $\tau$ falls with $n$ at the "
    r"rate $\tau/(n (1 - \Omega))$.",
    Compare(sp.Derivative(total_learnt, tau), "=", -n * (1 - Omega) / tau),
    Domain((S, tau)),
    PAPER.at("fixed point; implicit function theorem"),
    (Derivation(sp.Derivative(total_learnt, tau)).differentiate(), Precision()),
    given=ALONG,
    rivals=(-n / tau, -n * Omega / tau, -n * (1 - Omega)),
    remark=r"$n (1 - \Omega)$ is how many of the $n$ labels decide $\tau$: where it is small the equivalents are "
    r"poor.",
)
_x = symbol("xi", "one more eigenvalue", positive=True)
_with_x = Equation(n, total_learnt + _x / (_x + tau) - n)
_omega_x = Equation(Omega, (total(u**2, S) + (_x / (_x + tau)) ** 2) / n - Omega)
_moved = total_learnt + _x / (_x + tau)
RIDGE_AND_EIGENVALUE = Claim(
    "effective_ridge_follows_an_eigenvalue",
    r"When one eigenvalue $\xi$ moves, $\tau$ moves at the rate $(\tau/(\xi + \tau))^2/(n (1 - \Omega))$: small "
    r"eigenvalues carry the effective ridge.",
    Compare(-sp.Derivative(_moved, _x) / sp.Derivative(_moved, tau), "=", (tau / (_x + tau)) ** 2 / (n * (1 - Omega))),
    Domain((S, _x, tau, n, Omega), (BELOW_ONE,)),
    PAPER.at("fixed point; implicit function theorem"),
    (Derivation(-sp.Derivative(_moved, _x) / sp.Derivative(_moved, tau)).differentiate(), Precision()),
    given=(_with_x, _omega_x),
    rivals=((tau / (_x + tau)) / (n * (1 - Omega)), (tau / (_x + tau)) ** 2 / n),
)
total_squares = total(u**2, S)
OMEGA_AND_RIDGE = Claim(
    "squares_learnt_fall_with_the_ridge",
    r"With $u_i = \lambda_i/(\lambda_i + \tau)$ and $\zeta_i = 1 - u_i$, the derivative of $n \Omega = \sum_i "
    r"u_i^2$ in $\tau$ is $-(2/\tau) \sum_i u_i^2 \zeta_i$.",
    Compare(sp.Derivative(total_squares, tau), "=", -2 / tau * total(u**2 * zeta, S)),
    Domain((S, tau)),
    PAPER.at("variance factor; derivative"),
    (Derivation(sp.Derivative(total_squares, tau)).differentiate(), Precision()),
    rivals=(-2 / tau * total(u * zeta, S), -1 / tau * total(u**2 * zeta, S)),
    remark=r"Divided by $d n/d\tau$ it is the derivative of $n \Omega$ in $n$.",
)

# -- Omega and isotropy --------------------------------------------------------------------------------------

_spread = total((u - n / p) ** 2, S)
OMEGA_EXCESS = Claim(
    "omega_exceeds_n_over_p_by_the_spread",
    r"With $n$ below the rank $p$ and $u_i = \lambda_i/(\lambda_i + \tau)$, $\Omega - n/p$ is the sum of $(u_i - "
    r"n/p)^2$ divided by $n$: it vanishes exactly when all $u_i$, hence all eigenvalues, are equal.",
    Compare(Omega - n / p, "=", _spread / n),
    WITH_OMEGA,
    PAPER.at("variance factor; equality case"),
    (Derivation(Omega - n / p).eliminate(Omega, using=OMEGA), Precision()),
    given=GIVEN,
    rivals=(_spread, total((u - n / p) ** 2, S) / p),
    remark="$p$ is the rank. $n/p$ is the mean of the $u_i$.",
)
OMEGA_LEAST = Claim(
    "omega_is_at_least_n_over_p",
    r"With $n$ below the rank $p$, $\Omega \ge n/p$.",
    Compare(Omega, ">=", n / p),
    WITH_OMEGA,
    PAPER.at("variance factor; lower bound"),
    (
        Derivation(Omega).eliminate(Omega, using=OMEGA).bound(">=", n / p, by=-_spread / n),
        Precision(),
    ),
    given=GIVEN,
    rivals=(2 * n / p, sp.sqrt(n / p)),
)
_P = symbol("p", "number of eigenvalues, all equal", positive=True)
_level = symbol("lam_0", "the eigenvalue that all directions share", r"\lambda", positive=True)
_FEWER = Condition(n, "<", _P, "take fewer samples than eigenvalues")
_isotropic = Equation(tau, _P * _level / (_level + tau) - n)
_isotropic_omega = Equation(Omega, _P * (_level / (_level + tau)) ** 2 / n - Omega)
ISOTROPIC = Claim(
    "isotropic_effective_ridge",
    r"With $p > n$ equal eigenvalues $\lambda$ the effective ridge is $\lambda (p - n)/n$.",
    Compare(tau, "=", _level * (_P - n) / n),
    Domain((_level, tau, _P, n), (_FEWER,)),
    PAPER.at("isotropic case"),
    (Derivation(tau), Precision()),
    given=(_isotropic,),
    rivals=(_level * (_P - n) / _P, _level * n / _P),
    remark=r"Then $\lambda/(\lambda + \tau) = \Omega = n/p$.",
)

ISOTROPIC_OMEGA = Claim(
    "isotropic_omega",
    r"With $p > n$ equal eigenvalues $\Omega = n/p$.",
    Compare(Omega, "=", n / _P),
    Domain((_level, tau, _P, n, Omega), (_FEWER,)),
    PAPER.at("isotropic case"),
    (Derivation(Omega).eliminate(Omega, using=_isotropic_omega), Precision()),
    given=(_isotropic, _isotropic_omega),
    rivals=(n / (_P + n), n**2 / _P**2),
    remark=r"Then $u = \lambda/(\lambda + \tau)$ is $\Omega$ in every direction, and by "
    r"left_alone_iff_learnt_to_omega the optimal surrogate is the truth, whatever the truth.",
)
_one = symbol("lam_1", "an eigenvalue", r"\lambda_1", positive=True)
_two = symbol("lam_2", "another eigenvalue", r"\lambda_2", positive=True)
SHARES_DIFFER = Claim(
    "shares_are_equal_iff_eigenvalues_are",
    r"Two directions are learnt to the same share $\lambda/(\lambda + \tau)$ if and only if their eigenvalues are "
    r"equal.",
    Iff(Compare(_one / (_one + tau), "=", _two / (_two + tau)), Compare(_one, "=", _two)),
    Domain((_one, _two, tau)),
    PAPER.at("when the optimal surrogate is the truth"),
    (Derivation.same_sign(), Precision()),
    rivals=(Compare(_one, "=", 2 * _two), Compare(_one, "=", _two + tau)),
    remark=r"So $\lambda_i/(\lambda_i + \tau) = \Omega$ holds at one distinct eigenvalue at most, and true labels "
    r"are optimal for every truth only if the covariance is isotropic.",
)
