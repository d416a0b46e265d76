"""Figures as jobs: those of one module share simulations, and so one job draws them one after another."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from w2s_sym.claims.budget import BUDGETS, Budget
from w2s_sym.claims.run import Memory
from w2s_sym.executors.jobs import Done, Failed, Outcome, Tell
from w2s_sym.papers.checking import Whereabouts, entry_of, shared_memory, whereabouts
from w2s_sym.papers.figures import Figure
from w2s_sym.papers.loading import Entry, Paper
from w2s_sym.store.disk import Fresh


@dataclass(frozen=True)
class Drawing:
    """A figure of a paper, drawn: an SVG, or the ``problem`` for which there is none. ``paper`` is the paper's name."""

    paper: str
    name: str
    title: str
    caption: str
    svg: str = ""
    problem: str = ""


@dataclass(frozen=True)
class DrawFigures:
    """Draw the figures ``names`` of the paper of an entry, the ``number``th of the run ``run``."""

    run: str
    number: int
    named: Whereabouts
    names: tuple[str, ...]
    effort: str = field(kw_only=True)
    seed: int = field(kw_only=True)
    memory: Memory = field(kw_only=True)
    fresh: bool = field(kw_only=True)

    @property
    def allowed(self) -> Budget:
        """What so many pieces of evidence may use at this effort."""
        budget = BUDGETS[self.effort]
        return replace(budget, seconds=budget.seconds * len(self.names))

    def work(self, tell: Tell) -> tuple[Drawing, ...]:
        """One drawing for each name; a figure that fails costs no other one."""
        paper = entry_of(self.run, self.number, self.named).paper
        figures = _named(paper)
        found = []
        for name in self.names:
            figure = figures[name]
            tell(f"{name} is drawn")
            run = figure.run(self.effort, self.seed, self.memory, functools.partial(_told, tell, name), self.fresh)
            run = replace(run, shared=shared_memory(Fresh(self.memory) if self.fresh else self.memory, paper.sources))
            found.append(attempted(paper.name, figure, functools.partial(figure.svg, run)))
        return tuple(found)


def _told(tell: Tell, name: str, words: str) -> None:
    tell(f"{name}: {words}")


def attempted(paper: str, figure: Figure, draw: Callable[[], str]) -> Drawing:
    """The figure that ``draw`` returns; when that fails, one line says why."""
    told = (paper, figure.name, figure.title, figure.caption)
    try:
        return Drawing(*told, svg=draw())
    except Exception as problem:  # a missing extra or a figure that fails costs the figure, never the page
        return Drawing(*told, problem=" ".join(str(problem).split()) or type(problem).__name__)


@dataclass
class Studio:
    """The figures of the papers of a run, as jobs, and what came of them."""

    entries: Sequence[Entry]
    jobs: list[DrawFigures]
    found: dict[tuple[str, str], Drawing] = field(default_factory=dict)
    lost: list[DrawFigures] = field(default_factory=list)

    @classmethod
    def of(cls, run: str, entries: Sequence[Entry], papers: Sequence[Paper], **kept: Any) -> Studio:
        """One job for each module from which the figures of these papers take their numbers.

        ``entries`` are those of the run, one at least of each paper; ``kept`` are effort, seed, memory and fresh.
        """
        jobs = []
        for paper in papers:
            number = next(i for i, entry in enumerate(entries) if entry.paper is paper)
            groups: dict[str, list[str]] = {}
            for figure in paper.figures:
                groups.setdefault(figure.home, []).append(figure.name)
            named = whereabouts(entries[number])
            jobs += [DrawFigures(run, number, named, tuple(names), **kept) for names in groups.values()]
        return cls(entries, jobs)

    def take(self, job: DrawFigures, outcome: Outcome) -> str:
        """Note what came of a job; what to say of it. Where a process is lost with several figures, they wait in
        ``lost``, each as a job of its own."""
        if isinstance(outcome, Done):
            self.found |= {(d.paper, d.name): d for d in outcome.value}
            bad = sum(bool(d.problem) for d in outcome.value)
            return f"{len(job.names) - bad} drawn" + (f", {bad} not" if bad else "")
        if len(job.names) > 1:
            self.lost += [replace(job, names=(name,)) for name in job.names]
            return "lost with their process, drawn one by one"
        why = outcome.message if isinstance(outcome, Failed) else f"it ran out of {outcome.what}"
        paper = self.entries[job.number].paper
        figure = _named(paper)[job.names[0]]
        told = (paper.name, figure.name, figure.title, figure.caption)
        self.found[told[:2]] = Drawing(*told, problem=why)
        return "not drawn"

    def drawings(self, papers: Sequence[Paper]) -> tuple[Drawing, ...]:
        """All of them, in the order of the papers and their figures."""
        return tuple(self.found[paper.name, figure.name] for paper in papers for figure in paper.figures)


def _named(paper: Paper) -> dict[str, Figure]:
    return {figure.name: figure for figure in paper.figures}
