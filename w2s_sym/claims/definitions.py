"""Are the given equations of a claim definitions?

The rule: a given equation is used only with a proof that at every point of the domain it has exactly one root in its
bracket, and that this root has what its symbol assumes. What is proved of the symbol is then proved of that root, and
a bracket says nothing of the parameters. Equations are read in their order; each may use the symbols of the domain and
those that were defined before it. Conditions of the domain on a defined symbol restrict the domain only after it is
defined.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.assumptions import assumptions as facts_of

from w2s_sym.claims.statement import ClaimError, Equation
from w2s_sym.formula.conditions import Condition, DomainError
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.signs import proves
from w2s_sym.formula.totals import letters_along
from w2s_sym.formula.unique_root import missing_for_explicit_root, missing_for_one_root

# What varies or runs inside of these is no single number there.
BINDERS = (sp.Derivative, sp.Integral, sp.Limit, sp.Product, sp.Subs, sp.Sum)
# What every real number is, and what is told by its sign.
_REAL = {"commutative", "complex", "finite", "hermitian", "real", "extended_real"}
_NOT_REAL = {"imaginary", "infinite", "antihermitian"}
_OF_WHOLE = {"algebraic", "irrational", "noninteger", "rational", "transcendental"}
_SIGNS = {"positive": ">", "negative": "<", "nonnegative": ">=", "nonpositive": "<=", "nonzero": "!="}


# -- what is refused when a claim is made ---------------------------------------------------------------------


def require_defined_in_turn(given: Sequence[Equation], domain: Domain) -> None:
    """Raises :class:`ClaimError` unless each symbol is defined once, by what the domain lists or came before it."""
    known = set(domain.symbols) - {e.unknown for e in given}
    varying = {v for s in domain.symbols if (held := letters_along(s)) is not None for v in held.symbols}
    for number, equation in enumerate(given):
        s = equation.unknown
        if any(e.unknown == s for e in given[:number]):
            raise ClaimError(f"{s} is defined twice; give one equation for it")
        if letters_along(s) is not None or s in varying:
            raise ClaimError(f"{s} belongs to a spectrum; an equation defines a number")
        used = equation.residual.free_symbols - {s} | {v for end in equation.bracket or () for v in end.free_symbols}
        later = sorted((used - known) & {e.unknown for e in given}, key=str)
        if later:
            raise ClaimError(
                f"the equation of {s} uses {later[0]}, which is not defined before it; order the equations"
            )
        if used - known:
            names = ", ".join(sorted(map(str, used - known)))
            raise ClaimError(f"the equation of {s} uses {names}, not in the domain; list every symbol there")
        known.add(s)


def require_unmoved(expression: sp.Basic, given: Sequence[Equation]) -> None:
    """Raises :class:`ClaimError` for a derivative, an integral or a limit along a symbol that moves a defined one.

    With k defined by a, the derivative of k a in a is not k: such derivatives are never read as partial ones.
    """
    if not given or not expression.has(*BINDERS):
        return
    moved_by = dependencies(given)
    for node in expression.atoms(*BINDERS):
        runs = {node.args[1]} if isinstance(node, sp.Limit) else set(node.variables)
        for s in sorted(node.atoms(sp.Symbol), key=str):
            along = runs & ({s} | moved_by[s]) if s in moved_by else set()
            if along:
                run = min(map(str, along))
                raise ClaimError(f"{node} runs along {run}, with which {s} moves by its equation; eliminate {s} first")


def dependencies(given: Sequence[Equation]) -> dict[sp.Symbol, set[sp.Symbol]]:
    """Each defined symbol with all symbols that it depends on, through other definitions too."""
    found: dict[sp.Symbol, set[sp.Symbol]] = {}
    for equation in given:
        used = equation.free_symbols | {v for end in equation.bracket or () for v in end.free_symbols}
        used -= {equation.unknown}
        found[equation.unknown] = used.union(*(found.get(v, set()) for v in used))
    return found


# -- what is proved before any evidence counts ----------------------------------------------------------------


def undefined(given: Sequence[Equation], domain: Domain, witness: Mapping[sp.Symbol, Any] | None) -> str | None:
    """None when the equations are shown to define their symbols; else what is not shown, and the next move.

    They do so on the whole domain, or else at the witness, or at each of the listed points.
    """
    whole = Domain(domain.symbols, domain.conditions)
    reason = _undefined(tuple(given), whole) if given else None
    points = [witness] if witness is not None else domain.points
    if reason is None or not points:
        return reason
    unknowns = {e.unknown for e in given}
    for point in points:
        try:
            there = _at(given, domain.restrict(set(domain.symbols) - unknowns).check(point))
        except DomainError as problem:
            return str(problem)
        reason = _undefined(tuple(there), Domain(tuple(s for s in domain.symbols if s in unknowns)))
        if reason is not None:
            return reason
    return None


def _at(given: Sequence[Equation], values: Mapping[sp.Symbol, sp.Expr]) -> Iterator[Equation]:
    """The equations with numbers for the parameters."""
    for e in given:
        ends = None if e.bracket is None else (e.bracket[0].xreplace(values), e.bracket[1].xreplace(values))
        yield Equation(e.unknown, e.residual.xreplace(values), ends)


@lru_cache(maxsize=1_000)
def _undefined(given: tuple[Equation, ...], domain: Domain) -> str | None:
    for number, equation in enumerate(given):
        later = {e.unknown for e in given[number:]}
        earlier = [e for e in given[:number]]
        symbols = (*(s for s in domain.symbols if s not in later), *(e.unknown for e in earlier))
        stated = tuple(c for c in domain.conditions if not c.free_symbols & later)
        brackets = tuple(c for e in earlier for c in bracket_conditions(e))
        before = Domain(tuple(dict.fromkeys(symbols)), (*stated, *brackets))
        reason = _missing(equation, before)
        if reason is not None:
            return (
                f"{equation.unknown} is not shown to have exactly one value at every point of the domain: {reason} "
                "is not proved; add it as a condition, or write the equation and its bracket in another way"
            )
    return None


def bracket_conditions(equation: Equation) -> Iterator[Condition]:
    """What the bracket of an equation says of its root."""
    low, high = equation.bracket or (-sp.oo, sp.oo)
    if low != -sp.oo:
        yield Condition(equation.unknown, ">", low)
    if high != sp.oo:
        yield Condition(equation.unknown, "<", high)


def _missing(equation: Equation, domain: Domain) -> str | None:
    """What is missing for exactly one root in the bracket that has what its symbol assumes."""
    s = equation.unknown
    reason = _missing_between(equation, domain)
    root = equation.solve_linear(s) if reason is not None else None
    if root is None:
        return reason
    # The one root of a linear equation: it lies in the bracket or nowhere.
    ends = equation.bracket or (-sp.oo, sp.oo)
    reason = missing_for_explicit_root(equation.residual, s, root, ends, domain)
    return reason or _missing_assumption(s, root, domain)


def _missing_between(equation: Equation, domain: Domain) -> str | None:
    """The same, of a root of which nothing is known but the ends that it lies between."""
    s, ends = equation.unknown, equation.bracket or _ends_by_assumption(equation.unknown)
    reason = missing_for_one_root(equation.residual, s, ends, domain)
    if reason is not None:
        return reason
    x = sp.Dummy(s.name, real=True)
    inside = (Condition(x, c.relation, c.rhs) for c in bracket_conditions(Equation(s, s, ends)))
    return _missing_assumption(s, x, Domain((*domain.symbols, x), (*domain.conditions, *inside)))


def _ends_by_assumption(s: sp.Symbol) -> tuple[sp.Expr, sp.Expr]:
    """Without a bracket a root is looked for where its symbol's sign allows it."""
    return (sp.S.Zero if s.is_positive else -sp.oo), (sp.S.Zero if s.is_negative else sp.oo)


def _missing_assumption(s: sp.Symbol, root: sp.Expr, domain: Domain) -> str | None:
    """The first assumption of a symbol that its root is not shown to satisfy, in words."""
    for name, value in s.assumptions0.items():
        name = name.removeprefix("extended_")
        if (name in _REAL and value) or (name in _NOT_REAL and not value) or name == "real":
            continue
        if name == "zero" and not value:
            name, value = "nonzero", True
        if (name in _OF_WHOLE and s.is_integer) or (name in ("prime", "composite") and s.is_nonpositive):
            continue
        if name in _SIGNS:
            # What is not negative is stated as nonnegative beside it, and so on.
            if value and not proves(root, _SIGNS[name], domain):
                return f"{root} {_SIGNS[name]} 0"
            continue
        if facts_of(root, [name]).get(name) is not value:  # what SymPy derives of the root
            return f"that {root} is {'' if value else 'not '}{name}"
    return None
