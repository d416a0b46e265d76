"""What every page of the site shares: its head, the way through the site, its foot."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from w2s_sym.claims.results import Result
from w2s_sym.report.html import markup
from w2s_sym.report.html.markup import badge, escape
from w2s_sym.report.site.glossary import anchor
from w2s_sym.report.site.places import GLOSSARY, GRAPH, INDEX, link, way_up
from w2s_sym.store.marks import HTML

# What a claim counts as, the strongest first: the groups of its standing.
GROUPS = ("PROVED", "PROVED, given facts", "AGREES", "REFUTED", "INCONCLUSIVE", "SKIPPED")


def whole_page(here: str, title: str, crumbs: Sequence[tuple[str, str]], body: str) -> str:
    """A whole page. ``crumbs`` are titles and paths of the pages above it; ``body`` is HTML with TeX in it."""
    ways = [("Ledger", INDEX), *crumbs]
    path = " / ".join(f'<a href="{html.escape(link(here, there))}">{escape(word)}</a>' for word, there in ways)
    more = " ".join(
        f'<a href="{link(here, there)}">{word}</a>' for word, there in (("Graph", GRAPH), ("Glossary", GLOSSARY))
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en" data-root="{way_up(here)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{HTML}\n<title>{html.escape(title)}</title>\n"
        f'<link rel="stylesheet" href="{way_up(here)}style.css">\n</head>\n<body class="w2s">\n'
        f'<header><nav aria-label="site"><span>{path}</span> <span>{more}</span></nav>{_search()}</header>\n'
        f"<main>\n{markup.with_mathml(body)}\n</main>\n"
        f'<script src="{way_up(here)}site.js"></script>\n</body>\n</html>\n'
    )


def _search() -> str:
    return (
        '<form class="w2s-find" role="search" hidden><label for="find">Search</label> '
        '<input id="find" type="search" autocomplete="off" placeholder="a claim, its formula, or a word"> '
        '<span id="found-count" class="w2s-soft" role="status"></span><ol id="found" hidden></ol></form>'
    )


def linked_word(result: Result, here: str) -> str:
    """The one word for a result, as a link to what it means."""
    group = result.standing.group
    meaning = link(here, GLOSSARY, anchor(group))
    return f'<a class="w2s-plain" href="{meaning}">{badge(result.standing.verdict, result.standing.short)}</a>'


def mark_of_failure(result: Result) -> str:
    """Said only where a claim does not hold: on a page where all hold, that word on each tells nothing."""
    return "" if result.holds else badge("SKIPPED", "skipped") if result.skipped else badge("FAILS", "does not hold")


def paragraphs(text: str) -> str:
    """The paragraphs of a docstring: names of code as code, what stands between stars emphasised."""
    return "".join(f"<p>{_docstring(' '.join(p.split()))}</p>" for p in text.split("\n\n") if p.strip())


_MARKED = re.compile(r":\w+:`~?([^`]+)`|``([^`]+)``|\*([^*\s][^*]*)\*")


def _docstring(text: str) -> str:
    told, end = "", 0
    for found in _MARKED.finditer(text):
        told += markup.prose(text[end : found.start()])
        told += f"<em>{escape(found[3])}</em>" if found[3] else f"<code>{escape(found[1] or found[2])}</code>"
        end = found.end()
    return told + markup.prose(text[end:])
