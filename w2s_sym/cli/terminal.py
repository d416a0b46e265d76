"""Text for people: as wide as the terminal, and coloured where that is wanted.

Into a file or a pipe goes no colour. Prose is then PIPED characters wide, whatever terminal there is, and rows of
tables and formulas are not broken, so that the same command writes the same lines everywhere.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TextIO

from w2s_sym.cli.layout import fitted
from w2s_sym.cli.streams import say

# How wide prose is where there is no terminal, and where a terminal does not say how wide it is.
PIPED = 80
# A terminal that says less is treated as this wide: no row of an id and a verdict fits in it.
NARROWEST = 30

_RESET = "\033[0m"
_STYLES = {"good": "\033[32m", "bad": "\033[1;31m", "open": "\033[33m", "name": "\033[1;36m", "head": "\033[1m"}
_WORDS = re.compile(
    r"(?P<bad>\bREFUTED\b|\bDOES NOT HOLD\b|\bdoes not hold\b|\bWRONG\b|\bw2s-sym: error:)"
    r"|(?P<open>\bINCONCLUSIVE\b|\bSKIPPED\b|\bw2s-sym: warning:)"
    r"|(?P<good>\bPROVED\b|\bAGREES\b|(?<=: )holds$)"
    r"|(?P<name>^ {0,2}(?!\d+/)[\w.-]+/[\w./-]+(?=$|:| ))"
    r"|(?P<head>^ {2}(?:Statement|LaTeX|Where|Witness|Given|Source|Rests on|Evidence|Rivals|Remark)(?= {2,})"
    r"|^ {2}The \w[\w ]*, step by step$|\[headline\])",
    re.MULTILINE,
)


def columns(stream: TextIO) -> int | None:
    """How wide the terminal behind a stream is; None where there is none.

    The variable COLUMNS is asked first, as other commands do.
    """
    if not stream.isatty():
        return None
    told = os.environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and 0 < len(told) < 6 and int(told):
        return max(int(told), NARROWEST)
    try:
        return max(os.get_terminal_size(stream.fileno()).columns or PIPED, NARROWEST)
    except (OSError, ValueError):
        return PIPED


def colourful(stream: TextIO) -> bool:
    """Whether to colour what goes to a stream: a terminal that can, and a user who has not set NO_COLOR."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def coloured(text: str) -> str:
    """The text with verdicts, ids and headings in colour."""
    return _WORDS.sub(lambda m: f"{_STYLES[m.lastgroup or 'head']}{m[0]}{_RESET}", text)


def tell(text: str, stream: TextIO | None = None, piped: int | None = None) -> None:
    """Print text that people read, as :func:`w2s_sym.cli.streams.say` prints.

    Its paragraphs are laid out as wide as the terminal; elsewhere ``piped`` characters wide, or not at all.
    """
    stream = stream if stream is not None else sys.stdout
    width = columns(stream) or piped
    laid_out = text.replace("\t", "") if width is None else fitted(text, width)
    say(laid_out, stream, coloured if colourful(stream) else None)
