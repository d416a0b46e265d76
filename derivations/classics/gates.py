"""The gate rule: the theorem by which means of expressions in Gaussian designs are found as sizes grow together.

An expression in designs, fixed matrices and inverses of visibly positive definite matrices is a linear system with one
block for each use of a design. In the limit each design X_u acts on its argument l_u as sum_v s_uv C_uv l_v over the
conjugate uses v of its sample, where s_uv = tr C'_uv F_u G E_v is how the argument of u answers to an injection at v.
So the answer G solves the operator-valued Dyson equation. It is Stein's identity, used once in L L^{-1} = I, and the
concentration of traces.

The theorem is cited, not proved. Here it is simulated on a circuit that has most of what can go wrong: two samples, one
trained on the other's predictions, three covariances that do not commute, a prior of its own, and noise.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from w2s_sym import Claim, Compare, Domain, Mean, Simulation, Source, equivalents, symbol

SOURCE = Source(
    key="equivalents",
    authors="J. W. Helton, R. Rashidi Far, R. Speicher",
    title="Operator-valued semicircular elements: solving a quadratic matrix equation with positivity constraints",
    year=2007,
    venue="International Mathematics Research Notices 2007, rnm086",
    trust="recalled",
)
SIZES = (4, 8, 16)
LEVELS = np.array(((4, 0.5, 0.1, 0.1), (3, 0.3, 1.5, 0.05), (6, 0.05, 0.4, 0.2), (0.1, 3, 0.3, 1)))
# Angles and ridges at which a finite size shows, and swapped covariances do: the law is then fitted with few draws.
_ANGLES = 28
_RIDGES, _NOISE = (0.1, 0.1), 0.05


@cache
def _risk() -> equivalents.Equivalent:
    n, N, p = equivalents.sizes("n N p")
    weak, strong, test = (equivalents.covariance(name, p) for name in ("Sigma_w", "Sigma_s", "Sigma_x"))
    X, Z, beta = equivalents.design("X", n, weak), equivalents.design("Z", N, strong), equivalents.truth("beta", p)
    teacher = equivalents.ridge(X, X @ beta + equivalents.noise("sigma2", n), "lam_w")
    return equivalents.excess_risk(equivalents.ridge(Z, Z @ teacher, "lam_s"), beta, under=test)


def _matrices(point: Mapping[str, Any], size: int) -> list[np.ndarray]:
    """Covariances of teacher, student and test, and the second moment of the truth: 4 x 4, then repeated."""
    rng = np.random.default_rng(_ANGLES)
    bases = [np.linalg.qr(rng.standard_normal((4, 4)))[0] for _ in LEVELS]
    factors = point.get("scaled", {"by": np.ones((4, 4))})["by"]
    made = [(v * levels) @ v.T for v, levels in zip(bases, LEVELS * factors, strict=True)]
    grown = [np.kron(m, np.eye(size // 4)) for m in made]
    return [*grown[:3], grown[3] / size]


def _counts(point: Mapping[str, Any], size: int) -> tuple[int, int]:
    return round(point.get("rows", 1.5) * size), round(point.get("fresh", 1.5) * size)


def _shape(point: Mapping[str, Any], size: int) -> dict[str, float]:
    """The equivalent, and what it would be with two covariances swapped."""
    weak, strong, test, prior = _matrices(point, size)
    n, N = _counts(point, size)
    numbers = {"n": n, "N": N, "lam_w": _RIDGES[0], "lam_s": _RIDGES[1], "sigma2": _NOISE}
    found = {
        value.name: float(_risk().at(Sigma_w=a, Sigma_s=b, Sigma_x=c, beta=prior, **numbers))  # type: ignore[arg-type]
        for value, (a, b, c) in {
            q: (weak, strong, test),
            q_trains: (strong, weak, test),
            q_test: (weak, test, strong),
        }.items()
    }
    return found


def _draw(_: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Other eigenvalues, and other numbers of rows."""
    factors = np.exp(rng.uniform(-0.7, 0.7, (4, 4)))
    return {"scaled": {"by": factors}, "rows": rng.uniform(1.25, 2), "fresh": rng.uniform(1.25, 2.5)}


def weak_to_strong(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of the student, one for each draw of both samples; averaged over the truth and the noise."""
    weak, strong, test, prior = _matrices(point, size)
    n, N = _counts(point, size)
    roots = [np.linalg.cholesky(m) for m in (weak, strong)]
    x = rng.standard_normal((draws, n, size)) @ roots[0].T
    z = rng.standard_normal((draws, N, size)) @ roots[1].T
    fit, refit = (_ridge(a, lam) for a, lam in zip((x, z), _RIDGES, strict=True))
    student = refit @ z @ fit
    error = student @ x - np.eye(size)
    bias = ((test @ error @ prior) * error).sum(axis=(1, 2))
    return np.asarray(bias + _NOISE * ((test @ student) * student).sum(axis=(1, 2)))


def _ridge(x: np.ndarray, lam: float) -> np.ndarray:
    """(x'x/n + lam)^{-1} x'/n, draw by draw."""
    n, p = x.shape[1:]
    turned = np.swapaxes(x, 1, 2)
    return np.linalg.solve(turned @ x / n + lam * np.eye(p), turned / n)


q = symbol("q_gates", "the value by the gate rule", r"\operatorname{tr}MG", real=True)
q_trains = symbol("q_trains", "the value with the training covariances swapped", r"q_{1\leftrightarrow2}", real=True)
q_test = symbol(
    "q_test", "the value with the test and the student's covariance swapped", r"q_{2\leftrightarrow x}", real=True
)

GATES = Claim(
    "gates_average_to_their_gains",
    r"The gate rule: in the limit, the mean of $\operatorname{tr} M L^{-1}$ over Gaussian designs is "
    r"$\operatorname{tr} M G$, where $G$ solves the Dyson equation of the gates: here the risk of a ridge student of "
    r"a ridge teacher, with three covariances that do not commute.",
    Compare(
        Mean(
            symbol("R_gates", "the mean risk of the student", r"\mathbb{E}\operatorname{tr}ML^{-1}", real=True),
            "mean risk of a ridge regression on the predictions of another one",
        ),
        "=",
        q,
    ),
    Domain((q, q_trains, q_test)),
    SOURCE.at("theorem 2.1, with concentration of traces"),
    (Simulation(weak_to_strong, sizes=SIZES, shape=_shape, realise=_draw, batch=512),),
    kind="equivalent",
    rivals=(q_trains, q_test, 2 * q),
    remark="Cited, and simulated on this one expression, for the whole class of which it is an example: all sizes "
    "grow in proportion, fixed matrices are bounded in norm, what is inverted is bounded below with "
    "overwhelming probability, and the fixed point is stable. Without a ridge the side of full rank is "
    "inverted: its size stays away from the other, below which enough eigenvalues are bounded below. No "
    "single source is known to state it in this form: Helton, Rashidi Far and Speicher have the equation "
    "and that one solution is positive; Haagerup and Thorbjornsen (2005) and Helton, Mai and Speicher "
    "(2018) the linear system. It speaks of the mean, with an additive error of order $1/n$.",
)
