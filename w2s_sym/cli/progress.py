"""How far a command is, on standard error."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from w2s_sym.cli.streams import one_line, say

if TYPE_CHECKING:
    from w2s_sym.papers.ledger import Event


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return 80


class Progress:
    """Live progress on standard error: one line that changes on a terminal, one line per finding elsewhere.

    It is called with an :class:`w2s_sym.papers.ledger.Event`.
    """

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
        """Take the changing line away."""
        if self.live and self.shown:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write("\r" + " " * min(self.shown, _columns() - 1) + "\r")
        self.shown = 0


@contextlib.contextmanager
def step_progress() -> Iterator[Callable[[int, int, str, str, str], None]]:
    """Progress of work that is no finding: how much is done, of how much, of what, its kind, and a message."""
    from w2s_sym.papers.ledger import Event

    progress = Progress()
    try:
        yield lambda done, total, what, kind, message: progress(Event(done, total, what, kind, message=message))
    finally:
        progress.close()
