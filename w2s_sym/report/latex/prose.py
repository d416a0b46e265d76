"""Sentences as LaTeX: words are escaped, formulas stay."""

from __future__ import annotations

from w2s_sym.formula.latex_text import escape_latex
from w2s_sym.formula.tex import shown_pieces


def latex_sentence(text: str) -> str:
    """A sentence as LaTeX: its formulas as they are, its words escaped."""
    pieces = shown_pieces(" ".join(text.split()))
    return "".join(f"${p.text}$" if p.formula else escape_latex(p.text) for p in pieces)
