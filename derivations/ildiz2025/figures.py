"""The figures of Ildiz et al. (2025): what the surrogate does to each direction, what that is worth, and where.

Lines are deterministic equivalents, from :func:`w2s_sym.evaluate_risk` on the authors' spectrum (their Figure 1:
lam_i = i^-2, lam_i b_i^2 = i^-1.5, p = 500, no noise) and on others. Markers are the experiment itself: draw n rows,
label them with a surrogate, take the shortest vector that interpolates the labels, and measure its excess risk exactly,
sum_i lam_i (b_hat_i - b_i)^2.

Formulas come from the claims of :mod:`derivations.ildiz2025`, and from the risk functions that these claims check.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derivations.ildiz2025.figure_data import (
    ALPHA,
    BETA,
    LOOKS,
    SAMPLES,
    P,
    curves_data,
    gains_data,
    map_data,
    scaling_data,
)
from w2s_sym import Figure, figures

GREY = "#555555"


def draw_gains(data: Mapping[str, Any], canvas: Any) -> None:
    """Gains against the index, and against the share to which a direction is learnt."""
    left, right = canvas.subplots(1, 2, sharey=True, width_ratios=(1.25, 1))
    cuts = (
        (data["amplified"] + 0.5, data["Omega"], (0, (4, 2)), r"$u = \Omega$"),
        (data["kept"] + 0.5, data["mask_share"], (0, (1, 1.2)), r"$1 - \zeta^2 = \Omega$"),
    )
    for axes, x, column in ((left, data["i"], 0), (right, data["u"], 1)):
        axes.axhline(1, color="#999999", linewidth=0.6, zorder=1)
        for name in ("mask", "optimal"):
            label, look = LOOKS[name]
            axes.plot(
                x, data["gains"][name], color=look.colour, linewidth=1.6 if name == "optimal" else 1.2, label=label
            )
        for cut in cuts:
            axes.axvline(cut[column], color=figures.BLACK.colour, linestyle=cut[2], linewidth=0.9, zorder=1.5)
        peak = data["peak"]
        at = peak["i"] if column == 0 else peak["u"]
        axes.plot([at], [peak["gain"]], marker="D", markersize=4, color=figures.BLACK.colour, zorder=4)
        axes.annotate(
            (f"i = {at}" if column == 0 else r"$u = \sqrt{\Omega}$") + f"\n{peak['gain']:.3f}",
            (at, peak["gain"]),
            xytext=(0, 5),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=6.5,
        )
    for (x, _, _, name), move, y, side in zip(cuts, (-5, 5), (0.3, 0.8), ("right", "left"), strict=True):
        left.text(x + move, y, f"{name}\nafter i = {int(x)}", fontsize=6.5, va="center", ha=side)
    right.text(data["Omega"] - 0.012, 0.3, cuts[0][3], fontsize=6.5, ha="right")
    right.text(data["mask_share"] - 0.012, 0.62, cuts[1][3], fontsize=6.5, ha="right")
    left.set(
        xlabel="direction i, by falling eigenvalue", ylabel=r"gain $\beta^s_i/\beta_i$", xlim=(0, P), ylim=(-0.05, 1.36)
    )
    right.set(xlabel=r"share learnt $u_i = \lambda_i/(\lambda_i + \tau)$", xlim=(0, 1))
    left.legend(loc="upper right", ncols=1)


def draw_curves(data: Mapping[str, Any], canvas: Any) -> None:
    """Left: risks. Right: risks over that of true labels."""
    left, right = canvas.subplots(1, 2, width_ratios=(1.15, 1))
    for axes, part in ((left, data["risk"]), (right, data["ratio"])):
        for name, y in part["lines"].items():
            label, look = LOOKS[name]
            figures.theory(axes, data["x"], y, look)
            points = part["simulated"][name]
            figures.simulated(axes, data["sizes"], points["mean"], points["error"], look, label)
        axes.set(xlabel=f"labels n   (p = {P})", xlim=(0, P))
    left.set(yscale="log", ylabel="excess risk")
    right.axhline(1, color=LOOKS["truth"][1].colour, linewidth=1.2, zorder=1.5)
    right.set(ylabel="excess risk over that of true labels", ylim=(0.55, 1.04))
    _legend(canvas, left, True)


def _legend(canvas: Any, axes: Any, sampled: bool) -> None:
    from matplotlib.lines import Line2D

    handles, labels = axes.get_legend_handles_labels()
    handles.append(Line2D([], [], color=GREY))
    labels.append("deterministic equivalent")
    if sampled:
        handles.append(Line2D([], [], color=GREY, marker="|", linestyle="", markersize=8))
        labels.append("bar: ±2 standard errors")
    canvas.legend(handles, labels, loc="outside upper center", ncols=len(handles), columnspacing=1.4)


def draw_scaling(data: Mapping[str, Any], canvas: Any) -> None:
    """Risks with their slopes; then the ratio of each surrogate to true labels, with its limit."""
    panels = canvas.subplots(1, 3, width_ratios=(1.3, 1, 1))
    n = data["n"]
    for axes in panels:
        axes.axvspan(n[0], data["few_below"], color="#EEEEEE", linewidth=0, zorder=0)
        axes.set(xscale="log", xlabel="labels n", xlim=(n[0], n[-1]))
    for law in data["laws"]:
        for name in ("truth", "optimal"):
            label, look = LOOKS[name]
            figures.theory(panels[0], n, law["risk"][name], look, label if law is data["laws"][0] else None)
        at = len(n) // 2
        panels[0].annotate(
            rf"$\beta$ = {law['beta']}: slope {law['slope']['truth']:.2f}".replace("-", "\N{MINUS SIGN}"),
            (n[at], law["risk"]["truth"][at]),
            # The steepest has its room below.
            xytext=(-4, -9) if law is data["laws"][-1] else (4, 4),
            ha="right" if law is data["laws"][-1] else "left",
            textcoords="offset points",
            fontsize=6.5,
        )
        for axes, name in ((panels[1], "mask"), (panels[2], "optimal")):
            look = LOOKS[name][1]
            figures.theory(axes, n, law["ratio"][name], look)
            figures.bound(axes, [n[0], n[-1]], [law["limit"][name]] * 2, figures.BLACK)
            axes.annotate(
                rf"$\beta$ = {law['beta']}: {law['limit'][name]:.4f}",
                (n[-1], law["limit"][name]),
                xytext=(-2, -8),
                textcoords="offset points",
                ha="right",
                fontsize=6.5,
            )
    panels[0].set(yscale="log", ylabel="excess risk")
    for axes, name in ((panels[1], "mask"), (panels[2], "optimal")):
        axes.set(title=LOOKS[name][0], ylim=(0.45, 1.03))
    panels[1].set_ylabel("risk over that of true labels")
    handles, labels = panels[0].get_legend_handles_labels()
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles.append(Line2D([], [], color=figures.BLACK.colour, linestyle=(0, (4, 2)), linewidth=1.0))
    handles.append(Patch(facecolor="#EEEEEE"))
    labels += ["limit", r"$n (1 - \Omega) < 10$"]
    canvas.legend(handles, labels, loc="outside upper center", ncols=5)


def draw_map(data: Mapping[str, Any], canvas: Any) -> None:
    """Shades and labelled contours of the ratio; hatched where the equivalent of the risk is poor."""
    from matplotlib.colors import Normalize
    from matplotlib.patches import Patch

    grid = canvas.subplots(1, 2, sharey=True)
    levels = np.arange(0.3, 1.0001, 0.05)
    # White is no help; the darkest shade of the scale is left out, so that black lines are seen on all of it.
    scale = Normalize(0.05, 1)
    shades = None
    for axes, panel in zip(grid, data["panels"], strict=True):
        shades = axes.contourf(
            data["alpha"], data["share"], np.transpose(panel["ratio"]), levels=levels, cmap="Blues_r", norm=scale
        )
        lines = axes.contour(
            data["alpha"], data["share"], np.transpose(panel["ratio"]), levels=levels[2:-1:2], colors="black",
            linewidths=0.7,
        )  # fmt: skip
        for text in axes.clabel(lines, fmt="%.1f", fontsize=6.5):
            text.set_rotation(0)
        axes.contourf(
            data["alpha"], data["share"], np.transpose(panel["effective"]), levels=[0, data["few"]], colors="none",
            hatches=["////"],
        )  # fmt: skip
        axes.set(
            title=rf"$\lambda_i\beta_i^2 = i^{{-{panel['beta']}}}$", xlabel=r"$\alpha$   ($\lambda_i = i^{-\alpha}$)"
        )
        axes.grid(False)
    grid[0].set_ylabel(f"n/p   (p = {P})")
    hatched = Patch(facecolor="none", edgecolor="black", hatch="////", linewidth=0.5)
    canvas.legend(
        [hatched], [rf"$n (1 - \Omega) < {data['few']:g}$: the equivalents are poor"], loc="outside upper center"
    )
    bar = canvas.colorbar(shades, ax=list(grid), aspect=30, pad=0.01, ticks=levels[::2])
    bar.set_label("risk, optimal surrogate over true labels")


SETTING = (
    rf"The authors' spectrum: $p = {P}$, $\lambda_i = i^{{-{ALPHA}}}$, $\lambda_i \beta_i^2 = i^{{-{BETA}}}$, no noise."
)
FIGURES = (
    Figure(
        "surrogate_gains",
        "What the best surrogate does to each direction of the truth",
        f"{SETTING} $n = {SAMPLES}$. Coefficient of the optimal surrogate, and of the optimal mask, over that of the "
        "truth: against the index, and against the share $u$ to which the target learns the direction. The gain is "
        r"above 1 where $u > \Omega$ (dashed); the mask keeps $1 - \zeta^2 > \Omega$ (dotted), $\zeta = 1 - u$. "
        "Diamond: the largest gain that the claims allow. No sampling.",
        gains_data,
        draw_gains,
    ),
    Figure(
        "risk_curves",
        "Risk against the number of labels: theory and experiment",
        f"{SETTING} Lines: deterministic equivalents. Markers: means over draws of the experiment, shortest "
        "interpolators by numpy, bars two standard errors to each side; at each $n$ all surrogates share their rows. "
        "Ratios are ratios of means, their errors by the delta method. At standard effort each draw is averaged "
        "exactly over the signs of its columns. The mean risk is above its equivalent by about $0.5/n$, relatively.",
        curves_data,
        draw_curves,
    ),
    Figure(
        "scaling_laws",
        "The surrogate lowers the constant, never the exponent",
        rf"$\lambda_i = i^{{-{ALPHA}}}$, infinitely many, $\lambda_i \beta_i^2 = i^{{-\beta}}$, no noise. Left: risks "
        r"of true labels and of the optimal surrogate, with the slope at $n = 10^{12}$; $\beta = 6$ lies beyond "
        r"$2 \alpha + 1 = 5$, where the slope stays at $-2 \alpha$. Middle and right: ratios to the risk of true "
        r"labels; dashed: their values at $n = 10^{12}$. Grey: $n (1 - \Omega) < 10$, where the equivalents are poor. "
        "Deterministic equivalents, no sampling.",
        scaling_data,
        draw_scaling,
    ),
    Figure(
        "where_surrogates_help",
        "Where the optimal surrogate helps, and by how much",
        rf"Risk of the optimal surrogate over that of true labels, $p = {P}$, $\lambda_i = i^{{-\alpha}}$, no noise. "
        r"It is 1 on isotropic spectra ($\alpha = 0$), and tends to 1 as $n$ reaches $p$. Hatched: "
        r"$n (1 - \Omega) < 10$, where the equivalents are poor. Deterministic equivalents, no sampling.",
        map_data,
        draw_map,
        (figures.WIDE, 2.9),
    ),
)
