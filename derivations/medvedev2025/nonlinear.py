"""Nonlinear random features, such as ReLU ones: risks of teacher and student, derived by Gaussian equivalence."""

from __future__ import annotations

import sympy as sp

from derivations.medvedev2025 import nonlinear_runs as runs
from derivations.medvedev2025.features import mean_of
from derivations.medvedev2025.letters import PAPER, K, N, S, V, b, df, f, gap, l, n, nu, omega, sigma2
from derivations.medvedev2025.letters import k as features
from derivations.medvedev2025.letters import lam as penalty
from w2s_sym import Claim, Compare, Condition, Domain, Equation, Simulation, equivalents, symbol, total

FINITE = PAPER.at("nonlinear random features; finitely many samples", "derived")
LIMIT = (
    "A limit: all sizes grow in proportion, and the covariance is bounded above and below. It rests on Gaussian "
    "equivalence, which is cited; the simulation draws true ReLU features, with $\\mu_1 = 1/2$ and $\\mu_\\star^2 = "
    "(1/4 - 1/(2 \\pi)) s^2$ at arguments of variance $s^2 = \\sum_i \\ell_i/p$. "
)

mu_1 = symbol("mu_1", "the linear part of the activation", r"\mu_1", positive=True)
mu_star = symbol("mu_star", "the rest of the activation", r"\mu_\star", positive=True)
tau = symbol("tau", "effective ridge of the teacher on the points", r"\tau", positive=True)
rho = symbol(
    "rho", r"the share of the rest in $\mu_\star^2$ and the teacher's effective ridge on features", positive=True
)
g = symbol("g", r"$\rho + (1 - \rho) e$", nonnegative=True)
tau_s = symbol("tau_s", "effective ridge of the student on the points", r"\tau_s", positive=True)
rho_s = symbol("rho_s", "the same share of the student", r"\rho_s", positive=True)
g_s = symbol("g_s", r"$g$ of the student", "g_s", nonnegative=True)
Omega_s = symbol("Omega_s", "share of its labels' noise that the student keeps", r"\Omega_s", nonnegative=True)
v = symbol("v", "mean square of the rest in the teacher's predictions, which is noise of the labels", real=True)

_P = total(1, S)


# -- the estimators ------------------------------------------------------------------------------------------

_n, _N, _k, _K, _p = equivalents.sizes("n N k K p")
_Sigma = equivalents.covariance("Sigma", _p)
_X, _Z = equivalents.design("X", _n, _Sigma), equivalents.design("Z", _N, _Sigma)
_phi, _psi = (
    equivalents.nonlinear_features("relu", equivalents.design(name, count, equivalents.identity(_p)))
    for name, count in (("W", _k), ("W_s", _K))
)
_truth = equivalents.truth("beta", _p)
_teacher = equivalents.ridge(_phi(_X), _X @ _truth + equivalents.noise("sigma2", _n), "lam")
_student = equivalents.ridge(_psi(_Z), _phi(_Z) @ _teacher, "nu")
TEACHERS_RISK = equivalents.excess_risk(_teacher, _truth, under=_Sigma, features=_phi)
STUDENTS_RISK = equivalents.excess_risk(_student, _truth, under=_Sigma, features=_psi)
_MATRICES = {"Sigma": l, "beta": b}
_NUMBERS = {"mu_1_relu": mu_1, "mu_star_relu": mu_star}


def _learnt(at: sp.Symbol, share: sp.Symbol, count: sp.Symbol) -> sp.Expr:
    """Directions that are learnt: df_1 linear ones, and of each other feature the share of its rest."""
    first = df(1, S, at)
    return first + share * (count - first)


def _equations(
    at: sp.Symbol, share: sp.Symbol, mixed: sp.Symbol, ridge: sp.Symbol, count: sp.Symbol, rows: sp.Symbol
) -> tuple[Equation, ...]:
    """The equations of rho, of the ridge that has an effective ridge, and of g; e is a formula in it."""
    first, second = df(1, S, at), df(2, S, at)
    scale = mu_1**2 * at * (count - first)
    return (
        Equation(share, share * scale - mu_star**2 * _P),
        Equation(ridge, ridge * rows * _P - (1 - share) * scale * (rows - _learnt(at, share, count))),
        Equation(mixed, (count - second) * (mixed - share) - (1 - share) * gap(S, at)),
    )


