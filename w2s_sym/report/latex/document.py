"""A LaTeX document of what holds in a paper: notation, main theorems, the rest in an appendix. Nothing is verified."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import sympy as sp

from w2s_sym.claims.chain import Chain
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.results import Result, rival_latex
from w2s_sym.claims.source import Source
from w2s_sym.formula.latex_text import escape_latex
from w2s_sym.formula.notation import latex, meaning
from w2s_sym.formula.relations import relation_latex
from w2s_sym.papers.ledger import LedgerRun
from w2s_sym.papers.loading import Paper
from w2s_sym.report.latex.breaking import breakable, printed_width
from w2s_sym.report.latex.prose import latex_sentence
from w2s_sym.report.titles import title_of
from w2s_sym.store.marks import LATEX

_PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\usepackage{textcomp}
\usepackage{amsmath,amssymb,amsthm}
\usepackage[a4paper,margin=27mm]{geometry}
\usepackage{xcolor,graphicx,array,longtable}
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
\newtheoremstyle{wplain}{9pt plus 3pt}{3pt}{}{}{\bfseries}{.}{ }{\thmname{#1} \thmnumber{#2}\thmnote{ (#3)}}
\theoremstyle{wplain}
\newtheorem{theorem}{Theorem}
\newtheorem{lemma}[theorem]{Lemma}
\newtheorem{proposition}[theorem]{Proposition}
\newtheorem{observation}[theorem]{Observation}
\newcommand{\wfact}[1]{\par{\bfseries #1:}\enspace}
\newcommand{\wverdict}[3]{\par\hangindent=2em\hangafter=1 {\color{#1}\scshape #2}\enspace #3}
% Words with formulas in them, which break where TeX breaks them.
\newcommand{\wwords}{\rightskip=0pt plus 1fil}
\newcommand{\wrest}{\binoppenalty=10000 \relpenalty=10000 \rightskip=0pt plus 1fil}
"""

# How many characters wide a letter may be in its column of the notation.
LETTER = 20

_COLOURS = {Verdict.PROVED: "wgood", Verdict.AGREES: "wgood", Verdict.REFUTED: "wbad"}


def latex_document(
    name: str,
    claims: Sequence[Claim],
    ledger: LedgerRun,
    chains: Mapping[str, Sequence[Chain]],
    paper: Paper | None = None,
) -> str:
    """The LaTeX document of a paper's claims with the findings of a run that checked them.

    ``chains`` maps ids of claims to the lines of their derivations. Headlines of the ``paper`` are its main theorems,
    and its sections those of the appendix; without headlines every claim is a main theorem. It compiles with pdfLaTeX.
    Raises ``KeyError`` when the run or the chains lack one of the claims.
    """
    found = {r.claim.id: r for r in (*ledger.results, *ledger.cited)}
    sources = list(dict.fromkeys(c.source.at("", "derived") for c in claims))
    main, rest = _parts(claims, paper)
    order = [*main, *(c for _, some in rest for c in some)]
    numbers = {c.id: i for i, c in enumerate(order, 1)}
    kinds = _environments(order, main)
    mine = [found[c.id] for c in order]
    lines = [LATEX, _PREAMBLE, r"\begin{document}", *_front(name, mine, sources, ledger), "", *_notation(order)]
    lines += ["", r"\section{Main theorems}" if rest else r"\section{Theorems}"]

    def told(claim: Claim) -> Iterator[str]:
        yield ""
        yield from _section(found[claim.id], chains[claim.id], (kinds, numbers), sources)

    for claim in main:
        lines += told(claim)
    lines += ["", r"\appendix"]
    for title, some in rest:
        lines += ["", rf"\section{{{latex_sentence(title)}}}"]
        for claim in some:
            lines += told(claim)
    lines += ["", r"\section{All claims, with their verdicts}", *_overview(mine)]
    lines += ["", r"\begin{thebibliography}{99}\raggedright"]
    lines += [rf"\bibitem{{s{i}}} {_entry(s)}" for i, s in enumerate(sources, 1)]
    lines += [r"\end{thebibliography}", r"\end{document}", ""]
    return "\n".join(lines)


