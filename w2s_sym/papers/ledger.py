"""Verify many claims: every piece of evidence is one task, shared among worker processes.

On one kind of processor the number of workers never changes a digit: a task's random streams depend on the seed, the
claim's id and the position of the evidence only, each worker uses one thread for linear algebra, and results are put
together in the order of the claims. Linear algebra on another processor may round last digits otherwise. A finding is
stored by the worker that made it, the moment it is finished; a run that is interrupted or killed therefore goes on
from there. Who does the tasks is an executor: processes of this machine, or any :class:`concurrent.futures.Executor`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

from w2s_sym.claims.budget import BUDGETS, ran_out
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.results import Failure, Result, resting
from w2s_sym.claims.run import Memory, NoMemory, Scoped
from w2s_sym.executors.jobs import Done, Failed, Outcome, Spent, Told
from w2s_sym.executors.running import Crew, Given, Local, run_jobs
from w2s_sym.formula import display
from w2s_sym.papers.checking import CheckEvidence, Record, inherited, whereabouts
from w2s_sym.papers.cited import with_cited
from w2s_sym.papers.loading import Entry
from w2s_sym.store.disk import Fresh
from w2s_sym.store.fingerprints import fingerprint

# Kinds of evidence, the slowest first.
_ORDER = ("simulation", "certificate", "precision", "derivation")


@dataclass(frozen=True)
class Event:
    """Progress: ``done`` of ``total`` pieces are finished, and this one is at the evidence ``kind`` of ``claim``.

    ``finding`` is None while evidence is still at work, and ``message`` says what it does. ``seconds`` is how long it
    took, ``recalled`` whether it came from the store.
    """

    done: int
    total: int
    claim: str
    kind: str
    finding: Finding | None = field(default=None, kw_only=True)
    message: str = field(default="", kw_only=True)
    seconds: float = field(default=0.0, kw_only=True)
    recalled: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class LedgerRun:
    """The results of all claims of one run, in order, with the effort and the seed of the run.

    ``results`` are those asked for; ``cited`` are those of what they rest on beside them, from below.
    """

    results: tuple[Result, ...]
    effort: str
    seed: int
    cited: tuple[Result, ...] = ()

    @property
    def failures(self) -> tuple[Failure, ...]:
        """All evidence that gave no finding."""
        return tuple(f for r in (*self.results, *self.cited) for f in r.failures)

    @property
    def ok(self) -> bool:
        """Whether every claim asked for holds, those aside that were skipped for a missing extra."""
        return all(r.holds or r.skipped for r in self.results)

    def _repr_html_(self) -> str:
        return display.html("ledger", self, repr)

    @property
    def exit_code(self) -> int:
        """0 if every claim holds. 1 if one does not: a refutation counts first, whatever else went wrong.

        2 if, with nothing refuted, a claim is ill-formed or is checked outside its domain: that is bad input, and
        says nothing of the claim. Evidence that fails for any other reason counts as a claim that does not hold.
        """
        everything = (*self.results, *self.cited)
        refuted = any(f.verdict is Verdict.REFUTED for r in everything for f in r.findings)
        if not refuted and any(f.bad_input for f in self.failures):
            return 2
        return 0 if self.ok else 1


def default_jobs() -> int:
    """The number of processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def verify_all(
    entries: Sequence[Entry],
    *,
    effort: str = "quick",
    seed: int = 0,
    jobs: int | None = None,
    memory: Memory | None = None,
    fresh: bool = False,
    progress: Callable[[Event], None] | None = None,
    executor: Executor | Crew | None = None,
) -> LedgerRun:
    """Check all evidence of all claims, and of all that they rest on; the results are in the order of ``entries``.

    Findings already in ``memory`` are not computed again unless ``fresh``. ``jobs`` is the number of worker processes,
    by default that of processors. ``executor`` takes their place: any executor whose workers have this package and the
    papers, such as ``ProcessPoolExecutor()``, joblib's, or ``Client(...).get_executor()`` of Dask; it is not closed.
    Each piece of evidence is checked in a process with the budget of its effort, which the workers start; one that runs
    out of it gets a finding that says so and is not stored, and one whose process dies fails.

    Exceptions of evidence become :class:`Failure`; ``KeyboardInterrupt`` ends the processes and is raised; so are
    :class:`UsageError` for what :func:`with_cited` refuses and :class:`ExecutorError` for an executor that is lost.
    """
    everything = with_cited(entries)
    board = _Board(everything, effort, seed, memory if memory is not None else NoMemory(), fresh, progress)
    board.post()
    if not fresh:
        board.recall()
    crew = Given(executor) if isinstance(executor, Executor) else executor or Local(jobs or default_jobs())
    with inherited(board.run, everything):
        numbers = board.left()
        run_jobs([board.job(i) for i in numbers], lambda k, said: board.take(numbers[k], said), crew)
    return _run(entries, [board.result(e) for e in range(len(everything))], effort, seed)


