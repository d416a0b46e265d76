"""The figures of Dong et al. (2025): their synthetic experiment, run as it is written, against the exact formulas.

z ~ N(0, I) are coordinates that both models share; the student sees 1..100, the teacher 200 coordinates after a skip,
so that they have d_sw in common. One trial draws n labelled and N fresh points, fits the teacher on the labels and the
student on the teacher's predictions, both by least squares, and measures excess risks exactly: for isotropic z the
risk of a fitted vector is its squared distance to the target's coefficients.

Every formula comes from the claims of :mod:`derivations.dong2025`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from derivations.dong2025.baselines import CEILING_RISK, STRONG
from derivations.dong2025.ratios import OPR, OPR_FAILS, PGR, PGR_BOUND
from derivations.dong2025.ridge import figures as with_ridge
from derivations.dong2025.risk import STUDENT
from derivations.dong2025.runs import LABELS, PLANS, PSEUDO_LABELS, ROWS, trials
from derivations.dong2025.setting import d_sw
from derivations.dong2025.synthetic_experiment import GRID, NOISE, SKIPS, SYNTHETIC_BOUND, null_risk, synthetic
from derivations.dong2025.teacher import WEAK, WEAK_VARIANCE
from derivations.dong2025.variance import VARIANCE_IN_SAMPLE, VARIANCE_POPULATION
from w2s_sym import Claim, Figure, Run, figures, mean_and_error, ratio_and_error

# -- the numbers ---------------------------------------------------------------------------------------------

Cell = dict[str, Any]
Measure = Callable[[Mapping[str, np.ndarray]], tuple[np.ndarray, np.ndarray]]


def _mean(name: str) -> Measure:
    return lambda t: mean_and_error(t[name])


MEASURES: Mapping[str, Measure] = {
    **{name: _mean(name) for name in ("weak", "student", "strong", "ceiling")},
    "pgr": lambda t: ratio_and_error(t["weak"] - t["student"], t["weak"] - t["ceiling"]),
    "opr": lambda t: ratio_and_error(t["strong"], t["student"]),
    "overlap": lambda t: ratio_and_error(t["student_variance"], t["teacher_variance"]),
    "overlap_in_sample": lambda t: ratio_and_error(t["student_variance_in_sample"], t["teacher_variance"]),
}


@cache
def _functions() -> Mapping[str, Callable[[Cell], np.ndarray]]:
    """What is drawn as a line, by name: all of it from right sides of claims, on their domains."""

    def of(claim: Claim) -> Callable[[Cell], np.ndarray]:
        compute, used = claim.to_numpy(), {s.name for s in claim.rhs.free_symbols}
        return lambda cell: compute(**{k: v for k, v in cell.items() if k in used})

    weak_variance, in_sample, population = (of(c) for c in (WEAK_VARIANCE, VARIANCE_IN_SAMPLE, VARIANCE_POPULATION))
    return {
        "weak": of(WEAK),
        "student": of(STUDENT),
        "strong": of(STRONG),
        "ceiling": of(CEILING_RISK),
        "pgr": of(PGR),
        "opr": of(OPR),
        "overlap": lambda cell: population(cell) / weak_variance(cell),
        "overlap_in_sample": lambda cell: in_sample(cell) / weak_variance(cell),
        "drawn": of(SYNTHETIC_BOUND),
        "printed_pgr": of(PGR_BOUND),
        "printed_opr": of(OPR_FAILS),
    }


def formula(name: str, skip: int, n: Any, N: Any) -> np.ndarray:
    """A line of the figures at labels n and pseudo-labels N (arrays broadcast): a measured quantity, or a bound."""
    return _functions()[name](_cell(skip, n, N))


def _cell(skip: int, n: Any, N: Any, **changed: Any) -> Cell:
    fixed = {s.name: float(v) for s, v in synthetic(skip, LABELS, PSEUDO_LABELS).items()}
    return {**fixed, "n": n, "N": N, **changed}


def _panel(run: Run, varied: str, skip: int, measured: Sequence[str], bounds: Sequence[str]) -> dict[str, Any]:
    """Lines and simulated points of one skip along one grid."""
    line = np.arange(GRID[0], GRID[-1] + 1, 20)
    n, N = (LABELS, line) if varied == "N" else (line, PSEUDO_LABELS)
    sizes = PLANS[run.effort][1]
    points = {size: trials(run, varied, size)[skip] for size in sizes}
    found: dict[str, Any] = {name: [MEASURES[name](points[size]) for size in sizes] for name in measured}
    return {
        "varied": varied,
        "d_sw": int(synthetic(skip, LABELS, PSEUDO_LABELS)[d_sw]),
        "x": line,
        "lines": {k: np.broadcast_to(formula(k, skip, n, N), line.shape) for k in (*measured, *bounds)},
        "sizes": sizes,
        "simulated": {
            name: {"mean": [float(m) for m, _ in pairs], "error": [float(e) for _, e in pairs]}
            for name, pairs in found.items()
        },
    }


def _panels(run: Run, measured: Sequence[str], bounds: Sequence[str] = (), rows: Sequence[str] = ROWS) -> Any:
    panels = [_panel(run, v, skip, measured, bounds) for v in rows for skip in sorted(SKIPS, reverse=True)]
    count, _, literal = PLANS[run.effort]
    return {"trials": count, "rows": "drawn" if literal else "triangular factors of the same law", "panels": panels}


def risk_data(run: Run) -> Mapping[str, Any]:
    """Excess risks of the four models, the bound that the authors draw, and the zero function's risk."""
    return {**_panels(run, ("weak", "student", "strong", "ceiling"), ("drawn",)), "null": float(null_risk)}


