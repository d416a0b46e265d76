"""Exact means of a quantity at small random instances, and what they support.

The rule: exact means at a few small sizes may refute any statement. Where no line is derived they support an equality
only, and only if these sizes determine it: both sides are polynomials in every size, of a degree below the number of
values that this size took. The matrices of some instances must be generic (``matrices/generic``). A bound that is true
at sizes from 1 to 3 may fail at all others.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from w2s_sym.claims.points import complete_point, point_plan
from w2s_sym.claims.statement import Compare, ExactMean
from w2s_sym.evidence.precision.session import Session
from w2s_sym.formula.balls import Place
from w2s_sym.matrices.experiment import LARGEST_EXACT_SIZE, Quantity
from w2s_sym.matrices.generic import generic, makes_something
from w2s_sym.matrices.words import PoleError, TraceError

# Generic instances: how many are looked at, and how many are drawn at most to find them.
GENERIC, _TRIES = 4, 40
# So many times more instances are drawn at most until every size has taken all its values.
MORE = 4


def exact_means(session: Session, statement: Compare, purpose: str) -> Iterator[tuple[Place, sp.Expr]]:
    """Small random instances of a quantity that can evaluate itself exactly, entry by entry, inside the domain."""
    quantity = statement.lhs
    if isinstance(quantity, sp.Expr) or not isinstance(quantity, ExactMean):
        return
    session.detail.setdefault("exact_moments", 0)
    yield from _inside(session, quantity, purpose, session.count)
    free = generic(quantity, _numbers(session), exact=True) if isinstance(quantity, Quantity) else None
    if free is None or not session.detail["exact_moments"]:
        return
    for found, instance in enumerate(_inside(session, free, f"generic {purpose}", _TRIES), 1):
        yield instance
        session.detail["generic_moments"] = session.detail.get("generic_moments", 0) + 1
        if found == GENERIC:
            return


def _inside(
    session: Session, quantity: ExactMean | Quantity, purpose: str, count: int
) -> Iterator[tuple[Place, sp.Expr]]:
    rng, claim = session.rng(purpose), session.claim
    chain = point_plan(claim)[1] if claim.given else ()
    for drawn in range(MORE * count):
        if drawn >= count and not (purpose == "moments" and _missing(session)):
            return
        try:
            instance = quantity.exact(rng)
        except PoleError:
            continue  # outside of the domain
        except TraceError:
            if purpose.startswith("generic"):
                continue  # these matrices are no covariances
            raise
        if instance is None:
            return
        point, value = instance
        whole = complete_point(claim, chain, point)
        if whole is None or any(whole[s] != v for s, v in point.items()) or not claim.domain.contains(whole):
            continue
        session.detail["exact_moments"] += 1
        session.sizes.append({k: int(whole[k]) for k in point if k.is_integer})
        yield session.place(whole), sp.sympify(value, strict=True)


def _missing(session: Session) -> bool:
    """Whether no line was derived and some size has not taken all values from 1 to the largest."""
    seen = session.sizes
    return not session.detail.get("derived_lines", 1) and any(
        len({point[name] for point in seen}) < LARGEST_EXACT_SIZE for name in (seen[0] if seen else ())
    )


def few_moments(session: Session) -> str:
    """In words what exact means alone are confined to; empty where they determine the claim or a line was derived.

    Notes in the detail how many instances were generic.
    """
    statement = session.claim.statement
    if session.detail.get("derived_lines", 1) or not isinstance(statement, Compare):
        return ""
    quantity = statement.lhs
    if not isinstance(quantity, Quantity):
        return ""
    if statement.relation != "=":
        return f"sizes are at most {LARGEST_EXACT_SIZE}"
    for s in quantity.size_symbols:
        seen = {point[s] for point in session.sizes if s in point}
        if not _degree(quantity, statement.rhs, s) < len(seen):
            return f"{s} is one of {', '.join(map(str, sorted(seen)))}"
    made = makes_something(quantity, _numbers(session), session.rng("what the setting makes"))
    if made and not session.detail.get("generic_moments"):
        return "fixed matrices are those that realise makes"
    return ""


def _numbers(session: Session) -> frozenset[str]:
    return frozenset(s.name for s in session.claim.domain.symbols)


def _degree(quantity: Quantity, right: sp.Expr, s: sp.Symbol) -> sp.Expr:
    """The degree in a size of the equation between the mean and the right side; infinite where it is no polynomial.

    Each pair of letters ties two row indices and two column indices, so that a mean of k pairs has at most k factors
    of the number of rows and k of the number of columns.
    """
    random = {name for sample in quantity.setting.samples for name in sample.names()}
    most: sp.Expr = sp.Integer(0)
    for monomial, coefficient in quantity.value.terms:
        letters = [letter.atom for word in monomial for letter in word if letter.atom.base in random]
        plain = all(atom.form == "plain" for atom in letters)
        ties = sp.Integer(len(letters) // 2 if plain else len(letters))
        shapes = [(atom.rows, atom.cols) for atom in letters]
        shapes += [(a.rows, a.cols) for a in quantity.fixed_atoms if a.orthonormal]
        rows = sp.Max(0, *(_of(rows, s) for rows, _ in shapes))
        cols = sp.Max(0, *(_of(cols, s) for _, cols in shapes))
        most = sp.Max(most, _of(coefficient, s) + ties * (rows + cols))
    above, below = sp.fraction(sp.together(right))
    return sp.Max(_of(above, s), _of(below, s) + most)


def _of(expression: sp.Expr, s: sp.Symbol) -> sp.Expr:
    if s not in expression.free_symbols:
        return sp.Integer(0)
    return sp.Integer(sp.degree(expression, s)) if expression.is_polynomial(s) else sp.oo
