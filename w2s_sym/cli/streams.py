"""What is said on a terminal, and how it is said."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterator
from typing import TextIO


class RefusedError(Exception):
    """Input refused before any work: a line for the user."""


@contextlib.contextmanager
def bad_input() -> Iterator[None]:
    """Turn what the package says of bad input into one line. Imported here, since --help must import nothing."""
    from w2s_sym.claims.statement import ClaimError
    from w2s_sym.executors.running import ExecutorError
    from w2s_sym.forecast.reading import FeatureError
    from w2s_sym.formula.conditions import DomainError
    from w2s_sym.papers.figures import FigureError
    from w2s_sym.papers.loading import UsageError
    from w2s_sym.sweeps.numbers_given import SweepError

    refused = (UsageError, ClaimError, DomainError, FigureError, FeatureError, ExecutorError, SweepError)
    try:
        yield
    except refused as problem:
        raise RefusedError(str(problem)) from problem


def say(text: str, stream: TextIO | None = None, paint: Callable[[str], str] | None = None) -> None:
    """Print; a reader that has gone away (``| head``) is no error, a standard output that is full is one.

    ``paint`` may add colour, after all that could steer the terminal is taken out.
    """
    stream = stream if stream is not None else sys.stdout
    # What a user's own file says may not steer the terminal.
    text = "".join(c if c.isprintable() or c in "\n\t" else "?" for c in text)
    try:
        print(paint(text) if paint else text, file=stream, flush=True)
    except OSError as problem:
        _lost(stream, problem)


def flush(stream: TextIO) -> None:
    """Flush, with the same errors as :func:`say`."""
    try:
        stream.flush()
    except OSError as problem:
        _lost(stream, problem)
    except ValueError:
        pass  # closed already


def _lost(stream: TextIO, problem: OSError) -> None:
    _silence(stream)
    if not isinstance(problem, BrokenPipeError) and stream is not sys.stderr:
        cause = (problem.strerror or str(problem)).lower()
        raise RefusedError(f"cannot write standard output: {cause}; send it where there is room") from problem


def open_streams() -> None:
    """Make the standard streams fit to print on: any character can be printed, and a closed error stream is silent.

    Raises :class:`RefusedError` when standard output is closed.
    """
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - for as long as the process lives
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a name with an accent, on a terminal without it
    if sys.stdout is None:
        raise RefusedError("standard output is closed; send it to a file or to /dev/null")


def _silence(stream: TextIO) -> None:
    """Point a broken stream at nothing, so that the interpreter's own flush at exit stays quiet."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def one_line(text: str) -> str:
    """The text in one line, with what is overlong in it (an argument of a thousand letters) cut short."""
    text = re.sub(r"\S{300,}", lambda m: f"{m[0][:100]}...{m[0][-60:]}", " ".join(text.split()))
    return text if len(text) <= 1500 else f"{text[:700]} ... {text[-400:]}"
