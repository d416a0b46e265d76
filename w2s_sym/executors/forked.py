"""Pieces of one piece of work, done by copies of this process: they have all that it has; nothing is sent to them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from w2s_sym.claims.budget import BUDGETS, Budget
from w2s_sym.executors.cells import usual_method
from w2s_sym.executors.jobs import Done, Outcome, Tell, Told
from w2s_sym.executors.running import Local, run_jobs

# What forked processes have of their parent, by the name of the work.
_work: dict[str, Callable[[int], Any]] = {}


@dataclass(frozen=True)
class _Piece:
    name: str
    number: int

    @property
    def allowed(self) -> Budget:
        return BUDGETS["standard"]

    def work(self, tell: Tell) -> Any:
        return _work[self.name](self.number)


def in_copies(do: Callable[[int], Any], count: int, workers: int, told: Callable[[int], None]) -> list[Any]:
    """What ``do`` gives for 0, 1, ... ``count - 1``, in that order, by so many copies of this process.

    ``told`` is called with the number of pieces that are done. What a copy could not do, and everything where a process
    cannot be copied, is done here; then an exception of ``do`` is raised.
    """
    found: dict[int, Any] = {}
    if workers > 1 and count > 1 and usual_method() == "fork":
        name = secrets.token_hex(8)

        def take(number: int, said: Told | Outcome) -> None:
            if isinstance(said, Done):
                found[number] = said.value
                told(len(found))

        _work[name] = do
        try:
            run_jobs([_Piece(name, number) for number in range(count)], take, Local(workers))
        finally:
            del _work[name]
    for number in range(count):
        if number not in found:
            found[number] = do(number)
            told(len(found))
    return [found[number] for number in range(count)]
