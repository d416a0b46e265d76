"""The command ``w2s-sym new``: a file of claims to start from."""

from __future__ import annotations

import argparse
import os
import shlex
from typing import TYPE_CHECKING

from w2s_sym.cli.arguments import HelpShape
from w2s_sym.cli.outputs import Output, write_all
from w2s_sym.cli.streams import RefusedError, one_line
from w2s_sym.cli.terminal import tell

if TYPE_CHECKING:
    from w2s_sym.cli.arguments import Parsers


def add_new(parsers: Parsers) -> None:
    """Add the command to the command line."""
    parser = parsers.add_parser(
        "new",
        help="a commented file of claims to start from",
        description="Write a file of claims that verifies as it stands, to be made your own.",
        formatter_class=HelpShape,
    )
    parser.add_argument("file", metavar="FILE", help="its name, such as my_paper.py; an existing file is not touched")
    parser.set_defaults(command=new_file)


def new_file(options: argparse.Namespace) -> int:
    """Write the file; refuses a name that no module can have, or that is taken. Returns the exit code."""
    from w2s_sym.cli import template

    path = options.file
    if not path:
        raise RefusedError("FILE is empty; give a name such as my_paper.py")
    if not path.endswith(".py") or os.path.basename(path) == ".py":
        raise RefusedError(f"{one_line(path)} does not end in .py; give a name such as my_paper.py")
    if os.path.lexists(path):
        raise RefusedError(f"{path} exists already; choose another name, or remove it first")
    trouble = template.trouble(os.path.basename(path).removesuffix(".py"), os.path.dirname(os.path.abspath(path)))
    if trouble:
        raise RefusedError(f"{path}: {trouble}; choose another name, such as my_paper.py")
    output = Output(path, "FILE")
    write_all([(output, template.claims_file(os.path.basename(path)))], lambda: None)
    tell(f"{path} is written; next: w2s-sym verify {shlex.quote(path)}")
    return 0
