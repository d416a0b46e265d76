"""What the golden ratio needs: noisy synthetic labels, fresh real labels, weights that stay the same or are greedy.

Each claim drops one hypothesis of the recursion v' = w^2 + (1 - w)^2 (r + v) and says what becomes of the best weight.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from derivations.classics.one_direction import (
    LENGTH,
    ONE,
    THREE_ROWS,
    b,
    coefficients,
    columns,
    instance,
    n,
    s,
    x,
)
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
    Precision,
    Quantity,
    Sample,
    Setting,
    Simulation,
    gaussian,
    symbol,
    tr,
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

# The same real labels in the first fit and in both rounds; synthetic ones are drawn anew.
_real, _made = gaussian("z_r", n, 1), [gaussian(f"z_{k}", n, 1) for k in (1, 2)]


def _fit(labels: Any) -> Any:
    """Least squares along x."""
    return (1 / s) * (x.T @ labels)


_truthful = b * x + _real
_first = _fit(_truthful)
_second = _fit(w * _truthful + (1 - w) * (x @ _first + _made[0]))
_third = _fit(w * _truthful + (1 - w) * (x @ _second + _made[1]))
_error = _third - b * ONE


def two_rounds(arrays: Mapping[str, np.ndarray], at: Mapping[str, float]) -> float:
    """Squared error along x of three columns after a fit of real labels and two mixed rounds, by lstsq."""
    design, beta = columns(arrays["x"]), coefficients(at["b"])
    real = design @ beta + arrays["z_r"]
    found = np.linalg.lstsq(design, real, rcond=None)[0]
    for k in (1, 2):
        labels = at["w"] * real + (1 - at["w"]) * (design @ found + arrays[f"z_{k}"])
        found = np.linalg.lstsq(design, labels, rcond=None)[0]
    return float((found - beta)[0, 0] ** 2)


def _instance(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    made = instance(point, rng, ("s", "b", "sigma2", "r"))
    return {**made, "w": point.get("w", sp.Rational(int(rng.integers(1, 8)), 8))}


_after_two = Quantity(
    symbol("R_reused", "mean squared error after two rounds with the same real labels", "R", real=True),
    r"mean squared error of least squares on an eigenvector of $X^\top X$ after two rounds with the same real labels",
    tr(_error.T @ _error),
    Setting(
        (
            Sample.of(n, (_real,), {(_real, _real): sigma2 * ONE}),
            *(Sample.of(n, (z,), {(z, z): r * sigma2 * ONE}) for z in _made),
        ),
        LENGTH,
        _instance,
        rounded=True,
    ),
    two_rounds,
)
_two = sigma2 / s * (1 + r * (1 - w) ** 2 * (1 + (1 - w) ** 2))
REUSED_ROUNDS = Claim(
    "variance_after_two_rounds_with_reused_real_points",
    r"On a fixed design, least squares on an eigenvector of $X^\top X$ with eigenvalue $s$, trained for two rounds on "
    r"the same real labels and fresh synthetic ones, has the variance $(\sigma^2/s)(1 + r (1 - w)^2 (1 + (1 - "
    r"w)^2))$; $s = n$ for the mean of $n$ points.",
    Compare(_after_two, "=", _two),
    Domain((n, s, b, w, r, sigma2), (AT_MOST_ONE, THREE_ROWS)),
    REUSED.source,
    (
        Derivation(_after_two).expect(_made[1]).expect(_made[0]).expect(_real).in_names(),
        Simulation(at=({w: sp.Rational(1, 3), r: 1, n: 4, s: 4, b: 1, sigma2: 2}, {}, {})),
    ),
    rivals=(
        sigma2 / s * (1 + r * (1 - w) ** 2),
        sigma2 / s * _reused,
        sigma2 / s * (mixed(w) + (1 - w) ** 2 * mixed(w)),
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
