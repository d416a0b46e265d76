"""Figures: the numbers that a paper draws, how it draws them, and one style for all.

A figure is plain data and two functions. ``data`` computes numbers: exact curves from claims, simulated means with
their standard errors. ``draw`` puts them on paper and computes nothing. The numbers are kept in the run's memory, so
a figure is simulated once.

The style says how a number is known: exact theory is a solid line, a printed bound is dashed, a simulation is a marker
with a bar of :data:`BARS` standard errors to each side. Series differ in colour (Okabe and Ito's, safe for the
colour-blind) and in marker, and so can be distinguished in grey.
"""

from __future__ import annotations

import hashlib
import io
import re
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from w2s_sym.claims.run import Memory, NoMemory, Run, Scoped
from w2s_sym.formula.tex import plain_sentence
from w2s_sym.formula.typed import typed
from w2s_sym.store.disk import Fresh, Store, plain
from w2s_sym.store.fingerprints import source_digest, versions
from w2s_sym.store.marks import PICTURE

FORMATS = ("png", "pdf", "svg")
# The text width of a two-column page, in inches.
WIDE = 6.75
# Standard errors that a bar extends to each side.
BARS = 2

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
# Matplotlib's settings are global: one figure at a time changes them, and puts them back.
_LOCK = threading.RLock()


class FigureError(ValueError):
    """A figure that cannot be drawn. The message is one line: what failed, and the next move."""


@dataclass(frozen=True)
class Look:
    """How a series looks: a colour and a marker that no other series has."""

    colour: str
    marker: str


BLACK = Look("#000000", "x")
BLUE = Look("#0072B2", "o")
ORANGE = Look("#E69F00", "s")
GREEN = Look("#009E73", "^")
PURPLE = Look("#CC79A7", "D")
VERMILION = Look("#D55E00", "v")
SKY = Look("#56B4E9", "P")

MATPLOTLIB_STYLE: Mapping[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "axes.titlesize": 8,
    "axes.labelsize": 7.5,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "mathtext.fontset": "dejavusans",
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.4,
    "lines.linewidth": 1.2,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "savefig.dpi": 200,
    "pdf.fonttype": 42,
    "figure.constrained_layout.use": True,
}
# No version and no time: the same numbers give the same bytes.
_METADATA: Mapping[str, Mapping[str, str | None]] = {
    "png": PICTURE["png"],
    "pdf": {"Producer": None, "CreationDate": None, **PICTURE["pdf"]},
    "svg": {"Date": None, "Format": None, "Type": None, **PICTURE["svg"]},
}


@typed
@dataclass(frozen=True)
class Figure:
    """One figure of a paper.

    Parameters
    ----------
    name
        In snake case; with the paper's name before it, what a user types: ``paper/name``.
    title
        One line for lists of figures.
    caption
        What the lines, the markers and their bars are.
    data
        From a :class:`w2s_sym.claims.run.Run` to the numbers of the figure, a mapping of plain JSON values.
    draw
        Draws these numbers on an empty ``matplotlib.figure.Figure``.
    size
        Width and height in inches.
    """

    name: str
    title: str
    caption: str
    data: Callable[[Run], Mapping[str, Any]]
    draw: Callable[[Mapping[str, Any], Any], None]
    size: tuple[float, float] = (WIDE, 2.6)

    def __post_init__(self) -> None:
        if not _NAME.match(self.name):
            raise FigureError(f"a figure is called {self.name!r}; use small letters, digits and _ only")
        if not self.title.strip() or not self.caption.strip():
            raise FigureError(f"figure {self.name} needs a title and a caption")

    def run(
        self,
        effort: str = "quick",
        seed: int = 0,
        memory: Memory | None = None,
        progress: Callable[[str], None] | None = None,
        fresh: bool = False,
    ) -> Run:
        """A run whose memory keeps this figure's numbers as long as no source that they depend on changes.

        ``memory`` is by default the user's store; ``fresh`` reads nothing from it. Figures whose functions are in one
        module share their finished simulations.
        """
        sources = _sources(self.data)
        if not sources:
            return Run(effort, seed, NoMemory(), progress)
        memory = memory if memory is not None else Store()
        parts = (sources, effort, str(seed), repr(sorted(versions().items())))
        scope = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
        return Run(effort, seed, Scoped(Fresh(memory) if fresh else memory, f"figures/{scope}"), progress)

    @property
    def home(self) -> str:
        """The name of the module of its numbers, whose figures share simulations; empty where there is none."""
        return _module(self.data)

    def svg(self, run: Run | None = None) -> str:
        """The figure as an SVG element, to be put into a page; by default from a quick run."""
        text = render(self, run, "svg").decode("utf-8")
        return text[text.index("<svg") :]

    def show(self, run: Run | None = None) -> Picture:
        """The figure as a picture that a notebook displays; by default from a quick run."""
        return Picture(self.title, self.caption, render(self, run, "png"))

    def _repr_png_(self) -> bytes:
        return render(self, None, "png")


