"""Tables, pages and JSON of claims and findings. A report reads what it is given and computes nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from w2s_sym import __version__
from w2s_sym.claims.chain import Chain
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.results import Result
from w2s_sym.claims.statement import side_latex
from w2s_sym.formula.notation import meaning
from w2s_sym.formula.sentences import significant
from w2s_sym.papers.figures import Figure
from w2s_sym.papers.loading import Paper
from w2s_sym.store.fingerprints import commit, versions
from w2s_sym.store.marks import MADE_BY, MARKDOWN

if TYPE_CHECKING:  # a list of claims needs no workers
    from w2s_sym.papers.ledger import Checked, Outcome

KINDS = ("derivation", "precision", "certificate", "simulation")
WIDTH = 118
# How much of the telling number of a claim that holds the table of all claims shows.
TELLING = 90


# -- verify ---------------------------------------------------------------------------------------------------


def rows(outcome: Outcome) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and rows of the table of an outcome: claim, a verdict by kind of evidence, holds, the telling number."""
    findings = [f for c in outcome.claims for f in c.result.findings]
    present = {f.kind for f in findings} | {f.kind for f in outcome.failures}
    kinds = [k for k in KINDS if k in present] + sorted(present - set(KINDS))
    body = [
        (c.result.claim.id, *(_verdicts(c, k) for k in kinds), "yes" if c.holds else "NO", telling(c))
        for c in outcome.claims
    ]
    return ("claim", *kinds, "holds", "telling number"), body


def table(outcome: Outcome) -> str:
    """The outcome as a plain table with a closing count."""
    header, body = rows(outcome)
    widths = [max(len(r[i]) for r in (header, *body)) for i in range(len(header) - 1)]
    # The full text is in the JSON document and on the claim's page; here one line a claim has to be readable. What
    # refutes a claim is read here first, and stays whole.
    clipped = [header]
    for row, checked in zip(body, outcome.claims, strict=True):
        clipped.append(
            (*row[:-1], textwrap.shorten(row[-1], TELLING, placeholder=" ...") if checked.holds else row[-1])
        )
    lines = ["  ".join((*(t.ljust(w) for t, w in zip(r, widths, strict=False)), r[-1])) for r in clipped]
    lines.insert(1, "-" * min(max(map(len, lines)), WIDTH))
    return "\n".join((*lines, "", count(outcome)))


def markdown(outcome: Outcome) -> str:
    """The outcome as a Markdown document."""
    header, body = rows(outcome)
    lines = ["| " + " | ".join(t.replace("|", "\\|") for t in r) + " |" for r in (header, *body)]
    lines.insert(1, "|" + " --- |" * len(header))
    stamp = ", ".join(f"{k} {v}" for k, v in _stamp().items())
    return "\n".join(
        (
            "# The ledger",
            "",
            f"{count(outcome)}.",
            "",
            *lines,
            "",
            f"{MARKDOWN}{stamp.removeprefix(MADE_BY).lstrip()}.",
            "",
        )
    )


def count(outcome: Outcome) -> str:
    """How many claims hold, at which effort and seed."""
    total, good = len(outcome.claims), sum(c.holds for c in outcome.claims)
    noun = "claim" if total == 1 else "claims"
    state = "all hold" if good == total else f"{good} hold, {total - good} do not"
    unchecked = sorted({name for c in outcome.claims for name in c.unchecked})
    more = f"; they rest on {len(unchecked)} more, not checked in this run: {', '.join(unchecked)}" if unchecked else ""
    # Other evidence carries these claims: their authors should know all the same.
    undecided = [
        f"{f.kind} of {c.result.claim.id}"
        for c in outcome.claims
        if c.holds
        for f in c.result.findings
        if f.verdict is Verdict.INCONCLUSIVE
    ]
    if undecided:
        more += f"; evidence that decided nothing: {', '.join(undecided)}"
    return f"{total} {noun}: {state} ({outcome.effort} effort, seed {outcome.seed}){more}"


def telling(checked: Checked) -> str:
    """Why the claim does not hold; or, when it does, the number that could most easily have gone wrong."""
    if checked.failures:
        first = checked.failures[0]
        return f"its {first.kind} gave no finding: {first.message}"
    if checked.fallen and checked.result.holds:
        return _line(f"rests on {', '.join(checked.fallen)}, which does not hold")
    if not checked.holds:
        return _line(checked.result.why())
    support = [f for f in checked.result.findings if f.supports]
    best = max(support, key=lambda f: KINDS.index(f.kind) if f.kind in KINDS else -1, default=None)
    return _line(f"{best.kind}: {best.summary}" if best is not None else "skipped: an extra is missing")


