"""Verify many claims: every piece of evidence is one task, shared among worker processes.

On one kind of processor the number of workers never changes a digit: a task's random streams depend on the seed, the
claim's id and the position of the evidence only, each worker uses one thread for linear algebra, and results are put
together in the order of the claims. Linear algebra on another processor may round last digits otherwise. A finding is
stored by the worker that made it, the moment it is finished; a run that is interrupted or killed therefore goes on
from there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.results import Result
from w2s_sym.claims.run import Memory, NoMemory
from w2s_sym.formula import display
from w2s_sym.papers.loading import Entry
from w2s_sym.papers.workers import Answer, Failed, Finished, Job, Told, run_jobs
from w2s_sym.store.disk import Fresh, Scoped
from w2s_sym.store.fingerprints import fingerprint

# Kinds of evidence, the slowest first.
_ORDER = ("simulation", "certificate", "precision", "derivation")


@dataclass(frozen=True)
class Failure:
    """Evidence that gave no finding, and why; ``bad_input`` when the claim or its point is at fault."""

    claim: str
    index: int
    kind: str
    message: str
    bad_input: bool

    def __str__(self) -> str:
        return f"{self.claim}: its {self.kind} gave no finding: {self.message}"


@dataclass(frozen=True)
class Event:
    """Progress: ``finding`` is None while evidence is still at work and ``message`` says what it does."""

    done: int
    total: int
    claim: str
    kind: str
    finding: Finding | None = None
    message: str = ""
    seconds: float = 0.0
    recalled: bool = False


@dataclass(frozen=True)
class Checked:
    """A claim with its findings, the failures among its evidence, and the seconds that each piece took.

    ``target`` is what to type on the command line for this claim alone. ``fallen`` names the claims of this run
    that this one rests on and that do not hold; ``unchecked`` those that it rests on and that are not in the run.
    """

    result: Result
    target: str = ""
    failures: tuple[Failure, ...] = ()
    seconds: tuple[float, ...] = ()
    recalled: tuple[bool, ...] = ()
    fallen: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """The claim's own verdict, unless evidence gave no finding or what the claim rests on has fallen."""
        return not self.failures and not self.fallen and self.result.holds


@dataclass(frozen=True)
class Outcome:
    """All claims of one run, in order."""

    claims: tuple[Checked, ...]
    effort: str
    seed: int

    @property
    def failures(self) -> tuple[Failure, ...]:
        return tuple(f for c in self.claims for f in c.failures)

    @property
    def ok(self) -> bool:
        return all(c.holds for c in self.claims)

    def _repr_html_(self) -> str:
        return display.html("outcome", self, repr)

    @property
    def exit_code(self) -> int:
        """0 if every claim holds. 1 if one does not: a refutation counts first, whatever else went wrong.

        2 if, with nothing refuted, a claim is ill-formed or is checked outside its domain: that is bad input, and
        says nothing of the claim. Evidence that fails for any other reason counts as a claim that does not hold.
        """
        refuted = any(f.verdict is Verdict.REFUTED for c in self.claims for f in c.result.findings)
        if not refuted and any(f.bad_input for f in self.failures):
            return 2
        return 0 if self.ok else 1


