"""What each command does with its parsed options: a function from options to an exit code.

Nothing heavy is imported before a command needs it; :mod:`w2s_sym.cli.command_line` says which options there are.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from w2s_sym.cli.outputs import Output, refuse_clashes, write_all
from w2s_sym.cli.streams import Progress, RefusedError, bad_input, one_line, say
from w2s_sym.store import marks

if TYPE_CHECKING:
    from w2s_sym.papers.ledger import Outcome

EFFORTS = ("quick", "standard", "deep")


def list_claims(options: argparse.Namespace) -> int:
    with bad_input():
        from w2s_sym.papers import loading
        from w2s_sym.report import plain_text

        names = [options.paper] if options.paper else list(loading.paper_names())
        if not names:
            raise RefusedError("no papers are installed; install the package (pip install -e .) or name a file")
        text = plain_text.listing([loading.load(name) for name in names])
    say(text)
    return 0


def show(options: argparse.Namespace) -> int:
    with bad_input():
        from w2s_sym.papers import loading
        from w2s_sym.report import plain_text

        for position, entry in enumerate(loading.resolve([options.claim])):
            text = _reasons(entry, options) if options.why else None
            if text is None:
                text = plain_text.page(entry.claim, entry.claim.chains(), options.latex)
            say(("\n" if position else "") + text)
    return 0


def _reasons(entry: Any, options: argparse.Namespace) -> str:
    """Why a claim holds or not: from stored findings, the deepest first, else from a run at the effort asked for."""
    from w2s_sym.papers import ledger
    from w2s_sym.report import plain_text
    from w2s_sym.store import disk

    memory = disk.Store()
    for effort in (options.effort,) if options.effort else reversed(EFFORTS):
        found = ledger.recall(entry, effort, options.seed, memory)
        if found is not None:
            return plain_text.why(found, found.holds)
    progress = Progress()
    outcome = ledger.verify_all(
        [entry], effort=options.effort or "quick", seed=options.seed, memory=memory, progress=progress
    )
    progress.close()
    checked = outcome.claims[0]
    return plain_text.why(checked.result, checked.holds, [f"{f.kind}: {f.message}" for f in checked.failures])


def verify(options: argparse.Namespace) -> int:
    start = time.perf_counter()
    to_json, to_table = Output(options.json, "--json"), Output(options.table, "--table")
    to_timings = to_json.beside(".timings.json")
    to_report = Output(None, "--report") if options.report is None else Output("index.html", "--report", options.report)
    outputs = (to_json, to_timings, to_table, to_report)
    with bad_input():
        from w2s_sym.papers import ledger, loading
        from w2s_sym.report import plain_text
        from w2s_sym.store import disk

        entries = loading.resolve(options.targets)
        refuse_clashes(outputs, {e.paper.file for e in entries if e.paper.file is not None})
        progress = Progress()
        try:
            outcome = ledger.verify_all(
                entries,
                effort=options.effort,
                seed=options.seed,
                jobs=options.jobs,
                memory=disk.Store(),
                fresh=options.fresh,
                progress=progress,
            )
        finally:
            progress.close()
        for problem in outcome.failures:
            say(f"w2s-sym: error: {one_line(str(problem))}", sys.stderr)
        if outcome.exit_code == 2:
            return 2
        found, times = marks.document(plain_text.document(outcome)), marks.document(plain_text.timings(outcome))
        texts = [(to_json, found), (to_timings, times), (to_table, plain_text.markdown(outcome))]
        if options.report is not None:
            texts.append((to_report, _page(outcome, entries, options.fresh)))
        write_all(
            texts,
            lambda: say(plain_text.table(outcome), sys.stderr if options.json == "-" else sys.stdout),
        )
    _close(outcome, time.perf_counter() - start)
    return outcome.exit_code


def _page(outcome: Outcome, entries: Sequence[Any], fresh: bool) -> str:
    """The report with the figures of the papers loaded, drawn at the run's effort and seed."""
    from w2s_sym.claims.run import Run
    from w2s_sym.report.html import mathml, pages
    from w2s_sym.store import disk

    if not mathml.has_mathml():
        say(f"w2s-sym: {pages.ADVICE}", sys.stderr)
    memory = disk.Store()
    run = Run(outcome.effort, outcome.seed, disk.Fresh(memory) if fresh else memory)
    drawn = {id(f): f for e in entries for f in e.paper.figures}
    sections = []
    with _telling() as tell:
        for done, figure in enumerate(drawn.values()):
            step = functools.partial(tell, done, len(drawn), figure.name, "figure")
            step("is drawn")
            drawing = functools.partial(figure.svg, replace(run, progress=step))
            sections.append(pages.figure(figure.title, figure.caption, drawing))
    return pages.document(outcome, _chains(outcome), sections)


