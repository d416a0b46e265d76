"""Many generations of ridge and of gradient flow."""

from __future__ import annotations

import sympy as sp

from derivations.nagarajan2023.iterated_ridge import f, phi_ridge
from derivations.nagarajan2023.letters import BELOW_P, BELOW_Q, SMALLER, p, phi, q, r
from derivations.nagarajan2023.ridge import GENERATIONS, LOG, LOG_SECOND_ORDER, ONE_RIDGE, ONE_RIDGE_ABOVE, k
from derivations.nagarajan2023.theorem import ELASTICITY, KEY
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Precision

_each = q ** (1 / k)
# So many generations are drawn that the sides agree to a hundred digits.
_PRECISE = Precision(digits=400)
_GENERATIONS = Domain((r, q, k), (SMALLER, BELOW_Q))
RIDGE_GENERATIONS_KEEP = Claim(
    "ridge_generations_keep_a_root",
    "$k$ equal generations of ridge, with progress $q$ in all on direction 1, make in all more progress than "
    "$q^{1/r}$ on direction 2, of $r < 1$ times the eigenvalue, for every $k$.",
    Compare(sp.log(q) / r, "<", k * sp.log(phi_ridge(_each))),
    _GENERATIONS,
    GENERATIONS,
    (Derivation(sp.log(q) / r).using(ONE_RIDGE, "<", k * sp.log(phi_ridge(_each)), k, w=_each), _PRECISE),
    rivals=(2 * k * sp.log(phi_ridge(_each)), sp.log(q) / r**2),
)
RIDGE_GENERATIONS_LIMIT = Claim(
    "ridge_generations_tend_to_a_root",
    r"$k$ equal generations of ridge, with progress $q$ in all on direction 1, make in all less progress on "
    r"direction 2, of $r < 1$ times the eigenvalue, than $q^{1/r}$ times the exponential of $(\log q)^2 (1 - r)/(2 "
    r"r^2 k)$.",
    Compare(k * sp.log(phi_ridge(_each)), "<", sp.log(q) / r + (1 - r) * sp.log(q) ** 2 / (2 * r**2 * k)),
    _GENERATIONS,
    GENERATIONS,
    (
        Derivation(k * sp.log(phi_ridge(_each)))
        .using(
            ONE_RIDGE_ABOVE,
            "<",
            sp.log(q) / r + k * (1 - r) / r**2 * (_each - 1 - sp.log(q) / k),
            k,
            w=_each,
        )
        .using(
            LOG_SECOND_ORDER,
            "<",
            sp.log(q) / r + (1 - r) * sp.log(q) ** 2 / (2 * r**2 * k),
            k * (1 - r) / r**2,
            w=_each,
        ),
        _PRECISE,
    ),
    rivals=(sp.log(q) / r, sp.log(q) / r + (1 - r) * sp.log(q) ** 2 / (3 * r**2 * k)),
    remark="With ridge_generations_keep_a_root: the limit in $k$ is $q^{1/r} > 0$, with an error of order $1/k$.",
)
_rest = 1 - _each
FLOW_GENERATIONS = Claim(
    "flow_generations_lose_direction_two",
    "$k$ equal generations of gradient flow, with progress $q$ in all on direction 1, make in all less progress than "
    "$e^{-k (1 - q^{1/k})^r}$ on direction 2, of $r < 1$ times the eigenvalue.",
    Compare(k * sp.log(phi(_each)), "<", -k * _rest**r),
    _GENERATIONS,
    GENERATIONS,
    (Derivation(k * sp.log(phi(_each))).using(LOG, "<", -k * _rest**r, k, w=phi(_each)), _PRECISE),
    rivals=(-k * _rest ** (r**2), 2 * k * sp.log(phi(_each))),
    remark="$k (1 - q^{1/k})^r$ is at least $k^{1 - r} (1 - q)^r$, by each_generation_misses_its_share: it grows "
    "without bound, so that repeated early stopping annihilates direction 2 and repeated ridge does not.",
)
SHARE = Claim(
    "each_generation_misses_its_share",
    "Each of $k > 1$ equal generations with progress $q$ in all misses more than $(1 - q)/k$ of direction 1.",
    Compare((1 - q) / k, "<", _rest),
    Domain((q, k), (BELOW_Q, Condition(k, ">", 1, "take at least two generations"))),
    GENERATIONS,
    (Derivation((1 - q) / k).using(KEY, "<", _rest, r=1 / k, w=q), Precision()),
    rivals=((1 - q ** (1 / k)) * (1 - q), Compare((1 - q) / k, ">", _rest)),
)

_GIVES = Domain(
    (r, p, q, f),
    (
        SMALLER,
        BELOW_P,
        Condition(q, "<", p, "let q be the smaller progress"),
        Condition(f, "<", 1, "choose a factor below 1"),
    ),
)
GIVES = Claim(
    "a_factor_weighs_more_on_the_larger_progress",
    r"With $\varphi(x) = 1 - (1 - x)^r$, $r \in (0, 1)$, a factor $f$ of progress on direction 1 changes progress on "
    r"direction 2 by more where there is more: $\varphi(q)/\varphi(q f)$ is below $\varphi(p)/\varphi(p f)$ for $q < "
    r"p$.",
    Compare(phi(q) / phi(q * f), "<", phi(p) / phi(p * f)),
    _GIVES,
    GENERATIONS,
    (
        Derivation(phi(q) / phi(q * f)).slope(
            "<", phi(p) / phi(p * f), q, p, -phi(q) / (q * phi(q * f)), using=ELASTICITY, p=q, x=q * f
        ),
        Precision(),
    ),
    rivals=(Compare(phi(q) / phi(q * f), ">", phi(p) / phi(p * f)), phi(q) / phi(p * f)),
)
UNEQUAL = Claim(
    "unequal_flow_generations_keep_more",
    "For $q < p$ and $f < 1$, two generations of gradient flow with progress $p$ and $q f$ on direction 1 keep more "
    "of direction 2, whose eigenvalue is smaller, than two with progress $p f$ and $q$, which make the same progress "
    "in all on direction 1: equal generations exaggerate most.",
    Compare(phi(p * f) * phi(q), "<", phi(p) * phi(q * f)),
    _GIVES,
    GENERATIONS,
    (
        Derivation(phi(p * f) * phi(q)).using(GIVES, "<", phi(p) * phi(q * f), phi(p * f) * phi(q * f)),
        Precision(),
    ),
    rivals=(Compare(phi(p * f) * phi(q), ">", phi(p) * phi(q * f)), phi(q) * phi(q * f)),
    remark="Any number of generations follows, two at a time: of $k$ with one product, equal ones keep least.",
)
