"""Talking to a terminal: lines that survive a closed pipe, live progress, files written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, NoReturn, TextIO

if TYPE_CHECKING:
    from w2s_sym.ledger import Event


class RefusedError(Exception):
    """Input refused before any work: a line for the user."""


def say(text: str, stream: TextIO | None = None) -> None:
    """Print; a reader that has gone away (``| head``) is no error."""
    stream = stream if stream is not None else sys.stdout
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:
        _silence(stream)


def flush(stream: TextIO) -> None:
    try:
        stream.flush()
    except BrokenPipeError:
        _silence(stream)
    except (OSError, ValueError):
        pass


def _silence(stream: TextIO) -> None:
    """Point a broken stream at nothing, so that the interpreter's own flush at exit stays quiet."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def one_line(text: str) -> str:
    return " ".join(text.split())


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return 80


class Progress:
    """Live progress on standard error: one line that changes on a terminal, one line per finding elsewhere."""

    def __init__(self) -> None:
        self.live = sys.stderr.isatty()
        self.shown = 0

    def __call__(self, event: Event) -> None:
        what = f"[{event.done}/{event.total}] {event.claim} {event.kind}"
        if event.finding is not None:
            source = "from the store" if event.recalled else f"{event.seconds:.1f} s"
            what += f" {event.finding.verdict} ({source})"
        elif event.message:
            what += f": {one_line(event.message)}"
        if self.live:
            width = max(20, _columns() - 1)
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write("\r" + what[:width].ljust(min(self.shown, width)))
                sys.stderr.flush()
            self.shown = len(what)
        elif event.finding is not None and not event.recalled:
            say(what, sys.stderr)

    def close(self) -> None:
        if self.live and self.shown:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write("\r" + " " * min(self.shown, _columns() - 1) + "\r")
        self.shown = 0


class Output:
    """A file that is written at the end, whole or not at all, and refused at the start when it cannot be."""

    def __init__(self, path: str | None, option: str) -> None:
        self.path, self.option = path, option
        # Devices and pipes are written in place: replacing /dev/null by a file would be a poor joke.
        self.special = path is not None and os.path.exists(path) and not os.path.isfile(path)
        if path is None or path == "-":
            return
        target = os.path.realpath(path)
        folder = os.path.dirname(target)
        if not path or os.path.isdir(target):
            self._refuse("is a directory" if path else "is empty")
        if not os.path.isdir(folder):
            self._refuse(f"has no directory {folder}; create it")
        if os.path.exists(target) and not os.access(target, os.W_OK):
            self._refuse("is not writable")
        if not self.special:
            probe = os.path.join(folder, f".{os.path.basename(target)[:64]}.{os.getpid()}.probe")
            try:
                with open(probe, "x"):
                    pass
                os.unlink(probe)
            except OSError as problem:
                self._refuse((problem.strerror or str(problem)).lower())

    def beside(self, suffix: str) -> Output:
        """The output of the same name with another suffix; nothing for what is no regular file."""
        if self.path in (None, "-") or self.special:
            return Output(None, self.option)
        return Output(os.path.splitext(str(self.path))[0] + suffix, self.option)

    def write(self, text: str) -> None:
        if self.path is None:
            return
        if self.path == "-":
            say(text.rstrip("\n"))
            return
        from pathlib import Path

        from w2s_sym.store import write_atomically

        try:
            if self.special:
                Path(self.path).write_text(text, encoding="utf-8")
            else:
                write_atomically(Path(os.path.realpath(self.path)), text)
        except OSError as problem:
            self._refuse((problem.strerror or str(problem)).lower())

    def _refuse(self, cause: str) -> NoReturn:
        raise RefusedError(f"cannot write {self.option} {self.path}: {cause}; choose a file that can be written")
