"""Sliders appear on a live page only; everywhere else the figure of their starting values does."""

from __future__ import annotations

from typing import Any

import pytest

from w2s_sym.papers import sliders as module
from w2s_sym.papers.figures import Figure, FigureError, Picture
from w2s_sym.papers.sliders import SESSION_VARIABLE, Slider, controls

MADE: list[dict[str, float]] = []


def make(**values: float) -> Figure:
    MADE.append(values)

    def draw(numbers: Any, canvas: Any) -> None:
        canvas.subplots().plot([0, numbers["a"]])

    return Figure("one", "One line", f"To {values['a']:g}.", lambda run: values, draw)


@pytest.fixture(autouse=True)
def _nothing_made(monkeypatch: pytest.MonkeyPatch) -> None:
    MADE.clear()
    monkeypatch.delenv(SESSION_VARIABLE, raising=False)


def test_a_kernel_without_a_page_shows_the_figure_of_the_starting_values() -> None:
    shown = controls(make, a=Slider(2, 1, 3))
    assert isinstance(shown, Picture)
    assert MADE == [{"a": 2}]
    assert shown.caption == "To 2."


def test_without_ipywidgets_a_page_shows_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Any:
        raise ImportError

    monkeypatch.setenv(SESSION_VARIABLE, "essay.ipynb")
    monkeypatch.setattr(module, "_widgets", missing)
    assert controls(make, a=Slider(2, 1, 3)) == controls(make, live=False, a=Slider(2, 1, 3))


class _Widgets:
    """What is used of ipywidgets."""

    @staticmethod
    def FloatSlider(**options: Any) -> dict[str, Any]:
        return options

    @staticmethod
    def interactive(draw: Any, **sliders: Any) -> Any:
        return draw, sliders


def test_on_a_page_there_are_sliders_and_moving_one_draws_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    monkeypatch.setenv(SESSION_VARIABLE, "essay.ipynb")
    monkeypatch.setattr(module, "_widgets", lambda: _Widgets)
    monkeypatch.setattr("IPython.display.display", shown.append)
    draw, sliders = controls(make, a=Slider(2, 1, 3))
    assert (sliders["a"]["min"], sliders["a"]["value"], sliders["a"]["max"]) == (1, 2, 3)
    for value in (1.5, 2.5):
        draw(a=value)
    # Figures of one name: the second is not the first one, kept.
    assert [p.caption for p in shown] == ["To 1.5.", "To 2.5."]
    assert shown[0].png != shown[1].png


def test_the_real_widget_has_the_sliders() -> None:
    pytest.importorskip("ipywidgets")
    made = controls(make, live=True, a=Slider(2, 1, 3))
    assert made.kwargs_widgets[0].value == 2


def test_a_slider_says_what_it_is_and_moves_in_round_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_widgets", lambda: _Widgets)
    _, sliders = controls(make, live=True, a=Slider(1, 0.1, 6, "time"), b=Slider(0.2, 0.02, 2))
    assert [s["description"] for s in sliders.values()] == ["time", "b"]
    assert [(s["step"], s["readout_format"]) for s in sliders.values()] == [(0.1, ".1f"), (0.02, ".2f")]


@pytest.mark.parametrize(("ends", "step"), [((0, 1), 0.02), ((0, 5), 0.1), ((0, 0.999), 0.01), ((10, 4000), 50)])
def test_the_step_of_a_slider_is_the_largest_round_one(ends: tuple[float, float], step: float) -> None:
    assert Slider(ends[0], *ends).step == pytest.approx(step, rel=1e-12)


@pytest.mark.parametrize("bad", [(0, 1, 3), (4, 1, 3), (1, 1, 1), (float("nan"), 1, 3)])
def test_a_slider_starts_inside_of_its_range(bad: tuple[float, float, float]) -> None:
    with pytest.raises(FigureError, match="start it inside"):
        Slider(*bad)