def document(outcome: Outcome) -> dict[str, Any]:
    """The outcome as JSON values: the same for the same claims, effort, seed and versions; no timings in it."""
    return {
        "ok": outcome.ok,
        "claims": [
            {
                **c.result.to_json(),
                "holds": c.holds,
                "unchecked": list(c.unchecked),
                "kind": c.result.claim.kind,
                "summary": telling(c),
            }
            for c in outcome.claims
        ],
        "errors": [
            {"claim": f.claim, "evidence": f.index, "kind": f.kind, "message": f.message} for f in outcome.failures
        ],
        "effort": outcome.effort,
        "seed": outcome.seed,
        "versions": {"w2s-sym": __version__, **versions()},
        "commit": commit(),
    }


def timings(outcome: Outcome) -> dict[str, Any]:
    """Seconds that each finding took when it was made, and whether it came from the store this time."""
    return {
        c.result.claim.id: [
            {"kind": item.kind, "seconds": seconds, "from_store": stored}
            for item, seconds, stored in zip(c.result.claim.evidence, c.seconds, c.recalled, strict=True)
        ]
        for c in outcome.claims
    }


def _verdicts(checked: Checked, kind: str) -> str:
    found = [str(f.verdict) for f in checked.result.findings if f.kind == kind]
    found += ["no finding" for f in checked.failures if f.kind == kind]
    return ", ".join(dict.fromkeys(found)) or "-"


def _stamp() -> dict[str, str]:
    here = commit()
    return {"w2s-sym": __version__, **versions(), **({"commit": here} if here else {})}


# -- list and show --------------------------------------------------------------------------------------------


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
                body += textwrap.wrap(_line(claim.sentence), WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)
        blocks.append("\n".join(body))
    return "\n\n".join(blocks)


def claim_table(papers: Sequence[Paper]) -> str:
    """A Markdown document of all claims: id, sentence, and the kinds of evidence (not their verdicts)."""
    lines = ["# The claims", "", "Made by `make claims`. The verdicts are those of a run: `make verify`.", ""]
    for paper in papers:
        lines += [f"## {paper.name}", "", "| claim | what it says | evidence |", "|---|---|---|"]
        for claim in paper.claims:
            cells = (f"`{claim.name}`", _line(claim.sentence), ", ".join(dict.fromkeys(e.kind for e in claim.evidence)))
            lines.append("| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |")
        lines.append("")
    return "\n".join(lines)


def claim_counts(papers: Sequence[Paper]) -> str:
    """A Markdown table of how many claims each paper has, and how many have evidence of each kind."""
    kinds = [k for k in KINDS if any(e.kind == k for p in papers for c in p.claims for e in c.evidence)]
    lines = [f"| paper | claims | {' | '.join(kinds)} |", "|---" * (len(kinds) + 2) + "|"]
    for paper in papers:
        counts = [str(sum(any(e.kind == k for e in c.evidence) for c in paper.claims)) for k in kinds]
        lines.append(f"| `{paper.name}` | {len(paper.claims)} | {' | '.join(counts)} |")
    return "\n".join(lines)


BEGIN, END = "<!-- claims:begin -->", "<!-- claims:end -->"


def with_claims(readme: str, papers: Sequence[Paper]) -> str:
    """The text with the table of counts between its two markers. Raises ``ValueError`` when it lacks them."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"no {BEGIN} ... {END}; put the two markers where the table belongs")
    return f"{before}{BEGIN}\n{claim_counts(papers)}\n{END}{after}"


def figures(found: Sequence[tuple[Paper, Figure]]) -> str:
    """The figures of papers: what to type for each, and its title."""
    if not found:
        return "no figures"
    names = [f"{p.name}{'::' if p.name.endswith('.py') else '/'}{f.name}" for p, f in found]
    width = max(map(len, names))
    return "\n".join(f"{name:<{width}}  {_line(f.title)}" for name, (_, f) in zip(names, found, strict=True))


def page(claim: Claim, chains: Sequence[Chain], latex: bool = False) -> str:
    """All that a claim says and rests on, with every step of its derivations; ``latex`` adds the steps' LaTeX."""
    lines = [f"{claim.id}  [{claim.kind}]", *_paragraph(claim.sentence), ""]
    for title, entries in _facts(claim):
        for position, entry in enumerate(entries):
            lines.append(f"  {title if position == 0 else '':<12}{_line(entry)}")
    for chain in chains:
        lines += ["", f"  The {chain.kind}, step by step"]
        for number, step in enumerate(chain.lines):
            head = f"{number:>4}  {step.relation if number else '':<2} {_line(step.text)}"
            lines.append(f"{head}    [{_line(step.reason)}]" if step.reason else head)
            if step.gap_text:
                lines.append(f"{'':>9}difference: {_line(step.gap_text)}")
            if latex:
                lines.append(f"{'':>9}{_line(step.latex)}")
        if chain.problem:
            lines.append(f"      a step fails: {chain.problem}")
    return "\n".join(lines)


