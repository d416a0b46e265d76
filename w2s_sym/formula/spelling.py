"""How a symbol may be called and printed, so that no formula reads as another one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

# Words that read as numbers and as functions; "gamma", "zeta" and their like are letters.
_NUMBERS = re.compile("pi|E|I|oo|zoo|nan|NaN|[iI]nf|[iI]nfinity|EulerGamma|GoldenRatio|Catalan")
_FUNCTIONS = re.compile(
    "exp|log|ln|a?sin|a?cos|a?tan|cot|sec|csc|sinh|cosh|tanh|coth|sqrt|cbrt|root|erfc?|[Aa]bs|[Mm]in|[Mm]ax|sign|floor|"
    "ceiling|factorial|binomial|tr|det|total|Sum|Product|Integral|Derivative|Limit|Rational|True|False|None"
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*'*")


def _spelt(letter: str) -> str:
    case, word = unicodedata.name(letter).split()[1], unicodedata.name(letter).split()[-1].replace("LAMDA", "LAMBDA")
    return word.capitalize() if case == "CAPITAL" else word.lower()


# Greek letters that people type, by the names that SymPy and LaTeX know.
GREEK = {c: _spelt(c) for c in "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ"}
# Commands that are no mathematics, and a length that no letter has.
_FORBIDDEN = re.compile(r"\\(?:begin|end|input|include|def|let|newcommand|write|openout|catcode|par|item|verb|label)\b")
# Commands that hide what follows, shift it over its neighbours or make it too small to see.
_HIDING = re.compile(
    r"\\(?:color|textcolor|[hv]?phantom|(?:math)?[rl]?[lr]ap|mathclap|clap|smash|m?kern|m?skip|hs?kip|[hv]space|mspace|"
    r"raisebox|lower|raise|rule|tiny|scriptsize|fontsize|scalebox|transparent|opacity|cancel|style|href|class|cssId|"
    r"unicode|char|symbol)(?![A-Za-z])"
)
LONGEST_FORM = 400


class SymbolError(ValueError):
    """A name or a LaTeX form that a symbol cannot have: what it reads as, and the next move."""


def require_name(name: object) -> None:
    """Raises :class:`SymbolError` unless a name is a word: a letter, then letters, digits, underscores and primes.

    Words that read as numbers or as functions are refused too.
    """
    if not isinstance(name, str):
        raise SymbolError(f"a symbol is called {name!r:.60}; give its name as text, such as 'x'")
    greek = "".join(GREEK.get(c, c) for c in name)
    if greek != name:
        raise SymbolError(f"the name {name[:60]!r} has Greek letters; spell them: {greek[:60]!r}")
    if not _NAME.fullmatch(name) or len(name) > LONGEST_FORM:
        reads = "a number" if re.fullmatch(r"[\d.]+", name) else "a formula or as no word"
        raise SymbolError(
            f"the name {name[:60]!r} reads as {reads}; give a word of letters, digits and underscores, and how it "
            "prints as its LaTeX: symbol('x_1', 'what it stands for', r'x_{1}')"
        )
    if _NUMBERS.fullmatch(name) or _FUNCTIONS.fullmatch(name):
        reads = "a number" if _NUMBERS.fullmatch(name) else "a function"
        raise SymbolError(f"the name {name!r} reads as {reads}; give another one, such as {name + '_1'!r}")
    if "__" in name:
        raise SymbolError(f"the name {name[:60]!r} would print as a power; use single underscores")


def require_form(name: str, form: object) -> None:
    """Raises :class:`SymbolError` unless the text is LaTeX that a document can hold as one letter; ``name`` is told."""
    if not isinstance(form, str):
        raise SymbolError(f"the LaTeX of {name} is {form!r:.60}; give a text, such as r'\\alpha'")
    fault = _fault(form)
    if fault:
        raise SymbolError(f"the LaTeX of {name}, {form[:60]!r}, {fault}")


def _fault(form: str) -> str:
    """What keeps a text from being the LaTeX of a letter; empty when nothing does."""
    if not form.strip() or len(form) > LONGEST_FORM:
        return (
            "is empty; give a letter"
            if not form.strip()
            else f"has {len(form)} characters; give at most {LONGEST_FORM}"
        )
    strange = next((c for c in form if not " " <= c <= "~"), None)
    if strange is not None:
        told = f"write \\{GREEK[strange]}" if strange in GREEK else "write it as a command"
        return f"has the character {strange!r}, which LaTeX has no letter for; {told}"
    plain = re.sub(r"\\[^A-Za-z]", "  ", form)
    if "\\\\" in form or plain.endswith("\\") or _FORBIDDEN.search(form):
        return "is no letter of a formula; leave out commands that are no mathematics"
    if _HIDING.search(form):
        return "may print as less than it says; leave out commands that colour, hide or shift"
    special = re.search(r"[#$%&~]", plain)
    if special is not None:
        return f"has {special[0]!r}, which LaTeX reads as a command; write \\{special[0]} or leave it out"
    depth = 0
    for c in plain:
        depth += {"{": 1, "}": -1}.get(c, 0)
        if depth < 0:
            break
    if depth or len(re.findall(r"\\left\b", form)) != len(re.findall(r"\\right\b", form)):
        return "has brackets that do not close; close them"
    if _scripts_clash(_tokens(form)):
        return "has two superscripts, two subscripts or an empty one; put braces around what they belong to"
    if re.fullmatch(r"[-+.,\d\s]+|\\infty", form.strip()):
        return "reads as a number; give a letter"
    if top_level(form) == "relation":
        return "reads as a statement; give a letter"
    return ""


def _tokens(form: str) -> list[str]:
    """Commands, braces and characters, without what only spaces."""
    spacing = re.compile(r"\\(?:[,;:! ]|quad|qquad|bigl?|bigr|Bigl?|Bigr|textstyle|displaystyle|mathit)$")
    return [t for t in re.findall(r"\\[A-Za-z]+|\\.|\S", form) if not spacing.match(t)]


def _scripts_clash(tokens: list[str]) -> bool:
    """Whether some base has two superscripts or two subscripts, or a script has nothing in it."""
    seen: list[set[str]] = [set()]
    before = ""
    for token in [*tokens, ""]:
        if before in ("^", "_") and token in ("^", "_", "}", ""):
            return True
        if token in ("^", "_"):
            if token in seen[-1]:
                return True
            seen[-1].add(token)
        elif token == "{":
            if before not in ("^", "_"):
                seen[-1] = set()
            seen.append(set())
        elif token == "}":
            seen.pop()
        elif token == "'":
            if "^" in seen[-1]:
                return True
        elif before not in ("^", "_"):
            seen[-1] = set()
        before = token
    return False


def top_level(form: str) -> str:
    """What stands outside of all brackets of a form: relation, sum (limits too), quotient or product."""
    depth, bars, found = 0, 0, ""
    for position, token in enumerate(tokens := _tokens(form)):
        if token in ("{", "(", "[", "\\{", "\\left", "\\langle"):
            depth += 1
        elif token in ("}", ")", "]", "\\}", "\\right", "\\rangle"):
            depth -= 1
        elif token in ("|", "\\|"):
            bars += 1
        if depth or bars % 2 or (position and tokens[position - 1] in ("^", "_")):
            continue
        if token in ("=", "<", ">", "\\le", "\\ge", "\\leq", "\\geq", "\\ne", "\\neq"):
            return "relation"
        if token in ("+", "-", "\\pm", "\\mp", "\\lim", "\\sum", "\\int", "\\prod"):
            found = "sum"
        elif token == "/" and found != "sum":
            found = "quotient"
        elif token in ("\\cdot", "\\times", "\\frac", "\\tfrac") and not found:
            found = "product"
    return found


def _plain(form: str) -> tuple[str, ...]:
    """The form as what is seen of it: braces around one token, and outer ones, change nothing."""
    text = " ".join(_tokens(form))
    while (bare := re.sub(r"\{ (\\?[^\s{}]+) \}", r"\1", text)) != text:
        text = bare
    return tuple(text.split())


def alike(forms: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Names whose form reads as something else, and what that is; ``forms`` has the LaTeX of each name.

    Another symbol, or a formula in others: ``xy`` beside ``x`` and ``y``, ``\\sigma^2`` beside ``\\sigma``.
    """
    seen = {name: _plain(form) for name, form in forms.items()}
    for name, tokens in seen.items():
        others = {other: t for other, t in seen.items() if other != name}
        same = next((other for other, t in others.items() if t == tokens), None)
        if same is not None:
            yield name, f"the symbol {same}"
        elif (factors := _factors(tokens, others)) is not None:
            yield name, f"a formula in {', '.join(factors)}"


