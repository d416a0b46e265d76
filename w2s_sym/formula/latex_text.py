"""Text that a user typed, as LaTeX: special characters escaped, signs as mathematics, nothing lost without a word."""

from __future__ import annotations

import re
import unicodedata

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
    **{letter: rf"\mathbb{{{plain}}}" for letter, plain in zip("ℝℕℤℚℂℙ𝔼", "RNZQCPE", strict=True)},
}
_MATHS |= {
    sign: rf"\{name}"
    for signs, names in (
        ("∀∃∉∅∂∇∑∏∫≈≃≡∼∝", "forall exists notin emptyset partial nabla sum prod int approx simeq equiv sim propto"),
        ("⊂⊆⊃⊇∧∨¬⇒⇔⇐", "subset subseteq supset supseteq wedge vee neg Rightarrow Leftrightarrow Leftarrow"),
        ("↔←↦⟨⟩⌊⌋⌈⌉", "leftrightarrow leftarrow mapsto langle rangle lfloor rfloor lceil rceil"),
        ("∘⊗⊕⊥∥⊤ℓ∖", "circ otimes oplus perp parallel top ell setminus"),
    )
    for sign, name in zip(signs, names.split(), strict=True)
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
    # What is raised, lowered or a fraction by its kind stays so: no x to the fourth is printed as x4.
    kind = unicodedata.decomposition(letter).partition(" ")[0]
    parts = unicodedata.normalize("NFKD", letter).replace("\u2044", "/").replace("\u2212", "-")
    plain = "".join(_SPECIAL.get(c, c) for c in parts if c.isascii() and c.isprintable())
    if plain and kind in ("<super>", "<sub>"):
        return rf"\text{kind[1:-1]}script{{{plain}}}"
    return plain or f"[U+{ord(letter):04X}]"