def _kept(at: sp.Symbol, share: sp.Symbol, mixed: sp.Symbol, count: sp.Symbol, rows: sp.Symbol) -> sp.Expr:
    """Omega: df_2 + (rho + (1 - rho) g)(df_1 - df_2) + rho^2 (k - df_1), over n."""
    both = share + (1 - share) * mixed
    return (df(2, S, at) + both * gap(S, at) + share**2 * (count - df(1, S, at))) / rows


def _core(
    names: tuple[str, str, str], at: sp.Symbol, share: sp.Symbol, count: sp.Symbol, rows: sp.Symbol
) -> dict[str, sp.Expr]:
    """The pivots of samples and of features, and the trace, by their printed names."""
    left = 1 - _learnt(at, share, count) / rows
    return {names[0]: left, names[1]: _P / (mu_1**2 * count * at * left), names[2]: at * df(1, S, at)}


_squares = total(l**2 * b**2 / (l + tau) ** 2, S)
_missed = tau**2 * total(l * b**2 / (l + tau) ** 2, S) + tau * g * _squares
_TEACHERS = (
    *_equations(tau, rho, g, penalty, features, n),
    Equation(omega, _kept(tau, rho, g, features, n) - omega),
    Equation(V, (1 - omega) * V - sigma2 - _missed),
)
_LETTERS = (n, features, penalty, sigma2, mu_1, mu_star, tau, rho, g, omega, V)


def _enough(
    at: sp.Symbol, share: sp.Symbol, count: sp.Symbol, rows: sp.Symbol, kept: sp.Symbol
) -> tuple[Condition, ...]:
    return (
        Condition(count, ">", df(1, S, at), "the rest has a positive share"),
        Condition(count, ">", df(2, S, at), "squares of shares are less than shares"),
        Condition(share, "<", 1, "the effective ridge on features is positive"),
        Condition(rows, ">", _learnt(at, share, count), "the ridge that has this effective ridge is positive"),
        Condition(kept, "<", 1, "Omega is below 1 for a positive ridge"),
    )


NONLINEAR_TEACHER = Claim(
    "risk_of_a_teacher_with_nonlinear_features",
    r"In the limit a ridge teacher with $k$ ReLU random features and $n$ labels has the mean risk $V - \sigma^2$, "
    r"where $V (1 - \Omega) = \sigma^2 + \tau^2 \sum_i \ell_i \beta_i^2/(\ell_i + \tau)^2 + \tau g \sum_i \ell_i^2 "
    r"\beta_i^2/(\ell_i + \tau)^2$: as with linear features, but that $e = (\mathrm{df}_1 - \mathrm{df}_2)/(k - "
    r"\mathrm{df}_2)$ becomes $g = \rho + (1 - \rho) e$, with $\rho = \mu_\star^2 p/(\mu_1^2 \tau (k - "
    r"\mathrm{df}_1))$, and $n \Omega = \mathrm{df}_2 + (\rho + (1 - \rho) g)(\mathrm{df}_1 - \mathrm{df}_2) + \rho^2 "
    r"(k - \mathrm{df}_1)$; the effective ridge is that of $\lambda = \mu_\star^2 (1/\rho - 1)(1 - (\mathrm{df}_1 + "
    r"\rho (k - \mathrm{df}_1))/n)$.",
    Compare(mean_of("R_phi", r"\mathbb{E}R_\varphi", "mean risk of the teacher with ReLU features"), "=", V - sigma2),
    Domain((S, *_LETTERS), _enough(tau, rho, features, n, omega)),
    FINITE,
    (
        equivalents.FromEstimator(
            TEACHERS_RISK, _MATRICES, _core(("m1", "m2", "tr(Sigma Q1)"), tau, rho, features, n), _NUMBERS
        ),
        Simulation(runs.teacher_risks, sizes=(8, 16, 32), shape=runs.shape, realise=runs.draw_levels, batch=256),
    ),
    kind="equivalent",
    given=_TEACHERS,
    rivals=(
        V,
        (V - sigma2) * (1 - omega),
        (sigma2 + _missed - tau * rho * _squares) / (1 - omega) - sigma2,
        (sigma2 + _missed) / (1 - df(2, S, tau) / n) - sigma2,
    ),
    remark=LIMIT + r"With $\mu_\star = 0$ it is the risk with linear features.",
)

