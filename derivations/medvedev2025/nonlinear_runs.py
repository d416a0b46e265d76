"""ReLU random features: what experiments draw. Numpy alone, no formula of the paper.

Each of four directions is repeated size/4 times. Features are the true ones, max(w'x/sqrt(p), 0), centred by their
mean; a risk is taken on fresh points, and averaged over the noise of the labels and over the signs of the truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derivations.classics.designs import ridge_fit
from derivations.medvedev2025.runs import effective, rows

LEVELS = {"l": np.array([2.0, 1.0, 0.6, 0.4]), "b": np.array([1.2, -0.8, 1.0, 0.7])}
NUMBERS = {"rows": 2.0, "features": 1.5, "fresh": 1.75, "more": 2.0, "lam": 0.2, "nu": 0.3, "sigma2": 0.5}


def draw_levels(_: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Other eigenvalues, truths, ridges, sizes and noise."""
    made = {
        "l": np.exp(rng.uniform(-0.7, 0.7, 4)),
        "b": rng.choice([-1.0, 1.0], 4) * rng.uniform(0.5, 1.5, 4),
    }
    low_high = {
        "rows": (1.75, 2.25), "features": (1.25, 1.75), "fresh": (1.5, 2.0), "more": (1.75, 2.25), "lam": (0.15, 0.3),
        "nu": (0.2, 0.4), "sigma2": (0.2, 1),
    }  # fmt: skip
    return {"levels": made, "numbers": {name: rng.uniform(*ends) for name, ends in low_high.items()}}


def instance(point: Mapping[str, Any], size: int) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Levels in ``size`` dimensions, and the numbers with n, N, k and K."""
    grown = {name: np.repeat(x, size // 4) for name, x in point.get("levels", LEVELS).items()}
    grown["b"] = grown["b"] / np.sqrt(size)
    numbers = point.get("numbers", NUMBERS)
    parts = {"n": "rows", "k": "features", "N": "fresh", "K": "more"}
    whole = {name: round(numbers[part] * size) for name, part in parts.items()}
    return grown, {**{name: float(numbers[name]) for name in ("lam", "nu", "sigma2")}, **whole}


def relu(x: np.ndarray, weights: np.ndarray, deviation: float) -> np.ndarray:
    """ReLU features of points whose arguments have this standard deviation, less their mean."""
    arguments = x @ np.swapaxes(weights, 1, 2) / np.sqrt(x.shape[2])
    return np.asarray(np.maximum(arguments, 0.0) - deviation / np.sqrt(2 * np.pi))


class _Drawn:
    """Samples, weights and the response of a teacher, for many draws."""

    def __init__(self, rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> None:
        self.made, self.numbers = instance(point, size)
        self.deviation = float(np.sqrt(self.made["l"].mean()))
        self.x = rows(rng, draws, self.numbers["n"], self.made["l"])
        self.w = rng.standard_normal((draws, int(self.numbers["k"]), size))
        self.fit = ridge_fit(relu(self.x, self.w, self.deviation), self.numbers["lam"])

    def risks(self, rng: np.random.Generator, weights: np.ndarray, response: np.ndarray) -> np.ndarray:
        """Risks on fresh points of a model whose coefficients on features are ``response`` times the labels."""
        draws, _, size = self.x.shape
        fresh = rows(rng, draws, 4 * size, self.made["l"])
        seen = relu(fresh, weights, self.deviation) @ response
        bias = ((seen @ self.x - fresh) ** 2 * self.made["b"] ** 2).sum((1, 2))
        return np.asarray((bias + self.numbers["sigma2"] * (seen**2).sum((1, 2))) / (4 * size))


def teacher_risks(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of a teacher with k ReLU features."""
    drawn = _Drawn(rng, point, size, draws)
    return drawn.risks(rng, drawn.w, drawn.fit)


def student_risks(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    """Risks of a student with K ReLU features of its own, trained on N of that teacher's predictions."""
    drawn = _Drawn(rng, point, size, draws)
    z = rows(rng, draws, drawn.numbers["N"], drawn.made["l"])
    own = rng.standard_normal((draws, int(drawn.numbers["K"]), size))
    refit = ridge_fit(relu(z, own, drawn.deviation), drawn.numbers["nu"])
    return drawn.risks(rng, own, refit @ relu(z, drawn.w, drawn.deviation) @ drawn.fit)


# -- shapes --------------------------------------------------------------------------------------------------


def _solved(l: np.ndarray, n: float, k: float, ridge: float, rest: float) -> dict[str, float]:  # noqa: E741
    """The effective ridge on points, rho, g and Omega for k features and n labels, with mu_1 = 1/2."""
    p = len(l)

    def parts(at: float) -> tuple[float, float, float]:
        """df_1, mu_star^2 and the effective ridge on features together, and directions learnt."""
        first = float((l / (l + at)).sum())
        both = at * (k - first) / (4 * p)
        return first, both, first + (k - first) * rest / both

    def excess(at: float) -> float:
        first, both, learnt = parts(at)
        if first >= k or both <= rest or learnt >= n:
            return -1.0
        return (both - rest) * (1 - learnt / n) - ridge

    at = effective(l, excess)
    first, both, _ = parts(at)
    second = float(((l / (l + at)) ** 2).sum())
    rho = rest / both
    g = rho + (1 - rho) * (first - second) / (k - second)
    kept = (first + rho**2 * (k - first) - (1 - rho) * (1 - g) * (first - second)) / n
    return {"tau": at, "rho": rho, "g": g, "Omega": kept}


def shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """The spectrum and all numbers of a teacher with k features at one size."""
    made, numbers = instance(point, size)
    l, b = made["l"], made["b"]  # noqa: E741
    rest = float(l.mean()) * (1 / 4 - 1 / (2 * np.pi))
    found = _solved(l, numbers["n"], numbers["k"], numbers["lam"], rest)
    at = found["tau"]
    missed = ((at**2 * l + at * found["g"] * l**2) * b**2 / (l + at) ** 2).sum()
    seen = float((numbers["sigma2"] + missed) / (1 - found["Omega"]))
    return {"S": made, **numbers, **found, "V": seen, "mu_1": 0.5, "mu_star": float(np.sqrt(rest))}


def student_shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """The same for a student with K features, and the rest of the teacher's predictions."""
    made, numbers = instance(point, size)
    found = shape(point, size)
    l, b = made["l"], made["b"]  # noqa: E741
    at, k, rho, g = (found[name] for name in ("tau", "k", "rho", "g"))
    own = _solved(l, numbers["N"], numbers["K"], numbers["nu"], found["mu_star"] ** 2)
    first, second = float((l / (l + at)).sum()), float(((l / (l + at)) ** 2).sum())
    squares = float((l**2 * b**2 / (l + at) ** 2).sum())
    f = at * squares / (k - second)
    by_noise = rho * (k - first) + (1 - g) * (first - second)
    v = rho * ((k - first) * f + found["V"] / numbers["n"] * by_noise)
    return {**found, **{f"{name}_s": value for name, value in own.items()}, "f": f, "v": v}
