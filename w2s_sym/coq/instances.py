"""Lemmas in proof scripts: another claim's theorem applied to formulas, with each of its hypotheses shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Compare
from w2s_sym.coq.equalities import equality
from w2s_sym.coq.facts import is_fact
from w2s_sym.coq.shapes import NoScript
from w2s_sym.coq.signs import Signs
from w2s_sym.coq.statement import Need, Scope, comparison, coq_term, letter_name, symbols_of, theorem
from w2s_sym.evidence.derivation.replay import Known
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import Total, letters_along


@dataclass(frozen=True)
class LemmaHere:
    """What a lemma says of this claim's symbols: ``left relation right`` is the hypothesis ``name`` after ``lines``."""

    lines: list[str]
    name: str
    left: sp.Expr
    relation: str
    right: sp.Expr


def lemma_here(lemma: Claim, where: Mapping[str, sp.Expr], name: str, search: Signs) -> LemmaHere:
    """The lemma with its symbols replaced. Raises ``NoScript`` where a hypothesis of it is not shown."""
    lines, renaming = applied(lemma, where, name, search)
    statement = lemma.statement
    if not isinstance(statement, Compare) or not isinstance(statement.lhs, sp.Expr):
        raise NoScript(f"{lemma.id} compares no formulas")
    left, right = statement.lhs.xreplace(renaming), statement.rhs.xreplace(renaming)
    restated = comparison(left, statement.relation, right, search.names)
    lines += [
        f"last_part {name}.",
        f"assert ({name}_ : {restated}).",
        "{",
        *_restated(statement, renaming, name, search),
        "}",
    ]
    return LemmaHere(lines, f"{name}_", left, statement.relation, right)


def applied(
    lemma: Claim, where: Mapping[str, sp.Expr], name: str, search: Signs
) -> tuple[list[str], dict[sp.Symbol, sp.Expr]]:
    """All that the lemma says, its definedness too, as the hypothesis ``name``; and what its symbols stand for.

    A fact is a hypothesis of this theorem, and so are the facts that a lemma rests on.
    """
    made = theorem(lemma)
    symbols = symbols_of(lemma)
    renaming = {s: sp.sympify(where[s.name], strict=True) for s in symbols if s.name in where}
    said = f"(ltac:(assumption) : {made.proposition})" if is_fact(lemma) else made.name
    given = " ltac:(assumption)" * len(made.facts)
    arguments = " ".join(_argument(s, renaming, search) for s in symbols)
    lines = [f"pose proof ({said}{given} {arguments}) as {name}."]
    for need in made.hypotheses:
        lines += [f"premise {name}.", "{", *_premise(need, renaming, search), "}"]
    return lines, renaming


def restated_places(
    symbols: Iterable[sp.Symbol], renaming: Mapping[sp.Symbol, sp.Expr], names: Scope
) -> tuple[dict[sp.Symbol, sp.Symbol], dict[sp.Symbol, sp.Expr], Scope]:
    """A place for each symbol of a lemma that stands for another formula here, what it stands for, and its name.

    A symbol of the lemma may be one of this claim too, with another meaning. Either all symbols get places or none, so
    that their order in products and sums stays.
    """
    moved = any(s in symbols and s != e for s, e in renaming.items())
    places = {s: sp.Dummy(s.name, **s.assumptions0) for s in symbols} if moved else {}
    put = {place: renaming.get(s, s) for s, place in places.items()}
    texts = {place: coq_term(e, names) for place, e in put.items()}
    return places, put, Scope(names.of, {**names.letters, **texts})


def _restated(statement: Compare, renaming: Mapping[sp.Symbol, sp.Expr], name: str, search: Signs) -> list[str]:
    """A script for the statement in this claim's symbols: each side equals what the lemma says of its arguments."""
    lhs, rhs = statement.lhs, statement.rhs
    assert isinstance(lhs, sp.Expr)
    symbols = lhs.free_symbols | rhs.free_symbols
    if lhs.has(sp.Derivative, Total) or rhs.has(sp.Derivative, Total) or any(letters_along(s) for s in symbols):
        return [f"restate {name}."]
    places, put, names = restated_places(symbols, renaming, search.names)
    relation = Relation(statement.relation)
    kind = {"=": "eq", "!=": "ne"}.get(statement.relation, "lt" if relation.strict else "le")
    lhs, rhs = lhs.xreplace(places), rhs.xreplace(places)
    sides = (rhs, lhs) if relation.direction > 0 else (lhs, rhs)
    pairs = [(e, e.xreplace(put)) for e in sides]
    scripts = [
        ["reflexivity."] if coq_term(a, names) == coq_term(b, search.names) else equality(a, b, names, put)
        for a, b in pairs
    ]
    return [f"apply (both_{kind} _ _ _ _ {name}).", "{", *scripts[0], "}", "{", *scripts[1], "}"]


def _argument(s: sp.Symbol, renaming: Mapping[sp.Symbol, sp.Expr], search: Signs) -> str:
    put, names = renaming.get(s, s), search.names
    along = letters_along(s)
    if along is None:
        return coq_term(put, names)
    target = letters_along(put) if put.is_Symbol else None
    if target is None or len(target.symbols) != len(along.symbols):
        raise NoScript(f"{put} stands for the spectrum {s}")
    letters = " ".join(letter_name(names[put], names.of, v) for v in target.symbols)
    return f"level_{names[put]} {names[put]} {letters}"


def _premise(need: Need, renaming: Mapping[sp.Symbol, sp.Expr], search: Signs) -> list[str]:
    """A script for a hypothesis of a lemma, as it reads for this claim's symbols."""
    if not need.relation:
        return ["first [assumption | integers | intros ? ?; integers]."]
    lines = []
    for over in need.over:
        target = letters_along(renaming.get(over, over))
        assert target is not None
        search = search.at_level(target)
        lines.append(search.intro)
    expression, relation = need.expression.xreplace(dict(renaming)), Relation(need.relation)
    easy = "first [assumption | lra | known_in_another_form]."
    if expression.is_Symbol or not relation.direction:
        return [*lines, "first [assumption | lra | nra | apply Rgt_not_eq; lra]."]
    upward = expression if relation.direction > 0 else -expression
    if any((c.lhs - c.rhs) in (expression, -expression) for c in search.domain.conditions):
        return [*lines, easy]
    try:
        tree = search.script(upward, ">" if relation.strict else ">=")
    except NoScript:
        return [*lines, "first [assumption | lra | nra]."]
    return [*lines, f"apply {'lt' if relation.strict else 'le'}_by_difference.", *tree]


def known_here(known: Known, search: Signs, name: str, along: sp.Symbol | None = None) -> list[str]:
    """Asserts what other claims say here; ``along`` leaves out those that do not mention this symbol.

    Each may use those before it, as facts of the search's domain: they are its facts in the same order.
    """
    lines, domain = [], search.domain
    for k, (lemma, where) in enumerate(known):
        if along is not None and along not in domain.facts[k].free_symbols:
            continue
        before = search.on(Domain(domain.symbols, domain.conditions, facts=domain.facts[:k]))
        lines += [*lemma_here(lemma, dict(where), f"{name}{k}", before).lines, f"clear {name}{k}."]
    return lines


def gap_of(found: LemmaHere) -> tuple[sp.Expr, bool]:
    """The larger side minus the smaller one, and whether it is never zero."""
    relation = Relation(found.relation)
    if relation.direction < 0:
        return sp.Add(found.right, sp.Mul(-1, found.left, evaluate=False), evaluate=False), relation.strict
    return sp.Add(found.left, sp.Mul(-1, found.right, evaluate=False), evaluate=False), relation.strict
