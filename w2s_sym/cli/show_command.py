"""The command ``w2s-sym show``: one claim in full, or why it holds or does not."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from w2s_sym.claims.run import EFFORTS
from w2s_sym.cli.arguments import TARGET_HELP, HelpShape, add_effort, add_seed
from w2s_sym.cli.kept_text import kept_text
from w2s_sym.cli.progress import Progress
from w2s_sym.cli.streams import bad_input, say
from w2s_sym.cli.terminal import PIPED, tell

if TYPE_CHECKING:
    from w2s_sym.cli.arguments import Parsers
    from w2s_sym.papers.loading import Entry


def add_show(parsers: Parsers) -> None:
    """Add the command to the command line."""
    parser = parsers.add_parser(
        "show",
        help="one claim: sentence, statement, domain, what it rests on, every step of its derivation",
        description="Show a claim.\n\n" + TARGET_HELP,
        formatter_class=HelpShape,
    )
    parser.add_argument(
        "claim", metavar="CLAIM", help="a claim id; a paper or a .py file (run as Python) for all its claims"
    )
    parser.add_argument("--why", action="store_true", help="explain the verdict, and what would decide an INCONCLUSIVE")
    parser.add_argument("--latex", action="store_true", help="add the LaTeX of every step")
    parser.add_argument("--coq", action="store_true", help="the theorem and its proof as Coq reads them")
    add_effort(parser, "with --why: the effort of the findings (default: the deepest stored)")
    add_seed(parser, "with --why: the seed of the findings (default: 0)")
    parser.set_defaults(command=show_claims)


def show_claims(options: argparse.Namespace) -> int:
    """Print a page for each claim that the target names. Returns the exit code."""
    if not (options.why or options.coq):
        latex = ["--latex"] if options.latex else []
        tell(kept_text(("show", options.claim, *latex), lambda: _pages(options.claim, options.latex)), piped=PIPED)
        return 0
    with bad_input():
        from w2s_sym.papers import loading

        for position, entry in enumerate(loading.resolve([options.claim])):
            blank = "\n" if position else ""
            if options.coq:
                say(blank + _in_coq(entry))  # as Coq reads it, row by row
            else:
                tell(blank + _reasons(entry, options), piped=PIPED)
    return 0


def _pages(target: str, latex: bool) -> str:
    """The pages of all claims that the target names."""
    with bad_input():
        from w2s_sym.papers import loading
        from w2s_sym.report import plain_text

        return "\n\n".join(plain_text.page(e.claim, e.claim.chains(), latex) for e in loading.resolve([target]))


def _in_coq(entry: Entry) -> str:
    """The file of a claim in a development of Coq, or why there is none."""
    from w2s_sym.coq.judge import write

    written = write(entry.claim)
    if written.refusal is not None:
        return f"{entry.claim.id}: {written.refusal.answer} for Coq: {written.refusal.reason}"
    return written.text.rstrip()


def _reasons(entry: Entry, options: argparse.Namespace) -> str:
    """Why a claim holds or not: from stored findings, the deepest first, else from a run at the effort asked for."""
    from w2s_sym.papers import judging, ledger
    from w2s_sym.report import plain_text
    from w2s_sym.store import disk

    memory = disk.Store()
    for effort in (options.effort,) if options.effort else reversed(EFFORTS):
        found = ledger.recall([entry], effort, options.seed, memory)
        if found is not None:
            return plain_text.why(judging.remembered(found, memory).results[0])
    progress = Progress()
    run = ledger.verify_all(
        [entry], effort=options.effort or "quick", seed=options.seed, memory=memory, progress=progress
    )
    progress.close()
    return plain_text.why(judging.remembered(run, memory).results[0])