def recall(entries: Sequence[Entry], effort: str, seed: int, memory: Memory) -> LedgerRun | None:
    """The run that stored findings make at this effort and seed, those of what the claims rest on included.

    None unless all of them are there.
    """
    everything, found = with_cited(entries), []
    for entry in everything:
        keys = [_key(entry, index, effort, seed) for index in range(len(entry.claim.evidence))]
        findings = [_stored(memory, key)[0] if key is not None else None for key in keys]
        present = tuple(f for f in findings if f is not None)
        if len(present) < len(findings):
            return None
        found.append(Result(entry.claim, present, target=entry.target))
    return _run(entries, found, effort, seed)


# -- tasks ----------------------------------------------------------------------------------------------------


@dataclass
class _Task:
    """One piece of evidence of an entry, and what came of it."""

    entry: int
    index: int
    key: str | None
    finding: Finding | None = None
    failure: Failure | None = None
    seconds: float = 0.0
    recalled: bool = False


@dataclass
class _Board:
    """The tasks of one run, and who is told of them."""

    entries: Sequence[Entry]
    effort: str
    seed: int
    memory: Memory
    fresh: bool
    progress: Callable[[Event], None] | None
    tasks: list[_Task] = field(default_factory=list)
    done: int = 0
    run: str = field(default_factory=lambda: secrets.token_hex(8))

    def post(self) -> None:
        """One task for each piece of evidence."""
        self.tasks = [
            _Task(e, i, _key(entry, i, self.effort, self.seed))
            for e, entry in enumerate(self.entries)
            for i in range(len(entry.claim.evidence))
        ]

    def recall(self) -> None:
        """Take the findings that are stored."""
        for task in self.tasks:
            if task.key is not None:
                task.finding, task.seconds = _stored(self.memory, task.key)
            if task.finding is not None:
                task.recalled = True
                self.done += 1
                self.tell(task)

    def left(self) -> list[int]:
        """The numbers of the tasks that are left to do, the longest first."""
        ranks = {i: self._rank(task) for i, task in enumerate(self.tasks) if task.finding is None}
        return sorted(ranks, key=lambda i: ranks[i])

    def job(self, number: int) -> CheckEvidence:
        """A task as it is sent to a worker."""
        task, memory = self.tasks[number], self.memory
        stored: Memory = NoMemory() if task.key is None else Scoped(memory, task.key)
        kept: Memory = NoMemory() if task.key is None else Scoped(Fresh(memory) if self.fresh else memory, task.key)
        name = whereabouts(self.entries[task.entry])
        return CheckEvidence(
            self.run, task.entry, name, task.index, effort=self.effort, seed=self.seed, memory=kept, stored=stored
        )

    def take(self, number: int, said: Told | Outcome) -> None:
        """Note what a worker said of a task."""
        task = self.tasks[number]
        claim = self.entries[task.entry].claim
        kind = claim.evidence[task.index].kind
        match said:
            case Told(message):
                self.tell(task, message)
                return
            case Done(Record(record, seconds)):
                task.finding, task.seconds = Finding.from_record(record), seconds
                self._keep(task, record)
                self.memory.put(_clock(claim, task.index, self.effort), seconds)
            case Spent(what):
                task.finding = ran_out(kind, what, BUDGETS[self.effort], self.effort)
            case Done(Failed(message, bad_input)) | Failed(message, bad_input):
                task.failure = Failure(claim.id, task.index, kind, message, bad_input)
        self.done += 1
        self.tell(task, f"no finding: {task.failure.message}" if task.failure is not None else "")

    def _keep(self, task: _Task, record: Mapping[str, Any]) -> None:
        """Store a finding whose worker could not, or has another store."""
        assert task.finding is not None
        absent = task.key is not None and self.memory.get(f"{task.key}/finding") is None
        if absent and task.finding.verdict is not Verdict.SKIPPED:
            kept = {"finding": record, "seconds": task.seconds, "run": self.run}
            self.memory.put(f"{task.key}/finding", kept)

    def tell(self, task: _Task, message: str = "") -> None:
        """Report progress on a task."""
        if self.progress is None:
            return
        claim = self.entries[task.entry].claim
        self.progress(
            Event(
                self.done,
                len(self.tasks),
                claim.id,
                claim.evidence[task.index].kind,
                finding=task.finding,
                message=message,
                seconds=task.seconds,
                recalled=task.recalled,
            )
        )

    def result(self, number: int) -> Result:
        """The result of entry ``number``, whatever it rests on."""
        entry, mine = self.entries[number], [t for t in self.tasks if t.entry == number]
        return Result(
            entry.claim,
            tuple(t.finding for t in mine if t.finding is not None),
            target=entry.target,
            failures=tuple(t.failure for t in mine if t.failure is not None),
            seconds=tuple(t.seconds for t in mine),
            recalled=tuple(t.recalled for t in mine),
        )

    def _rank(self, task: _Task) -> tuple[float, int, int, int]:
        """Longest first, as far as earlier runs tell, else by kind: the last worker to finish then finishes early."""
        claim = self.entries[task.entry].claim
        seconds = self.memory.get(_clock(claim, task.index, self.effort))
        kind = claim.evidence[task.index].kind
        known = -float(seconds) if isinstance(seconds, (int, float)) else float("-inf")
        return (known, _ORDER.index(kind) if kind in _ORDER else -1, task.entry, task.index)


