r"""Statements about every spectrum: sums over eigenvalues as formal functionals.

``total(f, S)`` is the sum of ``f`` over the eigenvalues of the spectrum ``S``, each as often as it occurs. Inside the
summand the *level letters* of the spectrum (an eigenvalue, a coefficient of the signal on its eigenvector, ...) stand
for the values at one eigenvalue; they are bound, as a summation index is. A spectrum letter is declared by
:func:`any_spectrum` and has as its value at a point a :class:`LevelTable`: finitely many levels with multiplicities.
Putting one in turns every total into an explicit sum. Statements hold for finite spectra, and for infinite ones as far
as their sums converge.

Two totals are compared by :func:`canonical`: partial fractions in the level letters, with the coefficients that do
not vary from level to level in front. Equal canonical forms are equal for all spectra, finite or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

import sympy as sp
from sympy.printing.precedence import PRECEDENCE

from w2s_sym.formula.instantiate import Binder, CaptureError, Replacements, instantiate, require_apart
from w2s_sym.formula.notation import DeclaredSymbol
from w2s_sym.formula.size import require_small
from w2s_sym.formula.spelling import SymbolError, require_name
from w2s_sym.formula.typed import typed


class SpectrumSymbol(DeclaredSymbol):
    """A letter that stands for a spectrum. It knows what varies along it: two with other letters are not the same."""

    symbols: tuple[sp.Symbol, ...]
    conditions: tuple[Any, ...]

    def __new__(
        cls, name: str, symbols: tuple[sp.Symbol, ...], conditions: tuple[Any, ...] = (), meaning: str = ""
    ) -> SpectrumSymbol:
        made: SpectrumSymbol = sp.Symbol.__xnew__(cls, name)
        made.symbols, made.conditions, made.meaning = symbols, conditions, meaning
        return made

    def _hashable_content(self) -> tuple[Any, ...]:
        # Advice to whoever misses a condition makes no other spectrum.
        return (self.name, self.symbols, tuple((c.lhs, c.relation, c.rhs) for c in self.conditions))

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.name, self.symbols, self.conditions, self.meaning), {}


@typed
def any_spectrum(name: str, meaning: str, *letters: sp.Symbol, conditions: Iterable[Any] = ()) -> SpectrumSymbol:
    """Declare a spectrum and its level letters; return the letter that stands for the spectrum.

    ``conditions`` (of :mod:`w2s_sym.formula.domain`) hold at every level, beside the letters' own assumptions. Raises
    ``ValueError`` when no letter is given, one twice, and for a condition on what does not vary along the spectrum, and
    ``SymbolError`` for a name that is no word and for letters that are no symbols.
    """
    require_name(name)
    if not isinstance(meaning, str):
        raise SymbolError(f"the spectrum {name} means {meaning!r:.60}; say in words what it stands for")
    wrong = next((v for v in letters if not isinstance(v, sp.Symbol)), None)
    if wrong is not None:
        raise SymbolError(f"spectrum {name}: {wrong!r:.60} is no letter; make one with symbol(...)")
    if not letters:
        raise ValueError(f"spectrum {name}: give the letters that vary from level to level, such as an eigenvalue")
    try:
        conditions = tuple(conditions)
        used = {s for c in conditions for s in c.free_symbols}
    except (TypeError, AttributeError):
        raise SymbolError(
            f"spectrum {name}: its conditions are {conditions!r:.60}; give a tuple of them, (c,)"
        ) from None
    if len({s.name for s in letters} | {name}) <= len(letters):
        raise ValueError(f"spectrum {name}: give it and each of its letters a name of its own")
    stray = sorted(str(s) for s in used - set(letters))
    if stray:
        raise ValueError(f"spectrum {name}: its conditions use {', '.join(stray)}, which does not vary along it")
    return SpectrumSymbol(name, tuple(letters), tuple(conditions), meaning)


def letters_along(s: sp.Symbol) -> SpectrumSymbol | None:
    """The symbol as a spectrum, which has ``symbols`` and ``conditions``; None for a symbol that is a number."""
    return s if isinstance(s, SpectrumSymbol) else None


class LevelTable(sp.Basic):  # type: ignore[misc]
    """A finite spectrum: levels with their multiplicities and exact values, the value of a spectrum letter."""

    is_finite = True
    is_integer = None
    is_number = False

    def __new__(cls, symbols: Sequence[sp.Symbol], rows: Iterable[Sequence[Any]]) -> LevelTable:
        made = [sp.Tuple(*(sp.sympify(v, strict=True) for v in row)) for row in rows]
        for row in made:
            if len(row) != len(symbols) + 1 or not (row[0].is_integer and row[0].is_positive):
                raise ValueError(f"a level is (multiplicity, {', '.join(map(str, symbols))}), not {row}")
        if not made:
            raise ValueError("a spectrum has at least one level")
        found: LevelTable = super().__new__(cls, sp.Tuple(*symbols), sp.Tuple(*made))
        return found

    @property
    def free_symbols(self) -> set[sp.Symbol]:
        """None: a table holds numbers only."""
        return set()

    @property
    def rows(self) -> tuple[sp.Tuple, ...]:
        """One row for each level: its multiplicity and the values of the letters."""
        return tuple(self.args[1])

    def points(self) -> list[dict[sp.Symbol, sp.Expr]]:
        """The values at each level, by letter."""
        return [dict(zip(self.args[0], row[1:], strict=True)) for row in self.rows]

    def total(self, summand: sp.Expr) -> sp.Expr:
        """The explicit sum over the levels."""
        return sp.Add(*(row[0] * instantiate(summand, at) for row, at in zip(self.rows, self.points(), strict=True)))

    def moves(self) -> list[LevelTable]:
        """Spectra close by: one value scaled, or one level left out."""
        symbols, rows, found = tuple(self.args[0]), self.rows, []
        for i, row in enumerate(rows):
            rest = (*rows[:i], *rows[i + 1 :])
            if rest:
                found.append(LevelTable(symbols, rest))
            for j in range(1, len(row)):
                for factor in (sp.Rational(48, 97), sp.Rational(98, 97), sp.Integer(10)):
                    changed = (*row[:j], row[j] * factor, *row[j + 1 :])
                    found.append(LevelTable(symbols, (*rows[:i], changed, *rows[i + 1 :])))
        return found

    def _latex(self, printer: Any) -> str:
        names = [printer.doprint(s) for s in self.args[0]]
        shown = (
            rf"{row[0]} \times ("
            + ", ".join(f"{s} = {printer.doprint(v)}" for s, v in zip(names, row[1:], strict=True))
            + ")"
            for row in self.rows
        )
        return r"\{" + ", ".join(shown) + r"\}"

    def _sympystr(self, printer: Any) -> str:
        names = self.args[0]
        shown = (
            f"{row[0]} x ({', '.join(f'{s}={printer.doprint(v)}' for s, v in zip(names, row[1:], strict=True))})"
            for row in self.rows
        )
        return "{" + ", ".join(shown) + "}"


class Total(Binder):
    """The sum of ``summand`` over the eigenvalues of a spectrum; made by :func:`total`."""

    is_commutative = True
    precedence = PRECEDENCE["Add"]

    def __new__(cls, summand: Any, over: Any) -> sp.Expr:
        inner = sp.sympify(summand, strict=True)
        if isinstance(over, LevelTable):
            return over.total(inner)
        if letters_along(over) is None:
            raise ValueError(f"{over} is no spectrum; declare it with any_spectrum(...)")
        if inner == 0:
            return sp.S.Zero
        return super().__new__(cls, inner, over)

    @property
    def summand(self) -> sp.Expr:
        """What is summed."""
        return self.args[0]

    @property
    def over(self) -> SpectrumSymbol:
        """The spectrum over which it is summed."""
        found: SpectrumSymbol = self.args[1]
        return found

    @property
    def free_symbols(self) -> set[sp.Symbol]:
        """The spectrum, and the symbols of the summand that do not vary along it."""
        return (set(self.summand.free_symbols) - set(self.over.symbols)) | {self.over}

    @property
    def bound(self) -> frozenset[sp.Symbol]:
        """The level letters of its spectrum."""
        return frozenset(self.over.symbols)

    def instantiated(self, where: Replacements) -> sp.Expr:
        """The total with symbols replaced; a spectrum by one that has all of its letters, or by a table of levels."""
        over = where.get(self.over, self.over)
        inside = {s: put for s, put in where.items() if s not in self.bound and s in self.summand.free_symbols}
        summand = instantiate(self.summand, inside)
        if isinstance(over, LevelTable):
            return over.total(summand)
        held = letters_along(over)
        if held is None:
            raise CaptureError(f"{over} is no spectrum and cannot stand for {self.over}")
        missing = sorted(str(s) for s in self.bound - set(held.symbols))
        if missing:
            raise CaptureError(f"{self.over} has the level letter {missing[0]}, which {over} has not")
        kept = {s for s in self.summand.free_symbols - self.bound if s not in inside}
        require_apart(
            held.symbols, kept.union(*(put.free_symbols for put in inside.values())), Total(self.summand, over)
        )
        return Total(summand, over)

    def _eval_derivative(self, x: sp.Symbol) -> sp.Expr:
        if x in self.bound:
            return sp.S.Zero
        return Total(sp.diff(self.summand, x), self.over)

    def _eval_is_polynomial(self, syms: set[sp.Symbol]) -> bool:
        return not (self.free_symbols & set(syms))

    def _sympystr(self, printer: Any) -> str:
        return f"total({printer.doprint(self.summand)}, {printer.doprint(self.over)})"

    def _latex(self, printer: Any) -> str:
        if self.summand == 1:
            return rf"|{printer.doprint(self.over)}|"
        inner = printer.doprint(self.summand)
        return rf"\sum_i \left({inner}\right)" if self.summand.is_Add else rf"\sum_i {inner}"


@typed
def total(summand: Any, over: sp.Symbol) -> sp.Expr:
    """The sum of ``summand`` over the eigenvalues of the spectrum ``over``; ``total(1, S)`` counts them."""
    return Total(summand, over)


def one_total(expression: sp.Expr) -> Total | None:
    """A sum of multiples of totals over one spectrum as one total; None for anything else."""
    spectra: set[SpectrumSymbol] = set()
    summand: sp.Expr = sp.S.Zero
    for term in sp.Add.make_args(expression):
        inside = [f for f in sp.Mul.make_args(term) if isinstance(f, Total)]
        front = term / inside[0] if len(inside) == 1 else None
        if front is None or front.has(Total):
            return None
        spectra.add(inside[0].over)
        if len(spectra) > 1 or front.free_symbols & set(inside[0].over.symbols):
            return None
        summand += front * inside[0].summand
    made = Total(summand, spectra.pop())
    return made if isinstance(made, Total) else None


# -- equal for every spectrum ---------------------------------------------------------------------------------


def opaque(expression: sp.Expr) -> sp.Expr:
    """The expression as a function of numbers alone: totals written canonically, in dummies, and no cases."""
    return without_cases(_put_canonical(expression))


def _put_canonical(expression: sp.Expr) -> sp.Expr:
    if isinstance(expression, Total):
        return canonical(expression)
    if not expression.args or not expression.has(Total):
        return expression
    return expression.func(*(_put_canonical(a) for a in expression.args))


@lru_cache(maxsize=20_000)
def canonical(t: Total) -> sp.Expr:
    """A linear combination of dummies, one for each function of the level letters that is summed.

    Partial fractions in one letter after the other, products multiplied out, and what does not vary from level to
    level in front. What has no partial fractions is summed as it stands.
    """
    varying = t.over.symbols
    require_small(t.summand)
    summand = opaque(t.summand)
    # What stands for an absolute value, or for an inner total, of something that varies varies too.
    varying += tuple(sorted((d for d in summand.free_symbols & set(_INSIDE) if _INSIDE[d] & set(varying)), key=str))
    try:
        terms = _terms(summand, varying)
    except (sp.PolynomialError, NotImplementedError):
        terms = {summand: sp.S.One}
    return sp.Add(*(c * _basic(f, t.over) for f, c in terms.items()))


def summand_terms(t: Total) -> dict[sp.Expr, sp.Expr]:
    """The summand in constants times functions of the level letters, by partial fractions: function -> constant."""
    inner = {node: sp.Dummy(real=True) for node in t.summand.atoms(Total)}
    back = {dummy: node for node, dummy in inner.items()}
    try:
        found = _terms(t.summand.xreplace(inner), t.over.symbols)
    except (sp.PolynomialError, NotImplementedError):
        return {t.summand: sp.S.One}
    return {f.xreplace(back): sp.sympify(c, strict=True).xreplace(back) for f, c in found.items()}


# -- maxima, minima and absolute values -----------------------------------------------------------------------

# The symbols with which what a dummy stands for varies; no dummies are among them.
_INSIDE: dict[sp.Dummy, frozenset[sp.Symbol]] = {}


def without_cases(expression: sp.Expr) -> sp.Expr:
    """Maxima and minima of two written with absolute values, and each absolute value replaced by one dummy."""
    if not expression.args or not expression.has(sp.Min, sp.Max, sp.Abs):
        return expression
    parts = [without_cases(a) for a in expression.args]
    if isinstance(expression, (sp.Min, sp.Max)) and len(parts) == 2:
        a, b = parts
        return (a + b + (1 if isinstance(expression, sp.Max) else -1) * _absolute(a - b)) / 2
    return _absolute(parts[0]) if isinstance(expression, sp.Abs) else expression.func(*parts)


def _absolute(inner: sp.Expr) -> sp.Expr:
    """One dummy for |x| and |-x|, whatever form x is written in."""
    forms = (sp.cancel(sp.together(inner)), sp.cancel(sp.together(-inner)))
    return _distance(min(forms, key=sp.default_sort_key))


@cache
def _distance(form: sp.Expr) -> sp.Dummy:
    dummy = sp.Dummy(f"|{form}|", nonnegative=True)
    _INSIDE[dummy] = _varies_with(form)
    return dummy


def _varies_with(form: sp.Expr) -> frozenset[sp.Symbol]:
    return frozenset().union(*(_INSIDE.get(s, {s}) for s in form.free_symbols))


@lru_cache(maxsize=20_000)
def _basic(f: sp.Expr, over: SpectrumSymbol) -> sp.Dummy:
    dummy = sp.Dummy(f"total({f}, {over})", real=True)
    # Under an outer total it may vary with the letters of that one, but not with its own.
    _INSIDE[dummy] = _varies_with(f) - set(over.symbols)
    return dummy


def _terms(summand: sp.Expr, varying: tuple[sp.Symbol, ...]) -> dict[sp.Expr, sp.Expr]:
    """The summand as a sum of constants times functions of the level letters alone: function -> constant."""
    pieces = [sp.together(summand)]
    for letter in varying:
        parted: list[sp.Expr] = []
        for piece in pieces:
            top, bottom = sp.fraction(sp.together(piece))
            if letter not in bottom.free_symbols:
                parted.append(piece)
                continue
            others = [v for v in varying if v != letter and v in top.free_symbols and v not in bottom.free_symbols]
            polynomial = sp.Poly(top, *others) if others else None
            rows = polynomial.terms() if polynomial is not None else [((), top)]
            for powers, coefficient in rows:
                monomial = sp.Mul(*(v**k for v, k in zip(others, powers, strict=True)))
                parts = sp.Add.make_args(sp.apart(sp.cancel(coefficient / bottom), letter))
                parted += [monomial * part for part in parts]
        pieces = parted
    found: dict[sp.Expr, sp.Expr] = {}
    for piece in pieces:
        for f, c in _split(piece, varying):
            found[f] = found.get(f, sp.S.Zero) + c
    return found


def _split(piece: sp.Expr, varying: tuple[sp.Symbol, ...]) -> Iterable[tuple[sp.Expr, sp.Expr]]:
    top, bottom = sp.fraction(sp.cancel(sp.together(piece)))
    constant, factors = sp.factor_list(bottom)
    below, front = sp.S.One, sp.sympify(constant, strict=True)
    for factor, power in factors:
        if factor.free_symbols & set(varying):
            leading = sp.Poly(factor, *varying).LC()
            below *= sp.expand(sp.cancel(factor / leading)) ** power
            front *= leading**power
        else:
            front *= factor**power
    for powers, coefficient in sp.Poly(top, *varying).terms():
        yield sp.Mul(*(v**k for v, k in zip(varying, powers, strict=True))) / below, coefficient / front