def pgr_data(run: Run) -> Mapping[str, Any]:
    """PGR with its printed lower bound."""
    return dict(_panels(run, ("pgr",), ("printed_pgr",)))


def opr_data(run: Run) -> Mapping[str, Any]:
    """OPR with its printed lower bound."""
    return dict(_panels(run, ("opr",), ("printed_opr",)))


def overlap_data(run: Run) -> Mapping[str, Any]:
    """The student's variance over its teacher's, on fresh points and on the pseudo-labelled points."""
    return dict(_panels(run, ("overlap", "overlap_in_sample"), (), ("N",)))


def noise_data(run: Run) -> Mapping[str, Any]:
    """The student's excess risk over that of the zero function, its teacher and the strong baseline. No sampling."""
    sizes = np.unique(np.rint(np.geomspace(120, 40000, 90)))
    noise = np.geomspace(1e-4, 1e-1, 90)
    panels = []
    for skip in sorted(SKIPS, reverse=True):
        cell = _cell(skip, LABELS, sizes[None, :], sigma2=noise[:, None])
        student = _functions()["student"](cell)
        rivals = {"null": float(null_risk), **{k: _functions()[k](cell) for k in ("weak", "strong")}}
        panels.append(
            {
                "d_sw": int(cell["d_sw"]),
                **{k: np.round(np.broadcast_to(student / v, student.shape), 9) for k, v in rivals.items()},
            }
        )
    return {"N": sizes, "sigma2": noise, "authors": float(NOISE), "panels": panels}


# -- the drawing ---------------------------------------------------------------------------------------------

RISKS: Mapping[str, tuple[str, figures.Look]] = {
    "weak": ("weak teacher", figures.ORANGE),
    "student": ("student (W2S)", figures.BLUE),
    "strong": ("strong baseline", figures.GREEN),
    "ceiling": ("strong ceiling", figures.PURPLE),
}
OVERLAPS = {10: figures.BLUE, 50: figures.ORANGE, 90: figures.GREEN}
HELD = {"N": f"pseudo-labels N   (n = {LABELS})", "n": f"labels n   (N = {PSEUDO_LABELS})"}
TICKS = (400, 1000, 2000, 3000, 4000)
RATIOS = (0.5, 0.7, 1, 1.5, 2, 3)


