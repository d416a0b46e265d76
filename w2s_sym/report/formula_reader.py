"""Formulas read back from their exact text form."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from w2s_sym.claims.statement import Asymptotic, Compare, Iff, Named, Statement
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import letters_along, total
from w2s_sym.report.formula_grammar import (
    ARITIES,
    CONSTANTS,
    DEPTH,
    FUNCTIONS,
    LENGTH,
    NUMBER_DIGITS,
    POWER_DIGITS,
    TOKEN,
    FormulaError,
)


def read_formula(text: str, symbols: Iterable[sp.Symbol]) -> sp.Expr:
    """The expression that the text states; names stand for these symbols.

    Raises :class:`FormulaError` for anything else than a formula, an unknown name, or a text beyond the limits
    (length, nesting, digits of a number, digits of a number raised to a number).
    """
    reader = _Reader(text, symbols)
    found = reader.sum()
    reader.end()
    return found


def read_statement(text: str, symbols: Iterable[sp.Symbol], quantities: Iterable[Named] = ()) -> Statement:
    """The statement that the text states. A left side that is the name of one of the quantities is that quantity.

    Raises :class:`FormulaError` as :func:`read_formula` does.
    """
    known = {q.symbol.name: q for q in quantities}
    reader = _Reader(text, (*symbols, *(q.symbol for q in known.values())))
    left = reader.comparison(known)
    if reader.take("<=>"):
        right = reader.comparison(known)
        reader.end()
        return Iff(left, right)
    if left.relation == "=" and isinstance(left.lhs, sp.Expr) and reader.take("["):
        in_ = reader.symbol()
        for word in ("->", "oo", ",", "order"):
            reader.expect(word)
        order = reader.sum()
        reader.expect("]")
        reader.end()
        if not (order.is_Rational and order > 0):
            raise FormulaError(f"order {order}: needs a positive number")
        if in_ not in left.free_symbols:
            raise FormulaError(f"{in_} occurs on neither side; name the symbol that tends to infinity")
        return Asymptotic(left.lhs, left.rhs, in_, order)
    reader.end()
    return left


_in_order = functools.cmp_to_key(sp.Basic.compare)


def _number(value: sp.Rational, where: str) -> sp.Rational:
    if max(abs(value.p), value.q) >= 10**NUMBER_DIGITS:
        raise FormulaError(f"a number has more than {NUMBER_DIGITS} digits {where}; choose a smaller one")
    return value


def _combine(kind: Any, parts: Sequence[sp.Expr], where: str) -> sp.Expr:
    """A sum or a product of the parts: numbers in one, the rest in SymPy's order and otherwise as it stands."""
    neutral = kind.identity
    number = neutral
    for part in parts:
        if part.is_Rational:
            number = _number(number + part if kind is sp.Add else number * part, where)
    rest = sorted((p for p in parts if not p.is_Rational), key=_in_order)
    everything = rest if number == neutral else [number, *rest]
    if kind is sp.Mul and number == 0:
        return number
    if len(everything) < 2:
        return everything[0] if everything else neutral
    return kind(*everything, evaluate=False)


def _size(e: sp.Expr) -> int:
    """A bound on the digits of the numbers in an expression, all together."""
    return sum(len(str(abs(a.p))) + len(str(a.q)) for a in sp.preorder_traversal(e) if a.is_Rational and a != 1)


def _raise(base: sp.Expr, exponent: sp.Expr, where: str) -> sp.Expr:
    bound = max((max(abs(a.p), a.q) for a in sp.preorder_traversal(exponent) if a.is_Rational), default=0)
    if (_size(base) or not exponent.is_Rational) * int(bound) > POWER_DIGITS:
        raise FormulaError(f"a power has more than {POWER_DIGITS} digits {where}; choose a smaller exponent")
    if bound >= 10**6:
        raise FormulaError(f"an exponent has more than 6 digits {where}; choose a smaller one")
    if exponent == 1:
        return base
    if base.is_Rational and exponent.is_Integer and (base != 0 or exponent > 0):
        return base**exponent
    return sp.Pow(base, exponent, evaluate=False)


def _invert(factor: sp.Expr, where: str) -> list[sp.Expr]:
    if factor.is_Mul:
        return [part for f in factor.args for part in _invert(f, where)]
    if factor == 0:
        raise FormulaError(f"division by zero {where}; correct the formula")
    if factor.is_Rational:
        return [1 / factor]
    if factor.is_Pow:
        turned = -factor.exp if factor.exp.is_Rational else _combine(sp.Mul, (sp.S.NegativeOne, factor.exp), where)
        return [factor.base if turned == 1 else sp.Pow(factor.base, turned, evaluate=False)]
    return [sp.Pow(factor, -1, evaluate=False)]


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int


def _tokens(text: str) -> list[_Token]:
    if len(text) > LENGTH:
        raise FormulaError(f"the formula has {len(text)} characters, more than {LENGTH}; write a shorter one")
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = TOKEN.match(text, at)
        if match is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            raise FormulaError(f"unexpected {text[start]!r} at position {start + 1}; write a formula in + - * / ** ( )")
        kind = ("integer", "name", "quoted", "sign")[next(i for i in range(4) if match[i + 1] is not None)]
        found.append(_Token(kind, match[0].lstrip(), match.end() - len(match[0].lstrip())))
        at = match.end()
    return [*found, _Token("end", "", end)]


