"""Claims about single points as theorems of Coq; with :mod:`w2s_sym.coq.statement` all that must be read to trust them.

The claim holds at a witness, or at each point of a list. Its theorem says of such a point: which values the symbols
have there; all that the claim assumes (signs, integers, conditions, given equations with their brackets); that every
formula of these and of the statement has a value; and the statement. For a witness: there are numbers of which all of
this is true. For a list: all numbers that have the values of one of its points are such.

The theorem of any other claim says nothing where nothing is as the claim assumes. So it has a theorem beside it that
reads like that of a witness, without a statement: there are numbers of which all that the claim assumes is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Compare
from w2s_sym.coq.statement import (
    Scope,
    Untranslatable,
    assumed,
    binders,
    comparison,
    coq_term,
    letter_name,
    named,
    symbols_of,
    theorem_name,
    value_needs,
)
from w2s_sym.formula.conditions import Point, exact_number
from w2s_sym.formula.totals import LevelTable, Total, letters_along


@dataclass(frozen=True)
class PointTheorem:
    """A claim about points in Coq: types and variables, where each point is, and what is true there.

    ``points`` are the values of the symbols, for a witness one of them; ``names`` are the identifiers of the symbols.
    """

    name: str
    binders: tuple[str, ...]
    places: tuple[str, ...]
    truths: tuple[str, ...]
    witness: bool
    points: tuple[Point, ...]
    names: Scope

    def text(self) -> str:
        """The theorem as Coq reads it, without a proof."""
        if self.witness:
            there = " /\\\n  ".join((self.places[0], *self.truths))
            return f"Theorem {self.name} : exists {' '.join(self.binders)},\n  {there}."
        truths = " /\\\n  ".join(self.truths)
        places = " \\/\n  ".join(f"({place})" for place in self.places)
        return f"Theorem {self.name} : forall {' '.join(self.binders)},\n  {places} ->\n  {truths}."


def point_theorem(claim: Claim) -> PointTheorem:
    """The claim as a theorem. Raises ``Untranslatable`` with what it has no words for, DomainError off the domain."""
    statement, symbols = claim.statement, symbols_of(claim)
    names = named(symbols)
    sides = (statement.lhs, statement.rhs) if isinstance(statement, Compare) else ()
    formulas = tuple(e for e in sides if isinstance(e, sp.Expr))
    if not isinstance(statement, Compare) or len(formulas) < 2:
        raise Untranslatable("a claim about single points that compares no two formulas")
    if any(e.has(sp.Derivative) for e in formulas):
        raise Untranslatable("a derivative at a single point")
    listed = claim.domain.points if claim.witness is None else (claim.witness,)
    points = tuple(exact_point(claim, values) for values in listed)
    if claim.witness is None and (missing := [s for s in symbols for p in points if s not in p]):
        raise Untranslatable(f"listed points without a value for {missing[0]}")
    conclusion = comparison(statement.lhs, statement.relation, statement.rhs, names)
    return PointTheorem(
        name=theorem_name(claim),
        binders=tuple(binders(symbols, names)),
        places=tuple(" /\\ ".join(placed(point, names)) for point in points),
        truths=(*_assumptions(claim, formulas, names), conclusion),
        witness=claim.witness is not None,
        points=points,
        names=names,
    )


def inhabited_theorem(claim: Claim, values: Point) -> PointTheorem:
    """There is a point, the one that is given, where all is as the claim assumes. Raises as the above does.

    Left out are unknowns without a rational value there, and what their equations make of them: no condition may be on
    one of these, so that the theorems about their roots (:mod:`w2s_sym.coq.one_root`) say all that is to be said.
    """
    point = exact_point(claim, values)
    left = {s for s, value in point.items() if letters_along(s) is None and not value.is_Rational}
    for _ in claim.given:
        left |= {e.unknown for e in claim.given if e.free_symbols & left}
    held = {s for c in claim.domain.conditions for s in c.free_symbols} | (left - {e.unknown for e in claim.given})
    if wrong := sorted(map(str, left & held)):
        raise Untranslatable(f"a point of the domain where {wrong[0]} is not rational")
    kept = {s: point[s] for s in symbols_of(claim) if s not in left}
    names = named(kept)
    return PointTheorem(
        name=f"{theorem_name(claim)}__inhabited",
        binders=tuple(binders(kept, names)),
        places=(" /\\ ".join(placed(kept, names)),),
        truths=tuple(_assumptions(claim, (), names)),
        witness=True,
        points=(kept,),
        names=names,
    )


def _assumptions(claim: Claim, formulas: tuple[sp.Expr, ...], names: Scope) -> Iterator[str]:
    """All that the claim assumes of the symbols that have names, and that its formulas and others have values."""
    everything = (*_assumed_formulas(claim, names), *formulas)
    yield from {need.text: None for e in everything for need in value_needs(e, names)}
    yield from (need.text for need in assumed(claim, tuple(names.of), names))


def exact_point(claim: Claim, values: Mapping[sp.Symbol, object]) -> Point:
    """The values as exact numbers, and spectra as tables of levels."""
    point = claim.domain.check(values, claim.id)
    return point | {s: exact_number(v, str(s)) for s, v in values.items() if s not in point}


def _assumed_formulas(claim: Claim, names: Scope) -> Iterator[sp.Expr]:
    """The formulas of all that the claim assumes; a level's as a sum over its spectrum, at each of whose terms it has
    a value.
    """
    for s in claim.domain.symbols:
        along = letters_along(s)
        for c in along.conditions if along is not None else ():
            yield from (Total(c.lhs, along), Total(c.rhs, along))
    for c in claim.domain.conditions:
        yield from (c.lhs, c.rhs)
    for equation in (e for e in claim.given if e.unknown in names.of):
        yield equation.residual
        yield from (end for end in equation.bracket or () if end.is_finite is not False)


def placed(point: Point, names: Scope) -> Iterator[str]:
    """The values of the symbols, rational numbers; of a spectrum's letters, level after level."""
    for s, value in point.items():
        if letters_along(s) is None:
            yield f"{names[s]} = {_number(value)}"
            continue
        for letter, along in level_values(value).items():
            listed = " :: ".join((*map(_number, along), "nil"))
            yield f"map {letter_name(names[s], names.of, letter)} {names[s]} = {listed}"


def level_values(table: LevelTable) -> dict[sp.Symbol, list[sp.Expr]]:
    """The values of each letter of a spectrum, each level as often as it occurs."""
    levels = [at for row, at in zip(table.rows, table.points(), strict=True) for _ in range(int(row[0]))]
    return {letter: [at[letter] for at in levels] for letter in levels[0]}


def _number(value: sp.Expr) -> str:
    if not value.is_Rational:
        raise Untranslatable(f"the value {value}, which is not rational")
    return coq_term(value, named(()))
