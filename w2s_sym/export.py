r"""LaTeX of claims: a document that compiles, and macros that a paper of one's own can ``\input``.

Both are functions of what they are given; nothing is verified here. Beside each macro stands the exact text form of
its statement with the assumptions of its symbols, which :func:`read_back` reads.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import sympy as sp

from w2s_sym.breaking import breakable
from w2s_sym.claim import Claim, Iff, Source, Statement, Verdict, side_latex
from w2s_sym.formulas import FormulaError, read_statement, write_statement
from w2s_sym.ledger import Checked, Outcome, chains
from w2s_sym.notation import latex, meaning, segments

# -- text -----------------------------------------------------------------------------------------------------

_SPECIAL = {c: rf"\{c}" for c in "#$%&_{}"} | {
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
}
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξπρστυφχψω",
        "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi "
        "pi rho sigma tau upsilon varphi chi psi omega".split(),
        strict=True,
    )
) | dict(zip("ΓΔΘΛΞΠΣΥΦΨΩ", "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(), strict=True))
_MATHS = {
    "≤": r"\le",
    "≥": r"\ge",
    "≠": r"\ne",
    "−": "-",
    "×": r"\times",
    "·": r"\cdot",
    "→": r"\to",
    "∞": r"\infty",
    "√": r"\surd",
    "∈": r"\in",
    "±": r"\pm",
    "²": "^2",
    "³": "^3",
    "∩": r"\cap",
    "∪": r"\cup",
}
_TYPED = {"–": "--", "—": "---", "‘": "`", "’": "'", "“": "``", "”": "''", "…": r"\dots{}", "\u00a0": "~"}
# Letters beyond Latin-1 that the T1 encoding has.
_T1 = frozenset("ĂăĄąĆćČčĎďĐđĘęĚěĞğĹĺĽľŁłŃńŇňŐőŔŕŘřŚśŞşŠšŤťŢţŮůŰűŸŹźŻżŽžŒœ")


def escape(text: str) -> str:
    """Text as LaTeX: special characters escaped, letters that pdfLaTeX lacks replaced, overlong words breakable."""
    words = re.split(r"(\s+)", text)
    return "".join(" " if w.isspace() else _word(w) for w in words)


def _word(word: str) -> str:
    pieces = []
    for position, letter in enumerate(word):
        pieces.append(_letter(letter))
        if (letter in "_/" and len(word) > 20) or (position % 20 == 19 and len(word) > 40):
            pieces.append(r"\allowbreak{}")
    return "".join(pieces)


def _letter(letter: str) -> str:
    if letter in _SPECIAL:
        return _SPECIAL[letter]
    if letter.isascii():
        return letter if letter.isprintable() else ""
    if letter in _GREEK or letter in _MATHS:
        return rf"\ensuremath{{{_MATHS.get(letter) or chr(92) + _GREEK[letter]}}}"
    if letter in _TYPED:
        return _TYPED[letter]
    if letter in _T1 or "À" <= letter <= "ÿ":
        return letter
    plain = "".join(c for c in unicodedata.normalize("NFKD", letter) if c.isascii() and c.isprintable())
    return "".join(_SPECIAL.get(c, c) for c in plain) or f"[U+{ord(letter):04X}]"


def prose(text: str, symbols: Sequence[sp.Symbol], blocks: Mapping[str, str] | None = None) -> str:
    """A sentence as LaTeX, with the names of the symbols (and of matrix blocks) in it as mathematics."""
    out = []
    names = "|".join(sorted(map(re.escape, blocks or {}), key=len, reverse=True))
    for piece, is_math in segments(" ".join(text.split()), symbols):
        if is_math:
            out.append(f"${piece}$")
        elif names:
            cut = re.split(rf"(?<![\w'])({names})(?![\w'])", piece)
            out += [f"${(blocks or {})[p]}$" if i % 2 else escape(p) for i, p in enumerate(cut)]
        else:
            out.append(escape(piece))
    return "".join(out)


# -- macros ---------------------------------------------------------------------------------------------------

_DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")

_HEADER = r"""% Formulas of {name}, one \newcommand each; for math mode, with amsmath and amssymb.
%
% \input this file in the preamble. A formula's macro is named after its claim: the letters of the paper's key, then
% the name with its words capitalised. So that no two names meet, a digit is Z and its word, a z that starts a word is
% Zz, and an underscore that starts no word is Zu. \state... is the whole statement, \... its right-hand side.
%
% The comment lines hold the statement in a form that w2s_sym.export.read_back reads exactly: "reads" is its text,
% "where" the assumptions of its symbols.
"""


def macro_name(claim: Claim) -> str:
    """The name of the macro of a claim's formula, without the backslash: letters only, one-to-one for one paper."""
    key = "".join(c for c in claim.source.key if c.isascii() and c.isalpha()) or "Paper"
    out = []
    for match in re.finditer(r"_?[a-z]|_|\d", f"_{claim.name}"):
        token = match[0]
        if token.isdigit():
            out.append("Z" + _DIGITS[int(token)])
        elif token == "_":
            out.append("Zu")
        else:
            out.append(token if len(token) == 1 else "Zz" if token == "_z" else token[1].upper())
    return key[0].upper() + key[1:].lower() + "".join(out)


