"""Symbols with one home: assumptions, meaning, and the LaTeX that papers print.

SymPy treats ``Symbol("x")`` and ``Symbol("x", positive=True)`` as different symbols that print alike, a
classic source of silent nonsense. Papers therefore declare their letters with :func:`symbol`; the letters that
every paper of this field shares are declared here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter


class Letter(sp.Symbol):  # type: ignore[misc]
    """A symbol that knows what it stands for and how its paper prints it.

    Both are part of it, as its assumptions are: two papers may use one name for two things, and do not meet.
    """

    form: str
    meaning: str

    def __new__(cls, name: str, form: str, meaning: str, **assumptions: bool) -> Letter:
        return _letter(name, form, meaning, tuple(sorted(assumptions.items())))

    @classmethod
    def class_key(cls) -> Any:
        # Terms stand in the order of their names, whatever is known of a name.
        return sp.Symbol.class_key()

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.form, self.meaning)

    def __getnewargs_ex__(self) -> tuple[tuple[str, ...], dict[str, bool]]:
        return (self.name, self.form, self.meaning), dict(self._assumptions_orig)

    def _latex(self, printer: Any) -> str:
        return self.form


@cache
def _letter(name: str, form: str, meaning: str, assumptions: tuple[tuple[str, bool], ...]) -> Letter:
    made: Letter = sp.Symbol.__xnew__(Letter, name, **dict(assumptions))
    made.form, made.meaning = form, meaning
    return made


def symbol(name: str, meaning: str, latex: str | None = None, **assumptions: bool) -> sp.Symbol:
    """Declare a symbol and return it.

    ``assumptions`` are SymPy's (``positive=True``, ``integer=True``, ...). Meaning and LaTeX form are part of a symbol:
    the same name with others is another symbol, and no claim may hold both.
    """
    return Letter(name, latex if latex is not None else sp.latex(sp.Symbol(name)), meaning, **assumptions)


def meaning(declared: sp.Symbol) -> str:
    """What the symbol stands for; empty for a symbol that nobody declared."""
    return str(getattr(declared, "meaning", ""))


class _Printer(LatexPrinter):  # type: ignore[misc]
    """SymPy's LaTeX with the terms of a sum in the order in which papers write them."""

    def _as_ordered_terms(self, expr: sp.Add, order: str | None = None) -> list[sp.Expr]:
        return sorted(super()._as_ordered_terms(expr, order=order), key=term_order)


def term_order(term: sp.Expr) -> tuple[bool, bool]:
    """Sort key of the terms of a sum: what is added before what is subtracted, numbers last."""
    return (term.could_extract_minus_sign(), bool(term.is_number))


def latex(expression: object) -> str:
    """LaTeX of a SymPy expression, with each declared symbol printed as its paper prints it."""
    return plain_parentheses(str(_Printer().doprint(expression)))


# What is taller than a parenthesis of the size of the text.
_TALL = ("\\frac", "\\sqrt", "\\sum", "\\prod", "\\int", "\\begin", "\\left", "\\binom", "\\lfloor", "\\lceil")


def plain_parentheses(text: str) -> str:
    r"""The LaTeX with ``\left( ... \right)`` written ``( ... )`` wherever nothing tall is inside."""
    opened: list[int] = []
    pieces = re.split(r"(\\left\(|\\right\)|\\left(?![a-z])|\\right(?![a-z]))", text)
    for position, piece in enumerate(pieces):
        if piece.startswith("\\left"):
            opened.append(position)
        elif piece.startswith("\\right") and opened:
            start = opened.pop()
            inside = "".join(pieces[start + 1 : position])
            if pieces[start] == "\\left(" and piece == "\\right)" and not any(t in inside for t in _TALL):
                pieces[start], pieces[position] = "(", ")"
    return "".join(pieces)


def superscript(base: str, exponent: str) -> str:
    r"""``base`` raised to ``exponent``; a superscript that the base ends with is continued, since TeX allows one only.

    ``X`` and ``\top`` give ``X^{\top}``; ``X^{n}`` and ``\top`` give ``X^{n\top}``.
    """
    depth, raised, end = 0, None, False
    for position, letter in enumerate(base):
        depth += {"{": 1, "(": 1, "}": -1, ")": -1}.get(letter, 0)
        if letter == "^" and depth == 0 and base[position - 1 : position] != "\\":
            raised = position
    if raised is None:
        return f"{base}^{{{exponent}}}"
    after = base[raised + 1 :]
    if after.startswith("{"):
        depth = 0
        for position, letter in enumerate(after):
            depth += {"{": 1, "}": -1}.get(letter, 0)
            if depth == 0:
                end = position == len(after) - 1
                break
        after = after[1:-1]
    else:
        end = re.fullmatch(r"[^\\]|\\[A-Za-z]+", after) is not None
    return f"{base[:raised]}^{{{after}{exponent}}}" if end else f"{{{base}}}^{{{exponent}}}"


# Letters that are English words too: in a sentence they are not taken for symbols.
_WORDS = frozenset({"a", "A", "I"})


# Greek letters by name, and what TeX calls those for which that is not the name.
_GREEK = (
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|kappa|lambda|lam|mu|nu|xi|pi|rho|sigma|tau|phi|chi|psi|omega|Omega"
)
_CALLED = {"lam": "lambda", "phi": "varphi", "epsilon": "varepsilon"}
_LETTER = rf"(?:sum|{_GREEK}|[A-Za-z])_[A-Za-z0-9]|(?:{_GREEK}|[A-Za-z])~|(?:{_GREEK})'?"


