"""A form of formulas that is read back exactly: plain infix text, with a reader of its own.

``read_formula(write_formula(e), symbols) == e``: what is read is the tree that the text states, its terms and factors
in SymPy's own order. Numbers are added and multiplied; nothing else is computed, collected or multiplied out, and no
text is ever evaluated as code. The grammar::

    statement   comparison | comparison <=> comparison | sum = sum [ name -> oo , order number ]
    comparison  sum (= | != | < | <= | > | >=) sum
    sum         [-] product (+|- product)*
    product     power (*|/ power)*          / inverts one factor, or each factor of a product in parentheses
    power       atom [** [-] power]
    atom        integer | name | function ( sum , ... ) | ( sum )

A name is a word, or any text in double quotes. A text states no assumptions: the caller gives the symbols.
"""

from __future__ import annotations

import json

import sympy as sp

from w2s_sym.claims.statement import Asymptotic, Compare, Iff, Statement
from w2s_sym.formula.notation import term_order
from w2s_sym.formula.totals import Total
from w2s_sym.report.formula_grammar import CONSTANTS, DEPTH, FUNCTIONS, NUMBER_DIGITS, WORD, FormulaError
from w2s_sym.report.formula_reader import read_formula


def write_formula(expression: sp.Expr) -> str:
    """The expression as text that :func:`read_formula` reads back.

    Raises :class:`FormulaError` for what the grammar lacks (floats, infinities, dummies, other functions), for two
    symbols of one name, and for what is beyond the limits of reading.
    """
    long = [a for a in expression.atoms(sp.Rational) if max(abs(a.p), a.q) >= 10**NUMBER_DIGITS]
    if long:
        raise FormulaError(f"a number has more than {NUMBER_DIGITS} digits; choose a smaller one")
    names: dict[str, sp.Symbol] = {}
    for s in sorted(expression.free_symbols, key=sp.default_sort_key):
        if names.setdefault(s.name, s) != s:
            raise FormulaError(f"two different symbols are called {s.name}; rename one")
    clash = [c for c, value in CONSTANTS.items() if c in names and expression.has(value)]
    if clash:
        raise FormulaError(f"{clash[0]} is a symbol and a constant in one formula; rename the symbol")
    try:
        text = _sum(expression)
    except RecursionError:
        raise FormulaError(f"more than {DEPTH} levels of nesting; write a flatter formula") from None
    read_formula(text, names.values())  # no text leaves that would be refused
    return text


def write_statement(statement: Statement) -> str:
    """A statement as text that :func:`read_statement` reads back; a quantity is written as the name of its symbol."""
    match statement:
        case Compare(lhs, relation, rhs):
            left = write_formula(lhs) if isinstance(lhs, sp.Expr) else _name(lhs.symbol)
            return f"{left} {relation} {write_formula(rhs)}"
        case Iff(one, other):
            return f"{write_statement(one)} <=> {write_statement(other)}"
        case Asymptotic(lhs, rhs, in_, order):
            return f"{write_formula(lhs)} = {write_formula(rhs)} [{_name(in_)} -> oo, order {write_formula(order)}]"
    raise FormulaError(f"{type(statement).__name__} is no statement; use Compare, Iff or Asymptotic")


def _sum(e: sp.Expr) -> str:
    if not e.is_Add:
        return _product(e)
    text = ""
    for term in sorted(e.args, key=term_order):
        shown = _product(term)
        if text:
            shown = f" - {shown[1:]}" if shown.startswith("-") else f" + {shown}"
        text += shown
    return text


def _product(e: sp.Expr) -> str:
    if e.is_Rational:
        return str(e)
    if not (e.is_Mul or e.is_Pow):
        return _power(e)
    factors = list(e.args) if e.is_Mul else [e]
    sign, over, under = "", [], []
    if factors[0].is_Rational:
        number = factors.pop(0)
        sign = "-" if number < 0 else ""
        if abs(number.p) != 1:
            over.append(str(abs(number.p)))
        if number.q != 1:
            under.append(str(number.q))
    for factor in sorted(factors, key=sp.default_sort_key):
        inverse = _inverse(factor)
        if inverse is None:
            over.append(_power(factor))
        else:
            under.append(inverse)
    above = "*".join(over) or "1"
    if not under:
        return sign + above
    return f"{sign}{above}/{under[0]}" if len(under) == 1 else f"{sign}{above}/({'*'.join(under)})"


def _inverse(factor: sp.Expr) -> str | None:
    """What stands under the line for a factor with a negative exponent; None where ``/`` would be read otherwise."""
    if not (factor.is_Pow and factor.exp.is_Rational and factor.exp < 0):
        return None
    base = factor.base
    if base.is_Mul or base.is_Number or (base.is_Pow and base.exp.is_Rational):
        return None
    return _raised(base, -factor.exp)


def _power(e: sp.Expr) -> str:
    return _raised(e.base, e.exp) if e.is_Pow else _atom(e)


def _raised(base: sp.Expr, exponent: sp.Expr) -> str:
    if exponent == 1:
        return _atom(base)
    if exponent == sp.S.Half:
        return f"sqrt({_sum(base)})"
    return f"{_atom(base)}**{_atom(exponent)}"


def _atom(e: sp.Expr) -> str:
    if isinstance(e, sp.Symbol) and not isinstance(e, sp.Dummy):
        return _name(e)
    if e.is_Integer and e >= 0:
        return str(e)
    for constant, value in CONSTANTS.items():
        if e == value:
            return constant
    if e.is_Add or e.is_Mul or e.is_Pow or e.is_Rational:
        return f"({_sum(e)})"
    if isinstance(e, Total):
        return f"total({_sum(e.summand)}, {_name(e.over)})"
    name = e.func.__name__
    if FUNCTIONS.get(name) is e.func:
        return f"{name}({', '.join(map(_sum, e.args))})"
    kind = "dummy" if isinstance(e, sp.Dummy) else name
    raise FormulaError(f"{e} ({kind}) has no text form; use exact numbers, symbols and {', '.join(FUNCTIONS)}")


def _name(s: sp.Symbol) -> str:
    word = str(s.name)
    return word if WORD.fullmatch(word) else json.dumps(word)