# What formulas have between their symbols.
_OPERATORS = re.compile(
    r"[-+*/(){}\[\]^|!.,\d]|\\(?:frac|tfrac|dfrac|sqrt|cdot|times|left|right|log|ln|exp|sin|cos|tan|min|max|sinh|cosh|tanh)"
)


def _factors(tokens: tuple[str, ...], others: Mapping[str, tuple[str, ...]]) -> list[str] | None:
    """The symbols as a formula in which the tokens read; None when there is anything else in them."""
    ways: list[list[str] | None] = [[], *(None for _ in tokens)]
    for end in range(1, len(tokens) + 1):
        if _OPERATORS.fullmatch(tokens[end - 1]):
            ways[end] = ways[end - 1]
        for name, form in others.items():
            start = end - len(form)
            if start >= 0 and (so_far := ways[start]) is not None and tokens[start:end] == form:
                ways[end] = ways[end] or list(dict.fromkeys([*so_far, name]))
    return ways[-1] or None


def printed_as(constants: Iterable[str], forms: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Names that print as one of the constants of a formula, such as ``\\pi`` and ``e``, and the constant."""
    wanted = {_plain(c): c for c in constants}
    yield from ((name, wanted[seen]) for name, form in forms.items() if (seen := _plain(form)) in wanted)
