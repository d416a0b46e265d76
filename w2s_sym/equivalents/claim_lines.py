"""The lines that a reader sees of a formula derived from its estimator: unknowns, equations, values, the formula."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import sympy as sp

from w2s_sym.claims.chain import Line
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Compare, Mean
from w2s_sym.equivalents import polynomials as poly
from w2s_sym.equivalents.equivalent import Equivalent
from w2s_sym.equivalents.reduced import Reduced
from w2s_sym.equivalents.text import latex_of_numbers, names_in_order, texts_of_numbers
from w2s_sym.formula.notation import latex

# A sum with more rows than this is not written out on a page.
MOST_SUMMANDS = 12


def claim_lines(claim: Claim, risk: Equivalent, core: Mapping[str, sp.Expr]) -> tuple[Line, ...]:
    """The mean, the equations, the value of each source, and the claim's formula, which is their sum.

    ``core`` says what some of the unknowns are in the claim's letters.
    """
    statement = claim.statement
    assert isinstance(statement, Compare)
    assert isinstance(statement.lhs, Mean)
    first = Line(str(statement.lhs.symbol), statement.lhs.latex(), "", f"{statement.lhs.meaning}; here is its limit")
    last = Line(
        str(statement.rhs),
        latex(statement.rhs),
        statement.relation,
        "the sum of these values in the letters of the claim",
        frozenset(statement.rhs.free_symbols),
    )
    return (first, *_equations(risk, core), last)


def _equations(risk: Equivalent, core: Mapping[str, sp.Expr]) -> Iterator[Line]:
    shown = risk.shown
    order, _ = names_in_order(shown)
    equations, values = risk.latex_lines()
    texts, rooted = risk.lines(), unknowns(shown)
    numbered = any(kind != "letter" for kind, _ in rooted)
    for (kind, place), text, tex in zip(order, texts, equations, strict=False):
        yield _line(text, tex, _meaning(kind, (kind, place) in rooted, numbered))
    places, named = texts_of_numbers(shown), latex_of_numbers(shown)
    for text, told in core.items():
        if text in places:
            meant = sp.sympify(told)
            tex = f"{named[places[text]]} = {latex(meant)}"
            yield Line(f"{text} = {meant}", tex, "", "what this unknown is in the letters of the claim")
    for name, text, tex in zip(shown.values, texts[len(order) :], values, strict=True):
        source = "noise" if name.startswith("noise") else "truth"
        yield _line(text, tex, "the value" if name == "trace" else f"the part of the {source}")


def _meaning(kind: str, rooted: bool, numbered: bool) -> str:
    """Why a line stands there. Where no number depends on itself (``numbered``), the letters are the fixed point."""
    if kind == "letter" and (numbered or not rooted):
        return "a fixed matrix, by the unknowns in it" if rooted else "a fixed matrix"
    if rooted:
        return "an equation of the fixed point; its unknowns are real, on the branch that starts at a large ridge"
    return "linear: it follows from the unknowns"


def _line(text: str, tex: str, meaning: str) -> Line:
    """A line of an ``align`` as one formula; a long sum says where it can be read."""
    # A product that is longer than a row goes on in rows that are no terms.
    rows = len(re.findall(r"\\\\\n&\\quad(?![a-z])", tex)) + 1
    if rows > MOST_SUMMANDS:
        left = tex.partition("&")[0].strip()
        name = text.partition(" = " if " = " in text else ": ")[0]
        told = f"{meaning}; a sum of {rows} terms, which risk.lines() of this evidence has in full"
        return Line(f"{name} = ...", rf"{left} = \dots", "", told)
    # A page has no script that sets rows: the terms stand in one row, which scrolls.
    one = re.sub(r"\\\\\n&\\q?quad(?![a-z])", "", tex).replace("&", "", 1)
    return Line(text, one, "", meaning)


def unknowns(made: Reduced) -> set[tuple[str, int]]:
    """The lines, each with its kind, that depend on themselves: together they are the fixed point."""
    numbers = {**made.pivots, **made.core, **made.linear}

    def used(u: poly.Laurent) -> set[tuple[str, int]]:
        found: set[tuple[str, int]] = set()
        for place in poly.places(u):
            found |= {("letter", code >> 1) for code in made.book.numbers[place].word or ()}
            found.add(("number", place))
        return found

    sees: dict[tuple[str, int], set[tuple[str, int]]] = {("number", k): used(u) for k, u in numbers.items()}
    for place, words in made.letters.items():
        seen = {("letter", code >> 1) for word in words for code in word}
        sees["letter", place] = seen.union(*(used(c) for c in words.values()))

    def reached(start: tuple[str, int]) -> set[tuple[str, int]]:
        found: set[tuple[str, int]] = set()
        left = list(sees.get(start, ()))
        while left:
            here = left.pop()
            if here not in found:
                found.add(here)
                left += sees.get(here, ())
        return found

    circular = {here for here in sees if here in reached(here)}
    kinds = {place: "pivot" if place in made.pivots else "gain" for place in numbers}
    return {(kind if kind == "letter" else kinds[place], place) for kind, place in circular}
