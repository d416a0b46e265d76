"""Exact points of a claim's domain that satisfy its given equations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.definitions import bracket_conditions
from w2s_sym.claims.statement import ClaimError, Equation
from w2s_sym.formula.conditions import Condition, DomainError, Point
from w2s_sym.formula.domain import Domain, assumed_signs
from w2s_sym.formula.exact_values import number_at

# A wrong formula may be right at a point by chance; at this many that are not of its author's choice it is not.
LEAST_DRAWN = 2


def admissible_points(
    claim: Claim, rng: np.random.Generator, count: int, scale: int | tuple[int, ...] = 12
) -> Iterator[Point]:
    """Exact random points of the domain that satisfy the claim's ``given`` equations too.

    A ``given`` equation is met exactly by solving it for a symbol that enters it linearly: its unknown if it can
    be, else a random rational root is chosen and a parameter follows, so that both sides stay rational.
    ``scale`` is that of :meth:`Domain.sample`. Raises :class:`DomainError` when no point is found and
    :class:`ClaimError` when no symbol enters linearly.
    """
    base, chain = point_plan(claim)
    produced = 0
    for _ in range(400 * count):
        point = complete_point(claim, chain, base.sample(rng, scale))
        if point is None:
            continue
        yield point
        produced += 1
        if produced == count:
            return
    raise DomainError(f"{claim.id}: no random point satisfies both its domain and its given equations")


# Symbols that follow from others by the given equations, each with its formula, in the order of computation.
Solutions: TypeAlias = tuple[tuple[sp.Symbol, sp.Expr], ...]


def point_plan(claim: Claim) -> tuple[Domain, Solutions]:
    """What is drawn freely, and the symbols that follow from it by the ``given`` equations, in order."""
    chain = _solve_given(claim)
    targets = {s for s, _ in chain}
    kept = tuple(s for s in claim.domain.symbols if s not in targets)
    extra = {s for e in claim.given for s in e.free_symbols} - targets - set(kept)
    conditions = tuple(c for c in claim.domain.conditions if not c.free_symbols & targets)
    points = () if extra else claim.domain.points
    return Domain((*kept, *sorted(extra, key=lambda s: str(s.name))), conditions, points), chain


def complete_point(claim: Claim, chain: Solutions, base: Point) -> Point | None:
    """The base point with the symbols of the chain added, or None when the claim does not admit it."""
    if not chain:
        return base
    point = dict(base)
    for s, expression in chain:
        point[s] = number_at(expression, point)
        if point[s].is_finite is not True:
            return None
    everything = (*assumed_signs(tuple(point)), *claim.domain.conditions, *_of_given(claim.given))
    listed = claim.domain.points
    inside = not listed or any(all(point[s] == p[s] for s in claim.domain.symbols) for p in listed)
    return point if inside and all(c.at(point) is True for c in everything) else None


@lru_cache(maxsize=256)
def _of_given(given: tuple[Equation, ...]) -> tuple[Condition, ...]:
    """What the given equations and their brackets ask of a point."""
    brackets = (c for e in given for c in bracket_conditions(e))
    return (*(Condition(e.residual, "=", sp.S.Zero) for e in given), *brackets)


def _solve_given(claim: Claim) -> Solutions:
    chain: list[tuple[sp.Symbol, sp.Expr]] = []
    solved: set[sp.Symbol] = set()
    for equation in claim.given:
        # An explicit definition gives its unknown; a fixed point gives a parameter for a chosen root.
        options = sorted(equation.free_symbols - solved, key=lambda s: (s != equation.unknown, s.name))
        for s in options:
            # In lowest terms a definition would be longer than its author wrote it.
            written = equation.definition(s)
            expression = written if written is not None else equation.solve_linear(s)
            uses_later = expression is not None and any(s in e.free_symbols for _, e in chain)
            if expression is not None and not uses_later and not s.is_integer:
                chain.append((s, expression))
                solved.add(s)
                break
        else:
            raise ClaimError(f"{claim.id}: cannot choose exact points on {equation}; make it linear in one symbol")
    return tuple(chain)
