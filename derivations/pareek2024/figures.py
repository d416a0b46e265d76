"""Figures on self-distillation: the best weight against the penalty, and what several steps gain over one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import sympy as sp
from threadpoolctl import threadpool_limits

from derivations.pareek2024.gains import B, fold, rho
from derivations.pareek2024.letters import sigma2
from derivations.pareek2024.random_designs import student_equivalent, student_risks
from w2s_sym import Figure, Run, figures, mean_and_error

# A spectrum of four levels, each 15 times, with most of the truth on small eigenvalues.
EIGENVALUES, TRUTH = np.repeat([4.0, 1.0, 0.5, 0.1], 15), np.repeat([0.1, 0.2, 0.3, 0.6], 15)
SAMPLES, NOISE = 60, 0.5
PENALTIES = np.geomspace(0.003, 3, 61)
MARKED = (0.01, 0.04, 0.16, 0.64, 2.56)
DRAWS = {"quick": 200, "standard": 1000, "deep": 4000}
COUNTS = (2, 4, 8, 16)
SIGNALS = np.geomspace(0.5, 5000, 81)
FEW_SIGNALS = np.geomspace(1, 3000, 8)
LOOKS = (figures.BLUE, figures.ORANGE, figures.GREEN, figures.VERMILION)


def parabola(at_zero: Any, at_half: Any, at_one: Any) -> tuple[Any, Any]:
    """Where a parabola in the weight is least and its least value, from its values at 0, 1/2 and 1."""
    bend = 2 * (at_one - 2 * at_half + at_zero)
    slope = at_one - at_zero - bend
    return -slope / (2 * bend), at_zero - slope**2 / (4 * bend)


@cache
def _risk() -> Any:
    return student_equivalent()


def equivalent(weight: float | np.ndarray, penalty: float | np.ndarray) -> np.ndarray:
    """The student's equivalent risk; arrays of weights or penalties broadcast."""
    found = _risk().on(Sigma=EIGENVALUES, beta=TRUTH, n=SAMPLES, sigma2=NOISE, lam=penalty, own=1 - np.asarray(weight))
    return np.asarray(found.total, dtype=float)


def weight_data(run: Run) -> Mapping[str, Any]:
    """Risks of the teacher and the best student, and the best weight, against the penalty; with simulated means."""
    weight, best = parabola(*(equivalent(xi, PENALTIES) for xi in (0.0, 0.5, 1.0)))
    marks, _ = parabola(*(equivalent(xi, np.array(MARKED)) for xi in (0.0, 0.5, 1.0)))
    simulated: dict[str, list[tuple[Any, Any]]] = {"teacher": [], "student": []}
    with threadpool_limits(1, user_api="blas"):
        for k, penalty in enumerate(MARKED):
            for name, xi in (("teacher", 0.0), ("student", float(marks[k]))):
                point = {
                    "S_x": {"ell": EIGENVALUES, "b": TRUTH},
                    "n": SAMPLES,
                    "lam": penalty,
                    "xi": xi,
                    "sigma2": NOISE,
                }
                rng = np.random.default_rng([run.seed, k])
                draws = student_risks(rng, point, len(EIGENVALUES), DRAWS[run.effort])
                simulated[name].append(mean_and_error(draws))
    return {
        "penalty": PENALTIES,
        "weight": weight,
        "teacher": equivalent(0.0, PENALTIES),
        "student": best,
        "marked": MARKED,
        "simulated": {
            name: {"mean": [float(m) for m, _ in pairs], "error": [float(s) for _, s in pairs]}
            for name, pairs in simulated.items()
        },
    }


