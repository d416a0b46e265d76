"""A LaTeX document of a paper's claims with their findings. Nothing is verified here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import sympy as sp

from w2s_sym.claims.chain import Chain
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import side_latex
from w2s_sym.formula.notation import latex, meaning
from w2s_sym.formula.relations import relation_latex
from w2s_sym.papers.ledger import Checked, Outcome
from w2s_sym.report.html import cards
from w2s_sym.report.latex.breaking import breakable
from w2s_sym.report.latex.prose import escape, prose
from w2s_sym.store.marks import LATEX

_PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\usepackage{textcomp}
\usepackage{amsmath,amssymb}
\usepackage[a4paper,margin=27mm]{geometry}
\usepackage{xcolor,graphicx,longtable}
\usepackage[colorlinks,allcolors=wlink]{hyperref}
\definecolor{wlink}{HTML}{1F4E79}
\definecolor{wgood}{HTML}{0B6E4F}
\definecolor{wbad}{HTML}{B00020}
\definecolor{wopen}{HTML}{8A5A00}
\definecolor{wgrey}{HTML}{5A5A5A}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt plus 1pt}
\setlength{\emergencystretch}{4em}
\allowdisplaybreaks
\newcommand{\wbreak}[1]{\penalty#1\relax}
% A formula that may break: lines go on further in, and no line is filled.
\newcommand{\wformula}[1]{\par\smallskip{\leftskip=2em \rightskip=0pt plus 1fil
  \binoppenalty=10000 \relpenalty=10000 \hangindent=2em \hangafter=1 \noindent
  $\displaystyle #1$\par}\smallskip}
% A step: its relation, its line, and its reason at the right where there is room, else on a line of its own.
\newcommand{\wstep}[3]{\par{\leftskip=3em \rightskip=0pt plus 1fil \parfillskip=0pt
  \binoppenalty=10000 \relpenalty=10000 \hangindent=1.6em \hangafter=1 \noindent
  \hbox to 0pt{\hss$#1$\hspace{.6em}}$\displaystyle #2$%
  \unskip\nobreak\hfill\penalty50\hskip1.5em\hbox{}\nobreak\hfill
  {\footnotesize\itshape\color{wgrey}#3}\par}\vspace{1pt}}
\newcommand{\wfact}[1]{\par{\footnotesize\scshape\color{wgrey}#1}\enspace}
\newcommand{\wverdict}[3]{\par\hangindent=2em\hangafter=1 {\color{#1}\scshape #2}\enspace #3}
\newcommand{\wrest}{\binoppenalty=10000 \relpenalty=10000 \rightskip=0pt plus 1fil}
"""

_COLOURS = {Verdict.PROVED: "wgood", Verdict.AGREES: "wgood", Verdict.REFUTED: "wbad"}


def document(name: str, claims: Sequence[Claim], outcome: Outcome, chains: Mapping[str, Sequence[Chain]]) -> str:
    """The LaTeX document of a paper's claims with the findings of an outcome that checked them.

    ``chains`` maps ids of claims to the lines of their derivations. It compiles with pdfLaTeX. Raises ``KeyError``
    when the outcome or the chains lack one of the claims.
    """
    found = {c.result.claim.id: c for c in outcome.claims}
    sources = list(dict.fromkeys(c.source.at("", "derived") for c in claims))
    numbers = {c.id: i for i, c in enumerate(claims, 1)}
    single = sources[0] if len(sources) == 1 else None
    title = escape(single.title) if single else rf"The claims of \texttt{{{escape(name)}}}"
    authors = escape(single.authors) if single else ""
    year = single.year if single else 0
    by = f"The claims of {authors} ({year}), checked" if single else f"after {len(sources)} sources"
    good = sum(found[c.id].holds for c in claims)
    lines = [
        LATEX,
        _PREAMBLE,
        r"\begin{document}",
        rf"\begin{{center}}{{\Large\bfseries {title}\par}}\medskip {by}\end{{center}}",
        r"\medskip",
        f"{len(claims)} {'claim' if len(claims) == 1 else 'claims'}, of which {good} "
        f"{'holds' if good == 1 else 'hold'} (\\texttt{{{outcome.effort}}} effort, seed {outcome.seed}). "
        r"\textsc{Proved}: a chain of checked steps, or an exact witness. \textsc{Agrees}: evaluated exactly or to "
        "certified digits, or simulated, with the wrong formulas beside it refuted. Each proof is relative to what "
        "the claim rests on.",
        "",
        *_table(claims, found),
    ]
    for claim in claims:
        lines += ["", *_section(claim, found[claim.id], chains[claim.id], numbers, sources)]
    lines += ["", r"\begin{thebibliography}{99}\raggedright"]
    lines += [rf"\bibitem{{s{i}}} {_entry(s)}" for i, s in enumerate(sources, 1)]
    lines += [r"\end{thebibliography}", r"\end{document}", ""]
    return "\n".join(lines)


