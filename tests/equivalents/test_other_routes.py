"""Risks of many kinds against estimators in plain numpy, drawn at growing sizes.

Each case is written twice: in the language of the engine, and as a function of arrays. The second draws its own designs
and is linear in its sources, so that truths and noises are averaged exactly: it is given all their directions at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp

from w2s_sym.equivalents import (
    Equivalent,
    covariance,
    design,
    designs,
    excess_risk,
    fixed_matrix,
    gradient_descent,
    identity,
    inverse,
    least_squares,
    min_norm,
    noise,
    parameter,
    ridge,
    sizes,
    stack,
    truth,
)

n, N, k, p = sizes("n N k p")
D = 4
S, T, U = (covariance(name, p) for name in "STU")
X, Y, Z = design("X", n, S), design("Y", N, T), design("Z", n, S)
# Fewer rows than dimensions.
V, F = design("V", k, T), design("F", k, S)
W = design("W", k, U)
A, B = designs(("A", "B"), n, {("A", "A"): S, ("B", "B"): covariance("E", p), ("A", "B"): fixed_matrix("K", p, p)})
P = fixed_matrix("P", p, p)
lam, xi = parameter("lam"), parameter("xi", positive=False)
b = truth("b", p)


def _spd(seed: int, levels: tuple[float, ...]) -> np.ndarray:
    basis = np.linalg.qr(np.random.default_rng(seed).standard_normal((D, D)))[0]
    made = (basis * np.array(levels)) @ basis.T
    return np.asarray((made + made.T) / 2)


MIX = np.array([[0.3, 0.2, 0, 0], [0, 0.2, -0.4, 0], [0.5, 0, 0.1, 0], [0, 0, 0.2, 0.4]])
MATRICES = {
    "S": _spd(1, (3, 1, 0.5, 0.2)),
    "T": _spd(2, (0.3, 2, 1, 0.6)),
    "U": _spd(3, (2, 0.4, 0.7, 1.1)),
    "P": np.array([[1.0, 0, 0.5, 0], [0, 1, 0, -0.5], [0, 0, 0.3, 0], [0, 0.2, 0, 0.3]]),
}
MATRICES["K"] = MATRICES["S"] @ MIX
MATRICES["E"] = MIX.T @ MATRICES["S"] @ MIX + np.eye(D) / 2
ROWS = {"n": 6, "N": 9, "k": 3}
LAM, XI, NOISE = 0.3, -0.4, 0.5
# A truth, and the square root of a prior that is no multiple of the identity, with the test covariance of each.
PRIORS = {"U": np.array([[1.0], [-0.5], [0.3], [0.8]]), "T": np.diag([1.0, 0.2, 0.7, 0.1]) @ MIX + np.eye(D) / 5}
SAMPLES = {"X": ("n", "S"), "Y": ("N", "T"), "Z": ("n", "S"), "V": ("k", "T"), "F": ("k", "S"), "W": ("k", "U")}
# Draws at each number of copies of four directions, and what these weigh in the limit of a law of second order.
DRAWS = ((4, 360), (8, 210), (16, 105))
WEIGHTS = (1 / 3, -2.0, 8 / 3)
# |z| that one of 60 normal values exceeds with a probability of 1 in 10^6.
ALARM = 5.7


class World:
    """One draw of all designs at c copies. One source at a time has all its directions in columns, others are zero."""

    def __init__(self, copies: int, root: np.ndarray, rng: np.random.Generator) -> None:
        self.copies, self.root, self.rng = copies, root, rng
        self.drawn: dict[str, np.ndarray] = {}
        self.source, self.calls, self.n = 0, 0, {name: rows * copies for name, rows in ROWS.items()}

    def __getitem__(self, name: str) -> np.ndarray:
        """A design, or a fixed matrix."""
        if name in ("A", "B") and name not in self.drawn:
            self.drawn["A"] = self._rows(self.n["n"], MATRICES["S"])
            # row_b = row_a MIX + an independent part.
            own = self._rows(self.n["n"], np.eye(D) / 2)
            self.drawn["B"] = self.drawn["A"] @ np.kron(MIX, np.eye(self.copies)) + own
        elif name in SAMPLES and name not in self.drawn:
            rows, cov = SAMPLES[name]
            self.drawn[name] = self._rows(self.n[rows], MATRICES[cov])
        elif name not in self.drawn:
            self.drawn[name] = np.kron(MATRICES[name], np.eye(self.copies))
        return self.drawn[name]

    def _rows(self, count: int, cov: np.ndarray) -> np.ndarray:
        half = np.kron(np.linalg.cholesky(cov), np.eye(self.copies))
        return np.asarray(self.rng.standard_normal((count, len(half))) @ half.T)

    @property
    def b(self) -> np.ndarray:
        """The truth: a second moment root root' on each copy, with a share of one over the copies."""
        found = np.kron(self.root, np.eye(self.copies)) / np.sqrt(self.copies)
        return found if self.source == 0 else np.zeros((len(found), 1))

    def noise(self, rows: str) -> np.ndarray:
        """A noise of its own at each call."""
        self.calls += 1
        found = np.sqrt(NOISE) * np.eye(self.n[rows])
        return found if self.source == self.calls else np.zeros((len(found), 1))

    def risk(self, estimator: Callable[[World], np.ndarray], under: str) -> float:
        """The mean over truth and noises of the excess risk at these designs."""
        total, self.source = 0.0, 0
        while True:
            self.calls = 0
            off = estimator(self) - self.b
            total += float(np.einsum("ij,ik,kj->", off, self[under], off))
            if self.source == self.calls:
                return total
            self.source += 1