def _parts(claims: Sequence[Claim], paper: Paper | None) -> tuple[list[Claim], list[tuple[str, list[Claim]]]]:
    """The main claims, and the others by section, each claim once."""
    heads = paper.headlines if paper is not None else ()
    main = [c for c in heads if c in claims]
    if paper is None or not main:
        return list(claims), []
    left = [c for c in claims if c not in main]
    rest = [(title, [c for c in some if c in left]) for title, some in paper.sections]
    placed = {c.id for _, some in rest for c in some}
    rest.append(("Lemmas and further results", [c for c in left if c.id not in placed]))
    return main, [(title, some) for title, some in rest if some]


def _environments(claims: Sequence[Claim], main: Sequence[Claim]) -> dict[str, str]:
    """For each claim what it is called: a lemma is one that another claim rests on."""
    used = {name for c in claims for name in c.rests_on_ids}
    chief = {c.id for c in main}

    def kind(claim: Claim) -> str:
        if claim.kind == "observation":
            return "observation"
        return "theorem" if claim.id in chief else "lemma" if claim.id in used else "proposition"

    return {c.id: kind(c) for c in claims}


def _notation(claims: Sequence[Claim]) -> Iterator[str]:
    """Every letter of the claims that has a meaning, once."""
    letters = {
        (latex(s), meaning(s)): (str(s).lower(), str(s), meaning(s)) for c in claims for s in c.letters if meaning(s)
    }
    if not letters:
        return
    yield r"\section{Notation}"
    yield r"{\small\wrest\begin{longtable}{@{}>{\raggedright\arraybackslash}p{.28\linewidth}"
    yield r"@{\quad}>{\raggedright\arraybackslash}p{.66\linewidth}@{}}"
    for shown, words in sorted(letters, key=lambda row: letters[row]):
        # What is wider than its column has a row of its own, with its meaning after it.
        told = rf"${shown}$ & {latex_sentence(words)}"
        if printed_width(shown) > LETTER:
            cell = rf"\raggedright ${shown}$:\quad {latex_sentence(words)}"
            told = rf"\multicolumn{{2}}{{@{{}}p{{.97\linewidth}}@{{}}}}{{{cell}}}"
        yield rf"{told} \\"
    yield r"\end{longtable}}"


def _front(name: str, results: Sequence[Result], sources: Sequence[Source], ledger: LedgerRun) -> Iterator[str]:
    """The title, and what was checked how."""
    single = sources[0] if len(sources) == 1 else None
    title = (
        rf"What holds in \emph{{{escape_latex(single.title)}}}" if single else rf"What holds in {escape_latex(name)}"
    )
    by = f"after {len(sources)} sources"
    if single:
        by = rf"The claims of {escape_latex(single.authors)} ({single.year}) \cite{{s1}}, derived and checked"
    total, good = len(results), sum(r.holds for r in results)
    yield rf"\begin{{center}}{{\Large\bfseries {title}\par}}\medskip {by}\end{{center}}"
    yield r"\begin{abstract}\noindent"
    yield (
        f"{total} {'claim' if total == 1 else 'claims'}, of which {good} "
        f"{'holds' if good == 1 else 'hold'} (\\texttt{{{ledger.effort}}} effort, seed {ledger.seed}). "
        r"\textsc{Proved}: a chain of checked steps, or an exact witness. \textsc{Agrees}: evaluated exactly or to "
        "certified digits, or simulated, with the wrong formulas beside it refuted. Where a proof rests on what only "
        "agrees, it is proved given that, and says so."
    )
    yield r"\end{abstract}"


def _entry(source: Source) -> str:
    arxiv = rf"\texttt{{arXiv:{escape_latex(source.arxiv)}}}" if source.arxiv else ""
    place = ", ".join(x for x in (escape_latex(source.venue), arxiv) if x)
    entry = rf"{escape_latex(source.authors)} ({source.year}). \emph{{{escape_latex(source.title)}}}."
    return f"{entry} {place}." if place else entry


def _heading(claim: Claim) -> str:
    return escape_latex(title_of(claim.name))