def draw_weight(data: Mapping[str, Any], canvas: Any) -> None:
    """Left: risks. Right: the best weight, which changes sign where the teacher's risk is least."""
    left, right = canvas.subplots(1, 2)
    for name, label, look in (("teacher", "ridge teacher", figures.BLUE), ("student", "best student", figures.ORANGE)):
        figures.theory(left, data["penalty"], data[name], look)
        points = data["simulated"][name]
        figures.simulated(left, data["marked"], points["mean"], points["error"], look, label)
    figures.theory(right, data["penalty"], data["weight"], figures.ORANGE)
    at = data["penalty"][int(np.argmin(data["teacher"]))]
    right.axhline(0, color="#999999", linewidth=0.6, zorder=1)
    for axes in (left, right):
        axes.axvline(at, color="#555555", linestyle=(0, (1, 1.2)), linewidth=0.9, zorder=1)
        axes.set(xscale="log", xlabel=r"penalty $\lambda$")
    left.set(ylabel="excess risk")
    left.legend()
    right.set(ylabel=r"best weight $\xi^\star$")


@cache
def _ratio() -> Any:
    return sp.lambdify((B, sigma2, rho), fold, modules="numpy")


def one_step_search(signal: float, count: int) -> float:
    """The least risk of one step over penalties and weights on the eigenvalues 1, ..., r, the signal on the first.

    By search over 4,000 penalties; the weight is best at each, by the parabola through three weights.
    """
    s = np.arange(1, count + 1, dtype=float)
    truth = np.where(s == 1, np.sqrt(signal), 0.0)
    share = s / (s + np.geomspace(1e-6, 1e6, 4000)[:, None])
    values = []
    for xi in (0.0, 0.5, 1.0):
        kept = share * (1 - xi + xi * share)
        values.append((s * (1 - kept) ** 2 * truth**2 + kept**2).sum(axis=1))
    return float(np.min(parabola(*values)[1]))


def gain_data(run: Run) -> Mapping[str, Any]:
    """The ratio of the two risks by its formula, and the least risk of one step by search over that of r steps."""
    return {
        "signal": SIGNALS,
        "few": FEW_SIGNALS,
        "curves": [
            {
                "count": r,
                "bound": _ratio()(SIGNALS, 1.0, float(r)),
                "search": [one_step_search(float(x), r) * (x + 1) / x for x in FEW_SIGNALS],
            }
            for r in COUNTS
        ],
    }


def draw_gain(data: Mapping[str, Any], canvas: Any) -> None:
    """Ratios against the signal, one curve for each number of directions."""
    axes = canvas.subplots()
    for curve, look in zip(data["curves"], LOOKS, strict=True):
        figures.theory(axes, data["signal"], curve["bound"], look)
        axes.plot(
            data["few"],
            curve["search"],
            marker=look.marker,
            color=look.colour,
            markersize=3.6,
            markerfacecolor="white",
            linestyle="",
            label=f"r = {curve['count']}",
        )
        axes.axhline(curve["count"], color=look.colour, linewidth=0.7, linestyle=(0, (1, 1.2)), zorder=1)
    axes.set(
        xscale="log", yscale="log", xlabel=r"signal over noise, $B/\sigma^2$", ylabel="risk of one step over r steps"
    )
    axes.set_yticks([1, 2, 4, 8, 16], ["1", "2", "4", "8", "16"])
    axes.minorticks_off()
    axes.legend()


FIGURES = (
    Figure(
        "best_weight",
        "The best weight on the teacher's predictions changes sign at the best penalty",
        "Ridge teacher and best student on the same random sample: eigenvalues 4, 1, 1/2 and 1/10, 15 of each, with "
        "coefficients 0.1, 0.2, 0.3 and 0.6 of the truth, n = 60, noise variance 1/2. Lines: deterministic "
        "equivalents. Markers: means over drawn designs, averaged exactly over label noise and signs, bars two "
        "standard errors to each side. Dotted: the penalty at which the teacher's risk is least.",
        weight_data,
        draw_weight,
    ),
    Figure(
        "gain_of_steps",
        "What r steps gain over one when the signal is on the smallest eigenvalue",
        "Lines: the lower bound on the risk of one step, with any penalty and weight, over the risk that r steps "
        "reach. Markers: the least risk of one step on the eigenvalues 1, ..., r, by search over penalties and "
        "weights, over the same. Dotted: r. Fixed design, prediction error, exact: no sampling.",
        gain_data,
        draw_gain,
        (3.6, 2.6),
    ),
)
