"""The lines of an equivalent in plain text, LaTeX and SymPy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

import sympy as sp

from w2s_sym.equivalents import polynomials as poly
from w2s_sym.equivalents.book import Book, Codes, Words
from w2s_sym.equivalents.polynomials import Laurent
from w2s_sym.equivalents.reduced import Reduced
from w2s_sym.formula.notation import latex, superscript

# A line of LaTeX with more glyphs than this has one term in each row.
LONGEST_ROW = 52
_NO_GLYPHS = ("bigl", "bigr", "Bigl", "Bigr", "frac", "text")


def text_lines(made: Reduced) -> list[str]:
    """The equations, then the value of each term, in plain text."""
    equations, values = _lines(made, _Plain(made.book))
    return equations + values


def latex_lines(made: Reduced) -> tuple[list[str], list[str]]:
    r"""The equations, and the value of each term, as lines of an ``align``: each row has one ``&``, long lines have
    several rows.
    """
    return _lines(made, _Latex(made.book))


def texts_of_numbers(made: Reduced) -> dict[str, int]:
    """The places of pivots and traces by their text in the printed lines."""
    style = _Plain(made.book)
    style.rename(_order(made))
    kinds = ("pivot", "trace")
    return {style.number(k, 2): k for k, number in enumerate(made.book.numbers) if number.kind in kinds}


def latex_of_numbers(made: Reduced) -> dict[int, str]:
    """The LaTeX of pivots and traces, by place, as they are named in the printed lines."""
    style = _Latex(made.book)
    style.rename(_order(made))
    return {place: style.number(place, 2) for place in texts_of_numbers(made).values()}


def _lines(made: Reduced, style: _Plain) -> tuple[list[str], list[str]]:
    """The lines, each letter before the first line that uses it, and names counted in the order of the lines."""
    order = _order(made)
    style.rename(order)
    found = []
    for kind, place in order:
        if kind == "letter":
            found.append(style.letter(place, made.letters[place]))
        elif kind == "pivot":
            found.append(style.equal(style.number(place, -2), style.terms(made.pivots[place])))
        else:
            found.append(style.equal(style.number(place, 2), style.terms({**made.core, **made.linear}[place])))
    return found, [style.value(name, style.terms(value)) for name, value in made.values.items()]


def _order(made: Reduced) -> list[tuple[str, int]]:
    """Letters, pivots and gains: what a line uses comes before it, but for the fixed point that they are together."""
    found: list[tuple[str, int]] = []
    seen: set[tuple[str, int]] = set()
    lines = {"letter": set(made.letters), "pivot": set(made.pivots), "gain": {*made.core, *made.linear}}

    def numbers(u: Laurent) -> None:
        for place in sorted(poly.places(u)):
            for code in made.book.numbers[place].word or ():
                tell("letter", code >> 1)
            tell("pivot", place)
            tell("gain", place)

    def tell(kind: str, place: int) -> None:
        if place not in lines[kind] or (kind, place) in seen:
            return
        seen.add((kind, place))
        if kind == "letter":
            found.append((kind, place))
            for word, c in made.letters[place].items():
                for code in word:
                    tell("letter", code >> 1)
                numbers(c)
            return
        numbers({**made.pivots, **made.core, **made.linear}[place])
        found.append((kind, place))

    for value in made.values.values():
        numbers(value)
    return found


def names_in_order(made: Reduced) -> tuple[list[tuple[str, int]], dict[tuple[str, int], str]]:
    """The lines in the order in which they are told, each with its kind; the names of letters and numbers in them."""
    order, style = _order(made), _Plain(made.book)
    style.rename(order)
    return order, style.renamed


class _Plain:
    """Plain text."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.renamed: dict[tuple[str, int], str] = {}

    def rename(self, order: list[tuple[str, int]]) -> None:
        """Count letters and numbers in the order in which they are told."""
        count: dict[str, int] = {}
        taken = {n.name for n in self.book.numbers if n.given is not None}
        taken |= {x.name for x in self.book.letters if x.definition is None}
        for kind, place in order:
            name = self.book.letters[place].name if kind == "letter" else self.book.numbers[place].name
            stem = name.rstrip("0123456789")
            count[stem] = count.get(stem, 0) + 1
            while f"{stem}{count[stem]}" in taken:
                count[stem] += 1
            self.renamed["letter" if kind == "letter" else "number", place] = f"{stem}{count[stem]}"

    def name_of(self, place: int) -> str:
        """The name of a number."""
        return self.renamed.get(("number", place), self.book.numbers[place].name)

    def letter_name(self, place: int) -> str:
        """The name of a letter."""
        return self.renamed.get(("letter", place), self.book.letters[place].name)

    def equal(self, left: str, terms: Sequence[str]) -> str:
        return f"{left} = {_joined(terms)}"

    def inverse(self, left: str, terms: Sequence[str]) -> str:
        return f"{left} = ({_joined(terms)})^-1"

    def value(self, name: str, terms: Sequence[str]) -> str:
        return f"{name}: {_joined(terms)}"

    def closed(self, text: str) -> str:
        return f"({text})"

    def number(self, place: int, twice: int) -> str:
        number = self.book.numbers[place]
        name = f"tr({self.word(number.word)})" if number.word is not None else self.name_of(place)
        return self._power(name, twice, closed=number.word is None)

    def _power(self, name: str, twice: int, *, closed: bool) -> str:
        if twice == 2:
            return name
        if twice == -2:
            return f"1/{name}"
        return f"{name}^{Fraction(twice, 2)}" if twice % 2 == 0 else f"{name}^({Fraction(twice, 2)})"

    def word(self, word: Codes) -> str:
        return " ".join(self.letters(code, len(list(run))) for code, run in groupby(word)) or "I"

    def letters(self, code: int, times: int) -> str:
        return self.symbol(code) if times == 1 else f"{self.symbol(code)}^{times}"

    def symbol(self, code: int) -> str:
        return self.letter_name(code >> 1) + ("'" if code & 1 else "")

    def letter(self, place: int, words: Words) -> str:
        written = self.inverse if self.book.letters[place].inverts else self.equal
        return written(self.symbol(2 * place), self.words(words))

    def words(self, words: Words) -> list[str]:
        parts = []
        for word, c in sorted(words.items(), key=lambda item: (len(item[0]), item[0])):
            one = _joined(self.terms(c))
            closed = self.closed(one) if len(c) > 1 else one
            parts.append(self.word(word) if one == "1" else f"{closed} {self.word(word)}")
        return parts

    def terms(self, u: Laurent) -> list[str]:
        return [self.term(m, q) for m, q in sorted(u.items(), key=lambda item: (len(item[0]), item[0]))] or ["0"]

    def term(self, m: poly.PlacePowers, q: Fraction) -> str:
        above = [(p, e) for p, e in m if e > 0]
        below = [(p, -e) for p, e in m if e < 0]
        sign, q = ("-", -q) if q < 0 else ("", q)
        over = [str(q.numerator)] if q.numerator != 1 or not above else []
        over += [self.number(p, e) for p, e in self._order(above)]
        under = ([str(q.denominator)] if q.denominator != 1 else []) + [self.number(p, e) for p, e in below]
        return sign + self.fraction(over, under)

    def fraction(self, over: list[str], under: list[str]) -> str:
        if not under:
            return " ".join(over)
        return " ".join(over) + "/" + (under[0] if len(under) == 1 else f"({' '.join(under)})")

    def _order(self, factors: list[tuple[int, int]]) -> list[tuple[int, int]]:
        kinds = {"parameter": 0, "size": 1, "core": 2, "pivot": 3, "linear": 4, "trace": 5}
        return sorted(factors, key=lambda f: (kinds[self.book.numbers[f[0]].kind], f[0]))


