"""CLAIMS.md, the counts in README.md, docs/glossary.md: ``python -m w2s_sym.report.claims_document`` and the three."""

from __future__ import annotations

from collections.abc import Sequence

from w2s_sym.formula.tex import sentence_pieces
from w2s_sym.papers.loading import Paper
from w2s_sym.report.ledger_text import EVIDENCE_KINDS
from w2s_sym.report.plain_text import one_paragraph
from w2s_sym.report.site.glossary import glossary_page


def claim_table(papers: Sequence[Paper]) -> str:
    """A Markdown document of all claims: id, sentence, and the kinds of evidence (not their verdicts)."""
    lines = ["# The claims", "", "Made by `make claims`. The verdicts are those of a run: `make verify`.", ""]
    for paper in papers:
        lines += [f"## {paper.name}", "", "| claim | what it says | evidence |", "|---|---|---|"]
        for claim in paper.claims:
            cells = (
                f"`{claim.name}`",
                one_paragraph(_in_table(claim.sentence)),
                ", ".join(dict.fromkeys(e.kind for e in claim.evidence)),
            )
            lines.append("| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |")
        lines.append("")
    return "\n".join(lines)


def _in_table(sentence: str) -> str:
    """The sentence with the bars of its formulas by name: in a Markdown table a bar ends the cell."""
    return "".join(f"${_without_bars(p.text)}$" if p.formula else p.text for p in sentence_pieces(sentence))


def _without_bars(tex: str) -> str:
    return tex.replace(r"\|", r"\Vert ").replace("|", r"\vert ")


def claim_counts(papers: Sequence[Paper]) -> str:
    """A Markdown table of how many claims each paper has, and how many have evidence of each kind."""
    present = {e.kind for p in papers for c in p.claims for e in c.evidence}
    kinds = [k for k in EVIDENCE_KINDS if k in present] + sorted(present - set(EVIDENCE_KINDS))
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


if __name__ == "__main__":  # make claims
    import sys
    from pathlib import Path

    from w2s_sym.papers.loading import load, paper_names

    _papers = [load(name) for name in paper_names()]
    _readme = Path(sys.argv[1])
    _readme.write_text(with_claims(_readme.read_text(encoding="utf-8"), _papers), encoding="utf-8")
    Path(sys.argv[2]).write_text(claim_table(_papers), encoding="utf-8")
    Path(sys.argv[3]).write_text(glossary_page(), encoding="utf-8")
