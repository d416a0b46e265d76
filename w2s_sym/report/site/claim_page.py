"""The page of one claim."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence

from w2s_sym.claims.chain import Chain
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.results import Result
from w2s_sym.report.html import cards, markup
from w2s_sym.report.html.markup import escape
from w2s_sym.report.site import frame
from w2s_sym.report.site.glossary import anchor
from w2s_sym.report.site.places import GLOSSARY, GRAPH, SiteMap, link
from w2s_sym.report.titles import title_of


def claim_page(
    result: Result, chains: Sequence[Chain], results: Mapping[str, Result], used_by: Sequence[str], places: SiteMap
) -> str:
    """The whole page: statement, where it holds, axioms, proof, numbers, rivals, and what stands below and above."""
    claim = result.claim
    here = places.claims[claim.id]
    paper = claim.source.key
    body = "".join(_parts(result, chains, results, used_by, places))
    return frame.whole_page(here, f"{title_of(claim.name)} ({paper})", ((paper, places.papers[paper]),), body)


def _parts(
    result: Result, chains: Sequence[Chain], results: Mapping[str, Result], used_by: Sequence[str], places: SiteMap
) -> Iterator[str]:
    claim = result.claim
    here = places.claims[claim.id]
    to = _linked(here, places)
    yield f"<h1>{escape(title_of(claim.name))}</h1>"
    words = f"{frame.linked_word(result, here)} {frame.mark_of_failure(result)} {cards.code(claim.id)}"
    yield f'<p class="w2s-under">{words} {markup.soft(claim.kind)}</p>'
    yield cards.sentence(claim) + cards.statement(claim)
    if not result.holds and not result.skipped:
        yield f'<p class="w2s-problem">It does not hold: {escape(result.why())}</p>'
    for name in result.fallen:
        yield f'<p class="w2s-problem">It rests on {to(name)}, which does not hold.</p>'
    for failure in result.failures:
        yield f'<p class="w2s-problem">Its {escape(failure.kind)} gave no finding: {escape(failure.message)}</p>'
    yield f'<h2 id="where">Where it holds</h2>{cards.facts(claim, to)}'
    if result.standing.verdict == "PROVED":
        yield f'<h2 id="axioms">{_term(here, "axiom", "Axioms")}</h2>'
        yield cards.axioms(result, to) or "<p>None: the proof rests on exact algebra and on claims that are proved.</p>"
        if result.standing.judge:
            why = result.opinion["reason"].rstrip(".") if result.opinion["answer"] not in ("accepted", "absent") else ""
            yield f"<p>The proof was {escape(result.standing.judge + (f': {why}' if why else ''))}.</p>"
    if chains:
        yield '<h2 id="proof">Proof</h2>'
        yield "".join(markup.steps(c.kind, c.lines, c.problem, unfolded=True) for c in chains)
    yield f'<h2 id="numbers">Evidence</h2>{cards.findings(result.findings)}'
    wrong = cards.rivals(claim, None if result.skipped else result.surviving_rivals)
    if wrong:
        yield f'<h2 id="rivals">{_term(here, "rival", "Wrong alternatives")}</h2>{wrong}'
    yield f'<h2 id="rests">{_term(here, "rests on", "Rests on")}</h2>'
    yield _listed(claim.rests_on_ids, results, here, places)
    yield f'<h2 id="used">Used by</h2>{_listed(used_by, results, here, places)}'
    yield f'<p><a href="{html.escape(link(here, GRAPH, claim.id))}">Its place in the graph</a></p>'
    yield f'<h2 id="copy">Copy</h2>{_copies(claim)}'


def _linked(here: str, places: SiteMap) -> Callable[[str], str]:
    def to(name: str) -> str:
        path = places.claim(here, name)
        return f'<a href="{html.escape(path)}">{cards.code(name)}</a>' if path else cards.code(name)

    return to


def _term(here: str, term: str, words: str) -> str:
    return f'<a class="w2s-plain" href="{link(here, GLOSSARY, anchor(term))}">{words}</a>'


def _listed(names: Sequence[str], results: Mapping[str, Result], here: str, places: SiteMap) -> str:
    if not names:
        return "<p>No other claim.</p>"
    return '<ul class="w2s-list w2s-claims">' + "".join(entry(n, results, here, places) for n in names) + "</ul>"


def entry(name: str, results: Mapping[str, Result], here: str, places: SiteMap) -> str:
    """A claim in a list: its word, its title with a link, its sentence."""
    if name not in results:
        return f"<li>{cards.code(name)}</li>"
    result = results[name]
    path = html.escape(places.claim(here, name) or "")
    title = f'<a href="{path}">{escape(title_of(result.claim.name))}</a>'
    words = markup.prose(result.claim.sentence)
    return f"<li>{frame.linked_word(result, here)} {frame.mark_of_failure(result)} {title}<br>{words}</li>"


def _copies(claim: Claim) -> str:
    forms = (("LaTeX", claim.latex()), ("SymPy", str(claim.statement)), ("text", claim.words))
    rows = [
        (
            f'<label>{name}</label> <button type="button" data-copies="copy-{name}" hidden>copy</button>',
            f'<pre id="copy-{name}">{markup.escape(text)}</pre>',
        )
        for name, text in forms
    ]
    return markup.fact_list(rows)
