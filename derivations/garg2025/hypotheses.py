"""What the golden ratio needs: noisy synthetic labels, fresh real labels, weights that stay the same or are greedy.

Each claim drops one hypothesis of the recursion v' = w^2 + (1 - w)^2 (r + v) and says what becomes of the best weight.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from derivations.garg2025.golden_ratio import BEST, OPTIMUM, best
from derivations.garg2025.letters import (
    AT_MOST_ONE,
    GARG,
    V,
    mixed,
    r,
    sigma2,
    unseen,
    w,
)
from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Equation,
    Mean,
    Precision,
    Simulation,
    letters,
    symbol,
)

# -- synthetic labels without noise ----------------------------------------------------------------------------

_QUIET = Equation(V, w**2 + (1 - w) ** 2 * V - V)
QUIET = Claim(
    "long_run_variance_of_noiseless_synthetic_labels",
    "If the previous model's predictions themselves serve as synthetic labels, without fresh noise, the long-run "
    "variance is $w/(2 - w)$.",
    Compare(V, "=", w / (2 - w)),
    Domain((w,), (AT_MOST_ONE,)),
    unseen(GARG, "synthetic labels are drawn with noise").at(
        "a hypothesis: synthetic labels are drawn with noise", "derived"
    ),
    (Derivation(V).eliminate(V, using=_QUIET), Precision()),
    given=(_QUIET,),
    rivals=(w, w**2 / (2 - w), 1 / (2 - w)),
    remark="The recursion with $r = 0$: the variance of an average with weights that decay.",
)
w_1 = symbol("w_1", "a smaller weight of real labels", positive=True)
NO_BEST = Claim(
    "noiseless_synthetic_labels_have_no_best_weight",
    "Without fresh noise on synthetic labels, a smaller weight of real labels is always better: the long-run "
    "variance $w/(2 - w)$ rises with $w$, no positive weight is best, and neither is the golden ratio's.",
    Compare(w_1 / (2 - w_1), "<", w / (2 - w)),
    Domain((w, w_1), (AT_MOST_ONE, Condition(w_1, "<", w, "name the smaller weight $w_1$"))),
    QUIET.source,
    (
        Derivation(w_1 / (2 - w_1)).bound("<", w / (2 - w), by=2 * (w - w_1) / ((2 - w) * (2 - w_1))),
        Precision(),
    ),
    rests_on=(QUIET,),
    rivals=(Compare(w_1 / (2 - w_1), ">", w / (2 - w)), w / 2),
    remark="The price is time: the variance is approached at the rate $(1 - w)^2$ a round.",
)

# -- real labels that are collected once -----------------------------------------------------------------------

U = symbol("U", "long-run variance, given the real labels", real=True)
_REUSED = Equation(U, (1 - w) ** 2 * (r + U) - U)
_reused = 1 + r * (1 - w) ** 2 / (w * (2 - w))
REUSED = Claim(
    "long_run_variance_of_reused_real_labels",
    "If the same real labels are used in every round, the long-run variance is $1 + r (1 - w)^2/(w (2 - w))$.",
    Compare(1 + U, "=", _reused),
    Domain((w, r), (AT_MOST_ONE,)),
    unseen(GARG, "real data is fixed and fresh labels are not obtained"),
    (Derivation(1 + U).eliminate(U, using=_REUSED), Precision()),
    given=(_REUSED,),
    rivals=(mixed(w) / (w * (2 - w)), r * (1 - w) ** 2 / (w * (2 - w)), 1 + r * (1 - w) ** 2),
    remark="Given the real labels, the mean of the chain is what they alone would teach, whose variance is the 1.",
)
REUSED_BEST = Claim(
    "reused_real_labels_are_best_alone",
    "If the same real labels are used in every round, no weight has a smaller long-run variance than $w = 1$: "
    "synthetic labels only add noise.",
    Compare(_reused, ">=", 1),
    Domain((w, r), (AT_MOST_ONE,)),
    REUSED.source,
    (Derivation(_reused).bound(">=", 1, by=-r * (1 - w) ** 2 / (w * (2 - w))), Precision()),
    rests_on=(REUSED,),
    rivals=(1 + r * (1 - w), Compare(_reused, "<", 1)),
    remark="Equality holds at $w = 1$ only. A positive weight still prevents collapse.",
)
n = letters.n


def _chain(rng: np.random.Generator, point: Mapping[str, Any], draws: int) -> np.ndarray:
    """Squared errors of means after two mixed rounds with the same real points in each; n synthetic points a round."""
    rows, weight = int(point["n"]), point["w"]
    scale = np.sqrt(point["sigma2"])
    real = scale * rng.standard_normal((draws, rows)).mean(axis=1)
    found = real
    for _ in range(2):
        made = found[:, None] + np.sqrt(point["r"]) * scale * rng.standard_normal((draws, rows))
        found = weight * real + (1 - weight) * made.mean(axis=1)
    return np.asarray(found**2)


_two = sigma2 / n * (1 + r * (1 - w) ** 2 * (1 + (1 - w) ** 2))
REUSED_ROUNDS = Claim(
    "variance_after_two_rounds_with_reused_real_points",
    r"A mean of $n$ points that is trained for two rounds on the same $n$ real points and $n$ synthetic ones has "
    r"the variance $(\sigma^2/n)(1 + r (1 - w)^2 (1 + (1 - w)^2))$.",
    Compare(
        Mean(
            symbol("R_reused", "mean squared error after two rounds on the same real points", "R", real=True),
            "mean squared error of a mean after two rounds on the same real points",
        ),
        "=",
        _two,
    ),
    Domain((w, r, n, sigma2), (AT_MOST_ONE,)),
    REUSED.source,
    (Simulation(_chain, at=({w: sp.Rational(1, 3), r: 1, n: 4, sigma2: 2}, {}, {}), batch=8192),),
    rivals=(
        sigma2 / n * (1 + r * (1 - w) ** 2),
        sigma2 / n * _reused,
        sigma2 / n * (mixed(w) + (1 - w) ** 2 * mixed(w)),
    ),
    remark=r"Round by round the sum $1 + (1 - w)^2 + \dots$ grows to $1/(w (2 - w))$: "
    r"long_run_variance_of_reused_real_labels.",
)

# -- weights that change ---------------------------------------------------------------------------------------

v = symbol("v", "variance of the previous model", nonnegative=True)
_greedy = (r + v) / (1 + r + v)
GREEDY = Claim(
    "greedy_weight_is_inverse_variance_weighting",
    "After a model of variance $v$ no weight brings the next variance $w^2 + (1 - w)^2 (r + v)$ below $(r + v)/(1 "
    "+ r + v)$, which $w = (r + v)/(1 + r + v)$ attains.",
    Compare(w**2 + (1 - w) ** 2 * (r + v), ">=", _greedy),
    Domain((w, r, v), (AT_MOST_ONE,)),
    unseen(GARG, "adaptive mixing weights"),
    (
        Derivation(w**2 + (1 - w) ** 2 * (r + v)).bound(
            ">=", _greedy, by=-(((1 + r + v) * w - r - v) ** 2) / (1 + r + v)
        ),
        Precision(),
    ),
    rivals=(r + v, 2 * _greedy),
)
CONTRACTS = Claim(
    "greedy_weights_end_at_the_fixed_optimum",
    r"Weights that are best for the next round shrink the distance of the variance $v$ to $w^\star$, the best "
    r"long-run variance of a fixed weight, by the factor $1/((1 + r + v)(1 + r + w^\star))$ in every round: "
    r"choosing weights again in every round gains nothing in the end.",
    Compare(_greedy - best, "=", (v - best) / ((1 + r + v) * (1 + r + best))),
    Domain((r, v, best)),
    GREEDY.source,
    (Derivation(_greedy - best).rewrite((v - best) / ((1 + r + v) * (1 + r + best))), Precision()),
    given=(BEST,),
    rests_on=(GREEDY, OPTIMUM),
    rivals=((v - best) / (1 + r + v), (v - best) / ((1 + r + v) * (1 + best))),
    remark="With $r = 1$ greedy weights tend to the golden ratio's reciprocal.",
)

CLAIMS = (QUIET, NO_BEST, REUSED, REUSED_BEST, REUSED_ROUNDS, GREEDY, CONTRACTS)
