"""Letters of Medvedev et al. 2025 that several of its files share.

Setting. Points x ~ N(0, Sigma) with eigenvalues l_i, and a truth with coefficients b_i on the eigenvectors. A model
with k linear random features sees W x/sqrt(k), where W has independent standard Gaussian entries, and is trained by
ridge regression or least squares. A risk is the mean squared error on a fresh point, without label noise.

In the limit of large sizes features and samples act through one effective ridge kappa; df_1 = sum_i l_i/(l_i + kappa)
and df_2 = sum_i (l_i/(l_i + kappa))^2 count the directions that are learnt.
"""

from __future__ import annotations

import sympy as sp

from w2s_sym import Condition, Equation, Source, any_spectrum, letters, symbol, total

PAPER = Source(
    key="medvedev2025",
    authors="M. Medvedev, K. Lyu, D. Yu, S. Arora, Z. Li, N. Srebro",
    title="Weak-to-Strong Generalization Even in Random Feature Networks, Provably",
    year=2025,
    venue="International Conference on Machine Learning (ICML)",
    arxiv="2503.02877",
    trust="recalled",
)
RESTATED = "As restated here; not checked against the printed text. "
LIMIT = "A limit: all sizes grow in proportion, and the covariance is bounded above and below. "

n, N, sigma2 = letters.n, letters.N, letters.sigma2
k = symbol("k", "number of random features of the teacher", integer=True, positive=True)
K = symbol("K", "number of random features of the student", integer=True, positive=True)
l = symbol("l", "an eigenvalue of the covariance", r"\ell_i", positive=True)  # noqa: E741
b = symbol("b", "coefficient of the truth on that direction", r"\beta_i", real=True)
q = symbol("q", "weight of that direction", "q_i", nonnegative=True)
lam = symbol("lam", "ridge of the teacher", r"\lambda", positive=True)
nu = symbol("nu", "ridge of the student", r"\nu", positive=True)
kappa = symbol("kappa", "effective ridge of the teacher", r"\kappa", positive=True)
kappa_s = symbol("kappa_s", "effective ridge of the student", r"\kappa_s", positive=True)
S = any_spectrum("S", "the spectrum of the covariance with the truth on it", l, b)
SQ = any_spectrum("S_q", "the spectrum of the covariance with the truth and a weight on it", l, b, q)


def df(power: int, over: sp.Symbol, ridge: sp.Symbol = kappa) -> sp.Expr:
    """df_1 or df_2: the sum of shares, or of squared shares."""
    return total((l / (l + ridge)) ** power, over)


def ridge_of(over: sp.Symbol, of: sp.Symbol = lam, at: sp.Symbol = kappa, rows: sp.Symbol = n) -> Equation:
    """lam = kappa (1 - df_1/n)(1 - df_1/k): the ridge that has the effective ridge kappa, with k or K features."""
    features = k if at == kappa else K
    first = df(1, over, at)
    return Equation(of, of * rows * features - at * (rows - first) * (features - first))


omega = symbol(
    "Omega",
    r"$(\mathrm{df}_2 + e (\mathrm{df}_1 - \mathrm{df}_2))/n$, the noise that the teacher "
    r"keeps",
    r"\Omega",
    nonnegative=True,
)
e = symbol("e", r"$(\mathrm{df}_1 - \mathrm{df}_2)/(k - \mathrm{df}_2)$, what too few features add", nonnegative=True)
f = symbol("f", "what too few features spread of the truth on all directions", nonnegative=True)
V = symbol("V", "noise that the teacher sees, its own error on a fresh point included", nonnegative=True)
# The teacher's mean square on a direction.
moment = (l**2 * b**2 + V / n * (l + kappa * e) + kappa * f) / (l + kappa) ** 2


def gap(over: sp.Symbol, ridge: sp.Symbol = kappa) -> sp.Expr:
    """df_1 - df_2 = kappa sum l/(l + kappa)^2."""
    return ridge * total(l / (l + ridge) ** 2, over)


def teachers(over: sp.Symbol) -> tuple[Equation, ...]:
    """The equations of lam, e, Omega, V and f for a teacher with k features and n labels."""
    second, learnt = df(2, over), total(l**2 * b**2 / (l + kappa) ** 2, over)
    unlearnt = kappa**2 * total(l * b**2 / (l + kappa) ** 2, over) + kappa * e * learnt
    return (
        ridge_of(over),
        Equation(e, (k - second) * e - gap(over)),
        Equation(omega, (second + gap(over) * e) / n - omega),
        Equation(V, (1 - omega) * V - sigma2 - unlearnt),
        Equation(f, (k - second) * f - kappa * learnt),
    )


TEACHERS_LETTERS = (n, k, lam, sigma2, kappa, e, omega, V, f)


def enough(over: sp.Symbol) -> tuple[Condition, ...]:
    """There are more labels and more features than directions learnt, and Omega is below 1."""
    return (
        Condition(n, ">", df(1, over), "the ridge that has this effective ridge is positive"),
        Condition(k, ">", df(1, over), "the ridge that has this effective ridge is positive"),
        Condition(k, ">", df(2, over), "squares of shares are less than shares"),
        Condition(omega, "<", 1, "Omega is below 1 for a positive ridge"),
    )
