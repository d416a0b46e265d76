"""One piece of evidence of one claim as a job: it is checked where the job is done, and stored there."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from w2s_sym.claims.budget import BUDGETS, Budget
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.results import check_evidence
from w2s_sym.claims.run import Memory, NoMemory, Run, Scoped
from w2s_sym.claims.statement import ClaimError, ExperimentError
from w2s_sym.executors.jobs import Failed, Tell, words_of
from w2s_sym.formula.conditions import DomainError
from w2s_sym.papers.cited import with_cited
from w2s_sym.papers.loading import Entry, UsageError, load
from w2s_sym.store.disk import plain
from w2s_sym.store.fingerprints import versions


@dataclass(frozen=True)
class Whereabouts:
    """How another process finds an entry: its paper, its id, and whether the paper lists it or a claim cites it.

    ``sources`` and ``versions`` are those that it must find there: other ones would make other digits.
    """

    paper: str
    claim: str
    listed: bool
    sources: str
    versions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Record:
    """A finding as plain JSON values, the seconds that it took, and the lines of its evidence where they were asked."""

    finding: dict[str, Any]
    seconds: float
    lines: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckEvidence:
    """Check evidence ``index`` of an entry, the ``number``th of the run ``run``, and keep the finding in ``memory``.

    A finding that ``stored`` has of this very run is not made again. With ``lines`` those of the evidence are written
    too, while all that its check computed is at hand.
    """

    run: str
    number: int
    named: Whereabouts
    index: int
    effort: str = field(kw_only=True)
    seed: int = field(kw_only=True)
    memory: Memory = field(kw_only=True)
    stored: Memory = field(kw_only=True)
    shared: Memory = field(kw_only=True)
    lines: bool = field(default=False, kw_only=True)

    @property
    def allowed(self) -> Budget:
        """What evidence may use at this effort."""
        return BUDGETS[self.effort]

    def work(self, tell: Tell) -> Record | Failed:
        """The finding, stored; or what went wrong, in one line. An exception is never a verdict."""
        made = self.stored.get("finding")
        if isinstance(made, dict) and made.get("run") == self.run:  # by a worker that died before it could say so
            return Record(made["finding"], made["seconds"], self._lines(made["finding"]) if self.lines else {})
        start = time.perf_counter()
        try:
            entry = entry_of(self.run, self.number, self.named)
            run = Run(self.effort, self.seed, self.memory, tell, shared=self.shared)
            finding = check_evidence(entry.claim, self.index, run)
            record = plain(finding.to_record())
        except (ClaimError, DomainError) as problem:
            bad_input = not isinstance(problem, ExperimentError)
            return Failed(words_of(problem).removeprefix(f"{self.named.claim}: "), bad_input)
        except UsageError as problem:
            return Failed(words_of(problem), False)
        seconds = round(time.perf_counter() - start, 3)
        if finding.verdict is not Verdict.SKIPPED:  # an extra may be installed tomorrow
            self.memory.put("finding", {"finding": record, "seconds": seconds, "run": self.run})
        return Record(record, seconds, self._lines(record) if self.lines else {})

    def _lines(self, record: Mapping[str, Any]) -> dict[str, Any]:
        proved = record.get("verdict") == Verdict.PROVED.value
        place = (self.run, self.number, self.named, self.index)
        return WriteLines(*place, proved=proved, allowed=self.allowed, memory=self.memory).work()


@dataclass(frozen=True)
class WriteLines:
    """Write the lines of evidence ``index`` of an entry, the ``number``th of the run ``run``, and keep them in
    ``memory``. ``proved`` says that the evidence was found to hold."""

    run: str
    number: int
    named: Whereabouts
    index: int
    proved: bool = field(kw_only=True)
    allowed: Budget = field(kw_only=True)
    memory: Memory = field(kw_only=True)

    def work(self, tell: Tell | None = None) -> dict[str, Any]:
        """A record of a :class:`w2s_sym.claims.chain.Chain`; empty for evidence that has no lines to show."""
        chain = entry_of(self.run, self.number, self.named).claim.chain(self.index, self.proved)
        record: dict[str, Any] = plain(chain.to_record()) if chain is not None else {}
        if chain is None or not chain.problem:  # a problem may be this process's own
            self.memory.put("lines", record)
        return record


def shared_memory(memory: Memory, sources: str) -> Memory:
    """Where evidence and figures of a paper with these ``sources`` keep what they compute alike."""
    return Scoped(memory, f"shared/{sources}/{sorted(versions().items())!r}") if sources else NoMemory()


# What forked processes have of the runs of their parent: claims that need not be loaded again.
_inherited: dict[str, Sequence[Entry]] = {}


@contextmanager
def inherited(run: str, entries: Sequence[Entry]) -> Iterator[None]:
    """Let processes that are forked meanwhile have these entries under the name of a run."""
    _inherited[run] = entries
    try:
        yield
    finally:
        del _inherited[run]


def entry_of(run: str, number: int, named: Whereabouts) -> Entry:
    """The ``number``th entry of a run where this process was forked for it; else the entry, loaded here.

    Raises :class:`UsageError` where this process would compute something else.
    """
    entries = _inherited.get(run)
    return _found(named) if entries is None else entries[number]


def whereabouts(entry: Entry) -> Whereabouts:
    """How another process finds the entry."""
    paper = entry.paper
    place = str(paper.file.resolve()) if paper.name.endswith(".py") and paper.file is not None else paper.name
    listed = any(claim is entry.claim for claim in paper.claims)
    return Whereabouts(place, entry.claim.id, listed, paper.sources, tuple(sorted(versions().items())))


def _found(name: Whereabouts) -> Entry:
    """The entry, loaded here. Raises :class:`UsageError` where this process would compute something else."""
    here = versions()
    if differ := [f"{part} {here.get(part)} in place of {it}" for part, it in name.versions if here.get(part) != it]:
        raise UsageError(f"a worker has {', '.join(differ)}; install the same versions on all of them")
    listed, below, sources = _paper(name.paper)
    if sources != name.sources:
        raise UsageError(f"a worker has another text of {name.paper} or of w2s-sym; give all of them the same files")
    return (listed if name.listed else below())[name.claim]


@functools.cache
def _paper(name: str) -> tuple[dict[str, Entry], Any, str]:
    """The entries that a paper lists, those of what they rest on when asked, and the hash of its sources."""
    paper = load(name)
    listed = {claim.id: Entry(paper, claim) for claim in paper.claims}

    @functools.cache
    def below() -> dict[str, Entry]:
        return {entry.claim.id: entry for entry in with_cited(tuple(listed.values()))}

    return listed, below, paper.sources