class _Latex(_Plain):
    r"""LaTeX: matrices as their names are usually written, traces as ``\operatorname{tr}``."""

    def equal(self, left: str, terms: Sequence[str]) -> str:
        return rf"{left} &= {_rows(terms, left)}"

    def inverse(self, left: str, terms: Sequence[str]) -> str:
        opening, closing = _brackets("".join(terms))
        return rf"{left} &= {opening}{_rows(terms, left)}{closing}^{{-1}}"

    def value(self, name: str, terms: Sequence[str]) -> str:
        return self.equal(self.source(name), terms)

    def closed(self, text: str) -> str:
        opening, closing = _brackets(text)
        return opening + text + closing

    def source(self, name: str) -> str:
        """Whose part of the risk it is: a truth and a noise by their letters, anything else as it is called."""
        noise = re.fullmatch(r"noise (\w+)( \(\d+\))?", name)
        if noise:
            return rf"\text{{from noise }} {_name(noise[1])}" + (rf"\text{{{noise[2]}}}" if noise[2] else "")
        if any(x.name.startswith(f"{name} ") for x in self.book.letters):
            return rf"\text{{from }} {_name(name)}"
        return _words(name)

    def number(self, place: int, twice: int) -> str:
        number = self.book.numbers[place]
        if number.word is not None:
            name = rf"\operatorname{{tr}}\bigl({self.word(number.word)}\bigr)"
            return self._power(name, twice, closed=False)
        return self._power(_name(self.name_of(place)), twice, closed=True)

    def _power(self, name: str, twice: int, *, closed: bool) -> str:
        if twice == 2:
            return name
        if twice == -2:
            return rf"\frac{{1}}{{{name}}}"
        exponent = str(Fraction(twice, 2))
        return f"({name})^{{{exponent}}}" if "^" in name and closed else f"{name}^{{{exponent}}}"

    def letters(self, code: int, times: int) -> str:
        symbol = self.symbol(code)
        return symbol if times == 1 else f"{symbol}^{{{times}}}" if "^" not in symbol else f"({symbol})^{{{times}}}"

    def symbol(self, code: int) -> str:
        name = self.letter_name(code >> 1)
        head, _, moment = name.partition(" ")
        found = _name(head) + (superscript(_name(head), r"\top") if moment else "")
        return superscript(found, r"\top") if code & 1 else found

    def fraction(self, over: list[str], under: list[str]) -> str:
        if not under:
            return " ".join(over)
        numbers = [f for f in over if "operatorname" not in f]
        traces = " ".join(f for f in over if "operatorname" in f)
        return rf"\frac{{{' '.join(numbers) or '1'}}}{{{' '.join(under)}}} {traces}".strip()


