"""Jobs on an executor: as they are finished, whatever happens to those who do them."""

from __future__ import annotations

import contextlib
import pickle
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from typing import Protocol

from w2s_sym.executors.cells import CAN_SPAWN, Cell, attempt, usual_method
from w2s_sym.executors.jobs import Job, Outcome, Told

# So often an executor may break, or a job be lost with it, before anything else is finished.
PATIENCE = 5

Take = Callable[[int, Told | Outcome], None]
# What is said of jobs on its way to the thread that takes it: a message, or the future that is done.
News = queue.SimpleQueue[tuple[int, Told | Future[Outcome]]]
Listener = Callable[[tuple[int, Told | Future[Outcome]]], None]


class ExecutorError(ValueError):
    """An executor that cannot do jobs. The message is one line: what happened, and the next move."""


class Crew(Protocol):
    """Where an executor comes from. It is opened again when an executor is lost."""

    def open(self, size: int, listener: Listener) -> contextlib.AbstractContextManager[Executor]:
        """An executor for ``size`` jobs. ``listener`` takes messages of progress, from any thread, where there are
        any. Raises :class:`ExecutorError` when there is none."""


class Local:
    """Cells on this machine, as many as ``count``, each with a thread that waits for it."""

    def __init__(self, count: int, method: str | None = None) -> None:
        self.count = count
        self.method = usual_method() if method is None else method

    @contextlib.contextmanager
    def open(self, size: int, listener: Listener) -> Iterator[Executor]:
        """Threads, each with a cell. The cells start here, before there are threads."""
        cells = [Cell(self.method) for _ in range(min(self.count, size))] if CAN_SPAWN else []
        waiting = list(cells)

        def settle() -> None:
            _here.cell = waiting.pop() if waiting else None
            _here.listener = listener

        executor = ThreadPoolExecutor(max(1, len(cells)), initializer=settle)
        try:
            yield executor
        finally:
            executor.shutdown(wait=False, cancel_futures=True)
            for cell in cells:
                cell.end()
            executor.shutdown()


class Given:
    """An executor that somebody else made and closes; where it breaks, the jobs end."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor
        self.opened = False

    @contextlib.contextmanager
    def open(self, size: int, listener: Listener) -> Iterator[Executor]:
        """The executor, once."""
        if self.opened:
            raise ExecutorError("the executor broke; make a new one, or leave it out; what was finished is kept")
        self.opened = True
        yield self.executor


def run_jobs(jobs: Sequence[Job], take: Take, crew: Crew) -> None:
    """Do all jobs; ``take`` gets the number of each with its outcome, in this thread, and messages before it.

    Jobs that are lost with an executor, or with a worker of a cluster, are done again on the next one. Raises
    :class:`ExecutorError` when nothing is finished in between for some time, and what a job's way raises: words that
    cannot be pickled, a worker without this package.
    """
    left, lost_in_a_row = set(range(len(jobs))), 0
    while left:
        news: News = queue.SimpleQueue()
        with crew.open(len(left), news.put) as executor:
            waiting = _submit(executor, jobs, sorted(left), news)
            while waiting:
                number, said = news.get()
                if isinstance(said, Told):
                    take(number, said)
                    continue
                waiting.discard(number)
                outcome = _outcome(said)
                if outcome is not None:
                    left.discard(number)
                    lost_in_a_row = 0
                    take(number, outcome)
        if left:
            lost_in_a_row += 1
            if lost_in_a_row == PATIENCE:
                raise ExecutorError(
                    f"the executor was lost {PATIENCE} times in a row with {len(left)} jobs left to do; see to its "
                    "workers; what was finished is kept, and the same command goes on from there"
                )


def _submit(executor: Executor, jobs: Sequence[Job], numbers: Sequence[int], news: News) -> set[int]:
    """Hand the jobs over, the first first; the numbers of those that are on their way."""
    waiting: set[int] = set()
    for number in numbers:
        try:
            future: Future[Outcome] = executor.submit(perform, number, jobs[number])
        except RuntimeError:  # it is broken already, or shut down
            break
        waiting.add(number)
        future.add_done_callback(lambda done, number=number: news.put((number, done)))  # type: ignore[misc]
    return waiting


def _outcome(future: Future[Outcome]) -> Outcome | None:
    """The outcome of a job; None when it was lost on its way and may be done again."""
    try:
        return future.result()
    except (BrokenExecutor, CancelledError, OSError):
        return None
    except Exception as problem:
        if type(problem).__module__.partition(".")[0] == "distributed":
            return None
        raise


# -- where jobs are done --------------------------------------------------------------------------------------


# One cell for each thread that does jobs. A thread that was not given one makes its own: that of an executor that
# knows nothing of cells, such as a worker of a cluster with several threads.
class _Here(threading.local):
    cell: Cell | None = None
    listener: Listener | None = None


_here = _Here()


def perform(number: int, job: Job) -> Outcome:
    """Do a job in the cell of this thread. It is what an executor is asked to do, and raises nothing of the job's."""
    listener = _here.listener

    def tell(message: str) -> None:
        if listener is not None:
            listener((number, Told(message)))

    if not CAN_SPAWN:
        return attempt(pickle.dumps(job), tell)
    if _here.cell is None:
        _here.cell = Cell("spawn")
    return _here.cell.do(job, tell)
