"""Figures on iterated training: the golden ratio, what its hypotheses are worth, ridges and fresh designs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import sympy as sp
from threadpoolctl import threadpool_limits

from derivations.garg2025.golden_ratio import STATIONARY
from derivations.garg2025.hypotheses import QUIET, REUSED
from derivations.garg2025.letters import GOLDEN, r
from derivations.garg2025.random_designs import long_run_equivalent, rounds
from derivations.garg2025.shrinkage import BALANCED, best, k, q
from w2s_sym import Figure, Run, figures, mean_and_error

G = float(GOLDEN)
WEIGHTS = np.linspace(0.02, 1, 99)
MARKED = np.array([0.15, 0.3, 0.45, 0.618, 0.8, 1.0])
RATIOS = (0.25, 1.0, 4.0)
LOOKS = (figures.BLUE, figures.ORANGE, figures.GREEN, figures.VERMILION)
CHAINS = {"quick": 2000, "standard": 20000, "deep": 100000}
GENERATIONS = 60


def chains(rng: np.random.Generator, weight: float, ratio: float, draws: int, kind: str = "noisy") -> np.ndarray:
    """Squared errors of models after 60 rounds, in units of the variance of one round's real labels.

    ``kind`` is "noisy", "quiet" for synthetic labels without noise, or "reused" for real labels collected once.
    """
    real = rng.standard_normal(draws)
    found = real
    for _ in range(GENERATIONS):
        fresh = real if kind == "reused" else rng.standard_normal(draws)
        made = found if kind == "quiet" else found + np.sqrt(ratio) * rng.standard_normal(draws)
        found = weight * fresh + (1 - weight) * made
    return np.asarray(found**2)


def _marks(run: Run, ratio: float, kind: str, key: int) -> dict[str, list[float]]:
    pairs = [
        mean_and_error(chains(np.random.default_rng([run.seed, key, j]), float(w), ratio, CHAINS[run.effort], kind))
        for j, w in enumerate(MARKED)
    ]
    return {"mean": [float(m) for m, _ in pairs], "error": [float(s) for _, s in pairs]}


def golden_data(run: Run) -> Mapping[str, Any]:
    """Long-run variances against the weight of real labels: three noise ratios; then other hypotheses at ratio 1."""
    law, quiet, reused = STATIONARY.to_numpy(), QUIET.to_numpy(), REUSED.to_numpy()
    kinds = {
        "noisy": law(w=WEIGHTS, r=1.0),
        "quiet": quiet(w=WEIGHTS),
        "reused": reused(w=WEIGHTS, r=1.0),
    }
    return {
        "weight": WEIGHTS,
        "marked": MARKED,
        "ratios": [
            {"ratio": ratio, "line": law(w=WEIGHTS, r=ratio), "marks": _marks(run, ratio, "noisy", i)}
            for i, ratio in enumerate(RATIOS)
        ],
        "kinds": [
            {"kind": kind, "line": line, "marks": _marks(run, 1.0, kind, 10 + i)}
            for i, (kind, line) in enumerate(kinds.items())
        ],
    }


KINDS = {"noisy": "fresh real, noisy synthetic", "quiet": "synthetic without noise", "reused": "same real labels"}


def draw_golden(data: Mapping[str, Any], canvas: Any) -> None:
    """Left: curves whose minima lie on the diagonal. Right: the same with one hypothesis changed."""
    left, right = canvas.subplots(1, 2, sharey=True)
    for row, look in zip(data["ratios"], LOOKS, strict=False):
        figures.theory(left, data["weight"], row["line"], look)
        figures.simulated(
            left, data["marked"], row["marks"]["mean"], row["marks"]["error"], look, f"r = {row['ratio']:g}"
        )
    left.plot([0, 1], [0, 1], color="#999999", linewidth=0.8, linestyle=(0, (1, 1.2)), zorder=1)
    looks = {"noisy": figures.ORANGE, "quiet": figures.PURPLE, "reused": figures.SKY}
    for row in data["kinds"]:
        look = looks[row["kind"]]
        figures.theory(right, data["weight"], row["line"], look)
        figures.simulated(right, data["marked"], row["marks"]["mean"], row["marks"]["error"], look, KINDS[row["kind"]])
    for axes in (left, right):
        axes.axvline(G, color="#555555", linewidth=0.9, linestyle=(0, (4, 2)), zorder=1)
        axes.set(xlabel="weight w of real labels", ylim=(0, 2.5), xlim=(0, 1.02))
        axes.legend(frameon=True, facecolor="white", edgecolor="none", framealpha=0.9)
    left.set_ylabel("long-run variance V")


# -- ridges on one design, and fresh designs --------------------------------------------------------------------

EIGENVALUES, TRUTH = np.repeat([4.0, 1.0, 0.5, 0.1], 15), np.repeat([0.2, 0.2, 0.2, 0.2], 15)
SAMPLES, NOISE = 45, 1.0
PENALTIES = (0.03, 0.1, 0.3)
FEW_WEIGHTS = np.array([0.3, 0.45, 0.6, 0.75, 0.9])
DRAWS = {"quick": 60, "standard": 400, "deep": 2000}
SHARES = (0.25, 0.5, 0.75)


@cache
def _risk() -> Any:
    return long_run_equivalent()


def long_run(penalty: float, weight: np.ndarray) -> np.ndarray:
    """The equivalent of the long-run risk of ridge regression on one design, for r = 1."""
    law = NOISE * STATIONARY.to_numpy()(w=weight, r=1.0)
    ridges = {"lam_1": penalty / weight, "lam_2": penalty / (2 - weight), "law": law}
    return np.asarray(_risk().on(Sigma=EIGENVALUES, B=TRUTH**2, n=SAMPLES, **ridges).total, dtype=float)


def _simulated(run: Run, penalty: float, weight: float, key: tuple[int, int]) -> tuple[float, float]:
    point = {
        "S_x": {"ell": EIGENVALUES, "b": TRUTH},
        "n": SAMPLES,
        "w": weight,
        "r": 1.0,
        "sigma2": NOISE,
        "lam_1": penalty / weight,
        "rounds": 40,
    }
    mean, error = mean_and_error(
        rounds(np.random.default_rng([run.seed, *key]), point, len(EIGENVALUES), DRAWS[run.effort])
    )
    return float(mean), float(error)


@cache
def _needed() -> Any:
    """The error k that makes a weight best, in units of one round's variance, for r = 1."""
    (solved,) = sp.solve(BALANCED.residual.subs(r, 1), k)
    return sp.lambdify((best, q), solved, modules="numpy")