def _legend(canvas: Any, axes: Any, columns: int) -> None:
    from matplotlib.container import ErrorbarContainer
    from matplotlib.lines import Line2D

    handles, labels = axes.get_legend_handles_labels()
    grey: dict[str, Any] = {"color": "#555555"}
    styles = [
        (Line2D([], [], **grey), "exact"),
        (Line2D([], [], linestyle=(0, (4, 2)), linewidth=1.0, **grey), "printed bound"),
        (Line2D([], [], marker="|", linestyle="", markersize=8, **grey), "bar: ±2 standard errors"),
    ]
    dashed = any(line.is_dashed() for line in axes.get_lines())
    for handle, label in styles:
        if label != "printed bound" or dashed:
            handles.append(handle)
            labels.append(label)
    assert any(isinstance(h, ErrorbarContainer) for h in handles)
    canvas.legend(handles, labels, loc="outside upper center", ncols=columns, columnspacing=1.4, handlelength=2.2)


def draw_risk(data: Mapping[str, Any], canvas: Any) -> None:
    """Rows: against N, against n; columns: the overlap."""
    grid = canvas.subplots(2, 3, sharey="row", squeeze=False)
    for axes, panel in zip(grid.flat, data["panels"], strict=True):
        figures.bound(axes, panel["x"], panel["lines"]["drawn"], figures.BLUE)
        for name, (label, look) in RISKS.items():
            figures.theory(axes, panel["x"], panel["lines"][name], look)
            points = panel["simulated"][name]
            figures.simulated(axes, panel["sizes"], points["mean"], points["error"], look, label)
        axes.axhline(data["null"], color=figures.BLACK.colour, linestyle=":", linewidth=1.1, label="zero function")
        axes.set(yscale="log", xlabel=HELD[panel["varied"]], xticks=TICKS)
        if panel["varied"] == "N":
            axes.set_title(f"$d_{{sw}}$ = {panel['d_sw']}")
    for row in grid:
        row[0].set_ylabel("population excess risk")
    _legend(canvas, grid.flat[0], 4)


def _draw_ratio(name: str, words: str, data: Mapping[str, Any], canvas: Any, log: bool) -> None:
    grid = canvas.subplots(1, 2, sharey=True)
    for axes, varied in zip(grid, ROWS, strict=True):
        for panel in data["panels"]:
            if panel["varied"] == varied:
                look, points = OVERLAPS[panel["d_sw"]], panel["simulated"][name]
                figures.bound(axes, panel["x"], panel["lines"][f"printed_{name}"], look)
                figures.theory(axes, panel["x"], panel["lines"][name], look)
                label = f"$d_{{sw}}$ = {panel['d_sw']}"
                figures.simulated(axes, panel["sizes"], points["mean"], points["error"], look, label)
        axes.set(xlabel=HELD[varied], xticks=TICKS)
        if log:
            axes.set_yscale("log")
            axes.set_yticks(RATIOS, [f"{tick:g}" for tick in RATIOS])
            axes.minorticks_off()
    grid[0].set_ylabel(words)
    _legend(canvas, grid[0], 6)


def draw_pgr(data: Mapping[str, Any], canvas: Any) -> None:
    """Against N, against n."""
    _draw_ratio("pgr", "performance gap recovery (PGR)", data, canvas, log=False)


def draw_opr(data: Mapping[str, Any], canvas: Any) -> None:
    """Against N, against n."""
    _draw_ratio("opr", "outperforming ratio (OPR)", data, canvas, log=True)


def draw_overlap(data: Mapping[str, Any], canvas: Any) -> None:
    """One panel for each overlap."""
    grid = canvas.subplots(1, 3, sharey=True)
    kinds = {
        "overlap": ("on fresh points", figures.BLUE),
        "overlap_in_sample": ("on the N points themselves", figures.VERMILION),
    }
    for axes, panel in zip(grid, data["panels"], strict=True):
        for name, (label, look) in kinds.items():
            figures.theory(axes, panel["x"], panel["lines"][name], look)
            points = panel["simulated"][name]
            figures.simulated(axes, panel["sizes"], points["mean"], points["error"], look, label)
        axes.set(title=f"$d_{{sw}}$ = {panel['d_sw']}", xlabel=HELD["N"], xticks=TICKS)
    grid[0].set_ylim(bottom=0)
    grid[0].set_ylabel("variance, student over teacher")
    _legend(canvas, grid[0], 4)