def _entry(source: Source) -> str:
    arxiv = rf"\texttt{{arXiv:{escape(source.arxiv)}}}" if source.arxiv else ""
    place = ", ".join(x for x in (escape(source.venue), arxiv) if x)
    entry = rf"{escape(source.authors)} ({source.year}). \emph{{{escape(source.title)}}}."
    return f"{entry} {place}." if place else entry


def _heading(claim: Claim) -> str:
    words = claim.name.strip("_").replace("_", " ")
    return escape(words[:1].upper() + words[1:])


def _table(claims: Sequence[Claim], found: Mapping[str, Checked]) -> Iterator[str]:
    yield r"\begin{longtable}{@{}r@{\enspace}p{.66\linewidth}@{\enspace}l@{}}"
    yield r"\hline\noalign{\smallskip}\endhead\noalign{\smallskip}\hline\endfoot"
    for number, claim in enumerate(claims, 1):
        checked = found[claim.id]
        words = ", ".join(dict.fromkeys(str(f.verdict).lower() for f in checked.result.findings))
        colour = "wgood" if checked.holds else "wbad"
        state = words if checked.holds else "does not hold"
        yield (
            rf"{number} & \hyperref[c{number}]{{{_heading(claim)}}} & "
            rf"{{\footnotesize\color{{{colour}}}{state}}} \\"
        )
    yield r"\end{longtable}"


def _section(
    claim: Claim,
    checked: Checked,
    chains: Sequence[Chain],
    numbers: Mapping[str, int],
    sources: Sequence[Source],
) -> Iterator[str]:
    symbols = cards.symbols(claim)
    yield rf"\section[{_heading(claim)}]{{\raggedright {_heading(claim)}}}\label{{c{numbers[claim.id]}}}"
    yield rf"{{\wrest {prose(claim.sentence, symbols)}\par}}"
    yield rf"\wformula{{{breakable(claim.latex())}}}"
    where = [*_where(claim)]
    yield rf"{{\small\wrest\wfact{{where}}{'; '.join(where) or 'there are no symbols'}."
    if claim.witness is not None:
        told = ", ".join(
            f"${breakable(f'{latex(s)} = {latex(sp.sympify(v, strict=True))}')}$" for s, v in claim.witness.items()
        )
        yield rf"\wfact{{there is}}{told}."
    for equation in claim.given:
        bracket = ""
        if equation.bracket is not None:
            low, high = map(latex, equation.bracket)
            bracket = rf" with ${low} < {latex(equation.unknown)} < {high}$"
        yield rf"\wfact{{given}}${breakable(equation.latex())}$, which defines ${latex(equation.unknown)}${bracket}."
    cited = sources.index(claim.source.at("", "derived")) + 1
    locator = escape(claim.source.locator)
    yield rf"\wfact{{source}}\cite{{s{cited}}}{', ' + locator if locator else ''} ({escape(claim.source.trust)})."
    rests = [
        rf"\hyperref[c{numbers[i]}]{{\texttt{{{escape(i)}}}}}" if i in numbers else rf"\texttt{{{escape(i)}}}"
        for i in claim.rests_on_ids
    ]
    yield rf"\wfact{{rests on}}{', '.join(rests) or 'no other claim'}.\par}}"
    yield from _derivations(chains, symbols)
    yield r"{\small\wrest\par\smallskip"
    for finding in checked.result.findings:
        colour = _COLOURS.get(finding.verdict, "wopen")
        said = f"{escape(finding.kind)}: {escape(finding.summary)}"
        yield rf"\wverdict{{{colour}}}{{{str(finding.verdict).lower()}}}{{{said}}}"
    for failure in checked.failures:
        yield rf"\wverdict{{wbad}}{{no finding}}{{{escape(failure.kind)}: {escape(failure.message)}}}"
    if not checked.holds:
        fallen = f"; it rests on {', '.join(checked.fallen)}, which does not hold" if checked.fallen else ""
        yield rf"\wverdict{{wbad}}{{does not hold}}{{{escape(checked.result.why() + fallen)}}}"
    if claim.rivals:
        standing = checked.result.surviving_rivals
        shown = [
            f"${breakable(r.latex() if hasattr(r, 'latex') else side_latex(r))}$"
            + (" (not refuted)" if i in standing else "")
            for i, r in enumerate(claim.rivals)
        ]
        yield rf"\wfact{{wrong instead, and {'refuted' if not standing else 'tried'}}}{'; '.join(shown)}."
    if claim.remark:
        yield rf"\wfact{{remark}}{prose(claim.remark, symbols)}"
    yield r"\par}"


