"""Where the limit is far, and how fast it comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from derivations.classics.designs import designs, noise_share, solved, target_risk
from derivations.ildiz2025.letters import BELOW_ONE, BELOW_RANK, GIVEN, PAPER, Omega, S, b, lam, n, tau, zeta
from derivations.ildiz2025.random_designs.instances import mean_of, simulation
from derivations.ildiz2025.random_designs.one_stage import STANDARD
from w2s_sym import Claim, Compare, Domain, Simulation, total

_EXPONENTIAL = np.exp(-np.arange(1, 61, dtype=float))
_TEN = 10


def _noise_only(rng: np.random.Generator, point: Mapping[str, Any], draws: int) -> np.ndarray:
    return noise_share(rng, _EXPONENTIAL, _TEN, draws)


_nine = Omega / (1 - Omega)
FAILS = Claim(
    "equivalent_of_the_risk_fails_on_exponential_spectra",
    r"For eigenvalues $e^{-i}$, $i \le 60$, $n = 10$ and a truth of zero the mean risk is over $4/3$ of the "
    r"equivalent $\Omega \sigma^2/(1 - \Omega)$, at $\sigma^2 = 1$.",
    Compare(
        mean_of("R_z", r"\mathbb{E}R_{\mathrm{noise}}", "mean risk of the interpolator of 10 labels of pure noise"),
        ">",
        sp.Rational(4, 3) * _nine,
    ),
    Domain((Omega,), (BELOW_ONE,)),
    PAPER.at("validity of the equivalent"),
    (Simulation(_noise_only, batch=4096),),
    kind="observation",
    rivals=(2 * _nine, sp.Rational(7, 4) * _nine),
    witness={Omega: sp.Rational("0.90000437734")},
    remark=r"$\tau = 2.75 \cdot 10^{-5}$ solves its equation to all digits and $\Omega = 0.900004$: the "
    r"equivalent is 9.0, the simulated mean 14.3. $n (1 - \Omega) = 1.0$: one direction decides, whatever "
    r"$n$, and no average forms.",
)


def _figure_decay(_: Mapping[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """Another decay of the eigenvalues; that of lam_i b_i^2 stays."""
    return {"decay": rng.uniform(1.5, 2.5)}


def _figure_shape(point: Mapping[str, Any], size: int) -> dict[str, Any]:
    i = np.arange(1, 5 * size // 2 + 1, dtype=float)
    lam = i ** -point.get("decay", 2.0)
    return {"S": {"lam": lam, "b": np.sqrt(i**-1.5 / lam)}, **solved(lam, size)}


def _figure_risk(rng: np.random.Generator, point: Mapping[str, Any], size: int, draws: int) -> np.ndarray:
    held = point["S"]
    made = designs(rng, held["lam"], size, draws)
    return np.asarray(np.sqrt(size) * target_risk(made, held["lam"], held["b"], held["b"], 0.0))


_scaled = sp.sqrt(n) * total(lam * zeta**2 * b**2, S) / (1 - Omega)
FIGURE = Claim(
    "finite_size_law_on_the_spectrum_of_figure_1",
    r"On $\lambda_i = i^{-2}$, $\lambda_i \beta_i^2 = i^{-3/2}$, $p = 5n/2$ and no noise, $\sqrt{n}$ times the "
    r"mean risk approaches $\sqrt{n} \sum_i \lambda_i \zeta_i^2 \beta_i^2/(1 - \Omega)$ with $\zeta_i = "
    r"\tau/(\lambda_i + \tau)$.",
    Compare(mean_of("R_1", r"\sqrt{n}\,\mathbb{E}R", r"$\sqrt{n}$ times the mean risk without noise"), "=", _scaled),
    Domain((S, tau, n, Omega), (BELOW_RANK, BELOW_ONE)),
    PAPER.at("Figure 1"),
    (simulation(_figure_risk, _figure_shape, (16, 32, 64), 256, _figure_decay),),
    kind="observation",
    given=GIVEN,
    rests_on=(STANDARD,),
    rivals=(
        sp.sqrt(n) * total(lam * zeta**2 * b**2, S),
        sp.sqrt(n) * total(lam * zeta * b**2, S) / (1 - Omega),
        sp.sqrt(n) * total(lam * zeta**2 * b**2, S) / (1 - Omega) ** 2,
    ),
    remark=r"A power law without noise: no theorem named here covers it. Beside the decay of the figure, others "
    r"between $3/2$ and $5/2$ are drawn. The error falls at order $1/n$: the mean is above by $0.37/n$ of "
    r"it at $n = 16$, by $0.42/n$ at $n = 64$ (the risk itself falls as $n^{-1/2}$, hence the factor "
    r"$\sqrt{n}$).",
)
