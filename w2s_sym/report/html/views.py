"""What each kind of object looks like in a notebook: one table from its kind to the function that makes its HTML.

:mod:`w2s_sym.formula.display` is the only caller. Objects are read by their attributes, because the modules that define
some of them may not be imported here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from w2s_sym.report.html import cards, markup
from w2s_sym.report.html.style import STYLE


def styled(kind: str, value: Any) -> str:
    """The view of a value with its style. Raises ``KeyError`` for an unknown kind, and whatever the view raises."""
    return f'<div class="w2s"><style>{STYLE}</style>{VIEWS[kind](value)}</div>'


def formula_view(value: Any) -> str:
    """Anything with a method ``latex``, as one formula set off."""
    return markup.math(value.latex(), display=True)


def line_view(line: Any) -> str:
    """A line of a derivation, whose ``latex`` is an attribute."""
    return markup.math(line.latex, display=True)


def chain_view(chain: Any) -> str:
    """The lines of a derivation, unfolded, or what keeps them from being shown."""
    return markup.steps(chain.kind, chain.lines, chain.problem, unfolded=True)


def claim_view(claim: Any) -> str:
    """A claim with its chains."""
    return cards.claim(claim, claim.chains())


def finding_view(finding: Any) -> str:
    """A finding as a table of one row."""
    return cards.findings((finding,))


def quantity_view(quantity: Any) -> str:
    """The name of a quantity, the expectation that it stands for, and its meaning in words."""
    formula = markup.math(f"{quantity.latex()} = {quantity.definition_latex()}", display=True)
    return formula + markup.prose(quantity.meaning)


def ledger_view(run: Any) -> str:
    """All claims of a run: the id, whether it holds, its standing, and the verdict of each piece of evidence."""
    rows = []
    for result in run.results:
        found = [f"{markup.escape(f.kind)} {markup.badge(f.verdict)}" for f in result.findings]
        found += [f"{markup.escape(f.kind)} {markup.badge('FAILS', 'no finding')}" for f in result.failures]
        standing = cards.word(result) + cards.axioms(result)
        rows.append((cards.code(result.claim.id), cards.state(result), standing, " ".join(found)))
    return markup.table(("claim", "", "in all", "evidence"), rows)


def plan_view(plan: Any) -> str:
    """A plan: its verdict, a table of its numbers with their bands, and its notes."""
    cells = [[markup.escape(cell) for cell in row] for row in plan.rows()]
    notes = markup.items(markup.escape(f"{n.name}: {n.text}") for n in plan.notes) if plan.notes else ""
    verdict = f"<p>{markup.escape(plan.verdict)}</p>"
    return markup.card("Plan", verdict + markup.table(("", "value", "95 % band"), cells) + notes)


def ridge_plan_view(plan: Any) -> str:
    """A ridge plan: its verdict, a row for each predictor, and its notes."""
    header, *body = ([markup.escape(cell) for cell in row] for row in plan.rows_of_text())
    notes = markup.items(markup.escape(f"{n.name}: {n.text}") for n in plan.notes) if plan.notes else ""
    verdict = f"<p>{markup.escape(plan.verdict)}</p>"
    return markup.card("Plan", verdict + markup.table(tuple(header), body) + notes)


# An equivalent with more rows than this is folded up.
UNFOLDED_ROWS = 40


def equivalent_view(equivalent: Any) -> str:
    """What an equivalent is a function of, its equations, and its value by source; long ones unfold."""
    of = ", ".join(f"{name} ({kind})" for name, kind in equivalent.names.items())
    equations, values = equivalent.latex_lines()
    body = f"<p>{markup.soft(f'A function of {of}.')}</p>"
    for title, lines in (("Equations", equations), ("Value, by source", values)):
        aligned = "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"
        if lines:
            rows = aligned.count(r"\\") + 1
            body += markup.unfold(title, markup.math(aligned, display=True), unfolded=rows <= UNFOLDED_ROWS)
    return markup.card("Equivalent", body)


def risk_view(risk: Any) -> str:
    """The value of an equivalent: each source's part and the total."""
    found = markup.table(("source", "risk"), [[markup.escape(cell) for cell in row] for row in risk.rows()])
    return found + (f"<p>{markup.escape(risk.note)}</p>" if risk.note else "")


def simulated_view(simulated: Any) -> str:
    """Means at growing sizes beside the equivalent, and the law that is fitted to them."""
    header = ("copies", "simulated", "error", "equivalent", "excess")
    cells = [[markup.escape(cell) for cell in row] for row in simulated.table()]
    return markup.table(header, cells) + markup.soft(simulated.law)


VIEWS: Mapping[str, Callable[[Any], str]] = {
    "formula": formula_view,
    "line": line_view,
    "chain": chain_view,
    "equation": cards.equation_facts,
    "domain": cards.domain_table,
    "source": cards.citation,
    "quantity": quantity_view,
    "claim": claim_view,
    "finding": finding_view,
    "result": cards.result,
    "ledger": ledger_view,
    "plan": plan_view,
    "ridge plan": ridge_plan_view,
    "equivalent": equivalent_view,
    "risk": risk_view,
    "simulated": simulated_view,
}
