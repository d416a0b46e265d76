"""What the tests of sweeps share: a file of estimators, a file of claims that counts its draws, and closed forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

RISKS = """
from w2s_sym.equivalents import covariance, design, excess_risk, min_norm, noise, ridge, sizes, truth

n, p = sizes("n p")
Sigma = covariance("Sigma", p)
X, beta = design("X", n, Sigma), truth("beta", p)
RIDGE = excess_risk(ridge(X, X @ beta + noise("sigma2", n), "lam"), beta, under=Sigma)
MIN_NORM = excess_risk(min_norm(X, X @ beta), beta, under=Sigma)
"""

# The mean of k squared Gaussians times s is k s; each call of the experiment leaves a line in a file beside it.
CLAIMS = """
import time
from pathlib import Path

import numpy as np

from w2s_sym import Asymptotic, Claim, Compare, Domain, Equation, Simulation, Source, symbol

k = symbol("k", "a number of squares", integer=True, positive=True)
s = symbol("s", "a scale", positive=True)
t = symbol("t", "the mean of squares")
n = symbol("n", "a size", integer=True, positive=True)
u = symbol("u", "twice the scale", positive=True)


def draw(rng, point, draws):
    with open(Path(__file__).with_name("count"), "a") as file:
        file.write(f"{point['k']} {point['s']}\\n")
    time.sleep(PAUSE)
    return point["s"] * np.square(rng.standard_normal((draws, point["k"]))).sum(1)


SQUARES = Claim(
    "mean_of_squares", "The mean of $k$ squares is $k s$.", Compare(t, "=", k * s), Domain((t, k, s)),
    Source("toy", "A", "T", 2024), (Simulation(draw),),
)
TWICE = Claim(
    "with_a_definition", "The product is $k u$.", Compare(t, "=", k * u), Domain((t, k, s, u)),
    Source("toy", "A", "T", 2024), (Simulation(draw),), given=(Equation(u, u - 2 * s),),
)


def grow(rng, point, size, draws):
    return point["s"] * (1 + 1 / size) + 0.01 * rng.standard_normal(draws)


LIMIT = Claim(
    "limit_of_a_mean", "The mean tends to $s$.", Asymptotic(s * (1 + 1 / n), s, n), Domain((s, n)),
    Source("toy", "A", "T", 2024), (Simulation(grow, sizes=(4, 8, 16)),),
)
EQUIVALENT = Claim(
    "equivalent_of_a_mean", "The mean is near $s$.", Compare(t, "=", s), Domain((t, s)),
    Source("toy", "A", "T", 2024), (Simulation(grow, sizes=(4, 8, 16)),), kind="equivalent",
)
CLAIMS = (SQUARES,)
"""


def write_risks(folder: Path) -> Path:
    """The file of estimators."""
    path = folder / "risks.py"
    path.write_text(RISKS, encoding="utf-8")
    return path


def write_claims(folder: Path, pause: float = 0.0) -> Path:
    """The file of claims, whose experiment takes so many seconds longer."""
    path = folder / "squares.py"
    path.write_text(CLAIMS.replace("PAUSE", str(pause)), encoding="utf-8")
    return path


def calls(folder: Path) -> list[str]:
    """The calls of the experiment so far."""
    file = folder / "count"
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def ridge_risk(lam: Any, gamma: Any, sigma2: float, energy: float) -> Any:
    """The limit of the risk of ridge regression for Sigma = I, gamma = p/n and a truth of this energy.

    m is the positive root of m^2 + (lam + gamma - 1) m - lam = 0: 1/m = 1 + gamma/(lam + m).
    """
    b = lam + gamma - 1
    m = (-b + np.sqrt(b**2 + 4 * lam)) / 2
    omega = gamma * m**2 / (lam + m) ** 2
    return energy * (lam / (lam + m)) ** 2 / (1 - omega) + sigma2 * omega / (1 - omega)


def same(one: Any, other: Any) -> None:
    """Asserts that two sweeps have the same digits everywhere."""
    assert one.axes.keys() == other.axes.keys()
    for mine, theirs in ((one.axes, other.axes), (one.columns, other.columns), (one.errors, other.errors)):
        assert mine.keys() == theirs.keys()
        for name in mine:
            assert mine[name].tobytes() == theirs[name].tobytes(), name
    assert one.missing.tolist() == other.missing.tolist()
