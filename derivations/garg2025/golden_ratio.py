"""The variance recursion without shrinkage: its fixed point, collapse, and the golden ratio."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import sympy as sp

from derivations.garg2025.letters import (
    AT_MOST_ONE,
    BELOW_ONE,
    DOHMATOB,
    GARG,
    GOLDEN,
    HE,
    T,
    V,
    long_run,
    mixed,
    r,
    sigma2,
    unseen,
    w,
)
from w2s_sym import (
    Asymptotic,
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Equation,
    Iff,
    Precision,
    Quantity,
    Sample,
    Setting,
    Simulation,
    gaussian,
    identity,
    letters,
    pinv,
    symbol,
    tr,
)

LAW = unseen(HE, "weighted training on real and synthetic data, long-run variance")
FIXED_POINT = Equation(V, mixed(w) + (1 - w) ** 2 * V - V)
STATIONARY = Claim(
    "long_run_variance_of_mixed_training",
    "With fresh real labels and noisy synthetic labels in every round, the variance settles at $V = (w^2 + r (1 - "
    "w)^2)/(w (2 - w))$, the fixed point of $V = w^2 + (1 - w)^2 (r + V)$.",
    Compare(V, "=", long_run(w)),
    Domain((w, r), (AT_MOST_ONE,)),
    LAW,
    (Derivation(V).eliminate(V, using=FIXED_POINT), Precision()),
    given=(FIXED_POINT,),
    rivals=(mixed(w) / w, mixed(w), mixed(w) / (w**2 * (2 - w))),
    remark="Exact for means of data, and for least squares or interpolation on one design that all rounds share: the "
    "estimate is then linear in labels whose own noises are independent.",
)
v_0 = symbol("v_0", "variance of the first model", nonnegative=True)


def after(rounds: sp.Expr) -> sp.Expr:
    """Variance after so many rounds that start at v_0."""
    return long_run(w) + (1 - w) ** (2 * rounds) * (v_0 - long_run(w))


ROUNDS = Claim(
    "variance_after_any_number_of_rounds",
    "After $T$ rounds the variance is $V + (1 - w)^{2 T} (v_0 - V)$, where $V = (w^2 + r (1 - w)^2)/(w (2 - w))$ "
    "is the long-run one: this solves the recursion $v' = w^2 + (1 - w)^2 (r + v)$, so that every positive weight "
    "of real labels prevents collapse.",
    Compare(mixed(w) + (1 - w) ** 2 * after(T), "=", after(T + 1)),
    Domain((w, r, v_0, T), (BELOW_ONE,)),
    LAW,
    (Derivation(mixed(w) + (1 - w) ** 2 * after(T)), Precision()),
    rivals=(after(T), after(T + 2), long_run(w)),
    remark="At $T = 0$ it is $v_0$. The long-run variance is approached at the rate $(1 - w)^2$ a round, from any "
    "start.",
)
x = symbol("x", "one over the weight of real labels", positive=True)
COLLAPSES = Claim(
    "variance_grows_as_one_over_the_weight_of_real_labels",
    "As the weight $w$ of real labels falls, the long-run variance grows like $r/(2 w)$: $w V$ tends to $r/2$, "
    "with an error of order $w$.",
    Asymptotic(long_run(1 / x) / x, r / 2, x),
    Domain(
        (r, x), (Condition(x, ">", 1, "take a weight below 1"), Condition(r, "!=", 0, "let synthetic labels be noisy"))
    ),
    LAW,
    (Derivation(long_run(1 / x) / x).limit(x), Precision()),
    rests_on=(STATIONARY,),
    rivals=(r, sp.Integer(0)),
)

n, d = letters.n, symbol("d", "number of features", integer=True, positive=True)
_X = [gaussian(f"X_{k}", n, d) for k in (1, 2, 3)]
_z = [gaussian(f"z_{k}", n, 1) for k in (1, 2, 3)]
_ONE = identity(sp.Integer(1))


def three_fits(arrays: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """Squared error of a third model whose labels come from a second, whose labels come from a first."""
    found = np.zeros((arrays["X_1"].shape[1], 1))
    for k in (1, 2, 3):
        labels = arrays[f"X_{k}"] @ found + arrays[f"z_{k}"]
        found = np.linalg.lstsq(arrays[f"X_{k}"], labels, rcond=None)[0]
    return float((found**2).sum())


_first = pinv(_X[0]) @ _z[0]
_second = pinv(_X[1]) @ (_X[1] @ _first + _z[1])
_third = pinv(_X[2]) @ (_X[2] @ _second + _z[2])
_collapsed = Quantity(
    symbol("R_3", "mean squared error of the third model in a chain of synthetic labels", "R_3", real=True),
    "mean squared error of least squares on labels of least squares on labels of least squares, fresh designs and "
    "noises",
    tr(_third.T @ _third),
    Setting(
        tuple(Sample.of(n, (x_k, z_k), {(z_k, z_k): sigma2 * _ONE}) for x_k, z_k in zip(_X, _z, strict=True)),
        realise=lambda point, rng: {"sigma2": rng.uniform(0.5, 2)},
        rounded=True,
    ),
    literal=three_fits,
)
_one_fit = sigma2 * d / (n - d - 1)
CHAIN = Claim(
    "synthetic_labels_alone_add_a_variance_in_every_round",
    r"Without real labels the third least-squares model in a chain on fresh Gaussian designs has three times the "
    r"variance $\sigma^2 d/(n - d - 1)$ of one fit, exactly: each round adds one, and the model collapses.",
    Compare(_collapsed, "=", 3 * _one_fit),
    Domain((d, n, sigma2), (Condition(n, ">", d + 1, "take more samples than features, plus one"),)),
    unseen(DOHMATOB, "test error after $n$ generations"),
    (
        Derivation(_collapsed)
        .expect(_z[0])
        .expect(_z[1])
        .expect(_z[2])
        .expect_gram_inverse(_X[0])
        .expect_gram_inverse(_X[1])
        .expect_gram_inverse(_X[2])
        .in_names(),
        Simulation(at=({d: 2, n: 12},), average=("z_1", "z_2", "z_3")),
    ),
    rivals=(_one_fit, 2 * _one_fit, 3 * sigma2 * d / n, 3 * sigma2 * d / (n - d)),
)
PAYS = Claim(
    "mixing_beats_real_labels_alone_iff_their_weight_is_large",
    "Mixed training has a smaller long-run variance than real labels alone if and only if $w > r/(2 + r)$.",
    Iff(Compare(long_run(w), "<", 1), Compare(w, ">", r / (2 + r))),
    Domain((w, r), (BELOW_ONE,)),
    LAW,
    (Derivation.same_sign(), Precision()),
    rests_on=(STATIONARY,),
    rivals=(Compare(w, ">", r / (1 + r)), Compare(w, ">", r / 2)),
    remark="With $r = 1$ more than a third of the weight has to be real. Synthetic labels help because they carry "
    "the past.",
)

# -- the best weight -------------------------------------------------------------------------------------------

best = symbol("w_star", "best weight of real labels", r"w^\star", positive=True)
BEST = Equation(best, best**2 + r * best - r, (sp.Integer(0), sp.Integer(1)))
_above = best + (1 + r + best) * (w - best) ** 2 / (w * (2 - w))
OPTIMUM = Claim(
    "best_weight_equals_its_own_variance",
    r"The long-run variance is $w^\star + (1 + r + w^\star)(w - w^\star)^2/(w (2 - w))$, where $w^\star$ is the "
    r"positive root of $x^2 + r x = r$: it is the one best weight, and also the least variance.",
    Compare(long_run(w), "=", _above),
    Domain((w, r, best), (AT_MOST_ONE,)),
    unseen(HE, "optimal weight under a given proportion"),
    (Derivation(long_run(w)).rewrite(_above), Precision()),
    given=(BEST,),
    rests_on=(STATIONARY,),
    rivals=(
        best + (1 + best) * (w - best) ** 2 / (w * (2 - w)),
        best**2 + (1 + r + best) * (w - best) ** 2 / (w * (2 - w)),
    ),
)
_even = (w**2 + (1 - w) ** 2) / (w * (2 - w))
_golden_gap = (2 + GOLDEN) * (w - GOLDEN) ** 2 / (w * (2 - w))
RATIO = Claim(
    "golden_ratio_is_the_best_weight_for_equal_noises",
    "If synthetic labels are as noisy as real ones, $r = 1$, the long-run variance exceeds $g = 0.618$, the "
    "reciprocal of the golden ratio, by $(2 + g)(w - g)^2/(w (2 - w))$: the best weight of real labels is $g$.",
    Compare(_even, "=", GOLDEN + _golden_gap),
    Domain((w,), (AT_MOST_ONE,)),
    unseen(GARG, "min-norm interpolation, optimal weight"),
    (Derivation(_even).rewrite(GOLDEN + _golden_gap), Precision()),
    rests_on=(OPTIMUM,),
    rivals=(
        sp.Rational(2, 3) + (w - sp.Rational(2, 3)) ** 2 / (w * (2 - w)),
        GOLDEN + GOLDEN * (w - GOLDEN) ** 2 / (w * (2 - w)),
        1 - GOLDEN + _golden_gap,
    ),
    remark="This is where the golden ratio holds. What it needs is in the section on hypotheses.",
)
_noise_of = w**2 / (1 - w)
HALF = Claim(
    "best_weight_is_at_least_one_half_iff_synthetic_labels_are_noisy",
    "A weight $w$ is best for $r = w^2/(1 - w)$, and it is at least one half if and only if $r$ is at least one half.",
    Iff(Compare(w, ">=", sp.Rational(1, 2)), Compare(_noise_of, ">=", sp.Rational(1, 2))),
    Domain((w,), (BELOW_ONE,)),
    unseen(GARG, "the optimal ratio is at least one half"),
    (Derivation.same_sign(), Precision()),
    rests_on=(OPTIMUM,),
    rivals=(Compare(_noise_of, ">=", 1), Compare(_noise_of, ">=", sp.Rational(1, 4))),
    remark='So "at least one half" is a statement about $r = 1$, where real and synthetic labels are equally '
    "noisy. With four times as many synthetic points as real ones, $r = 1/4$, the best weight is 0.390.",
)
CLAIMS = (STATIONARY, ROUNDS, COLLAPSES, CHAIN, PAYS, OPTIMUM, RATIO, HALF)
