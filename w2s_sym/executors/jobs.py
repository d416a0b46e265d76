"""Jobs, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from w2s_sym.claims.budget import Budget

Tell = Callable[[str], None]


class Job(Protocol):
    """Work that can be sent to another process: it is pickled, and so is what it gives."""

    @property
    def allowed(self) -> Budget:
        """What it may use of time and memory."""

    def work(self, tell: Tell) -> Any:
        """Do it, and give the result. ``tell`` takes messages of progress."""


@dataclass(frozen=True)
class Told:
    """A job says how far it is."""

    message: str


@dataclass(frozen=True)
class Done:
    """A job gives its result."""

    value: Any


@dataclass(frozen=True)
class Failed:
    """A job has no result; ``bad_input`` when what it was given is at fault."""

    message: str
    bad_input: bool = False


@dataclass(frozen=True)
class Spent:
    """A job ran out of "time", "memory", or of the "clock" when it only waited; "abort" when it aborted, for want of
    memory or not."""

    what: str

    def __str__(self) -> str:
        return "aborted (signal 6), maybe for want of memory" if self.what == "abort" else f"ran out of its {self.what}"


Outcome = Done | Failed | Spent


def words_of(problem: BaseException) -> str:
    """The words of an exception in one line."""
    return " ".join(str(problem).split()) or "no message"
