"""Ridge regression on ridge regression, and one generation of ridge against a root."""

from __future__ import annotations

import sympy as sp

from derivations.nagarajan2023.iterated_ridge import phi_ridge
from derivations.nagarajan2023.letters import BELOW_P, BELOW_Q, BELOW_W, SMALLER, lam, lam_1, p, q, r, w
from derivations.nagarajan2023.linear import PAPER
from w2s_sym import Claim, Compare, Derivation, Domain, Precision, symbol

mu = symbol("mu", "the teacher's ridge penalty", r"\mu", nonnegative=True)
nu = symbol("nu", "the student's ridge penalty", r"\tilde\mu", nonnegative=True)
k = symbol("k", "number of generations, each one trained on the last", integer=True, positive=True)
RIDGE = PAPER.at("ridge in place of early stopping", "derived")
GENERATIONS = PAPER.at("repeated distillation", "derived")


def ridge(eigenvalue: sp.Expr, penalty: sp.Expr) -> sp.Expr:
    """lam/(lam + mu), the filter of ridge regression."""
    return eigenvalue / (eigenvalue + penalty)


_SQUARE = Domain((r, p, q), (SMALLER, BELOW_P, BELOW_Q))
RIDGE_MATCHED = Claim(
    "matched_ridge_in_closed_form",
    "Ridge regression with progress $q$ on direction 1 has progress $rq/(1 - (1 - r)q)$ on direction 2, of $r$ times "
    "the eigenvalue.",
    Compare(ridge(r * lam_1, lam_1 * (1 - q) / q), "=", phi_ridge(q)),
    Domain((r, q, lam_1), (BELOW_Q, SMALLER)),
    RIDGE,
    (Derivation(ridge(r * lam_1, lam_1 * (1 - q) / q)).rewrite(phi_ridge(q)), Precision()),
    rivals=(r * q, q / (1 - (1 - r) * q)),
    remark=r"The penalty $\lambda_1 (1 - q)/q$ is the one that makes progress $q$ on direction 1.",
)
RIDGE_LAGS = Claim(
    "ridge_on_ridge_lags_on_the_smaller_eigenvalue",
    "A ridge student of a ridge teacher has made less progress on the smaller eigenvalue than ridge regression on "
    "labels with the same progress on the larger.",
    Compare(phi_ridge(p) * phi_ridge(q), "<", phi_ridge(p * q)),
    _SQUARE,
    RIDGE,
    (
        Derivation(phi_ridge(p) * phi_ridge(q)).bound(
            "<",
            phi_ridge(p * q),
            by=r
            * p
            * q
            * ((1 - p) * (1 - q) * (1 - r))
            / ((1 - (1 - r) * p) * (1 - (1 - r) * q) * (1 - (1 - r) * (p * q))),
        ),
        Precision(),
    ),
    rests_on=(RIDGE_MATCHED,),
    rivals=(
        Compare(phi_ridge(p) * phi_ridge(q), ">", phi_ridge(p * q)),
        phi_ridge(p * q) ** 2,
        r * phi_ridge(p * q),
    ),
)
PENALTY = Claim(
    "penalties_of_teacher_and_student_compound",
    r"A ridge student with penalty $\tilde\mu$ of a ridge teacher with penalty $\mu$ is, on a direction with "
    r"eigenvalue $\lambda$, ridge regression with penalty $\mu + \tilde\mu + \mu \tilde\mu/\lambda$.",
    Compare(ridge(lam, mu) * ridge(lam, nu), "=", ridge(lam, mu + nu + mu * nu / lam)),
    Domain((lam, mu, nu)),
    RIDGE,
    (Derivation(ridge(lam, mu) * ridge(lam, nu)).rewrite(ridge(lam, mu + nu + mu * nu / lam)), Precision()),
    rivals=(ridge(lam, mu + nu), ridge(lam, mu + nu + mu * nu)),
)

LOG = Claim(
    "logarithm_lies_below_its_tangent",
    r"For $w \in (0, 1)$, $\log w < w - 1$.",
    Compare(sp.log(w), "<", w - 1),
    Domain((w,), (BELOW_W,)),
    GENERATIONS,
    (Derivation(sp.log(w)).slope("<", w - 1, w, 1, -(1 - w) / w), Precision()),
    rivals=(2 * w - 2, (w - 1) / w),
)
LOG_SECOND_ORDER = Claim(
    "logarithm_and_its_square",
    r"For $w \in (0, 1)$, $w - 1 - \log w$ is below $(\log w)^2/2$.",
    Compare(w - 1 - sp.log(w), "<", sp.log(w) ** 2 / 2),
    Domain((w,), (BELOW_W,)),
    GENERATIONS,
    (Derivation(w - 1 - sp.log(w)).slope("<", sp.log(w) ** 2 / 2, w, 1, -1 / w, using=LOG), Precision()),
    rivals=(sp.log(w) ** 2 / 3, -sp.log(w) / 2),
)
ONE_RIDGE = Claim(
    "one_ridge_generation_keeps_more_than_a_root",
    "One generation of ridge with progress $w$ on direction 1 makes more progress than $w^{1/r}$ on direction 2, of "
    "$r < 1$ times the eigenvalue.",
    Compare(sp.log(w) / r, "<", sp.log(phi_ridge(w))),
    Domain((r, w), (SMALLER, BELOW_W)),
    GENERATIONS,
    (
        Derivation(sp.log(w) / r).slope(
            "<", sp.log(phi_ridge(w)), w, 1, -(1 - r) * (1 - w) / (r * w * (1 - (1 - r) * w))
        ),
        Precision(),
    ),
    rivals=(2 * sp.log(phi_ridge(w)), sp.log(w) / r**2),
)
ONE_RIDGE_ABOVE = Claim(
    "one_ridge_generation_keeps_little_more_than_a_root",
    r"Where one generation of ridge makes progress $w$ on direction 1, the logarithm of its progress on direction 2, "
    r"of $r < 1$ times the eigenvalue, exceeds that of $w^{1/r}$ by less than $(w - 1 - \log w)(1 - r)/r^2$.",
    Compare(sp.log(phi_ridge(w)), "<", sp.log(w) / r + (1 - r) / r**2 * (w - 1 - sp.log(w))),
    Domain((r, w), (SMALLER, BELOW_W)),
    GENERATIONS,
    (
        Derivation(sp.log(phi_ridge(w))).slope(
            "<",
            sp.log(w) / r + (1 - r) / r**2 * (w - 1 - sp.log(w)),
            w,
            1,
            -((1 - r) ** 2) * (1 - w) ** 2 / (r**2 * w * (1 - (1 - r) * w)),
        ),
        Precision(),
    ),
    rivals=(sp.log(w) / r, sp.log(w) / r + (1 - r) / r * (w - 1 - sp.log(w))),
)
