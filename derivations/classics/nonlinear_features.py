"""Gaussian equivalence: nonlinear random features act as linear ones with an independent Gaussian rest.

For a Gaussian number u of variance s^2 let phi(u) = mu_0 + mu_1 u + mu_star z with z uncorrelated with u, of mean 0 and
variance 1. In the limit features phi(X W'/sqrt(p)) - mu_0 act on mean risks as mu_1 X W'/sqrt(p) + mu_star Theta, where
Theta is standard Gaussian and independent of all else.

The theorem is cited, not proved. Here it is simulated with the true features, on a student of a teacher: activations of
each, features of different samples, covariances that do not commute, a prior of its own, and noise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from w2s_sym import Claim, Compare, Domain, Mean, Simulation, Source, equivalents, symbol

HU_LU = Source(
    key="equivalents",
    authors="H. Hu, Y. M. Lu",
    title="Universality laws for high-dimensional learning with random features",
    year=2023,
    venue="IEEE Transactions on Information Theory 69, 1932-1964",
    arxiv="2009.07669",
    trust="recalled",
)
SIZES = (4, 8, 16)
# Of teacher, student, test and prior; the first three have the mean one, so that arguments of features have variance 1.
LEVELS = np.array(((2.2, 0.8, 0.6, 0.4), (0.4, 1.9, 0.7, 1.0), (0.3, 0.7, 1.8, 1.2), (0.2, 2.0, 0.6, 1.6)))
# Sizes and ridges at which the error of finite sizes is near its order from the smallest size on.
_ANGLES, _RIDGES, _NOISE = 28, (0.2, 0.3), 0.5
_ROWS = {"n": 2.0, "k": 1.5, "N": 1.75, "K": 2.0}
_FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda u: np.maximum(u, 0.0),
    "tanh": np.tanh,
}
# Means of these activations at a standard Gaussian number.
_MEANS = {"relu": 1 / np.sqrt(2 * np.pi)}
_PAIRS = (("relu", "tanh"), ("tanh", "relu"), ("relu", "relu"))


@cache
def _risk(teachers: str, students: str) -> equivalents.Equivalent:
    n, N, k, K, p = equivalents.sizes("n N k K p")
    weak, strong, test = (equivalents.covariance(name, p) for name in ("Sigma_w", "Sigma_s", "Sigma_x"))
    X, Z, beta = equivalents.design("X", n, weak), equivalents.design("Z", N, strong), equivalents.truth("beta", p)
    W, W_s = equivalents.design("W", k, equivalents.identity(p)), equivalents.design("W_s", K, equivalents.identity(p))
    phi, psi = equivalents.nonlinear_features(teachers, W), equivalents.nonlinear_features(students, W_s)
    teacher = equivalents.ridge(phi(X), X @ beta + equivalents.noise("sigma2", n), "lam_w")
    student = equivalents.ridge(psi(Z), phi(Z) @ teacher, "lam_s")
    return equivalents.excess_risk(student, beta, under=test, features=psi)


def _instance(point: Mapping[str, Any], size: int) -> tuple[list[np.ndarray], dict[str, int], tuple[str, str]]:
    """Covariances of teacher, student and test, the second moment of the truth; sizes; activations."""
    rng = np.random.default_rng(_ANGLES)
    bases = [np.linalg.qr(rng.standard_normal((4, 4)))[0] for _ in LEVELS]
    levels = LEVELS * point.get("scaled", {"by": np.ones((4, 4))})["by"]
    levels /= levels.mean(axis=1, keepdims=True)
    made = [np.kron((v * own) @ v.T, np.eye(size // 4)) for v, own in zip(bases, levels, strict=True)]
    counts = {name: round(point.get(f"rows_{name}", share) * size) for name, share in _ROWS.items()}
    return [*made[:3], made[3] / size], counts, _PAIRS[int(point.get("pair", 0))]


def _shape(point: Mapping[str, Any], size: int) -> dict[str, float]:
    """The equivalent, and what it would be with other numbers of the activations."""
    (weak, strong, test, prior), counts, pair = _instance(point, size)
    numbers = {**counts, "lam_w": _RIDGES[0], "lam_s": _RIDGES[1], "sigma2": _NOISE}
    matrices = {"Sigma_w": weak, "Sigma_s": strong, "Sigma_x": test, "beta": prior}
    others: dict[str, dict[str, float]] = {q.name: {}, q_linear.name: {}, q_mean.name: {}, q_slope.name: {}}
    for name in pair:
        here = equivalents.activation(name).hermite()
        slope, rest = f"mu_1_{name}", f"mu_star_{name}"
        others[q_linear.name] |= {slope: here.mu_1, rest: 0.0}
        others[q_mean.name] |= {slope: here.mu_1, rest: float(np.hypot(here.mu_star, here.mu_0))}
        others[q_slope.name] |= {slope: here.mu_1, rest: float(np.hypot(here.mu_star, here.mu_1))}
    risk = _risk(*pair)
    return {name: float(risk.at(**matrices, **numbers, **more)) for name, more in others.items()}  # type: ignore[arg-type]


def _draw(_: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Other eigenvalues, sizes and activations."""
    rows = {f"rows_{name}": rng.uniform(share - 0.2, share + 0.3) for name, share in _ROWS.items()}
    # Each pair has relu, which alone has a mean.
    return {"scaled": {"by": np.exp(rng.uniform(-0.5, 0.5, (4, 4)))}, "pair": int(rng.integers(len(_PAIRS))), **rows}


