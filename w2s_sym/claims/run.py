"""How hard to look, from which seed, within which budget, and where finished pieces go."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from w2s_sym.claims.budget import BUDGETS, Budget

if TYPE_CHECKING:  # what only lists the efforts needs no numpy
    import numpy as np

EFFORTS = ("quick", "standard", "deep")


class Memory(Protocol):
    """Finished pieces of long work, keyed by content."""

    def get(self, key: str) -> Any | None:
        """The value kept under ``key``, or None."""

    def put(self, key: str, value: Any) -> None:
        """Keep a value of plain JSON types under ``key``."""


class NoMemory:
    """Remembers nothing: every run is fresh."""

    def get(self, key: str) -> Any | None:
        """None."""
        return None

    def put(self, key: str, value: Any) -> None:
        """Forget the value."""


@dataclass(frozen=True)
class Scoped:
    """A memory whose keys all start with ``scope``: what depends on one fingerprint is forgotten with it."""

    memory: Memory
    scope: str

    def get(self, key: str) -> Any | None:
        """The value kept under ``scope/key``, or None."""
        return self.memory.get(f"{self.scope}/{key}")

    def put(self, key: str, value: Any) -> None:
        """Keep a value under ``scope/key``."""
        self.memory.put(f"{self.scope}/{key}", value)


@dataclass(frozen=True)
class Run:
    """How hard to look, from which seed, and where finished pieces go. It knows no claim.

    Parameters
    ----------
    effort
        ``quick``, ``standard`` or ``deep``.
    seed
        The seed of all random draws, a nonnegative integer.
    memory
        Keeps finished pieces of long work.
    progress
        Is called with messages while evidence is at work.
    key
        The words that key this run's random streams.
    budget
        What one piece of evidence may use of time and memory; that of the effort when None.
    shared
        Keeps what several pieces of evidence and figures of one paper compute alike. It forgets when the paper's
        sources change; its keys name all else that a value depends on, effort and seed among it.

    Raises ``ValueError`` for another effort, seed or budget.
    """

    effort: str = "quick"
    seed: int = 0
    memory: Memory = field(default_factory=NoMemory)
    progress: Callable[[str], None] | None = None
    key: tuple[object, ...] = ()
    budget: Budget | None = None
    shared: Memory = field(default_factory=NoMemory)

    def __post_init__(self) -> None:
        if self.effort not in EFFORTS:
            raise ValueError(f"unknown effort {self.effort!r}; use {', '.join(EFFORTS)}")
        if not isinstance(self.seed, int) or isinstance(self.seed, bool) or self.seed < 0:
            raise ValueError(f"seed={self.seed}: needs a nonnegative integer")
        if self.budget is not None and not isinstance(self.budget, Budget):
            raise ValueError(f"budget={self.budget!r:.60}: needs a Budget(seconds, megabytes)")
        if self.progress is not None and not callable(self.progress):
            raise ValueError(f"progress={self.progress!r:.60}: needs a function that takes a text")
        if not isinstance(self.key, tuple):
            raise ValueError(f"key={self.key!r:.60}: needs a tuple of words")

    @property
    def allowed(self) -> Budget:
        """What one piece of evidence may use of time and memory."""
        return BUDGETS[self.effort] if self.budget is None else self.budget

    def under(self, *words: object) -> Run:
        """The same run with its random streams keyed by these words too."""
        return replace(self, key=(*self.key, *words))

    def rng(self, *words: object) -> np.random.Generator:
        """The generator of this run's key and these words: independent of workers, order and resumption."""
        import numpy as np

        text = "\x1f".join(str(w) for w in (*self.key, *words))
        digest = hashlib.sha256(text.encode()).digest()
        spawn_key = tuple(int.from_bytes(digest[i : i + 4], "little") for i in range(0, 32, 4))
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=spawn_key)))

    def tell(self, message: str) -> None:
        """Report progress, where somebody listens."""
        if self.progress is not None:
            self.progress(message)
