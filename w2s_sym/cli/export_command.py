"""The command ``w2s-sym export``: a LaTeX document of a paper's claims, and a macro for each formula."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from w2s_sym.claims.run import EFFORTS
from w2s_sym.cli.arguments import EXIT_HELP, STORE_HELP, TARGET_HELP, HelpShape, add_effort, add_jobs, add_seed
from w2s_sym.cli.findings import chains_by_id, verify_with_progress
from w2s_sym.cli.outputs import Output, refuse_clashes, write_all
from w2s_sym.cli.progress import coq_progress
from w2s_sym.cli.streams import RefusedError, bad_input
from w2s_sym.cli.terminal import tell

if TYPE_CHECKING:
    from w2s_sym.cli.arguments import Parsers
    from w2s_sym.papers.ledger import LedgerRun
    from w2s_sym.papers.loading import Entry


def add_export(parsers: Parsers) -> None:
    """Add the command to the command line."""
    parser = parsers.add_parser(
        "export",
        help="LaTeX: a document of claims, and a macro for each formula",
        description="Write DIR/<paper>.tex, a document that compiles, and DIR/<paper>_macros.tex, for your own paper."
        "\n\n" + TARGET_HELP,
        epilog=f"{STORE_HELP}\n\n{EXIT_HELP}",
        formatter_class=HelpShape,
    )
    parser.add_argument("targets", metavar="TARGET", nargs="*", help="what to export (a .py file is run as Python)")
    parser.add_argument("-o", "--output", metavar="DIR", required=True, help="the folder; made when it is missing")
    parser.add_argument(
        "--coq", action="store_true", help="write a development of Coq instead, which compiles by itself"
    )
    add_effort(parser, "the effort of the findings (default: the deepest at which all are stored, else quick)")
    add_jobs(parser)
    add_seed(parser)
    parser.set_defaults(command=export_latex)


def export_latex(options: argparse.Namespace) -> int:
    """Write a document and a file of macros for each paper of the targets. Returns the exit code."""
    Output("paper.tex", "-o", options.output)  # a folder that cannot be written is refused before all else
    if options.coq:
        return _export_coq(options)
    with bad_input():
        from w2s_sym.papers import loading
        from w2s_sym.report.latex import document, macros

        entries = loading.resolve(options.targets)
        groups = document.by_paper([e.paper.name for e in entries], [e.claim for e in entries])
        stems = _stems([name for name, _ in groups])
        names = [f"{s}{ending}" for s in stems for ending in (".tex", "_macros.tex")]
        outputs = [Output(name, "-o", options.output) for name in names]
        refuse_clashes(outputs, {e.paper.file for e in entries if e.paper.file is not None})
        ledger = _findings(entries, options)
        if ledger.exit_code == 2:
            return 2
        chains = chains_by_id(ledger)
        texts: list[str] = []
        papers = {e.paper.name: e.paper for e in entries}
        for stem, (name, claims) in zip(stems, groups, strict=True):
            texts.append(document.latex_document(stem, claims, ledger, chains, papers[name]))
            texts.append(macros.macros(stem, claims))
        write_all(list(zip(outputs, texts, strict=True)), lambda: tell("\n".join(str(o.path) for o in outputs)))
    return ledger.exit_code


def _export_coq(options: argparse.Namespace) -> int:
    """Write the library and each theorem that Coq accepts; where Coq is missing, each that has a proof script."""
    with bad_input():
        from w2s_sym.coq.development import files_of, given_facts, theorem_files
        from w2s_sym.coq.judge import needed, opinions, write
        from w2s_sym.coq.toolchain import installed, missing
        from w2s_sym.papers import loading
        from w2s_sym.papers.ledger import default_jobs
        from w2s_sym.store import disk

        claims = needed([e.claim for e in loading.resolve(options.targets)])
        coq = installed()
        if coq is None:
            tell(f"w2s-sym: the theorems are not compiled: {missing()}", sys.stderr)
            told = {c.id: found.refusal.reason for c in claims if (found := write(c)).refusal is not None}
        else:
            with coq_progress() as notice:
                judged = opinions(claims, coq, disk.Store(), jobs=options.jobs or default_jobs(), told=notice)
            told = {name: opinion.reason for name, opinion in judged.items() if not opinion.accepted}
        texts = theorem_files(claims, told)
        files = files_of(texts, told, given_facts(claims, told))
        outputs = [Output(name, "-o", options.output) for name in files]
        write_all(
            list(zip(outputs, files.values(), strict=True)), lambda: tell(f"{len(texts)} theorems, {options.output}")
        )
    return 0


def _stems(papers: Sequence[str]) -> list[str]:
    """The names of the papers' files; refuses two papers whose files would be one."""
    from w2s_sym.report.latex.document import stem

    stems = [stem(name) for name in papers]
    twice = next((s for s in stems if stems.count(s) > 1), None)
    if twice is not None:
        both = " and ".join(name for name, s in zip(papers, stems, strict=True) if s == twice)
        raise RefusedError(f"{both} would both be written to {twice}.tex; export them to two folders")
    return stems


def _findings(entries: Sequence[Entry], options: argparse.Namespace) -> LedgerRun:
    """Findings at the effort asked for; else at the deepest at which all are stored, else from a quick run."""
    from w2s_sym.papers import ledger
    from w2s_sym.store import disk

    memory = disk.Store()
    effort = options.effort
    if effort is None:
        stored = (e for e in reversed(EFFORTS) if ledger.recall(entries, e, options.seed, memory) is not None)
        effort = next(stored, "quick")
    return verify_with_progress(entries, options, effort, memory)
