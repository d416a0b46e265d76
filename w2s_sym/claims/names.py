"""The symbols of a claim: one name, one symbol, one role.

Every name of a claim stands for one symbol, which is either *free* (a number or a spectrum of its domain, or what a
given equation defines) or *bound* (a level letter, a variable of an integral) or the name of its quantity; never two of
these. So nothing that is made of a claim's free symbols is captured when it is put into a formula of that claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import sympy as sp

from w2s_sym.claims.statement import Asymptotic, ClaimError, Compare, Equation, Iff, Statement
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain, require_checked
from w2s_sym.formula.instantiate import bound_by
from w2s_sym.formula.notation import form_of
from w2s_sym.formula.sentences import ambiguous_power
from w2s_sym.formula.spelling import SymbolError, alike, printed_as, require_name
from w2s_sym.formula.statable import unstatable
from w2s_sym.formula.tex import SentenceError, sentence_pieces
from w2s_sym.formula.totals import SpectrumSymbol, Total, letters_along


def require_readable(place: str, text: str) -> None:
    """Raises :class:`ClaimError` for a sentence with TeX that is not read, or with a power that reads in two ways."""
    try:
        pieces = sentence_pieces(text)
    except SentenceError as problem:
        raise ClaimError(f"{place}: {problem}") from None
    for power in (ambiguous_power(p.text) for p in pieces if not p.formula):
        if power is not None:
            typed, one, other = power
            raise ClaimError(f"{place}: {typed} reads in two ways; write {one} or {other}")


def require_names(
    here: str, statement: Statement, domain: Domain, given: Sequence[Equation], rivals: tuple[Any, ...]
) -> None:
    """Raises :class:`ClaimError` unless every name of a claim has one role; ``here`` names the claim.

    Raises ``DomainError`` for a symbol of which SymPy assumes what no domain checks.
    """
    if domain.facts:
        raise ClaimError(f"{here}: its domain states facts; let a derivation use another claim, with knowing(claim)")
    parts, quantities = tuple(_expressions(statement, domain, given)), _quantities(statement)
    written = (*parts, *(side for rival in rivals for side in _sides(rival)))
    free = set(domain.symbols) | {s for e in given for s in e.free_symbols}
    everything = free.union(quantities, *map(symbols_in, (*written, *domain.symbols)))
    _require_one_symbol_each(here, everything)
    _require_told_apart(here, everything, written)
    stray = statement.free_symbols - set(domain.symbols) - {e.unknown for e in given}
    stray |= set().union(*(p.free_symbols for p in parts)) - free
    if stray:
        raise ClaimError(f"{here}: {', '.join(sorted(map(str, stray)))} not in the domain; list every symbol there")
    _require_one_role(here, free, quantities, _letters(everything), set().union(*map(variables_in, written)))
    for part in written:
        require_no_number(here, part)
        _require_statable(here, part)
    for along in filter(None, map(letters_along, domain.symbols)):
        for condition in along.conditions:
            _require_statable(here, condition.lhs)
            _require_statable(here, condition.rhs)
    if isinstance(statement, Asymptotic) and letters_along(statement.in_) is not None:
        raise ClaimError(f"{here}: the spectrum {statement.in_} tends nowhere; name a number that tends to infinity")
    unknowns = [e.unknown for e in given]
    twice = sorted({str(s) for s in unknowns if unknowns.count(s) > 1 or letters_along(s) is not None})
    if twice:
        raise ClaimError(f"{here}: {', '.join(twice)} is defined by two equations, or is no number; give one equation")


def symbols_in(expression: sp.Basic) -> set[sp.Symbol]:
    """Every symbol that occurs in the expression, free or bound, with the level letters of its spectra."""
    found = {node for node in _nodes(expression) if isinstance(node, sp.Symbol)}
    return found | _letters(found)


# A claim asks several questions of each of its formulas, and claims share formulas.
@lru_cache(maxsize=4096)
def _nodes(expression: sp.Basic) -> frozenset[sp.Basic]:
    return frozenset(sp.preorder_traversal(expression))


def variables_in(expression: sp.Basic) -> set[sp.Symbol]:
    """The variables of integrals, sums and limits in the expression: what is bound, but for the level letters."""
    nodes = (node for node in _nodes(expression) if not isinstance(node, Total))
    return {s for node in nodes for s in bound_by(node)}


def require_line(expression: sp.Expr, known: Iterable[sp.Symbol]) -> None:
    """Raises :class:`ClaimError` unless a formula is made of these symbols, none of which it binds."""
    own = set(known)
    stray = sorted(map(str, expression.free_symbols - own))
    if stray:
        raise ClaimError(f"{expression}: {', '.join(stray)} is no symbol of the claim")
    variables = {s.name for s in variables_in(expression)}
    letters = {s.name for s in _letters(expression.atoms(sp.Symbol))}
    both = sorted((variables & letters) | ((variables | letters) & {s.name for s in own}))
    if both:
        raise ClaimError(f"{expression} binds {', '.join(both)}, which stands for something else; use another letter")
    for s in symbols_in(expression):
        require_checked(s)
    require_no_number("a line", expression)


def require_no_number(here: str, expression: sp.Basic) -> None:
    """Raises :class:`ClaimError` where a spectrum stands for a number: it is what a total sums over, nothing else."""
    if not any(isinstance(node, SpectrumSymbol) for node in _nodes(expression)):
        return
    for node in sp.preorder_traversal(expression):
        numbers = node.args[:1] if isinstance(node, Total) else node.args
        spectrum = next((a for a in (*numbers, expression) if isinstance(a, SpectrumSymbol)), None)
        if spectrum is not None:
            raise ClaimError(f"{here}: the spectrum {spectrum} is no number; sum over it, total(..., {spectrum})")


def _require_statable(here: str, expression: sp.Basic) -> None:
    reason = unstatable(expression)
    if reason is not None:
        raise ClaimError(f"{here}: {reason}")


def _expressions(statement: Statement, domain: Domain, given: Sequence[Equation]) -> Iterator[sp.Expr]:
    """All formulas of a claim but its rivals: those are to be refuted."""
    for stated in (statement, *domain.conditions):
        yield from _sides(stated)
    for e in given:
        yield e.residual
        yield from e.bracket or ()


def _sides(stated: Any) -> Iterator[sp.Expr]:
    """The formulas of a statement, a condition or a rival; a quantity is none."""
    if isinstance(stated, Iff):
        yield from (*_sides(stated.left), *_sides(stated.right))
    elif isinstance(stated, (Compare, Asymptotic, Condition)):
        yield from (side for side in (stated.lhs, stated.rhs) if isinstance(side, sp.Expr))
    elif isinstance(stated, sp.Expr):
        yield stated


def _quantities(statement: Statement) -> set[sp.Symbol]:
    """The symbols that name quantities."""
    comparisons = (statement.left, statement.right) if isinstance(statement, Iff) else (statement,)
    return {c.lhs.symbol for c in comparisons if not isinstance(c.lhs, sp.Expr)}


def _letters(symbols: Iterable[sp.Symbol]) -> set[sp.Symbol]:
    return {v for s in symbols if (held := letters_along(s)) is not None for v in held.symbols}


def _require_one_symbol_each(here: str, symbols: set[sp.Symbol]) -> None:
    by_name: dict[str, sp.Symbol] = {}
    for s in sorted(symbols, key=str):
        if by_name.setdefault(s.name, s) != s:
            raise ClaimError(
                f"{here}: two different symbols print as {s}; declare it once with symbol(...) and use that"
            )
        if isinstance(s, (sp.Dummy, sp.Wild)):
            raise ClaimError(f"{here}: {s} is a {type(s).__name__}, which has no name; declare it with symbol(...)")
        require_checked(s)


# What prints as a letter and is a number: each with its class.
_CONSTANTS = {type(sp.pi): r"\pi", type(sp.E): "e", sp.exp: "e", type(sp.I): "i"}


def _require_told_apart(here: str, symbols: set[sp.Symbol], written: Iterable[sp.Basic]) -> None:
    """Every name is a word, and no symbol prints as another one, as a formula in others, or as a number."""
    for s in sorted(symbols, key=str):
        try:
            require_name(s.name)
        except SymbolError as problem:
            raise ClaimError(f"{here}: {problem}") from None
    forms = {s.name: form_of(s) for s in sorted(symbols, key=str)}
    for name, other in alike(forms):
        raise ClaimError(f"{here}: the symbol {name} prints as {other}: {forms[name]}; give one of them another LaTeX")
    present = {_CONSTANTS[type(node)] for part in written for node in _nodes(part) if type(node) in _CONSTANTS}
    for name, constant in printed_as(present, forms):
        raise ClaimError(
            f"{here}: the symbol {name} prints as the number {constant}, which is in the claim too; "
            "give it another LaTeX"
        )


def _require_one_role(
    here: str, free: set[sp.Symbol], quantities: set[sp.Symbol], letters: set[sp.Symbol], variables: set[sp.Symbol]
) -> None:
    for s in sorted(quantities & (free | letters | variables), key=str):
        raise ClaimError(f"{here}: {s} names the quantity and is another number of the claim too; use another letter")
    for s in sorted(letters & (free | variables), key=str):
        raise ClaimError(
            f"{here}: {s} varies along a spectrum and is a number of the claim too; use another letter for one of them"
        )
    for s in sorted(variables & free, key=str):
        raise ClaimError(
            f"{here}: {s} runs in an integral, a sum or a limit and is a number of the claim too; "
            "use another letter for one of them"
        )
