"""The weak teacher: its excess risk and its variance."""

from __future__ import annotations

from derivations.dong2025.setting import (
    LABELLED,
    PAPER,
    TEACHER,
    TEACHER_FITS,
    TEST,
    ER_w,
    Xw,
    d_w,
    f_0,
    f_n,
    k,
    literal_teacher_noise,
    literal_weak,
    n,
    only,
    rho_w,
    setting,
    sigma2,
    weak_risk,
    xw,
    z_n,
)
from w2s_sym import Claim, Compare, Derivation, Domain, Precision, Quantity, Simulation, pinv, symbol, tr

teacher_fit = pinv(Xw) @ (f_n + z_n)
_weak_error = xw @ teacher_fit - f_0
weak_excess_risk = Quantity(
    ER_w,
    "mean squared distance to $f$ of the weak teacher at a fresh point",
    tr(_weak_error.T @ _weak_error),
    setting(only(LABELLED, Xw, f_n, z_n), only(TEST, xw, f_0)),
    literal_weak,
)
WEAK = Claim(
    "weak_teacher_excess_risk",
    r"The weak teacher's excess risk is $(\sigma^2 + \rho_w) d_w/(n - d_w - 1) + \rho_w$, exactly: it fits its "
    r"own approximation error as if it were noise.",
    Compare(weak_excess_risk, "=", weak_risk),
    TEACHER,
    PAPER.at("weak teacher; exact form"),
    (
        Derivation(weak_excess_risk)
        .expect(xw, f_0, why="the fresh point is independent of the training data")
        .expect(z_n)
        .condition(f_n, on=Xw)
        .expect_residual(f_n, Xw)
        .expect_gram_inverse(Xw)
        .in_names(),
        Precision(),
        Simulation(average=("Psi_w0", "f0", "zn")),
    ),
    rivals=(sigma2 * d_w / k + rho_w, (sigma2 + rho_w) * d_w / (n - d_w) + rho_w, sigma2 * d_w / n + rho_w),
)

teacher_response = pinv(Xw) @ z_n
V_w = symbol("V_w", "variance of the weak teacher", r"\mathrm{Var}_w", nonnegative=True)
weak_variance = Quantity(
    V_w,
    "mean squared length of the teacher's response to label noise",
    tr(teacher_response.T @ teacher_response),
    setting(only(LABELLED, Xw, z_n)),
    literal_teacher_noise,
)
WEAK_VARIANCE = Claim(
    "weak_teacher_variance",
    r"The variance of the weak teacher is $\sigma^2 d_w/(n - d_w - 1)$, exactly.",
    Compare(weak_variance, "=", sigma2 * d_w / k),
    Domain((d_w, n, sigma2), (TEACHER_FITS,)),
    PAPER.at("weak teacher; exact form"),
    (
        Derivation(weak_variance).expect(z_n).expect_gram_inverse(Xw).in_names(),
        Precision(),
        Simulation(average=("zn",)),
    ),
    rivals=(sigma2 * d_w / n, sigma2 * d_w / (n - d_w)),
)