def _chains(outcome: Outcome) -> dict[str, Any]:
    """The lines of the derivations of all claims, by id; those that this run did not prove are replayed."""
    from w2s_sym.claims.finding import Verdict

    found = {}
    with _telling() as tell:
        for done, checked in enumerate(outcome.claims):
            claim = checked.result.claim
            tell(done, len(outcome.claims), claim.id, "derivation", "its lines are written")
            verdicts = [(f.kind, f.verdict is Verdict.PROVED) for f in checked.result.findings]
            found[claim.id] = claim.chains(
                {k for k, good in verdicts if good} - {k for k, good in verdicts if not good}
            )
    return found


@contextlib.contextmanager
def _telling() -> Iterator[Callable[[int, int, str, str, str], None]]:
    """Progress of work that is no finding: how much is done, of how much, of what, its kind, and a message."""
    from w2s_sym.papers.ledger import Event

    progress = Progress()
    try:
        yield lambda done, total, what, kind, message: progress(Event(done, total, what, kind, message=message))
    finally:
        progress.close()


def export(options: argparse.Namespace) -> int:
    """Write LaTeX: per paper a document of its claims with their findings, and a file of macros."""
    Output("paper.tex", "-o", options.output)  # a folder that cannot be written is refused before all else
    with bad_input():
        from w2s_sym.papers import loading
        from w2s_sym.report.latex import document, macros

        entries = loading.resolve(options.targets)
        groups = document.by_paper([e.paper.name for e in entries], [e.claim for e in entries])
        stems = [document.stem(name) for name, _ in groups]
        twice = next((s for s in stems if stems.count(s) > 1), None)
        if twice is not None:
            both = " and ".join(name for (name, _), s in zip(groups, stems, strict=True) if s == twice)
            raise RefusedError(f"{both} would both be written to {twice}.tex; export them to two folders")
        names = [f"{s}{ending}" for s in stems for ending in (".tex", "_macros.tex")]
        outputs = [Output(name, "-o", options.output) for name in names]
        refuse_clashes(outputs, {e.paper.file for e in entries if e.paper.file is not None})
        outcome = _findings(entries, options)
        if outcome.exit_code == 2:
            return 2
        chains = _chains(outcome)
        texts: list[str] = []
        for stem, (_, claims) in zip(stems, groups, strict=True):
            texts += [document.document(stem, claims, outcome, chains), macros.macros(stem, claims)]
        write_all(list(zip(outputs, texts, strict=True)), lambda: say("\n".join(str(o.path) for o in outputs)))
    return outcome.exit_code


def _findings(entries: Sequence[Any], options: argparse.Namespace) -> Outcome:
    """Findings at the effort asked for; else at the deepest at which all are stored, else from a quick run."""
    from w2s_sym.papers import ledger
    from w2s_sym.store import disk

    memory = disk.Store()
    effort = options.effort
    if effort is None:
        stored = (e for e in reversed(EFFORTS) if all(ledger.recall(x, e, options.seed, memory) for x in entries))
        effort = next(stored, "quick")
    progress = Progress()
    try:
        outcome = ledger.verify_all(
            entries, effort=effort, seed=options.seed, jobs=options.jobs, memory=memory, progress=progress
        )
    finally:
        progress.close()
    for problem in outcome.failures:
        say(f"w2s-sym: error: {one_line(str(problem))}", sys.stderr)
    return outcome


def new(options: argparse.Namespace) -> int:
    """Write a claims file to start from."""
    from w2s_sym.cli import template

    path = options.file
    if not path:
        raise RefusedError("FILE is empty; give a name such as my_paper.py")
    if not path.endswith(".py") or os.path.basename(path) == ".py":
        raise RefusedError(f"{one_line(path)} does not end in .py; give a name such as my_paper.py")
    if os.path.lexists(path):
        raise RefusedError(f"{path} exists already; choose another name, or remove it first")
    trouble = template.trouble(os.path.basename(path).removesuffix(".py"), os.path.dirname(os.path.abspath(path)))
    if trouble:
        raise RefusedError(f"{path}: {trouble}; choose another name, such as my_paper.py")
    output = Output(path, "FILE")
    write_all([(output, template.text(os.path.basename(path)))], lambda: None)
    say(f"{path} is written; next: w2s-sym verify {shlex.quote(path)}")
    return 0


