"""The pieces of work of one run of the ledger: findings, the lines of derivations, figures; and the order of all."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from w2s_sym.claims.budget import BUDGETS, ran_out
from w2s_sym.claims.chain import Chain
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.results import Failure, Result
from w2s_sym.claims.run import Memory, NoMemory, Scoped
from w2s_sym.executors.jobs import Done, Failed, Outcome, Spent, Told
from w2s_sym.executors.running import Crew, run_jobs
from w2s_sym.papers.checking import CheckEvidence, Record, WriteLines, shared_memory, whereabouts
from w2s_sym.papers.drawing import DrawFigures, Studio
from w2s_sym.papers.loading import Entry
from w2s_sym.store.disk import Fresh
from w2s_sym.store.fingerprints import fingerprint

# Kinds of evidence, the slowest first.
_ORDER = ("simulation", "certificate", "precision", "derivation")


@dataclass(frozen=True)
class Event:
    """Progress: ``done`` of ``total`` pieces are finished, and this one is at the evidence ``kind`` of ``claim``.

    ``finding`` is None while evidence is still at work, and ``message`` says what it does. ``seconds`` is how long it
    took, ``recalled`` whether it came from the store. ``ended`` says what came of work that gives no finding, such as
    figures; ``claim`` is then the paper.
    """

    done: int
    total: int
    claim: str
    kind: str
    finding: Finding | None = field(default=None, kw_only=True)
    message: str = field(default="", kw_only=True)
    seconds: float = field(default=0.0, kw_only=True)
    recalled: bool = field(default=False, kw_only=True)
    ended: str = field(default="", kw_only=True)


@dataclass
class Task:
    """One piece of evidence of an entry, and what came of it."""

    entry: int
    index: int
    key: str | None
    finding: Finding | None = None
    failure: Failure | None = None
    seconds: float = 0.0
    recalled: bool = False
    lines: Mapping[str, Any] | None = None


@dataclass
class Board:
    """The tasks of one run, and who is told of them."""

    entries: Sequence[Entry]
    effort: str
    seed: int
    memory: Memory
    fresh: bool
    progress: Callable[[Event], None] | None
    pages: bool = False
    extra: int = 0  # jobs beside the tasks
    tasks: list[Task] = field(default_factory=list)
    done: int = 0
    run: str = field(default_factory=lambda: secrets.token_hex(8))

    def post(self) -> None:
        """One task for each piece of evidence."""
        self.tasks = [
            Task(e, i, key_of(entry, i, self.effort, self.seed))
            for e, entry in enumerate(self.entries)
            for i in range(len(entry.claim.evidence))
        ]

    def recall(self) -> None:
        """Take the findings that are stored."""
        for task in self.tasks:
            if task.key is not None:
                task.finding, task.seconds = stored(self.memory, task.key)
            if task.finding is not None:
                task.recalled = True
                task.lines = self.memory.get(f"{task.key}/lines") if self.pages else None
                self.done += 1
                self.tell(task)

    def left(self) -> list[int]:
        """The numbers of the tasks that are left to do, the longest first."""
        ranks = {i: self._rank(task) for i, task in enumerate(self.tasks) if task.finding is None}
        return sorted(ranks, key=lambda i: ranks[i])

    def job(self, number: int) -> CheckEvidence:
        """A task as it is sent to a worker."""
        task, memory = self.tasks[number], self.memory
        read: Memory = Fresh(memory) if self.fresh else memory
        entry, scope = self.entries[task.entry], task.key
        return CheckEvidence(
            self.run,
            task.entry,
            whereabouts(entry),
            task.index,
            effort=self.effort,
            seed=self.seed,
            memory=NoMemory() if scope is None else Scoped(read, scope),
            stored=NoMemory() if scope is None else Scoped(memory, scope),
            shared=shared_memory(read, entry.paper.sources),
            lines=self.pages,
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
            case Done(Record(record, seconds, lines)):
                task.finding, task.seconds, task.lines = Finding.from_record(record), seconds, lines
                self._keep(task, record)
                self.memory.put(_clock(claim, task.index, self.effort), seconds)
            case Spent(what):
                task.finding = ran_out(kind, what, BUDGETS[self.effort], self.effort)
            case Done(Failed(message, bad_input)) | Failed(message, bad_input):
                task.failure = Failure(claim.id, task.index, kind, message, bad_input)
        self.done += 1
        self.tell(task, f"no finding: {task.failure.message}" if task.failure is not None else "")

    def _keep(self, task: Task, record: Mapping[str, Any]) -> None:
        """Store a finding whose worker could not, or has another store."""
        assert task.finding is not None
        absent = task.key is not None and self.memory.get(f"{task.key}/finding") is None
        if absent and task.finding.verdict is not Verdict.SKIPPED:
            kept = {"finding": record, "seconds": task.seconds, "run": self.run}
            self.memory.put(f"{task.key}/finding", kept)

    @property
    def total(self) -> int:
        """The number of all pieces of work."""
        return len(self.tasks) + self.extra

    def tell(self, task: Task, message: str = "") -> None:
        """Report progress on a task."""
        if self.progress is None:
            return
        claim = self.entries[task.entry].claim
        self.progress(
            Event(
                self.done,
                self.total,
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

    def unwritten(self) -> list[WriteLines]:
        """Jobs for the lines of findings from the store that were stored without them, where pages are made."""
        found = []
        for task in self.tasks if self.pages else ():
            if task.finding is not None and task.lines is None:
                entry = self.entries[task.entry]
                place: Memory = NoMemory() if task.key is None else Scoped(self.memory, task.key)
                proved = task.finding.verdict is Verdict.PROVED
                where = (self.run, task.entry, whereabouts(entry), task.index)
                found.append(WriteLines(*where, proved=proved, allowed=BUDGETS[self.effort], memory=place))
        return found

    def write(self, job: WriteLines, outcome: Outcome) -> None:
        """Note the lines that a job wrote; lost ones are written as the problem for which there are none."""
        task = next(t for t in self.tasks if (t.entry, t.index) == (job.number, job.index))
        kind = self.entries[task.entry].claim.evidence[task.index].kind
        match outcome:
            case Done(record):
                task.lines = record
            case Failed(message):
                task.lines = Chain(kind, (), message).to_record()
            case Spent():
                task.lines = Chain(kind, (), f"the work on its lines {outcome}").to_record()

    def chains(self) -> dict[str, tuple[Chain, ...]]:
        """By id, the lines of all evidence that has some."""
        found: dict[str, list[Chain]] = {entry.claim.id: [] for entry in self.entries}
        for task in self.tasks:
            if task.lines:
                found[self.entries[task.entry].claim.id].append(Chain.from_record(task.lines))
        return {name: tuple(chains) for name, chains in found.items()}

    def _rank(self, task: Task) -> tuple[float, int, int, int]:
        """Longest first, as far as earlier runs tell, else by kind: the last worker to finish then finishes early."""
        claim = self.entries[task.entry].claim
        seconds = self.memory.get(_clock(claim, task.index, self.effort))
        kind = claim.evidence[task.index].kind
        known = -float(seconds) if isinstance(seconds, (int, float)) else float("-inf")
        return (known, _ORDER.index(kind) if kind in _ORDER else -1, task.entry, task.index)


@dataclass
class Queue:
    """The work of a run in its order: slow evidence, then figures and lines, then the rest, so that all cores end
    together."""

    board: Board
    studio: Studio

    def work(self, crew: Crew) -> None:
        """Do all of it; a figure whose process was lost with others is drawn again, alone."""
        left = self.board.left()
        lines = self.board.unwritten()
        self.board.extra = len(lines) + len(self.studio.jobs)
        quick = next((k for k, i in enumerate(left) if not self._slow(i)), len(left))
        self._do([*left[:quick], *self.studio.jobs, *lines, *left[quick:]], crew)
        while self.studio.lost:
            again, self.studio.lost = self.studio.lost, []
            self.board.extra += len(again)
            self._do(again, crew)

    def _slow(self, number: int) -> bool:
        task = self.board.tasks[number]
        return self.board.entries[task.entry].claim.evidence[task.index].kind in _ORDER[:2]

    def _do(self, pieces: Sequence[int | DrawFigures | WriteLines], crew: Crew) -> None:
        def take(position: int, said: Told | Outcome) -> None:
            piece = pieces[position]
            if isinstance(piece, int):
                self.board.take(piece, said)
            elif isinstance(piece, WriteLines):
                if not isinstance(said, Told):
                    self.board.write(piece, said)
                    self._tell(piece.named.claim, "lines", "their text is written", done=1)
            elif isinstance(said, Told):
                self._tell(_paper(piece), "figures", said.message)
            else:
                words = self.studio.take(piece, said)
                self._tell(_paper(piece), "figures", "", words, done=1)

        run_jobs([self.board.job(p) if isinstance(p, int) else p for p in pieces], take, crew)

    def _tell(self, what: str, kind: str, message: str, ended: str = "", done: int = 0) -> None:
        self.board.done += done
        if self.board.progress is not None:
            event = Event(self.board.done, self.board.total, what, kind, message=message, ended=ended)
            self.board.progress(event)


def _paper(job: DrawFigures) -> str:
    """The name of a paper; of a file of claims its name without its folder, which would fill a line."""
    return PurePath(job.named.paper).name


def key_of(entry: Entry, index: int, effort: str, seed: int) -> str | None:
    """Where a finding is stored; None when nothing says what it depends on."""
    sources = entry.paper.sources
    return fingerprint(entry.claim, index, effort, seed, sources) if sources else None


def stored(memory: Memory, key: str) -> tuple[Finding | None, float]:
    """A stored finding and the seconds that it took; None for what is not there or cannot be read."""
    record = memory.get(f"{key}/finding")
    try:
        return (None, 0.0) if record is None else (Finding.from_record(record["finding"]), float(record["seconds"]))
    except (KeyError, TypeError, ValueError):
        return None, 0.0


def _clock(claim: Claim, index: int, effort: str) -> str:
    return f"seconds/{claim.id}/{index}/{effort}"
