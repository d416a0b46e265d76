"""What ``verify`` and ``export`` share: a run of the ledger with its progress, and the lines of derivations."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from w2s_sym.cli.progress import Progress, coq_progress, step_progress
from w2s_sym.cli.streams import one_line
from w2s_sym.cli.terminal import tell

if TYPE_CHECKING:
    from w2s_sym.claims.chain import Chain
    from w2s_sym.claims.run import Memory
    from w2s_sym.papers.ledger import LedgerRun
    from w2s_sym.papers.loading import Entry


def verify_with_progress(
    entries: Sequence[Entry],
    options: argparse.Namespace,
    effort: str,
    memory: Memory,
    cluster: str | None = None,
    pages: bool = False,
) -> LedgerRun:
    """Verify the claims with the ``seed``, ``jobs`` and ``fresh`` of the options; evidence that failed is told.

    ``cluster`` is the address of one that does the work. With ``pages`` figures are drawn and lines written meanwhile.
    """
    from w2s_sym.papers import ledger

    progress = Progress()
    crew = None
    if cluster is not None:
        from w2s_sym.executors.cluster import Cluster

        crew = Cluster(cluster, lambda line: tell(f"w2s-sym: {line}", sys.stderr))
    try:
        run = ledger.verify_all(
            entries,
            effort=effort,
            seed=options.seed,
            jobs=options.jobs,
            memory=memory,
            fresh=options.fresh,
            progress=progress,
            executor=crew,
            pages=pages,
        )
    finally:
        progress.close()
    for problem in run.failures:
        tell(f"w2s-sym: error: {one_line(str(problem))}", sys.stderr)
    return run


def judged_with_progress(run: LedgerRun, options: argparse.Namespace, memory: Memory) -> LedgerRun:
    """The run with what Coq says of its proofs, by the ``jobs`` of the options; ``fresh`` asks it of all again."""
    from w2s_sym.papers import judging
    from w2s_sym.store.disk import Fresh

    kept = Fresh(memory) if options.fresh else memory
    with coq_progress() as told:
        return judging.judged(run, kept, options.jobs, told)


def chains_by_id(ledger: LedgerRun) -> dict[str, tuple[Chain, ...]]:
    """The lines of the derivations of all claims, by id; those that this run did not prove are replayed."""
    from w2s_sym.claims.finding import Verdict

    found = {}
    with step_progress() as notice:
        everything = (*ledger.results, *ledger.cited)
        for done, result in enumerate(everything):
            notice(done, len(everything), result.claim.id, "derivation", "its lines are written")
            proved = {f.kind for f in result.findings if f.verdict is Verdict.PROVED}
            others = {f.kind for f in result.findings if f.verdict is not Verdict.PROVED}
            found[result.claim.id] = result.claim.chains(proved - others)
    return found
