"""The report: one HTML page that holds everything. It is read without network or script.

Filters are radio buttons that the style sheet looks at; derivations and details unfold by themselves.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from w2s_sym import __version__
from w2s_sym.claims.chain import Chain
from w2s_sym.report.html import cards, markup
from w2s_sym.report.html.markup import badge, escape
from w2s_sym.report.html.mathml import has_mathml
from w2s_sym.report.html.style import PAGE, STYLE
from w2s_sym.store.fingerprints import commit, versions
from w2s_sym.store.marks import HTML

if TYPE_CHECKING:
    from w2s_sym.claims.results import Result
    from w2s_sym.papers.ledger import LedgerRun

# What a claim counts as, the strongest first: the groups of its standing.
GROUPS = ("PROVED", "PROVED, given facts", "AGREES", "REFUTED", "INCONCLUSIVE", "SKIPPED")
ADVICE = "formulas are shown as LaTeX source; pip install 'w2s-sym[report]' sets them as mathematics"


@dataclass(frozen=True)
class Section:
    """A part of the page beside the claims: a title as text and an HTML fragment."""

    title: str
    html: str


def document(outcome: LedgerRun, chains: Mapping[str, Sequence[Chain]], sections: Sequence[Section] = ()) -> str:
    """The whole page: summary, table of claims with filters, sections, and a part for each claim.

    ``chains`` maps ids of claims to the lines of their derivations. The text depends on the arguments, the versions
    of what computes and the commit only.
    """
    everything = (*outcome.results, *outcome.cited)
    names = _anchors([c.claim.id for c in everything])
    papers = tuple(dict.fromkeys(c.claim.source.key for c in everything))
    groups = [g for g in GROUPS if any(c.standing.group == g for c in everything)]
    parts = [
        _summary(outcome, papers, groups),
        _filters(papers, groups),
        _table(outcome, papers, names),
        *(f'<section id="section-{i}"><h2>{escape(s.title)}</h2>{s.html}</section>' for i, s in enumerate(sections, 1)),
        "<h2>The claims one by one</h2>",
        *(_claim(c, papers, names, chains.get(c.claim.id, ())) for c in outcome.results),
        "<h2>What they rest on</h2>" if outcome.cited else "",
        *(_claim(c, papers, names, chains.get(c.claim.id, ())) for c in outcome.cited),
    ]
    links = "".join(f'<li><a href="#section-{i}">{escape(s.title)}</a></li>' for i, s in enumerate(sections, 1))
    nav = f'<nav><ul class="w2s-list">{links}</ul></nav>' if links else ""
    body = markup.with_mathml(nav + "\n".join(parts))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{HTML}\n<title>The ledger of w2s-sym</title>\n"
        f"<style>{STYLE}{PAGE}{_rules(papers, groups)}</style>\n</head>\n"
        f'<body class="w2s"><main>\n<h1>The ledger</h1>\n{body}\n</main></body>\n</html>\n'
    )


def figure(title: str, caption: str, draw: Callable[[], str]) -> Section:
    """A section with the SVG that ``draw`` returns; when that fails, one line says why.

    The SVG goes in as an image, so that its ids cannot clash with the page's and nothing in it can run.
    """
    try:
        data = base64.b64encode(draw().encode()).decode()
    except Exception as problem:  # a missing extra or a figure that fails costs the figure, never the page
        why = " ".join(str(problem).split()) or type(problem).__name__
        return Section(title, f'<p class="w2s-problem">no figure: {escape(why)}</p>')
    image = f'<img alt="{html.escape(title)}" src="data:image/svg+xml;base64,{data}">'
    return Section(title, f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>")


# -- parts ----------------------------------------------------------------------------------------------------


def _anchors(ids: Sequence[str]) -> dict[str, str]:
    """An id of the page for each claim, readable in a link."""
    made: dict[str, str] = {}
    for name in ids:
        slug = "claim-" + re.sub(r"[^A-Za-z0-9_/-]", "-", name)
        made[name] = slug if slug not in made.values() else f"{slug}--{len(made)}"
    return made


def _summary(outcome: LedgerRun, papers: Sequence[str], groups: Sequence[str]) -> str:
    total, good = len(outcome.results), sum(c.holds for c in outcome.results)
    skipped = sum(c.skipped for c in outcome.results)
    state = "No claim fails." if good + skipped == total else f"{good} hold, {total - good - skipped} do not."
    rows = []
    for paper in papers:
        mine = [c for c in (*outcome.results, *outcome.cited) if c.claim.source.key == paper]
        counts = [sum(c.standing.group == g for c in mine) for g in groups]
        rows.append((escape(paper), str(len(mine)), str(sum(c.holds for c in mine)), *map(str, counts)))
    header = ("paper", "claims", "hold", *(_badge(g) for g in groups))
    here = commit()
    made = {"w2s-sym": __version__, **versions(), **({"commit": here} if here else {})}
    stamp = ", ".join(f"{k} {v}" for k, v in made.items())
    note = "" if has_mathml() else f'<p class="w2s-problem">{escape(ADVICE)}</p>'
    if outcome.cited:
        cited = ", ".join(c.claim.id for c in outcome.cited)
        note += f"<p>They rest on {len(outcome.cited)} more, checked too: {escape(cited)}.</p>"
    noun = "claim" if total == 1 else "claims"
    return (
        f"<p>{total} {noun}, checked at {outcome.effort} effort from seed {outcome.seed}. "
        f"{state} A claim counts as {badge('PROVED')} when evidence proves it and all that it rests on, as "
        f"{_badge('PROVED, given facts')} when something that it rests on was only compared with numbers, and as "
        f"{badge('AGREES')} when it was only compared with numbers itself.</p>"
        f"{markup.table(header, rows, 'w2s-counts')}{note}"
        f'<p class="w2s-stamp">Made with {escape(stamp)}.</p>'
    )


def _badge(group: str) -> str:
    return badge(group.partition(",")[0], group)


def _key(group: str) -> str:
    return group.lower().replace(", ", "-").replace(" ", "-")


def _filters(papers: Sequence[str], groups: Sequence[str]) -> str:
    rows = (("paper", "Paper", [escape(p) for p in papers]), ("verdict", "Verdict", [_badge(g) for g in groups]))
    told = ""
    for name, legend, labels in rows:
        boxes = "".join(
            f'<label><input type="radio" name="{name}" id="{name}-{i}" autocomplete="off"{" checked" * (i == 0)}> '
            f"{label}</label>"
            for i, label in enumerate(["all", *labels])
        )
        told += f"<fieldset><legend>{legend}</legend>{boxes}</fieldset>"
    return f'<h2>All claims</h2><form class="w2s-filters">{told}</form>'


def _rules(papers: Sequence[str], groups: Sequence[str]) -> str:
    """Style rules by which a checked radio button hides all that it does not name."""
    chosen = [("paper", i, str(i)) for i in range(1, len(papers) + 1)]
    chosen += [("verdict", i, _key(g)) for i, g in enumerate(groups, 1)]
    return "".join(
        f'body:has(#{name}-{i}:checked) [data-{name}]:not([data-{name}="{key}"]){{display:none}}\n'
        for name, i, key in chosen
    )


def _marks(checked: Result, papers: Sequence[str]) -> str:
    number = papers.index(checked.claim.source.key) + 1
    return f'data-paper="{number}" data-verdict="{_key(checked.standing.group)}"'


def _table(outcome: LedgerRun, papers: Sequence[str], names: Mapping[str, str]) -> str:
    rows = "".join(
        f"<tr {_marks(c, papers)}><td>{cards.word(c)}</td><td>{_link(c.claim.id, names)}<br>"
        f"{markup.prose(c.claim.sentence, c.claim.letters)}</td>"
        f"<td>{'yes' if c.holds else 'skipped' if c.skipped else '<strong>NO</strong>'}</td></tr>"
        for c in (*outcome.results, *outcome.cited)
    )
    head = "".join(f'<th scope="col">{text}</th>' for text in ("verdict", "claim", "holds"))
    table = f'<table class="w2s-table w2s-all"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<div class="w2s-scroll">{table}</div>'


def _link(name: str, names: Mapping[str, str]) -> str:
    return f'<a href="#{names[name]}">{cards.code(name)}</a>' if name in names else cards.code(name)


def _claim(checked: Result, papers: Sequence[str], names: Mapping[str, str], chains: Sequence[Chain]) -> str:
    claim = checked.claim
    return (
        f'<article id="{names[claim.id]}" {_marks(checked, papers)}>'
        f"<h3>{cards.word(checked)} {cards.code(claim.id)} {markup.soft(claim.kind)}</h3>"
        + "".join(_body(checked, names, chains))
        + "</article>"
    )


def _body(checked: Result, names: Mapping[str, str], chains: Sequence[Chain]) -> Iterator[str]:
    claim = checked.claim
    yield cards.sentence(claim) + cards.statement(claim)
    if not checked.holds and not checked.skipped:
        yield f'<p class="w2s-problem">It does not hold. {escape(checked.why())}</p>'
    yield cards.axioms(checked, lambda name: _link(name, names))
    for name in checked.fallen:
        yield f'<p class="w2s-problem">It rests on {_link(name, names)}, which does not hold.</p>'
    for failure in checked.failures:
        yield f'<p class="w2s-problem">Its {escape(failure.kind)} gave no finding: {escape(failure.message)}</p>'
    yield "".join(markup.steps(c.kind, c.lines, c.problem) for c in chains)
    yield cards.findings(checked.findings)
    wrong = cards.rivals(claim, checked.surviving_rivals)
    if wrong:
        yield markup.unfold(f"Wrong formulas that evidence must refute ({len(claim.rivals)})", wrong)
    yield cards.facts(claim, lambda name: _link(name, names))