def fit(M: np.ndarray, y: np.ndarray, penalty: float = LAM, per: float | None = None) -> np.ndarray:
    """Ridge by its normal equations."""
    m = len(M) if per is None else per
    return np.asarray(np.linalg.solve(M.T @ M / m + penalty * np.eye(M.shape[1]), M.T @ y / m))


def pinv(M: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.pinv(M) @ y)


def walk(M: np.ndarray, y: np.ndarray, rate: float, steps: int) -> np.ndarray:
    """Gradient descent from zero."""
    w: Any = 0.0 * (M.T @ y)
    for _ in range(steps):
        w = w - rate * M.T @ (M @ w - y) / len(M)
    return np.asarray(w)


def below(*labels: np.ndarray) -> np.ndarray:
    """Labels one below the other, each for all columns of the source."""
    cols = max(y.shape[1] for y in labels)
    return np.concatenate([np.broadcast_to(y, (len(y), cols)) for y in labels])


def y(M: Any = X, rows: Any = n) -> Any:
    """Labels of the truth with a noise of their own."""
    return M @ b + noise("v", rows)


def labels(w: World, name: str = "X", rows: str = "n") -> np.ndarray:
    return np.asarray(w[name] @ w.b + w.noise(rows))


def twice(fitted: Callable[[Any, Any], Any], M: Any, first: Any, times: int) -> Any:
    """Trained on its own predictions, so many times."""
    found = fitted(M, first)
    for _ in range(times - 1):
        found = fitted(M, M @ found)
    return found


def residuals(fitted: Callable[[Any, Any], Any], M: Any, first: Any) -> Any:
    """One round of boosting: a second fit to what the first left."""
    found = fitted(M, first)
    return found + fitted(M, first - M @ found)


def r(M: Any, first: Any, penalty: Any = lam) -> Any:
    return ridge(M, first, penalty)


def _shared(a: Any, c: Any, e: Any, fitted: Callable[[Any, Any], Any], truth_: Any) -> Any:
    """Two samples with one and the same noise."""
    return (fitted(a, a @ truth_ + e) + fitted(c, c @ truth_ + e)) / 2


def _penalty(w: World) -> np.ndarray:
    """A penalty that another sample makes."""
    inner = np.linalg.inv(w["Y"].T @ w["Y"] / w.n["N"] + np.eye(len(w["S"])))
    return np.asarray(np.linalg.solve(w["X"].T @ w["X"] / w.n["n"] + LAM * inner, w["X"].T @ labels(w) / w.n["n"]))


