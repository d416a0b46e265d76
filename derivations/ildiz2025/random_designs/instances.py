"""Spectra, sizes and letters of the simulations that confirm the limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derivations.classics.designs import solved
from w2s_sym import Mean, Simulation, letters, symbol

n_whole = letters.n

LIMIT = (
    r"A limit, derived from the gate rule, which is cited (Han and Xu 2023 have a bound at finite size: The "
    r"distribution of ridgeless least squares interpolators): $n$ and $p$ grow with $p/n$ in a compact subset of "
    r"$(1, \infty)$, eigenvalues bounded above and below. Simulated at $p = 2n$ on levels 4, 1 and $1/4$, and at "
    r"$p = 2n$ to $3n$ on drawn levels between $1/4$ and 4; power laws and zero noise are not covered by the "
    r"theorem as recalled. "
)


def mean_of(name: str, form: str, text: str) -> Mean:
    """A mean over random designs: its letter, LaTeX and meaning."""
    return Mean(symbol(name, text, form, real=True), text)


# A spectrum of four levels, with a truth, a surrogate and a shift on them.
_FOUR = {
    "lam": np.array([4.0, 1.0, 0.25, 0.25]),
    "b": np.array([1.0, -2.0, 1.5, -0.5]),
    "g": np.array([0.8, -2.6, -0.75, -0.3]),
    "d": np.array([0.5, 1.5, 2.0, 1.0]),
}
_NOISE = 0.3


def draw_levels(_: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Four to six levels between 1/4 and 4, with a truth, a surrogate and a shift on them; and a noise."""
    count = int(rng.integers(4, 7))
    made = {
        "lam": np.exp(rng.uniform(-1.4, 1.4, count)),
        "b": rng.choice([-1.0, 1.0], count) * rng.uniform(0.5, 2.0, count),
        "g": rng.choice([-1.0, 1.0], count) * rng.uniform(0.3, 2.6, count),
        "d": rng.uniform(0.5, 2.0, count),
    }
    return {"levels": made, "noise": rng.uniform(0.1, 0.5)}


def _levels(point: Mapping[str, Any], size: int) -> dict[str, np.ndarray]:
    """Each level size/2 times, with a truth and a surrogate of length of order 1: the drawn levels, or four."""
    scale = {"lam": 1.0, "b": np.sqrt(2 * size), "g": np.sqrt(2 * size), "d": 1.0}
    return {k: np.repeat(v / scale[k], size // 2) for k, v in point.get("levels", _FOUR).items()}


def on_large_levels(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """The spectrum with a vector b that is mostly on its largest eigenvalues: shares add up, so that others cancel."""
    made = _levels(point, size)
    on = np.where(made["lam"] > 3, 1.0, np.where(made["lam"] > 0.5, 0.3, 0.0)) / np.sqrt(size)
    if "levels" in point:
        on = made["b"] * np.where(made["lam"] == made["lam"].max(), 2.0, 0.2)
    return {"S": {"lam": made["lam"], "b": on}, **solved(made["lam"], size)}


def on_levels(name: str, *columns: str) -> Any:
    """The shape of a claim on the spectrum ``name``: these columns of it, tau, Omega, n and the noise."""

    def shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
        made = _levels(point, size)
        noise = point.get("noise", _NOISE)
        return {name: {c: made[c] for c in columns}, **solved(made["lam"], size), "sigma2": noise}

    return shape


SIZES = (4, 8, 16, 32)


def simulation(
    experiment: Any, shape: Any, sizes: tuple[int, ...] = SIZES, batch: int = 512, realise: Any = draw_levels
) -> Simulation:
    """A simulation of ``experiment`` at growing sizes, whose instances ``shape`` makes of what ``realise`` draws."""
    return Simulation(experiment, sizes=sizes, shape=shape, realise=realise, batch=batch)
