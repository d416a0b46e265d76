"""The command ``w2s-sym``: list, show and verify claims, draw figures.

Nothing heavy is imported before a command needs it. Exit codes: 0 every claim holds (or the page was shown), 1 some
claim does not hold, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from w2s_sym.cli import commands, solving
from w2s_sym.cli.streams import RefusedError, flush, one_line, open_streams, say

STORE = """\
Finished findings are stored in the folder $W2S_SYM_STORE, else in the folder w2s-sym of the user's cache
($XDG_CACHE_HOME or ~/.cache), and are read from there; --fresh ignores them. The default effort is quick."""

TARGETS = """\
A TARGET is a paper (dong2025), a claim id (dong2025/...), a path to a Python file that defines CLAIMS
(my_claims.py), or one claim of such a file (my_claims.py::name). No target: all installed papers.
A path that ends in .py is run as Python; nothing else that you type is evaluated."""

FIGURE_NAMES = """\
A NAME is a figure (dong2025/synthetic_risk), a figure of a Python file that defines FIGURES beside CLAIMS
(my_paper.py::name), or a paper or file, to list its figures. No name: all installed papers.
A path that ends in .py is run as Python; nothing else that you type is evaluated."""

EXITS = """\
exit codes: 0 every claim holds; 1 some claim does not hold; 2 bad input (nothing is written); 130 interrupted
(what is finished is kept, and the same command goes on from there)"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"w2s-sym: error: {one_line(message)}; see {self.prog} --help\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        say(message.rstrip("\n"), file)  # argparse itself keeps silent when this fails


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        open_streams()
        try:
            options = _parser().parse_args(arguments)
            code = _guarded(options)
        except SystemExit as leave:
            code = leave.code if isinstance(leave.code, int) else 2
        for stream in (sys.stdout, sys.stderr):
            flush(stream)
        return code
    except RefusedError as refusal:
        return _refused(refusal)


def _refused(refusal: RefusedError) -> int:
    say(f"w2s-sym: error: {one_line(str(refusal))}", sys.stderr)
    return 2


def _guarded(options: argparse.Namespace) -> int:
    try:
        command: Callable[[argparse.Namespace], int] = options.command
        return command(options)
    except RefusedError as refusal:
        return _refused(refusal)
    except KeyboardInterrupt:
        how = "without --fresh it goes on" if getattr(options, "fresh", False) else "the same command goes on"
        say(f"\nw2s-sym: interrupted; what is finished is kept, and {how} from there", sys.stderr)
        return 130


# -- arguments ------------------------------------------------------------------------------------------------


# Larger counts of anything mean a slip of the pen, and leave the range of exact floats.
MOST = 10**15


def _whole(low: int, advice: str, most: float = float("inf")) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number; {advice}") from None
        if value < low:
            raise argparse.ArgumentTypeError(f"{value} is below {low}; {advice}")
        if value > most:
            raise argparse.ArgumentTypeError(f"{text} is above {most}; give a smaller number")
        return value

    return parse


