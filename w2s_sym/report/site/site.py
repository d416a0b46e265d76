"""All pages of the site of a ledger, as texts by their paths."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from w2s_sym import __version__
from w2s_sym.claims.chain import Chain
from w2s_sym.claims.results import Result
from w2s_sym.papers.drawing import Drawing
from w2s_sym.papers.ledger import LedgerRun
from w2s_sym.papers.loading import Paper
from w2s_sym.report.html import markup
from w2s_sym.report.html.markup import badge, escape
from w2s_sym.report.html.mathml import has_mathml
from w2s_sym.report.html.style import PAGE, STYLE
from w2s_sym.report.site import frame, graph
from w2s_sym.report.site.claim_page import claim_page, entry
from w2s_sym.report.site.frame import GROUPS
from w2s_sym.report.site.glossary import TERMS, anchor
from w2s_sym.report.site.paper_page import figure_path, paper_page
from w2s_sym.report.site.places import GLOSSARY, GRAPH, INDEX, SiteMap, link
from w2s_sym.report.site.scripts import PROGRAM, search_data
from w2s_sym.report.titles import title_of
from w2s_sym.store.fingerprints import commit, versions
from w2s_sym.store.marks import DRAWING, SCRIPT

ADVICE = "formulas are shown as LaTeX source; pip install 'w2s-sym[report]' sets them as mathematics"


@dataclass
class Pages:
    """The pages of the site of a run, each written when it is asked for.

    ``papers`` are those of the claims, as far as they are loaded; ``chains`` are the lines of derivations, by id. The
    texts depend on these, the versions of what computes and the commit only.
    """

    outcome: LedgerRun
    papers: Sequence[Paper]
    chains: Mapping[str, Sequence[Chain]]
    drawings: Sequence[Drawing] = ()

    def __post_init__(self) -> None:
        self.results = {r.claim.id: r for r in (*self.outcome.results, *self.outcome.cited)}
        self.places = SiteMap.of(self.results)
        self.used: dict[str, list[str]] = {name: [] for name in self.results}
        for name, result in self.results.items():
            for below in result.claim.rests_on_ids:
                if below in self.used:
                    self.used[below].append(name)
        keys = self.places.papers
        self.of_key = {k: [p for p in self.papers if any(c.source.key == k for c in p.claims)] for k in keys}
        self.claim_at = {path: name for name, path in self.places.claims.items()}
        self.key_at = {path: key for key, path in keys.items()}

    @property
    def paths(self) -> tuple[str, ...]:
        """Where the pages lie: the papers first, which take longest."""
        return (*self.key_at, INDEX, GRAPH, GLOSSARY, *self.claim_at)

    def page(self, path: str) -> str:
        """The text of one page."""
        if path in self.claim_at:
            name = self.claim_at[path]
            return claim_page(self.results[name], self.chains.get(name, ()), self.results, self.used[name], self.places)
        if path in self.key_at:
            key = self.key_at[path]
            return paper_page(key, self.of_key[key], self.results, self.places, self.drawings)
        if path == INDEX:
            return _index(self.outcome, self.of_key, self.results, self.places)
        return _glossary() if path == GLOSSARY else _graph(self.results, self.places)

    def rest(self) -> dict[str, str]:
        """The files beside the pages: figures, what the search finds, the script and the style."""
        places, results = self.places, self.results
        files = {figure_path(d): f"{DRAWING}\n{d.svg}" for d in self.drawings if d.svg}
        told = [(places.claims[n], n, r.claim.words, r.standing.short, r.claim.sentence) for n, r in results.items()]
        words = [(link(INDEX, GLOSSARY, anchor(term)), term, what, "glossary", "") for term, what in TERMS.items()]
        files["claims.js"] = search_data(told + words)
        files["site.js"] = PROGRAM
        files["style.css"] = f"{SCRIPT}\n{STYLE}{PAGE}"
        return files


def site(
    outcome: LedgerRun,
    papers: Sequence[Paper],
    chains: Mapping[str, Sequence[Chain]],
    drawings: Sequence[Drawing] = (),
) -> dict[str, str]:
    """The texts of all files, by their paths from the folder of the site; see :class:`Pages`."""
    pages = Pages(outcome, papers, chains, drawings)
    return {**{path: pages.page(path) for path in pages.paths}, **pages.rest()}


# -- the index ------------------------------------------------------------------------------------------------


def _index(
    outcome: LedgerRun, of_key: Mapping[str, Sequence[Paper]], results: Mapping[str, Result], places: SiteMap
) -> str:
    body = "".join(
        (
            f"<h1>The ledger</h1>{_summary(outcome, results)}",
            *(_paper(key, papers, results, places) for key, papers in of_key.items()),
            f"<h2>All claims by verdict</h2>{_by_verdict(results, places)}",
            _stamp(outcome),
        )
    )
    return frame.whole_page(INDEX, "The ledger of w2s-sym", (), body)


def _summary(outcome: LedgerRun, results: Mapping[str, Result]) -> str:
    total, good = len(outcome.results), sum(r.holds for r in outcome.results)
    skipped = sum(r.skipped for r in outcome.results)
    fails = total - good - skipped
    state = "All hold." if good == total else f"{good} hold, {fails} do not, {skipped} were skipped."
    if skipped:
        state += " What was skipped needs data or libraries that this machine lacks; its page names them."
    noun = "claim" if total == 1 else "claims"
    note = "" if has_mathml() else f'<p class="w2s-problem">{escape(ADVICE)}</p>'
    if outcome.cited:
        note += f"<p>They rest on {len(outcome.cited)} more, which were checked too.</p>"
    bad = [r for r in results.values() if not r.holds and not r.skipped]
    if bad:
        names = ", ".join(f"<code>{escape(r.claim.id)}</code>" for r in bad)
        note += f'<p class="w2s-problem">These do not hold: {names}.</p>'
    return (
        f"<p>{total} {noun} about knowledge distillation and weak-to-strong generalization, checked at "
        f"{outcome.effort} effort. {state}</p>{note}"
    )


def _paper(key: str, papers: Sequence[Paper], results: Mapping[str, Result], places: SiteMap) -> str:
    mine = [r for r in results.values() if r.claim.source.key == key]
    counts = [(g, sum(r.standing.group == g for r in mine)) for g in GROUPS]
    told = " ".join(f"{badge(g.partition(',')[0], f'{n} {g}')}" for g, n in counts if n)
    path = html.escape(places.papers[key])
    about = next((p.about for p in papers if p.about), "").split("\n\n")[0]
    main = [c for p in papers for c in p.headlines if c.source.key == key]
    entries = "".join(entry(c.id, results, INDEX, places) for c in main)
    return (
        f'<section><h2><a href="{path}">{escape(key)}</a></h2><p>{told}</p>{frame.paragraphs(about)}'
        + (f'<ul class="w2s-list w2s-claims">{entries}</ul>' if entries else "")
        + f'<p><a href="{path}">All {len(mine)} claims, notation and figures</a></p></section>'
    )


def _by_verdict(results: Mapping[str, Result], places: SiteMap) -> str:
    parts = []
    for group in GROUPS:
        mine = [n for n, r in results.items() if r.standing.group == group]
        if mine:
            links = markup.items(f'<a href="{html.escape(places.claims[n])}">{markup.escape(n)}</a>' for n in mine)
            parts.append(markup.unfold(f"{badge(group.partition(',')[0], group)} {len(mine)}", links))
    return "".join(parts)


def _stamp(outcome: LedgerRun) -> str:
    here = commit()
    made = {"w2s-sym": __version__, **versions(), **({"commit": here} if here else {})}
    stamp = ", ".join(f"{k} {v}" for k, v in made.items())
    return f'<p class="w2s-stamp">Made with {escape(stamp)}; seed {outcome.seed}.</p>'


# -- words and graph ------------------------------------------------------------------------------------------


def _glossary() -> str:
    rows = "".join(
        f'<dt id="{anchor(term)}">{escape(term)}</dt><dd>{escape(words)}</dd>' for term, words in TERMS.items()
    )
    body = f'<h1>The words of this site</h1><dl class="w2s-facts w2s-words">{rows}</dl>'
    return frame.whole_page(GLOSSARY, "The words of this site", (), body)


def _graph(results: Mapping[str, Result], places: SiteMap) -> str:
    body = (
        "<h1>What rests on what</h1>"
        "<p>A claim stands to the right of all that it rests on. Point at one, or move to it with the tabulator key: "
        "what it rests on and what uses it stay visible. Claims that stand alone are not drawn.</p>"
        '<input type="checkbox" id="full-size"> <label for="full-size">full size: drawings scroll sideways</label>'
    )
    return frame.whole_page(GRAPH, "What rests on what", (), body + "".join(_graphs(results, places)))


def _graphs(results: Mapping[str, Result], places: SiteMap) -> Iterator[str]:
    """One drawing for each paper, with what its claims rest on in others."""
    for key in places.papers:
        wanted = {n for n, r in results.items() if r.claim.source.key == key}
        todo = list(wanted)
        while todo:
            below = [b for b in results[todo.pop()].claim.rests_on_ids if b in results and b not in wanted]
            wanted.update(below)
            todo += below
        nodes = [
            graph.Node(
                name,
                title_of(r.claim.name),
                link(GRAPH, places.claims[name]),
                r.standing.short,
                r.claim.rests_on_ids,
                r.claim.source.key == key,
            )
            for name, r in results.items()
            if name in wanted
        ]
        picture = graph.drawing(nodes)
        if picture:
            yield f'<h2>{escape(key)}</h2><div class="w2s-scroll">{picture}</div>'
