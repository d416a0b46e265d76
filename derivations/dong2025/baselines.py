"""The strong baseline, the strong ceiling, and their printed bounds."""

from __future__ import annotations

import sympy as sp

from derivations.dong2025.setting import (
    BASELINE,
    CEILING,
    LABELLED,
    NOISY,
    PAPER,
    TEACHER,
    TEST,
    ER_c,
    ER_s,
    N,
    Xs,
    ceiling_risk,
    d_s,
    d_w,
    f_0,
    f_n,
    literal_strong,
    n,
    only,
    points,
    rho_s,
    rho_w,
    setting,
    sigma2,
    strong_risk,
    weak_risk,
    with_,
    xs,
    z_n,
)
from derivations.dong2025.teacher import WEAK
from w2s_sym import Claim, Compare, Derivation, Domain, Mat, Precision, Quantity, Simulation, pinv, tr

Xs_all, _, f_all, z_all, ALL_LABELLED = points(n + N, "c")


def _strong(x: Mat, y: Mat, z: Mat) -> Mat:
    return xs @ pinv(x) @ (y + z) - f_0


_strong_error = _strong(Xs, f_n, z_n)
_ceiling_error = _strong(Xs_all, f_all, z_all)
strong_excess_risk = Quantity(
    ER_s,
    "mean squared distance to $f$ at a fresh point of the strong model trained on the $n$ true labels",
    tr(_strong_error.T @ _strong_error),
    setting(only(LABELLED, Xs, f_n, z_n), only(TEST, xs, f_0)),
    literal_strong,
)
ceiling_excess_risk = Quantity(
    ER_c,
    "mean squared distance to $f$ at a fresh point of the strong model trained on $n + N$ true labels",
    tr(_ceiling_error.T @ _ceiling_error),
    setting(only(ALL_LABELLED, Xs_all, f_all, z_all), only(TEST, xs, f_0)),
    lambda a, s: literal_strong({k[:-1] + "n" if k.endswith("c") else k: v for k, v in a.items()}, s),
)
STRONG = Claim(
    "strong_baseline_excess_risk",
    r"The strong baseline's excess risk is $(\sigma^2 + \rho_s) d_s/(n - d_s - 1) + \rho_s$, exactly.",
    Compare(strong_excess_risk, "=", strong_risk),
    BASELINE,
    PAPER.at("strong baseline; exact form"),
    (
        Derivation(strong_excess_risk)
        .expect(xs, f_0)
        .expect(z_n)
        .condition(f_n, on=Xs)
        .expect_residual(f_n, Xs)
        .expect_gram_inverse(Xs)
        .in_names(),
        Precision(),
        Simulation(average=("Psi_s0", "f0", "zn")),
    ),
    rivals=(sigma2 * d_s / (n - d_s - 1) + rho_s, sigma2 * d_s / n + rho_s, (sigma2 + rho_s) * d_s / (n - d_s) + rho_s),
)
CEILING_RISK = Claim(
    "strong_ceiling_excess_risk",
    r"The strong ceiling's excess risk is $(\sigma^2 + \rho_s) d_s/(n + N - d_s - 1) + \rho_s$, exactly.",
    Compare(ceiling_excess_risk, "=", ceiling_risk),
    CEILING,
    PAPER.at("strong ceiling; exact form"),
    (
        Derivation(ceiling_excess_risk)
        .expect(xs, f_0)
        .expect(z_all)
        .condition(f_all, on=Xs_all)
        .expect_residual(f_all, Xs_all)
        .expect_gram_inverse(Xs_all)
        .in_names(),
        Precision(),
        Simulation(average=("Psi_s0", "f0", "zc")),
    ),
    rivals=(strong_risk, sigma2 * d_s / (n + N) + rho_s, (sigma2 + rho_s) * d_s / (n + N - d_s) + rho_s),
)


def _no_upper_bound(name: str, who: str, printed: sp.Expr, exact: sp.Expr, domain: Domain, lemma: Claim) -> Claim:
    """A printed baseline bound lies strictly below the exact risk."""
    return Claim(
        name,
        f"The printed bound on the excess risk of the {who} lies strictly below the exact value, for every $n$: "
        f"it is no upper bound.",
        Compare(printed, "<", exact),
        with_(domain, NOISY),
        PAPER.at("baselines; as printed", "source"),
        (Derivation(printed).bound("<", exact), Precision()),
        rests_on=(lemma,),
        rivals=(printed - sigma2 / 10**6,),
    )


PRINTED_WEAK = _no_upper_bound(
    "printed_weak_bound_is_no_upper_bound", "weak teacher", sigma2 * d_w / n + rho_w, weak_risk, TEACHER, WEAK
)
PRINTED_STRONG = _no_upper_bound(
    "printed_strong_bound_is_no_upper_bound", "strong baseline", sigma2 * d_s / n + rho_s, strong_risk, BASELINE, STRONG
)
PRINTED_CEILING = _no_upper_bound(
    "printed_ceiling_bound_is_no_upper_bound",
    "strong ceiling",
    sigma2 * d_s / (n + N) + rho_s,
    ceiling_risk,
    CEILING,
    CEILING_RISK,
)
