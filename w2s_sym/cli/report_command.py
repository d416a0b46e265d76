"""The site of a ledger: written by ``w2s-sym report`` and ``w2s-sym verify --report``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from w2s_sym.cli.arguments import EXIT_HELP, FRESH_HELP, TARGET_HELP, HelpShape, add_effort, add_jobs, add_seed
from w2s_sym.cli.findings import judged_with_progress, verify_with_progress
from w2s_sym.cli.outputs import Output, refuse_clashes, write_all
from w2s_sym.cli.progress import step_progress
from w2s_sym.cli.streams import RefusedError, bad_input
from w2s_sym.cli.terminal import tell
from w2s_sym.store.marks import is_ours

if TYPE_CHECKING:
    from w2s_sym.cli.arguments import Parsers
    from w2s_sym.papers.ledger import LedgerRun
    from w2s_sym.papers.loading import Entry

# The first page of the site, which is written last.
FIRST = "index.html"
DOZEN = 12


def add_report(parsers: Parsers) -> None:
    """Add the command to the command line."""
    parser = parsers.add_parser(
        "report",
        help="write claims and findings as a site",
        description="Check claims and write a site: an index, a page for each paper and each claim, a graph of what "
        "rests on what, a glossary. It is read without a network.\n\n" + TARGET_HELP,
        epilog=f"{FRESH_HELP}\n\n{EXIT_HELP}",
        formatter_class=HelpShape,
    )
    parser.add_argument("targets", metavar="TARGET", nargs="*", help="what to report (a .py file is run as Python)")
    parser.add_argument("-o", metavar="DIR", dest="folder", default="report", help="the folder (default: report)")
    add_effort(parser, "how hard to look (default: quick)", "quick")
    add_jobs(parser)
    add_seed(parser)
    parser.add_argument(
        "--fresh", action="store_true", help="find all again and ask Coq again; read no answer from the store"
    )
    parser.add_argument("--coq", action="store_true", help="give the proofs to Coq, where it is installed")
    parser.set_defaults(command=report_claims)


def report_claims(options: argparse.Namespace) -> int:
    """Verify the claims that the targets name and write their site. Returns the exit code of ``verify``."""
    index = Output(FIRST, "-o", options.folder)
    with bad_input():
        from w2s_sym.papers import loading
        from w2s_sym.store import disk

        entries = loading.resolve(options.targets)
        refuse_clashes((index,), {e.paper.file for e in entries if e.paper.file is not None})
        ledger = verify_with_progress(entries, options, options.effort, disk.Store(), pages=True)
        if ledger.exit_code == 2:
            return 2
        if options.coq:
            ledger = judged_with_progress(ledger, options, disk.Store())
        files = site_files(ledger, entries, options.jobs)
        write_all([(index, files[FIRST])], lambda: write_site(options.folder, files))
        good = sum(r.holds for r in ledger.results)
        tell(f"{os.path.join(options.folder, FIRST)}: {good} of {len(ledger.results)} claims hold")
    return ledger.exit_code


def site_files(ledger: LedgerRun, entries: Sequence[Entry], jobs: int | None) -> dict[str, str]:
    """The files of the site of a run that was made with its pages' lines and figures, by so many processes."""
    from w2s_sym.executors.forked import in_copies
    from w2s_sym.papers.ledger import default_jobs
    from w2s_sym.report.html import mathml
    from w2s_sym.report.site import site

    if not mathml.has_mathml():
        tell(f"w2s-sym: {site.ADVICE}", sys.stderr)
    papers = list({id(e.paper): e.paper for e in entries}.values())
    pages = site.Pages(ledger, papers, ledger.chains, ledger.drawings)
    # Papers one by one, and claims by the dozen: a copy is asked once for each.
    parts = [[path] for path in pages.paths if path not in pages.claim_at]
    claims = [path for path in pages.paths if path in pages.claim_at]
    parts += [claims[i : i + DOZEN] for i in range(0, len(claims), DOZEN)]
    with step_progress() as notice:
        started = f"{len(pages.paths)} pages"

        def write(part: int) -> dict[str, str]:
            return {path: pages.page(path) for path in parts[part]}

        def told(done: int) -> None:
            notice(done, len(parts), "the site", "pages", started)

        told(0)
        if not sys.stderr.isatty():
            tell(f"[0/{len(parts)}] the site: {started} are written", sys.stderr)
        texts = in_copies(write, len(parts), jobs or default_jobs(), told)
    made = {path: text for part in texts for path, text in part.items()}
    return {**{path: made[path] for path in pages.paths}, **pages.rest()}


def write_site(folder: str, files: Mapping[str, str]) -> None:
    """Write all files but the index into the folder, and remove pages that an earlier site had and this has not.

    Raises :class:`RefusedError` where a file is there that w2s-sym did not write, before anything is written.
    """
    from pathlib import Path

    from w2s_sym.store.disk import reason, stage

    top = Path(folder)
    paths = {top / name: text for name, text in files.items() if name != FIRST}
    try:
        for path in paths:
            if path.exists() and not is_ours(path):
                raise RefusedError(
                    f"cannot write {path}: it exists, and w2s-sym did not write it; choose another folder"
                )
        for path, text in paths.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            stage(path, text).replace(path)
        for old in (*top.glob("claims/*/*.html"), *top.glob("papers/*.html")):
            if old not in paths and is_ours(old):
                old.unlink()
    except OSError as problem:
        raise RefusedError(f"cannot write the site to {folder}: {reason(problem)}; choose another folder") from None
