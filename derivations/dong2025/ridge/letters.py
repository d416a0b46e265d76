"""Letters and equations of ridge regression on weak and strong features."""

from __future__ import annotations

import sympy as sp

from derivations.dong2025.setting import PAPER, sigma2
from w2s_sym import Condition, Equation, any_spectrum, letters, symbol, total

WITH_RIDGE = PAPER.at("variance and bias, with ridge and features that are not white", "derived")

n, N = letters.n, letters.N
t = symbol("t", "variance of the strong feature on a direction", "t_i", nonnegative=True)
h = symbol("h", "coefficient of the weak feature on the strong one", "h_i", real=True)
r = symbol("r", "variance of the rest of the weak feature", "r_i", nonnegative=True)
b_w = symbol("b_w", "coefficient of the target on the weak feature", r"\beta^w_i", real=True)
b_s = symbol("b_s", "coefficient of the target on the strong feature", r"\beta^s_i", real=True)
S = any_spectrum("S", "directions: strong and weak features, and the target", t, h, r, b_w, b_s)

lam = symbol("lam", "ridge of the weak teacher", r"\lambda", positive=True)
mu = symbol("mu", "ridge of the strong student", r"\mu", positive=True)
tau2 = symbol(
    "tau2", r"noise of the labels and the weak features' error, $\sigma^2 + \rho_w$", r"\tau^2", nonnegative=True
)
kappa = symbol("kappa", "effective ridge of the teacher", r"\kappa", positive=True)
kappa_s = symbol("kappa_s", "effective ridge of the student", r"\kappa_s", positive=True)
Omega = symbol("Omega", "the sum of the squared shares of the teacher, divided by $n$", r"\Omega", nonnegative=True)
Omega_s = symbol(
    "Omega_s", "the sum of the squared shares of the student, divided by $N$", r"\Omega_s", nonnegative=True
)
V = symbol("V", "noise that the teacher sees, its own error on a fresh point included", nonnegative=True)

w = t * h**2 + r
share_w, share_s = w / (w + kappa), t / (t + kappa_s)
left_s = kappa_s / (t + kappa_s)
spread = Omega_s / (1 - Omega_s)

TEACHERS = (
    Equation(kappa, n * lam / kappa + total(share_w, S) - n, bracket=(lam / 2, sp.oo)),
    Equation(Omega, total(share_w**2, S) / n - Omega),
)
STUDENTS = (
    Equation(kappa_s, N * mu / kappa_s + total(share_s, S) - N, bracket=(mu / 2, sp.oo)),
    Equation(Omega_s, total(share_s**2, S) / N - Omega_s),
)
SEEN = Equation(V, (1 - Omega) * V - tau2 - kappa**2 * total(w * b_w**2 / (w + kappa) ** 2, S))

BELOW_ONE = Condition(Omega, "<", 1, r"$n \Omega$ is less than the sum of shares, $n (1 - \lambda/\kappa)$")
BELOW_ONE_S = Condition(Omega_s, "<", 1, r"$N \Omega_s$ is less than the sum of shares, $N (1 - \mu/\kappa_s)$")
ABOVE_RIDGE = Condition(kappa, ">", lam, "the effective ridge is above the ridge")
ABOVE_RIDGE_S = Condition(kappa_s, ">", mu, "the effective ridge is above the ridge")

# The teacher's mean square on a direction: of its response to noise alone, and of all of it.
noise_moment = sigma2 * w / (n * (1 - Omega) * (w + kappa) ** 2)
full_moment = share_w**2 * b_w**2 + V * w / (n * (w + kappa) ** 2)


def fitted(m: sp.Expr) -> sp.Expr:
    """The mean square that the student keeps of a teacher of mean square m: on the overlap."""
    return total(share_s**2 * t * h**2 * m, S)


def missed(m: sp.Expr) -> sp.Expr:
    """The mean square of such a teacher that the student does not fit: shrinkage on the overlap, and the rest."""
    return total((left_s**2 * t * h**2 + r) * m, S)
