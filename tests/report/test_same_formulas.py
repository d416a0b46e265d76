"""A notebook that is not trusted, a page, the PDF and the terminal show the same formulas for each claim."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from read_mathematics import read_mathml, read_tex
from untrusted import formulas, sanitised

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.results import Result
from w2s_sym.cli.layout import fitted
from w2s_sym.formula.notation import meaning
from w2s_sym.formula.tex import plain_sentence, plain_tex, sentence_pieces
from w2s_sym.papers.ledger import LedgerRun
from w2s_sym.papers.loading import load, paper_names, resolve
from w2s_sym.report import plain_text
from w2s_sym.report.html import cards, markup
from w2s_sym.report.html.mathml import pieces
from w2s_sym.report.latex.breaking import breakable
from w2s_sym.report.latex.document import latex_document
from w2s_sym.report.latex.prose import latex_sentence

LEDGER = [e.claim for e in resolve([])]


def sentences(claim: Claim) -> list[str]:
    """All that the claim says in words."""
    return [claim.sentence, claim.remark, *(meaning(s) for s in claim.letters)]


def typeset(tex: str) -> str:
    return re.sub(r"\s+", "", tex)


@pytest.mark.parametrize("claim", LEDGER, ids=lambda c: c.id)
def test_notebook_page_pdf_and_terminal_show_the_same_formulas(claim: Claim) -> None:
    for text in sentences(claim):
        wanted = [p.text for p in sentence_pieces(text) if p.formula]
        assert formulas(sanitised(f"<p>{markup.prose(text)}</p>")) == wanted, "the notebook, sanitised"
        assert re.findall(r"(?<!\\)\$(.*?)(?<!\\)\$", latex_sentence(text)) == wanted, "the PDF"
        for tex in wanted:
            assert read_mathml(pieces(tex, False)) == read_tex(tex), "the page, as MathML"
    for tex in (p.text for p in sentence_pieces(claim.sentence) if p.formula):
        assert plain_sentence(f"${tex}$", claim.letters) in claim.words, "the terminal"
        assert plain_tex(tex), "and it is read without names, too"
    statement = claim.latex()
    assert formulas(sanitised(cards.statement(claim))) == [statement]
    assert read_mathml(pieces(statement, True)) == read_tex(statement)
    whole = re.sub(r"\\wbreak\{\d+\}", "", breakable(statement))
    if r"\big" in whole or r"\frac{1}" in whole:  # a long fraction is written with a slash, or as a factor
        assert letters(whole) == letters(statement)
    else:
        assert typeset(whole) == typeset(statement)
    shown = joined(fitted(plain_text.page(claim, ()), 80))
    assert joined(claim.words) in shown, "the terminal at 80 columns"
    assert joined(f"Statement{claim.statement}LaTeX{statement}") in shown


def letters(tex: str) -> list[str]:
    """Letters, digits and signs of a formula, without what a fraction may be written with."""
    form = read_tex(tex.replace(r"\exp", "e"))
    return sorted(c for c in form if c not in "F{}()^/1")


def joined(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("name", paper_names())
def test_the_document_of_a_paper_has_the_formulas_of_each_claim_once_as_its_statement(name: str) -> None:
    paper = load(name)
    run = LedgerRun(tuple(Result(c, ()) for c in paper.claims), "quick", 0)
    text = latex_document(name, paper.claims, run, {c.id: () for c in paper.claims}, paper)
    for claim in paper.claims:
        assert text.count(f"{{{breakable(claim.latex())}}}") >= 1, claim.id
        assert latex_sentence(claim.sentence) in text
        assert text.count(rf"\texttt{{{claim.id.replace('_', chr(92) + '_')}}}" + "\n") <= 1


def test_a_claim_whose_pages_differed_would_be_seen() -> None:
    text = r"$x^{-3/2}$ and $\frac{a}{b}$"
    assert formulas(f"<p>{markup.prose(text)}</p>") == [r"x^{-3/2}", r"\frac{a}{b}"]
    assert formulas(f"<p>{markup.prose(text.replace('-3/2', '-3'))}</p>") != [r"x^{-3/2}", r"\frac{a}{b}"]
