"""Sentences as LaTeX: words are escaped, formulas stay."""

from __future__ import annotations

import re
import unicodedata

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


def latex_sentence(text: str) -> str:
    """A sentence as LaTeX: its formulas as they are, its words escaped."""
    pieces = shown_pieces(" ".join(text.split()))
    return "".join(f"${p.text}$" if p.formula else escape_latex(p.text) for p in pieces)
