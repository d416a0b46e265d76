"""Worker processes for evidence: they check one piece at a time and store what is finished themselves."""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from threadpoolctl import threadpool_limits

from w2s_sym.claims.budget import cause_of_death, lift_limits, limit_process, ran_out
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.results import check_evidence
from w2s_sym.claims.run import Memory, Run
from w2s_sym.claims.statement import ClaimError
from w2s_sym.formula.conditions import DomainError
from w2s_sym.papers.cited import with_cited
from w2s_sym.papers.loading import Entry, load
from w2s_sym.store.disk import plain


@dataclass(frozen=True)
class Job:
    """Check evidence ``index`` of entry ``entry`` and keep the finding in ``memory``."""

    number: int
    entry: int
    index: int
    memory: Memory


@dataclass(frozen=True)
class Told:
    """A worker says how far it is."""

    message: str


@dataclass(frozen=True)
class Finished:
    """A worker gives the record of a finding, and how long it took."""

    record: dict[str, Any]
    seconds: float


@dataclass(frozen=True)
class Failed:
    """A worker has no finding; ``bad_input`` when the claim or its point is at fault."""

    message: str
    bad_input: bool


@dataclass(frozen=True)
class Spent:
    """A worker ran out of memory (or time) and ends."""

    what: str


Answer = Told | Finished | Failed


def run_jobs(
    entries: Sequence[Entry],
    work: Sequence[Job],
    take: Callable[[int, Answer], None],
    *,
    effort: str,
    seed: int,
    count: int,
    method: str | None = None,
) -> None:
    """Do all jobs on at most ``count`` processes; ``take`` gets each job's number and answers in this process.

    Each job has the budget of its effort; one that runs out of it gets a finding that says so and is not stored. A
    worker that dies in another way fails the job it was at. Either is replaced. Whatever happens, no worker outlives
    this call; should this process be killed, its workers end by themselves.
    """
    if not work:
        return
    if method is None:
        method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    todo, jobs = list(reversed(work)), {job.number: job for job in work}
    crew: dict[Connection, _Worker] = {}
    try:
        while todo or any(w.job is not None for w in crew.values()):
            while todo and len(crew) < count:
                worker = _Worker(method, entries, effort, seed)
                crew[worker.connection] = worker
                worker.give(todo.pop())
            for ready in _heard(crew):
                worker = crew[ready]
                assert worker.job is not None
                number = worker.job.number
                said, alive = worker.hear()
                if not alive:
                    del crew[ready]
                    worker.end()
                elif not isinstance(said, Told):
                    worker.job = None
                    if todo:
                        worker.give(todo.pop())
                    else:
                        del crew[ready]
                        worker.end()
                take(number, _told_of(said, entries, jobs[number], Run(effort, seed)))
    finally:
        for worker in crew.values():
            worker.end()


def _told_of(said: Answer | Spent, entries: Sequence[Entry], job: Job, run: Run) -> Answer:
    """The answer; a finding for a worker that ran out of something, which nobody stores."""
    if not isinstance(said, Spent):
        return said
    kind = entries[job.entry].claim.evidence[job.index].kind
    return Finished(plain(ran_out(kind, said.what, run.allowed, run.effort).to_record()), 0.0)


def _heard(crew: Mapping[Connection, _Worker]) -> list[Connection]:
    """The connections with news: an answer, the end of a worker, or that its time by the clock is over."""
    while True:
        left = min(worker.deadline for worker in crew.values()) - time.monotonic()
        heard = [ready for ready in wait(list(crew), max(0.0, left)) if isinstance(ready, Connection)]
        late = [c for c, worker in crew.items() if c not in heard and worker.deadline <= time.monotonic()]
        if heard or late:
            return heard + late


