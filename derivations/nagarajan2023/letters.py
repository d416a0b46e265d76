"""Letters of Nagarajan et al. 2023 that several of its files share.

Setting: linear regression with squared loss, lam_k > 0 the eigenvalues of X'X, gradient flow from zero. After time t
the component along eigenvector k has made the progress a_k(t) = 1 - exp(-lam_k t) towards its least-squares value. A
teacher stops at T; its student is trained in the same way for t~ on the teacher's predictions, so that the student's
progress on direction k is a_k(t~) a_k(T). The matched teacher is the flow on the labels themselves at the time t at
which it has made the student's progress on direction 1. On every direction with a smaller eigenvalue the student has
then made less progress: what gradient descent learns late, distillation learns later still.

Everything is stated in r = lam_2/lam_1 and phi(x) = 1 - (1 - x)^r, the progress on direction 2 when that on direction 1
is x: the theorem is phi(p) phi(q) < phi(pq).
"""

from __future__ import annotations

import sympy as sp

from w2s_sym import Condition, letters, symbol

sigma2 = letters.sigma2

r = symbol("r", r"ratio $\lambda_2/\lambda_1$ of two eigenvalues", positive=True)
p = symbol("p", "the teacher's progress on direction 1, between 0 and 1", positive=True)
q = symbol("q", "the student's progress on direction 1 towards its teacher, between 0 and 1", positive=True)
m = symbol("m", "progress on direction 1 at which student and flow are matched, between 0 and 1", positive=True)
w = symbol("w", "what is left to learn on direction 1, between 0 and 1", positive=True)
x = symbol("x", "a smaller progress on direction 1", positive=True)
s = symbol("s", r"$-\log w$, a change of variables", positive=True)
lam = symbol("lam", r"an eigenvalue of $X^\top X$", r"\lambda", positive=True)
lam_1 = symbol("lam_1", r"the larger of two eigenvalues of $X^\top X$", r"\lambda_1", positive=True)
lam_2 = symbol("lam_2", r"the smaller of two eigenvalues of $X^\top X$", r"\lambda_2", positive=True)
T = symbol("T", "time at which the teacher stops", positive=True)
t = symbol("t", "time of the flow on labels that matches the student's progress on direction 1", positive=True)
t_s = symbol("t_s", "time at which the student stops", r"\tilde t", positive=True)
gamma = symbol("gamma", "damping of heavy-ball momentum in continuous time", r"\gamma", positive=True)

BELOW_P = Condition(p, "<", 1, "choose a progress below 1")
BELOW_Q = Condition(q, "<", 1, "choose a progress below 1")
BELOW_W = Condition(w, "<", 1, "choose a remainder below 1")
SMALLER = Condition(r, "<", 1, "take the direction with the smaller eigenvalue")
LARGER = Condition(r, ">", 1, "take the direction with the larger eigenvalue")


def phi(progress: sp.Expr) -> sp.Expr:
    """Progress on direction 2 of the flow that has made ``progress`` on direction 1."""
    return 1 - (1 - progress) ** r


def elasticity(progress: sp.Expr) -> sp.Expr:
    """x phi'(x)/phi(x): by how many percent phi grows when its argument grows by one."""
    return r * progress * (1 - progress) ** (r - 1) / phi(progress)


def progress(eigenvalue: sp.Expr, time: sp.Expr) -> sp.Expr:
    """1 - exp(-lam t), the filter of gradient flow."""
    return 1 - sp.exp(-eigenvalue * time)
