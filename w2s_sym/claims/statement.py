"""What a claim says: comparisons, equivalences, limits, and the equations that define its symbols."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
import sympy as sp

from w2s_sym.formula import display
from w2s_sym.formula.notation import latex
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.size import small
from w2s_sym.formula.statable import unstatable
from w2s_sym.formula.tex import SentenceError, sentence_pieces
from w2s_sym.formula.totals import Total
from w2s_sym.formula.typed import typed


class ClaimError(ValueError):
    """A claim that is not well formed: no verdict is given on it."""


class ExperimentError(ClaimError):
    """An experiment that returns no numbers to average: it gives no finding, as one that raises an exception."""


@runtime_checkable
class Named(Protocol):
    """A quantity: something with a symbol and a LaTeX form that evidence knows how to derive or to sample."""

    symbol: sp.Symbol

    def latex(self) -> str:
        """The quantity as a formula of a text."""


@runtime_checkable
class ExactMean(Named, Protocol):
    """A quantity that can work out its mean at small random instances, in exact numbers."""

    def exact(self, rng: np.random.Generator) -> tuple[dict[sp.Symbol, sp.Expr], sp.Expr] | None:
        """A random point and the exact mean there; None when this quantity has no such instances."""


@typed
@dataclass(frozen=True)
class Mean:
    """The mean of what a claim's experiment draws, under a name: the left side of a deterministic equivalent."""

    symbol: sp.Symbol
    meaning: str

    def __post_init__(self) -> None:
        try:
            sentence_pieces(self.meaning)
        except SentenceError as problem:
            raise ClaimError(f"meaning of {self.symbol}: {problem}") from None

    def latex(self) -> str:
        """The symbol as LaTeX."""
        return latex(self.symbol)

    def _repr_latex_(self) -> str:
        return display.tex(self.latex())


Side: TypeAlias = sp.Expr | Named


@typed
@dataclass(frozen=True)
class Compare:
    """``lhs relation rhs``; the left side is an expression or a :class:`Named` quantity, the right an expression.

    The relation is one of ``=``, ``!=``, ``<``, ``<=``, ``>``, ``>=``; numbers must be exact. Raises
    :class:`ClaimError` for another relation, for a float, and for text.
    """

    lhs: Side
    relation: str
    rhs: sp.Expr

    def __post_init__(self) -> None:
        if self.relation not in tuple(Relation):
            raise ClaimError(f"unknown relation {self.relation!r}; use =, <, <=, >, >= or !=")
        if isinstance(self.lhs, sp.Expr) or not isinstance(self.lhs, Named):
            object.__setattr__(self, "lhs", as_expression(self.lhs))
        object.__setattr__(self, "rhs", as_expression(self.rhs))

    @property
    def free_symbols(self) -> set[sp.Symbol]:
        """The symbols of both sides; a quantity has none."""
        left = self.lhs.free_symbols if isinstance(self.lhs, sp.Expr) else set()
        return set(left) | set(self.rhs.free_symbols)

    def latex(self) -> str:
        """The comparison as LaTeX."""
        return f"{side_latex(self.lhs)} {Relation(self.relation).latex} {latex(self.rhs)}"

    def _repr_latex_(self) -> str:
        return display.tex(self.latex())

    def _repr_html_(self) -> str:
        return display.html("formula", self)

    def __str__(self) -> str:
        left = self.lhs if isinstance(self.lhs, sp.Expr) else self.lhs.symbol
        return f"{left} {self.relation} {self.rhs}"


def as_expression(value: object) -> sp.Expr:
    """An expression from an expression or a plain number; never from text, which SymPy would evaluate as code.

    Raises :class:`ClaimError` for anything else, and for what is :func:`unstatable`, such as floats.
    """
    try:
        expression = sp.sympify(value, strict=True)
    except sp.SympifyError:
        expression = None
    if not isinstance(expression, sp.Expr):
        raise ClaimError(f"{value!r} is no expression; write it with symbols made by symbol(...) and exact numbers")
    reason = unstatable(expression)
    if reason is not None:
        raise ClaimError(reason)
    return expression


@typed
@dataclass(frozen=True)
class Iff:
    """Two comparisons that hold at exactly the same points of the domain."""

    left: Compare
    right: Compare

    def __post_init__(self) -> None:
        for side in (self.left, self.right):
            if not isinstance(side, Compare):
                raise ClaimError(f"{side!r} is no comparison; write Iff(Compare(...), Compare(...))")

    @property
    def free_symbols(self) -> set[sp.Symbol]:
        """The symbols of both conditions."""
        return self.left.free_symbols | self.right.free_symbols

    def latex(self) -> str:
        """The equivalence as LaTeX."""
        return f"{self.left.latex()} \\iff {self.right.latex()}"

    def _repr_latex_(self) -> str:
        return display.tex(self.latex())

    def _repr_html_(self) -> str:
        return display.html("formula", self)

    def __str__(self) -> str:
        return f"{self.left}  iff  {self.right}"


