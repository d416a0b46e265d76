"""Claims as plain text: lists, pages, and why a claim holds or does not. Nothing is computed here.

A paragraph is one line, and a tab in it marks where its later rows begin when it is laid out for a terminal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from w2s_sym.claims.chain import Chain
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.results import Result
from w2s_sym.formula.notation import meaning
from w2s_sym.formula.sentences import significant
from w2s_sym.formula.tex import plain_sentence
from w2s_sym.papers.figures import Figure
from w2s_sym.papers.loading import Paper


def listing(papers: Sequence[Paper]) -> str:
    """The claims of papers, by section where there are sections: id, kind, whether a headline, sentence of each."""
    blocks = []
    for paper in papers:
        body = [f"{paper.name}: {len(paper.claims)} {'claim' if len(paper.claims) == 1 else 'claims'}"]
        for title, claims in paper.sections or (("", paper.claims),):
            if title:
                body += ["", f"  {title}", ""]
            for claim in claims:
                marks = [] if claim.kind == "theorem" else [f"[{claim.kind}]"]
                marks += ["[headline]"] if claim in paper.headlines else []
                body.append("  ".join((f"  {claim.id}", *marks)))
                body.append(_paragraph(claim.words, 6))
        blocks.append("\n".join(body))
    return "\n\n".join(blocks)


def figure_list(found: Sequence[tuple[Paper, Figure]]) -> str:
    """The figures of papers: what to type for each, and its title."""
    if not found:
        return "no figures"
    names = [f"{p.name}{'::' if p.name.endswith('.py') else '/'}{f.name}" for p, f in found]
    width = max(map(len, names))
    return "\n".join(
        f"{name:<{width}}  \t{one_paragraph(plain_sentence(f.title))}"
        for name, (_, f) in zip(names, found, strict=True)
    )


def page(claim: Claim, chains: Sequence[Chain], latex: bool = False) -> str:
    """All that a claim says and rests on, with every step of its derivations; ``latex`` adds the steps' LaTeX."""
    lines = [f"{claim.id}  [{claim.kind}]", _paragraph(claim.words), ""]
    for title, entries in _facts(claim):
        for position, entry in enumerate(entries):
            lines.append(f"  {title if position == 0 else '':<12}\t{one_paragraph(entry)}")
    for chain in chains:
        lines += ["", f"  The {chain.kind}, step by step"]
        for number, step in enumerate(chain.lines):
            head = f"{number:>4}  {step.relation if number else '':<2} \t{one_paragraph(step.text)}"
            lines.append(f"{head}    [{one_paragraph(step.words)}]" if step.words else head)
            if step.gap_text:
                lines.append(f"{'':>9}\tdifference: {one_paragraph(step.gap_text)}")
            if latex:
                lines.append(f"{'':>9}\t{one_paragraph(step.latex)}")
        if chain.problem:
            lines.append(f"      \ta step fails: {chain.problem}")
    return "\n".join(lines)


def why(result: Result) -> str:
    """Why a claim holds or not; for an INCONCLUSIVE finding, what would decide it; and what Coq says, where known."""
    state = "holds" if result.holds else "was SKIPPED" if result.skipped else "DOES NOT HOLD"
    lines = [f"{result.claim.id}: {state}", _paragraph(result.claim.words), ""]
    for finding in result.findings:
        lines.append(f"  {finding.kind:<11} {finding.verdict:<13} \t{one_paragraph(finding.summary)}")
        if finding.verdict is Verdict.INCONCLUSIVE:
            move = finding.next_move or "nothing named; a larger --effort looks harder"
            lines.append(f"  {'':<11} \twould decide it: {move}")
    lines += _asked_of_coq(result)
    lines += [f"  no finding: {failure.kind}: {failure.message}" for failure in result.failures]
    lines += [f"  no evidence refutes the rival {result.claim.rivals[i]}" for i in result.surviving_rivals]
    lines += [
        f"  needs {need}, which does not follow from the domain; state it as a condition" for need in result.needs
    ]
    return "\n".join((*lines, *result.foundation_lines()))


def _asked_of_coq(result: Result) -> list[str]:
    """What Coq says of the proof, where it was asked: nothing, or one line."""
    if result.opinion.get("answer", "absent") == "absent":
        return []
    told = result.opinion["reason"] or result.opinion["words"]
    return [f"  {'coq':<11} {result.opinion['answer']:<13} \t{one_paragraph(told)}"]


def failure(claim: Claim, finding: Finding) -> str:
    """A refuted finding for a reader who has only this: what was claimed, what was found, how far apart they are."""
    lines = [f"{claim.id} is REFUTED by {finding.kind}", _paragraph(claim.words)]
    lines += [f"  claimed: {one_paragraph(str(claim.statement))}", f"  found:   {one_paragraph(finding.summary)}"]
    lines += [f"    {key}: {one_paragraph(_values(value))}" for key, value in finding.all_detail().items()]
    return "\n".join(lines)


def verdict_failure(result: Result) -> str:
    """Why a claim does not hold, with the verdicts of all its evidence."""
    lines = [f"{result.claim.id} does not hold: {one_paragraph(result.why())}", _paragraph(result.claim.words)]
    lines.append(f"  claimed: {one_paragraph(str(result.claim.statement))}")
    lines += [f"  {f.kind:<11} {f.verdict:<13} {one_paragraph(f.summary)}" for f in result.findings]
    lines += [f"  no evidence refutes the rival {result.claim.rivals[i]}" for i in result.surviving_rivals]
    return "\n".join((*lines, *result.foundation_lines()))


def _facts(claim: Claim) -> Iterator[tuple[str, list[str]]]:
    yield "Statement", [str(claim.statement)]
    yield "LaTeX", [claim.latex()]
    yield "Where", list(_domain(claim))
    if claim.witness is not None:
        yield "Witness", [", ".join(f"{s} = {v}" for s, v in claim.witness.items())]
    yield "Given", [str(e) for e in claim.given]
    yield "Source", [f"{claim.cite()} ({claim.source.standing})"]
    yield "Rests on", list(claim.rests_on_ids) or ["no other claim"]
    yield "Evidence", [item.kind for item in claim.evidence]
    yield "Rivals", [str(r) for r in claim.rivals]
    yield "Remark", [plain_sentence(claim.remark, claim.letters)] if claim.remark else []


def _domain(claim: Claim) -> Iterator[str]:
    for s, bound, kind in claim.domain.legend():
        shown = str(s) if bound is None else str(bound)
        kind = "real number" if kind == "real" else kind
        yield f"{shown}, {kind}" + (f": {plain_sentence(meaning(s))}" if meaning(s) else "")
    for condition in claim.domain.conditions:
        yield f"{condition}" + (f" (else: {condition.next_move})" if condition.advice else "")
    if claim.domain.points:
        yield f"at {len(claim.domain.points)} listed points only"


def _values(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k}={_values(v)}" for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_values(v) for v in value) + "]"
    return significant(value) if isinstance(value, float) else str(value)


def _paragraph(text: str, indent: int = 2) -> str:
    return " " * indent + one_paragraph(text)


def one_paragraph(text: str) -> str:
    """The text with single spaces instead of line breaks."""
    return " ".join(text.split())
