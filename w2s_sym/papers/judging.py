"""The proofs of a run before Coq: who checked them beside us, and what was not followed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.description import IndescribableError, claim_digest
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.results import Result, resting
from w2s_sym.claims.run import Memory
from w2s_sym.coq.judge import Opinion, opinions
from w2s_sym.coq.toolchain import installed, missing
from w2s_sym.papers.ledger import LedgerRun, default_jobs
from w2s_sym.store.fingerprints import package_digest


def proved(result: Result) -> bool:
    """Whether some finding of the claim is a proof."""
    return any(f.supports and f.verdict is Verdict.PROVED for f in result.findings)


def judged(
    run: LedgerRun, memory: Memory, jobs: int | None = None, told: Callable[[str, int, int], None] | None = None
) -> LedgerRun:
    """The run with Coq's opinion of each proof; without Coq the opinion says what is missing.

    An opinion makes no claim hold or fall. ``memory`` keeps answers, ``told`` is called with an id and how many of how
    many are done.
    """
    everything = (*run.cited, *run.results)
    claims = [r.claim for r in everything if proved(r)]
    coq = installed()
    found: Mapping[str, Opinion] = {}
    if coq is not None:
        keys = {c.id: f"{package_digest()}/{digest}" for c in claims if (digest := _digest(c))}
        found = opinions(claims, coq, memory, jobs=jobs or default_jobs(), keys=keys, told=told)
    made: dict[str, Result] = {}
    for result in _from_below(everything):
        told_of = _told(found.get(result.claim.id))
        own = replace(result, opinion=told_of) if proved(result) else result
        made[own.claim.id] = resting(own, made, confirmed=True)
    return replace(
        run,
        results=tuple(made[r.claim.id] for r in run.results),
        cited=tuple(made[r.claim.id] for r in run.cited),
    )


def _told(opinion: Opinion | None) -> dict[str, Any]:
    """An opinion as a result keeps it, with its words."""
    if opinion is None:
        absent = {"answer": "absent", "reason": missing(), "judge": "", "digest": "", "given": []}
        return {**absent, "words": "not checked by Coq here"}
    return {**opinion.to_record(), "words": opinion.words}


def _digest(claim: Claim) -> str:
    try:
        return claim_digest(claim)
    except IndescribableError:
        return ""


def _from_below(results: tuple[Result, ...]) -> list[Result]:
    """The results, each after those that it rests on."""
    found: dict[str, Result] = {}
    mine = {r.claim.id: r for r in results}

    def add(result: Result) -> None:
        if result.claim.id not in found:
            for below in (*result.supports, *result.rules):
                add(mine.get(below.claim.id, below))
            found[result.claim.id] = result

    for result in results:
        add(result)
    return list(found.values())
