"""A run of the ledger as a table, as a Markdown document and as JSON values. Nothing is computed here."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from w2s_sym import __version__
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.results import Result
from w2s_sym.claims.standing import Standing
from w2s_sym.papers.ledger import LedgerRun
from w2s_sym.report.plain_text import one_paragraph
from w2s_sym.store.fingerprints import commit, versions
from w2s_sym.store.marks import MADE_BY, MARKDOWN

# Kinds of evidence, in the order of the table's columns; others follow.
EVIDENCE_KINDS = ("derivation", "precision", "certificate", "simulation")
# How much of the telling number of a claim that holds the table of all claims shows, where its width is free.
TELLING = 90
# With less room than this for it there is no table, but a few lines for each claim.
LEAST_TELLING = 30
# How much a line below the table says of a proof that Coq does not accept; the rest is in the JSON document.
UNACCEPTED = 200
# The longest rule below the table's header, where its width is free.
RULE = 118


def rows(ledger: LedgerRun) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and rows of the table: claim, a verdict for each kind of evidence, holds, the telling number.

    The claims asked for come first, then what they rest on.
    """
    everything = (*ledger.results, *ledger.cited)
    present = {f.kind for r in everything for f in r.findings} | {f.kind for f in ledger.failures}
    kinds = [k for k in EVIDENCE_KINDS if k in present] + sorted(present - set(EVIDENCE_KINDS))
    body = [(r.claim.id, *(_verdicts(r, k) for k in kinds), _state(r), telling(r)) for r in everything]
    return ("claim", *kinds, "holds", "telling number"), body


def verdict_table(ledger: LedgerRun, width: int | None = None) -> str:
    """The run as a plain table with a closing line; in a narrower ``width``, a few lines for each claim instead."""
    header, body = rows(ledger)
    if width is not None and _room(header, body, width) < LEAST_TELLING:
        return "\n".join((*_blocks(ledger, header, body, width), "", *_below(ledger)))
    widths = [max(len(row[i]) for row in (header, *body)) for i in range(len(header) - 1)]
    # The full text is in the JSON document and on the claim's page; here one line a claim has to be readable. What
    # refutes a claim is read here first, and stays whole.
    clipped = [header]
    for row, result in zip(body, (*ledger.results, *ledger.cited), strict=True):
        room = TELLING if width is None else _room(header, body, width)
        short = textwrap.shorten(row[-1], room, placeholder=" ...") if result.holds else row[-1]
        clipped.append((*row[:-1], short))
    lines = ["  ".join((*(t.ljust(w) for t, w in zip(row, widths, strict=False)), row[-1])) for row in clipped]
    if ledger.cited:
        lines.insert(1 + len(ledger.results), "what they rest on:")
    lines.insert(1, "-" * min(max(map(len, lines)), RULE if width is None else width))
    return "\n".join((*lines, "", *_below(ledger)))


def _room(header: tuple[str, ...], body: Sequence[tuple[str, ...]], width: int) -> int:
    """How many characters of the width are left for the telling number."""
    return width - sum(2 + max(len(row[i]) for row in (header, *body)) for i in range(len(header) - 1))


def _blocks(ledger: LedgerRun, header: tuple[str, ...], body: Sequence[tuple[str, ...]], width: int) -> Iterator[str]:
    """For each claim whether it holds, the verdict of each kind of evidence, and the telling number."""
    words = {"yes": "holds", "NO": "DOES NOT HOLD"}
    for number, (row, result) in enumerate(zip(body, (*ledger.results, *ledger.cited), strict=True)):
        if number == len(ledger.results):
            yield "what they rest on:"
        name, *verdicts, state, number_told = row
        yield f"{name}: {words.get(state, state)}"
        given = [f"{kind} {word}" for kind, word in zip(header[1:-2], verdicts, strict=True) if word != "-"]
        yield f"    {'; '.join(given)}"
        room = max(width - 4, LEAST_TELLING)
        yield f"    {textwrap.shorten(number_told, room, placeholder=' ...') if result.holds else number_told}"


def markdown(ledger: LedgerRun) -> str:
    """The run as a Markdown document, with the versions of what computed it."""
    header, body = rows(ledger)
    lines = ["| " + " | ".join(t.replace("|", "\\|") for t in row) + " |" for row in (header, *body)]
    lines.insert(1, "|" + " --- |" * len(header))
    stamp = ", ".join(f"{k} {v}" for k, v in _stamp().items())
    lines += ["", *(f"- {told}" for told in not_followed(ledger))] if not_followed(ledger) else []
    made = f"{MARKDOWN}{stamp.removeprefix(MADE_BY).lstrip()}."
    return "\n".join(("# The ledger", "", f"{closing_line(ledger)}.", "", *lines, "", made, ""))


def closing_line(ledger: LedgerRun) -> str:
    """How many claims hold, at which effort and seed; what proofs are given; what evidence decided nothing."""
    total, good = len(ledger.results), sum(r.holds for r in ledger.results)
    skipped = sum(r.skipped for r in ledger.results)
    if total == 1:
        state = "1 claim: it " + ("holds" if good else "was skipped" if skipped else "does not hold")
    else:
        state = f"{total} claims: " + ("all hold" if good == total else f"{good} hold, {total - good - skipped} do not")
        state += f", {skipped} skipped" if skipped else ""
    they = "it rests" if total == 1 else "they rest"
    cited = [r.claim.id + ("" if r.holds else " (does not hold)") for r in ledger.cited]
    more = f"; {they} on {len(cited)} more, checked too: {', '.join(cited)}" if cited else ""
    more += _proofs([r.standing for r in ledger.results])
    more += _judged([r.opinion for r in ledger.results if r.opinion])
    # Other evidence carries these claims: their authors should know all the same.
    undecided = [
        f"{f.kind} of {r.claim.id}"
        for r in ledger.results
        if r.holds
        for f in r.findings
        if f.verdict is Verdict.INCONCLUSIVE
    ]
    if undecided:
        more += f"; evidence that decided nothing: {', '.join(undecided)}"
    return f"{state} ({ledger.effort} effort, seed {ledger.seed}){more}"


