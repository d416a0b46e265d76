r"""Mathematics in sentences: TeX between dollars, and the plain text that is made from it.

A sentence is words and formulas: ``The risk is at most $\sigma^2 d_w/(n - d_w - 1)$.`` A formula is in a subset of TeX
that LaTeX, MathJax and MathML show alike: letters, numbers, sub- and superscripts, fractions, roots, accents,
brackets, Greek letters, relations and the names of operators. Everything else is refused. ``\$`` is a dollar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import sympy as sp

from w2s_sym.formula.notation import latex

_LENGTH, _DEPTH = 2000, 20


class SentenceError(ValueError):
    """A sentence whose mathematics cannot be read. One line: what, where, and the next move."""


@dataclass(frozen=True)
class Stretch:
    """A stretch of a sentence: words, or the TeX of a formula."""

    text: str
    formula: bool


@lru_cache(maxsize=4096)
def sentence_pieces(sentence: str) -> tuple[Stretch, ...]:
    """The words and formulas of a sentence, in order. Raises :class:`SentenceError` for TeX that it does not read."""
    cut = re.split(r"(?<!\\)\$", sentence)
    if len(cut) % 2 == 0:
        raise SentenceError(
            f"a dollar without its partner in {_shown(sentence)}; set a formula as $...$, and write \\$ for a dollar"
        )
    pieces = []
    for position, text in enumerate(cut):
        if position % 2:
            read_tex(text)
            pieces.append(Stretch(text.strip(), True))
        elif text:
            pieces.append(Stretch(text.replace(r"\$", "$"), False))
    return tuple(pieces)


def shown_pieces(text: str) -> tuple[Stretch, ...]:
    """The words and formulas of a text that nobody checked; all of it as words where it holds TeX that is not read."""
    try:
        return sentence_pieces(text)
    except SentenceError:
        return (Stretch(text, False),)


def plain_sentence(sentence: str, symbols: Iterable[sp.Symbol] = ()) -> str:
    """The sentence with its formulas as plain text; a letter of these symbols is called by its name.

    A symbol that stands for a formula, such as a trace, stays that formula.
    """
    forms = ((latex(s), s.name) for s in symbols)
    names = {
        form: f"{name}_i" if form.endswith("_i") and not name.endswith("_i") else name
        for form, name in forms
        if not set(form) & set("()[]|+-=/") and "\\operatorname" not in form
    }
    return "".join(plain_tex(p.text, names) if p.formula else p.text for p in shown_pieces(sentence))


def plain_tex(tex: str, names: Mapping[str, str] | None = None) -> str:
    r"""A formula as plain text: ``\frac{a + b}{c}`` is ``(a + b)/c``, ``x^{-3/2}`` is ``x^(-3/2)``.

    ``names`` are the words for some letters, by their TeX. Raises :class:`SentenceError` for TeX that is not read.
    """
    return read_tex(tex, tuple(sorted((names or {}).items())))


@lru_cache(maxsize=8192)
def read_tex(tex: str, names: tuple[tuple[str, str], ...] = ()) -> str:
    """The formula read, as plain text. Raises :class:`SentenceError`."""
    if not tex.strip():
        raise SentenceError("an empty formula $$; a formula stands between single dollars")
    if len(tex) > _LENGTH:
        raise SentenceError(f"a formula of {len(tex)} characters; a sentence takes at most {_LENGTH}")
    known = tuple((tuple(_tokens(form)), name) for form, name in names if form)
    reader = _Reader(tex, _tokens(tex), sorted(known, key=lambda pair: -len(pair[0])))
    found = reader.row("")
    return _joined(found)


def _shown(text: str) -> str:
    return repr(text if len(text) < 80 else f"{text[:77]}...")


# -- tokens ---------------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
_SPACES = frozenset({r"\,", r"\;", r"\:", r"\!", r"\ ", "~", r"\quad", r"\qquad"})


def _commands(words: str) -> frozenset[str]:
    return frozenset(f"\\{word}" for word in words.split())


_SIZES = _commands("left right big bigl bigr Big Bigl Bigr bigg biggl biggr displaystyle textstyle")


def _tokens(tex: str) -> list[str]:
    """The tokens that are seen, without spaces and sizes; a digit after a script is one token, as TeX takes it."""
    found: list[str] = []
    for token in _TOKEN.findall(tex):
        if token.isspace() or token in _SPACES or token in _SIZES:
            continue
        if token[0].isdigit() and len(token) > 1 and found and found[-1] in "^_":
            raise SentenceError(f"TeX raises only the first digit in {_shown(tex)}; write {found[-1]}{{{token}}}")
        found.append(token)
    return _without_needless_braces(found)


def _without_needless_braces(tokens: Sequence[str]) -> list[str]:
    """``x_{1}`` and ``x_1`` are the same tokens."""
    found: list[str] = []
    position = 0
    while position < len(tokens):
        single = tokens[position : position + 3]
        needless = len(single) == 3 and single[0] == "{" and single[2] == "}" and single[1] not in "{}^_"
        if needless and found and found[-1] in ("^", "_"):
            found.append(single[1])
            position += 3
        else:
            found.append(tokens[position])
            position += 1
    return found


# -- what may stand in a formula ------------------------------------------------------------------------------

_GREEK = _commands(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega varepsilon varphi vartheta ell"
)
_CALLED = {r"\varepsilon": "epsilon", r"\varphi": "phi", r"\vartheta": "theta", r"\ell": "l"}
_ATOMS = {
    r"\infty": "infinity",
    r"\dots": "...",
    r"\ldots": "...",
    r"\cdots": "...",
    r"\top": "'",
    r"\%": "%",
    r"\star": "*",
}
_ATOMS |= {r"\partial": "d", r"\nabla": "grad", r"\circ": "o", r"\#": "#", r"\emptyset": "{}", r"\perp": "perp"}
_OPERATORS = {
    w: w[1:] for w in _commands("log ln exp sin cos tan cot coth sinh cosh tanh max min sup inf lim det dim arg Pr")
}
_OPERATORS |= {r"\sum": "sum", r"\prod": "prod", r"\int": "int"}
_RELATIONS = {"=": "=", "<": "<", ">": ">", r"\le": "<=", r"\leq": "<=", r"\ge": ">=", r"\geq": ">=", r"\ne": "!="}
_RELATIONS |= {r"\neq": "!=", r"\to": "->", r"\in": "in", r"\iff": "<=>", r"\Rightarrow": "=>", r"\sim": "~"}
_RELATIONS |= {r"\approx": "~=", r"\propto": "~", r"\mid": "|", ":": ":", r"\notin": "not in", r"\subset": "in"}
_RELATIONS |= {r"\ll": "<<", r"\gg": ">>", r"\mapsto": "->", r"\equiv": "=", r"\simeq": "~="}
_SIGNS = {"+": "+", "-": "-", r"\pm": "+-", r"\cdot": "*", r"\times": "*", "*": "*", r"\cap": "cap", r"\cup": "cup"}
_SIGNS |= {r"\wedge": "wedge", r"\vee": "vee", r"\otimes": "(x)", r"\oplus": "(+)", r"\odot": "o", r"\setminus": "\\"}
_OPENS = {"(": "(", "[": "[", r"\{": "{", r"\lvert": "|", r"\lVert": "||", r"\lfloor": "floor("}
_OPENS |= {r"\lceil": "ceil(", r"\langle": "<"}
_CLOSES = {")": ")", "]": "]", r"\}": "}", r"\rvert": "|", r"\rVert": "||", r"\rfloor": ")", r"\rceil": ")"}
_CLOSES |= {r"\rangle": ">"}
_BARS = {"|": "|", r"\vert": "|", r"\|": "||", r"\Vert": "||"}
_POINTS = frozenset(",;.")
_ACCENTS = {r"\tilde": "~", r"\hat": "^", r"\bar": "_bar", r"\dot": "_dot", r"\widetilde": "~", r"\widehat": "^"}
_ACCENTS |= {r"\overline": "_bar"}
_FONTS = _commands("mathrm mathbf mathcal mathbb boldsymbol mathsf mathit bm")
_WORDS = frozenset({r"\text", r"\operatorname", r"\mathrm", r"\textrm"})


@dataclass(frozen=True)
class _Item:
    """A part of a row, as plain text, and how it stands to its neighbours."""

    text: str
    kind: str = "atom"


class _Reader:
    """Reads tokens one by one."""

    def __init__(self, tex: str, tokens: Sequence[str], names: Sequence[tuple[tuple[str, ...], str]]) -> None:
        self.tex, self.tokens, self.names = tex, tokens, names
        self.place = self.depth = 0

    def row(self, end: str) -> list[_Item]:
        """The items up to the token ``end``, which is taken."""
        self.depth += 1
        if self.depth > _DEPTH:
            raise self.refused(f"more than {_DEPTH} levels of braces", "write a flatter formula")
        found: list[_Item] = []
        barred: list[str] = []
        while self.peek() != end:
            if self.peek() == "":
                raise self.refused("a brace is not closed", "close it")
            found.append(self.item(barred))
        if not found:
            raise self.refused("empty braces", "put something into them")
        if end:
            self.place += 1
        self.depth -= 1
        return found

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1]

    def refused(self, problem: str, move: str) -> SentenceError:
        return SentenceError(f"{problem} in the formula {_shown(self.tex)}; {move}")

    def item(self, barred: list[str]) -> _Item:
        """A nucleus with its scripts."""
        found = self.named() or self.nucleus(barred)
        seen = set()
        text = found.text
        while self.peek() in ("^", "_", "'"):
            script = self.take()
            if script == "'":
                text += "'"
                continue
            if script in seen or found.kind in ("sign", "relation", "open", "point"):
                raise self.refused(f"a second {script}" if script in seen else f"a {script} without its base", "use {}")
            seen.add(script)
            text = _scripted(text, script, self.argument(), found.kind)
        return _Item(text, found.kind)

    def named(self) -> _Item | None:
        """A letter that has a name."""
        for form, name in self.names:
            after = self.place + len(form)
            if tuple(self.tokens[self.place : after]) == form:
                follows = self.tokens[after] if after < len(self.tokens) else ""
                if follows not in ("_", "'") and not (follows == "^" and "^" in form):
                    self.place = after
                    return _Item(name, "symbol")
        return None

    def nucleus(self, barred: list[str]) -> _Item:
        token = self.take()
        for table, kind in ((_ATOMS, "atom"), (_OPERATORS, "operator"), (_RELATIONS, "relation"), (_SIGNS, "sign")):
            if token in table:
                return _Item(table[token], kind)
        if token in _OPENS or token in _CLOSES:
            return _Item(_OPENS[token], "open") if token in _OPENS else _Item(_CLOSES[token], "close")
        if token in _BARS:
            return self.bar(token, barred)
        if token in _GREEK:
            return _Item(_CALLED.get(token, token[1:]))
        if token == "/":
            return _Item("/", "slash")
        if token == "!":
            return _Item("!", "close")
        if token in _POINTS:
            return _Item(token, "point")
        if token == "{":
            inside = self.row("}")
            if len(inside) == 1:
                return inside[0]
            return _Item(_joined(inside), "close" if _fenced(inside) else "group")
        if (token.isalnum() and token.isascii()) or re.fullmatch(r"\d+\.\d+", token):
            return _Item(token, "number" if token[0].isdigit() else "atom")
        return self.command(token)

    def bar(self, token: str, barred: list[str]) -> _Item:
        if barred and barred[-1] == token:
            barred.pop()
            return _Item(_BARS[token], "close")
        barred.append(token)
        return _Item(_BARS[token], "open")

    def command(self, token: str) -> _Item:
        if token in (r"\frac", r"\tfrac", r"\dfrac"):
            over, under = self.argument(), self.argument()
            return _Item(f"{_factor(over, 'product')}/{_factor(under, 'atom')}", "ratio")
        if token == r"\binom":
            return _Item(f"binomial({_joined(self.argument())}, {_joined(self.argument())})")
        if token == r"\sqrt":
            return _Item(f"sqrt({_joined(self.argument())})")
        if token in _WORDS:
            text, named = self.words(), token == r"\operatorname"
            spaced = text != text.strip()
            return _Item(text.strip(), "operator" if named else "relation" if spaced else "atom")
        if token in _FONTS:
            return _Item(_joined(self.argument()))
        if token in _ACCENTS:
            return _Item(_joined(self.argument()) + _ACCENTS[token])
        raise self.refused(f"{token} is not known", "use letters, scripts, \\frac, \\sqrt, Greek letters and relations")

    def argument(self) -> list[_Item]:
        """What a command or a script takes: a group or one token."""
        if self.peek() in ("", "}", "^", "_"):
            raise self.refused("something is missing after a command or a script", "give it in braces")
        if self.peek() == "{":
            self.take()
            return self.row("}")
        return [self.nucleus([])]

    def words(self) -> str:
        r"""The words of ``\text{...}``, with their spaces."""
        if self.peek() != "{":
            raise self.refused("a command for words has no braces", r"write \text{...}")
        start = self.place
        while self.peek() not in ("}", ""):
            self.place += 1
        if not self.peek():
            raise self.refused("a brace is not closed", "close it")
        self.place += 1
        taken = self.tokens[start + 1 : self.place - 1]
        # The spaces are in the source: the n-th group of words has the n-th place in it.
        seen = [m for m in re.finditer(r"\\(?:text|operatorname|mathrm|textrm)\s*\{([^{}]*)\}", self.tex)]
        same = [m[1] for m in seen if [t for t in _TOKEN.findall(m[1]) if not t.isspace()] == taken]
        if not same or any(not re.fullmatch(r"[\w\s.,'()\-]+", t) for t in same):
            raise self.refused("words hold letters, digits and points only", "end the formula before other signs")
        return same[0]


# -- plain text -----------------------------------------------------------------------------------------------


def _scripted(base: str, script: str, argument: Sequence[_Item], kind: str) -> str:
    text = _joined(argument).replace(" = ", "=").replace(", ", ",")
    if script == "^" and text in ("'", "''"):
        return base + text
    if kind in ("ratio", "group"):
        base = f"({base})"
    if script == "_":
        word = "".join(i.text for i in argument if i.text != "wedge")
        return f"{base}_{word}" if re.fullmatch(r"\w+|\w+[~']", word) else f"{base}_({text})"
    single = (
        len(argument) == 1 and argument[0].kind in ("atom", "symbol", "number") and re.fullmatch(r"[\w.]+|\*|'|o", text)
    )
    return f"{base}^{text}" if single else f"{base}^({text})"


def _factor(items: Sequence[_Item], level: str) -> str:
    """The row as a part of a ratio written with a slash: in parentheses unless it is read as one without."""
    text = _joined(items)
    kinds = {i.kind for i in items}
    alone = len(items) == 1 and kinds <= {"atom", "symbol", "number"}
    product = level == "product" and not kinds & {"sign", "relation", "slash", "ratio", "point", "group", "operator"}
    return text if alone or product or _fenced(items) else f"({text})"


def _fenced(items: Sequence[_Item]) -> bool:
    """Whether one pair of brackets holds all of it."""
    depth = 0
    if not items or items[0].kind != "open":
        return False
    for position, item in enumerate(items):
        depth += (item.kind == "open") - (item.kind == "close" and item.text != "!")
        if depth == 0 and position < len(items) - 1:
            return False
    return depth == 0


_ENDS = frozenset({"atom", "symbol", "number", "ratio", "close", "group"})
_STARTS = frozenset({"atom", "symbol", "number", "ratio", "operator", "group", "open"})


def _joined(items: Sequence[_Item]) -> str:
    """The items with the spaces that plain text has."""
    told = ""
    for position, item in enumerate(items):
        before = items[position - 1] if position else None
        after = items[position + 1] if position + 1 < len(items) else None
        ends = before is not None and before.kind in _ENDS
        text = item.text
        if item.kind in ("ratio", "group") and (ends or (after is not None and after.kind in _STARTS | {"slash"})):
            text = f"({text})"
        if item.kind == "relation" or (item.kind == "sign" and ends):
            told += f" {text} " if before is not None else f"{text} "
        elif item.kind == "point":
            told += f"{text} "
        else:
            told += (" " if _apart(before, item) else "") + text
    return re.sub(r"  +", " ", told).strip()


def _apart(before: _Item | None, item: _Item) -> bool:
    """Whether a space stands between two items that no sign joins."""
    if before is None or before.kind not in _ENDS | {"operator"} or item.kind not in _STARTS:
        return False
    if item.kind == "open":  # a letter that is a number is no function of what follows in brackets
        return before.kind == "symbol" or item.text in ("|", "||")
    return True