def features(x: np.ndarray, weights: np.ndarray, name: str) -> np.ndarray:
    """phi(x W'/sqrt(p)), less the mean of phi at a standard Gaussian number."""
    turned = np.swapaxes(weights, 1, 2)
    return np.asarray(_FUNCTIONS[name](x @ turned / np.sqrt(x.shape[2])) - _MEANS.get(name, 0.0))


def student_of_features(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of the student on fresh points, one for each draw of samples and weights; averaged over truth and noise."""
    (weak, strong, test, prior), counts, (of_teacher, of_student) = _instance(point, size)
    roots = [np.linalg.cholesky(m) for m in (weak, strong, test)]
    x, z, fresh = (
        rng.standard_normal((draws, rows, size)) @ root.T
        for rows, root in zip((counts["n"], counts["N"], 4 * size), roots, strict=True)
    )
    w, w_s = (rng.standard_normal((draws, counts[name], size)) for name in ("k", "K"))
    fit = _ridge(features(x, w, of_teacher), _RIDGES[0])
    refit = _ridge(features(z, w_s, of_student), _RIDGES[1])
    response = features(fresh, w_s, of_student) @ refit @ features(z, w, of_teacher) @ fit
    error = response @ x - fresh
    bias = ((error @ prior) * error).sum(axis=(1, 2))
    return np.asarray((bias + _NOISE * (response**2).sum(axis=(1, 2))) / (4 * size))


def _ridge(x: np.ndarray, lam: float) -> np.ndarray:
    """(x'x/n + lam)^{-1} x'/n, draw by draw."""
    n, p = x.shape[1:]
    turned = np.swapaxes(x, 1, 2)
    return np.linalg.solve(turned @ x / n + lam * np.eye(p), turned / n)


q = symbol("q_phi", "the value with features replaced", r"q_\varphi", real=True)
q_linear = symbol("q_linear", "the value without the rest, of linear features", r"q_{\mu_\star=0}", real=True)
q_mean = symbol("q_mean", "the value with the mean left in the rest", r"q_{\mu_\star+\mu_0}", real=True)
q_slope = symbol("q_slope", "the value with the linear part left in the rest", r"q_{\mu_\star+\mu_1}", real=True)

NONLINEAR = Claim(
    "nonlinear_features_act_as_linear_ones_with_a_rest",
    r"In the limit, mean risks are the same when nonlinear random features $\varphi(X W^\top/\sqrt{p}) - \mu_0$ are "
    r"replaced by $\mu_1 X W^\top/\sqrt{p} + \mu_\star \Theta$ with an independent standard Gaussian $\Theta$, where "
    r"$\mu_0 = \mathbb{E} \varphi(u)$, $\mu_1 = \mathbb{E} \varphi(u) u$ and $\mu_\star^2 = \mathbb{E} \varphi(u)^2 - "
    r"\mu_0^2 - \mu_1^2$ at a standard Gaussian $u$: here in the risk of a student with nonlinear features that is "
    r"trained by a teacher with other ones, with three covariances that do not commute.",
    Compare(
        Mean(
            symbol("R_phi", "the mean risk of the student", r"\mathbb{E}R_\varphi", real=True),
            "mean risk of a ridge regression on nonlinear features, trained on the predictions of another one",
        ),
        "=",
        q,
    ),
    Domain((q, q_linear, q_mean, q_slope)),
    HU_LU.at("theorem 1"),
    (Simulation(student_of_features, sizes=SIZES, shape=_shape, realise=_draw, batch=1024),),
    kind="equivalent",
    rivals=(q_linear, q_mean, q_slope, 2 * q),
    remark="Cited, and simulated on this one expression, for the class of which it is an example. What it needs: all "
    "sizes grow in proportion; points are Gaussian, with a bounded covariance; weights are independent standard "
    "Gaussian, so that the arguments of the activation have one variance in the limit, here $1$; the activation "
    "is odd, or centred at that variance; it is fixed, and smooth but for finitely many points; the truth is "
    "linear. Hu and Lu prove it for smooth odd activations, isotropic points, and convex losses; Mei and Montanari "
    "(2022) for ridge regression on the sphere and general activations; Goldt et al. (2022) and Montanari and Saeed "
    "(2022) for further losses and features. No single source is known to state it for this whole class. A mean "
    "that is left, or a quadratic part, is a bounded perturbation of rank one, which does not count in the limit.",
)
