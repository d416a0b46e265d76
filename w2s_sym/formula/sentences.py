"""Sentences cut into words and the names of symbols in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import sympy as sp

from w2s_sym.formula.notation import latex

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


# A hyphen that is a minus: between spaces, or before a term that nothing precedes.
_MINUS = re.compile(r"(?<= )-(?= )|(?<=[\s(,=/])-(?=$|[^\s>-])")
_PRINTED = {"-": "−", "<=": "≤", ">=": "≥", "!=": "≠", "->": "→"}


def printed(words: str) -> str:
    """The signs that plain text cannot show as they are printed: minus, and <= and its like between spaces."""
    words = _MINUS.sub(_PRINTED["-"], words)
    return re.sub(r"(?<= )(?:<=|>=|!=|->)(?= )", lambda sign: _PRINTED[sign[0]], words)


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


def significant(value: float) -> str:
    """A float for a reader: six significant digits. How the last of seventeen is rounded depends on the processor."""
    return f"{value:.6g}"
