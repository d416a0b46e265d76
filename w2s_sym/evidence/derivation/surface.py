"""The surface of a claim's given equations, and exact points on it.

A claim holds where its domain's conditions and its given equations do. Here is that domain with the unknowns of the
equations, formulas with what the equations determine put in, and counter-examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.definitions import BINDERS, bracket_conditions
from w2s_sym.claims.points import admissible_points
from w2s_sym.claims.statement import ClaimError, Equation, Iff
from w2s_sym.evidence.derivation.steps import StepFailed
from w2s_sym.formula.conditions import Condition, DomainError, Point
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.instantiate import instantiate
from w2s_sym.formula.signs import proves

# -- the domain with its equations ----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Informed(Claim):
    """A claim together with what other claims say at every point of it; only a derivation makes one."""

    facts: tuple[Condition, ...] = ()


def with_given(claim: Claim) -> Domain:
    """The claim's domain with the unknowns of its given equations, their assumptions and the ends of brackets.

    These are true of the unknowns: :mod:`w2s_sym.claims.definitions` proves them before any evidence counts.
    """
    extra = sorted({s for e in claim.given for s in e.free_symbols} - set(claim.domain.symbols), key=lambda s: s.name)
    ends = [c for equation in claim.given for c in bracket_conditions(equation)]
    own, facts = claim.domain, claim.facts if isinstance(claim, Informed) else ()
    return Domain((*own.symbols, *extra), (*own.conditions, *ends), own.points, facts)


def linear_solution(equation: Equation, s: sp.Symbol, domain: Domain) -> tuple[sp.Expr | None, sp.Expr | None]:
    """(solution, coefficient): linear in ``s`` with a coefficient that is proved nonzero, else no solution.

    Where the coefficient vanishes the equation says nothing of ``s``; then it is returned as the reason.
    """
    solution = equation.solve_linear(s)
    if solution is None:
        return None, None
    coefficient = sp.Poly(sp.fraction(sp.together(equation.residual))[0], s).LC()
    return (solution, coefficient) if proves(coefficient, "!=", domain) else (None, coefficient)


def _formula(equation: Equation, domain: Domain) -> sp.Expr | None:
    """What the unknown is, as it is written where it can be: in lowest terms a definition would be longer."""
    written = equation.definition(equation.unknown)
    return written if written is not None else linear_solution(equation, equation.unknown, domain)[0]


def put_in(value: sp.Expr, formulas: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """The value with symbols replaced by formulas, but for those that a derivative or a sum runs over."""
    running = {s for node in value.atoms(*BINDERS) for s in node.atoms(sp.Symbol)}
    return instantiate(value, {s: v for s, v in formulas.items() if s not in running})


def on_given(claim: Claim, value: sp.Expr) -> sp.Expr:
    """The value on the surface of the given equations: symbols that enter them linearly are put in.

    Explicit definitions go first, the last of them before those that it may be made of.
    """
    domain = with_given(claim)
    definitions = [(e, _formula(e, domain)) for e in reversed(claim.given)]
    for equation, solution in definitions:
        if solution is not None:
            value = put_in(value, {equation.unknown: solution})
    for equation in (e for e, solution in definitions[::-1] if solution is None):
        for s in sorted(equation.free_symbols - {equation.unknown}, key=lambda s: s.name):
            solution, _ = linear_solution(equation, s, domain)
            if solution is not None:
                value = put_in(value, {s: solution})
                break
    return value


def definitions_of(claim: Claim) -> dict[sp.Symbol, sp.Expr]:
    """The unknowns of the given equations that are linear in them, each with its formula."""
    domain = with_given(claim)
    found = {e.unknown: _formula(e, domain) for e in claim.given}
    return {s: formula for s, formula in found.items() if formula is not None}


def require_carried_out(value: sp.Expr) -> None:
    """Raises :class:`StepFailed` while a derivative, a limit or a sum is left in the line."""
    if value.has(*BINDERS):
        raise StepFailed("a derivative, limit or sum is left in the line; carry it out first", False)


# -- exact points ---------------------------------------------------------------------------------------------


def counter_example(claim: Claim, difference: sp.Expr, relation: str) -> Point | None:
    """An exact admissible point at which ``difference relation 0`` is certain; None if none is met."""
    # A number cannot be put in under a derivative.
    done = difference.doit() if difference.has(sp.Derivative) else difference
    if done.has(sp.Derivative):
        return None  # of a function without a derivative that is known
    condition = Condition(done, relation, sp.Integer(0))
    return next((point for point in _points(claim) if condition.at(point) is True), None)


def one_sided(claim: Claim, statement: Iff) -> Point | None:
    """An exact admissible point at which exactly one of the two conditions holds; None if none is met."""
    left, right = (Condition(c.lhs, c.relation, c.rhs) for c in (statement.left, statement.right))
    for point in _points(claim):
        if {left.at(point), right.at(point)} == {True, False}:
            return point
    return None


def point_words(point: Point) -> str:
    """A point as a message names it: ``x=1, y=2``."""
    return ", ".join(f"{k}={v}" for k, v in point.items())


def point_detail(point: Point) -> dict[str, Any]:
    """A point as plain JSON values, for the detail of a finding."""
    return {"point": {str(k): str(v) for k, v in point.items()}}


def _points(claim: Claim) -> Iterator[Point]:
    """A dozen exact admissible points from a fixed stream; none where they cannot be chosen."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(20250207)))
    symbols = claim.domain.symbols
    try:
        for point in admissible_points(claim, rng, 12):
            yield {s: point[s] for s in symbols} | {k: v for k, v in point.items() if k not in symbols}
    except (ClaimError, DomainError):
        return