def _overview(results: Sequence[Result]) -> Iterator[str]:
    """The table of all claims with their verdicts."""
    yield r"\begin{longtable}{@{}r@{\enspace}p{.66\linewidth}@{\enspace}l@{}}"
    yield r"\hline\noalign{\smallskip}\endhead\noalign{\smallskip}\hline\endfoot"
    for number, result in enumerate(results, 1):
        words = _state(result)
        colour = "wgood" if result.holds else "wbad"
        state = words if result.holds or result.skipped else "does not hold"
        yield (
            rf"\ref{{c{number}}} & \hyperref[c{number}]{{{_heading(result.claim)}}} & "
            rf"{{\footnotesize\color{{{colour}}}{state}}} \\"
        )
    yield r"\end{longtable}"


def _state(result: Result) -> str:
    """The verdicts of the evidence in small letters; a proof says how many facts it is given."""
    words = (result.standing.short if f.verdict is result.standing.verdict else str(f.verdict) for f in result.findings)
    return "; ".join(dict.fromkeys(word.lower() for word in words))


def _section(
    result: Result,
    chains: Sequence[Chain],
    labels: tuple[Mapping[str, str], Mapping[str, int]],
    sources: Sequence[Source],
) -> Iterator[str]:
    """All of one claim: the theorem with what it requires, its derivations, its findings."""
    claim, (kinds, numbers) = result.claim, labels
    kind = kinds[claim.id]
    yield rf"\begin{{{kind}}}[{_heading(claim)}]\label{{c{numbers[claim.id]}}}"
    yield rf"{{\wwords {latex_sentence(claim.sentence)}\par}}"
    yield rf"\wformula{{{breakable(claim.latex())}}}"
    yield from _requires(claim)
    yield rf"\end{{{kind}}}"
    yield from _derivations(chains)
    yield r"{\small\wrest\par\smallskip"
    yield from _verdicts(result)
    yield from _foundations(claim, labels, sources)
    yield r"\par}"
    if claim.remark:
        yield rf"{{\small\wwords\wfact{{Remark}}{latex_sentence(claim.remark)}\par}}"


def _requires(claim: Claim) -> Iterator[str]:
    """Where a claim holds, and what is given."""
    yield rf"{{\small\wrest\wfact{{Requires}}{'; '.join(_where(claim)) or 'nothing: there are no letters'}."
    if claim.witness is not None:
        told = ", ".join(
            f"${breakable(f'{latex(s)} = {latex(sp.sympify(v, strict=True))}')}$" for s, v in claim.witness.items()
        )
        yield rf"\wfact{{Witness}}{told}."
    for equation in claim.given:
        bracket = ""
        if equation.bracket is not None:
            low, high = map(latex, equation.bracket)
            bracket = rf" with ${low} < {latex(equation.unknown)} < {high}$"
        yield rf"\wfact{{Given}}${breakable(equation.latex())}$, which defines ${latex(equation.unknown)}${bracket}."
    yield r"\par}"


def _foundations(
    claim: Claim, labels: tuple[Mapping[str, str], Mapping[str, int]], sources: Sequence[Source]
) -> Iterator[str]:
    """What a claim rests on, and where it is from."""
    kinds, numbers = labels
    rests = [
        rf"\hyperref[c{numbers[i]}]{{{kinds[i].capitalize()} \ref*{{c{numbers[i]}}}}}"
        if i in numbers
        else rf"\texttt{{{escape_latex(i)}}}"
        for i in claim.rests_on_ids
    ]
    yield rf"\wfact{{Rests on}}{', '.join(rests) or 'no other claim'}."
    cited = sources.index(claim.source.at("", "derived")) + 1
    locator = escape_latex(claim.source.locator)
    told = f"{', ' + locator if locator else ''} ({escape_latex(claim.source.standing)})"
    yield rf"\wfact{{Source}}\cite{{s{cited}}}{told}. \texttt{{{escape_latex(claim.id)}}}"