def _mixed(first: Any, M: Any, weight: Any, fitted: Callable[[Any, Any], Any]) -> Any:
    return fitted(M, weight * first + (1 - weight) * (M @ fitted(M, first)))


Case = tuple[Callable[[], Any], Callable[[World], np.ndarray]]
CASES: dict[str, Case] = {
    "ridge": (lambda: r(X, y()), lambda w: fit(w["X"], labels(w))),
    "ridge by rows": (lambda: ridge(V, y(V, k), lam, by_rows=True), lambda w: fit(w["V"], labels(w, "V", "k"))),
    "fresh points": (lambda: r(Y, Y @ r(X, y())), lambda w: fit(w["Y"], w["Y"] @ fit(w["X"], labels(w)))),
    "same points twice": (lambda: twice(r, X, y(), 2), lambda w: twice(fit, w["X"], labels(w), 2)),
    "same points thrice": (lambda: twice(r, X, y(), 3), lambda w: twice(fit, w["X"], labels(w), 3)),
    "negative weight": (lambda: _mixed(y(), X, xi, r), lambda w: _mixed(labels(w), w["X"], XI, fit)),
    "boosting": (lambda: residuals(r, X, y()), lambda w: residuals(fit, w["X"], labels(w))),
    "stacked": (
        lambda: ridge(stack(X, Y), stack(y(), y(Y, N)), lam, per=n),
        lambda w: fit(below(w["X"], w["Y"]), below(labels(w), labels(w, "Y", "N")), per=w.n["n"]),
    ),
    "stacked with labels of a teacher": (
        lambda: (lambda first: ridge(stack(X, Y), stack(first, Y @ r(X, first)), lam, per=N))(y()),
        lambda w: (lambda first: fit(below(w["X"], w["Y"]), below(first, w["Y"] @ fit(w["X"], first)), per=w.n["N"]))(
            labels(w)
        ),
    ),
    "stacked with one noise": (
        lambda: (lambda e: ridge(stack(X, Z), stack(X @ b + e, Z @ b - e), lam, per=n))(noise("v", n)),
        lambda w: (lambda e: fit(below(w["X"], w["Z"]), below(w["X"] @ w.b + e, w["Z"] @ w.b - e), per=w.n["n"]))(
            w.noise("n")
        ),
    ),
    "three steps": (lambda: gradient_descent(X, y(), lam, 3), lambda w: walk(w["X"], labels(w), LAM, 3)),
    "two steps on a teacher": (
        lambda: gradient_descent(Y, Y @ r(X, y()), lam, 2),
        lambda w: walk(w["Y"], w["Y"] @ fit(w["X"], labels(w)), LAM, 2),
    ),
    "min-norm": (lambda: min_norm(V, y(V, k)), lambda w: pinv(w["V"], labels(w, "V", "k"))),
    "least squares": (lambda: least_squares(Y, y(Y, N)), lambda w: pinv(w["Y"], labels(w, "Y", "N"))),
    "min-norm of least squares": (
        lambda: min_norm(V, V @ least_squares(Y, y(Y, N))),
        lambda w: pinv(w["V"], w["V"] @ pinv(w["Y"], labels(w, "Y", "N"))),
    ),
    "min-norm of min-norm": (
        lambda: min_norm(V, V @ min_norm(F, y(F, k)) + noise("v", k)),
        lambda w: pinv(w["V"], w["V"] @ pinv(w["F"], labels(w, "F", "k")) + w.noise("k")),
    ),
    "least squares of min-norm": (
        lambda: least_squares(Y, Y @ min_norm(V, y(V, k)) + noise("v", N)),
        lambda w: pinv(w["Y"], w["Y"] @ pinv(w["V"], labels(w, "V", "k")) + w.noise("N")),
    ),
    "a surrogate": (
        lambda: r(X, X @ (P @ b) + noise("v", n)),
        lambda w: fit(w["X"], w["X"] @ (w["P"] @ w.b) + w.noise("n")),
    ),
    "pruned features": (
        lambda: P.T @ r(X @ P.T, y()),
        lambda w: w["P"].T @ fit(w["X"] @ w["P"].T, labels(w)),
    ),
    "correlated blocks": (lambda: r(B, y(A)), lambda w: fit(w["B"], labels(w, "A"))),
    "correlated teacher": (
        lambda: r(B, A @ r(A, y(A))),
        lambda w: fit(w["B"], w["A"] @ fit(w["A"], labels(w, "A"))),
    ),
    "a teacher of the other block": (
        lambda: r(A, B @ r(B, y(A))),
        lambda w: fit(w["A"], w["B"] @ fit(w["B"], labels(w, "A"))),
    ),
    "transposes": (
        lambda: X.T @ (X @ (X.T @ y())) / n**2,
        lambda w: w["X"].T @ (w["X"] @ (w["X"].T @ labels(w))) / w.n["n"] ** 2,
    ),
    "extrapolated penalties": (
        lambda: (lambda first: 2 * r(X, first) - r(X, first, 2 * lam))(y()),
        lambda w: (lambda first: 2 * fit(w["X"], first) - fit(w["X"], first, 2 * LAM))(labels(w)),
    ),
    "two teachers": (
        lambda: r(Y, Y @ (r(X, y()) + r(Z, y(Z))) / 2),
        lambda w: fit(w["Y"], w["Y"] @ (fit(w["X"], labels(w)) + fit(w["Z"], labels(w, "Z"))) / 2),
    ),
    "one noise for two samples": (
        lambda: _shared(X, Z, noise("v", n), r, b),
        lambda w: _shared(w["X"], w["Z"], w.noise("n"), fit, w.b),
    ),
    "random features": (
        lambda: W.T @ r(X @ W.T / sp.sqrt(k), y()) / sp.sqrt(k),
        lambda w: w["W"].T @ fit(w["X"] @ w["W"].T / np.sqrt(w.n["k"]), labels(w)) / np.sqrt(w.n["k"]),
    ),
    "a penalty of another sample": (
        lambda: inverse(X.T @ X / n + lam * inverse(Y.T @ Y / N + identity(p))) @ (X.T @ y()) / n,
        _penalty,
    ),
    "shrunk by another sample": (
        lambda: inverse(Y.T @ Y / N + lam * identity(p)) @ (Y.T @ (Y @ r(X, y()))) / N,
        lambda w: fit(w["Y"], w["Y"] @ fit(w["X"], labels(w))),
    ),
    "a teacher's residuals on fresh points": (
        lambda: (lambda t: t + r(Y, y(Y, N) - Y @ t))(r(X, y())),
        lambda w: (lambda t: t + fit(w["Y"], labels(w, "Y", "N") - w["Y"] @ t))(fit(w["X"], labels(w))),
    ),
}