def macros(name: str, claims: Sequence[Claim]) -> str:
    """The macro file of a paper's claims."""
    lines = [_HEADER.replace("{name}", name)]
    for claim in claims:
        lines.append(f"% claim {claim.id}")
        try:
            lines.append(f"% reads {write_statement(claim.statement)}")
            lines += [f"% where {_assumptions(s)}" for s in _involved(claim)]
        except FormulaError as problem:
            lines.append(f"% has no exact text: {problem}")
        macro = macro_name(claim)
        if not isinstance(claim.statement, Iff):
            lines.append(rf"\newcommand{{\{macro}}}{{{latex(claim.statement.rhs)}}}")
        lines.append(rf"\newcommand{{\state{macro}}}{{{claim.latex()}}}")
        lines.append("")
    return "\n".join(lines)


def _involved(claim: Claim) -> list[sp.Symbol]:
    lhs: Any = getattr(claim.statement, "lhs", None)
    own = set() if lhs is None or isinstance(lhs, sp.Expr) else {lhs.symbol}
    return sorted(claim.statement.free_symbols | own, key=lambda s: str(s.name))


def _assumptions(s: sp.Symbol) -> str:
    import json

    told = s._assumptions_orig if hasattr(s, "_assumptions_orig") else s.assumptions0
    return json.dumps([s.name, {k: v for k, v in sorted(told.items()) if v is not None}], ensure_ascii=True)


def read_back(text: str) -> dict[str, Statement]:
    """The statements of a macro file by claim id, rebuilt from its comment lines; quantities are plain symbols.

    Raises :class:`FormulaError` when a line is no formula.
    """
    import json

    found: dict[str, Statement] = {}
    claim, reads, symbols = "", "", []
    for line in [*text.splitlines(), "% claim "]:
        if line.startswith("% claim "):
            if reads:
                found[claim] = read_statement(reads, symbols)
            claim, reads, symbols = line.removeprefix("% claim "), "", []
        elif line.startswith("% reads "):
            reads = line.removeprefix("% reads ")
        elif line.startswith("% where "):
            name, told = json.loads(line.removeprefix("% where "))
            symbols.append(sp.Symbol(name, **told))
    return found


