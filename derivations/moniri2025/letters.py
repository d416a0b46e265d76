"""Letters of Moniri and Hassani 2025 that several of its files share.

Setting. The *teacher* is ridge regression with ridge lam on n noisy labels of a truth with coefficients b: (X'X/n + lam
I)^{-1} X'y/n. The *student* is ridge regression with ridge nu on N fresh points that carry the teacher's predictions,
without noise. A risk is the mean squared error on a fresh point, without label noise.

Two readings. For a given design of the teacher, x is an eigenvalue of G = X'X/n, and means are over the noise and over
truths whose coefficients have the mean square v in every direction: everything is exact. In the limit of large sizes
the letters are eigenvalues of covariances, and kappa, kappa_s are the effective ridges of teacher and student.
"""

from __future__ import annotations

import sympy as sp

from w2s_sym import Condition, Equation, Source, any_spectrum, letters, symbol, total

PAPER = Source(
    key="moniri2025",
    authors="B. Moniri, H. Hassani",
    title="On the Mechanisms of Weak-to-Strong Generalization: A Theoretical Perspective",
    year=2025,
    arxiv="2505.18346",
    trust="recalled",
)
RESTATED = "As restated here; not checked against the printed text. "

n, N, sigma2 = letters.n, letters.N, letters.sigma2
lam = symbol("lam", "ridge of the teacher", r"\lambda", positive=True)
nu = symbol("nu", "ridge of the student", r"\nu", positive=True)
v = symbol("v", "mean square of a coefficient of the truth", positive=True)

# -- exact, for a given design of the teacher ----------------------------------------------------------------

x = symbol("x", r"an eigenvalue of the teacher's $G = X^\top X/n$", r"x_i", positive=True)
G = any_spectrum("G", r"the spectrum of the teacher's $G = X^\top X/n$", x)
w = symbol("w", r"an eigenvalue of the student's $Z^\top Z/N$", r"w_i", positive=True)
W = any_spectrum("W", r"the spectrum of the student's $Z^\top Z/N$", w)
T1 = symbol("T_1", "mean product of the teacher with the truth", "T_1", positive=True)
T2 = symbol("T_2", "mean square of the teacher", "T_2", positive=True)
r2 = symbol("r2", "mean square of the truth", "r^2", positive=True)

# -- in the limit --------------------------------------------------------------------------------------------

l = symbol("l", "an eigenvalue of the teacher's covariance", r"\ell_i", positive=True)  # noqa: E741
l_s = symbol("l_s", "the eigenvalue of the student's covariance on that direction", r"\ell^s_i", positive=True)
l_x = symbol("l_x", "the eigenvalue of the test covariance on that direction", r"\ell^x_i", positive=True)
b = symbol("b", "coefficient of the truth on that direction", r"\beta_i", real=True)
kappa = symbol("kappa", "effective ridge of the teacher", r"\kappa", positive=True)
kappa_s = symbol("kappa_s", "effective ridge of the student", r"\kappa_s", positive=True)
Omega = symbol("Omega", "the sum of the squared shares of the teacher, divided by $n$", r"\Omega", positive=True)
Omega_s = symbol("Omega_s", "the sum of the squared shares of the student, divided by $N$", r"\Omega_s", positive=True)
S = any_spectrum("S", "joint eigenvalues: covariances of teacher, student and test, and the truth", l, l_s, l_x, b)
ONE = any_spectrum("S_1", "the spectrum of one covariance for teacher, student and test, with the truth", l, b)


def effective(over: sp.Symbol) -> tuple[Equation, Equation]:
    """The equations of kappa and Omega on a spectrum."""
    return (
        Equation(kappa, n * lam / kappa + total(l / (l + kappa), over) - n),
        Equation(Omega, total((l / (l + kappa)) ** 2, over) / n - Omega),
    )


def effective_of_student(over: sp.Symbol, eigenvalue: sp.Symbol = l_s) -> tuple[Equation, Equation]:
    """The equations of kappa_s and Omega_s on a spectrum."""
    return (
        Equation(kappa_s, N * nu / kappa_s + total(eigenvalue / (eigenvalue + kappa_s), over) - N),
        Equation(Omega_s, total((eigenvalue / (eigenvalue + kappa_s)) ** 2, over) / N - Omega_s),
    )


BELOW_ONE = Condition(Omega, "<", 1, r"$n \Omega$ is less than the sum of shares, $n (1 - \lambda/\kappa)$")
BELOW_ONE_S = Condition(Omega_s, "<", 1, r"$N \Omega_s$ is less than the sum of shares, $N (1 - \nu/\kappa_s)$")
ABOVE_RIDGE = Condition(kappa, ">", lam, "the effective ridge is above the ridge")
ABOVE_RIDGE_S = Condition(kappa_s, ">", nu, "the effective ridge is above the ridge")

u = l / (l + kappa)
u_s = l_s / (l_s + kappa_s)


V = symbol("V", "noise that the teacher sees, its own error on a fresh point included", nonnegative=True)


def seen_noise(over: sp.Symbol) -> Equation:
    """The equation of V: V (1 - Omega) = sigma2 + kappa^2 sum l b^2/(l + kappa)^2."""
    return Equation(V, (1 - Omega) * V - sigma2 - kappa**2 * total(l * b**2 / (l + kappa) ** 2, over))


# The teacher's mean square on a direction.
moment = u**2 * b**2 + V * l / (n * (l + kappa) ** 2)
