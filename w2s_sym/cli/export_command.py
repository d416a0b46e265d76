"""The command ``w2s-sym export``: a LaTeX document of a paper's claims, and a macro for each formula."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from w2s_sym.claims.run import EFFORTS
from w2s_sym.cli.arguments import EXIT_HELP, HELP_SHAPE, STORE_HELP, TARGET_HELP, add_effort, add_jobs, add_seed
from w2s_sym.cli.findings import chains_by_id, verify_with_progress
from w2s_sym.cli.outputs import Output, refuse_clashes, write_all
from w2s_sym.cli.streams import RefusedError, bad_input, say

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
        epilog=f"Findings are read from the store at the deepest effort at which all are there; else a quick run makes "
        f"them.\n\n{STORE_HELP}\n\n{EXIT_HELP}",
        formatter_class=HELP_SHAPE,
    )
    parser.add_argument("targets", metavar="TARGET", nargs="*", help="what to export (a .py file is run as Python)")
    parser.add_argument("-o", "--output", metavar="DIR", required=True, help="the folder; made when it is missing")
    add_effort(parser, "whose findings (default: the deepest stored)")
    add_jobs(parser)
    add_seed(parser)
    parser.set_defaults(command=export_latex)


def export_latex(options: argparse.Namespace) -> int:
    """Write a document and a file of macros for each paper of the targets. Returns the exit code."""
    Output("paper.tex", "-o", options.output)  # a folder that cannot be written is refused before all else
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
        for stem, (_, claims) in zip(stems, groups, strict=True):
            texts += [document.latex_document(stem, claims, ledger, chains), macros.macros(stem, claims)]
        write_all(list(zip(outputs, texts, strict=True)), lambda: say("\n".join(str(o.path) for o in outputs)))
    return ledger.exit_code


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
