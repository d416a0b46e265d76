"""How much processor time and memory one piece of evidence may use, and what is said when that runs out.

The rule: whatever evidence does, it ends. It runs in a process of its own, to which the operating system gives so much
processor time and so much memory and no more; a process that only waits is ended by the clock. What ran out makes an
INCONCLUSIVE finding that is never stored. The budgets are guards: no shipped claim comes near a quarter of them, except
one of ``real_networks`` at quick effort, which takes two thirds of the time where it encodes 3,000 texts alone.
"""

from __future__ import annotations

import contextlib
import math
import signal
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from w2s_sym.claims.finding import Finding


try:
    import resource as _resource
except ImportError:  # Windows: there the clock alone ends a process
    _resource = None  # type: ignore[assignment]

resource: ModuleType | None = _resource


@dataclass(frozen=True)
class Budget:
    """What one piece of evidence may use.

    Parameters
    ----------
    seconds
        Processor time, an integer of seconds.
    megabytes
        Memory beyond what the process has at its start.
    patience
        A process is also ended after so many times ``seconds`` by the clock, should it wait for something.

    Raises ``ValueError`` for anything that is not positive.
    """

    seconds: int
    megabytes: int
    patience: float = 30.0

    def __post_init__(self) -> None:
        for name, value in (("seconds", self.seconds), ("megabytes", self.megabytes)):
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ValueError(f"Budget({name}={value!r}): needs an integer, 1 or more")
        if not isinstance(self.patience, (int, float)) or not self.patience > 0:
            raise ValueError(f"Budget(patience={self.patience!r}): needs a positive number")

    @property
    def clock(self) -> float:
        """After how many seconds by the clock a process is ended."""
        return self.seconds * (self.patience if resource is not None else 1.0)


BUDGETS = {"quick": Budget(60, 1500), "standard": Budget(600, 3000), "deep": Budget(7200, 6000)}


def ran_out(kind: str, what: str, budget: Budget, effort: str) -> Finding:
    """The finding of evidence that ran out of ``what``: "time", "memory", or "clock" when it only waited.

    "abort" says that it aborted, maybe for want of memory.
    """
    amounts = {
        "time": f"{budget.seconds} s of processor time",
        "clock": f"{budget.clock:g} s by the clock",
        "memory": f"{budget.megabytes} MB of memory",
    }
    aborted = f"was ended by {_name(signal.SIGABRT)}: it aborted, as libraries do that get no more than "
    aborted += f"{budget.megabytes} MB of memory"
    harder = {"quick": "standard", "standard": "deep"}.get(effort)
    move = "write smaller formulas, or give verify a larger budget=Budget(seconds, megabytes)"
    from w2s_sym.claims.finding import Finding, Verdict  # the help of the command line knows no formulas

    return Finding(
        kind,
        Verdict.INCONCLUSIVE,
        f"ran out of its {amounts[what]}" if what in amounts else aborted,
        {"ran_out_of": what},
        next_move=f"verify it at {harder} effort; or {move}" if harder else move,
    )


def limit_process(budget: Budget) -> None:
    """Let the system end this process when it uses the budget's processor time, and refuse it more memory.

    Does nothing where the system knows no such limits. The limits before stay the upper ones.
    """
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    _lower(resource, resource.RLIMIT_CORE, 0)
    _lower(resource, resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime) + budget.seconds)
    size = _address_space()
    if size is not None:
        _lower(resource, resource.RLIMIT_AS, size + (budget.megabytes << 20))


def lift_limits() -> None:
    """Let this process go on: what reports a finding needs room of its own."""
    if resource is not None:
        for which in (resource.RLIMIT_CPU, resource.RLIMIT_AS):
            hard = resource.getrlimit(which)[1]
            resource.setrlimit(which, (hard, hard))


def cause_of_death(number: int) -> str | None:
    """What ran out for a process that ended by this signal; None when it was something else."""
    if resource is not None and number == signal.SIGXCPU:
        return "time"
    # C libraries abort when they get no memory, and others for reasons of their own: it cannot be told which.
    return "abort" if number == signal.SIGABRT else None


def cause_in_words(code: int) -> str:
    """How a process ended, by the exit code that ``subprocess`` gives: minus its signal, or its own number."""
    return _name(-code) if code < 0 else f"exit code {code}"


def _name(number: int) -> str:
    with contextlib.suppress(ValueError):
        return f"signal {int(number)}, {signal.Signals(number).name}"
    return f"signal {number}"


def _lower(limits: ModuleType, which: int, value: int) -> None:
    hard = limits.getrlimit(which)[1]
    limits.setrlimit(which, (value if hard == limits.RLIM_INFINITY else min(value, hard), hard))


def _address_space() -> int | None:
    """The bytes of memory that this process has mapped; None where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return None
    return pages * resource.getpagesize() if resource is not None else None
