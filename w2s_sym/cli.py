"""The command ``w2s-sym``: list, show and verify claims, draw figures.

Nothing heavy is imported before a command needs it. Exit codes: 0 every claim holds (or the page was shown), 1 some
claim does not hold, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from w2s_sym import solving
from w2s_sym.console import (
    Output,
    Progress,
    RefusedError,
    flush,
    one_line,
    open_streams,
    refuse_clashes,
    say,
    write_all,
)

if TYPE_CHECKING:
    from w2s_sym.ledger import Outcome

EFFORTS = ("quick", "standard", "deep")

STORE = """\
Finished findings are stored in the folder $W2S_SYM_STORE, else in the folder w2s-sym of the user's cache
($XDG_CACHE_HOME or ~/.cache), and are read from there; --fresh ignores them. The default effort is quick."""

TARGETS = """\
A TARGET is a paper (dong2025), a claim id (dong2025/...), a path to a Python file that defines CLAIMS
(my_claims.py), or one claim of such a file (my_claims.py::name). No target: all installed papers.
A path that ends in .py is run as Python; nothing else that you type is evaluated."""

FIGURE_NAMES = """\
A NAME is a figure (dong2025/synthetic_risk), a figure of a Python file that defines FIGURES beside CLAIMS
(my_paper.py::name), or a paper or file, to list its figures. No name: all installed papers.
A path that ends in .py is run as Python; nothing else that you type is evaluated."""

EXITS = """\
exit codes: 0 every claim holds; 1 some claim does not hold; 2 bad input (nothing is written); 130 interrupted
(what is finished is kept, and the same command goes on from there)"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"w2s-sym: error: {one_line(message)}; see {self.prog} --help\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        say(message.rstrip("\n"), file)  # argparse itself keeps silent when this fails


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        open_streams()
        try:
            options = _parser().parse_args(arguments)
            code = _guarded(options)
        except SystemExit as leave:
            code = leave.code if isinstance(leave.code, int) else 2
        for stream in (sys.stdout, sys.stderr):
            flush(stream)
        return code
    except RefusedError as refusal:
        return _refused(refusal)


def _refused(refusal: RefusedError) -> int:
    say(f"w2s-sym: error: {one_line(str(refusal))}", sys.stderr)
    return 2


def _guarded(options: argparse.Namespace) -> int:
    try:
        command: Callable[[argparse.Namespace], int] = options.command
        return command(options)
    except RefusedError as refusal:
        return _refused(refusal)
    except KeyboardInterrupt:
        how = "without --fresh it goes on" if getattr(options, "fresh", False) else "the same command goes on"
        say(f"\nw2s-sym: interrupted; what is finished is kept, and {how} from there", sys.stderr)
        return 130


# -- commands -------------------------------------------------------------------------------------------------


def _list(options: argparse.Namespace) -> int:
    with _usage():
        from w2s_sym import papers, report

        names = [options.paper] if options.paper else list(papers.paper_names())
        if not names:
            raise RefusedError("no papers are installed; install the package (pip install -e .) or name a file")
        text = report.listing([papers.load(name) for name in names])
    say(text)
    return 0


def _show(options: argparse.Namespace) -> int:
    with _usage():
        from w2s_sym import papers, report

        for position, entry in enumerate(papers.resolve([options.claim])):
            text = _reasons(entry, options) if options.why else None
            if text is None:
                text = report.page(entry.claim, entry.claim.chains(), options.latex)
            say(("\n" if position else "") + text)
    return 0


def _reasons(entry: Any, options: argparse.Namespace) -> str:
    """Why a claim holds or not: from stored findings, the deepest first, else from a run at the effort asked for."""
    from w2s_sym import ledger, report, store

    memory = store.Store()
    for effort in (options.effort,) if options.effort else reversed(EFFORTS):
        found = ledger.recall(entry, effort, options.seed, memory)
        if found is not None:
            return report.why(found, found.holds)
    progress = Progress()
    outcome = ledger.verify_all(
        [entry], effort=options.effort or "quick", seed=options.seed, memory=memory, progress=progress
    )
    progress.close()
    checked = outcome.claims[0]
    return report.why(checked.result, checked.holds, [f"{f.kind}: {f.message}" for f in checked.failures])


