"""Claims with a power whose base may be zero: where it is positive, and where it is zero. Nothing here is trusted."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Compare
from w2s_sym.coq.shapes import NoScript
from w2s_sym.coq.statement import Theorem, comparison, coq_term
from w2s_sym.evidence.derivation.bounds import Slope
from w2s_sym.evidence.derivation.derivation import Derivation
from w2s_sym.evidence.derivation.steps import Step
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain


def zero_base_script(
    claim: Claim, made: Theorem, prove: Callable[[Claim], tuple[Theorem, tuple[str, ...]]]
) -> list[str]:
    """Both cases as claims of their own, whose derivation is that of the claim; ``prove`` writes the proof of one.

    A condition lets the base be zero: in the one case it is strict, in the other a symbol is what makes both sides
    equal.
    """
    names = made.names
    bases = {p.args[0] for p in names.vanishing}
    if len(bases) != 1:
        raise NoScript("powers of several bases that may be zero")
    (base,) = bases
    edge = _edge(base, claim.domain)
    s, value = _solved(edge, claim.domain)
    strict = Condition(edge.lhs, edge.relation[0], edge.rhs)
    inside = prove(_changed(claim, domain=replace(claim.domain, conditions=(*claim.domain.conditions, strict))))
    on_edge = prove(_put(claim, s, value))
    return [
        f"destruct (Req_dec {coq_term(edge.lhs, names)} {coq_term(edge.rhs, names)}) as [W_same | W_apart].",
        "{",
        f"assert (W_value : {names[s]} = {coq_term(value, names)}) by lra.",
        f"clear W_same. subst {names[s]}.",
        f"assert (W_case : {on_edge[0].goal}).",
        *("{", *on_edge[1], "}", "parts W_case. zero_powers. by_case W_case.", "}", "{"),
        f"assert (W_strict : {comparison(strict.lhs, strict.relation, strict.rhs, names)}) by lra.",
        f"assert (W_case : {inside[0].goal}).",
        *("{", *inside[1], "}", "parts W_case. plain_powers. by_case W_case.", "}"),
    ]


def _edge(base: sp.Expr, domain: Domain) -> Condition:
    """The condition with equality in which the base is zero."""
    top = sp.fraction(sp.together(base))[0]
    for c in (*domain.conditions, *domain.assumptions()):
        if c.relation in ("<=", ">=") and sp.cancel(top / (c.lhs - c.rhs)).is_Rational:
            return c
    raise NoScript(f"where {base} is zero")


def _solved(edge: Condition, domain: Domain) -> tuple[sp.Symbol, sp.Expr]:
    """A symbol with a number before it in a condition, and its value where both sides are equal."""
    difference = sp.expand(edge.lhs - edge.rhs)
    for s in domain.symbols:
        slope = sp.diff(difference, s)
        if slope.is_Rational and slope != 0 and not s.is_integer:
            return s, sp.expand(s - difference / slope)
    raise NoScript(f"a symbol of {edge} where both sides are equal")


def _put(claim: Claim, s: sp.Symbol, value: sp.Expr) -> Claim:
    """The claim and its derivation with a formula in place of a symbol."""
    at, statement = {s: value}, claim.statement
    assert isinstance(statement, Compare)
    moved = (Condition(c.lhs.xreplace(at), c.relation, c.rhs.xreplace(at)) for c in claim.domain.conditions)
    kept = tuple(c for c in moved if c.lhs != c.rhs and c.free_symbols)
    domain = Domain(tuple(x for x in claim.domain.symbols if x != s), kept)
    said = Compare(_moved(statement.lhs, at), statement.relation, _moved(statement.rhs, at))
    evidence = tuple(_chain(e, at) if isinstance(e, Derivation) else e for e in claim.evidence)
    return _changed(claim, domain=domain, statement=said, evidence=evidence)


def _chain(chain: Derivation, at: dict[sp.Symbol, sp.Expr]) -> Derivation:
    known = tuple((lemma, _moved(where, at)) for lemma, where in chain.known)
    return replace(chain, start=_moved(chain.start, at), steps=tuple(_step(x, at) for x in chain.steps), known=known)


def _step(step: Step, at: dict[sp.Symbol, sp.Expr]) -> Step:
    """A step with the formulas of its fields replaced."""
    if isinstance(step, Slope) and step.s in at:
        raise NoScript("a step along the symbol that makes a base zero")
    return replace(step, **{name: _moved(part, at) for name, part in vars(step).items()})


def _moved(part: Any, at: dict[sp.Symbol, sp.Expr]) -> Any:
    if isinstance(part, sp.Basic):
        return part.xreplace(at)
    if isinstance(part, tuple):
        return tuple(_moved(x, at) for x in part)
    return {k: _moved(v, at) for k, v in part.items()} if isinstance(part, dict) else part


def _changed(claim: Claim, **parts: object) -> Claim:
    """Not a claim that anybody makes: only its theorem and its proof are looked at."""
    made = copy.copy(claim)
    for name, part in parts.items():
        object.__setattr__(made, name, part)
    return made
