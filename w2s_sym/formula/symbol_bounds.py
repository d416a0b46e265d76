"""What the conditions of a domain say of single symbols: their bounds, and ways to write them in slacks."""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from w2s_sym.formula.domain import Domain
from w2s_sym.formula.notation import unchecked
from w2s_sym.formula.numbers import holds
from w2s_sym.formula.relations import Relation

# IntervalEnds of intervals, and whether each is left out.
IntervalEnds = tuple[tuple[sp.Expr, bool], ...]


@lru_cache(maxsize=5_000)
def slacks_over(
    domain: Domain, symbols: frozenset[sp.Symbol]
) -> tuple[tuple[dict[sp.Symbol, sp.Expr], frozenset[sp.Symbol]], ...]:
    """The ways to write these symbols in slacks: only they, and what their bounds are made of, are replaced."""
    needed = set(symbols)
    for s in reversed(domain.symbols):
        if s in needed:
            known = set(domain.symbols[: domain.symbols.index(s) + 1])
            for c in domain.conditions:
                if s in c.free_symbols and c.free_symbols <= known:
                    needed |= c.free_symbols
    return tuple(domain.restrict(needed).slacks())


@lru_cache(maxsize=5_000)
def bounds_of(s: sp.Symbol, domain: Domain) -> tuple[IntervalEnds, IntervalEnds]:
    """Lower and upper bounds of a symbol that its conditions state, free of it, and whether they are strict."""
    lows: list[tuple[sp.Expr, bool]] = []
    highs: list[tuple[sp.Expr, bool]] = []
    for c in (*domain.conditions, *domain.assumptions()):
        gap = sp.expand(c.lhs - c.rhs)
        relation = Relation(c.relation)
        if not relation.direction or not gap.is_polynomial(s) or sp.degree(gap, s) != 1:
            continue
        slope = sp.Poly(gap, s).LC()
        if slope.is_Rational:
            above = (relation.direction > 0) == (slope > 0)
            (lows if above else highs).append((sp.expand(s - gap / slope), relation.strict))
    return tuple(lows), tuple(highs)


def true_between(s: sp.Symbol, low: sp.Expr, high: sp.Expr) -> bool:
    """Whether all that SymPy knows of a symbol is true of the real numbers between two given ones."""
    above, below = holds(low, ">=") is True, holds(high, "<=") is True
    signed = (s.is_nonnegative and not above) or (s.is_nonpositive and not below)
    return not (unchecked(s) or s.is_integer or signed or (s.is_nonzero and not (above or below)))