def figure(options: argparse.Namespace) -> int:
    with bad_input():
        from w2s_sym.papers import loading
        from w2s_sym.report import plain_text

        if options.output is None and options.data is None:
            say(plain_text.figures(loading.figures(options.name or "")))
            return 0
        if not options.name:
            raise RefusedError("no figure is named; w2s-sym figure lists them all")
        suffix = _suffix(options.output)
        picture, data = Output(options.output, "-o"), Output(options.data, "--data")
        chosen = loading.figures(options.name)
        refuse_clashes((picture, data), {paper.file for paper, _ in chosen if paper.file is not None})
        if len(chosen) > 1:
            raise RefusedError(f"{options.name} has {len(chosen)} figures; name one, as w2s-sym figure lists them")
        _draw(chosen[0][1], picture, data, suffix, options)
    return 0


def _draw(figure: Any, picture: Output, data: Output, suffix: str, options: argparse.Namespace) -> None:
    from w2s_sym.papers import figures

    with _telling() as tell:
        step = functools.partial(tell, 0, 1, options.name, "figure")
        run = figure.run(options.effort, options.seed, progress=step, fresh=options.fresh)
        found = figures.numbers(figure, run)
        # Drawn from what was just found: with --fresh the run itself would compute it once more.
        drawn = figures.paint(figure, found, suffix) if suffix else b""
    text = marks.document(found, 1)
    files: list[tuple[Output, str | bytes]] = [(picture, drawn), (data, text)]
    write_all([(o, c) for o, c in files if o.path is not None], lambda: None)


def _suffix(path: str | None) -> str:
    """The format that the name of an output asks for; nothing for no output."""
    if path is None:
        return ""
    from w2s_sym.papers.figures import FORMATS

    suffix = os.path.splitext(path)[1].removeprefix(".").lower()
    if suffix not in FORMATS:
        raise RefusedError(f"cannot write -o {path}: choose a name that ends in .{', .'.join(FORMATS)}")
    return suffix


def plan(options: argparse.Namespace) -> int:
    """Predict weak-to-strong training for two files of features."""
    picture, data = Output(options.output, "-o"), Output(options.json, "--json")
    inputs = [p for p in (options.weak, options.strong, options.labels) if p is not None]
    refuse_clashes((picture, data), inputs)
    suffix = _suffix(options.output)
    with bad_input():
        from w2s_sym.forecast import features, forecast
        from w2s_sym.papers import figures

        weak = features.open_array(options.weak, "weak features")
        strong = features.open_array(options.strong, "strong features")
        labels = features.open_array(options.labels, "labels") if options.labels is not None else None
        live = sys.stderr.isatty()
        found = forecast.plan(
            weak,
            strong,
            labels,
            n=options.n,
            N=options.N,
            sigma2=options.sigma2,
            held_out=options.held_out,
            explained=options.explained,
            drop=options.drop,
            seed=options.seed,
            tell=_same_line if live else None,
        )
        if live:
            say("", sys.stderr)
        drawing = figures.Figure("plan", "Plan", "Excess risk against pseudo-labels.", lambda run: {}, found.paint)
        drawn = figures.paint(drawing, {}, suffix) if suffix else b""
        text = marks.document(found.to_json())
        files: list[tuple[Output, str | bytes]] = [(picture, drawn), (data, text)]
        write_all(
            [(o, c) for o, c in files if o.path is not None],
            lambda: say(str(found), sys.stderr if options.json == "-" else sys.stdout),
        )
    return 0


def _same_line(text: str) -> None:
    sys.stderr.write(f"\r{text}")


def _close(outcome: Outcome, seconds: float) -> None:
    recalled = [r for c in outcome.claims for r in c.recalled]
    say(f"{seconds:.1f} s; {sum(recalled)} of {len(recalled)} findings came from the store", sys.stderr)
    for checked in outcome.claims:
        if not checked.holds and not checked.failures:
            say(f"more on it: w2s-sym show --why {shlex.quote(checked.target)}", sys.stderr)