def _where(claim: Claim) -> Iterator[str]:
    for s, bound, kind in claim.domain.legend():
        shown = latex(s) if bound is None else bound.latex()
        kind = "" if kind == "real" and bound is not None else f" {kind}"
        yield f"${shown}${kind}" + (f", {prose(meaning(s), ())}" if meaning(s) else "")
    for condition in claim.domain.conditions:
        yield f"${breakable(condition.latex())}$"
    if claim.domain.points:
        yield f"at {len(claim.domain.points)} listed points only"


def _derivations(chains: Sequence[Chain], symbols: Sequence[sp.Symbol]) -> Iterator[str]:
    for chain in chains:
        if chain.lines:
            yield rf"\wfact{{{escape(chain.kind)}}}\par\nopagebreak"
        samples = dict.fromkeys(s for line in chain.lines for s in getattr(line, "samples", ()))
        blocks = {b.name: b.latex() for s in samples for b in s.blocks}
        known = list({*symbols, *(s for line in chain.lines for s in getattr(line, "symbols", ()))})
        for number, line in enumerate(chain.lines):
            sign = r"\iff" if line.relation == "iff" else relation_latex(line.relation)
            reason = prose(line.reason, known, blocks)
            # Whole beside its line or below it; what is longer than a line is a paragraph.
            reason = (
                rf"\mbox{{{reason}}}" if len(line.reason) <= 75 else rf"\parbox{{.8\linewidth}}{{\raggedleft {reason}}}"
            )
            yield rf"\wstep{{{sign if number else ''}}}{{{breakable(line.latex)}}}{{{reason}}}"
            gap = getattr(line, "gap_latex", "")
            if gap:
                yield rf"\wstep{{}}{{{breakable(gap)}}}{{\mbox{{the difference of the last two lines}}}}"
        if chain.problem:
            yield rf"\wverdict{{wbad}}{{a step fails}}{{{escape(chain.problem)}}}"


def stem(name: str) -> str:
    """The name of a paper's files: that of an installed paper, or of a user's file without its folder and ending."""
    last = re.split(r"[/\\]", name)[-1].removesuffix(".py")
    return re.sub(r"[^A-Za-z0-9_-]+", "-", last).strip("-") or "paper"


def by_paper(names: Sequence[str], claims: Sequence[Claim]) -> list[tuple[str, list[Claim]]]:
    """The claims of each paper, in order; ``names`` gives the paper of each claim."""
    order = list(dict.fromkeys(names))
    pairs = sorted(zip(names, claims, strict=True), key=lambda pair: order.index(pair[0]))
    return [(name, [c for _, c in group]) for name, group in groupby(pairs, key=lambda pair: pair[0])]
