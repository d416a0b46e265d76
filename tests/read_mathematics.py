"""Two readers of mathematics that share no code with the package: one of TeX, one of MathML.

Both write what they read in one plain form: letters, digits and signs in their order, ``F{..}{..}`` for a fraction,
``R{..}`` for a root, ``_{..}`` and ``^{..}`` for scripts, ``A{..}`` with the accent's name for an accent. So two texts
have one form exactly if a reader sees the same formula. Fonts and spaces are left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from xml.etree import ElementTree

GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi"
CAPITALS = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
FUNCTIONS = "log exp sin cos tan cot sinh cosh tanh coth min max det lim inf sup ln"
NAMED = {
    **{
        name: unicodedata.lookup(f"GREEK SMALL LETTER {name.replace('lambda', 'lamda')}")
        for name in [*GREEK.split(), "omega"]
    },
    **{
        name: unicodedata.lookup(f"GREEK CAPITAL LETTER {name.replace('Lambda', 'Lamda')}") for name in CAPITALS.split()
    },
    **{name: name for name in FUNCTIONS.split()},
    **dict(le="≤", leq="≤", ge="≥", geq="≥", ne="≠", neq="≠", iff="⟺", to="→", cdot="⋅", sum="∑", int="∫"),
    **dict(infty="∞", top="⊤", wedge="∧", sim="∼", times="×", star="⋆", ell="ℓ", partial="∂", perp="⊥", mid="∣"),
    **dict(vert="|", lvert="|", rvert="|", Vert="‖", lVert="‖", rVert="‖", ldots="…", dots="…", cdots="⋯", pm="±"),
    **dict(approx="≈", in_="∈", notin="∉", circ="∘", odot="⊙", prime="′", varphi="φ", hbar="ℏ", propto="∝", otimes="⊗"),
    "in": "∈",
    "|": "‖",
    "{": "⦃",
    "}": "⦄",
    "%": "%",
    "_": "⎽",
}
ACCENTS = {"widehat": "^", "hat": "^", "bar": "¯", "overline": "¯", "tilde": "~", "widetilde": "~", "dot": "˙"}
# What stands over a letter in MathML, and the accent that it is.
OVER = {
    c: accent
    for accent, signs in {"^": "^\u0302ˆ", "¯": "¯‾―\u0304ˉ_", "~": "~\u0303˜∼", "˙": "˙\u0307."}.items()
    for c in signs
}
FONTS = {"operatorname", "mathrm", "mathbb", "mathcal", "mathbf", "text", "boldsymbol", "textstyle", "displaystyle"}
SPACES = {",", ";", ":", "!", " ", "quad", "qquad", "limits", "nolimits"}
SIZES = re.compile(r"left|right|[bB]igg?[lrm]?")
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\S", re.DOTALL)


def read_tex(tex: str) -> str:
    """The formula of a TeX text in the plain form."""
    reader = _Tex(TOKEN.findall(tex))
    form = reader.row("")
    assert reader.position == len(reader.tokens), tex
    return form


class _Tex:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.position = tokens, 0

    def row(self, end: str) -> str:
        """All up to a closing brace, or to the end."""
        out: list[str] = []
        while self.position < len(self.tokens) and self.tokens[self.position] != end:
            out.append(self.scripted())
        return "".join(out)

    def scripted(self) -> str:
        base = "" if self.tokens[self.position] in "^_" else self.atom()
        scripts: dict[str, str] = {}
        while self.position < len(self.tokens) and self.tokens[self.position] in ("^", "_", "'"):
            sign = self.take()
            if sign == "'":
                scripts["^"] = scripts.get("^", "") + "′"
            else:
                scripts[sign] = scripts.get(sign, "") + self.atom()
        return base + "".join(f"{sign}{{{scripts[sign]}}}" for sign in "_^" if sign in scripts)

    def take(self) -> str:
        self.position += 1
        return self.tokens[self.position - 1]

    def atom(self) -> str:
        token = self.take()
        if token == "{":
            inside = self.row("}")
            assert self.take() == "}"
            return inside
        if not token.startswith("\\"):
            return plain(token)
        name = token[1:]
        if name in ("frac", "tfrac", "dfrac"):
            return f"F{{{self.atom()}}}{{{self.atom()}}}"
        if name == "sqrt":
            return f"R{{{self.atom()}}}"
        if name in ACCENTS:
            return f"A{ACCENTS[name]}{{{self.atom()}}}"
        if name in FONTS or name in SPACES:
            return ""
        if SIZES.fullmatch(name):
            delimiter = self.take()
            if delimiter == ".":
                return ""
            return plain(NAMED[delimiter[1:]] if delimiter.startswith("\\") else delimiter)
        return plain(NAMED[name])


def plain(text: str) -> str:
    """The text without fonts, with one sign for each of the signs that are written in several ways."""
    found = unicodedata.normalize("NFKC", text)
    table = {
        "-": "−",
        "\u2061": "",
        "\u2062": "",
        "∥": "‖",
        "*": "∗",
        "ϕ": "φ",
        "ϵ": "ε",
        "´": "′",
        "'": "′",
        "·": "⋅",
        "~": "∼",
    }
    return "".join("" if c.isspace() else table.get(c, c) for c in found)


def read_mathml(pieces: tuple[str, ...]) -> str:
    """The formula of pieces of MathML, one after the other, in the plain form."""
    return "".join("".join(_read(ElementTree.fromstring(re.sub("&#x2061;", "", piece)))) for piece in pieces)


def _read(node: ElementTree.Element) -> Iterator[str]:
    parts = ["".join(_read(child)) for child in node]
    match node.tag:
        case "mi" | "mn" | "mo" | "mtext":
            yield plain(node.text or "").replace("{", "⦃").replace("}", "⦄")
        case "mfrac":
            yield f"F{{{parts[0]}}}{{{parts[1]}}}"
        case "msqrt":
            yield f"R{{{''.join(parts)}}}"
        case "msup":
            yield f"{parts[0]}^{{{parts[1]}}}"
        case "msub":
            yield f"{parts[0]}_{{{parts[1]}}}"
        case "msubsup" | "munderover":
            yield f"{parts[0]}_{{{parts[1]}}}^{{{parts[2]}}}"
        case "munder":
            yield f"{parts[0]}_{{{parts[1]}}}"
        case "mover":
            accent = OVER.get(parts[1])
            yield f"A{accent}{{{parts[0]}}}" if accent else f"{parts[0]}^{{{parts[1]}}}"
        case _:
            yield "".join(parts)
