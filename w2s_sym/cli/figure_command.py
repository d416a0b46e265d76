"""The command ``w2s-sym figure``: draw a figure of a paper, or list figures."""

from __future__ import annotations

import argparse
import functools
from typing import TYPE_CHECKING

from w2s_sym.cli.arguments import FRESH_HELP, HelpShape, add_effort, add_seed
from w2s_sym.cli.outputs import Output, picture_format, refuse_clashes, write_all
from w2s_sym.cli.progress import step_progress
from w2s_sym.cli.streams import RefusedError, bad_input
from w2s_sym.cli.terminal import tell
from w2s_sym.store.marks import marked_json

if TYPE_CHECKING:
    from w2s_sym.cli.arguments import Parsers
    from w2s_sym.papers.figures import Figure

NAME_HELP = """\
A NAME is a figure (dong2025/synthetic_risk), a figure of a Python file that defines FIGURES beside CLAIMS
(my_paper.py::name), or a paper or file, to list its figures. No name: all installed papers.
A path that ends in .py is run as Python; nothing else that you type is evaluated."""


def add_figure(parsers: Parsers) -> None:
    """Add the command to the command line."""
    parser = parsers.add_parser(
        "figure",
        help="draw a figure of a paper, or list all figures",
        description="Draw a figure of a paper; without -o and --data, list figures.\n\n" + NAME_HELP,
        epilog=FRESH_HELP,
        formatter_class=HelpShape,
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help="a figure, or a paper or .py file to list")
    parser.add_argument("-o", dest="output", metavar="FILE", help="write it to FILE, which ends in .png, .pdf or .svg")
    parser.add_argument("--data", metavar="FILE", help="write the plotted numbers as JSON (- for standard output)")
    add_effort(parser, "how much to simulate (default: quick)", "quick")
    add_seed(parser)
    parser.add_argument("--fresh", action="store_true", help="simulate again, read nothing from the store")
    parser.set_defaults(command=draw_figure)


def draw_figure(options: argparse.Namespace) -> int:
    """Draw one figure, or list those that the name stands for. Returns the exit code."""
    with bad_input():
        from w2s_sym.papers import loading
        from w2s_sym.report import plain_text

        if options.output is None and options.data is None:
            tell(plain_text.figure_list(loading.resolve_figures(options.name or "")))
            return 0
        if not options.name:
            raise RefusedError("no figure is named; w2s-sym figure lists them all")
        picture_format(options.output)  # a name that no picture can have is refused before a paper is run
        picture, data = Output(options.output, "-o"), Output(options.data, "--data")
        chosen = loading.resolve_figures(options.name)
        refuse_clashes((picture, data), {paper.file for paper, _ in chosen if paper.file is not None})
        if len(chosen) > 1:
            raise RefusedError(f"{options.name} has {len(chosen)} figures; name one, as w2s-sym figure lists them")
        _draw(chosen[0][1], picture, data, options)
    return 0


def _draw(figure: Figure, picture: Output, data: Output, options: argparse.Namespace) -> None:
    from w2s_sym.papers import figures

    suffix = picture_format(options.output)
    with step_progress() as notice:
        step = functools.partial(notice, 0, 1, options.name, "figure")
        run = figure.run(options.effort, options.seed, progress=step, fresh=options.fresh)
        found = figures.numbers(figure, run)
        # Drawn from what was just found: with --fresh the run itself would compute it once more.
        drawn = figures.paint(figure, found, suffix) if suffix else b""
    files: list[tuple[Output, str | bytes]] = [(picture, drawn), (data, marked_json(found, 1))]
    write_all([(o, c) for o, c in files if o.path is not None], lambda: None)
