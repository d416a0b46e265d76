"""The command ``w2s-sym verify``: check all evidence of claims, and write what was found."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from typing import TYPE_CHECKING

from w2s_sym.cli.arguments import (
    EXIT_HELP,
    FRESH_HELP,
    TARGET_HELP,
    HelpShape,
    add_cluster,
    add_effort,
    add_jobs,
    add_seed,
)
from w2s_sym.cli.findings import judged_with_progress, verify_with_progress
from w2s_sym.cli.outputs import Output, refuse_clashes, write_all
from w2s_sym.cli.report_command import FIRST, site_files, write_site
from w2s_sym.cli.streams import bad_input
from w2s_sym.cli.terminal import columns, tell
from w2s_sym.store.marks import marked_json

if TYPE_CHECKING:
    from w2s_sym.cli.arguments import Parsers
    from w2s_sym.papers.ledger import LedgerRun


def add_verify(parsers: Parsers) -> None:
    """Add the command to the command line."""
    parser = parsers.add_parser(
        "verify",
        help="check all evidence of claims",
        description="Check all evidence of claims and print a table of verdicts.\n\n" + TARGET_HELP,
        epilog=f"{FRESH_HELP}\n\n{EXIT_HELP}",
        formatter_class=HelpShape,
    )
    parser.add_argument("targets", metavar="TARGET", nargs="*", help="what to verify (a .py file is run as Python)")
    add_effort(parser, "how hard to look (default: quick)", "quick")
    add_jobs(parser)
    add_cluster(parser)
    add_seed(parser)
    parser.add_argument(
        "--fresh", action="store_true", help="find all again and ask Coq again; read no answer from the store"
    )
    parser.add_argument("--coq", action="store_true", help="give the proofs to Coq, where it is installed")
    parser.add_argument(
        "--json",
        metavar="FILE",
        help="write the findings as JSON (- for standard output); timings go to a file beside it",
    )
    parser.add_argument("--table", metavar="FILE", help="write the table as Markdown")
    parser.add_argument(
        "--report", metavar="DIR", help="write a site to DIR: a page for each paper and claim, a graph, a glossary"
    )
    parser.set_defaults(command=verify_claims)


def verify_claims(options: argparse.Namespace) -> int:
    """Verify the claims that the targets name, print their table and write the files. Returns the exit code."""
    start = time.perf_counter()
    to_json, to_table = Output(options.json, "--json"), Output(options.table, "--table")
    to_timings = to_json.beside(".timings.json")
    to_report = Output(None, "--report") if options.report is None else Output(FIRST, "--report", options.report)
    with bad_input():
        from w2s_sym.papers import loading
        from w2s_sym.report import ledger_text
        from w2s_sym.store import disk

        entries = loading.resolve(options.targets)
        read = {e.paper.file for e in entries if e.paper.file is not None}
        refuse_clashes((to_json, to_timings, to_table, to_report), read)
        pages = options.report is not None
        ledger = verify_with_progress(entries, options, options.effort, disk.Store(), options.cluster, pages=pages)
        if ledger.exit_code == 2:
            return 2
        if options.coq:
            ledger = judged_with_progress(ledger, options, disk.Store())
        texts: list[tuple[Output, str | bytes]] = [(to_table, ledger_text.markdown(ledger))]
        if options.json is not None:  # every formula in LaTeX takes a tenth of an unchanged run
            texts.append((to_json, marked_json(ledger_text.ledger_json(ledger))))
            texts.append((to_timings, marked_json(ledger_text.timings_json(ledger))))
        files = site_files(ledger, entries, options.jobs) if pages else {}
        if files:
            texts.append((to_report, files[FIRST]))
        stream = sys.stderr if options.json == "-" else sys.stdout
        table = ledger_text.verdict_table(ledger, columns(stream))

        def write_and_tell() -> None:
            if files:
                write_site(options.report, files)
            tell(table, stream)

        write_all(texts, write_and_tell)
    _close(ledger, time.perf_counter() - start)
    return ledger.exit_code


def _close(ledger: LedgerRun, seconds: float) -> None:
    """Say how long it took, how much came from the store, and where to read on about what does not hold."""
    everything = (*ledger.results, *ledger.cited)
    recalled = [r for result in everything for r in result.recalled]
    tell(f"{seconds:.1f} s; {sum(recalled)} of {len(recalled)} findings came from the store", sys.stderr)
    for result in everything:
        if not result.holds and not result.skipped and not result.failures:
            tell(f"more on it: w2s-sym show --why {shlex.quote(result.target)}", sys.stderr)