def _verify(options: argparse.Namespace) -> int:
    start = time.perf_counter()
    to_json, to_table = Output(options.json, "--json"), Output(options.table, "--table")
    to_timings = to_json.beside(".timings.json")
    to_report = Output(None, "--report") if options.report is None else Output("index.html", "--report", options.report)
    outputs = (to_json, to_timings, to_table, to_report)
    refuse_clashes(outputs, ())
    with _usage():
        from w2s_sym import ledger, papers, report, store

        entries = papers.resolve(options.targets)
        refuse_clashes(outputs, {e.paper.file for e in entries if e.paper.file is not None})
        progress = Progress()
        try:
            outcome = ledger.verify_all(
                entries,
                effort=options.effort,
                seed=options.seed,
                jobs=options.jobs,
                memory=store.Store(),
                fresh=options.fresh,
                progress=progress,
            )
        finally:
            progress.close()
        for problem in outcome.failures:
            say(f"w2s-sym: error: {one_line(str(problem))}", sys.stderr)
        if outcome.exit_code == 2:
            return 2
        document = json.dumps(report.document(outcome), indent=2, ensure_ascii=False, allow_nan=False)
        times = json.dumps(report.timings(outcome), indent=2)
        texts = [(to_json, document + "\n"), (to_timings, times + "\n"), (to_table, report.markdown(outcome))]
        if options.report is not None:
            texts.append((to_report, _page(outcome, entries, options.fresh)))
        write_all(
            texts,
            lambda: say(report.table(outcome), sys.stderr if options.json == "-" else sys.stdout),
        )
    _close(outcome, time.perf_counter() - start)
    return outcome.exit_code


def _page(outcome: Outcome, entries: Sequence[Any], fresh: bool) -> str:
    """The report with the figures of the papers loaded, drawn at the run's effort and seed."""
    from w2s_sym import mathml, pages, store
    from w2s_sym.claim import Run

    if not mathml.has_mathml():
        say(f"w2s-sym: {pages.ADVICE}", sys.stderr)
    memory = store.Store()
    run = Run(outcome.effort, outcome.seed, store.Fresh(memory) if fresh else memory)
    drawn = {id(f): f for e in entries for f in e.paper.figures}
    sections = [pages.figure(f.title, f.caption, functools.partial(f.svg, run)) for f in drawn.values()]
    chains = {c.result.claim.id: c.result.claim.chains() for c in outcome.claims}
    return pages.document(outcome, chains, sections)


def _export(options: argparse.Namespace) -> int:
    """Write LaTeX: per paper a document of its claims with their findings, and a file of macros."""
    from w2s_sym.console import OutputFolder

    folder = OutputFolder(options.output, "-o")
    with _usage():
        from w2s_sym import export, macros, papers

        entries = papers.resolve(options.targets)
        groups = export.by_paper([e.paper.name for e in entries], [e.claim for e in entries])
        stems = [export.stem(name) for name, _ in groups]
        twice = next((s for s in stems if stems.count(s) > 1), None)
        if twice is not None:
            both = " and ".join(name for (name, _), s in zip(groups, stems, strict=True) if s == twice)
            raise RefusedError(f"{both} would both be written to {twice}.tex; export them to two folders")
        outcome = _findings(entries, options)
        if outcome.exit_code == 2:
            return 2
        texts: list[tuple[Output, str]] = []
        for stem, (_, claims) in zip(stems, groups, strict=True):
            texts.append((folder.file(f"{stem}.tex"), export.document(stem, claims, outcome)))
            texts.append((folder.file(f"{stem}_macros.tex"), macros.macros(stem, claims)))
        refuse_clashes([o for o, _ in texts], {e.paper.file for e in entries if e.paper.file is not None})
        written = "\n".join(str(o.path) for o, _ in texts)
        write_all(texts, lambda: say(written))
    return outcome.exit_code


def _findings(entries: Sequence[Any], options: argparse.Namespace) -> Outcome:
    """Findings at the effort asked for; else at the deepest at which all are stored, else from a quick run."""
    from w2s_sym import ledger, store

    memory = store.Store()
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


