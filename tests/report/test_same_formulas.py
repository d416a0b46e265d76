"""A notebook that is not trusted, a page, the PDF and the terminal show the same formulas for each claim."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from untrusted import formulas, sanitised

from w2s_sym.claims.claim import Claim
from w2s_sym.formula.notation import meaning
from w2s_sym.formula.tex import plain_sentence, plain_tex, sentence_pieces
from w2s_sym.papers.loading import resolve
from w2s_sym.report.html import cards, markup
from w2s_sym.report.html.mathml import pieces
from w2s_sym.report.latex.breaking import breakable
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
        assert all(pieces(tex, False) for tex in wanted), "the page, as MathML"
    for tex in (p.text for p in sentence_pieces(claim.sentence) if p.formula):
        assert plain_sentence(f"${tex}$", claim.letters) in claim.words, "the terminal"
        assert plain_tex(tex), "and it is read without names, too"
    statement = claim.latex()
    assert formulas(sanitised(cards.statement(claim))) == [statement]
    assert pieces(statement, True)
    whole = re.sub(r"\\wbreak\{\d+\}", "", breakable(statement))
    if r"\biggl" not in whole and r"\frac{1}" not in whole:  # a long fraction is written with a slash, or as a factor
        assert typeset(whole) == typeset(statement)


def test_a_claim_whose_pages_differed_would_be_seen() -> None:
    text = r"$x^{-3/2}$ and $\frac{a}{b}$"
    assert formulas(f"<p>{markup.prose(text)}</p>") == [r"x^{-3/2}", r"\frac{a}{b}"]
    assert formulas(f"<p>{markup.prose(text.replace('-3/2', '-3'))}</p>") != [r"x^{-3/2}", r"\frac{a}{b}"]
