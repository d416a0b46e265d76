"""What the parsers of the commands share. Nothing heavy is imported here: ``--help`` loads no numpy and no SymPy."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from w2s_sym.claims.run import EFFORTS
from w2s_sym.cli.layout import fitted
from w2s_sym.cli.terminal import PIPED, columns

if TYPE_CHECKING:
    Parsers = argparse._SubParsersAction[Any]

STORE_HELP = """\
Finished findings are stored in the folder $W2S_SYM_STORE, else in the folder w2s-sym of the user's cache
($XDG_CACHE_HOME or ~/.cache), and are read from there."""

FRESH_HELP = STORE_HELP[:-1] + "; --fresh ignores them."

TARGET_HELP = """\
A TARGET is a paper (dong2025), a claim id (dong2025/...), a path to a Python file that defines CLAIMS
(my_claims.py), or one claim of such a file (my_claims.py::name). No target: all installed papers.
A path that ends in .py is run as Python; nothing else that you type is evaluated."""

EXIT_HELP = """\
exit codes: 0 every claim holds; 1 some claim does not hold; 2 bad input (nothing is written); 130 interrupted
(what is finished is kept, and the same command goes on from there)"""


class HelpShape(argparse.HelpFormatter):
    """Help as wide as the terminal: paragraphs are filled, and lines that begin with a blank keep their shape."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=(columns(sys.stdout) or PIPED) - 1)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n\n".join(fitted(_joined(block), width) for block in text.split("\n\n"))


def _joined(block: str) -> str:
    """The block with its rows joined to one, but those that begin with a blank and those after one."""
    rows: list[str] = []
    for row in block.split("\n"):
        plain = rows and not row.startswith(" ") and not rows[-1].startswith(" ")
        if plain:
            rows[-1] += " " + row
        else:
            rows.append(row)
    return "\n".join(rows)


def _whole(text: str) -> int:
    """The integer of a text such as 1000 or 1e3. Raises ValueError for none."""
    try:
        return int(text)
    except ValueError:
        found = re.fullmatch(r"([0-9]+)(?:\.([0-9]*))?[eE]\+?([0-9]{1,2})", text.strip())
        if found is None:
            raise
    digits, power = found[2] or "", int(found[3])
    shift: int = 10**power
    value, rest = divmod(int(found[1] + digits) * shift, 10 ** len(digits))
    if rest:
        raise ValueError(text)
    return int(value)


def integer(low: int, advice: str, most: float = float("inf")) -> Callable[[str], int]:
    """A parser of integers from ``low`` to ``most``; ``advice`` is the next move for one below."""

    def parse(text: str) -> int:
        try:
            value = _whole(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no integer; {advice}") from None
        if value < low:
            raise argparse.ArgumentTypeError(f"{value} is below {low}; {advice}")
        if value > most:
            raise argparse.ArgumentTypeError(f"{text} is above {most}; give a smaller number")
        return value

    return parse


def add_seed(parser: argparse.ArgumentParser, note: str = "seed of all random draws (default: 0)") -> None:
    """Add ``--seed``."""
    parser.add_argument("--seed", type=integer(0, "give a nonnegative integer"), default=0, metavar="S", help=note)


def add_effort(parser: argparse.ArgumentParser, note: str, default: str | None = None) -> None:
    """Add ``--effort``."""
    parser.add_argument("--effort", choices=EFFORTS, default=default, help=note)


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """Add ``--jobs``."""
    note = "worker processes (default: one per processor); changes no digit on one kind of processor"
    kind = integer(1, "leave it out to use all processors")
    parser.add_argument("--jobs", type=kind, metavar="K", help=note)


def add_cluster(parser: argparse.ArgumentParser) -> None:
    """Add ``--cluster``."""
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="do the work on a Dask cluster: tcp://HOST:8786, or local:4 for 4 processes here "
        "(needs pip install 'w2s-sym[cluster]')",
    )