def _new(options: argparse.Namespace) -> int:
    """Write a claims file to start from."""
    from w2s_sym import template

    path = options.file
    if not path.endswith(".py") or os.path.basename(path) == ".py":
        raise RefusedError(f"{one_line(path)} does not end in .py; give a name such as my_paper.py")
    if os.path.lexists(path):
        raise RefusedError(f"{path} exists already; choose another name, or remove it first")
    output = Output(path, "FILE")
    write_all([(output, template.text(os.path.basename(path)))], lambda: None)
    say(f"{path} is written; next: w2s-sym verify {path}")
    return 0


def _figure(options: argparse.Namespace) -> int:
    with _usage():
        from w2s_sym import papers, report

        if options.output is None and options.data is None:
            say(report.figures(papers.figures(options.name or "")))
            return 0
        if not options.name:
            raise RefusedError("no figure is named; w2s-sym figure lists them all")
        suffix = _suffix(options.output)
        picture, data = Output(options.output, "-o"), Output(options.data, "--data")
        refuse_clashes((picture, data), ())
        chosen = papers.figures(options.name)
        refuse_clashes((picture, data), {paper.file for paper, _ in chosen if paper.file is not None})
        if len(chosen) > 1:
            raise RefusedError(f"{options.name} has {len(chosen)} figures; name one, as w2s-sym figure lists them")
        _draw(chosen[0][1], picture, data, suffix, options)
    return 0


def _draw(figure: Any, picture: Output, data: Output, suffix: str, options: argparse.Namespace) -> None:
    from w2s_sym import figures
    from w2s_sym.ledger import Event

    progress = Progress()

    def tell(message: str) -> None:
        progress(Event(0, 1, options.name, "figure", message=message))

    try:
        run = figure.run(options.effort, options.seed, progress=tell, fresh=options.fresh)
        found = figures.numbers(figure, run)
        # Drawn from what was just found: with --fresh the run itself would compute it once more.
        drawn = figures.paint(figure, found, suffix) if suffix else b""
    finally:
        progress.close()
    text = json.dumps(found, indent=1, allow_nan=False) + "\n"
    files: list[tuple[Output, str | bytes]] = [(picture, drawn), (data, text)]
    write_all([(o, c) for o, c in files if o.path is not None], lambda: None)


def _suffix(path: str | None) -> str:
    """The format that the name of an output asks for; nothing for no output."""
    if path is None:
        return ""
    from w2s_sym.figures import FORMATS

    suffix = os.path.splitext(path)[1].removeprefix(".").lower()
    if suffix not in FORMATS:
        raise RefusedError(f"cannot write -o {path}: choose a name that ends in .{', .'.join(FORMATS)}")
    return suffix


def _plan(options: argparse.Namespace) -> int:
    """Predict weak-to-strong training for two files of features."""
    picture, data = Output(options.output, "-o"), Output(options.json, "--json")
    inputs = [p for p in (options.weak, options.strong, options.labels) if p is not None]
    refuse_clashes((picture, data), inputs)
    suffix = _suffix(options.output)
    with _usage():
        from w2s_sym import features, figures, forecast

        weak, strong = features.load(options.weak, "weak features"), features.load(options.strong, "strong features")
        labels = features.load(options.labels, "labels") if options.labels is not None else None
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
        text = json.dumps(found.to_json(), indent=2, allow_nan=False) + "\n"
        files: list[tuple[Output, str | bytes]] = [(picture, drawn), (data, text)]
        write_all(
            [(o, c) for o, c in files if o.path is not None],
            lambda: say(str(found), sys.stderr if options.json == "-" else sys.stdout),
        )
    return 0


def _same_line(text: str) -> None:
    sys.stderr.write(f"\r{text}")