def weight_data(run: Run) -> Mapping[str, Any]:
    """Long-run risks of ridges against the weight; the best weight on fresh designs against the signal over noise."""
    weight = np.linspace(0.2, 1, 81)
    lines = []
    with threadpool_limits(1, user_api="blas"):
        for i, penalty in enumerate(PENALTIES):
            line = long_run(penalty, weight)
            pairs = [_simulated(run, penalty, float(w), (i, j)) for j, w in enumerate(FEW_WEIGHTS)]
            at = int(np.argmin(line))
            lines.append(
                {
                    "penalty": penalty,
                    "line": line,
                    "least": {"weight": weight[at], "risk": line[at]},
                    "mean": [m for m, _ in pairs],
                    "error": [s for _, s in pairs],
                }
            )
    fine, signal = np.linspace(0.5, 0.9999, 20001), np.geomspace(0.01, 100, 161)
    fresh = []
    for share in SHARES:
        needs = _needed()(fine, share) * share / (1 - share)
        fresh.append({"share": share, "signal": signal, "weight": np.interp(signal, needs, fine)})
    return {"weight": weight, "few": FEW_WEIGHTS, "lines": lines, "fresh": fresh}


def draw_weights(data: Mapping[str, Any], canvas: Any) -> None:
    """Left: risks of ridges on one design. Right: best weights on fresh designs, which cross at one point."""
    left, right = canvas.subplots(1, 2)
    for row, look in zip(data["lines"], LOOKS, strict=False):
        figures.theory(left, data["weight"], row["line"], look)
        figures.simulated(left, data["few"], row["mean"], row["error"], look, rf"$\lambda$ = {row['penalty']:g}")
        left.plot(
            [row["least"]["weight"]], [row["least"]["risk"]], marker="D", color=look.colour, markersize=4, zorder=4
        )
    left.axvline(G, color="#555555", linewidth=0.9, linestyle=(0, (4, 2)), zorder=1)
    left.set(xlabel="weight w of real labels", ylabel="long-run excess risk")
    left.legend()
    for row, look in zip(data["fresh"], LOOKS, strict=False):
        figures.theory(right, row["signal"], row["weight"], look, f"n/p = {row['share']:g}")
    right.axhline(G, color="#555555", linewidth=0.9, linestyle=(0, (4, 2)), zorder=1)
    right.axvline(G, color="#555555", linewidth=0.9, linestyle=(0, (1, 1.2)), zorder=1)
    right.set(
        xscale="log",
        xlabel=r"signal over noise, $v\,(p-n-1)/\sigma^2$",
        ylabel=r"best weight $w^\star$",
        xlim=(0.01, 100),
    )
    right.legend()


FIGURES = (
    Figure(
        "golden_ratio",
        "Where the golden ratio is the best weight of real labels, and where it is not",
        "Long-run variance of iterated training in units of that of real labels. Left: r is the variance of a "
        "synthetic label over that of a real one; minima lie on the dotted diagonal, the best weight is also the least "
        "variance. Right: r = 1, with one hypothesis changed. Dashed: 0.618. Lines: exact. Markers: means over "
        "simulated chains of 60 rounds, bars two standard errors to each side.",
        golden_data,
        draw_golden,
    ),
    Figure(
        "best_weights",
        "Ridges and fresh designs have best weights of their own",
        "Left: long-run risk of ridge regression on one design, r = 1; eigenvalues 4, 1, 1/2 and 1/10, 15 of each, "
        "coefficients 0.2 of the truth, n = 45, noise variance 1. Lines: deterministic equivalents, diamonds: their "
        "minima. Markers: means over drawn designs after 40 rounds, averaged exactly over label noise and signs, bars "
        "two standard errors to each side. Right: best weight of interpolators on fresh isotropic designs, r = 1, "
        "exact; all curves cross 0.618 where signal over noise is 0.618. Dashed: 0.618.",
        weight_data,
        draw_weights,
    ),
)
