"""A cell: a process that does jobs one after another, each within its budget.

The rule: whatever a job does, it ends, and no other job notices. The operating system ends a cell that uses more than
the budget of its job, and a new cell takes its place; what a cell has loaded stays warm for its next job (a process for
each piece of evidence took 1.4 times the processor time). A cell has one thread, and one for linear algebra.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any

from w2s_sym.claims.budget import Budget, cause_in_words, cause_of_death, lift_limits, limit_process
from w2s_sym.claims.process_groups import end_group, lead_group
from w2s_sym.executors.jobs import Done, Failed, Job, Outcome, Spent, Tell, Told, words_of

CAN_SPAWN = os.name == "posix"  # elsewhere jobs run in the process that asks, without limits


def usual_method() -> str:
    """How cells start on this system: ``fork`` keeps what was loaded, ``spawn`` loads it again."""
    return "fork" if "fork" in multiprocessing.get_all_start_methods() and sys.platform == "linux" else "spawn"


class Cell:
    """A child process for jobs; it starts at once.

    ``method`` is ``fork``, which copies this process, or ``spawn``, a Python of its own. Raises ``OSError`` when the
    system has no room for another process.
    """

    def __init__(self, method: str) -> None:
        self._method = method
        self._closed = False
        self._start()

    def do(self, job: Job, tell: Tell) -> Outcome:
        """What becomes of the job; a cell that died of it is replaced."""
        with contextlib.suppress(OSError):  # it is dead; reading from it will say so
            self._connection.send(job)
        outcome = self._outcome(job.allowed, tell)
        if outcome is None:
            outcome = self._obituary()
        if isinstance(outcome, Spent) or not self._alive():
            self._stop()
            self._connection.close()
            if not self._closed:
                self._start()
        return outcome

    def end(self) -> None:
        """End the process, whatever it does. It may be called from another thread, and more than once."""
        self._closed = True
        self._stop()

    def _outcome(self, budget: Budget, tell: Tell) -> Outcome | None:
        """What the process says of the job; None when it died without a word."""
        late = time.monotonic() + budget.clock
        while True:
            try:
                if not self._connection.poll(max(0.0, late - time.monotonic())):
                    return Spent("clock")
                said: Told | Outcome = self._connection.recv()
            except (EOFError, OSError):
                return None
            if not isinstance(said, Told):
                return said
            tell(said.message)

    def _obituary(self) -> Outcome:
        code = self._exit_code()
        if self._closed or code is None:
            return Failed("it was interrupted")
        spent = cause_of_death(-code) if code < 0 else None
        if spent is not None:
            return Spent(spent)
        return Failed(f"the worker process died ({cause_in_words(code)}); out of memory? try fewer --jobs")

    # -- the process: a fork of this one, or a Python of its own

    def _start(self) -> None:
        self._fork: Any = None
        self._python: subprocess.Popen[bytes] | None = None
        if self._method == "fork":
            context = multiprocessing.get_context("fork")
            self._connection, theirs = context.Pipe()
            self._fork = context.Process(target=serve, args=(theirs, os.getpid()))
            with warnings.catch_warnings(), _no_interrupt():
                # Python 3.12 warns of any thread at a fork; those here only wait for cells.
                warnings.simplefilter("ignore", DeprecationWarning)
                self._fork.start()
        else:
            self._connection, theirs = multiprocessing.Pipe()
            number = theirs.fileno()
            code = f"from w2s_sym.executors.cells import serve_on; serve_on({number}, {os.getpid()})"
            with _no_interrupt():
                self._python = subprocess.Popen(
                    [sys.executable, "-c", code], pass_fds=(number,), stdin=subprocess.DEVNULL, stdout=2
                )
        theirs.close()

    def _alive(self) -> bool:
        if self._fork is not None:
            return bool(self._fork.is_alive())
        return self._python is not None and self._python.poll() is None

    def _exit_code(self) -> int | None:
        if self._fork is not None:
            self._fork.join(5)
            code: int | None = self._fork.exitcode
            return code
        assert self._python is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._python.wait(5)
        return None

    def _stop(self) -> None:
        process = self._fork if self._fork is not None else self._python
        assert process is not None
        end_group(process.pid)
        process.kill()  # it may not lead a group yet
        self._exit_code()


@contextlib.contextmanager
def _no_interrupt() -> Iterator[None]:
    """Hold Ctrl-C back while a cell starts: it reaches this process afterwards, and the cell never."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# -- in the cell ----------------------------------------------------------------------------------------------


def serve_on(number: int, parent: int) -> None:
    """Serve on the connection of this number: what a spawned cell runs."""
    serve(Connection(number), parent)


def serve(connection: Connection, parent: int) -> None:
    """Do the jobs that come through the connection until it ends, or until the process ``parent`` is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its cells
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    _print_elsewhere()
    lead_group(parent)
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1), contextlib.suppress(EOFError, OSError):
        while True:
            outcome = attempt(connection.recv_bytes(), lambda message: connection.send(Told(message)))
            try:
                connection.send(outcome)
            except (pickle.PicklingError, AttributeError, TypeError) as problem:
                connection.send(Failed(f"{type(problem).__name__}: its result cannot be sent: {words_of(problem)}"))
            if isinstance(outcome, Spent):
                return  # what is left of its memory is in pieces


def attempt(pickled: bytes, tell: Tell) -> Outcome:
    """Do a job in this process, within its budget. An exception is never a result."""
    try:
        job: Job = pickle.loads(pickled)
        limit_process(job.allowed)
        return Done(job.work(tell))
    except MemoryError:
        return Spent("memory")
    except BaseException as problem:  # nobody interrupts a cell: a KeyboardInterrupt, too, is one that the job raises
        return Failed(f"{type(problem).__name__}: {words_of(problem)}")
    finally:
        lift_limits()


def _print_elsewhere() -> None:
    """Send what jobs print to standard error: standard output is for results."""
    sys.stdout = sys.stderr
    with contextlib.suppress(OSError):
        os.dup2(2, 1)
