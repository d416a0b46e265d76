"""HTML fragments from plain data: formulas, sentences, tables, cards.

Whatever comes in as text goes out escaped. A formula is TeX between dollars: Jupyter typesets it, and keeps it where it
does not trust a notebook and takes out MathML and styles. A page of its own, which has no script to typeset with, is
passed through :func:`with_mathml` as a whole.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from w2s_sym.formula.relations import relation_latex
from w2s_sym.formula.sentences import significant
from w2s_sym.formula.tex import shown_pieces
from w2s_sym.report.html.mathml import has_mathml, pieces

if TYPE_CHECKING:
    from w2s_sym.claims.chain import Line

_MARKS = {"PROVED": "✓", "AGREES": "≈", "REFUTED": "✗", "INCONCLUSIVE": "?", "SKIPPED": "–", "HOLDS": "✓", "FAILS": "✗"}


def escape(text: object) -> str:
    """The text as HTML that shows it, quotes included; not for attributes.

    Typesetting looks for its delimiters within one stretch of text. A dollar or backslash alone in an element is none.
    """
    return re.sub(r"[$\\]", r"<span>\g<0></span>", html.escape(str(text), quote=True))


# An untrusted notebook has lost the style sheet, but not what elements say of themselves.
_BOX = "display:inline-block;max-width:100%;overflow-x:auto;overflow-y:hidden;vertical-align:middle"
_LEFT = "text-align:left"

# -- formulas -------------------------------------------------------------------------------------------------

_TEX = re.compile(r'<span class="w2s-tex">(\$\$?)([^<]*)\1</span>')


def math(latex: str, display: bool = False) -> str:
    """A formula as TeX, in the line or (``display``) in a box of its own that scrolls when it is too wide."""
    dollars = "$$" if display else "$"
    body = f'<span class="w2s-tex">{dollars}{html.escape(_without_end(latex))}{dollars}</span>'
    return f'<span class="w2s-eq" style="{_BOX}">{body}</span>' if display else body


def _without_end(latex: str) -> str:
    """The formula with dollars that would end it, those in no braces, escaped."""
    depth, told = 0, ""
    for token in re.findall(r"\\.|.", latex, re.DOTALL):
        depth += (token == "{") - (token == "}")
        told += r"\$" if token == "$" and depth <= 0 else token
    return told


def with_mathml(fragment: str) -> str:
    """The fragment with each formula as MathML, which needs no script; as it is where latex2mathml is not installed.

    A formula that it does not read stays TeX. One in a box of its own may be broken over lines.
    """

    def converted(found: re.Match[str]) -> str:
        return "<wbr>".join(pieces(html.unescape(found[2]), found[1] == "$$")) or found[0]

    return _TEX.sub(converted, fragment) if has_mathml() else fragment


# -- text -----------------------------------------------------------------------------------------------------


def prose(text: str) -> str:
    """A sentence with its formulas set; its words are shown as they are typed."""
    made: list[str] = []
    for part in shown_pieces(text):
        words, formula = part.text, part.formula
        # A line does not begin with what closes or ends the formula before it.
        end = re.match(r"[.,;:)\]]+", words) if made and not formula else None
        if end:
            made[-1] = f'<span class="w2s-tie">{made[-1]}{end[0]}</span>'
            words = words[end.end() :]
        made.append(math(words) if formula else escape(words))
    return "".join(made)


def value(data: object) -> str:
    """Plain JSON values: a mapping as titles beside values, what is flat inside of it in one line each.

    Floats have the digits that mean something (:func:`w2s_sym.formula.notation.significant`).
    """
    if isinstance(data, Mapping):
        return fact_list([(escape(k), _inner(v)) for k, v in data.items()]) if data else "none"
    return _inner(data)


def _inner(data: object) -> str:
    if not isinstance(data, (Mapping, list, tuple)):
        return escape(_told(data))
    parts = list(data.values()) if isinstance(data, Mapping) else list(data)
    if not isinstance(data, Mapping) and any(isinstance(v, (list, tuple)) for v in parts):
        return f"<code>{escape(json.dumps(_rounded(data)))}</code>"  # a table or a tree: as JSON has it
    if any(isinstance(v, (Mapping, list, tuple)) for v in parts):
        return value(data) if isinstance(data, Mapping) else items(map(_inner, parts))
    named = [f"{k} = {_told(v)}" for k, v in data.items()] if isinstance(data, Mapping) else map(_told, data)
    return escape(", ".join(named)) or "none"


def _told(data: object) -> str:
    return significant(data) if isinstance(data, float) else str(data)


def _rounded(data: object) -> object:
    if isinstance(data, Mapping):
        return {k: _rounded(v) for k, v in data.items()}
    if isinstance(data, (list, tuple)):
        return [_rounded(v) for v in data]
    return float(significant(data)) if isinstance(data, float) else data


def items(fragments: Iterable[str]) -> str:
    """A list of fragments."""
    return '<ul class="w2s-list">' + "".join(f"<li>{f}</li>" for f in fragments) + "</ul>"


def fact_list(pairs: Iterable[tuple[str, str]]) -> str:
    """Titles beside fragments; a pair whose fragment is empty is left out."""
    rows = "".join(f"<dt>{title}</dt><dd>{body}</dd>" for title, body in pairs if body)
    return f'<dl class="w2s-facts">{rows}</dl>'


def table(header: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """A table of fragments, in a box that scrolls when it is too wide."""
    cells = "".join(f'<th scope="col" style="{_LEFT}">{cell}</th>' for cell in header)
    head = f"<thead><tr>{cells}</tr></thead>" if header else ""
    body = "".join("<tr>" + "".join(f'<td style="{_LEFT}">{cell}</td>' for cell in row) + "</tr>" for row in rows)
    name = f"w2s-table {kind}".strip()
    return f'<div class="w2s-scroll"><table class="{name}">{head}<tbody>{body}</tbody></table></div>'


def badge(verdict: str, label: str = "") -> str:
    """A verdict (or HOLDS, FAILS) as a coloured word with a mark, so that colour is never the only sign."""
    name = verdict if verdict in _MARKS else "SKIPPED"
    return f'<span class="w2s-badge w2s-{name.lower()}">{_MARKS[name]}&nbsp;{escape(label or verdict)}</span>'


def soft(text: str) -> str:
    """Text of less weight, escaped."""
    return f'<span class="w2s-soft">{escape(text)}</span>'


def unfold(title: str, body: str, unfolded: bool = False) -> str:
    """A title that unfolds a fragment; no script is needed."""
    state = " open" if unfolded else ""
    return f'<details class="w2s-more"{state}><summary>{title}</summary>{body}</details>'


def steps(kind: str, lines: Sequence[Line], problem: str = "", unfolded: bool = False) -> str:
    """A chain that unfolds: lines with ``latex``, ``relation`` and ``reason``, or the ``problem`` with them."""
    if problem:
        return f'<p class="w2s-problem">The {escape(kind)}: a step fails: {escape(problem)}</p>'
    rows = "".join(
        f'<li><span class="w2s-rel">{math(relation_latex(line.relation)) if line.relation else ""}</span> '
        f"{math(line.latex, display=True)}"
        f'<div class="w2s-why">{prose(line.reason)}'
        f"{f': {math(line.gap_latex)}' if line.gap_latex else ''}</div></li>"
        for line in lines
    )
    count = len(lines) - 1
    title = f"The {escape(kind)}, step by step ({count} {'step' if count == 1 else 'steps'})"
    return unfold(title, f'<ol class="w2s-steps" start="0">{rows}</ol>', unfolded)


def card(title: str, body: str) -> str:
    """A framed fragment with a heading."""
    return f'<div class="w2s-card"><div class="w2s-head">{title}</div>{body}</div>'
