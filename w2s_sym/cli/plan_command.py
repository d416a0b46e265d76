"""The command ``w2s-sym plan``: will weak-to-strong training pay on a user's own features."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
import warnings
from typing import TYPE_CHECKING

from w2s_sym.cli.arguments import HelpShape, add_cluster, add_seed, integer
from w2s_sym.cli.outputs import Output, picture_format, refuse_clashes, write_all
from w2s_sym.cli.streams import bad_input, one_line, say
from w2s_sym.cli.terminal import PIPED, columns, tell
from w2s_sym.store.marks import marked_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from w2s_sym.cli.arguments import Parsers
    from w2s_sym.executors.cluster import Cluster

# Larger counts of anything mean a slip of the pen, and leave the range of exact floats.
LARGEST_COUNT = 10**15
# Seconds between lines of progress where no terminal is.
LINE_EVERY = 20.0


def add_plan(parsers: Parsers) -> None:
    """Add the command to the command line."""
    parser = parsers.add_parser(
        "plan",
        help="will weak-to-strong training pay on your own features",
        description="Which predictor to use: the mean of the labels, the weak teacher, the strong student on its "
        "labels, or the\nstrong model on the labels themselves, by ridge regression on two models' features of the "
        "same points,\none row per point: .npy files, Zarr arrays, Parquet files or folders of these, here or at an "
        "address\n(s3://bucket/weak.zarr). They are read a few rows at a time, and nothing in them is run. Errors are "
        "mean\nsquared errors against labels. Without labels: what the formulas of least squares say of the variance "
        "alone.",
        formatter_class=HelpShape,
    )
    parser.add_argument("weak", metavar="WEAK", help="features of the weak model, a path or an address")
    parser.add_argument("strong", metavar="STRONG", help="features of the strong model, likewise")
    parser.add_argument("--labels", metavar="FILE", help="labels of the first points, numbers, likewise")
    labels, pseudo, points = (
        integer(1, f"give a number of {what}", LARGEST_COUNT) for what in ("labels", "pseudo-labels", "points")
    )
    parser.add_argument("--n", type=labels, metavar="n", help="labels of the teacher")
    parser.add_argument("--N", type=pseudo, metavar="N", help="pseudo-labels")
    parser.add_argument(
        "--penalty",
        type=_number,
        metavar="ALPHA",
        help="ridge penalty of all models (default: each model's best, by leave-one-out)",
    )
    parser.add_argument("--classes", action="store_true", help="labels name classes: fit one column for each")
    parser.add_argument(
        "--least-squares", action="store_true", help="the formulas of Dong et al. (2025) in place of ridge"
    )
    parser.add_argument(
        "--sigma2", type=_number, metavar="V", help="least squares: variance of the label noise, where it is known"
    )
    parser.add_argument(
        "--held-out",
        type=points,
        metavar="T",
        help="widen the bands for risks that are measured on T points (default: risks over the whole population)",
    )
    parser.add_argument(
        "--explained",
        type=_number,
        metavar="PART",
        help="part of the variance that the kept directions carry (default: 1, least squares 0.99)",
    )
    parser.add_argument(
        "--drop", action="store_true", help="least squares: accept constant and linearly dependent columns"
    )
    workers = integer(1, "leave it out to read in this process", 1024)
    parser.add_argument(
        "--workers", type=workers, default=1, metavar="K", help="read rows by K processes (default: 1, this process)"
    )
    add_cluster(parser)
    parser.add_argument("--fresh", action="store_true", help="read all rows again, whatever is kept of them")
    add_seed(parser)
    parser.add_argument("--json", metavar="FILE", help="write the plan as JSON (- for standard output)")
    parser.add_argument("-o", dest="output", metavar="FIG", help="draw the decision (.png, .pdf, .svg)")
    parser.set_defaults(command=plan_training)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number; give one such as 0.1") from None


def plan_training(options: argparse.Namespace) -> int:
    """Predict weak-to-strong training for two files of features. Returns the exit code."""
    picture, data = Output(options.output, "-o"), Output(options.json, "--json")
    inputs = [p for p in (options.weak, options.strong, options.labels) if p is not None]
    refuse_clashes((picture, data), inputs)
    suffix = picture_format(options.output)
    with bad_input(), _warnings_in_lines():
        from w2s_sym.forecast import forecast
        from w2s_sym.papers import figures
        from w2s_sym.store.disk import Fresh, Store

        live = sys.stderr.isatty()
        asked: forecast.Options = {
            "n": options.n,
            "N": options.N,
            "penalty": options.penalty,
            "classes": options.classes,
            "sigma2": options.sigma2,
            "held_out": options.held_out,
            "explained": options.explained,
            "drop": options.drop,
            "seed": options.seed,
            "tell": _same_line if live else _Sometimes(),
            "workers": options.workers,
            "executor": _cluster(options),
            "memory": Fresh(Store()) if options.fresh else None,
        }
        method: forecast.Method = "least squares" if options.least_squares else "ridge"
        found = forecast.planned(options.weak, options.strong, options.labels, method, asked)
        if live:
            say("", sys.stderr)
        drawing = figures.Figure("plan", "Plan", "What to expect of each predictor.", lambda run: {}, found.paint)
        drawn = figures.paint(drawing, {}, suffix) if suffix else b""
        files: list[tuple[Output, str | bytes]] = [(picture, drawn), (data, marked_json(found.to_json()))]
        write_all(
            [(o, c) for o, c in files if o.path is not None],
            lambda: tell(str(found), sys.stderr if options.json == "-" else sys.stdout),
        )
    return 0


@contextlib.contextmanager
def _warnings_in_lines() -> Iterator[None]:
    """Warnings as lines for the user, without the place in the source that they come from."""

    def told(message: Warning | str, *_: object) -> None:
        tell(f"w2s-sym: warning: {one_line(str(message))}", sys.stderr)

    with warnings.catch_warnings():
        warnings.showwarning = told  # type: ignore[assignment]
        yield


def _cluster(options: argparse.Namespace) -> Cluster | None:
    """The cluster of the options. Raises ``ExecutorError`` for none, and when processes are asked for beside it."""
    from w2s_sym.executors.cluster import Cluster
    from w2s_sym.executors.running import ExecutorError

    if options.cluster is None:
        return None
    if options.workers > 1:
        raise ExecutorError("--workers and --cluster are two places for the work; give one of them")
    return Cluster(options.cluster, lambda line: tell(f"w2s-sym: {line}", sys.stderr))


class _Sometimes:
    """Tells how far it is once in a while, a line each: for files of output."""

    def __init__(self) -> None:
        self.last = time.monotonic()

    def __call__(self, text: str) -> None:
        if time.monotonic() - self.last >= LINE_EVERY:
            self.last = time.monotonic()
            tell(f"w2s-sym: {text}", sys.stderr)


def _same_line(text: str) -> None:
    width = (columns(sys.stderr) or PIPED) - 1
    sys.stderr.write(f"\r{text[:width].ljust(min(width, 60))}")