def _verdicts(result: Result) -> Iterator[str]:
    """What the evidence found, and which rivals it refuted."""
    for finding in result.findings:
        colour = _COLOURS.get(finding.verdict, "wopen")
        said = f"{escape_latex(finding.kind)}: {escape_latex(_in_words(finding.summary))}"
        yield rf"\wverdict{{{colour}}}{{{str(finding.verdict).lower()}}}{{{said}}}"
    for failure in result.failures:
        yield rf"\wverdict{{wbad}}{{no finding}}{{{escape_latex(failure.kind)}: {escape_latex(failure.message)}}}"
    whole = result.standing
    if whole.verdict is Verdict.PROVED and whole.axioms:
        axioms = ", ".join(rf"\texttt{{{escape_latex(name)}}}" for name in whole.axioms)
        yield rf"\wfact{{In all}}{escape_latex(whole.word.replace('PROVED', 'proved', 1))}: {axioms}."
    if not result.holds and not result.skipped:
        yield rf"\wverdict{{wbad}}{{does not hold}}{{{escape_latex(result.why())}}}"
    if result.claim.rivals:
        standing = () if result.skipped else result.surviving_rivals
        word = "Untried" if result.skipped else "Tried" if standing else "Refuted"
        shown = [
            f"${breakable(rival_latex(r))}$" + (" (not refuted)" if i in standing else "")
            for i, r in enumerate(result.claim.rivals)
        ]
        yield rf"\wfact{{{word} alternatives}}{'; '.join(shown)}."


_COUNTED = re.compile(r"(\d+) of (\d+) (rivals|mutants) refuted")
_WORDS = {"rivals": "wrong alternative", "mutants": "formula changed in one place"}


def _in_words(summary: str) -> str:
    """A summary whose counts of what was refuted are words: no reader of a paper knows what a rival is."""

    def told(found: re.Match[str]) -> str:
        refuted, total, one = int(found[1]), int(found[2]), _WORDS[found[3]]
        many = one.replace("formula ", "formulas ") if found[3] == "mutants" else f"{one}s"
        if total == 1:
            return f"the {one} is {'' if refuted else 'not '}refuted"
        return f"{'all' if refuted == total else f'{refuted} of'} {total} {many} are refuted"

    return _COUNTED.sub(told, summary)


def _where(claim: Claim) -> Iterator[str]:
    for s, bound, kind in claim.domain.legend():
        shown = latex(s) if bound is None else bound.latex()
        yield f"${shown}$" + ("" if kind == "real" and bound is not None else f" {kind}")
    for condition in claim.domain.conditions:
        yield f"${breakable(condition.latex())}$"
    if claim.domain.points:
        yield f"at {len(claim.domain.points)} listed points only"


def _derivations(chains: Sequence[Chain]) -> Iterator[str]:
    for chain in chains:
        if chain.lines:
            yield rf"\wfact{{{'Proof' if chain.kind == 'derivation' else escape_latex(chain.kind)}}}\par\nopagebreak"
        for number, line in enumerate(chain.lines):
            sign = r"\iff" if line.relation == "iff" else relation_latex(line.relation)
            reason = latex_sentence(line.reason)
            # Whole beside its line or below it; what is longer than a line is a paragraph.
            reason = (
                rf"\mbox{{{reason}}}" if len(line.reason) <= 75 else rf"\parbox{{.8\linewidth}}{{\raggedleft {reason}}}"
            )
            yield rf"\wstep{{{sign if number else ''}}}{{{breakable(line.latex)}}}{{{reason}}}"
            if line.gap_latex:
                yield rf"\wstep{{}}{{{breakable(line.gap_latex)}}}{{\mbox{{the difference of the last two lines}}}}"
        if chain.problem:
            yield rf"\wverdict{{wbad}}{{a step fails}}{{{escape_latex(chain.problem)}}}"


def stem(name: str) -> str:
    """The name of a paper's files: that of an installed paper, or of a user's file without its folder and ending."""
    last = re.split(r"[/\\]", name)[-1].removesuffix(".py")
    return re.sub(r"[^A-Za-z0-9_-]+", "-", last).strip("-") or "paper"


def by_paper(names: Sequence[str], claims: Sequence[Claim]) -> list[tuple[str, list[Claim]]]:
    """The claims of each paper, in order; ``names`` gives the paper of each claim."""
    order = list(dict.fromkeys(names))
    pairs = sorted(zip(names, claims, strict=True), key=lambda pair: order.index(pair[0]))
    return [(name, [c for _, c in group]) for name, group in groupby(pairs, key=lambda pair: pair[0])]
