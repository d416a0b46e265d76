"""Verify many claims: every piece of evidence is one task, shared among worker processes.

On one kind of processor the number of workers never changes a digit: a task's random streams depend on the seed, the
claim's id and the position of the evidence only, each worker uses one thread for linear algebra, and results are put
together in the order of the claims. Linear algebra on another processor may round last digits otherwise. A finding is
stored by the worker that made it, the moment it is finished; a run that is interrupted or killed therefore goes on
from there. Who does the tasks is an executor: processes of this machine, or any :class:`concurrent.futures.Executor`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace

from w2s_sym.claims.chain import Chain
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.results import Failure, Result, resting
from w2s_sym.claims.run import Memory, NoMemory
from w2s_sym.executors.running import Crew, Given, Local
from w2s_sym.formula import display
from w2s_sym.papers.board import Board, Event, Queue, key_of, stored
from w2s_sym.papers.checking import inherited
from w2s_sym.papers.cited import with_cited
from w2s_sym.papers.drawing import Drawing, Studio
from w2s_sym.papers.loading import Entry


@dataclass(frozen=True)
class LedgerRun:
    """The results of all claims of one run, in order, with the effort and the seed of the run.

    ``results`` are those asked for; ``cited`` are those of what they rest on beside them, from below. ``chains`` by id,
    and ``drawings``, are what pages show beside them, where they were asked.
    """

    results: tuple[Result, ...]
    effort: str
    seed: int
    cited: tuple[Result, ...] = ()
    chains: Mapping[str, tuple[Chain, ...]] = field(default_factory=dict)
    drawings: tuple[Drawing, ...] = ()

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
    pages: bool = False,
) -> LedgerRun:
    """Check all evidence of all claims, and of all that they rest on; the results are in the order of ``entries``.

    Findings already in ``memory`` are not computed again unless ``fresh``. ``jobs`` is the number of worker processes,
    by default that of processors. ``executor`` takes their place: any executor whose workers have this package and the
    papers, such as ``ProcessPoolExecutor()``, joblib's, or ``Client(...).get_executor()`` of Dask; it is not closed.
    Each piece of evidence is checked in a process with the budget of its effort, which the workers start; one that runs
    out of it gets a finding that says so and is not stored, and one whose process dies fails. With ``pages`` the lines
    of derivations are written and the figures of the papers drawn by the same workers.

    Exceptions of evidence become :class:`Failure`; ``KeyboardInterrupt`` ends the processes and is raised; so are
    :class:`UsageError` for what :func:`with_cited` refuses and :class:`ExecutorError` for an executor that is lost.
    """
    everything = with_cited(entries)
    board = Board(everything, effort, seed, memory if memory is not None else NoMemory(), fresh, progress, pages=pages)
    board.post()
    if not fresh:
        board.recall()
    crew = Given(executor) if isinstance(executor, Executor) else executor or Local(jobs or default_jobs())
    papers = list({id(e.paper): e.paper for e in entries}.values()) if pages else []
    studio = Studio.of(board.run, everything, papers, effort=effort, seed=seed, memory=board.memory, fresh=fresh)
    with inherited(board.run, everything):
        Queue(board, studio).work(crew)
    made = _run(entries, [board.result(e) for e in range(len(everything))], effort, seed)
    return replace(made, chains=board.chains(), drawings=studio.drawings(papers)) if pages else made


def recall(entries: Sequence[Entry], effort: str, seed: int, memory: Memory) -> LedgerRun | None:
    """The run that stored findings make at this effort and seed, those of what the claims rest on included.

    None unless all of them are there.
    """
    everything, found = with_cited(entries), []
    for entry in everything:
        keys = [key_of(entry, index, effort, seed) for index in range(len(entry.claim.evidence))]
        findings = [stored(memory, key)[0] if key is not None else None for key in keys]
        present = tuple(f for f in findings if f is not None)
        if len(present) < len(findings):
            return None
        found.append(Result(entry.claim, present, target=entry.target))
    return _run(entries, found, effort, seed)


def _run(entries: Sequence[Entry], results: Sequence[Result], effort: str, seed: int) -> LedgerRun:
    """The run of ``entries``; ``results`` are of all that they rest on too, each after what it rests on itself."""
    made: dict[str, Result] = {}
    for result in results:
        made[result.claim.id] = resting(result, made, confirmed=True)
    asked = {entry.claim.id for entry in entries}
    cited = tuple(result for name, result in made.items() if name not in asked)
    return LedgerRun(tuple(made[entry.claim.id] for entry in entries), effort, seed, cited)