class _Worker:
    def __init__(self, method: str, entries: Sequence[Entry], effort: str, seed: int) -> None:
        context = multiprocessing.get_context(method)
        self.connection, theirs = context.Pipe()
        self.job: Job | None = None
        self.patience = Run(effort, seed).allowed.clock
        self.deadline = math.inf
        # A forked child has the claims; any other loads them again from where they came.
        claims: Any = entries if method == "fork" else [_named(e) for e in entries]
        self.process = context.Process(target=_serve, args=(theirs, claims, effort, seed))  # type: ignore[attr-defined]
        with warnings.catch_warnings(), _no_interrupt():
            # Python 3.12 warns of any thread at a fork; the only ones here are idle ones of linear algebra.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.process.start()
        theirs.close()

    def give(self, job: Job) -> None:
        self.job = job
        self.deadline = time.monotonic() + self.patience
        with contextlib.suppress(OSError):  # it is dead; reading from it will say so
            self.connection.send(job)

    def hear(self) -> tuple[Answer | Spent, bool]:
        """What it says, and whether it lives on: not when it ran out of something, nor when it died."""
        try:
            if not self.connection.poll():
                return Spent("clock"), False
            said: Answer | Spent = self.connection.recv()
        except (EOFError, OSError):
            return self._obituary(), False
        return said, not isinstance(said, Spent)

    def _obituary(self) -> Failed | Spent:
        self.process.join(5)
        code = self.process.exitcode
        spent = cause_of_death(-code) if code is not None and code < 0 else None
        if spent is not None:
            return Spent(spent)
        cause = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return Failed(f"the worker process died ({cause}); out of memory? try fewer --jobs", False)

    def end(self) -> None:
        if self.job is None:
            with contextlib.suppress(OSError):
                self.connection.send(None)
        else:
            self.process.terminate()
        self.connection.close()
        self.process.join(5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


@contextlib.contextmanager
def _no_interrupt() -> Iterator[None]:
    """Hold Ctrl-C back while a worker starts: it reaches this process afterwards, and the worker never."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# -- in the worker --------------------------------------------------------------------------------------------


def _serve(connection: Connection, claims: Sequence[Any], effort: str, seed: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends its workers
    _print_elsewhere()
    threading.Thread(target=_follow_parent, daemon=True).start()
    entries = claims if isinstance(claims[0], Entry) else _reload(claims)
    with threadpool_limits(limits=1):
        while True:
            try:
                job: Job | None = connection.recv()
                if job is None:
                    return
                answer = _do(connection, entries[job.entry], job, effort, seed)
                connection.send(answer)
                if isinstance(answer, Spent):
                    return  # what is left of its memory is in pieces
            except (EOFError, OSError):
                return


def _print_elsewhere() -> None:
    """Send what evidence prints to standard error: standard output is for results."""
    sys.stdout = sys.stderr
    with contextlib.suppress(OSError):
        os.dup2(2, 1)


def _follow_parent() -> None:
    """End this process when its parent is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _named(entry: Entry) -> tuple[str, str, bool]:
    """How another process finds the entry: its paper, its id, and whether the paper lists it or a claim cites it."""
    return entry.paper.name, entry.claim.id, any(claim is entry.claim for claim in entry.paper.claims)


def _reload(named: Sequence[tuple[str, str, bool]]) -> list[Entry]:
    papers = {name: load(name) for name in sorted({name for name, _, _ in named})}
    listed = {(p.name, c.id): Entry(p, c) for p in papers.values() for c in p.claims}
    asked = [listed[paper, name] for paper, name, is_listed in named if is_listed]
    below = {entry.claim.id: entry for entry in with_cited(asked)}
    return [listed[paper, name] if is_listed else below[name] for paper, name, is_listed in named]


def _do(connection: Connection, entry: Entry, job: Job, effort: str, seed: int) -> Answer | Spent:
    """One finding, stored; or what went wrong, in one line. An exception is never a verdict."""

    def tell(message: str) -> None:
        connection.send(Told(message))

    start, run = time.perf_counter(), Run(effort, seed, job.memory, tell)
    try:
        limit_process(run.allowed)
        finding = check_evidence(entry.claim, job.index, run)
        record = plain(finding.to_record())
    except MemoryError:
        return Spent("memory")
    except (ClaimError, DomainError) as problem:
        return Failed(_one_line(problem).removeprefix(f"{entry.claim.id}: "), True)
    except (Exception, SystemExit) as problem:
        return Failed(f"{type(problem).__name__}: {_one_line(problem)}", False)
    finally:
        lift_limits()
    seconds = round(time.perf_counter() - start, 3)
    if finding.verdict is not Verdict.SKIPPED:  # an extra may be installed tomorrow
        job.memory.put("finding", {"finding": record, "seconds": seconds})
    return Finished(record, seconds)


def _one_line(problem: BaseException) -> str:
    return " ".join(str(problem).split()) or "no message"