def _variance(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number; give one such as 0.1") from None
    return value


_SHAPE = argparse.RawDescriptionHelpFormatter
if TYPE_CHECKING:
    _Parsers = argparse._SubParsersAction[_Parser]


def _seed(parser: argparse.ArgumentParser, note: str = "seed of all random draws (default: 0)") -> None:
    advice = "give a nonnegative whole number"
    parser.add_argument("--seed", type=_whole(0, advice), default=0, metavar="S", help=note)


def _add_list(parsers: _Parsers) -> None:
    listed = parsers.add_parser(
        "list", help="the claims of installed papers", description="List claims.\n\n" + TARGETS, formatter_class=_SHAPE
    )
    listed.add_argument("paper", metavar="PAPER", nargs="?", help="a paper, or a path to a .py file (run as Python)")
    listed.set_defaults(command=commands.list_claims)


def _add_show(parsers: _Parsers) -> None:
    shown = parsers.add_parser(
        "show",
        help="one claim: sentence, statement, domain, what it rests on, every step of its derivation",
        description="Show a claim.\n\n" + TARGETS,
        formatter_class=_SHAPE,
    )
    shown.add_argument("claim", metavar="CLAIM", help="a claim id; or a paper or a .py file (run as Python), whole")
    shown.add_argument("--why", action="store_true", help="explain the verdict, and what would decide an INCONCLUSIVE")
    shown.add_argument("--latex", action="store_true", help="add the LaTeX of every step")
    shown.add_argument(
        "--effort", choices=commands.EFFORTS, help="with --why: whose findings (default: the deepest stored)"
    )
    _seed(shown, "with --why")
    shown.set_defaults(command=commands.show)


def _add_verify(parsers: _Parsers) -> None:
    verified = parsers.add_parser(
        "verify",
        help="check all evidence of claims",
        description="Check all evidence of claims and print a table of verdicts.\n\n" + TARGETS,
        epilog=f"{STORE}\n\n{EXITS}",
        formatter_class=_SHAPE,
    )
    verified.add_argument("targets", metavar="TARGET", nargs="*", help="what to verify (a .py file is run as Python)")
    verified.add_argument(
        "--effort", choices=commands.EFFORTS, default="quick", help="how hard to look (default: quick)"
    )
    verified.add_argument(
        "--jobs",
        type=_whole(1, "leave it out to use all processors"),
        metavar="K",
        help="worker processes (default: one per processor); changes no digit on one kind of processor",
    )
    _seed(verified)
    verified.add_argument("--fresh", action="store_true", help="compute all findings again, read none from the store")
    verified.add_argument(
        "--json",
        metavar="FILE",
        help="write the findings as JSON (- for standard output); timings go to a file beside it",
    )
    verified.add_argument("--table", metavar="FILE", help="write the table as Markdown")
    verified.add_argument(
        "--report", metavar="DIR", help="write DIR/index.html: one page with all claims, derivations and figures"
    )
    verified.set_defaults(command=commands.verify)


def _add_export(parsers: _Parsers) -> None:
    exported = parsers.add_parser(
        "export",
        help="LaTeX: a document of claims, and a macro for each formula",
        description="Write DIR/<paper>.tex, a document that compiles, and DIR/<paper>_macros.tex, for your own paper."
        "\n\n" + TARGETS,
        epilog=f"Findings are read from the store at the deepest effort at which all are there; else a quick run makes "
        f"them.\n\n{STORE}\n\n{EXITS}",
        formatter_class=_SHAPE,
    )
    exported.add_argument("targets", metavar="TARGET", nargs="*", help="what to export (a .py file is run as Python)")
    exported.add_argument("-o", "--output", metavar="DIR", required=True, help="the folder; made when it is missing")
    exported.add_argument("--effort", choices=commands.EFFORTS, help="whose findings (default: the deepest stored)")
    exported.add_argument("--jobs", type=_whole(1, "leave it out to use all processors"), metavar="K")
    _seed(exported)
    exported.set_defaults(command=commands.export)


def _add_new(parsers: _Parsers) -> None:
    made = parsers.add_parser(
        "new",
        help="a commented file of claims to start from",
        description="Write a file of claims that verifies as it stands, to be made your own.",
        formatter_class=_SHAPE,
    )
    made.add_argument("file", metavar="FILE", help="its name, such as my_paper.py; an existing file is not touched")
    made.set_defaults(command=commands.new)


def _add_plan(parsers: _Parsers) -> None:
    planned = parsers.add_parser(
        "plan",
        help="will weak-to-strong training pay on your own features",
        description="Predict weak-to-strong training from two models' features of the same points: .npy files with one "
        "row per point.\nNothing in these files is run.",
        formatter_class=_SHAPE,
    )
    planned.add_argument("weak", metavar="WEAK", help="features of the weak model, a .npy file")
    planned.add_argument("strong", metavar="STRONG", help="features of the strong model, a .npy file")
    planned.add_argument("--labels", metavar="FILE", help="labels of the first points, a .npy file")
    planned.add_argument(
        "--n", type=_whole(1, "give a number of labels", MOST), metavar="n", help="labels of the teacher"
    )
    planned.add_argument(
        "--N", type=_whole(1, "give a number of pseudo-labels", MOST), metavar="N", help="pseudo-labels"
    )
    planned.add_argument("--sigma2", type=_variance, metavar="V", help="variance of the label noise, where it is known")
    planned.add_argument(
        "--held-out",
        type=_whole(1, "give a number of points", MOST),
        metavar="T",
        help="widen the bands for risks that are measured on T points (default: risks over the whole population)",
    )
    planned.add_argument(
        "--explained",
        type=_variance,
        default=0.99,
        metavar="PART",
        help="part of the second moment's trace that the kept directions carry (default: 0.99)",
    )
    planned.add_argument("--drop", action="store_true", help="accept constant and linearly dependent columns")
    _seed(planned)
    planned.add_argument("--json", metavar="FILE", help="write the plan as JSON (- for standard output)")
    planned.add_argument("-o", dest="output", metavar="FIG", help="draw risk against pseudo-labels (.png, .pdf, .svg)")
    planned.set_defaults(command=commands.plan)


def _add_solve(parsers: _Parsers) -> None:
    solving.add(parsers, _SHAPE)


def _add_figure(parsers: _Parsers) -> None:
    drawn = parsers.add_parser(
        "figure",
        help="draw a figure of a paper, or list all figures",
        description="Draw a figure of a paper; without -o and --data, list figures.\n\n" + FIGURE_NAMES,
        epilog=STORE,
        formatter_class=_SHAPE,
    )
    drawn.add_argument("name", metavar="NAME", nargs="?", help="a figure, or a paper or .py file to list")
    drawn.add_argument("-o", dest="output", metavar="FILE", help="write it to FILE, which ends in .png, .pdf or .svg")
    drawn.add_argument("--data", metavar="FILE", help="write the plotted numbers as JSON (- for standard output)")
    drawn.add_argument(
        "--effort", choices=commands.EFFORTS, default="quick", help="how much to simulate (default: quick)"
    )
    _seed(drawn)
    drawn.add_argument("--fresh", action="store_true", help="simulate again, read nothing from the store")
    drawn.set_defaults(command=commands.figure)


# A command is a function that adds its parser and sets ``command``: from options to an exit code.
_COMMANDS = (_add_list, _add_show, _add_verify, _add_export, _add_new, _add_solve, _add_plan, _add_figure)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="w2s-sym",
        description="List, show and verify machine-checked claims of papers on weak-to-strong generalization.",
        epilog=f"{TARGETS}\n\n{EXITS}",
        formatter_class=_SHAPE,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"w2s-sym {_version()}")
    parsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for add in _COMMANDS:
        add(parsers)
    return parser


def _version() -> str:
    from w2s_sym import __version__

    return __version__