def _joined(terms: Sequence[str], between: str = " ") -> str:
    """Terms as a sum: a minus sign with which a term begins takes the place of its plus sign."""
    signed = [f"- {t[1:]}" if t.startswith("-") else f"+ {t}" for t in terms[1:]]
    return between.join([*terms[:1], *signed])


def _rows(terms: Sequence[str], left: str) -> str:
    """The right side of a line: a sum that is too long beside the left side has one term in each row."""
    line = _joined(terms)
    if _glyphs(left + line) <= LONGEST_ROW:
        return line
    return _joined([_term_in_rows(t) for t in terms], " \\\\\n&\\quad ")


def _term_in_rows(term: str) -> str:
    """A term, broken between its traces where it is too long for a row."""
    rows: list[str] = []
    for factor in re.split(r" (?=\\operatorname)", term):
        if rows and _glyphs(rows[-1] + factor) <= LONGEST_ROW:
            rows[-1] += f" {factor}"
        else:
            rows.append(factor)
    return " \\\\\n&\\qquad \\cdot ".join(rows)


def _glyphs(formula: str) -> int:
    """About how many glyphs a formula has."""
    formula = re.sub(r"\\operatorname\{(\w+)\}", r"\1", formula)
    formula = re.sub(r"\\([a-zA-Z]+)", lambda found: "" if found[1] in _NO_GLYPHS else "x", formula)
    return len(re.sub(r"[{}^_\s]", "", formula))


def _brackets(inside: str) -> tuple[str, str]:
    """Brackets as high as what is inside, which may be broken over rows."""
    size = "Big" if r"\frac" in inside else "big"
    return rf"\{size}l(", rf"\{size}r)"


def _words(text: str) -> str:
    """Text as LaTeX, in mathematics."""
    signs = {"\\": r"\backslash", "^": r"\hat{}", "~": r"\sim"}
    pieces = re.split(r"([\\#$%&_{}^~])", text)
    return "".join((signs.get(t, f"\\{t}") if k % 2 else rf"\text{{{t}}}") for k, t in enumerate(pieces) if t)


def _name(name: str) -> str:
    """A name in LaTeX: Greek letters by their names, digits at the end as a subscript; sigma2 is a square."""
    head, _, tail = name.partition("_")
    if head == "sigma2":
        return r"\sigma" + (f"_{{{latex(sp.Symbol(tail))}}}" if tail else "") + "^{2}"
    if head == "lam":
        name = "lambda" + (f"_{tail}" if tail else "")
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :]
    return latex(sp.Symbol(f"{stem}_{digits}" if digits and not stem.endswith("_") else name))
