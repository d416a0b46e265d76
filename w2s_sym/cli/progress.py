"""How far a command is, on standard error: on a terminal a bar with the time that is left."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from w2s_sym.cli.streams import one_line, say
from w2s_sym.cli.terminal import columns

if TYPE_CHECKING:
    from w2s_sym.papers.board import Event


# How many cells the bar has.
BAR = 16
# Before this many seconds, and before this part of the work, a guess of what is left says nothing.
SOONEST, LEAST_PART = 2.0, 0.05


class Progress:
    """Live progress on standard error: one line that changes on a terminal, one line per finding or figure elsewhere.

    It is called with an :class:`w2s_sym.papers.board.Event`. The time left supposes that what is left takes as long as
    what is done; pieces from the store count for neither. ``clock`` gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.live = sys.stderr.isatty()
        self.shown = 0
        self.clock, self.start = clock, clock()
        self.recalled = 0

    def __call__(self, event: Event) -> None:
        self.recalled += event.recalled
        what = f"[{event.done}/{event.total}] {event.claim} {event.kind}"
        if event.finding is not None:
            source = "from the store" if event.recalled else f"{event.seconds:.1f} s"
            what += f" {event.finding.verdict} ({source})"
        elif event.ended or event.message:
            what += f": {one_line(event.ended or event.message)}"
        if self.live:
            width = self._width()
            what = f"{self._bar(event)} {what}"
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write("\r" + what[:width].ljust(min(self.shown, width)))
                sys.stderr.flush()
            self.shown = len(what)
        elif event.ended or (event.finding is not None and not event.recalled):
            say(what, sys.stderr)

    def close(self) -> None:
        """Take the changing line away."""
        if self.live and self.shown:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write("\r" + " " * min(self.shown, self._width()) + "\r")
        self.shown = 0

    def _width(self) -> int:
        return max(20, (columns(sys.stderr) or 80) - 1)

    def _bar(self, event: Event) -> str:
        """The bar, and how long the rest may take, where that can be told."""
        full = BAR * event.done // max(event.total, 1)
        bar = "#" * full + "." * (BAR - full)
        spent, made = self.clock() - self.start, event.done - self.recalled
        if made <= 0 or spent < SOONEST or made < LEAST_PART * (event.total - self.recalled):
            return bar
        return f"{bar} {_duration(spent / made * (event.total - event.done))} left"


def _duration(seconds: float) -> str:
    """Seconds for a reader, such as ``40 s`` and ``3 min``."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


@contextlib.contextmanager
def step_progress() -> Iterator[Callable[[int, int, str, str, str], None]]:
    """Progress of work that is no finding: how much is done, of how much, of what, its kind, and a message."""
    from w2s_sym.papers.board import Event

    progress = Progress()
    try:
        yield lambda done, total, what, kind, message: progress(Event(done, total, what, kind, message=message))
    finally:
        progress.close()


@contextlib.contextmanager
def coq_progress() -> Iterator[Callable[[str, int, int, str, bool], None]]:
    """Progress of Coq: of what, how many are done of how many, and what happens to it or, if True, what happened."""
    from w2s_sym.papers.board import Event

    progress = Progress()

    def told(what: str, done: int, of: int, message: str, ended: bool) -> None:
        progress(
            Event(done, of, what, "coq", ended=message) if ended else Event(done, of, what, "coq", message=message)
        )

    try:
        yield told
    finally:
        progress.close()
