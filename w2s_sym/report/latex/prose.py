"""Sentences as LaTeX: names of symbols become mathematics, and what is no name is escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import sympy as sp

from w2s_sym.formula.latex_text import escape_latex
from w2s_sym.formula.sentences import printed, segments
from w2s_sym.formula.tex import shown_pieces


def latex_sentence(text: str, symbols: Sequence[sp.Symbol], blocks: Mapping[str, str] | None = None) -> str:
    """A sentence as LaTeX, with the names of the symbols (and of matrix blocks) in it as mathematics."""
    if "$" in text:
        pieces = shown_pieces(" ".join(text.split()))
        return "".join(f"${p.text}$" if p.formula else escape_latex(printed(p.text)) for p in pieces)
    out: list[str] = []
    names = "|".join(sorted(map(re.escape, blocks or {}), key=len, reverse=True))
    after_math = False
    for piece, is_math in segments(" ".join(text.split()), symbols):
        if is_math and after_math:
            out[-1] = f"{out[-1][:-1]}{piece}$"
        elif is_math:
            out.append(f"${piece}$")
        elif names:
            cut = re.split(rf"(?<![\w'])({names})(?![\w'])", printed(piece))
            out += [f"${(blocks or {})[p]}$" if i % 2 else escape_latex(p) for i, p in enumerate(cut)]
        else:
            out.append(escape_latex(printed(piece)))
        after_math = is_math
    return "".join(out)