@dataclass
class _Task:
    entry: int
    index: int
    key: str | None
    finding: Finding | None = None
    failure: Failure | None = None
    seconds: float = 0.0
    recalled: bool = field(default=False)


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
    method: str | None = None,
) -> Outcome:
    """Check all evidence of all claims and return the outcome in the order of ``entries``.

    Findings already in ``memory`` are not computed again unless ``fresh``. ``method`` is how processes start:
    ``fork`` or ``spawn``, by default ``fork`` where the system has it. Exceptions of evidence become
    :class:`Failure`; ``KeyboardInterrupt`` ends the workers and is raised.
    """
    memory = memory if memory is not None else NoMemory()
    tasks = [
        _Task(e, i, fingerprint(entry.claim, i, effort, seed, entry.paper.sources) if entry.paper.sources else None)
        for e, entry in enumerate(entries)
        for i in range(len(entry.claim.evidence))
    ]
    done = 0

    def tell(task: _Task, message: str = "") -> None:
        if progress is not None:
            claim = entries[task.entry].claim
            progress(
                Event(
                    done,
                    len(tasks),
                    claim.id,
                    claim.evidence[task.index].kind,
                    task.finding,
                    message,
                    task.seconds,
                    task.recalled,
                )
            )

    for task in tasks:
        if not fresh and task.key is not None:
            task.finding, task.seconds = _recall(memory, task.key)
            if task.finding is not None:
                task.recalled = True
                done += 1
                tell(task)

    def take(number: int, answer: Answer) -> None:
        nonlocal done
        task = tasks[number]
        match answer:
            case Told(message):
                tell(task, message)
            case Finished(record, seconds):
                task.finding, task.seconds = Finding.from_json(record), seconds
                memory.put(_clock(entries[task.entry].claim, task.index, effort), seconds)
                done += 1
                tell(task)
            case Failed(message, bad_input):
                claim = entries[task.entry].claim
                kind = claim.evidence[task.index].kind
                task.failure = Failure(claim.id, task.index, kind, message, bad_input)
                done += 1
                tell(task, f"no finding: {message}")

    ranks = {i: _rank(entries, t, effort, memory) for i, t in enumerate(tasks) if t.finding is None}
    todo = sorted(ranks, key=lambda i: ranks[i])
    work = [Job(i, tasks[i].entry, tasks[i].index, _scope(memory, tasks[i].key, fresh)) for i in todo]
    run_jobs(entries, work, take, effort=effort, seed=seed, count=jobs or default_jobs(), method=method)
    return Outcome(_with_supports([_assemble(entry, e, tasks) for e, entry in enumerate(entries)]), effort, seed)


def recall(entry: Entry, effort: str, seed: int, memory: Memory) -> Result | None:
    """The stored findings of a claim at this effort and seed; None unless all of its evidence is there."""
    findings = []
    for index in range(len(entry.claim.evidence)):
        key = fingerprint(entry.claim, index, effort, seed, entry.paper.sources) if entry.paper.sources else None
        finding = _recall(memory, key)[0] if key is not None else None
        if finding is None:
            return None
        findings.append(finding)
    return Result(entry.claim, tuple(findings))


def _recall(memory: Memory, key: str) -> tuple[Finding | None, float]:
    record = memory.get(f"{key}/finding")
    try:
        return (None, 0.0) if record is None else (Finding.from_json(record["finding"]), float(record["seconds"]))
    except (KeyError, TypeError, ValueError):
        return None, 0.0


def _scope(memory: Memory, key: str | None, fresh: bool) -> Memory:
    if key is None:
        return NoMemory()
    return Scoped(Fresh(memory) if fresh else memory, key)


def _clock(claim: Claim, index: int, effort: str) -> str:
    return f"seconds/{claim.id}/{index}/{effort}"


def _rank(entries: Sequence[Entry], task: _Task, effort: str, memory: Memory) -> tuple[float, int, int, int]:
    """Longest first, as far as earlier runs tell, else by kind: the last worker to finish then finishes early."""
    claim = entries[task.entry].claim
    seconds = memory.get(_clock(claim, task.index, effort))
    kind = claim.evidence[task.index].kind
    known = -float(seconds) if isinstance(seconds, (int, float)) else float("-inf")
    return (known, _ORDER.index(kind) if kind in _ORDER else -1, task.entry, task.index)


def _with_supports(claims: list[Checked]) -> tuple[Checked, ...]:
    """The same claims, none of which holds on the strength of one that does not."""
    found = {c.result.claim.id: c for c in claims}
    for name, checked in found.items():
        missing = tuple(i for i in checked.result.claim.rests_on_ids if i not in found)
        found[name] = replace(checked, unchecked=missing)
    for _ in found:  # what falls may bring down what rests on it: at most as many rounds as there are claims
        before = {name for name, c in found.items() if not c.holds}
        for name, checked in found.items():
            fallen = tuple(i for i in checked.result.claim.rests_on_ids if i in before)
            found[name] = replace(checked, fallen=fallen)
        if {name for name, c in found.items() if not c.holds} == before:
            break
    return tuple(found[c.result.claim.id] for c in claims)


def _assemble(entry: Entry, number: int, tasks: Sequence[_Task]) -> Checked:
    mine = [t for t in tasks if t.entry == number]
    return Checked(
        Result(entry.claim, tuple(t.finding for t in mine if t.finding is not None)),
        entry.target,
        tuple(t.failure for t in mine if t.failure is not None),
        tuple(t.seconds for t in mine),
        tuple(t.recalled for t in mine),
    )
