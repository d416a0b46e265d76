"""The command ``w2s-sym list``: the claims of papers."""

from __future__ import annotations

import argparse
import shlex
from typing import TYPE_CHECKING

from w2s_sym.cli.arguments import HelpShape
from w2s_sym.cli.kept_text import kept_text
from w2s_sym.cli.streams import RefusedError, bad_input
from w2s_sym.cli.terminal import PIPED, tell

if TYPE_CHECKING:
    from w2s_sym.cli.arguments import Parsers


def add_list(parsers: Parsers) -> None:
    """Add the command to the command line."""
    parser = parsers.add_parser(
        "list",
        help="the claims of installed papers",
        description="List the claims of a paper, else of all installed papers. A path that ends in .py is run as "
        "Python; nothing else that you type is evaluated.",
        formatter_class=HelpShape,
    )
    parser.add_argument("paper", metavar="PAPER", nargs="?", help="a paper, or a path to a .py file (run as Python)")
    parser.set_defaults(command=list_claims)


def list_claims(options: argparse.Namespace) -> int:
    """Print the claims of the paper named, else of all installed papers. Returns the exit code."""
    tell(text_of_list(options.paper), piped=PIPED)
    return 0


def text_of_list(paper: str | None = None) -> str:
    """The claims of a paper, else of all installed papers: from an earlier time where nothing has changed since."""
    return kept_text(("list", *([paper] if paper else [])), lambda: _listing(paper))


def _listing(paper: str | None) -> str:
    with bad_input():
        from w2s_sym.papers import loading
        from w2s_sym.report import plain_text

        if paper and "/" in paper and not paper.endswith(".py"):
            raise RefusedError(f"{paper} is no paper; for one claim: w2s-sym show {shlex.quote(paper)}")
        names = [paper] if paper else list(loading.paper_names())
        if not names:
            raise RefusedError("no papers are installed; install the package (pip install -e .) or name a file")
        return plain_text.listing([loading.load(name) for name in names])