def why(result: Result, holds: bool, problems: Sequence[str] = ()) -> str:
    """Why a claim holds or not; for an INCONCLUSIVE finding, what would decide it."""
    lines = [f"{result.claim.id}: {'holds' if holds else 'DOES NOT HOLD'}", *_paragraph(result.claim.sentence), ""]
    for finding in result.findings:
        lines.append(f"  {finding.kind:<11} {finding.verdict:<13} {_line(finding.summary)}")
        if finding.verdict is Verdict.INCONCLUSIVE:
            decide = finding.detail.get("decide")
            named = decide.get("text") if isinstance(decide, Mapping) else None
            what = named or (_values(decide) if decide else _advice(finding.kind))
            lines.append(f"  {'':<11} would decide it: {what}")
    lines += [f"  no finding: {problem}" for problem in problems]
    lines += [f"  no evidence refutes the rival {_rival(result.claim.rivals[i])}" for i in result.surviving_rivals]
    return "\n".join(lines)


def _advice(kind: str) -> str:
    if kind == "derivation":  # its steps are the same at every effort
        return "give the step its factors (by=) or state the missing condition"
    return "nothing named; a larger --effort looks harder"


def failure(claim: Claim, finding: Finding) -> str:
    """A refuted finding for a reader who has only this: what was claimed, what was found, how far apart they are."""
    lines = [f"{claim.id} is REFUTED by {finding.kind}", *_paragraph(claim.sentence)]
    lines += [f"  claimed: {_line(str(claim.statement))}", f"  found:   {_line(finding.summary)}"]
    lines += [f"    {key}: {_line(_values(value))}" for key, value in finding.detail.items()]
    return "\n".join(lines)


def verdict_failure(result: Result) -> str:
    """Why a claim does not hold, with the verdicts of all its evidence."""
    lines = [f"{result.claim.id} does not hold: {_line(result.why())}", *_paragraph(result.claim.sentence)]
    lines.append(f"  claimed: {_line(str(result.claim.statement))}")
    lines += [f"  {f.kind:<11} {f.verdict:<13} {_line(f.summary)}" for f in result.findings]
    lines += [f"  no evidence refutes the rival {_rival(result.claim.rivals[i])}" for i in result.surviving_rivals]
    return "\n".join(lines)


def _facts(claim: Claim) -> Iterator[tuple[str, list[str]]]:
    yield "Statement", [str(claim.statement)]
    yield "LaTeX", [claim.latex()]
    yield "Where", list(_domain(claim))
    if claim.witness is not None:
        yield "Witness", [", ".join(f"{s} = {v}" for s, v in claim.witness.items())]
    yield "Given", [str(e) for e in claim.given]
    yield "Source", [f"{claim.cite()} ({claim.source.trust})"]
    yield "Rests on", list(claim.rests_on_ids) or ["no other claim"]
    yield "Evidence", [item.kind for item in claim.evidence]
    yield "Rivals", [_rival(r) for r in claim.rivals]
    yield "Remark", textwrap.wrap(_line(claim.remark), WIDTH - 14) if claim.remark else []


def _domain(claim: Claim) -> Iterator[str]:
    for s, bound, kind in claim.domain.legend():
        shown = str(s) if bound is None else str(bound)
        kind = f"{kind} number" if kind in ("whole", "real") else kind
        yield f"{shown}, {kind}" + (f": {meaning(s)}" if meaning(s) else "")
    for condition in claim.domain.conditions:
        yield f"{condition}" + (f" (else: {condition.advice})" if condition.advice else "")
    if claim.domain.points:
        yield f"at {len(claim.domain.points)} listed points only"


def _rival(rival: Any) -> str:
    return str(rival) if hasattr(rival, "free_symbols") else side_latex(rival)


def _values(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k}={_values(v)}" for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_values(v) for v in value) + "]"
    return significant(value) if isinstance(value, float) else str(value)


def _paragraph(text: str) -> list[str]:
    return textwrap.wrap(_line(text), WIDTH, initial_indent="  ", subsequent_indent="  ")


def _line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":  # make claims
    import sys
    from pathlib import Path

    from w2s_sym.papers.loading import load, paper_names

    _papers = [load(name) for name in paper_names()]
    _readme = Path(sys.argv[1])
    _readme.write_text(with_claims(_readme.read_text(encoding="utf-8"), _papers), encoding="utf-8")
    Path(sys.argv[2]).write_text(claim_table(_papers), encoding="utf-8")