def draw_noise(data: Mapping[str, Any], canvas: Any) -> None:
    """Shades: student over zero function; contours: where the student draws level."""
    from matplotlib.colors import LogNorm
    from matplotlib.lines import Line2D

    grid = canvas.subplots(1, 3, sharey=True)
    # Line widths too: on a shaded ground the patterns alone are hard to tell apart.
    contours: dict[str, tuple[Any, float]] = {
        "null": ("-", 1.6),
        "weak": ((0, (4, 2)), 1.2),
        "strong": ((0, (1, 1)), 1.2),
    }
    levels = np.geomspace(0.25, 16, 13)
    shades = None
    for axes, panel in zip(grid, data["panels"], strict=True):
        shades = axes.contourf(
            data["N"], data["sigma2"], panel["null"], levels=levels, cmap="PuOr_r", norm=LogNorm(1 / 16, 16),
            extend="both",
        )  # fmt: skip
        for name, (style, width) in contours.items():
            axes.contour(
                data["N"], data["sigma2"], panel[name], levels=[1], colors="black", linestyles=[style],
                linewidths=width,
            )  # fmt: skip
        axes.axhline(data["authors"], color=figures.BLUE.colour, linewidth=1.0)
        axes.set(xscale="log", yscale="log", title=f"$d_{{sw}}$ = {panel['d_sw']}", xlabel=HELD["N"])
        axes.grid(False)
    grid[2].text(
        data["N"][-1] * 0.9, data["authors"] * 1.08, "the authors' noise", color=figures.BLUE.colour, ha="right"
    )
    grid[0].set_ylabel(r"label noise variance $\sigma^2$")
    bar = canvas.colorbar(shades, ax=list(grid), ticks=[0.25, 1, 4, 16], aspect=30, pad=0.01)
    bar.ax.set_yticklabels(["1/4", "1", "4", "16"])
    bar.set_label("excess risk, student over zero function")
    names = ("level with the zero function", "level with its teacher", "level with the strong baseline")
    handles = [Line2D([], [], color="black", linestyle=s, linewidth=w) for s, w in contours.values()]
    canvas.legend(handles, names, loc="outside upper center", ncols=3)


SETTING = (
    "The authors' synthetic experiment: 300 Gaussian coordinates, student on 100, teacher on 200, $d_{sw}$ in common, "
    "noise variance 1/100."
)
BARS_SAY = (
    "Markers are simulations of the whole pipeline, bars two standard errors to each side; runs of different sizes are "
    "independent, the overlaps share their points."
)
RATIOS_SAY = "Simulated ratios are ratios of means over trials, their errors by the delta method."
FIGURES = (
    Figure(
        "synthetic_risk",
        "Excess risks in the synthetic experiment",
        f"{SETTING} Solid: exact population excess risk. Dashed: the in-sample form that the authors draw for the "
        f"student. Dotted: the zero function, which is below the student everywhere. {BARS_SAY}",
        risk_data,
        draw_risk,
        (figures.WIDE, 4.4),
    ),
    Figure(
        "synthetic_pgr",
        "Performance gap recovery in the synthetic experiment",
        f"{SETTING} Solid: exact PGR of population risk. Dashed: the printed lower bound. {RATIOS_SAY} {BARS_SAY}",
        pgr_data,
        draw_pgr,
    ),
    Figure(
        "synthetic_opr",
        "Outperforming ratio in the synthetic experiment",
        f"{SETTING} Solid: exact OPR of population risk. Dashed: the printed lower bound. {RATIOS_SAY} {BARS_SAY}",
        opr_data,
        draw_opr,
    ),
    Figure(
        "overlap_law",
        "How much of its teacher's variance the student inherits",
        f"{SETTING} Solid: the exact law, on fresh points and on the N pseudo-labelled points. {RATIOS_SAY} {BARS_SAY}",
        overlap_data,
        draw_overlap,
    ),
    Figure(
        "noise_map",
        "At which noise the student is worth having",
        f"The synthetic experiment at other noise levels, n = {LABELS}, exact formulas only. Shades: the student's "
        "excess risk over that of the zero function. The student beats the zero function below the solid line, its "
        "teacher and the strong baseline above theirs.",
        noise_data,
        draw_noise,
        (figures.WIDE, 2.7),
    ),
    *with_ridge.FIGURES,
)