def _variance(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number; give one such as 0.1") from None
    return value


def _close(outcome: Outcome, seconds: float) -> None:
    recalled = [r for c in outcome.claims for r in c.recalled]
    say(f"{seconds:.1f} s; {sum(recalled)} of {len(recalled)} findings came from the store", sys.stderr)
    for checked in outcome.claims:
        if not checked.holds and not checked.failures:
            say(f"more on it: w2s-sym show --why {checked.target}", sys.stderr)


@contextlib.contextmanager
def _usage() -> Any:
    """Turn what the package says of bad input into one line. Imported here, since --help must import nothing."""
    from w2s_sym.claim import ClaimError
    from w2s_sym.domain import DomainError
    from w2s_sym.features import FeatureError
    from w2s_sym.figures import FigureError
    from w2s_sym.papers import UsageError

    try:
        yield
    except (UsageError, ClaimError, DomainError, FigureError, FeatureError) as problem:
        raise RefusedError(str(problem)) from problem


# -- arguments ------------------------------------------------------------------------------------------------


# Larger counts of anything mean a slip of the pen, and leave the range of exact floats.
MOST = 10**15


def _whole(low: int, advice: str, most: float = float("inf")) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number; {advice}") from None
        if value < low:
            raise argparse.ArgumentTypeError(f"{value} is below {low}; {advice}")
        if value > most:
            raise argparse.ArgumentTypeError(f"{text} is above {most}; give a smaller number")
        return value

    return parse


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = _Parser(
        prog="w2s-sym",
        description="List, show and verify machine-checked claims of papers on weak-to-strong generalization.",
        epilog=f"{TARGETS}\n\n{EXITS}",
        formatter_class=shape,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"w2s-sym {_version()}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    listed = commands.add_parser(
        "list", help="the claims of installed papers", description="List claims.\n\n" + TARGETS, formatter_class=shape
    )
    listed.add_argument("paper", metavar="PAPER", nargs="?", help="a paper, or a path to a .py file (run as Python)")
    listed.set_defaults(command=_list)

    shown = commands.add_parser(
        "show",
        help="one claim: sentence, statement, domain, what it rests on, every step of its derivation",
        description="Show a claim.\n\n" + TARGETS,
        formatter_class=shape,
    )
    shown.add_argument("claim", metavar="CLAIM", help="a claim id; or a paper or a .py file (run as Python), whole")
    shown.add_argument("--why", action="store_true", help="explain the verdict, and what would decide an INCONCLUSIVE")
    shown.add_argument("--latex", action="store_true", help="add the LaTeX of every step")
    shown.add_argument("--effort", choices=EFFORTS, help="with --why: whose findings (default: the deepest stored)")
    shown.add_argument("--seed", type=_whole(0, "give a nonnegative whole number"), default=0, help="with --why")
    shown.set_defaults(command=_show)

    verified = commands.add_parser(
        "verify",
        help="check all evidence of claims",
        description="Check all evidence of claims and print a table of verdicts.\n\n" + TARGETS,
        epilog=f"{STORE}\n\n{EXITS}",
        formatter_class=shape,
    )
    verified.add_argument("targets", metavar="TARGET", nargs="*", help="what to verify (a .py file is run as Python)")
    verified.add_argument("--effort", choices=EFFORTS, default="quick", help="how hard to look (default: quick)")
    verified.add_argument(
        "--jobs",
        type=_whole(1, "leave it out to use all processors"),
        metavar="K",
        help="worker processes (default: one per processor); never changes a digit",
    )
    verified.add_argument(
        "--seed",
        type=_whole(0, "give a nonnegative whole number"),
        default=0,
        metavar="S",
        help="seed of all random draws (default: 0)",
    )
    verified.add_argument("--fresh", action="store_true", help="compute all findings again, read none from the store")
    verified.add_argument(
        "--json",
        metavar="FILE",
        help="write the findings as JSON (- for standard output); timings go to a file beside it",
    )
    verified.add_argument("--table", metavar="FILE", help="write the table as Markdown")
    verified.add_argument(
        "--report", metavar="DIR", help="write DIR/index.html: one page with all claims, derivations and figures"
    )
    verified.set_defaults(command=_verify)

    exported = commands.add_parser(
        "export",
        help="LaTeX: a document of claims, and a macro for each formula",
        description="Write DIR/<paper>.tex, a document that compiles, and DIR/<paper>_macros.tex, for your own paper."
        "\n\n" + TARGETS,
        epilog=f"Findings are read from the store at the deepest effort at which all are there; else a quick run makes "
        f"them.\n\n{STORE}\n\n{EXITS}",
        formatter_class=shape,
    )
    exported.add_argument("targets", metavar="TARGET", nargs="*", help="what to export (a .py file is run as Python)")
    exported.add_argument("-o", "--output", metavar="DIR", required=True, help="the folder; made when it is missing")
    exported.add_argument("--effort", choices=EFFORTS, help="whose findings (default: the deepest stored)")
    exported.add_argument("--jobs", type=_whole(1, "leave it out to use all processors"), metavar="K")
    exported.add_argument("--seed", type=_whole(0, "give a nonnegative whole number"), default=0, metavar="S")
    exported.set_defaults(command=_export)

    made = commands.add_parser(
        "new",
        help="a commented file of claims to start from",
        description="Write a file of claims that verifies as it stands, to be made your own.",
        formatter_class=shape,
    )
    made.add_argument("file", metavar="FILE", help="its name, such as my_paper.py; an existing file is not touched")
    made.set_defaults(command=_new)

    planned = commands.add_parser(
        "plan",
        help="will weak-to-strong training pay on your own features",
        description="Predict weak-to-strong training from two models' features of the same points: .npy files with one "
        "row per point.\nNothing in these files is run.",
        formatter_class=shape,
    )
    planned.add_argument("weak", metavar="WEAK", help="features of the weak model, a .npy file")
    planned.add_argument("strong", metavar="STRONG", help="features of the strong model, a .npy file")
    planned.add_argument("--labels", metavar="FILE", help="labels of the first points, a .npy file")
    planned.add_argument(
        "--n", type=_whole(1, "give a number of labels", MOST), metavar="n", help="labels of the teacher"
    )
    planned.add_argument(
        "--N", type=_whole(1, "give a number of pseudo-labels", MOST), metavar="N", help="pseudo-labels"
    )
    planned.add_argument("--sigma2", type=_variance, metavar="V", help="variance of the label noise, where it is known")
    planned.add_argument(
        "--held-out",
        type=_whole(1, "give a number of points", MOST),
        metavar="T",
        help="widen the bands for risks that are measured on T points (default: risks over the whole population)",
    )
    planned.add_argument(
        "--explained",
        type=_variance,
        default=0.99,
        metavar="PART",
        help="part of the second moment's trace that the kept directions carry (default: 0.99)",
    )
    planned.add_argument("--drop", action="store_true", help="accept constant and linearly dependent columns")
    planned.add_argument("--seed", type=_whole(0, "give a nonnegative whole number"), default=0, metavar="S")
    planned.add_argument("--json", metavar="FILE", help="write the plan as JSON (- for standard output)")
    planned.add_argument("-o", dest="output", metavar="FIG", help="draw risk against pseudo-labels (.png, .pdf, .svg)")
    planned.set_defaults(command=_plan)

    solving.add(commands, shape)

    drawn = commands.add_parser(
        "figure",
        help="draw a figure of a paper, or list all figures",
        description="Draw a figure of a paper; without -o and --data, list figures.\n\n" + FIGURE_NAMES,
        epilog=STORE,
        formatter_class=shape,
    )
    drawn.add_argument("name", metavar="NAME", nargs="?", help="a figure, or a paper or .py file to list")
    drawn.add_argument("-o", dest="output", metavar="FILE", help="write it to FILE, which ends in .png, .pdf or .svg")
    drawn.add_argument("--data", metavar="FILE", help="write the plotted numbers as JSON (- for standard output)")
    drawn.add_argument("--effort", choices=EFFORTS, default="quick", help="how much to simulate (default: quick)")
    drawn.add_argument(
        "--seed",
        type=_whole(0, "give a nonnegative whole number"),
        default=0,
        metavar="S",
        help="seed of all random draws (default: 0)",
    )
    drawn.add_argument("--fresh", action="store_true", help="simulate again, read nothing from the store")
    drawn.set_defaults(command=_figure)
    return parser


def _version() -> str:
    from w2s_sym import __version__

    return __version__


if __name__ == "__main__":
    sys.exit(main())
