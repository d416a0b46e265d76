"""LaTeX to MathML Core by way of latex2mathml, with its output mended for browsers and cut where lines may break."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from xml.etree import ElementTree

Element = ElementTree.Element

# What a formula may consist of. Anything else (a link, a style) makes the formula fall back to its LaTeX.
_ELEMENTS = {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mpadded", "mphantom"}
_ELEMENTS |= {"msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle"}
_ATTRIBUTES = {"display", "displaystyle", "scriptlevel", "mathvariant", "stretchy", "fence", "form", "separator"}
_ATTRIBUTES |= {"width", "height", "depth", "linethickness", "accent", "accentunder", "movablelimits", "largeop"}
_ATTRIBUTES |= {"lspace", "rspace", "minsize", "maxsize", "symmetric", "columnalign", "rowspacing"}
# The elements that have scripts, and the child at which those begin.
_SCRIPTED = {"msub": 1, "msup": 1, "msubsup": 1, "munder": 1, "mover": 1, "munderover": 1}
_RELATIONS = frozenset("=<>≤≥≠⟺→≈∼")
_BREAKS = _RELATIONS | frozenset("+−")
# A formula with more characters than this may be broken over lines, before its operators.
_LONG = 28


@cache
def has_mathml() -> bool:
    """Whether formulas become MathML."""
    try:
        import latex2mathml.converter  # noqa: F401
    except ImportError:
        return False
    return True


@lru_cache(maxsize=8192)
def pieces(latex: str, display: bool) -> tuple[str, ...]:
    """The formula as MathML, in pieces between which a line may break; () when it cannot be converted."""
    from latex2mathml.converter import convert

    try:
        root = ElementTree.fromstring(convert(latex))
        _strip(root)
        _clean(root, False)
    except Exception:  # the converter raises many kinds, and none is worth the page
        return ()
    if len("".join(root.itertext())) <= _LONG:
        return (_math(list(root), display),)
    return tuple(_math(piece, display) for piece in _broken(_opened(list(root))))


def _math(children: Iterable[Element], display: bool) -> str:
    root = Element("math", {"displaystyle": "true"} if display else {})
    root.extend(children)
    text = ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)
    # Characters that would be invisible in the page's source, or sit on the bracket before them.
    return text.replace("\u2061", "&#x2061;").replace("\u0302", "&#x302;")


def _strip(root: Element) -> None:
    """Drop the namespace, which HTML implies, and refuse what is no plain mathematics."""
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        if element.tag not in _ELEMENTS or set(element.attrib) - _ATTRIBUTES:
            raise ValueError(f"<{element.tag}> is no plain mathematics")


def _clean(element: Element, script: bool) -> None:
    """Mend what the converter writes for TeX's spacing and upright words, which MathML Core reads otherwise."""
    first_script = _SCRIPTED.get(element.tag)
    for position, child in enumerate(element):
        _clean(child, script or (first_script is not None and position >= first_script))
    if element.tag == "mover" and len(element) == 2 and element[1].text in ("^", "~", "¯"):
        element.set("accent", "true")
        if element[1].text == "^":
            element[1].text = "\u0302"  # the hat that fonts can stretch over a word
            element[1].set("stretchy", "true")
    children: list[Element] = []
    for child in element:
        text = child.text or ""
        if child.tag == "mspace" and child.get("width", "").startswith("negative"):
            continue  # TeX's correction of a gap that MathML does not make
        if child.tag == "mo":
            if len(text) > 1 and text.isalpha():
                child.tag, child.attrib = "mi", {}  # the name of an operator: tr, Var, det
                children.append(child)
                if element.tag not in _SCRIPTED:  # its children have places: the base, then the scripts
                    children.append(_element("mo", "\u2061"))
                continue
            if text == "\u221e":  # infinity is a number: no gaps around it
                child.tag, child.attrib = "mi", {}
            elif text == "/" or (script and first_script is None):
                child.set("lspace", "0")
                child.set("rspace", "0")
        elif child.tag == "mi" and len(text) == 1 and text in _RELATIONS:
            child.tag = "mo"
        children.append(child)
    if element.tag in ("mrow", "math"):
        children = [_word(children)] if _is_word(children) else _spaced(children)
    element[:] = children


def _element(tag: str, text: str = "", **attributes: str) -> Element:
    made = Element(tag, attributes)
    made.text = text
    return made


def _is_word(children: Sequence[Element]) -> bool:
    """Whether these are the letters and digits of one upright word, such as ER or w2s."""
    upright = [c for c in children if c.tag == "mi" and c.get("mathvariant") == "normal"]
    return len(children) > 1 and bool(upright) and all(c in upright or c.tag == "mn" for c in children)


def _word(children: Sequence[Element]) -> Element:
    return _element("mi", "".join(c.text or "" for c in children))  # upright, as every name of several letters


def _spaced(children: Sequence[Element]) -> list[Element]:
    """Thin spaces around the name of an operator: after a factor, and before an argument without parentheses."""
    made: list[Element] = []
    for child, after in zip(children, [*children[1:], None], strict=True):
        named = after is not None and after.text == "\u2061"
        after_factor = named and bool(made) and made[-1].tag not in ("mo", "mspace")
        bare = child.tag in ("mi", "mn", "msub", "msup", "msubsup", "mfrac", "mover")
        if after_factor or (bare and bool(made) and made[-1].text == "\u2061"):
            made.append(_element("mspace", width="0.167em"))
        made.append(child)
    return made


def _opened(children: Sequence[Element]) -> list[Element]:
    """The same row with nested rows, and long brackets, laid open, so that it can be broken inside them."""
    made: list[Element] = []
    for child in children:
        fenced = child.tag == "mrow" and len(child) > 2 and child[0].get("fence") == "true"
        if child.tag == "mrow" and not fenced:
            made += _opened(list(child))
        elif fenced and len("".join(child.itertext())) > 2 * _LONG:
            for end in (child[0], child[-1]):
                end.set("minsize", "1.7em")  # the two ends stand in pieces of their own and cannot see each other
            made += [child[0], *_opened(list(child)[1:-1]), child[-1]]
        else:
            made.append(child)
    return made


def _broken(children: Sequence[Element]) -> Iterator[list[Element]]:
    """The row cut before its operators and relations."""
    piece: list[Element] = []
    for child in children:
        infix = bool(piece) and piece[-1].get("form") != "prefix" and piece[-1].text not in _BREAKS
        if child.tag == "mo" and child.text in _BREAKS and infix:
            child.set("form", "infix")  # at the start of a piece it would be taken for a sign
            yield piece
            piece = []
        piece.append(child)
    if piece:
        yield piece