def not_followed(ledger: LedgerRun) -> list[str]:
    """A line for each proof that Coq does not accept, with its smallest sub-goal that is at fault, cut in length.

    Proofs for whose statements Coq has no words share a line for each reason.
    """
    lines, silent = [], dict[str, list[str]]()
    for result in (*ledger.results, *ledger.cited):
        answer, reason = result.opinion.get("answer", "accepted"), result.opinion.get("reason", "")
        if answer == "not translated":
            silent.setdefault(reason, []).append(result.claim.id)
        elif answer not in ("accepted", "absent"):
            lines.append(f"Coq: {result.claim.id} is {answer}: {one_paragraph(reason)}")
    for reason, names in silent.items():
        first = ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")
        lines.append(f"Coq: {first} {'is' if len(names) == 1 else 'are'} not translated: {one_paragraph(reason)}")
    return [line if len(line) <= UNACCEPTED else f"{line[: UNACCEPTED - 4]} ..." for line in lines]


def _below(ledger: LedgerRun) -> tuple[str, ...]:
    """What stands below the table."""
    return (closing_line(ledger), *not_followed(ledger))


def telling(result: Result) -> str:
    """Why the claim does not hold; or, when it does, the number that could most easily have gone wrong."""
    if result.failures:
        first = result.failures[0]
        return f"its {first.kind} gave no finding: {first.message}"
    if not result.holds and not result.skipped:
        return one_paragraph(result.why())
    support = [f for f in result.findings if f.supports]
    rank = {kind: position for position, kind in enumerate(EVIDENCE_KINDS)}
    best = max(support, key=lambda f: rank.get(f.kind, -1), default=None)
    return one_paragraph(f"{best.kind}: {best.summary}" if best is not None else "skipped: an extra is missing")


def ledger_json(ledger: LedgerRun) -> dict[str, Any]:
    """The run as JSON values: the same for the same claims, effort, seed and versions; no timings in it."""
    return {
        "ok": ledger.ok,
        "claims": [_record(r) for r in ledger.results],
        "cited": [_record(r) for r in ledger.cited],
        "errors": [
            {"claim": f.claim, "evidence": f.index, "kind": f.kind, "message": f.message} for f in ledger.failures
        ],
        "effort": ledger.effort,
        "seed": ledger.seed,
        "versions": {"w2s-sym": __version__, **versions()},
        "commit": commit(),
    }


def timings_json(ledger: LedgerRun) -> dict[str, Any]:
    """Seconds that each finding took when it was made, and whether it came from the store this time."""
    return {
        r.claim.id: [
            {"kind": item.kind, "seconds": seconds, "from_store": stored}
            for item, seconds, stored in zip(r.claim.evidence, r.seconds, r.recalled, strict=True)
        ]
        for r in (*ledger.results, *ledger.cited)
    }


def _record(result: Result) -> dict[str, Any]:
    told = {"unchecked": list(result.unchecked), "kind": result.claim.kind, "summary": telling(result)}
    return {**result.to_json(), **told}


def _state(result: Result) -> str:
    return "yes" if result.holds else "skipped" if result.skipped else "NO"


def _proofs(standings: Sequence[Standing]) -> str:
    """How many claims are PROVED and how many given what; empty when no proof is given anything."""
    proofs = [s for s in standings if s.verdict is Verdict.PROVED]
    weak = [s for s in proofs if s.axioms]
    if not weak:
        return ""
    whole = Standing(
        Verdict.PROVED,
        tuple(sorted({name for s in weak for name in s.axioms})),
        tuple(sorted({name for s in weak for name in s.unseen})),
    )
    outright = f"; {len(proofs) - len(weak)} PROVED" if len(proofs) > len(weak) else ""
    return f"{outright}; {len(weak)} PROVED, {whole.given}: {', '.join(whole.axioms)}"


def _judged(opinions: Sequence[Mapping[str, Any]]) -> str:
    """How many proofs a proof assistant accepts; empty when none was asked."""
    if not opinions:
        return ""
    judge, accepted = opinions[0]["judge"], sum(o["answer"] == "accepted" for o in opinions)
    if not judge:
        return f"; no proof is checked by Coq here: {opinions[0]['reason']}"
    given = [o["given"] for o in opinions if o["answer"] == "accepted" and o["given"]]
    facts = ", ".join(sorted({name for names in given for name in names}))
    told = f", {len(given)} of them given {facts}" if given else ""
    return f"; {judge} accepts {accepted} of {len(opinions)} proofs{told}"


def _verdicts(result: Result, kind: str) -> str:
    """The verdicts of one kind of evidence; a proof says how many facts it is given."""
    proved = Standing(Verdict.PROVED, result.standing.axioms).short
    found = [proved if f.verdict is Verdict.PROVED else str(f.verdict) for f in result.findings if f.kind == kind]
    found += ["no finding" for f in result.failures if f.kind == kind]
    return ", ".join(dict.fromkeys(found)) or "-"


def _stamp() -> dict[str, str]:
    here = commit()
    return {"w2s-sym": __version__, **versions(), **({"commit": here} if here else {})}