@dataclass(frozen=True)
class Picture:
    """A drawn figure. A notebook shows ``png``; in plain text it is its title and caption."""

    title: str
    caption: str
    png: bytes

    def _repr_png_(self) -> bytes:
        return self.png

    def __repr__(self) -> str:
        return plain_sentence(f"{self.title}. {self.caption}")


def kept(run: Run, key: str, compute: Callable[[], Any]) -> Any:
    """The value that the run's memory has under ``key``; else it is computed, turned into JSON values, and kept."""
    found = run.memory.get(key)
    if found is None:
        found = plain(compute())
        run.memory.put(key, found)
    return found


def numbers(figure: Figure, run: Run | None = None) -> Mapping[str, Any]:
    """The numbers of a figure as JSON values, from memory where they are there; by default from a quick run.

    Raises :class:`FigureError` when ``figure.data`` fails or returns what is no mapping of plain values.
    """
    run = run if run is not None else figure.run()

    def compute() -> Mapping[str, Any]:
        found = _guarded(figure, "data", lambda: figure.data(run))
        if not isinstance(found, Mapping):
            raise FigureError(f"figure {figure.name}: data returned a {type(found).__name__}; return a mapping")
        return found

    try:
        found: Mapping[str, Any] = kept(run, f"figure/{figure.name}", compute)
    except TypeError as problem:
        raise FigureError(f"figure {figure.name}: its data hold what JSON lacks: {problem}") from problem
    return found


def render(figure: Figure, run: Run | None = None, format: str = "png") -> bytes:
    """The figure as a file's bytes: ``png``, ``pdf`` or ``svg``; the same bytes for the same numbers.

    The user's matplotlib settings do not enter and are not changed; ``pyplot`` is not used. Raises
    :class:`FigureError` for another format, when matplotlib is missing, or when the figure's functions fail.
    """
    return paint(figure, numbers(figure, run) if format in FORMATS else {}, format)


def paint(figure: Figure, found: Mapping[str, Any], format: str) -> bytes:
    """The same from numbers that are at hand (see :func:`numbers`)."""
    if format not in FORMATS:
        raise FigureError(f"no figure format {format!r}; use {', '.join(FORMATS)}")
    try:
        import matplotlib
        from matplotlib.figure import Figure as Canvas
    except ImportError as problem:
        raise FigureError("matplotlib draws the figures and is missing; pip install 'w2s-sym[plots]'") from problem
    target = io.BytesIO()
    style: Any = {**MATPLOTLIB_STYLE, "svg.hashsalt": figure.name}
    with _LOCK, matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(style)
        canvas = Canvas(figsize=figure.size)

        def save() -> None:
            figure.draw(found, canvas)
            canvas.savefig(target, format=format, metadata=dict(_METADATA[format]))

        _guarded(figure, "draw", save)
    return target.getvalue()


def theory(axes: Any, x: Sequence[float], y: Sequence[float], look: Look, label: str | None = None) -> None:
    """An exact curve: solid."""
    axes.plot(x, y, color=look.colour, label=label, zorder=2)


def bound(axes: Any, x: Sequence[float], y: Sequence[float], look: Look, label: str | None = None) -> None:
    """A printed bound: dashed."""
    axes.plot(x, y, color=look.colour, linestyle=(0, (4, 2)), linewidth=1.0, label=label, zorder=2)


def simulated(
    axes: Any, x: Sequence[float], mean: Sequence[float], error: Sequence[float], look: Look, label: str | None = None
) -> None:
    """Simulated means with their standard errors: markers with bars of :data:`BARS` standard errors to each side."""
    axes.errorbar(
        x,
        mean,
        yerr=[BARS * e for e in error],
        fmt=look.marker,
        color=look.colour,
        markersize=3.6,
        markeredgewidth=0.7,
        markerfacecolor="white",
        elinewidth=0.8,
        capsize=1.5,
        label=label,
        zorder=3,
    )


def _guarded(figure: Figure, part: str, work: Callable[[], Any]) -> Any:
    try:
        return work()
    except FigureError:
        raise
    except Exception as problem:
        what = " ".join(str(problem).split())
        raise FigureError(f"figure {figure.name}: its {part} failed: {type(problem).__name__}: {what}") from problem


def _module(function: Callable[..., Any]) -> str:
    return getattr(function, "__module__", None) or ""


def _sources(function: Callable[..., Any]) -> str:
    """The hash of the file of a function with all that it imports; empty for a function without a file."""
    name = _module(function)
    file = getattr(sys.modules.get(name), "__file__", None)
    return source_digest(name, Path(file), frozenset({name.partition(".")[0]})) if file and name != "__main__" else ""
