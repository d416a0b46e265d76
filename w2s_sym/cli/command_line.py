"""The command ``w2s-sym``: list, show and verify claims, draw figures.

Nothing heavy is imported before a command needs it. Exit codes: 0 every claim holds (or the page was shown), 1 some
claim does not hold, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from w2s_sym.cli.arguments import EXIT_HELP, TARGET_HELP, HelpShape
from w2s_sym.cli.completion_command import add_completion
from w2s_sym.cli.derive_command import add_derive
from w2s_sym.cli.export_command import add_export
from w2s_sym.cli.figure_command import add_figure
from w2s_sym.cli.list_command import add_list
from w2s_sym.cli.new_command import add_new
from w2s_sym.cli.plan_command import add_plan
from w2s_sym.cli.report_command import add_report
from w2s_sym.cli.show_command import add_show
from w2s_sym.cli.solve_command import add_solve
from w2s_sym.cli.streams import RefusedError, flush, one_line, open_streams
from w2s_sym.cli.sweep_command import add_sweep
from w2s_sym.cli.terminal import tell
from w2s_sym.cli.verify_command import add_verify

# Each adds a parser that sets ``command``, a function from options to an exit code.
COMMANDS = (
    add_list,
    add_show,
    add_verify,
    add_report,
    add_export,
    add_new,
    add_solve,
    add_derive,
    add_sweep,
    add_plan,
    add_figure,
    add_completion,
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"w2s-sym: error: {one_line(message)}; see {self.prog} --help\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        tell(message.rstrip("\n"), file)  # argparse itself keeps silent when this fails


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
    tell(f"w2s-sym: error: {one_line(str(refusal))}", sys.stderr)
    return 2


def _guarded(options: argparse.Namespace) -> int:
    try:
        command: Callable[[argparse.Namespace], int] = options.command
        return command(options)
    except RefusedError as refusal:
        return _refused(refusal)
    except KeyboardInterrupt:
        if not options.keeps:
            tell("\nw2s-sym: interrupted; nothing was written", sys.stderr)
            return 130
        how = "without --fresh it goes on" if options.fresh else "the same command goes on"
        tell(f"\nw2s-sym: interrupted; what is finished is kept, and {how} from there", sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="w2s-sym",
        description="List, show and verify machine-checked claims of papers on weak-to-strong generalization.",
        epilog=f"{TARGET_HELP}\n\n{EXIT_HELP}",
        formatter_class=HelpShape,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"w2s-sym {_version()}")
    parser.set_defaults(fresh=False, keeps=True)  # for the commands without --fresh, and those that use the store
    parsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for add in COMMANDS:
        add(parsers)
    return parser


def _version() -> str:
    from w2s_sym import __version__

    return __version__
