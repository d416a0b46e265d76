"""How much more several steps can gain than one: up to r-fold, and under which hypotheses.

The signal lives on one direction of r, with the eigenvalue s_1, and risk is prediction error on the design: B = s_1
b_1^2, and a direction on which the share c is kept costs sigma2 c^2, and (1 - c)^2 B beside it where the signal is.
"""

from __future__ import annotations

import sympy as sp

from derivations.classics.one_direction import a
from derivations.pareek2024.letters import PAREEK, lam, sigma2, student_share, unseen, xi
from derivations.pareek2024.many_steps import BELOW_ONE, BOUND, a_1
from w2s_sym import Asymptotic, Claim, Compare, Condition, Derivation, Domain, Iff, Precision, any_spectrum, symbol
from w2s_sym import total as summed

FOLD = unseen(PAREEK, "gain of r steps over one step")
B = symbol("B", r"signal on its direction, $s_1 \beta_1^2$", positive=True)
c_1 = symbol("c_1", "share that one step keeps of the signal's direction", nonnegative=True)
e = symbol("e", "what one step keeps of another direction beyond $c_1$", nonnegative=True)
r = symbol("r", "number of directions", integer=True, positive=True)
rho = symbol("rho", "number of directions as a real number", r"r", positive=True)

_own, _other = student_share(a_1, xi), student_share(a, xi)
_LARGER = Condition(a, ">=", a_1, "take another direction with at least the signal's eigenvalue")
_SMALLEST = (_LARGER, BELOW_ONE)
LAGS = Claim(
    "one_step_shrinks_larger_eigenvalues_less",
    "If one step keeps a share $c_1$ between 0 and 1 of a direction, it keeps at least $c_1$ of every direction "
    "with a larger eigenvalue, whatever the penalty and the weight.",
    Compare(_own, "<=", _other),
    Domain(
        (a, a_1, xi),
        (
            *_SMALLEST,
            Condition(xi * (1 - a_1), "<=", 1, "let one step keep a share of at least 0"),
            Condition(xi * a_1, ">=", -1, "let one step keep a share of at most 1"),
        ),
    ),
    FOLD,
    (
        Derivation(_own).bound("<=", _other, by=(a - a_1) * ((1 - a) * (1 - xi * (1 - a_1)) + a * (1 + xi * a_1))),
        Precision(),
    ),
    rivals=(Compare(_own, ">", _other), _other - (a - a_1) ** 2),
    remark=r"With $a_1$ the teacher's share: $c_1 \ge 0$ if and only if $\xi (1 - a_1) \le 1$, and $c_1 \le 1$ if "
    r"and only if $\xi a_1 \ge -1$.",
)
OVERSHOOTS = Claim(
    "one_step_that_overshoots_keeps_all_of_larger_eigenvalues",
    "If one step keeps a share of 1 or more of a direction, it does so on every direction with a larger eigenvalue.",
    Compare(_other, ">=", 1),
    Domain(
        (a, a_1, xi),
        (
            *_SMALLEST,
            Condition(xi, "<", 0, "only a negative weight overshoots"),
            Condition(xi * a_1, "<=", -1, "let one step keep a share of at least 1"),
        ),
    ),
    FOLD,
    (
        Derivation(_other).bound(">=", 1, by=(1 - a) * (1 + xi * a_1) + (1 - a) * xi * (a - a_1)),
        Precision(),
    ),
    rivals=(Compare(_other, "<", 1), 1 + (a - a_1)),
)
SE = any_spectrum("S_e", "the other directions: what is kept of them beyond $c_1$", e)
_count = 1 + summed(1, SE)
_one_step = (1 - c_1) ** 2 * B + sigma2 * c_1**2 + summed(sigma2 * (c_1 + e) ** 2, SE)
_floor = _count * sigma2 * B / (B + _count * sigma2)
ONE_STEP = Claim(
    "one_step_pays_for_every_direction_above_the_signal",
    r"If the signal lives on the smallest of $r$ eigenvalues, one step with any penalty and any weight has a risk "
    r"of at least $r \sigma^2 B/(B + r \sigma^2)$, where $B$ is the signal.",
    Compare(_one_step, ">=", _floor),
    Domain((SE, B, c_1, sigma2)),
    FOLD,
    (
        Derivation(_one_step).bound(
            ">=",
            _floor,
            by=-summed(sigma2 * e * (2 * c_1 + e), SE) - (c_1 * (B + _count * sigma2) - B) ** 2 / (B + _count * sigma2),
        ),
        Precision(),
    ),
    rests_on=(LAGS, OVERSHOOTS),
    rivals=(_count * sigma2, _count * sigma2 * B / (B + sigma2)),
    remark=r"Shares between 0 and 1 are meant, by one_step_shrinks_larger_eigenvalues_less. A share above 1 costs "
    r"$r \sigma^2$ at least, a negative one $B$ at least: both are above the bound.",
)
_several, _single = sigma2 * B / (B + sigma2), rho * sigma2 * B / (B + rho * sigma2)
fold = _single / _several
_GROWS = Condition(rho, ">", 1, "take two directions or more")
FACTOR = Claim(
    "several_steps_gain_up_to_the_number_of_directions",
    r"With the signal on the smallest of $r$ different eigenvalues, the bound of one step over the risk $\sigma^2 "
    r"B/(B + \sigma^2)$ that $r$ steps reach tends to $r$ as the signal $B \to \infty$, with an error of order "
    r"$1/B$.",
    Asymptotic(fold, rho, B),
    Domain((B, sigma2, rho), (_GROWS,)),
    FOLD,
    (Derivation(fold).limit(B), Precision()),
    rests_on=(ONE_STEP, BOUND),
    rivals=(rho - 1, rho**2),
    remark="An r-fold gain, with constant 1. It needs the signal on one direction, that with the smallest eigenvalue, "
    "different eigenvalues, and much more signal than noise.",
)
BELOW = Claim(
    "the_gain_stays_below_the_number_of_directions",
    r"With the signal $B$ on the smallest of $r$ eigenvalues, the bound $r \sigma^2 B/(B + r \sigma^2)$ of one step "
    r"over the risk $\sigma^2 B/(B + \sigma^2)$ of $r$ steps is below $r$.",
    Compare(fold, "<", rho),
    Domain((B, sigma2, rho), (_GROWS,)),
    FOLD,
    (
        Derivation(fold).bound("<", rho, by=rho * (rho - 1) * sigma2 / (B + rho * sigma2)),
        Precision(),
    ),
    rests_on=(FACTOR,),
    rivals=(rho / 2, Compare(fold, ">", rho)),
)
HALF = Claim(
    "half_the_gain_needs_a_signal_of_r_minus_two_noises",
    r"With the signal $B$ on the smallest of $r$ eigenvalues, the bound $r \sigma^2 B/(B + r \sigma^2)$ of one "
    r"step over the risk $\sigma^2 B/(B + \sigma^2)$ of $r$ steps exceeds $r/2$ if and only if $B > (r - 2) "
    r"\sigma^2$.",
    Iff(Compare(fold, ">", rho / 2), Compare(B, ">", (rho - 2) * sigma2)),
    Domain((B, sigma2, rho), (_GROWS,)),
    FOLD.at("how much signal the gain needs", "derived"),
    (Derivation.same_sign(), Precision()),
    rests_on=(FACTOR,),
    rivals=(Compare(B, ">", rho * sigma2), Compare(B, ">", 2 * sigma2)),
    remark="With a signal of the order of the noise no number of steps gains more than a factor of about 2.",
)
s_1 = symbol("s_1", "eigenvalue of the signal's direction", positive=True)
s_2 = symbol("s_2", "the other eigenvalue", positive=True)
_a1, _a2 = s_1 / (s_1 + lam), s_2 / (s_2 + lam)
_ridge = B * (1 - _a1) ** 2 + sigma2 * (_a1**2 + _a2**2)
LARGEST = Claim(
    "a_signal_on_a_large_eigenvalue_leaves_little_to_gain",
    "There are two different eigenvalues, with all the signal on the larger one, where ridge regression alone is "
    "within 1 percent of what any number of steps can reach.",
    Compare(_ridge, "<", sp.Rational(101, 100) * _several),
    Domain((s_1, s_2, B, lam, sigma2), (Condition(s_1, ">", s_2, "put the signal on the larger eigenvalue"),)),
    FOLD.at("a hypothesis on the place of the signal", "derived"),
    (Precision(),),
    rests_on=(BOUND,),
    rivals=(_several, sp.Rational(1001, 1000) * _several),
    witness={s_1: 10**6, s_2: 1, B: 100, lam: 1000, sigma2: 1},
    remark="Different eigenvalues and a truth along one eigenvector are not enough for a gain: it matters which one.",
)

CLAIMS = (LAGS, OVERSHOOTS, ONE_STEP, FACTOR, BELOW, HALF, LARGEST)
