"""Claims, findings and results as HTML fragments. They are read by their attributes.

Every function returns a fragment that needs the style of :mod:`w2s_sym.report.html.markup` around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sympy as sp

from w2s_sym.claims.statement import Mean
from w2s_sym.formula.notation import latex, meaning
from w2s_sym.matrices.experiment import Quantity
from w2s_sym.report.html import markup
from w2s_sym.report.html.markup import badge, escape, math


def code(name: str) -> str:
    """A name as it is typed."""
    return f"<code>{escape(name)}</code>"


# -- statements and where they hold ---------------------------------------------------------------------------


def statement(claim: Any) -> str:
    """The formula of a claim, set off."""
    return f'<div class="w2s-key">{math(claim.latex(), display=True)}</div>'


def facts(claim: Any, link: Callable[[str], str] = code) -> str:
    """All that a claim says beside its statement; ``link`` turns the id of another claim into a fragment."""
    return markup.fact_list(_facts(claim, link))


def _facts(claim: Any, link: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    known = claim.letters
    told = [
        f"{math(q.latex())}: {markup.prose(q.meaning)}" for q in claim.quantities if isinstance(q, (Mean, Quantity))
    ]
    yield "Quantity", markup.items(told) if told else ""
    named = {q.symbol for q in claim.quantities}
    yield "Domain", domain_table(claim.domain, [s for s in known if s not in named])
    if claim.witness is not None:
        yield "Witness", ", ".join(math(f"{latex(s)} = {latex(v)}") for s, v in claim.witness.items())
    yield "Given", markup.items(map(equation_facts, claim.given)) if claim.given else ""
    yield "Rests on", markup.items(map(link, claim.rests_on_ids)) if claim.rests_on_ids else "no other claim"
    yield "Source", citation(claim.source)
    yield "Remark", markup.prose(claim.remark)


def domain_table(domain: Any, more: Iterable[sp.Symbol] = ()) -> str:
    """The symbols of a domain with their ranges and meanings, its conditions, and how many points it lists.

    ``more`` are symbols outside of the domain whose meanings are told too.
    """
    rows = [(latex(s) if c is None else c.latex(), kind, meaning(s)) for s, c, kind in domain.legend()]
    listed = {s for s, _, _ in domain.legend()}
    rows += [(latex(s), "", meaning(s)) for s in more if s not in listed]
    told = [math(c.latex()) + (f" {_advice(c.advice)}" if c.advice else "") for c in domain.conditions]
    if domain.points:
        told.append(f"at {len(domain.points)} listed points only")
    cells = ((math(form), kind, markup.prose(text)) for form, kind, text in rows)
    return markup.table((), cells, "w2s-symbols") + (markup.items(told) if told else "")


def _advice(text: str) -> str:
    return f'<span class="w2s-soft">else: {markup.prose(text)}</span>'


def equation_facts(equation: Any) -> str:
    """An equation, the symbol that it defines, and the bracket that isolates the root."""
    text = f"{math(equation.latex())} defines {math(latex(equation.unknown))}"
    if equation.bracket is None:
        return text
    low, high = equation.bracket
    return f"{text} in {math(f'({latex(low)}, {latex(high)})')}"


def citation(source: Any) -> str:
    """Where a claim comes from, with a link to arXiv, and how far that can be trusted."""
    return f"{reference(source)} {markup.soft(f'({source.standing})')}"


def reference(source: Any) -> str:
    """Where a claim comes from, with a link to arXiv."""
    text = escape(source.cite())
    if re.fullmatch(r"[A-Za-z0-9./-]+", source.arxiv):
        link = f'<a href="https://arxiv.org/abs/{source.arxiv}">arXiv:{source.arxiv}</a>'
        text = text.replace(f"arXiv:{source.arxiv}", link, 1)
    return text


def rivals(claim: Any, surviving: Sequence[int] | None = None) -> str:
    """The wrong right sides of a claim; with ``surviving``, whether evidence refuted each. Empty if there are none."""
    told = []
    for position, rival in enumerate(claim.rivals):
        formula = math(_rival(rival), display=True)
        if surviving is not None:
            mark = badge("FAILS", "not refuted") if position in surviving else badge("HOLDS", "refuted")
            formula = f'<div class="w2s-rival">{mark}{formula}</div>'
        told.append(formula)
    return markup.items(told) if told else ""


def _rival(rival: Any) -> str:
    return latex(rival) if isinstance(rival, sp.Expr) else str(rival.latex())


# -- cards ----------------------------------------------------------------------------------------------------


def head(claim: Any, mark: str = "") -> str:
    """The first line of a card: the claim's id, what kind it is, and a mark."""
    return f"{mark} {code(claim.id)} {markup.soft(claim.kind)}".lstrip()


