"""Figures: numbers kept and drawn, the same bytes again, settings left alone, refusals in one line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest

from w2s_sym.claims.run import Run
from w2s_sym.evidence.simulation.moments_of_draws import mean_and_error, ratio_and_error
from w2s_sym.papers.figures import FORMATS, Figure, FigureError, kept, numbers, render
from w2s_sym.store.disk import Store

ROOT = Path(__file__).resolve().parents[2]
CALLS: list[str] = []

DRAWN = """
from w2s_sym.papers.figures import BLUE, Figure, bound, simulated, theory

def data(run):
    note("drew")
    return {"x": (1, 2, 3), "y": [run.seed, 1, 2.5]}

def draw(data, canvas):
    axes = canvas.subplots()
    theory(axes, data["x"], data["y"], BLUE, "exact")
    simulated(axes, data["x"], data["y"], [0.1, 0.1, 0.1], BLUE)

CLAIMS = (claim("a"),)
"""
FIGURES = DRAWN + 'FIGURES = (Figure("line", "A line", "Bars: two standard errors.", data, draw),)'


def data(run: Run) -> dict[str, object]:
    CALLS.append(run.effort)
    return {"y": np.array([1.0, 2.0]), "pair": (1, 2)}


def draw(found, canvas) -> None:
    assert found["pair"] == [1, 2]  # as it comes back from the store, at the first time too
    canvas.subplots().plot(found["y"])


TOY = Figure("toy", "A toy", "One line.", data, draw)


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_numbers_give_the_same_bytes_whatever_the_settings(kind: str) -> None:
    first = render(TOY, Run(), kind)
    assert first[:8].strip().startswith({"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml"}[kind])
    with matplotlib.rc_context({"lines.linewidth": 9, "svg.hashsalt": None, "savefig.dpi": 30}):
        assert render(TOY, Run(), kind) == first
        assert matplotlib.rcParams["lines.linewidth"] == 9


@pytest.mark.parametrize("kind", FORMATS)
def test_bytes_are_the_same_in_every_process(kind: str) -> None:
    program = (
        "import sys, hashlib; sys.path.insert(0, 'tests/papers'); from test_figures import TOY; "
        "from w2s_sym import Run; from w2s_sym.papers.figures import render; "
        f"print(hashlib.sha256(render(TOY, Run(), {kind!r})).hexdigest(), 'matplotlib.pyplot' in sys.modules)"
    )
    found = set()
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout.strip())
    assert len(found) == 1
    assert found.pop().endswith("False")


def test_numbers_are_computed_once_for_an_effort_and_a_seed() -> None:
    CALLS.clear()
    memory = Store()
    assert numbers(TOY, TOY.run(memory=memory)) == {"y": [1.0, 2.0], "pair": [1, 2]}
    numbers(TOY, TOY.run(memory=memory))
    assert CALLS == ["quick"]
    numbers(TOY, TOY.run("standard", memory=memory))
    numbers(TOY, TOY.run(seed=1, memory=memory))
    numbers(TOY, TOY.run(memory=memory, fresh=True))
    assert CALLS == ["quick", "standard", "quick", "quick"]


def test_a_value_is_kept_when_it_is_finished() -> None:
    run = TOY.run()
    with pytest.raises(KeyboardInterrupt):
        kept(run, "two", lambda: kept(run, "one", lambda: 1) and (_ for _ in ()).throw(KeyboardInterrupt))
    assert kept(run, "one", lambda: pytest.fail("computed again")) == 1
    assert kept(run, "two", lambda: 2) == 2


def test_in_a_page_and_in_a_notebook() -> None:
    assert TOY.svg(Run()).startswith("<svg")
    picture = TOY.show(Run())
    assert picture._repr_png_()[:4] == b"\x89PNG"
    assert repr(picture) == "A toy. One line."


def _raise(*_: object) -> None:
    raise RuntimeError("no\nnumbers")


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (Figure("f", "t", "c", _raise, draw), "its data failed: RuntimeError: no numbers"),  # type: ignore[arg-type]
        (Figure("f", "t", "c", data, _raise), "its draw failed: RuntimeError: no numbers"),
        (Figure("f", "t", "c", lambda run: [1], draw), "return a mapping"),  # type: ignore[arg-type,return-value]
        (Figure("f", "t", "c", lambda run: {"x": object()}, draw), "what JSON lacks"),
    ],
)
def test_what_fails_is_said_in_one_line(figure: Figure, words: str) -> None:
    with pytest.raises(FigureError) as refused:
        render(figure, Run())
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_titles_and_captions_take_tex() -> None:
    figure = Figure("toy", r"A toy of $\lambda$", r"$\lambda_i = i^{-2}$.", data, draw)
    assert repr(figure.show()) == "A toy of lambda. lambda_i = i^(-2)."


def test_names_and_formats_are_checked() -> None:
    with pytest.raises(FigureError, match="small letters"):
        Figure("A b", "t", "c", data, draw)
    with pytest.raises(FigureError, match="caption"):
        Figure("a", "t", " ", data, draw)
    with pytest.raises(FigureError, match="png, pdf, svg"):
        render(TOY, Run(), "gif")


def test_a_missing_matplotlib_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(FigureError, match=r"pip install 'w2s-sym\[plots\]'"):
        render(TOY, Run())


def test_errors_of_means_and_ratios() -> None:
    mean, error = mean_and_error(np.array([1.0, 2.0, 3.0, 6.0]))
    assert (mean, error) == (3.0, pytest.approx(np.sqrt((4 + 1 + 0 + 9) / 3 / 4)))
    # Many samples of ten pairs: the spread of their ratios is what one sample says of its own.
    rng = np.random.default_rng(5)
    below = 5 + rng.standard_normal((10, 20000))
    above = below + rng.standard_normal((10, 20000))
    ratios, errors = ratio_and_error(above, below)
    # var = (var(above) - 2 cov + var(below))/25/10 = 1/250 at ratio 1; estimated from 20000 samples.
    assert np.sqrt((errors**2).mean()) == pytest.approx(ratios.std(), rel=0.05)
    assert ratios.std() == pytest.approx(np.sqrt(1 / 250), rel=0.05)


# -- the command ----------------------------------------------------------------------------------------------


def test_the_command_lists_draws_and_writes_numbers(w2s, claims_file, tmp_path: Path) -> None:
    path = claims_file(FIGURES)
    listed = w2s("figure", path)
    assert (listed.code, listed.out) == (0, f"{path}::line  A line\n")
    for kind in FORMATS:
        ran = w2s("figure", f"{path}::line", "-o", f"out.{kind}", "--seed", 7, "--data", "numbers.json")
        assert (ran.code, ran.out, ran.err) == (0, "", "")
        assert len((tmp_path / f"out.{kind}").read_bytes()) > 1000
    assert json.loads((tmp_path / "numbers.json").read_text()) == {
        "made_by": "w2s-sym",
        "x": [1, 2, 3],
        "y": [7, 1, 2.5],
    }
    assert (path.parent / "count").read_text() == "drew\n"  # the other two came from the store
    assert w2s("figure", f"{path}::line", "-o", "out.png", "--fresh", "--seed", 7).code == 0
    assert (path.parent / "count").read_text() == "drew\n" * 2
    assert '"y"' in w2s("figure", f"{path}::line", "--data", "-").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["FILE::lime", "-o", "a.png"], "did you mean FILE::line?"),
        (["FILE::line", "-o", "a.gif"], "ends in .png, .pdf, .svg"),
        (["FILE::line", "-o", "a"], "ends in .png, .pdf, .svg"),
        (["FILE::line", "-o", "nowhere/a.png"], "has no directory"),
        (["FILE::line", "-o", "a.png", "--data", "a.png"], "are one file"),
        (["FILE::line", "--data", "FILE"], "is a file that is read"),
        (["-o", "a.png"], "no figure is named"),
        (["nothing/line", "-o", "a.png"], "unknown paper nothing"),
        (["FILE::line", "-o", "a.png", "--seed", "-1"], "is below 0"),
    ],
)
def test_the_command_refuses_in_one_line_and_writes_nothing(w2s, claims_file, tmp_path, arguments, words) -> None:
    path = str(claims_file(FIGURES))
    before = sorted(p.name for p in tmp_path.iterdir())
    ran = w2s("figure", *(a.replace("FILE", path) for a in arguments))
    assert words.replace("FILE", path) in ran.error
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != "__pycache__") == before


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ("FIGURES = 3", "FIGURES is a int, not a tuple of figures"),
        ("FIGURES = (3,)", "FIGURES[0] is a int, not a Figure"),
        ("FIGURES = (Figure('a', 't', 'c', data, draw),) * 2", "repeats the name a"),
        ("", "has no figures"),
        ("FIGURES = (Figure('a', 't', 'c', lambda run: 1/0, draw),)", "its data failed: ZeroDivisionError"),
    ],
)
def test_figures_of_a_file_are_checked(w2s, claims_file, figures: str, words: str) -> None:
    assert words in w2s("figure", f"{claims_file(DRAWN + figures)}::a", "-o", "a.png").error
