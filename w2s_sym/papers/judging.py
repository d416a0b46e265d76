"""The proofs of a run before Coq: who checked them beside us, and what was not followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.description import IndescribableError, claim_digest
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.results import Result, resting
from w2s_sym.claims.run import Memory
from w2s_sym.coq.judge import Opinion, ToldOfCoq, kept_opinions, opinions
from w2s_sym.coq.toolchain import installed, missing
from w2s_sym.papers.ledger import LedgerRun, default_jobs
from w2s_sym.store.fingerprints import package_digest


def proved(result: Result) -> bool:
    """Whether some finding of the claim is a proof."""
    return any(f.supports and f.verdict is Verdict.PROVED for f in result.findings)


def judged(run: LedgerRun, memory: Memory, jobs: int | None = None, told: ToldOfCoq = lambda *_: None) -> LedgerRun:
    """The run with Coq's opinion of each proof; without Coq the opinion says what is missing.

    An opinion makes no claim hold or fall. ``memory`` keeps answers, ``told`` is told how far the work is.
    """
    claims, coq = _proofs(run), installed()
    found: Mapping[str, Opinion] = {}
    if coq is not None:
        found = opinions(claims, coq, memory, jobs=jobs or default_jobs(), keys=_keys(claims), told=told)
    return _with(run, {c.id: _told(found.get(c.id)) for c in claims})


def remembered(run: LedgerRun, memory: Memory) -> LedgerRun:
    """The run with those of Coq's opinions that ``memory`` keeps; Coq is not asked."""
    claims, coq = _proofs(run), installed()
    if coq is None:
        return run
    found = kept_opinions(claims, coq, memory, _keys(claims))
    return _with(run, {name: _told(opinion) for name, opinion in found.items()})


def _proofs(run: LedgerRun) -> list[Claim]:
    return [r.claim for r in (*run.cited, *run.results) if proved(r)]


def _keys(claims: Sequence[Claim]) -> dict[str, str]:
    """What an answer about each claim depends on, beside Coq; a claim without a description has no key."""
    return {c.id: f"{package_digest()}/{digest}" for c in claims if (digest := _digest(c))}


def _with(run: LedgerRun, told: Mapping[str, Mapping[str, Any]]) -> LedgerRun:
    """The run with these opinions, by id."""
    made: dict[str, Result] = {}
    for result in _from_below((*run.cited, *run.results)):
        own = replace(result, opinion=told.get(result.claim.id, {}))
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