def sentence(claim: Any) -> str:
    """The claim in words."""
    return f'<p class="w2s-sentence">{markup.prose(claim.sentence)}</p>'


def claim(c: Any, chains: Iterable[Any] = ()) -> str:
    """A claim, what it rests on, its rivals, and its chains, which unfold."""
    wrong = rivals(c)
    body = sentence(c) + statement(c) + facts(c)
    body += "".join(markup.steps(x.kind, x.lines, x.problem) for x in chains)
    body += markup.unfold(f"Wrong formulas that evidence must refute ({len(c.rivals)})", wrong) if wrong else ""
    checked = ", ".join(escape(item.kind) for item in c.evidence)
    return markup.card(head(c), f'{body}<p class="w2s-soft">Evidence: {checked}</p>')


def finding(f: Any) -> str:
    """The number that a finding tells, with the rest of its numbers unfolding."""
    detail = f.all_detail()
    more = markup.unfold("all numbers", markup.value(_readable(detail))) if detail else ""
    return f"{escape(f.summary)}{more}"


# Below this, two computations of one number differ by how floats are rounded: no digit of their gap means anything.
ROUNDING = 1e-12


def _readable(detail: Mapping[str, Any]) -> Mapping[str, Any]:
    """The detail of a finding, where a gap between two ways to compute one number that is rounding says just that."""
    literal = detail.get("literal")
    if not isinstance(literal, Mapping) or not literal.get("path_gap", 1) < ROUNDING:
        return detail
    return {**detail, "literal": {**literal, "path_gap": f"below {ROUNDING:g}"}}


def findings(found: Iterable[Any]) -> str:
    """A table of findings."""
    return markup.table(
        ("evidence", "verdict", "what it found"), ((escape(f.kind), badge(f.verdict), finding(f)) for f in found)
    )


def word(r: Any) -> str:
    """The one word for a result, with how many facts a proof is given."""
    return badge(r.standing.verdict, r.standing.short)


def axioms(r: Any, link: Callable[[str], str] = code) -> str:
    """What a proof is given, each by its id; empty for a proof that is given nothing, and for what is no proof."""
    if r.standing.verdict != "PROVED" or not r.standing.axioms:
        return ""
    return f"<p>{escape(r.standing.word)}: {', '.join(map(link, r.standing.axioms))}.</p>"


def state(r: Any) -> str:
    """Whether a result holds."""
    return badge("HOLDS", "holds") if r.holds else badge("SKIPPED", "skipped") if r.skipped else badge("FAILS", "fails")


def result(r: Any) -> str:
    """A claim with the findings of its evidence, what its proof is given, and what keeps it from holding."""
    body = sentence(r.claim) + statement(r.claim) + findings(r.findings) + axioms(r)
    if r.surviving_rivals:
        wrong = markup.items(math(_rival(r.claim.rivals[i]), display=True) for i in r.surviving_rivals)
        body += f'<div class="w2s-problem">no evidence refutes: {wrong}</div>'
    elif not r.holds and not r.skipped:
        body += f'<div class="w2s-problem">{escape(r.why())}</div>'
    return markup.card(head(r.claim, state(r)), body)