@typed
@dataclass(frozen=True)
class Asymptotic:
    """``lhs = rhs + O(in_^-order)`` as the symbol ``in_`` tends to infinity, and no faster at any point.

    ``order`` is a positive rational number. Raises :class:`ClaimError` for another one, or when ``in_`` does not occur.
    """

    lhs: sp.Expr
    rhs: sp.Expr
    in_: sp.Symbol
    order: sp.Rational = sp.S.One

    def __post_init__(self) -> None:
        object.__setattr__(self, "lhs", as_expression(self.lhs))
        object.__setattr__(self, "rhs", as_expression(self.rhs))
        object.__setattr__(self, "order", as_expression(self.order))
        if not (self.order.is_Rational and self.order > 0):
            raise ClaimError(f"order {self.order} of {self.in_}: needs a positive rational number")
        if self.in_ not in self.free_symbols:
            raise ClaimError(f"{self.in_} occurs on neither side; name the symbol that tends to infinity")

    @property
    def free_symbols(self) -> set[sp.Symbol]:
        """The symbols of both sides."""
        return set(self.lhs.free_symbols) | set(self.rhs.free_symbols)

    def latex(self) -> str:
        """The expansion as LaTeX."""
        return (
            f"{latex(self.lhs)} = {latex(self.rhs)} + O({latex(self.in_**-self.order)})"
            f"\\quad ({latex(self.in_)}\\to\\infty)"
        )

    def _repr_latex_(self) -> str:
        return display.tex(self.latex())

    def _repr_html_(self) -> str:
        return display.html("formula", self)

    def __str__(self) -> str:
        return f"{self.lhs} = {self.rhs} + O({self.in_**-self.order}) as {self.in_} -> oo"


Statement = Compare | Iff | Asymptotic


def side_latex(side: Side) -> str:
    """A side of a comparison as LaTeX, be it an expression or a quantity."""
    return latex(side) if isinstance(side, sp.Expr) else side.latex()


# Points are chosen on one equation many times.
@lru_cache(maxsize=1024)
def _linear_solution(residual: sp.Expr, s: sp.Symbol) -> sp.Expr | None:
    slope = residual.diff(s) if residual.has(Total) else None
    if slope is not None and slope != 0 and s not in slope.free_symbols:
        # As it stands: lowest terms would multiply out what is summed.
        return -residual.xreplace({s: sp.S.Zero}) / slope
    if not small(residual):
        return None
    numerator = sp.fraction(sp.together(residual))[0]
    if s not in numerator.free_symbols or not numerator.is_polynomial(s):
        return None
    polynomial = sp.Poly(numerator, s)
    if polynomial.degree() != 1:
        return None
    return sp.cancel(-polynomial.eval(s, 0) / polynomial.LC())


@lru_cache(maxsize=1024)
def _written_for(residual: sp.Expr, s: sp.Symbol) -> sp.Expr | None:
    slope = residual.diff(s)
    return -residual.xreplace({s: sp.S.Zero}) / slope if slope.is_Rational and slope != 0 else None


@typed
@dataclass(frozen=True)
class Equation:
    """``residual = 0`` defines ``unknown`` (a fixed point, an optimum); the open bracket isolates the intended root.

    An end of the bracket may be infinite. Raises :class:`ClaimError` when the unknown does not occur.
    """

    unknown: sp.Symbol
    residual: sp.Expr
    bracket: tuple[sp.Expr, sp.Expr] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "residual", as_expression(self.residual))
        if self.unknown not in self.residual.free_symbols:
            raise ClaimError(
                f"the equation {self.residual} = 0 does not contain {self.unknown}, which it should define"
            )
        if self.bracket is not None:
            low, high = self.bracket
            object.__setattr__(self, "bracket", (as_expression(low), as_expression(high)))

    @property
    def free_symbols(self) -> set[sp.Symbol]:
        """The symbols of the residual, the unknown among them."""
        return set(self.residual.free_symbols)

    def solve_linear(self, s: sp.Symbol) -> sp.Expr | None:
        """The expression for ``s`` when the residual is linear in it after clearing denominators, else None."""
        return _linear_solution(self.residual, s)

    def definition(self, s: sp.Symbol) -> sp.Expr | None:
        """What ``s`` is, as it is written, when the residual is a number times ``s`` minus a formula; else None."""
        return _written_for(self.residual, s)

    def latex(self) -> str:
        """The equation as LaTeX."""
        return f"{latex(self.residual)} = 0"

    def _repr_latex_(self) -> str:
        return display.tex(self.latex())

    def _repr_html_(self) -> str:
        return display.html("equation", self)

    def __str__(self) -> str:
        return f"{self.residual} = 0  (defines {self.unknown})"
