"""Symbols with one home: assumptions, meaning, and the LaTeX that papers print.

SymPy treats ``Symbol("x")`` and ``Symbol("x", positive=True)`` as different symbols that print alike, a
classic source of silent nonsense. Papers therefore declare their letters with :func:`symbol`; the letters that
every paper of this field shares are declared here.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import sympy as sp
from sympy.core.assumptions import _assume_defined
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

from w2s_sym.formula.spelling import SymbolError, require_form, require_name, top_level


class DeclaredSymbol(sp.Symbol):  # type: ignore[misc]
    """A symbol that knows what it stands for: a letter, or a spectrum."""

    meaning: str


class Letter(DeclaredSymbol):
    """A symbol that knows what it stands for and how its paper prints it.

    Both are part of it, as its assumptions are: two papers may use one name for two things, and do not meet.
    """

    form: str

    def __new__(cls, name: str, form: str, meaning: str, **assumptions: bool) -> Letter:
        return _letter(name, form, meaning, tuple(sorted(assumptions.items())))

    @classmethod
    def class_key(cls) -> Any:
        """Where SymPy sorts it: with plain symbols."""
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

    ``assumptions`` are SymPy's; a claim takes real, integer, positive, nonnegative, negative, nonpositive and nonzero.
    Meaning and LaTeX form are part of a symbol: the same name with others is another one, and no claim may hold both.
    Raises :class:`~w2s_sym.formula.spelling.SymbolError` for a name that reads as a number, a function or a formula,
    for a form that is no LaTeX of a letter, for an assumption that is none of SymPy's or that is not True or False.
    """
    require_name(name)
    for word, value in assumptions.items():
        if word not in _assume_defined:  # SymPy would take it, and assume nothing
            raise SymbolError(
                f"the symbol {name} has {word}={value!r:.60}: no such assumption; use {', '.join(CHECKED)}"
            )
        if value is not None and not isinstance(value, bool):
            raise SymbolError(f"the symbol {name} has {word}={value!r:.60}; write True or False")
    form = default_form(name) if latex is None else latex
    require_form(name, form)
    if not isinstance(meaning, str):
        raise SymbolError(f"the symbol {name} means {meaning!r:.60}; say in words what it stands for")
    return Letter(name, form, meaning, **assumptions)


def default_form(name: str) -> str:
    """How a name prints: SymPy's way, and a word of several letters upright, so that it is no product."""
    return re.sub(r"^([A-Za-z][A-Za-z0-9]+)(?=$|[_^'])", r"\\mathrm{\1}", sp.latex(sp.Symbol(name)))


def form_of(s: sp.Symbol) -> str:
    """The LaTeX of a symbol, declared or not."""
    return s.form if isinstance(s, Letter) else default_form(s.name)


# What a domain shows of a symbol and checks at every point.
CHECKED = ("real", "integer", "positive", "nonnegative", "negative", "nonpositive", "nonzero")


# What an author may have written; the rest follows from it.
_SAID = ("imaginary", "irrational", "infinite", "zero", "rational", "noninteger", "commutative", "positive", "complex")


@cache
def unchecked(s: sp.Symbol) -> tuple[str, ...]:
    """What SymPy would use of the symbol that no domain shows or checks: even, prime, irrational, imaginary, ..."""
    known = s.assumptions0
    checked = sp.Symbol(s.name, **{k: True for k in CHECKED if known.get(k)}).assumptions0
    told = {k: v for k, v in known.items() if checked.get(k) != v or (k == "zero" and v)}
    order = sorted(told, key=lambda k: (not told[k], _SAID.index(k) if k in _SAID else len(_SAID), k))
    return tuple(k if told[k] else f"not {k}" for k in order)


def meaning(declared: sp.Symbol) -> str:
    """What the symbol stands for; empty for a symbol that nobody declared."""
    return declared.meaning if isinstance(declared, DeclaredSymbol) else ""


class _Printer(LatexPrinter):  # type: ignore[misc]
    """SymPy's LaTeX with the terms of a sum in the order in which papers write them, and brackets that SymPy omits."""

    def _as_ordered_terms(self, expr: sp.Add, order: str | None = None) -> list[sp.Expr]:
        return sorted(super()._as_ordered_terms(expr, order=order), key=term_order)

    def _print_Symbol(self, expr: sp.Symbol, style: str = "plain") -> str:
        return form_of(expr)

    def _print_Mul(self, expr: sp.Mul) -> str:
        if expr.could_extract_minus_sign() and _shape(-expr) == "sum":
            return f"- \\left({self._print(-expr)}\\right)"
        return str(super()._print_Mul(expr))

    def _needs_mul_brackets(self, expr: sp.Expr, first: bool = False, last: bool = False) -> bool:
        # What stands behind a derivative would read as a part of what is differentiated.
        open_end = not last and expr.has(sp.Derivative)
        return (
            open_end
            or _shape(expr) in ("sum", "quotient")
            or bool(super()._needs_mul_brackets(expr, first=first, last=last))
        )

    def _needs_add_brackets(self, expr: sp.Expr) -> bool:
        return _shape(expr) == "sum" or bool(super()._needs_add_brackets(expr))

    def parenthesize(self, item: sp.Expr, level: int, is_neg: bool = False, strict: bool = False) -> str:
        times = PRECEDENCE["Mul"]
        own = {"sum": PRECEDENCE["Add"], "quotient": times, "product": times}.get(_shape(item), PRECEDENCE["Atom"])
        if own < level or (own == level and not strict):
            return f"\\left({self._print(item)}\\right)"
        return str(super().parenthesize(item, level, is_neg=is_neg, strict=strict))


def _shape(item: sp.Basic) -> str:
    """Whether a symbol prints as a sum, a quotient or a product; empty for what does not."""
    return top_level(item.form) if isinstance(item, Letter) else ""


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