def _key(entry: Entry, index: int, effort: str, seed: int) -> str | None:
    """Where a finding is stored; None when nothing says what it depends on."""
    sources = entry.paper.sources
    return fingerprint(entry.claim, index, effort, seed, sources) if sources else None


def _stored(memory: Memory, key: str) -> tuple[Finding | None, float]:
    """A stored finding and the seconds that it took; None for what is not there or cannot be read."""
    record = memory.get(f"{key}/finding")
    try:
        return (None, 0.0) if record is None else (Finding.from_record(record["finding"]), float(record["seconds"]))
    except (KeyError, TypeError, ValueError):
        return None, 0.0


def _clock(claim: Claim, index: int, effort: str) -> str:
    return f"seconds/{claim.id}/{index}/{effort}"


def _run(entries: Sequence[Entry], results: Sequence[Result], effort: str, seed: int) -> LedgerRun:
    """The run of ``entries``; ``results`` are of all that they rest on too, each after what it rests on itself."""
    made: dict[str, Result] = {}
    for result in results:
        made[result.claim.id] = resting(result, made, confirmed=True)
    asked = {entry.claim.id for entry in entries}
    cited = tuple(result for name, result in made.items() if name not in asked)
    return LedgerRun(tuple(made[entry.claim.id] for entry in entries), effort, seed, cited)
