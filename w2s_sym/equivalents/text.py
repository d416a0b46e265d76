"""The lines of an equivalent in plain text, LaTeX and SymPy."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby

import sympy as sp

from w2s_sym.equivalents import polynomials as poly
from w2s_sym.equivalents.book import Book, Codes, Words
from w2s_sym.equivalents.derived import Derived
from w2s_sym.equivalents.polynomials import Laurent
from w2s_sym.equivalents.reduced import Reduced, reduced
from w2s_sym.formula.notation import latex


def text_lines(risk: Derived) -> list[str]:
    """The equations, then the value of each term, in plain text."""
    made = reduced(risk)
    return _lines(made, _Plain(made.book))


def latex_lines(risk: Derived) -> list[str]:
    """The equations, then the value of each term, in LaTeX without dollar signs."""
    made = reduced(risk)
    return _lines(made, _Latex(made.book))


def texts_of_numbers(made: Reduced) -> dict[str, int]:
    """The places of pivots and traces by their text in the printed lines."""
    style = _Plain(made.book)
    style.rename(_order(made))
    kinds = ("pivot", "trace")
    return {style.number(k, 2): k for k, number in enumerate(made.book.numbers) if number.kind in kinds}


def _lines(made: Reduced, style: _Plain) -> list[str]:
    """The lines, each letter before the first line that uses it, and names counted in the order of the lines."""
    order = _order(made)
    style.rename(order)
    found = []
    for kind, place in order:
        if kind == "letter":
            found.append(style.letter(place, made.letters[place]))
        elif kind == "pivot":
            found.append(style.equal(style.number(place, -2), style.sum(made.pivots[place])))
        else:
            found.append(style.equal(style.number(place, 2), style.sum({**made.core, **made.linear}[place])))
    return found + [style.value(name, style.sum(value)) for name, value in made.values.items()]


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


class _Plain:
    """Plain text."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.renamed: dict[tuple[str, int], str] = {}

    def rename(self, order: list[tuple[str, int]]) -> None:
        """Count letters and numbers in the order in which they are told."""
        count: dict[str, int] = {}
        for kind, place in order:
            name = self.book.letters[place].name if kind == "letter" else self.book.numbers[place].name
            stem = name.rstrip("0123456789")
            count[stem] = count.get(stem, 0) + 1
            self.renamed["letter" if kind == "letter" else "number", place] = f"{stem}{count[stem]}"

    def name_of(self, place: int) -> str:
        """The name of a number."""
        return self.renamed.get(("number", place), self.book.numbers[place].name)

    def letter_name(self, place: int) -> str:
        """The name of a letter."""
        return self.renamed.get(("letter", place), self.book.letters[place].name)

    def equal(self, left: str, right: str) -> str:
        return f"{left} = {right}"

    def value(self, name: str, right: str) -> str:
        return f"{name}: {right}"

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
        inverts = self.book.letters[place].inverts
        return self.equal(self.symbol(2 * place), f"({self.words(words)})^-1" if inverts else self.words(words))

    def words(self, words: Words) -> str:
        parts = []
        for word, c in sorted(words.items(), key=lambda item: (len(item[0]), item[0])):
            one = self.sum(c)
            closed = f"({one})" if len(c) > 1 else one
            parts.append(self.word(word) if one == "1" else f"{closed} {self.word(word)}")
        return " + ".join(parts).replace("+ -", "- ")

    def sum(self, u: Laurent) -> str:
        terms = [self.term(m, q) for m, q in sorted(u.items(), key=lambda item: (len(item[0]), item[0]))]
        return " + ".join(terms).replace("+ -", "- ") or "0"

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

    def value(self, name: str, right: str) -> str:
        return rf"\text{{{name}}}: \quad {right}"

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
        return f"{name}^{{{exponent}}}" if closed else rf"{{{name}}}^{{{exponent}}}"

    def letters(self, code: int, times: int) -> str:
        symbol = self.symbol(code)
        return symbol if times == 1 else f"{symbol}^{{{times}}}" if "^" not in symbol else f"({symbol})^{{{times}}}"

    def symbol(self, code: int) -> str:
        name = self.letter_name(code >> 1)
        head, _, moment = name.partition(" ")
        found = _name(head) + (_name(head) + r"^{\top}" if moment else "")
        return found + (r"^{\top}" if code & 1 else "")

    def letter(self, place: int, words: Words) -> str:
        inverts = self.book.letters[place].inverts
        written = rf"\bigl({self.words(words)}\bigr)^{{-1}}" if inverts else self.words(words)
        return self.equal(self.symbol(2 * place), written)

    def fraction(self, over: list[str], under: list[str]) -> str:
        if not under:
            return " ".join(over)
        numbers = [f for f in over if "operatorname" not in f]
        traces = " ".join(f for f in over if "operatorname" in f)
        return rf"\frac{{{' '.join(numbers) or '1'}}}{{{' '.join(under)}}} {traces}".strip()


def _name(name: str) -> str:
    """A name in LaTeX: Greek letters by their names, digits at the end as a subscript."""
    head, _, tail = name.partition("_")
    if head == "lam":
        name = "lambda" + (f"_{tail}" if tail else "")
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :]
    return latex(sp.Symbol(f"{stem}_{digits}" if digits and not stem.endswith("_") else name))
