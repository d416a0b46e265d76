"""Spectra, sizes and letters of the simulations that confirm the limits."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from derivations.classics.designs import solved
from w2s_sym import Mean, Simulation, letters, symbol

n_whole = letters.n

LIMIT = (
    "A limit, cited (Han and Xu 2023: The distribution of ridgeless least squares interpolators) and simulated, not "
    "proved: n and p grow with p/n in a compact subset of (1, oo), eigenvalues bounded above and below. Simulated at "
    "p = 2n on levels 4, 1 and 1/4; power laws and zero noise are not covered by the theorem as recalled. "
)


def mean_of(name: str, form: str, text: str) -> Mean:
    """A mean over random designs: its letter, LaTeX and meaning."""
    return Mean(symbol(name, text, form, real=True), text)


@cache
def _levels(size: int) -> dict[str, np.ndarray]:
    """p = 2 size eigenvalues 4, 1, 1/4, 1/4, with a truth of length of order 1, a surrogate and a shift on them."""
    made = {
        "lam": np.array([4.0, 1.0, 0.25, 0.25]),
        "b": np.array([1.0, -2.0, 1.5, -0.5]) / np.sqrt(2 * size),
        "g": np.array([0.8, -2.6, -0.75, -0.3]) / np.sqrt(2 * size),
        "d": np.array([0.5, 1.5, 2.0, 1.0]),
    }
    return {k: np.repeat(v, size // 2) for k, v in made.items()}


def on_large_levels(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    """The same spectrum with a vector b on its two larger eigenvalues."""
    made = _levels(size)
    on = np.where(made["lam"] > 3, 1.0, np.where(made["lam"] > 0.5, 0.3, 0.0)) / np.sqrt(size)
    return {"S": {"lam": made["lam"], "b": on}, **solved(made["lam"], size)}


def on_levels(name: str, *columns: str) -> Any:
    """The shape of a claim on the spectrum ``name``: these columns of it, tau, Omega, n and noise of variance 0.3."""

    def shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
        made = _levels(size)
        return {name: {c: made[c] for c in columns}, **solved(made["lam"], size), "sigma2": 0.3}

    return shape


SIZES = (4, 8, 16, 32)


def simulation(experiment: Any, shape: Any, sizes: tuple[int, ...] = SIZES, batch: int = 512) -> Simulation:
    """A simulation of ``experiment`` at growing sizes, whose instances ``shape`` makes."""
    return Simulation(experiment, sizes=sizes, shape=shape, batch=batch)
