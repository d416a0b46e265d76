"""The page of one paper, or of the claims with one key."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.results import Result
from w2s_sym.formula.notation import latex, meaning
from w2s_sym.formula.tex import plain_sentence
from w2s_sym.papers.drawing import Drawing
from w2s_sym.papers.loading import Paper
from w2s_sym.report.html import cards, markup
from w2s_sym.report.html.markup import escape, math
from w2s_sym.report.latex.document import stem
from w2s_sym.report.site import frame
from w2s_sym.report.site.claim_page import entry
from w2s_sym.report.site.places import SiteMap, link, slug


def paper_page(
    key: str, papers: Sequence[Paper], results: Mapping[str, Result], places: SiteMap, drawings: Sequence[Drawing]
) -> str:
    """The whole page: what it is about, headline claims, sections, notation, figures."""
    here = places.papers[key]
    body = "".join(_parts(key, papers, results, places, drawings))
    return frame.whole_page(here, key, (), body)


def _parts(
    key: str, papers: Sequence[Paper], results: Mapping[str, Result], places: SiteMap, drawings: Sequence[Drawing]
) -> Iterator[str]:
    here = places.papers[key]
    mine = [r.claim for r in results.values() if r.claim.source.key == key]
    yield f"<h1>{escape(key)}</h1>"
    for source in dict.fromkeys(replace(c.source, locator="", trust="derived") for c in mine):
        yield f'<p class="w2s-under">{cards.reference(source)}</p>'
    for paper in papers:
        yield frame.paragraphs(paper.about)
    parts = [("Main claims", [c for p in papers for c in p.headlines if c in mine])]
    parts += [(title, [c for c in claims if c in mine]) for p in papers for title, claims in p.sections]
    told = {c.id for title, claims in parts[1:] for c in claims}
    parts.append(("Other claims" if told else "Claims", [c for c in mine if c.id not in told]))
    full = [(title, claims) for title, claims in parts if claims]
    figures = [d for d in drawings if any(p.name == d.paper for p in papers)]
    names = [title for title, _ in full] + ["Notation", *(["Figures"] if figures else [])]
    links = "".join(f'<li><a href="#part-{i}">{escape(title)}</a></li>' for i, title in enumerate(names, 1))
    yield f'<nav aria-label="on this page"><ul class="w2s-list w2s-toc">{links}</ul></nav>'
    for number, (title, claims) in enumerate(full, 1):
        entries = "".join(entry(c.id, results, here, places) for c in claims)
        yield f'<h2 id="part-{number}">{escape(title)}</h2><ul class="w2s-list w2s-claims">{entries}</ul>'
    yield f'<h2 id="part-{len(full) + 1}">Notation</h2>{notation(mine)}'
    if figures:
        yield f'<h2 id="part-{len(full) + 2}">Figures</h2>' + "".join(_figure(d, here) for d in figures)


def notation(claims: Sequence[Claim]) -> str:
    """Every letter of the claims that has a meaning, once: as it is printed, as it is typed, what it is."""
    letters: dict[tuple[str, str, str], sp.Symbol] = {}
    for claim in claims:
        for s in claim.letters:
            if meaning(s):
                letters.setdefault((latex(s), str(s), meaning(s)), s)
    order = sorted(letters, key=lambda row: (row[1].lower(), row[1], row[2]))
    rows = ((math(form), cards.code(name), markup.prose(words)) for form, name, words in order)
    return markup.table(("letter", "in Python", "what it is"), rows) if letters else "<p>No letters of its own.</p>"


def figure_path(drawing: Drawing) -> str:
    """Where the picture of a figure lies."""
    return f"figures/{slug(stem(drawing.paper))}-{slug(drawing.name)}.svg"


def _figure(drawing: Drawing, here: str) -> str:
    """The SVG goes in as an image, so that its ids cannot clash with the page's and nothing in it can run."""
    title = f"<h3>{markup.prose(drawing.title)}</h3>"
    if drawing.problem:
        return f'{title}<p class="w2s-problem">no figure: {escape(drawing.problem)}</p>'
    alt = html.escape(plain_sentence(f"{drawing.title}. {drawing.caption}"))
    image = f'<img alt="{alt}" src="{html.escape(link(here, figure_path(drawing)))}">'
    return f"{title}<figure>{image}<figcaption>{markup.prose(drawing.caption)}</figcaption></figure>"
