"""Evidence checked in a child process that cannot use more than its budget, for ``verify`` in Python.

The child is a copy of this process: it has the claims as they are, and gives back findings. What it keeps in memory and
tells of its progress is passed on. Where the system cannot copy processes, evidence runs in this one, without limits;
the command line has worker processes there too.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import os
import pickle
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from w2s_sym.claims.budget import Budget, cause_in_words, cause_of_death, lift_limits, limit_process, ran_out
from w2s_sym.claims.finding import Finding
from w2s_sym.claims.process_groups import end_group, lead_group
from w2s_sym.claims.run import Memory, Run
from w2s_sym.claims.statement import ClaimError
from w2s_sym.formula.conditions import DomainError

Check = Callable[[int, Run], Finding]

# On macOS system libraries do not outlive a fork.
CAN_COPY = sys.platform == "linux"


@dataclass(frozen=True)
class _Told:
    message: str


@dataclass(frozen=True)
class _Kept:
    key: str
    value: Any


@dataclass(frozen=True)
class _Raised:
    problem: BaseException


@dataclass(frozen=True)
class _Ended:
    """The child is gone, or about to go; ``ran_out`` says of what, as :func:`ran_out` reads it."""

    ran_out: str | None
    words: str = ""


def confined(check: Check, kinds: Sequence[str], run: Run) -> tuple[Finding, ...]:
    """The findings ``check(0, run)``, ``check(1, run)``, ... of evidence of these kinds, each within the run's budget.

    Raises the exception that a check raises, and ``ChildProcessError`` when the process of one ends in another way.
    What would end this program, such as the SystemExit of an experiment, is a ``RuntimeError`` that names it.
    """
    if not CAN_COPY:
        return tuple(_checked(check, i, run) for i in range(len(kinds)))
    found: list[Finding] = []
    while len(found) < len(kinds):
        found += _from_child(check, kinds, run, len(found))
    return tuple(found)


def _checked(check: Check, index: int, run: Run) -> Finding:
    try:
        return check(index, run)
    except (SystemExit, GeneratorExit) as problem:  # a KeyboardInterrupt may be the user's own
        raise RuntimeError(_named(problem)) from problem


def _named(problem: BaseException) -> str:
    return f"{type(problem).__name__}: {problem}" if str(problem) else type(problem).__name__


def _from_child(check: Check, kinds: Sequence[str], run: Run, first: int) -> list[Finding]:
    """The findings from ``first`` on, as far as one child gets: where it runs out, that is the last."""
    ours, theirs = Pipe()
    here = os.getpid()
    with _quiet_fork():
        child = os.fork()
        if child == 0:
            try:
                ours.close()
                lead_group(here)
                _work(check, range(first, len(kinds)), run, theirs)
            finally:
                os._exit(0)
    theirs.close()
    found: list[Finding] = []
    try:
        while first + len(found) < len(kinds):
            answer = _next(ours, child, run)
            if isinstance(answer, _Raised):
                raise answer.problem
            if isinstance(answer, Finding):
                found.append(answer)
                continue
            kind = kinds[first + len(found)]
            if answer.ran_out is None:
                raise ChildProcessError(f"the process that checked its {kind} {answer.words}")
            found.append(ran_out(kind, answer.ran_out, run.allowed, run.effort))
            break
    finally:
        ours.close()
        end_group(child)
        os.kill(child, signal.SIGKILL)  # it may not lead a group yet
        os.waitpid(child, 0)
    return found


def _next(ours: Connection, child: int, run: Run) -> Finding | _Raised | _Ended:
    """What becomes of the next piece of evidence; progress and finished pieces are passed on meanwhile."""
    while True:
        if not ours.poll(run.allowed.clock):
            return _Ended("clock")
        try:
            message = ours.recv()
        except (EOFError, OSError):
            # Its number stays its own until its group was ended, too.
            ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
            assert ended is not None
            number = 0 if ended.si_code == os.CLD_EXITED else ended.si_status
            words = f"ended ({cause_in_words(-number or ended.si_status)})"
            return _Ended(cause_of_death(number), words)
        if isinstance(message, _Told):
            run.tell(message.message)
        elif isinstance(message, _Kept):
            run.memory.put(message.key, message.value)
        else:
            answer: Finding | _Raised | _Ended = message
            return answer


@contextlib.contextmanager
def _quiet_fork() -> Iterator[None]:
    """Ctrl-C reaches this process afterwards, and the child never; what waits to be printed is printed once."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with warnings.catch_warnings():
            # Python 3.12 warns of any thread at a fork; the child takes no lock of theirs.
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# -- in the child ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Relay:
    """The memory of the parent: what is put here is kept there too."""

    memory: Memory
    theirs: Connection

    def get(self, key: str) -> Any | None:
        return self.memory.get(key)

    def put(self, key: str, value: Any) -> None:
        self.memory.put(key, value)
        self.theirs.send(_Kept(key, value))


def _work(check: Check, indices: Sequence[int], run: Run, theirs: Connection) -> None:
    faulthandler.disable()  # a C library that aborts for want of memory is no fault of this program
    gc.freeze()  # what was there before is never collected here: the pages stay shared
    here = replace(
        run,
        memory=_Relay(run.memory, theirs),
        progress=None if run.progress is None else lambda message: theirs.send(_Told(message)),
    )
    for index in indices:
        answer = _attempt(check, index, here, run.allowed)
        try:
            theirs.send(answer)
        except (pickle.PicklingError, AttributeError, TypeError) as problem:
            theirs.send(_Raised(TypeError(f"its finding cannot be passed on: {problem}; use plain JSON values")))
            break
        if not isinstance(answer, Finding):
            break
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


def _attempt(check: Check, index: int, run: Run, budget: Budget) -> Finding | _Raised | _Ended:
    try:
        limit_process(budget)
        return check(index, run)
    except MemoryError:
        return _Ended("memory")
    except BaseException as problem:
        return _Raised(_portable(problem))
    finally:
        lift_limits()


def _portable(problem: BaseException) -> BaseException:
    """The exception, if it survives the way to the parent, else its words; with the traceback of a program's error.

    What is no ``Exception`` would end the parent's program, and comes as its words.
    """
    if not isinstance(problem, Exception):
        return RuntimeError(_named(problem))
    if not isinstance(problem, (ClaimError, DomainError)):
        problem.add_note("in the process that checked it:\n" + "".join(traceback.format_exception(problem)))
    try:
        if type(pickle.loads(pickle.dumps(problem))) is type(problem):
            return problem
    except Exception:
        pass
    return RuntimeError(_named(problem))