def value(estimator: Any, under: str) -> float:
    """The engine's risk."""
    risk: Equivalent = excess_risk(estimator, b, under={"U": U, "T": T}[under])
    root = PRIORS[under]
    given = {**MATRICES, **ROWS, "b": root @ root.T, "lam": LAM, "xi": XI, "v": NOISE}
    return float(risk.at(**{name: v for name, v in given.items() if name in risk.names}))


@pytest.mark.slow
@pytest.mark.parametrize("under", PRIORS)
@pytest.mark.parametrize("case", CASES)
def test_risks_are_those_of_plain_arrays(case: str, under: str) -> None:
    estimator, drawn = CASES[case]
    wanted, limit, variance = value(estimator(), under), 0.0, 0.0
    for (copies, draws), weight in zip(DRAWS, WEIGHTS, strict=True):
        rng = np.random.default_rng([11, copies])
        found = np.array([World(copies, PRIORS[under], rng).risk(drawn, under) for _ in range(draws)])
        limit += weight * found.mean()
        variance += weight**2 * found.var(ddof=1) / draws
    print(case, under, wanted, f"off by {(limit - wanted) / variance**0.5:.1f} sigma of {variance**0.5 / wanted:.1%}")
    assert abs(limit - wanted) < ALARM * variance**0.5
    # What these draws can see: a value that is wrong by half.
    assert ALARM * variance**0.5 < wanted / 2
