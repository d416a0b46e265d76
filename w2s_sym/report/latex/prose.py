"""Sentences as LaTeX: what a user typed is escaped, names of symbols become mathematics."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

import sympy as sp

from w2s_sym.formula.sentences import printed, segments
from w2s_sym.formula.tex import shown_pieces

_SPECIAL = {c: rf"\{c}" for c in "#$%&_{}"} | {
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
}
_GREEK = {
    letter: rf"\{name}"
    for letters, names in (
        ("αβγδεζηθικλμ", "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu"),
        ("νξπρστυφχψω", "nu xi pi rho sigma tau upsilon varphi chi psi omega"),
        ("ΓΔΘΛΞΠΣΥΦΨΩ", "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"),
    )
    for letter, name in zip(letters, names.split(), strict=True)
}
_MATHS = {
    "≤": r"\le",
    "≥": r"\ge",
    "≠": r"\ne",
    "−": "-",
    "×": r"\times",
    "·": r"\cdot",
    "→": r"\to",
    "∞": r"\infty",
    "√": r"\surd",
    "∈": r"\in",
    "±": r"\pm",
    "²": "^2",
    "³": "^3",
    "∩": r"\cap",
    "∪": r"\cup",
}
_TYPED = {"–": "--", "—": "---", "‘": "`", "’": "'", "“": "``", "”": "''", "…": r"\dots{}", "\u00a0": "~"}
# Letters beyond Latin-1 that the T1 encoding has.
_T1 = frozenset("ĂăĄąĆćČčĎďĐđĘęĚěĞğĹĺĽľŁłŃńŇňŐőŔŕŘřŚśŞşŠšŤťŢţŮůŰűŸŹźŻżŽžŒœ")


def escape_latex(text: str) -> str:
    """Text as LaTeX: special characters escaped, letters that pdfLaTeX lacks replaced, overlong words breakable."""
    words = re.split(r"(\s+)", text)
    return "".join(" " if w.isspace() else _word(w) for w in words)


def _word(word: str) -> str:
    pieces = []
    for position, letter in enumerate(word):
        pieces.append(_letter(letter))
        if (letter in "_/" and len(word) > 20) or (position % 20 == 19 and len(word) > 40):
            pieces.append(r"\allowbreak{}")
    return "".join(pieces)


def _letter(letter: str) -> str:
    if letter in _SPECIAL:
        return _SPECIAL[letter]
    if letter.isascii():
        return letter if letter.isprintable() else ""
    if letter in _GREEK or letter in _MATHS:
        return rf"\ensuremath{{{_MATHS.get(letter) or _GREEK[letter]}}}"
    if letter in _TYPED:
        return _TYPED[letter]
    if letter in _T1 or "À" <= letter <= "ÿ":
        return letter
    plain = "".join(c for c in unicodedata.normalize("NFKD", letter) if c.isascii() and c.isprintable())
    return "".join(_SPECIAL.get(c, c) for c in plain) or f"[U+{ord(letter):04X}]"


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
