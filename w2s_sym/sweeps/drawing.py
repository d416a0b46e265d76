"""The figure of a sweep: lines for what is worked out, markers with bars for what is simulated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from w2s_sym.papers.figures import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION, Figure, bound, simulated, theory
from w2s_sym.sweeps.numbers_given import SweepError

if TYPE_CHECKING:
    from w2s_sym.sweeps.tables import Sweep

LOOKS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)
# A scale whose ends have a larger ratio is logarithmic unless the sweep says otherwise.
WIDE_RATIO = 100.0


def figure_of(found: Sweep, x: str, hue: str, at: Mapping[str, float]) -> Figure:
    """The figure of a sweep along ``x``, in colours along ``hue``. Raises :class:`SweepError`."""
    chosen = found.about["figure"]
    x = x or chosen["x"] or max(found.axes, key=lambda name: len(found.axes[name]))
    hue = hue or (chosen["hue"] if chosen["hue"] != x else "") or _colours(found, x, at)
    for name in (x, hue, *at):
        if name and name not in found.axes:
            raise SweepError(f"{name} is no axis of this sweep; it has {', '.join(found.axes)}")
    if x == hue or x in at or hue in at:
        raise SweepError(f"{x if x in at else hue} is used twice; give x, hue and at different axes")
    if hue and len(found.axes[hue]) > len(LOOKS):
        raise SweepError(f"{hue} has {len(found.axes[hue])} values, and there are {len(LOOKS)} colours; fix it with at")
    fixed = {name: _position(found, name, at) for name in found.axes if name not in (x, hue)}
    data = _data(found, x, hue, fixed)
    where = ", ".join(f"{n} = {found.axes[n][i]:.6g}" for n, i in fixed.items())
    caption = f"At {where}. " if where else ""
    lines = "Lines: formulas and equivalents." if len(found.errors) < len(found.columns) else ""
    drawn = "Markers: means of draws, with bars of two standard errors to each side." if found.errors else ""
    caption += " ".join(part for part in (lines, drawn) if part)
    title = found.about["title"] or f"A sweep over {x}" + (f" and {hue}" if hue else "")
    return Figure("sweep", title, caption, lambda run: data, draw_sweep, size=(4.6, 3.0))


def _colours(found: Sweep, x: str, at: Mapping[str, float]) -> str:
    """The other axis with the most values that colours can tell apart; none where there is no such axis."""
    others = [n for n, v in found.axes.items() if n != x and n not in at and 1 < len(v) <= len(LOOKS)]
    return max(others, key=lambda name: len(found.axes[name])) if others else ""


def _position(found: Sweep, name: str, at: Mapping[str, float]) -> int:
    if name not in at:
        return 0
    places = np.flatnonzero(np.isclose(found.axes[name], at[name], rtol=1e-12, atol=0.0))
    if not len(places):
        values = ", ".join(f"{v:.6g}" for v in found.axes[name][:8])
        raise SweepError(f"{name} = {at[name]:.6g} is no value of that axis; it has {values}")
    return int(places[0])


def _data(found: Sweep, x: str, hue: str, fixed: Mapping[str, int]) -> dict[str, Any]:
    """The series of the figure as plain values, cells without a value left out."""
    names = list(found.axes)
    labels = {a["name"]: a for a in found.about["axes"]}
    series = []
    hues = range(len(found.axes[hue])) if hue else range(1)
    solid = next((n for n in found.columns if n not in found.errors), "")
    for column, name in enumerate(found.columns):
        for k in hues:
            place = tuple(slice(None) if n == x else k if n == hue else fixed[n] for n in names)
            y = found.columns[name][place]
            good = np.isfinite(y)
            error = found.errors[name][place][good].tolist() if name in found.errors else None
            told = f"{hue} = {found.axes[hue][k]:.6g}" if hue else ""
            many = len(found.columns) > 1
            series.append(
                {
                    "x": found.axes[x][good].tolist(),
                    "y": y[good].tolist(),
                    "error": error,
                    "look": k if hue else column % len(LOOKS),
                    "solid": name == solid or not hue,
                    "label": f"{name}, {told}" if told and many else told or name,
                }
            )
    units = {c["unit"] for c in found.about["columns"]}
    only = found.about["columns"][0]
    y_label = (only["title"] or only["name"]) if len(found.columns) == 1 else found.about["title"]
    if len(units) == 1 and any(units):
        y_label = f"{y_label} ({units.pop()})".strip()
    log = found.about["figure"]["log"]
    return {"series": series, "x": _label(labels[x]), "y": y_label, "log": log or _scales(series)}


def _label(axis: Mapping[str, Any]) -> str:
    title = axis["title"] or axis["name"]
    return f"{title} ({axis['unit']})" if axis["unit"] else title


def _scales(series: list[dict[str, Any]]) -> list[str]:
    found = []
    for which in ("x", "y"):
        values = np.array([v for s in series for v in s[which]])
        if values.size and values.min() > 0 and values.max() > WIDE_RATIO * values.min():
            found.append(which)
    return found


def draw_sweep(data: Mapping[str, Any], canvas: Any) -> None:
    """Draw the series on an empty figure of matplotlib."""
    axes = canvas.subplots()
    for s in data["series"]:
        look = LOOKS[s["look"]]
        if s["error"] is not None:
            simulated(axes, s["x"], s["y"], s["error"], look, s["label"])
        elif s["solid"]:
            theory(axes, s["x"], s["y"], look, s["label"])
        else:
            bound(axes, s["x"], s["y"], look, s["label"])
    axes.set_xlabel(data["x"])
    axes.set_ylabel(data["y"])
    if "x" in data["log"]:
        axes.set_xscale("log")
    if "y" in data["log"]:
        axes.set_yscale("log")
    axes.legend()