_share, _left = l / (l + tau_s), tau_s / (l + tau_s)
_moment = (l**2 * b**2 + V / n * (l + tau * g) + tau * f) / (l + tau) ** 2
_own = total(l * _left**2 * _moment, S) + tau_s * g_s * total(l**2 * _moment / (l + tau_s) ** 2, S)
_away = total(l * ((1 - 2 * _left) * _moment - 2 * _share * l * b**2 / (l + tau) + b**2), S)
_first = df(1, S, tau)
_STUDENTS = (
    *_TEACHERS,
    Equation(f, (features - df(2, S, tau)) * f - tau * _squares),
    Equation(
        v,
        rho * ((features - _first) * f + V / n * (rho * (features - _first) + (1 - g) * gap(S, tau))) - v,
    ),
    Equation(rho_s, rho_s * mu_1**2 * tau_s * (K - df(1, S, tau_s)) - mu_star**2 * _P),
    *_equations(tau_s, rho_s, g_s, nu, K, N)[1:],
    Equation(Omega_s, _kept(tau_s, rho_s, g_s, K, N) - Omega_s),
)
NONLINEAR_STUDENT = Claim(
    "risk_of_a_student_with_nonlinear_features",
    r"In the limit a ridge student with $K$ ReLU random features that is trained on $N$ predictions of that teacher "
    r"has the mean risk $\sum_i \ell_i ((2 s_i - 1) M_i - 2 s_i u_i \beta_i^2 + \beta_i^2) + (v + \sum_i \ell_i (1 - "
    r"s_i)^2 M_i + \tau_s g_s \sum_i \ell_i^2 M_i/(\ell_i + \tau_s)^2)/(1 - \Omega_s) - v$, with $u_i = \ell_i/(\ell_i "
    r"+ \tau)$, $s_i = \ell_i/(\ell_i + \tau_s)$, the mean squares $M_i = (\ell_i^2 \beta_i^2 + (V/n)(\ell_i + \tau g) "
    r"+ \tau f)/(\ell_i + \tau)^2$ of the teacher's linear part, where $(k - \mathrm{df}_2) f = \tau \sum_i \ell_i^2 "
    r"\beta_i^2/(\ell_i + \tau)^2$, and $v = \rho ((k - \mathrm{df}_1) f + (V/n)(\rho (k - \mathrm{df}_1) + (1 - "
    r"g)(\mathrm{df}_1 - \mathrm{df}_2)))$ that of its rest: features of another net see the teacher's rest as noise.",
    Compare(
        mean_of("R_psi", r"\mathbb{E}R_\psi", "mean risk of the student with ReLU features"),
        "=",
        _away + (v + _own) / (1 - Omega_s) - v,
    ),
    Domain(
        (S, *_LETTERS, f, v, N, K, nu, tau_s, rho_s, g_s, Omega_s),
        (
            *_enough(tau, rho, features, n, omega),
            *_enough(tau_s, rho_s, K, N, Omega_s),
        ),
    ),
    FINITE,
    (
        equivalents.FromEstimator(
            STUDENTS_RISK,
            _MATRICES,
            {
                **_core(("m1", "m2", "tr(Sigma Q1)"), tau, rho, features, n),
                **_core(("m3", "m4", "tr(Sigma Q2)"), tau_s, rho_s, K, N),
            },
            _NUMBERS,
        ),
        Simulation(
            runs.student_risks, sizes=(8, 16, 32), shape=runs.student_shape, realise=runs.draw_levels, batch=256
        ),
    ),
    kind="equivalent",
    given=_STUDENTS,
    rivals=(
        _away + _own / (1 - Omega_s),
        _away + v + _own / (1 - Omega_s),
        _away + (v + total(l * _left**2 * _moment, S)) / (1 - Omega_s) - v,
        _away + v + _own,
    ),
    remark=LIMIT,
)