def _letter_of(word: str) -> str:
    base, _, index = word.rstrip("'~").partition("_")
    form = base if len(base) == 1 else f"\\{_CALLED.get(base, base)}"
    prime = "'" if word.endswith("'") else ""
    return rf"\tilde{{{form}}}" if word.endswith("~") else f"{form}_{index}" if index else form + prime


def segments(text: str, symbols: Iterable[sp.Symbol]) -> Iterator[tuple[str, bool]]:
    """A sentence cut at the names of these symbols: (words, False) and (LaTeX of a symbol, True), in order.

    What is plainly a letter is a symbol too: u_i, zeta_i, sum_i, phi, phi', t~. A power is one formula: w^r, e^-s,
    )^(1/r), where the base is a symbol, a letter, a number or a closing parenthesis.
    """
    forms = {s.name: latex(s) for s in symbols if s.name not in _WORDS}
    forms |= {f"{name}_i": form for name, form in forms.items() if form.endswith(("_i", ",i}"))}
    names = "|".join([*sorted(map(re.escape, forms), key=len, reverse=True), _LETTER])
    name = rf"(?<![\w'])(?:{names})(?![\w'])"
    base = rf"{name}|\)(?=\^)|(?<![\w'^])(?:[A-Za-z]|\d+)(?=\^)"
    power = rf"\^(?:-?(?:\d+|{name}|[A-Za-z](?![\w'(]))|\((?:{name}|[A-Za-z](?![\w'(])|[\d\s+\-*/.])+\))"

    def form(word: str) -> str:
        return forms.get(word) or (_letter_of(word) if re.fullmatch(_LETTER, word) else word)

    end = 0
    for found in re.finditer(rf"({base})({power})?", text):
        base_form = form(found[1])
        if found[2]:
            exponent = re.sub(name, lambda word: form(word[0]), found[2][1:].removeprefix("(").removesuffix(")"))
            raised = f"({base_form})" if "^" in base_form else base_form
            base_form = f"{raised}^{{{exponent}}}"
        elif found[1] not in forms and not re.fullmatch(_LETTER, found[1]):
            continue
        if found.start() > end:
            yield text[end : found.start()], False
        yield base_form, True
        end = found.end()
    if end < len(text):
        yield text[end:], False


# An exponent without parentheses, then a power, a slash or a sign, no space, and what may belong to the exponent too.
_RAISED = rf"-?(?:\d+(?:\.\d+)?|(?:{_GREEK}|[A-Za-z])(?:_\w+)?['~]?(?![A-Za-z]))"
_ONE = rf"-?(?:\d+(?:\.\d+)?(?!\w)|(?:{_GREEK}|[A-Za-z])(?:_\w+)?['~]?(?![A-Za-z'-]))"
_TWO_WAYS = re.compile(rf"\^({_RAISED}|\([^()]*\)(?=\^))(?:(\^)({_RAISED}|\([^()]*\))|(/)(-?\w+)|([-+*])({_ONE}))")


def ambiguous_power(text: str) -> tuple[str, str, str] | None:
    """The first power in a sentence that reads in two ways, and both ways written out; None where there is none.

    ``i^-3/2`` is ``i^(-3/2)`` or ``(i^-3)/2``, and ``a^b^c`` is ``a^(b^c)`` or ``(a^b)^c``. A slash between spaces, or
    before a parenthesis as in ``x^2/(1 + x)``, divides the power.
    """
    found = _TWO_WAYS.search(text)
    if found is None:
        return None
    exponent, operator, rest = (part for part in found.groups() if part is not None)
    base = _base(text[: found.start()])
    return base + found[0], f"{base}^({exponent}{operator}{rest})", f"({base}^{exponent}){operator}{rest}"


def _base(before: str) -> str:
    """What is raised, at the end of a text: a word, or what a pair of parentheses holds and the name before it."""
    start = len(before)
    if before.endswith(")"):
        depth = 0
        while start and (depth or start == len(before)):
            start -= 1
            depth += {")": 1, "(": -1}.get(before[start], 0)
    while start and re.match(r"[\w'~|]", before[start - 1]):
        start -= 1
    return before[start:]


# A hyphen that is a minus: between spaces, or before a term that nothing precedes.
_MINUS = re.compile(r"(?<= )-(?= )|(?<=[\s(,=/])-(?=$|[^\s>-])")
_PRINTED = {"-": "−", "<=": "≤", ">=": "≥", "!=": "≠", "->": "→"}


def printed(words: str) -> str:
    """The signs that plain text cannot show as they are printed: minus, and <= and its like between spaces."""
    words = _MINUS.sub(_PRINTED["-"], words)
    return re.sub(r"(?<= )(?:<=|>=|!=|->)(?= )", lambda sign: _PRINTED[sign[0]], words)


def significant(value: float) -> str:
    """A float for a reader: six significant digits. How the last of seventeen is rounded depends on the processor."""
    return f"{value:.6g}"


def _size(name: str, text: str, form: str | None = None) -> sp.Symbol:
    return symbol(name, text, form, integer=True, positive=True)


n = _size("n", "number of labelled samples")
N = _size("N", "number of pseudo-labelled samples")
d_s = _size("d_s", "dimension of the strong student's feature space", "d_s")
d_w = _size("d_w", "dimension of the weak teacher's feature space", "d_w")
d_sw = symbol(
    "d_sw",
    "correlation dimension |E[psi_s psi_w']|_F^2, the sum of squared canonical correlations",
    r"d_{s\wedge w}",
    nonnegative=True,
)
sigma2 = symbol("sigma2", "variance of the label noise", r"\sigma^2", nonnegative=True)