class _Reader:
    """Recursive descent over the tokens of one text."""

    def __init__(self, text: str, symbols: Iterable[sp.Symbol]) -> None:
        self.names: dict[str, sp.Symbol] = {}
        given = list(symbols)
        # What is summed over a spectrum is written in its level letters.
        varying = [v for s in given if (held := letters_along(s)) is not None for v in held.symbols]
        for s in (*given, *varying):
            if self.names.setdefault(s.name, s) != s:
                raise FormulaError(f"two different symbols are called {s.name}; give one of them")
        self.tokens = _tokens(text)
        self.next = 0
        self.depth = 0

    @property
    def here(self) -> _Token:
        return self.tokens[self.next]

    @property
    def where(self) -> str:
        return f"at position {self.here.at + 1}"

    def take(self, *words: str) -> str:
        """The next token if it is one of these words, else nothing."""
        token = self.here
        if token.kind in ("sign", "name") and token.text in words:
            self.next += 1
            return token.text
        return ""

    def expect(self, word: str) -> None:
        if not self.take(word):
            raise FormulaError(f"needs {word!r} {self.where}, not {self._shown()}; correct the formula")

    def end(self) -> None:
        if self.here.kind != "end":
            raise FormulaError(f"unexpected {self._shown()} {self.where}; the formula is complete before it")

    def _shown(self) -> str:
        text = self.here.text
        return "the end" if self.here.kind == "end" else repr(text if len(text) <= 40 else f"{text[:30]}...")

    def comparison(self, quantities: dict[str, Named]) -> Compare:
        start = self.next
        lhs: Any = self.sum()
        if self.next == start + 1 and isinstance(lhs, sp.Symbol) and lhs.name in quantities:
            lhs = quantities[lhs.name]
        relation = self.take(*Relation)
        if not relation:
            raise FormulaError(f"needs one of {' '.join(Relation)} {self.where}, not {self._shown()}")
        return Compare(lhs, relation, self.sum())

    def sum(self) -> sp.Expr:
        self.depth += 1
        if self.depth > DEPTH:
            raise FormulaError(f"more than {DEPTH} levels of nesting {self.where}; write a flatter formula")
        terms = [self.product()]
        while sign := self.take("+", "-"):
            terms.append(self.product(sign))
        self.depth -= 1
        return terms[0] if len(terms) == 1 else _combine(sp.Add, terms, self.where)

    def product(self, sign: str = "+") -> sp.Expr:
        where = self.where
        negative = (sign == "-") != (self.take("-") == "-")
        factors = [self.power()]
        while operation := self.take("*", "/"):
            factor = self.power()
            factors += [factor] if operation == "*" else _invert(factor, where)
        if negative:
            factors.append(sp.S.NegativeOne)
        return factors[0] if len(factors) == 1 else _combine(sp.Mul, factors, where)

    def power(self) -> sp.Expr:
        base, where = self.atom(), self.where
        if not self.take("**"):
            return base
        self.depth += 1
        if self.depth > DEPTH:
            raise FormulaError(f"more than {DEPTH} levels of nesting {where}; write a flatter formula")
        negative = bool(self.take("-"))
        exponent = self.power()
        self.depth -= 1
        if negative:
            exponent = _combine(sp.Mul, (sp.S.NegativeOne, exponent), where)
        return _raise(base, exponent, where)

    def atom(self) -> sp.Expr:
        token = self.here
        if token.kind == "integer":
            if len(token.text) > NUMBER_DIGITS:
                raise FormulaError(f"a number has more than {NUMBER_DIGITS} digits {self.where}; choose a smaller one")
            self.next += 1
            return sp.Integer(int(token.text))
        if token.kind in ("name", "quoted"):
            following = self.tokens[self.next + 1]
            if token.kind == "name" and following.text == "(" and following.kind == "sign":
                return self.function()
            if token.kind == "name" and token.text in CONSTANTS and token.text not in self.names:
                self.next += 1
                return CONSTANTS[token.text]
            return self.symbol()
        if self.take("("):
            inner = self.sum()
            self.expect(")")
            return inner
        raise FormulaError(f"needs a number, a name or ( {self.where}, not {self._shown()}; correct the formula")

    def symbol(self) -> sp.Symbol:
        token = self.here
        if token.kind not in ("name", "quoted"):
            raise FormulaError(f"needs a name {self.where}, not {self._shown()}; correct the formula")
        try:
            name = json.loads(token.text) if token.kind == "quoted" else token.text
        except ValueError:
            raise FormulaError(f"unreadable quotes {self.where}; write the name as a JSON string") from None
        if name not in self.names:
            known = ", ".join(sorted(self.names)) or "none"
            raise FormulaError(f"unknown name {self._shown()} {self.where}; the symbols are {known}")
        self.next += 1
        return self.names[name]

    def function(self) -> sp.Expr:
        token, where = self.here, self.where
        name = token.text
        if name not in ("sqrt", "total") and name not in FUNCTIONS:
            known = ", ".join(("sqrt", "total", *FUNCTIONS))
            raise FormulaError(f"unknown function {self._shown()} {where}; the functions are {known}")
        self.next += 2
        arguments = [self.sum()]
        while self.take(","):
            arguments.append(self.sum())
        self.expect(")")
        if len(arguments) not in ARITIES.get(name, range(1, 2)):
            raise FormulaError(f"{name} takes another number of arguments than {len(arguments)} {where}")
        if name == "total":
            if letters_along(arguments[1]) is None:
                raise FormulaError(f"{arguments[1]} {where} is no spectrum; a total is over one")
            return total(arguments[0], arguments[1])
        if name == "sqrt":
            return sp.Pow(arguments[0], sp.S.Half, evaluate=False)
        return FUNCTIONS[name](*arguments, evaluate=False)
