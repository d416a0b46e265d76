"""Sliders for a figure in a notebook that somebody reads live; one picture anywhere else.

What a notebook shows when it is run from its top must not depend on what is installed, nor name a widget. So sliders
are shown only by a kernel that a notebook server has started for a page, and only with ipywidgets.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from w2s_sym.claims.run import Run
from w2s_sym.formula.typed import typed
from w2s_sym.papers.figures import Figure, FigureError

# Jupyter's server sets it for the kernels of its pages; a notebook that is merely executed has no page.
SESSION_VARIABLE = "JPY_SESSION_NAME"
# From end to end a slider has at least so many steps.
STEPS = 50


@typed
@dataclass(frozen=True)
class Slider:
    """A number between ``low`` and ``high`` that starts at ``value``; ``label`` says what it is.

    Raises :class:`FigureError` for a start that is not between the ends.
    """

    value: float
    low: float
    high: float
    label: str = ""

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high or not self.low < self.high:
            raise FigureError(f"a slider from {self.low:g} to {self.high:g} starts at {self.value:g}; start it inside")

    @property
    def step(self) -> float:
        """The largest of 1, 2 and 5 times a power of ten of which at least :data:`STEPS` fit between the ends."""
        most = (self.high - self.low) / STEPS * (1 + 1e-9)  # an exact fit is one, whatever the rounding
        power = 10.0 ** math.floor(math.log10(most))
        return max(k * power for k in (1, 2, 5) if k * power <= most)


@typed
def controls(make: Callable[..., Figure], live: bool | None = None, **sliders: Slider) -> Any:
    """The figure ``make(**values)`` with one slider for each of its arguments.

    Returns a widget when ``live`` and ipywidgets is there, else the :class:`w2s_sym.papers.figures.Picture` of the
    values at which the sliders start. ``live`` is by default whether a notebook server started this kernel for a page.
    """

    def picture(**values: float) -> Any:
        # Figures of several values have one name: nothing is kept.
        return make(**values).show(Run())

    live = bool(os.environ.get(SESSION_VARIABLE)) if live is None else live
    try:
        widgets = _widgets() if live else None
    except ImportError:
        widgets = None
    if widgets is None:
        return picture(**{name: s.value for name, s in sliders.items()})

    def draw(**values: float) -> None:
        _display(picture(**values))

    shown = {
        name: widgets.FloatSlider(
            value=s.value,
            min=s.low,
            max=s.high,
            step=s.step,
            description=s.label or name,
            readout_format=f".{max(0, -math.floor(math.log10(s.step)))}f",
            continuous_update=False,
            style={"description_width": "13em"},
            layout={"width": "40em", "max_width": "98%"},
        )
        for name, s in sliders.items()
    }
    return widgets.interactive(draw, **shown)


def _display(shown: Any) -> None:
    from IPython import display

    show: Callable[[Any], None] = display.display
    show(shown)


def _widgets() -> Any:
    import ipywidgets

    return ipywidgets


__all__ = ["SESSION_VARIABLE", "Slider", "controls"]
