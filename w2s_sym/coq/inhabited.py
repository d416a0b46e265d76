"""A point at which all is as a claim assumes, put into the theorem that there is one. Nothing here is trusted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.points import Solutions, complete_point, point_plan
from w2s_sym.claims.statement import ClaimError
from w2s_sym.coq.computations import point_script
from w2s_sym.coq.points import inhabited_theorem
from w2s_sym.coq.proofs import Script
from w2s_sym.coq.shapes import NoScript
from w2s_sym.coq.statement import symbols_of
from w2s_sym.formula.conditions import DomainError, Point
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.totals import LevelTable

_DRAWS = 200
_SIMPLE = tuple(sp.Rational(p, q) for p, q in ((1, 1), (2, 1), (1, 2), (3, 1), (1, 3), (4, 1), (1, 4), (0, 1), (-1, 1)))


def inhabited_proof(claim: Claim) -> Iterator[Script]:
    """The theorem that a claim is about something, with its proof; none for a claim about points, which says so itself.

    Raises ``NoScript`` when no point is found, and ``Untranslatable`` as the claim's theorem does.
    """
    if claim.witness is not None or claim.domain.points or not symbols_of(claim):
        return
    made = inhabited_theorem(claim, simple_point(claim))
    yield Script(made, tuple(point_script(claim, made)))


def simple_point(claim: Claim) -> Point:
    """An exact point of the domain that satisfies the given equations, of small numbers where these do."""
    rng = np.random.Generator(np.random.PCG64(0))
    try:
        base, chain = point_plan(claim)
        drawn = (base.sample(rng, (1, 12)) for _ in range(_DRAWS))
        start = next((p for p in drawn if complete_point(claim, chain, p) is not None), None)
    except (DomainError, ClaimError) as problem:
        raise NoScript(f"a point of the domain: {problem}") from None
    if start is None:
        raise NoScript("a point of the domain that satisfies the given equations")
    return _simplified(claim, base, chain, start)


def _simplified(claim: Claim, base: Domain, chain: Solutions, start: Point) -> Point:
    """One symbol after the other gets the first simpler value with which the point is still in the domain."""
    point = start
    for s in base.symbols:
        for value in _simpler(point[s]):
            moved = {**point, s: value}
            if base.contains(moved) and complete_point(claim, chain, moved) is not None:
                point = moved
                break
    found = complete_point(claim, chain, point)
    assert found is not None
    return found


def _simpler(value: sp.Expr) -> Iterator[sp.Expr]:
    """Simpler values, the simplest first: of a spectrum fewer levels, each once, and small numbers at them."""
    if not isinstance(value, LevelTable):
        yield from _SIMPLE
        if value.is_Rational:
            yield from (sp.Rational(value).limit_denominator(q) for q in (1, 2, 4, 8))
        return
    symbols, rows = tuple(value.args[0]), value.rows
    for small in _SIMPLE[:3]:
        yield LevelTable(symbols, [(1, *(small for _ in symbols))])
    for count in range(1, len(rows) + 1):
        kept = [row[1:] for row in rows[:count]]
        for q in (1, 2, 4, 8) if all(v.is_Rational for row in kept for v in row) else ():
            yield LevelTable(symbols, [(1, *(sp.Rational(v).limit_denominator(q) for v in row)) for row in kept])
        yield LevelTable(symbols, [(1, *row) for row in kept])
