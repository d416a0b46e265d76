"""The command ``w2s-sym sweep``: a labelled grid of formulas, equivalents and simulations, as a table."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from w2s_sym.cli.arguments import HelpShape, add_cluster, add_effort, integer
from w2s_sym.cli.outputs import Output, picture_format, refuse_clashes, write_all
from w2s_sym.cli.progress import Progress
from w2s_sym.cli.streams import RefusedError, bad_input
from w2s_sym.cli.terminal import tell

if TYPE_CHECKING:
    from w2s_sym.cli.arguments import Parsers
    from w2s_sym.sweeps.tables import Sweep

SWEEP_HELP = """\
Work out formulas, equivalents and simulations in all cells of a grid, and write a table of them to DIR.

FILE is a TOML file, such as

  [axes]
  n = { from = 300, to = 3000, count = 10, spacing = "geometric", integer = true, title = "samples" }
  sigma2 = [0.1, 1]
  [values]
  d_w = 200
  [columns.exact]
  formula = "dong2025/weak_teacher_variance"
  [columns.drawn]
  simulation = "dong2025/weak_teacher_variance"
  draws = 200

A column is a formula (a claim id, or FILE.py::NAME), an equivalent (FILE.py::RISK) or a simulation of either. Names are
looked up and numbers are read; nothing in the file is evaluated, but a FILE.py that it names is run as Python.

DIR gets the table, sweep.json with units, meanings and provenance, and each chunk of cells as soon as it is
finished."""

SWEEP_EXIT = """\
exit codes: 0 the table is written; 1 some cells could not be worked out (the same command tries them again); 2 bad
input; 130 interrupted (what is finished is kept, and the same command goes on from there)"""


def add_sweep(parsers: Parsers) -> None:
    """Add the command to the command line."""
    parser = parsers.add_parser(
        "sweep",
        help="a grid of formulas, equivalents and simulations, as a table",
        description=SWEEP_HELP,
        epilog=SWEEP_EXIT,
        formatter_class=HelpShape,
    )
    parser.add_argument("file", metavar="FILE.toml", help="axes, values and columns")
    parser.add_argument("-o", dest="output", metavar="DIR", required=True, help="the folder of the table")
    add_effort(parser, "draws of a simulation that names none, and budgets (default: quick)", "quick")
    parser.add_argument(
        "--workers",
        "--jobs",
        dest="jobs",
        type=integer(1, "leave it out to use all processors"),
        metavar="N",
        help="worker processes (default: one per processor); changes no digit on one kind of processor",
    )
    add_cluster(parser)
    parser.add_argument("--fresh", action="store_true", help="work out all cells again")
    parser.add_argument(
        "--table",
        choices=("parquet", "csv", "netcdf"),
        default="",
        help="the kind of the table (default: Parquet where pyarrow is installed, else CSV); netcdf needs "
        "pip install 'w2s-sym[netcdf]'",
    )
    parser.add_argument(
        "--figure",
        metavar="FILE",
        nargs="?",
        const="",
        help="draw it, too: to DIR/figure.png, or to FILE, which ends in .png, .pdf or .svg",
    )
    parser.set_defaults(command=run_sweep)


def run_sweep(options: argparse.Namespace) -> int:
    """Work out the sweep and write its files. Returns the exit code."""
    picture = _picture(options)
    with bad_input():
        from w2s_sym.sweeps.sweeping import sweep

        crew = None
        if options.cluster is not None:
            from w2s_sym.executors.cluster import Cluster

            crew = Cluster(options.cluster, _told)
        progress = Progress()
        try:
            found = sweep(
                options.file,
                options.output,
                effort=options.effort,
                jobs=options.jobs,
                executor=crew,
                fresh=options.fresh,
                table=options.table,
                progress=progress,
                told=_told,
            )
        finally:
            progress.close()
        _draw(found, picture)
    tell(repr(found), sys.stdout)
    for note in found.about["notes"][:5]:
        _told(f"note: {note}")
    tell(f"{os.path.join(options.output, found.about['table'])} has the table, sweep.json what it means", sys.stderr)
    return 1 if found.about["failures"] else 0


def _picture(options: argparse.Namespace) -> Output:
    """Where the figure goes, refused at the start when it cannot; a file of the sweep's own folder may be new."""
    if options.figure is None:
        return Output(None, "--figure")
    if options.figure == "":
        return Output("figure.png", "--figure", options.output)
    if not picture_format(options.figure):
        raise RefusedError("--figure is empty; give a file that ends in .png, .pdf or .svg")
    picture = Output(options.figure, "--figure")
    refuse_clashes([picture], [options.file])
    return picture


def _draw(found: Sweep, picture: Output) -> None:
    if picture.path is None:
        return
    from w2s_sym.papers.figures import render

    write_all([(picture, render(found.plot(), format=picture_format(picture.path)))], lambda: None)


def _told(line: str) -> None:
    tell(f"w2s-sym: {line}", sys.stderr)
