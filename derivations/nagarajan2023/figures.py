"""The figures of Nagarajan et al. (2023): filters of teacher and student, and the training runs on digits.

Lines are the filters of :mod:`w2s_sym.filters`; markers and bars are runs of
:mod:`derivations.nagarajan2023.linear` and :mod:`derivations.nagarajan2023.training`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np

from derivations.nagarajan2023.figure_data import (
    RATIO,
    TEACHER_LOOKS,
    gain,
    linear_data,
    logit_data,
    observations_data,
    plane_data,
    region_data,
    trajectory_data,
)
from derivations.nagarajan2023.statistics import SETUP
from w2s_sym import Figure, Run, figures, matching


def direct(T: float, t_s: float, ratio: float) -> Figure:
    """A figure of one teacher, stopped at T, its student, stopped at t_s, and the matched flow, for any eigenvalues.

    ``ratio`` is lam_2/lam_1 with lam_1 = 1. All three are positive.
    """

    def data(run: Run) -> Mapping[str, Any]:
        end, other = float(gain(1.0, T)), float(gain(ratio, T))
        done = float(gain(1.0, t_s)) * end
        matched = float(matching.flow_time(1, done))
        # Until both directions are learnt.
        time = np.concatenate((np.linspace(0, 4, 81), np.geomspace(4.1, max(60, 12 / ratio), 80)))
        lam = np.linspace(0, 2, 201)
        return {
            "labels": {"first": gain(1.0, time), "second": gain(ratio, time)},
            "student": {"first": gain(1.0, time) * end, "second": gain(ratio, time) * other},
            "here": {"first": done, "student": float(gain(ratio, t_s)) * other, "matched": float(gain(ratio, matched))},
            "lam": lam,
            "filters": {"student": gain(lam, t_s) * gain(lam, T), "matched": gain(lam, matched)},
            "ratio": ratio,
        }

    return Figure(
        "one_teacher_one_student",
        "One teacher, one student, and the flow on labels that matches it on direction 1",
        f"Gradient flow; the teacher stops at T = {T:g}, the student at {t_s:g}; the eigenvalues are 1 and {ratio:g}. "
        "Left: progress on direction 2 against direction 1, with the matched pair. Right: what both have learnt on a "
        "direction with any eigenvalue; they agree where it is 1. Exact, no sampling.",
        data,
        draw_direct,
        (figures.WIDE, 2.9),
    )


def draw_trajectory(data: Mapping[str, Any], canvas: Any) -> None:
    """One panel for each direction."""
    grid = canvas.subplots(1, 2, sharey=True)
    for axes, one in zip(grid, data["directions"], strict=True):
        figures.theory(axes, data["time"], one["teacher"], figures.BLACK, "training on labels")
        figures.theory(
            axes, data["time"], one["student"], figures.BLUE, f"student of the teacher stopped at T = {data['stop']:g}"
        )
        axes.axhline(one["end"], color=figures.BLUE.colour, linestyle=":", linewidth=0.9, label="its teacher")
        axes.plot([data["stop"]], [one["end"]], marker="o", color=figures.BLACK.colour, markersize=4)
        axes.set(title=rf"direction with $\lambda$ = {one['lam']:g}", xlabel="time", ylim=(0, 1.02))
    grid[0].set_ylabel("progress towards least squares")
    canvas.legend(*grid[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)


def draw_plane(data: Mapping[str, Any], canvas: Any) -> None:
    """Left: the paths; right: the same as a share of training on labels."""
    left, right = canvas.subplots(1, 2)
    figures.theory(left, data["first"], data["second"], figures.BLACK, "training on labels")
    for one, look in zip(data["students"], TEACHER_LOOKS, strict=True):
        label = f"student, teacher stopped at T = {one['stop']:g}"
        figures.theory(left, one["first"], one["second"], look, label)
        left.plot(one["first"][-1:], one["second"][-1:], marker=look.marker, color=look.colour, markersize=4)
        figures.theory(right, one["first"][1:], one["share"], look)
        right.plot(one["first"][-1:], [1.0], marker=look.marker, color=look.colour, markersize=4)
    right.axhline(1, color=figures.BLACK.colour, linewidth=1.2)
    left.set(
        xlabel=r"progress on direction 1 ($\lambda_1$ = 1)", ylabel=rf"progress on direction 2 ($\lambda_2$ = {RATIO})"
    )
    left.set(xlim=(0, 1.01), ylim=(0, 1.02))
    right.set(xlabel="progress on direction 1", ylabel="student / matched, direction 2", xlim=(0, 1.01))
    right.set_ylim(0, 1.06)
    canvas.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=2)


def draw_direct(data: Mapping[str, Any], canvas: Any) -> None:
    """Left: the plane of two progresses; right: the two filters."""
    left, right = canvas.subplots(1, 2)
    here, (labels, student) = data["here"], (("labels", figures.BLACK), ("student", figures.BLUE))
    for name, look in (labels, student):
        figures.theory(left, data[name]["first"], data[name]["second"], look)
    left.plot([here["first"]] * 2, [here["student"], here["matched"]], color="#555555", linestyle=":", linewidth=0.9)
    left.set(xlabel="progress on direction 1", ylabel="progress on direction 2", xlim=(0, 1.01), ylim=(0, 1.02))
    right.axvline(1, color="#555555", linestyle=":", linewidth=0.9)
    for name, look, label in (
        ("matched", figures.BLACK, "training on labels, matched"),
        ("student", figures.BLUE, "student"),
    ):
        figures.theory(right, data["lam"], data["filters"][name], look, label)
        for axes, at in ((left, here["first"]), (right, data["ratio"])):
            axes.plot([at], [here[name]], marker="o", markersize=4, color=look.colour, clip_on=False, zorder=3)
    # Early on both have learnt little, and the curves differ most in proportion: the axis goes with them.
    top = max(max(curve) for curve in data["filters"].values())
    right.set(xlabel="eigenvalue, over the first", ylabel="progress", xlim=(0, 2), ylim=(0, 1.02 * top))
    canvas.legend(*right.get_legend_handles_labels(), loc="outside upper center", ncols=2)


def draw_region(data: Mapping[str, Any], canvas: Any) -> None:
    """Shades: the ratio of risks; solid: where it is one."""
    from matplotlib.colors import LogNorm
    from matplotlib.lines import Line2D

    axes = canvas.subplots()
    shades = axes.contourf(
        data["stop"], data["noise"], data["ratio"], levels=np.geomspace(0.5, 2, 21), cmap="PuOr_r", norm=LogNorm(0.5, 2)
    )
    axes.contour(data["stop"], data["noise"], data["ratio"], levels=[1], colors="black", linewidths=1.4)
    axes.set(xscale="log", yscale="log", xlabel="stopping time of teacher and of student")
    axes.set_ylabel(r"noise variance $\sigma^2$")
    axes.set_title(rf"$\lambda$ = (1, {RATIO:g}), truth (1, 1)")
    axes.grid(False)
    axes.text(4.5, 4, "student wins", ha="center")
    axes.text(0.35, 0.1, "matched teacher wins", ha="center")
    bar = canvas.colorbar(shades, ax=axes, aspect=24, pad=0.02, ticks=[0.5, 0.7, 1, 1.4, 2])
    bar.ax.set_yticklabels(["0.5", "0.7", "1", "1.4", "2"])
    bar.ax.minorticks_off()
    bar.set_label("risk, student over matched teacher")
    canvas.legend([Line2D([], [], color="black", linewidth=1.4)], ["equal risk"], loc="outside upper center")


def draw_linear(data: Mapping[str, Any], canvas: Any) -> None:
    """Squared error against the eigenvalue."""
    axes = canvas.subplots()
    for name, label, look in (("teacher", "teacher", figures.ORANGE), ("student", "student", figures.BLUE)):
        one = data[name]
        figures.theory(axes, data["line"], one["theory"], look)
        figures.simulated(axes, data["lam"], one["mean"], one["error"], look, label)
    axes.set(xscale="log", xlabel=r"eigenvalue $\lambda$ of $X^\top X$", ylabel="mean squared error of the coefficient")
    axes.set_ylim(bottom=0)
    axes.legend()


def draw_logit(data: Mapping[str, Any], canvas: Any) -> None:
    """One column for each setting; above the logits, below their difference."""
    grid = canvas.subplots(2, 4, sharex=True, sharey="row", height_ratios=(3, 2))
    for (above, below), panel in zip(grid.T, data["panels"], strict=True):
        for name, label, look in (
            ("test", "test points", figures.SKY),
            ("train", "training points", figures.VERMILION),
        ):
            teacher, student = np.array(panel[name]).T
            style = {"s": 3.0, "color": look.colour, "linewidths": 0, "alpha": 0.6, "rasterized": True}
            above.scatter(teacher, student, label=label, **style)
            below.scatter(teacher, student - teacher, **style)
        above.axline((0, 0), slope=1, color="#555555", linewidth=0.8)
        below.axhline(0, color="#555555", linewidth=0.8)
        above.set_title(panel["setting"].replace(", ", ",\n"))
        below.set_xlabel("logit of the teacher")
    grid[0, 0].set_ylabel("logit of the student")
    grid[1, 0].set_ylabel("student minus teacher")
    handles, labels = grid[0, 0].get_legend_handles_labels()
    canvas.legend(handles, labels, loc="outside upper center", ncols=2, markerscale=3)


def draw_observations(data: Mapping[str, Any], canvas: Any) -> None:
    """One panel for each statistic, one row for each setting."""
    grid = canvas.subplots(3, 4, sharey=True)
    names = [r["setting"] for r in data["statistics"][0]["rows"]]  # the first is measured in all settings
    for axes, one in zip(grid.flat, data["statistics"], strict=True):
        y = [names.index(r["setting"]) for r in one["rows"]]
        bars = [figures.BARS * r["error"] for r in one["rows"]]
        axes.errorbar(
            [r["mean"] for r in one["rows"]],
            y,
            xerr=bars,
            fmt="o",
            color=figures.BLUE.colour,
            markersize=2.6,
            elinewidth=0.9,
            capsize=1.5,
        )
        axes.axvline(1 if one["name"].startswith("slope") else 0, color="#555555", linewidth=0.8)
        axes.set_title(textwrap.fill(one["name"], 18))
        axes.set_yticks(range(len(names)), names)
    grid[0, 0].invert_yaxis()


FLOWS = "Gradient flow on two directions, eigenvalues 1 and 0.2. Exact, no sampling."
ON_DIGITS = f"{SETUP[0].upper()}{SETUP[1:]}"
FIGURES = (
    Figure(
        "filter_trajectories",
        "Progress of a teacher and its student over time",
        f"{FLOWS} The student (blue) tends to where its teacher was stopped (dotted; the dot on the black line). It is "
        "behind training on labels (black) on both directions, by the larger share where the eigenvalue is small.",
        trajectory_data,
        draw_trajectory,
    ),
    Figure(
        "progress_plane",
        "Paths of teacher and students in the plane of two progresses",
        f"{FLOWS} Left: progress on direction 2 against direction 1; a student ends at its teacher (marker), which is "
        "on the black line, and is below that line before. Right: the same as a share of training on labels at equal "
        "progress on direction 1.",
        plane_data,
        draw_plane,
        (figures.WIDE, 3.0),
    ),
    Figure(
        "where_the_student_wins",
        "At which noise and stopping time exaggeration pays",
        f"{FLOWS} Shades: the student's risk over that of training on labels, stopped at the same progress on "
        "direction 1. The truth has coefficient 1 on both; teacher and student train equally long. The student wins "
        "where the noise is large enough; at both ends of the axis of time the two draw level.",
        region_data,
        draw_region,
        (4.2, 3.0),
    ),
    Figure(
        "risk_by_direction",
        "Risk by direction of gradient descent on Gaussian designs",
        "Solid: the exact risk from the filters. Markers: gradient descent of 6 steps of size 1/2 for teacher and "
        "student on Gaussian designs of 12 rows stretched to six given eigenvalues, noise variance 1/2, coefficients "
        "1; bars are two standard errors to each side.",
        linear_data,
        draw_linear,
        (4.2, 2.8),
    ),
    Figure(
        "digits_confidence",
        "Confidence of student and teacher on digits",
        f"Logit of the probability of the teacher's class, single points; the grey line is equality. A slope above 1 "
        f"(second, third) is confidence exaggerated, below 1 (first, fourth) it is not. {ON_DIGITS}",
        logit_data,
        draw_logit,
        (figures.WIDE, 4.0),
    ),
    Figure(
        "digits_observations",
        "All that was measured on digits, with or without an effect",
        "Means over random splits and starts; bars are two standard errors to each side. The grey line is no effect; "
        "where it crosses a bar no effect is seen. Logistic regression has no second layer; confidence is not compared "
        f"with a teacher that was trained longer. {ON_DIGITS}",
        observations_data,
        draw_observations,
        (figures.WIDE, 6.0),
    ),
)