# -- the document ---------------------------------------------------------------------------------------------

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
\newcommand{\wtitle}[1]{\raggedright #1}
\newcommand{\wrest}{\binoppenalty=10000 \relpenalty=10000 \rightskip=0pt plus 1fil}
"""

_COLOURS = {Verdict.PROVED: "wgood", Verdict.AGREES: "wgood", Verdict.REFUTED: "wbad"}


def document(name: str, claims: Sequence[Claim], outcome: Outcome) -> str:
    """The LaTeX document of a paper's claims with the findings of an outcome that checked them.

    It compiles with pdfLaTeX. Raises ``KeyError`` when the outcome lacks one of the claims.
    """
    found = {c.result.claim.id: c for c in outcome.claims}
    sources = list(dict.fromkeys(c.source.at("", "derived") for c in claims))
    numbers = {c.id: i for i, c in enumerate(claims, 1)}
    single = sources[0] if len(sources) == 1 else None
    title = escape(single.title) if single else rf"The claims of \texttt{{{escape(name)}}}"
    by = f"The claims of {escape(single.authors)} ({single.year}), checked" if single else "Classical facts, checked"
    if single is None:
        by = f"after {len(sources)} sources"
    good = sum(found[c.id].holds for c in claims)
    lines = [
        _PREAMBLE,
        r"\begin{document}",
        rf"\begin{{center}}{{\Large\bfseries {title}\par}}\medskip {by}\end{{center}}",
        r"\medskip",
        f"{len(claims)} {'claim' if len(claims) == 1 else 'claims'}, of which {good} "
        f"{'holds' if good == 1 else 'hold'} (\\texttt{{{outcome.effort}}} effort, seed {outcome.seed}). "
        r"\textsc{Proved}: a chain of checked steps, or an exact witness. \textsc{Agrees}: evaluated exactly or to "
        "certified digits, or simulated, with the wrong formulas beside it refuted. Each proof is relative to what the claim rests on.",
        "",
        *_table(claims, found),
    ]
    for claim in claims:
        lines += ["", *_section(claim, found[claim.id], numbers, sources)]
    lines += ["", r"\begin{thebibliography}{99}\raggedright"]
    lines += [rf"\bibitem{{s{i}}} {_entry(s)}" for i, s in enumerate(sources, 1)]
    lines += [r"\end{thebibliography}", r"\end{document}", ""]
    return "\n".join(lines)


def _entry(source: Source) -> str:
    place = ", ".join(
        x for x in (escape(source.venue), rf"\texttt{{arXiv:{escape(source.arxiv)}}}" if source.arxiv else "") if x
    )
    return rf"{escape(source.authors)} ({source.year}). \emph{{{escape(source.title)}}}.{' ' + place + '.' if place else ''}"


def _heading(claim: Claim) -> str:
    words = claim.name.strip("_").replace("_", " ")
    return escape(words[:1].upper() + words[1:])


def _table(claims: Sequence[Claim], found: Mapping[str, Checked]) -> Iterator[str]:
    yield r"\begin{longtable}{@{}r@{\enspace}>{\raggedright\arraybackslash}p{.66\linewidth}@{\enspace}l@{}}".replace(
        r">{\raggedright\arraybackslash}", ""
    )
    yield r"\hline\noalign{\smallskip}\endhead\noalign{\smallskip}\hline\endfoot"
    for number, claim in enumerate(claims, 1):
        checked = found[claim.id]
        words = ", ".join(dict.fromkeys(str(f.verdict).lower() for f in checked.result.findings))
        colour = "wgood" if checked.holds else "wbad"
        state = words if checked.holds else "does not hold"
        yield (
            rf"{number} & {{\raggedright\hyperref[c{number}]{{{_heading(claim)}}}\par}} & "
            rf"{{\footnotesize\color{{{colour}}}{state}}} \\"
        )
    yield r"\end{longtable}"


def _section(claim: Claim, checked: Checked, numbers: Mapping[str, int], sources: Sequence[Source]) -> Iterator[str]:
    symbols = (*claim.domain.symbols, *(e.unknown for e in claim.given))
    yield rf"\section{{\wtitle{{{_heading(claim)}}}}}\label{{c{numbers[claim.id]}}}"
    yield rf"{{\wrest {prose(claim.sentence, symbols)}\par}}"
    yield rf"\wformula{{{breakable(claim.latex())}}}"
    where = [*_where(claim)]
    yield rf"{{\small\wrest\wfact{{where}}{'; '.join(where) or 'there are no symbols'}."
    if claim.witness is not None:
        told = ", ".join(f"${latex(s)} = {latex(sp.sympify(v, strict=True))}$" for s, v in claim.witness.items())
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
    yield from _derivations(claim, symbols)
    yield rf"{{\small\wrest\par\smallskip"
    for finding in checked.result.findings:
        colour = _COLOURS.get(finding.verdict, "wopen")
        yield rf"\wverdict{{{colour}}}{{{str(finding.verdict).lower()}}}{{{escape(finding.kind)}: {escape(finding.summary)}}}"
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
    bounds = {c.lhs: c for c in claim.domain.assumptions()}
    for s in claim.domain.symbols:
        shown = bounds[s].latex() if s in bounds else latex(s)
        kind = " whole" if s.is_integer else "" if s in bounds else " real"
        yield f"${shown}${kind}" + (f", {prose(meaning(s), ())}" if meaning(s) else "")
    for condition in claim.domain.conditions:
        yield f"${breakable(condition.latex())}$"
    if claim.domain.points:
        yield f"at {len(claim.domain.points)} listed points only"


def _derivations(claim: Claim, symbols: Sequence[sp.Symbol]) -> Iterator[str]:
    for chain in chains(claim):
        if chain.lines:
            yield rf"\wfact{{{escape(chain.kind)}}}\par\nopagebreak"
        for number, line in enumerate(chain.lines):
            blocks = {b.name: b.latex() for s in getattr(line, "samples", ()) for b in getattr(s, "blocks", ())}
            sign = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne", "iff": r"\iff"}.get(line.relation, line.relation)
            reason = prose(line.reason, symbols, blocks)
            yield rf"\wstep{{{sign if number else ''}}}{{{breakable(line.latex)}}}{{{reason}}}"
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
